package papers_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"palestra/cmd/palestra/papers"
	"palestra/cmd/palestra/world"
)

func TestMake(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"Month", "Visits"}, {"March", "412"}, {"April, wet", "530"}}
	made := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	of := func(name string) []byte {
		t.Helper()
		b, err := papers.Make(&world.File{Name: name, Head: "Visits", Language: "en", Lines: []string{"A line."}, Table: rows}, made)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if got, want := string(of("visits.csv")), "Month,Visits\nMarch,412\n\"April, wet\",530\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	img, err := png.Decode(bytes.NewReader(of("visits.png")))
	if err != nil {
		t.Fatal(err)
	}
	// The higher bar begins higher: at the same height one is drawn and the other is paper.
	b := img.Bounds()
	at := func(x, y int) uint32 { r, _, _, _ := img.At(x, y).RGBA(); return r >> 8 }
	if low, high := at(b.Dx()/4+40, 200), at(b.Dx()*3/4-40, 200); low == high {
		t.Errorf("both bars have %d at the height of the higher one's top", low)
	}
	if got := string(of("visits.pdf")); !strings.HasPrefix(got, "%PDF-1.7") {
		t.Errorf("got %.20q, want a PDF", got)
	}
	for name, rows := range map[string][][]string{"visits.exe": rows, "visits.png": {{"a", "b"}, {"c", "many"}}} {
		if _, err := papers.Make(&world.File{Name: name, Table: rows}, made); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}
