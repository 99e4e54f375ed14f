package ffmpeg

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/caption"
)

// levelRate is at how many samples a second levels are measured: speech lies below half of it.
const levelRate = 8000

// Levels implements video.Ear. It writes the sound as samples into the folder, 58 MB for an hour, and removes them.
func (t *Tool) Levels(ctx context.Context, path, folder string) (levels caption.Levels, err error) {
	out := filepath.Join(folder, "levels.raw")
	args := []string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-y", // a half-written one may be there
	}
	args = append(args, reading(video.Input{Path: path})...)
	args = append(args,
		"-map", "0:a:0", // the first sound
		"-vn",                                  // no picture
		"-af", "aresample=async=1:first_pts=0", // gaps are silence
		"-ac", "1", // all channels together
		"-ar", strconv.Itoa(levelRate),
		"-f", "s16le", // bare samples
		out,
	)
	if err := t.run(ctx, t.config.FFmpeg, args, limits{time: 30 * time.Minute, bytes: 1 << 30}, nil); err != nil {
		if _, ok := errors.AsType[*exitError](err); ok {
			return nil, fault.New(fault.Unsupported, "video.no_sound", "the video has no sound that can be read").Because(err)
		}
		return nil, err
	}
	f, err := os.Open(out)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(out)) }()
	return measure(bufio.NewReaderSize(f, 1<<16))
}

// measure returns the levels of samples.
func measure(r io.Reader) (caption.Levels, error) {
	var levels caption.Levels
	block := make([]byte, 2*levelRate*int(caption.Step)/int(time.Second))
	for {
		n, err := io.ReadFull(r, block)
		if n >= 2 {
			levels = append(levels, level(block[:n&^1]))
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return levels, nil
		case err != nil:
			return nil, err
		}
	}
}

// level returns how loud samples are together: four to a decibel above -64 dB of full scale.
func level(samples []byte) byte {
	var sum float64
	for i := 0; i < len(samples); i += 2 {
		v := float64(int16(binary.LittleEndian.Uint16(samples[i:])))
		sum += v * v
	}
	mean := math.Sqrt(sum/float64(len(samples)/2)) / 32768
	if mean == 0 {
		return 0
	}
	return byte(min(max(4*(20*math.Log10(mean)+64), 0), 255))
}
