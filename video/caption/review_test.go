package caption_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/video/caption"
)

// spoken makes the levels of a sound in which somebody speaks within the spans.
func spoken(length time.Duration, spans ...caption.Span) caption.Levels {
	l := make(caption.Levels, length/caption.Step)
	for i := range l {
		at := time.Duration(i) * caption.Step
		l[i] = byte(20 + i%7)
		if slices.ContainsFunc(spans, func(s caption.Span) bool { return at >= s.From && at < s.To }) {
			l[i] = byte(180 + i%30)
		}
	}
	return l
}

func TestSpeech(t *testing.T) {
	t.Parallel()
	want := []caption.Span{{From: ms(1000), To: ms(3000)}, {From: ms(4000), To: ms(5000)}}
	levels := spoken(10*time.Second, want...)
	levels[400] = 255 // a click
	levels[75] = 0    // the middle of a word
	if got := levels.Speech(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := make(caption.Levels, 500).Speech(); len(got) != 0 {
		t.Errorf("silence: %v", got)
	}
	if got := caption.Levels(slices.Repeat([]byte{200}, 500)).Speech(); len(got) != 1 {
		t.Errorf("never silent: %v", got)
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	const german = "Wir sehen hier, dass die Stadt nicht nur ein Amt ist, und wie sich das auf die Menschen auswirkt, die mit ihr zu tun haben."
	long := func(code string) caption.Cue { return cue(0, 20_000, code) }
	talk := []caption.Span{{From: ms(1000), To: ms(4000)}, {From: ms(6000), To: ms(9000)}, {From: ms(11000), To: ms(13000)}, {From: ms(16000), To: ms(19000)}}
	moved := func(d int) (cues []caption.Cue) {
		for _, s := range talk {
			cues = append(cues, caption.Cue{Start: s.From + ms(d), End: s.To + ms(d), Text: "what is said"})
		}
		return cues
	}
	var drifting []caption.Cue
	var much []caption.Span
	for i := range 40 {
		s := caption.Span{From: ms(5000*i + 700*(i%3)), To: ms(5000*i + 2500 + 400*(i%4))}
		much = append(much, s)
		late := ms(i * 60)
		drifting = append(drifting, caption.Cue{Start: s.From + late, End: s.To + late, Text: "what is said"})
	}
	captions := caption.About{Kind: caption.Captions, Lang: "de", Length: 20 * time.Second}
	heard := captions
	heard.Levels = spoken(20*time.Second, talk...)
	for _, c := range []struct {
		name  string
		about caption.About
		cues  []caption.Cue
		want  []string
	}{
		{"fine", heard, moved(0), nil},
		{"fast", captions, []caption.Cue{cue(0, 2000, strings.Repeat("ab ", 14)), cue(3000, 6000, "a")}, []string{caption.FoundFast}},
		{"short", captions, []caption.Cue{cue(0, 500, "Ja"), cue(3000, 6000, "a")}, []string{caption.FoundShort}},
		{"long", captions, []caption.Cue{long("a")}, []string{caption.FoundLong}},
		{"line", captions, []caption.Cue{cue(0, 7000, strings.Repeat("a", 43))}, []string{caption.FoundLine}},
		{"lines", captions, []caption.Cue{cue(0, 7000, "a\nb\nc")}, []string{caption.FoundLines}},
		{"overlap", captions, []caption.Cue{cue(0, 3000, "a"), cue(2000, 6000, "b")}, []string{caption.FoundOverlap}},
		{"flicker", captions, []caption.Cue{cue(0, 3000, "a"), cue(3020, 6000, "b")}, []string{caption.FoundFlicker}},
		{"beyond the end", captions, []caption.Cue{cue(0, 6000, "a"), cue(20_000, 22_000, "b")}, []string{caption.FoundEnd}},
		{"little of the video", captions, []caption.Cue{cue(0, 1000, "a")}, []string{caption.FoundCoverage}},
		{"little of what is said", heard, moved(0)[:2], []string{caption.FoundCoverage}},
		{"late", heard, moved(1500), []string{caption.FoundCoverage, caption.FoundOffset}},
		{"early", heard, moved(-900), []string{caption.FoundOffset}},
		{"later and later", caption.About{Kind: caption.Captions, Length: 210 * time.Second, Levels: spoken(210*time.Second, much...)}, drifting, []string{caption.FoundCoverage, caption.FoundDrift}},
		{"another language", captions, []caption.Cue{cue(0, 7000, "Ecco"), cue(7100, 14_000, "che cosa")}, nil},
		{"descriptions may be fast", caption.About{Kind: caption.Descriptions, Length: 20 * time.Second}, []caption.Cue{cue(0, 1000, strings.Repeat("ab ", 20))}, nil},
		{"chapters", caption.About{Kind: caption.Chapters, Length: 20 * time.Second}, []caption.Cue{cue(5000, 12_000, "a"), cue(10_000, 20_000, "b")}, []string{caption.FoundOverlap, caption.FoundUntitled}},
		{"nothing for long", caption.About{Kind: caption.Captions, Length: 100 * time.Second, Levels: spoken(100*time.Second, caption.Span{From: 0, To: 60 * time.Second}, caption.Span{From: 66 * time.Second, To: 100 * time.Second})},
			append(every(0, 40), every(66, 98)...), []string{caption.FoundGap}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := caption.Look(c.cues, c.about)
			var codes []string
			for _, f := range got.Findings {
				codes = append(codes, f.Code)
			}
			if !slices.Equal(codes, c.want) {
				t.Errorf("got %+v, want %v", got, c.want)
			}
		})
	}
	in := func(lang string) caption.Review {
		about := captions
		about.Lang = lang
		return caption.Look([]caption.Cue{cue(0, 6000, german), cue(6500, 13_000, german)}, about)
	}
	if r := in("de-AT"); r.Lang != "de" || r.Errors != 0 {
		t.Errorf("German as German: %+v", r)
	}
	if r := in("fr"); r.Errors != 1 || r.Findings[len(r.Findings)-1].Lang != "de" {
		t.Errorf("German as French: %+v", r)
	}
}

// every makes captions of four seconds without a pause.
func every(from, to int) (cues []caption.Cue) {
	for s := from; s < to; s += 4 {
		cues = append(cues, cue(s*1000, s*1000+4000, "what is said"))
	}
	return cues
}

func TestAlign(t *testing.T) {
	t.Parallel()
	speech := []caption.Span{{From: ms(500), To: ms(3500)}, {From: ms(4500), To: ms(7000)}, {From: ms(9000), To: ms(12_000)}}
	text := "Guten Tag und willkommen im Rathaus. Heute geht es um digitale Akten.\n\nAm Ende können Sie <eine> Akte & ihre Blätter finden."
	cues, err := caption.Align(text, speech, 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	want := []caption.Cue{cue(500, 3500, "Guten Tag und willkommen im Rathaus."), cue(4500, 7000, "Heute geht es um digitale Akten."),
		cue(9000, 12_000, "Am Ende können Sie &lt;eine&gt;\nAkte &amp; ihre Blätter finden.")}
	if !slices.Equal(cues, want) {
		t.Errorf("got %+v", cues)
	}
	if _, err := caption.Align(" \n\t ", speech, time.Second); err == nil {
		t.Error("nothing was aligned")
	}
	// However long the text: in order, without overlap, nothing lost.
	long := strings.Repeat("Ein Satz, der weitergeht, ohne dass jemand ihn beendet, und der "+strings.Repeat("x", 200)+" enthält. Ja. ", 50)
	cues, err = caption.Align(long, speech, 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i, c := range cues {
		if i > 0 && c.Start < cues[i-1].End {
			t.Fatalf("cue %d begins before the one before ends: %+v", i, cues[i-1:i+1])
		}
		all = append(all, c.Plain())
	}
	if got := strings.ReplaceAll(strings.Join(all, ""), " ", ""); got != strings.ReplaceAll(long, " ", "") {
		t.Error("the text has changed")
	}
}
