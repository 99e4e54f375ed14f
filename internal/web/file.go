package web

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"
)

// fileLives is how long a file may be under way: the request's own deadline is for answers, not for streams.
const fileLives = time.Hour

// FileContext returns the context in which a file is made that is sent while it is made.
func FileContext(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.UserContext()), fileLives)
}

// File answers with a file that write makes as it is sent; then it calls done. One that breaks off ends its connection, so
// that it never looks whole. write runs after the handler has returned: it must not touch c.
func File(c *fiber.Ctx, log *slog.Logger, mime, name string, done context.CancelFunc, write func(io.Writer) error) {
	c.Set(fiber.HeaderContentType, mime)
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="palestra-`+name+`"`)
	conn := c.Context().Conn()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer done()
		if err := write(w); err != nil {
			log.Error("a file broke off", "file", name, "error", err)
			_ = conn.Close()
		}
	})
}
