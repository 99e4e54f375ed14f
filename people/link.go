package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// What a one-time link is for.
const (
	linkSetup      = "setup"
	linkInvitation = "invitation"
	linkReset      = "reset"
)

// InvitationLives is how long the link of an invitation works, in nanoseconds as every duration; letters say it in days. Two
// weeks outlast a holiday, and a letter that is found in a mailbox long afterwards makes no account. Who expects somebody by
// such a letter can ask her again when it is over.
const InvitationLives = 14 * 24 * time.Hour

// How long other links live.
const (
	resetLives = time.Hour
	setupLives = 7 * 24 * time.Hour
)

// resetTakes is how long asking for a new password takes at least.
const resetTakes = 250 * time.Millisecond

// link is a one-time link. Its id is the digest of the secret in it, so that the database opens no door.
type link struct {
	store.Meta   `bson:",inline"`
	Kind         string    `bson:"kind"`
	Person       string    `bson:"person,omitempty"`       // for a reset
	Organisation string    `bson:"organisation,omitempty"` // for an invitation
	Invitation   string    `bson:"invitation,omitempty"`
	Expires      time.Time `bson:"expires"`
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func (s *Service) newLink(ctx context.Context, l link, lives time.Duration) (secret string, err error) {
	secret = s.c.NewSecret()
	l.Meta, l.Expires = store.Meta{ID: digest(secret)}, s.now().Add(lives)
	return secret, s.links.Insert(ctx, l)
}

var errLink = fault.New(fault.Gone, "people.link_expired", "this link has been used or has expired")

func (s *Service) link(ctx context.Context, kind, secret string) (link, error) {
	l, err := s.links.Get(ctx, digest(secret))
	if errors.Is(err, store.ErrNotFound) || err == nil && (l.Kind != kind || !l.Expires.After(s.now())) {
		return link{}, errLink
	}
	return l, err
}

// use deletes a link; of two who use it at once, one gets the fault.
func (s *Service) use(ctx context.Context, l link) error {
	err := s.links.Delete(ctx, l.ID)
	if errors.Is(err, store.ErrNotFound) {
		return errLink
	}
	return err
}

// SetupLink returns the address of a fresh one-time link that makes the first operator, or "" if there is one already.
// Earlier set-up links end.
func (s *Service) SetupLink(ctx context.Context) (string, error) {
	n, err := s.persons.Count(ctx, store.Query{Index: "byOperator", Equal: []any{true}}, 1)
	if err != nil || n > 0 {
		return "", s.wrap("SetupLink", err)
	}
	old, err := s.links.Find(ctx, store.Query{Index: "byKind", Equal: []any{linkSetup}, Limit: 100})
	if err != nil {
		return "", s.wrap("SetupLink", err)
	}
	for _, l := range old.Docs {
		if err := s.links.Delete(ctx, l.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", s.wrap("SetupLink", err)
		}
	}
	secret, err := s.newLink(ctx, link{Kind: linkSetup}, setupLives)
	if err != nil {
		return "", s.wrap("SetupLink", err)
	}
	return s.c.PublicURL + "/setup/" + secret, nil
}

// OperatorLink returns the address at which an operator sets a new password, for whoever looks after the machine.
func (s *Service) OperatorLink(ctx context.Context, by Actor, email string) (string, error) {
	if err := by.MustOperate(); err != nil {
		return "", err
	}
	normal, err := Address(email)
	if err != nil {
		return "", err
	}
	p, err := s.byAddress(ctx, normal)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.Operator {
		return "", fault.New(fault.NotFound, "people.person_not_found", "no operator has this address")
	}
	if err != nil {
		return "", s.wrap("OperatorLink", err)
	}
	secret, err := s.newLink(ctx, link{Kind: linkReset, Person: p.ID}, resetLives)
	if err != nil {
		return "", s.wrap("OperatorLink", err)
	}
	return s.c.PublicURL + "/reset/" + secret, s.Note(ctx, Installation, by, "operator.link", p.ID, "")
}

// CheckSetup reports whether a set-up link is good. Fault: people.link_expired.
func (s *Service) CheckSetup(ctx context.Context, secret string) error {
	_, err := s.link(ctx, linkSetup, secret)
	return s.wrap("CheckSetup", err)
}

// Setup makes the first operator by a set-up link and signs her in.
func (s *Service) Setup(ctx context.Context, secret string, p Person, password string, from Client) (Opened, error) {
	l, err := s.link(ctx, linkSetup, secret)
	if err != nil {
		return Opened{}, s.wrap("Setup", err)
	}
	p.Name, p.Operator, p.Locale = cleanName(p.Name), true, s.locale(p.Locale)
	if err := checkName(p.Name, "body.name"); err != nil {
		return Opened{}, err
	}
	if _, err := Address(p.Email); err != nil {
		return Opened{}, err
	}
	if err := s.passwords.judge(password, p.Name, p.Email); err != nil {
		return Opened{}, err
	}
	if err := s.use(ctx, l); err != nil {
		return Opened{}, err
	}
	p.Password = s.passwords.hash(password)
	if p, err = s.createPerson(ctx, p); err != nil {
		return Opened{}, s.wrap("Setup", err)
	}
	if err := s.Note(ctx, Installation, Actor{Person: p.ID}, "operator.created", p.ID, ""); err != nil {
		return Opened{}, err
	}
	return s.open(ctx, p, from)
}

// AskReset sends a link that sets a new password, if somebody has this address. The answer is the same if nobody has.
func (s *Service) AskReset(ctx context.Context, email string, from Client) error {
	normal, err := Address(email)
	if err != nil {
		return err
	}
	if err := s.allow(ctx, "reset|"+from.Network(), 20, time.Hour); err != nil {
		return err
	}
	// Somebody else's mailbox is not to be filled either; the answer stays the same.
	if err := s.allow(ctx, "reset|"+digest(normal), 3, time.Hour); err != nil {
		return nil // telling would say that the address is known
	}
	// Writing a letter takes longer than finding nobody; what both take together does not tell which it was.
	least := time.NewTimer(resetTakes)
	defer func() {
		select {
		case <-least.C:
		case <-ctx.Done():
		}
	}()
	p, err := s.byAddress(ctx, normal)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return s.wrap("AskReset", err)
	}
	secret, err := s.newLink(ctx, link{Kind: linkReset, Person: p.ID}, resetLives)
	if err != nil {
		return s.wrap("AskReset", err)
	}
	return s.wrap("AskReset", s.c.Mail.Send(ctx, p.Email, p.Locale, "reset", map[string]any{
		"name": p.Name, "link": s.c.PublicURL + "/reset/" + secret, "minutes": int(resetLives / time.Minute)}))
}

// Reset sets a new password by a link and ends every session of the person.
func (s *Service) Reset(ctx context.Context, secret, password string) error {
	l, err := s.link(ctx, linkReset, secret)
	if err != nil {
		return s.wrap("Reset", err)
	}
	p, err := s.person(ctx, l.Person)
	if err != nil {
		return s.wrap("Reset", err)
	}
	if err := s.passwords.judge(password, p.Name, p.Email); err != nil {
		return err
	}
	if err := s.use(ctx, l); err != nil {
		return err
	}
	return s.wrap("Reset", s.setPassword(ctx, p.ID, password, ""))
}

// ChangePassword sets a new password for who knows the current one, and ends her other sessions.
func (s *Service) ChangePassword(ctx context.Context, by Actor, current, next string) error {
	if by.Person == "" {
		return by.Must()
	}
	if err := s.allow(ctx, "password|"+by.Person, 10, time.Hour); err != nil {
		return err
	}
	p, err := s.person(ctx, by.Person)
	if err != nil {
		return s.wrap("ChangePassword", err)
	}
	if !s.passwords.matches(current, p.Password) {
		return fault.New(fault.Invalid, "people.password_wrong", "the current password is not right").At("body.current", "people.password_wrong")
	}
	if err := s.passwords.judge(next, p.Name, p.Email); err != nil {
		return err
	}
	return s.wrap("ChangePassword", s.setPassword(ctx, p.ID, next, by.Session))
}

func (s *Service) setPassword(ctx context.Context, person, password, except string) error {
	hash := s.passwords.hash(password)
	if _, err := s.persons.Update(ctx, person, func(p *Person) error { p.Password = hash; return nil }); err != nil {
		return err
	}
	return s.endSessions(ctx, person, except)
}
