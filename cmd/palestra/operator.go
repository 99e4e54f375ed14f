package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/internal/fault"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

// LetterBody is a letter as operators see it.
type LetterBody struct {
	ID      string    `json:"id"`
	To      string    `json:"to"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	Text    string    `json:"text,omitempty"`
	State   string    `json:"state" enum:"due,sent,kept,failed"`
	Reason  string    `json:"reason,omitempty"`
	Created time.Time `json:"created"`
}

func letterBody(l mail.Letter) LetterBody {
	return LetterBody{ID: l.ID, To: l.To, Kind: l.Kind, Subject: l.Subject, State: l.State, Reason: l.Reason, Created: l.Created}
}

// registerOperator adds what only operators of the installation see: its letters.
func registerOperator(e *web.Edge, post *mail.Post) {
	huma.Register(e.API, huma.Operation{OperationID: "list-letters", Method: http.MethodGet, Path: "/letters", Summary: "Letters sent or kept by this installation", Tags: []string{"operator"}},
		func(ctx context.Context, in *struct {
			peoplehttp.Signed
			peoplehttp.List
		}) (*peoplehttp.Out[peoplehttp.Page[LetterBody]], error) {
			if err := in.By.MustOperate(); err != nil {
				return nil, err
			}
			p, err := post.Letters(ctx, in.Cursor, in.Limit)
			return &peoplehttp.Out[peoplehttp.Page[LetterBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, letterBody)}, err
		})
	huma.Register(e.API, huma.Operation{OperationID: "get-letter", Method: http.MethodGet, Path: "/letters/{id}", Summary: "One letter with its text", Tags: []string{"operator"}},
		func(ctx context.Context, in *struct {
			peoplehttp.Signed
			ID string `path:"id" maxLength:"64"`
		}) (*peoplehttp.Out[LetterBody], error) {
			if err := in.By.MustOperate(); err != nil {
				return nil, err
			}
			l, err := post.Letter(ctx, in.ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil, fault.New(fault.NotFound, "mail.not_found", "no letter %s", in.ID)
			}
			b := letterBody(l)
			b.Text = l.Text
			return &peoplehttp.Out[LetterBody]{Body: b}, err
		})
}
