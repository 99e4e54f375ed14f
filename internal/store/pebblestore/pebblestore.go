// Package pebblestore is the embedded engine of the document store: ordered keys in Pebble, in this process, in one
// folder that only one process can open.
//
// Documents are BSON under their primary key. Each index entry is a key without a value whose last part is the
// document's id, so that a query is a walk over neighbouring keys. A write takes the collection's lock, checks revisions
// and unique keys, and hands one batch to Pebble; the lock is released before the log reaches the disk, and the call
// returns after it has. Writers that wait at the same moment share one sync (group commit). Since the log is written in the order
// of the locks, what a writer has seen is on the disk before what it writes.
package pebblestore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/store"
)

// Options say how the engine runs. Now is required.
type Options struct {
	Now     func() time.Time
	Log     *slog.Logger // nil: silent
	FS      vfs.FS       // nil: the disk
	Cache   int64        // bytes of the block cache; 0: 128 MiB
	MinFree uint64       // bytes that must stay free on the disk, or writes answer store.ErrFull; 0: 64 MiB
	Waiting int          // entries of streams, of each collection, that are written together; 0: 65,536
}

// ErrInUse means that another process has opened the folder: ask that one.
var ErrInUse = errors.New("pebblestore: another process is using this folder")

const (
	defaultCache   = 128 << 20 // at most, as it is filled; the tables in memory are counted among it
	defaultMinFree = 64 << 20
	memTable       = 32 << 20 // at most: it begins small and doubles
	separate       = 512      // bytes from which a document is kept apart from the keys, so that levels do not copy it
	askDisk        = 64       // writes between two looks at the free space
)

// format is what this program writes. A folder of a newer Pebble format is refused by Pebble itself.
const format = pebble.FormatValueSeparation

type engine struct {
	db      *pebble.DB
	log     *slog.Logger
	fs      vfs.FS
	path    string
	minFree uint64
	waiting int
	towns   *towns
	writes  atomic.Uint64
	full    atomic.Bool
	writers sync.WaitGroup // of entries that waited

	mu          sync.RWMutex           // held for reading by every call
	collections map[string]*collection // by name; guarded by mu
	stored      map[string]*collection // what the catalogue says, declared by now or not, by name; guarded by mu
	closed      bool                   // guarded by mu
}

// Open opens the folder, making it if there is none.
func Open(path string, o Options) (*store.DB, error) {
	if o.Now == nil {
		return nil, fmt.Errorf("pebblestore.Open: no clock")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Cache == 0 {
		o.Cache = defaultCache
	}
	if o.MinFree == 0 {
		o.MinFree = defaultMinFree
	}
	if o.Waiting == 0 {
		o.Waiting = defaultWaiting
	}
	cache := pebble.NewCache(o.Cache)
	defer cache.Unref()
	options := &pebble.Options{
		Cache:              cache,
		FS:                 o.FS,
		FormatMajorVersion: format,
		Logger:             logger{o.Log},
		MemTableSize:       memTable,
	}
	options.Experimental.ValueSeparationPolicy = func() pebble.ValueSeparationPolicy {
		return pebble.ValueSeparationPolicy{Enabled: true, MinimumSize: separate, MaxBlobReferenceDepth: 10, RewriteMinimumAge: 5 * time.Minute, TargetGarbageRatio: 0.3}
	}
	for i := range options.Levels {
		options.Levels[i].FilterPolicy = bloom.FilterPolicy(10) // most ids that Insert looks for do not exist
	}
	db, err := pebble.Open(path, options)
	if errors.Is(err, syscall.EAGAIN) { // the lock file
		return nil, fmt.Errorf("pebblestore.Open: %s: %w: %w", path, ErrInUse, err)
	}
	if err != nil {
		return nil, fmt.Errorf("pebblestore.Open: %s: %w", path, err)
	}
	e := &engine{db: db, log: o.Log, fs: o.FS, path: path, minFree: o.MinFree, waiting: o.Waiting, collections: map[string]*collection{}}
	if err := e.checkFormat(); err != nil {
		return nil, fmt.Errorf("pebblestore.Open: %s: %w", path, closing(db, err))
	}
	if e.towns, err = loadTowns(db); err != nil {
		return nil, fmt.Errorf("pebblestore.Open: %s: %w", path, closing(db, err))
	}
	if e.stored, err = catalog(db); err != nil {
		return nil, fmt.Errorf("pebblestore.Open: %s: %w", path, closing(db, err))
	}
	return store.New(e, o.Now), nil
}

func closing(db *pebble.DB, err error) error {
	if err2 := db.Close(); err2 != nil {
		return fmt.Errorf("%w; and closing: %w", err, err2)
	}
	return err
}

// Close waits for the calls under way and closes the folder.
func (e *engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	var err error
	for _, col := range e.collections {
		err = errors.Join(err, e.settleLocked(col))
	}
	e.writers.Wait()
	if err = errors.Join(err, e.db.Close()); err != nil {
		return fmt.Errorf("pebblestore.Close: %w", err)
	}
	return nil
}

// enter begins a call and returns what to do at its end.
func (e *engine) enter(ctx context.Context, c *store.Collection) (*collection, func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	e.mu.RLock()
	if e.closed {
		e.mu.RUnlock()
		return nil, nil, store.ErrClosed
	}
	col, ok := e.collections[c.Name]
	if !ok {
		e.mu.RUnlock()
		return nil, nil, fmt.Errorf("pebblestore: %s is not declared", c.Name)
	}
	return col, e.mu.RUnlock, nil
}

// room refuses writes when the disk is nearly full: Pebble itself cannot go on when its log meets the end.
func (e *engine) room() error {
	if e.writes.Add(1)%askDisk == 1 {
		usage, err := e.fs.GetDiskUsage(e.path)
		e.full.Store(err == nil && usage.AvailBytes < e.minFree)
	}
	if e.full.Load() {
		e.writes.Store(0) // ask again with the next write
		return store.ErrFull
	}
	return nil
}

// logger passes Pebble's words on. Its everyday ones are for debugging.
type logger struct{ log *slog.Logger }

// Infof implements pebble.Logger.
func (l logger) Infof(format string, args ...any) {
	l.log.Debug("pebble", "text", fmt.Sprintf(format, args...))
}

// Errorf implements pebble.Logger.
func (l logger) Errorf(format string, args ...any) {
	l.log.Error("pebble", "text", fmt.Sprintf(format, args...))
}

// Fatalf implements pebble.Logger. Pebble calls it when it cannot promise durability any more, and expects it not to
// return: going on would acknowledge what is not stored.
func (l logger) Fatalf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	l.log.Error("pebble cannot go on", "text", text)
	panic("pebblestore: " + text)
}
