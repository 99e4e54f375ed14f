package main

import (
	"context"
	"errors"
	"runtime"
	"time"

	"palestra/internal/config"
	"palestra/internal/store"
	"palestra/lrs/lrsjobs"
	"palestra/people"
	"palestra/video/videojobs"
	"palestra/worker"
)

// What bells are rung for.
const (
	bellMail      = "mail"      // a letter that is due
	bellErasure   = "erasure"   // a person who is to be erased
	bellName      = "name"      // a person who is called otherwise
	bellSession   = "session"   // members of a cohort are to be told of a session
	bellTalk      = "talk"      // what follows from a post of a discussion
	bellRetention = "retention" // a run of a retention rule
)

// ofNobody makes references of the ids of what belongs to no organisation.
func ofNobody(due func(ctx context.Context, now time.Time, limit int) ([]string, error)) func(context.Context, time.Time, int) ([]store.Ref, error) {
	return func(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
		ids, err := due(ctx, now, limit)
		list := make([]store.Ref, len(ids))
		for i, id := range ids {
			list[i].ID = id
		}
		return list, err
	}
}

// work registers every room's jobs and starts answering bells.
func (a *app) work(ctx context.Context) error {
	videojobs.Register(a.worker, a.video, runtime.NumCPU())
	lrsjobs.RegisterFlows(a.worker, a.flows)
	lrsjobs.RegisterImports(a.worker, a.transfer)
	a.worker.Handle(bellMail, worker.Options{Timeout: 2 * time.Minute, Concurrency: 2}, func(ctx context.Context, r worker.Ring) error {
		return a.post.Deliver(ctx, r.ID)
	})
	a.worker.Due("mail", worker.Each(bellMail, ofNobody(a.post.DueLetters)))
	a.worker.Handle(bellErasure, worker.Options{Timeout: 10 * time.Minute, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return a.people.Erase(ctx, r.ID)
	})
	a.worker.Due("erasures", worker.Each(bellErasure, ofNobody(a.people.DueErasures)))
	a.worker.Handle(bellName, worker.Options{Timeout: 5 * time.Minute, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return a.people.TellName(ctx, r.ID)
	})
	a.worker.Due("names", worker.Each(bellName, ofNobody(a.people.DueNames)))
	a.worker.Handle(bellRetention, worker.Options{Timeout: 10 * time.Minute, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return a.lrs.WorkOn(ctx, r.Org, r.ID)
	})
	a.worker.Due("retention", worker.Each(bellRetention, a.lrs.DueRuns))
	a.worker.Handle(bellSession, worker.Options{Timeout: 10 * time.Minute, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return a.bootcamps.Tell(ctx, r.Org, r.ID)
	})
	a.worker.Due("sessions", worker.Each(bellSession, a.bootcamps.DueSessions))
	a.worker.Sweep("cohorts", time.Minute, a.bootcamps.SettleDue)
	a.worker.Sweep("expected", 24*time.Hour, a.eachTown(a.bootcamps.DateExpected))
	a.worker.Handle(bellTalk, worker.Options{Timeout: 5 * time.Minute, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return a.talks.Settle(ctx, r.Org, r.ID)
	})
	a.worker.Sweep("discussions", 30*time.Second, a.talks.SettleDue)
	a.worker.Sweep("wiki", time.Minute, a.wiki.SettleDue)
	a.worker.Sweep("postings", time.Hour, a.postings.Forget)
	a.worker.Sweep("attendance", time.Minute, a.live.SettleDue)
	a.worker.Sweep("practices", time.Minute, a.practices.SettleDue)
	a.worker.Sweep("challenges", time.Minute, a.challenges.SettleDue)
	a.worker.Sweep("promotions", time.Minute, a.promotions.SettleDue)
	a.worker.Sweep("directory", time.Minute, a.directory.Sweep)
	a.worker.Sweep("figures entered", time.Minute, a.figures.SettleDue)
	a.worker.Sweep("figures", time.Minute, a.eachTown(a.figures.CatchUp))
	a.worker.Sweep("terms", time.Hour, a.people.EndTerms)
	a.worker.Sweep("closed towns", time.Hour, a.people.SettleClosed)
	a.worker.Sweep("letters", time.Hour, a.post.Sweep)
	a.worker.Sweep("sign-in", time.Hour, a.people.Sweep)
	a.worker.Sweep("evidence", 30*time.Second, func(ctx context.Context, _ time.Time) error {
		var errs []error
		err := a.people.EachOrganisation(ctx, func(o people.Organisation) error {
			errs = append(errs, a.course.CatchUp(ctx, o.ID), a.course.SettlePending(ctx, o.ID))
			return nil
		})
		return errors.Join(append(errs, err)...)
	})
	a.closers = append(a.closers, func() error { //nolint:contextcheck // the context has ended by then
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return a.video.Leave(ctx)
	})
	a.worker.Sweep("counters", 10*time.Second, a.eachTown(a.counts.CatchUp))
	return a.worker.Start(ctx)
}

// eachTown does something for every organisation; what goes wrong with one is no reason to leave out another.
func (a *app) eachTown(f func(ctx context.Context, org string) error) worker.SweepFunc {
	return func(ctx context.Context, _ time.Time) error {
		var errs []error
		err := a.people.EachOrganisation(ctx, func(o people.Organisation) error {
			errs = append(errs, f(ctx, o.ID))
			return ctx.Err()
		})
		return errors.Join(append(errs, err)...)
	}
}

type workerCommand struct{}

// Run works until the process is asked to stop. It needs documents, objects and a queue that other processes share.
func (workerCommand) Run(ctx context.Context, cfg *config.Config, con console) (err error) {
	for env, set := range map[string]bool{"PALESTRA_MONGODB_URI": cfg.MongoDBURI != "", "PALESTRA_REDIS_URL": cfg.RedisURL != "", "PALESTRA_S3_ENDPOINT": cfg.S3Endpoint != ""} {
		if !set {
			return &config.Wrong{Env: env, Want: "a worker in a process of its own needs it; on the embedded defaults palestra serve does the work itself"}
		}
	}
	a, err := build(ctx, cfg, con, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.work(ctx); err != nil {
		return err
	}
	a.log.Info("worker is ready")
	<-ctx.Done()
	return nil
}
