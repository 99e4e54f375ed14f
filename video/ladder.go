package video

import (
	"fmt"
	"math"
)

// ladder returns the renditions for a source, lowest first. The number in a name is the shorter side, so that a
// portrait video in "720p" is 720 wide. Nothing is enlarged; what lies between two steps gets a step of its own only if
// it is a quarter larger than the one below.
//
// All renditions are cut at the same times: the frames a second of the higher ones are those of the lowest, or a whole
// multiple of them. Slides and recorded screens need few frames; what they gain goes into sharpness.
func ladder(f Found, slides bool) []Output {
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
	num, den := rational(f.Rate)
	fewer, times := 1, 1 // frames of the source for one of the lowest; of the higher ones for one of the lowest
	switch {
	case slides:
		for f.Rate/float64(fewer) > slideRate {
			fewer++
		}
	case f.Rate > 30.5:
		fewer, times = 2, 2
	}
	den *= fewer
	group := max(1, int(math.Round(SegmentSeconds*float64(num)/float64(den))))
	out := make([]Output, len(steps))
	for i, s := range steps {
		w, h := scaled(f.Width, f.Height, s)
		o := Output{Name: fmt.Sprintf("%dp", s), Width: w, Height: h, Num: num, Den: den, Group: group, Sharp: slides}
		if i > 0 {
			o.Num, o.Group = num*times, group*times
		}
		o.Num, o.Den = reduced(o.Num, o.Den)
		o.Bits = bits(w, h, o.Rate())
		out[i] = o
	}
	return out
}

// slideRate is the highest number of frames a second for slides.
const slideRate = 12.5

// rational returns frames a second as the fraction that was meant: 29.97 is 30000/1001.
func rational(rate float64) (num, den int) {
	if whole := math.Round(rate); math.Abs(rate-whole) < 0.0005 {
		return int(whole), 1
	}
	if ntsc := math.Round(rate * 1.001); math.Abs(rate-ntsc*1000/1001) < 0.005 {
		return int(ntsc) * 1000, 1001
	}
	return reduced(int(math.Round(rate*1000)), 1000)
}

func reduced(num, den int) (int, int) {
	a, b := num, den
	for b != 0 {
		a, b = b, a%b
	}
	return num / a, den / a
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
	if rate > 30.5 {
		b *= 1.4
	}
	return int(math.Round(max(b, 150_000)/1000) * 1000)
}

const (
	soundName = "sound"
	soundBits = 96_000
)

// pieces cuts the film at its chunks, at ends of segments. Chunks that begin within the same segment make one piece.
func pieces(chunks []float64, segment float64) []Unit {
	units := []Unit{{Chunk: 0}}
	if len(chunks) == 0 {
		units[0].Chunk = -1
	}
	for i, at := range chunks {
		from := int(math.Ceil(at/segment - 1e-6))
		last := &units[len(units)-1]
		if i == 0 || from <= last.From {
			continue
		}
		last.To = from
		units = append(units, Unit{Chunk: i, From: from})
	}
	return units
}

// cuts are the seconds at which the pieces of a film are meant to begin, ends of segments all: so many that several hands
// are done at about the same time, for which the last ones are short, not so many that a document grows large or that
// beginning them costs much.
func cuts(duration, segment float64) (all []float64) {
	most := max(8, min(12, duration/8), duration/120)
	for at := 0.0; ; {
		at += segment * math.Ceil(min(most, (duration-at)/3)/segment)
		if at >= duration {
			return all
		}
		all = append(all, at)
	}
}

// splitFrom is from how many seconds on a film is worked on in pieces.
const splitFrom = 20
