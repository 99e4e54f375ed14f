package bootcamp

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of templates.
const (
	maxTemplates  = 200     // of a town
	maxSheet      = 200     // sessions of a template
	maxSheetBytes = 4 << 20 // of a template, as text
	clockForm     = "15:04"
)

// Template is a run-sheet that a town keeps to use it again. It holds what is done and when, and nothing of who did it: no
// members, no names of who leads, and no way into the sound and picture of a cohort that is over.
type Template struct {
	store.Meta `bson:",inline"`
	Edition    int64     `bson:"edition"`
	Name       string    `bson:"name"`
	Sort       string    `bson:"sort"` // people.Fold(Name)
	Sheet      []Planned `bson:"sheet"`
	Created    time.Time `bson:"created"`
	Updated    time.Time `bson:"updated"`
}

// Planned is a session without its day. Its time is that of a clock on the wall of its zone, so that it stays half past nine
// whether clocks were put forward meanwhile or not.
type Planned struct {
	Day         int        `bson:"day"`   // after the first one
	Clock       string     `bson:"clock"` // 09:30
	Zone        string     `bson:"zone"`  // IANA
	Later       bool       `bson:"later"` // of two instants with this time on the wall, the second
	Kind        string     `bson:"kind"`
	Mode        string     `bson:"mode"`
	Title       string     `bson:"title"`
	Language    string     `bson:"language"`
	Description string     `bson:"description"`
	Minutes     int        `bson:"minutes"`
	Place       Place      `bson:"place"`
	Agenda      []Item     `bson:"agenda"`
	Materials   []Material `bson:"materials"`
}

// Days returns how many days a template takes, at least one.
func (t *Template) Days() int {
	last := 0
	for _, p := range t.Sheet {
		last = max(last, p.Day)
	}
	return last + 1
}

// Source says from where a run-sheet is taken: a template of the own town, or else a cohort or one session that the actor
// leads.
type Source struct {
	Template                  string
	Bootcamp, Cohort, Session string
}

// plannedOf takes sessions down without their days and their people. They are in order.
func plannedOf(list []Session) ([]Planned, error) {
	sheet := make([]Planned, 0, len(list))
	var first time.Time
	for _, e := range list {
		wall, err := time.Parse(localForm, e.Local)
		if err != nil {
			return nil, err
		}
		if day := wall.Truncate(24 * time.Hour); first.IsZero() || day.Before(first) {
			first = day
		}
	}
	for _, e := range list {
		wall, err := time.Parse(localForm, e.Local)
		if err != nil {
			return nil, err
		}
		p := Planned{Day: int(wall.Truncate(24*time.Hour).Sub(first) / (24 * time.Hour)), Clock: wall.Format(clockForm), Zone: e.Zone, Later: e.Later && e.Twice(),
			Kind: e.Kind, Mode: e.Mode, Title: e.Title, Language: e.Language, Description: e.Description, Minutes: e.Minutes, Place: e.Place, Agenda: []Item{}, Materials: e.Materials}
		for _, a := range e.Agenda {
			a.Lead, a.LessonState = "", ""
			p.Agenda = append(p.Agenda, a)
		}
		sheet = append(sheet, p)
	}
	return sheet, nil
}

// session makes a session of what was planned, with the days counted from first.
func (p Planned) session(first time.Time) Session {
	return Session{Kind: p.Kind, Mode: p.Mode, Title: p.Title, Language: p.Language, Description: p.Description, Local: first.AddDate(0, 0, p.Day).Format(dayForm) + "T" + p.Clock,
		Zone: p.Zone, Later: p.Later, Minutes: p.Minutes, Place: p.Place, Facilitators: []string{}, Agenda: append([]Item{}, p.Agenda...), Materials: append([]Material{}, p.Materials...),
		State: SessionPlanned}
}

// sheet returns the run-sheet that a source names.
func (s *Service) sheet(ctx context.Context, by people.Actor, from Source) ([]Planned, error) {
	var list []Session
	switch {
	case from.Template != "":
		t, err := s.Template(ctx, by, from.Template)
		return t.Sheet, err
	case from.Session != "":
		_, e, err := s.led(ctx, by, from.Bootcamp, from.Session)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	default:
		b, c, err := s.facilitated(ctx, by, from.Bootcamp, from.Cohort)
		if err != nil {
			return nil, err
		}
		err = s.sessions.Each(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c.ID}}, func(e Session) error {
			if e.State != SessionCancelled {
				list = append(list, e)
			}
			if len(list) > maxSheet {
				return errSheetLarge()
			}
			return nil
		})
		if err != nil {
			return nil, wrap("sheet", err)
		}
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Conflict, "bootcamp.sheet_empty", "no session is planned there")
	}
	sheet, err := plannedOf(list)
	if err != nil {
		return nil, wrap("sheet", err)
	}
	b, err := json.Marshal(sheet)
	if err == nil && len(b) > maxSheetBytes {
		err = errSheetLarge()
	}
	return sheet, wrap("sheet", err)
}

func errSheetLarge() error {
	return fault.New(fault.Invalid, "bootcamp.sheet_large", "a run-sheet that is copied has at most %d sessions and 4 MB of text", maxSheet).With("max", maxSheet)
}

// keeper refuses who does not plan for the own town.
func keeper(by people.Actor) error { return by.Must(people.Facilitator, people.Administrator) }

// Keep makes a template of a cohort's run-sheet or of a session, in the host's town. Facilitators of the host may.
func (s *Service) Keep(ctx context.Context, by people.Actor, name string, from Source) (Template, error) {
	if err := keeper(by); err != nil {
		return Template{}, err
	}
	name, err := short("name", name)
	if err != nil {
		return Template{}, err
	}
	if from.Template == "" { // what is planned in a cohort is the host's
		if _, err := s.hosted(ctx, by, from.Bootcamp); err != nil {
			return Template{}, err
		}
	}
	sheet, err := s.sheet(ctx, by, from)
	if err != nil {
		return Template{}, err
	}
	n, err := s.templates.Count(ctx, by.Organisation, store.Query{Index: "byName"}, maxTemplates)
	if err != nil {
		return Template{}, wrap("Keep", err)
	}
	if n >= maxTemplates {
		return Template{}, fault.New(fault.Conflict, "bootcamp.entries", "a town keeps at most %d templates", maxTemplates).With("max", maxTemplates)
	}
	now := s.now()
	t := Template{Meta: store.Meta{ID: s.c.NewID()}, Edition: 1, Name: name, Sort: people.Fold(name), Sheet: sheet, Created: now, Updated: now}
	return t, wrap("Keep", s.templates.Insert(ctx, by.Organisation, t))
}

// Templates lists the templates of the actor's town by name. Its facilitators may see them.
func (s *Service) Templates(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Template], error) {
	if err := keeper(by); err != nil {
		return store.Page[Template]{}, err
	}
	p, err := s.templates.Find(ctx, by.Organisation, store.Query{Index: "byName", Cursor: cursor, Limit: limit})
	return p, wrap("Templates", err)
}

// Template returns a template of the actor's town. Its facilitators may see it.
func (s *Service) Template(ctx context.Context, by people.Actor, id string) (Template, error) {
	if err := keeper(by); err != nil {
		return Template{}, err
	}
	t, err := s.templates.Get(ctx, by.Organisation, id)
	return t, wrap("Template", orGone(err, "bootcamp.not_found", "template", id))
}

// RenameTemplate calls a template something else. Facilitators of its town may.
func (s *Service) RenameTemplate(ctx context.Context, by people.Actor, id string, rev int64, name string) (Template, error) {
	if err := keeper(by); err != nil {
		return Template{}, err
	}
	name, err := short("name", name)
	if err != nil {
		return Template{}, err
	}
	t, err := s.templates.Update(ctx, by.Organisation, id, func(t *Template) error {
		if err := fresh(rev, t.Edition); err != nil {
			return err
		}
		t.Name, t.Sort, t.Updated = name, people.Fold(name), s.now()
		t.Edition++
		return nil
	})
	return t, wrap("RenameTemplate", orGone(err, "bootcamp.not_found", "template", id))
}

// DropTemplate deletes a template; what was made of it stays. Facilitators of its town may. It can be repeated.
func (s *Service) DropTemplate(ctx context.Context, by people.Actor, id string) error {
	if err := keeper(by); err != nil {
		return err
	}
	err := s.templates.Delete(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return wrap("DropTemplate", err)
}

// SheetLine is a session as it would be planned, or is.
type SheetLine struct {
	Session
	Wrong *fault.Fault // why it cannot be; nil if it can
	Lost  []string     // agenda items whose lesson was withdrawn or is not for every town: they come without it
}

// TrySheet says what copying a run-sheet into a cohort would plan, from a first day on, and what would be in the way.
func (s *Service) TrySheet(ctx context.Context, by people.Actor, bootcamp, cohort string, from Source, first string) ([]SheetLine, error) {
	_, lines, err := s.lay(ctx, by, bootcamp, cohort, from, first)
	return lines, err
}

// CopySheet plans a run-sheet in a cohort, from a first day on: all of its sessions or none. Who leads the cohort may. Sent
// again with the same key it plans nothing more.
func (s *Service) CopySheet(ctx context.Context, by people.Actor, bootcamp, cohort string, from Source, first, key string) ([]SheetLine, error) {
	if n := len(key); n < 8 || n > 64 {
		return nil, invalid("key", "bootcamp.short", "a key has 8 to 64 characters").With("max", 64)
	}
	b, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return nil, err
	}
	if done, err := s.laid(ctx, b, cohort, key); err != nil || len(done) > 0 {
		return done, err
	}
	_, lines, err := s.lay(ctx, by, bootcamp, cohort, from, first)
	if err != nil {
		return nil, err
	}
	now, docs := s.now(), make([]Session, len(lines))
	for i := range lines {
		if lines[i].Wrong != nil {
			return nil, lines[i].Wrong
		}
		e := &lines[i].Session
		e.ID, e.Bootcamp, e.Cohort, e.Edition, e.Created, e.Updated = sheetID(cohort, key, i), b.ID, cohort, 1, now, now
		e.plan(now)
		docs[i] = *e
	}
	n, err := s.sessions.Count(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{cohort}}, maxSessions)
	if err != nil {
		return nil, wrap("CopySheet", err)
	}
	if n+len(docs) > maxSessions {
		return nil, fault.New(fault.Conflict, "bootcamp.entries", "a cohort has at most %d sessions", maxSessions).With("max", maxSessions)
	}
	err = s.insertSessions(ctx, b, cohort, docs...)
	if errors.Is(err, store.ErrDuplicate) { // twice at once
		return s.laid(ctx, b, cohort, key)
	}
	return lines, err
}

// sheetID names a session of a run-sheet that was copied with a key, so that it is stored once.
func sheetID(cohort, key string, n int) string {
	return course.EventID("run-sheet", cohort, key, strconv.Itoa(n))
}

// laid returns what was planned with a key before: all of it, because it is stored at once, or nothing.
func (s *Service) laid(ctx context.Context, b Bootcamp, cohort, key string) ([]SheetLine, error) {
	var lines []SheetLine
	for n := range maxSheet {
		e, err := s.sessions.Get(ctx, b.Owner, sheetID(cohort, key, n))
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, wrap("laid", err)
		}
		lines = append(lines, SheetLine{Session: e})
	}
	return lines, nil
}

// lay sets the sessions of a run-sheet on their days.
func (s *Service) lay(ctx context.Context, by people.Actor, bootcamp, cohort string, from Source, first string) (Bootcamp, []SheetLine, error) {
	b, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return b, nil, err
	}
	day, err := time.Parse(dayForm, strings.TrimSpace(first))
	if err != nil {
		return b, nil, invalid("first", "bootcamp.time", "a day is written 2026-11-24")
	}
	sheet, err := s.sheet(ctx, by, from)
	if err != nil {
		return b, nil, err
	}
	known, lines := s.offers(append([]string{b.Owner}, b.Towns...)), make([]SheetLine, 0, len(sheet))
	for _, p := range sheet {
		l := SheetLine{Session: p.session(day)}
		for i := range l.Agenda {
			a := &l.Agenda[i]
			if a.Lesson == "" {
				continue
			}
			_, shut, ok, err := known.find(ctx, a.Course, a.Lesson)
			if err != nil {
				return b, nil, wrap("lay", err)
			}
			if !ok || len(shut) > 0 {
				l.Lost = append(l.Lost, a.Title)
				a.Course, a.Lesson, a.LessonTitle, a.LessonKind = "", "", nil, ""
			}
		}
		if err := l.check(); err != nil && !errors.As(err, &l.Wrong) {
			return b, nil, wrap("lay", err)
		}
		lines = append(lines, l)
	}
	return b, lines, nil
}
