package main

import (
	"bytes"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// query is what find, update, delete and aggregate ask for.
type query struct {
	filter  []condition
	sort    []string // paths
	reverse bool
	hint    string
	limit   int // 0: none
}

func parseQuery(filter, sort bson.Raw, hint bson.RawValue, limit int64) (q query, err error) {
	if q.filter, err = parseFilter(filter); err != nil {
		return q, err
	}
	elements, err := sort.Elements()
	if len(sort) > 0 && err != nil {
		return q, failed("sort: %v", err)
	}
	for i, e := range elements {
		n, _ := e.Value().AsInt64OK()
		if n != 1 && n != -1 || i > 0 && q.reverse != (n == -1) {
			return q, failed("a sort by %s is not known here", e)
		}
		q.sort, q.reverse = append(q.sort, e.Key()), n == -1
	}
	if hint.Type != 0 {
		ok := false
		if q.hint, ok = hint.StringValueOK(); !ok {
			return q, failed("a hint is a name here")
		}
	}
	if limit < 0 {
		return q, failed("a negative limit is not known here")
	}
	q.limit = int(limit)
	return q, nil
}

// span is a range of an index: from low up to, not with, high.
type span struct{ low, high []byte }

// spans are the parts of the index that hold all entries of the filter, in order; which of its paths have one value there;
// and how many paths narrow it.
func (x *index) spans(filter []condition) (out []span, fixed []bool, used int) {
	fixed = make([]bool, len(x.names))
	prefixes := [][]byte{nil}
	var low, high []byte
paths:
	for i, name := range x.names {
		var in [][]byte
		low, high = nil, []byte{after}
		ranged := false
		for _, c := range filter {
			if c.name != name {
				continue
			}
			switch c.op {
			case "$eq":
				in, fixed[i] = [][]byte{c.key}, true
			case "$in":
				if in == nil {
					in = c.in
				}
			default:
				if ranged && x.many { // another element may meet the other condition
					continue
				}
				if !ranged {
					ranged, low, high = true, c.key[:1], []byte{c.key[0] + 1}
				}
				switch edge := append(slices.Clone(c.key), after); c.op {
				case "$gt":
					low = greater(low, edge)
				case "$gte":
					low = greater(low, c.key)
				case "$lt":
					high = less(high, c.key)
				case "$lte":
					high = less(high, edge)
				}
			}
			if fixed[i] {
				break
			}
		}
		switch {
		case in != nil:
			used++
			var product [][]byte
			for _, p := range prefixes {
				for _, v := range in {
					product = append(product, slices.Concat(p, v))
				}
			}
			prefixes, low, high = product, nil, []byte{after}
		case ranged:
			used++
			break paths
		default:
			break paths
		}
	}
	for _, p := range prefixes {
		out = append(out, span{slices.Concat(p, low), slices.Concat(p, high)})
	}
	return out, fixed, used
}

func greater(a, b []byte) []byte {
	if bytes.Compare(a, b) > 0 {
		return a
	}
	return b
}

func less(a, b []byte) []byte {
	if bytes.Compare(a, b) < 0 {
		return a
	}
	return b
}

// orders reports whether walking the index gives the sort.
func (x *index) orders(sort []string, fixed []bool) bool {
	at := 0
	for _, s := range sort {
		if i := slices.Index(x.names, s); i >= 0 && fixed[i] {
			continue
		}
		for at < len(fixed) && fixed[at] {
			at++
		}
		if at == len(fixed) || x.names[at] != s {
			return false
		}
		at++
	}
	return true
}

// choose returns the index that the hint names, or the best one. There is no scan of a whole collection for a filter.
func (c *collection) choose(q query) (*index, []span, error) {
	var best *index
	var spans []span
	most := 0
	if len(q.filter) > 0 {
		most = 1
	}
	for _, x := range c.indexes {
		if q.hint != "" && q.hint != x.name || !implies(q.filter, x.partial) {
			continue
		}
		s, fixed, used := x.spans(q.filter)
		if !x.orders(q.sort, fixed) || q.hint == "" && (used < most || best != nil && used == most) {
			continue
		}
		best, spans, most = x, s, used
		if x == c.indexes[0] && used > 0 && slices.ContainsFunc(q.filter, func(f condition) bool { return f.name == "_id" && (f.op == "$eq" || f.op == "$in") }) {
			break // nothing is better than ids
		}
	}
	if best == nil {
		return nil, nil, &problem{code: 291, name: "NoQueryExecutionPlans", text: "no index finds this, or not in this order"}
	}
	return best, spans, nil
}

// find returns the documents of a query, in order.
func (c *collection) find(q query) ([]*doc, error) {
	x, spans, err := c.choose(q)
	if err != nil {
		return nil, err
	}
	var out []*doc
	seen := map[*doc]bool{}
	take := func(d *doc) bool {
		if x.many && seen[d] || !meet(d.raw, q.filter) {
			return true
		}
		if x.many {
			seen[d] = true
		}
		out = append(out, d)
		return q.limit == 0 || len(out) < q.limit
	}
	if q.reverse {
		slices.Reverse(spans)
	}
	for _, s := range spans {
		low, high := string(s.low), string(s.high)
		if q.reverse {
			x.tree.Descend(entry{key: high}, func(e entry) bool {
				return e.key == high || e.key >= low && take(e.doc)
			})
		} else {
			x.tree.Ascend(entry{key: low}, func(e entry) bool { return e.key < high && take(e.doc) })
		}
		if q.limit > 0 && len(out) >= q.limit {
			break
		}
	}
	return out, nil
}
