package course

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// EvidenceYears is how long evidence is held where an organisation has decided nothing: the ordinary limitation of claims
// in several countries (ten years in Italy, art. 2946 c.c.), and longer than the five years for which Regulation (EU)
// 2021/1060, art. 82, wants documents of funded measures.
const EvidenceYears = 10

// term is for how many years after a completion an organisation holds what it rests on, and says whose it is.
type term struct {
	store.Meta `bson:",inline"`
	Years      int `bson:"years"`
}

const termID = "term"

// Term returns for how many years an organisation holds evidence.
func (s *Service) Term(ctx context.Context, org string) (years int, err error) {
	t, err := s.terms.Get(ctx, org, termID)
	if errors.Is(err, store.ErrNotFound) {
		return EvidenceYears, nil
	}
	return t.Years, s.wrap("Term", err)
}

// SetTerm decides for how many years the actor's organisation holds evidence. Administrators may; it is noted. Fault:
// course.evidence_years
func (s *Service) SetTerm(ctx context.Context, by people.Actor, years int) error {
	if err := by.Must(people.Administrator); err != nil {
		return err
	}
	return s.setTerm(ctx, by, by.Organisation, years)
}

// SetTermOf is SetTerm for the installation's own commands.
func (s *Service) SetTermOf(ctx context.Context, by people.Actor, org string, years int) error {
	if err := by.MustOperate(); err != nil {
		return err
	}
	return s.setTerm(ctx, by, org, years)
}

func (s *Service) setTerm(ctx context.Context, by people.Actor, org string, years int) error {
	if years < 1 || years > 100 {
		return fault.New(fault.Invalid, "course.evidence_years", "evidence is held for 1 to 100 years").At("body.years", "course.evidence_years")
	}
	for {
		_, err := s.terms.Update(ctx, org, termID, func(t *term) error { t.Years = years; return nil })
		if errors.Is(err, store.ErrNotFound) {
			err = s.terms.Insert(ctx, org, term{Meta: store.Meta{ID: termID}, Years: years})
		}
		if errors.Is(err, store.ErrDuplicate) {
			continue
		}
		if err != nil {
			return s.wrap("SetTerm", err)
		}
		return s.c.People.Note(ctx, org, by, "retention.term", org, strconv.Itoa(years))
	}
}

// Testimony is a statement that somebody would like to remove.
type Testimony struct {
	ID, Verb, Enrolment string
	Account             string // of a learner; "" of others
	Number              int64
	Stored              time.Time
	OfPlatform          bool
}

// Hold is why and how long a statement must stay; a zero time is an end that is not known yet.
type Hold struct {
	Why   string
	Until time.Time
}

// decisions are the platform's own statements that are decisions.
func decisions() []string {
	return []string{verbCompleted, verbEarned, verbCorrected, verbPassed, verbFailed}
}

// Held returns those of the statements that must stay, by id: evidence of a completion or of a course that somebody is
// learning, the platform's decisions, and what was not yet looked at for evidence. Each costs two looks along indexes.
func (s *Service) Held(ctx context.Context, org string, list []Testimony) (map[string]Hold, error) {
	years, err := s.Term(ctx, org)
	if err != nil {
		return nil, err
	}
	at, err := s.positions.Get(ctx, org, catchUpPositions)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, s.wrap("Held", err)
	}
	now, held := s.now(), map[string]Hold{}
	hold := func(id string, h Hold) {
		if h.Until.IsZero() || h.Until.After(now) {
			held[id] = h
		}
	}
	for _, t := range list {
		if !t.OfPlatform && t.Account != "" && t.Number > at.Number {
			held[t.ID] = Hold{Why: "unread"}
			continue
		}
		until, why, err := s.cited(ctx, org, t, years)
		switch {
		case err != nil:
			return nil, s.wrap("Held", err)
		case why == "evidence":
			hold(t.ID, Hold{Why: "evidence", Until: until})
		case why == "learning":
			hold(t.ID, Hold{Why: "learning", Until: until})
		}
		if _, is := held[t.ID]; !is && t.OfPlatform && slices.Contains(decisions(), t.Verb) {
			hold(t.ID, Hold{Why: "decision", Until: t.Stored.AddDate(years, 0, 0)})
		}
	}
	return held, nil
}

// cited looks for what rests on a statement, and until when.
func (s *Service) cited(ctx context.Context, org string, t Testimony, years int) (until time.Time, why string, err error) {
	err = s.completions.Each(ctx, org, store.Query{Index: "byStatement", Equal: []any{t.ID}}, func(c Completion) error {
		if end := c.CompletedAt().AddDate(years, 0, 0); end.After(until) {
			until = end
		}
		why = "evidence"
		return nil
	})
	if err != nil || why != "" || t.Enrolment == "" {
		return until, why, err
	}
	e, err := s.enrolments.Get(ctx, org, t.Enrolment)
	if errors.Is(err, store.ErrNotFound) {
		return until, "", nil
	}
	if err != nil || !slices.Contains(statements(&e), t.ID) {
		return until, "", err
	}
	if e.Decision != nil {
		return e.Decision.At.AddDate(years, 0, 0), "evidence", nil // its record is written in a moment
	}
	return e.Updated.AddDate(years, 0, 0), "learning", nil
}
