package live

import (
	"context"
	"errors"
	"strings"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// Guest is somebody who was in a room. Events name her by Who, which is random: when she is erased her name goes and what
// was said stays. Her spans are when she was here.
type Guest struct {
	store.SharedMeta `bson:",inline"` // id: stream.person
	Stream           string           `bson:"stream"`
	Cohort           string           `bson:"cohort"`
	Who              string           `bson:"who"`
	Person           string           `bson:"person"`
	Name             string           `bson:"name"`
	Sort             string           `bson:"sort"`
	Town             string           `bson:"town"` // organisation for which she came
	TownName         string           `bson:"townName"`
	Spans            []Span           `bson:"spans"`
	Meeting          []Span           `bson:"meeting,omitempty"` // as the server for sound and picture has reported it
}

// Span is a time in the room, from the first sign of life to the last.
type Span struct {
	From time.Time `bson:"from" json:"from"`
	To   time.Time `bson:"to" json:"to"`
}

const (
	touchEvery = time.Minute       // how often it is noted that somebody is still here
	spanGap    = 150 * time.Second // between two signs of life of one span
	maxSpans   = 500
)

// Name is what pages show of somebody in a room.
type Name struct {
	Name string `json:"name"`
	Town string `json:"town"`
}

func guestID(stream, person string) string { return strings.Join([]string{stream, person}, ".") }

// guest returns the actor's document of a room, and makes it when she comes for the first time.
func (s *Service) guest(ctx context.Context, by people.Actor, host, cohort, stream string) (Guest, error) {
	id := guestID(stream, by.Person)
	for {
		g, err := s.guests.Get(ctx, host, id)
		if err == nil {
			if g.Name == by.Name && g.Town == by.Organisation {
				return g, nil
			}
			town, err := s.townName(ctx, by.Organisation)
			if err != nil {
				return g, err
			}
			return s.guests.Update(ctx, host, id, func(g *Guest) error {
				g.Name, g.Sort, g.Town, g.TownName, g.Towns = by.Name, people.Fold(by.Name), by.Organisation, town, []string{by.Organisation}
				return nil
			})
		}
		if !errors.Is(err, store.ErrNotFound) {
			return g, wrap("guest", err)
		}
		town, err := s.townName(ctx, by.Organisation)
		if err != nil {
			return g, err
		}
		g = Guest{SharedMeta: store.SharedMeta{Meta: store.Meta{ID: id}, Towns: []string{by.Organisation}}, Stream: stream, Cohort: cohort, Who: strings.ReplaceAll(s.c.NewName(), "-", "")[:12],
			Person: by.Person, Name: by.Name, Sort: people.Fold(by.Name), Town: by.Organisation, TownName: town, Spans: []Span{}}
		if err := s.guests.Insert(ctx, host, g); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return g, wrap("guest", err)
		}
	}
}

func (s *Service) townName(ctx context.Context, id string) (string, error) {
	o, err := s.c.People.Organisation(ctx, id)
	return o.Name, err
}

// touch notes that somebody is here now.
func (s *Service) touch(ctx context.Context, host, id string, now time.Time) error {
	_, err := s.guests.Update(ctx, host, id, func(g *Guest) error {
		if n := len(g.Spans); n > 0 && now.Sub(g.Spans[n-1].To) <= spanGap {
			if !now.After(g.Spans[n-1].To) {
				return store.ErrKeep
			}
			g.Spans[n-1].To = now
			return nil
		}
		if len(g.Spans) >= maxSpans {
			return store.ErrKeep
		}
		g.Spans = append(g.Spans, Span{now, now})
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // erased
	}
	return wrap("touch", err)
}

// names returns how everybody is called who ever was in a room, by Who.
func (s *Service) names(ctx context.Context, host, stream string) (map[string]Name, error) {
	all := map[string]Name{}
	err := s.guests.Each(ctx, host, store.Query{Index: "byStream", Equal: []any{stream}}, func(g Guest) error {
		all[g.Who] = Name{g.Name, g.TownName}
		return nil
	})
	return all, wrap("names", err)
}

// nameOf returns how somebody is called; nobody who was erased has a name.
func (s *Service) nameOf(ctx context.Context, host, stream, who string) (Name, error) {
	if who == "" {
		return Name{}, nil
	}
	p, err := s.guests.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{stream, who}, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return Name{}, wrap("nameOf", err)
	}
	return Name{p.Docs[0].Name, p.Docs[0].TownName}, nil
}

// Moved implements bootcamp.Watcher: who is no longer in a cohort is shown out of its rooms before the call that did it
// returns, by an event behind which she gets nothing.
func (s *Service) Moved(ctx context.Context, host, cohort, person string, inside bool) error {
	if inside {
		s.Recheck(ctx, person)
		return nil
	}
	now := s.now()
	var guests []Guest
	err := s.guests.Each(ctx, host, store.Query{Index: "byPerson", Equal: []any{person}}, func(g Guest) error {
		if g.Cohort == cohort && g.Owner == host && len(g.Spans) > 0 && now.Sub(g.Spans[len(g.Spans)-1].To) < recently {
			guests = append(guests, g)
		}
		return nil
	})
	if err != nil {
		return wrap("Moved", err)
	}
	for _, g := range guests {
		h, err := s.hub(ctx, host, g.Stream)
		if err != nil {
			return err
		}
		_, err = h.note(ctx, "", Act{Kind: Showed, Whom: g.Who})
		s.leave(h)
		if err != nil {
			return err
		}
	}
	s.Recheck(ctx, person)
	return nil
}

// recently is how long ago somebody whose connection may still stand was seen last.
const recently = 12 * time.Hour
