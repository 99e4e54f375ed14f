// Package promotionhttp answers the JSON interface's part about drafts that are made of what was said.
package promotionhttp

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp"
	"palestra/bootcamp/discussion"
	"palestra/bootcamp/live"
	"palestra/bootcamp/practice"
	"palestra/bootcamp/promotion"
	"palestra/internal/fault"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc      *promotion.Service
	talks    *discussion.Service
	rooms    *live.Service
	markdown *markdown.Renderer
}

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *promotion.Service, talks *discussion.Service, rooms *live.Service) {
	h := &handlers{svc: svc, talks: talks, rooms: rooms, markdown: markdown.New()}
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"promotions"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("promote-post", http.MethodPost, "/discussions/{place}/posts/{p}/drafts", "Make a draft of a post: for who leads", 200), h.post)
	huma.Register(e.API, op("promote-from-room", http.MethodPost, "/bootcamps/{b}/sessions/{s}/room/drafts", "Make a draft of a message, a passage of the notes or a decision: for who leads", 200), h.room)
	huma.Register(e.API, op("get-credit", http.MethodGet, "/credits/{c}", "What was made of one's words", 200), h.asked)
	huma.Register(e.API, op("answer-credit", http.MethodPut, "/credits/{c}", "Say whether one agrees to what was made of one's words", 200), h.answer)
}

// PromotionCreditBody is somebody who said it.
type PromotionCreditBody struct {
	Name     string `json:"name"`
	TownName string `json:"townName"`
	State    string `json:"state" enum:"asked,agreed,nameless,declined"`
}

// PromotionBody is a draft that was made of what was said.
type PromotionBody struct {
	Into    string                `json:"into" enum:"practice,challenge"`
	Draft   string                `json:"draft" doc:"Its id"`
	Opens   bool                  `json:"opens" doc:"Whether the reader may open it"`
	Credits []PromotionCreditBody `json:"credits"`
}

func (h *handlers) promote(ctx context.Context, by people.Actor, into string, q bootcamp.Quote, err error) (*peoplehttp.Out[PromotionBody], error) {
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Promote(ctx, by, into, q)
	if err != nil {
		return nil, err
	}
	b := PromotionBody{Into: p.Into, Draft: p.Draft, Credits: []PromotionCreditBody{}}
	for _, c := range p.Credits {
		b.Credits = append(b.Credits, PromotionCreditBody{c.Name, c.TownName, c.State})
	}
	b.Opens, err = h.svc.Opens(ctx, by, p)
	return &peoplehttp.Out[PromotionBody]{Body: b}, err
}

func (h *handlers) post(ctx context.Context, in *struct {
	peoplehttp.Signed
	Place string `path:"place" maxLength:"200" doc:"cohort.<bootcamp>.<cohort> or practice.<practice>"`
	Post  string `path:"p" maxLength:"64"`
	Body  struct {
		Into string `json:"into" enum:"practice,challenge"`
	}
}) (*peoplehttp.Out[PromotionBody], error) {
	place, err := discussion.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	q, err := h.talks.Quote(ctx, in.By, place, in.Post)
	return h.promote(ctx, in.By, in.Body.Into, q, err)
}

func (h *handlers) room(ctx context.Context, in *struct {
	peoplehttp.Signed
	Bootcamp string `path:"b" maxLength:"64"`
	Session  string `path:"s" maxLength:"64"`
	Body     struct {
		Into     string   `json:"into" enum:"practice,challenge"`
		Kind     string   `json:"kind" enum:"message,notes,decision"`
		Number   int64    `json:"number,omitempty" minimum:"0" doc:"Of the message or the decision"`
		Words    string   `json:"words,omitempty" maxLength:"8000" doc:"A passage of the notes"`
		Language string   `json:"language,omitempty" maxLength:"20" doc:"Of the passage"`
		Whom     []string `json:"whom,omitempty" maxItems:"20" doc:"Who wrote the passage"`
	}
}) (*peoplehttp.Out[PromotionBody], error) {
	q, err := h.rooms.Quote(ctx, in.By, live.Door{Bootcamp: in.Bootcamp, Session: in.Session},
		live.Quoted{Kind: in.Body.Kind, Number: in.Body.Number, Words: in.Body.Words, Language: in.Body.Language, Whom: in.Body.Whom})
	return h.promote(ctx, in.By, in.Body.Into, q, err)
}

// CreditIn names what somebody is asked.
type CreditIn struct {
	peoplehttp.Signed
	Credit string `path:"c" maxLength:"130" doc:"As the letter has it"`
}

func (in *CreditIn) parts() (host, id string, err error) {
	host, id, ok := strings.Cut(in.Credit, ".")
	if !ok || host == "" || id == "" {
		return "", "", fault.New(fault.NotFound, "promotion.not_found", "nobody asks you about this")
	}
	return host, id, nil
}

// CreditBody is what was made of somebody's words, and what she says to it.
type CreditBody struct {
	Into     string     `json:"into" enum:"practice,challenge"`
	Kind     string     `json:"kind" enum:"post,message,notes,decision"`
	By       string     `json:"by" doc:"Who has made it"`
	Language string     `json:"language"`
	Title    string     `json:"title"`
	HTML     string     `json:"html" doc:"Her words; empty once somebody has declined"`
	Path     string     `json:"path" doc:"Of the page on which it was said"`
	At       time.Time  `json:"at" doc:"When it was said"`
	State    string     `json:"state" enum:"asked,agreed,nameless,declined"`
	Answered *time.Time `json:"answered,omitempty"`
}

func (h *handlers) out(p promotion.Promotion, c practice.Credit, err error) (*peoplehttp.Out[CreditBody], error) {
	if err != nil {
		return nil, err
	}
	b := CreditBody{p.Into, p.Kind, p.By.Name, p.Language, p.Title, "", p.Path, c.At, c.State, c.Answered}
	b.HTML, err = h.markdown.HTML(p.Words)
	return &peoplehttp.Out[CreditBody]{Body: b}, err
}

func (h *handlers) asked(ctx context.Context, in *CreditIn) (*peoplehttp.Out[CreditBody], error) {
	host, id, err := in.parts()
	if err != nil {
		return nil, err
	}
	p, c, err := h.svc.Asked(ctx, in.By, host, id)
	return h.out(p, c, err)
}

func (h *handlers) answer(ctx context.Context, in *struct {
	CreditIn
	Body struct {
		Answer string `json:"answer" enum:"agreed,nameless,declined"`
	}
}) (*peoplehttp.Out[CreditBody], error) {
	host, id, err := in.parts()
	if err != nil {
		return nil, err
	}
	p, c, err := h.svc.Answer(ctx, in.By, host, id, in.Body.Answer)
	return h.out(p, c, err)
}
