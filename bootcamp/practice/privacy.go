package practice

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
	var written, reviewed, asked, adopted int
	err := s.each(ctx, p, func(h held) error {
		switch {
		case h.practice != nil && h.practice.writes(p):
			written++
		case h.review != nil:
			reviewed++
		case h.question != nil:
			asked++
		case h.adoption != nil:
			adopted++
		}
		return nil
	})
	return []people.Held{{What: "practices", Count: written, Stays: true}, {What: "reviews", Count: reviewed, Stays: true}, {What: "questions", Count: asked},
		{What: "adoptions", Count: adopted, Stays: true}}, wrap("Holds", err)
}

// Until implements people.Keeper: nothing demands that what towns have published says who wrote it.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// held is one document in which a person is.
type held struct {
	org      string
	practice *Practice
	review   *Review
	question *Question
	adoption *Adoption
}

// each finds the documents in which somebody is for an organisation: few, as one person writes them by hand.
func (s *Service) each(ctx context.Context, p people.Subject, f func(held) error) error {
	err := s.cards.Each(ctx, store.Query{Index: "byAuthor", Equal: []any{p.Person}}, func(c Card) error {
		d, err := s.practices.Get(ctx, c.Town, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !d.writes(p) && !slices.ContainsFunc(d.Credits, func(o Credit) bool { return o.of(p) }) {
			return nil
		}
		return f(held{org: c.Town, practice: &d})
	})
	if err != nil {
		return err
	}
	err = across(ctx, s.reviews, p.Person, func(org string, r Review) error {
		if r.Town != p.Organisation {
			return nil
		}
		return f(held{org: org, review: &r})
	})
	if err != nil {
		return err
	}
	err = across(ctx, s.questions, p.Person, func(org string, q Question) error {
		if !q.asks(p) && !slices.ContainsFunc(q.Messages, func(m Message) bool { return m.of(p) }) {
			return nil // she spoke for another town
		}
		return f(held{org: org, question: &q})
	})
	if err != nil {
		return err
	}
	return s.adoptions.Each(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, func(a Adoption) error { return f(held{org: p.Organisation, adoption: &a}) })
}

func (p *Practice) writes(s people.Subject) bool {
	return slices.ContainsFunc(p.Authors, func(a Author) bool { return a.Person == s.Person && a.Town == s.Organisation })
}

func (q *Question) asks(s people.Subject) bool {
	return q.Asker == s.Person && q.Town == s.Organisation
}

func (m Message) of(s people.Subject) bool {
	return m.Person == s.Person && (m.Town == s.Organisation || m.Town == "")
}

func (c Credit) of(s people.Subject) bool { return c.Person == s.Person && c.Town == s.Organisation }

// across calls f with every document of all organisations in which a person is. The list is read first: f may take her
// out of the index.
func across[T any](ctx context.Context, c *store.Town[T], person string, f func(org string, doc T) error) error {
	var all []store.Owned[T]
	for cursor := ""; ; {
		page, err := c.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return err
		}
		all = append(all, page.Docs...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for _, d := range all {
		if err := f(d.Org, d.Doc); err != nil {
			return err
		}
	}
	return nil
}

// Erase implements people.Keeper: what she wrote for her town stays without her name, what she asked goes.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, _ bool) error {
	var all []held
	if err := s.each(ctx, p, func(h held) error { all = append(all, h); return nil }); err != nil {
		return wrap("Erase", err)
	}
	for _, h := range all {
		if err := s.erase(ctx, p, h); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
	}
	return nil
}

func (s *Service) erase(ctx context.Context, p people.Subject, h held) error {
	switch {
	case h.practice != nil:
		d, err := s.practices.Update(ctx, h.org, h.practice.ID, func(d *Practice) error {
			d.Authors = slices.DeleteFunc(d.Authors, func(a Author) bool { return a.Person == p.Person && a.Town == p.Organisation })
			for i := range d.Credits {
				if d.Credits[i].of(p) {
					d.Credits[i].Person, d.Credits[i].Name = "", ""
				}
			}
			if d.By.Person == p.Person && d.By.Town == p.Organisation {
				d.By.Person, d.By.Name = "", ""
			}
			d.due(s.now())
			return nil
		})
		if err != nil {
			return err
		}
		_, err = s.settled(ctx, d)
		return err
	case h.review != nil:
		_, err := s.reviews.Update(ctx, h.org, h.review.ID, func(r *Review) error {
			r.Person, r.Name = "", ""
			return nil
		})
		return err
	case h.question != nil && h.question.asks(p):
		return s.questions.Delete(ctx, h.org, h.question.ID)
	case h.question != nil:
		_, err := s.questions.Update(ctx, h.org, h.question.ID, func(q *Question) error {
			for i := range q.Messages {
				if m := &q.Messages[i]; m.of(p) {
					m.Person, m.Name = "", ""
				}
			}
			if q.Asker != p.Person && !slices.ContainsFunc(q.Messages, func(m Message) bool { return m.Person == p.Person }) {
				q.Persons = slices.DeleteFunc(q.Persons, func(o string) bool { return o == p.Person })
			}
			return nil
		})
		return err
	}
	_, err := s.adoptions.Update(ctx, h.org, h.adoption.ID, func(a *Adoption) error {
		a.Persons = slices.DeleteFunc(a.Persons, func(o string) bool { return o == p.Person })
		for i := range a.Stages {
			if a.Stages[i].Person == p.Person {
				a.Stages[i].Person = ""
			}
		}
		return nil
	})
	return err
}

// Rename implements people.Keeper.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	var all []held
	if err := s.each(ctx, p, func(h held) error { all = append(all, h); return nil }); err != nil {
		return wrap("Rename", err)
	}
	for _, h := range all {
		if err := s.rename(ctx, p, h); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Rename", err)
		}
	}
	return nil
}

func (s *Service) rename(ctx context.Context, p people.Subject, h held) error {
	changed := false
	take := func(hers bool, name *string) {
		if hers && *name != p.Name {
			*name, changed = p.Name, true
		}
	}
	kept := func() error {
		if !changed {
			return store.ErrKeep
		}
		return nil
	}
	switch {
	case h.practice != nil:
		d, err := s.practices.Update(ctx, h.org, h.practice.ID, func(d *Practice) error {
			changed = false
			for i := range d.Authors {
				a := &d.Authors[i]
				take(a.Person == p.Person && a.Town == p.Organisation, &a.Name)
			}
			for i := range d.Credits {
				take(d.Credits[i].of(p), &d.Credits[i].Name)
			}
			if changed {
				d.due(s.now()) // its card names her, too
			}
			return kept()
		})
		if err == nil {
			_, err = s.settled(ctx, d)
		}
		return err
	case h.review != nil:
		_, err := s.reviews.Update(ctx, h.org, h.review.ID, func(r *Review) error {
			changed = false
			take(r.Person == p.Person && r.Town == p.Organisation, &r.Name)
			return kept()
		})
		return err
	case h.question != nil:
		_, err := s.questions.Update(ctx, h.org, h.question.ID, func(q *Question) error {
			changed = false
			for i := range q.Messages {
				take(q.Messages[i].of(p), &q.Messages[i].Name)
			}
			return kept()
		})
		return err
	}
	return nil // adoptions name nobody
}

// Copy implements people.Keeper.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	w, err := files.Create("practices.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	return wrap("Copy", s.each(ctx, p, func(h held) error {
		line := map[string]any{}
		switch {
		case h.practice != nil && !h.practice.writes(p):
			return nil // what she said is in the copy of the room in which she said it
		case h.practice != nil:
			line["practice"], line["title"], line["draft"], line["version"], line["created"] = h.practice.ID, h.practice.Draft.Title, h.practice.Draft, h.practice.Version, h.practice.Created
		case h.review != nil:
			line["review"], line["marks"], line["words"], line["recommends"], line["at"] = h.review.Practice, h.review.Marks, h.review.Words, h.review.Recommends, h.review.At
		case h.question != nil:
			said := []map[string]any{}
			for _, m := range h.question.Messages {
				if m.of(p) {
					said = append(said, map[string]any{"words": m.Words, "at": m.At})
				}
			}
			line["question"], line["said"] = h.question.Practice, said
		case h.adoption != nil:
			said := []map[string]any{}
			for _, st := range h.adoption.Stages {
				if st.Person == p.Person {
					said = append(said, map[string]any{"state": st.State, "on": st.On, "note": st.Note, "at": st.At})
				}
			}
			line["adoption"], line["stages"] = h.adoption.Practice, said
		}
		return lines.Encode(line)
	}))
}
