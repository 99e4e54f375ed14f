package video_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/caption"
	"palestra/video/videotest"
)

// deaf is an ear that fails as often as it is told.
type deaf struct {
	ear   video.Ear
	fails int
}

func (d *deaf) Levels(ctx context.Context, path, folder string) (caption.Levels, error) {
	if d.fails > 0 {
		d.fails--
		return nil, errors.New("not now")
	}
	return d.ear.Levels(ctx, path, folder)
}

// The waveform is made when somebody asks for it, also after failures, and once; then a review knows what is said.
func TestLevels(t *testing.T) {
	t.Parallel()
	d := &deaf{fails: 2}
	w := videotest.New(t, func(c *video.Config) {
		d.ear, c.Ear, c.Chime, c.Pause = c.Ear, d, nil, time.Millisecond
	})
	v := w.Send(t, videotest.Grace(), videotest.Sized(t, 6, 320, 180)).Video
	if _, _, err := w.Video.Levels(t.Context(), videotest.Grace(), v.ID, false); !fault.Is(err, "video.not_playable") {
		t.Errorf("while it is sent: %v", err)
	}
	if _, err := w.Video.FinishUpload(t.Context(), videotest.Grace(), v.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice is once
		if _, task, err := w.Video.Levels(t.Context(), videotest.Grace(), v.ID, false); err != nil || task.State != video.TaskWaits {
			t.Fatalf("got %+v, %v", task, err)
		}
	}
	for range 3 {
		due, err := w.Video.TasksDue(t.Context(), time.Now().Add(time.Minute), 10)
		if err != nil || len(due) != 1 {
			t.Fatalf("due %v, %v", due, err)
		}
		time.Sleep(10 * time.Millisecond) // the pause after a failure
		if err := w.Video.DoTask(t.Context(), due[0].Org, due[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	levels, _, err := w.Video.Levels(t.Context(), videotest.Grace(), v.ID, false)
	if err != nil || len(levels) < 295 || len(levels) > 310 {
		t.Fatalf("%d levels, %v", len(levels), err)
	}
	if speech := levels.Speech(); len(speech) == 0 {
		t.Errorf("a tone is not heard: %v", levels[:50])
	}
	if due, err := w.Video.TasksDue(t.Context(), time.Now().Add(24*time.Hour), 10); err != nil || len(due) != 0 {
		t.Errorf("due %v, %v", due, err)
	}
	c, err := w.Video.PutCaptions(t.Context(), videotest.Grace(), v.ID, in("de"), "", strings.NewReader("WEBVTT\n\n00:00.000 --> 00:05.900\nEin Ton\n"))
	if err != nil || !c.Review.OfSpeech || c.Review.Coverage < 0.9 {
		t.Errorf("got %+v, %v", c.Review, err)
	}
	// Another file has another sound: what is known of the first one says nothing of it.
	if err := w.Video.Forget(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	if l, task, err := w.Video.Levels(t.Context(), videotest.Grace(), v.ID, false); err != nil || l != nil || task.State != video.TaskWaits {
		t.Errorf("of another file: %d levels, %+v, %v", len(l), task, err)
	}
	if err := w.Video.DoTask(t.Context(), "acme", v.ID+"."+video.TaskLevels); err != nil {
		t.Fatal(err)
	}
	if l, _, err := w.Video.Levels(t.Context(), videotest.Grace(), v.ID, false); err != nil || len(l) != len(levels) {
		t.Errorf("listened anew: %d levels, %v", len(l), err)
	}
	if missing, orphans, err := w.Video.CheckObjects(t.Context(), "acme"); err != nil || len(missing)+len(orphans) > 0 {
		t.Errorf("missing %v, orphans %v, %v", missing, orphans, err)
	}
	for name, by := range map[string]struct{ err error }{
		"a learner":  {third(w.Video.Levels(t.Context(), videotest.Ada(), v.ID, false))},
		"a stranger": {third(w.Video.Levels(t.Context(), videotest.Strauss(), v.ID, false))},
	} {
		if k := fault.KindOf(by.err); k != fault.Forbidden && k != fault.NotFound {
			t.Errorf("%s: %v", name, by.err)
		}
	}
}
