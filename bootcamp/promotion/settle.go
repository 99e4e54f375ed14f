package promotion

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"palestra/bootcamp/challenge"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// SettleDue does what follows from promotions whose run died, in all organisations; the sweep calls it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	due, err := s.promotions.Due(ctx, "byDue", now, 100)
	errs := []error{err}
	for _, r := range due {
		_, err := s.settle(ctx, r.Org, r.ID)
		errs = append(errs, err)
	}
	return wrap("SettleDue", errors.Join(errs...))
}

// settle makes the draft, notes it in the audit log, asks who said it, and does to the draft what was answered. It may be
// called at any time and several times, and be killed anywhere.
func (s *Service) settle(ctx context.Context, host, id string) (Promotion, error) {
	p, err := s.promotions.Get(ctx, host, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, nil
	}
	if err != nil || p.Due == nil {
		return p, wrap("settle", err)
	}
	if !p.Made {
		if err := s.begin(ctx, host, p); err != nil {
			return p, wrap("settle", err)
		}
		by := people.Actor{Person: p.By.Person, Organisation: p.By.Town, Account: p.By.Account}
		if p.Into == IntoPractice {
			err = s.c.People.NoteOnce(ctx, host, by, "promotion "+p.Draft, "promotion.practice", p.Draft, p.Kind)
		} else {
			err = s.c.People.NoteOnce(ctx, host, by, "promotion "+p.Draft, "promotion.challenge", p.Draft, p.Kind)
		}
		if err != nil {
			return p, wrap("settle", err)
		}
	}
	counts := map[string]string{}
	for _, c := range p.Credits {
		if c.State == practice.CreditAsked {
			if err := s.ask(ctx, host, p, c); err != nil {
				return p, err
			}
			continue
		}
		a := practice.Answer{Credit: c.ID, State: c.State, Said: []string{p.Words, p.Title}}
		if p.Into == IntoPractice {
			counts[c.ID], err = s.c.Practices.Agree(ctx, host, p.Draft, a)
		} else {
			counts[c.ID], err = s.c.Challenges.Agree(ctx, host, p.Draft, a)
		}
		if err != nil {
			return p, wrap("settle", err)
		}
		if err := s.tell(ctx, p, c, counts[c.ID]); err != nil {
			return p, err
		}
	}
	rev := p.Rev
	p, err = s.promotions.Update(ctx, host, id, func(now *Promotion) error {
		if now.Rev != rev {
			return store.ErrKeep // something is still to follow
		}
		now.Made, now.Due = true, nil
		for i := range now.Credits {
			if state, ok := counts[now.Credits[i].ID]; ok {
				now.Credits[i].State = state
			}
		}
		if now.declined() {
			now.Title, now.Words = "", ""
		}
		return nil
	})
	return p, wrap("settle", err)
}

// begin makes the draft in the town that hosts the place.
func (s *Service) begin(ctx context.Context, host string, p Promotion) error {
	if p.Into == IntoChallenge {
		return s.c.Challenges.Begin(ctx, challenge.Seed{ID: p.Draft, Town: host, By: p.By, Credits: p.Credits,
			Content: challenge.Content{Languages: []string{p.Language}, Title: course.Text{p.Language: p.Title}, Problem: course.Text{p.Language: p.Words}}})
	}
	town, err := s.c.People.Organisation(ctx, host)
	if err != nil {
		return err
	}
	return s.c.Practices.Begin(ctx, practice.Seed{ID: p.Draft, Town: host, Authors: []practice.Author{p.By}, Credits: p.Credits,
		Content: practice.Content{Languages: []string{p.Language}, Title: course.Text{p.Language: p.Title}, Description: course.Text{p.Language: p.Words},
			Territory: practice.Territory{Name: cut(town.Name, 120), Country: town.Country}}})
}

// ask writes to somebody that a draft was made of her words, once.
func (s *Service) ask(ctx context.Context, host string, p Promotion, c practice.Credit) error {
	known, err := s.c.People.Known(ctx, c.Person)
	if fault.KindOf(err) == fault.NotFound || err == nil && len(known.Organisations) == 0 {
		return nil // her erasure answers; who has left everywhere could not
	}
	if err != nil {
		return err
	}
	letter := "credit_asked_practice"
	if p.Into == IntoChallenge {
		letter = "credit_asked_challenge"
	}
	return wrap("ask", s.c.Mail.SendOnce(ctx, letterID("ask", c.ID), known.Address, known.Locale, letter,
		map[string]any{"name": known.Name, "by": p.By.Name, "words": cut(p.Words, 600), "link": s.c.PublicURL + "/practices/credits/" + host + "." + p.ID}))
}

// tell writes to who has made the draft what was answered, once for each answer.
func (s *Service) tell(ctx context.Context, p Promotion, c practice.Credit, counts string) error {
	if c.Answered == nil || c.Person == p.By.Person || p.By.Person == "" {
		return nil
	}
	known, here, err := people.StillOf(ctx, s.c.People, p.By.Person, p.By.Town)
	if err != nil || !here {
		return err
	}
	path := "/practices/" + p.Draft + "/draft"
	if p.Into == IntoChallenge {
		path = "/challenges/" + p.Draft
	}
	return wrap("tell", s.c.Mail.SendOnce(ctx, letterID("answer", c.ID, strconv.FormatInt(c.Answered.UnixMilli(), 10)), known.Address, known.Locale, "credit_"+counts,
		map[string]any{"name": known.Name, "link": s.c.PublicURL + path}))
}

func letterID(parts ...string) string {
	return course.EventID(append([]string{"letter", "promotion"}, parts...)...)
}

// languageOf is the language of a draft: that of the words if the platform speaks it, else that of who makes it.
func languageOf(of ...string) string {
	for _, l := range of {
		if t, err := language.Parse(l); err == nil {
			if base, _ := t.Base(); slices.Contains(lang.Locales(), base.String()) {
				return base.String()
			}
		}
	}
	return lang.Locales()[0]
}

// longTitle is how much of what was said stands in a title, in characters.
const longTitle = 80

// titleOf is the beginning of what was said.
func titleOf(words string) string {
	for line := range strings.SplitSeq(words, "\n") {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#>*-+_`0123456789. "))
		if line == "" {
			continue
		}
		if utf8.RuneCountInString(line) <= longTitle {
			return line
		}
		short := cut(line, longTitle)
		if i := strings.LastIndexByte(short, ' '); i > 0 {
			short = short[:i]
		}
		return short + " …"
	}
	return ""
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
