// Package discussionhttp answers the JSON interface's part about discussions, and the bytes of their files.
package discussionhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/bootcamp/discussion"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc      *discussion.Service
	edge     *web.Edge
	markdown *markdown.Renderer
	now      func() time.Time
	nobody   func(locale string) string // how somebody is called whose name was erased
}

type none struct{}

func out[T any](body T) *peoplehttp.Out[T] { return &peoplehttp.Out[T]{Body: body} }

// Register adds the operations to the edge.
func Register(e *web.Edge, svc *discussion.Service, now func() time.Time, nobody func(locale string) string) {
	h := &handlers{svc: svc, edge: e, markdown: markdown.New(), now: now, nobody: nobody}
	api := e.API
	const room = "/discussions/{place}"
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"discussions"}, DefaultStatus: status}
	}
	huma.Register(api, op("get-discussion", http.MethodGet, room, "A discussion, and what the reader is in it", 200), h.room)
	huma.Register(api, op("set-discussion", http.MethodPatch, room, "Letters, following, reading everything; for who leads: how long something is written", 204), h.set)
	huma.Register(api, op("list-threads", http.MethodGet, room+"/threads", "Threads, those first in which something was said last", 200), h.threads)
	huma.Register(api, op("begin-thread", http.MethodPost, room+"/threads", "Begin a thread", 201), h.begin)
	huma.Register(api, op("get-thread", http.MethodGet, room+"/threads/{t}", "A thread", 200), h.thread)
	huma.Register(api, op("turn-thread", http.MethodPatch, room+"/threads/{t}", "Accept an answer; close a thread or open it again", 200), h.turn)
	huma.Register(api, op("mark-thread", http.MethodPut, room+"/threads/{t}/mark", "Say how far one has read, and whether one follows", 204), h.mark)
	huma.Register(api, op("list-posts", http.MethodGet, room+"/threads/{t}/posts", "What was said, in order", 200), h.posts)
	huma.Register(api, op("add-post", http.MethodPost, room+"/threads/{t}/posts", "Say something", 201), h.say)
	huma.Register(api, op("get-post", http.MethodGet, room+"/posts/{p}", "One post", 200), h.post)
	huma.Register(api, op("edit-post", http.MethodPut, room+"/posts/{p}", "Change one's own post", 200), h.edit)
	huma.Register(api, op("withdraw-post", http.MethodDelete, room+"/posts/{p}", "Take one's own post back", 204), h.withdraw)
	huma.Register(api, op("list-post-versions", http.MethodGet, room+"/posts/{p}/versions", "What a post said before", 200), h.versions)
	huma.Register(api, op("report-post", http.MethodPut, room+"/posts/{p}/report", "Tell who leads that a post is wrong", 204), h.report)
	huma.Register(api, op("moderate-post", http.MethodPut, room+"/posts/{p}/state", "Hide a post, show it again, or let it stay", 204), h.moderate)
	huma.Register(api, op("list-post-reports", http.MethodGet, room+"/reports", "What was reported: for who leads", 200), h.reports)
	huma.Register(api, op("search-posts", http.MethodGet, room+"/search", "Posts by words", 200), h.search)
	huma.Register(api, op("find-people-here", http.MethodGet, room+"/people", "Whom one can mention", 200), h.people)
	huma.Register(api, op("preview-post", http.MethodPost, "/discussion-previews", "What Markdown looks like", 200), h.preview)
	huma.Register(api, op("end-letters", http.MethodPost, "/letters/end/{secret}", "End letters about a discussion (RFC 8058); nobody has to sign in", 204), h.end)
	h.registerFiles()
}

// PlaceIn names what is talked about.
type PlaceIn struct {
	peoplehttp.Signed
	Place string `path:"place" maxLength:"200" doc:"cohort.<bootcamp>.<cohort> or practice.<practice>"`
}

func (p *PlaceIn) place() (discussion.Place, error) { return discussion.ParsePlace(p.Place) }

// ThreadIn names a thread.
type ThreadIn struct {
	PlaceIn
	Thread string `path:"t" maxLength:"64"`
}

// PostIn names a post.
type PostIn struct {
	PlaceIn
	Post string `path:"p" maxLength:"64"`
}

func (h *handlers) room(ctx context.Context, in *PlaceIn) (*peoplehttp.Out[DiscussionBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	r, unread, reports, err := h.svc.Enter(ctx, in.By, p)
	if err != nil {
		return nil, err
	}
	return out(roomBody(r, unread, reports)), nil
}

func (h *handlers) set(ctx context.Context, in *struct {
	PlaceIn
	Body struct {
		Mail  *string `json:"mail,omitempty" enum:"immediately,daily,never"`
		All   *bool   `json:"all,omitempty" doc:"Follow every thread"`
		Read  bool    `json:"read,omitempty" doc:"Everything is read"`
		Until *string `json:"until,omitempty" maxLength:"10" doc:"Last day on which something is written, empty for no end; for who leads"`
	}
}) (*none, error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	return nil, h.svc.Set(ctx, in.By, p, discussion.Setup{Mail: in.Body.Mail, All: in.Body.All, Read: in.Body.Read, Until: in.Body.Until})
}

func (h *handlers) threads(ctx context.Context, in *struct {
	PlaceIn
	peoplehttp.List
	About string `query:"about" maxLength:"80" doc:"session.<id> or lesson.<id>; empty for all"`
	Open  bool   `query:"open" doc:"Only questions without an accepted answer"`
}) (*peoplehttp.Out[peoplehttp.Page[ThreadBody]], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	r, lines, names, next, err := h.svc.Threads(ctx, in.By, p, discussion.Filter{About: in.About, Open: in.Open}, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(lines, next, func(l discussion.Line) ThreadBody { return threadBody(r, l, names) })), nil
}

func (h *handlers) begin(ctx context.Context, in *struct {
	PlaceIn
	Body struct {
		WritingBody
		Title  string `json:"title" maxLength:"200"`
		Asks   bool   `json:"asks,omitempty" doc:"Whether it wants an answer"`
		About  string `json:"about,omitempty" maxLength:"80" doc:"session.<id> or lesson.<id>"`
		Course string `json:"course,omitempty" maxLength:"64" doc:"Of the lesson"`
	}
}) (*peoplehttp.Out[ThreadBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	w := in.Body.writing()
	w.Title, w.Asks, w.About, w.Course = in.Body.Title, in.Body.Asks, in.Body.About, in.Body.Course
	t, _, err := h.svc.Begin(ctx, in.By, p, w)
	if err != nil {
		return nil, err
	}
	return h.one(ctx, in.PlaceIn, p, t.ID)
}

func (h *handlers) one(ctx context.Context, in PlaceIn, p discussion.Place, id string) (*peoplehttp.Out[ThreadBody], error) {
	r, l, names, err := h.svc.Thread(ctx, in.By, p, id)
	if err != nil {
		return nil, err
	}
	return out(threadBody(r, l, names)), nil
}

func (h *handlers) thread(ctx context.Context, in *ThreadIn) (*peoplehttp.Out[ThreadBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	return h.one(ctx, in.PlaceIn, p, in.Thread)
}

func (h *handlers) turn(ctx context.Context, in *struct {
	ThreadIn
	Body struct {
		Answer *int  `json:"answer,omitempty" minimum:"0" doc:"Number of the post that answers it, 0 for none"`
		Closed *bool `json:"closed,omitempty" doc:"For who leads"`
	}
}) (*peoplehttp.Out[ThreadBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	if in.Body.Answer != nil {
		if err := h.svc.Accept(ctx, in.By, p, in.Thread, *in.Body.Answer); err != nil {
			return nil, err
		}
	}
	if in.Body.Closed != nil {
		if err := h.svc.Turn(ctx, in.By, p, in.Thread, *in.Body.Closed); err != nil {
			return nil, err
		}
	}
	return h.one(ctx, in.PlaceIn, p, in.Thread)
}

func (h *handlers) mark(ctx context.Context, in *struct {
	ThreadIn
	Body struct {
		Read    int   `json:"read" minimum:"0" doc:"Number of the last post that was read"`
		Follows *bool `json:"follows,omitempty"`
	}
}) (*none, error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	return nil, h.svc.Read(ctx, in.By, p, in.Thread, in.Body.Read, in.Body.Follows)
}

func (h *handlers) posts(ctx context.Context, in *struct {
	ThreadIn
	peoplehttp.List
	From int `query:"from" minimum:"0" doc:"Number of the first"`
}) (*peoplehttp.Out[peoplehttp.Page[PostBody]], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	t, next, err := h.svc.Posts(ctx, in.By, p, in.Thread, in.From, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return h.page(t, next, in.By.Locale)
}

func (h *handlers) page(t discussion.Talk, next, locale string) (*peoplehttp.Out[peoplehttp.Page[PostBody]], error) {
	list := make([]PostBody, 0, len(t.Posts))
	for _, d := range t.Posts {
		b, err := h.postBody(t, d, locale)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return out(peoplehttp.PageOf(list, next, func(b PostBody) PostBody { return b })), nil
}

func (h *handlers) say(ctx context.Context, in *struct {
	ThreadIn
	Body struct {
		WritingBody
		Re int `json:"re,omitempty" minimum:"0" doc:"Number of the post that it answers"`
	}
}) (*peoplehttp.Out[PostBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	w := in.Body.writing()
	w.Re = in.Body.Re
	d, err := h.svc.Say(ctx, in.By, p, in.Thread, w)
	if err != nil {
		return nil, err
	}
	return h.onePost(ctx, in.PlaceIn, p, d.ID)
}

func (h *handlers) onePost(ctx context.Context, in PlaceIn, p discussion.Place, id string) (*peoplehttp.Out[PostBody], error) {
	t, err := h.svc.One(ctx, in.By, p, id)
	if err != nil {
		return nil, err
	}
	b, err := h.postBody(t, t.Posts[0], in.By.Locale)
	return out(b), err
}

func (h *handlers) post(ctx context.Context, in *PostIn) (*peoplehttp.Out[PostBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	return h.onePost(ctx, in.PlaceIn, p, in.Post)
}

func (h *handlers) edit(ctx context.Context, in *struct {
	PostIn
	peoplehttp.IfMatch
	Body struct {
		WritingBody
		Title string `json:"title,omitempty" maxLength:"200" doc:"Of the thread, in its first post"`
	}
}) (*peoplehttp.Out[PostBody], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	w := in.Body.writing()
	w.Title = in.Body.Title
	d, err := h.svc.Edit(ctx, in.By, p, in.Post, int(rev), w)
	if err != nil {
		return nil, err
	}
	return h.onePost(ctx, in.PlaceIn, p, d.ID)
}

func (h *handlers) withdraw(ctx context.Context, in *PostIn) (*none, error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	return nil, h.svc.Withdraw(ctx, in.By, p, in.Post)
}

func (h *handlers) versions(ctx context.Context, in *PostIn) (*peoplehttp.Out[peoplehttp.Page[PostVersionBody]], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	list, names, err := h.svc.Versions(ctx, in.By, p, in.Post)
	if err != nil {
		return nil, err
	}
	bodies := make([]PostVersionBody, 0, len(list))
	for _, v := range list {
		html, err := h.markdown.HTML(v.Words)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, PostVersionBody{v.Number, v.Language, discussion.Named(html, names, true, h.nobody(in.By.Locale)), v.At})
	}
	return out(peoplehttp.PageOf(bodies, "", func(b PostVersionBody) PostVersionBody { return b })), nil
}

func (h *handlers) report(ctx context.Context, in *struct {
	PostIn
	Body struct {
		Kind  string `json:"kind" enum:"personal,offensive,advertising,unlawful,other"`
		Words string `json:"words,omitempty" maxLength:"1000"`
	}
}) (*none, error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	return nil, h.svc.Report(ctx, in.By, p, in.Post, in.Body.Kind, in.Body.Words)
}

func (h *handlers) moderate(ctx context.Context, in *struct {
	PostIn
	Body struct {
		State  string `json:"state" enum:"hidden,shown,kept" doc:"kept: what was reported stays"`
		Reason string `json:"reason,omitempty" maxLength:"1000" doc:"Why it is hidden; its author reads it"`
	}
}) (*none, error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	if in.Body.State == discussion.ReportKept {
		return nil, h.svc.Keep(ctx, in.By, p, in.Post)
	}
	return nil, h.svc.Hide(ctx, in.By, p, in.Post, in.Body.State == discussion.Hidden, in.Body.Reason)
}

func (h *handlers) reports(ctx context.Context, in *struct {
	PlaceIn
	peoplehttp.List
	State string `query:"state" enum:"open,hidden,kept" default:"open"`
}) (*peoplehttp.Out[peoplehttp.Page[PostReportBody]], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	list, t, next, err := h.svc.Reports(ctx, in.By, p, in.State, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	posts := map[string]PostBody{}
	for _, d := range t.Posts {
		if posts[d.ID], err = h.postBody(t, d, in.By.Locale); err != nil {
			return nil, err
		}
	}
	return out(peoplehttp.PageOf(list, next, func(r discussion.Report) PostReportBody {
		return PostReportBody{ID: r.ID, Kind: r.Kind, Words: r.Words, State: r.State, At: r.At, By: VoiceBody(t.Names[r.Who]), Post: posts[r.Post], Title: t.Threads[r.Thread].Title}
	})), nil
}

func (h *handlers) search(ctx context.Context, in *struct {
	PlaceIn
	peoplehttp.List
	Words string `query:"q" maxLength:"200"`
}) (*peoplehttp.Out[peoplehttp.Page[FoundPostBody]], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	t, next, err := h.svc.Search(ctx, in.By, p, in.Words, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	list := make([]FoundPostBody, 0, len(t.Posts))
	for _, d := range t.Posts {
		b, err := h.postBody(t, d, in.By.Locale)
		if err != nil {
			return nil, err
		}
		list = append(list, FoundPostBody{Post: b, Title: t.Threads[d.Thread].Title, Language: t.Threads[d.Thread].Language})
	}
	return out(peoplehttp.PageOf(list, next, func(b FoundPostBody) FoundPostBody { return b })), nil
}

func (h *handlers) people(ctx context.Context, in *struct {
	PlaceIn
	Words string `query:"q" maxLength:"100"`
}) (*peoplehttp.Out[peoplehttp.Page[PersonHereBody]], error) {
	p, err := in.place()
	if err != nil {
		return nil, err
	}
	list, err := h.svc.Whom(ctx, in.By, p, in.Words)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(list, "", func(x discussion.Here) PersonHereBody { return PersonHereBody(x) })), nil
}

func (h *handlers) preview(_ context.Context, in *struct {
	peoplehttp.Signed
	Body struct {
		Words string `json:"words" maxLength:"10000"`
	}
}) (*peoplehttp.Out[PostPreviewBody], error) {
	html, err := h.markdown.HTML(in.Body.Words)
	return out(PostPreviewBody{html}), err
}

func (h *handlers) end(ctx context.Context, in *struct {
	Secret string `path:"secret" maxLength:"100"`
}) (*none, error) {
	return nil, h.svc.End(ctx, in.Secret)
}
