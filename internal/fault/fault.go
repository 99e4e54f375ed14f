// Package fault holds the one kind of error that a person may see.
//
// A fault says what went wrong in a stable, dotted code (which is also the key of its translation), in a detail that
// is safe to show, and in parameters for the translation. What caused it stays inside the process. Everything that is
// not a fault is an accident: the edge answers it with a bare 500 and logs it.
package fault

import (
	"errors"
	"fmt"
	"maps"
)

// Kind says what sort of answer a fault is. Only internal/problem knows which HTTP status belongs to it.
type Kind uint8

// The kinds of fault.
const (
	Invalid     Kind = iota + 1 // the request is understood and wrong
	Unsigned                    // nobody is signed in
	Forbidden                   // somebody is signed in who may not do this
	NotFound                    // it does not exist, or not for this person
	Conflict                    // it clashes with what is stored
	Stale                       // somebody else has changed it since it was read (RFC 9110 §13.1.1)
	Gone                        // it existed and will not return
	TooLarge                    // more bytes or entries than allowed
	Unsupported                 // a media type or format that is not understood
	TooMany                     // too many requests; Param "after" holds seconds
	Unavailable                 // a service behind is missing for now; trying again helps
	Full                        // no space left
)

// Fault is an error that a person may see.
type Fault struct {
	Kind   Kind
	Code   string         // stable and dotted, e.g. "video.not_found"; "errors." + Code is the translation key
	Detail string         // English, safe to show
	Params map[string]any // values for the translation; count chooses a plural form, after are seconds, size, limit and left are bytes
	Fields []Field        // which parts of the input are wrong, if known
	cause  error
}

// Field names one wrong part of the input.
type Field struct {
	Path string // as in the request, e.g. "body.email"
	Code string // stable and dotted, translated like Fault.Code
}

// New makes a fault. The detail is formatted as by fmt.Sprintf and must hold nothing secret.
func New(kind Kind, code, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Error returns the code and the detail, for logs.
func (f *Fault) Error() string { return f.Code + ": " + f.Detail }

// Unwrap returns the cause, which is never shown.
func (f *Fault) Unwrap() error { return f.cause }

// With returns a copy that carries one more parameter for the translation.
func (f *Fault) With(key string, value any) *Fault {
	c := *f
	c.Params = maps.Clone(f.Params)
	if c.Params == nil {
		c.Params = map[string]any{}
	}
	c.Params[key] = value
	return &c
}

// At returns a copy that names one more wrong part of the input.
func (f *Fault) At(path, code string) *Fault {
	c := *f
	c.Fields = append(append([]Field(nil), f.Fields...), Field{Path: path, Code: code})
	return &c
}

// Because returns a copy that carries the cause for the log.
func (f *Fault) Because(err error) *Fault {
	c := *f
	c.cause = err
	return &c
}

// Is reports whether err is a fault with this code.
func Is(err error, code string) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Code == code
}

// KindOf returns the kind of the fault in err, or 0 if there is none.
func KindOf(err error) Kind {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Kind
	}
	return 0
}
