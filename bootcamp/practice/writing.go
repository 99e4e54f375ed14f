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

// Create makes a draft in the actor's organisation, with her as its author. Authors, facilitators and administrators may.
func (s *Service) Create(ctx context.Context, by people.Actor, c Content) (Practice, error) {
	if err := by.Must(office()...); err != nil {
		return Practice{}, err
	}
	c.Files = nil // they are sent to what is there
	now := s.now()
	p := Practice{Meta: store.Meta{ID: s.c.NewID()}, Town: by.Organisation, Edition: 1, Draft: c, State: StateDraft, Authors: []Author{author(by)},
		Answers: []int64{}, Due: &now, Created: now, Updated: now}
	if err := s.settleDraft(ctx, by, &p); err != nil {
		return Practice{}, err
	}
	if err := s.practices.Insert(ctx, p.Town, p); err != nil {
		return Practice{}, wrap("Create", err)
	}
	if err := s.c.People.Note(ctx, by.Organisation, by, "practice.created", p.ID, ""); err != nil {
		return Practice{}, wrap("Create", err)
	}
	return s.settled(ctx, p)
}

// settleDraft checks what a draft says.
func (s *Service) settleDraft(ctx context.Context, by people.Actor, p *Practice) error {
	if err := p.Draft.check(); err != nil {
		return err
	}
	for i, l := range p.Draft.Lessons {
		if p.Published != nil && slices.Contains(p.Published.Lessons, l) {
			continue // what is on the card stays, also when a town withdraws its course
		}
		title, err := s.lesson(ctx, by, l)
		if fault.Is(err, "practice.lesson") {
			return fault.New(fault.Invalid, "practice.lesson", "there is no such lesson").At("body.lessons", "practice.lesson")
		}
		if err != nil {
			return err
		}
		if l.Title == "" {
			p.Draft.Lessons[i].Title, _ = title.In(p.Draft.Languages...)
		}
	}
	title, _ := p.Draft.Title.In(p.Draft.Languages...)
	p.Sort = people.Fold(title)
	return nil
}

// own returns a practice to who may write it.
func (s *Service) own(ctx context.Context, by people.Actor, id string) (Practice, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Practice{}, err
	}
	card, err := s.cards.Get(ctx, id)
	if err != nil {
		return Practice{}, wrap("own", orGone(err, id))
	}
	p, err := s.practices.Get(ctx, card.Town, id)
	if err != nil {
		return Practice{}, wrap("own", orGone(err, id))
	}
	switch {
	case p.State == stateDeleted, p.State == StateDraft && !p.Writes(by):
		return Practice{}, notFound(id)
	case !p.Writes(by):
		return Practice{}, errForbidden
	}
	return p, nil
}

// Draft returns what its authors work on.
func (s *Service) Draft(ctx context.Context, by people.Actor, id string) (Practice, error) {
	return s.own(ctx, by, id)
}

// change lets who may write a practice change it, at the revision that she has read.
func (s *Service) change(ctx context.Context, by people.Actor, id string, rev int64, f func(*Practice) error) (Practice, error) {
	p, err := s.own(ctx, by, id)
	if err != nil {
		return p, err
	}
	p, err = s.practices.Update(ctx, p.Town, id, func(p *Practice) error {
		if err := fresh(rev, p.Edition); err != nil {
			return err
		}
		if !p.Writes(by) {
			return errForbidden
		}
		if err := f(p); err != nil {
			return err
		}
		p.Edition++
		p.Updated = s.now()
		return nil
	})
	return p, wrap("change", orGone(err, id))
}

// Save changes the draft. Its authors may.
func (s *Service) Save(ctx context.Context, by people.Actor, id string, rev int64, c Content) (Practice, error) {
	if err := s.claim(ctx, by, id, &c); err != nil {
		return Practice{}, err
	}
	p, err := s.change(ctx, by, id, rev, func(p *Practice) error {
		if !slices.Equal(p.Draft.fileIDs(), c.fileIDs()) {
			p.due(s.now())
		}
		p.Draft = c
		return s.settleDraft(ctx, by, p)
	})
	if err != nil {
		return p, err
	}
	return s.settled(ctx, p)
}

// Publish makes the draft the newest version, which everybody sees. summary says what has changed. Its authors may.
// Faults: practice.incomplete with the sections that are missing, practice.unchanged, practice.credits.
func (s *Service) Publish(ctx context.Context, by people.Actor, id string, rev int64, summary string) (Practice, error) {
	summary = strings.TrimSpace(summary)
	if !utf8.ValidString(summary) || utf8.RuneCountInString(summary) > maxLine {
		return Practice{}, invalid("summary", "practice.long", "at most %d characters", maxLine).With("max", maxLine)
	}
	p, err := s.change(ctx, by, id, rev, func(p *Practice) error {
		if n := Awaited(p.Credits); n > 0 {
			return fault.New(fault.Conflict, "practice.credits", "%d people whose words it was made from have not agreed yet", n).With("count", n)
		}
		if missing := p.Draft.Missing(); len(missing) > 0 {
			return fault.New(fault.Conflict, "practice.incomplete", "still missing: %s", strings.Join(missing, ", ")).With("sections", missing)
		}
		if !p.Changed() && p.State == StatePublished {
			return fault.New(fault.Conflict, "practice.unchanged", "the draft says what the published version says")
		}
		if p.Version >= maxVersions {
			return fault.New(fault.Conflict, "practice.entries", "at most %d versions", maxVersions).With("max", maxVersions)
		}
		if p.Changed() {
			published := p.Draft
			p.Published, p.Summary, p.By, p.Released = &published, summary, Author{Town: by.Organisation, Account: by.Account}, s.now()
			p.Version++
			for _, f := range published.fileIDs() {
				if !slices.Contains(p.Files, f) {
					p.Files = append(p.Files, f)
				}
			}
		}
		if p.Version == 1 {
			p.First = p.Released
		}
		p.State = StatePublished
		p.due(s.now())
		return nil
	})
	if err != nil {
		return p, err
	}
	if err := s.c.People.Note(ctx, p.Town, by, "practice.published", p.ID, strconv.Itoa(p.Version)); err != nil {
		return p, wrap("Publish", err)
	}
	return s.settled(ctx, p)
}

// Withdraw takes a published practice back: its address says that it was there, and who has adopted it goes on. Its
// authors may; publishing brings it back.
func (s *Service) Withdraw(ctx context.Context, by people.Actor, id string, rev int64) (Practice, error) {
	p, err := s.change(ctx, by, id, rev, func(p *Practice) error {
		if p.State != StatePublished {
			return fault.New(fault.Conflict, "practice.not_published", "it is not published")
		}
		p.State = StateWithdrawn
		p.due(s.now())
		return nil
	})
	if err != nil {
		return p, err
	}
	if err := s.c.People.Note(ctx, p.Town, by, "practice.withdrawn", p.ID, ""); err != nil {
		return p, wrap("Withdraw", err)
	}
	return s.settled(ctx, p)
}

// Delete removes a draft that was never published. Its authors may.
func (s *Service) Delete(ctx context.Context, by people.Actor, id string) error {
	p, err := s.change(ctx, by, id, 0, func(p *Practice) error {
		if p.Version > 0 {
			return fault.New(fault.Conflict, "practice.published", "what was published can be withdrawn, not deleted")
		}
		p.State = stateDeleted
		p.due(s.now())
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.settled(ctx, p)
	return err
}

// AddAuthor lets somebody of any organisation, known by her e-mail address, write with the others. Authors may.
// Faults: practice.nobody, practice.entries.
func (s *Service) AddAuthor(ctx context.Context, by people.Actor, id, address string) (Practice, error) {
	p, err := s.own(ctx, by, id)
	if err != nil {
		return p, err
	}
	known, err := s.c.People.ByAddress(ctx, address)
	if fault.KindOf(err) == fault.NotFound || err == nil && len(known.Organisations) == 0 {
		return p, fault.New(fault.Invalid, "practice.nobody", "nobody here has this e-mail address").At("body.email", "practice.nobody")
	}
	if err != nil {
		return p, err
	}
	town := known.Organisations[0]
	if slices.Contains(known.Organisations, p.Town) {
		town = p.Town
	}
	m, err := s.c.People.MemberOf(ctx, town, known.ID)
	if err != nil {
		return p, err
	}
	already := false
	p, err = s.change(ctx, by, id, 0, func(p *Practice) error {
		if already = slices.ContainsFunc(p.Authors, func(a Author) bool { return a.Person == known.ID }); already {
			return store.ErrKeep
		}
		if len(p.Authors) >= maxAuthors {
			return fault.New(fault.Conflict, "practice.entries", "at most %d authors", maxAuthors).With("max", maxAuthors)
		}
		p.Authors = append(p.Authors, Author{Person: known.ID, Town: town, Name: m.Name, Account: m.Account})
		p.due(s.now())
		return nil
	})
	if err != nil || already {
		return p, err
	}
	title, _ := p.Draft.Title.In(known.Locale)
	err = s.c.Mail.SendOnce(ctx, letterID(s.c.NewID()), known.Address, known.Locale, "practice_author",
		map[string]any{"name": m.Name, "by": by.Name, "title": title, "link": s.c.PublicURL + "/practices/" + id + "/draft"})
	if err != nil {
		return p, wrap("AddAuthor", err)
	}
	return s.settled(ctx, p)
}

// RemoveAuthor ends somebody's writing; the last author stays. Authors may, also for themselves.
func (s *Service) RemoveAuthor(ctx context.Context, by people.Actor, id, person string) (Practice, error) {
	p, err := s.change(ctx, by, id, 0, func(p *Practice) error {
		left := slices.DeleteFunc(slices.Clone(p.Authors), func(a Author) bool { return a.Person == person })
		if len(left) == 0 {
			return fault.New(fault.Conflict, "practice.last_author", "somebody has to answer for a card")
		}
		p.Authors = left
		p.due(s.now())
		return nil
	})
	if err != nil {
		return p, err
	}
	return s.settled(ctx, p)
}

// due notes that the card is to be written.
func (p *Practice) due(now time.Time) {
	if p.Due == nil {
		p.Due = &now
	}
}

// Mine lists the practices that the actor writes, the newest first.
func (s *Service) Mine(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Practice], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Practice]{}, err
	}
	cards, err := s.cards.Find(ctx, store.Query{Index: "byAuthor", Equal: []any{by.Person}, Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return store.Page[Practice]{}, wrap("Mine", err)
	}
	page := store.Page[Practice]{Next: cards.Next}
	for _, c := range cards.Docs {
		p, err := s.practices.Get(ctx, c.Town, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return page, wrap("Mine", err)
		}
		if p.Writes(by) {
			page.Docs = append(page.Docs, p)
		}
	}
	return page, nil
}

// OfTown lists the practices of the actor's organisation by title, drafts too. Its administrators may.
func (s *Service) OfTown(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Practice], error) {
	if err := by.Must(people.Administrator); err != nil {
		return store.Page[Practice]{}, err
	}
	p, err := s.practices.Find(ctx, by.Organisation, store.Query{Index: "byTitle", Cursor: cursor, Limit: limit})
	return p, wrap("OfTown", err)
}

const (
	verbPublished = "http://id.tincanapi.com/verb/published"
	typePractice  = "https://schema.org/CreativeWork"
)

func (s *Service) activity(id string, title Text) course.Activity {
	return course.Activity{Path: "/xapi/practices/" + id, Type: typePractice, Name: title}
}
