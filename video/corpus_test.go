package video_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/videotest"
)

// corpus makes what people and attackers upload, and says what becomes of it.
func corpus(t *testing.T) []hostile {
	t.Helper()
	file := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	film := func(name, size, rate string, seconds int, more ...string) string {
		return videotest.Make(t, name, append([]string{"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=%s:rate=%s:duration=%d", size, rate, seconds)}, more...)...)
	}
	fast := []string{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"}
	with := func(more ...string) []string { return append(append([]string{}, fast...), more...) }
	front := read(film("front.mp4", "320x180", "10", 20, with("-movflags", "+faststart")...))
	stream := read(film("part.ts", "320x180", "10", 4, with("-g", "10")...))
	flat := film("flat.mp4", "320x180", "10", 3, fast...)
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("film.mp4")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var bomb strings.Builder
	for n := range 40_000 {
		fmt.Fprintf(&bomb, "%d\n00:00:01,000 --> 00:00:02,%03d\n%s\n\n", n+1, n%1000, strings.Repeat("boom ", 20))
	}
	words := file("bomb.srt", []byte(bomb.String()))
	eight := "aevalsrc=" + strings.TrimSuffix(strings.Repeat("0.1*sin(880*t)|", 8), "|") + ":s=96000:d=3"
	list := []hostile{
		{name: "truncated", path: file("a.mp4", front[:len(front)/3]), reason: "video.truncated"},
		{name: "truncated before its index", path: file("a.mp4", read(flat)[:len(read(flat))/2]), reason: "video.not_a_video"},
		{name: "index at the end", path: flat, width: 320, height: 180, seconds: 3},
		{name: "no key frames", path: film("a.mp4", "320x180", "10", 25, with("-g", "99999", "-keyint_min", "99999", "-sc_threshold", "0")...), width: 320, height: 180, seconds: 25, units: 2},
		{name: "times that begin again", path: file("a.ts", append(append([]byte{}, stream...), stream...)), width: 320, height: 180, seconds: 4},
		{name: "times with holes", path: film("a.mkv", "320x180", "10", 6, with("-vf", "select='not(between(n,20,40))'", "-fps_mode", "vfr")...), width: 320, height: 180, seconds: 6},
		{name: "one frame a second", path: film("a.mp4", "320x180", "1", 9, fast...), width: 320, height: 180, seconds: 9, rate: 1},
		{name: "240 frames a second", path: film("a.mp4", "320x180", "240", 2, fast...), width: 320, height: 180, seconds: 2, rate: 30},
		{name: "eight channels at 96 kHz", path: film("a.mkv", "320x180", "10", 3, append([]string{"-f", "lavfi", "-i", eight, "-map", "0", "-map", "1", "-c:a", "flac"}, fast...)...), width: 320, height: 180, seconds: 3},
		{name: "10 bit", path: film("a.mkv", "320x180", "10", 3, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"), width: 320, height: 180, seconds: 3},
		{name: "high dynamic range", path: film("a.mkv", "320x180", "10", 2, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"), width: 320, height: 180, seconds: 2},
		{name: "transparent", path: videotest.Make(t, "a.mov", "-f", "lavfi", "-i", "color=red@0.5:size=320x180:rate=10:duration=3,format=rgba", "-c:v", "qtrle"), width: 320, height: 180, seconds: 3},
		{name: "rotated", path: videotest.Make(t, "a.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90"), width: 180, height: 320, seconds: 3},
		{name: "portrait", path: film("a.mp4", "270x480", "10", 2, fast[:4]...), width: 270, height: 480, seconds: 2},
		{name: "four to three", path: film("a.mp4", "320x240", "10", 2, fast...), width: 320, height: 240, seconds: 2},
		{name: "odd size", path: film("a.mkv", "321x181", "10", 2, "-c:v", "ffv1"), width: 320, height: 180, seconds: 2},
		{name: "a picture", path: film("a.png", "320x180", "1", 1, "-frames:v", "1"), reason: "video.not_a_video"},
		{name: "a cover and sound", path: videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "sine=duration=2", "-f", "lavfi", "-i", "color=size=320x180:rate=1:duration=1",
			"-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "mjpeg", "-c:a", "aac", "-disposition:v", "attached_pic"), reason: "video.no_picture"},
		{name: "playlist of a local file", path: file("a.mp4", []byte("#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")), reason: "video.not_a_video"},
		{name: "playlist of an address", path: file("a.mp4", []byte("#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n")), reason: "video.not_a_video"},
		{name: "concat of a local file", path: file("a.mp4", []byte("ffconcat version 1.0\nfile '"+flat+"'\n")), reason: "video.not_a_video"},
		{name: "concat of an address", path: file("a.mp4", []byte("ffconcat version 1.0\nfile 'http://127.0.0.1:1/a.mp4'\n")), reason: "video.not_a_video"},
		{name: "a bomb of words", path: film("a.mkv", "320x180", "10", 3, append([]string{"-i", words, "-map", "0", "-map", "1", "-metadata:s:s:0", "language=eng", "-c:s", "srt"}, fast...)...), width: 320, height: 180, seconds: 3},
		{name: "a packed bomb", path: file("a.mp4", packed.Bytes()), reason: "video.not_a_video"},
		{name: "a day", path: videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "color=size=64x64:rate=1/60:duration=86400", "-c:v", "libx264", "-preset", "ultrafast"), reason: "video.too_long"},
	}
	if !testing.Short() {
		list = append(list, hostile{name: "one picture for twelve hours", path: videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", "color=size=64x64:rate=1/60:duration=43200", "-c:v", "libx264", "-preset", "ultrafast"),
			width: 64, height: 64, seconds: 43200})
	}
	return list
}

// hostile is a file and what becomes of it: a reason, or a film like this.
type hostile struct {
	name, path    string
	reason        string
	width, height int
	seconds, rate float64
	units         int // of the first rendition; 0: not looked at
}

// Each file has a clear outcome, costs nobody but itself, and leaves nothing behind.
func TestCorpus(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	if _, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4"}); !fault.Is(err, "video.empty") {
		t.Errorf("zero bytes: %v", err)
	}
	w.Start(t)
	list := corpus(t)
	ids := make([]string, len(list))
	for i, c := range list {
		v := upload2(t, w, c.path)
		ids[i] = v.ID
	}
	for i, c := range list {
		t.Run(c.name, func(t *testing.T) {
			var v video.Video
			for end := time.Now().Add(6 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
				if v = get(t, w, ids[i]); v.State == video.Ready || v.State == video.Failed {
					break
				}
			}
			if c.reason != "" {
				if v.State != video.Failed || v.Reason != c.reason {
					t.Errorf("got %s %s, want failed %s; %+v", v.State, v.Reason, c.reason, v.Stages)
				}
				return
			}
			if v.State != video.Ready || len(v.Renditions) == 0 {
				t.Fatalf("got %s %s; %+v", v.State, v.Reason, v.Stages)
			}
			if c.width > 0 && (v.Width != c.width || v.Height != c.height || math.Abs(v.Duration-c.seconds) > 0.3+c.seconds*0.003) {
				t.Errorf("got %d × %d, %v s, want %d × %d, %v s", v.Width, v.Height, v.Duration, c.width, c.height, c.seconds)
			}
			if r := v.Renditions[0]; c.rate > 0 && r.Rate != c.rate || r.Height > v.Height {
				t.Errorf("rendition %+v, want %v frames a second", r, c.rate)
			}
			if n := stageOf(v, "first").Parts; c.units > 0 && n != c.units {
				t.Errorf("%d units, want %d", n, c.units)
			}
			if c.name == "a bomb of words" && len(v.Captions) != 0 {
				t.Errorf("the bomb became %+v", v.Captions)
			}
		})
	}
	clean(t, w)
}

// upload2 sends a file under a name of a film.
func upload2(t *testing.T, w *videotest.World, path string) video.Video {
	t.Helper()
	if !strings.HasSuffix(path, ".png") {
		return w.Upload(t, videotest.Grace(), path)
	}
	named := path[:len(path)-len(".png")] + ".mp4"
	if err := os.Rename(path, named); err != nil {
		t.Fatal(err)
	}
	return w.Upload(t, videotest.Grace(), named)
}

// Slides and recorded screens get fewer frames and more sharpness; films keep theirs, at 60 frames a second half of them
// in the lowest rendition.
func TestSlides(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	w.Start(t)
	slides := "color=white:size=640x480:rate=30:duration=24,drawgrid=w=40:h=40:t=2,hue=H='floor(t/6)'"
	for _, c := range []struct {
		name, source string
		slides       bool
		rates        []float64
	}{
		{"slides", slides, true, []float64{10, 10}},
		{"a film", "testsrc2=size=640x480:rate=25:duration=4", false, []float64{25, 25}},
		{"a film of 60", "testsrc2=size=640x480:rate=60:duration=4", false, []float64{30, 60}},
		{"a film of 50", "testsrc2=size=640x480:rate=50:duration=4", false, []float64{25, 50}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := w.Ready(t, videotest.Grace(), videotest.Make(t, "a.mp4", "-f", "lavfi", "-i", c.source, "-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-pix_fmt", "yuv420p"))
			if v.Plan.Slides != c.slides || v.Plan.Outputs[0].Sharp != c.slides || len(v.Renditions) != 2 {
				t.Fatalf("slides %v, %+v", v.Plan.Slides, v.Plan.Outputs)
			}
			for i, r := range v.Renditions {
				if r.Rate != c.rates[i] {
					t.Errorf("%s has %v frames a second, want %v", r.Name, r.Rate, c.rates[i])
				}
			}
		})
	}
}

// Whatever comes, it is as loud as EBU R 128 says, and its peaks are not cut.
func TestLoudness(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	w.Start(t)
	for _, c := range []struct{ name, sound string }{
		{"quiet", "sine=frequency=500:duration=8,volume=-20dB"},
		{"loud", "sine=frequency=500:duration=8,volume=17dB"},
		{"with peaks", "aevalsrc=0.02*sin(2*PI*500*t)+0.9*sin(2*PI*300*t)*lt(mod(t\\,4)\\,0.02):d=8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := w.Ready(t, videotest.Grace(), videotest.Make(t, "a.mkv", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=8", "-f", "lavfi", "-i", c.sound, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "flac"))
			said := tell(t, "ffmpeg", "-allowed_extensions", "ALL", "-i", lay(t, w, v, *v.Sound), "-af", "ebur128=metadata=1:peak=true:framelog=verbose,ametadata=print:file=-", "-f", "null", "-")
			last := func(key string) float64 {
				i := strings.LastIndex(said, key+"=")
				var f float64
				if _, err := fmt.Sscanf(said[i+len(key)+1:], "%f", &f); i < 0 || err != nil {
					t.Fatalf("%s: %v", key, err)
				}
				return f
			}
			if i := last("lavfi.r128.I"); math.Abs(i+23) > 1 && (c.name != "with peaks" || i > -22) { // what is mostly peaks stays quieter
				t.Errorf("loudness %.1f LUFS, want -23 ± 1", i)
			}
			if p := 20 * math.Log10(last("lavfi.r128.true_peak")); p > -1 {
				t.Errorf("peak %.1f dBTP, want at most -1", p)
			}
		})
	}
}
