package certificate_test

import (
	"bytes"
	"crypto/ed25519"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"palestra/course/certificate"
	"palestra/course/ledger"
	"palestra/internal/keys"
	"palestra/internal/lang"
	"palestra/internal/servicestest"
	pages "palestra/web"
)

var update = flag.Bool("update", false, "rewrite golden files")

func texts(t testing.TB) *lang.Catalogue {
	t.Helper()
	c, err := lang.Load(pages.ServerLocales())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func renderer(t testing.TB) *certificate.Renderer {
	t.Helper()
	r, err := certificate.New(texts(t), pages.Tokens())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func now() time.Time { return time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC) }

// book is a ledger in which Ada's record is the second entry, the fourth corrects it and the fifth withdraws it.
func book(t testing.TB) []ledger.Entry {
	t.Helper()
	sign := func(m []byte) (string, []byte) {
		return keys.ID(key(1).Public().(ed25519.PublicKey)), ed25519.Sign(key(1), m)
	}
	high, low := int64(8750), int64(8000)
	at := time.Date(2026, 3, 29, 21, 59, 59, 250_000_000, time.UTC)
	ada := ledger.Entry{
		Organisation: "01990a11-7c40-7000-8000-00000000a001", At: at.Add(time.Second), Kind: ledger.Completion, Record: "01990f2e-1111-7000-8000-000000000001", Account: "5f0c2a1e-4f9b-4a51-9f7e-8f0f6a2f6c11",
		Course: "01990b77-2222-7000-8000-000000000002", Version: 2, Rule: "watch-and-quiz/1", Minutes: 48, Score: &high, CompletedAt: at,
		Statements: []string{"8d7e1f60-0000-4000-8000-000000000001", "91ab1f60-0000-4000-8000-000000000002"}, EvidenceHash: strings.Repeat("ab", 32),
	}
	other := ada
	other.Record, other.At = "01990f2e-1111-7000-8000-000000000009", at.Add(-time.Hour)
	after := other
	after.At = at.Add(time.Hour)
	corrected := ada
	corrected.Kind, corrected.At, corrected.Corrects, corrected.By = ledger.Correction, at.Add(48*time.Hour), 2, "01990f2e-hr"
	corrected.Score, corrected.Minutes, corrected.Reason = &low, 41, "One question was counted twice. <b>Sorry</b>"
	withdrawn := corrected
	withdrawn.Kind, withdrawn.At, withdrawn.Corrects, withdrawn.Reason = ledger.Withdrawal, at.Add(96*time.Hour), 4, "Entered for the wrong person."
	var head *ledger.Head
	var out []ledger.Entry
	for _, e := range []ledger.Entry{other, ada, after, corrected, withdrawn} {
		e, err := ledger.Next(head, e, sign)
		if err != nil {
			t.Fatal(err)
		}
		h := e.Head()
		head, out = &h, append(out, e)
	}
	return out
}

func trusted(seeds ...byte) map[string]ed25519.PublicKey {
	m := map[string]ed25519.PublicKey{}
	for _, s := range seeds {
		k := key(s).Public().(ed25519.PublicKey)
		m[keys.ID(k)] = k
	}
	return m
}

func rome(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// adas is the certificate with the entries of these numbers.
func adas(t testing.TB, numbers ...int) certificate.Certificate {
	t.Helper()
	c := certificate.Certificate{
		URL: "https://learn.valdora.example/c/K7Q2-M4XZ", Organisation: "Comune di Valdora", Zone: rome(t), Person: "Ada Brambilla",
		Course: "Dati aperti per gli uffici", CourseLang: "it", KeyURL: "/c/key.pem", Keys: trusted(1, 2),
		Rule: []string{"Every video is seen to at least 90 %.", "The quiz is passed with at least 80 %."},
	}
	all := book(t)
	for _, n := range numbers {
		c.Entries = append(c.Entries, certificate.Entry{Entry: all[n-1], Before: &all[n-2]})
	}
	return c
}

func draw(t testing.TB, locale string, c certificate.Certificate) string {
	t.Helper()
	var b bytes.Buffer
	if err := renderer(t).Page(&b, locale, c, now()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		name   string
		make   func() certificate.Certificate
		want   certificate.State
		says   []string // in English
		silent []string
	}{
		{"good", func() certificate.Certificate { return adas(t, 2) }, certificate.Good,
			[]string{"Genuine, and checked just now", "48 minutes", "87.5%", "29 March 2026 at 23:59 (Europe/Rome)", "2 November 2026 at 11:00 (Europe/Rome)", strings.Repeat("ab", 32), "34750f98bd59fcfc", "follows entry 1 ", "watch-and-quiz/1", "seen to at least 90"}, []string{"Wrong", "Reason"}},
		{"corrected", func() certificate.Certificate { return adas(t, 2, 4) }, certificate.Corrected,
			[]string{"corrected since", "41 minutes", "48 minutes", "80%", "87.5%", "One question was counted twice. &lt;b&gt;"}, []string{"<b>Sorry", ">Wrong<"}},
		{"withdrawn", func() certificate.Certificate { return adas(t, 2, 4, 5) }, certificate.Withdrawn,
			[]string{"no longer counts", "Entered for the wrong person.", "withdrew the record on 2 April 2026"}, []string{"Genuine", "Ada Brambilla has completed"}},
		{"edited", func() certificate.Certificate { c := adas(t, 2); c.Entries[0].Minutes = 480; return c }, certificate.Wrong,
			[]string{"do not rely", "The content was changed"}, []string{"Genuine"}},
		{"unknown key", func() certificate.Certificate { c := adas(t, 2); c.Keys = trusted(2); return c }, certificate.Wrong,
			[]string{"do not rely", "not one of this installation"}, []string{"Genuine"}},
		{"not in its place", func() certificate.Certificate { c := adas(t, 4); c.Entries[0].Before = &book(t)[1]; return c }, certificate.Wrong,
			[]string{"does not continue the ledger"}, []string{"Genuine"}},
		{"nothing before it", func() certificate.Certificate { c := adas(t, 2); c.Entries[0].Before = nil; return c }, certificate.Wrong,
			[]string{"does not continue the ledger"}, []string{"first entry"}},
		{"the one before was edited", func() certificate.Certificate {
			c := adas(t, 2)
			b := *c.Entries[0].Before
			b.Minutes++
			c.Entries[0].Before = &b
			return c
		}, certificate.Wrong,
			[]string{"does not continue the ledger"}, []string{"Genuine"}},
		{"a correction of another record", func() certificate.Certificate {
			c := adas(t, 2)
			c.Entries = append(c.Entries, adas(t, 3).Entries...)
			return c
		}, certificate.Wrong, nil, []string{"Genuine"}},
		{"in the wrong order", func() certificate.Certificate { return adas(t, 4, 2) }, certificate.Wrong, nil, []string{"Genuine"}},
		{"only a correction", func() certificate.Certificate { return adas(t, 4) }, certificate.Wrong, []string{"do not belong together"}, []string{"Genuine", "Ada Brambilla has completed"}},
		{"the first of all", func() certificate.Certificate {
			c := adas(t, 2)
			c.Entries = []certificate.Entry{{Entry: book(t)[0]}}
			return c
		}, certificate.Good, []string{"first entry of the ledger"}, nil},
		{"a name erased", func() certificate.Certificate { c := adas(t, 2); c.Person = ""; return c }, certificate.Good, []string{"A person whose name was erased has completed"}, []string{"Ada"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := c.make()
			if got := data.State(); got != c.want {
				t.Errorf("got the state %s, want %s", got, c.want)
			}
			page := draw(t, "en", data)
			for _, s := range c.says {
				if !strings.Contains(page, s) {
					t.Errorf("the page does not say %q", s)
				}
			}
			for _, s := range c.silent {
				if strings.Contains(page, s) {
					t.Errorf("the page says %q", s)
				}
			}
		})
	}
}

// TestEveryLanguage looks at every state in every language for what no page may have.
func TestEveryLanguage(t *testing.T) {
	for _, locale := range lang.Locales() {
		t.Run(locale, func(t *testing.T) {
			for _, entries := range [][]int{{2}, {2, 4}, {2, 4, 5}, {4}} {
				check(t, locale, draw(t, locale, adas(t, entries...)))
			}
			var b bytes.Buffer
			if err := renderer(t).Missing(&b, locale); err != nil {
				t.Fatal(err)
			}
			check(t, locale, b.String())
		})
	}
	if page := draw(t, "xx", adas(t, 2)); !strings.Contains(page, `<html lang="en">`) {
		t.Error("an unknown language is not answered in English")
	}
}

func check(t *testing.T, locale, page string) {
	t.Helper()
	for _, s := range []string{"proof.", "date.", "{{", "<script", "style=", "<style", "onclick", "ZgotmplZ", "%!"} {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q", s)
		}
	}
	if !strings.Contains(page, `<html lang="`+locale+`">`) {
		t.Error("the page does not say its language")
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, heads, last := map[string]bool{}, 0, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			level := int(n.Data[1] - '0')
			if level > last+1 {
				t.Errorf("a heading of level %d follows one of level %d", level, last)
			}
			if last = level; level == 1 {
				heads++
			}
		}
		for _, a := range n.Attr {
			if a.Key == "id" {
				if ids[a.Val] {
					t.Errorf("two elements have the id %q", a.Val)
				}
				ids[a.Val] = true
			}
			if (a.Key == "src" || a.Key == "href") && strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "https://learn.valdora.example/") {
				t.Errorf("the page leads to another host: %s", a.Val)
			}
		}
	}
	if heads != 1 {
		t.Errorf("got %d headings of level 1, want one", heads)
	}
}

// TestPaper reads the paper with another program: it says what the page says, also that something is no longer so.
func TestPaper(t *testing.T) {
	for _, locale := range lang.Locales() {
		for _, entries := range [][]int{{2}, {2, 4}, {2, 4, 5}} {
			c := adas(t, entries...)
			var b bytes.Buffer
			if err := renderer(t).Paper(&b, locale, c, now()); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
			cmd.Stdin = &b
			out, err := cmd.CombinedOutput()
			if err != nil {
				servicestest.Missing(t, "pdftotext: %v %s", err, out)
			}
			got := strings.Join(strings.Fields(string(out)), " ")
			last := c.Entries[len(c.Entries)-1]
			for _, want := range []string{texts(t).T(locale, "proof.title", nil), texts(t).T(locale, "proof."+string(c.State())+".title", nil), "Ada Brambilla", "Dati aperti per gli uffici", c.URL, last.Key, strings.Split(last.Reason, " <b>")[0]} {
				if want = strings.ReplaceAll(want, "\u00ad", ""); !strings.Contains(got, want) {
					t.Errorf("%s, %v: got no %q in %s", locale, entries, want, got)
				}
			}
			if strings.Contains(got, "proof.") {
				t.Errorf("%s: a sentence is missing: %s", locale, got)
			}
		}
	}
}

func TestGolden(t *testing.T) {
	got := draw(t, "de", adas(t, 2, 4))
	path := filepath.Join("testdata", "corrected.de.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The path of the style sheet changes with every colour.
	stylePath := regexp.MustCompile(`/c/style/[0-9a-f]+\.css`)
	if d := cmp.Diff(stylePath.ReplaceAllString(string(want), "STYLE"), stylePath.ReplaceAllString(got, "STYLE")); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, d)
	}
}

func TestHostile(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	c := adas(t, 2)
	c.Person, c.Course, c.CourseLang, c.Organisation, c.Rule, c.KeyURL, c.URL = evil, evil, evil, evil, []string{evil}, "javascript:alert(1)", "javascript:alert(1)"
	page := draw(t, "en", c)
	for _, s := range []string{"<script", "<img", `href="javascript`} {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q", s)
		}
	}
}

// TestSentences holds the languages against English: the same keys, the same places to fill.
func TestSentences(t *testing.T) {
	c := texts(t)
	places := regexp.MustCompile(`\{\{\w+\}\}`)
	plural := regexp.MustCompile(`_(one|two|few|many|other|zero)$`)
	for _, locale := range lang.Locales() {
		for _, key := range c.Keys("en") {
			if !strings.HasPrefix(key, "proof.") && !strings.HasPrefix(key, "date.") {
				continue
			}
			en, _ := c.Text("en", key)
			s, ok := c.Text(locale, key)
			if !ok && !plural.MatchString(key) {
				t.Errorf("%s lacks %s", locale, key)
				continue
			}
			a, b := places.FindAllString(en, -1), places.FindAllString(s, -1)
			slices.Sort(a)
			slices.Sort(b)
			if ok && !slices.Equal(a, b) {
				t.Errorf("%s %s: got the places %v, want %v", locale, key, b, a)
			}
		}
		for _, n := range []int{0, 1, 2, 5, 21, 22, 101} {
			if s := c.T(locale, "proof.minutes", map[string]any{"count": n}); strings.Contains(s, "proof") {
				t.Errorf("%s has no form for %d minutes", locale, n)
			}
		}
	}
}

func TestStyle(t *testing.T) {
	path, css := renderer(t).Style()
	if !strings.HasPrefix(path, "/c/style/") || !bytes.Contains(css, []byte("--paper")) || bytes.Contains(css, []byte("url(")) {
		t.Errorf("got %s of %d bytes, want tokens and shapes that load nothing", path, len(css))
	}
	shapes := css[bytes.Index(css, []byte("/* The shapes")):]
	if hex := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`).Find(shapes); hex != nil && string(hex) != "#self" {
		t.Errorf("the shapes name a colour themselves: %s", hex)
	}
	for _, name := range regexp.MustCompile(`var\((--[\w-]+)\)`).FindAllSubmatch(shapes, -1) {
		if !bytes.Contains(css, append(name[1], ':')) {
			t.Errorf("there is no token %s", name[1])
		}
	}
	if err := renderer(t).Page(&bytes.Buffer{}, "en", certificate.Certificate{}, now()); err == nil {
		t.Error("a certificate without entries is drawn")
	}
}
