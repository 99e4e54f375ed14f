package indicator

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"palestra/bootcamp"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// OutputKinds lists what a bootcamp can bring forth.
func OutputKinds() []string {
	return []string{"document", "practice", "challenge", "statement", "course", "dataset", "software", "event", "other"}
}

// OutputEntry is something that a bootcamp has brought forth.
type OutputEntry struct {
	store.Meta `bson:",inline"`
	Edition    int64      `bson:"edition"`
	Bootcamp   string     `bson:"bootcamp"`
	Cohort     string     `bson:"cohort"` // "" for none
	On         string     `bson:"on"`     // day
	Kind       string     `bson:"kind"`
	Title      string     `bson:"title"`
	Language   string     `bson:"language"` // of the title
	URL        string     `bson:"url"`      // https, or ""
	Practice   string     `bson:"practice"` // a published card, or ""
	By         string     `bson:"by"`
	Gone       string     `bson:"gone"` // why it does not count any more; "" if it does
	Updated    time.Time  `bson:"updated"`
	Due        *time.Time `bson:"due,omitempty"` // since when it is to be counted
}

// OutputChange is what is noted of an output.
type OutputChange struct{ Cohort, On, Kind, Title, Language, URL, Practice string }

func (s *Service) setOutput(ctx context.Context, by people.Actor, b bootcamp.Bootcamp, o *OutputEntry, ch OutputChange) (err error) {
	if err := s.day(ctx, b.Owner, ch.On); err != nil {
		return err
	}
	if !slices.Contains(OutputKinds(), ch.Kind) {
		return invalid("kind", "indicator.choice", "no such choice")
	}
	if !slices.Contains(lang.Locales(), ch.Language) {
		return invalid("language", "indicator.choice", "no such choice")
	}
	if ch.Practice != "" {
		card, err := s.c.Practices().Card(ctx, ch.Practice)
		if fault.KindOf(err) == fault.NotFound {
			return invalid("practice", "indicator.practice", "no such practice is published")
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(ch.Title) == "" {
			ch.Title, ch.Language = card.Content.Title.In(by.Locale)
		}
	}
	if o.Title, err = words("title", strings.Join(strings.Fields(ch.Title), " "), maxTitle); err != nil {
		return err
	}
	if o.Title == "" {
		return invalid("title", "indicator.title", "a title is needed")
	}
	if ch.URL = strings.TrimSpace(ch.URL); ch.URL != "" {
		u, err := url.Parse(ch.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(ch.URL) > maxAddress {
			return invalid("url", "indicator.url", "an address begins with https://")
		}
	}
	o.Cohort, o.On, o.Kind, o.Language, o.URL, o.Practice = ch.Cohort, ch.On, ch.Kind, ch.Language, ch.URL, ch.Practice
	now := s.now()
	o.By, o.Updated, o.Due = by.Account, now, &now
	o.Edition++
	return nil
}

// AddOutput notes what a bootcamp has brought forth. Facilitators of the host may, and who leads the cohort.
func (s *Service) AddOutput(ctx context.Context, by people.Actor, id string, ch OutputChange) (OutputEntry, error) {
	b, err := s.may(ctx, by, id, ch.Cohort)
	if err != nil {
		return OutputEntry{}, err
	}
	o := OutputEntry{Meta: store.Meta{ID: s.c.NewID()}, Bootcamp: b.ID}
	if err := s.setOutput(ctx, by, b, &o, ch); err != nil {
		return OutputEntry{}, wrap("AddOutput", err)
	}
	if err := s.outputs.Insert(ctx, b.Owner, o); err != nil {
		return OutputEntry{}, wrap("AddOutput", err)
	}
	return o, wrap("AddOutput", s.sayOutput(ctx, b.Owner, o))
}

// sayOutput enters what an output says now, as sayVisit does. It may be called again at any time.
func (s *Service) sayOutput(ctx context.Context, host string, o OutputEntry) error {
	for {
		if err := errors.Join(s.enterOutput(ctx, host, o), s.point(ctx, host, o)); err != nil {
			return err
		}
		now, err := s.outputs.Update(ctx, host, o.ID, func(now *OutputEntry) error {
			if now.Edition != o.Edition || now.Due == nil {
				return store.ErrKeep
			}
			now.Due = nil
			return nil
		})
		if err != nil || now.Edition == o.Edition {
			return err
		}
		o = now
	}
}

func (s *Service) enterOutput(ctx context.Context, host string, o OutputEntry) error {
	about := "output." + o.ID
	if o.Gone != "" {
		return s.say(ctx, host, about, nil)
	}
	return s.say(ctx, host, about, &Saying{What: Output, Bootcamp: o.Bootcamp, Cohort: o.Cohort, Ref: o.ID, Title: o.Title, Language: o.Language, Kind: o.Kind, On: o.On})
}

// SettleDue counts what was noted by processes that died before they counted it; the sweep calls it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	const some = 100
	visits, err := s.visits.Across(ctx, store.Query{Index: "byDue", To: now, Limit: some})
	errs := []error{err}
	for _, d := range visits.Docs {
		errs = append(errs, s.sayVisit(ctx, d.Org, d.Doc))
	}
	outputs, err := s.outputs.Across(ctx, store.Query{Index: "byDue", To: now, Limit: some})
	errs = append(errs, err)
	for _, d := range outputs.Docs {
		errs = append(errs, s.sayOutput(ctx, d.Org, d.Doc))
	}
	return wrap("SettleDue", errors.Join(errs...))
}

// output returns one to who may change it.
func (s *Service) output(ctx context.Context, by people.Actor, id, output string) (bootcamp.Bootcamp, OutputEntry, error) {
	b, err := s.c.Camps.Bootcamp(ctx, by, id)
	if err != nil {
		return b, OutputEntry{}, err
	}
	o, err := s.outputs.Get(ctx, b.Owner, output)
	if err == nil && o.Bootcamp != b.ID {
		err = store.ErrNotFound
	}
	if err != nil {
		return b, o, wrap("output", gone(err))
	}
	_, err = s.may(ctx, by, id, o.Cohort)
	return b, o, err
}

// ChangeOutput puts right what was noted; what was known before stays in the figures of the days before.
func (s *Service) ChangeOutput(ctx context.Context, by people.Actor, id, output string, edition int64, ch OutputChange) (OutputEntry, error) {
	b, old, err := s.output(ctx, by, id, output)
	if err != nil {
		return old, err
	}
	if ch.Cohort != old.Cohort {
		if _, err := s.may(ctx, by, id, ch.Cohort); err != nil {
			return old, err
		}
	}
	next := old
	if err := s.setOutput(ctx, by, b, &next, ch); err != nil {
		return old, wrap("ChangeOutput", err)
	}
	o, err := s.outputs.Update(ctx, b.Owner, output, func(o *OutputEntry) error {
		if err := stale(edition, o.Edition); err != nil {
			return err
		}
		if o.Gone != "" {
			return fault.New(fault.Conflict, "indicator.withdrawn", "this does not count any more")
		}
		meta := o.Meta
		next.Edition = o.Edition + 1
		*o = next
		o.Meta = meta
		return nil
	})
	if err != nil {
		return o, wrap("ChangeOutput", err)
	}
	return o, wrap("ChangeOutput", s.sayOutput(ctx, b.Owner, o))
}

// EndOutput says why an output does not count any more.
func (s *Service) EndOutput(ctx context.Context, by people.Actor, id, output, why string) (OutputEntry, error) {
	b, o, err := s.output(ctx, by, id, output)
	if err != nil {
		return o, err
	}
	if why, err = reason(why); err != nil {
		return o, err
	}
	o, err = s.outputs.Update(ctx, b.Owner, output, func(o *OutputEntry) error {
		now := s.now()
		o.Gone, o.By, o.Updated, o.Due = why, by.Account, now, &now
		o.Edition++
		return nil
	})
	if err != nil {
		return o, wrap("EndOutput", err)
	}
	return o, wrap("EndOutput", s.sayOutput(ctx, b.Owner, o))
}

// Outputs lists what a bootcamp has brought forth, or one of its cohorts, the latest first, to everybody who sees it.
func (s *Service) Outputs(ctx context.Context, by people.Actor, id, cohort, cursor string, limit int) (store.Page[OutputEntry], error) {
	b, err := s.c.Camps.Bootcamp(ctx, by, id)
	if err != nil {
		return store.Page[OutputEntry]{}, err
	}
	q := store.Query{Index: "byDay", Equal: []any{b.ID}, Reverse: true, Cursor: cursor, Limit: limit}
	if cohort != "" {
		q.Where = map[string]any{"cohort": cohort}
	}
	p, err := s.outputs.Find(ctx, b.Owner, q)
	return p, wrap("Outputs", err)
}
