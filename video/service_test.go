package video_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/blob/blobtest"
	"palestra/internal/fault"
	"palestra/internal/store/storetest"
	"palestra/people"
	"palestra/video"
	"palestra/video/videotest"
	"palestra/worker/workertest"
)

// clock is moved by the test.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) move(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Now().UnixMilli())
	return c
}

// script is an encoder that does what a test says.
type script struct {
	video.Encoder
	examine func() (video.Found, error)
}

func (s *script) Examine(context.Context, video.Input) (video.Found, error) { return s.examine() }

func film(t *testing.T, w *videotest.World, by people.Actor, size int) video.Video {
	t.Helper()
	s, err := w.Video.BeginUpload(t.Context(), by, video.Begin{Name: "a.mp4", Size: int64(size)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.PutPart(t.Context(), by, s.Video.ID, 1, bytes.NewReader(make([]byte, size)), int64(size), ""); err != nil {
		t.Fatal(err)
	}
	v, err := w.Video.FinishUpload(t.Context(), by, s.Video.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func get(t *testing.T, w *videotest.World, id string) video.Video {
	t.Helper()
	v, err := w.Video.Get(t.Context(), "acme", id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAbandonedUploads(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now = c.now; v.Abandon = time.Hour })
	s, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 2 * blob.MinPart})
	if err != nil {
		t.Fatal(err)
	}
	id := s.Video.ID
	put := func(n int) {
		if _, err := w.Video.PutPart(t.Context(), videotest.Grace(), id, n, bytes.NewReader(make([]byte, blob.MinPart)), blob.MinPart, ""); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	c.move(50 * time.Minute)
	put(2) // a sign of life
	c.move(50 * time.Minute)
	if owed, err := w.Video.Due(t.Context(), c.now(), 10); err != nil || len(owed) != 0 {
		t.Fatalf("due %v, %v, though a part came 50 minutes ago", owed, err)
	}
	if err := w.Video.Process(t.Context(), "acme", id); err != nil {
		t.Fatal(err)
	}
	get(t, w, id)
	c.move(11 * time.Minute)
	owed, err := w.Video.Due(t.Context(), c.now(), 10)
	if err != nil || len(owed) != 1 || owed[0].ID != id || owed[0].Org != "acme" {
		t.Fatalf("due %v, %v", owed, err)
	}
	for range 3 { // it removes, it erases, it finds nothing
		if err := w.Video.Process(t.Context(), "acme", id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Video.Get(t.Context(), "acme", id); !fault.Is(err, "video.not_found") {
		t.Errorf("got %v", err)
	}
	for u := range w.Objects.Uploads(t.Context(), s.Video.Source) {
		t.Errorf("the parts are still there: %v", u)
	}
	if _, err := w.Video.UploadSession(t.Context(), videotest.Grace(), id); !fault.Is(err, "video.not_found") {
		t.Errorf("resumed after it was removed: %v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	w.Start(t)
	s, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Video.CancelUpload(t.Context(), videotest.Guido(), s.Video.ID); !fault.Is(err, "video.not_yours") {
		t.Errorf("another author: %v", err)
	}
	if err := w.Video.CancelUpload(t.Context(), videotest.Grace(), s.Video.ID); err != nil {
		t.Fatal(err)
	}
	videotest.Eventually(t, "the upload is gone", func() bool {
		for range w.Objects.Uploads(t.Context(), s.Video.Source) {
			return false
		}
		return true
	})
}

// What the server forgot between two steps is found out by the next request.
func TestFinishAfterDeath(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	s, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.PutPart(t.Context(), videotest.Grace(), s.Video.ID, 1, bytes.NewReader(make([]byte, 100)), 100, ""); err != nil {
		t.Fatal(err)
	}
	// the store completed the upload, and the server died before it could write that down
	parts, err := w.Objects.ListParts(t.Context(), s.Video.Source, s.Video.Upload.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Objects.Complete(t.Context(), s.Video.Source, s.Video.Upload.ID, parts); err != nil {
		t.Fatal(err)
	}
	if again, err := w.Video.UploadSession(t.Context(), videotest.Grace(), s.Video.ID); err != nil || again.Parts[0].ETag == "" {
		t.Fatalf("asked for what is there: %+v, %v", again.Parts, err)
	}
	var wg sync.WaitGroup
	for range 4 { // and four tabs want to finish
		wg.Go(func() {
			v, err := w.Video.FinishUpload(t.Context(), videotest.Grace(), s.Video.ID)
			if err != nil || v.State != video.Uploaded {
				t.Errorf("got %s, %v", v.State, err)
			}
		})
	}
	wg.Wait()
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	objects := blobtest.OpenConfig(t, blob.Config{Folder: t.TempDir(), MinFree: 1 << 60})
	w := videotest.On(t, storetest.Open(t), objects, workertest.Inside(t), nil)
	if _, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 100}); !fault.Is(err, "video.disk_full") || fault.KindOf(err) != fault.Full {
		t.Errorf("got %v", err)
	}
	if err := objects.Check(t.Context()); !errors.Is(err, blob.ErrFull) {
		t.Errorf("readiness: %v", err)
	}
	if page, err := w.Video.List(t.Context(), videotest.Grace(), "", 0); err != nil || len(page.Docs) != 0 {
		t.Errorf("a refused upload left %v, %v", page.Docs, err)
	}
}

// An encoder that fails is tried again after pauses, and then the video has failed, with a button that works.
func TestAttempts(t *testing.T) {
	t.Parallel()
	c := newClock()
	tries, broken := 0, true
	sc := &script{
		examine: func() (video.Found, error) {
			tries++
			if broken {
				return video.Found{}, errors.New("the disk is on fire")
			}
			return video.Found{}, fault.New(fault.Unsupported, "video.no_picture", "only sound")
		},
	}
	w := videotest.New(t, func(v *video.Config) {
		v.Now, v.Encoder, v.MaxAttempts, v.Pause = c.now, sc, 3, time.Minute
	})
	id := film(t, w, videotest.Grace(), 100).ID
	process := func() video.Video {
		if err := w.Video.Process(t.Context(), "acme", id); err != nil {
			t.Fatal(err)
		}
		return get(t, w, id)
	}
	for n, pause := range []time.Duration{time.Minute, 2 * time.Minute} {
		c.move(time.Second)
		v := process()
		if v.State != video.Processing || v.Stages[0].Attempts != n+1 || v.Stages[0].Units[0].Lease != "" || v.Due == nil || !v.Due.Equal(c.now().Add(pause)) {
			t.Fatalf("after try %d: %s, due %v, %+v", n+1, v.State, v.Due, v.Stages[0])
		}
		process() // too early: nothing happens
		if tries != n+1 {
			t.Fatalf("tried %d times, want %d", tries, n+1)
		}
		c.move(pause)
	}
	v := process()
	if v.State != video.Failed || v.Reason != "video.processing_failed" || tries != 3 {
		t.Fatalf("got %s %s after %d tries", v.State, v.Reason, tries)
	}
	if v, err := w.Video.Retry(t.Context(), videotest.Guido(), id); err != nil || v.State != video.Uploaded || v.Reason != "" {
		t.Fatalf("retry: %s, %v", v.State, err)
	}
	if _, err := w.Video.Retry(t.Context(), videotest.Guido(), id); err != nil {
		t.Errorf("pressed twice: %v", err)
	}
	broken = false
	if v := process(); v.State != video.Failed || v.Reason != "video.no_picture" || tries != 4 {
		t.Errorf("a fault is final: got %s %s after %d tries", v.State, v.Reason, tries)
	}
	if _, err := w.Video.Retry(t.Context(), videotest.Strauss(), id); !fault.Is(err, "video.not_found") {
		t.Errorf("a stranger's retry: %v", err)
	}
}

// A worker that dies without a word loses its lease; one that was only slow finds out and stops.
func TestLease(t *testing.T) {
	t.Parallel()
	var inside atomic.Int64
	first := make(chan error, 1)
	sc := &script{examine: func() (video.Found, error) {
		return video.Found{}, fault.New(fault.Unsupported, "video.no_picture", "only sound")
	}}
	w := videotest.New(t, func(v *video.Config) { v.Encoder, v.Lease = sc, 500*time.Millisecond })
	id := film(t, w, videotest.Grace(), 100).ID
	hang := make(chan struct{})
	quick := sc.examine
	sc.examine = func() (video.Found, error) {
		if inside.Add(1) == 1 {
			<-hang
			return video.Found{}, errors.New("woke up too late")
		}
		return quick()
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { first <- w.Video.Process(ctx, "acme", id) }()
	videotest.Eventually(t, "the first worker holds it", func() bool { return inside.Load() == 1 })
	lease := get(t, w, id).Stages[0].Units[0].Lease
	if err := w.Video.Process(t.Context(), "acme", id); err != nil || inside.Load() != 1 {
		t.Fatalf("two workers at once: %v", err)
	}
	time.Sleep(time.Second) // it breathes: it keeps the lease
	if v := get(t, w, id); v.Stages[0].Units[0].Lease != lease || v.Due == nil || v.Due.Before(time.Now()) {
		t.Fatalf("a living worker lost its lease: %+v, due %v", v.Stages[0], v.Due)
	}
	cancel() // it is told to stop, but hangs
	close(hang)
	if err := <-first; err != nil {
		t.Errorf("the first worker: %v", err)
	}
	v := get(t, w, id)
	if u := v.Stages[0].Units[0]; v.State != video.Processing || u.Lease != "" || u.Attempts != 0 {
		t.Errorf("after being stopped: %s, %+v", v.State, v.Stages[0])
	}
	time.Sleep(5 * time.Millisecond)
	if err := w.Video.Process(t.Context(), "acme", id); err != nil {
		t.Fatal(err)
	}
	if v := get(t, w, id); v.State != video.Failed || v.Reason != "video.no_picture" {
		t.Errorf("the second worker left it %s %s", v.State, v.Reason)
	}
}

func TestManyUploads(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	var err error
	for n := range 51 {
		if _, err = w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 100}); err != nil && n < 50 {
			t.Fatal(err)
		}
	}
	if !fault.Is(err, "video.uploads_too_many") {
		t.Errorf("the 51st: %v", err)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	c := newClock()
	start := time.Date(2026, 3, 1, 11, 59, 0, 0, time.UTC)
	c.ms.Store(start.UnixMilli())
	w := videotest.New(t, func(v *video.Config) { v.Now = c.now })
	id := w.Upload(t, videotest.Grace(), videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2")).ID
	if _, err := w.Video.Grant(t.Context(), "acme", id, "s"); !fault.Is(err, "video.not_playable") {
		t.Errorf("granted too early: %v", err)
	}
	if err := w.Video.Process(t.Context(), "acme", id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.Grant(t.Context(), "other", id, "s"); !fault.Is(err, "video.not_found") {
		t.Errorf("granted to a stranger: %v", err)
	}
	grant := func(session string) video.Playback {
		t.Helper()
		p, err := w.Video.Grant(t.Context(), "acme", id, session)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	list := func(p video.Playback, session string) (string, error) {
		a, err := w.Video.Media(t.Context(), strings.Split(p.URL, "/")[2], get(t, w, id).Renditions[0].Folder+"/index.m3u8", session)
		return string(a.Body), err
	}
	ada := grant("ada")
	first, err := list(ada, "ada")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := list(ada, "bob"); !fault.Is(err, "video.grant_of_another") {
		t.Errorf("somebody else's session: %v", err)
	}
	if bob, err := list(grant("bob"), "bob"); err != nil || bob != first {
		t.Errorf("segments have other addresses for another learner, which no cache can share: %v", err)
	}
	if _, err := list(grant(""), ""); err != nil {
		t.Errorf("a public preview: %v", err)
	}
	segment := ""
	for line := range strings.Lines(first) {
		if strings.HasPrefix(line, "/media/") {
			segment = strings.TrimSpace(line)
		}
	}
	read := func() error {
		_, token, _ := strings.Cut(segment, "/media/")
		token, name, _ := strings.Cut(token, "/")
		_, err := w.Video.Media(t.Context(), token, name, "")
		return err
	}
	for _, step := range []struct {
		after       time.Duration
		same, valid bool
	}{{time.Second, true, true}, {2 * time.Minute, false, true}, {12 * time.Hour, false, true}, {12*time.Hour + time.Minute, false, false}} {
		c.ms.Store(start.Add(step.after).UnixMilli())
		if same := grant("ada").URL == ada.URL; same != step.same {
			t.Errorf("after %v the address is the same: %v", step.after, same)
		}
		if _, err := list(ada, "ada"); (err == nil) != step.valid || err != nil && !fault.Is(err, "video.grant_expired") {
			t.Errorf("after %v the playlist: %v", step.after, err)
		}
		if err := read(); (err == nil) != step.valid || err != nil && !fault.Is(err, "video.grant_expired") {
			t.Errorf("after %v the segment: %v", step.after, err)
		}
	}
}

// Whatever is put for a grant or a name: never an accident, never the file itself.
func FuzzMedia(f *testing.F) {
	w := videotest.New(f, nil)
	for _, s := range [][2]string{{"", ""}, {"a.b", "source"}, {"cn5h.", "../source"}, {"~~~~", "x"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, grant, name string) {
		if a, err := w.Video.Media(context.Background(), grant, name, "s"); err == nil || fault.KindOf(err) == 0 {
			t.Fatalf("%q %q: %+v, %v", grant, name, a, err)
		}
	})
}

func TestDeletedObjects(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	v := film(t, w, videotest.Grace(), 100)
	if err := w.Objects.Delete(t.Context(), v.Source); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	if v := get(t, w, v.ID); v.State != video.Failed || v.Reason != "video.source_lost" {
		t.Errorf("got %s %s", v.State, v.Reason)
	}
}
