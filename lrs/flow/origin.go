package flow

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/internal/store"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// Origin is what another store said of a statement that came from it: the standard demands that this store sets the
// time of storing, and this store sets the authority as well. Its id is the statement's.
type Origin struct {
	store.Meta `bson:",inline"`
	From       string    `bson:"from"`      // address of the other store; of imports, what they are called
	Flow       string    `bson:"flow"`      // "" of imports
	Authority  string    `bson:"authority"` // JSON
	Stored     time.Time `bson:"stored"`    // zero if it did not say
}

// Origin returns where a statement came from; ok is false if it was made here.
func (s *Service) Origin(ctx context.Context, org, id string) (o Origin, ok bool, err error) {
	o, err = s.origins.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return o, false, nil
	}
	return o, err == nil, wrap("Origin", err)
}

// KeepOrigins notes where statements come from that are about to be stored. What is there already stays.
func (s *Service) KeepOrigins(ctx context.Context, org string, list ...Origin) error {
	err := s.origins.Insert(ctx, org, list...)
	if !errors.Is(err, store.ErrDuplicate) {
		return wrap("KeepOrigins", err)
	}
	for _, o := range list {
		if err := s.origins.Insert(ctx, org, o); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return wrap("KeepOrigins", err)
		}
	}
	return nil
}

// Forget removes what was kept beside statements that this store does not keep any more: where they came from, and that
// another store has refused them. It may be called again.
func (s *Service) Forget(ctx context.Context, org string, ids []string) error {
	for _, id := range ids {
		if err := s.origins.Delete(ctx, org, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Forget", err)
		}
	}
	return nil
}

// Unsent returns those of the statements (without Raw) that a flow of the organisation has still to pass on, switched off
// or not: what lies behind the number up to which it has come, if its filter may want it, and what was refused and waits.
func (s *Service) Unsent(ctx context.Context, org string, list []lrs.Stored) (map[string]bool, error) {
	flows, err := s.List(ctx, org)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, f := range flows {
		if f.Direction != Out {
			continue
		}
		// Of courses and authors more would have to be read: what only they leave out waits, too.
		wide := Filter{Verbs: f.Filter.Verbs, Activities: f.Filter.Activities}
		for _, st := range list {
			if st.Number > f.Number {
				if st.Voids || wide.wants(about{verb: st.Verb, activity: st.Activity}) {
					out[st.ID] = true
				}
				continue
			}
			if f.Refused == 0 {
				continue
			}
			switch _, err := s.refusals.Get(ctx, org, refusalID(f.ID, st.ID)); {
			case err == nil:
				out[st.ID] = true
			case !errors.Is(err, store.ErrNotFound):
				return nil, wrap("Unsent", err)
			}
		}
	}
	return out, nil
}

// OriginOf reads what a statement says of where it was stored. id is the statement's in lower case.
func OriginOf(id string, statement json.RawMessage, from, flow string) Origin {
	var said struct {
		Stored    string          `json:"stored"`
		Authority json.RawMessage `json:"authority"`
	}
	o := Origin{Meta: store.Meta{ID: id}, From: from, Flow: flow}
	if json.Unmarshal(statement, &said) != nil {
		return o
	}
	o.Authority = string(said.Authority)
	if t, err := xapi.ParseTime(said.Stored); err == nil {
		o.Stored = t.UTC().Truncate(time.Millisecond)
	}
	return o
}

// identity returns the identity of an Agent; "" of one that has none.
func identity(a xapi.Agent) string {
	raw, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	id, err := xapi.ParseAgent(raw)
	if err != nil {
		return ""
	}
	return id
}

// courier is who stores what a flow takes in.
func (s *Service) courier(org, id string) lrs.Credential { return s.c.Records.Courier(org, id) }

// Said returns the authority that the other store had set; nil if it said none.
func (o Origin) Said() map[string]any {
	var m map[string]any
	if o.Authority == "" || json.Unmarshal([]byte(o.Authority), &m) != nil {
		return nil
	}
	return m
}
