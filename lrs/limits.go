package lrs

import (
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Limits say how much one request may hold. Zero values are replaced by the defaults, and what is too much by the most.
type Limits struct {
	Statement   int // bytes; 1 MiB
	Batch       int // statements; 1000, which is also the most
	Body        int // bytes of a request; 8 MiB, which is also the most
	Page        int // statements of a page; 500, which is also the most
	Document    int // bytes of a state or profile document; 4 MiB, at most 15 MiB
	Attachments int // of one request; 1000, which is also the most
	Depth       int // levels of objects and arrays in a statement; 64, which is also the most
	Query       int // bytes of the parameters in an address; 12 KiB, which is also the most
}

const (
	maxStatement = 1 << 20
	maxBatch     = store.MaxDocs
	maxBody      = 8 << 20
	maxPage      = store.MaxLimit
	maxDocument  = 15 << 20
	maxParts     = 1000
	maxQuery     = 12 << 10 // the server reads 16 KiB of address and headers
)

// MostLimits returns what the limits may be at most.
func MostLimits() Limits {
	return Limits{Statement: maxBody, Batch: maxBatch, Body: maxBody, Page: maxPage, Document: maxDocument, Attachments: maxParts, Depth: xapi.MaxDepth, Query: maxQuery}
}

// complete fills in the defaults.
func (l Limits) complete() Limits {
	most := MostLimits()
	for _, f := range []struct {
		to          *int
		usual, most int
	}{
		{&l.Statement, maxStatement, most.Statement},
		{&l.Batch, maxBatch, most.Batch},
		{&l.Body, maxBody, most.Body},
		{&l.Page, maxPage, most.Page},
		{&l.Document, 4 << 20, most.Document},
		{&l.Attachments, maxParts, most.Attachments},
		{&l.Depth, xapi.MaxDepth, most.Depth},
		{&l.Query, maxQuery, most.Query},
	} {
		if *f.to <= 0 {
			*f.to = f.usual
		}
		*f.to = min(*f.to, f.most)
	}
	return l
}

// tooDeep reports whether a statement has more levels than allowed. The grammar refuses what is above xapi.MaxDepth, so
// only a lower limit costs anything.
func (l Limits) tooDeep(raw []byte) bool {
	if l.Depth >= xapi.MaxDepth {
		return false
	}
	depth, text := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if depth++; depth > l.Depth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
