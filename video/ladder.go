package video

import (
	"fmt"
	"math"
)

// ladder returns the renditions for a source, lowest first. The number in a name is the shorter side, so that a
// portrait video in "720p" is 720 wide. Nothing is enlarged; what lies between two steps gets a step of its own only if
// it is a quarter larger than the one below.
func ladder(f Found) []Output {
	short := min(f.Width, f.Height)
	var steps []int
	for _, s := range []int{360, 720, 1080} {
		if s <= short {
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		steps = []int{short}
	} else if top := steps[len(steps)-1]; top < 1080 && short*4 >= top*5 {
		steps = append(steps, short)
	}
	out := make([]Output, len(steps))
	for i, s := range steps {
		w, h := scaled(f.Width, f.Height, s)
		rate := min(f.Rate, 60)
		if i == 0 {
			rate = min(rate, 30)
		}
		out[i] = Output{Name: fmt.Sprintf("%dp", s), Width: w, Height: h, Rate: rate, Bits: bits(w, h, rate)}
	}
	return out
}

// scaled returns the size with the shorter side s and the same shape, even on both sides as the codec wants it.
func scaled(w, h, s int) (int, int) {
	short := min(w, h)
	even := func(n int) int { return max(2, int(math.Round(float64(n)*float64(s)/float64(short)/2))*2) }
	return even(w), even(h)
}

// bits returns the highest bit rate for a size: 0.11 bits a pixel at 25 frames a second for small pictures, less for
// large ones and for the frames beyond 30, which differ less from each other.
func bits(w, h int, rate float64) int {
	pixels := float64(w * h)
	b := pixels * 25 * 0.11 * math.Pow(640*360/pixels, 0.17)
	if rate > 30 {
		b *= 1.4
	}
	return int(math.Round(max(b, 150_000)/1000) * 1000)
}

const soundBits = 96_000

// sound is the output that every play uses for its sound, alone or beside a picture.
func sound() Output { return Output{Name: "sound", Bits: soundBits} }
