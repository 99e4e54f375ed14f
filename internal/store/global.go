package store

import "context"

// Global is a collection whose documents belong to the installation: persons, sign-in.
type Global[T any] struct{ h handle[T] }

// NewGlobal declares a collection of documents that belong to no town. See NewTown.
func NewGlobal[T any](db *DB, name string, version int, indexes ...Index) (*Global[T], error) {
	h, err := newHandle[T](db, Collection{Name: name, Class: ClassGlobal, Version: version, Indexes: indexes})
	if err != nil {
		return nil, err
	}
	return &Global[T]{h}, nil
}

// Get returns a document. ErrNotFound
func (g *Global[T]) Get(ctx context.Context, id string) (T, error) { return g.h.get(ctx, "", id) }

// Insert is Town.Insert.
func (g *Global[T]) Insert(ctx context.Context, docs ...T) error {
	return g.h.insert(ctx, "", docs, func(*T) error { return nil })
}

// Update is Town.Update.
func (g *Global[T]) Update(ctx context.Context, id string, f func(*T) error) (T, error) {
	return g.h.update(ctx, "", id, f, func(_, _ *T) error { return nil })
}

// Delete removes a document. ErrNotFound
func (g *Global[T]) Delete(ctx context.Context, id string) error {
	return g.h.delete(ctx, "", id, func(*T) error { return nil })
}

// DeleteAt is Town.DeleteAt.
func (g *Global[T]) DeleteAt(ctx context.Context, id string, rev int64) error {
	return g.h.deleteAt(ctx, "", id, rev)
}

// Find returns a page of what the query finds. ErrQuery, ErrCursor
func (g *Global[T]) Find(ctx context.Context, q Query) (Page[T], error) { return g.h.find(ctx, "", q) }

// Count is Town.Count.
func (g *Global[T]) Count(ctx context.Context, q Query, limit int) (int, error) {
	return g.h.count(ctx, "", q, limit)
}

// Each is Town.Each.
func (g *Global[T]) Each(ctx context.Context, q Query, f func(T) error) error {
	return g.h.each(ctx, "", q, f)
}
