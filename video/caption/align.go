package caption

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// snap is how far a boundary between two captions goes to meet a pause.
const snap = 1500 * time.Millisecond

// Align makes captions of a plain text: it is cut where sentences and parts of them end, its pieces get time by their
// length, and the boundaries between them are moved into the pauses of speech nearby. This is a beginning for somebody
// who corrects it, no more. Without spans the text is spread over the whole length.
// faults video.captions_empty, video.captions_invalid
func Align(text string, speech []Span, length time.Duration) ([]Cue, error) {
	pieces := cut(text)
	if len(pieces) == 0 {
		return settle(nil)
	}
	if len(speech) == 0 {
		speech = []Span{{0, max(length, time.Second)}}
	}
	weight := func(s string) float64 { return float64(utf8.RuneCountInString(s) + 2) }
	var all float64
	for _, p := range pieces {
		all += weight(p)
	}
	spoken, done := total(speech).Seconds(), 0.0
	bounds := make([]time.Duration, len(pieces)+1)
	bounds[0], bounds[len(pieces)] = speech[0].From, speech[len(speech)-1].To
	for i, p := range pieces[:len(pieces)-1] {
		done += weight(p)
		bounds[i+1] = meet(at(speech, time.Duration(done/all*spoken*float64(time.Second))), speech)
	}
	const least = 300 * time.Millisecond
	cues := make([]Cue, 0, len(pieces))
	for i, p := range pieces {
		from := bounds[i]
		if i > 0 {
			from = max(from, cues[i-1].End)
		}
		to := max(bounds[i+1], from+least)
		// What is said in it begins after the pause before it and ends before the one after it.
		inner := Span{from, to}
		for _, s := range speech {
			if s.To > from {
				inner.From = min(max(from, s.From), to-least)
				break
			}
		}
		for _, s := range slices.Backward(speech) {
			if s.From < to {
				inner.To = max(min(to, s.To), inner.From+least)
				break
			}
		}
		cues = append(cues, Cue{Start: inner.From, End: inner.To, Text: Escape(fold(p))})
	}
	return settle(cues)
}

// at returns the moment at which so much of the speech is over.
func at(speech []Span, d time.Duration) time.Duration {
	for _, s := range speech {
		if d <= s.Length() {
			return s.From + d
		}
		d -= s.Length()
	}
	return speech[len(speech)-1].To
}

// meet returns the middle of the nearest pause, or the moment itself if there is none nearby.
func meet(d time.Duration, speech []Span) time.Duration {
	best, near := d, snap
	for i := 1; i < len(speech); i++ {
		pause := Span{speech[i-1].To, speech[i].From}
		if far := max(pause.From-d, d-pause.To, 0); far < near {
			best, near = (pause.From+pause.To)/2, far
		}
	}
	return best
}

// cut cuts a text into pieces of at most two lines: at ends of sentences, else at commas, else at spaces.
func cut(text string) []string {
	const most = 2*mostLine - 8 // two lines never break evenly
	var pieces []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		rest := strings.Join(strings.Fields(clean(paragraph)), " ")
		for rest != "" {
			n := end(rest, most)
			pieces = append(pieces, strings.TrimSpace(rest[:n]))
			rest = strings.TrimSpace(rest[n:])
		}
	}
	return pieces
}

// end returns where the first piece of a text ends, in bytes.
func end(s string, most int) int {
	sentence, comma, space, hard := 0, 0, 0, len(s)
	n := 0
	for i, r := range s {
		if n++; n > most {
			hard = i
			break
		}
		next := i + utf8.RuneLen(r)
		switch {
		case strings.ContainsRune(".!?…:", r) && (next == len(s) || s[next] == ' ') && n > 12:
			sentence = next
		case strings.ContainsRune(",;–", r) && next < len(s) && s[next] == ' ':
			comma = next
		case unicode.IsSpace(r):
			space = i
		}
		if sentence == next { // a sentence is a piece, however short the next one is
			return sentence
		}
	}
	switch {
	case hard == len(s):
		return len(s)
	case comma > most/3:
		return comma
	case space > 0:
		return space
	}
	return hard
}

// fold breaks a piece into two lines of nearly the same length, if it is too long for one.
func fold(s string) string {
	if utf8.RuneCountInString(s) <= mostLine {
		return s
	}
	best, near := -1, 1<<30
	for i, r := range s {
		if r != ' ' {
			continue
		}
		left := utf8.RuneCountInString(s[:i])
		right := utf8.RuneCountInString(s[i+1:])
		if d := max(left, right); d < near {
			best, near = i, d
		}
	}
	if best < 0 {
		return s
	}
	return s[:best] + "\n" + s[best+1:]
}
