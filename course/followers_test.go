package course_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/course/export"
	"palestra/internal/fault"
	"palestra/people"
)

func actors(w *coursetest.Town) []people.Actor {
	return []people.Actor{w.Ada, w.Lin, w.Grace, w.Hedy, w.Anna}
}

// following lists the followers' names by state, as HR does, one a page.
func following(t *testing.T, w *coursetest.Town, by people.Actor, p course.Programme, state string) string {
	t.Helper()
	var names []string
	for cursor := ""; ; {
		lines, next, err := w.Courses.Followers(t.Context(), by, p.ID, state, cursor, 1)
		ok(t, err)
		for _, l := range lines {
			names = append(names, l.Name)
		}
		if cursor = next; cursor == "" {
			return strings.Join(names, " ")
		}
	}
}

// HR asks one person, a unit and everybody to complete a programme; sees who is on the way, late and done; and others see
// nothing of it.
func TestProgrammesAreAssigned(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	p, cs := programme(t, w)
	what := course.Target{Programme: p.ID}
	asked, err := w.Courses.Assign(ctx, w.Hedy, what, "2026-11-30", course.Whom{Persons: []string{w.Ada.Person}})
	ok(t, err)
	if len(asked.Assignments) != 1 || asked.Assignments[0].Kind != course.KindProgramme || letters(w, "assigned") != 1 {
		t.Fatalf("asked %+v with %d letters", asked, letters(w, "assigned"))
	}
	if link := w.Letters.Sent[len(w.Letters.Sent)-1].Params["link"]; link != "https://learn.example/programmes/"+p.ID {
		t.Errorf("the letter leads to %v", link)
	}
	home, err := w.Courses.Home(ctx, w.Ada)
	ok(t, err)
	if len(home.Open) != 2 || len(home.Due) != 1 || !home.Due[0].Pursuit.Due.Equal(time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("ada's home: %d courses, due %+v", len(home.Open), home.Due)
	}
	// The unit, whose other member has it already with the same date: she is not written to twice.
	unit, err := w.People.CreateUnit(ctx, w.Anna, "Anagrafe")
	ok(t, err)
	for _, a := range []people.Actor{w.Ada, w.Lin} {
		_, err := w.People.UpdateMember(ctx, w.Anna, a.Person, nil, &unit.ID)
		ok(t, err)
	}
	asked, err = w.Courses.Assign(ctx, w.Hedy, what, "2026-11-30", course.Whom{Units: []string{unit.ID}})
	ok(t, err)
	if len(asked.Assignments) != 2 || asked.More || letters(w, "assigned") != 2 {
		t.Errorf("the unit: %d asked, %d letters", len(asked.Assignments), letters(w, "assigned"))
	}
	// Everybody, by a later day.
	asked, err = w.Courses.Assign(ctx, w.Hedy, what, "2026-12-31", course.Whom{Everyone: true})
	ok(t, err)
	if n := len(actors(w)); len(asked.Assignments) != n || letters(w, "assigned") != 2+n {
		t.Errorf("everybody: %d asked, %d letters", len(asked.Assignments), letters(w, "assigned"))
	}
	ok(t, finish(ctx, t, w, w.Ada, cs[0]))
	ok(t, finish(ctx, t, w, w.Ada, cs[1]))
	ok(t, finish(ctx, t, w, w.Ada, cs[3]))
	if open, done, late := following(t, w, w.Hedy, p, "open"), following(t, w, w.Hedy, p, "complete"), following(t, w, w.Hedy, p, "late"); open != "anna hedy grace lin" && strings.Count(open, " ") != 3 || done != "ada" || late != "" {
		t.Errorf("open %q, done %q, late %q", open, done, late)
	}
	given, err := w.Courses.Assignments(ctx, w.Hedy, course.AssignmentDone, "", 10)
	ok(t, err)
	if len(given.Docs) != 1 || given.Docs[0].Person != w.Ada.Person {
		t.Errorf("ada's assignment is not done: %+v", given.Docs)
	}
	lines, _, err := w.Courses.Followers(ctx, w.Hedy, p.ID, "complete", "", 10)
	ok(t, err)
	if c := lines[0].Completion; c == nil || c.Via != course.ViaHR || c.Due == nil {
		t.Errorf("the record does not say that HR asked: %+v", c)
	}
	// One is taken back; the rest is late.
	open, err := w.Courses.Assignments(ctx, w.Hedy, course.AssignmentOpen, "", 10)
	ok(t, err)
	for _, a := range open.Docs {
		if a.Person == w.Lin.Person {
			ok(t, w.Courses.CancelAssignment(ctx, w.Hedy, a.ID))
		}
	}
	staff := func(name string) string {
		t.Helper()
		lines, _, err := w.Courses.Staff(ctx, w.Hedy, name, true, "", 10)
		ok(t, err)
		return fmt.Sprintf("%s: %d dated, %d late", lines[0].Member.Name, lines[0].Dated, lines[0].Overdue)
	}
	is := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("HR sees of %s, want %s", got, want)
		}
	}
	is(staff("grace"), "grace: 1 dated, 0 late")
	is(staff("lin"), "lin: 0 dated, 0 late")
	w.Clock.Pass(60 * 24 * time.Hour)
	is(staff("grace"), "grace: 1 dated, 1 late")
	if late := following(t, w, w.Hedy, p, "late"); strings.Contains(late, "lin") || strings.Contains(late, "ada") || strings.Count(late, " ") != 2 {
		t.Errorf("late: %q", late)
	}
	followed, next, err := w.Courses.FollowedProgrammes(ctx, w.Hedy, "", 10)
	ok(t, err)
	if len(followed) != 1 || next != "" || followed[0].Open != 4 || followed[0].Late != 3 || followed[0].Complete != 1 {
		t.Errorf("followed: %+v", followed)
	}
	var rows []string
	x, err := w.Courses.ExportFollowers(ctx, w.Hedy, p.ID, "csv")
	ok(t, err)
	for r, err := range x.Rows {
		ok(t, err)
		rows = append(rows, r.Name+" "+string(r.State)+" "+strconv.Itoa(int(r.RequiredDone))+"/"+strconv.Itoa(int(r.Required))+" "+r.Missing)
		if r.State == export.Completed && (r.Record == "" || r.Certificate == "") {
			t.Errorf("without record: %+v", r)
		}
	}
	if all := strings.Join(rows, "\n"); len(rows) != 5 || !strings.Contains(all, "ada completed 2/2 ") || !strings.Contains(all, "lin on_the_way 0/2 Open data; Security") || strings.Count(all, " late ") != 3 {
		t.Errorf("exported:\n%s", all)
	}

	m := w.OtherTown(t)
	if list, _, err := w.Courses.FollowedProgrammes(ctx, m, "", 10); err != nil || len(list) != 0 {
		t.Errorf("another town sees %+v, %v", list, err)
	}
	if names := following(t, w, m, p, "open"); names != "" {
		t.Errorf("another town sees %q", names)
	}
	if _, err := w.Courses.ExportFollowers(ctx, m, p.ID, "csv"); !fault.Is(err, "course.programme_not_found") {
		t.Errorf("another town exports: %v", err)
	}
	for name, err := range map[string]error{
		"a foreign programme": second(w.Courses.Assign(ctx, m, what, "2027-12-31", course.Whom{Everyone: true})),
		"a foreign unit":      second(w.Courses.Assign(ctx, m, course.Target{Programme: p.ID}, "2027-12-31", course.Whom{Units: []string{unit.ID}})),
		"no unit":             second(w.Courses.Assign(ctx, w.Hedy, what, "2027-12-31", course.Whom{Units: []string{"none"}})),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"two targets": second(w.Courses.Assign(ctx, w.Hedy, course.Target{Programme: p.ID, Course: cs[0].ID}, "2027-12-31", course.Whom{Everyone: true})),
		"nobody":      second(w.Courses.Assign(ctx, w.Hedy, what, "2027-12-31", course.Whom{})),
		"no state":    third(w.Courses.Followers(ctx, w.Hedy, p.ID, "none", "", 10)),
	} {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, by := range []people.Actor{w.Ada, w.Grace, w.Anna, w.Olga} {
		for name, err := range map[string]error{"followers": third(w.Courses.Followers(ctx, by, p.ID, "open", "", 10)), "programmes": third(w.Courses.FollowedProgrammes(ctx, by, "", 10)),
			"export": second(w.Courses.ExportFollowers(ctx, by, p.ID, "csv"))} {
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s sees %s: %v", by.Name, name, err)
			}
		}
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

// Wherever a process dies while everybody is asked, the sweep asks the rest, and nobody is written to twice.
func TestEverybodyIsAskedAfterACrash(t *testing.T) {
	t.Parallel()
	for writes := 0; ; writes += 3 {
		w := coursetest.New(t)
		p, _ := programme(t, w)
		w.Process.Die(writes)
		_, err := w.Courses.Assign(t.Context(), w.Hedy, course.Target{Programme: p.ID}, "2026-12-31", course.Whom{Everyone: true})
		died := w.Process.Live()
		if died != (err != nil) {
			t.Fatalf("after %d writes: died %v, %v", writes, died, err)
		}
		for range 3 {
			ok(t, w.Courses.SettlePending(t.Context(), w.ID))
		}
		open, err := w.Courses.Assignments(t.Context(), w.Hedy, course.AssignmentOpen, "", 10)
		ok(t, err)
		// Before the wish itself is stored, nobody is asked.
		if n := len(open.Docs); n != len(actors(w)) && (n != 0 || writes > 0) {
			t.Errorf("after %d writes %d are asked", writes, n)
		}
		if n := letters(w, "assigned"); n != len(open.Docs) {
			t.Errorf("after %d writes: %d letters for %d", writes, n, len(open.Docs))
		}
		if !died {
			return
		}
	}
}

// Many are asked in pieces.
func TestManyAreAsked(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	p, _ := programme(t, w)
	for i := range 205 {
		w.Join(t, "clerk"+strconv.Itoa(i), people.Learner)
	}
	asked, err := w.Courses.Assign(t.Context(), w.Hedy, course.Target{Programme: p.ID}, "2026-12-31", course.Whom{Everyone: true})
	ok(t, err)
	if len(asked.Assignments) != 200 || !asked.More {
		t.Errorf("asked at once: %d, more %v", len(asked.Assignments), asked.More)
	}
	ok(t, w.Courses.SettlePending(t.Context(), w.ID))
	followed, _, err := w.Courses.FollowedProgrammes(t.Context(), w.Hedy, "", 10)
	ok(t, err)
	if len(followed) != 1 || followed[0].Open != 210 || letters(w, "assigned") != 210 {
		t.Errorf("in the end: %+v, %d letters", followed, letters(w, "assigned"))
	}
}

// Authors see what a new version changes for those who follow an earlier one, and move them or leave them.
func TestFollowersAreMoved(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	p, cs := programme(t, w)
	ada, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	lin, err := w.Courses.Pursue(ctx, w.Lin, p.ID)
	ok(t, err)
	ok(t, finish(ctx, t, w, w.Ada, cs[0]))
	ok(t, finish(ctx, t, w, w.Ada, cs[2]))
	// Of the new version, Open data stays required, Spreadsheets becomes so, Security goes, and Maps comes as an elective.
	maps := short(t, w, w.Grace, "Maps", nil)
	none := 0
	_, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Electives: &none,
		Courses: []course.ProgrammeChoice{{Course: cs[0].ID}, {Course: cs[2].ID}, {Course: cs[3].ID, Elective: true}, {Course: maps.ID, Elective: true}}})
	ok(t, err)
	if m, err := w.Courses.PreviewMove(ctx, w.Grace, p.ID); err != nil || m.To != 1 || m.Followers != 0 {
		t.Errorf("before publishing: %+v, %v", m, err)
	}
	_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	m, err := w.Courses.PreviewMove(ctx, w.Grace, p.ID)
	ok(t, err)
	if m.To != 2 || m.Followers != 2 || len(m.Changes) != 1 || m.Changes[0].Followers != 2 || m.Changes[0].Version != 1 {
		t.Fatalf("preview: %+v", m)
	}
	names := func(list []course.ProgrammeCourse) string {
		var out []string
		for _, c := range list {
			out = append(out, c.Title["en"])
		}
		return strings.Join(out, ", ")
	}
	if c := m.Changes[0]; names(c.Added) != "Maps" || names(c.Removed) != "Security" || names(c.Required) != "Spreadsheets" || names(c.Elective) != "" || c.Electives != [2]int{1, 0} {
		t.Errorf("changes: %+v", c)
	}
	if st := pursued(t, w, w.Ada, ada.ID); st.Pursuit.Version != 1 {
		t.Errorf("the preview has moved ada to %d", st.Pursuit.Version)
	}
	if err := w.Courses.MoveFollowers(ctx, w.Grace, p.ID, 1); fault.KindOf(err) != fault.Stale {
		t.Errorf("to a version that is not offered: %v", err)
	}
	for _, by := range []people.Actor{w.Ada, w.Hedy, w.Anna, w.Olga} {
		if err := w.Courses.MoveFollowers(ctx, by, p.ID, 2); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s moves: %v", by.Name, err)
		}
	}
	other := w.OtherTown(t)
	if _, err := w.Courses.PreviewMove(ctx, other, p.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another town looks: %v", err)
	}
	ok(t, w.Courses.MoveFollowers(ctx, w.Grace, p.ID, 2))
	// What ada has completed is all that is asked for now; lin has Spreadsheets begun.
	if st := pursued(t, w, w.Ada, ada.ID); st.Pursuit.Version != 2 || st.Completion == nil {
		t.Errorf("ada: %+v", st.Pursuit)
	}
	if st := pursued(t, w, w.Lin, lin.ID); st.Pursuit.Version != 2 || st.Parts[1].Study == nil || st.Newer != 0 {
		t.Errorf("lin: %+v", st.Pursuit)
	}
	if m, err := w.Courses.PreviewMove(ctx, w.Grace, p.ID); err != nil || m.Followers != 0 || m.Moving {
		t.Errorf("afterwards: %+v, %v", m, err)
	}
}

// Whoever cannot begin what the new version requires stays with hers, and nothing waits for her.
func TestFollowersWhoStay(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	m := w.OtherTown(t)
	network := &course.Audience{Kind: course.AudienceNetwork}
	open, inside := short(t, w, w.Grace, "Open", network), short(t, w, w.Grace, "Inside", network)
	p, err := w.Courses.CreateProgramme(ctx, w.Grace, course.Text{"en": "Both"}, []string{"en"})
	ok(t, err)
	_, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Summary: course.Text{"en": "S"}, Audience: network, Courses: []course.ProgrammeChoice{{Course: open.ID}}})
	ok(t, err)
	_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	hers, err := w.Courses.Pursue(ctx, m, p.ID)
	ok(t, err)
	adas, err := w.Courses.Pursue(ctx, w.Ada, p.ID)
	ok(t, err)
	_, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Courses: []course.ProgrammeChoice{{Course: open.ID}, {Course: inside.ID}}})
	ok(t, err)
	_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	// Meanwhile the second course is for the own town only.
	_, err = w.Courses.Update(ctx, w.Grace, inside.ID, 0, course.Change{Audience: &course.Audience{Kind: course.AudienceTown}})
	ok(t, err)
	_, err = w.Courses.Publish(ctx, w.Grace, inside.ID, 0, "")
	ok(t, err)
	ok(t, w.Courses.MoveFollowers(ctx, w.Grace, p.ID, 2))
	if st := pursued(t, w, m, hers.ID); st.Pursuit.Version != 1 {
		t.Errorf("she was moved to what she cannot complete: %+v", st.Pursuit)
	}
	if st := pursued(t, w, w.Ada, adas.ID); st.Pursuit.Version != 2 {
		t.Errorf("ada was not moved: %+v", st.Pursuit)
	}
	if v, err := w.Courses.PreviewMove(ctx, w.Grace, p.ID); err != nil || v.Followers != 1 || v.Moving {
		t.Errorf("one stays: %+v, %v", v, err)
	}
}

// Wherever a process dies while followers are moved, the sweep moves the rest.
func TestFollowersAreMovedAfterACrash(t *testing.T) {
	t.Parallel()
	for writes := 0; ; writes++ {
		w := coursetest.New(t)
		ctx := t.Context()
		p, cs := programme(t, w)
		for _, a := range []people.Actor{w.Ada, w.Lin} {
			_, err := w.Courses.Pursue(ctx, a, p.ID)
			ok(t, err)
		}
		none := 0
		_, err := w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, 0, course.ProgrammeChange{Electives: &none, Courses: []course.ProgrammeChoice{{Course: cs[0].ID}, {Course: cs[2].ID}}})
		ok(t, err)
		_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, 0)
		ok(t, err)
		w.Process.Die(writes)
		err = w.Courses.MoveFollowers(ctx, w.Grace, p.ID, 2)
		died := w.Process.Live()
		if died != (err != nil) {
			t.Fatalf("after %d writes: died %v, %v", writes, died, err)
		}
		for range 3 {
			ok(t, w.Courses.SettlePending(ctx, w.ID))
		}
		m, err := w.Courses.PreviewMove(ctx, w.Grace, p.ID)
		ok(t, err)
		if m.Moving || m.Followers != 0 && writes > 0 {
			t.Errorf("after %d writes: %+v", writes, m)
		}
		if !died {
			return
		}
	}
}
