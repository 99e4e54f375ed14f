package pebblestore

import (
	"encoding/binary"
	"fmt"
	"time"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// The first byte of a key says what it is. Never change these: they are on disks.
const (
	spaceFormat  = 0x00 // -> the number of this layout
	spaceCatalog = 0x01 // collection's name -> record
	spaceDoc     = 0x02 // collection, town, id -> document
	spaceEntry   = 0x03 // collection, index, town, values, tail -> nothing
	spaceHead    = 0x04 // collection, town, stream -> number and time of the last document
)

func docPrefix(col *collection, town string) []byte {
	return key.AppendText(docSpace(col), town)
}

func docSpace(col *collection) []byte {
	return binary.BigEndian.AppendUint32([]byte{spaceDoc}, col.ID)
}

func docKey(col *collection, town, id string) []byte {
	return key.AppendText(docPrefix(col, town), id)
}

func entrySpace(col *collection, index int) []byte {
	b := binary.BigEndian.AppendUint32([]byte{spaceEntry}, col.ID)
	return binary.BigEndian.AppendUint32(b, col.Places[index])
}

func entryPrefix(col *collection, index int, town string, values []key.Value) []byte {
	b := key.AppendText(entrySpace(col, index), town)
	for _, v := range values {
		b = key.Append(b, v)
	}
	return b
}

func entryKey(col *collection, r store.Row) []byte {
	return key.AppendText(entryPrefix(col, r.Index, r.Town, r.Values), r.Tail)
}

// parseEntry reads the key of an entry of this index.
func parseEntry(col *collection, index int, k []byte) (store.Row, error) {
	row := store.Row{Index: index}
	rest := k[min(len(k), len(entrySpace(col, index))):]
	var err error
	if row.Town, rest, err = key.DecodeText(rest); err != nil {
		return row, fmt.Errorf("entry %x: %w", k, err)
	}
	for _, f := range col.Def.Indexes[index].Fields {
		var v key.Value
		if v, rest, err = key.Decode(f.Kind, rest); err != nil {
			return row, fmt.Errorf("entry %x: %w", k, err)
		}
		row.Values = append(row.Values, v)
	}
	if row.Tail, rest, err = key.DecodeText(rest); err != nil || len(rest) > 0 {
		return row, fmt.Errorf("entry %x: %w", k, key.ErrMalformed)
	}
	return row, nil
}

// parseDoc reads the key of a document.
func parseDoc(col *collection, k []byte) (town, id string, err error) {
	town, rest, err := key.DecodeText(k[min(len(k), len(docSpace(col))):])
	if err != nil {
		return "", "", fmt.Errorf("document %x: %w", k, err)
	}
	if id, rest, err = key.DecodeText(rest); err != nil || len(rest) > 0 {
		return "", "", fmt.Errorf("document %x: %w", k, key.ErrMalformed)
	}
	return town, id, nil
}

func headSpace(col *collection) []byte {
	return binary.BigEndian.AppendUint32([]byte{spaceHead}, col.ID)
}

func headKey(col *collection, town, stream string) []byte {
	return key.AppendText(key.AppendText(headSpace(col), town), stream)
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
