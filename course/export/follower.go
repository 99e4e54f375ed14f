package export

import (
	"fmt"
	"time"
)

// FollowersFormat names the columns of who follows a programme.
const FollowersFormat = "hr-programme/1"

// States of followers besides Completed and Withdrawn.
const (
	OnTheWay State = "on_the_way"
	Late     State = "late" // on the way, and the due date has passed
)

// Follower is somebody who follows a programme, or has completed it.
type Follower struct {
	Enrolment     string    // id, in the programme
	Name          string    // of the person
	Email         string    //
	Unit          string    // name; "" if in none
	Programme     string    // id
	Title         string    // of the programme
	Version       int64     // that she follows, from 1
	State         State     //
	BegunAt       time.Time //
	Due           Day       // "" if nobody set one
	DueEnds       time.Time // when that day ends by the clocks by which it was said; zero if nobody set one
	CompletedAt   time.Time // zero while she is on the way
	RequiredDone  int64     // required courses
	Required      int64     //
	ElectivesDone int64     // of those that are asked for
	Electives     int64     // asked for
	Missing       string    // titles of the required courses that are not complete
	Via           string    // self or hr
	Account       string    // random xAPI account name
	Record        string    // id of the completion; "" while there is none
	Certificate   string    // address at which anyone can check it
	Left          bool      // the person no longer belongs to the organisation
}

// FollowerColumns returns the frozen columns in order.
func FollowerColumns() []Column[Follower] {
	return []Column[Follower]{
		{"enrolment_id", Text, func(f *Follower, _ *Info) cell { return text(f.Enrolment) }},
		{"person_name", Text, func(f *Follower, _ *Info) cell { return text(f.Name) }},
		{"email", Text, func(f *Follower, _ *Info) cell { return text(f.Email) }},
		{"unit", Text, func(f *Follower, _ *Info) cell { return text(f.Unit) }},
		{"organisation", Text, func(_ *Follower, i *Info) cell { return text(i.Organisation) }},
		{"organisation_id", Text, func(_ *Follower, i *Info) cell { return text(i.OrganisationID) }},
		{"programme_id", Text, func(f *Follower, _ *Info) cell { return text(f.Programme) }},
		{"programme_title", Text, func(f *Follower, _ *Info) cell { return text(f.Title) }},
		{"programme_version", Integer, func(f *Follower, _ *Info) cell { return cell{n: f.Version} }},
		{"state", Text, func(f *Follower, _ *Info) cell { return text(string(f.State)) }},
		{"begun_at", Instant, func(f *Follower, i *Info) cell { return instant(f.BegunAt, i) }},
		{"due_date", Date, func(f *Follower, _ *Info) cell { return cell{empty: f.Due == "", text: string(f.Due)} }},
		{"completed_at", Instant, func(f *Follower, i *Info) cell { return instant(f.CompletedAt, i) }},
		{"on_time", Flag, func(f *Follower, _ *Info) cell {
			if f.Due == "" || f.State == Withdrawn || f.CompletedAt.IsZero() {
				return cell{empty: true}
			}
			return yesNo(f.CompletedAt.Before(f.DueEnds))
		}},
		{"required_done", Integer, func(f *Follower, _ *Info) cell { return cell{n: f.RequiredDone} }},
		{"required_courses", Integer, func(f *Follower, _ *Info) cell { return cell{n: f.Required} }},
		{"electives_done", Integer, func(f *Follower, _ *Info) cell { return cell{n: f.ElectivesDone} }},
		{"electives_asked", Integer, func(f *Follower, _ *Info) cell { return cell{n: f.Electives} }},
		{"missing_courses", Text, func(f *Follower, _ *Info) cell { return text(f.Missing) }},
		{"via", Text, func(f *Follower, _ *Info) cell { return text(f.Via) }},
		{"account", Text, func(f *Follower, _ *Info) cell { return text(f.Account) }},
		{"record_id", Text, func(f *Follower, _ *Info) cell { return text(f.Record) }},
		{"certificate_url", Text, func(f *Follower, _ *Info) cell { return text(f.Certificate) }},
		{"member_state", Text, func(f *Follower, _ *Info) cell {
			if f.Left {
				return text("left")
			}
			return text("active")
		}},
		{"zone", Text, func(_ *Follower, i *Info) cell { return text(i.Zone.String()) }},
		{"as_of", Instant, func(_ *Follower, i *Info) cell { return instant(i.AsOf, i) }},
		{"format", Text, func(*Follower, *Info) cell { return text(FollowersFormat) }},
	}
}

func (f *Follower) check() error {
	if f.Enrolment == "" || f.BegunAt.IsZero() {
		return fmt.Errorf("the enrolment %q lacks its id or its time", f.Enrolment)
	}
	if err := checkDue(f.Due, f.DueEnds); err != nil {
		return fmt.Errorf("the enrolment %s %w", f.Enrolment, err)
	}
	switch f.State {
	case OnTheWay, Late, Completed, Withdrawn:
		return nil
	}
	return fmt.Errorf("the enrolment %s has an unknown state: %q", f.Enrolment, f.State)
}

func followers() table[Follower] {
	return table[Follower]{FollowersFormat, "followers", FollowerColumns(), (*Follower).check}
}
