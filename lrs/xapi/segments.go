package xapi

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxSegments is how many segments one statement may list.
const maxSegments = 10000

// ParseSegments reads the extension played-segments of the video profile: seconds from and to, joined by [.], the
// segments joined by [,], e.g. 0[.]12.5[,]30[.]45.2. Segments stand in the order in which they were watched and may
// overlap. Seconds are finite and not negative and from ≤ to; "" is no segments.
func ParseSegments(s string) ([][2]float64, error) {
	if s == "" {
		return nil, nil
	}
	parts := strings.Split(s, "[,]")
	if len(parts) > maxSegments {
		return nil, fmt.Errorf("xapi: %d played segments are too many", len(parts))
	}
	segments := make([][2]float64, 0, len(parts))
	for _, part := range parts {
		from, to, ok := strings.Cut(part, "[.]")
		a, ok1 := seconds(from)
		b, ok2 := seconds(to)
		if !ok || !ok1 || !ok2 || a > b {
			return nil, fmt.Errorf("xapi: %q is not a played segment: 0[.]12.5 was expected", shorten(part))
		}
		segments = append(segments, [2]float64{a, b})
	}
	return segments, nil
}

func seconds(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f < 1e9
}

// FormatSegments writes what ParseSegments reads, with at most three decimals. Segments that are no segments are left
// out.
func FormatSegments(segments [][2]float64) string {
	var b strings.Builder
	for _, s := range segments {
		from, to := math.Round(s[0]*1000)/1000, math.Round(s[1]*1000)/1000
		if !(from >= 0 && to >= from && to < 1e9) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("[,]")
		}
		b.WriteString(strconv.FormatFloat(from+0, 'f', -1, 64) + "[.]" + strconv.FormatFloat(to+0, 'f', -1, 64))
	}
	return b.String()
}
