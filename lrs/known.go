package lrs

import (
	"crypto/sha256"
	"sync"
)

// known are credentials that were asked for lately, so that a request does not read its own again. It is used only where
// no other process can change them; whoever changes one here says so.
type known struct {
	mu    sync.RWMutex
	by    map[[sha256.Size]byte]Credential // by the hash of key and secret; guarded by mu
	since int                              // grows with every change; guarded by mu
}

// maxKnown is how many are remembered before all are forgotten.
const maxKnown = 1000

// look returns a credential that is remembered, or nil, and when it looked.
func (k *known) look(encoded string) (*Credential, int) {
	sum := sha256.Sum256([]byte(encoded))
	k.mu.RLock()
	defer k.mu.RUnlock()
	if c, ok := k.by[sum]; ok {
		return &c, k.since
	}
	return nil, k.since
}

// keep remembers a credential that was read after look, unless one has changed since.
func (k *known) keep(encoded string, c Credential, looked int) {
	sum := sha256.Sum256([]byte(encoded))
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since != looked {
		return
	}
	if k.by == nil || len(k.by) >= maxKnown {
		k.by = map[[sha256.Size]byte]Credential{}
	}
	k.by[sum] = c
}

// change forgets all.
func (k *known) change() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.by, k.since = nil, k.since+1
}

// calm are the organisations in which no statement waits for another one that it refers to. Like known, it is used only
// where no other process writes.
type calm struct {
	mu    sync.Mutex
	is    map[string]bool // guarded by mu
	moved map[string]int  // how often one began to wait; guarded by mu
}

func (c *calm) look(org string) (is bool, at int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.is[org], c.moved[org]
}

// keep notes that none was found to wait after look.
func (c *calm) keep(org string, looked int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moved[org] == looked {
		c.is[org] = true
	}
}

// stir notes that one waits. Whoever waits looks once more for what it waits for after this, so it does not matter who
// was still told before that none waits.
func (c *calm) stir(org string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.is, org)
	c.moved[org]++
}
