// Package films makes lesson films of a script: slides that it draws itself, sentences that the machine speaks, and
// captions in every language of the script whose times are those of the spoken sentences.
package films

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/video/caption"
	"palestra/video/ffmpeg"
	"palestra/video/speech"
)

// Pauses of the speaker.
const (
	beforeFirst   = 800 * time.Millisecond
	betweenLines  = 450 * time.Millisecond
	betweenSlides = 900 * time.Millisecond
	afterLast     = 1500 * time.Millisecond
)

// Script is a film before it is made.
type Script struct {
	File   string  `yaml:"file"`   // name of the MP4
	Speaks string  `yaml:"speaks"` // language of the voice and of the slides
	Title  string  `yaml:"title"`  // on the first slide
	Series string  `yaml:"series"` // at the foot of every slide
	Slides []Slide `yaml:"slides"`
}

// Slide is what is seen while some sentences are spoken.
type Slide struct {
	Heading string     `yaml:"heading"`
	Lines   []Line     `yaml:"lines"`
	Table   [][]string `yaml:"table"` // an example beneath the points, its first row the headings; at most 5 rows
}

// Line is one spoken sentence, by language, and what the slide shows of it from then on, if anything.
type Line struct {
	Show string            `yaml:"show"`
	Say  map[string]string `yaml:"say"`
}

// Languages returns the languages of the captions.
func (s *Script) Languages() []string {
	seen := map[string]int{}
	all := 0
	for _, sl := range s.Slides {
		for _, l := range sl.Lines {
			all++
			for lang := range l.Say {
				seen[lang]++
			}
		}
	}
	var out []string
	for lang, n := range seen {
		if n == all {
			out = append(out, lang)
		}
	}
	return out
}

// Spoken is a script that was spoken: the sound, and when each sentence begins and ends in it.
type Spoken struct {
	script Script
	sound  speech.Sound
	lines  []span // in the order of the script
}

type span struct {
	slide, line int
	from, to    time.Duration // of the words
	until       time.Duration // when the next line, or the end, comes
}

// Speak speaks a script sentence by sentence.
func Speak(ctx context.Context, voice *speech.Speaker, s Script) (*Spoken, error) {
	p := &Spoken{script: s}
	for i, sl := range s.Slides {
		for j, l := range sl.Lines {
			said, err := voice.Say(ctx, s.Speaks, l.Say[s.Speaks])
			if err != nil {
				return nil, fmt.Errorf("films.Speak: slide %d, line %d: %w", i+1, j+1, err)
			}
			pause := betweenLines
			switch {
			case p.sound.Rate == 0:
				p.sound.Rate, pause = said.Rate, beforeFirst
			case j == 0:
				pause = betweenSlides
			}
			p.sound.Pause(pause)
			from := p.sound.Length()
			if err := p.sound.Append(said); err != nil {
				return nil, fmt.Errorf("films.Speak: %w", err)
			}
			p.lines = append(p.lines, span{slide: i, line: j, from: from, to: p.sound.Length()})
		}
	}
	if len(p.lines) == 0 {
		return nil, errors.New("films.Speak: nobody says anything")
	}
	p.sound.Pause(afterLast)
	for i := range p.lines {
		if i+1 < len(p.lines) {
			// The next slide comes a little before its first word.
			p.lines[i].until = p.lines[i+1].from - 300*time.Millisecond
		} else {
			p.lines[i].until = p.sound.Length()
		}
	}
	return p, nil
}

// Length returns how long the film lasts.
func (p *Spoken) Length() time.Duration { return p.sound.Length() }

// Captions returns WebVTT in a language: a cue for each sentence, as long as it is spoken.
func (p *Spoken) Captions(language string) []byte {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	cues := make([]caption.Cue, 0, len(p.lines))
	for _, l := range p.lines {
		if text := p.script.Slides[l.slide].Lines[l.line].Say[language]; text != "" {
			cues = append(cues, caption.Cue{Start: l.from.Truncate(time.Millisecond), End: l.to.Truncate(time.Millisecond), Text: escape.Replace(fold(text))})
		}
	}
	return caption.VTT(cues)
}

// captionLine is how many characters a line of captions has at most.
const captionLine = 42

// fold breaks a sentence into as few lines as it takes, of about the same length.
func fold(s string) string {
	least := (utf8.RuneCountInString(s) + captionLine - 1) / captionLine
	for wide := utf8.RuneCountInString(s)/max(1, least) + 1; ; wide++ {
		if lines := wrap(s, wide); len(lines) <= least || wide >= captionLine {
			return strings.Join(lines, "\n")
		}
	}
}

// wrap fills lines of at most wide characters; a longer word has a line of its own.
func wrap(s string, wide int) []string {
	var lines []string
	n := 0
	for _, w := range strings.Fields(s) {
		size := utf8.RuneCountInString(w)
		if len(lines) == 0 || n+1+size > wide {
			lines, n = append(lines, w), size
			continue
		}
		lines[len(lines)-1] += " " + w
		n += 1 + size
	}
	return lines
}

// Make draws the slides and makes the film in a folder, which must be there, and returns its path.
func (p *Spoken) Make(ctx context.Context, tool *ffmpeg.Tool, folder string) (string, error) {
	pen, err := newPen()
	if err != nil {
		return "", err
	}
	var slides []ffmpeg.Slide
	at := time.Duration(0)
	add := func(picture []byte, until time.Duration) error {
		name := fmt.Sprintf("slide-%03d.png", len(slides))
		slides = append(slides, ffmpeg.Slide{Picture: name, Lasts: until - at})
		at = until
		return os.WriteFile(filepath.Join(folder, name), picture, 0o600)
	}
	for _, l := range p.lines {
		b, err := pen.slide(&p.script, l.slide, l.line)
		if err == nil {
			err = add(b, l.until)
		}
		if err != nil {
			return "", fmt.Errorf("films.Make: %w", err)
		}
	}
	f, err := os.Create(filepath.Join(folder, "sound.wav"))
	if err != nil {
		return "", fmt.Errorf("films.Make: %w", err)
	}
	if err := errors.Join(p.sound.WriteWAV(f), f.Close()); err != nil {
		return "", fmt.Errorf("films.Make: %w", err)
	}
	if err := tool.Film(ctx, folder, slides, "sound.wav", p.script.File); err != nil {
		return "", err
	}
	return filepath.Join(folder, filepath.Base(p.script.File)), nil
}
