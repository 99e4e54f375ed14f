package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// figures are what /metrics tells of queues and videos, read when somebody asks.
type figures struct {
	app                                                               *app
	waiting, running, later, retried, oldest, done, bad, gone, videos *prometheus.Desc
}

func newFigures(a *app) *figures {
	queue := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("palestra_queue_"+name, help, []string{"queue"}, nil)
	}
	return &figures{
		app:     a,
		waiting: queue("waiting", "Rings that could be answered now, in all processes."),
		running: queue("running", "Rings that are being answered, in all processes."),
		later:   queue("later", "Rings for a later time, retries among them."),
		retried: queue("retried", "Rings that went wrong and wait for their next try."),
		oldest:  queue("oldest_seconds", "How long the ring that waits longest has waited."),
		done:    queue("done_total", "Rings that this process has answered."),
		bad:     queue("failed_total", "Answers of this process that went wrong and were tried again."),
		gone:    queue("given_up_total", "Rings that this process gave up; the sweep rings for what is due."),
		videos:  prometheus.NewDesc("palestra_videos", "Videos by state, at most 10,000 are counted; deleted ones until their objects are gone.", []string{"state"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.waiting, f.running, f.later, f.retried, f.oldest, f.done, f.bad, f.gone, f.videos} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What cannot be read is left out: the rest is still worth having.
func (f *figures) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := f.app.worker.Counts(ctx)
	if err != nil {
		f.app.log.Warn("queues cannot be counted", "error", err)
	}
	for _, c := range counts {
		gauge := func(d *prometheus.Desc, v float64) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, c.Kind)
		}
		gauge(f.waiting, float64(c.Waiting))
		gauge(f.running, float64(c.Active))
		gauge(f.later, float64(c.Later))
		gauge(f.retried, float64(c.Again))
		gauge(f.oldest, c.Oldest.Seconds())
		for d, v := range map[*prometheus.Desc]int64{f.done: c.Done, f.bad: c.Failed, f.gone: c.GivenUp} {
			out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), c.Kind)
		}
	}
	states, err := f.app.video.States(ctx)
	if err != nil {
		f.app.log.Warn("videos cannot be counted", "error", err)
	}
	for state, n := range states {
		out <- prometheus.MustNewConstMetric(f.videos, prometheus.GaugeValue, float64(n), string(state))
	}
}
