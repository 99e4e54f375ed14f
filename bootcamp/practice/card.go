package practice

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// settled does what follows from a change of a practice and returns it as it is then.
func (s *Service) settled(ctx context.Context, p Practice) (Practice, error) {
	if p.Due == nil {
		return p, nil
	}
	return s.settle(ctx, p.Town, p.ID)
}

// SettleDue does what follows from changes whose run died, in all organisations; the sweep calls it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	const some = 100
	practices, err := s.practices.Due(ctx, "byDue", now, some)
	errs := []error{err}
	for _, r := range practices {
		_, err := s.settle(ctx, r.Org, r.ID)
		errs = append(errs, err)
	}
	questions, err := s.questions.Due(ctx, "byDue", now, some)
	errs = append(errs, err)
	for _, r := range questions {
		errs = append(errs, s.tellQuestion(ctx, r.Org, r.ID))
	}
	adoptions, err := s.adoptions.Due(ctx, "byDue", now, some)
	errs = append(errs, err)
	for _, r := range adoptions {
		_, err := s.settleAdoption(ctx, r.Org, r.ID)
		errs = append(errs, err)
	}
	errs = append(errs, s.files.Sweep(ctx, now, s.fileUsed))
	return wrap("SettleDue", errors.Join(errs...))
}

// settle keeps a practice's newest version, writes its card and tells the record store of it. It may be called at any
// time and several times, and be killed anywhere.
func (s *Service) settle(ctx context.Context, org, id string) (Practice, error) {
	p, err := s.practices.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, nil
	}
	if err != nil {
		return p, wrap("settle", err)
	}
	if p.State == stateDeleted {
		if err := s.dropFiles(ctx, p); err != nil {
			return p, err
		}
		err := s.cards.Delete(ctx, id)
		if err == nil || errors.Is(err, store.ErrNotFound) {
			err = s.practices.Delete(ctx, org, id)
		}
		return p, wrap("settle", err)
	}
	if p.Published != nil {
		err := s.versions.Insert(ctx, org, Version{Meta: store.Meta{ID: versionID(id, p.Version)}, Practice: id, Number: p.Version, Summary: p.Summary, Content: *p.Published, At: p.Released})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return p, wrap("settle", err)
		}
		if p.By.Account != "" {
			err = s.c.Records.Record(ctx, p.By.Town, course.Event{ID: course.EventID(p.By.Town, "practice", id, strconv.Itoa(p.Version)), Account: p.By.Account, Verb: verbPublished,
				Activity: s.activity(id, p.Published.Title), At: p.Released})
			if err != nil {
				return p, wrap("settle", err)
			}
		}
	}
	if err := s.settleFiles(ctx, p); err != nil {
		return p, err
	}
	card, err := s.card(ctx, p)
	if err != nil {
		return p, err
	}
	if err := s.put(ctx, card); err != nil {
		return p, err
	}
	// Whoever changed it meanwhile has set Due for the next run, which finds another revision here.
	p, err = s.practices.Update(ctx, org, id, func(now *Practice) error {
		if now.Rev != p.Rev {
			return store.ErrKeep
		}
		now.Due = nil
		now.By.Person, now.By.Name = "", "" // that early programs have kept
		return nil
	})
	return p, wrap("settle", err)
}

func versionID(practice string, number int) string { return practice + "." + strconv.Itoa(number) }

// put writes a card over the one that is there.
func (s *Service) put(ctx context.Context, card Card) error {
	_, err := s.cards.Update(ctx, card.ID, func(c *Card) error {
		meta := c.Meta
		*c = card
		c.Meta = meta
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		err = s.cards.Insert(ctx, card)
	}
	return wrap("put", err)
}

// card makes a practice's card from what the towns' documents say.
func (s *Service) card(ctx context.Context, p Practice) (Card, error) {
	o, err := s.c.People.Organisation(ctx, p.Town)
	if err != nil {
		return Card{}, wrap("card", err)
	}
	c := Card{Meta: store.Meta{ID: p.ID}, Town: p.Town, TownName: o.Name, State: p.State, Challenge: p.Challenge, Version: p.Version, Authors: p.Authors, Credits: Named(p.Credits), Persons: []string{},
		Tokens: []string{}, Answers: p.usual(), First: p.First, Released: p.Released}
	for _, a := range p.Authors {
		c.Persons = append(c.Persons, a.Person)
	}
	for _, o := range p.Credits {
		if o.Person != "" && !slices.Contains(c.Persons, o.Person) {
			c.Persons = append(c.Persons, o.Person)
		}
	}
	if p.Published == nil {
		c.Content = Content{Languages: p.Draft.Languages}
		c.Released = p.Created
		return c, nil
	}
	c.Content = *p.Published
	towns, err := s.recommending(ctx, p.Town, p.ID, p.Version)
	if err != nil {
		return c, err
	}
	c.Reviews, c.Recommended = len(towns), len(towns) >= enough
	l, err := s.lineage(ctx, p.ID)
	if err != nil {
		return c, err
	}
	for _, n := range l.Nodes {
		switch n.State {
		case Using:
			c.Using++
		case Understanding, Adapting:
			c.Adopting++
		}
	}
	if p.State == StatePublished {
		c.Country, c.Band = p.Published.Territory.Country, band(p.Published.Territory.Residents)
		c.Tokens = tokens(c)
	}
	return c, nil
}

// maxTokens bounds what a card is found by.
const maxTokens = 600

// tokens lists what a card is found by: everything, its choices, and the beginnings of the words of its title, summary,
// labels and place in all languages.
func tokens(c Card) []string {
	list := []string{"all", "town|" + c.Town}
	for _, t := range c.Content.Topics {
		list = append(list, "topic|"+t)
	}
	for _, l := range c.Content.Languages {
		list = append(list, "language|"+l)
	}
	for _, x := range c.Content.Competences {
		list = append(list, "competence|"+x)
	}
	var texts []string
	for _, l := range lang.Locales() {
		texts = append(texts, c.Content.Title[l])
	}
	texts = append(texts, c.Content.Territory.Name, c.TownName)
	texts = slices.Concat(texts, c.Content.Labels, c.Content.Technologies, c.Content.Personas)
	for _, l := range lang.Locales() {
		texts = append(texts, c.Content.Summary[l])
	}
	return wordTokens(list, texts)
}

// wordTokens adds the beginnings of the words of some texts, the first ones rather than the last.
func wordTokens(list, texts []string) []string {
	seen := map[string]bool{}
	for _, s := range texts {
		for _, w := range wordsOf(s) {
			letters := []rune(w)
			for n := min(shortestWord, len(letters)); n <= min(longestWord, len(letters)); n++ {
				if t := "word|" + string(letters[:n]); !seen[t] && len(list) < maxTokens {
					seen[t] = true
					list = append(list, t)
				}
			}
		}
	}
	return list
}

// Lengths of beginnings of words by which cards are found, in characters.
const (
	shortestWord = 2
	longestWord  = 12
)

// wordsOf splits a text into folded words.
func wordsOf(s string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(people.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }),
		func(w string) bool { return len([]rune(w)) < shortestWord })
}

func wordToken(w string) string {
	letters := []rune(w)
	return "word|" + string(letters[:min(longestWord, len(letters))])
}

// Filter chooses cards; what is empty leaves all.
type Filter struct {
	Words       string
	Topic       string
	Language    string
	Country     string
	Town        string
	Band        int
	Recommended bool
	ByUse       bool // those that most towns use first, else the newest
}

// Cards lists what is published, to everybody who is signed in, in pages that may be short.
func (s *Service) Cards(ctx context.Context, by people.Actor, f Filter, cursor string, limit int) (store.Page[Card], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Card]{}, err
	}
	return s.Open(ctx, f, cursor, limit)
}

// Open is Cards for everybody: what is published is open.
func (s *Service) Open(ctx context.Context, f Filter, cursor string, limit int) (store.Page[Card], error) {
	// The narrowest token leads; the others are looked at in the cards.
	var wanted []string
	for _, w := range wordsOf(f.Words) {
		wanted = append(wanted, wordToken(w))
	}
	slices.SortStableFunc(wanted, func(a, b string) int { return len(b) - len(a) })
	for kind, value := range map[string]string{"topic|": f.Topic, "town|": f.Town, "language|": f.Language} {
		if value != "" {
			wanted = append(wanted, kind+value)
		}
	}
	if len(wanted) == 0 {
		wanted = []string{"all"}
	}
	q := store.Query{Index: "byToken", Equal: []any{wanted[0]}, Reverse: true, Cursor: cursor, Limit: limit, Where: map[string]any{}}
	if f.ByUse {
		q.Index = "byUse"
	}
	if f.Country != "" {
		q.Where["country"] = f.Country
	}
	if f.Band > 0 {
		q.Where["band"] = f.Band
	}
	if f.Recommended {
		q.Where["recommended"] = true
	}
	if len(wanted) > 1 {
		q.Where["tokens"] = wanted[1]
	}
	p, err := s.cards.Find(ctx, q)
	p.Docs = slices.DeleteFunc(p.Docs, func(c Card) bool {
		return slices.ContainsFunc(wanted[1:], func(t string) bool { return !slices.Contains(c.Tokens, t) })
	})
	return p, wrap("Cards", err)
}

// Card returns a published or withdrawn practice.
func (s *Service) Card(ctx context.Context, id string) (Card, error) {
	c, err := s.cards.Get(ctx, id)
	if err == nil && c.State == StateDraft {
		err = store.ErrNotFound
	}
	return c, wrap("Card", orGone(err, id))
}

// Versions lists what was published of a practice, the newest first.
func (s *Service) Versions(ctx context.Context, id, cursor string, limit int) (store.Page[Version], error) {
	c, err := s.shown(ctx, id)
	if err != nil {
		return store.Page[Version]{}, err
	}
	p, err := s.versions.Find(ctx, c.Town, store.Query{Index: "byPractice", Equal: []any{id}, Reverse: true, Cursor: cursor, Limit: limit})
	return p, wrap("Versions", err)
}

// Version returns one published version.
func (s *Service) Version(ctx context.Context, id string, number int) (Version, error) {
	c, err := s.shown(ctx, id)
	if err != nil {
		return Version{}, err
	}
	v, err := s.versions.Get(ctx, c.Town, versionID(id, number))
	if errors.Is(err, store.ErrNotFound) {
		return v, fault.New(fault.NotFound, "practice.no_version", "there is no version %d", number)
	}
	return v, wrap("Version", err)
}

// shown is Card without those that were withdrawn.
func (s *Service) shown(ctx context.Context, id string) (Card, error) {
	c, err := s.Card(ctx, id)
	if err == nil && c.State == StateWithdrawn {
		return c, fault.New(fault.Gone, "practice.withdrawn", "its authors have withdrawn this practice")
	}
	return c, err
}
