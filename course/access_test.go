package course_test

import (
	"context"
	"slices"
	"testing"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
)

// What a video lacks keeps its course from being published; what it offers is kept with the version, clause by clause,
// and summed up.
func TestAccessGate(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := context.Background()
	c, err := w.Courses.Create(ctx, w.Grace, course.Text{"en": "Films"}, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Courses.Update(ctx, w.Grace, c.ID, 0, course.Change{Summary: course.Text{"en": "Three of them"}}); err != nil {
		t.Fatal(err)
	}
	c, err = w.Courses.AddModule(ctx, w.Grace, c.ID, course.Text{"en": "All"})
	if err != nil {
		t.Fatal(err)
	}
	var lessons []course.Lesson
	for _, video := range []string{"v-spoken", "v-silent", "v-lacking"} {
		l, err := w.Courses.AddLesson(ctx, w.Grace, c.ID, c.Modules[0].ID, course.KindVideo, course.Text{"en": video})
		if err != nil {
			t.Fatal(err)
		}
		l.Video = video
		if l, err = w.Courses.SaveLesson(ctx, w.Grace, 0, l); err != nil {
			t.Fatal(err)
		}
		lessons = append(lessons, l)
	}
	gaps, err := w.Courses.Gaps(ctx, w.Grace, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, g := range gaps {
		if g.Lesson != lessons[2].ID {
			t.Errorf("a gap of another lesson: %+v", g)
		}
		codes = append(codes, g.Code)
	}
	if want := []string{"video_language", "video_captions", "video_check", "video_quality", "video_poster", "video_description"}; !slices.Equal(codes, want) {
		t.Errorf("got %v, want %v", codes, want)
	}
	if _, err := w.Courses.Publish(ctx, w.Grace, c.ID, 0, ""); !fault.Is(err, "course.gaps") {
		t.Fatalf("published with gaps: %v", err)
	}
	if err := w.Courses.DeleteLesson(ctx, w.Grace, c.ID, lessons[2].ID); err != nil {
		t.Fatal(err)
	}
	v, err := w.Courses.Publish(ctx, w.Grace, c.ID, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string][]string{}
	for _, a := range v.Access {
		for _, cl := range a.Clauses {
			outcomes[cl.Number] = append(outcomes[cl.Number], cl.Outcome)
		}
	}
	if got := outcomes["9.1.2.2"]; !slices.Equal(got, []string{course.ClauseMet, course.ClauseNone}) {
		t.Errorf("captions: %v", got)
	}
	if got := outcomes["9.1.2.5"]; !slices.Equal(got, []string{course.ClauseReason, course.ClauseMet}) {
		t.Errorf("descriptions: %v", got)
	}
	sum := func() course.AccessLine {
		st, err := w.Courses.AccessStatement(ctx, w.Grace.Organisation)
		if err != nil {
			t.Fatal(err)
		}
		return st.Total
	}
	if got := sum(); got.Courses != 1 || got.Videos != 2 || got.Captioned != 1 || got.Silent != 1 || got.Described != 1 || got.Excused != 1 || got.Unknown != 0 || got.Measured != 1 || got.Coverage != 0.9 {
		t.Errorf("published: %+v", got)
	}
	if _, err := w.Courses.Update(ctx, w.Grace, c.ID, 0, course.Change{Summary: course.Text{"en": "Two of them"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Courses.Publish(ctx, w.Grace, c.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	if got := sum(); got.Courses != 1 || got.Videos != 2 {
		t.Errorf("published again: %+v", got)
	}
	if _, err := w.Courses.Unpublish(ctx, w.Grace, c.ID); err != nil {
		t.Fatal(err)
	}
	if got := sum(); got.Courses != 0 || got.Videos != 0 {
		t.Errorf("withdrawn: %+v", got)
	}
	if _, err := w.Courses.AccessStatement(ctx, "nowhere"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of no town: %v", err)
	}
}
