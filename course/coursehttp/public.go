package coursehttp

import (
	"bytes"
	"crypto/ed25519"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/course"
	"palestra/course/certificate"
	"palestra/course/export"
	"palestra/course/ledger"
	"palestra/internal/fault"
	"palestra/internal/keys"
	"palestra/internal/lang"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// Public is what the pages outside of the JSON interface need.
type Public struct {
	Texts     *lang.Catalogue
	Tokens    []byte // style sheet that names colours and sizes
	Keys      func() map[string]ed25519.PublicKey
	Sign      ledger.Signer
	Now       func() time.Time
	PublicURL string
	Log       *slog.Logger
}

// keysPath is where anybody gets the keys that verify.
const keysPath = "/c/keys.pem"

// RegisterPublic adds the pages at which anyone checks a certificate, and HR's exports.
func RegisterPublic(e *web.Edge, svc *course.Service, p Public) error {
	draw, err := certificate.New(p.Texts, p.Tokens)
	if err != nil {
		return err
	}
	path, css := draw.Style()
	e.App.Get(path, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		return c.Send(css)
	})
	e.App.Get(keysPath, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "application/x-pem-file")
		var b bytes.Buffer
		all := p.Keys()
		for _, id := range slices.Sorted(maps.Keys(all)) {
			b.Write(keys.EncodePublic(all[id]))
		}
		return c.Send(b.Bytes())
	})
	e.App.Get("/c/:code.pdf", func(c *fiber.Ctx) error { return page(c, svc, draw, p, true) })
	e.App.Get("/c/:code", func(c *fiber.Ctx) error { return page(c, svc, draw, p, false) })
	e.App.Get(web.Base+"/hr/programmes/:id/exports/:format", func(c *fiber.Ctx) error { return followerExport(c, svc, p) })
	e.App.Get(web.Base+"/hr/exports/:format", func(c *fiber.Ctx) error { return exports(c, svc, p) })
	return nil
}

// page sends a certificate, on its page or on paper.
func page(c *fiber.Ctx, svc *course.Service, draw *certificate.Renderer, p Public, paper bool) error {
	locale := p.Texts.Match(c.Query("lang"), c.Get(fiber.HeaderAcceptLanguage))
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderContentLanguage, locale)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	c.Vary(fiber.HeaderAcceptLanguage)
	x, err := svc.Certified(c.UserContext(), c.Params("code"))
	var b bytes.Buffer
	if fault.KindOf(err) == fault.NotFound {
		if err := draw.Missing(&b, locale); err != nil {
			return err
		}
		return c.Status(fiber.StatusNotFound).Send(b.Bytes())
	}
	if err != nil {
		return err
	}
	zone, err := x.Organisation.Location()
	if err != nil {
		return err
	}
	title, titleLang := x.Completion.Title.In(locale)
	rule := []string{p.Texts.T(locale, "rule.all", nil), p.Texts.T(locale, "rule.video", map[string]any{"percent": x.Completion.Rule.Video})}
	var parts []certificate.Part
	if x.Completion.Kind == course.KindProgramme {
		rule = []string{p.Texts.T(locale, "rule.programme", nil)}
		for _, e := range x.Completion.Earned {
			name, lang := e.Title.In(locale)
			parts = append(parts, certificate.Part{Title: name, Lang: lang, Completed: e.At, Entry: e.Ledger})
		}
	}
	cert := certificate.Certificate{URL: p.PublicURL + "/c/" + x.Completion.Certificate, Organisation: x.Organisation.Name, Zone: zone, Person: x.Person, Course: title,
		CourseLang: titleLang, KeyURL: keysPath, Keys: p.Keys(),
		Rule: rule, Programme: x.Completion.Kind == course.KindProgramme, Parts: parts}
	for _, e := range x.Entries {
		cert.Entries = append(cert.Entries, certificate.Entry{Entry: e.Entry, Before: e.Before})
	}
	write := draw.Page
	if paper {
		write = draw.Paper
		c.Set(fiber.HeaderContentType, "application/pdf")
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="palestra-certificate.pdf"`)
	}
	if err := write(&b, locale, cert, p.Now()); err != nil {
		return err
	}
	return c.Send(b.Bytes())
}

func exports(c *fiber.Ctx, svc *course.Service, p Public) error {
	name := c.Params("format")
	by := peoplehttp.Actor(c)
	f, ok := export.Forms()[name]
	if name != "ledger" && !ok {
		return noFormat(by)
	}
	ctx, cancel := web.FileContext(c)
	x, err := svc.Export(ctx, by, name)
	if err != nil {
		cancel()
		return err
	}
	mime, ext := f.MediaType, f.Extension
	write := func(w io.Writer) error {
		_, err := f.Write(w, x.Info, x.Rows)
		return err
	}
	if name == "ledger" {
		mime, ext = "application/zip", "zip"
		write = func(w io.Writer) error {
			_, err := ledger.WriteArchive(w, by.Organisation, svc.Entries(ctx, by.Organisation), p.Now(), p.Sign)
			return err
		}
	}
	web.File(c, p.Log, mime, name+"-"+x.Info.AsOf.In(x.Info.Zone).Format(time.DateOnly)+"."+ext, cancel, write)
	return nil
}

// followerExport sends who follows a programme.
func followerExport(c *fiber.Ctx, svc *course.Service, p Public) error {
	by := peoplehttp.Actor(c)
	f, ok := export.Forms()[c.Params("format")]
	if !ok {
		return noFormat(by)
	}
	ctx, cancel := web.FileContext(c)
	x, err := svc.ExportFollowers(ctx, by, strings.Clone(c.Params("id")), strings.Clone(c.Params("format")))
	if err != nil {
		cancel()
		return err
	}
	web.File(c, p.Log, f.MediaType, "programme-"+x.Info.AsOf.In(x.Info.Zone).Format(time.DateOnly)+"."+f.Extension, cancel, func(w io.Writer) error {
		_, err := f.Followers(w, x.Info, x.Rows)
		return err
	})
	return nil
}

func noFormat(by people.Actor) error {
	if err := by.Must(people.HR); err != nil {
		return err
	}
	return fault.New(fault.NotFound, "course.export_format", "there is no such export")
}
