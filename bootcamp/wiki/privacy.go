package wiki

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	list, err := s.of(ctx, p)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, w := range list {
		wrote, err := s.versions.Count(ctx, w.Org, store.Query{Index: "byWho", Equal: []any{w.Doc.ID}}, people.CountAtMost)
		if err != nil {
			return nil, wrap("Holds", err)
		}
		n = min(n+wrote, people.CountAtMost)
	}
	var held []people.Held
	return append(held, people.Held{What: "pages", Count: n, Stays: true}), nil
}

// Until implements people.Keeper: nothing demands that a page says who wrote it.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// of lists somebody's words in the places where she writes for an organisation.
func (s *Service) of(ctx context.Context, p people.Subject) ([]store.Owned[Writer], error) {
	var list []store.Owned[Writer]
	for cursor := ""; ; {
		page, err := s.writers.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, wrap("of", err)
		}
		for _, w := range page.Docs {
			if w.Doc.Town == p.Organisation {
				list = append(list, w)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Erase implements people.Keeper: what she wrote belongs to the place and stays, of somebody without a name.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, _ bool) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return err
	}
	for _, w := range list {
		_, err := s.writers.Update(ctx, w.Org, w.Doc.ID, func(w *Writer) error {
			w.Person, w.Name = w.ID, "" // its own word: nobody has it as an id
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
	}
	return nil
}

// Rename implements people.Keeper: versions name her by a word, behind which one document of a place says who she is.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return err
	}
	for _, w := range list {
		if w.Doc.Name == p.Name {
			continue
		}
		_, err := s.writers.Update(ctx, w.Org, w.Doc.ID, func(w *Writer) error {
			if w.Person != p.Person {
				return store.ErrKeep
			}
			w.Name = p.Name
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Rename", err)
		}
	}
	return nil
}

// Copy implements people.Keeper: every version that she wrote.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	list, err := s.of(ctx, p)
	if err != nil || len(list) == 0 {
		return err
	}
	f, err := files.Create("wiki.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(f)
	for _, w := range list {
		err := s.versions.Each(ctx, w.Org, store.Query{Index: "byWho", Equal: []any{w.Doc.ID}}, func(v Version) error {
			return lines.Encode(struct {
				Place    string    `json:"place"`
				Page     string    `json:"page"`
				Number   int       `json:"number"`
				Title    string    `json:"title"`
				Language string    `json:"language"`
				Words    string    `json:"words"`
				Why      string    `json:"why"`
				At       time.Time `json:"at"`
			}{w.Doc.Place, v.Page, v.Number, v.Title, v.Language, v.Words, v.Why, v.At})
		})
		if err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
