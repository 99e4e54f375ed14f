package storetest

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"palestra/internal/store"
)

// model compares random histories with a list that is sorted and filtered anew for every question. Since each engine
// must agree with the list, the engines agree with each other.
func (s suite) model(t *testing.T) {
	db := s.open(t)
	books := newBooks(t, db)
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		ctx := t.Context()
		if s.e.Lacks[Volume] != "" && run.Load() >= 25 {
			return // a slow stand-in
		}
		towns := []string{fmt.Sprint("a", run.Add(1)), fmt.Sprint("b", run.Load())}
		kept := map[string]map[string]book{towns[0]: {}, towns[1]: {}}
		for range rapid.IntRange(1, 25).Draw(rt, "writes") {
			org := rapid.SampledFrom(towns).Draw(rt, "org")
			b := drawBook(rt)
			old, exists := kept[org][b.ID]
			switch rapid.SampledFrom([]string{"insert", "insert", "update", "delete"}).Draw(rt, "write") {
			case "insert":
				switch err := books.Insert(ctx, org, b); {
				case (err == nil) == exists:
					rt.Fatalf("Insert of %q, which exists: %t, answers %v", b.ID, exists, err)
				case err == nil:
					b.Rev = 1
					kept[org][b.ID] = b
				}
			case "update":
				_, err := books.Update(ctx, org, b.ID, func(stored *book) error { b.Meta = stored.Meta; *stored = b; return nil })
				if (err == nil) != exists {
					rt.Fatalf("Update of %q, which exists: %t, answers %v", b.ID, exists, err)
				}
				if exists {
					b.Rev = old.Rev + 1
					kept[org][b.ID] = b
				}
			case "delete":
				if err := books.Delete(ctx, org, b.ID); (err == nil) != exists {
					rt.Fatalf("Delete of %q, which exists: %t, answers %v", b.ID, exists, err)
				}
				delete(kept[org], b.ID)
			}
		}
		for range 6 {
			org := rapid.SampledFrom(towns).Draw(rt, "org asked")
			q := drawQuery(rt)
			got, err := all(ctx, in(books, org), q)
			if err != nil {
				rt.Fatalf("%+v: %v", q, err)
			}
			if diff := cmp.Diff(expect(kept[org], q), got); diff != "" {
				rt.Fatalf("%+v (-model +engine):\n%s", q, diff)
			}
		}
		for _, org := range towns {
			for id, want := range kept[org] {
				got, err := books.Get(ctx, org, id)
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatalf("%q (-model +engine):\n%s", id, diff)
				}
			}
		}
	})
	sound(t, db)
}

func modelIDs() []string    { return []string{"1", "2", "3", "10", "a", "aa", "B", "ä", "a b", "a~"} }
func modelTitles() []string { return []string{"", "a", "aa", "b", "A", "é"} }

func drawBook(rt *rapid.T) book {
	b := book{
		Meta:    store.Meta{ID: rapid.SampledFrom(modelIDs()).Draw(rt, "id")},
		Title:   rapid.SampledFrom(modelTitles()).Draw(rt, "title"),
		Pages:   rapid.Int64Range(-2, 2).Draw(rt, "pages"),
		Lent:    rapid.Bool().Draw(rt, "lent"),
		Printed: time.UnixMilli(rapid.Int64Range(-1, 2).Draw(rt, "printed")).UTC(),
		Digest:  []byte(rapid.SampledFrom(modelTitles()[1:]).Draw(rt, "digest")),
		Tags:    rapid.SliceOfN(rapid.SampledFrom(modelTitles()), 0, 3).Draw(rt, "tags"),
		Shelf:   shelf{Room: rapid.SampledFrom(modelTitles()).Draw(rt, "room"), Row: rapid.IntRange(0, 1).Draw(rt, "row")},
		Loans:   []loan{},
	}
	for _, reader := range rapid.SliceOfN(rapid.SampledFrom(modelTitles()), 0, 2).Draw(rt, "readers") {
		b.Loans = append(b.Loans, loan{Reader: reader})
	}
	if rapid.Bool().Draw(rt, "is due") {
		b.Due = ptr(time.UnixMilli(rapid.Int64Range(0, 2).Draw(rt, "due")).UTC())
	}
	return b
}

// drawQuery draws a query that an index can answer.
func drawQuery(rt *rapid.T) store.Query {
	title := func() any { return rapid.SampledFrom(modelTitles()).Draw(rt, "asked title") }
	pages := func() any { return rapid.Int64Range(-3, 3).Draw(rt, "asked pages") }
	moment := func() any { return time.UnixMilli(rapid.Int64Range(-2, 3).Draw(rt, "asked time")).UTC() }
	id := func() any { return rapid.SampledFrom(modelIDs()).Draw(rt, "asked id") }
	index := rapid.SampledFrom([]struct {
		name   string
		draws  []func() any
		atMost int // fields that may be left open
	}{
		{"", nil, 0},
		{"title", []func() any{title}, 1},
		{"pages", []func() any{pages, title}, 2},
		{"lent", []func() any{func() any { return rapid.Bool().Draw(rt, "asked lent") }, moment}, 2},
		{"digest", []func() any{func() any { return []byte(title().(string)) }, pages}, 1},
		{"tag", []func() any{title, pages}, 1},
		{"shelf", []func() any{title, pages}, 2},
		{"reader", []func() any{title}, 0},
		{"due", []func() any{moment}, 1},
	}).Draw(rt, "index")
	q := store.Query{
		Index:   index.name,
		Reverse: rapid.Bool().Draw(rt, "reverse"),
		Limit:   rapid.SampledFrom([]int{0, 1, 2, 3}).Draw(rt, "limit"),
	}
	given := rapid.IntRange(len(index.draws)-index.atMost, len(index.draws)).Draw(rt, "given")
	for _, draw := range index.draws[:given] {
		q.Equal = append(q.Equal, draw())
	}
	draws := append(slices.Clone(index.draws), id)
	if rapid.Bool().Draw(rt, "has from") {
		q.From = draws[given]()
	}
	if rapid.Bool().Draw(rt, "has to") {
		q.To = draws[given]()
	}
	switch rapid.IntRange(0, 5).Draw(rt, "filter") {
	case 0:
		q.Where = map[string]any{"title": title()}
	case 1:
		q.Where = map[string]any{"tags": title(), "lent": true}
	case 2:
		q.Where = map[string]any{"loans.reader": title()}
	}
	return q
}

// place is one place of a document in an index.
type place struct {
	keys []any
	id   string
}

// expect answers a query by looking at everything.
func expect(kept map[string]book, q store.Query) []string {
	var places []place
	for id, b := range kept {
		if !meets(b, q.Where) {
			continue
		}
		for _, keys := range rows(b, q.Index) {
			if fits(append(slices.Clone(keys), id), q) {
				places = append(places, place{keys, id})
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		for i := range a.keys {
			if o := compareAny(a.keys[i], b.keys[i]); o != 0 {
				return o
			}
		}
		return compare(a.id, b.id)
	})
	if q.Reverse {
		slices.Reverse(places)
	}
	ids := []string{}
	for _, p := range places {
		ids = append(ids, p.id)
	}
	return ids
}

func rows(b book, index string) [][]any {
	var out [][]any
	switch index {
	case "":
		return [][]any{{}}
	case "title":
		return [][]any{{b.Title}}
	case "pages":
		return [][]any{{b.Pages, b.Title}}
	case "lent":
		return [][]any{{b.Lent, b.Printed}}
	case "digest":
		return [][]any{{b.Digest, b.Pages}}
	case "shelf":
		return [][]any{{b.Shelf.Room, int64(b.Shelf.Row)}}
	case "tag":
		for i, tag := range b.Tags {
			if !slices.Contains(b.Tags[:i], tag) {
				out = append(out, []any{tag, b.Pages})
			}
		}
	case "reader":
		for i, l := range b.Loans {
			if !slices.Contains(b.Loans[:i], l) {
				out = append(out, []any{l.Reader})
			}
		}
	case "due":
		if b.Due != nil {
			out = append(out, []any{*b.Due})
		}
	}
	return out
}

func fits(keys []any, q store.Query) bool {
	for i, want := range q.Equal {
		if compareAny(keys[i], want) != 0 {
			return false
		}
	}
	next := keys[len(q.Equal)]
	return (q.From == nil || compareAny(next, q.From) >= 0) && (q.To == nil || compareAny(next, q.To) < 0)
}

func meets(b book, where map[string]any) bool {
	for path, want := range where {
		ok := false
		switch path {
		case "title":
			ok = b.Title == want
		case "lent":
			ok = b.Lent == want
		case "tags":
			ok = slices.Contains(b.Tags, want.(string))
		case "loans.reader":
			ok = slices.Contains(b.Loans, loan{Reader: want.(string)})
		}
		if !ok {
			return false
		}
	}
	return true
}

func compareAny(a, b any) int {
	switch a := a.(type) {
	case string:
		return compare(a, b.(string))
	case int64:
		return compare(a, b.(int64))
	case bool:
		return compareBool(a, b.(bool))
	case time.Time:
		return a.Compare(b.(time.Time))
	case []byte:
		return compare(string(a), string(b.([]byte)))
	}
	panic(fmt.Sprintf("no order for %T", a))
}
