// Package wikihttp answers the JSON interface's part about pages that people write together.
package wikihttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp/wiki"
	"palestra/internal/markdown"
	"palestra/internal/store"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc      *wiki.Service
	markdown *markdown.Renderer
}

func out[T any](body T) *peoplehttp.Out[T] { return &peoplehttp.Out[T]{Body: body} }

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *wiki.Service) {
	h := &handlers{svc: svc, markdown: markdown.New()}
	api := e.API
	const room = "/wikis/{place}"
	const page = room + "/pages/{w}"
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"wiki"}, DefaultStatus: status}
	}
	huma.Register(api, op("list-territories", http.MethodGet, "/territories", "Towns with pages about them", 200), h.territories)
	huma.Register(api, op("get-wiki", http.MethodGet, room, "Whose pages these are, and what the reader may", 200), h.room)
	huma.Register(api, op("list-wiki-pages", http.MethodGet, room+"/pages", "Pages by title, by change, or those in which words stand", 200), h.pages)
	huma.Register(api, op("create-wiki-page", http.MethodPost, room+"/pages", "Write a new page", 201), h.create)
	huma.Register(api, op("get-titled-wiki-page", http.MethodGet, room+"/titled", "The page that is, or was, called so", 200), h.titled)
	huma.Register(api, op("preview-wiki-page", http.MethodPost, room+"/previews", "What Markdown looks like there", 200), h.preview)
	huma.Register(api, op("get-wiki-page", http.MethodGet, page, "One page", 200), h.page)
	huma.Register(api, op("save-wiki-page", http.MethodPut, page, "Save a page, at the version that was read", 200), h.save)
	huma.Register(api, op("decide-wiki-page", http.MethodPost, page+"/state", "Lock or remove a page, or take that back", 200), h.decide)
	huma.Register(api, op("list-wiki-versions", http.MethodGet, page+"/versions", "What a page said, the newest first", 200), h.versions)
	huma.Register(api, op("get-wiki-version", http.MethodGet, page+"/versions/{number}", "What a page said once", 200), h.version)
	huma.Register(api, op("restore-wiki-version", http.MethodPost, page+"/versions/{number}/restore", "Make a page say this again, as a new version", 200), h.restore)
	huma.Register(api, op("compare-wiki-versions", http.MethodGet, page+"/differences", "What differs between two versions", 200), h.differences)
	huma.Register(api, op("merge-wiki-page", http.MethodPost, page+"/merges", "Put what was written on an earlier version together with the present one", 200), h.merge)
}

// WikiIn names whose pages they are.
type WikiIn struct {
	peoplehttp.Signed
	Place string `path:"place" maxLength:"200" doc:"cohort.<bootcamp>.<cohort> or territory.<town>"`
}

// WikiPageIn names a page.
type WikiPageIn struct {
	WikiIn
	Page string `path:"w" maxLength:"64"`
}

// WikiVersionIn names a version of a page.
type WikiVersionIn struct {
	WikiPageIn
	Number int `path:"number" minimum:"1"`
}

func (h *handlers) territories(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[TerritoryBody]], error) {
	p, err := h.svc.Territories(ctx, in.By, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, func(t wiki.Territory) TerritoryBody { return TerritoryBody{t.ID, t.Name, t.Country, t.Updated} })), nil
}

func (h *handlers) room(ctx context.Context, in *WikiIn) (*peoplehttp.Out[WikiBody], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Enter(ctx, in.By, place)
	if err != nil {
		return nil, err
	}
	return out(roomBody(r)), nil
}

func (h *handlers) pages(ctx context.Context, in *struct {
	WikiIn
	peoplehttp.List
	Words string `query:"q" maxLength:"200"`
	Order string `query:"order" enum:"title,change"`
}) (*peoplehttp.Out[peoplehttp.Page[WikiLineBody]], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	var r wiki.Room
	var p store.Page[wiki.Page]
	if in.Words != "" {
		r, p, err = h.svc.Search(ctx, in.By, place, in.Words, in.Cursor, in.Limit)
	} else {
		r, p, err = h.svc.Pages(ctx, in.By, place, in.Order, in.Cursor, in.Limit)
	}
	if err != nil {
		return nil, err
	}
	names, err := namesOf(ctx, h, r, p.Docs, func(x wiki.Page) string { return x.Who })
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, func(x wiki.Page) WikiLineBody { return lineBody(x, names) })), nil
}

func (h *handlers) create(ctx context.Context, in *struct {
	WikiIn
	Body WikiWritingBody
}) (*pageOutput, error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Create(ctx, in.By, place, wiki.Writing(in.Body))
	return h.whole(ctx, in.By, place, p, err)
}

func (h *handlers) titled(ctx context.Context, in *struct {
	WikiIn
	Title string `query:"title" maxLength:"200" required:"true"`
}) (*pageOutput, error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Titled(ctx, in.By, place, in.Title)
	return h.whole(ctx, in.By, place, p, err)
}

func (h *handlers) preview(ctx context.Context, in *struct {
	WikiIn
	Body struct {
		Words string `json:"words" maxLength:"40000"`
	}
}) (*peoplehttp.Out[WikiPreviewBody], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	if _, err := h.svc.Enter(ctx, in.By, place); err != nil {
		return nil, err
	}
	html, err := h.html(place, in.Body.Words)
	if err != nil {
		return nil, err
	}
	return out(WikiPreviewBody{html}), nil
}

func (h *handlers) page(ctx context.Context, in *WikiPageIn) (*pageOutput, error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	return h.whole(ctx, in.By, place, wiki.Page{Meta: store.Meta{ID: in.Page}}, nil)
}

// whole answers with a page and what is around it.
func (h *handlers) whole(ctx context.Context, by people.Actor, place wiki.Place, p wiki.Page, err error) (*pageOutput, error) {
	if err != nil {
		return nil, err
	}
	r, p, err := h.svc.Page(ctx, by, place, p.ID)
	if err != nil {
		return nil, err
	}
	around, err := h.svc.Around(ctx, r, p)
	if err != nil {
		return nil, err
	}
	names, err := h.svc.Names(ctx, r, p.Who)
	if err != nil {
		return nil, err
	}
	html, err := h.html(place, p.Words)
	return &pageOutput{ETag: peoplehttp.ETag(int64(p.Number)), Body: pageBody(r, p, around, names, html)}, err
}

func (h *handlers) save(ctx context.Context, in *struct {
	WikiPageIn
	peoplehttp.IfMatch
	Body WikiWritingBody
}) (*pageOutput, error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	number, err := in.Revision()
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Save(ctx, in.By, place, in.Page, int(number), wiki.Writing(in.Body))
	return h.whole(ctx, in.By, place, p, err)
}

func (h *handlers) decide(ctx context.Context, in *struct {
	WikiPageIn
	Body struct {
		Do     string `json:"do" enum:"lock,unlock,remove,return"`
		Reason string `json:"reason,omitempty" maxLength:"1000" doc:"Why it is locked or removed"`
	}
}) (*pageOutput, error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Decide(ctx, in.By, place, in.Page, in.Body.Do, in.Body.Reason)
	return h.whole(ctx, in.By, place, p, err)
}

func (h *handlers) versions(ctx context.Context, in *struct {
	WikiPageIn
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[WikiVersionLineBody]], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	r, p, err := h.svc.Versions(ctx, in.By, place, in.Page, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	names, err := namesOf(ctx, h, r, p.Docs, func(v wiki.Version) string { return v.Who })
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, func(v wiki.Version) WikiVersionLineBody { return versionLine(v, names) })), nil
}

func (h *handlers) version(ctx context.Context, in *WikiVersionIn) (*peoplehttp.Out[WikiVersionBody], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	r, v, err := h.svc.Version(ctx, in.By, place, in.Page, in.Number)
	if err != nil {
		return nil, err
	}
	names, err := h.svc.Names(ctx, r, v.Who)
	if err != nil {
		return nil, err
	}
	html, err := h.html(place, v.Words)
	if err != nil {
		return nil, err
	}
	return out(WikiVersionBody{versionLine(v, names), v.Words, html}), nil
}

func (h *handlers) restore(ctx context.Context, in *struct {
	WikiVersionIn
	peoplehttp.IfMatch
	Body struct {
		Why string `json:"why,omitempty" maxLength:"200"`
	}
}) (*pageOutput, error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	number, err := in.Revision()
	if err != nil {
		return nil, err
	}
	p, err := h.svc.Restore(ctx, in.By, place, in.Page, int(number), in.Number, in.Body.Why)
	return h.whole(ctx, in.By, place, p, err)
}

func (h *handlers) differences(ctx context.Context, in *struct {
	WikiPageIn
	From int `query:"from" minimum:"1" required:"true"`
	To   int `query:"to" minimum:"1" required:"true"`
}) (*peoplehttp.Out[WikiDifferencesBody], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	a, b, lines, err := h.svc.Differences(ctx, in.By, place, in.Page, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return out(differencesBody(a, b, lines)), nil
}

func (h *handlers) merge(ctx context.Context, in *struct {
	WikiPageIn
	Body struct {
		From  int    `json:"from" minimum:"1" doc:"Number of the version on which it was written"`
		Words string `json:"words" maxLength:"40000"`
	}
}) (*peoplehttp.Out[WikiMergeBody], error) {
	place, err := wiki.ParsePlace(in.Place)
	if err != nil {
		return nil, err
	}
	m, p, err := h.svc.Together(ctx, in.By, place, in.Page, in.Body.From, in.Body.Words)
	if err != nil {
		return nil, err
	}
	return out(WikiMergeBody{m.Words, m.Both, p.Number}), nil
}
