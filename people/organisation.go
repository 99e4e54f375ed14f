package people

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Organisation is a tenant: a municipality or another body whose people learn and whose evidence is its own.
type Organisation struct {
	store.Meta `bson:",inline"`
	Slug       string     `bson:"slug"` // in addresses; unique in the installation, never reused
	Name       string     `bson:"name"`
	Kind       string     `bson:"kind"`            // one of Kinds
	Country    string     `bson:"country"`         // ISO 3166-1 alpha-2
	Zone       string     `bson:"zone"`            // IANA time zone; a legal day is a day in it
	Zones      []string   `bson:"zones,omitempty"` // that it had before: days were said by their clocks
	Locale     string     `bson:"locale"`          // of its mails, unless the person chose another
	Created    time.Time  `bson:"created"`
	Closed     *time.Time `bson:"closed,omitempty"` // since when nobody acts for it
}

// Location returns its time zone. The program has all zones with it, so one that was accepted is known on every machine.
func (o Organisation) Location() (*time.Location, error) { return time.LoadLocation(o.Zone) }

// Kinds lists what an organisation can be.
func Kinds() []string {
	return []string{"municipality", "network", "lab", "ngo", "university", "association", "other"}
}

// Unit is a part of an organisation.
type Unit struct {
	store.Meta `bson:",inline"`
	Name       string `bson:"name"`
	Sort       string `bson:"sort"`
}

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)

// check refuses what an organisation cannot be.
func (o *Organisation) check() error {
	if !slugForm.MatchString(o.Slug) {
		return fault.New(fault.Invalid, "people.slug", "a short name has 1 to 40 characters of a-z, 0-9 and -").At("body.slug", "people.slug")
	}
	if err := checkName(o.Name, "body.name"); err != nil {
		return err
	}
	if !slices.Contains(Kinds(), o.Kind) {
		return fault.New(fault.Invalid, "people.kind", "no such kind of organisation").At("body.kind", "people.kind")
	}
	if len(o.Country) != 2 || strings.ToUpper(o.Country) != o.Country {
		return fault.New(fault.Invalid, "people.country", "a country is two capital letters (ISO 3166-1)").At("body.country", "people.country")
	}
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" || o.Zone == "Local" {
		return fault.New(fault.Invalid, "people.zone", "no such time zone (IANA, as in Europe/Rome)").At("body.zone", "people.zone")
	}
	return nil
}

// CreateOrganisation makes a tenant. Operators may. Faults: people.slug_taken and what check refuses.
func (s *Service) CreateOrganisation(ctx context.Context, by Actor, o Organisation) (Organisation, error) {
	if err := by.MustOperate(); err != nil {
		return Organisation{}, err
	}
	o.Meta = store.Meta{ID: s.newID()}
	o.Name, o.Created, o.Locale = cleanName(o.Name), s.now(), s.locale(o.Locale)
	if err := o.check(); err != nil {
		return Organisation{}, err
	}
	if err := s.organisations.Insert(ctx, o); err != nil {
		if errors.Is(err, store.ErrDuplicate) {
			return Organisation{}, fault.New(fault.Conflict, "people.slug_taken", "another organisation has this short name").At("body.slug", "people.slug_taken")
		}
		return Organisation{}, s.wrap("CreateOrganisation", err)
	}
	return o, s.Note(ctx, o.ID, by, "organisation.created", o.ID, o.Slug)
}

// Organisation returns one organisation; everybody who is asked to join or learns from it may know its name.
func (s *Service) Organisation(ctx context.Context, id string) (Organisation, error) {
	o, err := s.organisations.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return o, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", id)
	}
	return o, s.wrap("Organisation", err)
}

// VisibleOrganisation returns an organisation to its own people and to operators.
func (s *Service) VisibleOrganisation(ctx context.Context, by Actor, id string) (Organisation, error) {
	if !by.Operator {
		if err := by.Must(Roles()...); err != nil {
			return Organisation{}, err
		}
		if by.Organisation != id {
			return Organisation{}, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", id)
		}
	}
	return s.Organisation(ctx, id)
}

// OrganisationBySlug returns the organisation with this short name.
func (s *Service) OrganisationBySlug(ctx context.Context, slug string) (Organisation, error) {
	p, err := s.organisations.Find(ctx, store.Query{Index: "bySlug", Equal: []any{slug}, Limit: 1})
	if err != nil {
		return Organisation{}, s.wrap("OrganisationBySlug", err)
	}
	if len(p.Docs) == 0 {
		return Organisation{}, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", slug)
	}
	return p.Docs[0], nil
}

// Organisations lists all tenants by their short names. Operators may.
func (s *Service) Organisations(ctx context.Context, by Actor, cursor string, limit int) (store.Page[Organisation], error) {
	if err := by.MustOperate(); err != nil {
		return store.Page[Organisation]{}, err
	}
	p, err := s.organisations.Find(ctx, store.Query{Index: "bySlug", Cursor: cursor, Limit: limit})
	return p, s.wrap("Organisations", err)
}

// Towns lists every organisation that is not closed by its short name, so that authors can choose who sees a course, in
// pages that may be short. Authors may.
func (s *Service) Towns(ctx context.Context, by Actor, cursor string, limit int) (store.Page[Organisation], error) {
	if err := by.Must(Author); err != nil {
		return store.Page[Organisation]{}, err
	}
	p, err := s.organisations.Find(ctx, store.Query{Index: "bySlug", Cursor: cursor, Limit: limit})
	p.Docs = slices.DeleteFunc(p.Docs, func(o Organisation) bool { return o.Closed != nil })
	return p, s.wrap("Towns", err)
}

// EachOrganisation calls f for every tenant, for the installation's own work.
func (s *Service) EachOrganisation(ctx context.Context, f func(Organisation) error) error {
	return s.organisations.Each(ctx, store.Query{Index: "bySlug"}, f)
}

// UpdateOrganisation changes name, zone and locale. Its administrators and operators may.
func (s *Service) UpdateOrganisation(ctx context.Context, by Actor, id string, change func(*Organisation)) (Organisation, error) {
	if !by.Operator {
		if err := by.Must(Administrator); err != nil {
			return Organisation{}, err
		}
		if by.Organisation != id {
			return Organisation{}, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", id)
		}
	}
	o, err := s.organisations.Update(ctx, id, func(o *Organisation) error {
		slug, zone, zones := o.Slug, o.Zone, slices.Clone(o.Zones)
		change(o)
		o.moved(zone, zones)
		o.Slug, o.Name, o.Locale = slug, cleanName(o.Name), s.locale(o.Locale)
		return o.check()
	})
	if errors.Is(err, store.ErrNotFound) {
		return o, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", id)
	}
	if err != nil {
		return o, s.wrap("UpdateOrganisation", err)
	}
	return o, s.Note(ctx, id, by, "organisation.changed", id, o.Name)
}

// CreateUnit adds a unit to the actor's organisation. Administrators may.
func (s *Service) CreateUnit(ctx context.Context, by Actor, name string) (Unit, error) {
	if err := by.Must(Administrator); err != nil {
		return Unit{}, err
	}
	name = cleanName(name)
	if err := checkName(name, "body.name"); err != nil {
		return Unit{}, err
	}
	u := Unit{Meta: store.Meta{ID: s.newID()}, Name: name, Sort: Fold(name)}
	if err := s.units.Insert(ctx, by.Organisation, u); err != nil {
		return Unit{}, s.wrap("CreateUnit", err)
	}
	return u, s.Note(ctx, by.Organisation, by, "unit.created", u.ID, name)
}

// Units lists the units of the actor's organisation by name. Whoever works there may.
func (s *Service) Units(ctx context.Context, by Actor) ([]Unit, error) {
	if err := by.Must(Roles()...); err != nil {
		return nil, err
	}
	p, err := s.units.Find(ctx, by.Organisation, store.Query{Index: "byName", Limit: 500})
	return p.Docs, s.wrap("Units", err)
}

// UnitNames returns the names of an organisation's units by id, for other rooms that have decided who may ask.
func (s *Service) UnitNames(ctx context.Context, org string) (map[string]string, error) {
	names := map[string]string{}
	err := s.units.Each(ctx, org, store.Query{Index: "byName"}, func(u Unit) error { names[u.ID] = u.Name; return nil })
	return names, s.wrap("UnitNames", err)
}

// RenameUnit gives a unit of the actor's organisation another name. Administrators may.
func (s *Service) RenameUnit(ctx context.Context, by Actor, id, name string) (Unit, error) {
	if err := by.Must(Administrator); err != nil {
		return Unit{}, err
	}
	name = cleanName(name)
	if err := checkName(name, "body.name"); err != nil {
		return Unit{}, err
	}
	u, err := s.units.Update(ctx, by.Organisation, id, func(u *Unit) error { u.Name, u.Sort = name, Fold(name); return nil })
	if errors.Is(err, store.ErrNotFound) {
		return u, fault.New(fault.NotFound, "people.unit_not_found", "no unit %s", id)
	}
	return u, s.wrap("RenameUnit", err)
}

// DeleteUnit removes a unit that nobody belongs to. Administrators may. Faults: people.unit_in_use.
func (s *Service) DeleteUnit(ctx context.Context, by Actor, id string) error {
	if err := by.Must(Administrator); err != nil {
		return err
	}
	n, err := s.members.Count(ctx, by.Organisation, store.Query{Index: "byUnit", Equal: []any{id}}, 1)
	if err != nil {
		return s.wrap("DeleteUnit", err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, "people.unit_in_use", "people still belong to this unit")
	}
	if err := s.units.Delete(ctx, by.Organisation, id); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return fault.New(fault.NotFound, "people.unit_not_found", "no unit %s", id)
		}
		return s.wrap("DeleteUnit", err)
	}
	return s.Note(ctx, by.Organisation, by, "unit.deleted", id, "")
}
