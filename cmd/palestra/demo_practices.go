package main

import (
	"bytes"
	"context"
	"slices"

	"palestra/bootcamp/practice"
	"palestra/cmd/palestra/papers"
	"palestra/cmd/palestra/world"
	"palestra/internal/fault"
	"palestra/people"
)

// practiceSteps let towns tell what works, and others review, ask and adopt.
func (d *demo) practiceSteps() []step {
	var steps []step
	for i := range d.world.Practices {
		w := &d.world.Practices[i]
		title := w.Title["en"]
		add := func(day, hour, n int, words string, f func(context.Context) (bool, error)) {
			steps = append(steps, step{demoWorkday(d.monday, day, hour, n), words, f})
		}
		add(w.Day, 10, i, "a practice: "+title, func(ctx context.Context) (bool, error) { return d.tell(ctx, w) })
		for n := range w.Versions {
			add(w.Versions[n].Day, 11, i, "a new version: "+title, func(ctx context.Context) (bool, error) { return d.tellAgain(ctx, w, n) })
		}
		for n := range w.Reviews {
			r := &w.Reviews[n]
			add(r.Day, 13, i, r.Town+" reviews: "+title, func(ctx context.Context) (bool, error) { return d.review(ctx, w, r) })
		}
		for n := range w.Questions {
			q := &w.Questions[n]
			add(q.Day, 14, i, "a question: "+title, func(ctx context.Context) (bool, error) { return d.ask(ctx, w, q) })
			if q.Answer != nil {
				add(q.Answer.Day, 15, i, "an answer: "+title, func(ctx context.Context) (bool, error) { return d.answer(ctx, w, q) })
			}
		}
		for n := range w.Adoptions {
			a := &w.Adoptions[n]
			add(a.Day, 16, i, a.Town+" adopts: "+title, func(ctx context.Context) (bool, error) { return d.adopt(ctx, w, a) })
		}
	}
	return steps
}

// practice returns a practice by its title as one of its authors sees it; nil if it is not made.
func (d *demo) practice(ctx context.Context, w *world.Practice) (people.Actor, *practice.Practice, error) {
	by, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return by, nil, err
	}
	page, err := d.practices.Mine(ctx, by, "", 100)
	if err != nil {
		return by, nil, err
	}
	i := slices.IndexFunc(page.Docs, func(p practice.Practice) bool { return p.Draft.Title["en"] == w.Title["en"] })
	if i < 0 {
		return by, nil, nil
	}
	return by, &page.Docs[i], nil
}

func (d *demo) tell(ctx context.Context, w *world.Practice) (bool, error) {
	by, p, err := d.practice(ctx, w)
	if err != nil || p != nil && p.Version > 0 {
		return false, err
	}
	if p == nil {
		made, err := d.practices.Create(ctx, by, cardOf(w))
		if err != nil {
			return false, err
		}
		p = &made
	}
	if len(p.Draft.Files) < len(w.Files) {
		if err := d.enclose(ctx, by, w, p); err != nil {
			return false, err
		}
	}
	_, err = d.practices.Publish(ctx, by, p.ID, 0, "")
	return true, err
}

// enclose puts files on a card that is not published yet.
func (d *demo) enclose(ctx context.Context, by people.Actor, w *world.Practice, p *practice.Practice) error {
	c := p.Draft
	c.Files = nil
	for i := range w.Files {
		f := &w.Files[i]
		data, err := papers.Make(f, d.clock.Now())
		if err != nil {
			return err
		}
		kept, err := d.practices.Attach(ctx, by, p.ID, f.Name, int64(len(data)), bytes.NewReader(data))
		if err != nil {
			return err
		}
		c.Files = append(c.Files, practice.CardFile{File: kept, Kind: f.Kind, Title: practice.Text(f.Title), Alt: practice.Text(f.Alt)})
	}
	_, err := d.practices.Save(ctx, by, p.ID, 0, c)
	return err
}

func (d *demo) tellAgain(ctx context.Context, w *world.Practice, n int) (bool, error) {
	by, p, err := d.practice(ctx, w)
	if err != nil || p == nil || p.Version > n+1 {
		return false, err
	}
	c := p.Draft
	for _, t := range w.Versions[n].Conditions {
		c.Conditions = append(c.Conditions, practice.Text(t))
	}
	if _, err := d.practices.Save(ctx, by, p.ID, 0, c); err != nil {
		return false, err
	}
	_, err = d.practices.Publish(ctx, by, p.ID, 0, w.Versions[n].Summary)
	return true, err
}

func (d *demo) review(ctx context.Context, w *world.Practice, r *world.Review) (bool, error) {
	_, p, err := d.practice(ctx, w)
	if err != nil || p == nil {
		return false, err
	}
	by, err := d.actor(ctx, r.Town, r.By)
	if err != nil {
		return false, err
	}
	for version := 1; version <= p.Version; version++ {
		there, err := d.practices.Reviews(ctx, by, p.ID, version, "", 100)
		if err != nil || slices.ContainsFunc(there.Docs, func(x practice.Review) bool { return x.Words == r.Words }) {
			return false, err
		}
	}
	_, err = d.practices.Review(ctx, by, p.ID, practice.Review{Marks: r.Marks, Recommends: r.Recommends, Words: r.Words})
	return true, err
}

// asked returns a question as who asked it sees it; nil if it was not asked.
func (d *demo) asked(ctx context.Context, by people.Actor, id, words string) (*practice.Question, error) {
	page, err := d.practices.Questions(ctx, by, id, "", 100)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(page.Docs, func(q practice.Question) bool { return q.Messages[0].Words == words })
	if i < 0 {
		return nil, nil //nolint:nilnil // not asked
	}
	return &page.Docs[i], nil
}

func (d *demo) ask(ctx context.Context, w *world.Practice, q *world.Inquiry) (bool, error) {
	_, p, err := d.practice(ctx, w)
	if err != nil || p == nil {
		return false, err
	}
	by, err := d.actor(ctx, q.Town, q.By)
	if err != nil {
		return false, err
	}
	if there, err := d.asked(ctx, by, p.ID, q.Words); err != nil || there != nil {
		return false, err
	}
	_, err = d.practices.Ask(ctx, by, p.ID, q.Words)
	return true, err
}

func (d *demo) answer(ctx context.Context, w *world.Practice, q *world.Inquiry) (bool, error) {
	by, p, err := d.practice(ctx, w)
	if err != nil || p == nil {
		return false, err
	}
	there, err := d.asked(ctx, by, p.ID, q.Words)
	if err != nil || there == nil || len(there.Messages) > 1 {
		return false, err
	}
	_, err = d.practices.Answer(ctx, by, p.ID, there.ID, q.Answer.Words)
	return true, err
}

func (d *demo) adopt(ctx context.Context, w *world.Practice, x *world.Adoption) (bool, error) {
	author, p, err := d.practice(ctx, w)
	if err != nil || p == nil {
		return false, err
	}
	by, err := d.actor(ctx, x.Town, x.By)
	if err != nil {
		return false, err
	}
	a, err := d.practices.Adoption(ctx, by, p.ID)
	switch {
	case fault.Is(err, "practice.no_adoption"):
		from := ""
		if x.From != "" {
			from = p.ID + "." + d.orgs[x.From].ID
		}
		if a, err = d.practices.Adopt(ctx, by, p.ID, from, x.Began); err != nil {
			return false, err
		}
	case err != nil || len(a.Stages) > len(x.Stages):
		return false, err
	}
	if a.Summary == "" {
		ch := practice.AdoptionChange{Changes: &[]practice.Change{}, Summary: &x.Summary, Evidence: &x.Evidence, Lessons: &x.Lessons, Residents: &x.Residents}
		for _, c := range x.Changes {
			offer := ""
			if c.Offer {
				offer = "offered"
			}
			*ch.Changes = append(*ch.Changes, practice.Change{Section: c.Section, Card: c.Card, Here: c.Here, Offer: offer})
		}
		needed := resourcesOf(x.Resources)
		ch.Resources = &needed
		if a, err = d.practices.Describe(ctx, by, p.ID, 0, ch); err != nil {
			return false, err
		}
	}
	for _, s := range x.Stages[len(a.Stages)-1:] {
		if a, err = d.practices.Move(ctx, by, p.ID, 0, s.State, s.On, s.Note); err != nil {
			return false, err
		}
	}
	for i, c := range a.Changes {
		if c.Offer == "offered" && (x.Take || x.Decline) {
			if _, err := d.practices.Decide(ctx, author, p.ID, a.ID, i, x.Take); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

func resourcesOf(list []world.Resource) []practice.Resource {
	out := []practice.Resource{}
	for _, r := range list {
		out = append(out, practice.Resource{What: practice.Text(r.What), Quantity: r.Quantity, FTE: r.FTE, Months: r.Months, Funding: practice.Text(r.Funding)})
	}
	return out
}

func textsOf(list []world.Text) []practice.Text {
	out := []practice.Text{}
	for _, t := range list {
		out = append(out, practice.Text(t))
	}
	return out
}

func cardOf(w *world.Practice) practice.Content {
	c := practice.Content{Languages: w.Languages, Title: practice.Text(w.Title), Summary: practice.Text(w.Summary), Description: practice.Text(w.Description), Territory: practice.Territory(w.Territory),
		Objectives: textsOf(w.Objectives), Conditions: textsOf(w.Conditions), Difficulties: textsOf(w.Difficulties), Resources: resourcesOf(w.Resources),
		Evidence: practice.Text(w.Evidence), Transfer: practice.Text(w.Transfer), Legal: practice.Text(w.Legal), Costs: practice.Costs(w.Costs), Topics: w.Topics, Technologies: w.Technologies,
		Personas: w.Personas, Competences: w.Competences, Labels: w.Labels, Licence: "CC-BY-4.0"}
	for _, s := range w.Steps {
		c.Steps = append(c.Steps, practice.Step{When: practice.Span(s.When), What: practice.Text(s.What)})
	}
	for _, l := range w.Links {
		c.Links = append(c.Links, practice.Link(l))
	}
	return c
}
