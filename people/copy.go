package people

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// CopyFormat names the form of a copy of everything that is kept of a person.
const CopyFormat = "palestra-person/1"

// Copy is everything that is kept of a person, about to be written: GDPR articles 15 and 20.
type Copy struct {
	s       *Service
	person  Person
	members []Member
	towns   []Organisation
	own     bool
}

// OwnCopy returns a copy of all that is kept of the actor, in all organisations where she is or was a member. That it was
// made is noted in each.
func (s *Service) OwnCopy(ctx context.Context, by Actor) (*Copy, error) {
	if by.Person == "" {
		return nil, by.Must()
	}
	c, err := s.copyOf(ctx, by.Person, "")
	if err != nil {
		return nil, s.wrap("OwnCopy", err)
	}
	c.own = true
	for _, o := range c.towns {
		if err := s.Note(ctx, o.ID, by, "person.copied", by.Person, ""); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// MemberCopy returns a copy of what the actor's organisation keeps of one of its members, former ones too. Administrators
// and HR may. That it was made is noted.
func (s *Service) MemberCopy(ctx context.Context, by Actor, id string) (*Copy, error) {
	if err := by.Must(Administrator, HR); err != nil {
		return nil, err
	}
	if _, err := s.MemberOf(ctx, by.Organisation, id); err != nil {
		return nil, err
	}
	c, err := s.copyOf(ctx, id, by.Organisation)
	if err != nil {
		return nil, s.wrap("MemberCopy", err)
	}
	return c, s.Note(ctx, by.Organisation, by, "person.copied", id, "")
}

// copyOf gathers what a copy is about: all organisations, or one.
func (s *Service) copyOf(ctx context.Context, person, org string) (*Copy, error) {
	c := &Copy{s: s}
	var err error
	c.person, err = s.persons.Get(ctx, person)
	orgs := c.person.Organisations
	if errors.Is(err, store.ErrNotFound) && org != "" {
		orgs = []string{org} // erased, and her name is still held
	} else if err != nil {
		return nil, err
	}
	for _, id := range orgs {
		if org != "" && id != org {
			continue
		}
		m, err := s.members.Get(ctx, id, person)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		o, err := s.organisations.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		c.members, c.towns = append(c.members, m), append(c.towns, o)
	}
	if len(c.members) == 0 && org != "" {
		return nil, fault.New(fault.NotFound, "people.member_not_found", "no member %s", person)
	}
	return c, nil
}

// zipFiles are the files of one folder of a copy.
type zipFiles struct {
	z      *zip.Writer
	folder string
	now    time.Time
}

// Create implements Files.
func (f zipFiles) Create(name string) (io.Writer, error) {
	return f.z.CreateHeader(&zip.FileHeader{Name: f.folder + name, Method: zip.Deflate, Modified: f.now})
}

// Write writes the copy as a ZIP file, in memory that does not grow with what is kept. A copy that ends early cannot be
// opened: its list of contents is at the end.
func (c *Copy) Write(ctx context.Context, w io.Writer) error {
	now := c.s.now()
	z := zip.NewWriter(w)
	root := zipFiles{z, "", now}
	if err := c.writeSelf(ctx, root, now); err != nil {
		return c.s.wrap("Copy", err)
	}
	for i, m := range c.members {
		o := c.towns[i]
		files := zipFiles{z, "towns/" + o.Slug + "/", now}
		if err := c.writeMember(ctx, files, m, o); err != nil {
			return c.s.wrap("Copy", err)
		}
		about := subject(m, o.ID)
		about.Own = c.own
		for _, k := range c.s.keepers {
			if err := k.Copy(ctx, about, files); err != nil {
				return c.s.wrap("Copy", err)
			}
		}
	}
	return z.Close()
}

// WriteJSON writes a value as one file, readable to people.
func WriteJSON(files Files, name string, v any) error {
	w, err := files.Create(name)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (c *Copy) writeSelf(ctx context.Context, files Files, now time.Time) error {
	type about struct {
		Format string    `json:"format"`
		Made   time.Time `json:"made"`
		Own    bool      `json:"own"` // asked for by the person herself
		Towns  []string  `json:"towns"`
		Note   string    `json:"note"`
	}
	a := about{Format: CopyFormat, Made: now, Own: c.own, Towns: []string{}, Note: "What each file holds is described in docs/xapi.md of Palestra under \"A copy for the person\"."}
	for _, o := range c.towns {
		a.Towns = append(a.Towns, o.Slug)
	}
	if err := WriteJSON(files, "index.json", a); err != nil || c.person.ID == "" {
		return err
	}
	type person struct {
		ID       string    `json:"id"`
		Name     string    `json:"name"`
		Email    string    `json:"email"`
		Locale   string    `json:"locale"`
		Operator bool      `json:"operator"`
		Devices  int       `json:"devices"` // browsers in which she has signed in
		Created  time.Time `json:"created"`
	}
	if !c.own { // the organisation's copy holds what the organisation knows
		return nil
	}
	p := c.person
	if err := WriteJSON(files, "person.json", person{p.ID, p.Name, p.Email, p.Locale, p.Operator, len(p.Devices), p.Created}); err != nil {
		return err
	}
	type session struct {
		Agent        string    `json:"agent"`
		Organisation string    `json:"organisation"`
		Created      time.Time `json:"created"`
		Seen         time.Time `json:"seen"`
		Expires      time.Time `json:"expires"`
	}
	list := []session{}
	err := c.s.eachSession(ctx, p.ID, func(d Session) error {
		list = append(list, session{d.Agent, d.Organisation, d.Created, d.Seen, d.Expires})
		return nil
	})
	if err != nil {
		return err
	}
	return WriteJSON(files, "sessions.json", list)
}

func (c *Copy) writeMember(ctx context.Context, files Files, m Member, o Organisation) error {
	type membership struct {
		Organisation string     `json:"organisation"`
		Name         string     `json:"organisationName"`
		Person       string     `json:"name"`
		Email        string     `json:"email"`
		Account      string     `json:"account"` // her name in the learning records
		Roles        []Role     `json:"roles"`
		Unit         string     `json:"unit"`
		Active       bool       `json:"active"`
		Joined       time.Time  `json:"joined"`
		Left         *time.Time `json:"left,omitempty"`
		Held         *time.Time `json:"heldUntil,omitempty"`
	}
	units, err := c.s.UnitNames(ctx, o.ID)
	if err != nil {
		return err
	}
	if err := WriteJSON(files, "membership.json", membership{o.ID, o.Name, m.Name, m.Email, m.Account, m.Roles, units[m.Unit], m.Active, m.Joined, m.Left, m.Held}); err != nil {
		return err
	}
	if err := c.writeInvitations(ctx, files, m, o.ID); err != nil {
		return err
	}
	type note struct {
		At     time.Time `json:"at"`
		Action string    `json:"action"`
		Target string    `json:"target"`
		Detail string    `json:"detail"`
	}
	w, err := files.Create("audit.ndjson") // what she did
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	return c.s.audit.Each(ctx, o.ID, store.Query{Index: "byPerson", Equal: []any{m.Account, "audit"}}, func(n Note) error {
		return lines.Encode(note{n.Stored, n.Action, n.Target, n.Detail})
	})
}

func (c *Copy) writeInvitations(ctx context.Context, files Files, m Member, org string) error {
	type invitation struct {
		Name    string    `json:"name"`
		Email   string    `json:"email"`
		Roles   []Role    `json:"roles"`
		State   string    `json:"state"`
		Created time.Time `json:"created"`
		Expires time.Time `json:"expires"`
	}
	list := []invitation{}
	if normal, err := Address(m.Email); err == nil {
		p, err := c.s.invitations.Across(ctx, store.Query{Index: "byAddress", Equal: []any{normal}, Limit: store.MaxLimit})
		if err != nil {
			return err
		}
		for _, i := range slices.DeleteFunc(p.Docs, func(i store.Owned[Invitation]) bool { return i.Org != org }) {
			list = append(list, invitation{i.Doc.Name, i.Doc.Email, i.Doc.Roles, i.Doc.State, i.Doc.Created, i.Doc.Expires})
		}
	}
	return WriteJSON(files, "invitations.json", list)
}
