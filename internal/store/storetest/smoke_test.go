package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"palestra/internal/store"
)

type book struct {
	store.Meta `bson:",inline"`
	Title      string
	Pages      int
	Tags       []string
	Due        *time.Time `bson:"due,omitempty"`
}

type line struct {
	store.Entry `bson:",inline"`
	Text        string
}

func TestSmoke(t *testing.T) {
	db := Open(t)
	ctx := context.Background()
	books, err := store.NewTown[book](db, "books", 1,
		store.On("title", store.Str("title")).AsUnique(),
		store.On("pages", store.Int("pages")),
		store.On("tag", store.Str("tags").Each(), store.Int("pages")),
		store.On("due", store.Time("due")).AsSparse().AsAcross())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 120 {
		due := time.UnixMilli(int64(i)).UTC()
		if err := books.Insert(ctx, "acme", book{Meta: store.Meta{ID: fmt.Sprint(i)}, Title: fmt.Sprint("t", i), Pages: i % 7, Tags: []string{"a", "a", fmt.Sprint(i % 3)}, Due: &due}); err != nil {
			t.Fatal(err)
		}
	}
	var dup *store.DuplicateError
	if err := books.Insert(ctx, "acme", book{Meta: store.Meta{ID: "new"}, Title: "t5"}); !errors.As(err, &dup) || dup.Index != "title" || dup.ID != "new" {
		t.Fatal(err)
	}
	if err := books.Insert(ctx, "bolt", book{Meta: store.Meta{ID: "5"}, Title: "t5"}); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := books.Each(ctx, "acme", store.Query{Index: "tag", Equal: []any{"a"}, From: 2, To: 4, Reverse: true, Limit: 7}, func(b book) error { n++; return nil }); err != nil || n != 34 {
		t.Fatal(n, err)
	}
	if _, err := books.Update(ctx, "acme", "5", func(b *book) error { b.Tags, b.Due = nil, nil; return nil }); err != nil {
		t.Fatal(err)
	}
	page, err := books.Across(ctx, store.Query{Index: "due", To: time.UnixMilli(7)})
	if err != nil || len(page.Docs) != 6 || page.Docs[0].Org != "acme" {
		t.Fatal(page, err)
	}
	p, err := books.Find(ctx, "acme", store.Query{Index: "pages", Where: map[string]any{"tags": "0"}, Limit: 5})
	if err != nil || len(p.Docs) != 5 || p.Next == "" {
		t.Fatal(p, err)
	}
	lines, err := store.NewStream[line](db, "lines", 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		out, err := lines.AppendAfter(ctx, "acme", "s", int64(2*i), line{Text: "x"}, line{Text: "y"})
		if err != nil || out[1].Number != int64(2*i+2) {
			t.Fatal(out, err)
		}
	}
	if _, err := lines.AppendAfter(ctx, "acme", "s", 3, line{}); !errors.Is(err, store.ErrConflict) {
		t.Fatal(err)
	}
	got, err := lines.Read(ctx, "acme", "s", 3, 4)
	if err != nil || len(got) != 4 || got[0].Number != 4 {
		t.Fatal(got, err)
	}
	if err := db.Check(ctx, func(p store.Problem) { t.Error(p) }); err != nil {
		t.Fatal(err)
	}
}
