package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/video/ffmpeg"
)

// Places in a scribe's command.
const (
	placeSound = "{sound}" // the file to listen to: WAV, 16-bit, 16 kHz, one channel
	placeLang  = "{lang}"  // the language that is spoken, as en
	placeOut   = "{out}"   // the file to write without its ending; without this place the command writes to standard output
)

// ScribeConfig says how what is said in a video is written down: by a program of the operator's, such as whisper.cpp.
type ScribeConfig struct {
	Command  string        // program and arguments; words in quotes are one; no shell reads it
	Slowness float64       // how many times the length of the sound it may take, ten minutes at least; 0: 10
	Memory   uint64        // bytes of address space; 0: 8 GiB
	MaxBytes int64         // of what it writes; 0: 8 MiB
	Least    time.Duration // that it may take at any rate; 0: 10 min
}

// Scribe writes down what is said. It is safe for use by many goroutines.
type Scribe struct {
	c     ScribeConfig
	tool  *ffmpeg.Tool
	words []string
}

// NewScribe checks a command. It fails with one sentence when the command cannot be one.
func NewScribe(tool *ffmpeg.Tool, c ScribeConfig) (*Scribe, error) {
	words, err := split(c.Command)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, errors.New("there is no program in it")
	}
	if !strings.Contains(c.Command, placeSound) {
		return nil, fmt.Errorf("it does not say where the sound is: %s", placeSound)
	}
	if words[0], err = exec.LookPath(words[0]); err != nil {
		return nil, fmt.Errorf("its program cannot be run (%w)", err)
	}
	if words[0], err = filepath.Abs(words[0]); err != nil {
		return nil, err
	}
	if c.Memory == 0 {
		c.Memory = 8 << 30
	}
	if c.Slowness == 0 {
		c.Slowness = 10
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 8 << 20
	}
	if c.Least == 0 {
		c.Least = 10 * time.Minute
	}
	return &Scribe{c: c, tool: tool, words: words}, nil
}

// split cuts a command into words at blanks; quotes of either sort keep blanks. Nothing else has a meaning.
func split(command string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if open {
				words, open = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote (%c) is not closed", quote)
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}

// Listen writes down what is said in a sound file, in a language, and returns WebVTT or SubRip as the program has written it: it is
// not to be trusted. It writes into the folder. faults video.no_sound, video.speech_failed, video.speech_slow, video.captions_too_large
func (s *Scribe) Listen(ctx context.Context, path, folder, lang string, length time.Duration) ([]byte, error) {
	wave, err := s.tool.Wave(ctx, path, folder)
	if err != nil {
		return nil, err
	}
	room := filepath.Join(folder, "scribe") // its own: what it leaves there goes with it
	if err := os.Mkdir(room, 0o700); err != nil {
		return nil, err
	}
	out := filepath.Join(room, "captions")
	base, _, _ := strings.Cut(lang, "-")
	args := make([]string, len(s.words)-1)
	for i, w := range s.words[1:] {
		args[i] = strings.NewReplacer(placeSound, wave, placeLang, base, placeOut, out).Replace(w)
	}
	said, err := s.tool.Confined(ctx, ffmpeg.Program{Path: s.words[0], Args: args, Folder: room, Time: max(s.c.Least, time.Duration(s.c.Slowness*float64(length))),
		Memory: s.c.Memory, Files: uint64(s.c.MaxBytes), Output: s.c.MaxBytes})
	if errors.Is(err, ffmpeg.ErrProgramTime) {
		return nil, fault.New(fault.Unsupported, "video.speech_slow", "the program that writes down what is said took too long").Because(err)
	}
	if err != nil {
		return nil, err
	}
	if !strings.Contains(strings.Join(s.words, " "), placeOut) {
		return said, nil
	}
	return s.written(out)
}

// written reads what the program has written: the file itself, or with the ending of a format. Nothing but a plain file is
// opened, and no more of it than it may have.
func (s *Scribe) written(out string) ([]byte, error) {
	for _, ending := range []string{".vtt", ".srt", ""} {
		info, err := os.Lstat(out + ending)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			break
		}
		f, err := os.Open(out + ending)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(f, s.c.MaxBytes+1))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		if int64(len(b)) > s.c.MaxBytes {
			return nil, fault.New(fault.TooLarge, "video.captions_too_large", "the captions have more than %d bytes", s.c.MaxBytes).With("limit", s.c.MaxBytes)
		}
		return b, nil
	}
	return nil, fault.New(fault.Unsupported, "video.speech_failed", "the program that writes down what is said has written nothing")
}
