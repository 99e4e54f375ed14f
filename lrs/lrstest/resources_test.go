package lrstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/id"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// XAPI-00236–XAPI-00249: a Person has lists, of the identifier that was asked for and of names.
func TestAgents(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	for _, name := range []string{"Ada", "Countess"} {
		st := `{"actor":{"mbox":"mailto:ada@town.example","name":"` + name + `"},"verb":{"id":"http://v.example/"},"object":{"id":"http://o.example/"}}`
		if a := s.do("POST", "/xapi/statements", st); a.StatusCode != 200 {
			t.Fatal(a.body)
		}
	}
	for _, tc := range []struct{ id, agent, want string }{
		{"XAPI-00238 XAPI-00239 XAPI-00244", `{"mbox":"mailto:ada@town.example","name":"A"}`, `{"objectType":"Person","name":["A","Countess","Ada"],"mbox":["mailto:ada@town.example"]}`},
		{"XAPI-00240", `{"mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}`, `{"objectType":"Person","mbox_sha1sum":["ebd31e95054c018b10727ccffd2ef2ec3a016ee9"]}`},
		{"XAPI-00241", `{"openid":"http://o.example/"}`, `{"objectType":"Person","openid":["http://o.example/"]}`},
		{"XAPI-00242", agentX, `{"objectType":"Person","account":[{"homePage":"http://x.example/","name":"x"}]}`},
		{"XAPI-00249", `{"objectType":"Agent"}`, ""},
		{"a group", `{"objectType":"Group","mbox":"mailto:ada@town.example"}`, ""},
		{"no JSON", `{`, ""},
	} {
		a := s.do("GET", "/xapi/agents?agent="+url.QueryEscape(tc.agent), "")
		if tc.want == "" {
			if a.StatusCode != 400 || a.code() != "lrs.statement" {
				t.Errorf("%s: got %d %s, want 400", tc.id, a.StatusCode, a.body)
			}
		} else if diff := cmp.Diff(tc.want, a.body); diff != "" {
			t.Errorf("%s: %s", tc.id, diff)
		}
	}
	if a := s.do("GET", "/xapi/agents", ""); a.StatusCode != 400 || a.code() != "lrs.parameter" {
		t.Errorf("XAPI-00243: got %d %s", a.StatusCode, a.body)
	}
}

func described(id, iri, definition string) string {
	return `{"id":"` + id + `","actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://v.example/"},"object":{"id":"` + iri + `","definition":` + definition + `}}`
}

// XAPI-00250–XAPI-00254: what statements say of an activity comes together.
func TestActivities(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	const iri = "http://activities.example/meeting"
	get := func(iri string) string {
		t.Helper()
		a := s.do("GET", "/xapi/activities?activityId="+url.QueryEscape(iri), "")
		if a.StatusCode != 200 {
			t.Fatal(a.StatusCode, a.body)
		}
		return a.body
	}
	if got := get(iri); got != `{"objectType":"Activity","id":"`+iri+`"}` {
		t.Error(got)
	}
	one := id.Random()
	post := func(want int, statements ...string) {
		t.Helper()
		if a := s.do("POST", "/xapi/statements", "["+strings.Join(statements, ",")+"]"); a.StatusCode != want {
			t.Fatal(a.StatusCode, a.body)
		}
	}
	post(200, described(one, iri, `{"name":{"en":"meeting"},"type":"http://t.example/1","extensions":{"http://e.example/a":1.0}}`),
		described(id.Random(), iri, `{"name":{"fr":"réunion"},"type":"http://t.example/2","extensions":{"http://e.example/b":2}}`))
	want := `{"objectType":"Activity","id":"` + iri + `","definition":{"name":{"en":"meeting","fr":"réunion"},"type":"http://t.example/2","extensions":{"http://e.example/a":1.0,"http://e.example/b":2}}}`
	if diff := cmp.Diff(want, get(iri)); diff != "" {
		t.Error(diff)
	}
	// What is refused says nothing.
	post(409, described(one, "http://activities.example/other", `{"name":{"en":"x"}}`), described(id.Random(), iri, `{"name":{"en":"refused"}}`))
	if diff := cmp.Diff(want, get(iri)); diff != "" {
		t.Error(diff)
	}
	// An interaction is replaced as a whole, a language by itself; activities of the context count as well.
	around := strings.Replace(described(id.Random(), iri, `{"interactionType":"choice","choices":[{"id":"a"}],"correctResponsesPattern":["a"]}`), `"verb"`,
		`"context":{"contextActivities":{"parent":[{"id":"http://activities.example/parent","definition":{"description":{"de":"oben"}}}]}},"verb"`, 1)
	post(200, around, described(id.Random(), iri, `{"interactionType":"true-false","correctResponsesPattern":["true"],"name":{"en":"Meeting"}}`))
	want = `{"objectType":"Activity","id":"` + iri + `","definition":{"name":{"en":"Meeting","fr":"réunion"},"type":"http://t.example/2","extensions":{"http://e.example/a":1.0,"http://e.example/b":2},` +
		`"interactionType":"true-false","correctResponsesPattern":["true"]}}`
	if diff := cmp.Diff(want, get(iri)); diff != "" {
		t.Error(diff)
	}
	if got := get("http://activities.example/parent"); !strings.Contains(got, "oben") {
		t.Error(got)
	}
	if a := s.do("GET", "/xapi/activities", ""); a.StatusCode != 400 {
		t.Errorf("XAPI-00250: got %d", a.StatusCode)
	}
	if a := s.do("GET", "/xapi/activities?activityId=true", ""); a.StatusCode != 400 {
		t.Errorf("no IRI: got %d", a.StatusCode)
	}
}

// Communication §4.2: without the scope define a statement keeps its definition, and the store's own stays as it is.
func TestDefinitionsNeedTheirScope(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	put(t, s, credential(t, s, "acme", lrs.WriteStatements), json.RawMessage(described(id.Random(), activityX, `{"name":{"en":"x"}}`)))
	all := credential(t, s, "acme")
	for _, by := range []lrs.Credential{all, credential(t, s, "acme", lrs.ReadStatements)} {
		if got, err := s.Activity(ctx, "acme", by, activityX); err != nil || strings.Contains(string(got), "definition") {
			t.Error(string(got), err)
		}
	}
	put(t, s, credential(t, s, "acme", lrs.WriteStatements, lrs.DefineActivities), json.RawMessage(described(id.Random(), activityX, `{"name":{"en":"x"}}`)))
	if got, err := s.Activity(ctx, "acme", all, activityX); err != nil || !strings.Contains(string(got), "definition") {
		t.Error(string(got), err)
	}
	_, err := s.Activity(ctx, "acme", credential(t, s, "acme", lrs.WriteStatements), activityX)
	wantFault(t, err, "lrs.scope")
	_, err = s.Activity(ctx, "montalto", all, activityX)
	wantFault(t, err, "lrs.organisation")
	if got, err := s.Activity(ctx, "montalto", credential(t, s, "montalto"), activityX); err != nil || strings.Contains(string(got), "definition") {
		t.Error("another town's definition:", string(got), err)
	}
}

// Communication §2.1.3, format canonical: statements have what is known of their activities, in one language each.
func TestCanonicalDefinitions(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	one, bare := id.Random(), id.Random()
	for _, st := range []string{described(one, activityX, `{"name":{"en":"old"},"moreInfo":"http://m.example/"}`), string(simple(bare, "ada", "read", "x")),
		described(id.Random(), activityX, `{"name":{"en":"new","de":"neu"},"description":{"fr":"un"}}`)} {
		if a := s.do("POST", "/xapi/statements", st); a.StatusCode != 200 {
			t.Fatal(a.body)
		}
	}
	for accept, want := range map[string]string{
		"de":            `{"id":"` + activityX + `","definition":{"name":{"de":"neu"},"moreInfo":"http://m.example/","description":{"fr":"un"}}}`,
		"pl, en;q=0.5":  `{"id":"` + activityX + `","definition":{"name":{"en":"new"},"moreInfo":"http://m.example/","description":{"fr":"un"}}}`,
		"fr, de;q=0.01": `{"id":"` + activityX + `","definition":{"name":{"de":"neu"},"moreInfo":"http://m.example/","description":{"fr":"un"}}}`,
	} {
		for _, which := range []string{one, bare} {
			a := s.do("GET", "/xapi/statements?format=canonical&statementId="+which, "", "Accept-Language: "+accept)
			if !strings.Contains(a.body, `"object":`+want) {
				t.Errorf("%s: got %s, want %s", accept, a.body, want)
			}
		}
	}
	if a := s.do("GET", "/xapi/statements?statementId="+one, ""); !strings.Contains(a.body, `{"name":{"en":"old"},"moreInfo":"http://m.example/"}`) {
		t.Error("format exact has changed:", a.body)
	}
}

// XAPI-00148, XAPI-00336: the alternate request syntax, on all resources of 1.0.3.
func TestAlternateSyntax(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V1)
	one := id.Random()
	form := func(fields ...string) string {
		q := url.Values{}
		for _, f := range fields {
			k, v, _ := strings.Cut(f, "=")
			q.Add(k, v)
		}
		return q.Encode()
	}
	st := string(simple(one, "ada", "read", "x"))
	v1 := "X-Experience-API-Version=1.0.3"
	state := func(more ...string) string {
		return form(append([]string{"activityId=" + activityX, "agent=" + agentX, "stateId=s", v1}, more...)...)
	}
	const formType = "Content-Type: application/x-www-form-urlencoded"
	for _, tc := range []struct {
		name, path, body string
		headers          []string
		status           int
		code, want       string
	}{
		{"PUT", "/statements?method=PUT", form("statementId="+one, "content="+st, v1), nil, 204, "", ""},
		{"GET", "/statements?method=GET", form("statementId="+one, v1), nil, 200, "", `"id":"` + one + `"`},
		{"GET by the form's credential", "/statements?method=GET", form("limit=1", v1, "Authorization="+s.auth), []string{"Authorization: "}, 200, "", `"more":""`},
		{"POST", "/statements?method=POST", form("content=["+st+"]", v1, "Content-Type=application/json"), nil, 200, "", one},
		{"no credential", "/statements?method=GET", form("limit=1", v1), []string{"Authorization: "}, 401, "lrs.unsigned", ""},
		{"a further parameter of the address", "/statements?method=PUT&statementId=" + one, form("content="+st, v1), nil, 400, "lrs.alternate", ""},
		{"no content", "/statements?method=PUT", form("statementId="+one, v1), nil, 400, "lrs.alternate", ""},
		{"content of a GET", "/statements?method=GET", form("statementId="+one, v1, "content="+st), nil, 400, "lrs.alternate", ""},
		{"not a form", "/statements?method=PUT", `{"statementId":"` + one + `","content":"%zz"}`, nil, 400, "lrs.alternate", ""},
		{"another type", "/statements?method=PUT", form("statementId="+one, "content="+st, v1), []string{"Content-Type: application/json"}, 400, "lrs.alternate", ""},
		{"twice", "/statements?method=GET", form("limit=1", "limit=2", v1), nil, 400, "lrs.parameter", ""},
		{"another method", "/statements?method=PATCH", form(v1), nil, 400, "lrs.alternate", ""},
		{"a method that the resource lacks", "/statements?method=DELETE", form(v1), nil, 405, "request.method", ""},
		{"the form's version", "/statements?method=GET", form("X-Experience-API-Version=0.8"), nil, 400, "lrs.version", ""},
		{"2.0 in the form", "/statements?method=GET", form("X-Experience-API-Version=2.0.0"), nil, 400, "lrs.alternate", ""},
		{"2.0", "/statements?method=GET", form(v1), []string{"X-Experience-API-Version: 2.0.0"}, 400, "lrs.alternate", ""},
		{"a wrong length", "/statements?method=PUT", form("statementId="+one, "content="+st, "Content-Length=3", v1), nil, 400, "lrs.alternate", ""},
		{"the right length", "/statements?method=PUT", form("statementId="+one, "content="+st, fmt.Sprint("Content-Length=", len(st)), v1), nil, 204, "", ""},
		{"a header in a header", "/statements?method=GET", form("limit=1", "If-Match=a\r\nX: y", v1), nil, 400, "lrs.parameter", ""},
		{"state PUT", "/activities/state?method=PUT", state("content=ä", "Content-Type=text/x"), nil, 204, "", ""},
		{"state GET", "/activities/state?method=GET", state(), nil, 200, "", "ä"},
		{"state under a condition", "/activities/state?method=PUT", state("content=b", "If-None-Match=*"), nil, 412, "lrs.precondition", ""},
		{"state DELETE", "/activities/state?method=DELETE", state(), nil, 204, "", ""},
		{"state gone", "/activities/state?method=GET", state(), nil, 404, "lrs.document_not_found", ""},
		{"activities", "/activities?method=GET", form("activityId="+activityX, v1), nil, 200, "", activityX},
		{"agents", "/agents?method=GET", form("agent="+agentX, v1), nil, 200, "", "Person"},
	} {
		headers := append([]string{formType, "X-Experience-API-Version: "}, tc.headers...)
		a := s.do("POST", "/xapi"+tc.path, tc.body, headers...)
		if a.StatusCode != tc.status || a.code() != tc.code || !strings.Contains(a.body, tc.want) {
			t.Errorf("%s: got %d %.300s, want %d %s %s", tc.name, a.StatusCode, a.body, tc.status, tc.code, tc.want)
		}
	}
	if a := s.do("PUT", "/xapi/statements?method=POST", form("content="+st, v1), formType); a.StatusCode != 400 {
		t.Errorf("issued as a PUT: got %d", a.StatusCode)
	}
}

// XAPI-00321, XAPI-00331, XAPI-00333–XAPI-00335: version and credential, on every resource.
func TestEveryResource(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	for _, path := range []string{"/statements", "/activities", "/activities/state", "/activities/profile", "/agents", "/agents/profile"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
			if a := s.do(method, "/xapi"+path, ""); a.StatusCode < 200 || a.StatusCode >= 500 || a.Header.Get("X-Experience-API-Version") != "2.0.0" || a.Header.Get("X-Experience-API-Consistent-Through") == "" {
				t.Errorf("%s %s: %d %v", method, path, a.StatusCode, a.Header)
			}
		}
		if a := s.do("GET", "/xapi"+path, "", "X-Experience-API-Version: "); a.StatusCode != 400 || a.code() != "lrs.version" {
			t.Errorf("%s without a version: %d %s", path, a.StatusCode, a.body)
		}
		if a := s.do("GET", "/xapi"+path, "", "Authorization: "); a.StatusCode != 401 || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s without a credential: %d %s", path, a.StatusCode, a.body)
		}
		if a := s.do("OPTIONS", "/xapi"+path, "", "Origin: https://other.example", "Access-Control-Request-Method: PUT", "Authorization: "); a.StatusCode != 204 ||
			!strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "If-None-Match") || !strings.Contains(a.Header.Get("Access-Control-Expose-Headers"), "ETag") {
			t.Errorf("%s: CORS: %d %v", path, a.StatusCode, a.Header)
		}
	}
	// XAPI-00315–XAPI-00319
	if a := s.do("GET", "/xapi/about", "", "X-Experience-API-Version: ", "Authorization: "); a.StatusCode != 200 || !strings.Contains(a.body, `"2.0.0"`) || !strings.Contains(a.body, `"1.0.3"`) {
		t.Error(a.StatusCode, a.body)
	}
}
