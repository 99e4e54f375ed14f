package bootcamp_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/people"
)

// valley is two towns and an association, with a clock that the test moves: Castelverde hosts.
type valley struct {
	*bootcamp.Service
	t      *testing.T
	people *people.Service
	mu     sync.Mutex
	at     time.Time      // guarded by mu
	sent   []letter       // guarded by mu
	ids    map[string]int // letters by id; guarded by mu
	told   []course.Event // guarded by mu
	fail   func() error   // what telling the record store answers, if set
	post   func() error   // what the post answers before it takes a letter, if set
	// Lessons of the catalogue: those of a course, and the towns that may not begin it.
	courses map[string]course.Entry // guarded by mu
	shut    map[string][]string     // guarded by mu
	db      *store.DB
	process *storetest.Mortal
	// Faye facilitates and Anna administrates Castelverde; Ada learns there. Rosa and Ville are of Tammela. Zoe is of Elsewhere.
	faye, anna, ada, rosa, ville, zoe, olga people.Actor
	castelverde, tammela                    string
}

type letter struct {
	to, kind, link string
	with           []mail.Part
}

func (w *valley) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *valley) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// Send keeps a letter of the people room.
func (w *valley) Send(_ context.Context, to, _, kind string, params map[string]any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, letter{to, kind, fmt.Sprint(params["link"]), nil})
	return nil
}

// SendWith keeps a letter of the bootcamp room once.
func (w *valley) SendWith(_ context.Context, id, to, _, kind string, params map[string]any, with []mail.Part) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(id) > 64 {
		w.t.Errorf("a letter's id %q is longer than its page takes", id)
	}
	if w.post != nil {
		if err := w.post(); err != nil {
			return err
		}
	}
	if w.ids[id]++; w.ids[id] == 1 {
		w.sent = append(w.sent, letter{to, kind, fmt.Sprint(params["link"]), with})
	}
	return nil
}

// Record keeps an event once.
func (w *valley) Record(_ context.Context, org string, e course.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		if err := w.fail(); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(w.told, func(o course.Event) bool { return o.ID == e.ID }) {
		e.Enrolment = org
		w.told = append(w.told, e)
	}
	return nil
}

// OfferTo returns a course of the catalogue.
func (w *valley) OfferTo(_ context.Context, id string, orgs []string) (course.Entry, []string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.courses[id]
	if !ok {
		return e, nil, fault.New(fault.NotFound, "course.not_found", "no course %s", id)
	}
	return e, slices.DeleteFunc(slices.Clone(orgs), func(o string) bool { return !slices.Contains(w.shut[id], o) }), nil
}

// offer puts a course with one lesson, "l", into the catalogue.
func (w *valley) offer(id, lesson string, shut ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.courses == nil {
		w.courses, w.shut = map[string]course.Entry{}, map[string][]string{}
	}
	w.courses[id] = course.Entry{Outline: []course.Module{{Lessons: []course.LessonRef{{ID: "l", Kind: course.KindText, Title: course.Text{"en": lesson}}}}}}
	w.shut[id] = shut
}

func (w *valley) withdraw(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.courses, id)
}

func (w *valley) kinds(to string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var kinds []string
	for _, l := range w.sent {
		if l.to == to && l.kind != "invitation" {
			kinds = append(kinds, l.kind)
		}
	}
	return kinds
}

func (w *valley) accept(name string) people.Actor {
	w.t.Helper()
	link := w.sent[len(w.sent)-1].link
	o, err := w.people.Accept(w.t.Context(), link[strings.LastIndexByte(link, '/')+1:], name, "four giraffes under the table", people.Client{Addr: netip.MustParseAddr("192.0.2.1"), Agent: "test"})
	ok(w.t, err)
	return o.Actor
}

func (w *valley) town(slug, zone string) (org string, admin people.Actor) {
	w.t.Helper()
	o, err := w.people.CreateOrganisation(w.t.Context(), w.olga, people.Organisation{Slug: slug, Name: slug, Kind: "municipality", Country: "IT", Zone: zone, Locale: "en"})
	ok(w.t, err)
	_, err = w.people.Appoint(w.t.Context(), w.olga, o.ID, people.Invitation{Name: "Admin", Email: "admin@" + slug + ".example"})
	ok(w.t, err)
	return o.ID, w.accept("Admin")
}

func (w *valley) invite(admin people.Actor, slug, name string, roles ...people.Role) people.Actor {
	w.t.Helper()
	_, err := w.people.Invite(w.t.Context(), admin, people.Invitation{Name: name, Email: name + "@" + slug + ".example", Roles: roles})
	ok(w.t, err)
	return w.accept(name)
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

func open(t *testing.T) *valley {
	t.Helper()
	w := &valley{t: t, at: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), ids: map[string]int{}}
	db, process := storetest.OpenMortal(t, w.now)
	w.db, w.process = db, process
	var err error
	w.people, err = people.New(people.Config{DB: db, Mail: w, Now: w.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret, Log: slog.New(slog.DiscardHandler),
		PublicURL: "https://learn.example", Locales: []string{"en", "de", "it", "fi"}, HashMemory: 64, HashTime: 1})
	ok(t, err)
	w.Service, err = bootcamp.New(bootcamp.Config{DB: db, People: w.people, Records: w, Mail: w, Lessons: w, Now: w.now, NewID: id.New, NewSecret: id.Secret,
		When: func(_ string, at time.Time) string { return at.Format(time.RFC3339) }, PublicURL: "https://learn.example", From: "no-reply@learn.example", Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	w.people.Keep(w.Service)
	link, err := w.people.SetupLink(t.Context())
	ok(t, err)
	o, err := w.people.Setup(t.Context(), link[strings.LastIndexByte(link, '/')+1:], people.Person{Name: "Olga", Email: "olga@palestra.example"}, "four giraffes under the table",
		people.Client{Addr: netip.MustParseAddr("192.0.2.1"), Agent: "test"})
	ok(t, err)
	w.olga = o.Actor
	w.castelverde, w.anna = w.town("castelverde", "Europe/Rome")
	w.faye, w.ada = w.invite(w.anna, "castelverde", "faye", people.Facilitator), w.invite(w.anna, "castelverde", "ada", people.Learner)
	var admin people.Actor
	w.tammela, admin = w.town("tammela", "Europe/Helsinki")
	w.rosa, w.ville = w.invite(admin, "tammela", "rosa", people.Learner), w.invite(admin, "tammela", "ville", people.Learner)
	_, admin = w.town("elsewhere", "Europe/Lisbon")
	w.zoe = w.invite(admin, "elsewhere", "zoe", people.Learner, people.Facilitator)
	return w
}

// camp makes an open bootcamp for Castelverde and Tammela with one cohort.
func (w *valley) camp(joining string, seats int) (bootcamp.Bootcamp, bootcamp.Cohort) {
	w.t.Helper()
	first, last := "2026-11-24", "2026-12-04"
	b, err := w.Create(w.t.Context(), w.faye, bootcamp.Change{Title: course.Text{"en": "Digital help at the counter"}, Languages: []string{"en", "fi"}, Towns: &[]string{w.tammela}, First: &first, Last: &last})
	ok(w.t, err)
	name := "Autumn"
	c, err := w.CreateCohort(w.t.Context(), w.faye, b.ID, bootcamp.CohortChange{Name: &name, Joining: &joining, Seats: &seats})
	ok(w.t, err)
	b, err = w.Publish(w.t.Context(), w.faye, b.ID)
	ok(w.t, err)
	return b, c
}

func (w *valley) state(by people.Actor, b bootcamp.Bootcamp) string {
	w.t.Helper()
	list, err := w.Mine(w.t.Context(), by, b.ID)
	ok(w.t, err)
	if len(list) == 0 {
		return ""
	}
	return list[0].State
}

func TestWhoSeesABootcamp(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, err := w.Create(ctx, w.faye, bootcamp.Change{Title: course.Text{"en": "Draft"}, Languages: []string{"en"}, Towns: &[]string{w.tammela}})
	ok(t, err)
	for _, by := range []people.Actor{w.ada, w.rosa, w.zoe} {
		_, err := w.Bootcamp(ctx, by, b.ID)
		refused(t, "a draft to "+by.Name, "bootcamp.not_found", err)
		p, err := w.Bootcamps(ctx, by, "", 10)
		if ok(t, err); len(p.Docs) != 0 {
			t.Errorf("%s sees a draft in the list", by.Name)
		}
	}
	_, err = w.Publish(ctx, w.faye, b.ID)
	ok(t, err)
	for _, by := range []people.Actor{w.ada, w.rosa, w.anna} {
		_, err := w.Bootcamp(ctx, by, b.ID)
		ok(t, err)
	}
	_, err = w.Bootcamp(ctx, w.zoe, b.ID)
	refused(t, "another town", "bootcamp.not_found", err)
	_, err = w.Bootcamp(ctx, people.Actor{}, b.ID)
	refused(t, "nobody", "people.unsigned", err)
	_, err = w.Update(ctx, w.rosa, b.ID, 0, bootcamp.Change{Languages: []string{"de"}})
	refused(t, "a learner of a town that it names", "people.forbidden", err)
	_, err = w.Create(ctx, w.ada, bootcamp.Change{Title: course.Text{"en": "Mine"}, Languages: []string{"en"}})
	refused(t, "a learner", "people.forbidden", err)
	_, err = w.Update(ctx, w.faye, b.ID, b.Edition, bootcamp.Change{Languages: []string{"en"}})
	refused(t, "an old revision", "bootcamp.changed_elsewhere", err)
	wrong := "Mars/Olympus"
	_, err = w.Update(ctx, w.faye, b.ID, 0, bootcamp.Change{Zone: &wrong})
	refused(t, "a zone that is none", "bootcamp.zone", err)
	_, err = w.Update(ctx, w.faye, b.ID, 0, bootcamp.Change{Towns: &[]string{"atlantis"}})
	refused(t, "a town that is none", "bootcamp.town", err)
}

func TestSeatsAndWaiting(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 1)
	m, err := w.Join(ctx, w.ada, b.ID, c.ID)
	if ok(t, err); m.State != bootcamp.Joined || m.Town != w.castelverde {
		t.Fatalf("got %+v, want a seat for castelverde", m)
	}
	for range 2 { // twice changes nothing
		m, err = w.Join(ctx, w.rosa, b.ID, c.ID)
		if ok(t, err); m.State != bootcamp.Waiting || m.Town != w.tammela {
			t.Fatalf("got %+v, want to wait", m)
		}
	}
	_, err = w.Join(ctx, w.ville, b.ID, c.ID)
	ok(t, err)
	_, err = w.Join(ctx, w.zoe, b.ID, c.ID)
	refused(t, "another town", "bootcamp.not_found", err)
	w.pass(time.Second)
	ok(t, w.Leave(ctx, w.ada, b.ID, c.ID))
	if got := w.state(w.rosa, b); got != bootcamp.Joined {
		t.Errorf("who waits longest is %s, want joined", got)
	}
	if got := w.kinds("rosa@tammela.example"); !slices.Equal(got, []string{"cohort_seat"}) {
		t.Errorf("got letters %v, want that there is a seat", got)
	}
	if got := w.state(w.ville, b); got != bootcamp.Waiting {
		t.Errorf("the second is %s, want waiting", got)
	}
	two := 2
	w.pass(time.Second)
	_, err = w.UpdateCohort(ctx, w.faye, b.ID, c.ID, 0, bootcamp.CohortChange{Seats: &two})
	ok(t, err)
	if got := w.state(w.ville, b); got != bootcamp.Joined {
		t.Errorf("with more seats the second is %s, want joined", got)
	}
	var verbs []string
	for _, e := range w.told {
		verbs = append(verbs, e.Enrolment[len(e.Enrolment)-4:]+" "+e.Verb[strings.LastIndexByte(e.Verb, '/')+1:])
	}
	end := func(org string) string { return org[len(org)-4:] }
	want := []string{end(w.castelverde) + " registered", end(w.castelverde) + " unregistered", end(w.tammela) + " registered", end(w.tammela) + " registered"}
	if !slices.Equal(verbs, want) {
		t.Errorf("got statements %v, want each in the member's own town: %v", verbs, want)
	}
}

// Fifty people who want twenty seats at once: twenty have one, thirty wait, nobody both.
func TestSeatsAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	b, c := w.camp(bootcamp.JoinOpen, 20)
	crowd := make([]people.Actor, 50)
	for i := range crowd {
		crowd[i] = w.invite(w.anna, "castelverde", fmt.Sprintf("p%d", i), people.Learner)
	}
	var wg sync.WaitGroup
	for _, by := range crowd {
		wg.Go(func() {
			if _, err := w.Join(t.Context(), by, b.ID, c.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for state, want := range map[string]int{bootcamp.Joined: 20, bootcamp.Waiting: 30} {
		p, err := w.Members(t.Context(), w.faye, b.ID, c.ID, state, "", 200)
		if ok(t, err); len(p.Docs) != want {
			t.Errorf("%d are %s, want %d", len(p.Docs), state, want)
		}
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinApproval, 1)
	m, err := w.Join(ctx, w.rosa, b.ID, c.ID)
	if ok(t, err); m.State != bootcamp.Asked {
		t.Fatalf("got %s, want asked", m.State)
	}
	_, err = w.Members(ctx, w.rosa, b.ID, c.ID, bootcamp.Joined, "", 10)
	refused(t, "who has only asked sees nobody", "bootcamp.not_inside", err)
	_, err = w.Answer(ctx, w.rosa, b.ID, c.ID, w.rosa.Person, true)
	refused(t, "answering oneself", "people.forbidden", err)
	w.pass(time.Second)
	m, err = w.Answer(ctx, w.faye, b.ID, c.ID, w.rosa.Person, true)
	if ok(t, err); m.State != bootcamp.Joined {
		t.Errorf("got %s, want joined", m.State)
	}
	_, err = w.Answer(ctx, w.faye, b.ID, c.ID, w.rosa.Person, true)
	refused(t, "answering twice", "bootcamp.not_asked", err)
	_, err = w.Members(ctx, w.rosa, b.ID, c.ID, bootcamp.Joined, "", 10)
	ok(t, err)
	_, err = w.Members(ctx, w.rosa, b.ID, c.ID, bootcamp.Asked, "", 10)
	refused(t, "who asks is for facilitators to see", "people.forbidden", err)
	w.pass(time.Second)
	ok(t, w.Remove(ctx, w.faye, b.ID, c.ID, w.rosa.Person))
	_, err = w.Join(ctx, w.rosa, b.ID, c.ID)
	refused(t, "who was removed", "bootcamp.removed", err)
	_, err = w.Join(ctx, w.ville, b.ID, c.ID)
	ok(t, err)
	w.pass(time.Second)
	m, err = w.Answer(ctx, w.faye, b.ID, c.ID, w.ville.Person, true)
	if ok(t, err); m.State != bootcamp.Joined {
		t.Errorf("the seat is %s, want free again", m.State)
	}
	m, err = w.SetRole(ctx, w.faye, b.ID, c.ID, w.ville.Person, bootcamp.RoleFacilitator)
	if ok(t, err); m.Role != bootcamp.RoleFacilitator {
		t.Errorf("got role %s", m.Role)
	}
	_, err = w.Members(ctx, w.ville, b.ID, c.ID, bootcamp.Removed, "", 10)
	ok(t, err) // facilitators of another town lead too
	c, err = w.UpdateCohort(ctx, w.ville, b.ID, c.ID, 0, bootcamp.CohortChange{})
	if ok(t, err); len(c.Seated) != 0 {
		t.Errorf("%d seats are taken; facilitators need none", len(c.Seated))
	}
	_, err = w.Update(ctx, w.ville, b.ID, 0, bootcamp.Change{})
	refused(t, "the bootcamp itself is its host's", "people.forbidden", err)
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinInvitation, 10)
	_, err := w.Join(ctx, w.rosa, b.ID, c.ID)
	refused(t, "who is not invited", "bootcamp.by_invitation", err)
	list, err := w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "Rosa@Tammela.example"}, {Email: "new@uni.example", Name: "Nuria"}, {Email: "zoe@elsewhere.example"}, {Email: "not an address"}})
	ok(t, err)
	var states []string
	for _, i := range list {
		states = append(states, i.State)
	}
	if want := []string{bootcamp.InvitedNow, bootcamp.InvitedNew, bootcamp.InvitedNow, bootcamp.InvitedWrong}; !slices.Equal(states, want) {
		t.Fatalf("got %v, want %v", states, want)
	}
	w.pass(time.Second)
	nuria := func() people.Actor {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, l := range w.sent {
			if l.to == "new@uni.example" {
				w.sent = append(w.sent, l)
			}
		}
		return people.Actor{}
	}
	nuria()
	guest := w.accept("Nuria")
	for _, by := range []people.Actor{w.rosa, guest, w.zoe} {
		m, err := w.Join(ctx, by, b.ID, c.ID)
		if ok(t, err); m.State != bootcamp.Joined || m.Town != by.Organisation {
			t.Errorf("%s: got %s for %s, want joined for her own", by.Name, m.State, m.Town)
		}
	}
	list, err = w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "rosa@tammela.example"}, {Email: "new@uni.example"}})
	if ok(t, err); list[0].State != bootcamp.InvitedAlready || list[1].State != bootcamp.InvitedAlready {
		t.Errorf("got %v, want already", list)
	}

	secret, err := w.MakeLink(ctx, w.faye, b.ID, c.ID)
	ok(t, err)
	m, err := w.JoinByLink(ctx, w.ville, secret)
	if ok(t, err); m.State != bootcamp.Joined {
		t.Errorf("by the link: %s", m.State)
	}
	second, err := w.MakeLink(ctx, w.faye, b.ID, c.ID)
	ok(t, err)
	_, err = w.JoinByLink(ctx, w.ada, secret)
	refused(t, "the former link", "bootcamp.link", err)
	ok(t, w.EndLink(ctx, w.faye, b.ID, c.ID))
	_, err = w.JoinByLink(ctx, w.ada, second)
	refused(t, "a link that was ended", "bootcamp.link", err)
	_, err = w.JoinByLink(ctx, people.Actor{}, second)
	refused(t, "nobody", "people.unsigned", err)
}

// What follows from a seat that was given is done later when the run died in between.
func TestMovesAreCarriedOutLater(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	w.fail = func() error { return context.DeadlineExceeded }
	if _, err := w.Join(ctx, w.rosa, b.ID, c.ID); err == nil {
		t.Fatal("the record store was away, and nobody says so")
	}
	w.fail = nil
	w.pass(time.Minute)
	ok(t, w.SettleDue(ctx, w.now()))
	if got := w.state(w.rosa, b); got != bootcamp.Joined {
		t.Errorf("got %q, want joined", got)
	}
	if len(w.told) != 1 {
		t.Errorf("got %d statements, want one", len(w.told))
	}
	cs, err := w.Cohorts(ctx, w.faye, b.ID)
	if ok(t, err); len(cs[0].Moves) != 0 || cs[0].Due != nil {
		t.Errorf("got %+v, want nothing left", cs[0])
	}
}

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 1)
	_, err := w.Join(ctx, w.rosa, b.ID, c.ID)
	ok(t, err)
	_, err = w.Join(ctx, w.ville, b.ID, c.ID)
	ok(t, err)
	w.pass(time.Second)
	ok(t, w.Erase(ctx, people.Subject{Organisation: w.tammela, Person: w.rosa.Person}, "heir", true))
	if got := w.state(w.ville, b); got != bootcamp.Joined {
		t.Errorf("who waited is %s, want joined", got)
	}
	held, err := w.Holds(ctx, people.Subject{Organisation: w.tammela, Person: w.rosa.Person})
	if ok(t, err); held[0].Count != 0 {
		t.Errorf("%d places are left", held[0].Count)
	}
}
