package arch

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"palestra/internal/config"
	"palestra/internal/lang"
)

var codeForm = regexp.MustCompile(`^[a-z]+\.[a-z_0-9]+$`)

// faultCodes collects the codes of every fault.New, of every Fault.At and of the edge's own problems.
func faultCodes(t *testing.T) map[string]string {
	t.Helper()
	codes := map[string]string{}
	for _, f := range files(t) {
		if f.test || isTestPackage(f.dir) {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f.name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			pkg, _ := sel.X.(*ast.Ident)
			switch {
			case sel.Sel.Name == "New" && pkg != nil && pkg.Name == "fault":
				lit, ok := call.Args[1].(*ast.BasicLit)
				if !ok {
					return true // a code in a variable: a literal stands elsewhere
				}
				add(t, codes, lit, f.name)
			case sel.Sel.Name == "At" && len(call.Args) == 2:
				if lit, ok := call.Args[1].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					add(t, codes, lit, f.name)
				}
			}
			return true
		})
	}
	for _, c := range []string{"request.invalid", "request.not_found", "request.method", "request.too_large", "request.media_type", "request.timeout",
		"request.too_many", "request.not_acceptable", "request.field", "server.accident", "server.no_pages"} {
		codes[c] = "internal/problem"
	}
	return codes
}

func add(t *testing.T, codes map[string]string, lit *ast.BasicLit, file string) {
	t.Helper()
	c, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	if !codeForm.MatchString(c) {
		t.Errorf("%s: the code %q is not of the form room.what", file, c)
	}
	codes[c] = file
}

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

// A key exists if it does so itself or in plural forms.
func has(texts map[string]string, key string) bool {
	_, plain := texts[key]
	_, plural := texts[key+"_other"]
	return plain || plural
}

func TestEveryFaultIsTranslated(t *testing.T) {
	t.Parallel()
	en := catalogue(t, "en.json")
	for code, file := range faultCodes(t) {
		if !has(en, "errors."+code) {
			t.Errorf("web/locales/en.json lacks errors.%s (%s)", code, file)
		}
	}
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
