package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"palestra/internal/store"
)

type event struct {
	store.Entry `bson:",inline"`
	Text        string `bson:"text"`
	Before      []byte `bson:"before"` // the hash of the event before
}

func (e event) hash() []byte {
	h := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %x", e.Number, e.ID, e.Text, e.Before))
	return h[:]
}

func newEvents(t *testing.T, db *store.DB) *store.Stream[event] {
	t.Helper()
	events, err := store.NewStream[event](db, "events", 1, store.On("text", store.Str("text")))
	noError(t, err)
	return events
}

func (s suite) streams(t *testing.T) {
	ctx := t.Context()
	t.Run("numbers", func(t *testing.T) {
		now := time.UnixMilli(1000).UTC()
		db := s.openAt(t, func() time.Time { return now })
		events := newEvents(t, db)
		number, stored, err := events.Head(ctx, acme, "a")
		if err != nil || number != 0 || !stored.IsZero() {
			t.Errorf("Head of an empty stream = %d, %s, %v", number, stored, err)
		}
		_, err = events.Last(ctx, acme, "a")
		wantError(t, err, store.ErrNotFound)
		for i, c := range []struct {
			org, stream string
			clock       int64
			docs        int
			first       int64
			stored      int64
		}{
			{acme, "a", 1000, 1, 1, 1000},
			{acme, "a", 2000, 3, 2, 2000},
			{acme, "a", 1500, 2, 5, 2000}, // the clock goes back; Stored does not
			{acme, "b", 1500, 1, 1, 1500},
			{bolt, "a", 900, 2, 1, 900},
			{acme, "a", 3000, 1, 7, 3000},
			{acme, "a/", 3000, 1, 1, 3000},
		} {
			now = time.UnixMilli(c.clock)
			docs := make([]event, c.docs)
			for j := range docs {
				docs[j].Text = fmt.Sprint(i, j)
			}
			out, err := events.Append(ctx, c.org, c.stream, docs...)
			noError(t, err)
			for j, e := range out {
				if e.Number != c.first+int64(j) || e.Stored.UnixMilli() != c.stored || e.Stream != c.stream || e.Rev != 1 || e.Text != fmt.Sprint(i, j) {
					t.Errorf("append %d: got %+v, want number %d, stored %d", i, e, c.first+int64(j), c.stored)
				}
				got, err := events.Get(ctx, c.org, e.ID)
				if err != nil || got.Number != e.Number || !got.Stored.Equal(e.Stored) {
					t.Errorf("append %d: Get = %+v, %v, want %+v", i, got, err, e)
				}
			}
			last, err := events.Last(ctx, c.org, c.stream)
			noError(t, err)
			number, stored, err := events.Head(ctx, c.org, c.stream)
			if err != nil || number != last.Number || !stored.Equal(last.Stored) || number != c.first+int64(c.docs)-1 {
				t.Errorf("append %d: Head = %d, %s, %v, Last is %+v", i, number, stored, err, last)
			}
		}
		for _, c := range []struct {
			after int64
			limit int
			want  string
		}{{0, 3, "123"}, {3, 2, "45"}, {3, 100, "4567"}, {7, 5, ""}, {100, 5, ""}} {
			docs, err := events.Read(ctx, acme, "a", c.after, c.limit)
			noError(t, err)
			got := ""
			for _, e := range docs {
				got += fmt.Sprint(e.Number)
			}
			if got != c.want {
				t.Errorf("Read(%d, %d) = %q, want %q", c.after, c.limit, got, c.want)
			}
		}
		if n, err := events.Count(ctx, acme, store.Query{Index: "text"}, 100); err != nil || n != 9 {
			t.Errorf("Count = %d, %v, want 9", n, err)
		}
		sound(t, db)
	})
	t.Run("refused", func(t *testing.T) {
		db := s.open(t)
		events := newEvents(t, db)
		named := func(id string) event { return event{Entry: store.Entry{Meta: store.Meta{ID: id}}} }
		_, err := events.Append(ctx, acme, "a", named("x"))
		noError(t, err)
		_, err = events.Append(ctx, acme, "b", named("x"))
		wantError(t, err, store.ErrDuplicate)
		_, err = events.AppendAfter(ctx, acme, "a", 0, named("y"))
		wantError(t, err, store.ErrConflict)
		_, err = events.AppendAfter(ctx, acme, "a", 2, named("y"))
		wantError(t, err, store.ErrConflict)
		_, err = events.AppendAfter(ctx, acme, "a", -1, named("y"))
		wantError(t, err, store.ErrConflict)
		_, err = events.Append(ctx, acme, "", named("y"))
		wantError(t, err, store.ErrInvalid)
		_, err = events.Append(ctx, acme, "a", make([]event, store.MaxDocs+1)...)
		wantError(t, err, store.ErrTooLarge)
		if s.e.Lacks[Atomic] == "" {
			_, err = events.Append(ctx, acme, "a", named("y"), named("x"))
			wantDuplicate(t, err, "", "x")
			_, err = events.Get(ctx, acme, "y")
			wantError(t, err, store.ErrNotFound)
			out, err := events.AppendAfter(ctx, acme, "a", 1, named("y")) // no number was lost
			if err != nil || out[0].Number != 2 {
				t.Errorf("got %+v, %v, want number 2", out, err)
			}
		}
		sound(t, db)
	})
	t.Run("visible in order", func(t *testing.T) {
		s.needs(t, Visibility)
		db := s.open(t)
		events := newEvents(t, db)
		const writers, each = 8, 40
		var writing, reading sync.WaitGroup
		done := make(chan struct{})
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					docs := make([]event, 1+(w+i)%3)
					out, err := events.Append(ctx, acme, "s", docs...)
					if err != nil {
						t.Error(err)
						return
					}
					for j := range out[1:] {
						if out[j+1].Number != out[j].Number+1 {
							t.Errorf("one append got %d and %d", out[j].Number, out[j+1].Number)
						}
					}
				}
			})
		}
		for range 2 {
			reading.Go(func() {
				var last event
				for {
					select {
					case <-done:
						return
					default:
					}
					head, _, err := events.Head(ctx, acme, "s")
					if err != nil {
						t.Error(err)
						return
					}
					docs, err := events.Read(ctx, acme, "s", last.Number, 100)
					if err != nil {
						t.Error(err)
						return
					}
					for _, e := range docs {
						if e.Number != last.Number+1 {
							t.Errorf("%d is visible behind %d", e.Number, last.Number)
						}
						if e.Stored.Before(last.Stored) {
							t.Errorf("%d was stored before %d", e.Number, last.Number)
						}
						last = e
					}
					if len(docs) < 100 && last.Number < head {
						t.Errorf("the head was %d, only %d is visible", head, last.Number)
					}
				}
			})
		}
		writing.Wait()
		close(done)
		reading.Wait()
		want := int64(0)
		for w := range writers {
			for i := range each {
				want += int64(1 + (w+i)%3)
			}
		}
		if head, _, err := events.Head(ctx, acme, "s"); err != nil || head != want {
			t.Errorf("Head = %d, %v, want %d", head, err, want)
		}
		sound(t, db)
	})
	t.Run("chains", func(t *testing.T) {
		db := s.open(t)
		events := newEvents(t, db)
		const writers, each = 4, 15
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					if err := link(ctx, events, fmt.Sprint(w, i)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
		docs, err := events.Read(ctx, acme, "chain", 0, 500)
		noError(t, err)
		if len(docs) != writers*each {
			t.Errorf("got %d links, want %d", len(docs), writers*each)
		}
		for i := range docs[1:] {
			if string(docs[i+1].Before) != string(docs[i].hash()) {
				t.Errorf("%d does not follow %d", docs[i+1].Number, docs[i].Number)
			}
		}
	})
	t.Run("one duplicate among many", func(t *testing.T) {
		s.needs(t, Atomic)
		db := s.open(t)
		events := newEvents(t, db)
		_, err := events.Append(ctx, acme, "s", event{Entry: store.Entry{Meta: store.Meta{ID: "taken"}}})
		noError(t, err)
		var writing sync.WaitGroup
		for w := range 12 {
			writing.Go(func() {
				id := fmt.Sprint("free", w)
				if w%3 == 0 {
					id = "taken"
				}
				_, err := events.Append(ctx, acme, "s", event{Entry: store.Entry{Meta: store.Meta{ID: id}}})
				if errors.Is(err, store.ErrDuplicate) != (id == "taken") || id != "taken" && err != nil {
					t.Errorf("%s: got error %v", id, err)
				}
			})
		}
		writing.Wait()
		if head, _, err := events.Head(ctx, acme, "s"); err != nil || head != 9 {
			t.Errorf("Head = %d, %v, want 9", head, err)
		}
		sound(t, db)
	})
}

// link appends an event that holds the hash of the event before.
func link(ctx context.Context, events *store.Stream[event], text string) error {
	for {
		last, err := events.Last(ctx, acme, "chain")
		next := event{Text: text}
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		default:
			next.Before = last.hash()
		}
		_, err = events.AppendAfter(ctx, acme, "chain", last.Number, next)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// writers proves what happens when several write at once.
func (s suite) writers(t *testing.T) {
	ctx := t.Context()
	t.Run("of one document", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		noError(t, books.Insert(ctx, acme, aBook("a")))
		const writers, each = 8, 25
		var writing sync.WaitGroup
		for range writers {
			writing.Go(func() {
				for range each {
					if _, err := books.Update(ctx, acme, "a", func(b *book) error { b.Pages++; return nil }); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
		got, err := books.Get(ctx, acme, "a")
		if err != nil || got.Pages != writers*each || got.Rev != writers*each+1 {
			t.Errorf("got %d pages, revision %d, %v; want %d", got.Pages, got.Rev, err, writers*each)
		}
		sound(t, db)
	})
	t.Run("of one id", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		s.race(t, func(w int) error { return books.Insert(ctx, acme, aBook("same")) })
		sound(t, db)
	})
	t.Run("of one unique key", func(t *testing.T) {
		s.needs(t, Unique)
		db := s.open(t)
		books := newBooks(t, db, store.On("note", store.Str("note")).AsUnique())
		s.race(t, func(w int) error {
			b := aBook(fmt.Sprint(w))
			b.Note = "same"
			return books.Insert(ctx, acme, b)
		})
		sound(t, db)
	})
	t.Run("of everything", func(t *testing.T) {
		db := s.open(t)
		books := newBooks(t, db)
		var writing sync.WaitGroup
		for w := range 6 {
			writing.Go(func() {
				for i := range 40 {
					id := fmt.Sprint((w*7 + i*3) % 10)
					b := aBook(id)
					b.Pages, b.Tags = int64(i%4), []string{"x", fmt.Sprint(i % 3)}
					var err error
					switch (w + i) % 4 {
					case 0, 1:
						err = books.Insert(ctx, acme, b)
					case 2:
						_, err = books.Update(ctx, acme, id, func(old *book) error {
							old.Pages, old.Tags = b.Pages, b.Tags
							return nil
						})
					case 3:
						err = books.Delete(ctx, acme, id)
					}
					if err != nil && !errors.Is(err, store.ErrDuplicate) && !errors.Is(err, store.ErrNotFound) {
						t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
		sound(t, db)
	})
}

// race lets eight write what only one can, and wants one winner and seven duplicates.
func (s suite) race(t *testing.T, write func(w int) error) {
	t.Helper()
	errs := make([]error, 8)
	var writing sync.WaitGroup
	for w := range errs {
		writing.Go(func() { errs[w] = write(w) })
	}
	writing.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("got error %v, want a duplicate", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won, want 1", won)
	}
}
