package course_test

import (
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
)

// The file of a published lesson's video is replaced (decision 23): nobody loses what she has seen, and nobody has to see
// what is not there.
func TestAnotherFile(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, until int64) *learner {
		t.Helper()
		w := coursetest.New(t)
		l := begin(t, w, w.Ada)
		s := l.play(t)
		l.Clock.Pass(time.Duration(until) * time.Second)
		l.says(t, s, course.Observed{}, [2]int64{0, until})
		return l
	}
	want := func(t *testing.T, l *learner, length, required, seen int64, done bool) {
		t.Helper()
		n := l.study(t).Needs[0]
		if n.Length != length*1000 || n.Required != required*1000 || n.Seen.Length() != seen*1000 || (n.Done != nil) != done {
			t.Errorf("length %d, required %d, seen %d, done %v; want %d, %d, %d, %v", n.Length/1000, n.Required/1000, n.Seen.Length()/1000, n.Done, length, required, seen, done)
		}
	}
	t.Run("a shorter one, of which enough was seen", func(t *testing.T) {
		t.Parallel()
		l := start(t, 460)
		want(t, l, 600, 540, 460, false)
		l.Lasts.Store(500_000)
		l.play(t)
		want(t, l, 500, 450, 460, true)
		l.Lasts.Store(0) // and back: nothing that is done is undone
		l.play(t)
		want(t, l, 600, 540, 460, true)
	})
	t.Run("a shorter one, whose rest is still to be seen", func(t *testing.T) {
		t.Parallel()
		l := start(t, 300)
		l.Lasts.Store(500_000)
		s := l.play(t)
		want(t, l, 500, 450, 300, false)
		l.Clock.Pass(200 * time.Second)
		l.says(t, s, course.Observed{}, [2]int64{300, 500})
		want(t, l, 500, 450, 500, true)
	})
	t.Run("a longer one, seen to its end", func(t *testing.T) {
		t.Parallel()
		l := start(t, 300)
		l.Lasts.Store(700_000)
		s := l.play(t)
		want(t, l, 600, 540, 300, false) // the version's
		l.Clock.Pass(400 * time.Second)
		l.says(t, s, course.Observed{}, [2]int64{300, 700})
		want(t, l, 600, 540, 600, true)
	})
	t.Run("one who watches the old one meanwhile", func(t *testing.T) {
		t.Parallel()
		w := coursetest.New(t)
		l := begin(t, w, w.Ada)
		s := l.play(t)
		l.Lasts.Store(400_000)
		l.Clock.Pass(600 * time.Second)
		l.says(t, s, course.Observed{}, [2]int64{0, 600}) // to its end, which the new one has not
		want(t, l, 600, 540, 600, true)
	})
}
