package video_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/blob/blobtest"
	"palestra/internal/servicestest"
	"palestra/internal/store/storetest"
	"palestra/video"
	"palestra/video/videotest"
	"palestra/worker/workertest"
)

// counted starts a store elsewhere that counts how often the file of a video is fetched, and how many bytes of it go out.
func counted(t *testing.T, bucket string) (*blob.Store, *atomic.Int64) {
	t.Helper()
	s3 := servicestest.Minio(t)
	to, err := url.Parse(s3.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	var fetched atomic.Int64
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		r.Out.Host = r.In.Host                                                                                       // it is signed
		if r.In.Method == http.MethodGet && strings.HasSuffix(r.In.URL.Path, "/source") && r.In.URL.RawQuery == "" { // else it lists parts
			fetched.Add(1)
		}
	}}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	return blobtest.OpenConfig(t, blob.Config{Endpoint: front.URL, AccessKey: s3.AccessKey, SecretKey: s3.SecretKey, Bucket: bucket}), &fetched
}

// From a store elsewhere a machine fetches a film once, however many units need it, and keeps nothing of it afterwards.
func TestFetchedOnce(t *testing.T) {
	t.Parallel()
	c := newClock()
	objects, fetched := counted(t, "video-once")
	w := videotest.On(t, storetest.Open(t), objects, workertest.Inside(t), func(v *video.Config) { v.Now = c.now })
	words := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(words, []byte("1\n00:00:01,000 --> 00:00:02,000\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := videotest.Make(t, "film.mkv", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=24", "-f", "lavfi", "-i", "sine=duration=24", "-i", words,
		"-map", "0", "-map", "1", "-map", "2", "-metadata:s:s:0", "language=eng", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "srt")
	id := w.Upload(t, videotest.Grace(), path).ID
	var wg sync.WaitGroup
	for range 3 { // probe, then split, sound and captions at the same time
		wg.Go(func() {
			for range 200 {
				if err := w.Video.Process(t.Context(), "acme", id); err != nil {
					t.Error(err)
					return
				}
				v, err := w.Video.Get(t.Context(), "acme", id)
				if err != nil || v.State == video.Ready || v.State == video.Failed {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	wg.Wait()
	v := get(t, w, id)
	if v.State != video.Ready || len(v.Captions) != 1 || v.Sound == nil {
		t.Fatalf("%s %s, %+v", v.State, v.Reason, v.Stages)
	}
	if n := fetched.Load(); n != 1 {
		t.Errorf("the film was fetched %d times", n)
	}
	clean(t, w)

	// One that fails is kept for whoever tries it again soon, and then no more; three more push out the oldest.
	left := func() int {
		t.Helper()
		all, err := filepath.Glob(filepath.Join(w.Config.Temp.Path(), "copies", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	for n := 1; n <= 3; n++ {
		bad := film(t, w, videotest.Grace(), 100+n)
		if err := w.Video.Process(t.Context(), "acme", bad.ID); err != nil {
			t.Fatal(err)
		}
		if v := get(t, w, bad.ID); v.State != video.Failed {
			t.Fatalf("%s", v.State)
		}
		if got, want := left(), min(n, 2); got != want {
			t.Errorf("after %d films that failed %d copies are kept, want %d", n, got, want)
		}
	}
	c.move(11 * time.Minute)
	if err := w.Video.Beat(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if n := left(); n != 0 {
		t.Errorf("%d copies are kept for nobody", n)
	}
	if err := w.Video.Process(t.Context(), "acme", film(t, w, videotest.Grace(), 104).ID); err != nil || left() != 1 {
		t.Fatalf("%d copies, %v", left(), err)
	}
	if err := w.Video.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	clean(t, w) // who leaves takes the copies along
}
