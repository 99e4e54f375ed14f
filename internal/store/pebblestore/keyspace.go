package pebblestore

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// The first byte of a key says what it is. Behind it stand numbers of a fixed width: the collection (2 bytes), in
// entries the index (2 bytes), the town (4 bytes). Keys are kept short, because every write carries all of them through
// the log, the table in memory and each level of the tree. Never change these: they are on disks.
const (
	spaceFormat  = 0x00 // -> the number of this layout
	spaceCatalog = 0x01 // collection's name -> record
	spaceDoc     = 0x02 // collection, town, id -> document; in streams: collection, town, stream, number -> document
	spaceEntry   = 0x03 // collection, index, town, values, tail -> nothing; in streams without tail
	spaceHead    = 0x04 // collection, town, stream -> number and time of the last document
	spaceTown    = 0x05 // town -> its number
	spaceName    = 0x06 // of streams: collection, town, id -> stream, number
	spaceIndexed = 0x07 // collection, town, stream -> the number up to which the entries of grouped indexes are written
)

// Numbers of towns. The town of what belongs to nobody is 0.
const (
	noTown      = 0
	unknownTown = math.MaxUint32 // in no key
)

func space(kind byte, col *collection) []byte {
	return binary.BigEndian.AppendUint16([]byte{kind}, uint16(col.ID))
}

func townSpace(kind byte, col *collection, town uint32) []byte {
	return binary.BigEndian.AppendUint32(append(make([]byte, 0, 64), space(kind, col)...), town)
}

// docKey is the key of a document that is in no stream.
func docKey(col *collection, town uint32, id string) []byte {
	return key.AppendText(townSpace(spaceDoc, col, town), id)
}

// nameKey leads from the id of a stream's document to its place.
func nameKey(col *collection, town uint32, id string) []byte {
	return key.AppendText(townSpace(spaceName, col, town), id)
}

// primaryKey is the key by which a document's id is known: its own, or that of its name in streams.
func primaryKey(col *collection, town uint32, id string) []byte {
	if col.Def.Stream {
		return nameKey(col, town, id)
	}
	return docKey(col, town, id)
}

// placeSuffix is a place in a stream, as it stands in keys behind the town and as the value of names.
func placeSuffix(dst []byte, stream string, number int64) []byte {
	return key.Append(key.AppendText(dst, stream), key.OfInt(number))
}

func entrySpace(col *collection, index int) []byte {
	return binary.BigEndian.AppendUint16(space(spaceEntry, col), uint16(col.Places[index]))
}

// byPlace reports whether an index is that of the places in streams, whose entries are the documents themselves.
func byPlace(col *collection, index int) bool {
	return col.Def.Stream && index == len(col.Def.Indexes)-1
}

func entryPrefix(dst []byte, col *collection, index int, town uint32, values []key.Value) []byte {
	if byPlace(col, index) {
		dst = append(dst, townSpace(spaceDoc, col, town)...)
	} else {
		dst = binary.BigEndian.AppendUint16(append(dst, spaceEntry), uint16(col.ID))
		dst = binary.BigEndian.AppendUint16(dst, uint16(col.Places[index]))
		dst = binary.BigEndian.AppendUint32(dst, town)
	}
	for _, v := range values {
		dst = key.Append(dst, v)
	}
	return dst
}

// entryKey appends the key of an entry. Streams need no tail: the place is among the values.
func entryKey(dst []byte, col *collection, town uint32, r store.Row) []byte {
	dst = entryPrefix(dst, col, r.Index, town, r.Values)
	if col.Def.Stream {
		return dst
	}
	return key.AppendText(dst, r.Tail)
}

// entry is an entry of an index, as its key says.
type entry struct {
	town   uint32
	values []key.Value
	tail   string // "" in streams
}

// parseEntry reads the key of an entry of this index.
func parseEntry(col *collection, index int, k []byte) (entry, error) {
	head := 1 + 2 + 2
	if byPlace(col, index) {
		head = 1 + 2
	}
	if len(k) < head+4 {
		return entry{}, fmt.Errorf("entry %x: %w", k, key.ErrMalformed)
	}
	fields := col.Def.Indexes[index].Fields
	x := entry{town: binary.BigEndian.Uint32(k[head:]), values: make([]key.Value, 0, len(fields)+1)}
	rest := k[head+4:]
	for _, f := range fields {
		v, r, err := key.Decode(f.Kind, rest)
		if err != nil {
			return x, fmt.Errorf("entry %x: %w", k, err)
		}
		x.values, rest = append(x.values, v), r
	}
	var err error
	if !col.Def.Stream {
		x.tail, rest, err = key.DecodeText(rest)
	}
	if err != nil || len(rest) > 0 {
		return x, fmt.Errorf("entry %x: %w", k, key.ErrMalformed)
	}
	return x, nil
}

// document returns the key of the document to which an entry belongs.
func (e *engine) document(col *collection, index int, x entry) []byte {
	def := col.Def.Indexes[index]
	switch {
	case col.Def.Stream:
		stream, number := slices.Index(def.Fields, store.Str("stream")), slices.Index(def.Fields, store.Int("number"))
		return placeSuffix(townSpace(spaceDoc, col, x.town), x.values[stream].Text, x.values[number].Num)
	case def.Across:
		name, id, _ := store.CutTail(x.tail)
		return docKey(col, e.towns.find(name), id)
	case col.Def.Class == store.ClassShared:
		return docKey(col, noTown, x.tail)
	}
	return docKey(col, x.town, x.tail)
}

// parsePrimary reads a primaryKey.
func parsePrimary(col *collection, k []byte) (town uint32, id string, err error) {
	const head = 1 + 2
	if len(k) < head+4 {
		return 0, "", fmt.Errorf("key %x: %w", k, key.ErrMalformed)
	}
	town = binary.BigEndian.Uint32(k[head:])
	id, rest, err := key.DecodeText(k[head+4:])
	if err != nil || len(rest) > 0 {
		return 0, "", fmt.Errorf("key %x of %s: %w", k, col.Def.Name, key.ErrMalformed)
	}
	return town, id, nil
}

func headKey(col *collection, town uint32, stream string) []byte {
	return key.AppendText(townSpace(spaceHead, col, town), stream)
}

func headValue(h store.Head) []byte {
	return key.Append(key.Append(nil, key.OfInt(h.Number)), key.OfTime(h.Stored))
}

func parseHead(b []byte) (store.Head, error) {
	number, rest, err := key.Decode(key.Int, b)
	if err != nil {
		return store.Head{}, fmt.Errorf("head %x: %w", b, err)
	}
	stored, rest, err := key.Decode(key.Time, rest)
	if err != nil || len(rest) > 0 {
		return store.Head{}, fmt.Errorf("head %x: %w", b, key.ErrMalformed)
	}
	return store.Head{Number: number.Num, Stored: time.UnixMilli(stored.Num).UTC()}, nil
}
