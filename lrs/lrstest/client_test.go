package lrstest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/lrs/xapi"
)

// listen serves s on a port of its own and returns a client of it, whose requests go through around first.
func listen(t *testing.T, s *server, around http.RoundTripper) *xapi.Client {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.edge.Serve(ctx, l, time.Second) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &xapi.Client{Endpoint: "http://" + l.Addr().String() + "/xapi", Authorization: s.auth, Version: xapi.V2, NewID: id.Random,
		HTTP: &http.Client{Timeout: 20 * time.Second, Transport: around}, Pause: time.Millisecond, Batch: 7}
}

// lossy loses the answer of every second request, after the server has done its work.
type lossy struct {
	under http.RoundTripper
	n     atomic.Int64
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.under.RoundTrip(r)
	if l.n.Add(1)%2 == 1 && err == nil {
		return nil, errors.Join(errors.New("the answer was lost"), resp.Body.Close())
	}
	return resp, err
}

func TestClient(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	c := listen(t, s, &lossy{under: &http.Transport{DisableKeepAlives: true}})
	ctx := t.Context()
	var list []json.RawMessage
	for range 30 {
		st := xapi.New("", xapi.ByAccount(Home, "u-ada"), xapi.VerbPlayed, xapi.Activity(xapi.Course(Home, "c")), id.New(), time.Now())
		raw, err := st.JSON()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, raw)
	}
	sent, err := c.Store(ctx, list...)
	if err != nil || len(sent) != len(list) {
		t.Fatal(sent, err)
	}
	if n, err := s.svc.Head(ctx, "acme"); n != int64(len(list)) || err != nil {
		t.Fatalf("got %d statements, want %d: %v", n, len(list), err)
	}
	agent := xapi.ByAccount(Home, "u-ada")
	var got []string
	for raw, err := range c.Statements(ctx, xapi.Filter{Agent: &agent, Verb: xapi.VerbPlayed, Limit: 4, Ascending: true}) {
		if err != nil {
			t.Fatal(err)
		}
		st, err := xapi.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, st.ID)
	}
	if !slices.Equal(got, sent) {
		t.Fatalf("got %v, want %v", got, sent)
	}
	if raw, err := c.Get(ctx, sent[3]); err != nil || !strings.Contains(string(raw), sent[3]) {
		t.Fatal(raw, err)
	}
	_, err = c.Get(ctx, id.Random())
	if e, ok := errors.AsType[*xapi.ResponseError](err); !ok || e.Status != 404 || e.Code != "lrs.not_found" {
		t.Fatal(err)
	}
	if err := c.Put(ctx, sent[0], list[1]); err == nil {
		t.Fatal("another statement was stored under an id that is taken")
	}
	if v, err := c.About(ctx); err != nil || !slices.Equal(v, []string{"1.0.3", "2.0.0"}) {
		t.Fatal(v, err)
	}
}

// A client that does not know the length of what it sends (chunks) is answered, and its next request as well.
func TestChunkedBodies(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	c := listen(t, s, nil)
	for range 3 {
		for path, want := range map[string]int{"/statements": 200, "/statements?x=1": 400, "/nothing": 404} {
			body := struct{ io.Reader }{strings.NewReader(string(simple(id.Random(), "ada", "read", "x")))}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Endpoint+path, body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", c.Authorization)
			req.Header.Set("X-Experience-API-Version", "2.0.0")
			req.Header.Set("Content-Type", "application/json")
			resp, err := c.HTTP.Do(req)
			if err != nil {
				t.Fatal(path, err)
			}
			if err := resp.Body.Close(); err != nil || resp.StatusCode != want {
				t.Errorf("%s: got %d, %v, want %d", path, resp.StatusCode, err, want)
			}
		}
	}
}
