package ffmpeg_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/fault"
	"palestra/internal/servicestest"
	"palestra/video"
	"palestra/video/ffmpeg"
	"palestra/video/videotest"
)

func tool(t *testing.T) *ffmpeg.Tool {
	t.Helper()
	tool, err := ffmpeg.New(t.Context(), ffmpeg.Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	return tool
}

func pictures(size string, rate string, seconds int, more ...string) []string {
	return append([]string{"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=%s:rate=%s:duration=%d", size, rate, seconds)}, more...)
}

func TestExamine(t *testing.T) {
	t.Parallel()
	tool := tool(t)
	tone := []string{"-f", "lavfi", "-i", "sine=duration=2"}
	x264 := []string{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"}
	join := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	for _, c := range []struct {
		name string
		path string
		want video.Found
	}{
		{"mp4", videotest.Sized(t, 2, 640, 360), video.Found{Width: 640, Height: 360, Duration: 2, Media: video.Media{Format: "mov", VideoCodec: "h264", AudioCodec: "aac", Rate: 25, Channels: 1}}},
		{"silent webm", videotest.Make(t, "a.webm", pictures("320x240", "15", 2, "-c:v", "libvpx", "-deadline", "realtime")...),
			video.Found{Width: 320, Height: 240, Duration: 2, Media: video.Media{Format: "matroska", VideoCodec: "vp8", Rate: 15}}},
		{"odd size", videotest.Make(t, "odd.mkv", pictures("641x361", "25", 2, "-c:v", "ffv1")...),
			video.Found{Width: 640, Height: 360, Duration: 2, Media: video.Media{Format: "matroska", VideoCodec: "ffv1", Rate: 25}}},
		{"oblong pixels", videotest.Make(t, "sar.mp4", pictures("720x576", "25", 2, join([]string{"-vf", "setsar=64/45"}, x264)...)...),
			video.Found{Width: 1024, Height: 576, Duration: 2, Media: video.Media{Format: "mov", VideoCodec: "h264", Rate: 25}}},
		{"240 frames a second", videotest.Make(t, "fast.mp4", pictures("320x240", "240", 2, x264...)...),
			video.Found{Width: 320, Height: 240, Duration: 2, Media: video.Media{Format: "mov", VideoCodec: "h264", Rate: 60}}},
		{"one frame a second", videotest.Make(t, "slow.mp4", pictures("320x240", "1", 4, x264...)...),
			video.Found{Width: 320, Height: 240, Duration: 4, Media: video.Media{Format: "mov", VideoCodec: "h264", Rate: 1}}},
		{"avi", videotest.Make(t, "a.avi", join(pictures("320x240", "25", 2), tone, []string{"-c:v", "mpeg4", "-c:a", "mp2"})...),
			video.Found{Width: 320, Height: 240, Duration: 2, Media: video.Media{Format: "avi", VideoCodec: "mpeg4", AudioCodec: "mp2", Rate: 25, Channels: 1}}},
		{"eight channels at 96 kHz", videotest.Make(t, "8.mkv", join(pictures("320x240", "25", 2), []string{"-f", "lavfi", "-i", "aevalsrc=0.1|0.1|0.1|0.1|0.1|0.1|0.1|0.1:s=96000:d=2"}, x264, []string{"-c:a", "flac"})...),
			video.Found{Width: 320, Height: 240, Duration: 2, Media: video.Media{Format: "matroska", VideoCodec: "h264", AudioCodec: "flac", Rate: 25, Channels: 8}}},
		{"no duration in the header", unknownDuration(t), video.Found{Width: 320, Height: 240, Duration: 2, Media: video.Media{Format: "matroska", VideoCodec: "vp8", Rate: 25}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := tool.Examine(t.Context(), video.Input{Path: c.path})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.Duration-c.want.Duration) > 0.2 {
				t.Errorf("duration: got %v, want %v", got.Duration, c.want.Duration)
			}
			got.Duration = c.want.Duration
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("rotated", func(t *testing.T) {
		flat := videotest.Sized(t, 2, 640, 360)
		turned := videotest.Make(t, "turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90")
		got, err := tool.Examine(t.Context(), video.Input{Path: turned})
		if err != nil || got.Width != 360 || got.Height != 640 {
			t.Errorf("got %d × %d, %v, want 360 × 640", got.Width, got.Height, err)
		}
	})
}

// unknownDuration is what a browser's recorder writes: a stream that did not know when it would end.
func unknownDuration(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "live.webm")
	cmd := exec.Command("ffmpeg", append([]string{"-loglevel", "error"}, pictures("320x240", "25", 2, "-c:v", "libvpx", "-deadline", "realtime", "-f", "webm", "-live", "1", "pipe:1")...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	tool := tool(t)
	// whoever follows an address in a file is seen here
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Errorf("a file made us call %s", l.Addr())
			c.Close()
		}
	}()
	address := "http://" + l.Addr().String()
	good := videotest.Short(t, 2)
	bytes := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"empty", bytes("a.mp4", ""), "video.not_a_video"},
		{"text", bytes("a.mp4", "hello"), "video.not_a_video"},
		{"executable named mp4", bytes("a.mp4", string(program[:min(len(program), 1<<20)])), "video.not_a_video"},
		{"zip named mp4", bytes("a.mp4", "PK\x03\x04"+strings.Repeat("\x00", 5000)), "video.not_a_video"},
		{"playlist", bytes("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n"+address+"/seg.ts\n#EXT-X-ENDLIST\n"), "video.not_a_video"},
		{"playlist named mp4", bytes("a.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"), "video.not_a_video"},
		{"concat", bytes("a.mp4", "ffconcat version 1.0\nfile '"+good+"'\n"), "video.not_a_video"},
		{"dash", bytes("a.mpd", `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1"><BaseURL>`+address+`/</BaseURL></Representation></AdaptationSet></Period></MPD>`), "video.not_a_video"},
		{"svg", bytes("a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><image href="`+address+`/x.png"/></svg>`), "video.not_a_video"},
		{"cut before its index", bytes("a.mp4", string(whole[:len(whole)/2])), "video.not_a_video"},
		{"picture", videotest.Make(t, "a.png", pictures("320x240", "1", 1, "-frames:v", "1")...), "video.not_a_video"},
		{"sound only", videotest.Make(t, "a.m4a", "-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"), "video.no_picture"},
		{"sound in mkv", videotest.Make(t, "a.mkv", "-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"), "video.no_picture"},
		{"too wide", videotest.Make(t, "wide.mkv", "-f", "lavfi", "-i", "color=size=8400x64:rate=1:duration=1", "-c:v", "ffv1"), "video.too_many_pixels"},
		{"100,000 pixels wide", patched(t, whole, 100_000, 360), ""},
		{"0 × 0", patched(t, whole, 0, 0), ""},
		{"a speck", videotest.Make(t, "speck.mkv", "-f", "lavfi", "-i", "color=size=8x8:rate=5:duration=1", "-c:v", "ffv1"), "video.no_size"},
		{"nothing there", filepath.Join(t.TempDir(), "none.mp4"), "video.not_a_video"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := tool.Examine(t.Context(), video.Input{Path: c.path})
			if c.want != "" && !fault.Is(err, c.want) {
				t.Errorf("got %+v, %v, want %s", got, err, c.want)
			}
			if c.want == "" && err == nil && (got.Width > 8192 || got.Width < 16) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// patched returns the video with another size in the header of its picture track.
func patched(t *testing.T, whole []byte, w, h int) string {
	t.Helper()
	b := append([]byte(nil), whole...)
	i := strings.Index(string(b), "avc1\x00\x00\x00\x00\x00\x00")
	if i < 0 {
		t.Fatal("no sample entry")
	}
	b[i+28], b[i+29], b[i+30], b[i+31] = byte(w>>8), byte(w), byte(h>>8), byte(h)
	path := filepath.Join(t.TempDir(), "patched.mp4")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// job is one pass over a whole film.
func job(t *testing.T, source string, duration float64, outputs ...video.Output) video.Job {
	t.Helper()
	j := video.Job{Input: video.Input{Path: source}, Duration: duration, MaxBytes: 100 << 20, Outputs: outputs}
	for _, o := range outputs {
		folder := filepath.Join(t.TempDir(), o.Name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		j.Folders = append(j.Folders, folder)
	}
	return j
}

// files returns the contents of a folder.
func files(t *testing.T, folder string) map[string]string {
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
		all[f.Name()] = string(b)
	}
	return all
}

// The same arguments give the same bytes, whatever else the processors do meanwhile.
func TestEncode(t *testing.T) {
	t.Parallel()
	tool := tool(t)
	source := videotest.Sized(t, 9, 1280, 720)
	outputs := []video.Output{
		{Name: "360p", Width: 640, Height: 360, Num: 25, Den: 1, Group: 100, Bits: 600_000},
		{Name: "720p", Width: 1280, Height: 720, Num: 25, Den: 1, Group: 100, Bits: 2_000_000},
	}
	encode := func() (all []map[string]string) {
		j := job(t, source, 9, outputs...)
		var last float64
		if err := tool.Encode(t.Context(), j, func(s float64) { last = s }); err != nil {
			t.Error(err)
		}
		if last < 8 || last > 10 {
			t.Errorf("progress ended at %v s, want 9", last)
		}
		s := video.SoundJob{Input: j.Input, Duration: 9, Bits: 96_000, Gain: 3, Limit: true, Folder: t.TempDir(), MaxBytes: 1 << 20}
		if err := tool.Sound(t.Context(), s, func(float64) {}); err != nil {
			t.Error(err)
		}
		return []map[string]string{files(t, j.Folders[0]), files(t, j.Folders[1]), files(t, s.Folder)}
	}
	first := encode()
	for i, f := range first {
		list := f["index.m3u8"]
		if n := strings.Count(list, "#EXTINF"); n != 3 || strings.Contains(list, "/") {
			t.Errorf("output %d: %d segments, want 3, without folders\n%s", i, n, list)
		}
	}
	var wg sync.WaitGroup
	for range 3 { // three at once on two processors
		wg.Go(func() {
			for i, f := range encode() {
				for name, content := range f {
					if content != first[i][name] {
						t.Errorf("output %d: %s is different the second time", i, name)
					}
				}
			}
		})
	}
	wg.Wait()
}

// Whatever comes, what goes out is upright, of constant rate and plays.
func TestEncodeOddities(t *testing.T) {
	t.Parallel()
	tool := tool(t)
	x264 := []string{"-c:v", "libx264", "-preset", "ultrafast"}
	flat := videotest.Sized(t, 3, 640, 360)
	for _, c := range []struct{ name, path string }{
		{"rotated", videotest.Make(t, "turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90")},
		{"variable rate", videotest.Make(t, "vfr.mkv", pictures("640x360", "30", 3, append([]string{"-vf", "select='lt(mod(n,7),3)'", "-fps_mode", "vfr"}, x264...)...)...)},
		{"10 bit", videotest.Make(t, "ten.mkv", pictures("640x360", "25", 3, append([]string{"-pix_fmt", "yuv420p10le"}, x264...)...)...)},
		{"transparent", videotest.Make(t, "alpha.mov", "-f", "lavfi", "-i", "color=red@0.5:size=640x360:rate=25:duration=3,format=rgba", "-c:v", "qtrle")},
		{"no key frames", videotest.Make(t, "nokey.mp4", pictures("640x360", "25", 3, append([]string{"-g", "9999"}, x264...)...)...)},
		{"high dynamic range", videotest.Make(t, "hdr.mkv", pictures("640x360", "25", 3, append([]string{"-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"}, x264...)...)...)},
		{"mpeg transport stream", videotest.Make(t, "a.ts", append(append([]string{}, "-i", flat), "-c", "copy")...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := tool.Examine(t.Context(), video.Input{Path: c.path})
			if err != nil {
				t.Fatal(err)
			}
			j := job(t, c.path, f.Duration, video.Output{Name: "p", Width: f.Width, Height: f.Height, Num: int(f.Rate * 1000), Den: 1000, Group: max(1, int(4*f.Rate)), Bits: 800_000})
			j.HDR = f.HDR
			if err := tool.Encode(t.Context(), j, func(float64) {}); err != nil {
				t.Fatal(err)
			}
			got := probe(t, filepath.Join(j.Folders[0], "index.m3u8"))
			if want := fmt.Sprintf("h264,%d,%d,yuv420p", f.Width, f.Height); !strings.HasPrefix(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
			still := filepath.Join(t.TempDir(), "p.jpg")
			if err := tool.Still(t.Context(), video.Input{Path: c.path}, still, 1, f.Width, f.Height, f.HDR); err != nil {
				t.Errorf("still: %v", err)
			}
			if info, err := os.Stat(still); err != nil || info.Size() < 500 {
				t.Errorf("still: %v", err)
			}
		})
	}
}

func probe(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=codec_name,width,height,pix_fmt,r_frame_rate", "-of", "csv=p=0", "-allowed_extensions", "ALL", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(strings.Split(string(out), "\n")[0])
}

func TestStop(t *testing.T) {
	t.Parallel()
	tool := tool(t)
	source := videotest.Make(t, "long.mp4", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=120", "-c:v", "libx264", "-preset", "ultrafast")
	t.Run("by its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		j := job(t, source, 120, video.Output{Name: "p", Width: 640, Height: 360, Num: 25, Den: 1, Group: 100, Bits: 800_000})
		err := tool.Encode(ctx, j, func(float64) { cancel() })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("when it writes too much", func(t *testing.T) {
		j := job(t, source, 120, video.Output{Name: "p", Width: 640, Height: 360, Num: 25, Den: 1, Group: 100, Bits: 8_000_000})
		j.MaxBytes = 1 << 20
		done := 0.0
		err := tool.Encode(t.Context(), j, func(seconds float64) { done = seconds })
		if err == nil || !strings.Contains(err.Error(), "bytes written") || done > 60 {
			t.Errorf("got %v after %.0f s of the film", err, done)
		}
	})
	t.Run("missing program", func(t *testing.T) {
		if _, err := ffmpeg.New(t.Context(), ffmpeg.Config{FFmpeg: "/no/such/program"}); err == nil || !strings.Contains(err.Error(), "not installed") {
			t.Errorf("got %v", err)
		}
	})
}
