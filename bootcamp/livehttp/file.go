package livehttp

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/attachment/attachmenthttp"
	"palestra/bootcamp/live"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

func (h *handlers) registerFiles(e *web.Edge) {
	huma.Register(e.API, huma.Operation{OperationID: "list-cohort-files", Method: http.MethodGet, Path: "/bootcamps/{b}/cohorts/{c}/files", Tags: []string{"rooms"},
		Summary: "Files that were shared in the rooms of a cohort, the newest first; pages may be short"}, h.cohortFiles)
	const files = web.Base + "/bootcamps/:b/sessions/:s/room/files"
	e.App.Post(files, h.putFile)
	e.App.Get(files+"/:file", h.getFile)
	e.App.Delete(files+"/:file", h.dropFile)
}

// CohortFileBody is a file that was shared in a session's room.
type CohortFileBody struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Type     string    `json:"type"`
	Size     int64     `json:"size" doc:"Bytes"`
	At       time.Time `json:"at"`
	By       string    `json:"by" doc:"Name of who has shared it; empty for nobody who is known"`
	TownName string    `json:"townName"`
	Session  string    `json:"session"`
	Title    string    `json:"title" doc:"Of the session"`
}

func (h *handlers) cohortFiles(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Bootcamp string `path:"b" maxLength:"64"`
	Cohort   string `path:"c" maxLength:"64"`
}) (*peoplehttp.Out[peoplehttp.Page[CohortFileBody]], error) {
	list, next, err := h.svc.CohortFiles(ctx, in.By, in.Bootcamp, in.Cohort, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[peoplehttp.Page[CohortFileBody]]{Body: peoplehttp.PageOf(list, next, func(f live.CohortFile) CohortFileBody {
		return CohortFileBody{f.File.ID, f.Name, f.Type, f.Size, f.At, f.By.Name, f.By.Town, f.Session, f.Title}
	})}, nil
}

func signedIn(c *fiber.Ctx) (people.Actor, error) {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return by, fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	return by, nil
}

// putFile shares a file with everybody in a room: POST …/room/files?name=.
func (h *handlers) putFile(c *fiber.Ctx) error {
	by, err := signedIn(c)
	door := doorOf(c)
	return attachmenthttp.Receive(c, h.svc.Now, err, func(name string, size int64, data io.Reader) (any, error) {
		return h.svc.Share(c.UserContext(), by, door, name, size, data)
	})
}

func (h *handlers) getFile(c *fiber.Ctx) error {
	by, err := signedIn(c)
	if err != nil {
		return err
	}
	f, data, err := h.svc.File(c.UserContext(), by, doorOf(c), strings.Clone(c.Params("file")))
	if err != nil {
		return err
	}
	return attachmenthttp.Send(c, f, data)
}

func (h *handlers) dropFile(c *fiber.Ctx) error {
	by, err := signedIn(c)
	if err != nil {
		return err
	}
	if err := h.svc.Unshare(c.UserContext(), by, doorOf(c), strings.Clone(c.Params("file"))); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
