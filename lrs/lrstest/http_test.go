package lrstest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/lrs/lrshttp"
	"palestra/lrs/xapi"
)

// server is a record store behind its edge.
type server struct {
	t    testing.TB
	db   *store.DB
	svc  *lrs.Service
	edge *web.Edge
	auth string
}

func serve(t testing.TB, version xapi.Version, scopes ...lrs.Scope) *server {
	t.Helper()
	db := storetest.Open(t)
	s := &server{t: t, db: db, svc: OpenOn(t, db, time.Now)}
	s.edge = web.New(web.Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: id.New, PublicURL: Home, Version: "test"})
	lrshttp.Register(s.edge, s.svc)
	if len(scopes) == 0 {
		scopes = []lrs.Scope{lrs.Everything}
	}
	c, secret, err := s.svc.CreateCredential(context.Background(), lrs.NewCredential{Organisation: "acme", Scopes: scopes, Version: version})
	if err != nil {
		t.Fatal(err)
	}
	s.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Key+":"+secret))
	return s
}

// apart is how the contents of large documents are kept.
type apart struct {
	store.Meta `bson:",inline"`
	Data       []byte    `bson:"data"`
	Made       time.Time `bson:"made"`
}

// contents returns the collection of the contents of large documents, and what it holds of acme.
func contents(t testing.TB, db *store.DB) (*store.Town[apart], []apart) {
	t.Helper()
	c, err := store.NewTown[apart](db, "lrs-document-contents", 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Find(context.Background(), "acme", store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return c, p.Docs
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal([]byte(a.body), &p)
	return p.Code
}

// do sends a request; headers are "Name: value", and one without a value removes a default.
func (s *server) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", s.auth)
	req.Header.Set("X-Experience-API-Version", "2.0.0")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		if req.Header.Del(k); v != "" {
			req.Header.Set(k, v)
		}
	}
	resp, err := s.edge.App.Test(req, 20000)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, string(b)}
}

func TestStatementResource(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	one, two := id.Random(), id.Random()
	for _, tc := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string
	}{
		{"XAPI-00143 PUT", "PUT", "/statements?statementId=" + one, string(simple(one, "ada", "read", "x")), nil, 204, ""},
		{"XAPI-00142 PUT again", "PUT", "/statements?statementId=" + one, string(simple(one, "ada", "read", "x")), nil, 204, ""},
		{"XAPI-00142 PUT another", "PUT", "/statements?statementId=" + one, string(simple(one, "ada", "read", "y")), nil, 409, "lrs.conflict"},
		{"PUT without its own id", "PUT", "/statements?statementId=" + two, `{"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"}}`, nil, 204, ""},
		{"PUT under another id", "PUT", "/statements?statementId=" + id.Random(), string(simple(id.Random(), "ada", "read", "x")), nil, 400, "lrs.id_mismatch"},
		{"XAPI-00144 PUT without statementId", "PUT", "/statements", string(simple(one, "ada", "read", "x")), nil, 400, "lrs.parameter"},
		{"PUT of several", "PUT", "/statements?statementId=" + one, `[]`, nil, 400, "lrs.statement"},
		{"XAPI-00012 statementId is no UUID", "PUT", "/statements?statementId=x", string(simple(one, "ada", "read", "x")), nil, 400, "lrs.parameter"},
		{"XAPI-00146 POST", "POST", "/statements", string(simple(id.Random(), "ada", "read", "x")), nil, 200, ""},
		{"POST of none", "POST", "/statements", `[]`, nil, 200, ""},
		{"POST of a number", "POST", "/statements", `7`, nil, 400, "lrs.statement"},
		{"XAPI-00014 not JSON", "POST", "/statements", `{"a":`, nil, 400, "lrs.statement"},
		{"no body", "POST", "/statements", ``, []string{"Content-Type: application/json"}, 400, "lrs.statement"},
		{"another media type", "POST", "/statements", `{}`, []string{"Content-Type: text/plain"}, 400, "lrs.media_type"},
		{"multipart", "POST", "/statements", `{}`, []string{"Content-Type: multipart/mixed; boundary=x"}, 400, "lrs.multipart"},
		{"POST with a parameter", "POST", "/statements?x=1", `[]`, nil, 400, "lrs.parameter"},
		{"alternate syntax", "POST", "/statements?method=PUT", `a=b`, nil, 400, "lrs.alternate"},
		{"XAPI-00156 GET one", "GET", "/statements?statementId=" + one, "", nil, 200, ""},
		{"GET one in capitals", "GET", "/statements?statementId=" + strings.ToUpper(one), "", nil, 200, ""},
		{"GET none", "GET", "/statements?statementId=" + id.Random(), "", nil, 404, "lrs.not_found"},
		{"XAPI-00155 not voided", "GET", "/statements?voidedStatementId=" + one, "", nil, 404, "lrs.not_found"},
		{"both ids", "GET", "/statements?statementId=" + one + "&voidedStatementId=" + one, "", nil, 400, "lrs.parameter"},
		{"XAPI-00151 id and verb", "GET", "/statements?statementId=" + one + "&verb=http://v.example/", "", nil, 400, "lrs.parameter"},
		{"id and format", "GET", "/statements?attachments=false&format=ids&statementId=" + one, "", nil, 200, ""},
		{"unknown parameter", "GET", "/statements?foo=1", "", nil, 400, "lrs.parameter"},
		{"wrong case", "GET", "/statements?Verb=http://v.example/", "", nil, 400, "lrs.parameter"},
		{"verb is no IRI", "GET", "/statements?verb=read", "", nil, 400, "lrs.parameter"},
		{"agent is no agent", "GET", "/statements?agent=%7B%7D", "", nil, 400, "lrs.statement"},
		{"anonymous group", "GET", "/statements?agent=" + url.QueryEscape(`{"objectType":"Group","member":[]}`), "", nil, 400, "lrs.statement"},
		{"registration is no UUID", "GET", "/statements?registration=1", "", nil, 400, "lrs.parameter"},
		{"since is no time", "GET", "/statements?since=yesterday", "", nil, 400, "lrs.parameter"},
		{"negative limit", "GET", "/statements?limit=-1", "", nil, 400, "lrs.parameter"},
		{"limit 0", "GET", "/statements?limit=0", "", nil, 200, ""},
		{"twice", "GET", "/statements?limit=1&limit=2", "", nil, 400, "lrs.parameter"},
		{"ascending=1", "GET", "/statements?ascending=1", "", nil, 400, "lrs.parameter"},
		{"format", "GET", "/statements?format=all", "", nil, 400, "lrs.parameter"},
		{"more", "GET", "/statements?more=abc", "", nil, 400, "lrs.more"},
		{"no credential", "GET", "/statements", "", []string{"Authorization: "}, 401, "lrs.unsigned"},
		{"wrong secret", "GET", "/statements", "", []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("a:b"))}, 401, "lrs.unsigned"},
		{"not base64", "GET", "/statements", "", []string{"Authorization: Basic ???"}, 401, "lrs.unsigned"},
		{"XAPI-00331 no version", "GET", "/statements", "", []string{"X-Experience-API-Version: "}, 400, "lrs.version"},
		{"old version", "GET", "/statements", "", []string{"X-Experience-API-Version: 0.95"}, 400, "lrs.version"},
		{"version 1.1.0", "GET", "/statements", "", []string{"X-Experience-API-Version: 1.1.0"}, 400, "lrs.version"},
		{"version 1.0", "GET", "/statements", "", []string{"X-Experience-API-Version: 1.0"}, 200, ""},
		{"DELETE", "DELETE", "/statements", "", nil, 405, "request.method"},
		{"another address", "GET", "/nothing", "", nil, 404, "request.not_found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := s.do(tc.method, "/xapi"+tc.path, tc.body, tc.headers...)
			if a.StatusCode != tc.status || a.code() != tc.code {
				t.Errorf("got %d %s, want %d %s", a.StatusCode, a.body, tc.status, tc.code)
			}
			if through, err := xapi.ParseTime(a.Header.Get("X-Experience-API-Consistent-Through")); err != nil || time.Since(through) > time.Minute {
				t.Errorf("Consistent-Through is %q", a.Header.Get("X-Experience-API-Consistent-Through"))
			}
			if v := a.Header.Get("X-Experience-API-Version"); v != "2.0.0" && (v != "1.0.3" || tc.name != "version 1.0") {
				t.Errorf("version header is %q", v)
			}
			if a.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Error("no CORS")
			}
		})
	}
}

func TestVersionOfTheCredential(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V1)
	if a := s.do("GET", "/xapi/statements", "", "X-Experience-API-Version: "); a.StatusCode != 400 || a.Header.Get("X-Experience-API-Version") != "1.0.3" {
		t.Error(a.StatusCode, a.Header)
	}
	if a := s.do("GET", "/xapi/about", "", "X-Experience-API-Version: ", "Authorization: "); a.StatusCode != 200 || a.body != `{"version":["1.0.3","2.0.0"]}` {
		t.Error(a.StatusCode, a.body)
	}
	agents := `{"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"},"context":{"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:c@b.example"}}]}}`
	if a := s.do("POST", "/xapi/statements", agents, "X-Experience-API-Version: 1.0.3"); a.StatusCode != 400 {
		t.Error(a.StatusCode, a.body)
	}
	if a := s.do("POST", "/xapi/statements", agents); a.StatusCode != 200 {
		t.Error(a.StatusCode, a.body)
	}
}

func TestPagesByHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	var want []string
	for i := range 25 {
		one := id.Random()
		want = append(want, one)
		if a := s.do("POST", "/xapi/statements", string(simple(one, "ada", "read", fmt.Sprint("x", i%3)))); a.StatusCode != 200 || a.body != `["`+one+`"]` {
			t.Fatal(a.StatusCode, a.body)
		}
	}
	var got []string
	agent := url.QueryEscape(`{"objectType":"Agent","mbox":"mailto:ada@town.example"}`)
	for path := "/xapi/statements?ascending=true&limit=4&agent=" + agent; path != ""; {
		a := s.do("GET", path, "")
		var r struct {
			Statements []struct{ ID string }
			More       string
		}
		if err := json.Unmarshal([]byte(a.body), &r); err != nil || a.StatusCode != 200 {
			t.Fatal(a.StatusCode, a.body, err)
		}
		for _, st := range r.Statements {
			got = append(got, st.ID)
		}
		path = r.More
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a := s.do("GET", "/xapi/statements?statementId="+want[0], "")
	h := s.do("HEAD", "/xapi/statements?statementId="+want[0], "")
	if h.StatusCode != 200 || h.body != "" || h.Header.Get("Last-Modified") != a.Header.Get("Last-Modified") || h.Header.Get("Content-Type") != "application/json" {
		t.Error(h.StatusCode, h.Header)
	}
	if a := s.do("GET", "/xapi/statements?attachments=true&limit=1", ""); a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "multipart/mixed; boundary=") {
		t.Error(a.StatusCode, a.Header)
	}
	if a := s.do("OPTIONS", "/xapi/statements", "", "Origin: https://other.example", "Access-Control-Request-Method: POST", "Authorization: "); a.StatusCode != 204 || !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "X-Experience-API-Version") {
		t.Error(a.StatusCode, a.Header)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	one := id.Random()
	st := `{"id":"` + one + `","actor":{"objectType":"Group","name":"G","member":[{"name":"A","mbox":"mailto:a@b.example"}]},"verb":{"id":"http://v.example/","display":{"en":"read","de-AT":"las"}},` +
		`"object":{"id":"http://o.example/","definition":{"name":{"en":"x","de":"y"},"interactionType":"choice","choices":[{"id":"1","description":{"fr":"un","de":"eins"}}],"extensions":{"http://e.example/":{"en":"1","de":"2"}}}},"timestamp":"2026-11-22T00:00:00Z"}`
	if a := s.do("POST", "/xapi/statements", st); a.StatusCode != 200 {
		t.Fatal(a.body)
	}
	for format, want := range map[string]string{
		"ids":       `{"id":"` + one + `","actor":{"objectType":"Group","member":[{"mbox":"mailto:a@b.example"}]},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"},`,
		"exact":     strings.TrimSuffix(st, "}"),
		"canonical": strings.NewReplacer(`{"en":"read","de-AT":"las"}`, `{"de-AT":"las"}`, `{"en":"x","de":"y"}`, `{"de":"y"}`, `{"fr":"un","de":"eins"}`, `{"de":"eins"}`).Replace(strings.TrimSuffix(st, "}")),
	} {
		for _, path := range []string{"/xapi/statements?limit=1&format=", "/xapi/statements?statementId=" + one + "&format="} {
			a := s.do("GET", path+format, "", "Accept-Language: fr-CH;q=0.3, de")
			if !strings.Contains(a.body, want) || !json.Valid([]byte(a.body)) {
				t.Errorf("%s: got %s\nwant %s", format, a.body, want)
			}
		}
	}
}

func TestLimitsByHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	big := func(n int) string {
		return `{"actor":{"mbox":"mailto:a@b.example","name":"` + strings.Repeat("x", n) + `"},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"}}`
	}
	many := make([]string, 1001)
	for i := range many {
		many[i] = big(1)
	}
	for _, tc := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"a large statement", big(1 << 20), 413, "lrs.too_large"},
		{"a large body", big(9 << 20), 413, "lrs.too_large"},
		{"many statements", "[" + strings.Join(many, ",") + "]", 413, "lrs.too_many"},
		{"deep", strings.Repeat("[", 100000), 400, "lrs.statement"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if a := s.do("POST", "/xapi/statements", tc.body); a.StatusCode != tc.status || a.code() != tc.code {
				t.Errorf("got %d %.300s, want %d %s", a.StatusCode, a.body, tc.status, tc.code)
			}
		})
	}
	if n, err := s.svc.Head(context.Background(), "acme"); n != 0 || err != nil {
		t.Error(n, err)
	}
}

func TestBrowserByHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	reg := id.New()
	auth, _, err := s.svc.IssueBrowser("acme", "u-ada", reg, xapi.Course(Home, "c"), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	st := xapi.New(id.Random(), xapi.ByAccount(Home, "u-ada"), xapi.VerbPaused, xapi.Activity(xapi.Lesson(Home, "c", "l")), reg, time.Now())
	raw, err := st.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if a := s.do("POST", "/xapi/statements", string(raw), "Authorization: "+auth); a.StatusCode != 200 {
		t.Error(a.StatusCode, a.body)
	}
	if a := s.do("POST", "/xapi/statements", string(raw), "Authorization: "+auth, "Sec-Fetch-Site: same-origin"); a.StatusCode != 200 {
		t.Error(a.StatusCode, a.body)
	}
	if a := s.do("GET", "/xapi/statements", "", "Authorization: "+auth); a.StatusCode != 403 || a.code() != "lrs.scope" {
		t.Error(a.StatusCode, a.body)
	}
	other := strings.ReplaceAll(string(raw), "u-ada", "u-bob")
	if a := s.do("POST", "/xapi/statements", other, "Authorization: "+auth); a.StatusCode != 403 || a.code() != "lrs.not_yours" {
		t.Error(a.StatusCode, a.body)
	}
}
