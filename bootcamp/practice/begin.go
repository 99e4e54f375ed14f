package practice

import (
	"context"
	"errors"

	"palestra/internal/store"
	"palestra/people"
)

// Seed is what a draft is made from by a room that has decided who writes it.
type Seed struct {
	ID        string
	Town      string
	Authors   []Author
	Challenge string // which it answers; "" for none
	Credits   []Credit
	Content   Content
}

// Begin makes a draft for a room that has decided who writes it: what came out of a challenge, what somebody has said. Doing
// it again with the same id changes nothing.
func (s *Service) Begin(ctx context.Context, d Seed) error {
	if err := d.Content.check(); err != nil {
		return wrap("Begin", err)
	}
	now := s.now()
	title, _ := d.Content.Title.In(d.Content.Languages...)
	p := Practice{Meta: store.Meta{ID: d.ID}, Town: d.Town, Edition: 1, Draft: d.Content, State: StateDraft, Authors: d.Authors[:min(maxAuthors, len(d.Authors))], Challenge: d.Challenge,
		Credits: d.Credits[:min(MaxCredits, len(d.Credits))], Sort: people.Fold(title), Answers: []int64{}, Due: &now, Created: now, Updated: now}
	err := s.practices.Insert(ctx, d.Town, p)
	if err != nil && !errors.Is(err, store.ErrDuplicate) {
		return wrap("Begin", err)
	}
	_, err = s.settle(ctx, d.Town, d.ID)
	return err
}

// Begun reports whether a practice is there, drafts too.
func (s *Service) Begun(ctx context.Context, town, id string) (bool, error) {
	p, err := s.practices.Get(ctx, town, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && p.State != stateDeleted, wrap("Begun", err)
}

// Agree notes what somebody says to a draft that was made from her words, and returns what counts: who declines after it
// was published is not named in it any more.
func (s *Service) Agree(ctx context.Context, town, id string, a Answer) (string, error) {
	counts := a.State
	p, err := s.practices.Update(ctx, town, id, func(p *Practice) error {
		counts = a.State
		if p.State == stateDeleted {
			return store.ErrKeep
		}
		var changed bool
		if counts, changed = a.Note(p.Credits, p.Version > 0); !changed {
			return store.ErrKeep
		}
		if counts == CreditDeclined {
			TakeOut(p.Draft.texts(), a.Said)
			if err := p.Draft.check(); err != nil {
				return err
			}
			title, _ := p.Draft.Title.In(p.Draft.Languages...)
			p.Sort = people.Fold(title)
			p.Edition++
			p.Updated = s.now()
		}
		p.due(s.now())
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return counts, nil
	}
	if err != nil {
		return counts, wrap("Agree", err)
	}
	_, err = s.settled(ctx, p)
	return counts, err
}

// texts lists everything that a card says in words.
func (c *Content) texts() []Text {
	list := []Text{c.Title, c.Summary, c.Description, c.Evidence, c.Transfer, c.Legal}
	list = append(list, c.Objectives...)
	list = append(list, c.Conditions...)
	list = append(list, c.Difficulties...)
	for _, st := range c.Steps {
		list = append(list, st.What)
	}
	for _, r := range c.Resources {
		list = append(list, r.What, r.Funding)
	}
	return list
}
