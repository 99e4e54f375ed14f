package bootcamphttp

import (
	"context"

	"palestra/bootcamp"
	"palestra/people/peoplehttp"
)

// In names a bootcamp.
type In struct {
	peoplehttp.Signed
	Bootcamp string `path:"b" maxLength:"64"`
}

// CohortIn names a cohort.
type CohortIn struct {
	In
	Cohort string `path:"c" maxLength:"64"`
}

type bootcampOutput struct {
	ETag string `header:"ETag"`
	Body BootcampBody
}

// output answers with a bootcamp as its reader may see it.
func (h *handlers) output(ctx context.Context, by signed, b bootcamp.Bootcamp, err error) (*bootcampOutput, error) {
	if err != nil {
		return nil, err
	}
	names, hosting := h.names(), h.svc.Hosts(by.By, b)
	body := BootcampBody{Edition: b.Edition, Summary: b.Summary, HTML: Text{}, Towns: []CohortTownBody{}, Territories: append([]string{}, b.Territories...), Partners: []PartnerBody{},
		Funding: []FundingBody{}, Targets: BootcampTargetsBody(b.Targets), Cohorts: []CohortBody{}, Mine: []CohortPlaceBody{}}
	if body.BootcampLineBody, err = names.line(ctx, b, hosting); err != nil {
		return nil, err
	}
	for lang, text := range b.Summary {
		if body.HTML[lang], err = h.markdown.HTML(text); err != nil {
			return nil, err
		}
	}
	for _, id := range b.Towns {
		t, err := names.town(ctx, id)
		if err != nil {
			return nil, err
		}
		body.Towns = append(body.Towns, t)
	}
	for _, p := range b.Partners {
		body.Partners = append(body.Partners, PartnerBody(p))
	}
	for _, f := range b.Funding {
		body.Funding = append(body.Funding, FundingBody(f))
	}
	mine, err := h.svc.Mine(ctx, by.By, b.ID)
	if err != nil {
		return nil, err
	}
	leads := map[string]bool{}
	for _, m := range mine {
		body.Mine = append(body.Mine, CohortPlaceBody{Cohort: m.Cohort, State: m.State, Role: m.Role, Since: m.Since})
		leads[m.Cohort] = m.State == bootcamp.Joined && m.Role == bootcamp.RoleFacilitator
	}
	cohorts, err := h.svc.Cohorts(ctx, by.By, b.ID)
	for _, c := range cohorts {
		body.Cohorts = append(body.Cohorts, cohort(c, hosting || leads[c.ID]))
	}
	return &bootcampOutput{ETag: peoplehttp.ETag(b.Edition), Body: body}, err
}

func cohort(c bootcamp.Cohort, leads bool) CohortBody {
	b := CohortBody{ID: c.ID, Edition: c.Edition, Name: c.Name, Language: c.Language, Joining: c.Joining, Seats: c.Seats, Taken: len(c.Seated), Waiting: len(c.Waiting), Leads: leads}
	if leads {
		b.Linked, b.Expected = c.Link != "", len(c.Expected)
	}
	return b
}

func (h *handlers) bootcamps(ctx context.Context, in *struct {
	signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[BootcampLineBody]], error) {
	p, err := h.svc.Bootcamps(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	names := h.names()
	page := peoplehttp.Page[BootcampLineBody]{Items: []BootcampLineBody{}, Next: p.Next}
	for _, b := range p.Docs {
		line, err := names.line(ctx, b, h.svc.Hosts(in.By, b))
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, line)
	}
	return out(page), nil
}

// BootcampChangeBody is what is set in a bootcamp; what is not there stays.
type BootcampChangeBody struct {
	Title       Text                 `json:"title,omitempty"`
	Summary     Text                 `json:"summary,omitempty"`
	Languages   []string             `json:"languages,omitempty" maxItems:"9"`
	Towns       *[]string            `json:"towns,omitempty" maxItems:"500" doc:"Ids of organisations"`
	Territories *[]string            `json:"territories,omitempty" maxItems:"50"`
	Zone        *string              `json:"zone,omitempty" maxLength:"64" doc:"IANA"`
	First       *string              `json:"first,omitempty" maxLength:"10"`
	Last        *string              `json:"last,omitempty" maxLength:"10"`
	Partners    *[]PartnerBody       `json:"partners,omitempty" maxItems:"50"`
	Funding     *[]FundingBody       `json:"funding,omitempty" maxItems:"50"`
	Targets     *BootcampTargetsBody `json:"targets,omitempty"`
}

// all converts the elements of a list.
func all[F, T any](from *[]F, to func(F) T) *[]T {
	if from == nil {
		return nil
	}
	list := make([]T, 0, len(*from))
	for _, f := range *from {
		list = append(list, to(f))
	}
	return &list
}

func (c BootcampChangeBody) change() bootcamp.Change {
	ch := bootcamp.Change{Title: c.Title, Summary: c.Summary, Languages: c.Languages, Towns: c.Towns, Territories: c.Territories, Zone: c.Zone, First: c.First, Last: c.Last,
		Partners: all(c.Partners, func(p PartnerBody) bootcamp.Partner { return bootcamp.Partner(p) }),
		Funding:  all(c.Funding, func(f FundingBody) bootcamp.Funding { return bootcamp.Funding(f) })}
	if c.Targets != nil {
		t := bootcamp.Targets(*c.Targets)
		ch.Targets = &t
	}
	return ch
}

func (h *handlers) create(ctx context.Context, in *struct {
	signed
	Body BootcampChangeBody
}) (*bootcampOutput, error) {
	b, err := h.svc.Create(ctx, in.By, in.Body.change())
	return h.output(ctx, in.signed, b, err)
}

func (h *handlers) bootcamp(ctx context.Context, in *In) (*bootcampOutput, error) {
	b, err := h.svc.Bootcamp(ctx, in.By, in.Bootcamp)
	return h.output(ctx, in.Signed, b, err)
}

func (h *handlers) update(ctx context.Context, in *struct {
	In
	peoplehttp.IfMatch
	Body BootcampChangeBody
}) (*bootcampOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	b, err := h.svc.Update(ctx, in.By, in.Bootcamp, rev, in.Body.change())
	return h.output(ctx, in.Signed, b, err)
}

func (h *handlers) delete(ctx context.Context, in *In) (*none, error) {
	return nil, h.svc.Delete(ctx, in.By, in.Bootcamp)
}

func (h *handlers) turn(ctx context.Context, in *struct {
	In
	Body struct {
		State string `json:"state" enum:"open,closed,cancelled"`
	}
}) (*bootcampOutput, error) {
	turn := map[string]func(context.Context, actor, string) (bootcamp.Bootcamp, error){
		bootcamp.StateOpen: h.svc.Publish, bootcamp.StateClosed: h.svc.Close, bootcamp.StateCancelled: h.svc.Cancel}[in.Body.State]
	b, err := turn(ctx, in.By, in.Bootcamp)
	return h.output(ctx, in.Signed, b, err)
}
