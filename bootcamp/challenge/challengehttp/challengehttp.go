// Package challengehttp answers the JSON interface's part about challenges.
package challengehttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp/challenge"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc      *challenge.Service
	markdown *markdown.Renderer
}

type (
	signed = peoplehttp.Signed
	none   struct{}
)

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *challenge.Service) {
	h := &handlers{svc: svc, markdown: markdown.New()}
	api := e.API
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"challenges"}, DefaultStatus: status}
	}
	huma.Register(api, op("list-challenges", http.MethodGet, "/challenges", "What towns have not solved, what changed last first", 200), h.list)
	huma.Register(api, op("create-challenge", http.MethodPost, "/challenges", "Begin to state a challenge", 201), h.create)
	huma.Register(api, op("list-own-challenges", http.MethodGet, "/own-challenges", "What the own town has stated, drafts too", 200), h.own)
	huma.Register(api, op("get-challenge", http.MethodGet, "/challenges/{c}", "One challenge, and what became of it", 200), h.get)
	huma.Register(api, op("save-challenge", http.MethodPut, "/challenges/{c}", "Change what a challenge says", 200), h.save)
	huma.Register(api, op("delete-challenge", http.MethodDelete, "/challenges/{c}", "Delete a draft", 204), h.delete)
	huma.Register(api, op("publish-challenge", http.MethodPost, "/challenges/{c}/publish", "Put a draft on the board", 200), h.publish)
	huma.Register(api, op("sponsor-challenge", http.MethodPut, "/challenges/{c}/sponsorship", "Say that the own town has the problem, too", 200), h.sponsor)
	huma.Register(api, op("unsponsor-challenge", http.MethodDelete, "/challenges/{c}/sponsorship", "Take the own town from the sponsors", 200), h.unsponsor)
	huma.Register(api, op("take-challenge", http.MethodPut, "/challenges/{c}/team", "Give a challenge to a team of a cohort", 200), h.take)
	huma.Register(api, op("return-challenge", http.MethodDelete, "/challenges/{c}/team", "Give a challenge back to the board", 200), h.giveBack)
	huma.Register(api, op("say-to-challenge", http.MethodPost, "/challenges/{c}/notes", "Note where the team stands", 200), h.say)
	huma.Register(api, op("end-challenge", http.MethodPost, "/challenges/{c}/endings", "End a challenge as a practice, or say why it was not solved", 200), h.end)
	huma.Register(api, op("reopen-challenge", http.MethodPost, "/challenges/{c}/reopen", "Put a challenge that was not solved on the board again", 200), h.reopen)
	huma.Register(api, op("list-kindred-practices", http.MethodGet, "/challenges/{c}/practices", "Practices that have something in common with a challenge", 200), h.practices)
	huma.Register(api, op("list-kindred-experts", http.MethodGet, "/challenges/{c}/experts", "Experts who have something in common with a challenge", 200), h.experts)
}

// ChallengeIn names a challenge.
type ChallengeIn struct {
	peoplehttp.Signed
	Challenge string `path:"c" maxLength:"64"`
}

type challengeOutput struct {
	ETag string `header:"ETag"`
	Body ChallengeBody
}

func (h *handlers) out(ctx context.Context, by people.Actor, c challenge.Challenge, err error) (*challengeOutput, error) {
	if err != nil {
		return nil, err
	}
	published := false
	if c.State == challenge.StateSolved {
		if published, err = h.svc.Published(ctx, c.Endings[len(c.Endings)-1].Practice); err != nil {
			return nil, err
		}
	}
	b, err := body(by, c, published, h.markdown)
	return &challengeOutput{ETag: peoplehttp.ETag(c.Edition), Body: b}, err
}

func (h *handlers) list(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Words    string `query:"q" maxLength:"200"`
	Topic    string `query:"topic" maxLength:"20"`
	State    string `query:"state" enum:"open,taken,solved,unsolved"`
	Language string `query:"language" maxLength:"10"`
	Country  string `query:"country" maxLength:"2"`
}) (*peoplehttp.Out[peoplehttp.Page[ChallengeLineBody]], error) {
	p, err := h.svc.Board(ctx, in.By, challenge.Filter{Words: in.Words, Topic: in.Topic, State: in.State, Language: in.Language, Country: in.Country}, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[ChallengeLineBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, lineBody)}, nil
}

func (h *handlers) own(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[ChallengeLineBody]], error) {
	p, err := h.svc.OfTown(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[ChallengeLineBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, ownBody)}, nil
}

func (h *handlers) create(ctx context.Context, in *struct {
	signed
	Body struct {
		Content ChallengeContentBody `json:"content"`
	}
}) (*challengeOutput, error) {
	c, err := h.svc.Create(ctx, in.By, in.Body.Content.content())
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) get(ctx context.Context, in *ChallengeIn) (*challengeOutput, error) {
	c, err := h.svc.Challenge(ctx, in.By, in.Challenge)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) save(ctx context.Context, in *struct {
	ChallengeIn
	peoplehttp.IfMatch
	Body ChallengeContentBody
}) (*challengeOutput, error) {
	edition, err := in.Revision()
	if err != nil {
		return nil, err
	}
	c, err := h.svc.Save(ctx, in.By, in.Challenge, edition, in.Body.content())
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) delete(ctx context.Context, in *ChallengeIn) (*none, error) {
	return nil, h.svc.Delete(ctx, in.By, in.Challenge)
}

func (h *handlers) publish(ctx context.Context, in *ChallengeIn) (*challengeOutput, error) {
	c, err := h.svc.Publish(ctx, in.By, in.Challenge)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) sponsor(ctx context.Context, in *struct {
	ChallengeIn
	Body struct {
		Offer string `json:"offer" maxLength:"1000" doc:"What the town brings"`
	}
}) (*challengeOutput, error) {
	c, err := h.svc.Sponsor(ctx, in.By, in.Challenge, in.Body.Offer)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) unsponsor(ctx context.Context, in *ChallengeIn) (*challengeOutput, error) {
	c, err := h.svc.Unsponsor(ctx, in.By, in.Challenge)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) take(ctx context.Context, in *struct {
	ChallengeIn
	Body struct {
		Bootcamp string   `json:"bootcamp" maxLength:"64"`
		Cohort   string   `json:"cohort" maxLength:"64"`
		Name     string   `json:"name" maxLength:"120" doc:"Of the team"`
		Members  []string `json:"members" maxItems:"200" doc:"Persons with a place in the cohort"`
	}
}) (*challengeOutput, error) {
	c, err := h.svc.Take(ctx, in.By, in.Challenge, challenge.Taking(in.Body))
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) giveBack(ctx context.Context, in *ChallengeIn) (*challengeOutput, error) {
	c, err := h.svc.Return(ctx, in.By, in.Challenge)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) say(ctx context.Context, in *struct {
	ChallengeIn
	Body struct {
		Words string `json:"words" maxLength:"4000"`
	}
}) (*challengeOutput, error) {
	c, err := h.svc.Say(ctx, in.By, in.Challenge, in.Body.Words)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) end(ctx context.Context, in *struct {
	ChallengeIn
	Body struct {
		Solved  bool     `json:"solved" doc:"Whether a practice comes of it"`
		Reasons []string `json:"reasons,omitempty" maxItems:"20" doc:"money, people, law, technology, partners, need, time, other"`
		Words   string   `json:"words" maxLength:"4000" doc:"What the answer is, or why there is none"`
	}
}) (*challengeOutput, error) {
	c, err := h.svc.End(ctx, in.By, in.Challenge, challenge.Outcome(in.Body))
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) reopen(ctx context.Context, in *ChallengeIn) (*challengeOutput, error) {
	c, err := h.svc.Reopen(ctx, in.By, in.Challenge)
	return h.out(ctx, in.By, c, err)
}

func (h *handlers) practices(ctx context.Context, in *ChallengeIn) (*peoplehttp.Out[peoplehttp.Page[KindredPracticeBody]], error) {
	list, err := h.svc.Practices(ctx, in.By, in.Challenge)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[KindredPracticeBody]]{Body: peoplehttp.PageOf(list, "", kindredBody)}, nil
}

func (h *handlers) experts(ctx context.Context, in *ChallengeIn) (*peoplehttp.Out[peoplehttp.Page[KindredExpertBody]], error) {
	list, err := h.svc.Experts(ctx, in.By, in.Challenge)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[KindredExpertBody]]{Body: peoplehttp.PageOf(list, "", expertBody)}, nil
}
