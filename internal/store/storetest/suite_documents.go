package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/store"
)

func (s suite) documents(t *testing.T) {
	db := s.open(t)
	books := newBooks(t, db)
	ctx := t.Context()
	due := time.UnixMilli(1_700_000_000_123).UTC()
	want := book{
		Meta:    store.Meta{ID: "ä/1 ", Rev: 99},
		Title:   "Größe",
		Pages:   -1 << 62,
		Lent:    true,
		Printed: time.Date(1455, 2, 3, 4, 5, 6, 7_000_000, time.UTC),
		Digest:  []byte{0, 255, 1},
		Tags:    []string{"b", "a"},
		Shelf:   shelf{Room: "cellar", Row: 3},
		Loans:   []loan{{Reader: "ada"}},
		Due:     &due,
		More:    map[string]any{"n": int64(1) << 40, "s": "x", "f": 1.5, "b": true},
	}
	noError(t, books.Insert(ctx, acme, want))
	want.Rev = 1
	got, err := books.Get(ctx, acme, want.ID)
	noError(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Get after Insert (-want +got):\n%s", diff)
	}

	noError(t, books.Insert(ctx, acme, aBook("plain")))
	got, err = books.Get(ctx, acme, "plain")
	noError(t, err)
	if got.Tags == nil || len(got.Tags) != 0 {
		t.Errorf("got tags %#v, want an empty list", got.Tags)
	}

	noError(t, books.Delete(ctx, acme, "plain"))
	_, err = books.Get(ctx, acme, "plain")
	wantError(t, err, store.ErrNotFound)
	wantError(t, books.Delete(ctx, acme, "plain"), store.ErrNotFound)
	_, err = books.Update(ctx, acme, "plain", func(*book) error { return nil })
	wantError(t, err, store.ErrNotFound)
	noError(t, books.Insert(ctx, acme, aBook("plain"))) // the id is free again
	wantError(t, books.DeleteAt(ctx, acme, "plain", 2), store.ErrConflict)
	_, err = books.Update(ctx, acme, "plain", func(b *book) error { b.Title = "other"; return nil })
	noError(t, err)
	wantError(t, books.DeleteAt(ctx, acme, "plain", 1), store.ErrConflict)
	noError(t, books.DeleteAt(ctx, acme, "plain", 2))
	wantError(t, books.DeleteAt(ctx, acme, "plain", 2), store.ErrNotFound)
	noError(t, books.Insert(ctx, acme, aBook("plain")))

	refused := errors.New("refused")
	wantError(t, books.DeleteIf(ctx, acme, "plain", func(*book) error { return refused }), refused)
	var seen []string
	noError(t, books.DeleteIf(ctx, acme, "plain", func(b *book) error { // asked again when somebody has changed it meanwhile
		if seen = append(seen, b.Title); len(seen) > 1 {
			return nil
		}
		_, err := books.Update(ctx, acme, "plain", func(b *book) error { b.Title = "newer"; return nil })
		return err
	}))
	if diff := cmp.Diff([]string{aBook("plain").Title, "newer"}, seen); diff != "" {
		t.Errorf("DeleteIf asked (-want +got):\n%s", diff)
	}
	wantError(t, books.DeleteIf(ctx, acme, "plain", func(*book) error { return nil }), store.ErrNotFound)
	wantError(t, books.DeleteIf(ctx, bolt, "plain", func(*book) error { return nil }), store.ErrNotFound)
	noError(t, books.Insert(ctx, acme, aBook("plain")))

	for _, id := range []string{"", strings.Repeat("x", store.MaxID+1), "a\xff", "a\x00b"} {
		wantError(t, books.Insert(ctx, acme, aBook(id)), store.ErrInvalid)
		_, err := books.Get(ctx, acme, id)
		wantError(t, err, store.ErrNotFound)
	}
	noError(t, books.Insert(ctx, acme, aBook(strings.Repeat("x", store.MaxID))))
	noError(t, books.Insert(ctx, acme))
	sound(t, db)
}

func (s suite) batches(t *testing.T) {
	ctx := t.Context()
	many := func(n int, f func(int, *book)) []book {
		docs := make([]book, n)
		for i := range docs {
			docs[i] = aBook(fmt.Sprintf("%04d", i))
			f(i, &docs[i])
		}
		return docs
	}
	none := func(int, *book) {}

	t.Run("as many as allowed", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		noError(t, books.Insert(ctx, acme, many(store.MaxDocs, none)...))
		n, err := books.Count(ctx, acme, store.Query{}, store.MaxCount)
		noError(t, err)
		if n != store.MaxDocs {
			t.Errorf("got %d documents, want %d", n, store.MaxDocs)
		}
		wantError(t, books.Insert(ctx, bolt, many(store.MaxDocs+1, none)...), store.ErrTooLarge)
	})
	t.Run("as large as allowed", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		large := aBook("large")
		large.Digest = bytes.Repeat([]byte{1}, 10)
		large.Note = strings.Repeat("x", store.MaxDoc-2000)
		noError(t, books.Insert(ctx, acme, large))
		got, err := books.Get(ctx, acme, "large")
		noError(t, err)
		if len(got.Note) != len(large.Note) {
			t.Errorf("got %d bytes back, want %d", len(got.Note), len(large.Note))
		}
		large.ID, large.Note = "larger", large.Note+strings.Repeat("x", 2000)
		wantError(t, books.Insert(ctx, acme, large), store.ErrTooLarge)
		_, err = books.Update(ctx, acme, "large", func(b *book) error { b.Note = large.Note; return nil })
		wantError(t, err, store.ErrTooLarge)
		half := many(2, func(_ int, b *book) { b.Note = strings.Repeat("x", store.MaxBatch/2) })
		wantError(t, books.Insert(ctx, acme, half...), store.ErrTooLarge)
	})
	for _, c := range []struct {
		name  string
		docs  []book
		index string
		id    string
	}{
		{"the last is stored already", append(many(50, none), aBook("stored")), store.ByID, "stored"},
		{"two are alike", append(many(50, none), aBook("0007")), store.ByID, "0007"},
		{"a unique key is taken", many(50, func(i int, b *book) {
			if b.Note = fmt.Sprint(i); i == 40 {
				b.Note = "taken"
			}
		}), "note", "0040"},
		{"two have one unique key", many(50, func(i int, b *book) {
			if b.Note = fmt.Sprint(i); i == 41 {
				b.Note = "7"
			}
		}), "note", "0041"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.needs(t, Atomic, Named)
			db := s.open(t)
			books := newBooks(t, db, store.On("note", store.Str("note")).AsUnique())
			for i := range c.docs {
				if c.docs[i].Note == "" {
					c.docs[i].Note = fmt.Sprint("note ", i)
				}
			}
			old := aBook("stored")
			old.Note = "taken"
			noError(t, books.Insert(ctx, acme, old))
			wantDuplicate(t, books.Insert(ctx, acme, c.docs...), c.index, c.id)
			ids, err := all(ctx, in(books, acme), store.Query{})
			noError(t, err)
			if diff := cmp.Diff([]string{"stored"}, ids); diff != "" {
				t.Errorf("after a refused batch (-want +got):\n%s", diff)
			}
			sound(t, db)
		})
	}
	t.Run("one does not fit", func(t *testing.T) {
		db := s.open(t)
		docs := []looseBook{{Meta: store.Meta{ID: "a"}, Title: ptr("x")}, {Meta: store.Meta{ID: "b"}}}
		books, err := store.NewTown[looseBook](db, "loose", 1, store.On("title", store.Str("title")))
		noError(t, err)
		wantError(t, books.Insert(ctx, acme, docs...), store.ErrInvalid)
		_, err = books.Get(ctx, acme, "a")
		wantError(t, err, store.ErrNotFound)
	})
}

// looseBook can lack its title.
type looseBook struct {
	store.Meta `bson:",inline"`
	Title      *string `bson:"title,omitempty"`
	Tags       any     `bson:"tags,omitempty"`
}

func ptr[T any](v T) *T { return &v }

func (s suite) duplicates(t *testing.T) {
	s.needs(t, Unique)
	ctx := t.Context()
	db := s.open(t)
	books := newBooks(t, db, store.On("code", store.Str("title"), store.Int("pages")).AsUnique())
	a, b := aBook("a"), aBook("b")
	a.Title, b.Title = "t", "t"
	noError(t, books.Insert(ctx, acme, a))
	if err := books.Insert(ctx, acme, b); s.e.Lacks[Named] == "" {
		wantDuplicate(t, err, "code", "b")
	} else {
		wantError(t, err, store.ErrDuplicate)
	}
	if err := books.Insert(ctx, acme, a); s.e.Lacks[Named] == "" {
		wantDuplicate(t, err, "", "a")
	} else {
		wantError(t, err, store.ErrDuplicate)
	}
	noError(t, books.Insert(ctx, bolt, b)) // unique in each town

	b.Pages = 1
	noError(t, books.Insert(ctx, acme, b))
	if p, err := books.Find(ctx, acme, store.Query{Index: "code", Equal: []any{"t", int64(1)}}); err != nil || len(p.Docs) != 1 || p.Docs[0].ID != "b" {
		t.Errorf("by all keys of a unique index: got %v, %v", p.Docs, err)
	}
	_, err := books.Update(ctx, acme, "b", func(b *book) error { b.Pages = 0; return nil })
	if s.e.Lacks[Named] == "" {
		wantDuplicate(t, err, "code", "b")
	} else if err == nil {
		t.Error("an update may take the unique keys of another document")
	}
	if got, err := books.Get(ctx, acme, "b"); err != nil || got.Pages != 1 || got.Rev != 1 {
		t.Errorf("after a refused update: got %d pages, revision %d, %v; want 1, 1", got.Pages, got.Rev, err)
	}

	// A key that is given up can be taken.
	_, err = books.Update(ctx, acme, "a", func(b *book) error { b.Pages = 7; return nil })
	noError(t, err)
	_, err = books.Update(ctx, acme, "b", func(b *book) error { b.Pages = 0; return nil })
	noError(t, err)
	noError(t, books.Delete(ctx, acme, "b"))
	c := aBook("c")
	c.Title = "t"
	noError(t, books.Insert(ctx, acme, c))
	sound(t, db)
}

func (s suite) updates(t *testing.T) {
	ctx := t.Context()
	db := s.open(t)
	books := newBooks(t, db)
	noError(t, books.Insert(ctx, acme, aBook("a")))

	got, err := books.Update(ctx, acme, "a", func(b *book) error {
		b.Title, b.Pages, b.Tags = "new", 12, []string{"x"}
		b.ID, b.Rev = "other", 77
		return nil
	})
	noError(t, err)
	stored, err := books.Get(ctx, acme, "a")
	noError(t, err)
	if diff := cmp.Diff(stored, got); diff != "" {
		t.Errorf("what Update returned is not what is stored (-stored +returned):\n%s", diff)
	}
	if got.ID != "a" || got.Rev != 2 || got.Title != "new" {
		t.Errorf("got %q, revision %d, %q; want a, 2, new", got.ID, got.Rev, got.Title)
	}
	for _, c := range []struct {
		q    store.Query
		want int
	}{
		{store.Query{Index: "title", Equal: []any{"title of a"}}, 0},
		{store.Query{Index: "title", Equal: []any{"new"}}, 1},
		{store.Query{Index: "tag", Equal: []any{"x", 12}}, 1},
	} {
		if n, err := books.Count(ctx, acme, c.q, 10); err != nil || n != c.want {
			t.Errorf("Count(%+v) = %d, %v, want %d", c.q, n, err, c.want)
		}
	}

	got, err = books.Update(ctx, acme, "a", func(b *book) error {
		b.Title, b.Tags[0] = "thrown away", "thrown away"
		return store.ErrKeep
	})
	noError(t, err)
	if diff := cmp.Diff(stored, got); diff != "" {
		t.Errorf("Update with ErrKeep (-want +got):\n%s", diff)
	}
	mine := errors.New("mine")
	if _, err = books.Update(ctx, acme, "a", func(b *book) error { b.Title = "no"; return mine }); err != mine { //nolint:errorlint // as it is
		t.Errorf("got error %v, want the function's own", err)
	}
	// Somebody else writes between reading and writing: the function is called again with what they wrote.
	calls := 0
	got, err = books.Update(ctx, acme, "a", func(b *book) error {
		if calls++; calls == 1 {
			_, err := books.Update(ctx, acme, "a", func(b *book) error { b.Pages = 100; return nil })
			noError(t, err)
		}
		b.Pages++
		return nil
	})
	noError(t, err)
	if calls != 2 || got.Pages != 101 || got.Rev != 4 {
		t.Errorf("got %d calls, %d pages, revision %d; want 2, 101, 4", calls, got.Pages, got.Rev)
	}
	// Somebody deletes it in between.
	calls = 0
	_, err = books.Update(ctx, acme, "a", func(b *book) error {
		if calls++; calls == 1 {
			noError(t, books.Delete(ctx, acme, "a"))
		}
		return nil
	})
	wantError(t, err, store.ErrNotFound)
	sound(t, db)
}

// fields proves what may stand where an index looks.
func (s suite) fields(t *testing.T) {
	ctx := t.Context()
	db := s.open(t)
	strict, err := store.NewTown[looseBook](db, "strict", 1, store.On("title", store.Str("title")))
	noError(t, err)
	sparse, err := store.NewTown[looseBook](db, "sparse", 1,
		store.On("title", store.Str("title")).AsSparse(), store.On("tag", store.Str("tags").Each()).AsSparse())
	noError(t, err)

	wantError(t, strict.Insert(ctx, acme, looseBook{Meta: store.Meta{ID: "a"}}), store.ErrInvalid)
	noError(t, strict.Insert(ctx, acme, looseBook{Meta: store.Meta{ID: "a"}, Title: ptr("")}))
	_, err = strict.Update(ctx, acme, "a", func(b *looseBook) error { b.Title = nil; return nil })
	wantError(t, err, store.ErrInvalid)

	for _, c := range []struct {
		name string
		tags any
		ok   bool
	}{
		{"none", nil, true},
		{"empty", []string{}, true},
		{"some", []string{"x", "x", "y"}, true},
		{"no list", "x", false},
		{"numbers", []int{1}, false},
		{"mixed", []any{"x", 1}, false},
		{"with null", []any{"x", nil}, true},
	} {
		err := sparse.Insert(ctx, acme, looseBook{Meta: store.Meta{ID: c.name}, Tags: c.tags})
		if c.ok {
			noError(t, err)
		} else if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("tags %#v: got error %v, want ErrInvalid", c.tags, err)
		}
	}
	page, err := sparse.Find(ctx, acme, store.Query{Index: "tag", Equal: []any{"x"}})
	noError(t, err)
	if len(page.Docs) != 2 || page.Docs[0].ID != "some" || page.Docs[1].ID != "with null" {
		t.Errorf("got %+v, want each of two documents once", page.Docs)
	}
	if n, err := sparse.Count(ctx, acme, store.Query{Index: "title"}, 10); err != nil || n != 0 {
		t.Errorf("got %d, %v in the sparse index, want 0", n, err)
	}
	_, err = sparse.Update(ctx, acme, "none", func(b *looseBook) error { b.Title = ptr("t"); return nil })
	noError(t, err)
	_, err = sparse.Update(ctx, acme, "some", func(b *looseBook) error { b.Tags = nil; return nil })
	noError(t, err)
	for index, want := range map[string]string{"title": "none", "tag": "with null"} {
		q := store.Query{Index: index}
		if index == "tag" {
			q.Equal = []any{"x"}
		}
		page, err := sparse.Find(ctx, acme, q)
		noError(t, err)
		if len(page.Docs) != 1 || page.Docs[0].ID != want {
			t.Errorf("index %q: got %+v, want %q alone", index, page.Docs, want)
		}
	}
	sound(t, db)
}
