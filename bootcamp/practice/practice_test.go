package practice_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/attachment/attachmenttest"
	"palestra/bootcamp/practice"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/people"
)

// valley is four towns. Grace of Castelverde writes; Mallory of Lindenau, Ville of Tammela and Rosa of Vale do Rio have
// every role in theirs.
type valley struct {
	*practice.Service
	*coursetest.Town
	t                    *testing.T
	mallory, ville, rosa people.Actor
	objects              *attachmenttest.Objects
}

func open(t *testing.T) *valley {
	t.Helper()
	w := &valley{Town: coursetest.New(t), t: t, objects: attachmenttest.New()}
	var err error
	w.Service, err = practice.New(practice.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: w.Letters, Courses: w.Courses, Objects: w.objects, Now: w.Clock.Now, NewID: id.New,
		PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.People.Keep(w.Service)
	w.mallory = w.OtherTown(t)
	w.ville = w.Found(t, people.Organisation{Slug: "tammela", Name: "Tammelan kunta", Country: "FI", Zone: "Europe/Helsinki", Locale: "fi"}, "Ville")
	w.rosa = w.Found(t, people.Organisation{Slug: "vale", Name: "Vale do Rio", Country: "PT", Zone: "Europe/Lisbon", Locale: "pt"}, "Rosa")
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

func en(s string) practice.Text { return practice.Text{"en": s} }

// shared is a card that lacks nothing.
func shared() practice.Content {
	lat, lon := 51.5, 13.1
	return practice.Content{Languages: []string{"en", "de"}, Title: practice.Text{"en": "A shared place for counter, post and digital help", "de": "Ein Ort für Schalter und Post"},
		Summary: en("Four offices moved into one former post office."), Territory: practice.Territory{Name: "Castelverde", Country: "IT", Residents: 4100, Lat: &lat, Lon: &lon},
		Objectives: []practice.Text{en("Everybody reaches public services")}, Conditions: []practice.Text{en("Work on how people work together"), en("Bring in the baker")},
		Steps:        []practice.Step{{When: "2021-01/2021-02", What: en("The place opens")}, {When: "2019", What: en("The council decides")}},
		Difficulties: []practice.Text{en("Computers came five months late")}, Resources: []practice.Resource{{What: en("Project lead"), FTE: 1, Months: 12, Funding: en("region")}},
		Evidence: en("412 visits in the first month"), Transfer: en("A place in the centre"), Topics: []string{"services", "inclusion"}, Labels: []string{"Post office"}, Licence: "CC-BY-4.0",
		Costs: practice.Costs{From: 20_000, To: 50_000, Per: "year"}}
}

func (w *valley) card() practice.Practice {
	w.t.Helper()
	p, err := w.Create(w.t.Context(), w.Grace, shared())
	ok(w.t, err)
	p, err = w.Publish(w.t.Context(), w.Grace, p.ID, p.Edition, "")
	ok(w.t, err)
	return p
}

// asked is a card with a question to its authors.
func (w *valley) asked(by people.Actor) (practice.Practice, practice.Question) {
	w.t.Helper()
	p := w.card()
	q, err := w.Ask(w.t.Context(), by, p.ID, "Who paid?")
	ok(w.t, err)
	return p, q
}

func (w *valley) letters(kind string) (to []string) {
	for _, l := range w.Letters.Sent {
		if l.Kind == kind {
			to = append(to, l.To)
		}
	}
	return to
}

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	_, err := w.Create(ctx, people.Actor{}, shared())
	refused(t, "nobody", "people.unsigned", err)
	_, err = w.Create(ctx, w.Ada, shared())
	refused(t, "a learner", "people.forbidden", err)
	p, err := w.Create(ctx, w.Grace, shared())
	ok(t, err)
	for name, by := range map[string]people.Actor{"a stranger": w.mallory, "a learner": w.Ada} {
		_, err = w.Draft(ctx, by, p.ID)
		refused(t, name+" reads a draft", "practice.not_found", err)
		_, err = w.Save(ctx, by, p.ID, 0, shared())
		refused(t, name+" saves a draft", "practice.not_found", err)
		_, err = w.Publish(ctx, by, p.ID, 0, "")
		refused(t, name+" publishes", "practice.not_found", err)
		refused(t, name+" deletes", "practice.not_found", w.Delete(ctx, by, p.ID))
		_, err = w.Card(ctx, p.ID)
		refused(t, "the card of a draft", "practice.not_found", err)
	}
	if _, err := w.Draft(ctx, w.Anna, p.ID); err != nil {
		t.Errorf("the town's administrator: %v", err)
	}
	_, err = w.AddAuthor(ctx, w.Grace, p.ID, "nobody@lindenau.example")
	refused(t, "an author that is nobody", "practice.nobody", err)
	_, err = w.AddAuthor(ctx, w.Grace, p.ID, "mallory@lindenau.example")
	ok(t, err)
	_, err = w.Save(ctx, w.mallory, p.ID, 0, shared())
	ok(t, err)
	mine, err := w.Mine(ctx, w.mallory, "", 10)
	ok(t, err)
	if len(mine.Docs) != 1 || mine.Docs[0].ID != p.ID {
		t.Errorf("what the co-author writes: got %d", len(mine.Docs))
	}
	_, err = w.RemoveAuthor(ctx, w.mallory, p.ID, w.Grace.Person)
	ok(t, err)
	_, err = w.RemoveAuthor(ctx, w.mallory, p.ID, w.mallory.Person)
	refused(t, "the last author goes", "practice.last_author", err)
	_, err = w.Draft(ctx, w.Grace, p.ID)
	refused(t, "who was taken out", "practice.not_found", err)
	if got := w.letters("practice_author"); !slices.Equal(got, []string{"mallory@lindenau.example"}) {
		t.Errorf("letters to authors: %v", got)
	}
	ok(t, w.Delete(ctx, w.mallory, p.ID))
	_, err = w.Draft(ctx, w.mallory, p.ID)
	refused(t, "what was deleted", "practice.not_found", err)
}

func TestPublish(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	half := shared()
	half.Evidence, half.Steps = nil, nil
	p, err := w.Create(ctx, w.Grace, half)
	ok(t, err)
	_, err = w.Publish(ctx, w.Grace, p.ID, 0, "")
	refused(t, "half a card", "practice.incomplete", err)
	p, err = w.Save(ctx, w.Grace, p.ID, p.Edition, shared())
	ok(t, err)
	if p.Draft.Steps[0].When != "2019" {
		t.Errorf("steps are not in order: %v", p.Draft.Steps)
	}
	_, err = w.Save(ctx, w.Grace, p.ID, p.Edition-1, shared())
	refused(t, "an old form", "practice.changed_elsewhere", err)
	p, err = w.Publish(ctx, w.Grace, p.ID, p.Edition, "First")
	ok(t, err)
	_, err = w.Publish(ctx, w.Grace, p.ID, 0, "")
	refused(t, "the same again", "practice.unchanged", err)
	next := shared()
	next.Conditions = append(next.Conditions, en("Open when the bus comes"))
	_, err = w.Save(ctx, w.Grace, p.ID, 0, next)
	ok(t, err)
	if c, err := w.Card(ctx, p.ID); err != nil || len(c.Content.Conditions) != 2 {
		t.Errorf("a draft shows: %v %v", c.Content.Conditions, err)
	}
	p, err = w.Publish(ctx, w.Grace, p.ID, 0, "The bus")
	ok(t, err)
	v, err := w.Versions(ctx, p.ID, "", 10)
	ok(t, err)
	if len(v.Docs) != 2 || v.Docs[0].Number != 2 || v.Docs[0].Summary != "The bus" {
		t.Fatalf("versions: %+v", v.Docs)
	}
	got := practice.Compare(v.Docs[1].Content, v.Docs[0].Content, "en")
	if len(got) != 1 || got[0] != (practice.Difference{Section: "conditions", Kind: "added", Before: -1, After: 2}) {
		t.Errorf("difference: %+v", got)
	}
	refused(t, "deleting what was published", "practice.published", w.Delete(ctx, w.Grace, p.ID))
	_, err = w.Withdraw(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	_, err = w.Version(ctx, p.ID, 1)
	refused(t, "a version of what was withdrawn", "practice.withdrawn", err)
	if c, err := w.Card(ctx, p.ID); err != nil || c.State != practice.StateWithdrawn {
		t.Errorf("its address: %v %v", c.State, err)
	}
	if all, err := w.Cards(ctx, w.mallory, practice.Filter{}, "", 10); err != nil || len(all.Docs) != 0 {
		t.Errorf("what was withdrawn is found: %v", err)
	}
	p, err = w.Publish(ctx, w.Grace, p.ID, 0, "")
	ok(t, err)
	if p.Version != 2 || p.State != practice.StatePublished {
		t.Errorf("published again: version %d, %s", p.Version, p.State)
	}
	published := 0
	for _, e := range w.Records.Events {
		if e.Activity.Path == "/xapi/practices/"+p.ID && e.Account == w.Grace.Account {
			published++
		}
	}
	if published != 2 {
		t.Errorf("%d statements tell of two versions", published)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	one := w.card()
	c := shared()
	c.Title, c.Languages, c.Topics, c.Territory, c.Labels = practice.Text{"it": "Uno sportello che viaggia"}, []string{"it"}, []string{"mobility"}, practice.Territory{Name: "Vale", Country: "PT", Residents: 30_000}, nil
	for _, list := range []*[]practice.Text{&c.Objectives, &c.Conditions, &c.Difficulties} {
		*list = []practice.Text{{"it": "Un autobus"}}
	}
	c.Steps, c.Summary, c.Evidence, c.Transfer = []practice.Step{{When: "2024/..", What: practice.Text{"it": "Parte"}}}, practice.Text{"it": "Un autobus porta lo sportello nelle frazioni."}, practice.Text{"it": "Sì"}, practice.Text{"it": "Un autobus"}
	two, err := w.Create(ctx, w.rosa, c)
	ok(t, err)
	_, err = w.Publish(ctx, w.rosa, two.ID, 0, "")
	ok(t, err)
	for name, tc := range map[string]struct {
		f    practice.Filter
		want []string
	}{
		"all":          {practice.Filter{}, []string{one.ID, two.ID}},
		"a word":       {practice.Filter{Words: "sportello"}, []string{two.ID}},
		"a beginning":  {practice.Filter{Words: "coun"}, []string{one.ID}},
		"two words":    {practice.Filter{Words: "Post SHARED"}, []string{one.ID}},
		"no such pair": {practice.Filter{Words: "post autobus"}, nil},
		"three words":  {practice.Filter{Words: "shared place post"}, []string{one.ID}},
		"accents":      {practice.Filter{Words: "frazionì"}, []string{two.ID}},
		"topic":        {practice.Filter{Topic: "mobility"}, []string{two.ID}},
		"country":      {practice.Filter{Country: "IT"}, []string{one.ID}},
		"band":         {practice.Filter{Band: 4}, []string{two.ID}},
		"language":     {practice.Filter{Language: "de"}, []string{one.ID}},
		"town":         {practice.Filter{Town: w.rosa.Organisation}, []string{two.ID}},
		"recommended":  {practice.Filter{Recommended: true}, nil},
		"much":         {practice.Filter{Topic: "services", Language: "en", Town: w.ID, Words: "help digital"}, []string{one.ID}},
	} {
		p, err := w.Cards(ctx, w.ville, tc.f, "", 10)
		ok(t, err)
		var got []string
		for _, c := range p.Docs {
			got = append(got, c.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
	_, err = w.Cards(ctx, people.Actor{}, practice.Filter{}, "", 10)
	refused(t, "nobody", "people.unsigned", err)
}

func TestContentRefuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	for name, tc := range map[string]struct {
		code string
		set  func(*practice.Content)
	}{
		"no language":    {"practice.languages", func(c *practice.Content) { c.Languages = nil }},
		"a language":     {"practice.choice", func(c *practice.Content) { c.Languages = []string{"tlh"} }},
		"a date":         {"practice.date", func(c *practice.Content) { c.Steps[0].When = "2021-13" }},
		"a range":        {"practice.date", func(c *practice.Content) { c.Steps[0].When = "2021/2020" }},
		"a year":         {"practice.date", func(c *practice.Content) { c.Steps[0].When = "0021" }},
		"a country":      {"practice.country", func(c *practice.Content) { c.Territory.Country = "Italy" }},
		"a position":     {"practice.position", func(c *practice.Content) { x := 91.0; c.Territory.Lat = &x }},
		"a topic":        {"practice.choice", func(c *practice.Content) { c.Topics = []string{"magic"} }},
		"a competence":   {"practice.choice", func(c *practice.Content) { c.Competences = []string{"9.9"} }},
		"a script":       {"practice.address", func(c *practice.Content) { c.Links = []practice.Link{{Kind: "page", URL: "javascript:alert(1)"}} }},
		"a secret":       {"practice.address", func(c *practice.Content) { c.Links = []practice.Link{{Kind: "page", URL: "https://me:pw@x.example/"}} }},
		"costs":          {"practice.number", func(c *practice.Content) { c.Costs = practice.Costs{From: 2, To: 1} }},
		"full-time":      {"practice.number", func(c *practice.Content) { c.Resources[0].FTE = -1 }},
		"a licence":      {"practice.choice", func(c *practice.Content) { c.Licence = "mine" }},
		"a long title":   {"course.text_long", func(c *practice.Content) { c.Title = en(strings.Repeat("x", 201)) }},
		"broken letters": {"course.text", func(c *practice.Content) { c.Summary = en("\xff") }},
		"too many":       {"practice.entries", func(c *practice.Content) { c.Objectives = make([]practice.Text, 41) }},
		"a lesson":       {"practice.lesson", func(c *practice.Content) { c.Lessons = []practice.LessonLink{{Course: "x", Lesson: "y"}} }},
		"too much of all": {"practice.too_long", func(c *practice.Content) {
			for _, l := range []string{"en", "de", "it", "fr", "es", "pt", "sv", "fi", "pl"} {
				for _, t := range []practice.Text{c.Evidence, c.Transfer} {
					t[l] = strings.Repeat("ä", 8000)
				}
				if c.Description == nil {
					c.Description = practice.Text{}
				}
				c.Description[l] = strings.Repeat("ä", 20_000)
			}
		}},
	} {
		c := shared()
		tc.set(&c)
		_, err := w.Create(t.Context(), w.Grace, c)
		refused(t, name, tc.code, err)
	}
	made := w.Course(t)
	c := shared()
	c.Lessons = []practice.LessonLink{{Course: made.ID, Lesson: made.Modules[0].Lessons[0].ID, Second: 130}}
	p, err := w.Create(t.Context(), w.Grace, c)
	ok(t, err)
	if p.Draft.Lessons[0].Title != "What may be published" {
		t.Errorf("the lesson is called %q", p.Draft.Lessons[0].Title)
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	good := practice.Review{Marks: map[string]int{"clear": 4, "honest": 4, "evidence": 3, "transfer": 3, "inclusive": 2}, Recommends: true,
		Words: "We went there and saw it; the figures are what the card says."}
	_, err := w.Review(ctx, w.Anna, p.ID, good)
	refused(t, "of one's own", "practice.own_review", err)
	_, err = w.Review(ctx, w.Ada, p.ID, good)
	refused(t, "by a learner", "people.forbidden", err)
	bad := good
	bad.Marks = map[string]int{"clear": 5}
	_, err = w.Review(ctx, w.mallory, p.ID, bad)
	refused(t, "without marks", "practice.rubric", err)
	bad = good
	bad.Words = "Good."
	_, err = w.Review(ctx, w.mallory, p.ID, bad)
	refused(t, "without words", "practice.review_short", err)
	for range 2 { // the second replaces the first
		_, err = w.Review(ctx, w.mallory, p.ID, good)
		ok(t, err)
	}
	if c, _ := w.Card(ctx, p.ID); c.Reviews != 1 || c.Recommended {
		t.Errorf("one town: %d, %v", c.Reviews, c.Recommended)
	}
	_, err = w.Review(ctx, w.ville, p.ID, good)
	ok(t, err)
	if c, _ := w.Card(ctx, p.ID); c.Reviews != 2 || !c.Recommended {
		t.Errorf("two towns: %d, %v", c.Reviews, c.Recommended)
	}
	if found, err := w.Cards(ctx, w.rosa, practice.Filter{Recommended: true}, "", 5); err != nil || len(found.Docs) != 1 {
		t.Errorf("recommended are found: %v", err)
	}
	if got := w.letters("practice_review"); len(got) != 2 {
		t.Errorf("letters: %v", got)
	}
	next := shared()
	next.Summary = en("Something else.")
	_, err = w.Save(ctx, w.Grace, p.ID, 0, next)
	ok(t, err)
	_, err = w.Publish(ctx, w.Grace, p.ID, 0, "")
	ok(t, err)
	if c, _ := w.Card(ctx, p.ID); c.Recommended {
		t.Error("a new version is recommended by who has not seen it")
	}
	old, err := w.Reviews(ctx, w.rosa, p.ID, 1, "", 10)
	ok(t, err)
	if len(old.Docs) != 2 {
		t.Errorf("reviews of the first version: %d", len(old.Docs))
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	q, err := w.Ask(ctx, w.mallory, p.ID, "  Who paid for the computers?  ")
	ok(t, err)
	_, err = w.Ask(ctx, w.mallory, p.ID, " ")
	refused(t, "nothing", "practice.words", err)
	_, err = w.Answer(ctx, w.ville, p.ID, q.ID, "I know it")
	refused(t, "a stranger answers", "practice.no_question", err)
	if list, err := w.Questions(ctx, w.ville, p.ID, "", 10); err != nil || len(list.Docs) != 0 {
		t.Errorf("a stranger sees %d questions, %v", len(list.Docs), err)
	}
	w.Clock.Pass(36 * time.Hour)
	q, err = w.Answer(ctx, w.Grace, p.ID, q.ID, "The region did.")
	ok(t, err)
	if q.State != practice.QuestionAnswered || q.Answered == nil {
		t.Errorf("answered: %+v", q)
	}
	q, err = w.Answer(ctx, w.mallory, p.ID, q.ID, "And the paper?")
	ok(t, err)
	if q.State != practice.QuestionOpen {
		t.Errorf("asked again: %s", q.State)
	}
	if c, _ := w.Card(ctx, p.ID); c.Answers != int64(36*3600) {
		t.Errorf("usual time: %d s", c.Answers)
	}
	if got := w.letters("practice_question"); !slices.Equal(got, []string{"grace@castelverde.example", "grace@castelverde.example"}) {
		t.Errorf("letters to the author: %v", got)
	}
	if got := w.letters("practice_answer"); !slices.Equal(got, []string{"mallory@lindenau.example"}) {
		t.Errorf("letters to who asked: %v", got)
	}
	for _, l := range w.Letters.Sent {
		for _, v := range l.Params {
			if s, is := v.(string); is && strings.HasPrefix(l.Kind, "practice") && strings.Contains(s, "@") {
				t.Errorf("a letter %s shows an address: %s", l.Kind, s)
			}
		}
	}
	for range 19 {
		_, err = w.Ask(ctx, w.ville, p.ID, "And?")
		ok(t, err)
	}
	_, err = w.Ask(ctx, w.ville, p.ID, "And?")
	ok(t, err)
	_, err = w.Ask(ctx, w.ville, p.ID, "And?")
	refused(t, "a flood", "practice.asked_much", err)
	if list, err := w.Questions(ctx, w.Grace, p.ID, "", 10); err != nil || len(list.Docs) != 10 || list.Next == "" {
		t.Errorf("the authors see %d questions, %v", len(list.Docs), err)
	}
}

// Whatever write a process dies at: once it lives again, what was begun is finished or was never there.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for n := range 14 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		w.Process.Die(n)
		p, err := w.Create(ctx, w.Grace, shared())
		if err == nil {
			_, err = w.Publish(ctx, w.Grace, p.ID, 0, "")
		}
		if err == nil {
			_, err = w.Adopt(ctx, w.mallory, p.ID, "", "")
		}
		died := w.Process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		w.Clock.Pass(time.Minute)
		ok(t, w.SettleDue(ctx, w.Clock.Now()))
		mine, err := w.Mine(ctx, w.Grace, "", 10)
		ok(t, err)
		for _, p := range mine.Docs {
			if p.Due != nil {
				t.Errorf("%d: the sweep leaves something", n)
			}
			if p.State != practice.StatePublished {
				continue
			}
			if c, err := w.Card(ctx, p.ID); err != nil || c.Version != 1 || c.Content.Title["en"] == "" {
				t.Errorf("%d: the card says version %d, %v", n, c.Version, err)
			}
			if v, err := w.Version(ctx, p.ID, 1); err != nil || v.Content.Title["en"] == "" {
				t.Errorf("%d: version 1: %v", n, err)
			}
			a, err := w.Adopters(ctx, w.Grace, p.ID, 0)
			ok(t, err)
			if _, err := w.Adoption(ctx, w.mallory, p.ID); err == nil != (len(a.Branches) == 1) {
				t.Errorf("%d: the adoption and the lineage differ: %v, %d", n, err, len(a.Branches))
			} else if err == nil && len(w.letters("practice_interested")) != 1 {
				t.Errorf("%d: the author was told %d times", n, len(w.letters("practice_interested")))
			}
		}
		if !died {
			return
		}
	}
	t.Log("it died at each write")
}
