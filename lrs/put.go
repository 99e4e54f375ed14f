package lrs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Put stores statements, all or none, and returns their ids in the same order, as they were sent or made. What is stored
// already with the same content is accepted and stays as it is. version is that of the request (xapi.V1 or V2).
//
// Faults: lrs.statement (with pointer, clause and index), lrs.twice, lrs.conflict, lrs.scope, lrs.organisation, lrs.not_yours,
// lrs.void, lrs.attachment_missing, lrs.too_large, lrs.too_many, lrs.full. Communication §2.1.1, §2.1.2
func (s *Service) Put(ctx context.Context, org string, by Credential, version xapi.Version, statements []json.RawMessage) ([]string, error) {
	return s.put(ctx, org, by, version, "", statements, nil)
}

// PutWith is Put with the data of attachments: as is the id of the only statement, or "". Further faults:
// lrs.attachment_excess, lrs.attachment_hash, lrs.signature. Data §2.4.11, §2.6
func (s *Service) PutWith(ctx context.Context, org string, by Credential, version xapi.Version, as string, statements []json.RawMessage, data []Attachment) ([]string, error) {
	return s.put(ctx, org, by, version, as, statements, data)
}

// PutAs is Put for one statement under a given id (a UUID). It may name the same id itself, or none; another one is the
// fault lrs.id_mismatch. Communication §2.1.1
func (s *Service) PutAs(ctx context.Context, org string, by Credential, version xapi.Version, id string, statement json.RawMessage) error {
	if !xapi.ValidUUID(id) {
		return fault.New(fault.Invalid, "lrs.parameter", "statementId must be a UUID").With("name", "statementId")
	}
	_, err := s.put(ctx, org, by, version, id, []json.RawMessage{statement}, nil)
	return err
}

// put stores statements, the only one of them as id unless that is "".
func (s *Service) put(ctx context.Context, org string, by Credential, version xapi.Version, as string, statements []json.RawMessage, data []Attachment) ([]string, error) {
	if err := by.must(org, WriteStatements); err != nil {
		return nil, err
	}
	if len(statements) > s.c.Limits.Batch {
		return nil, fault.New(fault.TooLarge, "lrs.too_many", "one request may hold %d statements", s.c.Limits.Batch).With("most", s.c.Limits.Batch)
	}
	if as != "" && len(statements) != 1 {
		return nil, fault.New(fault.Invalid, "lrs.statement", "one statement was expected").With("pointer", "").With("clause", "Communication §2.1.1").With("index", 0)
	}
	parts, err := newParts(data)
	if err != nil {
		return nil, err
	}
	authority, identity := by.authority(s)
	ids := make([]string, 0, len(statements))
	recs := make([]record, 0, len(statements))
	seen := make(map[string]bool, len(statements))
	news := s.news(org, by)
	for i, raw := range statements {
		if len(raw) > s.c.Limits.Statement {
			return nil, tooLarge().With("index", i)
		}
		if s.c.Limits.tooDeep(raw) {
			return nil, Wrong(&xapi.Error{Clause: "Communication §3.2", Text: "it has more levels than this record store takes"}, i)
		}
		p, err := xapi.Parse(raw, version)
		if err != nil {
			return nil, Wrong(err, i)
		}
		if err := s.allow(by, p); err != nil {
			return nil, err
		}
		id := cmp.Or(p.ID, as)
		if id == "" {
			id = s.c.NewID()
		}
		if as != "" && !strings.EqualFold(id, as) {
			return nil, fault.New(fault.Invalid, "lrs.id_mismatch", "the statement has another id than the parameter statementId")
		}
		if err := parts.match(p); err != nil {
			return nil, err
		}
		r := s.record(p, id, by.platform, authority, identity)
		if seen[r.ID] {
			return nil, fault.New(fault.Invalid, "lrs.twice", "the id %s is there twice in one request", r.ID).With("id", r.ID)
		}
		seen[r.ID] = true
		news.add(p)
		ids, recs = append(ids, id), append(recs, r)
	}
	if err := parts.store(ctx, s, org); err != nil {
		return nil, wrap("Put", err)
	}
	stored, old, err := s.append(ctx, org, by, recs)
	if err != nil {
		return nil, wrap("Put", err)
	}
	if err := errors.Join(s.settle(ctx, org, stored, old), news.keep(ctx)); err != nil {
		return nil, wrap("Put", err)
	}
	s.announce(ctx, org, stored)
	return ids, nil
}

// Wrong turns an *xapi.Error into the fault lrs.statement. index is the statement's place in its batch.
func Wrong(err error, index int) error {
	e, ok := errors.AsType[*xapi.Error](err)
	if !ok {
		return err
	}
	return fault.New(fault.Invalid, "lrs.statement", "%s", e.Error()).With("pointer", e.Pointer).With("clause", e.Clause).With("index", index)
}

func (s *Service) record(p *xapi.Parsed, id string, platform bool, authority json.RawMessage, identity string) record {
	r := record{Entry: store.Entry{Meta: store.Meta{ID: strings.ToLower(id)}}, Tokens: tokens(p, identity), Facts: facts{Body: p.Body(id),
		Authority: authority, Same: p.Digest(), Actor: p.Actor, Verb: p.Verb, Activity: p.Activity, Target: p.Target, Registration: p.Registration,
		Voids: p.Voids, Platform: platform, Timestamp: p.Timestamp.UTC().Truncate(time.Millisecond), Timed: p.HasTimestamp}}
	if s.account(p.Actor) != "" && !platform {
		r.Tokens = append(r.Tokens, token(byLearner))
	}
	r.Facts.Own = len(r.Tokens)
	return r
}

// append stores what is not there yet, and returns what it stored and what was there.
func (s *Service) append(ctx context.Context, org string, by Credential, recs []record) (stored, old []record, err error) {
	defer s.fly()()
	if s.c.Several {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, commitWithin)
		defer cancel()
	}
	for len(recs) > 0 {
		if err := s.inherit(ctx, org, recs); err != nil {
			return nil, nil, err
		}
		head, err := s.statements.Extend(ctx, org, stream, recs...)
		if err == nil {
			for i := range recs {
				recs[i].Number, recs[i].Stored = head.Number-int64(len(recs)-1-i), head.Stored
			}
			return recs, old, nil
		}
		if !errors.Is(err, store.ErrDuplicate) {
			return nil, old, err
		}
		fresh := make([]record, 0, len(recs))
		for _, r := range recs {
			was, err := s.statements.Get(ctx, org, r.ID)
			if errors.Is(err, store.ErrNotFound) {
				fresh = append(fresh, r)
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			if !same(was, r) || by.platform && !was.Facts.Platform {
				return nil, nil, fault.New(fault.Conflict, "lrs.conflict", "another statement has the id %s", r.ID).With("id", r.ID)
			}
			old = append(old, was)
		}
		recs = fresh
	}
	return nil, old, nil
}

// same compares two statements. A timestamp that one of them lacks may have been set by the store. Data §2.3.1
func same(a, b record) bool {
	return bytes.Equal(a.Facts.Same, b.Facts.Same) && (!a.Facts.Timed || !b.Facts.Timed || a.Facts.Timestamp.Equal(b.Facts.Timestamp))
}

// Record stores a statement that the platform itself makes, under its own authority, and returns its id. An empty ID
// gets one; a caller that may try again gives its own. A statement that somebody else has stored under this id is a
// conflict, even with the same content.
func (s *Service) Record(ctx context.Context, org string, st xapi.Statement) (id string, err error) {
	ids, err := s.RecordAll(ctx, org, st)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// RecordAll is Record for several statements, all or none.
func (s *Service) RecordAll(ctx context.Context, org string, statements ...xapi.Statement) ([]string, error) {
	list := make([]json.RawMessage, 0, len(statements))
	for _, st := range statements {
		if st.ID == "" {
			st.ID = s.c.NewID()
		}
		raw, err := st.JSON()
		if err != nil {
			return nil, wrap("Record", err)
		}
		list = append(list, raw)
	}
	return s.Put(ctx, org, s.Platform(org), xapi.V2, list)
}
