package coursehttp

import (
	"context"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// FollowedBody is a programme that people of the town follow.
type FollowedBody struct {
	ID        string   `json:"id"`
	Owner     string   `json:"owner"`
	Title     Text     `json:"title"`
	Languages []string `json:"languages"`
	Open      int      `json:"open" doc:"On the way; at most 1000 are counted, here and below"`
	Late      int      `json:"late" doc:"Of those, whose day has passed"`
	Complete  int      `json:"complete"`
}

func (h *handlers) followedProgrammes(ctx context.Context, in *struct {
	signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[FollowedBody]], error) {
	list, next, err := h.svc.FollowedProgrammes(ctx, in.By, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(list, next, func(f course.Followed) FollowedBody {
		return FollowedBody{ID: f.Programme, Owner: f.Owner, Title: f.Title, Languages: f.Languages, Open: f.Open, Late: f.Late, Complete: f.Complete}
	})), err
}

func (h *handlers) followers(ctx context.Context, in *struct {
	ProgrammeInput
	peoplehttp.List
	State string `query:"state" default:"open" enum:"open,late,complete"`
}) (*peoplehttp.Out[peoplehttp.Page[CompletionBody]], error) {
	lines, next, err := h.svc.Followers(ctx, in.By, in.ID, in.State, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(peoplehttp.PageOf(lines, next, c.completion)), err
}

// MoveBody is what moving followers of earlier versions to the offered one means for them.
type MoveBody struct {
	To        int            `json:"to" doc:"The version that is offered"`
	Followers int            `json:"followers" doc:"On earlier versions and not complete; of each town at most 1000 are counted"`
	Moving    bool           `json:"moving" doc:"Asked for, and not all moved yet"`
	Changes   []MoveFromBody `json:"changes"`
}

// MoveFromBody is what changes for those who follow one earlier version.
type MoveFromBody struct {
	Version      int             `json:"version"`
	Followers    int             `json:"followers"`
	Added        []CourseRefBody `json:"added"`
	Removed      []CourseRefBody `json:"removed"`
	Required     []CourseRefBody `json:"required" doc:"Elective until now"`
	Elective     []CourseRefBody `json:"elective" doc:"Required until now"`
	ElectivesWas int             `json:"electivesWas" doc:"How many electives are asked for until now"`
	ElectivesIs  int             `json:"electivesIs" doc:"And then"`
}

func moveBody(m course.Move) MoveBody {
	refs := func(list []course.ProgrammeCourse) []CourseRefBody {
		out := make([]CourseRefBody, 0, len(list))
		for _, c := range list {
			out = append(out, courseRef(c))
		}
		return out
	}
	b := MoveBody{To: m.To, Followers: m.Followers, Moving: m.Moving, Changes: []MoveFromBody{}}
	for _, c := range m.Changes {
		b.Changes = append(b.Changes, MoveFromBody{Version: c.Version, Followers: c.Followers, Added: refs(c.Added), Removed: refs(c.Removed), Required: refs(c.Required), Elective: refs(c.Elective),
			ElectivesWas: c.Electives[0], ElectivesIs: c.Electives[1]})
	}
	return b
}

func (h *handlers) previewMove(ctx context.Context, in *ProgrammeInput) (*peoplehttp.Out[MoveBody], error) {
	m, err := h.svc.PreviewMove(ctx, in.By, in.ID)
	return out(moveBody(m)), err
}

func (h *handlers) moveFollowers(ctx context.Context, in *struct {
	ProgrammeInput
	Body struct {
		To int `json:"to" minimum:"1" doc:"The version that was seen as offered"`
	}
}) (*peoplehttp.Out[MoveBody], error) {
	if err := h.svc.MoveFollowers(ctx, in.By, in.ID, in.Body.To); err != nil {
		return nil, err
	}
	return h.previewMove(ctx, &in.ProgrammeInput)
}
