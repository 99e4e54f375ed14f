package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/store"
)

// ErrDead is what a dead process's writes end with.
var ErrDead = errors.New("storetest: the process has died")

// Mortal is an engine under a process that can be let die between any two writes: from then on nothing is read or written
// until it lives again.
type Mortal struct {
	store.Engine

	mu   sync.Mutex
	left int // writes until death; negative: it lives for ever. guarded by mu
	dead bool

	between map[string]func() // by collection: what somebody else does before its next write. guarded by mu
}

// Between lets somebody else do something before the next write to a collection: between what a writer has read and what it
// writes. A test waits for it with the writer.
func (m *Mortal) Between(collection string, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.between == nil {
		m.between = map[string]func(){}
	}
	m.between[collection] = f
}

// others runs what somebody else does before a write, once.
func (m *Mortal) others(c *store.Collection) {
	m.mu.Lock()
	f := m.between[c.Name]
	delete(m.between, c.Name)
	m.mu.Unlock()
	if f != nil {
		f()
	}
}

// Die lets the process die after n more writes.
func (m *Mortal) Die(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left = n
}

// Live starts the process again, and reports whether it had died.
func (m *Mortal) Live() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	dead := m.dead
	m.left, m.dead = -1, false
	return dead
}

func (m *Mortal) write() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left == 0 {
		m.dead = true
	}
	if m.dead {
		return ErrDead
	}
	if m.left > 0 {
		m.left--
	}
	return nil
}

func (m *Mortal) read() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return ErrDead
	}
	return nil
}

// Get implements store.Engine.
func (m *Mortal) Get(ctx context.Context, c *store.Collection, town, id string) (bson.Raw, error) {
	if err := m.read(); err != nil {
		return nil, err
	}
	return m.Engine.Get(ctx, c, town, id)
}

// Scan implements store.Engine.
func (m *Mortal) Scan(ctx context.Context, c *store.Collection, s store.Scan) (store.Found, error) {
	if err := m.read(); err != nil {
		return store.Found{}, err
	}
	return m.Engine.Scan(ctx, c, s)
}

// Insert implements store.Engine.
func (m *Mortal) Insert(ctx context.Context, c *store.Collection, docs []store.Doc) error {
	m.others(c)
	if err := m.write(); err != nil {
		return err
	}
	return m.Engine.Insert(ctx, c, docs)
}

// Replace implements store.Engine.
func (m *Mortal) Replace(ctx context.Context, c *store.Collection, rev int64, doc store.Doc) error {
	m.others(c)
	if err := m.write(); err != nil {
		return err
	}
	return m.Engine.Replace(ctx, c, rev, doc)
}

// Delete implements store.Engine.
func (m *Mortal) Delete(ctx context.Context, c *store.Collection, town, id string, rev int64) error {
	m.others(c)
	if err := m.write(); err != nil {
		return err
	}
	return m.Engine.Delete(ctx, c, town, id, rev)
}

// Append implements store.Engine.
func (m *Mortal) Append(ctx context.Context, c *store.Collection, a store.Appended) error {
	if err := m.write(); err != nil {
		return err
	}
	return m.Engine.Append(ctx, c, a)
}

// Drop implements store.Engine.
func (m *Mortal) Drop(ctx context.Context, c *store.Collection, town, stream string, numbers []int64) (int, error) {
	if err := m.write(); err != nil {
		return 0, err
	}
	return m.Engine.Drop(ctx, c, town, stream, numbers)
}

// OpenMortal is Open with a clock and a process that can die.
func OpenMortal(t testing.TB, now func() time.Time) (*store.DB, *Mortal) {
	t.Helper()
	m := &Mortal{left: -1}
	return store.Over(OpenAt(t, now), func(e store.Engine) store.Engine {
		m.Engine = e
		return m
	}), m
}
