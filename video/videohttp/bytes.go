package videohttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/people/peoplehttp"
	"palestra/video"
	"palestra/video/caption"
)

const (
	// checksumHeader carries the SHA-256 of a part in hexadecimal.
	checksumHeader = "X-Checksum-Sha256"

	// stalled is how long a body may send nothing. A train's tunnel is shorter; a forgotten connection is not kept.
	stalled = 90 * time.Second

	// mostDrained is how many bytes of a refused part are read to their end; more ends the connection.
	mostDrained = 64 << 20
)

func signed(c *fiber.Ctx) (people.Actor, error) {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return by, fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	return by, nil
}

// line reads a request's body. It gives up when nothing comes for long, and says of every failure that the body ended
// early, which is all that anybody can do about it.
type line struct {
	r    io.Reader
	conn net.Conn
	now  func() time.Time
}

func (l *line) Read(p []byte) (int, error) {
	if err := l.conn.SetReadDeadline(l.now().Add(stalled)); err != nil {
		return 0, fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	n, err := l.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return n, err
}

// putPart takes one part of an upload: PUT /uploads/{id}/parts/{number}.
func (h *handlers) putPart(c *fiber.Ctx) error {
	conn := c.Context().Conn()
	stream := &line{body(c), conn, h.now}
	p, err := h.receive(c, stream)
	if err != nil && c.Request().Header.ContentLength() <= mostDrained {
		// A browser hears the refusal only when it has sent what it wanted to say.
		_, _ = io.Copy(io.Discard, stream) // it may also hang up
	}
	if derr := conn.SetReadDeadline(time.Time{}); err == nil && derr != nil {
		return fmt.Errorf("videohttp.putPart: %w", derr)
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, strconv.Quote(p.ETag))
	return c.SendStatus(fiber.StatusNoContent)
}

func (h *handlers) receive(c *fiber.Ctx, stream io.Reader) (video.Part, error) {
	by, err := signed(c)
	if err != nil {
		return video.Part{}, err
	}
	n, err := partNumber(c.Params("number"))
	if err != nil {
		return video.Part{}, err
	}
	return h.svc.PutPart(c.UserContext(), by, c.Params("id"), n, stream, int64(c.Request().Header.ContentLength()), strings.ToLower(c.Get(checksumHeader)))
}

// partNumber reads the number of a part from an address. fault video.part_invalid
func partNumber(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n < 1 || text[0] == '+' || text[0] == '0' {
		return 0, fault.New(fault.Invalid, "video.part_invalid", "a part has a number from 1")
	}
	return int(n), nil
}

// putCaptions files captions: PUT /videos/{id}/captions/{lang}.
func (h *handlers) putCaptions(c *fiber.Ctx) error {
	by, err := signed(c)
	if err != nil {
		return err
	}
	conn := c.Context().Conn()
	track := video.Track{Kind: c.Query("kind", caption.Captions), Lang: c.Params("lang")}
	made, err := h.svc.PutCaptions(c.UserContext(), by, c.Params("id"), track, tag(c.Get(fiber.HeaderIfMatch), c.Get(fiber.HeaderIfNoneMatch)), &line{body(c), conn, h.now})
	if derr := conn.SetReadDeadline(time.Time{}); err == nil && derr != nil {
		return fmt.Errorf("videohttp.putCaptions: %w", derr)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Invalid, "video.captions_short", "the caption file did not arrive whole").Because(err)
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, strconv.Quote(made.Tag()))
	return c.SendStatus(fiber.StatusNoContent)
}

// media delivers playlists, objects, and files to be kept: GET and HEAD /media/{grant}/{name}.
func (h *handlers) media(c *fiber.Ctx) error {
	a, err := h.svc.Media(c.UserContext(), c.Params("grant"), c.Params("*"), peoplehttp.Actor(c).Session)
	if err != nil {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return err
	}
	c.Set(fiber.HeaderContentType, a.Type)
	if a.Keep { // the page that links to it knows its name
		c.Set(fiber.HeaderContentDisposition, "attachment")
	}
	if a.Body != nil || a.Stream != nil {
		c.Set(fiber.HeaderCacheControl, "private, no-store")
	}
	switch {
	case a.Body != nil:
		return c.Send(a.Body)
	case a.Stream != nil && c.Method() == fiber.MethodHead:
		c.Response().SkipBody = true
		c.Response().Header.SetContentLength(int(a.Size))
		return nil
	case a.Stream != nil:
		// Its parts are opened while it is sent, after this handler has returned.
		r, err := a.Stream(context.WithoutCancel(c.UserContext()))
		if err != nil {
			return err
		}
		c.Context().SetBodyStream(r, int(a.Size)) // which closes it
		return nil
	}
	return h.object(c, a)
}

// object delivers an object, or what of it was asked for (RFC 9110 §13, §14).
func (h *handlers) object(c *fiber.Ctx, a video.Answer) error {
	info, err := h.svc.Stat(c.UserContext(), a)
	if err != nil {
		return err
	}
	etag := strconv.Quote(info.ETag)
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderLastModified, info.Modified.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d, immutable", max(0, int(a.Expires.Sub(h.now()).Seconds()))))
	if unchanged(c.Get(fiber.HeaderIfNoneMatch), c.Get(fiber.HeaderIfModifiedSince), etag, info.Modified) {
		c.Response().Header.Del(fiber.HeaderContentType)
		return c.SendStatus(fiber.StatusNotModified)
	}
	start, length := int64(0), info.Size
	if asked := c.Get(fiber.HeaderRange); asked != "" && rangeHolds(c.Get(fiber.HeaderIfRange), etag) {
		switch s, n, ok, possible := parseRange(asked, info.Size); {
		case ok && !possible:
			c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", info.Size))
			return c.SendStatus(fiber.StatusRequestedRangeNotSatisfiable)
		case ok:
			start, length = s, n
			c.Status(fiber.StatusPartialContent)
			c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", start, start+length-1, info.Size))
		}
	}
	if c.Method() == fiber.MethodHead || length == 0 {
		c.Response().SkipBody = true
		c.Response().Header.SetContentLength(int(length))
		return nil
	}
	r, _, err := h.svc.Open(c.UserContext(), a, start, length)
	if err != nil {
		return err
	}
	c.Context().SetBodyStream(r, int(length)) // which closes it
	return nil
}

// unchanged evaluates If-None-Match, or without it If-Modified-Since.
func unchanged(noneMatch, since, etag string, modified time.Time) bool {
	if noneMatch != "" {
		for tag := range strings.SplitSeq(noneMatch, ",") {
			if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == etag || tag == "*" {
				return true
			}
		}
		return false
	}
	t, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", since)
	return err == nil && !modified.Truncate(time.Second).After(t)
}

// rangeHolds evaluates If-Range. Dates are not strong enough for us: then everything is sent.
func rangeHolds(ifRange, etag string) bool { return ifRange == "" || ifRange == etag }

// parseRange reads a Range header with one range of bytes. ok is false for whatever is to be ignored: other units,
// several ranges, nonsense. possible is false for a range that lies outside.
func parseRange(header string, size int64) (start, length int64, ok, possible bool) {
	set, ok := strings.CutPrefix(header, "bytes=")
	from, to, two := strings.Cut(strings.TrimSpace(set), "-")
	if !ok || !two || strings.Contains(set, ",") {
		return 0, 0, false, false
	}
	digits := func(s string) (int64, bool) {
		if s == "" || strings.Trim(s, "0123456789") != "" {
			return 0, false
		}
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	}
	first, isFirst := digits(from)
	last, isLast := digits(to)
	switch {
	case from == "" && isLast: // the last n bytes
		n := min(last, size)
		return size - n, n, true, n > 0
	case isFirst && to == "":
		return first, size - first, true, first < size
	case isFirst && isLast && first <= last:
		last = min(last, size-1)
		return first, last - first + 1, true, first < size
	}
	return 0, 0, false, false
}
