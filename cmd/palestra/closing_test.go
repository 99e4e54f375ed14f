package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/posting"
	"palestra/internal/id"
	"palestra/lrs"
	"palestra/people"
)

// A town is closed while another one works with what it has made: its people act no more, by no cookie and no key; what
// they have done stays with the town's name; nobody waits for an answer that cannot come; and it can be taken back.
func TestClosedTown(t *testing.T) {
	t.Parallel()
	s := newSquare(t)
	const town = "Comune di castelverde"
	mallory, olga := s.who["stranger"], s.who["operator"]
	key := s.who["administrator"].ask("POST", "/api/v1/record-credentials", object{"name": "A supplier", "scopes": []string{"all"}})
	records := func() int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/xapi/statements?limit=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(text(key, "key"), text(key, "secret"))
		req.Header.Set("X-Experience-API-Version", "2.0.0")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	browser, _, err := s.app.lrs.IssueBrowser(s.ids["town"], "somebody", id.Random(), s.url+"/xapi/courses/c", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	plays := func() int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/xapi/statements", strings.NewReader("[]"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", browser)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Experience-API-Version", "2.0.0")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := plays(); got == http.StatusUnauthorized {
		t.Fatalf("a browser of the town: %d", got)
	}
	if _, b := s.plain(http.MethodGet, s.fill("/api/v1/practices/{practice}"), "", "", mallory.cookies()); !strings.Contains(b, `"mayAsk":true`) {
		t.Errorf("nobody can be asked about a practice of a town that is there: %.300s", b)
	}
	get := func(who *visitor, path string) (int, string) {
		status, b := s.plain(http.MethodGet, s.fill(path), "", "", who.cookies())
		return status, b
	}
	if got := records(); got != http.StatusOK {
		t.Fatalf("with a key of the town: %d", got)
	}
	if text(olga.ask("POST", s.fill("/api/v1/organisations/{town}/closing"), object{"slug": "castelverde", "reason": "It has merged."}), "closed") == "" {
		t.Fatal("it does not say since when it is closed")
	}

	for _, who := range []string{"learner", "author", "facilitator", "hr", "administrator"} {
		for _, path := range []string{"/api/v1/practices", "/api/v1/members", "/api/v1/bootcamps/{bootcamp}", "/api/v1/enrolments", "/api/v1/postings", "/api/v1/wikis/{place}"} {
			if status, b := get(s.who[who], path); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s of a closed town, %s: %d %.200s", who, path, status, b)
			}
		}
		if _, b := get(s.who[who], "/api/v1/session"); !strings.Contains(b, `"organisation":null`) || !strings.Contains(b, `"closed":[{`) {
			t.Errorf("%s is told %.300s", who, b)
		}
	}
	if got := records(); got != http.StatusUnauthorized {
		t.Errorf("with a key of a closed town: %d", got)
	}
	if got := plays(); got != http.StatusUnauthorized {
		t.Errorf("a browser of a closed town: %d", got)
	}
	for _, row := range []struct {
		method, path, body string
		want               int
		has                string
	}{
		{"GET", "/api/v1/practices/{practice}", "", 200, town},
		{"GET", "/api/v1/practices/{practice}", "", 200, `"mayAsk":false`},
		{"GET", "/api/v1/practices/{practice}/adoptions", "", 200, ""},
		{"GET", "/api/v1/challenges/{problem}", "", 200, town},
		{"GET", "/api/v1/wikis/{ground}/pages/{groundPage}", "", 200, "The other"},
		{"GET", "/c/{certificate}", "", 200, town},
		{"GET", "/open/practices/{openCard}", "", 200, town},
		{"POST", "/api/v1/practices/{practice}/questions", `{"words":"Who paid?"}`, 409, "people.organisation_closed"},
		{"GET", "/api/v1/postings/{posting}", "", 404, ""},
		{"GET", "/api/v1/directory/{entry}", "", 404, ""},
		{"POST", "/api/v1/cohort-links/{joinLink}", "", 409, "people.organisation_closed"},
	} {
		status, b := s.plain(row.method, s.fill(row.path), s.fill(row.body), route{body: row.body}.typ(), mallory.cookies())
		if status != row.want || !strings.Contains(b, row.has) {
			t.Errorf("%s %s by another town: %d %.300s", row.method, row.path, status, b)
		}
	}
	for _, path := range []string{"/api/v1/postings", "/api/v1/directory"} {
		if status, b := get(mallory, path); status != http.StatusOK || strings.Contains(b, s.ids["posting"]) || strings.Contains(b, `"`+s.ids["entry"]+`"`) {
			t.Errorf("%s still shows what nobody answers: %d %.300s", path, status, b)
		}
	}
	// A process that dies before the keys are revoked leaves them to the sweep.
	c, secret, err := s.app.lrs.CreateCredential(t.Context(), lrs.NewCredential{Organisation: s.ids["town"], Name: "Left behind", Scopes: []lrs.Scope{lrs.Everything}})
	if err != nil {
		t.Fatal(err)
	}
	key = map[string]any{"key": c.Key, "secret": secret}
	if got := records(); got != http.StatusOK {
		t.Fatalf("with the key that was left: %d", got)
	}
	if err := s.app.people.SettleClosed(t.Context(), s.app.now()); err != nil {
		t.Fatal(err)
	}
	if got := records(); got != http.StatusUnauthorized {
		t.Errorf("with the key that was left, after the sweep: %d", got)
	}

	olga.ask("DELETE", s.fill("/api/v1/organisations/{town}/closing"), nil)
	if got := plays(); got == http.StatusUnauthorized {
		t.Errorf("a browser of the town, after it was taken back: %d", got)
	}
	if status, _ := get(s.who["learner"], "/api/v1/practices"); status != http.StatusOK {
		t.Errorf("a learner, after it was taken back: %d", status)
	}
	by := people.Actor{Person: "x", Organisation: "x", Roles: []people.Role{people.Learner}}
	if p, err := s.app.postings.Board(t.Context(), by, posting.Filter{}, "", 10); err != nil || len(p.Docs) != 1 {
		t.Errorf("the board, after it was taken back: %d %v", len(p.Docs), err)
	}
	if status, _ := get(mallory, "/api/v1/directory/{entry}"); status != http.StatusOK {
		t.Errorf("an expert, after it was taken back: %d", status)
	}
}
