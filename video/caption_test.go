package video_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/caption"
	"palestra/video/videotest"
)

func in(lang string) video.Track { return video.Track{Kind: caption.Captions, Lang: lang} }

func TestCaptions(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w := videotest.New(t, func(c *video.Config) { c.Now = func() time.Time { return now } })
	s, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	id := s.Video.ID
	put := func(lang, text string) error {
		_, err := w.Video.PutCaptions(t.Context(), videotest.Grace(), id, in(lang), "", strings.NewReader("WEBVTT\n\n00:01.000 --> 00:02.000\n"+text+"\n"))
		return err
	}
	for lang, text := range map[string]string{"de": "eins", "EN-gb": "one"} {
		if err := put(lang, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := put("de", "zwei"); err != nil {
		t.Fatal(err)
	}
	v, err := w.Video.Get(t.Context(), "acme", id)
	if err != nil || len(v.Captions) != 2 || v.Captions[0].Lang != "de" || v.Captions[1].Lang != "en-GB" || len(v.Litter) != 1 {
		t.Fatalf("got %+v, litter %v, %v", v.Captions, v.Litter, err)
	}
	_, cues, err := w.Video.Cues(t.Context(), "acme", id, in("de"))
	if err != nil || len(cues) != 1 || cues[0].Plain() != "zwei" {
		t.Errorf("got %v, %v", cues, err)
	}
	if _, _, err := w.Video.Cues(t.Context(), "acme", id, in("fr")); !fault.Is(err, "video.no_captions") {
		t.Errorf("french: %v", err)
	}
	for _, lang := range []string{"", "x", "../de", "de\x00", strings.Repeat("de-", 20)} {
		if err := put(lang, "x"); !fault.Is(err, "video.language_invalid") {
			t.Errorf("language %q: %v", lang, err)
		}
	}
	if err := w.Video.DeleteCaptions(t.Context(), videotest.Grace(), id, in("en-GB")); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.DeleteCaptions(t.Context(), videotest.Grace(), id, in("en-GB")); !fault.Is(err, "video.no_captions") {
		t.Errorf("deleted twice: %v", err)
	}
}

// Two authors edit the same captions: the second one is told, and nothing is lost.
func TestSaveCaptions(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	up, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	id := up.Video.ID
	said := func(text string) []caption.Cue {
		return []caption.Cue{{Start: time.Second, End: 3 * time.Second, Text: text}}
	}
	save := func(match, text string, checked bool) (video.Caption, error) {
		c, _, err := w.Video.Save(t.Context(), videotest.Guido(), id, in("de"), match, said(text), checked)
		return c, err
	}
	first, err := save(video.None, "1 < 2 <i>oder</i> <script>", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := save(video.None, "b", false); !fault.Is(err, "video.captions_changed") {
		t.Errorf("made twice: %v", err)
	}
	second, err := save(first.Tag(), "b", false)
	if err != nil || second.Tag() == first.Tag() {
		t.Fatalf("%v, %q after %q", err, second.Tag(), first.Tag())
	}
	if _, err := save(first.Tag(), "c", false); !fault.Is(err, "video.captions_changed") {
		t.Errorf("over somebody else's: %v", err)
	}
	if _, _, err := w.Video.Save(t.Context(), videotest.Guido(), id, video.Track{Kind: "metadata", Lang: "de"}, "", said("a"), false); !fault.Is(err, "video.track_invalid") {
		t.Errorf("kind: %v", err)
	}
	// Another kind of the same language is another track.
	if _, _, err := w.Video.Save(t.Context(), videotest.Guido(), id, video.Track{Kind: caption.Descriptions, Lang: "de"}, video.None, said("Eine Folie."), false); err != nil {
		t.Fatal(err)
	}
	_, cues, err := w.Video.Captions(t.Context(), videotest.Grace(), id, in("de"))
	if err != nil || len(cues) != 1 || cues[0].Text != "b" {
		t.Errorf("got %+v, %v", cues, err)
	}
	for name, err := range map[string]error{
		"a learner":  third(w.Video.Save(t.Context(), videotest.Ada(), id, in("de"), "", said("x"), false)),
		"a stranger": third(w.Video.Save(t.Context(), videotest.Strauss(), id, in("de"), "", said("x"), false)),
	} {
		if k := fault.KindOf(err); k != fault.Forbidden && k != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

// What was in the file stays as it was, and what an author has filed meanwhile is not replaced.
func TestCarryOver(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	up, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	v := up.Video
	const text = "WEBVTT\n\n00:01.000 --> 00:02.500 line:0%\n<v Ada><i>Grüße</i> &amp; so\n\n00:03.000 --> 00:04.000\nzwei\nZeilen\n"
	want, err := caption.Read([]byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	done, skipped, err := w.Video.CarryOver(t.Context(), "acme", &v, []video.Carried{
		{Lang: "deu", File: []byte(text)}, {Lang: "de", File: []byte(text)}, {Lang: "", File: []byte(text)}, {Lang: "it", File: []byte("\x00")},
		{Kind: caption.Chapters, Lang: "deu", File: []byte(text)}, {Kind: "metadata", Lang: "fr", File: []byte(text)},
	}, "attempt")
	if err != nil || skipped != 4 {
		t.Fatalf("skipped %d, %v", skipped, err)
	}
	v.Captions = []video.Caption{{Kind: caption.Chapters, Lang: "de", Key: "an author's"}}
	done(&v)
	if len(v.Captions) != 2 || v.Captions[0].Kind != caption.Captions || v.Captions[0].From != video.FromFile || v.Captions[1].Key != "an author's" {
		t.Fatalf("got %+v", v.Captions)
	}
	r, _, err := w.Objects.Get(t.Context(), v.Captions[0].Key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if _, err := io.Copy(&b, r); err != nil {
		t.Fatal(err)
	}
	got, err := caption.Read([]byte(b.String()), "")
	if err = errors.Join(err, r.Close()); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// What a video lacks to be published, step by step.
func TestAccessible(t *testing.T) {
	t.Parallel()
	fine := video.Caption{Kind: caption.Captions, Lang: "de", Key: "k", Cues: 5}
	with := func(change func(*video.Caption)) []video.Caption {
		c := fine
		change(&c)
		return []video.Caption{c}
	}
	german := video.Access{Lang: "de", Undescribed: "Alles wird gesagt."}
	for _, c := range []struct {
		name string
		v    video.Video
		want []string
	}{
		{"nothing said", video.Video{}, []string{video.LacksLanguage, video.LacksPoster, video.LacksDescription}},
		{"fine", video.Video{Poster: "p", Access: german, Captions: []video.Caption{fine}}, nil},
		{"no speech", video.Video{Poster: "p", Access: video.Access{Lang: "de", NoSpeech: true, Undescribed: "Musik"}}, nil},
		{"another language", video.Video{Poster: "p", Access: video.Access{Lang: "fi", Undescribed: "x"}, Captions: []video.Caption{fine}}, []string{video.LacksCaptions}},
		{"nobody has read it", video.Video{Poster: "p", Access: german, Captions: with(func(c *video.Caption) { c.Unchecked = true })}, []string{video.LacksCheck}},
		{"errors", video.Video{Poster: "p", Access: german, Captions: with(func(c *video.Caption) { c.Review.Errors = 1 })}, []string{video.LacksQuality}},
		{"of an early program", video.Video{Poster: "p", Access: german, Captions: with(func(c *video.Caption) { c.Kind = "" })}, nil},
		{"described", video.Video{Poster: "p", Access: video.Access{Lang: "de"}, Captions: append(with(func(*video.Caption) {}), video.Caption{Kind: caption.Descriptions, Lang: "de"})}, nil},
	} {
		if got := c.v.Accessible().Lacks; !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
