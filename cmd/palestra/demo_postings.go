package main

import (
	"context"
	"slices"
	"time"

	"palestra/bootcamp/posting"
	"palestra/cmd/palestra/world"
)

// postingSteps let towns put up jobs, rooms and events.
func (d *demo) postingSteps() []step {
	var steps []step
	for i := range d.world.Postings {
		w := &d.world.Postings[i]
		steps = append(steps, step{demoWorkday(d.monday, w.Day, 15, i), "on the board: " + w.Title, func(ctx context.Context) (bool, error) { return d.putUp(ctx, w) }})
	}
	return steps
}

func (d *demo) putUp(ctx context.Context, w *world.Posting) (bool, error) {
	by, err := d.actor(ctx, w.Town, w.By)
	if err != nil {
		return false, err
	}
	own, err := d.postings.OfTown(ctx, by, "", 100)
	if err != nil || slices.ContainsFunc(own.Docs, func(p posting.Posting) bool { return p.Content.Title == w.Title }) {
		return false, err
	}
	c := posting.Content{Kind: w.Kind, Title: w.Title, Words: w.Words, Language: w.Language, Territory: w.Territory, Link: w.Link, Relay: w.Relay, Until: d.monday.AddDate(0, 0, w.Days).Format(time.DateOnly)}
	if w.Hour != "" {
		c.Begins = c.Until + "T" + w.Hour
	}
	_, err = d.postings.Create(ctx, by, c)
	return true, err
}
