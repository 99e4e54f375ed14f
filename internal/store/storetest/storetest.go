// Package storetest proves that an engine keeps the contract of package store, and gives the tests of other rooms an
// engine of their own.
package storetest

import (
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
)

// Open returns an empty embedded engine in memory, which is closed at the end of the test. Times are those of the
// machine.
func Open(t testing.TB) *store.DB { return OpenAt(t, time.Now) }

// OpenAt is Open with a clock.
func OpenAt(t testing.TB, now func() time.Time) *store.DB {
	t.Helper()
	db, err := pebblestore.Open("db", pebblestore.Options{Now: now, FS: vfs.NewMem(), Cache: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return db
}
