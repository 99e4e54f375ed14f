package course

import (
	"context"
	"errors"
	"slices"

	"palestra/internal/store"
)

// Why a statement has decided nothing.
const (
	WhyTold      = "told"       // the platform tells what was done; nothing follows from the telling
	WhyUnknown   = "unknown"    // no enrolment here has its registration
	WhyOther     = "other"      // its registration is another person's
	WhyNoClaim   = "no_claim"   // its verb claims nothing that could be evidence
	WhyNoViewing = "no_viewing" // the server has granted no such viewing
	WhyNotPaid   = "not_paid"   // it claims nothing new, or more than there was time for
	WhyLater     = "later"      // a later one of the same viewing says what it says, and more
)

// Trace is what a statement has caused in this room, and where the person is now.
type Trace struct {
	Why        string // it decided nothing, and why; "" if something rests on it
	Course     string // or programme
	Title      Text
	Programme  bool
	Person     string
	Need       *Need       // its lesson as it is now; nil if it is about none
	Evidence   bool        // the lesson's evidence rests on it
	Completion *Completion // of the enrolment; nil while it is not complete
	Cited      bool        // the completion names it as evidence
	Tells      bool        // it tells of the completion or of its certificate
	Later      string      // the statement of the same viewing on which the evidence rests instead
}

// Trace says what a statement has caused. lesson is the one that it is about, "" for none. For rooms and pages that have
// decided who may ask.
func (s *Service) Trace(ctx context.Context, org string, st Observed, lesson string) (Trace, error) {
	none := Trace{Why: WhyUnknown}
	if st.OfPlatform {
		none.Why = WhyTold
	}
	if st.Enrolment == "" {
		return none, nil
	}
	e, err := s.enrolments.Get(ctx, org, st.Enrolment)
	if errors.Is(err, store.ErrNotFound) {
		return s.traceProgramme(ctx, org, st, none)
	}
	if err != nil {
		return none, s.wrap("Trace", err)
	}
	v, err := s.version(ctx, e)
	if err != nil {
		return none, err
	}
	t := Trace{Course: e.Course, Title: v.Title, Person: e.Person}
	if e.Decision != nil {
		if err := s.traceCompletion(ctx, org, e.Decision, st, &t); err != nil {
			return none, err
		}
	}
	if !st.OfPlatform && e.Account != st.Account {
		return Trace{Why: WhyOther}, nil
	}
	if lesson, err = s.traceEvidence(ctx, org, &e, st, lesson, &t); err != nil {
		return none, err
	}
	all := needs(&e, &v)
	if i := slices.IndexFunc(all, func(n Need) bool { return n.Lesson == lesson }); i >= 0 {
		t.Need = &all[i]
	}
	if t.Evidence || t.Tells || t.Cited {
		t.Why = ""
	}
	return t, nil
}

// traceEvidence looks for the lesson whose evidence a statement is, and says why there is none.
func (s *Service) traceEvidence(ctx context.Context, org string, e *Enrolment, st Observed, lesson string, t *Trace) (string, error) {
	if st.OfPlatform {
		t.Why = WhyTold
		for id, ev := range e.Lessons {
			if ev.Statement == st.ID {
				t.Evidence, lesson = true, id
			}
		}
		return lesson, nil
	}
	if !carries(st.Verb) {
		t.Why = WhyNoClaim
		return lesson, nil
	}
	t.Why = WhyNoViewing
	p, err := s.playbacks.Get(ctx, org, st.Playback)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Enrolment != e.ID {
		return lesson, nil
	}
	if err != nil {
		return lesson, s.wrap("Trace", err)
	}
	t.Why = WhyNotPaid
	if ev := e.Lessons[p.Lesson]; ev != nil {
		switch by := ev.Sessions[p.ID]; by {
		case "":
		case st.ID:
			t.Evidence = true
		default:
			t.Later = by
		}
	}
	return p.Lesson, nil
}

func (s *Service) traceCompletion(ctx context.Context, org string, d *Decision, st Observed, t *Trace) error {
	c, err := s.completions.Get(ctx, org, d.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // decided a moment ago
	}
	if err != nil {
		return s.wrap("Trace", err)
	}
	t.Completion, t.Cited = &c, slices.Contains(c.Statements, st.ID)
	t.Tells = st.ID == c.Statement || st.ID == eventID(org, "earned", c.ID)
	return nil
}

func (s *Service) traceProgramme(ctx context.Context, org string, st Observed, none Trace) (Trace, error) {
	p, err := s.pursuits.Get(ctx, org, st.Enrolment)
	if errors.Is(err, store.ErrNotFound) {
		return none, nil
	}
	if err != nil {
		return none, s.wrap("Trace", err)
	}
	if !st.OfPlatform {
		return Trace{Why: WhyNoClaim}, nil // a programme is decided from completions
	}
	t := Trace{Why: WhyTold, Course: p.Programme, Programme: true, Person: p.Person}
	v, err := s.programmeVersions.Get(ctx, p.Owner, versionID(p.Programme, p.Version))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return none, s.wrap("Trace", err)
	}
	t.Title = v.Title
	if p.Decision != nil {
		err = s.traceCompletion(ctx, org, p.Decision, st, &t)
	} else {
		err = nil
	}
	if t.Tells || t.Cited {
		t.Why = ""
	}
	return t, err
}

// carries reports whether statements with this verb claim what was played.
func carries(verb string) bool {
	switch verb {
	case verbPaused, verbSeeked, verbTerminated, verbVideoDone:
		return true
	}
	return false
}

// Owns reports whether a course is one of the organisation's own, for authors. Fault: course.not_found
func (s *Service) Owns(ctx context.Context, org, id string) error {
	_, err := s.courses.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return notFound(id)
	}
	return s.wrap("Owns", err)
}
