package ffmpeg

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"palestra/video"
)

// cutter puts the small files that ffmpeg cuts at key frames together to chunks. What a piece decodes before its first
// frame is thrown away, so a chunk begins at the last key frame before a cut, which is known when the next one comes.
type cutter struct {
	dir   string
	cuts  []float64 // that are still to come
	each  func(video.Chunk) error
	chunk *video.Chunk // grows
	held  *video.Chunk // the newest small file
}

// take takes a line of ffmpeg's list: name, first and last second of a small file.
func (c *cutter) take(line string) error {
	fields, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil || len(fields) != 3 {
		return fmt.Errorf("%w: the list says %q", video.ErrNotSplit, line)
	}
	start, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		return fmt.Errorf("%w: the list says %q", video.ErrNotSplit, line)
	}
	if c.held != nil && !(start > c.held.Start) {
		return fmt.Errorf("%w: %v seconds after %v", video.ErrNotSplit, start, c.held.Start)
	}
	if err := c.place(start); err != nil {
		return err
	}
	c.held = &video.Chunk{Path: filepath.Join(c.dir, filepath.Base(fields[0])), Start: start}
	return nil
}

// place puts the file that was held where it belongs, now that the next one is known to begin at a second.
func (c *cutter) place(next float64) error {
	if c.held == nil {
		return nil
	}
	due := false
	for len(c.cuts) > 0 && c.cuts[0] < next {
		due, c.cuts = due || c.cuts[0] >= c.held.Start, c.cuts[1:]
	}
	switch {
	case c.chunk == nil:
		c.chunk = c.held
	case due:
		if err := c.each(*c.chunk); err != nil {
			return err
		}
		c.chunk = c.held
	default:
		if err := join(c.chunk.Path, c.held.Path); err != nil {
			return err
		}
	}
	c.held = nil
	return nil
}

// end hands out what is left.
func (c *cutter) end() error {
	if err := c.place(math.Inf(1)); err != nil || c.chunk == nil {
		return err
	}
	return c.each(*c.chunk)
}

// join appends the frames of a chunk to another, and removes it.
func join(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("ffmpeg.join: %w", err)
	}
	defer in.Close()       // only read
	const most = 256 << 10 // of a header
	head := make([]byte, most)
	n, err := io.ReadFull(in, head)
	at := bytes.Index(head[:n], []byte(video.ChunkHead))
	if at < 0 {
		return fmt.Errorf("%w: %s has no frames: %v", video.ErrNotSplit, filepath.Base(from), err) //nolint:errorlint // the end of a small file is no fault
	}
	out, err := os.OpenFile(to, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("ffmpeg.join: %w", err)
	}
	_, err = in.Seek(int64(at), io.SeekStart)
	if err == nil {
		_, err = io.Copy(out, in)
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Remove(from)
	}
	if err != nil {
		return fmt.Errorf("ffmpeg.join: %w", err)
	}
	return nil
}
