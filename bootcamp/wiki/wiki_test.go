package wiki_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/wiki"
	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/mail"
	"palestra/people"
)

// camp is a bootcamp of Castelverde. Fay leads it; Ada and Mallory of Lindenau are in its cohort, Lin is not.
type camp struct {
	*wiki.Service
	*coursetest.Town
	t              *testing.T
	fay, mallory   people.Actor
	place, ground  wiki.Place
	camps          *bootcamp.Service
	camp1, cohort1 string
}

type letters struct{ *coursetest.Letters }

func (l letters) SendWith(ctx context.Context, id, to, locale, letter string, params map[string]any, _ []mail.Part) error {
	return l.SendOnce(ctx, id, to, locale, letter, params)
}

func open(t *testing.T) *camp {
	t.Helper()
	w := &camp{Town: coursetest.New(t), t: t}
	ctx := t.Context()
	var err error
	w.camps, err = bootcamp.New(bootcamp.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: letters{w.Letters}, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret,
		When: func(_ string, t time.Time) string { return t.String() }, PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.Service, err = wiki.New(wiki.Config{DB: w.DB, Cohorts: w.camps, People: w.People, Now: w.Clock.Now, NewID: id.New, NewName: id.Random})
	ok(t, err)
	w.People.Keep(w.Service)
	w.fay = w.Join(t, "fay", people.Facilitator)
	w.mallory = w.OtherTown(t)
	towns := []string{w.mallory.Organisation}
	last := "2026-12-20"
	b, err := w.camps.Create(ctx, w.fay, bootcamp.Change{Title: course.Text{"en": "At the counter"}, Languages: []string{"en"}, Towns: &towns, Last: &last})
	ok(t, err)
	name, joining := "Autumn", bootcamp.JoinOpen
	c, err := w.camps.CreateCohort(ctx, w.fay, b.ID, bootcamp.CohortChange{Name: &name, Joining: &joining})
	ok(t, err)
	_, err = w.camps.Publish(ctx, w.fay, b.ID)
	ok(t, err)
	w.camp1, w.cohort1 = b.ID, c.ID
	w.place, w.ground = wiki.Place{Bootcamp: b.ID, Cohort: c.ID}, wiki.Place{Town: w.fay.Organisation}
	for _, by := range []people.Actor{w.Ada, w.mallory} {
		_, err = w.camps.Join(ctx, by, b.ID, c.ID)
		ok(t, err)
	}
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

func says(title, words string) wiki.Writing {
	return wiki.Writing{Title: title, Language: "en", Words: words}
}

func (w *camp) write(by people.Actor, title, words string) wiki.Page {
	w.t.Helper()
	p, err := w.Create(w.t.Context(), by, w.place, says(title, words))
	ok(w.t, err)
	w.Clock.Pass(time.Minute)
	return p
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.Ada, "Opening hours", "At nine.")
	g, err := w.Create(ctx, w.Lin, w.ground, says("The old town hall", "Is closed."))
	ok(t, err)
	nobody := people.Actor{}
	for _, tc := range []struct {
		name                    string
		by                      people.Actor
		place                   wiki.Place
		page                    wiki.Page
		read, write, new, leads string
	}{
		{"nobody", nobody, w.place, p, "people.unsigned", "people.unsigned", "people.unsigned", "people.unsigned"},
		{"of the town, not in the cohort", w.Lin, w.place, p, "bootcamp.not_inside", "bootcamp.not_inside", "bootcamp.not_inside", "bootcamp.not_inside"},
		{"a member", w.Ada, w.place, p, "", "wiki.changed_elsewhere", "", "people.forbidden"},
		{"a member of another town", w.mallory, w.place, p, "", "wiki.changed_elsewhere", "", "people.forbidden"},
		{"who leads", w.fay, w.place, p, "", "wiki.changed_elsewhere", "", ""},
		{"nobody in a territory", nobody, w.ground, g, "people.unsigned", "people.unsigned", "people.unsigned", "people.unsigned"},
		{"of the territory", w.Lin, w.ground, g, "", "wiki.changed_elsewhere", "", "people.forbidden"},
		{"of another territory", w.mallory, w.ground, g, "", "people.forbidden", "people.forbidden", "people.forbidden"},
		{"who leads in it", w.fay, w.ground, g, "", "wiki.changed_elsewhere", "", ""},
		{"a page of elsewhere", w.Ada, w.place, g, "wiki.not_found", "wiki.not_found", "", "people.forbidden"},
	} {
		_, _, err := w.Page(ctx, tc.by, tc.place, tc.page.ID)
		same(t, tc.name+" reads", tc.read, err)
		_, err = w.Save(ctx, tc.by, tc.place, tc.page.ID, 9, says("Other", "Words"))
		same(t, tc.name+" writes", tc.write, err)
		_, err = w.Create(ctx, tc.by, tc.place, says("New of "+tc.name, "Words"))
		same(t, tc.name+" makes", tc.new, err)
		_, err = w.Decide(ctx, tc.by, tc.place, tc.page.ID, wiki.Unlock, "")
		same(t, tc.name+" decides", tc.leads, err)
		_, _, err = w.Versions(ctx, tc.by, tc.place, tc.page.ID, "", 10)
		same(t, tc.name+" reads versions", tc.read, err)
		_, _, _, err = w.Differences(ctx, tc.by, tc.place, tc.page.ID, 1, 1)
		same(t, tc.name+" compares", tc.read, err)
		_, _, err = w.Together(ctx, tc.by, tc.place, tc.page.ID, 1, "x")
		same(t, tc.name+" puts together", tc.read, err)
	}
	_, err = w.Enter(ctx, w.Ada, wiki.Place{Town: "nothing"})
	refused(t, "no such town", "wiki.not_found", err)
	if r, err := w.Enter(ctx, w.mallory, w.ground); err != nil || r.Writes || r.Leads {
		t.Errorf("an administrator of another town: %+v %v", r, err)
	}
}

func same(t *testing.T, what, code string, err error) {
	t.Helper()
	if code == "" && err != nil || code != "" && !fault.Is(err, code) {
		t.Errorf("%s: got %v, want %q", what, err, code)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.Ada, "Opening hours", "At nine.")
	p, err := w.Save(ctx, w.mallory, w.place, p.ID, 1, wiki.Writing{Title: "Opening times", Language: "de", Words: "Um neun.", Why: "  in   German "})
	ok(t, err)
	if p.Number != 2 || p.Why != "in German" {
		t.Errorf("the second version: %+v", p)
	}
	_, err = w.Save(ctx, w.Ada, w.place, p.ID, 1, says("Opening hours", "At ten."))
	refused(t, "an old version", "wiki.changed_elsewhere", err)
	_, err = w.Save(ctx, w.Ada, w.place, p.ID, 0, says("Opening hours", "At ten."))
	refused(t, "no version", "wiki.changed_elsewhere", err)
	again, err := w.Save(ctx, w.Ada, w.place, p.ID, 2, wiki.Writing{Title: p.Title, Language: p.Language, Words: p.Words})
	ok(t, err)
	if again.Number != 2 {
		t.Errorf("what says the same is a version: %d", again.Number)
	}
	p, err = w.Restore(ctx, w.Ada, w.place, p.ID, 2, 1, "")
	ok(t, err)
	if p.Number != 3 || p.From != 1 || p.Words != "At nine." || p.Title != "Opening hours" {
		t.Errorf("restored: %+v", p)
	}
	_, err = w.Restore(ctx, w.Ada, w.place, p.ID, 3, 7, "")
	refused(t, "a version that never was", "wiki.not_found", err)
	r, list, err := w.Versions(ctx, w.mallory, w.place, p.ID, "", 10)
	ok(t, err)
	got := []string{}
	names, err := w.Names(ctx, r, list.Docs[0].Who, list.Docs[1].Who)
	ok(t, err)
	for _, v := range list.Docs {
		got = append(got, v.Words)
	}
	if strings.Join(got, "|") != "At nine.|Um neun.|At nine." {
		t.Errorf("versions: %v", got)
	}
	if names[list.Docs[0].Who].Name != w.Ada.Name || names[list.Docs[1].Who].TownName != "Stadt Lindenau" {
		t.Errorf("names: %v", names)
	}
	_, _, lines, err := w.Differences(ctx, w.Ada, w.place, p.ID, 1, 2)
	ok(t, err)
	if len(lines) != 2 || lines[0].Kind != wiki.Removed || lines[1].Kind != wiki.Added {
		t.Errorf("differences: %+v", lines)
	}
}

func TestTwoSaveAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.Ada, "Opening hours", "At nine.")
	var all sync.WaitGroup
	results := make([]error, 8)
	for n := range results {
		all.Go(func() {
			_, results[n] = w.Save(ctx, w.Ada, w.place, p.ID, 1, says("Opening hours", strings.Repeat("x", n+1)))
		})
	}
	all.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else {
			refused(t, "the slower", "wiki.changed_elsewhere", err)
		}
	}
	if won != 1 {
		t.Errorf("%d have saved version 2", won)
	}
	_, list, err := w.Versions(ctx, w.Ada, w.place, p.ID, "", 20)
	ok(t, err)
	if len(list.Docs) != 2 || list.Docs[1].Words != "At nine." {
		t.Errorf("versions: %+v", list.Docs)
	}
	for n := range results {
		all.Go(func() { _, results[n] = w.Create(ctx, w.mallory, w.place, says("The same  TITLE", "x")) })
	}
	all.Wait()
	won = 0
	for _, err := range results {
		if err == nil {
			won++
		} else {
			refused(t, "the slower", "wiki.title_taken", err)
		}
	}
	if won != 1 {
		t.Errorf("%d pages have one title", won)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	for _, tc := range []struct {
		name, code string
		wiki.Writing
	}{
		{"no title", "wiki.title", says(" ", "x")},
		{"a long title", "wiki.title", says(strings.Repeat("a", 121), "x")},
		{"a title with brackets", "wiki.title", says("a]]b", "x")},
		{"a title of another direction", "wiki.title", says("a\u202eb", "x")},
		{"not UTF-8", "wiki.title", says("a\xff", "x")},
		{"no words", "discussion.empty", says("a", " \n ")},
		{"long", "discussion.long", says("a", strings.Repeat("ä", 40_001))},
		{"a zero", "discussion.long", says("a", "x\x00")},
		{"no language", "discussion.language", wiki.Writing{Title: "a", Words: "x"}},
		{"a wrong language", "discussion.language", wiki.Writing{Title: "a", Words: "x", Language: "so so"}},
		{"a long reason", "discussion.long", wiki.Writing{Title: "a", Words: "x", Language: "en", Why: strings.Repeat("a", 201)}},
	} {
		_, err := w.Create(ctx, w.Ada, w.place, tc.Writing)
		refused(t, tc.name, tc.code, err)
	}
	for _, place := range []string{"", "cohort.a", "cohort..b", "territory.", "practice.x", strings.Repeat("a", 300)} {
		_, err := wiki.ParsePlace(place)
		refused(t, place, "wiki.not_found", err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	a := w.write(w.Ada, "Opening hours", "See [[holidays]] and [[Parking|where to park]], [[HOLIDAYS]].")
	b := w.write(w.Ada, "Holidays", "Back to [[opening  Hours]].")
	r, a, err := w.Page(ctx, w.Ada, w.place, a.ID)
	ok(t, err)
	around, err := w.Around(ctx, r, a)
	ok(t, err)
	if strings.Join(around.Missing, "|") != "Parking" || len(around.From) != 1 || around.From[0].ID != b.ID {
		t.Errorf("around: %+v", around)
	}
	_, err = w.Save(ctx, w.Ada, w.place, b.ID, 1, says("Feast days", b.Words))
	ok(t, err)
	found, err := w.Titled(ctx, w.mallory, w.place, "Holidays")
	ok(t, err)
	if found.ID != b.ID {
		t.Error("its former title leads elsewhere")
	}
	c := w.write(w.Ada, "Holidays", "Another page.")
	if found, err = w.Titled(ctx, w.Ada, w.place, "holidays"); err != nil || found.ID != c.ID {
		t.Errorf("who is called so now comes first: %v %v", found.Title, err)
	}
	// A link leads to who is called so now, and is counted there only.
	for _, x := range []struct{ page, from string }{{b.ID, ""}, {c.ID, a.ID}} {
		r, p, err := w.Page(ctx, w.Ada, w.place, x.page)
		ok(t, err)
		around, err := w.Around(ctx, r, p)
		ok(t, err)
		got := ""
		for _, f := range around.From {
			got += f.ID
		}
		if got != x.from {
			t.Errorf("to %s lead links from %q, want %q", p.Title, got, x.from)
		}
	}
	_, err = w.Titled(ctx, w.Ada, w.ground, "Holidays")
	refused(t, "in another place", "wiki.not_found", err)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.Ada, "Opening hours", "The counter opens at nine.")
	w.write(w.Ada, "Parking", "Behind the church.")
	search := func(by people.Actor, text string) []wiki.Page {
		t.Helper()
		_, page, err := w.Search(ctx, by, w.place, text, "", 10)
		ok(t, err)
		return page.Docs
	}
	if got := search(w.mallory, "counter opening"); len(got) != 1 || got[0].ID != p.ID {
		t.Errorf("found: %+v", got)
	}
	if got := search(w.Ada, "counter church"); len(got) != 0 {
		t.Errorf("words of two pages: %+v", got)
	}
	if got := search(w.Ada, " ! "); len(got) != 0 {
		t.Errorf("nothing finds %+v", got)
	}
	_, err := w.Decide(ctx, w.fay, w.place, p.ID, wiki.Remove, "Not for here")
	ok(t, err)
	if got := search(w.fay, "counter"); len(got) != 0 {
		t.Errorf("what was removed is found: %+v", got)
	}
}

func TestLockAndRemove(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.Ada, "Opening hours", "At nine.")
	_, err := w.Decide(ctx, w.fay, w.place, p.ID, wiki.Lock, " ")
	refused(t, "no reason", "discussion.empty", err)
	_, err = w.Decide(ctx, w.fay, w.place, p.ID, "burn", "x")
	refused(t, "no such decision", "practice.choice", err)
	_, err = w.Decide(ctx, w.fay, w.place, p.ID, wiki.Lock, "Agreed upon")
	ok(t, err)
	_, err = w.Save(ctx, w.Ada, w.place, p.ID, 1, says("Opening hours", "At ten."))
	refused(t, "locked", "wiki.locked", err)
	_, err = w.Restore(ctx, w.Ada, w.place, p.ID, 1, 1, "")
	refused(t, "locked", "wiki.locked", err)
	_, err = w.Save(ctx, w.fay, w.place, p.ID, 1, says("Opening hours", "At ten."))
	ok(t, err)
	_, err = w.Decide(ctx, w.fay, w.place, p.ID, wiki.Remove, "A name stood there")
	ok(t, err)
	_, _, err = w.Page(ctx, w.Ada, w.place, p.ID)
	refused(t, "removed", "wiki.removed", err)
	_, _, err = w.Version(ctx, w.Ada, w.place, p.ID, 1)
	refused(t, "a version of what was removed", "wiki.removed", err)
	_, list, err := w.Pages(ctx, w.Ada, w.place, wiki.ByTitle, "", 10)
	ok(t, err)
	if len(list.Docs) != 0 {
		t.Errorf("listed: %+v", list.Docs)
	}
	if _, list, err = w.Pages(ctx, w.fay, w.place, wiki.ByChange, "", 10); err != nil || len(list.Docs) != 1 {
		t.Errorf("who leads sees %+v %v", list.Docs, err)
	}
	_, err = w.Save(ctx, w.fay, w.place, p.ID, 2, says("Opening hours", "At noon."))
	refused(t, "removed", "wiki.removed", err)
	_, err = w.Decide(ctx, w.fay, w.place, p.ID, wiki.Return, "")
	ok(t, err)
	if _, p, err = w.Page(ctx, w.Ada, w.place, p.ID); err != nil || !p.Locked || p.Words != "At ten." {
		t.Errorf("back: %+v %v", p, err)
	}
}

func TestFloodsAnnounceThemselves(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, err := w.Create(ctx, w.Ada, w.place, says("A", "0"))
	ok(t, err)
	for n := 1; err == nil && n < 50; n++ {
		p, err = w.Save(ctx, w.Ada, w.place, p.ID, p.Number, says("A", strings.Repeat("x", n)))
	}
	refused(t, "the flood", "discussion.too_fast", err)
	_, err = w.Create(ctx, w.mallory, w.place, says("B", "others write on"))
	ok(t, err)
	w.Clock.Pass(11 * time.Minute)
	_, err = w.Create(ctx, w.Ada, w.place, says("C", "later"))
	ok(t, err)
}

func TestARemovedMember(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.mallory, "Opening hours", "At nine.")
	ok(t, w.camps.Remove(ctx, w.fay, w.camp1, w.cohort1, w.mallory.Person))
	_, _, err := w.Page(ctx, w.mallory, w.place, p.ID)
	refused(t, "she reads", "bootcamp.not_inside", err)
	_, err = w.Save(ctx, w.mallory, w.place, p.ID, 1, says("Opening hours", "Never."))
	refused(t, "she writes", "bootcamp.not_inside", err)
	if _, p, err = w.Page(ctx, w.Ada, w.place, p.ID); err != nil || p.Words != "At nine." {
		t.Errorf("what she wrote: %+v %v", p, err)
	}
}

func TestTerritories(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	_, err := w.Create(ctx, w.Ada, w.ground, says("The old town hall", "Is closed."))
	ok(t, err)
	_, err = w.Create(ctx, w.mallory, wiki.Place{Town: w.mallory.Organisation}, says("The old town hall", "Was sold."))
	ok(t, err)
	w.write(w.Ada, "Not of a territory", "x")
	page, err := w.Territories(ctx, w.mallory, "", 10)
	ok(t, err)
	if len(page.Docs) != 2 || page.Docs[1].Name != "Stadt Lindenau" || page.Docs[1].Country != "DE" {
		t.Errorf("territories: %+v", page.Docs)
	}
	_, err = w.Territories(ctx, people.Actor{}, "", 10)
	refused(t, "nobody", "people.unsigned", err)
}

// TestDeaths kills a process at each write of a life of a page: whatever was saved is in its history, once.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		words := []string{}
		w.Process.Die(n)
		p, err := w.Create(ctx, w.Ada, w.ground, says("A", "one"))
		for _, s := range []string{"two", "three"} {
			if err == nil {
				w.Clock.Pass(time.Minute)
				p, err = w.Save(ctx, w.Ada, w.ground, p.ID, p.Number, says("A", s))
			}
		}
		if err == nil {
			w.Clock.Pass(time.Minute)
			_, err = w.Restore(ctx, w.Lin, w.ground, p.ID, p.Number, 1, "")
		}
		died := w.Process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		_, list, err := w.Pages(ctx, w.Ada, w.ground, wiki.ByTitle, "", 10)
		ok(t, err)
		if len(list.Docs) == 1 { // somebody goes on before a sweep has come
			p := list.Docs[0]
			w.Clock.Pass(time.Minute)
			_, err = w.Save(ctx, w.Ada, w.ground, p.ID, p.Number, says("A", "last"))
			ok(t, err)
			w.Clock.Pass(time.Minute)
			ok(t, w.SettleDue(ctx, w.Clock.Now()))
			_, versions, err := w.Versions(ctx, w.Ada, w.ground, p.ID, "", 10)
			ok(t, err)
			for _, v := range versions.Docs {
				words = append([]string{v.Words}, words...)
			}
			want := []string{"one", "two", "three", "one"}[:p.Number]
			if strings.Join(words, " ") != strings.Join(want, " ")+" last" {
				t.Errorf("%d: its history says %v, want %v and last", n, words, want)
			}
			if towns, err := w.Territories(ctx, w.Ada, "", 10); err != nil || len(towns.Docs) != 1 {
				t.Errorf("%d: %d territories %v", n, len(towns.Docs), err)
			}
		}
		if !died {
			if n < 10 {
				t.Errorf("only %d writes", n)
			}
			return
		}
	}
	t.Error("there is no end of writes")
}

type archive struct{ *zip.Writer }

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.write(w.mallory, "Opening hours", "At nine.")
	w.write(w.Ada, "Parking", "Behind the church.")
	subject := people.Subject{Person: w.mallory.Person, Organisation: w.mallory.Organisation}
	held, err := w.Holds(ctx, subject)
	ok(t, err)
	if held[0].Count != 1 || !held[0].Stays {
		t.Errorf("held: %+v", held)
	}
	var b bytes.Buffer
	z := archive{zip.NewWriter(&b)}
	ok(t, w.Copy(ctx, subject, z))
	ok(t, z.Close())
	read, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	ok(t, err)
	f, err := read.File[0].Open()
	ok(t, err)
	all, err := io.ReadAll(f)
	ok(t, err)
	if !strings.Contains(string(all), "At nine.") || strings.Contains(string(all), "church") {
		t.Errorf("the copy: %s", all)
	}
	ok(t, w.Erase(ctx, people.Subject{Person: w.mallory.Person, Organisation: w.fay.Organisation}, "", false))
	r, p, err := w.Page(ctx, w.Ada, w.place, p.ID)
	ok(t, err)
	if names, err := w.Names(ctx, r, p.Who); err != nil || names[p.Who].Name == "" {
		t.Errorf("erased in another town: %v %v", names, err)
	}
	for range 2 { // it may run again
		ok(t, w.Erase(ctx, subject, "", true))
	}
	names, err := w.Names(ctx, r, p.Who)
	ok(t, err)
	if names[p.Who].Name != "" || names[p.Who].TownName == "" || p.Words != "At nine." {
		t.Errorf("after it: %v %+v", names, p)
	}
	if held, err = w.Holds(ctx, subject); err != nil || held[0].Count != 0 {
		t.Errorf("held after it: %+v %v", held, err)
	}
}
