package video_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/video"
	"palestra/video/videotest"
)

func operator() people.Actor {
	return people.Actor{Person: "olga", Operator: true, Session: "s-olga"}
}

func used(t *testing.T, w *videotest.World) int64 {
	t.Helper()
	u, err := w.Video.Usage(t.Context(), videotest.Grace(), "")
	if err != nil {
		t.Fatal(err)
	}
	return u.Used
}

// A town has as much room as the operator gives it: an upload that does not fit is refused when it begins, and says how much
// is left. What is dropped or erased gives its room back.
func TestRoom(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now = c.now })
	ctx := t.Context()
	if _, err := w.Video.SetLimit(ctx, videotest.Grace(), "acme", 1); !fault.Is(err, "people.forbidden") {
		t.Errorf("an author: %v", err)
	}
	if _, err := w.Video.Usage(ctx, videotest.Ada(), ""); !fault.Is(err, "people.forbidden") {
		t.Errorf("a learner: %v", err)
	}
	if _, err := w.Video.Usage(ctx, videotest.Strauss(), "acme"); !fault.Is(err, "people.organisation_not_found") {
		t.Errorf("a stranger: %v", err)
	}
	if u, err := w.Video.SetLimit(ctx, operator(), "acme", 1000); err != nil || u.Left() != 1000 {
		t.Fatalf("%+v, %v", u, err)
	}
	first := film(t, w, videotest.Grace(), 600)
	_, err := w.Video.BeginUpload(ctx, videotest.Guido(), video.Begin{Name: "b.mp4", Size: 500})
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Code != "video.room_full" || f.Params["left"] != int64(400) || f.Params["limit"] != int64(1000) {
		t.Fatalf("more than is left: %v %+v", err, f)
	}
	if page, err := w.Video.List(ctx, videotest.Grace(), "", 0); err != nil || len(page.Docs) != 1 {
		t.Errorf("a refused upload left %d videos, %v", len(page.Docs), err)
	}
	if _, err := w.Video.BeginUpload(ctx, videotest.Strauss(), video.Begin{Name: "b.mp4", Size: 5000}); err != nil {
		t.Errorf("another town: %v", err)
	}
	s, err := w.Video.BeginUpload(ctx, videotest.Guido(), video.Begin{Name: "b.mp4", Size: 400})
	if err != nil {
		t.Fatal(err)
	}
	if n := used(t, w); n != 1000 {
		t.Errorf("%d bytes are used, want 1000", n)
	}
	if err := w.Video.CancelUpload(ctx, videotest.Guido(), s.Video.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Process(ctx, "acme", s.Video.ID); err != nil {
		t.Fatal(err)
	}
	if n := used(t, w); n != 600 {
		t.Errorf("after a cancelled upload %d bytes are used, want 600", n)
	}
	if err := w.Video.Delete(ctx, videotest.Grace(), first.ID); err != nil {
		t.Fatal(err)
	}
	if n := used(t, w); n != 600 {
		t.Errorf("a deleted video's file is still there: %d bytes are used, want 600", n)
	}
	c.move(time.Minute)
	if err := w.Video.Process(ctx, "acme", first.ID); err != nil {
		t.Fatal(err)
	}
	if n := used(t, w); n != 0 {
		t.Errorf("an erased video takes %d bytes", n)
	}
	page, err := w.Video.Usages(ctx, operator(), "", 0)
	if err != nil || len(page.Docs) != 2 || page.Docs[0].Org != "other" || page.Docs[0].Used != 5000 || page.Docs[1].Limit != 1000 {
		t.Errorf("rooms %+v, %v", page.Docs, err)
	}
}

// Thirty authors at once: no more gets in than fits, and all of it is counted.
func TestRoomForMany(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	if _, err := w.Video.SetLimit(t.Context(), operator(), "acme", 1000); err != nil {
		t.Fatal(err)
	}
	var in, out atomic.Int64
	var wg sync.WaitGroup
	for n := range 30 {
		by := videotest.Grace()
		by.Account = fmt.Sprint("of-", n)
		wg.Go(func() {
			s, err := w.Video.BeginUpload(context.Background(), by, video.Begin{Name: "a.mp4", Size: 100})
			switch {
			case fault.Is(err, "video.room_full"):
				out.Add(1)
			case err != nil:
				t.Error(err)
			default:
				in.Add(1)
				if n%2 == 0 {
					return
				}
				if err := w.Video.CancelUpload(context.Background(), by, s.Video.ID); err != nil {
					t.Error(err)
				} else if err := w.Video.Process(context.Background(), "acme", s.Video.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	page, err := w.Video.List(t.Context(), videotest.Grace(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	if n := used(t, w); n != int64(100*len(page.Docs)) || n > 1000 || out.Load() == 0 && in.Load() < 30 {
		t.Errorf("%d bytes are used by %d videos; %d got in, %d did not", n, len(page.Docs), in.Load(), out.Load())
	}
}

// What earlier programs have stored, who counted nothing, is counted once.
func TestRoomOfBefore(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	film(t, w, videotest.Grace(), 300)
	film(t, w, videotest.Grace(), 200)
	if err := w.Video.ForgetRoom(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := w.Video.Usage(context.Background(), videotest.Grace(), ""); err != nil && !fault.Is(err, "video.room_busy") {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := used(t, w); n != 500 {
		t.Errorf("%d bytes are used, want 500", n)
	}
}

// A server that dies at whatever step while uploads begin and are dropped: afterwards the counter says what the documents
// say.
func TestRoomAfterDeath(t *testing.T) {
	t.Parallel()
	steps := 60
	if testing.Short() {
		steps = 12
	}
	for at := 1; at <= steps; at += 3 {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PALESTRA_VIDEO_VICTIM="+dir, "PALESTRA_VIDEO_ROOM=1", fmt.Sprint("PALESTRA_VIDEO_DIES=", at))
		var said bytes.Buffer
		cmd.Stderr = &said
		err := cmd.Run()
		if err != nil && cmd.ProcessState.ExitCode() >= 0 {
			t.Fatalf("step %d: %v\n%s", at, err, said.String())
		}
		c := newClock()
		h, herr := openHouse(dir, func() {}, "", nil)
		if herr != nil {
			t.Fatal(herr)
		}
		s := h.world.Config
		c.move(time.Hour) // nobody who has died holds a claim so long
		s.Now = c.now
		later, herr := video.New(s)
		if herr != nil {
			t.Fatal(herr)
		}
		if err := later.SettleRooms(t.Context(), c.now()); err != nil {
			t.Fatal(err)
		}
		due, herr := later.Due(t.Context(), c.now(), 100)
		if herr != nil {
			t.Fatal(herr)
		}
		for _, d := range due {
			if _, err := later.Tend(t.Context(), d.Org, d.ID); err != nil {
				t.Fatal(err)
			}
		}
		page, herr := later.List(t.Context(), videotest.Grace(), "", 100)
		if herr != nil {
			t.Fatal(herr)
		}
		want := int64(0)
		for _, v := range page.Docs {
			want += v.Size
		}
		if u, err := later.Usage(t.Context(), videotest.Grace(), ""); err != nil || u.Used != want {
			t.Errorf("died at step %d: %d bytes are counted, %d are there; %v", at, u.Used, want, err)
		}
		if err := h.close(); err != nil {
			t.Fatal(err)
		}
		if err == nil {
			t.Logf("all was done in less than %d steps", at)
			return
		}
	}
}

// roomVictim begins uploads and drops some of them.
func roomVictim(h *house) error {
	ctx, s := context.Background(), h.world.Video
	for n := range 4 {
		by := videotest.Grace()
		session, err := s.BeginUpload(ctx, by, video.Begin{Name: "a.mp4", Size: int64(100 + n)})
		if err != nil {
			return err
		}
		if n%2 == 1 {
			if err := s.CancelUpload(ctx, by, session.Video.ID); err != nil {
				return err
			}
			if _, err := s.Tend(ctx, "acme", session.Video.ID); err != nil {
				return err
			}
		}
	}
	return h.close()
}
