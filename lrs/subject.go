package lrs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"palestra/internal/store"
)

// ended is an account of this platform that nobody has any more: its id is the account's name, which nothing connects
// with a person. Browsers that still hold a credential of it are refused.
type ended struct {
	store.Meta `bson:",inline"`
	At         time.Time `bson:"at"`
}

// EndAccount ends the credentials that browsers hold of an account, and removes the documents that are kept under it. Its
// statements stay. It may be called again.
func (s *Service) EndAccount(ctx context.Context, org, account string) error {
	err := s.ended.Insert(ctx, org, ended{Meta: store.Meta{ID: account}, At: s.now()})
	if err != nil && !errors.Is(err, store.ErrDuplicate) {
		return wrap("EndAccount", err)
	}
	for _, q := range s.documentsOf(account) {
		err := s.documents.heads.Each(ctx, org, q, func(d document) error {
			err := s.documents.heads.Delete(ctx, org, d.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			return s.dropContents(ctx, org, d.Apart)
		})
		if err != nil {
			return wrap("EndAccount", err)
		}
	}
	return nil
}

// documentsOf returns the queries that find an account's states and its profile.
func (s *Service) documentsOf(account string) []store.Query {
	who := s.Identity(account)
	return []store.Query{
		{Index: "byContext", Equal: []any{DocumentKey{Resource: States, Agent: who}.hash('p', who)[:16]}, Limit: store.MaxLimit},
		{Index: "byContext", Equal: []any{DocumentKey{Resource: AgentProfiles, Agent: who}.context()}, Limit: store.MaxLimit},
	}
}

// CountOf returns how many statements name an account, and how many documents are kept under it, each at most as far as
// limit.
func (s *Service) CountOf(ctx context.Context, org, account string, limit int) (statements, documents int, err error) {
	for _, kind := range []byte{byAgent, byRelatedAgent} {
		n, err := s.statements.Count(ctx, org, store.Query{Index: "byToken", Equal: []any{token(kind, s.Identity(account)), stream}}, limit)
		if err != nil {
			return 0, 0, wrap("CountOf", err)
		}
		statements = min(statements+n, limit)
	}
	for _, q := range s.documentsOf(account) {
		q.Limit = 0
		n, err := s.documents.heads.Count(ctx, org, q, limit)
		if err != nil {
			return 0, 0, wrap("CountOf", err)
		}
		documents = min(documents+n, limit)
	}
	return statements, documents, nil
}

// StatementsOf calls f with every statement that names an account anywhere, in order, voided ones too, and whether it is
// voided. Statements that are found only by one to which they refer are not hers.
func (s *Service) StatementsOf(ctx context.Context, org, account string, f func(st Stored, voided bool) error) error {
	gone, err := s.voidedIn(ctx, org)
	if err != nil {
		return wrap("StatementsOf", err)
	}
	who := s.Identity(account)
	tokens := [][]byte{token(byAgent, who), token(byRelatedAgent, who)}
	walk := s.along(org, tokens)
	walk.from, walk.chunk = 1, 100
	for {
		r, ok, err := walk.peek(ctx)
		if err != nil || !ok {
			return wrap("StatementsOf", err)
		}
		walk.pop(r.Number)
		if !r.has(tokens...) {
			continue
		}
		if err := f(s.stored(r), gone(r)); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// KeptDocument is a document as its subject is told about it.
type KeptDocument struct {
	Resource     string    `json:"resource"` // state or profile
	Activity     string    `json:"activity,omitempty"`
	Registration string    `json:"registration,omitempty"`
	Name         string    `json:"name"`
	ContentType  string    `json:"contentType"`
	Updated      time.Time `json:"updated"`
	Data         []byte    `json:"data"` // base64 in JSON
}

// DocumentsOf calls f with every document that is kept under an account.
func (s *Service) DocumentsOf(ctx context.Context, org, account string, f func(KeptDocument) error) error {
	for i, q := range s.documentsOf(account) {
		q.Limit = 20 // contents may be large
		resource := [...]string{"state", "profile"}[i]
		err := s.documents.heads.Each(ctx, org, q, func(d document) error {
			data, err := s.contentsOf(ctx, org, d)
			if errors.Is(err, store.ErrNotFound) {
				return nil // replaced or deleted at this moment
			}
			if err != nil {
				return err
			}
			return f(KeptDocument{Resource: resource, Activity: d.Activity, Registration: d.Registered, Name: d.Name, ContentType: d.ContentType, Updated: d.Updated, Data: data})
		})
		if err != nil {
			return wrap("DocumentsOf", err)
		}
	}
	return nil
}

// WriteLine writes a statement as one line, whatever line breaks it was sent with.
func WriteLine(w io.Writer, st Stored) error {
	var b bytes.Buffer
	if err := json.Compact(&b, st.Raw); err != nil {
		return wrap("WriteLine", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
