package discussionhttp

import (
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/attachment/attachmenthttp"
	"palestra/bootcamp/discussion"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

const files = web.Base + "/discussions/:place/files"

func (h *handlers) registerFiles() {
	h.edge.App.Post(files, h.putFile)
	h.edge.App.Get(files+"/:file", h.getFile)
	h.edge.App.Delete(files+"/:file", h.dropFile)
}

func (h *handlers) asked(c *fiber.Ctx) (people.Actor, discussion.Place, error) {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return by, discussion.Place{}, fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	p, err := discussion.ParsePlace(strings.Clone(c.Params("place")))
	return by, p, err
}

// putFile takes a file for a post: POST /discussions/{place}/files?name=.
func (h *handlers) putFile(c *fiber.Ctx) error {
	by, p, err := h.asked(c)
	return attachmenthttp.Receive(c, h.now, err, func(name string, size int64, data io.Reader) (any, error) {
		f, err := h.svc.Upload(c.UserContext(), by, p, name, size, data)
		return PostFileBody(f), err
	})
}

func (h *handlers) getFile(c *fiber.Ctx) error {
	by, p, err := h.asked(c)
	if err != nil {
		return err
	}
	f, data, err := h.svc.File(c.UserContext(), by, p, strings.Clone(c.Params("file")))
	if err != nil {
		return err
	}
	return attachmenthttp.Send(c, f, data)
}

func (h *handlers) dropFile(c *fiber.Ctx) error {
	by, p, err := h.asked(c)
	if err != nil {
		return err
	}
	if err := h.svc.Discard(c.UserContext(), by, p, strings.Clone(c.Params("file"))); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
