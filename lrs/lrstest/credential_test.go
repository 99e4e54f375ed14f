package lrstest

import (
	"context"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// The life of a credential: made, changed, given a new secret, run out, revoked.
func TestCredentials(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s, ctx := OpenOn(t, storetest.OpenAt(t, clock), clock), context.Background()
	supplier := xapi.Agent{ObjectType: "Agent", Mbox: "mailto:lrs@supplier.example"}
	c, secret, err := s.CreateCredential(ctx, lrs.NewCredential{Organisation: "acme", Name: "Supplier", Scopes: []lrs.Scope{lrs.WriteStatements}, Version: xapi.V1,
		Authority: &supplier, Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Authenticate(ctx, xapi.Basic(c.Key, secret))
	if err != nil || got.Organisation != "acme" || got.Version != xapi.V1 || got.Authority.Mbox != supplier.Mbox || len(got.Scopes) != 1 {
		t.Fatal(got, err)
	}
	one := id.Random()
	put(t, s, got, simple(one, "ada", "read", "x"))
	if st, err := s.Get(ctx, "acme", one); err != nil || !containsText(st.Raw, `"authority":{"objectType":"Agent","mbox":"mailto:lrs@supplier.example"}`) {
		t.Error(string(st.Raw), err)
	}

	changed, err := s.ChangeCredential(ctx, "acme", c.Key, func(c *lrs.CredentialChange) {
		c.Name, c.Scopes, c.Version = "S", []lrs.Scope{lrs.ReadStatements}, xapi.V2
	})
	if err != nil || changed.Name != "S" || changed.Version != xapi.V2 || !changed.Expires.Equal(now.Add(time.Hour)) {
		t.Error(changed, err)
	}
	got, err = s.Authenticate(ctx, xapi.Basic(c.Key, secret))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.PutWith(ctx, "acme", got, xapi.V2, "", nil, nil)
	wantFault(t, err, "lrs.scope")

	fresh, err := s.RotateCredential(ctx, "acme", c.Key)
	if err != nil || fresh == secret {
		t.Fatal(err)
	}
	_, err = s.Authenticate(ctx, xapi.Basic(c.Key, secret))
	wantFault(t, err, "lrs.unsigned")
	now = now.Add(time.Hour)
	_, err = s.Authenticate(ctx, xapi.Basic(c.Key, fresh))
	wantFault(t, err, "lrs.expired")
	if _, err := s.ChangeCredential(ctx, "acme", c.Key, func(c *lrs.CredentialChange) { c.Name = "run out" }); err != nil {
		t.Error("what has run out keeps its name:", err)
	}
	_, err = s.ChangeCredential(ctx, "acme", c.Key, func(c *lrs.CredentialChange) { c.Expires = now.Add(-time.Minute) })
	wantFault(t, err, "lrs.credential_invalid")
	if _, err := s.ChangeCredential(ctx, "acme", c.Key, func(c *lrs.CredentialChange) { c.Expires = time.Time{} }); err != nil {
		t.Error(err)
	}
	if _, err := s.Authenticate(ctx, xapi.Basic(c.Key, fresh)); err != nil {
		t.Error(err)
	}

	for _, f := range []func() error{
		func() error { _, err := s.RotateCredential(ctx, "montalto", c.Key); return err },
		func() error { return s.RevokeCredential(ctx, "montalto", c.Key) },
		func() error {
			_, err := s.ChangeCredential(ctx, "montalto", c.Key, func(*lrs.CredentialChange) {})
			return err
		},
		func() error { _, err := s.Credential(ctx, "nothing"); return err },
	} {
		wantFault(t, f(), "lrs.credential_not_found")
	}
	if p, err := s.Credentials(ctx, "montalto", "", 0); err != nil || len(p.Docs) != 0 {
		t.Error("another town's credentials:", p, err)
	}
	if p, err := s.Credentials(ctx, "acme", "", 10); err != nil || len(p.Docs) != 1 || p.Docs[0].Key != c.Key {
		t.Error(p, err)
	}
	if err := s.RevokeCredential(ctx, "acme", c.Key); err != nil {
		t.Fatal(err)
	}
	_, err = s.Authenticate(ctx, xapi.Basic(c.Key, fresh))
	wantFault(t, err, "lrs.unsigned")
	wantFault(t, s.RevokeCredential(ctx, "acme", c.Key), "lrs.credential_not_found")
}

func containsText(raw []byte, text string) bool { return strings.Contains(string(raw), text) }

func TestCredentialsThatCannotBe(t *testing.T) {
	t.Parallel()
	s, ctx := Open(t), context.Background()
	account := func(home, name string) *xapi.Agent { a := xapi.ByAccount(home, name); return &a }
	all := []lrs.Scope{lrs.Everything}
	for _, tc := range []struct {
		name string
		n    lrs.NewCredential
		code string
	}{
		{"no organisation", lrs.NewCredential{Scopes: all}, "lrs.credential_invalid"},
		{"no scope", lrs.NewCredential{Organisation: "acme"}, "lrs.credential_invalid"},
		{"no such scope", lrs.NewCredential{Organisation: "acme", Scopes: []lrs.Scope{"root"}}, "lrs.credential_invalid"},
		{"no such version", lrs.NewCredential{Organisation: "acme", Scopes: all, Version: "0.9"}, "lrs.credential_invalid"},
		{"run out already", lrs.NewCredential{Organisation: "acme", Scopes: all, Expires: time.Now().Add(-time.Second)}, "lrs.credential_invalid"},
		{"the platform", lrs.NewCredential{Organisation: "acme", Scopes: all, Authority: account(Home, "platform")}, "lrs.authority_reserved"},
		{"a learner", lrs.NewCredential{Organisation: "acme", Scopes: all, Authority: account(Home, "u-ada")}, "lrs.authority_reserved"},
		{"a flow", lrs.NewCredential{Organisation: "acme", Scopes: all, Authority: account(Home+"/xapi/flows", "import")}, "lrs.authority_reserved"},
		{"another credential", lrs.NewCredential{Organisation: "acme", Scopes: all, Authority: account(Home+"/xapi/credentials", "k")}, "lrs.authority_reserved"},
		{"a group", lrs.NewCredential{Organisation: "acme", Scopes: all, Authority: &xapi.Agent{ObjectType: "Group", Mbox: "mailto:a@b.example"}}, "lrs.credential_invalid"},
		{"nobody", lrs.NewCredential{Organisation: "acme", Scopes: all, Authority: &xapi.Agent{Name: "x"}}, "lrs.credential_invalid"},
	} {
		if _, _, err := s.CreateCredential(ctx, tc.n); !fault.Is(err, tc.code) {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.code)
		}
	}
}
