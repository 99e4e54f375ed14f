package discussion_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/attachment/attachmenttest"
	"palestra/bootcamp/discussion"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/mail"
	"palestra/people"
)

// camp is a bootcamp of Castelverde. Fay leads it; Ada and Mallory of Lindenau are in its cohort, Lin is not.
type camp struct {
	*discussion.Service
	*coursetest.Town
	t            *testing.T
	camps        *bootcamp.Service
	practices    *practice.Service
	fay, mallory people.Actor
	b, c         string
	place        discussion.Place
	objects      *attachmenttest.Objects
	n            int
}

type letters struct{ *coursetest.Letters }

func (l letters) SendWith(ctx context.Context, id, to, locale, letter string, params map[string]any, _ []mail.Part) error {
	return l.SendOnce(ctx, id, to, locale, letter, params)
}

func open(t *testing.T) *camp {
	t.Helper()
	w := &camp{Town: coursetest.New(t), t: t, objects: attachmenttest.New()}
	ctx := t.Context()
	var err error
	w.camps, err = bootcamp.New(bootcamp.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: letters{w.Letters}, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret,
		When: func(_ string, t time.Time) string { return t.String() }, PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.practices, err = practice.New(practice.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: w.Letters, Courses: w.Courses, Now: w.Clock.Now, NewID: id.New,
		PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.Service, err = discussion.New(discussion.Config{DB: w.DB, Cohorts: w.camps, Practices: w.practices, Courses: w.Courses, People: w.People, Mail: w.Letters, Objects: w.objects,
		Now: w.Clock.Now, NewID: id.New, NewName: id.Random, Secret: func(who string) string { return "secret of " + who },
		Say:       func(_, key string, p map[string]any) string { return key + " " + p["title"].(string) },
		PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
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
	w.b, w.c, w.place = b.ID, c.ID, discussion.Place{Bootcamp: b.ID, Cohort: c.ID}
	for _, by := range []people.Actor{w.Ada, w.mallory} {
		_, err = w.camps.Join(ctx, by, b.ID, c.ID)
		ok(t, err)
	}
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

// says is what somebody writes, with a key of its own.
func (w *camp) says(words string) discussion.Writing {
	w.n++
	return discussion.Writing{Key: strings.Repeat("k", w.n), Words: words, Language: "en"}
}

func (w *camp) begin(by people.Actor, title, words string) discussion.Thread {
	w.t.Helper()
	d := w.says(words)
	d.Title, d.Asks = title, true
	t, _, err := w.Begin(w.t.Context(), by, w.place, d)
	ok(w.t, err)
	return t
}

func (w *camp) say(by people.Actor, thread, words string) discussion.Post {
	w.t.Helper()
	d, err := w.Say(w.t.Context(), by, w.place, thread, w.says(words))
	ok(w.t, err)
	return d
}

// read returns what a reader sees of a thread.
func (w *camp) read(by people.Actor, thread string) discussion.Talk {
	w.t.Helper()
	t, _, err := w.Posts(w.t.Context(), by, w.place, thread, 0, "", 100)
	ok(w.t, err)
	return t
}

func (w *camp) sweep() {
	w.t.Helper()
	ok(w.t, w.SettleDue(context.WithoutCancel(w.t.Context()), w.Clock.Now()))
}

func (w *camp) letters(kind string) (to []string) {
	for _, l := range w.Letters.Sent {
		if l.Kind == kind {
			to = append(to, l.To)
		}
	}
	return to
}

func TestWhoMayTalk(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Who has a sign for the door?", "We need **one**.")
	for name, x := range map[string]struct {
		by   people.Actor
		code string
	}{"nobody": {people.Actor{}, "people.unsigned"}, "who is not in the cohort": {w.Lin, "bootcamp.not_inside"}, "an author of the host": {w.Grace, "bootcamp.not_inside"}} {
		_, _, _, _, err := w.Threads(ctx, x.by, w.place, discussion.Filter{}, "", 10)
		refused(t, name+" lists", x.code, err)
		_, _, err = w.Posts(ctx, x.by, w.place, th.ID, 0, "", 10)
		refused(t, name+" reads", x.code, err)
		_, err = w.Say(ctx, x.by, w.place, th.ID, w.says("Me"))
		refused(t, name+" writes", x.code, err)
		_, _, err = w.Search(ctx, x.by, w.place, "sign", "", 10)
		refused(t, name+" searches", x.code, err)
	}
	for _, by := range []people.Actor{w.mallory, w.fay, w.Anna} {
		w.say(by, th.ID, "Here.")
	}
	for name, x := range map[string]struct {
		by   people.Actor
		want int
	}{"ada": {w.Ada, 1}, "mallory": {w.mallory, 1}, "who is in none": {w.Lin, 0}, "ada for another town": {people.Actor{Person: w.Ada.Person, Organisation: w.mallory.Organisation, Roles: w.Ada.Roles}, 0}} {
		if own, err := w.camps.Own(ctx, x.by); err != nil || len(own) != x.want || x.want > 0 && (own[0].Cohort != w.c || own[0].Name != "Autumn") {
			t.Errorf("cohorts of %s: %+v %v", name, own, err)
		}
	}
	_, err := w.camps.Own(ctx, people.Actor{})
	refused(t, "cohorts of nobody", "people.unsigned", err)
	other := discussion.Place{Bootcamp: w.b, Cohort: "elsewhere"}
	_, _, err = w.Posts(ctx, w.fay, other, th.ID, 0, "", 10)
	refused(t, "another cohort", "bootcamp.not_found", err)
	card := discussion.Place{Practice: w.card()}
	_, _, err = w.Posts(ctx, w.fay, card, th.ID, 0, "", 10)
	refused(t, "a thread of another place", "discussion.not_found", err)
	for text, want := range map[string]bool{"cohort.a.b": true, "practice.x": true, "cohort.a": false, "practice.": false, "town.x": false, "": false, "practice.x.y": false} {
		if _, err := discussion.ParsePlace(text); (err == nil) != want {
			t.Errorf("place %q: %v", text, err)
		}
	}
	ok(t, w.camps.Remove(ctx, w.fay, w.b, w.c, w.mallory.Person))
	_, err = w.Say(ctx, w.mallory, w.place, th.ID, w.says("Still here?"))
	refused(t, "who was removed", "bootcamp.not_inside", err)
	if got := w.read(w.Ada, th.ID).Posts; len(got) != 4 {
		t.Errorf("what she said stays: %d posts", len(got))
	}
}

// card publishes a practice of Grace's.
func (w *camp) card() string {
	w.t.Helper()
	en := func(s string) practice.Text { return practice.Text{"en": s} }
	p, err := w.practices.Create(w.t.Context(), w.Grace, practice.Content{Languages: []string{"en"}, Title: en("A shared counter"), Summary: en("Four offices in one."),
		Territory: practice.Territory{Name: "Castelverde", Country: "IT"}, Objectives: []practice.Text{en("All")}, Conditions: []practice.Text{en("The baker")},
		Steps: []practice.Step{{When: "2021", What: en("It opens")}}, Difficulties: []practice.Text{en("Late")}, Resources: []practice.Resource{{What: en("A lead"), FTE: 1}},
		Evidence: en("412 visits"), Transfer: en("A room"), Topics: []string{"services"}, Licence: "CC-BY-4.0"})
	ok(w.t, err)
	_, err = w.practices.Publish(w.t.Context(), w.Grace, p.ID, 0, "")
	ok(w.t, err)
	return p.ID
}

func TestAPracticeIsEverybodys(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	w.place = discussion.Place{Practice: w.card()}
	th := w.begin(w.mallory, "How long did it take?", "From the decision to the door?")
	d := w.say(w.Grace, th.ID, "Two years.")
	if !d.Leads {
		t.Error("the author of the card is not said to be one")
	}
	w.say(w.Lin, th.ID, "So long!")
	refused(t, "a reader hides", "people.forbidden", w.Hide(ctx, w.Lin, w.place, d.ID, true, "I know better"))
	_, err := w.practices.Withdraw(ctx, w.Grace, w.place.Practice, 0)
	ok(t, err)
	_, _, err = w.Posts(ctx, w.Lin, w.place, th.ID, 0, "", 10)
	refused(t, "of what was withdrawn", "practice.withdrawn", err)
}

func TestWhatIsSaidTwiceIsStoredOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	first := w.says("Once")
	first.Title = "Once"
	a, _, err := w.Begin(ctx, w.Ada, w.place, first)
	ok(t, err)
	b, _, err := w.Begin(ctx, w.Ada, w.place, first)
	ok(t, err)
	if a.ID != b.ID {
		t.Error("one thread was begun twice")
	}
	again := w.says("And again")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, err := w.Say(ctx, w.Ada, w.place, a.ID, again); err != nil {
				t.Error(err)
			}
		})
	}
	for _, by := range []people.Actor{w.mallory, w.fay} {
		for range 4 {
			d := w.says("Something else")
			wait.Go(func() {
				if _, err := w.Say(ctx, by, w.place, a.ID, d); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	got := w.read(w.Ada, a.ID).Posts
	if len(got) != 10 {
		t.Fatalf("%d posts, want ten: the first, one of Ada's, eight of others", len(got))
	}
	for i, d := range got {
		if d.Number != i+1 {
			t.Errorf("post %d has the number %d", i+1, d.Number)
		}
	}
}

func TestWhatIsNew(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Opening hours", "When?")
	w.say(w.fay, th.ID, "At nine.")
	is := func(by people.Actor, unread, fresh int) {
		t.Helper()
		_, n, _, err := w.Enter(ctx, by, w.place)
		ok(t, err)
		_, lines, _, _, err := w.Threads(ctx, by, w.place, discussion.Filter{}, "", 10)
		ok(t, err)
		if n != unread || lines[0].New != fresh {
			t.Errorf("%s: %d threads, %d posts are new, want %d, %d", by.Name, n, lines[0].New, unread, fresh)
		}
	}
	is(w.Ada, 1, 1)
	is(w.mallory, 1, 2)
	is(w.fay, 0, 0) // she has answered
	ok(t, w.Read(ctx, w.mallory, w.place, th.ID, 1, nil))
	is(w.mallory, 1, 1)
	ok(t, w.Read(ctx, w.mallory, w.place, th.ID, 99, nil))
	ok(t, w.Read(ctx, w.mallory, w.place, th.ID, 1, nil))
	is(w.mallory, 0, 0)
	w.Clock.Pass(time.Minute)
	w.say(w.Ada, th.ID, "And on Saturday?")
	is(w.mallory, 1, 1)
	ok(t, w.Set(ctx, w.mallory, w.place, discussion.Setup{Read: true}))
	is(w.mallory, 0, 0)
	yes, no := true, false
	ok(t, w.Read(ctx, w.mallory, w.place, th.ID, 0, &yes))
	_, line, _, err := w.Thread(ctx, w.mallory, w.place, th.ID)
	if err != nil || !line.Follows {
		t.Errorf("she follows: %v %v", line.Follows, err)
	}
	ok(t, w.Read(ctx, w.mallory, w.place, th.ID, 0, &no))
	w.say(w.mallory, th.ID, "I only say this.")
	if _, line, _, _ := w.Thread(ctx, w.mallory, w.place, th.ID); line.Follows {
		t.Error("who has stopped following follows again")
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Opening hours", "When?")
	d := w.say(w.mallory, th.ID, "At nine.")
	refused(t, "somebody else accepts", "people.forbidden", w.Accept(ctx, w.mallory, w.place, th.ID, 2))
	refused(t, "the question is the answer", "discussion.no_answer", w.Accept(ctx, w.Ada, w.place, th.ID, 1))
	refused(t, "no such post", "discussion.no_answer", w.Accept(ctx, w.Ada, w.place, th.ID, 3))
	ok(t, w.Accept(ctx, w.Ada, w.place, th.ID, 2))
	waiting := func(want int) {
		t.Helper()
		_, lines, _, _, err := w.Threads(ctx, w.Ada, w.place, discussion.Filter{Open: true}, "", 10)
		ok(t, err)
		if len(lines) != want {
			t.Errorf("%d questions wait, want %d", len(lines), want)
		}
	}
	waiting(0)
	ok(t, w.Withdraw(ctx, w.mallory, w.place, d.ID))
	waiting(1)
	w.say(w.fay, th.ID, "Really at nine.")
	ok(t, w.Accept(ctx, w.fay, w.place, th.ID, 3))
	waiting(0)
	refused(t, "a member closes", "people.forbidden", w.Turn(ctx, w.Ada, w.place, th.ID, true))
	ok(t, w.Turn(ctx, w.fay, w.place, th.ID, true))
	_, err := w.Say(ctx, w.Ada, w.place, th.ID, w.says("But"))
	refused(t, "in a closed thread", "discussion.closed", err)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Opening hours", "When does the library open?")
	_, err := w.Edit(ctx, w.mallory, w.place, th.ID, 0, w.says("Mine"))
	refused(t, "of somebody else", "people.forbidden", err)
	next := w.says("When does the museum open?")
	next.Title = "Hours of the museum"
	d, err := w.Edit(ctx, w.Ada, w.place, th.ID, 1, next)
	ok(t, err)
	_, err = w.Edit(ctx, w.Ada, w.place, th.ID, 1, next)
	refused(t, "an old form", "discussion.changed_elsewhere", err)
	list, _, err := w.Versions(ctx, w.mallory, w.place, d.ID)
	ok(t, err)
	if len(list) != 1 || !strings.Contains(list[0].Words, "library") || d.Edited == nil || d.Version != 2 {
		t.Errorf("versions: %+v", list)
	}
	if _, line, _, _ := w.Thread(ctx, w.mallory, w.place, th.ID); line.Thread.Title != "Hours of the museum" {
		t.Errorf("the thread is called %s", line.Thread.Title)
	}
	found := func(words string) int {
		f, _, err := w.Search(ctx, w.mallory, w.place, words, "", 10)
		ok(t, err)
		return len(f.Posts)
	}
	if found("library") != 0 || found("museum") != 1 {
		t.Error("it is found by what it said before, or not by what it says")
	}
	ok(t, w.Withdraw(ctx, w.Ada, w.place, d.ID))
	list, _, err = w.Versions(ctx, w.fay, w.place, d.ID)
	ok(t, err)
	if got := w.read(w.fay, th.ID).Posts[0]; len(list) != 0 || got.Words != "" || got.State != discussion.Withdrawn || found("museum") != 0 {
		t.Errorf("what was taken back: %+v, %d versions", got, len(list))
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Who knows it?", "Somebody?")
	d := w.says("@" + w.mallory.Name + " knows it, <b>and</b> \uE000forged\uE001 @nobody")
	d.Mentions = []discussion.Mention{{Person: w.mallory.Person, Name: w.mallory.Name}}
	post, err := w.Say(ctx, w.Ada, w.place, th.ID, d)
	ok(t, err)
	if strings.Contains(post.Words, w.mallory.Name) || len(post.Mentions) != 1 || strings.Count(post.Words, "\uE000") != 1 {
		t.Errorf("stored: %q", post.Words)
	}
	d = w.says("@Lin as well")
	d.Mentions = []discussion.Mention{{Person: w.Lin.Person, Name: "Lin"}}
	_, err = w.Say(ctx, w.Ada, w.place, th.ID, d)
	refused(t, "who is not in the cohort", "discussion.nobody", err)
	here, err := w.Whom(ctx, w.Ada, w.place, "mal")
	ok(t, err)
	if len(here) != 1 || here[0].Person != w.mallory.Person || here[0].TownName != "Stadt Lindenau" {
		t.Errorf("whom Ada can mention: %+v", here)
	}
	shown := func() string {
		talk := w.read(w.fay, th.ID)
		return discussion.Named(talk.Posts[1].Words, talk.Names, true, "somebody")
	}
	if got := shown(); !strings.HasPrefix(got, "<strong>@"+w.mallory.Name+"</strong>") {
		t.Errorf("shown: %s", got)
	}
	post, err = w.Edit(ctx, w.Ada, w.place, post.ID, 0, w.says("@"+w.mallory.Name+" knows it well"))
	ok(t, err)
	if got := shown(); !strings.HasPrefix(got, "<strong>@"+w.mallory.Name+"</strong>") || strings.Contains(post.Words, w.mallory.Name) {
		t.Errorf("changed: %s", got)
	}
	_, err = w.Say(ctx, w.mallory, w.place, th.ID, w.says("I do."))
	ok(t, err)
	ok(t, w.Erase(ctx, people.Subject{Organisation: w.mallory.Organisation, Person: w.mallory.Person}, "heir", true))
	ok(t, w.Erase(ctx, people.Subject{Organisation: w.mallory.Organisation, Person: w.mallory.Person}, "heir", true))
	talk := w.read(w.fay, th.ID)
	if got := shown(); !strings.HasPrefix(got, "<strong>@somebody</strong>") || talk.Names[talk.Posts[2].Who].Name != "" || talk.Posts[2].Words != "I do." {
		t.Errorf("after the erasure: %s, %+v", got, talk.Names)
	}
}

func TestModeration(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Opening hours", "When?")
	bad := w.say(w.mallory, th.ID, "You are all fools.")
	refused(t, "one's own post", "discussion.own_post", w.Report(ctx, w.mallory, w.place, bad.ID, "offensive", ""))
	refused(t, "no such kind", "discussion.choice", w.Report(ctx, w.Ada, w.place, bad.ID, "boring", ""))
	ok(t, w.Report(ctx, w.Ada, w.place, bad.ID, "offensive", "Please read it"))
	ok(t, w.Report(ctx, w.Ada, w.place, bad.ID, "offensive", "Please read it again"))
	_, _, _, err := w.Reports(ctx, w.Ada, w.place, discussion.ReportOpen, "", 10)
	refused(t, "a member reads reports", "people.forbidden", err)
	list, _, _, err := w.Reports(ctx, w.fay, w.place, discussion.ReportOpen, "", 10)
	ok(t, err)
	if _, _, n, err := w.Enter(ctx, w.fay, w.place); err != nil || n != 1 || len(list) != 1 || list[0].Words != "Please read it again" {
		t.Errorf("reports: %d, %+v, %v", n, list, err)
	}
	refused(t, "a member hides", "people.forbidden", w.Hide(ctx, w.Ada, w.place, bad.ID, true, "No"))
	refused(t, "without a reason", "discussion.empty", w.Hide(ctx, w.fay, w.place, bad.ID, true, " "))
	ok(t, w.Hide(ctx, w.fay, w.place, bad.ID, true, "We speak kindly here."))
	for by, want := range map[*people.Actor]string{&w.Ada: "", &w.fay: "You are all fools.", &w.mallory: "You are all fools."} {
		if got := w.read(*by, th.ID).Posts[1]; got.Words != want || got.State != discussion.Hidden {
			t.Errorf("%s reads %q, %s", by.Name, got.Words, got.State)
		}
	}
	if f, _, err := w.Search(ctx, w.fay, w.place, "fools", "", 10); err != nil || len(f.Posts) != 0 {
		t.Errorf("what is hidden is found: %v", err)
	}
	if list, _, _, _ := w.Reports(ctx, w.fay, w.place, discussion.ReportOpen, "", 10); len(list) != 0 {
		t.Error("a report that was decided waits")
	}
	w.Clock.Pass(time.Minute)
	ok(t, w.Hide(ctx, w.fay, w.place, bad.ID, false, ""))
	if f, _, err := w.Search(ctx, w.Ada, w.place, "fools", "", 10); err != nil || len(f.Posts) != 1 {
		t.Errorf("what is shown again is not found: %v", err)
	}
	if a, b := w.letters("talk_hidden"), w.letters("talk_restored"); len(a) != 1 || len(b) != 1 || a[0] != "mallory@lindenau.example" {
		t.Errorf("its author was told: %v, %v", a, b)
	}
	notes, err := w.People.Notes(ctx, w.Anna, "", 100)
	ok(t, err)
	for _, act := range []string{"discussion.hidden", "discussion.restored"} {
		if !slices.ContainsFunc(notes.Docs, func(n people.Note) bool { return n.Action == act && n.Target == bad.ID }) {
			t.Errorf("the audit log lacks %s", act)
		}
	}
	ok(t, w.Hide(ctx, w.fay, w.place, th.ID, true, "The title too"))
	_, lines, _, _, err := w.Threads(ctx, w.mallory, w.place, discussion.Filter{}, "", 10)
	ok(t, err)
	if len(lines) != 0 {
		t.Error("the thread of a hidden first post is listed")
	}
	_, err = w.Say(ctx, w.mallory, w.place, th.ID, w.says("Why?"))
	refused(t, "in a hidden thread", "discussion.not_found", err)
}

func TestFloodsAnnounceThemselves(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Flood", "Now")
	for range 9 {
		w.Clock.Pass(time.Second)
		w.say(w.Ada, th.ID, "More")
	}
	_, err := w.Say(ctx, w.Ada, w.place, th.ID, w.says("More"))
	refused(t, "a flood", "discussion.too_fast", err)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Params["after"] != 292 {
		t.Errorf("when she may again: %v", f.Params)
	}
	w.say(w.mallory, th.ID, "Others may")
	w.Clock.Pass(293 * time.Second)
	w.say(w.Ada, th.ID, "Again")
}

func TestBadWords(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Bad", "Now")
	for name, x := range map[string]struct {
		change func(*discussion.Writing)
		code   string
	}{
		"nothing":           {func(d *discussion.Writing) { d.Words = " \n" }, "discussion.empty"},
		"too long":          {func(d *discussion.Writing) { d.Words = strings.Repeat("ä", 10_001) }, "discussion.long"},
		"no text":           {func(d *discussion.Writing) { d.Words = "a\x00b" }, "discussion.long"},
		"broken text":       {func(d *discussion.Writing) { d.Words = "a\xff" }, "discussion.long"},
		"no language":       {func(d *discussion.Writing) { d.Language = "" }, "discussion.language"},
		"wrong language":    {func(d *discussion.Writing) { d.Language = "<b>" }, "discussion.language"},
		"no key":            {func(d *discussion.Writing) { d.Key = "" }, "discussion.key"},
		"files of others":   {func(d *discussion.Writing) { d.Files = []string{"nothing"} }, "attachment.gone"},
		"too many files":    {func(d *discussion.Writing) { d.Files = make([]string, 6) }, "discussion.files"},
		"too many mentions": {func(d *discussion.Writing) { d.Mentions = make([]discussion.Mention, 21) }, "discussion.mentions"},
	} {
		d := w.says("Good")
		x.change(&d)
		_, err := w.Say(ctx, w.Ada, w.place, th.ID, d)
		refused(t, name, x.code, err)
	}
	for _, about := range []string{"session.nothing", "lesson.nothing", "town.x", "session."} {
		d := w.says("Good")
		d.Title, d.About = "About", about
		_, _, err := w.Begin(ctx, w.Ada, w.place, d)
		refused(t, about, "discussion.about", err)
	}
	d := w.says("Good")
	d.Title = "two\nlines " + strings.Repeat("x", 200)
	_, _, err := w.Begin(ctx, w.Ada, w.place, d)
	refused(t, "a long title", "discussion.long", err)
}

func TestAbout(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	title, local := "Opening", "2026-12-01T09:30"
	e, err := w.camps.AddSession(ctx, w.fay, w.b, w.c, bootcamp.SessionChange{Title: &title, Local: &local})
	ok(t, err)
	c := w.Course(t)
	lesson := c.Modules[0].Lessons[0].ID
	for _, about := range []string{"session." + e.ID, "lesson." + lesson} {
		d := w.says("Here")
		d.Title, d.About, d.Course = "About "+about, about, c.ID
		_, _, err := w.Begin(ctx, w.Ada, w.place, d)
		ok(t, err)
		_, lines, _, _, err := w.Threads(ctx, w.fay, w.place, discussion.Filter{About: about}, "", 10)
		ok(t, err)
		if len(lines) != 1 || lines[0].Thread.About != about {
			t.Errorf("%s: %d threads", about, len(lines))
		}
	}
	if _, lines, _, _, _ := w.Threads(ctx, w.fay, w.place, discussion.Filter{}, "", 10); len(lines) != 2 {
		t.Errorf("all: %d threads", len(lines))
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Bücherei", "Where is the library?")
	d := w.says("Die Öffnungszeiten der Straßenbücherei stehen an der Tür.")
	d.Language = "de"
	_, err := w.Say(ctx, w.mallory, w.place, th.ID, d)
	ok(t, err)
	for words, want := range map[string]int{"librar": 1, "libraries": 1, "LIBRARY where": 1, "öffnungszeit": 1, "oeffnungszeiten": 1, "offnungszeiten": 1, "strassenb": 1,
		"library tür": 0, "tuer": 1, "tür": 1, "the": 1, "zz": 0, "": 0, "!": 0, "bücherei": 1, "buch": 1} {
		f, _, err := w.Search(ctx, w.fay, w.place, words, "", 10)
		ok(t, err)
		if len(f.Posts) != want {
			t.Errorf("%q finds %d posts, want %d", words, len(f.Posts), want)
		}
	}
	if f, _, err := w.Search(ctx, w.fay, discussion.Place{Practice: w.card()}, "library", "", 10); err != nil || len(f.Posts) != 0 {
		t.Errorf("another place finds it: %v", err)
	}
}
