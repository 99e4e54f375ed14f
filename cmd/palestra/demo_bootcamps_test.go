package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/challenge"
	"palestra/bootcamp/discussion"
	"palestra/bootcamp/indicator"
	"palestra/bootcamp/posting"
	"palestra/bootcamp/practice"
	"palestra/bootcamp/wiki"
	"palestra/cmd/palestra/world"
)

// The bootcamp and the practices of the whole world, without its courses: people of three towns come in, some wait, one
// has asked; towns adopt from each other over two generations; a further run changes nothing.
func TestDemoBootcamps(t *testing.T) {
	t.Parallel()
	cfg := demoConfig(t)
	cut := func() *world.World {
		w, err := world.Load()
		if err != nil {
			t.Fatal(err)
		}
		w.Courses, w.Stories, w.Curricula = nil, world.Stories{}, world.Curricula{}
		return w
	}
	var out bytes.Buffer
	if err := fillDemo(t.Context(), cfg, console{&out, &out}, cut(), time.Now); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := fillDemo(t.Context(), cfg, console{&out, &out}, cut(), time.Now); err != nil || !strings.Contains(out.String(), "nothing was changed") {
		t.Errorf("a further run: %v\n%s", err, out.String())
	}
	a, err := buildAt(t.Context(), cfg, console{&out, &out}, true, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	w := cut()
	d := &demo{app: a, world: w}
	town, err := a.people.OrganisationBySlug(t.Context(), w.Bootcamps[0].Town)
	if err != nil {
		t.Fatal(err)
	}
	by := d.reader(town.ID)
	by.Organisation = town.ID
	by.Roles = append(by.Roles, "administrator")
	b, err := d.camp(t.Context(), by, &w.Bootcamps[0])
	if err != nil || b == nil {
		t.Fatalf("no bootcamp: %v", err)
	}
	cohorts, err := a.bootcamps.Cohorts(t.Context(), by, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := cohorts[0]
	if len(c.Seated) != c.Seats || len(c.Waiting) == 0 {
		t.Errorf("%d of %d seats are taken and %d wait; the world wants it full, with a queue", len(c.Seated), c.Seats, len(c.Waiting))
	}
	asked, err := a.bootcamps.Members(t.Context(), by, b.ID, c.ID, bootcamp.Asked, "", 10)
	if err != nil || len(asked.Docs) != 1 {
		t.Errorf("%d have asked, want one: %v", len(asked.Docs), err)
	}
	sessions, _, err := a.bootcamps.Sessions(t.Context(), by, b.ID, c.ID, nil, "", 100)
	if err != nil || len(sessions.Docs) != 4 {
		t.Errorf("%d sessions, want four: %v", len(sessions.Docs), err)
	}
	figures, err := a.figures.Figures(t.Context(), by, b.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, l := range figures.Lines {
		if l.By == "" {
			got[l.What], got[l.What+" persons"] = l.Count.Value, l.Persons.Value
		}
	}
	if got[indicator.Presence] != 11 || got[indicator.Presence+" persons"] != 6 || got[indicator.Event] != 2 || got[indicator.Visit] != 7 || got[indicator.Output] != 3 {
		t.Errorf("figures of the bootcamp: %v, want 11 presences of 6 people at 2 events, 7 visits and 3 outputs", got)
	}
	_, lines, _, _, err := a.talks.Threads(t.Context(), by, discussion.Place{Bootcamp: b.ID, Cohort: c.ID}, discussion.Filter{}, "", 100)
	if err != nil || len(lines) != 3 || lines[len(lines)-1].Thread.Posts < 3 {
		t.Errorf("%d threads, want three: %v", len(lines), err)
	}
	_, pages, err := a.wiki.Pages(t.Context(), by, wiki.Place{Bootcamp: b.ID, Cohort: c.ID}, wiki.ByTitle, "", 100)
	if err != nil || len(pages.Docs) != 3 || pages.Docs[0].Number < 2 {
		t.Errorf("%d pages, want three with versions: %v", len(pages.Docs), err)
	}
	towns, err := a.wiki.Territories(t.Context(), by, "", 100)
	if err != nil || len(towns.Docs) != 1 {
		t.Errorf("%d territories, want one: %v", len(towns.Docs), err)
	}
	board, err := a.postings.Board(t.Context(), by, posting.Filter{}, "", 100)
	if err != nil || len(board.Docs) != 4 {
		t.Errorf("%d on the board, want four: %v", len(board.Docs), err)
	}
	cards, err := a.practices.Cards(t.Context(), by, practice.Filter{}, "", 100)
	if err != nil || len(cards.Docs) != 10 {
		t.Fatalf("%d practices, want ten: %v", len(cards.Docs), err)
	}
	shared, _, err := a.live.CohortFiles(t.Context(), by, b.ID, c.ID, "", 100)
	if err != nil || len(shared) != 2 {
		t.Errorf("%d files in the rooms, want two: %v", len(shared), err)
	}
	kinds := map[string]int{}
	for _, card := range cards.Docs {
		for _, f := range card.Content.Files {
			kinds[f.Kind+" "+f.Type]++
		}
	}
	if kinds["image image/png"] != 2 || kinds["dataset text/csv; charset=utf-8"] != 2 || kinds["file application/pdf"] != 1 {
		t.Errorf("files on cards: %v", kinds)
	}
	second := 0
	for _, card := range cards.Docs {
		l, err := a.practices.Adopters(t.Context(), by, card.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, branch := range l.Branches {
			second += len(branch.Branches)
		}
	}
	if second < 2 {
		t.Errorf("%d adoptions of the second generation, want two", second)
	}
	challenges, err := a.challenges.Board(t.Context(), by, challenge.Filter{}, "", 100)
	if err != nil || len(challenges.Docs) != 3 {
		t.Fatalf("%d challenges, want three: %v", len(challenges.Docs), err)
	}
	for _, card := range challenges.Docs {
		c, err := a.challenges.Challenge(t.Context(), by, card.ID)
		if err != nil {
			t.Fatal(err)
		}
		kindred, err := a.challenges.Practices(t.Context(), by, card.ID)
		if err != nil || len(kindred) == 0 {
			t.Errorf("%s: no practice is suggested: %v", c.Content.Title["en"], err)
		}
		switch {
		case c.State == challenge.StateOpen && len(c.Sponsors) == 2:
		case c.State == challenge.StateTaken && len(c.Team.Members) == 3 && len(c.Notes) == 2:
		case c.State == challenge.StateUnsolved && len(c.Endings) == 1:
		default:
			t.Errorf("%s: %s with %d sponsors", c.Content.Title["en"], c.State, len(c.Sponsors))
		}
	}
}
