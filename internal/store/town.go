package store

import (
	"context"
	"fmt"
	"time"
)

// Town is a collection whose documents belong to one organisation each. The organisation is part of the key: the same
// id in two organisations names two documents.
type Town[T any] struct{ h handle[T] }

// NewTown declares a collection of documents that belong to towns. version is that of the documents' schema, from 1;
// documents of a newer version are refused (ErrNewer).
func NewTown[T any](db *DB, name string, version int, indexes ...Index) (*Town[T], error) {
	h, err := newHandle[T](db, Collection{Name: name, Class: ClassTown, Version: version, Indexes: indexes})
	if err != nil {
		return nil, err
	}
	return &Town[T]{h}, nil
}

// Get returns a document. ErrNotFound
func (t *Town[T]) Get(ctx context.Context, org, id string) (T, error) {
	if err := checkTown(org); err != nil {
		var zero T
		return zero, err
	}
	return t.h.get(ctx, org, id)
}

// Insert stores all docs or none, durably, each with Rev 1. At most MaxDocs documents and MaxBatch bytes.
// *DuplicateError, ErrInvalid, ErrTooLarge
func (t *Town[T]) Insert(ctx context.Context, org string, docs ...T) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return t.h.insert(ctx, org, docs, func(*T) error { return nil })
}

// Update changes a document by f and returns it as stored. f may be called several times, each time with the newest
// document; what it does to ID and Rev has no effect. An error of f is returned as it is and nothing is changed, except
// that ErrKeep counts as success. ErrNotFound, ErrConflict, *DuplicateError, ErrInvalid, ErrTooLarge
func (t *Town[T]) Update(ctx context.Context, org, id string, f func(*T) error) (T, error) {
	if err := checkTown(org); err != nil {
		var zero T
		return zero, err
	}
	return t.h.update(ctx, org, id, f, func(_, _ *T) error { return nil })
}

// Delete removes a document. ErrNotFound
func (t *Town[T]) Delete(ctx context.Context, org, id string) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return t.h.delete(ctx, org, id, func(*T) error { return nil })
}

// DeleteIf removes a document to which f has no objection. f may be called several times, each time with the newest document;
// its error is returned as it is and nothing is removed. ErrNotFound, ErrConflict
func (t *Town[T]) DeleteIf(ctx context.Context, org, id string, f func(*T) error) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return t.h.delete(ctx, org, id, f)
}

// DeleteAt removes a document if it still has this revision. ErrNotFound, ErrConflict
func (t *Town[T]) DeleteAt(ctx context.Context, org, id string, rev int64) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return t.h.deleteAt(ctx, org, id, rev)
}

// Find returns a page of what the query finds in this organisation. ErrQuery, ErrCursor
func (t *Town[T]) Find(ctx context.Context, org string, q Query) (Page[T], error) {
	if err := checkTown(org); err != nil {
		return Page[T]{}, err
	}
	return t.h.find(ctx, org, q)
}

// Count returns how many documents the query finds, but at most limit, which is 1 to MaxCount. The query has neither
// Where nor Cursor. ErrQuery
func (t *Town[T]) Count(ctx context.Context, org string, q Query, limit int) (int, error) {
	if err := checkTown(org); err != nil {
		return 0, err
	}
	return t.h.count(ctx, org, q, limit)
}

// Each calls f with every document that the query finds, page by page of q.Limit (default MaxLimit), until f returns an
// error, which is returned as it is.
func (t *Town[T]) Each(ctx context.Context, org string, q Query, f func(T) error) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return t.h.each(ctx, org, q, f)
}

// Owned is a document together with the organisation it belongs to.
type Owned[T any] struct {
	Org string
	Doc T
}

// Ref names a document of an organisation.
type Ref struct{ Org, ID string }

// Due returns at most limit documents of all organisations whose time in an index across towns is before now, the
// longest due first. It is for the platform's own work.
func (t *Town[T]) Due(ctx context.Context, index string, now time.Time, limit int) ([]Ref, error) {
	p, err := t.Across(ctx, Query{Index: index, To: now, Limit: min(limit, MaxLimit)})
	if err != nil {
		return nil, err
	}
	list := make([]Ref, len(p.Docs))
	for i, d := range p.Docs {
		var doc any = &d.Doc
		list[i] = Ref{d.Org, doc.(withMeta).meta().ID}
	}
	return list, nil
}

// Across returns a page of an index across all organisations (Index.AsAcross). It is for the platform's own work, never
// for answering a person.
func (t *Town[T]) Across(ctx context.Context, q Query) (Page[Owned[T]], error) {
	s, err := t.h.c.scan("", q, true)
	if err != nil {
		return Page[Owned[T]]{}, err
	}
	found, err := t.h.db.engine.Scan(ctx, t.h.c, s)
	if err != nil {
		return Page[Owned[T]]{}, err
	}
	page := Page[Owned[T]]{Docs: make([]Owned[T], 0, len(found.Docs)), Next: t.h.c.encode(s, found.Last)}
	for i, raw := range found.Docs {
		doc, err := t.h.decode(raw)
		if err != nil {
			return Page[Owned[T]]{}, err
		}
		page.Docs = append(page.Docs, Owned[T]{Org: found.Towns[i], Doc: doc})
	}
	return page, nil
}

// CountAcross returns how many documents of all organisations the query finds along an index across them, but at most
// limit, which is 1 to MaxCount. It is for the platform's own figures.
func (t *Town[T]) CountAcross(ctx context.Context, q Query, limit int) (int, error) {
	if limit < 1 || limit > MaxCount || len(q.Where) > 0 || q.Cursor != "" {
		return 0, fmt.Errorf("%w: %s: CountAcross takes a limit of 1 to %d, no Where and no Cursor", ErrQuery, t.h.c.Name, MaxCount)
	}
	q.Limit = 0
	s, err := t.h.c.scan("", q, true)
	if err != nil {
		return 0, err
	}
	return t.h.db.engine.Count(ctx, t.h.c, s, limit)
}
