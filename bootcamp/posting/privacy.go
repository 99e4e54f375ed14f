package posting

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	list, err := s.of(ctx, p)
	var held []people.Held
	return append(held, people.Held{What: "postings", Count: len(list), Stays: true}), wrap("Holds", err)
}

// Until implements people.Keeper: nothing demands that a posting says who put it up.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// of lists what somebody has put up or reported for an organisation: few, by hand.
func (s *Service) of(ctx context.Context, p people.Subject) ([]Posting, error) {
	var list []Posting
	for cursor := ""; ; {
		page, err := s.postings.Find(ctx, store.Query{Index: "byPersons", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, x := range page.Docs {
			if x.Person == p.Person && x.Town == p.Organisation || slices.ContainsFunc(x.Reports, func(r Report) bool { return r.Person == p.Person && r.Town == p.Organisation }) {
				list = append(list, x)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Erase implements people.Keeper: what she put up is her town's and stays without her name and the way to her; what she
// reported goes.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, _ bool) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Erase", err)
	}
	for _, x := range list {
		_, err := s.postings.Update(ctx, x.ID, func(x *Posting) error {
			if x.Person == p.Person && x.Town == p.Organisation {
				x.Person, x.Name, x.Entry = "", "", ""
			}
			x.Reports = slices.DeleteFunc(x.Reports, func(r Report) bool { return r.Person == p.Person && r.Town == p.Organisation })
			if len(x.Reports) == 0 {
				x.Reported = nil
			}
			x.note()
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
	for _, x := range list {
		_, err := s.postings.Update(ctx, x.ID, func(x *Posting) error {
			if x.Person != p.Person || x.Town != p.Organisation || x.Name == p.Name {
				return store.ErrKeep // she has only reported it, or it bears her name
			}
			x.Name = p.Name
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Rename", err)
		}
	}
	return nil
}

// note remembers who is in a posting.
func (p *Posting) note() {
	p.Persons = []string{}
	add := func(person string) {
		if person != "" && !slices.Contains(p.Persons, person) {
			p.Persons = append(p.Persons, person)
		}
	}
	add(p.Person)
	for _, r := range p.Reports {
		add(r.Person)
	}
}

// Copy implements people.Keeper.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	list, err := s.of(ctx, p)
	if err != nil || len(list) == 0 {
		return wrap("Copy", err)
	}
	w, err := files.Create("postings.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	for _, x := range list {
		line := map[string]any{"posting": x.ID, "title": x.Content.Title}
		if x.Person == p.Person && x.Town == p.Organisation {
			line["posted"], line["created"] = x.Content, x.Created
		}
		for _, r := range x.Reports {
			if r.Person == p.Person && r.Town == p.Organisation {
				line["reported"], line["at"] = r.Words, r.At
			}
		}
		if err := lines.Encode(line); err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
