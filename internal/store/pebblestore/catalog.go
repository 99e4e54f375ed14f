package pebblestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// layout is the number of the layout that keyspace.go describes.
const layout = "3"

// collection is what the engine knows of a declared collection. Its exported fields are stored.
type collection struct {
	ID     uint32           `bson:"id"`     // in keys
	Places []uint32         `bson:"places"` // of each index, in keys
	Next   uint32           `bson:"next"`   // place of the next new index: places are never used twice
	Def    store.Collection `bson:"def"`

	mu     sync.Mutex // held while a batch is made from what is stored
	recent *recent    // entries that are not written yet
}

func (e *engine) checkFormat() error {
	value, err := read(e.db, []byte{spaceFormat})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return e.db.Set([]byte{spaceFormat}, []byte(layout), pebble.Sync)
	case err != nil:
		return err
	case string(value) == "2":
		return e.fromLayout2()
	case string(value) < layout:
		return fmt.Errorf("the folder has the layout %q of a version before the first release: make a backup with that version and restore it with this one", value)
	case string(value) != layout:
		return fmt.Errorf("%w: layout %q, this program knows %q", store.ErrNewer, value, layout)
	}
	return nil
}

// fromLayout2 says of every stream that its entries are all written: layout 2 let none of them wait.
func (e *engine) fromLayout2() (err error) {
	iter, err := e.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceHead}, UpperBound: []byte{spaceHead + 1}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	b := e.db.NewBatch()
	defer func() { err = errors.Join(err, b.Close()) }()
	for iter.First(); iter.Valid(); iter.Next() {
		head, err := parseHead(iter.Value())
		if err != nil {
			return err
		}
		at := bytes.Clone(iter.Key())
		at[0] = spaceIndexed
		if err := b.Set(at, key.Append(nil, key.OfInt(head.Number)), nil); err != nil {
			return err
		}
	}
	if err := errors.Join(iter.Error(), b.Set([]byte{spaceFormat}, []byte(layout), nil)); err != nil {
		return err
	}
	return b.Commit(pebble.Sync)
}

// catalog reads what is stored of all collections, by their names.
func catalog(r pebble.Reader) (map[string]*collection, error) {
	iter, err := r.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceCatalog}, UpperBound: []byte{spaceCatalog + 1}})
	if err != nil {
		return nil, err
	}
	defer iter.Close()
	all := map[string]*collection{}
	for iter.First(); iter.Valid(); iter.Next() {
		var col collection
		if err := bson.Unmarshal(iter.Value(), &col); err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		all[col.Def.Name] = &col
	}
	return all, iter.Error()
}

// Declare implements store.Engine.
func (e *engine) Declare(ctx context.Context, c *store.Collection) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return store.ErrClosed
	}
	if before := e.collections[c.Name]; before != nil {
		if err := e.settleLocked(before); err != nil {
			return err
		}
	}
	col := &collection{ID: 1, Next: 1, Def: *c, recent: &recent{young: newGeneration()}}
	old := e.stored[c.Name]
	if old == nil {
		for _, other := range e.stored {
			col.ID = max(col.ID, other.ID+1)
		}
	} else {
		if err := c.Follows(&old.Def); err != nil {
			return err
		}
		col.ID, col.Next = old.ID, old.Next
	}
	if len(e.stored) >= math.MaxUint16 || int(col.Next)+len(c.Indexes) > math.MaxUint16 {
		return fmt.Errorf("%w: more than %d collections, or indexes of one in all its versions", store.ErrTooLarge, math.MaxUint16)
	}
	var fresh []int
	for i, x := range c.Indexes {
		place := -1
		if old != nil {
			place = slices.IndexFunc(old.Def.Indexes, x.Equal)
		}
		if place >= 0 {
			col.Places = append(col.Places, old.Places[place])
			continue
		}
		col.Places = append(col.Places, col.Next)
		col.Next++
		fresh = append(fresh, i)
	}
	if err := e.catchUp(col, fresh); err != nil {
		return err
	}
	if err := e.build(ctx, col, fresh); err != nil {
		return err
	}
	if err := e.save(col, old); err != nil {
		return err
	}
	e.collections[c.Name] = col
	return nil
}

// build fills new indexes from the documents that are already there. A crash in the middle leaves entries in a place
// that the catalogue does not know; the next build begins by removing them.
func (e *engine) build(ctx context.Context, col *collection, fresh []int) error {
	if len(fresh) == 0 {
		return nil
	}
	for _, i := range fresh {
		if err := e.clear(col, i); err != nil {
			return err
		}
	}
	snap := e.db.NewSnapshot()
	defer snap.Close()
	batch := e.db.NewIndexedBatch()
	defer func() { batch.Close() }()
	for doc, err := range e.documents(snap, col) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := col.Def.Rows(doc)
		if err != nil {
			return fmt.Errorf("what is stored does not fit the new index: %w", err)
		}
		for _, r := range rows {
			if !slices.Contains(fresh, r.Index) || byPlace(col, r.Index) {
				continue
			}
			town := e.towns.find(r.Town)
			if col.Def.Indexes[r.Index].Unique {
				if err := taken(batch, col, town, r, doc); err != nil {
					return err
				}
			}
			if err := batch.Set(entryKey(nil, col, town, r), nil, nil); err != nil {
				return err
			}
		}
		if batch.Len() > memTable/4 {
			if err := batch.Commit(pebble.NoSync); err != nil {
				return err
			}
			if err := batch.Close(); err != nil {
				return err
			}
			batch = e.db.NewIndexedBatch()
		}
	}
	return batch.Commit(pebble.NoSync) // save syncs
}

func (e *engine) clear(col *collection, index int) error {
	if byPlace(col, index) {
		return nil
	}
	from := entrySpace(col, index)
	return e.db.DeleteRange(from, key.Successor(from), pebble.NoSync)
}

// save writes the catalogue's record, durably, and then removes the indexes that are no longer declared.
func (e *engine) save(col, old *collection) error {
	record, err := bson.Marshal(col)
	if err != nil {
		return err
	}
	name := append([]byte{spaceCatalog}, col.Def.Name...)
	if before, err := read(e.db, name); err == nil && bytes.Equal(before, record) {
		return nil
	}
	if err := e.db.Set(name, record, pebble.Sync); err != nil {
		return err
	}
	e.stored[col.Def.Name] = col
	if old == nil {
		return nil
	}
	for i, place := range old.Places {
		if !slices.Contains(col.Places, place) {
			if err := e.clear(old, i); err != nil {
				return err
			}
		}
	}
	return nil
}
