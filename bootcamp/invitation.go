package bootcamp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

const maxInvited = 200 // in one request, and who may be expected at a time is five times as many

// joining is a link by which anybody who is signed in joins a cohort.
type joining struct {
	store.Meta `bson:",inline"` // digest of the secret
	Host       string           `bson:"host"`
	Bootcamp   string           `bson:"bootcamp"`
	Cohort     string           `bson:"cohort"`
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// What became of an invitation.
const (
	InvitedNow     = "invited"  // she is known and has a letter
	InvitedNew     = "welcomed" // she is new: she has a letter that makes her account first
	InvitedAlready = "already"  // she is in, or invited already
	InvitedWrong   = "address"  // this is not an e-mail address
)

// Guest is somebody to be invited.
type Guest struct {
	Email  string
	Name   string // for who is new; "" takes what is before the @
	Locale string // of her letter; "" for the cohort's language
}

// Invitation says what became of one line.
type Invitation struct {
	Email string
	State string
}

// Invite asks people into a cohort by their e-mail addresses, with a role. Who has no account yet is invited as a
// learner of the host, with the cohort waiting for her. Facilitators may.
func (s *Service) Invite(ctx context.Context, by people.Actor, bootcamp, cohort, role string, guests []Guest) ([]Invitation, error) {
	b, c, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(Roles(), role) {
		return nil, invalid("role", "bootcamp.choice", "no such role in a cohort")
	}
	if b.State != StateOpen && b.State != StateDraft {
		return nil, mayJoin(b)
	}
	if len(guests) > maxInvited || len(c.Expected)+len(guests) > 5*maxInvited {
		return nil, invalid("guests", "bootcamp.entries", "at most %d people at once", maxInvited).With("max", maxInvited)
	}
	list := make([]Invitation, 0, len(guests))
	for _, g := range guests {
		state, err := s.invite(ctx, by, b, c, role, g)
		if err != nil {
			return list, err
		}
		list = append(list, Invitation{g.Email, state})
	}
	return list, wrap("Invite", s.c.People.Note(ctx, b.Owner, by, "cohort.invited", c.ID, ""))
}

func (s *Service) invite(ctx context.Context, by people.Actor, b Bootcamp, c Cohort, role string, g Guest) (string, error) {
	address, err := people.Address(g.Email)
	if err != nil {
		return InvitedWrong, nil //nolint:nilerr // the answer says it, beside those that went well
	}
	known, err := s.c.People.ByAddress(ctx, address)
	if fault.KindOf(err) == fault.NotFound || err == nil && len(known.Organisations) == 0 {
		return s.expect(ctx, by, b, c, role, address, g)
	}
	if err != nil {
		return "", err
	}
	m, err := s.members.Get(ctx, b.Owner, memberID(c.ID, known.ID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", wrap("invite", err)
	}
	if err == nil && slices.Contains([]string{Joined, Waiting, Invited}, m.State) {
		return InvitedAlready, nil
	}
	town := townOf(b, known)
	_, err = s.change(ctx, b, c.ID, func(c *Cohort) error {
		c.leave(known.ID)
		c.move(Move{Person: known.ID, Town: town, State: Invited, Role: role, Letter: "invited", At: s.now()})
		return nil
	})
	return InvitedNow, err
}

// townOf returns for which of her organisations somebody comes: the host's own people for the host, others for a town that
// it names.
func townOf(b Bootcamp, known people.Known) string {
	town := known.Organisations[0]
	for _, t := range known.Organisations {
		if t == b.Owner || town != b.Owner && slices.Contains(b.Towns, t) && !slices.Contains(b.Towns, town) {
			town = t
		}
	}
	return town
}

// expect invites somebody who has no account yet.
func (s *Service) expect(ctx context.Context, by people.Actor, b Bootcamp, c Cohort, role, address string, g Guest) (string, error) {
	now := s.now()
	if c.expects(address, now) {
		return InvitedAlready, nil
	}
	if g.Name == "" {
		g.Name = address
	}
	if g.Locale == "" {
		g.Locale = c.Language
	}
	already := false
	_, err := s.revise(ctx, b.Owner, c.ID, func(c *Cohort) error {
		if already = c.expects(address, now); already {
			return store.ErrKeep // a line above, or somebody else
		}
		c.expect(Expected{Address: address, Role: role, At: now})
		return nil
	})
	if err != nil {
		return "", wrap("expect", err)
	}
	if already {
		return InvitedAlready, nil
	}
	return InvitedNew, s.c.People.Welcome(ctx, by, b.Owner, g.Name, g.Email, g.Locale)
}

// MakeLink returns the secret of a new link by which anybody who is signed in joins a cohort; the former one ends. It is
// shown once. Facilitators may.
func (s *Service) MakeLink(ctx context.Context, by people.Actor, bootcamp, cohort string) (string, error) {
	b, c, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return "", err
	}
	secret := s.c.NewSecret()
	if err := s.links.Insert(ctx, joining{Meta: store.Meta{ID: digest(secret)}, Host: b.Owner, Bootcamp: b.ID, Cohort: c.ID}); err != nil {
		return "", wrap("MakeLink", err)
	}
	old := ""
	_, err = s.revise(ctx, b.Owner, c.ID, func(c *Cohort) error {
		old, c.Link = c.Link, digest(secret)
		return nil
	})
	if err != nil {
		return "", wrap("MakeLink", err)
	}
	return secret, s.forget(ctx, old)
}

// EndLink ends a cohort's link. Facilitators may.
func (s *Service) EndLink(ctx context.Context, by people.Actor, bootcamp, cohort string) error {
	b, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return err
	}
	old := ""
	_, err = s.revise(ctx, b.Owner, cohort, func(c *Cohort) error {
		old, c.Link = c.Link, ""
		return nil
	})
	if err != nil {
		return wrap("EndLink", err)
	}
	return s.forget(ctx, old)
}

func (s *Service) unlink(ctx context.Context, c Cohort) error { return s.forget(ctx, c.Link) }

func (s *Service) forget(ctx context.Context, link string) error {
	if link == "" {
		return nil
	}
	if err := s.links.Delete(ctx, link); err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("forget", err)
	}
	return nil
}

// Linked returns the cohort to which a link leads, before one joins it.
func (s *Service) Linked(ctx context.Context, by people.Actor, secret string) (Bootcamp, Cohort, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Bootcamp{}, Cohort{}, err
	}
	gone := fault.New(fault.NotFound, "bootcamp.link", "this link does not lead to a cohort any more")
	l, err := s.links.Get(ctx, digest(secret))
	if errors.Is(err, store.ErrNotFound) {
		return Bootcamp{}, Cohort{}, gone
	}
	if err != nil {
		return Bootcamp{}, Cohort{}, wrap("linked", err)
	}
	b, err := s.bootcamps.Get(ctx, l.Host, l.Bootcamp)
	if err != nil {
		return b, Cohort{}, wrap("linked", orGone(err, "bootcamp.not_found", "bootcamp", l.Bootcamp))
	}
	c, err := s.cohort(ctx, b, l.Cohort)
	if err == nil && c.Link != l.ID {
		err = gone // its replacement died before it could delete this one
	}
	return b, c, err
}

// JoinByLink takes a seat, or waits for one, by the link that a facilitator has given away.
func (s *Service) JoinByLink(ctx context.Context, by people.Actor, secret string) (Member, error) {
	b, c, err := s.Linked(ctx, by, secret)
	if err != nil {
		return Member{}, err
	}
	m, err := s.members.Get(ctx, b.Owner, memberID(c.ID, by.Person))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Member{}, wrap("JoinByLink", err)
	}
	role := RoleParticipant
	if err == nil {
		switch m.State {
		case Joined, Waiting:
			return m, nil
		case Removed:
			return Member{}, fault.New(fault.Forbidden, "bootcamp.removed", "a facilitator has removed you from this cohort")
		case Invited:
			role = m.Role
		}
	}
	return s.enter(ctx, by, b, c.ID, role, true)
}
