package count

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// maxDays is how many days a counter keeps apart: the newest ones. Older ones are in its total only.
const maxDays = 4000

// days are figures by day, as days since 1970.
type days map[int]int64

// dayOf returns the day of an instant in a zone. What claims to be outside of any sensible time counts for its edge.
func dayOf(t time.Time, zone *time.Location) int {
	y, m, d := t.In(zone).Date()
	return int(time.Date(min(max(y, 1), 9999), m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Date returns a day as it is written, 2006-01-02.
func date(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// merge adds figures and keeps the newest days.
func (d days) merge(more map[int]int64) days {
	if d == nil {
		d = days{}
	}
	for day, n := range more {
		if d[day] += n; d[day] == 0 {
			delete(d, day)
		}
	}
	if len(d) > maxDays {
		all := slices.Sorted(maps.Keys(d))
		for _, old := range all[:len(all)-maxDays] {
			delete(d, old)
		}
	}
	return d
}

var errDays = errors.New("count: a counter's days are damaged")

// MarshalBSONValue implements bson.ValueMarshaler: distances and figures as variable integers.
func (d days) MarshalBSONValue() (byte, []byte, error) {
	const head = 5 // BSON: the length in 4 bytes, the subtype
	b := make([]byte, head, head+4*len(d))
	last := 0
	for _, day := range slices.Sorted(maps.Keys(d)) {
		b = binary.AppendVarint(b, int64(day-last))
		b = binary.AppendVarint(b, d[day])
		last = day
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-head))
	return byte(bson.TypeBinary), b, nil
}

// UnmarshalBSONValue implements bson.ValueUnmarshaler.
func (d *days) UnmarshalBSONValue(typ byte, value []byte) error {
	_, b, ok := bson.RawValue{Type: bson.Type(typ), Value: value}.BinaryOK()
	if !ok {
		return errDays
	}
	*d = days{}
	last := 0
	for len(b) > 0 {
		gap, n := binary.Varint(b)
		if n <= 0 {
			return errDays
		}
		figure, m := binary.Varint(b[n:])
		if m <= 0 {
			return errDays
		}
		last += int(gap)
		(*d)[last] = figure
		b = b[n+m:]
	}
	return nil
}
