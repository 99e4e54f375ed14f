package posting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/bootcamp/directory"
	"palestra/bootcamp/practice"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Directory is the way to who put something up.
type Directory interface {
	// Own returns the actor's own entry. fault directory.not_found
	Own(ctx context.Context, by people.Actor, kind string) (directory.Entry, error)
	// Entry returns what the actor sees of an entry. fault directory.not_found
	Entry(ctx context.Context, by people.Actor, id string) (directory.Entry, error)
}

// Config is what the board needs.
type Config struct {
	DB        *store.DB
	People    People
	Directory Directory
	Now       func() time.Time
	NewID     func() string // sortable
}

// Service decides and does everything about postings.
type Service struct {
	c        Config
	postings *store.Global[Posting] // everybody reads them
}

// New returns the service, or an error if its collection cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	var err error
	s.postings, err = store.NewGlobal[Posting](c.DB, "postings", 1, store.On("byToken", store.Str("tokens").Each(), store.Time("ends")),
		store.On("byTown", store.Str("town"), store.Time("created")), store.On("byEnd", store.Time("ends")), store.On("byReport", store.Time("reported")).AsSparse(), store.On("byPersons", store.Str("persons").Each()))
	return s, err
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("posting.%s: %w", where, err)
}

var errForbidden = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")

func orNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "posting.not_found", "there is no such posting")
	}
	return err
}

// Filter chooses postings; what is empty leaves all.
type Filter struct {
	Words    string
	Kind     string
	Language string
	Country  string
}

// Board lists what is up, what ends first at the top, to everybody who is signed in, in pages that may be short.
func (s *Service) Board(ctx context.Context, by people.Actor, f Filter, cursor string, limit int) (store.Page[Posting], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Posting]{}, err
	}
	first, others := practice.Lead(f.Words, map[string]string{"kind": f.Kind, "language": f.Language, "country": f.Country})
	// What ends at this moment has ended.
	q := store.Query{Index: "byToken", Equal: []any{first}, From: s.now().Add(time.Millisecond), Cursor: cursor, Limit: limit, Where: map[string]any{}}
	if len(others) > 0 {
		q.Where["tokens"] = others[0]
	}
	p, err := s.postings.Find(ctx, q)
	if err != nil {
		return p, wrap("Board", err)
	}
	here := people.Here(ctx, s.c.People.Organisation)
	found := p.Docs
	p.Docs = p.Docs[:0]
	for _, x := range found {
		if slices.ContainsFunc(others, func(t string) bool { return !slices.Contains(x.Tokens, t) }) {
			continue
		}
		// Nobody answers for a closed town.
		ok, err := here(x.Town)
		if err != nil {
			return p, wrap("Board", err)
		}
		if ok {
			p.Docs = append(p.Docs, x)
		}
	}
	return p, nil
}

// OfTown lists what the actor's town has put up, the newest first, also what is over. Its office holders may.
func (s *Service) OfTown(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Posting], error) {
	if err := by.Must(office()...); err != nil {
		return store.Page[Posting]{}, err
	}
	p, err := s.postings.Find(ctx, store.Query{Index: "byTown", Equal: []any{by.Organisation}, Reverse: true, Cursor: cursor, Limit: limit})
	return p, wrap("OfTown", err)
}

// Posting returns one to everybody who is signed in; of what was withdrawn only its reason, but to who may change it. What
// is over stays under its address for a year.
func (s *Service) Posting(ctx context.Context, by people.Actor, id string) (Posting, error) {
	if !by.Operator || by.Organisation != "" {
		if err := by.Must(people.Roles()...); err != nil {
			return Posting{}, err
		}
	}
	p, err := s.postings.Get(ctx, id)
	if err != nil {
		return Posting{}, wrap("Posting", orNotFound(err))
	}
	if ok, err := people.Here(ctx, s.c.People.Organisation)(p.Town); err != nil || !ok && !by.Operator {
		return Posting{}, cmp.Or(wrap("Posting", err), orNotFound(store.ErrNotFound))
	}
	if p.State == StateWithdrawn && !p.Writes(by) && !by.Operator {
		return Posting{}, fault.New(fault.Gone, "posting.withdrawn", "this was withdrawn: %s", p.Reason).With("reason", p.Reason)
	}
	return s.reach(ctx, by, p)
}

// reach leaves out the way to a writer who is not in the directory any more.
func (s *Service) reach(ctx context.Context, by people.Actor, p Posting) (Posting, error) {
	if p.Entry == "" {
		return p, nil
	}
	_, err := s.c.Directory.Entry(ctx, by, p.Entry)
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Forbidden:
		p.Entry, err = "", nil
	}
	return p, wrap("reach", err)
}

// Create puts something up in the name of the actor's town. Authors, facilitators and administrators may. Faults:
// posting.contact, posting.until, posting.posted_much
func (s *Service) Create(ctx context.Context, by people.Actor, c Content) (Posting, error) {
	now := s.now()
	p := Posting{Meta: store.Meta{ID: s.c.NewID()}, Town: by.Organisation, State: StateShown, Person: by.Person, Name: by.Name, Reports: []Report{}, Created: now}
	if err := s.say(ctx, by, &p, c); err != nil {
		return Posting{}, err
	}
	n, err := s.postings.Count(ctx, store.Query{Index: "byTown", Equal: []any{by.Organisation}, From: now.Add(-24 * time.Hour)}, maxPosted)
	if err != nil {
		return Posting{}, wrap("Create", err)
	}
	if n >= maxPosted {
		return Posting{}, fault.New(fault.TooMany, "posting.posted_much", "at most %d a day", maxPosted).With("max", maxPosted)
	}
	if err := s.postings.Insert(ctx, p); err != nil {
		return Posting{}, wrap("Create", err)
	}
	return p, wrap("Create", s.c.People.Note(ctx, by.Organisation, by, "posting.created", p.ID, ""))
}

// say makes a posting say something.
func (s *Service) say(ctx context.Context, by people.Actor, p *Posting, c Content) error {
	if err := by.Must(office()...); err != nil {
		return err
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return err
	}
	zone, err := o.Location()
	if err != nil {
		return wrap("say", err)
	}
	if p.Begins, p.Ends, err = c.check(s.now(), zone); err != nil {
		return err
	}
	p.Zone = o.Zone
	p.Entry = ""
	if c.Relay {
		e, err := s.c.Directory.Own(ctx, by, directory.Expert)
		if fault.KindOf(err) == fault.NotFound {
			return invalid("relay", "posting.contact", "who is asked through the directory is in it")
		}
		if err != nil {
			return err
		}
		p.Entry = e.ID
	}
	p.TownName, p.Country, p.Content, p.Updated = o.Name, o.Country, c, s.now()
	p.Edition++
	p.found()
	p.note()
	return nil
}

// Save changes what a posting says, at the edition that was read. Office holders of its town may; who saves is asked.
func (s *Service) Save(ctx context.Context, by people.Actor, id string, edition int64, c Content) (Posting, error) {
	old, err := s.mine(ctx, by, id)
	if err != nil {
		return Posting{}, err
	}
	said := old
	if err := s.say(ctx, by, &said, c); err != nil {
		return Posting{}, err
	}
	p, err := s.postings.Update(ctx, id, func(p *Posting) error {
		if p.Edition != edition {
			return fault.New(fault.Stale, "challenge.changed_elsewhere", "somebody else has changed this since you opened it")
		}
		if p.State != StateShown {
			return fault.New(fault.Conflict, "posting.withdrawn", "this was withdrawn").With("reason", p.Reason)
		}
		p.Person, p.Name, p.Entry = by.Person, by.Name, said.Entry
		p.TownName, p.Country, p.Content, p.Ends, p.Updated = said.TownName, said.Country, said.Content, said.Ends, said.Updated
		p.Zone, p.Begins = said.Zone, said.Begins
		p.Edition++
		p.found()
		p.note()
		return nil
	})
	return p, wrap("Save", orNotFound(err))
}

func (s *Service) mine(ctx context.Context, by people.Actor, id string) (Posting, error) {
	p, err := s.Posting(ctx, by, id)
	if err == nil && !p.Writes(by) {
		err = errForbidden
	}
	return p, err
}

// Withdraw takes a posting from the board with a reason, which its address says. Office holders of its town may, and
// operators. It can be repeated.
func (s *Service) Withdraw(ctx context.Context, by people.Actor, id, reason string) (Posting, error) {
	p, err := s.Posting(ctx, by, id)
	if err != nil {
		return Posting{}, err
	}
	if !p.Writes(by) && !by.Operator {
		return Posting{}, errForbidden
	}
	if reason, err = words("reason", reason); err != nil {
		return Posting{}, err
	}
	p, err = s.postings.Update(ctx, id, func(p *Posting) error {
		if p.State == StateWithdrawn {
			return store.ErrKeep
		}
		p.State, p.Reason, p.Operator, p.Updated = StateWithdrawn, reason, !p.Writes(by), s.now()
		p.Reports, p.Reported = []Report{}, nil
		p.found()
		p.note()
		return nil
	})
	if err != nil {
		return Posting{}, wrap("Withdraw", orNotFound(err))
	}
	return p, wrap("Withdraw", s.c.People.Note(ctx, p.Town, by, "posting.withdrawn", id, reason))
}

func words(path, s string) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if s == "" {
		return "", invalid(path, "discussion.empty", "say why")
	}
	if utf8.RuneCountInString(s) > maxReason || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", invalid(path, "discussion.long", "at most %d characters", maxReason).With("max", maxReason)
	}
	return s, nil
}

// Report tells operators that a posting is wrong. Everybody who is signed in may; once more replaces what she said.
func (s *Service) Report(ctx context.Context, by people.Actor, id, why string) error {
	if _, err := s.Posting(ctx, by, id); err != nil {
		return err
	}
	why, err := words("words", why)
	if err != nil {
		return err
	}
	now := s.now()
	_, err = s.postings.Update(ctx, id, func(p *Posting) error {
		if p.State != StateShown {
			return store.ErrKeep
		}
		p.Reports = slices.DeleteFunc(p.Reports, func(r Report) bool { return r.Person == by.Person })
		if len(p.Reports) >= maxReports {
			return store.ErrKeep // operators know
		}
		p.Reports = append(p.Reports, Report{Person: by.Person, Town: by.Organisation, Words: why, At: now})
		if p.Reported == nil {
			p.Reported = &now
		}
		p.note()
		return nil
	})
	return wrap("Report", orNotFound(err))
}

// Reported lists postings with reports that wait, the oldest first. Operators may.
func (s *Service) Reported(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Posting], error) {
	if err := by.MustOperate(); err != nil {
		return store.Page[Posting]{}, err
	}
	p, err := s.postings.Find(ctx, store.Query{Index: "byReport", Cursor: cursor, Limit: limit})
	return p, wrap("Reported", err)
}

// Keep decides that a reported posting stays. Operators may.
func (s *Service) Keep(ctx context.Context, by people.Actor, id string) error {
	if err := by.MustOperate(); err != nil {
		return err
	}
	p, err := s.postings.Update(ctx, id, func(p *Posting) error {
		p.Reports, p.Reported = []Report{}, nil
		p.note()
		return nil
	})
	if err != nil {
		return wrap("Keep", orNotFound(err))
	}
	return wrap("Keep", s.c.People.Note(ctx, p.Town, by, "posting.kept", id, ""))
}

// Forget removes what ended more than a year ago, whoever put it up.
func (s *Service) Forget(ctx context.Context, now time.Time) error {
	for {
		page, err := s.postings.Find(ctx, store.Query{Index: "byEnd", To: now.Add(-kept), Limit: store.MaxLimit})
		if err != nil || len(page.Docs) == 0 {
			return wrap("Forget", err)
		}
		for _, p := range page.Docs {
			err := s.postings.DeleteAt(ctx, p.ID, p.Rev)
			if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
				return wrap("Forget", err)
			}
		}
	}
}
