package video_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/videotest"
)

// probe asks ffprobe about a file.
func probe(t *testing.T, file string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", append([]string{"-v", "error", "-of", "csv=p=0"}, append(args, file)...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// What somebody keeps of a video is a whole film with picture and sound, whose size is known before it is put together, for
// the session that asked and for some hours.
func TestTakeAlong(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := videotest.New(t, func(v *video.Config) { v.Now = c.now })
	id := w.Upload(t, videotest.Grace(), videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=21", "-f", "lavfi", "-i", "sine=frequency=440:duration=21", "-shortest")).ID
	if _, err := w.Video.Files(t.Context(), "acme", id, "s"); !fault.Is(err, "video.not_playable") {
		t.Errorf("too early: %v", err)
	}
	if err := w.Video.Process(t.Context(), "acme", id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.PutCaptions(t.Context(), videotest.Grace(), id, in("de"), "", strings.NewReader("WEBVTT\n\n00:00.000 --> 00:05.900\nEin Ton\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Video.Files(t.Context(), "other", id, "s"); !fault.Is(err, "video.not_found") {
		t.Errorf("a stranger: %v", err)
	}
	files, err := w.Video.Files(t.Context(), "acme", id, "s")
	if err != nil || len(files) != 4 {
		t.Fatalf("got %+v, %v", files, err)
	}
	for _, f := range files {
		parts := strings.SplitN(strings.TrimPrefix(f.URL, video.MediaBase), "/", 2)
		a, err := w.Video.Media(t.Context(), parts[0], parts[1], "s")
		if err != nil || !a.Keep {
			t.Fatalf("%s: %+v, %v", f.Name, a, err)
		}
		if _, err := w.Video.Media(t.Context(), parts[0], parts[1], "other"); !fault.Is(err, "video.grant_of_another") {
			t.Errorf("%s for another session: %v", f.Name, err)
		}
		for _, wrong := range []string{"take/source", "take/", "video.mp4", "master.m3u8", "take/captions-fr.vtt", "take/captions-de.exe", "take/../a", "take/captions-"} {
			if _, err := w.Video.Media(t.Context(), parts[0], wrong, "s"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", wrong, err)
			}
		}
		if f.What == "captions" {
			if !bytes.Contains(a.Body, []byte("Ein Ton")) || (f.Format == "srt") != bytes.Contains(a.Body, []byte("00:00:05,900")) {
				t.Errorf("%s: %s", f.Name, a.Body)
			}
			continue
		}
		r, err := a.Stream(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || int64(len(b)) != a.Size || a.Size != f.Bytes {
			t.Fatalf("%s: %d bytes, %d and %d were told, %v", f.Name, len(b), a.Size, f.Bytes, err)
		}
		file := filepath.Join(t.TempDir(), f.Name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"video": "h264,video\naac,audio", "sound": "aac,audio"}[f.What]
		if got := probe(t, file, "-show_entries", "stream=codec_name,codec_type"); got != want {
			t.Errorf("%s has %q", f.Name, got)
		}
		if s, err := strconv.ParseFloat(probe(t, file, "-show_entries", "format=duration"), 64); err != nil || s < 20.9 || s > 21.2 {
			t.Errorf("%s lasts %v s, %v", f.Name, s, err)
		}
		if f.What == "video" {
			if n := probe(t, file, "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames"); n != "525" {
				t.Errorf("%s frames", n)
			}
		}
		out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "warning", "-xerror", "-i", file, "-f", "null", "-").CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s does not decode cleanly: %v, %s", f.Name, err, out)
		}
	}
	// A silent film has a picture only; captions that nobody has read are not given along.
	silent := w.Upload(t, videotest.Grace(), videotest.Make(t, "b.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2")).ID
	if err := w.Video.Process(t.Context(), "acme", silent); err != nil {
		t.Fatal(err)
	}
	if files, err = w.Video.Files(t.Context(), "acme", silent, "s"); err != nil || len(files) != 1 {
		t.Errorf("silent: %+v, %v", files, err)
	}
	// The address ends.
	parts := strings.SplitN(strings.TrimPrefix(files[0].URL, video.MediaBase), "/", 2)
	c.ms.Add(25 * 3600 * 1000)
	if _, err := w.Video.Media(t.Context(), parts[0], parts[1], "s"); !fault.Is(err, "video.grant_expired") {
		t.Errorf("a day later: %v", err)
	}
}
