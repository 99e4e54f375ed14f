package ffmpeg_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"palestra/video"
	"palestra/video/videotest"
)

// A chunk begins at the last key frame before a cut, and all chunks together have every frame of the film once.
func TestSplit(t *testing.T) {
	t.Parallel()
	tool := tool(t)
	film := func(group string) string {
		return videotest.Make(t, "film"+group+".mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=20", "-c:v", "libx264", "-preset", "ultrafast",
			"-g", group, "-keyint_min", group, "-sc_threshold", "0", "-pix_fmt", "yuv420p")
	}
	for _, c := range []struct {
		name  string
		group string // frames from one key frame to the next; 25 a second
		cuts  []float64
		want  []float64
	}{
		{"on a key frame", "50", []float64{8, 12}, []float64{0, 8, 12}},
		{"between two", "50", []float64{9, 15.9}, []float64{0, 8, 14}},
		{"many key frames", "5", []float64{8}, []float64{0, 8}},
		{"few key frames", "200", []float64{4, 8, 12, 15}, []float64{0, 8}},
		{"two cuts at one key frame", "200", []float64{12, 15, 19}, []float64{0, 8, 16}},
		{"no cut", "50", nil, []float64{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source, dir := film(c.group), t.TempDir()
			var starts []float64
			var all []byte
			err := tool.Split(t.Context(), video.Input{Path: source}, dir, c.cuts, func(k video.Chunk) error {
				b, err := os.ReadFile(k.Path)
				if err != nil {
					return err
				}
				if len(starts) > 0 {
					b = b[bytes.Index(b, []byte(video.ChunkHead)):]
				}
				all = append(all, b...)
				starts = append(starts, math.Round(k.Start*100)/100)
				return os.Remove(k.Path)
			})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(starts, c.want) {
				t.Errorf("chunks begin at %v, want %v", starts, c.want)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
			joined := filepath.Join(t.TempDir(), "all.nut")
			if err := os.WriteFile(joined, all, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", joined).Output()
			if n := strings.TrimSpace(string(out)); err != nil || n != "500" {
				t.Errorf("%s frames, want 500; %v", n, err)
			}
		})
	}
	t.Run("who takes the chunks fails", func(t *testing.T) {
		t.Parallel()
		full := errors.New("the disk is full")
		err := tool.Split(t.Context(), video.Input{Path: film("25")}, t.TempDir(), []float64{4, 8}, func(video.Chunk) error { return full })
		if !errors.Is(err, full) {
			t.Errorf("%v, want %v", err, full)
		}
	})
}
