// Package papers makes the files that people of the demonstration hand around: tables, bars, and a page to print. Everything
// in them is drawn by the program.
package papers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"palestra/cmd/palestra/world"
	"palestra/internal/pdf"
)

// Make returns the bytes of a file; the ending of its name says what they are: csv, png or pdf.
func Make(f *world.File, made time.Time) ([]byte, error) {
	switch filepath.Ext(f.Name) {
	case ".csv":
		return table(f.Table)
	case ".png":
		return bars(f)
	case ".pdf":
		return page(f, made)
	}
	return nil, fmt.Errorf("papers: nobody makes a %s", f.Name)
}

func table(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	return b.Bytes(), nil
}

func page(f *world.File, made time.Time) ([]byte, error) {
	d, err := pdf.New(pdf.Meta{Title: f.Head, Language: f.Language, Made: made, PageOf: "%d / %d"})
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	d.Heading(1, f.Head, f.Language)
	for _, line := range f.Lines {
		d.Text(line)
	}
	if len(f.Table) > 1 {
		columns := make([]pdf.Column, 0, len(f.Table[0]))
		for _, title := range f.Table[0] {
			columns = append(columns, pdf.Column{Title: title, Share: 1 / float64(len(f.Table[0]))})
		}
		d.Table(columns, f.Table[1:], 24)
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	return b.Bytes(), nil
}

// The picture in pixels, and what stands around the bars.
const (
	width, height = 1200, 675
	margin        = 72
	head          = 130
	foot          = 90
)

// The colours are those of the pages in daylight.
func paper() color.RGBA { return color.RGBA{0xfa, 0xf7, 0xf1, 0xff} }
func ink() color.RGBA   { return color.RGBA{0x1b, 0x24, 0x2b, 0xff} }
func civic() color.RGBA { return color.RGBA{0x0d, 0x55, 0x60, 0xff} }

func face(ttf []byte, size float64) (font.Face, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	// 72 dots an inch: sizes are pixels.
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}

// bars draws the second column of a table, each bar with its figure above and its name below.
func bars(f *world.File) ([]byte, error) {
	title, err := face(gobold.TTF, 38)
	if err != nil {
		return nil, err
	}
	small, err := face(goregular.TTF, 24)
	if err != nil {
		return nil, err
	}
	rows := f.Table[1:]
	figures, most := make([]int, len(rows)), 1
	for i, r := range rows {
		if figures[i], err = strconv.Atoi(r[1]); err != nil || figures[i] < 0 {
			return nil, fmt.Errorf("papers: %s: %q is no figure of a bar", f.Name, r[1])
		}
		most = max(most, figures[i])
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	fill(img, img.Bounds(), paper())
	write(img, title, margin, 80, f.Head, false)
	step := (width - 2*margin) / max(1, len(rows))
	bottom := height - foot
	for i, r := range rows {
		x, high := margin+i*step, (bottom-head-40)*figures[i]/most
		fill(img, image.Rect(x+step/6, bottom-high, x+step-step/6, bottom), civic())
		write(img, small, x+step/2, bottom-high-12, r[1], true)
		write(img, small, x+step/2, bottom+36, r[0], true)
	}
	fill(img, image.Rect(margin, bottom, width-margin, bottom+2), ink())
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	return b.Bytes(), nil
}

func fill(img draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// write puts a line on its base line y, from x or around it.
func write(img draw.Image, f font.Face, x, y int, text string, around bool) {
	if around {
		x -= font.MeasureString(f, text).Ceil() / 2
	}
	d := font.Drawer{Dst: img, Src: image.NewUniform(ink()), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(text)
}
