package live_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"palestra/bootcamp/live"
	"palestra/internal/id"
	"palestra/internal/store"
)

func act(a live.Act) live.Message { return live.Message{ID: id.Random(), Act: a} }

func (e *ear) texts() []string {
	var out []string
	for _, x := range e.events {
		if x.Kind == live.Said {
			out = append(out, x.Text)
		}
	}
	return out
}

// part reads a part of the state as pages have it.
func part[T any](t *testing.T, e *ear, key string) T {
	t.Helper()
	var out T
	b, err := json.Marshal(e.state[key])
	ok(t, err)
	ok(t, json.Unmarshal(b, &out))
	return out
}

func TestWhoSpokeLeastGoesFirst(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	grace, ada, bob, carl := s.listen(svc, "grace", 0), s.listen(svc, "ada", 0), s.listen(svc, "bob", 0), s.listen(svc, "carl", 0)
	grace.until(s.head())
	grace.until(grace.do(act(live.Act{Kind: live.Called, Whom: ada.who}))) // ada has spoken once
	ada.do(act(live.Act{Kind: live.Raised, On: true}))
	bob.do(act(live.Act{Kind: live.Raised, On: true}))
	bob.do(act(live.Act{Kind: live.Raised, On: true})) // twice is once
	grace.until(carl.do(act(live.Act{Kind: live.Raised, On: true})))
	order := func() string {
		var names []string
		for _, h := range part[[]live.Hand](t, grace, "hands") {
			names = append(names, map[string]string{ada.who: "ada", bob.who: "bob", carl.who: "carl"}[h.Who])
		}
		return strings.Join(names, " ")
	}
	if got := order(); got != "bob carl ada" {
		t.Errorf("the queue is %q", got)
	}
	grace.until(grace.do(act(live.Act{Kind: live.Called, Whom: bob.who})))
	grace.until(bob.do(act(live.Act{Kind: live.Raised, On: true})))
	if got := order(); got != "carl ada bob" {
		t.Errorf("then the queue is %q", got)
	}
	grace.do(act(live.Act{Kind: live.Raised, On: true}))
	grace.until(grace.do(act(live.Act{Kind: live.Called, Whom: grace.who, On: true})))
	if floor := part[string](t, grace, "floor"); floor != grace.who || order() != "carl ada bob" {
		t.Errorf("who leads calls herself: the floor is with %q, the queue is %q", floor, order())
	}
	grace.until(grace.do(act(live.Act{Kind: live.Raised, Whom: carl.who, On: false})))
	if got := order(); got != "ada bob" {
		t.Errorf("without carl's hand the queue is %q", got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	grace := s.listen(s.process(unlimited), "grace", 0)
	clock := func(a live.Act) live.Clock {
		grace.until(grace.do(act(a)))
		return part[live.Clock](t, grace, "clock")
	}
	c := clock(live.Act{Kind: live.Timed, Item: 1, Text: "Round of names", Seconds: 600})
	if c.Ends == nil || c.Ends.Sub(c.From).Seconds() != 600 {
		t.Errorf("the clock is %+v", c)
	}
	if d := clock(live.Act{Kind: live.Extended, Seconds: 120}); d.Ends.Sub(*c.Ends).Seconds() != 120 {
		t.Errorf("two minutes more: %+v", d)
	}
	if d := clock(live.Act{Kind: live.Paused, On: true}); d.Ends != nil || d.Left < 700 || d.Left > 720 {
		t.Errorf("paused: %+v", d)
	}
	if d := clock(live.Act{Kind: live.Extended, Seconds: 60}); d.Left < 760 {
		t.Errorf("a minute more while it stands: %+v", d)
	}
	if d := clock(live.Act{Kind: live.Paused}); d.Ends == nil {
		t.Errorf("it goes on: %+v", d)
	}
	clock(live.Act{Kind: live.Untimed})
	if grace.state["clock"] != nil {
		t.Errorf("no clock is %v", grace.state["clock"])
	}
}

// box is what is stored of a poll.
func (s *school) box(poll string) live.Box {
	boxes, err := store.NewTown[live.Box](s.db, "livePolls", 1, store.On("byStream", store.Str("stream")))
	ok(s.t, err)
	b, err := boxes.Get(s.t.Context(), host, poll)
	ok(s.t, err)
	return b
}

func (s *school) ask(grace *ear, q live.Question) live.Poll {
	s.t.Helper()
	known := map[string]bool{}
	for k := range grace.state {
		known[k] = true
	}
	grace.until(grace.do(act(live.Act{Kind: live.Asked, Poll: &q})))
	for k := range grace.state {
		if strings.HasPrefix(k, "poll:") && !known[k] {
			return part[live.Poll](s.t, grace, k)
		}
	}
	s.t.Fatal("no poll")
	return live.Poll{}
}

func vote(poll string, v live.Vote) live.Message {
	return live.Message{ID: id.Random(), Act: live.Act{Kind: live.Voted, Poll: &live.Question{ID: poll}}, Vote: &v}
}

func TestAnonymousVotes(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	one, two := s.process(unlimited), s.process(unlimited)
	grace := s.listen(one, "grace", 0)
	p := s.ask(grace, live.Question{Kind: live.PollSingle, Text: "Which?", Lang: "en", Options: []string{"Bus", "Bike"}, Anonymous: true, Minimum: 3})
	var all sync.WaitGroup
	for i, name := range []string{"ada", "bob", "carl"} {
		all.Go(func() {
			if _, err := []*live.Service{one, two}[i%2].Do(t.Context(), actor(name), door, vote(p.ID, live.Vote{Choice: []int{i % 2}})); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	all.Wait()
	_, err := two.Do(t.Context(), actor("ada"), door, vote(p.ID, live.Vote{Choice: []int{1}}))
	refused(t, "ada votes twice", "live.voted", err)
	b := s.box(p.ID)
	if len(b.Ballots) != 0 || len(b.Marks) != 3 || fmt.Sprint(b.Counts) != "[2 1]" || b.Votes != 3 {
		t.Errorf("stored is %+v", b)
	}
	for _, mark := range b.Marks {
		if strings.Contains(mark, "ada") {
			t.Error("a mark names somebody")
		}
	}
	for len(grace.events) == 0 || part[live.Poll](t, grace, "poll:"+p.ID).Votes < 3 {
		_, err := grace.next()
		ok(t, err)
	}
	if open := part[live.Poll](t, grace, "poll:"+p.ID); open.Tally != nil {
		t.Error("figures are told while the poll is open")
	}
	for _, e := range grace.events {
		if e.Kind == live.Polled && e.By != "" {
			t.Error("an event says who voted")
		}
	}
	grace.until(grace.do(act(live.Act{Kind: live.Closed, Poll: &live.Question{ID: p.ID}})))
	if closed := part[live.Poll](t, grace, "poll:"+p.ID); closed.Open || closed.Tally == nil || fmt.Sprint(closed.Tally.Counts) != "[2 1]" {
		t.Errorf("the result is %+v", closed)
	}
	if b := s.box(p.ID); b.Key != "" || len(b.Marks) != 0 {
		t.Error("who voted is still known after the end")
	}
	_, err = one.Do(t.Context(), actor("olaf"), door, vote(p.ID, live.Vote{Choice: []int{1}}))
	refused(t, "an observer votes", "live.reads_only", err)
	_, err = one.Do(t.Context(), actor("grace"), door, vote(p.ID, live.Vote{Choice: []int{1}}))
	refused(t, "too late", "live.poll_closed", err)

	few := s.ask(grace, live.Question{Kind: live.PollWords, Text: "In a word?", Lang: "en", Anonymous: true, Minimum: 3})
	_, err = one.Do(t.Context(), actor("ada"), door, vote(few.ID, live.Vote{Words: []string{"Hope", " hope ", "Work"}}))
	ok(t, err)
	grace.until(grace.do(act(live.Act{Kind: live.Closed, Poll: &live.Question{ID: few.ID}})))
	if closed := part[live.Poll](t, grace, "poll:"+few.ID); !closed.Few || closed.Tally != nil {
		t.Errorf("of one vote is told %+v", closed)
	}
	if b := s.box(few.ID); len(b.Words) != 0 {
		t.Error("a vote that nobody will see is kept")
	}
}

func TestNamedVotesCanBeChanged(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	grace := s.listen(svc, "grace", 0)
	ranked := s.ask(grace, live.Question{Kind: live.PollRanking, Text: "Order?", Lang: "en", Options: []string{"A", "B", "C"}})
	for _, v := range [][]int{{0, 1, 2}, {2, 1, 0}} {
		_, err := svc.Do(t.Context(), actor("ada"), door, vote(ranked.ID, live.Vote{Choice: v}))
		ok(t, err)
	}
	if b := s.box(ranked.ID); b.Votes != 1 || fmt.Sprint(b.Counts) != "[1 2 3]" {
		t.Errorf("stored is %+v", b)
	}
	words := s.ask(grace, live.Question{Kind: live.PollWords, Text: "Word?", Lang: "en", Most: 2})
	for _, v := range [][]string{{"Bus", "tram"}, {"TRAM"}} {
		_, err := svc.Do(t.Context(), actor("ada"), door, vote(words.ID, live.Vote{Words: v}))
		ok(t, err)
	}
	_, err := svc.Do(t.Context(), actor("bob"), door, vote(words.ID, live.Vote{Words: []string{"Tram"}}))
	ok(t, err)
	if b := s.box(words.ID); b.Votes != 2 || len(b.Words) != 1 || b.Words[0].Count != 2 {
		t.Errorf("stored is %+v", b)
	}
	for _, v := range []live.Vote{{}, {Choice: []int{0, 1}}, {Choice: []int{0, 0, 1}}, {Choice: []int{0, 1, 3}}, {Choice: []int{-1, 0, 1}}} {
		_, err := svc.Do(t.Context(), actor("ada"), door, vote(ranked.ID, v))
		refused(t, fmt.Sprint(v), "live.vote", err)
	}
}

func TestWhatIsSaidInAGroupStaysThere(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	one, two := s.process(unlimited), s.process(unlimited)
	grace, ada, bob, carl := s.listen(one, "grace", 0), s.listen(two, "ada", 0), s.listen(one, "bob", 0), s.listen(two, "carl", 0)
	grace.until(s.head())
	n := grace.do(act(live.Act{Kind: live.Split, Seconds: 600, Groups: []live.Team{{Name: "One", Who: []string{ada.who, bob.who}}, {Name: "Two", Who: []string{carl.who}}}}))
	for _, e := range []*ear{grace, ada, bob, carl} {
		e.until(n)
	}
	group := fmt.Sprintf("%d-1", n)
	secret := say("between us")
	secret.Group = group
	last := ada.do(secret)
	for _, e := range []*ear{grace, ada, bob, carl} {
		e.until(last)
	}
	heard := func(e *ear) bool { return strings.Contains(fmt.Sprint(e.texts()), "between us") }
	if !heard(ada) || !heard(bob) || heard(carl) || heard(grace) {
		t.Error("it was heard by the wrong people")
	}
	_, err := carl.l.Do(t.Context(), secret)
	refused(t, "carl speaks in the other group", "live.not_in_group", err)
	_, err = carl.l.Do(t.Context(), act(live.Act{Kind: live.Reacted, Mark: "agree", Re: last, On: true}))
	refused(t, "carl reacts to what he cannot see", "live.unknown", err)
	page, err := one.Talk(t.Context(), actor("carl"), door, 0, 10)
	ok(t, err)
	if strings.Contains(string(page.Events[len(page.Events)-1]), "between") {
		t.Error("carl reads it afterwards")
	}
	back := s.listen(one, "carl", n)
	back.until(last)
	if heard(back) {
		t.Error("carl hears it when he comes back")
	}
	ada.until(grace.do(act(live.Act{Kind: live.Visited, Group: group})))
	more := secret
	more.ID, more.Text = id.Random(), "between us, and Grace"
	last = ada.do(more)
	grace.until(last)
	if !strings.Contains(fmt.Sprint(grace.texts()), "and Grace") {
		t.Error("who visits a group does not hear it")
	}
	grace.do(do(live.Gathered))
	carl.until(grace.do(say("all together")))
	late := secret
	late.ID = id.Random()
	_, err = ada.l.Do(t.Context(), late)
	refused(t, "after the groups", "live.not_in_group", err)
}

func TestARehearsalIsForgotten(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	d := door
	d.Rehearsal = true
	l, err := svc.Attend(t.Context(), actor("grace"), d, 0)
	ok(t, err)
	_, err = l.Do(t.Context(), say("testing, testing"))
	ok(t, err)
	_, err = l.Do(t.Context(), act(live.Act{Kind: live.Asked, Poll: &live.Question{Kind: live.PollScale, Text: "x", Lang: "en"}}))
	ok(t, err)
	grace := s.listen(svc, "grace", 0)
	grace.until(grace.do(do(live.Opened))) // the session begins: the rehearsal is over
	l.Close(t.Context())
	page, err := svc.Talk(t.Context(), actor("grace"), d, 0, 10)
	ok(t, err)
	if len(page.Events) != 0 {
		t.Errorf("%d things are still there", len(page.Events))
	}
	page, err = svc.Talk(t.Context(), actor("grace"), door, 0, 10)
	ok(t, err)
	if len(page.Events) != 0 {
		t.Error("what was rehearsed is in the session")
	}
	ok(t, svc.EndRehearsal(t.Context(), actor("grace"), d))
}

// TestAStateIsFoldedAgain kills every process: the next one comes to the same state, from what was kept and what was not.
func TestAStateIsFoldedAgain(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	first := s.process(unlimited)
	grace, ada := s.listen(first, "grace", 0), s.listen(first, "ada", 0)
	grace.until(s.head())
	for _, a := range []live.Act{{Kind: live.Opened}, {Kind: live.Timed, Item: 2, Text: "Maps", Seconds: 60}, {Kind: live.Decided, On: true, Text: "Maps for all", Lang: "en"},
		{Kind: live.Shared, Text: "Map", URL: "https://maps.example/"}, {Kind: live.Called, Whom: ada.who}, {Kind: live.Deputised, Whom: ada.who, On: true},
		{Kind: live.Split, Groups: []live.Team{{Name: "One", Who: []string{ada.who}}}}} {
		grace.do(act(a))
	}
	s.ask(grace, live.Question{Kind: live.PollMultiple, Text: "Which?", Lang: "en", Options: []string{"a", "b"}})
	grace.until(ada.do(act(live.Act{Kind: live.Raised, On: true})))
	want := state(t, s.listen(first, "grace", 0))
	second := s.process(unlimited) // knows nothing, folds all
	if got := state(t, s.listen(second, "grace", 0)); got != want {
		t.Errorf("folded again it is\n%s\nwant\n%s", got, want)
	}
	for _, e := range s.all {
		e.l.Close(t.Context())
	}
	ok(t, first.Close()) // keeps its fold
	third := s.process(unlimited)
	if got := state(t, s.listen(third, "grace", 0)); got != want {
		t.Errorf("from what was kept it is\n%s\nwant\n%s", got, want)
	}
}

func state(t *testing.T, e *ear) string {
	t.Helper()
	b, err := json.MarshalIndent(e.state, "", " ")
	ok(t, err)
	return string(b)
}
