package lrs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// CredentialChange is what may be changed of a credential. Its authority stays: it is in what it has stored.
type CredentialChange struct {
	Name    string
	Scopes  []Scope
	Version xapi.Version
	Expires time.Time // zero: never
}

func badCredential(what string) error {
	return fault.New(fault.Invalid, "lrs.credential_invalid", "%s", what)
}

func (c CredentialChange) check(now time.Time) error {
	switch {
	case len(c.Name) > maxCredentialWords:
		return badCredential("the name is too long")
	case c.Version != xapi.V1 && c.Version != xapi.V2:
		return badCredential("the version must be 1.0.3 or 2.0.0")
	case len(c.Scopes) == 0 || slices.ContainsFunc(c.Scopes, func(x Scope) bool { return !slices.Contains(Scopes(), x) }):
		return badCredential("a credential needs scopes, of those that there are")
	case !c.Expires.IsZero() && !c.Expires.After(now):
		return badCredential("it would have expired already")
	}
	return nil
}

// ours reports whether an identity is the platform, one of its learners, or what it calls its credentials and flows.
func (s *Service) ours(identity string) bool {
	home, _, ok := xapi.SplitIdentity(identity)
	return ok && (home == s.c.PublicURL || strings.HasPrefix(home, s.c.PublicURL+"/"))
}

// Credentials lists the credentials of an organisation, the oldest first, without their secrets. limit is at most 500; 0
// is 50.
func (s *Service) Credentials(ctx context.Context, org, cursor string, limit int) (store.Page[Credential], error) {
	p, err := s.credentials.Find(ctx, store.Query{Index: "byOrganisation", Equal: []any{org}, Cursor: cursor, Limit: limit})
	if err != nil {
		return store.Page[Credential]{}, wrap("Credentials", err)
	}
	page := store.Page[Credential]{Next: p.Next, Docs: make([]Credential, 0, len(p.Docs))}
	for _, d := range p.Docs {
		c, err := d.credential()
		if err != nil {
			return page, wrap("Credentials", err)
		}
		page.Docs = append(page.Docs, c)
	}
	return page, nil
}

// Credential returns a credential of any organisation by its key, for whoever decides about it. Fault:
// lrs.credential_not_found
func (s *Service) Credential(ctx context.Context, key string) (Credential, error) {
	d, err := s.credentials.Get(ctx, key)
	if err != nil {
		return Credential{}, wrap("Credential", unknownKey(err, key))
	}
	c, err := d.credential()
	return c, wrap("Credential", err)
}

// ChangeCredential changes a credential of an organisation by f. Faults: lrs.credential_not_found, lrs.credential_invalid
func (s *Service) ChangeCredential(ctx context.Context, org, key string, f func(*CredentialChange)) (Credential, error) {
	d, err := s.credentials.Update(ctx, key, func(d *credential) error {
		if d.Organisation != org {
			return store.ErrNotFound
		}
		c := CredentialChange{Name: d.Name, Scopes: d.Scopes, Version: d.Version, Expires: d.Expires}
		f(&c)
		now := s.c.Now()
		if c.Expires.Equal(d.Expires) {
			now = time.Time{} // what has expired may still get another name
		}
		if err := c.check(now); err != nil {
			return err
		}
		d.Name, d.Scopes, d.Version, d.Expires = c.Name, c.Scopes, c.Version, c.Expires.UTC().Truncate(time.Millisecond)
		return nil
	})
	s.known.change()
	if err != nil {
		return Credential{}, wrap("ChangeCredential", unknownKey(err, key))
	}
	c, err := d.credential()
	return c, wrap("ChangeCredential", err)
}

// RotateCredential gives a credential a new secret, which is shown only now. The old one ends at once.
func (s *Service) RotateCredential(ctx context.Context, org, key string) (secret string, err error) {
	secret = s.c.NewSecret()
	_, err = s.credentials.Update(ctx, key, func(d *credential) error {
		if d.Organisation != org {
			return store.ErrNotFound
		}
		d.Digest = digest(secret)
		return nil
	})
	s.known.change()
	return secret, wrap("RotateCredential", unknownKey(err, key))
}

// RevokeCredential ends a credential. What it stored stays.
func (s *Service) RevokeCredential(ctx context.Context, org, key string) error {
	d, err := s.credentials.Get(ctx, key)
	if err == nil && d.Organisation != org {
		err = store.ErrNotFound
	}
	if err == nil {
		err = s.credentials.Delete(ctx, key)
		s.known.change()
	}
	return wrap("RevokeCredential", unknownKey(err, key))
}

func unknownKey(err error, key string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "lrs.credential_not_found", "no credential %s", key)
	}
	return err
}
