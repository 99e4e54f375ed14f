package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/store"
)

// archives proves that a dump of this engine can be restored into the embedded one and back, whole.
func (s suite) archives(t *testing.T) {
	ctx := t.Context()
	fill := func(t *testing.T, db *store.DB) {
		t.Helper()
		books := newBooks(t, db)
		courses, err := store.NewShared[course](db, "courses", 1, store.On("name", store.Str("name")))
		noError(t, err)
		persons, err := store.NewGlobal[looseBook](db, "persons", 3)
		noError(t, err)
		_, err = store.NewGlobal[looseBook](db, "nothing", 1)
		noError(t, err)
		events := newEvents(t, db)
		for i := range 700 {
			if i%100 == 0 {
				docs := make([]book, 100)
				for j := range docs {
					docs[j] = aBook(fmt.Sprint(i + j))
					docs[j].Tags = []string{"x", fmt.Sprint(j % 3)}
					docs[j].More = map[string]any{"n": j, "f": 0.5, "list": []any{"a", int64(j)}}
				}
				noError(t, books.Insert(ctx, []string{acme, bolt}[i/100%2], docs...))
			}
		}
		noError(t, courses.Insert(ctx, acme, course{SharedMeta: store.SharedMeta{Meta: store.Meta{ID: "c"}, Towns: []string{bolt}}, Name: "n"}))
		noError(t, persons.Insert(ctx, looseBook{Meta: store.Meta{ID: "ada@example.org"}}))
		notes := newNotes(t, db)
		for _, org := range []string{acme, bolt} {
			_, err := notes.Append(ctx, org, "n", make([]note, 6)...)
			noError(t, err)
			_, err = notes.Drop(ctx, org, "n", 2, 6) // a gap, and the head's own document
			noError(t, err)
		}
		_, err = notes.Append(ctx, acme, "gone", make([]note, 2)...)
		noError(t, err)
		_, err = notes.Drop(ctx, acme, "gone", 1, 2)
		noError(t, err)
		for i := range 5 {
			_, err := events.Append(ctx, acme, fmt.Sprint("s", i%2), event{Text: "a"}, event{Text: "b"})
			noError(t, err)
		}
	}
	// look compares two stores through their handles.
	look := func(t *testing.T, db *store.DB) {
		t.Helper()
		books, events := newBooks(t, db), newEvents(t, db)
		courses, err := store.NewShared[course](db, "courses", 1, store.On("name", store.Str("name")))
		noError(t, err)
		for org, want := range map[string]int{acme: 400, bolt: 300} {
			if n, err := books.Count(ctx, org, store.Query{Index: "tag", Equal: []any{"x"}}, 1000); err != nil || n != want {
				t.Errorf("%s: got %d books, %v, want %d", org, n, err, want)
			}
			if _, err := courses.Get(ctx, org, "c"); err != nil {
				t.Errorf("%s does not see the course: %v", org, err)
			}
		}
		out, err := events.AppendAfter(ctx, acme, "s0", 6, event{})
		if err != nil || out[0].Number != 7 {
			t.Errorf("appending to a restored stream: %+v, %v, want number 7", out, err)
		}
		notes := newNotes(t, db)
		for _, at := range []struct {
			org, stream string
			want        int64
		}{{acme, "n", 7}, {bolt, "n", 7}, {acme, "gone", 3}} {
			out, err := notes.Append(ctx, at.org, at.stream, note{})
			if err != nil || out[0].Number != at.want {
				t.Errorf("appending to the restored stream %s of %s: %+v, %v, want number %d: no number is given twice", at.stream, at.org, out, err, at.want)
			}
		}
		sound(t, db)
	}
	t.Run("there and back", func(t *testing.T) {
		db := s.open(t)
		fill(t, db)
		var archive bytes.Buffer
		wrote, err := db.Dump(ctx, &archive)
		noError(t, err)
		names := ""
		for _, c := range wrote.Collections {
			names += fmt.Sprint(c.Name, " ", c.Docs, ", ")
		}
		if want := "books 700, courses 1, events 10, notes 8, nothing 0, persons 1, "; names != want || wrote.Total.Docs != 720 {
			t.Errorf("got %s%d in all, want %s720 in all", names, wrote.Total.Docs, want)
		}
		checked, err := store.VerifyArchive(bytes.NewReader(archive.Bytes()))
		noError(t, err)
		if diff := cmp.Diff(wrote, checked); diff != "" {
			t.Errorf("VerifyArchive (-dumped +read):\n%s", diff)
		}
		embedded := Open(t)
		restored, err := embedded.Restore(ctx, bytes.NewReader(archive.Bytes()))
		noError(t, err)
		if diff := cmp.Diff(wrote, restored); diff != "" {
			t.Errorf("Restore (-dumped +restored):\n%s", diff)
		}
		back := s.e.Open(t, t.Name()+" back", time.Now)
		t.Cleanup(func() { closeDB(t, back) })
		returned, err := store.Migrate(ctx, embedded, back)
		noError(t, err)
		if diff := cmp.Diff(wrote.Total, returned.Total); diff != "" {
			t.Errorf("Migrate (-dumped +returned):\n%s", diff)
		}
		look(t, embedded)
		look(t, back)
	})
	t.Run("refused", func(t *testing.T) {
		db := s.open(t)
		fill(t, db)
		var archive bytes.Buffer
		_, err := db.Dump(ctx, &archive)
		noError(t, err)
		whole := archive.Bytes()
		_, err = db.Restore(ctx, bytes.NewReader(whole))
		wantError(t, err, store.ErrDeclared)
		for name, c := range map[string]struct {
			archive []byte
			want    error
		}{
			"empty":          {nil, store.ErrArchive},
			"something else": {[]byte("%PDF-1.7\n"), store.ErrArchive},
			"newer":          {bytes.Replace(whole, []byte("backup 2"), []byte("backup 3"), 1), store.ErrNewer},
			"cut in half":    {whole[:len(whole)/2], store.ErrArchive},
			"cut at its end": {whole[:len(whole)-1], store.ErrArchive},
			"changed":        {changed(whole, len(whole)/2), store.ErrArchive},
			"only a line":    {[]byte("palestra backup 1\n"), store.ErrArchive},
		} {
			_, err := store.VerifyArchive(bytes.NewReader(c.archive))
			if wantError(t, err, c.want); err == nil {
				t.Errorf("an archive that is %s is accepted", name)
			}
		}
		noError(t, db.Close())
		full := s.open(t)
		if _, err = full.Restore(ctx, bytes.NewReader(whole)); err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("got %v, want a refusal of a store that is not empty", err)
		}
	})
	t.Run("while others write", func(t *testing.T) {
		db := s.open(t)
		events := newEvents(t, db)
		books := newBooks(t, db)
		_, err := events.Append(ctx, acme, "s", event{})
		noError(t, err)
		noError(t, books.Insert(ctx, acme, aBook("a")))
		done, writer := make(chan struct{}), make(chan error, 1)
		go func() {
			for {
				select {
				case <-done:
					writer <- nil
					return
				default:
				}
				// The book never has more pages than the stream has events.
				if _, err := events.Append(ctx, acme, "s", event{}); err != nil {
					writer <- err
					return
				}
				if _, err := books.Update(ctx, acme, "a", func(b *book) error { b.Pages++; return nil }); err != nil {
					writer <- err
					return
				}
			}
		}()
		for range 5 {
			var archive bytes.Buffer
			_, err := db.Dump(ctx, &archive)
			noError(t, err)
			copied := Open(t)
			_, err = copied.Restore(ctx, &archive)
			noError(t, err)
			head, _, err := newEvents(t, copied).Head(ctx, acme, "s")
			noError(t, err)
			b, err := newBooks(t, copied).Get(ctx, acme, "a")
			noError(t, err)
			if b.Pages > head || b.Pages < head-2 {
				t.Errorf("the view is not of one moment: %d pages, %d events", b.Pages, head)
			}
			sound(t, copied)
		}
		close(done)
		noError(t, <-writer)
	})
}

// changed returns a copy with one bit turned.
func changed(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}
