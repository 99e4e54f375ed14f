package lrs

import (
	"encoding/binary"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// facts are what a record holds beside its place and its tokens. Nothing is searched by them, so they are kept as one
// piece of bytes: as fields of their own they would cost more than reading the statement does.
type facts struct {
	Body         []byte // xapi.Parsed.Body
	Authority    []byte // JSON
	Same         []byte // xapi.Parsed.Digest
	Own          int    // how many tokens are its own
	Actor        string // xapi.Identity
	Verb         string
	Activity     string
	Target       string // the statement that it refers to
	Registration string
	Voids        bool // Target is voided
	Platform     bool // the platform itself says so
	Timestamp    time.Time
	Timed        bool // it came with a timestamp
}

// factsFormat is the first byte. What later versions add comes under another one.
const factsFormat = 1

var errFacts = errors.New("lrs: a statement's facts are damaged")

const (
	voids = 1 << iota
	ofPlatform
	timed
)

// MarshalBSONValue implements bson.ValueMarshaler: a binary value.
func (f facts) MarshalBSONValue() (byte, []byte, error) {
	flags := flag(f.Voids, voids) | flag(f.Platform, ofPlatform) | flag(f.Timed, timed)
	const head = 5 // BSON: the length in 4 bytes, the subtype
	b := make([]byte, head, head+64+len(f.Body)+len(f.Authority)+len(f.Actor)+len(f.Verb)+len(f.Activity)+len(f.Target)+len(f.Registration))
	b = append(b, factsFormat, flags)
	b = binary.AppendUvarint(b, uint64(f.Own))
	millis := int64(0)
	if f.Timed {
		millis = f.Timestamp.UnixMilli()
	}
	b = binary.AppendVarint(b, millis)
	for _, text := range [...]string{f.Actor, f.Verb, f.Activity, f.Target, f.Registration} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	for _, data := range [...][]byte{f.Same, f.Authority, f.Body} {
		b = append(binary.AppendUvarint(b, uint64(len(data))), data...)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-head))
	return byte(bson.TypeBinary), b, nil
}

func flag(is bool, bit byte) byte {
	if is {
		return bit
	}
	return 0
}

// UnmarshalBSONValue implements bson.ValueUnmarshaler.
func (f *facts) UnmarshalBSONValue(typ byte, value []byte) error {
	_, packed, ok := bson.RawValue{Type: bson.Type(typ), Value: value}.BinaryOK()
	if !ok || len(packed) < 2 || packed[0] != factsFormat {
		return errFacts
	}
	flags, r := packed[1], reader{rest: append([]byte(nil), packed[2:]...)}
	f.Voids, f.Platform, f.Timed = flags&voids != 0, flags&ofPlatform != 0, flags&timed != 0
	f.Own = int(r.uvarint())
	if millis := r.varint(); f.Timed {
		f.Timestamp = time.UnixMilli(millis).UTC()
	}
	for _, to := range [...]*string{&f.Actor, &f.Verb, &f.Activity, &f.Target, &f.Registration} {
		*to = string(r.bytes())
	}
	for _, to := range [...]*[]byte{&f.Same, &f.Authority, &f.Body} {
		*to = r.bytes()
	}
	if r.broken || len(r.rest) > 0 {
		return errFacts
	}
	return nil
}

// reader takes values from the front of bytes; broken is what it says when they end too early.
type reader struct {
	rest   []byte
	broken bool
}

func (r *reader) take(n int) {
	if n <= 0 {
		r.broken, n = true, 0
	}
	r.rest = r.rest[n:]
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.take(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.take(n)
	return v
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.broken = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}
