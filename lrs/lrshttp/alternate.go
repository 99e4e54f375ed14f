package lrshttp

import (
	"encoding/json"
	"mime"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/lrs/xapi"
)

func badAlternate(format string, args ...any) error {
	return fault.New(fault.Invalid, "lrs.alternate", "the alternate request syntax: "+format, args...).With("clause", "Communication §1.3")
}

// alternate turns a POST in the alternate syntax into the request that is meant, and returns its method. Headers, query
// and body of c are those of that request afterwards. Communication §1.3
func (h *handlers) alternate(c *fiber.Ctx) (method string, err error) {
	query := c.Context().QueryArgs()
	method = string(query.Peek("method"))
	if v, ok := xapi.ParseVersion(c.Get(versionHeader)); ok && v != xapi.V1 {
		return "", badAlternate("there is none since 2.0; send the request itself")
	}
	if query.Len() != 1 {
		return "", badAlternate("method must be the only parameter of the address; all others belong into the form")
	}
	switch method {
	case fiber.MethodGet, fiber.MethodPut, fiber.MethodPost, fiber.MethodDelete:
	default:
		return "", badAlternate("method must be GET, PUT, POST or DELETE")
	}
	if t := c.Get(fiber.HeaderContentType); t != "" {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != fiber.MIMEApplicationForm {
			return "", badAlternate("the content type must be application/x-www-form-urlencoded")
		}
	}
	body, err := h.read(c, h.svc.Limits().Body)
	if err != nil {
		return "", err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", badAlternate("the body is no form")
	}
	return method, rewrite(c, method, form)
}

// rewrite takes headers, parameters and content out of the form.
func rewrite(c *fiber.Ctx, method string, form url.Values) error {
	header := &c.Request().Header
	header.Del(fiber.HeaderContentType)
	params := url.Values{}
	var content []byte
	has, length := false, ""
	for name, values := range form {
		if len(values) != 1 {
			return badParameter(name, "it is there twice")
		}
		switch strings.ToLower(name) {
		case "authorization", "x-experience-api-version", "content-type", "if-match", "if-none-match":
			if strings.ContainsAny(values[0], "\r\n") {
				return badParameter(name, "it is no header")
			}
			header.Set(name, values[0])
		case "content-length":
			length = values[0]
		case "content":
			content, has = []byte(values[0]), true
		case "method":
			return badParameter(name, "it belongs into the address")
		default:
			params.Set(name, values[0])
		}
	}
	sends := method == fiber.MethodPut || method == fiber.MethodPost
	switch {
	case sends && !has:
		return badAlternate("the form has no field content")
	case !sends && has:
		return badAlternate("a %s has no content", method)
	case length != "" && length != strconv.Itoa(len(content)):
		return badAlternate("Content-Length is not that of the content")
	}
	if sends && len(header.ContentType()) == 0 {
		header.SetContentType("text/plain; charset=utf-8")
		if json.Valid(content) {
			header.SetContentType(fiber.MIMEApplicationJSON)
		}
	}
	header.SetContentLength(len(content))
	c.Request().SetBodyRaw(content)
	c.Request().URI().SetQueryString(params.Encode())
	return nil
}
