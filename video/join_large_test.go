package video_test

import (
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/video"
	"palestra/video/videotest"
)

// The parts of a large file are put together by a worker, also when nobody asks again, the line is paused, or the first worker dies.
func TestLargeFilesAreJoinedByWorkers(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now, v.JoinAtOnce, v.JoinWait = c.now, 1, 40*time.Millisecond })
	grace := videotest.Grace()
	tasks := func() []store.Ref {
		t.Helper()
		due, err := w.Video.TasksDue(t.Context(), c.now().Add(time.Second), 10)
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	begun, err := w.Video.BeginUpload(t.Context(), grace, video.Begin{Name: "a.mp4", Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.FinishUpload(t.Context(), grace, begun.Video.ID); !fault.Is(err, "video.parts_missing") || len(tasks()) != 0 {
		t.Errorf("without its parts: %v, %v", err, tasks())
	}

	path := videotest.Sized(t, 6, 320, 180)
	id := w.Send(t, grace, path).Video.ID
	for range 2 { // twice is once
		if _, err := w.Video.FinishUpload(t.Context(), grace, id); !fault.Is(err, "video.finish_again") {
			t.Fatalf("got %v", err)
		}
	}
	if v := get(t, w, id); v.State != video.Uploading || len(tasks()) != 1 {
		t.Fatalf("%s, %v", v.State, tasks())
	}
	if err := w.Video.PauseLine(t.Context(), operator(), true); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.DoTask(t.Context(), "acme", tasks()[0].ID); err != nil {
		t.Fatal(err)
	}
	if v := get(t, w, id); v.State != video.Uploaded || len(tasks()) != 0 {
		t.Fatalf("%s, %v", v.State, tasks())
	}
	if v, err := w.Video.FinishUpload(t.Context(), grace, id); err != nil || v.State != video.Uploaded {
		t.Errorf("finished once more: %s, %v", v.State, err)
	}

	// One that is dropped meanwhile leaves nothing.
	id = w.Send(t, grace, path).Video.ID
	if _, err := w.Video.FinishUpload(t.Context(), grace, id); !fault.Is(err, "video.finish_again") {
		t.Fatalf("got %v", err)
	}
	if err := w.Video.CancelUpload(t.Context(), grace, id); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.DoTask(t.Context(), "acme", tasks()[0].ID); err != nil || len(tasks()) != 0 {
		t.Errorf("%v, %v", err, tasks())
	}
}
