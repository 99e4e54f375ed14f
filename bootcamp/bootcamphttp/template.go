package bootcamphttp

import (
	"context"
	"time"

	"palestra/bootcamp"
	"palestra/people/peoplehttp"
)

// RunSheetLineBody is a template in a list.
type RunSheetLineBody struct {
	ID       string    `json:"id"`
	Edition  int64     `json:"edition" doc:"For If-Match"`
	Name     string    `json:"name"`
	Sessions int       `json:"sessions"`
	Days     int       `json:"days"`
	Updated  time.Time `json:"updated"`
}

// PlannedBody is a session of a template: without its day and its people.
type PlannedBody struct {
	Day      int    `json:"day" doc:"After the first, which is 0"`
	Clock    string `json:"clock" doc:"As the clock on the wall of the zone shows it: 09:30"`
	Zone     string `json:"zone" doc:"IANA"`
	Kind     string `json:"kind" enum:"conference,seminar,workshop,hackathon,training,codesign,helpdesk,mobility,visit,other"`
	Mode     string `json:"mode" enum:"online,presence,mixed"`
	Title    string `json:"title"`
	Language string `json:"language"`
	Minutes  int    `json:"minutes"`
}

// RunSheetBody is a template.
type RunSheetBody struct {
	RunSheetLineBody
	Sheet []PlannedBody `json:"sheet"`
}

func templateLine(t bootcamp.Template) RunSheetLineBody {
	return RunSheetLineBody{ID: t.ID, Edition: t.Edition, Name: t.Name, Sessions: len(t.Sheet), Days: t.Days(), Updated: t.Updated}
}

type templateOutput struct {
	ETag string `header:"ETag"`
	Body RunSheetBody
}

func templateOut(t bootcamp.Template, err error) (*templateOutput, error) {
	if err != nil {
		return nil, err
	}
	b := RunSheetBody{RunSheetLineBody: templateLine(t), Sheet: []PlannedBody{}}
	for _, p := range t.Sheet {
		b.Sheet = append(b.Sheet, PlannedBody{Day: p.Day, Clock: p.Clock, Zone: p.Zone, Kind: p.Kind, Mode: p.Mode, Title: p.Title, Language: p.Language, Minutes: p.Minutes})
	}
	return &templateOutput{ETag: peoplehttp.ETag(t.Edition), Body: b}, nil
}

func (h *handlers) templates(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[RunSheetLineBody]], error) {
	p, err := h.svc.Templates(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, templateLine)), nil
}

// RunSheetFromBody says from where a run-sheet is taken: a template, a cohort, or one session.
type RunSheetFromBody struct {
	Template string `json:"template,omitempty" maxLength:"64" doc:"Id; else"`
	Bootcamp string `json:"bootcamp,omitempty" maxLength:"64" doc:"Id, with one of"`
	Cohort   string `json:"cohort,omitempty" maxLength:"64" doc:"Id"`
	Session  string `json:"session,omitempty" maxLength:"64" doc:"Id"`
}

func (h *handlers) keep(ctx context.Context, in *struct {
	peoplehttp.Signed
	Body struct {
		Name string           `json:"name" maxLength:"200"`
		From RunSheetFromBody `json:"from"`
	}
}) (*templateOutput, error) {
	return templateOut(h.svc.Keep(ctx, in.By, in.Body.Name, bootcamp.Source(in.Body.From)))
}

// TemplateIn names a template.
type TemplateIn struct {
	peoplehttp.Signed
	Template string `path:"t" maxLength:"64"`
}

func (h *handlers) template(ctx context.Context, in *TemplateIn) (*templateOutput, error) {
	return templateOut(h.svc.Template(ctx, in.By, in.Template))
}

func (h *handlers) renameTemplate(ctx context.Context, in *struct {
	TemplateIn
	peoplehttp.IfMatch
	Body struct {
		Name string `json:"name" maxLength:"200"`
	}
}) (*templateOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	return templateOut(h.svc.RenameTemplate(ctx, in.By, in.Template, rev, in.Body.Name))
}

func (h *handlers) dropTemplate(ctx context.Context, in *TemplateIn) (*none, error) {
	return nil, h.svc.DropTemplate(ctx, in.By, in.Template)
}

// LaidSessionBody is a session as a copied run-sheet plans it.
type LaidSessionBody struct {
	ID       string         `json:"id,omitempty" doc:"Once it is planned"`
	Title    string         `json:"title"`
	Language string         `json:"language"`
	Local    string         `json:"local" doc:"2026-11-24T09:30"`
	Zone     string         `json:"zone" doc:"IANA"`
	Starts   *time.Time     `json:"starts,omitempty" doc:"Missing if there is no such time"`
	Minutes  int            `json:"minutes"`
	Twice    bool           `json:"twice" doc:"Clocks go back: the wall shows this time twice on that day"`
	Wrong    string         `json:"wrong,omitempty" doc:"Code of what is in the way"`
	Params   map[string]any `json:"params,omitempty" doc:"Values for the words of that code"`
	Lost     []string       `json:"lost" doc:"Agenda items that come without their lesson: it was withdrawn, or is not for every town"`
}

// LaidBody is a run-sheet as it would be planned, or is.
type LaidBody struct {
	Planned  bool              `json:"planned" doc:"false: this was tried only"`
	Sessions []LaidSessionBody `json:"sessions"`
}

func (h *handlers) copySheet(ctx context.Context, in *struct {
	CohortIn
	Body struct {
		From  RunSheetFromBody `json:"from"`
		First string           `json:"first" maxLength:"10" doc:"The first day: 2026-11-24"`
		Key   string           `json:"key,omitempty" maxLength:"64" doc:"At least 8 characters, made up by who asks: sent again with the same key nothing more is planned. Without one the copy is only tried"`
	}
}) (*peoplehttp.Out[LaidBody], error) {
	from, body := bootcamp.Source(in.Body.From), LaidBody{Planned: in.Body.Key != "", Sessions: []LaidSessionBody{}}
	var lines []bootcamp.SheetLine
	var err error
	if body.Planned {
		lines, err = h.svc.CopySheet(ctx, in.By, in.Bootcamp, in.Cohort, from, in.Body.First, in.Body.Key)
	} else {
		lines, err = h.svc.TrySheet(ctx, in.By, in.Bootcamp, in.Cohort, from, in.Body.First)
	}
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		b := LaidSessionBody{ID: l.ID, Title: l.Title, Language: l.Language, Local: l.Local, Zone: l.Zone, Minutes: l.Minutes, Twice: l.Twice(), Lost: append([]string{}, l.Lost...)}
		if l.Wrong != nil {
			b.Wrong, b.Params = l.Wrong.Code, l.Wrong.Params
		} else {
			b.Starts = &l.Starts
		}
		body.Sessions = append(body.Sessions, b)
	}
	return out(body), nil
}
