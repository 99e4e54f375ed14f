package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"palestra/cmd/palestra/world"
	"palestra/internal/fault"
	"palestra/people"
)

func isNotFound(err error) bool { return fault.KindOf(err) == fault.NotFound }

// demoClient is the browser of every demo person.
func demoClient() people.Client {
	return people.Client{Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Agent: "Palestra demo"}
}

// peopleSteps make the operator, the towns, their units and their people.
func (d *demo) peopleSteps() []step {
	at := func(day, hour, minute int) time.Time { return demoWorkday(d.monday, day, hour, minute) }
	steps := []step{{at(0, 7, 0), "the operator", d.operate}}
	for i := range d.world.Towns {
		t := &d.world.Towns[i]
		steps = append(steps, step{at(0, 7, 10+i), t.Name, func(ctx context.Context) (bool, error) { return d.found(ctx, t) }})
		for j, p := range t.People {
			when := at(0, 8, 2*j)
			if j > 5 {
				when = at(1, 8+i, 2*j)
			}
			steps = append(steps, step{when, t.Name + ": " + p.Name, func(ctx context.Context) (bool, error) { return d.join(ctx, t, p, j == 0) }})
		}
		for j, p := range t.Invited {
			steps = append(steps, step{at(28, 8, i+j), t.Name + ": " + p.Name, func(ctx context.Context) (bool, error) { return d.invite(ctx, t, p) }})
		}
	}
	return steps
}

// operate makes the first operator, unless the installation has one.
func (d *demo) operate(ctx context.Context) (bool, error) {
	link, err := d.people.SetupLink(ctx)
	if err != nil || link == "" {
		return false, err
	}
	o := d.world.Operator
	opened, err := d.people.Setup(ctx, link[strings.LastIndexByte(link, '/')+1:], people.Person{Name: o.Name, Email: o.Email, Locale: o.Locale}, d.world.Password, demoClient())
	if err != nil {
		return false, err
	}
	d.acting["/"+o.Email] = opened.Actor
	return true, nil
}

// operator returns who may make towns: the demo's own operator, or, where somebody else operates the installation,
// whoever may run this command on it.
func (d *demo) operator(ctx context.Context) people.Actor {
	key := "/" + d.world.Operator.Email
	if a, ok := d.acting[key]; ok {
		return a
	}
	o, err := d.people.SignIn(ctx, d.world.Operator.Email, d.world.Password, demoClient())
	if err != nil || !o.Actor.Operator {
		o.Actor = people.Actor{Person: "demo", Name: d.world.Operator.Name, Locale: "en", Operator: true}
	}
	d.acting[key] = o.Actor
	return o.Actor
}

// reader reads what is there already in the name of nobody; it never changes anything.
func (d *demo) reader(town string) people.Actor {
	return people.Actor{Person: "demo", Organisation: d.orgs[town].ID, Roles: people.Roles()}
}

// found makes a town with its units.
func (d *demo) found(ctx context.Context, t *world.Town) (changed bool, err error) {
	if _, ok := d.orgs[t.Slug]; ok {
		return false, nil
	}
	o, err := d.people.CreateOrganisation(ctx, d.operator(ctx), people.Organisation{Slug: t.Slug, Name: t.Name, Kind: "municipality", Country: t.Country, Zone: t.Zone, Locale: t.Locale})
	if err != nil {
		return false, err
	}
	d.orgs[t.Slug] = o
	return true, nil
}

// unit returns the id of a unit by its name, and makes it if need be.
func (d *demo) unit(ctx context.Context, t *world.Town, name string) (string, error) {
	units, err := d.people.Units(ctx, d.reader(t.Slug))
	if err != nil || name == "" {
		return "", err
	}
	if i := slices.IndexFunc(units, func(u people.Unit) bool { return u.Name == name }); i >= 0 {
		return units[i].ID, nil
	}
	admin, err := d.actor(ctx, t.Slug, t.People[0].Email)
	if err != nil {
		return "", err
	}
	u, err := d.people.CreateUnit(ctx, admin, name)
	return u.ID, err
}

// member returns a member of a town by e-mail address; nil if there is none.
func (d *demo) member(ctx context.Context, town, email string) (*people.Member, error) {
	if m, ok := d.staff[town][email]; ok {
		return &m, nil
	}
	all := map[string]people.Member{}
	for _, active := range []bool{true, false} {
		for cursor := ""; ; {
			p, err := d.people.Members(ctx, d.reader(town), "", "", active, cursor, 200)
			if err != nil {
				return nil, err
			}
			for _, m := range p.Docs {
				all[m.Email] = m
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
	}
	d.staff[town] = all
	if m, ok := all[email]; ok {
		return &m, nil
	}
	return nil, nil //nolint:nilnil // not come yet
}

// join brings a person into a town: she is invited, and follows the link in her letter.
func (d *demo) join(ctx context.Context, t *world.Town, p world.Person, administers bool) (bool, error) {
	m, err := d.member(ctx, t.Slug, p.Email)
	if err != nil {
		return false, err
	}
	roles := make([]people.Role, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = people.Role(r)
	}
	if m == nil {
		if err := d.welcome(ctx, t, p, roles, administers); err != nil {
			return false, err
		}
		delete(d.staff, t.Slug)
		if m, err = d.member(ctx, t.Slug, p.Email); err != nil || m == nil {
			return false, errors.Join(err, errors.New("she followed her link and is not there"))
		}
	} else if !administers || m.Unit != "" || p.Unit == "" {
		return false, nil
	}
	if administers { // an administrator's invitation says nothing about her unit and her other roles
		unit, err := d.unit(ctx, t, p.Unit)
		if err != nil {
			return false, err
		}
		by, err := d.actor(ctx, t.Slug, p.Email)
		if err != nil {
			return false, err
		}
		if _, err := d.people.UpdateMember(ctx, by, by.Person, roles, &unit); err != nil {
			return false, err
		}
		delete(d.staff, t.Slug)
	}
	return true, nil
}

func (d *demo) welcome(ctx context.Context, t *world.Town, p world.Person, roles []people.Role, administers bool) error {
	secret, err := d.letter(ctx, t, p.Email)
	if err != nil {
		return err
	}
	if secret == "" { // not invited yet
		i := people.Invitation{Name: p.Name, Email: p.Email, Locale: p.Locale, Roles: roles}
		if administers {
			_, err = d.people.Appoint(ctx, d.operator(ctx), d.orgs[t.Slug].ID, i)
		} else {
			err = d.send(ctx, t, p, i)
		}
		if err != nil {
			return err
		}
		if secret, err = d.letter(ctx, t, p.Email); err != nil || secret == "" {
			return errors.Join(err, fmt.Errorf("no letter has come to %s", p.Email))
		}
	}
	d.clock.Pass(40 * time.Second)
	opened, err := d.people.Accept(ctx, secret, p.Name, d.world.Password, demoClient())
	if err != nil {
		return err
	}
	d.acting[t.Slug+"/"+p.Email] = opened.Actor
	return nil
}

func (d *demo) send(ctx context.Context, t *world.Town, p world.Person, i people.Invitation) error {
	unit, err := d.unit(ctx, t, p.Unit)
	if err != nil {
		return err
	}
	admin, err := d.actor(ctx, t.Slug, t.People[0].Email)
	if err != nil {
		return err
	}
	i.Unit = unit
	_, err = d.people.Invite(ctx, admin, i)
	return err
}

// invite asks somebody to join who does not answer.
func (d *demo) invite(ctx context.Context, t *world.Town, p world.Person) (bool, error) {
	for _, state := range []string{people.InvitationOpen, people.InvitationAccepted, people.InvitationWithdrawn} {
		page, err := d.people.Invitations(ctx, d.reader(t.Slug), state, "", 200)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(page.Docs, func(i people.Invitation) bool { return i.Email == p.Email }) {
			return false, nil
		}
	}
	return true, d.send(ctx, t, p, people.Invitation{Name: p.Name, Email: p.Email, Locale: p.Locale, Roles: []people.Role{people.Role(p.Roles[0])}})
}

// letter returns the secret of the link in an open invitation to a town, from the letters that are kept for the operator.
func (d *demo) letter(ctx context.Context, t *world.Town, email string) (string, error) {
	link := regexp.MustCompile(`/invitation/([\w-]+)`)
	for cursor := ""; ; {
		page, err := d.post.Letters(ctx, cursor, 200)
		if err != nil {
			return "", err
		}
		for _, l := range page.Docs {
			m := link.FindStringSubmatch(l.Text)
			if l.To != email || m == nil {
				continue
			}
			inv, err := d.people.Invited(ctx, m[1])
			if err == nil && inv.Organisation.Slug == t.Slug {
				return m[1], nil
			}
			if err != nil && fault.KindOf(err) == 0 {
				return "", err
			}
		}
		if cursor = page.Next; cursor == "" {
			return "", nil
		}
	}
}

// actor returns a person who is signed in and speaks for a town.
func (d *demo) actor(ctx context.Context, town, email string) (people.Actor, error) {
	key := town + "/" + email
	if a, ok := d.acting[key]; ok {
		return a, nil
	}
	o, err := d.people.SignIn(ctx, email, d.world.Password, demoClient())
	if err != nil {
		return people.Actor{}, fmt.Errorf("%s cannot sign in with the demo's password: %w", email, err)
	}
	if org := d.orgs[town].ID; o.Actor.Organisation != org {
		if o.Actor, err = d.people.Speak(ctx, o.Actor, o.Secret, org); err != nil {
			return people.Actor{}, err
		}
	}
	d.acting[key] = o.Actor
	return o.Actor, nil
}

// as returns a person as she is when one only looks at what she has done.
func (d *demo) as(town string, m *people.Member) people.Actor {
	return people.Actor{Person: m.ID, Name: m.Name, Organisation: d.orgs[town].ID, Account: m.Account, Roles: m.Roles}
}
