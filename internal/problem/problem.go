// Package problem turns faults into answers: application/problem+json (RFC 9457) with a stable code and parameters.
//
// It is the only place that knows both a kind of fault and an HTTP status. Whatever is not a fault becomes a bare 500
// that carries the request id and nothing else; the cause goes to the log, once.
package problem

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// ContentType is the media type of every error (RFC 9457 §3).
const ContentType = "application/problem+json"

// Problem is the body of every error.
type Problem struct {
	Type   string         `json:"type" doc:"Always about:blank; Code tells errors apart" example:"about:blank"`
	Title  string         `json:"title" doc:"The HTTP status in words"`
	Status int            `json:"status" doc:"The HTTP status"`
	Detail string         `json:"detail,omitempty" doc:"What happened, in English; pages show the translation of Code"`
	Code   string         `json:"code" doc:"Stable and dotted; errors.<code> is the key of its translation"`
	Params map[string]any `json:"params,omitempty" doc:"Values for the translation"`
	Errors []Field        `json:"errors,omitempty" doc:"Which parts of the input are wrong"`

	cause error
	after int // seconds, for Retry-After; 0 for none
}

// Field is one wrong part of the input.
type Field struct {
	Path   string `json:"path" doc:"Where, as in body.email"`
	Code   string `json:"code" doc:"Stable and dotted, translated like the problem's"`
	Detail string `json:"detail,omitempty" doc:"What is expected, in English"`
}

// Error returns the code and the detail.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// Unwrap returns what caused it, for the log.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus returns the HTTP status; huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type; huma asks for it.
func (p *Problem) ContentType(string) string { return ContentType }

// After returns the seconds after which trying again makes sense, 0 if nothing is known.
func (p *Problem) After() int { return p.after }

// status is the only table of kinds and statuses.
func status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unsigned:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Stale:
		return http.StatusPreconditionFailed
	case fault.Gone:
		return http.StatusGone
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Full:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// Of returns the problem that answers err. An accident becomes a 500 that says nothing of its cause.
func Of(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		p := of(status(f.Kind), f.Code, f.Detail)
		p.Params, p.cause = f.Params, err
		for _, e := range f.Fields {
			p.Errors = append(p.Errors, Field{Path: e.Path, Code: e.Code})
		}
		if s, ok := f.Params["after"].(int); ok {
			p.after = s
		}
		return p
	}
	if errors.Is(err, store.ErrFull) {
		p := of(http.StatusInsufficientStorage, "server.full", "the disk of this installation is nearly full: what is there can be read, nothing new can be saved")
		p.cause = err
		return p
	}
	if e, ok := errors.AsType[*fiber.Error](err); ok {
		return ofStatus(e.Code, err)
	}
	p := ofStatus(http.StatusInternalServerError, err)
	return p
}

func of(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// ofStatus answers what the router or the decoder refuses before any service is asked.
func ofStatus(status int, cause error) *Problem {
	code, detail := "request.invalid", "the request is not understood"
	switch status {
	case http.StatusNotFound:
		code, detail = "request.not_found", "there is nothing at this address"
	case http.StatusMethodNotAllowed:
		code, detail = "request.method", "this address does not answer this method"
	case http.StatusRequestEntityTooLarge:
		code, detail = "request.too_large", "the request has more bytes than allowed"
	case http.StatusUnsupportedMediaType:
		code, detail = "request.media_type", "the body's media type is not understood"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		code, detail = "request.timeout", "the request took too long to arrive"
	case http.StatusTooManyRequests:
		code, detail = "request.too_many", "too many requests; wait a moment"
	case http.StatusNotAcceptable:
		code, detail = "request.not_acceptable", "none of the accepted media types can be served"
	default:
		if status >= 500 {
			code, detail = "server.accident", "something went wrong here; nothing that was saved before is lost"
		}
	}
	p := of(status, code, detail)
	p.cause = cause
	return p
}

// AsProblems makes huma answer with problems as well. Its hook is a variable of its package, so it is set once for the
// process.
var AsProblems = sync.OnceFunc(func() { //nolint:gochecknoglobals // huma's own hook is global; this sets it exactly once
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError { return ofHuma(status, msg, errs) }
})

func ofHuma(status int, msg string, errs []error) *Problem {
	for _, err := range errs {
		if err == nil {
			continue
		}
		if _, ok := errors.AsType[*fault.Fault](err); ok {
			return Of(err)
		}
		if p, ok := errors.AsType[*Problem](err); ok {
			return p
		}
	}
	p := ofStatus(status, errors.Join(errs...))
	if status < 500 && msg != "" && p.Code == "request.invalid" {
		p.Detail = msg
	}
	if status < 500 {
		for _, err := range errs {
			if d, ok := err.(huma.ErrorDetailer); ok {
				e := d.ErrorDetail()
				p.Errors = append(p.Errors, Field{Path: e.Location, Code: "request.field", Detail: strings.TrimSpace(e.Message)})
			}
		}
	}
	return p
}
