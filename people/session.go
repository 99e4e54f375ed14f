package people

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// How long a session lives without being used, and at most; its secret changes every day that it is used.
const (
	sessionIdle   = 14 * 24 * time.Hour
	sessionLives  = 90 * 24 * time.Hour
	sessionRotate = 24 * time.Hour
	rotateGrace   = time.Minute // for requests that were under way with the old secret
)

// Session is one sign-in on one device. Its id is the digest of the secret in the cookie.
type Session struct {
	store.Meta   `bson:",inline"`
	Public       string    `bson:"public"` // name in lists; stays when the secret changes
	Person       string    `bson:"person"`
	Organisation string    `bson:"organisation"` // for which she speaks; "" for none
	Agent        string    `bson:"agent"`        // browser, shortened
	Created      time.Time `bson:"created"`      // sign-in
	Rotated      time.Time `bson:"rotated"`      // when this secret was made
	Seen         time.Time `bson:"seen"`         // to the hour
	Expires      time.Time `bson:"expires"`
}

// Client is where a request comes from.
type Client struct {
	Addr   netip.Addr
	Agent  string
	Device string // secret of a browser in which the person has signed in before; "" if none
}

// Network returns the client's network as throttles see it: an IPv4 address, or an IPv6 /64.
func (c Client) Network() string {
	if !c.Addr.IsValid() {
		return "unknown"
	}
	if c.Addr.Is4() {
		return c.Addr.String()
	}
	p, _ := c.Addr.Prefix(64)
	return p.String()
}

// Opened is a session just opened or rotated: the secrets go into cookies and nowhere else.
type Opened struct {
	Secret string
	Device string // secret of this browser from now on; "" if it is known already
	Actor  Actor
}

var errSignIn = fault.New(fault.Unsigned, "people.sign_in_wrong", "the e-mail address and the password do not belong together")

// SignIn opens a session. Faults: people.sign_in_wrong (never telling which of the two was wrong), people.too_many.
func (s *Service) SignIn(ctx context.Context, email, password string, from Client) (Opened, error) {
	normal, err := Address(email)
	if err != nil {
		return Opened{}, errSignIn
	}
	t, err := s.signInThrottle(ctx, normal, from)
	if err != nil {
		return Opened{}, err
	}
	p, err := s.byAddress(ctx, normal)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Opened{}, s.wrap("SignIn", err)
	}
	if len(password) > 4*MaxPassword || !s.passwords.matches(password, p.Password) || p.ID == "" {
		return Opened{}, errSignIn
	}
	if err := t.succeeded(ctx); err != nil {
		return Opened{}, s.wrap("SignIn", err)
	}
	return s.open(ctx, p, from)
}

func (s *Service) open(ctx context.Context, p Person, from Client) (Opened, error) {
	now := s.now()
	secret := s.c.NewSecret()
	sess := Session{Meta: store.Meta{ID: digest(secret)}, Public: s.newID(), Person: p.ID, Agent: shorten(from.Agent, 200),
		Created: now, Rotated: now, Seen: now, Expires: now.Add(sessionIdle)}
	ms, err := s.memberships(ctx, p)
	if err != nil {
		return Opened{}, s.wrap("open", err)
	}
	if len(ms) > 0 {
		sess.Organisation = ms[0].Organisation.ID
	}
	if err := s.sessions.Insert(ctx, sess); err != nil {
		return Opened{}, s.wrap("open", err)
	}
	a, err := s.actor(ctx, sess)
	if err != nil {
		return Opened{}, err
	}
	o := Opened{Secret: secret, Actor: a}
	if !deviceMatches(p, from.Device) {
		o.Device = s.c.NewSecret()
		_, err = s.persons.Update(ctx, p.ID, func(p *Person) error {
			p.Devices = append(p.Devices, digest(o.Device))
			p.Devices = p.Devices[max(0, len(p.Devices)-devices):]
			return nil
		})
	}
	return o, s.wrap("open", err)
}

func shorten(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// Authenticate returns who holds the secret of a session, and a new secret when it is time to change it. A wrong or
// expired secret is nobody, not an error.
func (s *Service) Authenticate(ctx context.Context, secret string) (Actor, string, error) {
	if secret == "" || len(secret) > 100 {
		return Actor{}, "", nil
	}
	sess, err := s.sessions.Get(ctx, digest(secret))
	now := s.now()
	if errors.Is(err, store.ErrNotFound) || err == nil && !sess.Expires.After(now) {
		return Actor{}, "", nil
	}
	if err != nil {
		return Actor{}, "", s.wrap("Authenticate", err)
	}
	a, err := s.actor(ctx, sess)
	if err != nil {
		if fault.KindOf(err) != 0 {
			return Actor{}, "", nil
		}
		return Actor{}, "", err
	}
	next, err := s.refresh(ctx, sess, now)
	return a, next, s.wrap("Authenticate", err)
}

// refresh notes that a session is used, to the hour, and gives it a new secret once a day. The old secret stays good
// for a minute, for requests already under way.
func (s *Service) refresh(ctx context.Context, sess Session, now time.Time) (next string, err error) {
	if now.Sub(sess.Rotated) >= sessionRotate && sess.Expires.Sub(now) > rotateGrace {
		if now.Sub(sess.Created) >= sessionLives {
			return "", nil // it ends when its idle time does
		}
		fresh := sess
		next = s.c.NewSecret()
		fresh.Meta = store.Meta{ID: digest(next)}
		fresh.Rotated, fresh.Seen, fresh.Expires = now, now, now.Add(sessionIdle)
		rotated := false
		_, err = s.sessions.Update(ctx, sess.ID, func(old *Session) error {
			if rotated = old.Expires.Sub(now) > rotateGrace; !rotated {
				return store.ErrKeep // another request was first
			}
			old.Expires = now.Add(rotateGrace)
			return nil
		})
		if err != nil || !rotated {
			return "", err
		}
		return next, s.sessions.Insert(ctx, fresh)
	}
	if now.Sub(sess.Seen) >= time.Hour && sess.Expires.Sub(now) > rotateGrace {
		_, err = s.sessions.Update(ctx, sess.ID, func(d *Session) error {
			d.Seen, d.Expires = now, now.Add(sessionIdle)
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			return "", nil
		}
	}
	return "", err
}

// actor returns who a session is, with her roles where she speaks.
func (s *Service) actor(ctx context.Context, sess Session) (Actor, error) {
	p, err := s.person(ctx, sess.Person)
	if err != nil {
		return Actor{}, s.wrap("actor", err)
	}
	a := Actor{Person: p.ID, Name: p.Name, Locale: p.Locale, Operator: p.Operator, Session: sess.Public}
	if sess.Organisation == "" {
		return a, nil
	}
	m, err := s.members.Get(ctx, sess.Organisation, p.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !m.Active {
		return a, nil
	}
	if err != nil {
		return Actor{}, s.wrap("actor", err)
	}
	if at, err := s.closed(ctx, sess.Organisation); err != nil || at != nil {
		return a, s.wrap("actor", err)
	}
	a.Organisation, a.Account, a.Roles = sess.Organisation, m.Account, m.Roles
	return a, nil
}

// SignOut ends the session with this secret, and with the secret that it had until a moment ago.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	sess, err := s.sessions.Get(ctx, digest(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return s.wrap("SignOut", err)
	}
	defer s.lost(ctx, sess.Person)
	return s.wrap("SignOut", s.eachNamed(ctx, sess.Person, sess.Public, func(d Session) error { return s.deleteSession(ctx, d.ID) }))
}

// Speak makes the session speak for another of the person's organisations; "" for none.
func (s *Service) Speak(ctx context.Context, by Actor, secret, org string) (Actor, error) {
	if by.Person == "" {
		return Actor{}, by.Must()
	}
	if org != "" {
		m, err := s.members.Get(ctx, org, by.Person)
		if errors.Is(err, store.ErrNotFound) || err == nil && !m.Active {
			return Actor{}, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", org)
		}
		if err != nil {
			return Actor{}, s.wrap("Speak", err)
		}
		o, err := s.Organisation(ctx, org)
		if err != nil {
			return Actor{}, err
		}
		if err := o.Gone(); err != nil {
			return Actor{}, err
		}
	}
	sess, err := s.sessions.Update(ctx, digest(secret), func(d *Session) error { d.Organisation = org; return nil })
	if err != nil {
		return Actor{}, s.wrap("Speak", err)
	}
	s.lost(ctx, by.Person)
	return s.actor(ctx, sess)
}

// Sessions lists the actor's own sign-ins, newest first: the latest hundred, and the one that asks wherever it stands.
func (s *Service) Sessions(ctx context.Context, by Actor) ([]Session, error) {
	if by.Person == "" {
		return nil, by.Must()
	}
	p, err := s.sessions.Find(ctx, store.Query{Index: "byPerson", Equal: []any{by.Person}, Reverse: true, Limit: 100})
	if err != nil {
		return nil, s.wrap("Sessions", err)
	}
	list, now := p.Docs, s.now()
	// A secret that has just been changed lives on for a minute; the list shows the session once.
	live := func(d Session) bool { return d.Expires.Sub(now) > rotateGrace }
	if p.Next != "" && !slices.ContainsFunc(list, func(d Session) bool { return d.Public == by.Session && live(d) }) {
		err = s.eachNamed(ctx, by.Person, by.Session, func(d Session) error { list = append(list, d); return nil })
	}
	return slices.DeleteFunc(list, func(d Session) bool { return !live(d) }), s.wrap("Sessions", err)
}

// EndSession ends one of the actor's own sessions by its public name.
func (s *Service) EndSession(ctx context.Context, by Actor, public string) error {
	if by.Person == "" {
		return by.Must()
	}
	found := false
	defer s.lost(ctx, by.Person)
	err := s.eachNamed(ctx, by.Person, public, func(d Session) error {
		found = true
		return s.deleteSession(ctx, d.ID)
	})
	if err == nil && !found {
		return fault.New(fault.NotFound, "people.session_not_found", "no session %s", public)
	}
	return s.wrap("EndSession", err)
}

func (s *Service) endSessions(ctx context.Context, person, except string) error {
	defer s.lost(ctx, person)
	return s.eachSession(ctx, person, func(d Session) error {
		if d.Public == except {
			return nil
		}
		return s.deleteSession(ctx, d.ID)
	})
}

func (s *Service) eachSession(ctx context.Context, person string, f func(Session) error) error {
	return s.sessions.Each(ctx, store.Query{Index: "byPerson", Equal: []any{person}}, f)
}

// eachNamed goes through one session by its public name: it is there twice while a secret that has just been changed lives on.
func (s *Service) eachNamed(ctx context.Context, person, public string, f func(Session) error) error {
	return s.sessions.Each(ctx, store.Query{Index: "byName", Equal: []any{person, public}}, f)
}

func (s *Service) deleteSession(ctx context.Context, id string) error {
	if err := s.sessions.Delete(ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}
