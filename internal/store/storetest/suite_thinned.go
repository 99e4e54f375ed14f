package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"palestra/internal/store"
)

// note is a document of a stream that can lose documents.
type note struct {
	store.Entry `bson:",inline"`
	Tags        []string `bson:"tags"`
	Text        string   `bson:"text"`
}

func newNotes(t testing.TB, db *store.DB) *store.Thinned[note] {
	t.Helper()
	notes, err := store.NewThinned[note](db, "notes", 1,
		store.On("tag", store.Str("tags").Each()),                                     // grouped: its last keys are stream and number
		store.On("text", store.Str("text"), store.Int("number"), store.Str("stream"))) // not grouped
	noError(t, err)
	return notes
}

func tagged3(tag string) []note {
	return []note{{Tags: []string{"x", tag}, Text: "a"}, {Tags: []string{"x"}, Text: "b"}, {Tags: []string{"x", tag, "y"}, Text: "a"}}
}

// thinned proves that a stream can lose documents, and what stays true of the others.
func (s suite) thinned(t *testing.T) {
	ctx := t.Context()
	read := func(t *testing.T, notes *store.Thinned[note], q store.Query) []int64 {
		t.Helper()
		numbers := []int64{}
		for {
			page, err := notes.Find(ctx, acme, q)
			noError(t, err)
			for _, n := range page.Docs {
				numbers = append(numbers, n.Number)
			}
			if q.Cursor = page.Next; page.Next == "" {
				return numbers
			}
		}
	}
	byTag := func(tag string, reverse bool) store.Query {
		return store.Query{Index: "tag", Equal: []any{tag, "s"}, Reverse: reverse, Limit: 2}
	}
	t.Run("drop", func(t *testing.T) {
		now := time.UnixMilli(5000).UTC()
		db := s.openAt(t, func() time.Time { return now })
		notes := newNotes(t, db)
		for _, tag := range []string{"p", "q"} {
			_, err := notes.Append(ctx, acme, "s", tagged3(tag)...)
			noError(t, err)
		}
		_, err := notes.Append(ctx, acme, "s", note{Entry: store.Entry{Meta: store.Meta{ID: "named"}}, Tags: []string{"x"}, Text: "b"})
		noError(t, err)
		_, err = notes.Append(ctx, bolt, "s", tagged3("p")...)
		noError(t, err)
		for _, c := range []struct {
			drop  []int64
			count int
			x     []int64
			p     []int64
		}{
			{[]int64{1, 1}, 1, []int64{2, 3, 4, 5, 6, 7}, []int64{3}}, // the first of its groups
			{[]int64{5, 99}, 1, []int64{2, 3, 4, 6, 7}, []int64{3}},   // one from the middle, and one that never was
			{[]int64{1, 5}, 0, []int64{2, 3, 4, 6, 7}, []int64{3}},    // again
			{[]int64{3, 4}, 2, []int64{2, 6, 7}, []int64{}},           // of two appends
			{[]int64{7}, 1, []int64{2, 6}, []int64{}},                 // at the head
		} {
			n, err := notes.Drop(ctx, acme, "s", c.drop...)
			if err != nil || n != c.count {
				t.Errorf("Drop(%v) = %d, %v, want %d", c.drop, n, err, c.count)
			}
			back := slices.Clone(c.x)
			slices.Reverse(back)
			for _, q := range []struct {
				name string
				q    store.Query
				want []int64
			}{
				{"along the stream", store.Query{Index: store.ByStream, Equal: []any{"s"}, Limit: 2}, c.x},
				{"along a group", byTag("x", false), c.x},
				{"back along a group", byTag("x", true), back},
				{"along another group", byTag("p", false), c.p},
			} {
				if diff := cmp.Diff(q.want, read(t, notes, q.q)); diff != "" {
					t.Errorf("after Drop(%v), %s (-want +got):\n%s", c.drop, q.name, diff)
				}
			}
			if n, err := notes.Count(ctx, acme, store.Query{Index: "tag", Equal: []any{"x"}}, 100); err != nil || n != len(c.x) {
				t.Errorf("after Drop(%v): Count = %d, %v, want %d", c.drop, n, err, len(c.x))
			}
			if n, err := notes.Count(ctx, acme, store.Query{}, 100); err != nil || n != len(c.x) {
				t.Errorf("after Drop(%v): %d names, %v, want %d", c.drop, n, err, len(c.x))
			}
			number, stored, err := notes.Head(ctx, acme, "s")
			if err != nil || number != 7 || !stored.Equal(now) {
				t.Errorf("after Drop(%v): Head = %d, %s, %v, want 7", c.drop, number, stored, err)
			}
			sound(t, db)
		}
		if n, err := notes.Count(ctx, bolt, store.Query{Index: "tag", Equal: []any{"x"}}, 100); err != nil || n != 3 {
			t.Errorf("the other town has %d, %v, want 3", n, err)
		}
		_, err = notes.Get(ctx, acme, "named")
		wantError(t, err, store.ErrNotFound)
		_, err = notes.AppendAfter(ctx, acme, "s", 6, note{})
		wantError(t, err, store.ErrConflict)
		// The number is not given again; the id is free.
		out, err := notes.AppendAfter(ctx, acme, "s", 7, note{Entry: store.Entry{Meta: store.Meta{ID: "named"}}, Tags: []string{"x"}})
		if err != nil || out[0].Number != 8 {
			t.Errorf("got %+v, %v, want number 8", out, err)
		}
		docs, err := notes.Read(ctx, acme, "s", 2, 500)
		if err != nil || len(docs) != 2 || docs[0].Number != 6 || docs[1].Number != 8 {
			t.Errorf("Read behind 2 = %+v, %v, want 6 and 8", docs, err)
		}
		_, err = notes.Drop(ctx, acme, "s", slices.Repeat([]int64{1}, store.MaxDocs+1)...)
		wantError(t, err, store.ErrTooLarge)
		sound(t, db)
	})
	t.Run("never given twice, also when all are gone", func(t *testing.T) {
		place := t.Name()
		db := s.e.Open(t, place, time.Now)
		notes := newNotes(t, db)
		_, err := notes.Append(ctx, acme, "s", tagged3("p")...)
		noError(t, err)
		n, err := notes.Drop(ctx, acme, "s", 1, 2, 3)
		if err != nil || n != 3 {
			t.Errorf("Drop = %d, %v, want 3", n, err)
		}
		_, err = notes.Last(ctx, acme, "s")
		wantError(t, err, store.ErrNotFound)
		noError(t, db.Close())
		db = s.e.Open(t, place, time.Now)
		t.Cleanup(func() { closeDB(t, db) })
		notes = newNotes(t, db)
		out, err := notes.Append(ctx, acme, "s", note{})
		if err != nil || out[0].Number != 4 {
			t.Errorf("got %+v, %v, want number 4", out, err)
		}
		sound(t, db)
	})
	t.Run("declared", func(t *testing.T) {
		place := t.Name()
		db := s.e.Open(t, place, time.Now)
		plain, err := store.NewStream[note](db, "notes", 1)
		noError(t, err)
		_, err = plain.Append(ctx, acme, "s", note{}, note{}, note{})
		noError(t, err)
		_, err = store.NewThinned[note](db, "notes", 1)
		wantError(t, err, store.ErrDeclared)
		noError(t, db.Close())
		db = s.e.Open(t, place, time.Now) // a later version
		notes, err := store.NewThinned[note](db, "notes", 1)
		noError(t, err)
		_, err = notes.Drop(ctx, acme, "s", 2)
		noError(t, err)
		sound(t, db)
		noError(t, db.Close())
		db = s.e.Open(t, place, time.Now)
		t.Cleanup(func() { closeDB(t, db) })
		_, err = store.NewStream[note](db, "notes", 1)
		wantError(t, err, store.ErrDeclared)
	})
	t.Run("while others append and read", func(t *testing.T) {
		s.needs(t, Visibility)
		db := s.open(t)
		notes := newNotes(t, db)
		const writers, each = 4, 40
		var writing, others sync.WaitGroup
		done := make(chan struct{})
		var dropped atomic.Int64
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					if _, err := notes.Append(ctx, acme, "s", tagged3(fmt.Sprint((w+i)%3))...); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for parity := range int64(2) {
			others.Go(func() { // two drop all that is not divisible by five, behind the writers
				for at := int64(0); ; {
					all := false // has been appended, before this reading
					select {
					case <-done:
						all = true
					default:
					}
					docs, err := notes.Read(ctx, acme, "s", at, 20)
					if err != nil {
						t.Error(err)
						return
					}
					var numbers []int64
					for _, n := range docs {
						if at = n.Number; at%5 != 0 && at%2 == parity {
							numbers = append(numbers, at)
						}
					}
					n, err := notes.Drop(ctx, acme, "s", numbers...)
					if err != nil || n != len(numbers) {
						t.Errorf("Drop(%v) = %d, %v", numbers, n, err)
						return
					}
					dropped.Add(int64(n))
					if all && len(docs) == 0 {
						return
					}
				}
			})
		}
		others.Go(func() { // whoever follows the stream or a group sees what stays, once and in order
			for _, q := range []store.Query{{Index: store.ByStream, Equal: []any{"s"}}, {Index: "tag", Equal: []any{"x", "s"}}} {
				last, kept := int64(0), int64(0)
				for {
					q.From, q.Limit = last+1, 7
					head, _, err := notes.Head(ctx, acme, "s")
					if err != nil {
						t.Error(err)
						return
					}
					page, err := notes.Find(ctx, acme, q)
					if err != nil {
						t.Error(err)
						return
					}
					for _, n := range page.Docs {
						if n.Number <= last {
							t.Errorf("%d is behind %d", n.Number, last)
						}
						if last = n.Number; last%5 == 0 {
							if kept++; kept*5 != last {
								t.Errorf("the reader met %d as the %d. of those that stay", last, kept)
							}
						}
					}
					if head == writers*each*3 && len(page.Docs) == 0 {
						break
					}
				}
			}
		})
		writing.Wait()
		close(done)
		others.Wait()
		if head, _, err := notes.Head(ctx, acme, "s"); err != nil || head != writers*each*3 {
			t.Errorf("Head = %d, %v, want %d", head, err, writers*each*3)
		}
		if want := int64(writers * each * 3 * 4 / 5); dropped.Load() != want {
			t.Errorf("%d were dropped, want %d", dropped.Load(), want)
		}
		sound(t, db)
	})
	t.Run("model", func(t *testing.T) {
		db := s.open(t)
		notes := newNotes(t, db)
		var run atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			if s.e.Lacks[Volume] != "" && run.Load() >= 15 {
				return // a slow stand-in
			}
			name := fmt.Sprint("s", run.Add(1))
			kept, head := map[int64][]string{}, int64(0)
			for range rapid.IntRange(1, 12).Draw(rt, "writes") {
				if rapid.Bool().Draw(rt, "drop") && head > 0 {
					numbers := rapid.SliceOfN(rapid.Int64Range(1, head+1), 1, 6).Draw(rt, "numbers")
					want := 0
					for _, n := range numbers {
						if _, there := kept[n]; there {
							want++
							delete(kept, n)
						}
					}
					if n, err := notes.Drop(t.Context(), acme, name, numbers...); err != nil || n != want {
						rt.Fatalf("Drop(%v) = %d, %v, want %d", numbers, n, err, want)
					}
					continue
				}
				docs := make([]note, rapid.IntRange(1, 6).Draw(rt, "docs"))
				for i := range docs {
					docs[i].Tags = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID[string]).Draw(rt, "tags")
					head++
					kept[head] = docs[i].Tags
				}
				if _, err := notes.Append(t.Context(), acme, name, docs...); err != nil {
					rt.Fatal(err)
				}
			}
			for _, tag := range []string{"a", "b", "c"} {
				from := rapid.Int64Range(0, head+1).Draw(rt, "from")
				reverse := rapid.Bool().Draw(rt, "reverse")
				want, got := []int64{}, []int64{}
				for n, tags := range kept {
					if n >= from && slices.Contains(tags, tag) {
						want = append(want, n)
					}
				}
				slices.Sort(want)
				if reverse {
					slices.Reverse(want)
				}
				q := store.Query{Index: "tag", Equal: []any{tag, name}, From: from, Reverse: reverse, Limit: rapid.IntRange(1, 4).Draw(rt, "limit")}
				err := notes.Each(t.Context(), acme, q, func(n note) error { got = append(got, n.Number); return nil })
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatalf("%s from %d, reverse %t (-model +engine):\n%s", tag, from, reverse, diff)
				}
			}
			last, err := notes.Last(t.Context(), acme, name)
			if len(kept) == 0 != errors.Is(err, store.ErrNotFound) || err == nil && kept[last.Number] == nil && len(last.Tags) > 0 {
				rt.Fatalf("Last = %+v, %v", last, err)
			}
		})
		sound(t, db)
	})
}
