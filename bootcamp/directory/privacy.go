package directory

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
	n := 0
	if _, err := s.entries.Get(ctx, own(p)); err == nil {
		n = 1
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, wrap("Holds", err)
	}
	list, err := s.of(ctx, p)
	return []people.Held{{What: "directory", Count: n + len(list)}}, wrap("Holds", err)
}

func own(p people.Subject) string {
	return ownID(Expert, people.Actor{Person: p.Person, Organisation: p.Organisation})
}

// Until implements people.Keeper: nobody has to stay in the directory.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// of lists the conversations that somebody led for an organisation: few, by hand.
func (s *Service) of(ctx context.Context, p people.Subject) ([]store.Owned[Question], error) {
	var list []store.Owned[Question]
	for cursor := ""; ; {
		page, err := s.questions.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if d.Doc.Asker == p.Person && d.Doc.AskerTown == p.Organisation || d.Doc.Expert == p.Person && d.Org == p.Organisation {
				list = append(list, d)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Erase implements people.Keeper: her entry goes, and the conversations that she led.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, _ bool) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Erase", err)
	}
	for _, q := range list {
		if err := s.questions.Delete(ctx, q.Org, q.Doc.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
	}
	if err := s.entries.Delete(ctx, own(p)); err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("Erase", err)
	}
	return nil
}

// Rename implements people.Keeper.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Rename", err)
	}
	for _, d := range list {
		_, err := s.questions.Update(ctx, d.Org, d.Doc.ID, func(q *Question) error {
			changed := false
			for i := range q.Messages {
				m := &q.Messages[i]
				hers := m.Expert && q.Expert == p.Person && d.Org == p.Organisation || !m.Expert && q.Asker == p.Person && q.AskerTown == p.Organisation
				if hers && m.Name != p.Name {
					m.Name, changed = p.Name, true
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
	_, err = s.entries.Update(ctx, own(p), func(e *Entry) error {
		if e.Content.Name == p.Name {
			return store.ErrKeep
		}
		e.Content.Name = p.Name
		e.found()
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("Rename", err)
	}
	return nil
}

// Copy implements people.Keeper.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	w, err := files.Create("directory.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	e, err := s.entries.Get(ctx, own(p))
	if err == nil {
		err = lines.Encode(map[string]any{"entry": e.Content, "updated": e.Updated})
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("Copy", err)
	}
	list, err := s.of(ctx, p)
	if err != nil {
		return wrap("Copy", err)
	}
	for _, q := range list {
		said := []map[string]any{}
		for _, m := range q.Doc.Messages {
			if m.Expert == (q.Doc.Expert == p.Person) {
				said = append(said, map[string]any{"words": m.Words, "at": m.At})
			}
		}
		if err := lines.Encode(map[string]any{"question": q.Doc.ID, "said": said}); err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
