package video_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/video"
	"palestra/video/caption"
	"palestra/video/videotest"
)

// hand writes down what it is told, as often as it is asked.
type hand struct {
	says  string
	err   error
	asked int
	on    func()
}

func (h *hand) Listen(_ context.Context, path, _, lang string, length time.Duration) ([]byte, error) {
	h.asked++
	if info, err := os.Stat(path); err != nil || info.Size() == 0 || lang == "" || length <= 0 {
		return nil, errors.New("nothing to listen to")
	}
	if h.on != nil {
		h.on()
	}
	return []byte(h.says), h.err
}

const draft = "WEBVTT\n\n00:00.000 --> 00:02.000\n[music]\n\n00:02.000 --> 00:05.500\nThe list of fences <script>alert(1)</script>\n\n00:59.000 --> 01:02.000\nThank you for watching\n"

// Captions that a machine writes are a draft: marked, left out of what a video needs, kept from replacing what a person
// has written, and counted when a person has read them.
func TestTranscribe(t *testing.T) {
	t.Parallel()
	h := &hand{says: draft}
	w := videotest.New(t, func(c *video.Config) {
		c.Scribe, c.Scribes, c.Chime, c.Pause = h, true, nil, time.Millisecond
	})
	grace := videotest.Grace()
	v := w.Send(t, grace, videotest.Sized(t, 6, 320, 180)).Video
	if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", false); !fault.Is(err, "video.not_playable") {
		t.Errorf("while it is sent: %v", err)
	}
	if _, err := w.Video.FinishUpload(t.Context(), grace, v.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.SetAccess(t.Context(), grace, v.ID, video.Access{Lang: "en", Undescribed: "A tone."}); err != nil {
		t.Fatal(err)
	}
	for who, by := range map[string]people.Actor{"a learner": videotest.Ada(), "a stranger": videotest.Strauss(), "nobody": {}} {
		_, err := w.Video.Transcribe(t.Context(), by, v.ID, "en", false)
		_, _, lerr := w.Video.Transcribing(t.Context(), by, v.ID, "en")
		for _, err := range []error{err, lerr} {
			if k := fault.KindOf(err); k != fault.Forbidden && k != fault.NotFound && k != fault.Unsigned {
				t.Errorf("%s: %v", who, err)
			}
		}
	}
	for _, lang := range []string{"", "../x", "--help", "xx yy"} {
		if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, lang, false); !fault.Is(err, "video.language_invalid") {
			t.Errorf("%q: %v", lang, err)
		}
	}
	for range 2 { // twice is once
		if task, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", false); err != nil || task.State != video.TaskWaits {
			t.Fatalf("got %+v, %v", task, err)
		}
	}
	work := func() {
		t.Helper()
		time.Sleep(20 * time.Millisecond)
		if err := w.Video.DoTask(t.Context(), "acme", v.ID+"."+video.TaskSpeech+".en"); err != nil {
			t.Fatal(err)
		}
	}
	h.err = errors.New("not now") // an accident: it is tried again
	work()
	if task, may, err := w.Video.Transcribing(t.Context(), grace, v.ID, "en"); err != nil || task.State != video.TaskWaits || !may {
		t.Errorf("after an accident: %+v, %v", task, err)
	}
	h.err = nil
	work()
	work() // done already
	if h.asked != 2 {
		t.Errorf("it listened %d times", h.asked)
	}
	track := video.Track{Kind: caption.Captions, Lang: "en"}
	c, cues, err := w.Video.Captions(t.Context(), grace, v.ID, track)
	if err != nil || !c.Unchecked || c.From != video.FromSpeech || len(cues) != 2 || strings.Contains(string(caption.VTT(cues)), "<script") {
		t.Fatalf("got %+v, %+v, %v", c, cues, err)
	}
	lacks := func() string { return strings.Join(a(get(t, w, v.ID)).Lacks, " ") }
	if l := lacks(); !strings.Contains(l, video.LacksCheck) {
		t.Errorf("unread, the video lacks %q", l)
	}
	p, err := w.Video.Grant(t.Context(), "acme", v.ID, "s")
	if err != nil || len(p.Captions) != 1 || !p.Captions[0].Unchecked {
		t.Errorf("players get %+v, %v", p.Captions, err)
	}
	if files, err := w.Video.Files(t.Context(), "acme", v.ID, "s"); err != nil || len(files) != 2 {
		t.Errorf("along goes %+v, %v", files, err)
	}
	// Saved without having been read it is a draft still; a machine may write another one over it.
	if c, _, err = w.Video.Save(t.Context(), grace, v.ID, track, c.Tag(), []caption.Cue{{Start: 0, End: 5 * time.Second, Text: "The list of fences"}}, false); err != nil || !c.Unchecked {
		t.Errorf("saved: %+v, %v", c, err)
	}
	if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", false); err != nil {
		t.Fatal(err)
	}
	// While the machine listens, somebody reads and checks: hers stays.
	h.on = func() {
		if _, _, err := w.Video.Save(t.Context(), grace, v.ID, track, "", []caption.Cue{{Start: 0, End: 5900 * time.Millisecond, Text: "The list of fences, checked"}}, true); err != nil {
			t.Error(err)
		}
	}
	work()
	h.on = nil
	if c, cues, err = w.Video.Captions(t.Context(), grace, v.ID, track); err != nil || c.Unchecked || !strings.Contains(cues[0].Text, "checked") {
		t.Errorf("hers: %+v, %+v, %v", c, cues, err)
	}
	if l := lacks(); strings.Contains(l, video.LacksCheck) {
		t.Errorf("read, the video lacks %q", l)
	}
	if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", false); !fault.Is(err, "video.captions_there") {
		t.Errorf("over what somebody has checked: %v", err)
	}
	if _, may, err := w.Video.Transcribing(t.Context(), grace, v.ID, "en"); err != nil || may {
		t.Errorf("may it: %v, %v", may, err)
	}
	if missing, orphans, err := w.Video.CheckObjects(t.Context(), "acme"); err != nil || len(missing)+len(orphans) > 0 {
		t.Errorf("missing %v, orphans %v, %v", missing, orphans, err)
	}
}

func a(v video.Video) video.Accessible { return v.Accessible() }

// What was heard of a file that was replaced meanwhile is not filed beside the new one.
func TestTranscribeAnotherFile(t *testing.T) {
	t.Parallel()
	h := &hand{says: draft}
	w := videotest.New(t, func(c *video.Config) { c.Scribe, c.Scribes, c.Chime, c.Pause = h, true, nil, time.Millisecond })
	grace := videotest.Grace()
	v := w.Upload(t, grace, videotest.Sized(t, 6, 320, 180))
	if err := w.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", false); err != nil {
		t.Fatal(err)
	}
	back := ""
	h.on = func() {
		var err error
		if back, err = w.Video.OtherSound(t.Context(), "acme", v.ID, "another"); err != nil {
			t.Error(err)
		}
	}
	if err := w.Video.DoTask(t.Context(), "acme", v.ID+"."+video.TaskSpeech+".en"); err != nil {
		t.Fatal(err)
	}
	if task, _, err := w.Video.Transcribing(t.Context(), grace, v.ID, "en"); err != nil || task.State != video.TaskWaits {
		t.Errorf("got %+v, %v", task, err)
	}
	if _, _, err := w.Video.Captions(t.Context(), grace, v.ID, in("en")); !fault.Is(err, "video.no_captions") {
		t.Errorf("filed: %v", err)
	}
	h.on = nil
	if _, err := w.Video.OtherSound(t.Context(), "acme", v.ID, back); err != nil {
		t.Fatal(err)
	}
	videotest.Eventually(t, "it listens again", func() bool {
		if err := w.Video.DoTask(t.Context(), "acme", v.ID+"."+video.TaskSpeech+".en"); err != nil {
			t.Fatal(err)
		}
		_, _, err := w.Video.Captions(t.Context(), grace, v.ID, in("en"))
		return err == nil
	})
}

// Whatever the program writes: captions or a reason, and never an accident.
func TestTranscribeHostile(t *testing.T) {
	t.Parallel()
	h := &hand{}
	w := videotest.New(t, func(c *video.Config) { c.Scribe, c.Scribes, c.Chime, c.Pause = h, true, nil, time.Millisecond })
	grace := videotest.Grace()
	v := w.Upload(t, grace, videotest.Sized(t, 6, 320, 180))
	if err := w.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ says, code string }{
		"nothing":           {"", "video.captions_empty"},
		"no captions":       {"WEBVTT\n", "video.captions_empty"},
		"noise":             {"\x00\xff\x7fELF" + strings.Repeat("\x01", 1000), "video.captions_invalid"},
		"huge":              {"WEBVTT\n\n00:00.000 --> 00:01.000\n" + strings.Repeat("x", video.MaxCaptions), "video.captions_too_large"},
		"behind the end":    {"WEBVTT\n\n10:00.000 --> 11:00.000\nThank you for watching\n", "video.captions_empty"},
		"backwards":         {"WEBVTT\n\n00:05.000 --> 00:01.000\nx\n", "video.captions_invalid"},
		"a page":            {"<!doctype html><script>alert(1)</script>", "video.captions_invalid"},
		"styles in between": {"WEBVTT\n\nSTYLE\n::cue { background: url(http://evil.example) }\n\n00:00.000 --> 00:01.000\nx\n", ""},
	} {
		h.says = c.says
		if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", true); err != nil {
			t.Fatal(err)
		}
		if err := w.Video.DoTask(t.Context(), "acme", v.ID+"."+video.TaskSpeech+".en"); err != nil {
			t.Fatal(err)
		}
		task, _, err := w.Video.Transcribing(t.Context(), grace, v.ID, "en")
		if err != nil || task.Reason != c.code || (c.code == "") != (task.State == "") {
			t.Errorf("%s: %+v, %v", name, task, err)
		}
		if c.code == "" {
			if _, cues, err := w.Video.Captions(t.Context(), grace, v.ID, in("en")); err != nil || strings.Contains(string(caption.VTT(cues)), "evil") {
				t.Errorf("%s: %+v, %v", name, cues, err)
			}
			if err := w.Video.DeleteCaptions(t.Context(), grace, v.ID, in("en")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := videotest.New(t, nil).Video.Transcribe(t.Context(), grace, "none", "en", false); !fault.Is(err, "video.not_found") {
		t.Errorf("no such video: %v", err)
	}
}

// A worker that dies while it listens is followed by another one; one that is told to stop puts the work down.
func TestTranscribeAfterADeath(t *testing.T) {
	t.Parallel()
	h := &hand{says: draft}
	w := videotest.New(t, func(c *video.Config) {
		c.Scribe, c.Scribes, c.Chime, c.Pause, c.Lease = h, true, nil, time.Millisecond, 300*time.Millisecond
	})
	grace := videotest.Grace()
	v := w.Upload(t, grace, videotest.Sized(t, 6, 320, 180))
	if err := w.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	id := v.ID + "." + video.TaskSpeech + ".en"
	if _, err := w.Video.Transcribe(t.Context(), grace, v.ID, "en", false); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h.on, h.err = stop, context.Canceled // told to stop in the middle
	if err := w.Video.DoTask(ctx, "acme", id); err != nil {
		t.Fatal(err)
	}
	task, _, err := w.Video.Transcribing(t.Context(), grace, v.ID, "en")
	if err != nil || task.State != video.TaskWaits || task.Attempts != 0 {
		t.Errorf("told to stop: %+v, %v", task, err)
	}
	// Another process has it and has died: the document says so, until its lease has run out.
	h.on, h.err = nil, nil
	if err := w.Video.HoldTask(t.Context(), "acme", id, "dead"); err != nil {
		t.Fatal(err)
	}
	if err := w.Video.DoTask(t.Context(), "acme", id); err != nil || h.asked != 1 {
		t.Errorf("while it is held: asked %d times, %v", h.asked, err)
	}
	videotest.Eventually(t, "the lease runs out", func() bool {
		if err := w.Video.DoTask(t.Context(), "acme", id); err != nil {
			t.Fatal(err)
		}
		return h.asked == 2
	})
	if c, _, err := w.Video.Captions(t.Context(), grace, v.ID, in("en")); err != nil || !c.Unchecked {
		t.Errorf("got %+v, %v", c, err)
	}
}
