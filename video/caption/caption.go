// Package caption is what can be read beside a video: captions, descriptions and chapters as cues, their files in
// WebVTT and SubRip, what is wrong with them, and a first alignment of a text with speech.
//
// Files come from outside. Whatever is neither time nor text (styles, regions, scripts, foreign tags) is left out while
// reading, so that nothing of it reaches a page, and what goes out is a plain file that every player understands.
package caption

import (
	"html"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
)

// Limits of a file.
const (
	MaxBytes   = 2 << 20
	MaxCues    = 20_000
	maxText    = 2_000 // bytes of a cue
	maxVoice   = 100   // bytes of who speaks
	maxSetting = 100   // bytes of where a cue is shown
	maxTime    = 24 * time.Hour
)

// Kinds of tracks.
const (
	Captions     = "captions"     // what is said and heard
	Descriptions = "descriptions" // what is seen, to be spoken
	Chapters     = "chapters"     // titles of parts
)

// Kinds returns the kinds of tracks.
func Kinds() []string { return []string{Captions, Descriptions, Chapters} }

// Cue is one text with its time.
type Cue struct {
	Start time.Duration // from the beginning of the video; whole milliseconds
	End   time.Duration // after Start
	Voice string        // who speaks, plain; empty: not said
	Text  string        // WebVTT cue text: lines, &amp; &lt; &gt; escaped, <b> <i> <u> the only tags, closed on each line
	Place string        // WebVTT settings: line, position, size, align and vertical only; empty: below
}

// Plain returns the text without tags and escapes, lines joined by spaces: what a transcript shows.
func (c Cue) Plain() string {
	return strings.ReplaceAll(plain(c.Text), "\n", " ")
}

// Lines returns the lines of the text without tags and escapes.
func (c Cue) Lines() []string { return strings.Split(plain(c.Text), "\n") }

func plain(text string) string {
	text = strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "<u>", "", "</u>", "").Replace(text)
	return html.UnescapeString(text)
}

// Escape makes cue text of plain text, whose lines it keeps.
func Escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func invalid(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, "video.captions_invalid", format, args...)
}

// Source returns the text as an editor shows it: plain, with <b>, <i> and <u>, and as few escapes as can be.
func (c Cue) Source() string {
	lines := strings.Split(c.Text, "\n")
	for i := range lines {
		lines[i] = subrip(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Edited reads cues whose texts are sources, as an editor sends them, and brings them in order.
// faults video.captions_invalid, video.captions_empty
func Edited(cues []Cue) ([]Cue, error) {
	out := make([]Cue, 0, len(cues))
	for _, c := range cues {
		c.Text, c.Voice, c.Place = markup(strings.Split(c.Text, "\n"), nil, true), voiceName(c.Voice), place(c.Place)
		out = append(out, c)
	}
	return settle(out)
}

// settle refuses what cannot be shown, drops what is empty and brings the rest in order.
func settle(cues []Cue) ([]Cue, error) {
	if len(cues) > MaxCues {
		return nil, invalid("there are more than %d captions", MaxCues).With("max", MaxCues)
	}
	out := make([]Cue, 0, len(cues))
	for n, c := range cues {
		c.Start, c.End = c.Start.Truncate(time.Millisecond), c.End.Truncate(time.Millisecond)
		switch {
		case c.Text == "":
			continue
		case c.Start < 0 || c.End <= c.Start || c.End > maxTime:
			return nil, invalid("caption %d ends before it begins, or after a day", n+1).With("caption", n+1)
		case len(c.Text) > maxText:
			return nil, invalid("caption %d is too long to read", n+1).With("caption", n+1)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "video.captions_empty", "the file has no captions")
	}
	slices.SortStableFunc(out, func(a, b Cue) int {
		if a.Start != b.Start {
			return int(a.Start/time.Millisecond) - int(b.Start/time.Millisecond)
		}
		return int(a.End/time.Millisecond) - int(b.End/time.Millisecond)
	})
	return out, nil
}
