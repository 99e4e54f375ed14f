package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// What becomes of an invitation.
const (
	InvitationOpen      = "open"
	InvitationAccepted  = "accepted"
	InvitationWithdrawn = "withdrawn"
)

// Invitation asks a person to join an organisation in certain roles.
type Invitation struct {
	store.Meta `bson:",inline"`
	Name       string    `bson:"name"`
	Email      string    `bson:"email"`
	Address    string    `bson:"address,omitempty"` // its normal form
	Locale     string    `bson:"locale"`
	Roles      []Role    `bson:"roles"`
	Unit       string    `bson:"unit"`
	By         string    `bson:"by"` // person
	State      string    `bson:"state"`
	Link       string    `bson:"link"` // id of its link
	Created    time.Time `bson:"created"`
	Expires    time.Time `bson:"expires"`
}

// Appoint invites the administrator of an organisation. Operators may.
func (s *Service) Appoint(ctx context.Context, by Actor, org string, i Invitation) (Invitation, error) {
	if err := by.MustOperate(); err != nil {
		return i, err
	}
	i.Roles = []Role{Administrator}
	return s.invite(ctx, by, org, i)
}

// Invite asks somebody to join the actor's organisation. Administrators may; who is a member already gets the new roles
// by UpdateMember instead (people.already_member).
func (s *Service) Invite(ctx context.Context, by Actor, i Invitation) (Invitation, error) {
	if err := by.Must(Administrator); err != nil {
		return i, err
	}
	return s.invite(ctx, by, by.Organisation, i)
}

func (s *Service) invite(ctx context.Context, by Actor, org string, i Invitation) (Invitation, error) {
	o, err := s.Organisation(ctx, org)
	if err != nil {
		return i, err
	}
	if err := o.Gone(); err != nil {
		return i, err
	}
	normal, err := Address(i.Email)
	if err != nil {
		return i, err
	}
	i.Name = cleanName(i.Name)
	if err := checkName(i.Name, "body.name"); err != nil {
		return i, err
	}
	if i.Roles, err = checkRoles(i.Roles); err != nil {
		return i, err
	}
	if i.Unit != "" {
		if _, err := s.units.Get(ctx, org, i.Unit); errors.Is(err, store.ErrNotFound) {
			return i, fault.New(fault.NotFound, "people.unit_not_found", "no unit %s", i.Unit)
		} else if err != nil {
			return i, s.wrap("invite", err)
		}
	}
	known, err := s.byAddress(ctx, normal)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return i, s.wrap("invite", err)
	}
	if err == nil {
		m, err := s.members.Get(ctx, org, known.ID)
		if err == nil && m.Active && !slices.Equal(i.Roles, []Role{Administrator}) {
			return i, fault.New(fault.Conflict, "people.already_member", "this person belongs to the organisation already")
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return i, s.wrap("invite", err)
		}
	}
	if i.Locale == "" {
		i.Locale = o.Locale
	}
	now := s.now()
	cause, err := s.knownAs(ctx, org, by.Person)
	if err != nil {
		return i, s.wrap("invite", err)
	}
	i.Address = normal
	i.Meta, i.Locale, i.By, i.State, i.Created, i.Expires = store.Meta{ID: s.newID()}, s.locale(i.Locale), cause, InvitationOpen, now, now.Add(InvitationLives)
	secret, err := s.newLink(ctx, link{Kind: linkInvitation, Organisation: org, Invitation: i.ID}, InvitationLives)
	if err != nil {
		return i, s.wrap("invite", err)
	}
	i.Link = digest(secret)
	if err := s.invitations.Insert(ctx, org, i); err != nil {
		return i, s.wrap("invite", err)
	}
	err = s.c.Mail.Send(ctx, i.Email, i.Locale, "invitation", map[string]any{
		"name": i.Name, "town": o.Name, "by": by.Name, "cause": cause, "link": s.c.PublicURL + "/invitation/" + secret, "days": int(InvitationLives.Hours() / 24)})
	if err != nil {
		return i, s.wrap("invite", err)
	}
	return i, s.Note(ctx, org, by, "invitation.sent", i.ID, "")
}

// Invitations lists the invitations of the actor's organisation that are in a state, newest first. Administrators may.
func (s *Service) Invitations(ctx context.Context, by Actor, state, cursor string, limit int) (store.Page[Invitation], error) {
	if err := by.Must(Administrator); err != nil {
		return store.Page[Invitation]{}, err
	}
	p, err := s.invitations.Find(ctx, by.Organisation, store.Query{Index: "byState", Equal: []any{state}, Reverse: true, Cursor: cursor, Limit: limit})
	return p, s.wrap("Invitations", err)
}

// Withdraw ends an open invitation of the actor's organisation. Administrators may.
func (s *Service) Withdraw(ctx context.Context, by Actor, id string) error {
	if err := by.Must(Administrator); err != nil {
		return err
	}
	i, err := s.invitations.Update(ctx, by.Organisation, id, func(i *Invitation) error {
		if i.State != InvitationOpen {
			return fault.New(fault.Conflict, "people.invitation_ended", "this invitation is no longer open")
		}
		i.State = InvitationWithdrawn
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "people.invitation_not_found", "no invitation %s", id)
	}
	if err != nil {
		return s.wrap("Withdraw", err)
	}
	if err := s.links.Delete(ctx, i.Link); err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.wrap("Withdraw", err)
	}
	return s.Note(ctx, by.Organisation, by, "invitation.withdrawn", id, "")
}

// Invited is what an invitation's link shows.
type Invited struct {
	Organisation Organisation
	Invitation   Invitation
	Known        bool // the address belongs to a person who signs in with her own password
}

// Invited returns what a link invites to. Fault: people.link_expired.
func (s *Service) Invited(ctx context.Context, secret string) (Invited, error) {
	l, err := s.link(ctx, linkInvitation, secret)
	if err != nil {
		return Invited{}, s.wrap("Invited", err)
	}
	i, err := s.invitations.Get(ctx, l.Organisation, l.Invitation)
	if errors.Is(err, store.ErrNotFound) || err == nil && i.State != InvitationOpen {
		return Invited{}, errLink
	}
	if err != nil {
		return Invited{}, s.wrap("Invited", err)
	}
	o, err := s.Organisation(ctx, l.Organisation)
	if err != nil {
		return Invited{}, err
	}
	if o.Closed != nil {
		return Invited{}, errLink
	}
	normal, err := Address(i.Email)
	if err != nil {
		return Invited{}, err
	}
	p, err := s.byAddress(ctx, normal)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Invited{}, s.wrap("Invited", err)
	}
	return Invited{Organisation: o, Invitation: i, Known: err == nil && p.Password != ""}, nil
}

// Accept joins the organisation by a link and signs in. Who is known gives her own password; who is new chooses one.
func (s *Service) Accept(ctx context.Context, secret, name, password string, from Client) (Opened, error) {
	inv, err := s.Invited(ctx, secret)
	if err != nil {
		return Opened{}, err
	}
	l, err := s.link(ctx, linkInvitation, secret)
	if err != nil {
		return Opened{}, s.wrap("Accept", err)
	}
	i, org := inv.Invitation, inv.Organisation.ID
	var p Person
	if inv.Known {
		o, err := s.SignIn(ctx, i.Email, password, from)
		if err != nil {
			return Opened{}, err
		}
		if p, err = s.person(ctx, o.Actor.Person); err != nil {
			return Opened{}, s.wrap("Accept", err)
		}
		if err := s.SignOut(ctx, o.Secret); err != nil { // opened again below, speaking for the new organisation
			return Opened{}, err
		}
	} else {
		name = cleanName(name)
		if err := checkName(name, "body.name"); err != nil {
			return Opened{}, err
		}
		if err := s.passwords.judge(password, name, i.Email); err != nil {
			return Opened{}, err
		}
	}
	if err := s.use(ctx, l); err != nil {
		return Opened{}, s.wrap("Accept", err)
	}
	if !inv.Known {
		p, err = s.createPerson(ctx, Person{Email: i.Email, Name: name, Locale: i.Locale, Password: s.passwords.hash(password)})
		if err != nil {
			return Opened{}, s.wrap("Accept", err)
		}
	}
	if err := s.join(ctx, org, p, i); err != nil {
		return Opened{}, s.wrap("Accept", err)
	}
	if _, err := s.invitations.Update(ctx, org, i.ID, func(i *Invitation) error { i.State = InvitationAccepted; return nil }); err != nil {
		return Opened{}, s.wrap("Accept", err)
	}
	if err := s.Note(ctx, org, Actor{Person: p.ID}, "member.joined", p.ID, ""); err != nil {
		return Opened{}, err
	}
	o, err := s.open(ctx, p, from)
	if err != nil {
		return Opened{}, err
	}
	o.Actor, err = s.Speak(ctx, o.Actor, o.Secret, org)
	return o, err
}

// join makes p a member of org, or gives a former or present member what the invitation says in addition.
func (s *Service) join(ctx context.Context, org string, p Person, i Invitation) error {
	m := Member{Meta: store.Meta{ID: p.ID}, Account: s.c.NewName(), Name: p.Name, Email: p.Email, Sort: Fold(p.Name),
		Roles: i.Roles, Unit: i.Unit, Active: true, Joined: s.now()}
	err := s.members.Insert(ctx, org, m)
	if errors.Is(err, store.ErrDuplicate) {
		_, err = s.members.Update(ctx, org, p.ID, func(d *Member) error {
			roles := i.Roles
			if d.Active {
				roles = append(slices.Clone(d.Roles), i.Roles...)
			}
			clean, err := checkRoles(slices.Compact(slices.Sorted(slices.Values(roles))))
			if err != nil {
				return err
			}
			d.Roles, d.Active, d.Left = clean, true, nil // the account stays: the record goes on
			if i.Unit != "" {
				d.Unit = i.Unit
			}
			return nil
		})
	}
	if err != nil {
		return err
	}
	_, err = s.persons.Update(ctx, p.ID, func(p *Person) error {
		if slices.Contains(p.Organisations, org) {
			return store.ErrKeep
		}
		p.Organisations = append(p.Organisations, org)
		return nil
	})
	return err
}
