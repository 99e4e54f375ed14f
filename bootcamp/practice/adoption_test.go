package practice_test

import (
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/practice"
	"palestra/people"
)

func (w *valley) move(by people.Actor, p practice.Practice, state, on string) {
	w.t.Helper()
	_, err := w.Move(w.t.Context(), by, p.ID, 0, state, on, "")
	ok(w.t, err)
}

func TestAdoptions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	_, err := w.Adopt(ctx, w.Anna, p.ID, "", "")
	refused(t, "one's own", "practice.own_practice", err)
	_, err = w.Adopt(ctx, w.Ada, p.ID, "", "")
	refused(t, "by a learner", "people.forbidden", err)
	_, err = w.Adopt(ctx, people.Actor{}, p.ID, "", "")
	refused(t, "by nobody", "people.unsigned", err)
	a, err := w.Adopt(ctx, w.mallory, p.ID, "", "")
	ok(t, err)
	_, err = w.Adopt(ctx, w.mallory, p.ID, "", "")
	refused(t, "twice", "practice.adopted", err)

	// That a town is interested is between it and the authors.
	if seen, err := w.Adopters(ctx, w.ville, p.ID, 0); err != nil || len(seen.Branches) != 0 || seen.Interested != 1 {
		t.Errorf("a stranger sees %+v, %v", seen, err)
	}
	if seen, err := w.Adopters(ctx, w.Grace, p.ID, 0); err != nil || len(seen.Branches) != 1 {
		t.Errorf("the author sees %+v, %v", seen, err)
	}
	_, err = w.Adopt(ctx, w.ville, p.ID, a.ID, "")
	refused(t, "from one that is not shown", "practice.no_adoption", err)

	_, err = w.Move(ctx, w.mallory, p.ID, 0, practice.Using, "2026-11-22", "")
	refused(t, "tomorrow", "practice.day", err)
	_, err = w.Move(ctx, w.mallory, p.ID, 0, practice.Using, "2025-01-01", "")
	refused(t, "before the beginning", "practice.day", err)
	_, err = w.Move(ctx, w.mallory, p.ID, 0, practice.Dropped, "2026-11-21", "")
	refused(t, "dropped without a reason", "practice.reason", err)
	_, err = w.Move(ctx, w.mallory, p.ID, 0, "bought", "2026-11-21", "")
	refused(t, "no stage", "practice.stage", err)
	_, err = w.Move(ctx, w.mallory, p.ID, 99, practice.Using, "2026-11-21", "")
	refused(t, "an old form", "practice.changed_elsewhere", err)
	w.Clock.Pass(425 * 24 * time.Hour)
	w.move(w.mallory, p, practice.Adapting, "2027-06-01")
	w.move(w.mallory, p, practice.Using, "2028-01-15")
	changes := []practice.Change{{Section: "conditions", Card: "Bring in the baker", Here: "Bring in the butcher", Offer: "offered"}, {Section: "steps", Here: "A notary comes once a month"}}
	words := "Added a notary once a month."
	residents := int64(4000)
	a, err = w.Describe(ctx, w.mallory, p.ID, 0, practice.AdoptionChange{Changes: &changes, Summary: &words, Residents: &residents})
	ok(t, err)
	if a.Changes[0].Kind != "changed" || a.Changes[1].Kind != "added" {
		t.Errorf("kinds: %+v", a.Changes)
	}
	_, err = w.Adopt(ctx, w.ville, p.ID, a.ID, "")
	ok(t, err)
	w.move(w.ville, p, practice.Adapting, "2028-01-20")
	_, err = w.Adopt(ctx, w.rosa, p.ID, a.ID, "")
	ok(t, err)
	seen, err := w.Adopters(ctx, w.ville, p.ID, 4100)
	ok(t, err)
	if len(seen.Branches) != 1 || len(seen.Branches[0].Branches) != 1 || seen.Branches[0].Branches[0].TownName != "Tammelan kunta" || seen.Interested != 1 {
		t.Errorf("lineage: %+v", seen)
	}
	if seen.Like.Towns != 1 || seen.Like.Changes != 2 {
		t.Errorf("like: %+v", seen.Like)
	}
	if c, _ := w.Card(ctx, p.ID); c.Using != 1 || c.Adopting != 1 {
		t.Errorf("card: %d use it, %d adopt it", c.Using, c.Adopting)
	}
	adopted := 0
	for _, e := range w.Records.Events {
		if strings.HasSuffix(e.Verb, "/adopted") {
			adopted++
			if e.Account != "" {
				t.Error("an adoption is not told by the platform")
			}
		}
	}
	if adopted != 6 { // three interested, two adapting, one using
		t.Errorf("%d statements", adopted)
	}

	// An improvement flows back.
	_, err = w.Decide(ctx, w.ville, p.ID, a.ID, 0, true)
	refused(t, "a stranger decides", "people.forbidden", err)
	_, err = w.Decide(ctx, w.Grace, p.ID, a.ID, 1, true)
	refused(t, "what is not offered", "practice.no_offer", err)
	_, err = w.Decide(ctx, w.Grace, p.ID, p.ID+".elsewhere", 0, true)
	refused(t, "of nobody", "practice.no_adoption", err)
	_, err = w.Decide(ctx, w.Grace, p.ID, a.ID, 0, true)
	ok(t, err)
	a, err = w.Describe(ctx, w.mallory, p.ID, 0, practice.AdoptionChange{Changes: &changes})
	ok(t, err)
	if a.Changes[0].Offer != "taken" {
		t.Errorf("saving again forgets what was decided: %q", a.Changes[0].Offer)
	}
	if got := w.letters("practice_taken"); len(got) != 1 || got[0] != "mallory@lindenau.example" {
		t.Errorf("letters: %v", got)
	}
	shown, node, err := w.Shown(ctx, w.Ada, p.ID, a.ID)
	ok(t, err)
	if shown.Summary != words || node.TownName != "Stadt Lindenau" {
		t.Errorf("shown: %+v", shown)
	}
	_, _, err = w.Shown(ctx, w.ville, p.ID, p.ID+"."+w.rosa.Organisation)
	refused(t, "what is between others", "practice.no_adoption", err)
	// Authors are told of each stage once.
	for _, stage := range []string{"practice_interested", "practice_adapting", "practice_using"} {
		want := map[string]int{"practice_interested": 3, "practice_adapting": 2, "practice_using": 1}[stage]
		if got := w.letters(stage); len(got) != want {
			t.Errorf("%s: %v", stage, got)
		}
	}
}

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	q, err := w.Ask(ctx, w.mallory, p.ID, "Who paid?")
	ok(t, err)
	_, err = w.Answer(ctx, w.Grace, p.ID, q.ID, "The region.")
	ok(t, err)
	_, err = w.Adopt(ctx, w.mallory, p.ID, "", "")
	ok(t, err)
	_, err = w.Review(ctx, w.mallory, p.ID, practice.Review{Marks: map[string]int{"clear": 1, "honest": 1, "evidence": 1, "transfer": 1, "inclusive": 1}, Words: strings.Repeat("Not good enough. ", 5)})
	ok(t, err)
	count := func(who people.Actor) map[string]int {
		held, err := w.Holds(ctx, people.Subject{Organisation: who.Organisation, Person: who.Person})
		ok(t, err)
		n := map[string]int{}
		for _, h := range held {
			n[h.What] = h.Count
		}
		return n
	}
	if n := count(w.mallory); n["reviews"] != 1 || n["questions"] != 1 || n["adoptions"] != 1 || n["practices"] != 0 {
		t.Errorf("of Mallory is held %v", n)
	}
	if n := count(w.Grace); n["practices"] != 1 || n["questions"] != 1 {
		t.Errorf("of Grace is held %v", n)
	}
	for _, who := range []people.Actor{w.Grace, w.mallory} {
		for range 2 {
			ok(t, w.Erase(ctx, people.Subject{Organisation: who.Organisation, Person: who.Person}, "heir", true))
		}
		for what, n := range count(who) {
			if n != 0 {
				t.Errorf("%d %s are left", n, what)
			}
		}
	}
	c, err := w.Card(ctx, p.ID)
	ok(t, err)
	if len(c.Authors) != 0 || c.Content.Title["en"] == "" {
		t.Errorf("the card after its author went: %+v", c.Authors)
	}
	r, err := w.Reviews(ctx, w.Ada, p.ID, 1, "", 10)
	ok(t, err)
	if len(r.Docs) != 1 || r.Docs[0].Name != "" || r.Docs[0].TownName != "Stadt Lindenau" {
		t.Errorf("the review after its author went: %+v", r.Docs)
	}
}
