package wiki

import (
	"context"
	"slices"

	"palestra/bootcamp/discussion"
	"palestra/internal/store"
	"palestra/people"
)

// Orders in which pages are listed.
const (
	ByTitle  = "title"
	ByChange = "change" // the newest first
)

// Pages lists a place's pages. Who leads sees what was removed, too.
func (s *Service) Pages(ctx context.Context, by people.Actor, place Place, order, cursor string, limit int) (Room, store.Page[Page], error) {
	r, err := s.Enter(ctx, by, place)
	if err != nil {
		return r, store.Page[Page]{}, err
	}
	q := store.Query{Index: "byTitle", Equal: []any{r.Key}, Cursor: cursor, Limit: limit}
	if order == ByChange {
		q.Index, q.Reverse = "byChange", true
	}
	page, err := s.pages.Find(ctx, r.Host, q)
	if !r.Leads {
		page.Docs = slices.DeleteFunc(page.Docs, func(p Page) bool { return p.Removed })
	}
	return r, page, wrap("Pages", err)
}

// Search finds pages of a place by words, what changed last first. Pages of the answer may be short.
func (s *Service) Search(ctx context.Context, by people.Actor, place Place, text, cursor string, limit int) (Room, store.Page[Page], error) {
	r, err := s.Enter(ctx, by, place)
	if err != nil {
		return r, store.Page[Page]{}, err
	}
	asked := discussion.Ask(text)
	first, second := asked.Terms(r.Key)
	if first == "" {
		return r, store.Page[Page]{}, nil
	}
	q := store.Query{Index: "byTerm", Equal: []any{first}, Reverse: true, Cursor: cursor, Limit: limit}
	if second != "" {
		q.Where = map[string]any{"terms": second}
	}
	page, err := s.pages.Find(ctx, r.Host, q)
	page.Docs = slices.DeleteFunc(page.Docs, func(p Page) bool { return p.Removed || !asked.In(p.Language, p.Title, p.Words) })
	return r, page, wrap("Search", err)
}

// Page returns a page. Faults: wiki.not_found; wiki.removed, but to who leads
func (s *Service) Page(ctx context.Context, by people.Actor, place Place, id string) (Room, Page, error) {
	r, err := s.Enter(ctx, by, place)
	if err != nil {
		return r, Page{}, err
	}
	p, err := s.page(ctx, r, id)
	if err == nil && p.Removed && !r.Leads {
		err = removed(p)
	}
	if err != nil {
		return r, Page{}, err
	}
	return r, p, nil
}

// Versions lists what a page said, the newest first. Who reads the page may.
func (s *Service) Versions(ctx context.Context, by people.Actor, place Place, id, cursor string, limit int) (Room, store.Page[Version], error) {
	r, p, err := s.Page(ctx, by, place, id)
	if err != nil {
		return r, store.Page[Version]{}, err
	}
	if p.Due != nil { // a process died before it was stored
		if err := s.settle(ctx, r.Host, id); err != nil {
			return r, store.Page[Version]{}, err
		}
	}
	page, err := s.versions.Find(ctx, r.Host, store.Query{Index: "byPage", Equal: []any{id}, Reverse: true, Cursor: cursor, Limit: limit})
	return r, page, wrap("Versions", err)
}

// Version returns what a page said once. Who reads the page may.
func (s *Service) Version(ctx context.Context, by people.Actor, place Place, id string, number int) (Room, Version, error) {
	r, _, err := s.Page(ctx, by, place, id)
	if err != nil {
		return r, Version{}, err
	}
	v, err := s.version(ctx, r, id, number)
	return r, v, err
}

func (s *Service) version(ctx context.Context, r Room, id string, number int) (Version, error) {
	p, err := s.page(ctx, r, id)
	if err != nil {
		return Version{}, err
	}
	if p.Number == number {
		return p.version(), nil
	}
	v, err := s.versions.Get(ctx, r.Host, versionID(id, number))
	return v, wrap("version", orNotFound(err))
}

// Differences compares two versions of a page. Who reads the page may.
func (s *Service) Differences(ctx context.Context, by people.Actor, place Place, id string, from, to int) (a, b Version, lines []Line, err error) {
	r, _, err := s.Page(ctx, by, place, id)
	if err != nil {
		return a, b, nil, err
	}
	if a, err = s.version(ctx, r, id, from); err != nil {
		return a, b, nil, err
	}
	if b, err = s.version(ctx, r, id, to); err != nil {
		return a, b, nil, err
	}
	return a, b, Compare(a.Words, b.Words), nil
}

// Together puts what somebody has written on top of a version together with what the page says now. Who reads the page
// may. See Merge.
func (s *Service) Together(ctx context.Context, by people.Actor, place Place, id string, from int, words string) (Merged, Page, error) {
	r, p, err := s.Page(ctx, by, place, id)
	if err != nil {
		return Merged{}, p, err
	}
	if words, err = plain("words", words, maxWords); err != nil {
		return Merged{}, p, err
	}
	v, err := s.version(ctx, r, id, from)
	if err != nil {
		return Merged{}, p, err
	}
	return Merge(v.Words, words, p.Words), p, nil
}

// Territories lists the towns with pages about them, by name, to everybody who is signed in.
func (s *Service) Territories(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Territory], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Territory]{}, err
	}
	p, err := s.territories.Find(ctx, store.Query{Index: "byName", Cursor: cursor, Limit: limit})
	return p, wrap("Territories", err)
}
