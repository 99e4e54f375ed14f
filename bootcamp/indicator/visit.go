package indicator

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/bootcamp"
	"palestra/bootcamp/practice"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of what is entered by hand.
const (
	maxTitle   = 200
	maxNote    = 1000
	maxMinutes = 24 * 60
	maxAddress = 2000
)

// Outcomes lists how a visit to the help-desk can end.
func Outcomes() []string { return []string{"solved", "partly", "passed", "open"} }

// VisitModes lists how somebody can come to the help-desk.
func VisitModes() []string { return []string{bootcamp.ModePresence, bootcamp.ModeOnline, "telephone"} }

// VisitEntry is a visit to the help-desk, as who was at the desk has noted it. Nobody's name is needed.
type VisitEntry struct {
	store.Meta `bson:",inline"`
	Edition    int64      `bson:"edition"`
	Bootcamp   string     `bson:"bootcamp"`
	Cohort     string     `bson:"cohort"` // "" for none
	On         string     `bson:"on"`     // day
	Mode       string     `bson:"mode"`
	Topic      string     `bson:"topic"` // of practice.Topics
	Minutes    int        `bson:"minutes"`
	Outcome    string     `bson:"outcome"`
	Lesson     *Lesson    `bson:"lesson"` // that was recommended
	Note       string     `bson:"note"`
	Person     string     `bson:"person"` // who came, if she is in the cohort and was asked; "" for somebody
	Town       string     `bson:"town"`
	By         string     `bson:"by"`   // random name of who noted it, in her organisation
	Gone       string     `bson:"gone"` // why it does not count any more; "" if it does
	Updated    time.Time  `bson:"updated"`
	Due        *time.Time `bson:"due,omitempty"` // since when it is to be counted
}

// VisitChange is what is noted of a visit.
type VisitChange struct {
	Cohort, On, Mode, Topic, Outcome, Note, Person string
	Minutes                                        int
	Course, Lesson                                 string
}

// may returns a bootcamp to who may enter something for it: its host's facilitators, and who leads one of its cohorts
// for that cohort.
func (s *Service) may(ctx context.Context, by people.Actor, id, cohort string) (bootcamp.Bootcamp, error) {
	b, err := s.c.Camps.Bootcamp(ctx, by, id)
	if err != nil {
		return b, err
	}
	if cohort != "" {
		return b, s.c.Camps.Facilitates(ctx, by, id, cohort)
	}
	if !s.c.Camps.Hosts(by, b) {
		return b, errForbidden
	}
	return b, nil
}

// day refuses what is no day, or has not come, or lies outside of ten years.
func (s *Service) day(ctx context.Context, host, on string) error {
	at, err := time.Parse(time.DateOnly, on)
	zone, zerr := s.zone(ctx, host)
	if zerr != nil {
		return zerr
	}
	now := s.now().In(zone)
	if err != nil || on > now.Format(time.DateOnly) || at.Before(now.AddDate(-10, 0, 0)) {
		return invalid("on", "indicator.day", "a day that has come, as 2026-11-24")
	}
	return nil
}

// words tidies a text of at most limit characters.
func words(path, text string, limit int) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > limit {
		return "", invalid(path, "indicator.long", "at most %d characters", limit).With("max", limit)
	}
	return text, nil
}

func (s *Service) setVisit(ctx context.Context, by people.Actor, b bootcamp.Bootcamp, v *VisitEntry, ch VisitChange) (err error) {
	if err := s.day(ctx, b.Owner, ch.On); err != nil {
		return err
	}
	for _, c := range []struct {
		path, is string
		of       []string
	}{{"mode", ch.Mode, VisitModes()}, {"topic", ch.Topic, practice.Topics()}, {"outcome", ch.Outcome, Outcomes()}} {
		if !slices.Contains(c.of, c.is) {
			return invalid(c.path, "indicator.choice", "no such choice")
		}
	}
	if ch.Minutes < 1 || ch.Minutes > maxMinutes {
		return invalid("minutes", "indicator.minutes", "1 to %d minutes", maxMinutes).With("max", maxMinutes)
	}
	if v.Note, err = words("note", ch.Note, maxNote); err != nil {
		return err
	}
	town := ""
	if ch.Person != "" {
		m, known, err := s.c.Camps.Place(ctx, b.Owner, ch.Cohort, ch.Person)
		if err != nil {
			return err
		}
		if !known || ch.Cohort == "" {
			return invalid("person", "indicator.person", "only who is in the cohort is named")
		}
		town = m.Town
	}
	var lesson *Lesson
	if ch.Course != "" || ch.Lesson != "" {
		if lesson, err = s.lesson(ctx, by, ch.Course, ch.Lesson); err != nil {
			return err
		}
	}
	v.Cohort, v.On, v.Mode, v.Topic, v.Minutes, v.Outcome, v.Lesson, v.Person, v.Town = ch.Cohort, ch.On, ch.Mode, ch.Topic, ch.Minutes, ch.Outcome, lesson, ch.Person, town
	now := s.now()
	v.By, v.Updated, v.Due = by.Account, now, &now
	v.Edition++
	return nil
}

// lesson returns a lesson that the actor may see.
func (s *Service) lesson(ctx context.Context, by people.Actor, courseID, id string) (*Lesson, error) {
	missing := invalid("lesson", "indicator.lesson", "there is no such lesson")
	offer, err := s.c.Courses.Offer(ctx, by, courseID)
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	for _, m := range offer.Outline {
		for _, r := range m.Lessons {
			if r.ID == id {
				title, _ := r.Title.In(by.Locale)
				return &Lesson{courseID, id, title}, nil
			}
		}
	}
	return nil, missing
}

// AddVisit notes a visit to the help-desk. Facilitators of the host may, and who leads the cohort.
func (s *Service) AddVisit(ctx context.Context, by people.Actor, id string, ch VisitChange) (VisitEntry, error) {
	b, err := s.may(ctx, by, id, ch.Cohort)
	if err != nil {
		return VisitEntry{}, err
	}
	v := VisitEntry{Meta: store.Meta{ID: s.c.NewID()}, Bootcamp: b.ID}
	if err := s.setVisit(ctx, by, b, &v, ch); err != nil {
		return VisitEntry{}, wrap("AddVisit", err)
	}
	if err := s.visits.Insert(ctx, b.Owner, v); err != nil {
		return VisitEntry{}, wrap("AddVisit", err)
	}
	return v, wrap("AddVisit", s.sayVisit(ctx, b.Owner, v))
}

// sayVisit enters what a visit says now. It may be called again at any time. Who comes late, with what the visit said before
// somebody else changed and counted it, says again what it says now.
func (s *Service) sayVisit(ctx context.Context, host string, v VisitEntry) error {
	for {
		if err := s.enterVisit(ctx, host, v); err != nil {
			return err
		}
		now, err := s.visits.Update(ctx, host, v.ID, func(now *VisitEntry) error {
			if now.Edition != v.Edition || now.Due == nil {
				return store.ErrKeep
			}
			now.Due = nil
			return nil
		})
		if err != nil || now.Edition == v.Edition {
			return err
		}
		v = now
	}
}

func (s *Service) enterVisit(ctx context.Context, host string, v VisitEntry) error {
	about := "visit." + v.ID
	if v.Gone != "" {
		return s.say(ctx, host, about, nil)
	}
	y := Saying{What: Visit, Bootcamp: v.Bootcamp, Cohort: v.Cohort, Ref: v.ID, Town: v.Town, Mode: v.Mode, Topic: v.Topic, Outcome: v.Outcome, Minutes: v.Minutes, On: v.On}
	if v.Lesson != nil {
		y.Lessons = []Lesson{*v.Lesson}
	}
	if v.Person != "" {
		who, err := s.who(ctx, host, v.Person, v.Town)
		if err != nil {
			return err
		}
		y.Who = who
	}
	return s.say(ctx, host, about, &y)
}

// visit returns one to who may change it.
func (s *Service) visit(ctx context.Context, by people.Actor, id, visit string) (bootcamp.Bootcamp, VisitEntry, error) {
	b, err := s.c.Camps.Bootcamp(ctx, by, id)
	if err != nil {
		return b, VisitEntry{}, err
	}
	v, err := s.visits.Get(ctx, b.Owner, visit)
	if err == nil && v.Bootcamp != b.ID {
		err = store.ErrNotFound
	}
	if err != nil {
		return b, v, wrap("visit", gone(err))
	}
	_, err = s.may(ctx, by, id, v.Cohort)
	return b, v, err
}

func stale(want, is int64) error {
	if want != 0 && want != is {
		return fault.New(fault.Stale, "indicator.changed_elsewhere", "somebody else has changed this since you opened it")
	}
	return nil
}

// ChangeVisit puts right what was noted; what was known before stays in the figures of the days before.
func (s *Service) ChangeVisit(ctx context.Context, by people.Actor, id, visit string, edition int64, ch VisitChange) (VisitEntry, error) {
	b, old, err := s.visit(ctx, by, id, visit)
	if err != nil {
		return old, err
	}
	if ch.Cohort != old.Cohort {
		if _, err := s.may(ctx, by, id, ch.Cohort); err != nil {
			return old, err
		}
	}
	next := old
	if err := s.setVisit(ctx, by, b, &next, ch); err != nil {
		return old, wrap("ChangeVisit", err)
	}
	v, err := s.visits.Update(ctx, b.Owner, visit, func(v *VisitEntry) error {
		if err := stale(edition, v.Edition); err != nil {
			return err
		}
		if v.Gone != "" {
			return fault.New(fault.Conflict, "indicator.withdrawn", "this does not count any more")
		}
		meta := v.Meta
		next.Edition = v.Edition + 1
		*v = next
		v.Meta = meta
		return nil
	})
	if err != nil {
		return v, wrap("ChangeVisit", err)
	}
	return v, wrap("ChangeVisit", s.sayVisit(ctx, b.Owner, v))
}

// EndVisit says why a visit does not count any more.
func (s *Service) EndVisit(ctx context.Context, by people.Actor, id, visit, why string) (VisitEntry, error) {
	b, v, err := s.visit(ctx, by, id, visit)
	if err != nil {
		return v, err
	}
	if why, err = reason(why); err != nil {
		return v, err
	}
	v, err = s.visits.Update(ctx, b.Owner, visit, func(v *VisitEntry) error {
		now := s.now()
		v.Gone, v.By, v.Updated, v.Due = why, by.Account, now, &now
		v.Edition++
		return nil
	})
	if err != nil {
		return v, wrap("EndVisit", err)
	}
	return v, wrap("EndVisit", s.sayVisit(ctx, b.Owner, v))
}

func reason(why string) (string, error) {
	why, err := words("reason", why, maxNote)
	if err == nil && why == "" {
		err = invalid("reason", "indicator.reason", "a reason is needed")
	}
	return why, err
}

// Visits lists a bootcamp's visits, the latest first, to who may enter them for all of it or for a cohort.
func (s *Service) Visits(ctx context.Context, by people.Actor, id, cohort, cursor string, limit int) (store.Page[VisitEntry], error) {
	b, err := s.may(ctx, by, id, cohort)
	if err != nil {
		return store.Page[VisitEntry]{}, err
	}
	q := store.Query{Index: "byDay", Equal: []any{b.ID}, Reverse: true, Cursor: cursor, Limit: limit}
	if cohort != "" {
		q.Where = map[string]any{"cohort": cohort}
	}
	p, err := s.visits.Find(ctx, b.Owner, q)
	return p, wrap("Visits", err)
}
