package films_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/cmd/palestra/films"
	"palestra/cmd/palestra/world"
	"palestra/internal/servicestest"
	"palestra/video/caption"
	"palestra/video/speech"
)

// Every film of the demonstration lasts two to four minutes, and its captions, in every language of its course, follow
// one another without overlap, as long as the voice speaks.
func TestFilms(t *testing.T) {
	t.Parallel()
	voice, err := speech.New(speech.Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	w, err := world.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.Courses {
		c := &w.Courses[i]
		for _, l := range c.Lessons() {
			if l.Film == nil {
				continue
			}
			t.Run(c.Slug, func(t *testing.T) {
				t.Parallel()
				spoken, err := films.Speak(t.Context(), voice, *l.Film)
				if err != nil {
					t.Fatal(err)
				}
				if d := spoken.Length(); d < 2*time.Minute || d > 4*time.Minute {
					t.Errorf("it lasts %v, want two to four minutes", d)
				}
				for _, lang := range c.Languages {
					if !slices.Contains(l.Film.Languages(), lang) {
						t.Errorf("it has no captions in %s", lang)
					}
					follow(t, spoken.Captions(lang), spoken.Length())
				}
			})
		}
	}
}

func follow(t *testing.T, file []byte, length time.Duration) {
	t.Helper()
	cues, err := caption.Read(file, "")
	if err != nil {
		t.Fatal(err)
	}
	end := time.Duration(0)
	for _, c := range cues {
		if c.Start < end || c.End <= c.Start || c.End > length {
			t.Errorf("%q stands from %v to %v after %v", c.Text, c.Start, c.End, end)
		}
		end = c.End
		lines := strings.Split(c.Text, "\n")
		if len(lines) > 3 || slices.ContainsFunc(lines, func(s string) bool { return len([]rune(s)) > 42 }) {
			t.Errorf("%q does not fit beneath a film", c.Text)
		}
	}
}
