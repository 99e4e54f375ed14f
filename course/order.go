package course

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// order is HR's wish that everybody in a unit or in the town completes something by a day. It is stored before anybody is
// asked and goes once everybody is; in between it says whose turn it is, so that it can be carried out in pieces, twice at
// once, and be killed anywhere. Who comes to the unit or town later is not asked.
type order struct {
	store.Meta `bson:",inline"`
	Target     Target    `bson:"target"`
	Unit       string    `bson:"unit"` // "": everybody
	Due        time.Time `bson:"due"`
	By         string    `bson:"by"`     // account of who asks
	Cursor     string    `bson:"cursor"` // of members, whose turn it is
	Created    time.Time `bson:"created"`
	Pending    bool      `bson:"pending"`
}

// atOnce is how many people of an order the sweep asks in one go.
const atOnce = 1000

// order stores what HR asks of units or of everybody.
func (s *Service) order(ctx context.Context, by people.Actor, m *matter, due time.Time, who Whom) ([]order, error) {
	units := slices.Clone(who.Units)
	names, err := s.c.People.UnitNames(ctx, by.Organisation)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if _, ok := names[u]; !ok {
			return nil, fault.New(fault.NotFound, "people.unit_not_found", "no unit %s", u)
		}
	}
	if who.Everyone {
		units = []string{""}
	}
	slices.Sort(units)
	out := []order{}
	for _, u := range slices.Compact(units) {
		o := order{Meta: store.Meta{ID: s.c.NewID()}, Unit: u, Due: due, By: by.Account, Created: s.now(), Pending: true}
		if m.programme != nil {
			o.Target.Programme = m.id()
		} else {
			o.Target.Course = m.id()
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.wrap("order", s.orders.Insert(ctx, by.Organisation, out...))
}

// settleOrder goes on with an order.
func (s *Service) settleOrder(ctx context.Context, org string, o order) error {
	_, _, err := s.carryOut(ctx, org, o, atOnce)
	return err
}

// carryOut asks the next people of an order, most at most, and says whether some are left.
func (s *Service) carryOut(ctx context.Context, org string, o order, most int) (done []Assignment, more bool, err error) {
	by := people.Actor{Person: o.By, Account: o.By, Organisation: org, Roles: []people.Role{people.HR}}
	m, err := s.matter(ctx, by, o.Target)
	if fault.KindOf(err) != 0 {
		return nil, false, s.wrap("carryOut", gone(s.orders.Delete(ctx, org, o.ID))) // withdrawn meanwhile
	}
	if err != nil {
		return nil, true, err
	}
	for len(done) < most {
		p, err := s.c.People.MembersIn(ctx, org, o.Unit, o.Cursor, min(100, most-len(done)))
		if err != nil {
			return done, true, s.wrap("carryOut", err)
		}
		for _, member := range p.Docs {
			a, err := s.assign(ctx, by, m, member, o.Due)
			if err != nil {
				return done, true, err
			}
			done = append(done, a)
		}
		if p.Next == "" {
			return done, false, s.wrap("carryOut", gone(s.orders.Delete(ctx, org, o.ID)))
		}
		before := o.Cursor
		next, err := s.orders.Update(ctx, org, o.ID, func(d *order) error {
			if d.Cursor != before {
				return store.ErrKeep // somebody else is at it
			}
			d.Cursor = p.Next
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			return done, false, nil
		}
		if err != nil {
			return done, true, s.wrap("carryOut", err)
		}
		o = next
	}
	return done, true, nil
}
