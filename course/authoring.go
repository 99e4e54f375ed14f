package course

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

func notFound(id string) error {
	return fault.New(fault.NotFound, "course.not_found", "no course %s", id)
}

// Create makes an empty course in the actor's organisation. Authors may.
func (s *Service) Create(ctx context.Context, by people.Actor, title Text, languages []string) (Course, error) {
	if err := by.Must(people.Author); err != nil {
		return Course{}, err
	}
	now := s.now()
	c := Course{Meta: store.Meta{ID: s.c.NewID()}, Languages: languages, Title: title, Summary: Text{}, Audience: Audience{Kind: AudienceTown},
		Rule: defaultRule(), Modules: []Module{}, State: StateDraft, Changed: true, Author: by.Account, Created: now, Updated: now}
	if err := c.check(); err != nil {
		return Course{}, err
	}
	c.tell(Event{ID: eventID(by.Organisation, "created", c.ID), Account: by.Account, Verb: verbCreated, Activity: courseActivity(c.ID, c.Title), At: now})
	if err := s.courses.Insert(ctx, by.Organisation, c); err != nil {
		return Course{}, s.wrap("Create", err)
	}
	c.Rev = 1
	c, err := s.settleCourse(ctx, by.Organisation, c)
	if err != nil {
		return c, err
	}
	return c, s.c.People.Note(ctx, by.Organisation, by, "course.created", c.ID, "")
}

// check refuses what a draft cannot be and tidies it.
func (c *Course) check() (err error) {
	if err := checkLanguages(c.Languages); err != nil {
		return err
	}
	if c.Title, err = c.Title.Check("body.title", maxTitle); err != nil {
		return err
	}
	if c.Summary, err = c.Summary.Check("body.summary", maxSummary); err != nil {
		return err
	}
	if !c.Title.has(c.Languages[0]) {
		return fault.New(fault.Invalid, "course.title_missing", "a course has a title in its first language").At("body.title", "course.title_missing")
	}
	if err := c.Audience.check(); err != nil {
		return err
	}
	if c.Minutes < 0 || c.Minutes > 60*500 {
		return fault.New(fault.Invalid, "course.minutes", "the effort lies between 0 and 30,000 minutes").At("body.minutes", "course.minutes")
	}
	if c.Rule.Video < 1 || c.Rule.Video > 100 {
		return fault.New(fault.Invalid, "course.rule", "the part of a video that must be seen lies between 1 and 100 per cent").At("body.rule", "course.rule")
	}
	return nil
}

func checkLanguages(languages []string) error {
	if len(languages) == 0 || len(languages) > len(lang.Locales()) || len(slices.Compact(slices.Sorted(slices.Values(languages)))) != len(languages) {
		return fault.New(fault.Invalid, "course.languages", "a course has one or more languages, each once").At("body.languages", "course.languages")
	}
	for _, l := range languages {
		if !slices.Contains(lang.Locales(), l) {
			return fault.New(fault.Invalid, "course.language", "%q is not a language of courses", l).With("language", l).At("body.languages", "course.language")
		}
	}
	return nil
}

// check refuses an audience that is none and tidies it.
func (a *Audience) check() error {
	if !slices.Contains([]string{AudienceTown, AudienceTowns, AudienceNetwork, AudiencePublic}, a.Kind) || len(a.Towns) > 500 {
		return fault.New(fault.Invalid, "course.audience", "no such audience").At("body.audience", "course.audience")
	}
	if a.Kind != AudienceTowns {
		a.Towns = nil
	}
	return nil
}

// Course returns a draft of the actor's organisation. Authors may.
func (s *Service) Course(ctx context.Context, by people.Actor, id string) (Course, error) {
	if err := by.Must(people.Author); err != nil {
		return Course{}, err
	}
	c, err := s.courses.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) {
		return c, notFound(id)
	}
	return c, s.wrap("Course", err)
}

// Courses lists the drafts of the actor's organisation, last changed first. Authors may.
func (s *Service) Courses(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Course], error) {
	if err := by.Must(people.Author); err != nil {
		return store.Page[Course]{}, err
	}
	p, err := s.courses.Find(ctx, by.Organisation, store.Query{Index: "byUpdated", Reverse: true, Cursor: cursor, Limit: limit})
	return p, s.wrap("Courses", err)
}

// deed is what an author has done to a draft, as the record store is told; without a verb it is told nothing.
type deed struct {
	verb string
	of   func(*Course) Activity // nil: the course
}

// edit changes a draft of the actor's organisation at the revision that she read (0 for any). Authors may.
func (s *Service) edit(ctx context.Context, by people.Actor, id string, rev int64, what deed, f func(*Course) error) (Course, error) {
	if err := by.Must(people.Author); err != nil {
		return Course{}, err
	}
	c, err := s.courses.Update(ctx, by.Organisation, id, func(c *Course) error {
		if err := fresh(rev, c.Rev); err != nil {
			return err
		}
		if err := f(c); err != nil {
			return err
		}
		c.Changed, c.Updated = true, s.now()
		if err := c.check(); err != nil {
			return err
		}
		if what.verb != "" {
			a := courseActivity(c.ID, c.Title)
			if what.of != nil {
				a = what.of(c)
			}
			c.tell(Event{ID: eventID(by.Organisation, what.verb, a.Path, strconv.FormatInt(c.Rev, 10)), Account: by.Account, Verb: what.verb, Activity: a, At: c.Updated})
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return c, notFound(id)
	}
	if err != nil {
		return c, s.wrap("edit", err)
	}
	return s.settleCourse(ctx, by.Organisation, c)
}

// settleCourse writes what changes of a draft bring about: its entry in the catalogue, and what the record store is told.
// It may run twice at once and be killed anywhere.
func (s *Service) settleCourse(ctx context.Context, org string, c Course) (Course, error) {
	for range 10 {
		if !c.Pending {
			return c, nil
		}
		if c.Listing {
			if err := s.list(ctx, org, c); err != nil {
				return c, err
			}
		}
		if err := s.tellAll(ctx, org, c.Untold); err != nil {
			return c, err
		}
		next, err := s.courses.Update(ctx, org, c.ID, func(d *Course) error {
			if d.State == c.State && d.Version == c.Version {
				d.Listing = false
				d.told(c.Untold)
			} else {
				d.Listing, d.Pending = true, true // what is in the catalogue may be what this run has put there late
			}
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			return c, nil // deleted meanwhile: it was never published
		}
		if err != nil {
			return c, s.wrap("settleCourse", err)
		}
		c = next
	}
	return c, nil // the sweep goes on
}

// settleLesson tells the record store what was done to a lesson.
func (s *Service) settleLesson(ctx context.Context, org string, l Lesson) (Lesson, error) {
	if !l.Pending {
		return l, nil
	}
	if err := s.tellAll(ctx, org, l.Untold); err != nil {
		return l, err
	}
	next, err := s.lessons.Update(ctx, org, l.ID, func(d *Lesson) error { d.told(l.Untold); return nil })
	if errors.Is(err, store.ErrNotFound) {
		return l, nil // deleted meanwhile
	}
	return next, s.wrap("settleLesson", err)
}

// Change is what an author changes of a course; nil leaves as it is.
type Change struct {
	Languages []string
	Title     Text
	Summary   Text
	Audience  *Audience
	Minutes   *int
	Video     *int // Rule.Video
}

// Update changes a draft. Authors may. Faults: course.changed_elsewhere and what check refuses.
func (s *Service) Update(ctx context.Context, by people.Actor, id string, rev int64, ch Change) (Course, error) {
	if _, err := s.Course(ctx, by, id); err != nil {
		return Course{}, err // before anything tells which organisations there are
	}
	if ch.Audience != nil {
		for _, t := range ch.Audience.Towns {
			if _, err := s.c.People.Organisation(ctx, t); err != nil {
				return Course{}, err
			}
		}
	}
	return s.edit(ctx, by, id, rev, deed{verb: verbEdited}, func(c *Course) error {
		if ch.Languages != nil {
			c.Languages = ch.Languages
		}
		if ch.Title != nil {
			c.Title = ch.Title
		}
		if ch.Summary != nil {
			c.Summary = ch.Summary
		}
		if ch.Audience != nil {
			c.Audience = *ch.Audience
		}
		if ch.Minutes != nil {
			c.Minutes = *ch.Minutes
		}
		if ch.Video != nil {
			c.Rule.Video = *ch.Video
		}
		return nil
	})
}

// Delete removes a course that was never published, with its lessons. Authors may. What has been published is
// unpublished instead: somebody's record may rest on it (course.published_once).
func (s *Service) Delete(ctx context.Context, by people.Actor, id string) error {
	c, err := s.Course(ctx, by, id)
	if err != nil {
		return err
	}
	if c.Version > 0 {
		return fault.New(fault.Conflict, "course.published_once", "a course that was published can only be unpublished: records rest on it")
	}
	if err := s.courses.Delete(ctx, by.Organisation, id); err != nil {
		return s.wrap("Delete", err)
	}
	err = s.lessons.Each(ctx, by.Organisation, store.Query{Index: "byCourse", Equal: []any{id}}, func(l Lesson) error {
		return s.lessons.Delete(ctx, by.Organisation, l.ID)
	})
	if err != nil {
		return s.wrap("Delete", err)
	}
	return s.c.People.Note(ctx, by.Organisation, by, "course.deleted", id, "")
}

// AddModule adds a module at the end of a draft. Authors may.
func (s *Service) AddModule(ctx context.Context, by people.Actor, id string, title Text) (Course, error) {
	title, err := title.Check("body.title", maxTitle)
	if err != nil {
		return Course{}, err
	}
	mid := s.c.NewID()
	return s.edit(ctx, by, id, 0, deed{verb: verbEdited}, func(c *Course) error {
		if len(c.Modules) >= maxModules {
			return fault.New(fault.Invalid, "course.modules", "a course has at most %d modules", maxModules).With("max", maxModules)
		}
		c.Modules = append(c.Modules, Module{ID: mid, Title: title, Lessons: []LessonRef{}})
		return nil
	})
}

// RenameModule gives a module another title, at the revision of the course that was read (0 for any). Authors may.
func (s *Service) RenameModule(ctx context.Context, by people.Actor, id string, rev int64, module string, title Text) (Course, error) {
	title, err := title.Check("body.title", maxTitle)
	if err != nil {
		return Course{}, err
	}
	return s.edit(ctx, by, id, rev, deed{verb: verbEdited}, func(c *Course) error {
		i := slices.IndexFunc(c.Modules, func(m Module) bool { return m.ID == module })
		if i < 0 {
			return fault.New(fault.NotFound, "course.module_not_found", "no module %s", module)
		}
		c.Modules[i].Title = title
		return nil
	})
}

// DeleteModule removes an empty module. Authors may. Fault: course.module_not_empty.
func (s *Service) DeleteModule(ctx context.Context, by people.Actor, id, module string) (Course, error) {
	return s.edit(ctx, by, id, 0, deed{verb: verbEdited}, func(c *Course) error {
		i := slices.IndexFunc(c.Modules, func(m Module) bool { return m.ID == module })
		if i < 0 {
			return fault.New(fault.NotFound, "course.module_not_found", "no module %s", module)
		}
		if len(c.Modules[i].Lessons) > 0 {
			return fault.New(fault.Conflict, "course.module_not_empty", "move or delete the lessons of this module first")
		}
		c.Modules = slices.Delete(c.Modules, i, i+1)
		return nil
	})
}

// Place is one module in an order of the outline, with its lessons in order.
type Place struct {
	Module  string
	Lessons []string
}

// Arrange brings modules and lessons into another order. Every one of them must be named once (course.outline).
func (s *Service) Arrange(ctx context.Context, by people.Actor, id string, rev int64, order []Place) (Course, error) {
	return s.edit(ctx, by, id, rev, deed{verb: verbEdited}, func(c *Course) error {
		mods, refs := map[string]Module{}, map[string]LessonRef{}
		for _, m := range c.Modules {
			mods[m.ID] = m
			for _, l := range m.Lessons {
				refs[l.ID] = l
			}
		}
		var arranged []Module
		for _, p := range order {
			m, ok := mods[p.Module]
			if !ok {
				return errOutline
			}
			delete(mods, p.Module)
			m.Lessons = []LessonRef{}
			for _, id := range p.Lessons {
				l, ok := refs[id]
				if !ok {
					return errOutline
				}
				delete(refs, id)
				m.Lessons = append(m.Lessons, l)
			}
			arranged = append(arranged, m)
		}
		if len(mods) > 0 || len(refs) > 0 {
			return errOutline
		}
		c.Modules = arranged
		return nil
	})
}

var errOutline = fault.New(fault.Invalid, "course.outline", "the order names every module and lesson once").At("body", "course.outline")

// AddLesson adds an empty lesson at the end of a module. Authors may.
func (s *Service) AddLesson(ctx context.Context, by people.Actor, id, module, kind string, title Text) (Lesson, error) {
	if err := by.Must(people.Author); err != nil {
		return Lesson{}, err
	}
	if !slices.Contains([]string{KindVideo, KindText, KindQuiz}, kind) {
		return Lesson{}, fault.New(fault.Invalid, "course.lesson_kind", "no such kind of lesson").At("body.kind", "course.lesson_kind")
	}
	title, err := title.Check("body.title", maxTitle)
	if err != nil {
		return Lesson{}, err
	}
	l := Lesson{Meta: store.Meta{ID: s.c.NewID()}, Course: id, Kind: kind, Title: title, Body: Text{}, TranscriptCounts: kind == KindVideo, Updated: s.now()}
	if kind == KindQuiz {
		l.Quiz = &Quiz{Questions: []Question{}}
	}
	// The outline comes second: a lesson that no outline names is invisible, the reverse would be a hole.
	if err := s.lessons.Insert(ctx, by.Organisation, l); err != nil {
		return Lesson{}, s.wrap("AddLesson", err)
	}
	l.Rev = 1
	ref := LessonRef{ID: l.ID, Kind: kind, Title: title}
	_, err = s.edit(ctx, by, id, 0, deed{verbAdded, func(c *Course) Activity { return refActivity(c.ID, ref) }}, func(c *Course) error {
		i := slices.IndexFunc(c.Modules, func(m Module) bool { return m.ID == module })
		if i < 0 {
			return fault.New(fault.NotFound, "course.module_not_found", "no module %s", module)
		}
		if c.lessons() >= maxLessons {
			return fault.New(fault.Invalid, "course.lessons", "a course has at most %d lessons", maxLessons).With("max", maxLessons)
		}
		c.Modules[i].Lessons = append(c.Modules[i].Lessons, ref)
		return nil
	})
	if err != nil {
		return Lesson{}, errors.Join(err, s.lessons.Delete(ctx, by.Organisation, l.ID))
	}
	return l, nil
}

// Lesson returns the draft of a lesson. Authors may.
func (s *Service) Lesson(ctx context.Context, by people.Actor, course, id string) (Lesson, error) {
	if err := by.Must(people.Author); err != nil {
		return Lesson{}, err
	}
	l, err := s.lessons.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && l.Course != course {
		return Lesson{}, fault.New(fault.NotFound, "course.lesson_not_found", "no lesson %s", id)
	}
	return l, s.wrap("Lesson", err)
}

// SaveLesson replaces the content of a lesson at the revision that the author read. Authors may. Course, kind and id
// stay.
func (s *Service) SaveLesson(ctx context.Context, by people.Actor, rev int64, next Lesson) (Lesson, error) {
	if _, err := s.Lesson(ctx, by, next.Course, next.ID); err != nil {
		return Lesson{}, err
	}
	if err := s.checkLesson(ctx, by.Organisation, &next); err != nil {
		return Lesson{}, err
	}
	l, err := s.lessons.Update(ctx, by.Organisation, next.ID, func(l *Lesson) error {
		if err := fresh(rev, l.Rev); err != nil {
			return err
		}
		next.Meta, next.Kind, next.Updated, next.Outbox = l.Meta, l.Kind, s.now(), l.Outbox
		if l.Kind != KindQuiz {
			next.Quiz = nil
		} else if next.Quiz == nil {
			next.Quiz = l.Quiz
		}
		if l.Kind != KindVideo {
			next.Video, next.TranscriptCounts, next.Stops = "", false, nil
		} else if next.Stops == nil {
			next.Stops = l.Stops
		}
		*l = next
		l.tell(Event{ID: eventID(by.Organisation, "edited", l.ID, strconv.FormatInt(l.Rev, 10)), Account: by.Account, Verb: verbEdited,
			Activity: lessonActivity(l.Course, l), At: l.Updated})
		return nil
	})
	if err != nil {
		return Lesson{}, s.wrap("SaveLesson", err)
	}
	_, err = s.edit(ctx, by, l.Course, 0, deed{}, func(c *Course) error {
		m, i, ok := c.find(l.ID)
		if !ok {
			return nil
		}
		ref := &c.Modules[m].Lessons[i]
		ref.Title, ref.Optional = l.Title, l.Optional
		return nil
	})
	if err != nil {
		return l, err
	}
	return s.settleLesson(ctx, by.Organisation, l)
}

func (s *Service) checkLesson(ctx context.Context, org string, l *Lesson) (err error) {
	if l.Title, err = l.Title.Check("body.title", maxTitle); err != nil {
		return err
	}
	if l.Body, err = l.Body.Check("body.body", maxBody); err != nil {
		return err
	}
	if l.Video != "" {
		if _, err := s.c.Videos.Video(ctx, org, l.Video); err != nil {
			return err
		}
	}
	if l.Quiz != nil {
		if err := l.Quiz.check(s.c.NewName); err != nil {
			return err
		}
	}
	return checkStops(l.Stops, s.c.NewName)
}

// DeleteLesson removes a lesson from the draft. Authors may. Versions keep theirs.
func (s *Service) DeleteLesson(ctx context.Context, by people.Actor, course, id string) error {
	l, err := s.Lesson(ctx, by, course, id)
	if err != nil {
		return err
	}
	_, err = s.edit(ctx, by, course, 0, deed{verbRemoved, func(*Course) Activity { return lessonActivity(course, &l) }}, func(c *Course) error {
		if m, i, ok := c.find(id); ok {
			c.Modules[m].Lessons = slices.Delete(c.Modules[m].Lessons, i, i+1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.wrap("DeleteLesson", s.lessons.Delete(ctx, by.Organisation, id))
}

// Duplicate copies a draft with its lessons into a new draft of the same organisation. Authors may. Videos are shared,
// not copied.
func (s *Service) Duplicate(ctx context.Context, by people.Actor, id string, title Text) (Course, error) {
	from, err := s.Course(ctx, by, id)
	if err != nil {
		return Course{}, err
	}
	now := s.now()
	c := from
	c.Meta = store.Meta{ID: s.c.NewID()}
	c.State, c.Version, c.Changed, c.Author, c.Created, c.Updated, c.Listing, c.Outbox = StateDraft, 0, true, by.Account, now, now, false, Outbox{}
	if len(title) > 0 {
		c.Title = title
	}
	if err := c.check(); err != nil {
		return Course{}, err
	}
	c.Modules = make([]Module, len(from.Modules))
	var lessons []Lesson
	for i, m := range from.Modules {
		c.Modules[i] = Module{ID: s.c.NewID(), Title: m.Title, Lessons: []LessonRef{}}
		for _, ref := range m.Lessons {
			l, err := s.lessons.Get(ctx, by.Organisation, ref.ID)
			if err != nil {
				return Course{}, s.wrap("Duplicate", err)
			}
			l.Meta, l.Course, l.Updated, l.Outbox = store.Meta{ID: s.c.NewID()}, c.ID, now, Outbox{}
			ref.ID = l.ID
			c.Modules[i].Lessons = append(c.Modules[i].Lessons, ref)
			lessons = append(lessons, l)
		}
	}
	if len(lessons) > 0 {
		if err := s.lessons.Insert(ctx, by.Organisation, lessons...); err != nil {
			return Course{}, s.wrap("Duplicate", err)
		}
	}
	c.tell(Event{ID: eventID(by.Organisation, "created", c.ID), Account: by.Account, Verb: verbCreated, Activity: courseActivity(c.ID, c.Title), At: now})
	if err := s.courses.Insert(ctx, by.Organisation, c); err != nil {
		return Course{}, s.wrap("Duplicate", err)
	}
	c.Rev = 1
	if c, err = s.settleCourse(ctx, by.Organisation, c); err != nil {
		return c, err
	}
	return c, s.c.People.Note(ctx, by.Organisation, by, "course.duplicated", c.ID, id)
}

// UsesVideo reports whether a draft or a version of the organisation shows a video, so that it must not be deleted.
func (s *Service) UsesVideo(ctx context.Context, org, video string) (bool, error) {
	if strings.TrimSpace(video) == "" {
		return false, nil
	}
	n, err := s.lessons.Count(ctx, org, store.Query{Index: "byVideo", Equal: []any{video}}, 1)
	if err != nil || n > 0 {
		return n > 0, s.wrap("UsesVideo", err)
	}
	n, err = s.versions.Count(ctx, org, store.Query{Index: "byVideo", Equal: []any{video}}, 1)
	return n > 0, s.wrap("UsesVideo", err)
}
