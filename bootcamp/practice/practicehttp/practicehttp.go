// Package practicehttp answers the JSON interface's part about practices, and what is open data of them.
package practicehttp

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp/practice"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc      *practice.Service
	markdown *markdown.Renderer
	now      func() time.Time
}

type (
	signed = peoplehttp.Signed
	none   struct{}
)

func out[T any](body T) *peoplehttp.Out[T] { return &peoplehttp.Out[T]{Body: body} }

func pageOf[D, T any](docs []D, next string, f func(D) T) *peoplehttp.Out[peoplehttp.Page[T]] {
	return out(peoplehttp.PageOf(docs, next, f))
}

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *practice.Service, now func() time.Time, log *slog.Logger) {
	h := &handlers{svc: svc, markdown: markdown.New(), now: now}
	registerOpen(e, svc, log)
	h.registerFiles(e)
	api := e.API
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"practices"}, DefaultStatus: status}
	}
	huma.Register(api, op("list-practices", http.MethodGet, "/practices", "Practices of all towns", 200), h.list)
	huma.Register(api, op("create-practice", http.MethodPost, "/practices", "Begin a practice card", 201), h.create)
	huma.Register(api, op("list-own-practices", http.MethodGet, "/own-practices", "Practices that one writes; to administrators those of their town", 200), h.own)
	huma.Register(api, op("get-practice", http.MethodGet, "/practices/{p}", "A practice card", 200), h.get)
	huma.Register(api, op("get-practice-draft", http.MethodGet, "/practices/{p}/draft", "What its authors work on", 200), h.draft)
	huma.Register(api, op("save-practice-draft", http.MethodPut, "/practices/{p}/draft", "Change the draft", 200), h.save)
	huma.Register(api, op("delete-practice", http.MethodDelete, "/practices/{p}", "Delete a draft that was never published", 204), h.delete)
	huma.Register(api, op("publish-practice", http.MethodPost, "/practices/{p}/versions", "Publish the draft as the next version", 201), h.publish)
	huma.Register(api, op("withdraw-practice", http.MethodPost, "/practices/{p}/withdraw", "Take a published practice back", 200), h.withdraw)
	huma.Register(api, op("list-practice-versions", http.MethodGet, "/practices/{p}/versions", "What was published of it", 200), h.versions)
	huma.Register(api, op("compare-practices", http.MethodGet, "/practices/{p}/differences", "What is different between two versions, or between two practices", 200), h.differences)
	huma.Register(api, op("add-practice-author", http.MethodPost, "/practices/{p}/authors", "Let somebody write with the others", 200), h.addAuthor)
	huma.Register(api, op("remove-practice-author", http.MethodDelete, "/practices/{p}/authors/{person}", "End somebody's writing", 200), h.removeAuthor)
	huma.Register(api, op("list-practice-reviews", http.MethodGet, "/practices/{p}/reviews", "What other towns say of a version", 200), h.reviews)
	huma.Register(api, op("review-practice", http.MethodPut, "/practices/{p}/reviews/own", "Say what the own town thinks of the newest version", 200), h.review)
	huma.Register(api, op("list-practice-questions", http.MethodGet, "/practices/{p}/questions", "Questions: to the authors all, to others their own", 200), h.questions)
	huma.Register(api, op("ask-practice-authors", http.MethodPost, "/practices/{p}/questions", "Ask the authors", 201), h.ask)
	huma.Register(api, op("answer-practice-question", http.MethodPost, "/practices/{p}/questions/{question}/messages", "Go on with a conversation", 200), h.answer)
	huma.Register(api, op("get-practice-lineage", http.MethodGet, "/practices/{p}/adoptions", "Who has adopted it, from whom", 200), h.lineage)
	huma.Register(api, op("get-practice-adoption", http.MethodGet, "/practices/{p}/adoptions/{a}", "One adoption", 200), h.adoption)
	huma.Register(api, op("decide-practice-offer", http.MethodPut, "/practices/{p}/adoptions/{a}/offers/{index}", "Take an improvement that another town offers, or not", 200), h.decide)
	huma.Register(api, op("get-own-adoption", http.MethodGet, "/practices/{p}/adoption", "What the own town does with it", 200), h.ownAdoption)
	huma.Register(api, op("adopt-practice", http.MethodPost, "/practices/{p}/adoption", "Say that the own town looks at it", 201), h.adopt)
	huma.Register(api, op("describe-adoption", http.MethodPatch, "/practices/{p}/adoption", "Say what the own town does otherwise", 200), h.describe)
	huma.Register(api, op("move-adoption", http.MethodPost, "/practices/{p}/adoption/stages", "Say that the own town came to another stage", 200), h.move)
	huma.Register(api, op("list-adoptions", http.MethodGet, "/adoptions", "What the own town has in hand", 200), h.adoptions)
}

// PracticeIn names a practice.
type PracticeIn struct {
	peoplehttp.Signed
	Practice string `path:"p" maxLength:"64"`
}

type draftOutput struct {
	ETag string `header:"ETag"`
	Body PracticeDraftBody
}

func draftOut(p practice.Practice, err error) (*draftOutput, error) {
	if err != nil {
		return nil, err
	}
	return &draftOutput{ETag: peoplehttp.ETag(p.Edition), Body: draftBody(p)}, nil
}

func (h *handlers) list(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Words       string `query:"q" maxLength:"200"`
	Topic       string `query:"topic" maxLength:"20"`
	Language    string `query:"language" maxLength:"10"`
	Country     string `query:"country" maxLength:"2"`
	Town        string `query:"town" maxLength:"64"`
	Band        int    `query:"band" minimum:"0" maximum:"5" doc:"Size of the town: 1 to 999 residents is 1, then from 1,000, 5,000, 20,000 and 100,000"`
	Recommended bool   `query:"recommended"`
	Sort        string `query:"sort" enum:"newest,use" default:"newest"`
}) (*peoplehttp.Out[peoplehttp.Page[PracticeLineBody]], error) {
	p, err := h.svc.Cards(ctx, in.By, practice.Filter{Words: in.Words, Topic: in.Topic, Language: in.Language, Country: in.Country, Town: in.Town, Band: in.Band,
		Recommended: in.Recommended, ByUse: in.Sort == "use"}, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return pageOf(p.Docs, p.Next, lineBody), nil
}

func (h *handlers) create(ctx context.Context, in *struct {
	signed
	Body struct {
		Content PracticeContentBody `json:"content"`
	}
}) (*draftOutput, error) {
	return draftOut(h.svc.Create(ctx, in.By, in.Body.Content.content()))
}

// OwnPracticeBody is a practice as its authors list it.
type OwnPracticeBody struct {
	ID       string    `json:"id"`
	Title    Text      `json:"title"`
	State    string    `json:"state" enum:"draft,published,withdrawn"`
	Version  int       `json:"version"`
	Changed  bool      `json:"changed"`
	Missing  []string  `json:"missing"`
	Updated  time.Time `json:"updated"`
	TownName string    `json:"town"`
}

func (h *handlers) own(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Town bool `query:"town" doc:"All of the town: for administrators"`
}) (*peoplehttp.Out[peoplehttp.Page[OwnPracticeBody]], error) {
	find := h.svc.Mine
	if in.Town {
		find = h.svc.OfTown
	}
	p, err := find(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return pageOf(p.Docs, p.Next, func(p practice.Practice) OwnPracticeBody {
		return OwnPracticeBody{p.ID, p.Draft.Title, p.State, p.Version, p.Changed(), p.Draft.Missing(), p.Updated, p.Town}
	}), nil
}

func (h *handlers) get(ctx context.Context, in *struct {
	PracticeIn
	Version int `query:"version" minimum:"0" doc:"0 for the newest"`
}) (*peoplehttp.Out[PracticeBody], error) {
	if err := in.By.Must(people.Roles()...); err != nil {
		return nil, err
	}
	c, err := h.svc.Card(ctx, in.Practice)
	if err != nil {
		return nil, err
	}
	b := PracticeBody{ID: c.ID, State: c.State, Version: c.Version, Town: c.Town, TownName: c.TownName, HTML: map[string]Text{}, Authors: named(c.Authors), Credits: each(c.Credits, creditBody),
		Recommended: c.Recommended, Reviews: c.Reviews, Using: c.Using, Adopting: c.Adopting, AnswerHours: (c.Answers + 3599) / 3600, First: c.First, Released: c.Released,
		Own: c.Town == in.By.Organisation, Challenge: c.Challenge}
	b.Writes = b.Own && in.By.Has(people.Administrator) || slices.ContainsFunc(c.Authors, func(a practice.Author) bool { return a.Person == in.By.Person && a.Town == in.By.Organisation })
	if b.MayAsk, err = h.svc.MayAsk(ctx, c, b.Writes); err != nil {
		return nil, err
	}
	if c.State == practice.StateWithdrawn {
		return out(b), nil
	}
	office := in.By.Has(people.Author, people.Facilitator, people.Administrator)
	b.MayAdopt = office && !b.Own
	b.MayReview = office && !slices.ContainsFunc(c.Authors, func(a practice.Author) bool { return a.Town == in.By.Organisation }) && !b.Own
	content := c.Content
	if in.Version > 0 && in.Version != c.Version {
		v, err := h.svc.Version(ctx, in.Practice, in.Version)
		if err != nil {
			return nil, err
		}
		content, b.Version, b.Released = v.Content, v.Number, v.At
	}
	body := contentBody(content)
	b.Content = &body
	b.HTML, err = h.rendered(content)
	return out(b), err
}

// rendered returns the parts that are written in Markdown as HTML.
func (h *handlers) rendered(c practice.Content) (map[string]Text, error) {
	html := map[string]Text{}
	for name, t := range map[string]Text{"description": c.Description, "evidence": c.Evidence, "transfer": c.Transfer, "legal": c.Legal} {
		html[name] = Text{}
		for l, words := range t {
			var err error
			if html[name][l], err = h.markdown.HTML(words); err != nil {
				return nil, err
			}
		}
	}
	return html, nil
}

func (h *handlers) draft(ctx context.Context, in *PracticeIn) (*draftOutput, error) {
	return draftOut(h.svc.Draft(ctx, in.By, in.Practice))
}

func (h *handlers) save(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.IfMatch
	Body PracticeContentBody
}) (*draftOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	return draftOut(h.svc.Save(ctx, in.By, in.Practice, rev, in.Body.content()))
}

func (h *handlers) delete(ctx context.Context, in *PracticeIn) (*none, error) {
	return nil, h.svc.Delete(ctx, in.By, in.Practice)
}

func (h *handlers) publish(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.IfMatch
	Body struct {
		Summary string `json:"summary,omitempty" maxLength:"1000" doc:"What has changed"`
	}
}) (*draftOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	return draftOut(h.svc.Publish(ctx, in.By, in.Practice, rev, in.Body.Summary))
}

func (h *handlers) withdraw(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.IfMatch
}) (*draftOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	return draftOut(h.svc.Withdraw(ctx, in.By, in.Practice, rev))
}

func (h *handlers) versions(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[PracticeVersionBody]], error) {
	if err := in.By.Must(people.Roles()...); err != nil {
		return nil, err
	}
	p, err := h.svc.Versions(ctx, in.Practice, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return pageOf(p.Docs, p.Next, func(v practice.Version) PracticeVersionBody { return PracticeVersionBody{v.Number, v.Summary, v.At} }), nil
}

func (h *handlers) differences(ctx context.Context, in *struct {
	PracticeIn
	From     int    `query:"from" minimum:"0" doc:"Version; 0 for the newest"`
	To       int    `query:"to" minimum:"0" doc:"Version of the other; 0 for the newest"`
	With     string `query:"with" maxLength:"64" doc:"Another practice; empty for the same one"`
	Language string `query:"language" maxLength:"10"`
}) (*peoplehttp.Out[peoplehttp.Page[PracticeDifferenceBody]], error) {
	if err := in.By.Must(people.Roles()...); err != nil {
		return nil, err
	}
	with := in.With
	if with == "" {
		with = in.Practice
	}
	a, err := h.content(ctx, in.Practice, in.From)
	if err != nil {
		return nil, err
	}
	b, err := h.content(ctx, with, in.To)
	if err != nil {
		return nil, err
	}
	return pageOf(practice.Compare(a, b, in.Language), "", func(d practice.Difference) PracticeDifferenceBody { return PracticeDifferenceBody(d) }), nil
}

func (h *handlers) content(ctx context.Context, id string, version int) (practice.Content, error) {
	if version == 0 {
		c, err := h.svc.Card(ctx, id)
		if err != nil {
			return practice.Content{}, err
		}
		version = c.Version
	}
	v, err := h.svc.Version(ctx, id, version)
	return v.Content, err
}

func (h *handlers) addAuthor(ctx context.Context, in *struct {
	PracticeIn
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}) (*draftOutput, error) {
	return draftOut(h.svc.AddAuthor(ctx, in.By, in.Practice, in.Body.Email))
}

func (h *handlers) removeAuthor(ctx context.Context, in *struct {
	PracticeIn
	Person string `path:"person" maxLength:"64"`
}) (*draftOutput, error) {
	return draftOut(h.svc.RemoveAuthor(ctx, in.By, in.Practice, in.Person))
}

func (h *handlers) reviews(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.List
	Version int `query:"version" minimum:"0" doc:"0 for the newest"`
}) (*peoplehttp.Out[peoplehttp.Page[PracticeReviewBody]], error) {
	p, err := h.svc.Reviews(ctx, in.By, in.Practice, in.Version, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return pageOf(p.Docs, p.Next, reviewBody), nil
}

func (h *handlers) review(ctx context.Context, in *struct {
	PracticeIn
	Body struct {
		Marks      map[string]int `json:"marks" doc:"clear, honest, evidence, transfer, inclusive: 1 to 4"`
		Recommends bool           `json:"recommends"`
		Words      string         `json:"words" maxLength:"8000"`
	}
}) (*peoplehttp.Out[PracticeReviewBody], error) {
	r, err := h.svc.Review(ctx, in.By, in.Practice, practice.Review{Marks: in.Body.Marks, Recommends: in.Body.Recommends, Words: in.Body.Words})
	if err != nil {
		return nil, err
	}
	return out(reviewBody(r)), nil
}

func (h *handlers) questions(ctx context.Context, in *struct {
	PracticeIn
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[PracticeQuestionBody]], error) {
	p, err := h.svc.Questions(ctx, in.By, in.Practice, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return pageOf(p.Docs, p.Next, questionBody), nil
}

// PracticeWordsBody is what somebody says.
type PracticeWordsBody struct {
	Words string `json:"words" maxLength:"4000"`
}

func (h *handlers) ask(ctx context.Context, in *struct {
	PracticeIn
	Body PracticeWordsBody
}) (*peoplehttp.Out[PracticeQuestionBody], error) {
	q, err := h.svc.Ask(ctx, in.By, in.Practice, in.Body.Words)
	if err != nil {
		return nil, err
	}
	return out(questionBody(q)), nil
}

func (h *handlers) answer(ctx context.Context, in *struct {
	PracticeIn
	Question string `path:"question" maxLength:"64"`
	Body     PracticeWordsBody
}) (*peoplehttp.Out[PracticeQuestionBody], error) {
	q, err := h.svc.Answer(ctx, in.By, in.Practice, in.Question, in.Body.Words)
	if err != nil {
		return nil, err
	}
	return out(questionBody(q)), nil
}
