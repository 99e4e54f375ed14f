package challenge

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"palestra/bootcamp/practice"
	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	list, err := s.of(ctx, p)
	return []people.Held{{What: "challenges", Count: len(list), Stays: true}}, wrap("Holds", err)
}

// Until implements people.Keeper: nothing demands that a challenge says who was in it.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// each calls f for every place in which a challenge names somebody who has done something.
func (c *Challenge) each(f func(*Person)) {
	f(&c.By)
	for i := range c.Sponsors {
		f(&c.Sponsors[i].By)
	}
	if c.Team != nil {
		f(&c.Team.By)
		for i := range c.Team.Members {
			f(&c.Team.Members[i])
		}
	}
	for i := range c.Notes {
		f(&c.Notes[i].By)
	}
	for i := range c.Endings {
		f(&c.Endings[i].By)
	}
}

// of lists the challenges in which somebody is for an organisation: few, as people come into them by hand.
func (s *Service) of(ctx context.Context, p people.Subject) ([]Challenge, error) {
	var list []Challenge
	for cursor := ""; ; {
		page, err := s.challenges.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			here := false
			d.Doc.each(func(o *Person) { here = here || o.Person == p.Person && o.Town == p.Organisation })
			here = here || slices.ContainsFunc(d.Doc.Credits, func(o practice.Credit) bool { return credited(o, p) })
			if here {
				list = append(list, d.Doc)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Erase implements people.Keeper: what she wrote for her town and its challenges stays without her name.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, _ bool) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Erase", err)
	}
	for _, c := range list {
		_, err := s.challenges.Update(ctx, c.Town, c.ID, func(c *Challenge) error {
			elsewhere := false
			c.each(func(o *Person) {
				switch {
				case o.Person != p.Person:
				case o.Town == p.Organisation:
					o.Person, o.Name, o.Account = "", "", ""
				default:
					elsewhere = true
				}
			})
			for i := range c.Credits {
				switch o := &c.Credits[i]; {
				case o.Person != p.Person:
				case credited(*o, p):
					o.Person, o.Name = "", ""
				default:
					elsewhere = true
				}
			}
			if !elsewhere {
				c.Persons = slices.DeleteFunc(c.Persons, func(o string) bool { return o == p.Person })
			}
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
	}
	return nil
}

// Rename implements people.Keeper.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Rename", err)
	}
	for _, c := range list {
		_, err := s.challenges.Update(ctx, c.Town, c.ID, func(c *Challenge) error {
			changed := false
			take := func(name *string) {
				if *name != p.Name {
					*name, changed = p.Name, true
				}
			}
			c.each(func(o *Person) {
				if o.Person == p.Person && o.Town == p.Organisation {
					take(&o.Name)
				}
			})
			for i := range c.Credits {
				if credited(c.Credits[i], p) {
					take(&c.Credits[i].Name)
				}
			}
			if !changed {
				return store.ErrKeep
			}
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Rename", err)
		}
	}
	return nil
}

// Copy implements people.Keeper.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	w, err := files.Create("challenges.ndjson")
	if err != nil {
		return err
	}
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Copy", err)
	}
	lines := json.NewEncoder(w)
	for _, c := range list {
		own := func(o Person) bool { return o.Person == p.Person && o.Town == p.Organisation }
		said := []map[string]any{}
		for _, n := range c.Notes {
			if own(n.By) {
				said = append(said, map[string]any{"words": n.Words, "at": n.At})
			}
		}
		for _, e := range c.Endings {
			if own(e.By) {
				said = append(said, map[string]any{"words": e.Words, "solved": e.Solved, "at": e.At})
			}
		}
		for _, sp := range c.Sponsors {
			if own(sp.By) {
				said = append(said, map[string]any{"offer": sp.Offer, "at": sp.At})
			}
		}
		line := map[string]any{"challenge": c.ID, "title": c.Content.Title, "said": said, "created": c.Created}
		if own(c.By) {
			line["stated"] = c.Content
		}
		if err := lines.Encode(line); err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
