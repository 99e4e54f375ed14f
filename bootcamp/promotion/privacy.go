package promotion

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/bootcamp/practice"
	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	list, err := s.all(ctx, p)
	n := 0
	for _, d := range list {
		if d.Doc.credit(p) != nil {
			n++
		}
	}
	var held []people.Held
	return append(held, people.Held{What: "credits", Count: n, Stays: true}), wrap("Holds", err)
}

// Until implements people.Keeper.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

func (p *Promotion) credit(s people.Subject) *practice.Credit {
	for i := range p.Credits {
		if c := &p.Credits[i]; c.Person == s.Person && c.Town == s.Organisation {
			return c
		}
	}
	return nil
}

// all lists the promotions in which somebody is for an organisation.
func (s *Service) all(ctx context.Context, p people.Subject) ([]store.Owned[Promotion], error) {
	var list []store.Owned[Promotion]
	for cursor := ""; ; {
		page, err := s.promotions.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if d.Doc.credit(p) != nil || d.Doc.By.Person == p.Person && d.Doc.By.Town == p.Organisation {
				list = append(list, d)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Erase implements people.Keeper: her name goes. Who was not asked any more has declined; what she agreed to stays.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, _ bool) error {
	list, err := s.all(ctx, p)
	if err != nil {
		return wrap("Erase", err)
	}
	for _, d := range list {
		_, err := s.promotions.Update(ctx, d.Org, d.Doc.ID, func(now *Promotion) error {
			if c := now.credit(p); c != nil {
				if c.State == practice.CreditAsked {
					at := s.now()
					c.State, c.Answered = practice.CreditDeclined, &at
				}
				if c.State == practice.CreditAgreed {
					c.State = practice.CreditNameless
				}
				c.Person, c.Name = "", ""
			}
			if now.By.Person == p.Person && now.By.Town == p.Organisation {
				now.By.Person, now.By.Name, now.By.Account, now.Maker = "", "", "", ""
			}
			now.index()
			now.due(s.now())
			return nil
		})
		if err == nil {
			_, err = s.settle(ctx, d.Org, d.Doc.ID)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
	}
	return nil
}

// Rename implements people.Keeper.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	list, err := s.all(ctx, p)
	if err != nil {
		return wrap("Rename", err)
	}
	for _, d := range list {
		_, err := s.promotions.Update(ctx, d.Org, d.Doc.ID, func(now *Promotion) error {
			changed := false
			if c := now.credit(p); c != nil && c.Name != p.Name {
				c.Name, changed = p.Name, true
			}
			if now.By.Person == p.Person && now.By.Town == p.Organisation && now.By.Name != p.Name {
				now.By.Name, changed = p.Name, true
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

// Copy implements people.Keeper: what was made of her words, and what she has said to it.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	list, err := s.all(ctx, p)
	if err != nil || len(list) == 0 {
		return wrap("Copy", err)
	}
	w, err := files.Create("credits.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	for _, d := range list {
		c := d.Doc.credit(p)
		if c == nil {
			continue
		}
		err := lines.Encode(struct {
			Into     string     `json:"into"`
			Draft    string     `json:"draft"`
			Words    string     `json:"words"`
			At       time.Time  `json:"at"`
			State    string     `json:"state"`
			Answered *time.Time `json:"answered,omitempty"`
		}{d.Doc.Into, d.Doc.Draft, d.Doc.Words, c.At, c.State, c.Answered})
		if err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
