package coursehttp

import (
	"context"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// ProgrammeLineBody is the draft of a programme in a list.
type ProgrammeLineBody struct {
	ID        string    `json:"id"`
	Title     Text      `json:"title"`
	Languages []string  `json:"languages"`
	State     string    `json:"state" enum:"draft,published,unpublished"`
	Changed   bool      `json:"changed" doc:"Since the last version"`
	Version   int       `json:"version"`
	Edited    time.Time `json:"edited"`
	Courses   int       `json:"courses"`
}

// ProgrammeCourseBody is a course's place in the draft of a programme.
type ProgrammeCourseBody struct {
	Course   CourseRefBody `json:"course"`
	Elective bool          `json:"elective"`
}

// ProgrammeBody is the draft of a programme.
type ProgrammeBody struct {
	ProgrammeLineBody
	Rev        int64                 `json:"rev" doc:"For If-Match"`
	Summary    Text                  `json:"summary"`
	Visibility string                `json:"visibility" enum:"town,towns,network,public"`
	Towns      []string              `json:"towns"`
	List       []ProgrammeCourseBody `json:"list" doc:"The courses in the proposed order"`
	Electives  int                   `json:"electives" doc:"How many of the electives must be completed"`
	Problems   []ProgrammeGapBody    `json:"problems"`
}

// ProgrammeGapBody is something that the draft of a programme lacks to be published.
type ProgrammeGapBody struct {
	Code   string `json:"code" doc:"Stable; translated as gaps.<code>"`
	Course string `json:"course,omitempty" doc:"Id"`
	Lang   string `json:"lang,omitempty"`
}

type programmeOutput struct {
	ETag string `header:"ETag"`
	Body ProgrammeBody
}

func programmeLine(p course.Programme) ProgrammeLineBody {
	return ProgrammeLineBody{ID: p.ID, Title: p.Title, Languages: p.Languages, State: p.State, Changed: p.Changed, Version: p.Version, Edited: p.Updated, Courses: len(p.Courses)}
}

func (h *handlers) programmeOutput(ctx context.Context, by signed, p course.Programme, err error) (*programmeOutput, error) {
	if err != nil {
		return nil, err
	}
	gaps, err := h.svc.ProgrammeGaps(ctx, by.By, p.ID)
	if err != nil {
		return nil, err
	}
	b := ProgrammeBody{ProgrammeLineBody: programmeLine(p), Rev: p.Rev, Summary: p.Summary, Visibility: p.Audience.Kind, Towns: append([]string{}, p.Audience.Towns...),
		List: []ProgrammeCourseBody{}, Electives: p.Electives, Problems: []ProgrammeGapBody{}}
	for _, c := range p.Courses {
		b.List = append(b.List, ProgrammeCourseBody{Course: courseRef(c), Elective: c.Elective})
	}
	for _, g := range gaps {
		b.Problems = append(b.Problems, ProgrammeGapBody{Code: g.Code, Course: g.Course, Lang: g.Language})
	}
	return &programmeOutput{ETag: peoplehttp.ETag(p.Rev), Body: b}, nil
}

func courseRef(c course.ProgrammeCourse) CourseRefBody {
	return CourseRefBody{ID: c.Course, Title: c.Title, Languages: append([]string{}, c.Languages...), Owner: c.Owner}
}

// ProgrammeInput names a programme.
type ProgrammeInput struct {
	peoplehttp.Signed
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) programmes(ctx context.Context, in *struct {
	signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[ProgrammeLineBody]], error) {
	p, err := h.svc.Programmes(ctx, in.By, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(p.Docs, p.Next, programmeLine)), err
}

func (h *handlers) createProgramme(ctx context.Context, in *struct {
	signed
	Body struct {
		Title     Text     `json:"title"`
		Languages []string `json:"languages" minItems:"1" maxItems:"9"`
	}
}) (*programmeOutput, error) {
	p, err := h.svc.CreateProgramme(ctx, in.By, in.Body.Title, in.Body.Languages)
	return h.programmeOutput(ctx, in.signed, p, err)
}

func (h *handlers) programme(ctx context.Context, in *ProgrammeInput) (*programmeOutput, error) {
	p, err := h.svc.Programme(ctx, in.By, in.ID)
	return h.programmeOutput(ctx, in.Signed, p, err)
}

func (h *handlers) updateProgramme(ctx context.Context, in *struct {
	ProgrammeInput
	peoplehttp.IfMatch
	Body struct {
		Title      Text      `json:"title,omitempty"`
		Summary    Text      `json:"summary,omitempty"`
		Languages  []string  `json:"languages,omitempty" maxItems:"9"`
		Visibility string    `json:"visibility,omitempty" enum:"town,towns,network,public"`
		Towns      *[]string `json:"towns,omitempty" maxItems:"500"`
		List       *[]struct {
			Course   string `json:"course" maxLength:"64" doc:"Id"`
			Elective bool   `json:"elective,omitempty"`
		} `json:"list,omitempty" doc:"All courses in the proposed order"`
		Electives *int `json:"electives,omitempty"`
	}
}) (*programmeOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	ch := course.ProgrammeChange{Title: in.Body.Title, Summary: in.Body.Summary, Languages: in.Body.Languages, Electives: in.Body.Electives}
	if in.Body.Visibility != "" {
		ch.Audience = &course.Audience{Kind: in.Body.Visibility}
		if in.Body.Towns != nil {
			ch.Audience.Towns = *in.Body.Towns
		}
	}
	if in.Body.List != nil {
		ch.Courses = make([]course.ProgrammeChoice, 0, len(*in.Body.List))
		for _, c := range *in.Body.List {
			ch.Courses = append(ch.Courses, course.ProgrammeChoice{Course: c.Course, Elective: c.Elective})
		}
	}
	p, err := h.svc.UpdateProgramme(ctx, in.By, in.ID, rev, ch)
	return h.programmeOutput(ctx, in.Signed, p, err)
}

func (h *handlers) deleteProgramme(ctx context.Context, in *ProgrammeInput) (*none, error) {
	return nil, h.svc.DeleteProgramme(ctx, in.By, in.ID)
}

func (h *handlers) publishProgramme(ctx context.Context, in *struct {
	ProgrammeInput
	peoplehttp.IfMatch
}) (*programmeOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	p, err := h.svc.PublishProgramme(ctx, in.By, in.ID, rev)
	return h.programmeOutput(ctx, in.Signed, p, err)
}

func (h *handlers) unpublishProgramme(ctx context.Context, in *ProgrammeInput) (*programmeOutput, error) {
	p, err := h.svc.UnpublishProgramme(ctx, in.By, in.ID)
	return h.programmeOutput(ctx, in.Signed, p, err)
}

// ProgrammeOfferBody is a programme that may be begun.
type ProgrammeOfferBody struct {
	ID        string    `json:"id"`
	Version   int       `json:"version"`
	Title     Text      `json:"title"`
	Summary   Text      `json:"summary"`
	Languages []string  `json:"languages"`
	Owner     OwnerBody `json:"owner"`
	Courses   int       `json:"courses"`
	Required  int       `json:"required" doc:"Courses that everybody completes"`
	Electives int       `json:"electives" doc:"How many of the other courses must be completed"`
	Enrolment *string   `json:"enrolment"`
	State     string    `json:"state" enum:"none,open,complete"`
}

func programmeOffer(o course.OfferedProgramme) ProgrammeOfferBody {
	e := o.Entry
	b := ProgrammeOfferBody{ID: e.ID, Version: e.Version, Title: e.Title, Summary: e.Summary, Languages: e.Languages, Owner: OwnerBody{ID: e.Owner, Name: e.OwnerName},
		Courses: len(e.Courses), Required: e.Required(), Electives: e.Electives, State: "none"}
	if o.Pursuit != nil {
		b.Enrolment, b.State = &o.Pursuit.ID, pursuitState(o.Pursuit)
	}
	return b
}

func pursuitState(p *course.Pursuit) string {
	switch {
	case p == nil:
		return "none"
	case p.State == course.Completed:
		return "complete"
	}
	return "open"
}

func (h *handlers) programmeCatalogue(ctx context.Context, in *struct {
	peoplehttp.Anyone
	peoplehttp.List
	Q string `query:"q" maxLength:"200" doc:"Part of the title"`
}) (*peoplehttp.Out[peoplehttp.Page[ProgrammeOfferBody]], error) {
	os, next, err := h.svc.ProgrammeOffers(ctx, in.By, in.Q, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(os, next, programmeOffer)), err
}

// ProgrammePartBody is a course of a programme, with how far the person who asks has come.
type ProgrammePartBody struct {
	Course          CourseRefBody    `json:"course"`
	Elective        bool             `json:"elective"`
	State           string           `json:"state" enum:"none,open,complete,revoked" doc:"revoked: its record was withdrawn and does not count"`
	Available       bool             `json:"available" doc:"It is begun, or can be"`
	Minutes         int              `json:"minutes,omitempty"`
	Lessons         int              `json:"lessons,omitempty"`
	Enrolment       string           `json:"enrolment,omitempty" doc:"Id, of the course"`
	Done            int              `json:"done" doc:"Needed lessons that are done"`
	Of              int              `json:"of" doc:"Needed lessons; 0 while the course is not begun"`
	Next            *NextBody        `json:"next,omitempty"`
	Requirement     *RequirementBody `json:"requirement,omitempty" doc:"Of the next lesson"`
	Completed       *time.Time       `json:"completed,omitempty"`
	Certificate     string           `json:"certificate,omitempty" doc:"Id of the completion"`
	CertificateCode string           `json:"certificateCode,omitempty" doc:"Code in the certificate's public address"`
}

func (c calendar) part(p course.Part) ProgrammePartBody {
	b := ProgrammePartBody{Course: courseRef(p.Course), Elective: p.Course.Elective, State: "none", Available: p.Entry != nil || p.Study != nil}
	if p.Entry != nil {
		b.Course.Title, b.Course.Languages, b.Minutes, b.Lessons = p.Entry.Title, p.Entry.Languages, p.Entry.Minutes, p.Entry.Lessons
	}
	if p.Study == nil {
		return b
	}
	e := c.enrolment(*p.Study)
	b.Course, b.Minutes, b.Lessons, b.Enrolment, b.Done, b.Of, b.Next, b.Requirement = e.Course, e.Minutes, len(p.Study.Needs), e.ID, e.Done, e.Of, e.Next, e.Requirement
	b.State, b.Completed, b.Certificate, b.CertificateCode = e.State, e.Completed, e.Certificate, e.CertificateC
	if e.Withdrawn {
		b.State = "revoked"
	}
	return b
}

// ProgrammeMissingBody is one thing that a programme still asks for: plain facts, from which the page makes the sentence.
type ProgrammeMissingBody struct {
	Kind        string           `json:"kind" enum:"course,electives"`
	Course      *CourseRefBody   `json:"course,omitempty" doc:"course: a required one that is not complete"`
	State       string           `json:"state,omitempty" enum:"none,open,revoked" doc:"course: of it"`
	Done        int              `json:"done,omitempty" doc:"course: needed lessons that are done"`
	Of          int              `json:"of,omitempty" doc:"course: needed lessons; 0 while it is not begun"`
	Requirement *RequirementBody `json:"requirement,omitempty" doc:"course: of its next lesson"`
	Count       int              `json:"count,omitempty" doc:"electives: how many are still to be completed"`
	Courses     []CourseRefBody  `json:"courses,omitempty" doc:"electives: which ones can be chosen"`
}

// CountBody says how many of how many are done.
type CountBody struct {
	Done   int `json:"done"`
	Needed int `json:"needed" doc:"How many must be"`
	Of     int `json:"of" doc:"How many there are"`
}

// ProgrammeStudyBody is a programme with the state of each course for the person who asks, and what is missing.
type ProgrammeStudyBody struct {
	ID              string                 `json:"id" doc:"Of the programme"`
	Version         int                    `json:"version"`
	Newer           int                    `json:"newer,omitempty" doc:"A later version that is offered; enrolling again goes on with it"`
	Title           Text                   `json:"title"`
	Summary         Text                   `json:"summary"`
	Languages       []string               `json:"languages"`
	Owner           OwnerBody              `json:"owner"`
	Enrolment       *string                `json:"enrolment" doc:"Id, in the programme"`
	State           string                 `json:"state" enum:"none,open,complete"`
	Begun           *time.Time             `json:"begun,omitempty"`
	Due             *time.Time             `json:"due,omitempty" doc:"When the day ends by which HR wants it completed"`
	DueDay          string                 `json:"dueDay,omitempty" format:"date" doc:"That day, as the town has said it"`
	Completed       *time.Time             `json:"completed,omitempty"`
	Certificate     string                 `json:"certificate,omitempty" doc:"Id of the completion"`
	CertificateCode string                 `json:"certificateCode,omitempty" doc:"Code in the certificate's public address"`
	Withdrawn       bool                   `json:"withdrawn,omitempty"`
	Required        CountBody              `json:"required"`
	Electives       CountBody              `json:"electives"`
	Courses         []ProgrammePartBody    `json:"courses" doc:"In the proposed order"`
	Missing         []ProgrammeMissingBody `json:"missing" doc:"Empty once the programme is complete"`
}

func (c calendar) programme(st course.ProgrammeStudy) ProgrammeStudyBody {
	v := st.Version
	b := ProgrammeStudyBody{ID: v.Programme, Version: v.Number, Newer: st.Newer, Title: v.Title, Summary: v.Summary, Languages: v.Languages,
		Owner: OwnerBody{ID: st.Owner, Name: st.OwnerName}, State: pursuitState(st.Pursuit), Courses: []ProgrammePartBody{}, Missing: []ProgrammeMissingBody{}}
	if p := st.Pursuit; p != nil {
		b.Enrolment, b.Begun, b.Due, b.DueDay = &p.ID, &p.Created, p.Due, c.day(p.Due)
		if p.Decision != nil {
			b.Completed = &p.Decision.At
		}
	}
	if done := st.Completion; done != nil {
		b.Certificate, b.CertificateCode, b.Withdrawn = done.ID, done.Certificate, done.Withdrawn
	}
	required, left := st.Left()
	var choice []CourseRefBody
	for _, p := range st.Parts {
		x := c.part(p)
		b.Courses = append(b.Courses, x)
		if x.Elective {
			b.Electives.Of++
			if p.Done() {
				b.Electives.Done++
			} else if x.Available && x.State != "revoked" {
				choice = append(choice, x.Course)
			}
			continue
		}
		b.Required.Of++
		if b.State != "complete" && !p.Done() {
			state := x.State
			if state == "complete" {
				state = "open" // complete a moment ago, and not recorded yet
			}
			b.Missing = append(b.Missing, ProgrammeMissingBody{Kind: "course", Course: &x.Course, State: state, Done: x.Done, Of: x.Of, Requirement: x.Requirement})
		}
	}
	b.Required.Needed, b.Required.Done, b.Electives.Needed = b.Required.Of, b.Required.Of-required, v.Electives
	if b.State != "complete" && left > 0 {
		b.Missing = append(b.Missing, ProgrammeMissingBody{Kind: "electives", Count: left, Courses: choice})
	}
	return b
}

func (h *handlers) programmeOffered(ctx context.Context, in *struct {
	peoplehttp.Anyone
	ID string `path:"id" maxLength:"64"`
}) (*peoplehttp.Out[ProgrammeStudyBody], error) {
	st, err := h.svc.ProgrammeOffer(ctx, in.By, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.programme(st)), err
}

func (h *handlers) pursue(ctx context.Context, in *struct {
	signed
	Body struct {
		Programme string `json:"programme" maxLength:"64"`
	}
}) (*peoplehttp.Out[ProgrammeStudyBody], error) {
	p, err := h.svc.Pursue(ctx, in.By, in.Body.Programme)
	if err != nil {
		return nil, err
	}
	st, err := h.svc.Pursued(ctx, in.By, p.ID)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.programme(st)), err
}

func (h *handlers) pursuits(ctx context.Context, in *struct {
	signed
	peoplehttp.List
	State string `query:"state" default:"open" enum:"open,complete"`
}) (*peoplehttp.Out[peoplehttp.Page[ProgrammeStudyBody]], error) {
	state := course.Active
	if in.State == "complete" {
		state = course.Completed
	}
	sts, next, err := h.svc.Pursuits(ctx, in.By, state, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(peoplehttp.PageOf(sts, next, c.programme)), err
}

func (h *handlers) pursuit(ctx context.Context, in *EnrolmentInput) (*peoplehttp.Out[ProgrammeStudyBody], error) {
	st, err := h.svc.Pursued(ctx, in.By, in.E)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.programme(st)), err
}

// EarnedBody is a course that a completed programme rests on, as its record says.
type EarnedBody struct {
	Course    string    `json:"course" doc:"Id"`
	Title     Text      `json:"title"`
	Elective  bool      `json:"elective"`
	Record    string    `json:"record" doc:"Number of the ledger's entry"`
	ID        string    `json:"id" doc:"Of the completion"`
	Version   int       `json:"version"`
	Completed time.Time `json:"completed"`
	Minutes   int       `json:"minutes"`
}
