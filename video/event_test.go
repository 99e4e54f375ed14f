package video_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/caption"
	"palestra/video/videotest"
)

// listener is a sink that is away now and then.
type listener struct {
	mu   sync.Mutex
	away bool           // guarded by mu
	told map[string]int // by key; guarded by mu
	what []string       // each event once; guarded by mu
}

func (l *listener) sink(_ context.Context, _ string, e video.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return errors.New("nobody listens")
	}
	if l.told[e.Key]++; l.told[e.Key] == 1 {
		l.what = append(l.what, e.What+" by "+e.Account)
	}
	return nil
}

func (l *listener) gone(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

// What happens to a video is told, also when nobody listened at that moment.
func TestEventsAreTold(t *testing.T) {
	t.Parallel()
	l := &listener{told: map[string]int{}}
	w := videotest.New(t, func(c *video.Config) { c.Sink = l.sink })
	grace := videotest.Grace()
	grace.Account = "5f0c"
	l.gone(true)
	v := w.Upload(t, grace, videotest.Short(t, 2))
	w.Start(t)
	if v = w.Settled(t, "acme", v.ID); v.State != video.Ready {
		t.Fatalf("the video is %s", v.State)
	}
	if _, err := w.Video.PutCaptions(t.Context(), grace, v.ID, video.Track{Kind: caption.Captions, Lang: "en"}, "", strings.NewReader("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")); err != nil {
		t.Fatal(err)
	}
	if len(l.told) != 0 {
		t.Fatalf("told somebody who was away: %v", l.told)
	}
	l.gone(false)
	if err := w.Video.TellDue(t.Context(), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.DeleteCaptions(t.Context(), grace, v.ID, video.Track{Kind: caption.Captions, Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Delete(t.Context(), grace, v.ID); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	want := []string{"uploaded by 5f0c", "ready by ", "captioned by 5f0c", "uncaptioned by 5f0c", "deleted by 5f0c"}
	if !slices.Equal(l.what, want) {
		t.Errorf("told %v, want %v", l.what, want)
	}
}

// A video that a lesson shows stays; so does one into which a lesson was made while it was being deleted.
func TestWhatIsShownIsNotDeleted(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	used := true
	w := videotest.New(t, func(c *video.Config) {
		c.InUse = func(context.Context, string, string) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			return used, nil
		}
	})
	use := func(is bool) {
		mu.Lock()
		defer mu.Unlock()
		used = is
	}
	v := w.Upload(t, videotest.Grace(), videotest.Short(t, 2))
	if err := w.Video.Delete(t.Context(), videotest.Grace(), v.ID); !fault.Is(err, "video.in_use") {
		t.Fatalf("deleted though it is shown: %v", err)
	}
	use(false)
	if err := w.Video.Delete(t.Context(), videotest.Strauss(), v.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a stranger deletes: %v", err)
	}
	if err := w.Video.Delete(t.Context(), videotest.Grace(), v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.Get(t.Context(), "acme", v.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("deleted, and still there: %v", err)
	}
	use(true)
	w.Start(t)
	if v = w.Settled(t, "acme", restored(t, w, v.ID)); v.State != video.Ready {
		t.Fatalf("restored, and %s", v.State)
	}
	if orphans, missing := w.Orphans(t, "acme"); len(orphans)+len(missing) > 0 {
		t.Errorf("orphans %v, missing %v", orphans, missing)
	}
	use(false)
	if err := w.Video.Delete(t.Context(), videotest.Grace(), v.ID); err != nil {
		t.Fatal(err)
	}
	videotest.Eventually(t, "the objects are gone", func() bool {
		orphans, _ := w.Orphans(t, "acme")
		return len(orphans) == 0
	})
}

// restored waits until a deleted video is there again.
func restored(t *testing.T, w *videotest.World, id string) string {
	t.Helper()
	videotest.Eventually(t, "the video comes back", func() bool {
		_, err := w.Video.Get(t.Context(), "acme", id)
		return err == nil
	})
	return id
}
