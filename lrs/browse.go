package lrs

import (
	"context"
	"errors"
	"strings"

	"palestra/internal/store"
)

// Browse, Tail and Look are for people who look into an organisation's store through the platform's own pages. Whoever
// calls them has decided what they may see. They find voided statements, too, and mark them; and they find a statement by
// what it holds itself, not by what it refers to.

// Browse returns a page of what a query finds, the newest first, of statements with a number below one (0: all). next is
// below what to go on, 0 at the end. A page may be short, or even empty, and still have a next one. More of the query is
// not looked at.
func (s *Service) Browse(ctx context.Context, org string, q Query, below int64) (list []Stored, next int64, err error) {
	q.More, q.Ascending, q.direct = "", false, true
	at, err := s.position(ctx, org, q)
	if err != nil {
		return nil, 0, wrap("Browse", err)
	}
	if below > 0 && (at.To == 0 || below < at.To) {
		at.To = below
	}
	if at.To != 0 && at.To <= at.From {
		return []Stored{}, 0, nil
	}
	list, last, more, err := s.scan(ctx, org, q, at, "", true)
	if !more {
		last = 0
	}
	return list, last, wrap("Browse", err)
}

// Tail looks at the statements behind a number, at most limit (1 to 500), and returns those that a query finds, in order,
// and the number of the last one that it has looked at. Times of the query are not looked at.
func (s *Service) Tail(ctx context.Context, org string, q Query, number int64, limit int) (list []Stored, last int64, err error) {
	q.direct = true
	recs, err := s.statements.Read(ctx, org, stream, number, limit)
	if err != nil || len(recs) == 0 {
		return nil, number, wrap("Tail", err)
	}
	gone, err := s.voidedIn(ctx, org)
	if err != nil {
		return nil, number, wrap("Tail", err)
	}
	_, match := s.plan(org, q, "")
	for _, r := range recs {
		yes, err := match(ctx, r)
		if err != nil {
			return nil, number, wrap("Tail", err)
		}
		if yes {
			st := s.stored(r)
			st.Voided = gone(r)
			list = append(list, st)
		}
	}
	return list, recs[len(recs)-1].Number, nil
}

// Look returns one statement. If about is an activity, it must be the statement's object or belong to its context. Fault:
// lrs.not_found
func (s *Service) Look(ctx context.Context, org, id, about string) (Stored, error) {
	r, err := s.statements.Get(ctx, org, strings.ToLower(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && about != "" && !r.has(token(byActivity, about), token(byRelatedActivity, about)) {
		return Stored{}, notFound(id)
	}
	if err != nil {
		return Stored{}, wrap("Look", err)
	}
	gone, err := s.voidedIn(ctx, org)
	if err != nil {
		return Stored{}, wrap("Look", err)
	}
	st := s.stored(r)
	st.Voided = gone(r)
	return st, nil
}

// referring is how many statements that refer to one are looked at for the one that voids it.
const referring = 200

// VoidedBy returns the statement that voids another one, "" if none is found among the first that refer to it.
func (s *Service) VoidedBy(ctx context.Context, org, id string) (string, error) {
	p, err := s.statements.Find(ctx, org, store.Query{Index: "byToken", Equal: []any{token(byTarget, strings.ToLower(id)), stream}, Limit: referring})
	for _, r := range p.Docs {
		if r.Facts.Voids {
			return r.ID, nil
		}
	}
	return "", wrap("VoidedBy", err)
}
