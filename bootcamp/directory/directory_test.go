package directory_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/directory"
	"palestra/bootcamp/practice"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/people"
)

// office is a directory, Grace of Castelverde and Mallory of Lindenau, and a network outside.
type office struct {
	*directory.Service
	*coursetest.Town
	t       *testing.T
	mallory people.Actor
	outside people.Client
}

func open(t *testing.T) *office {
	t.Helper()
	return openWith(t, func(m directory.Mailer) directory.Mailer { return m })
}

// openWith is open with another way for letters.
func openWith(t *testing.T, by func(directory.Mailer) directory.Mailer) *office {
	t.Helper()
	w := &office{Town: coursetest.New(t), t: t, outside: people.Client{Addr: netip.MustParseAddr("192.0.2.7")}}
	var err error
	w.Service, err = directory.New(directory.Config{DB: w.DB, People: w.People, Mail: by(w.Letters), Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret, Secret: []byte("a secret"), PublicURL: "https://learn.example"})
	ok(t, err)
	w.People.Keep(w.Service)
	w.mallory = w.OtherTown(t)
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

func gauges() directory.Content {
	return directory.Content{Name: "River watchers", Country: "IT", About: "We lend gauges.", Ask: "How to begin", Page: "https://river.example/", Language: "en", Languages: []string{"en", "it"},
		Topics: []string{"environment"}, Labels: []string{"Floods"}}
}

// wish sends the form as somebody would who has read it.
func (w *office) wish(address, trap string, c directory.Content) error {
	w.t.Helper()
	stamp := w.Form()
	w.Clock.Pass(time.Minute)
	return w.Ask(w.t.Context(), w.outside, directory.Wish{Stamp: stamp, Trap: trap, Address: address, Locale: "it", Content: c})
}

// secrets returns the links that were sent to an address.
func (w *office) secrets(address string) (list []string) {
	for _, l := range w.Letters.Sent {
		if l.Kind == "directory_link" && l.To == address {
			link, _ := l.Params["link"].(string)
			list = append(list, link[strings.LastIndex(link, "/")+1:])
		}
	}
	return list
}

func (w *office) kinds(to string) (list []string) {
	for _, l := range w.Letters.Sent {
		if l.To == to {
			list = append(list, l.Kind)
		}
	}
	return list
}

func TestExperts(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	_, err := w.Put(ctx, people.Actor{}, directory.Expert, gauges())
	refused(t, "nobody", "people.unsigned", err)
	_, err = w.Put(ctx, w.Ada, directory.Organisation, gauges())
	refused(t, "a learner for her town", "people.forbidden", err)
	_, err = w.Put(ctx, w.Ada, directory.Actor, gauges())
	refused(t, "an actor with an account", "directory.not_found", err)
	e, err := w.Put(ctx, w.Ada, directory.Expert, gauges())
	ok(t, err)
	if e.Content.Name != w.Ada.Name || e.State != directory.StateListed {
		t.Errorf("she is listed as %q, %s", e.Content.Name, e.State)
	}
	for name, tc := range map[string]struct {
		f    directory.Filter
		want int
	}{"all": {directory.Filter{}, 1}, "a word": {directory.Filter{Words: "gaug"}, 1}, "a topic": {directory.Filter{Topic: "environment", Language: "it"}, 1}, "another": {directory.Filter{Topic: "culture"}, 0},
		"a kind": {directory.Filter{Kind: directory.Organisation}, 0}, "a country": {directory.Filter{Country: "IT"}, 1}} {
		p, err := w.Entries(ctx, w.mallory, tc.f, "", 10)
		ok(t, err)
		if len(p.Docs) != tc.want {
			t.Errorf("%s: %d entries", name, len(p.Docs))
		}
	}
	_, err = w.Question(ctx, w.Ada, e.ID, "Me?")
	refused(t, "herself", "directory.self", err)
	q, err := w.Question(ctx, w.mallory, e.ID, "Which gauge?")
	ok(t, err)
	_, err = w.Answer(ctx, w.Lin, e.ID, q.ID, "The blue one")
	refused(t, "a stranger answers", "directory.no_question", err)
	if p, err := w.Questions(ctx, w.Lin, e.ID, "", 10); err != nil || len(p.Docs) != 0 {
		t.Errorf("a stranger reads %d conversations: %v", len(p.Docs), err)
	}
	_, err = w.Answer(ctx, w.Ada, e.ID, q.ID, "The blue one")
	ok(t, err)
	if got := w.kinds("ada@castelverde.example"); !slices.Equal(got, []string{"directory_question"}) {
		t.Errorf("letters to the expert: %v", got)
	}
	if got := w.kinds("mallory@lindenau.example"); !slices.Equal(got, []string{"directory_answer"}) {
		t.Errorf("letters to who asked: %v", got)
	}
	for _, l := range w.Letters.Sent {
		for _, v := range l.Params {
			if s, is := v.(string); is && strings.Contains(s, "@") {
				t.Errorf("a letter %s shows an address: %s", l.Kind, s)
			}
		}
	}
	for range 19 {
		_, err = w.Question(ctx, w.mallory, e.ID, "And?")
		ok(t, err)
	}
	_, err = w.Question(ctx, w.mallory, e.ID, "And?")
	refused(t, "a flood", "practice.asked_much", err)
	ok(t, w.Remove(ctx, w.Ada, directory.Expert))
	ok(t, w.Remove(ctx, w.Ada, directory.Expert))
	_, err = w.Entry(ctx, w.mallory, e.ID)
	refused(t, "who has gone", "directory.not_found", err)
	e, err = w.Put(ctx, w.Ada, directory.Expert, gauges())
	ok(t, err)
	if p, err := w.Questions(ctx, w.Ada, e.ID, "", 100); err != nil || len(p.Docs) != 0 {
		t.Errorf("%d questions came back: %v", len(p.Docs), err)
	}
}

// TestWhoLeavesIsNotListed: an expert who has left her town is in no list from then on, nor suggested to a challenge, whoever
// looks first; her entry and what she was asked are gone. Who only changes her office stays.
func TestWhoLeavesIsNotListed(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(*office, string) int{
		"the list": func(w *office, _ string) int {
			p, err := w.Entries(t.Context(), w.mallory, directory.Filter{Topic: "environment"}, "", 10)
			ok(t, err)
			return len(p.Docs)
		},
		"what is suggested": func(w *office, _ string) int {
			list, err := w.Kindred(t.Context(), w.mallory, practice.Traits{Topics: []string{"environment"}, Labels: []string{"Floods"}}, 5)
			ok(t, err)
			return len(list)
		},
		"her page": func(w *office, id string) int {
			_, err := w.Entry(t.Context(), w.mallory, id)
			if fault.Is(err, "directory.not_found") {
				return 0
			}
			ok(t, err)
			return 1
		},
		"nobody, but she is told of": func(w *office, id string) int {
			ok(t, w.Recheck(t.Context(), w.Ada.Person))
			_, err := w.Own(t.Context(), w.Ada, directory.Expert)
			if fault.Is(err, "directory.not_found") {
				return 0
			}
			ok(t, err)
			return 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			ctx := t.Context()
			e, err := w.Put(ctx, w.Ada, directory.Expert, gauges())
			ok(t, err)
			_, err = w.Question(ctx, w.mallory, e.ID, "Which gauge?")
			ok(t, err)
			_, err = w.People.UpdateMember(ctx, w.Anna, w.Ada.Person, []people.Role{people.Learner, people.Author}, nil)
			ok(t, err)
			if n := look(w, e.ID); n != 1 {
				t.Fatalf("before she leaves there are %d", n)
			}
			ok(t, w.People.Leave(ctx, w.Anna, w.Ada.Person))
			if n := look(w, e.ID); n != 0 {
				t.Fatalf("after she has left there are %d", n)
			}
			if _, err := w.Own(ctx, w.Ada, directory.Expert); !fault.Is(err, "directory.not_found") {
				t.Errorf("her entry is still stored: %v", err)
			}
			again, err := w.Put(ctx, w.Ada, directory.Expert, gauges()) // as if she were back
			ok(t, err)
			if p, err := w.Questions(ctx, w.Ada, again.ID, "", 10); err != nil && !fault.Is(err, "directory.not_found") || len(p.Docs) != 0 {
				t.Errorf("%d questions are left: %v", len(p.Docs), err)
			}
		})
	}
}

func TestFromOutside(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	const address = "river@water.example"
	ok(t, w.wish(address, "", gauges()))
	if p, err := w.Entries(ctx, w.mallory, directory.Filter{}, "", 10); err != nil || len(p.Docs) != 0 {
		t.Errorf("listed before it is proven: %v", err)
	}
	if p, err := w.Waiting(ctx, w.Olga, directory.StateWaiting, "", 10); err != nil || len(p.Docs) != 0 {
		t.Errorf("an operator sees what is not proven: %v", err)
	}
	secrets := w.secrets(address)
	if len(secrets) != 1 {
		t.Fatalf("%d letters", len(secrets))
	}
	e, key, err := w.Open(ctx, secrets[0])
	ok(t, err)
	_, _, err = w.Open(ctx, secrets[0])
	refused(t, "a link twice", "directory.link", err)
	_, _, err = w.Open(ctx, key)
	refused(t, "a key as a link", "directory.link", err)
	_, err = w.Keep(ctx, secrets[0], gauges())
	refused(t, "a link as a key", "directory.link", err)
	if e.State != directory.StateWaiting {
		t.Errorf("proven: %s", e.State)
	}
	_, err = w.Decide(ctx, w.Anna, e.ID, 0, true, "")
	refused(t, "an administrator decides", "people.forbidden", err)
	_, err = w.Decide(ctx, w.Olga, e.ID, 0, false, " ")
	refused(t, "no reason", "directory.reason", err)
	_, err = w.Decide(ctx, w.Olga, e.ID, e.Edition, true, "")
	ok(t, err)
	if p, err := w.Entries(ctx, w.mallory, directory.Filter{Words: "river"}, "", 10); err != nil || len(p.Docs) != 1 {
		t.Errorf("not listed: %v", err)
	}
	change := gauges()
	change.About = "We lend gauges and boats."
	e, err = w.Keep(ctx, key, change)
	ok(t, err)
	if e.State != directory.StateWaiting {
		t.Errorf("a change is looked at again: %s", e.State)
	}
	_, err = w.Decide(ctx, w.Olga, e.ID, e.Edition-1, true, "")
	refused(t, "what has changed meanwhile", "directory.changed_elsewhere", err)
	e, err = w.Decide(ctx, w.Olga, e.ID, 0, false, "Boats are sold there.")
	ok(t, err)
	if got := w.kinds(address); !slices.Equal(got, []string{"directory_link", "directory_listed", "directory_refused"}) {
		t.Errorf("letters: %v", got)
	}
	w.Clock.Pass(2 * time.Hour)
	_, err = w.Keep(ctx, key, change)
	refused(t, "an old key", "directory.link", err)
	stamp := w.Form()
	w.Clock.Pass(time.Minute)
	ok(t, w.AskLink(ctx, w.outside, stamp, "", strings.ToUpper(address)))
	ok(t, w.AskLink(ctx, w.outside, stamp, "", "nobody@water.example"))
	secrets = w.secrets(address)
	if len(secrets) != 2 || len(w.secrets("nobody@water.example")) != 0 {
		t.Fatalf("links: %d", len(secrets))
	}
	_, key, err = w.Open(ctx, secrets[1])
	ok(t, err)
	ok(t, w.Leave(ctx, key))
	refused(t, "gone", "directory.link", w.Leave(ctx, key))
	_, err = w.Decide(ctx, w.Olga, e.ID, 0, true, "")
	refused(t, "what has gone", "directory.not_found", err)
}

func TestFormsRefuse(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	stamp := w.Form()
	refused(t, "at once", "directory.soon", w.Ask(ctx, w.outside, directory.Wish{Stamp: stamp, Address: "a@b.example", Content: gauges()}))
	w.Clock.Pass(time.Minute)
	refused(t, "a made one", "directory.form", w.Ask(ctx, w.outside, directory.Wish{Stamp: "1.aa", Address: "a@b.example", Content: gauges()}))
	refused(t, "none", "directory.form", w.Ask(ctx, w.outside, directory.Wish{Address: "a@b.example", Content: gauges()}))
	w.Clock.Pass(25 * time.Hour)
	refused(t, "an old one", "directory.form", w.Ask(ctx, w.outside, directory.Wish{Stamp: stamp, Address: "a@b.example", Content: gauges()}))
	ok(t, w.wish("trap@b.example", "Viagra Ltd", gauges()))
	if len(w.secrets("trap@b.example")) != 0 {
		t.Error("who fills in what nobody sees gets a letter")
	}
	for name, tc := range map[string]struct {
		code string
		set  func(*directory.Content)
	}{
		"no name":      {"directory.name", func(c *directory.Content) { c.Name = " " }},
		"nothing":      {"directory.about", func(c *directory.Content) { c.About = "" }},
		"no topic":     {"directory.topics", func(c *directory.Content) { c.Topics = nil }},
		"a country":    {"practice.country", func(c *directory.Content) { c.Country = "Italy" }},
		"a script":     {"practice.address", func(c *directory.Content) { c.Page = "javascript:alert(1)" }},
		"too much":     {"practice.long", func(c *directory.Content) { c.About = strings.Repeat("x", 2001) }},
		"a topic":      {"practice.choice", func(c *directory.Content) { c.Topics = []string{"magic"} }},
		"broken words": {"practice.long", func(c *directory.Content) { c.About = "\xff" }},
	} {
		c := gauges()
		tc.set(&c)
		refused(t, name, tc.code, w.wish("x@b.example", "", c))
	}
	w.Clock.Pass(2 * time.Hour)
	for i := range 5 { // the same answer each time; letters to one address are few
		if err := w.wish("many@b.example", "", gauges()); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if n := len(w.secrets("many@b.example")); n != 3 {
		t.Errorf("%d letters to one address in a day, want three", n)
	}
	refused(t, "a flood", "directory.too_many", w.wish("other@b.example", "", gauges()))
	w.outside.Addr = netip.MustParseAddr("192.0.2.8")
	ok(t, w.wish("other@b.example", "", gauges()))
	w.Clock.Pass(8 * 24 * time.Hour)
	ok(t, w.Sweep(ctx, w.Clock.Now()))
	_, _, err := w.Open(ctx, w.secrets("other@b.example")[0])
	refused(t, "a link of last week", "directory.link", err)
	before := len(w.secrets("other@b.example"))
	stamp = w.Form()
	w.Clock.Pass(time.Minute)
	ok(t, w.AskLink(ctx, w.outside, stamp, "", "other@b.example"))
	if len(w.secrets("other@b.example")) != before {
		t.Error("what nobody has proven stays")
	}
}

// Whatever write a process dies at: once it lives again, who asked gets a link that works, or can ask again.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		w := open(t)
		stamp := w.Form()
		w.Clock.Pass(time.Minute)
		w.Process.Die(n)
		ctx := context.WithoutCancel(t.Context())
		err := w.Ask(ctx, w.outside, directory.Wish{Stamp: stamp, Address: "river@water.example", Content: gauges()})
		died := w.Process.Live()
		w.Clock.Pass(time.Minute)
		ok(t, w.Sweep(ctx, w.Clock.Now()))
		if err != nil {
			ok(t, w.Ask(ctx, w.outside, directory.Wish{Stamp: stamp, Address: "river@water.example", Content: gauges()}))
		}
		secrets := w.secrets("river@water.example")
		if len(secrets) == 0 {
			t.Fatalf("%d: no letter", n)
		}
		if _, _, err := w.Open(ctx, secrets[len(secrets)-1]); err != nil {
			t.Errorf("%d: the link: %v", n, err)
		}
		if !died {
			return
		}
	}
	t.Error("it died at each write: more have to be tried")
}

type files struct{ b bytes.Buffer }

func (f *files) Create(string) (io.Writer, error) { return &f.b, nil }

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	e, err := w.Put(ctx, w.Ada, directory.Expert, gauges())
	ok(t, err)
	other, err := w.Put(ctx, w.mallory, directory.Expert, gauges())
	ok(t, err)
	_, err = w.Question(ctx, w.mallory, e.ID, "Which gauge?")
	ok(t, err)
	_, err = w.Question(ctx, w.Ada, other.ID, "And yours?")
	ok(t, err)
	p := people.Subject{Person: w.Ada.Person, Organisation: w.Ada.Organisation}
	var copied files
	ok(t, w.Copy(ctx, p, &copied))
	if s := copied.b.String(); !strings.Contains(s, "And yours?") || strings.Contains(s, "Which gauge?") {
		t.Errorf("her copy: %s", s)
	}
	ok(t, w.Erase(ctx, p, "", false))
	_, err = w.Entry(ctx, w.mallory, e.ID)
	refused(t, "her entry", "directory.not_found", err)
	if list, err := w.Questions(ctx, w.mallory, other.ID, "", 10); err != nil || len(list.Docs) != 0 {
		t.Errorf("what she asked: %d %v", len(list.Docs), err)
	}
	if held, err := w.Holds(ctx, p); err != nil || held[0].Count != 0 {
		t.Errorf("held: %+v %v", held, err)
	}
}

// Who has asked an expert for a town that she has left since is not written to when there is an answer.
func TestAnAnswerToWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	e, err := w.Put(ctx, w.mallory, directory.Expert, gauges())
	ok(t, err)
	q, err := w.Question(ctx, w.Lin, e.ID, "Which gauge?")
	ok(t, err)
	ok(t, w.People.Leave(ctx, w.Anna, w.Lin.Person))
	_, err = w.Answer(ctx, w.mallory, e.ID, q.ID, "The blue one")
	ok(t, err)
	if got := w.kinds("lin@castelverde.example"); len(got) != 0 {
		t.Errorf("letters to who has left: %v", got)
	}
}

// cut is a way out for letters that is cut off until it is mended.
type cut struct {
	directory.Mailer
	off bool
}

func (c *cut) SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error {
	if c.off {
		return errors.New("out of order")
	}
	return c.Mailer.SendOnce(ctx, id, to, locale, letter, params)
}

// An expert who has left her town before she was told of a question is not written to, and the question does not wait for
// her; one who is still there is told by the sweep.
func TestAQuestionToWhoHasLeft(t *testing.T) {
	t.Parallel()
	for _, leaves := range []bool{false, true} {
		mail := &cut{off: true}
		w := openWith(t, func(m directory.Mailer) directory.Mailer { mail.Mailer = m; return mail })
		ctx := t.Context()
		e, err := w.Put(ctx, w.Lin, directory.Expert, gauges())
		ok(t, err)
		if _, err := w.Question(ctx, w.mallory, e.ID, "Which gauge?"); err == nil {
			t.Fatal("a letter was sent by a way that is cut off")
		}
		var want []string
		if leaves {
			ok(t, w.People.Leave(ctx, w.Anna, w.Lin.Person))
		} else {
			want = []string{"directory_question"}
		}
		mail.off = false
		for range 2 {
			w.Clock.Pass(time.Minute)
			ok(t, w.Sweep(ctx, w.Clock.Now()))
		}
		if got := w.kinds("lin@castelverde.example"); !slices.Equal(got, want) {
			t.Errorf("she leaves %t: letters %v, want %v", leaves, got, want)
		}
	}
}
