package mongostore

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"palestra/internal/store"
)

// documents walks all documents of a collection by _id.
func (e *engine) documents(ctx context.Context, c *store.Collection) iter.Seq2[store.Doc, error] {
	return func(yield func(store.Doc, error) bool) {
		o := options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetHint("_id_").SetBatchSize(500)
		cursor, err := e.db.Collection(c.Name).Find(ctx, bson.D{}, o)
		if err != nil {
			yield(store.Doc{}, fmt.Errorf("mongostore: %w", err))
			return
		}
		defer cursor.Close(context.WithoutCancel(ctx))
		for cursor.Next(ctx) {
			town, raw, err := unwire(c, cursor.Current)
			if err != nil {
				yield(store.Doc{}, err)
				return
			}
			doc, err := c.Parse(town, raw)
			if !yield(doc, err) || err != nil {
				return
			}
		}
		if err := cursor.Err(); err != nil {
			yield(store.Doc{}, fmt.Errorf("mongostore: %w", err))
		}
	}
}

type snapshot struct {
	e       *engine
	session *mongo.Session // nil on a standalone server
}

// Snapshot implements store.Engine. The server keeps the view for as long as minSnapshotHistoryWindowInSeconds says (5
// minutes unless set higher); whoever reads longer gets an error.
func (e *engine) Snapshot(context.Context) (store.Snapshot, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.done {
		return nil, store.ErrClosed
	}
	s := &snapshot{e: e}
	if e.transactions {
		var err error
		if s.session, err = e.client.StartSession(options.Session().SetSnapshot(true)); err != nil {
			return nil, fmt.Errorf("mongostore: session: %w", err)
		}
	}
	return s, nil
}

func (s *snapshot) context(ctx context.Context) context.Context {
	if s.session == nil {
		return ctx
	}
	return mongo.NewSessionContext(ctx, s.session)
}

// Collections implements store.Snapshot.
func (s *snapshot) Collections(ctx context.Context) ([]store.Collection, error) {
	ctx = s.context(ctx)
	cursor, err := s.e.db.Collection(catalogName).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, fmt.Errorf("mongostore: %w", err)
	}
	var docs []catalogDoc
	if err := cursor.All(ctx, &docs); err != nil {
		return nil, fmt.Errorf("mongostore: %w", err)
	}
	all := make([]store.Collection, 0, len(docs))
	for _, doc := range docs {
		all = append(all, doc.Def)
	}
	return all, nil
}

// Docs implements store.Snapshot.
func (s *snapshot) Docs(ctx context.Context, c *store.Collection) iter.Seq2[store.Doc, error] {
	return s.e.documents(s.context(ctx), c)
}

// Heads implements store.Snapshot.
func (s *snapshot) Heads(ctx context.Context, c *store.Collection) iter.Seq2[store.StreamHead, error] {
	return func(yield func(store.StreamHead, error) bool) {
		ctx := s.context(ctx)
		prefix := c.Name + "/" // "0" follows "/"
		ids := bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: prefix}, {Key: "$lt", Value: c.Name + "0"}}}}
		cursor, err := s.e.db.Collection(headsName).Find(ctx, ids, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			yield(store.StreamHead{}, fmt.Errorf("mongostore: %w", err))
			return
		}
		defer cursor.Close(context.WithoutCancel(ctx))
		for cursor.Next(ctx) {
			var h headDoc
			if err := cursor.Decode(&h); err != nil {
				yield(store.StreamHead{}, fmt.Errorf("mongostore: %w", err))
				return
			}
			town, stream, _ := store.CutTail(strings.TrimPrefix(h.ID, prefix))
			if !yield(store.StreamHead{Town: town, Stream: stream, Head: store.Head{Number: h.Number, Stored: h.Stored.UTC()}}, nil) {
				return
			}
		}
		if err := cursor.Err(); err != nil {
			yield(store.StreamHead{}, fmt.Errorf("mongostore: %w", err))
		}
	}
}

// Close implements store.Snapshot.
func (s *snapshot) Close() error {
	if s.session != nil {
		s.session.EndSession(context.Background())
	}
	return nil
}

// Check implements store.Engine. Indexes are the server's own affair; documents must fit them, and streams must have all
// numbers up to their heads.
func (e *engine) Check(ctx context.Context, c *store.Collection, report func(string)) error {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	for doc, err := range e.documents(ctx, c) {
		if err != nil {
			return err
		}
		if _, err := c.Rows(doc); err != nil {
			report(err.Error())
		}
	}
	if c.Stream {
		return e.checkStreams(ctx, collection, c, report)
	}
	return nil
}

// checkStreams reads the documents by stream and number. What is appended meanwhile may be missing from the end.
func (e *engine) checkStreams(ctx context.Context, collection *mongo.Collection, c *store.Collection, report func(string)) error {
	i := len(c.Indexes) - 1 // ByStream is the last one
	cursor, err := collection.Find(ctx, bson.D{}, options.Find().SetSort(keys(c, i)).SetHint(indexName(c, i)))
	if err != nil {
		return fmt.Errorf("mongostore: %w", err)
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	var town, stream string
	var last store.Head
	end := func() error {
		head, err := e.head(ctx, c, town, stream)
		if err == nil && stream != "" && head.Number < last.Number {
			report(fmt.Sprintf("stream %q ends with %d, its head says %d", stream, last.Number, head.Number))
		}
		return err
	}
	for cursor.Next(ctx) {
		t, raw, err := unwire(c, cursor.Current)
		if err != nil {
			return err
		}
		s, at, err := store.Place(raw)
		if err != nil {
			report(err.Error())
			continue
		}
		if t != town || s != stream {
			if err := end(); err != nil {
				return err
			}
			town, stream, last = t, s, store.Head{}
		}
		if at.Number <= last.Number || at.Number > last.Number+1 && !c.Thinned {
			report(fmt.Sprintf("stream %q: %d is followed by %d", s, last.Number, at.Number))
		}
		if at.Stored.Before(last.Stored) {
			report(fmt.Sprintf("stream %q: %d is stored before its predecessor", s, at.Number))
		}
		last = at
	}
	if err := cursor.Err(); err != nil {
		return fmt.Errorf("mongostore: %w", err)
	}
	return end()
}
