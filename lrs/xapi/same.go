package xapi

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
)

// role is what a value means, as far as comparing statements needs to know.
type role uint8

const (
	plain role = iota
	skip       // not part of the statement
	ofStatement
	ofSub
	ofActor
	ofMembers // a list without order
	ofMbox
	ofVerb
	ofObject
	ofActivity
	ofActivities // one or several
	ofResult
	ofContext
	ofContextActivities
	ofContextActors
	ofContextActor
	ofReference
	ofMoment
	ofDuration
	anyCase
)

// under returns what the member of an object with this role means. Data §2.3.1 lists what does not count.
func (r role) under(key string) role {
	switch r {
	case ofStatement, ofSub:
		switch key {
		case "id", "stored", "authority", "version":
			return skip
		case "timestamp":
			if r == ofStatement {
				return skip // compared apart: the server may have set it
			}
			return ofMoment
		case "actor":
			return ofActor
		case "verb":
			return ofVerb
		case "object":
			return ofObject
		case "result":
			return ofResult
		case "context":
			return ofContext
		}
	case ofActor:
		switch key {
		case "mbox":
			return ofMbox
		case "mbox_sha1sum":
			return anyCase
		case "member":
			return ofMembers
		}
	case ofVerb:
		if key == "display" {
			return skip
		}
	case ofActivity:
		if key == "definition" {
			return skip
		}
	case ofReference:
		if key == "id" {
			return anyCase
		}
	case ofResult:
		if key == "duration" {
			return ofDuration
		}
	case ofContext:
		switch key {
		case "registration", "language":
			return anyCase
		case "instructor", "team":
			return ofActor
		case "contextActivities":
			return ofContextActivities
		case "statement":
			return ofReference
		case "contextAgents", "contextGroups":
			return ofContextActors
		}
	case ofContextActivities:
		return ofActivities
	case ofContextActor:
		if key == "agent" || key == "group" {
			return ofActor
		}
	}
	return plain
}

// Digest returns 16 bytes that two statements share if and only if they are the same in the sense of Data §2.3.1, their
// own timestamps apart.
func (p *Parsed) Digest() []byte {
	sum := sha256.Sum256(p.tree.canonical(make([]byte, 0, len(p.tree.src)), 0, ofStatement))
	return sum[:16]
}

func (t *tree) canonical(b []byte, n int, r role) []byte {
	switch t.nodes[n].kind {
	case object:
		switch r {
		case ofObject:
			r = t.objectRole(n)
		case ofActivities:
			return append(t.canonical(append(b, '['), n, ofActivity), ']')
		}
		return t.canonicalObject(b, n, r)
	case array:
		return t.canonicalArray(b, n, r)
	case text:
		if raw := t.raw(n); r == plain && bytes.IndexByte(raw, '\\') < 0 {
			return append(b, raw...) // what quote would write
		}
		return quote(b, meaning(t.str(n), r))
	case number:
		return decimal(b, t.raw(n))
	}
	return append(b, t.raw(n)...)
}

func (t *tree) objectRole(n int) role {
	switch t.textAt(n, "objectType") {
	case "Agent", "Group":
		return ofActor
	case "SubStatement":
		return ofSub
	case "StatementRef":
		return ofReference
	}
	return ofActivity
}

func meaning(s string, r role) string {
	switch r {
	case anyCase:
		return strings.ToLower(s)
	case ofMbox:
		return normalMbox(s)
	case ofMoment:
		if at, err := ParseTime(s); err == nil {
			return at.Format("2006-01-02T15:04:05.999999999Z")
		}
	case ofDuration:
		return shortDuration(s)
	}
	return s
}

func (t *tree) canonicalObject(b []byte, n int, r role) []byte {
	return t.canonicalObjectWithout(b, n, r, "")
}

// canonicalObjectWithout leaves out one key; "" none.
func (t *tree) canonicalObjectWithout(b []byte, n int, r role, without string) []byte {
	var room [fewKeys]int
	members := room[:0]
	for c := t.child(n); c != 0; c = t.sibling(c) {
		if key := t.key(c); r.under(key) != skip && (without == "" || key != without) {
			members = append(members, c)
		}
	}
	slices.SortFunc(members, func(x, y int) int { return strings.Compare(t.key(x), t.key(y)) })
	b = append(b, '{')
	for i, c := range members {
		if i > 0 {
			b = append(b, ',')
		}
		if m := &t.nodes[c]; m.escaped {
			b = quote(b, t.key(c))
		} else {
			b = append(b, t.src[m.from:m.behind]...)
		}
		b = append(b, ':')
		b = t.canonical(b, c, r.under(t.key(c)))
	}
	return append(b, '}')
}

func (t *tree) canonicalArray(b []byte, n int, r role) []byte {
	of := plain
	switch r {
	case ofMembers:
		of = ofActor
	case ofActivities:
		of = ofActivity
	case ofContextActors:
		of = ofContextActor
	}
	list := make([][]byte, 0, t.nodes[n].count)
	for c := t.child(n); c != 0; c = t.sibling(c) {
		list = append(list, t.canonical(nil, c, of))
	}
	if r == ofMembers {
		slices.SortFunc(list, bytes.Compare)
	}
	b = append(b, '[')
	return append(append(b, bytes.Join(list, []byte(","))...), ']')
}
