package bootcamphttp

import (
	"context"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/people"
	"palestra/people/peoplehttp"
)

type actor = people.Actor

// CohortChangeBody is what is set in a cohort; what is not there stays.
type CohortChangeBody struct {
	Name     *string `json:"name,omitempty" maxLength:"200"`
	Language *string `json:"language,omitempty" maxLength:"10"`
	Joining  *string `json:"joining,omitempty" enum:"open,approval,invitation"`
	Seats    *int    `json:"seats,omitempty" minimum:"1" maximum:"1000"`
}

type cohortOutput struct {
	ETag string `header:"ETag"`
	Body CohortBody
}

func cohortOut(c bootcamp.Cohort, err error) (*cohortOutput, error) {
	if err != nil {
		return nil, err
	}
	return &cohortOutput{ETag: peoplehttp.ETag(c.Edition), Body: cohort(c, true)}, nil
}

func (h *handlers) createCohort(ctx context.Context, in *struct {
	In
	Body CohortChangeBody
}) (*cohortOutput, error) {
	return cohortOut(h.svc.CreateCohort(ctx, in.By, in.Bootcamp, bootcamp.CohortChange(in.Body)))
}

func (h *handlers) updateCohort(ctx context.Context, in *struct {
	CohortIn
	peoplehttp.IfMatch
	Body CohortChangeBody
}) (*cohortOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	return cohortOut(h.svc.UpdateCohort(ctx, in.By, in.Bootcamp, in.Cohort, rev, bootcamp.CohortChange(in.Body)))
}

func (h *handlers) deleteCohort(ctx context.Context, in *CohortIn) (*none, error) {
	return nil, h.svc.DeleteCohort(ctx, in.By, in.Bootcamp, in.Cohort)
}

func place(m bootcamp.Member, err error) (*peoplehttp.Out[CohortPlaceBody], error) {
	if err != nil {
		return nil, err
	}
	return out(CohortPlaceBody{Cohort: m.Cohort, State: m.State, Role: m.Role, Since: m.Since}), nil
}

func (h *handlers) join(ctx context.Context, in *CohortIn) (*peoplehttp.Out[CohortPlaceBody], error) {
	return place(h.svc.Join(ctx, in.By, in.Bootcamp, in.Cohort))
}

func (h *handlers) leave(ctx context.Context, in *CohortIn) (*none, error) {
	return nil, h.svc.Leave(ctx, in.By, in.Bootcamp, in.Cohort)
}

func (h *handlers) members(ctx context.Context, in *struct {
	CohortIn
	peoplehttp.List
	State string `query:"state" enum:"invited,asked,waiting,joined,left,removed,declined" default:"joined"`
}) (*peoplehttp.Out[peoplehttp.Page[CohortMemberBody]], error) {
	p, err := h.svc.Members(ctx, in.By, in.Bootcamp, in.Cohort, in.State, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	names := h.names()
	page := peoplehttp.Page[CohortMemberBody]{Items: []CohortMemberBody{}, Next: p.Next}
	for _, m := range p.Docs {
		b, err := names.member(ctx, m)
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, b)
	}
	return out(page), nil
}

// MemberIn names somebody in a cohort.
type MemberIn struct {
	CohortIn
	Person string `path:"p" maxLength:"64"`
}

func (h *handlers) changeMember(ctx context.Context, in *struct {
	MemberIn
	Body struct {
		Answer *bool  `json:"answer,omitempty" doc:"Lets somebody in who has asked, or not"`
		Role   string `json:"role,omitempty" enum:"participant,facilitator,observer"`
	}
}) (*peoplehttp.Out[CohortMemberBody], error) {
	var m bootcamp.Member
	var err error
	if in.Body.Answer != nil {
		m, err = h.svc.Answer(ctx, in.By, in.Bootcamp, in.Cohort, in.Person, *in.Body.Answer)
	}
	if err == nil && (in.Body.Role != "" || in.Body.Answer == nil) {
		m, err = h.svc.SetRole(ctx, in.By, in.Bootcamp, in.Cohort, in.Person, in.Body.Role)
	}
	if err != nil {
		return nil, err
	}
	b, err := h.names().member(ctx, m)
	return out(b), err
}

func (h *handlers) removeMember(ctx context.Context, in *MemberIn) (*none, error) {
	return nil, h.svc.Remove(ctx, in.By, in.Bootcamp, in.Cohort, in.Person)
}

// GuestBody is somebody to be invited.
type GuestBody struct {
	Email string `json:"email" maxLength:"254"`
	Name  string `json:"name,omitempty" maxLength:"200" doc:"For who is new"`
}

// CohortInvitedBody says what became of an invitation.
type CohortInvitedBody struct {
	Email string `json:"email"`
	State string `json:"state" enum:"invited,welcomed,already,address" doc:"welcomed: she is new and makes her account first; address: this is no e-mail address"`
}

func (h *handlers) invite(ctx context.Context, in *struct {
	CohortIn
	Body struct {
		Role   string      `json:"role,omitempty" enum:"participant,facilitator,observer" default:"participant"`
		Guests []GuestBody `json:"guests" minItems:"1" maxItems:"200"`
	}
}) (*peoplehttp.Out[peoplehttp.Page[CohortInvitedBody]], error) {
	guests := make([]bootcamp.Guest, 0, len(in.Body.Guests))
	for _, g := range in.Body.Guests {
		guests = append(guests, bootcamp.Guest{Email: g.Email, Name: g.Name})
	}
	list, err := h.svc.Invite(ctx, in.By, in.Bootcamp, in.Cohort, in.Body.Role, guests)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(list, "", func(i bootcamp.Invitation) CohortInvitedBody { return CohortInvitedBody(i) })), nil
}

// SecretLinkBody is an address that is shown once.
type SecretLinkBody struct {
	URL string `json:"url"`
}

func (h *handlers) makeLink(ctx context.Context, in *CohortIn) (*peoplehttp.Out[SecretLinkBody], error) {
	secret, err := h.svc.MakeLink(ctx, in.By, in.Bootcamp, in.Cohort)
	if err != nil {
		return nil, err
	}
	return out(SecretLinkBody{h.publicURL + "/join/" + secret}), nil
}

func (h *handlers) endLink(ctx context.Context, in *CohortIn) (*none, error) {
	return nil, h.svc.EndLink(ctx, in.By, in.Bootcamp, in.Cohort)
}

// LinkIn carries the secret of a link.
type LinkIn struct {
	peoplehttp.Signed
	Secret string `path:"secret" maxLength:"100"`
}

// LinkedBody is what a link leads to.
type LinkedBody struct {
	Bootcamp BootcampLineBody `json:"bootcamp"`
	Cohort   CohortBody       `json:"cohort"`
}

func (h *handlers) linked(ctx context.Context, in *LinkIn) (*peoplehttp.Out[LinkedBody], error) {
	b, c, err := h.svc.Linked(ctx, in.By, in.Secret)
	if err != nil {
		return nil, err
	}
	line, err := h.names().line(ctx, b, h.svc.Hosts(in.By, b))
	return out(LinkedBody{line, cohort(c, false)}), err
}

// JoinedBody says where one has a place now.
type JoinedBody struct {
	Bootcamp string          `json:"bootcamp"`
	Place    CohortPlaceBody `json:"place"`
}

func (h *handlers) joinByLink(ctx context.Context, in *LinkIn) (*peoplehttp.Out[JoinedBody], error) {
	m, err := h.svc.JoinByLink(ctx, in.By, in.Secret)
	if err != nil {
		return nil, err
	}
	return out(JoinedBody{m.Bootcamp, CohortPlaceBody{Cohort: m.Cohort, State: m.State, Role: m.Role, Since: m.Since}}), nil
}

// OwnCohortBody is a cohort in which the reader is.
type OwnCohortBody struct {
	Bootcamp string      `json:"bootcamp"`
	Cohort   string      `json:"cohort"`
	Title    course.Text `json:"title" doc:"Of the bootcamp"`
	Name     string      `json:"name" doc:"Of the cohort"`
}

func (h *handlers) own(ctx context.Context, in *signed) (*peoplehttp.Out[peoplehttp.Page[OwnCohortBody]], error) {
	list, err := h.svc.Own(ctx, in.By)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(list, "", func(o bootcamp.Own) OwnCohortBody { return OwnCohortBody(o) })), nil
}
