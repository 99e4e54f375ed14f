package video_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/blob/blobtest"
	"palestra/internal/servicestest"
	"palestra/internal/store/storetest"
	"palestra/video"
	"palestra/video/videotest"
	"palestra/worker"
	"palestra/worker/workertest"
)

// With a real S3 server and a real Redis the bytes never pass through this program: the browser sends parts to and
// reads segments from the store.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	s3, redis := servicestest.Minio(t), servicestest.Redis(t)
	objects := blobtest.OpenConfig(t, blob.Config{Endpoint: s3.Endpoint, AccessKey: s3.AccessKey, SecretKey: s3.SecretKey, PublicURL: s3.Endpoint, Bucket: "video-elsewhere"})
	jobs, err := worker.New(worker.Config{Redis: redis.URL, Now: time.Now, Log: slog.New(slog.DiscardHandler), SweepEvery: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { workertest.Drain(t, jobs) })
	w := videotest.On(t, storetest.Open(t), objects, jobs, nil)
	w.Start(t)
	file, err := os.ReadFile(videotest.Make(t, "film.mkv", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=6,noise=alls=40:allf=t",
		"-f", "lavfi", "-i", "sine=duration=6", "-c:v", "ffv1", "-c:a", "aac"))
	if err != nil {
		t.Fatal(err)
	}
	by := videotest.Grace()
	session, err := w.Video.BeginUpload(t.Context(), by, video.Begin{Name: "film.mkv", Size: int64(len(file)), Checksum: "x"})
	if err != nil {
		t.Fatal(err)
	}
	from := int64(0)
	for _, p := range session.Parts {
		if !strings.HasPrefix(p.URL, s3.Endpoint+"/") {
			t.Fatalf("part %d goes to %q", p.Number, p.URL)
		}
		if a := send(t, "PUT", p.URL, file[from:from+p.Size]); a.StatusCode != http.StatusOK {
			t.Fatalf("part %d: %d", p.Number, a.StatusCode)
		}
		from += p.Size
	}
	again, err := w.Video.BeginUpload(t.Context(), by, video.Begin{Name: "film.mkv", Size: int64(len(file)), Checksum: "x"})
	if err != nil || !again.Resumed || again.Parts[0].ETag == "" || again.Parts[0].URL != "" {
		t.Fatalf("resumed %v with %+v, %v", again.Resumed, again.Parts, err)
	}
	v, err := w.Video.FinishUpload(t.Context(), by, session.Video.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v = w.Settled(t, "acme", v.ID); v.State != video.Ready {
		t.Fatalf("got %s %s %+v", v.State, v.Reason, v.Stages)
	}
	p, err := w.Video.Grant(t.Context(), "acme", v.ID, "s")
	if err != nil {
		t.Fatal(err)
	}
	grant := strings.Split(p.URL, "/")[2]
	list, err := w.Video.Media(t.Context(), grant, v.Renditions[0].Folder+"/index.m3u8", "s")
	if err != nil {
		t.Fatal(err)
	}
	segments := 0
	for line := range strings.Lines(string(list.Body)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			segments++
			if a := send(t, "GET", line, nil); a.StatusCode != http.StatusOK {
				t.Errorf("segment: %d", a.StatusCode)
			}
		}
	}
	if segments != 2 {
		t.Errorf("%d segments, want 2\n%s", segments, list.Body)
	}
	clean(t, w)
}

// A store that is away is not the video's fault: it waits, however long, and goes on.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	c := newClock()
	s3 := servicestest.Minio(t)
	objects := blobtest.OpenConfig(t, blob.Config{Endpoint: s3.Endpoint, AccessKey: s3.AccessKey, SecretKey: s3.SecretKey, Bucket: "video-away"})
	w := videotest.On(t, storetest.Open(t), objects, workertest.Inside(t), func(v *video.Config) { v.Now = c.now })
	id := film(t, w, videotest.Grace(), 100).ID
	s3.Process.Kill()
	for range 6 {
		c.move(time.Minute)
		if err := w.Video.Process(t.Context(), "acme", id); err != nil {
			t.Fatal(err)
		}
	}
	v := get(t, w, id)
	if u := v.Stages[0].Units[0]; v.State != video.Processing || u.Attempts != 0 || u.Lease != "" || v.Due == nil || !v.Due.After(c.now()) {
		t.Errorf("got %s %s, %+v, due %v", v.State, v.Reason, v.Stages[0], v.Due)
	}
}

func send(t *testing.T, method, url string, body []byte) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	io.Copy(io.Discard, a.Body)
	return a
}
