package export

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/xuri/excelize/v2"

	"palestra/internal/csvcell"
)

const (
	// MaxSheetRows is how many rows a sheet of Excel has, with the header.
	MaxSheetRows = 1_048_576
	// maxSheetBytes keeps a sheet below 4 GiB, beyond which some readers fail.
	maxSheetBytes = 3 << 30
	// cellBytes is about what a cell takes besides its text.
	cellBytes = 60
)

// XLSX writes the rows as a workbook with typed cells: real numbers, dates, times and truth values, and texts that can
// never be formulas. What does not fit into a sheet goes on in another one. The rows wait in a temporary file, as the
// format wants to be packed at the end; memory stays constant. It returns how many rows it wrote.
func XLSX(w io.Writer, info Info, rows iter.Seq2[Row, error]) (int64, error) {
	n, err := writeXLSX(w, completions(), info, rows, MaxSheetRows)
	if err != nil {
		return n, fmt.Errorf("export.XLSX: %w", err)
	}
	return n, nil
}

// book is a workbook in the making.
type book[R any] struct {
	file   *excelize.File
	table  table[R]
	info   Info
	styles map[Type]int
	header int // style

	sheets int
	sheet  *excelize.StreamWriter
	row    int   // of the sheet, from 1
	size   int64 // of the sheet, about, in bytes
	most   int   // rows of a sheet
	values []any // reused
}

func writeXLSX[R any](w io.Writer, t table[R], info Info, rows iter.Seq2[R, error], most int) (n int64, err error) {
	if err := info.check(); err != nil {
		return 0, err
	}
	// The library keeps everything in memory if it cannot make a file; this says so instead.
	dir, err := os.MkdirTemp(info.Temp, "export-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &book[R]{file: excelize.NewFile(excelize.Options{TmpDir: dir}), table: t, info: info, styles: map[Type]int{}, most: most}
	defer func() {
		if e := b.file.Close(); err == nil { // also removes the temporary files
			err = e
		}
	}()
	if err := b.begin(); err != nil {
		return 0, err
	}
	for row, err := range rows {
		if err == nil {
			err = t.check(&row)
		}
		if err == nil {
			err = b.add(&row)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	if err := b.sheet.Flush(); err != nil {
		return n, err
	}
	if err := b.about(n); err != nil {
		return n, err
	}
	// The library would pack the whole workbook in memory; handing it our own writer lets it go straight out.
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	return n, b.file.Write(io.Discard)
}

func (b *book[R]) begin() (err error) {
	for t, format := range map[Type]string{Instant: "yyyy-mm-dd hh:mm:ss", Date: "yyyy-mm-dd", Integer: "0", Decimal: "0.00"} {
		if b.styles[t], err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return err
		}
	}
	if b.styles[Text], err = b.file.NewStyle(&excelize.Style{NumFmt: 49}); err != nil { // "@": stays text when somebody edits it
		return err
	}
	b.styles[List] = b.styles[Text]
	if b.header, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	if err := b.file.SetDocProps(&excelize.DocProperties{Title: b.table.format, Subject: b.info.Organisation, Creator: "Palestra",
		Created: b.info.AsOf.UTC().Format(time.RFC3339), Modified: b.info.AsOf.UTC().Format(time.RFC3339)}); err != nil {
		return err
	}
	return b.open()
}

// open begins the next sheet.
func (b *book[R]) open() (err error) {
	b.sheets++
	name := b.table.sheet
	if b.sheets == 1 {
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		name = fmt.Sprintf("%s %d", b.table.sheet, b.sheets)
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if b.sheet, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range b.table.columns {
		if err := b.sheet.SetColWidth(i+1, i+1, width(c.Type)); err != nil {
			return err
		}
	}
	if err := b.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	b.values = b.values[:0]
	for _, c := range b.table.columns {
		b.values = append(b.values, excelize.Cell{StyleID: b.header, Value: c.Name})
	}
	b.row, b.size = 1, 0
	return b.sheet.SetRow("A1", b.values)
}

func width(t Type) float64 {
	switch t {
	case Integer, Decimal, Date, Flag:
		return 14
	case Instant:
		return 20
	default:
		return 26
	}
}

func (b *book[R]) add(row *R) error {
	if b.row >= b.most || b.size > maxSheetBytes {
		if err := b.sheet.Flush(); err != nil {
			return err
		}
		if err := b.open(); err != nil {
			return err
		}
	}
	b.values = b.values[:0]
	for _, c := range b.table.columns {
		v := b.value(c.Type, c.cell(row, &b.info))
		if s, ok := v.(string); ok {
			b.size += int64(len(s))
		}
		b.size += cellBytes
		if v == nil {
			b.values = append(b.values, nil)
			continue
		}
		b.values = append(b.values, excelize.Cell{StyleID: b.styles[c.Type], Value: v})
	}
	b.row++
	return b.sheet.SetRow(fmt.Sprintf("A%d", b.row), b.values)
}

func (b *book[R]) value(t Type, c cell) any {
	if c.empty {
		return nil
	}
	switch t {
	case Integer:
		return c.n
	case Decimal:
		return float64(c.n) / 100
	case Date:
		day, err := time.Parse(time.DateOnly, c.text)
		if err != nil { // the row was checked
			return c.text
		}
		return serial(day)
	case Instant:
		return serial(c.at)
	case Flag:
		return c.n == 1
	case List:
		return joined(c.list, maxCell)
	default:
		return csvcell.Clean(c.text) // the library keeps as much of it as Excel does
	}
}

// serial is how Excel counts time: days since 1899-12-30 on the wall clock.
func serial(t time.Time) float64 {
	_, offset := t.Zone()
	return float64(t.Unix()+int64(offset))/86_400 + 25_569
}

// about adds a sheet that says what the workbook is, so that it explains itself when its file name is lost.
func (b *book[R]) about(rows int64) error {
	const name = "about"
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	at := b.info.AsOf.In(b.info.Zone)
	for i, line := range [][]any{
		{"format", b.table.format},
		{"organisation", csvcell.Clean(b.info.Organisation)},
		{"organisation_id", b.info.OrganisationID},
		{"as_of", at.Format(time.RFC3339)},
		{"zone", b.info.Zone.String()},
		{"rows", rows},
	} {
		if err := b.file.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &line); err != nil {
			return err
		}
	}
	return b.file.SetColWidth(name, "A", "B", 40)
}
