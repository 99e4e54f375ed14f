package indicator

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"palestra/bootcamp"
	"palestra/bootcamp/live"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
)

// link says who is behind a random name in a host's figures. There is one for each person, and none of who was erased.
type link struct {
	store.Meta `bson:",inline"` // the person's id
	Person     string           `bson:"person"`
	Who        string           `bson:"who"`
	Towns      []string         `bson:"towns"` // organisations for which she came
}

// who returns the random name of a person in a host's figures.
func (s *Service) who(ctx context.Context, host, person, town string) (string, error) {
	for {
		l, err := s.links.Get(ctx, host, person)
		if err == nil && !slices.Contains(l.Towns, town) {
			l, err = s.links.Update(ctx, host, person, func(l *link) error { l.Towns = append(l.Towns, town); return nil })
		}
		if !errors.Is(err, store.ErrNotFound) {
			return l.Who, err
		}
		l = link{Meta: store.Meta{ID: person}, Person: person, Who: s.c.NewName(), Towns: []string{town}}
		if err := s.links.Insert(ctx, host, l); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return "", err
		}
	}
}

// say enters what is known of something now; nil if it does not count any more. What is known already is not entered
// again.
func (s *Service) say(ctx context.Context, host, about string, is *Saying) error {
	for {
		if err := s.CatchUp(ctx, host); err != nil {
			return err
		}
		o, err := s.sources.Get(ctx, host, about)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if is == nil && o.Is == nil || is != nil && o.Is != nil && o.Is.is(*is) {
			return nil
		}
		f := Fact{Source: about, Gone: is == nil}
		f.ID = about + "." + strconv.Itoa(o.Turn+1)
		if is != nil {
			f.Saying = *is
		}
		_, err = s.facts.Append(ctx, host, stream, f)
		if err == nil {
			return s.CatchUp(ctx, host)
		}
		if !errors.Is(err, store.ErrDuplicate) { // somebody else was faster: look again
			return err
		}
	}
}

// Attended implements live.Counter: it enters who was at a session that is over, and that it took place, and what was
// corrected since. People who led it or read along are not counted; who was erased stays counted as she was.
func (s *Service) Attended(ctx context.Context, host string, e bootcamp.Session, minutes int, rows []live.Row) error {
	there := 0
	base := Saying{Bootcamp: e.Bootcamp, Cohort: e.Cohort, Ref: e.ID, Title: e.Title, Language: e.Language, Mode: e.Mode, Kind: e.Kind, Lessons: nil, On: e.Local[:len("2006-01-02")]}
	for _, r := range rows {
		was := (r.State == live.Present || r.State == live.Partly) && r.Minutes > 0
		if r.Name == "" { // erased
			if was {
				there++
			}
			continue
		}
		if was && !r.Member {
			m, known, err := s.c.Camps.Place(ctx, host, e.Cohort, r.Person)
			if err != nil {
				return wrap("Attended", err)
			}
			was = known && m.Role == bootcamp.RoleParticipant
		}
		if !was {
			l, err := s.links.Get(ctx, host, r.Person)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err == nil {
				err = s.say(ctx, host, presenceOf(e.ID, l.Who), nil)
			}
			if err != nil {
				return wrap("Attended", err)
			}
			continue
		}
		there++
		who, err := s.who(ctx, host, r.Person, r.Town)
		if err != nil {
			return wrap("Attended", err)
		}
		y := base
		y.What, y.Who, y.Town, y.Minutes = Presence, who, r.Town, r.Minutes
		if err := s.say(ctx, host, presenceOf(e.ID, who), &y); err != nil {
			return wrap("Attended", err)
		}
	}
	if there == 0 {
		return wrap("Attended", s.say(ctx, host, "event."+e.ID, nil))
	}
	y := base
	y.What, y.Minutes = Event, minutes
	return wrap("Attended", s.say(ctx, host, "event."+e.ID, &y))
}

func presenceOf(session, who string) string { return "presence." + session + "." + who }

// Adopted implements practice.Counter: it enters how far a town is with a practice, and which lessons led it there.
func (s *Service) Adopted(ctx context.Context, org string, a practice.Adoption, title course.Text) error {
	words, language := title.In(a.Language, "en")
	y := Saying{What: Adoption, Ref: a.Practice, Title: words, Language: language, Outcome: a.State, On: a.Stages[len(a.Stages)-1].On}
	for _, l := range a.Learned {
		x := Lesson{Course: l.Course, Lesson: l.Lesson, Title: l.Title}
		if !slices.ContainsFunc(y.Lessons, func(o Lesson) bool { return o.key() == x.key() }) {
			y.Lessons = append(y.Lessons, x)
		}
	}
	return wrap("Adopted", s.say(ctx, org, "adoption."+a.Practice, &y))
}

// gone turns a missing document into the fault that says so.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "indicator.not_found", "it is not here")
	}
	return err
}
