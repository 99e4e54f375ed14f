package discussion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Place names what is talked about: a cohort, or a practice.
type Place struct {
	Bootcamp, Cohort string
	Practice         string
}

// ParsePlace reads cohort.<bootcamp>.<cohort> or practice.<practice>. fault discussion.not_found
func ParsePlace(text string) (Place, error) {
	parts := strings.Split(text, ".")
	switch {
	case len(text) > 200:
	case len(parts) == 3 && parts[0] == "cohort" && parts[1] != "" && parts[2] != "":
		return Place{Bootcamp: parts[1], Cohort: parts[2]}, nil
	case len(parts) == 2 && parts[0] == "practice" && parts[1] != "":
		return Place{Practice: parts[1]}, nil
	}
	return Place{}, fault.New(fault.NotFound, "discussion.not_found", "no such place")
}

// String is what ParsePlace reads.
func (p Place) String() string {
	if p.Practice != "" {
		return join("practice", p.Practice)
	}
	return join("cohort", p.Bootcamp, p.Cohort)
}

// path is where pages show it.
func (p Place) path() string {
	if p.Practice != "" {
		return "/practices/" + p.Practice + "/discussion"
	}
	return "/bootcamps/" + p.Bootcamp + "/cohorts/" + p.Cohort + "/discussion"
}

// Room is a place with what the actor is in it.
type Room struct {
	Place    Place
	Host     string // organisation; what is said belongs to it
	Key      string
	Title    course.Text
	Name     string // of the cohort
	Language string
	Leads    bool // facilitators of a cohort; authors of a card, and administrators of its town
	Writes   bool
	Over     bool   // the bootcamp has ended
	Until    string // last day on which something is written, "" for no end
	Voice    Voice  // the actor's
}

// enter returns what the actor is in a place, and makes her voice there when she comes for the first time.
func (s *Service) enter(ctx context.Context, by people.Actor, p Place) (Room, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Room{}, err
	}
	r := Room{Place: p, Key: p.String()}
	last := ""
	if p.Practice != "" {
		card, err := s.c.Practices.Card(ctx, p.Practice)
		if err != nil {
			return Room{}, err
		}
		if card.State == practice.StateWithdrawn {
			return Room{}, fault.New(fault.Gone, "practice.withdrawn", "its authors have withdrawn this practice")
		}
		r.Host, r.Title, r.Writes, r.Language = card.Town, card.Content.Title, true, card.Content.Languages[0]
		r.Leads = by.Organisation == card.Town && by.Has(people.Administrator) ||
			slices.ContainsFunc(card.Authors, func(a practice.Author) bool { return a.Person == by.Person && a.Town == by.Organisation })
	} else {
		c, err := s.c.Cohorts.Circle(ctx, by, p.Bootcamp, p.Cohort)
		if err != nil {
			return Room{}, err
		}
		r.Host, r.Title, r.Name, r.Language, r.Leads, r.Writes = c.Host, c.Title, c.Name, c.Language, c.Leads, !c.Reads
		r.Over, last = c.State == bootcamp.StateClosed || c.State == bootcamp.StateCancelled, c.Last
	}
	set, err := s.settings.Get(ctx, r.Host, r.Key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Room{}, wrap("enter", err)
	}
	today, err := s.today(ctx, r.Host)
	if err != nil {
		return Room{}, err
	}
	r.Over = r.Over || last != "" && last < today
	if r.Until = set.Until; r.Until != "" && r.Until < today {
		r.Writes = false
	}
	r.Voice, err = s.voice(ctx, r, by.Person, by.Name, by.Organisation)
	return r, err
}

// today is the day on the calendar of an organisation.
func (s *Service) today(ctx context.Context, org string) (string, error) {
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return "", err
	}
	zone, err := o.Location()
	return s.now().In(zone).Format(time.DateOnly), wrap("today", err)
}

// writes refuses to whom a room is only to be read.
func (r *Room) writes() error {
	switch {
	case r.Writes:
		return nil
	case r.Until != "":
		return fault.New(fault.Conflict, "discussion.over", "since %s this discussion is only to be read", r.Until).With("day", r.Until)
	}
	return errForbidden
}

// voice returns somebody's voice in a room, and makes it. The caller has decided that she may be here.
func (s *Service) voice(ctx context.Context, r Room, person, name, town string) (Voice, error) {
	id := join(r.Key, person)
	for {
		v, err := s.voices.Get(ctx, r.Host, id)
		if err == nil && v.Name == name && v.Town == town {
			return v, nil
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return v, wrap("voice", err)
		}
		o, oerr := s.c.People.Organisation(ctx, town)
		if oerr != nil {
			return v, oerr
		}
		if err == nil {
			v, err = s.voices.Update(ctx, r.Host, id, func(v *Voice) error {
				v.Name, v.Town, v.TownName = name, town, o.Name
				return nil
			})
			return v, wrap("voice", err)
		}
		v = Voice{Meta: store.Meta{ID: id}, Room: r.Key, Who: strings.ReplaceAll(s.c.NewName(), "-", "")[:16], Person: person, Name: name, Town: town, TownName: o.Name, Mail: MailDaily}
		v.Stop = digest(s.c.Secret(v.Who))
		if err := s.voices.Insert(ctx, r.Host, v); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return v, wrap("voice", err)
		}
	}
}

// Setup is what somebody, or who leads, sets in a room; nil keeps what is there.
type Setup struct {
	Mail  *string // one of the Mail constants
	All   *bool   // follow every thread
	Read  bool    // everything that was said is read
	Until *string // day; only who leads
}

// Enter returns a room, with how many of its threads have something new and how many reports wait, at most a hundred each.
func (s *Service) Enter(ctx context.Context, by people.Actor, p Place) (r Room, unread, reports int, err error) {
	if r, err = s.enter(ctx, by, p); err != nil {
		return r, 0, 0, err
	}
	page, err := s.threads.Find(ctx, r.Host, store.Query{Index: "byRoom", Equal: []any{r.Key}, From: r.Voice.Before.Add(time.Millisecond), Reverse: true, Limit: 100})
	if err != nil {
		return r, 0, 0, wrap("Enter", err)
	}
	for _, t := range page.Docs {
		m, err := s.mark(ctx, r, t.ID)
		if err != nil {
			return r, 0, 0, err
		}
		if fresh(r, t, m) > 0 {
			unread++
		}
	}
	if r.Leads {
		reports, err = s.reports.Count(ctx, r.Host, store.Query{Index: "byState", Equal: []any{r.Key, ReportOpen}}, 100)
	}
	return r, unread, reports, wrap("Enter", err)
}

// Set changes what the actor wants of a room, or, for who leads, how long something is written there.
func (s *Service) Set(ctx context.Context, by people.Actor, p Place, ch Setup) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	if ch.Mail != nil && !slices.Contains([]string{MailAtOnce, MailDaily, MailNever}, *ch.Mail) {
		return invalid("mail", "discussion.choice", "no such choice")
	}
	if ch.Until != nil {
		if !r.Leads || p.Practice != "" {
			return errForbidden
		}
		if _, err := time.Parse(time.DateOnly, *ch.Until); err != nil && *ch.Until != "" {
			return invalid("until", "discussion.day", "a day is written 2027-11-24")
		}
		if err := s.setUntil(ctx, r, *ch.Until); err != nil {
			return err
		}
		if err := s.c.People.Note(ctx, r.Host, by, "discussion.until", p.Cohort, *ch.Until); err != nil {
			return wrap("Set", err)
		}
	}
	now := s.now()
	v, err := s.voices.Update(ctx, r.Host, r.Voice.ID, func(v *Voice) error {
		if ch.All != nil {
			v.All = *ch.All
		}
		if ch.Read {
			v.Before = now
		}
		if ch.Mail != nil && *ch.Mail != v.Mail {
			v.Mail = *ch.Mail
			if v.Due != nil && v.Letter == nil {
				v.Due = &now // it is planned anew when it is looked at
			}
		}
		return nil
	})
	if err == nil && ch.Read {
		err = s.hush(ctx, r.Host, v)
	}
	return wrap("Set", err)
}

func (s *Service) setUntil(ctx context.Context, r Room, until string) error {
	_, err := s.settings.Update(ctx, r.Host, r.Key, func(d *Setting) error { d.Until = until; return nil })
	if errors.Is(err, store.ErrNotFound) {
		err = s.settings.Insert(ctx, r.Host, Setting{Meta: store.Meta{ID: r.Key}, Until: until})
	}
	return wrap("setUntil", err)
}

// hush takes away what was new to somebody who has read everything.
func (s *Service) hush(ctx context.Context, host string, v Voice) error {
	var ids []string
	err := s.marks.Each(ctx, host, store.Query{Index: "byNews", Equal: []any{v.Who}}, func(m Mark) error { ids = append(ids, m.ID); return nil })
	if err != nil {
		return err
	}
	for _, id := range ids {
		_, err := s.marks.Update(ctx, host, id, func(m *Mark) error {
			if m.News == nil || m.News.After(v.Before) {
				return store.ErrKeep
			}
			m.News, m.Named, m.Calls = nil, false, nil
			return nil
		})
		if gone(err) != nil {
			return err
		}
	}
	return nil
}
