package practice

import (
	"context"
	"errors"

	"palestra/internal/store"
	"palestra/people"
)

// Begin makes a draft for a room that has decided who writes it: what came out of a challenge. Doing it again with the
// same id changes nothing.
func (s *Service) Begin(ctx context.Context, id, town string, authors []Author, challenge string, c Content) error {
	if err := c.check(); err != nil {
		return wrap("Begin", err)
	}
	now := s.now()
	title, _ := c.Title.In(c.Languages...)
	p := Practice{Meta: store.Meta{ID: id}, Town: town, Edition: 1, Draft: c, State: StateDraft, Authors: authors[:min(maxAuthors, len(authors))], Challenge: challenge, Sort: people.Fold(title),
		Answers: []int64{}, Due: &now, Created: now, Updated: now}
	err := s.practices.Insert(ctx, town, p)
	if err != nil && !errors.Is(err, store.ErrDuplicate) {
		return wrap("Begin", err)
	}
	_, err = s.settle(ctx, town, id)
	return err
}
