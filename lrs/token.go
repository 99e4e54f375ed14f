package lrs

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"palestra/lrs/xapi"
)

// Kinds of tokens. They are in the hashes on disk: never change them.
const (
	byAgent            = 'a' // actor or object, or a member of them
	byVerb             = 'v'
	byActivity         = 'o'
	byRegistration     = 'r'
	byVerbActivity     = 'c'
	byAgentVerbAct     = 'd'
	byRelatedAgent     = 'A' // agents that byAgent does not find: authority, instructor, team, in a SubStatement
	byRelatedActivity  = 'O' // activities that byActivity does not find: of the context, in a SubStatement
	byTarget           = 't' // refers to a statement
	byVoiding          = 'z' // voids a statement
	byLearner          = 'l' // its actor has an account on this platform, and it is not the platform's own
	byAttachment       = 'f' // has an attachment with this hash
	tokenSize          = 12  // bytes
	maxInheritedTokens = 256
)

// token is a hash of what one looks for.
func token(kind byte, parts ...string) []byte {
	return appendToken(make([]byte, 0, tokenSize), kind, parts...)
}

func appendToken(dst []byte, kind byte, parts ...string) []byte {
	var room [512]byte
	b := append(room[:0], kind)
	for _, p := range parts {
		b = append(binary.AppendUvarint(b, uint64(len(p))), p...)
	}
	sum := sha256.Sum256(b)
	return append(dst, sum[:tokenSize]...)
}

// tokens returns all that finds a statement by itself.
func tokens(p *xapi.Parsed, authority string) [][]byte {
	list := [][]byte{token(byVerb, p.Verb)}
	for _, a := range p.Agents {
		list = append(list, token(byAgent, a))
		if p.Activity != "" {
			list = append(list, token(byAgentVerbAct, a, p.Verb, p.Activity))
		}
	}
	if p.Activity != "" {
		list = append(list, token(byActivity, p.Activity), token(byVerbActivity, p.Verb, p.Activity))
	}
	if p.Registration != "" {
		list = append(list, token(byRegistration, p.Registration))
	}
	for _, a := range p.RelatedAgents {
		if !slices.Contains(p.Agents, a) {
			list = append(list, token(byRelatedAgent, a))
		}
	}
	if authority != "" && !slices.Contains(p.Agents, authority) && !slices.Contains(p.RelatedAgents, authority) {
		list = append(list, token(byRelatedAgent, authority))
	}
	for _, o := range p.RelatedActivities {
		if o != p.Activity {
			list = append(list, token(byRelatedActivity, o))
		}
	}
	if p.Target != "" {
		list = append(list, token(byTarget, p.Target))
	}
	if p.Voids {
		list = append(list, token(byVoiding))
	}
	for _, a := range p.Attachments {
		list = append(list, token(byAttachment, strings.ToLower(a.SHA2)))
	}
	return list
}

// inherit adds the tokens of the statement that r refers to: who finds that one finds r. Communication §2.1.3, "Filter
// Conditions for StatementRefs"
func (r *record) inherit(from [][]byte) {
	own := r.Tokens[:r.Facts.Own]
	r.Tokens = append(slices.Clip(own), inheritable(from)...)
}

// inheritable leaves out what is about the statement itself, and ends chains that somebody made too long.
func inheritable(from [][]byte) [][]byte {
	voiding, learner := token(byVoiding), token(byLearner)
	list := slices.DeleteFunc(slices.Clone(from), func(t []byte) bool { return bytes.Equal(t, voiding) || bytes.Equal(t, learner) })
	return list[:min(len(list), maxInheritedTokens)]
}

// has reports whether one of the tokens is among the statement's own.
func (r *record) has(any ...[]byte) bool {
	return slices.ContainsFunc(r.Tokens[:r.Facts.Own], func(t []byte) bool {
		return slices.ContainsFunc(any, func(x []byte) bool { return bytes.Equal(t, x) })
	})
}
