package store_test

import (
	"bytes"
	"errors"
	"testing"

	"palestra/internal/store"
	"palestra/internal/store/storetest"
)

type note struct {
	store.Meta `bson:",inline"`
	Text       string `bson:"text"`
}

// FuzzVerifyArchive asserts that strange bytes are refused in one of three ways and never accepted as more than they are.
func FuzzVerifyArchive(f *testing.F) {
	db := storetest.Open(f)
	notes, err := store.NewTown[note](db, "notes", 1, store.On("text", store.Str("text")))
	if err != nil {
		f.Fatal(err)
	}
	if err := notes.Insert(f.Context(), "acme", note{Meta: store.Meta{ID: "a"}, Text: "x"}, note{Meta: store.Meta{ID: "b"}}); err != nil {
		f.Fatal(err)
	}
	var archive bytes.Buffer
	if _, err := db.Dump(f.Context(), &archive); err != nil {
		f.Fatal(err)
	}
	f.Add(archive.Bytes())
	f.Add(archive.Bytes()[:archive.Len()-3])
	f.Add([]byte("palestra backup 1\n"))
	f.Add([]byte("palestra backup 99\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		sum, err := store.VerifyArchive(bytes.NewReader(in))
		if err != nil && !errors.Is(err, store.ErrArchive) && !errors.Is(err, store.ErrNewer) {
			t.Fatalf("got error %v, want ErrArchive or ErrNewer", err)
		}
		total := int64(0)
		for _, c := range sum.Collections {
			total += c.Docs
		}
		if total != sum.Total.Docs {
			t.Fatalf("%d documents in all collections, %d in all", total, sum.Total.Docs)
		}
	})
}

// FuzzCursor asserts that a cursor from outside is refused or pages on, but never fails in another way.
func FuzzCursor(f *testing.F) {
	db := storetest.Open(f)
	notes, err := store.NewTown[note](db, "notes", 1, store.On("text", store.Str("text")))
	if err != nil {
		f.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		if err := notes.Insert(f.Context(), "acme", note{Meta: store.Meta{ID: id}, Text: "x"}); err != nil {
			f.Fatal(err)
		}
	}
	for _, q := range []store.Query{{Limit: 1}, {Index: "text", Limit: 2}} {
		page, err := notes.Find(f.Context(), "acme", q)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(page.Next)
	}
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, cursor string) {
		for _, index := range []string{"", "text"} {
			_, err := notes.Find(t.Context(), "acme", store.Query{Index: index, Cursor: cursor})
			if err != nil && !errors.Is(err, store.ErrCursor) {
				t.Fatalf("got error %v, want ErrCursor", err)
			}
		}
	})
}
