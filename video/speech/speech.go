// Package speech lets the machine speak and listen: espeak-ng as a process of its own turns a sentence into sound, and a
// program that the operator names writes down what is said in a video (Scribe).
//
// The words are the program's own, never a stranger's; still they reach the process by its standard input and not as an
// argument, so that none of them can look like an option. A sentence has a limit, and so has what is said about it.
package speech

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of one sentence.
const (
	maxText  = 2000             // bytes
	maxSound = 32 << 20         // bytes: some twelve minutes
	patience = 30 * time.Second // espeak-ng needs milliseconds
)

// Config says where the program is and how it speaks. The zero Config finds it on the PATH.
type Config struct {
	Program string // path; empty: espeak-ng on the PATH
	Words   int    // a minute; 0: 150, a calm speaker
}

// Speaker speaks. It is safe for use by many goroutines.
type Speaker struct{ c Config }

// New finds the program. It fails with one sentence when it is missing.
func New(c Config) (*Speaker, error) {
	if c.Program == "" {
		c.Program = "espeak-ng"
	}
	if c.Words == 0 {
		c.Words = 150
	}
	found, err := exec.LookPath(c.Program)
	if err != nil {
		return nil, fmt.Errorf("espeak-ng is not installed (Debian: apt-get install espeak-ng): %w", err)
	}
	c.Program = found
	return &Speaker{c: c}, nil
}

// Sound is what was said: one channel of 16-bit samples.
type Sound struct {
	Rate    int // samples a second
	Samples []int16
}

// Length returns how long the sound lasts.
func (s *Sound) Length() time.Duration {
	if s.Rate == 0 {
		return 0
	}
	return time.Duration(len(s.Samples)) * time.Second / time.Duration(s.Rate)
}

// Append puts another sound of the same rate behind this one; an empty one takes its rate.
func (s *Sound) Append(o Sound) error {
	if s.Rate == 0 {
		s.Rate = o.Rate
	}
	if s.Rate != o.Rate {
		return fmt.Errorf("speech: %d samples a second do not fit %d", o.Rate, s.Rate)
	}
	s.Samples = append(s.Samples, o.Samples...)
	return nil
}

// Pause puts silence behind the sound.
func (s *Sound) Pause(d time.Duration) {
	s.Samples = append(s.Samples, make([]int16, int(d*time.Duration(s.Rate)/time.Second))...)
}

// voices by language; a language without one is refused.
func voice(language string) (string, error) {
	v, ok := map[string]string{"en": "en-gb", "de": "de", "it": "it", "pt": "pt", "fr": "fr-fr", "es": "es", "sv": "sv", "fi": "fi", "pl": "pl"}[language]
	if !ok {
		return "", fmt.Errorf("speech: no voice speaks %q", language)
	}
	return v, nil
}

// Say speaks a text of at most 2,000 bytes in a language (a primary subtag, as en).
func (s *Speaker) Say(ctx context.Context, language, text string) (Sound, error) {
	v, err := voice(language)
	if err != nil {
		return Sound{}, err
	}
	if text = strings.TrimSpace(text); text == "" || len(text) > maxText || !utf8.ValidString(text) {
		return Sound{}, fmt.Errorf("speech: a text has 1 to %d bytes of UTF-8", maxText)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.c.Program, s.args(v)...)
	cmd.Env = []string{"LC_ALL=C.UTF-8"}
	cmd.Stdin = strings.NewReader(text + "\n")
	cmd.WaitDelay = time.Second
	out := &bounded{most: maxSound}
	complaint := &bounded{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, complaint
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return Sound{}, fmt.Errorf("speech.Say: %w", context.Cause(ctx))
		}
		return Sound{}, fmt.Errorf("speech.Say: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return ReadWAV(out.Bytes())
}

// args are the arguments, one with its value to a line.
func (s *Speaker) args(voice string) []string {
	return []string{
		"-v", voice, // whose voice
		"-s", strconv.Itoa(s.c.Words), // calm enough to follow while one reads the slide
		"-g", "1", // a little air between words
		"-b", "1", // the text is UTF-8
		"-z",       // no pause at the end: ours are measured
		"--stdin",  // the text comes by standard input, so that no word looks like an option
		"--stdout", // the sound goes to standard output: nothing to clean up
	}
}

var errTooMuch = errors.New("speech: more output than a sentence can have")

// bounded keeps what is written to it up to a limit, past which writing fails.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errTooMuch
	}
	return b.Buffer.Write(p)
}

// ReadWAV reads 16-bit PCM of one channel. A stream does not know its length beforehand, so the sizes in the header are
// only believed where they fit.
func ReadWAV(b []byte) (Sound, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return Sound{}, errors.New("speech: this is no WAV")
	}
	var s Sound
	for at := 12; at+8 <= len(b); {
		name, size := string(b[at:at+4]), int64(binary.LittleEndian.Uint32(b[at+4:at+8]))
		at += 8
		rest := b[at:]
		chunk := rest[:min(size, int64(len(rest)))]
		switch name {
		case "fmt ":
			if len(chunk) < 16 || binary.LittleEndian.Uint16(chunk) != 1 || binary.LittleEndian.Uint16(chunk[2:]) != 1 || binary.LittleEndian.Uint16(chunk[14:]) != 16 {
				return Sound{}, errors.New("speech: 16-bit PCM of one channel was expected")
			}
			s.Rate = int(binary.LittleEndian.Uint32(chunk[4:]))
		case "data":
			if s.Rate < 8000 || s.Rate > 192_000 {
				return Sound{}, errors.New("speech: the WAV has no sound rate")
			}
			s.Samples = make([]int16, len(chunk)/2)
			for i := range s.Samples {
				s.Samples[i] = int16(binary.LittleEndian.Uint16(chunk[2*i:]))
			}
			return s, nil
		}
		at += len(chunk) + len(chunk)%2
	}
	return Sound{}, errors.New("speech: the WAV has no sound")
}

// WriteWAV writes what ReadWAV reads.
func (s *Sound) WriteWAV(w io.Writer) error {
	size := uint32(2 * len(s.Samples))
	var h bytes.Buffer
	h.WriteString("RIFF")
	put := func(v any) { _ = binary.Write(&h, binary.LittleEndian, v) } // into memory: it cannot fail
	put(36 + size)
	h.WriteString("WAVEfmt ")
	put(uint32(16))
	put([]uint16{1, 1})
	put([]uint32{uint32(s.Rate), uint32(2 * s.Rate)})
	put([]uint16{2, 16})
	h.WriteString("data")
	put(size)
	put(s.Samples)
	_, err := w.Write(h.Bytes())
	return err
}
