package course_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/store/storetest"
	"palestra/people"
)

// What rests on statements is held, with the reason and the end; what rests on nothing is not.
func TestHeldEvidence(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	l := begin(t, w, w.Ada)
	session := l.play(t)
	w.Clock.Pass(time.Minute)
	l.says(t, session, course.Observed{}, [2]int64{0, 10})
	ok(t, w.Courses.CatchUp(ctx, w.ID))
	other := short(t, w, w.Grace, "Short", nil)
	ok(t, finish(ctx, t, w, w.Ada, other))
	held := func() map[string]course.Hold {
		t.Helper()
		all, _, err := w.Records.After(ctx, w.ID, 0, 500)
		ok(t, err)
		var list []course.Testimony
		for _, o := range all {
			list = append(list, course.Testimony{ID: o.ID, Verb: o.Verb, Enrolment: o.Enrolment, Account: o.Account, Number: o.Number, Stored: o.Stored, OfPlatform: o.OfPlatform})
		}
		h, err := w.Courses.Held(ctx, w.ID, list)
		ok(t, err)
		return h
	}
	records, _, err := w.Courses.Records(ctx, w.Hedy, false, "", "", "", 10)
	ok(t, err)
	c := records[0].Completion
	count := func(h map[string]course.Hold, why string) (n int) {
		for _, x := range h {
			if x.Why == why {
				n++
			}
		}
		return n
	}
	h := held()
	for _, id := range c.Statements {
		if x := h[id]; x.Why != "evidence" || !x.Until.Equal(c.At.AddDate(course.EvidenceYears, 0, 0)) {
			t.Errorf("the evidence %s is held as %+v", id, x)
		}
	}
	if x := h[c.Statement]; x.Why != "decision" {
		t.Errorf("the decision is held as %+v", x)
	}
	if count(h, "learning") != 1 || len(h) >= len(w.Records.Events)+1 {
		t.Errorf("held: %v", h)
	}
	// What came in after the room has looked is held until it looks.
	w.Records.Say(w.ID, course.Observed{ID: "late", Account: w.Ada.Account, Enrolment: l.enrolment, Verb: "https://w3id.org/xapi/video/verbs/paused"})
	if x := held()["late"]; x.Why != "unread" || !x.Until.IsZero() {
		t.Errorf("what was not looked at is held as %+v", x)
	}
	ok(t, w.Courses.CatchUp(ctx, w.ID))
	if x, is := held()["late"]; is {
		t.Errorf("what proves nothing is held as %+v", x)
	}
	// The term is the town's; HR cannot change it.
	if err := w.Courses.SetTerm(ctx, w.Hedy, 2); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("HR changed the term: %v", err)
	}
	for _, years := range []int{0, 101, -1} {
		if err := w.Courses.SetTerm(ctx, w.Anna, years); !fault.Is(err, "course.evidence_years") {
			t.Errorf("a term of %d years: %v", years, err)
		}
	}
	ok(t, w.Courses.SetTerm(ctx, w.Anna, 2))
	w.Clock.Pass(2 * 365 * 24 * time.Hour)
	if h := held(); count(h, "evidence") == 0 {
		t.Errorf("two years less a day or so: %v", h)
	}
	w.Clock.Pass(40 * 24 * time.Hour)
	if h := held(); len(h) != 0 {
		t.Errorf("behind the term there are held: %v", h)
	}
}

// An erasure may die between any two writes: afterwards it is done, once, or goes on.
func TestErasureAfterACrash(t *testing.T) {
	t.Parallel()
	for _, everywhere := range []bool{false, true} {
		deaths := 0
		for writes := 0; ; writes++ {
			w := coursetest.New(t)
			ctx := t.Context()
			w.People.Keep(w.Courses)
			c := short(t, w, w.Grace, "Short", nil)
			ok(t, finish(ctx, t, w, w.Ada, c))
			open := short(t, w, w.Grace, "Open", nil)
			_, err := w.Courses.Enrol(ctx, w.Ada, open.ID)
			ok(t, err)
			org := w.ID
			if everywhere {
				org = ""
			}
			_, err = w.People.EraseMe(ctx, w.Ada, org, coursetest.Password)
			ok(t, err)
			w.Clock.Pass(8 * 24 * time.Hour)
			due, err := w.People.DueErasures(ctx, w.Clock.Now(), 10)
			ok(t, err)
			if len(due) != 1 {
				t.Fatalf("due: %v", due)
			}
			w.Process.Die(writes)
			err = w.People.Erase(ctx, due[0])
			died := w.Process.Live()
			if died {
				deaths++
			}
			if err != nil && (!died || !errors.Is(err, storetest.ErrDead)) {
				t.Fatalf("after %d writes: %v", writes, err)
			}
			ok(t, w.People.Erase(ctx, due[0])) // the sweep
			if again, err := w.People.DueErasures(ctx, w.Clock.Now(), 10); err != nil || len(again) != 0 {
				t.Errorf("after %d writes it is still due: %v, %v", writes, again, err)
			}
			if _, err := w.People.MemberOf(ctx, w.ID, w.Ada.Person); fault.KindOf(err) != fault.NotFound {
				t.Errorf("after %d writes she is still a member: %v", writes, err)
			}
			records, _, err := w.Courses.Records(ctx, w.Hedy, false, "", "", "", 10)
			ok(t, err)
			if len(records) != 1 || records[0].Name != "ada" || records[0].Person == w.Ada.Person || records[0].Completion.Account != w.Ada.Account {
				t.Errorf("after %d writes HR sees %+v", writes, records)
			}
			m, err := w.People.MemberByAccount(ctx, w.ID, w.Ada.Account)
			ok(t, err)
			if m.Held == nil || m.Email != "" || m.ID != records[0].Person || len(m.Roles) != 0 {
				t.Errorf("after %d writes what is held is %+v", writes, m)
			}
			mine, _, err := w.Courses.Records(ctx, w.Hedy, true, "", "", "", 10)
			ok(t, err)
			if len(mine) != 0 {
				t.Errorf("after %d writes somebody is still learning", writes)
			}
			if err := w.People.Leave(ctx, w.Anna, m.ID); err != nil && fault.KindOf(err) == 0 {
				t.Error(err)
			}
			notes, err := w.People.Notes(ctx, w.Hedy, "", 100)
			ok(t, err)
			final := slices.DeleteFunc(notes.Docs, func(n people.Note) bool { return n.Action != "erasure.final" })
			if len(final) != 1 {
				t.Errorf("after %d writes the audit log says so %d times", writes, len(final))
			}
			agree(t, w, 1, 0)
			if !died {
				break
			}
		}
		if deaths < 8 {
			t.Errorf("it died only %d times", deaths)
		}
	}
}
