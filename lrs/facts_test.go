package lrs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/store"
)

func TestFactsComeBack(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]facts{
		"empty": {Body: []byte{}, Authority: []byte{}, Same: []byte{}},
		"full": {Body: []byte(`{"id":"x"}`), Authority: []byte(`{}`), Same: []byte{0, 1, 255}, Own: 300, Actor: "account https://town.example ä", Verb: "v",
			Activity: "a", Target: "t", Registration: "r", Voids: true, Platform: true, Timestamp: time.UnixMilli(1_700_000_000_123).UTC(), Timed: true},
		"before 1970": {Body: []byte{}, Authority: []byte{}, Same: []byte{}, Timestamp: time.UnixMilli(-5).UTC(), Timed: true},
	} {
		want := record{Entry: store.Entry{Meta: store.Meta{ID: "i", Rev: 1}, Stream: "s", Number: 7, Stored: time.UnixMilli(9).UTC()}, Tokens: [][]byte{{1}, {2}}, Facts: f}
		b, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got record
		if err := bson.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzFacts asserts that damaged facts are an error and nothing worse.
func FuzzFacts(f *testing.F) {
	_, whole, err := facts{Body: []byte("b"), Actor: "a", Own: 3, Timed: true}.MarshalBSONValue()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[5:])
	f.Add([]byte{1, 0})
	f.Add([]byte{1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, packed []byte) {
		typ, value, err := bson.MarshalValue(bson.Binary{Data: packed})
		if err != nil {
			t.Fatal(err)
		}
		var got facts
		_ = got.UnmarshalBSONValue(byte(typ), value)
	})
}
