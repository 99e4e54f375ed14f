package course

import (
	"context"
	"errors"
	"time"

	"palestra/course/ledger"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// RecordLine is a completed course or programme, or a course on the way, with the person's name.
type RecordLine struct {
	Person     string
	Name       string
	Completion *Completion     // nil while the course is on the way
	Study      *Study          // nil in lists of completions, and of programmes
	Programme  *ProgrammeStudy // of a programme; nil in lists
}

// Records lists who has completed what, newest first, or who is on the way, latest activity first: all, or those of a
// person or of a course. HR may.
func (s *Service) Records(ctx context.Context, by people.Actor, open bool, person, course, cursor string, limit int) ([]RecordLine, string, error) {
	if err := by.Must(people.HR); err != nil {
		return nil, "", err
	}
	if open {
		return s.openRecords(ctx, by.Organisation, person, course, cursor, limit)
	}
	q := store.Query{Index: "byAt", Reverse: true, Cursor: cursor, Limit: limit}
	switch {
	case person != "":
		q.Index, q.Equal = "byPerson", []any{person}
		if course != "" {
			q.Where = map[string]any{"course": course}
		}
	case course != "":
		q.Index, q.Equal = "byCourse", []any{course}
	}
	p, err := s.completions.Find(ctx, by.Organisation, q)
	if err != nil {
		return nil, "", s.wrap("Records", err)
	}
	lines := make([]RecordLine, 0, len(p.Docs))
	for i := range p.Docs {
		name, err := s.nameOf(ctx, by.Organisation, p.Docs[i].Person)
		if err != nil {
			return nil, "", err
		}
		lines = append(lines, RecordLine{Person: p.Docs[i].Person, Name: name, Completion: &p.Docs[i]})
	}
	return lines, p.Next, nil
}

func (s *Service) openRecords(ctx context.Context, org, person, course, cursor string, limit int) ([]RecordLine, string, error) {
	q := store.Query{Index: "byState", Equal: []any{Active}, Reverse: true, Cursor: cursor, Limit: limit}
	switch {
	case person != "":
		q.Index, q.Equal = "byPerson", []any{person, Active}
		if course != "" {
			q.Where = map[string]any{"course": course}
		}
	case course != "":
		q.Index, q.Equal = "byCourse", []any{course, Active}
	}
	p, err := s.enrolments.Find(ctx, org, q)
	if err != nil {
		return nil, "", s.wrap("openRecords", err)
	}
	lines := make([]RecordLine, 0, len(p.Docs))
	for _, e := range p.Docs {
		name, err := s.nameOf(ctx, org, e.Person)
		if err != nil {
			return nil, "", err
		}
		st, err := s.study(ctx, org, e)
		if err != nil {
			return nil, "", err
		}
		lines = append(lines, RecordLine{Person: e.Person, Name: name, Study: &st})
	}
	return lines, p.Next, nil
}

// nameOf returns a member's name; a member that was erased has none.
func (s *Service) nameOf(ctx context.Context, org, person string) (string, error) {
	m, err := s.c.People.MemberOf(ctx, org, person)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return m.Name, s.wrap("nameOf", err)
}

// RecordOf returns a completion or an enrolment of the organisation with its evidence. HR may.
func (s *Service) RecordOf(ctx context.Context, by people.Actor, id string) (RecordLine, error) {
	if err := by.Must(people.HR); err != nil {
		return RecordLine{}, err
	}
	l := RecordLine{}
	enrolment := id
	c, err := s.completions.Get(ctx, by.Organisation, id)
	if err == nil {
		l.Completion, enrolment = &c, c.Enrolment
	} else if !errors.Is(err, store.ErrNotFound) {
		return l, s.wrap("RecordOf", err)
	}
	if c.Kind == KindProgramme {
		return s.programmeRecord(ctx, by.Organisation, c)
	}
	e, err := s.enrolments.Get(ctx, by.Organisation, enrolment)
	if errors.Is(err, store.ErrNotFound) {
		if p, err := s.pursuits.Get(ctx, by.Organisation, enrolment); err == nil {
			return s.followerLine(ctx, by.Organisation, p)
		} else if !errors.Is(err, store.ErrNotFound) {
			return l, s.wrap("RecordOf", err)
		}
		return l, fault.New(fault.NotFound, "course.completion_not_found", "no completion %s", id)
	}
	if err != nil {
		return l, s.wrap("RecordOf", err)
	}
	st, err := s.study(ctx, by.Organisation, e)
	if err != nil {
		return l, err
	}
	l.Person, l.Study = e.Person, &st
	if l.Completion == nil {
		l.Completion = st.Completion
	}
	l.Name, err = s.nameOf(ctx, by.Organisation, e.Person)
	return l, err
}

func (s *Service) programmeRecord(ctx context.Context, org string, c Completion) (RecordLine, error) {
	p, err := s.pursuits.Get(ctx, org, c.Enrolment)
	if err != nil {
		return RecordLine{}, s.wrap("programmeRecord", err)
	}
	st, err := s.pursued(ctx, org, p)
	if err != nil {
		return RecordLine{}, err
	}
	name, err := s.nameOf(ctx, org, c.Person)
	return RecordLine{Person: c.Person, Name: name, Completion: &c, Programme: &st}, err
}

// StaffLine is a person with what she has done, as HR sees it.
type StaffLine struct {
	Member    people.Member
	Begun     int
	Completed int
	Dated     int // of what is under way, courses and programmes that have a date to be done by
	Overdue   int // of these
	Minutes   int
}

func (l *StaffLine) dated(due *time.Time, now time.Time) {
	if due == nil {
		return
	}
	l.Dated++
	if due.Before(now) {
		l.Overdue++
	}
}

// countAtMost is how many courses of one person are counted.
const countAtMost = 200

// Staff lists people of the organisation by name, with what they have done. HR may.
func (s *Service) Staff(ctx context.Context, by people.Actor, text string, active bool, cursor string, limit int) ([]StaffLine, string, error) {
	if err := by.Must(people.HR); err != nil {
		return nil, "", err
	}
	p, err := s.c.People.Members(ctx, by, "", text, active, cursor, limit)
	if err != nil {
		return nil, "", s.wrap("Staff", err)
	}
	now := s.now()
	lines := make([]StaffLine, 0, len(p.Docs))
	for _, m := range p.Docs {
		l := StaffLine{Member: m}
		open, err := s.enrolments.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{m.ID, Active}, Limit: countAtMost})
		if err != nil {
			return nil, "", s.wrap("Staff", err)
		}
		for _, e := range open.Docs {
			l.dated(e.Due, now)
		}
		programmes, err := s.pursuits.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{m.ID, Active}, Limit: countAtMost})
		if err != nil {
			return nil, "", s.wrap("Staff", err)
		}
		for _, p := range programmes.Docs {
			l.dated(p.Due, now)
		}
		done, err := s.completions.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{m.ID}, Limit: countAtMost})
		if err != nil {
			return nil, "", s.wrap("Staff", err)
		}
		l.Begun = len(open.Docs)
		for i := range done.Docs {
			c := &done.Docs[i]
			if c.Kind == KindProgramme {
				continue // its courses are counted
			}
			l.Begun++
			if !c.Withdrawn {
				l.Completed++
				l.Minutes += c.MinutesNow()
			}
		}
		lines = append(lines, l)
	}
	return lines, p.Next, nil
}

// Certificate returns one of the actor's own completions with its explanation.
func (s *Service) Certificate(ctx context.Context, by people.Actor, id string) (RecordLine, people.Organisation, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return RecordLine{}, people.Organisation{}, err
	}
	c, err := s.completions.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Person != by.Person {
		return RecordLine{}, people.Organisation{}, fault.New(fault.NotFound, "course.completion_not_found", "no completion %s", id)
	}
	if err != nil {
		return RecordLine{}, people.Organisation{}, s.wrap("Certificate", err)
	}
	l := RecordLine{Person: by.Person, Name: by.Name, Completion: &c}
	if c.Kind == KindProgramme {
		st, err := s.Pursued(ctx, by, c.Enrolment)
		if err != nil {
			return l, people.Organisation{}, err
		}
		l.Programme = &st
	} else {
		st, err := s.Study(ctx, by, c.Enrolment)
		if err != nil {
			return l, people.Organisation{}, err
		}
		l.Study = &st
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	return l, o, err
}

// Difference is something in which completions, ledger and record store do not agree.
type Difference struct {
	Completion string
	Ledger     int64
	Code       string // stable, translated as differences.<code>
	Detail     string // an id or a number
}

// Reconciliation is what a comparison has found.
type Reconciliation struct {
	At          time.Time
	Completions int
	Entries     int64
	Statements  int
	Differences []Difference // the first thousand
	Pending     int          // decided a moment ago and not entered yet
}

// Reconcile compares every completion of the organisation with its entry in the ledger and its statements in the record
// store, and every entry of the ledger with its completion. HR may.
func (s *Service) Reconcile(ctx context.Context, by people.Actor) (Reconciliation, error) {
	if err := by.Must(people.HR); err != nil {
		return Reconciliation{}, err
	}
	org := by.Organisation
	r := Reconciliation{At: s.now(), Differences: []Difference{}}
	differ := func(d Difference) {
		if len(r.Differences) < 1000 {
			r.Differences = append(r.Differences, d)
		}
	}
	err := s.completions.Each(ctx, org, store.Query{Index: "byAt"}, func(c Completion) error {
		r.Completions++
		if c.Pending {
			r.Pending++
		}
		for _, id := range append([]string{c.Statement}, c.Statements...) {
			r.Statements++
			ok, err := s.c.Records.Has(ctx, org, id)
			if err != nil {
				return err
			}
			if !ok {
				differ(Difference{Completion: c.ID, Code: "statement_missing", Detail: id})
			}
		}
		line, err := s.ledgers.Get(ctx, org, eventID(org, "ledger", c.ID))
		if errors.Is(err, store.ErrNotFound) {
			differ(Difference{Completion: c.ID, Ledger: c.Ledger, Code: "entry_missing"})
			return nil
		}
		if err != nil {
			return err
		}
		e, err := ledger.Parse(trim(line.Line))
		if err != nil {
			differ(Difference{Completion: c.ID, Ledger: line.Number, Code: "entry_unreadable"})
			return nil //nolint:nilerr // it is told
		}
		if _, want := completionEntry(org, &c); e.Hash != c.LedgerHash || e.EvidenceHash != c.Hash || e.Account != c.Account || e.Minutes != want.Minutes || !e.CompletedAt.Equal(want.CompletedAt) {
			differ(Difference{Completion: c.ID, Ledger: line.Number, Code: "entry_differs"})
		}
		return nil
	})
	if err != nil {
		return r, s.wrap("Reconcile", err)
	}
	chain := ledger.NewVerifier(ledger.Trust{Keys: s.c.Keys(), Organisation: org})
	err = s.Ledger(ctx, org, func(line []byte) error {
		r.Entries++
		chain.Line(trim(line))
		e, err := ledger.Parse(trim(line))
		if err != nil {
			return nil //nolint:nilerr // the chain's report below names it
		}
		c, err := s.completions.Get(ctx, org, e.Record)
		if errors.Is(err, store.ErrNotFound) {
			// A decision's entry is written just before its completion.
			differ(Difference{Completion: e.Record, Ledger: e.Number, Code: "completion_missing"})
			return nil
		}
		if err == nil && e.Kind != ledger.Completion && !corrected(&c, e) {
			differ(Difference{Completion: e.Record, Ledger: e.Number, Code: "entry_differs"})
		}
		return err
	})
	for _, f := range chain.Report().Findings {
		differ(Difference{Ledger: f.Number, Code: "chain_broken", Detail: f.Text})
	}
	return r, s.wrap("Reconcile", err)
}

// corrected reports whether a completion has the correction that an entry of the ledger tells.
func corrected(c *Completion, e ledger.Entry) bool {
	for _, k := range c.Corrections {
		if k.Ledger == e.Number {
			return k.Hash == e.Hash && k.Kind == e.Kind && int64(k.Minutes) == e.Minutes && k.At.Equal(e.CompletedAt)
		}
	}
	return c.Pending // entered, and not noted yet
}
