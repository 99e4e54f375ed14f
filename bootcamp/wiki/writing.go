package wiki

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/bootcamp/discussion"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Create writes a new page. Who may write in the place may. Faults: wiki.title_taken, wiki.full, discussion.too_fast
func (s *Service) Create(ctx context.Context, by people.Actor, place Place, w Writing) (Page, error) {
	r, err := s.writing(ctx, by, place)
	if err != nil {
		return Page{}, err
	}
	if err := w.tidy(); err != nil {
		return Page{}, err
	}
	n, err := s.pages.Count(ctx, r.Host, store.Query{Index: "byTitle", Equal: []any{r.Key}}, maxPages)
	if err != nil {
		return Page{}, wrap("Create", err)
	}
	if n >= maxPages {
		return Page{}, fault.New(fault.Conflict, "wiki.full", "at most %d pages", maxPages).With("max", maxPages)
	}
	who, err := s.may(ctx, by, r)
	if err != nil {
		return Page{}, err
	}
	now := s.now()
	p := Page{Meta: store.Meta{ID: s.c.NewID()}, Place: r.Key, Names: []string{}, Created: now}
	p.says(w, who.ID, 0, now)
	if err := s.pages.Insert(ctx, r.Host, p); err != nil {
		return Page{}, wrap("Create", orTaken(err, w.Title))
	}
	return s.settled(ctx, r, p.ID)
}

func orTaken(err error, title string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return fault.New(fault.Conflict, "wiki.title_taken", "there is a page called %s already", title).At("body.title", "wiki.title_taken")
	}
	return err
}

// says makes the page say something else, as its next version.
func (p *Page) says(w Writing, who string, from int, now time.Time) {
	p.Title, p.Sort, p.Language, p.Words, p.Why, p.Who, p.From, p.At, p.Due = w.Title, fold(w.Title), w.Language, w.Words, w.Why, who, from, now, &now
	p.Number++
	name := p.Place + "|" + p.Sort
	p.Names = append(slices.DeleteFunc(p.Names, func(n string) bool { return n == name }), name)
	p.Names = p.Names[max(0, len(p.Names)-maxNames):]
	p.Links = []string{}
	for _, t := range Linked(w.Words) {
		if l := p.Place + "|" + fold(t); len(p.Links) < maxLinks && !slices.Contains(p.Links, l) {
			p.Links = append(p.Links, l)
		}
	}
	p.found()
}

// found sets what a page is found by: what was removed by nothing.
func (p *Page) found() {
	p.Terms = []string{}
	if !p.Removed {
		p.Terms = discussion.Terms(p.Place, p.Language, p.Title, p.Words)
	}
}

// settled returns a page after what follows from its version.
func (s *Service) settled(ctx context.Context, r Room, id string) (Page, error) {
	if err := s.settle(ctx, r.Host, id); err != nil {
		return Page{}, err
	}
	return s.page(ctx, r, id)
}

// page returns a page of a room. fault wiki.not_found
func (s *Service) page(ctx context.Context, r Room, id string) (Page, error) {
	p, err := s.pages.Get(ctx, r.Host, id)
	if err == nil && p.Place != r.Key {
		err = store.ErrNotFound
	}
	return p, wrap("page", orNotFound(err))
}

// Save makes a page say something else, if it is still at the version that was read. Who may write in the place may;
// what is locked, who leads. Faults: wiki.changed_elsewhere, wiki.locked, wiki.removed, wiki.title_taken
func (s *Service) Save(ctx context.Context, by people.Actor, place Place, id string, number int, w Writing) (Page, error) {
	return s.write(ctx, by, place, id, number, func(context.Context, Room) (Writing, int, error) {
		err := w.tidy()
		return w, 0, err
	})
}

// Restore makes a page say again what it said in an earlier version; all that came since stays in its history.
func (s *Service) Restore(ctx context.Context, by people.Actor, place Place, id string, number, version int, why string) (Page, error) {
	return s.write(ctx, by, place, id, number, func(ctx context.Context, r Room) (Writing, int, error) {
		v, err := s.version(ctx, r, id, version)
		w := Writing{v.Title, v.Language, v.Words, why}
		if err == nil {
			err = w.tidy()
		}
		return w, version, err
	})
}

func (s *Service) write(ctx context.Context, by people.Actor, place Place, id string, number int, what func(context.Context, Room) (Writing, int, error)) (Page, error) {
	r, err := s.writing(ctx, by, place)
	if err != nil {
		return Page{}, err
	}
	p, err := s.page(ctx, r, id)
	if err != nil {
		return Page{}, err
	}
	w, from, err := what(ctx, r)
	if err != nil {
		return Page{}, err
	}
	check := func(p *Page) error {
		switch {
		case p.Removed:
			return removed(*p)
		case p.Locked && !r.Leads:
			return fault.New(fault.Conflict, "wiki.locked", "who leads has locked this page: %s", p.Reason).With("reason", p.Reason)
		case p.Number != number:
			return fault.New(fault.Stale, "wiki.changed_elsewhere", "somebody else has saved this page: it is at version %d", p.Number).With("number", p.Number)
		}
		return nil
	}
	if err := check(&p); err != nil {
		return Page{}, err
	}
	if p.Title == w.Title && p.Language == w.Language && p.Words == w.Words {
		return p, nil // nothing is new
	}
	who, err := s.may(ctx, by, r)
	if err != nil {
		return Page{}, err
	}
	// What it says now is stored before it says something else.
	if err := s.keep(ctx, r.Host, p); err != nil {
		return Page{}, err
	}
	now := s.now()
	_, err = s.pages.Update(ctx, r.Host, id, func(p *Page) error {
		if err := check(p); err != nil {
			return err
		}
		p.says(w, who.ID, from, now)
		return nil
	})
	if err != nil {
		return Page{}, wrap("write", orTaken(orNotFound(err), w.Title))
	}
	return s.settled(ctx, r, id)
}

func removed(p Page) error {
	return fault.New(fault.Gone, "wiki.removed", "who leads has removed this page: %s", p.Reason).With("reason", p.Reason)
}

// How much one person may save in a place.
const (
	paceIn    = 10 * time.Minute
	paceMost  = 30
	paceDaily = 300
)

// may returns the actor's word, unless she saves too much; then it says when she may. fault discussion.too_fast
func (s *Service) may(ctx context.Context, by people.Actor, r Room) (Writer, error) {
	w, err := s.writer(ctx, by, r)
	if err != nil {
		return w, err
	}
	now := s.now()
	for _, x := range []struct {
		in   time.Duration
		most int
	}{{paceIn, paceMost}, {24 * time.Hour, paceDaily}} {
		page, err := s.versions.Find(ctx, r.Host, store.Query{Index: "byWho", Equal: []any{w.ID}, From: now.Add(-x.in), Limit: x.most})
		if err != nil {
			return w, wrap("may", err)
		}
		if len(page.Docs) >= x.most {
			after := int(page.Docs[0].At.Add(x.in).Sub(now)/time.Second) + 1
			return w, fault.New(fault.TooMany, "discussion.too_fast", "at most %d versions in %d minutes; try again in %d seconds", x.most, int(x.in.Minutes()), after).
				With("max", x.most).With("minutes", int(x.in.Minutes())).With("after", after)
		}
	}
	return w, nil
}

// What who leads can decide about a page.
const (
	Lock   = "lock"
	Unlock = "unlock"
	Remove = "remove"
	Return = "return"
)

// Decide locks a page, removes it, or takes that back; both want a reason. Its versions stay. Who leads may.
func (s *Service) Decide(ctx context.Context, by people.Actor, place Place, id, what, reason string) (Page, error) {
	r, err := s.leading(ctx, by, place)
	if err != nil {
		return Page{}, err
	}
	if _, err := s.page(ctx, r, id); err != nil {
		return Page{}, err
	}
	if reason, err = plain("reason", reason, maxReason); err != nil {
		return Page{}, err
	}
	if reason == "" && (what == Lock || what == Remove) {
		return Page{}, invalid("reason", "discussion.empty", "say why")
	}
	_, err = s.pages.Update(ctx, r.Host, id, func(p *Page) error {
		switch what {
		case Lock:
			p.Locked, p.Reason = true, reason
		case Unlock:
			p.Locked, p.Reason = false, ""
		case Remove:
			p.Removed, p.Reason = true, reason
		case Return:
			p.Removed, p.Reason = false, ""
			if p.Locked {
				p.Reason = reason
			}
		default:
			return invalid("what", "practice.choice", "no such choice")
		}
		p.found()
		return nil
	})
	if err != nil {
		return Page{}, wrap("Decide", orNotFound(err))
	}
	if err := s.c.People.Note(ctx, r.Host, by, "wiki."+what, id, reason); err != nil {
		return Page{}, wrap("Decide", err)
	}
	return s.page(ctx, r, id)
}
