package video_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/id"
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

func openHouse(dir string) (*house, error) {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := pebblestore.Open(filepath.Join(dir, "documents"), pebblestore.Options{Now: time.Now, Log: log})
	if err != nil {
		return nil, err
	}
	objects, err := blob.Open(ctx, blob.Config{Folder: filepath.Join(dir, "objects")})
	if err != nil {
		return nil, err
	}
	w, err := worker.New(worker.Config{Now: time.Now, Log: log, SweepEvery: 100 * time.Millisecond})
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
	c := video.Config{DB: db, Objects: objects, Encoder: encoder, Bell: videojobs.Bell(w), Now: time.Now, NewID: id.New, Log: log,
		Key: bytes.Repeat([]byte("k"), 32), Temp: work, PartSize: blob.MinPart,
		Lease: time.Second, Pause: 100 * time.Millisecond}
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

func victim(dir string, files []string) error {
	ctx, by := context.Background(), videotest.Grace()
	h, err := openHouse(dir)
	if err != nil {
		return err
	}
	s := h.world.Video
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

// A server that is killed at any moments, in the upload and in every stage, ends each video ready or failed for a
// reason, with exactly the objects that its document names. PALESTRA_CHAOS_SEEDS asks for more than a sample.
func TestKill(t *testing.T) {
	t.Parallel()
	seeds := 2
	if testing.Short() {
		seeds = 1
	}
	if n, err := strconv.Atoi(os.Getenv("PALESTRA_CHAOS_SEEDS")); err == nil {
		seeds = n
	}
	good := videotest.Make(t, "good.mp4", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=8,noise=alls=20:allf=t",
		"-f", "lavfi", "-i", "sine=duration=8", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p", "-c:a", "aac")
	bad := filepath.Join(t.TempDir(), "bad.mp4")
	if err := os.WriteFile(bad, bytes.Repeat([]byte("no video "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	first := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("PALESTRA_CHAOS_FIRST"), 10, 64); err == nil {
		first = n
	}
	for i := range seeds {
		seed := first + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { kill(t, seed, good, bad) })
	}
}

func kill(t *testing.T, seed uint64, good, bad string) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(seed, 1))
	for life := 0; ; life++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PALESTRA_VIDEO_VICTIM="+dir, "PALESTRA_VIDEO_FILES="+good+":"+bad)
		var said bytes.Buffer
		cmd.Stderr = io.MultiWriter(&said)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		patience := 3 * time.Minute // for what is not killed any more
		if life < 3 {
			patience = 100*time.Millisecond + time.Duration(random.Int64N(int64(4*time.Second)))
		}
		timer := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if err == nil {
			t.Logf("settled in life %d", life)
			break
		}
		if cmd.ProcessState.ExitCode() >= 0 || life >= 3 {
			t.Fatalf("life %d: %v\n%s", life, err, said.String())
		}
		t.Logf("life %d ended after %v", life, patience)
	}
	h, err := openHouse(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	page, err := h.world.Video.List(t.Context(), videotest.Grace(), "", 100)
	if err != nil || len(page.Docs) != 2 {
		t.Fatalf("%d videos, %v, want 2", len(page.Docs), err)
	}
	for _, v := range page.Docs {
		switch {
		case v.Name == "good.mp4" && (v.State != video.Ready || len(v.Renditions) != 2 || v.Sound == nil || v.Poster == ""):
			t.Errorf("the good video is %s (%s): %+v", v.State, v.Reason, v.Stages)
		case v.Name == "bad.mp4" && (v.State != video.Failed || v.Reason != "video.not_a_video"):
			t.Errorf("the bad video is %s (%s)", v.State, v.Reason)
		}
		if v.Lease != "" {
			t.Errorf("%s is held by %q", v.Name, v.Lease)
		}
	}
	clean(t, &h.world)
}
