package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/video"
)

// Program is a program of the operator's that works on what people send. It runs behind the same walls as ffmpeg: a process
// group of its own in the idle class, limits, no network where the system permits that, and no secrets in its environment.
type Program struct {
	Path   string
	Args   []string
	Folder string        // where it runs and may write
	Time   time.Duration // that it may take
	Memory uint64        // bytes of address space
	Files  uint64        // bytes of one file that it writes
	Output int64         // bytes of standard output; more ends it
}

// ErrProgramTime is returned when a program has used up its time.
var ErrProgramTime = errTooLong

// Confined runs a program and returns what it has said on standard output. A program that ends badly by itself is no accident:
// fault video.speech_failed, with what it complained about as the cause.
func (t *Tool) Confined(ctx context.Context, p Program) ([]byte, error) {
	var out bytes.Buffer
	err := t.run(ctx, p.Path, p.Args, limits{time: p.Time, bytes: p.Files, most: max(p.Output, 1), memory: p.Memory, dir: p.Folder}, &out)
	if e, ok := errors.AsType[*exitError](err); ok {
		return nil, fault.New(fault.Unsupported, "video.speech_failed", "the program that writes down what is said has failed").Because(e)
	}
	return out.Bytes(), err
}

// speechRate is how many samples a second programs want that recognise speech.
const speechRate = 16000

// Wave writes the sound of a file as 16-bit samples of one channel, as programs want it that recognise speech, and returns
// the file. fault video.no_sound
func (t *Tool) Wave(ctx context.Context, path, folder string) (string, error) {
	out := filepath.Join(folder, "speech.wav")
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
		"-ar", strconv.Itoa(speechRate),
		"-c:a", "pcm_s16le",
		"-map_metadata", "-1", // nothing about who and with what
		"-fflags", "+bitexact", // no version in the file
		"-f", "wav",
		out,
	)
	if err := t.run(ctx, t.config.FFmpeg, args, limits{time: 30 * time.Minute, bytes: 2 << 30}, nil); err != nil {
		if _, ok := errors.AsType[*exitError](err); ok {
			return "", fault.New(fault.Unsupported, "video.no_sound", "the video has no sound that can be read").Because(err)
		}
		return "", err
	}
	return out, nil
}
