package livehttp

import (
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/meeting"
	"palestra/internal/fault"
	"palestra/people/peoplehttp"
)

const reportMost = 64 << 10 // bytes

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

// report takes what LiveKit reports.
func (h *handlers) report(l *meeting.LiveKit) fiber.Handler {
	return func(c *fiber.Ctx) error {
		body, err := io.ReadAll(io.LimitReader(c.Context().RequestBodyStream(), reportMost+1))
		if err != nil || len(body) > reportMost {
			return fault.New(fault.TooLarge, "request.too_large", "the report is too long").With("limit", reportMost)
		}
		seen, told, err := l.Report(c.Get(fiber.HeaderAuthorization), body)
		if errors.Is(err, meeting.ErrSignature) {
			return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
		}
		if err != nil || !told {
			return c.SendStatus(fiber.StatusNoContent) // nothing that we keep
		}
		if err := h.svc.Saw(c.UserContext(), seen); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}
