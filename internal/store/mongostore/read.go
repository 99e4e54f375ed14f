package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// Get implements store.Engine.
func (e *engine) Get(ctx context.Context, c *store.Collection, town, id string) (bson.Raw, error) {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return nil, err
	}
	defer leave()
	raw, err := collection.FindOne(ctx, byID(c, town, id)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("mongostore: %w", err)
	}
	_, doc, err := unwire(c, raw)
	return doc, err
}

// plan is a scan in the database's words.
type plan struct {
	c       *store.Collection
	s       store.Scan
	order   []store.Field // the fields behind Equal, and the _id unless the index is unique
	base    bson.A        // conditions that hold for every part
	hint    string
	unique  bool
	inTowns bool // the _id is made of town and id
}

func newPlan(c *store.Collection, s store.Scan) plan {
	p := plan{c: c, s: s, hint: "_id_", inTowns: c.Class == store.ClassTown}
	if f := townField(c, s.Index); f != "" && s.Index >= 0 {
		p.where(f, s.Town)
	}
	if s.Index >= 0 {
		x := c.Indexes[s.Index]
		p.hint, p.unique = indexName(c, s.Index), x.Unique
		for i, v := range s.Equal {
			p.where(x.Fields[i].Path, native(v))
		}
		p.order = slices.Clone(x.Fields[len(s.Equal):])
		if x.Sparse {
			for _, condition := range present(x.Fields) {
				p.base = append(p.base, bson.D{condition})
			}
		}
	} else if p.inTowns {
		p.where("_id", bson.D{{Key: "$gt", Value: store.Tail(s.Town, "")}, {Key: "$lt", Value: s.Town + "0"}}) // "0" follows "/"
	}
	p.order = append(p.order, store.Str("_id"))
	next := p.order[0]
	if s.From != nil {
		p.where(next.Path, bson.D{{Key: "$gte", Value: p.at(next, *s.From)}})
	}
	if s.To != nil {
		p.where(next.Path, bson.D{{Key: "$lt", Value: p.at(next, *s.To)}})
	}
	return p
}

func (p *plan) where(path string, condition any) {
	p.base = append(p.base, bson.D{{Key: path, Value: condition}})
}

// at is a value of a field as the database has it: ids are together with their town.
func (p *plan) at(f store.Field, v key.Value) any {
	if f.Path == "_id" && p.inTowns && !p.across() {
		return store.Tail(p.s.Town, v.Text)
	}
	return native(v)
}

func (p *plan) across() bool { return p.s.Index >= 0 && p.c.Indexes[p.s.Index].Across }

// parts are the filters that together find everything behind the cursor, in order. "Behind (a, b, id)" is: the same a and b
// and a later id; then the same a and a later b; then a later a. Each is one range of the index, so that a page costs
// the same wherever it is; one condition with $or would not.
func (p *plan) parts() []bson.D {
	if p.s.After == nil {
		return []bson.D{all(p.base)}
	}
	later := "$gt"
	if p.s.Reverse {
		later = "$lt"
	}
	var parts []bson.D
	for last := len(p.order) - 1; last >= 0; last-- {
		conditions := slices.Clone(p.base)
		for i, f := range p.order[:last+1] {
			v := p.at(f, p.s.After[i])
			if i == last {
				v = bson.D{{Key: later, Value: v}}
			}
			conditions = append(conditions, bson.D{{Key: f.Path, Value: v}})
		}
		parts = append(parts, all(conditions))
	}
	return parts
}

func all(conditions bson.A) bson.D {
	if len(conditions) == 0 {
		return bson.D{}
	}
	return bson.D{{Key: "$and", Value: conditions}}
}

// sort names the keys of the index, so that the index gives the order.
func (p *plan) sort() bson.D {
	direction := 1
	if p.s.Reverse {
		direction = -1
	}
	d := bson.D{} // empty when all keys of a unique index are given; nil is no document to the driver
	for _, f := range p.order {
		if f.Path == "_id" && p.unique {
			continue // not a key of unique indexes; their keys are enough
		}
		d = append(d, bson.E{Key: f.Path, Value: direction})
	}
	return d
}

// walk reads up to limit documents as they are in the database.
func (e *engine) walk(ctx context.Context, p plan, limit int, projection any) ([]bson.Raw, error) {
	var out []bson.Raw
	for _, filter := range p.parts() {
		o := options.Find().SetSort(p.sort()).SetLimit(int64(limit - len(out))).SetHint(p.hint)
		if projection != nil {
			o.SetProjection(projection)
		}
		cursor, err := e.db.Collection(p.c.Name).Find(ctx, filter, o)
		if err != nil {
			return nil, fmt.Errorf("mongostore: find: %w", err)
		}
		var found []bson.Raw
		if err := cursor.All(ctx, &found); err != nil {
			return nil, fmt.Errorf("mongostore: find: %w", err)
		}
		if out = append(out, found...); len(out) >= limit {
			break
		}
	}
	return out, nil
}

// place reads where a document stands in the index: the cursor behind it.
func (p *plan) place(raw bson.Raw) ([]key.Value, error) {
	values := make([]key.Value, 0, len(p.order))
	for _, f := range p.order {
		v, err := f.Of(raw)
		if err != nil {
			return nil, err
		}
		if f.Path == "_id" && p.inTowns && !p.across() {
			_, id, _ := store.CutTail(v.Text)
			v = key.OfString(id)
		}
		values = append(values, v)
	}
	return values, nil
}

// Scan implements store.Engine.
func (e *engine) Scan(ctx context.Context, c *store.Collection, s store.Scan) (store.Found, error) {
	_, leave, err := e.enter(ctx, c)
	if err != nil {
		return store.Found{}, err
	}
	defer leave()
	p := newPlan(c, s)
	if len(s.Where) > 0 {
		return e.filter(ctx, p)
	}
	raws, err := e.walk(ctx, p, s.Limit+1, nil)
	if err != nil {
		return store.Found{}, err
	}
	var found store.Found
	if len(raws) > s.Limit {
		raws = raws[:s.Limit]
		if found.Last, err = p.place(raws[len(raws)-1]); err != nil {
			return store.Found{}, err
		}
	}
	for _, raw := range raws {
		if err := p.keep(&found, raw); err != nil {
			return store.Found{}, err
		}
	}
	return found, nil
}

func (p *plan) keep(found *store.Found, raw bson.Raw) error {
	town, doc, err := unwire(p.c, raw)
	if err != nil {
		return err
	}
	found.Docs = append(found.Docs, doc)
	if p.across() {
		found.Towns = append(found.Towns, town)
	}
	return nil
}

const filterChunk = 250 // documents that are looked at by one query of filter

// filter answers a scan with conditions outside the index. It reads the keys of as many entries as may be examined and
// then asks for those of their documents that meet the conditions, a chunk at a time, until the page is full.
func (e *engine) filter(ctx context.Context, p plan) (store.Found, error) {
	projection := bson.D{}
	for _, f := range p.order {
		projection = append(projection, bson.E{Key: f.Path, Value: 1})
	}
	entries, err := e.walk(ctx, p, p.s.Most+1, projection)
	if err != nil {
		return store.Found{}, err
	}
	more := len(entries) > p.s.Most
	entries = entries[:min(len(entries), p.s.Most)]
	conditions := slices.Clone(p.base)
	for _, m := range p.s.Where {
		conditions = append(conditions, bson.D{{Key: m.Path, Value: native(m.Value)}})
	}
	var found store.Found
	for start := 0; start < len(entries); start += filterChunk {
		chunk := entries[start:min(start+filterChunk, len(entries))]
		ids := make(bson.A, 0, len(chunk))
		for _, entry := range chunk {
			ids = append(ids, entry.Lookup("_id"))
		}
		cursor, err := e.db.Collection(p.c.Name).Find(ctx, all(append(slices.Clone(conditions), bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}})))
		if err != nil {
			return store.Found{}, fmt.Errorf("mongostore: filter: %w", err)
		}
		var raws []bson.Raw
		if err := cursor.All(ctx, &raws); err != nil {
			return store.Found{}, fmt.Errorf("mongostore: filter: %w", err)
		}
		hits := make(map[string]bson.Raw, len(raws))
		for _, raw := range raws {
			hits[raw.Lookup("_id").StringValue()] = raw
		}
		for i, entry := range chunk {
			raw, ok := hits[entry.Lookup("_id").StringValue()]
			if !ok {
				continue
			}
			if err := p.keep(&found, raw); err != nil {
				return store.Found{}, err
			}
			if len(found.Docs) == p.s.Limit {
				if more || start+i+1 < len(entries) {
					found.Last, err = p.place(entry)
				}
				return found, err
			}
		}
	}
	if more {
		found.Last, err = p.place(entries[len(entries)-1])
	}
	return found, err
}

// Count implements store.Engine.
func (e *engine) Count(ctx context.Context, c *store.Collection, s store.Scan, limit int) (int, error) {
	collection, leave, err := e.enter(ctx, c)
	if err != nil {
		return 0, err
	}
	defer leave()
	p := newPlan(c, s)
	n, err := collection.CountDocuments(ctx, all(p.base), options.Count().SetLimit(int64(limit)).SetHint(p.hint))
	if err != nil {
		return 0, fmt.Errorf("mongostore: count: %w", err)
	}
	return int(n), nil
}
