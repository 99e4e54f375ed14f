package practicehttp

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/practice"
	"palestra/internal/web"
)

// registerOpen adds what is open data: whoever asks reads what towns have published, without an account.
func registerOpen(e *web.Edge, svc *practice.Service, log *slog.Logger) {
	const ld = "application/ld+json"
	shared := func(c *fiber.Ctx) { c.Set(fiber.HeaderCacheControl, "public, max-age=300") }
	file := func(mime, name string, write func(context.Context, io.Writer) error) fiber.Handler {
		return func(c *fiber.Ctx) error {
			shared(c)
			ctx, cancel := web.FileContext(c)
			web.File(c, log, mime, name, cancel, func(w io.Writer) error { return write(ctx, w) })
			return nil
		}
	}
	e.App.Get("/open/practices.geojson", file("application/geo+json", "practices.geojson", svc.GeoJSON))
	e.App.Get("/open/practices.csv", file("text/csv; charset=utf-8; header=present", "practices.csv", svc.CSV))
	e.App.Get("/open/catalogue.jsonld", func(c *fiber.Ctx) error {
		catalogue, err := svc.Catalogue(c.UserContext())
		if err != nil {
			return err
		}
		shared(c)
		return c.JSON(catalogue, ld)
	})
	e.App.Get("/open/practices/:file", func(c *fiber.Ctx) error {
		id, ok := strings.CutSuffix(strings.Clone(c.Params("file")), ".jsonld")
		if !ok || len(id) > 64 {
			return fiber.ErrNotFound
		}
		card, err := svc.JSONLD(c.UserContext(), id)
		if err != nil {
			return err
		}
		shared(c)
		return c.JSON(card, ld)
	})
}
