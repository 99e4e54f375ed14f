package video_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/video"
	"palestra/video/videotest"
)

// lay writes a rendition as it is stored into a folder, where ffmpeg can play it.
func lay(t *testing.T, w *videotest.World, v video.Video, r video.Rendition) string {
	t.Helper()
	dir := t.TempDir()
	prefix := "v/acme/" + v.ID + "/" + r.Folder + "/"
	for i, err := range w.Objects.List(t.Context(), prefix, "") {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := w.Objects.Get(t.Context(), i.Key, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		body.Close()
		if err := os.WriteFile(filepath.Join(dir, strings.TrimPrefix(i.Key, prefix)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "index.m3u8")
}

func tell(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, append([]string{"-v", "error"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// times returns when the packets of a playlist are decoded and shown.
func times(t *testing.T, playlist string) (shown []float64) {
	t.Helper()
	last := math.Inf(-1)
	for line := range strings.Lines(tell(t, "ffprobe", "-allowed_extensions", "ALL", "-show_entries", "packet=dts_time,pts_time", "-of", "csv=p=0", playlist)) {
		f := strings.Split(strings.TrimSpace(line), ",")
		p, err1 := strconv.ParseFloat(f[0], 64)
		d, err2 := strconv.ParseFloat(f[1], 64)
		if err1 != nil || err2 != nil {
			t.Fatalf("packet %q", line)
		}
		if d <= last {
			t.Fatalf("decoded at %v after %v", d, last)
		}
		last = d
		shown = append(shown, p)
	}
	slices.Sort(shown)
	return shown
}

// margin is what a film that was made in pieces may be less like its source than one that was made in one go: each piece
// begins with a fresh account of its bits.
const margin = 0.01 // SSIM

// A film that is made in pieces, by several workers, is one stream: as long, with as many frames at the same times, as
// like its source and with the same sound as one that is made in one go. The source has what is hard to cut: key frames
// anywhere, pictures that refer to those of the next group, 30000/1001 frames a second, and it does not begin at zero.
func TestPieces(t *testing.T) {
	t.Parallel()
	source := videotest.Make(t, "film.ts", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=30000/1001:duration=28,hue=H=0.2*t",
		"-f", "lavfi", "-i", "sine=frequency=300:beep_factor=4:duration=28", "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "75", "-x264-params", "open-gop=1",
		"-pix_fmt", "yuv420p", "-c:a", "aac", "-muxdelay", "2", "-output_ts_offset", "5")
	process := func(change func(*video.Config)) (*videotest.World, video.Video) {
		w := videotest.New(t, change)
		w.Start(t)
		return w, w.Ready(t, videotest.Grace(), source)
	}
	var parts int
	pieces, cut := process(nil)
	parts = stageOf(cut, "first").Parts
	whole, one := process(func(c *video.Config) { c.Encoder = uncut{c.Encoder} })
	if parts < 4 || stageOf(one, "first").Parts != 2 {
		t.Fatalf("%d and %d units: this test proves nothing", parts, stageOf(one, "first").Parts)
	}
	if len(cut.Renditions) != 2 || len(one.Renditions) != 2 {
		t.Fatalf("renditions %+v and %+v", cut.Renditions, one.Renditions)
	}
	for i := range cut.Renditions {
		a, b := lay(t, pieces, cut, cut.Renditions[i]), lay(t, whole, one, one.Renditions[i])
		ta, tb := times(t, a), times(t, b)
		if len(ta) != len(tb) || len(ta) < 835 || len(ta) > 841 {
			t.Fatalf("%s: %d frames in pieces, %d in one go", cut.Renditions[i].Name, len(ta), len(tb))
		}
		for n := range ta {
			if want := float64(n) * 1001 / 30000; math.Abs(ta[n]-want) > 0.0005 || math.Abs(tb[n]-want) > 0.0005 {
				t.Fatalf("%s: frame %d is shown at %v in pieces, %v in one go, want %v", cut.Renditions[i].Name, n, ta[n], tb[n], want)
			}
		}
		if x, y := playlistOf(t, a), playlistOf(t, b); x != y {
			t.Errorf("playlists differ:\n%s\n%s", x, y)
		}
		sa, sb := alike(t, a, source), alike(t, b, source)
		t.Logf("%s: SSIM to the source %.4f in pieces, %.4f in one go", cut.Renditions[i].Name, sa, sb)
		if sa < sb-margin || sa < 0.9 {
			t.Errorf("%s: SSIM %.4f in pieces, %.4f in one go", cut.Renditions[i].Name, sa, sb)
		}
	}
	a, b := lay(t, pieces, cut, *cut.Sound), lay(t, whole, one, *one.Sound)
	for name, content := range contents(t, filepath.Dir(b)) {
		if contents(t, filepath.Dir(a))[name] != content {
			t.Errorf("sound: %s is different", name)
		}
	}
	hush := tell(t, "ffmpeg", "-allowed_extensions", "ALL", "-i", a, "-af", "silencedetect=noise=-50dB:d=0.02,ametadata=print:key=lavfi.silence_start:file=-", "-f", "null", "-")
	for _, m := range regexp.MustCompile(`silence_start=([0-9.]+)`).FindAllStringSubmatch(hush, -1) {
		if at, err := strconv.ParseFloat(m[1], 64); err != nil || at > 0.1 && at < 27.9 {
			t.Errorf("the sound is silent at %s", m[1])
		}
	}
	clean(t, pieces)
	clean(t, whole)
}

// uncut is an encoder that cannot split.
type uncut struct{ video.Encoder }

func (uncut) Split(context.Context, video.Input, string, []float64, func(video.Chunk) error) error {
	return video.ErrNotSplit
}

func stageOf(v video.Video, name string) video.Stage {
	for _, st := range v.Stages {
		if st.Name == name {
			return st
		}
	}
	return video.Stage{}
}

func playlistOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return all
}

// alike returns how like its source a rendition is.
func alike(t *testing.T, playlist, source string) float64 {
	t.Helper()
	cmd := exec.Command("ffmpeg", "-hide_banner", "-nostats", "-allowed_extensions", "ALL", "-i", playlist, "-i", source, "-filter_complex",
		"[1:v:0]fps=30000/1001:start_time=0,setpts=N[s0];[0:v:0]fps=30000/1001,setpts=N[r];[s0][r]scale2ref[s][q];[q][s]ssim", "-f", "null", "-")
	out, err := cmd.CombinedOutput()
	m := regexp.MustCompile(`All:([0-9.]+)`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("ssim: %v\n%s", err, out)
	}
	f, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// counting counts what is encoded.
type counting struct {
	video.Encoder
	mu     sync.Mutex
	pieces map[string]int // guarded by mu; by rendition and first segment
}

func (c *counting) Encode(ctx context.Context, j video.Job, progress func(float64)) error {
	c.mu.Lock()
	c.pieces[fmt.Sprintf("%s %d", j.Outputs[0].Name, j.First)]++
	c.mu.Unlock()
	return c.Encoder.Encode(ctx, j, progress)
}

// Two machines, two workers each, work on one film, and nothing is done twice; the same film in other hands becomes the
// same bytes.
func TestSeveralMachines(t *testing.T) {
	t.Parallel()
	source := videotest.Sized(t, 44, 320, 180)
	count := &counting{pieces: map[string]int{}}
	w := videotest.New(t, func(c *video.Config) { count.Encoder, c.Encoder, c.Worker = c.Encoder, count, "first" })
	other := w.Config
	other.Worker = "second"
	second, err := video.New(other)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{w.Upload(t, videotest.Grace(), source).ID, w.Upload(t, videotest.Guido(), source).ID}
	workers := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, s := range []*video.Service{w.Video, second, w.Video, second} {
		wg.Go(func() {
			for {
				if err := s.Hands(t.Context()); err != nil {
					t.Error(err)
				}
				settled := 0
				for _, id := range ids {
					v := get(t, w, id)
					mu.Lock()
					for _, st := range v.Stages {
						for _, u := range st.Units {
							workers[u.Worker] = true
						}
					}
					mu.Unlock()
					if v.State == video.Ready || v.State == video.Failed {
						settled++
					}
				}
				if settled == len(ids) {
					return
				}
				time.Sleep(20 * time.Millisecond) // the others have what there is in hand
			}
		})
	}
	wg.Wait()
	a, b := get(t, w, ids[0]), get(t, w, ids[1])
	if a.State != video.Ready || b.State != video.Ready {
		t.Fatalf("%s %s, %s %s", a.State, a.Reason, b.State, b.Reason)
	}
	if !workers["first"] || !workers["second"] {
		t.Errorf("only %v worked", workers)
	}
	for piece, n := range count.pieces {
		if n != 2 { // there are two films
			t.Errorf("%s was encoded %d times, want 2", piece, n)
		}
	}
	if n := stageOf(a, "first"); n.Parts < 4 || n.Attempts != n.Parts {
		t.Errorf("%d units took %d attempts", n.Parts, n.Attempts)
	}
	x, y := contents(t, filepath.Dir(lay(t, w, a, a.Renditions[0]))), contents(t, filepath.Dir(lay(t, w, b, b.Renditions[0])))
	if len(x) != 13 {
		t.Errorf("%d files, want 13", len(x))
	}
	for name := range x {
		if x[name] != y[name] {
			t.Errorf("%s is different the second time", name)
		}
	}
	clean(t, w)
}
