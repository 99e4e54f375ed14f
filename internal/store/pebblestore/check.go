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

// Check implements store.Engine. It reads one view: every document must have exactly its entries, every entry its
// document, and every stream all numbers up to its head, thinned ones some of them, in an order in which time does not go back.
func (e *engine) Check(ctx context.Context, c *store.Collection, report func(string)) (err error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	snap, err := e.settled(col)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	expected, names := make([]int, len(col.Def.Indexes)), 0
	for doc, err := range e.documents(snap, col) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rows, err := col.Def.Rows(doc)
		if err != nil {
			report(err.Error())
			continue
		}
		if col.Def.Stream {
			names++
			kept, err := named(snap, col, e.towns.find(doc.Town), doc.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if !bytes.Equal(kept, doc.Raw) {
				report(fmt.Sprintf("the id %q does not lead to its document", doc.ID))
			}
		}
		for _, r := range rows {
			expected[r.Index]++
			if grouped(col, r.Index) {
				continue // seen from the other side
			}
			ok, err := has(snap, entryKey(nil, col, e.towns.find(r.Town), r))
			if err != nil {
				return err
			}
			if !ok {
				report(fmt.Sprintf("document %q has no entry in the index %q", doc.ID, col.Def.Indexes[r.Index].Name))
			}
		}
	}
	for i := range col.Def.Indexes {
		if err := e.checkEntries(ctx, snap, col, i, expected[i], report); err != nil {
			return err
		}
	}
	if !col.Def.Stream {
		return nil
	}
	if n, err := count(snap, space(spaceName, col)); err != nil || n != names {
		report(fmt.Sprintf("there are %d ids for %d documents", n, names))
		return err
	}
	return e.checkStreams(ctx, snap, col, report)
}

// settled returns a view in which all entries of a collection are written.
func (e *engine) settled(col *collection) (*pebble.Snapshot, error) {
	col.mu.Lock()
	defer col.mu.Unlock()
	if err := e.settle(col); err != nil {
		return nil, err
	}
	return e.db.NewSnapshot(), nil
}

// count returns the number of keys that begin with prefix.
func count(r pebble.Reader, prefix []byte) (n int, err error) {
	iter, err := r.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: key.Successor(prefix)})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for iter.First(); iter.Valid(); iter.Next() {
		n++
	}
	return n, iter.Error()
}

func (e *engine) checkEntries(ctx context.Context, snap *pebble.Snapshot, col *collection, index, expected int, report func(string)) (err error) {
	if byPlace(col, index) {
		return nil // the documents themselves
	}
	from := entrySpace(col, index)
	w, err := newWalker(snap, span{from, from, key.Successor(from)}, grouped(col, index), false, pending{since: -1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	name, actual := col.Def.Indexes[index].Name, 0
	var last []byte
	for ; w.valid(); w.next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		actual++
		if bytes.Compare(w.key, last) <= 0 {
			report(fmt.Sprintf("index %q: %x does not follow %x", name, w.key, last))
		}
		last = append(last[:0], w.key...)
		at, err := parseEntry(col, index, w.key)
		if err != nil {
			report(fmt.Sprintf("index %q: %v", name, err))
			continue
		}
		raw, err := read(snap, e.document(col, index, at))
		if errors.Is(err, store.ErrNotFound) {
			report(fmt.Sprintf("index %q has an entry without its document: %x", name, w.key))
			continue
		}
		if err != nil {
			return err
		}
		if grouped(col, index) {
			if err := e.checkGrouped(col, index, at.town, w.key, raw, report); err != nil {
				return err
			}
		}
	}
	if actual != expected {
		report(fmt.Sprintf("index %q has %d entries; its documents need %d", name, actual, expected))
	}
	return nil
}

// checkGrouped reports an entry that its document does not need.
func (e *engine) checkGrouped(col *collection, index int, number uint32, k []byte, raw bson.Raw, report func(string)) error {
	town, err := e.towns.name(number)
	if err != nil {
		return err
	}
	doc, err := col.Def.Parse(town, raw)
	if err != nil {
		return err
	}
	rows, err := col.Def.Rows(doc)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(r store.Row) bool { return r.Index == index && bytes.Equal(entryKey(nil, col, number, r), k) }) {
		report(fmt.Sprintf("index %q has an entry that its document does not need: %x", col.Def.Indexes[index].Name, k))
	}
	return nil
}

// checkStreams walks the index of places, in which each stream's documents are neighbours.
func (e *engine) checkStreams(ctx context.Context, snap *pebble.Snapshot, col *collection, report func(string)) (err error) {
	index := len(col.Def.Indexes) - 1 // ByStream is the last one
	from := space(spaceDoc, col)
	w, err := newWalker(snap, span{from, from, key.Successor(from)}, false, false, pending{since: -1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var town uint32
	var stream string
	var last store.Head
	end := func() error {
		head, err := readHead(snap, col, town, stream)
		behind := head.Number < last.Number || head.Stored.Before(last.Stored) // documents at the head may have been dropped
		if err == nil && stream != "" && (behind || head != last && !col.Def.Thinned) {
			report(fmt.Sprintf("stream %q ends with %d, its head says %d", stream, last.Number, head.Number))
		}
		return err
	}
	for ; w.valid(); w.next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		where, raw, err := e.visit(snap, w, col, index)
		if err != nil {
			report(err.Error())
			continue
		}
		s, at, err := store.Place(raw)
		if err != nil {
			report(err.Error())
			continue
		}
		if s != where.values[0].Text || at.Number != where.values[1].Num {
			report(fmt.Sprintf("stream %q: %d stands under another place: %x", s, at.Number, w.key))
		}
		if where.town != town || s != stream {
			if err := end(); err != nil {
				return err
			}
			town, stream, last = where.town, s, store.Head{}
		}
		if at.Number <= last.Number || at.Number > last.Number+1 && !col.Def.Thinned {
			report(fmt.Sprintf("stream %q: %d is followed by %d", s, last.Number, at.Number))
		}
		if at.Stored.Before(last.Stored) {
			report(fmt.Sprintf("stream %q: %d is stored before its predecessor", s, at.Number))
		}
		last = at
	}
	return end()
}
