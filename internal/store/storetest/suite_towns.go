package storetest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/store"
)

// towns proves that one organisation never sees or touches what belongs to another.
func (s suite) towns(t *testing.T) {
	ctx := t.Context()
	t.Run("no call without a town", func(t *testing.T) {
		// A forgotten organisation must not compile: it is the first argument behind the context of every method.
		for _, handle := range []any{&store.Town[book]{}, &store.Shared[course]{}, &store.Stream[event]{}} {
			of := reflect.TypeOf(handle)
			for i := range of.NumMethod() {
				m := of.Method(i)
				if m.Name == "Across" || m.Name == "CountAcross" {
					continue // the platform's own work
				}
				if m.Type.NumIn() < 3 || m.Type.In(1) != reflect.TypeFor[context.Context]() || m.Type.In(2).Kind() != reflect.String {
					t.Errorf("%s.%s has no organisation behind its context", of, m.Name)
				}
			}
		}
	})
	t.Run("the same id", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		for _, org := range []string{acme, bolt, "acm", "acme2", "acme-x"} {
			b := aBook("1")
			b.Title = "of " + org
			b.Tags = []string{"x"}
			noError(t, books.Insert(ctx, org, b))
		}
		_, err := books.Update(ctx, bolt, "1", func(b *book) error { b.Pages = 5; return nil })
		noError(t, err)
		noError(t, books.Delete(ctx, "acm", "1"))
		for org, pages := range map[string]int64{acme: 0, bolt: 5, "acme2": 0, "acme-x": 0} {
			got, err := books.Get(ctx, org, "1")
			noError(t, err)
			if got.Title != "of "+org || got.Pages != pages {
				t.Errorf("%s: got %q with %d pages, want its own with %d", org, got.Title, got.Pages, pages)
			}
			for _, q := range []store.Query{{}, {Reverse: true}, {Index: "title"}, {Index: "pages", Reverse: true}, {Index: "tag", Equal: []any{"x"}}} {
				page, err := books.Find(ctx, org, q)
				noError(t, err)
				if len(page.Docs) != 1 || page.Docs[0].Title != "of "+org {
					t.Errorf("%s: %+v found %+v, want its own only", org, q, page.Docs)
				}
				if n, err := books.Count(ctx, org, q, 10); err != nil || n != 1 {
					t.Errorf("%s: Count(%+v) = %d, %v, want 1", org, q, n, err)
				}
			}
		}
		if _, err = books.Get(ctx, "acm", "1"); err == nil {
			t.Error("what was deleted is still there")
		}
		sound(t, db)
	})
	t.Run("strange names", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		for _, org := range []string{"", "a/b", "a\x00", "\xff", strings.Repeat("x", store.MaxTown+1)} {
			calls := map[string]error{}
			_, calls["Get"] = books.Get(ctx, org, "1")
			calls["Insert"] = books.Insert(ctx, org, aBook("1"))
			_, calls["Update"] = books.Update(ctx, org, "1", func(*book) error { return nil })
			calls["Delete"] = books.Delete(ctx, org, "1")
			_, calls["Find"] = books.Find(ctx, org, store.Query{})
			_, calls["Count"] = books.Count(ctx, org, store.Query{}, 1)
			calls["Each"] = books.Each(ctx, org, store.Query{}, func(book) error { return nil })
			for name, err := range calls {
				if err == nil {
					t.Errorf("%s accepts the organisation %q", name, org)
				}
			}
		}
	})
	t.Run("across", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		for i := range 9 {
			b := aBook(fmt.Sprint(i))
			if i%2 == 0 {
				due := time.UnixMilli(int64(50 - i)).UTC()
				b.Due = &due
			}
			noError(t, books.Insert(ctx, []string{acme, bolt, "cask"}[i%3], b))
		}
		var got []string
		q := store.Query{Index: "owed", To: time.UnixMilli(49), Limit: 2}
		for {
			page, err := books.Across(ctx, q)
			noError(t, err)
			for _, owned := range page.Docs {
				got = append(got, owned.Org+" "+owned.Doc.ID)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"cask 8", "acme 6", "bolt 4", "cask 2"}, got); diff != "" {
			t.Errorf("what is owed, soonest first (-want +got):\n%s", diff)
		}
		if n, err := books.CountAcross(ctx, store.Query{Index: "owed"}, store.MaxCount); err != nil || n == 0 {
			t.Errorf("CountAcross: %d, %v", n, err)
		}
		if n, err := books.CountAcross(ctx, store.Query{Index: "owed"}, 1); err != nil || n != 1 {
			t.Errorf("CountAcross, at most 1: %d, %v", n, err)
		}
		_, err := books.CountAcross(ctx, store.Query{Index: "title"}, 1)
		wantError(t, err, store.ErrQuery)
		_, err = books.Across(ctx, store.Query{Index: "title"})
		wantError(t, err, store.ErrQuery)
	})
}

type course struct {
	store.SharedMeta `bson:",inline"`
	Name             string `bson:"name"`
	Seats            int    `bson:"seats"`
}

func (s suite) shared(t *testing.T) {
	ctx := t.Context()
	db := s.open(t)
	courses, err := store.NewShared[course](db, "courses", 1, store.On("name", store.Str("name"), store.Int("seats")))
	noError(t, err)
	make1 := func(id, name string, towns ...string) course {
		return course{SharedMeta: store.SharedMeta{Meta: store.Meta{ID: id}, Towns: towns}, Name: name}
	}
	noError(t, courses.Insert(ctx, acme, make1("own", "a"), make1("both", "b", bolt, acme, bolt)))
	noError(t, courses.Insert(ctx, bolt, make1("bolts", "c")))
	wantError(t, courses.Insert(ctx, bolt, make1("own", "x")), store.ErrDuplicate) // ids are unique in the collection
	foreign := make1("foreign", "x")
	foreign.Owner = acme
	wantError(t, courses.Insert(ctx, bolt, foreign), store.ErrNotOwner)
	wantError(t, courses.Insert(ctx, bolt, make1("strange", "x", "a/b")), store.ErrInvalid)

	sees := func(org string, want ...string) {
		t.Helper()
		for _, q := range []store.Query{{}, {Index: "name"}, {Limit: 1}, {Index: "name", Limit: 1}} {
			var got []string
			noError(t, courses.Each(ctx, org, q, func(c course) error { got = append(got, c.ID); return nil }))
			if q.Index == "" {
				want := append([]string(nil), want...)
				if len(want) > 1 && want[0] > want[1] {
					want[0], want[1] = want[1], want[0]
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s by id (-want +got):\n%s", org, diff)
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by name (-want +got):\n%s", org, diff)
			}
		}
		for _, id := range []string{"own", "both", "bolts"} {
			_, err := courses.Get(ctx, org, id)
			visible := false
			for _, w := range want {
				visible = visible || w == id
			}
			if visible != (err == nil) {
				t.Errorf("%s gets %q: %v, visible is %t", org, id, err, visible)
			}
		}
	}
	sees(acme, "own", "both")
	sees(bolt, "both", "bolts")
	sees("cask")

	got, err := courses.Get(ctx, bolt, "both")
	noError(t, err)
	if diff := cmp.Diff([]string{acme, bolt}, got.Towns); diff != "" || got.Owner != acme {
		t.Errorf("owner %q, towns (-want +got):\n%s", got.Owner, diff)
	}
	change := func(c *course) error { c.Seats, c.Owner = 5, "cask"; return nil }
	_, err = courses.Update(ctx, bolt, "both", change)
	wantError(t, err, store.ErrNotOwner)
	_, err = courses.Update(ctx, "cask", "both", change)
	wantError(t, err, store.ErrNotFound)
	wantError(t, courses.Delete(ctx, bolt, "both"), store.ErrNotOwner)
	wantError(t, courses.Delete(ctx, "cask", "both"), store.ErrNotFound)
	got, err = courses.Update(ctx, acme, "both", change)
	noError(t, err)
	if got.Owner != acme || got.Seats != 5 {
		t.Errorf("got owner %q, %d seats; want acme, 5", got.Owner, got.Seats)
	}
	_, err = courses.Update(ctx, acme, "both", func(c *course) error { c.Towns = []string{"cask"}; return nil })
	noError(t, err)
	sees(acme, "own", "both")
	sees(bolt, "bolts")
	sees("cask", "both")
	noError(t, courses.Delete(ctx, acme, "both"))
	sees(acme, "own")
	sees("cask")
	sound(t, db)
}

func (s suite) global(t *testing.T) {
	ctx := t.Context()
	db := s.open(t)
	persons, err := store.NewGlobal[looseBook](db, "persons", 1, store.On("title", store.Str("title")))
	noError(t, err)
	for i := range 5 {
		noError(t, persons.Insert(ctx, looseBook{Meta: store.Meta{ID: fmt.Sprintf("p%d@example.org", i)}, Title: ptr(fmt.Sprint(9 - i))}))
	}
	wantError(t, persons.Insert(ctx, looseBook{Meta: store.Meta{ID: "p0@example.org"}, Title: ptr("")}), store.ErrDuplicate)
	_, err = persons.Update(ctx, "p3@example.org", func(p *looseBook) error { p.Title = ptr("0"); return nil })
	noError(t, err)
	noError(t, persons.Delete(ctx, "p4@example.org"))
	page, err := persons.Find(ctx, store.Query{Index: "title", Limit: 2})
	noError(t, err)
	got, err := persons.Get(ctx, "p3@example.org")
	noError(t, err)
	if len(page.Docs) != 2 || page.Docs[0].ID != "p3@example.org" || got.Rev != 2 {
		t.Errorf("got %+v and revision %d, want p3 first and 2", page.Docs, got.Rev)
	}
	if n, err := persons.Count(ctx, store.Query{}, 10); err != nil || n != 4 {
		t.Errorf("Count = %d, %v, want 4", n, err)
	}
	n := 0
	noError(t, persons.Each(ctx, store.Query{Limit: 1, Reverse: true}, func(looseBook) error { n++; return nil }))
	if n != 4 {
		t.Errorf("Each found %d, want 4", n)
	}
	sound(t, db)
}
