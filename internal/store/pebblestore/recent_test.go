package pebblestore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
)

// openLines opens a store with one stream collection whose entries all wait in memory.
func openLines(t *testing.T, fs vfs.FS, indexes ...store.Index) (*store.DB, *store.Stream[logged]) {
	t.Helper()
	db, err := pebblestore.Open("db", pebblestore.Options{Now: time.Now, FS: fs, Cache: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := store.NewStream[logged](db, "log", 1, indexes...)
	if err != nil {
		t.Fatal(err)
	}
	return db, lines
}

func appendLines(t *testing.T, lines *store.Stream[logged], from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if _, err := lines.Append(t.Context(), crashTown, crashStream, logged{Writer: fmt.Sprint(i % 3), Tags: []string{"all", fmt.Sprint(i)}}); err != nil {
			t.Fatal(err)
		}
	}
}

func wantLines(t *testing.T, lines *store.Stream[logged], index, value string, want int) {
	t.Helper()
	n, err := lines.Count(t.Context(), crashTown, store.Query{Index: index, Equal: []any{value, crashStream}}, 1000)
	if err != nil || n != want {
		t.Errorf("%s %s: found %d, %v; want %d", index, value, n, err, want)
	}
}

func wantSound(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Check(t.Context(), func(p store.Problem) { t.Errorf("%s: %s", p.Collection, p.Text) }); err != nil {
		t.Error(err)
	}
}

// TestEntriesOfALostMemory begins a new index over documents whose other entries were in the memory of a process that died.
func TestEntriesOfALostMemory(t *testing.T) {
	t.Parallel()
	fs := vfs.NewCrashableMem()
	db, lines := openLines(t, fs, store.On("writer", store.Str("writer")))
	appendLines(t, lines, 0, 30)
	dead := fs.CrashClone(vfs.CrashCloneCfg{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, lines = openLines(t, dead, store.On("writer", store.Str("writer")), store.On("tag", store.Str("tags").Each()))
	wantLines(t, lines, "writer", "1", 10)
	wantLines(t, lines, "tag", "all", 30)
	appendLines(t, lines, 30, 33)
	wantLines(t, lines, "writer", "1", 11)
	wantLines(t, lines, "tag", "all", 33)
	wantLines(t, lines, "tag", "31", 1)
	wantSound(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestLayout2 opens a folder of the version before, in which no entries waited.
func TestLayout2(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	db, lines := openLines(t, fs, store.On("writer", store.Str("writer")))
	appendLines(t, lines, 0, 9)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := pebble.Open("db", &pebble.Options{FS: fs, FormatMajorVersion: pebble.FormatValueSeparation})
	if err != nil {
		t.Fatal(err)
	}
	mustDo(t, raw.DeleteRange([]byte{0x07}, []byte{0x08}, nil))
	mustDo(t, raw.Set([]byte{0x00}, []byte("2"), nil))
	mustDo(t, raw.Close())
	for from := 9; from < 15; from += 3 {
		db, lines = openLines(t, fs, store.On("writer", store.Str("writer")))
		appendLines(t, lines, from, from+3)
		wantLines(t, lines, "writer", "1", from/3+1)
		wantSound(t, db)
		mustDo(t, db.Close())
	}
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
