package main

import (
	"bytes"
	"fmt"
	"net/url"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// kinds are the queries that are measured, each for a page of 50.
func kinds(m maker) []struct {
	name  string
	query func() string
} {
	agent := func() string { return "agent=" + url.QueryEscape(actorJSON(m.rnd.IntN(m.crowds.actors))) }
	activity := func(id string) string { return "activity=" + url.QueryEscape(id) }
	return []struct {
		name  string
		query func() string
	}{
		{"latest", func() string { return "limit=50" }},
		{"by agent", func() string { return "limit=50&" + agent() }},
		{"by activity", func() string { return "limit=50&" + activity(activityID(m.rnd.IntN(m.crowds.activities))) }},
		{"by agent, verb and activity", func() string {
			return "limit=50&" + agent() + "&verb=" + url.QueryEscape(m.verb()) + "&" + activity(activityID(m.rnd.IntN(m.crowds.activities)))
		}},
		{"by agent and verb", func() string { return "limit=50&" + agent() + "&verb=" + url.QueryEscape(m.verb()) }},
		{"by verb", func() string { return "limit=50&verb=" + url.QueryEscape(m.verb()) }},
		{"by related agent", func() string {
			return "limit=50&related_agents=true&agent=" + url.QueryEscape(instructorJSON(m.rnd.IntN(instructors)))
		}},
		{"by related activity", func() string { return "limit=50&related_activities=true&" + activity(courseID(m.rnd.IntN(courses))) }},
		{"by registration", func() string {
			return "limit=50&registration=" + m.registration(m.rnd.IntN(m.crowds.actors), m.rnd.IntN(courses))
		}},
		{"by agent, scattered", func() string {
			return "limit=50&agent=" + url.QueryEscape(actorJSON(rareAgentAt+m.rnd.IntN(rareAgents)))
		}},
	}
}

// read measures each kind of query with one client, while writers store batches.
func read(d desk, rounds, writers, batch int, seed uint64) error {
	var (
		stop    atomic.Bool
		written atomic.Int64
		g       errgroup.Group
	)
	began := d.now()
	for w := range writers {
		g.Go(func() error {
			n, err := write(d, batch, seed, uint64(w), &stop)
			written.Add(int64(n))
			return err
		})
	}
	err := ask(d, rounds, seed)
	stop.Store(true)
	if err2 := g.Wait(); err == nil {
		err = err2
	}
	if err == nil && writers > 0 {
		fmt.Fprintf(d.out, "\n%d writers stored %.0f statements/s meanwhile\n", writers, float64(written.Load())/d.now().Sub(began).Seconds())
	}
	return err
}

func ask(d desk, rounds int, seed uint64) error {
	c, err := d.dial()
	if err != nil {
		return err
	}
	defer c.close()
	fmt.Fprintf(d.out, "| query | statements of a page | p50 | p99 | slowest |\n|---|---|---|---|---|\n")
	for _, k := range kinds(d.newMaker(seed, 1<<32)) {
		var all times
		found := 0
		for range rounds {
			q := k.query()
			from := d.now()
			body, err := c.get(q)
			if err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			all = append(all, d.now().Sub(from))
			found += bytes.Count(body, []byte(`"stored":"`))
		}
		fmt.Fprintf(d.out, "| %s | %.1f | %s | %s | %s |\n", k.name, float64(found)/float64(rounds), ms(all.at(0.5)), ms(all.at(0.99)), ms(all.at(1)))
	}
	return nil
}
