package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var codeForm = regexp.MustCompile(`^[a-z]+\.[a-z_0-9]+$`)

// code is a stable code that the server sends, or the beginning of several.
type code struct {
	file     string
	params   []string // what each place that sends it gives; nil before the first
	prefix   bool     // the rest is made when the program runs
	explicit bool     // seen where it is made, not only where it names a field
}

// codes are what the server sends and the pages translate, by key.
type codes map[string]*code

func (c codes) add(key, file string) *code {
	if c[key] == nil {
		c[key] = &code{file: file}
	}
	return c[key]
}

// made notes a place that gives these parameters; a sentence may use those that every place gives.
func (c codes) made(key, file string, params []string) {
	x := c.add(key, file)
	if !x.explicit {
		x.explicit, x.params = true, params
		return
	}
	x.params = slices.DeleteFunc(x.params, func(p string) bool { return !slices.Contains(params, p) })
}

// sent collects every fault, every gap of a course, every difference of a reconciliation and every audited action.
func sent(t *testing.T) codes {
	t.Helper()
	found := codes{}
	for _, f := range files(t) {
		if f.test || isTestPackage(f.dir) {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f.name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[*ast.CallExpr]bool{}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				found.fault(t, n, f.name, seen)
				found.named(n, f)
			case *ast.CompositeLit:
				found.literal(n, f)
			case *ast.FuncDecl:
				if f.dir == "course" && n.Name.Name == "gaps" { // of a question
					for _, s := range words(n) {
						found.made("gaps.question_"+s, f.name, []string{"number"})
					}
				}
			}
			return true
		})
	}
	for _, c := range []string{"request.invalid", "request.not_found", "request.method", "request.too_large", "request.media_type", "request.timeout",
		"request.too_many", "request.not_acceptable", "request.field", "server.accident", "server.full", "server.no_pages"} {
		found.made("errors."+c, "internal/problem", nil)
	}
	return found
}

// fault notes fault.New and what is hung onto it: With gives a parameter, At names a field with a code of its own.
func (c codes) fault(t *testing.T, call *ast.CallExpr, file string, seen map[*ast.CallExpr]bool) {
	t.Helper()
	var params []string
	for !seen[call] {
		seen[call] = true
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "invalid" && strings.HasPrefix(file, "bootcamp/") { // invalid("title", "bootcamp.title", …)
			if s, ok := word(call.Args[1]); ok {
				formed(t, s, file)
				c.made("errors."+s, file, params)
			}
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		pkg, _ := sel.X.(*ast.Ident)
		switch {
		case sel.Sel.Name == "New" && pkg != nil && pkg.Name == "fault":
			if s, ok := word(call.Args[1]); ok { // a code in a variable stands as a literal elsewhere
				formed(t, s, file)
				c.made("errors."+s, file, params)
			}
			return
		case sel.Sel.Name == "With" && len(call.Args) == 2:
			if s, ok := word(call.Args[0]); ok {
				params = append(params, s)
			}
		case sel.Sel.Name == "At" && len(call.Args) == 2:
			if s, ok := word(call.Args[1]); ok {
				formed(t, s, file)
				c.add("errors."+s, file)
			}
		}
		inner, ok := sel.X.(*ast.CallExpr)
		if !ok {
			return
		}
		call = inner
	}
}

// named notes codes that are arguments: gap("", "title"), s.Note(ctx, org, by, "member.left", …), s.giveUp(v, "video.lost", stage).
func (c codes) named(call *ast.CallExpr, f file) {
	name := ""
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		name = fun.Name
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	}
	switch {
	case name == "Note" && len(call.Args) > 3:
		if s, ok := word(call.Args[3]); ok {
			c.made("audit."+s, f.name, nil)
		} else if sum, ok := call.Args[3].(*ast.BinaryExpr); ok {
			if s, ok := word(sum.X); ok {
				c.add("audit."+s, f.name).prefix = true
			}
		}
	case name == "NoteOnce" && len(call.Args) > 4:
		if s, ok := word(call.Args[4]); ok {
			c.made("audit."+s, f.name, nil)
		}
	case name == "giveUp" && f.dir == "video" && len(call.Args) == 3:
		if s, ok := word(call.Args[1]); ok {
			c.made("errors."+s, f.name, nil)
		}
	case name == "orGone" && f.dir == "bootcamp":
		if s, ok := word(call.Args[1]); ok {
			c.made("errors."+s, f.name, nil)
		}
	case name == "turn" && f.dir == "bootcamp":
		if s, ok := word(call.Args[4]); ok {
			c.made("audit."+s, f.name, nil)
		}
	case name == "gap" && f.dir == "course":
		for _, a := range call.Args {
			if s, ok := word(a); ok && s != "" {
				c.made("gaps."+s, f.name, nil)
			}
		}
	}
}

// literal notes Gap{Code: "…"} and Difference{Code: "…"}, and Held{What: "…"} and Hold{Why: "…"} of every room.
func (c codes) literal(lit *ast.CompositeLit, f file) {
	name, _ := lit.Type.(*ast.Ident)
	if sel, ok := lit.Type.(*ast.SelectorExpr); ok {
		name = sel.Sel
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || name == nil {
			continue
		}
		k, _ := kv.Key.(*ast.Ident)
		s, is := word(kv.Value)
		switch {
		case is && k != nil && name.Name == "Held" && k.Name == "What":
			c.made("privacy."+s, f.name, nil)
		case is && k != nil && name.Name == "Hold" && k.Name == "Why":
			c.made("held."+s, f.name, nil)
		}
	}
	typ, _ := lit.Type.(*ast.Ident)
	if typ == nil || f.dir != "course" {
		return
	}
	family := map[string]string{"Gap": "gaps.", "Difference": "differences."}[typ.Name]
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && family != "" {
			if k, ok := kv.Key.(*ast.Ident); ok && k.Name == "Code" {
				if s, ok := word(kv.Value); ok {
					c.made(family+s, f.name, []string{"number"})
				}
			}
		}
	}
}

// word is the value of a string literal.
func word(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// words are all string literals within a function.
func words(f *ast.FuncDecl) []string {
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if s, ok := word(e); ok {
				out = append(out, s)
			}
		}
		return true
	})
	return out
}

func formed(t *testing.T, s, file string) {
	t.Helper()
	if !codeForm.MatchString(s) {
		t.Errorf("%s: the code %q is not of the form room.what", file, s)
	}
}

// stem is the key without its plural form, if it has one: then there is always a form "other".
func stem(texts map[string]string, key string) string {
	i := strings.LastIndexByte(key, '_')
	if i < 0 || !slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, key[i+1:]) {
		return key
	}
	if _, ok := texts[key[:i]+"_other"]; !ok {
		return key
	}
	return key[:i]
}

// Every code is translated, no other is, and no sentence waits for a value that the server does not send.
func TestEveryCodeIsTranslated(t *testing.T) {
	t.Parallel()
	found := sent(t)
	if len(found) < 150 {
		t.Fatalf("only %d codes were found", len(found))
	}
	for _, p := range []string{"audit.", "differences.", "gaps."} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(k string) bool { return strings.HasPrefix(k, p) && k != p }) {
			t.Errorf("no code %s… was found", p)
		}
	}
	en := catalogue(t, "errors/en.json")
	stems := map[string]bool{}
	for key, text := range en {
		k := stem(en, key)
		stems[k] = true
		c := found[k]
		if c == nil {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(p string) bool { return found[p].prefix && strings.HasPrefix(k, p) }) {
				t.Errorf("web/locales/errors/en.json has %s, which the server never sends", key)
			}
			continue
		}
		for _, name := range names(text) {
			if !slices.Contains(c.params, name) {
				t.Errorf("%s uses {{%s}}, which not every place that sends it gives (%s)", key, name, c.file)
			}
		}
		if k != key && !slices.Contains(c.params, "count") {
			t.Errorf("%s has plural forms, but not every place that sends it gives a count (%s)", key, c.file)
		}
	}
	for key, c := range found {
		if !c.prefix && !stems[key] {
			t.Errorf("web/locales/errors/en.json lacks %s (%s)", key, c.file)
		}
		if c.prefix && !slices.ContainsFunc(slices.Collect(maps.Keys(stems)), func(k string) bool { return strings.HasPrefix(k, key) }) {
			t.Errorf("web/locales/errors/en.json lacks all of %s… (%s)", key, c.file)
		}
	}
}

// A video's reason is kept and shown without the values that its fault had.
func TestReasonsOfVideosNeedNoValues(t *testing.T) {
	t.Parallel()
	en := catalogue(t, "errors/en.json")
	for key, c := range sent(t) {
		if slices.Contains([]string{"video/stage.go", "video/process.go", "video/hands.go", "video/jobs.go", "video/sound.go", "video/poster.go", "video/join.go"}, c.file) || strings.HasPrefix(c.file, "video/ffmpeg/") {
			if n := names(en[key]); len(n) > 0 {
				t.Errorf("%s uses %v", key, n)
			}
		}
	}
}
