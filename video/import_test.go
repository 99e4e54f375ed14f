package video_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/outward"
	"palestra/people"
	"palestra/video"
	"palestra/video/videotest"
)

// elsewhere is the other side of an import.
type elsewhere struct {
	*httptest.Server
	file []byte

	mu     sync.Mutex
	asked  []string // guarded by mu; the ranges that were asked for
	tag    string   // guarded by mu
	breaks int64    // guarded by mu; after so many bytes each connection breaks; 0: none does
	status int      // guarded by mu; 0: it answers
	plain  bool     // guarded by mu; it knows no ranges
}

func (e *elsewhere) set(f func(*elsewhere)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f(e)
}

func startElsewhere(t *testing.T, size int) *elsewhere {
	t.Helper()
	e := &elsewhere{file: make([]byte, size), tag: `"one"`}
	random := rand.NewChaCha8([32]byte{1})
	random.Read(e.file)
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		breaks, status, plain := e.breaks, e.status, e.plain
		w.Header().Set("ETag", e.tag)
		e.asked = append(e.asked, r.Header.Get("Range"))
		e.mu.Unlock()
		switch {
		case status != 0:
			w.WriteHeader(status)
			return
		case r.URL.Path == "/endless":
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			return
		case r.URL.Path == "/away":
			http.Redirect(w, r, "http://10.9.8.7/film.mp4", http.StatusFound)
			return
		}
		if plain {
			r.Header.Del("Range")
			w = rangeless{w}
		}
		if breaks > 0 {
			w = &brittle{w, breaks}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(e.file))
	}))
	t.Cleanup(e.Close)
	return e
}

// rangeless is an answer that says nothing of ranges.
type rangeless struct{ http.ResponseWriter }

func (b rangeless) WriteHeader(status int) {
	b.Header().Del("Accept-Ranges")
	b.ResponseWriter.WriteHeader(status)
}

// brittle breaks off.
type brittle struct {
	http.ResponseWriter
	left int64
}

func (b *brittle) Write(p []byte) (int, error) {
	n, err := b.ResponseWriter.Write(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); b.left <= 0 {
		panic(http.ErrAbortHandler)
	}
	return n, err
}

func importing(t *testing.T, c *clock) *videotest.World {
	t.Helper()
	sites, err := outward.ParseSites("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return videotest.New(t, func(v *video.Config) { v.Now, v.Sites = c.now, sites })
}

func same(t *testing.T, w *videotest.World, v video.Video, file []byte) {
	t.Helper()
	r, _, err := w.Objects.Get(t.Context(), v.Source, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, want := sha256.New(), sha256.New()
	want.Write(file)
	if _, err := io.Copy(got, r); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
		t.Error("what is stored is another file")
	}
}

// The server fetches a file: in one go, over a line that breaks, from where it stopped, and after a worker that died.
func TestImport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		plain  bool
		breaks int64
		ranges []string // that are asked for, after the first question
	}{
		{"in one go", false, 0, []string{"bytes=0-"}},
		{"over a line that breaks", false, 6 << 20, []string{"bytes=0-", "bytes=5242880-", "bytes=10485760-"}},
		{"from a server without ranges", true, 0, []string{"bytes=0-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			w, e := importing(t, clock), startElsewhere(t, 12<<20)
			e.set(func(e *elsewhere) { e.plain = c.plain })
			by := videotest.Grace()
			s, err := w.Video.BeginImport(t.Context(), by, e.URL+"/a%20film.mp4?token=secret#part", "lesson")
			if err != nil {
				t.Fatal(err)
			}
			v := s.Video
			if v.State != video.Uploading || v.Name != "a film.mp4" || v.Size != 12<<20 || v.Import == nil || v.Import.Shown != e.URL+"/a%20film.mp4" || v.Import.Ranges == c.plain {
				t.Fatalf("%+v, %+v", v, v.Import)
			}
			if _, err := w.Video.PutPart(t.Context(), by, v.ID, 1, bytes.NewReader(make([]byte, blob.MinPart)), blob.MinPart, ""); !fault.Is(err, "video.not_uploading") {
				t.Errorf("somebody else sends a part: %v", err)
			}
			if _, err := w.Video.FinishUpload(t.Context(), by, v.ID); !fault.Is(err, "video.not_uploading") {
				t.Errorf("somebody else finishes it: %v", err)
			}
			e.set(func(e *elsewhere) { e.breaks, e.asked = c.breaks, nil })
			for range 5 {
				clock.move(time.Minute)
				if err := w.Video.Fetch(t.Context(), "acme", v.ID); err != nil {
					t.Fatal(err)
				}
				if v = get(t, w, v.ID); v.State != video.Uploading {
					break
				}
				if list, err := w.Video.Uploads(t.Context(), by); err != nil || len(list) != 1 || list[0].Import.Got == 0 || list[0].Import.Reason != "" {
					t.Errorf("uploads %+v, %v", list, err)
				}
			}
			if v.State != video.Uploaded || v.Import != nil || used(t, w) != 12<<20 {
				t.Fatalf("%s, %+v", v.State, v.Import)
			}
			same(t, w, v, e.file)
			e.set(func(e *elsewhere) {
				if !slices.Equal(e.asked, c.ranges) {
					t.Errorf("asked for %q, want %q", e.asked, c.ranges)
				}
			})
		})
	}
}

// A worker dies in the middle: another one goes on after the parts that are stored.
func TestImportAfterDeath(t *testing.T) {
	t.Parallel()
	clock := newClock()
	w, e := importing(t, clock), startElsewhere(t, 12<<20)
	s, err := w.Video.BeginImport(t.Context(), videotest.Grace(), e.URL+"/film.mp4", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e.set(func(e *elsewhere) { e.breaks, e.asked = 6<<20, nil })
	if err := w.Video.Fetch(ctx, "acme", s.Video.ID); err != nil {
		t.Fatal(err)
	}
	e.set(func(e *elsewhere) { e.breaks = 0 })
	cancel() // and the process is told to stop before it begins again
	if err := w.Video.Fetch(ctx, "acme", s.Video.ID); err == nil {
		t.Log("a worker that was told to stop said nothing")
	}
	for range 3 { // two others, one after the lease
		clock.move(3 * time.Minute)
		if err := w.Video.Fetch(t.Context(), "acme", s.Video.ID); err != nil {
			t.Fatal(err)
		}
	}
	v := get(t, w, s.Video.ID)
	if v.State != video.Uploaded {
		t.Fatalf("%s, %+v", v.State, v.Import)
	}
	same(t, w, v, e.file)
	e.set(func(e *elsewhere) {
		if n := slices.Index(e.asked, "bytes=5242880-"); n < 0 || slices.Index(e.asked[1:], "bytes=0-") >= 0 {
			t.Errorf("asked for %q", e.asked)
		}
	})
}

// What cannot be fetched says why; what may pass is tried again, and at the end there is a button.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	clock := newClock()
	w, e := importing(t, clock), startElsewhere(t, 6<<20)
	ctx, by := t.Context(), videotest.Grace()
	none := videotest.New(t, nil)
	if _, err := none.Video.BeginImport(ctx, by, e.URL+"/film.mp4", ""); !fault.Is(err, "video.import_forbidden") {
		t.Errorf("the operator has allowed nothing: %v", err)
	}
	for who, c := range map[string]struct {
		by   people.Actor
		code string
	}{"a learner": {videotest.Ada(), "people.forbidden"}, "nobody": {people.Actor{}, "people.unsigned"}} {
		if _, err := w.Video.BeginImport(ctx, c.by, e.URL+"/film.mp4", ""); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", who, err)
		}
	}
	begin := func(address, code string) {
		t.Helper()
		if _, err := w.Video.BeginImport(ctx, by, address, ""); !fault.Is(err, code) {
			t.Errorf("%.60s: %v, want %s", address, err, code)
		}
	}
	begin("", "video.import_address")
	begin("film.mp4", "video.import_address")
	begin("file:///etc/passwd", "video.import_address")
	begin("https://user:secret@127.0.0.1/film.mp4", "video.import_address")
	begin("http://127.0.0.1:1/"+strings.Repeat("x", 5000), "video.import_address")
	begin("https://10.1.2.3/film.mp4", "video.import_private")
	begin("https://films.example/film.mp4", "video.import_host")
	begin(e.URL+"/away", "video.import_private")
	begin(e.URL+"/endless", "video.import_length")
	begin("http://127.0.0.1:1/film.mp4", "video.import_away") // nobody listens
	for status, code := range map[int]string{404: "video.import_gone", 403: "video.import_refused", 503: "video.import_away"} {
		e.set(func(e *elsewhere) { e.status = status })
		begin(e.URL+"/film.mp4", code)
	}
	e.set(func(e *elsewhere) { e.status = 0 })
	if _, err := w.Video.SetLimit(ctx, operator(), "acme", 1000); err != nil {
		t.Fatal(err)
	}
	begin(e.URL+"/film.mp4", "video.room_full")
	if _, err := w.Video.SetLimit(ctx, operator(), "acme", 0); err != nil {
		t.Fatal(err)
	}
	if list, err := w.Video.Uploads(ctx, by); err != nil || len(list) != 0 {
		t.Fatalf("refused imports left %v, %v", list, err)
	}

	s, err := w.Video.BeginImport(ctx, by, e.URL+"/film.mp4", "")
	if err != nil {
		t.Fatal(err)
	}
	id := s.Video.ID
	fetch := func() video.Import {
		t.Helper()
		clock.move(time.Hour)
		if err := w.Video.Fetch(ctx, "acme", id); err != nil {
			t.Fatal(err)
		}
		if m := get(t, w, id).Import; m != nil {
			return *m
		}
		return video.Import{}
	}
	e.set(func(e *elsewhere) { e.status = 503 })
	for n := 1; n < 8; n++ {
		if m := fetch(); m.Attempts != n || m.Reason != "" || !m.Until.After(clock.now()) {
			t.Fatalf("after attempt %d: %+v", n, m)
		}
	}
	if m := fetch(); m.Reason != "video.import_failed" {
		t.Errorf("after the last attempt: %+v", m)
	}
	if m := fetch(); m.Attempts != 8 {
		t.Errorf("it is tried again by itself: %+v", m)
	}
	if _, err := w.Video.RetryImport(ctx, videotest.Guido(), id); !fault.Is(err, "video.not_yours") {
		t.Errorf("another author: %v", err)
	}
	if _, err := w.Video.RetryImport(ctx, by, id); err != nil {
		t.Fatal(err)
	}
	e.set(func(e *elsewhere) { e.status, e.tag = 0, `"two"` })
	if m := fetch(); m.Reason != "video.import_changed" {
		t.Errorf("another file: %+v", m)
	}
	if err := w.Video.CancelUpload(ctx, by, id); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Process(ctx, "acme", id); err != nil {
		t.Fatal(err)
	}
	if n := used(t, w); n != 0 {
		t.Errorf("%d bytes are used", n)
	}
}
