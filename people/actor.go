// Package people knows who is who: organisations and their units, persons and the roles they hold in each organisation,
// how they are invited, sign in and leave, and what was done in whose name.
//
// A person is one everywhere and has one way to sign in. What she does belongs to an organisation: her membership there
// holds her roles and the random name under which her learning is recorded. Every decision about who may do what in
// this room is made here, in the Service.
package people

import (
	"slices"

	"palestra/internal/fault"
)

// Role is what a person is in an organisation.
type Role string

// The roles. Operator belongs to the installation, all others to an organisation.
const (
	Learner       Role = "learner"
	Author        Role = "author"
	Facilitator   Role = "facilitator"
	HR            Role = "hr"
	Administrator Role = "administrator"
	Operator      Role = "operator"
)

// Roles lists the roles that a membership can hold.
func Roles() []Role { return []Role{Learner, Author, Facilitator, HR, Administrator} }

// Actor is somebody who is signed in, and for which organisation she speaks.
type Actor struct {
	Person       string // id
	Name         string // as shown
	Locale       string // BCP 47
	Organisation string // id; "" while she speaks for none
	Account      string // random name in the organisation's learning records
	Roles        []Role // in the organisation
	Operator     bool   // of the installation
	Session      string // id, not the secret
}

// Has reports whether the actor holds one of the roles in her organisation.
func (a Actor) Has(roles ...Role) bool {
	if a.Organisation == "" {
		return false
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// Must returns a fault unless the actor holds one of the roles in her organisation.
func (a Actor) Must(roles ...Role) error {
	if a.Person == "" {
		return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	if !a.Has(roles...) {
		return fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	return nil
}

// MustOperate returns a fault unless the actor is an operator.
func (a Actor) MustOperate() error {
	if a.Person == "" {
		return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	if !a.Operator {
		return fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	return nil
}
