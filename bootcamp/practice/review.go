package practice

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// enough is how many other towns recommend a version before it counts as reviewed.
const enough = 2

// Rubric lists what a review marks, each from 1 (not at all) to 4 (fully).
func Rubric() []string { return []string{"clear", "honest", "evidence", "transfer", "inclusive"} }

// Review is what another town says of a version.
type Review struct {
	store.Meta `bson:",inline"` // practice.version.town
	Practice   string           `bson:"practice"`
	Version    int              `bson:"version"`
	Town       string           `bson:"town"`
	TownName   string           `bson:"townName"`
	Person     string           `bson:"person"`
	Name       string           `bson:"name"`
	Marks      map[string]int   `bson:"marks"`
	Recommends bool             `bson:"recommends"`
	Words      string           `bson:"words"`
	Language   string           `bson:"language"` // of the words
	At         time.Time        `bson:"at"`
}

const (
	verbReviewed = "http://id.tincanapi.com/verb/reviewed"
	leastWords   = 40 // characters that a review says
)

// Review writes what the actor's organisation says of the newest version; a second review of the same version replaces
// the first. Authors, facilitators and administrators of towns may that have not written it. Faults: practice.own_review,
// practice.rubric, practice.review_short.
func (s *Service) Review(ctx context.Context, by people.Actor, id string, r Review) (Review, error) {
	if err := by.Must(office()...); err != nil {
		return r, err
	}
	card, err := s.shown(ctx, id)
	if err != nil {
		return r, err
	}
	if card.Town == by.Organisation || slices.ContainsFunc(card.Authors, func(a Author) bool { return a.Town == by.Organisation || a.Person == by.Person }) {
		return r, fault.New(fault.Conflict, "practice.own_review", "a town does not review what it has written")
	}
	r.Words = strings.TrimSpace(r.Words)
	switch n := utf8.RuneCountInString(r.Words); {
	case !utf8.ValidString(r.Words) || n > maxPart:
		return r, invalid("words", "practice.long", "at most %d characters", maxPart).With("max", maxPart)
	case n < leastWords:
		return r, invalid("words", "practice.review_short", "a review says in %d characters or more why", leastWords).With("min", leastWords)
	}
	if len(r.Marks) != len(Rubric()) {
		return r, invalid("marks", "practice.rubric", "a review marks each point from 1 to 4")
	}
	for _, point := range Rubric() {
		if r.Marks[point] < 1 || r.Marks[point] > 4 {
			return r, invalid("marks", "practice.rubric", "a review marks each point from 1 to 4")
		}
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return r, err
	}
	r.Meta = store.Meta{ID: strings.Join([]string{id, strconv.Itoa(card.Version), by.Organisation}, ".")}
	r.Practice, r.Version, r.Town, r.TownName, r.Person, r.Name, r.Language, r.At = id, card.Version, by.Organisation, o.Name, by.Person, by.Name, by.Locale, s.now()
	_, err = s.reviews.Update(ctx, card.Town, r.ID, func(old *Review) error {
		*old = r
		return nil
	})
	first := errors.Is(err, store.ErrNotFound)
	if first {
		err = s.reviews.Insert(ctx, card.Town, r)
	}
	if err != nil {
		return r, wrap("Review", err)
	}
	// From here a run that dies leaves a review that the card does not count yet: the practice is due until it does.
	p, err := s.practices.Update(ctx, card.Town, id, func(p *Practice) error { p.due(s.now()); return nil })
	if err != nil {
		return r, wrap("Review", err)
	}
	err = s.c.Records.Record(ctx, by.Organisation, course.Event{ID: course.EventID(by.Organisation, "practice review", r.ID), Account: by.Account, Verb: verbReviewed,
		Activity: s.activity(id, card.Content.Title), At: r.At})
	if err != nil {
		return r, wrap("Review", err)
	}
	if first {
		if err := s.tellAuthors(ctx, p, "practice_review", r.ID, map[string]any{"town": o.Name}); err != nil {
			return r, err
		}
	}
	_, err = s.settled(ctx, p)
	return r, err
}

// Reviews lists what other towns say of a version, the newest first.
func (s *Service) Reviews(ctx context.Context, by people.Actor, id string, version int, cursor string, limit int) (store.Page[Review], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Review]{}, err
	}
	c, err := s.shown(ctx, id)
	if err != nil {
		return store.Page[Review]{}, err
	}
	if version == 0 {
		version = c.Version
	}
	p, err := s.reviews.Find(ctx, c.Town, store.Query{Index: "byPractice", Equal: []any{id, version}, Reverse: true, Cursor: cursor, Limit: limit})
	return p, wrap("Reviews", err)
}

// recommending lists the towns that recommend a version.
func (s *Service) recommending(ctx context.Context, town, id string, version int) ([]string, error) {
	var towns []string
	err := s.reviews.Each(ctx, town, store.Query{Index: "byPractice", Equal: []any{id, version}}, func(r Review) error {
		if r.Recommends && !slices.Contains(towns, r.Town) {
			towns = append(towns, r.Town)
		}
		return nil
	})
	return towns, wrap("recommending", err)
}

// tellAuthors writes a letter to each author, or, where none of them is there any more, to the administrators of the
// practice's town, who may write it as well. key makes it come once.
func (s *Service) tellAuthors(ctx context.Context, p Practice, letter, key string, params map[string]any) error {
	var to []people.Known
	for _, a := range p.Authors {
		known, here, err := people.StillOf(ctx, s.c.People, a.Person, a.Town)
		if err != nil {
			return err
		}
		if here {
			to = append(to, known)
		}
	}
	if len(to) == 0 {
		var err error
		if to, err = s.administrators(ctx, p.Town); err != nil {
			return err
		}
	}
	said := p.Draft.Title
	if p.Published != nil {
		said = p.Published.Title
	}
	for _, known := range to {
		title, _ := said.In(known.Locale)
		full := map[string]any{"name": known.Name, "title": title, "link": s.c.PublicURL + "/practices/" + p.ID}
		for k, v := range params {
			full[k] = v
		}
		if err := s.c.Mail.SendOnce(ctx, letterID(key, known.ID), known.Address, known.Locale, letter, full); err != nil {
			return wrap("tellAuthors", err)
		}
	}
	return nil
}

// administrators lists who answers for a town's cards where their authors do not.
func (s *Service) administrators(ctx context.Context, town string) ([]people.Known, error) {
	list, err := s.c.People.Administrators(ctx, town, maxAuthors)
	if err != nil {
		return nil, err
	}
	var all []people.Known
	for _, m := range list {
		known, err := s.c.People.Known(ctx, m.ID)
		if fault.KindOf(err) == fault.NotFound {
			continue // erased meanwhile
		}
		if err != nil {
			return nil, err
		}
		all = append(all, known)
	}
	return all, nil
}

// letterID names a letter so that it comes once.
func letterID(parts ...string) string { return course.EventID(append([]string{"letter"}, parts...)...) }
