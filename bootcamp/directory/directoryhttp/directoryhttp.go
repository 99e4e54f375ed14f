// Package directoryhttp answers the JSON interface's part about the directory.
package directoryhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp/directory"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

type handlers struct{ svc *directory.Service }

type none struct{}

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *directory.Service) {
	h := &handlers{svc}
	api := e.API
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"directory"}, DefaultStatus: status}
	}
	huma.Register(api, op("list-directory", http.MethodGet, "/directory", "Who is listed, by name", 200), h.list)
	huma.Register(api, op("get-directory-entry", http.MethodGet, "/directory/{e}", "One entry", 200), h.get)
	huma.Register(api, op("list-expert-questions", http.MethodGet, "/directory/{e}/questions", "Conversations with an expert: to her all, to others their own", 200), h.questions)
	huma.Register(api, op("ask-expert", http.MethodPost, "/directory/{e}/questions", "Ask an expert; no address is shown to anybody", 201), h.ask)
	huma.Register(api, op("answer-expert-question", http.MethodPost, "/directory/{e}/questions/{q}/messages", "Go on with a conversation", 200), h.answer)
	huma.Register(api, op("get-own-directory-entry", http.MethodGet, "/own-directory/{kind}", "The own entry, or the own organisation's", 200), h.own)
	huma.Register(api, op("put-own-directory-entry", http.MethodPut, "/own-directory/{kind}", "Be listed, or change what stands there", 200), h.put)
	huma.Register(api, op("remove-own-directory-entry", http.MethodDelete, "/own-directory/{kind}", "Go from the directory", 204), h.remove)
	huma.Register(api, op("get-directory-form", http.MethodGet, "/directory-form", "What a form says of when it was shown", 200), h.form)
	huma.Register(api, op("ask-to-be-listed", http.MethodPost, "/directory-wishes", "Ask to be listed, from outside; the answer is always the same", 202), h.wish)
	huma.Register(api, op("ask-directory-link", http.MethodPost, "/directory-links", "Ask for a link to the own entry; the answer is always the same", 202), h.askLink)
	huma.Register(api, op("open-directory-link", http.MethodPost, "/directory-links/{secret}", "Use a link: once", 200), h.open)
	huma.Register(api, op("keep-directory-entry", http.MethodPut, "/directory-keys/{secret}", "Change an entry by its key", 200), h.keep)
	huma.Register(api, op("leave-directory", http.MethodDelete, "/directory-keys/{secret}", "Remove an entry by its key", 204), h.leave)
	huma.Register(api, op("list-directory-waiting", http.MethodGet, "/operator-directory", "Entries from outside: to operators", 200), h.waiting)
	huma.Register(api, op("decide-directory-entry", http.MethodPut, "/operator-directory/{e}", "List an entry from outside, or not", 200), h.decide)
}

// DirectoryContentBody is what an entry says.
type DirectoryContentBody struct {
	Name        string   `json:"name,omitempty" maxLength:"200" doc:"Of actors from outside; others are called what they are called"`
	Country     string   `json:"country,omitempty" maxLength:"2" doc:"Of actors from outside (ISO 3166-1 alpha-2)"`
	About       string   `json:"about" maxLength:"2000"`
	Ask         string   `json:"ask,omitempty" maxLength:"1000" doc:"What one may come with"`
	Page        string   `json:"page,omitempty" maxLength:"500"`
	Language    string   `json:"language" maxLength:"10" doc:"In which this is written"`
	Languages   []string `json:"languages" maxItems:"40" doc:"That are spoken"`
	Topics      []string `json:"topics" maxItems:"40"`
	Competences []string `json:"competences" maxItems:"40"`
	Labels      []string `json:"labels" maxItems:"40"`
}

// DirectoryEntryBody is somebody in the directory.
type DirectoryEntryBody struct {
	ID       string               `json:"id"`
	Kind     string               `json:"kind" enum:"expert,organisation,actor"`
	State    string               `json:"state" enum:"unproven,waiting,listed,refused"`
	Edition  int64                `json:"edition"`
	Content  DirectoryContentBody `json:"content"`
	TownName string               `json:"townName"`
	Own      bool                 `json:"own" doc:"Whether it is the reader's own"`
	Reason   string               `json:"reason,omitempty" doc:"Why it was refused"`
	Updated  time.Time            `json:"updated"`
}

func copied(list []string) []string { return append([]string{}, list...) }

func entryBody(e directory.Entry, person string) DirectoryEntryBody {
	c := DirectoryContentBody(e.Content)
	c.Languages, c.Topics, c.Competences, c.Labels = copied(c.Languages), copied(c.Topics), copied(c.Competences), copied(c.Labels)
	return DirectoryEntryBody{e.ID, e.Kind, e.State, e.Edition, c, e.TownName, e.Person != "" && e.Person == person, e.Reason, e.Updated}
}

type entryOutput = peoplehttp.Out[DirectoryEntryBody]

func entryOut(e directory.Entry, person string, err error) (*entryOutput, error) {
	if err != nil {
		return nil, err
	}
	return &entryOutput{Body: entryBody(e, person)}, nil
}

// EntryIn names an entry.
type EntryIn struct {
	peoplehttp.Signed
	Entry string `path:"e" maxLength:"64"`
}

// KindIn names an own entry.
type KindIn struct {
	peoplehttp.Signed
	Kind string `path:"kind" enum:"expert,organisation"`
}

// SecretIn is a link or a key.
type SecretIn struct {
	peoplehttp.Anyone
	Secret string `path:"secret" maxLength:"100"`
}

func (h *handlers) list(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Words    string `query:"q" maxLength:"200"`
	Kind     string `query:"kind" enum:"expert,organisation,actor"`
	Topic    string `query:"topic" maxLength:"20"`
	Language string `query:"language" maxLength:"10"`
	Country  string `query:"country" maxLength:"2"`
}) (*peoplehttp.Out[peoplehttp.Page[DirectoryEntryBody]], error) {
	p, err := h.svc.Entries(ctx, in.By, directory.Filter{Words: in.Words, Kind: in.Kind, Topic: in.Topic, Language: in.Language, Country: in.Country}, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[DirectoryEntryBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, func(e directory.Entry) DirectoryEntryBody { return entryBody(e, in.By.Person) })}, nil
}

func (h *handlers) get(ctx context.Context, in *EntryIn) (*entryOutput, error) {
	e, err := h.svc.Entry(ctx, in.By, in.Entry)
	return entryOut(e, in.By.Person, err)
}

func (h *handlers) own(ctx context.Context, in *KindIn) (*entryOutput, error) {
	e, err := h.svc.Own(ctx, in.By, in.Kind)
	return entryOut(e, in.By.Person, err)
}

func (h *handlers) put(ctx context.Context, in *struct {
	KindIn
	Body DirectoryContentBody
}) (*entryOutput, error) {
	e, err := h.svc.Put(ctx, in.By, in.Kind, directory.Content(in.Body))
	return entryOut(e, in.By.Person, err)
}

func (h *handlers) remove(ctx context.Context, in *KindIn) (*none, error) {
	return nil, h.svc.Remove(ctx, in.By, in.Kind)
}

// ExpertMessageBody is one part of a conversation.
type ExpertMessageBody struct {
	Expert   bool      `json:"expert" doc:"By the expert"`
	Name     string    `json:"name"`
	TownName string    `json:"townName"`
	Words    string    `json:"words"`
	Language string    `json:"language"`
	At       time.Time `json:"at"`
}

// ExpertQuestionBody is a question to an expert.
type ExpertQuestionBody struct {
	ID       string              `json:"id"`
	Messages []ExpertMessageBody `json:"messages"`
	Asked    time.Time           `json:"asked"`
}

func questionBody(q directory.Question) ExpertQuestionBody {
	b := ExpertQuestionBody{ID: q.ID, Messages: []ExpertMessageBody{}, Asked: q.Asked}
	for _, m := range q.Messages {
		b.Messages = append(b.Messages, ExpertMessageBody(m))
	}
	return b
}

func (h *handlers) questions(ctx context.Context, in *struct {
	EntryIn
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[ExpertQuestionBody]], error) {
	p, err := h.svc.Questions(ctx, in.By, in.Entry, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[ExpertQuestionBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, questionBody)}, nil
}

// ExpertWordsBody is what somebody says.
type ExpertWordsBody struct {
	Words string `json:"words" maxLength:"4000"`
}

func (h *handlers) ask(ctx context.Context, in *struct {
	EntryIn
	Body ExpertWordsBody
}) (*peoplehttp.Out[ExpertQuestionBody], error) {
	q, err := h.svc.Question(ctx, in.By, in.Entry, in.Body.Words)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[ExpertQuestionBody]{Body: questionBody(q)}, nil
}

func (h *handlers) answer(ctx context.Context, in *struct {
	EntryIn
	Question string `path:"q" maxLength:"64"`
	Body     ExpertWordsBody
}) (*peoplehttp.Out[ExpertQuestionBody], error) {
	q, err := h.svc.Answer(ctx, in.By, in.Entry, in.Question, in.Body.Words)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[ExpertQuestionBody]{Body: questionBody(q)}, nil
}

// DirectoryFormBody is a form that was shown.
type DirectoryFormBody struct {
	Stamp string `json:"stamp"`
}

func (h *handlers) form(context.Context, *struct{}) (*peoplehttp.Out[DirectoryFormBody], error) {
	return &peoplehttp.Out[DirectoryFormBody]{Body: DirectoryFormBody{h.svc.Form()}}, nil
}

func (h *handlers) wish(ctx context.Context, in *struct {
	peoplehttp.Anyone
	Body struct {
		Stamp   string               `json:"stamp" maxLength:"100"`
		Company string               `json:"company,omitempty" maxLength:"500" doc:"Leave empty"`
		Email   string               `json:"email" maxLength:"254" doc:"Shown to nobody"`
		Locale  string               `json:"locale" maxLength:"10"`
		Content DirectoryContentBody `json:"content"`
	}
}) (*none, error) {
	b := in.Body
	return nil, h.svc.Ask(ctx, in.From, directory.Wish{Stamp: b.Stamp, Trap: b.Company, Address: b.Email, Locale: b.Locale, Content: directory.Content(b.Content)})
}

func (h *handlers) askLink(ctx context.Context, in *struct {
	peoplehttp.Anyone
	Body struct {
		Stamp   string `json:"stamp" maxLength:"100"`
		Company string `json:"company,omitempty" maxLength:"500" doc:"Leave empty"`
		Email   string `json:"email" maxLength:"254"`
	}
}) (*none, error) {
	return nil, h.svc.AskLink(ctx, in.From, in.Body.Stamp, in.Body.Company, in.Body.Email)
}

// DirectoryKeyBody is an entry with the key that opens it for an hour.
type DirectoryKeyBody struct {
	Key   string             `json:"key"`
	Entry DirectoryEntryBody `json:"entry"`
}

func (h *handlers) open(ctx context.Context, in *SecretIn) (*peoplehttp.Out[DirectoryKeyBody], error) {
	e, key, err := h.svc.Open(ctx, in.Secret)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[DirectoryKeyBody]{Body: DirectoryKeyBody{key, entryBody(e, "")}}, nil
}

func (h *handlers) keep(ctx context.Context, in *struct {
	SecretIn
	Body DirectoryContentBody
}) (*entryOutput, error) {
	e, err := h.svc.Keep(ctx, in.Secret, directory.Content(in.Body))
	return entryOut(e, "", err)
}

func (h *handlers) leave(ctx context.Context, in *SecretIn) (*none, error) {
	return nil, h.svc.Leave(ctx, in.Secret)
}

func (h *handlers) waiting(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	State string `query:"state" enum:"waiting,listed,refused" default:"waiting"`
}) (*peoplehttp.Out[peoplehttp.Page[DirectoryEntryBody]], error) {
	p, err := h.svc.Waiting(ctx, in.By, in.State, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[DirectoryEntryBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, func(e directory.Entry) DirectoryEntryBody { return entryBody(e, "") })}, nil
}

func (h *handlers) decide(ctx context.Context, in *struct {
	EntryIn
	Body struct {
		Edition int64  `json:"edition" minimum:"0" doc:"That was read; 0 for any"`
		List    bool   `json:"list"`
		Reason  string `json:"reason,omitempty" maxLength:"1000" doc:"Why not"`
	}
}) (*entryOutput, error) {
	e, err := h.svc.Decide(ctx, in.By, in.Entry, in.Body.Edition, in.Body.List, in.Body.Reason)
	return entryOut(e, "", err)
}
