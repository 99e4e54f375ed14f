package video

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// measurePiece moves the segments of a piece, which an encoder has made as if the film began there, to their place in
// the film, and measures them.
func measurePiece(folder string, o Output, j Job) (Made, error) {
	if err := os.Remove(filepath.Join(folder, playlistFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Made{}, wrap("measurePiece", err)
	}
	var m Made
	head, err := os.ReadFile(filepath.Join(folder, initFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil // the film ends before
	}
	if err != nil {
		return m, wrap("measurePiece", err)
	}
	m.Init = digest(head)
	scale, err := timescale(head)
	if err != nil {
		return m, err
	}
	frame := scale * uint64(o.Den) / uint64(o.Num) // of a frame, in media time
	if frame*uint64(o.Num) != scale*uint64(o.Den) {
		return m, fmt.Errorf("%w: %d units a second for %d/%d frames", errBoxes, scale, o.Num, o.Den)
	}
	for n := j.First; ; n++ {
		file := filepath.Join(folder, segmentFile(n))
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return m, wrap("measurePiece", err)
		}
		frames, err := shift(b, frame*uint64(j.First*o.Group), uint32(j.First))
		if err != nil {
			return m, err
		}
		if m.Frames%o.Group != 0 || frames > o.Group {
			return m, fmt.Errorf("%w: segment %d has %d frames of %d", errBoxes, n, frames, o.Group)
		}
		if err := os.WriteFile(file, b, 0o600); err != nil {
			return m, wrap("measurePiece", err)
		}
		m.Segments++
		m.Frames += frames
		m.Bytes += int64(len(b))
		if seconds := float64(frames) / o.Rate(); seconds > 0.5 { // a stub at the end says nothing about the line it needs
			m.Peak = max(m.Peak, ceilBits(int64(len(b)), seconds))
		}
	}
	if m.Frames > 0 {
		return m, nil
	}
	// The film ends where the piece begins: an empty segment may be there.
	if err := os.RemoveAll(folder); err != nil {
		return Made{}, wrap("measurePiece", err)
	}
	return Made{}, wrap("measurePiece", os.Mkdir(folder, 0o700))
}

// joined are the pieces of a rendition, one after the other.
type joined struct {
	Output
	segments, frames int
	bytes            int64
	peak             int
}

func (l *joined) add(m Made) {
	l.segments += m.Segments
	l.frames += m.Frames
	l.bytes += m.Bytes
	l.peak = max(l.peak, m.Peak)
}

func (l *joined) seconds() float64 { return float64(l.frames) / l.Rate() }

// rendition describes what the pieces have become, and writes its playlist (RFC 8216 §4.3).
func (s *Service) rendition(ctx context.Context, folder string, l joined) (Rendition, string, error) {
	body, _, err := s.c.Objects.Get(ctx, folder+"/"+initFile, 0, -1)
	if err != nil {
		return Rendition{}, "", wrap("rendition", err)
	}
	defer body.Close() // read to its end or given up
	head, err := io.ReadAll(io.LimitReader(body, 1<<20))
	if err != nil {
		return Rendition{}, "", wrap("rendition", err)
	}
	names, err := codecs(head, false)
	if err != nil {
		return Rendition{}, "", err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=%q\n",
		int(math.Ceil(l.Segment()-0.5)), initFile)
	for n := range l.segments {
		frames := min(l.Group, l.frames-n*l.Group)
		fmt.Fprintf(&b, "#EXTINF:%.6f,\n%s\n", float64(frames)/l.Rate(), segmentFile(n))
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	r := Rendition{Name: l.Name, Width: l.Width, Height: l.Height, Rate: l.Rate(), Codecs: names,
		Bytes: l.bytes + int64(len(head)+b.Len()), Objects: l.segments + 2}
	r.Average = ceilBits(l.bytes, l.seconds())
	r.Bandwidth = max(l.peak, r.Average, 1)
	return r, b.String(), nil
}

// ChunkHead is how a chunk's own header ends: where the frames of a chunk begin that follows another.
const ChunkHead = "NK\xe4\xad\xee\xca\x45\x69" // NUT's sync point

// series reads objects one after the other, opening each when it is its turn. beheaded leaves out the headers of all but
// the first. key returns the n-th, and whether there is one.
func (s *Service) series(ctx context.Context, key func(n int) (string, bool), beheaded bool) (io.ReadCloser, error) {
	r := &series{next: func(n int) (io.ReadCloser, error) {
		k, ok := key(n)
		if !ok {
			return nil, io.EOF
		}
		body, _, err := s.c.Objects.Get(ctx, k, 0, -1)
		return body, err
	}, beheaded: beheaded}
	return r, nil
}

type series struct {
	next     func(n int) (io.ReadCloser, error)
	beheaded bool
	n        int
	body     io.ReadCloser
	ahead    []byte // what was read to find the end of a header
}

func (r *series) Read(p []byte) (int, error) {
	for {
		if len(r.ahead) > 0 {
			n := copy(p, r.ahead)
			r.ahead = r.ahead[n:]
			return n, nil
		}
		if r.body == nil {
			if err := r.open(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := r.body.Read(p)
		if errors.Is(err, io.EOF) {
			err = r.body.Close()
			r.body = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// open opens the next object, and leaves out its header if that is wanted.
func (r *series) open() error {
	body, err := r.next(r.n)
	if err != nil {
		return err
	}
	r.n++
	r.body = body
	if !r.beheaded || r.n == 1 {
		return nil
	}
	const most = 256 << 10 // of a header
	head, err := io.ReadAll(io.LimitReader(body, most))
	if err != nil {
		return err
	}
	at := strings.Index(string(head), ChunkHead)
	if at < 0 {
		return fmt.Errorf("%w: chunk %d has no frames", errBoxes, r.n-1)
	}
	r.ahead = head[at:]
	return nil
}

// Close ends what is open.
func (r *series) Close() error {
	if r.body == nil {
		return nil
	}
	return r.body.Close()
}
