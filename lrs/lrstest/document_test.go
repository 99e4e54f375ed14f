package lrstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

const (
	agentX    = `{"objectType":"Agent","account":{"homePage":"http://x.example/","name":"x"}}`
	activityX = "http://activities.example/x"
)

// shelf is one of the resources that keep documents, with a good set of parameters.
type shelf struct {
	path string
	good map[string]string
	name string // the parameter that names a document
}

func shelves() map[string]shelf {
	return map[string]shelf{
		"state":            {"/xapi/activities/state", map[string]string{"activityId": activityX, "agent": agentX, "stateId": "s"}, "stateId"},
		"agent profile":    {"/xapi/agents/profile", map[string]string{"agent": agentX, "profileId": "s"}, "profileId"},
		"activity profile": {"/xapi/activities/profile", map[string]string{"activityId": activityX, "profileId": "s"}, "profileId"},
	}
}

// url returns the address with parameters changed: name=value, or name alone to leave it out.
func (s shelf) url(changes ...string) string {
	q := url.Values{}
	for k, v := range s.good {
		q.Set(k, v)
	}
	for _, c := range changes {
		k, v, ok := strings.Cut(c, "=")
		if q.Del(k); ok {
			q.Set(k, v)
		}
	}
	return s.path + "?" + q.Encode()
}

const noneMatch = "If-None-Match: *"

// Requests that are refused for their parameters, by requirement. Where a requirement is about 1.0.3 and 2.0 alike, both
// are asked.
func TestDocumentParameters(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	for _, tc := range []struct {
		shelf  string
		change string
		ids    map[string]string // by method
	}{
		{"state", "activityId", map[string]string{"PUT": "XAPI-00210", "POST": "XAPI-00209", "GET": "XAPI-00208", "DELETE": "XAPI-00207"}},
		{"state", "agent", map[string]string{"PUT": "XAPI-00215", "POST": "XAPI-00214", "GET": "XAPI-00213", "DELETE": "XAPI-00212"}},
		{"state", "stateId", map[string]string{"PUT": "XAPI-00206", "POST": "XAPI-00211"}},
		{"state", "stateId=", map[string]string{"PUT": "empty", "POST": "empty", "GET": "empty", "DELETE": "empty"}},
		{"state", "agent=true", map[string]string{"PUT": "XAPI-00199", "POST": "XAPI-00198", "GET": "XAPI-00197", "DELETE": "XAPI-00196"}},
		{"state", "agent={\"objectType\":\"Agent\"", map[string]string{"POST": "XAPI-00235", "GET": "cut off"}},
		{"state", "registration=true", map[string]string{"PUT": "XAPI-00203", "POST": "XAPI-00202", "GET": "XAPI-00201", "DELETE": "XAPI-00200"}},
		{"state", "activityId=x", map[string]string{"PUT": "no IRI", "POST": "no IRI", "GET": "no IRI", "DELETE": "no IRI"}},
		{"state", "ActivityId=" + activityX, map[string]string{"PUT": "wrong case", "GET": "wrong case"}},
		{"state", "since=2026-01-01T00:00:00Z", map[string]string{"PUT": "since", "POST": "since", "GET": "since of one", "DELETE": "since"}},
		{"agent profile", "agent", map[string]string{"PUT": "XAPI-00264", "POST": "XAPI-00263", "GET": "XAPI-00261", "DELETE": "XAPI-00262"}},
		{"agent profile", "profileId", map[string]string{"PUT": "XAPI-00267", "POST": "XAPI-00266", "DELETE": "XAPI-00265"}},
		{"agent profile", "agent=true", map[string]string{"PUT": "XAPI-00257", "POST": "XAPI-00256", "GET": "XAPI-00258", "DELETE": "XAPI-00255"}},
		{"agent profile", "agent={\"account\":\"x", map[string]string{"POST": "XAPI-00284"}},
		{"agent profile", "activityId=" + activityX, map[string]string{"PUT": "not known here", "GET": "not known here"}},
		{"activity profile", "activityId", map[string]string{"PUT": "XAPI-00299", "POST": "XAPI-00298", "GET": "XAPI-00296", "DELETE": "XAPI-00297"}},
		{"activity profile", "profileId", map[string]string{"PUT": "XAPI-00302", "POST": "XAPI-00301", "DELETE": "XAPI-00300"}},
		{"activity profile", "agent=" + agentX, map[string]string{"PUT": "XAPI-00304", "GET": "XAPI-00304"}},
	} {
		for method, name := range tc.ids {
			for _, version := range []string{"1.0.3", "2.0.0"} {
				t.Run(fmt.Sprintf("%s %s %s %s %s", name, method, tc.shelf, tc.change, version), func(t *testing.T) {
					body := ""
					if method == "PUT" || method == "POST" {
						body = "{}"
					}
					a := s.do(method, shelves()[tc.shelf].url(tc.change), body, noneMatch, "X-Experience-API-Version: "+version)
					if a.StatusCode != 400 || a.code() != "lrs.parameter" && a.code() != "lrs.statement" {
						t.Errorf("got %d %s, want 400", a.StatusCode, a.body)
					}
				})
			}
		}
	}
	for name, id := range map[string]string{"state": "XAPI-00204", "agent profile": "XAPI-00260", "activity profile": "XAPI-00295"} {
		t.Run(id+" since is no time", func(t *testing.T) {
			sh := shelves()[name]
			if a := s.do("GET", sh.url(sh.name, "since=yesterday"), ""); a.StatusCode != 400 || a.code() != "lrs.parameter" {
				t.Errorf("got %d %s, want 400", a.StatusCode, a.body)
			}
		})
	}
	group := `{"objectType":"Group","account":{"homePage":"http://x.example/","name":"x"}}`
	for version, want := range map[string]int{"1.0.3": 400, "2.0.0": 404} {
		if a := s.do("GET", shelves()["state"].url("agent="+group), "", "X-Experience-API-Version: "+version); a.StatusCode != want {
			t.Errorf("an identified group in %s: got %d %s, want %d", version, a.StatusCode, a.body, want)
		}
	}
}

// step is one request of a story and what it must be answered.
type step struct {
	id, method string
	changes    []string
	body       string
	headers    []string
	status     int
	code, want string // of the problem; of the body
}

// The story of a document, by requirement, told on each shelf in both versions.
func TestDocumentStory(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	text := "Content-Type: text/plain"
	octets := "Content-Type: application/octet-stream"
	for _, version := range []string{"1.0.3", "2.0.0"} {
		for name, sh := range shelves() {
			put := "409"
			if name == "state" && version == "1.0.3" {
				put = "204"
			}
			steps := []step{
				{"404", "GET", nil, "", nil, 404, "lrs.document_not_found", ""},
				{"XAPI-00187 XAPI-00271 XAPI-00285 DELETE of nothing", "DELETE", nil, "", nil, 204, "", ""},
				{"XAPI-00190 XAPI-00230 XAPI-00273 XAPI-00282 XAPI-00287 XAPI-00311 PUT", "PUT", nil, `{"car":"MKX"}`, []string{noneMatch}, 204, "", ""},
				{"XAPI-00188 XAPI-00259 XAPI-00269 XAPI-00274 XAPI-00288 XAPI-00290 GET", "GET", nil, "", nil, 200, "", `{"car":"MKX"}`},
				{"XAPI-00125 XAPI-00126 HEAD", "HEAD", nil, "", nil, 200, "", ""},
				{"XAPI-00322 PUT of one that is there", "PUT", nil, `{}`, []string{noneMatch}, 412, "lrs.precondition", ""},
				{"XAPI-00322 PUT in place of another", "PUT", nil, `{}`, []string{`If-Match: "1111111111111111111111111111111111111111"`}, 412, "lrs.precondition", ""},
				{"2.0 4.1.4 POST in place of another", "POST", nil, `{}`, []string{`If-Match: "1234"`}, 412, "lrs.precondition", ""},
				{"2.0 4.1.4 DELETE of another", "DELETE", nil, "", []string{`If-Match: "1234"`}, 412, "lrs.precondition", ""},
				{"XAPI-00182 nothing has changed", "GET", nil, "", nil, 200, "", `{"car":"MKX"}`},
				{"XAPI-00184 XAPI-00189 XAPI-00231 XAPI-00234 XAPI-00272 XAPI-00279 XAPI-00283 XAPI-00286 XAPI-00292 XAPI-00308 XAPI-00312 merge", "POST", nil, `{"car":"MKZ","type":{"a":1.50,"b":{"c":2}}}`, nil, 204, "", ""},
				{"merged", "GET", nil, "", nil, 200, "", `{"car":"MKZ","type":{"a":1.50,"b":{"c":2}}}`},
				{"XAPI-00183 merge one level deep", "POST", nil, `{"type":{"a":null}}`, []string{"If-Match: *"}, 204, "", ""},
				{"merged one level deep", "GET", nil, "", nil, 200, "", `{"car":"MKZ","type":{"a":null}}`},
				{"XAPI-00229 XAPI-00278 XAPI-00313 POST of what is no JSON", "POST", nil, "abc", []string{octets}, 400, "lrs.document_merge", ""},
				{"XAPI-00232 XAPI-00281 XAPI-00309 POST of another type", "POST", nil, "{}", []string{"Content-Type: not/json"}, 400, "lrs.document_merge", ""},
				{"XAPI-00235 XAPI-00284 XAPI-00314 POST of bad JSON", "POST", nil, `{"a":1}{`, nil, 400, "lrs.document_json", ""},
				{"POST of an array", "POST", nil, `[1]`, nil, 400, "lrs.document_json", ""},
				{"PUT of bad JSON", "PUT", nil, `{`, []string{"If-Match: *"}, 400, "lrs.document_json", ""},
				{"as before", "GET", nil, "", nil, 200, "", `{"car":"MKZ","type":{"a":null}}`},
				{"XAPI-00191 XAPI-00216 XAPI-00291 DELETE", "DELETE", nil, "", []string{"If-Match: *"}, 204, "", ""},
				{"DELETE of nothing under a condition", "DELETE", nil, "", []string{"If-Match: *"}, 412, "lrs.precondition", ""},
				{"gone", "GET", nil, "", nil, 404, "lrs.document_not_found", ""},
				{"XAPI-00233 XAPI-00280 XAPI-00310 POST of a new one", "POST", nil, "/ asdf /", []string{text}, 204, "", ""},
				{"as it was sent", "GET", nil, "", nil, 200, "", "/ asdf /"},
				{"XAPI-00229 POST of JSON onto text", "POST", nil, "{}", nil, 400, "lrs.document_merge", ""},
				{"PUT of nothing", "PUT", nil, "", []string{"If-Match: *", text}, 204, "", ""},
				{"nothing", "GET", nil, "", nil, 200, "", ""},
				{"without a type", "PUT", nil, "x", []string{"If-Match: *", "Content-Type: "}, 204, "", ""},
				{"compressed", "PUT", nil, "x", []string{"If-Match: *", "Content-Encoding: gzip"}, 400, "lrs.media_type", ""},
				{"too large", "PUT", nil, strings.Repeat("x", 4<<20+1), []string{"If-Match: *", text}, 413, "lrs.too_large", ""},
			}
			if put == "204" {
				steps = append(steps, step{"1.0.3 §3.1: state without a condition", "PUT", nil, "y", []string{text}, 204, "", ""})
			} else {
				steps = append(steps, step{"XAPI-00322 2.0 4.1.4 PUT without a condition", "PUT", nil, "y", []string{text}, 409, "lrs.unconditional", ""})
			}
			fresh := step{"a new one without a condition", "PUT", []string{sh.name + "=fresh"}, "{}", nil, 204, "", ""}
			if version == "1.0.3" && name != "state" {
				fresh.id, fresh.status, fresh.code = "XAPI-00273 XAPI-00293 "+fresh.id, 400, "lrs.condition_missing"
			}
			for _, st := range append(steps, fresh) {
				changes := append([]string{}, st.changes...)
				if name != "agent profile" {
					changes = append(changes, "activityId="+activityX+version) // the versions share what they store
				} else {
					changes = append(changes, "agent="+strings.Replace(agentX, `"x"}`, `"`+version+`"}`, 1))
				}
				a := s.do(st.method, sh.url(changes...), st.body, append(st.headers, "X-Experience-API-Version: "+version)...)
				if a.StatusCode != st.status || a.code() != st.code || st.status == 200 && a.body != st.want {
					t.Errorf("%s, %s: %s %s: got %d %.300s, want %d %s %s", name, version, st.id, st.method, a.StatusCode, a.body, st.status, st.code, st.want)
				}
				if a.Header.Get("X-Experience-API-Version") != version || a.Header.Get("X-Experience-API-Consistent-Through") == "" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
					t.Errorf("%s: headers %v", st.id, a.Header)
				}
				if st.status == 200 && (len(a.Header.Get("ETag")) != 42 || a.Header.Get("Last-Modified") == "") {
					t.Errorf("%s: ETag %q, Last-Modified %q", st.id, a.Header.Get("ETag"), a.Header.Get("Last-Modified"))
				}
			}
		}
	}
}

// XAPI-00322, XAPI-00332: the entity tag is the SHA-1 of the contents, quoted, and says whether one has them already.
func TestEntityTags(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	sh := shelves()["agent profile"]
	s.do("PUT", sh.url(), "abc", "Content-Type: text/x; charset=utf-8")
	a := s.do("GET", sh.url(), "")
	const tag = `"a9993e364706816aba3e25717850c26c9cd0d89d"` // FIPS 180's example
	if a.Header.Get("ETag") != tag || a.Header.Get("Content-Type") != "text/x; charset=utf-8" || a.body != "abc" {
		t.Error(a.Header, a.body)
	}
	if a := s.do("GET", sh.url(), "", "If-None-Match: "+tag); a.StatusCode != 304 || a.body != "" || a.Header.Get("ETag") != tag {
		t.Error(a.StatusCode, a.body, a.Header)
	}
	if a := s.do("PUT", sh.url(), `"abd"`, "If-Match: "+`"x", `+tag); a.StatusCode != 204 {
		t.Error(a.StatusCode, a.body)
	}
	if a := s.do("PUT", sh.url(), `"abe"`, "If-Match: "+tag); a.StatusCode != 412 {
		t.Error("the tag of a state that is gone is accepted", a.StatusCode)
	}
	// What is computed has one, too. XAPI-00126: and HEAD says the same.
	for _, path := range []string{sh.url(sh.name), "/xapi/agents?agent=" + url.QueryEscape(agentX), "/xapi/activities?activityId=" + activityX} {
		a, h := s.do("GET", path, ""), s.do("HEAD", path, "")
		if a.StatusCode != 200 || len(a.Header.Get("ETag")) != 42 || h.StatusCode != 200 || h.body != "" || h.Header.Get("ETag") != a.Header.Get("ETag") {
			t.Error(path, a.StatusCode, a.Header, h.StatusCode, h.Header)
		}
	}
}

// XAPI-00193, XAPI-00195, XAPI-00221, XAPI-00268, XAPI-00270, XAPI-00275, XAPI-00289, XAPI-00294, XAPI-00303: names, and
// those that are newer than a time.
func TestDocumentNames(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	for name, sh := range shelves() {
		names := func(changes ...string) []string {
			t.Helper()
			a := s.do("GET", sh.url(append(changes, sh.name)...), "")
			var list []string
			if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.StatusCode != 200 {
				t.Fatal(name, a.StatusCode, a.body, err)
			}
			slices.Sort(list)
			return list
		}
		if got := names(); len(got) != 0 {
			t.Errorf("%s: got %v, want none", name, got)
		}
		s.do("PUT", sh.url(sh.name+"=one"), "{}", noneMatch)
		time.Sleep(3 * time.Millisecond)
		between := xapi.FormatTime(time.Now())
		time.Sleep(3 * time.Millisecond)
		s.do("PUT", sh.url(sh.name+"=two"), "{}", noneMatch)
		if got := names(); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("%s: got %v", name, got)
		}
		if got := names("since=" + between); !slices.Equal(got, []string{"two"}) {
			t.Errorf("%s since: got %v", name, got)
		}
		s.do("POST", sh.url(sh.name+"=one"), `{"a":1}`)
		if got := names("since=" + between); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("%s since, one was updated: got %v", name, got)
		}
		s.do("DELETE", sh.url(sh.name+"=one"), "")
		if got := names(); !slices.Equal(got, []string{"two"}) {
			t.Errorf("%s after DELETE: got %v", name, got)
		}
		if name != "state" {
			if a := s.do("DELETE", sh.url(sh.name), ""); a.StatusCode != 400 {
				t.Errorf("%s: all profiles at once: got %d, want 400", name, a.StatusCode)
			}
		}
	}
}

// XAPI-00192, XAPI-00194, XAPI-00217–XAPI-00220, XAPI-00227: a registration narrows the context; without one all states of
// activity and agent are meant.
func TestStatesOfRegistrations(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	sh := shelves()["state"]
	one, two := id.Random(), id.Random()
	for _, c := range [][]string{{}, {"registration=" + one}, {"registration=" + strings.ToUpper(two)}, {"registration=" + two, "stateId=t"}, {"agent=" + strings.Replace(agentX, `"x"}`, `"y"}`, 1)}} {
		if a := s.do("PUT", sh.url(c...), fmt.Sprint(c), noneMatch, "Content-Type: text/plain"); a.StatusCode != 204 {
			t.Fatal(c, a.StatusCode, a.body)
		}
	}
	list := func(changes ...string) string {
		var names []string
		a := s.do("GET", sh.url(append(changes, "stateId")...), "")
		if err := json.Unmarshal([]byte(a.body), &names); err != nil {
			t.Fatal(a.body)
		}
		slices.Sort(names)
		return fmt.Sprint(names)
	}
	if got := list(); got != "[s t]" {
		t.Error(got)
	}
	if got := list("registration=" + two); got != "[s t]" {
		t.Error(got)
	}
	if got := list("registration=" + one); got != "[s]" {
		t.Error(got)
	}
	if got := s.do("GET", sh.url("registration="+one), "").body; !strings.Contains(got, one) {
		t.Error(got)
	}
	if a := s.do("DELETE", sh.url("stateId", "registration="+two), ""); a.StatusCode != 204 {
		t.Error(a.StatusCode, a.body)
	}
	if got := list("registration=" + two); got != "[]" {
		t.Error(got)
	}
	if got := s.do("GET", sh.url(), "").body; got != "[]" {
		t.Error("the state without a registration:", got)
	}
	s.do("DELETE", sh.url("stateId"), "")
	if got := list(); got != "[]" {
		t.Error(got)
	}
	if got := list("agent=" + strings.Replace(agentX, `"x"}`, `"y"}`, 1)); got != "[s]" {
		t.Error("somebody else's state:", got)
	}
}

// Large contents are kept apart; nothing of them stays behind.
func TestLargeDocuments(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	sh := shelves()["activity profile"]
	for i, size := range []int{100_000, 3_000_000, 10, 16 << 10, 16<<10 + 1} {
		body := strings.Repeat(string(rune('a'+i)), size)
		if a := s.do("PUT", sh.url(), body, "If-Match: *", "Content-Type: text/plain"); i > 0 && a.StatusCode != 204 {
			t.Fatal(a.StatusCode, a.body)
		} else if i == 0 {
			s.do("POST", sh.url(), body, "Content-Type: text/plain")
		}
		if a := s.do("GET", sh.url(), ""); a.body != body {
			t.Errorf("%d bytes: got %d", size, len(a.body))
		}
	}
	s.do("DELETE", sh.url(), "")
	if a := s.do("GET", sh.url(), ""); a.StatusCode != 404 {
		t.Error(a.StatusCode)
	}
	if _, left := contents(t, s.db); len(left) != 0 {
		t.Errorf("%d contents stayed behind", len(left))
	}
}

// What a process left behind when it died between two writes goes with a later write of the same document.
func TestContentsLeftBehind(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	db := storetest.OpenAt(t, clock)
	s, ctx := OpenOn(t, db, clock), context.Background()
	by := credential(t, s, "acme")
	k := lrs.DocumentKey{Resource: lrs.ActivityProfiles, Activity: activityX, Name: "large"}
	write := func(c string) {
		t.Helper()
		if err := s.PutDocument(ctx, "acme", by, xapi.V2, k, lrs.Document{Data: []byte(strings.Repeat(c, 15<<20>>2))}, lrs.Condition{NoneMatch: []string{"x"}}); err != nil {
			t.Fatal(err)
		}
	}
	write("a")
	c, list := contents(t, db)
	if len(list) != 1 {
		t.Fatal(len(list))
	}
	of, _, _ := strings.Cut(list[0].ID, "/")
	orphan := of + "/0"
	if err := c.Insert(ctx, "acme", apart{Meta: store.Meta{ID: orphan}, Data: []byte("x"), Made: now}); err != nil {
		t.Fatal(err)
	}
	write("b") // somebody may be writing it just now
	if _, err := c.Get(ctx, "acme", orphan); err != nil {
		t.Error("contents that somebody may be writing are gone:", err)
	}
	now = now.Add(2 * time.Hour)
	write("c")
	if _, err := c.Get(ctx, "acme", orphan); err == nil {
		t.Error("the contents stayed behind")
	}
	if d, err := s.Document(ctx, "acme", by, k); err != nil || d.Data[0] != 'c' || !d.Updated.Equal(now) {
		t.Error(err)
	}
	if _, list := contents(t, db); len(list) != 1 {
		t.Errorf("%d contents of one document", len(list))
	}
}

// Merges and conditional writes of many clients at once: nothing is lost.
func TestDocumentsAtOnce(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	by := credential(t, s, "acme")
	k := lrs.DocumentKey{Resource: lrs.AgentProfiles, Agent: "mbox mailto:a@b.example", Name: "p"}
	const clients, each = 16, 10
	var wg sync.WaitGroup
	won := make([]int, clients)
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				body := fmt.Sprintf(`{"c%d-%d":%q}`, c, n, strings.Repeat("x", n*100))
				if err := s.PostDocument(ctx, "acme", by, k, lrs.Document{ContentType: "application/json", Data: []byte(body)}, lrs.Condition{}); err != nil {
					t.Error(err)
				}
				other := k
				other.Name = fmt.Sprint("only one", n)
				if s.PutDocument(ctx, "acme", by, xapi.V2, other, lrs.Document{Data: []byte{byte(c)}}, lrs.Condition{NoneMatch: []string{"*"}}) == nil {
					won[c]++
				}
			}
		})
	}
	wg.Wait()
	d, err := s.Document(ctx, "acme", by, k)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := json.Unmarshal(d.Data, &all); err != nil || len(all) != clients*each {
		t.Errorf("got %d members, want %d (%v)", len(all), clients*each, err)
	}
	sum := 0
	for _, n := range won {
		sum += n
	}
	if sum != each {
		t.Errorf("%d clients were the first, want %d", sum, each)
	}
}

// Who may do what with documents is decided by scope, organisation and, for a learner's browser, by whose state it is.
func TestDocumentScopes(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	state := lrs.DocumentKey{Resource: lrs.States, Activity: activityX, Agent: "mbox mailto:a@b.example", Name: "p"}
	profile := lrs.DocumentKey{Resource: lrs.AgentProfiles, Agent: "mbox mailto:a@b.example", Name: "p"}
	doc := lrs.Document{Data: []byte("x")}
	all := credential(t, s, "acme")
	for _, k := range []lrs.DocumentKey{state, profile} {
		if err := s.PostDocument(ctx, "acme", all, k, doc, lrs.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		scope       lrs.Scope
		k           lrs.DocumentKey
		read, write bool
	}{
		{lrs.WriteState, state, true, true}, {lrs.WriteState, profile, false, false},
		{lrs.WriteProfile, profile, true, true}, {lrs.WriteProfile, state, false, false},
		{lrs.ReadEverything, state, true, false}, {lrs.ReadEverything, profile, true, false},
		{lrs.ReadStatements, state, false, false}, {lrs.WriteStatements, profile, false, false},
	} {
		by := credential(t, s, "acme", tc.scope)
		_, err1 := s.Document(ctx, "acme", by, tc.k)
		_, _, err2 := s.DocumentNames(ctx, "acme", by, tc.k, time.Time{})
		if (err1 == nil) != tc.read || (err2 == nil) != tc.read {
			t.Errorf("%s reads %c: %v, %v", tc.scope, tc.k.Resource, err1, err2)
		}
		for _, err := range []error{s.PutDocument(ctx, "acme", by, xapi.V2, tc.k, doc, lrs.Condition{Match: []string{"*"}}), s.PostDocument(ctx, "acme", by, tc.k, doc, lrs.Condition{NoneMatch: []string{"x"}}),
			s.DeleteDocument(ctx, "acme", by, tc.k, lrs.Condition{NoneMatch: []string{"*"}}), s.DeleteDocuments(ctx, "acme", by, lrs.DocumentKey{Resource: tc.k.Resource, Agent: "nobody"})} {
			if !tc.write {
				wantFault(t, err, "lrs.scope")
			}
		}
	}
	_, err := s.Document(ctx, "montalto", all, state)
	wantFault(t, err, "lrs.organisation")
	if _, err := s.Document(ctx, "montalto", credential(t, s, "montalto"), state); err == nil {
		t.Error("another town sees the state")
	}
}

func TestDocumentsOfABrowser(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	reg := id.New()
	auth, _, err := s.svc.IssueBrowser("acme", "u-ada", reg, xapi.Course(Home, "c"), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	who := func(name string) string {
		b, err := json.Marshal(xapi.ByAccount(Home, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	sh := shelf{"/xapi/activities/state", map[string]string{"activityId": xapi.Lesson(Home, "c", "l"), "agent": who("u-ada"), "registration": reg, "stateId": "s"}, "stateId"}
	for _, tc := range []struct {
		change string
		code   string
	}{
		{"stateId=t", ""}, {"agent=" + who("u-bob"), "lrs.not_yours"}, {"registration=" + id.New(), "lrs.not_yours"}, {"registration", "lrs.not_yours"},
		{"activityId=" + xapi.Course(Home, "d"), "lrs.not_yours"}, {"activityId=" + xapi.Course(Home, "c") + "x", "lrs.not_yours"}, {"activityId=" + xapi.Course(Home, "c"), ""},
	} {
		for _, method := range []string{"PUT", "POST", "GET", "DELETE"} {
			body := ""
			if method[0] == 'P' {
				body = "{}"
			}
			a := s.do(method, sh.url(tc.change), body, "Authorization: "+auth, "If-None-Match: x")
			if a.code() != tc.code || (a.StatusCode == 403) != (tc.code != "") {
				t.Errorf("%s %s: got %d %s, want %s", method, tc.change, a.StatusCode, a.body, tc.code)
			}
		}
		if a := s.do("GET", sh.url(tc.change, "stateId"), "", "Authorization: "+auth); a.code() != tc.code {
			t.Errorf("names, %s: got %d %s, want %s", tc.change, a.StatusCode, a.body, tc.code)
		}
	}
	for _, path := range []string{"/xapi/agents/profile?profileId=x&agent=" + url.QueryEscape(who("u-ada")), "/xapi/activities/profile?profileId=x&activityId=" + xapi.Course(Home, "c"),
		"/xapi/activities?activityId=" + xapi.Course(Home, "c"), "/xapi/agents?agent=" + url.QueryEscape(who("u-ada"))} {
		if a := s.do("GET", path, "", "Authorization: "+auth); a.StatusCode != 403 || a.code() != "lrs.scope" {
			t.Errorf("%s: got %d %s, want 403", path, a.StatusCode, a.body)
		}
	}
}
