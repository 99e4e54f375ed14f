package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/internal/problem"
)

func edge(t *testing.T) *Edge {
	t.Helper()
	e := New(Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: func() string { return "r-1" }, PublicURL: "https://town.example", Secure: true, Version: "test"})
	type in struct {
		Body struct {
			Name string `json:"name" minLength:"2"`
		}
	}
	huma.Post(e.API, "/things", func(_ context.Context, in *in) (*struct{}, error) {
		switch in.Body.Name {
		case "fault":
			return nil, fault.New(fault.Conflict, "thing.taken", "taken").With("name", "x")
		case "accident":
			return nil, errors.New("password=hunter2")
		}
		return nil, nil
	})
	e.App.Get("/plain", func(*fiber.Ctx) error { return fault.New(fault.NotFound, "thing.not_found", "no such thing") })
	e.App.Get("/panic", func(*fiber.Ctx) error { panic("password=hunter2") })
	e.Pages(fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "assets/a-1.js": {Data: []byte("1")}, "assets/a-1.js.br": {Data: []byte("br")}})
	return e
}

func TestEveryErrorIsAProblem(t *testing.T) {
	t.Parallel()
	e := edge(t)
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"fault", "POST", "/api/v1/things", `{"name":"fault"}`, 409, "thing.taken"},
		{"accident", "POST", "/api/v1/things", `{"name":"accident"}`, 500, "server.accident"},
		{"wrong field", "POST", "/api/v1/things", `{"name":"x"}`, 422, "request.invalid"},
		{"wrong type", "POST", "/api/v1/things", `{"name":7}`, 422, "request.invalid"},
		{"not JSON", "POST", "/api/v1/things", `{`, 400, "request.invalid"},
		{"no body", "POST", "/api/v1/things", ``, 400, "request.invalid"},
		{"huge", "POST", "/api/v1/things", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, 413, "request.too_large"},
		{"no route", "GET", "/api/v1/nothing", ``, 404, "request.not_found"},
		{"plain handler", "GET", "/plain", ``, 404, "thing.not_found"},
		{"panic", "GET", "/panic", ``, 500, "server.accident"},
		{"unknown asset", "GET", "/assets/none.js", ``, 404, "request.not_found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req := httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body))
			if tc.body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			resp, err := e.App.Test(req, 5000)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(resp.Body)
			var p problem.Problem
			if err := json.Unmarshal(b, &p); err != nil {
				t.Fatalf("%s %s answered %q, which is no problem: %v", tc.method, tc.path, b, err)
			}
			if resp.StatusCode != tc.status || p.Status != tc.status || p.Code != tc.code {
				t.Errorf("got %d %s, want %d %s (%s)", resp.StatusCode, p.Code, tc.status, tc.code, b)
			}
			if got := resp.Header.Get("Content-Type"); got != problem.ContentType {
				t.Errorf("got content type %q, want %q", got, problem.ContentType)
			}
			if strings.Contains(string(b), "hunter2") {
				t.Errorf("the cause left the process: %s", b)
			}
			if resp.Header.Get(RequestIDHeader) == "" || resp.Header.Get("Content-Security-Policy") == "" {
				t.Error("request id or security headers are missing")
			}
		})
	}
}

func TestForeignSitesCannotChangeAnything(t *testing.T) {
	t.Parallel()
	e := edge(t)
	for _, tc := range []struct {
		name   string
		header map[string]string
		want   int
	}{
		{"same origin", map[string]string{"Sec-Fetch-Site": "same-origin"}, 204},
		{"typed address", map[string]string{"Sec-Fetch-Site": "none"}, 204},
		{"other site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://town.example"}, 403},
		{"sibling", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"old browser, own origin", map[string]string{"Origin": "https://town.example"}, 204},
		{"old browser, other origin", map[string]string{"Origin": "https://evil.example"}, 403},
		{"old browser, hidden origin", map[string]string{"Origin": "null"}, 403},
		{"program", nil, 204},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req := httptest.NewRequest("POST", "/api/v1/things", strings.NewReader(`{"name":"fine"}`))
			req.Header.Set("Content-Type", "application/json")
			for k, v := range tc.header {
				req.Header.Set(k, v)
			}
			resp, err := e.App.Test(req, 5000)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tc.want {
				t.Errorf("got %d, want %d", resp.StatusCode, tc.want)
			}
		})
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	e := edge(t)
	for _, tc := range []struct{ path, accept, body, encoding string }{
		{"/", "", "<!doctype html>", ""},
		{"/courses/7", "br", "<!doctype html>", ""},
		{"/assets/a-1.js", "gzip, br", "br", "br"},
		{"/assets/a-1.js", "", "1", ""},
	} {
		req := httptest.NewRequest("GET", tc.path, nil)
		req.Header.Set("Accept-Encoding", tc.accept)
		resp, err := e.App.Test(req, 5000)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		if string(b) != tc.body || resp.Header.Get("Content-Encoding") != tc.encoding {
			t.Errorf("GET %s (%s): got %q in %q, want %q in %q", tc.path, tc.accept, b, resp.Header.Get("Content-Encoding"), tc.body, tc.encoding)
		}
	}
}

// What is only a warning is told and keeps nobody from asking.
func TestWarnings(t *testing.T) {
	t.Parallel()
	r := &Readiness{}
	r.Add("store", func(context.Context) error { return nil })
	r.Warn("ffmpeg", func(context.Context) error { return errors.New("no wall") })
	r.Warn("disk", func(context.Context) error { return nil })
	s := r.State(t.Context())
	if !s.Ready || len(s.Warnings) != 1 || s.Warnings["ffmpeg"] != "no wall" {
		t.Errorf("state: %+v", s)
	}
}
