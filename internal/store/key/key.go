// Package key writes typed values as bytes that sort as the values do, and reads them back.
//
// The order is the one that both engines of the document store promise: text and bytes by their bytes, numbers and
// times by value, false before true. A value needs no length before it and can be followed by further values; comparing
// two such rows with bytes.Compare compares their values one after the other. MongoDB orders the same types in the same
// way, which is why a cursor made by one engine means the same to the other.
package key

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// Kind is the type of an indexed value.
type Kind uint8

// The kinds. The numbers are stored in catalogues and archives: never change them.
const (
	String Kind = 1 // UTF-8, ordered by its bytes
	Int    Kind = 2 // int64
	Bool   Kind = 3
	Time   Kind = 4 // milliseconds since 1970 in UTC
	Bytes  Kind = 5 // matched by equality only: BSON orders bytes by length first
)

// String returns the kind's name, for messages.
func (k Kind) String() string {
	switch k {
	case String:
		return "string"
	case Int:
		return "int"
	case Bool:
		return "bool"
	case Time:
		return "time"
	case Bytes:
		return "bytes"
	}
	return "unknown"
}

// Value is one indexed value. Values are comparable with ==.
type Value struct {
	Kind Kind
	Text string // of String and Bytes
	Num  int64  // of Int; of Bool (0 or 1); of Time (milliseconds since 1970)
}

// OfString makes a value of text.
func OfString(s string) Value { return Value{Kind: String, Text: s} }

// OfInt makes a value of a number.
func OfInt(n int64) Value { return Value{Kind: Int, Num: n} }

// OfTime makes a value of a time, cut to milliseconds.
func OfTime(t time.Time) Value { return Value{Kind: Time, Num: t.UnixMilli()} }

// OfBytes makes a value of bytes.
func OfBytes(b []byte) Value { return Value{Kind: Bytes, Text: string(b)} }

// OfBool makes a value of a truth.
func OfBool(b bool) Value {
	if b {
		return Value{Kind: Bool, Num: 1}
	}
	return Value{Kind: Bool}
}

// ErrMalformed means that bytes are not what Append wrote.
var ErrMalformed = errors.New("key: malformed")

// Text ends with end; a zero byte inside it is followed by escaped, which is larger, so that a text sorts before every
// longer text that it begins.
const (
	zero    = 0x00
	end     = 0x01
	escaped = 0xff
)

// Append writes v behind dst.
func Append(dst []byte, v Value) []byte {
	switch v.Kind {
	case String, Bytes:
		return AppendText(dst, v.Text)
	case Bool:
		return append(dst, byte(v.Num))
	default:
		return binary.BigEndian.AppendUint64(dst, uint64(v.Num)^1<<63)
	}
}

// AppendText writes a text, or bytes, behind dst.
func AppendText(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, zero)
		if i < 0 {
			dst = append(dst, s...)
			return append(dst, zero, end)
		}
		dst = append(dst, s[:i]...)
		dst = append(dst, zero, escaped)
		s = s[i+1:]
	}
}

// Decode reads a value of this kind from the front of b and returns what follows it, or ErrMalformed.
func Decode(k Kind, b []byte) (Value, []byte, error) {
	switch k {
	case String, Bytes:
		s, rest, err := DecodeText(b)
		return Value{Kind: k, Text: s}, rest, err
	case Bool:
		if len(b) < 1 || b[0] > 1 {
			return Value{}, nil, ErrMalformed
		}
		return Value{Kind: k, Num: int64(b[0])}, b[1:], nil
	case Int, Time:
		if len(b) < 8 {
			return Value{}, nil, ErrMalformed
		}
		return Value{Kind: k, Num: int64(binary.BigEndian.Uint64(b) ^ 1<<63)}, b[8:], nil
	}
	return Value{}, nil, ErrMalformed
}

// DecodeText reads a text from the front of b and returns what follows it, or ErrMalformed.
func DecodeText(b []byte) (string, []byte, error) {
	var s []byte
	for i := 0; i+1 < len(b); i++ {
		if b[i] != zero {
			continue
		}
		switch b[i+1] {
		case end:
			if s == nil {
				return string(b[:i]), b[i+2:], nil
			}
			return string(append(s, b[:i]...)), b[i+2:], nil
		case escaped:
			s = append(append(s, b[:i]...), zero)
			b, i = b[i+2:], -1
		default:
			return "", nil, ErrMalformed
		}
	}
	return "", nil, ErrMalformed
}

// Compare orders two values of one kind: negative when a comes first, 0 when they are equal.
func Compare(a, b Value) int {
	switch {
	case a.Text != b.Text:
		return strings.Compare(a.Text, b.Text)
	case a.Num < b.Num:
		return -1
	case a.Num > b.Num:
		return 1
	}
	return 0
}

// Successor returns the smallest bytes that are larger than everything that begins with prefix, or nil if there is
// nothing larger.
func Successor(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			next := append([]byte(nil), prefix[:i+1]...)
			next[i]++
			return next
		}
	}
	return nil
}
