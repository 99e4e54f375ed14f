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

// Drop implements store.Engine. Entries of groups are taken out by writing what is left of the group: under its next
// number if the first one goes.
func (e *engine) Drop(ctx context.Context, c *store.Collection, town, stream string, numbers []int64) (dropped int, err error) {
	col, leave, err := e.enter(ctx, c)
	if err != nil {
		return 0, err
	}
	defer leave()
	if !col.Def.Thinned {
		return 0, fmt.Errorf("pebblestore: nothing is dropped from %s", col.Def.Name)
	}
	err = e.write(col, func(w *writing) (err error) {
		if err := e.settle(col); err != nil {
			return err
		}
		col.recent.thin()
		iter, err := e.db.NewIter(nil)
		if err != nil {
			return fmt.Errorf("pebblestore: drop: %w", err)
		}
		defer func() { err = errors.Join(err, iter.Close()) }()
		d := &dropping{writing: w, iter: iter, left: map[string][]int64{}}
		for _, n := range numbers {
			there, err := d.drop(town, stream, n)
			if err != nil {
				return err
			}
			if there {
				dropped++
			}
		}
		d.regroup()
		return nil
	})
	if err != nil {
		return 0, err
	}
	return dropped, nil
}

// dropping is a batch that takes documents out of a stream.
type dropping struct {
	*writing
	iter *pebble.Iterator
	left map[string][]int64 // by the key of a group: the numbers that are left of it
}

// drop takes one document out, with its name and its entries, and reports whether it was there.
func (d *dropping) drop(town, stream string, n int64) (bool, error) {
	number := d.e.towns.find(town)
	k := placeSuffix(townSpace(spaceDoc, d.col, number), stream, n)
	raw, err := read(d.e.db, k)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	doc, err := d.col.Def.Parse(town, raw)
	if err != nil {
		return false, err
	}
	rows, err := d.col.Def.Rows(doc)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		switch {
		case byPlace(d.col, r.Index): // the document itself
		case grouped(d.col, r.Index):
			if err := d.ungroup(r); err != nil {
				return false, err
			}
		default:
			d.deletes = append(d.deletes, entryKey(nil, d.col, d.e.towns.find(r.Town), r))
		}
	}
	d.deletes = append(d.deletes, nameKey(d.col, number, doc.ID), k)
	return true, nil
}

// ungroup takes one number out of its group.
func (d *dropping) ungroup(r store.Row) error {
	last := len(r.Values) - 1
	base := entryPrefix(nil, d.col, r.Index, d.e.towns.find(r.Town), r.Values[:last])
	n := r.Values[last].Num
	missing := fmt.Errorf("pebblestore: index %q has no entry for %d", d.col.Def.Indexes[r.Index].Name, n)
	// The group that holds a number is the last one that does not begin behind it.
	if !d.iter.SeekLT(append(key.Append(slices.Clone(base), key.OfInt(n)), 0)) || !bytes.HasPrefix(d.iter.Key(), base) {
		return errors.Join(missing, d.iter.Error())
	}
	k := string(d.iter.Key())
	left, known := d.left[k]
	if !known {
		value, err := d.iter.ValueAndErr()
		if err != nil {
			return err
		}
		if left, err = parseGroup(d.iter.Key(), value); err != nil {
			return err
		}
	}
	at, ok := slices.BinarySearch(left, n)
	if !ok {
		return missing
	}
	d.left[k] = slices.Delete(left, at, at+1)
	return nil
}

// regroup writes what is left of the groups.
func (d *dropping) regroup() {
	for k, left := range d.left {
		if len(left) == 0 || !bytes.Equal(at([]byte(k), left[0]), []byte(k)) {
			d.deletes = append(d.deletes, []byte(k))
		}
		if len(left) > 0 {
			d.setKey(at([]byte(k), left[0]), groupValue(left))
		}
	}
}
