package live_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"palestra/bootcamp/live"
)

// TestNotesArePackedWithoutLoss writes more changes than one part holds and reads them from the beginning, before and
// after they are packed, and from anywhere.
func TestNotesArePackedWithoutLoss(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ada := s.listen(svc, "ada", 0)
	var want []string
	var numbers []int64
	write := func(n int) {
		for range n {
			data := base64.StdEncoding.EncodeToString([]byte(fmt.Sprint("change ", len(want))))
			want = append(want, data)
			numbers = append(numbers, ada.do(act(live.Act{Kind: live.Noted, Data: data})))
			ada.until(numbers[len(numbers)-1])
			if len(want)%7 == 0 {
				ada.until(ada.do(say("something between them")))
			}
		}
	}
	read := func(from int64) []string {
		var got []string
		for at, more := from, true; more; {
			n, err := svc.Notes(t.Context(), actor("bob"), door, at)
			ok(t, err)
			got, at, more = append(got, n.Changes...), n.At, n.More
		}
		return got
	}
	if got := read(0); len(got) != 0 {
		t.Errorf("new notes hold %d changes", len(got))
	}
	write(450)
	if got := read(numbers[9]); !slices.Equal(got, want[10:]) {
		t.Errorf("%d changes are read from the tenth on, want %d", len(got), len(want)-10)
	}
	for range 2 {
		if got := read(0); !slices.Equal(got, want) {
			t.Fatalf("%d changes are read, want %d", len(got), len(want))
		}
	}
	write(300)
	if got := read(0); !slices.Equal(got, want) {
		t.Errorf("%d changes are read after more were written, want %d", len(got), len(want))
	}
	_, err := svc.Notes(t.Context(), actor("stranger"), door, 0)
	refused(t, "a stranger reads notes", "bootcamp.not_inside", err)
	for _, tc := range []struct{ data, code string }{{"", "live.note_long"}, {strings.Repeat("A", 90_000), "live.note_long"}, {"not base64!", "live.frame"}} {
		_, err := ada.l.Do(t.Context(), act(live.Act{Kind: live.Noted, Data: tc.data}))
		refused(t, "a bad change", tc.code, err)
	}
	olaf := s.listen(svc, "olaf", 0)
	_, err = olaf.l.Do(t.Context(), act(live.Act{Kind: live.Noted, Data: "AAAA"}))
	refused(t, "an observer writes notes", "live.reads_only", err)
}
