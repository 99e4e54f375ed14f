package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// problem is an error that the client is told.
type problem struct {
	code int32
	name string
	text string
	more bson.D
}

func (p *problem) Error() string { return p.text }

// failed refuses what this server does not know, so that it never answers it wrongly.
func failed(format string, args ...any) error {
	return &problem{code: 9, name: "FailedToParse", text: "mongowire: " + fmt.Sprintf(format, args...)}
}

// common is what every command may have. What is not named in it or in the command is refused.
type common struct {
	DB      string `bson:"$db"`
	Session struct {
		ID bson.RawValue `bson:"id"`
	} `bson:"lsid"`
	Number      *int64 `bson:"txnNumber"`
	Start       bool   `bson:"startTransaction"`
	Autocommit  *bool  `bson:"autocommit"`
	ReadConcern struct {
		Level string         `bson:"level"`
		At    bson.Timestamp `bson:"atClusterTime"`
	} `bson:"readConcern"`
}

var always = []string{"$db", "lsid", "txnNumber", "startTransaction", "autocommit", "readConcern", "writeConcern", "$readPreference", "$clusterTime", "maxTimeMS", "comment"}

type request struct {
	name        string
	db          string
	body        bson.Raw
	lists       map[string][]bson.Raw
	common      common
	session     *session
	transaction *transaction
	view        *database
	at          bson.Timestamp // of a snapshot
	answer      bson.D         // given before
}

type command struct {
	fields []string
	run    func(*server, *request) (bson.D, error)
}

func commands() map[string]command {
	nothing := func(*server, *request) (bson.D, error) { return bson.D{}, nil }
	hello := command{[]string{"helloOk", "client", "compression", "speculativeAuthenticate", "topologyVersion", "maxAwaitTimeMS", "backpressure"}, (*server).hello}
	return map[string]command{
		"hello": hello, "isMaster": hello, "ismaster": hello,
		"ping":              {nil, nothing},
		"buildInfo":         {nil, func(*server, *request) (bson.D, error) { return bson.D{{Key: "version", Value: "7.0.0"}}, nil }},
		"endSessions":       {nil, (*server).endSessions},
		"find":              {[]string{"filter", "sort", "projection", "hint", "limit", "batchSize", "singleBatch"}, (*server).find},
		"getMore":           {[]string{"collection", "batchSize"}, (*server).getMore},
		"killCursors":       {[]string{"cursors"}, (*server).killCursors},
		"aggregate":         {[]string{"pipeline", "cursor", "hint"}, (*server).count},
		"insert":            {[]string{"documents", "ordered"}, (*server).insert},
		"update":            {[]string{"updates", "ordered"}, (*server).update},
		"delete":            {[]string{"deletes", "ordered"}, (*server).remove},
		"createIndexes":     {[]string{"indexes"}, (*server).createIndexes},
		"listIndexes":       {[]string{"cursor"}, (*server).listIndexes},
		"dropIndexes":       {[]string{"index"}, (*server).dropIndexes},
		"dropDatabase":      {nil, (*server).dropDatabase},
		"commitTransaction": {[]string{"recoveryToken"}, (*server).end},
		"abortTransaction":  {[]string{"recoveryToken"}, (*server).end},
	}
}

var known = commands()

// run answers a command.
func (s *server) run(body bson.Raw, lists map[string][]bson.Raw) bson.Raw {
	answer, err := s.try(&request{body: body, lists: lists})
	var p *problem
	switch {
	case err == nil:
		answer = append(slices.Clone(answer), bson.E{Key: "ok", Value: 1.0})
	case errors.As(err, &p):
		answer = append(bson.D{{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: p.text}, {Key: "code", Value: p.code}, {Key: "codeName", Value: p.name}}, p.more...)
	default:
		answer = bson.D{{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: err.Error()}, {Key: "code", Value: int32(2)}, {Key: "codeName", Value: "BadValue"}}
	}
	b, err := bson.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return b
}

func (s *server) try(r *request) (bson.D, error) {
	elements, err := r.body.Elements()
	if err != nil || len(elements) == 0 {
		return nil, failed("a command that is no document: %v", err)
	}
	r.name = elements[0].Key()
	c, ok := known[r.name]
	if !ok {
		return nil, &problem{code: 59, name: "CommandNotFound", text: "no such command: '" + r.name + "'"}
	}
	for _, e := range elements[1:] {
		if !slices.Contains(always, e.Key()) && !slices.Contains(c.fields, e.Key()) {
			return nil, failed("%s with %s is not known here", r.name, e.Key())
		}
	}
	if err := bson.Unmarshal(r.body, &r.common); err != nil {
		return nil, failed("%v", err)
	}
	r.db = r.common.DB
	if err := s.begin(r); err != nil {
		return nil, err
	}
	if r.answer != nil {
		return r.answer, nil
	}
	answer, err := c.run(s, r)
	switch {
	case r.transaction != nil && (err != nil || slices.ContainsFunc(answer, func(e bson.E) bool { return e.Key == "writeErrors" })):
		r.session.under = nil // an error ends a transaction
	case r.session != nil && r.transaction == nil && err == nil && r.common.Autocommit == nil:
		s.keep(r.session, answer)
	}
	return answer, err
}

// target is the collection that a command names.
func (r *request) target() string { return r.body.Index(0).Value().StringValue() }

// list is what a command brings inside or beside itself.
func (r *request) list(name string) ([]bson.Raw, error) {
	if l, ok := r.lists[name]; ok {
		return l, nil
	}
	array, ok := r.body.Lookup(name).ArrayOK()
	values, err := array.Values()
	if !ok || err != nil {
		return nil, failed("%s without %s", r.name, name)
	}
	var out []bson.Raw
	for _, v := range values {
		d, ok := v.DocumentOK()
		if !ok {
			return nil, failed("%s has what is no document", name)
		}
		out = append(out, d)
	}
	return out, nil
}

func (s *server) hello(r *request) (bson.D, error) {
	primary := "isWritablePrimary"
	if r.name != "hello" {
		primary = "ismaster"
	}
	return bson.D{
		{Key: primary, Value: true}, {Key: "helloOk", Value: true}, {Key: "setName", Value: "mongowire"}, {Key: "setVersion", Value: 1},
		{Key: "hosts", Value: bson.A{s.address}}, {Key: "primary", Value: s.address}, {Key: "me", Value: s.address},
		{Key: "maxBsonObjectSize", Value: maxDocument}, {Key: "maxMessageSizeBytes", Value: maxMessage}, {Key: "maxWriteBatchSize", Value: 100_000},
		{Key: "localTime", Value: s.now()}, {Key: "logicalSessionTimeoutMinutes", Value: 30}, {Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21},
	}, nil
}

func (s *server) endSessions(r *request) (bson.D, error) {
	var list struct {
		IDs []struct {
			ID bson.RawValue `bson:"id"`
		} `bson:"endSessions"`
	}
	if err := bson.Unmarshal(r.body, &list); err != nil {
		return nil, failed("%v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range list.IDs {
		delete(s.sessions, string(x.ID.Value))
	}
	return bson.D{}, nil
}

func (s *server) insert(r *request) (bson.D, error) {
	list, err := r.list("documents")
	if err != nil {
		return nil, err
	}
	docs := make([]*doc, 0, len(list))
	for _, raw := range list {
		d, err := newDoc(bytes.Clone(raw))
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return s.each(r, len(docs), func(w *writer, i int) (int, error) { return 1, w.put(r.target(), nil, docs[i]) })
}

// each does the parts of a write one after the other, up to the first that fails; what is done by then stays.
func (s *server) each(r *request, n int, f func(*writer, int) (int, error)) (bson.D, error) {
	if ordered, ok := r.body.Lookup("ordered").BooleanOK(); ok && !ordered && n > 1 {
		return nil, failed("an unordered %s is not known here", r.name)
	}
	done, faults := 0, bson.A{}
	err := s.write(r, func(w *writer) error {
		for i := range n {
			met, err := f(w, i)
			if p := (*problem)(nil); errors.As(err, &p) && p.code == 11000 {
				faults = append(faults, append(bson.D{{Key: "index", Value: i}, {Key: "code", Value: p.code}, {Key: "errmsg", Value: p.text}}, p.more...))
				return nil
			}
			if err != nil {
				return err
			}
			done += met
		}
		return nil
	})
	answer := bson.D{{Key: "n", Value: done}}
	if len(faults) > 0 {
		answer = append(answer, bson.E{Key: "writeErrors", Value: faults})
	}
	return answer, err
}

type updating struct {
	Q      bson.Raw      `bson:"q"`
	U      bson.Raw      `bson:"u"`
	Upsert bool          `bson:"upsert"`
	Hint   bson.RawValue `bson:"hint"`
}

func (s *server) update(r *request) (bson.D, error) {
	list, err := r.list("updates")
	if err != nil {
		return nil, err
	}
	changed, upserted := 0, bson.A{}
	answer, err := s.each(r, len(list), func(w *writer, i int) (int, error) {
		var u updating
		if err := strict(list[i], &u, "q", "u", "upsert", "hint", "multi"); err != nil {
			return 0, err
		}
		if multi, _ := list[i].Lookup("multi").BooleanOK(); multi {
			return 0, failed("updating many is not known here")
		}
		q, err := parseQuery(u.Q, nil, u.Hint, 1)
		if err != nil {
			return 0, err
		}
		found, err := w.db.collection(r.target()).find(q)
		if err != nil {
			return 0, err
		}
		var before *doc
		base := bson.Raw{5, 0, 0, 0, 0}
		if len(found) > 0 {
			before, base = found[0], found[0].raw
		} else if !u.Upsert {
			return 0, nil
		} else if base, err = seed(u.Q); err != nil {
			return 0, err
		}
		raw, err := updated(base, u.U)
		if err != nil {
			return 0, err
		}
		if before != nil && bytes.Equal(raw, before.raw) {
			return 1, nil
		}
		after, err := newDoc(raw)
		switch {
		case err != nil:
			return 0, err
		case before == nil:
			upserted = append(upserted, bson.D{{Key: "index", Value: i}, {Key: "_id", Value: raw.Lookup("_id")}})
		case !bytes.Equal(before.id, after.id):
			return 0, failed("an update that changes the _id")
		default:
			changed++
		}
		return 1, w.put(r.target(), before, after)
	})
	answer = append(answer, bson.E{Key: "nModified", Value: changed})
	if len(upserted) > 0 {
		answer = append(answer, bson.E{Key: "upserted", Value: upserted})
	}
	return answer, err
}

// strict reads a document that has no other fields than these.
func strict(raw bson.Raw, to any, fields ...string) error {
	elements, err := raw.Elements()
	if err != nil {
		return failed("%v", err)
	}
	for _, e := range elements {
		if !slices.Contains(fields, e.Key()) {
			return failed("%s is not known here", e.Key())
		}
	}
	return bson.Unmarshal(raw, to)
}

// seed is what an upsert begins with: the values that the filter names.
func seed(filter bson.Raw) (bson.Raw, error) {
	conditions, err := parseFilter(filter)
	if err != nil {
		return nil, err
	}
	d := bson.D{}
	for _, c := range conditions {
		v, err := filter.LookupErr(c.name)
		if c.op != "$eq" || len(c.path) > 1 || err != nil || v.Type == bson.TypeEmbeddedDocument {
			return nil, failed("an upsert by this filter is not known here")
		}
		d = append(d, bson.E{Key: c.name, Value: v})
	}
	return bson.Marshal(d)
}

// updated is a document after an update: $set and $max of what is not inside anything, or another document.
func updated(old, u bson.Raw) (bson.Raw, error) {
	var d, steps bson.D
	if err := errors.Join(bson.Unmarshal(old, &d), bson.Unmarshal(u, &steps)); err != nil {
		return nil, failed("%v", err)
	}
	if len(steps) == 0 || !strings.HasPrefix(steps[0].Key, "$") {
		id := old.Lookup("_id")
		if at, err := u.LookupErr("_id"); err == nil || id.Type == 0 {
			if id.Type != 0 && !at.Equal(id) {
				return nil, failed("a replacement with another _id")
			}
			return bytes.Clone(u), nil
		}
		return bson.Marshal(append(bson.D{{Key: "_id", Value: id}}, steps...))
	}
	for _, step := range steps {
		fields, _ := u.Lookup(step.Key).DocumentOK()
		elements, _ := fields.Elements()
		if step.Key != "$set" && step.Key != "$max" || len(elements) == 0 {
			return nil, failed("unknown modifier: %s", step.Key)
		}
		for _, e := range elements {
			path, err := parsePath(e.Key())
			if err != nil || len(path) > 1 {
				return nil, failed("%s of %q is not known here", step.Key, e.Key())
			}
			i := slices.IndexFunc(d, func(x bson.E) bool { return x.Key == e.Key() })
			if i < 0 {
				d = append(d, bson.E{Key: e.Key(), Value: e.Value()})
				continue
			}
			if step.Key == "$max" {
				was, ok := appendKey(nil, old.Lookup(e.Key()))
				is, ok2 := appendKey(nil, e.Value())
				if !ok || !ok2 {
					return nil, failed("$max of what cannot be compared here")
				}
				if bytes.Compare(is, was) <= 0 {
					continue
				}
			}
			d[i].Value = e.Value()
		}
	}
	return bson.Marshal(d)
}

func (s *server) remove(r *request) (bson.D, error) {
	list, err := r.list("deletes")
	if err != nil {
		return nil, err
	}
	return s.each(r, len(list), func(w *writer, i int) (int, error) {
		var d struct {
			Q     bson.Raw      `bson:"q"`
			Limit int64         `bson:"limit"`
			Hint  bson.RawValue `bson:"hint"`
		}
		if err := strict(list[i], &d, "q", "limit", "hint"); err != nil {
			return 0, err
		}
		q, err := parseQuery(d.Q, nil, d.Hint, d.Limit)
		if err != nil {
			return 0, err
		}
		found, err := w.db.collection(r.target()).find(q)
		if err != nil {
			return 0, err
		}
		for _, x := range found {
			if err := w.put(r.target(), x, nil); err != nil {
				return 0, err
			}
		}
		return len(found), nil
	})
}

func (s *server) createIndexes(r *request) (bson.D, error) {
	list, err := r.list("indexes")
	if err != nil {
		return nil, err
	}
	if r.transaction != nil {
		return nil, failed("indexes in a transaction are not known here")
	}
	return bson.D{}, s.write(r, func(w *writer) error {
		c := w.db.collection(r.target())
		for _, spec := range list {
			x, err := newIndex(spec)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(c.indexes, func(o *index) bool { return o.name == x.name }); i >= 0 {
				if !bytes.Equal(c.indexes[i].spec, x.spec) {
					return &problem{code: 86, name: "IndexKeySpecsConflict", text: "there is another index " + x.name}
				}
				continue
			}
			if err := c.build(r.db+"."+r.target(), x); err != nil {
				return err
			}
			w.changes = append(w.changes, change{Database: r.db, Collection: r.target(), Kind: changeIndex, Doc: x.spec})
		}
		return nil
	})
}

func (s *server) listIndexes(r *request) (bson.D, error) {
	list := bson.A{}
	err := s.read(r, r.target(), func(c *collection) error {
		if c == nil {
			return &problem{code: 26, name: "NamespaceNotFound", text: "ns does not exist: " + r.db + "." + r.target()}
		}
		for _, x := range c.indexes {
			list = append(list, x.spec)
		}
		return nil
	})
	return r.cursor(0, "firstBatch", list), err
}

// drop forgets an index, and reports whether it was there.
func (c *collection) drop(name string) bool {
	i := slices.IndexFunc(c.indexes, func(x *index) bool { return x.name == name })
	if i < 1 {
		return false
	}
	c.indexes = slices.Delete(slices.Clone(c.indexes), i, i+1)
	return true
}

func (s *server) dropIndexes(r *request) (bson.D, error) {
	name, ok := r.body.Lookup("index").StringValueOK()
	if !ok || r.transaction != nil {
		return nil, failed("dropIndexes takes one name here, outside of transactions")
	}
	return bson.D{}, s.write(r, func(w *writer) error {
		if !w.db.collection(r.target()).drop(name) {
			return &problem{code: 27, name: "IndexNotFound", text: "index not found with name [" + name + "]"}
		}
		spec, err := bson.Marshal(bson.D{{Key: "name", Value: name}})
		w.changes = append(w.changes, change{Database: r.db, Collection: r.target(), Kind: changeNoIndex, Doc: spec})
		return err
	})
}

func (s *server) dropDatabase(r *request) (bson.D, error) {
	return bson.D{}, s.write(r, func(w *writer) error {
		delete(s.databases, r.db)
		w.changes = append(w.changes, change{Database: r.db, Kind: changeDrop})
		return nil
	})
}
