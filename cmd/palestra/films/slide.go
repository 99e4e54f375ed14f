package films

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The size of a slide in pixels, and its margins.
const (
	width  = 1280
	height = 720
	margin = 96
)

// The colours are those of the pages in daylight.
func paper() color.RGBA     { return color.RGBA{0xfa, 0xf7, 0xf1, 0xff} }
func ink() color.RGBA       { return color.RGBA{0x1b, 0x24, 0x2b, 0xff} }
func inkSoft() color.RGBA   { return color.RGBA{0x50, 0x5b, 0x62, 0xff} }
func civic() color.RGBA     { return color.RGBA{0x0d, 0x55, 0x60, 0xff} }
func civicTint() color.RGBA { return color.RGBA{0xe0, 0xee, 0xee, 0xff} }
func warm() color.RGBA      { return color.RGBA{0xb4, 0x47, 0x1f, 0xff} }
func onCivic() color.RGBA   { return color.RGBA{0xff, 0xff, 0xff, 0xff} }

// pen holds the faces in which slides are written.
type pen struct {
	title, heading, text, textBold, cell, cellBold, foot font.Face
}

func newPen() (*pen, error) {
	p := &pen{}
	for _, f := range []struct {
		to   *font.Face
		ttf  []byte
		size float64
	}{{&p.title, gobold.TTF, 72}, {&p.heading, gobold.TTF, 52}, {&p.text, goregular.TTF, 36}, {&p.textBold, gobold.TTF, 36},
		{&p.cell, goregular.TTF, 26}, {&p.cellBold, gobold.TTF, 26}, {&p.foot, goregular.TTF, 22}} {
		parsed, err := opentype.Parse(f.ttf)
		if err != nil {
			return nil, fmt.Errorf("films: font: %w", err)
		}
		// 72 dots an inch: sizes are pixels.
		if *f.to, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return nil, fmt.Errorf("films: font: %w", err)
		}
	}
	return p, nil
}

// slide draws a slide as it stands while a line is spoken: what was said before stays, in softer ink.
func (p *pen) slide(s *Script, slide, line int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	if slide == 0 {
		p.cover(img, s, line)
	} else {
		p.page(img, s, slide, line)
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	err := e.Encode(&b, img)
	return b.Bytes(), err
}

func fill(img draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// cover is the first slide: the title, and beneath it what the film promises.
func (p *pen) cover(img draw.Image, s *Script, line int) {
	fill(img, img.Bounds(), civic())
	fill(img, image.Rect(margin, 150, margin+120, 160), warm())
	y := p.write(img, p.title, onCivic(), margin, 250, width-2*margin, 84, s.Title)
	y += 40
	for j := 0; j <= line; j++ {
		if show := s.Slides[0].Lines[j].Show; show != "" {
			y = p.write(img, p.text, civicTint(), margin, y, width-2*margin, 50, show) + 14
		}
	}
	p.write(img, p.foot, civicTint(), margin, height-56, width-2*margin, 30, s.Series)
}

// page is any other slide: a heading and points, the present one strong.
func (p *pen) page(img draw.Image, s *Script, slide, line int) {
	fill(img, img.Bounds(), paper())
	fill(img, image.Rect(0, 0, 24, height), civic())
	sl := s.Slides[slide]
	y := p.write(img, p.heading, civic(), margin, 130, width-2*margin, 62, sl.Heading)
	fill(img, image.Rect(margin, y-30, margin+96, y-22), warm())
	y += 44
	present := -1
	for j := 0; j <= line; j++ {
		if sl.Lines[j].Show != "" {
			present = j
		}
	}
	for j := 0; j <= line; j++ {
		show := sl.Lines[j].Show
		if show == "" {
			continue
		}
		face, c := p.text, inkSoft()
		if j == present {
			face, c = p.textBold, ink()
		}
		fill(img, image.Rect(margin, y-22, margin+12, y-10), warm())
		y = p.write(img, face, c, margin+40, y, width-2*margin-40, 48, show) + 18
	}
	p.table(img, sl.Table)
	fill(img, image.Rect(margin, height-96, width-margin, height-95), civicTint())
	p.write(img, p.foot, inkSoft(), margin, height-56, width-3*margin, 30, s.Series)
	number := fmt.Sprintf("%d / %d", slide, len(s.Slides)-1)
	p.write(img, p.foot, inkSoft(), width-margin-font.MeasureString(p.foot, number).Ceil(), height-56, 200, 30, number)
}

// Where a table ends, how high its rows are, and how far its words stand from the left of their cell.
const (
	tableEnd = height - 120
	rowHigh  = 44
	cellPad  = 16
)

// table draws an example above the foot of a page. An empty cell is an empty cell.
func (p *pen) table(img draw.Image, rows [][]string) {
	top := tableEnd - rowHigh*len(rows)
	for i, row := range rows {
		y := top + i*rowHigh
		back, face, c := color.Color(onCivic()), p.cell, ink()
		if i == 0 {
			back, face, c = civic(), p.cellBold, onCivic()
		}
		fill(img, image.Rect(margin, y, width-margin, y+rowHigh), back)
		fill(img, image.Rect(margin, y+rowHigh-1, width-margin, y+rowHigh), civicTint())
		step := (width - 2*margin) / max(1, len(row))
		for j, word := range row {
			p.write(img, face, c, margin+cellPad+j*step, y+30, step-cellPad, rowHigh, word)
		}
	}
}

// write writes a text into lines of at most wide pixels, the first one's base line at y, and returns where the next
// line's would be.
func (p *pen) write(img draw.Image, face font.Face, c color.Color, x, y, wide, step int, text string) int {
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: face}
	flush := func(s string) {
		d.Dot = fixed.P(x, y)
		d.DrawString(s)
		y += step
	}
	line := ""
	for _, w := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + w)
		if line != "" && font.MeasureString(face, longer).Ceil() > wide {
			flush(line)
			longer = w
		}
		line = longer
	}
	if line != "" {
		flush(line)
	}
	return y
}
