package directory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of questions.
const (
	maxWords    = 4000
	maxMessages = 50
	maxAsked    = 20 // by one person within a day, in all
)

// Question is somebody's question to an expert, and what was said since. Addresses are shown to nobody: letters only say
// that there is something to read.
type Question struct {
	store.Meta `bson:",inline"`
	Entry      string     `bson:"entry"`
	Expert     string     `bson:"expert"` // person
	Asker      string     `bson:"asker"`  // person
	AskerTown  string     `bson:"askerTown"`
	Persons    []string   `bson:"persons"`
	Messages   []Message  `bson:"messages"`
	Asked      time.Time  `bson:"asked"`
	Told       int        `bson:"told"` // messages of which the other side knows
	Due        *time.Time `bson:"due,omitempty"`
}

// Message is one part of a conversation.
type Message struct {
	Expert   bool      `bson:"expert"`
	Name     string    `bson:"name"`
	TownName string    `bson:"townName"`
	Words    string    `bson:"words"`
	Language string    `bson:"language"`
	At       time.Time `bson:"at"`
}

func (s *Service) message(ctx context.Context, by people.Actor, words string, expert bool) (Message, error) {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); n == 0 || n > maxWords || !utf8.ValidString(words) || strings.ContainsRune(words, 0) {
		return Message{}, invalid("words", "practice.words", "1 to %d characters", maxWords).With("max", maxWords)
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	return Message{Expert: expert, Name: by.Name, TownName: o.Name, Words: words, Language: by.Locale, At: s.now()}, err
}

// Question asks an expert something. Everybody who is signed in may. Faults: directory.self, practice.asked_much
func (s *Service) Question(ctx context.Context, by people.Actor, entry, words string) (Question, error) {
	e, err := s.Entry(ctx, by, entry)
	if err != nil {
		return Question{}, err
	}
	if e.Kind != Expert {
		return Question{}, notFound()
	}
	if e.Person == by.Person {
		return Question{}, fault.New(fault.Conflict, "directory.self", "this is your own entry")
	}
	m, err := s.message(ctx, by, words, false)
	if err != nil {
		return Question{}, err
	}
	t, err := s.count(ctx, "asker|"+by.Person, 24*time.Hour)
	if err != nil {
		return Question{}, wrap("Question", err)
	}
	if t.Count > maxAsked {
		return Question{}, fault.New(fault.TooMany, "practice.asked_much", "at most %d questions a day", maxAsked).With("max", maxAsked)
	}
	q := Question{Meta: store.Meta{ID: s.c.NewID()}, Entry: e.ID, Expert: e.Person, Asker: by.Person, AskerTown: by.Organisation, Persons: []string{e.Person, by.Person}, Messages: []Message{m}, Asked: m.At, Due: &m.At}
	if err := s.questions.Insert(ctx, e.Town, q); err != nil {
		return q, wrap("Question", err)
	}
	return q, s.tell(ctx, e.Town, q.ID)
}

// Answer goes on with a conversation: who asked and the expert may. Fault directory.no_question
func (s *Service) Answer(ctx context.Context, by people.Actor, entry, question, words string) (Question, error) {
	e, err := s.Entry(ctx, by, entry)
	if err != nil {
		return Question{}, err
	}
	m, err := s.message(ctx, by, words, by.Person == e.Person)
	if err != nil {
		return Question{}, err
	}
	q, err := s.questions.Update(ctx, e.Town, question, func(q *Question) error {
		if q.Entry != entry || !slices.Contains(q.Persons, by.Person) {
			return store.ErrNotFound
		}
		if len(q.Messages) >= maxMessages {
			return fault.New(fault.Conflict, "practice.entries", "at most %d messages", maxMessages).With("max", maxMessages)
		}
		q.Messages = append(q.Messages, m)
		if q.Due == nil {
			q.Due = &m.At
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return q, fault.New(fault.NotFound, "directory.no_question", "no such question")
	}
	if err != nil {
		return q, wrap("Answer", err)
	}
	return q, s.tell(ctx, e.Town, question)
}

// Questions lists conversations with an expert, the newest first: to her all, to others their own.
func (s *Service) Questions(ctx context.Context, by people.Actor, entry, cursor string, limit int) (store.Page[Question], error) {
	e, err := s.Entry(ctx, by, entry)
	if err != nil || e.Kind != Expert {
		return store.Page[Question]{}, err
	}
	q := store.Query{Index: "byExpert", Equal: []any{e.Person}, Reverse: true, Cursor: cursor, Limit: limit, Where: map[string]any{"entry": entry}}
	if e.Person != by.Person {
		q.Where["asker"] = by.Person
	}
	p, err := s.questions.Find(ctx, e.Town, q)
	return p, wrap("Questions", err)
}

// tell writes to the other side that there is something to read. It may be called several times.
func (s *Service) tell(ctx context.Context, org, id string) error {
	q, err := s.questions.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && q.Due == nil {
		return nil
	}
	if err != nil {
		return wrap("tell", err)
	}
	told := len(q.Messages)
	for i := q.Told; i < told; i++ {
		m := q.Messages[i]
		to, town, letter := q.Expert, org, "directory_question"
		if m.Expert {
			to, town, letter = q.Asker, q.AskerTown, "directory_answer"
		}
		known, here, err := people.StillOf(ctx, s.c.People, to, town)
		if err != nil {
			return err
		}
		if !here {
			continue
		}
		err = s.c.Mail.SendOnce(ctx, course.EventID("letter", id, m.At.Format(time.RFC3339Nano), to), known.Address, known.Locale, letter,
			map[string]any{"name": known.Name, "town": m.TownName, "link": s.c.PublicURL + "/directory/" + q.Entry})
		if err != nil {
			return wrap("tell", err)
		}
	}
	_, err = s.questions.Update(ctx, org, id, func(q *Question) error {
		q.Told = max(q.Told, told)
		if len(q.Messages) == q.Told {
			q.Due = nil
		}
		return nil
	})
	return wrap("tell", err)
}
