package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/metrics"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"
)

// server is an S3 server over a folder inside this process. Nobody else reaches it: it listens on a socket with a
// random name, with random keys that never leave memory.
type server struct {
	folder  string // absolute
	access  string
	secret  string
	address string
	backend *folder
	api     *s3api.S3ApiServer
	done    chan error
	once    sync.Once
	closed  error  // of closing; after once
	socket  string // a directory to remove; empty where sockets need no file
}

const inFlight = 512 // requests at once; more get "slow down", which the client retries

// serveFolder starts the server and waits until it listens.
func serveFolder(ctx context.Context, path, region string) (_ *server, err error) {
	if path == "" {
		return nil, errors.New("no folder for the objects")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	be, err := openFolder(abs)
	if err != nil {
		return nil, err
	}
	s := &server{folder: abs, access: secret(16), secret: secret(32), backend: be, done: make(chan error, 1)}
	defer func() {
		if err != nil {
			be.Shutdown()
			s.removeSocket()
		}
	}()
	if runtime.GOOS == "linux" {
		s.address = "@palestra-" + secret(16) // no file, gone with the process
	} else {
		if s.socket, err = os.MkdirTemp("", "palestra"); err != nil {
			return nil, err
		}
		s.address = filepath.Join(s.socket, "s3")
	}
	root := auth.Account{Access: s.access, Secret: s.secret, Role: auth.RoleAdmin}
	none, err := metrics.NewManager(ctx, metrics.Config{})
	if err != nil {
		return nil, err
	}
	listening := make(chan struct{})
	s.api, err = s3api.New(be, middlewares.RootUserConfig{Access: s.access, Secret: s.secret}, region,
		auth.NewIAMServiceSingle(root), nil, nil, nil, none,
		s3api.WithConcurrencyLimiter(2*inFlight, inFlight),
		s3api.WithMpMaxParts(MaxParts),
		s3api.WithQuiet(),
		s3api.WithKeepAlive(),
		s3api.WithDisableACL(),
		s3api.WithSocketPerm(0o600),
		s3api.WithOnListen(func() { close(listening) }),
	)
	if err != nil {
		return nil, err
	}
	go func() { s.done <- s.api.ServeMultiPort([]string{s.address}) }()
	select {
	case <-listening:
		return s, nil
	case err := <-s.done:
		return nil, fmt.Errorf("embedded object store: %w", err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *server) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	return d.DialContext(ctx, "unix", s.address)
}

// close may be called again.
func (s *server) close() error {
	s.once.Do(func() { s.closed = s.end() })
	return s.closed
}

func (s *server) end() error {
	err := s.api.ShutDown()
	if served := <-s.done; !errors.Is(served, net.ErrClosed) && !strings.Contains(fmt.Sprint(served), "listener closed") {
		err = errors.Join(err, served)
	}
	s.backend.Shutdown()
	s.removeSocket()
	return err
}

func (s *server) removeSocket() {
	if s.socket != "" {
		_ = os.RemoveAll(s.socket) // a temporary folder
	}
}

func secret(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b)
	return hex.EncodeToString(b)
}
