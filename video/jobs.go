package video

import (
	"context"
	"errors"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// InLine is a video that is in work, waits or has failed, as an operator sees it.
type InLine struct {
	Org   string
	Video Video
}

// Jobs returns the videos of all towns that wait or are in work, in the order in which they get hands, or those that
// have failed. limit is 0 (50) to 500. faults people.unsigned, people.forbidden
func (s *Service) Jobs(ctx context.Context, by people.Actor, failed bool, cursor string, limit int) (store.Page[InLine], error) {
	if err := by.MustOperate(); err != nil {
		return store.Page[InLine]{}, err
	}
	q := store.Query{Index: "wanted", Cursor: cursor, Limit: limit}
	if failed {
		q.Index, q.Equal = "state", []any{string(Failed)}
	}
	page, err := s.videos.Across(ctx, q)
	out := store.Page[InLine]{Docs: make([]InLine, 0, len(page.Docs)), Next: page.Next}
	for _, d := range page.Docs {
		d.Doc.upgrade()
		if !d.Doc.Deleted {
			out.Docs = append(out.Docs, InLine{d.Org, d.Doc})
		}
	}
	return out, wrap("Jobs", err)
}

// Line is how things stand with the work on videos.
type Line struct {
	States  map[State]int // videos of all towns; at most store.MaxCount of each
	Oldest  time.Time     // when the first of those came that wait or are in work; zero: there is none
	Working []Hand        // units that are being done, among the first videos in line
	Waiting int           // units that could be begun, among the same
	Free    int64         // bytes on the disk of the embedded store; 0 with Total: unknown
	Total   int64
	Paused  bool // the operator lets all wait
	Workers []Worker
	Hour    Done // what became ready lately
	Day     Done
}

// Hand is somebody at work.
type Hand struct {
	Worker string
	Org    string
	Video  string
	Stage  string
	Part   float64 // 0 to 1
}

// Line returns how things stand. faults people.unsigned, people.forbidden
func (s *Service) Line(ctx context.Context, by people.Actor) (Line, error) {
	if err := by.MustOperate(); err != nil {
		return Line{}, err
	}
	var l Line
	var err error
	if l.States, err = s.States(ctx); err != nil {
		return l, err
	}
	page, err := s.videos.Across(ctx, store.Query{Index: "wanted", Limit: 200})
	if err != nil {
		return l, wrap("Line", err)
	}
	now := s.now()
	for _, d := range page.Docs {
		v := d.Doc
		v.upgrade()
		if w := v.Wanted; w != nil && (l.Oldest.IsZero() || w.Since.Before(l.Oldest)) {
			l.Oldest = w.Since
		}
		if v.takeable(now) {
			_, n, _ := v.next(now)
			l.Waiting += max(n, 1)
		}
		for _, st := range v.Stages {
			for _, u := range st.Units {
				if u.Lease != "" && u.Due.After(now) {
					l.Working = append(l.Working, Hand{u.Worker, d.Org, v.ID, st.Name, u.Part})
				}
			}
		}
	}
	o, err := s.orders.Get(ctx, theOrders)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return l, wrap("Line", err)
	}
	l.Paused = o.Paused
	if l.Workers, err = s.crewNow(ctx); err != nil {
		return l, err
	}
	if l.Hour, l.Day, err = s.made24(ctx); err != nil {
		return l, err
	}
	if free, total, ok := s.c.Objects.Space(); ok {
		l.Free, l.Total = free, total
	}
	return l, nil
}

// Pause lets a video wait, or go on. What is in hand is finished. faults people.unsigned, people.forbidden,
// video.not_found, video.not_in_work
func (s *Service) Pause(ctx context.Context, by people.Actor, org, id string, pause bool) (Video, error) {
	if err := by.MustOperate(); err != nil {
		return Video{}, err
	}
	v, err := s.update(ctx, org, id, func(v *Video) error {
		if v.State != Uploaded && v.State != Processing {
			return notInWork()
		}
		v.Paused = pause
		v.schedule(s.now())
		return nil
	})
	if err == nil && !pause {
		s.ring(ctx, org, id, time.Time{})
	}
	return v, err
}

// Cancel ends the work on a video; Retry takes it up again. faults people.unsigned, people.forbidden, video.not_found,
// video.not_in_work
func (s *Service) Cancel(ctx context.Context, by people.Actor, org, id string) (Video, error) {
	if err := by.MustOperate(); err != nil {
		return Video{}, err
	}
	v, err := s.update(ctx, org, id, func(v *Video) error {
		if v.State != Uploaded && v.State != Processing {
			return notInWork()
		}
		at := -1
		for i, st := range v.Stages {
			if st.State == StageWorking || st.State == StageWaiting {
				at = i
				break
			}
		}
		s.giveUp(v, "video.cancelled", at)
		return nil
	})
	if err == nil && v.Due != nil {
		s.ring(ctx, org, id, *v.Due)
	}
	return v, err
}

func notInWork() error {
	return fault.New(fault.Conflict, "video.not_in_work", "nobody works on this video, and it does not wait")
}

// RetryAs is Retry for an operator, in whatever town. faults people.unsigned, people.forbidden, video.not_found,
// video.not_failed
func (s *Service) RetryAs(ctx context.Context, by people.Actor, org, id string) (Video, error) {
	if err := by.MustOperate(); err != nil {
		return Video{}, err
	}
	return s.retry(ctx, by, org, id)
}
