// Package pdf writes documents for paper: text and tables that flow down A4 pages, tagged so that they can be read aloud
// (PDF 1.7, ISO 32000-1; PDF/UA-1, ISO 14289-1). Fonts are embedded. The same document gives the same bytes.
package pdf

import (
	"fmt"
	"io"
	"time"
)

// Measures of a page in points (1/72 inch): A4 with margins of 20 mm.
const (
	width  = 595.28
	height = 841.89
	margin = 56.69

	bodySize   = 10.0
	smallSize  = 8.5
	lineHeight = 1.35 // of the size of the letters
	cellSpace  = 4.0
)

// Document is a document in the making. Its zero value is of no use; New makes one.
type Document struct {
	title, lang    string
	made           time.Time
	regular, bold  *face
	pages          []*page
	root           *element
	y              float64 // of the upper edge of what comes next, from below
	pageOf, footer string
}

// Meta is what a document says of itself.
type Meta struct {
	Title    string
	Language string // BCP 47
	Made     time.Time
	Footer   string // at the foot of each page
	PageOf   string // "page %d of %d" in the reader's language
}

// New begins a document. It fails if the fonts of the program are damaged.
func New(m Meta) (*Document, error) {
	regular, bold, err := openFaces()
	if err != nil {
		return nil, fmt.Errorf("pdf.New: %w", err)
	}
	d := &Document{title: m.Title, lang: m.Language, made: m.Made, footer: m.Footer, pageOf: m.PageOf, regular: regular, bold: bold, root: &element{kind: "Document"}}
	d.turn()
	return d, nil
}

func (d *Document) turn() {
	d.pages = append(d.pages, &page{index: len(d.pages)})
	d.y = height - margin
}

func (d *Document) page() *page { return d.pages[len(d.pages)-1] }

// need turns the page if so many points are no longer free on this one, and says whether it did.
func (d *Document) need(points float64) bool {
	turn := d.y-points < margin+2*smallSize && d.y < height-margin
	if turn {
		d.turn()
	}
	return turn
}

// Heading adds a heading of level 1 or 2. Language: what it is written in, if not in that of the document.
func (d *Document) Heading(level int, text, language string) {
	size, kind := 16.0, "H1"
	if level > 1 {
		size, kind = 12, "H2"
	}
	d.need(4 * size) // a heading does not stand alone at the end of a page
	d.y -= size / 2
	d.paragraph(&element{kind: kind, lang: language}, d.bold, size, text)
	d.y -= size / 4
}

// Text adds a paragraph.
func (d *Document) Text(text string) {
	d.paragraph(&element{kind: "P"}, d.regular, bodySize, text)
	d.y -= bodySize / 2
}

// Small adds a paragraph in small letters.
func (d *Document) Small(text string) {
	d.paragraph(&element{kind: "P"}, d.regular, smallSize, text)
	d.y -= smallSize / 2
}

func (d *Document) paragraph(e *element, f *face, size float64, text string) {
	d.root.add(e)
	for _, line := range f.wrap(text, size, width-2*margin) {
		d.need(size * lineHeight)
		d.y -= size * lineHeight
		d.page().text(e, f, size, margin, d.y+size*(lineHeight-1), line)
	}
}

// Column is a column of a table.
type Column struct {
	Title string
	Share float64 // of the width of the table; those of all columns are 1 together
	Right bool    // numbers
}

// Table adds a table with a heading that is repeated on each page. The first cell of a row is its heading. A row is at least
// so many points high and stays on one page; what would not fit on any page ends with "…", and is read aloud whole.
func (d *Document) Table(columns []Column, rows [][]string, atLeast float64) {
	table := &element{kind: "Table"}
	d.root.add(table)
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
	}
	head := d.lay(columns, titles, true, 0)
	section, body := &element{kind: "THead"}, &element{kind: "TBody"}
	table.add(section)
	if len(rows) > 0 {
		table.add(body)
	}
	for i, row := range rows {
		laid := d.lay(columns, row, false, atLeast)
		if i == 0 {
			d.need(head.high + laid.high)
			d.row(section, columns, head, true)
		} else if d.need(laid.high) {
			d.row(nil, columns, head, true)
		}
		d.row(body, columns, laid, false)
	}
	if len(rows) == 0 {
		d.need(head.high)
		d.row(section, columns, head, true)
	}
	d.y -= bodySize
}

// Facts adds a table of names and what is said of them.
func (d *Document) Facts(rows [][2]string) {
	table := &element{kind: "Table"}
	d.root.add(table)
	columns := []Column{{Share: 0.3}, {Share: 0.7}}
	for _, row := range rows {
		laid := d.lay(columns, row[:], false, 0)
		d.need(laid.high)
		d.row(table, columns, laid, false)
	}
	d.y -= bodySize
}

type laidRow struct {
	whole []string
	lines [][]string
	high  float64
}

func (d *Document) lay(columns []Column, cells []string, head bool, atLeast float64) laidRow {
	r := laidRow{whole: cells, high: atLeast}
	const limit = 53 // lines that fit on a page with the heading
	for i, c := range columns {
		lines := d.cellFace(head, i).wrap(cells[i], smallSize, c.Share*(width-2*margin)-2*cellSpace)
		if len(lines) > limit {
			lines = lines[:limit]
			lines[limit-1] += "…"
		}
		r.lines = append(r.lines, lines)
		r.high = max(r.high, float64(len(lines))*smallSize*lineHeight+2*cellSpace)
	}
	return r
}

func (d *Document) cellFace(head bool, column int) *face {
	if head || column == 0 {
		return d.bold
	}
	return d.regular
}

// row draws a row; without a parent it is a repetition, which is not read aloud (ISO 32000-1, 14.8.2.2).
func (d *Document) row(parent *element, columns []Column, r laidRow, head bool) {
	p := d.page()
	var tr *element
	if parent != nil {
		tr = &element{kind: "TR"}
		parent.add(tr)
	}
	x := margin
	for i, c := range columns {
		var cell *element
		if tr != nil {
			cell = &element{kind: "TD"}
			switch {
			case head:
				cell.kind, cell.scope = "TH", "Column"
			case i == 0:
				cell.kind, cell.scope = "TH", "Row"
			}
			tr.add(cell)
		}
		f, wide := d.cellFace(head, i), c.Share*(width-2*margin)
		if cell != nil && !f.wrapsTo(r.whole[i], r.lines[i]) {
			cell.actual = r.whole[i]
		}
		for n, line := range r.lines[i] {
			at := x + cellSpace
			if c.Right {
				at = x + wide - cellSpace - f.width(line, smallSize)
			}
			p.text(cell, f, smallSize, at, d.y-cellSpace-float64(n+1)*smallSize*lineHeight+smallSize*(lineHeight-1), line)
		}
		x += wide
	}
	d.y -= r.high
	p.rule(margin, d.y, width-margin, d.y, map[bool]float64{true: 1, false: 0.4}[head])
}

// Write ends the document and writes it.
func (d *Document) Write(w io.Writer) error {
	for i, p := range d.pages {
		p.text(nil, d.regular, smallSize, margin, margin/2, d.footer)
		if d.pageOf != "" {
			s := fmt.Sprintf(d.pageOf, i+1, len(d.pages))
			p.text(nil, d.regular, smallSize, width-margin-d.regular.width(s, smallSize), margin/2, s)
		}
	}
	if err := d.file().write(w); err != nil {
		return fmt.Errorf("pdf.Write: %w", err)
	}
	return nil
}
