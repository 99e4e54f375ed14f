package course_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"palestra/course"
)

// Whatever the order in which spans arrive, however often, and however they are grouped: the same set.
func TestIntervalsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]int64 {
			from := rapid.Int64Range(0, 300).Draw(t, "from")
			return [2]int64{from, from + rapid.Int64Range(-5, 60).Draw(t, "length")}
		}), 0, 20).Draw(t, "spans")
		want := course.Normal(spans...)
		merged := course.Intervals{}
		for _, s := range rapid.Permutation(append(spans, spans...)).Draw(t, "order") {
			merged = merged.Union(course.Normal(s))
		}
		if diff := cmp.Diff(want, merged); diff != "" {
			t.Fatalf("one by one: %s", diff)
		}
		cut := rapid.IntRange(0, len(spans)).Draw(t, "cut")
		left, right := course.Normal(spans[:cut]...), course.Normal(spans[cut:]...)
		if diff := cmp.Diff(left.Union(right), right.Union(left)); diff != "" {
			t.Fatalf("in groups: %s", diff)
		}
		// Second by second, it is what anybody would count on the fingers.
		for at := range int64(400) {
			in := false
			for _, s := range spans {
				in = in || at >= s[0] && at < s[1]
			}
			if got := want.Within(at, at+1).Length() == 1; got != in {
				t.Fatalf("%d: got %v, want %v of %v", at, got, in, spans)
			}
		}
		if got := want.Length() + want.Gaps(1000).Length(); got != 1000 {
			t.Fatalf("what is there and what is missing are %d of 1000", got)
		}
	})
}
