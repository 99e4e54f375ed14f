package lrs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/maphash"
	"sync"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// activity is what is known of one: the definitions that statements gave it, merged. Its id is a hash of its IRI.
type activity struct {
	store.Meta `bson:",inline"`
	IRI        string `bson:"iri"`
	Definition []byte `bson:"definition"` // JSON
}

// maxDefinition bounds what is kept of one activity, in bytes. Further definitions of it leave it as it is.
const maxDefinition = 256 << 10

func activityID(iri string) string {
	return DocumentKey{Activity: iri, Resource: ActivityProfiles}.id()
}

// activities are the definitions that statements give to activities.
type activities struct {
	known *store.Town[activity]
	locks [64]sync.Mutex // by activity: in this process its definers take turns; others are met by revisions

	seed maphash.Seed
	mu   sync.Mutex
	now  map[uint64]struct{} // hashes of definitions that are merged already; guarded by mu
	was  map[uint64]struct{} // the generation before; guarded by mu
}

// maxMerged is how many merged definitions are remembered twice over, so that the same ones again cost nothing.
const maxMerged = 1 << 16

func openActivities(db *store.DB) (*activities, error) {
	known, err := store.NewTown[activity](db, "lrs-activities", 1)
	return &activities{known: known, seed: maphash.MakeSeed(), now: map[uint64]struct{}{}}, err
}

func (a *activities) hash(org string, d xapi.ActivityDefinition) uint64 {
	var h maphash.Hash
	h.SetSeed(a.seed)
	for _, part := range []string{org, d.Activity} {
		h.WriteString(part)
		h.WriteByte(0)
	}
	h.Write(d.JSON)
	return h.Sum64()
}

// merged reports whether this definition has been merged before.
func (a *activities) merged(hash uint64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, now := a.now[hash]
	_, was := a.was[hash]
	return now || was
}

func (a *activities) remember(hashes []uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, h := range hashes {
		if a.now[h] = struct{}{}; len(a.now) >= maxMerged {
			a.now, a.was = map[uint64]struct{}{}, a.now
		}
	}
}

// news collects the definitions of a request that are not merged yet.
type news struct {
	a      *activities
	org    string
	hashes []uint64
	list   []xapi.ActivityDefinition
}

// news begins to collect; it is nil for credentials that may not define. Communication §4.2
func (s *Service) news(org string, by Credential) *news {
	if !by.may(DefineActivities) {
		return nil
	}
	return &news{a: s.activities, org: org}
}

// add notes the definitions of a statement.
func (n *news) add(p *xapi.Parsed) {
	if n == nil {
		return
	}
	for _, d := range p.Definitions {
		if h := n.a.hash(n.org, d); !n.a.merged(h) {
			n.hashes, n.list = append(n.hashes, h), append(n.list, d)
		}
	}
}

// keep merges what was collected into what is known, once the statements are stored. Should the process die before, then
// whoever sends them again does it.
func (n *news) keep(ctx context.Context) error {
	if n == nil || len(n.list) == 0 {
		return nil
	}
	var order []string
	by := map[string]json.RawMessage{}
	for _, d := range n.list {
		was, ok := by[d.Activity]
		if !ok {
			order = append(order, d.Activity)
			by[d.Activity] = d.JSON
			continue
		}
		both, err := xapi.MergeDefinitions(was, d.JSON)
		if err != nil {
			return err
		}
		by[d.Activity] = both
	}
	var fresh []activity
	for _, iri := range order {
		err := n.a.add(ctx, n.org, iri, by[iri])
		if errors.Is(err, store.ErrNotFound) {
			if len(by[iri]) <= maxDefinition {
				fresh = append(fresh, activity{Meta: store.Meta{ID: activityID(iri)}, IRI: iri, Definition: by[iri]})
			}
			continue
		}
		if err != nil {
			return err
		}
	}
	if err := n.a.insert(ctx, n.org, fresh); err != nil {
		return err
	}
	n.a.remember(n.hashes)
	return nil
}

// add merges a definition into that of a known activity. store.ErrNotFound if it is not known.
func (a *activities) add(ctx context.Context, org, iri string, definition json.RawMessage) error {
	id := activityID(iri)
	lock := &a.locks[maphash.String(a.seed, id)%uint64(len(a.locks))]
	lock.Lock()
	defer lock.Unlock()
	_, err := a.known.Update(ctx, org, id, func(k *activity) error {
		both, err := xapi.MergeDefinitions(k.Definition, definition)
		if err != nil {
			return err
		}
		if bytes.Equal(both, k.Definition) || len(both) > maxDefinition {
			return store.ErrKeep
		}
		k.Definition = both
		return nil
	})
	return err
}

// insert stores activities that were not known, all at once, or one by one if somebody else was quicker with one of them.
func (a *activities) insert(ctx context.Context, org string, fresh []activity) error {
	for at := 0; at < len(fresh); at += store.MaxDocs {
		some := fresh[at:min(at+store.MaxDocs, len(fresh))]
		err := a.known.Insert(ctx, org, some...)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrDuplicate) && !errors.Is(err, store.ErrTooLarge) {
			return err
		}
		for _, k := range some {
			err := a.known.Insert(ctx, org, k)
			if errors.Is(err, store.ErrDuplicate) {
				err = a.add(ctx, org, k.IRI, k.Definition)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// definition returns what is known of an activity; nil if nothing is.
func (a *activities) definition(ctx context.Context, org, iri string) (json.RawMessage, error) {
	k, err := a.known.Get(ctx, org, activityID(iri))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return k.Definition, err
}

// Activity returns an activity with all that is known of it, as JSON. One that nobody has described has its id only.
// Faults: lrs.scope, lrs.organisation. Communication §2.5
func (s *Service) Activity(ctx context.Context, org string, by Credential, iri string) (json.RawMessage, error) {
	if err := by.must(org, ReadStatements, ReadEverything, DefineActivities); err != nil {
		return nil, err
	}
	if !xapi.ValidIRI(iri) {
		return nil, fault.New(fault.Invalid, "lrs.parameter", "activityId must be an absolute IRI").With("name", "activityId")
	}
	definition, err := s.activities.definition(ctx, org, iri)
	if err != nil {
		return nil, wrap("Activity", err)
	}
	b, err := json.Marshal(struct {
		ObjectType string          `json:"objectType"`
		ID         string          `json:"id"`
		Definition json.RawMessage `json:"definition,omitempty"`
	}{"Activity", iri, definition})
	return b, wrap("Activity", err)
}

// Canonical writes statements in the format canonical: activities with what is known of them, and of each language map
// the entry that a reader likes best. Communication §2.1.3
type Canonical struct {
	s      *Service
	org    string
	accept string // Accept-Language
	found  map[string]json.RawMessage
}

// Canonical returns a writer for one answer. It is used by one goroutine.
func (s *Service) Canonical(org, acceptLanguage string) *Canonical {
	return &Canonical{s: s, org: org, accept: acceptLanguage, found: map[string]json.RawMessage{}}
}

// Append appends a statement.
func (c *Canonical) Append(ctx context.Context, b []byte, statement json.RawMessage) ([]byte, error) {
	var failed error
	b, err := xapi.AppendCanonical(b, statement, c.accept, func(iri string) json.RawMessage {
		d, ok := c.found[iri]
		if !ok && failed == nil {
			d, failed = c.s.activities.definition(ctx, c.org, iri)
			c.found[iri] = d
		}
		return d
	})
	return b, wrap("Canonical", errors.Join(err, failed))
}
