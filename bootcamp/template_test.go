package bootcamp_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/people"
)

// another makes an open bootcamp on other days, with a cohort of its own.
func (w *valley) another(first string) (bootcamp.Bootcamp, bootcamp.Cohort) {
	w.t.Helper()
	b, err := w.Create(w.t.Context(), w.faye, bootcamp.Change{Title: course.Text{"en": "Once more"}, Languages: []string{"en"}, Towns: &[]string{w.tammela}, First: &first, Last: &first})
	ok(w.t, err)
	c, err := w.CreateCohort(w.t.Context(), w.faye, b.ID, bootcamp.CohortChange{Name: p("Spring"), Joining: p(bootcamp.JoinOpen)})
	ok(w.t, err)
	b, err = w.Publish(w.t.Context(), w.faye, b.ID)
	ok(w.t, err)
	return b, c
}

// plan adds sessions, each as "2026-11-24T09:30 Europe/Rome".
func (w *valley) plan(b bootcamp.Bootcamp, c bootcamp.Cohort, when ...string) (list []bootcamp.Session) {
	w.t.Helper()
	for i, at := range when {
		local, zone, _ := strings.Cut(at, " ")
		e, err := w.AddSession(w.t.Context(), w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p(fmt.Sprintf("Session %d", i+1)), Local: &local, Zone: &zone, Link: p("https://meet.example/secret"),
			Telephone: p("+39 050 1"), Facilitators: &[]string{"Faye Facilitator"}, Place: &bootcamp.Place{Name: "Villa", Capacity: 20, StepFree: true},
			Agenda: &[]bootcamp.Item{{Title: "Round", Minutes: 20, Lead: "Faye Facilitator", Notes: "Bring the cards"}}})
		ok(w.t, err)
		list = append(list, e)
	}
	return list
}

func of(b bootcamp.Bootcamp, c bootcamp.Cohort) bootcamp.Source {
	return bootcamp.Source{Bootcamp: b.ID, Cohort: c.ID}
}

func TestRunSheetsShiftByTheWall(t *testing.T) {
	t.Parallel()
	w := open(t)
	for i, tt := range []struct {
		name, first string
		when, want  []string // zone, wall and instant of each session
		wrong       string   // of the second one
	}{
		{"within the winter", "2026-12-01", []string{"2026-11-24T09:30 Europe/Rome", "2026-11-26T14:00 Europe/Helsinki"},
			[]string{"2026-12-01T09:30 2026-12-01T08:30:00Z", "2026-12-03T14:00 2026-12-03T12:00:00Z"}, ""},
		{"from winter to summer", "2027-03-27", []string{"2026-11-24T09:30 Europe/Rome", "2026-11-26T09:30 Europe/Rome"},
			[]string{"2027-03-27T09:30 2027-03-27T08:30:00Z", "2027-03-29T09:30 2027-03-29T07:30:00Z"}, ""},
		{"from summer to winter", "2026-10-24", []string{"2026-06-02T09:30 Europe/Lisbon", "2026-06-04T09:30 Europe/Lisbon"},
			[]string{"2026-10-24T09:30 2026-10-24T08:30:00Z", "2026-10-26T09:30 2026-10-26T09:30:00Z"}, ""},
		{"in the hour that does not exist", "2027-03-27", []string{"2026-11-24T09:30 Europe/Rome", "2026-11-25T02:30 Europe/Rome"}, nil, "bootcamp.no_such_time"},
		{"in the hour that comes twice", "2026-10-24", []string{"2026-11-24T09:30 Europe/Rome", "2026-11-25T02:30 Europe/Rome"},
			[]string{"2026-10-24T09:30 2026-10-24T07:30:00Z", "2026-10-25T02:30 2026-10-25T00:30:00Z"}, ""},
		{"over a leap day", "2028-02-28", []string{"2026-11-24T09:30 Europe/Rome", "2026-11-26T09:30 Europe/Rome"},
			[]string{"2028-02-28T09:30 2028-02-28T08:30:00Z", "2028-03-01T09:30 2028-03-01T08:30:00Z"}, ""},
		{"days of different zones are days on their walls", "2026-12-01", []string{"2026-11-24T23:30 Pacific/Honolulu", "2026-11-25T09:30 Europe/Rome"},
			[]string{"2026-12-02T09:30 2026-12-02T08:30:00Z", "2026-12-01T23:30 2026-12-02T09:30:00Z"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			b, c := w.camp(bootcamp.JoinOpen, 5)
			w.plan(b, c, tt.when...)
			to, into := w.another("2026-12-01")
			kept, err := w.Keep(ctx, w.faye, tt.name, of(b, c))
			ok(t, err)
			for _, from := range []bootcamp.Source{of(b, c), {Template: kept.ID}} {
				lines, err := w.TrySheet(ctx, w.faye, to.ID, into.ID, from, tt.first)
				ok(t, err)
				key := fmt.Sprintf("key-%d-%s", i, from.Template)
				made, err := w.CopySheet(ctx, w.faye, to.ID, into.ID, from, tt.first, "12345678"+key)
				if tt.wrong != "" {
					refused(t, tt.name, tt.wrong, err)
					if len(lines) != 2 || lines[0].Wrong != nil || lines[1].Wrong == nil || lines[1].Wrong.Code != tt.wrong {
						t.Errorf("the trial says %+v", lines)
					}
					if p, _, err := w.Sessions(ctx, w.faye, to.ID, into.ID, nil, "", 10); err != nil || len(p.Docs) != 0 {
						t.Errorf("%d sessions are planned, want none: %v", len(p.Docs), err)
					}
					continue
				}
				ok(t, err)
				var got, tried []string
				for i := range made {
					got = append(got, made[i].Local+" "+made[i].Starts.UTC().Format(time.RFC3339))
					tried = append(tried, lines[i].Local+" "+lines[i].Starts.UTC().Format(time.RFC3339))
				}
				slices.SortFunc(got, func(a, b string) int { return strings.Compare(strings.Fields(a)[1], strings.Fields(b)[1]) })
				slices.SortFunc(tried, func(a, b string) int { return strings.Compare(strings.Fields(a)[1], strings.Fields(b)[1]) })
				if !slices.Equal(got, tt.want) || !slices.Equal(tried, tt.want) {
					t.Errorf("got %q, tried %q, want %q", got, tried, tt.want)
				}
			}
		})
	}
}

func TestTheSecondOfTwoHoursStaysTheSecond(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	_, err := w.AddSession(ctx, w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p("Night watch"), Local: p("2026-10-25T02:30"), Later: p(true)})
	ok(t, err)
	to, into := w.another("2027-10-31")
	for first, want := range map[string]string{"2027-10-31": "2027-10-31T01:30:00Z", "2027-10-30": "2027-10-30T00:30:00Z"} {
		lines, err := w.TrySheet(ctx, w.faye, to.ID, into.ID, of(b, c), first)
		if ok(t, err); lines[0].Starts.UTC().Format(time.RFC3339) != want {
			t.Errorf("on %s: %v, want %s", first, lines[0].Starts.UTC(), want)
		}
	}
}

func TestNothingOfPersonsIsCopied(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	_, err := w.Join(ctx, w.rosa, b.ID, c.ID)
	ok(t, err)
	list := w.plan(b, c, "2026-11-24T09:30 Europe/Rome", "2026-11-25T09:30 Europe/Rome", "2026-11-26T09:30 Europe/Rome")
	_, err = w.CancelSession(ctx, w.faye, b.ID, list[1].ID)
	ok(t, err)
	kept, err := w.Keep(ctx, w.faye, "Counter", of(b, c))
	ok(t, err)
	one, err := w.Keep(ctx, w.faye, "Opening only", bootcamp.Source{Bootcamp: b.ID, Session: list[0].ID})
	ok(t, err)
	if len(kept.Sheet) != 2 || kept.Days() != 3 || len(one.Sheet) != 1 || one.Days() != 1 {
		t.Errorf("kept %d sessions over %d days and %d; what was cancelled is not kept", len(kept.Sheet), kept.Days(), len(one.Sheet))
	}
	to, into := w.another("2027-02-01")
	made, err := w.CopySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, "2027-02-01", "a key of a page")
	ok(t, err)
	for _, e := range made {
		if len(e.Facilitators) > 0 || e.Agenda[0].Lead != "" || e.Link != "" || e.Telephone != "" {
			t.Errorf("copied: %v, %q, %q, %q", e.Facilitators, e.Agenda[0].Lead, e.Link, e.Telephone)
		}
		if e.Agenda[0].Notes != "Bring the cards" || e.Place.Name != "Villa" || !e.Place.StepFree {
			t.Errorf("what is to be done is missing: %+v", e)
		}
	}
	if m, err := w.Members(ctx, w.faye, to.ID, into.ID, bootcamp.Joined, "", 10); err != nil || len(m.Docs) != 0 {
		t.Errorf("%d members came along, %v", len(m.Docs), err)
	}
	again, err := w.CopySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, "2027-03-01", "a key of a page")
	ok(t, err)
	if p, _, err := w.Sessions(ctx, w.faye, to.ID, into.ID, nil, "", 10); err != nil || len(p.Docs) != 2 || len(again) != 2 || again[0].Local != "2027-02-01T09:30" {
		t.Errorf("sent twice: %d sessions, answered %+v, %v", len(p.Docs), again, err)
	}
	ok(t, w.DropTemplate(ctx, w.anna, kept.ID))
	ok(t, w.DropTemplate(ctx, w.anna, kept.ID))
	if p, err := w.Templates(ctx, w.faye, "", 10); err != nil || len(p.Docs) != 1 || p.Docs[0].Name != "Opening only" {
		t.Errorf("left: %+v, %v", p.Docs, err)
	}
}

func TestWhoMayKeepRunSheets(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	to, into := w.another("2027-02-01")
	_, err := w.Keep(ctx, w.faye, "Nothing", of(b, c))
	refused(t, "a cohort without sessions", "bootcamp.sheet_empty", err)
	list := w.plan(b, c, "2026-11-24T09:30 Europe/Rome")
	kept, err := w.Keep(ctx, w.anna, "Counter", of(b, c))
	ok(t, err)
	for who, code := range map[*people.Actor]string{{}: "people.unsigned", &w.ada: "people.forbidden", &w.rosa: "people.forbidden", &w.zoe: "bootcamp.not_found", &w.olga: "people.forbidden"} {
		_, err := w.Keep(ctx, *who, "Mine", of(b, c))
		refused(t, who.Name+" keeps", code, err)
		_, err = w.Template(ctx, *who, kept.ID)
		refused(t, who.Name+" reads", code, err)
		_, err = w.RenameTemplate(ctx, *who, kept.ID, 0, "Mine")
		refused(t, who.Name+" renames", code, err)
		_, err = w.CopySheet(ctx, *who, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, "2027-02-01", "a key of a page")
		refused(t, who.Name+" copies", code, err)
		_, err = w.CopySheet(ctx, *who, to.ID, into.ID, of(b, c), "2027-02-01", "a key of a page")
		refused(t, who.Name+" copies a cohort", code, err)
	}
	ok(t, w.DropTemplate(ctx, w.zoe, kept.ID)) // which is not there for her
	_, err = w.Template(ctx, w.faye, kept.ID)
	ok(t, err)

	// Rosa leads the cohort for her town: what is planned in it is the host's, and she copies it only where she leads.
	_, err = w.Join(ctx, w.rosa, b.ID, c.ID)
	ok(t, err)
	_, err = w.SetRole(ctx, w.faye, b.ID, c.ID, w.rosa.Person, bootcamp.RoleFacilitator)
	ok(t, err)
	_, err = w.Keep(ctx, w.rosa, "Ours", of(b, c))
	refused(t, "who leads for another town keeps", "people.forbidden", err)
	_, err = w.CopySheet(ctx, w.rosa, to.ID, into.ID, of(b, c), "2027-02-01", "a key of a page")
	refused(t, "into a cohort that she does not lead", "people.forbidden", err)
	_, err = w.CopySheet(ctx, w.rosa, b.ID, c.ID, bootcamp.Source{Bootcamp: b.ID, Session: list[0].ID}, "2026-12-01", "a key of a page")
	ok(t, err)

	_, err = w.RenameTemplate(ctx, w.faye, kept.ID, kept.Edition, " ")
	refused(t, "no name", "bootcamp.short", err)
	_, err = w.RenameTemplate(ctx, w.faye, kept.ID, kept.Edition+1, "Other")
	refused(t, "another edition", "bootcamp.changed_elsewhere", err)
	for name, day := range map[string]string{"no day": "", "a wrong day": "2027-02-30", "words": "tomorrow"} {
		_, err = w.TrySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, day)
		refused(t, name, "bootcamp.time", err)
	}
	_, err = w.CopySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, "2027-02-01", "short")
	refused(t, "a short key", "bootcamp.short", err)
	_, err = w.TrySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{}, "2027-02-01")
	refused(t, "nothing to copy", "bootcamp.not_found", err)
}

func TestCopyingARunSheetDies(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		b, c := w.camp(bootcamp.JoinOpen, 5)
		w.plan(b, c, "2026-11-24T09:30 Europe/Rome", "2026-11-25T09:30 Europe/Rome", "2026-11-26T09:30 Europe/Rome")
		to, into := w.another("2027-02-01")
		w.process.Die(n)
		kept, err := w.Keep(ctx, w.faye, "Counter", of(b, c))
		if err == nil {
			_, err = w.CopySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, "2027-02-01", "a key of a page")
		}
		died := w.process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		p, _, err := w.Sessions(ctx, w.faye, to.ID, into.ID, nil, "", 10)
		ok(t, err)
		if len(p.Docs) != 0 && len(p.Docs) != 3 {
			t.Errorf("%d: %d sessions of 3 are planned", n, len(p.Docs))
		}
		list, err := w.Templates(ctx, w.faye, "", 10)
		ok(t, err)
		if len(list.Docs) == 0 { // she tries again
			kept, err = w.Keep(ctx, w.faye, "Counter", of(b, c))
			ok(t, err)
		} else {
			kept = list.Docs[0]
		}
		_, err = w.CopySheet(ctx, w.faye, to.ID, into.ID, bootcamp.Source{Template: kept.ID}, "2027-02-01", "a key of a page")
		ok(t, err)
		p, _, err = w.Sessions(ctx, w.faye, to.ID, into.ID, nil, "", 10)
		if ok(t, err); len(p.Docs) != 3 {
			t.Errorf("%d: %d sessions of 3 are planned in the end", n, len(p.Docs))
		}
		if !died {
			return
		}
	}
	t.Error("it died at each write: more have to be tried")
}

func TestLinkedLessons(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	w.offer("all", "Forms")
	w.offer("ours", "Only here", w.tammela)
	item := func(course, lesson string) bootcamp.SessionChange {
		return bootcamp.SessionChange{Title: p("S"), Agenda: &[]bootcamp.Item{{Title: "Read", Minutes: 20, Course: course, Lesson: lesson, LessonTitle: map[string]string{"en": "<b>forged</b>"}}}}
	}
	for name, tt := range map[string]struct{ course, lesson, code string }{
		"no course":             {"none", "l", "bootcamp.lesson"},
		"no such lesson":        {"all", "x", "bootcamp.lesson"},
		"a course only":         {"all", "", "bootcamp.lesson"},
		"a lesson only":         {"", "l", "bootcamp.lesson"},
		"not for every town":    {"ours", "l", "bootcamp.lesson_hidden"},
		"a very long name":      {strings.Repeat("x", 100), "l", "bootcamp.lesson"},
		"a name with slashes":   {"../all", "l", "bootcamp.lesson"},
		"a name that is a zero": {"\x00", "l", "bootcamp.lesson"},
	} {
		_, err := w.AddSession(ctx, w.faye, b.ID, c.ID, item(tt.course, tt.lesson))
		refused(t, name, tt.code, err)
	}
	e, err := w.AddSession(ctx, w.faye, b.ID, c.ID, item("all", "l"))
	ok(t, err)
	_, err = w.Join(ctx, w.rosa, b.ID, c.ID)
	ok(t, err)
	shown := func(by people.Actor, state, title string) {
		t.Helper()
		seen, _, err := w.Session(ctx, by, b.ID, e.ID)
		ok(t, err)
		if a := seen.Agenda[0]; a.LessonState != state || a.LessonTitle["en"] != title || a.LessonKind != course.KindText {
			t.Errorf("%s reads %q, %v, %q; want %q, %q", by.Name, a.LessonState, a.LessonTitle, a.LessonKind, state, title)
		}
		list, _, err := w.Sessions(ctx, by, b.ID, c.ID, nil, "", 10)
		if ok(t, err); list.Docs[0].Agenda[0].LessonState != state {
			t.Errorf("%s reads %q in the run-sheet, want %q", by.Name, list.Docs[0].Agenda[0].LessonState, state)
		}
	}
	shown(w.rosa, bootcamp.LessonOpen, "Forms")
	w.offer("all", "Forms, again", w.tammela)
	shown(w.rosa, bootcamp.LessonHidden, "Forms, again")
	shown(w.faye, bootcamp.LessonOpen, "Forms, again")
	e, err = w.UpdateSession(ctx, w.faye, b.ID, e.ID, e.Edition, item("all", "l"))
	ok(t, err) // what was linked before is not in the way of a change
	w.withdraw("all")
	shown(w.rosa, bootcamp.LessonGone, "Forms, again") // as it was called when this was saved last
	e, err = w.UpdateSession(ctx, w.faye, b.ID, e.ID, e.Edition, bootcamp.SessionChange{Title: p("Later")})
	ok(t, err)
	shown(w.faye, bootcamp.LessonGone, "Forms, again")
	to, into := w.another("2027-02-01")
	lines, err := w.TrySheet(ctx, w.faye, to.ID, into.ID, of(b, c), "2027-02-01")
	if ok(t, err); len(lines) != 1 || !slices.Equal(lines[0].Lost, []string{"Read"}) || lines[0].Agenda[0].Lesson != "" {
		t.Errorf("a copy of a dead link: %+v", lines)
	}
}
