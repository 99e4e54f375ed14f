package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"palestra/internal/config"
)

// drainGrace is how long requests may take to finish after SIGTERM.
const drainGrace = 20 * time.Second

type serveCommand struct{}

// Run serves until the process is asked to stop.
func (serveCommand) Run(ctx context.Context, cfg *config.Config, con console) (err error) {
	a, err := build(ctx, cfg, con, cfg.RedisURL == "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.serveEdge(); err != nil {
		return err
	}
	if cfg.RedisURL == "" {
		if err := a.work(ctx); err != nil {
			return err
		}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return &config.Wrong{Env: "PALESTRA_ADDR", Want: fmt.Sprintf("cannot listen on %s (%v)", cfg.Addr, err)}
	}
	if l, err = secured(l, cfg); err != nil {
		return err
	}
	if cfg.MongoDBURI == "" || cfg.S3Endpoint == "" {
		if err := a.openDesk(ctx); err != nil {
			return err
		}
	}
	if cfg.Plain() {
		fmt.Fprintf(con.out, "\nBeware: %s is plain HTTP to another machine. Browsers refuse secure cookies, offline storage and\ncryptography there: set PALESTRA_TLS_CERT and PALESTRA_TLS_KEY, or put a proxy with TLS in front.\n", cfg.PublicURL)
	}
	fmt.Fprintf(con.out, "\n  Palestra is at %s\n", cfg.PublicURL)
	link, err := a.people.SetupLink(ctx)
	if err != nil {
		return err
	}
	if link != "" {
		fmt.Fprintf(con.out, "\n  This installation has no operator yet. Open this address once to make the first one:\n  %s\n", link)
	}
	fmt.Fprintln(con.out)
	return a.edge.Serve(ctx, l, drainGrace)
}

// secured adds TLS to a listener if the settings name a certificate.
func secured(l net.Listener, cfg *config.Config) (net.Listener, error) {
	if cfg.TLSCert == "" {
		return l, nil
	}
	pair, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
	if err != nil {
		return nil, errors.Join(&config.Wrong{Env: "PALESTRA_TLS_CERT", Want: fmt.Sprintf("certificate and key cannot be used (%v)", err)}, l.Close())
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}
