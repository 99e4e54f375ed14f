package ffmpeg_test

import (
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palestra/internal/servicestest"
	"palestra/video"
	"palestra/video/ffmpeg"
	"palestra/video/videotest"
)

// pq is the signal of so many cd/m² (SMPTE ST 2084).
func pq(light float64) float64 {
	const m1, m2, c1, c2, c3 = 2610. / 16384, 2523. / 32, 3424. / 4096, 2413. / 128, 2392. / 128
	y := math.Pow(light/10_000, m1)
	return math.Pow((c1+c2*y)/(1+c3*y), m2)
}

// hlg is the signal of so many cd/m² on a screen of 1,000 (ITU-R BT.2100).
func hlg(light float64) float64 {
	const a, b, c = 0.17883277, 0.28466892, 0.55991073
	scene := math.Pow(light/1000, 1/1.2)
	if scene <= 1./12 {
		return math.Sqrt(3 * scene)
	}
	return a*math.Log(12*scene-b) + c
}

// Pictures of high dynamic range look on every screen as they were meant: greys as bright as they are, paper nearly white, lights
// above it still different from each other, and colours of the same hue.
func TestHDRLooksRight(t *testing.T) {
	t.Parallel()
	tool, err := ffmpeg.New(t.Context(), ffmpeg.Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	const side = 128
	// Light of red, green and blue (BT.2020) in cd/m², and about which brightness of 0 to 255 it should have.
	patches := []struct {
		name    string
		r, g, b float64
		low, hi int
	}{
		{"shadow", 2, 2, 2, 32, 44},
		{"dark grey", 10, 10, 10, 68, 80},
		{"middle grey", 36.5, 36.5, 36.5, 119, 131},
		{"light grey", 101, 101, 101, 184, 197},
		{"paper white", 203, 203, 203, 220, 236},
		{"a lamp", 500, 500, 500, 240, 252},
		{"the sun on water", 1000, 1000, 1000, 246, 255},
		{"red paint", 60, 6, 6, 0, 255},
		{"green paint", 12, 60, 12, 0, 255},
		{"skin", 110, 75, 60, 0, 255},
	}
	for transfer, signal := range map[string]func(float64) float64{"smpte2084": pq, "arib-std-b67": hlg} {
		var inputs, stack []string
		for i, p := range patches {
			byte8 := func(l float64) int { return int(math.Round(signal(l) * 255)) }
			inputs = append(inputs, fmt.Sprintf("color=c=0x%02x%02x%02x:size=%dx%d:rate=25:duration=2,format=gbrp[p%d]", byte8(p.r), byte8(p.g), byte8(p.b), side, side, i))
			stack = append(stack, fmt.Sprintf("[p%d]", i))
		}
		graph := strings.Join(inputs, ";") + ";" + strings.Join(stack, "") + fmt.Sprintf("hstack=%d,scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le", len(patches))
		path := videotest.Make(t, transfer+".mkv", "-filter_complex", graph, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "2",
			"-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", "-color_range", "tv")
		f, err := tool.Examine(t.Context(), video.Input{Path: path})
		if err != nil || !f.HDR {
			t.Fatalf("%s: %+v, %v", transfer, f, err)
		}
		still := filepath.Join(t.TempDir(), "still.jpg")
		if err := tool.Still(t.Context(), video.Input{Path: path}, still, 0.5, f.Width, f.Height, true); err != nil {
			t.Fatal(err)
		}
		picture := decodeJPEG(t, still)
		last := -1
		for i, p := range patches {
			r, g, b, _ := picture.At(i*side+side/2, side/2).RGBA()
			red, green, blue := int(r>>8), int(g>>8), int(b>>8)
			mean := (red + green + blue) / 3
			t.Logf("%s, %s: %d %d %d", transfer, p.name, red, green, blue)
			if mean < p.low || mean > p.hi {
				t.Errorf("%s, %s is %d bright, want %d to %d", transfer, p.name, mean, p.low, p.hi)
			}
			if p.r == p.g && p.g == p.b {
				if spread := max(red, green, blue) - min(red, green, blue); spread > 6 {
					t.Errorf("%s, %s is no grey: %d %d %d", transfer, p.name, red, green, blue)
				}
				if mean <= last {
					t.Errorf("%s, %s is not brighter than what is darker", transfer, p.name)
				}
				last = mean
			}
			switch p.name {
			case "red paint":
				if red < 130 || green > red/2 || blue > red/2 {
					t.Errorf("%s, red is %d %d %d", transfer, red, green, blue)
				}
			case "green paint":
				if green < 130 || red > green*3/4 || blue > green*3/4 {
					t.Errorf("%s, green is %d %d %d", transfer, red, green, blue)
				}
			case "skin":
				if red <= green || green <= blue || red > 230 || blue < 100 {
					t.Errorf("%s, skin is %d %d %d", transfer, red, green, blue)
				}
			}
		}
	}
}

func decodeJPEG(t *testing.T, file string) image.Image {
	t.Helper()
	r, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	picture, err := jpeg.Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}
