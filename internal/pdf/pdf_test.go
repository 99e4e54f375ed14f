package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/internal/servicestest"
)

func sheet(t *testing.T, rows [][]string) []byte {
	t.Helper()
	d, err := New(Meta{Title: "Anwesenheit: Prüfung", Language: "de", Made: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Footer: "Castelverde", PageOf: "Seite %d von %d"})
	if err != nil {
		t.Fatal(err)
	}
	d.Heading(1, "Anwesenheit", "")
	d.Heading(2, "Open data at the counter", "en")
	d.Text("Wer da war, und was daraus folgt.")
	d.Table([]Column{{Title: "Name", Share: 0.4}, {Title: "Minuten", Share: 0.2, Right: true}, {Title: "Unterschrift", Share: 0.4}}, rows, 30)
	d.Small("Zuletzt.")
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func people(n int) [][]string {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("Łucja Åström %d", i), strconv.Itoa(i), ""}
	}
	return rows
}

// streams returns what the compressed streams hold.
func streams(t *testing.T, file []byte) []string {
	t.Helper()
	var all []string
	for _, part := range bytes.Split(file, []byte("/FlateDecode"))[1:] {
		_, body, _ := bytes.Cut(part, []byte("stream\n"))
		z, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(b))
	}
	return all
}

func TestObjectsAreWhereTheTableSays(t *testing.T) {
	t.Parallel()
	file := sheet(t, people(3))
	at, err := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(file)[1]))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(file[at:]), "\n")
	if lines[0] != "xref" {
		t.Fatalf("got %q where the table should begin", lines[0])
	}
	var n int
	if _, err := fmt.Sscanf(lines[1], "0 %d", &n); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < n; i++ {
		begin, err := strconv.Atoi(lines[2+i][:10])
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%d 0 obj\n", i); !strings.HasPrefix(string(file[begin:]), want) {
			t.Errorf("object %d: got %.20q", i, file[begin:])
		}
	}
	if again := sheet(t, people(3)); !bytes.Equal(file, again) {
		t.Error("the same document gave other bytes")
	}
}

func TestAllContentIsTaggedOrDecoration(t *testing.T) {
	t.Parallel()
	marks := 0
	for _, s := range streams(t, sheet(t, people(90))) {
		if !strings.Contains(s, " Tf ") {
			continue
		}
		depth := 0
		for line := range strings.Lines(s) {
			switch {
			case strings.HasSuffix(line, "BDC\n"):
				depth++
				if strings.Contains(line, "/MCID") {
					marks++
				}
			case line == "EMC\n":
				depth--
			default:
				if depth != 1 {
					t.Fatalf("%q is in %d marks", line, depth)
				}
			}
		}
		if depth != 0 {
			t.Errorf("got %d open marks at the end of a page", depth)
		}
	}
	if want := 4 + 3 + 90*2; marks != want { // an empty cell has no content
		t.Errorf("got %d marks, want %d", marks, want)
	}
}

func TestALetterThatTheFontLacksIsReadAloud(t *testing.T) {
	t.Parallel()
	file := sheet(t, [][]string{{"王 Wang", "1", ""}})
	if s := strings.Join(streams(t, file), "\n"); !strings.Contains(s, "/ActualText "+quoted("王 Wang")) {
		t.Errorf("got no text for the letter: %.400s", s)
	}
}

func TestNoCellIsLongerThanAPage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Wort ", 4000)
	file := sheet(t, [][]string{{"a", "1", long}, {"b", "2", strings.Repeat("x", 5000)}, {strings.Repeat("\u200b\n", 300), "3", "\x00\x1b"}})
	if !bytes.Contains(file, []byte("/ActualText "+quoted(long))) {
		t.Error("what was cut is not read aloud")
	}
	for _, s := range streams(t, file) {
		for _, at := range regexp.MustCompile(`Tf ([-\d.]+) ([-\d.]+) Td`).FindAllStringSubmatch(s, -1) {
			x, _ := strconv.ParseFloat(at[1], 64)
			y, _ := strconv.ParseFloat(at[2], 64)
			if x < margin-1 || x > width-margin || y < margin/2-1 || y > height-margin {
				t.Errorf("text at %s, %s is off the page", at[1], at[2])
			}
		}
	}
}

// Another program reads what is written: its text, and the structure that a screen reader walks.
func TestReadByAnother(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(name, sheet(t, people(60)), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(program string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
		if err != nil {
			servicestest.Missing(t, "%s: %v %s", program, err, out)
		}
		return string(out)
	}
	info := ask("pdfinfo", name)
	for _, want := range []string{"Anwesenheit: Prüfung", "Tagged:          yes", "Pages:           3", "A4"} {
		if !strings.Contains(info, want) {
			t.Errorf("got no %q in:\n%s", want, info)
		}
	}
	tree := ask("pdfinfo", "-struct-text", name)
	for _, want := range []string{"Document", "H1", "\"Anwesenheit\"", "Table", "TH", "\"Łucja Åström 59\"", "TD"} {
		if !strings.Contains(tree, want) {
			t.Errorf("got no %q in:\n%.2000s", want, tree)
		}
	}
	if got := strings.Count(tree, "\"Unterschrift\""); got != 1 {
		t.Errorf("the heading of the table is read %d times, want once", got)
	}
	if text := ask("pdftotext", "-layout", name, "-"); strings.Count(text, "Unterschrift") != 3 || !strings.Contains(text, "Seite 3 von 3") {
		t.Errorf("got no heading on each of three pages: %.1000s", text)
	}
}

func FuzzDocument(f *testing.F) {
	f.Add("Name", "Text", "en")
	f.Add("\x00\xff", "\u202e)(\\>>", "de")
	f.Fuzz(func(t *testing.T, title, text, lang string) {
		d, err := New(Meta{Title: title, Language: lang, Footer: text})
		if err != nil {
			t.Fatal(err)
		}
		d.Heading(1, title, lang)
		d.Facts([][2]string{{title, text}})
		d.Table([]Column{{Title: title, Share: 0.01}, {Title: text, Share: 0.99}}, [][]string{{text, title}}, 0)
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		for _, s := range streams(t, b.Bytes()) {
			if strings.Contains(s, " Tf ") && strings.Count(s, "BDC\n") != strings.Count(s, "EMC\n") {
				t.Error("marks are not closed")
			}
		}
	})
}
