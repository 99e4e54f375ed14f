package caption

import (
	"slices"
	"time"
)

// Step is how much time one level stands for.
const Step = 20 * time.Millisecond

// Levels is how loud a sound is, one byte for each Step: 0 is silence (-64 dB or less), 255 is as loud as can be, four to
// a decibel.
type Levels []byte

// Span is a part of a sound.
type Span struct{ From, To time.Duration }

// Length returns how long it is.
func (s Span) Length() time.Duration { return s.To - s.From }

const (
	leastSpeech = 120 * time.Millisecond // shorter sounds are clicks
	leastPause  = 250 * time.Millisecond // shorter silences are within words
	leastRange  = 40                     // levels (10 dB) between silence and speech
)

// Speech returns where somebody speaks, or anything else is as loud, in order. What lies between are pauses. A sound
// that is never silent is one span; silence is none.
func (l Levels) Speech() []Span {
	if len(l) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(l))
	floor, loud := int(sorted[len(sorted)*3/100]), int(sorted[len(sorted)*95/100])
	if loud < leastRange {
		return nil
	}
	threshold := floor + max(leastRange, (loud-floor)*35/100)
	if loud-floor < leastRange { // hardly a pause
		threshold = floor
	}
	var spans []Span
	for i, v := range l {
		if int(v) < threshold {
			continue
		}
		from := time.Duration(i) * Step
		if n := len(spans); n > 0 && from-spans[n-1].To < leastPause {
			spans[n-1].To = from + Step
		} else {
			spans = append(spans, Span{from, from + Step})
		}
	}
	return slices.DeleteFunc(spans, func(s Span) bool { return s.Length() < leastSpeech })
}

func total(spans []Span) (d time.Duration) {
	for _, s := range spans {
		d += s.Length()
	}
	return d
}

// covered returns the time of all cues, what overlaps once.
func covered(cues []Cue) []Span {
	var out []Span
	for _, c := range cues { // by start
		if n := len(out); n > 0 && c.Start <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, c.End)
		} else {
			out = append(out, Span{c.Start, c.End})
		}
	}
	return out
}

// common returns how long both last at once.
func common(a, b []Span) (d time.Duration) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		d += max(0, min(a[i].To, b[j].To)-max(a[i].From, b[j].From))
		if a[i].To < b[j].To {
			i++
		} else {
			j++
		}
	}
	return d
}
