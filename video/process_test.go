package video_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/videotest"
)

// From the author's file to something that plays, lowest first, with nothing left over.
func TestProcess(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	w.Start(t)
	v := w.Upload(t, videotest.Grace(), videotest.Sized(t, 9, 1280, 720))
	if v.State != video.Uploaded || v.Playable {
		t.Errorf("after the upload it is %s, playable %v", v.State, v.Playable)
	}
	last, playedEarly := 0, false
	videotest.Eventually(t, "the end of the processing", func() bool {
		got, err := w.Video.Get(t.Context(), "acme", v.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Percent < last {
			t.Errorf("the percentage fell from %d to %d", last, got.Percent)
		}
		last = got.Percent
		if got.State == video.Processing && got.Playable && !playedEarly {
			playedEarly = true
			if len(got.Renditions) != 1 || got.Renditions[0].Name != "360p" || got.Sound == nil {
				t.Errorf("first playable with %+v and sound %v", got.Renditions, got.Sound)
			}
		}
		return got.State == video.Ready || got.State == video.Failed
	})
	v = w.Settled(t, "acme", v.ID)
	if v.State != video.Ready || v.Percent != 100 || !v.Playable || v.Due != nil || v.Lease != "" {
		t.Fatalf("it ended %s (%s) %d %%, %+v", v.State, v.Reason, v.Percent, v.Stages)
	}
	if !playedEarly {
		t.Error("it was never playable while the ladder was built")
	}
	var names []string
	for _, r := range v.Renditions {
		names = append(names, r.Name)
		if r.Bandwidth < 10_000 || r.Average > r.Bandwidth || !strings.HasPrefix(r.Codecs, "avc1.") || r.Objects != 5 {
			t.Errorf("rendition %+v", r)
		}
	}
	if got := strings.Join(names, " "); got != "360p 720p" {
		t.Errorf("renditions are %s", got)
	}
	if v.Duration < 8.9 || v.Duration > 9.1 || v.Width != 1280 || v.Height != 720 || v.Poster == "" {
		t.Errorf("examined: %v s, %d × %d, poster %q", v.Duration, v.Width, v.Height, v.Poster)
	}
	clean(t, w)
	if err := w.Video.Delete(t.Context(), videotest.Grace(), v.ID); err != nil {
		t.Fatal(err)
	}
	videotest.Eventually(t, "everything of the deleted video is gone", func() bool {
		orphans, _ := w.Orphans(t, "acme")
		return len(orphans) == 0
	})
	if _, err := w.Video.Get(t.Context(), "acme", v.ID); !fault.Is(err, "video.not_found") {
		t.Errorf("a deleted video: %v", err)
	}
}

// clean checks that the objects are what the documents name, and that no files in work are left.
func clean(t *testing.T, w *videotest.World) {
	t.Helper()
	var orphans, missing, left []string
	var err error
	// The document is settled a moment before the hands have put their things away.
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		orphans, missing = w.Orphans(t, "acme")
		left, err = filepath.Glob(filepath.Join(w.Config.Temp.Path(), "*"))
		if err != nil || len(orphans)+len(missing)+len(left) == 0 {
			break
		}
	}
	if len(orphans)+len(missing) > 0 {
		t.Errorf("orphans %v, missing %v", orphans, missing)
	}
	if err != nil || len(left) > 0 {
		t.Errorf("files in work are left: %v, %v", left, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, func(c *video.Config) { c.MaxDuration = time.Minute })
	w.Start(t)
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(videotest.Make(t, "fast.mp4", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=20", "-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"playlist", file("a.mp4", "#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"), "video.not_a_video"},
		{"sound only", videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "sine=duration=2"), "video.no_picture"},
		{"too long", videotest.Make(t, "long.mp4", "-f", "lavfi", "-i", "color=size=64x64:rate=1:duration=70"), "video.too_long"},
		{"ends early", file("cut.mp4", string(whole[:len(whole)/3])), "video.truncated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := w.Settled(t, "acme", w.Upload(t, videotest.Grace(), c.path).ID)
			if v.State != video.Failed || v.Reason != c.want {
				t.Errorf("got %s %s, want failed %s; %+v", v.State, v.Reason, c.want, v.Stages)
			}
			if v.Lease != "" {
				t.Errorf("a failed video is held by %q", v.Lease)
			}
		})
	}
	t.Run("silent", func(t *testing.T) {
		v := w.Ready(t, videotest.Grace(), videotest.Make(t, "silent.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=3"))
		if v.Sound != nil || len(v.Renditions) != 1 || v.Renditions[0].Name != "240p" {
			t.Errorf("got %+v, sound %v", v.Renditions, v.Sound)
		}
	})
	clean(t, w)
}
