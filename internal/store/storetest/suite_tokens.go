package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/store"
)

type tagged struct {
	store.Entry `bson:",inline"`
	Tags        [][]byte `bson:"tags"`
	Kind        string   `bson:"kind"`
}

// tokens proves that documents of streams that were appended together are found one by one, whatever range, direction
// and page is asked for: against a plain list, with appends of all sizes and several streams in one town.
func (s suite) tokens(t *testing.T) {
	ctx, db := t.Context(), s.open(t)
	lines, err := store.NewStream[tagged](db, "tagged", 1,
		store.On("tag", store.Bytes("tags").Each(), store.Str("stream"), store.Int("number")),
		store.On("kind", store.Str("kind")))
	noError(t, err)
	const seed = 7
	rnd := rand.New(rand.NewPCG(seed, seed))
	tag := func(n int) []byte { return []byte{byte(n), 0, byte(n)} }
	all := map[string][]tagged{}
	for i := range 40 {
		stream := []string{"s", "t"}[rnd.IntN(2)]
		batch := make([]tagged, []int{1, 2, 7, 30}[rnd.IntN(4)])
		for j := range batch {
			batch[j] = tagged{Entry: store.Entry{Meta: store.Meta{ID: fmt.Sprintf("%x-%d-%d", rnd.Uint32(), i, j)}}, Kind: []string{"a", "ab", "b"}[rnd.IntN(3)]}
			for k := range 6 {
				if rnd.IntN(1+k) == 0 {
					batch[j].Tags = append(batch[j].Tags, tag(k), tag(k)) // twice is once
				}
			}
		}
		if i%3 == 0 {
			head, err := lines.Extend(ctx, acme, stream, batch...)
			noError(t, err)
			for j := range batch {
				batch[j].Number = head.Number - int64(len(batch)-1-j)
			}
			all[stream] = append(all[stream], batch...)
			continue
		}
		out, err := lines.Append(ctx, acme, stream, batch...)
		noError(t, err)
		all[stream] = append(all[stream], out...)
	}
	check := func(name string, q store.Query, want []string) {
		t.Helper()
		got := []string{}
		for {
			page, err := lines.Find(ctx, acme, q)
			noError(t, err)
			for _, d := range page.Docs {
				got = append(got, d.ID)
			}
			if len(page.Docs) > max(q.Limit, 1) {
				t.Errorf("%s: a page of %d", name, len(page.Docs))
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s %+v (-want +got):\n%s", name, q, diff)
		}
	}
	ids := func(docs []tagged, reverse bool, keep func(tagged) bool) []string {
		list := []string{}
		for _, d := range docs {
			if keep(d) {
				list = append(list, d.ID)
			}
		}
		if reverse {
			slices.Reverse(list)
		}
		return list
	}
	for range 25 {
		stream, wanted, reverse := []string{"s", "t"}[rnd.IntN(2)], rnd.IntN(6), rnd.IntN(2) == 0
		most := len(all[stream]) + 2
		from, to := int64(rnd.IntN(most)), int64(rnd.IntN(most))
		q := store.Query{Index: "tag", Equal: []any{tag(wanted), stream}, Reverse: reverse, Limit: 1 + rnd.IntN(40)}
		if rnd.IntN(4) > 0 {
			q.From = from
		} else {
			from = 0
		}
		if rnd.IntN(4) > 0 {
			q.To = to
		} else {
			to = int64(most) + 1
		}
		has := func(d tagged) bool {
			return d.Number >= from && d.Number < to && slices.ContainsFunc(d.Tags, func(b []byte) bool { return string(b) == string(tag(wanted)) })
		}
		check("tag", q, ids(all[stream], reverse, has))
		n, err := lines.Count(ctx, acme, store.Query{Index: "tag", Equal: q.Equal, From: q.From, To: q.To}, 1000)
		if want := len(ids(all[stream], false, has)); err != nil || n != want {
			t.Fatalf("Count %+v = %d, %v, want %d", q, n, err, want)
		}
		// both streams, one after the other
		both := append(slices.Clone(all["s"]), all["t"]...)
		check("two streams", store.Query{Index: "kind", Equal: []any{"ab"}, Reverse: reverse, Limit: q.Limit}, ids(both, reverse, func(d tagged) bool { return d.Kind == "ab" }))
	}
	kinds := []string{}
	for _, kind := range []string{"ab", "b"} {
		kinds = append(kinds, ids(append(slices.Clone(all["s"]), all["t"]...), false, func(d tagged) bool { return d.Kind == kind })...)
	}
	check("a range of kinds", store.Query{Index: "kind", From: "ab", To: "c", Limit: 13}, kinds)
	sound(t, db)
}
