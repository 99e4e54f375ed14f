package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/attachment/attachmenttest"
	"palestra/bootcamp/live"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/people"
)

// school is an installation with one session of a cohort: grace leads, ada, bob and carl take part, olaf observes. Its
// processes share a store and a bus that may lose words.
type school struct {
	t       *testing.T
	db      *store.DB
	objects *attachmenttest.Objects
	began   time.Time
	meets   live.Meetings
	mu      sync.Mutex
	inside  map[string]string // person to what she is; guarded by mu
	signed  map[string]bool   // guarded by mu
	deaf    bool              // the bus loses everything; guarded by mu
	ears    []func([]byte)    // guarded by mu
	all     []*ear            // by listen
	shift   time.Duration     // of the clock; guarded by mu
	told    []course.Event    // guarded by mu
}

const host = "castelverde"

func newSchool(t *testing.T) *school {
	return &school{t: t, began: time.Now().Add(-30 * time.Minute).UTC().Truncate(time.Millisecond), db: storetest.Open(t), objects: attachmenttest.New(), inside: map[string]string{"grace": "leads", "ada": "in", "bob": "in", "carl": "in", "olaf": "reads"},
		signed: map[string]bool{}}
}

func (s *school) process(limit live.Limit) *live.Service {
	s.t.Helper()
	svc, err := live.New(s.t.Context(), live.Config{Meetings: s.meets, DB: s.db, Access: s, People: s, Records: s, Bus: s, Objects: s.objects, Now: s.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret,
		Log: slog.New(slog.DiscardHandler), Limit: limit})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := svc.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return svc
}

func actor(name string) people.Actor {
	return people.Actor{Person: name, Name: strings.ToUpper(name[:1]) + name[1:], Organisation: host, Session: name + "'s", Roles: []people.Role{people.Learner}}
}

var door = live.Door{Bootcamp: "camp", Session: "meeting"}

func (s *school) Room(_ context.Context, by people.Actor, _, session string) (bootcamp.Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is, ok := s.inside[by.Person]
	if !ok || session != door.Session {
		return bootcamp.Room{}, fault.New(fault.Forbidden, "bootcamp.not_inside", "not inside")
	}
	return bootcamp.Room{Host: host, Session: s.meeting(), Leads: is == "leads", Reads: is == "reads"}, nil
}

func (s *school) Circle(_ context.Context, by people.Actor, _, cohort string) (bootcamp.Circle, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is, ok := s.inside[by.Person]
	if !ok || cohort != "autumn" {
		return bootcamp.Circle{}, fault.New(fault.Forbidden, "bootcamp.not_inside", "not inside")
	}
	return bootcamp.Circle{Host: host, Leads: is == "leads", Reads: is == "reads"}, nil
}

func (s *school) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.shift)
}

func (s *school) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shift += d
}

// meeting has begun half an hour ago and takes an hour.
func (s *school) meeting() bootcamp.Session {
	return bootcamp.Session{Meta: store.Meta{ID: door.Session}, Bootcamp: "camp", Cohort: "autumn", Title: "Maps", Language: "en", Starts: s.began, Minutes: 60}
}

func (s *school) Planned(context.Context, string, string) (bootcamp.Session, error) {
	return s.meeting(), nil
}

func (s *school) EachMember(_ context.Context, _, _ string, f func(bootcamp.Member) error) error {
	s.mu.Lock()
	var in []string
	for name, is := range s.inside {
		if is == "in" {
			in = append(in, name)
		}
	}
	s.mu.Unlock()
	for _, name := range in {
		if err := f(bootcamp.Member{Person: name, Name: actor(name).Name, Town: host}); err != nil {
			return err
		}
	}
	return nil
}

func (s *school) MemberOf(_ context.Context, _, id string) (people.Member, error) {
	return people.Member{Account: "account of " + id}, nil
}

func (s *school) Record(_ context.Context, org string, e course.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(s.told, func(o course.Event) bool { return o.ID == e.ID }) {
		e.Enrolment = org
		s.told = append(s.told, e)
	}
	return nil
}

func (s *school) Still(_ context.Context, by people.Actor) (people.Actor, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return by, !s.signed[by.Person], nil
}

func (s *school) Organisation(_ context.Context, id string) (people.Organisation, error) {
	return people.Organisation{Name: "Town of " + id}, nil
}

func (s *school) Publish(_ context.Context, _ string, data []byte) error {
	s.mu.Lock()
	ears := slices.Clone(s.ears)
	deaf := s.deaf
	s.mu.Unlock()
	if deaf {
		return errors.New("the bus is away")
	}
	for _, f := range ears {
		f(data)
	}
	return nil
}

func (s *school) Subscribe(ctx context.Context, _ string, f func([]byte)) {
	s.mu.Lock()
	s.ears = append(s.ears, f)
	s.mu.Unlock()
	<-ctx.Done()
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what, code string, err error) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

// event is what pages see of an event.
type event struct {
	N    int64  `json:"n"`
	By   string `json:"by"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type piece struct {
	T       string         `json:"t"`
	At      int64          `json:"at"`
	Resumed bool           `json:"resumed"`
	Events  []event        `json:"events"`
	State   map[string]any `json:"state"`
	Set     map[string]any `json:"set"`
	Me      struct {
		Who   string `json:"who"`
		Leads bool   `json:"leads"`
	} `json:"me"`
	Names map[string]live.Name `json:"names"`
	Here  []string             `json:"here"`
	In    []string             `json:"in"`
	Out   []string             `json:"out"`
}

// ear is somebody who listens and keeps what she hears.
type ear struct {
	t      *testing.T
	l      *live.Listener
	who    string
	at     int64
	from   int64 // what was before she came first
	events []event
	state  map[string]any
}

func (s *school) listen(svc *live.Service, name string, after int64) *ear {
	s.t.Helper()
	l, err := svc.Attend(s.t.Context(), actor(name), door, after)
	ok(s.t, err)
	e := &ear{t: s.t, l: l, at: after}
	p, err := e.next()
	ok(s.t, err)
	if p.T != "welcome" {
		s.t.Fatalf("%s is welcomed by %q", name, p.T)
	}
	if e.who, e.state = p.Me.Who, p.State; !p.Resumed {
		e.at, e.events = p.At, nil
	}
	s.all = append(s.all, e)
	s.t.Cleanup(func() { l.Close(context.WithoutCancel(s.t.Context())) })
	return e
}

func (e *ear) next() (piece, error) {
	ctx, cancel := context.WithTimeout(e.t.Context(), 20*time.Second)
	defer cancel()
	b, err := e.l.Next(ctx)
	if err != nil {
		return piece{}, err
	}
	var p piece
	ok(e.t, json.Unmarshal(b, &p))
	for _, x := range p.Events {
		if x.N != e.at+1 {
			e.t.Errorf("after %d comes %d", e.at, x.N)
		}
		e.at = x.N
		e.events = append(e.events, x)
	}
	for k, v := range p.Set {
		e.state[k] = v
	}
	return p, nil
}

// until reads on until somebody has heard number n.
func (e *ear) until(n int64) {
	e.t.Helper()
	for e.at < n {
		_, err := e.next()
		ok(e.t, err)
	}
}

func say(words string) live.Message {
	return live.Message{ID: id.Random(), Act: live.Act{Kind: live.Said, Text: words, Lang: "en"}}
}

func do(kind string) live.Message { return live.Message{ID: id.Random(), Act: live.Act{Kind: kind}} }

func (e *ear) do(m live.Message) int64 {
	e.t.Helper()
	n, err := e.l.Do(e.t.Context(), m)
	ok(e.t, err)
	return n
}

var unlimited = live.Limit{Rate: 1e6, Burst: 1e6}

func TestWhatOneSaysAllHear(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	one, two := s.process(unlimited), s.process(unlimited)
	ada, bob := s.listen(one, "ada", 0), s.listen(two, "bob", 0)
	m := say("Good morning")
	n := ada.do(m)
	if again := ada.do(m); again != n {
		t.Errorf("sent again it has the number %d, not %d", again, n)
	}
	other := m
	other.Kind, other.Text = live.Raised, ""
	_, err := ada.l.Do(t.Context(), other)
	refused(t, "another thing with this id", "live.id_used", err)
	last := bob.do(say("Hello, Ada"))
	ada.until(last)
	bob.until(last)
	for _, e := range []*ear{ada, bob} {
		if got := fmt.Sprint(e.texts()); got != "[Good morning Hello, Ada]" {
			t.Errorf("heard %s", got)
		}
	}
	page, err := two.Talk(t.Context(), actor("carl"), door, 0, 1)
	ok(t, err)
	if len(page.Events) != 1 || page.First != last || !page.More {
		t.Errorf("the latest of the talk: %+v", page)
	}
	page, err = two.Talk(t.Context(), actor("carl"), door, page.First, 10)
	ok(t, err)
	if len(page.Events) != 1 || page.First != n || page.More {
		t.Errorf("what was said before: %+v", page)
	}
}

func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	if _, err := svc.Attend(t.Context(), actor("stranger"), door, 0); !fault.Is(err, "bootcamp.not_inside") {
		t.Errorf("a stranger: %v", err)
	}
	_, err := svc.Do(t.Context(), actor("stranger"), door, say("hello"))
	refused(t, "a stranger speaks", "bootcamp.not_inside", err)
	_, err = svc.Talk(t.Context(), actor("stranger"), door, 0, 10)
	refused(t, "a stranger reads", "bootcamp.not_inside", err)
	refused(t, "a stranger ends a rehearsal", "bootcamp.not_inside", svc.EndRehearsal(t.Context(), actor("stranger"), door))
	refused(t, "a member ends a rehearsal", "people.forbidden", svc.EndRehearsal(t.Context(), actor("ada"), door))
	_, err = svc.Attend(t.Context(), actor("ada"), live.Door{Bootcamp: "camp", Session: "meeting", Rehearsal: true}, 0)
	refused(t, "a member rehearses", "people.forbidden", err)

	ada, grace, olaf := s.listen(svc, "ada", 0), s.listen(svc, "grace", 0), s.listen(svc, "olaf", 0)
	_, err = olaf.l.Do(t.Context(), say("hello"))
	refused(t, "an observer speaks", "live.reads_only", err)
	led := []live.Act{{Kind: live.Opened}, {Kind: live.Timed, Text: "Welcome"}, {Kind: live.Decided, On: true, Text: "Yes", Lang: "en"}, {Kind: live.Quieted, On: true}, {Kind: live.Called, Whom: ada.who},
		{Kind: live.Shared, Text: "Map", URL: "https://maps.example/"}, {Kind: live.Lit, Text: "Map"}, {Kind: live.Announced, Text: "Break", Lang: "en"}, {Kind: live.Deputised, Whom: ada.who},
		{Kind: live.Asked, Poll: &live.Question{Kind: live.PollScale, Text: "How is it?", Lang: "en"}}, {Kind: live.Split, Groups: []live.Team{{Name: "One"}}}, {Kind: live.Gathered}, {Kind: live.Ended}}
	for _, a := range led {
		_, err := ada.l.Do(t.Context(), live.Message{ID: id.Random(), Act: a})
		refused(t, "a member does "+a.Kind, "live.leads_only", err)
	}
	_, err = ada.l.Do(t.Context(), live.Message{ID: id.Random(), Act: live.Act{Kind: live.Raised, Whom: grace.who, On: true}})
	refused(t, "a member raises another's hand", "live.leads_only", err)
	for _, kind := range []string{live.Came, live.Showed, live.Polled, live.Cleared, "nonsense"} {
		_, err := grace.l.Do(t.Context(), do(kind))
		refused(t, kind, "live.kind", err)
	}
	ada.until(grace.do(live.Message{ID: id.Random(), Act: live.Act{Kind: live.Deputised, Whom: ada.who, On: true}}))
	ada.do(do(live.Opened))
	_, err = ada.l.Do(t.Context(), live.Message{ID: id.Random(), Act: live.Act{Kind: live.Deputised, Whom: grace.who, On: true}})
	refused(t, "a deputy makes deputies", "live.leads_only", err)

	bob := s.listen(svc, "bob", 0)
	bob.until(grace.do(live.Message{ID: id.Random(), Act: live.Act{Kind: live.Quieted, On: true}}))
	_, err = bob.l.Do(t.Context(), say("but"))
	refused(t, "a member writes in the quiet", "live.quiet", err)
	bob.until(grace.do(do(live.Ended)))
	_, err = bob.l.Do(t.Context(), say("but"))
	refused(t, "a member writes after the end", "live.over", err)
}

func TestBadMessages(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	grace := s.listen(s.process(unlimited), "grace", 0)
	for _, tc := range []struct {
		name, code string
		m          live.Message
	}{
		{"no id", "live.id", live.Message{Act: live.Act{Kind: live.Said, Text: "x", Lang: "en"}}},
		{"a strange id", "live.id", live.Message{ID: "a~b", Act: live.Act{Kind: live.Said, Text: "x", Lang: "en"}}},
		{"nothing said", "live.empty", live.Message{ID: "1", Act: live.Act{Kind: live.Said, Text: " \n", Lang: "en"}}},
		{"too much said", "live.long", live.Message{ID: "1", Act: live.Act{Kind: live.Said, Text: strings.Repeat("ä", 2001), Lang: "en"}}},
		{"no language", "live.language", live.Message{ID: "1", Act: live.Act{Kind: live.Said, Text: "x"}}},
		{"a wrong language", "live.language", live.Message{ID: "1", Act: live.Act{Kind: live.Said, Text: "x", Lang: "!!"}}},
		{"about nothing", "live.unknown", live.Message{ID: "1", Act: live.Act{Kind: live.Said, Text: "x", Lang: "en", Re: 99}}},
		{"a mark of the future", "live.unknown", live.Message{ID: "1", Act: live.Act{Kind: live.Reacted, Mark: "agree", Re: 1 << 62}}},
		{"no such mark", "live.choice", live.Message{ID: "1", Act: live.Act{Kind: live.Reacted, Mark: "hate", Re: 1}}},
		{"a plain address", "live.url", live.Message{ID: "1", Act: live.Act{Kind: live.Shared, Text: "x", URL: "http://plain.example"}}},
		{"a script", "live.url", live.Message{ID: "1", Act: live.Act{Kind: live.Shared, Text: "x", URL: "javascript:alert(1)"}}},
		{"nobody", "live.unknown", live.Message{ID: "1", Act: live.Act{Kind: live.Called, Whom: "nobody"}}},
		{"one option", "live.options", live.Message{ID: "1", Act: live.Act{Kind: live.Asked, Poll: &live.Question{Kind: live.PollSingle, Text: "x", Lang: "en", Options: []string{"a"}}}}},
		{"two options alike", "live.twice", live.Message{ID: "1", Act: live.Act{Kind: live.Asked, Poll: &live.Question{Kind: live.PollSingle, Text: "x", Lang: "en", Options: []string{"a", "a "}}}}},
		{"a group of two", "live.minimum", live.Message{ID: "1", Act: live.Act{Kind: live.Asked, Poll: &live.Question{Kind: live.PollScale, Text: "x", Lang: "en", Anonymous: true, Minimum: 2}}}},
		{"no poll", "live.empty", live.Message{ID: "1", Act: live.Act{Kind: live.Asked}}},
		{"an unknown poll", "live.no_poll", live.Message{ID: "1", Act: live.Act{Kind: live.Closed, Poll: &live.Question{ID: "x"}}}},
		{"a vote for nothing", "live.vote", live.Message{ID: "1", Act: live.Act{Kind: live.Voted}}},
		{"an age", "live.seconds", live.Message{ID: "1", Act: live.Act{Kind: live.Timed, Text: "x", Seconds: 1 << 40}}},
		{"no groups", "live.groups", live.Message{ID: "1", Act: live.Act{Kind: live.Split}}},
		{"in two groups", "live.twice", live.Message{ID: "1", Act: live.Act{Kind: live.Split, Groups: []live.Team{{Name: "a", Who: []string{"x"}}, {Name: "b", Who: []string{"x"}}}}}},
		{"strangers in a group", "live.unknown", live.Message{ID: "1", Act: live.Act{Kind: live.Split, Groups: []live.Team{{Name: "a", Who: []string{"x"}}}}}},
		{"a group that is none", "live.not_in_group", live.Message{ID: "1", Act: live.Act{Kind: live.Said, Text: "x", Lang: "en", Group: "7-1"}}},
	} {
		_, err := grace.l.Do(t.Context(), tc.m)
		refused(t, tc.name, tc.code, err)
	}
}

func TestFloodsAnnounceThemselves(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(live.Limit{Rate: 0.001, Burst: 3})
	ada, bob := s.listen(svc, "ada", 0), s.listen(svc, "bob", 0)
	for range 3 {
		ada.do(say("quick"))
	}
	_, err := ada.l.Do(t.Context(), say("quicker"))
	refused(t, "the fourth", "live.too_fast", err)
	if f, is := errors.AsType[*fault.Fault](err); !is || f.Params["after"] == nil {
		t.Error("it is not said after how long")
	}
	bob.do(say("calm")) // nobody else suffers
}

// TestNobodyLosesOrDoubles lets people of two processes come and go at random, over a bus that loses half of all words
// and then everything: whoever comes back with her last number misses nothing and hears nothing twice.
func TestNobodyLosesOrDoubles(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	processes := []*live.Service{s.process(unlimited), s.process(unlimited)}
	const each = 60
	var speakers, hearers sync.WaitGroup
	stop := make(chan struct{})
	for i, name := range []string{"ada", "bob"} {
		speakers.Go(func() {
			rnd := rand.New(rand.NewPCG(1, uint64(i)))
			for n := range each {
				m := say(fmt.Sprintf("%s %d", name, n))
				for range 1 + rnd.IntN(2) { // at times twice, to any process
					if _, err := processes[rnd.IntN(2)].Do(t.Context(), actor(name), door, m); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
				if n == each/2 {
					s.mu.Lock()
					s.deaf = true
					s.mu.Unlock()
				}
			}
		})
	}
	heard := make([]*ear, 3)
	for i, name := range []string{"carl", "grace", "olaf"} {
		hearers.Go(func() {
			rnd := rand.New(rand.NewPCG(2, uint64(i)))
			e := &ear{t: t, state: map[string]any{}}
			heard[i] = e
			for {
				l, err := processes[rnd.IntN(2)].Attend(t.Context(), actor(name), door, e.at)
				if err != nil {
					t.Error(err)
					return
				}
				e.l = l
				if p, err := e.next(); err != nil || p.T != "welcome" || p.Resumed != (e.at > 0) {
					t.Errorf("%s is welcomed by %+v, %v", name, p, err)
				} else if !p.Resumed {
					e.at, e.from, e.events = p.At, p.At, nil
				}
				for k := rnd.IntN(8); k >= 0; k-- {
					wait, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
					b, err := l.Next(wait)
					cancel()
					if err != nil {
						break
					}
					var p piece
					ok(t, json.Unmarshal(b, &p))
					for _, x := range p.Events {
						if x.N != e.at+1 {
							t.Errorf("%s: after %d comes %d", name, e.at, x.N)
						}
						e.at = x.N
						e.events = append(e.events, x)
					}
				}
				l.Close(t.Context())
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	speakers.Wait()
	close(stop)
	hearers.Wait()
	page, err := processes[0].Talk(t.Context(), actor("ada"), door, 0, 200)
	ok(t, err)
	if len(page.Events) != 2*each {
		t.Errorf("%d messages are stored, want %d", len(page.Events), 2*each)
	}
	for i, name := range []string{"carl", "grace", "olaf"} {
		e := s.listen(processes[i%2], name, heard[i].at)
		e.events = heard[i].events
		e.until(s.head())
		var want []string
		for _, b := range page.Events {
			var x event
			ok(t, json.Unmarshal(b, &x))
			if x.N > heard[i].from { // what was said before she came first is history
				want = append(want, x.Text)
			}
		}
		if got := e.texts(); !slices.Equal(got, want) {
			t.Errorf("%s heard\n%v\nwant\n%v", name, got, want)
		}
	}
}

func (s *school) head() int64 {
	events, err := store.NewThinned[live.Event](s.db, "liveEvents", 1, store.On("byTalk", store.Str("stream"), store.Str("talk"), store.Int("number")).AsSparse())
	ok(s.t, err)
	n, _, err := events.Head(s.t.Context(), host, door.Session)
	ok(s.t, err)
	return n
}

func TestSlowListenersAreCutOff(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ada := s.listen(svc, "ada", 0)
	bob := s.listen(svc, "bob", 0)
	for i := range 3000 {
		_ = i
		select {
		case <-bob.l.Gone():
		default:
			n := ada.do(say("word"))
			ada.until(n)
			continue
		}
		break
	}
	for {
		if _, err := bob.l.Next(t.Context()); err != nil {
			if !errors.Is(err, live.ErrSlow) {
				t.Errorf("who is too slow is told %v", err)
			}
			break
		}
	}
	again := s.listen(svc, "bob", bob.at)
	again.until(ada.at)
}

func TestWhoIsRemovedGetsNothingMore(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	one, two := s.process(unlimited), s.process(unlimited)
	ada, bob, carl := s.listen(one, "ada", 0), s.listen(two, "bob", 0), s.listen(two, "carl", 0)
	bob.until(ada.do(say("before")))
	s.mu.Lock()
	delete(s.inside, "bob")
	s.deaf = true // not even the bus is needed
	s.mu.Unlock()
	ok(t, one.Moved(t.Context(), host, "autumn", "bob", false))
	last := ada.do(say("after"))
	carl.until(last)
	for {
		_, err := bob.next()
		if err != nil {
			if !errors.Is(err, live.ErrShownOut) {
				t.Errorf("bob is told %v", err)
			}
			break
		}
	}
	if slices.Contains(bob.texts(), "after") {
		t.Error("bob heard what was said after he was removed")
	}
	_, err := bob.l.Do(t.Context(), say("still here"))
	refused(t, "bob speaks", "live.out", err)

	s.mu.Lock()
	s.deaf, s.signed["carl"] = false, true
	s.mu.Unlock()
	one.Recheck(t.Context(), "carl")
	for {
		if _, err := carl.next(); err != nil {
			if !errors.Is(err, live.ErrSignedOut) {
				t.Errorf("carl is told %v", err)
			}
			break
		}
	}
}
