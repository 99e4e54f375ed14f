package people_test

import (
	"context"
	"testing"
	"time"

	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/people"
)

// copies is a room that holds copies of names, by organisation and person.
type copies struct {
	names  map[string]string
	told   int
	during func() // what somebody does while it is told, once
}

func (c *copies) Holds(context.Context, people.Subject) ([]people.Held, error) { return nil, nil }
func (c *copies) Until(context.Context, people.Subject) (time.Time, error)     { return time.Time{}, nil }
func (c *copies) Copy(context.Context, people.Subject, people.Files) error     { return nil }
func (c *copies) Erase(context.Context, people.Subject, string, bool) error    { return nil }

func (c *copies) Rename(_ context.Context, s people.Subject) error {
	c.told++
	c.names[s.Organisation+"/"+s.Person] = s.Name
	if f := c.during; f != nil {
		c.during = nil
		f()
	}
	return nil
}

// tellNames does what the sweep does.
func (w *town) tellNames() int {
	w.t.Helper()
	w.pass(time.Millisecond)
	due, err := w.DueNames(w.t.Context(), w.now(), 10)
	ok(w.t, err)
	for _, id := range due {
		ok(w.t, w.TellName(w.t.Context(), id))
	}
	return len(due)
}

// Wherever a process dies while somebody changes her name, the rooms are told of it if and only if it has happened.
func TestNewNamesAreToldAfterACrash(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	seen := map[bool]bool{}
	for writes := 0; ; writes++ {
		process := &storetest.Mortal{}
		w := openOver(t, func(e store.Engine) store.Engine {
			process.Engine = e
			process.Live()
			return process
		})
		ada := w.invite("ada", people.Learner).Actor
		room := &copies{names: map[string]string{}}
		w.Keep(room)
		w.OnRenamed(func(ctx context.Context, person string) { _ = w.TellName(ctx, person) }) // the bell; what it cannot do the sweep does
		name := "Ada Brambilla"
		process.Die(writes)
		err := w.UpdateSelf(ctx, ada, &name, nil)
		died := process.Live()
		if err != nil && !died {
			t.Fatal(err)
		}
		self, err := w.Self(ctx, ada)
		ok(t, err)
		happened := self.Person.Name == name
		w.tellNames()
		w.pass(11 * time.Minute)
		w.tellNames()
		m, err := w.MemberOf(ctx, w.org, ada.Person)
		ok(t, err)
		if told := room.names[w.org+"/"+ada.Person] == name; told != happened || (m.Name == name) != happened || (m.Sort == people.Fold(name)) != happened {
			t.Errorf("after %d writes: happened %v, told %v, the membership says %q", writes, happened, told, m.Name)
		}
		w.pass(time.Hour)
		if n := w.tellNames(); n > 0 {
			t.Errorf("after %d writes: still being told", writes)
		}
		seen[happened] = true
		if !died {
			break
		}
	}
	if !seen[true] || !seen[false] {
		t.Errorf("it never happened, or always: %v", seen)
	}
}

func TestNewNames(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	ada, lin := w.invite("ada", people.Learner).Actor, w.invite("lin", people.Learner).Actor
	other, err := w.CreateOrganisation(ctx, w.olga, people.Organisation{Slug: "montalto", Name: "Montalto", Kind: "municipality", Country: "IT", Zone: "Europe/Rome", Locale: "it"})
	ok(t, err)
	_, err = w.Appoint(ctx, w.olga, other.ID, people.Invitation{Name: "As Montalto knows her", Email: "ada@castelverde.example"})
	ok(t, err)
	room := &copies{names: map[string]string{}}
	w.Keep(room)
	here, there := w.org+"/"+ada.Person, other.ID+"/"+ada.Person
	rename := func(name string) {
		t.Helper()
		ok(t, w.UpdateSelf(ctx, ada, &name, nil))
	}

	locale, same := "de", "ada"
	ok(t, w.UpdateSelf(ctx, ada, &same, &locale))
	if n := w.tellNames(); n > 0 {
		t.Error("a name that stays is told")
	}
	rename("Ada Brambilla")
	w.tellNames()
	if n := w.tellNames(); n > 0 || room.told != 1 || room.names[here] != "Ada Brambilla" {
		t.Errorf("told %d times, %d are due, %v", room.told, n, room.names)
	}
	list, err := w.Invitations(ctx, w.anna, people.InvitationAccepted, "", 10)
	ok(t, err)
	for _, i := range list.Docs {
		if i.Address == "ada@castelverde.example" && i.Name != "Ada Brambilla" || i.Address == "lin@castelverde.example" && i.Name != "lin" {
			t.Errorf("an invitation to %s names %q", i.Address, i.Name)
		}
	}

	// Her new town learns her name when she comes, not before.
	rename("Ada Colombo")
	w.tellNames()
	if room.names[there] != "" {
		t.Error("a town in which she is not was told")
	}
	_, err = w.Accept(ctx, w.secret(), "ignored", password, home())
	ok(t, err)

	// She changes it once more while the rooms are told, and once after she has left.
	w.pass(time.Hour)
	w.tellNames()
	rename("Ada Donati")
	room.during = func() { rename("Ada Esposito") }
	w.tellNames()
	w.tellNames()
	if room.names[here] != "Ada Esposito" || room.names[there] != "Ada Esposito" {
		t.Errorf("two changes at once: %v", room.names)
	}
	ok(t, w.Leave(ctx, w.anna, ada.Person))
	rename("Ada Ferrari")
	w.tellNames()
	m, err := w.MemberOf(ctx, w.org, ada.Person)
	if err != nil || m.Name != "Ada Ferrari" || room.names[here] != "Ada Ferrari" {
		t.Errorf("who has left: %+v, %v, %v", m.Name, err, room.names)
	}

	// Ten minutes later the rooms are looked through for what was being written at that moment, then no more.
	told := room.told
	for range 5 {
		w.pass(6 * time.Minute)
		w.tellNames()
	}
	if room.told != told+2 {
		t.Errorf("told %d times later, want once in each of two towns", room.told-told)
	}

	// A town that has erased her is told nothing any more.
	rename("Ada Greco")
	_, err = w.EraseMember(ctx, w.anna, ada.Person, "ada@castelverde.example")
	ok(t, err)
	w.pass(people.ErasureDays*24*time.Hour + time.Minute)
	due, err := w.DueErasures(ctx, w.now(), 10)
	ok(t, err)
	for _, id := range due {
		ok(t, w.Erase(ctx, id))
	}
	delete(room.names, here)
	if n := w.tellNames(); n != 1 || room.names[here] != "" || room.names[there] != "Ada Greco" {
		t.Errorf("after an erasure in one town %d are told: %v", n, room.names)
	}
	if len(room.names) != 1 || room.names[w.org+"/"+lin.Person] != "" {
		t.Errorf("somebody else was touched: %v", room.names)
	}
}
