package course_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/people"
)

// crowd are learners of one course, each of whom has opened its video.
func crowd(t *testing.T, w *coursetest.Town, n int) (c course.Course, all []*learner) {
	t.Helper()
	c = w.Course(t)
	ls := c.Modules[0].Lessons
	for i := range n {
		by := w.Join(t, fmt.Sprintf("learner%d", i), people.Learner)
		e, err := w.Courses.Enrol(t.Context(), by, c.ID)
		ok(t, err)
		all = append(all, &learner{w, by, e.ID, c.ID, ls[0].ID, ls[1].ID, ls[2].ID})
	}
	return c, all
}

func heat(t *testing.T, w *coursetest.Town, course, lesson string) course.Heat {
	t.Helper()
	h, err := w.Courses.Heat(t.Context(), w.Grace, course, lesson)
	ok(t, err)
	return h
}

// What an author sees of how a film was watched: nothing of few, and multiples of five of more; plays once more apart.
func TestHeat(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c, all := crowd(t, w, 12)
	film := all[0].video
	watched := func(l *learner, seconds int64) {
		session := l.play(t)
		w.Clock.Pass(11 * time.Minute)
		l.says(t, session, course.Observed{}, [2]int64{0, seconds})
	}
	for i, l := range all {
		if i == 4 {
			if h := heat(t, w, c.ID, film); !h.Hidden || h.Viewers != 0 || h.Seen != nil {
				t.Errorf("of four: %+v", h)
			}
		}
		watched(l, int64(60+40*(i%3))) // 60, 100 and 140 seconds, four of each
	}
	h := heat(t, w, c.ID, film)
	if h.Hidden || h.Viewers != 10 || h.Step != 1 || len(h.Seen) != 600 || h.Counting {
		t.Fatalf("of twelve: %+v", h)
	}
	for second, want := range map[int]int64{0: 10, 59: 10, 60: 5, 99: 5, 100: 0, 139: 0, 599: 0} {
		if h.Seen[second] != want || h.Reached[second] != want || h.Replays[second] != 0 {
			t.Errorf("second %d: %d seen, %d reached, %d replays; want %d", second, h.Seen[second], h.Reached[second], h.Replays[second], want)
		}
	}
	// A part that was skipped, and the film to its end: they came so far, and have not seen what lies between.
	for _, l := range all[:6] {
		session := l.play(t)
		w.Clock.Pass(11 * time.Minute)
		l.says(t, session, course.Observed{}, [2]int64{0, 30}, [2]int64{500, 600})
		l.says(t, session, course.Observed{}, [2]int64{0, 30}, [2]int64{500, 600}) // as players do, once more the same
	}
	h = heat(t, w, c.ID, film)
	for second, want := range map[int][3]int64{10: {10, 10, 5}, 40: {10, 10, 0}, 300: {0, 5, 0}, 550: {5, 5, 0}} {
		if got := [3]int64{h.Seen[second], h.Reached[second], h.Replays[second]}; got != want {
			t.Errorf("second %d: got %v, want %v", second, got, want)
		}
	}
	for who, by := range map[string]people.Actor{"nobody": {}, "a learner": w.Ada, "HR": w.Hedy, "an administrator": w.Anna, "an operator": w.Olga, "a stranger": w.OtherTown(t)} {
		_, err := w.Courses.Heat(t.Context(), by, c.ID, film)
		if k := fault.KindOf(err); k != fault.NotFound && k != fault.Unsigned && k != fault.Forbidden {
			t.Errorf("%s sees it: %v", who, err)
		}
	}
	for code, lesson := range map[string]string{"course.no_video": all[0].text, "course.lesson_not_found": "none"} {
		if _, err := w.Courses.Heat(t.Context(), w.Grace, c.ID, lesson); !fault.Is(err, code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	// Counted anew from what is kept, it is the same.
	n, err := w.Courses.RecountHeat(t.Context(), w.Olga, w.ID)
	if err != nil || n != 1 {
		t.Fatalf("recounted %d, %v", n, err)
	}
	if diff := cmp.Diff(h, heat(t, w, c.ID, film)); diff != "" {
		t.Errorf("counted anew: %s", diff)
	}
	if _, err := w.Courses.RecountHeat(t.Context(), w.Anna, w.ID); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an administrator recounted: %v", err)
	}
}

// Whatever order statements come in, however often, the figures are the same; forged ones change nothing.
func TestHeatInAnyOrder(t *testing.T) {
	t.Parallel()
	var first course.Heat
	for round := range 3 {
		w := coursetest.New(t)
		c, all := crowd(t, w, 6)
		sessions := map[*learner]string{}
		for _, l := range all {
			sessions[l] = l.play(t)
		}
		w.Clock.Pass(2 * time.Hour)
		spans := [][][2]int64{{{0, 50}}, {{0, 90}}, {{0, 90}, {200, 260}}}
		for _, l := range all {
			for i := range spans {
				n := (i + round) % len(spans)
				said := append([][2]int64{}, spans[n]...)
				l.says(t, sessions[l], course.Observed{}, said...)
			}
			l.says(t, sessions[l], course.Observed{}, [2]int64{0, 90}, [2]int64{5000, 9000}) // beyond the end
			l.says(t, "no session", course.Observed{}, [2]int64{0, 600})
		}
		ok(t, w.Courses.CatchUp(t.Context(), w.ID))
		h := heat(t, w, c.ID, all[0].video)
		if round == 0 {
			first = h
			if h.Seen[80] != 5 || h.Seen[100] != 0 || h.Seen[220] != 5 || h.Replays[10] != 0 {
				t.Errorf("got %v at 80 s, %v at 100 s", h.Seen[80], h.Seen[100])
			}
			continue
		}
		h.Video = first.Video
		if diff := cmp.Diff(first, h); diff != "" {
			t.Errorf("in another order: %s", diff)
		}
	}
}

// Many who look at once count each view once.
func TestHeatTogether(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c, all := crowd(t, w, 10)
	for round := range 3 {
		for _, l := range all {
			session := l.play(t)
			w.Clock.Pass(11 * time.Minute)
			w.Records.Say(w.ID, course.Observed{Account: l.by.Account, Enrolment: l.enrolment, Playback: session, Verb: paused, Segments: course.Normal([2]int64{0, int64(100_000 * (round + 1))})})
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := w.Courses.CatchUp(context.WithoutCancel(t.Context()), w.ID); err != nil {
					t.Error(err)
				}
				if _, err := w.Courses.Heat(context.WithoutCancel(t.Context()), w.Grace, c.ID, all[0].video); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	h := heat(t, w, c.ID, all[0].video)
	for second, want := range map[int][3]int64{50: {10, 10, 10}, 150: {10, 10, 10}, 250: {10, 10, 0}, 350: {0, 0, 0}} {
		if got := [3]int64{h.Seen[second], h.Reached[second], h.Replays[second]}; got != want {
			t.Errorf("second %d: got %v, want %v", second, got, want)
		}
	}
}

// One who plays a second a hundred times is one: nobody is behind a figure alone.
func TestHeatOfOneWhoRepeats(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c, all := crowd(t, w, 6)
	for _, l := range all {
		session := l.play(t)
		w.Clock.Pass(11 * time.Minute)
		l.says(t, session, course.Observed{}, [2]int64{0, 100})
	}
	for range 20 {
		session := all[0].play(t)
		w.Clock.Pass(11 * time.Minute)
		all[0].says(t, session, course.Observed{}, [2]int64{0, 50})
		all[0].says(t, session, course.Observed{}, [2]int64{0, 100})
	}
	if h := heat(t, w, c.ID, all[0].video); h.Replays[20] != 0 || h.Seen[20] != 5 {
		t.Errorf("%d replays of one who has seen it", h.Replays[20])
	}
	for _, l := range all[1:5] {
		session := l.play(t)
		w.Clock.Pass(11 * time.Minute)
		l.says(t, session, course.Observed{}, [2]int64{10, 30})
	}
	if h := heat(t, w, c.ID, all[0].video); h.Replays[20] != 5 || h.Replays[50] != 0 {
		t.Errorf("%d replays of five at 20 s, %d at 50 s", h.Replays[20], h.Replays[50])
	}
}

// Playing that cannot have been is not counted: ten minutes in one.
func TestHeatBelievesTheClock(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c, all := crowd(t, w, 6)
	for _, l := range all {
		session := l.play(t)
		w.Clock.Pass(time.Minute)
		l.says(t, session, course.Observed{}, [2]int64{0, 600})
	}
	if h := heat(t, w, c.ID, all[0].video); !h.Hidden {
		t.Errorf("got %+v", h)
	}
}

// People of other towns are counted with those of the course's own.
func TestHeatOfOtherTowns(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c, all := crowd(t, w, 4)
	_, err := w.Courses.Update(t.Context(), w.Grace, c.ID, 0, course.Change{Audience: &course.Audience{Kind: course.AudienceNetwork}})
	ok(t, err)
	_, err = w.Courses.Publish(t.Context(), w.Grace, c.ID, 0, "")
	ok(t, err)
	far := w.OtherTown(t)
	e, err := w.Courses.Enrol(t.Context(), far, c.ID)
	ok(t, err)
	for _, l := range all {
		session := l.play(t)
		w.Clock.Pass(11 * time.Minute)
		l.says(t, session, course.Observed{}, [2]int64{0, 100})
	}
	p, err := w.Courses.Play(t.Context(), far, e.ID, all[0].video)
	ok(t, err)
	w.Clock.Pass(11 * time.Minute)
	w.Records.Say(far.Organisation, course.Observed{Account: far.Account, Enrolment: e.ID, Playback: p.Session, Verb: paused, Segments: course.Normal([2]int64{0, 50_000})})
	ok(t, w.Courses.CatchUp(t.Context(), far.Organisation))
	if h := heat(t, w, c.ID, all[0].video); h.Viewers != 5 || h.Seen[49] != 5 || h.Seen[51] != 0 {
		t.Errorf("got %d viewers", h.Viewers)
	}
}

// Wherever a process dies while views are counted, each is counted once.
func TestHeatAfterACrash(t *testing.T) {
	t.Parallel()
	var want course.Heat
	deaths := 0
	for writes := -1; ; writes++ {
		w := coursetest.New(t)
		c, all := crowd(t, w, 5)
		for i, l := range all {
			session := l.play(t)
			w.Clock.Pass(11 * time.Minute)
			if i < len(all)-1 {
				l.says(t, session, course.Observed{}, [2]int64{0, 590})
				continue
			}
			w.Records.Say(w.ID, course.Observed{Account: l.by.Account, Enrolment: l.enrolment, Playback: session, Verb: paused, Segments: course.Normal([2]int64{0, 599_000})})
		}
		if writes < 0 {
			ok(t, w.Courses.CatchUp(t.Context(), w.ID))
			want = heat(t, w, c.ID, all[0].video)
			continue
		}
		w.Process.Die(writes)
		_ = w.Courses.CatchUp(context.WithoutCancel(t.Context()), w.ID) // it dies
		died := w.Process.Live()
		ok(t, w.Courses.CatchUp(t.Context(), w.ID))
		ok(t, w.Courses.SettlePending(t.Context(), w.ID))
		got := heat(t, w, c.ID, all[0].video)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("after %d writes: %s", writes, diff)
		}
		if !died {
			break
		}
		deaths++
	}
	if deaths < 6 {
		t.Errorf("it died only %d times", deaths)
	}
	if want.Viewers != 5 || want.Seen[589] != 5 || want.Seen[595] != 0 || want.Reached[595] != 0 {
		t.Errorf("of the five: %d, %d at 589 s", want.Viewers, want.Seen[589])
	}
}
