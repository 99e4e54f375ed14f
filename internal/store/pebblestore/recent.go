package pebblestore

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// What appends add to grouped indexes waits in memory until there is much of it, and is then written sorted and together:
// most of what an entry costs it would otherwise cost again with each append. Nothing is lost with the memory. The
// documents are in the log before an append returns, and for each stream a key says up to which number its entries are
// written; what is behind it is made again from the documents when the collection is declared. A walk takes what is on the
// disk up to that number, and what is behind it from here.
type recent struct {
	mu    sync.RWMutex
	young *generation   // what appends add to; guarded by mu
	old   *generation   // what is being written, nil if nothing is; guarded by mu
	drops int           // grows before documents are dropped; guarded by mu
	done  chan struct{} // closed when old is written; guarded by the collection's lock
}

const (
	defaultWaiting = 1 << 16 // Options.Waiting
	batches        = 1 << 5  // in which a generation is written: those of appends become visible behind them
	maxGroup       = 1 << 8  // numbers in one entry: a walk reads it whole
)

// generation is the entries of some appends that followed one another.
type generation struct {
	runs    map[string]*run  // by the entry without its number
	places  map[string]place // by indexedKey
	entries int
}

type run struct {
	numbers []int64 // rising; only ever appended to, so that readers may keep it
	few     [3]int64
}

// place is from where to where a generation has the entries of one stream.
type place struct{ since, upTo int64 } // exclusive, inclusive

func newGeneration() *generation {
	return &generation{runs: map[string]*run{}, places: map[string]place{}}
}

// late is an entry that an append adds.
type late struct {
	from, to int // of the entry without its number, in writing.bases
	number   int64
}

// defers reports whether new entries of an index wait in memory.
func defers(col *collection, index int) bool {
	return grouped(col, index) && !col.Def.Indexes[index].Across
}

// indexedKey is the key under which stands up to which number the entries of a stream are written.
func indexedKey(col *collection, town uint32, stream string) []byte {
	return key.AppendText(townSpace(spaceIndexed, col, town), stream)
}

func (g *generation) add(base []byte, number int64) {
	r := g.runs[string(base)]
	if r == nil {
		r = &run{}
		r.numbers = r.few[:0]
		g.runs[string(base)] = r
	}
	r.numbers = append(r.numbers, number)
	g.entries++
}

func (g *generation) reach(at string, since, upTo int64) {
	p, there := g.places[at]
	if !there {
		p.since = since
	}
	p.upTo = upTo
	g.places[at] = p
}

// add takes the entries of an append whose documents are behind since, up to upTo, in the stream that at names. It is
// called before the append's batch becomes visible: whoever sees a document finds its entries.
func (r *recent) add(bases []byte, list []late, at string, since, upTo int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range list {
		r.young.add(bases[l.from:l.to], l.number)
	}
	r.young.reach(at, since, upTo)
}

// forget takes back what add took for an append that did not come about.
func (r *recent) forget(bases []byte, list []late, at string, since int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range list {
		if x := r.young.runs[string(bases[l.from:l.to])]; x != nil {
			n, _ := slices.BinarySearch(x.numbers, since+1)
			x.numbers = slices.Clone(x.numbers[:n])
		}
	}
	p := r.young.places[at]
	if p.upTo = since; p.since == since {
		delete(r.young.places, at)
		return
	}
	r.young.places[at] = p
}

// pending is what a walk along one run finds in memory.
type pending struct {
	since   int64 // the disk has what is up to here; negative: everything
	numbers []int64
	drops   int
}

// thin says that documents are about to be dropped, whose entries are all written.
func (r *recent) thin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drops++
}

// view returns what a scan must take from memory, and a view that has all of these documents.
func (e *engine) view(col *collection, s store.Scan) (*pebble.Snapshot, pending, error) {
	for {
		p, err := e.pending(col, s)
		if err != nil {
			return nil, p, err
		}
		snap := e.db.NewSnapshot()
		col.recent.mu.RLock()
		same := col.recent.drops == p.drops
		col.recent.mu.RUnlock()
		if same || len(p.numbers) == 0 {
			return snap, p, nil
		}
		if err := snap.Close(); err != nil {
			return nil, p, err
		}
	}
}

// look returns what waits under an entry without its number, in the stream that at names.
func (r *recent) look(base []byte, at string) pending {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p := pending{since: -1, drops: r.drops}
	for _, g := range [...]*generation{r.old, r.young} {
		if g == nil {
			continue
		}
		where, there := g.places[at]
		if there && p.since < 0 {
			p.since = where.since
		}
		if x := g.runs[string(base)]; x != nil && len(x.numbers) > 0 {
			if len(p.numbers) == 0 {
				p.numbers = x.numbers[:len(x.numbers):len(x.numbers)]
			} else {
				p.numbers = append(p.numbers, x.numbers...)
			}
		}
	}
	return p
}

// pending returns what a scan must take from memory. It must be called before the view is opened that the scan reads:
// what is written meanwhile is then seen twice and not never, and the walk tells by since. Scans along several
// runs have everything written first.
func (e *engine) pending(col *collection, s store.Scan) (pending, error) {
	if s.Index < 0 || !defers(col, s.Index) {
		return pending{since: -1}, nil
	}
	if last := len(col.Def.Indexes[s.Index].Fields) - 1; len(s.Equal) == last {
		town := e.towns.find(s.Town)
		base := entryPrefix(nil, col, s.Index, town, s.Equal)
		return col.recent.look(base, string(indexedKey(col, town, s.Equal[last-1].Text))), nil
	}
	return pending{since: -1}, e.settleLocked(col)
}

// turn begins to write what waits, if it is much. The collection's lock is held.
func (e *engine) turn(col *collection) error {
	r := col.recent
	r.mu.RLock()
	full := r.young.entries >= e.waiting
	r.mu.RUnlock()
	if !full {
		return nil
	}
	if err := e.await(col); err != nil {
		return err
	}
	g, done := r.age(), make(chan struct{})
	r.done = done
	e.writers.Go(func() {
		defer close(done)
		if err := e.keep(col, g); err != nil {
			e.log.Error("entries could not be written; they are tried again", "collection", col.Def.Name, "error", err)
		}
	})
	return nil
}

// age makes the young generation the old one, of which there must be none.
func (r *recent) age() *generation {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.old, r.young = r.young, newGeneration()
	return r.old
}

// await waits until the old generation is written, and writes it if that has failed. The collection's lock is held.
func (e *engine) await(col *collection) error {
	r := col.recent
	if r.done != nil {
		<-r.done
		r.done = nil
	}
	r.mu.RLock()
	left := r.old
	r.mu.RUnlock()
	if left == nil {
		return nil
	}
	return e.keep(col, left)
}

// settleLocked is settle with the lock.
func (e *engine) settleLocked(col *collection) error {
	col.mu.Lock()
	defer col.mu.Unlock()
	return e.settle(col)
}

// settle writes everything that waits. The collection's lock is held.
func (e *engine) settle(col *collection) error {
	if err := e.await(col); err != nil {
		return err
	}
	col.recent.mu.RLock()
	nothing := len(col.recent.young.places) == 0
	col.recent.mu.RUnlock()
	if nothing {
		return nil
	}
	return e.keep(col, col.recent.age())
}

// keep writes the old generation.
func (e *engine) keep(col *collection, g *generation) error {
	if err := e.store(g); err != nil {
		return err
	}
	col.recent.mu.Lock()
	defer col.recent.mu.Unlock()
	col.recent.old = nil
	return nil
}

// store writes a generation in several batches, in the last of which stands how far it reaches. If the process dies in
// between, the same keys are written again from the documents: a run begins behind what was reached before, and is cut into
// groups from there on.
func (e *engine) store(g *generation) (err error) {
	b := e.db.NewBatch()
	defer func() { err = errors.Join(err, b.Close()) }()
	turn := func() error {
		if err := b.Commit(pebble.NoSync); err != nil {
			return fmt.Errorf("pebblestore: entries: %w", err)
		}
		err := b.Close()
		b = e.db.NewBatch()
		runtime.Gosched() // whoever reads or appends waits less
		return err
	}
	for _, base := range slices.Sorted(maps.Keys(g.runs)) {
		for group := range slices.Chunk(g.runs[base].numbers, maxGroup) {
			if err := b.Set(key.Append([]byte(base), key.OfInt(group[0])), groupValue(group), nil); err != nil {
				return err
			}
		}
		if int(b.Count()) >= e.waiting/batches {
			if err := turn(); err != nil {
				return err
			}
		}
	}
	for at, p := range g.places {
		if err := b.Set([]byte(at), key.Append(nil, key.OfInt(p.upTo)), nil); err != nil {
			return err
		}
	}
	return turn()
}

// catchUp writes the entries of documents that a process which died had in memory only, in the indexes that are not in
// fresh: those are built from all documents.
func (e *engine) catchUp(col *collection, fresh []int) (err error) {
	if !col.Def.Stream {
		return nil
	}
	heads := space(spaceHead, col)
	iter, err := e.db.NewIter(&pebble.IterOptions{LowerBound: heads, UpperBound: key.Successor(heads)})
	if err != nil {
		return fmt.Errorf("pebblestore: heads: %w", err)
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	g := newGeneration()
	for iter.First(); iter.Valid(); iter.Next() {
		head, err := parseHead(iter.Value())
		if err != nil {
			return err
		}
		at := bytes.Clone(iter.Key())
		at[0] = spaceIndexed
		since, err := e.indexed(at)
		if err != nil || since >= head.Number {
			if err != nil {
				return err
			}
			continue
		}
		if g, err = e.gather(col, fresh, g, at, since, head.Number); err != nil {
			return err
		}
	}
	return errors.Join(e.store(g), iter.Error())
}

// indexed returns up to which number the entries of a stream are written.
func (e *engine) indexed(at []byte) (int64, error) {
	value, err := read(e.db, at)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	v, _, err := key.Decode(key.Int, value)
	return v.Num, err
}

// gather adds the entries of a stream's documents to a generation, and begins a new one when it is full.
func (e *engine) gather(col *collection, fresh []int, g *generation, at []byte, since, upTo int64) (_ *generation, err error) {
	from := bytes.Clone(at)
	from[0] = spaceDoc
	iter, err := e.db.NewIter(&pebble.IterOptions{LowerBound: key.Append(slices.Clip(from), key.OfInt(since+1)), UpperBound: key.Successor(from)})
	if err != nil {
		return nil, fmt.Errorf("pebblestore: documents: %w", err)
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for iter.First(); iter.Valid(); iter.Next() {
		doc, err := e.documentAt(col, iter)
		if err != nil {
			return nil, err
		}
		rows, err := col.Def.Rows(doc)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if last := len(r.Values) - 1; defers(col, r.Index) && !slices.Contains(fresh, r.Index) {
				g.add(entryPrefix(nil, col, r.Index, e.towns.find(r.Town), r.Values[:last]), r.Values[last].Num)
			}
		}
		if g.entries >= e.waiting {
			_, place, err := store.Place(doc.Raw)
			if err != nil {
				return nil, err
			}
			g.reach(string(at), since, place.Number)
			if err := e.store(g); err != nil {
				return nil, err
			}
			g, since = newGeneration(), place.Number
		}
	}
	g.reach(string(at), since, upTo)
	return g, iter.Error()
}
