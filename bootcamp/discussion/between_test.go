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

// An answer that is hidden is not the accepted one, and one that is shown again and accepted then is, however the runs overtake
// each other.
func TestAnAnswerIsAcceptedAndHiddenAtOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		act  func(*camp, discussion.Thread, discussion.Post)
		open int
	}{
		"hidden while it is accepted": {func(w *camp, th discussion.Thread, d discussion.Post) {
			w.Process.Between("talkThreads", func() { ok(t, w.Hide(t.Context(), w.fay, w.place, d.ID, true, "Not here")) })
			refused(t, "what is hidden", "discussion.no_answer", w.Accept(t.Context(), w.Ada, w.place, th.ID, 2))
		}, 1},
		"shown and accepted while it is hidden": {func(w *camp, th discussion.Thread, d discussion.Post) {
			ok(t, w.Accept(t.Context(), w.Ada, w.place, th.ID, 2))
			w.Process.Between("talkThreads", func() {
				ok(t, w.Hide(t.Context(), w.fay, w.place, d.ID, false, ""))
				ok(t, w.Accept(t.Context(), w.Ada, w.place, th.ID, 2))
			})
			ok(t, w.Hide(t.Context(), w.fay, w.place, d.ID, true, "Not here"))
		}, 0},
	} {
		w := open(t)
		th := w.begin(w.Ada, "Who has the key?", "It was on the hook.")
		d := w.say(w.mallory, th.ID, "The porter.")
		tc.act(w, th, d)
		w.sweep()
		_, lines, _, _, err := w.Threads(t.Context(), w.Ada, w.place, discussion.Filter{Open: true}, "", 10)
		if ok(t, err); len(lines) != tc.open {
			t.Errorf("%s: %d questions wait, want %d", name, len(lines), tc.open)
		}
	}
}
