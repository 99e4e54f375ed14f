package practice

import (
	"regexp"
	"strings"
	"time"
)

// Span is a date as people know it: a year, a month, a day, or from one of these to another, which may still be open. It
// is written in the Extended Date/Time Format, level 0, with the open end of level 1 (ISO 8601-2:2019 §4; Library of
// Congress, EDTF 2019): 2019, 2020-09, 2021-03-04, 2021-01/2021-02, 2022/..
type Span string

var spanForm = regexp.MustCompile(`^(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:/(\d{4}(?:-\d{2}(?:-\d{2})?)?|\.\.))?$`)

// Years between which something may have happened.
const (
	firstYear = 1900
	lastYear  = 2100
)

// bounds returns the first day of the span and the first day behind it; open is whether it has no end.
func (s Span) bounds() (from, to time.Time, open, ok bool) {
	m := spanForm.FindStringSubmatch(string(s))
	if m == nil {
		return from, to, false, false
	}
	from, to, ok = day(m[1])
	switch {
	case !ok:
		return from, to, false, false
	case m[2] == "..":
		return from, to, true, true
	case m[2] != "":
		begin, end, good := day(m[2])
		// An end of the same precision that does not lie behind the beginning is no range.
		return from, end, false, good && begin.After(from)
	}
	return from, to, false, true
}

// day returns the first day of a year, month or day, and the first one behind it.
func day(s string) (from, to time.Time, ok bool) {
	var err error
	switch len(s) {
	case len("2006"):
		from, err = time.Parse("2006", s)
		to = from.AddDate(1, 0, 0)
	case len("2006-01"):
		from, err = time.Parse("2006-01", s)
		to = from.AddDate(0, 1, 0)
	default:
		from, err = time.Parse(time.DateOnly, s)
		to = from.AddDate(0, 0, 1)
	}
	return from, to, err == nil && from.Year() >= firstYear && from.Year() <= lastYear
}

// check tidies a span. fault practice.date
func (s Span) check(path string) (Span, error) {
	t := Span(strings.TrimSpace(string(s)))
	if _, _, _, ok := t.bounds(); !ok {
		return "", invalid(path, "practice.date", "a date is a year, a month, a day, or a range of them: 2019, 2020-09, 2021-01/2021-02, 2022/..")
	}
	return t, nil
}
