package store

import (
	"context"
	"fmt"
	"slices"
)

// Shared is a collection whose documents are owned by one town and visible to the towns that they name. Ids are unique
// in the whole collection; unique indexes hold among what each town sees.
type Shared[T any] struct{ h handle[T] }

// NewShared declares a collection of documents that several towns see. T embeds SharedMeta. See NewTown.
func NewShared[T any](db *DB, name string, version int, indexes ...Index) (*Shared[T], error) {
	h, err := newHandle[T](db, Collection{Name: name, Class: ClassShared, Version: version, Indexes: indexes})
	if err != nil {
		return nil, err
	}
	return &Shared[T]{h}, nil
}

func shared[T any](doc *T) *SharedMeta { return any(doc).(withShared).shared() }

// visible sorts who sees the document, the owner first, each once.
func (m *SharedMeta) visible() error {
	others := slices.DeleteFunc(slices.Clone(m.Towns), func(t string) bool { return t == m.Owner })
	slices.Sort(others)
	m.Towns = append([]string{m.Owner}, slices.Compact(others)...)
	for _, town := range m.Towns {
		if err := checkTown(town); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	return nil
}

// Get returns a document that org sees. ErrNotFound
func (s *Shared[T]) Get(ctx context.Context, org, id string) (T, error) {
	var zero T
	if err := checkTown(org); err != nil {
		return zero, err
	}
	doc, err := s.h.get(ctx, "", id)
	if err != nil {
		return zero, err
	}
	if !slices.Contains(shared(&doc).Towns, org) {
		return zero, ErrNotFound
	}
	return doc, nil
}

// Insert stores docs, all owned by org, as Town.Insert does.
func (s *Shared[T]) Insert(ctx context.Context, org string, docs ...T) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return s.h.insert(ctx, "", docs, func(doc *T) error {
		m := shared(doc)
		if m.Owner != "" && m.Owner != org {
			return ErrNotOwner
		}
		m.Owner = org
		return m.visible()
	})
}

// owned refuses whoever is not the owner: ErrNotOwner to a town that sees the document, ErrNotFound to any other.
func owned[T any](org string, doc *T) error {
	switch m := shared(doc); {
	case m.Owner == org:
		return nil
	case slices.Contains(m.Towns, org):
		return ErrNotOwner
	}
	return ErrNotFound
}

// Update changes a document that org owns, as Town.Update does. The owner never changes. ErrNotOwner
func (s *Shared[T]) Update(ctx context.Context, org, id string, f func(*T) error) (T, error) {
	var zero T
	if err := checkTown(org); err != nil {
		return zero, err
	}
	guarded := func(doc *T) error {
		if err := owned(org, doc); err != nil {
			return err
		}
		return f(doc)
	}
	return s.h.update(ctx, "", id, guarded, func(before, after *T) error {
		shared(after).Owner = shared(before).Owner
		return shared(after).visible()
	})
}

// Delete removes a document that org owns. ErrNotFound, ErrNotOwner
func (s *Shared[T]) Delete(ctx context.Context, org, id string) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return s.h.delete(ctx, "", id, func(doc *T) error { return owned(org, doc) })
}

// Find returns a page of what the query finds among the documents that org sees. ErrQuery, ErrCursor
func (s *Shared[T]) Find(ctx context.Context, org string, q Query) (Page[T], error) {
	if err := checkTown(org); err != nil {
		return Page[T]{}, err
	}
	return s.h.find(ctx, org, q)
}

// Count is Town.Count among the documents that org sees.
func (s *Shared[T]) Count(ctx context.Context, org string, q Query, limit int) (int, error) {
	if err := checkTown(org); err != nil {
		return 0, err
	}
	return s.h.count(ctx, org, q, limit)
}

// Each is Town.Each among the documents that org sees.
func (s *Shared[T]) Each(ctx context.Context, org string, q Query, f func(T) error) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return s.h.each(ctx, org, q, f)
}
