package lrstest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// crowdLasts is how long TestCrowd lasts: a moment in every run, minutes with PALESTRA_LRS_CROWD=5m.
func crowdLasts(t testing.TB) time.Duration {
	t.Helper()
	text := os.Getenv("PALESTRA_LRS_CROWD")
	if text == "" {
		return 1500 * time.Millisecond
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("PALESTRA_LRS_CROWD: %v", err)
	}
	return d
}

// crowd is what the writers of TestCrowd have in common.
type crowd struct {
	mu     sync.Mutex
	recent []json.RawMessage // statements that were sent last; guarded by mu
	stored map[string]string // ids that were acknowledged, and whose they are; guarded by mu
}

const crowdRecent = 200

// batch returns new statements and some that others are sending at this moment, too.
func (c *crowd) batch(n int) []json.RawMessage {
	fresh := make([]json.RawMessage, 0, 10)
	for i := range 6 {
		fresh = append(fresh, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"name":"P%d","account":{"homePage":"http://h.example/","name":"p%d"}},"verb":{"id":"http://v.example/%d"},`+
			`"object":{"id":"http://a.example/%d","definition":{"name":{"en":"name %d"}}},"context":{"registration":"00000000-0000-4000-8000-00000000000%d","contextActivities":{"parent":[{"id":"http://a.example/0"}]}}}`,
			id.Random(), i, n%7, n%3, (n+i)%11, n%5, n%4)))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list := fresh
	for range min(4, len(c.recent)) {
		other := c.recent[rand.IntN(len(c.recent))]
		if !contains(list, other) {
			list = append(list, other)
		}
	}
	if c.recent = append(c.recent, fresh...); len(c.recent) > crowdRecent {
		c.recent = c.recent[len(c.recent)-crowdRecent:]
	}
	return list
}

func contains(list []json.RawMessage, raw json.RawMessage) bool {
	for _, r := range list {
		if string(r) == string(raw) {
			return true
		}
	}
	return false
}

func (c *crowd) acknowledge(t testing.TB, batch []json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, raw := range batch {
		var h head
		if err := json.Unmarshal(raw, &h); err != nil {
			t.Error(err)
		}
		c.stored[h.ID] = h.Actor.Account.Name
	}
}

func (c *crowd) acknowledged() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.stored)
}

// head is what the readers look at.
type head struct {
	ID     string
	Stored string
	Actor  struct{ Account struct{ Name string } }
}

func headOf(t testing.TB, raw json.RawMessage) (h head, stored time.Time) {
	t.Helper()
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Error(err)
	}
	stored, err := xapi.ParseTime(h.Stored)
	if err != nil {
		t.Error(err)
	}
	return h, stored
}

// Issue 3, point 4: 64 clients post overlapping batches that share actors and activities, by HTTP. Nobody gets an error,
// nothing is lost or doubled, and whoever follows more, since and Consistent-Through meanwhile sees everything exactly
// once.
func TestCrowd(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	c := listen(t, s, &http.Transport{MaxIdleConnsPerHost: 80, MaxConnsPerHost: 80})
	c.Batch, c.Tries, c.HTTP.Timeout = 100, 1, 5*time.Minute // on a busy machine a crowd takes its time
	all := &crowd{stored: map[string]string{}}
	ctx, cancel := context.WithTimeout(t.Context(), crowdLasts(t))
	defer cancel()
	var writers, readers sync.WaitGroup
	for w := range 64 {
		writers.Go(func() {
			for n := w; ctx.Err() == nil; n += 64 {
				batch := all.batch(n)
				if _, err := c.Store(t.Context(), batch...); err != nil {
					t.Errorf("a writer: %v", err)
					return
				}
				all.acknowledge(t, batch)
			}
		})
	}
	seen := map[string]bool{}
	var since time.Time
	follow := func() { // reads what is new and consistent
		var through time.Time
		p, err := c.Page(t.Context(), xapi.Filter{Since: since, Ascending: true, Limit: 37})
		through = p.ConsistentThrough
		for {
			if err != nil {
				t.Errorf("a reader: %v", err)
				return
			}
			for _, raw := range p.Statements {
				h, stored := headOf(t, raw)
				if stored.After(through) {
					continue // it comes again with the next turn
				}
				if seen[h.ID] {
					t.Errorf("%s came twice, or after its time", h.ID)
				}
				seen[h.ID] = true
			}
			if p.More == "" {
				since = through
				return
			}
			p, err = c.More(t.Context(), p.More)
		}
	}
	readers.Go(func() {
		for ctx.Err() == nil {
			follow()
		}
	})
	for r := range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				walk(t, c, all, fmt.Sprint("p", r))
			}
		})
	}
	writers.Wait()
	readers.Wait()
	want := all.acknowledged()
	for end := time.Now(); !since.After(end) && !t.Failed(); time.Sleep(time.Millisecond) {
		follow() // until all that was stored is consistent
	}
	for id := range want {
		if !seen[id] {
			t.Errorf("%s was stored and never seen", id)
		}
	}
	if n, err := s.svc.Head(t.Context(), "acme"); err != nil || n != int64(len(want)) || len(seen) != len(want) {
		t.Errorf("the store has %d statements (%v), %d were acknowledged, %d seen", n, err, len(want), len(seen))
	}
	by := credential(t, s.svc, "acme")
	for n := range 11 {
		if o, err := s.svc.Activity(t.Context(), "acme", by, fmt.Sprint("http://a.example/", n)); err != nil || !json.Valid(o) {
			t.Error(string(o), err)
		}
	}
	if got := len(ids(t, s.svc, by, lrs.Query{Activity: "http://a.example/0", RelatedActivities: true})); got != len(want) {
		t.Errorf("%d statements have the parent, want %d", got, len(want))
	}
	t.Logf("%d statements", len(want))
}

// walk reads all statements of one actor, from the newest on, while others are stored: each once, and none is missing
// that was stored before.
func walk(t *testing.T, c *xapi.Client, all *crowd, name string) {
	before := all.acknowledged()
	who := xapi.ByAccount("http://h.example/", name)
	found := map[string]bool{}
	for raw, err := range c.Statements(t.Context(), xapi.Filter{Agent: &who, Limit: 23}) {
		if err != nil {
			t.Errorf("a reader: %v", err)
			return
		}
		h, _ := headOf(t, raw)
		if found[h.ID] || h.Actor.Account.Name != name {
			t.Errorf("%s of %s came twice, or to %s", h.ID, h.Actor.Account.Name, name)
		}
		found[h.ID] = true
		delete(before, h.ID)
	}
	for id, whose := range before {
		if whose == name {
			t.Errorf("%s was stored before the walk and is not in it", id)
		}
	}
}
