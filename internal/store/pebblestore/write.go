package pebblestore

import (
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// Insert implements store.Engine.
func (e *engine) Insert(ctx context.Context, c *store.Collection, docs []store.Doc) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(b *pebble.Batch) error { return e.insert(b, col, docs) })
}

// write makes a batch under the collection's lock, and waits for the disk without it.
func (e *engine) write(col *collection, fill func(*pebble.Batch) error) error {
	if err := e.room(); err != nil {
		return err
	}
	wait, err := e.apply(col, fill)
	if err != nil {
		return err
	}
	return wait()
}

func (e *engine) apply(col *collection, fill func(*pebble.Batch) error) (wait func() error, err error) {
	col.mu.Lock()
	defer col.mu.Unlock()
	b := e.db.NewIndexedBatch()
	if err := fill(b); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return e.commit(b)
}

// insert adds new documents and their entries to an indexed batch, which answers reads as the database will after it.
func (e *engine) insert(b *pebble.Batch, col *collection, docs []store.Doc) error {
	for _, doc := range docs {
		k := docKey(col, doc.Town, doc.ID)
		switch ok, err := has(b, k); {
		case err != nil:
			return err
		case ok:
			return &store.DuplicateError{Collection: col.Def.Name, ID: doc.ID}
		}
		rows, err := col.Def.Rows(doc)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := e.add(b, col, r, doc); err != nil {
				return err
			}
		}
		if err := b.Set(k, doc.Raw, nil); err != nil {
			return err
		}
	}
	return nil
}

// add adds an entry, or finds that another document has it.
func (e *engine) add(b *pebble.Batch, col *collection, r store.Row, doc store.Doc) error {
	x := col.Def.Indexes[r.Index]
	numbered := col.Def.Stream && x.Name == store.ByStream // Append has given it a free number
	if x.Unique && !numbered {
		if err := taken(b, col, r, doc); err != nil {
			return err
		}
	}
	return b.Set(entryKey(col, r), nil, nil)
}

// taken returns a DuplicateError if another document has the values of this row.
func taken(r pebble.Reader, col *collection, row store.Row, doc store.Doc) (err error) {
	prefix := entryPrefix(col, row.Index, row.Town, row.Values)
	iter, err := r.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: key.Successor(prefix)})
	if err != nil {
		return fmt.Errorf("pebblestore: unique: %w", err)
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	own := string(entryKey(col, row))
	for iter.First(); iter.Valid(); iter.Next() {
		if string(iter.Key()) != own {
			return &store.DuplicateError{Collection: col.Def.Name, Index: col.Def.Indexes[row.Index].Name, ID: doc.ID}
		}
	}
	return iter.Error()
}

// stored reads the document that a write replaces.
func stored(b *pebble.Batch, col *collection, town, id string, rev int64) (store.Doc, error) {
	raw, err := read(b, docKey(col, town, id))
	if err != nil {
		return store.Doc{}, err
	}
	doc, err := col.Def.Parse(town, raw)
	if err != nil {
		return store.Doc{}, err
	}
	if doc.Rev != rev {
		return store.Doc{}, store.ErrConflict
	}
	return doc, nil
}

// Replace implements store.Engine.
func (e *engine) Replace(ctx context.Context, c *store.Collection, rev int64, doc store.Doc) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(b *pebble.Batch) error {
		old, err := stored(b, col, doc.Town, doc.ID, rev)
		if err != nil {
			return err
		}
		before, err := col.Def.Rows(old)
		if err != nil {
			return err
		}
		after, err := col.Def.Rows(doc)
		if err != nil {
			return err
		}
		kept := make(map[string]bool, len(after))
		for _, r := range after {
			kept[string(entryKey(col, r))] = true
		}
		for _, r := range before {
			if k := entryKey(col, r); kept[string(k)] {
				kept[string(k)] = false // it is there already
			} else if err := b.Delete(k, nil); err != nil {
				return err
			}
		}
		for _, r := range after {
			if !kept[string(entryKey(col, r))] {
				continue
			}
			if err := e.add(b, col, r, doc); err != nil {
				return err
			}
		}
		return b.Set(docKey(col, doc.Town, doc.ID), doc.Raw, nil)
	})
}

// Delete implements store.Engine.
func (e *engine) Delete(ctx context.Context, c *store.Collection, town, id string, rev int64) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(b *pebble.Batch) error {
		old, err := stored(b, col, town, id, rev)
		if err != nil {
			return err
		}
		rows, err := col.Def.Rows(old)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := b.Delete(entryKey(col, r), nil); err != nil {
				return err
			}
		}
		return b.Delete(docKey(col, town, id), nil)
	})
}

// Append implements store.Engine. Numbers are given under the collection's lock and batches become visible in the order
// of the lock, so no number is visible before a lower one.
func (e *engine) Append(ctx context.Context, c *store.Collection, a store.Appended) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(b *pebble.Batch) error {
		head, err := readHead(b, col, a.Town, a.Stream)
		if err != nil {
			return err
		}
		if a.After >= 0 && a.After != head.Number {
			return fmt.Errorf("%w: the stream ends with %d, not %d", store.ErrConflict, head.Number, a.After)
		}
		docs, err := a.Build(head)
		if err != nil {
			return err
		}
		if err := e.insert(b, col, docs); err != nil {
			return err
		}
		return advance(b, col, docs)
	})
}

// advance sets the heads of the streams to which docs belong, unless they are further already.
func advance(b *pebble.Batch, col *collection, docs []store.Doc) error {
	type stream struct{ town, name string }
	last := map[stream]store.Head{}
	for _, doc := range docs {
		name, at, err := store.Place(doc.Raw)
		if err != nil {
			return err
		}
		if s := (stream{doc.Town, name}); at.Number > last[s].Number {
			last[s] = at
		}
	}
	for s, at := range last {
		head, err := readHead(b, col, s.town, s.name)
		if err != nil {
			return err
		}
		if at.Number > head.Number {
			if err := b.Set(headKey(col, s.town, s.name), headValue(at), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// Load implements store.Engine.
func (e *engine) Load(ctx context.Context, c *store.Collection, docs []store.Doc) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(b *pebble.Batch) error {
		if err := e.insert(b, col, docs); err != nil || !col.Def.Stream {
			return err
		}
		return advance(b, col, docs)
	})
}
