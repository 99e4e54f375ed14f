package flow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/outward"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/flow"
	"palestra/lrs/lrstest"
	"palestra/lrs/xapi"
)

const town = "acme"

// other is another record store, or something that says that it is one.
type other struct {
	*httptest.Server
	mu     sync.Mutex
	has    map[string]json.RawMessage // guarded by mu
	seen   []string                   // ids, as they came; guarded by mu
	answer func(w http.ResponseWriter, r *http.Request, list []json.RawMessage) bool
}

func newOther(t *testing.T) *other {
	t.Helper()
	o := &other{has: map[string]json.RawMessage{}}
	o.Server = httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(o.Close)
	return o
}

func idOf(raw json.RawMessage) string {
	var st struct{ ID string }
	_ = json.Unmarshal(raw, &st)
	return st.ID
}

func (o *other) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.Method == http.MethodGet {
		raw, ok := o.has[r.URL.Query().Get("statementId")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(raw)
		return
	}
	b, err := io.ReadAll(r.Body)
	list, serr := xapi.Split(b)
	if err != nil || serr != nil {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	if o.answer != nil && o.answer(w, r, list) {
		return
	}
	for _, raw := range list {
		o.seen = append(o.seen, idOf(raw))
		o.has[idOf(raw)] = raw
	}
	_, _ = w.Write([]byte("[]"))
}

// bench is a store with its flows, and a clock.
type bench struct {
	t       *testing.T
	db      *store.DB
	records *lrs.Service
	svc     *flow.Service
	mu      sync.Mutex
	at      time.Time
	ids     []string
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) wait(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func newBench(t *testing.T, allowed string) *bench {
	t.Helper()
	b := &bench{t: t, db: storetest.Open(t), at: time.Now()}
	b.records = lrstest.OpenOn(t, b.db, b.now)
	hosts, err := outward.ParseAllowed(allowed)
	if err == nil {
		b.svc, err = flow.New(flow.Config{DB: b.db, Records: b.records, Now: b.now, NewID: id.New, Key: bytes.Repeat([]byte{3}, 32), Allowed: hosts, Log: slog.New(slog.DiscardHandler)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) create(d flow.Direction, endpoint string, change func(*flow.Change)) string {
	b.t.Helper()
	c := flow.Change{Name: "Region", Endpoint: endpoint, Version: xapi.V2, Key: "k", Secret: "swordfish", On: true}
	if change != nil {
		change(&c)
	}
	f, err := b.svc.Create(b.t.Context(), town, d, c, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return f.ID
}

func (b *bench) turn(flow string) {
	b.t.Helper()
	if err := b.svc.Process(b.t.Context(), town, flow); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) get(id string) flow.Flow {
	b.t.Helper()
	f, err := b.svc.Get(b.t.Context(), town, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

// put stores statements: verb, object and perhaps a parent, or the place of the one that is voided.
func (b *bench) put(what ...[3]string) {
	b.t.Helper()
	for _, w := range what {
		name := id.Random()
		object, context := fmt.Sprintf(`{"id":%q}`, w[1]), ""
		if w[2] != "" {
			context = fmt.Sprintf(`,"context":{"contextActivities":{"parent":[{"id":%q}]}}`, w[2])
		}
		if w[0] == xapi.VerbVoided {
			object = fmt.Sprintf(`{"objectType":"StatementRef","id":%q}`, w[1])
		}
		raw := fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:a@x.example"},"verb":{"id":%q},"object":%s%s}`, name, w[0], object, context)
		if _, err := b.records.Put(b.t.Context(), town, b.records.Courier(town, "supplier"), xapi.V2, []json.RawMessage{json.RawMessage(raw)}); err != nil {
			b.t.Fatal(err)
		}
		b.ids = append(b.ids, name)
	}
}

const did, saw = "https://x.example/did", "https://x.example/saw"

func TestFilters(t *testing.T) {
	t.Parallel()
	const c, d = "https://x.example/courses/c", "https://x.example/courses/d"
	for _, x := range []struct {
		name string
		f    flow.Filter
		want []int
	}{
		{"everything", flow.Filter{}, []int{0, 1, 2, 3, 4, 5, 6}},
		{"verb", flow.Filter{Verbs: []string{saw}}, []int{1, 6}},
		{"activity", flow.Filter{Activities: []string{c}}, []int{0, 5}},
		{"course", flow.Filter{Courses: []string{c}}, []int{0, 1, 3, 5, 6}},
		{"both", flow.Filter{Courses: []string{c}, Verbs: []string{did}}, []int{0, 3, 5}},
		{"none", flow.Filter{Courses: []string{"https://x.example/courses"}, Verbs: []string{"https://x.example/other"}}, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			o, b := newOther(t), newBench(t, "127.0.0.1")
			b.put([3]string{did, c}, [3]string{saw, c + "/lessons/l"}, [3]string{did, d}, [3]string{did, "https://x.example/film", c}, [3]string{did, c + "2"})
			b.put([3]string{xapi.VerbVoided, b.ids[0]}, [3]string{xapi.VerbVoided, b.ids[1]}) // go with what they void
			f := b.create(flow.Out, o.URL, func(ch *flow.Change) { ch.Filter = x.f })
			b.turn(f)
			var want []string
			for _, i := range x.want {
				want = append(want, b.ids[i])
			}
			if !slices.Equal(o.seen, want) {
				t.Errorf("got %v, want %v of %v", o.seen, want, b.ids)
			}
			if got := b.get(f); got.Passed != int64(len(want)) || got.Skipped != int64(7-len(want)) || got.Number != 7 {
				t.Errorf("got %d passed, %d left out, up to %d", got.Passed, got.Skipped, got.Number)
			}
		})
	}
}

// A statement that the other store refuses waits with its answer; the others go on. Retried and taken, or dropped, it is gone.
func TestRefusals(t *testing.T) {
	t.Parallel()
	o, b := newOther(t), newBench(t, "127.0.0.1")
	for i := range 60 {
		b.put([3]string{did, fmt.Sprint("https://x.example/", i)})
	}
	bad := map[string]int{b.ids[7]: 400, b.ids[8]: 413, b.ids[33]: 422, b.ids[59]: 403}
	o.answer = func(w http.ResponseWriter, _ *http.Request, list []json.RawMessage) bool {
		for _, raw := range list {
			if status := bad[idOf(raw)]; status != 0 {
				http.Error(w, "I do not like it\n\x00"+strings.Repeat("x", 5000), status)
				return true
			}
		}
		return false
	}
	f := b.create(flow.Out, o.URL, nil)
	b.turn(f)
	p, err := b.svc.Refusals(t.Context(), town, f, "", 0)
	if err != nil || len(p.Docs) != 4 {
		t.Fatalf("got %d refusals, want 4: %v", len(p.Docs), err)
	}
	for i, r := range p.Docs {
		if r.Statement != b.ids[[]int{7, 8, 33, 59}[i]] || r.Status != bad[r.Statement] || !strings.HasPrefix(r.Answer, "I do not like it") || len(r.Answer) > 1000 || r.Tries != 1 {
			t.Errorf("refusal %d: got %+v", i, r)
		}
	}
	if got := b.get(f); got.Passed != 56 || got.Number != 60 || got.Trouble != nil {
		t.Errorf("got %d passed up to %d, %v", got.Passed, got.Number, got.Trouble)
	}
	delete(bad, b.ids[7])
	if err := b.svc.Retry(t.Context(), town, f, b.ids[7], b.ids[8]); err != nil {
		t.Fatal(err)
	}
	b.turn(f)
	if n, err := b.svc.Waiting(t.Context(), town, f); n != 3 || err != nil || o.has[b.ids[7]] == nil {
		t.Errorf("after one was taken %d wait: %v", n, err)
	}
	b.wait(time.Second)
	clear(bad)
	if _, err := b.svc.Drop(t.Context(), town, f, b.ids[8]); err != nil {
		t.Fatal(err)
	}
	if err := b.svc.Retry(t.Context(), town, f); err != nil {
		t.Fatal(err)
	}
	b.turn(f)
	if n, err := b.svc.Waiting(t.Context(), town, f); n != 0 || err != nil || len(o.has) != 59 || o.has[b.ids[8]] != nil {
		t.Errorf("after all were tried again %d wait, %d are there: %v", n, len(o.has), err)
	}
	for _, err := range []error{b.svc.Retry(t.Context(), town, f, id.Random()), b.svc.Retry(t.Context(), "other", f), b.svc.Retry(t.Context(), town, "none")} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("what is not there: got %v", err)
		}
	}
}

// Whatever may pass by itself is tried again, ever later, and nothing is lost or refused meanwhile.
func TestTroublePasses(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 404, 408, 429, 500, 502, 503, 302} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			o, b := newOther(t), newBench(t, "127.0.0.1")
			down := true
			o.answer = func(w http.ResponseWriter, _ *http.Request, _ []json.RawMessage) bool {
				if down {
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(status)
				}
				return down
			}
			b.put([3]string{did, "https://x.example/1"}, [3]string{did, "https://x.example/2"})
			f := b.create(flow.Out, o.URL, nil)
			b.turn(f)
			first := b.get(f)
			if first.Attempts != 1 || first.Trouble == nil || first.Trouble.Status != status || first.Number != 0 || first.Refused != 0 || first.Holder != "" {
				t.Fatalf("got %+v", first)
			}
			b.turn(f) // too early: nothing happens
			if got := b.get(f); got.Attempts != 1 {
				t.Errorf("it did not wait: %d attempts", got.Attempts)
			}
			last := time.Duration(0)
			for range 3 {
				b.wait(b.get(f).Due.Sub(b.now()))
				b.turn(f)
				pause := b.get(f).Due.Sub(b.now())
				if pause <= last {
					t.Errorf("the pause does not grow: %v after %v", pause, last)
				}
				last = pause
			}
			o.mu.Lock()
			down = false
			o.mu.Unlock()
			b.wait(10 * time.Minute)
			b.turn(f)
			if got := b.get(f); got.Attempts != 0 || got.Trouble != nil || got.Number != 2 || got.Passed != 2 || !slices.Equal(o.seen, b.ids) {
				t.Errorf("afterwards: %+v", got)
			}
		})
	}
}

// Some stores refuse what they have. If it is the same, it is there; if not, it is refused.
func TestConflicts(t *testing.T) {
	t.Parallel()
	o, b := newOther(t), newBench(t, "127.0.0.1")
	b.put([3]string{did, "https://x.example/1"}, [3]string{did, "https://x.example/2"}, [3]string{did, "https://x.example/3"})
	st, err := b.records.Get(t.Context(), town, b.ids[0])
	if err != nil {
		t.Fatal(err)
	}
	o.has[b.ids[0]] = json.RawMessage(strings.Replace(string(st.Raw), `"stored":"2`, `"stored":"1`, 1))
	o.has[b.ids[1]] = json.RawMessage(strings.Replace(string(st.Raw), "/1", "/9", 1))
	o.answer = func(w http.ResponseWriter, _ *http.Request, list []json.RawMessage) bool {
		for _, raw := range list {
			if o.has[idOf(raw)] != nil {
				http.Error(w, "there already", http.StatusConflict)
				return true
			}
		}
		return false
	}
	f := b.create(flow.Out, o.URL, nil)
	b.turn(f)
	p, err := b.svc.Refusals(t.Context(), town, f, "", 0)
	if err != nil || len(p.Docs) != 1 || p.Docs[0].Statement != b.ids[1] || p.Docs[0].Status != 409 {
		t.Errorf("got %+v, %v, want the second one only", p.Docs, err)
	}
	if got := b.get(f); got.Passed != 2 {
		t.Errorf("got %d passed, want 2", got.Passed)
	}
}

// Two workers at once, and one who died: one has the flow at a time, and its lease ends.
func TestLeases(t *testing.T) {
	t.Parallel()
	o, b := newOther(t), newBench(t, "127.0.0.1")
	entered, leave := make(chan struct{}), make(chan struct{})
	o.answer = func(http.ResponseWriter, *http.Request, []json.RawMessage) bool {
		entered <- struct{}{}
		<-leave
		return false
	}
	b.put([3]string{did, "https://x.example/1"})
	f := b.create(flow.Out, o.URL, nil)
	done := make(chan error, 1)
	go func() { done <- b.svc.Process(context.WithoutCancel(t.Context()), town, f) }()
	<-entered
	b.turn(f) // somebody has it: this one only leaves word
	if got := b.get(f); !got.Again || got.Holder == "" {
		t.Errorf("got %+v", got)
	}
	// Whoever changes it takes it away from its worker.
	if _, err := b.svc.Change(t.Context(), town, f, func(c *flow.Change) { c.On = false }); err != nil {
		t.Fatal(err)
	}
	leave <- struct{}{}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := b.get(f); got.On || got.Number != 0 || got.Due != nil || got.Holder != "" {
		t.Errorf("switched off: got %+v", got)
	}
	o.answer = nil
	if _, err := b.svc.Change(t.Context(), town, f, func(c *flow.Change) { c.On = true }); err != nil {
		t.Fatal(err)
	}
	b.turn(f)
	if got := b.get(f); got.Number != 1 || len(o.has) != 1 {
		t.Errorf("switched on again: got %+v", got)
	}
}

func TestSecretsAndAddresses(t *testing.T) {
	t.Parallel()
	b := newBench(t, "127.0.0.1")
	f := b.create(flow.Out, "http://127.0.0.1:9/xapi/", nil)
	got := b.get(f)
	if raw, err := json.Marshal(got); err != nil || strings.Contains(string(raw), "swordfish") || bytes.Contains(got.Sealed, []byte("swordfish")) || got.Endpoint != "http://127.0.0.1:9/xapi" {
		t.Errorf("got %s, %v", raw, err)
	}
	change := func(f2 func(*flow.Change)) error {
		_, err := b.svc.Change(t.Context(), town, f, f2)
		return err
	}
	for name, err := range map[string]error{
		"lrs.flow_secret":  change(func(c *flow.Change) { c.Endpoint = "https://evil.example/xapi" }),
		"lrs.flow_private": change(func(c *flow.Change) { c.Endpoint, c.Secret = "https://10.0.0.1/xapi", "s" }),
		"lrs.flow_invalid": change(func(c *flow.Change) { c.Filter.Verbs = []string{"did"} }),
	} {
		if !fault.Is(err, name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	for _, c := range []flow.Change{{}, {Name: "x", Endpoint: "https://x.example", Version: "0.9", Key: "k", Secret: "s"}, {Name: "x", Endpoint: "https://x.example", Version: xapi.V2, Key: "k:k", Secret: "s"},
		{Name: "x", Endpoint: "https://x.example", Version: xapi.V2, Key: "k"}, {Name: "x", Endpoint: "file:///etc/passwd", Version: xapi.V2, Key: "k", Secret: "s"},
		{Name: "x", Endpoint: "https://x.example", Version: xapi.V2, Key: "k", Secret: "s", Filter: flow.Filter{NotFrom: []string{"nobody"}}}} {
		if _, err := b.svc.Create(t.Context(), town, flow.Out, c, false); !fault.Is(err, "lrs.flow_invalid") {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	// A name that leads into a private network is seen when it is used.
	strict := newBench(t, "")
	hidden := strict.create(flow.Out, "https://localhost:9/xapi", nil)
	strict.put([3]string{did, "https://x.example/1"})
	strict.turn(hidden)
	if got := strict.get(hidden); got.Trouble == nil || !strings.Contains(got.Trouble.Text, "private network") {
		t.Errorf("a private name: got %+v", got.Trouble)
	}
	// Keys of another installation do not open the secret, and say so.
	foreign, err := flow.New(flow.Config{DB: b.db, Records: b.records, Now: b.now, NewID: id.New, Key: bytes.Repeat([]byte{9}, 32), Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = foreign.Process(t.Context(), town, f)
	}
	if got := b.get(f); err != nil || got.Trouble == nil || !strings.Contains(got.Trouble.Text, "secret") {
		t.Errorf("another key: got %+v, %v", got.Trouble, err)
	}
}

// What nobody answers, or answers with anything, is no accident.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello")) }))
	t.Cleanup(odd.Close)
	for _, d := range []flow.Direction{flow.Out, flow.In} {
		b := newBench(t, "127.0.0.1")
		b.put([3]string{did, "https://x.example/1"})
		f := b.create(d, "http://"+gone, nil)
		b.turn(f)
		if got := b.get(f); got.Trouble == nil || got.Trouble.Text == "" {
			t.Errorf("%s, nobody there: got %+v", d, got)
		}
	}
	b := newBench(t, "127.0.0.1")
	f := b.create(flow.In, odd.URL, nil)
	b.turn(f)
	if got := b.get(f); got.Trouble == nil || got.Attempts != 1 || !got.Since.IsZero() {
		t.Errorf("no record store: got %+v", got)
	}
}

// Another store may take back what it has said, and nothing else that is here.
func TestPulledVoids(t *testing.T) {
	t.Parallel()
	b := newBench(t, "127.0.0.1")
	b.put([3]string{did, "https://x.example/mine"})
	theirs, v1, v2 := id.Random(), id.Random(), id.Random()
	of := func(name, verb, object string) string {
		return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:z@x.example"},"verb":{"id":%q},"object":%s,"timestamp":"2026-01-01T00:00:00Z","stored":"2026-01-01T00:00:00Z","authority":{"mbox":"mailto:lrs@z.example"},"version":"2.0.0"}`, name, verb, object)
	}
	void := func(target string) string { return fmt.Sprintf(`{"objectType":"StatementRef","id":%q}`, target) }
	page := "[" + of(v1, xapi.VerbVoided, void(b.ids[0])) + "," + of(v2, xapi.VerbVoided, void(theirs)) + "]"
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Experience-API-Consistent-Through", "2026-01-02T00:00:00Z")
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Query().Get("voidedStatementId") {
		case "":
			_, _ = fmt.Fprintf(w, `{"statements":%s,"more":""}`, page)
		case theirs:
			_, _ = w.Write([]byte(of(theirs, did, `{"id":"https://z.example/1"}`)))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(source.Close)
	f := b.create(flow.In, source.URL, nil)
	b.turn(f)
	p, err := b.svc.Refusals(t.Context(), town, f, "", 0)
	if err != nil || len(p.Docs) != 1 || p.Docs[0].Statement != v1 || p.Docs[0].Code != "lrs.flow_void" {
		t.Errorf("got %+v, %v", p.Docs, err)
	}
	by := b.records.Platform(town)
	if _, err := b.records.One(t.Context(), town, by, b.ids[0]); err != nil {
		t.Errorf("what is ours is voided: %v", err)
	}
	if _, err := b.records.Voided(t.Context(), town, by, theirs); err != nil {
		t.Errorf("what is theirs is not there, voided: %v", err)
	}
	if got := b.get(f); !got.Since.Equal(time.Date(2026, 1, 1, 23, 59, 0, 0, time.UTC)) || got.Passed != 2 {
		t.Errorf("since %v, %d passed", got.Since, got.Passed)
	}
	o, ok, err := b.svc.Origin(t.Context(), town, theirs)
	if err != nil || !ok || o.Flow != f || !strings.Contains(o.Authority, "lrs@z.example") {
		t.Errorf("origin: got %+v, %v", o, err)
	}
}
