package lrs

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Scope is something that a credential may do. Communication §4.2
type Scope string

// The scopes.
const (
	WriteStatements    Scope = "statements/write"
	ReadOwnStatements  Scope = "statements/read/mine" // those that were stored with the same authority
	ReadStatements     Scope = "statements/read"
	WriteState         Scope = "state"
	WriteProfile       Scope = "profile"
	DefineActivities   Scope = "define"
	ReadEverything     Scope = "all/read"
	Everything         Scope = "all" // also voids
	platformName             = "platform"
	maxCredentialWords       = 200 // bytes of a credential's name
)

// Scopes lists all scopes.
func Scopes() []Scope {
	return []Scope{WriteStatements, ReadOwnStatements, ReadStatements, WriteState, WriteProfile, DefineActivities, ReadEverything, Everything}
}

// Credential is what somebody may do in the record store of one organisation. Only Authenticate and Platform make ones
// that are good for anything.
type Credential struct {
	Key          string // names it in lists and logs; "" of the platform and of browsers
	Name         string // what people call it
	Organisation string
	Scopes       []Scope
	Version      xapi.Version // for answers to requests that name none
	Expires      time.Time    // zero: never
	Created      time.Time
	Authority    xapi.Agent // of what it stores

	browser  *browser // what a learner's browser is bound to
	platform bool     // the platform itself
	signs    signature
}

// signature is the authority of what a credential stores: as JSON, and its identity.
type signature struct {
	json     json.RawMessage
	identity string
}

// credential is how one is kept. Its id is the key.
type credential struct {
	store.Meta   `bson:",inline"`
	Organisation string       `bson:"organisation"`
	Name         string       `bson:"name"`
	Digest       []byte       `bson:"digest"` // SHA-256 of the secret, which has 256 random bits
	Scopes       []Scope      `bson:"scopes"`
	Version      xapi.Version `bson:"version"`
	Authority    string       `bson:"authority"` // JSON
	Created      time.Time    `bson:"created"`
	Expires      time.Time    `bson:"expires"` // zero: never
}

// Platform returns the credential with which this program itself acts in an organisation. It must never leave the
// process, and nothing that comes from outside can become one.
func (s *Service) Platform(org string) Credential {
	return Credential{Organisation: org, Scopes: []Scope{Everything}, Version: xapi.V2, Authority: xapi.ByAccount(s.c.PublicURL, platformName), platform: true}
}

// Courier returns the credential under which this program itself stores what other stores have said, for an organisation.
// Its authority is the account of that name at <public address>/xapi/flows, which nobody else can have.
func (s *Service) Courier(org, name string) Credential {
	return Credential{Organisation: org, Scopes: []Scope{Everything}, Version: xapi.V2, Authority: xapi.ByAccount(s.c.PublicURL+"/xapi/flows", name)}
}

// may reports whether the credential has one of the scopes, or all.
func (c Credential) may(any ...Scope) bool {
	return slices.ContainsFunc(c.Scopes, func(s Scope) bool { return s == Everything || slices.Contains(any, s) })
}

func (c Credential) must(org string, any ...Scope) error {
	switch {
	case c.Organisation == "" || c.Organisation != org:
		return fault.New(fault.Forbidden, "lrs.organisation", "this credential belongs to another organisation")
	case !c.may(any...):
		return fault.New(fault.Forbidden, "lrs.scope", "this credential does not have the scope %s", any[0]).With("scope", string(any[0]))
	}
	return nil
}

// authority returns what is stored as the authority, and its identity.
func (c Credential) authority(s *Service) (json.RawMessage, string) {
	if c.platform {
		return s.authority, xapi.Identity(s.c.PublicURL, platformName)
	}
	if c.signs.json != nil {
		return c.signs.json, c.signs.identity
	}
	raw, err := json.Marshal(c.Authority)
	if err != nil { // strings only
		panic(err)
	}
	identity, err := xapi.ParseAgent(raw)
	if err != nil { // an anonymous Group: of an application and its user
		return raw, ""
	}
	return raw, identity
}

// allow decides whether a credential may store this statement.
func (s *Service) allow(by Credential, p *xapi.Parsed) error {
	if p.Voids && !by.may(Everything) {
		return fault.New(fault.Forbidden, "lrs.void", "this credential may not void statements")
	}
	if by.browser != nil {
		return by.browser.allow(s.c.PublicURL, p)
	}
	return nil
}

// NewCredential asks for a credential.
type NewCredential struct {
	Organisation string
	Name         string       // what people call it
	Scopes       []Scope      // at least one
	Version      xapi.Version // V1 or V2; "" is V2
	Authority    *xapi.Agent  // nil: an account made from the key
	Expires      time.Time    // zero: never
}

// CreateCredential makes a credential and returns it with its secret, which is shown only now.
//
// Faults: lrs.credential_invalid, lrs.authority_reserved
func (s *Service) CreateCredential(ctx context.Context, n NewCredential) (c Credential, secret string, err error) {
	if n.Version == "" {
		n.Version = xapi.V2
	}
	if n.Organisation == "" {
		return c, "", badCredential("a credential belongs to an organisation")
	}
	if err := (CredentialChange{Name: n.Name, Scopes: n.Scopes, Version: n.Version, Expires: n.Expires}).check(s.c.Now()); err != nil {
		return c, "", err
	}
	key := s.c.NewID()
	chosen := n.Authority != nil
	if !chosen {
		a := xapi.ByAccount(s.c.PublicURL+"/xapi/credentials", key)
		n.Authority = &a
	}
	authority, err := json.Marshal(n.Authority)
	if err != nil {
		return c, "", wrap("CreateCredential", err)
	}
	identity, err := xapi.ParseAgent(authority)
	switch {
	case err != nil || n.Authority.ObjectType == "Group":
		return c, "", badCredential("the authority must be an Agent that is known by mbox, mbox_sha1sum, openid or account")
	case chosen && s.ours(identity):
		return c, "", fault.New(fault.Forbidden, "lrs.authority_reserved", "the authority of the platform and of its learners belongs to nobody else")
	}
	secret = s.c.NewSecret()
	doc := credential{Meta: store.Meta{ID: key}, Organisation: n.Organisation, Name: n.Name, Digest: digest(secret), Scopes: n.Scopes,
		Version: n.Version, Authority: string(authority), Created: s.now(), Expires: n.Expires.UTC().Truncate(time.Millisecond)}
	if err := s.credentials.Insert(ctx, doc); err != nil {
		return c, "", wrap("CreateCredential", err)
	}
	c, err = doc.credential()
	return c, secret, wrap("CreateCredential", err)
}

func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func (d credential) credential() (Credential, error) {
	c := Credential{Key: d.ID, Name: d.Name, Organisation: d.Organisation, Scopes: d.Scopes, Version: d.Version, Expires: d.Expires, Created: d.Created}
	return c, json.Unmarshal([]byte(d.Authority), &c.Authority)
}

// Authenticate returns the credential of an Authorization header: Basic with key and secret, or Bearer with what
// IssueBrowser returned. Faults: lrs.unsigned, lrs.expired
func (s *Service) Authenticate(ctx context.Context, authorization string) (Credential, error) {
	scheme, rest, _ := strings.Cut(authorization, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "bearer":
		return s.openBrowser(ctx, rest)
	case "basic":
	default:
		return Credential{}, fault.New(fault.Unsigned, "lrs.unsigned", "send a credential of this record store (Basic or Bearer)")
	}
	c, err := s.basic(ctx, rest)
	if err == nil && !c.Expires.IsZero() && !s.c.Now().Before(c.Expires) {
		return Credential{}, fault.New(fault.Unsigned, "lrs.expired", "this credential has expired")
	}
	return c, err
}

// basic returns the credential of key and secret, in Base64.
func (s *Service) basic(ctx context.Context, encoded string) (c Credential, err error) {
	known, at := s.known.look(encoded)
	if known != nil {
		return *known, nil
	}
	refused := fault.New(fault.Unsigned, "lrs.unsigned", "this credential is not known")
	b, err := base64.StdEncoding.DecodeString(encoded)
	key, secret, ok := strings.Cut(string(b), ":")
	if err != nil || !ok {
		return c, refused
	}
	d, err := s.credentials.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return c, wrap("Authenticate", err)
	}
	if subtle.ConstantTimeCompare(digest(secret), d.Digest) != 1 {
		return c, refused
	}
	if c, err = d.credential(); err != nil {
		return c, wrap("Authenticate", err)
	}
	c.signs.json, c.signs.identity = c.authority(s)
	if !s.c.Several {
		s.known.keep(encoded, c, at)
	}
	return c, nil
}
