package arch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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

// What only the server says is complete in every language, with the same placeholders, and is not English.
func TestTheServerSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	en := catalogue(t, "server/en.json")
	same := strings.Fields(read(t, "web/locales/server/same.txt"))
	for _, l := range lang.Locales()[1:] {
		texts := catalogue(t, "server/"+l+".json")
		for key, text := range en {
			got, ok := texts[key]
			if !ok {
				t.Errorf("web/locales/server/%s.json lacks %s", l, key)
				continue
			}
			if got == text && !slices.Contains(same, l+":"+key) && !slices.Contains(same, "*:"+key) {
				t.Errorf("%s %s is still English: %q", l, key, got)
			}
			if w, g := names(text), names(got); !slices.Equal(w, g) {
				t.Errorf("%s %s has the placeholders %v, want %v", l, key, g, w)
			}
		}
		for key := range texts {
			if _, ok := en[key]; !ok && !strings.HasSuffix(key, "_few") && !strings.HasSuffix(key, "_many") {
				t.Errorf("web/locales/server/%s.json has %s, which English lacks", l, key)
			}
		}
	}
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
