package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"palestra/cmd/palestra/world"
	"palestra/course"
	"palestra/course/ledger"
)

// storySteps are what learners and HR officers do.
func (d *demo) storySteps() []step {
	var steps []step
	at := func(day, hour, minute int) time.Time { return demoWorkday(d.monday, day, hour, minute) }
	for i := range d.world.Assignments {
		a := &d.world.Assignments[i]
		steps = append(steps, step{at(a.Day, 8, 3*i), "assigning " + a.Course, func(ctx context.Context) (bool, error) { return d.assign(ctx, a) }})
	}
	for i := range d.world.Studies {
		steps = append(steps, d.studySteps(&d.world.Studies[i])...)
	}
	for i := range d.world.Corrections {
		c := &d.world.Corrections[i]
		steps = append(steps, step{at(c.Day, 14, 5*i), "correcting a record", func(ctx context.Context) (bool, error) { return d.correct(ctx, c) }})
	}
	for i := range d.world.Leavers {
		l := &d.world.Leavers[i]
		steps = append(steps, step{at(l.Day, 16, 5*i), l.Who + " leaves", func(ctx context.Context) (bool, error) { return d.leave(ctx, l) }})
	}
	return steps
}

// townOf returns the short name of the town in which somebody works.
func (d *demo) townOf(email string) (string, error) {
	for _, t := range d.world.Towns {
		if slices.ContainsFunc(t.People, func(p world.Person) bool { return p.Email == email }) {
			return t.Slug, nil
		}
	}
	return "", fmt.Errorf("%s works nowhere", email)
}

func (d *demo) assign(ctx context.Context, a *world.Assignment) (bool, error) {
	town, err := d.townOf(a.By)
	if err != nil {
		return false, err
	}
	draft, err := d.draft(ctx, d.world.Course(a.Course))
	if err != nil || draft == nil {
		return false, errors.Join(err, errNoCourse(draft, a.Course))
	}
	have := map[string]bool{}
	for _, state := range []string{course.AssignmentOpen, course.AssignmentDone, course.AssignmentCancelled} {
		for cursor := ""; ; {
			p, err := d.course.Assignments(ctx, d.reader(town), state, cursor, 200)
			if err != nil {
				return false, err
			}
			for _, x := range p.Docs {
				have[x.Person+" "+x.Course] = true
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
	}
	var to []string
	for _, email := range a.To {
		m, err := d.member(ctx, town, email)
		if err != nil || m == nil {
			return false, errors.Join(err, fmt.Errorf("%s is not there", email))
		}
		if !have[m.ID+" "+draft.ID] {
			to = append(to, m.ID)
		}
	}
	if len(to) == 0 {
		return false, nil
	}
	by, err := d.actor(ctx, town, a.By)
	if err != nil {
		return false, err
	}
	_, err = d.course.Assign(ctx, by, course.Target{Course: draft.ID}, d.monday.AddDate(0, 0, a.Due).Format(time.DateOnly), course.Whom{Persons: to})
	return true, err
}

func errNoCourse(c *course.Course, slug string) error {
	if c != nil {
		return nil
	}
	return fmt.Errorf("the course %s is not there", slug)
}

func (d *demo) correct(ctx context.Context, c *world.Correction) (bool, error) {
	town, err := d.townOf(c.By)
	if err != nil {
		return false, err
	}
	m, err := d.member(ctx, town, c.Who)
	if err != nil || m == nil {
		return false, errors.Join(err, fmt.Errorf("%s is not there", c.Who))
	}
	draft, err := d.draft(ctx, d.world.Course(c.Course))
	if err != nil || draft == nil {
		return false, errors.Join(err, errNoCourse(draft, c.Course))
	}
	lines, _, err := d.course.Records(ctx, d.reader(town), false, m.ID, draft.ID, "", 10)
	if err != nil {
		return false, err
	}
	if len(lines) == 0 {
		return false, fmt.Errorf("%s has not completed %s", c.Who, c.Course)
	}
	if len(lines[0].Completion.Corrections) > 0 {
		return false, nil
	}
	by, err := d.actor(ctx, town, c.By)
	if err != nil {
		return false, err
	}
	minutes := c.Minutes
	_, err = d.course.Correct(ctx, by, lines[0].Completion.ID, course.Fix{Kind: ledger.Correction, Reason: c.Reason, Minutes: &minutes})
	return true, err
}

func (d *demo) leave(ctx context.Context, l *world.Leaver) (bool, error) {
	town, err := d.townOf(l.By)
	if err != nil {
		return false, err
	}
	m, err := d.member(ctx, town, l.Who)
	if err != nil || m == nil {
		return false, errors.Join(err, fmt.Errorf("%s is not there", l.Who))
	}
	if !m.Active {
		return false, nil
	}
	by, err := d.actor(ctx, town, l.By)
	if err != nil {
		return false, err
	}
	delete(d.staff, town)
	return true, d.people.Leave(ctx, by, m.ID)
}

// prove verifies every ledger and reconciles every record, and says so.
func (d *demo) prove(ctx context.Context, out io.Writer) error {
	for _, t := range d.world.Towns {
		org := d.orgs[t.Slug].ID
		if err := errors.Join(d.course.CatchUp(ctx, org), d.course.SettlePending(ctx, org)); err != nil {
			return err
		}
		var lines bytes.Buffer
		if err := d.course.Ledger(ctx, org, func(line []byte) error { lines.Write(line); return nil }); err != nil {
			return err
		}
		report, err := ledger.Verify(&lines, ledger.Trust{Keys: d.keys.Public(), Organisation: org})
		if err != nil {
			return err
		}
		if !report.OK() {
			return fmt.Errorf("demo: the ledger of %s is not in order: %w", t.Name, &report.Findings[0])
		}
		r, err := d.course.Reconcile(ctx, d.reader(t.Slug))
		if err != nil {
			return err
		}
		if len(r.Differences) > 0 || r.Pending > 0 {
			return fmt.Errorf("demo: %s does not reconcile: %+v, %d pending", t.Name, r.Differences, r.Pending)
		}
		fmt.Fprintf(out, "  %s: %d completions and their %d statements agree with the ledger, whose %d entries verify.\n", t.Name, r.Completions, r.Statements, report.Count)
	}
	return nil
}
