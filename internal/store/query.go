package store

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store/key"
)

// Query walks one index. The zero Query walks all documents by id.
type Query struct {
	Index    string         // a declared index; "" = by id
	Equal    []any          // values of the first fields
	From, To any            // range of the next field, or of the id behind the last field: From inclusive, To exclusive; nil = open
	Reverse  bool           // from the end
	Where    map[string]any // further equalities, by path: string, whole number, bool, time or []byte; in arrays an element
	Limit    int            // documents of the page, at most MaxLimit; 0 = 50
	Cursor   string         // Page.Next of the page before
}

// Page is a part of what a query finds.
type Page[T any] struct {
	Docs []T
	Next string // the cursor of the next page; "" at the end
}

// scan checks the query against the collection and makes it ready for an engine. ErrQuery, ErrCursor
func (c *Collection) scan(town string, q Query, across bool) (Scan, error) {
	i, err := c.index(q.Index)
	if err != nil {
		return Scan{}, err
	}
	var fields []Field
	if i >= 0 {
		fields = c.Indexes[i].Fields
	}
	bad := func(format string, args ...any) (Scan, error) {
		return Scan{}, fmt.Errorf("%w: %s, index %q: %s", ErrQuery, c.Name, q.Index, fmt.Sprintf(format, args...))
	}
	s := Scan{Index: i, Town: town, Reverse: q.Reverse, Limit: q.Limit}
	switch {
	case across != (i >= 0 && c.Indexes[i].Across):
		return bad("only Across walks an index across towns, and nothing else")
	case len(q.Equal) > len(fields):
		return bad("%d values for %d fields", len(q.Equal), len(fields))
	case q.Limit < 0 || q.Limit > MaxLimit:
		return bad("the limit is %d, and may be at most %d", q.Limit, MaxLimit)
	case q.Limit == 0:
		s.Limit = defaultPage
	}
	for n, f := range fields[len(q.Equal):] {
		if f.Array || f.Kind == key.Bytes {
			return bad("the value of %q must be given (field %d)", f.Path, len(q.Equal)+n+1)
		}
	}
	for n, v := range q.Equal {
		value, ok := valueOf(v)
		if !ok || value.Kind != fields[n].Kind {
			return bad("%q is a %s, not a %T", fields[n].Path, fields[n].Kind, v)
		}
		s.Equal = append(s.Equal, value)
	}
	next := Str("id")
	if rest := fields[len(q.Equal):]; len(rest) > 0 {
		next = rest[0]
	}
	for bound, v := range map[**key.Value]any{&s.From: q.From, &s.To: q.To} {
		if v == nil {
			continue
		}
		value, ok := valueOf(v)
		if !ok || value.Kind != next.Kind {
			return bad("%q is a %s, not a %T", next.Path, next.Kind, v)
		}
		if across && len(q.Equal) == len(fields) {
			return bad("there is no range of ids across towns")
		}
		*bound = &value
	}
	for _, path := range slices.Sorted(maps.Keys(q.Where)) {
		value, ok := valueOf(q.Where[path])
		if !ok {
			return bad("Where %q is a %T", path, q.Where[path])
		}
		s.Where = append(s.Where, Match{Path: path, Value: value})
		s.Most = MaxExamined
	}
	if q.Cursor != "" {
		if s.After, err = c.cursor(s, fields[len(q.Equal):], q.Cursor); err != nil {
			return Scan{}, err
		}
	}
	return s, nil
}

// encode writes the place behind which the next page begins. It holds for this index, town, direction and Equal only.
func (c *Collection) encode(s Scan, last []key.Value) string {
	if last == nil {
		return ""
	}
	b := binary.BigEndian.AppendUint32(nil, c.shape(s))
	for _, v := range last {
		b = key.Append(b, v)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// cursor reads what encode wrote.
func (c *Collection) cursor(s Scan, fields []Field, text string) ([]key.Value, error) {
	refuse := func() ([]key.Value, error) {
		return nil, fault.New(fault.Invalid, "store.cursor", "this page no longer exists: begin again with the first one").Because(ErrCursor)
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 4 || binary.BigEndian.Uint32(b) != c.shape(s) {
		return refuse()
	}
	b = b[4:]
	after := make([]key.Value, 0, len(fields)+1)
	for _, f := range append(slices.Clone(fields), Str("id")) {
		var v key.Value
		if v, b, err = key.Decode(f.Kind, b); err != nil {
			return refuse()
		}
		after = append(after, v)
	}
	if len(b) > 0 {
		return refuse()
	}
	return after, nil
}

// shape is a checksum of what a cursor is bound to.
func (c *Collection) shape(s Scan) uint32 {
	b := key.AppendText(nil, c.Name)
	if s.Index >= 0 {
		b = key.AppendText(b, c.Indexes[s.Index].Name)
	}
	b = key.AppendText(b, s.Town)
	b = key.Append(b, key.OfBool(s.Reverse))
	for _, v := range s.Equal {
		b = key.Append(b, v)
	}
	return crc32.ChecksumIEEE(b)
}

// valueOf returns what a program gives as a value: text, whole numbers, truths, times, bytes, and types made of these.
func valueOf(v any) (key.Value, bool) {
	switch v := v.(type) {
	case string:
		return key.OfString(v), true
	case time.Time:
		return key.OfTime(v), true
	case []byte:
		return key.OfBytes(v), true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return key.OfString(r.String()), true
	case reflect.Bool:
		return key.OfBool(r.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return key.OfInt(r.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return key.OfInt(int64(r.Uint())), r.Uint() <= math.MaxInt64
	}
	return key.Value{}, false
}
