package course_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/people"
)

// short makes and publishes a course of one text.
func short(t *testing.T, w *coursetest.Town, by people.Actor, title string, audience *course.Audience) course.Course {
	t.Helper()
	ctx := t.Context()
	c, err := w.Courses.Create(ctx, by, course.Text{"en": title}, []string{"en"})
	ok(t, err)
	minutes := 30
	_, err = w.Courses.Update(ctx, by, c.ID, 0, course.Change{Summary: course.Text{"en": "Short"}, Audience: audience, Minutes: &minutes})
	ok(t, err)
	c, err = w.Courses.AddModule(ctx, by, c.ID, course.Text{"en": "Only"})
	ok(t, err)
	l, err := w.Courses.AddLesson(ctx, by, c.ID, c.Modules[0].ID, course.KindText, course.Text{"en": "Only"})
	ok(t, err)
	l.Body = course.Text{"en": "Two words"}
	_, err = w.Courses.SaveLesson(ctx, by, 0, l)
	ok(t, err)
	_, err = w.Courses.Publish(ctx, by, c.ID, 0, "")
	ok(t, err)
	c, err = w.Courses.Course(ctx, by, c.ID)
	ok(t, err)
	return c
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// finish completes a short course.
func finish(ctx context.Context, t *testing.T, w *coursetest.Town, by people.Actor, c course.Course) error {
	t.Helper()
	e, err := w.Courses.Enrol(ctx, by, c.ID)
	ok(t, err)
	l := c.Modules[0].Lessons[0].ID
	_, _, _, err = w.Courses.Open(ctx, by, e.ID, l)
	ok(t, err)
	w.Clock.Pass(10 * time.Second)
	_, err = w.Courses.Read(ctx, by, e.ID, l)
	return err
}

// programme makes and publishes a programme of two required courses and one of two electives.
func programme(t *testing.T, w *coursetest.Town) (course.Programme, []course.Course) {
	t.Helper()
	ctx := t.Context()
	var cs []course.Course
	for _, title := range []string{"Open data", "Security", "Spreadsheets", "Mediation"} {
		cs = append(cs, short(t, w, w.Grace, title, nil))
	}
	p, err := w.Courses.CreateProgramme(ctx, w.Grace, course.Text{"en": "Digital City Expert"}, []string{"en"})
	ok(t, err)
	one := 1
	p, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, p.Rev, course.ProgrammeChange{Summary: course.Text{"en": "All of it"}, Electives: &one,
		Courses: []course.ProgrammeChoice{{Course: cs[0].ID}, {Course: cs[1].ID}, {Course: cs[2].ID, Elective: true}, {Course: cs[3].ID, Elective: true}}})
	ok(t, err)
	p, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, p.Rev)
	ok(t, err)
	return p, cs
}

func pursued(t *testing.T, w *coursetest.Town, by people.Actor, id string) course.ProgrammeStudy {
	t.Helper()
	st, err := w.Courses.Pursued(t.Context(), by, id)
	ok(t, err)
	return st
}

func TestProgramme(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	p, cs := programme(t, w)
	if p.Pending || p.State != course.StatePublished || p.Version != 1 {
		t.Fatalf("published: %+v", p)
	}
	// What was completed before counts.
	ok(t, finish(ctx, t, w, w.Ada, cs[1]))
	offers, _, err := w.Courses.ProgrammeOffers(ctx, w.Ada, "city", "", 10)
	ok(t, err)
	if len(offers) != 1 || offers[0].Pursuit != nil {
		t.Fatalf("the catalogue: %+v", offers)
	}
	pu, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	st := pursued(t, w, w.Ada, pu.ID)
	if required, electives := st.Left(); required != 1 || electives != 1 || st.Parts[0].Study == nil || st.Parts[2].Study != nil {
		t.Fatalf("left %d and %d; the required course is begun: %v, the elective not: %v", required, electives, st.Parts[0].Study != nil, st.Parts[2].Study == nil)
	}
	again, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	if again.ID != pu.ID || !again.Created.Equal(pu.Created) {
		t.Errorf("a second enrolment: %+v", again)
	}
	ok(t, finish(ctx, t, w, w.Ada, cs[0]))
	if st = pursued(t, w, w.Ada, pu.ID); st.Pursuit.State != course.Active {
		t.Fatal("complete without an elective")
	}
	ok(t, finish(ctx, t, w, w.Ada, cs[3]))
	st = pursued(t, w, w.Ada, pu.ID)
	if st.Pursuit.State != course.Completed || st.Pursuit.Pending || st.Completion == nil || st.Completion.Ledger != 4 || len(st.Completion.Earned) != 3 {
		t.Fatalf("all is completed, and the programme says %+v, %+v", st.Pursuit, st.Completion)
	}
	if c := st.Completion; c.RuleName() != "programme/1:required=2,electives=1" || c.MinutesNow() != 0 || len(c.Statements) != 3 {
		t.Errorf("the record: %s, %d minutes, evidence %v", c.RuleName(), c.MinutesNow(), c.Statements)
	}
	if n := letters(w, "programme"); n != 1 {
		t.Errorf("%d letters", n)
	}
	agree(t, w, 4, 0)

	x, err := w.Courses.Certified(ctx, st.Completion.Certificate)
	if err != nil || len(x.Entries) != 1 || x.Entries[0].Entry.Course != p.ID {
		t.Errorf("certificate: %+v, %v", x, err)
	}
	lines, _, err := w.Courses.Records(ctx, w.Hedy, false, "", p.ID, "", 10)
	if err != nil || len(lines) != 1 || lines[0].Completion.Kind != course.KindProgramme {
		t.Errorf("HR sees %+v, %v", lines, err)
	}
	staff, _, err := w.Courses.Staff(ctx, w.Hedy, "ada", true, "", 10)
	if err != nil || len(staff) != 1 || staff[0].Completed != 3 || staff[0].Minutes != 90 {
		t.Errorf("hours count once: %+v, %v", staff, err)
	}
	// A mistake is corrected by a further entry, and a course that is withdrawn takes nothing back.
	if _, err := w.Courses.Correct(ctx, w.Hedy, st.Completion.Earned[0].Completion, course.Fix{Kind: "withdrawal", Reason: "Somebody else sat there"}); err != nil {
		t.Error(err)
	}
	if st = pursued(t, w, w.Ada, pu.ID); st.Pursuit.State != course.Completed || st.Completion.Withdrawn {
		t.Error("the programme was taken back")
	}
	if _, err := w.Courses.Correct(ctx, w.Hedy, st.Completion.ID, course.Fix{Kind: "withdrawal", Reason: "It rests on that"}); err != nil {
		t.Error(err)
	}
	agree(t, w, 6, 0)
	verbs := map[string]int{}
	for _, e := range w.Records.Events {
		if e.Activity.Path == "/xapi/programmes/"+p.ID {
			verbs[e.Verb[strings.LastIndexByte(e.Verb, '/')+1:]]++
		}
	}
	for _, v := range []string{"create", "update", "published", "registered", "completed"} {
		if verbs[v] != 1 {
			t.Errorf("%d statements %q: %v", verbs[v], v, verbs)
		}
	}
}

func letters(w *coursetest.Town, kind string) int {
	n := 0
	for _, l := range w.Letters.Sent {
		if l.Kind == kind {
			n++
		}
	}
	return n
}

// A withdrawn record of a course does not count towards a programme.
func TestProgrammeWithoutWithdrawnRecords(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	p, cs := programme(t, w)
	pu, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	ok(t, finish(ctx, t, w, w.Ada, cs[0]))
	lines, _, err := w.Courses.Records(ctx, w.Hedy, false, w.Ada.Person, "", "", 10)
	ok(t, err)
	_, err = w.Courses.Correct(ctx, w.Hedy, lines[0].Completion.ID, course.Fix{Kind: "withdrawal", Reason: "Somebody else sat there"})
	ok(t, err)
	ok(t, finish(ctx, t, w, w.Ada, cs[1]))
	ok(t, finish(ctx, t, w, w.Ada, cs[2]))
	if st := pursued(t, w, w.Ada, pu.ID); st.Pursuit.State != course.Active || st.Parts[0].Done() {
		t.Errorf("a withdrawn record counted: %+v", st.Pursuit)
	}
}

// Wherever a process dies between two writes, the sweep brings the programme to its end, once.
func TestProgrammeAfterACrash(t *testing.T) {
	t.Parallel()
	for writes := 0; ; writes++ {
		w := coursetest.New(t)
		p, cs := programme(t, w)
		ok(t, finish(t.Context(), t, w, w.Ada, cs[0]))
		ok(t, finish(t.Context(), t, w, w.Ada, cs[1]))
		e, err := w.Courses.Enrol(t.Context(), w.Ada, cs[2].ID)
		ok(t, err)
		_, _, _, err = w.Courses.Open(t.Context(), w.Ada, e.ID, cs[2].Modules[0].Lessons[0].ID)
		ok(t, err)
		w.Clock.Pass(10 * time.Second)
		// She begins the programme, completes its last course, and somewhere on the way the process dies.
		w.Process.Die(writes)
		_, err = w.Courses.Pursue(t.Context(), w.Ada, p.ID)
		if err == nil {
			_, err = w.Courses.Read(t.Context(), w.Ada, e.ID, cs[2].Modules[0].Lessons[0].ID)
		}
		died := w.Process.Live()
		if died != (err != nil) {
			t.Fatalf("after %d writes: died %v, %v", writes, died, err)
		}
		ok(t, w.Courses.SettlePending(t.Context(), w.ID))
		// What was not stored at all, she does again.
		pu, err := w.Courses.Pursue(t.Context(), w.Ada, p.ID)
		ok(t, err)
		_, err = w.Courses.Read(t.Context(), w.Ada, e.ID, cs[2].Modules[0].Lessons[0].ID)
		ok(t, err)
		st := pursued(t, w, w.Ada, pu.ID)
		if st.Pursuit.State != course.Completed || st.Pursuit.Pending || st.Completion == nil || letters(w, "programme") != 1 || letters(w, "completed") != 3 {
			t.Errorf("after %d writes: %+v, letters %d and %d", writes, st.Pursuit, letters(w, "programme"), letters(w, "completed"))
		}
		agree(t, w, 4, 0)
		if !died {
			return
		}
	}
}

// Wherever a process dies while a programme is published or withdrawn, the sweep brings catalogue and version to what the
// draft says.
func TestPublishingAProgrammeAfterACrash(t *testing.T) {
	t.Parallel()
	for writes := 0; ; writes++ {
		w := coursetest.New(t)
		p, _ := programme(t, w)
		title := course.Text{"en": "Another name"}
		w.Process.Die(writes)
		_, err := w.Courses.UpdateProgramme(t.Context(), w.Grace, p.ID, 0, course.ProgrammeChange{Title: title})
		if err == nil {
			_, err = w.Courses.PublishProgramme(t.Context(), w.Grace, p.ID, 0)
		}
		if err == nil {
			_, err = w.Courses.UnpublishProgramme(t.Context(), w.Grace, p.ID)
		}
		died := w.Process.Live()
		ok(t, w.Courses.SettlePending(t.Context(), w.ID))
		now, errNow := w.Courses.Programme(t.Context(), w.Grace, p.ID)
		ok(t, errNow)
		offers, _, errOffers := w.Courses.ProgrammeOffers(t.Context(), w.Ada, "", "", 10)
		ok(t, errOffers)
		if (now.State == course.StatePublished) != (len(offers) == 1) || len(offers) == 1 && offers[0].Entry.Version != now.Version || now.Pending {
			t.Errorf("after %d writes the draft is %s in version %d and the catalogue says %+v", writes, now.State, now.Version, offers)
		}
		published := 0
		for _, e := range w.Records.Events {
			if strings.HasSuffix(e.Verb, "/published") && strings.HasPrefix(e.Activity.Path, "/xapi/programmes/") {
				published++
			}
		}
		if published != now.Version {
			t.Errorf("after %d writes: %d statements say that %d versions were published", writes, published, now.Version)
		}
		if !died {
			ok(t, err)
			return
		}
	}
}

// A programme goes on for whoever has begun it, whatever its author changes.
func TestProgrammeVersions(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	p, cs := programme(t, w)
	if _, err := w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0); !fault.Is(err, "course.unchanged") {
		t.Errorf("published twice: %v", err)
	}
	pu, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	// A course is withdrawn: who has begun the programme has begun the course; nobody else can begin the programme.
	_, err = w.Courses.Unpublish(ctx, w.Grace, cs[1].ID)
	ok(t, err)
	if _, err := w.Courses.Pursue(ctx, w.Lin, p.ID); !fault.Is(err, "course.programme_unavailable") {
		t.Errorf("lin begins what cannot be completed: %v", err)
	}
	if gaps, err := w.Courses.ProgrammeGaps(ctx, w.Grace, p.ID); err != nil || len(gaps) != 1 || gaps[0].Code != "course_not_offered" || gaps[0].Course != cs[1].ID {
		t.Errorf("gaps: %v, %v", gaps, err)
	}
	p, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Courses: []course.ProgrammeChoice{{Course: cs[0].ID}, {Course: cs[2].ID, Elective: true}}})
	ok(t, err)
	if _, err := w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, p.Rev-1, course.ProgrammeChange{}); fault.KindOf(err) != fault.Stale {
		t.Errorf("an old revision: %v", err)
	}
	_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	if st := pursued(t, w, w.Ada, pu.ID); st.Pursuit.Version != 1 || st.Newer != 2 || len(st.Parts) != 4 {
		t.Errorf("ada's programme changed: version %d, newer %d", st.Pursuit.Version, st.Newer)
	}
	ok(t, finish(ctx, t, w, w.Ada, cs[0]))
	ok(t, finish(ctx, t, w, w.Ada, cs[2]))
	if st := pursued(t, w, w.Ada, pu.ID); st.Pursuit.State != course.Active {
		t.Error("complete by another version than hers")
	}
	// She goes on with the newer one, which is complete at once.
	if pu, err = w.Courses.Pursue(ctx, w.Ada, p.ID); err != nil || pu.Version != 2 || pu.State != course.Completed {
		t.Errorf("moved: %+v, %v", pu, err)
	}
	_, err = w.Courses.UnpublishProgramme(ctx, w.Grace, p.ID)
	ok(t, err)
	if _, err := w.Courses.Pursue(ctx, w.Lin, p.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a withdrawn programme is begun: %v", err)
	}
	if st := pursued(t, w, w.Ada, pu.ID); st.Completion == nil {
		t.Error("ada's programme is gone")
	}
}

// Who may see a programme can begin each of its courses; nobody else learns of either.
func TestProgrammesOfOtherTowns(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	mallory := w.OtherTown(t)
	p, cs := programme(t, w)
	for what, err := range map[string]error{
		"offer":   second(w.Courses.ProgrammeOffer(ctx, mallory, p.ID)),
		"draft":   second(w.Courses.Programme(ctx, mallory, p.ID)),
		"pursue":  second(w.Courses.Pursue(ctx, mallory, p.ID)),
		"publish": second(w.Courses.PublishProgramme(ctx, mallory, p.ID, 0)),
		"nobody":  second(w.Courses.ProgrammeOffer(ctx, people.Actor{}, p.ID)),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := second(w.Courses.Programme(ctx, w.Ada, p.ID)); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a learner reads a draft: %v", err)
	}
	pu, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	for _, by := range []people.Actor{w.Lin, mallory} {
		if err := second(w.Courses.Pursued(ctx, by, pu.ID)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s reads ada's programme: %v", by.Name, err)
		}
	}
	// A course of another town that was not offered to this one cannot be put in.
	theirs := short(t, w, mallory, "Theirs", nil)
	if err := second(w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Courses: []course.ProgrammeChoice{{Course: theirs.ID}}})); !fault.Is(err, "course.not_found") {
		t.Errorf("a hidden course was put in: %v", err)
	}
	// A programme for everybody needs courses for everybody.
	p, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Audience: &course.Audience{Kind: course.AudienceNetwork}})
	ok(t, err)
	if err := second(w.Courses.ProgrammeOffer(ctx, mallory, p.ID)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a draft's audience is in force before it is published: %v", err)
	}
	gaps, err := w.Courses.ProgrammeGaps(ctx, w.Grace, p.ID)
	if err != nil || len(gaps) != 4 || gaps[0].Code != "course_hidden" {
		t.Fatalf("gaps: %v, %v", gaps, err)
	}
	for i := range cs {
		_, err := w.Courses.Update(ctx, w.Grace, cs[i].ID, 0, course.Change{Audience: &course.Audience{Kind: course.AudienceNetwork}})
		ok(t, err)
		_, err = w.Courses.Publish(ctx, w.Grace, cs[i].ID, 0, "")
		ok(t, err)
	}
	_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	theirsToo, err := w.Courses.Pursue(ctx, mallory, p.ID)
	ok(t, err)
	for _, i := range []int{0, 1, 3} {
		ok(t, finish(ctx, t, w, mallory, cs[i]))
	}
	st := pursued(t, w, mallory, theirsToo.ID)
	if st.Completion == nil || st.Completion.Ledger != 4 {
		t.Fatalf("mallory's programme: %+v", st.Completion)
	}
	// The evidence belongs to the town in which she learnt.
	r, err := w.Courses.Reconcile(ctx, mallory)
	if err != nil || len(r.Differences) != 0 || r.Completions != 4 {
		t.Errorf("reconciliation: %+v, %v", r, err)
	}
	agree(t, w, 0, 0)
}

func TestProgrammesThatCannotBe(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	c := short(t, w, w.Grace, "One", nil)
	p, err := w.Courses.CreateProgramme(ctx, w.Grace, course.Text{"en": "P"}, []string{"en"})
	ok(t, err)
	minus, two := -1, 2
	for name, ch := range map[string]course.ProgrammeChange{
		"course.programme_twice":     {Courses: []course.ProgrammeChoice{{Course: c.ID}, {Course: c.ID, Elective: true}}},
		"course.programme_long":      {Courses: slices.Repeat([]course.ProgrammeChoice{{Course: c.ID}}, 51)},
		"course.programme_electives": {Electives: &minus},
		"course.title_missing":       {Title: course.Text{"de": "P"}},
		"course.audience":            {Audience: &course.Audience{Kind: "everybody"}},
	} {
		if err := second(w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, ch)); !fault.Is(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, ch := range map[string]course.ProgrammeChange{
		"no_courses":        {Summary: course.Text{"en": "S"}, Courses: []course.ProgrammeChoice{}},
		"nothing_required":  {Courses: []course.ProgrammeChoice{{Course: c.ID, Elective: true}}},
		"too_few_electives": {Courses: []course.ProgrammeChoice{{Course: c.ID, Elective: true}}, Electives: &two},
	} {
		q, err := w.Courses.CreateProgramme(ctx, w.Grace, course.Text{"en": "P"}, []string{"en"})
		ok(t, err)
		ch.Summary = course.Text{"en": "S"}
		_, err = w.Courses.UpdateProgramme(ctx, w.Grace, q.ID, 0, ch)
		ok(t, err)
		gaps, err := w.Courses.ProgrammeGaps(ctx, w.Grace, q.ID)
		if err != nil || len(gaps) != 1 || gaps[0].Code != want {
			t.Errorf("want %s, got %v, %v", want, gaps, err)
		}
		if err := second(w.Courses.PublishProgramme(ctx, w.Grace, q.ID, 0)); !fault.Is(err, "course.programme_gaps") {
			t.Errorf("published with gaps: %v", err)
		}
	}
	ok(t, w.Courses.DeleteProgramme(ctx, w.Grace, p.ID))
	if err := second(w.Courses.Programme(ctx, w.Grace, p.ID)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("deleted, and still there: %v", err)
	}
}

// A programme that is published while it is being deleted is not deleted: people may follow it.
func TestAProgrammeIsPublishedWhileItIsDeleted(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	c := short(t, w, w.Grace, "Open data", nil)
	p, err := w.Courses.CreateProgramme(ctx, w.Grace, course.Text{"en": "Digital City Expert"}, []string{"en"})
	ok(t, err)
	_, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Summary: course.Text{"en": "All of it"}, Courses: []course.ProgrammeChoice{{Course: c.ID}}})
	ok(t, err)
	w.Process.Between("programmes", func() { ok(t, second(w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0))) })
	if err := w.Courses.DeleteProgramme(ctx, w.Grace, p.ID); !fault.Is(err, "course.programme_published_once") {
		t.Errorf("got %v, want that it was published", err)
	}
	got, err := w.Courses.Programme(ctx, w.Grace, p.ID)
	if ok(t, err); got.Version != 1 {
		t.Errorf("it has version %d, want 1", got.Version)
	}
}
