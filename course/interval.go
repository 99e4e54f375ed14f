package course

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Intervals is a set of half-open spans [from, to) in milliseconds, in order, without overlap and without touching.
type Intervals [][2]int64

// Normal returns the same set as any spans, in order and merged; empty and reversed ones are dropped.
func Normal(spans ...[2]int64) Intervals {
	var keep [][2]int64
	for _, s := range spans {
		if s[1] > s[0] {
			keep = append(keep, s)
		}
	}
	slices.SortFunc(keep, func(a, b [2]int64) int {
		switch {
		case a[0] < b[0]:
			return -1
		case a[0] > b[0]:
			return 1
		}
		return 0
	})
	out := Intervals{}
	for _, s := range keep {
		if n := len(out); n > 0 && s[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], s[1])
			continue
		}
		out = append(out, s)
	}
	return out
}

// Union returns what is in either set.
func (a Intervals) Union(b Intervals) Intervals {
	return Normal(append(slices.Clone(a), b...)...)
}

// Within returns the part of the set inside [from, to).
func (a Intervals) Within(from, to int64) Intervals {
	out := Intervals{}
	for _, s := range a {
		if s[0] = max(s[0], from); s[0] < min(s[1], to) {
			out = append(out, [2]int64{s[0], min(s[1], to)})
		}
	}
	return out
}

// Without returns what is in a and not in b.
func (a Intervals) Without(b Intervals) Intervals {
	out := Intervals{}
	for _, s := range a {
		at := s[0]
		for _, t := range b {
			if t[1] <= at || t[0] >= s[1] {
				continue
			}
			if t[0] > at {
				out = append(out, [2]int64{at, t[0]})
			}
			at = max(at, t[1])
		}
		if at < s[1] {
			out = append(out, [2]int64{at, s[1]})
		}
	}
	return out
}

// Gaps returns what of [0, length) is missing.
func (a Intervals) Gaps(length int64) Intervals { return Intervals{{0, length}}.Without(a) }

// Length returns the sum of the spans in milliseconds.
func (a Intervals) Length() int64 {
	var n int64
	for _, s := range a {
		n += s[1] - s[0]
	}
	return n
}

// Earliest returns the first n milliseconds of the set.
func (a Intervals) Earliest(n int64) Intervals {
	var out [][2]int64
	for i := 0; i < len(a) && n > 0; i++ {
		take := min(n, a[i][1]-a[i][0])
		out = append(out, [2]int64{a[i][0], a[i][0] + take})
		n -= take
	}
	return Normal(out...)
}

// MarshalBSONValue stores the set as one flat array, from and to by turns: not every server that speaks MongoDB's
// protocol keeps arrays in arrays.
func (a Intervals) MarshalBSONValue() (typ byte, data []byte, err error) {
	flat := make([]int64, 0, 2*len(a))
	for _, s := range a {
		flat = append(flat, s[0], s[1])
	}
	t, data, err := bson.MarshalValue(flat)
	return byte(t), data, err
}

// UnmarshalBSONValue reads what MarshalBSONValue wrote.
func (a *Intervals) UnmarshalBSONValue(typ byte, data []byte) error {
	var flat []int64
	if err := bson.UnmarshalValue(bson.Type(typ), data, &flat); err != nil {
		return err
	}
	*a = make(Intervals, 0, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		*a = append(*a, [2]int64{flat[i], flat[i+1]})
	}
	return nil
}
