package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"palestra/internal/store"
)

// Engine is what the suite needs to know of an engine.
type Engine struct {
	// Open opens the place of this name, which is empty at first. Opening a place again, after the DB has been closed,
	// finds what was stored. The suite closes what it opens.
	Open func(t testing.TB, place string, now func() time.Time) *store.DB
	// Lacks says which parts of the contract this server is known not to keep, and why. Their cases are skipped by name.
	Lacks map[Part]string
}

// Part is a part of the contract that a stand-in for a real server may lack.
type Part string

// The parts.
const (
	Atomic     Part = "batches are all or none"
	Named      Part = "duplicates name their index"
	Visibility Part = "no number is visible before a lower one"
	Unique     Part = "unique indexes"
	Zeros      Part = "zero bytes in text"
	Volume     Part = "thousands of documents in a collection"
)

// suite is one run.
type suite struct {
	e Engine
}

func (s suite) needs(t *testing.T, parts ...Part) {
	t.Helper()
	for _, p := range parts {
		if why, lacks := s.e.Lacks[p]; lacks {
			t.Skipf("not proven here: %s (%s)", p, why)
		}
	}
}

// open opens an empty place that belongs to this test.
func (s suite) open(t *testing.T) *store.DB { return s.openAt(t, time.Now) }

func (s suite) openAt(t *testing.T, now func() time.Time) *store.DB {
	t.Helper()
	db := s.e.Open(t, t.Name(), now)
	t.Cleanup(func() { closeDB(t, db) })
	return db
}

func closeDB(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Errorf("close the store: %v", err)
	}
}

// Run proves the contract on an engine.
func Run(t *testing.T, e Engine) {
	s := suite{e}
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"documents", s.documents},
		{"batches", s.batches},
		{"duplicates", s.duplicates},
		{"updates", s.updates},
		{"fields", s.fields},
		{"orders", s.orders},
		{"queries", s.queries},
		{"cursors", s.cursors},
		{"filters", s.filters},
		{"towns", s.towns},
		{"shared", s.shared},
		{"global", s.global},
		{"streams", s.streams},
		{"thinned", s.thinned},
		{"tokens", s.tokens},
		{"writers", s.writers},
		{"declarations", s.declarations},
		{"archives", s.archives},
		{"model", s.model},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.run(t)
		})
	}
}

// The cast: two towns, and a library's books with one field of every kind.
const (
	acme = "acme"
	bolt = "bolt"
)

type book struct {
	store.Meta `bson:",inline"`
	Title      string         `bson:"title"`
	Pages      int64          `bson:"pages"`
	Lent       bool           `bson:"lent"`
	Printed    time.Time      `bson:"printed"`
	Digest     []byte         `bson:"digest"`
	Tags       []string       `bson:"tags"`
	Shelf      shelf          `bson:"shelf"`
	Loans      []loan         `bson:"loans"`
	Due        *time.Time     `bson:"due"`
	Note       string         `bson:"note,omitempty"`
	More       map[string]any `bson:"more,omitempty"`
}

type shelf struct {
	Room string `bson:"room"`
	Row  int    `bson:"row"`
}

type loan struct {
	Reader string `bson:"reader"`
}

func bookIndexes() []store.Index {
	return []store.Index{
		store.On("title", store.Str("title")),
		store.On("pages", store.Int("pages"), store.Str("title")),
		store.On("lent", store.Bool("lent"), store.Time("printed")),
		store.On("digest", store.Bytes("digest"), store.Int("pages")),
		store.On("tag", store.Str("tags").Each(), store.Int("pages")),
		store.On("shelf", store.Str("shelf.room"), store.Int("shelf.row")),
		store.On("reader", store.Str("loans.reader").Each()),
		store.On("due", store.Time("due")).AsSparse(),
		store.On("owed", store.Time("due"), store.Str("title")).AsSparse().AsAcross(),
	}
}

// aBook is a book with every field that an index needs.
func aBook(id string) book {
	return book{Meta: store.Meta{ID: id}, Title: "title of " + id, Printed: time.UnixMilli(1e12).UTC(), Digest: []byte(id)}
}

func newBooks(t *testing.T, db *store.DB, more ...store.Index) *store.Town[book] {
	t.Helper()
	books, err := store.NewTown[book](db, "books", 1, append(bookIndexes(), more...)...)
	noError(t, err)
	return books
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

func wantError(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func wantDuplicate(t testing.TB, err error, index, id string) {
	t.Helper()
	var d *store.DuplicateError
	if !errors.As(err, &d) || !errors.Is(err, store.ErrDuplicate) || d.Index != index || d.ID != id {
		t.Errorf("got error %v, want a duplicate of %q in the index %q", err, id, index)
	}
}

// all pages through a query and returns the ids.
func all(ctx context.Context, find func(context.Context, store.Query) (store.Page[book], error), q store.Query) ([]string, error) {
	ids := []string{}
	for {
		page, err := find(ctx, q)
		if err != nil {
			return nil, err
		}
		limit := q.Limit
		if limit == 0 {
			limit = 50
		}
		if len(page.Docs) > limit {
			return nil, fmt.Errorf("a page of %d documents, the limit is %d", len(page.Docs), limit)
		}
		for _, doc := range page.Docs {
			ids = append(ids, doc.ID)
		}
		if page.Next == "" {
			return ids, nil
		}
		q.Cursor = page.Next
	}
}

func in(books *store.Town[book], org string) func(context.Context, store.Query) (store.Page[book], error) {
	return func(ctx context.Context, q store.Query) (store.Page[book], error) { return books.Find(ctx, org, q) }
}

// sound fails the test if an index and its documents differ.
func sound(t *testing.T, db *store.DB) {
	t.Helper()
	noError(t, db.Check(t.Context(), func(p store.Problem) { t.Errorf("damage in %s: %s", p.Collection, p.Text) }))
}
