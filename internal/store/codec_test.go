package store

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type word string

type pair struct{ a, b byte }

func (p pair) MarshalBSONValue() (byte, []byte, error) {
	typ, data, err := bson.MarshalValue(bson.Binary{Data: []byte{p.a, p.b}})
	return byte(typ), data, err
}

func (p *pair) UnmarshalBSONValue(typ byte, data []byte) error {
	_, b, ok := bson.RawValue{Type: bson.Type(typ), Value: data}.BinaryOK()
	if !ok || len(b) != 2 {
		return ErrInvalid
	}
	p.a, p.b = b[0], b[1]
	return nil
}

type flatDoc struct {
	Entry   `bson:",inline"`
	Word    word `bson:"word"`
	Small   int
	Large   int64     `bson:"large"`
	Is      bool      `bson:"is"`
	At      time.Time `bson:"at"`
	Data    []byte    `bson:"data"`
	Texts   []string  `bson:"texts"`
	Tokens  [][]byte  `bson:"tokens"`
	Pair    pair      `bson:"pair"`
	Skipped string    `bson:"-"`
}

// TestCodecWritesWhatTheDriverWrites holds both against each other, and reads what either has written.
func TestCodecWritesWhatTheDriverWrites(t *testing.T) {
	t.Parallel()
	c := newCodec(reflect.TypeFor[flatDoc]())
	if c == nil {
		t.Fatal("the type is not taken to be flat")
	}
	at := time.UnixMilli(1_700_000_000_123).UTC()
	for name, d := range map[string]flatDoc{
		"zero": {},
		"full": {Entry: Entry{Meta: Meta{ID: "ä\x01", Rev: math.MaxInt64}, Stream: "s", Number: -1, Stored: at}, Word: "w", Small: math.MaxInt32, Large: 5,
			Is: true, At: at, Data: []byte{0, 1}, Texts: []string{"", "b"}, Tokens: [][]byte{{}, {1, 2}}, Pair: pair{1, 2}},
		"wide": {Small: math.MaxInt32 + 1, Large: math.MinInt64, At: time.UnixMilli(-1).UTC(), Data: []byte{}, Texts: []string{}, Tokens: [][]byte{}},
		"many": {Texts: strings.Split(strings.Repeat("x,", 200), ",")},
		"low":  {Small: math.MinInt32 - 1},
	} {
		raw, err := marshal(&d)
		if err != nil {
			t.Fatal(err)
		}
		h := handle[flatDoc]{c: &Collection{Name: "c", Version: 3}}
		want, err := h.marshal(&d)
		if err != nil {
			t.Fatal(err)
		}
		h.codec = c
		got, err := h.marshal(&d)
		if err != nil || !bytes.Equal(want, got) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, want)
		}
		for _, b := range []bson.Raw{raw, got} {
			fast, err := h.decode(b)
			if err != nil {
				t.Fatal(err)
			}
			slow, err := handle[flatDoc]{c: h.c}.decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(slow, fast, cmp.AllowUnexported(flatDoc{}, pair{})); diff != "" {
				t.Errorf("%s (-driver +codec):\n%s", name, diff)
			}
		}
	}
}

func TestCodecLeavesTheRestToTheDriver(t *testing.T) {
	t.Parallel()
	type inner struct{ X int }
	for name, typ := range map[string]reflect.Type{
		"a struct":  reflect.TypeFor[struct{ A inner }](),
		"a map":     reflect.TypeFor[struct{ A map[string]string }](),
		"a pointer": reflect.TypeFor[struct{ A *string }](),
		"a float":   reflect.TypeFor[struct{ A float64 }](),
		"omitempty": reflect.TypeFor[struct {
			A string `bson:"a,omitempty"`
		}](),
		"embedded":   reflect.TypeFor[struct{ Meta }](),
		"a duration": reflect.TypeFor[struct{ A time.Duration }](),
		"two of a name": reflect.TypeFor[struct {
			A string `bson:"x"`
			B string `bson:"x"`
		}](),
	} {
		if newCodec(typ) != nil {
			t.Errorf("%s is taken to be flat", name)
		}
	}
	// What does not have the expected type is read as the driver reads it.
	raw, err := bson.Marshal(bson.D{{Key: "_id", Value: "i"}, {Key: "large", Value: 7.0}, {Key: "data", Value: nil}, {Key: "more", Value: 1}})
	if err != nil {
		t.Fatal(err)
	}
	fast, err1 := handle[flatDoc]{c: &Collection{}, codec: newCodec(reflect.TypeFor[flatDoc]())}.decode(raw)
	slow, err2 := handle[flatDoc]{c: &Collection{}}.decode(raw)
	if diff := cmp.Diff(slow, fast, cmp.AllowUnexported(flatDoc{}, pair{})); diff != "" || (err1 == nil) != (err2 == nil) || slow.Large != 7 {
		t.Errorf("%v, %v (-driver +codec):\n%s", err1, err2, diff)
	}
}

// FuzzCodec asserts that whatever bytes are read as a document, the codec reads what the driver reads, or leaves it.
func FuzzCodec(f *testing.F) {
	for _, d := range []flatDoc{{}, {Word: "w", Tokens: [][]byte{{1}}, Texts: []string{"a"}, Data: []byte{1}, Pair: pair{1, 2}}} {
		raw, err := marshal(&d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(raw))
	}
	c := newCodec(reflect.TypeFor[flatDoc]())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if bson.Raw(raw).Validate() != nil {
			return
		}
		var got flatDoc
		if !c.read(raw, reflect.ValueOf(&got).Elem()) {
			return
		}
		want, err := handle[flatDoc]{c: &Collection{Version: math.MaxInt}}.decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(flatDoc{}, pair{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
