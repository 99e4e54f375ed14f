package store

import (
	"encoding/binary"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// codec writes and reads documents of flat types: those whose members are text, whole numbers, truths, times, bytes, lists
// of text and of bytes, and types with a BSON form of their own. It writes what the driver would write, byte by byte, in
// a fraction of the time; what it does not expect when reading it leaves to the driver. Types with anything else in
// them have no codec.
type codec struct {
	fields []flat
	names  map[string]int // in fields
}

type flat struct {
	name string
	at   []int // for reflect.Value.FieldByIndex
	kind flatKind
}

type flatKind uint8

const (
	flatString flatKind = iota + 1
	flatInt             // int: 32 bits if they are enough
	flatInt64
	flatBool
	flatTime
	flatBytes
	flatStrings
	flatBytesList
	flatValue // bson.ValueMarshaler and, by its pointer, bson.ValueUnmarshaler
)

// newCodec returns nil if the type is not flat.
func newCodec(t reflect.Type) *codec {
	c := &codec{names: map[string]int{}}
	if !c.add(t, nil) {
		return nil
	}
	for i, f := range c.fields {
		if _, twice := c.names[f.name]; twice {
			return nil
		}
		c.names[f.name] = i
	}
	return c
}

func (c *codec) add(t reflect.Type, at []int) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("bson"), ",")
		where := append(append([]int(nil), at...), i)
		switch {
		case name == "-":
			continue
		case f.Anonymous || options != "":
			if options != "inline" || f.Type.Kind() != reflect.Struct || !c.add(f.Type, where) {
				return false
			}
			continue
		case !f.IsExported():
			continue
		case name == "":
			name = strings.ToLower(f.Name)
		}
		kind := kindOf(f.Type)
		if kind == 0 {
			return false
		}
		c.fields = append(c.fields, flat{name, where, kind})
	}
	return true
}

func kindOf(t reflect.Type) flatKind {
	p := reflect.PointerTo(t)
	switch {
	case t.Implements(reflect.TypeFor[bson.ValueMarshaler]()) && p.Implements(reflect.TypeFor[bson.ValueUnmarshaler]()):
		return flatValue
	case p.Implements(reflect.TypeFor[bson.Marshaler]()), p.Implements(reflect.TypeFor[bson.Unmarshaler]()),
		p.Implements(reflect.TypeFor[bson.ValueMarshaler]()), p.Implements(reflect.TypeFor[bson.ValueUnmarshaler]()):
		return 0
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return flatTime
	case reflect.TypeFor[[]byte]():
		return flatBytes
	case reflect.TypeFor[[]string]():
		return flatStrings
	case reflect.TypeFor[[][]byte]():
		return flatBytesList
	}
	switch t.Kind() {
	case reflect.String:
		return flatString
	case reflect.Int:
		return flatInt
	case reflect.Int64:
		if t == reflect.TypeFor[int64]() {
			return flatInt64
		}
	case reflect.Bool:
		return flatBool
	}
	return 0
}

// append writes a document with its schema version behind it.
func (c *codec) append(b []byte, doc reflect.Value, version int) ([]byte, error) {
	start, b := bsoncore.AppendDocumentStart(b)
	for _, f := range c.fields {
		v := doc.FieldByIndex(f.at)
		switch f.kind {
		case flatString:
			b = bsoncore.AppendStringElement(b, f.name, v.String())
		case flatInt:
			if n := v.Int(); n == int64(int32(n)) {
				b = bsoncore.AppendInt32Element(b, f.name, int32(n))
			} else {
				b = bsoncore.AppendInt64Element(b, f.name, n)
			}
		case flatInt64:
			b = bsoncore.AppendInt64Element(b, f.name, v.Int())
		case flatBool:
			b = bsoncore.AppendBooleanElement(b, f.name, v.Bool())
		case flatTime:
			b = bsoncore.AppendDateTimeElement(b, f.name, v.Addr().Interface().(*time.Time).UnixMilli())
		case flatBytes:
			if v.IsNil() {
				b = bsoncore.AppendNullElement(b, f.name)
			} else {
				b = bsoncore.AppendBinaryElement(b, f.name, 0, v.Bytes())
			}
		case flatStrings:
			var at int32
			at, b = bsoncore.AppendArrayElementStart(b, f.name)
			for i, s := range *v.Addr().Interface().(*[]string) {
				b = bsoncore.AppendStringElement(b, strconv.Itoa(i), s)
			}
			b, _ = bsoncore.AppendArrayEnd(b, at)
		case flatBytesList:
			var at int32
			at, b = bsoncore.AppendArrayElementStart(b, f.name)
			for i, data := range *v.Addr().Interface().(*[][]byte) {
				if data == nil {
					b = bsoncore.AppendNullElement(b, strconv.Itoa(i))
				} else {
					b = bsoncore.AppendBinaryElement(b, strconv.Itoa(i), 0, data)
				}
			}
			b, _ = bsoncore.AppendArrayEnd(b, at)
		case flatValue:
			typ, data, err := v.Addr().Interface().(bson.ValueMarshaler).MarshalBSONValue()
			if err != nil {
				return nil, err
			}
			b = append(bsoncore.AppendHeader(b, bsoncore.Type(typ), f.name), data...)
		}
	}
	b = bsoncore.AppendInt64Element(b, "_v", int64(version))
	b, err := bsoncore.AppendDocumentEnd(b, start)
	return b, err
}

// read fills a document, and reports whether it was all as expected. Otherwise the document is to be read by the driver.
func (c *codec) read(raw []byte, doc reflect.Value) bool {
	if len(raw) < 5 || int(binary.LittleEndian.Uint32(raw)) != len(raw) {
		return false
	}
	rest := raw[4:]
	for len(rest) > 1 {
		element, r, ok := bsoncore.ReadElement(rest)
		if !ok || element[0] == 0 {
			return false // a document that ends before its end
		}
		rest = r
		i, known := c.names[string(element.KeyBytes())]
		if !known {
			continue
		}
		if !c.fields[i].read(element.Value(), doc.FieldByIndex(c.fields[i].at)) {
			return false
		}
	}
	return ended(rest)
}

// ended reports whether nothing but the zero byte that ends a document or an array is left.
func ended(rest []byte) bool { return len(rest) == 1 && rest[0] == 0 }

func (f flat) read(v bsoncore.Value, to reflect.Value) bool {
	switch f.kind {
	case flatString:
		s, ok := text(v)
		to.SetString(s)
		return ok
	case flatInt, flatInt64:
		if n, ok := v.Int32OK(); ok {
			to.SetInt(int64(n))
			return true
		}
		n, ok := v.Int64OK()
		to.SetInt(n)
		return ok
	case flatBool:
		is, ok := v.BooleanOK()
		to.SetBool(is)
		return ok
	case flatTime:
		millis, ok := v.DateTimeOK()
		*to.Addr().Interface().(*time.Time) = time.UnixMilli(millis).UTC()
		return ok
	case flatBytes:
		subtype, data, ok := v.BinaryOK()
		if ok {
			to.SetBytes(append([]byte{}, data...))
		}
		return ok && subtype == 0
	case flatStrings:
		list := []string{}
		ok := elements(v, func(e bsoncore.Value) bool {
			s, ok := text(e)
			list = append(list, s)
			return ok
		})
		*to.Addr().Interface().(*[]string) = list
		return ok
	case flatBytesList:
		list, room := [][]byte{}, make([]byte, 0, len(v.Data))
		ok := elements(v, func(e bsoncore.Value) bool {
			subtype, data, ok := e.BinaryOK()
			from := len(room)
			room = append(room, data...)
			list = append(list, room[from:len(room):len(room)])
			return ok && subtype == 0
		})
		*to.Addr().Interface().(*[][]byte) = list
		return ok
	case flatValue:
		return to.Addr().Interface().(bson.ValueUnmarshaler).UnmarshalBSONValue(byte(v.Type), v.Data) == nil
	}
	return false
}

// text returns a string that ends as strings end.
func text(v bsoncore.Value) (string, bool) {
	s, ok := v.StringValueOK()
	return s, ok && v.Data[len(v.Data)-1] == 0
}

// elements calls f with each element of an array, until f is false.
func elements(v bsoncore.Value, f func(bsoncore.Value) bool) bool {
	if v.Type != bsoncore.TypeArray || len(v.Data) < 5 {
		return false
	}
	rest := v.Data[4:]
	for len(rest) > 1 {
		element, r, ok := bsoncore.ReadElement(rest)
		if !ok || element[0] == 0 || !f(element.Value()) {
			return false
		}
		rest = r
	}
	return ended(rest)
}
