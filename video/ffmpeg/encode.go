package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/video"
)

func damaged(cause error) error {
	return fault.New(fault.Unsupported, "video.not_a_video", "the file is damaged or not a video").Because(cause)
}

// longest is how long something may take that goes through so many seconds of film.
func (t *Tool) longest(seconds float64) time.Duration {
	return max(10*time.Minute, time.Duration(seconds*t.config.Slowness*float64(time.Second)))
}

// patient turns the end of patience into a fault.
func patient(err error) error {
	if errors.Is(err, errTooLong) {
		return fault.New(fault.Unsupported, "video.too_slow", "this video takes too long to process").Because(err)
	}
	return err
}

// Split implements video.Encoder.
func (t *Tool) Split(ctx context.Context, in video.Input, dir string, cuts []float64, each func(video.Chunk) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Chunks are handed out while the next ones are written.
	lines := make(chan string, 1<<10)
	var wg sync.WaitGroup
	var failed error
	c := cutter{dir: dir, cuts: cuts, each: each}
	wg.Go(func() {
		for line := range lines {
			if failed != nil {
				continue
			}
			if failed = c.take(line); failed != nil {
				cancel(failed)
			}
		}
	})
	err := t.run(ctx, t.config.FFmpeg, splitArgs(in, dir), limits{time: t.longest(0) * 6, bytes: math.MaxInt64, in: in.Open, said: func(line string) { lines <- line }}, nil)
	close(lines)
	wg.Wait()
	if failed == nil && err == nil {
		failed = c.end()
	}
	if failed != nil {
		return failed
	}
	if exit, ok := errors.AsType[*exitError](err); ok {
		return fmt.Errorf("%w: %w", video.ErrNotSplit, exit)
	}
	return patient(err)
}

// Changing implements video.Encoder.
func (t *Tool) Changing(ctx context.Context, in video.Input, from, seconds float64) (float64, error) {
	frames := 0
	err := t.run(ctx, t.config.FFmpeg, changingArgs(in, from, seconds), limits{time: 5 * patience, in: in.Open, said: func(line string) {
		if n, ok := strings.CutPrefix(line, "frame="); ok {
			frames, _ = strconv.Atoi(strings.TrimSpace(n)) // else nothing was counted
		}
	}}, nil)
	if _, ok := errors.AsType[*exitError](err); ok || errors.Is(err, errTooLong) {
		return 1, nil // who encodes it will say what is wrong
	}
	if seconds < 0.5 {
		return 1, err // too short to say
	}
	return min(1, max(0, float64(frames-1)/max(1, seconds*lookRate-1))), err
}

// Loudness implements video.Encoder.
func (t *Tool) Loudness(ctx context.Context, in video.Input) (video.Loudness, error) {
	l := video.Loudness{Integrated: math.Inf(-1), Peak: math.Inf(-1)}
	err := t.run(ctx, t.config.FFmpeg, loudnessArgs(in), limits{time: 6 * t.longest(0), in: in.Open, said: func(line string) {
		name, value, ok := strings.Cut(line, "=")
		f, err := strconv.ParseFloat(value, 64)
		switch {
		case !ok || err != nil || math.IsNaN(f):
		case name == "lavfi.r128.I":
			l.Integrated = f
		case name == "lavfi.r128.sample_peak" && f > 0:
			l.Peak = max(l.Peak, 20*math.Log10(f))
		}
	}}, nil)
	if exit, ok := errors.AsType[*exitError](err); ok {
		return l, damaged(exit)
	}
	l.Silent = !(l.Integrated > -69)
	return l, patient(err)
}

// Sound implements video.Encoder.
func (t *Tool) Sound(ctx context.Context, j video.SoundJob, progress func(float64)) error {
	l := limits{time: t.longest(j.Duration), bytes: uint64(j.MaxBytes), in: j.Input.Open, said: said(progress), over: func() error { return excess(j.MaxBytes, j.Folder) }}
	return patient(t.run(ctx, t.config.FFmpeg, soundArgs(j), l, nil))
}

// Encode implements video.Encoder.
func (t *Tool) Encode(ctx context.Context, j video.Job, progress func(float64)) error {
	l := limits{time: t.longest(j.Duration), bytes: uint64(j.MaxBytes), in: j.Input.Open, said: said(progress), over: func() error { return excess(j.MaxBytes, j.Folders...) }}
	return patient(t.run(ctx, t.config.FFmpeg, pieceArgs(j), l, nil))
}

func said(progress func(float64)) func(string) {
	return func(line string) {
		if s, ok := reached(line); ok {
			progress(s)
		}
	}
}

// excess reports whether folders have become larger than they may.
func excess(most int64, folders ...string) error {
	var sum int64
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil //nolint:nilerr // files are renamed while we look
			}
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if sum > most {
		return fmt.Errorf("ffmpeg: %d bytes written, at most %d are allowed", sum, most)
	}
	return nil
}

// Text implements video.Encoder.
func (t *Tool) Text(ctx context.Context, in video.Input, track int, out string, most int64) error {
	return t.run(ctx, t.config.FFmpeg, textArgs(in, track, out), limits{time: 5 * patience, bytes: uint64(most), in: in.Open}, nil)
}

// Still implements video.Encoder.
func (t *Tool) Still(ctx context.Context, in video.Input, out string, at float64, width, height int, hdr bool) error {
	err := t.run(ctx, t.config.FFmpeg, stillArgs(in, out, at, width, height, hdr), limits{time: 5 * patience, bytes: 8 << 20, in: in.Open}, nil)
	if _, ok := errors.AsType[*exitError](err); ok || err == nil {
		if info, serr := os.Stat(out); serr == nil && info.Size() > 0 && err == nil {
			return nil
		}
		if at > 0 { // no picture there: damaged, or shorter than it says
			return t.Still(ctx, in, out, 0, width, height, hdr)
		}
		return damaged(err)
	}
	return patient(err)
}

// Sheets implements video.Encoder.
func (t *Tool) Sheets(ctx context.Context, in video.Input, b video.Storyboard, pattern string) error {
	return patient(t.run(ctx, t.config.FFmpeg, sheetsArgs(in, b, pattern), limits{time: 5 * patience, bytes: 8 << 20, in: in.Open}, nil))
}
