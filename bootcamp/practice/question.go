package practice

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// What a question can be.
const (
	QuestionOpen     = "open"     // waits for the authors
	QuestionAnswered = "answered" // the authors spoke last
)

// Limits of questions.
const (
	maxWords    = 4000
	maxMessages = 50
	maxAsked    = 20 // by one person within a day, of one town's practices
)

// Question is somebody's question to the authors of a practice, and what was said since. Addresses are shown to nobody:
// letters only say that there is something to read.
type Question struct {
	store.Meta `bson:",inline"`
	Practice   string     `bson:"practice"`
	Asker      string     `bson:"asker"`   // person; "" once she was erased
	Town       string     `bson:"town"`    // hers
	Persons    []string   `bson:"persons"` // who spoke
	State      string     `bson:"state"`
	Messages   []Message  `bson:"messages"`
	Asked      time.Time  `bson:"asked"`
	Answered   *time.Time `bson:"answered,omitempty"` // for the first time
	Told       int        `bson:"told"`               // messages of which the other side was told
	Due        *time.Time `bson:"due,omitempty"`
}

// Message is one part of a conversation.
type Message struct {
	Person   string    `bson:"person"` // "" once she was erased
	Town     string    `bson:"town"`   // for which she spoke; "" in those of early programs
	Name     string    `bson:"name"`
	TownName string    `bson:"townName"`
	Author   bool      `bson:"author"` // of the card
	Words    string    `bson:"words"`
	Language string    `bson:"language"`
	At       time.Time `bson:"at"`
}

func words(s string) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if n := utf8.RuneCountInString(s); n == 0 || n > maxWords || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", invalid("words", "practice.words", "1 to %d characters", maxWords).With("max", maxWords)
	}
	return s, nil
}

func (s *Service) message(ctx context.Context, by people.Actor, said string, writes bool) (Message, error) {
	said, err := words(said)
	if err != nil {
		return Message{}, err
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	return Message{Person: by.Person, Town: by.Organisation, Name: by.Name, TownName: o.Name, Author: writes, Words: said, Language: by.Locale, At: s.now()}, err
}

// answered returns a fault if nobody answers for a town any more.
func (s *Service) answered(ctx context.Context, town string) error {
	of, err := s.c.People.Organisation(ctx, town)
	if err != nil {
		return err
	}
	return of.Gone()
}

// MayAsk reports whether somebody may be asked about a practice by the actor: not by who writes it, and nobody of a town
// that has left.
func (s *Service) MayAsk(ctx context.Context, c Card, writes bool) (bool, error) {
	if writes || c.State == StateWithdrawn {
		return false, nil
	}
	err := s.answered(ctx, c.Town)
	if k := fault.KindOf(err); k == fault.Conflict || k == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Ask sends the authors of a practice a question. Everybody who is signed in may. Fault: practice.asked_much.
func (s *Service) Ask(ctx context.Context, by people.Actor, id, said string) (Question, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Question{}, err
	}
	card, err := s.shown(ctx, id)
	if err != nil {
		return Question{}, err
	}
	if err := s.answered(ctx, card.Town); err != nil {
		return Question{}, err
	}
	m, err := s.message(ctx, by, said, false)
	if err != nil {
		return Question{}, err
	}
	n, err := s.questions.Count(ctx, card.Town, store.Query{Index: "byAsker", Equal: []any{by.Person}, From: m.At.Add(-24 * time.Hour)}, maxAsked)
	if err != nil {
		return Question{}, wrap("Ask", err)
	}
	if n >= maxAsked {
		return Question{}, fault.New(fault.TooMany, "practice.asked_much", "at most %d questions a day", maxAsked).With("max", maxAsked)
	}
	q := Question{Meta: store.Meta{ID: s.c.NewID()}, Practice: id, Asker: by.Person, Town: by.Organisation, Persons: []string{by.Person}, State: QuestionOpen, Messages: []Message{m}, Asked: m.At, Due: &m.At}
	if err := s.questions.Insert(ctx, card.Town, q); err != nil {
		return q, wrap("Ask", err)
	}
	return q, s.tellQuestion(ctx, card.Town, q.ID)
}

// Answer adds to a conversation: who asked and the authors of the practice may.
func (s *Service) Answer(ctx context.Context, by people.Actor, id, question, said string) (Question, error) {
	p, q, err := s.asked(ctx, by, id, question)
	if err != nil {
		return q, err
	}
	writes := p.Writes(by)
	if !writes {
		if err := s.answered(ctx, p.Town); err != nil {
			return q, err
		}
	}
	m, err := s.message(ctx, by, said, writes)
	if err != nil {
		return q, err
	}
	var first time.Duration
	q, err = s.questions.Update(ctx, p.Town, question, func(q *Question) error {
		first = 0
		if len(q.Messages) >= maxMessages {
			return fault.New(fault.Conflict, "practice.entries", "at most %d messages", maxMessages).With("max", maxMessages)
		}
		q.Messages = append(q.Messages, m)
		if !slices.Contains(q.Persons, by.Person) {
			q.Persons = append(q.Persons, by.Person)
		}
		q.State = QuestionOpen
		if writes {
			q.State = QuestionAnswered
			if q.Answered == nil {
				q.Answered = &m.At
				first = m.At.Sub(q.Asked)
			}
		}
		if q.Due == nil {
			q.Due = &m.At
		}
		return nil
	})
	if err != nil {
		return q, wrap("Answer", err)
	}
	if first > 0 {
		p, err = s.practices.Update(ctx, p.Town, id, func(p *Practice) error {
			p.Answers = append(p.Answers, int64(first/time.Second))
			p.Answers = p.Answers[max(0, len(p.Answers)-remembered):]
			p.due(s.now())
			return nil
		})
		if err != nil {
			return q, wrap("Answer", err)
		}
		if _, err := s.settled(ctx, p); err != nil {
			return q, err
		}
	}
	return q, s.tellQuestion(ctx, p.Town, question)
}

// asked returns a question to who asked it and to the authors.
func (s *Service) asked(ctx context.Context, by people.Actor, id, question string) (Practice, Question, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Practice{}, Question{}, err
	}
	card, err := s.Card(ctx, id)
	if err != nil {
		return Practice{}, Question{}, err
	}
	p, err := s.practices.Get(ctx, card.Town, id)
	if err != nil {
		return p, Question{}, wrap("asked", orGone(err, id))
	}
	q, err := s.questions.Get(ctx, card.Town, question)
	if err == nil && (q.Practice != id || q.Asker != by.Person && !p.Writes(by)) {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return p, q, fault.New(fault.NotFound, "practice.no_question", "no question %s", question)
	}
	return p, q, wrap("asked", err)
}

// Questions lists the questions to a practice, the newest first: to its authors all, to others their own.
func (s *Service) Questions(ctx context.Context, by people.Actor, id, cursor string, limit int) (store.Page[Question], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Question]{}, err
	}
	card, err := s.Card(ctx, id)
	if err != nil {
		return store.Page[Question]{}, err
	}
	p, err := s.practices.Get(ctx, card.Town, id)
	if err != nil {
		return store.Page[Question]{}, wrap("Questions", orGone(err, id))
	}
	q := store.Query{Index: "byPractice", Equal: []any{id}, Reverse: true, Cursor: cursor, Limit: limit}
	if !p.Writes(by) {
		q = store.Query{Index: "byAsker", Equal: []any{by.Person}, Reverse: true, Cursor: cursor, Limit: limit, Where: map[string]any{"practice": id}}
	}
	page, err := s.questions.Find(ctx, card.Town, q)
	return page, wrap("Questions", err)
}

// tellQuestion writes to the other side what it has not been told of yet. It may be called at any time and several times.
func (s *Service) tellQuestion(ctx context.Context, org, id string) error {
	q, err := s.questions.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && q.Due == nil {
		return nil
	}
	if err != nil {
		return wrap("tellQuestion", err)
	}
	p, err := s.practices.Get(ctx, org, q.Practice)
	if err != nil {
		return wrap("tellQuestion", err)
	}
	told := len(q.Messages)
	fresh := q.Messages[min(q.Told, told):]
	if i := slices.IndexFunc(fresh, func(m Message) bool { return !m.Author }); i >= 0 {
		if err := s.tellAuthors(ctx, p, "practice_question", q.ID+"."+fresh[i].At.Format(time.RFC3339Nano), map[string]any{"town": fresh[i].TownName}); err != nil {
			return err
		}
	}
	if i := slices.IndexFunc(fresh, func(m Message) bool { return m.Author }); i >= 0 && q.Asker != "" {
		if err := s.tellAsker(ctx, p, q, fresh[i]); err != nil {
			return err
		}
	}
	_, err = s.questions.Update(ctx, org, id, func(q *Question) error {
		q.Told = max(q.Told, told)
		if len(q.Messages) == q.Told {
			q.Due = nil
		}
		return nil
	})
	return wrap("tellQuestion", err)
}

func (s *Service) tellAsker(ctx context.Context, p Practice, q Question, m Message) error {
	known, here, err := people.StillOf(ctx, s.c.People, q.Asker, q.Town)
	if err != nil || !here {
		return err
	}
	title, _ := p.Draft.Title.In(known.Locale)
	return wrap("tellAsker", s.c.Mail.SendOnce(ctx, letterID(q.ID, m.At.Format(time.RFC3339Nano), q.Asker), known.Address, known.Locale, "practice_answer",
		map[string]any{"name": known.Name, "town": m.TownName, "title": title, "link": s.c.PublicURL + "/practices/" + p.ID}))
}
