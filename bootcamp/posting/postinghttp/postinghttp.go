// Package postinghttp answers the JSON interface's part about the notice board.
package postinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp/posting"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc      *posting.Service
	now      func() time.Time
	markdown *markdown.Renderer
}

type none struct{}

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *posting.Service, now func() time.Time) {
	h := &handlers{svc, now, markdown.New()}
	api := e.API
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"board"}, DefaultStatus: status}
	}
	const one = "/postings/{n}"
	huma.Register(api, op("list-postings", http.MethodGet, "/postings", "What is on the board, what ends first at the top", 200), h.list)
	huma.Register(api, op("list-own-postings", http.MethodGet, "/own-postings", "What the own town has put up, the newest first, also what is over", 200), h.own)
	huma.Register(api, op("create-posting", http.MethodPost, "/postings", "Put something up", 201), h.create)
	huma.Register(api, op("get-posting", http.MethodGet, one, "One posting", 200), h.get)
	huma.Register(api, op("save-posting", http.MethodPut, one, "Change a posting, at the edition that was read", 200), h.save)
	huma.Register(api, op("withdraw-posting", http.MethodPost, one+"/withdrawal", "Take a posting from the board, with a reason", 200), h.withdraw)
	huma.Register(api, op("report-posting", http.MethodPost, one+"/reports", "Tell operators that a posting is wrong", 204), h.report)
	huma.Register(api, op("list-reported-postings", http.MethodGet, "/operator-postings", "Postings with reports that wait: to operators", 200), h.reported)
	huma.Register(api, op("keep-posting", http.MethodPost, "/operator-postings/{n}/keep", "Let a reported posting stay", 204), h.keep)
}

// PostingContentBody is what a posting says.
type PostingContentBody struct {
	Kind      string `json:"kind" enum:"job,room,event,other"`
	Title     string `json:"title" maxLength:"200"`
	Words     string `json:"words" maxLength:"4000" doc:"Markdown"`
	Language  string `json:"language" maxLength:"20" doc:"BCP 47"`
	Territory string `json:"territory,omitempty" maxLength:"200" doc:"Where it is, in words; none for the town"`
	Link      string `json:"link,omitempty" maxLength:"500" doc:"Where one answers"`
	Relay     bool   `json:"relay,omitempty" doc:"Its writer may be asked through the directory"`
	Begins    string `json:"begins,omitempty" maxLength:"16" doc:"An event, on the clocks of its town: 2027-11-24T17:30"`
	Until     string `json:"until" maxLength:"10" doc:"Last day; of an event, on which it takes place"`
}

// PostingLineBody is a posting in a list.
type PostingLineBody struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind" enum:"job,room,event,other"`
	Title     string     `json:"title"`
	Language  string     `json:"language"`
	Territory string     `json:"territory,omitempty"`
	TownName  string     `json:"townName"`
	Country   string     `json:"country"`
	Zone      string     `json:"zone" doc:"IANA"`
	Begins    *time.Time `json:"begins,omitempty"`
	Until     string     `json:"until"`
	State     string     `json:"state" enum:"shown,over,withdrawn"`
	Created   time.Time  `json:"created"`
}

func (h *handlers) line(p posting.Posting) PostingLineBody {
	state := p.State
	if state == posting.StateShown && p.Over(h.now()) {
		state = "over"
	}
	c := p.Content
	return PostingLineBody{p.ID, c.Kind, c.Title, c.Language, c.Territory, p.TownName, p.Country, p.Zone, p.Begins, c.Until, state, p.Created}
}

// PostingBody is a posting.
type PostingBody struct {
	PostingLineBody
	Edition int64              `json:"edition"`
	Content PostingContentBody `json:"content"`
	HTML    string             `json:"html"`
	Entry   string             `json:"entry,omitempty" doc:"Where in the directory its writer is asked"`
	Name    string             `json:"name,omitempty" doc:"Who put it up; none once she was erased"`
	Reason  string             `json:"reason,omitempty" doc:"Why it was withdrawn"`
	Removed bool               `json:"removed" doc:"By an operator"`
	Writes  bool               `json:"writes" doc:"Whether the reader may change it"`
}

type postingOutput struct {
	ETag string `header:"ETag"`
	Body PostingBody
}

func (h *handlers) whole(p posting.Posting, by people.Actor, err error) (*postingOutput, error) {
	if err != nil {
		return nil, err
	}
	html, err := h.markdown.HTML(p.Content.Words)
	b := PostingBody{h.line(p), p.Edition, PostingContentBody(p.Content), html, p.Entry, p.Name, p.Reason, p.Operator, p.Writes(by)}
	return &postingOutput{peoplehttp.ETag(p.Edition), b}, err
}

// PostingIn names a posting.
type PostingIn struct {
	peoplehttp.Signed
	Posting string `path:"n" maxLength:"64"`
}

func (h *handlers) list(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Words    string `query:"q" maxLength:"200"`
	Kind     string `query:"kind" enum:"job,room,event,other"`
	Language string `query:"language" maxLength:"20"`
	Country  string `query:"country" maxLength:"2"`
}) (*peoplehttp.Out[peoplehttp.Page[PostingLineBody]], error) {
	p, err := h.svc.Board(ctx, in.By, posting.Filter{Words: in.Words, Kind: in.Kind, Language: in.Language, Country: in.Country}, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[PostingLineBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, h.line)}, nil
}

func (h *handlers) own(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[PostingLineBody]], error) {
	p, err := h.svc.OfTown(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[PostingLineBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, h.line)}, nil
}

func (h *handlers) create(ctx context.Context, in *struct {
	peoplehttp.Signed
	Body PostingContentBody
}) (*postingOutput, error) {
	p, err := h.svc.Create(ctx, in.By, posting.Content(in.Body))
	return h.whole(p, in.By, err)
}

func (h *handlers) get(ctx context.Context, in *PostingIn) (*postingOutput, error) {
	p, err := h.svc.Posting(ctx, in.By, in.Posting)
	return h.whole(p, in.By, err)
}

func (h *handlers) save(ctx context.Context, in *struct {
	PostingIn
	peoplehttp.IfMatch
	Body PostingContentBody
}) (*postingOutput, error) {
	edition, err := in.Revision()
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Save(ctx, in.By, in.Posting, edition, posting.Content(in.Body))
	return h.whole(p, in.By, err)
}

func (h *handlers) withdraw(ctx context.Context, in *struct {
	PostingIn
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}) (*postingOutput, error) {
	p, err := h.svc.Withdraw(ctx, in.By, in.Posting, in.Body.Reason)
	return h.whole(p, in.By, err)
}

func (h *handlers) report(ctx context.Context, in *struct {
	PostingIn
	Body struct {
		Words string `json:"words" maxLength:"1000"`
	}
}) (*none, error) {
	return nil, h.svc.Report(ctx, in.By, in.Posting, in.Body.Words)
}

// PostingReportBody is what somebody finds wrong.
type PostingReportBody struct {
	Words string    `json:"words"`
	At    time.Time `json:"at"`
}

// ReportedPostingBody is a posting with what was reported.
type ReportedPostingBody struct {
	PostingLineBody
	HTML    string              `json:"html"`
	Link    string              `json:"link,omitempty"`
	Reports []PostingReportBody `json:"reports"`
}

func (h *handlers) reported(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[ReportedPostingBody]], error) {
	p, err := h.svc.Reported(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	page := peoplehttp.Page[ReportedPostingBody]{Items: []ReportedPostingBody{}, Next: p.Next}
	for _, x := range p.Docs {
		html, err := h.markdown.HTML(x.Content.Words)
		if err != nil {
			return nil, err
		}
		b := ReportedPostingBody{h.line(x), html, x.Content.Link, []PostingReportBody{}}
		for _, r := range x.Reports {
			b.Reports = append(b.Reports, PostingReportBody{r.Words, r.At})
		}
		page.Items = append(page.Items, b)
	}
	return &peoplehttp.Out[peoplehttp.Page[ReportedPostingBody]]{Body: page}, nil
}

func (h *handlers) keep(ctx context.Context, in *PostingIn) (*none, error) {
	return nil, h.svc.Keep(ctx, in.By, in.Posting)
}
