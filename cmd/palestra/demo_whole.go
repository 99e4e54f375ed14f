package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"palestra/internal/store"
)

// whole says of which towns and courses the demonstration in an installation has come about. From then on it is its
// visitors': they change passwords, close towns, withdraw courses, and a further run neither fails on that nor undoes it.
type whole struct {
	store.Meta `bson:",inline"`
	Towns      []string  `bson:"towns"`   // by short name
	Courses    []string  `bson:"courses"` // likewise
	At         time.Time `bson:"at"`      // by the clock on the wall
}

const wholeID = "demonstration"

// wholes opens the collection that remembers it.
func (d *demo) wholes() (*store.Global[whole], error) {
	c, err := store.NewGlobal[whole](d.db, "demonstrations", 1)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return c, nil
}

// isWhole reports whether all of this world has come about before.
func (d *demo) isWhole(ctx context.Context, all *store.Global[whole]) (bool, error) {
	was, err := all.Get(ctx, wholeID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("demo: %w", err)
	}
	for i := range d.world.Towns {
		if !slices.Contains(was.Towns, d.world.Towns[i].Slug) {
			return false, nil
		}
	}
	for i := range d.world.Courses {
		if !slices.Contains(was.Courses, d.world.Courses[i].Slug) {
			return false, nil
		}
	}
	return true, nil
}

// setWhole remembers that all of this world has come about.
func (d *demo) setWhole(ctx context.Context, all *store.Global[whole], at time.Time) error {
	is := whole{Meta: store.Meta{ID: wholeID}, Towns: []string{}, Courses: []string{}, At: at.UTC()}
	for i := range d.world.Towns {
		is.Towns = append(is.Towns, d.world.Towns[i].Slug)
	}
	for i := range d.world.Courses {
		is.Courses = append(is.Courses, d.world.Courses[i].Slug)
	}
	_, err := all.Update(ctx, wholeID, func(was *whole) error { *was = is; return nil })
	if errors.Is(err, store.ErrNotFound) {
		err = all.Insert(ctx, is)
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
