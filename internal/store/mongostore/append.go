package mongostore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"palestra/internal/store"
)

const (
	groupTime = 30 * time.Second // for one transaction of a group, whoever gives up waiting
	groupSize = 100              // requests in one transaction
)

// groups are the requests of this process that wait for the same stream.
type groups struct {
	mu      sync.Mutex
	all     map[string]*group // by head; guarded by mu
	leaders sync.WaitGroup    // one for each stream in all
}

// group is what waits for one stream while another transaction on it is under way.
type group struct {
	waiting []*request // guarded by groups.mu
}

type request struct {
	store.Appended
	done chan error // gets the answer, once
}

// Append implements store.Engine. Whoever finds the stream free starts a leader, which appends for all who come
// meanwhile. If one request of a group is refused by the database, all are tried one by one, so that only that one fails.
func (e *engine) Append(ctx context.Context, c *store.Collection, a store.Appended) error {
	_, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	r := &request{Appended: a, done: make(chan error, 1)}
	id := headID(c, a.Town, a.Stream)
	e.groups.mu.Lock()
	g, busy := e.groups.all[id]
	if !busy {
		g = &group{}
		e.groups.all[id] = g
	}
	g.waiting = append(g.waiting, r)
	e.groups.mu.Unlock()
	if !busy {
		e.groups.leaders.Go(func() { e.lead(context.WithoutCancel(ctx), c, id, g) })
	}
	return <-r.done
}

// lead appends for everybody who waits, until nobody does.
func (e *engine) lead(ctx context.Context, c *store.Collection, id string, g *group) {
	for {
		e.groups.mu.Lock()
		n := min(len(g.waiting), groupSize)
		if n == 0 {
			delete(e.groups.all, id)
			e.groups.mu.Unlock()
			return
		}
		now := g.waiting[:n:n]
		g.waiting = g.waiting[n:]
		e.groups.mu.Unlock()
		e.serve(ctx, c, now)
	}
}

func (e *engine) serve(ctx context.Context, c *store.Collection, requests []*request) {
	ctx, cancel := context.WithTimeout(ctx, groupTime)
	defer cancel()
	answers, err := e.appendAll(ctx, c, requests)
	if err != nil && len(requests) > 1 {
		for _, r := range requests {
			e.serve(ctx, c, []*request{r})
		}
		return
	}
	for i, r := range requests {
		switch {
		case err != nil:
			r.done <- err
		default:
			r.done <- answers[i]
		}
	}
}

// appendAll stores what the requests build, in one transaction, and returns an answer for each. If it returns an error,
// nothing is stored.
func (e *engine) appendAll(ctx context.Context, c *store.Collection, requests []*request) (answers []error, err error) {
	collection, heads := e.db.Collection(c.Name), e.db.Collection(headsName)
	town, stream := requests[0].Town, requests[0].Stream
	for {
		err = e.together(ctx, func(ctx context.Context) error {
			old, err := e.head(ctx, c, town, stream)
			if err != nil {
				return err
			}
			answers = make([]error, len(requests))
			head, size := old, 0
			var docs []store.Doc
			for i, r := range requests {
				if r.After >= 0 && r.After != head.Number {
					answers[i] = fmt.Errorf("%w: the stream ends with %d, not %d", store.ErrConflict, head.Number, r.After)
					continue
				}
				built, err := r.Build(head)
				if err != nil {
					answers[i] = err
					continue
				}
				for _, doc := range built {
					size += len(doc.Raw)
				}
				if len(docs) > 0 && (size > store.MaxBatch || len(docs)+len(built) > store.MaxDocs) {
					return errTooMany // one by one
				}
				docs = append(docs, built...)
				if _, head, err = store.Place(built[len(built)-1].Raw); err != nil {
					return err
				}
			}
			if len(docs) == 0 {
				return nil
			}
			if err := e.insert(ctx, collection, c, docs); err != nil {
				return err
			}
			return advance(ctx, heads, headID(c, town, stream), old, head)
		})
		if !errors.Is(err, errCollision) || ctx.Err() != nil {
			return answers, err
		}
	}
}

var (
	errTooMany   = errors.New("mongostore: too much for one transaction")
	errCollision = errors.New("mongostore: another process appends to the same stream")
)

// advance moves the head of a stream. Two transactions that do so collide, and one of them begins again.
func advance(ctx context.Context, heads *mongo.Collection, id string, old, head store.Head) error {
	if old.Number == 0 {
		_, err := heads.InsertOne(ctx, headDoc{ID: id, Number: head.Number, Stored: head.Stored})
		if mongo.IsDuplicateKeyError(err) {
			return errCollision
		}
		return err
	}
	result, err := heads.UpdateOne(ctx,
		bson.D{{Key: "_id", Value: id}, {Key: "number", Value: old.Number}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "number", Value: head.Number}, {Key: "stored", Value: head.Stored}}}})
	if err == nil && result.MatchedCount == 0 {
		return errCollision
	}
	return err
}

func (e *engine) head(ctx context.Context, c *store.Collection, town, stream string) (store.Head, error) {
	var h headDoc
	err := e.db.Collection(headsName).FindOne(ctx, bson.D{{Key: "_id", Value: headID(c, town, stream)}}).Decode(&h)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return store.Head{}, nil
	}
	if err != nil {
		return store.Head{}, err
	}
	return store.Head{Number: h.Number, Stored: h.Stored.UTC()}, nil
}

// Head implements store.Engine.
func (e *engine) Head(ctx context.Context, c *store.Collection, town, stream string) (store.Head, error) {
	_, leave, err := e.enter(ctx, c)
	if err != nil {
		return store.Head{}, err
	}
	defer leave()
	return e.head(ctx, c, town, stream)
}

// Drop implements store.Engine.
func (e *engine) Drop(ctx context.Context, c *store.Collection, town, stream string, numbers []int64) (dropped int, err error) {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return 0, err
	}
	defer leave()
	if !c.Thinned {
		return 0, fmt.Errorf("mongostore: nothing is dropped from %s", c.Name)
	}
	filter := bson.D{{Key: orgField, Value: town}, {Key: "stream", Value: stream}, {Key: "number", Value: bson.D{{Key: "$in", Value: numbers}}}}
	err = e.together(ctx, func(ctx context.Context) error {
		result, err := collection.DeleteMany(ctx, filter, options.DeleteMany().SetHint(indexName(c, len(c.Indexes)-1)))
		if err == nil {
			dropped = int(result.DeletedCount)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("mongostore: drop: %w", err)
	}
	return dropped, nil
}

// LoadHead implements store.Engine.
func (e *engine) LoadHead(ctx context.Context, c *store.Collection, h store.StreamHead) error {
	_, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	return e.raise(ctx, headID(c, h.Town, h.Stream), h.Head)
}

// raise puts a head forward, never back.
func (e *engine) raise(ctx context.Context, id string, at store.Head) error {
	_, err := e.db.Collection(headsName).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: id}},
		bson.D{{Key: "$max", Value: bson.D{{Key: "number", Value: at.Number}, {Key: "stored", Value: at.Stored}}}},
		options.UpdateOne().SetUpsert(true))
	return err
}

// Load implements store.Engine.
func (e *engine) Load(ctx context.Context, c *store.Collection, docs []store.Doc) error {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return err
	}
	defer leave()
	if len(docs) == 0 {
		return nil
	}
	if err := e.insert(ctx, collection, c, docs); err != nil || !c.Stream {
		return err
	}
	last := map[string]store.Head{}
	for _, doc := range docs {
		stream, at, err := store.Place(doc.Raw)
		if err != nil {
			return err
		}
		if id := headID(c, doc.Town, stream); at.Number > last[id].Number {
			last[id] = at
		}
	}
	for id, at := range last {
		if err := e.raise(ctx, id, at); err != nil {
			return err
		}
	}
	return nil
}
