// Package attachmenthttp takes files of rooms in and gives them out.
package attachmenthttp

import (
	"bytes"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/attachment"
)

const stalled = time.Minute // without a byte: who sends has gone

// Receive gives the request's body to take, which gets the name, the size and the bytes, and answers with what it has made
// of them; what err or take refuses is not kept. Who sends nothing for a minute is given up.
func Receive(c *fiber.Ctx, now func() time.Time, err error, take func(name string, size int64, data io.Reader) (any, error)) error {
	size := int64(c.Request().Header.ContentLength())
	body := bodyOf(c)
	if err == nil {
		conn := c.Context().Conn()
		if derr := conn.SetReadDeadline(now().Add(stalled)); derr != nil {
			return derr
		}
		var made any
		made, err = take(strings.Clone(c.Query("name")), size, body)
		if derr := conn.SetReadDeadline(time.Time{}); err == nil && derr != nil {
			return derr
		}
		if err == nil {
			return c.Status(fiber.StatusCreated).JSON(made)
		}
	}
	if size <= 2*attachment.MaxSize {
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

// Send gives a file out, never as something that a browser opens in our name. data is closed.
func Send(c *fiber.Ctx, f attachment.File, data io.ReadCloser) error {
	return send(c, f, data, "attachment; filename*=UTF-8''"+url.PathEscape(f.Name), "private, no-store")
}

// Show gives a file out to everybody: a picture to be shown in a page, everything else to be kept. data is closed.
func Show(c *fiber.Ctx, f attachment.File, data io.ReadCloser, cache string) error {
	as := "attachment"
	if attachment.Picture(f.Type) {
		as = "inline"
	}
	return send(c, f, data, as+"; filename*=UTF-8''"+url.PathEscape(f.Name), cache)
}

func send(c *fiber.Ctx, f attachment.File, data io.ReadCloser, as, cache string) error {
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderContentDisposition, as)
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderCacheControl, cache)
	c.Context().SetBodyStream(data, int(f.Size)) // which closes it
	return nil
}
