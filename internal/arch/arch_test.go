package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the repository, seen from this package.
const root = "../.."

// file is a Go file with what it imports.
type file struct {
	name    string // from the root, with slashes
	dir     string // its package's folder
	test    bool
	imports []string
}

// files reads the import lines of every Go file of the program. It does so itself: go test would cache what go list said.
func files(t *testing.T) []file {
	t.Helper()
	var out []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if name == "internal/tools" || d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() != ".." && strings.HasPrefix(d.Name(), ".") && name != "." {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		x := file{name: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go")}
		for _, i := range f.Imports {
			s, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			x.imports = append(x.imports, s)
		}
		out = append(out, x)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files found under %s", len(out), root)
	}
	return out
}

// mayCall says which rooms a room may call.
func mayCall() map[string][]string {
	return map[string][]string{
		"people":   {},
		"lrs":      {},
		"worker":   {},
		"video":    {"people"},
		"course":   {"people", "lrs", "video"},
		"bootcamp": {"people", "lrs", "video", "course"},
		"internal": {},
		"web":      {},
	}
}

func isTestPackage(dir string) bool { return strings.HasSuffix(path.Base(dir), "test") }

func TestRoomsCallDownwardsOnly(t *testing.T) {
	t.Parallel()
	rules := mayCall()
	for _, f := range files(t) {
		room, _, _ := strings.Cut(f.dir, "/")
		if room == "cmd" {
			continue
		}
		allowed, ok := rules[room]
		if !ok {
			t.Errorf("%s lies in no room", f.name)
			continue
		}
		for _, i := range f.imports {
			other, ok := strings.CutPrefix(i, "palestra/")
			if !ok {
				continue
			}
			target, _, _ := strings.Cut(other, "/")
			switch {
			case target == room, target == "internal":
			case target == "worker" && strings.HasSuffix(path.Base(f.dir), "jobs"):
			case slices.Contains(allowed, target):
			case (target == "worker" || target == "web") && (f.test || isTestPackage(f.dir)): // tests bring rooms together
			default:
				t.Errorf("%s imports %s: %s may call %v", f.name, i, room, allowed)
			}
		}
	}
}

func TestLibrariesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		library string
		except  []string // imports below the library that anybody may use
		where   func(f file) bool
	}{
		{"github.com/gofiber/fiber/v2", nil, func(f file) bool {
			return strings.HasSuffix(path.Base(f.dir), "http") || f.dir == "internal/web" || f.dir == "internal/problem" || strings.HasPrefix(f.dir, "cmd/")
		}},
		{"go.mongodb.org/mongo-driver/v2", []string{"go.mongodb.org/mongo-driver/v2/bson"}, func(f file) bool { return strings.HasPrefix(f.dir, "internal/store") }},
		{"github.com/minio/minio-go/v7", nil, func(f file) bool { return strings.HasPrefix(f.dir, "internal/blob") }},
		{"github.com/hibiken/asynq", nil, func(f file) bool { return strings.HasPrefix(f.dir, "worker") }},
		{"os/exec", nil, func(f file) bool {
			return f.test || isTestPackage(f.dir) || f.dir == "video/ffmpeg" || f.dir == "video/speech"
		}},
		{"testing", []string{"testing/fstest"}, func(f file) bool { return f.test || isTestPackage(f.dir) }},
	} {
		for _, f := range files(t) {
			for _, i := range f.imports {
				if i != rule.library && !strings.HasPrefix(i, rule.library+"/") || slices.Contains(rule.except, i) || rule.where(f) {
					continue
				}
				if slices.ContainsFunc(rule.except, func(e string) bool { return strings.HasPrefix(i, e+"/") }) {
					continue
				}
				t.Errorf("%s imports %s, which is not its business", f.name, i)
			}
		}
	}
}

func TestNobodyImportsCommands(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		if strings.HasPrefix(f.dir, "cmd/") {
			continue
		}
		for _, i := range f.imports {
			if strings.HasPrefix(i, "palestra/cmd/") {
				t.Errorf("%s imports %s", f.name, i)
			}
		}
	}
}

func TestTheMapNamesEveryPackage(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	seen := map[string]bool{}
	for _, f := range files(t) {
		if seen[f.dir] {
			continue
		}
		seen[f.dir] = true
		if !strings.Contains(text, "`"+f.dir+"`") {
			t.Errorf("docs/architecture.md does not name `%s`", f.dir)
		}
	}
}

func TestFilesAreNotTooLong(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		if f.test {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, f.name))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), "\n"); n > 600 {
			t.Errorf("%s has %d lines: there is a second noun in it", f.name, n)
		}
	}
}
