package pebblestore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// documents walks all documents of a collection by primary key; those of streams by stream and number.
func (e *engine) documents(r pebble.Reader, col *collection) iter.Seq2[store.Doc, error] {
	return func(yield func(store.Doc, error) bool) {
		from := space(spaceDoc, col)
		it, err := r.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: key.Successor(from)})
		if err != nil {
			yield(store.Doc{}, err)
			return
		}
		defer it.Close()
		for it.First(); it.Valid(); it.Next() {
			doc, err := e.documentAt(col, it)
			if !yield(doc, err) || err != nil {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(store.Doc{}, err)
		}
	}
}

// documentAt returns the document on which an iterator over documents stands.
func (e *engine) documentAt(col *collection, it *pebble.Iterator) (store.Doc, error) {
	const head = 1 + 2
	if len(it.Key()) < head+4 {
		return store.Doc{}, fmt.Errorf("document %x: %w", it.Key(), key.ErrMalformed)
	}
	town, err := e.towns.name(binary.BigEndian.Uint32(it.Key()[head:]))
	if err != nil {
		return store.Doc{}, err
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return store.Doc{}, err
	}
	return col.Def.Parse(town, slices.Clone(value))
}

type snapshot struct {
	e    *engine
	snap *pebble.Snapshot
	all  map[string]*collection
}

// Snapshot implements store.Engine. Writes go on meanwhile.
func (e *engine) Snapshot(context.Context) (store.Snapshot, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return nil, store.ErrClosed
	}
	snap := e.db.NewSnapshot()
	all, err := catalog(snap)
	if err != nil {
		return nil, errors.Join(err, snap.Close())
	}
	return &snapshot{e: e, snap: snap, all: all}, nil
}

// Collections implements store.Snapshot.
func (s *snapshot) Collections(context.Context) ([]store.Collection, error) {
	all := make([]store.Collection, 0, len(s.all))
	for _, col := range s.all {
		all = append(all, col.Def)
	}
	slices.SortFunc(all, func(a, b store.Collection) int { return key.Compare(key.OfString(a.Name), key.OfString(b.Name)) })
	return all, nil
}

// Docs implements store.Snapshot.
func (s *snapshot) Docs(ctx context.Context, c *store.Collection) iter.Seq2[store.Doc, error] {
	return func(yield func(store.Doc, error) bool) {
		col, ok := s.all[c.Name]
		if !ok {
			yield(store.Doc{}, fmt.Errorf("pebblestore: no collection %s", c.Name))
			return
		}
		for doc, err := range s.e.documents(s.snap, col) {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// Heads implements store.Snapshot.
func (s *snapshot) Heads(ctx context.Context, c *store.Collection) iter.Seq2[store.StreamHead, error] {
	return func(yield func(store.StreamHead, error) bool) {
		col, ok := s.all[c.Name]
		if !ok {
			yield(store.StreamHead{}, fmt.Errorf("pebblestore: no collection %s", c.Name))
			return
		}
		from := space(spaceHead, col)
		it, err := s.snap.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: key.Successor(from)})
		if err != nil {
			yield(store.StreamHead{}, err)
			return
		}
		defer it.Close()
		for it.First(); it.Valid(); it.Next() {
			h, err := s.head(it, len(from))
			if err == nil {
				err = ctx.Err()
			}
			if !yield(h, err) || err != nil {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(store.StreamHead{}, err)
		}
	}
}

// head reads the head under an iterator; its town begins at the byte at of the key.
func (s *snapshot) head(it *pebble.Iterator, at int) (h store.StreamHead, err error) {
	k := it.Key()
	if len(k) < at+4 {
		return h, fmt.Errorf("head %x: %w", k, key.ErrMalformed)
	}
	if h.Town, err = s.e.towns.name(binary.BigEndian.Uint32(k[at:])); err != nil {
		return h, err
	}
	name, rest, err := key.DecodeText(k[at+4:])
	if err != nil || len(rest) > 0 {
		return h, fmt.Errorf("head %x: %w", k, key.ErrMalformed)
	}
	h.Stream = name
	value, err := it.ValueAndErr()
	if err != nil {
		return h, err
	}
	h.Head, err = parseHead(value)
	return h, err
}

// Close implements store.Snapshot.
func (s *snapshot) Close() error { return s.snap.Close() }
