package main

import (
	"bytes"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const firstBatch = 101 // documents, as of MongoDB

// cursor is what is left of an answer. The documents are those of the moment of the query.
type cursor struct {
	docs  []*doc
	paths [][]string // to project; nil: everything
}

// next takes a batch.
func (c *cursor) next(most int) bson.A {
	batch, size := bson.A{}, 0
	for len(c.docs) > 0 && len(batch) < most {
		d := c.docs[0]
		if size += len(d.raw); size > maxReply && len(batch) > 0 {
			break
		}
		if c.paths == nil {
			batch = append(batch, d.raw)
		} else {
			batch = append(batch, project(d.raw, c.paths))
		}
		c.docs = c.docs[1:]
	}
	return batch
}

func (r *request) cursor(id int64, name string, batch bson.A) bson.D {
	d := bson.D{{Key: name, Value: batch}, {Key: "id", Value: id}, {Key: "ns", Value: r.db + "." + r.name}}
	if r.name != "getMore" {
		d[2].Value = r.db + "." + r.target()
	}
	if r.at.T != 0 {
		d = append(d, bson.E{Key: "atClusterTime", Value: r.at})
	}
	return bson.D{{Key: "cursor", Value: d}}
}

func (s *server) find(r *request) (bson.D, error) {
	var f struct {
		Filter      bson.Raw      `bson:"filter"`
		Sort        bson.Raw      `bson:"sort"`
		Projection  bson.Raw      `bson:"projection"`
		Hint        bson.RawValue `bson:"hint"`
		Limit       int64         `bson:"limit"`
		BatchSize   *int64        `bson:"batchSize"`
		SingleBatch bool          `bson:"singleBatch"`
	}
	if err := bson.Unmarshal(r.body, &f); err != nil {
		return nil, failed("%v", err)
	}
	if f.Filter == nil {
		f.Filter = bson.Raw{5, 0, 0, 0, 0}
	}
	q, err := parseQuery(f.Filter, f.Sort, f.Hint, f.Limit)
	if err != nil {
		return nil, err
	}
	c := &cursor{}
	if len(f.Projection) > 0 {
		if c.paths, err = parseProjection(f.Projection); err != nil {
			return nil, err
		}
	}
	err = s.read(r, r.target(), func(from *collection) (err error) {
		if from != nil {
			c.docs, err = from.find(q)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	most := firstBatch
	if f.BatchSize != nil {
		most = int(*f.BatchSize)
	}
	batch := c.next(most)
	id := int64(0)
	if len(c.docs) > 0 && !f.SingleBatch {
		id = s.cursor.Add(1)
		s.cursors.Store(id, c)
	}
	return r.cursor(id, "firstBatch", batch), nil
}

func (s *server) getMore(r *request) (bson.D, error) {
	id := r.body.Index(0).Value().AsInt64()
	found, ok := s.cursors.LoadAndDelete(id)
	if !ok {
		return nil, &problem{code: 43, name: "CursorNotFound", text: "there is no such cursor"}
	}
	c := found.(*cursor)
	most := 1 << 30
	if n, ok := r.body.Lookup("batchSize").AsInt64OK(); ok && n > 0 {
		most = int(n)
	}
	batch := c.next(most)
	if len(c.docs) > 0 {
		s.cursors.Store(id, c)
	} else {
		id = 0
	}
	return r.cursor(id, "nextBatch", batch), nil
}

func (s *server) killCursors(r *request) (bson.D, error) {
	array, _ := r.body.Lookup("cursors").ArrayOK()
	values, _ := array.Values()
	killed := bson.A{}
	for _, v := range values {
		if id, ok := v.AsInt64OK(); ok {
			s.cursors.Delete(id)
			killed = append(killed, id)
		}
	}
	none := bson.A{}
	return bson.D{{Key: "cursorsKilled", Value: killed}, {Key: "cursorsNotFound", Value: none}, {Key: "cursorsAlive", Value: none}, {Key: "cursorsUnknown", Value: none}}, nil
}

// count is the only aggregation that is known: that of the driver's CountDocuments.
func (s *server) count(r *request) (bson.D, error) {
	stages, err := r.list("pipeline")
	if err != nil {
		return nil, err
	}
	group, _ := bson.Marshal(bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: int32(1)}, {Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}}}}})
	filter, limit := bson.Raw(nil), int64(0)
	for i, stage := range stages {
		e := stage.Index(0)
		d, isDoc := e.Value().DocumentOK()
		n, isNumber := e.Value().AsInt64OK()
		switch {
		case i == 0 && e.Key() == "$match" && isDoc:
			filter = d
		case i == 1 && len(stages) == 3 && e.Key() == "$limit" && isNumber && n > 0:
			limit = n
		case i > 0 && i == len(stages)-1 && bytes.Equal(stage, group):
		default:
			return nil, failed("the stage %s is not known here", stage)
		}
	}
	if len(stages) < 2 {
		return nil, failed("this pipeline is not known here")
	}
	q, err := parseQuery(filter, nil, r.body.Lookup("hint"), limit)
	if err != nil {
		return nil, err
	}
	batch := bson.A{}
	err = s.read(r, r.target(), func(c *collection) error {
		if c == nil {
			return nil
		}
		found, err := c.find(q)
		if len(found) > 0 {
			batch = bson.A{bson.D{{Key: "_id", Value: 1}, {Key: "n", Value: len(found)}}}
		}
		return err
	})
	return r.cursor(0, "firstBatch", batch), err
}
