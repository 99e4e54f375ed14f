package peoplehttp

import (
	"time"

	"palestra/people"
)

// OrganisationBody is an organisation as pages see it.
type OrganisationBody struct {
	ID      string     `json:"id"`
	Slug    string     `json:"slug"`
	Name    string     `json:"name"`
	Kind    string     `json:"kind" enum:"municipality,network,lab,ngo,university,association,other"`
	Country string     `json:"country" doc:"ISO 3166-1 alpha-2"`
	Zone    string     `json:"zone" doc:"IANA time zone"`
	Locale  string     `json:"locale" doc:"BCP 47"`
	Created time.Time  `json:"created"`
	Closed  *time.Time `json:"closed,omitempty" doc:"Since when nobody acts for it"`
}

func organisationBody(o people.Organisation) OrganisationBody {
	return OrganisationBody{ID: o.ID, Slug: o.Slug, Name: o.Name, Kind: o.Kind, Country: o.Country, Zone: o.Zone, Locale: o.Locale, Created: o.Created, Closed: o.Closed}
}

// MembershipBody is one organisation of the signed-in person.
type MembershipBody struct {
	Organisation OrganisationBody `json:"organisation"`
	Roles        []people.Role    `json:"roles" enum:"learner,author,facilitator,hr,administrator"`
}

// PersonBody is the signed-in person.
type PersonBody struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Locale string `json:"locale" doc:"BCP 47; empty for the organisation's"`
}

// SessionBody says who is signed in and for whom she speaks. Without a person nobody is.
type SessionBody struct {
	Person       *PersonBody        `json:"person"`
	Organisation *OrganisationBody  `json:"organisation"`
	Roles        []people.Role      `json:"roles" enum:"learner,author,facilitator,hr,administrator,operator"`
	Memberships  []MembershipBody   `json:"memberships"`
	Closed       []OrganisationBody `json:"closed,omitempty" doc:"In which she would be a member, were they not closed"`
	Version      string             `json:"version" doc:"Of this program"`
}

// UnitBody is a part of an organisation.
type UnitBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// MemberBody is a person in an organisation.
type MemberBody struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Email  string        `json:"email"`
	Roles  []people.Role `json:"roles" enum:"learner,author,facilitator,hr,administrator"`
	Unit   string        `json:"unit" doc:"Id of a unit; empty for none"`
	Active bool          `json:"active"`
	Joined time.Time     `json:"joined"`
	Left   *time.Time    `json:"left,omitempty"`
	Held   *time.Time    `json:"held,omitempty" doc:"She was erased; her name stays with her records until then"`
}

func memberBody(m people.Member) MemberBody {
	return MemberBody{ID: m.ID, Name: m.Name, Email: m.Email, Roles: m.Roles, Unit: m.Unit, Active: m.Active, Joined: m.Joined, Left: m.Left, Held: m.Held}
}

// InvitationBody asks somebody to join.
type InvitationBody struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Email   string        `json:"email"`
	Roles   []people.Role `json:"roles" enum:"learner,author,facilitator,hr,administrator"`
	Unit    string        `json:"unit"`
	State   string        `json:"state" enum:"open,accepted,withdrawn"`
	Created time.Time     `json:"created"`
	Expires time.Time     `json:"expires"`
}

func invitationBody(i people.Invitation) InvitationBody {
	return InvitationBody{ID: i.ID, Name: i.Name, Email: i.Email, Roles: i.Roles, Unit: i.Unit, State: i.State, Created: i.Created, Expires: i.Expires}
}

// Page is a list with a cursor; Next is empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// PageOf converts a page of documents into a page of bodies.
func PageOf[D, T any](docs []D, next string, f func(D) T) Page[T] {
	p := Page[T]{Items: make([]T, 0, len(docs)), Next: next}
	for _, d := range docs {
		p.Items = append(p.Items, f(d))
	}
	return p
}

// Out wraps a body for huma.
type Out[T any] struct{ Body T }
