package pebblestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// read returns a copy of the value, or store.ErrNotFound.
func read(r pebble.Reader, k []byte) ([]byte, error) {
	value, closer, err := r.Get(k)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("pebblestore: get: %w", err)
	}
	value = slices.Clone(value)
	return value, closer.Close()
}

func has(r pebble.Reader, k []byte) (bool, error) {
	_, closer, err := r.Get(k)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("pebblestore: get: %w", err)
	}
	return true, closer.Close()
}

func readHead(r pebble.Reader, col *collection, town uint32, stream string) (store.Head, error) {
	value, err := read(r, headKey(col, town, stream))
	if errors.Is(err, store.ErrNotFound) {
		return store.Head{}, nil
	}
	if err != nil {
		return store.Head{}, err
	}
	return parseHead(value)
}

// named reads the document of a stream by its id.
func named(r pebble.Reader, col *collection, town uint32, id string) (bson.Raw, error) {
	place, err := read(r, nameKey(col, town, id))
	if err != nil {
		return nil, err
	}
	raw, err := read(r, append(townSpace(spaceDoc, col, town), place...))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("pebblestore: %s: the id %q has no document", col.Def.Name, id)
	}
	return raw, err
}

// Get implements store.Engine.
func (e *engine) Get(ctx context.Context, c *store.Collection, town, id string) (bson.Raw, error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return nil, err
	}
	defer leave()
	if col.Def.Stream {
		return named(e.db, col, e.towns.find(town), id)
	}
	return read(e.db, docKey(col, e.towns.find(town), id))
}

// Head implements store.Engine.
func (e *engine) Head(ctx context.Context, c *store.Collection, town, stream string) (store.Head, error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return store.Head{}, err
	}
	defer leave()
	return readHead(e.db, col, e.towns.find(town), stream)
}

// walk begins to walk the entries of a scan, those in memory included.
func (e *engine) walk(r pebble.Reader, col *collection, s store.Scan, p pending) (*walker, error) {
	town := e.towns.find(s.Town)
	var prefix []byte
	switch {
	case s.Index >= 0:
		prefix = entryPrefix(nil, col, s.Index, town, s.Equal)
	case col.Def.Stream:
		prefix = townSpace(spaceName, col, town)
	default:
		prefix = townSpace(spaceDoc, col, town)
	}
	prefix = slices.Clip(prefix)
	lower, upper := prefix, key.Successor(prefix)
	if s.From != nil {
		lower = key.Append(prefix, *s.From)
	}
	if s.To != nil {
		upper = key.Append(prefix, *s.To)
	}
	if s.After != nil {
		last, values := prefix, s.After
		if col.Def.Stream && s.Index >= 0 {
			values = values[:len(values)-1] // entries of streams have no tail
		}
		for _, v := range values {
			last = key.Append(last, v)
		}
		if s.Reverse {
			if bytes.Compare(last, upper) < 0 {
				upper = last
			}
		} else if last = append(last, 0); bytes.Compare(last, lower) > 0 {
			lower = last
		}
	}
	if len(p.numbers) > 0 { // those of an append that this view does not have are there already
		head, err := readHead(r, col, town, s.Equal[len(s.Equal)-1].Text)
		if err != nil {
			return nil, err
		}
		n, _ := slices.BinarySearch(p.numbers, head.Number+1)
		p.numbers = p.numbers[:n]
	}
	return newWalker(r, span{prefix, lower, upper}, s.Index >= 0 && grouped(col, s.Index), s.Reverse, p)
}

// Scan implements store.Engine. Entries and documents are read from one view, so an entry always has its document.
func (e *engine) Scan(ctx context.Context, c *store.Collection, s store.Scan) (found store.Found, err error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return store.Found{}, err
	}
	defer leave()
	snap, p, err := e.view(col, s)
	if err != nil {
		return store.Found{}, err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	w, err := e.walk(snap, col, s, p)
	if err != nil {
		return store.Found{}, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for examined := 1; w.valid(); examined++ {
		at, raw, err := e.visit(snap, w, col, s.Index)
		if err != nil {
			return store.Found{}, err
		}
		if len(s.Where) == 0 || store.Matches(raw, s.Where) {
			found.Docs = append(found.Docs, raw)
			if s.Index >= 0 && col.Def.Indexes[s.Index].Across {
				town, _, _ := store.CutTail(at.tail)
				found.Towns = append(found.Towns, town)
			}
		}
		w.next()
		if w.valid() && (len(found.Docs) >= s.Limit || s.Most > 0 && examined >= s.Most) {
			if col.Def.Stream && s.Index >= 0 {
				at.tail, _ = raw.Lookup("_id").StringValueOK()
			}
			found.Last = append(slices.Clone(at.values[min(len(at.values), len(s.Equal)):]), key.OfString(at.tail))
			break
		}
		if examined%100 == 0 && ctx.Err() != nil {
			return store.Found{}, ctx.Err()
		}
	}
	return found, nil
}

// visit reads the entry on which a walk stands, and its document.
func (e *engine) visit(snap *pebble.Snapshot, w *walker, col *collection, index int) (entry, bson.Raw, error) {
	if index < 0 {
		town, id, err := parsePrimary(col, w.key)
		if err != nil {
			return entry{}, nil, err
		}
		value, err := w.iter.ValueAndErr()
		if err == nil && col.Def.Stream {
			raw, err := read(snap, append(townSpace(spaceDoc, col, town), value...))
			return entry{town: town, tail: id}, raw, err
		}
		return entry{town: town, tail: id}, slices.Clone(value), err
	}
	at, err := parseEntry(col, index, w.key)
	if err != nil {
		return at, nil, err
	}
	if byPlace(col, index) {
		value, err := w.iter.ValueAndErr()
		return at, slices.Clone(value), err
	}
	raw, err := read(snap, e.document(col, index, at))
	if errors.Is(err, store.ErrNotFound) {
		return at, nil, fmt.Errorf("pebblestore: %s: index %q has an entry without its document: %x", col.Def.Name, col.Def.Indexes[index].Name, w.key)
	}
	return at, raw, err
}

// Count implements store.Engine.
func (e *engine) Count(ctx context.Context, c *store.Collection, s store.Scan, limit int) (n int, err error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return 0, err
	}
	defer leave()
	snap, p, err := e.view(col, s)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	w, err := e.walk(snap, col, s, p)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for ; w.valid() && n < limit; w.next() {
		n++
	}
	return n, nil
}
