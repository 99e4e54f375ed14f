package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"palestra/cmd/palestra/world"
	"palestra/course"
)

// programmeSteps make programmes, and let people follow them.
func (d *demo) programmeSteps() []step {
	var steps []step
	for i := range d.world.Programmes {
		p := &d.world.Programmes[i]
		steps = append(steps, step{demoWorkday(d.monday, p.Published, 16, 5*i), "publishing “" + p.Title[p.Languages[0]] + "”",
			func(ctx context.Context) (bool, error) { return d.publishProgramme(ctx, p) }})
		for n := range p.Followers {
			f := &p.Followers[n]
			steps = append(steps, step{demoWorkday(d.monday, f.Day, 8, 20+5*n), f.Who + ": " + p.Title[p.Languages[0]],
				func(ctx context.Context) (bool, error) { return d.follow(ctx, p, f) }})
		}
	}
	return steps
}

// programme returns a programme by its title; nil if it is not begun.
func (d *demo) programme(ctx context.Context, p *world.Programme) (*course.Programme, error) {
	for cursor := ""; ; {
		page, err := d.course.Programmes(ctx, d.reader(p.Town), cursor, 100)
		if err != nil {
			return nil, err
		}
		first := p.Languages[0]
		if i := slices.IndexFunc(page.Docs, func(x course.Programme) bool { return x.Title[first] == p.Title[first] }); i >= 0 {
			return &page.Docs[i], nil
		}
		if cursor = page.Next; cursor == "" {
			return nil, nil //nolint:nilnil // not begun
		}
	}
}

func (d *demo) publishProgramme(ctx context.Context, p *world.Programme) (bool, error) {
	draft, err := d.programme(ctx, p)
	if err != nil || draft != nil && draft.Version > 0 {
		return false, err
	}
	by, err := d.actor(ctx, p.Town, p.Author)
	if err != nil {
		return false, err
	}
	if draft == nil {
		made, err := d.course.CreateProgramme(ctx, by, course.Text(p.Title), p.Languages)
		if err != nil {
			return false, err
		}
		draft = &made
	}
	ch := course.ProgrammeChange{Summary: course.Text(p.Summary), Audience: &course.Audience{Kind: p.Audience}, Electives: &p.Electives, Courses: []course.ProgrammeChoice{}}
	for _, x := range p.Courses {
		c, err := d.draft(ctx, d.world.Course(x.Course))
		if err != nil || c == nil {
			return false, errors.Join(err, errNoCourse(c, x.Course))
		}
		ch.Courses = append(ch.Courses, course.ProgrammeChoice{Course: c.ID, Elective: x.Elective})
	}
	if _, err = d.course.UpdateProgramme(ctx, by, draft.ID, 0, ch); err != nil {
		return false, err
	}
	_, err = d.course.PublishProgramme(ctx, by, draft.ID, 0)
	return true, err
}

func (d *demo) follow(ctx context.Context, p *world.Programme, f *world.Follower) (bool, error) {
	draft, err := d.programme(ctx, p)
	if err != nil {
		return false, err
	}
	if draft == nil {
		return false, fmt.Errorf("the programme %s is not there", p.Slug)
	}
	m, err := d.member(ctx, f.Town, f.Who)
	if err != nil || m == nil {
		return false, errors.Join(err, fmt.Errorf("%s is not there", f.Who))
	}
	st, err := d.course.ProgrammeOffer(ctx, d.as(f.Town, m), draft.ID)
	if err != nil || st.Pursuit != nil {
		return false, err
	}
	by, err := d.actor(ctx, f.Town, f.Who)
	if err != nil {
		return false, err
	}
	_, err = d.course.Pursue(ctx, by, draft.ID)
	return true, err
}
