package peoplehttp

import (
	"context"
	"time"

	"palestra/people"
)

type createOrganisationInput struct {
	Signed
	Body struct {
		Slug    string `json:"slug" maxLength:"40" doc:"Short name in addresses: a-z, 0-9 and -"`
		Name    string `json:"name" maxLength:"400"`
		Kind    string `json:"kind,omitempty" default:"municipality" enum:"municipality,network,lab,ngo,university,association,other"`
		Country string `json:"country" maxLength:"2"`
		Zone    string `json:"zone" maxLength:"64"`
		Locale  string `json:"locale" maxLength:"20"`
	}
}

func (h *handlers) createOrganisation(ctx context.Context, in *createOrganisationInput) (*Out[OrganisationBody], error) {
	o, err := h.svc.CreateOrganisation(ctx, in.By, people.Organisation{Slug: in.Body.Slug, Name: in.Body.Name, Kind: in.Body.Kind,
		Country: in.Body.Country, Zone: in.Body.Zone, Locale: in.Body.Locale})
	return &Out[OrganisationBody]{organisationBody(o)}, err
}

func (h *handlers) organisations(ctx context.Context, in *struct {
	Signed
	List
}) (*Out[Page[OrganisationBody]], error) {
	p, err := h.svc.Organisations(ctx, in.By, in.Cursor, in.Limit)
	return &Out[Page[OrganisationBody]]{PageOf(p.Docs, p.Next, organisationBody)}, err
}

// TownBody is an organisation as other organisations know it.
type TownBody struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country" doc:"ISO 3166-1 alpha-2"`
}

func (h *handlers) towns(ctx context.Context, in *struct {
	Signed
	List
}) (*Out[Page[TownBody]], error) {
	p, err := h.svc.Towns(ctx, in.By, in.Cursor, in.Limit)
	return &Out[Page[TownBody]]{PageOf(p.Docs, p.Next, func(o people.Organisation) TownBody { return TownBody{ID: o.ID, Name: o.Name, Country: o.Country} })}, err
}

func (h *handlers) organisation(ctx context.Context, in *IDInput) (*Out[OrganisationBody], error) {
	o, err := h.svc.VisibleOrganisation(ctx, in.By, in.ID)
	return &Out[OrganisationBody]{organisationBody(o)}, err
}

type updateOrganisationInput struct {
	IDInput
	Body struct {
		Name    *string `json:"name,omitempty" maxLength:"400"`
		Country *string `json:"country,omitempty" maxLength:"2"`
		Zone    *string `json:"zone,omitempty" maxLength:"64"`
		Locale  *string `json:"locale,omitempty" maxLength:"20"`
	}
}

func (h *handlers) updateOrganisation(ctx context.Context, in *updateOrganisationInput) (*Out[OrganisationBody], error) {
	o, err := h.svc.UpdateOrganisation(ctx, in.By, in.ID, func(o *people.Organisation) {
		for _, f := range []struct{ to, from *string }{{&o.Name, in.Body.Name}, {&o.Country, in.Body.Country}, {&o.Zone, in.Body.Zone}, {&o.Locale, in.Body.Locale}} {
			if f.from != nil {
				*f.to = *f.from
			}
		}
	})
	return &Out[OrganisationBody]{organisationBody(o)}, err
}

func (h *handlers) closeOrganisation(ctx context.Context, in *struct {
	IDInput
	Body struct {
		Slug   string `json:"slug" maxLength:"40" doc:"The organisation's short name, to be sure"`
		Reason string `json:"reason" maxLength:"4000" doc:"For the audit log"`
	}
}) (*Out[OrganisationBody], error) {
	o, err := h.svc.CloseOrganisation(ctx, in.By, in.ID, in.Body.Slug, in.Body.Reason)
	return &Out[OrganisationBody]{organisationBody(o)}, err
}

func (h *handlers) reopenOrganisation(ctx context.Context, in *IDInput) (*Out[OrganisationBody], error) {
	o, err := h.svc.ReopenOrganisation(ctx, in.By, in.ID)
	return &Out[OrganisationBody]{organisationBody(o)}, err
}

type appointInput struct {
	IDInput
	Body struct {
		Name   string `json:"name" maxLength:"400"`
		Email  string `json:"email" maxLength:"400"`
		Locale string `json:"locale,omitempty" maxLength:"20"`
	}
}

func (h *handlers) appoint(ctx context.Context, in *appointInput) (*Out[InvitationBody], error) {
	i, err := h.svc.Appoint(ctx, in.By, in.ID, people.Invitation{Name: in.Body.Name, Email: in.Body.Email, Locale: in.Body.Locale})
	return &Out[InvitationBody]{invitationBody(i)}, err
}

func unitBody(u people.Unit) UnitBody { return UnitBody{ID: u.ID, Name: u.Name} }

func (h *handlers) units(ctx context.Context, in *struct{ Signed }) (*Out[Page[UnitBody]], error) {
	us, err := h.svc.Units(ctx, in.By)
	return &Out[Page[UnitBody]]{PageOf(us, "", unitBody)}, err
}

// NameInput carries a name.
type NameInput struct {
	Signed
	Body struct {
		Name string `json:"name" maxLength:"400"`
	}
}

func (h *handlers) createUnit(ctx context.Context, in *NameInput) (*Out[UnitBody], error) {
	u, err := h.svc.CreateUnit(ctx, in.By, in.Body.Name)
	return &Out[UnitBody]{unitBody(u)}, err
}

func (h *handlers) renameUnit(ctx context.Context, in *struct {
	NameInput
	ID string `path:"id" maxLength:"64"`
}) (*Out[UnitBody], error) {
	u, err := h.svc.RenameUnit(ctx, in.By, in.ID, in.Body.Name)
	return &Out[UnitBody]{unitBody(u)}, err
}

func (h *handlers) deleteUnit(ctx context.Context, in *IDInput) (*none, error) {
	return nil, h.svc.DeleteUnit(ctx, in.By, in.ID)
}

type inviteInput struct {
	Signed
	Body struct {
		Name   string        `json:"name" maxLength:"400"`
		Email  string        `json:"email" maxLength:"400"`
		Roles  []people.Role `json:"roles" maxItems:"5" enum:"learner,author,facilitator,hr,administrator"`
		Unit   string        `json:"unit,omitempty" maxLength:"64"`
		Locale string        `json:"locale,omitempty" maxLength:"20"`
	}
}

func (h *handlers) invite(ctx context.Context, in *inviteInput) (*Out[InvitationBody], error) {
	i, err := h.svc.Invite(ctx, in.By, people.Invitation{Name: in.Body.Name, Email: in.Body.Email, Roles: in.Body.Roles, Unit: in.Body.Unit, Locale: in.Body.Locale})
	return &Out[InvitationBody]{invitationBody(i)}, err
}

func (h *handlers) invitations(ctx context.Context, in *struct {
	Signed
	List
	State string `query:"state" default:"open" enum:"open,accepted,withdrawn"`
}) (*Out[Page[InvitationBody]], error) {
	p, err := h.svc.Invitations(ctx, in.By, in.State, in.Cursor, in.Limit)
	return &Out[Page[InvitationBody]]{PageOf(p.Docs, p.Next, invitationBody)}, err
}

func (h *handlers) withdraw(ctx context.Context, in *IDInput) (*none, error) {
	return nil, h.svc.Withdraw(ctx, in.By, in.ID)
}

// InvitedBody is what an invitation's link shows to whoever holds it.
type InvitedBody struct {
	Organisation string        `json:"organisation" doc:"Its name"`
	Name         string        `json:"name"`
	Email        string        `json:"email"`
	Roles        []people.Role `json:"roles" enum:"learner,author,facilitator,hr,administrator"`
	Locale       string        `json:"locale"`
	Known        bool          `json:"known" doc:"The person has a password already and gives it to join"`
}

func (h *handlers) invited(ctx context.Context, in *TokenInput) (*Out[InvitedBody], error) {
	i, err := h.svc.Invited(ctx, in.Token)
	return &Out[InvitedBody]{InvitedBody{Organisation: i.Organisation.Name, Name: i.Invitation.Name, Email: i.Invitation.Email,
		Roles: i.Invitation.Roles, Locale: i.Invitation.Locale, Known: i.Known}}, err
}

type acceptInput struct {
	TokenInput
	Body struct {
		Name     string `json:"name,omitempty" maxLength:"400"`
		Password string `json:"password" maxLength:"2000"`
	}
}

func (h *handlers) accept(ctx context.Context, in *acceptInput) (*sessionOutput, error) {
	o, err := h.svc.Accept(ctx, in.Token, in.Body.Name, in.Body.Password, in.From)
	return h.opened(ctx, o, err)
}

func (h *handlers) members(ctx context.Context, in *struct {
	Signed
	List
	Role   people.Role `query:"role" enum:"learner,author,facilitator,hr,administrator"`
	Q      string      `query:"q" maxLength:"200" doc:"Part of the name or of the e-mail address"`
	Former bool        `query:"former" doc:"Those who have left instead"`
}) (*Out[Page[MemberBody]], error) {
	p, err := h.svc.Members(ctx, in.By, in.Role, in.Q, !in.Former, in.Cursor, in.Limit)
	return &Out[Page[MemberBody]]{PageOf(p.Docs, p.Next, memberBody)}, err
}

func (h *handlers) member(ctx context.Context, in *IDInput) (*Out[MemberBody], error) {
	m, err := h.svc.Member(ctx, in.By, in.ID)
	return &Out[MemberBody]{memberBody(m)}, err
}

type updateMemberInput struct {
	IDInput
	Body struct {
		Roles []people.Role `json:"roles,omitempty" maxItems:"5" enum:"learner,author,facilitator,hr,administrator"`
		Unit  *string       `json:"unit,omitempty" maxLength:"64"`
	}
}

func (h *handlers) updateMember(ctx context.Context, in *updateMemberInput) (*Out[MemberBody], error) {
	m, err := h.svc.UpdateMember(ctx, in.By, in.ID, in.Body.Roles, in.Body.Unit)
	return &Out[MemberBody]{memberBody(m)}, err
}

func (h *handlers) leave(ctx context.Context, in *IDInput) (*none, error) {
	return nil, h.svc.Leave(ctx, in.By, in.ID)
}

// NoteBody is one line of the audit log.
type NoteBody struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Person string    `json:"person" doc:"Id of who did it"`
	Action string    `json:"action"`
	Target string    `json:"target"`
	Detail string    `json:"detail"`
}

func (h *handlers) notes(ctx context.Context, in *struct {
	Signed
	List
}) (*Out[Page[NoteBody]], error) {
	p, err := h.svc.Notes(ctx, in.By, in.Cursor, in.Limit)
	return &Out[Page[NoteBody]]{PageOf(p.Docs, p.Next, func(n people.Note) NoteBody {
		return NoteBody{Number: n.Number, At: n.Stored, Person: n.Person, Action: n.Action, Target: n.Target, Detail: n.Detail}
	})}, err
}
