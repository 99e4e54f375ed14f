package count

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/lrstest"
	"palestra/lrs/xapi"
)

const town = "acme"

// clock is set by tests.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func open(t *testing.T, db *store.DB, records *lrs.Service, now func() time.Time) *Service {
	t.Helper()
	s, err := New(Config{DB: db, Records: records, Now: now, NewID: id.New, Log: slog.New(slog.DiscardHandler), PublicURL: lrstest.Home,
		Zone: func(context.Context, string) (*time.Location, error) { return time.FixedZone("", 2*3600), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// speaker makes statements at random: of some actors, about courses and other things, on some days, and some that void
// others, before or after these come.
type speaker struct {
	t       *testing.T
	r       *rand.Rand
	records *lrs.Service
	ids     []string
	future  []string
}

func (s *speaker) speak(n int) {
	s.t.Helper()
	var batch []json.RawMessage
	for range n {
		name := id.Random()
		if len(s.future) > 0 && s.r.IntN(3) == 0 {
			name, s.future = s.future[0], s.future[1:]
		}
		object := fmt.Sprintf(`{"id":"https://x.example/%d"}`, s.r.IntN(4))
		verb := fmt.Sprintf("https://x.example/v%d", s.r.IntN(3))
		switch s.r.IntN(8) {
		case 0, 1, 2:
			object = fmt.Sprintf(`{"id":"%s/xapi/courses/c%d"}`, lrstest.Home, s.r.IntN(2))
		case 3, 4:
			object = fmt.Sprintf(`{"id":"%s/xapi/courses/c%d/lessons/l%d"}`, lrstest.Home, s.r.IntN(2), s.r.IntN(3))
		case 5:
			target := id.Random()
			if len(s.ids) > 0 && s.r.IntN(2) == 0 {
				target = s.ids[s.r.IntN(len(s.ids))]
			} else {
				s.future = append(s.future, target)
			}
			object, verb = fmt.Sprintf(`{"objectType":"StatementRef","id":%q}`, target), xapi.VerbVoided
		}
		at := time.Date(2026, 3, 1+s.r.IntN(5), s.r.IntN(24), 30, 0, 0, time.UTC)
		batch = append(batch, json.RawMessage(fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:a%d@x.example"},"verb":{"id":%q},"object":%s,"timestamp":%q}`, name, s.r.IntN(5), verb, object, xapi.FormatTime(at))))
		s.ids = append(s.ids, name)
	}
	if _, err := s.records.Put(s.t.Context(), town, s.records.Courier(town, "supplier"), xapi.V2, batch); err != nil {
		s.t.Error(err)
	}
}

// figure is what one counter should say.
type figure struct {
	Total int64
	Days  map[string]int64
}

// recount counts all statements that are kept, one by one, without any of what is tested.
func recount(t *testing.T, records *lrs.Service) map[string]figure {
	t.Helper()
	var all []lrs.Stored
	for at := int64(0); ; {
		list, err := records.After(t.Context(), town, at, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		all, at = append(all, list...), list[len(list)-1].Number
	}
	voids := map[string]bool{}
	for _, st := range all {
		if st.Voids {
			voids[st.Target] = true
		}
	}
	out := map[string]figure{}
	for _, st := range all {
		if voids[st.ID] && !st.Voids {
			continue
		}
		day := st.Timestamp.In(time.FixedZone("", 2*3600)).Format(time.DateOnly)
		keys := []string{"all ", "verb " + st.Verb, "actor " + st.Actor}
		if st.Activity != "" {
			keys = append(keys, "activity "+st.Activity)
			if len(st.Activity) > len(lrstest.Home+"/xapi/courses/c0")-1 && st.Activity[:len(lrstest.Home)] == lrstest.Home {
				c := st.Activity[:len(lrstest.Home+"/xapi/courses/c0")]
				keys = append(keys, "course "+c, "verb@"+c+" "+st.Verb, "activity@"+c+" "+st.Activity)
			}
		}
		for _, k := range keys {
			f := out[k]
			if f.Days == nil {
				f.Days = map[string]int64{}
			}
			f.Total++
			f.Days[day]++
			out[k] = f
		}
	}
	return out
}

// kept returns what the counters say.
func kept(t *testing.T, s *Service) map[string]figure {
	t.Helper()
	p, err := s.position(t.Context(), town)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]figure{}
	err = s.counters.Each(t.Context(), town, store.Query{Index: "byTotal", Equal: []any{p.Now.Gen}}, func(c counter) error {
		f := figure{Total: c.Total, Days: map[string]int64{}}
		for d, n := range c.Days {
			f.Days[date(d)] = n
		}
		if c.Total != 0 || len(f.Days) > 0 {
			out[c.Kind+" "+c.Key] = f
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *Service) reach(t *testing.T, c *clock) {
	t.Helper()
	for range 50 {
		if err := s.CatchUp(t.Context(), town); err != nil {
			t.Fatal(err)
		}
		sum, err := s.Summary(t.Context(), town)
		if err != nil {
			t.Fatal(err)
		}
		if sum.Counted == sum.Head && !sum.Rebuilding {
			return
		}
		c.add(3 * time.Minute) // somebody who died has let go
	}
	t.Fatal("counting does not reach the head")
}

// What arrives is counted from memory, from the stream after a start, and anew; each time it is what a recount says.
func TestCountersAgreeWithARecount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			db, c := storetest.Open(t), &clock{t: time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)}
			records := lrstest.OpenOn(t, db, c.now)
			sp := &speaker{t: t, r: rand.New(rand.NewPCG(seed, 1)), records: records}
			sp.speak(30) // before anybody counts
			s := open(t, db, records, c.now)
			records.Observe(s)
			for round := range 12 {
				for range 3 {
					sp.speak(1 + sp.r.IntN(40))
				}
				if round == 6 { // a process that starts has nothing in memory
					s = open(t, db, records, c.now)
					records.Observe(s)
				}
				s.reach(t, c)
				if d := cmp.Diff(recount(t, records), kept(t, s)); d != "" {
					t.Fatalf("round %d: %s", round, d)
				}
			}
			if err := s.Rebuild(t.Context(), town); err != nil {
				t.Fatal(err)
			}
			sp.speak(20)
			s.reach(t, c)
			if d := cmp.Diff(recount(t, records), kept(t, s)); d != "" {
				t.Fatalf("counted anew: %s", d)
			}
			sp.speak(20)
			s.reach(t, c)
			if d := cmp.Diff(recount(t, records), kept(t, s)); d != "" {
				t.Fatalf("after it: %s", d)
			}
			if n, err := s.counters.Count(t.Context(), town, store.Query{Index: "byTotal", Equal: []any{int64(1)}}, 10); n > 0 || err != nil {
				t.Errorf("of what was replaced %d counters are left: %v", n, err)
			}
		})
	}
}

// Writers go on while it is counted, and whoever counts dies at any step.
func TestCountersSurviveDeaths(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			db, c := storetest.Open(t), &clock{t: time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)}
			records := lrstest.OpenOn(t, db, c.now)
			r, m := rand.New(rand.NewPCG(seed, 2)), &mortal{clock: c}
			s := open(t, db, records, m.now)
			records.Observe(s)
			speakers := []*speaker{{t: t, r: rand.New(rand.NewPCG(seed, 3)), records: records}, {t: t, r: rand.New(rand.NewPCG(seed, 4)), records: records}}
			for round := range 40 {
				var wg sync.WaitGroup
				for _, sp := range speakers {
					wg.Go(func() { sp.speak(1 + sp.r.IntN(20)) })
				}
				ctx, cancel := context.WithCancel(t.Context())
				m.after(1+r.IntN(25), cancel)
				if err := s.CatchUp(ctx, town); err != nil && !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				wg.Wait()
				cancel()
				if round == 5 {
					if err := s.Rebuild(t.Context(), town); err != nil {
						t.Fatal(err)
					}
				}
				if r.IntN(3) == 0 { // another process, with nothing in its memory
					s = open(t, db, records, m.now)
					records.Observe(s)
				}
				c.add(3 * time.Minute)
			}
			m.after(0, nil)
			s.reach(t, c)
			if d := cmp.Diff(recount(t, records), kept(t, s)); d != "" {
				t.Fatal(d)
			}
		})
	}
}

// mortal is a clock that ends a context when it has been asked so often: a death between two steps.
type mortal struct {
	*clock
	left int    // guarded by mu
	die  func() // guarded by mu
}

func (m *mortal) after(n int, die func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left, m.die = n, die
}

func (m *mortal) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left == 0 && m.die != nil {
		m.die()
	}
	return m.t
}

// What a retention rule removes stays counted, until somebody has all counted anew: then what is kept counts.
func TestCountersAndRetention(t *testing.T) {
	t.Parallel()
	c := &clock{t: time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)}
	db := storetest.OpenAt(t, c.now)
	records := lrstest.OpenOn(t, db, c.now)
	s := open(t, db, records, c.now)
	records.Observe(s)
	sp := &speaker{t: t, r: rand.New(rand.NewPCG(9, 9)), records: records}
	sp.speak(200)
	s.reach(t, c)
	was := recount(t, records)
	c.add(10 * 24 * time.Hour)
	sp.speak(5) // the newest stay
	s.reach(t, c)
	was = merged(t, records, was)
	ctx := t.Context()
	rule, err := records.AddRule(ctx, town, lrs.Rule{Name: "old", Days: 5, Verb: "https://x.example/v1"})
	if err != nil {
		t.Fatal(err)
	}
	run, err := records.DryRun(ctx, town, rule.ID, "ada")
	if err == nil {
		err = records.WorkOn(ctx, town, run.ID)
	}
	if err == nil {
		run, err = records.Run(ctx, town, run.ID)
	}
	if err == nil {
		run, err = records.Remove(ctx, town, run.ID, run.Digest, "ada")
	}
	if err == nil {
		err = records.WorkOn(ctx, town, run.ID)
	}
	if err == nil {
		run, err = records.Run(ctx, town, run.ID)
	}
	if err != nil || run.Removed < 20 {
		t.Fatalf("removed %d: %v", run.Removed, err)
	}
	s.reach(t, c)
	if d := cmp.Diff(was, kept(t, s)); d != "" {
		t.Errorf("after the removal: %s", d)
	}
	if err := s.Rebuild(ctx, town); err != nil {
		t.Fatal(err)
	}
	s.reach(t, c)
	if d := cmp.Diff(recount(t, records), kept(t, s)); d != "" {
		t.Errorf("counted anew: %s", d)
	}
	sp.ids = nil // some of them are not there any more
	sp.speak(20)
	s.reach(t, c)
	if d := cmp.Diff(recount(t, records), kept(t, s)); d != "" {
		t.Errorf("and then: %s", d)
	}
}

// merged is recount, which must not have lost anything.
func merged(t *testing.T, records *lrs.Service, was map[string]figure) map[string]figure {
	t.Helper()
	is := recount(t, records)
	if is["all "].Total < was["all "].Total-5 {
		t.Fatalf("statements are missing: %d after %d", is["all "].Total, was["all "].Total)
	}
	return is
}

func TestDays(t *testing.T) {
	t.Parallel()
	d := days{}
	for day := range maxDays + 10 {
		d = d.merge(map[int]int64{day: int64(day)})
	}
	if len(d) != maxDays || d[9] != 0 || d[10] != 10 {
		t.Errorf("%d days are kept", len(d))
	}
	typ, b, err := d.MarshalBSONValue()
	if err != nil {
		t.Fatal(err)
	}
	var again days
	if err := again.UnmarshalBSONValue(typ, b); err != nil || !cmp.Equal(d, again) {
		t.Errorf("read again: %d days, %v", len(again), err)
	}
	if got := dayOf(time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC), time.FixedZone("", 7200)); date(got) != "2026-03-02" {
		t.Errorf("the town's day: got %s", date(got))
	}
	for _, odd := range []time.Time{{}, time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if s := date(dayOf(odd, time.UTC)); len(s) != 10 {
			t.Errorf("%v: got %s", odd, s)
		}
	}
}
