package pebblestore_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
	"palestra/internal/store/storetest"
)

// disks are folders in memory, by name.
type disks struct {
	waiting int // Options.Waiting
	mu      sync.Mutex
	all     map[string]*vfs.MemFS // guarded by mu
}

func (d *disks) open(t testing.TB, place string, now func() time.Time) *store.DB {
	t.Helper()
	d.mu.Lock()
	fs, ok := d.all[place]
	if !ok {
		fs = vfs.NewMem()
		d.all[place] = fs
	}
	d.mu.Unlock()
	db, err := pebblestore.Open("db", pebblestore.Options{Now: now, FS: fs, Cache: 1 << 20, Waiting: d.waiting})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, waiting := range []int{0, 1, 40} {
		t.Run(fmt.Sprint("waiting=", waiting), func(t *testing.T) {
			t.Parallel()
			d := disks{all: map[string]*vfs.MemFS{}, waiting: waiting}
			storetest.Run(t, storetest.Engine{Open: d.open})
		})
	}
}
