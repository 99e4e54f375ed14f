package challenge

import (
	"context"
	"errors"

	"palestra/bootcamp/practice"
	"palestra/internal/store"
	"palestra/people"
)

// Seed is what a draft is made from by a room that has decided who may: something that was said.
type Seed struct {
	ID      string
	Town    string
	By      practice.Author // who makes it; she may be of another town
	Credits []practice.Credit
	Content Content
}

// Begin makes a draft of something that was said, with who said it. Doing it again with the same id changes nothing.
func (s *Service) Begin(ctx context.Context, d Seed) error {
	if err := d.Content.check(); err != nil {
		return wrap("Begin", err)
	}
	town, err := s.c.People.Organisation(ctx, d.Town)
	if err != nil {
		return err
	}
	of := town
	if d.By.Town != d.Town {
		if of, err = s.c.People.Organisation(ctx, d.By.Town); err != nil {
			return err
		}
	}
	by := Person{Person: d.By.Person, Town: d.By.Town, TownName: of.Name, Name: d.By.Name, Account: d.By.Account}
	c := s.draft(d.ID, town, by, d.Content, d.Credits[:min(practice.MaxCredits, len(d.Credits))])
	if err := s.challenges.Insert(ctx, d.Town, c); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return wrap("Begin", err)
	}
	_, err = s.settle(ctx, d.Town, d.ID)
	return err
}

// Begun reports whether a challenge is there, drafts too.
func (s *Service) Begun(ctx context.Context, town, id string) (bool, error) {
	c, err := s.challenges.Get(ctx, town, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && c.State != stateDeleted, wrap("Begun", err)
}

// Agree notes what somebody says to a draft that was made from her words, and returns what counts: who declines when it is
// on the board already is not named in it any more.
func (s *Service) Agree(ctx context.Context, town, id string, a practice.Answer) (string, error) {
	counts := a.State
	_, err := s.challenges.Update(ctx, town, id, func(c *Challenge) error {
		counts = a.State
		if c.State == stateDeleted {
			return store.ErrKeep
		}
		var changed bool
		if counts, changed = a.Note(c.Credits, c.State != StateDraft); !changed {
			return store.ErrKeep
		}
		if counts == practice.CreditDeclined {
			texts := append([]Text{c.Content.Title, c.Content.Affected, c.Content.Problem}, c.Content.Constraints...)
			practice.TakeOut(append(texts, c.Content.Tried...), a.Said)
			if err := c.Content.check(); err != nil {
				return err
			}
			c.sorted()
			c.Edition++
			c.Updated = s.now()
			c.forget()
		}
		c.due(s.now())
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return counts, nil
	}
	if err != nil {
		return counts, wrap("Agree", err)
	}
	_, err = s.settle(ctx, town, id)
	return counts, err
}

// forget leaves only those among the persons of a challenge who are in it.
func (c *Challenge) forget() {
	c.Persons = []string{}
	c.each(func(p *Person) { c.note(*p) })
	for _, o := range c.Credits {
		c.note(Person{Person: o.Person})
	}
}

func credited(o practice.Credit, p people.Subject) bool {
	return o.Person == p.Person && o.Town == p.Organisation
}
