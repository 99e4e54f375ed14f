package practicehttp

import (
	"context"

	"palestra/bootcamp/practice"
	"palestra/people/peoplehttp"
)

type adoptionOutput struct {
	ETag string `header:"ETag"`
	Body AdoptionBody
}

func adoptionOut(a practice.Adoption, err error) (*adoptionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &adoptionOutput{ETag: peoplehttp.ETag(a.Edition), Body: adoptionBody(a)}, nil
}

func (h *handlers) lineage(ctx context.Context, in *struct {
	PracticeIn
	Residents int64 `query:"residents" minimum:"0" doc:"Of the reader's town, to see how it went in towns like it"`
}) (*peoplehttp.Out[LineageBody], error) {
	a, err := h.svc.Adopters(ctx, in.By, in.Practice, in.Residents)
	if err != nil {
		return nil, err
	}
	return out(LineageBody{adopters(a.Branches), a.Interested, LikeBody(a.Like)}), nil
}

// AdoptionIn names an adoption of a practice.
type AdoptionIn struct {
	PracticeIn
	Adoption string `path:"a" maxLength:"130"`
}

// ShownAdoptionBody is an adoption as others see it.
type ShownAdoptionBody struct {
	AdoptionBody
	TownName string `json:"townName"`
	Country  string `json:"country"`
}

func (h *handlers) adoption(ctx context.Context, in *AdoptionIn) (*peoplehttp.Out[ShownAdoptionBody], error) {
	a, n, err := h.svc.Shown(ctx, in.By, in.Practice, in.Adoption)
	if err != nil {
		return nil, err
	}
	return out(ShownAdoptionBody{adoptionBody(a), n.TownName, n.Country}), nil
}

func (h *handlers) decide(ctx context.Context, in *struct {
	AdoptionIn
	Index int `path:"index" minimum:"0" maximum:"1000"`
	Body  struct {
		Take bool `json:"take"`
	}
}) (*peoplehttp.Out[AdoptionBody], error) {
	a, err := h.svc.Decide(ctx, in.By, in.Practice, in.Adoption, in.Index, in.Body.Take)
	if err != nil {
		return nil, err
	}
	return out(adoptionBody(a)), nil
}

func (h *handlers) ownAdoption(ctx context.Context, in *PracticeIn) (*adoptionOutput, error) {
	return adoptionOut(h.svc.Adoption(ctx, in.By, in.Practice))
}

func (h *handlers) adopt(ctx context.Context, in *struct {
	PracticeIn
	Body struct {
		From string `json:"from,omitempty" maxLength:"130" doc:"Adoption of another town whose way it takes; empty for the card's"`
		On   string `json:"on,omitempty" maxLength:"10" doc:"Day on which that began; empty for today"`
	}
}) (*adoptionOutput, error) {
	return adoptionOut(h.svc.Adopt(ctx, in.By, in.Practice, in.Body.From, in.Body.On))
}

func (h *handlers) describe(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.IfMatch
	Body struct {
		Changes   *[]AdoptionDifferenceBody `json:"changes,omitempty"`
		Summary   *string                   `json:"summary,omitempty" maxLength:"600"`
		Resources *[]PracticeResourceBody   `json:"resources,omitempty"`
		Evidence  *string                   `json:"evidence,omitempty" maxLength:"8000"`
		Lessons   *string                   `json:"lessons,omitempty" maxLength:"8000"`
		Learned   *[]LessonSecondBody       `json:"learned,omitempty"`
		Residents *int64                    `json:"residents,omitempty" minimum:"0"`
	}
}) (*adoptionOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	b := in.Body
	ch := practice.AdoptionChange{Summary: b.Summary, Evidence: b.Evidence, Lessons: b.Lessons, Residents: b.Residents}
	if b.Changes != nil {
		list := each(*b.Changes, func(c AdoptionDifferenceBody) practice.Change { return practice.Change(c) })
		ch.Changes = &list
	}
	if b.Resources != nil {
		list := resources(*b.Resources)
		ch.Resources = &list
	}
	if b.Learned != nil {
		list := lessons(*b.Learned)
		ch.Learned = &list
	}
	return adoptionOut(h.svc.Describe(ctx, in.By, in.Practice, rev, ch))
}

func (h *handlers) move(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.IfMatch
	Body struct {
		State string `json:"state" enum:"interested,understanding,adapting,using,dropped"`
		On    string `json:"on" format:"date"`
		Note  string `json:"note,omitempty" maxLength:"1000"`
	}
}) (*adoptionOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	return adoptionOut(h.svc.Move(ctx, in.By, in.Practice, rev, in.Body.State, in.Body.On, in.Body.Note))
}

// AdoptionLineBody is an adoption in the own town's list.
type AdoptionLineBody struct {
	AdoptionBody
	Title    Text   `json:"title" doc:"Of the practice"`
	TownName string `json:"townName" doc:"Whose practice it is"`
}

func (h *handlers) adoptions(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[AdoptionLineBody]], error) {
	p, err := h.svc.Adoptions(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	page := peoplehttp.Page[AdoptionLineBody]{Items: []AdoptionLineBody{}, Next: p.Next}
	for _, a := range p.Docs {
		c, err := h.svc.Card(ctx, a.Practice)
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, AdoptionLineBody{adoptionBody(a), c.Content.Title, c.TownName})
	}
	return out(page), nil
}
