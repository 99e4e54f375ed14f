package arch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"palestra/internal/config"
	"palestra/internal/lang"
)

func catalogue(t *testing.T, names ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(root, "web", "locales", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

// What the server says, and what the pages say of the codes that it sends, is complete in every language, with the same
// placeholders, in the plural forms of the language, and is not English.
func TestEveryLanguageSaysEverything(t *testing.T) {
	t.Parallel()
	pages := catalogue(t, "en.json")
	for _, folder := range []string{"server", "errors"} {
		en := catalogue(t, folder+"/en.json")
		for key := range en {
			if _, twice := pages[key]; twice {
				t.Errorf("%s is in web/locales/en.json and in web/locales/%s/en.json", key, folder)
			}
		}
		var same []string // not every folder has such words
		if list, err := os.ReadFile(filepath.Join(root, "web", "locales", folder, "same.txt")); err == nil {
			same = strings.Fields(string(list))
		}
		for _, l := range lang.Locales()[1:] {
			translated(t, folder+"/"+l+".json", l, en, catalogue(t, folder+"/"+l+".json"), same)
		}
		for _, entry := range same {
			l, key, _ := strings.Cut(entry, ":")
			if _, ok := en[key]; !ok || l != "*" && catalogue(t, folder+"/"+l+".json")[key] != en[key] {
				t.Errorf("web/locales/%s/same.txt has %s, which is not the same", folder, entry)
			}
		}
	}
}

func translated(t *testing.T, file, l string, en, texts map[string]string, same []string) {
	t.Helper()
	for key, text := range en {
		got, ok := texts[key]
		if !ok {
			t.Errorf("web/locales/%s lacks %s", file, key)
			continue
		}
		if got == text && !slices.Contains(same, l+":"+key) && !slices.Contains(same, "*:"+key) {
			t.Errorf("%s: %s is still English: %q", file, key, got)
		}
		if w, g := names(text), names(got); !slices.Equal(w, g) {
			t.Errorf("%s: %s has the placeholders %v, want %v", file, key, g, w)
		}
		plain, isPlural := strings.CutSuffix(key, "_other")
		for _, form := range forms(t, l) {
			if _, ok := texts[plain+"_"+form]; isPlural && !ok {
				t.Errorf("web/locales/%s lacks %s_%s", file, plain, form)
			}
		}
	}
	for key, got := range texts {
		if _, ok := en[key]; ok {
			continue
		}
		text, ok := en[stem(en, key)+"_other"]
		if !ok || stem(en, key) == key {
			t.Errorf("web/locales/%s has %s, which English lacks", file, key)
		} else if w, g := names(text), names(got); !slices.Equal(w, g) {
			t.Errorf("%s: %s has the placeholders %v, want %v", file, key, g, w)
		}
	}
}

// forms are the plural forms of a language for whole numbers below a thousand (CLDR).
func forms(t *testing.T, l string) []string {
	t.Helper()
	tag, err := language.Parse(l)
	if err != nil {
		t.Fatal(err)
	}
	all := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	out := []string{"other"}
	for n := range 1000 {
		if f := all[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]; !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func names(s string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	text := read(t, "docs/operations.md")
	for _, k := range config.Keys() {
		if !strings.Contains(text, "`"+k.Env+"`") {
			t.Errorf("docs/operations.md does not name `%s`", k.Env)
		}
		if k.Default != "" && !strings.Contains(text, "`"+k.Default+"`") {
			t.Errorf("docs/operations.md does not name the default `%s` of %s", k.Default, k.Env)
		}
		if k.Secret && !strings.Contains(text, "`"+k.Env+"_FILE`") {
			t.Errorf("docs/operations.md does not name `%s_FILE`", k.Env)
		}
	}
}
