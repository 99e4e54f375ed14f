package challenge

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// Create makes a draft in the actor's organisation. Authors, facilitators and administrators may. Fault
// challenge.stated_much
func (s *Service) Create(ctx context.Context, by people.Actor, c Content) (Challenge, error) {
	return s.create(ctx, by, c, nil)
}

// Draft is what a challenge is made from elsewhere: a message, a note, a decision.
type Draft struct {
	Language string
	Title    string
	Words    string // Markdown
	Credits  []Person
}

// Draft makes a draft of something that was said, with who said it. Authors, facilitators and administrators may.
func (s *Service) Draft(ctx context.Context, by people.Actor, d Draft) (Challenge, error) {
	l := d.Language
	if !slices.Contains(lang.Locales(), l) {
		l = by.Locale
	}
	if !slices.Contains(lang.Locales(), l) {
		l = lang.Locales()[0]
	}
	title := []rune(strings.Join(strings.Fields(d.Title), " "))
	words := []rune(d.Words)
	c := Content{Languages: []string{l}, Title: Text{l: string(title[:min(maxTitle, len(title))])}, Problem: Text{l: string(words[:min(maxProblem, len(words))])}}
	return s.create(ctx, by, c, d.Credits[:min(maxCredits, len(d.Credits))])
}

func (s *Service) create(ctx context.Context, by people.Actor, content Content, credits []Person) (Challenge, error) {
	if err := by.Must(office()...); err != nil {
		return Challenge{}, err
	}
	if err := content.check(); err != nil {
		return Challenge{}, err
	}
	p, o, err := s.person(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	now := s.now()
	n, err := s.challenges.Count(ctx, by.Organisation, store.Query{Index: "byCreated", From: now.Add(-24 * time.Hour)}, maxStated)
	if err != nil {
		return Challenge{}, wrap("create", err)
	}
	if n >= maxStated {
		return Challenge{}, fault.New(fault.TooMany, "challenge.stated_much", "at most %d challenges a day", maxStated).With("max", maxStated)
	}
	c := Challenge{Meta: store.Meta{ID: s.c.NewID()}, Town: by.Organisation, TownName: o.Name, Country: o.Country, Edition: 1, Content: content, State: StateDraft, By: p, Credits: credits,
		Sponsors: []Sponsor{}, Notes: []Note{}, Endings: []Ending{}, Events: []Event{}, Persons: []string{}, Due: &now, Created: now, Updated: now}
	c.sorted()
	c.note(p)
	c.note(credits...)
	if err := s.challenges.Insert(ctx, by.Organisation, c); err != nil {
		return Challenge{}, wrap("create", err)
	}
	if err := s.c.People.Note(ctx, by.Organisation, by, "challenge.created", c.ID, ""); err != nil {
		return Challenge{}, wrap("create", err)
	}
	return s.settle(ctx, by.Organisation, c.ID)
}

func (c *Challenge) sorted() {
	title, _ := c.Content.Title.In(c.Content.Languages...)
	c.Sort = people.Fold(title)
}

// Save changes what a challenge says, at the edition that was read; 0 is any. Office holders of its town may. What is on
// the board must stay complete.
func (s *Service) Save(ctx context.Context, by people.Actor, id string, edition int64, content Content) (Challenge, error) {
	return s.change(ctx, by, id, func(c *Challenge) error {
		if !c.Writes(by) {
			return errForbidden
		}
		if edition != 0 && edition != c.Edition {
			return fault.New(fault.Stale, "challenge.changed_elsewhere", "somebody else has changed this since you opened it")
		}
		if err := content.check(); err != nil {
			return err
		}
		if c.State != StateDraft {
			if err := complete(content); err != nil {
				return err
			}
		}
		c.Content = content
		c.Edition++
		c.sorted()
		return nil
	})
}

func complete(c Content) error {
	if missing := c.Missing(); len(missing) > 0 {
		return fault.New(fault.Conflict, "challenge.incomplete", "still missing: %s", strings.Join(missing, ", ")).With("sections", missing)
	}
	return nil
}

// Publish puts a draft on the board. Office holders of its town may. Faults: challenge.incomplete, challenge.state
func (s *Service) Publish(ctx context.Context, by people.Actor, id string) (Challenge, error) {
	p, o, err := s.writer(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	c, err := s.change(ctx, by, id, func(c *Challenge) error {
		if !c.Writes(by) {
			return errForbidden
		}
		if c.State != StateDraft {
			return errState
		}
		if err := complete(c.Content); err != nil {
			return err
		}
		c.State, c.TownName, c.Country = StateOpen, o.Name, o.Country
		return c.happened(EventStated, p, s.now())
	})
	if err != nil {
		return c, err
	}
	return c, wrap("Publish", s.c.People.Note(ctx, c.Town, by, "challenge.published", c.ID, ""))
}

var errState = fault.New(fault.Conflict, "challenge.state", "this is not possible any more, or not yet")

// writer is the actor if she holds an office; nobody and strangers are refused before anything is looked up.
func (s *Service) writer(ctx context.Context, by people.Actor) (Person, people.Organisation, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Person{}, people.Organisation{}, err
	}
	return s.person(ctx, by)
}

// Delete removes a draft. Office holders of its town may. Fault challenge.state
func (s *Service) Delete(ctx context.Context, by people.Actor, id string) error {
	_, err := s.change(ctx, by, id, func(c *Challenge) error {
		if !c.Writes(by) {
			return errForbidden
		}
		if c.State != StateDraft {
			return errState
		}
		c.State = stateDeleted
		return nil
	})
	return err
}

// several tidies what somebody says in several lines.
func several(path, s string, least, limit int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if n := utf8.RuneCountInString(s); n < least || n > limit || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", invalid(path, "challenge.words", "%d to %d characters", least, limit).With("max", limit)
	}
	return s, nil
}
