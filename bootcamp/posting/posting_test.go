package posting_test

import (
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/directory"
	"palestra/bootcamp/posting"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/people"
)

// board is two towns: Grace writes for Castelverde, Mallory of Lindenau has every role there.
type board struct {
	*posting.Service
	*coursetest.Town
	t        *testing.T
	experts  *directory.Service
	mallory  people.Actor
	operator people.Actor
}

func open(t *testing.T) *board {
	t.Helper()
	w := &board{Town: coursetest.New(t), t: t, operator: people.Actor{Person: "olga", Operator: true}}
	var err error
	w.experts, err = directory.New(directory.Config{DB: w.DB, People: w.People, Mail: w.Letters, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret, Secret: []byte("s"), PublicURL: "https://learn.example"})
	ok(t, err)
	w.Service, err = posting.New(posting.Config{DB: w.DB, People: w.People, Directory: w.experts, Now: w.Clock.Now, NewID: id.New})
	ok(t, err)
	w.mallory = w.OtherTown(t)
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

func (w *board) day(n int) string { return w.Clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }

func (w *board) job() posting.Content {
	return posting.Content{Kind: "job", Title: "Somebody for the counter", Words: "Half a week.", Language: "en", Link: "https://jobs.example/1", Until: w.day(10)}
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	for _, by := range []people.Actor{w.Ada, w.operator} {
		_, err := w.Create(ctx, by, w.job())
		refused(t, by.Name, "people.forbidden", err)
	}
	_, err := w.Create(ctx, people.Actor{}, w.job())
	refused(t, "nobody", "people.unsigned", err)
	p, err := w.Create(ctx, w.Grace, w.job())
	ok(t, err)
	_, err = w.Posting(ctx, people.Actor{}, p.ID)
	refused(t, "nobody reads", "people.unsigned", err)
	for _, by := range []people.Actor{w.Ada, w.mallory, w.operator} {
		_, err := w.Posting(ctx, by, p.ID)
		ok(t, err)
	}
	for _, by := range []people.Actor{w.Ada, w.mallory} {
		_, err = w.Save(ctx, by, p.ID, 1, w.job())
		refused(t, "saves", "people.forbidden", err)
		_, err = w.Withdraw(ctx, by, p.ID, "why")
		refused(t, "withdraws", "people.forbidden", err)
		_, err = w.Reported(ctx, by, "", 10)
		refused(t, "reads reports", "people.forbidden", err)
		refused(t, "keeps", "people.forbidden", w.Keep(ctx, by, p.ID))
	}
	_, err = w.OfTown(ctx, w.Ada, "", 10)
	refused(t, "a learner lists the town's", "people.forbidden", err)
	c := w.job()
	c.Title = "Somebody for two counters"
	_, err = w.Save(ctx, w.Grace, p.ID, 7, c)
	refused(t, "another edition", "challenge.changed_elsewhere", err)
	p, err = w.Save(ctx, w.Grace, p.ID, 1, c)
	ok(t, err)
	if p.Edition != 2 || p.Content.Title != c.Title {
		t.Errorf("saved: %+v", p)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, tc := range []struct {
		name, code string
		change     func(*posting.Content)
	}{
		{"no kind", "practice.choice", func(c *posting.Content) { c.Kind = "sale" }},
		{"no title", "discussion.empty", func(c *posting.Content) { c.Title = " " }},
		{"no words", "discussion.empty", func(c *posting.Content) { c.Words = "" }},
		{"no language", "discussion.language", func(c *posting.Content) { c.Language = "" }},
		{"a link that runs", "practice.address", func(c *posting.Content) { c.Link = "javascript:alert(1)" }},
		{"a link with a name", "practice.address", func(c *posting.Content) { c.Link = "https://a:b@jobs.example" }},
		{"no way to answer", "posting.contact", func(c *posting.Content) { c.Link = "" }},
		{"not in the directory", "posting.contact", func(c *posting.Content) { c.Relay = true }},
		{"no day", "discussion.day", func(c *posting.Content) { c.Until = "soon" }},
		{"yesterday", "posting.until", func(c *posting.Content) { c.Until = w.day(-2) }},
		{"for ever", "posting.until", func(c *posting.Content) { c.Until = "9999-12-31" }},
		{"too long", "practice.long", func(c *posting.Content) { c.Words = strings.Repeat("x", 4001) }},
		{"an event without a time", "bootcamp.time", func(c *posting.Content) { c.Kind = posting.Event }},
		{"an event after its last day", "posting.begins", func(c *posting.Content) { c.Kind, c.Begins = posting.Event, w.day(11)+"T00:00" }},
	} {
		c := w.job()
		tc.change(&c)
		_, err := w.Create(t.Context(), w.Grace, c)
		refused(t, tc.name, tc.code, err)
	}
}

// What is over leaves the list at the end of its last day in its town, and keeps its address.
func TestExpires(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.job()
	p, err := w.Create(ctx, w.Grace, c)
	ok(t, err)
	c.Kind, c.Title, c.Until = "room", "A hall for forty", w.day(3)
	_, err = w.Create(ctx, w.mallory, c)
	ok(t, err)
	up := func(f posting.Filter) (titles []string) {
		t.Helper()
		page, err := w.Board(ctx, w.Ada, f, "", 10)
		ok(t, err)
		for _, p := range page.Docs {
			titles = append(titles, p.Content.Title)
		}
		return titles
	}
	if got := strings.Join(up(posting.Filter{}), "|"); got != "A hall for forty|Somebody for the counter" {
		t.Errorf("what ends first is first: %s", got)
	}
	for _, f := range []posting.Filter{{Words: "hall"}, {Kind: "room"}, {Country: "DE"}, {Kind: "room", Words: "forty", Language: "en"}} {
		if got := strings.Join(up(f), "|"); got != "A hall for forty" {
			t.Errorf("%+v: %s", f, got)
		}
	}
	w.Clock.Pass(p.Ends.Sub(w.Clock.Now()) - time.Second)
	if got := up(posting.Filter{}); len(got) != 1 {
		t.Errorf("in its last second: %v", got)
	}
	w.Clock.Pass(time.Second)
	if got := up(posting.Filter{}); len(got) != 0 {
		t.Errorf("after its last day: %v", got)
	}
	p, err = w.Posting(ctx, w.Ada, p.ID)
	ok(t, err)
	if !p.Over(w.Clock.Now()) {
		t.Error("its address does not say that it is over")
	}
}

// An event begins when the clocks of its town say so, and of nothing else a beginning is kept.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.job()
	c.Begins = w.day(9) + "T17:30"
	p, err := w.Create(ctx, w.Grace, c)
	ok(t, err)
	if p.Begins != nil || p.Content.Begins != "" {
		t.Errorf("a job begins: %v %q", p.Begins, p.Content.Begins)
	}
	c.Kind, c.Title, c.Begins = posting.Event, "Open doors", w.day(10)+"T17:30"
	p, err = w.Save(ctx, w.Grace, p.ID, 1, c)
	ok(t, err)
	o, err := w.People.Organisation(ctx, w.Grace.Organisation)
	ok(t, err)
	zone, err := time.LoadLocation(o.Zone)
	ok(t, err)
	if p.Begins == nil || p.Zone != o.Zone || p.Begins.In(zone).Format("2006-01-02T15:04") != c.Begins {
		t.Errorf("begins at %v in %s, want %s", p.Begins, p.Zone, c.Begins)
	}
	c.Kind, c.Begins = "room", ""
	if p, err = w.Save(ctx, w.Grace, p.ID, 2, c); err != nil || p.Begins != nil {
		t.Errorf("not an event any more: %v %v", p.Begins, err)
	}
}

// A year after its end nothing is left, and nothing goes earlier.
func TestForget(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, err := w.Create(ctx, w.Grace, w.job())
	ok(t, err)
	gone, err := w.Create(ctx, w.mallory, w.job())
	ok(t, err)
	_, err = w.Withdraw(ctx, w.mallory, gone.ID, "Taken.")
	ok(t, err)
	w.Clock.Pass(p.Ends.AddDate(0, 0, 366).Sub(w.Clock.Now()))
	ok(t, w.Forget(ctx, w.Clock.Now()))
	_, err = w.Posting(ctx, w.Ada, p.ID)
	ok(t, err)
	w.Clock.Pass(24 * time.Hour)
	for range 2 {
		ok(t, w.Forget(ctx, w.Clock.Now()))
	}
	for _, id := range []string{p.ID, gone.ID} {
		_, err = w.Posting(ctx, w.Ada, id)
		refused(t, "after a year", "posting.not_found", err)
	}
}

func TestModeration(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, err := w.Create(ctx, w.Grace, w.job())
	ok(t, err)
	refused(t, "no words", "discussion.empty", w.Report(ctx, w.Ada, p.ID, " "))
	ok(t, w.Report(ctx, w.Ada, p.ID, "It is not paid."))
	ok(t, w.Report(ctx, w.Ada, p.ID, "It is not paid at all."))
	ok(t, w.Report(ctx, w.mallory, p.ID, "The link is broken."))
	list, err := w.Reported(ctx, w.operator, "", 10)
	ok(t, err)
	if len(list.Docs) != 1 || len(list.Docs[0].Reports) != 2 {
		t.Errorf("reports: %+v", list.Docs)
	}
	ok(t, w.Keep(ctx, w.operator, p.ID))
	if list, err = w.Reported(ctx, w.operator, "", 10); err != nil || len(list.Docs) != 0 {
		t.Errorf("after a decision: %+v %v", list.Docs, err)
	}
	_, err = w.Withdraw(ctx, w.operator, p.ID, "")
	refused(t, "no reason", "discussion.empty", err)
	for range 2 {
		_, err = w.Withdraw(ctx, w.operator, p.ID, "Nobody is paid.")
		ok(t, err)
	}
	_, err = w.Posting(ctx, w.Ada, p.ID)
	refused(t, "its address", "posting.withdrawn", err)
	if p, err = w.Posting(ctx, w.Grace, p.ID); err != nil || p.Reason != "Nobody is paid." || !p.Operator {
		t.Errorf("its town reads %+v %v", p, err)
	}
	if page, err := w.Board(ctx, w.Ada, posting.Filter{}, "", 10); err != nil || len(page.Docs) != 0 {
		t.Errorf("on the board: %+v %v", page.Docs, err)
	}
	_, err = w.Save(ctx, w.Grace, p.ID, 1, w.job())
	refused(t, "saved again", "posting.withdrawn", err)
}

func TestRelayAndFlood(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	e, err := w.experts.Put(ctx, w.Grace, directory.Expert, directory.Content{About: "Counters", Language: "en", Topics: []string{"inclusion"}})
	ok(t, err)
	c := w.job()
	c.Link, c.Relay = "", true
	p, err := w.Create(ctx, w.Grace, c)
	ok(t, err)
	if p.Entry != e.ID {
		t.Errorf("the way to her: %q", p.Entry)
	}
	if seen, err := w.Posting(ctx, w.Ada, p.ID); err != nil || seen.Entry != e.ID {
		t.Errorf("the way to her, as others see it: %q %v", seen.Entry, err)
	}
	ok(t, w.experts.Remove(ctx, w.Grace, directory.Expert))
	if seen, err := w.Posting(ctx, w.Ada, p.ID); err != nil || seen.Entry != "" {
		t.Errorf("she has left the directory: %q %v", seen.Entry, err)
	}
	for n := 0; err == nil && n < 30; n++ {
		_, err = w.Create(ctx, w.Grace, w.job())
	}
	refused(t, "the flood", "posting.posted_much", err)
	_, err = w.Create(ctx, w.mallory, w.job())
	ok(t, err)
}

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, err := w.Create(ctx, w.Grace, w.job())
	ok(t, err)
	ok(t, w.Report(ctx, w.mallory, p.ID, "The link is broken."))
	for _, by := range []people.Actor{w.Grace, w.mallory} {
		subject := people.Subject{Person: by.Person, Organisation: by.Organisation}
		held, err := w.Holds(ctx, subject)
		ok(t, err)
		if held[0].Count != 1 {
			t.Errorf("held of %s: %+v", by.Name, held)
		}
		ok(t, w.Erase(ctx, people.Subject{Person: by.Person, Organisation: "elsewhere"}, "", false))
		if held, err = w.Holds(ctx, subject); err != nil || held[0].Count != 1 {
			t.Errorf("erased in another town: %+v %v", held, err)
		}
		for range 2 {
			ok(t, w.Erase(ctx, subject, "", true))
		}
		if held, err = w.Holds(ctx, subject); err != nil || held[0].Count != 0 {
			t.Errorf("held after it of %s: %+v %v", by.Name, held, err)
		}
	}
	p, err = w.Posting(ctx, w.Ada, p.ID)
	ok(t, err)
	if p.Name != "" || p.Person != "" || p.Content.Title == "" || len(p.Reports) != 0 || p.Reported != nil {
		t.Errorf("after it: %+v", p)
	}
}
