package discussion

import (
	"context"

	"palestra/bootcamp"
	"palestra/internal/fault"
	"palestra/people"
)

// Quote returns a post to who leads, to make a draft of it. Who is mentioned in it is not named: nobody would find the name
// in the draft when it is to be erased. Faults: discussion.not_found, discussion.not_shown
func (s *Service) Quote(ctx context.Context, by people.Actor, p Place, id string) (bootcamp.Quote, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return bootcamp.Quote{}, err
	}
	if !r.Leads {
		return bootcamp.Quote{}, errForbidden
	}
	d, err := s.post(ctx, r, id)
	if err != nil {
		return bootcamp.Quote{}, err
	}
	if d.State != Shown {
		return bootcamp.Quote{}, fault.New(fault.Conflict, "discussion.not_shown", "this post was hidden or taken back")
	}
	q := bootcamp.Quote{Host: r.Host, Key: join("post", d.ID), Kind: bootcamp.QuotePost, Words: marks().ReplaceAllString(d.Words, "…"), Language: d.Language, At: d.At,
		Path: p.path() + "/" + d.Thread}
	if d.Opens != nil {
		q.Title = d.Opens.Title
	}
	v, known, err := s.behind(ctx, r.Host, d.Who)
	if err != nil {
		return q, err
	}
	if known.ID != "" {
		q.Of = []bootcamp.Speaker{{Person: v.Person, Town: v.Town, Name: v.Name}}
	}
	return q, nil
}
