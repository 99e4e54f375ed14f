package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestErasureOfOfficeHolders erases two people who held every office in one of their two towns: one of them there only,
// the other one wholly. What they did in office stays, and leads to nobody.
func TestErasureOfOfficeHolders(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var ahead atomic.Int64
	a, i := serveAt(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	olga := i.operator(t)
	town, other := i.town(t, olga, "castelverde", nil), i.town(t, olga, "montalto", nil)
	anna := town["anna"]
	org, elsewhere := text(anna.ask("GET", "/api/v1/session", nil), "organisation", "id"), text(other["anna"].ask("GET", "/api/v1/session", nil), "organisation", "id")
	ids := map[string]string{}
	visitors := map[string]*visitor{}
	guests := map[string]string{}
	for _, name := range []string{"vandersnoot", "plumtree"} {
		email := name + "@castelverde.example"
		anna.ask("POST", "/api/v1/invitations", object{"name": name, "email": email, "roles": []string{"learner", "author", "hr", "administrator"}})
		v := i.accept(t, olga, email, name)
		other["anna"].ask("POST", "/api/v1/invitations", object{"name": name, "email": email, "roles": []string{"administrator", "author"}})
		i.accept(t, olga, email, name)
		ids[name], visitors[name] = text(v.ask("GET", "/api/v1/session", nil), "person", "id"), v
		for _, where := range []string{elsewhere, org} {
			v.ask("PUT", "/api/v1/session/organisation", object{"organisation": where})
			v.ask("POST", "/api/v1/units", object{"name": "Unit of somebody"})
			course, _ := short(v, "Made by somebody")
			if where != org {
				continue
			}
			p := text(v.ask("POST", "/api/v1/programmes", object{"title": object{"en": "Expert"}, "languages": []string{"en"}}), "id")
			v.ask("PATCH", "/api/v1/programmes/"+p, object{"summary": object{"en": "All"}, "list": []object{{"course": course}}})
			v.ask("POST", "/api/v1/programmes/"+p+"/publish", nil)
			v.ask("POST", "/api/v1/hr/assignments", object{"programme": p, "due": time.Now().AddDate(0, 2, 0).Format(time.DateOnly), "everyone": true})
			rule := text(v.ask("POST", "/api/v1/retention/rules", object{"days": 30}), "id")
			run := "/api/v1/retention/runs/" + text(v.ask("POST", "/api/v1/retention/runs", object{"rule": rule}), "id")
			for deadline := time.Now().Add(time.Minute); text(v.ask("GET", run, nil), "state") != "listed"; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the list of what a rule would remove is never ready; the next one has to wait for it")
				}
			}
			v.ask("PATCH", "/api/v1/members/"+ids[name], object{"unit": ""})
			guests[name] = "guest-of-" + string(name[0]) + "@castelverde.example"
			v.ask("POST", "/api/v1/invitations", object{"name": "Guest", "email": guests[name], "roles": []string{"learner"}})
		}
	}
	hers := func(all []kept, town, word string) []string {
		found := map[string]bool{}
		for _, k := range all {
			if k.town == town && strings.Contains(k.raw, word) {
				found[k.collection] = true
			}
		}
		return slices.Sorted(maps.Keys(found))
	}
	snoot, plum := visitors["vandersnoot"], visitors["plumtree"]
	// The audit log names people by ids that their administrators know, and keeps others.
	if before := hers(everything(t, a), org, ids["vandersnoot"]); !slices.Equal(before, []string{"assignments", "enrolments", "members", "pursuits"}) {
		t.Errorf("before, her id is in %v of the town", before)
	}
	log := list(anna.ask("GET", "/api/v1/audit?limit=200", nil), "items")
	if !slices.ContainsFunc(log, func(o object) bool {
		return text(o, "action") == "programme.published" && text(o, "person") == ids["plumtree"]
	}) || !slices.ContainsFunc(log, func(o object) bool { return text(o, "target") == ids["vandersnoot"] }) {
		t.Errorf("the audit log does not say who: %v", log)
	}

	snoot.ask("POST", "/api/v1/me/erasure", object{"organisation": org, "password": password})
	plum.ask("POST", "/api/v1/me/erasure", object{"password": password})
	ahead.Store(int64(8 * 24 * time.Hour))
	for range 2 { // again, as after a crash
		for _, id := range []string{ids["vandersnoot"] + "@" + org, ids["plumtree"]} {
			if err := a.people.Erase(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := everything(t, a)
	for name, id := range ids {
		if got := hers(all, org, id); len(got) > 0 {
			t.Errorf("%s's id is left in %v of the town", name, got)
		}
		if got := hers(all, org, name); len(got) > 0 {
			t.Errorf("%s's name is left in %v of the town", name, got)
		}
	}
	if got := where(all, ids["plumtree"]); len(got) > 0 {
		t.Errorf("the id of who is erased wholly is left in %v", got)
	}
	if got := where(all, "plumtree"); len(got) > 0 {
		t.Errorf("her name is left in %v", got)
	}
	if got := hers(all, "", "vandersnoot"); !slices.Equal(got, []string{"addresses", "persons"}) {
		t.Errorf("who stays elsewhere is named in %v", got)
	}
	if got := hers(all, elsewhere, "vandersnoot"); !slices.Equal(got, []string{"invitations", "members"}) {
		t.Errorf("in the town where she stays she is named in %v", got)
	}
	files, err := filepath.Glob(filepath.Join(a.cfg.Data, "mail", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d letters, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if text := strings.ToLower(string(b)); err != nil || strings.Contains(text, "plumtree") || strings.Contains(text, "vandersnoot") {
			t.Errorf("a letter in the folder names them, or %v:\n%s", err, b)
		}
	}
	if done := list(anna.ask("GET", "/api/v1/erased", nil), "items"); len(done) != 2 || text(done[0], "name") != "" || done[0]["own"] != true {
		t.Errorf("carried out: %v", done)
	}
	if done := list(other["anna"].ask("GET", "/api/v1/erased", nil), "items"); len(done) != 1 {
		t.Errorf("carried out where only one was erased: %v", done)
	}
	// What they did is still there, and their guests can still come.
	log = list(anna.ask("GET", "/api/v1/audit?limit=200", nil), "items")
	if !slices.ContainsFunc(log, func(o object) bool { return text(o, "action") == "programme.published" && text(o, "person") != "" }) ||
		!slices.ContainsFunc(log, func(o object) bool { return text(o, "action") == "erasure.final" }) {
		t.Errorf("the audit log: %v", log)
	}
	for _, o := range log {
		if slices.Contains(slices.Collect(maps.Values(ids)), text(o, "person")) || slices.Contains(slices.Collect(maps.Values(ids)), text(o, "target")) {
			t.Errorf("the audit log names them: %v", o)
		}
	}
	for _, email := range guests {
		i.accept(t, olga, email, "Guest")
	}
	log = list(other["anna"].ask("GET", "/api/v1/audit?limit=200", nil), "items")
	if !slices.ContainsFunc(log, func(o object) bool {
		return text(o, "action") == "unit.created" && text(o, "person") == ids["vandersnoot"]
	}) {
		t.Error("where she stays, the audit log knows her no more")
	}
	if again := i.visitor(t).ask("POST", "/api/v1/session", object{"email": "vandersnoot@castelverde.example", "password": password}); text(again, "organisation", "id") != elsewhere {
		t.Errorf("she signs in as %v", again)
	}
	i.visitor(t).ask("POST", "/api/v1/session", object{"email": "plumtree@castelverde.example", "password": password}, 401)
}

// TestUnsentIsHeld lets a rule meet statements that a way to another store has still to pass on: they stay, the list says
// why, and they go once the way is ended; what another store had said of one goes with it.
func TestUnsentIsHeld(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var ahead atomic.Int64
	a, i := serveAt(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	anna := i.town(t, i.operator(t), "castelverde", nil)["anna"]
	org := text(anna.ask("GET", "/api/v1/session", nil), "organisation", "id")
	out := text(anna.ask("POST", "/api/v1/record-flows", object{"name": "Region", "direction": "out", "endpoint": "https://records.invalid/xapi", "key": "k", "secret": "s", "on": false}), "id")
	line := `{"id":"7ccd3322-e1a5-411a-a67d-6a735c76f119","actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/attended"},"object":{"id":"http://b.example/1"},"stored":"2020-01-01T00:00:00Z"}`
	imported := text(anna.ask("POST", "/api/v1/record-imports?name=few", []byte(line)), "id")
	settled := func(path string, states ...string) object {
		for range 300 {
			if o := anna.ask("GET", path, nil); slices.Contains(states, text(o, "state")) {
				return o
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("%s never was %v", path, states)
		return nil
	}
	settled("/api/v1/record-imports/"+imported, "done")
	anna.ask("GET", "/api/v1/record-origins/7ccd3322-e1a5-411a-a67d-6a735c76f119", nil)
	ahead.Store(int64(2 * 24 * time.Hour))
	rule := text(anna.ask("POST", "/api/v1/retention/rules", object{"days": 1, "verb": "http://adlnet.gov/expapi/verbs/attended"}), "id")
	run := func() object {
		return settled("/api/v1/retention/runs/"+text(anna.ask("POST", "/api/v1/retention/runs", object{"rule": rule}), "id"), "listed")
	}
	first := run()
	held := list(anna.ask("GET", "/api/v1/retention/runs/"+text(first, "id")+"/statements?held=true", nil), "items")
	if first["listed"] != float64(0) || len(held) != 1 || text(held[0], "why") != "unsent" {
		t.Errorf("while it waits to be passed on: %v, held %v", first, held)
	}
	anna.ask("DELETE", "/api/v1/retention/runs/"+text(first, "id"), nil)
	anna.ask("DELETE", "/api/v1/record-flows/"+out, nil)
	second := run()
	if second["listed"] != float64(1) || second["held"] != float64(0) {
		t.Errorf("after the way has ended: %v", second)
	}
	anna.ask("POST", "/api/v1/retention/runs/"+text(second, "id")+"/removal", object{"digest": text(second, "digest")})
	settled("/api/v1/retention/runs/"+text(second, "id"), "done")
	anna.ask("GET", "/api/v1/record-origins/7ccd3322-e1a5-411a-a67d-6a735c76f119", nil, 404)
	if err := a.forgotten(ctx, org, []string{"7ccd3322-e1a5-411a-a67d-6a735c76f119"}); err != nil { // again, as after a crash
		t.Error(err)
	}
}
