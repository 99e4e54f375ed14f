package main

import (
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const (
	transactionLife = time.Minute
	snapshotLife    = 5 * time.Minute
)

// session is one of a driver. Its commands come one after the other.
type session struct {
	number int64        // of the last transaction, or of the last write that may be sent again
	under  *transaction // the one under way
	answer bson.D       // what number ended with, if it has
}

// transaction sees the database as it was when it began, and what it has done itself. What it has done is done for everybody
// when it is committed, unless somebody else was first at one of its documents: then it is to be tried again.
type transaction struct {
	database string
	view     *database
	changes  []change
	began    time.Time
}

type moment struct {
	view *database
	name string
	at   time.Time
}

// writer is where a command writes: the databases themselves, or the view of a transaction.
type writer struct {
	name    string
	db      *database
	changes []change
}

func (w *writer) put(collection string, before, after *doc) error {
	if err := w.db.collection(collection).put(w.name+"."+collection, before, after); err != nil {
		return err
	}
	c := change{Database: w.name, Collection: collection, Kind: changePut, before: before, after: after}
	if after != nil {
		c.Doc = after.raw
	} else {
		c.Kind, c.Doc = changeDelete, before.raw
	}
	w.changes = append(w.changes, c)
	return nil
}

var errConflict = &problem{code: 112, name: "WriteConflict", text: "somebody else was first; try again", more: bson.D{{Key: "errorLabels", Value: bson.A{"TransientTransactionError"}}}}

func (s *server) database(name string) *database {
	db := s.databases[name]
	if db == nil {
		db = &database{all: map[string]*collection{}}
		s.databases[name] = db
	}
	return db
}

// record logs changes. s.mu is held. The caller waits for the number when it has let go of it.
func (s *server) record(changes []change) uint64 {
	if len(changes) == 0 {
		return 0
	}
	n := s.log.append(changes)
	for _, c := range changes {
		if db := s.databases[c.Database]; db != nil && db.all[c.Collection] != nil {
			db.all[c.Collection].wrote = n
		}
	}
	return n
}

// write runs f on what a command writes to: all of it is logged together, and on the disk when write returns.
func (s *server) write(r *request, f func(*writer) error) error {
	if t := r.transaction; t != nil {
		w := &writer{name: r.db, db: t.view, changes: t.changes}
		err := f(w)
		t.changes = w.changes
		return err
	}
	s.mu.Lock()
	w := &writer{name: r.db, db: s.database(r.db)}
	err := f(w)
	n := s.record(w.changes)
	s.mu.Unlock()
	s.log.wait(n)
	return err
}

// read runs f on a collection, nil if there is none, and waits until what it has seen is on the disk.
func (s *server) read(r *request, name string, f func(*collection) error) error {
	if view := r.view; view != nil {
		return f(view.all[name])
	}
	s.mu.RLock()
	var c *collection
	n := uint64(0)
	if db := s.databases[r.db]; db != nil && db.all[name] != nil {
		c = db.all[name]
		n = c.wrote
	}
	err := f(c)
	s.mu.RUnlock()
	s.log.wait(n)
	return err
}

// begin finds the view that a command asks for.
func (s *server) begin(r *request) error {
	c := &r.common
	if c.ReadConcern.Level == "snapshot" && c.Autocommit == nil {
		return s.snapshot(r)
	}
	if c.Number == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := string(c.Session.ID.Value)
	ses := s.sessions[id]
	if ses == nil {
		ses = &session{}
		s.sessions[id] = ses
	}
	r.session = ses
	fresh := *c.Number > ses.number
	if fresh {
		*ses = session{number: *c.Number}
		if c.Start {
			ses.under = &transaction{database: r.db, view: s.database(r.db).copy(), began: s.now()}
		}
	}
	switch {
	case c.Autocommit == nil && (fresh || *c.Number == ses.number && ses.answer != nil):
		r.answer = ses.answer // nil, or what the same write was answered before
		return nil
	case c.Autocommit == nil:
		return failed("this write is too old, or still under way")
	case r.name == "commitTransaction" || r.name == "abortTransaction":
		return nil
	}
	t := ses.under
	switch {
	case *c.Number != ses.number || t == nil || s.now().Sub(t.began) > transactionLife:
		return &problem{code: 251, name: "NoSuchTransaction", text: "there is no such transaction", more: bson.D{{Key: "errorLabels", Value: bson.A{"TransientTransactionError"}}}}
	case t.database != r.db:
		return failed("a transaction in two databases is not known here")
	}
	r.transaction, r.view = t, t.view
	return nil
}

func (s *server) snapshot(r *request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for t, m := range s.moments {
		if now.Sub(m.at) > snapshotLife {
			delete(s.moments, t)
		}
	}
	if at := r.common.ReadConcern.At; at.T != 0 {
		m := s.moments[at]
		if m == nil || m.name != r.db {
			return &problem{code: 239, name: "SnapshotTooOld", text: "this moment is no longer known"}
		}
		r.at, r.view = at, m.view
		return nil
	}
	s.ticks++
	r.at = bson.Timestamp{T: uint32(now.Unix()), I: s.ticks}
	r.view = s.database(r.db).copy()
	s.moments[r.at] = &moment{view: r.view, name: r.db, at: now}
	return nil
}

// end commits a transaction, or forgets it.
func (s *server) end(r *request) (bson.D, error) {
	ses, c := r.session, &r.common
	if ses == nil || *c.Number != ses.number {
		return nil, &problem{code: 251, name: "NoSuchTransaction", text: "there is no such transaction"}
	}
	if ses.answer != nil && r.name == "commitTransaction" {
		return ses.answer, nil // it was asked again
	}
	t := ses.under
	ses.under = nil
	switch {
	case t == nil:
		return nil, &problem{code: 251, name: "NoSuchTransaction", text: "there is no such transaction", more: bson.D{{Key: "errorLabels", Value: bson.A{"TransientTransactionError"}}}}
	case r.name == "abortTransaction":
		return bson.D{}, nil
	}
	s.mu.Lock()
	n, err := s.apply(t)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	s.log.wait(n)
	s.keep(ses, bson.D{})
	return bson.D{}, nil
}

// keep remembers what a session's number was answered, in case it is asked again.
func (s *server) keep(ses *session, answer bson.D) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ses.answer = answer
}

// apply does what a transaction did on what is now, if nobody has changed that. s.mu is held.
func (s *server) apply(t *transaction) (uint64, error) {
	db := s.database(t.database)
	for i, c := range t.changes {
		place := db.collection(c.Collection)
		id := c.after
		if id == nil {
			id = c.before
		}
		err := error(errConflict)
		if place.get(id.id) == c.before {
			err = place.put(t.database+"."+c.Collection, c.before, c.after)
		}
		if err == nil {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			o := t.changes[j]
			if back := db.collection(o.Collection).put("", o.after, o.before); back != nil {
				panic(back) // it was so a moment ago
			}
		}
		var p *problem
		if errors.As(err, &p) && p.code == 11000 {
			err = errConflict // it was free when the transaction looked
		}
		return 0, err
	}
	return s.record(t.changes), nil
}

// replay does what the log says.
func (s *server) replay(r record) error {
	for _, c := range r.Changes {
		db := s.database(c.Database)
		if c.Kind == changeDrop {
			delete(s.databases, c.Database)
			continue
		}
		place := db.collection(c.Collection)
		if err := place.redo(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) redo(x change) error {
	switch x.Kind {
	case changeIndex:
		i, err := newIndex(x.Doc)
		if err != nil {
			return err
		}
		return c.build("", i)
	case changeNoIndex:
		c.drop(x.Doc.Lookup("name").StringValue())
		return nil
	}
	d, err := newDoc(x.Doc)
	if err != nil {
		return err
	}
	if x.Kind == changeDelete {
		return c.put("", c.get(d.id), nil)
	}
	return c.put("", c.get(d.id), d)
}
