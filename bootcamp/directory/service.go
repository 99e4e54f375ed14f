package directory

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	// Known returns a person and her active organisations. fault people.person_not_found
	Known(ctx context.Context, person string) (people.Known, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Mailer is the post. A letter with an id that was used already is not sent again.
type Mailer interface {
	SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error
}

// Config is what the directory needs.
type Config struct {
	DB        *store.DB
	People    People
	Mail      Mailer
	Now       func() time.Time
	NewID     func() string // sortable
	NewSecret func() string // of links
	Secret    []byte        // of the installation: signs forms and hides addresses
	Least     time.Duration // what asking by an address takes at least; 0 for tests
	PublicURL string
}

// Service decides and does everything about the directory.
type Service struct {
	c         Config
	entries   *store.Global[Entry]
	links     *store.Global[link]
	throttles *store.Global[throttle]
	questions *store.Town[Question] // of the expert's town
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	expiry := store.On("byExpiry", store.Time("expires"))
	var errs [4]error
	s.entries, errs[0] = store.NewGlobal[Entry](c.DB, "directory", 1, store.On("byToken", store.Str("tokens").Each(), store.Str("sort")),
		store.On("byState", store.Str("state"), store.Time("created")), store.On("byDue", store.Time("due")).AsSparse(), store.On("byExpiry", store.Time("expires")).AsSparse(),
		store.On("byPerson", store.Str("person")))
	s.links, errs[1] = store.NewGlobal[link](c.DB, "directoryLinks", 1, expiry)
	s.throttles, errs[2] = store.NewGlobal[throttle](c.DB, "directoryThrottles", 1, expiry)
	s.questions, errs[3] = store.NewTown[Question](c.DB, "directoryQuestions", 1, store.On("byExpert", store.Str("expert"), store.Time("asked")),
		store.On("ofPerson", store.Str("persons").Each()).AsAcross(),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("directory.%s: %w", where, err)
}

func notFound() error {
	return fault.New(fault.NotFound, "directory.not_found", "there is no such entry")
}

// hide makes a word of something that nobody can guess it from.
func (s *Service) hide(what, value string) string {
	h := hmac.New(sha256.New, s.c.Secret)
	h.Write([]byte(what + "|" + value))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Filter chooses entries; what is empty leaves all.
type Filter struct {
	Words    string
	Kind     string
	Topic    string
	Language string
	Country  string
}

// Entries lists who is listed, by name, to everybody who is signed in, in pages that may be short.
func (s *Service) Entries(ctx context.Context, by people.Actor, f Filter, cursor string, limit int) (store.Page[Entry], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Entry]{}, err
	}
	first, others := practice.Lead(f.Words, map[string]string{"kind": f.Kind, "topic": f.Topic, "language": f.Language})
	q := store.Query{Index: "byToken", Equal: []any{first}, Cursor: cursor, Limit: limit, Where: map[string]any{}}
	if f.Country != "" {
		q.Where["content.country"] = f.Country
	}
	if len(others) > 0 {
		q.Where["tokens"] = others[0]
	}
	p, err := s.entries.Find(ctx, q)
	if err != nil {
		return p, wrap("Entries", err)
	}
	p.Docs = slices.DeleteFunc(p.Docs, func(e Entry) bool {
		return slices.ContainsFunc(others, func(t string) bool { return !slices.Contains(e.Tokens, t) })
	})
	p.Docs, err = s.still(ctx, p.Docs)
	return p, wrap("Entries", err)
}

// here leaves out entries of closed towns.
func (s *Service) here(ctx context.Context, list []Entry) ([]Entry, error) {
	here := people.Here(ctx, s.c.People.Organisation)
	kept := list[:0]
	for _, e := range list {
		ok := e.Town == "" // from outside
		if !ok {
			var err error
			if ok, err = here(e.Town); err != nil {
				return nil, err
			}
		}
		if ok {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// Kindred lists the experts who have most in common with something, to everybody who is signed in.
func (s *Service) Kindred(ctx context.Context, by people.Actor, t practice.Traits, limit int) ([]practice.Kin[Entry], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return nil, err
	}
	list, err := practice.Related(ctx, t, limit, func(e Entry) string { return e.ID }, func(ctx context.Context, token string, limit int) ([]Entry, error) {
		p, err := s.entries.Find(ctx, store.Query{Index: "byToken", Equal: []any{token}, Where: map[string]any{"kind": Expert}, Limit: limit})
		if err != nil {
			return nil, err
		}
		return s.still(ctx, p.Docs)
	})
	return list, wrap("Kindred", err)
}

// Entry returns one that is listed.
func (s *Service) Entry(ctx context.Context, by people.Actor, id string) (Entry, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Entry{}, err
	}
	e, err := s.entries.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.State != StateListed {
		return Entry{}, notFound()
	}
	if err != nil {
		return e, wrap("Entry", err)
	}
	if list, err := s.still(ctx, []Entry{e}); err != nil || len(list) == 0 {
		return Entry{}, cmp.Or(wrap("Entry", err), notFound())
	}
	return e, nil
}

// still leaves out entries of closed towns, which are there again if the town is; and leaves out, and takes out of the
// directory, experts who have left their town since: they speak for it no more.
func (s *Service) still(ctx context.Context, list []Entry) ([]Entry, error) {
	list, err := s.here(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, 0, len(list))
	for _, e := range list {
		if e.Kind == Expert {
			_, here, err := people.StillOf(ctx, s.c.People, e.Person, e.Town)
			if err != nil {
				return nil, err
			}
			if !here {
				if err := s.drop(ctx, e); err != nil {
					return nil, err
				}
				continue
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// drop deletes an expert's entry, with the questions that she was asked.
func (s *Service) drop(ctx context.Context, e Entry) error {
	if err := s.forgetAsked(ctx, e.Town, e.Person); err != nil {
		return err
	}
	err := s.entries.DeleteAt(ctx, e.ID, e.Rev)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return nil // somebody else did, or she is back
	}
	return err
}

// Recheck takes somebody out of the directory who has left the town for which she is in it. Whoever reads the directory
// does so too, so nothing is lost if the process dies before.
func (s *Service) Recheck(ctx context.Context, person string) error {
	if person == "" {
		return nil
	}
	p, err := s.entries.Find(ctx, store.Query{Index: "byPerson", Equal: []any{person}, Limit: store.MaxLimit})
	if err == nil {
		_, err = s.still(ctx, p.Docs)
	}
	return wrap("Recheck", err)
}

// ownID is one for each person in a town, and for each organisation.
func ownID(kind string, by people.Actor) string {
	if kind == Expert {
		return course.EventID("directory", kind, by.Organisation, by.Person)
	}
	return course.EventID("directory", kind, by.Organisation)
}

// mayOwn refuses to whom an entry of a kind does not belong: everybody keeps her own, administrators their town's.
func mayOwn(kind string, by people.Actor) error {
	switch kind {
	case Expert:
		return by.Must(people.Roles()...)
	case Organisation:
		return by.Must(people.Administrator)
	}
	return notFound()
}

// Own returns the actor's own entry, or her town's. Fault directory.not_found
func (s *Service) Own(ctx context.Context, by people.Actor, kind string) (Entry, error) {
	if err := mayOwn(kind, by); err != nil {
		return Entry{}, err
	}
	e, err := s.entries.Get(ctx, ownID(kind, by))
	if errors.Is(err, store.ErrNotFound) {
		return e, notFound()
	}
	return e, wrap("Own", err)
}

// Put lists the actor, or her town, or changes what stands there.
func (s *Service) Put(ctx context.Context, by people.Actor, kind string, c Content) (Entry, error) {
	if err := mayOwn(kind, by); err != nil {
		return Entry{}, err
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Meta: store.Meta{ID: ownID(kind, by)}, Kind: kind, State: StateListed, Town: by.Organisation, TownName: o.Name, Created: s.now()}
	c.Country, c.Name = o.Country, o.Name
	if kind == Expert {
		e.Person, c.Name = by.Person, by.Name
	}
	if err := c.check(); err != nil {
		return Entry{}, err
	}
	set := func(e *Entry) {
		e.Content, e.TownName, e.Updated = c, o.Name, s.now()
		e.Edition++
		e.found()
	}
	now, err := s.entries.Update(ctx, e.ID, func(e *Entry) error { set(e); return nil })
	if errors.Is(err, store.ErrNotFound) {
		set(&e)
		now, err = e, s.entries.Insert(ctx, e)
		if errors.Is(err, store.ErrDuplicate) { // twice at once
			now, err = s.entries.Update(ctx, e.ID, func(e *Entry) error { set(e); return nil })
		}
	}
	if err != nil {
		return now, wrap("Put", err)
	}
	return now, wrap("Put", s.c.People.Note(ctx, by.Organisation, by, "directory.listed", now.ID, kind))
}

// Remove takes the actor, or her town, out of the directory, with the questions that she was asked. It can be repeated.
func (s *Service) Remove(ctx context.Context, by people.Actor, kind string) error {
	if err := mayOwn(kind, by); err != nil {
		return err
	}
	if kind == Expert {
		if err := s.forgetAsked(ctx, by.Organisation, by.Person); err != nil {
			return wrap("Remove", err)
		}
	}
	err := s.entries.Delete(ctx, ownID(kind, by))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return wrap("Remove", err)
	}
	return wrap("Remove", s.c.People.Note(ctx, by.Organisation, by, "directory.removed", ownID(kind, by), kind))
}

// forgetAsked deletes the questions that somebody was asked for a town.
func (s *Service) forgetAsked(ctx context.Context, town, person string) error {
	var asked []string
	err := s.questions.Each(ctx, town, store.Query{Index: "byExpert", Equal: []any{person}}, func(q Question) error {
		asked = append(asked, q.ID)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range asked {
		if err := s.questions.Delete(ctx, town, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
