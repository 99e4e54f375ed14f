package main

import (
	"context"
	"slices"
	"time"

	"palestra/bootcamp"
	"palestra/cmd/palestra/world"
	"palestra/course"
	"palestra/people"
)

// bootcampSteps make bootcamps, plan their sessions and let people come in.
func (d *demo) bootcampSteps() []step {
	var steps []step
	for i := range d.world.Bootcamps {
		b := &d.world.Bootcamps[i]
		steps = append(steps, step{demoWorkday(d.monday, b.Made, 15, 0), "a bootcamp: " + b.Title["en"],
			func(ctx context.Context) (bool, error) { return d.openCamp(ctx, b) }})
		for n := range b.Visits {
			v := &b.Visits[n]
			steps = append(steps, step{demoWorkday(d.monday, v.Day, 16, n), "a visit to the help-desk", func(ctx context.Context) (bool, error) { return d.visit(ctx, b, v) }})
		}
		for n := range b.Outputs {
			o := &b.Outputs[n]
			steps = append(steps, step{demoWorkday(d.monday, o.Day, 17, n), "an output: " + o.Title, func(ctx context.Context) (bool, error) { return d.output(ctx, b, o) }})
		}
		for n := range b.Cohorts {
			c := &b.Cohorts[n]
			for k := range c.Sessions {
				se := &c.Sessions[k]
				if len(se.Attended) > 0 {
					steps = append(steps, step{demoWorkday(d.monday, se.Day, 18, 0), "who was there: " + se.Title, func(ctx context.Context) (bool, error) { return d.attend(ctx, b, c, se) }})
				}
				if len(se.Files) > 0 {
					steps = append(steps, step{demoWorkday(d.monday, se.Day, 18, 1), "files of a session: " + se.Title, func(ctx context.Context) (bool, error) { return d.share(ctx, b, c, se) }})
				}
			}
			for k := range c.Members {
				m := &c.Members[k]
				steps = append(steps, step{demoWorkday(d.monday, m.Day, 11, k), m.Who + ": " + b.Title["en"],
					func(ctx context.Context) (bool, error) { return d.comeIn(ctx, b, c, m) }})
			}
		}
	}
	return steps
}

// camp returns a bootcamp by its title; nil if it is not made.
func (d *demo) camp(ctx context.Context, by people.Actor, w *world.Bootcamp) (*bootcamp.Bootcamp, error) {
	for cursor := ""; ; {
		page, err := d.bootcamps.Bootcamps(ctx, by, cursor, 100)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(page.Docs, func(b bootcamp.Bootcamp) bool { return b.Title["en"] == w.Title["en"] }); i >= 0 {
			return &page.Docs[i], nil
		}
		if cursor = page.Next; cursor == "" {
			return nil, nil //nolint:nilnil // not made
		}
	}
}

func (d *demo) day(n int) string { return demoWorkday(d.monday, n, 12, 0).Format(time.DateOnly) }

func (d *demo) openCamp(ctx context.Context, w *world.Bootcamp) (bool, error) {
	by, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return false, err
	}
	b, err := d.camp(ctx, by, w)
	if err != nil || b != nil && b.State != bootcamp.StateDraft {
		return false, err
	}
	if b == nil {
		first, last, towns := d.day(w.First), d.day(w.Last), []string{}
		for _, t := range w.Towns {
			towns = append(towns, d.orgs[t].ID)
		}
		ch := bootcamp.Change{Title: course.Text(w.Title), Summary: course.Text(w.Summary), Languages: w.Languages, First: &first, Last: &last, Towns: &towns, Territories: &w.Territories,
			Partners: &[]bootcamp.Partner{}, Funding: &[]bootcamp.Funding{}, Targets: &bootcamp.Targets{Persons: w.Targets.Persons, Towns: w.Targets.Towns, Hours: w.Targets.Hours, Practices: w.Targets.Practices}}
		for _, p := range w.Partners {
			*ch.Partners = append(*ch.Partners, bootcamp.Partner{Name: p.Name, Country: p.Country, Role: p.Role})
		}
		for _, f := range w.Funding {
			*ch.Funding = append(*ch.Funding, bootcamp.Funding{Kind: f.Kind, Code: f.Code})
		}
		made, err := d.bootcamps.Create(ctx, by, ch)
		if err != nil {
			return false, err
		}
		b = &made
	}
	cohorts, err := d.bootcamps.Cohorts(ctx, by, b.ID)
	if err != nil {
		return false, err
	}
	for i := range w.Cohorts {
		if err := d.fillCohort(ctx, by, b, &w.Cohorts[i], cohorts); err != nil {
			return false, err
		}
	}
	_, err = d.bootcamps.Publish(ctx, by, b.ID)
	return true, err
}

// fillCohort makes a cohort and plans its sessions, as far as that was not done.
func (d *demo) fillCohort(ctx context.Context, by people.Actor, b *bootcamp.Bootcamp, w *world.Cohort, there []bootcamp.Cohort) error {
	i := slices.IndexFunc(there, func(c bootcamp.Cohort) bool { return c.Name == w.Name })
	var id string
	if i >= 0 {
		id = there[i].ID
	} else {
		c, err := d.bootcamps.CreateCohort(ctx, by, b.ID, bootcamp.CohortChange{Name: &w.Name, Language: &w.Language, Joining: &w.Joining, Seats: &w.Seats})
		if err != nil {
			return err
		}
		id = c.ID
	}
	planned, _, err := d.bootcamps.Sessions(ctx, by, b.ID, id, nil, "", 200)
	if err != nil {
		return err
	}
	for n := range w.Sessions {
		se := &w.Sessions[n]
		if slices.ContainsFunc(planned.Docs, func(x bootcamp.Session) bool { return x.Title == se.Title }) {
			continue
		}
		if _, err := d.bootcamps.AddSession(ctx, by, b.ID, id, d.planned(se)); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) planned(w *world.Session) bootcamp.SessionChange {
	local := d.day(w.Day) + "T" + w.Time
	place := bootcamp.Place(w.Place)
	ch := bootcamp.SessionChange{Kind: &w.Kind, Mode: &w.Mode, Title: &w.Title, Description: &w.Description, Local: &local, Minutes: &w.Minutes, Link: &w.Link, Telephone: &w.Telephone,
		Place: &place, Facilitators: &w.Facilitators, Agenda: &[]bootcamp.Item{}, Materials: &[]bootcamp.Material{}}
	if w.Zone != "" {
		ch.Zone = &w.Zone
	}
	for _, a := range w.Agenda {
		*ch.Agenda = append(*ch.Agenda, bootcamp.Item{Title: a.Title, Minutes: a.Minutes, Lead: a.Lead, Notes: a.Notes})
	}
	for _, m := range w.Materials {
		*ch.Materials = append(*ch.Materials, bootcamp.Material(m))
	}
	return ch
}

// comeIn lets somebody ask for a seat, and the facilitator answer.
func (d *demo) comeIn(ctx context.Context, w *world.Bootcamp, cohort *world.Cohort, m *world.CampMember) (bool, error) {
	by, err := d.actor(ctx, m.Town, m.Who)
	if err != nil {
		return false, err
	}
	b, err := d.camp(ctx, by, w)
	if err != nil {
		return false, err
	}
	mine, err := d.bootcamps.Mine(ctx, by, b.ID)
	if err != nil || len(mine) > 0 && (mine[0].State != bootcamp.Asked || m.Unanswered) {
		return false, err
	}
	cohorts, err := d.bootcamps.Cohorts(ctx, by, b.ID)
	if err != nil {
		return false, err
	}
	id := cohorts[slices.IndexFunc(cohorts, func(c bootcamp.Cohort) bool { return c.Name == cohort.Name })].ID
	if _, err := d.bootcamps.Join(ctx, by, b.ID, id); err != nil || m.Unanswered {
		return true, err
	}
	lead, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return false, err
	}
	if _, err := d.bootcamps.Answer(ctx, lead, b.ID, id, by.Person, true); err != nil {
		return false, err
	}
	if m.Role != "" {
		_, err = d.bootcamps.SetRole(ctx, lead, b.ID, id, by.Person, m.Role)
	}
	return true, err
}
