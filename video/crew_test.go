package video_test

import (
	"context"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/videotest"
)

// The operator lets the whole line wait, or one worker begin nothing, and sees who works and what was made.
func TestCrew(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now, v.Worker = c.now, "one" })
	second := w.Config
	second.Worker = "two"
	other, err := video.New(second)
	if err != nil {
		t.Fatal(err)
	}
	ctx, olga := t.Context(), operator()
	for _, s := range []*video.Service{w.Video, other} {
		if err := s.Beat(ctx, 2); err != nil {
			t.Fatal(err)
		}
	}
	line := func() video.Line {
		t.Helper()
		l, err := w.Video.Line(ctx, olga)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := line()
	if len(l.Workers) != 2 || l.Workers[0].Name != "one" || l.Workers[1].Hands != 2 || l.Workers[1].Gone || l.Paused {
		t.Fatalf("%+v", l)
	}
	if err := w.Video.PauseLine(ctx, videotest.Grace(), true); !fault.Is(err, "people.forbidden") {
		t.Errorf("an author: %v", err)
	}
	if err := w.Video.Drain(ctx, videotest.Grace(), l.Workers[0].ID, true); !fault.Is(err, "people.forbidden") {
		t.Errorf("an author: %v", err)
	}
	if err := w.Video.Drain(ctx, olga, "nobody", true); !fault.Is(err, "video.worker_not_found") {
		t.Errorf("nobody: %v", err)
	}
	id := w.Upload(t, videotest.Grace(), videotest.Short(t, 2)).ID
	works := func(s *video.Service) video.State {
		t.Helper()
		if err := s.Hands(ctx); err != nil {
			t.Fatal(err)
		}
		return get(t, w, id).State
	}
	for range 2 { // pressed twice
		if err := w.Video.PauseLine(ctx, olga, true); err != nil {
			t.Fatal(err)
		}
	}
	if st := works(w.Video); st != video.Uploaded || !line().Paused {
		t.Errorf("in a line that waits it is %s", st)
	}
	if err := w.Video.PauseLine(ctx, olga, false); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Drain(ctx, olga, l.Workers[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if st := works(w.Video); st != video.Uploaded || !line().Workers[0].Drained {
		t.Errorf("a drained worker made it %s", st)
	}
	if st := works(other); st != video.Ready {
		t.Errorf("the other worker made it %s", st)
	}
	l = line()
	if l.Hour.Films != 1 || l.Hour.Seconds < 1.5 || l.Day.Films != 1 || l.Hour.Span != time.Hour {
		t.Errorf("the last hour: %+v, day: %+v", l.Hour, l.Day)
	}
	c.move(2 * time.Hour)
	if err := other.Beat(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if l = line(); l.Hour.Films != 0 || l.Day.Films != 1 || !l.Workers[0].Gone || l.Workers[1].Gone {
		t.Errorf("two hours later: %+v", l)
	}
	if err := other.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	if err := other.Beat(ctx, 2); err != nil { // the sweep is not told
		t.Fatal(err)
	}
	if l = line(); len(l.Workers) != 1 {
		t.Errorf("after one has left: %+v", l.Workers)
	}
	c.move(25 * time.Hour)
	if l = line(); len(l.Workers) != 0 || l.Day.Films != 0 {
		t.Errorf("a day later: %+v", l)
	}
	// Whoever was forgotten and works after all is there again.
	if err := w.Video.Beat(context.Background(), 1); err != nil || len(line().Workers) != 1 {
		t.Errorf("%+v, %v", line().Workers, err)
	}
}
