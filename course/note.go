package course

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of notes: of one learner in one course, and of each.
const (
	maxNotes     = 1000
	maxNote      = 4000 // characters
	notesLooked  = 1000 // that one search reads
	notesAtOnce  = 200
	maxNoteQuery = 200
)

// Note is what a learner has written for herself at a second of a video. Nobody else reads it, and nothing is told of it.
type Note struct {
	store.Meta `bson:",inline"`
	Person     string    `bson:"person"`
	Enrolment  string    `bson:"enrolment"`
	Lesson     string    `bson:"lesson"`
	At         int64     `bson:"at"` // milliseconds in the video
	Text       string    `bson:"text"`
	Created    time.Time `bson:"created"`
	Updated    time.Time `bson:"updated"`
}

// Noted is a note with the title of its lesson, as far as the learner's version still has it.
type Noted struct {
	Note
	Title Text
}

func noteNotFound(id string) error {
	return fault.New(fault.NotFound, "course.note_not_found", "no note %.64s", id)
}

// noteText tidies what somebody writes. fault course.note_text
func noteText(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))
	if n := utf8.RuneCountInString(text); n == 0 || n > maxNote {
		return "", fault.New(fault.Invalid, "course.note_text", "a note has 1 to %d characters", maxNote).With("max", maxNote).At("body.text", "course.note_text")
	}
	return text, nil
}

// AddNote keeps a note of the learner's at a place of a lesson's video. Faults: course.no_video, course.note_text,
// course.note_place, course.notes_full
func (s *Service) AddNote(ctx context.Context, by people.Actor, enrolment, lesson string, at int64, text string) (Noted, error) {
	st, l, _, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return Noted{}, err
	}
	if l.Kind != KindVideo || l.Video == "" {
		return Noted{}, errNoVideo
	}
	if text, err = noteText(text); err != nil {
		return Noted{}, err
	}
	if at < 0 || at > st.Version.clip(l.Video) {
		return Noted{}, fault.New(fault.Invalid, "course.note_place", "the video has no such second").At("body.at", "course.note_place")
	}
	n, err := s.notes.Count(ctx, by.Organisation, store.Query{Index: "byEnrolment", Equal: []any{enrolment}}, maxNotes)
	if err != nil {
		return Noted{}, s.wrap("AddNote", err)
	}
	if n >= maxNotes {
		return Noted{}, fault.New(fault.Conflict, "course.notes_full", "a course has room for %d notes of yours", maxNotes).With("max", maxNotes)
	}
	now := s.now()
	note := Note{Meta: store.Meta{ID: s.c.NewID()}, Person: by.Person, Enrolment: enrolment, Lesson: lesson, At: at, Text: text, Created: now, Updated: now}
	if err := s.notes.Insert(ctx, by.Organisation, note); err != nil {
		return Noted{}, s.wrap("AddNote", err)
	}
	note.Rev = 1
	return Noted{note, l.Title}, nil
}

var errNoVideo = fault.New(fault.Conflict, "course.no_video", "this lesson has no video")

// Notes lists the learner's notes in one of her courses, or in one lesson of it, by lesson and second; with q only those
// that hold all its words. A search may answer a short page, even an empty one, with a cursor.
func (s *Service) Notes(ctx context.Context, by people.Actor, enrolment, lesson, q, cursor string, limit int) ([]Noted, string, error) {
	e, err := s.mine(ctx, by, enrolment)
	if err != nil {
		return nil, "", err
	}
	v, err := s.version(ctx, e)
	if err != nil {
		return nil, "", err
	}
	query := store.Query{Index: "byEnrolment", Equal: []any{enrolment}, Cursor: cursor, Limit: limit}
	if lesson != "" {
		query.Equal = append(query.Equal, lesson)
	}
	if len(q) > maxNoteQuery*4 {
		return nil, "", fault.New(fault.Invalid, "course.query_short", "search for %d to %d characters", leastQuery, mostQuery).With("min", leastQuery).With("max", mostQuery)
	}
	words := strings.Fields(people.Fold(q))
	var out []Noted
	for looked := 0; ; {
		p, err := s.notes.Find(ctx, by.Organisation, query)
		if err != nil {
			return nil, "", s.wrap("Notes", err)
		}
		for _, n := range p.Docs {
			if !holds(people.Fold(n.Text), words) {
				continue
			}
			noted := Noted{Note: n}
			if l := v.lesson(n.Lesson); l != nil {
				noted.Title = l.Title
			}
			out = append(out, noted)
		}
		looked += len(p.Docs)
		if p.Next == "" || len(out) > 0 || looked >= notesLooked {
			return out, p.Next, nil
		}
		query.Cursor = p.Next
	}
}

// note returns one of the learner's notes in one of her courses.
func (s *Service) note(ctx context.Context, by people.Actor, enrolment, id string) (Note, error) {
	if _, err := s.mine(ctx, by, enrolment); err != nil {
		return Note{}, err
	}
	n, err := s.notes.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (n.Person != by.Person || n.Enrolment != enrolment) {
		return Note{}, noteNotFound(id)
	}
	return n, s.wrap("note", err)
}

// ChangeNote writes a note anew at the revision that was read (0 for any). Faults: course.note_not_found,
// course.note_text, course.changed_elsewhere
func (s *Service) ChangeNote(ctx context.Context, by people.Actor, enrolment, id string, rev int64, text string) (Note, error) {
	if _, err := s.note(ctx, by, enrolment, id); err != nil {
		return Note{}, err
	}
	text, err := noteText(text)
	if err != nil {
		return Note{}, err
	}
	n, err := s.notes.Update(ctx, by.Organisation, id, func(n *Note) error {
		if err := fresh(rev, n.Rev); err != nil {
			return err
		}
		n.Text, n.Updated = text, s.now()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return Note{}, noteNotFound(id)
	}
	return n, s.wrap("ChangeNote", err)
}

// DeleteNote removes a note. Fault: course.note_not_found
func (s *Service) DeleteNote(ctx context.Context, by people.Actor, enrolment, id string) error {
	if _, err := s.note(ctx, by, enrolment, id); err != nil {
		return err
	}
	err := s.notes.Delete(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) {
		return noteNotFound(id)
	}
	return s.wrap("DeleteNote", err)
}

// NotesText returns all notes of the learner in one of her courses as a text to be kept, in her languages of the titles.
func (s *Service) NotesText(ctx context.Context, by people.Actor, enrolment string, languages ...string) (string, error) {
	st, err := s.Study(ctx, by, enrolment)
	if err != nil {
		return "", err
	}
	languages = slices.Concat(languages, st.Version.Languages)
	title, _ := st.Version.Title.In(languages...)
	var b strings.Builder
	b.WriteString(title + "\n")
	lesson := ""
	err = s.notes.Each(ctx, by.Organisation, store.Query{Index: "byEnrolment", Equal: []any{enrolment}, Limit: notesAtOnce}, func(n Note) error {
		if n.Lesson != lesson {
			lesson = n.Lesson
			name := ""
			if l := st.Version.lesson(lesson); l != nil {
				name, _ = l.Title.In(languages...)
			}
			b.WriteString("\n" + name + "\n")
		}
		b.WriteString("\n" + timeCode(n.At) + "\n" + n.Text + "\n")
		return nil
	})
	return b.String(), s.wrap("NotesText", err)
}

// timeCode writes a place in a video as hours, minutes and seconds.
func timeCode(ms int64) string {
	s := ms / 1000
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
