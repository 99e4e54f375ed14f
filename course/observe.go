package course

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// The verbs of the video profile whose statements carry what has been played (xAPI video profile 1.0.3).
const (
	verbPaused       = "https://w3id.org/xapi/video/verbs/paused"
	verbSeeked       = "https://w3id.org/xapi/video/verbs/seeked"
	verbTerminated   = "http://adlnet.gov/expapi/verbs/terminated"
	verbVideoDone    = verbCompleted
	observeAtOnce    = 100
	spentAtMost      = 500 // spans; older ones are forgotten and nothing before them can be claimed
	tolerance        = 2 * time.Second
	maxSpeed         = 2.0
	catchUpPositions = "evidence"
)

// Observed is a statement of the record store as this room reads it.
type Observed struct {
	Number     int64 // its place in the organisation's store
	ID         string
	Account    string // actor's account name, "" if it is none of ours
	Verb       string
	Enrolment  string // registration
	Playback   string // video profile: session-id
	Segments   Intervals
	Time       *int64  // milliseconds in the video
	Speed      float64 // highest of the session; 0 if not said
	Timestamp  time.Time
	Stored     time.Time
	OfPlatform bool // under the platform's own authority
}

// position is how far an organisation's statements have been observed.
type position struct {
	store.Meta `bson:",inline"`
	Number     int64 `bson:"number"`
}

// CatchUp observes what an organisation's record store holds and was not observed yet. It may run twice at once and be
// killed anywhere: observing a statement again changes nothing.
func (s *Service) CatchUp(ctx context.Context, org string) error {
	at, err := s.positions.Get(ctx, org, catchUpPositions)
	if errors.Is(err, store.ErrNotFound) {
		at = position{Meta: store.Meta{ID: catchUpPositions}}
		if err := s.positions.Insert(ctx, org, at); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return s.wrap("CatchUp", err)
		}
	} else if err != nil {
		return s.wrap("CatchUp", err)
	}
	for {
		batch, last, err := s.c.Records.After(ctx, org, at.Number, observeAtOnce)
		if err != nil {
			return s.wrap("CatchUp", err)
		}
		if last <= at.Number {
			return nil
		}
		films := map[[2]string]bool{}
		for _, st := range batch {
			if err := s.observe(ctx, org, st, films); err != nil {
				return err
			}
		}
		for film := range films {
			if _, err := s.countViews(ctx, film[0], film[1]); err != nil {
				return err
			}
		}
		at, err = s.positions.Update(ctx, org, catchUpPositions, func(p *position) error {
			if p.Number >= last {
				return store.ErrKeep
			}
			p.Number = last
			return nil
		})
		if err != nil {
			return s.wrap("CatchUp", err)
		}
		at.Number = max(at.Number, last)
	}
}

// observe takes what a player's statement proves into the enrolment. Whatever is not plausible is left in the record
// store and decides nothing. It adds to films, by organisation and film, those of which somebody has watched something new.
func (s *Service) observe(ctx context.Context, org string, st Observed, films map[[2]string]bool) error {
	if st.OfPlatform || st.Playback == "" || st.Enrolment == "" {
		return nil
	}
	if !carries(st.Verb) {
		return nil
	}
	p, err := s.playbacks.Get(ctx, org, st.Playback)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Enrolment != st.Enrolment {
		return nil
	}
	if err != nil {
		return s.wrap("observe", err)
	}
	e, err := s.enrolments.Get(ctx, org, p.Enrolment)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Account != st.Account {
		return nil
	}
	if err != nil {
		return s.wrap("observe", err)
	}
	v, err := s.version(ctx, e)
	if err != nil {
		return err
	}
	paid, err := s.pay(ctx, org, &e, p, st)
	if err != nil {
		return err
	}
	e, err = s.enrolments.Update(ctx, org, e.ID, func(e *Enrolment) error {
		credited := e.credit(p, st, paid)
		if !e.watch(org, &v, p, st) && !credited {
			return store.ErrKeep
		}
		e.Updated = later(e.Updated, st.Stored)
		s.decide(e, &v)
		return nil
	})
	if err != nil {
		return s.wrap("observe", err)
	}
	for _, w := range e.Uncounted {
		films[[2]string{e.Owner, w.Film}] = true
	}
	_, err = s.settle(ctx, org, e)
	return err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// clock is the wall time of a person in a town that claims of having watched have used up, whatever course they are of:
// nobody watches two videos at once. It is another document than the evidence that it pays for, so it remembers for which
// statements it has paid lately: a run that died in between pays for none twice.
type clock struct {
	store.Meta `bson:",inline"` // id: the person's
	Spent      Intervals        `bson:"spent"` // Unix milliseconds
	Floor      int64            `bson:"floor"` // a time before which nothing can be claimed any more
	Debt       int64            `bson:"debt"`  // milliseconds lent, at most the tolerance; the next claim pays it back
	Paid       []string         `bson:"paid"`  // statements, the last ones
}

// paidAtMost is how many statements a clock remembers. Only one can be paid for and not be evidence yet in each process
// that observes: what is evidence already costs nothing.
const paidAtMost = 50

// fresh returns what of a statement's claim an enrolment has no evidence of yet.
func (e *Enrolment) fresh(p Playback, st Observed) Intervals {
	claimed := st.Segments.Within(0, p.Length)
	if claimed.Length() != st.Segments.Length() {
		return nil // beyond the end
	}
	seen := Intervals{}
	if ev := e.Lessons[p.Lesson]; ev != nil {
		seen = ev.Seen
	}
	return claimed.Without(seen)
}

// pay spends a person's time for what a statement claims to have been watched, and reports whether there was enough.
//
// Watching takes time: c seconds of video at speed v take c/v seconds by the clock on the wall, between the moment
// when the server granted the playback and the moment when it stored the statement. Each second on the wall pays for
// one claim only, of whichever playback and course. A claim that cannot be paid in full is not believed at all.
func (s *Service) pay(ctx context.Context, org string, e *Enrolment, p Playback, st Observed) (paid bool, err error) {
	fresh := e.fresh(p, st)
	if fresh.Length() == 0 {
		return false, nil
	}
	price := int64(float64(fresh.Length()) / min(max(st.Speed, 1), maxSpeed))
	spend := func(c *clock) error {
		if paid = slices.Contains(c.Paid, st.ID); paid {
			return store.ErrKeep
		}
		window := Intervals{{max(p.Granted.UnixMilli(), e.Floor, c.Floor), st.Stored.UnixMilli()}}
		free := Normal(window...).Without(c.Spent).Without(e.Spent) // an enrolment's own is of early programs
		due := price + c.Debt
		if due > free.Length()+tolerance.Milliseconds() {
			return store.ErrKeep
		}
		// The earliest time first: what is stored later cannot have used it up, and may need the rest.
		c.Debt = max(0, due-free.Length())
		c.Spent = c.Spent.Union(free.Earliest(due - c.Debt))
		if n := len(c.Spent) - spentAtMost; n > 0 {
			c.Floor = c.Spent[n-1][1]
			c.Spent = c.Spent[n:]
		}
		if c.Paid = append(c.Paid, st.ID); len(c.Paid) > paidAtMost {
			c.Paid = c.Paid[len(c.Paid)-paidAtMost:]
		}
		paid = true
		return nil
	}
	for {
		_, err = s.clocks.Update(ctx, org, e.Person, spend)
		if !errors.Is(err, store.ErrNotFound) {
			return paid, s.wrap("pay", err)
		}
		err = s.clocks.Insert(ctx, org, clock{Meta: store.Meta{ID: e.Person}, Spent: Intervals{}, Paid: []string{}})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return false, s.wrap("pay", err)
		}
	}
}

// credit adds what a statement claims to have been watched, if it was paid for, and reports whether anything changed.
func (e *Enrolment) credit(p Playback, st Observed, paid bool) bool {
	ev := e.evidence(p.Lesson)
	changed := false
	if st.Time != nil && *st.Time >= 0 && *st.Time <= p.Length && st.Timestamp.After(ev.PositionAt) && !st.Timestamp.After(st.Stored.Add(time.Minute)) {
		ev.Position, ev.PositionAt, changed = *st.Time, st.Timestamp, true
	}
	fresh := e.fresh(p, st)
	if !paid || fresh.Length() == 0 {
		return changed
	}
	ev.Seen = ev.Seen.Union(fresh)
	if ev.Sessions == nil {
		ev.Sessions = map[string]string{}
	}
	// What a session has played is said anew in each statement, so the last one stands for all before it.
	ev.Sessions[p.ID] = st.ID
	return true
}

// words a minute and a part of the speech's time below which nobody has read a text.
const (
	fastestReader     = 900
	fastestTranscript = 6
)

// Read notes that the learner has read a text lesson to its end. Faults: course.read_too_fast with the seconds after
// which it can be believed.
func (s *Service) Read(ctx context.Context, by people.Actor, enrolment, lesson string) (Study, error) {
	st, l, ev, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return st, err
	}
	if l.Kind != KindText {
		return st, fault.New(fault.Conflict, "course.not_text", "this lesson is not a text")
	}
	if ev.Read != nil {
		return st, nil
	}
	words := 0
	for _, text := range l.Body {
		if n := len(strings.Fields(text)); words == 0 || n < words {
			words = n
		}
	}
	return s.witness(ctx, by, st, l, ev, time.Duration(words)*time.Minute/fastestReader, "read", func(ev *Evidence, now time.Time) { ev.Read = &now })
}

// ReadTranscript notes that the learner has read the transcript of a video to its end, where the author permits it
// instead of watching. Faults: course.transcript_does_not_count, course.read_too_fast.
func (s *Service) ReadTranscript(ctx context.Context, by people.Actor, enrolment, lesson string) (Study, error) {
	st, l, ev, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return st, err
	}
	if l.Kind != KindVideo || !l.TranscriptCounts {
		return st, fault.New(fault.Conflict, "course.transcript_does_not_count", "reading the transcript does not count for this lesson")
	}
	if ev.TranscriptRead != nil {
		return st, nil
	}
	least := time.Duration(st.Version.clip(l.Video)) * time.Millisecond / fastestTranscript
	return s.witness(ctx, by, st, l, ev, least, "transcript-read", func(ev *Evidence, now time.Time) { ev.TranscriptRead = &now })
}

// witness notes what the server itself has seen the learner do, at least some time after she opened the lesson.
func (s *Service) witness(ctx context.Context, by people.Actor, st Study, l *Lesson, ev *Evidence, least time.Duration, kind string, note func(*Evidence, time.Time)) (Study, error) {
	now := s.now()
	if ev.Opened == nil || now.Sub(*ev.Opened) < least {
		wait := least
		if ev.Opened != nil {
			wait = least - now.Sub(*ev.Opened)
		}
		seconds := int((wait + time.Second - 1) / time.Second)
		return st, fault.New(fault.Conflict, "course.read_too_fast", "nobody reads this so fast; try again in %d seconds", seconds).With("after", seconds)
	}
	event := Event{ID: eventID(by.Organisation, kind, st.Enrolment.ID, l.ID), Account: by.Account, Verb: verbRead,
		Activity: lessonActivity(st.Enrolment.Course, l), Enrolment: st.Enrolment.ID, At: now}
	if err := s.c.Records.Record(ctx, by.Organisation, event); err != nil {
		return st, s.wrap("witness", err)
	}
	e, err := s.enrolments.Update(ctx, by.Organisation, st.Enrolment.ID, func(e *Enrolment) error {
		d := e.evidence(l.ID)
		note(d, now)
		d.Statement = event.ID
		e.Updated = now
		s.decide(e, &st.Version)
		return nil
	})
	if err != nil {
		return st, s.wrap("witness", err)
	}
	if _, err := s.settle(ctx, by.Organisation, e); err != nil {
		return st, fmt.Errorf("course.witness: %w", err)
	}
	return s.Study(ctx, by, e.ID)
}
