package pdf

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// element is a node of the structure tree (ISO 32000-1, 14.7.2).
type element struct {
	kind   string
	lang   string
	scope  string // of a heading in a table
	actual string // the whole text, where not all of it is drawn
	parent *element
	kids   []*element
	marks  []mark
	object int
}

// mark is a piece of a page's content that belongs to an element.
type mark struct{ page, id int }

func (e *element) add(kid *element) {
	kid.parent = e
	e.kids = append(e.kids, kid)
}

// page is a page in the making.
type page struct {
	content strings.Builder
	owners  []*element // of the marked content, by its number
	index   int
}

// text draws a line; without an element it is not read aloud.
func (p *page) text(e *element, f *face, size, x, y float64, line string) {
	if line == "" {
		return
	}
	if e == nil {
		p.content.WriteString("/Artifact <</Type /Pagination>> BDC\n")
	} else {
		fmt.Fprintf(&p.content, "/%s <</MCID %d", e.kind, len(p.owners))
		if !f.draws(line) {
			fmt.Fprintf(&p.content, " /ActualText %s", quoted(line))
		}
		p.content.WriteString(">> BDC\n")
		e.marks = append(e.marks, mark{p.index, len(p.owners)})
		p.owners = append(p.owners, e)
	}
	fmt.Fprintf(&p.content, "BT /%s %.2f Tf %.2f %.2f Td <", f.name, size, x, y)
	for _, r := range line {
		g, _ := f.glyph(r)
		fmt.Fprintf(&p.content, "%04X", uint16(g))
	}
	p.content.WriteString("> Tj ET\nEMC\n")
}

// rule draws a line that is decoration.
func (p *page) rule(x1, y1, x2, y2, wide float64) {
	fmt.Fprintf(&p.content, "/Artifact <</Type /Layout>> BDC\n%.2f w %.2f %.2f m %.2f %.2f l S\nEMC\n", wide, x1, y1, x2, y2)
}

// quoted writes a text string (ISO 32000-1, 7.9.2.2): UTF-16 in hexadecimal digits.
func quoted(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}
