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

// An index of streams whose last fields are stream and number is grouped: what one append adds under the same values is
// one entry, under the first number, with the distances of the further numbers as its value. The numbers of an append
// follow one another, so groups with the same values do not overlap, and walking them in order is walking the
// single entries in order. Most of what a key costs, it costs again in each level of the tree; a batch of statements
// that share their verb, course or author has a third of the keys.
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

// walker walks the entries between two keys, lower inclusive and upper exclusive, those of groups one by one.
type walker struct {
	iter         *pebble.Iterator
	groups       bool
	reverse      bool
	lower, upper []byte
	key          []byte  // of the entry it stands on, as if it were single; nil at the end
	numbers      []int64 // of the same group, still to come
	err          error
}

// newWalker walks entries that begin with prefix.
func newWalker(r pebble.Reader, prefix, lower, upper []byte, groups, reverse bool) (*walker, error) {
	if bytes.Compare(lower, upper) > 0 {
		upper = lower // nothing
	}
	w := &walker{groups: groups, reverse: reverse, lower: lower, upper: upper}
	bounds := pebble.IterOptions{LowerBound: lower, UpperBound: upper}
	if groups {
		bounds.LowerBound = prefix // a group may begin before lower
	}
	var err error
	if w.iter, err = r.NewIter(&bounds); err != nil {
		return nil, fmt.Errorf("pebblestore: scan: %w", err)
	}
	switch {
	case reverse:
		w.iter.Last()
	case groups:
		if !w.iter.SeekLT(lower) {
			w.iter.First()
		}
	default:
		w.iter.First()
	}
	w.settle()
	return w, nil
}

// settle takes the entry under the iterator, or goes on to the next one that has something between the bounds.
func (w *walker) settle() {
	for w.key = nil; w.err == nil && w.iter.Valid(); w.step() {
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
		numbers = slices.DeleteFunc(numbers, func(n int64) bool {
			k := at(base, n)
			return bytes.Compare(k, w.lower) < 0 || bytes.Compare(k, w.upper) >= 0
		})
		if len(numbers) == 0 {
			if w.reverse && bytes.Compare(base, w.lower) < 0 {
				return // what is before it is lower still
			}
			continue
		}
		if w.reverse {
			slices.Reverse(numbers)
		}
		w.key, w.numbers = at(base, numbers[0]), numbers[1:]
		return
	}
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
	w.step()
	w.settle()
}

// close ends the walk and returns what went wrong on it.
func (w *walker) close() error {
	return errors.Join(w.err, w.iter.Error(), w.iter.Close())
}
