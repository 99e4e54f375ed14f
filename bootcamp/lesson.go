package bootcamp

import (
	"context"
	"slices"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/people"
)

// How the lesson to which an agenda item leads stands to a reader.
const (
	LessonOpen   = "open"   // she may begin its course
	LessonHidden = "hidden" // it is not for her town
	LessonGone   = "gone"   // it was withdrawn
)

func errNoLesson() error {
	return invalid("agenda", "bootcamp.lesson", "there is no such lesson in the catalogue")
}

// offers remembers courses of the catalogue while one answer is made.
type offers struct {
	s     *Service
	towns []string // who should be able to begin them
	known map[string]offered
}

type offered struct {
	course.Entry
	shut []string // towns that may not begin it
	gone bool
}

func (s *Service) offers(towns []string) *offers {
	return &offers{s: s, towns: towns, known: map[string]offered{}}
}

// find returns a lesson, the towns that may not begin its course, and false if it is not in the catalogue.
func (o *offers) find(ctx context.Context, id, lesson string) (course.LessonRef, []string, bool, error) {
	c, ok := o.known[id]
	if !ok {
		c.gone = true
		if o.s.c.Lessons != nil {
			e, shut, err := o.s.c.Lessons.OfferTo(ctx, id, o.towns)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return course.LessonRef{}, nil, false, err
			}
			c = offered{e, shut, err != nil}
		}
		o.known[id] = c
	}
	if c.gone {
		return course.LessonRef{}, nil, false, nil
	}
	for _, m := range c.Outline {
		for _, l := range m.Lessons {
			if l.ID == lesson {
				return l, c.shut, true, nil
			}
		}
	}
	return course.LessonRef{}, nil, false, nil
}

// linkLessons checks the lessons to which a changed agenda leads: that they are in the catalogue, and for every town of the
// bootcamp. What was linked before stays, whatever has become of it, so that an old link never stands in the way of a change.
func (s *Service) linkLessons(ctx context.Context, b Bootcamp, before []Item, ch *SessionChange) error {
	if ch.Agenda == nil || len(*ch.Agenda) > maxAgenda {
		return nil
	}
	agenda, known := slices.Clone(*ch.Agenda), s.offers(append([]string{b.Owner}, b.Towns...))
	ch.Agenda = &agenda
	for i := range agenda {
		a := &agenda[i]
		a.LessonTitle, a.LessonKind, a.LessonState = nil, "", ""
		if a.Course == "" || a.Lesson == "" {
			continue // checked with the rest
		}
		if at := slices.IndexFunc(before, func(o Item) bool { return o.Course == a.Course && o.Lesson == a.Lesson }); at >= 0 {
			a.LessonTitle, a.LessonKind = before[at].LessonTitle, before[at].LessonKind
			continue
		}
		l, shut, ok, err := known.find(ctx, a.Course, a.Lesson)
		if err != nil {
			return wrap("linkLessons", err)
		}
		if !ok {
			return errNoLesson()
		}
		if len(shut) > 0 {
			return s.errShut(ctx, shut[0])
		}
		a.LessonTitle, a.LessonKind = l.Title, l.Kind
	}
	return nil
}

// errShut says which town may not begin a course.
func (s *Service) errShut(ctx context.Context, town string) error {
	o, err := s.c.People.Organisation(ctx, town)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return invalid("agenda", "bootcamp.lesson_hidden", "%s may not begin this course", o.Name).With("town", o.Name)
}

// showLessons says of the lessons to which sessions lead what they are to the reader, and what they are called now.
func (s *Service) showLessons(ctx context.Context, by people.Actor, list ...*Session) error {
	known := s.offers([]string{by.Organisation})
	for _, e := range list {
		e.Agenda = slices.Clone(e.Agenda)
		for i := range e.Agenda {
			a := &e.Agenda[i]
			if a.Lesson == "" {
				continue
			}
			l, shut, ok, err := known.find(ctx, a.Course, a.Lesson)
			switch {
			case err != nil:
				return wrap("showLessons", err)
			case !ok:
				a.LessonState = LessonGone
				continue
			case len(shut) > 0:
				a.LessonState = LessonHidden
			default:
				a.LessonState = LessonOpen
			}
			a.LessonTitle, a.LessonKind = l.Title, l.Kind
		}
	}
	return nil
}
