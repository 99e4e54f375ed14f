package count

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Summary is what the figures rest on.
type Summary struct {
	Total      int64 // statements that count
	Counted    int64 // all numbers up to it
	Head       int64 // the number of the newest statement
	Since      time.Time
	Rebuilding bool
	Rebuilt    int64 // of a recount under way: all numbers up to it
}

// Entry is one figure.
type Entry struct {
	Key   string
	Total int64
	Last  string // the last day on which it was not zero, 2006-01-02
}

// Day is a figure of one day.
type Day struct {
	Date string // 2006-01-02
	N    int64
}

// Summary returns what the figures rest on.
func (s *Service) Summary(ctx context.Context, org string) (Summary, error) {
	p, err := s.position(ctx, org)
	if err != nil {
		return Summary{}, wrap("Summary", err)
	}
	out := Summary{Counted: p.Now.UpTo, Since: p.Since, Rebuilding: p.Next != nil}
	if p.Next != nil {
		out.Rebuilt = p.Next.UpTo
	}
	if out.Head, err = s.c.Records.Head(ctx, org); err != nil {
		return out, wrap("Summary", err)
	}
	all, err := s.counter(ctx, org, p.Now.Gen, name{All, ""})
	out.Total = all.Total
	return out, wrap("Summary", err)
}

func (s *Service) counter(ctx context.Context, org string, gen int64, n name) (counter, error) {
	c, err := s.counters.Get(ctx, org, n.id(gen))
	if errors.Is(err, store.ErrNotFound) {
		return counter{}, nil
	}
	return c, err
}

// kindOf returns the kind that a question means. Fault: lrs.count_kind
func (s *Service) kindOf(k Kind, course string) (Kind, error) {
	switch {
	case course == "" && slices.Contains([]Kind{All, Verb, Activity, Actor, Course}, k):
		return k, nil
	case course != "" && (k == Verb || k == Activity) && s.course(course) == course:
		return within(k, course), nil
	}
	return "", fault.New(fault.Invalid, "lrs.count_kind", "this is not counted; within a course of this platform verbs and activities are").At("query.kind", "lrs.count_kind")
}

// Top returns the largest figures of a kind, within a course (the id of its activity) or, if that is "", in all. limit is
// at most 500; 0 is 50. Fault: lrs.count_kind
func (s *Service) Top(ctx context.Context, org string, k Kind, course, cursor string, limit int) (store.Page[Entry], error) {
	kind, err := s.kindOf(k, course)
	if err != nil {
		return store.Page[Entry]{}, err
	}
	p, err := s.position(ctx, org)
	if err != nil {
		return store.Page[Entry]{}, wrap("Top", err)
	}
	found, err := s.counters.Find(ctx, org, store.Query{Index: "byTotal", Equal: []any{p.Now.Gen, string(kind)}, From: int64(1), To: int64(math.MaxInt64), Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return store.Page[Entry]{}, wrap("Top", err)
	}
	out := store.Page[Entry]{Docs: make([]Entry, 0, len(found.Docs)), Next: found.Next}
	for _, c := range found.Docs {
		e := Entry{Key: c.Key, Total: c.Total}
		if len(c.Days) > 0 {
			e.Last = date(slices.Max(slices.Collect(maps.Keys(c.Days))))
		}
		out.Docs = append(out.Docs, e)
	}
	return out, nil
}

// Days returns one figure day by day, from one day to another (2006-01-02, both inclusive; "" for open), without the days
// on which it is zero. Days are those of the town, by the time at which things happened. Faults: lrs.count_kind, lrs.count_day
func (s *Service) Days(ctx context.Context, org string, k Kind, course, key, from, to string) (total int64, list []Day, err error) {
	kind, err := s.kindOf(k, course)
	if err != nil {
		return 0, nil, err
	}
	for _, d := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, d); d != "" && err != nil {
			return 0, nil, fault.New(fault.Invalid, "lrs.count_day", "a day is written as 2026-01-31")
		}
	}
	p, err := s.position(ctx, org)
	if err != nil {
		return 0, nil, wrap("Days", err)
	}
	c, err := s.counter(ctx, org, p.Now.Gen, name{kind, key})
	if err != nil {
		return 0, nil, wrap("Days", err)
	}
	list = []Day{}
	for _, day := range slices.Sorted(maps.Keys(c.Days)) {
		if d := date(day); (from == "" || d >= from) && (to == "" || d <= to) {
			list = append(list, Day{Date: d, N: c.Days[day]})
		}
	}
	return c.Total, list, nil
}
