package peoplehttp

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/internal/web"
	"palestra/people"
)

// HeldBody is something that is kept of a person.
type HeldBody struct {
	What  string     `json:"what" doc:"Translated as privacy.<what>" enum:"membership,statements,documents,enrolments,completions,programmes,assignments,letters"`
	Count int        `json:"count" doc:"Counted to 10,000"`
	Stays bool       `json:"stays" doc:"It stays after an erasure, without her name"`
	Until *time.Time `json:"until,omitempty" doc:"Of what stays: her name stays with it until then"`
}

// ErasureTownBody is what an erasure means in one organisation.
type ErasureTownBody struct {
	Organisation TownBody   `json:"organisation"`
	Until        *time.Time `json:"until,omitempty" doc:"The organisation must know whose records they are until then; missing: the name goes at once"`
	Kept         []HeldBody `json:"kept"`
}

// ErasureBody is an erasure as somebody is asked for it, or while it can be undone.
type ErasureBody struct {
	Person       string            `json:"person"`
	Name         string            `json:"name"`
	Organisation string            `json:"organisation" doc:"Id; empty: everywhere"`
	State        string            `json:"state" enum:"none,asked,begun" doc:"none: nobody has asked; asked: it can be undone until final; begun: it is being carried out"`
	Own          bool              `json:"own" doc:"She asked for it herself; only she can undo it. Else only the organisation's administrators can"`
	Everywhere   bool              `json:"everywhere" doc:"The account goes, too: she is known nowhere else"`
	Asked        *time.Time        `json:"asked,omitempty"`
	Final        *time.Time        `json:"final,omitempty" doc:"When it is carried out"`
	Days         int               `json:"days" doc:"For how many days it can be undone"`
	Towns        []ErasureTownBody `json:"towns" doc:"Empty in lists"`
}

func erasureBody(e people.Erasure) ErasureBody {
	b := ErasureBody{Person: e.Person, Name: e.Name, Organisation: e.Organisation, State: "none", Own: e.Own, Everywhere: e.Everywhere, Asked: e.Asked, Final: e.Final,
		Days: people.ErasureDays, Towns: []ErasureTownBody{}}
	switch {
	case e.Begun:
		b.State = "begun"
	case e.Asked != nil:
		b.State = "asked"
	}
	for _, t := range e.Towns {
		tb := ErasureTownBody{Organisation: TownBody{ID: t.Organisation.ID, Name: t.Organisation.Name, Country: t.Organisation.Country}, Until: t.Until, Kept: []HeldBody{}}
		for _, k := range t.Kept {
			tb.Kept = append(tb.Kept, HeldBody(k))
		}
		b.Towns = append(b.Towns, tb)
	}
	return b
}

type ownErasureInput struct {
	Signed
	Organisation string `query:"organisation" maxLength:"64" doc:"Id of one of the own organisations; empty: everywhere"`
}

func (h *handlers) ownErasure(ctx context.Context, in *ownErasureInput) (*Out[ErasureBody], error) {
	e, err := h.svc.OwnErasure(ctx, in.By, in.Organisation)
	return &Out[ErasureBody]{erasureBody(e)}, err
}

type eraseMeInput struct {
	Signed
	Body struct {
		Organisation string `json:"organisation,omitempty" maxLength:"64" doc:"Id of one of the own organisations; empty: everywhere"`
		Password     string `json:"password" maxLength:"2000" doc:"The own one"`
	}
}

func (h *handlers) eraseMe(ctx context.Context, in *eraseMeInput) (*Out[ErasureBody], error) {
	e, err := h.svc.EraseMe(ctx, in.By, in.Body.Organisation, in.Body.Password)
	return &Out[ErasureBody]{erasureBody(e)}, err
}

func (h *handlers) undoMine(ctx context.Context, in *ownErasureInput) (*none, error) {
	return nil, h.svc.UndoMine(ctx, in.By, in.Organisation)
}

func (h *handlers) erasures(ctx context.Context, in *struct {
	Signed
	List
}) (*Out[Page[ErasureBody]], error) {
	p, err := h.svc.Erasures(ctx, in.By, in.Cursor, in.Limit)
	return &Out[Page[ErasureBody]]{PageOf(p.Docs, p.Next, erasureBody)}, err
}

// ErasedBody is an erasure that was carried out.
type ErasedBody struct {
	ID    string     `json:"id"`
	Name  string     `json:"name,omitempty" doc:"While it is held"`
	Own   bool       `json:"own" doc:"She had asked for it herself"`
	Asked time.Time  `json:"asked"`
	Done  time.Time  `json:"done"`
	Until *time.Time `json:"until,omitempty" doc:"How long the name is held"`
}

func (h *handlers) erased(ctx context.Context, in *struct {
	Signed
	List
}) (*Out[Page[ErasedBody]], error) {
	p, err := h.svc.Erased(ctx, in.By, in.Cursor, in.Limit)
	return &Out[Page[ErasedBody]]{PageOf(p.Docs, p.Next, func(e people.Erased) ErasedBody { return ErasedBody(e) })}, err
}

func (h *handlers) memberErasure(ctx context.Context, in *IDInput) (*Out[ErasureBody], error) {
	e, err := h.svc.MemberErasure(ctx, in.By, in.ID)
	return &Out[ErasureBody]{erasureBody(e)}, err
}

type eraseMemberInput struct {
	IDInput
	Body struct {
		Email string `json:"email" maxLength:"400" doc:"Of the person who is to be erased"`
	}
}

func (h *handlers) eraseMember(ctx context.Context, in *eraseMemberInput) (*Out[ErasureBody], error) {
	e, err := h.svc.EraseMember(ctx, in.By, in.ID, in.Body.Email)
	return &Out[ErasureBody]{erasureBody(e)}, err
}

func (h *handlers) undoMember(ctx context.Context, in *IDInput) (*none, error) {
	return nil, h.svc.UndoMember(ctx, in.By, in.ID)
}

// registerCopies adds the two routes that answer a ZIP file as a stream.
func registerCopies(e *web.Edge, svc *people.Service, now func() time.Time, log *slog.Logger) {
	answer := func(c *fiber.Ctx, open func(context.Context, people.Actor) (*people.Copy, error)) error {
		ctx, cancel := web.FileContext(c)
		copied, err := open(ctx, Actor(c))
		if err != nil {
			cancel()
			return err
		}
		web.File(c, log, "application/zip", "person-"+now().UTC().Format(time.DateOnly)+".zip", cancel, func(w io.Writer) error { return copied.Write(ctx, w) })
		return nil
	}
	e.App.Get(web.Base+"/me/copy", func(c *fiber.Ctx) error { return answer(c, svc.OwnCopy) })
	e.App.Get(web.Base+"/members/:id/copy", func(c *fiber.Ctx) error {
		id := c.Params("id")
		return answer(c, func(ctx context.Context, by people.Actor) (*people.Copy, error) { return svc.MemberCopy(ctx, by, id) })
	})
	describe := func(id, path, summary string, parameters ...*huma.Param) {
		e.API.OpenAPI().AddOperation(&huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"people"}, Parameters: parameters,
			Responses: map[string]*huma.Response{"200": {Description: "A ZIP file (palestra-person/1), as a stream", Content: map[string]*huma.MediaType{
				"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}})
	}
	describe("copy-me", "/me/copy", "All that is kept of the own person, as a ZIP file")
	describe("copy-member", "/members/{id}/copy", "All that the own organisation keeps of a member, as a ZIP file",
		&huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
}
