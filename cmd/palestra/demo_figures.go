package main

import (
	"bytes"
	"context"
	"slices"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/indicator"
	"palestra/bootcamp/live"
	"palestra/cmd/palestra/papers"
	"palestra/cmd/palestra/world"
	"palestra/people"
)

// led returns a bootcamp, who leads it, and its cohort of a name; "" is the first.
func (d *demo) led(ctx context.Context, w *world.Bootcamp, cohort string) (people.Actor, *bootcamp.Bootcamp, bootcamp.Cohort, error) {
	by, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return by, nil, bootcamp.Cohort{}, err
	}
	b, err := d.camp(ctx, by, w)
	if err != nil {
		return by, nil, bootcamp.Cohort{}, err
	}
	cohorts, err := d.bootcamps.Cohorts(ctx, by, b.ID)
	if err != nil {
		return by, nil, bootcamp.Cohort{}, err
	}
	i := max(0, slices.IndexFunc(cohorts, func(c bootcamp.Cohort) bool { return c.Name == cohort }))
	return by, b, cohorts[i], nil
}

// attend lets the facilitator mark who was at a session, once.
func (d *demo) attend(ctx context.Context, w *world.Bootcamp, cohort *world.Cohort, se *world.Session) (bool, error) {
	by, _, door, err := d.door(ctx, w, cohort, se)
	if err != nil {
		return false, err
	}
	rows, _, err := d.live.Attendances(ctx, by, door)
	if err != nil {
		return false, err
	}
	changed := false
	for _, a := range se.Attended {
		who, err := d.actor(ctx, a.Town, a.Who)
		if err != nil {
			return false, err
		}
		k := slices.IndexFunc(rows, func(r live.Row) bool { return r.Person == who.Person })
		if k < 0 || len(rows[k].Marks) > 0 {
			continue
		}
		m := live.Mark{State: live.Present, Minutes: a.Minutes, Reason: a.Reason}
		switch {
		case a.Minutes == 0:
			m.State = live.Excused
		case a.Minutes*4 < se.Minutes*3:
			m.State = live.Partly
		}
		if err := d.live.Mark(ctx, by, door, who.Person, m); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, d.live.SettleDue(ctx, d.clock.Now().Add(time.Second)) // what was marked in this millisecond, too
}

// visit notes one to the help-desk, known by its note.
func (d *demo) visit(ctx context.Context, w *world.Bootcamp, v *world.CampVisit) (bool, error) {
	by, b, c, err := d.led(ctx, w, "")
	if err != nil {
		return false, err
	}
	there, err := d.figures.Visits(ctx, by, b.ID, "", "", 200)
	if err != nil || slices.ContainsFunc(there.Docs, func(x indicator.VisitEntry) bool { return x.Note == v.Note }) {
		return false, err
	}
	ch := indicator.VisitChange{On: d.day(v.Day), Mode: v.Mode, Topic: v.Topic, Outcome: v.Outcome, Minutes: v.Minutes, Note: v.Note}
	if v.Who != "" {
		who, err := d.actor(ctx, v.Town, v.Who)
		if err != nil {
			return false, err
		}
		ch.Cohort, ch.Person = c.ID, who.Person
	}
	_, err = d.figures.AddVisit(ctx, by, b.ID, ch)
	return true, err
}

// output notes what the bootcamp has brought forth, known by its title.
func (d *demo) output(ctx context.Context, w *world.Bootcamp, o *world.CampOutput) (bool, error) {
	by, b, _, err := d.led(ctx, w, "")
	if err != nil {
		return false, err
	}
	there, err := d.figures.Outputs(ctx, by, b.ID, "", "", 200)
	if err != nil || slices.ContainsFunc(there.Docs, func(x indicator.OutputEntry) bool { return x.Title == o.Title }) {
		return false, err
	}
	_, err = d.figures.AddOutput(ctx, by, b.ID, indicator.OutputChange{On: d.day(o.Day), Kind: o.Kind, Title: o.Title, Language: o.Language, URL: o.URL})
	return true, err
}

// door returns who leads a session, the id of its cohort, and the way into its room.
func (d *demo) door(ctx context.Context, w *world.Bootcamp, cohort *world.Cohort, se *world.Session) (by people.Actor, in string, door live.Door, err error) {
	by, b, c, err := d.led(ctx, w, cohort.Name)
	if err != nil {
		return by, "", door, err
	}
	planned, _, err := d.bootcamps.Sessions(ctx, by, b.ID, c.ID, nil, "", 200)
	if err != nil {
		return by, "", door, err
	}
	i := slices.IndexFunc(planned.Docs, func(x bootcamp.Session) bool { return x.Title == se.Title })
	return by, c.ID, live.Door{Bootcamp: b.ID, Session: planned.Docs[i].ID}, nil
}

// share lets who leads leave files in a session's room, once.
func (d *demo) share(ctx context.Context, w *world.Bootcamp, cohort *world.Cohort, se *world.Session) (bool, error) {
	by, in, door, err := d.door(ctx, w, cohort, se)
	if err != nil {
		return false, err
	}
	there, _, err := d.live.CohortFiles(ctx, by, door.Bootcamp, in, "", 100)
	if err != nil {
		return false, err
	}
	changed := false
	for i := range se.Files {
		f := &se.Files[i]
		if slices.ContainsFunc(there, func(x live.CohortFile) bool { return x.Name == f.Name }) {
			continue
		}
		data, err := papers.Make(f, d.clock.Now())
		if err != nil {
			return false, err
		}
		if _, err := d.live.Share(ctx, by, door, f.Name, int64(len(data)), bytes.NewReader(data)); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}
