package main

import (
	"context"

	"palestra/bootcamp/wiki"
	"palestra/cmd/palestra/world"
	"palestra/internal/fault"
	"palestra/people"
)

// wikiSteps let people write pages together, version by version.
func (d *demo) wikiSteps() []step {
	var steps []step
	for i := range d.world.Pages {
		w := &d.world.Pages[i]
		for n := range w.Versions {
			steps = append(steps, step{demoWorkday(d.monday, w.Versions[n].Day, 18, 10*i+n), "a page: " + w.Versions[0].Title,
				func(ctx context.Context) (bool, error) { return d.wrote(ctx, w, n) }})
		}
	}
	return steps
}

// wikiPlace returns whose page it is; false if that is not made.
func (d *demo) wikiPlace(ctx context.Context, by people.Actor, w *world.Page) (wiki.Place, bool, error) {
	if w.Town != "" {
		return wiki.Place{Town: by.Organisation}, true, nil
	}
	p, _, made, err := d.talkPlace(ctx, by, &world.Talk{Bootcamp: w.Bootcamp})
	return wiki.Place{Bootcamp: p.Bootcamp, Cohort: p.Cohort}, made, err
}

// wrote saves a version of a page, unless it was.
func (d *demo) wrote(ctx context.Context, w *world.Page, n int) (bool, error) {
	v := &w.Versions[n]
	by, err := d.actor(ctx, v.Town, v.Who)
	if err != nil {
		return false, err
	}
	place, made, err := d.wikiPlace(ctx, by, w)
	if err != nil || !made {
		return false, err
	}
	said := wiki.Writing{Title: v.Title, Language: v.Language, Words: v.Words, Why: v.Why}
	p, err := d.wiki.Titled(ctx, by, place, w.Versions[0].Title)
	switch {
	case fault.Is(err, "wiki.not_found") && n == 0:
		p, err = d.wiki.Create(ctx, by, place, said)
	case err != nil || p.Number != n || p.Locked:
		return false, err
	default:
		p, err = d.wiki.Save(ctx, by, place, p.ID, n, said)
	}
	if err != nil || w.Locked == "" || n != len(w.Versions)-1 {
		return true, err
	}
	_, err = d.wiki.Decide(ctx, by, place, p.ID, wiki.Lock, w.Locked)
	return true, err
}
