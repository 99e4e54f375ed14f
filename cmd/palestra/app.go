package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"palestra/internal/config"
	"palestra/internal/id"
	"palestra/internal/keys"
	"palestra/internal/lang"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
	pages "palestra/web"
)

// app is the program built from the bottom up; Close takes it down from the top.
type app struct {
	cfg      *config.Config
	log      *slog.Logger
	now      func() time.Time
	registry *prometheus.Registry
	keys     *keys.Ring
	db       *store.DB
	texts    *lang.Catalogue
	post     *mail.Post
	people   *people.Service
	edge     *web.Edge

	closers []func() error // run from the last to the first
}

// logger returns the log that PALESTRA_LOG asks for. Config has checked the word.
func logger(setting string, w io.Writer) *slog.Logger {
	name, format, _ := strings.Cut(setting, ":")
	level := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}[name]
	opts := &slog.HandlerOptions{Level: level}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

// build opens everything that every command needs: keys, documents, languages, people.
func build(ctx context.Context, cfg *config.Config, con console) (a *app, err error) {
	a = &app{cfg: cfg, log: logger(cfg.Log, con.err), now: time.Now, registry: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if a.keys, err = keys.Open(cfg.Keys); err != nil {
		return a, err
	}
	if a.texts, err = lang.Load(pages.Locales(), pages.ServerLocales()); err != nil {
		return a, err
	}
	if err = a.openStore(ctx); err != nil {
		return a, err
	}
	return a, a.buildRooms()
}

func (a *app) openStore(context.Context) error {
	if err := os.MkdirAll(a.cfg.Data, 0o750); err != nil {
		return &config.Wrong{Env: "PALESTRA_DATA", Want: fmt.Sprintf("the folder cannot be made (%v)", err)}
	}
	db, err := pebblestore.Open(filepath.Join(a.cfg.Data, "documents"), pebblestore.Options{Now: a.now, Log: a.log})
	if err != nil {
		return err
	}
	a.db = db
	a.closers = append(a.closers, db.Close)
	return nil
}

func (a *app) buildRooms() (err error) {
	var carrier mail.Carrier
	if a.cfg.SMTPURL != "" {
		if carrier, err = mail.NewSMTP(a.cfg.SMTPURL, a.cfg.MailFrom); err != nil {
			return &config.Wrong{Env: "PALESTRA_SMTP_URL", Want: err.Error()}
		}
	}
	if a.post, err = mail.New(mail.Config{DB: a.db, Texts: a.texts, Carrier: carrier, Now: a.now, NewID: id.New, Log: a.log}); err != nil {
		return err
	}
	a.people, err = people.New(people.Config{DB: a.db, Mail: a.post, Now: a.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret,
		Log: a.log, PublicURL: a.cfg.PublicURL, Locales: lang.Locales()})
	return err
}

// serveEdge adds the edge with every room's routes.
func (a *app) serveEdge() error {
	proxies, err := a.cfg.Proxies()
	if err != nil {
		return err
	}
	a.edge = web.New(web.Config{Log: a.log, Now: a.now, NewID: id.New, Version: version, PublicURL: a.cfg.PublicURL, Secure: a.cfg.Secure(),
		MediaURL: a.cfg.S3PublicURL, Proxies: proxies, Registry: a.registry})
	auth := peoplehttp.NewAuth(a.people, a.edge, a.cfg.Secure())
	a.edge.App.Use(web.Base, auth.Middleware)
	peoplehttp.Register(a.edge, a.people, auth, version)
	registerOperator(a.edge, a.post)
	a.edge.Pages(pages.Dist())
	return nil
}

// Close takes down what build has opened, from the top.
func (a *app) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}
