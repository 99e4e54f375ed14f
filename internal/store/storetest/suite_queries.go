package storetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// orders proves the order of each type, with equal values ordered by id.
func (s suite) orders(t *testing.T) {
	ctx := t.Context()
	db := s.open(t)
	books := newBooks(t, db)
	titles := []string{"", " ", "A", "Z", "a", "a ", "ab", "b", "z", "ä", "€", "\uffff", "😀"}
	if s.e.Lacks[Zeros] == "" {
		titles = slices.Insert(titles, 1, "\x00", "\x00\x00", "\x00\x01", "\x01")
	}
	numbers := []int64{math.MinInt64, -1 << 33, -1, 0, 1, math.MaxInt32, math.MaxInt32 + 1, math.MaxInt64}
	times := []int64{-62135596800000, -1, 0, 1, 1_800_000_000_000}
	for i, title := range titles {
		for j, id := range []string{"b", "a", "ä", "B"} {
			b := aBook(fmt.Sprintf("%s%02d", id, (i*7+j)%len(titles)))
			b.Title = title
			b.Pages = numbers[(i*3+j)%len(numbers)]
			b.Printed = time.UnixMilli(times[(i+j*2)%len(times)]).UTC()
			b.Lent = (i+j)%3 == 0
			noError(t, books.Insert(ctx, acme, b))
		}
	}
	for _, c := range []struct {
		index string
		cmp   func(a, b book) int
	}{
		{"", func(a, b book) int { return 0 }},
		{"title", func(a, b book) int { return compare(a.Title, b.Title) }},
		{"pages", func(a, b book) int { return first(compare(a.Pages, b.Pages), compare(a.Title, b.Title)) }},
		{"lent", func(a, b book) int { return first(compareBool(a.Lent, b.Lent), a.Printed.Compare(b.Printed)) }},
	} {
		for _, reverse := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %t", c.index, reverse), func(t *testing.T) {
				var got []book
				noError(t, books.Each(ctx, acme, store.Query{Index: c.index, Reverse: reverse, Limit: 7}, func(b book) error {
					got = append(got, b)
					return nil
				}))
				if len(got) != 4*len(titles) {
					t.Fatalf("got %d documents, want %d", len(got), 4*len(titles))
				}
				for i := 1; i < len(got); i++ {
					order := first(c.cmp(got[i-1], got[i]), compare(got[i-1].ID, got[i].ID))
					if reverse {
						order = -order
					}
					if order >= 0 {
						t.Errorf("%+v comes before %+v", got[i-1], got[i])
					}
				}
			})
		}
	}
}

func compare[T string | int64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func first(orders ...int) int {
	for _, o := range orders {
		if o != 0 {
			return o
		}
	}
	return 0
}

// queries proves that what an index cannot answer is refused, on every engine alike, and what a query means.
func (s suite) queries(t *testing.T) {
	ctx := t.Context()
	db := s.open(t)
	books := newBooks(t, db)
	for i := range 10 {
		b := aBook(fmt.Sprint(i))
		b.Title, b.Pages, b.Lent = fmt.Sprint("t", i/2), int64(i/3), i%2 == 0
		b.Printed = time.UnixMilli(int64(i)).UTC()
		b.Tags = []string{"all", fmt.Sprint("mod", i%3), "all"}
		b.Shelf = shelf{Room: fmt.Sprint("r", i%2), Row: i}
		b.Loans = []loan{{Reader: "ada"}, {Reader: fmt.Sprint("reader", i)}, {Reader: "ada"}}
		if i > 6 {
			due := time.UnixMilli(int64(100 - i)).UTC()
			b.Due = &due
		}
		noError(t, books.Insert(ctx, acme, b))
	}
	type title string // named types are as good
	for _, c := range []struct {
		q    store.Query
		want string
	}{
		{store.Query{}, "0123456789"},
		{store.Query{Reverse: true}, "9876543210"},
		{store.Query{From: "3", To: "6"}, "345"},
		{store.Query{From: "3", To: "6", Reverse: true}, "543"},
		{store.Query{From: "6", To: "3"}, ""},
		{store.Query{Index: "title"}, "0123456789"},
		{store.Query{Index: "title", Equal: []any{title("t1")}}, "23"},
		{store.Query{Index: "title", Equal: []any{"t1"}, Reverse: true}, "32"},
		{store.Query{Index: "title", Equal: []any{"t1"}, From: "3"}, "3"},
		{store.Query{Index: "title", Equal: []any{"t"}}, ""},
		{store.Query{Index: "title", From: "t1", To: "t3"}, "2345"},
		{store.Query{Index: "title", From: "t1", To: "t3", Reverse: true}, "5432"},
		{store.Query{Index: "pages", Equal: []any{1}}, "345"},
		{store.Query{Index: "pages", Equal: []any{int64(1), "t2"}}, "45"},
		{store.Query{Index: "pages", Equal: []any{uint8(1)}, From: "t2"}, "45"},
		{store.Query{Index: "pages", Equal: []any{1}, To: "t2"}, "3"},
		{store.Query{Index: "pages", From: 2}, "6789"},
		{store.Query{Index: "lent", Equal: []any{true}}, "02468"},
		{store.Query{Index: "lent", Equal: []any{false}, From: time.UnixMilli(3), To: time.UnixMilli(9)}, "357"},
		{store.Query{Index: "lent", From: true}, "02468"},
		{store.Query{Index: "lent", To: true}, "13579"},
		{store.Query{Index: "digest", Equal: []any{[]byte("4")}}, "4"},
		{store.Query{Index: "digest", Equal: []any{[]byte("4")}, From: 0, To: 2}, "4"},
		{store.Query{Index: "tag", Equal: []any{"all"}}, "0123456789"},
		{store.Query{Index: "tag", Equal: []any{"mod1"}, Reverse: true}, "741"},
		{store.Query{Index: "tag", Equal: []any{"all"}, From: 1, To: 2}, "345"},
		{store.Query{Index: "shelf", Equal: []any{"r1"}, From: 4}, "579"},
		{store.Query{Index: "shelf", To: "r1"}, "02468"},
		{store.Query{Index: "reader", Equal: []any{"ada"}}, "0123456789"},
		{store.Query{Index: "reader", Equal: []any{"reader7"}}, "7"},
		{store.Query{Index: "due"}, "987"},
		{store.Query{Index: "due", To: time.UnixMilli(93)}, "98"},
	} {
		for _, limit := range []int{0, 1, 2, 3} {
			c.q.Limit = limit
			got := ""
			ids, err := all(ctx, in(books, acme), c.q)
			for _, id := range ids {
				got += id
			}
			if err != nil || got != c.want {
				t.Errorf("%+v: got %q, %v, want %q", c.q, got, err, c.want)
			}
		}
		c.q.Limit = 0
		for _, limit := range []int{1, 3, 100} {
			if n, err := books.Count(ctx, acme, c.q, limit); err != nil || n != min(limit, len(c.want)) {
				t.Errorf("Count(%+v, %d) = %d, %v, want %d", c.q, limit, n, err, min(limit, len(c.want)))
			}
		}
	}
	for _, c := range []struct {
		name string
		q    store.Query
	}{
		{"unknown index", store.Query{Index: "nothing"}},
		{"too many values", store.Query{Index: "title", Equal: []any{"t", "u"}}},
		{"value of another type", store.Query{Index: "title", Equal: []any{1}}},
		{"value without a type", store.Query{Index: "title", Equal: []any{nil}}},
		{"value of a strange type", store.Query{Index: "title", Equal: []any{1.5}}},
		{"range of another type", store.Query{Index: "pages", From: "x"}},
		{"range of ids of another type", store.Query{From: 1}},
		{"array without its element", store.Query{Index: "tag"}},
		{"range of elements", store.Query{Index: "tag", From: "a"}},
		{"bytes without their value", store.Query{Index: "digest"}},
		{"range of bytes", store.Query{Index: "digest", From: []byte("a")}},
		{"negative limit", store.Query{Limit: -1}},
		{"limit too high", store.Query{Limit: store.MaxLimit + 1}},
		{"filter of a strange type", store.Query{Where: map[string]any{"title": nil}}},
		{"index across towns", store.Query{Index: "owed"}},
		{"number too high", store.Query{Index: "pages", Equal: []any{uint64(math.MaxUint64)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := books.Find(ctx, acme, c.q)
			wantError(t, err, store.ErrQuery)
		})
	}
	_, err := books.Count(ctx, acme, store.Query{Where: map[string]any{"title": "t"}}, 10)
	wantError(t, err, store.ErrQuery)
	_, err = books.Count(ctx, acme, store.Query{}, store.MaxCount+1)
	wantError(t, err, store.ErrQuery)
	_, err = books.Count(ctx, acme, store.Query{}, 0)
	wantError(t, err, store.ErrQuery)
	stop := fmt.Errorf("stop")
	if err := books.Each(ctx, acme, store.Query{}, func(book) error { return stop }); err != stop { //nolint:errorlint // as it is
		t.Errorf("got error %v, want the function's own", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = books.Find(cancelled, acme, store.Query{})
	wantError(t, err, context.Canceled)
}

// cursors proves which cursors are accepted, and what paging promises while others write.
func (s suite) cursors(t *testing.T) {
	ctx := t.Context()
	t.Run("of another query", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		for i := range 4 {
			b := aBook(fmt.Sprint(i))
			b.Title, b.Tags = "t", []string{"x", "y"}
			noError(t, books.Insert(ctx, acme, b))
			noError(t, books.Insert(ctx, bolt, b))
		}
		q := store.Query{Index: "title", Equal: []any{"t"}, Limit: 1}
		page, err := books.Find(ctx, acme, q)
		noError(t, err)
		if page.Next == "" {
			t.Fatal("got no cursor")
		}
		for _, c := range []struct {
			name   string
			org    string
			change func(*store.Query)
		}{
			{"town", bolt, func(*store.Query) {}},
			{"index", acme, func(q *store.Query) { q.Index, q.Equal = "", nil }},
			{"value", acme, func(q *store.Query) { q.Equal = []any{"u"} }},
			{"direction", acme, func(q *store.Query) { q.Reverse = true }},
			{"text", acme, func(q *store.Query) { q.Cursor = "?" }},
			{"short", acme, func(q *store.Query) { q.Cursor = "AAAA" }},
			{"cut", acme, func(q *store.Query) { q.Cursor = q.Cursor[:len(q.Cursor)-1] }},
			{"longer", acme, func(q *store.Query) { q.Cursor += "AAAA" }},
		} {
			t.Run(c.name, func(t *testing.T) {
				q := q
				q.Cursor = page.Next
				c.change(&q)
				_, err := books.Find(ctx, c.org, q)
				wantError(t, err, store.ErrCursor)
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("got %v, want a fault that a person may see", err)
				}
			})
		}
		q.Cursor, q.Limit = page.Next, 2
		page, err = books.Find(ctx, acme, q) // another limit is fine
		noError(t, err)
		if len(page.Docs) != 2 || page.Docs[0].ID != "1" {
			t.Errorf("got %+v, want the second and the third", page.Docs)
		}
		noError(t, books.Delete(ctx, acme, "2"))
		q.Cursor = page.Next
		page, err = books.Find(ctx, acme, q) // the document of the cursor is gone
		noError(t, err)
		if len(page.Docs) != 1 || page.Docs[0].ID != "3" || page.Next != "" {
			t.Errorf("got %+v, want the last", page)
		}
	})
	t.Run("under writes", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		var want []string
		batch := make([]book, 0, 300)
		for i := range 300 {
			b := aBook(fmt.Sprintf("stays%03d", i))
			b.Title = fmt.Sprint("t", i%10)
			b.Tags = []string{"x"}
			batch = append(batch, b)
			want = append(want, b.ID)
		}
		noError(t, books.Insert(ctx, acme, batch...))
		done := make(chan struct{})
		writer := make(chan error, 1)
		go func() {
			writer <- func() error {
				for i := 0; ; i++ {
					select {
					case <-done:
						return nil
					default:
					}
					b := aBook(fmt.Sprintf("comes%d", i%40))
					b.Title, b.Tags = fmt.Sprint("t", i%10), []string{"x"}
					if err := books.Insert(ctx, acme, b); err != nil {
						return err
					}
					// A document that stays changes a field that is in no index.
					if _, err := books.Update(ctx, acme, want[i*7%300], func(b *book) error { b.Note += "!"; return nil }); err != nil {
						return err
					}
					if err := books.Delete(ctx, acme, b.ID); err != nil {
						return err
					}
				}
			}()
		}()
		for _, q := range []store.Query{{Limit: 7}, {Index: "title", Limit: 11}, {Index: "title", Limit: 3, Reverse: true}, {Index: "tag", Equal: []any{"x"}, Limit: 13}} {
			ids, err := all(ctx, in(books, acme), q)
			if err != nil {
				t.Error(err)
				break
			}
			stayed := slices.DeleteFunc(ids, func(id string) bool { return id[0] == 'c' })
			slices.Sort(stayed)
			if diff := cmp.Diff(want, stayed); diff != "" {
				t.Errorf("%+v: documents that are there all the time come exactly once (-want +got):\n%s", q, diff)
			}
		}
		close(done)
		noError(t, <-writer)
		sound(t, db)
	})
}

// filters proves Where, and how much one call examines.
func (s suite) filters(t *testing.T) {
	s.needs(t, Volume)
	ctx := t.Context()
	db := s.open(t)
	books := newBooks(t, db)
	const n = 2*store.MaxExamined + 500
	for from := 0; from < n; from += 500 {
		batch := make([]book, 0, 500)
		for i := from; i < from+500; i++ {
			b := aBook(fmt.Sprintf("%05d", i))
			b.Title, b.Pages = "same", int64(i%2)
			b.Shelf.Row = i
			b.Tags = []string{"x", fmt.Sprint("row", i)}
			b.Note = []string{"even", "odd"}[i%2]
			batch = append(batch, b)
		}
		noError(t, books.Insert(ctx, acme, batch...))
	}
	for _, c := range []struct {
		name  string
		where map[string]any
		want  int
		calls int // with pages of 500
	}{
		{"everything", map[string]any{"title": "same"}, n, n / 500},
		{"half", map[string]any{"note": "odd"}, n / 2, 5},
		{"two conditions", map[string]any{"note": "odd", "pages": 1}, n / 2, 5},
		{"in an array", map[string]any{"tags": "row4321"}, 1, 3},
		{"in a document", map[string]any{"shelf.row": 4321}, 1, 3},
		{"contradiction", map[string]any{"note": "odd", "pages": 0}, 0, 3},
		{"truth", map[string]any{"lent": true}, 0, 3},
		{"time", map[string]any{"printed": time.UnixMilli(1e12)}, n, n / 500},
		{"bytes", map[string]any{"digest": []byte("00017")}, 1, 3},
		{"another type", map[string]any{"note": 1}, 0, 3},
		{"no such field", map[string]any{"nothing.at.all": 1}, 0, 3},
	} {
		for _, q := range []store.Query{{}, {Index: "title", Equal: []any{"same"}}, {Index: "shelf", Equal: []any{""}}} {
			t.Run(fmt.Sprintf("%s %s", c.name, q.Index), func(t *testing.T) {
				q.Where, q.Limit = c.where, 500
				got, calls := map[string]bool{}, 0
				for {
					page, err := books.Find(ctx, acme, q)
					noError(t, err)
					calls++
					for _, doc := range page.Docs {
						if got[doc.ID] {
							t.Errorf("%q comes twice", doc.ID)
						}
						got[doc.ID] = true
					}
					if page.Next == "" {
						break
					}
					q.Cursor = page.Next
				}
				if len(got) != c.want || calls != c.calls {
					t.Errorf("got %d documents in %d calls, want %d in %d", len(got), calls, c.want, c.calls)
				}
			})
		}
	}
}
