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

// Assignment asks a person to complete a course or a programme by a day.
type Assignment struct {
	store.Meta `bson:",inline"` // id: of person and course
	Kind       string           `bson:"kind,omitempty"` // KindProgramme; "" for a course
	Person     string           `bson:"person"`
	Name       string           `bson:"name"`   // of the person, which follows her
	Course     string           `bson:"course"` // or programme
	Title      Text             `bson:"title"`
	Enrolment  string           `bson:"enrolment"` // in it
	Due        time.Time        `bson:"due"`       // the end of a day in the organisation's zone
	State      string           `bson:"state"`
	By         string           `bson:"by"` // account of who asks
	Created    time.Time        `bson:"created"`
	Changed    time.Time        `bson:"changed"`
	Turns      int              `bson:"turns,omitempty"` // how often it was asked for after the first time
	Outbox     `bson:",inline"`
}

// Target is what people are asked to complete: a course or a programme.
type Target struct {
	Course    string // id; "" for a programme
	Programme string // id; "" for a course
}

// Whom says who is asked: people by their ids, everybody who is in a unit now, or everybody who is in the town now.
type Whom struct {
	Persons  []string
	Units    []string
	Everyone bool
}

// askAtMost is how many people, and how many units, one request may name.
const askAtMost = 200

// Asked is what came of asking.
type Asked struct {
	Assignments []Assignment // made, or given their new date
	More        bool         // so many are asked that the rest follows in a moment
}

// Assign asks people of the actor's organisation to complete a course or a programme by a day (2006-01-02, in the
// organisation's zone). HR may. Whoever has it already gets the new date; whoever has completed it is left alone.
// Of units and of everybody, the rest of many is asked by the sweep; what was asked for is stored before anybody is.
func (s *Service) Assign(ctx context.Context, by people.Actor, what Target, day string, who Whom) (Asked, error) {
	if err := by.Must(people.HR); err != nil {
		return Asked{}, err
	}
	if n := len(who.Persons) + len(who.Units); n == 0 && !who.Everyone || max(len(who.Persons), len(who.Units)) > askAtMost {
		return Asked{}, fault.New(fault.Invalid, "course.persons", "choose 1 to %d people", askAtMost).With("max", askAtMost).At("body.people", "course.persons")
	}
	due, err := s.dueDay(ctx, by.Organisation, day)
	if err != nil {
		return Asked{}, err
	}
	m, err := s.matter(ctx, by, what)
	if err != nil {
		return Asked{}, err
	}
	members, err := s.named(ctx, by.Organisation, who.Persons)
	if err != nil {
		return Asked{}, err
	}
	orders, err := s.order(ctx, by, m, due, who)
	if err != nil {
		return Asked{}, err
	}
	var out Asked
	for _, p := range members {
		a, err := s.assign(ctx, by, m, p, due)
		if err != nil {
			return out, err
		}
		out.Assignments = append(out.Assignments, a)
	}
	for _, o := range orders {
		done, more, err := s.carryOut(ctx, by.Organisation, o, askAtMost)
		if err != nil {
			return out, err
		}
		out.Assignments, out.More = append(out.Assignments, done...), out.More || more
	}
	return out, nil
}

// dueDay returns the end of a day in an organisation's zone; it must not have passed.
func (s *Service) dueDay(ctx context.Context, org, day string) (time.Time, error) {
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := o.Location()
	if err != nil {
		return time.Time{}, fmt.Errorf("course.Assign: %w", err)
	}
	date, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "course.due", "a day is needed, as 2026-12-31").At("body.due", "course.due")
	}
	due := date.AddDate(0, 0, 1).UTC()
	if !due.After(s.now()) {
		return time.Time{}, fault.New(fault.Invalid, "course.due_past", "the day lies in the past").At("body.due", "course.due_past")
	}
	return due, nil
}

// Days returns the days as the actor's organisation has said them; none for who speaks for nobody, of whom no day is asked.
func (s *Service) Days(ctx context.Context, by people.Actor) (people.Days, error) {
	if by.Organisation == "" {
		return people.Days{}, nil
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return people.Days{}, err
	}
	days, err := o.Days()
	return days, s.wrap("Days", err)
}

// named returns the members with these ids; all must be there.
func (s *Service) named(ctx context.Context, org string, persons []string) ([]people.Member, error) {
	members := make([]people.Member, len(persons))
	for i, p := range persons {
		var err error
		if members[i], err = s.c.People.MemberOf(ctx, org, p); err != nil {
			return nil, err
		}
		if !members[i].Active {
			return nil, fault.New(fault.NotFound, "people.member_not_found", "no member %s", p)
		}
	}
	return members, nil
}

// matter is what people are asked to complete, as the catalogue offers it to their organisation.
type matter struct {
	course    *Entry
	programme *ProgrammeEntry
}

func (m *matter) kind() string {
	if m.programme != nil {
		return KindProgramme
	}
	return ""
}

func (m *matter) id() string {
	if m.programme != nil {
		return m.programme.ID
	}
	return m.course.ID
}

func (m *matter) notice() *Notice {
	if m.programme != nil {
		return &m.programme.Notice
	}
	return &m.course.Notice
}

// matter finds what is to be completed. Fault: course.programme_unavailable if a required course cannot be begun.
func (s *Service) matter(ctx context.Context, by people.Actor, what Target) (*matter, error) {
	if what.Programme == "" {
		e, err := s.Offer(ctx, by, what.Course)
		return &matter{course: &e}, err
	}
	if what.Course != "" {
		return nil, fault.New(fault.Invalid, "course.one_target", "name a course or a programme").At("body.programme", "course.one_target")
	}
	e, err := s.programmeOffer(ctx, by, what.Programme)
	if err != nil {
		return nil, err
	}
	return &matter{programme: &e}, s.offersAll(ctx, by.Organisation, "", &e)
}

func assignmentID(account, course string) string { return eventID("assignment", account, course) }

// begin enrols a member in what she is asked to complete.
func (s *Service) begin(ctx context.Context, org string, m *matter, p people.Member, due time.Time) (enrolment string, done bool, err error) {
	if m.programme != nil {
		u, err := s.pursue(ctx, org, p.ID, p.Account, m.programme, ViaHR, &due)
		return u.ID, u.State == Completed, err
	}
	e, err := s.enrol(ctx, org, p.ID, p.Account, *m.course, ViaHR, &due)
	return e.ID, e.State == Completed, err
}

func (s *Service) assign(ctx context.Context, by people.Actor, m *matter, p people.Member, due time.Time) (Assignment, error) {
	org := by.Organisation
	enrolment, done, err := s.begin(ctx, org, m, p, due)
	if err != nil {
		return Assignment{}, err
	}
	now := s.now()
	a := Assignment{Meta: store.Meta{ID: assignmentID(p.Account, m.id())}, Kind: m.kind(), Person: p.ID, Name: p.Name, Course: m.id(), Title: m.notice().Title,
		Enrolment: enrolment, Due: due, State: AssignmentOpen, By: by.Account, Created: now, Changed: now}
	if done {
		a.State = AssignmentDone
	} else {
		a.ask(org, p.Account, now)
	}
	err = s.assignments.Insert(ctx, org, a)
	if errors.Is(err, store.ErrDuplicate) {
		a, err = s.assignments.Update(ctx, org, a.ID, func(d *Assignment) error {
			if d.State == AssignmentOpen && a.State == AssignmentOpen && d.Due.Equal(due) {
				return store.ErrKeep // asked already
			}
			if d.State != AssignmentDone {
				d.State = a.State
			}
			d.Due, d.Changed = due, now
			if d.State == AssignmentOpen {
				d.Turns++
				d.ask(org, p.Account, now)
			}
			return nil
		})
	}
	if err != nil {
		return a, s.wrap("assign", err)
	}
	asked := a.Pending
	if a, err = s.settleAssignment(ctx, org, a); err != nil || a.State == AssignmentDone || !asked {
		return a, err
	}
	return a, s.c.People.Note(ctx, org, by, "course.assigned", a.ID, "")
}

// ask is told and written to whom it concerns, once each time that the date is another one or that it is asked for again: a
// date that comes back, or a wish that was taken back, is news.
func (a *Assignment) ask(org, account string, now time.Time) {
	key := []string{org, "assigned", a.ID, a.Due.String()}
	if a.Turns > 0 {
		key = append(key, strconv.Itoa(a.Turns))
	}
	a.tell(Event{ID: eventID(key...), Account: account, Verb: verbAssigned, Activity: a.activity(), Enrolment: a.Enrolment, At: now})
}

// activity is what the assignment is about.
func (a *Assignment) activity() Activity {
	if a.Kind == KindProgramme {
		return programmeActivity(a.Course, a.Title)
	}
	return courseActivity(a.Course, a.Title)
}

// page is where it can be gone on with, below the public address.
func (a *Assignment) page() string {
	if a.Kind == KindProgramme {
		return "/programmes/" + a.Course
	}
	return "/learn/" + a.Enrolment
}

// settleAssignment tells the record store what has become of an assignment, writes to whom it asks, and takes back the day
// of one that is taken back.
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
	if a.State == AssignmentCancelled {
		if err := s.undate(ctx, org, a); err != nil {
			return a, err
		}
	}
	next, err := s.assignments.Update(ctx, org, a.ID, func(d *Assignment) error { d.told(a.Untold); return nil })
	return next, s.wrap("settleAssignment", err)
}

// undate takes the day of an assignment back from what it asks to complete, unless that is due by another day by now.
func (s *Service) undate(ctx context.Context, org string, a Assignment) error {
	take := func(due **time.Time) error {
		if *due == nil || !(*due).Equal(a.Due) {
			return store.ErrKeep
		}
		*due = nil
		return nil
	}
	var err error
	if a.Kind == KindProgramme {
		_, err = s.pursuits.Update(ctx, org, a.Enrolment, func(p *Pursuit) error { return take(&p.Due) })
	} else {
		_, err = s.enrolments.Update(ctx, org, a.Enrolment, func(e *Enrolment) error { return take(&e.Due) })
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil // erased meanwhile
	}
	return s.wrap("undate", err)
}

func (s *Service) notify(ctx context.Context, org string, a Assignment, event string) error {
	m, err := s.c.People.MemberOf(ctx, org, a.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased meanwhile
	}
	if err != nil || !m.Active { // her town asks nothing of her any more
		return s.wrap("notify", err)
	}
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return err
	}
	days, err := o.Days()
	if err != nil {
		return s.wrap("notify", err)
	}
	locale, err := s.c.People.Locale(ctx, org, a.Person)
	if err != nil {
		return s.wrap("notify", err)
	}
	title, _ := a.Title.In(locale)
	return s.wrap("notify", s.c.Mail.SendOnce(ctx, eventID("letter", event), m.Email, locale, "assigned", map[string]any{"name": m.Name, "town": o.Name, "course": title,
		"due": days.Ending(a.Due), "link": s.c.PublicURL + a.page()}))
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
			Activity: a.activity(), Enrolment: a.Enrolment, At: a.Changed})
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
	return s.c.People.Note(ctx, by.Organisation, by, "assignment.cancelled", id, "")
}

// closeAssignment marks the assignment of a completed course or programme as done.
func (s *Service) closeAssignment(ctx context.Context, org, account, course string) error {
	_, err := s.assignments.Update(ctx, org, assignmentID(account, course), func(a *Assignment) error {
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

// DueProgramme is a programme that somebody is asked to complete by a day.
type DueProgramme struct {
	Pursuit   Pursuit
	Title     Text
	Languages []string
}

// dueProgrammes returns those of the actor's programmes on the way that have a date, of the latest twenty.
func (s *Service) dueProgrammes(ctx context.Context, by people.Actor) ([]DueProgramme, error) {
	p, err := s.pursuits.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person, Active}, Reverse: true, Limit: 20})
	if err != nil {
		return nil, s.wrap("dueProgrammes", err)
	}
	var out []DueProgramme
	for _, u := range p.Docs {
		if u.Due == nil {
			continue
		}
		v, err := s.programmeVersions.Get(ctx, u.Owner, versionID(u.Programme, u.Version))
		if err != nil {
			return nil, s.wrap("dueProgrammes", err)
		}
		out = append(out, DueProgramme{Pursuit: u, Title: v.Title, Languages: v.Languages})
	}
	return out, nil
}
