package video_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/id"
	"palestra/internal/servicestest"
	"palestra/internal/store/pebblestore"
	"palestra/internal/temp"
	"palestra/video"
	"palestra/video/ffmpeg"
	"palestra/video/videojobs"
	"palestra/video/videotest"
	"palestra/worker"
)

// TestMain lets this test program be its own victim: with PALESTRA_VIDEO_VICTIM it is a server with a worker that
// uploads the files it is given and processes them, until somebody kills it.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PALESTRA_VIDEO_VICTIM"); dir != "" {
		if err := victim(dir, strings.Split(os.Getenv("PALESTRA_VIDEO_FILES"), ":")); err != nil {
			fmt.Fprintln(os.Stderr, "victim:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// house is a server with its worker on the embedded defaults in a folder.
type house struct {
	world videotest.World
	close func() error
}

// openHouse opens a house; crossing is told of every step that it takes, lists what is encoded, and redis and s3 are
// servers elsewhere.
func openHouse(dir string, crossing func(), redis string, s3 *servicestest.S3Server) (*house, error) {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := pebblestore.Open(filepath.Join(dir, "documents"), pebblestore.Options{Now: time.Now, Log: log})
	if err != nil {
		return nil, err
	}
	store := blob.Config{Folder: filepath.Join(dir, "objects")}
	if s3 != nil {
		store = blob.Config{Endpoint: s3.Endpoint, AccessKey: s3.AccessKey, SecretKey: s3.SecretKey}
	}
	objects, err := blob.Open(ctx, store)
	if err != nil {
		return nil, err
	}
	w, err := worker.New(worker.Config{Redis: redis, Now: time.Now, Log: log, SweepEvery: 100 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	encoder, err := ffmpeg.New(ctx, ffmpeg.Config{})
	if err != nil {
		return nil, err
	}
	work, err := temp.Open(filepath.Join(dir, "work"), id.New())
	if err != nil {
		return nil, err
	}
	now := func() time.Time { crossing(); return time.Now() }
	newID := func() string { crossing(); return id.New() }
	c := video.Config{DB: db, Objects: objects, Encoder: &watched{encoder, crossing, filepath.Join(dir, "encoded")}, Bell: videojobs.Bell(w), Now: now, NewID: newID, Log: log,
		Key: bytes.Repeat([]byte("k"), 32), Temp: work, PartSize: blob.MinPart,
		Lease: time.Second, Pause: 100 * time.Millisecond, MaxAttempts: 6}
	s, err := video.New(c)
	if err != nil {
		return nil, err
	}
	videojobs.Register(w, s, 2)
	return &house{videotest.World{Config: c, DB: db, Objects: objects, Worker: w, Video: s}, func() error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return errors.Join(w.Drain(ctx), work.Close(), objects.Close(), db.Close())
	}}, nil
}

// watched is an encoder that tells of each call, and keeps a list of the pieces that were begun.
type watched struct {
	video.Encoder
	crossing func()
	list     string
}

func (w *watched) Examine(ctx context.Context, in video.Input) (video.Found, error) {
	defer w.crossing()
	return w.Encoder.Examine(ctx, in)
}

func (w *watched) Split(ctx context.Context, in video.Input, dir string, cuts []float64, each func(video.Chunk) error) error {
	return w.Encoder.Split(ctx, in, dir, cuts, func(c video.Chunk) error {
		w.crossing()
		defer w.crossing()
		return each(c)
	})
}

func (w *watched) Sound(ctx context.Context, j video.SoundJob, progress func(float64)) error {
	defer w.crossing()
	return w.Encoder.Sound(ctx, j, progress)
}

func (w *watched) Encode(ctx context.Context, j video.Job, progress func(float64)) error {
	f, err := os.OpenFile(w.list, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	fmt.Fprintf(f, "%s %d\n", j.Outputs[0].Name, j.First)
	if err := f.Close(); err != nil {
		return err
	}
	w.crossing()
	defer w.crossing()
	return w.Encoder.Encode(ctx, j, progress)
}

// dying returns what ends this process, as a power cut would, at its n-th step. Nothing: it lives.
func dying(n string) func() {
	at, err := strconv.ParseInt(n, 10, 64)
	if err != nil {
		return func() {}
	}
	var steps atomic.Int64
	return func() {
		if steps.Add(1) == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

func victim(dir string, files []string) error {
	ctx, by := context.Background(), videotest.Grace()
	h, err := openHouse(dir, dying(os.Getenv("PALESTRA_VIDEO_DIES")), "", nil)
	if err != nil {
		return err
	}
	s := h.world.Video
	if os.Getenv("PALESTRA_VIDEO_ROOM") != "" {
		return roomVictim(h)
	}
	if err := h.world.Worker.Start(ctx); err != nil {
		return err
	}
	for _, file := range files {
		if err := upload(ctx, s, file); err != nil {
			return err
		}
	}
	for {
		page, err := s.List(ctx, by, "", 100)
		if err != nil {
			return err
		}
		settled := 0
		for _, v := range page.Docs {
			if v.State == video.Ready || v.State == video.Failed {
				settled++
			}
		}
		if settled == len(files) && settled == len(page.Docs) {
			return h.close()
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// upload sends a file unless it is already there, going on where an earlier life stopped.
func upload(ctx context.Context, s *video.Service, file string) error {
	by := videotest.Grace()
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page, err := s.List(ctx, by, "", 100)
	if err != nil {
		return err
	}
	for _, v := range page.Docs {
		if v.Checksum == videotest.Sum(content) && v.State != video.Uploading {
			return nil
		}
	}
	session, err := s.BeginUpload(ctx, by, video.Begin{Name: filepath.Base(file), Size: int64(len(content)), Type: "video/mp4", Checksum: videotest.Sum(content)})
	if err != nil {
		return err
	}
	from := int64(0)
	for _, p := range session.Parts {
		if p.ETag == "" {
			if _, err := s.PutPart(ctx, by, session.Video.ID, p.Number, bytes.NewReader(content[from:from+p.Size]), p.Size, ""); err != nil {
				return err
			}
		}
		from += p.Size
	}
	_, err = s.FinishUpload(ctx, by, session.Video.ID)
	return err
}
