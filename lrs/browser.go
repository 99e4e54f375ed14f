package lrs

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// browser is what the credential of a learner's browser is bound to.
type browser struct {
	Organisation string `json:"o"`
	Account      string `json:"a"` // the learner's random name
	Registration string `json:"r"` // the enrolment
	Course       string `json:"c"` // activity id
	Expires      int64  `json:"x"` // Unix seconds
}

// maxBrowserToken bounds what is read of a Bearer token, in bytes.
const maxBrowserToken = 4096

// IssueBrowser returns an Authorization header with which a learner's browser may store statements about herself, in this
// registration and about this course (an activity id) or what lies under it, read and write her own state there, and do
// nothing else. It is signed, not stored: it ends by itself.
func (s *Service) IssueBrowser(org, account, registration, course string, lives time.Duration) (authorization string, expires time.Time, err error) {
	if org == "" || account == "" || account == platformName || !xapi.ValidUUID(registration) || !xapi.ValidIRI(course) || lives <= 0 {
		return "", expires, errors.New("lrs.IssueBrowser: organisation, account, registration (UUID), course (IRI) and a lifetime are needed")
	}
	expires = s.c.Now().Add(lives).UTC().Truncate(time.Second)
	payload, err := json.Marshal(browser{Organisation: org, Account: account, Registration: strings.ToLower(registration), Course: course, Expires: expires.Unix()})
	if err != nil {
		return "", expires, wrap("IssueBrowser", err)
	}
	text := base64.RawURLEncoding.EncodeToString(payload)
	return "Bearer " + text + "." + base64.RawURLEncoding.EncodeToString(s.sign(text)), expires, nil
}

func (s *Service) sign(text string) []byte {
	h := hmac.New(sha256.New, s.c.BrowserKey)
	h.Write([]byte("browser 1 " + text))
	return h.Sum(nil)
}

func (s *Service) openBrowser(ctx context.Context, token string) (Credential, error) {
	refused := fault.New(fault.Unsigned, "lrs.unsigned", "this credential is not known")
	text, mac, ok := strings.Cut(token, ".")
	if !ok || len(token) > maxBrowserToken {
		return Credential{}, refused
	}
	got, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || !hmac.Equal(got, s.sign(text)) {
		return Credential{}, refused
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Credential{}, refused
	}
	var b browser
	if err := json.Unmarshal(payload, &b); err != nil {
		return Credential{}, refused
	}
	expires := time.Unix(b.Expires, 0).UTC()
	if !s.c.Now().Before(expires) {
		return Credential{}, fault.New(fault.Unsigned, "lrs.expired", "this credential has expired")
	}
	if s.c.Here != nil {
		here, err := s.c.Here(ctx, b.Organisation)
		if err != nil {
			return Credential{}, wrap("Authenticate", err)
		}
		if !here {
			return Credential{}, fault.New(fault.Unsigned, "lrs.expired", "this credential has expired")
		}
	}
	switch _, err := s.ended.Get(ctx, b.Organisation, b.Account); {
	case err == nil: // erased: what her browser still holds comes too late
		return Credential{}, fault.New(fault.Unsigned, "lrs.expired", "this credential has expired")
	case !errors.Is(err, store.ErrNotFound):
		return Credential{}, wrap("Authenticate", err)
	}
	return Credential{Organisation: b.Organisation, Scopes: []Scope{WriteStatements, WriteState}, Version: xapi.V2, Expires: expires,
		Authority: xapi.ByAccount(s.c.PublicURL, b.Account), browser: &b}, nil
}

// allow refuses statements about anybody or anything else.
func (b *browser) allow(home string, p *xapi.Parsed) error {
	if p.Actor != xapi.Identity(home, b.Account) || p.ActorIsGroup {
		return notYours("actor")
	}
	if p.Registration != b.Registration {
		return notYours("registration")
	}
	if p.Activity != b.Course && !strings.HasPrefix(p.Activity, b.Course+"/") {
		return notYours("object")
	}
	return nil
}

func notYours(what string) error {
	return fault.New(fault.Forbidden, "lrs.not_yours", "this credential is for another %s", what).With("what", what)
}
