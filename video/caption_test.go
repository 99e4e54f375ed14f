package video_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/videotest"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func TestParseCaptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       []video.Cue
		fault      string
	}{
		{"webvtt", "WEBVTT\n\n00:01.000 --> 00:02.500\nGrüße\naus Gießen\n\n2\n01:00:00.000 --> 01:00:01.000\nEnde\n",
			[]video.Cue{{ms(1000), ms(2500), "Grüße\naus Gießen"}, {time.Hour, time.Hour + ms(1000), "Ende"}}, ""},
		{"subrip", "1\r\n00:00:01,000 --> 00:00:02,500\r\nHallo <i>Welt</i>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nDa\r\n",
			[]video.Cue{{ms(1000), ms(2500), "Hallo <i>Welt</i>"}, {ms(3000), ms(4000), "Da"}}, ""},
		{"byte order mark", "\xef\xbb\xbfWEBVTT\n\n00:01.000 --> 00:02.000\na\n", []video.Cue{{ms(1000), ms(2000), "a"}}, ""},
		{"windows-1252", "1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe\n", []video.Cue{{ms(1000), ms(2000), "Grüße"}}, ""},
		{"out of order", "WEBVTT\n\n00:03.000 --> 00:04.000\nb\n\n00:01.000 --> 00:02.000\na\n", []video.Cue{{ms(1000), ms(2000), "a"}, {ms(3000), ms(4000), "b"}}, ""},
		{"script and style", "WEBVTT\n\nSTYLE\n::cue { background: url(http://evil.example/) }\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script> a &lt;b&gt; <img src=x onerror=y>\n",
			[]video.Cue{{ms(1000), ms(2000), "alert(1) a &lt;b&gt;"}}, ""},
		{"ends before it begins", "WEBVTT\n\n00:02.000 --> 00:01.000\na\n", nil, "video.captions_invalid"},
		{"ends after a day", "WEBVTT\n\n00:02.000 --> 99:00:01.000\na\n", nil, "video.captions_invalid"},
		{"nothing", "", nil, "video.captions_empty"},
		{"header only", "WEBVTT\n", nil, "video.captions_empty"},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00\x00", nil, "video.captions_invalid"},
		{"utf-16", "\xff\xfeW\x00E\x00B\x00", nil, "video.captions_invalid"},
		{"webvtt in latin-1", "WEBVTT\n\n00:01.000 --> 00:02.000\nGr\xfc\xdfe\n", nil, "video.captions_invalid"},
		{"one caption of a book", "WEBVTT\n\n00:01.000 --> 00:02.000\n" + strings.Repeat("a", 3000) + "\n", nil, "video.captions_invalid"},
		{"bomb", strings.Repeat("x", video.MaxCaptions+1), nil, "video.captions_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := video.ParseCaptions([]byte(c.file))
			if c.fault != "" {
				if !fault.Is(err, c.fault) {
					t.Errorf("got %v, %v, want %s", got, err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever comes in: no panic, and what goes out is a WebVTT file that reads as the same cues, without foreign tags.
func FuzzParseCaptions(f *testing.F) {
	for _, s := range []string{
		"WEBVTT\n\n00:01.000 --> 00:02.000\na <b>b</b> & c\n", "1\n00:00:01,000 --> 00:00:02,000\n<i>x</i>\n\n",
		"WEBVTT\n\nNOTE x\n\nREGION\nid:a\n\n00:01.000 --> 00:02.000 line:0\n<v Ada>a<00:00:01.500>b\n", "WEBVTT\n\n00:01.000-->\n-->\n",
		"WEBVTT\n\n00:01.000 --> 00:02.000\n<c.x><b>a\n&lt;script&gt; --&gt;\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		cues, err := video.ParseCaptions(file)
		if err != nil {
			if fault.KindOf(err) == 0 {
				t.Fatalf("an accident: %v", err)
			}
			return
		}
		text := video.WebVTT(cues)
		for _, c := range cues {
			rest := strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "<u>", "", "</u>", "").Replace(c.Text)
			if strings.ContainsAny(rest, "<>") || strings.Contains(c.Text, "\n\n") || c.Text == "" {
				t.Fatalf("cue text %q", c.Text)
			}
		}
		again, err := video.ParseCaptions(text)
		if err != nil {
			if len(text) > video.MaxCaptions {
				return
			}
			t.Fatalf("our own file is refused: %v\n%s", err, text)
		}
		if len(again) != len(cues) {
			t.Fatalf("%d cues became %d\n%q\n%s", len(cues), len(again), file, text)
		}
		for i := range cues {
			if again[i].Start != cues[i].Start || again[i].End != cues[i].End || again[i].Plain() != cues[i].Plain() {
				t.Fatalf("cue %d: %+v became %+v", i, cues[i], again[i])
			}
		}
	})
}

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
		_, err := w.Video.PutCaptions(t.Context(), videotest.Grace(), id, lang, strings.NewReader("WEBVTT\n\n00:01.000 --> 00:02.000\n"+text+"\n"))
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
	cues, err := w.Video.Cues(t.Context(), "acme", id, "de")
	if err != nil || len(cues) != 1 || cues[0].Plain() != "zwei" {
		t.Errorf("got %v, %v", cues, err)
	}
	if _, err := w.Video.Cues(t.Context(), "acme", id, "fr"); !fault.Is(err, "video.no_captions") {
		t.Errorf("french: %v", err)
	}
	for _, lang := range []string{"", "x", "../de", "de\x00", strings.Repeat("de-", 20)} {
		if err := put(lang, "x"); !fault.Is(err, "video.language_invalid") {
			t.Errorf("language %q: %v", lang, err)
		}
	}
	if err := w.Video.DeleteCaptions(t.Context(), videotest.Grace(), id, "en-GB"); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.DeleteCaptions(t.Context(), videotest.Grace(), id, "en-GB"); !fault.Is(err, "video.no_captions") {
		t.Errorf("deleted twice: %v", err)
	}
}
