package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"palestra/internal/config"
	"palestra/internal/fault"
	"palestra/internal/store/pebblestore"
)

// Embedded data belong to one process. While the server has them, commands ask it through a socket in the data folder, which
// only the server's own user can open; else they open the data themselves. Both ways lead to the same operations.
//
// The protocol is HTTP: POST /1/<operation> with the question as JSON, the answer as a stream, and behind it, in a trailer,
// why it ended early.
const (
	deskSocket  = "palestra.sock"
	deskTrouble = "Palestra-Trouble"
	deskPath    = "/1/"
	deskGrace   = 2 * time.Second
	maxQuestion = 1 << 20 // bytes
)

// operation answers one command's question.
type operation func(ctx context.Context, question json.RawMessage, w io.Writer) error

func answering[T any](f func(ctx context.Context, q T, w io.Writer) error) operation {
	return func(ctx context.Context, question json.RawMessage, w io.Writer) error {
		var q T
		if err := json.Unmarshal(question, &q); err != nil {
			return err
		}
		return f(ctx, q, w)
	}
}

// operations are what commands can ask for.
func (a *app) operations() map[string]operation {
	return map[string]operation{
		"organisation-create": answering(a.createOrganisation),
		"organisation-list":   answering(a.listOrganisations),
		"operator-link":       answering(a.operatorLink),
		"lrs-credential":      answering(a.lrsCredential),
		"retention-list":      answering(a.listRetention),
		"retention-set":       answering(a.setRetention),
		"retention-delete":    answering(a.deleteRetention),
		"retention-dry-run":   answering(a.dryRetention),
		"retention-run":       answering(a.runRetention),
		"export":              answering(a.export),
		"records-export":      answering(a.exportRecords),
		"records-import":      answering(a.importRecords),
		"records-recount":     answering(a.recountRecords),
		"heat-recount":        answering(a.recountHeat),
		"backup":              answering(a.backup),
		"video-room":          answering(a.videoRoom),
		"doctor":              answering(a.examine),
	}
}

// openDesk listens for commands until the app closes. The app holds the data, so a socket that is there is a dead one's.
func (a *app) openDesk(ctx context.Context) error {
	path := filepath.Join(a.cfg.Data, deskSocket)
	room, err := os.MkdirTemp(a.cfg.Data, ".desk-") // nobody else enters while the socket has not its mode yet
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	defer os.RemoveAll(room)
	first := filepath.Join(room, "s")
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", first)
	if err != nil {
		// A path too long for a socket is no reason not to serve.
		a.log.Warn("commands cannot reach this server while it runs", "error", err)
		return nil
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	if err := errors.Join(os.Chmod(first, 0o600), os.Rename(first, path)); err != nil {
		return errors.Join(fmt.Errorf("desk: %w", err), l.Close())
	}
	d := &desk{operations: a.operations()}
	srv := &http.Server{Handler: d, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("commands cannot reach this server any more", "error", err)
		}
	}()
	a.closers = append(a.closers, func() error { //nolint:contextcheck // the context has ended by then
		err := os.Remove(path)
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), deskGrace)
		defer cancel()
		if srv.Shutdown(ctx) != nil {
			err = errors.Join(err, srv.Close())
		}
		<-done
		d.busy.Wait() // nobody reads the data when they close
		return err
	})
	return nil
}

type desk struct {
	operations map[string]operation
	busy       sync.WaitGroup
}

// ServeHTTP answers a command.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.busy.Add(1)
	defer d.busy.Done()
	op, ok := d.operations[strings.TrimPrefix(r.URL.Path, deskPath)]
	if !ok || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	question, err := io.ReadAll(io.LimitReader(r.Body, maxQuestion))
	if err != nil {
		return // nobody is there any more
	}
	w.Header().Set("Trailer", deskTrouble)
	w.WriteHeader(http.StatusOK)
	if err := op(r.Context(), question, w); err != nil {
		w.Header().Set(deskTrouble, url.QueryEscape(sentence(err)))
	}
}

// sentence says an error to whoever typed the command.
func sentence(err error) string {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return f.Detail
	}
	return err.Error()
}

var errNoServer = errors.New("no server")

// ask has an operation done, by the server if it runs, else here, and writes its answer.
func ask(ctx context.Context, cfg *config.Config, con console, name string, question any, w io.Writer) error {
	q, err := json.Marshal(question)
	if err != nil {
		return err
	}
	for n := range 10 {
		if err := askServer(ctx, cfg, name, q, w); !errors.Is(err, errNoServer) {
			return err
		}
		a, err := build(ctx, cfg, con, false)
		if errors.Is(err, pebblestore.ErrInUse) && n < 9 { // perhaps it is about to listen, or about to end
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(300 * time.Millisecond):
				continue
			}
		}
		if err != nil {
			return err
		}
		err = a.operations()[name](ctx, q, w)
		if err != nil {
			err = errors.New(sentence(err))
		}
		return errors.Join(err, a.Close())
	}
	return errNoServer // never reached: the last attempt returns
}

// inUseError says that another process has the data.
type inUseError struct {
	folder string
	cause  error
}

func (e *inUseError) Error() string {
	return "PALESTRA_DATA: another process is using " + e.folder + "; stop it first, or name another folder"
}

// Unwrap returns what the engine said.
func (e *inUseError) Unwrap() error { return e.cause }

func askServer(ctx context.Context, cfg *config.Config, name string, question []byte, w io.Writer) error {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", filepath.Join(cfg.Data, deskSocket))
		if errors.Is(err, os.ErrPermission) {
			return nil, fmt.Errorf("the server runs as another user: become that user (%w)", err)
		}
		if err != nil {
			return nil, errors.Join(errNoServer, err)
		}
		return c, nil
	}}}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://palestra"+deskPath+name, bytes.NewReader(question))
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New("the running server is of another version and does not know this command; start it anew")
	}
	if _, err := io.Copy(w, answer.Body); err != nil {
		return fmt.Errorf("the server's answer broke off: %w", err)
	}
	if text := answer.Trailer.Get(deskTrouble); text != "" {
		text, err := url.QueryUnescape(text)
		return errors.Join(errors.New(text), err)
	}
	return nil
}

// writeFile writes a file of this name by f, on disk when it returns, readable to its owner only. It must not exist; "-" is
// the standard output.
func writeFile(name string, con console, f func(io.Writer) error) error {
	if name == "" || name == "-" {
		return f(con.out)
	}
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists already; name another file", name)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(f(to), to.Sync(), to.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
