package pebblestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

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
	return e.write(col, func(w *writing) error { return w.insert(docs) })
}

// writing is a batch that is being made under its collection's lock. Nobody else writes to the collection meanwhile, so
// what is in the database and what the batch adds is all there is.
type writing struct {
	e   *engine
	col *collection

	keys    []byte          // of sets, one after the other
	sets    []set           // in the order of the calls
	deletes [][]byte        // keys
	unique  map[string]bool // prefixes that are taken by this batch

	defers bool   // new entries of grouped indexes wait in memory: it is an append
	bases  []byte // of these, without their numbers, one after the other
	late   []late // in the order of the calls
	at     string // indexedKey of the stream
	since  int64  // the last number before the append
	upTo   int64  // and the last one of it
}

type set struct {
	from, to int // in keys
	value    []byte
}

// write makes a batch under the collection's lock, and waits for the disk without it.
func (e *engine) write(col *collection, fill func(*writing) error) error {
	if err := e.room(); err != nil {
		return err
	}
	wait, err := e.apply(col, fill)
	if err != nil {
		return err
	}
	return wait()
}

func (e *engine) apply(col *collection, fill func(*writing) error) (wait func() error, err error) {
	col.mu.Lock()
	defer col.mu.Unlock()
	w := &writing{e: e, col: col}
	if err := fill(w); err != nil {
		return nil, err
	}
	if !w.defers {
		return e.commit(w)
	}
	col.recent.add(w.bases, w.late, w.at, w.since, w.upTo)
	if wait, err = e.commit(w); err != nil {
		col.recent.forget(w.bases, w.late, w.at, w.since)
		return nil, err
	}
	if err := e.turn(col); err != nil {
		return nil, errors.Join(err, wait())
	}
	return wait, nil
}

// commit writes a batch; batches come into the log in the order of the calls. Sorted keys make the way through the
// table in memory short. The returned function waits until the batch is on the disk: the caller releases the lock
// under which it was made before it waits.
func (e *engine) commit(w *writing) (wait func() error, err error) {
	slices.SortFunc(w.sets, func(x, y set) int { return bytes.Compare(w.keys[x.from:x.to], w.keys[y.from:y.to]) })
	size := len(w.keys) + 16*len(w.sets)
	for _, s := range w.sets {
		size += len(s.value)
	}
	b := e.db.NewBatchWithSize(size)
	for _, k := range w.deletes {
		err = errors.Join(err, b.Delete(k, nil))
	}
	for _, s := range w.sets {
		err = errors.Join(err, b.Set(w.keys[s.from:s.to], s.value, nil))
	}
	if err == nil {
		err = e.db.ApplyNoSyncWait(b, pebble.Sync)
	}
	if err != nil {
		return nil, fmt.Errorf("pebblestore: commit: %w", errors.Join(err, b.Close()))
	}
	return func() error {
		err := b.SyncWait()
		if err2 := b.Close(); err == nil {
			err = err2
		}
		if err != nil {
			return fmt.Errorf("pebblestore: sync: %w", err)
		}
		return nil
	}, nil
}

// set adds a key, which extend appends, and a value, which must stay as it is until the batch is committed.
func (w *writing) set(value []byte, extend func([]byte) []byte) {
	from := len(w.keys)
	w.keys = extend(w.keys)
	w.sets = append(w.sets, set{from, len(w.keys), value})
}

func (w *writing) setKey(k, value []byte) {
	w.set(value, func(b []byte) []byte { return append(b, k...) })
}

// insert adds new documents and their entries.
func (w *writing) insert(docs []store.Doc) error {
	primary, err := w.fresh(docs)
	if err != nil {
		return err
	}
	for i, doc := range docs {
		town, k := w.e.towns.find(doc.Town), primary[i]
		rows, err := w.col.Def.Rows(doc)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := w.add(r, doc); err != nil {
				return err
			}
		}
		if !w.col.Def.Stream {
			w.setKey(k, doc.Raw)
			continue
		}
		stream, at, err := store.Place(doc.Raw)
		if err != nil {
			return err
		}
		place := placeSuffix(nil, stream, at.Number)
		w.setKey(k, place)
		w.setKey(append(townSpace(spaceDoc, w.col, town), place...), doc.Raw)
	}
	return nil
}

// fresh returns the primary keys of new documents, none of which is there or there twice. They are looked for in their
// order by one iterator, which stays where it is in the tables from one to the next.
func (w *writing) fresh(docs []store.Doc) (keys [][]byte, err error) {
	keys, order := make([][]byte, len(docs)), make([]int, len(docs))
	for i, doc := range docs {
		town, err := w.e.towns.give(w.e.db, doc.Town)
		if err != nil {
			return nil, err
		}
		keys[i], order[i] = primaryKey(w.col, town, doc.ID), i
	}
	slices.SortStableFunc(order, func(x, y int) int { return bytes.Compare(keys[x], keys[y]) })
	iter, err := w.e.db.NewIter(nil)
	if err != nil {
		return nil, fmt.Errorf("pebblestore: %w", err)
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for n, i := range order {
		if n > 0 && bytes.Equal(keys[order[n-1]], keys[i]) || iter.SeekPrefixGE(keys[i]) {
			return nil, &store.DuplicateError{Collection: w.col.Def.Name, ID: docs[i].ID}
		}
		if err := iter.Error(); err != nil {
			return nil, fmt.Errorf("pebblestore: %w", err)
		}
	}
	return keys, nil
}

// add adds an entry, or finds that another document has it.
func (w *writing) add(r store.Row, doc store.Doc) error {
	if byPlace(w.col, r.Index) {
		return nil // Append has given it a free number, and the document itself is the entry
	}
	town, err := w.e.towns.give(w.e.db, r.Town)
	if err != nil {
		return err
	}
	if w.col.Def.Indexes[r.Index].Unique {
		prefix := string(entryPrefix(nil, w.col, r.Index, town, r.Values))
		if w.unique[prefix] {
			return &store.DuplicateError{Collection: w.col.Def.Name, Index: w.col.Def.Indexes[r.Index].Name, ID: doc.ID}
		}
		if err := taken(w.e.db, w.col, town, r, doc); err != nil {
			return err
		}
		if w.unique == nil {
			w.unique = map[string]bool{}
		}
		w.unique[prefix] = true
	}
	if w.defers && defers(w.col, r.Index) {
		from, last := len(w.bases), len(r.Values)-1
		w.bases = entryPrefix(w.bases, w.col, r.Index, town, r.Values[:last])
		w.late = append(w.late, late{from, len(w.bases), r.Values[last].Num})
		return nil
	}
	w.set(nil, func(b []byte) []byte { return entryKey(b, w.col, town, r) })
	return nil
}

// taken returns a DuplicateError if another document has the values of this row.
func taken(r pebble.Reader, col *collection, town uint32, row store.Row, doc store.Doc) (err error) {
	prefix := entryPrefix(nil, col, row.Index, town, row.Values)
	iter, err := r.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: key.Successor(prefix)})
	if err != nil {
		return fmt.Errorf("pebblestore: unique: %w", err)
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	own := entryKey(nil, col, town, row)
	for iter.First(); iter.Valid(); iter.Next() {
		if !bytes.Equal(iter.Key(), own) {
			return &store.DuplicateError{Collection: col.Def.Name, Index: col.Def.Indexes[row.Index].Name, ID: doc.ID}
		}
	}
	return iter.Error()
}

// stored reads the document that a write replaces. Documents of streams are never replaced, see Drop.
func (w *writing) stored(town, id string, rev int64) (store.Doc, uint32, error) {
	number := w.e.towns.find(town)
	raw, err := read(w.e.db, docKey(w.col, number, id))
	if err != nil {
		return store.Doc{}, 0, err
	}
	doc, err := w.col.Def.Parse(town, raw)
	if err != nil {
		return store.Doc{}, 0, err
	}
	if doc.Rev != rev {
		return store.Doc{}, 0, store.ErrConflict
	}
	return doc, number, nil
}

// Replace implements store.Engine.
func (e *engine) Replace(ctx context.Context, c *store.Collection, rev int64, doc store.Doc) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(w *writing) error {
		old, town, err := w.stored(doc.Town, doc.ID, rev)
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
		there := make(map[string]bool, len(before))
		for _, r := range before {
			there[string(entryKey(nil, col, e.towns.find(r.Town), r))] = true
		}
		for _, r := range after {
			k := string(entryKey(nil, col, e.towns.find(r.Town), r))
			if there[k] {
				delete(there, k)
				continue
			}
			if err := w.add(r, doc); err != nil {
				return err
			}
		}
		for k := range there {
			w.deletes = append(w.deletes, []byte(k))
		}
		w.setKey(docKey(col, town, doc.ID), doc.Raw)
		return nil
	})
}

// Delete implements store.Engine.
func (e *engine) Delete(ctx context.Context, c *store.Collection, town, id string, rev int64) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(w *writing) error {
		old, number, err := w.stored(town, id, rev)
		if err != nil {
			return err
		}
		rows, err := col.Def.Rows(old)
		if err != nil {
			return err
		}
		for _, r := range rows {
			w.deletes = append(w.deletes, entryKey(nil, col, e.towns.find(r.Town), r))
		}
		w.deletes = append(w.deletes, docKey(col, number, id))
		return nil
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
	return e.write(col, func(w *writing) error {
		head, err := readHead(e.db, col, e.towns.find(a.Town), a.Stream)
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
		w.defers = true
		if err := w.insert(docs); err != nil {
			return err
		}
		w.at, w.since, w.upTo = string(indexedKey(col, e.towns.find(a.Town), a.Stream)), head.Number, head.Number+int64(len(docs))
		return w.advance(docs)
	})
}

// advance sets the heads of the streams to which docs belong, unless they are further already.
func (w *writing) advance(docs []store.Doc) error {
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
		town := w.e.towns.find(s.town)
		head, err := readHead(w.e.db, w.col, town, s.name)
		if err != nil {
			return err
		}
		if at.Number > head.Number {
			w.setKey(headKey(w.col, town, s.name), headValue(at))
			if !w.defers {
				w.setKey(indexedKey(w.col, town, s.name), key.Append(nil, key.OfInt(at.Number)))
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
	return e.write(col, func(w *writing) error {
		if err := w.insert(docs); err != nil || !col.Def.Stream {
			return err
		}
		return w.advance(docs)
	})
}

// LoadHead implements store.Engine.
func (e *engine) LoadHead(ctx context.Context, c *store.Collection, h store.StreamHead) error {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.write(col, func(w *writing) error {
		town, err := e.towns.give(e.db, h.Town)
		if err != nil {
			return err
		}
		now, err := readHead(e.db, col, town, h.Stream)
		if err != nil {
			return err
		}
		if h.Head.Number < now.Number || h.Head.Stored.Before(now.Stored) {
			return fmt.Errorf("pebblestore: stream %q goes on to %d behind its head %d", h.Stream, now.Number, h.Head.Number)
		}
		w.setKey(headKey(col, town, h.Stream), headValue(h.Head))
		return nil
	})
}
