package wiki

import (
	"context"
	"errors"
	"strings"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Place names whose pages they are: a cohort's, or a town's about its territory.
type Place struct {
	Bootcamp, Cohort string
	Town             string // organisation
}

// ParsePlace reads cohort.<bootcamp>.<cohort> or territory.<town>. fault wiki.not_found
func ParsePlace(text string) (Place, error) {
	parts := strings.Split(text, ".")
	switch {
	case len(text) > 200:
	case len(parts) == 3 && parts[0] == "cohort" && parts[1] != "" && parts[2] != "":
		return Place{Bootcamp: parts[1], Cohort: parts[2]}, nil
	case len(parts) == 2 && parts[0] == "territory" && parts[1] != "":
		return Place{Town: parts[1]}, nil
	}
	return Place{}, notFound()
}

// String is what ParsePlace reads.
func (p Place) String() string {
	if p.Town != "" {
		return "territory." + p.Town
	}
	return "cohort." + p.Bootcamp + "." + p.Cohort
}

// Path is where pages show it.
func (p Place) Path() string {
	if p.Town != "" {
		return "/practices/territories/" + p.Town
	}
	return "/bootcamps/" + p.Bootcamp + "/cohorts/" + p.Cohort + "/wiki"
}

// Room is a place with what the actor is in it.
type Room struct {
	Place    Place
	Host     string // organisation; what is written belongs to it
	Key      string
	Title    course.Text // of the bootcamp
	Name     string      // of the cohort, or of the town
	Country  string      // of a town
	Language string
	Leads    bool // facilitators of a cohort; facilitators and administrators of a town
	Writes   bool
}

// Enter returns what the actor is in a place: members of a cohort write its pages and nobody else reads them; a town's
// are written by its members and read by everybody who is signed in. Faults: wiki.not_found, bootcamp.not_inside
func (s *Service) Enter(ctx context.Context, by people.Actor, p Place) (Room, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Room{}, err
	}
	r := Room{Place: p, Key: p.String()}
	if p.Town == "" {
		c, err := s.c.Cohorts.Circle(ctx, by, p.Bootcamp, p.Cohort)
		r.Host, r.Title, r.Name, r.Language, r.Leads, r.Writes = c.Host, c.Title, c.Name, c.Language, c.Leads, !c.Reads
		return r, err
	}
	o, err := s.c.People.Organisation(ctx, p.Town)
	if fault.KindOf(err) == fault.NotFound {
		return Room{}, notFound()
	}
	own := by.Organisation == p.Town
	r.Host, r.Name, r.Country, r.Language = p.Town, o.Name, o.Country, o.Locale
	r.Writes, r.Leads = own, own && by.Has(people.Facilitator, people.Administrator)
	return r, err
}

// writing enters a place to write in it.
func (s *Service) writing(ctx context.Context, by people.Actor, p Place) (Room, error) {
	r, err := s.Enter(ctx, by, p)
	if err == nil && !r.Writes {
		err = errForbidden
	}
	return r, err
}

// leading enters a place to decide about its pages.
func (s *Service) leading(ctx context.Context, by people.Actor, p Place) (Room, error) {
	r, err := s.Enter(ctx, by, p)
	if err == nil && !r.Leads {
		err = errForbidden
	}
	return r, err
}

// writer returns the actor's word in a room, and makes it.
func (s *Service) writer(ctx context.Context, by people.Actor, r Room) (Writer, error) {
	for {
		page, err := s.writers.Find(ctx, r.Host, store.Query{Index: "byPerson", Equal: []any{r.Key, by.Person}, Limit: 1})
		if err != nil {
			return Writer{}, wrap("writer", err)
		}
		if len(page.Docs) > 0 && page.Docs[0].Name == by.Name && page.Docs[0].Town == by.Organisation {
			return page.Docs[0], nil
		}
		o, err := s.c.People.Organisation(ctx, by.Organisation)
		if err != nil {
			return Writer{}, err
		}
		if len(page.Docs) > 0 {
			w, err := s.writers.Update(ctx, r.Host, page.Docs[0].ID, func(w *Writer) error {
				w.Name, w.Town, w.TownName = by.Name, by.Organisation, o.Name
				return nil
			})
			return w, wrap("writer", err)
		}
		w := Writer{Meta: store.Meta{ID: s.c.NewName()}, Place: r.Key, Person: by.Person, Name: by.Name, Town: by.Organisation, TownName: o.Name}
		if err := s.writers.Insert(ctx, r.Host, w); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return w, wrap("writer", err)
		}
	}
}

// Name is how somebody is called; empty once she was erased.
type Name struct{ Name, TownName string }

// Names returns who stands behind some words.
func (s *Service) Names(ctx context.Context, r Room, whos ...string) (map[string]Name, error) {
	names := map[string]Name{}
	for _, who := range whos {
		if _, ok := names[who]; ok || who == "" {
			continue
		}
		w, err := s.writers.Get(ctx, r.Host, who)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, wrap("Names", err)
		}
		names[who] = Name{w.Name, w.TownName}
	}
	return names, nil
}
