package course

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// States of an assignment.
const (
	AssignmentOpen      = "open"
	AssignmentDone      = "done"
	AssignmentCancelled = "cancelled"
)

// Assignment asks a person to complete a course by a day.
type Assignment struct {
	store.Meta `bson:",inline"` // id: of person and course
	Person     string           `bson:"person"`
	Name       string           `bson:"name"` // of the person, when it was made
	Course     string           `bson:"course"`
	Title      Text             `bson:"title"`
	Enrolment  string           `bson:"enrolment"`
	Due        time.Time        `bson:"due"` // the end of a day in the organisation's zone
	State      string           `bson:"state"`
	By         string           `bson:"by"`
	Created    time.Time        `bson:"created"`
	Changed    time.Time        `bson:"changed"`
	Outbox     `bson:",inline"`
}

// Assign asks people of the actor's organisation to complete a course by a day (2006-01-02, in the organisation's
// zone). HR may. Whoever has the course already gets the new date; whoever has completed it is left alone.
func (s *Service) Assign(ctx context.Context, by people.Actor, course, day string, persons []string) ([]Assignment, error) {
	if err := by.Must(people.HR); err != nil {
		return nil, err
	}
	if len(persons) == 0 || len(persons) > 200 {
		return nil, fault.New(fault.Invalid, "course.persons", "choose 1 to 200 people").With("max", 200).At("body.persons", "course.persons")
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, fmt.Errorf("course.Assign: %w", err)
	}
	date, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return nil, fault.New(fault.Invalid, "course.due", "a day is needed, as 2026-12-31").At("body.due", "course.due")
	}
	due := date.AddDate(0, 0, 1).UTC()
	if !due.After(s.now()) {
		return nil, fault.New(fault.Invalid, "course.due_past", "the day lies in the past").At("body.due", "course.due_past")
	}
	entry, err := s.Offer(ctx, by, course)
	if err != nil {
		return nil, err
	}
	members := make([]people.Member, len(persons))
	for i, p := range persons {
		if members[i], err = s.c.People.MemberOf(ctx, by.Organisation, p); err != nil {
			return nil, err
		}
		if !members[i].Active {
			return nil, fault.New(fault.NotFound, "people.member_not_found", "no member %s", p)
		}
	}
	var out []Assignment
	for _, m := range members {
		a, err := s.assign(ctx, by, o, entry, m, due)
		if err != nil {
			return out, err
		}
		out = append(out, a)
	}
	return out, nil
}

func assignmentID(account, course string) string { return eventID("assignment", account, course) }

func (s *Service) assign(ctx context.Context, by people.Actor, o people.Organisation, entry Entry, m people.Member, due time.Time) (Assignment, error) {
	e, err := s.enrol(ctx, o.ID, m.ID, m.Account, entry, ViaHR, &due)
	if err != nil {
		return Assignment{}, err
	}
	now := s.now()
	a := Assignment{Meta: store.Meta{ID: assignmentID(m.Account, entry.ID)}, Person: m.ID, Name: m.Name, Course: entry.ID, Title: entry.Title,
		Enrolment: e.ID, Due: due, State: AssignmentOpen, By: by.Person, Created: now, Changed: now}
	if e.State == Completed {
		a.State = AssignmentDone
	} else {
		a.ask(o.ID, m.Account, now)
	}
	err = s.assignments.Insert(ctx, o.ID, a)
	if errors.Is(err, store.ErrDuplicate) {
		a, err = s.assignments.Update(ctx, o.ID, a.ID, func(d *Assignment) error {
			if d.State != AssignmentDone {
				d.State = a.State
			}
			d.Due, d.Changed = due, now
			if d.State == AssignmentOpen {
				d.ask(o.ID, m.Account, now)
			}
			return nil
		})
	}
	if err != nil {
		return a, s.wrap("assign", err)
	}
	if a, err = s.settleAssignment(ctx, o.ID, a); err != nil || a.State == AssignmentDone {
		return a, err
	}
	return a, s.c.People.Note(ctx, o.ID, by, "course.assigned", a.ID, "")
}

// ask is told and written to whom it concerns, once for each date.
func (a *Assignment) ask(org, account string, now time.Time) {
	a.tell(Event{ID: eventID(org, "assigned", a.ID, a.Due.String()), Account: account, Verb: verbAssigned, Activity: courseActivity(a.Course, a.Title), Enrolment: a.Enrolment, At: now})
}

// settleAssignment tells the record store what has become of an assignment, and writes to whom it asks.
func (s *Service) settleAssignment(ctx context.Context, org string, a Assignment) (Assignment, error) {
	if !a.Pending {
		return a, nil
	}
	if err := s.tellAll(ctx, org, a.Untold); err != nil {
		return a, err
	}
	for _, e := range a.Untold {
		if e.Verb != verbAssigned || a.State != AssignmentOpen {
			continue
		}
		if err := s.notify(ctx, org, a, e.ID); err != nil {
			return a, err
		}
	}
	next, err := s.assignments.Update(ctx, org, a.ID, func(d *Assignment) error { d.told(a.Untold); return nil })
	return next, s.wrap("settleAssignment", err)
}

func (s *Service) notify(ctx context.Context, org string, a Assignment, event string) error {
	m, err := s.c.People.MemberOf(ctx, org, a.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased meanwhile
	}
	if err != nil {
		return s.wrap("notify", err)
	}
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return s.wrap("notify", err)
	}
	locale, err := s.c.People.Locale(ctx, org, a.Person)
	if err != nil {
		return s.wrap("notify", err)
	}
	title, _ := a.Title.In(locale)
	// Due is the end of the day, which is the beginning of the next.
	day := a.Due.In(zone).AddDate(0, 0, -1).Format(time.DateOnly)
	return s.wrap("notify", s.c.Mail.SendOnce(ctx, eventID("letter", event), m.Email, locale, "assigned", map[string]any{"name": m.Name, "town": o.Name, "course": title,
		"due": day, "link": s.c.PublicURL + "/learn/" + a.Enrolment}))
}

// Assignments lists the organisation's assignments in a state, soonest due first. HR may.
func (s *Service) Assignments(ctx context.Context, by people.Actor, state, cursor string, limit int) (store.Page[Assignment], error) {
	if err := by.Must(people.HR); err != nil {
		return store.Page[Assignment]{}, err
	}
	p, err := s.assignments.Find(ctx, by.Organisation, store.Query{Index: "byDue", Equal: []any{state}, Cursor: cursor, Limit: limit})
	return p, s.wrap("Assignments", err)
}

// CancelAssignment takes an open assignment back. HR may. The enrolment stays.
func (s *Service) CancelAssignment(ctx context.Context, by people.Actor, id string) error {
	if err := by.Must(people.HR); err != nil {
		return err
	}
	a, err := s.assignments.Update(ctx, by.Organisation, id, func(a *Assignment) error {
		if a.State != AssignmentOpen {
			return fault.New(fault.Conflict, "course.assignment_ended", "this assignment is no longer open")
		}
		a.State, a.Changed = AssignmentCancelled, s.now()
		a.tell(Event{ID: eventID(by.Organisation, "cancelled", a.ID, strconv.FormatInt(a.Rev, 10)), Account: by.Account, Verb: verbCancelled,
			Activity: courseActivity(a.Course, a.Title), Enrolment: a.Enrolment, At: a.Changed})
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "course.assignment_not_found", "no assignment %s", id)
	}
	if err != nil {
		return s.wrap("CancelAssignment", err)
	}
	if _, err := s.settleAssignment(ctx, by.Organisation, a); err != nil {
		return err
	}
	_, err = s.enrolments.Update(ctx, by.Organisation, a.Enrolment, func(e *Enrolment) error { e.Due = nil; return nil })
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.wrap("CancelAssignment", err)
	}
	return s.c.People.Note(ctx, by.Organisation, by, "assignment.cancelled", id, "")
}

// closeAssignment marks the assignment of a completed enrolment as done.
func (s *Service) closeAssignment(ctx context.Context, org string, e Enrolment) error {
	_, err := s.assignments.Update(ctx, org, assignmentID(e.Account, e.Course), func(a *Assignment) error {
		if a.State != AssignmentOpen {
			return store.ErrKeep
		}
		a.State, a.Changed = AssignmentDone, s.now()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return s.wrap("closeAssignment", err)
}
