package main

import (
	"context"
	"slices"

	"palestra/bootcamp"
	"palestra/bootcamp/challenge"
	"palestra/bootcamp/directory"
	"palestra/cmd/palestra/world"
	"palestra/internal/fault"
	"palestra/people"
)

// challengeSteps let towns state what they have not solved, and others join, take it in hand and end it.
func (d *demo) challengeSteps() []step {
	var steps []step
	for i := range d.world.Challenges {
		w := &d.world.Challenges[i]
		title := w.Title["en"]
		add := func(day, hour, n int, words string, f func(context.Context) (bool, error)) {
			steps = append(steps, step{demoWorkday(d.monday, day, hour, n), words + title, f})
		}
		add(w.Day, 10, i, "a challenge: ", func(ctx context.Context) (bool, error) { return d.state(ctx, w) })
		for n := range w.Sponsors {
			s := &w.Sponsors[n]
			add(s.Day, 11, i, s.Town+" has it, too: ", func(ctx context.Context) (bool, error) { return d.back(ctx, w, s) })
		}
		if w.Team != nil {
			add(w.Team.Day, 12, i, "a team: ", func(ctx context.Context) (bool, error) { return d.gather(ctx, w) })
		}
		for n := range w.Notes {
			add(w.Notes[n].Day, 13, i, "a note: ", func(ctx context.Context) (bool, error) { return d.remark(ctx, w, n) })
		}
		if w.Ending != nil {
			add(w.Ending.Day, 14, i, "the end: ", func(ctx context.Context) (bool, error) { return d.giveUp(ctx, w) })
		}
	}
	for i := range d.world.Experts {
		w := &d.world.Experts[i]
		steps = append(steps, step{demoWorkday(d.monday, w.Day, 9, i), "in the directory: " + w.By, func(ctx context.Context) (bool, error) { return d.enlist(ctx, w) }})
	}
	return steps
}

func (d *demo) enlist(ctx context.Context, w *world.Expert) (bool, error) {
	by, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return false, err
	}
	if _, err := d.directory.Own(ctx, by, directory.Expert); !fault.Is(err, "directory.not_found") {
		return false, err
	}
	_, err = d.directory.Put(ctx, by, directory.Expert, directory.Content{About: w.About, Ask: w.Ask, Language: "en", Languages: w.Languages, Topics: w.Topics, Competences: w.Competences, Labels: w.Labels})
	return true, err
}

// challenge returns a challenge by its title as its town sees it; nil if it is not made.
func (d *demo) challenge(ctx context.Context, w *world.Challenge) (people.Actor, *challenge.Challenge, error) {
	by, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return by, nil, err
	}
	page, err := d.challenges.OfTown(ctx, by, "", 100)
	if err != nil {
		return by, nil, err
	}
	i := slices.IndexFunc(page.Docs, func(c challenge.Challenge) bool { return c.Content.Title["en"] == w.Title["en"] })
	if i < 0 {
		return by, nil, nil
	}
	return by, &page.Docs[i], nil
}

func (d *demo) state(ctx context.Context, w *world.Challenge) (bool, error) {
	by, c, err := d.challenge(ctx, w)
	if err != nil || c != nil && c.State != challenge.StateDraft {
		return false, err
	}
	if c == nil {
		texts := func(list []world.Text) []challenge.Text {
			out := []challenge.Text{}
			for _, t := range list {
				out = append(out, challenge.Text(t))
			}
			return out
		}
		made, err := d.challenges.Create(ctx, by, challenge.Content{Languages: w.Languages, Title: w.Title, Affected: w.Affected, Problem: w.Problem, Constraints: texts(w.Constraints), Tried: texts(w.Tried),
			Topics: w.Topics, Competences: w.Competences, Labels: w.Labels})
		if err != nil {
			return false, err
		}
		c = &made
	}
	_, err = d.challenges.Publish(ctx, by, c.ID)
	return true, err
}

func (d *demo) back(ctx context.Context, w *world.Challenge, s *world.Backing) (bool, error) {
	_, c, err := d.challenge(ctx, w)
	if err != nil || c == nil {
		return false, err
	}
	by, err := d.actor(ctx, s.Town, s.By)
	if err != nil || c.Sponsored(by) {
		return false, err
	}
	_, err = d.challenges.Sponsor(ctx, by, c.ID, s.Offer)
	return true, err
}

func (d *demo) gather(ctx context.Context, w *world.Challenge) (bool, error) {
	_, c, err := d.challenge(ctx, w)
	if err != nil || c == nil || c.Team != nil {
		return false, err
	}
	i := slices.IndexFunc(d.world.Bootcamps, func(b world.Bootcamp) bool { return b.Title["en"] == w.Team.Bootcamp })
	if i < 0 {
		return false, nil
	}
	by, err := d.actor(ctx, d.world.Bootcamps[i].Town, w.Team.By)
	if err != nil {
		return false, err
	}
	b, err := d.camp(ctx, by, &d.world.Bootcamps[i])
	if err != nil || b == nil {
		return false, err
	}
	cohorts, err := d.bootcamps.Cohorts(ctx, by, b.ID)
	if err != nil {
		return false, err
	}
	t := challenge.Taking{Bootcamp: b.ID, Cohort: cohorts[0].ID, Name: w.Team.Name}
	placed, err := d.bootcamps.Members(ctx, by, b.ID, cohorts[0].ID, bootcamp.Joined, "", 100)
	if err != nil {
		return false, err
	}
	for _, m := range placed.Docs {
		if known, err := d.people.Known(ctx, m.Person); err != nil {
			return false, err
		} else if slices.Contains(w.Team.Members, known.Address) {
			t.Members = append(t.Members, m.Person)
		}
	}
	_, err = d.challenges.Take(ctx, by, c.ID, t)
	return true, err
}

func (d *demo) remark(ctx context.Context, w *world.Challenge, n int) (bool, error) {
	_, c, err := d.challenge(ctx, w)
	if err != nil || c == nil || slices.ContainsFunc(c.Notes, func(x challenge.Note) bool { return x.Words == w.Notes[n].Words }) {
		return false, err
	}
	by, err := d.actor(ctx, w.Notes[n].Town, w.Notes[n].By)
	if err != nil {
		return false, err
	}
	_, err = d.challenges.Say(ctx, by, c.ID, w.Notes[n].Words)
	return true, err
}

func (d *demo) giveUp(ctx context.Context, w *world.Challenge) (bool, error) {
	_, c, err := d.challenge(ctx, w)
	if err != nil || c == nil || len(c.Endings) > 0 {
		return false, err
	}
	by, err := d.actor(ctx, w.Town, w.Ending.By)
	if err != nil {
		return false, err
	}
	_, err = d.challenges.End(ctx, by, c.ID, challenge.Outcome{Reasons: w.Ending.Reasons, Words: w.Ending.Words})
	return true, err
}
