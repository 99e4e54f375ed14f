package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/btree"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// doc is a document. It never changes: another state of it is another doc.
type doc struct {
	raw bson.Raw
	id  []byte // key of its _id
}

func newDoc(raw bson.Raw) (*doc, error) {
	v, err := raw.LookupErr("_id")
	if err != nil {
		return nil, failed("a document without an _id")
	}
	id, ok := appendKey(nil, v)
	if !ok || len(raw) > maxDocument {
		return nil, failed("a document with an _id of type %s, or too large", v.Type)
	}
	return &doc{raw: raw, id: id}, nil
}

type entry struct {
	key string
	doc *doc
}

// index is an ordered tree of entries: the keys of its paths and, unless it ends with the _id, the _id.
type index struct {
	spec    bson.Raw // as createIndexes had it
	name    string
	names   []string // of paths
	paths   [][]string
	unique  bool
	partial []condition
	many    bool // a document may have several entries
	tree    *btree.BTreeG[entry]
}

func newTree() *btree.BTreeG[entry] {
	return btree.NewBTreeGOptions(func(a, b entry) bool { return a.key < b.key }, btree.Options{NoLocks: true})
}

func newIndex(spec bson.Raw) (*index, error) {
	x := &index{spec: bytes.Clone(spec), tree: newTree()}
	elements, err := spec.Elements()
	if err != nil {
		return nil, failed("index: %v", err)
	}
	for _, e := range elements {
		v := e.Value()
		ok := true
		switch e.Key() {
		case "v":
		case "name":
			x.name, ok = v.StringValueOK()
		case "unique":
			x.unique, ok = v.BooleanOK()
		case "partialFilterExpression":
			raw, is := v.DocumentOK()
			if ok = is; is {
				x.partial, err = parseFilter(raw)
			}
		case "key":
			raw, _ := v.DocumentOK()
			keys, _ := raw.Elements()
			for _, k := range keys {
				path, err := parsePath(k.Key())
				if n, is := k.Value().AsInt64OK(); err != nil || !is || n != 1 {
					return nil, failed("an index by %s is not known here", k)
				}
				x.names, x.paths = append(x.names, k.Key()), append(x.paths, path)
			}
		default:
			ok = false
		}
		if !ok || err != nil {
			return nil, failed("an index with %s is not known here", e)
		}
	}
	if x.name == "" || len(x.paths) == 0 {
		return nil, failed("an index needs a name and keys")
	}
	return x, nil
}

// keys are those of a document's entries, without the _id behind them; none if a partial index does not hold it.
func (x *index) keys(d *doc) ([]string, error) {
	if !meet(d.raw, x.partial) {
		return nil, nil
	}
	keys, arrays := [][]byte{nil}, 0
	for i, path := range x.paths {
		var values [][]byte
		bad := false
		reach(d.raw, path, func(v bson.RawValue) {
			k, ok := appendKey(nil, v)
			bad = bad || !ok
			if !slices.ContainsFunc(values, func(o []byte) bool { return bytes.Equal(o, k) }) {
				values = append(values, k)
			}
		})
		if bad {
			return nil, failed("%s has a value of a kind that cannot be indexed here", x.names[i])
		}
		if len(values) == 1 {
			for j := range keys {
				keys[j] = append(keys[j], values[0]...)
			}
			continue
		}
		if arrays++; arrays > 1 {
			return nil, failed("cannot index parallel arrays")
		}
		var product [][]byte
		for _, k := range keys {
			for _, v := range values {
				product = append(product, slices.Concat(k, v))
			}
		}
		keys = product
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = string(k)
	}
	return out, nil
}

// full is the key of an entry in the tree.
func (x *index) full(key string, d *doc) string {
	if x.names[len(x.names)-1] == "_id" {
		return key
	}
	return key + string(d.id)
}

// taken returns another document than the given one whose entry has this key.
func (x *index) taken(key string, but *doc) *doc {
	var other *doc
	x.tree.Ascend(entry{key: key}, func(e entry) bool {
		if strings.HasPrefix(e.key, key) && e.doc != but {
			other = e.doc
		}
		return other == nil && strings.HasPrefix(e.key, key)
	})
	return other
}

type collection struct {
	indexes []*index // the first is that of the _id
	wrote   uint64   // the last record in the log about it
}

func newCollection() *collection {
	spec, _ := bson.Marshal(bson.D{{Key: "v", Value: 2}, {Key: "key", Value: bson.D{{Key: "_id", Value: 1}}}, {Key: "name", Value: "_id_"}})
	x, err := newIndex(spec)
	if err != nil {
		panic(err)
	}
	x.unique = true
	return &collection{indexes: []*index{x}}
}

func (c *collection) get(id []byte) *doc {
	e, _ := c.indexes[0].tree.Get(entry{key: string(id)})
	return e.doc
}

// put changes before, nil if there was none, into after, nil if there is none then; or nothing, and returns why.
func (c *collection) put(name string, before, after *doc) error {
	keys := make([][]string, len(c.indexes))
	for i, x := range c.indexes {
		if after == nil {
			continue
		}
		var err error
		if keys[i], err = x.keys(after); err != nil {
			return err
		}
		for _, k := range keys[i] {
			if x.unique && x.taken(k, before) != nil {
				return duplicate(name, x, after)
			}
		}
	}
	for i, x := range c.indexes {
		if before != nil {
			old, _ := x.keys(before)
			for _, k := range old {
				x.tree.Delete(entry{key: x.full(k, before)})
			}
		}
		for _, k := range keys[i] {
			x.tree.Set(entry{key: x.full(k, after), doc: after})
		}
		x.many = x.many || len(keys[i]) > 1
	}
	return nil
}

// build fills a new index with the documents that are there.
func (c *collection) build(name string, x *index) (err error) {
	c.indexes[0].tree.Scan(func(e entry) bool {
		var keys []string
		if keys, err = x.keys(e.doc); err != nil {
			return false
		}
		for _, k := range keys {
			if x.unique && x.taken(k, e.doc) != nil {
				err = duplicate(name, x, e.doc)
				return false
			}
			x.tree.Set(entry{key: x.full(k, e.doc), doc: e.doc})
		}
		x.many = x.many || len(keys) > 1
		return true
	})
	if err == nil {
		c.indexes = append(c.indexes, x)
	}
	return err
}

func duplicate(name string, x *index, d *doc) error {
	pattern, value := bson.D{}, bson.D{}
	for i, n := range x.names {
		pattern = append(pattern, bson.E{Key: n, Value: 1})
		if v, err := d.raw.LookupErr(x.paths[i]...); err == nil {
			value = append(value, bson.E{Key: n, Value: v})
		}
	}
	return &problem{code: 11000, name: "DuplicateKey", text: fmt.Sprintf("E11000 duplicate key error collection: %s index: %s dup key: %s", name, x.name, value),
		more: bson.D{{Key: "keyPattern", Value: pattern}, {Key: "keyValue", Value: value}}}
}

// database is a view of one: what is, or what was at a moment.
type database struct{ all map[string]*collection }

// copy returns a view that no longer changes with this one. It costs little: trees share what is not changed.
func (db *database) copy() *database {
	all := maps.Clone(db.all)
	for name, c := range all {
		fresh := &collection{indexes: make([]*index, len(c.indexes)), wrote: c.wrote}
		for i, x := range c.indexes {
			y := *x
			y.tree = x.tree.Copy()
			fresh.indexes[i] = &y
		}
		all[name] = fresh
	}
	return &database{all: all}
}

func (db *database) collection(name string) *collection {
	c := db.all[name]
	if c == nil {
		c = newCollection()
		db.all[name] = c
	}
	return c
}
