package people_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/people"
)

// A closed town is as if everybody had left; who was there can still see to herself; and it can be taken back.
func TestClosedTown(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	ada := w.invite("ada", people.Learner)
	_, err := w.Invite(ctx, w.anna, people.Invitation{Name: "Bea", Email: "bea@castelverde.example", Roles: []people.Role{people.Learner}})
	ok(t, err)
	waiting := w.secret()
	other, err := w.CreateOrganisation(ctx, w.olga, people.Organisation{Slug: "lindenau", Name: "Lindenau", Kind: "municipality", Country: "DE", Zone: "Europe/Berlin", Locale: "de"})
	ok(t, err)
	var lost, ended []string
	w.OnLoss(func(_ context.Context, person string) { lost = append(lost, person) })
	w.OnClosed(func(_ context.Context, org string) error { ended = append(ended, org); return nil })

	closing := func(by people.Actor, org, slug, reason string) error {
		_, err := w.CloseOrganisation(ctx, by, org, slug, reason)
		return err
	}
	for _, tc := range []struct {
		name, code string
		err        error
	}{
		{"nobody", "people.unsigned", closing(people.Actor{}, w.org, "castelverde", "Merged.")},
		{"a learner", "people.forbidden", closing(ada.Actor, w.org, "castelverde", "Merged.")},
		{"its administrator", "people.forbidden", closing(w.anna, w.org, "castelverde", "Merged.")},
		{"another short name", "people.closing_slug", closing(w.olga, w.org, "lindenau", "Merged.")},
		{"no reason", "people.closing_reason", closing(w.olga, w.org, "castelverde", " ")},
		{"no town", "people.organisation_not_found", closing(w.olga, "none", "castelverde", "Merged.")},
	} {
		if !fault.Is(tc.err, tc.code) {
			t.Errorf("%s: got %v, want %s", tc.name, tc.err, tc.code)
		}
	}
	if m, err := w.MemberOf(ctx, w.org, ada.Actor.Person); err != nil || !m.Active || len(ended) != 0 {
		t.Fatalf("something was closed by who may not: %+v %v", m, err)
	}

	for range 2 { // the second time is nobody's mistake
		ok(t, closing(w.olga, w.org, "castelverde", "It has merged with Lindenau."))
	}
	if len(ended) != 2 || !slices.Contains(lost, ada.Actor.Person) {
		t.Errorf("told of the end: %v, of who has lost it: %v", ended, lost)
	}
	a, _, err := w.Authenticate(ctx, ada.Secret)
	if err != nil || a.Person != ada.Actor.Person || a.Organisation != "" || len(a.Roles) != 0 {
		t.Errorf("her old session: %+v %v", a, err)
	}
	o, err := w.SignIn(ctx, "ada@castelverde.example", password, home())
	if err != nil || o.Actor.Organisation != "" {
		t.Errorf("a new one: %+v %v", o.Actor, err)
	}
	_, err = w.Speak(ctx, o.Actor, o.Secret, w.org)
	if !fault.Is(err, "people.organisation_closed") {
		t.Errorf("she speaks for it: %v", err)
	}
	self, err := w.Self(ctx, o.Actor)
	if err != nil || len(self.Memberships) != 0 || len(self.Closed) != 1 || self.Closed[0].ID != w.org {
		t.Errorf("what she knows of herself: %+v %v", self, err)
	}
	if _, err := w.Invited(ctx, waiting); !fault.Is(err, "people.link_expired") {
		t.Errorf("an invitation that waited: %v", err)
	}
	if _, err := w.Appoint(ctx, w.olga, w.org, people.Invitation{Name: "Carl", Email: "carl@castelverde.example"}); !fault.Is(err, "people.organisation_closed") {
		t.Errorf("a new administrator: %v", err)
	}
	if k, err := w.Known(ctx, ada.Actor.Person); err != nil || len(k.Organisations) != 0 {
		t.Errorf("other rooms find her in %v (%v)", k.Organisations, err)
	}
	if m, err := w.MemberOf(ctx, w.org, ada.Actor.Person); err != nil || m.Active || m.Left == nil || m.Account != ada.Actor.Account {
		t.Errorf("other rooms find %+v (%v)", m, err)
	}
	if p, err := w.MembersIn(ctx, w.org, "", "", 10); err != nil || len(p.Docs) != 0 {
		t.Errorf("its members: %v (%v)", p.Docs, err)
	}
	author := people.Actor{Person: "x", Organisation: other.ID, Roles: []people.Role{people.Author}}
	if p, err := w.Towns(ctx, author, "", 10); err != nil || len(p.Docs) != 1 || p.Docs[0].ID != other.ID {
		t.Errorf("authors choose among %v (%v)", p.Docs, err)
	}
	if p, err := w.Organisations(ctx, w.olga, "", 10); err != nil || len(p.Docs) != 2 || p.Docs[0].Closed == nil {
		t.Errorf("operators see %v (%v)", p.Docs, err)
	}
	if c, err := w.OwnCopy(ctx, o.Actor); err != nil || c == nil {
		t.Errorf("a copy of what is kept of her: %v", err)
	}
	ok(t, w.SettleClosed(ctx, w.now()))
	if len(ended) != 3 || ended[2] != w.org {
		t.Errorf("the sweep ends %v", ended)
	}

	if _, err := w.ReopenOrganisation(ctx, ada.Actor, w.org); !fault.Is(err, "people.forbidden") {
		t.Errorf("a learner opens it again: %v", err)
	}
	for range 2 {
		_, err = w.ReopenOrganisation(ctx, w.olga, w.org)
		ok(t, err)
	}
	if a, _, err := w.Authenticate(ctx, ada.Secret); err != nil || a.Organisation != w.org || !a.Has(people.Learner) {
		t.Errorf("after it: %+v %v", a, err)
	}
	notes, err := w.Notes(ctx, w.anna, "", 50)
	ok(t, err)
	actions := map[string]int{}
	for _, n := range notes.Docs {
		actions[n.Action]++
	}
	if actions["organisation.closed"] != 1 || actions["organisation.reopened"] != 1 {
		t.Errorf("noted: %v", actions)
	}
}

// Where nobody acts, the last administrator is not needed: she can be erased.
func TestErasedFromClosedTown(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	if _, err := w.EraseMe(ctx, w.anna, "", password); !fault.Is(err, "people.last_administrator") {
		t.Fatalf("while it is open: %v", err)
	}
	_, err := w.CloseOrganisation(ctx, w.olga, w.org, "castelverde", "It has merged.")
	ok(t, err)
	o, err := w.SignIn(ctx, "anna@castelverde.example", password, home())
	ok(t, err)
	e, err := w.EraseMe(ctx, o.Actor, "", password)
	ok(t, err)
	w.pass(e.Final.Sub(w.now()) + time.Hour)
	due, err := w.DueErasures(ctx, w.now(), 10)
	ok(t, err)
	for _, id := range due {
		ok(t, w.Erase(ctx, id))
	}
	if _, err := w.SignIn(ctx, "anna@castelverde.example", password, home()); !fault.Is(err, "people.sign_in_wrong") {
		t.Errorf("after it: %v", err)
	}
}
