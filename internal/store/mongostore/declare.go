package mongostore

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

type catalogDoc struct {
	ID  string           `bson:"_id"`
	Def store.Collection `bson:"def"`
}

// Declare implements store.Engine. Several processes may declare at the same time: every step can be repeated.
func (e *engine) Declare(ctx context.Context, c *store.Collection) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done {
		return store.ErrClosed
	}
	var old catalogDoc
	err := e.db.Collection(catalogName).FindOne(ctx, bson.D{{Key: "_id", Value: c.Name}}).Decode(&old)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
	case err != nil:
		return err
	default:
		if err := c.Follows(&old.Def); err != nil {
			return err
		}
	}
	if err := e.index(ctx, c); err != nil {
		return err
	}
	for tries := 0; ; tries++ {
		_, err = e.db.Collection(catalogName).ReplaceOne(ctx,
			bson.D{{Key: "_id", Value: c.Name}},
			catalogDoc{ID: c.Name, Def: *c},
			options.Replace().SetUpsert(true))
		if err == nil {
			break
		}
		// Of two processes that put it in for the first time one is told that it is there: then it replaces it.
		if !mongo.IsDuplicateKeyError(err) || tries == 3 {
			return err
		}
	}
	// A transaction cannot wait for its collections to come into being on every version, so they are made now.
	if _, err := e.db.Collection(headsName).Indexes().List(ctx); err != nil && c.Stream {
		return err
	}
	e.has[c.Name] = true
	return nil
}

// index makes the indexes that are missing and drops those that are no longer declared.
func (e *engine) index(ctx context.Context, c *store.Collection) error {
	collection := e.db.Collection(c.Name)
	existing, err := collection.Indexes().ListSpecifications(ctx)
	if err != nil {
		return err
	}
	var models []mongo.IndexModel
	var fresh []store.Index
	names := []string{"_id_"}
	for i, x := range c.Indexes {
		name := indexName(c, i)
		names = append(names, name)
		if slices.ContainsFunc(existing, func(s mongo.IndexSpecification) bool { return s.Name == name }) {
			continue
		}
		o := options.Index().SetName(name)
		if x.Unique {
			o.SetUnique(true)
		}
		if x.Sparse && e.transactions {
			o.SetPartialFilterExpression(present(x.Fields))
		}
		models, fresh = append(models, mongo.IndexModel{Keys: keys(c, i), Options: o}), append(fresh, x)
	}
	if len(models) > 0 {
		if err := e.fit(ctx, c, fresh); err != nil {
			return err
		}
		if _, err := collection.Indexes().CreateMany(ctx, models); err != nil {
			if mongo.IsDuplicateKeyError(err) {
				return fmt.Errorf("%w: what is stored does not fit a new unique index: %w", store.ErrDuplicate, err)
			}
			return err
		}
	}
	for _, s := range existing {
		if !slices.Contains(names, s.Name) {
			if err := collection.Indexes().DropOne(ctx, s.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// fit makes sure that the documents that are there have the fields of new indexes.
func (e *engine) fit(ctx context.Context, c *store.Collection, fresh []store.Index) error {
	with := *c
	with.Indexes = fresh
	for doc, err := range e.documents(ctx, &with) {
		if err != nil {
			return err
		}
		if _, err := with.Rows(doc); err != nil {
			return fmt.Errorf("what is stored does not fit the new index: %w", err)
		}
	}
	return nil
}

// present is true of documents that have all fields, in a form in which indexes and queries understand each other: a query
// uses a partial index only if its filter implies the index's.
func present(fields []store.Field) bson.D {
	d := make(bson.D, 0, len(fields))
	for _, f := range fields {
		d = append(d, bson.E{Key: f.Path, Value: bson.D{{Key: "$gte", Value: least(f.Kind)}}})
	}
	return d
}

// keys are the keys of an index: the town, the fields, the _id. A unique one has no _id, or it would always be unique.
func keys(c *store.Collection, i int) bson.D {
	x := c.Indexes[i]
	var d bson.D
	if f := townField(c, i); f != "" {
		d = append(d, bson.E{Key: f, Value: 1})
	}
	for _, f := range x.Fields {
		d = append(d, bson.E{Key: f.Path, Value: 1})
	}
	if !x.Unique {
		d = append(d, bson.E{Key: "_id", Value: 1})
	}
	return d
}

// townField is the field that says to whom an entry belongs; "" if the index is not divided.
func townField(c *store.Collection, i int) string {
	switch {
	case c.Class == store.ClassShared:
		return "_towns"
	case c.Class == store.ClassTown && (i < 0 || !c.Indexes[i].Across):
		return orgField
	}
	return ""
}

// indexName names an index after everything that it means, so that another meaning is another index.
func indexName(c *store.Collection, i int) string {
	x := c.Indexes[i]
	b := []byte{byte(c.Class)}
	for _, f := range x.Fields {
		b = append(key.AppendText(b, f.Path), byte(f.Kind))
		b = key.Append(b, key.OfBool(f.Array))
	}
	for _, is := range []bool{x.Unique, x.Sparse, x.Across} {
		b = key.Append(b, key.OfBool(is))
	}
	return fmt.Sprintf("%s_%08x", x.Name, crc32.ChecksumIEEE(b))
}
