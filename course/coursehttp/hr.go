package coursehttp

import (
	"context"
	"strconv"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// HRPersonBody is a person as HR sees her learning.
type HRPersonBody struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Unit     string `json:"unit,omitempty"`
	Courses  int    `json:"courses" doc:"Begun; at most 200 are counted"`
	Complete int    `json:"complete"`
	Dated    int    `json:"dated" doc:"Courses and programmes under way that have a date to be done by"`
	Overdue  int    `json:"overdue" doc:"Of these"`
	Minutes  int    `json:"minutes" doc:"Of completed courses"`
	Left     bool   `json:"left,omitempty"`
}

func (h *handlers) hrPeople(ctx context.Context, in *struct {
	signed
	peoplehttp.List
	Q      string `query:"q" maxLength:"200" doc:"Part of the name or of the e-mail address"`
	Former bool   `query:"former" doc:"Those who have left instead"`
}) (*peoplehttp.Out[peoplehttp.Page[HRPersonBody]], error) {
	rows, next, err := h.svc.Staff(ctx, in.By, in.Q, !in.Former, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(rows, next, func(r course.StaffLine) HRPersonBody {
		return HRPersonBody{ID: r.Member.ID, Name: r.Member.Name, Email: r.Member.Email, Unit: r.Member.Unit, Courses: r.Begun, Complete: r.Completed,
			Dated: r.Dated, Overdue: r.Overdue, Minutes: r.Minutes, Left: !r.Member.Active}
	})), err
}

// PersonRefBody names a person.
type PersonRefBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// CorrectionBody is a mistake put right.
type CorrectionBody struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind" enum:"correction,withdrawal"`
	Reason  string    `json:"reason"`
	Minutes int       `json:"minutes"`
	Done    time.Time `json:"done" doc:"Completed at, as it is right"`
	Record  string    `json:"record" doc:"Number of the ledger's entry"`
}

// CompletionBody is a completed course or programme, or a course on the way, as HR sees it.
type CompletionBody struct {
	ID          string            `json:"id"`
	Kind        string            `json:"kind" enum:"course,programme"`
	Person      PersonRefBody     `json:"person"`
	Course      CourseRefBody     `json:"course" doc:"Or programme"`
	Version     int               `json:"version"`
	State       string            `json:"state" enum:"open,complete,revoked"`
	Via         string            `json:"via" enum:"self,hr"`
	Begun       time.Time         `json:"begun"`
	Completed   *time.Time        `json:"completed,omitempty"`
	Due         *time.Time        `json:"due,omitempty" doc:"When the day by which it was to be done ends"`
	DueDay      string            `json:"dueDay,omitempty" format:"date" doc:"That day, as the town has said it"`
	Minutes     int               `json:"minutes" doc:"0 for a programme: they are its courses'"`
	Done        int               `json:"done"`
	Of          int               `json:"of"`
	Record      string            `json:"record,omitempty" doc:"Number of the ledger's entry"`
	RecordHash  string            `json:"recordHash,omitempty"`
	Rule        string            `json:"rule,omitempty"`
	Statements  []string          `json:"statements,omitempty"`
	Hash        string            `json:"hash,omitempty" doc:"SHA-256 of the evidence"`
	Code        string            `json:"code,omitempty" doc:"Of the certificate's public address"`
	Explanation []RequirementBody `json:"explanation,omitempty"`
	Earned      []EarnedBody      `json:"earned,omitempty" doc:"Of a programme: the courses that it rests on"`
	Corrections []CorrectionBody  `json:"corrections,omitempty"`
	// Missing is what a programme still asks for.
	Missing []ProgrammeMissingBody `json:"missing,omitempty" doc:"Of a programme on the way: what it still asks for"`
}

func (c calendar) completion(l course.RecordLine) CompletionBody {
	b := CompletionBody{Person: PersonRefBody{ID: l.Person, Name: l.Name}, Kind: "course"}
	if d := l.Completion; d != nil {
		at := d.CompletedAt()
		b.Kind, b.Earned = kind(d), earned(d)
		b.ID, b.Course, b.Version, b.State, b.Via = d.ID, CourseRefBody{ID: d.Course, Title: d.Title, Languages: []string{}, Owner: d.Owner}, d.Version, "complete", d.Via
		b.Begun, b.Completed, b.Due, b.Minutes = d.Enrolled, &at, d.Due, d.MinutesNow()
		b.Record, b.RecordHash, b.Rule, b.Hash, b.Code = record(*d), d.LedgerHash, d.RuleName(), d.Hash, d.Certificate
		b.Statements = append([]string{d.Statement}, d.Statements...)
		if d.Withdrawn {
			b.State = "revoked"
		}
		for _, k := range d.Corrections {
			b.Corrections = append(b.Corrections, CorrectionBody{At: k.Made, Kind: k.Kind, Reason: k.Reason, Minutes: k.Minutes, Done: k.At, Record: strconv.FormatInt(k.Ledger, 10)})
		}
	}
	if st := l.Programme; st != nil {
		p := c.programme(*st)
		b.Course.Languages, b.Done, b.Of = p.Languages, p.Required.Done+min(p.Electives.Done, p.Electives.Needed), p.Required.Of+p.Electives.Needed
		if l.Completion == nil {
			b.ID, b.Kind, b.Version, b.State, b.Via, b.Missing = st.Pursuit.ID, "programme", p.Version, "open", st.Via(), p.Missing
			b.Course.ID, b.Course.Title, b.Course.Owner, b.Begun, b.Due = p.ID, p.Title, p.Owner.ID, st.Pursuit.Created, st.Pursuit.Due
		}
	}
	if st := l.Study; st != nil {
		e := c.enrolment(*st)
		b.Done, b.Of, b.Explanation = e.Done, e.Of, requirements(st.Needs)
		b.Course.Languages = e.Course.Languages
		if l.Completion == nil {
			b.ID, b.Course, b.Version, b.State, b.Via, b.Begun, b.Due, b.Minutes = e.ID, e.Course, e.Version, "open", st.Enrolment.Via, e.Begun, e.Due, e.Minutes
		}
	}
	b.DueDay = c.day(b.Due)
	return b
}

func (h *handlers) completions(ctx context.Context, in *struct {
	signed
	peoplehttp.List
	State  string `query:"state" default:"complete" enum:"open,complete"`
	Person string `query:"person" maxLength:"64"`
	Course string `query:"course" maxLength:"64"`
}) (*peoplehttp.Out[peoplehttp.Page[CompletionBody]], error) {
	lines, next, err := h.svc.Records(ctx, in.By, in.State == "open", in.Person, in.Course, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(peoplehttp.PageOf(lines, next, c.completion)), err
}

func (h *handlers) completion(ctx context.Context, in *CourseInput) (*peoplehttp.Out[CompletionBody], error) {
	l, err := h.svc.RecordOf(ctx, in.By, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.completion(l)), err
}

func (h *handlers) correct(ctx context.Context, in *struct {
	CourseInput
	Body struct {
		Kind    string     `json:"kind" enum:"correction,withdrawal"`
		Reason  string     `json:"reason" maxLength:"2000" doc:"Why, without names"`
		Minutes *int       `json:"minutes,omitempty" doc:"As they are right"`
		At      *time.Time `json:"at,omitempty" doc:"Completed at, as it is right"`
	}
}) (*peoplehttp.Out[CompletionBody], error) {
	c := course.Fix{Kind: in.Body.Kind, Reason: in.Body.Reason, Minutes: in.Body.Minutes, At: in.Body.At}
	if _, err := h.svc.Correct(ctx, in.By, in.ID, c); err != nil {
		return nil, err
	}
	return h.completion(ctx, &in.CourseInput)
}

// AssignmentBody is a course or a programme that somebody is asked to complete by a day.
type AssignmentBody struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind" enum:"course,programme"`
	Person    PersonRefBody `json:"person"`
	Course    CourseRefBody `json:"course" doc:"Or programme"`
	Enrolment string        `json:"enrolment"`
	Due       time.Time     `json:"due" doc:"When the day by which it is to be done ends"`
	DueDay    string        `json:"dueDay" format:"date" doc:"That day, as the town has said it"`
	State     string        `json:"state" enum:"open,done,cancelled"`
	Created   time.Time     `json:"created"`
}

func (c calendar) assignment(a course.Assignment) AssignmentBody {
	what := "course"
	if a.Kind == course.KindProgramme {
		what = a.Kind
	}
	return AssignmentBody{ID: a.ID, Kind: what, Person: PersonRefBody{ID: a.Person, Name: a.Name}, Course: CourseRefBody{ID: a.Course, Title: a.Title, Languages: []string{}}, Enrolment: a.Enrolment,
		Due: a.Due, DueDay: c.day(&a.Due), State: a.State, Created: a.Created}
}

func (h *handlers) assignments(ctx context.Context, in *struct {
	signed
	peoplehttp.List
	State string `query:"state" default:"open" enum:"open,done,cancelled"`
}) (*peoplehttp.Out[peoplehttp.Page[AssignmentBody]], error) {
	p, err := h.svc.Assignments(ctx, in.By, in.State, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(peoplehttp.PageOf(p.Docs, p.Next, c.assignment)), err
}

// AssignedBody says how many people were asked.
type AssignedBody struct {
	Created int  `json:"created"`
	More    bool `json:"more" doc:"So many are asked that the rest follows in a moment"`
}

func (h *handlers) assign(ctx context.Context, in *struct {
	signed
	Body struct {
		People    []string `json:"people,omitempty" maxItems:"200" doc:"Ids"`
		Units     []string `json:"units,omitempty" maxItems:"200" doc:"Ids: everybody who is in one of them now"`
		Everyone  bool     `json:"everyone,omitempty" doc:"Everybody who is in the town now"`
		Course    string   `json:"course,omitempty" maxLength:"64" doc:"Id; or a programme"`
		Programme string   `json:"programme,omitempty" maxLength:"64" doc:"Id; or a course"`
		Due       string   `json:"due" maxLength:"10" doc:"A day, as 2026-12-31, in the organisation's zone"`
	}
}) (*peoplehttp.Out[AssignedBody], error) {
	b := in.Body
	a, err := h.svc.Assign(ctx, in.By, course.Target{Course: b.Course, Programme: b.Programme}, b.Due, course.Whom{Persons: b.People, Units: b.Units, Everyone: b.Everyone})
	return out(AssignedBody{Created: len(a.Assignments), More: a.More}), err
}

func (h *handlers) cancelAssignment(ctx context.Context, in *CourseInput) (*none, error) {
	return nil, h.svc.CancelAssignment(ctx, in.By, in.ID)
}

// DifferenceBody is something in which records do not agree.
type DifferenceBody struct {
	Kind   string `json:"kind" doc:"Stable; translated as differences.<kind>"`
	Record string `json:"record" doc:"Id of the completion"`
	Detail string `json:"detail"`
}

// ReconciliationBody is what a comparison of records, ledger and statements has found.
type ReconciliationBody struct {
	AsOf        time.Time        `json:"asOf"`
	Completions int              `json:"completions"`
	Statements  int              `json:"statements"`
	Ledger      int64            `json:"ledger" doc:"Entries"`
	Pending     int              `json:"pending"`
	Differences []DifferenceBody `json:"differences"`
}

func (h *handlers) reconcile(ctx context.Context, in *struct{ signed }) (*peoplehttp.Out[ReconciliationBody], error) {
	r, err := h.svc.Reconcile(ctx, in.By)
	if err != nil {
		return nil, err
	}
	b := ReconciliationBody{AsOf: r.At, Completions: r.Completions, Statements: r.Statements, Ledger: r.Entries, Pending: r.Pending, Differences: []DifferenceBody{}}
	for _, d := range r.Differences {
		detail := d.Detail
		if detail == "" && d.Ledger > 0 {
			detail = strconv.FormatInt(d.Ledger, 10)
		}
		b.Differences = append(b.Differences, DifferenceBody{Kind: d.Code, Record: d.Completion, Detail: detail})
	}
	return out(b), nil
}
