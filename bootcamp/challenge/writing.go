package challenge

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/bootcamp/practice"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Create makes a draft in the actor's organisation. Authors, facilitators and administrators may. Fault
// challenge.stated_much
func (s *Service) Create(ctx context.Context, by people.Actor, c Content) (Challenge, error) {
	if err := by.Must(office()...); err != nil {
		return Challenge{}, err
	}
	if err := c.check(); err != nil {
		return Challenge{}, err
	}
	p, o, err := s.person(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	n, err := s.challenges.Count(ctx, by.Organisation, store.Query{Index: "byCreated", From: s.now().Add(-24 * time.Hour)}, maxStated)
	if err != nil {
		return Challenge{}, wrap("Create", err)
	}
	if n >= maxStated {
		return Challenge{}, fault.New(fault.TooMany, "challenge.stated_much", "at most %d challenges a day", maxStated).With("max", maxStated)
	}
	d := s.draft(s.c.NewID(), o, p, c, nil)
	if err := s.challenges.Insert(ctx, by.Organisation, d); err != nil {
		return Challenge{}, wrap("Create", err)
	}
	if err := s.c.People.Note(ctx, by.Organisation, by, "challenge.created", d.ID, ""); err != nil {
		return Challenge{}, wrap("Create", err)
	}
	return s.settle(ctx, by.Organisation, d.ID)
}

// draft is a challenge as it begins.
func (s *Service) draft(id string, town people.Organisation, by Person, content Content, credits []practice.Credit) Challenge {
	now := s.now()
	c := Challenge{Meta: store.Meta{ID: id}, Town: town.ID, TownName: town.Name, Country: town.Country, Edition: 1, Content: content, State: StateDraft, By: by, Credits: credits,
		Sponsors: []Sponsor{}, Notes: []Note{}, Endings: []Ending{}, Events: []Event{}, Persons: []string{}, Due: &now, Created: now, Updated: now}
	c.sorted()
	c.note(by)
	for _, o := range credits {
		c.note(Person{Person: o.Person})
	}
	return c
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

// Publish puts a draft on the board. Office holders of its town may. Faults: challenge.incomplete, challenge.state,
// challenge.credits
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
		if n := practice.Awaited(c.Credits); n > 0 {
			return fault.New(fault.Conflict, "challenge.credits", "%d people whose words it was made from have not agreed yet", n).With("count", n)
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
