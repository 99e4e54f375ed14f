package video_test

import (
	"fmt"
	"math"
	"testing"

	"palestra/video"
)

// Pieces begin at ends of segments; the last are the shortest, and there are not too many of them.
func TestCuts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		duration, segment float64
		most              int // pieces
	}{{20, 4, 5}, {38, 4, 6}, {60, 4.004, 9}, {120, 4, 12}, {3600, 4, 130}, {12 * 3600, 4, 135}} {
		t.Run(fmt.Sprint(c.duration), func(t *testing.T) {
			t.Parallel()
			all := video.Cuts(c.duration, c.segment)
			if len(all) < 2 || len(all)+1 > c.most {
				t.Fatalf("%d pieces, want 3 to %d: %v", len(all)+1, c.most, all)
			}
			last, length := 0.0, math.Inf(1)
			for _, at := range all {
				if n := at / c.segment; math.Abs(n-math.Round(n)) > 1e-6 || at <= last || at >= c.duration {
					t.Errorf("a cut at %v after %v", at, last)
				}
				if at-last > length+1e-6 {
					t.Errorf("a piece of %v s after one of %v", at-last, length)
				}
				last, length = at, at-last
			}
			if rest := c.duration - last; rest > 2*c.segment {
				t.Errorf("the last piece lasts %v s", rest)
			}
		})
	}
}
