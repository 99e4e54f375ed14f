// Command ferretdb is a test tool: a server that speaks MongoDB's wire protocol over SQLite, or over a PostgreSQL that is
// started already, in a module of its own so that none of it comes near the program. Over SQLite it reads whole collections
// where a query does not name an id; PostgreSQL does that faster, for what is measured.
//
// usage: ferretdb ADDRESS FOLDER|postgres://…
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address, where string) error {
	// The name of a socket has at most 107 bytes: that of a test's folder may be longer.
	behind, err := os.MkdirTemp("", "ferret")
	if err != nil {
		return err
	}
	defer os.RemoveAll(behind)
	socket := filepath.Join(behind, "s")
	config := &ferretdb.Config{Listener: ferretdb.ListenerConfig{Unix: socket}, Handler: "sqlite", SQLiteURL: "file:" + where + "/"}
	if strings.HasPrefix(where, "postgres://") {
		config.Handler, config.PostgreSQLURL = "postgresql", where
	}
	server, err := ferretdb.New(config)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	if err := appears(ctx, socket, ended); err != nil {
		return err
	}
	front, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() { ended <- oneByOne(ctx, front, "unix", socket) }()
	return <-ended
}

// appears waits until somebody listens at a socket.
func appears(ctx context.Context, socket string, ended <-chan error) error {
	for {
		if c, err := net.Dial("unix", socket); err == nil {
			return c.Close()
		}
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
