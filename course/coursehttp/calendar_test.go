package coursehttp

import (
	"encoding/json"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// Every body that says when something is due names the day that the letters and the exports name: of a town on the other side
// of the earth, and of one whose clocks were set to another zone after the day was said.
func TestTheDayOfTheLetterIsTheDayOfThePage(t *testing.T) {
	t.Parallel()
	const day = "2026-11-30"
	for name, zones := range map[string][2]string{
		"Rome": {"Europe/Rome", "Europe/Rome"}, "Auckland": {"Pacific/Auckland", "Pacific/Auckland"}, "Los Angeles": {"America/Los_Angeles", "America/Los_Angeles"},
		"to the west": {"Europe/Rome", "Europe/Lisbon"}, "to the east": {"Europe/Rome", "Europe/Helsinki"}, "far away": {"Pacific/Auckland", "America/Los_Angeles"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			w := coursetest.New(t)
			move := func(zone string) {
				t.Helper()
				_, err := w.People.UpdateOrganisation(ctx, w.Anna, w.ID, func(o *people.Organisation) { o.Zone = zone })
				ok(t, err)
			}
			move(zones[0])
			read, unread := reading(t, w), reading(t, w)
			p := following(t, w, read, unread)
			for _, what := range []course.Target{{Course: read}, {Course: unread}, {Programme: p}} {
				_, err := w.Courses.Assign(ctx, w.Hedy, what, day, course.Whom{Persons: []string{w.Ada.Person}})
				ok(t, err)
			}
			move(zones[1])
			done, err := w.Courses.Enrol(ctx, w.Ada, read)
			ok(t, err)
			lesson := finish(t, w, done.ID)

			letters := 0
			for _, l := range w.Letters.Sent {
				if l.Kind != "assigned" {
					continue
				}
				if letters++; l.Params["due"] != day {
					t.Errorf("a letter says %v", l.Params["due"])
				}
			}
			x, err := w.Courses.ExportOf(ctx, w.ID)
			ok(t, err)
			rows := 0
			for r, err := range x.Rows {
				ok(t, err)
				if rows++; string(r.Due) != day {
					t.Errorf("the export says %s", r.Due)
				}
			}
			if letters != 3 || rows != 1 {
				t.Errorf("%d letters and %d records, want 3 and 1", letters, rows)
			}

			h := &handlers{svc: w.Courses}
			ada, hedy := signed{By: w.Ada}, signed{By: w.Hedy}
			open, err := w.Courses.Enrol(ctx, w.Ada, unread)
			ok(t, err)
			pursuits, _, err := w.Courses.Pursuits(ctx, w.Ada, course.Active, "", 10)
			ok(t, err)
			records, _, err := w.Courses.Records(ctx, w.Hedy, false, "", "", "", 10)
			ok(t, err)
			pursuit := pursuits[0].Pursuit.ID
			said := func(what string, want int) func(any, error) {
				return func(body any, err error) {
					t.Helper()
					ok(t, err)
					if n := days(t, what, body, day); n != want {
						t.Errorf("%s says %d days, want %d", what, n, want)
					}
				}
			}
			said("home", 3)(answer(h.home(ctx, &struct{ signed }{ada})))
			said("the enrolment", 1)(answer(h.enrolment(ctx, &EnrolmentInput{ada, open.ID})))
			said("a lesson that is read", 1)(answer(h.read(ctx, &EnrolledInput{ada, done.ID, lesson})))
			said("the programme", 1)(answer(h.pursuit(ctx, &EnrolmentInput{ada, pursuit})))
			said("a completion", 1)(answer(h.completion(ctx, &CourseInput{hedy, records[0].Completion.ID})))
			said("an open record", 1)(answer(h.completion(ctx, &CourseInput{hedy, open.ID})))
			said("an open record of a programme", 1)(answer(h.completion(ctx, &CourseInput{hedy, pursuit})))
			for _, state := range []string{"open", "complete"} {
				own := struct {
					signed
					peoplehttp.List
					State string `query:"state" default:"open" enum:"open,complete"`
				}{ada, peoplehttp.List{Limit: 10}, state}
				said(state+" enrolments", 1)(answer(h.enrolments(ctx, &own)))
				said(state+" completions", 1)(answer(h.completions(ctx, &struct {
					signed
					peoplehttp.List
					State  string `query:"state" default:"complete" enum:"open,complete"`
					Person string `query:"person" maxLength:"64"`
					Course string `query:"course" maxLength:"64"`
				}{hedy, own.List, state, "", ""})))
				if state == "open" {
					said("programmes", 1)(answer(h.pursuits(ctx, &own)))
				}
			}
			said("followers", 1)(answer(h.followers(ctx, &struct {
				ProgrammeInput
				peoplehttp.List
				State string `query:"state" default:"open" enum:"open,late,complete"`
			}{ProgrammeInput{hedy, p}, peoplehttp.List{Limit: 10}, "open"})))
			said("assignments", 2)(answer(h.assignments(ctx, &struct {
				signed
				peoplehttp.List
				State string `query:"state" default:"open" enum:"open,done,cancelled"`
			}{hedy, peoplehttp.List{Limit: 10}, "open"})))
			said("the programme's offer", 1)(answer(h.programmeOffered(ctx, &struct {
				peoplehttp.Anyone
				ID string `path:"id" maxLength:"64"`
			}{peoplehttp.Anyone{By: w.Ada}, p})))
		})
	}
}

func answer[T any](o *peoplehttp.Out[T], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return o.Body, nil
}

// days counts the moments in a body at which something is due, and compares the day beside each.
func days(t *testing.T, what string, body any, want string) int {
	t.Helper()
	b, err := json.Marshal(body)
	ok(t, err)
	var plain any
	ok(t, json.Unmarshal(b, &plain))
	n := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			if due, is := v["due"].(string); is {
				n++
				if v["dueDay"] != want {
					t.Errorf("%s: what is due at %s has the day %v, want %s", what, due, v["dueDay"], want)
				}
			}
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(plain)
	return n
}

// reading publishes a course of one text.
func reading(t *testing.T, w *coursetest.Town) string {
	t.Helper()
	ctx := t.Context()
	c, err := w.Courses.Create(ctx, w.Grace, course.Text{"en": "Open data"}, []string{"en"})
	ok(t, err)
	minutes := 30
	_, err = w.Courses.Update(ctx, w.Grace, c.ID, 0, course.Change{Summary: course.Text{"en": "Short"}, Minutes: &minutes})
	ok(t, err)
	c, err = w.Courses.AddModule(ctx, w.Grace, c.ID, course.Text{"en": "Only"})
	ok(t, err)
	l, err := w.Courses.AddLesson(ctx, w.Grace, c.ID, c.Modules[0].ID, course.KindText, course.Text{"en": "Only"})
	ok(t, err)
	l.Body = course.Text{"en": "Two words"}
	_, err = w.Courses.SaveLesson(ctx, w.Grace, 0, l)
	ok(t, err)
	_, err = w.Courses.Publish(ctx, w.Grace, c.ID, 0, "")
	ok(t, err)
	return c.ID
}

// following publishes a programme of these courses.
func following(t *testing.T, w *coursetest.Town, courses ...string) string {
	t.Helper()
	ctx := t.Context()
	p, err := w.Courses.CreateProgramme(ctx, w.Grace, course.Text{"en": "Expert"}, []string{"en"})
	ok(t, err)
	change := course.ProgrammeChange{Summary: course.Text{"en": "All of it"}}
	for _, c := range courses {
		change.Courses = append(change.Courses, course.ProgrammeChoice{Course: c})
	}
	p, err = w.Courses.UpdateProgramme(ctx, w.Grace, p.ID, p.Rev, change)
	ok(t, err)
	_, err = w.Courses.PublishProgramme(ctx, w.Grace, p.ID, p.Rev)
	ok(t, err)
	return p.ID
}

// finish reads the one text of a course, and returns its lesson.
func finish(t *testing.T, w *coursetest.Town, enrolment string) string {
	t.Helper()
	ctx := t.Context()
	st, err := w.Courses.Study(ctx, w.Ada, enrolment)
	ok(t, err)
	l := st.Needs[0].Lesson
	_, _, _, err = w.Courses.Open(ctx, w.Ada, enrolment, l)
	ok(t, err)
	w.Clock.Pass(10 * time.Second)
	_, err = w.Courses.Read(ctx, w.Ada, enrolment, l)
	ok(t, err)
	return l
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
