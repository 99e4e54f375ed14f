package browse

import (
	"context"
	"time"

	"palestra/internal/fault"
	"palestra/people"
)

const (
	tailEvery  = time.Second      // between looks at what has arrived, also through other processes
	tailBeat   = 15 * time.Second // between signs of life
	tailLives  = 5 * time.Minute  // then the browser comes back and is asked again who it is
	tailAtOnce = 500              // statements a look
	tailBehind = 5000             // who is further behind misses some, and is told so
	tailKeeps  = 100              // of those, the newest that she still sees

	tailsOfOne = 6   // a person
	tailsOfAll = 200 // a process
)

// Listener is told what arrives. An error ends the tail.
type Listener interface {
	// Line is a statement that the filter finds.
	Line(l Line) error
	// Seen says up to which number nothing that the filter finds was left out.
	Seen(number int64) error
	// Missed says that so many statements arrived faster than they could be shown; the next ones are behind number.
	Missed(count, number int64) error
	// Beat is a sign of life.
	Beat() error
}

// Tail is a filter that is followed.
type Tail struct {
	s    *Service
	v    view
	by   string
	from int64
}

// Follow decides whether an actor may follow what arrives, from behind a number (0: from now). Run must be called.
// Faults: those of Search, course.browse_many
func (s *Service) Follow(ctx context.Context, by people.Actor, f Filter, from int64) (*Tail, error) {
	f.Since, f.Until = time.Time{}, time.Time{}
	v, several, err := s.enter(ctx, by, f)
	if err != nil {
		return nil, wrap("Follow", err)
	}
	if several != nil {
		return nil, fault.New(fault.NotFound, "people.member_not_found", "no member with this name alone")
	}
	head, err := s.c.Records.Head(ctx, v.org)
	if err != nil {
		return nil, wrap("Follow", err)
	}
	if from <= 0 || from > head {
		from = head
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= tailsOfAll || s.tails[by.Person] >= tailsOfOne {
		return nil, fault.New(fault.TooMany, "course.browse_many", "too many are following at once").With("after", int(tailLives/time.Second))
	}
	s.all++
	s.tails[by.Person]++
	return &Tail{s: s, v: v, by: by.Person, from: from}, nil
}

// Close gives the place of a tail back.
func (t *Tail) Close() {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.all--
	if t.s.tails[t.by]--; t.s.tails[t.by] <= 0 {
		delete(t.s.tails, t.by)
	}
}

// Run tells a listener what arrives until ctx ends, the listener has gone or the tail has lived long enough: lives, and
// five minutes at most.
func (t *Tail) Run(ctx context.Context, to Listener, lives time.Duration) error {
	end := time.NewTimer(min(lives, tailLives))
	defer end.Stop()
	look, beat := time.NewTicker(tailEvery), time.NewTicker(tailBeat)
	defer look.Stop()
	defer beat.Stop()
	if err := to.Seen(t.from); err != nil {
		return err
	}
	for {
		if err := t.look(ctx, to); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-end.C:
			return nil
		case <-beat.C:
			if err := to.Beat(); err != nil {
				return err
			}
		case <-look.C:
		}
	}
}

// look tells what has arrived since the last look.
func (t *Tail) look(ctx context.Context, to Listener) error {
	head, err := t.s.c.Records.Head(ctx, t.v.org)
	if err != nil {
		return wrap("Tail", err)
	}
	if behind := head - t.from; behind > tailBehind {
		t.from = head - tailKeeps
		if err := to.Missed(behind-tailKeeps, t.from); err != nil {
			return err
		}
	}
	for t.from < head {
		list, last, err := t.s.c.Records.Tail(ctx, t.v.org, t.v.query, t.from, tailAtOnce)
		if err != nil {
			return wrap("Tail", err)
		}
		if last <= t.from {
			return nil
		}
		lines, err := t.s.reader(t.v).lines(ctx, list)
		if err != nil {
			return wrap("Tail", err)
		}
		for _, l := range lines {
			if err := to.Line(l); err != nil {
				return err
			}
		}
		t.from = last
		if len(lines) == 0 || lines[len(lines)-1].Number != last {
			if err := to.Seen(last); err != nil {
				return err
			}
		}
	}
	return nil
}
