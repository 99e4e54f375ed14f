package speech_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/servicestest"
	"palestra/video/speech"
)

func TestSay(t *testing.T) {
	t.Parallel()
	s, err := speech.New(speech.Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	for _, c := range []struct{ name, language, text string }{
		{"English", "en", "A register of trees is open data."},
		{"German", "de", "Über das Baumkataster freut sich auch die Feuerwehr."},
		{"a text that looks like an option", "it", "--help -w /tmp/out.wav"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := s.Say(t.Context(), c.language, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := got.Length(); d < 300*time.Millisecond || d > 20*time.Second {
				t.Errorf("%q lasts %v", c.text, d)
			}
		})
	}
	for _, c := range []struct{ name, language, text string }{{"no words", "en", "  "}, {"no such voice", "xx", "hello"}, {"too long", "en", string(make([]byte, 3000))}} {
		if _, err := s.Say(t.Context(), c.language, c.text); err == nil {
			t.Errorf("%s: got no error", c.name)
		}
	}
}

func TestWAV(t *testing.T) {
	t.Parallel()
	want := speech.Sound{Rate: 22050, Samples: []int16{0, 1, -1, 32767, -32768}}
	want.Pause(time.Second)
	if got := len(want.Samples); got != 5+22050 {
		t.Errorf("a second of silence has %d samples", got-5)
	}
	var b bytes.Buffer
	if err := want.WriteWAV(&b); err != nil {
		t.Fatal(err)
	}
	got, err := speech.ReadWAV(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("written and read again (-want +got):\n%s", d)
	}
	if err := want.Append(speech.Sound{Rate: 8000}); err == nil {
		t.Error("two rates were mixed")
	}
}

func FuzzReadWAV(f *testing.F) {
	var b bytes.Buffer
	s := speech.Sound{Rate: 22050, Samples: []int16{1, 2, 3}}
	if err := s.WriteWAV(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := speech.ReadWAV(b)
		if err == nil && (s.Rate < 8000 || len(s.Samples) > len(b)/2) {
			t.Errorf("%d samples at %d a second from %d bytes", len(s.Samples), s.Rate, len(b))
		}
	})
}
