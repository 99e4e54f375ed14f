package store

import (
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"palestra/internal/store/key"
)

// Field is one key of an index: a path in the document and the type that is found there.
type Field struct {
	Path  string   `bson:"path"`  // names joined by dots
	Kind  key.Kind `bson:"kind"`  // the type
	Array bool     `bson:"array"` // one entry for each element of the array on the path
}

// Str is a field of text, ordered by its bytes.
func Str(path string) Field { return Field{Path: path, Kind: key.String} }

// Int is a field of whole numbers.
func Int(path string) Field { return Field{Path: path, Kind: key.Int} }

// Bool is a field of truths; false comes first.
func Bool(path string) Field { return Field{Path: path, Kind: key.Bool} }

// Time is a field of times in milliseconds.
func Time(path string) Field { return Field{Path: path, Kind: key.Time} }

// Bytes is a field of bytes. A query must give its value: bytes have no order.
func Bytes(path string) Field { return Field{Path: path, Kind: key.Bytes} }

// Each says that the path leads to or through an array, each element of which is indexed, once. A query must give the
// element's value. An index has at most one such field; in shared collections none.
func (f Field) Each() Field {
	f.Array = true
	return f
}

// Index is an order in which documents can be found. The document's id is always its last key.
type Index struct {
	Name   string  `bson:"name"`
	Fields []Field `bson:"fields"`
	Unique bool    `bson:"unique"` // no two documents of a town have the same keys
	Sparse bool    `bson:"sparse"` // documents that lack a field are left out
	Across bool    `bson:"across"` // see AsAcross
}

// On declares an index. Names must be unique in a collection.
func On(name string, fields ...Field) Index { return Index{Name: name, Fields: fields} }

// AsUnique returns the index as one in which no two documents of a town have the same keys. It cannot be sparse.
func (x Index) AsUnique() Index {
	x.Unique = true
	return x
}

// AsSparse returns the index as one that leaves out documents in which a field is missing or null.
func (x Index) AsSparse() Index {
	x.Sparse = true
	return x
}

// AsAcross returns the index as one that runs across all towns, for the platform's own work (what is due now?). Only
// Town.Across reads it.
func (x Index) AsAcross() Index {
	x.Across = true
	return x
}

func (x Index) equal(y Index) bool {
	return x.Name == y.Name && x.Unique == y.Unique && x.Sparse == y.Sparse && x.Across == y.Across && slices.Equal(x.Fields, y.Fields)
}

// placed returns the fields of a stream's index: with stream and number at their end, which tell documents apart.
func (x Index) placed() []Field {
	fields := slices.Clone(x.Fields)
	for _, f := range [...]Field{Str("stream"), Int("number")} {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return fields
}

func (x Index) check(class Class) error {
	arrays := 0
	for _, f := range x.Fields {
		if f.Array {
			arrays++
		}
		if f.Path == "" || strings.HasPrefix(f.Path, ".") || strings.HasSuffix(f.Path, ".") || strings.ContainsAny(f.Path, "$\x00") || strings.Contains(f.Path, "..") {
			return fmt.Errorf("index %q: %q is no path", x.Name, f.Path)
		}
	}
	switch {
	case x.Name == "" || strings.HasPrefix(x.Name, "_") || strings.ContainsAny(x.Name, "$\x00. "):
		return fmt.Errorf("index name %q is empty, begins with _ or has one of \"$. \"", x.Name)
	case len(x.Fields) == 0:
		return fmt.Errorf("index %q has no fields", x.Name)
	case arrays > 1:
		return fmt.Errorf("index %q has more than one array", x.Name)
	case arrays > 0 && class == ClassShared:
		return fmt.Errorf("index %q: a shared collection cannot index arrays, since its towns are one", x.Name)
	case x.Unique && x.Sparse:
		return fmt.Errorf("index %q is unique and sparse", x.Name)
	case x.Across && (class != ClassTown || x.Unique):
		return fmt.Errorf("index %q: only town collections have indexes across towns, and they are not unique", x.Name)
	}
	return nil
}

// keys returns the rows of values under which the index finds the document: none if the index is sparse and a field is
// missing, several if a field is an array.
func (x Index) keys(raw bson.Raw) ([][]key.Value, error) {
	rows := [][]key.Value{make([]key.Value, 0, len(x.Fields))}
	for _, f := range x.Fields {
		values, present, err := f.values(raw)
		if err != nil {
			return nil, fmt.Errorf("index %q: %w", x.Name, err)
		}
		if !present {
			if x.Sparse {
				return nil, nil
			}
			return nil, fmt.Errorf("%w: index %q: %q is missing or null", ErrInvalid, x.Name, f.Path)
		}
		if len(values) == 1 {
			for i := range rows {
				rows[i] = append(rows[i], values[0])
			}
			continue
		}
		grown := make([][]key.Value, 0, len(rows)*len(values))
		room, width := make([]key.Value, len(rows)*len(values)*len(x.Fields)), len(x.Fields)
		for _, row := range rows {
			for _, v := range values {
				grown = append(grown, append(append(room[:0:width], row...), v))
				room = room[width:]
			}
		}
		rows = grown
	}
	return rows, nil
}

// values returns what the document has at the field's path, each value once.
func (f Field) values(raw bson.Raw) ([]key.Value, bool, error) {
	v := bson.RawValue{Type: bson.TypeEmbeddedDocument, Value: raw}
	for path := f.Path; path != ""; {
		if v.Type == bson.TypeArray {
			return f.elements(v, strings.Split(path, "."))
		}
		var name string
		name, path, _ = strings.Cut(path, ".")
		next, present := child(v, name)
		if !present {
			return nil, false, nil
		}
		v = next
	}
	if v.Type == bson.TypeArray {
		return f.elements(v, nil)
	}
	if f.Array {
		return nil, false, fmt.Errorf("%w: %q is no array", ErrInvalid, f.Path)
	}
	value, err := f.value(v, "")
	return []key.Value{value}, true, err
}

func (f Field) elements(array bson.RawValue, path []string) ([]key.Value, bool, error) {
	if !f.Array {
		return nil, false, fmt.Errorf("%w: %q is an array, and the index does not say Each", ErrInvalid, f.Path)
	}
	text := string(array.Value) // once for all elements
	rest := array.Value[4:]     // behind the length
	values := make([]key.Value, 0, len(rest)/16)
	var seen map[key.Value]bool
	for len(rest) > 1 {
		element, r, ok := bsoncore.ReadElement(rest)
		if !ok {
			return nil, false, fmt.Errorf("%w: %q is a damaged array", ErrInvalid, f.Path)
		}
		rest = r
		data := element.Value()
		v, present := bson.RawValue{Type: bson.Type(data.Type), Value: data.Data}, data.Type != bsoncore.TypeNull
		for _, name := range path {
			if present {
				v, present = child(v, name)
			}
		}
		if !present {
			continue
		}
		value, err := f.value(v, text[:len(text)-len(rest)])
		if err != nil {
			return nil, false, err
		}
		if seen == nil && len(values) > fewElements {
			seen = make(map[key.Value]bool, 2*len(values))
			for _, old := range values {
				seen[old] = true
			}
		}
		if seen == nil && slices.Contains(values, value) || seen[value] {
			continue
		}
		if seen != nil {
			seen[value] = true
		}
		values = append(values, value)
	}
	return values, true, nil
}

// fewElements is up to how many elements of an array are compared one by one.
const fewElements = 32

// value returns a BSON value as a key. upTo is the text of what holds it, up to its end, or "": bytes share its memory.
func (f Field) value(v bson.RawValue, upTo string) (key.Value, error) {
	if f.Kind == key.Bytes && upTo != "" {
		if _, b, ok := v.BinaryOK(); ok && strings.HasSuffix(upTo, string(b)) {
			return key.Value{Kind: key.Bytes, Text: upTo[len(upTo)-len(b):]}, nil
		}
	}
	value, ok := plain(v)
	if !ok || value.Kind != f.Kind {
		return key.Value{}, fmt.Errorf("%w: %q is of BSON type %s, want %s", ErrInvalid, f.Path, v.Type, f.Kind)
	}
	return value, nil
}

// plain returns the value of a BSON value of one of the five kinds.
func plain(v bson.RawValue) (key.Value, bool) {
	switch v.Type {
	case bson.TypeString:
		return key.OfString(v.StringValue()), true
	case bson.TypeInt32:
		return key.OfInt(int64(v.Int32())), true
	case bson.TypeInt64:
		return key.OfInt(v.Int64()), true
	case bson.TypeBoolean:
		return key.OfBool(v.Boolean()), true
	case bson.TypeDateTime:
		return key.Value{Kind: key.Time, Num: v.DateTime()}, true
	case bson.TypeBinary:
		_, b := v.Binary()
		return key.OfBytes(b), true
	}
	return key.Value{}, false
}

// child returns the value of this name in a document; what is missing, null or no document has none.
func child(v bson.RawValue, name string) (bson.RawValue, bool) {
	doc, ok := v.DocumentOK()
	if !ok {
		return bson.RawValue{}, false
	}
	c, err := doc.LookupErr(name)
	if err != nil || c.Type == bson.TypeNull || c.Type == bson.TypeUndefined {
		return bson.RawValue{}, false
	}
	return c, true
}

// Of returns the one value that a document has at the field's path, which is not an array. ErrInvalid if it has none.
func (f Field) Of(raw bson.Raw) (key.Value, error) {
	values, ok, err := f.values(raw)
	if err == nil && (!ok || len(values) != 1) {
		err = fmt.Errorf("%w: %q has not one value", ErrInvalid, f.Path)
	}
	if err != nil {
		return key.Value{}, err
	}
	return values[0], nil
}
