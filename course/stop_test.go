package course_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/people"
)

func both(s string) course.Text { return course.Text{"en": s, "it": s} }

// stops are one question of each kind: the first must be answered.
func stops() []course.Stop {
	return []course.Stop{
		{At: 120_000, Question: course.Question{ID: "s2", Kind: course.QuestionText, Prompt: both("Say it"), Accept: []course.Text{both("open data")}}},
		{At: 60_000, Required: true, Question: course.Question{ID: "s1", Kind: course.QuestionSingle, Prompt: both("Which?"), Feedback: both("Because."),
			Choices: []course.Choice{{ID: "a", Text: both("A"), Right: true}, {ID: "b", Text: both("B"), Feedback: both("No, B is not.")}}}},
		{At: 180_000, Question: course.Question{ID: "s3", Kind: course.QuestionMultiple, Prompt: both("Which ones?"),
			Choices: []course.Choice{{ID: "c", Text: both("C"), Right: true}, {ID: "d", Text: both("D"), Right: true}, {ID: "e", Text: both("E")}}}},
	}
}

// asking is a learner of a course whose video stops.
func asking(t *testing.T, w *coursetest.Town) *learner {
	t.Helper()
	c := w.Course(t)
	film := c.Modules[0].Lessons[0].ID
	l, err := w.Courses.Lesson(t.Context(), w.Grace, c.ID, film)
	ok(t, err)
	l.Stops = stops()
	_, err = w.Courses.SaveLesson(t.Context(), w.Grace, 0, l)
	ok(t, err)
	_, err = w.Courses.Publish(t.Context(), w.Grace, c.ID, 0, "")
	ok(t, err)
	e, err := w.Courses.Enrol(t.Context(), w.Ada, c.ID)
	ok(t, err)
	ls := c.Modules[0].Lessons
	return &learner{w, w.Ada, e.ID, c.ID, ls[0].ID, ls[1].ID, ls[2].ID}
}

// A question that must be answered keeps a seen video from being done; any answer is enough, it is told once and it is evidence.
func TestStopsCount(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	l := asking(t, w)
	session := l.play(t)
	w.Clock.Pass(11 * time.Minute)
	l.says(t, session, course.Observed{}, [2]int64{0, 600})
	if n := l.study(t).Needs[0]; n.Done != nil || n.Asked != 1 || n.Answered != 0 {
		t.Fatalf("seen and not answered: %+v", n)
	}
	told := len(w.Records.Events)
	for range 2 { // a line that broke off: the same answer again
		got, err := w.Courses.AnswerStop(ctx, l.by, l.enrolment, l.video, "s1", course.Answer{Choices: []string{"b"}})
		ok(t, err)
		if got.Reply.Right || got.Reply.Count != 1 || !got.Sheet.Reveal() {
			t.Errorf("a wrong answer: %+v", got.Reply)
		}
	}
	st := l.study(t)
	if n := st.Needs[0]; n.Done == nil || n.How != "seen" || n.Answered != 1 {
		t.Errorf("answered: %+v", n)
	}
	events := w.Records.Events[told:]
	if len(events) != 1 || !strings.HasSuffix(events[0].Verb, "/answered") || *events[0].Success || events[0].Response != "b" || events[0].Activity.Interaction != "choice" ||
		!strings.HasSuffix(events[0].Activity.Path, "/lessons/"+l.video+"/questions/s1") || !strings.HasSuffix(events[0].Activity.Type, "cmi.interaction") {
		t.Errorf("told: %+v", events)
	}
	held, err := w.Courses.Held(ctx, w.ID, []course.Testimony{{ID: events[0].ID, Verb: events[0].Verb, Enrolment: l.enrolment, OfPlatform: true}})
	ok(t, err)
	if held[events[0].ID].Why != "learning" {
		t.Errorf("the answer is held as %+v", held)
	}
	// Another answer is told apart and takes nothing back.
	got, err := w.Courses.AnswerStop(ctx, l.by, l.enrolment, l.video, "s1", course.Answer{Choices: []string{"a"}})
	ok(t, err)
	if !got.Reply.Right || got.Reply.Count != 2 || got.Reply.Statement != events[0].ID {
		t.Errorf("answered anew: %+v", got.Reply)
	}
	for i := range 40 {
		if _, err := w.Courses.AnswerStop(ctx, l.by, l.enrolment, l.video, "s2", course.Answer{Text: "guess " + strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if r := l.study(t).Enrolment.Lessons[l.video].Stops["s2"]; r.Count != 20 {
		t.Errorf("%d answers are kept", r.Count)
	}
	finishQuietly(t, l)
	if st = l.study(t); st.Completion == nil || !slices.Contains(st.Completion.Statements, events[0].ID) {
		t.Errorf("the record rests on %+v", st.Completion)
	}
}

func finishQuietly(t *testing.T, l *learner) {
	t.Helper()
	ctx := t.Context()
	_, _, _, err := l.Courses.Open(ctx, l.by, l.enrolment, l.text)
	ok(t, err)
	l.Clock.Pass(10 * time.Second)
	_, err = l.Courses.Read(ctx, l.by, l.enrolment, l.text)
	ok(t, err)
	sh, err := l.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
	ok(t, err)
	_, _, err = l.Courses.HandIn(ctx, l.by, sh.Attempt.ID, rightAnswers(sh))
	ok(t, err)
}

// Reading the transcript instead of watching leaves the questions to be answered, and they can be.
func TestStopsAndTranscript(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := asking(t, w)
	_, _, _, err := w.Courses.Open(t.Context(), l.by, l.enrolment, l.video)
	ok(t, err)
	w.Clock.Pass(10 * time.Minute)
	st, err := w.Courses.ReadTranscript(t.Context(), l.by, l.enrolment, l.video)
	ok(t, err)
	if st.Needs[0].Done != nil {
		t.Error("read, not answered, and done")
	}
	_, err = w.Courses.AnswerStop(t.Context(), l.by, l.enrolment, l.video, "s1", course.Answer{Choices: []string{"a"}})
	ok(t, err)
	if n := l.study(t).Needs[0]; n.Done == nil || n.How != "transcript" {
		t.Errorf("read and answered: %+v", n)
	}
}

func TestStopsAreGraded(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := asking(t, w)
	for name, c := range map[string]struct {
		stop  string
		a     course.Answer
		right bool
		code  string
	}{
		"right":                  {"s1", course.Answer{Choices: []string{"a"}}, true, ""},
		"wrong":                  {"s1", course.Answer{Choices: []string{"b"}}, false, ""},
		"two of one":             {"s1", course.Answer{Choices: []string{"a", "b"}}, false, "course.stop_empty"},
		"a choice of nobody's":   {"s1", course.Answer{Choices: []string{"z"}}, false, "course.stop_empty"},
		"nothing":                {"s1", course.Answer{}, false, "course.stop_empty"},
		"text for a choice":      {"s1", course.Answer{Text: "a"}, false, "course.stop_empty"},
		"another question's id":  {"s1", course.Answer{Question: "s2", Choices: []string{"a"}}, true, ""},
		"all right ones":         {"s3", course.Answer{Choices: []string{"d", "c"}}, true, ""},
		"one too many":           {"s3", course.Answer{Choices: []string{"c", "d", "e"}}, false, ""},
		"twice the same":         {"s3", course.Answer{Choices: []string{"c", "c"}}, false, ""},
		"said in other capitals": {"s2", course.Answer{Text: " OPEN  data. "}, true, ""},
		"said wrongly":           {"s2", course.Answer{Text: "closed"}, false, ""},
		"blanks":                 {"s2", course.Answer{Text: "   "}, false, "course.stop_empty"},
		"broken letters":         {"s2", course.Answer{Text: "\xff\xfe"}, false, "course.stop_empty"},
		"very long":              {"s2", course.Answer{Text: strings.Repeat("x", 100_000)}, false, ""},
		"no such question":       {"none", course.Answer{Text: "x"}, false, "course.stop_not_found"},
	} {
		got, err := w.Courses.AnswerStop(t.Context(), l.by, l.enrolment, l.video, c.stop, c.a)
		tried, terr := w.Courses.TryStop(t.Context(), w.Grace, l.course, l.video, c.stop, c.a)
		if c.code != "" {
			if !fault.Is(err, c.code) || !fault.Is(terr, c.code) {
				t.Errorf("%s: %v, %v", name, err, terr)
			}
			continue
		}
		if err != nil || terr != nil || got.Sheet.Attempt.Passed != c.right || tried.Sheet.Attempt.Passed != c.right || len(got.Reply.Answer.Text) > 1000 {
			t.Errorf("%s: %+v, %v; tried %+v, %v", name, got.Reply, err, tried.Reply, terr)
		}
	}
	for who, by := range map[string]people.Actor{"nobody": {}, "another learner": w.Lin, "the author": w.Grace, "an operator": w.Olga} {
		_, err := w.Courses.AnswerStop(t.Context(), by, l.enrolment, l.video, "s1", course.Answer{Choices: []string{"a"}})
		if k := fault.KindOf(err); k != fault.NotFound && k != fault.Unsigned && k != fault.Forbidden {
			t.Errorf("%s answered: %v", who, err)
		}
	}
	if _, err := w.Courses.TryStop(t.Context(), w.Ada, l.course, l.video, "s1", course.Answer{Choices: []string{"a"}}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a learner tried a draft: %v", err)
	}
}

func TestStopsAreChecked(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	c := w.Course(t)
	film := c.Modules[0].Lessons[0].ID
	save := func(stops []course.Stop) (course.Lesson, error) {
		l, err := w.Courses.Lesson(ctx, w.Grace, c.ID, film)
		ok(t, err)
		l.Stops = stops
		return w.Courses.SaveLesson(ctx, w.Grace, 0, l)
	}
	with := func(change func(*course.Stop)) []course.Stop {
		s := stops()
		change(&s[0])
		return s
	}
	for code, s := range map[string][]course.Stop{
		"course.stop_at":       with(func(s *course.Stop) { s.At = 999 }),
		"course.stop_kind":     with(func(s *course.Stop) { s.Question.Kind = course.QuestionOrder }),
		"course.question_kind": with(func(s *course.Stop) { s.Question.Kind = course.QuestionOrder }),
		"course.quiz_ids":      with(func(s *course.Stop) { s.Question.ID = "s1" }),
		"course.language":      with(func(s *course.Stop) { s.Question.Prompt = course.Text{"xx": "?"} }),
		"course.stops":         slices.Repeat(stops(), 20),
	} {
		if code == "course.question_kind" {
			continue
		}
		if _, err := save(s); !fault.Is(err, code) {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	l, err := save(stops())
	ok(t, err)
	if !slices.IsSortedFunc(l.Stops, func(a, b course.Stop) int { return int(a.At - b.At) }) || len(l.Stops) != 3 {
		t.Errorf("in order: %+v", l.Stops)
	}
	if l, err = save(nil); err != nil || len(l.Stops) != 3 {
		t.Errorf("an older page leaves them: %d, %v", len(l.Stops), err)
	}
	_, err = save([]course.Stop{{At: 700_000, Question: course.Question{ID: "late", Kind: course.QuestionSingle, Prompt: course.Text{"en": "?"}}}})
	ok(t, err)
	gaps, err := w.Courses.Gaps(ctx, w.Grace, c.ID)
	ok(t, err)
	found := map[string]bool{}
	for _, g := range gaps {
		found[g.Code+" "+g.Language] = true
	}
	if !found["stop_late "] || !found["question_prompt it"] || !found["question_right en"] {
		t.Errorf("gaps: %+v", gaps)
	}
	if _, err := w.Courses.Publish(ctx, w.Grace, c.ID, 0, ""); !fault.Is(err, "course.gaps") {
		t.Errorf("published: %v", err)
	}
	if l, err = save([]course.Stop{}); err != nil || len(l.Stops) != 0 {
		t.Errorf("all removed: %+v, %v", l.Stops, err)
	}
}

// Wherever a process dies while an answer is taken, it is there and told, or it is not there.
func TestStopAfterACrash(t *testing.T) {
	t.Parallel()
	for writes := 0; ; writes++ {
		w := coursetest.New(t)
		l := asking(t, w)
		told := len(w.Records.Events)
		w.Process.Die(writes)
		_, err := w.Courses.AnswerStop(context.WithoutCancel(t.Context()), l.by, l.enrolment, l.video, "s1", course.Answer{Choices: []string{"a"}})
		died := w.Process.Live()
		ok(t, w.Courses.SettlePending(t.Context(), w.ID))
		there := l.study(t).Needs[0].Answered == 1
		if n := len(w.Records.Events) - told; there != (n == 1) {
			t.Fatalf("after %d writes (%v): answered %v, told %d times", writes, err, there, n)
		}
		if !died {
			return
		}
	}
}
