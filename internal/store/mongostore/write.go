package mongostore

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"palestra/internal/store"
)

// Insert implements store.Engine.
func (e *engine) Insert(ctx context.Context, c *store.Collection, docs []store.Doc) error {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	if len(docs) == 1 {
		return e.insert(ctx, collection, c, docs)
	}
	return e.together(ctx, func(ctx context.Context) error { return e.insert(ctx, collection, c, docs) })
}

func (e *engine) insert(ctx context.Context, collection *mongo.Collection, c *store.Collection, docs []store.Doc) error {
	wires := make([]any, 0, len(docs))
	for _, doc := range docs {
		w, err := wire(c, doc)
		if err != nil {
			return err
		}
		wires = append(wires, w)
	}
	var err error
	if len(wires) == 1 {
		_, err = collection.InsertOne(ctx, wires[0])
	} else {
		_, err = collection.InsertMany(ctx, wires)
	}
	if !mongo.IsDuplicateKeyError(err) {
		return err
	}
	refused := &store.DuplicateError{Collection: c.Name, ID: docs[0].ID}
	write, at := writeError(err)
	if at < len(docs) {
		refused.ID = docs[at].ID
	}
	refused.Index = indexOf(c, write)
	return refused
}

// writeError returns the first complaint about a document, and which document it is.
func writeError(err error) (mongo.WriteError, int) {
	var many mongo.BulkWriteException
	if errors.As(err, &many) && len(many.WriteErrors) > 0 {
		return many.WriteErrors[0].WriteError, many.WriteErrors[0].Index
	}
	var one mongo.WriteException
	if errors.As(err, &one) && len(one.WriteErrors) > 0 {
		return one.WriteErrors[0], 0
	}
	return mongo.WriteError{Message: err.Error()}, 0
}

// named finds the index in the server's message: "E11000 duplicate key error collection: db.c index: NAME dup key: {…}".
var named = regexp.MustCompile(` index: (\S+) dup key`)

// indexOf returns the name of the unique index that a duplicate has met, or ByID.
func indexOf(c *store.Collection, w mongo.WriteError) string {
	var fields []string
	if pattern, ok := w.Raw.Lookup("keyPattern").DocumentOK(); ok { // since MongoDB 4.4
		if elements, err := pattern.Elements(); err == nil {
			for _, e := range elements {
				fields = append(fields, e.Key())
			}
		}
	}
	name := ""
	if m := named.FindStringSubmatch(w.Message); m != nil {
		name = m[1]
	}
	for i, x := range c.Indexes {
		var own []string
		for _, k := range keys(c, i) {
			own = append(own, k.Key)
		}
		if x.Unique && (name == indexName(c, i) || slices.Equal(own, fields)) {
			return x.Name
		}
	}
	return store.ByID
}

func byID(c *store.Collection, town, id string) bson.D {
	return bson.D{{Key: "_id", Value: primary(c, town, id)}}
}

func byRev(c *store.Collection, town, id string, rev int64) bson.D {
	return append(byID(c, town, id), bson.E{Key: "_rev", Value: rev})
}

// missed says why a write met no document.
func (e *engine) missed(ctx context.Context, collection *mongo.Collection, c *store.Collection, town, id string) error {
	err := collection.FindOne(ctx, byID(c, town, id)).Err()
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.ErrNotFound
	case err != nil:
		return err
	}
	return store.ErrConflict
}

// Replace implements store.Engine.
func (e *engine) Replace(ctx context.Context, c *store.Collection, rev int64, doc store.Doc) error {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	w, err := wire(c, doc)
	if err != nil {
		return err
	}
	result, err := collection.ReplaceOne(ctx, byRev(c, doc.Town, doc.ID, rev), w)
	switch {
	case mongo.IsDuplicateKeyError(err):
		write, _ := writeError(err)
		return &store.DuplicateError{Collection: c.Name, Index: indexOf(c, write), ID: doc.ID}
	case err != nil:
		return fmt.Errorf("mongostore: %w", err)
	case result.MatchedCount == 0:
		return e.missed(ctx, collection, c, doc.Town, doc.ID)
	}
	return nil
}

// Delete implements store.Engine.
func (e *engine) Delete(ctx context.Context, c *store.Collection, town, id string, rev int64) error {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	result, err := collection.DeleteOne(ctx, byRev(c, town, id, rev))
	switch {
	case err != nil:
		return fmt.Errorf("mongostore: %w", err)
	case result.DeletedCount == 0:
		return e.missed(ctx, collection, c, town, id)
	}
	return nil
}
