package lrstest

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/id"
	"palestra/internal/store/pebblestore"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/lrs/lrshttp"
	"palestra/lrs/xapi"
)

// Example starts a record store in memory, for examples that can be run, and returns a client that may do everything and
// a function that stops the store. What goes wrong is a panic.
func Example() (*xapi.Client, func()) {
	db, err := pebblestore.Open("db", pebblestore.Options{Now: time.Now, FS: vfs.NewMem(), Cache: 1 << 20})
	must(err)
	svc, err := lrs.New(lrs.Config{DB: db, Now: time.Now, NewID: id.Random, NewSecret: id.Secret, PublicURL: Home, BrowserKey: bytes.Repeat([]byte{7}, 32)})
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	c, secret, err := svc.CreateCredential(ctx, lrs.NewCredential{Organisation: "acme", Name: "example", Scopes: []lrs.Scope{lrs.Everything}})
	must(err)
	edge := web.New(web.Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: id.New, PublicURL: Home, Version: "example"})
	lrshttp.Register(edge, svc)
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	must(err)
	done := make(chan error, 1)
	go func() { done <- edge.Serve(ctx, l, time.Second) }()
	client := &xapi.Client{Endpoint: "http://" + l.Addr().String() + lrshttp.Base, Authorization: xapi.Basic(c.Key, secret), Version: xapi.V2,
		HTTP: &http.Client{Timeout: time.Minute}, NewID: id.Random}
	return client, func() {
		client.HTTP.CloseIdleConnections()
		cancel()
		must(<-done)
		must(db.Close())
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
