package live_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"palestra/bootcamp"
	"palestra/bootcamp/live"
	"palestra/people"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ada, bob, grace := s.listen(svc, "ada", 0), s.listen(svc, "bob", 0), s.listen(svc, "grace", 0)
	said := ada.do(say("A bench at the counter"))
	decided := grace.do(act(live.Act{Kind: live.Decided, On: true, Text: "We try it", Lang: "de"}))
	gone := grace.do(act(live.Act{Kind: live.Decided, On: true, Text: "We do not", Lang: "de"}))
	grace.do(act(live.Act{Kind: live.Decided, Re: gone}))
	for _, e := range []*ear{ada, bob} {
		e.do(act(live.Act{Kind: live.Noted, Data: base64.StdEncoding.EncodeToString([]byte("change of " + e.who))}))
	}
	n := grace.do(act(live.Act{Kind: live.Split, Seconds: 600, Groups: []live.Team{{Name: "One", Who: []string{ada.who}}}}))
	grace.until(n)
	apart := ada.do(live.Message{ID: "apart", Act: live.Act{Kind: live.Said, Text: "Among us", Lang: "en", Group: fmt.Sprintf("%d-1", n)}})
	ada.until(apart)
	grace.until(apart)

	quote := func(by people.Actor, q live.Quoted) (bootcamp.Quote, error) {
		return svc.Quote(t.Context(), by, door, q)
	}
	message := live.Quoted{Kind: bootcamp.QuoteMessage, Number: said}
	for name, code := range map[string]string{"ada": "people.forbidden", "olaf": "people.forbidden", "stranger": "bootcamp.not_inside"} {
		_, err := quote(actor(name), message)
		refused(t, name, code, err)
	}
	grace.do(act(live.Act{Kind: live.Deputised, Whom: bob.who, On: true}))
	_, err := quote(actor("bob"), message)
	refused(t, "a deputy", "people.forbidden", err)
	_, err = svc.Quote(t.Context(), actor("grace"), live.Door{Bootcamp: door.Bootcamp, Session: door.Session, Rehearsal: true}, message)
	refused(t, "a rehearsal", "people.forbidden", err)

	q, err := quote(actor("grace"), message)
	ok(t, err)
	if q.Words != "A bench at the counter" || q.Language != "en" || len(q.Of) != 1 || q.Of[0].Person != "ada" || q.Host != host {
		t.Errorf("a message: %+v", q)
	}
	d, err := quote(actor("grace"), live.Quoted{Kind: bootcamp.QuoteDecision, Number: decided})
	ok(t, err)
	if d.Words != "We try it" || d.Of[0].Person != "grace" || d.Key == q.Key {
		t.Errorf("a decision: %+v", d)
	}
	notes := live.Quoted{Kind: bootcamp.QuoteNotes, Words: "A bench. A plant.", Language: "en", Whom: []string{ada.who, bob.who, ada.who}}
	x, err := quote(actor("grace"), notes)
	ok(t, err)
	if x.Words != notes.Words || len(x.Of) != 2 {
		t.Errorf("notes: %+v", x)
	}
	for _, tc := range []struct {
		name, code string
		q          live.Quoted
	}{
		{"no such message", "live.unknown", live.Quoted{Kind: bootcamp.QuoteMessage, Number: 9999}},
		{"no number", "live.unknown", live.Quoted{Kind: bootcamp.QuoteMessage, Number: -1}},
		{"a decision as a message", "live.unknown", live.Quoted{Kind: bootcamp.QuoteMessage, Number: decided}},
		{"in a group that she does not visit", "live.unknown", live.Quoted{Kind: bootcamp.QuoteMessage, Number: apart}},
		{"a message as a decision", "live.unknown", live.Quoted{Kind: bootcamp.QuoteDecision, Number: said}},
		{"what was taken back", "live.unknown", live.Quoted{Kind: bootcamp.QuoteDecision, Number: gone}},
		{"a song", "live.choice", live.Quoted{Kind: "song", Number: said}},
		{"notes of nobody", "live.note_whom", live.Quoted{Kind: bootcamp.QuoteNotes, Words: "w", Language: "en"}},
		{"notes of who wrote none", "live.note_whom", live.Quoted{Kind: bootcamp.QuoteNotes, Words: "w", Language: "en", Whom: []string{ada.who, grace.who}}},
		{"no words", "live.empty", live.Quoted{Kind: bootcamp.QuoteNotes, Words: " ", Language: "en", Whom: []string{ada.who}}},
		{"no language", "live.language", live.Quoted{Kind: bootcamp.QuoteNotes, Words: "w", Language: "!", Whom: []string{ada.who}}},
	} {
		_, err := quote(actor("grace"), tc.q)
		refused(t, tc.name, tc.code, err)
	}
	ok(t, svc.Erase(t.Context(), people.Subject{Person: "ada", Organisation: host}, "heir", true))
	if q, err = quote(actor("grace"), message); err != nil || len(q.Of) != 0 {
		t.Errorf("of who was erased: %+v %v", q, err)
	}
}
