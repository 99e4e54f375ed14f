package course_test

import (
	"strings"
	"testing"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/people"
)

// Files are given where the town of the course allows it, to those who learn it, and that they were asked for is told once.
func TestTakeAlong(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	l := begin(t, w, w.Ada)
	if _, err := w.Courses.Files(ctx, l.by, l.enrolment, l.video); !fault.Is(err, "course.takeaway_not_allowed") {
		t.Errorf("not allowed yet: %v", err)
	}
	for who, by := range map[string]people.Actor{"a learner": w.Ada, "an author": w.Grace, "HR": w.Hedy, "an operator": w.Olga, "nobody": {}} {
		if err := w.Courses.SetTakeaway(ctx, by, true); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Unsigned {
			t.Errorf("%s allowed it: %v", who, err)
		}
		if _, err := w.Courses.TakeawayOf(ctx, by); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Unsigned {
			t.Errorf("%s looked: %v", who, err)
		}
	}
	ok(t, w.Courses.SetTakeaway(ctx, w.OtherTown(t), true)) // another town decides for itself
	if _, err := w.Courses.TakeAlong(ctx, l.by, l.enrolment, l.video, "video", "", ""); !fault.Is(err, "course.takeaway_not_allowed") {
		t.Errorf("another town has allowed it: %v", err)
	}
	ok(t, w.Courses.SetTakeaway(ctx, w.Anna, true))
	told := len(w.Records.Events)
	files, err := w.Courses.Files(ctx, l.by, l.enrolment, l.video)
	if err != nil || len(files) != 2 || len(w.Records.Events) != told {
		t.Fatalf("got %+v, %v; looking is not told", files, err)
	}
	for range 2 {
		f, err := w.Courses.TakeAlong(ctx, l.by, l.enrolment, l.video, "video", "", "mp4")
		if err != nil || !strings.Contains(f.URL, l.by.Session) {
			t.Errorf("got %+v, %v", f, err)
		}
	}
	if _, err := w.Courses.TakeAlong(ctx, l.by, l.enrolment, l.video, "captions", "en", "srt"); err != nil {
		t.Error(err)
	}
	events := w.Records.Events[told:]
	if len(events) != 2 || !strings.HasSuffix(events[0].Verb, "/downloaded") || events[0].Account != l.by.Account {
		t.Errorf("told: %+v", events)
	}
	for what, code := range map[string]string{"sound": "course.no_file", "": "course.no_file"} {
		if _, err := w.Courses.TakeAlong(ctx, l.by, l.enrolment, l.video, what, "", ""); !fault.Is(err, code) {
			t.Errorf("%q: %v", what, err)
		}
	}
	if _, err := w.Courses.Files(ctx, l.by, l.enrolment, l.text); !fault.Is(err, "course.no_video") {
		t.Errorf("of a text: %v", err)
	}
	if _, err := w.Courses.Files(ctx, w.Lin, l.enrolment, l.video); !fault.Is(err, "course.enrolment_not_found") {
		t.Errorf("another learner: %v", err)
	}
	if n := l.study(t).Needs[0]; n.Begun || n.Seen.Length() != 0 {
		t.Errorf("taking along proves something: %+v", n)
	}
	ok(t, w.Courses.SetTakeaway(ctx, w.Anna, false))
	if _, err := w.Courses.TakeAlong(ctx, l.by, l.enrolment, l.video, course.FilePicture, "", ""); !fault.Is(err, "course.takeaway_not_allowed") {
		t.Errorf("not allowed any more: %v", err)
	}
}
