package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"
)

// The storyboard: sheets of small pictures, so that whoever seeks sees where.
const (
	sheetColumns, sheetRows = 10, 10
	mostSheets              = 3
	thumbSide               = 90 // pixels of the shorter side
)

// pictures makes the still picture and the storyboard.
func (s *Service) pictures(ctx context.Context, t taken, from time.Time, dir string) error {
	poster, err := s.poster(ctx, t, dir)
	if err != nil {
		return err
	}
	board, err := s.storyboard(ctx, t, dir)
	if err != nil {
		return err
	}
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		if v.replacing() {
			v.Plan.Poster, v.Plan.Storyboard = poster, board
			return nil
		}
		s.picture(v, poster, board)
		return nil
	})
}

// picture shows other pictures of a video than before.
func (s *Service) picture(v *Video, poster string, board *Storyboard) {
	for _, old := range append([]string{v.Poster}, v.Storyboard.keys()...) {
		if old != "" && old != poster {
			s.litter(v, old, s.now().Add(litterAfter))
		}
	}
	v.Poster, v.Storyboard = poster, board
}

func (b *Storyboard) keys() []string {
	if b == nil {
		return nil
	}
	return b.Sheets
}

func (s *Service) poster(ctx context.Context, t taken, dir string) (string, error) {
	found, file := t.v.Plan.Found, filepath.Join(dir, "poster.jpg")
	w, h := found.Width, found.Height
	if short := min(w, h); short > 720 {
		w, h = scaled(w, h, 720)
	}
	at := min(found.Duration*0.1, 30)
	var in Input
	var err error
	if chunks := t.v.Plan.Chunks; len(chunks) > 0 {
		n := nearest(chunks, at)
		in, at = s.chunked(&t.v, t.org, n, n+1), 0
	} else if in, err = s.source(ctx, t, dir); err != nil {
		return "", err
	}
	if err := s.c.Encoder.Still(ctx, in, file, at, w, h, found.HDR); err != nil {
		return "", err
	}
	key := t.v.prefix(t.org) + "poster-" + t.v.Plan.Suffix + ".jpg"
	return key, s.send(ctx, file, key, "image/jpeg")
}

// nearest returns the number of the chunk, not the first, that begins nearest to a second: what lies before its first frame
// need not be decoded. There are two at least.
func nearest(chunks []float64, at float64) int {
	best := 1
	for n := 2; n < len(chunks) && math.Abs(chunks[n]-at) < math.Abs(chunks[best]-at); n++ {
		best = n
	}
	return best
}

// storyboard takes its pictures from the lowest rendition: each of its segments begins with a key frame.
func (s *Service) storyboard(ctx context.Context, t taken, dir string) (*Storyboard, error) {
	lowest, o := t.v.Plan.Made[0], t.v.Plan.Outputs[0]
	segments := lowest.Objects - 2
	each := int(math.Ceil(float64(segments) / (mostSheets * sheetColumns * sheetRows))) // segments for a picture
	b := Storyboard{Every: float64(each) * o.Segment(), Count: (segments + each - 1) / each, Columns: sheetColumns, Rows: sheetRows}
	b.Width, b.Height = scaled(lowest.Width, lowest.Height, min(thumbSide, lowest.Width, lowest.Height))
	folder := t.v.prefix(t.org) + lowest.Folder + "/"
	in := Input{Sort: OwnSegments, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return s.series(ctx, func(n int) (string, bool) {
			if n == 0 {
				return folder + initFile, true
			}
			return folder + segmentFile((n-1)*each), (n-1)*each < segments
		}, false)
	}}
	if err := s.c.Encoder.Sheets(ctx, in, b, filepath.Join(dir, "sheet-%03d.jpg")); err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		file := filepath.Join(dir, fmt.Sprintf("sheet-%03d.jpg", n))
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return &b, nil
		}
		key := fmt.Sprintf("%sstoryboard-%s-%03d.jpg", t.v.prefix(t.org), t.v.Plan.Suffix, n)
		if err := s.send(ctx, file, key, "image/jpeg"); err != nil {
			return nil, err
		}
		b.Sheets = append(b.Sheets, key)
	}
}
