package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// file is the document as numbered objects (ISO 32000-1, 7.3.10); the first has the number 1.
type file struct {
	objects [][]byte
	catalog int
	info    int
}

// reserve gives a number to an object that is written later.
func (f *file) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects)
}

func (f *file) set(number int, format string, args ...any) {
	f.objects[number-1] = fmt.Appendf(nil, format, args...)
}

func (f *file) add(format string, args ...any) int {
	n := f.reserve()
	f.set(n, format, args...)
	return n
}

// stream adds a stream. What readers look for as plain text is not compressed.
func (f *file) stream(entries string, body []byte, plain bool) int {
	if !plain {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write(body) // into memory
		_ = z.Close()
		entries, body = entries+" /Filter /FlateDecode", b.Bytes()
	}
	n := f.reserve()
	f.objects[n-1] = bytes.Join([][]byte{fmt.Appendf(nil, "<<%s /Length %d>>\nstream\n", entries, len(body)), body, []byte("\nendstream")}, nil)
	return n
}

// file builds all objects.
func (d *Document) file() *file {
	f := &file{}
	f.catalog = f.reserve()
	pages := f.reserve()
	tree := f.reserve()
	regular, bold := f.embed(d.regular), f.embed(d.bold)
	numbers := make([]int, len(d.pages))
	for i, p := range d.pages {
		body := f.stream("", []byte(p.content.String()), false)
		numbers[i] = f.add("<</Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /StructParents %d /Tabs /S /Resources <</Font <</F1 %d 0 R /F2 %d 0 R>>>>>>",
			pages, width, height, body, i, regular, bold)
	}
	f.set(pages, "<</Type /Pages /Count %d /Kids [%s]>>", len(numbers), references(numbers))
	f.structure(d, tree, numbers)
	meta := f.stream(" /Type /Metadata /Subtype /XML", []byte(d.metadata()), true)
	f.info = f.add("<</Title %s /Producer (Palestra) /CreationDate (D:%sZ)>>", quoted(d.title), d.made.UTC().Format("20060102150405"))
	f.set(f.catalog, "<</Type /Catalog /Pages %d 0 R /StructTreeRoot %d 0 R /MarkInfo <</Marked true>> /Lang %s /ViewerPreferences <</DisplayDocTitle true>> /Metadata %d 0 R>>",
		pages, tree, quoted(d.lang), meta)
	return f
}

func references(numbers []int) string {
	var b strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&b, "%d 0 R ", n)
	}
	return strings.TrimSpace(b.String())
}

// structure writes the tree of elements, and which of them each piece of a page belongs to.
func (f *file) structure(d *Document, tree int, pages []int) {
	var give func(e *element)
	give = func(e *element) {
		e.object = f.reserve()
		for _, k := range e.kids {
			give(k)
		}
	}
	give(d.root)
	var put func(e *element, parent int)
	put = func(e *element, parent int) {
		var kids strings.Builder
		for _, m := range e.marks {
			fmt.Fprintf(&kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pages[m.page], m.id)
		}
		for _, k := range e.kids {
			put(k, e.object)
			fmt.Fprintf(&kids, "%d 0 R ", k.object)
		}
		extra := ""
		if e.lang != "" {
			extra += " /Lang " + quoted(e.lang)
		}
		if e.scope != "" {
			extra += " /A <</O /Table /Scope /" + e.scope + ">>"
		}
		if e.actual != "" {
			extra += " /ActualText " + quoted(e.actual)
		}
		f.set(e.object, "<</Type /StructElem /S /%s /P %d 0 R%s /K [%s]>>", e.kind, parent, extra, strings.TrimSpace(kids.String()))
	}
	put(d.root, tree)
	var parents strings.Builder
	for i, p := range d.pages {
		fmt.Fprintf(&parents, "%d [", i)
		for _, e := range p.owners {
			fmt.Fprintf(&parents, "%d 0 R ", e.object)
		}
		parents.WriteString("] ")
	}
	f.set(tree, "<</Type /StructTreeRoot /K [%d 0 R] /ParentTree <</Nums [%s]>> /ParentTreeNextKey %d>>", d.root.object, parents.String(), len(d.pages))
}

// embed adds a font with all its glyphs, addressed by their numbers (ISO 32000-1, 9.7.4), and which letters they are.
func (f *file) embed(a *face) int {
	program := f.stream(fmt.Sprintf(" /Length1 %d", len(a.file)), a.file, false)
	name, err := a.font.Name(&a.buffer, sfnt.NameIDPostScript)
	if err != nil || name == "" {
		name = a.name
	}
	const em = 1000
	metrics, err := a.font.Metrics(&a.buffer, fixed.I(em), font.HintingNone)
	if err != nil {
		metrics.Ascent, metrics.Descent, metrics.CapHeight = fixed.I(900), fixed.I(200), fixed.I(700)
	}
	box, err := a.font.Bounds(&a.buffer, fixed.I(em), font.HintingNone)
	if err != nil {
		box = fixed.Rectangle26_6{Min: fixed.P(-200, -900), Max: fixed.P(1200, 200)}
	}
	descriptor := f.add("<</Type /FontDescriptor /FontName /%s /Flags 32 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R>>",
		name, box.Min.X.Round(), -box.Max.Y.Round(), box.Max.X.Round(), -box.Min.Y.Round(), metrics.Ascent.Round(), -metrics.Descent.Round(), metrics.CapHeight.Round(), program)
	var widths, letters strings.Builder
	used := a.inUse()
	for _, g := range used {
		fmt.Fprintf(&widths, "%d [%.0f] ", g, a.wide[g])
	}
	for begin := 0; begin < len(used); begin += 100 { // at most 100 to a section (Adobe technical note 5014)
		part := used[begin:min(begin+100, len(used))]
		fmt.Fprintf(&letters, "%d beginbfchar\n", len(part))
		for _, g := range part {
			fmt.Fprintf(&letters, "<%04X> <%s>\n", uint16(g), strings.TrimSuffix(strings.TrimPrefix(quoted(string(a.used[g])), "<FEFF"), ">"))
		}
		letters.WriteString("endbfchar\n")
	}
	toUnicode := f.stream("", []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"+
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"+letters.String()+
		"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"), false)
	descendant := f.add("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /DW 1000 /W [%s] /CIDToGIDMap /Identity>>",
		name, descriptor, widths.String())
	return f.add("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>", name, descendant, toUnicode)
}

// metadata says in XMP what the document is, and that it means to meet PDF/UA-1 (ISO 14289-1, clause 5).
func (d *Document) metadata() string {
	safe := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s)) // into memory
		return b.String()
	}
	return `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + safe(d.title) + `</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>` + safe(d.lang) + `</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>` + d.made.UTC().Format(time.RFC3339) + `</xmp:CreateDate>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`
}

// write writes the objects and where each of them begins (ISO 32000-1, 7.5).
func (f *file) write(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	begins := make([]int, len(f.objects))
	for i, o := range f.objects {
		begins[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		b.Write(o)
		b.WriteString("\nendobj\n")
	}
	id := sha256.Sum256(b.Bytes())
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects)+1)
	for _, n := range begins {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n", len(f.objects)+1, f.catalog, f.info, id[:16], id[:16], at)
	_, err := w.Write(b.Bytes())
	return err
}
