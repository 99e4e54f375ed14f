package course

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Report is a fault in a lesson that a learner tells its author. It belongs to the course's organisation and does not
// say who reported it to other towns.
type Report struct {
	store.Meta `bson:",inline"`
	Course     string           `bson:"course"`
	Version    int              `bson:"version"`
	Lesson     string           `bson:"lesson"`
	Text       string           `bson:"text"`
	At         *int64           `bson:"at,omitempty"` // milliseconds in the video
	Town       string           `bson:"town"`         // organisation of the learner
	Person     string           `bson:"person"`       // "" unless she is of the course's own organisation
	Created    time.Time        `bson:"created"`
	Outbox     `bson:",inline"` // for the learner's organisation
}

// Report tells the author of a lesson about a fault in it. Whoever learns it may.
func (s *Service) Report(ctx context.Context, by people.Actor, enrolment, lesson, text string, at *int64) error {
	st, l, _, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return err
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if n := utf8.RuneCountInString(text); n < 3 || n > maxSummary {
		return fault.New(fault.Invalid, "course.report", "a report has 3 to %d characters", maxSummary).With("max", maxSummary).At("body.text", "course.report")
	}
	r := Report{Meta: store.Meta{ID: s.c.NewID()}, Course: st.Enrolment.Course, Version: st.Enrolment.Version, Lesson: lesson, Text: text, At: at,
		Town: by.Organisation, Created: s.now()}
	if by.Organisation == st.Enrolment.Owner {
		r.Person = by.Person
	}
	r.tell(Event{ID: eventID(by.Organisation, "reported", r.ID), Account: by.Account, Verb: verbReported,
		Activity: lessonActivity(st.Enrolment.Course, l), Enrolment: enrolment, At: r.Created})
	if err := s.faults.Insert(ctx, st.Enrolment.Owner, r); err != nil {
		return s.wrap("Report", err)
	}
	return s.settleReport(ctx, st.Enrolment.Owner, r)
}

// settleReport tells the record store of the learner's organisation; the course's learns nothing of who reported.
func (s *Service) settleReport(ctx context.Context, owner string, r Report) error {
	if err := s.tellAll(ctx, r.Town, r.Untold); err != nil {
		return err
	}
	_, err := s.faults.Update(ctx, owner, r.ID, func(d *Report) error { d.told(r.Untold); return nil })
	return s.wrap("settleReport", err)
}

// Reports lists what learners reported of a course, newest first. Its authors may.
func (s *Service) Reports(ctx context.Context, by people.Actor, course, cursor string, limit int) (store.Page[Report], error) {
	if _, err := s.Course(ctx, by, course); err != nil {
		return store.Page[Report]{}, err
	}
	p, err := s.faults.Find(ctx, by.Organisation, store.Query{Index: "byCourse", Equal: []any{course}, Reverse: true, Cursor: cursor, Limit: limit})
	return p, s.wrap("Reports", err)
}

// Reported is a fault with the title of the course in which it is.
type Reported struct {
	Report
	Title     Text
	Languages []string
}

// LatestReports lists what learners reported of any course of the actor's organisation, newest first. Authors may.
func (s *Service) LatestReports(ctx context.Context, by people.Actor, cursor string, limit int) ([]Reported, string, error) {
	if err := by.Must(people.Author); err != nil {
		return nil, "", err
	}
	p, err := s.faults.Find(ctx, by.Organisation, store.Query{Index: "byCreated", Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, "", s.wrap("LatestReports", err)
	}
	courses := map[string]Course{}
	out := make([]Reported, 0, len(p.Docs))
	for _, r := range p.Docs {
		c, ok := courses[r.Course]
		if !ok {
			if c, err = s.courses.Get(ctx, by.Organisation, r.Course); err != nil {
				return nil, "", s.wrap("LatestReports", err)
			}
			courses[r.Course] = c
		}
		out = append(out, Reported{Report: r, Title: c.Title, Languages: c.Languages})
	}
	return out, p.Next, nil
}
