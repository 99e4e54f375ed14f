package xapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// splice is text that replaces a part of the source.
type splice struct {
	from, to int32
	text     string
}

// Body returns the statement as it is to be kept: every member as it was sent and in its order, except that single
// context activities became arrays and timestamps UTC; with id and version, and without stored and authority, which
// Complete adds when it is read.
func (p *Parsed) Body(id string) json.RawMessage {
	t := p.tree
	slices.SortStableFunc(p.splices, func(a, b splice) int { return int(a.from - b.from) })
	b := make([]byte, 0, len(t.src)+96)
	b = append(b, '{')
	member := func(write func()) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		write()
	}
	if p.ID == "" {
		member(func() { b = append(b, `"id":"`+id+`"`...) })
	}
	for c := t.child(0); c != 0; c = t.sibling(c) {
		switch t.key(c) {
		case "stored", "authority":
			continue
		}
		member(func() { b = p.copy(b, t.nodes[c].from, t.nodes[c].end) })
	}
	if t.member(0, "version") == 0 {
		member(func() { b = append(b, `"version":"`+p.Version+`"`...) })
	}
	return append(b, '}')
}

// copy appends a part of the source with its splices.
func (p *Parsed) copy(b []byte, from, to int32) []byte {
	for _, s := range p.splices {
		if s.from >= from && s.to <= to {
			b = append(append(b, p.tree.src[from:s.from]...), s.text...)
			from = s.to
		}
	}
	return append(b, p.tree.src[from:to]...)
}

// Complete returns a kept statement as a store answers it. timestamp says that the statement had one; else stored is
// taken. Data §2.4.7–§2.4.9
func Complete(body, authority json.RawMessage, stored time.Time, timestamp bool) json.RawMessage {
	at := FormatTime(stored)
	b := make([]byte, 0, len(body)+len(authority)+96)
	b = append(b, bytes.TrimSuffix(body, []byte("}"))...)
	if !timestamp {
		b = append(b, `,"timestamp":"`+at+`"`...)
	}
	b = append(b, `,"stored":"`+at+`","authority":`...)
	b = append(b, authority...)
	return append(b, '}')
}

// finish sets the version if the statement names none, and puts the lists in order.
func (p *Parsed) finish(v Version) {
	if p.Version == "" {
		p.Version = v.statement()
	}
	slices.Sort(p.RelatedAgents)
	p.RelatedAgents = slices.Compact(p.RelatedAgents)
	slices.Sort(p.RelatedActivities)
	p.RelatedActivities = slices.Compact(p.RelatedActivities)
	slices.Sort(p.Agents)
	p.Agents = slices.Compact(p.Agents)
}

// quote appends a string as JSON, in one way only.
func quote(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x20:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[r>>4], "0123456789abcdef"[r&15])
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

// decimal appends a JSON number by its value: digits without zeros at either end, and an exponent.
func decimal(b, raw []byte) []byte {
	mantissa, exponent := raw, 0
	if i := bytes.IndexAny(raw, "eE"); i >= 0 {
		n, err := strconv.Atoi(string(raw[i+1:]))
		if err != nil || n > 1<<30 || n < -1<<30 {
			return append(b, raw...)
		}
		mantissa, exponent = raw[:i], n
	}
	negative := mantissa[0] == '-'
	mantissa = bytes.TrimPrefix(mantissa, []byte("-"))
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	exponent -= len(fraction)
	d := append(bytes.Clone(whole), fraction...)
	trimmed := bytes.TrimRight(d, "0")
	exponent += len(d) - len(trimmed)
	trimmed = bytes.TrimLeft(trimmed, "0")
	if len(trimmed) == 0 {
		return append(b, '0')
	}
	if negative {
		b = append(b, '-')
	}
	b = append(b, trimmed...)
	return strconv.AppendInt(append(b, 'e'), int64(exponent), 10)
}
