package video_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/video"
	"palestra/video/videotest"
)

// succeed sends a file that is to take the place of a video's file, all of it.
func succeed(t *testing.T, w *videotest.World, by people.Actor, id, path string) video.Video {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Video.BeginReplacement(t.Context(), by, id, video.Begin{Name: filepath.Base(path), Size: int64(len(file)), Checksum: "c"})
	if err != nil {
		t.Fatal(err)
	}
	from := int64(0)
	for _, p := range s.Parts {
		if _, err := w.Video.PutPart(t.Context(), by, id, p.Number, bytes.NewReader(file[from:from+p.Size]), p.Size, ""); err != nil {
			t.Fatal(err)
		}
		from += p.Size
	}
	v, err := w.Video.FinishUpload(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// watching is somebody who has opened a video: she asks for playlists under the grant that she was given then.
type watching struct {
	t     *testing.T
	w     *videotest.World
	grant string
	lists []string
}

func watch(t *testing.T, w *videotest.World, id string) *watching {
	t.Helper()
	p, err := w.Video.Grant(t.Context(), "acme", id, "ada")
	if err != nil {
		t.Fatal(err)
	}
	s := &watching{t: t, w: w, grant: strings.Split(p.URL, "/")[2]}
	master, err := w.Video.Media(t.Context(), s.grant, "master.m3u8", "ada")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(master.Body)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			s.lists = append(s.lists, line)
		}
	}
	return s
}

// goesOn reads every playlist of the master playlist that she has, and every segment.
func (s *watching) goesOn() error {
	s.t.Helper()
	for _, name := range s.lists {
		list, err := s.w.Video.Media(s.t.Context(), s.grant, name, "ada")
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(list.Body)) {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			grant, name, _ := strings.Cut(strings.TrimPrefix(line, video.MediaBase), "/")
			a, err := s.w.Video.Media(s.t.Context(), grant, name, "")
			if err != nil {
				return err
			}
			r, _, err := s.w.Video.Open(s.t.Context(), a, 0, -1)
			if err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				return err
			}
			r.Close()
		}
	}
	return nil
}

// The file of a video is replaced: until the new one is ready the old one plays, whoever watches it then goes on to the
// end, captions stay and are marked because the length is another one, and the old file goes when nobody can need it.
func TestReplace(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now = c.now })
	ctx, by := t.Context(), videotest.Grace()
	id := w.Upload(t, by, videotest.Sized(t, 3, 480, 480)).ID
	process := func() video.Video {
		t.Helper()
		if err := w.Video.Process(ctx, "acme", id); err != nil {
			t.Fatal(err)
		}
		return get(t, w, id)
	}
	v := process()
	if _, err := w.Video.PutCaptions(ctx, by, id, video.Track{Kind: "captions", Lang: "en"}, "", strings.NewReader("WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n")); err != nil {
		t.Fatal(err)
	}
	first, before := v, used(t, w)
	early := watch(t, w, id)
	if v.State != video.Ready || before != v.Size {
		t.Fatalf("%s %s, %d bytes are used", v.State, v.Reason, before)
	}
	for who, c := range map[string]struct {
		by   people.Actor
		code string
	}{"a learner": {videotest.Ada(), "people.forbidden"}, "a stranger": {videotest.Strauss(), "video.not_found"}, "nobody": {people.Actor{}, "people.unsigned"}} {
		if _, err := w.Video.BeginReplacement(ctx, c.by, id, video.Begin{Name: "b.mp4", Size: 10}); !fault.Is(err, c.code) {
			t.Errorf("%s begins: %v", who, err)
		}
		if _, err := w.Video.KeepOld(ctx, c.by, id); !fault.Is(err, c.code) {
			t.Errorf("%s keeps the old one: %v", who, err)
		}
	}
	if _, err := w.Video.KeepOld(ctx, by, id); !fault.Is(err, "video.not_replacing") {
		t.Errorf("nothing is to be kept: %v", err)
	}
	path := videotest.Sized(t, 5, 640, 360)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	begun, err := w.Video.BeginReplacement(ctx, by, id, video.Begin{Name: filepath.Base(path), Size: info.Size(), Checksum: "c"})
	if err != nil || begun.Resumed {
		t.Fatal(err)
	}
	if _, err := w.Video.BeginReplacement(ctx, videotest.Guido(), id, video.Begin{Name: "b.mp4", Size: 10}); !fault.Is(err, "video.replacing") {
		t.Errorf("another author at the same time: %v", err)
	}
	if n := used(t, w); n != before+info.Size() {
		t.Errorf("%d bytes are used while it is sent, want %d", n, before+info.Size())
	}
	if list, err := w.Video.Uploads(ctx, by); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("uploads %v, %v", list, err)
	}
	v = succeed(t, w, by, id, path) // which finds what was begun
	if f, ok := v.Replacing(); v.State != video.Uploaded || !v.Playable || !ok || f.Name != "film.mp4" || v.Duration != first.Duration || v.Size != info.Size() {
		t.Fatalf("%s, playable %v, former %+v %v", v.State, v.Playable, f, ok)
	}
	if err := early.goesOn(); err != nil {
		t.Fatalf("the old one, while the new one waits: %v", err)
	}
	between := watch(t, w, id)
	if err := between.goesOn(); err != nil {
		t.Fatalf("opened while the new one waits: %v", err)
	}
	v = process()
	if v.State != video.Ready || v.Duration < 4.9 || v.Captions[0].Key == "" || !v.Captions[0].Stale || v.Poster == first.Poster || v.Poster == "" {
		t.Fatalf("%s %s, %f s, captions %+v", v.State, v.Reason, v.Duration, v.Captions)
	}
	if a := v.Accessible(); len(a.Captions) != 1 {
		t.Errorf("captions are kept from learners: %+v", a)
	}
	for name, s := range map[string]*watching{"before": early, "between": between} {
		if err := s.goesOn(); err != nil {
			t.Errorf("whoever has opened the old one %s: %v", name, err)
		}
	}
	late := watch(t, w, id)
	if strings.Join(late.lists, " ") == strings.Join(early.lists, " ") {
		t.Error("who opens it now gets the old one")
	}
	if err := late.goesOn(); err != nil {
		t.Error(err)
	}
	// Whoever looks after it once more finds nothing to do, until a day has passed.
	c.move(11 * time.Hour)
	process()
	if err := early.goesOn(); err != nil {
		t.Errorf("after eleven hours: %v", err)
	}
	c.move(14 * time.Hour)
	process()
	v = process()
	if len(v.Formers) != 0 || v.Due != nil || used(t, w) != info.Size() {
		t.Errorf("after a day: %+v, due %v, %d bytes are used, want %d", v.Formers, v.Due, used(t, w), info.Size())
	}
	if _, err := w.Objects.Stat(ctx, first.Source); err == nil {
		t.Error("the old file is still there")
	}
	if err := watch(t, w, id).goesOn(); err != nil {
		t.Error(err)
	}
	clean(t, w)
	// Captions that somebody has read again are marked no more.
	_, cues, err := w.Video.Cues(ctx, "acme", id, video.Track{Kind: "captions", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	for _, checked := range []bool{false, true} {
		made, _, err := w.Video.Save(ctx, by, id, video.Track{Kind: "captions", Lang: "en"}, "", cues, checked)
		if err != nil || made.Stale == checked {
			t.Errorf("saved, checked %v: %+v, %v", checked, made, err)
		}
	}
}

// A file that is no video does not take the place of one that is, and the old one can be kept at every stage.
func TestKeepOld(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now, v.Abandon = c.now, 48*time.Hour })
	ctx, by := t.Context(), videotest.Grace()
	id := w.Upload(t, by, videotest.Short(t, 2)).ID
	process := func() video.Video {
		t.Helper()
		for range 2 {
			if err := w.Video.Process(ctx, "acme", id); err != nil {
				t.Fatal(err)
			}
		}
		return get(t, w, id)
	}
	first := process()
	bad := filepath.Join(t.TempDir(), "bad.mp4")
	if err := os.WriteFile(bad, bytes.Repeat([]byte("no video "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	s := watch(t, w, id)
	same := func(what string) {
		t.Helper()
		c.move(25 * time.Hour) // what is dropped stays a day
		v := process()
		if v.State != video.Ready || v.Name != first.Name || v.Size != first.Size || v.Source != first.Source || v.Playable != true || len(v.Renditions) != len(first.Renditions) || v.Next != nil || len(v.Formers) != 0 {
			t.Errorf("%s: %s %s, %+v", what, v.State, v.Reason, v)
		}
		if n := used(t, w); n != first.Size {
			t.Errorf("%s: %d bytes are used, want %d", what, n, first.Size)
		}
		if err := watch(t, w, id).goesOn(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for u := range w.Objects.Uploads(ctx, first.Source) {
			t.Errorf("%s: an upload is left: %v", what, u)
		}
		clean(t, w)
	}
	succeed(t, w, by, id, bad)
	if v := process(); v.State != video.Failed || v.Reason != "video.not_a_video" || !v.Playable {
		t.Fatalf("%s %s, playable %v", v.State, v.Reason, v.Playable)
	}
	if err := s.goesOn(); err != nil {
		t.Error(err)
	}
	// One more file, over the failed one: what plays is still the first one's.
	succeed(t, w, by, id, bad)
	process()
	if _, err := w.Video.KeepOld(ctx, videotest.Guido(), id); err != nil {
		t.Fatal(err)
	}
	same("after two that failed")

	succeed(t, w, by, id, bad)
	if _, err := w.Video.KeepOld(ctx, by, id); err != nil {
		t.Fatal(err)
	}
	same("while it waits")

	if _, err := w.Video.BeginReplacement(ctx, by, id, video.Begin{Name: "b.mp4", Size: 10}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.KeepOld(ctx, videotest.Guido(), id); err != nil {
		t.Fatal(err)
	}
	same("while it is sent")

	for _, who := range []people.Actor{by, videotest.Guido()} { // videos are the town's
		if _, err := w.Video.BeginReplacement(ctx, by, id, video.Begin{Name: "b.mp4", Size: 10}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Video.PutPart(ctx, videotest.Guido(), id, 1, strings.NewReader("0123456789"), 10, ""); !fault.Is(err, "video.not_yours") {
			t.Errorf("another author sends a part: %v", err)
		}
		if err := w.Video.CancelUpload(ctx, who, id); err != nil {
			t.Fatal(err)
		}
		same("cancelled")
	}

	if _, err := w.Video.BeginReplacement(ctx, by, id, video.Begin{Name: "b.mp4", Size: 10}); err != nil {
		t.Fatal(err)
	}
	c.move(49 * time.Hour)
	same("abandoned")
}

// A video that is deleted while another file is being sent for it leaves nothing: no upload to go on with, no part, no room.
func TestDeleteWhileReplaced(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now = c.now; v.Encoder = sized{v.Encoder, func(int64) {}} })
	ctx, by := t.Context(), videotest.Grace()
	id := film(t, w, by, 100).ID
	if err := w.Video.Process(ctx, "acme", id); err != nil { // it fails
		t.Fatal(err)
	}
	s, err := w.Video.BeginReplacement(ctx, by, id, video.Begin{Name: "b.mp4", Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.PutPart(ctx, by, id, 1, strings.NewReader("0123456789"), 10, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Delete(ctx, by, id); err != nil {
		t.Fatal(err)
	}
	if list, err := w.Video.Uploads(ctx, by); err != nil || len(list) != 0 {
		t.Errorf("uploads %v, %v", list, err)
	}
	if _, err := w.Video.FinishUpload(ctx, by, id); !fault.Is(err, "video.not_found") {
		t.Errorf("finished: %v", err)
	}
	c.move(time.Minute)
	if err := w.Video.Process(ctx, "acme", id); err != nil {
		t.Fatal(err)
	}
	for u := range w.Objects.Uploads(ctx, s.Video.Next.Source) {
		t.Errorf("an upload is left: %v", u)
	}
	if n := used(t, w); n != 0 {
		t.Errorf("%d bytes are used", n)
	}
	clean(t, w)
}
