package lrs

import (
	"cmp"
	"context"
	"crypto/sha1"
	"errors"
	"time"

	"palestra/internal/store"
)

// CarriedDocument is a state or profile document as it is kept, for whoever carries a store to another place. What it
// belongs to is in hashes.
type CarriedDocument struct {
	ID          string
	Contexts    [][]byte
	Activity    string
	Registered  string
	Name        string
	ContentType string
	Updated     time.Time
	Data        []byte
}

// EachDocument calls f with every state and profile document of an organisation.
func (s *Service) EachDocument(ctx context.Context, org string, f func(CarriedDocument) error) error {
	err := s.documents.heads.Each(ctx, org, store.Query{Limit: 50}, func(d document) error {
		data, err := s.contentsOf(ctx, org, d)
		if errors.Is(err, store.ErrNotFound) { // replaced meanwhile
			if d, err = s.documents.heads.Get(ctx, org, d.ID); err == nil {
				data, err = s.contentsOf(ctx, org, d)
			}
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		return f(CarriedDocument{ID: d.ID, Contexts: d.Contexts, Activity: d.Activity, Registered: d.Registered, Name: d.Name, ContentType: d.ContentType, Updated: d.Updated, Data: data})
	})
	return wrap("EachDocument", err)
}

// KeepDocument stores a document that EachDocument has given, with its time, and reports whether it did. One that is there
// already stays as it is.
func (s *Service) KeepDocument(ctx context.Context, org string, k CarriedDocument) (bool, error) {
	if k.ID == "" || len(k.ID) != len(DocumentKey{}.id()) || k.Name == "" || len(k.Name) > maxName || len(k.Contexts) == 0 || len(k.Contexts) > 8 || len(k.Activity) > maxQuery || len(k.Registered) > 64 || len(k.Data) > maxDocument {
		return false, notJSON("this is no document of a record store")
	}
	for _, c := range k.Contexts {
		if len(c) != 16 {
			return false, notJSON("this is no document of a record store")
		}
	}
	if _, err := s.documents.heads.Get(ctx, org, k.ID); !errors.Is(err, store.ErrNotFound) {
		return false, wrap("KeepDocument", err)
	}
	digest := sha1.Sum(k.Data)
	d := document{Meta: store.Meta{ID: k.ID}, Contexts: k.Contexts, Activity: k.Activity, Registered: k.Registered, Name: k.Name, ContentType: cmp.Or(k.ContentType, "application/octet-stream"), Data: k.Data, Digest: digest[:],
		Updated: k.Updated.UTC().Truncate(time.Millisecond)}
	if len(k.Data) > inline {
		d.Data, d.Apart = nil, k.ID+"/"+s.c.NewID()
		if err := s.documents.apart.Insert(ctx, org, contents{Meta: store.Meta{ID: d.Apart}, Data: k.Data, Made: s.now()}); err != nil {
			return false, wrap("KeepDocument", err)
		}
	}
	err := s.documents.heads.Insert(ctx, org, d)
	if errors.Is(err, store.ErrDuplicate) {
		return false, wrap("KeepDocument", s.dropContents(ctx, org, d.Apart))
	}
	return err == nil, wrap("KeepDocument", err)
}
