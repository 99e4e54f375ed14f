package lrstest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// heldIDs holds the statements with these ids.
type heldIDs struct {
	mu  sync.Mutex
	ids map[string]lrs.Hold // guarded by mu
}

func (h *heldIDs) set(id string, x lrs.Hold) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids[id] = x
}

// Held implements lrs.Holder.
func (h *heldIDs) Held(_ context.Context, _ string, list []lrs.Stored) (map[string]lrs.Hold, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string]lrs.Hold{}
	for _, s := range list {
		if x, ok := h.ids[s.ID]; ok {
			out[s.ID] = x
		}
	}
	return out, nil
}

// aging is a store whose clock the test moves.
type aging struct {
	*lrs.Service
	t     *testing.T
	held  *heldIDs
	at    time.Time
	noted []lrs.Run
}

func openAging(t *testing.T, open func(now func() time.Time) *store.DB) *aging {
	t.Helper()
	w := &aging{t: t, held: &heldIDs{ids: map[string]lrs.Hold{}}, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.at }
	s, err := lrs.New(lrs.Config{DB: open(now), Now: now, NewID: id.Random, NewSecret: id.Secret, PublicURL: Home, BrowserKey: bytes.Repeat([]byte{7}, 32),
		Holder: w.held, Noted: func(_ context.Context, _ string, r lrs.Run) error { w.noted = append(w.noted, r); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	w.Service = s
	return w
}

func (w *aging) days(n int) { w.at = w.at.AddDate(0, 0, n) }

// dry makes a list of what a rule means, and returns it with its statements.
func (w *aging) dry(rule lrs.Rule) (r lrs.Run, goes, held []lrs.Line) {
	w.t.Helper()
	ctx := context.Background()
	rule, err := w.AddRule(ctx, "acme", rule)
	if err == nil {
		r, err = w.DryRun(ctx, "acme", rule.ID, "ada")
	}
	if err == nil {
		err = w.WorkOn(ctx, "acme", r.ID)
	}
	if err == nil {
		r, err = w.Run(ctx, "acme", r.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return r, w.lines(r.ID, false), w.lines(r.ID, true)
}

func (w *aging) lines(run string, held bool) (all []lrs.Line) {
	w.t.Helper()
	for cursor := ""; ; {
		lines, next, err := w.Lines(context.Background(), "acme", run, held, cursor)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, lines...)
		if cursor = next; cursor == "" {
			return all
		}
	}
}

func lineIDs(lines []lrs.Line) []string {
	out := []string{}
	for _, l := range lines {
		out = append(out, l.ID)
	}
	return out
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

func TestRetentionRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule lrs.Rule
		want func(day, verb, activity int) bool
	}{
		"age":                          {lrs.Rule{Days: 5}, func(day, _, _ int) bool { return day <= 5 }},
		"age that nothing has":         {lrs.Rule{Days: 50}, func(int, int, int) bool { return false }},
		"verb":                         {lrs.Rule{Days: 5, Verb: "http://verbs.example/v1"}, func(day, verb, _ int) bool { return day <= 5 && verb == 1 }},
		"activity":                     {lrs.Rule{Days: 5, Activity: "http://activities.example/a2"}, func(day, _, activity int) bool { return day <= 5 && activity == 2 }},
		"verb and activity":            {lrs.Rule{Days: 3, Verb: "http://verbs.example/v1", Activity: "http://activities.example/a2"}, func(day, v, a int) bool { return day <= 7 && v == 1 && a == 2 }},
		"a verb that nobody has":       {lrs.Rule{Days: 1, Verb: "http://verbs.example/v9"}, func(int, int, int) bool { return false }},
		"an activity of related":       {lrs.Rule{Days: 1, Activity: "http://activities.example/context"}, func(int, int, int) bool { return false }},
		"everything that is a day old": {lrs.Rule{Days: 1}, func(day, _, _ int) bool { return day <= 9 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openAging(t, func(now func() time.Time) *store.DB { return storetest.OpenAt(t, now) })
			by := credential(t, w.Service, "acme")
			goes, stays := []string{}, []string{}
			for day := range 10 {
				for verb := range 3 {
					for activity := range 3 {
						one := id.Random()
						st := simple(one, "ada", fmt.Sprint("v", verb), fmt.Sprint("a", activity))
						st = json.RawMessage(strings.TrimSuffix(string(st), "}") + `,"context":{"contextActivities":{"parent":[{"id":"http://activities.example/context"}]}}}`)
						put(t, w.Service, by, st)
						if c.want(day, verb, activity) {
							goes = append(goes, one)
						} else {
							stays = append(stays, one)
						}
					}
				}
				w.days(1)
			}
			other := credential(t, w.Service, "bolt")
			put(t, w.Service, other, simple(id.Random(), "ada", "v1", "a2"))
			head, _ := w.Head(context.Background(), "acme")
			r, listed, held := w.dry(c.rule)
			if diff := cmp.Diff(goes, lineIDs(listed)); diff != "" || len(held) > 0 || r.Listed != int64(len(goes)) || r.State != lrs.RunListed {
				t.Fatalf("listed %+v, %d held (-want +got):\n%s", r, len(held), diff)
			}
			all := slices.Concat(goes, stays)
			if got := ids(t, w.Service, by, lrs.Query{}); len(got) != len(all) {
				t.Fatalf("a dry run left %d of %d", len(got), len(all))
			}
			_, err := w.Remove(context.Background(), "acme", r.ID, []byte("another"), "ada")
			wantFault(t, err, "lrs.retention_changed")
			_, err = w.Remove(context.Background(), "bolt", r.ID, r.Digest, "ada")
			wantFault(t, err, "lrs.retention_run_not_found")
			if _, err := w.Remove(context.Background(), "acme", r.ID, r.Digest, "hedy"); err != nil {
				t.Fatal(err)
			}
			if err := w.WorkOn(context.Background(), "acme", r.ID); err != nil {
				t.Fatal(err)
			}
			done, err := w.Run(context.Background(), "acme", r.ID)
			if err != nil || done.State != lrs.RunDone || done.Removed != r.Listed || done.Spared != 0 || !bytes.Equal(done.Gone, r.Digest) || done.Due != nil {
				t.Fatalf("got %+v, %v; want all of %+v removed", done, err, r)
			}
			if len(w.noted) != 1 || w.noted[0].Ordered != "hedy" || w.noted[0].Removed != r.Listed {
				t.Errorf("noted %+v", w.noted)
			}
			if diff := cmp.Diff(reversed(stays), ids(t, w.Service, by, lrs.Query{})); diff != "" && !sameSet(stays, ids(t, w.Service, by, lrs.Query{})) {
				t.Errorf("what stays (-want +got):\n%s", diff)
			}
			if n := len(ids(t, w.Service, other, lrs.Query{})); n != 1 {
				t.Errorf("the other town has %d, want 1", n)
			}
			if now, _ := w.Head(context.Background(), "acme"); now != head {
				t.Errorf("the head went from %d to %d", head, now)
			}
			if lines := w.lines(r.ID, false); len(lines) > 0 {
				t.Errorf("%d lines of the list are still kept", len(lines))
			}
			_, err = w.Remove(context.Background(), "acme", r.ID, r.Digest, "ada")
			wantFault(t, err, "lrs.retention_state")
		})
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// What must stay is listed apart, with the reason; what must stay only since the dry run is spared.
func TestRetentionHolds(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := openAging(t, func(now func() time.Time) *store.DB { return storetest.OpenAt(t, now) })
	by := credential(t, w.Service, "acme")
	evidence, late, victim, plain := id.Random(), id.Random(), id.Random(), id.Random()
	put(t, w.Service, by, simple(evidence, "ada", "v", "a"), simple(late, "ada", "v", "a"), simple(victim, "ada", "v", "a"), simple(plain, "ada", "v", "a"))
	voiding := id.Random()
	put(t, w.Service, by, json.RawMessage(`{"id":"`+voiding+`","actor":{"mbox":"mailto:eve@town.example"},"verb":{"id":"`+xapi.VerbVoided+`"},"object":{"objectType":"StatementRef","id":"`+victim+`"}}`))
	ref := id.Random()
	put(t, w.Service, by, json.RawMessage(`{"id":"`+ref+`","actor":{"mbox":"mailto:eve@town.example"},"verb":{"id":"http://verbs.example/liked"},"object":{"objectType":"StatementRef","id":"`+plain+`"}}`))
	w.days(30)
	until := w.at.AddDate(5, 0, 0)
	w.held.set(evidence, lrs.Hold{Why: "evidence", Until: until})
	r, goes, held := w.dry(lrs.Rule{Days: 10})
	if !sameSet(lineIDs(goes), []string{late, victim, plain, ref}) {
		t.Errorf("listed %v, want all but the evidence and what voids", lineIDs(goes))
	}
	why := map[string]string{}
	for _, l := range held {
		why[l.ID] = l.Why
		if l.ID == evidence && (l.Until == nil || !l.Until.Equal(until)) {
			t.Errorf("held until %v, want %s", l.Until, until)
		}
	}
	if diff := cmp.Diff(map[string]string{evidence: "evidence", voiding: "voiding"}, why); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	w.held.set(late, lrs.Hold{Why: "evidence"})
	if _, err := w.Remove(ctx, "acme", r.ID, r.Digest, "ada"); err != nil {
		t.Fatal(err)
	}
	if err := w.WorkOn(ctx, "acme", r.ID); err != nil {
		t.Fatal(err)
	}
	done, err := w.Run(ctx, "acme", r.ID)
	if err != nil || done.Removed != 3 || done.Spared != 1 || bytes.Equal(done.Gone, r.Digest) {
		t.Errorf("got %+v, %v, want 3 removed and 1 spared", done, err)
	}
	if got := ids(t, w.Service, by, lrs.Query{}); !sameSet(got, []string{evidence, late, voiding}) {
		t.Errorf("left %v", got)
	}
	// What was voided stays voided, also when somebody sends it anew.
	put(t, w.Service, by, simple(victim, "ada", "v", "a"))
	if _, err := w.One(ctx, "acme", by, victim); err == nil {
		t.Error("a voided statement came to life")
	}
	// What was removed can be sent anew, under a new number.
	put(t, w.Service, by, simple(plain, "ada", "v", "a"))
	if st, err := w.One(ctx, "acme", by, plain); err != nil || st.Number != 8 {
		t.Errorf("got %+v, %v, want number 8", st, err)
	}
}

// A statement that refers to another one is found by that one's words, but a rule means only what it says itself; and its
// echo goes with it.
func TestRetentionAndReferences(t *testing.T) {
	t.Parallel()
	w := openAging(t, func(now func() time.Time) *store.DB { return storetest.OpenAt(t, now) })
	by := credential(t, w.Service, "acme")
	target, ref, early := id.Random(), id.Random(), id.Random()
	refers := func(id string) json.RawMessage {
		return json.RawMessage(`{"id":"` + id + `","actor":{"mbox":"mailto:eve@town.example"},"verb":{"id":"http://verbs.example/liked"},"object":{"objectType":"StatementRef","id":"` + target + `"}}`)
	}
	put(t, w.Service, by, refers(early)) // it waits for its target, and has an echo then
	put(t, w.Service, by, simple(target, "ada", "v", "a"))
	put(t, w.Service, by, refers(ref))
	found := lrs.Query{Verb: "http://verbs.example/v"}
	if got := ids(t, w.Service, by, found); len(got) != 3 {
		t.Fatalf("found %v, want three", got)
	}
	w.days(30)
	for _, step := range []struct {
		rule lrs.Rule
		goes []string
		left int
	}{
		{lrs.Rule{Days: 10, Verb: "http://verbs.example/v"}, []string{target}, 2},
		{lrs.Rule{Days: 10, Verb: "http://verbs.example/liked"}, []string{early, ref}, 0},
	} {
		r, goes, _ := w.dry(step.rule)
		if diff := cmp.Diff(step.goes, lineIDs(goes)); diff != "" {
			t.Fatalf("listed (-want +got):\n%s", diff)
		}
		if _, err := w.Remove(context.Background(), "acme", r.ID, r.Digest, "ada"); err != nil {
			t.Fatal(err)
		}
		if err := w.WorkOn(context.Background(), "acme", r.ID); err != nil {
			t.Fatal(err)
		}
		if got := ids(t, w.Service, by, lrs.Query{}); len(got) != step.left {
			t.Errorf("left %v, want %d", got, step.left)
		}
		ids(t, w.Service, by, found) // walks the echoes
	}
	put(t, w.Service, by, simple(target, "ada", "v", "a")) // nobody waits for it any more
	if got := ids(t, w.Service, by, found); len(got) != 1 {
		t.Errorf("found %v, want the target alone", got)
	}
}

// The data of an attachment goes with the last statement that refers to it.
func TestRetentionOfAttachments(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := openAging(t, func(now func() time.Time) *store.DB { return storetest.OpenAt(t, now) })
	by := credential(t, w.Service, "acme")
	data := []byte("a drawing")
	sum := sha256Hex(data)
	with := func(verb string) string {
		one := id.Random()
		st := strings.TrimSuffix(string(simple(one, "ada", verb, "a")), "}") + `,"attachments":[{"usageType":"http://u.example/x","display":{"en":"x"},"contentType":"text/plain","length":9,"sha2":"` + sum + `"}]}`
		if _, err := w.PutWith(ctx, "acme", by, xapi.V2, "", []json.RawMessage{json.RawMessage(st)}, []lrs.Attachment{{SHA2: sum, ContentType: "text/plain", Data: data}}); err != nil {
			t.Fatal(err)
		}
		return one
	}
	with("old")
	w.days(10)
	young := with("young")
	w.days(10)
	remove := func(rule lrs.Rule, want int64) {
		t.Helper()
		r, _, _ := w.dry(rule)
		if r.Listed != want {
			t.Fatalf("listed %d, want %d", r.Listed, want)
		}
		if _, err := w.Remove(ctx, "acme", r.ID, r.Digest, "ada"); err != nil {
			t.Fatal(err)
		}
		if err := w.WorkOn(ctx, "acme", r.ID); err != nil {
			t.Fatal(err)
		}
	}
	st, err := w.Get(ctx, "acme", young)
	if err != nil {
		t.Fatal(err)
	}
	remove(lrs.Rule{Days: 15}, 1)
	if got, err := w.Attachments(ctx, "acme", st); err != nil || len(got) != 1 {
		t.Fatalf("got %d attachments, %v: a statement still refers to it", len(got), err)
	}
	remove(lrs.Rule{Days: 5}, 1)
	if got, err := w.Attachments(ctx, "acme", st); err != nil || len(got) != 0 {
		t.Errorf("got %d attachments, %v: nobody refers to it any more", len(got), err)
	}
}

// A process that dies between any two writes loses nothing and removes nothing that is not listed.
func TestRetentionKilled(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var mortal *storetest.Mortal
	w := openAging(t, func(now func() time.Time) *store.DB {
		db, m := storetest.OpenMortal(t, now)
		mortal = m
		return db
	})
	by := credential(t, w.Service, "acme")
	var goes, stays []string
	batch := func(verb string, n int) (list []string) {
		var sts []json.RawMessage
		for range n {
			list = append(list, id.Random())
			sts = append(sts, simple(list[len(list)-1], "ada", verb, "a"))
		}
		put(t, w.Service, by, sts...)
		return list
	}
	for range 3 {
		goes, stays = append(goes, batch("go", 400)...), append(stays, batch("stay", 3)...)
	}
	w.days(30)
	rule, err := w.AddRule(ctx, "acme", lrs.Rule{Days: 10, Verb: "http://verbs.example/go"})
	if err != nil {
		t.Fatal(err)
	}
	run, err := w.DryRun(ctx, "acme", rule.ID, "ada")
	if err != nil {
		t.Fatal(err)
	}
	deaths := 0
	work := func(state string) {
		t.Helper()
		for writes := 0; ; writes = (writes + 1) % 7 { // taking a run up and doing a step again takes four
			mortal.Die(writes)
			err := w.WorkOn(ctx, "acme", run.ID)
			if mortal.Live() {
				deaths++
				w.at = w.at.Add(2 * time.Minute) // until somebody else may go on
				continue
			}
			if err != nil && !errors.Is(err, storetest.ErrDead) {
				t.Fatal(err)
			}
			if run, err = w.Run(ctx, "acme", run.ID); err != nil {
				t.Fatal(err)
			}
			if run.State == state && (state == lrs.RunListed || run.Due == nil) {
				return
			}
		}
	}
	work(lrs.RunListed)
	if run.Listed != int64(len(goes)) || !sameSet(lineIDs(w.lines(run.ID, false)), goes) {
		t.Fatalf("listed %d, want %d", run.Listed, len(goes))
	}
	digest := run.Digest
	if run, err = w.Remove(ctx, "acme", run.ID, digest, "ada"); err != nil {
		t.Fatal(err)
	}
	work(lrs.RunDone)
	if run.Removed != int64(len(goes)) || run.Spared != 0 || !bytes.Equal(run.Gone, digest) {
		t.Errorf("got %+v, want %d removed", run, len(goes))
	}
	if got := ids(t, w.Service, by, lrs.Query{}); !sameSet(got, stays) {
		t.Errorf("%d are left, want %d", len(got), len(stays))
	}
	if deaths < 5 {
		t.Errorf("the process died %d times only", deaths)
	}
}

// Readers that follow the store see what stays, once and in order, while a rule removes the rest.
func TestReadersWhileRetentionRemoves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := openAging(t, func(now func() time.Time) *store.DB { return storetest.OpenAt(t, now) })
	by := credential(t, w.Service, "acme")
	var stays []string
	for range 30 {
		var sts []json.RawMessage
		for i := range 50 {
			one := id.Random()
			verb := "go"
			if i%10 == 0 {
				verb, stays = "stay", append(stays, one)
			}
			sts = append(sts, simple(one, "ada", verb, "a"))
		}
		put(t, w.Service, by, sts...)
	}
	w.days(30)
	r, _, _ := w.dry(lrs.Rule{Days: 10, Verb: "http://verbs.example/go"})
	if _, err := w.Remove(ctx, "acme", r.ID, r.Digest, "ada"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- w.WorkOn(ctx, "acme", r.ID) }()
	agent := lrs.Query{Agent: "mbox|mailto:ada@town.example", Limit: 7, Ascending: true}
	if identity, err := xapi.ParseAgent([]byte(`{"mbox":"mailto:ada@town.example"}`)); err == nil {
		agent.Agent = identity
	}
	for round := range 6 {
		for _, q := range []lrs.Query{{Limit: 7}, agent, {Verb: "http://verbs.example/stay", Limit: 7}} {
			kept := slices.DeleteFunc(ids(t, w.Service, by, q), func(id string) bool { return !slices.Contains(stays, id) })
			if !q.Ascending {
				slices.Reverse(kept)
			}
			if diff := cmp.Diff(stays, kept); diff != "" {
				t.Fatalf("round %d, %+v (-want +got):\n%s", round, q, diff)
			}
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reversed(stays), ids(t, w.Service, by, lrs.Query{})); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// Since and until are times of what is stored, also where much of it is gone.
func TestTimesWithGaps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := openAging(t, func(now func() time.Time) *store.DB { return storetest.OpenAt(t, now) })
	by := credential(t, w.Service, "acme")
	begin := w.at
	byDay := map[int]string{}
	for day := range 20 {
		byDay[day] = id.Random()
		verb := "stay"
		if day >= 5 && day < 12 || day >= 17 {
			verb = "go"
		}
		put(t, w.Service, by, simple(byDay[day], "ada", verb, "a"))
		w.days(1)
	}
	w.days(10)
	r, _, _ := w.dry(lrs.Rule{Days: 1, Verb: "http://verbs.example/go"})
	if _, err := w.Remove(ctx, "acme", r.ID, r.Digest, "ada"); err != nil {
		t.Fatal(err)
	}
	if err := w.WorkOn(ctx, "acme", r.ID); err != nil {
		t.Fatal(err)
	}
	for since := -1; since < 22; since++ {
		for until := -1; until < 22; until++ {
			want := []string{}
			for day := range 20 {
				if day > since && day <= until && (day < 5 || day >= 12 && day < 17) {
					want = append(want, byDay[day])
				}
			}
			got := ids(t, w.Service, by, lrs.Query{Since: begin.AddDate(0, 0, since), Until: begin.AddDate(0, 0, until), Ascending: true, Limit: 3})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("since day %d until day %d (-want +got):\n%s", since, until, diff)
			}
		}
	}
	// What comes later is still in time for a page that ends in the future.
	page, err := w.Query(ctx, "acme", by, lrs.Query{Until: w.at.AddDate(0, 0, 5), Ascending: true, Limit: 10})
	if err != nil || len(page.Statements) != 10 {
		t.Fatalf("got %d, %v, want the ten that stay", len(page.Statements), err)
	}
	last := id.Random()
	put(t, w.Service, by, simple(last, "ada", "stay", "a"))
	if got := ids(t, w.Service, by, lrs.Query{Until: w.at.AddDate(0, 0, 5)}); got[0] != last {
		t.Errorf("the newest is %s, want %s", got[0], last)
	}
}

// An account that has ended has no documents and no browser any more; its statements stay.
func TestEndedAccount(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := Open(t)
	by := credential(t, s, "acme")
	course := Home + "/xapi/courses/c"
	registration := id.Random()
	authorization, _, err := s.IssueBrowser("acme", "ada-account", registration, course, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	browser, err := s.Authenticate(ctx, authorization)
	if err != nil {
		t.Fatal(err)
	}
	st := json.RawMessage(`{"actor":{"account":{"homePage":"` + Home + `","name":"ada-account"}},"verb":{"id":"http://verbs.example/v"},"object":{"id":"` + course + `"},"context":{"registration":"` + registration + `"}}`)
	put(t, s, browser, st)
	who := s.Identity("ada-account")
	large := bytes.Repeat([]byte("x"), 40<<10)
	for i, k := range []lrs.DocumentKey{
		{Resource: lrs.States, Activity: course, Agent: who, Registration: registration, Name: "bookmark"},
		{Resource: lrs.States, Activity: course, Agent: who, Registration: registration, Name: "large"},
		{Resource: lrs.AgentProfiles, Agent: who, Name: "preferences"},
		{Resource: lrs.States, Activity: course, Agent: s.Identity("bea-account"), Name: "bookmark"},
	} {
		data := []byte("page 3")
		if i == 1 {
			data = large
		}
		if err := s.PutDocument(ctx, "acme", by, xapi.V2, k, lrs.Document{ContentType: "text/plain", Data: data}, lrs.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	statements, documents, err := s.CountOf(ctx, "acme", "ada-account", 100)
	if err != nil || statements != 1 || documents != 3 {
		t.Errorf("counted %d and %d, %v, want 1 and 3", statements, documents, err)
	}
	for range 2 { // again, after a crash
		if err := s.EndAccount(ctx, "acme", "ada-account"); err != nil {
			t.Fatal(err)
		}
	}
	if _, documents, err := s.CountOf(ctx, "acme", "ada-account", 100); err != nil || documents != 0 {
		t.Errorf("%d documents are left, %v", documents, err)
	}
	if _, documents, err := s.CountOf(ctx, "acme", "bea-account", 100); err != nil || documents != 1 {
		t.Errorf("somebody else has %d documents, %v, want 1", documents, err)
	}
	_, err = s.Authenticate(ctx, authorization)
	wantFault(t, err, "lrs.expired")
	if got := ids(t, s, by, lrs.Query{}); len(got) != 1 {
		t.Errorf("%d statements are left, want 1", len(got))
	}
}

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
