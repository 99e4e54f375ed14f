package challenge

import (
	"context"
	"slices"

	"palestra/bootcamp/directory"
	"palestra/bootcamp/practice"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Filter chooses challenges; what is empty leaves all.
type Filter struct {
	Words    string
	Topic    string
	State    string
	Language string
	Country  string
}

// Board lists what towns have stated, what changed last first, to everybody who is signed in, in pages that may be
// short.
func (s *Service) Board(ctx context.Context, by people.Actor, f Filter, cursor string, limit int) (store.Page[Card], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Card]{}, err
	}
	first, others := practice.Lead(f.Words, map[string]string{"topic": f.Topic, "state": f.State, "language": f.Language})
	q := store.Query{Index: "byToken", Equal: []any{first}, Reverse: true, Cursor: cursor, Limit: limit, Where: map[string]any{}}
	if f.Country != "" {
		q.Where["country"] = f.Country
	}
	if len(others) > 0 {
		q.Where["tokens"] = others[0]
	}
	p, err := s.cards.Find(ctx, q)
	p.Docs = slices.DeleteFunc(p.Docs, func(c Card) bool {
		return slices.ContainsFunc(others, func(t string) bool { return !slices.Contains(c.Tokens, t) })
	})
	return p, wrap("Board", err)
}

// OfTown lists what the actor's organisation has stated, by title, drafts too. Its office holders may.
func (s *Service) OfTown(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Challenge], error) {
	if err := by.Must(office()...); err != nil {
		return store.Page[Challenge]{}, err
	}
	p, err := s.challenges.Find(ctx, by.Organisation, store.Query{Index: "byTitle", Cursor: cursor, Limit: limit})
	p.Docs = slices.DeleteFunc(p.Docs, func(c Challenge) bool { return c.State == stateDeleted })
	return p, wrap("OfTown", err)
}

// Challenge returns a challenge to everybody who is signed in; a draft to the town that writes it.
func (s *Service) Challenge(ctx context.Context, by people.Actor, id string) (Challenge, error) {
	return s.get(ctx, by, id)
}

// Published reports whether the practice that came of a challenge can be read by everybody.
func (s *Service) Published(ctx context.Context, id string) (bool, error) {
	c, err := s.c.Practices.Card(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && c.State == practice.StatePublished, err
}

// maxSuggested is how many practices are suggested.
const maxSuggested = 5

// Practices lists the practices that have most in common with a challenge, and what.
func (s *Service) Practices(ctx context.Context, by people.Actor, id string) ([]practice.Kin[practice.Card], error) {
	c, err := s.get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	list, err := s.c.Practices.Kindred(ctx, by, c.Traits(), maxSuggested+1)
	list = slices.DeleteFunc(list, func(k practice.Kin[practice.Card]) bool { return k.Of.Challenge == id })
	return list[:min(maxSuggested, len(list))], err
}

// Experts lists the experts who have most in common with a challenge, and what.
func (s *Service) Experts(ctx context.Context, by people.Actor, id string) ([]practice.Kin[directory.Entry], error) {
	c, err := s.get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return s.c.Experts.Kindred(ctx, by, c.Traits(), maxSuggested)
}
