package bootcamp

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// Session states.
const (
	SessionPlanned   = "planned"
	SessionCancelled = "cancelled"
)

// How a session takes place.
const (
	ModeOnline   = "online"
	ModePresence = "presence"
	ModeMixed    = "mixed"
)

// SessionKinds lists what a session can be.
func SessionKinds() []string {
	return []string{"conference", "seminar", "workshop", "hackathon", "training", "codesign", "helpdesk", "mobility", "visit", "other"}
}

// Limits of a session.
const (
	maxMinutes  = 24 * 60
	maxAgenda   = 100
	maxSessions = 1000 // of a cohort
	localForm   = "2006-01-02T15:04"
)

// Session is a time at which a cohort meets. Its beginning is kept as the clock on the wall of its zone shows it, and as
// the instant that this is: when a country changes its rules, the wall decides.
type Session struct {
	store.Meta   `bson:",inline"`
	Edition      int64      `bson:"edition"` // grows with each change by people; what is told to members leaves it
	Bootcamp     string     `bson:"bootcamp"`
	Cohort       string     `bson:"cohort"`
	Kind         string     `bson:"kind"`
	Mode         string     `bson:"mode"`
	Title        string     `bson:"title"`
	Language     string     `bson:"language"`
	Description  string     `bson:"description"` // Markdown
	Local        string     `bson:"local"`       // 2026-11-24T09:30
	Zone         string     `bson:"zone"`        // IANA
	Later        bool       `bson:"later"`       // of two instants with this time on the wall (clocks go back), the second
	Starts       time.Time  `bson:"starts"`
	Minutes      int        `bson:"minutes"`
	Place        Place      `bson:"place"`
	Link         string     `bson:"link"`         // where it takes place online; https
	Telephone    string     `bson:"telephone"`    // to fall back on when sound fails
	Facilitators []string   `bson:"facilitators"` // names, as participants read them
	Agenda       []Item     `bson:"agenda"`
	Materials    []Material `bson:"materials"`
	State        string     `bson:"state"`
	Sequence     int        `bson:"sequence"` // RFC 5545 §3.8.7.4: grows with each change that calendars must take over
	Created      time.Time  `bson:"created"`
	Updated      time.Time  `bson:"updated"`
	Due          *time.Time `bson:"due,omitempty"`      // when somebody must be told (a change now, a reminder the day before)
	Told         int        `bson:"told"`               // sequence that members know, plus one; 0 for none
	Reminded     *time.Time `bson:"reminded,omitempty"` // the beginning of which members were reminded
	Round        string     `bson:"round,omitempty"`    // the letter in which members are told together with others that it is planned, or that it is cancelled
}

// Place is where people meet in presence.
type Place struct {
	Name     string `bson:"name"`
	Address  string `bson:"address"`
	Room     string `bson:"room"`
	Capacity int    `bson:"capacity"` // people; 0 for unknown
	StepFree bool   `bson:"stepFree"` // reached without a step
	Loop     bool   `bson:"loop"`     // induction loop for hearing aids
	Access   string `bson:"access"`   // what else people should know to get there and take part
}

// Item is a point of a session's agenda.
type Item struct {
	Title   string `bson:"title"`
	Minutes int    `bson:"minutes"`
	Lead    string `bson:"lead"`   // who leads it
	Notes   string `bson:"notes"`  // for facilitators only
	Course  string `bson:"course"` // a lesson or an activity sheet that belongs to it: course and lesson, or ""
	Lesson  string `bson:"lesson"`
	// What the lesson was called and was when it was linked, so that one that was withdrawn can still be named.
	LessonTitle course.Text `bson:"lessonTitle,omitempty"`
	LessonKind  string      `bson:"lessonKind,omitempty"`
	LessonState string      `bson:"-"` // to the reader: LessonOpen, LessonHidden or LessonGone; "" without a lesson
}

// Material is something to be read or filled in.
type Material struct {
	Title string `bson:"title"`
	URL   string `bson:"url"` // https
}

// Ends returns when the session is over.
func (e *Session) Ends() time.Time { return e.Starts.Add(time.Duration(e.Minutes) * time.Minute) }

// SessionChange is what a facilitator sets; nil keeps what is there.
type SessionChange struct {
	Kind, Mode, Title, Language, Description, Local, Zone, Link, Telephone *string
	Later                                                                  *bool
	Minutes                                                                *int
	Place                                                                  *Place
	Facilitators                                                           *[]string
	Agenda                                                                 *[]Item
	Materials                                                              *[]Material
}

func (e *Session) set(ch SessionChange) error {
	set(&e.Kind, ch.Kind)
	set(&e.Mode, ch.Mode)
	set(&e.Title, ch.Title)
	set(&e.Language, ch.Language)
	set(&e.Description, ch.Description)
	set(&e.Local, ch.Local)
	set(&e.Zone, ch.Zone)
	set(&e.Link, ch.Link)
	set(&e.Telephone, ch.Telephone)
	set(&e.Later, ch.Later)
	set(&e.Minutes, ch.Minutes)
	set(&e.Place, ch.Place)
	set(&e.Facilitators, ch.Facilitators)
	set(&e.Agenda, ch.Agenda)
	set(&e.Materials, ch.Materials)
	return e.check()
}

func (e *Session) check() (err error) {
	if !slices.Contains(SessionKinds(), e.Kind) {
		return invalid("kind", "bootcamp.choice", "no such kind of session")
	}
	if !slices.Contains([]string{ModeOnline, ModePresence, ModeMixed}, e.Mode) {
		return invalid("mode", "bootcamp.choice", "a session is online, in presence or mixed")
	}
	if !slices.Contains(lang.Locales(), e.Language) {
		return invalid("language", "bootcamp.choice", "%q is not a language of the platform", e.Language)
	}
	if e.Minutes < 5 || e.Minutes > maxMinutes {
		return invalid("minutes", "bootcamp.minutes", "a session takes 5 minutes to a day")
	}
	if e.Starts, err = instant(e.Local, e.Zone, e.Later); err != nil {
		return err
	}
	lines := []struct {
		path string
		to   *string
	}{{"telephone", &e.Telephone}, {"place", &e.Place.Name}, {"place", &e.Place.Address}, {"place", &e.Place.Room}}
	for _, l := range lines {
		if *l.to, err = optional(l.path, *l.to); err != nil {
			return err
		}
	}
	if e.Title, err = short("title", e.Title); err != nil {
		return err
	}
	if e.Description, err = long("description", e.Description); err != nil {
		return err
	}
	if e.Place.Access, err = long("place", e.Place.Access); err != nil {
		return err
	}
	if e.Place.Capacity < 0 || e.Place.Capacity > 100_000 {
		return invalid("place", "bootcamp.number", "a room holds 0 to 100,000 people")
	}
	if e.Link, err = address("link", e.Link); err != nil {
		return err
	}
	return e.checkLists()
}

func (e *Session) checkLists() (err error) {
	if len(e.Agenda) > maxAgenda || len(e.Materials) > maxEntries || len(e.Facilitators) > maxEntries {
		return invalid("agenda", "bootcamp.entries", "at most %d entries in a list", maxAgenda).With("max", maxAgenda)
	}
	for i := range e.Facilitators {
		if e.Facilitators[i], err = short("facilitators", e.Facilitators[i]); err != nil {
			return err
		}
	}
	total := 0
	for i := range e.Agenda {
		a := &e.Agenda[i]
		if a.Title, err = short("agenda", a.Title); err != nil {
			return err
		}
		if a.Lead, err = optional("agenda", a.Lead); err != nil {
			return err
		}
		if a.Notes, err = long("agenda", a.Notes); err != nil {
			return err
		}
		if a.Minutes < 0 || a.Minutes > maxMinutes {
			return invalid("agenda", "bootcamp.minutes", "an item takes at most a day")
		}
		if total += a.Minutes; len(a.Course) > 64 || len(a.Lesson) > 64 || (a.Course == "") != (a.Lesson == "") {
			return errNoLesson()
		}
	}
	if total > e.Minutes {
		return invalid("agenda", "bootcamp.agenda_long", "the agenda takes %d minutes, the session %d", total, e.Minutes).With("agenda", total).With("session", e.Minutes)
	}
	for i := range e.Materials {
		m := &e.Materials[i]
		if m.Title, err = short("materials", m.Title); err != nil {
			return err
		}
		if m.URL, err = address("materials", m.URL); err != nil {
			return err
		}
		if m.URL == "" {
			return invalid("materials", "bootcamp.url", "a material has an address")
		}
	}
	return nil
}

// address checks an address that people will be led to.
func address(path, s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > 2000 {
		return "", invalid(path, "bootcamp.url", "an address begins with https://")
	}
	return u.String(), nil
}

// instant returns when a clock on the wall of a zone shows a time. A time that the wall never shows, because clocks go
// forward, is refused; of two the first is meant, or the later.
func instant(local, zoneName string, later bool) (time.Time, error) {
	l, err := zone(zoneName)
	if err != nil {
		return time.Time{}, err
	}
	wall, err := time.Parse(localForm, local)
	if err != nil || wall.Year() < 2000 || wall.Year() > 2200 {
		return time.Time{}, invalid("local", "bootcamp.time", "a time is written 2026-11-24T09:30")
	}
	// Every offset of the zone around that day is tried: what shows the same wall is an instant that is meant.
	var found []time.Time
	for h := -36; h <= 36; h += 6 {
		_, offset := wall.Add(time.Duration(h) * time.Hour).In(l).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if at.In(l).Format(localForm) == local && !slices.ContainsFunc(found, at.Equal) {
			found = append(found, at)
		}
	}
	if len(found) == 0 {
		return time.Time{}, invalid("local", "bootcamp.no_such_time", "the clocks go forward then: there is no %s in %s", local, zoneName).With("zone", zoneName)
	}
	slices.SortFunc(found, time.Time.Compare)
	if later {
		return found[len(found)-1], nil
	}
	return found[0], nil
}

// Twice reports whether the wall shows the session's time twice on its day, because clocks go back.
func (e *Session) Twice() bool {
	first, err := instant(e.Local, e.Zone, false)
	last, lerr := instant(e.Local, e.Zone, true)
	return err == nil && lerr == nil && !first.Equal(last)
}

// AddSession plans a session of a cohort. Facilitators may.
func (s *Service) AddSession(ctx context.Context, by people.Actor, bootcamp, cohort string, ch SessionChange) (Session, error) {
	b, c, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return Session{}, err
	}
	n, err := s.sessions.Count(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{cohort}}, maxSessions)
	if err != nil {
		return Session{}, wrap("AddSession", err)
	}
	if n >= maxSessions {
		return Session{}, fault.New(fault.Conflict, "bootcamp.entries", "a cohort has at most %d sessions", maxSessions).With("max", maxSessions)
	}
	e := Session{Meta: store.Meta{ID: s.c.NewID()}, Bootcamp: b.ID, Cohort: c.ID, Kind: "workshop", Mode: ModeOnline, Language: c.Language, Zone: b.Zone,
		Local: b.First + "T09:00", Minutes: 90, Facilitators: []string{}, Agenda: []Item{}, Materials: []Material{}, State: SessionPlanned, Created: s.now()}
	return s.insertSession(ctx, by, b, e, ch)
}

func (s *Service) insertSession(ctx context.Context, by people.Actor, b Bootcamp, e Session, ch SessionChange) (Session, error) {
	if err := s.linkLessons(ctx, b, e.Agenda, &ch); err != nil {
		return Session{}, err
	}
	if err := e.set(ch); err != nil {
		return Session{}, err
	}
	e.Updated, e.Edition = s.now(), 1
	e.plan(e.Updated)
	if err := s.insertSessions(ctx, b, e.Cohort, e); err != nil {
		return Session{}, err
	}
	return e, s.showLessons(ctx, by, &e)
}

// insertSessions writes new sessions of a cohort, all of them or none. Then the cohort's revision says that something came: who
// was about to delete it looks again; if it is gone already, so are the sessions.
func (s *Service) insertSessions(ctx context.Context, b Bootcamp, cohort string, list ...Session) error {
	if err := s.sessions.Insert(ctx, b.Owner, list...); err != nil {
		return wrap("insertSessions", err)
	}
	_, err := s.revise(ctx, b.Owner, cohort, func(*Cohort) error { return nil })
	if !errors.Is(err, store.ErrNotFound) {
		return wrap("insertSessions", err)
	}
	for _, e := range list {
		if err := s.sessions.Delete(ctx, b.Owner, e.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("insertSessions", err)
		}
	}
	return wrap("insertSessions", orGone(err, "bootcamp.not_found", "cohort", cohort))
}

// CopySession plans a session like another one of the same bootcamp, in this or another cohort, at another time.
// Facilitators of both may.
func (s *Service) CopySession(ctx context.Context, by people.Actor, bootcamp, id, cohort, local string) (Session, error) {
	b, e, err := s.led(ctx, by, bootcamp, id)
	if err != nil {
		return Session{}, err
	}
	if _, _, err := s.facilitated(ctx, by, bootcamp, cohort); err != nil {
		return Session{}, err
	}
	now := s.now()
	e.Meta, e.Cohort, e.State, e.Sequence, e.Told, e.Reminded, e.Created = store.Meta{ID: s.c.NewID()}, cohort, SessionPlanned, 0, 0, nil, now
	return s.insertSession(ctx, by, b, e, SessionChange{Local: &local})
}

// UpdateSession changes a session. Facilitators may. Members' calendars are told.
func (s *Service) UpdateSession(ctx context.Context, by people.Actor, bootcamp, id string, rev int64, ch SessionChange) (Session, error) {
	b, was, err := s.led(ctx, by, bootcamp, id)
	if err != nil {
		return Session{}, err
	}
	if err := s.linkLessons(ctx, b, was.Agenda, &ch); err != nil {
		return Session{}, err
	}
	e, err := s.sessions.Update(ctx, b.Owner, id, func(e *Session) error {
		if err := fresh(rev, e.Edition); err != nil {
			return err
		}
		if e.State == SessionCancelled {
			return fault.New(fault.Conflict, "bootcamp.session_cancelled", "this session was cancelled")
		}
		before := e.public()
		e.Edition++
		if err := e.set(ch); err != nil {
			return err
		}
		now := s.now()
		if e.Updated = now; e.public() != before {
			e.Sequence++
			e.plan(now)
		}
		return nil
	})
	if err != nil {
		return e, wrap("UpdateSession", orGone(err, "bootcamp.not_found", "session", id))
	}
	return e, s.showLessons(ctx, by, &e)
}

// public is what a calendar shows of a session.
func (e *Session) public() string {
	return strings.Join([]string{e.Title, e.Description, e.Starts.Format(time.RFC3339), time.Duration(e.Minutes).String(), e.Zone, e.Link, e.Telephone,
		e.Place.Name, e.Place.Address, e.Place.Room, e.State}, "\x00")
}

// CancelSession says that a session does not take place. Facilitators may. It can be repeated.
func (s *Service) CancelSession(ctx context.Context, by people.Actor, bootcamp, id string) (Session, error) {
	b, e, err := s.led(ctx, by, bootcamp, id)
	if err != nil || e.State == SessionCancelled {
		return e, err
	}
	if e, err = s.cancel(ctx, b.Owner, id); err != nil {
		return e, wrap("CancelSession", orGone(err, "bootcamp.not_found", "session", id))
	}
	return e, s.showLessons(ctx, by, &e)
}

// cancel cancels a session once, however many do it.
func (s *Service) cancel(ctx context.Context, org, id string) (Session, error) {
	return s.sessions.Update(ctx, org, id, func(e *Session) error {
		if e.State == SessionCancelled {
			return store.ErrKeep
		}
		now := s.now()
		e.State, e.Updated = SessionCancelled, now
		e.Sequence++
		e.Edition++
		e.plan(now)
		return nil
	})
}

// Session returns a session to who is in its cohort or leads it, and whether she leads: notes are for facilitators only.
func (s *Service) Session(ctx context.Context, by people.Actor, bootcamp, id string) (e Session, leads bool, err error) {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return e, false, err
	}
	e, err = s.sessions.Get(ctx, b.Owner, id)
	if err == nil && e.Bootcamp != b.ID {
		err = store.ErrNotFound
	}
	if err != nil {
		return e, false, wrap("Session", orGone(err, "bootcamp.not_found", "session", id))
	}
	_, _, leads, err = s.inside(ctx, by, bootcamp, e.Cohort)
	if err != nil {
		return Session{}, false, err
	}
	if !leads {
		e.hide()
	}
	return e, leads, s.showLessons(ctx, by, &e)
}

// hide takes away what is for facilitators only.
func (e *Session) hide() {
	e.Agenda = slices.Clone(e.Agenda)
	for i := range e.Agenda {
		e.Agenda[i].Notes = ""
	}
}

// led returns a session to who leads its cohort.
func (s *Service) led(ctx context.Context, by people.Actor, bootcamp, id string) (Bootcamp, Session, error) {
	e, leads, err := s.Session(ctx, by, bootcamp, id)
	if err != nil {
		return Bootcamp{}, e, err
	}
	if !leads {
		return Bootcamp{}, e, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	b, err := s.Bootcamp(ctx, by, bootcamp)
	return b, e, err
}

// Sessions lists a cohort's sessions by their beginning, from an instant on, to who is inside, and whether she
// leads it.
func (s *Service) Sessions(ctx context.Context, by people.Actor, bootcamp, cohort string, from *time.Time, cursor string, limit int) (list store.Page[Session], leads bool, err error) {
	b, c, leads, err := s.inside(ctx, by, bootcamp, cohort)
	if err != nil {
		return store.Page[Session]{}, false, err
	}
	q := store.Query{Index: "byCohort", Equal: []any{c.ID}, Cursor: cursor, Limit: limit}
	if from != nil {
		q.From = from.UTC().Truncate(time.Millisecond)
	}
	p, err := s.sessions.Find(ctx, b.Owner, q)
	if err != nil {
		return p, leads, wrap("Sessions", err)
	}
	shown := make([]*Session, len(p.Docs))
	for i := range p.Docs {
		if shown[i] = &p.Docs[i]; !leads {
			p.Docs[i].hide()
		}
	}
	return p, leads, s.showLessons(ctx, by, shown...)
}
