package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a font as it is embedded: its glyphs in use, and how wide they are.
type face struct {
	name   string // in the resources of a page
	file   []byte // TrueType
	font   *sfnt.Font
	buffer sfnt.Buffer
	used   map[sfnt.GlyphIndex]rune
	wide   map[sfnt.GlyphIndex]float64 // thousandths of the size of the letters
	glyphs map[rune]sfnt.GlyphIndex
}

func openFaces() (regular, bold *face, err error) {
	if regular, err = openFace("F1", goregular.TTF); err != nil {
		return nil, nil, err
	}
	if bold, err = openFace("F2", gobold.TTF); err != nil {
		return nil, nil, err
	}
	return regular, bold, nil
}

func openFace(name string, file []byte) (*face, error) {
	f, err := sfnt.Parse(file)
	if err != nil {
		return nil, err
	}
	return &face{name: name, file: file, font: f, used: map[sfnt.GlyphIndex]rune{}, wide: map[sfnt.GlyphIndex]float64{}, glyphs: map[rune]sfnt.GlyphIndex{}}, nil
}

// unknown stands for what the font cannot draw; the text that is read aloud keeps the letter.
const unknown = '?'

// glyph returns the glyph of a letter, and whether the font has it.
func (f *face) glyph(r rune) (sfnt.GlyphIndex, bool) {
	g, ok := f.glyphs[r]
	if !ok {
		g, _ = f.font.GlyphIndex(&f.buffer, r) // 0 as well where the table is damaged
		f.glyphs[r] = g
	}
	if g == 0 && r != unknown {
		g, _ = f.glyph(unknown)
		return g, false
	}
	if _, known := f.wide[g]; !known {
		w, err := f.font.GlyphAdvance(&f.buffer, g, fixed.I(1000), font.HintingNone)
		if err != nil {
			w = fixed.I(1000)
		}
		f.wide[g], f.used[g] = float64(w)/64, r
	}
	return g, g != 0
}

// draws says whether the font has every letter of a text.
func (f *face) draws(text string) bool {
	for _, r := range text {
		if _, ok := f.glyph(r); !ok {
			return false
		}
	}
	return true
}

// width returns how wide a line is in points.
func (f *face) width(line string, size float64) float64 {
	var sum float64
	for _, r := range line {
		g, _ := f.glyph(r)
		sum += f.wide[g]
	}
	return sum * size / 1000
}

// wrap breaks a text into lines that are at most so many points wide: between words, where one is too long within it.
// Lines of the text stay lines.
func (f *face) wrap(text string, size, most float64) []string {
	var lines []string
	for _, part := range strings.Split(text, "\n") {
		part = strings.Map(func(r rune) rune {
			switch {
			case unicode.IsControl(r):
				return ' '
			case unicode.Is(unicode.Cf, r): // places to break, directions, joiners
				return -1
			}
			return r
		}, part)
		line, used := "", 0.0
		for _, word := range strings.Fields(part) {
			w := f.width(word, size)
			space := f.width(" ", size)
			switch {
			case line == "":
			case used+space+w <= most:
				line, used = line+" "+word, used+space+w
				continue
			default:
				lines = append(lines, line)
			}
			line, used = "", 0
			for _, r := range word {
				if rw := f.width(string(r), size); line != "" && used+rw > most {
					lines = append(lines, line)
					line, used = string(r), rw
				} else {
					line, used = line+string(r), used+rw
				}
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// wrapsTo says whether lines hold all of a text.
func (f *face) wrapsTo(text string, lines []string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, s)
	}
	return bare(text) == bare(strings.Join(lines, ""))
}

// inUse returns the glyphs in use, in their order.
func (f *face) inUse() []sfnt.GlyphIndex {
	all := make([]sfnt.GlyphIndex, 0, len(f.used))
	for g := range f.used {
		all = append(all, g)
	}
	slices.Sort(all)
	return all
}
