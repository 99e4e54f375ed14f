package livehttp

import (
	"errors"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/meeting"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

const reportMost = 64 << 10 // bytes, of LiveKit: it tells of one person at a time

// meeting leads somebody to sound and picture.
func (h *handlers) meeting(c *fiber.Ctx) error {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	to, err := h.svc.Meeting(c.UserContext(), by, doorOf(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return c.Redirect(to, fiber.StatusSeeOther)
}

// Hooks are the servers for sound and picture that report who was there; nil for none.
type Hooks struct {
	LiveKit       *meeting.LiveKit
	BigBlueButton *meeting.BigBlueButton
}

// HookBBB is the address to which a BigBlueButton reports, beneath the public one.
const HookBBB = web.Base + "/hooks/bigbluebutton"

func (h *handlers) registerHooks(e *web.Edge, hooks Hooks) {
	if l := hooks.LiveKit; l != nil {
		e.App.Post(web.Base+"/hooks/livekit", h.seen(l))
	}
	if b := hooks.BigBlueButton; b != nil {
		e.App.Post(HookBBB+"/:key", h.stayed(b))
	}
}

// told answers a report. What is not signed is refused; what cannot be read or says of nobody anything is taken and left.
func told(c *fiber.Ctx, err error, keep func() error) error {
	if errors.Is(err, meeting.ErrSignature) {
		return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	if err == nil {
		if err := keep(); err != nil {
			return err
		}
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func report(c *fiber.Ctx, most int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(c.Context().RequestBodyStream(), most+1))
	if err != nil || int64(len(body)) > most {
		return nil, fault.New(fault.TooLarge, "request.too_large", "the report is too long").With("limit", most)
	}
	return body, nil
}

// seen takes what LiveKit reports: that somebody came or went.
func (h *handlers) seen(l *meeting.LiveKit) fiber.Handler {
	return func(c *fiber.Ctx) error {
		body, err := report(c, reportMost)
		if err != nil {
			return err
		}
		seen, some, err := l.Report(c.Get(fiber.HeaderAuthorization), body)
		return told(c, err, func() error {
			if !some {
				return nil
			}
			return h.svc.Saw(c.UserContext(), seen)
		})
	}
}

// stayed takes what BigBlueButton reports of a meeting that is over. Nothing of it is read before its token is known to be
// good.
func (h *handlers) stayed(b *meeting.BigBlueButton) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := b.Calls(c.Get(fiber.HeaderAuthorization)); err != nil {
			return told(c, err, nil)
		}
		body, err := report(c, meeting.ReportMost)
		if err != nil {
			return err
		}
		room, stays, err := b.Report(strings.Clone(c.Params("key")), body)
		return told(c, err, func() error { return h.svc.Stayed(c.UserContext(), room, stays) })
	}
}
