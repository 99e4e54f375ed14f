package course

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSeconds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in     Intervals
		length int64
		want   Intervals
	}{
		"whole":                     {Intervals{{0, 10_000}}, 10_000, Intervals{{0, 10}}},
		"halves at both ends":       {Intervals{{400, 2600}}, 10_000, Intervals{{0, 3}}},
		"less than half of each":    {Intervals{{600, 1400}}, 10_000, Intervals{}},
		"the middle is in it":       {Intervals{{500, 501}}, 10_000, Intervals{{0, 1}}},
		"up to the middle":          {Intervals{{0, 500}}, 10_000, Intervals{}},
		"the short last one":        {Intervals{{9_000, 10_400}}, 10_400, Intervals{{9, 11}}},
		"not the short last one":    {Intervals{{9_000, 10_200}}, 10_400, Intervals{{9, 10}}},
		"only the short last one":   {Intervals{{10_150, 10_400}}, 10_400, Intervals{{10, 11}}},
		"what lies behind is not":   {Intervals{{0, 99_000}}, 10_000, Intervals{{0, 10}}},
		"nothing":                   {Intervals{}, 10_000, Intervals{}},
		"a film of half a second":   {Intervals{{0, 500}}, 500, Intervals{{0, 1}}},
		"two that touch become one": {Intervals{{0, 2000}, {2100, 4000}}, 10_000, Intervals{{0, 4}}},
	} {
		if got := c.in.seconds(c.length); cmp.Diff(c.want, got) != "" && len(c.want)+len(got) > 0 {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// Counted second by second or in spans, it is the same; and a union is counted as its parts.
func TestSecondsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.Int64Range(1, 40_000).Draw(t, "length")
		set := func(name string) Intervals {
			var spans [][2]int64
			for range rapid.IntRange(0, 5).Draw(t, name) {
				from := rapid.Int64Range(0, length).Draw(t, "from")
				spans = append(spans, [2]int64{from, from + rapid.Int64Range(0, 9000).Draw(t, "for")})
			}
			return Normal(spans...).Within(0, length)
		}
		a, b := set("a"), set("b")
		all := a.Union(b).seconds(length)
		in := func(s Intervals, ms int64) bool { return len(s.Within(ms, ms+1)) > 0 }
		for n := int64(0); n*1000 < length; n++ {
			middle := n*1000 + min(1000, length-n*1000)/2
			if got, want := in(all, n), in(a.Union(b), middle); got != want {
				t.Fatalf("second %d of %d: %v, and its middle is in it: %v", n, length, got, want)
			}
		}
		before := a.seconds(length)
		if got := before.Union(all.Without(before)); cmp.Diff(all, got) != "" && len(all) > 0 {
			t.Fatalf("%v and what is new in it is %v, not %v", before, got, all)
		}
	})
}

// Long films are shown in steps: means, rounded down as all figures are.
func TestShown(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]int64{10, 5, 0, 15}, shown([]int64{11, 12, 13, 9, 4, 8, 4, 4, 4, 19}, 3)); diff != "" {
		t.Error(diff)
	}
	if got := shown(nil, 1); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
