package discussion_test

import (
	"testing"
	"time"

	"palestra/bootcamp/discussion"
)

// A thread that is hidden and shown again at once stays as it was decided last, however the runs overtake each other.
func TestAThreadIsHiddenAndShownAtOnce(t *testing.T) {
	t.Parallel()
	for _, hide := range []bool{true, false} {
		w := open(t)
		ctx := t.Context()
		th := w.begin(w.Ada, "Who has the key?", "It was on the hook.")
		w.Clock.Pass(time.Second)
		if !hide {
			ok(t, w.Hide(ctx, w.fay, w.place, th.ID, true, "Not here"))
		}
		reason := map[bool]string{true: "Not here"}
		w.Process.Between("talkThreads", func() { ok(t, w.Hide(ctx, w.fay, w.place, th.ID, !hide, reason[!hide])) })
		ok(t, w.Hide(ctx, w.fay, w.place, th.ID, hide, reason[hide]))
		w.sweep()
		_, lines, _, _, err := w.Threads(ctx, w.mallory, w.place, discussion.Filter{}, "", 10)
		ok(t, err)
		want := 0
		if hide { // it was shown after that
			want = 1
		}
		if len(lines) != want {
			t.Errorf("hide %t: others see %d threads, want %d", hide, len(lines), want)
		}
	}
}
