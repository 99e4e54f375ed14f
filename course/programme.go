package course

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of a programme.
const maxCourses = 50

// Programme is the draft of a curriculum: courses that together make somebody, say, a digital city expert. Its town owns
// it. What publishing and withdrawing bring about is written into the document first (Pending), so that a run that dies
// loses nothing.
type Programme struct {
	store.Meta `bson:",inline"`
	Languages  []string          `bson:"languages"` // the first is the one it is written in
	Title      Text              `bson:"title"`
	Summary    Text              `bson:"summary"`
	Audience   Audience          `bson:"audience"`
	Courses    []ProgrammeCourse `bson:"courses"`   // in the order that is proposed
	Electives  int               `bson:"electives"` // how many of the electives must be completed
	State      string            `bson:"state"`
	Version    int               `bson:"version"` // the last published one; 0 for none
	Changed    bool              `bson:"changed"` // since the last version
	Author     string            `bson:"author"`  // account of who made it
	Created    time.Time         `bson:"created"`
	Updated    time.Time         `bson:"updated"`
	Frozen     *ProgrammeVersion `bson:"frozen,omitempty"`  // published, and not stored as a version yet
	Listing    bool              `bson:"listing,omitempty"` // the catalogue may not say yet what the state says
	Moving     int               `bson:"moving,omitempty"`  // the version to which followers of earlier ones are being moved; 0 for none
	Outbox     `bson:",inline"`
}

// ProgrammeCourse is a course's place in a programme.
type ProgrammeCourse struct {
	Course    string   `bson:"course"`
	Owner     string   `bson:"owner"` // organisation of the course
	Title     Text     `bson:"title"` // as the catalogue said it last
	Languages []string `bson:"languages"`
	Elective  bool     `bson:"elective"`
}

// ProgrammeVersion is a programme as it was published. It never changes.
type ProgrammeVersion struct {
	store.Meta `bson:",inline"`  // id: programme.number
	Programme  string            `bson:"programme"`
	Number     int               `bson:"number"`
	Languages  []string          `bson:"languages"`
	Title      Text              `bson:"title"`
	Summary    Text              `bson:"summary"`
	Audience   Audience          `bson:"audience"`
	Courses    []ProgrammeCourse `bson:"courses"`
	Electives  int               `bson:"electives"`
	By         string            `bson:"by"`
	Published  time.Time         `bson:"published"`
}

// RuleName returns the rule by which the version is completed, in one word: programme/1:required=3,electives=1.
func (v *ProgrammeVersion) RuleName() string {
	return "programme/1:required=" + strconv.Itoa(v.Required()) + ",electives=" + strconv.Itoa(v.Electives)
}

// Required returns how many courses must be completed by everybody.
func (v *ProgrammeVersion) Required() int { return asked(v.Courses) }

func asked(courses []ProgrammeCourse) int {
	n := 0
	for _, c := range courses {
		if !c.Elective {
			n++
		}
	}
	return n
}

func (v *ProgrammeVersion) has(course string) bool {
	return slices.ContainsFunc(v.Courses, func(c ProgrammeCourse) bool { return c.Course == course })
}

func noProgramme(id string) error {
	return fault.New(fault.NotFound, "course.programme_not_found", "no programme %s", id)
}

// CreateProgramme makes an empty programme in the actor's organisation. Authors may.
func (s *Service) CreateProgramme(ctx context.Context, by people.Actor, title Text, languages []string) (Programme, error) {
	if err := by.Must(people.Author); err != nil {
		return Programme{}, err
	}
	now := s.now()
	p := Programme{Meta: store.Meta{ID: s.c.NewID()}, Languages: languages, Title: title, Summary: Text{}, Audience: Audience{Kind: AudienceTown},
		Courses: []ProgrammeCourse{}, State: StateDraft, Changed: true, Author: by.Account, Created: now, Updated: now}
	if err := p.check(); err != nil {
		return Programme{}, err
	}
	p.tell(Event{ID: eventID(by.Organisation, "created", p.ID), Account: by.Account, Verb: verbCreated, Activity: programmeActivity(p.ID, p.Title), At: now})
	if err := s.programmes.Insert(ctx, by.Organisation, p); err != nil {
		return Programme{}, s.wrap("CreateProgramme", err)
	}
	p.Rev = 1
	p, err := s.settleProgramme(ctx, by.Organisation, p)
	if err != nil {
		return Programme{}, err
	}
	return p, s.c.People.Note(ctx, by.Organisation, by, "programme.created", p.ID, "")
}

// check refuses what a draft cannot be and tidies it.
func (p *Programme) check() (err error) {
	if err := checkLanguages(p.Languages); err != nil {
		return err
	}
	if p.Title, err = p.Title.Check("body.title", maxTitle); err != nil {
		return err
	}
	if p.Summary, err = p.Summary.Check("body.summary", maxSummary); err != nil {
		return err
	}
	if !p.Title.has(p.Languages[0]) {
		return fault.New(fault.Invalid, "course.title_missing", "a course has a title in its first language").At("body.title", "course.title_missing")
	}
	if len(p.Courses) > maxCourses {
		return fault.New(fault.Invalid, "course.programme_long", "a programme has at most %d courses", maxCourses).With("max", maxCourses).At("body.courses", "course.programme_long")
	}
	seen := map[string]bool{}
	for _, c := range p.Courses {
		if seen[c.Course] {
			return fault.New(fault.Invalid, "course.programme_twice", "a course stands in a programme once").At("body.courses", "course.programme_twice")
		}
		seen[c.Course] = true
	}
	if p.Electives < 0 || p.Electives > maxCourses {
		return fault.New(fault.Invalid, "course.programme_electives", "there are not so many electives").At("body.electives", "course.programme_electives")
	}
	return p.Audience.check()
}

// Programme returns a draft of the actor's organisation. Authors may.
func (s *Service) Programme(ctx context.Context, by people.Actor, id string) (Programme, error) {
	if err := by.Must(people.Author); err != nil {
		return Programme{}, err
	}
	p, err := s.programmes.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, noProgramme(id)
	}
	return p, s.wrap("Programme", err)
}

// Programmes lists the drafts of the actor's organisation, last changed first. Authors may.
func (s *Service) Programmes(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Programme], error) {
	if err := by.Must(people.Author); err != nil {
		return store.Page[Programme]{}, err
	}
	p, err := s.programmes.Find(ctx, by.Organisation, store.Query{Index: "byUpdated", Reverse: true, Cursor: cursor, Limit: limit})
	return p, s.wrap("Programmes", err)
}

// ProgrammeChange is what an author changes of a programme; nil leaves as it is.
type ProgrammeChange struct {
	Languages []string
	Title     Text
	Summary   Text
	Audience  *Audience
	Courses   []ProgrammeChoice
	Electives *int
}

// ProgrammeChoice is a course that an author puts into a programme.
type ProgrammeChoice struct {
	Course   string
	Elective bool
}

// UpdateProgramme changes a draft at the revision that the author read (0 for any). A course must be in the catalogue
// that the author sees when it comes in. Authors may.
func (s *Service) UpdateProgramme(ctx context.Context, by people.Actor, id string, rev int64, ch ProgrammeChange) (Programme, error) {
	old, err := s.Programme(ctx, by, id)
	if err != nil {
		return Programme{}, err // before anything tells which organisations and courses there are
	}
	if ch.Audience != nil {
		for _, t := range ch.Audience.Towns {
			if _, err := s.c.People.Organisation(ctx, t); err != nil {
				return Programme{}, err
			}
		}
	}
	courses, err := s.chosen(ctx, by, old, ch.Courses)
	if err != nil {
		return Programme{}, err
	}
	p, err := s.programmes.Update(ctx, by.Organisation, id, func(p *Programme) error {
		if err := fresh(rev, p.Rev); err != nil {
			return err
		}
		if ch.Languages != nil {
			p.Languages = ch.Languages
		}
		if ch.Title != nil {
			p.Title = ch.Title
		}
		if ch.Summary != nil {
			p.Summary = ch.Summary
		}
		if ch.Audience != nil {
			p.Audience = *ch.Audience
		}
		if courses != nil {
			p.Courses = courses
		}
		if ch.Electives != nil {
			p.Electives = *ch.Electives
		}
		p.Changed, p.Updated = true, s.now()
		p.tell(Event{ID: eventID(by.Organisation, "edited", p.ID, strconv.FormatInt(p.Rev, 10)), Account: by.Account, Verb: verbEdited,
			Activity: programmeActivity(p.ID, p.Title), At: p.Updated})
		return p.check()
	})
	if errors.Is(err, store.ErrNotFound) {
		return p, noProgramme(id)
	}
	if err != nil {
		return p, s.wrap("UpdateProgramme", err)
	}
	return s.settleProgramme(ctx, by.Organisation, p)
}

// chosen looks the courses up that an author has chosen; nil for no choice.
func (s *Service) chosen(ctx context.Context, by people.Actor, old Programme, choice []ProgrammeChoice) ([]ProgrammeCourse, error) {
	if choice == nil {
		return nil, nil
	}
	if len(choice) > maxCourses {
		return nil, fault.New(fault.Invalid, "course.programme_long", "a programme has at most %d courses", maxCourses).With("max", maxCourses).At("body.courses", "course.programme_long")
	}
	out := make([]ProgrammeCourse, 0, len(choice))
	for _, x := range choice {
		e, err := s.Offer(ctx, by, x.Course)
		switch i := slices.IndexFunc(old.Courses, func(c ProgrammeCourse) bool { return c.Course == x.Course }); {
		case err == nil:
			out = append(out, ProgrammeCourse{Course: e.ID, Owner: e.Owner, Title: e.Title, Languages: e.Languages, Elective: x.Elective})
		case i >= 0: // withdrawn since: the draft keeps it, and publishing will say so
			c := old.Courses[i]
			c.Elective = x.Elective
			out = append(out, c)
		default:
			return nil, err
		}
	}
	return out, nil
}

// DeleteProgramme removes a programme that was never published. Authors may.
func (s *Service) DeleteProgramme(ctx context.Context, by people.Actor, id string) error {
	if _, err := s.Programme(ctx, by, id); err != nil {
		return err
	}
	err := s.programmes.DeleteIf(ctx, by.Organisation, id, func(p *Programme) error {
		if p.Version > 0 {
			return fault.New(fault.Conflict, "course.programme_published_once", "a programme that was published can only be unpublished: records rest on it")
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return noProgramme(id)
	}
	if err != nil {
		return s.wrap("DeleteProgramme", err)
	}
	return s.c.People.Note(ctx, by.Organisation, by, "programme.deleted", id, "")
}

// ProgrammeGaps lists what a draft lacks to be published. Authors may.
func (s *Service) ProgrammeGaps(ctx context.Context, by people.Actor, id string) ([]Gap, error) {
	p, err := s.Programme(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return s.programmeGaps(ctx, by.Organisation, &p)
}

// programmeGaps also brings the titles of the courses up to date.
func (s *Service) programmeGaps(ctx context.Context, org string, p *Programme) ([]Gap, error) {
	var gaps []Gap
	gap := func(language, code string) { gaps = append(gaps, Gap{Language: language, Code: code}) }
	for _, l := range p.Languages {
		if !p.Title.has(l) {
			gap(l, "title")
		}
		if !p.Summary.has(l) {
			gap(l, "summary")
		}
	}
	electives := 0
	for i := range p.Courses {
		c := &p.Courses[i]
		if c.Elective {
			electives++
		}
		e, err := s.entries.Get(ctx, c.Course)
		switch {
		case errors.Is(err, store.ErrNotFound), err == nil && !e.seenFrom(org):
			gaps = append(gaps, Gap{Course: c.Course, Code: "course_not_offered"})
		case err != nil:
			return nil, s.wrap("programmeGaps", err)
		default:
			c.Title, c.Languages, c.Owner = e.Title, e.Languages, e.Owner
			if !covers(e.SeenBy, p.Audience.tokens(org)) {
				gaps = append(gaps, Gap{Course: c.Course, Code: "course_hidden"})
			}
		}
	}
	switch {
	case len(p.Courses) == 0:
		gap("", "no_courses")
	case asked(p.Courses)+p.Electives == 0:
		gap("", "nothing_required")
	case p.Electives > electives:
		gap("", "too_few_electives")
	}
	return gaps, nil
}

// PublishProgramme freezes the draft into the next version and offers it to its audience. Authors may.
func (s *Service) PublishProgramme(ctx context.Context, by people.Actor, id string, rev int64) (Programme, error) {
	p, err := s.Programme(ctx, by, id)
	if err != nil {
		return p, err
	}
	if err := fresh(rev, p.Rev); err != nil {
		return p, err
	}
	gaps, err := s.programmeGaps(ctx, by.Organisation, &p)
	if err != nil {
		return p, err
	}
	if len(gaps) > 0 {
		return p, fault.New(fault.Conflict, "course.programme_gaps", "the programme lacks %d things", len(gaps)).With("count", len(gaps))
	}
	if p.State == StatePublished && !p.Changed {
		return p, fault.New(fault.Conflict, "course.unchanged", "nothing has changed since version %d", p.Version).With("version", p.Version)
	}
	p, err = s.programmes.Update(ctx, by.Organisation, id, func(d *Programme) error {
		if d.Rev != p.Rev {
			return errStale
		}
		now := s.now()
		d.Courses, d.Version, d.State, d.Changed, d.Listing, d.Updated = p.Courses, d.Version+1, StatePublished, false, true, now
		d.Frozen = &ProgrammeVersion{Meta: store.Meta{ID: versionID(d.ID, d.Version)}, Programme: d.ID, Number: d.Version, Languages: d.Languages, Title: d.Title, Summary: d.Summary,
			Audience: d.Audience, Courses: d.Courses, Electives: d.Electives, By: by.Account, Published: now}
		d.tell(Event{ID: eventID(by.Organisation, "publish", d.Frozen.ID), Account: by.Account, Verb: verbPublished, Activity: programmeActivity(d.ID, d.Title), At: now})
		return nil
	})
	if err != nil {
		return p, s.wrap("PublishProgramme", err)
	}
	if p, err = s.settleProgramme(ctx, by.Organisation, p); err != nil {
		return p, err
	}
	return p, s.c.People.Note(ctx, by.Organisation, by, "programme.published", p.ID, strconv.Itoa(p.Version))
}

// UnpublishProgramme withdraws a programme from the catalogue. Authors may. Who follows it goes on.
func (s *Service) UnpublishProgramme(ctx context.Context, by people.Actor, id string) (Programme, error) {
	if _, err := s.Programme(ctx, by, id); err != nil {
		return Programme{}, err
	}
	p, err := s.programmes.Update(ctx, by.Organisation, id, func(d *Programme) error {
		if d.State != StatePublished {
			return fault.New(fault.Conflict, "course.programme_not_published", "the programme is not published")
		}
		d.State, d.Changed, d.Listing, d.Updated = StateUnpublished, true, true, s.now()
		d.tell(Event{ID: eventID(by.Organisation, "unpublish", d.ID, strconv.FormatInt(d.Rev, 10)), Account: by.Account, Verb: verbUnpublished,
			Activity: programmeActivity(d.ID, d.Title), At: d.Updated})
		return nil
	})
	if err != nil {
		return p, s.wrap("UnpublishProgramme", err)
	}
	if p, err = s.settleProgramme(ctx, by.Organisation, p); err != nil {
		return p, err
	}
	return p, s.c.People.Note(ctx, by.Organisation, by, "programme.unpublished", p.ID, "")
}

// settleProgramme writes what changes of a programme bring about: its version, its entry in the catalogue, and what the
// record store is told. It may run twice at once and be killed anywhere.
func (s *Service) settleProgramme(ctx context.Context, org string, p Programme) (Programme, error) {
	for range 10 {
		if !p.Pending {
			return p, nil
		}
		if p.Frozen != nil {
			if err := s.programmeVersions.Insert(ctx, org, *p.Frozen); err != nil && !errors.Is(err, store.ErrDuplicate) {
				return p, s.wrap("settleProgramme", err)
			}
		}
		if p.Listing {
			if err := s.listProgramme(ctx, org, p); err != nil {
				return p, err
			}
		}
		if err := s.tellAll(ctx, org, p.Untold); err != nil {
			return p, err
		}
		all := true
		if p.Moving > 0 {
			var err error
			if all, err = s.moveSome(ctx, org, &p); err != nil {
				return p, err
			}
		}
		next, err := s.programmes.Update(ctx, org, p.ID, func(d *Programme) error {
			if d.State == p.State && d.Version == p.Version {
				d.Frozen, d.Listing = nil, false
				d.told(p.Untold)
				if all && d.Moving == p.Moving {
					d.Moving = 0
				}
				d.Pending = d.Pending || d.Moving > 0
			} else {
				d.Listing, d.Pending = true, true // what is in the catalogue may be what this run has put there late
			}
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			return p, nil // deleted meanwhile: it was never published
		}
		if err != nil {
			return p, s.wrap("settleProgramme", err)
		}
		if p = next; !all {
			break
		}
	}
	return p, nil // the sweep goes on
}
