package indicator

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// ownedLink is a link with the host in whose figures somebody is.
type ownedLink = store.Owned[link]

// linksOf returns in which hosts' figures somebody is for an organisation.
func (s *Service) linksOf(ctx context.Context, p people.Subject) ([]ownedLink, error) {
	var list []ownedLink
	for cursor := ""; ; {
		page, err := s.links.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if slices.Contains(d.Doc.Towns, p.Organisation) {
				list = append(list, d)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// each calls f with every record in which somebody is for an organisation.
func (s *Service) each(ctx context.Context, p people.Subject, f func(host string, r Record) error) error {
	links, err := s.linksOf(ctx, p)
	if err != nil {
		return err
	}
	for _, l := range links {
		err := s.records.Each(ctx, l.Org, store.Query{Index: "byWho", Equal: []any{l.Doc.Who}}, func(r Record) error {
			if r.Town != p.Organisation {
				return nil
			}
			return f(l.Org, r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	n := 0
	err := s.each(ctx, p, func(string, Record) error { n++; return nil })
	var list []people.Held
	return append(list, people.Held{What: "figures", Count: min(n, people.CountAtMost), Stays: true}), wrap("Holds", err)
}

// Until implements people.Keeper: figures do not have to say who is in them.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// Erase implements people.Keeper: nothing connects her with the figures any more, which stay as they are.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, whole bool) error {
	links, err := s.linksOf(ctx, p)
	if err != nil {
		return wrap("Erase", err)
	}
	visits, err := s.visitsOf(ctx, p)
	if err != nil {
		return wrap("Erase", err)
	}
	for _, v := range visits { // the visit counts as it did; who it was is not known any more
		_, err := s.visits.Update(ctx, v.Org, v.Doc.ID, func(v *VisitEntry) error { v.Person, v.Note = "", ""; return nil })
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
	}
	for _, l := range links {
		if err := s.unlink(ctx, l, p.Organisation, whole); err != nil {
			return wrap("Erase", err)
		}
	}
	return nil
}

func (s *Service) unlink(ctx context.Context, l ownedLink, town string, whole bool) error {
	if !whole && len(l.Doc.Towns) > 1 {
		_, err := s.links.Update(ctx, l.Org, l.Doc.ID, func(l *link) error {
			l.Towns = slices.DeleteFunc(l.Towns, func(t string) bool { return t == town })
			return nil
		})
		return err
	}
	err := s.links.Delete(ctx, l.Org, l.Doc.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) visitsOf(ctx context.Context, p people.Subject) ([]store.Owned[VisitEntry], error) {
	var list []store.Owned[VisitEntry]
	for cursor := ""; ; {
		page, err := s.visits.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if d.Doc.Town == p.Organisation {
				list = append(list, d)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Rename implements people.Keeper: figures read names when they are looked at.
func (s *Service) Rename(context.Context, people.Subject) error { return nil }

// Copy implements people.Keeper.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	w, err := files.Create("figures.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	return wrap("Copy", s.each(ctx, p, func(_ string, r Record) error {
		return lines.Encode(struct {
			What    string    `json:"what"`
			On      string    `json:"on"`
			Title   string    `json:"title,omitempty"`
			Topic   string    `json:"topic,omitempty"`
			Minutes int       `json:"minutes"`
			Entered time.Time `json:"entered"`
		}{r.What, r.On, r.Title, r.Topic, r.Minutes, r.Entered})
	}))
}
