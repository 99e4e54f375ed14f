package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// load says how much is stored and how.
type load struct {
	total, batch, clients, step int
	seed                        uint64
}

// times are how long requests took.
type times []time.Duration

func (t times) at(share float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	return t[min(int(float64(len(t))*share), len(t)-1)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

// fill stores statements and prints how fast it went, step by step. The bodies of a step are made before its clock
// starts, up to what memory bears; so the rate is the store's and not the client's.
func fill(d desk, l load) error {
	fmt.Fprintf(d.out, "| stored | statements/s | p50 of a request | p99 |\n|---|---|---|---|\n")
	var whole time.Duration
	bytes := 0
	for done := 0; done < l.total; {
		n := min(l.step, l.total-done)
		bodies := make([][][]byte, l.clients)
		var g errgroup.Group
		for c := range l.clients {
			g.Go(func() error {
				m := d.newMaker(l.seed+uint64(done), uint64(c))
				for range share(n, l.batch, l.clients, c) {
					bodies[c] = append(bodies[c], m.batch(nil, l.batch))
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for _, list := range bodies {
			for _, b := range list {
				bytes += len(b)
			}
		}
		took, all, err := send(d, bodies)
		if err != nil {
			return err
		}
		done += n
		whole += took
		fmt.Fprintf(d.out, "| %d | %.0f | %s | %s |\n", done, float64(n)/took.Seconds(), ms(all.at(0.5)), ms(all.at(0.99)))
	}
	fmt.Fprintf(d.out, "\n%d statements of %d bytes, %d a request, %d clients: %.0f statements/s\n", l.total, bytes/l.total, l.batch, l.clients, float64(l.total)/whole.Seconds())
	return nil
}

// share is how many of the requests for n statements one client sends.
func share(n, batch, clients, c int) int {
	requests := (n + batch - 1) / batch
	if c < requests%clients {
		return requests/clients + 1
	}
	return requests / clients
}

func send(d desk, bodies [][][]byte) (time.Duration, times, error) {
	var (
		mu  sync.Mutex
		all times
		g   errgroup.Group
	)
	began := d.now()
	for _, list := range bodies {
		g.Go(func() error {
			c, err := d.dial()
			if err != nil {
				return err
			}
			defer c.close()
			mine := make(times, 0, len(list))
			for _, b := range list {
				from := d.now()
				if err := c.post(b); err != nil {
					return err
				}
				mine = append(mine, d.now().Sub(from))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
			return nil
		})
	}
	err := g.Wait()
	return d.now().Sub(began), all, err
}

// write stores prepared batches over and over, with new ids, until stop is set; it returns how many statements.
func write(d desk, batch int, seed, who uint64, stop *atomic.Bool) (int, error) {
	c, err := d.dial()
	if err != nil {
		return 0, err
	}
	defer c.close()
	m, n := d.newMaker(seed, who), 0
	var b []byte
	for !stop.Load() {
		b = m.batch(b[:0], batch)
		if err := c.post(b); err != nil {
			return n, err
		}
		n += batch
	}
	return n, nil
}
