package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/store/key"
)

// complete adds the indexes that the sort of collection implies, and checks the whole.
func (c *Collection) complete() error {
	if c.Name == "" || len(c.Name) > 64 || strings.HasPrefix(c.Name, "_") || strings.ContainsAny(c.Name, "$\x00/ ") {
		return fmt.Errorf("store: %q is no name for a collection", c.Name)
	}
	if c.Version < 1 {
		return fmt.Errorf("store: %s: schema versions begin with 1", c.Name)
	}
	if c.Thinned && !c.Stream {
		return fmt.Errorf("store: %s: only streams can be thinned", c.Name)
	}
	seen := map[string]bool{}
	for _, x := range c.Indexes {
		if err := x.check(c.Class); err != nil {
			return fmt.Errorf("store: %s: %w", c.Name, err)
		}
		if seen[x.Name] || c.Stream && x.Name == ByStream {
			return fmt.Errorf("store: %s: two indexes are named %q", c.Name, x.Name)
		}
		seen[x.Name] = true
	}
	c.Indexes = slices.Clone(c.Indexes)
	if c.Stream {
		for i, x := range c.Indexes {
			if x.Unique || x.Across {
				return fmt.Errorf("store: %s: index %q: streams have no unique indexes and none across towns", c.Name, x.Name)
			}
			c.Indexes[i].Fields = x.placed()
		}
	}
	if c.Class == ClassShared {
		c.Indexes = append(c.Indexes, Index{Name: ByShared})
	}
	if c.Stream {
		c.Indexes = append(c.Indexes, On(ByStream, Str("stream"), Int("number")).AsUnique())
	}
	return nil
}

func (c *Collection) equal(d *Collection) bool {
	return c.Name == d.Name && c.Class == d.Class && c.Version == d.Version && c.Stream == d.Stream && c.Thinned == d.Thinned && slices.EqualFunc(c.Indexes, d.Indexes, Index.equal)
}

// Equal reports whether two indexes are declared alike.
func (x Index) Equal(y Index) bool { return x.equal(y) }

// Index returns the place of a declared index in c.Indexes, or -1 for ByID in collections whose primary key it is.
func (c *Collection) index(name string) (int, error) {
	if name == ByID {
		if c.Class != ClassShared {
			return -1, nil
		}
		name = ByShared
	}
	if i := slices.IndexFunc(c.Indexes, func(x Index) bool { return x.Name == name }); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%w: %s has no index %q", ErrQuery, c.Name, name)
}

// Follows returns an error unless a collection that was declared as old may now be declared as c. What can be thinned may
// have gaps, and so is never again declared as what has none. ErrDeclared, ErrNewer
func (c *Collection) Follows(old *Collection) error {
	switch {
	case old.Class != c.Class || old.Stream != c.Stream || old.Thinned && !c.Thinned:
		return ErrDeclared
	case old.Version > c.Version:
		return fmt.Errorf("%w: schema version %d, this program knows %d", ErrNewer, old.Version, c.Version)
	}
	return nil
}

// Rows returns all places of a document in the collection's indexes, or ErrInvalid if it does not fit them.
func (c *Collection) Rows(doc Doc) ([]Row, error) {
	if doc.Rows != nil {
		return doc.Rows, nil
	}
	rows := make([]Row, 0, len(c.Indexes))
	for i, x := range c.Indexes {
		keys, err := x.keys(doc.Raw)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", c.Name, doc.ID, err)
		}
		for _, values := range keys {
			switch {
			case x.Across:
				rows = append(rows, Row{Index: i, Values: values, Tail: Tail(doc.Town, doc.ID)})
			case c.Class == ClassShared:
				for _, town := range doc.Towns {
					rows = append(rows, Row{Index: i, Town: town, Values: values, Tail: doc.ID})
				}
			default:
				rows = append(rows, Row{Index: i, Town: doc.Town, Values: values, Tail: doc.ID})
			}
		}
	}
	return rows, nil
}

// Tail is the last key of an index across towns, and a document's primary key on MongoDB.
func Tail(town, id string) string { return town + "/" + id }

// CutTail is the reverse of Tail.
func CutTail(tail string) (town, id string, ok bool) { return strings.Cut(tail, "/") }

// Parse reads what engines need to know of a stored document.
func (c *Collection) Parse(town string, raw bson.Raw) (Doc, error) {
	doc := Doc{Town: town, Raw: raw}
	var ok bool
	if doc.ID, ok = raw.Lookup("_id").StringValueOK(); !ok {
		return Doc{}, fmt.Errorf("%w: %s: no _id", ErrInvalid, c.Name)
	}
	if doc.Rev, ok = raw.Lookup("_rev").AsInt64OK(); !ok {
		return Doc{}, fmt.Errorf("%w: %s %q: no _rev", ErrInvalid, c.Name, doc.ID)
	}
	if c.Class != ClassShared {
		return doc, nil
	}
	array, ok := raw.Lookup("_towns").ArrayOK()
	if !ok {
		return Doc{}, fmt.Errorf("%w: %s %q: no _towns", ErrInvalid, c.Name, doc.ID)
	}
	values, err := array.Values()
	if err != nil {
		return Doc{}, err
	}
	for _, v := range values {
		doc.Towns = append(doc.Towns, v.StringValue())
	}
	return doc, nil
}

// place reads a stream document's stream, number and time.
func place(raw bson.Raw) (string, Head, error) {
	stream, ok1 := raw.Lookup("stream").StringValueOK()
	number, ok2 := raw.Lookup("number").AsInt64OK()
	stored, ok3 := raw.Lookup("stored").TimeOK()
	if !ok1 || !ok2 || !ok3 {
		return "", Head{}, fmt.Errorf("%w: no place in a stream", ErrInvalid)
	}
	return stream, Head{Number: number, Stored: stored.UTC()}, nil
}

// settle writes a place into a document of a stream and into its rows. Numbers and times have a fixed width in BSON.
func (c *Collection) settle(doc Doc, at Head) error {
	number, err1 := doc.Raw.LookupErr("number")
	stored, err2 := doc.Raw.LookupErr("stored")
	if err1 != nil || err2 != nil || number.Type != bson.TypeInt64 || stored.Type != bson.TypeDateTime {
		return fmt.Errorf("%w: no place in a stream", ErrInvalid)
	}
	binary.LittleEndian.PutUint64(number.Value, uint64(at.Number))
	binary.LittleEndian.PutUint64(stored.Value, uint64(at.Stored.UnixMilli()))
	for _, r := range doc.Rows {
		for i, f := range c.Indexes[r.Index].Fields {
			switch f.Path {
			case "number":
				r.Values[i] = key.OfInt(at.Number)
			case "stored":
				r.Values[i] = key.OfTime(at.Stored)
			}
		}
	}
	return nil
}

// Place returns the stream of a stored document and its head when this document is the last.
func Place(raw bson.Raw) (stream string, head Head, err error) { return place(raw) }

// Matches reports whether a document meets all conditions.
func Matches(raw bson.Raw, where []Match) bool {
	for _, m := range where {
		if !m.matches(bson.RawValue{Type: bson.TypeEmbeddedDocument, Value: raw}, strings.Split(m.Path, ".")) {
			return false
		}
	}
	return true
}

// matches follows the path, through the elements of arrays as well.
func (m Match) matches(v bson.RawValue, path []string) bool {
	if v.Type == bson.TypeArray {
		elements, err := v.Array().Values()
		if err != nil {
			return false
		}
		return slices.ContainsFunc(elements, func(e bson.RawValue) bool { return m.matches(e, path) })
	}
	if len(path) > 0 {
		c, ok := child(v, path[0])
		return ok && m.matches(c, path[1:])
	}
	if f, ok := v.DoubleOK(); ok {
		return m.Value.Kind == key.Int && f == float64(m.Value.Num)
	}
	got, ok := plain(v)
	return ok && got == m.Value
}

func checkID(id string) error {
	if id == "" || len(id) > MaxID || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return fmt.Errorf("%w: %w: an id has 1 to %d bytes of UTF-8 without zero bytes, not %d", ErrNotFound, ErrInvalid, MaxID, len(id))
	}
	return nil
}

var errTown = errors.New("store: an organisation's id has 1 to 128 bytes of UTF-8 without zero bytes and slashes")

func checkTown(town string) error {
	if town == "" || len(town) > MaxTown || !utf8.ValidString(town) || strings.ContainsAny(town, "/\x00") {
		return errTown
	}
	return nil
}
