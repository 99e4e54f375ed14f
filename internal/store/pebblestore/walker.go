package pebblestore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// An index of streams whose last fields are stream and number is grouped: what several appends add under the same values
// is one entry, under the first number, with the distances of the further numbers as its value. Numbers follow one
// another, so groups with the same values do not overlap, and walking them in order is walking the single entries in
// order. Most of what a key costs, it costs again in each level of the tree; statements that share their verb, course or
// author have a fraction of the keys.
func grouped(col *collection, index int) bool {
	if !col.Def.Stream || byPlace(col, index) {
		return false
	}
	fields := col.Def.Indexes[index].Fields
	n := len(fields)
	return n >= 2 && fields[n-2] == store.Str("stream") && fields[n-1] == store.Int("number")
}

// groupValue writes the numbers behind the first one.
func groupValue(numbers []int64) []byte {
	var b []byte
	for i := 1; i < len(numbers); i++ {
		b = binary.AppendUvarint(b, uint64(numbers[i]-numbers[i-1]))
	}
	return b
}

// parseGroup returns the numbers of a group: the first one is the end of the key.
func parseGroup(k, value []byte) ([]int64, error) {
	if len(k) < 8 {
		return nil, fmt.Errorf("group %x: %w", k, key.ErrMalformed)
	}
	first, _, err := key.Decode(key.Int, k[len(k)-8:])
	if err != nil {
		return nil, err
	}
	numbers := append(make([]int64, 0, 1+len(value)), first.Num)
	for n := first.Num; len(value) > 0; {
		distance, used := binary.Uvarint(value)
		if used <= 0 || distance == 0 {
			return nil, fmt.Errorf("group %x: %w", k, key.ErrMalformed)
		}
		n += int64(distance)
		numbers, value = append(numbers, n), value[used:]
	}
	return numbers, nil
}

// span is a part of the ordered keys: lower inclusive and upper exclusive, both beginning with prefix or behind it.
type span struct{ prefix, lower, upper []byte }

// walker walks the entries of a span, those of groups one by one, and those that wait in memory.
type walker struct {
	iter    *pebble.Iterator
	groups  bool
	reverse bool
	span    span
	key     []byte  // of the entry it stands on, as if it were single; nil at the end
	numbers []int64 // of the same group, still to come
	waiting []int64 // in memory, still to come: at the end, or in reverse at the beginning
	fresh   bool    // the iterator stands on what has not been looked at
	err     error
}

// newWalker begins to walk.
func newWalker(r pebble.Reader, s span, groups, reverse bool, p pending) (*walker, error) {
	if bytes.Compare(s.lower, s.upper) > 0 {
		s.upper = s.lower // nothing
	}
	w := &walker{groups: groups, reverse: reverse, span: s, fresh: true, waiting: p.numbers}
	bounds := pebble.IterOptions{LowerBound: s.lower, UpperBound: s.upper}
	if groups {
		bounds.LowerBound = s.prefix // a group may begin before lower
		w.waiting = w.within(slices.Concat(s.prefix, make([]byte, 8)), p.numbers)
	}
	if p.since >= 0 {
		if end := key.Append(slices.Clip(s.prefix), key.OfInt(p.since+1)); bytes.Compare(end, s.upper) < 0 {
			bounds.UpperBound = end
		}
	}
	var err error
	if w.iter, err = r.NewIter(&bounds); err != nil {
		return nil, fmt.Errorf("pebblestore: scan: %w", err)
	}
	switch {
	case reverse:
		w.iter.Last()
	case groups:
		if !w.iter.SeekLT(s.lower) {
			w.iter.First()
		}
	default:
		w.iter.First()
	}
	w.settle()
	return w, nil
}

// within returns the part of rising numbers whose entries are in the span. base is the key of one of them, and is
// written over.
func (w *walker) within(base []byte, numbers []int64) []int64 {
	from, _ := slices.BinarySearchFunc(numbers, w.span.lower, func(n int64, k []byte) int { return bytes.Compare(at(base, n), k) })
	to, _ := slices.BinarySearchFunc(numbers, w.span.upper, func(n int64, k []byte) int { return bytes.Compare(at(base, n), k) })
	return numbers[from:max(from, to)]
}

// settle takes the entry under the iterator, or goes on to the next one that has something in the span.
func (w *walker) settle() {
	w.key = nil
	if w.reverse && w.wait() {
		return
	}
	for w.fresh = false; w.err == nil && w.iter.Valid(); w.step() {
		if !w.groups {
			w.key = w.iter.Key()
			return
		}
		value, err := w.iter.ValueAndErr()
		if err != nil {
			w.err = err
			return
		}
		numbers, err := parseGroup(w.iter.Key(), value)
		if err != nil {
			w.err = err
			return
		}
		base := slices.Clone(w.iter.Key())
		if numbers = w.within(slices.Clone(base), numbers); len(numbers) == 0 {
			if w.reverse && bytes.Compare(base, w.span.lower) < 0 {
				return // what is before it is lower still
			}
			continue
		}
		w.take(base, numbers)
		return
	}
	w.wait()
}

// wait takes what waits in memory, if anything does.
func (w *walker) wait() bool {
	if len(w.waiting) == 0 || w.err != nil {
		return false
	}
	w.take(slices.Concat(w.span.prefix, make([]byte, 8)), slices.Clone(w.waiting))
	w.waiting = nil
	return true
}

// take stands on the first of some numbers. base is the key of one of them.
func (w *walker) take(base []byte, numbers []int64) {
	if w.reverse {
		slices.Reverse(numbers)
	}
	w.key, w.numbers = at(base, numbers[0]), numbers[1:]
}

// at writes a number over the end of an entry's key.
func at(k []byte, number int64) []byte {
	binary.BigEndian.PutUint64(k[len(k)-8:], uint64(number)^1<<63)
	return k
}

func (w *walker) step() {
	if w.reverse {
		w.iter.Prev()
	} else {
		w.iter.Next()
	}
}

// valid reports whether it stands on an entry, whose key is w.key.
func (w *walker) valid() bool { return w.key != nil }

// next goes to the next entry.
func (w *walker) next() {
	if len(w.numbers) > 0 {
		w.key, w.numbers = at(w.key, w.numbers[0]), w.numbers[1:]
		return
	}
	if !w.fresh {
		w.step()
	}
	w.settle()
}

// close ends the walk and returns what went wrong on it.
func (w *walker) close() error {
	return errors.Join(w.err, w.iter.Error(), w.iter.Close())
}
