package course

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"palestra/course/ledger"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// KindProgramme is the kind of a completion that says that a programme is complete; a course's has none.
const KindProgramme = "programme"

// ProgrammeEntry is a published programme in the catalogue.
type ProgrammeEntry struct {
	store.Meta `bson:",inline"` // id: the programme's
	Notice     `bson:",inline"`
	Courses    []ProgrammeCourse `bson:"courses"`
	Electives  int               `bson:"electives"`
}

func (e *ProgrammeEntry) key() *store.Meta { return &e.Meta }

// Required returns how many courses must be completed by everybody.
func (e *ProgrammeEntry) Required() int { return asked(e.Courses) }

// listProgramme brings the catalogue to what the programme's state says.
func (s *Service) listProgramme(ctx context.Context, org string, p Programme) error {
	if p.State != StatePublished {
		err := s.programmeEntries.Delete(ctx, p.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return s.wrap("listProgramme", err)
	}
	v, err := s.programmeVersions.Get(ctx, org, versionID(p.ID, p.Version))
	if err != nil {
		return s.wrap("listProgramme", err)
	}
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return err
	}
	title, _ := v.Title.In(v.Languages...)
	return s.wrap("listProgramme", post(ctx, s.programmeEntries, ProgrammeEntry{Meta: store.Meta{ID: p.ID}, Notice: Notice{Owner: org, OwnerName: o.Name, Version: v.Number,
		Languages: v.Languages, Title: v.Title, Summary: v.Summary, SeenBy: v.Audience.tokens(org), Sort: people.Fold(title), Published: v.Published},
		Courses: v.Courses, Electives: v.Electives}))
}

// Pursuit is a person following a programme for her town. Its id follows from person and programme.
type Pursuit struct {
	store.Meta `bson:",inline"`
	Person     string `bson:"person"`
	Account    string `bson:"account"`
	Programme  string `bson:"programme"`
	Owner      string `bson:"owner"` // organisation of the programme
	Version    int    `bson:"version"`
	State      string `bson:"state"` // Active or Completed
	Via        string `bson:"via"`   // "" in those of early programs: self
	// Due is by when HR wants it completed.
	Due      *time.Time `bson:"due,omitempty"`
	Created  time.Time  `bson:"created"`
	Updated  time.Time  `bson:"updated"`
	Decision *Decision  `bson:"decision,omitempty"`
	// Pending: courses are to be begun, or the decision's consequences are not all written yet.
	Pending bool `bson:"pending"`
}

// Earned is a course that a completed programme rests on.
type Earned struct {
	Course     string    `bson:"course"`
	Title      Text      `bson:"title"`
	Elective   bool      `bson:"elective"`
	Completion string    `bson:"completion"` // id of its record
	Version    int       `bson:"version"`    // of the course
	At         time.Time `bson:"at"`
	Minutes    int       `bson:"minutes"`
	Ledger     int64     `bson:"ledger"` // number of its entry
}

func pursuitID(account, programme string) string { return eventID("pursuit", account, programme) }

// Pursue begins a programme for the actor: all of its required courses at once, so that none can be withdrawn before her;
// electives are hers to choose. Whoever follows an earlier version goes on with the one that is offered now. Fault:
// course.programme_unavailable if a required course can no longer be begun.
func (s *Service) Pursue(ctx context.Context, by people.Actor, programme string) (Pursuit, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Pursuit{}, err
	}
	id := pursuitID(by.Account, programme)
	old, err := s.pursuits.Get(ctx, by.Organisation, id)
	begun := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Pursuit{}, s.wrap("Pursue", err)
	}
	entry, err := s.programmeOffer(ctx, by, programme)
	if begun && (err != nil || old.Version >= entry.Version || old.State == Completed) {
		return s.settlePursuit(ctx, by.Organisation, old)
	}
	if err != nil {
		return Pursuit{}, err
	}
	if err := s.offersAll(ctx, by.Organisation, by.Account, &entry); err != nil {
		return Pursuit{}, err
	}
	return s.pursue(ctx, by.Organisation, by.Person, by.Account, &entry, ViaSelf, nil)
}

// offersAll refuses a programme of which a required course can no longer be begun; account "" is anybody.
func (s *Service) offersAll(ctx context.Context, org, account string, entry *ProgrammeEntry) error {
	for _, c := range entry.Courses {
		if c.Elective {
			continue
		}
		if ok, err := s.canBegin(ctx, org, account, c.Course); err != nil {
			return err
		} else if !ok {
			title, _ := c.Title.In(entry.Languages...)
			return fault.New(fault.Conflict, "course.programme_unavailable", "the course %q of this programme can no longer be begun", title).With("course", title)
		}
	}
	return nil
}

// pursue begins a programme for a person. Whoever follows it already goes on with the version that is offered, if she
// wants to herself; who is asked to complete it by a day (due) keeps hers.
func (s *Service) pursue(ctx context.Context, org, person, account string, entry *ProgrammeEntry, via string, due *time.Time) (Pursuit, error) {
	now := s.now()
	p := Pursuit{Meta: store.Meta{ID: pursuitID(account, entry.ID)}, Person: person, Account: account, Programme: entry.ID, Owner: entry.Owner, Version: entry.Version,
		State: Active, Via: via, Due: due, Created: now, Updated: now, Pending: true}
	err := s.pursuits.Insert(ctx, org, p)
	p.Rev = 1
	if errors.Is(err, store.ErrDuplicate) {
		p, err = s.pursuits.Update(ctx, org, p.ID, func(d *Pursuit) error {
			switch {
			case d.State != Active, due == nil && d.Version >= entry.Version:
				return store.ErrKeep
			case due != nil:
				d.Due = due
			default:
				d.Version, d.Updated, d.Pending = entry.Version, now, true
			}
			return nil
		})
	}
	if err != nil {
		return Pursuit{}, s.wrap("pursue", err)
	}
	return s.settlePursuit(ctx, org, p)
}

// via says how the programme was begun.
func (p *Pursuit) via() string {
	if p.Via == "" {
		return ViaSelf
	}
	return p.Via
}

// canBegin reports whether a person has begun a course or can.
func (s *Service) canBegin(ctx context.Context, org, account, course string) (bool, error) {
	if _, err := s.enrolments.Get(ctx, org, enrolmentID(account, course)); err == nil {
		return true, nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return false, s.wrap("canBegin", err)
	}
	e, err := s.entries.Get(ctx, course)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return e.seenFrom(org), s.wrap("canBegin", err)
}

// settlePursuit begins what the programme asks for, decides whether it is complete, and writes what follows from that.
// Each step has an id that follows from what it says, so it may run twice at once and be killed anywhere.
func (s *Service) settlePursuit(ctx context.Context, org string, p Pursuit) (Pursuit, error) {
	v, err := s.programmeVersions.Get(ctx, p.Owner, versionID(p.Programme, p.Version))
	if err != nil {
		return p, s.wrap("settlePursuit", err)
	}
	if p.Decision == nil && p.Pending {
		err := s.c.Records.Record(ctx, org, Event{ID: eventID(org, "registered", p.ID), Account: p.Account, Verb: verbRegistered,
			Activity: programmeActivity(p.Programme, v.Title), Enrolment: p.ID, At: p.Created})
		if err != nil {
			return p, s.wrap("settlePursuit", err)
		}
		if err := s.beginRequired(ctx, org, p, v); err != nil {
			return p, err
		}
	}
	if p.Decision == nil {
		if p, err = s.award(ctx, org, p, v); err != nil {
			return p, err
		}
	}
	if !p.Pending {
		return p, nil
	}
	if p.Decision != nil {
		if err := s.confer(ctx, org, p, v); err != nil {
			return p, err
		}
	}
	p, err = s.pursuits.Update(ctx, org, p.ID, func(d *Pursuit) error {
		if (d.Decision != nil) != (p.Decision != nil) || d.Version != p.Version {
			return store.ErrKeep // somebody else has more to write
		}
		d.Pending = false
		return nil
	})
	return p, s.wrap("settlePursuit", err)
}

func (s *Service) beginRequired(ctx context.Context, org string, p Pursuit, v ProgrammeVersion) error {
	for _, c := range v.Courses {
		if c.Elective {
			continue
		}
		e, err := s.entries.Get(ctx, c.Course)
		if errors.Is(err, store.ErrNotFound) || err == nil && !e.seenFrom(org) {
			continue // begun already, or withdrawn at this moment: the programme says so
		}
		if err != nil {
			return s.wrap("beginRequired", err)
		}
		if _, err := s.enrol(ctx, org, p.Person, p.Account, e, p.via(), nil); err != nil {
			return err
		}
	}
	return nil
}

// earned returns a person's completion of each course of a version, nil where there is none that counts.
func (s *Service) earned(ctx context.Context, org, account string, v *ProgrammeVersion) ([]*Completion, error) {
	out := make([]*Completion, len(v.Courses))
	for i, c := range v.Courses {
		e, err := s.enrolments.Get(ctx, org, enrolmentID(account, c.Course))
		if errors.Is(err, store.ErrNotFound) || err == nil && e.Decision == nil {
			continue
		}
		if err != nil {
			return nil, s.wrap("earned", err)
		}
		done, err := s.completions.Get(ctx, org, e.Decision.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && done.Withdrawn {
			continue // decided a moment ago: its settling comes back here
		}
		if err != nil {
			return nil, s.wrap("earned", err)
		}
		out[i] = &done
	}
	return out, nil
}

// complete reports whether completions of a version's courses are all that it asks for.
func (v *ProgrammeVersion) complete(done []*Completion) bool {
	electives := 0
	for i, c := range v.Courses {
		switch {
		case c.Elective && done[i] != nil:
			electives++
		case !c.Elective && done[i] == nil:
			return false
		}
	}
	return len(v.Courses) > 0 && electives >= v.Electives
}

// award decides that a programme is complete if it is. What is decided is never taken back.
func (s *Service) award(ctx context.Context, org string, p Pursuit, v ProgrammeVersion) (Pursuit, error) {
	done, err := s.earned(ctx, org, p.Account, &v)
	if err != nil || !v.complete(done) {
		return p, err
	}
	d := Decision{ID: s.c.NewName(), At: s.now(), Version: v.Number, Statements: []string{}, Certificate: s.c.NewName()}
	for i, c := range v.Courses {
		if done[i] == nil {
			continue
		}
		d.Statements = append(d.Statements, done[i].Statement)
		d.Earned = append(d.Earned, Earned{Course: c.Course, Title: done[i].Title, Elective: c.Elective, Completion: done[i].ID, Version: done[i].Version, At: done[i].CompletedAt(),
			Minutes: done[i].MinutesNow(), Ledger: done[i].Ledger})
	}
	slices.Sort(d.Statements)
	d.Evidence = programmeEvidence(&p, &v, done)
	if d.Hash, err = ledger.EvidenceHash(d.Evidence); err != nil {
		return p, s.wrap("award", err)
	}
	p, err = s.pursuits.Update(ctx, org, p.ID, func(x *Pursuit) error {
		if x.Decision != nil || x.Version != v.Number {
			return store.ErrKeep
		}
		x.Decision, x.State, x.Pending, x.Updated = &d, Completed, true, d.At
		return nil
	})
	return p, s.wrap("award", err)
}

// programmeEvidence returns what the decision rests on as JSON, as evidence does for a course: the rule, the version, and
// for each completed course in order its record, its version, when, and its entry in the ledger.
func programmeEvidence(p *Pursuit, v *ProgrammeVersion, done []*Completion) []byte {
	type item struct {
		Course   string `json:"course"`
		Elective bool   `json:"elective"`
		Record   string `json:"record"`
		Version  int    `json:"courseVersion"`
		Done     string `json:"done"`
		Entry    int64  `json:"ledgerEntry"`
		Hash     string `json:"ledgerHash"`
		Said     string `json:"statement"`
	}
	type whole struct {
		Format    string `json:"format"`
		Pursuit   string `json:"pursuit"`
		Programme string `json:"programme"`
		Version   int    `json:"programmeVersion"`
		Rule      string `json:"rule"`
		Courses   []item `json:"courses"`
	}
	w := whole{Format: "palestra-programme-evidence/1", Pursuit: p.ID, Programme: p.Programme, Version: v.Number, Rule: v.RuleName(), Courses: []item{}}
	for i, c := range v.Courses {
		if d := done[i]; d != nil {
			w.Courses = append(w.Courses, item{c.Course, c.Elective, d.ID, d.Version, d.CompletedAt().UTC().Format(time.RFC3339Nano), d.Ledger, d.LedgerHash, d.Statement})
		}
	}
	b, err := json.Marshal(w)
	if err != nil { // only for kinds of values that these are not
		panic(err)
	}
	return b
}

// confer writes the consequences of a programme's decision, as settle does for a course. It stands for no minutes of its
// own: those are its courses', and nobody's hours may count twice.
func (s *Service) confer(ctx context.Context, org string, p Pursuit, v ProgrammeVersion) error {
	d := p.Decision
	c := Completion{Meta: store.Meta{ID: d.ID}, Kind: KindProgramme, Terms: v.RuleName(), Earned: d.Earned, Enrolment: p.ID, Person: p.Person, Account: p.Account, Course: p.Programme,
		Owner: p.Owner, Title: v.Title, Version: d.Version, Via: p.via(), Enrolled: p.Created, At: d.At, Due: p.Due,
		Statement: eventID(org, "completed", d.ID), Statements: d.Statements, Hash: d.Hash, Certificate: d.Certificate, Corrections: []Correction{}}
	if err := s.seal(ctx, org, c); err != nil {
		return err
	}
	return s.closeAssignment(ctx, org, p.Account, p.Programme)
}

// advance decides on the programmes of a person that ask for a course which she has just completed.
func (s *Service) advance(ctx context.Context, org, person, course string) error {
	var open []Pursuit
	err := s.pursuits.Each(ctx, org, store.Query{Index: "byPerson", Equal: []any{person, Active}}, func(p Pursuit) error {
		open = append(open, p)
		return nil
	})
	if err != nil {
		return s.wrap("advance", err)
	}
	for _, p := range open {
		v, err := s.programmeVersions.Get(ctx, p.Owner, versionID(p.Programme, p.Version))
		if err != nil {
			return s.wrap("advance", err)
		}
		if !v.has(course) {
			continue
		}
		if _, err := s.settlePursuit(ctx, org, p); err != nil {
			return err
		}
	}
	return nil
}

// Via says how the programme was begun: ViaSelf or ViaHR.
func (st *ProgrammeStudy) Via() string { return st.Pursuit.via() }

// Part is one course of a programme as somebody meets it.
type Part struct {
	Course     ProgrammeCourse
	Entry      *Entry // as the catalogue offers it to her; nil if it does not
	Study      *Study // once she has begun it
	Completion *Completion
}

// Done reports whether the course counts as completed.
func (p *Part) Done() bool { return p.Completion != nil && !p.Completion.Withdrawn }

// ProgrammeStudy is a programme with the state of each course and what is still missing.
type ProgrammeStudy struct {
	Version    ProgrammeVersion
	Owner      string
	OwnerName  string
	Pursuit    *Pursuit // nil while the programme is not begun
	Parts      []Part
	Completion *Completion
	Newer      int // a later version that is offered; 0 for none
}

// Left says how many required courses and how many electives are still to be completed.
func (st *ProgrammeStudy) Left() (required, electives int) {
	electives = st.Version.Electives
	for i := range st.Parts {
		switch {
		case st.Parts[i].Course.Elective && st.Parts[i].Done():
			electives--
		case !st.Parts[i].Course.Elective && !st.Parts[i].Done():
			required++
		}
	}
	return required, max(0, electives)
}

// ProgrammeOffers lists the programmes that the actor's organisation may begin. See browse.
func (s *Service) ProgrammeOffers(ctx context.Context, by people.Actor, q, cursor string, limit int) ([]OfferedProgramme, string, error) {
	entries, next, err := browse(ctx, s.programmeEntries, by, q, cursor, limit)
	if err != nil {
		return nil, "", s.wrap("ProgrammeOffers", err)
	}
	list := make([]OfferedProgramme, 0, len(entries))
	for _, e := range entries {
		o := OfferedProgramme{Entry: e}
		if by.Organisation != "" {
			p, err := s.pursuits.Get(ctx, by.Organisation, pursuitID(by.Account, e.ID))
			if err == nil {
				o.Pursuit = &p
			} else if !errors.Is(err, store.ErrNotFound) {
				return nil, "", s.wrap("ProgrammeOffers", err)
			}
		}
		list = append(list, o)
	}
	return list, next, nil
}

// OfferedProgramme is a programme of the catalogue, and whether the actor has begun it.
type OfferedProgramme struct {
	Entry   ProgrammeEntry
	Pursuit *Pursuit
}

func (s *Service) programmeOffer(ctx context.Context, by people.Actor, id string) (ProgrammeEntry, error) {
	e, err := s.programmeEntries.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !e.visible(by) {
		return ProgrammeEntry{}, noProgramme(id)
	}
	return e, s.wrap("programmeOffer", err)
}

// ProgrammeOffer returns one programme of the catalogue with what the actor has done of it. Whoever may see it may.
func (s *Service) ProgrammeOffer(ctx context.Context, by people.Actor, id string) (ProgrammeStudy, error) {
	e, err := s.programmeOffer(ctx, by, id)
	if err != nil {
		return ProgrammeStudy{}, err
	}
	if by.Has(people.Roles()...) {
		if p, err := s.pursuits.Get(ctx, by.Organisation, pursuitID(by.Account, id)); err == nil {
			return s.pursued(ctx, by.Organisation, p)
		} else if !errors.Is(err, store.ErrNotFound) {
			return ProgrammeStudy{}, s.wrap("ProgrammeOffer", err)
		}
	}
	v, err := s.programmeVersions.Get(ctx, e.Owner, versionID(id, e.Version))
	if err != nil {
		return ProgrammeStudy{}, s.wrap("ProgrammeOffer", err)
	}
	st := ProgrammeStudy{Version: v, Owner: e.Owner, OwnerName: e.OwnerName}
	org := by.Organisation
	if !by.Has(people.Roles()...) {
		org = ""
	}
	st.Parts, err = s.parts(ctx, org, by.Account, &v)
	return st, err
}

// Pursued returns one of the actor's programmes.
func (s *Service) Pursued(ctx context.Context, by people.Actor, id string) (ProgrammeStudy, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return ProgrammeStudy{}, err
	}
	p, err := s.pursuits.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Person != by.Person {
		return ProgrammeStudy{}, fault.New(fault.NotFound, "course.pursuit_not_found", "no programme begun as %s", id)
	}
	if err != nil {
		return ProgrammeStudy{}, s.wrap("Pursued", err)
	}
	return s.pursued(ctx, by.Organisation, p)
}

// Pursuits lists the actor's programmes in a state, latest change first.
func (s *Service) Pursuits(ctx context.Context, by people.Actor, state, cursor string, limit int) ([]ProgrammeStudy, string, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return nil, "", err
	}
	p, err := s.pursuits.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person, state}, Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, "", s.wrap("Pursuits", err)
	}
	list := make([]ProgrammeStudy, 0, len(p.Docs))
	for _, d := range p.Docs {
		st, err := s.pursued(ctx, by.Organisation, d)
		if err != nil {
			return nil, "", err
		}
		list = append(list, st)
	}
	return list, p.Next, nil
}

func (s *Service) pursued(ctx context.Context, org string, p Pursuit) (ProgrammeStudy, error) {
	v, err := s.programmeVersions.Get(ctx, p.Owner, versionID(p.Programme, p.Version))
	if err != nil {
		return ProgrammeStudy{}, s.wrap("pursued", err)
	}
	o, err := s.c.People.Organisation(ctx, p.Owner)
	if err != nil {
		return ProgrammeStudy{}, err
	}
	st := ProgrammeStudy{Version: v, Owner: p.Owner, OwnerName: o.Name, Pursuit: &p}
	if st.Parts, err = s.parts(ctx, org, p.Account, &v); err != nil {
		return st, err
	}
	if p.Decision != nil {
		c, err := s.completions.Get(ctx, org, p.Decision.ID)
		if err == nil {
			st.Completion = &c
		} else if !errors.Is(err, store.ErrNotFound) {
			return st, s.wrap("pursued", err)
		}
	}
	if e, err := s.programmeEntries.Get(ctx, p.Programme); err == nil && e.Version > p.Version && e.seenFrom(org) && p.State == Active {
		st.Newer = e.Version
	}
	return st, nil
}

// parts returns the courses of a version as a person of an organisation meets them; org "" is somebody from outside.
func (s *Service) parts(ctx context.Context, org, account string, v *ProgrammeVersion) ([]Part, error) {
	out := make([]Part, 0, len(v.Courses))
	for _, c := range v.Courses {
		p := Part{Course: c}
		e, err := s.entries.Get(ctx, c.Course)
		if err == nil && (e.seenFrom(org) || slices.Contains(e.SeenBy, tokenPublic)) {
			p.Entry = &e
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, s.wrap("parts", err)
		}
		if org != "" {
			d, err := s.enrolments.Get(ctx, org, enrolmentID(account, c.Course))
			if err == nil {
				st, err := s.study(ctx, org, d)
				if err != nil {
					return nil, err
				}
				p.Study, p.Completion = &st, st.Completion
			} else if !errors.Is(err, store.ErrNotFound) {
				return nil, s.wrap("parts", err)
			}
		}
		out = append(out, p)
	}
	return out, nil
}
