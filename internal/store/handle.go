package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// handle is what the handles of all classes have in common.
type handle[T any] struct {
	db    *DB
	c     *Collection
	codec *codec // nil: the driver's
}

func newHandle[T any](db *DB, c Collection) (handle[T], error) {
	var zero T
	if _, ok := any(&zero).(withMeta); !ok {
		return handle[T]{}, fmt.Errorf("store: %s: %T does not embed store.Meta", c.Name, zero)
	}
	if _, ok := any(&zero).(withShared); ok != (c.Class == ClassShared) {
		return handle[T]{}, fmt.Errorf("store: %s: %T must embed store.SharedMeta exactly if it is shared", c.Name, zero)
	}
	if _, ok := any(&zero).(withEntry); ok != c.Stream {
		return handle[T]{}, fmt.Errorf("store: %s: %T must embed store.Entry exactly if it is a stream", c.Name, zero)
	}
	raw, err := marshal(&zero)
	if err != nil {
		return handle[T]{}, fmt.Errorf("store: %s: %w", c.Name, err)
	}
	first, err1 := raw.IndexErr(0)
	second, err2 := raw.IndexErr(1)
	if err1 != nil || err2 != nil || first.Key() != "_id" || second.Key() != "_rev" {
		return handle[T]{}, fmt.Errorf("store: %s: %T must embed store.Meta first, with the tag `bson:\",inline\"`", c.Name, zero)
	}
	declared, err := db.declare(context.Background(), c)
	if err != nil {
		return handle[T]{}, err
	}
	return handle[T]{db: db, c: declared, codec: newCodec(reflect.TypeFor[T]())}, nil
}

func meta[T any](doc *T) *Meta { return any(doc).(withMeta).meta() }

// marshal writes a document. Slices that are nil become empty, so that an index over them has something to look at.
func marshal(v any) (bson.Raw, error) {
	var b bytes.Buffer
	e := bson.NewEncoder(bson.NewDocumentWriter(&b))
	e.NilSliceAsEmpty()
	e.NilMapAsEmpty()
	e.ErrorOnInlineDuplicates()
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// marshal writes a document with its schema version.
func (h handle[T]) marshal(doc *T) (bson.Raw, error) {
	if h.codec != nil {
		return h.codec.append(make([]byte, 0, 1024), reflect.ValueOf(doc).Elem(), h.c.Version)
	}
	raw, err := marshal(doc)
	if err != nil {
		return nil, err
	}
	raw = append(raw[:len(raw)-1:len(raw)-1], bsoncore.AppendInt64Element(nil, "_v", int64(h.c.Version))...)
	raw = append(raw, 0)
	return bsoncore.UpdateLength(raw, 0, int32(len(raw))), nil
}

// encode makes the stored form of a document: with its schema version, checked against limits and indexes.
func (h handle[T]) encode(town string, doc *T) (Doc, error) {
	if err := checkID(meta(doc).ID); err != nil {
		return Doc{}, err
	}
	raw, err := h.marshal(doc)
	if err != nil {
		return Doc{}, fmt.Errorf("%w: %s %q: %w", ErrInvalid, h.c.Name, meta(doc).ID, err)
	}
	if len(raw) > MaxDoc {
		return Doc{}, fmt.Errorf("%w: %s %q has %d bytes", ErrTooLarge, h.c.Name, meta(doc).ID, len(raw))
	}
	stored, err := h.c.Parse(town, raw)
	if err != nil {
		return Doc{}, err
	}
	stored.Rows, err = h.c.Rows(stored)
	return stored, err
}

func (h handle[T]) decode(raw bson.Raw) (T, error) {
	var doc T
	if v, _ := raw.Lookup("_v").AsInt64OK(); v > int64(h.c.Version) {
		return doc, fmt.Errorf("%w: %s: schema version %d, this program knows %d", ErrNewer, h.c.Name, v, h.c.Version)
	}
	if h.codec != nil {
		if h.codec.read(raw, reflect.ValueOf(&doc).Elem()) {
			return doc, nil
		}
		var zero T
		doc = zero
	}
	d := bson.NewDecoder(bson.NewDocumentReader(bytes.NewReader(raw)))
	d.DefaultDocumentM()
	if err := d.Decode(&doc); err != nil {
		return doc, fmt.Errorf("store: %s: %w", h.c.Name, err)
	}
	return doc, nil
}

func (h handle[T]) get(ctx context.Context, town, id string) (T, error) {
	var zero T
	if checkID(id) != nil {
		return zero, ErrNotFound
	}
	raw, err := h.db.engine.Get(ctx, h.c, town, id)
	if err != nil {
		return zero, err
	}
	return h.decode(raw)
}

// insert stores docs, each of which prepare has been called for.
func (h handle[T]) insert(ctx context.Context, town string, docs []T, prepare func(*T) error) error {
	if len(docs) == 0 {
		return nil
	}
	stored := make([]Doc, 0, len(docs))
	for _, doc := range docs {
		meta(&doc).Rev = 1
		if err := prepare(&doc); err != nil {
			return err
		}
		s, err := h.encode(town, &doc)
		if err != nil {
			return err
		}
		stored = append(stored, s)
	}
	if err := checkBatch(h.c, stored); err != nil {
		return err
	}
	return h.db.engine.Insert(ctx, h.c, stored)
}

func checkBatch(c *Collection, docs []Doc) error {
	size := 0
	for _, doc := range docs {
		size += len(doc.Raw)
	}
	if len(docs) > MaxDocs || len(docs) > 1 && size > MaxBatch {
		return fmt.Errorf("%w: %s: %d documents of %d bytes at once", ErrTooLarge, c.Name, len(docs), size)
	}
	return nil
}

// update reads, changes and writes until nobody else wrote in between. check sees the document before and after.
func (h handle[T]) update(ctx context.Context, town, id string, f func(*T) error, check func(before, after *T) error) (T, error) {
	var zero T
	for try := range maxTries {
		if try > 2 {
			wait := min(time.Millisecond<<min(try-3, 10), maxBackoff)
			timer := time.NewTimer(time.Duration(rand.Int64N(int64(wait))))
			select {
			case <-ctx.Done():
				timer.Stop()
				return zero, ctx.Err()
			case <-timer.C:
			}
		}
		if checkID(id) != nil {
			return zero, ErrNotFound
		}
		raw, err := h.db.engine.Get(ctx, h.c, town, id)
		if err != nil {
			return zero, err
		}
		before, err1 := h.decode(raw) // twice: f may change what before shares
		after, err2 := h.decode(raw)
		if err := errors.Join(err1, err2); err != nil {
			return zero, err
		}
		if err := f(&after); err != nil {
			if errors.Is(err, ErrKeep) {
				return before, nil
			}
			return zero, err
		}
		rev := meta(&before).Rev
		*meta(&after) = Meta{ID: id, Rev: rev + 1}
		if err := check(&before, &after); err != nil {
			return zero, err
		}
		doc, err := h.encode(town, &after)
		if err != nil {
			return zero, err
		}
		err = h.db.engine.Replace(ctx, h.c, rev, doc)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return zero, err
		}
		return h.decode(doc.Raw)
	}
	return zero, fmt.Errorf("%w: %s %q, %d times", ErrConflict, h.c.Name, id, maxTries)
}

func (h handle[T]) delete(ctx context.Context, town, id string, check func(*T) error) error {
	for range maxTries {
		doc, err := h.get(ctx, town, id)
		if err != nil {
			return err
		}
		if err := check(&doc); err != nil {
			return err
		}
		if err := h.db.engine.Delete(ctx, h.c, town, id, meta(&doc).Rev); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: %s %q, %d times", ErrConflict, h.c.Name, id, maxTries)
}

// deleteAt removes a document if it still has this revision.
func (h handle[T]) deleteAt(ctx context.Context, town, id string, rev int64) error {
	if checkID(id) != nil {
		return ErrNotFound
	}
	return h.db.engine.Delete(ctx, h.c, town, id, rev)
}

func (h handle[T]) find(ctx context.Context, town string, q Query) (Page[T], error) {
	s, err := h.c.scan(town, q, false)
	if err != nil {
		return Page[T]{}, err
	}
	found, err := h.db.engine.Scan(ctx, h.c, s)
	if err != nil {
		return Page[T]{}, err
	}
	page := Page[T]{Docs: make([]T, 0, len(found.Docs)), Next: h.c.encode(s, found.Last)}
	for _, raw := range found.Docs {
		doc, err := h.decode(raw)
		if err != nil {
			return Page[T]{}, err
		}
		page.Docs = append(page.Docs, doc)
	}
	return page, nil
}

func (h handle[T]) count(ctx context.Context, town string, q Query, limit int) (int, error) {
	if limit < 1 || limit > MaxCount || len(q.Where) > 0 || q.Cursor != "" {
		return 0, fmt.Errorf("%w: %s: Count takes a limit of 1 to %d, no Where and no Cursor", ErrQuery, h.c.Name, MaxCount)
	}
	q.Limit = 0
	s, err := h.c.scan(town, q, false)
	if err != nil {
		return 0, err
	}
	return h.db.engine.Count(ctx, h.c, s, limit)
}

func (h handle[T]) each(ctx context.Context, town string, q Query, f func(T) error) error {
	if q.Limit == 0 {
		q.Limit = MaxLimit
	}
	for {
		page, err := h.find(ctx, town, q)
		if err != nil {
			return err
		}
		for _, doc := range page.Docs {
			if err := f(doc); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		q.Cursor = page.Next
	}
}
