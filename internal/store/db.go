package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// DB is a set of collections in one engine.
type DB struct {
	engine Engine
	now    func() time.Time

	mu          sync.Mutex
	collections map[string]*Collection // by name; guarded by mu
}

// New makes a DB over an engine. The packages of the engines call it.
func New(engine Engine, now func() time.Time) *DB {
	return &DB{engine: engine, now: now, collections: map[string]*Collection{}}
}

// Over returns a DB over what f makes of db's engine, for tests that let writes fail. db must not be used beside it.
func Over(db *DB, f func(Engine) Engine) *DB { return New(f(db.engine), db.now) }

// Close closes the engine. No call may be under way.
func (db *DB) Close() error { return db.engine.Close() }

// declare makes a collection ready. Declaring it again in the same way is harmless.
func (db *DB) declare(ctx context.Context, c Collection) (*Collection, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if old, ok := db.collections[c.Name]; ok {
		if !old.equal(&c) {
			return nil, fmt.Errorf("%w: %s", ErrDeclared, c.Name)
		}
		return old, nil
	}
	if err := db.engine.Declare(ctx, &c); err != nil {
		return nil, fmt.Errorf("store: declare %s: %w", c.Name, err)
	}
	db.collections[c.Name] = &c
	return &c, nil
}

// Problem is one piece of damage that Check found.
type Problem struct {
	Collection string
	Text       string // names the document and what is wrong with it
}

// Check compares every document of the declared collections with the indexes and streams, and reports what does not
// fit. It reads everything; writes may go on meanwhile.
func (db *DB) Check(ctx context.Context, report func(Problem)) error {
	db.mu.Lock()
	collections := make([]*Collection, 0, len(db.collections))
	for _, c := range db.collections {
		collections = append(collections, c)
	}
	db.mu.Unlock()
	for _, c := range collections {
		err := db.engine.Check(ctx, c, func(text string) { report(Problem{Collection: c.Name, Text: text}) })
		if err != nil {
			return fmt.Errorf("store: check %s: %w", c.Name, err)
		}
	}
	return nil
}
