// Package browse is the statement browser: it finds statements of a town's record store along indexes, joins them with
// names, courses and what they caused, and follows what arrives.
//
// Who may see what is decided here. HR sees the town's own store, operators that of any town. Authors see the statements
// of their town's courses, one course at a time, without names: a learner is a word that stays the same in that course's
// statements and leads to nobody, and what could tell who she is is taken out of the statement. Others see nothing.
// What a statement holds may come from anywhere: here it is cut to a length that pages can show, and never trusted.
package browse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/xapi"
	"palestra/people"
)

// People asks the people room.
type People interface {
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
	MemberByAccount(ctx context.Context, org, account string) (people.Member, error)
	Named(ctx context.Context, org, text string, limit int) ([]people.Member, error)
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Courses asks the course room.
type Courses interface {
	Owns(ctx context.Context, org, course string) error
	OfferedIn(ctx context.Context, org, cursor string, limit int) ([]course.Entry, string, error)
	Trace(ctx context.Context, org string, st course.Observed, lesson string) (course.Trace, error)
}

// Config is what the browser needs.
type Config struct {
	Records   *lrs.Service
	Courses   Courses
	People    People
	Observe   func(lrs.Stored) course.Observed // as the course room reads a statement
	PublicURL string
	// Origin says where a statement came from that was not made here; nil if it was.
	Origin func(ctx context.Context, org, statement string) (*Origin, error)
}

// Origin is what another store has said of a statement that came from it.
type Origin struct {
	From   string    // address of the other store, or the name of an import
	Import bool      // it came in a file
	Stored time.Time // there; zero if nobody said
	Said   string    // name of the authority that it had there, or what identifies it; "" if it had none
}

// Service answers who looks into a record store.
type Service struct {
	c Config

	mu    sync.Mutex
	tails map[string]int // how many each person follows; guarded by mu
	all   int            // guarded by mu
}

// New returns the browser.
func New(c Config) (*Service, error) {
	if c.Records == nil || c.Courses == nil || c.People == nil || c.Observe == nil || c.PublicURL == "" || c.Origin == nil {
		return nil, errors.New("browse.New: Records, Courses, People, Observe, PublicURL and Origin are needed")
	}
	return &Service{c: c, tails: map[string]int{}}, nil
}

// Filter says what somebody wants to see. Empty conditions are none.
type Filter struct {
	Organisation string // for operators; "" is one's own
	Course       string // id; authors must name one of their town's
	Person       string // id of a member, or a part of a name or e-mail address
	Verb         string // IRI
	Activity     string // IRI
	Since, Until time.Time
	Language     string // that the reader prefers, BCP 47
}

// view is a filter that somebody may use.
type view struct {
	org    string
	course string    // activity within which an author must stay; "" for others
	names  bool      // may be told who it was
	query  lrs.Query // with all conditions
	lang   string
	home   string
}

// Candidate is a person whom the words of a filter may mean.
type Candidate struct {
	ID, Name, Email string
	Left            bool
}

// mostCandidates is how many people are offered when the words mean several.
const mostCandidates = 20

// enter decides whether an actor may look, and with which conditions. If the filter's words mean several people or nobody,
// these are returned and there is no view.
func (s *Service) enter(ctx context.Context, by people.Actor, f Filter) (v view, several []Candidate, err error) {
	v = view{lang: f.Language, home: s.c.PublicURL}
	if v.org, v.names, err = s.town(ctx, by, f); err != nil {
		return v, nil, err
	}
	for field, iri := range map[string]string{"query.verb": f.Verb, "query.activity": f.Activity} {
		if iri != "" && !xapi.ValidIRI(iri) {
			return v, nil, fault.New(fault.Invalid, "course.browse_address", "this must be an absolute address (IRI)").At(field, "course.browse_address")
		}
	}
	v.query = lrs.Query{Verb: f.Verb, Activity: f.Activity, Since: f.Since, Until: f.Until}
	if f.Course != "" {
		v.query.Within = s.c.PublicURL + "/xapi/courses/" + f.Course
	}
	if !v.names {
		if f.Course == "" {
			return v, nil, fault.New(fault.Invalid, "course.browse_course", "choose one of your courses")
		}
		if f.Person != "" {
			return v, nil, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
		}
		if err := s.c.Courses.Owns(ctx, v.org, f.Course); err != nil {
			return v, nil, err
		}
		v.course = v.query.Within
	}
	if f.Person == "" {
		return v, nil, nil
	}
	account, several, err := s.person(ctx, v.org, f.Person)
	v.query.Agent = s.c.Records.Identity(account)
	return v, several, err
}

// town returns whose store is meant and whether names may be seen there.
func (s *Service) town(ctx context.Context, by people.Actor, f Filter) (org string, names bool, err error) {
	own := f.Organisation == "" || f.Organisation == by.Organisation
	switch {
	case own && by.Has(people.HR):
		return by.Organisation, true, nil
	case by.Operator && own && by.Organisation == "":
		return "", false, fault.New(fault.Invalid, "course.browse_town", "say which organisation")
	case by.Operator && own:
		return by.Organisation, true, nil
	case by.Operator:
		o, err := s.c.People.Organisation(ctx, f.Organisation)
		return o.ID, true, err
	case own && by.Has(people.Author):
		return by.Organisation, false, nil
	}
	if err := by.Must(people.HR, people.Author); err != nil {
		return "", false, err
	}
	return "", false, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", f.Organisation)
}

// person returns the account of the one member that an id or words mean, or the several whom they may mean.
func (s *Service) person(ctx context.Context, org, words string) (account string, several []Candidate, err error) {
	m, err := s.c.People.MemberOf(ctx, org, words)
	if err == nil {
		return m.Account, nil, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return "", nil, err
	}
	found, err := s.c.People.Named(ctx, org, words, mostCandidates)
	if err != nil {
		return "", nil, err
	}
	several = []Candidate{}
	for _, m := range found {
		if strings.EqualFold(m.Email, strings.TrimSpace(words)) {
			return m.Account, nil, nil
		}
		several = append(several, Candidate{ID: m.ID, Name: m.Name, Email: m.Email, Left: !m.Active})
	}
	if len(found) == 1 {
		return found[0].Account, nil, nil
	}
	return "", several, nil
}

// Courses lists the courses that people of a town may learn, to choose from. Operators and HR may.
func (s *Service) Courses(ctx context.Context, by people.Actor, organisation, cursor string, limit int) ([]course.Entry, string, error) {
	org, names, err := s.town(ctx, by, Filter{Organisation: organisation})
	if err == nil && !names {
		err = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	if err != nil {
		return nil, "", err
	}
	return s.c.Courses.OfferedIn(ctx, org, cursor, limit)
}

// Found is a page of statements, the newest first.
type Found struct {
	Lines []Line
	Next  int64       // go on below this number; 0 at the end
	Head  int64       // number of the newest statement of the store when the search began: from there one follows
	Who   []Candidate // whom the words may mean, if not exactly one; then nothing was searched. Empty, not nil: nobody
}

// Search finds statements below a number (0: the newest). Operators, HR and authors may. Faults: people.forbidden,
// people.organisation_not_found, course.not_found, course.browse_course, course.browse_town
func (s *Service) Search(ctx context.Context, by people.Actor, f Filter, below int64, limit int) (Found, error) {
	v, several, err := s.enter(ctx, by, f)
	if err != nil {
		return Found{}, wrap("Search", err)
	}
	out := Found{Lines: []Line{}}
	if out.Head, err = s.c.Records.Head(ctx, v.org); err != nil {
		return out, wrap("Search", err)
	}
	if several != nil {
		out.Who = several
		return out, nil
	}
	if by.Operator && !by.Has(people.HR) && below == 0 {
		if err := s.c.People.Note(ctx, v.org, by, "statements.searched", v.org, ""); err != nil {
			return out, wrap("Search", err)
		}
	}
	v.query.Limit = limit
	list, next, err := s.c.Records.Browse(ctx, v.org, v.query, below)
	if err != nil {
		return out, wrap("Search", err)
	}
	out.Next = next
	out.Lines, err = s.reader(v).lines(ctx, list)
	return out, wrap("Search", err)
}

func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("browse.%s: %w", where, err)
}
