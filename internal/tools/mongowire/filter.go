package main

import (
	"bytes"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// condition is one of those that a document must meet. A filter is a list of them.
type condition struct {
	name string
	path []string
	op   string   // $eq, $gt, $gte, $lt, $lte, $in
	key  []byte   // of the value; not for $in
	in   [][]byte // in order
}

func parsePath(name string) ([]string, error) {
	path := strings.Split(name, ".")
	for _, p := range path {
		if p == "" || p[0] == '$' || strings.Trim(p, "0123456789") == "" {
			return nil, failed("the path %q is not known here", name)
		}
	}
	return path, nil
}

func parseFilter(raw bson.Raw) ([]condition, error) {
	var out []condition
	elements, err := raw.Elements()
	if err != nil {
		return nil, failed("filter: %v", err)
	}
	for _, e := range elements {
		v := e.Value()
		if e.Key() == "$and" && v.Type == bson.TypeArray {
			parts, _ := v.Array().Values()
			for _, p := range parts {
				if p.Type != bson.TypeEmbeddedDocument {
					return nil, failed("$and of what is no document")
				}
				more, err := parseFilter(p.Document())
				if err != nil {
					return nil, err
				}
				out = append(out, more...)
			}
			continue
		}
		path, err := parsePath(e.Key())
		if err != nil {
			return nil, err
		}
		if v.Type != bson.TypeEmbeddedDocument {
			if out, err = appendCondition(out, condition{name: e.Key(), path: path, op: "$eq"}, v); err != nil {
				return nil, err
			}
			continue
		}
		ops, _ := v.Document().Elements()
		if len(ops) == 0 {
			return nil, failed("comparing with a document is not known here")
		}
		for _, o := range ops {
			if out, err = appendCondition(out, condition{name: e.Key(), path: path, op: o.Key()}, o.Value()); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func appendCondition(list []condition, c condition, v bson.RawValue) ([]condition, error) {
	key := func(v bson.RawValue) ([]byte, error) {
		b, ok := appendKey(nil, v)
		if !ok || b[0] == kindNull || b[0] == kindUndefined {
			return nil, failed("%s with a value of type %s is not known here", c.op, v.Type)
		}
		return b, nil
	}
	var err error
	switch c.op {
	case "$eq", "$gt", "$gte", "$lt", "$lte":
		c.key, err = key(v)
	case "$in":
		if v.Type != bson.TypeArray {
			return nil, failed("$in needs an array")
		}
		values, _ := v.Array().Values()
		c.in = make([][]byte, 0, len(values)) // not nil: an empty one finds nothing
		for _, x := range values {
			k, err := key(x)
			if err != nil {
				return nil, err
			}
			c.in = append(c.in, k)
		}
		slices.SortFunc(c.in, bytes.Compare)
		c.in = slices.CompactFunc(c.in, bytes.Equal)
	default:
		return nil, failed("unknown operator: %s", c.op)
	}
	return append(list, c), err
}

// meets reports whether one value meets the condition. Values of another kind than the condition's never do.
func (c *condition) meets(key []byte) bool {
	if c.op == "$in" {
		_, found := slices.BinarySearchFunc(c.in, key, bytes.Compare)
		return found
	}
	if key[0] != c.key[0] {
		return false
	}
	order := bytes.Compare(key, c.key)
	switch c.op {
	case "$gt":
		return order > 0
	case "$gte":
		return order >= 0
	case "$lt":
		return order < 0
	case "$lte":
		return order <= 0
	default:
		return order == 0
	}
}

// meet reports whether a document meets all conditions.
func meet(doc bson.Raw, list []condition) bool {
	var space [64]byte
	for i := range list {
		ok := false
		reach(doc, list[i].path, func(v bson.RawValue) {
			if key, known := appendKey(space[:0], v); known && !ok {
				ok = list[i].meets(key)
			}
		})
		if !ok {
			return false
		}
	}
	return true
}

// implies reports whether whatever meets the filter meets the one of a partial index; it sees what is there word by word.
func implies(filter, partial []condition) bool {
	for _, p := range partial {
		if !slices.ContainsFunc(filter, func(c condition) bool {
			return c.name == p.name && c.op == p.op && bytes.Equal(c.key, p.key) && slices.EqualFunc(c.in, p.in, bytes.Equal)
		}) {
			return false
		}
	}
	return true
}

// project copies what an inclusion names, and the _id.
func project(doc bson.Raw, paths [][]string) bson.D {
	out := bson.D{}
	elements, _ := doc.Elements()
	for _, e := range elements {
		v := e.Value()
		var deeper [][]string
		whole := false
		for _, p := range paths {
			if p[0] != e.Key() {
				continue
			}
			if whole = whole || len(p) == 1; len(p) > 1 {
				deeper = append(deeper, p[1:])
			}
		}
		switch {
		case whole:
			out = append(out, bson.E{Key: e.Key(), Value: v})
		case deeper == nil:
		case v.Type == bson.TypeEmbeddedDocument:
			out = append(out, bson.E{Key: e.Key(), Value: project(v.Document(), deeper)})
		case v.Type == bson.TypeArray:
			list := bson.A{}
			values, _ := v.Array().Values()
			for _, x := range values {
				if x.Type == bson.TypeEmbeddedDocument {
					list = append(list, project(x.Document(), deeper))
				}
			}
			out = append(out, bson.E{Key: e.Key(), Value: list})
		}
	}
	return out
}

func parseProjection(raw bson.Raw) ([][]string, error) {
	elements, err := raw.Elements()
	if err != nil || len(elements) == 0 {
		return nil, err
	}
	paths := [][]string{{"_id"}}
	for _, e := range elements {
		path, err := parsePath(e.Key())
		if err != nil {
			return nil, err
		}
		if n, ok := e.Value().AsInt64OK(); !ok || n != 1 {
			return nil, failed("a projection only names what is wanted here")
		}
		paths = append(paths, path)
	}
	return paths, nil
}
