package main

import (
	"bytes"
	"encoding/binary"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// What a value begins with in a key, in BSON's order of kinds. All are less than after.
const (
	kindUndefined byte = 0x08 // an empty array
	kindNull      byte = 0x10 // or missing
	kindNumber    byte = 0x20
	kindString    byte = 0x30
	kindBinary    byte = 0x50
	kindBool      byte = 0x60
	kindDate      byte = 0x70
	after         byte = 0xff // behind a key: greater than all keys that begin with it
)

// appendKey writes a value so that comparing bytes compares values, and no value's bytes begin those of another one. It
// returns false for kinds that this server cannot compare.
func appendKey(b []byte, v bson.RawValue) ([]byte, bool) {
	number := func(whole int64, fraction float64) []byte {
		b = binary.BigEndian.AppendUint64(append(b, kindNumber), uint64(whole)^1<<63)
		return binary.BigEndian.AppendUint64(b, math.Float64bits(fraction))
	}
	switch v.Type {
	case 0, bson.TypeNull:
		return append(b, kindNull), true
	case bson.TypeUndefined:
		return append(b, kindUndefined), true
	case bson.TypeInt32:
		return number(int64(v.Int32()), 0), true
	case bson.TypeInt64:
		return number(v.Int64(), 0), true
	case bson.TypeDouble:
		whole := math.Floor(v.Double())
		if !(whole >= -1<<63 && whole < 1<<63) {
			return b, false
		}
		return number(int64(whole), v.Double()-whole), true
	case bson.TypeString:
		b = append(b, kindString)
		b = append(b, bytes.ReplaceAll([]byte(v.StringValue()), []byte{0}, []byte{0, 0xff})...)
		return append(b, 0, 1), true
	case bson.TypeBinary:
		sort, data := v.Binary()
		b = binary.BigEndian.AppendUint32(append(b, kindBinary), uint32(len(data)))
		return append(append(b, sort), data...), true
	case bson.TypeBoolean:
		if v.Boolean() {
			return append(b, kindBool, 1), true
		}
		return append(b, kindBool, 0), true
	case bson.TypeDateTime:
		return binary.BigEndian.AppendUint64(append(b, kindDate), uint64(v.DateTime())^1<<63), true
	default:
		return b, false
	}
}

// reach visits every value to which a path leads, through the elements of arrays as well: one of no type if there is
// nothing, one of type undefined for an empty array.
func reach(doc bson.Raw, path []string, visit func(bson.RawValue)) {
	v, err := doc.LookupErr(path[0])
	rest := path[1:]
	switch {
	case err != nil:
		visit(bson.RawValue{})
	case v.Type == bson.TypeArray:
		elements, _ := v.Array().Values()
		if len(elements) == 0 {
			visit(bson.RawValue{Type: bson.TypeUndefined})
		}
		for _, e := range elements {
			switch {
			case len(rest) == 0:
				visit(e)
			case e.Type == bson.TypeEmbeddedDocument:
				reach(e.Document(), rest, visit)
			}
		}
	case len(rest) == 0:
		visit(v)
	case v.Type == bson.TypeEmbeddedDocument:
		reach(v.Document(), rest, visit)
	default:
		visit(bson.RawValue{})
	}
}
