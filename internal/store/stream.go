package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Stream is a collection of append-only streams, each of which belongs to one organisation. Nothing in it is ever
// changed, and nothing removed unless it is Thinned.
type Stream[T any] struct{ h handle[T] }

// NewStream declares a collection of streams. T embeds Entry; the index ByStream (stream, number) comes with it. See
// NewTown.
func NewStream[T any](db *DB, name string, version int, indexes ...Index) (*Stream[T], error) {
	h, err := newHandle[T](db, Collection{Name: name, Class: ClassTown, Version: version, Stream: true, Indexes: indexes})
	if err != nil {
		return nil, err
	}
	return &Stream[T]{h}, nil
}

// Thinned is a collection of streams that can lose single documents. Numbers are never given again and the head never goes
// back, so what reads behind a number goes on as before and only meets gaps. The last document need not be the one at
// the head: whoever appends after a number takes it from Head.
type Thinned[T any] struct{ Stream[T] }

// NewThinned declares a collection of streams that can lose documents. A Stream can become Thinned in a later version of
// the program, never the other way round: nothing can be taken out of what is declared by NewStream. See NewStream.
func NewThinned[T any](db *DB, name string, version int, indexes ...Index) (*Thinned[T], error) {
	h, err := newHandle[T](db, Collection{Name: name, Class: ClassTown, Version: version, Stream: true, Thinned: true, Indexes: indexes})
	if err != nil {
		return nil, err
	}
	return &Thinned[T]{Stream[T]{h}}, nil
}

// Drop removes the documents with these numbers (at most MaxDocs) from a stream, all or none, durably, with all that finds
// them. It returns how many of them were there: dropping again removes nothing. Their ids are free afterwards. ErrTooLarge
func (s *Thinned[T]) Drop(ctx context.Context, org, stream string, numbers ...int64) (int, error) {
	if err := checkPlace(org, stream); err != nil {
		return 0, err
	}
	if len(numbers) > MaxDocs {
		return 0, fmt.Errorf("%w: %s: %d numbers at once", ErrTooLarge, s.h.c.Name, len(numbers))
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	if len(numbers) == 0 {
		return 0, nil
	}
	return s.h.db.engine.Drop(ctx, s.h.c, org, stream, numbers)
}

func entry[T any](doc *T) *Entry { return any(doc).(withEntry).entry() }

// Append stores docs at the end of the stream, all or none, durably, and returns them with Number and Stored. A
// document without an id gets the one made of stream and number. Limits and errors are those of Town.Insert.
func (s *Stream[T]) Append(ctx context.Context, org, stream string, docs ...T) ([]T, error) {
	return s.append(ctx, org, stream, -1, docs)
}

// AppendAfter is Append, but fails with ErrConflict unless last is the number at the stream's head (0: the stream is
// empty). Chains of hashes are made with it: read the last document, link to it, append after it.
func (s *Stream[T]) AppendAfter(ctx context.Context, org, stream string, last int64, docs ...T) ([]T, error) {
	if last < 0 {
		return nil, ErrConflict
	}
	return s.append(ctx, org, stream, last, docs)
}

// Extend is Append for whoever has no use for the documents again: it returns the stream's head behind them, so that
// the numbers are those up to it, and all are stored at its time.
func (s *Stream[T]) Extend(ctx context.Context, org, stream string, docs ...T) (Head, error) {
	built, err := s.extend(ctx, org, stream, -1, docs)
	if err != nil || len(built) == 0 {
		return Head{}, err
	}
	_, head, err := place(built[len(built)-1].Raw)
	return head, err
}

func (s *Stream[T]) append(ctx context.Context, org, stream string, after int64, docs []T) ([]T, error) {
	built, err := s.extend(ctx, org, stream, after, docs)
	if err != nil || len(built) == 0 {
		return nil, err
	}
	out := make([]T, 0, len(built))
	for _, d := range built {
		kept, err := s.h.decode(d.Raw)
		if err != nil {
			return nil, err
		}
		out = append(out, kept)
	}
	return out, nil
}

// extend makes what is stored before the stream is held for this append; only places are filled in then.
func (s *Stream[T]) extend(ctx context.Context, org, stream string, after int64, docs []T) ([]Doc, error) {
	if err := checkPlace(org, stream); err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, nil
	}
	built := make([]Doc, len(docs))
	for i, doc := range docs {
		if e := entry(&doc); e.ID != "" {
			e.Rev, e.Stream, e.Number, e.Stored = 1, stream, 0, time.Time{}
			d, err := s.h.encode(org, &doc)
			if err != nil {
				return nil, err
			}
			built[i] = d
		}
	}
	build := func(head Head) ([]Doc, error) {
		at := Head{Number: head.Number, Stored: s.h.db.now().UTC().Truncate(time.Millisecond)}
		if at.Stored.Before(head.Stored) {
			at.Stored = head.Stored
		}
		for i, doc := range docs {
			at.Number++
			if entry(&doc).ID != "" {
				if err := s.h.c.settle(built[i], at); err != nil {
					return nil, err
				}
				continue
			}
			e := entry(&doc)
			e.ID, e.Rev, e.Stream, e.Number, e.Stored = fmt.Sprintf("%s/%d", stream, at.Number), 1, stream, at.Number, at.Stored
			d, err := s.h.encode(org, &doc)
			if err != nil {
				return nil, err
			}
			built[i] = d
		}
		return built, checkBatch(s.h.c, built)
	}
	if err := s.h.db.engine.Append(ctx, s.h.c, Appended{Town: org, Stream: stream, After: after, Build: build}); err != nil {
		return nil, err
	}
	return built, nil
}

func checkPlace(org, stream string) error {
	if err := checkTown(org); err != nil {
		return err
	}
	if err := checkID(stream); err != nil {
		return fmt.Errorf("stream name: %w", err)
	}
	return nil
}

// Get returns a document by its id. ErrNotFound
func (s *Stream[T]) Get(ctx context.Context, org, id string) (T, error) {
	if err := checkTown(org); err != nil {
		var zero T
		return zero, err
	}
	return s.h.get(ctx, org, id)
}

// Read returns at most limit (1 to MaxLimit) documents of the stream behind the number after, in order.
func (s *Stream[T]) Read(ctx context.Context, org, stream string, after int64, limit int) ([]T, error) {
	if err := checkPlace(org, stream); err != nil {
		return nil, err
	}
	if after == math.MaxInt64 {
		return nil, nil
	}
	page, err := s.h.find(ctx, org, Query{Index: ByStream, Equal: []any{stream}, From: after + 1, Limit: limit})
	return page.Docs, err
}

// Last returns the newest visible document of the stream. ErrNotFound if it is empty.
func (s *Stream[T]) Last(ctx context.Context, org, stream string) (T, error) {
	var zero T
	if err := checkPlace(org, stream); err != nil {
		return zero, err
	}
	page, err := s.h.find(ctx, org, Query{Index: ByStream, Equal: []any{stream}, Reverse: true, Limit: 1})
	if err != nil {
		return zero, err
	}
	if len(page.Docs) == 0 {
		return zero, ErrNotFound
	}
	return page.Docs[0], nil
}

// Head returns the number and the time of the newest visible document of the stream, even if that one has been dropped
// since: zero if there was none ever. All lower numbers are visible as well, and what is appended later is not stored
// earlier.
func (s *Stream[T]) Head(ctx context.Context, org, stream string) (number int64, stored time.Time, err error) {
	if err := checkPlace(org, stream); err != nil {
		return 0, time.Time{}, err
	}
	head, err := s.h.db.engine.Head(ctx, s.h.c, org, stream)
	return head.Number, head.Stored, err
}

// Find returns a page of what the query finds in this organisation. ErrQuery, ErrCursor
func (s *Stream[T]) Find(ctx context.Context, org string, q Query) (Page[T], error) {
	if err := checkTown(org); err != nil {
		return Page[T]{}, err
	}
	return s.h.find(ctx, org, q)
}

// Count is Town.Count.
func (s *Stream[T]) Count(ctx context.Context, org string, q Query, limit int) (int, error) {
	if err := checkTown(org); err != nil {
		return 0, err
	}
	return s.h.count(ctx, org, q, limit)
}

// Each is Town.Each.
func (s *Stream[T]) Each(ctx context.Context, org string, q Query, f func(T) error) error {
	if err := checkTown(org); err != nil {
		return err
	}
	return s.h.each(ctx, org, q, f)
}
