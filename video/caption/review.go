package caption

import (
	"time"
	"unicode/utf8"
)

// What a review can find. Errors keep a video from being published with these captions; the rest is advice.
const (
	FoundFast     = "fast"      // more characters a second than people can read
	FoundShort    = "short"     // gone before it is noticed
	FoundLong     = "long"      // stays longer than it is read
	FoundLine     = "line"      // a line is too long for a small screen
	FoundLines    = "lines"     // more than two lines
	FoundOverlap  = "overlap"   // begins before the one before ends
	FoundFlicker  = "flicker"   // so close after the one before that the change is not seen
	FoundGap      = "gap"       // nothing is shown for long although somebody speaks
	FoundEnd      = "end"       // after the end of the video: an error
	FoundCoverage = "coverage"  // too little of what is said: an error
	FoundOffset   = "offset"    // all captions are early or late
	FoundDrift    = "drift"     // they become earlier or later
	FoundLanguage = "language"  // they are in another language: an error
	FoundUntitled = "beginning" // the first chapter does not begin at the beginning
)

// The limits of a review. They follow what European broadcasters ask of subtitles for pre-recorded programmes.
const (
	mostSpeed    = 17.0 // characters a second
	leastTime    = 700 * time.Millisecond
	mostTime     = 8 * time.Second
	mostLine     = 42 // characters
	mostLines    = 2
	leastBetween = 40 * time.Millisecond
	mostGap      = 10 * time.Second // of speech without a caption
	mostSilence  = 60 * time.Second // without a caption, where nothing is known of speech
	leastCovered = 0.6              // of speech
	leastOfAll   = 0.1              // of the video, where nothing is known of speech
	mostOffset   = 600 * time.Millisecond
	mostDrift    = 700 * time.Millisecond
	mostFindings = 500
)

// Finding is something that a review has found.
type Finding struct {
	Code  string
	Error bool
	Cue   int           // index; -1 for all
	At    time.Duration // where to look
	Value float64       // what was measured: characters, seconds, a share; 0 for none
	Limit float64       // what it may be
	Lang  string        // which language it seems to be
}

// About is what a review knows of the video.
type About struct {
	Kind   string
	Lang   string        // BCP 47, of the track
	Length time.Duration // of the video; 0: not known
	Levels Levels        // of its sound; nil: not known
}

// Review is what was found out about a track.
type Review struct {
	Findings []Finding // by place; at most 500
	Errors   int
	Cues     int
	Coverage float64 // of speech, or where nothing is known of that, of the video; 0 to 1
	OfSpeech bool    // Coverage is of speech
	Speed    float64 // mean characters a second
	Top      float64 // highest characters a second
	Offset   float64 // seconds by which captions are late; negative: early; 0 where it cannot be measured
	Lang     string  // which language it seems to be; empty: not certain
}

// Look reviews the cues of a track, which are in order.
func Look(cues []Cue, a About) Review {
	r := Review{Cues: len(cues)}
	find := func(f Finding) {
		if f.Error {
			r.Errors++
		}
		if len(r.Findings) < mostFindings {
			r.Findings = append(r.Findings, f)
		}
	}
	var letters int
	var shown time.Duration
	for i, c := range cues {
		n, long, lines := 0, 0, c.Lines()
		for _, l := range lines {
			n += utf8.RuneCountInString(l)
			long = max(long, utf8.RuneCountInString(l))
		}
		length := c.End - c.Start
		speed := float64(n) / length.Seconds()
		letters, shown, r.Top = letters+n, shown+length, max(r.Top, speed)
		at := func(code string, value, limit float64) {
			find(Finding{Code: code, Cue: i, At: c.Start, Value: value, Limit: limit})
		}
		if a.Length > 0 && c.End > a.Length+time.Second {
			find(Finding{Code: FoundEnd, Error: true, Cue: i, At: c.Start, Value: c.End.Seconds(), Limit: a.Length.Seconds()})
		}
		if i > 0 {
			switch between := c.Start - cues[i-1].End; {
			case between < 0:
				find(Finding{Code: FoundOverlap, Error: a.Kind == Chapters, Cue: i, At: c.Start, Value: -between.Seconds()})
			case between > 0 && between < leastBetween && a.Kind == Captions:
				at(FoundFlicker, between.Seconds(), leastBetween.Seconds())
			}
		}
		if a.Kind != Captions {
			continue
		}
		if speed > mostSpeed && n > 5 {
			at(FoundFast, speed, mostSpeed)
		}
		if length < leastTime {
			at(FoundShort, length.Seconds(), leastTime.Seconds())
		}
		if length > mostTime {
			at(FoundLong, length.Seconds(), mostTime.Seconds())
		}
		if long > mostLine {
			at(FoundLine, float64(long), mostLine)
		}
		if len(lines) > mostLines {
			at(FoundLines, float64(len(lines)), mostLines)
		}
	}
	if shown > 0 {
		r.Speed = float64(letters) / shown.Seconds()
	}
	switch a.Kind {
	case Captions:
		r.compare(cues, a, find)
	case Chapters:
		if len(cues) > 0 && cues[0].Start > time.Second {
			find(Finding{Code: FoundUntitled, Cue: 0, At: 0, Value: cues[0].Start.Seconds()})
		}
	}
	if a.Kind != Chapters { // titles are too short to tell
		if r.Lang = guess(cues); r.Lang != "" && r.Lang != base(a.Lang) && base(a.Lang) != "" {
			find(Finding{Code: FoundLanguage, Error: true, Cue: -1, Lang: r.Lang})
		}
	}
	return r
}

// compare looks at captions beside the sound of the video.
func (r *Review) compare(cues []Cue, a About, find func(Finding)) {
	shown, speech := covered(cues), a.Levels.Speech()
	if len(speech) == 0 {
		if a.Length > 0 && a.Levels == nil {
			r.Coverage = min(1, total(shown).Seconds()/a.Length.Seconds())
			if r.Coverage < leastOfAll {
				find(Finding{Code: FoundCoverage, Error: true, Cue: -1, Value: r.Coverage, Limit: leastOfAll})
			}
			for i := 1; i < len(shown); i++ {
				if d := shown[i].From - shown[i-1].To; d > mostSilence {
					find(Finding{Code: FoundGap, Cue: -1, At: shown[i-1].To, Value: d.Seconds(), Limit: mostSilence.Seconds()})
				}
			}
		}
		return
	}
	r.OfSpeech = true
	r.Coverage = common(shown, speech).Seconds() / total(speech).Seconds()
	if r.Coverage < leastCovered {
		find(Finding{Code: FoundCoverage, Error: true, Cue: -1, Value: r.Coverage, Limit: leastCovered})
	}
	from := time.Duration(0)
	for _, s := range append(shown, Span{max(a.Length, time.Duration(len(a.Levels))*Step), 0}) {
		if d := common([]Span{{from, s.From}}, speech); d > mostGap {
			find(Finding{Code: FoundGap, Cue: -1, At: from, Value: d.Seconds(), Limit: mostGap.Seconds()})
		}
		from = s.To
	}
	half := cues[len(cues)/2].Start
	if len(cues) < 8 {
		if d, ok := offset(shown, speech, 0, 1<<62); ok && abs(d) > mostOffset {
			r.Offset = d.Seconds()
			find(Finding{Code: FoundOffset, Cue: -1, Value: d.Seconds(), Limit: mostOffset.Seconds()})
		}
		return
	}
	first, ok1 := offset(shown, speech, 0, half)
	second, ok2 := offset(shown, speech, half, 1<<62)
	switch {
	case !ok1 || !ok2:
	case abs(second-first) > mostDrift:
		r.Offset = second.Seconds()
		find(Finding{Code: FoundDrift, Cue: -1, At: half, Value: (second - first).Seconds(), Limit: mostDrift.Seconds()})
	default:
		r.Offset = ((first + second) / 2).Seconds()
		if d := (first + second) / 2; abs(d) > mostOffset {
			find(Finding{Code: FoundOffset, Cue: -1, Value: d.Seconds(), Limit: mostOffset.Seconds()})
		}
	}
}

func abs(d time.Duration) time.Duration { return max(d, -d) }

// offset returns by how much captions that begin within a part are late: the shift with which they lie best on speech.
// Without pauses it cannot be told.
func offset(shown, speech []Span, from, to time.Duration) (time.Duration, bool) {
	var part []Span
	for _, s := range shown {
		if s.From >= from && s.From < to {
			part = append(part, s)
		}
	}
	if len(part) < 3 || len(speech) < 3 {
		return 0, false
	}
	const reach, step = 3 * time.Second, 50 * time.Millisecond
	score := func(shift time.Duration) float64 {
		moved := make([]Span, len(part))
		for i, s := range part {
			moved[i] = Span{s.From - shift, s.To - shift}
		}
		return common(moved, speech).Seconds()
	}
	here := score(0)
	best, at := here, time.Duration(0)
	for d := step; d <= reach; d += step {
		for _, shift := range []time.Duration{d, -d} {
			if s := score(shift); s > best+1e-9 {
				best, at = s, shift
			}
		}
	}
	if best < 1.05*here { // no shift makes it clearly better
		return 0, true
	}
	return at, true
}
