package xapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Format is how this package writes times: RFC 3339 in UTC with milliseconds.
const Format = "2006-01-02T15:04:05.000Z"

// FormatTime writes a time as timestamps of statements are written.
func FormatTime(t time.Time) string { return t.UTC().Format(Format) }

// ParseTime reads a timestamp: ISO 8601 in the profile of RFC 3339, in which the zone may also be written as ±hhmm or ±hh,
// or be missing (then UTC is meant). Offsets of -00:00 say that the zone is unknown and are refused. Data §4.5
func ParseTime(s string) (time.Time, error) {
	fail := func(text string) (time.Time, error) {
		return time.Time{}, fmt.Errorf("xapi: timestamp %q: %s", shorten(s), text)
	}
	if len(s) < len("2006-01-02T15:04:05") {
		return fail("too short")
	}
	digitsAt := func(from, to int) int {
		if !digits(s[from:to]) {
			return -1
		}
		n, err := strconv.Atoi(s[from:to])
		if err != nil {
			return -1
		}
		return n
	}
	if s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return fail("it is not written as 2006-01-02T15:04:05Z")
	}
	year, month, day := digitsAt(0, 4), digitsAt(5, 7), digitsAt(8, 10)
	hour, minute, second := digitsAt(11, 13), digitsAt(14, 16), digitsAt(17, 19)
	if year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return fail("no such date and time")
	}
	rest, nanos := s[19:], 0
	if strings.HasPrefix(rest, ".") {
		n := 1
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		if n == 1 {
			return fail("a point without digits")
		}
		fraction := (rest[1:n] + "000000000")[:9]
		nanos, _ = strconv.Atoi(fraction)
		rest = rest[n:]
	}
	offset, ok := parseZone(rest)
	if !ok {
		return fail("no such time zone")
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if second < 60 && t.Day() != day {
		return fail("no such day")
	}
	return t.Add(-offset), nil
}

func parseZone(s string) (time.Duration, bool) {
	if s == "" || s == "Z" {
		return 0, true
	}
	west := false
	switch s[0] {
	case '+':
	case '-':
		west = true
	default:
		return 0, false
	}
	s = s[1:]
	hours, minutes := s, "00"
	switch {
	case len(s) == 5 && s[2] == ':':
		hours, minutes = s[:2], s[3:]
	case len(s) == 4:
		hours, minutes = s[:2], s[2:]
	case len(s) != 2:
		return 0, false
	}
	if !digits(hours) || !digits(minutes) || hours > "23" || minutes > "59" {
		return 0, false
	}
	h, err1 := strconv.Atoi(hours)
	m, err2 := strconv.Atoi(minutes)
	if err1 != nil || err2 != nil || west && h == 0 && m == 0 {
		return 0, false
	}
	offset := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if west {
		offset = -offset
	}
	return offset, true
}

// utc rewrites a valid timestamp with an offset in UTC, with all its digits; others stay as they are.
func utc(s string) string {
	if strings.HasSuffix(s, "Z") || len(s) <= 19 || !strings.ContainsAny(s[19:], "+-") {
		return s
	}
	t, err := ParseTime(s)
	if err != nil {
		return s
	}
	fraction := ""
	if i := strings.IndexByte(s, '.'); i > 0 {
		j := i + 1
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		fraction = s[i:j]
	}
	if y := t.Year(); y < 0 || y > 9999 {
		return s
	}
	return t.Truncate(time.Second).Format("2006-01-02T15:04:05") + fraction + "Z"
}

// Duration is an ISO 8601 duration by its parts. A month has no length in days, so it is not a number of seconds.
type Duration struct {
	Years, Months, Weeks, Days, Hours, Minutes, Seconds float64
}

// ParseDuration reads a duration in the format with designators (ISO 8601:2004 §4.4.3.2), e.g. P3Y1M29DT4H35M59.14S or P4W. The
// smallest part may have decimals. Data §4.6
func ParseDuration(s string) (Duration, error) {
	fail := func() (Duration, error) {
		return Duration{}, fmt.Errorf("xapi: duration %q is not written as P1Y2M3DT4H5M6.78S or P4W", shorten(s))
	}
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return fail()
	}
	var d Duration
	parts := []struct {
		designator byte
		time       bool
		to         *float64
	}{{'Y', false, &d.Years}, {'M', false, &d.Months}, {'D', false, &d.Days}, {'H', true, &d.Hours}, {'M', true, &d.Minutes}, {'S', true, &d.Seconds}}
	if strings.HasSuffix(rest, "W") {
		n, _, ok := durationNumber(rest[:len(rest)-1])
		if !ok {
			return fail()
		}
		return Duration{Weeks: n}, nil
	}
	inTime, fraction, next := false, false, 0
	for rest != "" {
		if rest[0] == 'T' {
			if inTime || len(rest) == 1 || fraction {
				return fail()
			}
			inTime, rest, next = true, rest[1:], max(next, 3)
			continue
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
		if i < 1 || fraction {
			return fail()
		}
		n, whole, ok := durationNumber(rest[:i])
		if !ok {
			return fail()
		}
		fraction = !whole
		for next < len(parts) && (parts[next].designator != rest[i] || parts[next].time != inTime) {
			next++
		}
		if next == len(parts) {
			return fail()
		}
		*parts[next].to = n
		next++
		rest = rest[i+1:]
	}
	return d, nil
}

func durationNumber(s string) (n float64, whole, ok bool) {
	s = strings.Replace(s, ",", ".", 1)
	before, after, point := strings.Cut(s, ".")
	if !digits(before) || point && !digits(after) {
		return 0, false, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, !point, err == nil
}

// FormatDuration writes a length of time of at least 0 with the precision of 0.01 s that statements have, e.g. PT200.5S.
func FormatDuration(d time.Duration) string {
	hundredths := max(d, 0).Milliseconds() / 10
	return "PT" + trimZeros(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)) + "S"
}

func trimZeros(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

// shortDuration cuts a valid duration to the precision that counts in comparisons, 0.01 s. xAPI 2.0 §4.2.7
func shortDuration(s string) string {
	i := strings.IndexAny(s, ".,")
	if i < 0 || !strings.HasSuffix(s, "S") || len(s)-i <= 4 {
		return s
	}
	return s[:i+3] + "S"
}
