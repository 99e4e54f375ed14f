package video_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/video"
	"palestra/video/videotest"
)

// broken is an encoder that refuses to encode pieces of a rendition.
type broken struct {
	*counting
	name string
	on   bool
}

func (b *broken) Encode(ctx context.Context, j video.Job, progress func(float64)) error {
	if b.on && j.Outputs[0].Name == b.name {
		return fault.New(fault.Unsupported, "video.too_slow", "this video takes too long to process")
	}
	return b.counting.Encode(ctx, j, progress)
}

// What fails says why and where; Retry goes on there, and nothing that was done is done again.
func TestRetryResumes(t *testing.T) {
	t.Parallel()
	b := &broken{counting: &counting{pieces: map[string]int{}}, name: "480p", on: true}
	w := videotest.New(t, func(c *video.Config) { b.Encoder, c.Encoder = c.Encoder, b })
	id := w.Upload(t, videotest.Grace(), videotest.Make(t, "film.mp4", "-f", "lavfi", "-i", "testsrc2=size=480x480:rate=10:duration=26",
		"-f", "lavfi", "-i", "sine=duration=26", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p", "-c:a", "aac")).ID
	process := func() video.Video {
		if err := w.Video.Process(t.Context(), "acme", id); err != nil {
			t.Fatal(err)
		}
		return get(t, w, id)
	}
	v := process()
	if st := stageOf(v, "ladder"); v.State != video.Failed || v.Reason != "video.too_slow" || st.State != video.StageFailed || st.Error == "" || st.Attempts != 1 {
		t.Fatalf("got %s %s, %+v", v.State, v.Reason, v.Stages)
	}
	if st := stageOf(v, "first"); st.State != video.StageDone || st.Seconds <= 0 || st.Began == nil || st.Ended == nil || st.Attempts != st.Parts {
		t.Errorf("the stage before: %+v", st)
	}
	if !v.Playable || len(v.Renditions) != 1 {
		t.Errorf("what was published plays on: %v, %+v", v.Playable, v.Renditions)
	}
	clean(t, w)
	first := b.pieces["360p 0"]
	b.on = false
	if _, err := w.Video.Retry(t.Context(), videotest.Grace(), id); err != nil {
		t.Fatal(err)
	}
	v = process()
	if v.State != video.Ready || v.Reason != "" || len(v.Renditions) != 2 || b.pieces["360p 0"] != first || first != 1 {
		t.Errorf("after Retry: %s %s, %d renditions, pieces %v", v.State, v.Reason, len(v.Renditions), b.pieces)
	}
	if st := stageOf(v, "probe"); st.Attempts != 1 {
		t.Errorf("probed again: %+v", st)
	}
	clean(t, w)
}

// Documents of the form before are read: what is ready stays, what was in work is done again.
func TestOldForm(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	id := w.Upload(t, videotest.Grace(), videotest.Short(t, 3)).ID
	if err := w.Video.Age(t.Context(), "acme", id, []video.Stage{{Name: "examine"}, {Name: "poster"}, {Name: "first"}}); err != nil {
		t.Fatal(err)
	}
	w.Start(t)
	v := w.Settled(t, "acme", id)
	if v.State != video.Ready || len(v.Stages) != 8 || v.Form != 2 {
		t.Fatalf("got %s %s, %+v", v.State, v.Reason, v.Stages)
	}
	clean(t, w)
	before := v.Renditions
	if err := w.Video.Age(t.Context(), "acme", id, []video.Stage{{Name: "examine"}, {Name: "poster"}, {Name: "first"}}); err != nil {
		t.Fatal(err)
	}
	if v = get(t, w, id); v.State != video.Ready || v.Stages[2].State != video.StageDone || cmp.Diff(before, v.Renditions) != "" {
		t.Errorf("a ready one: %s, %+v", v.State, v.Stages)
	}
	clean(t, w)
}

// Forty videos of one author do not keep another one waiting for hers.
func TestFairness(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var order []int64
	sc := &script{}
	w := videotest.New(t, func(c *video.Config) {
		c.Encoder = sized{sc, func(size int64) { mu.Lock(); order = append(order, size); mu.Unlock() }}
	})
	for range 40 {
		film(t, w, videotest.Grace(), 100)
	}
	film(t, w, videotest.Guido(), 200)
	film(t, w, videotest.Strauss(), 300) // of another town
	film(t, w, videotest.Guido(), 201)
	if err := w.Video.Hands(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(order) != 43 {
		t.Fatalf("%d of 43 were examined", len(order))
	}
	if diff := cmp.Diff([]int64{100, 200, 300, 100, 201}, order[:5]); diff != "" {
		t.Errorf("the order is %v\n%s", order, diff)
	}
}

// sized is an encoder that tells how large each file is, and refuses it.
type sized struct {
	video.Encoder
	saw func(int64)
}

func (s sized) Examine(_ context.Context, in video.Input) (video.Found, error) {
	info, err := os.Stat(in.Path)
	if err != nil {
		return video.Found{}, err
	}
	s.saw(info.Size())
	return video.Found{}, fault.New(fault.Unsupported, "video.no_picture", "only sound")
}

// Text tracks in a file come out as captions, with the same cues.
func TestTextTracksAreKept(t *testing.T) {
	t.Parallel()
	srt := "1\n00:00:00,500 --> 00:00:01,250\nGrüß Gott\n\n2\n00:00:01,500 --> 00:00:02,500\nZwei\nZeilen\n"
	words := t.TempDir() + "/words.srt"
	if err := os.WriteFile(words, []byte(srt), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, codec string }{{"matroska", "a.mkv", "srt"}, {"mp4", "a.mp4", "mov_text"}} {
		t.Run(c.name, func(t *testing.T) {
			w := videotest.New(t, nil)
			w.Start(t)
			v := w.Ready(t, videotest.Grace(), videotest.Make(t, c.file, "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=4", "-i", words, "-i", words,
				"-map", "0", "-map", "1", "-map", "2", "-metadata:s:s:0", "language=ger", "-metadata:s:s:1", "language=eng", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:s", c.codec))
			if len(v.Captions) != 2 || v.Captions[0].Lang != "de" || v.Captions[1].Lang != "en" || v.Captions[0].From != video.FromFile {
				t.Fatalf("captions %+v; %+v", v.Captions, v.Stages)
			}
			_, cues, err := w.Video.Cues(t.Context(), "acme", v.ID, video.Track{Kind: "captions", Lang: "de"})
			if err != nil || len(cues) != 2 {
				t.Fatalf("%v, %v", cues, err)
			}
			if got, want := fmt.Sprintf("%v %v %s, %v %v %s", cues[0].Start, cues[0].End, cues[0].Text, cues[1].Start, cues[1].End, cues[1].Text), "500ms 1.25s Grüß Gott, 1.5s 2.5s Zwei\nZeilen"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			clean(t, w)
		})
	}
}

// The storyboard has a picture for each segment.
func TestStoryboard(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	w.Start(t)
	v := w.Ready(t, videotest.Grace(), videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=30", "-c:v", "libx264", "-pix_fmt", "yuv420p"))
	b := v.Storyboard
	if b == nil || len(b.Sheets) != 1 || b.Count != 8 || b.Every != 4 || b.Width != 120 || b.Height != 90 {
		t.Fatalf("got %+v", b)
	}
	r, _, err := w.Objects.Get(t.Context(), b.Sheets[0], 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sheet, err := io.ReadAll(r)
	if err != nil || string(sheet[:2]) != "\xff\xd8" {
		t.Errorf("the sheet is no JPEG: %v", err)
	}
}

// The operator lets a video wait, go on, end and begin again; authors may not.
func TestOperator(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, func(c *video.Config) {
		c.Worker = "one"
		c.Encoder = sized{c.Encoder, func(int64) {}}
	})
	operator := people.Actor{Person: "olga", Operator: true, Session: "s-olga"}
	ctx, id := t.Context(), film(t, w, videotest.Grace(), 100).ID
	if _, err := w.Video.Pause(ctx, videotest.Grace(), "acme", id, true); !fault.Is(err, "people.forbidden") {
		t.Errorf("an author: %v", err)
	}
	if _, err := w.Video.Jobs(ctx, videotest.Grace(), false, "", 0); !fault.Is(err, "people.forbidden") {
		t.Errorf("an author: %v", err)
	}
	if v, err := w.Video.Pause(ctx, operator, "acme", id, true); err != nil || !v.Paused {
		t.Fatalf("%v, %v", v.Paused, err)
	}
	process := func() video.Video {
		if err := w.Video.Hands(ctx); err != nil {
			t.Fatal(err)
		}
		return get(t, w, id)
	}
	if v := process(); v.State != video.Uploaded || v.Due != nil {
		t.Errorf("a paused one is %s, due %v", v.State, v.Due)
	}
	list, err := w.Video.Jobs(ctx, operator, false, "", 0)
	if err != nil || len(list.Docs) != 1 || list.Docs[0].Org != "acme" || list.Docs[0].Video.ID != id {
		t.Errorf("jobs %+v, %v", list, err)
	}
	if _, err := w.Video.Pause(ctx, operator, "acme", id, false); err != nil {
		t.Fatal(err)
	}
	if l, err := w.Video.Line(ctx, operator); err != nil || l.Waiting != 1 || l.Oldest.IsZero() || l.States[video.Uploaded] != 1 || l.Total == 0 {
		t.Errorf("line %+v, %v", l, err)
	}
	if v, err := w.Video.Cancel(ctx, operator, "acme", id); err != nil || v.State != video.Failed || v.Reason != "video.cancelled" {
		t.Fatalf("%s %s, %v", v.State, v.Reason, err)
	}
	if v := process(); v.State != video.Failed || len(v.Stages) != 0 {
		t.Errorf("a cancelled one is %s, %+v", v.State, v.Stages)
	}
	if list, err := w.Video.Jobs(ctx, operator, true, "", 0); err != nil || len(list.Docs) != 1 {
		t.Errorf("failed ones %+v, %v", list, err)
	}
	if _, err := w.Video.Cancel(ctx, operator, "acme", id); !fault.Is(err, "video.not_in_work") {
		t.Errorf("cancelled twice: %v", err)
	}
	if _, err := w.Video.RetryAs(ctx, operator, "acme", id); err != nil {
		t.Fatal(err)
	}
	if v := process(); v.State != video.Failed || v.Reason != "video.no_picture" {
		t.Errorf("after Retry %s %s", v.State, v.Reason)
	}
	if _, err := w.Video.Pause(ctx, operator, "other", id, true); !fault.Is(err, "video.not_found") {
		t.Errorf("in another town: %v", err)
	}
	clean(t, w)
}

// Who sends a file that the town has already may take the video that is there; another town's is nobody's business.
func TestSameFile(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, func(c *video.Config) { c.Encoder = sized{c.Encoder, func(int64) {}} })
	begin := func(by people.Actor, size int64, sum string, reuse bool) video.Session {
		t.Helper()
		s, err := w.Video.BeginUpload(t.Context(), by, video.Begin{Name: "a.mp4", Size: size, Checksum: sum, Reuse: reuse})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := begin(videotest.Grace(), 100, "x", true)
	if first.Same || begin(videotest.Guido(), 100, "x", true).Same {
		t.Error("an upload that is not finished is no video")
	}
	if _, err := w.Video.PutPart(t.Context(), videotest.Grace(), first.Video.ID, 1, strings.NewReader(strings.Repeat("x", 100)), 100, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.FinishUpload(t.Context(), videotest.Grace(), first.Video.ID); err != nil {
		t.Fatal(err)
	}
	if s := begin(videotest.Grace(), 100, "x", true); !s.Same || s.Video.ID != first.Video.ID || len(s.Parts) != 0 {
		t.Errorf("the same file: %+v", s)
	}
	for name, s := range map[string]video.Session{
		"not wanted": begin(videotest.Grace(), 100, "x", false), "another size": begin(videotest.Grace(), 101, "x", true),
		"another sum": begin(videotest.Grace(), 100, "y", true), "another town": begin(videotest.Strauss(), 100, "x", true), "no sum": begin(videotest.Grace(), 100, "", true),
	} {
		if s.Same {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if err := w.Video.Process(t.Context(), "acme", first.Video.ID); err != nil { // it fails
		t.Fatal(err)
	}
	if s := begin(videotest.Grace(), 100, "x", true); s.Same {
		t.Error("a failed video is offered")
	}
}
