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
