package key

import (
	"bytes"
	"math"
	"testing"
)

func TestRoundTripAndOrder(t *testing.T) {
	t.Parallel()
	rising := map[string][]Value{
		"string": {OfString(""), OfString("\x00"), OfString("\x00\x00"), OfString("\x00\x01"), OfString("\x00\xff"),
			OfString("\x01"), OfString("a"), OfString("a\x00"), OfString("a\x00b"), OfString("a\x01"), OfString("ab"), OfString("ä"), OfString("\xff")},
		"int":  {OfInt(math.MinInt64), OfInt(-256), OfInt(-1), OfInt(0), OfInt(1), OfInt(255), OfInt(math.MaxInt64)},
		"bool": {OfBool(false), OfBool(true)},
		"time": {{Kind: Time, Num: -62135596800000}, {Kind: Time, Num: -1}, {Kind: Time}, {Kind: Time, Num: 1800000000000}},
	}
	for name, values := range rising {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, a := range values {
				got, rest, err := Decode(a.Kind, append(Append(nil, a), "rest"...))
				if err != nil || got != a || string(rest) != "rest" {
					t.Errorf("Decode(Append(%+v)) = %+v, %q, %v", a, got, rest, err)
				}
				for j, b := range values {
					if got, want := bytes.Compare(Append(nil, a), Append(nil, b)), sign(i-j); got != want {
						t.Errorf("order of %+v and %+v: got %d, want %d", a, b, got, want)
					}
				}
			}
		})
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		kind Kind
		in   string
	}{
		{"no terminator", String, "abc"},
		{"half a terminator", String, "abc\x00"},
		{"unknown escape", String, "abc\x00\x02"},
		{"empty", String, ""},
		{"short number", Int, "1234567"},
		{"no truth", Bool, ""},
		{"third truth", Bool, "\x02"},
		{"unknown kind", 99, "12345678"},
	} {
		if v, _, err := Decode(c.kind, []byte(c.in)); err == nil {
			t.Errorf("%s: Decode(%s, %q) = %+v, want ErrMalformed", c.name, c.kind, c.in, v)
		}
	}
}

func TestSuccessor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{{"a", "b"}, {"a\xff", "b"}, {"\xff\xff", ""}, {"", ""}} {
		if got := string(Successor([]byte(c.in))); got != c.want {
			t.Errorf("Successor(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// FuzzOrder asserts that rows of values sort as their values do, and come back as they were.
func FuzzOrder(f *testing.F) {
	f.Add("a", int64(1), true, "b", int64(2), false)
	f.Add("a\x00", int64(-1), true, "a", int64(math.MinInt64), false)
	f.Add("", int64(0), false, "\x00\xff", int64(0), false)
	f.Fuzz(func(t *testing.T, s1 string, n1 int64, b1 bool, s2 string, n2 int64, b2 bool) {
		one := []Value{OfString(s1), OfInt(n1), OfBool(b1), OfString(s2)}
		two := []Value{OfString(s2), OfInt(n2), OfBool(b2), OfString(s1)}
		want := 0
		for i := range one {
			if want = Compare(one[i], two[i]); want != 0 {
				break
			}
		}
		if got := bytes.Compare(row(one), row(two)); got != sign(want) {
			t.Fatalf("order of %+v and %+v: got %d, want %d", one, two, got, want)
		}
		rest := row(one)
		for i, v := range one {
			var got Value
			var err error
			if got, rest, err = Decode(v.Kind, rest); err != nil || got != v {
				t.Fatalf("value %d: got %+v, %v, want %+v", i, got, err, v)
			}
		}
		if len(rest) != 0 {
			t.Fatalf("%d bytes too many", len(rest))
		}
	})
}

// FuzzDecode asserts that whatever is read from strange bytes is written back as the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add(uint8(1), []byte("abc\x00\x01"))
	f.Add(uint8(2), []byte("12345678"))
	f.Add(uint8(3), []byte{1})
	f.Fuzz(func(t *testing.T, kind uint8, in []byte) {
		v, rest, err := Decode(Kind(kind), in)
		if err != nil {
			return
		}
		if got := append(Append(nil, v), rest...); !bytes.Equal(got, in) {
			t.Fatalf("Append(Decode(%q)) = %q", in, got)
		}
	})
}

func row(values []Value) []byte {
	var b []byte
	for _, v := range values {
		b = Append(b, v)
	}
	return b
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
