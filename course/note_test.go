package course_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/people"
)

// shelf keeps the files of a copy.
type shelf map[string]*bytes.Buffer

func (s shelf) Create(name string) (io.Writer, error) {
	s[name] = &bytes.Buffer{}
	return s[name], nil
}

// A learner's notes are hers: kept at their second, found, changed, saved, and read by nobody else.
func TestNotes(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	l := begin(t, w, w.Ada)
	add := func(at int64, text string) course.Noted {
		t.Helper()
		n, err := w.Courses.AddNote(ctx, l.by, l.enrolment, l.video, at, text)
		ok(t, err)
		return n
	}
	late, early := add(75_000, "  Über den Zaun <b>springen</b>\nzweite Zeile "), add(5_000, "The list of fences")
	list := func(lesson, q string) []course.Noted {
		t.Helper()
		ns, next, err := w.Courses.Notes(ctx, l.by, l.enrolment, lesson, q, "", 50)
		ok(t, err)
		if next != "" {
			t.Errorf("%d notes have a second page", len(ns))
		}
		return ns
	}
	if ns := list(l.video, ""); len(ns) != 2 || ns[0].ID != early.ID || ns[1].Text != "Über den Zaun <b>springen</b>\nzweite Zeile" || ns[0].Title["en"] == "" {
		t.Errorf("in the order of the film: %+v", ns)
	}
	if ns := list("", "uber ZAUN"); len(ns) != 1 || ns[0].ID != late.ID {
		t.Errorf("found: %+v", ns)
	}
	if ns := list(l.text, ""); len(ns) != 0 {
		t.Errorf("of another lesson: %+v", ns)
	}
	page, next, err := w.Courses.Notes(ctx, l.by, l.enrolment, "", "", "", 1)
	ok(t, err)
	rest, _, err := w.Courses.Notes(ctx, l.by, l.enrolment, "", "", next, 1)
	ok(t, err)
	if len(page) != 1 || len(rest) != 1 || page[0].ID == rest[0].ID {
		t.Errorf("page by page: %+v, %+v", page, rest)
	}
	text, err := w.Courses.NotesText(ctx, l.by, l.enrolment, "it")
	ok(t, err)
	for _, want := range []string{"Dati aperti", "0:00:05\nThe list of fences", "0:01:15\nÜber den Zaun"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q: %s", want, text)
		}
	}
	changed, err := w.Courses.ChangeNote(ctx, l.by, l.enrolment, early.ID, early.Rev, "Other")
	ok(t, err)
	if _, err := w.Courses.ChangeNote(ctx, l.by, l.enrolment, early.ID, early.Rev, "Lost"); !fault.Is(err, "course.changed_elsewhere") {
		t.Errorf("from another tab: %v, now %+v", err, changed)
	}

	for name, try := range map[string]func(people.Actor) error{
		"read": func(by people.Actor) error {
			_, _, err := w.Courses.Notes(ctx, by, l.enrolment, "", "", "", 10)
			return err
		},
		"text": func(by people.Actor) error { _, err := w.Courses.NotesText(ctx, by, l.enrolment); return err },
		"add": func(by people.Actor) error {
			_, err := w.Courses.AddNote(ctx, by, l.enrolment, l.video, 0, "x")
			return err
		},
		"change": func(by people.Actor) error {
			_, err := w.Courses.ChangeNote(ctx, by, l.enrolment, late.ID, 0, "x")
			return err
		},
		"delete": func(by people.Actor) error { return w.Courses.DeleteNote(ctx, by, l.enrolment, late.ID) },
	} {
		for who, by := range map[string]people.Actor{"nobody": {}, "another learner": w.Lin, "her author": w.Grace, "HR": w.Hedy, "an administrator": w.Anna, "an operator": w.Olga} {
			if k := fault.KindOf(try(by)); k != fault.NotFound && k != fault.Unsigned && k != fault.Forbidden {
				t.Errorf("%s could %s: %v", who, name, k)
			}
		}
	}
	// Whoever has an enrolment of her own does not reach another's note through it.
	other, err := w.Courses.Enrol(ctx, w.Lin, l.course)
	ok(t, err)
	if err := w.Courses.DeleteNote(ctx, w.Lin, other.ID, late.ID); !fault.Is(err, "course.note_not_found") {
		t.Errorf("by her own enrolment: %v", err)
	}
	for name, c := range map[string]struct {
		lesson string
		at     int64
		text   string
		code   string
	}{
		"blank":         {l.video, 0, " \n ", "course.note_text"},
		"long":          {l.video, 0, strings.Repeat("ä", 4001), "course.note_text"},
		"before":        {l.video, -1, "x", "course.note_place"},
		"after the end": {l.video, 600_001, "x", "course.note_place"},
		"not a video":   {l.text, 0, "x", "course.no_video"},
		"no lesson":     {"none", 0, "x", "course.lesson_not_found"},
	} {
		if _, err := w.Courses.AddNote(ctx, l.by, l.enrolment, c.lesson, c.at, c.text); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}

	// They are in her own copy and in no other, and go with her, also when the course was completed.
	sub := people.Subject{Organisation: w.ID, Person: l.by.Person, Account: l.by.Account}
	for _, own := range []bool{true, false} {
		sub.Own = own
		files := shelf{}
		ok(t, w.Courses.Copy(ctx, sub, files))
		if has := files["notes.ndjson"] != nil && strings.Contains(files["notes.ndjson"].String(), "Zaun"); has != own {
			t.Errorf("own %v: notes %v", own, has)
		}
		if b := files["enrolments.ndjson"].String(); strings.Contains(b, "Zaun") {
			t.Errorf("elsewhere: %s", b)
		}
	}
	w.People.Keep(w.Courses)
	for own, make := range map[bool]func() (*people.Copy, error){
		true:  func() (*people.Copy, error) { return w.People.OwnCopy(ctx, l.by) },
		false: func() (*people.Copy, error) { return w.People.MemberCopy(ctx, w.Hedy, l.by.Person) },
	} {
		c, err := make()
		ok(t, err)
		var b bytes.Buffer
		ok(t, c.Write(ctx, &b))
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		ok(t, err)
		if has := slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, "/notes.ndjson") }); has != own {
			t.Errorf("her own copy %v: notes %v", own, has)
		}
	}
	ok(t, w.Courses.DeleteNote(ctx, l.by, l.enrolment, early.ID))
	if err := w.Courses.DeleteNote(ctx, l.by, l.enrolment, early.ID); !fault.Is(err, "course.note_not_found") {
		t.Errorf("twice: %v", err)
	}
	held, err := w.Courses.Holds(ctx, sub)
	ok(t, err)
	if last := held[len(held)-1]; last.What != "notes" || last.Count != 1 || last.Stays {
		t.Errorf("held: %+v", held)
	}
	ok(t, w.Courses.Erase(ctx, sub, "heir", false))
	if held, err = w.Courses.Holds(ctx, sub); err != nil || held[len(held)-1].Count != 0 {
		t.Errorf("after the erasure: %+v, %v", held, err)
	}
}

// A course has room for a thousand notes of one learner, and no more.
func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	for i := range int64(1000) {
		if _, err := w.Courses.AddNote(t.Context(), l.by, l.enrolment, l.video, i, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Courses.AddNote(t.Context(), l.by, l.enrolment, l.video, 0, "x"); !fault.Is(err, "course.notes_full") {
		t.Errorf("one more: %v", err)
	}
	if ns, next, err := w.Courses.Notes(t.Context(), l.by, l.enrolment, "", "nowhere", "", 100); err != nil || len(ns) != 0 {
		t.Errorf("a search for nothing: %d, %q, %v", len(ns), next, err)
	}
}
