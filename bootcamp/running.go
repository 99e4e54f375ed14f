package bootcamp

import (
	"context"
	"slices"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Change is what a facilitator sets in a bootcamp; nil keeps what is there.
type Change struct {
	Title       course.Text
	Summary     course.Text
	Languages   []string
	Towns       *[]string // ids of organisations
	Territories *[]string
	Zone        *string
	First, Last *string
	Partners    *[]Partner
	Funding     *[]Funding
	Targets     *Targets
}

// apply sets what is given.
func (s *Service) apply(ctx context.Context, b *Bootcamp, ch Change) error {
	if ch.Title != nil {
		b.Title = ch.Title
	}
	if ch.Summary != nil {
		b.Summary = ch.Summary
	}
	if ch.Languages != nil {
		b.Languages = slices.Compact(slices.Clone(ch.Languages))
	}
	set(&b.Zone, ch.Zone)
	set(&b.First, ch.First)
	set(&b.Last, ch.Last)
	set(&b.Partners, ch.Partners)
	set(&b.Funding, ch.Funding)
	set(&b.Territories, ch.Territories)
	set(&b.Targets, ch.Targets)
	if ch.Towns != nil {
		b.Towns = nil
		for _, id := range *ch.Towns {
			_, err := s.c.People.Organisation(ctx, id)
			if fault.KindOf(err) == fault.NotFound {
				return invalid("towns", "bootcamp.town", "no organisation %s", id)
			}
			if err != nil {
				return err
			}
			b.Towns = append(b.Towns, id)
		}
	}
	b.Updated = s.now()
	b.Edition++
	return b.check()
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// Create makes a bootcamp as a draft in the actor's organisation. Facilitators and administrators may.
func (s *Service) Create(ctx context.Context, by people.Actor, ch Change) (Bootcamp, error) {
	if err := by.Must(people.Facilitator, people.Administrator); err != nil {
		return Bootcamp{}, err
	}
	host, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return Bootcamp{}, err
	}
	day := s.now().Format(dayForm)
	b := Bootcamp{SharedMeta: store.SharedMeta{Meta: store.Meta{ID: s.c.NewID()}}, Title: course.Text{}, Summary: course.Text{}, Zone: host.Zone, First: day, Last: day,
		Territories: []string{}, Partners: []Partner{}, Funding: []Funding{}, State: StateDraft, Author: by.Person, Created: s.now()}
	if err := s.apply(ctx, &b, ch); err != nil {
		return Bootcamp{}, err
	}
	if err := s.bootcamps.Insert(ctx, by.Organisation, b); err != nil {
		return Bootcamp{}, wrap("Create", err)
	}
	if err := s.c.People.Note(ctx, by.Organisation, by, "bootcamp.created", b.ID, ""); err != nil {
		return Bootcamp{}, wrap("Create", err)
	}
	return s.Bootcamp(ctx, by, b.ID)
}

// Bootcamp returns a bootcamp to the people of the towns that it names; a draft to its host's facilitators only. Who is
// in it keeps seeing it when her town is taken away.
func (s *Service) Bootcamp(ctx context.Context, by people.Actor, id string) (Bootcamp, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Bootcamp{}, err
	}
	b, err := s.bootcamps.Get(ctx, by.Organisation, id)
	if err == nil && b.State == StateDraft && !s.Hosts(by, b) {
		err = store.ErrNotFound
	}
	return b, wrap("Bootcamp", orGone(err, "bootcamp.not_found", "bootcamp", id))
}

// Bootcamps lists what the actor's organisation sees, the latest first; drafts only to facilitators of their host.
// Filtered pages may be short, with a cursor.
func (s *Service) Bootcamps(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Bootcamp], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Bootcamp]{}, err
	}
	p, err := s.bootcamps.Find(ctx, by.Organisation, store.Query{Index: "byDay", Reverse: true, Cursor: cursor, Limit: limit})
	p.Docs = slices.DeleteFunc(p.Docs, func(b Bootcamp) bool { return b.State == StateDraft && !s.Hosts(by, b) })
	return p, wrap("Bootcamps", err)
}

// Hosts reports whether the actor may do everything in a bootcamp.
func (s *Service) Hosts(by people.Actor, b Bootcamp) bool {
	return by.Organisation == b.Owner && by.Has(people.Facilitator, people.Administrator)
}

// hosted returns a bootcamp to who may change it.
func (s *Service) hosted(ctx context.Context, by people.Actor, id string) (Bootcamp, error) {
	b, err := s.Bootcamp(ctx, by, id)
	if err != nil {
		return b, err
	}
	if !s.Hosts(by, b) {
		return b, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	return b, nil
}

// Update changes a bootcamp. Facilitators of the host may.
func (s *Service) Update(ctx context.Context, by people.Actor, id string, rev int64, ch Change) (Bootcamp, error) {
	b, err := s.hosted(ctx, by, id)
	if err != nil {
		return Bootcamp{}, err
	}
	var joined []string // their towns go on seeing it, whatever is set
	if ch.Towns != nil {
		if joined, err = s.townsInside(ctx, b); err != nil {
			return Bootcamp{}, err
		}
	}
	b, err = s.bootcamps.Update(ctx, by.Organisation, id, func(b *Bootcamp) error {
		if err := fresh(rev, b.Edition); err != nil {
			return err
		}
		if err := s.apply(ctx, b, ch); err != nil {
			return err
		}
		b.Towns = append(b.Towns, joined...)
		return nil
	})
	return b, wrap("Update", err)
}

// Publish opens a draft, or one that was closed or cancelled, to its towns. Facilitators of the host may.
func (s *Service) Publish(ctx context.Context, by people.Actor, id string) (Bootcamp, error) {
	b, err := s.turn(ctx, by, id, StateOpen, "bootcamp.opened")
	if err != nil {
		return b, err
	}
	return b, s.eachToCome(ctx, by, b, func(e Session) error {
		_, err := s.sessions.Update(ctx, b.Owner, e.ID, func(e *Session) error { e.plan(s.now()); return nil })
		return err
	})
}

// Close ends a bootcamp: nobody joins any more, everything stays to be read. Facilitators of the host may.
func (s *Service) Close(ctx context.Context, by people.Actor, id string) (Bootcamp, error) {
	return s.turn(ctx, by, id, StateClosed, "bootcamp.closed")
}

// Cancel says that a bootcamp does not take place; every session to come is cancelled with it, and its members are
// told in one letter. Facilitators of the host may. It can be repeated.
func (s *Service) Cancel(ctx context.Context, by people.Actor, id string) (Bootcamp, error) {
	b, err := s.hosted(ctx, by, id)
	if err != nil {
		return b, err
	}
	list, err := s.Cohorts(ctx, by, id)
	if err != nil {
		return b, err
	}
	if len(list) > 0 { // written down first: a run that dies after this has cancelled all sessions
		if list[0], err = s.mark(ctx, b.Owner, list[0].ID, s.now(), true); err != nil {
			return b, wrap("Cancel", err)
		}
	}
	if b, err = s.turn(ctx, by, id, StateCancelled, "bootcamp.cancelled"); err != nil || len(list) == 0 {
		return b, err
	}
	_, err = s.callOff(ctx, b.Owner, list[0])
	return b, wrap("Cancel", err)
}

func (s *Service) turn(ctx context.Context, by people.Actor, id, state, act string) (Bootcamp, error) {
	if _, err := s.hosted(ctx, by, id); err != nil {
		return Bootcamp{}, err
	}
	b, err := s.bootcamps.Update(ctx, by.Organisation, id, func(b *Bootcamp) error {
		b.State, b.Updated = state, s.now()
		b.Edition++
		return nil
	})
	if err != nil {
		return b, wrap("turn", err)
	}
	return b, wrap("turn", s.c.People.Note(ctx, by.Organisation, by, act, id, ""))
}

// Delete removes a draft that has no cohorts. Facilitators of the host may.
func (s *Service) Delete(ctx context.Context, by people.Actor, id string) error {
	b, err := s.hosted(ctx, by, id)
	if err != nil {
		return err
	}
	n, err := s.cohorts.Count(ctx, b.Owner, store.Query{Index: "byBootcamp", Equal: []any{id}}, 1)
	if err != nil {
		return wrap("Delete", err)
	}
	if b.State != StateDraft || n > 0 {
		return fault.New(fault.Conflict, "bootcamp.used", "only a draft without cohorts can be deleted")
	}
	return wrap("Delete", s.bootcamps.Delete(ctx, by.Organisation, id))
}

// townsInside returns the organisations from which people are in a bootcamp's cohorts.
func (s *Service) townsInside(ctx context.Context, b Bootcamp) ([]string, error) {
	var towns []string
	for cursor := ""; ; {
		p, err := s.cohorts.Find(ctx, b.Owner, store.Query{Index: "byBootcamp", Equal: []any{b.ID}, Cursor: cursor, Limit: maxCohorts})
		if err != nil {
			return nil, wrap("townsInside", err)
		}
		for _, c := range p.Docs {
			err := s.members.Each(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c.ID}}, func(m Member) error {
				if !slices.Contains(towns, m.Town) {
					towns = append(towns, m.Town)
				}
				return nil
			})
			if err != nil {
				return nil, wrap("townsInside", err)
			}
		}
		if cursor = p.Next; cursor == "" {
			return towns, nil
		}
	}
}
