package challenge_test

import (
	"archive/zip"
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/challenge"
	"palestra/bootcamp/directory"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/mail"
	"palestra/people"
)

// board is three towns. Grace of Castelverde states; Mallory of Lindenau and Ville of Tammela have every role in theirs. Ada
// and Lin of Castelverde are in a cohort that Grace leads.
type board struct {
	*challenge.Service
	*coursetest.Town
	t              *testing.T
	practices      *practice.Service
	camps          *bootcamp.Service
	experts        *directory.Service
	mallory, ville people.Actor
	camp, cohort   string
}

type post struct{ *coursetest.Letters }

func (p post) SendWith(ctx context.Context, id, to, locale, letter string, params map[string]any, _ []mail.Part) error {
	return p.SendOnce(ctx, id, to, locale, letter, params)
}

func open(t *testing.T) *board {
	t.Helper()
	w := &board{Town: coursetest.New(t), t: t}
	ctx := t.Context()
	var err error
	w.practices, err = practice.New(practice.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: w.Letters, Courses: w.Courses, Now: w.Clock.Now, NewID: id.New,
		PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.camps, err = bootcamp.New(bootcamp.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: post{w.Letters}, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret,
		When: func(string, time.Time) string { return "" }, PublicURL: "https://learn.example", From: "palestra@learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.experts, err = directory.New(directory.Config{DB: w.DB, People: w.People, Mail: w.Letters, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret, Secret: []byte("s"), PublicURL: "https://learn.example"})
	ok(t, err)
	w.Service, err = challenge.New(challenge.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: w.Letters, Cohorts: w.camps, Practices: w.practices, Experts: w.experts, Now: w.Clock.Now,
		NewID: id.New, PublicURL: "https://learn.example"})
	ok(t, err)
	w.People.Keep(w.Service)
	w.mallory = w.OtherTown(t)
	w.ville = w.Found(t, people.Organisation{Slug: "tammela", Name: "Tammelan kunta", Country: "FI", Zone: "Europe/Helsinki", Locale: "fi"}, "Ville")
	lead := w.Anna
	b, err := w.camps.Create(ctx, lead, bootcamp.Change{Title: course.Text{"en": "Counters"}, Languages: []string{"en"}, Towns: &[]string{w.mallory.Organisation}})
	ok(t, err)
	name, joining := "Autumn", bootcamp.JoinOpen
	c, err := w.camps.CreateCohort(ctx, lead, b.ID, bootcamp.CohortChange{Name: &name, Joining: &joining})
	ok(t, err)
	_, err = w.camps.Publish(ctx, lead, b.ID)
	ok(t, err)
	for _, by := range []people.Actor{w.Ada, w.mallory} {
		_, err = w.camps.Join(ctx, by, b.ID, c.ID)
		ok(t, err)
	}
	w.camp, w.cohort = b.ID, c.ID
	w.Letters.Sent = nil
	return w
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

func en(s string) challenge.Text { return challenge.Text{"en": s} }

func flood() challenge.Content {
	return challenge.Content{Languages: []string{"en"}, Title: en("Cellars under water, and nobody was warned"), Affected: en("400 households along the brook"),
		Problem: en("The brook rises in **forty minutes**."), Constraints: []challenge.Text{en("No money for a control room")}, Tried: []challenge.Text{en("A siren: people thought it was a drill")},
		Topics: []string{"security", "environment"}, Competences: []string{"2.2"}, Labels: []string{"Early warning"}}
}

func (w *board) stated() challenge.Challenge {
	w.t.Helper()
	c, err := w.Create(w.t.Context(), w.Grace, flood())
	ok(w.t, err)
	c, err = w.Publish(w.t.Context(), w.Grace, c.ID)
	ok(w.t, err)
	return c
}

func (w *board) team(members ...string) challenge.Taking {
	return challenge.Taking{Bootcamp: w.camp, Cohort: w.cohort, Name: "Brook watchers", Members: members}
}

func (w *board) letters(kind string) (to []string) {
	for _, l := range w.Letters.Sent {
		if l.Kind == kind {
			to = append(to, l.To)
		}
	}
	slices.Sort(to)
	return to
}

func (w *board) told(verb string) (towns []string) {
	for _, e := range w.Records.Events {
		if strings.HasPrefix(e.Activity.Path, "/xapi/challenges/") && strings.HasSuffix(e.Verb, verb) {
			towns = append(towns, e.Account)
		}
	}
	return towns
}

func TestWhoMayState(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	_, err := w.Create(ctx, people.Actor{}, flood())
	refused(t, "nobody", "people.unsigned", err)
	_, err = w.Create(ctx, w.Ada, flood())
	refused(t, "a learner", "people.forbidden", err)
	half := flood()
	half.Tried = nil
	c, err := w.Create(ctx, w.Grace, half)
	ok(t, err)
	for name, by := range map[string]people.Actor{"a stranger": w.mallory, "a learner": w.Ada} {
		_, err = w.Challenge(ctx, by, c.ID)
		refused(t, name+" reads a draft", "challenge.not_found", err)
		_, err = w.Save(ctx, by, c.ID, 0, flood())
		refused(t, name+" saves a draft", "challenge.not_found", err)
		_, err = w.Publish(ctx, by, c.ID)
		refused(t, name+" publishes", "challenge.not_found", err)
		refused(t, name+" deletes", "challenge.not_found", w.Delete(ctx, by, c.ID))
		_, err = w.Sponsor(ctx, by, c.ID, "")
		if by.Person == w.Ada.Person {
			refused(t, name+" sponsors", "people.forbidden", err)
		} else {
			refused(t, name+" sponsors", "challenge.not_found", err)
		}
	}
	_, err = w.Publish(ctx, w.Grace, c.ID)
	refused(t, "half a challenge", "challenge.incomplete", err)
	c, err = w.Save(ctx, w.Anna, c.ID, c.Edition, flood()) // another office holder of the town
	ok(t, err)
	_, err = w.Save(ctx, w.Grace, c.ID, c.Edition-1, flood())
	refused(t, "an old form", "challenge.changed_elsewhere", err)
	_, err = w.Publish(ctx, w.Grace, c.ID)
	ok(t, err)
	_, err = w.Publish(ctx, w.Grace, c.ID)
	refused(t, "twice", "challenge.state", err)
	_, err = w.Save(ctx, w.Grace, c.ID, 0, half)
	refused(t, "half of what is on the board", "challenge.incomplete", err)
	_, err = w.Save(ctx, w.mallory, c.ID, 0, flood())
	refused(t, "a stranger saves", "people.forbidden", err)
	refused(t, "deleting what is on the board", "challenge.state", w.Delete(ctx, w.Grace, c.ID))
	if got := w.told("verb/published"); !slices.Equal(got, []string{w.Grace.Account}) {
		t.Errorf("published is told of %v", got)
	}
	d, err := w.Create(ctx, w.Grace, half)
	ok(t, err)
	ok(t, w.Delete(ctx, w.Grace, d.ID))
	_, err = w.Challenge(ctx, w.Grace, d.ID)
	refused(t, "what was deleted", "challenge.not_found", err)
	for range 18 {
		_, err = w.Create(ctx, w.Grace, half)
		ok(t, err)
	}
	_, err = w.Create(ctx, w.Grace, half)
	ok(t, err)
	_, err = w.Create(ctx, w.Grace, half)
	refused(t, "a flood", "challenge.stated_much", err)
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	for name, tc := range map[string]struct {
		code string
		set  func(*challenge.Content)
	}{
		"no language":    {"challenge.languages", func(c *challenge.Content) { c.Languages = nil }},
		"a language":     {"practice.choice", func(c *challenge.Content) { c.Languages = []string{"tlh"} }},
		"a topic":        {"practice.choice", func(c *challenge.Content) { c.Topics = []string{"magic"} }},
		"a long title":   {"course.text_long", func(c *challenge.Content) { c.Title = en(strings.Repeat("x", 201)) }},
		"a long story":   {"course.text_long", func(c *challenge.Content) { c.Problem = en(strings.Repeat("x", 8001)) }},
		"broken letters": {"course.text", func(c *challenge.Content) { c.Affected = en("\xff") }},
		"too many":       {"practice.entries", func(c *challenge.Content) { c.Tried = make([]challenge.Text, 41) }},
	} {
		c := flood()
		tc.set(&c)
		_, err := w.Create(t.Context(), w.Grace, c)
		refused(t, name, tc.code, err)
	}
}

func TestSponsors(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	_, err := w.Sponsor(ctx, w.Anna, c.ID, "")
	refused(t, "of one's own", "challenge.own", err)
	_, err = w.Sponsor(ctx, w.mallory, c.ID, strings.Repeat("x", 1001))
	refused(t, "too much", "challenge.words", err)
	c, err = w.Sponsor(ctx, w.mallory, c.ID, "Twelve gauges")
	ok(t, err)
	c, err = w.Sponsor(ctx, w.mallory, c.ID, "Fourteen gauges")
	ok(t, err)
	if len(c.Sponsors) != 1 || c.Sponsors[0].Offer != "Fourteen gauges" || !c.Sponsored(w.mallory) || c.Sponsored(w.ville) {
		t.Errorf("sponsors: %+v", c.Sponsors)
	}
	_, err = w.Say(ctx, w.ville, c.ID, "Hello")
	refused(t, "a stranger's note", "people.forbidden", err)
	_, err = w.Say(ctx, w.mallory, c.ID, "We count the rain, too.")
	ok(t, err)
	if got := w.letters("challenge_sponsored"); !slices.Equal(got, []string{"grace@castelverde.example"}) {
		t.Errorf("letters: %v", got)
	}
	found, err := w.Board(ctx, w.ville, challenge.Filter{Words: "cellar water", Topic: "security", State: challenge.StateOpen, Country: "IT"}, "", 10)
	ok(t, err)
	if len(found.Docs) != 1 || found.Docs[0].Sponsors != 1 {
		t.Errorf("the board: %+v", found.Docs)
	}
	c, err = w.Unsponsor(ctx, w.mallory, c.ID)
	ok(t, err)
	if len(c.Sponsors) != 0 || len(w.told("sponsor")) != 1 || len(w.told("retract")) != 1 {
		t.Errorf("left: %v, told %v %v", c.Sponsors, w.told("sponsor"), w.told("retract"))
	}
	_, err = w.Say(ctx, w.mallory, c.ID, "Hello")
	refused(t, "the note of who left", "people.forbidden", err)
	for range 20 {
		_, err = w.Say(ctx, w.Grace, c.ID, "And again")
		ok(t, err)
	}
	_, err = w.Say(ctx, w.Grace, c.ID, "And again")
	refused(t, "a flood", "challenge.said_much", err)
	w.Clock.Pass(25 * time.Hour)
	_, err = w.Say(ctx, w.Grace, c.ID, "The next day")
	ok(t, err)
}

func TestATeamTakesIt(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	_, err := w.Sponsor(ctx, w.ville, c.ID, "")
	ok(t, err)
	_, err = w.Take(ctx, w.Ada, c.ID, w.team(w.Ada.Person))
	refused(t, "who does not lead the cohort", "people.forbidden", err)
	_, err = w.Take(ctx, w.Anna, c.ID, w.team(w.Lin.Person))
	refused(t, "who is not in it", "bootcamp.no_member", err)
	_, err = w.Take(ctx, w.Anna, c.ID, w.team())
	refused(t, "nobody", "challenge.team", err)
	c, err = w.Take(ctx, w.Anna, c.ID, w.team(w.Ada.Person, w.mallory.Person, w.Ada.Person))
	ok(t, err)
	if c.State != challenge.StateTaken || len(c.Team.Members) != 2 || !c.InTeam(w.Ada) || c.InTeam(w.Lin) {
		t.Errorf("taken: %s, %+v", c.State, c.Team)
	}
	if got := w.letters("challenge_taken"); len(got) != 4 { // Grace, Ville, Ada, Mallory; not Anna, who did it
		t.Errorf("letters: %v", got)
	}
	_, err = w.Say(ctx, w.Ada, c.ID, "We have borrowed a gauge.")
	ok(t, err)
	_, err = w.Say(ctx, w.Lin, c.ID, "Me, too")
	refused(t, "who is not in the team", "people.forbidden", err)
	_, err = w.End(ctx, w.Lin, c.ID, challenge.Outcome{Solved: true})
	refused(t, "a stranger ends it", "people.forbidden", err)
	c, err = w.Take(ctx, w.Anna, c.ID, w.team(w.Ada.Person))
	ok(t, err)
	if len(c.Team.Members) != 1 || len(w.told("start")) != 1 {
		t.Errorf("another team: %+v, told %v", c.Team.Members, w.told("start"))
	}
	c, err = w.Return(ctx, w.Ada, c.ID)
	ok(t, err)
	if c.State != challenge.StateOpen || c.InTeam(w.Ada) {
		t.Errorf("given back: %s", c.State)
	}
	_, err = w.Take(ctx, w.Anna, c.ID, w.team(w.Ada.Person, w.mallory.Person))
	ok(t, err)
	c, err = w.End(ctx, w.Ada, c.ID, challenge.Outcome{Solved: true, Words: "A gauge that sends a message."})
	ok(t, err)
	e := c.Endings[0]
	if c.State != challenge.StateSolved || e.Practice == "" || e.Team != "Brook watchers" {
		t.Fatalf("ended: %s, %+v", c.State, e)
	}
	p, err := w.practices.Draft(ctx, w.Ada, e.Practice)
	ok(t, err)
	var authors []string
	for _, a := range p.Authors {
		authors = append(authors, a.Name)
	}
	if p.Town != w.Grace.Organisation || p.Challenge != c.ID || len(authors) != 3 || authors[0] != w.Ada.Name || p.Draft.Title["en"] != c.Content.Title["en"] ||
		!strings.Contains(p.Draft.Description["en"], "A gauge that sends a message.") || len(p.Draft.Difficulties) != 1 {
		t.Errorf("the practice: %v, %+v", authors, p)
	}
	if published, err := w.Published(ctx, e.Practice); err != nil || published {
		t.Errorf("a draft is published: %v %v", published, err)
	}
	_, err = w.End(ctx, w.Grace, c.ID, challenge.Outcome{Solved: true})
	refused(t, "ended twice", "challenge.state", err)
	_, err = w.Reopen(ctx, w.Grace, c.ID)
	refused(t, "what was solved", "challenge.state", err)
}

func TestNotSolved(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	why := "The county has bought another system, and nobody may connect to it before 2029."
	_, err := w.End(ctx, w.Grace, c.ID, challenge.Outcome{Words: why})
	refused(t, "no reason", "challenge.reasons", err)
	_, err = w.End(ctx, w.Grace, c.ID, challenge.Outcome{Reasons: []string{"magic"}, Words: why})
	refused(t, "no such reason", "challenge.reasons", err)
	_, err = w.End(ctx, w.Grace, c.ID, challenge.Outcome{Reasons: []string{"law"}, Words: "No."})
	refused(t, "no words", "challenge.why_short", err)
	_, err = w.End(ctx, w.mallory, c.ID, challenge.Outcome{Reasons: []string{"law"}, Words: why})
	refused(t, "a stranger", "people.forbidden", err)
	c, err = w.End(ctx, w.Grace, c.ID, challenge.Outcome{Reasons: []string{"money", "law", "law"}, Words: why})
	ok(t, err)
	if c.State != challenge.StateUnsolved || !slices.Equal(c.Endings[0].Reasons, []string{"law", "money"}) {
		t.Errorf("ended: %+v", c.Endings)
	}
	found, err := w.Board(ctx, w.ville, challenge.Filter{State: challenge.StateUnsolved}, "", 10)
	ok(t, err)
	if len(found.Docs) != 1 {
		t.Error("what was not solved is not on the board")
	}
	_, err = w.Sponsor(ctx, w.mallory, c.ID, "")
	refused(t, "sponsoring what ended", "challenge.state", err)
	c, err = w.Reopen(ctx, w.Anna, c.ID)
	ok(t, err)
	if c.State != challenge.StateOpen || len(c.Endings) != 1 || c.Endings[0].Words != why {
		t.Errorf("opened again: %s, %+v", c.State, c.Endings)
	}
	if len(w.told("/close")) != 1 || len(w.told("/open")) != 1 {
		t.Errorf("told: %v %v", w.told("/close"), w.told("/open"))
	}
}

func TestKindred(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	publish := func(title string, topics, competences []string) string {
		card := practice.Content{Languages: []string{"en"}, Title: en(title), Summary: en("."), Territory: practice.Territory{Name: "X", Country: "DE"}, Objectives: []challenge.Text{en("o")},
			Conditions: []challenge.Text{en("c")}, Steps: []practice.Step{{When: "2020", What: en("s")}}, Difficulties: []challenge.Text{en("d")}, Resources: []practice.Resource{{What: en("r")}},
			Evidence: en("e"), Transfer: en("t"), Topics: topics, Competences: competences, Licence: "CC-BY-4.0"}
		p, err := w.practices.Create(ctx, w.mallory, card)
		ok(t, err)
		_, err = w.practices.Publish(ctx, w.mallory, p.ID, 0, "")
		ok(t, err)
		return p.ID
	}
	close1 := publish("Warning everybody before the water comes", []string{"security", "environment"}, []string{"2.2"})
	second := publish("A quiet square", []string{"environment"}, nil)
	publish("Cellars for wine", []string{"culture"}, nil)
	publish("Books", []string{"culture"}, nil)
	list, err := w.Practices(ctx, w.ville, c.ID)
	ok(t, err)
	var got []string
	for _, k := range list {
		got = append(got, k.Of.ID)
	}
	if !slices.Equal(got, []string{close1, second}) {
		t.Errorf("related: %v, want %v", got, []string{close1, second})
	}
	if topics, competences, words := list[0].Common(); len(topics) != 2 || len(competences) != 1 || len(words) < 1 {
		t.Errorf("in common: %v %v %v", topics, competences, words)
	}
	_, err = w.experts.Put(ctx, w.mallory, directory.Expert, directory.Content{About: "I run the gauges.", Ask: "Early warning", Language: "en", Topics: []string{"security"}, Competences: []string{"2.2"}})
	ok(t, err)
	_, err = w.experts.Put(ctx, w.Ada, directory.Expert, directory.Content{About: "I paint.", Ask: "Walls", Language: "en", Topics: []string{"culture"}})
	ok(t, err)
	experts, err := w.Experts(ctx, w.ville, c.ID)
	ok(t, err)
	if len(experts) != 1 || experts[0].Of.Content.Name != w.mallory.Name {
		t.Errorf("experts: %+v", experts)
	}
	_, err = w.Practices(ctx, people.Actor{}, c.ID)
	refused(t, "nobody", "people.unsigned", err)
}

func TestDraftOfWhatWasSaid(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	const words = "Il torrente sale in quaranta minuti."
	credit := practice.Credit{ID: "ada", Person: w.Ada.Person, Town: w.Ada.Organisation, Name: w.Ada.Name, State: practice.CreditAsked}
	content := flood()
	content.Problem = challenge.Text{"en": "What was said:\n\n" + words}
	seed := challenge.Seed{ID: "d1", Town: w.Grace.Organisation, By: practice.Author{Person: w.Grace.Person, Town: w.Grace.Organisation, Name: w.Grace.Name}, Credits: []practice.Credit{credit}, Content: content}
	for range 2 {
		ok(t, w.Begin(ctx, seed))
	}
	c, err := w.Challenge(ctx, w.Grace, "d1")
	ok(t, err)
	if c.State != challenge.StateDraft || c.Credits[0].Name != w.Ada.Name || c.By.Name != w.Grace.Name || c.TownName == "" {
		t.Errorf("the draft: %+v", c)
	}
	_, err = w.Publish(ctx, w.Grace, "d1")
	refused(t, "before she agrees", "challenge.credits", err)
	counts, err := w.Agree(ctx, c.Town, "d1", practice.Answer{Credit: "ada", State: practice.CreditDeclined, Said: []string{words}})
	ok(t, err)
	if c, err = w.Challenge(ctx, w.Grace, "d1"); err != nil || counts != practice.CreditDeclined || c.Content.Problem["en"] != "What was said:" || slices.Contains(c.Persons, w.Ada.Person) {
		t.Errorf("after she declined: %s %+v %v", counts, c, err)
	}
	seed.ID = "d2"
	ok(t, w.Begin(ctx, seed))
	for _, state := range []string{practice.CreditAgreed, practice.CreditNameless} {
		_, err = w.Agree(ctx, c.Town, "d2", practice.Answer{Credit: "ada", State: state})
		ok(t, err)
	}
	_, err = w.Publish(ctx, w.Grace, "d2")
	ok(t, err)
	if counts, err = w.Agree(ctx, c.Town, "d2", practice.Answer{Credit: "ada", State: practice.CreditDeclined, Said: []string{words}}); err != nil || counts != practice.CreditNameless {
		t.Errorf("declined on the board: %s %v", counts, err)
	}
	p := people.Subject{Person: w.Ada.Person, Organisation: w.Ada.Organisation}
	ok(t, w.Erase(ctx, p, "", true))
	if c, err = w.Challenge(ctx, w.Grace, "d2"); err != nil || c.Credits[0].Name != "" || c.Credits[0].Person != "" {
		t.Errorf("after her erasure: %+v %v", c.Credits, err)
	}
}

// Whatever write a process dies at: once it lives again, what was begun is finished or was never there.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		w.Process.Die(n)
		c, err := w.Create(ctx, w.Grace, flood())
		if err == nil {
			_, err = w.Publish(ctx, w.Grace, c.ID)
		}
		if err == nil {
			_, err = w.Sponsor(ctx, w.mallory, c.ID, "")
		}
		if err == nil {
			_, err = w.End(ctx, w.Grace, c.ID, challenge.Outcome{Solved: true, Words: "Gauges."})
		}
		died := w.Process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		w.Clock.Pass(time.Minute)
		ok(t, w.SettleDue(ctx, w.Clock.Now()))
		own, err := w.OfTown(ctx, w.Grace, "", 10)
		ok(t, err)
		for _, c := range own.Docs {
			if c.Due != nil {
				t.Errorf("%d: the sweep leaves something", n)
			}
			if c.State == challenge.StateDraft {
				continue
			}
			found, err := w.Board(ctx, w.ville, challenge.Filter{State: c.State}, "", 10)
			ok(t, err)
			if len(found.Docs) != 1 || found.Docs[0].Sponsors != len(c.Sponsors) {
				t.Errorf("%d: the board does not say what is: %+v", n, found.Docs)
			}
			if got := len(w.letters("challenge_sponsored")); got != len(c.Sponsors) {
				t.Errorf("%d: %d letters of %d sponsors", n, got, len(c.Sponsors))
			}
			if len(w.told("verb/published")) != 1 {
				t.Errorf("%d: published is told %d times", n, len(w.told("verb/published")))
			}
			if c.State == challenge.StateSolved {
				if _, err := w.practices.Draft(ctx, w.Grace, c.Endings[0].Practice); err != nil {
					t.Errorf("%d: the practice: %v", n, err)
				}
				if len(w.told("resolve")) != 1 {
					t.Errorf("%d: solved is told %d times", n, len(w.told("resolve")))
				}
			}
		}
		if !died {
			return
		}
	}
	t.Error("it died at each write: more have to be tried")
}

type archive struct{ *zip.Writer }

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	_, err := w.Sponsor(ctx, w.mallory, c.ID, "Gauges")
	ok(t, err)
	_, err = w.Take(ctx, w.Anna, c.ID, w.team(w.Ada.Person, w.mallory.Person))
	ok(t, err)
	_, err = w.Say(ctx, w.mallory, c.ID, "We have borrowed one.")
	ok(t, err)
	p := people.Subject{Person: w.mallory.Person, Organisation: w.mallory.Organisation, Account: w.mallory.Account}
	held, err := w.Holds(ctx, p)
	ok(t, err)
	if held[0].Count != 1 {
		t.Errorf("held: %+v", held)
	}
	var b bytes.Buffer
	z := archive{zip.NewWriter(&b)}
	ok(t, w.Copy(ctx, p, z))
	ok(t, z.Close())
	ok(t, w.Erase(ctx, people.Subject{Person: w.mallory.Person, Organisation: w.Grace.Organisation}, "", false))
	if c, err = w.Challenge(ctx, w.Grace, c.ID); err != nil || c.Sponsors[0].By.Name == "" {
		t.Errorf("erased in another town: %+v %v", c.Sponsors, err)
	}
	ok(t, w.Erase(ctx, p, "", true))
	c, err = w.Challenge(ctx, w.Grace, c.ID)
	ok(t, err)
	if s := c.Sponsors[0]; s.By.Name != "" || s.By.Person != "" || s.TownName == "" || s.Offer != "Gauges" {
		t.Errorf("the sponsor: %+v", s)
	}
	if n := c.Notes[0]; n.By.Name != "" || n.Words == "" {
		t.Errorf("the note: %+v", n)
	}
	for _, m := range c.Team.Members {
		if m.Name == w.mallory.Name {
			t.Error("the team names her")
		}
	}
	if held, err = w.Holds(ctx, p); err != nil || held[0].Count != 0 {
		t.Errorf("held after it: %+v %v", held, err)
	}
	_, err = w.End(ctx, w.Ada, c.ID, challenge.Outcome{Solved: true})
	ok(t, err)
}
