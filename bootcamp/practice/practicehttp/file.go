package practicehttp

import (
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/attachment/attachmenthttp"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

func (h *handlers) registerFiles(e *web.Edge) {
	const files = web.Base + "/practices/:p/files"
	e.App.Post(files, h.putFile)
	e.App.Get(files+"/:file", h.draftFile)
	e.App.Get("/open/practices/:p/files/:file", h.openFile)
}

func signedIn(c *fiber.Ctx) (people.Actor, error) {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return by, fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	return by, nil
}

// putFile takes a file for a draft: POST /practices/{p}/files?name=.
func (h *handlers) putFile(c *fiber.Ctx) error {
	by, err := signedIn(c)
	return attachmenthttp.Receive(c, h.now, err, func(name string, size int64, data io.Reader) (any, error) {
		return h.svc.Attach(c.UserContext(), by, strings.Clone(c.Params("p")), name, size, data)
	})
}

func (h *handlers) draftFile(c *fiber.Ctx) error {
	by, err := signedIn(c)
	if err != nil {
		return err
	}
	f, data, err := h.svc.DraftFile(c.UserContext(), by, strings.Clone(c.Params("p")), strings.Clone(c.Params("file")))
	if err != nil {
		return err
	}
	return attachmenthttp.Show(c, f, data, "private, no-store")
}

// openFile gives a file of a published card to whoever asks, without an account.
func (h *handlers) openFile(c *fiber.Ctx) error {
	f, data, err := h.svc.OpenFile(c.UserContext(), strings.Clone(c.Params("p")), strings.Clone(c.Params("file")))
	if err != nil {
		return err
	}
	return attachmenthttp.Show(c, f, data, "public, max-age=300")
}
