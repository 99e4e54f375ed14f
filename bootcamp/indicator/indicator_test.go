package indicator_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/indicator"
	"palestra/bootcamp/live"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/people"
)

// valley is Castelverde with a bootcamp of two cohorts, and Lindenau. Fay leads it; Hedy is HR and sees no persons; Vera
// leads its second cohort for Lindenau; Mallory has every role there.
type valley struct {
	*indicator.Service
	*coursetest.Town
	t            *testing.T
	fay, mallory people.Actor
	vera         people.Actor
	members      map[string]bootcamp.Member // by cohort.person
	hidden       bool                       // the bootcamp is not for Lindenau
	published    map[string]practice.Card
}

const camp, first, second = "camp", "first", "second"

func open(t *testing.T) *valley {
	t.Helper()
	w := &valley{Town: coursetest.New(t), t: t, members: map[string]bootcamp.Member{}, published: map[string]practice.Card{}}
	w.Service = w.again()
	w.People.Keep(w.Service)
	w.mallory = w.OtherTown(t)
	w.fay = w.Anna
	w.fay.Roles = []people.Role{people.Facilitator}
	w.vera = w.mallory
	w.vera.Person, w.vera.Roles = "vera", []people.Role{people.Facilitator}
	return w
}

func (w *valley) again() *indicator.Service {
	w.t.Helper()
	s, err := indicator.New(indicator.Config{DB: w.DB, Camps: w, People: w.Town.People, Courses: w.Courses, Practices: func() indicator.Practices { return w }, Now: w.Clock.Now, NewID: id.New, NewName: id.Random})
	ok(w.t, err)
	return s
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

func (w *valley) Bootcamp(_ context.Context, by people.Actor, id string) (bootcamp.Bootcamp, error) {
	b, err := w.Named(context.Background(), "", id)
	if by.Organisation != w.ID && w.hidden {
		return b, fault.New(fault.NotFound, "bootcamp.not_found", "no bootcamp")
	}
	return b, err
}

func (w *valley) Named(_ context.Context, _, id string) (bootcamp.Bootcamp, error) {
	b := bootcamp.Bootcamp{Title: course.Text{"en": "At the counter " + id}, Languages: []string{"en"}}
	b.ID, b.Owner = id, w.ID
	if id == "none" {
		return b, fault.New(fault.NotFound, "bootcamp.not_found", "no bootcamp")
	}
	return b, nil
}

func (w *valley) Hosts(by people.Actor, b bootcamp.Bootcamp) bool {
	return by.Organisation == b.Owner && by.Has(people.Facilitator, people.Administrator)
}

func (w *valley) Cohorts(context.Context, people.Actor, string) ([]bootcamp.Cohort, error) {
	one, two := bootcamp.Cohort{Name: "One"}, bootcamp.Cohort{Name: "Two"}
	one.ID, two.ID = first, second
	return []bootcamp.Cohort{one, two}, nil
}

func (w *valley) Facilitates(ctx context.Context, by people.Actor, id, cohort string) error {
	b, err := w.Bootcamp(ctx, by, id)
	if err == nil && !w.Hosts(by, b) && (by.Person != "vera" || cohort != second) {
		err = fault.New(fault.Forbidden, "people.forbidden", "no")
	}
	return err
}

func (w *valley) Place(_ context.Context, _, cohort, person string) (bootcamp.Member, bool, error) {
	m, known := w.members[cohort+"."+person]
	return m, known, nil
}

func (w *valley) Card(_ context.Context, id string) (practice.Card, error) {
	c, there := w.published[id]
	if !there {
		return c, fault.New(fault.NotFound, "practice.not_found", "no practice")
	}
	return c, nil
}

// met lets people attend a session of a cohort for some minutes each.
func (w *valley) met(svc *indicator.Service, session, cohort, mode, kind string, who map[string]int) error {
	e := bootcamp.Session{Bootcamp: camp, Cohort: cohort, Mode: mode, Kind: kind, Title: session, Language: "en", Local: w.Clock.Now().Format("2006-01-02T15:04")}
	e.ID = session
	var rows []live.Row
	for person, minutes := range who {
		town := w.ID
		if person[0] == 'l' {
			town = w.mallory.Organisation
		}
		state := live.Present
		if minutes == 0 {
			state = live.Absent
		}
		rows = append(rows, live.Row{Person: person, Name: person, Town: town, State: state, Minutes: minutes, Member: true})
	}
	return svc.Attended(w.t.Context(), w.ID, e, 90, rows)
}

func several(from, to int, prefix string, minutes int) map[string]int {
	out := map[string]int{}
	for i := from; i <= to; i++ {
		out[fmt.Sprint(prefix, i)] = minutes
	}
	return out
}

type triple struct{ count, minutes, persons int64 }

func line(f indicator.Figures, what, by, part string) triple {
	i := slices.IndexFunc(f.Lines, func(l indicator.Line) bool { return l.What == what && l.By == by && l.Part == part })
	if i < 0 {
		return triple{}
	}
	n := func(x indicator.Number) int64 {
		if x.Hidden {
			return -1
		}
		return x.Value
	}
	return triple{n(f.Lines[i].Count), n(f.Lines[i].Minutes), n(f.Lines[i].Persons)}
}

func (w *valley) figures(by people.Actor, id, asOf string) indicator.Figures {
	w.t.Helper()
	f, err := w.Figures(w.t.Context(), by, id, asOf)
	ok(w.t, err)
	return f
}

func (w *valley) want(f indicator.Figures, what, by, part string, want triple) {
	w.t.Helper()
	if got := line(f, what, by, part); got != want {
		w.t.Errorf("%s %s %s: got %v, want %v", what, by, part, got, want)
	}
}

func (w *valley) today() string { return w.Clock.Now().Format(time.DateOnly) }

// Persons of parts have another sum than the whole, and the figures say why.
func TestPersonsCountOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", several(1, 20, "c", 60)))
	ok(t, w.met(w.Service, "s2", first, "presence", "visit", several(1, 10, "c", 90)))
	ok(t, w.met(w.Service, "s3", second, "online", "workshop", several(13, 33, "c", 30)))
	f := w.figures(w.fay, camp, "")
	w.want(f, "presence", "", "", triple{51, 20*60 + 10*90 + 21*30, 33})
	w.want(f, "presence", "cohort", first, triple{30, 20*60 + 10*90, 20})
	w.want(f, "presence", "cohort", second, triple{21, 21 * 30, 21})
	w.want(f, "presence", "cross", "online.workshop", triple{41, 20*60 + 21*30, 33})
	w.want(f, "event", "", "", triple{3, 270, 0})
	i := slices.IndexFunc(f.Bridges, func(b indicator.Bridge) bool { return b.By == "cohort" })
	b := f.Bridges[i]
	if b.Sum.Value != 41 || b.Again.Value != 8 || b.Whole.Value != 33 || len(b.Shares) != 2 || b.Shares[1].Parts != 2 || b.Shares[1].Persons.Value != 8 || b.Shares[0].Persons.Value != 25 {
		t.Errorf("the bridge of cohorts: %+v", b)
	}
	town := w.figures(w.fay, "", "")
	w.want(town, "presence", "", "", triple{51, 20*60 + 10*90 + 21*30, 33})
	w.want(town, "presence", "bootcamp", camp, triple{51, 20*60 + 10*90 + 21*30, 33})
}

// What was corrected later is in the figures of the days since, and not in those before.
func TestAsOf(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	before := w.today()
	w.Clock.Pass(48 * time.Hour)
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", map[string]int{"ada": 60, "bea": 60, "carl": 60}))
	then := w.today()
	w.Clock.Pass(48 * time.Hour)
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", map[string]int{"ada": 45, "bea": 0, "carl": 60}))
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", map[string]int{"ada": 45, "bea": 0, "carl": 60})) // told again
	w.want(w.figures(w.fay, camp, before), "presence", "", "", triple{})
	w.want(w.figures(w.fay, camp, then), "presence", "", "", triple{3, 180, 3})
	w.want(w.figures(w.fay, camp, ""), "presence", "", "", triple{2, 105, 2})
	for asOf, want := range map[string]int{before: 0, then: 3, "": 2} {
		p, err := w.Service.Records(ctx, w.fay, camp, asOf, "presence", "mode", "online", "", 50)
		ok(t, err)
		if len(p.Docs) != want {
			t.Errorf("records of %q: %d, want %d", asOf, len(p.Docs), want)
		}
	}
	_, err := w.Figures(ctx, w.fay, camp, w.Clock.Now().AddDate(0, 0, 2).Format(time.DateOnly))
	refused(t, "a day to come", "indicator.day", err)
	_, err = w.Figures(ctx, w.fay, camp, "yesterday")
	refused(t, "no day", "indicator.day", err)
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", map[string]int{"ada": 0, "carl": 0}))
	w.want(w.figures(w.fay, camp, ""), "event", "", "", triple{})
	w.want(w.figures(w.fay, camp, ""), "presence", "", "", triple{})
}

func TestWhoReadsAndEnters(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	visit := indicator.VisitChange{On: w.today(), Mode: "presence", Topic: "services", Outcome: "solved", Minutes: 20}
	output := indicator.OutputChange{On: w.today(), Kind: "document", Title: "A letter", Language: "en"}
	for name, x := range map[string]struct {
		by          people.Actor
		read, enter string
	}{
		"nobody": {people.Actor{}, "people.unsigned", "people.forbidden"}, "a learner": {w.Ada, "people.forbidden", "people.forbidden"},
		"HR": {w.Hedy, "", "people.forbidden"}, "an author": {w.Grace, "", "people.forbidden"}, "who leads": {w.fay, "", ""}, "an administrator": {w.Anna, "", ""},
		"a town that takes part": {w.mallory, "", "people.forbidden"},
	} {
		_, err := w.Figures(ctx, x.by, camp, "")
		check(t, name+" reads", x.read, err)
		_, err = w.Table(ctx, x.by, camp, "", t.TempDir())
		check(t, name+" exports", x.read, err)
		_, err = w.AddVisit(ctx, x.by, camp, visit)
		check(t, name+" enters a visit", x.enter, err)
		_, err = w.AddOutput(ctx, x.by, camp, output)
		check(t, name+" enters an output", x.enter, err)
	}
	w.hidden = true
	for name, f := range map[string]func() error{
		"reads": func() error { _, err := w.Figures(ctx, w.mallory, camp, ""); return err },
		"looks": func() error {
			_, err := w.Service.Records(ctx, w.mallory, camp, "", "visit", "", "", "", 10)
			return err
		},
		"enters":  func() error { _, err := w.AddVisit(ctx, w.mallory, camp, visit); return err },
		"lists":   func() error { _, err := w.Visits(ctx, w.mallory, camp, "", "", 10); return err },
		"outputs": func() error { _, err := w.Outputs(ctx, w.mallory, camp, "", "", 10); return err },
	} {
		refused(t, "a stranger "+name, "bootcamp.not_found", f())
	}
	w.hidden = false
	_, err := w.Service.Records(ctx, w.Hedy, camp, "", "visit", "", "", "", 10)
	refused(t, "HR looks behind visits", "people.forbidden", err)
	p, err := w.Service.Records(ctx, w.Hedy, camp, "", "output", "", "", "", 10)
	if ok(t, err); len(p.Docs) != 2 {
		t.Errorf("outputs are no secret: got %d of 2", len(p.Docs))
	}
	_, err = w.AddVisit(ctx, w.vera, camp, visit)
	refused(t, "who leads one cohort, for all", "people.forbidden", err)
	visit.Cohort = first
	_, err = w.AddVisit(ctx, w.vera, camp, visit)
	refused(t, "who leads one cohort, for another", "people.forbidden", err)
	visit.Cohort = second
	v, err := w.AddVisit(ctx, w.vera, camp, visit)
	ok(t, err)
	visit.Cohort = ""
	_, err = w.ChangeVisit(ctx, w.vera, camp, v.ID, 0, visit)
	refused(t, "who leads one cohort takes a visit out of it", "people.forbidden", err)
	_, err = w.ChangeVisit(ctx, w.fay, "other", v.ID, 0, visit)
	refused(t, "a visit of another bootcamp", "indicator.not_found", err)
}

// TestOutputsArePutRight changes what was noted by hand, as everybody: the host's, who leads one cohort, and others.
func TestOutputsArePutRight(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	note := func(cohort string) indicator.OutputChange {
		return indicator.OutputChange{Cohort: cohort, On: w.today(), Kind: "document", Title: "A letter", Language: "en"}
	}
	_, err := w.AddOutput(ctx, w.vera, camp, note(first))
	refused(t, "who leads one cohort, for another", "people.forbidden", err)
	hers, err := w.AddOutput(ctx, w.vera, camp, note(second))
	ok(t, err)
	other, err := w.AddOutput(ctx, w.fay, camp, note(first))
	ok(t, err)
	right := note(second)
	right.Kind, right.Title, right.URL = "dataset", "A list of letters", "https://town.example/letters"
	for name, x := range map[string]struct {
		by     people.Actor
		id     string
		to     indicator.OutputChange
		camp   string
		refuse string
	}{
		"nobody": {people.Actor{}, hers.ID, right, camp, "people.forbidden"}, "a learner": {w.Ada, hers.ID, right, camp, "people.forbidden"}, "HR": {w.Hedy, hers.ID, right, camp, "people.forbidden"},
		"her town's others": {w.mallory, hers.ID, right, camp, "people.forbidden"}, "she, of another cohort": {w.vera, other.ID, note(first), camp, "people.forbidden"},
		"she, out of her cohort": {w.vera, hers.ID, note(""), camp, "people.forbidden"}, "she, into another": {w.vera, hers.ID, note(first), camp, "people.forbidden"},
		"by another bootcamp": {w.fay, hers.ID, right, "other", "indicator.not_found"}, "one that is not there": {w.fay, "none", right, camp, "indicator.not_found"},
	} {
		_, err := w.ChangeOutput(ctx, x.by, x.camp, x.id, 0, x.to)
		refused(t, name, x.refuse, err)
	}
	_, err = w.ChangeOutput(ctx, w.vera, camp, hers.ID, 99, right)
	refused(t, "an old edition", "indicator.changed_elsewhere", err)
	bad := right
	bad.URL = "javascript:alert(1)"
	_, err = w.ChangeOutput(ctx, w.vera, camp, hers.ID, 0, bad)
	refused(t, "a script", "indicator.url", err)
	now, err := w.ChangeOutput(ctx, w.vera, camp, hers.ID, hers.Edition, right)
	ok(t, err)
	if now.Edition <= hers.Edition || now.Title != right.Title {
		t.Errorf("it says %+v", now)
	}
	for cohort, want := range map[string]int{"": 2, first: 1, second: 1, "none": 0} {
		p, err := w.Outputs(ctx, w.Ada, camp, cohort, "", 10)
		if ok(t, err); len(p.Docs) != want {
			t.Errorf("of cohort %q there are %d, want %d", cohort, len(p.Docs), want)
		}
	}
	f := w.figures(w.fay, camp, "")
	w.want(f, "output", "", "", triple{2, 0, 0})
	w.want(f, "output", "kind", "dataset", triple{1, 0, 0})
	w.want(f, "output", "kind", "document", triple{1, 0, 0})
	_, err = w.EndOutput(ctx, w.vera, camp, other.ID, "Noted twice")
	refused(t, "she withdraws another cohort's", "people.forbidden", err)
	_, err = w.EndOutput(ctx, w.vera, camp, hers.ID, "Noted twice")
	ok(t, err)
	_, err = w.ChangeOutput(ctx, w.vera, camp, hers.ID, 0, right)
	refused(t, "what is withdrawn", "indicator.withdrawn", err)
	w.want(w.figures(w.fay, camp, ""), "output", "", "", triple{1, 0, 0})
}

// TestOrigins leads from a practice back to the bootcamps that say they have brought it forth: as far as the reader sees
// them, for as long as they say so, once, and also when the process died before.
func TestOrigins(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	w.published = map[string]practice.Card{"open-counter": {Content: practice.Content{Title: course.Text{"en": "An open counter"}, Languages: []string{"en"}}}}
	count := func(by people.Actor) int {
		t.Helper()
		list, err := w.Origins(ctx, by, "open-counter")
		ok(t, err)
		for _, o := range list {
			if o.Bootcamp != camp || o.Title["en"] == "" {
				t.Errorf("it came of %+v", o)
			}
		}
		return len(list)
	}
	is := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	_, err := w.Origins(ctx, people.Actor{}, "open-counter")
	refused(t, "nobody", "people.unsigned", err)
	is("before", count(w.Ada), 0)
	ch := indicator.OutputChange{On: w.today(), Kind: "practice", Language: "en", Practice: "open-counter"}
	o, err := w.AddOutput(ctx, w.fay, camp, ch)
	ok(t, err)
	if o.Title != "An open counter" {
		t.Errorf("it is called %q", o.Title)
	}
	again, err := w.AddOutput(ctx, w.fay, camp, ch)
	ok(t, err)
	is("of two outputs of one bootcamp", count(w.Ada), 1)
	w.hidden = true
	is("to who does not see the bootcamp", count(w.mallory), 0)
	is("to who sees it", count(w.Ada), 1)
	w.hidden = false
	_, err = w.EndOutput(ctx, w.fay, camp, again.ID, "Noted twice")
	ok(t, err)
	is("one withdrawn", count(w.Ada), 1)
	ch.Practice, ch.Title = "", "A letter"
	_, err = w.ChangeOutput(ctx, w.fay, camp, o.ID, 0, ch)
	ok(t, err)
	is("the other is something else", count(w.Ada), 0)
}

func check(t *testing.T, what, code string, err error) {
	t.Helper()
	if code == "" && err != nil {
		t.Errorf("%s: %v", what, err)
	} else if code != "" {
		if what[:6] == "nobody" && fault.KindOf(err) == fault.Unsigned {
			return
		}
		refused(t, what, code, err)
	}
}

func TestVisits(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	m := bootcamp.Member{Person: "lena", Town: w.mallory.Organisation, Role: bootcamp.RoleParticipant}
	w.members[first+".lena"] = m
	good := indicator.VisitChange{On: w.today(), Mode: "telephone", Topic: "skills", Outcome: "open", Minutes: 10}
	for code, spoil := range map[string]func(*indicator.VisitChange){
		"indicator.day": func(c *indicator.VisitChange) { c.On = w.Clock.Now().AddDate(0, 0, 2).Format(time.DateOnly) }, "indicator.choice": func(c *indicator.VisitChange) { c.Topic = "magic" },
		"indicator.minutes": func(c *indicator.VisitChange) { c.Minutes = 0 }, "indicator.long": func(c *indicator.VisitChange) { c.Note = "a\x00b" },
		"indicator.person": func(c *indicator.VisitChange) { c.Person = "lena" }, "indicator.lesson": func(c *indicator.VisitChange) { c.Course, c.Lesson = "x", "y" },
	} {
		bad := good
		spoil(&bad)
		_, err := w.AddVisit(ctx, w.fay, camp, bad)
		refused(t, "a bad visit", code, err)
	}
	v, err := w.AddVisit(ctx, w.fay, camp, good)
	ok(t, err)
	good.Person, good.Cohort = "lena", first
	_, err = w.AddVisit(ctx, w.fay, camp, good)
	ok(t, err)
	f := w.figures(w.fay, camp, "")
	w.want(f, "visit", "", "", triple{2, 20, 1})
	w.want(f, "visit", "visitor", "anonymous", triple{1, 10, 0})
	w.want(f, "visit", "cohort", first, triple{1, 10, 1})
	good.Person, good.Minutes, good.Topic = "", 30, "data"
	_, err = w.ChangeVisit(ctx, w.fay, camp, v.ID, 99, good)
	refused(t, "an old edition", "indicator.changed_elsewhere", err)
	v, err = w.ChangeVisit(ctx, w.fay, camp, v.ID, v.Edition, good)
	ok(t, err)
	f = w.figures(w.fay, camp, "")
	w.want(f, "visit", "", "", triple{2, 40, 1})
	w.want(f, "visit", "topic", "data", triple{1, 30, 0})
	w.want(f, "visit", "topic", "skills", triple{1, 10, 1})
	_, err = w.EndVisit(ctx, w.fay, camp, v.ID, " ")
	refused(t, "without a reason", "indicator.reason", err)
	_, err = w.EndVisit(ctx, w.fay, camp, v.ID, "Noted twice")
	ok(t, err)
	_, err = w.ChangeVisit(ctx, w.fay, camp, v.ID, 0, good)
	refused(t, "what is withdrawn", "indicator.withdrawn", err)
	w.want(w.figures(w.fay, camp, ""), "visit", "", "", triple{1, 10, 1})
}

// HR reads no figure of fewer than five people, nor one from which it could be computed.
func TestFewAreHidden(t *testing.T) {
	t.Parallel()
	w := open(t)
	who := several(1, 12, "c", 60)
	for name, minutes := range several(1, 2, "l", 60) {
		who[name] = minutes
	}
	for name, minutes := range several(1, 8, "v", 60) {
		who[name] = minutes
	}
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", who))
	ok(t, w.met(w.Service, "s2", second, "presence", "visit", several(1, 3, "c", 60)))
	f := w.figures(w.Hedy, camp, "")
	w.want(f, "presence", "", "", triple{25, 25 * 60, 22})
	w.want(f, "presence", "town", w.mallory.Organisation, triple{-1, -1, -1})
	w.want(f, "presence", "cohort", second, triple{-1, -1, -1})
	if x := line(f, "presence", "cohort", first); x.count != -1 || x.minutes != -1 {
		t.Errorf("the other cohort gives the small one away: %v", x)
	}
	if x := line(f, "presence", "town", w.ID); x.count != -1 {
		t.Errorf("the other town gives the small one away: %v", x)
	}
	for _, b := range f.Bridges {
		if !b.Again.Hidden && b.Again.Value > 0 && b.Again.Value < indicator.Few {
			t.Errorf("the bridge of %s says of how few people it is: %+v", b.By, b)
		}
	}
	w.want(w.figures(w.fay, camp, ""), "presence", "town", w.mallory.Organisation, triple{2, 120, 2})
}

// A process dies at every write; what follows it counts everything once.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for n := 0; ; n++ {
		w := open(t)
		ok(t, w.met(w.Service, "s1", first, "online", "workshop", map[string]int{"ada": 60, "bea": 60}))
		w.Process.Die(n)
		err := w.met(w.Service, "s1", first, "online", "workshop", map[string]int{"ada": 45, "bea": 0, "carl": 10})
		visit := indicator.VisitChange{On: w.today(), Mode: "online", Topic: "data", Outcome: "solved", Minutes: 10}
		_, verr := w.AddVisit(t.Context(), w.fay, camp, visit)
		died := !w.Process.Live()
		next := w.again()
		ok(t, w.met(next, "s1", first, "online", "workshop", map[string]int{"ada": 45, "bea": 0, "carl": 10})) // the sweep tells it again
		ok(t, next.SettleDue(t.Context(), w.Clock.Now().Add(time.Second)))
		w.Service = next
		f := w.figures(w.fay, camp, "")
		w.want(f, "presence", "", "", triple{2, 55, 2})
		w.want(f, "presence", "mode", "online", triple{2, 55, 2})
		want := triple{1, 10, 0}
		if _, there, _ := w.stored(); !there {
			want = triple{}
		}
		w.want(f, "visit", "", "", want)
		_, _ = err, verr
		if t.Failed() {
			t.Fatalf("after %d writes", n)
		}
		if !died {
			break
		}
	}
}

// stored reports whether a visit was stored.
func (w *valley) stored() (indicator.VisitEntry, bool, error) {
	p, err := w.Visits(w.t.Context(), w.fay, camp, "", "", 10)
	if err != nil || len(p.Docs) == 0 {
		return indicator.VisitEntry{}, false, err
	}
	return p.Docs[0], true, nil
}

// Whoever is erased stays counted, and nothing says who she was.
func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	ada := people.Subject{Organisation: w.ID, Person: w.Ada.Person}
	ok(t, w.met(w.Service, "s1", first, "online", "workshop", map[string]int{w.Ada.Person: 60}))
	w.members[first+"."+w.Ada.Person] = bootcamp.Member{Person: w.Ada.Person, Town: w.ID}
	_, err := w.AddVisit(ctx, w.fay, camp, indicator.VisitChange{Cohort: first, On: w.today(), Mode: "online", Topic: "data", Outcome: "solved", Minutes: 10, Person: w.Ada.Person, Note: "Ada asked"})
	ok(t, err)
	p, err := w.Service.Records(ctx, w.fay, camp, "", "presence", "", "", "", 10)
	ok(t, err)
	if len(p.Docs) != 1 || p.Docs[0].Name != w.Ada.Name {
		t.Fatalf("behind the figure: %+v", p.Docs)
	}
	held, err := w.Holds(ctx, ada)
	ok(t, err)
	if held[0].Count != 2 {
		t.Errorf("held: %+v", held)
	}
	ok(t, w.Erase(ctx, ada, "heir", true))
	ok(t, w.Erase(ctx, ada, "heir", true))
	held, err = w.Holds(ctx, ada)
	if ok(t, err); held[0].Count != 0 {
		t.Errorf("held after the erasure: %+v", held)
	}
	for _, what := range []string{"presence", "visit"} {
		p, err = w.Service.Records(ctx, w.fay, camp, "", what, "", "", "", 10)
		ok(t, err)
		if len(p.Docs) != 1 || p.Docs[0].Name != "" {
			t.Errorf("%s after the erasure: %+v", what, p.Docs)
		}
	}
	v, _, err := w.stored()
	if ok(t, err); v.Person != "" || v.Note != "" {
		t.Errorf("the visit still says who it was: %+v", v)
	}
	w.want(w.figures(w.fay, camp, ""), "presence", "", "", triple{1, 60, 1})
}

// Adoptions count in the figures of the town that adopts, with the lessons that led to them.
func TestLearningThatLedToAdoption(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	a := practice.Adoption{Practice: "p1", State: practice.Adapting, Language: "en", Stages: []practice.Stage{{State: practice.Adapting, On: w.today()}},
		Learned: []practice.LessonLink{{Course: "c", Lesson: "l", Title: "Sit beside people"}, {Course: "c", Lesson: "l", Second: 90, Title: "Sit beside people"}}}
	ok(t, w.Adopted(ctx, w.ID, a, course.Text{"en": "A shared counter"}))
	b := practice.Adoption{Practice: "p2", State: practice.Using, Language: "en", Stages: []practice.Stage{{State: practice.Using, On: w.today()}}}
	ok(t, w.Adopted(ctx, w.ID, b, course.Text{"en": "Another"}))
	f := w.figures(w.fay, "", "")
	w.want(f, "adoption", "", "", triple{2, 0, 0})
	w.want(f, "adoption", "learning", "yes", triple{1, 0, 0})
	w.want(f, "adoption", "lesson", "c.l", triple{1, 0, 0})
	w.want(f, "adoption", "stage", "using", triple{1, 0, 0})
	a.State = practice.Dropped
	a.Stages = append(a.Stages, practice.Stage{State: practice.Dropped, On: w.today()})
	ok(t, w.Adopted(ctx, w.ID, a, course.Text{"en": "A shared counter"}))
	w.want(w.figures(w.fay, "", ""), "adoption", "stage", "dropped", triple{1, 0, 0})
	w.want(w.figures(w.fay, "", ""), "adoption", "", "", triple{2, 0, 0})
	w.want(w.figures(w.mallory, "", ""), "adoption", "", "", triple{})
}
