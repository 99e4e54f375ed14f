package bootcamphttp

import (
	"context"
	"time"

	"palestra/bootcamp"
	"palestra/people/peoplehttp"
)

// SessionIn names a session.
type SessionIn struct {
	In
	Session string `path:"s" maxLength:"64"`
}

type sessionOutput struct {
	ETag string `header:"ETag"`
	Body CohortSessionBody
}

func (h *handlers) sessionOut(e bootcamp.Session, leads bool, err error) (*sessionOutput, error) {
	if err != nil {
		return nil, err
	}
	b, err := h.session(e, leads)
	return &sessionOutput{ETag: peoplehttp.ETag(e.Edition), Body: b}, err
}

// CohortSessionChangeBody is what is set in a session; what is not there stays.
type CohortSessionChangeBody struct {
	Kind         *string           `json:"kind,omitempty" enum:"conference,seminar,workshop,hackathon,training,codesign,helpdesk,mobility,visit,other"`
	Mode         *string           `json:"mode,omitempty" enum:"online,presence,mixed"`
	Title        *string           `json:"title,omitempty" maxLength:"200"`
	Language     *string           `json:"language,omitempty" maxLength:"10"`
	Description  *string           `json:"description,omitempty" maxLength:"4000" doc:"Markdown"`
	Local        *string           `json:"local,omitempty" maxLength:"16" doc:"As the clock on the wall of the zone shows it: 2026-11-24T09:30"`
	Zone         *string           `json:"zone,omitempty" maxLength:"64" doc:"IANA"`
	Later        *bool             `json:"later,omitempty"`
	Minutes      *int              `json:"minutes,omitempty" minimum:"5" maximum:"1440"`
	Place        *VenueBody        `json:"place,omitempty"`
	Link         *string           `json:"link,omitempty" maxLength:"2000"`
	Telephone    *string           `json:"telephone,omitempty" maxLength:"200"`
	Facilitators *[]string         `json:"facilitators,omitempty" maxItems:"50"`
	Agenda       *[]AgendaItemBody `json:"agenda,omitempty" maxItems:"100"`
	Materials    *[]MaterialBody   `json:"materials,omitempty" maxItems:"50"`
}

func (c CohortSessionChangeBody) change() bootcamp.SessionChange {
	ch := bootcamp.SessionChange{Kind: c.Kind, Mode: c.Mode, Title: c.Title, Language: c.Language, Description: c.Description, Local: c.Local, Zone: c.Zone, Later: c.Later,
		Minutes: c.Minutes, Link: c.Link, Telephone: c.Telephone, Facilitators: c.Facilitators,
		Agenda:    all(c.Agenda, func(i AgendaItemBody) bootcamp.Item { return bootcamp.Item(i) }),
		Materials: all(c.Materials, func(m MaterialBody) bootcamp.Material { return bootcamp.Material(m) })}
	if c.Place != nil {
		p := bootcamp.Place(*c.Place)
		ch.Place = &p
	}
	return ch
}

func (h *handlers) sessions(ctx context.Context, in *struct {
	CohortIn
	peoplehttp.List
	From time.Time `query:"from" doc:"Only those that begin then or later"`
}) (*peoplehttp.Out[peoplehttp.Page[CohortSessionBody]], error) {
	var from *time.Time
	if !in.From.IsZero() {
		from = &in.From
	}
	p, leads, err := h.svc.Sessions(ctx, in.By, in.Bootcamp, in.Cohort, from, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	page := peoplehttp.Page[CohortSessionBody]{Items: []CohortSessionBody{}, Next: p.Next}
	for _, e := range p.Docs {
		b, err := h.session(e, leads)
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, b)
	}
	return out(page), nil
}

func (h *handlers) addSession(ctx context.Context, in *struct {
	CohortIn
	Body CohortSessionChangeBody
}) (*sessionOutput, error) {
	e, err := h.svc.AddSession(ctx, in.By, in.Bootcamp, in.Cohort, in.Body.change())
	return h.sessionOut(e, true, err)
}

func (h *handlers) getSession(ctx context.Context, in *SessionIn) (*sessionOutput, error) {
	return h.sessionOut(h.svc.Session(ctx, in.By, in.Bootcamp, in.Session))
}

func (h *handlers) updateSession(ctx context.Context, in *struct {
	SessionIn
	peoplehttp.IfMatch
	Body CohortSessionChangeBody
}) (*sessionOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	e, err := h.svc.UpdateSession(ctx, in.By, in.Bootcamp, in.Session, rev, in.Body.change())
	return h.sessionOut(e, true, err)
}

func (h *handlers) cancelSession(ctx context.Context, in *SessionIn) (*sessionOutput, error) {
	e, err := h.svc.CancelSession(ctx, in.By, in.Bootcamp, in.Session)
	return h.sessionOut(e, true, err)
}

func (h *handlers) copySession(ctx context.Context, in *struct {
	SessionIn
	Body struct {
		Cohort string `json:"cohort" maxLength:"64" doc:"Id"`
		Local  string `json:"local" maxLength:"16"`
	}
}) (*sessionOutput, error) {
	e, err := h.svc.CopySession(ctx, in.By, in.Bootcamp, in.Session, in.Body.Cohort, in.Body.Local)
	return h.sessionOut(e, true, err)
}

// CalendarBody says whether somebody has a calendar feed.
type CalendarBody struct {
	Since *time.Time `json:"since,omitempty"`
}

func (h *handlers) calendar(ctx context.Context, in *signed) (*peoplehttp.Out[CalendarBody], error) {
	since, err := h.svc.HasCalendar(ctx, in.By)
	return out(CalendarBody{since}), err
}

func (h *handlers) makeCalendar(ctx context.Context, in *signed) (*peoplehttp.Out[SecretLinkBody], error) {
	secret, err := h.svc.MakeCalendar(ctx, in.By)
	if err != nil {
		return nil, err
	}
	return out(SecretLinkBody{h.publicURL + feeds + secret + ".ics"}), nil
}

func (h *handlers) endCalendar(ctx context.Context, in *signed) (*none, error) {
	return nil, h.svc.EndCalendar(ctx, in.By)
}
