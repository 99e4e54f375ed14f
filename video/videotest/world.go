package videotest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/blob/blobtest"
	"palestra/internal/id"
	"palestra/internal/servicestest"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/internal/temp"
	"palestra/people"
	"palestra/video"
	"palestra/video/ffmpeg"
	"palestra/video/videojobs"
	"palestra/worker"
	"palestra/worker/workertest"
)

// The cast. All of them are invented.

// Grace is an author of acme.
func Grace() people.Actor {
	return people.Actor{Person: "grace", Account: "of-grace", Name: "Grace", Organisation: "acme", Roles: []people.Role{people.Author}, Session: "s-grace"}
}

// Guido is another author of acme.
func Guido() people.Actor {
	return people.Actor{Person: "guido", Account: "of-guido", Name: "Guido", Organisation: "acme", Roles: []people.Role{people.Author}, Session: "s-guido"}
}

// Ada is a learner of acme.
func Ada() people.Actor {
	return people.Actor{Person: "ada", Account: "of-ada", Name: "Ada", Organisation: "acme", Roles: []people.Role{people.Learner}, Session: "s-ada"}
}

// Strauss is an author of another town.
func Strauss() people.Actor {
	return people.Actor{Person: "strauss", Account: "of-strauss", Name: "Strauss", Organisation: "other", Roles: []people.Role{people.Author}, Session: "s-strauss"}
}

// World is a video room with everything beneath it.
type World struct {
	Config  video.Config
	DB      *store.DB
	Objects *blob.Store
	Worker  *worker.Worker
	Video   *video.Service
}

// New makes a world on the embedded defaults, with real encoders, whose worker is not started. change may alter the
// configuration of the room.
func New(t testing.TB, change func(*video.Config)) *World {
	t.Helper()
	return On(t, storetest.Open(t), blobtest.Open(t), workertest.Inside(t), change)
}

// On makes a world on given foundations.
func On(t testing.TB, db *store.DB, objects *blob.Store, w *worker.Worker, change func(*video.Config)) *World {
	t.Helper()
	encoder, err := ffmpeg.New(context.Background(), ffmpeg.Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	work, err := temp.Open(filepath.Join(t.TempDir(), "work"), id.New())
	if err != nil {
		t.Fatal(err)
	}
	c := video.Config{
		DB: db, Objects: objects, Encoder: encoder, Ear: encoder, Bell: videojobs.Bell(w), Chime: videojobs.Chime(w), Carry: videojobs.Carry(w),
		Now: time.Now, NewID: id.New, Log: slog.New(slog.DiscardHandler),
		Key: bytes.Repeat([]byte("k"), 32), Temp: work,
		Keep: 50 * time.Millisecond, PartSize: blob.MinPart, Pause: 100 * time.Millisecond, Lease: 2 * time.Second,
	}
	if change != nil {
		change(&c)
	}
	s, err := video.New(c)
	if err != nil {
		t.Fatal(err)
	}
	videojobs.Register(w, s, 2)
	t.Cleanup(func() {
		workertest.Drain(t, w)
		if err := work.Close(); err != nil {
			t.Error(err)
		}
	})
	return &World{Config: c, DB: db, Objects: objects, Worker: w, Video: s}
}

// Start starts the worker.
func (w *World) Start(t testing.TB) {
	t.Helper()
	if err := w.Worker.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Sum returns the SHA-256 of bytes in hexadecimal.
func Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Send begins an upload of a file and sends all its parts.
func (w *World) Send(t testing.TB, by people.Actor, path string) video.Session {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	session, err := w.Video.BeginUpload(context.Background(), by, video.Begin{Name: filepath.Base(path), Size: info.Size(), Type: "video/mp4"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range session.Parts {
		b := make([]byte, p.Size)
		if _, err := io.ReadFull(f, b); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Video.PutPart(context.Background(), by, session.Video.ID, p.Number, bytes.NewReader(b), p.Size, Sum(b)); err != nil {
			t.Fatal(err)
		}
	}
	return session
}

// Upload sends a whole file and returns the video, which waits for a worker.
func (w *World) Upload(t testing.TB, by people.Actor, path string) video.Video {
	t.Helper()
	session := w.Send(t, by, path)
	v, err := w.Video.FinishUpload(context.Background(), by, session.Video.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Settled waits until a video is ready or failed, at most two minutes, and returns it.
func (w *World) Settled(t testing.TB, org, id string) video.Video {
	t.Helper()
	var v video.Video
	var err error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if v, err = w.Video.Get(context.Background(), org, id); err != nil {
			t.Fatal(err)
		}
		if v.State == video.Ready || v.State == video.Failed {
			return v
		}
	}
	t.Fatalf("video %s is still %s (%d %%, %+v)", id, v.State, v.Percent, v.Stages)
	return v
}

// Ready uploads a file, waits until it is ready and returns the video. The worker must be started.
func (w *World) Ready(t testing.TB, by people.Actor, path string) video.Video {
	t.Helper()
	v := w.Settled(t, by.Organisation, w.Upload(t, by, path).ID)
	if v.State != video.Ready {
		t.Fatalf("video is %s because of %s: %+v", v.State, v.Reason, v.Stages)
	}
	return v
}

// Orphans returns the objects that no document names, and Missing what documents name and is not there.
func (w *World) Orphans(t testing.TB, orgs ...string) (orphans, missing []string) {
	t.Helper()
	stored := map[string]bool{}
	for i, err := range w.Objects.List(context.Background(), "v/", "") {
		if err != nil {
			t.Fatal(err)
		}
		stored[i.Key] = true
	}
	for _, org := range orgs {
		cursor := ""
		for {
			by := people.Actor{Person: "x", Account: "of-x", Organisation: org, Roles: []people.Role{people.Author}}
			page, err := w.Video.List(context.Background(), by, cursor, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Docs {
				for _, k := range video.Named(org, v, stored) {
					if !stored[k] {
						missing = append(missing, k)
					}
					delete(stored, k)
				}
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
	}
	for k := range stored {
		orphans = append(orphans, k)
	}
	return orphans, missing
}

// Eventually waits at most a minute until ok.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal(fmt.Sprint("never happened: ", what))
}
