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

func readHead(r pebble.Reader, col *collection, town, stream string) (store.Head, error) {
	value, err := read(r, headKey(col, town, stream))
	if errors.Is(err, store.ErrNotFound) {
		return store.Head{}, nil
	}
	if err != nil {
		return store.Head{}, err
	}
	return parseHead(value)
}

// Get implements store.Engine.
func (e *engine) Get(ctx context.Context, c *store.Collection, town, id string) (bson.Raw, error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return nil, err
	}
	defer leave()
	return read(e.db, docKey(col, town, id))
}

// Head implements store.Engine.
func (e *engine) Head(ctx context.Context, c *store.Collection, town, stream string) (store.Head, error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return store.Head{}, err
	}
	defer leave()
	return readHead(e.db, col, town, stream)
}

// walk opens an iterator over the entries of a scan and puts it on the first one.
func walk(r pebble.Reader, col *collection, s store.Scan) (*pebble.Iterator, error) {
	prefix := docPrefix(col, s.Town)
	if s.Index >= 0 {
		prefix = entryPrefix(col, s.Index, s.Town, s.Equal)
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
		last := prefix
		for _, v := range s.After {
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
	if bytes.Compare(lower, upper) > 0 {
		upper = lower // nothing
	}
	iter, err := r.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("pebblestore: scan: %w", err)
	}
	if s.Reverse {
		iter.Last()
	} else {
		iter.First()
	}
	return iter, nil
}

func step(iter *pebble.Iterator, s store.Scan) {
	if s.Reverse {
		iter.Prev()
	} else {
		iter.Next()
	}
}

// Scan implements store.Engine. Entries and documents are read from one view, so an entry always has its document.
func (e *engine) Scan(ctx context.Context, c *store.Collection, s store.Scan) (found store.Found, err error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return store.Found{}, err
	}
	defer leave()
	snap := e.db.NewSnapshot()
	defer func() { err = errors.Join(err, snap.Close()) }()
	iter, err := walk(snap, col, s)
	if err != nil {
		return store.Found{}, err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for examined := 1; iter.Valid(); examined++ {
		row, raw, err := visit(snap, iter, col, s.Index)
		if err != nil {
			return store.Found{}, err
		}
		if len(s.Where) == 0 || store.Matches(raw, s.Where) {
			found.Docs = append(found.Docs, raw)
			if s.Index >= 0 && col.Def.Indexes[s.Index].Across {
				town, _, _ := store.CutTail(row.Tail)
				found.Towns = append(found.Towns, town)
			}
		}
		step(iter, s)
		if iter.Valid() && (len(found.Docs) >= s.Limit || s.Most > 0 && examined >= s.Most) {
			found.Last = append(slices.Clone(row.Values[min(len(row.Values), len(s.Equal)):]), key.OfString(row.Tail))
			break
		}
		if examined%100 == 0 && ctx.Err() != nil {
			return store.Found{}, ctx.Err()
		}
	}
	return found, iter.Error()
}

// visit reads the entry under the iterator and its document.
func visit(snap *pebble.Snapshot, iter *pebble.Iterator, col *collection, index int) (store.Row, bson.Raw, error) {
	if index < 0 {
		town, id, err := parseDoc(col, iter.Key())
		if err != nil {
			return store.Row{}, nil, err
		}
		value, err := iter.ValueAndErr()
		return store.Row{Town: town, Tail: id}, slices.Clone(value), err
	}
	row, err := parseEntry(col, index, iter.Key())
	if err != nil {
		return row, nil, err
	}
	town, id := place(col, row)
	raw, err := read(snap, docKey(col, town, id))
	if errors.Is(err, store.ErrNotFound) {
		return row, nil, fmt.Errorf("pebblestore: %s: index %q has an entry without its document %q", col.Def.Name, col.Def.Indexes[index].Name, id)
	}
	return row, raw, err
}

// place returns the primary key of the document to which a row belongs.
func place(col *collection, r store.Row) (town, id string) {
	switch {
	case col.Def.Indexes[r.Index].Across:
		town, id, _ = store.CutTail(r.Tail)
		return town, id
	case col.Def.Class == store.ClassShared:
		return "", r.Tail
	}
	return r.Town, r.Tail
}

// Count implements store.Engine.
func (e *engine) Count(ctx context.Context, c *store.Collection, s store.Scan, limit int) (n int, err error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return 0, err
	}
	defer leave()
	iter, err := walk(e.db, col, s)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for ; iter.Valid() && n < limit; step(iter, s) {
		n++
	}
	return n, iter.Error()
}
