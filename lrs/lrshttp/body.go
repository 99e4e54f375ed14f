package lrshttp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/lrs"
)

// hashHeader names an attachment in its part. Communication §1.5.2
const hashHeader = "X-Experience-API-Hash"

// body reads statements in JSON, and the attachments behind them if it is a multipart message, up to the limit.
func (h *handlers) body(c *fiber.Ctx) ([]byte, []lrs.Attachment, error) {
	media, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	mixed := err == nil && media == "multipart/mixed" && params["boundary"] != ""
	switch {
	case !mixed && (err != nil || media != fiber.MIMEApplicationJSON):
		return nil, nil, fault.New(fault.Unsupported, "lrs.media_type", "the body's media type must be application/json, or multipart/mixed with a boundary")
	}
	if err := uncompressed(c); err != nil {
		return nil, nil, err
	}
	b, err := h.read(c, h.svc.Limits().Body)
	if err != nil || !mixed {
		return b, nil, err
	}
	return parts(b, params["boundary"], h.svc.Limits().Attachments)
}

func uncompressed(c *fiber.Ctx) error {
	if e := c.Get(fiber.HeaderContentEncoding); e != "" && e != "identity" {
		return fault.New(fault.Unsupported, "lrs.media_type", "bodies must not be compressed")
	}
	return nil
}

// read reads a body of at most so many bytes.
func (h *handlers) read(c *fiber.Ctx, most int) ([]byte, error) {
	large := fault.New(fault.TooLarge, "lrs.too_large", "a request may hold %d bytes", most)
	if c.Request().Header.ContentLength() > most {
		return nil, large
	}
	stream := c.Request().BodyStream()
	if stream == nil {
		if b := c.Request().Body(); len(b) <= most {
			return slices.Clone(b), nil
		}
		return nil, large
	}
	b, err := io.ReadAll(io.LimitReader(stream, int64(most)+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Invalid, "lrs.body", "the body did not arrive whole").Because(err)
	case len(b) > most:
		return nil, large
	}
	return b, nil
}

// parts reads a multipart message: statements first, then at most so many attachments with their hashes.
func parts(b []byte, boundary string, most int) ([]byte, []lrs.Attachment, error) {
	bad := func(format string, args ...any) ([]byte, []lrs.Attachment, error) {
		return nil, nil, fault.New(fault.Invalid, "lrs.multipart", "the multipart message: "+format, args...)
	}
	r := multipart.NewReader(bytes.NewReader(b), boundary)
	var statements []byte
	var list []lrs.Attachment
	for n := 0; ; n++ {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return bad("its parts are not understood")
		}
		if n > most {
			return nil, nil, fault.New(fault.TooLarge, "lrs.attachments_too_many", "one request may hold %d attachments", most).With("most", most)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return bad("part %d has no end", n+1)
		}
		media, _, err := mime.ParseMediaType(part.Header.Get(fiber.HeaderContentType))
		switch {
		case n == 0 && (err != nil || media != fiber.MIMEApplicationJSON):
			return bad("the first part must be the statements, as application/json")
		case n == 0:
			statements = data
			continue
		case !strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "binary"):
			return bad("part %d must have the header Content-Transfer-Encoding: binary", n+1)
		case part.Header.Get(hashHeader) == "":
			return bad("part %d must have the header %s", n+1, hashHeader)
		}
		list = append(list, lrs.Attachment{SHA2: part.Header.Get(hashHeader), ContentType: part.Header.Get(fiber.HeaderContentType),
			Length: part.Header.Get(fiber.HeaderContentLength), Data: data})
	}
	if statements == nil {
		return bad("it has no parts")
	}
	return statements, list, nil
}

// send answers JSON, or a multipart message of it and of what is kept of the statements' attachments.
func (h *handlers) send(c *fiber.Ctx, a asked, b []byte, attachments bool, statements ...lrs.Stored) error {
	if !attachments {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(b)
	}
	list, err := h.svc.Attachments(c.UserContext(), a.by.Organisation, statements...)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	write := func(header textproto.MIMEHeader, data []byte) {
		part, err2 := w.CreatePart(header)
		if err2 == nil {
			_, err2 = part.Write(data)
		}
		err = errors.Join(err, err2)
	}
	write(textproto.MIMEHeader{fiber.HeaderContentType: {fiber.MIMEApplicationJSON}}, b)
	for _, x := range list {
		header := textproto.MIMEHeader{"Content-Transfer-Encoding": {"binary"}, hashHeader: {x.SHA2}}
		if x.ContentType != "" {
			header.Set(fiber.HeaderContentType, x.ContentType)
		}
		write(header, x.Data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("lrshttp: write a multipart answer: %w", err)
	}
	c.Set(fiber.HeaderContentType, "multipart/mixed; boundary="+w.Boundary())
	return c.Send(out.Bytes())
}
