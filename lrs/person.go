package lrs

import (
	"context"
	"encoding/json"
	"slices"

	"palestra/internal/fault"
	"palestra/lrs/xapi"
)

// namesOf is how many of an agent's statements are looked at for names.
const namesOf = 20

// Person returns who an agent (JSON) is: the identifier that was asked for, which is never connected with another one
// here, and the names under which recent statements know it, if the credential may read statements. Faults: lrs.scope,
// lrs.organisation, lrs.statement (the agent is not one)
func (s *Service) Person(ctx context.Context, org string, by Credential, agent json.RawMessage) (xapi.Person, error) {
	p := xapi.Person{ObjectType: "Person"}
	if err := by.must(org, ReadStatements, ReadOwnStatements, ReadEverything, WriteProfile, DefineActivities); err != nil {
		return p, err
	}
	identity, err := xapi.ParseAgent(agent)
	if err != nil {
		return p, Wrong(err, 0)
	}
	var a xapi.Agent
	if err := json.Unmarshal(agent, &a); err != nil {
		return p, wrap("Person", err)
	}
	if a.ObjectType == "Group" {
		return p, Wrong(&xapi.Error{Pointer: "/objectType", Clause: "Communication §2.4", Text: "an Agent is needed here, not a Group"}, 0)
	}
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	p.Name, p.Mbox, p.MboxSHA1, p.OpenID = one(a.Name), one(a.Mbox), one(a.MboxSHA1), one(a.OpenID)
	if a.Account != nil {
		p.Account = []xapi.Account{*a.Account}
	}
	if !by.may(ReadStatements, ReadEverything) {
		return p, nil
	}
	page, err := s.Query(ctx, org, by, Query{Agent: identity, Limit: namesOf})
	if err != nil {
		return p, err
	}
	for _, st := range page.Statements {
		for _, name := range namesIn(st.Raw, identity) {
			if !slices.Contains(p.Name, name) {
				p.Name = append(p.Name, name)
			}
		}
	}
	return p, nil
}

// namesIn returns the names that a statement's actor or object gives to an agent.
func namesIn(raw json.RawMessage, identity string) []string {
	var st struct {
		Actor  json.RawMessage `json:"actor"`
		Object json.RawMessage `json:"object"`
	}
	if err := json.Unmarshal(raw, &st); err != nil {
		return nil
	}
	var names []string
	for _, who := range []json.RawMessage{st.Actor, st.Object} {
		if id, err := xapi.ParseAgent(who); err != nil || id != identity {
			continue
		}
		var a xapi.Agent
		if json.Unmarshal(who, &a) == nil && a.Name != "" {
			names = append(names, a.Name)
		}
	}
	return names
}

// AgentOf returns the identity of the agent or identified group in a parameter. A group is one only since 2.0. Fault:
// lrs.statement
func AgentOf(raw string, v xapi.Version) (string, error) {
	identity, err := xapi.ParseAgent([]byte(raw))
	if err != nil {
		return "", Wrong(err, 0)
	}
	var a xapi.Agent
	if err := json.Unmarshal([]byte(raw), &a); err != nil {
		return "", fault.New(fault.Invalid, "lrs.parameter", "agent must be an Agent").With("name", "agent")
	}
	if a.ObjectType == "Group" && v == xapi.V1 {
		return "", Wrong(&xapi.Error{Pointer: "/objectType", Clause: "Communication §2.3", Text: "an Agent is needed here, not a Group"}, 0)
	}
	return identity, nil
}
