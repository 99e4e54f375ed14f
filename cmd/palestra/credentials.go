package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/lrs/xapi"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// credentials decides who may have keys of which record store: administrators those of their own town, operators those
// of every town. What they do is noted.
type credentials struct {
	lrs    *lrs.Service
	people *people.Service
}

// town returns the organisation whose credentials are meant: the one that is named, or the own one.
func (k *credentials) town(ctx context.Context, by people.Actor, named string) (string, error) {
	if !by.Operator {
		if err := by.Must(people.Administrator); err != nil {
			return "", err
		}
	}
	switch {
	case named == "" && by.Organisation == "":
		return "", fault.New(fault.Invalid, "lrs.credential_invalid", "say which organisation")
	case named == "" || named == by.Organisation:
		return by.Organisation, nil
	case !by.Operator:
		return "", fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", named)
	}
	o, err := k.people.Organisation(ctx, named)
	return o.ID, err
}

// of returns the organisation of a credential that the actor may change. One of another town does not exist for her.
func (k *credentials) of(ctx context.Context, by people.Actor, key string) (string, error) {
	if !by.Operator {
		if err := by.Must(people.Administrator); err != nil {
			return "", err
		}
	}
	c, err := k.lrs.Credential(ctx, key)
	if err != nil {
		return "", err
	}
	if !by.Operator && c.Organisation != by.Organisation {
		return "", fault.New(fault.NotFound, "lrs.credential_not_found", "no credential %s", key)
	}
	return c.Organisation, nil
}

// create makes a credential and returns it with its secret.
func (k *credentials) create(ctx context.Context, by people.Actor, n lrs.NewCredential) (lrs.Credential, string, error) {
	org, err := k.town(ctx, by, n.Organisation)
	if err != nil {
		return lrs.Credential{}, "", err
	}
	o, err := k.people.Organisation(ctx, org)
	if err != nil {
		return lrs.Credential{}, "", err
	}
	if err := o.Gone(); err != nil {
		return lrs.Credential{}, "", err
	}
	n.Organisation = org
	c, secret, err := k.lrs.CreateCredential(ctx, n)
	if err != nil {
		return c, "", err
	}
	return c, secret, k.people.Note(ctx, org, by, "credential.created", c.Key, c.Name)
}

func (k *credentials) change(ctx context.Context, by people.Actor, key string, f func(*lrs.CredentialChange)) (lrs.Credential, error) {
	org, err := k.of(ctx, by, key)
	if err != nil {
		return lrs.Credential{}, err
	}
	c, err := k.lrs.ChangeCredential(ctx, org, key, f)
	if err != nil {
		return c, err
	}
	return c, k.people.Note(ctx, org, by, "credential.changed", key, c.Name)
}

func (k *credentials) rotate(ctx context.Context, by people.Actor, key string) (string, error) {
	org, err := k.of(ctx, by, key)
	if err != nil {
		return "", err
	}
	secret, err := k.lrs.RotateCredential(ctx, org, key)
	if err != nil {
		return "", err
	}
	return secret, k.people.Note(ctx, org, by, "credential.rotated", key, "")
}

func (k *credentials) revoke(ctx context.Context, by people.Actor, key string) error {
	org, err := k.of(ctx, by, key)
	if err != nil {
		return err
	}
	if err := k.lrs.RevokeCredential(ctx, org, key); err != nil {
		return err
	}
	return k.people.Note(ctx, org, by, "credential.revoked", key, "")
}

// AuthorityBody is in whose name a credential stores.
type AuthorityBody struct {
	Name    string                `json:"name,omitempty" maxLength:"400"`
	Mbox    string                `json:"mbox,omitempty" maxLength:"400" doc:"mailto:…"`
	OpenID  string                `json:"openid,omitempty" maxLength:"400"`
	Account *AuthorityAccountBody `json:"account,omitempty"`
}

// AuthorityAccountBody is somebody in some system.
type AuthorityAccountBody struct {
	HomePage string `json:"homePage" maxLength:"400"`
	Name     string `json:"name" maxLength:"400"`
}

// RecordCredentialBody is a credential of the record store as its administrators see it.
type RecordCredentialBody struct {
	Key          string        `json:"key"`
	Name         string        `json:"name"`
	Organisation string        `json:"organisation"`
	Scopes       []string      `json:"scopes"`
	Version      string        `json:"version" enum:"1.0.3,2.0.0" doc:"For answers to requests that name none"`
	Authority    AuthorityBody `json:"authority"`
	Created      time.Time     `json:"created"`
	Expires      *time.Time    `json:"expires,omitempty" doc:"Missing: never"`
	Expired      bool          `json:"expired"`
	Secret       string        `json:"secret,omitempty" doc:"Only in the answer that makes it or gives it a new one"`
}

func credentialBody(now time.Time) func(lrs.Credential) RecordCredentialBody {
	return func(c lrs.Credential) RecordCredentialBody {
		b := RecordCredentialBody{Key: c.Key, Name: c.Name, Organisation: c.Organisation, Scopes: []string{}, Version: string(c.Version), Created: c.Created,
			Authority: AuthorityBody{Name: c.Authority.Name, Mbox: c.Authority.Mbox, OpenID: c.Authority.OpenID}}
		if a := c.Authority.Account; a != nil {
			b.Authority.Account = &AuthorityAccountBody{HomePage: a.HomePage, Name: a.Name}
		}
		for _, s := range c.Scopes {
			b.Scopes = append(b.Scopes, string(s))
		}
		if !c.Expires.IsZero() {
			b.Expires, b.Expired = &c.Expires, !now.Before(c.Expires)
		}
		return b
	}
}

func scopesOf(words []string) []lrs.Scope {
	list := make([]lrs.Scope, 0, len(words))
	for _, w := range words {
		list = append(list, lrs.Scope(w))
	}
	return list
}

type createCredentialInput struct {
	peoplehttp.Signed
	Body struct {
		Organisation string         `json:"organisation,omitempty" maxLength:"64" doc:"For operators; else the own one"`
		Name         string         `json:"name" maxLength:"200" doc:"What people call it"`
		Scopes       []string       `json:"scopes" maxItems:"8" enum:"statements/write,statements/read/mine,statements/read,state,profile,define,all/read,all"`
		Version      string         `json:"version,omitempty" enum:"1.0.3,2.0.0" default:"2.0.0"`
		Authority    *AuthorityBody `json:"authority,omitempty" doc:"In whose name it stores; missing: an account made from the key"`
		Expires      *time.Time     `json:"expires,omitempty" doc:"Missing: never"`
	}
}

func (in *createCredentialInput) credential() lrs.NewCredential {
	n := lrs.NewCredential{Organisation: in.Body.Organisation, Name: in.Body.Name, Scopes: scopesOf(in.Body.Scopes), Version: xapi.Version(in.Body.Version)}
	if in.Body.Expires != nil {
		n.Expires = *in.Body.Expires
	}
	if a := in.Body.Authority; a != nil {
		n.Authority = &xapi.Agent{ObjectType: "Agent", Name: a.Name, Mbox: a.Mbox, OpenID: a.OpenID}
		if a.Account != nil {
			n.Authority.Account = &xapi.Account{HomePage: a.Account.HomePage, Name: a.Account.Name}
		}
	}
	return n
}

type changeCredentialInput struct {
	peoplehttp.IDInput
	Body struct {
		Name    *string    `json:"name,omitempty" maxLength:"200"`
		Scopes  []string   `json:"scopes,omitempty" maxItems:"8" enum:"statements/write,statements/read/mine,statements/read,state,profile,define,all/read,all"`
		Version string     `json:"version,omitempty" enum:"1.0.3,2.0.0"`
		Expires *time.Time `json:"expires,omitempty"`
		Never   bool       `json:"never,omitempty" doc:"It does not expire any more"`
	}
}

func (in *changeCredentialInput) apply(c *lrs.CredentialChange) {
	if in.Body.Name != nil {
		c.Name = *in.Body.Name
	}
	if in.Body.Scopes != nil {
		c.Scopes = scopesOf(in.Body.Scopes)
	}
	if in.Body.Version != "" {
		c.Version = xapi.Version(in.Body.Version)
	}
	switch {
	case in.Body.Never:
		c.Expires = time.Time{}
	case in.Body.Expires != nil:
		c.Expires = *in.Body.Expires
	}
}

// registerCredentials adds the keys of the record stores.
func registerCredentials(e *web.Edge, k *credentials, now func() time.Time) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/record-credentials" + path, Summary: summary, Tags: []string{"records"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("list-record-credentials", http.MethodGet, "", "Credentials of a record store, without their secrets", 200),
		func(ctx context.Context, in *struct {
			peoplehttp.Signed
			peoplehttp.List
			Organisation string `query:"organisation" maxLength:"64" doc:"For operators; else the own one"`
		}) (*peoplehttp.Out[peoplehttp.Page[RecordCredentialBody]], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			p, err := k.lrs.Credentials(ctx, org, in.Cursor, in.Limit)
			return &peoplehttp.Out[peoplehttp.Page[RecordCredentialBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, credentialBody(now()))}, err
		})
	huma.Register(e.API, op("create-record-credential", http.MethodPost, "", "Make a credential; its secret is shown only now", 201),
		func(ctx context.Context, in *createCredentialInput) (*peoplehttp.Out[RecordCredentialBody], error) {
			c, secret, err := k.create(ctx, in.By, in.credential())
			if err != nil {
				return nil, err
			}
			b := credentialBody(now())(c)
			b.Secret = secret
			return &peoplehttp.Out[RecordCredentialBody]{Body: b}, nil
		})
	huma.Register(e.API, op("change-record-credential", http.MethodPatch, "/{id}", "Change name, scopes, version or expiry", 200),
		func(ctx context.Context, in *changeCredentialInput) (*peoplehttp.Out[RecordCredentialBody], error) {
			c, err := k.change(ctx, in.By, in.ID, in.apply)
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[RecordCredentialBody]{Body: credentialBody(now())(c)}, nil
		})
	huma.Register(e.API, op("rotate-record-credential", http.MethodPost, "/{id}/rotate", "Give it a new secret; the old one ends at once", 200),
		func(ctx context.Context, in *peoplehttp.IDInput) (*peoplehttp.Out[RecordCredentialBody], error) {
			secret, err := k.rotate(ctx, in.By, in.ID)
			if err != nil {
				return nil, err
			}
			c, err := k.lrs.Credential(ctx, in.ID)
			b := credentialBody(now())(c)
			b.Secret = secret
			return &peoplehttp.Out[RecordCredentialBody]{Body: b}, err
		})
	huma.Register(e.API, op("revoke-record-credential", http.MethodDelete, "/{id}", "End a credential; what it stored stays", 204),
		func(ctx context.Context, in *peoplehttp.IDInput) (*struct{}, error) {
			return nil, k.revoke(ctx, in.By, in.ID)
		})
}
