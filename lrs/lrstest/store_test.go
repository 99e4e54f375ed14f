package lrstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// credential makes one with all scopes unless others are given.
func credential(t testing.TB, s *lrs.Service, org string, scopes ...lrs.Scope) lrs.Credential {
	t.Helper()
	if len(scopes) == 0 {
		scopes = []lrs.Scope{lrs.Everything}
	}
	c, _, err := s.CreateCredential(context.Background(), lrs.NewCredential{Organisation: org, Name: "test", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// simple returns a statement: who did what to which.
func simple(id, who, verb, activity string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:%s@town.example"},"verb":{"id":"http://verbs.example/%s"},"object":{"id":"http://activities.example/%s"}}`, id, who, verb, activity))
}

func put(t testing.TB, s *lrs.Service, by lrs.Credential, statements ...json.RawMessage) []string {
	t.Helper()
	ids, err := s.Put(context.Background(), by.Organisation, by, xapi.V2, statements)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// ids follows a query to its end and returns the ids.
func ids(t testing.TB, s *lrs.Service, by lrs.Credential, q lrs.Query) []string {
	t.Helper()
	list := []string{}
	for {
		p, err := s.Query(context.Background(), by.Organisation, by, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range p.Statements {
			list = append(list, st.ID)
		}
		if p.More == "" {
			return list
		}
		q = lrs.Query{More: p.More}
	}
}

func wantFault(t testing.TB, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
}

func TestPutTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	by := credential(t, s, "acme")
	one := id.Random()
	put(t, s, by, simple(one, "ada", "read", "a"))
	before, err := s.Get(ctx, "acme", one)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, by, simple(one, "ada", "read", "a"), simple(id.Random(), "ada", "read", "b"))
	after, err := s.Get(ctx, "acme", strings.ToUpper(one))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Fatalf("the statement changed:\n%s", diff)
	}
	if n, _ := s.Head(ctx, "acme"); n != 2 {
		t.Fatalf("got %d statements, want 2", n)
	}
	_, err = s.Put(ctx, "acme", by, xapi.V2, []json.RawMessage{simple(id.Random(), "ada", "read", "c"), simple(one, "ada", "read", "other")})
	wantFault(t, err, "lrs.conflict")
	_, err = s.Put(ctx, "acme", by, xapi.V2, []json.RawMessage{simple(id.Random(), "ada", "read", "c"), json.RawMessage(`{"actor":1}`)})
	wantFault(t, err, "lrs.statement")
	_, err = s.Put(ctx, "acme", by, xapi.V2, []json.RawMessage{simple(one, "ada", "read", "a"), simple(strings.ToUpper(one), "ada", "read", "a")})
	wantFault(t, err, "lrs.twice")
	if n, _ := s.Head(ctx, "acme"); n != 2 {
		t.Fatalf("a refused batch left %d statements, want 2", n)
	}
}

// XAPI-00002, Data §2.3.1: what is sent comes back.
func TestComesBackAsSent(t *testing.T) {
	t.Parallel()
	s := Open(t)
	by := credential(t, s, "acme")
	const sent = `{"verb": {"id":"http://verbs.example/ran"},"actor":{"name":"Zo\u00eb","mbox":"mailto:zoe@town.example"},"object":{"id":"http://a.example/1","definition":{"extensions":{"http://e.example/x":{"z":1.00,"a":[null,12345678901234567890.123456789,1E+2]}}}},"result":{"score":{"raw":1.50}},"version":"1.0.0","timestamp":"2026-11-22T01:02:03.0456Z","id":"8f87ccde-bb56-4c2e-ab83-44982ef22df0"}`
	put(t, s, by, json.RawMessage(sent))
	got, err := s.Get(context.Background(), "acme", "8f87ccde-bb56-4c2e-ab83-44982ef22df0")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSuffix(sent, "}") + `,"stored":"` + xapi.FormatTime(got.Stored) + `","authority":`
	if !strings.HasPrefix(string(got.Raw), strings.ReplaceAll(want, `{"verb": `, `{"verb": `)) {
		t.Fatalf("got  %s\nwant %s…", got.Raw, want)
	}
	if !json.Valid(got.Raw) {
		t.Fatalf("not JSON: %s", got.Raw)
	}
}

func TestAuthorityCannotBeForged(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	by := credential(t, s, "acme")
	platform := `{"objectType":"Agent","account":{"homePage":"` + Home + `","name":"platform"}}`
	one, two := id.Random(), id.Random()
	put(t, s, by, json.RawMessage(strings.TrimSuffix(string(simple(one, "ada", "completed", "a")), "}")+`,"authority":`+platform+`}`))
	got, err := s.Get(ctx, "acme", one)
	if err != nil || got.Platform || strings.Contains(string(got.Raw), `"name":"platform"`) {
		t.Fatalf("got platform %v, %s, %v", got.Platform, got.Raw, err)
	}
	st := xapi.New(two, xapi.ByAccount(Home, "ada"), xapi.VerbCompleted, xapi.Activity(xapi.Course(Home, "c")), "", time.Now())
	if _, err := s.Record(ctx, "acme", st); err != nil {
		t.Fatal(err)
	}
	got, err = s.Get(ctx, "acme", two)
	if err != nil || !got.Platform || got.Account != "ada" || !strings.Contains(string(got.Raw), `"authority":`+platform) {
		t.Fatalf("got %+v %s, %v", got, got.Raw, err)
	}
	// Somebody was first with the id of a statement that the platform makes.
	st.ID = id.Random()
	raw, err := st.JSON()
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, by, raw)
	_, err = s.Record(ctx, "acme", st)
	wantFault(t, err, "lrs.conflict")
	me := xapi.ByAccount(Home, "platform")
	_, _, err = s.CreateCredential(ctx, lrs.NewCredential{Organisation: "acme", Scopes: []lrs.Scope{lrs.Everything}, Authority: &me})
	wantFault(t, err, "lrs.authority_reserved")
	if _, _, err := s.IssueBrowser("acme", "platform", id.Random(), "http://c.example/", time.Hour); err == nil {
		t.Fatal("a browser may not be the platform")
	}
	var forged lrs.Credential
	if err := json.Unmarshal([]byte(`{"Organisation":"acme","Scopes":["all"],"platform":true}`), &forged); err != nil {
		t.Fatal(err)
	}
	three := put(t, s, forged, simple(id.Random(), "ada", "passed", "a"))[0]
	if got, err := s.Get(ctx, "acme", three); err != nil || got.Platform {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestTenancy(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	acme, bolt := credential(t, s, "acme"), credential(t, s, "bolt")
	one := id.Random()
	put(t, s, acme, simple(one, "ada", "read", "a"))
	put(t, s, bolt, simple(one, "bob", "wrote", "b")) // the same id is another statement there
	a, err1 := s.Get(ctx, "acme", one)
	b, err2 := s.Get(ctx, "bolt", one)
	if err1 != nil || err2 != nil || bytes.Equal(a.Raw, b.Raw) || a.Number != 1 || b.Number != 1 {
		t.Fatal(a, b, err1, err2)
	}
	_, err := s.Put(ctx, "bolt", acme, xapi.V2, []json.RawMessage{simple(id.Random(), "ada", "read", "a")})
	wantFault(t, err, "lrs.organisation")
	_, err = s.Query(ctx, "bolt", acme, lrs.Query{})
	wantFault(t, err, "lrs.organisation")
	_, err = s.One(ctx, "bolt", acme, one)
	wantFault(t, err, "lrs.organisation")
	wantFault(t, s.RevokeCredential(ctx, "bolt", acme.Key), "lrs.credential_not_found")
	_, err = s.RotateCredential(ctx, "bolt", acme.Key)
	wantFault(t, err, "lrs.credential_not_found")
	p, err := s.Query(ctx, "acme", acme, lrs.Query{Limit: 1})
	if err != nil || len(p.Statements) != 1 {
		t.Fatal(p, err)
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := Open(t)
	by := credential(t, s, "acme")
	reg := id.Random()
	who := func(n string) string { return "mbox mailto:" + n + "@town.example" }
	verb := func(v string) string { return "http://verbs.example/" + v }
	act := func(a string) string { return "http://activities.example/" + a }
	a, b, c, d, e, f := id.Random(), id.Random(), id.Random(), id.Random(), id.Random(), id.Random()
	put(t, s, by, simple(a, "ada", "read", "x"), simple(b, "bob", "read", "x"))
	put(t, s, by, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"objectType":"Group","member":[{"mbox":"mailto:ada@Town.Example"},{"mbox":"mailto:cyn@town.example"}]},"verb":{"id":"http://verbs.example/wrote"},"object":{"id":"http://activities.example/y"},
		"context":{"registration":%q,"instructor":{"mbox":"mailto:ina@town.example"},"contextActivities":{"parent":{"id":"http://activities.example/p"}}}}`, c, strings.ToUpper(reg))))
	put(t, s, by, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:dan@town.example"},"verb":{"id":"http://verbs.example/planned"},"object":{"objectType":"SubStatement","actor":{"mbox":"mailto:eve@town.example"},"verb":{"id":"http://verbs.example/read"},"object":{"id":"http://activities.example/sub"}}}`, d)))
	put(t, s, by, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:fay@town.example"},"verb":{"id":"http://verbs.example/confirmed"},"object":{"objectType":"StatementRef","id":%q}}`, e, a)))
	put(t, s, by, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:gus@town.example"},"verb":{"id":"http://verbs.example/liked"},"object":{"objectType":"StatementRef","id":%q}}`, f, e)))
	for _, tc := range []struct {
		name string
		q    lrs.Query
		want []string
	}{
		{"all", lrs.Query{}, []string{f, e, d, c, b, a}},
		{"ascending in pages of one", lrs.Query{Ascending: true, Limit: 1}, []string{a, b, c, d, e, f}},
		{"agent, and what refers to her statements, and groups she is in", lrs.Query{Agent: who("ada")}, []string{f, e, c, a}},
		{"agent in pages of two", lrs.Query{Agent: who("ada"), Limit: 2}, []string{f, e, c, a}},
		{"verb", lrs.Query{Verb: verb("read")}, []string{f, e, b, a}},
		{"activity", lrs.Query{Activity: act("x")}, []string{f, e, b, a}},
		{"agent and verb", lrs.Query{Agent: who("bob"), Verb: verb("read")}, []string{b}},
		{"agent and verb of different statements of a chain", lrs.Query{Agent: who("ada"), Verb: verb("confirmed")}, []string{}},
		{"all three", lrs.Query{Agent: who("ada"), Verb: verb("read"), Activity: act("x")}, []string{f, e, a}},
		{"verb and activity", lrs.Query{Verb: verb("read"), Activity: act("x"), Ascending: true, Limit: 3}, []string{a, b, e, f}},
		{"registration", lrs.Query{Registration: reg}, []string{c}},
		{"registration and agent", lrs.Query{Registration: reg, Agent: who("cyn")}, []string{c}},
		{"registration and another agent", lrs.Query{Registration: reg, Agent: who("bob")}, []string{}},
		{"instructor is not the agent", lrs.Query{Agent: who("ina")}, []string{}},
		{"instructor is related", lrs.Query{Agent: who("ina"), RelatedAgents: true}, []string{c}},
		{"related agents hold the agents", lrs.Query{Agent: who("ada"), RelatedAgents: true, Limit: 3}, []string{f, e, c, a}},
		{"parent is not the activity", lrs.Query{Activity: act("p")}, []string{}},
		{"parent is related", lrs.Query{Activity: act("p"), RelatedActivities: true}, []string{c}},
		{"agent of a SubStatement", lrs.Query{Agent: who("eve"), RelatedAgents: true}, []string{d}},
		{"activity of a SubStatement", lrs.Query{Activity: act("sub"), RelatedActivities: true}, []string{d}},
		{"verb of a SubStatement is not the verb", lrs.Query{Verb: verb("read"), Agent: who("dan")}, []string{}},
		{"nobody", lrs.Query{Agent: who("zed")}, []string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ids(t, s, by, tc.q)); diff != "" {
				t.Errorf("%+v: %s", tc.q, diff)
			}
		})
	}
}

// Communication §2.1.3: a statement that refers to another is found by what that one holds, also when it came first.
func TestReferenceBeforeItsTarget(t *testing.T) {
	t.Parallel()
	s := Open(t)
	by := credential(t, s, "acme")
	a, e, f := id.Random(), id.Random(), id.Random()
	ref := func(id, who, to string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:%s@town.example"},"verb":{"id":"http://verbs.example/confirmed"},"object":{"objectType":"StatementRef","id":%q}}`, id, who, to))
	}
	put(t, s, by, ref(f, "gus", e))
	put(t, s, by, ref(e, "fay", a))
	put(t, s, by, simple(a, "ada", "read", "x"))
	q := lrs.Query{Agent: "mbox mailto:ada@town.example", Verb: "http://verbs.example/read"}
	if diff := cmp.Diff([]string{a, e, f}, ids(t, s, by, q)); diff != "" {
		t.Error(diff)
	}
	// In one batch, the wrong way round.
	x, y := id.Random(), id.Random()
	put(t, s, by, ref(y, "fay", x), simple(x, "bob", "read", "x"))
	if diff := cmp.Diff([]string{x, y}, ids(t, s, by, lrs.Query{Agent: "mbox mailto:bob@town.example"})); diff != "" {
		t.Error(diff)
	}
}

// XAPI-00016, XAPI-00018, XAPI-00162, XAPI-00163.
func TestVoiding(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	by := credential(t, s, "acme")
	a, b, v, w := id.Random(), id.Random(), id.Random(), id.Random()
	void := func(id, target string) json.RawMessage {
		raw, err := xapi.Void(id, xapi.ByAccount(Home, "admin"), target, time.Now()).JSON()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	put(t, s, by, void(v, a)) // before what it voids
	put(t, s, by, simple(a, "ada", "read", "x"), simple(b, "ada", "read", "x"))
	put(t, s, by, void(w, v)) // voids nothing: v is a voiding statement
	q := lrs.Query{Agent: "mbox mailto:ada@town.example"}
	if diff := cmp.Diff([]string{w, b, v}, ids(t, s, by, q)); diff != "" {
		t.Error(diff)
	}
	_, err := s.One(ctx, "acme", by, a)
	wantFault(t, err, "lrs.not_found")
	if got, err := s.Voided(ctx, "acme", by, a); err != nil || got.ID != a {
		t.Error(got, err)
	}
	_, err = s.Voided(ctx, "acme", by, b)
	wantFault(t, err, "lrs.not_found")
	if got, err := s.One(ctx, "acme", by, v); err != nil || !got.Voids || got.Target != a {
		t.Error(got, err)
	}
	writer := credential(t, s, "acme", lrs.WriteStatements)
	_, err = s.Put(ctx, "acme", writer, xapi.V2, []json.RawMessage{void(id.Random(), b)})
	wantFault(t, err, "lrs.void")
}

func TestScopes(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	writer, reader := credential(t, s, "acme", lrs.WriteStatements), credential(t, s, "acme", lrs.ReadStatements)
	mine := credential(t, s, "acme", lrs.WriteStatements, lrs.ReadOwnStatements)
	a, b := id.Random(), id.Random()
	put(t, s, writer, simple(a, "ada", "read", "x"))
	put(t, s, mine, simple(b, "ada", "read", "x"))
	_, err := s.Put(ctx, "acme", reader, xapi.V2, []json.RawMessage{simple(id.Random(), "ada", "read", "a")})
	wantFault(t, err, "lrs.scope")
	_, err = s.Query(ctx, "acme", writer, lrs.Query{})
	wantFault(t, err, "lrs.scope")
	if diff := cmp.Diff([]string{b}, ids(t, s, mine, lrs.Query{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{b}, ids(t, s, mine, lrs.Query{Agent: "mbox mailto:ada@town.example"})); diff != "" {
		t.Error(diff)
	}
	_, err = s.One(ctx, "acme", mine, a)
	wantFault(t, err, "lrs.not_found")
	if diff := cmp.Diff([]string{b, a}, ids(t, s, reader, lrs.Query{})); diff != "" {
		t.Error(diff)
	}
	p, err := s.Query(ctx, "acme", mine, lrs.Query{Limit: 1})
	if err != nil || p.More == "" && len(p.Statements) != 1 {
		t.Fatal(p, err)
	}
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s, ctx := OpenOn(t, storetest.OpenAt(t, clock), clock), context.Background()
	reg, course := id.Random(), xapi.Course(Home, "open-data")
	header, expires, err := s.IssueBrowser("acme", "u-ada", reg, course, time.Hour)
	if err != nil || !expires.Equal(now.Add(time.Hour)) {
		t.Fatal(expires, err)
	}
	by, err := s.Authenticate(ctx, header)
	if err != nil {
		t.Fatal(err)
	}
	make := func(f func(*xapi.Statement)) []json.RawMessage {
		st := xapi.New(id.Random(), xapi.ByAccount(Home, "u-ada"), xapi.VerbPlayed, xapi.Activity(xapi.Lesson(Home, "open-data", "l1")), reg, now).Within(course)
		f(&st)
		raw, err := st.JSON()
		if err != nil {
			t.Fatal(err)
		}
		return []json.RawMessage{raw}
	}
	for _, tc := range []struct {
		name, code string
		f          func(*xapi.Statement)
	}{
		{"own", "", func(*xapi.Statement) {}},
		{"the course itself", "", func(st *xapi.Statement) { st.Object.ID = course }},
		{"completed: stored, and decides nothing", "", func(st *xapi.Statement) { st.Verb.ID = xapi.VerbCompleted }},
		{"another account", "lrs.not_yours", func(st *xapi.Statement) { st.Actor = xapi.ByAccount(Home, "u-bob") }},
		{"another home", "lrs.not_yours", func(st *xapi.Statement) { st.Actor = xapi.ByAccount("https://other.example", "u-ada") }},
		{"a mailbox", "lrs.not_yours", func(st *xapi.Statement) { st.Actor = xapi.Agent{Mbox: "mailto:a@b.example"} }},
		{"a group with her in it", "lrs.not_yours", func(st *xapi.Statement) {
			st.Actor = xapi.Agent{ObjectType: "Group", Member: []xapi.Agent{xapi.ByAccount(Home, "u-ada")}}
		}},
		{"a group of her name", "lrs.not_yours", func(st *xapi.Statement) { st.Actor.ObjectType = "Group" }},
		{"another registration", "lrs.not_yours", func(st *xapi.Statement) { st.Context.Registration = id.Random() }},
		{"no registration", "lrs.not_yours", func(st *xapi.Statement) { st.Context = nil }},
		{"another course", "lrs.not_yours", func(st *xapi.Statement) { st.Object.ID = course + "-2" }},
		{"a reference", "lrs.not_yours", func(st *xapi.Statement) { st.Object = xapi.Reference(id.Random()) }},
		{"voiding", "lrs.void", func(st *xapi.Statement) { st.Verb.ID, st.Object = xapi.VerbVoided, xapi.Reference(id.Random()) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ids, err := s.Put(ctx, "acme", by, xapi.V2, make(tc.f))
			if tc.code != "" {
				wantFault(t, err, tc.code)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := s.Get(ctx, "acme", ids[0]); err != nil || got.Platform || got.Account != "u-ada" {
				t.Fatal(got, err)
			}
		})
	}
	_, err = s.Query(ctx, "acme", by, lrs.Query{})
	wantFault(t, err, "lrs.scope")
	_, err = s.Put(ctx, "bolt", by, xapi.V2, make(func(*xapi.Statement) {}))
	wantFault(t, err, "lrs.organisation")
	for i := range len(header) {
		b := []byte(header)
		b[i] ^= 1
		if got, err := s.Authenticate(ctx, string(b)); err == nil && i >= len("Bearer ") {
			if string(b[:len(b)-1]) == header[:len(header)-1] {
				continue // the last character holds bits that base64 does not use
			}
			t.Fatalf("byte %d changed and still accepted: %+v", i, got)
		}
	}
	mu.Lock()
	now = now.Add(time.Hour)
	mu.Unlock()
	_, err = s.Authenticate(ctx, header)
	wantFault(t, err, "lrs.expired")
}

func TestManyWritersAtOnce(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	by := credential(t, s, "acme")
	const clients, rounds, size = 64, 12, 10
	pool := make([]json.RawMessage, 300)
	for i := range pool {
		pool[i] = simple(id.Random(), fmt.Sprint("p", i%7), fmt.Sprint("v", i%3), fmt.Sprint("a", i%11))
	}
	var wg sync.WaitGroup
	seen := make(chan []string, 1)
	stop := make(chan struct{})
	wg.Go(func() { // a reader that follows the numbers and Consistent-Through meanwhile
		var list []string
		at, last := int64(0), false
		for {
			through := s.ConsistentThrough()
			docs, err := s.After(ctx, "acme", at, 7)
			if err != nil {
				t.Error(err)
			}
			for _, d := range docs {
				if d.Number != at+1 {
					t.Errorf("number %d follows %d", d.Number, at)
				}
				at, list = d.Number, append(list, d.ID)
			}
			if len(docs) == 0 {
				if last {
					seen <- list
					return
				}
				if d, err := s.After(ctx, "acme", at, 1); err == nil && len(d) == 1 && !d[0].Stored.After(through) {
					t.Errorf("%s was stored at %v and appeared after it had been consistent through %v", d[0].ID, d[0].Stored, through)
				}
				select {
				case <-stop:
					last = true
				default:
				}
			}
		}
	})
	var writers sync.WaitGroup
	for c := range clients {
		writers.Go(func() {
			for r := range rounds {
				batch := make([]json.RawMessage, 0, size)
				for i := range size {
					batch = append(batch, pool[(c*3+r*37+i)%len(pool)])
				}
				if _, err := s.Put(ctx, "acme", by, xapi.V2, batch); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	wg.Wait()
	got := <-seen
	slices.Sort(got)
	if n := len(got); n != len(pool) || len(slices.Compact(got)) != n {
		t.Fatalf("got %d statements, %d different, want %d once each", n, len(slices.Compact(got)), len(pool))
	}
	if all := ids(t, s, by, lrs.Query{Limit: 17}); len(all) != len(pool) {
		t.Fatalf("pages hold %d statements, want %d", len(all), len(pool))
	}
}

func TestSinceAndUntil(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := OpenOn(t, storetest.OpenAt(t, clock), clock)
	by := credential(t, s, "acme")
	var all []string
	for range 5 {
		now = now.Add(time.Second)
		all = append(all, put(t, s, by, simple(id.Random(), "ada", "read", "x"), simple(id.Random(), "ada", "read", "x"))...)
	}
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name         string
		since, until int // ms after start; 0: none
		from, to     int
	}{
		{"all", 0, 0, 0, 10},
		{"since is exclusive", 2000, 0, 4, 10},
		{"until is inclusive", 0, 2000, 0, 4},
		{"both", 1000, 4000, 2, 8},
		{"between", 1500, 1600, 4, 4},
		{"after all", 9000, 0, 10, 10},
		{"before all", 0, 1, 0, 0},
		{"until later than all", 0, 99000, 0, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := lrs.Query{Ascending: true, Limit: 3}
			if tc.since > 0 {
				q.Since = start.Add(time.Duration(tc.since) * time.Millisecond)
			}
			if tc.until > 0 {
				q.Until = start.Add(time.Duration(tc.until) * time.Millisecond)
			}
			for _, agent := range []string{"", "mbox mailto:ada@town.example"} {
				q.Agent = agent
				if got, want := ids(t, s, by, q), all[tc.from:tc.to]; !slices.Equal(got, want) {
					t.Errorf("agent %q: got %d, want %d", agent, len(got), len(want))
				}
			}
		})
	}
}
