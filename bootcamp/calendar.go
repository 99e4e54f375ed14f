package bootcamp

import (
	"context"
	"errors"
	"strings"
	"time"

	"palestra/bootcamp/ical"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// How calendars are kept up to date.
const (
	feedFresh = time.Hour           // how often a client should ask again
	feedPast  = 30 * 24 * time.Hour // how long what is over stays in a feed
	maxFeed   = 2000                // sessions
	quiet     = 10 * time.Minute    // without a change, before members are told: nobody wants ten letters
	ahead     = 24 * time.Hour      // of a session members are reminded
)

// Calendar is the secret address of a person's feed. The secret itself is kept nowhere.
type Calendar struct {
	store.Meta `bson:",inline"` // digest of the secret
	Person     string           `bson:"person"`
	Created    time.Time        `bson:"created"`
}

// MakeCalendar returns the secret of a new feed of the actor's sessions, of whatever town she comes for; the former one
// ends. It is shown once.
func (s *Service) MakeCalendar(ctx context.Context, by people.Actor) (string, error) {
	if by.Person == "" {
		return "", by.Must()
	}
	secret := s.c.NewSecret()
	c := Calendar{Meta: store.Meta{ID: digest(secret)}, Person: by.Person, Created: s.now()}
	if err := s.endCalendars(ctx, by.Person); err != nil {
		return "", err
	}
	return secret, wrap("MakeCalendar", s.calendars.Insert(ctx, c))
}

// EndCalendar ends the actor's feed. It can be repeated.
func (s *Service) EndCalendar(ctx context.Context, by people.Actor) error {
	if by.Person == "" {
		return by.Must()
	}
	return s.endCalendars(ctx, by.Person)
}

// HasCalendar returns since when the actor has a feed, or nil.
func (s *Service) HasCalendar(ctx context.Context, by people.Actor) (*time.Time, error) {
	if by.Person == "" {
		return nil, by.Must()
	}
	p, err := s.calendars.Find(ctx, store.Query{Index: "byPerson", Equal: []any{by.Person}, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return nil, wrap("HasCalendar", err)
	}
	return &p.Docs[0].Created, nil
}

func (s *Service) endCalendars(ctx context.Context, person string) error {
	for {
		p, err := s.calendars.Find(ctx, store.Query{Index: "byPerson", Equal: []any{person}, Limit: 50})
		if err != nil || len(p.Docs) == 0 {
			return wrap("endCalendars", err)
		}
		for _, c := range p.Docs {
			if err := s.calendars.Delete(ctx, c.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return wrap("endCalendars", err)
			}
		}
	}
}

// Feed writes the calendar to which a secret leads: the sessions of every cohort in which its person is, also the
// cancelled ones. Nobody signs in for it.
func (s *Service) Feed(ctx context.Context, secret string) ([]byte, error) {
	gone := fault.New(fault.NotFound, "bootcamp.calendar", "there is no calendar at this address any more")
	c, err := s.calendars.Get(ctx, digest(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, gone
	}
	if err != nil {
		return nil, wrap("Feed", err)
	}
	known, err := s.c.People.Known(ctx, c.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	cal := ical.Calendar{Method: ical.Publish, Name: "Palestra", Fresh: feedFresh, Stamp: s.now(), Events: []ical.Event{}}
	for _, town := range known.Organisations {
		err := s.members.Each(ctx, town, store.Query{Index: "byPerson", Equal: []any{c.Person}}, func(m Member) error {
			if m.State != Joined || m.Town != town {
				return nil
			}
			b, err := s.bootcamps.Get(ctx, m.Owner, m.Bootcamp)
			if err != nil || b.State == StateDraft {
				return err
			}
			return s.sessions.Each(ctx, m.Owner, store.Query{Index: "byCohort", Equal: []any{m.Cohort}, From: s.now().Add(-feedPast)}, func(e Session) error {
				if len(cal.Events) < maxFeed {
					cal.Events = append(cal.Events, s.event(b, e, known.Locale))
				}
				return nil
			})
		})
		if err != nil {
			return nil, wrap("Feed", err)
		}
	}
	b, err := cal.Write()
	return b, wrap("Feed", err)
}

// event is a session as calendars show it.
func (s *Service) event(b Bootcamp, e Session, locale string) ical.Event {
	start := e.Starts
	if l, err := zone(e.Zone); err == nil {
		start = start.In(l)
	}
	title, _ := b.Title.In(append([]string{locale}, b.Languages...)...)
	page := s.c.PublicURL + "/bootcamps/" + b.ID + "/sessions/" + e.ID
	var text []string
	for _, line := range []string{title, e.Description, e.Link, e.Telephone, e.Place.Access} {
		if line != "" {
			text = append(text, line)
		}
	}
	var where []string
	for _, part := range []string{e.Place.Room, e.Place.Name, e.Place.Address} {
		if part != "" {
			where = append(where, part)
		}
	}
	if len(where) == 0 && e.Link != "" {
		where = append(where, e.Link)
	}
	return ical.Event{UID: e.ID + "@" + strings.TrimPrefix(strings.TrimPrefix(s.c.PublicURL, "https://"), "http://"), Sequence: e.Sequence, Summary: e.Title,
		Description: strings.Join(text, "\n\n"), Location: strings.Join(where, ", "), URL: page, Category: e.Kind, Start: start,
		Duration: time.Duration(e.Minutes) * time.Minute, Cancelled: e.State == SessionCancelled, Created: e.Created, Changed: e.Updated}
}
