package people_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/people"
)

// town is an organisation with a clock that the test moves.
type town struct {
	*people.Service
	t    *testing.T
	mu   sync.Mutex
	at   time.Time           // guarded by mu
	sent []map[string]string // guarded by mu; newest last
	org  string
	// What made the installation's operator: the secret of the link, and what it opened.
	setup  string
	opened people.Opened
	olga   people.Actor // operates
	anna   people.Actor // administrates
}

func (w *town) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *town) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// Send keeps a letter.
func (w *town) Send(_ context.Context, to, locale, letter string, params map[string]any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, map[string]string{"to": to, "locale": locale, "letter": letter, "link": fmt.Sprint(params["link"])})
	return nil
}

// secret returns what the newest link ends with.
func (w *town) secret() string {
	link := w.sent[len(w.sent)-1]["link"]
	return link[strings.LastIndexByte(link, '/')+1:]
}

const password = "four giraffes under the table"

func open(t *testing.T) *town {
	t.Helper()
	return openOver(t, func(e store.Engine) store.Engine { return e })
}

// openOver is open with another engine over the store's.
func openOver(t *testing.T, over func(store.Engine) store.Engine) *town {
	t.Helper()
	w := &town{t: t, at: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	var err error
	w.Service, err = people.New(people.Config{DB: store.Over(storetest.OpenAt(t, w.now), over), Mail: w, Now: w.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret,
		Log: slog.New(slog.DiscardHandler), PublicURL: "https://learn.example", Locales: []string{"en", "de", "it"}, HashMemory: 64, HashTime: 1})
	ok(t, err)
	link, err := w.SetupLink(t.Context())
	ok(t, err)
	w.setup = link[strings.LastIndexByte(link, '/')+1:]
	w.opened, err = w.Setup(t.Context(), w.setup, people.Person{Name: "Olga", Email: "olga@palestra.example"}, password, home())
	ok(t, err)
	w.olga = w.opened.Actor
	org, err := w.CreateOrganisation(t.Context(), w.olga, people.Organisation{Slug: "castelverde", Name: "Castelverde", Kind: "municipality", Country: "IT", Zone: "Europe/Rome", Locale: "it"})
	ok(t, err)
	w.org = org.ID
	_, err = w.Appoint(t.Context(), w.olga, w.org, people.Invitation{Name: "Anna", Email: "anna@castelverde.example"})
	ok(t, err)
	w.anna = w.accept("Anna").Actor
	return w
}

func (w *town) accept(name string) people.Opened {
	w.t.Helper()
	o, err := w.Accept(w.t.Context(), w.secret(), name, password, home())
	ok(w.t, err)
	return o
}

func (w *town) invite(name string, roles ...people.Role) people.Opened {
	w.t.Helper()
	_, err := w.Invite(w.t.Context(), w.anna, people.Invitation{Name: name, Email: name + "@castelverde.example", Roles: roles})
	ok(w.t, err)
	return w.accept(name)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func home() people.Client { return from("192.0.2.1") }

func from(addr string) people.Client { return at(addr, "") }

func at(addr, device string) people.Client {
	return people.Client{Addr: netip.MustParseAddr(addr), Agent: "test", Device: device}
}

func TestLinksWorkOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	if link, err := w.SetupLink(t.Context()); err != nil || link != "" {
		t.Errorf("a second operator could be made by %q, %v", link, err)
	}
	w.invite("ada", people.Learner)
	if w.sent[len(w.sent)-1]["locale"] != "it" {
		t.Errorf("the letter is in %s, the town speaks it", w.sent[len(w.sent)-1]["locale"])
	}
	if _, err := w.Accept(t.Context(), w.secret(), "ada", password, home()); !fault.Is(err, "people.link_expired") {
		t.Errorf("an invitation worked twice: %v", err)
	}
	i, err := w.Invite(t.Context(), w.anna, people.Invitation{Name: "Lin", Email: "lin@castelverde.example", Roles: []people.Role{people.Learner}})
	ok(t, err)
	ok(t, w.Withdraw(t.Context(), w.anna, i.ID))
	if _, err := w.Invited(t.Context(), w.secret()); !fault.Is(err, "people.link_expired") {
		t.Errorf("a withdrawn invitation works: %v", err)
	}
	_, err = w.Invite(t.Context(), w.anna, people.Invitation{Name: "Lin", Email: "lin@castelverde.example", Roles: []people.Role{people.Learner}})
	ok(t, err)
	w.pass(15 * 24 * time.Hour)
	if _, err := w.Invited(t.Context(), w.secret()); !fault.Is(err, "people.link_expired") {
		t.Errorf("an invitation of fifteen days works: %v", err)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := open(t)
	ada := w.invite("ada", people.Learner)
	for _, tc := range []struct{ email, password string }{
		{"ada@castelverde.example", "wrong wrong wrong"}, {"nobody@castelverde.example", password}, {"", password}, {"ada@castelverde.example", strings.Repeat("x", 5000)},
	} {
		if _, err := w.SignIn(t.Context(), tc.email, tc.password, from("192.0.2.77")); !fault.Is(err, "people.sign_in_wrong") {
			t.Errorf("SignIn(%q) = %v", tc.email, err)
		}
	}
	o, err := w.SignIn(t.Context(), "ADA@castelverde.example", password, home())
	if err != nil || o.Actor.Person != ada.Actor.Person || o.Actor.Organisation != w.org || !o.Actor.Has(people.Learner) || o.Actor.Account == "" {
		t.Errorf("signed in as %+v, %v", o.Actor, err)
	}
	// One session of two ends; the other goes on.
	ss, err := w.Sessions(t.Context(), o.Actor)
	if err != nil || len(ss) != 2 {
		t.Fatalf("%d sessions, %v", len(ss), err)
	}
	ok(t, w.EndSession(t.Context(), o.Actor, ada.Actor.Session))
	if a, _, err := w.Authenticate(t.Context(), ada.Secret); err != nil || a.Person != "" {
		t.Errorf("an ended session is %v, %v", a, err)
	}
	if a, _, err := w.Authenticate(t.Context(), o.Secret); err != nil || a.Person == "" {
		t.Errorf("the other session is nobody, %v", err)
	}
	if err := w.EndSession(t.Context(), w.anna, o.Actor.Session); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody else ended it: %v", err)
	}
}

// reader counts the sessions that are read.
type reader struct {
	store.Engine
	sessions atomic.Int64
}

func (r *reader) Scan(ctx context.Context, c *store.Collection, s store.Scan) (store.Found, error) {
	f, err := r.Engine.Scan(ctx, c, s)
	if c.Name == "sessions" {
		r.sessions.Add(int64(len(f.Docs)))
	}
	return f, err
}

func TestManySessions(t *testing.T) {
	t.Parallel()
	read := &reader{}
	w := openOver(t, func(e store.Engine) store.Engine { read.Engine = e; return read })
	ada := w.invite("ada", people.Learner)
	for i := range 120 {
		w.pass(time.Minute)
		_, err := w.SignIn(t.Context(), "ada@castelverde.example", password, from(fmt.Sprintf("192.0.2.%d", i)))
		ok(t, err)
	}
	ss, err := w.Sessions(t.Context(), ada.Actor)
	ok(t, err)
	own := 0
	for _, d := range ss {
		if d.Public == ada.Actor.Session {
			own++
		}
	}
	if len(ss) != 101 || own != 1 {
		t.Errorf("%d sessions, of which the first, which asks, %d times; want 101 and once", len(ss), own)
	}
	for what, c := range map[string]struct {
		do   func() error
		most int64
	}{
		"the list": {func() error { _, err := w.Sessions(t.Context(), ada.Actor); return err }, 101},
		"one that stays": {func() error {
			if _, still, err := w.Still(t.Context(), ada.Actor); err != nil || !still {
				return fmt.Errorf("still %t: %w", still, err)
			}
			return nil
		}, 1},
	} {
		before := read.sessions.Load()
		ok(t, c.do())
		if got := read.sessions.Load() - before; got > c.most {
			t.Errorf("%s reads %d sessions, want %d at most", what, got, c.most)
		}
	}
	before := read.sessions.Load()
	ok(t, w.EndSession(t.Context(), ada.Actor, ada.Actor.Session))
	if got := read.sessions.Load() - before; got > 1 {
		t.Errorf("ending one session reads %d", got)
	}
}

func TestSessionsRotate(t *testing.T) {
	t.Parallel()
	w := open(t)
	o := w.invite("ada", people.Learner)
	w.pass(25 * time.Hour)
	_, next, err := w.Authenticate(t.Context(), o.Secret)
	if err != nil || next == "" {
		t.Fatalf("no new secret after a day: %v", err)
	}
	if a, again, err := w.Authenticate(t.Context(), o.Secret); err != nil || a.Person == "" || again != "" {
		t.Errorf("a request under way with the old secret: %v, %q, %v", a, again, err)
	}
	w.pass(2 * time.Minute)
	if a, _, _ := w.Authenticate(t.Context(), o.Secret); a.Person != "" {
		t.Error("the old secret lives on")
	}
	if a, _, _ := w.Authenticate(t.Context(), next); a.Person == "" || a.Session != o.Actor.Session {
		t.Error("the new secret is another session, or none")
	}
	w.pass(15 * 24 * time.Hour)
	if a, _, _ := w.Authenticate(t.Context(), next); a.Person != "" {
		t.Error("a session lives on without being used")
	}
}

func TestGuessingIsSlowAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := open(t)
	o := w.invite("ada", people.Learner)
	const email = "ada@castelverde.example"
	var last error
	tries := 0
	for ; tries < 50; tries++ {
		if _, last = w.SignIn(t.Context(), email, "wrong wrong wrong", from("203.0.113.9")); fault.KindOf(last) == fault.TooMany {
			break
		}
	}
	if tries != 5 {
		t.Errorf("%d wrong passwords were tried in a row, %v", tries, last)
	}
	if _, err := w.SignIn(t.Context(), email, password, from("203.0.113.9")); fault.KindOf(err) != fault.TooMany {
		t.Errorf("the pause did not hold for the right password: %v", err)
	}
	if _, err := w.SignIn(t.Context(), email, password, home()); err != nil {
		t.Errorf("she herself, elsewhere, was locked out: %v", err)
	}
	// From everywhere at once: strangers' browsers must wait, hers need not.
	for i := range 60 {
		_, _ = w.SignIn(t.Context(), email, "wrong wrong wrong", from(fmt.Sprintf("198.51.100.%d", i)))
	}
	if _, err := w.SignIn(t.Context(), email, password, from("198.51.100.200")); fault.KindOf(err) != fault.TooMany {
		t.Errorf("a guess from yet another network: %v", err)
	}
	known := from("198.51.100.201")
	known.Device = o.Device
	if _, err := w.SignIn(t.Context(), email, password, known); err != nil {
		t.Errorf("her own browser was locked out: %v", err)
	}
	w.pass(2 * time.Hour)
	if _, err := w.SignIn(t.Context(), email, password, from("203.0.113.9")); err != nil {
		t.Errorf("after two hours: %v", err)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	w := open(t)
	o := w.invite("ada", people.Learner)
	before := len(w.sent)
	ok(t, w.AskReset(t.Context(), "nobody@castelverde.example", home()))
	if len(w.sent) != before {
		t.Error("a letter went to nobody")
	}
	ok(t, w.AskReset(t.Context(), "ada@castelverde.example", home()))
	link := w.secret()
	if err := w.Reset(t.Context(), link, "short"); !fault.Is(err, "people.password_short") {
		t.Errorf("a short password: %v", err)
	}
	ok(t, w.Reset(t.Context(), link, "five elephants on the roof"))
	if err := w.Reset(t.Context(), link, "six elephants on the roof"); !fault.Is(err, "people.link_expired") {
		t.Errorf("the link worked twice: %v", err)
	}
	if a, _, _ := w.Authenticate(t.Context(), o.Secret); a.Person != "" {
		t.Error("the sessions live on")
	}
	if _, err := w.SignIn(t.Context(), "ada@castelverde.example", "five elephants on the roof", home()); err != nil {
		t.Error(err)
	}
	// Somebody's mailbox is not to be filled.
	before = len(w.sent)
	for range 10 {
		_ = w.AskReset(t.Context(), "ada@castelverde.example", home())
	}
	if n := len(w.sent) - before; n > 3 {
		t.Errorf("%d letters in a row", n)
	}
	w.pass(2 * time.Hour)
	if err := w.Reset(t.Context(), w.secret(), "six elephants on the roof"); !fault.Is(err, "people.link_expired") {
		t.Errorf("an old link works: %v", err)
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ada := w.invite("Ada", people.Learner).Actor
	hedy := w.invite("Hédy", people.HR).Actor
	ctx := t.Context()
	if _, err := w.UpdateMember(ctx, w.anna, w.anna.Person, []people.Role{people.Learner}, nil); !fault.Is(err, "people.last_administrator") {
		t.Errorf("the last administrator gave her role away: %v", err)
	}
	if err := w.Leave(ctx, w.anna, w.anna.Person); !fault.Is(err, "people.last_administrator") {
		t.Errorf("the last administrator left: %v", err)
	}
	if _, err := w.Members(ctx, ada, "", "", true, "", 50); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a learner lists people: %v", err)
	}
	p, err := w.Members(ctx, hedy, "", "hed", true, "", 50)
	if err != nil || len(p.Docs) != 1 || p.Docs[0].Name != "Hédy" {
		t.Errorf("searching without accents found %v, %v", p.Docs, err)
	}
	// By a part of the name or of the address, and page by page.
	for _, text := range []string{"DY", "hedy@", "castelverde.example"} {
		found, cursor := 0, ""
		for {
			p, err := w.Members(ctx, hedy, "", text, true, cursor, 1)
			ok(t, err)
			for _, m := range p.Docs {
				if text == "castelverde.example" || m.Name == "Hédy" {
					found++
				}
			}
			if len(p.Docs) > 1 {
				t.Errorf("a page of one has %d people", len(p.Docs))
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if all := text == "castelverde.example"; all && found < 2 || !all && found != 1 {
			t.Errorf("searching %q found %d", text, found)
		}
	}
	u, err := w.CreateUnit(ctx, w.anna, "Registry office")
	ok(t, err)
	m, err := w.UpdateMember(ctx, w.anna, ada.Person, []people.Role{people.Learner, people.Author}, &u.ID)
	if err != nil || len(m.Roles) != 2 || m.Unit != u.ID {
		t.Errorf("changed to %+v, %v", m, err)
	}
	if err := w.DeleteUnit(ctx, w.anna, u.ID); !fault.Is(err, "people.unit_in_use") {
		t.Errorf("a unit with people was deleted: %v", err)
	}
	// Who leaves can no longer act, keeps her account, and may come back.
	ok(t, w.Leave(ctx, w.anna, ada.Person))
	o, err := w.SignIn(ctx, "ada@castelverde.example", password, home())
	if err != nil || o.Actor.Organisation != "" || o.Actor.Has(people.Learner) {
		t.Errorf("who has left is %+v, %v", o.Actor, err)
	}
	_, err = w.Invite(ctx, w.anna, people.Invitation{Name: "Ada", Email: "ada@castelverde.example", Roles: []people.Role{people.Learner}})
	ok(t, err)
	if back := w.accept("Ada").Actor; back.Account != ada.Account || back.Organisation != w.org {
		t.Errorf("she came back as %+v", back)
	}
}

func TestSeveralTowns(t *testing.T) {
	t.Parallel()
	w := open(t)
	ada := w.invite("ada", people.Learner)
	ctx := t.Context()
	two, err := w.CreateOrganisation(ctx, w.olga, people.Organisation{Slug: "lindenau", Name: "Lindenau", Kind: "municipality", Country: "DE", Zone: "Europe/Berlin", Locale: "de"})
	ok(t, err)
	if _, err := w.Speak(ctx, ada.Actor, ada.Secret, two.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("she speaks for a town that she does not belong to: %v", err)
	}
	_, err = w.Appoint(ctx, w.olga, two.ID, people.Invitation{Name: "Ada", Email: "ada@castelverde.example"})
	ok(t, err)
	o := w.accept("Ada")
	if o.Actor.Organisation != two.ID || !o.Actor.Has(people.Administrator) || o.Actor.Account == ada.Actor.Account {
		t.Errorf("in the second town she is %+v", o.Actor)
	}
	a, err := w.Speak(ctx, o.Actor, o.Secret, w.org)
	if err != nil || a.Organisation != w.org || a.Has(people.Administrator) || a.Account != ada.Actor.Account {
		t.Errorf("back in the first she is %+v, %v", a, err)
	}
	if _, err := w.CreateOrganisation(ctx, w.olga, people.Organisation{Slug: "lindenau", Name: "X", Kind: "other", Country: "DE", Zone: "Europe/Berlin"}); !fault.Is(err, "people.slug_taken") {
		t.Errorf("a short name was taken twice: %v", err)
	}
}
