package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/lrs/xapi"
)

// side is an installation in a process of its own, which dies and comes back under the same address.
type side struct {
	t   *testing.T
	env map[string]string
	mu  sync.Mutex
	i   *installation
	cmd *exec.Cmd

	anna         *visitor
	own          [2]string // key and secret of whoever speaks here
	key, secret  string    // of the other side
	organisation string
}

func newSide(t *testing.T, slug string) *side {
	t.Helper()
	s := &side{t: t, env: settings(t)}
	s.env["PALESTRA_LRS_HOSTS"] = "127.0.0.0/8"
	s.i, s.cmd = launch(t, s.env)
	s.anna = s.i.town(t, s.i.operator(t), slug, nil)["anna"]
	s.organisation = text(s.anna.ask("GET", "/api/v1/session", nil), "organisation", "id")
	c := s.anna.ask("POST", "/api/v1/record-credentials", object{"name": "The other town", "scopes": []string{"all"}})
	s.key, s.secret = text(c, "key"), text(c, "secret")
	c = s.anna.ask("POST", "/api/v1/record-credentials", object{"name": "A supplier", "scopes": []string{"all"}})
	s.own = [2]string{text(c, "key"), text(c, "secret")}
	return s
}

// die kills the process and starts it anew.
func (s *side) die() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait() // it says that it was killed
	s.i, s.cmd = launch(s.t, s.env)
}

func (s *side) client() *xapi.Client {
	return &xapi.Client{Endpoint: "http://" + s.env["PALESTRA_ADDR"] + "/xapi", Authorization: xapi.Basic(s.own[0], s.own[1]), Version: xapi.V2,
		HTTP: &http.Client{Timeout: time.Minute}, NewID: id.Random, Tries: 60, Pause: 50 * time.Millisecond}
}

// connect makes a flow of s to or from another side.
func (s *side) connect(direction string, to *side, more object) string {
	s.t.Helper()
	b := object{"name": "The other town", "direction": direction, "endpoint": "http://" + to.env["PALESTRA_ADDR"] + "/xapi", "key": to.key, "secret": to.secret}
	maps.Copy(b, more)
	return text(s.anna.ask("POST", "/api/v1/record-flows", b), "id")
}

// holds returns how often the store's list names each statement, and how each statement reads without what the store
// sets.
func (s *side) holds() (map[string]int, map[string]string) {
	s.t.Helper()
	n, how := map[string]int{}, map[string]string{}
	for raw, err := range s.client().Statements(s.t.Context(), xapi.Filter{Ascending: true, Limit: 200}) {
		if err != nil {
			s.t.Fatal(err)
		}
		var st map[string]any
		if err := json.Unmarshal(raw, &st); err != nil {
			s.t.Fatal(err)
		}
		name := st["id"].(string)
		delete(st, "stored")
		delete(st, "authority")
		b, err := json.Marshal(st)
		if err != nil {
			s.t.Fatal(err)
		}
		n[name]++
		how[name] = string(b)
	}
	return n, how
}

// speak stores statements, some with attachments, some that void others, until it is stopped, and returns the ids of
// those that are not voided.
func (s *side) speak(ctx context.Context, who string, batches int) map[string]bool {
	c := s.client()
	alive := map[string]bool{}
	for n := range batches {
		var batch []json.RawMessage
		var ids []string
		for k := range 7 {
			name := id.Random()
			ids = append(ids, name)
			batch = append(batch, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"account":{"homePage":"https://%s.example","name":"p%d"}},"verb":{"id":"https://w3id.org/xapi/verb/%d"},
				"object":{"id":"https://%s.example/a/%d"},"result":{"extensions":{"https://x.example/n":1.50e0}}}`, name, who, k, n%3, who, n)))
		}
		a := xapi.Attachment{ContentType: "text/plain", Data: []byte(fmt.Sprintf("minutes of meeting %s %d", who, n))}
		with, err := json.Marshal([]any{a.Describe("https://x.example/minutes", map[string]string{"en": "Minutes"})})
		if err != nil {
			s.t.Error(err)
			return nil
		}
		batch[3] = json.RawMessage(strings.TrimSuffix(string(batch[3]), "}") + `,"attachments":` + string(with) + "}")
		if _, err := c.StoreWith(ctx, []xapi.Attachment{a}, batch...); err != nil {
			s.t.Error(err)
			return nil
		}
		for _, name := range ids {
			alive[name] = true
		}
		if n%5 == 4 {
			v := id.Random()
			b, err := xapi.Void(v, xapi.ByAccount("https://"+who+".example", "p"), ids[0], time.Now()).JSON()
			if err != nil {
				s.t.Error(err)
				return nil
			}
			if _, err := c.Store(ctx, b); err != nil {
				s.t.Error(err)
				return nil
			}
			delete(alive, ids[0])
			alive[v] = true
		}
	}
	return alive
}

func (s *side) settled(flow string) object {
	s.t.Helper()
	var f object
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		f = s.anna.ask("GET", "/api/v1/record-flows/"+flow, nil)
		if text(f, "state") == "current" {
			return f
		}
	}
	s.t.Fatalf("the flow does not come to its end: %v", f)
	return nil
}

// Two stores that pass statements on to each other, while both are written to and both are killed again and again: in the
// end both hold the same statements, each once, with their attachments, and nothing travels in circles.
func TestFlowsBetweenTwoProcesses(t *testing.T) {
	t.Parallel()
	a, b := newSide(t, "castelverde"), newSide(t, "montalto")
	// Each side leaves out what the other one has sent: not needed for the result, and half of the work.
	there := a.connect("out", b, object{"filter": object{"verbs": []string{}, "activities": []string{}, "courses": []string{}, "notFrom": []string{a.key}}})
	back := b.connect("out", a, nil) // this one would send all of it back
	alive := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, x := range []*side{a, b} {
		wg.Go(func() {
			ids := x.speak(t.Context(), x.env["PALESTRA_ADDR"], 40)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(alive, ids)
		})
	}
	for range 3 {
		b.die() // who receives, and sends back
		a.die() // who sends
	}
	wg.Wait()
	b.die()
	if t.Failed() {
		return
	}
	same(t, a, b, alive, func() { a.settled(there); b.settled(back) })
	for _, x := range []struct {
		s    *side
		flow string
	}{{a, there}, {b, back}} {
		if f := x.s.settled(x.flow); f["refused"] != 0.0 || f["trouble"] != nil {
			t.Errorf("at the end: %v", f)
		}
	}
	counted(t, a, b)
}

// same waits until both sides hold the statements, each once.
func same(t *testing.T, a, b *side, alive map[string]bool, settle func()) {
	t.Helper()
	var na, nb map[string]int
	var ha, hb map[string]string
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		settle()
		na, ha = a.holds()
		nb, hb = b.holds()
		if len(na) == len(nb) && len(na) >= len(alive) {
			break
		}
	}
	for name := range alive {
		if na[name] != 1 || nb[name] != 1 {
			t.Errorf("%s is there %d and %d times, want once in both", name, na[name], nb[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ha)) {
		if !alive[name] && !strings.Contains(ha[name], "castelverde") && !strings.Contains(ha[name], "voided") && na[name] != nb[name] {
			t.Errorf("%s is in one only", name)
		}
		if ha[name] != hb[name] {
			t.Errorf("one statement reads\n%s\n%s", ha[name], hb[name])
		}
	}
	for name := range alive {
		if !strings.Contains(ha[name], `"attachments"`) {
			continue
		}
		_, da, err1 := a.client().GetWith(t.Context(), name)
		_, db, err2 := b.client().GetWith(t.Context(), name)
		if err := errors.Join(err1, err2); err != nil || len(da) != 1 || len(db) != 1 || string(da[0].Data) != string(db[0].Data) {
			t.Fatalf("attachments of %s: %d and %d, %v", name, len(da), len(db), err)
		}
	}
}

// counted checks that each store counts as many statements as its list has.
func counted(t *testing.T, sides ...*side) {
	t.Helper()
	for _, s := range sides {
		n, _ := s.holds()
		var c object
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
			if c = s.anna.ask("GET", "/api/v1/record-counts", nil); c["total"] == float64(len(n)) && c["counted"] == c["head"] {
				break
			}
		}
		if c["total"] != float64(len(n)) || c["counted"] != c["head"] {
			t.Errorf("counted: got %v, want %d statements", c, len(n))
		}
	}
}

// One store takes in what another one has, while both are killed again and again.
func TestPullingBetweenTwoProcesses(t *testing.T) {
	t.Parallel()
	source, taker := newSide(t, "castelverde"), newSide(t, "montalto")
	alive := source.speak(t.Context(), "before", 10)
	flow := taker.connect("in", source, nil)
	var wg sync.WaitGroup
	var more map[string]bool
	wg.Go(func() { more = source.speak(t.Context(), "meanwhile", 40) })
	for range 3 {
		taker.die()
		source.die()
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	maps.Copy(alive, more)
	// What a town says of itself happens on both sides and is passed in one direction only, so only these are compared.
	deadline := time.Now().Add(4 * time.Minute)
	for {
		taker.anna.ask("POST", "/api/v1/record-flows/"+flow+"/run", nil)
		n, _ := taker.holds()
		missing := 0
		for name := range alive {
			if n[name] == 0 {
				missing++
			}
			if n[name] > 1 {
				t.Fatalf("%s is there %d times", name, n[name])
			}
		}
		if missing == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d are missing: %v", missing, len(alive), taker.anna.ask("GET", "/api/v1/record-flows/"+flow, nil))
		}
		time.Sleep(300 * time.Millisecond)
	}
	_, hs := source.holds()
	_, ht := taker.holds()
	some := ""
	for name := range alive {
		if hs[name] != ht[name] {
			t.Errorf("one statement reads\n%s\n%s", hs[name], ht[name])
		}
		some = name
	}
	f := taker.anna.ask("GET", "/api/v1/record-flows/"+flow, nil)
	if f["refused"] != 0.0 {
		t.Errorf("refused: %v", taker.anna.ask("GET", "/api/v1/record-flows/"+flow+"/refusals", nil))
	}
	o := taker.anna.ask("GET", "/api/v1/record-origins/"+some, nil)
	if text(o, "flow") != flow || text(o, "authority", "account", "name") != source.own[0] || text(o, "stored") == "" {
		t.Errorf("origin: got %v", o)
	}
	counted(t, taker, source)
}
