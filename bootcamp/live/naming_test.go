package live_test

import (
	"slices"
	"testing"

	"palestra/bootcamp/live"
	"palestra/internal/store"
	"palestra/people"
)

// Somebody changes her name while she is in a room: all who are in it see that at once, in every process, and whoever comes
// later too. What was said stays hers; nobody else is called otherwise.
func TestNewNameInTheRoom(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	one, two := s.process(unlimited), s.process(unlimited)
	ada, bob := s.listen(one, "ada", 0), s.listen(two, "bob", 0)
	n := ada.do(say("Good morning"))
	ada.until(n)
	bob.until(n)
	subject := people.Subject{Organisation: host, Person: "ada", Name: "Ada Colombo"}
	elsewhere := subject
	elsewhere.Organisation = "montalto"
	ok(t, one.Rename(t.Context(), elsewhere)) // for another town she was not here
	ok(t, one.Rename(t.Context(), subject))
	for who, e := range map[string]*ear{"ada": ada, "bob": bob} {
		for {
			p, err := e.next()
			ok(t, err)
			if len(p.Names) == 0 {
				continue
			}
			if name, ok := p.Names[ada.who]; !ok || name.Name != "Ada Colombo" || len(p.Names) != 1 || len(p.Events) != 0 {
				t.Errorf("%s hears of %v", who, p.Names)
			}
			break
		}
	}
	n = bob.do(say("Welcome"))
	ada.until(n)
	if !slices.Equal(ada.texts(), []string{"Good morning", "Welcome"}) {
		t.Errorf("she heard %v", ada.texts())
	}
	guests, err := store.NewShared[live.Guest](s.db, "liveGuests", 1, store.On("byStream", store.Str("stream"), store.Str("sort")),
		store.On("byPerson", store.Str("person"), store.Str("stream")), store.On("byWho", store.Str("stream"), store.Str("who")))
	ok(t, err)
	g, err := guests.Get(t.Context(), host, "meeting.ada")
	ok(t, err)
	ok(t, two.Rename(t.Context(), subject)) // again, as after a crash
	again, err := guests.Get(t.Context(), host, "meeting.ada")
	if err != nil || again.Rev != g.Rev || g.Name != "Ada Colombo" || g.Sort != "ada colombo" || g.Who != ada.who {
		t.Errorf("her document: %+v, then revision %d, %v", g, again.Rev, err)
	}
	if b, err := guests.Get(t.Context(), host, "meeting.bob"); err != nil || b.Name != "Bob" {
		t.Errorf("bob is called %q, %v", b.Name, err)
	}
}
