package discussionhttp

import (
	"bytes"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/discussion"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

const (
	files   = web.Base + "/discussions/:place/files"
	stalled = time.Minute // without a byte: who sends has gone
)

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
	size := int64(c.Request().Header.ContentLength())
	body := bodyOf(c)
	if err == nil {
		conn := c.Context().Conn()
		if derr := conn.SetReadDeadline(h.now().Add(stalled)); derr != nil {
			return derr
		}
		var a discussion.Attachment
		a, err = h.svc.Upload(c.UserContext(), by, p, strings.Clone(c.Query("name")), size, body)
		if derr := conn.SetReadDeadline(time.Time{}); err == nil && derr != nil {
			return derr
		}
		if err == nil {
			return c.Status(fiber.StatusCreated).JSON(PostFileBody(a))
		}
	}
	if size <= 2*discussion.MaxFile {
		_, _ = io.Copy(io.Discard, body) // a browser hears the refusal only when it has sent what it wanted to say; it may also hang up
	}
	return err
}

func bodyOf(c *fiber.Ctx) io.Reader {
	if r := c.Context().RequestBodyStream(); r != nil {
		return r
	}
	return bytes.NewReader(c.Body())
}

// getFile gives a file out, never as something that a browser opens in our name.
func (h *handlers) getFile(c *fiber.Ctx) error {
	by, p, err := h.asked(c)
	if err != nil {
		return err
	}
	a, data, err := h.svc.File(c.UserContext(), by, p, strings.Clone(c.Params("file")))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, a.Type)
	c.Set(fiber.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(a.Name))
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Context().SetBodyStream(data, int(a.Size)) // which closes it
	return nil
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
