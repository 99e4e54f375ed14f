package xapi

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// AppendIDs appends a statement with no more of its agents, activities and verbs than what identifies them.
// Communication §2.1.3, format ids
func AppendIDs(b []byte, statement json.RawMessage) ([]byte, error) {
	t, err := parseTree(statement)
	if err != nil {
		return b, err
	}
	return t.filter(b, 0, ofStatement, nil, func(t *tree, r role, n int) (keep bool, pick int) {
		key := t.key(n)
		switch r {
		case ofVerb:
			return key != "display", 0
		case ofActivity:
			return key == "id", 0
		case ofActor:
			return key != "name" && (key != "member" || t.anonymous(n)), 0
		}
		return true, 0
	}), nil
}

// anonymous reports whether the Group with this member list has no identifier: then its members are all there is.
func (t *tree) anonymous(member int) bool {
	for p := range t.nodes[:member] {
		for c := t.child(p); c != 0; c = t.sibling(c) {
			if c == member {
				return t.member(p, "mbox") == 0 && t.member(p, "mbox_sha1sum") == 0 && t.member(p, "openid") == 0 && t.member(p, "account") == 0
			}
		}
	}
	return false
}

// AppendCanonical appends a statement in which every language map of verbs and activities holds one entry, the one that
// Accept-Language (RFC 9110 §12.5.4) likes best. Of activities that define knows, the definition is the one it returns
// (valid JSON); define may be nil. Communication §2.1.3, format canonical
func AppendCanonical(b []byte, statement json.RawMessage, accept string, define func(iri string) json.RawMessage) ([]byte, error) {
	t, err := parseTree(statement)
	if err != nil {
		return b, err
	}
	wanted := parseAccept(accept)
	return t.filter(b, 0, ofStatement, define, func(t *tree, r role, n int) (keep bool, pick int) {
		key := t.key(n)
		if r == ofVerb && key == "display" || r == ofDefinition && (key == "name" || key == "description") || r == ofComponent && key == "description" {
			return true, t.choose(n, wanted)
		}
		return true, 0
	}), nil
}

// Roles that only formats need.
const (
	ofDefinition role = iota + 100
	ofComponents
	ofComponent
)

// shown is under, for writing a statement: nothing is skipped, and definitions are looked into.
func (t *tree) shown(r role, n int) role {
	key := t.key(n)
	switch {
	case r == ofActivity && key == "definition":
		return ofDefinition
	case r == ofDefinition && slices.Contains([]string{"choices", "scale", "source", "target", "steps"}, key):
		return ofComponents
	case r == ofStatement && key == "authority":
		return ofActor
	}
	return r.under(key)
}

// keeps says whether a member stays. Of a map, pick is the only entry that stays.
type keeps func(t *tree, r role, n int) (keep bool, pick int)

// known returns what define knows of an activity; nil for none.
func (t *tree) known(n int, r role, define func(iri string) json.RawMessage) *tree {
	if r != ofActivity || define == nil {
		return nil
	}
	raw := define(t.textAt(n, "id"))
	if raw == nil {
		return nil
	}
	d, err := parseTree(raw)
	if err != nil || d.nodes[0].kind != object {
		return nil
	}
	return d
}

// filter appends a value without the members that f does not keep, with the definitions that define knows.
func (t *tree) filter(b []byte, n int, r role, define func(iri string) json.RawMessage, f keeps) []byte {
	switch t.nodes[n].kind {
	case object:
		if r == ofObject {
			r = t.objectRole(n)
		}
		b = append(b, '{')
		empty := true
		known := t.known(n, r, define)
		for c := t.child(n); c != 0; c = t.sibling(c) {
			keep, pick := f(t, r, c)
			if !keep || known != nil && t.key(c) == "definition" {
				continue
			}
			if !empty {
				b = append(b, ',')
			}
			empty = false
			b = append(b, t.src[t.nodes[c].from:t.nodes[c].start]...)
			if pick != 0 {
				b = append(append(append(b, '{'), t.src[t.nodes[pick].from:t.nodes[pick].end]...), '}')
				continue
			}
			b = t.filter(b, c, t.shown(r, c), define, f)
		}
		if known != nil { // an activity has an id, so it is not the first member
			b = known.filter(append(b, `,"definition":`...), 0, ofDefinition, nil, f)
		}
		return append(b, '}')
	case array:
		of := plain
		switch r {
		case ofMembers:
			of = ofActor
		case ofActivities:
			of = ofActivity
		case ofContextActors:
			of = ofContextActor
		case ofComponents:
			of = ofComponent
		}
		b = append(b, '[')
		for c := t.child(n); c != 0; c = t.sibling(c) {
			if c != t.child(n) {
				b = append(b, ',')
			}
			b = t.filter(b, c, of, define, f)
		}
		return append(b, ']')
	}
	return append(b, t.raw(n)...)
}

// liking is one entry of Accept-Language.
type liking struct {
	tag     string // lower case; * for any
	quality float64
}

func parseAccept(s string) []liking {
	var list []liking
	for _, part := range strings.Split(s, ",") {
		tag, params, _ := strings.Cut(part, ";")
		l := liking{tag: strings.ToLower(strings.TrimSpace(tag)), quality: 1}
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			f, err := strconv.ParseFloat(q, 64)
			if err != nil {
				continue
			}
			l.quality = f
		}
		if l.tag != "" && l.quality > 0 {
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b liking) int {
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		}
		return 0
	})
	return list
}

// choose returns the entry of a language map that is liked best, or its first; 0 if it is empty.
func (t *tree) choose(n int, wanted []liking) int {
	for _, l := range wanted {
		// RFC 4647: the tag itself, then a narrower one (§3.3), then a wider one (§3.4).
		for _, fits := range []func(tag string) bool{
			func(tag string) bool { return l.tag == "*" || tag == l.tag },
			func(tag string) bool { return strings.HasPrefix(tag, l.tag+"-") },
			func(tag string) bool { return strings.HasPrefix(l.tag, tag+"-") },
		} {
			for c := t.child(n); c != 0; c = t.sibling(c) {
				if fits(strings.ToLower(t.key(c))) {
					return c
				}
			}
		}
	}
	return t.child(n)
}
