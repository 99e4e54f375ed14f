package lrstest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/internal/store/storetest"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/lrs/lrshttp"
	"palestra/lrs/xapi"
)

// What is limited can be limited further.
func TestLimitsAreSettings(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	svc, err := lrs.New(lrs.Config{DB: db, Now: time.Now, NewID: id.Random, NewSecret: id.Secret, PublicURL: Home, BrowserKey: make([]byte, 32),
		Limits: lrs.Limits{Statement: 400, Batch: 3, Body: 1000, Page: 2, Document: 10, Attachments: 1, Depth: 4, Query: 300}})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, db: db, svc: svc}
	s.edge = web.New(web.Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: id.New, PublicURL: Home, Version: "test"})
	lrshttp.Register(s.edge, svc)
	c, secret, err := svc.CreateCredential(t.Context(), lrs.NewCredential{Organisation: "acme", Scopes: []lrs.Scope{lrs.Everything}})
	if err != nil {
		t.Fatal(err)
	}
	s.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Key+":"+secret))
	part := "\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: aa\r\n\r\nx\r\n--b"
	doc := shelves()["activity profile"].url()
	for _, tc := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string
	}{
		{"a statement that fits", "POST", "/xapi/statements", string(simple(id.Random(), "ada", "read", "x")), nil, 200, ""},
		{"a large statement", "POST", "/xapi/statements", string(simple(id.Random(), "ada", "read", strings.Repeat("x", 400))), nil, 413, "lrs.too_large"},
		{"as deep as allowed", "POST", "/xapi/statements", described(id.Random(), activityX, `{"extensions":{"http://e.example/":"{[[["}}`), nil, 200, ""},
		{"too deep", "POST", "/xapi/statements", described(id.Random(), activityX, `{"extensions":{"http://e.example/":[]}}`), nil, 400, "lrs.statement"},
		{"many statements", "POST", "/xapi/statements", "[1,2,3,4]", nil, 413, "lrs.too_many"},
		{"a large body", "POST", "/xapi/statements", strings.Repeat(" ", 1001), nil, 413, "lrs.too_large"},
		{"many attachments", "POST", "/xapi/statements", "--b\r\nContent-Type: application/json\r\n\r\n[]\r\n--b" + part + part + "--", []string{"Content-Type: multipart/mixed; boundary=b"}, 413, "lrs.attachments_too_many"},
		{"a document that fits", "POST", doc, `{"a":1}`, nil, 204, ""},
		{"a large document", "PUT", doc, `{"a":12345678}`, []string{"If-Match: *"}, 413, "lrs.too_large"},
		{"one that would be large when merged", "POST", doc, `{"b":1}`, nil, 413, "lrs.too_large"},
		{"many parameters", "GET", "/xapi/statements?verb=http://v.example/" + strings.Repeat("x", 300), "", nil, 413, "lrs.too_large"},
	} {
		if a := s.do(tc.method, tc.path, tc.body, tc.headers...); a.StatusCode != tc.status || a.code() != tc.code {
			t.Errorf("%s: got %d %s, want %d %s", tc.name, a.StatusCode, a.body, tc.status, tc.code)
		}
	}
	for range 3 {
		s.do("POST", "/xapi/statements", string(simple(id.Random(), "ada", "read", "x")))
	}
	var page struct{ Statements []json.RawMessage }
	if a := s.do("GET", "/xapi/statements?limit=100", ""); json.Unmarshal([]byte(a.body), &page) != nil || len(page.Statements) != 2 {
		t.Errorf("got a page of %d, want 2", len(page.Statements))
	}
	if l := (lrs.Limits{}); lrs.MostLimits().Body <= l.Body {
		t.Error("no limits")
	}
}

// Every refusal names the clause, and where a statement or an agent is wrong, the place by JSON pointer.
func TestRefusalsNameTheClause(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	for _, tc := range []struct{ name, method, path, body, headers, code, clause, pointer string }{
		{"a duplicate key", "POST", "/statements", `{"actor":{"mbox":"mailto:a@b.example","mbox":"mailto:a@b.example"}}`, "", "lrs.statement", "Data §2.2", "/actor/mbox"},
		{"a duplicate key in a list", "POST", "/statements", `{"attachments":[{},{"a/b":[[1,{"x":1,"x":2}]]}]}`, "", "lrs.statement", "Data §2.2", "/attachments/1/a~1b/0/1/x"},
		{"a key in another case", "POST", "/statements", strings.Replace(described(id.Random(), activityX, "{}"), `"verb"`, `"Verb"`, 1), "", "lrs.statement", "Data §2.4", ""},
		{"null", "POST", "/statements", described(id.Random(), activityX, `{"name":null}`), "", "lrs.statement", "Data §4.2", "/object/definition/name"},
		{"a bad IRI", "POST", "/statements", described(id.Random(), "activity", `{}`), "", "lrs.statement", "Data §2.4.4.1", "/object/id"},
		{"a bad language", "POST", "/statements", described(id.Random(), activityX, `{"name":{"english!":"x"}}`), "", "lrs.statement", "Data §4.2", "/object/definition/name/english!"},
		{"a bad duration", "POST", "/statements", strings.Replace(described(id.Random(), activityX, `{}`), `"verb"`, `"result":{"duration":"5 min"},"verb"`, 1), "", "lrs.statement", "Data §4.6", "/result/duration"},
		{"a timestamp with -00:00", "POST", "/statements", strings.Replace(described(id.Random(), activityX, `{}`), `"verb"`, `"timestamp":"2026-11-22T00:00:00-00:00","verb"`, 1), "", "lrs.statement", "Data §2.4.7 and §4.5", "/timestamp"},
		{"the second of a batch", "POST", "/statements", "[" + described(id.Random(), activityX, `{}`) + `,{"actor":7}]`, "", "lrs.statement", "Data §2.4", ""},
		{"an agent", "GET", "/agents?agent=" + url.QueryEscape(`{"mbox":"a@b.example"}`), "", "", "lrs.statement", "Data §2.4.2.3", "/mbox"},
		{"an unknown parameter", "GET", "/activities/state?x=1", "", "", "lrs.parameter", "Communication §2.3", ""},
		{"a parameter", "GET", "/agents/profile", "", "", "lrs.parameter", "Communication §2.6", ""},
		{"no such document", "GET", shelves()["activity profile"].url()[len("/xapi"):], "", "", "lrs.document_not_found", "Communication §2.7", ""},
		{"a multipart message without its boundary", "POST", "/statements", "x", "Content-Type: multipart/mixed; boundary=b", "lrs.multipart", "Communication §1.5.2", ""},
		{"the media type", "POST", "/statements", "x", "Content-Type: text/plain", "lrs.media_type", "Communication §1.5", ""},
		{"no version", "GET", "/statements", "", "X-Experience-API-Version: ", "lrs.version", "Communication §3.3", ""},
		{"a JSON document that is none", "PUT", shelves()["state"].url()[len("/xapi"):], "{", "", "lrs.document_json", "Communication §2.2", ""},
	} {
		headers := []string{}
		if tc.headers != "" {
			headers = append(headers, tc.headers)
		}
		a := s.do(tc.method, "/xapi"+tc.path, tc.body, headers...)
		var p struct {
			Code, Detail string
			Params       struct{ Clause, Pointer string }
		}
		if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Code != tc.code || p.Params.Clause != tc.clause || p.Params.Pointer != tc.pointer {
			t.Errorf("%s: got %s, want %s %s at %q", tc.name, a.body, tc.code, tc.clause, tc.pointer)
		}
		if p.Code == "lrs.statement" && !strings.Contains(p.Detail, tc.pointer) {
			t.Errorf("%s: the sentence does not name the place: %s", tc.name, p.Detail)
		}
		if want := fmt.Sprint(400); !strings.HasPrefix(a.Status, want) && a.StatusCode != 404 {
			t.Errorf("%s: got %s", tc.name, a.Status)
		}
	}
}
