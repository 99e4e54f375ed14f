// Package lrstest holds what proves that the record store keeps the specification, requirement by requirement, and gives
// the tests of other rooms a store of their own.
package lrstest

import (
	"bytes"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/lrs"
)

// Home is the public address of the platform under test.
const Home = "https://town.example"

// Open returns a record store over an empty embedded engine, with the clock of the machine.
func Open(t testing.TB) *lrs.Service { return OpenOn(t, storetest.Open(t), time.Now) }

// OpenOn returns a record store over a database.
func OpenOn(t testing.TB, db *store.DB, now func() time.Time) *lrs.Service {
	t.Helper()
	s, err := lrs.New(lrs.Config{DB: db, Now: now, NewID: id.Random, NewSecret: id.Secret, PublicURL: Home, BrowserKey: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
