package practice

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// How far a town is with a practice of another.
const (
	Interested    = "interested"
	Understanding = "understanding"
	Adapting      = "adapting"
	Using         = "using"
	Dropped       = "dropped"
)

// Stages lists how far a town can be, in order.
func Stages() []string { return []string{Interested, Understanding, Adapting, Using, Dropped} }

// Limits of an adoption.
const (
	maxChanges = 60
	maxStages  = 60
	maxLearned = 40
)

// Adoption is what a town does with a practice of another. It belongs to the town that adopts.
type Adoption struct {
	store.Meta `bson:",inline"`
	Edition    int64        `bson:"edition"`
	Practice   string       `bson:"practice"`
	Version    int          `bson:"version"`  // of the card that it took
	From       string       `bson:"from"`     // adoption of another town whose way it takes; "" for the card's
	FromTown   string       `bson:"fromTown"` // of that adoption
	State      string       `bson:"state"`
	Stages     []Stage      `bson:"stages"` // in the order of their days
	Changes    []Change     `bson:"changes"`
	Summary    string       `bson:"summary"`   // of the changes, in a sentence or two
	Resources  []Resource   `bson:"resources"` // what it really needed
	Evidence   string       `bson:"evidence"`
	Lessons    string       `bson:"lessons"`  // learned
	Language   string       `bson:"language"` // of what is written here
	Learned    []LessonLink `bson:"learned"`  // lessons that led to it
	Residents  int64        `bson:"residents"`
	Persons    []string     `bson:"persons"` // who wrote here
	Told       int          `bson:"told"`    // stages that the record store and the authors know of
	Due        *time.Time   `bson:"due,omitempty"`
	Updated    time.Time    `bson:"updated"`
}

// Stage is that a town came so far, on a day.
type Stage struct {
	State   string    `bson:"state"`
	On      string    `bson:"on"` // day in the town's zone: 2026-11-24
	Note    string    `bson:"note"`
	Person  string    `bson:"person"`
	Account string    `bson:"account"`
	At      time.Time `bson:"at"` // when it was said
}

// Change is one thing that a town does otherwise than the card says.
type Change struct {
	Section string `bson:"section"` // one of Sections
	Kind    string `bson:"kind"`    // added, removed or changed
	Card    string `bson:"card"`    // what the card says
	Here    string `bson:"here"`    // what is done here
	Offer   string `bson:"offer"`   // "", offered, taken or declined: what flows back to the authors
}

// AdoptionChange is what a town sets; nil keeps what is there.
type AdoptionChange struct {
	Changes   *[]Change
	Summary   *string
	Resources *[]Resource
	Evidence  *string
	Lessons   *string
	Learned   *[]LessonLink
	Residents *int64
}

// Adopt says that the actor's organisation looks at a practice of another, taking the card's way or that of an adoption.
// Authors, facilitators and administrators may; a town adopts a practice once. Faults: practice.own_practice,
// practice.adopted, practice.no_adoption. on is the day on which that began, "" for today. Fault practice.day
func (s *Service) Adopt(ctx context.Context, by people.Actor, practice, from, on string) (Adoption, error) {
	if err := by.Must(office()...); err != nil {
		return Adoption{}, err
	}
	card, err := s.shown(ctx, practice)
	if err != nil {
		return Adoption{}, err
	}
	if card.Town == by.Organisation {
		return Adoption{}, fault.New(fault.Conflict, "practice.own_practice", "it is the town's own practice")
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return Adoption{}, err
	}
	now := s.now()
	today := localDay(now, o.Zone)
	if on == "" {
		on = today
	}
	if !isDay(on) || on > today {
		return Adoption{}, invalid("on", "practice.day", "a day that has come, as 2026-11-24")
	}
	a := Adoption{Meta: store.Meta{ID: adoptionID(practice, by.Organisation)}, Edition: 1, Practice: practice, Version: card.Version, From: from, State: Interested,
		Changes: []Change{}, Resources: []Resource{}, Learned: []LessonLink{}, Language: by.Locale, Persons: []string{by.Person}, Due: &now, Updated: now}
	a.Stages = []Stage{{State: Interested, On: on, Person: by.Person, Account: by.Account, At: now}}
	if from != "" {
		l, err := s.lineage(ctx, practice)
		if err != nil {
			return Adoption{}, err
		}
		// The way that one takes is there before: so no adoption ever comes from itself.
		i := slices.IndexFunc(l.Nodes, func(n Node) bool { return n.ID == from && n.open() })
		if i < 0 || l.Nodes[i].Town == by.Organisation {
			return Adoption{}, fault.New(fault.Invalid, "practice.no_adoption", "no such adoption of this practice").At("body.from", "practice.no_adoption")
		}
		a.FromTown = l.Nodes[i].Town
	}
	err = s.adoptions.Insert(ctx, by.Organisation, a)
	if errors.Is(err, store.ErrDuplicate) {
		return Adoption{}, fault.New(fault.Conflict, "practice.adopted", "the town has this practice in hand already")
	}
	if err != nil {
		return a, wrap("Adopt", err)
	}
	if err := s.c.People.Note(ctx, by.Organisation, by, "practice.adopted", practice, Interested); err != nil {
		return a, wrap("Adopt", err)
	}
	return s.settleAdoption(ctx, by.Organisation, a.ID)
}

// adoptionID is one for each town and practice.
func adoptionID(practice, town string) string { return practice + "." + town }

func isDay(s string) bool {
	at, err := time.Parse(time.DateOnly, s)
	return err == nil && at.Year() >= firstYear
}

func localDay(at time.Time, zone string) string {
	if l, err := time.LoadLocation(zone); err == nil {
		at = at.In(l)
	}
	return at.Format(time.DateOnly)
}

// holding returns the actor's organisation's adoption of a practice to who may write it.
func (s *Service) holding(ctx context.Context, by people.Actor, practice string) (Adoption, error) {
	if err := by.Must(office()...); err != nil {
		return Adoption{}, err
	}
	return s.Adoption(ctx, by, practice)
}

// Adoption returns what the actor's organisation does with a practice. Fault practice.no_adoption
func (s *Service) Adoption(ctx context.Context, by people.Actor, practice string) (Adoption, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Adoption{}, err
	}
	return s.adoption(ctx, by.Organisation, adoptionID(practice, by.Organisation))
}

func (s *Service) adoption(ctx context.Context, org, id string) (Adoption, error) {
	a, err := s.adoptions.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return a, fault.New(fault.NotFound, "practice.no_adoption", "no such adoption")
	}
	return a, wrap("adoption", err)
}

// changeAdoption lets the town change its adoption, at the revision that was read.
func (s *Service) changeAdoption(ctx context.Context, by people.Actor, practice string, rev int64, f func(*Adoption) error) (Adoption, error) {
	a, err := s.holding(ctx, by, practice)
	if err != nil {
		return a, err
	}
	a, err = s.adoptions.Update(ctx, by.Organisation, a.ID, func(a *Adoption) error {
		if err := fresh(rev, a.Edition); err != nil {
			return err
		}
		if err := f(a); err != nil {
			return err
		}
		if !slices.Contains(a.Persons, by.Person) && len(a.Persons) < maxEntries {
			a.Persons = append(a.Persons, by.Person)
		}
		a.Edition++
		a.Updated, a.Language = s.now(), by.Locale
		if a.Due == nil {
			a.Due = &a.Updated
		}
		return nil
	})
	if err != nil {
		return a, wrap("changeAdoption", err)
	}
	return s.settleAdoption(ctx, by.Organisation, a.ID)
}

// Move says that the town came to another stage, on a day that is not before the last one and not to come. Whoever drops
// a practice says why. Faults: practice.stage, practice.day, practice.reason.
func (s *Service) Move(ctx context.Context, by people.Actor, practice string, rev int64, state, on, note string) (Adoption, error) {
	if err := by.Must(office()...); err != nil {
		return Adoption{}, err
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return Adoption{}, err
	}
	note = strings.TrimSpace(note)
	switch {
	case !isDay(on) || on > localDay(s.now(), o.Zone):
		return Adoption{}, invalid("on", "practice.day", "a day that has come, as 2026-11-24")
	case !slices.Contains(Stages(), state):
		return Adoption{}, invalid("state", "practice.stage", "no such stage")
	case state == Dropped && note == "":
		return Adoption{}, invalid("note", "practice.reason", "others learn from why it was dropped")
	case !utf8.ValidString(note) || utf8.RuneCountInString(note) > maxLine:
		return Adoption{}, invalid("note", "practice.long", "at most %d characters", maxLine).With("max", maxLine)
	}
	a, err := s.changeAdoption(ctx, by, practice, rev, func(a *Adoption) error {
		last := a.Stages[len(a.Stages)-1]
		switch {
		case a.State == state:
			return fault.New(fault.Conflict, "practice.stage", "it is there already")
		case on < last.On:
			return invalid("on", "practice.day", "not before %s", last.On).With("day", last.On)
		case len(a.Stages) >= maxStages:
			return fault.New(fault.Conflict, "practice.entries", "at most %d stages", maxStages).With("max", maxStages)
		}
		a.State = state
		a.Stages = append(a.Stages, Stage{State: state, On: on, Note: note, Person: by.Person, Account: by.Account, At: s.now()})
		return nil
	})
	if err != nil {
		return a, err
	}
	return a, wrap("Move", s.c.People.Note(ctx, by.Organisation, by, "practice.adopted", practice, state))
}

// Describe says what the town does otherwise, what it needed and what it has learned.
func (s *Service) Describe(ctx context.Context, by people.Actor, practice string, rev int64, ch AdoptionChange) (Adoption, error) {
	return s.changeAdoption(ctx, by, practice, rev, func(a *Adoption) error {
		k := &checker{}
		set(&a.Summary, ch.Summary)
		set(&a.Evidence, ch.Evidence)
		set(&a.Lessons, ch.Lessons)
		set(&a.Residents, ch.Residents)
		set(&a.Resources, ch.Resources)
		k.number("residents", a.Residents >= 0 && a.Residents <= maxResident)
		k.resources("resources", &a.Resources)
		for _, t := range []struct {
			path  string
			text  *string
			limit int
		}{{"summary", &a.Summary, maxSummary}, {"evidence", &a.Evidence, maxPart}, {"lessons", &a.Lessons, maxPart}} {
			k.plain(t.path, t.text, t.limit)
		}
		if ch.Learned != nil {
			if len(*ch.Learned) > maxLearned {
				return invalid("learned", "practice.entries", "at most %d entries", maxLearned).With("max", maxLearned)
			}
			a.Learned = *ch.Learned
			k.lessons(&a.Learned)
			for i, l := range a.Learned {
				title, err := s.lesson(ctx, by, l)
				if err != nil {
					return err
				}
				a.Learned[i].Title, _ = title.In(by.Locale)
			}
		}
		if ch.Changes != nil {
			if err := k.changes(*ch.Changes, &a.Changes); err != nil {
				return err
			}
		}
		return k.err
	})
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (k *checker) plain(path string, s *string, limit int) {
	*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	if !utf8.ValidString(*s) || strings.ContainsRune(*s, 0) || utf8.RuneCountInString(*s) > limit {
		k.fail(invalid(path, "practice.long", "at most %d characters", limit).With("max", limit))
	}
}

// changes sets what is done otherwise. What the authors have decided about an entry stays with it.
func (k *checker) changes(list []Change, to *[]Change) error {
	if len(list) > maxChanges {
		return invalid("changes", "practice.entries", "at most %d entries", maxChanges).With("max", maxChanges)
	}
	out := []Change{}
	for _, c := range list {
		k.plain("changes", &c.Card, maxLine)
		k.plain("changes", &c.Here, maxLine)
		if c.Card == "" && c.Here == "" {
			continue
		}
		c.Kind = "changed"
		switch {
		case c.Card == "":
			c.Kind = "added"
		case c.Here == "":
			c.Kind = "removed"
		}
		if !slices.Contains(Sections(), c.Section) {
			return invalid("changes", "practice.choice", "no such section")
		}
		if c.Offer != "" {
			c.Offer = "offered"
		}
		if i := slices.IndexFunc(*to, func(o Change) bool { return o.Section == c.Section && o.Card == c.Card && o.Here == c.Here }); i >= 0 {
			if is := (*to)[i].Offer; is == "taken" || is == "declined" {
				c.Offer = is
			}
		}
		out = append(out, c)
	}
	*to = out
	return nil
}

// Decide says whether the authors of a practice take an improvement that another town offers. Authors may. Fault
// practice.no_offer
func (s *Service) Decide(ctx context.Context, by people.Actor, practice, adoption string, index int, take bool) (Adoption, error) {
	p, err := s.own(ctx, by, practice)
	if err != nil {
		return Adoption{}, err
	}
	_, town, _ := strings.Cut(adoption, ".")
	a, err := s.adoption(ctx, town, adoption)
	if err != nil || a.Practice != practice {
		return Adoption{}, fault.New(fault.NotFound, "practice.no_adoption", "no such adoption of this practice")
	}
	a, err = s.adoptions.Update(ctx, town, adoption, func(a *Adoption) error {
		if index < 0 || index >= len(a.Changes) || a.Changes[index].Offer == "" {
			return fault.New(fault.Conflict, "practice.no_offer", "the town does not offer this any more")
		}
		what := "declined"
		if take {
			what = "taken"
		}
		if a.Changes[index].Offer == what {
			return store.ErrKeep
		}
		a.Changes[index].Offer = what
		now := s.now()
		a.Edition++
		if a.Due == nil {
			a.Due = &now
		}
		return nil
	})
	if err != nil {
		return a, wrap("Decide", err)
	}
	if err := s.tellTown(ctx, p, town, a, a.Changes[index]); err != nil {
		return a, err
	}
	return s.settleAdoption(ctx, town, adoption)
}

// tellTown writes to who wrote last in an adoption what became of an offer, once for each decision.
func (s *Service) tellTown(ctx context.Context, p Practice, town string, a Adoption, c Change) error {
	if len(a.Persons) == 0 {
		return nil // all of them erased
	}
	known, here, err := people.StillOf(ctx, s.c.People, a.Persons[len(a.Persons)-1], town)
	if err != nil || !here {
		return err
	}
	title, _ := p.Draft.Title.In(known.Locale)
	letter := map[string]string{"taken": "practice_taken", "declined": "practice_declined"}[c.Offer]
	return wrap("tellTown", s.c.Mail.SendOnce(ctx, letterID(a.ID, c.Section, c.Card, c.Here, c.Offer, strconv.FormatInt(a.Edition, 10)), known.Address, known.Locale, letter,
		map[string]any{"title": title, "what": c.Here, "link": s.c.PublicURL + "/practices/" + p.ID}))
}

// Adoptions lists what the actor's organisation has in hand, the last touched first.
func (s *Service) Adoptions(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Adoption], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Adoption]{}, err
	}
	p, err := s.adoptions.Find(ctx, by.Organisation, store.Query{Index: "byUpdated", Reverse: true, Cursor: cursor, Limit: limit})
	return p, wrap("Adoptions", err)
}

// verbAdopted is the platform's own word below its public address: no vocabulary at hand has it.
const verbAdopted = "/xapi/verbs/adopted"

// settleAdoption writes an adoption into its practice's lineage and card, tells the record store of the town what the
// platform has seen, and the authors. It may be called at any time and several times, and be killed anywhere.
func (s *Service) settleAdoption(ctx context.Context, org, id string) (Adoption, error) {
	a, err := s.adoptions.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Due == nil {
		return a, nil
	}
	if err != nil {
		return a, wrap("settleAdoption", err)
	}
	card, err := s.cards.Get(ctx, a.Practice)
	if err != nil {
		return a, wrap("settleAdoption", err)
	}
	if err := s.join(ctx, org, a); err != nil {
		return a, err
	}
	p, err := s.practices.Update(ctx, card.Town, a.Practice, func(p *Practice) error { p.due(s.now()); return nil })
	if err != nil {
		return a, wrap("settleAdoption", err)
	}
	if _, err := s.settled(ctx, p); err != nil {
		return a, err
	}
	for i := a.Told; i < len(a.Stages); i++ {
		if err := s.tellStage(ctx, org, p, a, i); err != nil {
			return a, err
		}
	}
	if s.c.Counter != nil {
		title := p.Draft.Title
		if p.Published != nil {
			title = p.Published.Title
		}
		if err := s.c.Counter.Adopted(ctx, org, a, title); err != nil {
			return a, err
		}
	}
	rev := a.Rev
	a, err = s.adoptions.Update(ctx, org, id, func(now *Adoption) error {
		now.Told = max(now.Told, len(a.Stages))
		if now.Rev == rev {
			now.Due = nil
		}
		return nil
	})
	return a, wrap("settleAdoption", err)
}

// tellStage tells the record store of the town and the authors of the practice that a stage was reached.
func (s *Service) tellStage(ctx context.Context, org string, p Practice, a Adoption, i int) error {
	st := a.Stages[i]
	key := []string{org, "adoption", a.ID, strconv.Itoa(i)}
	const extensions = "/xapi/extensions/"
	e := course.Event{ID: course.EventID(key...), Verb: s.c.PublicURL + verbAdopted, Activity: s.activity(p.ID, p.Draft.Title), At: st.At,
		Extra: map[string]any{s.c.PublicURL + extensions + "adoption-stage": st.State, s.c.PublicURL + extensions + "day": st.On}}
	if p.Published != nil {
		e.Activity.Name = p.Published.Title
	}
	if err := s.c.Records.Record(ctx, org, e); err != nil {
		return wrap("tellStage", err)
	}
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return wrap("tellStage", err)
	}
	return s.tellAuthors(ctx, p, "practice_"+st.State, letterID(key...), map[string]any{"town": o.Name})
}
