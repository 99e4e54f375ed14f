package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Mailer sends a letter. The letter's words come from the catalogue under "mail.<letter>"; it is on its way when Send
// returns, and survives a restart.
type Mailer interface {
	Send(ctx context.Context, to, locale, letter string, params map[string]any) error
}

// Config is what the room needs.
type Config struct {
	DB        *store.DB
	Mail      Mailer
	Now       func() time.Time
	NewID     func() string // sortable ids of documents
	NewName   func() string // random names of actors
	NewSecret func() string // secrets in links and cookies
	Log       *slog.Logger
	PublicURL string   // links in mails begin with it
	Locales   []string // known interface languages; the first is the default
	// HashMemory in KiB and HashTime in passes are argon2id's cost; 0 for 19 MiB and 2 (OWASP's second choice).
	HashMemory, HashTime uint32
}

// Service decides and does everything in this room.
type Service struct {
	c             Config
	passwords     *passwords
	organisations *store.Global[Organisation]
	units         *store.Town[Unit]
	persons       *store.Global[Person]
	addresses     *store.Global[address]
	members       *store.Town[Member]
	invitations   *store.Town[Invitation]
	links         *store.Global[link]
	sessions      *store.Global[Session]
	throttles     *store.Global[throttle]
	audit         *store.Stream[Note]
	erasures      *store.Global[erasure]
	erased        *store.Town[erased]
	keepers       []Keeper // other rooms
	loss          func(ctx context.Context, person string)
	onClosed      func(ctx context.Context, org string) error
	onRenamed     func(ctx context.Context, person string)
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	if c.HashMemory == 0 {
		c.HashMemory, c.HashTime = 19<<10, 2
	}
	s := &Service{c: c, passwords: newPasswords(c.HashMemory, c.HashTime, 4)}
	var err error
	keep := func(e error) {
		if err == nil && e != nil {
			err = e
		}
	}
	var e error
	s.organisations, e = store.NewGlobal[Organisation](c.DB, "organisations", 1, store.On("bySlug", store.Str("slug")).AsUnique())
	keep(e)
	s.units, e = store.NewTown[Unit](c.DB, "units", 1, store.On("byName", store.Str("sort")))
	keep(e)
	s.persons, e = store.NewGlobal[Person](c.DB, "persons", 1, store.On("byOperator", store.Bool("operator")),
		store.On("byNaming", store.Time("naming")).AsSparse())
	keep(e)
	s.addresses, e = store.NewGlobal[address](c.DB, "addresses", 1)
	keep(e)
	s.members, e = store.NewTown[Member](c.DB, "members", 1,
		store.On("byName", store.Bool("active"), store.Str("sort")),
		store.On("byRole", store.Str("roles").Each(), store.Bool("active"), store.Str("sort")),
		store.On("byUnit", store.Str("unit"), store.Str("sort")),
		store.On("byAccount", store.Str("account")).AsUnique(),
		store.On("byHeld", store.Time("held")).AsSparse().AsAcross())
	keep(e)
	s.invitations, e = store.NewTown[Invitation](c.DB, "invitations", 1, store.On("byState", store.Str("state"), store.Time("created")),
		store.On("byAddress", store.Str("address")).AsSparse().AsAcross())
	keep(e)
	s.links, e = store.NewGlobal[link](c.DB, "links", 1, store.On("byExpiry", store.Time("expires")), store.On("byKind", store.Str("kind"), store.Time("expires")),
		store.On("byPerson", store.Str("person")).AsSparse())
	keep(e)
	s.sessions, e = store.NewGlobal[Session](c.DB, "sessions", 1,
		store.On("byPerson", store.Str("person"), store.Time("created")), store.On("byExpiry", store.Time("expires")),
		store.On("byName", store.Str("person"), store.Str("public")))
	keep(e)
	s.throttles, e = store.NewGlobal[throttle](c.DB, "throttles", 1, store.On("byExpiry", store.Time("expires")))
	keep(e)
	s.audit, e = store.NewStream[Note](c.DB, "audit", 1, store.On("byWhen", store.Str("stream"), store.Int("number")),
		store.On("byPerson", store.Str("person")))
	keep(e)
	s.erasures, e = store.NewGlobal[erasure](c.DB, "erasures", 1, store.On("byDue", store.Time("due")),
		store.On("byOrganisation", store.Str("organisations").Each(), store.Time("due")))
	keep(e)
	keep(s.declareErased())
	return s, err
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }
func (s *Service) newID() string  { return s.c.NewID() }

// wrap says where an accident happened; faults pass as they are.
func (s *Service) wrap(where string, err error) error {
	if err == nil {
		return nil
	}
	if fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("people.%s: %w", where, err)
}

// locale returns l if it is a known interface language, else the default.
func (s *Service) locale(l string) string {
	if slices.Contains(s.c.Locales, l) {
		return l
	}
	if base, _, ok := strings.Cut(l, "-"); ok && slices.Contains(s.c.Locales, base) {
		return base
	}
	if len(s.c.Locales) > 0 {
		return s.c.Locales[0]
	}
	return "en"
}

// Installation is the name under which what belongs to no organisation is noted.
const Installation = "installation"

// Note is one line of an organisation's audit log: who did what to whom, when. It holds ids and no names of learners.
type Note struct {
	store.Entry `bson:",inline"`
	Person      string `bson:"person"` // random name of a member, id of others; Notes answers ids
	Action      string `bson:"action"` // dotted, stable
	Target      string `bson:"target"` // as Person, if it is one
	Detail      string `bson:"detail"`
}

// Note writes a line into the audit log of an organisation; other rooms call it for their own actions.
func (s *Service) Note(ctx context.Context, org string, by Actor, action, target, detail string) error {
	return s.NoteOnce(ctx, org, by, s.newID(), action, target, detail)
}

// NoteOnce is Note for jobs that may run twice: a line with an id that is there already is not written again.
func (s *Service) NoteOnce(ctx context.Context, org string, by Actor, id, action, target, detail string) error {
	if org == "" {
		org = Installation
	}
	who := by.Account
	var err error
	if by.Organisation != org || who == "" {
		if who, err = s.knownAs(ctx, org, by.Person); err != nil {
			return s.wrap("Note", err)
		}
	}
	if target, err = s.knownAs(ctx, org, target); err != nil {
		return s.wrap("Note", err)
	}
	_, err = s.audit.Append(ctx, org, "audit", Note{Entry: store.Entry{Meta: store.Meta{ID: id}}, Person: who, Action: action, Target: target, Detail: detail})
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return s.wrap("Note", err)
}

// Notes reads the audit log of the actor's organisation, newest first. Administrators and HR may; an operator who speaks
// for no organisation reads the installation's.
func (s *Service) Notes(ctx context.Context, by Actor, cursor string, limit int) (store.Page[Note], error) {
	org := by.Organisation
	if by.Operator && org == "" {
		org = Installation
	} else if err := by.Must(Administrator, HR); err != nil {
		return store.Page[Note]{}, err
	}
	p, err := s.audit.Find(ctx, org, store.Query{Index: "byWhen", Equal: []any{"audit"}, Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return p, s.wrap("Notes", err)
	}
	known := map[string]string{}
	for i := range p.Docs {
		for _, word := range []*string{&p.Docs[i].Person, &p.Docs[i].Target} {
			if *word, err = s.meant(ctx, org, *word, known); err != nil {
				return p, s.wrap("Notes", err)
			}
		}
	}
	return p, nil
}

// knownAs returns how the audit log and what somebody makes call a person in an organisation: by her random name there, if
// she is or was a member. An erasure takes her membership away, and nothing leads from that name to who stays elsewhere.
// Other words are returned as they are.
func (s *Service) knownAs(ctx context.Context, org, id string) (string, error) {
	if id == "" || org == Installation {
		return id, nil
	}
	m, err := s.members.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return id, nil
	}
	return m.Account, err
}

// meant is the opposite of knownAs: the id of the member who has this random name, as long as there is one.
func (s *Service) meant(ctx context.Context, org, word string, known map[string]string) (string, error) {
	if word == "" || org == Installation {
		return word, nil
	}
	if id, ok := known[word]; ok {
		return id, nil
	}
	id := word
	m, err := s.MemberByAccount(ctx, org, word)
	switch {
	case err == nil:
		id = m.ID
	case fault.KindOf(err) != fault.NotFound:
		return word, err
	}
	known[word] = id
	return id, nil
}

// person returns a person by id.
func (s *Service) person(ctx context.Context, id string) (Person, error) {
	p, err := s.persons.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, fault.New(fault.NotFound, "people.person_not_found", "no person %s", id)
	}
	return p, err
}

// byAddress returns the person with this e-mail address, or store.ErrNotFound.
func (s *Service) byAddress(ctx context.Context, normal string) (Person, error) {
	a, err := s.addresses.Get(ctx, normal)
	if err != nil {
		return Person{}, err
	}
	return s.persons.Get(ctx, a.Person)
}

// createPerson makes a person. The address document decides who was first: two people with one address cannot be made.
func (s *Service) createPerson(ctx context.Context, p Person) (Person, error) {
	normal, err := Address(p.Email)
	if err != nil {
		return p, err
	}
	p.Meta, p.Created = store.Meta{ID: s.newID()}, s.now()
	if err := s.persons.Insert(ctx, p); err != nil {
		return p, err
	}
	if err := s.addresses.Insert(ctx, address{Meta: store.Meta{ID: normal}, Person: p.ID}); err != nil {
		if derr := s.persons.Delete(ctx, p.ID); derr != nil {
			return p, errors.Join(err, derr)
		}
		if errors.Is(err, store.ErrDuplicate) {
			return p, fault.New(fault.Conflict, "people.email_taken", "somebody has this e-mail address already")
		}
		return p, err
	}
	return p, nil
}

// Sweep deletes what has expired: links, sessions and throttles, at most a few hundred of each a call.
func (s *Service) Sweep(ctx context.Context, now time.Time) error {
	q := store.Query{Index: "byExpiry", To: now.UTC().Truncate(time.Millisecond), Limit: 500}
	links, err := s.links.Find(ctx, q)
	if err != nil {
		return s.wrap("Sweep", err)
	}
	for _, d := range links.Docs {
		if err := s.links.Delete(ctx, d.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return s.wrap("Sweep", err)
		}
	}
	sessions, err := s.sessions.Find(ctx, q)
	if err != nil {
		return s.wrap("Sweep", err)
	}
	for _, d := range sessions.Docs {
		if err := s.sessions.Delete(ctx, d.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return s.wrap("Sweep", err)
		}
	}
	throttles, err := s.throttles.Find(ctx, q)
	if err != nil {
		return s.wrap("Sweep", err)
	}
	for _, d := range throttles.Docs {
		if err := s.throttles.Delete(ctx, d.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return s.wrap("Sweep", err)
		}
	}
	return nil
}
