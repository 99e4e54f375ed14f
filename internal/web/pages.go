package web

import (
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/internal/problem"
)

// Pages serves the built pages in dist: files as they are, with the compressed copy that the browser accepts, and
// index.html for every other address that a browser opens, so that each page has an address of its own. It must be
// registered last.
func (e *Edge) Pages(dist fs.FS) {
	e.App.Use(func(c *fiber.Ctx) error {
		if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
			return fiber.ErrNotFound
		}
		name := strings.TrimPrefix(path.Clean("/"+c.Path()), "/")
		for _, p := range []string{"api/", "xapi/", "media/"} {
			if strings.HasPrefix(name+"/", p) {
				return fiber.ErrNotFound
			}
		}
		if name != "" && name != "index.html" && fs.ValidPath(name) {
			if st, err := fs.Stat(dist, name); err == nil && !st.IsDir() {
				if strings.HasPrefix(name, "assets/") {
					// Their names hold a digest of their content.
					c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
				} else {
					c.Set(fiber.HeaderCacheControl, "no-cache")
				}
				return sendFile(c, dist, name)
			}
			if strings.HasPrefix(name, "assets/") {
				return fiber.ErrNotFound
			}
		}
		c.Set(fiber.HeaderCacheControl, "no-cache")
		if _, err := fs.Stat(dist, "index.html"); err != nil {
			return &problem.Problem{Type: "about:blank", Title: "Not Found", Status: fiber.StatusNotFound, Code: "server.no_pages",
				Detail: "this program was built without its pages; build it with make build"}
		}
		return sendFile(c, dist, "index.html")
	})
}

func sendFile(c *fiber.Ctx, dist fs.FS, name string) error {
	typ := mime.TypeByExtension(path.Ext(name))
	if typ == "" {
		typ = fiber.MIMEOctetStream
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	for _, enc := range []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if c.Get(fiber.HeaderAcceptEncoding) == "" || c.AcceptsEncodings(enc.name, "identity") != enc.name {
			continue
		}
		if b, err := fs.ReadFile(dist, name+enc.ext); err == nil {
			c.Set(fiber.HeaderContentEncoding, enc.name)
			c.Set(fiber.HeaderContentType, typ)
			return c.Send(b)
		}
	}
	b, err := fs.ReadFile(dist, name)
	if err != nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, typ)
	return c.Send(b)
}
