package live

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestFoldsAgree folds events of any kind in any order, sensible or not: nothing breaks, what was kept in between makes no
// difference, and pages that merge what is different have what is there.
func TestFoldsAgree(t *testing.T) {
	t.Parallel()
	kinds := []string{Said, Raised, Called, Timed, Extended, Paused, Untimed, Shared, Unshared, Lit, Decided, Deputised, Opened, Ended, Quieted, Split, Gathered, Visited, Regrouped, Asked, Polled,
		Closed, Came, Showed, Cleared, Noted, "unknown"}
	people := []string{"ada", "bob", "carl", ""}
	rapid.Check(t, func(t *rapid.T) {
		one, two := State{}, State{}
		one.complete()
		two.complete()
		page := map[string]any{}
		put := func(key string, s *State) {
			b, err := json.Marshal(s.part(key))
			if err != nil {
				t.Fatal(err)
			}
			page[key] = string(b)
		}
		for _, key := range one.keys() {
			put(key, &one)
		}
		at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		for n := range int64(rapid.IntRange(1, 60).Draw(t, "events")) {
			at = at.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "pause")) * time.Millisecond)
			e := Event{Who: rapid.SampledFrom(people).Draw(t, "who"), Act: Act{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Text: rapid.SampledFrom([]string{"", "x"}).Draw(t, "text"),
				Re: int64(rapid.IntRange(0, 60).Draw(t, "re")), Whom: rapid.SampledFrom(people).Draw(t, "whom"), Seconds: rapid.IntRange(-100, 1000).Draw(t, "seconds"), On: rapid.Bool().Draw(t, "on"),
				Group: rapid.SampledFrom([]string{"", "3-1", "9-2"}).Draw(t, "group"), Turn: int64(rapid.IntRange(0, 9).Draw(t, "turn"))}}
			e.Number, e.Stored = n+1, at
			if rapid.Bool().Draw(t, "poll") {
				e.Poll = &Question{ID: rapid.SampledFrom([]string{"p", "q"}).Draw(t, "id"), Kind: PollScale}
			}
			if e.Kind == Split {
				e.Groups = []Team{{Name: "One", Who: []string{"ada"}}, {Name: "Two"}}
			}
			for _, key := range one.apply(&e) {
				put(key, &one)
			}
			two.apply(&e)
			kept, err := two.clone()
			if err != nil {
				t.Fatal(err)
			}
			two = kept
		}
		whole := map[string]any{}
		for _, key := range one.keys() {
			b, err := json.Marshal(one.part(key))
			if err != nil {
				t.Fatal(err)
			}
			whole[key] = string(b)
			c, err := json.Marshal(two.part(key))
			if err != nil {
				t.Fatal(err)
			}
			if string(b) != string(c) {
				t.Errorf("%s is %s, and %s when it was kept in between", key, b, c)
			}
		}
		for key, is := range page {
			if _, there := whole[key]; !there && is == "null" {
				delete(page, key)
			}
		}
		if diff := cmp.Diff(whole, page); diff != "" {
			t.Errorf("what pages have (+) is not what is there (-):\n%s", diff)
		}
	})
}
