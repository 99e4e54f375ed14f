package course

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Gap is something that a draft lacks to be published.
type Gap struct {
	Lesson   string // id; "" for the course itself
	Course   string // id, in a programme; "" for the programme itself
	Language string // "" for all
	Code     string // stable, translated as gaps.<code>
	Question int    // number from 1 in a quiz; 0 for none
}

// Gaps lists what the draft lacks. A course without gaps can be published. Authors may.
func (s *Service) Gaps(ctx context.Context, by people.Actor, id string) ([]Gap, error) {
	c, err := s.Course(ctx, by, id)
	if err != nil {
		return nil, err
	}
	_, gaps, err := s.assemble(ctx, by.Organisation, c)
	return gaps, err
}

// assemble collects what a version of the draft would hold, and what it lacks.
func (s *Service) assemble(ctx context.Context, org string, c Course) (Version, []Gap, error) {
	v := Version{Course: c.ID, Languages: c.Languages, Title: c.Title, Summary: c.Summary, Minutes: c.Minutes, Rule: c.Rule, Modules: c.Modules}
	var gaps []Gap
	gap := func(lesson, language, code string) {
		gaps = append(gaps, Gap{Lesson: lesson, Language: language, Code: code})
	}
	for _, l := range c.Languages {
		if !c.Title.has(l) {
			gap("", l, "title")
		}
		if !c.Summary.has(l) {
			gap("", l, "summary")
		}
	}
	if c.lessons() == 0 {
		gap("", "", "no_lessons")
	}
	needed := 0
	for i, m := range c.Modules {
		for _, l := range c.Languages {
			if !m.Title.has(l) {
				gaps = append(gaps, Gap{Language: l, Code: "module_title", Question: i + 1})
			}
		}
		for _, ref := range m.Lessons {
			l, err := s.lessons.Get(ctx, org, ref.ID)
			if err != nil {
				return v, nil, s.wrap("assemble", err)
			}
			if !l.Optional {
				needed++
			}
			more, clip, access, err := s.lessonGaps(ctx, org, c.Languages, l)
			if err != nil {
				return v, nil, err
			}
			gaps = append(gaps, more...)
			if clip != nil {
				v.Videos = append(v.Videos, *clip)
				v.Access = append(v.Access, *access)
			}
			l.Outbox = Outbox{}
			v.Lessons = append(v.Lessons, l)
		}
	}
	if needed == 0 && c.lessons() > 0 {
		gap("", "", "all_optional")
	}
	return v, gaps, nil
}

func (s *Service) lessonGaps(ctx context.Context, org string, languages []string, l Lesson) (gaps []Gap, clip *Clip, access *VideoAccess, err error) {
	gap := func(language, code string, question int) {
		gaps = append(gaps, Gap{Lesson: l.ID, Language: language, Code: code, Question: question})
	}
	for _, lang := range languages {
		if !l.Title.has(lang) {
			gap(lang, "lesson_title", 0)
		}
		if l.Kind == KindText && !l.Body.has(lang) {
			gap(lang, "lesson_body", 0)
		}
	}
	switch l.Kind {
	case KindVideo:
		if l.Video == "" {
			gap("", "no_video", 0)
			return gaps, nil, nil, nil
		}
		v, err := s.c.Videos.Video(ctx, org, l.Video)
		if fault.KindOf(err) == fault.NotFound {
			gap("", "no_video", 0) // its upload was dropped, or it was deleted
			return gaps, nil, nil, nil
		}
		if err != nil {
			return nil, nil, nil, err
		}
		if !v.Playable || v.Length <= 0 {
			gap("", "video_not_ready", 0)
			return gaps, nil, nil, nil
		}
		videoGaps(v, gap)
		gaps = append(gaps, l.stopGaps(languages, v.Length.Milliseconds())...)
		e := evidenceOf(l.ID, v)
		return gaps, &Clip{Video: l.Video, Length: v.Length.Milliseconds()}, &e, nil
	case KindQuiz:
		if l.Quiz == nil || len(l.Quiz.Questions) == 0 {
			gap("", "no_questions", 0)
			return gaps, nil, nil, nil
		}
		if l.Quiz.Pass < 1 {
			gap("", "quiz_pass", 0)
		}
		for i, q := range l.Quiz.Questions {
			for _, lang := range languages {
				for _, g := range q.gaps(lang) {
					gap(lang, "question_"+g, i+1)
				}
			}
		}
	}
	return gaps, nil, nil, nil
}

func versionID(course string, n int) string { return course + "." + strconv.Itoa(n) }

// Publish freezes the draft into the next version and offers it to its audience. Authors may. Fault: course.gaps.
func (s *Service) Publish(ctx context.Context, by people.Actor, id string, rev int64, note string) (Version, error) {
	c, err := s.Course(ctx, by, id)
	if err != nil {
		return Version{}, err
	}
	if err := fresh(rev, c.Rev); err != nil {
		return Version{}, err
	}
	v, gaps, err := s.assemble(ctx, by.Organisation, c)
	if err != nil {
		return Version{}, err
	}
	if len(gaps) > 0 {
		return Version{}, fault.New(fault.Conflict, "course.gaps", "the course lacks %d things", len(gaps)).With("count", len(gaps))
	}
	if c.State == StatePublished && !c.Changed {
		return Version{}, fault.New(fault.Conflict, "course.unchanged", "nothing has changed since version %d", c.Version).With("version", c.Version)
	}
	if len(note) > maxSummary {
		note = note[:maxSummary]
	}
	v.Number, v.By, v.Published, v.Note, v.Audience = c.Version+1, by.Account, s.now(), strings.ToValidUTF8(note, ""), &c.Audience
	v.Meta = store.Meta{ID: versionID(c.ID, v.Number)}
	earlier := false
	if err := s.versions.Insert(ctx, by.Organisation, v); err != nil {
		if !errors.Is(err, store.ErrDuplicate) {
			return Version{}, s.wrap("Publish", err)
		}
		// An earlier run stored the version and died, or somebody publishes at this moment: the draft decides below.
		old, err := s.versions.Get(ctx, by.Organisation, v.ID)
		if err != nil {
			return Version{}, s.wrap("Publish", err)
		}
		v, earlier = old, true
	}
	// From now on nobody deletes the version's videos; that nobody has done so a moment ago is seen here.
	for _, clip := range v.Videos {
		if _, err := s.c.Videos.Video(ctx, by.Organisation, clip.Video); err != nil {
			return Version{}, err
		}
	}
	c, err = s.courses.Update(ctx, by.Organisation, id, func(d *Course) error {
		if d.Version >= v.Number {
			return errStale
		}
		d.Version, d.State, d.Changed, d.Listing = v.Number, StatePublished, earlier || d.Rev != c.Rev, true // what was stored earlier may be an earlier draft
		d.tell(Event{ID: eventID(by.Organisation, "publish", v.ID), Account: by.Account, Verb: verbPublished, Activity: courseActivity(d.ID, v.Title), At: s.now()})
		return nil
	})
	if err != nil {
		return Version{}, s.wrap("Publish", err)
	}
	if _, err := s.settleCourse(ctx, by.Organisation, c); err != nil {
		return Version{}, err
	}
	return v, s.c.People.Note(ctx, by.Organisation, by, "course.published", c.ID, strconv.Itoa(v.Number))
}

// Unpublish withdraws a course from the catalogue. Authors may. Who has begun goes on.
func (s *Service) Unpublish(ctx context.Context, by people.Actor, id string) (Course, error) {
	c, err := s.edit(ctx, by, id, 0, deed{verb: verbUnpublished}, func(c *Course) error {
		if c.State != StatePublished {
			return fault.New(fault.Conflict, "course.not_published", "the course is not published")
		}
		c.State, c.Listing = StateUnpublished, true
		return nil
	})
	if err != nil {
		return c, err
	}
	return c, s.c.People.Note(ctx, by.Organisation, by, "course.unpublished", c.ID, "")
}

// Versions lists the published versions of a course, newest first. Authors may.
func (s *Service) Versions(ctx context.Context, by people.Actor, id string) ([]Version, error) {
	if _, err := s.Course(ctx, by, id); err != nil {
		return nil, err
	}
	p, err := s.versions.Find(ctx, by.Organisation, store.Query{Index: "byCourse", Equal: []any{id}, Reverse: true, Limit: 100})
	return p.Docs, s.wrap("Versions", err)
}

// Entry is a published course in the catalogue.
type Entry struct {
	store.Meta `bson:",inline"` // id: the course's
	Notice     `bson:",inline"`
	Minutes    int      `bson:"minutes"`
	Lessons    int      `bson:"lessons"`
	Outline    []Module `bson:"outline"`
	// LessonMinutes is how long each lesson takes, by its id.
	LessonMinutes map[string]int `bson:"lessonMinutes"`
}

func (e *Entry) key() *store.Meta { return &e.Meta }

// list brings the catalogue to what the course's state says.
func (s *Service) list(ctx context.Context, org string, c Course) error {
	if c.State != StatePublished {
		if err := s.countAccess(ctx, org, c.ID, nil); err != nil {
			return err
		}
		err := s.entries.Delete(ctx, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return s.wrap("list", err)
	}
	v, err := s.versions.Get(ctx, org, versionID(c.ID, c.Version))
	if err != nil {
		return s.wrap("list", err)
	}
	if err := s.countAccess(ctx, org, c.ID, &v); err != nil {
		return err
	}
	audience := c.Audience
	if v.Audience != nil {
		audience = *v.Audience
	}
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return err
	}
	title, _ := v.Title.In(v.Languages...)
	e := Entry{Meta: store.Meta{ID: c.ID}, Notice: Notice{Owner: org, OwnerName: o.Name, Version: v.Number, Languages: v.Languages, Title: v.Title, Summary: v.Summary,
		SeenBy: audience.tokens(org), Sort: people.Fold(title), Published: v.Published},
		Minutes: v.Minutes, Lessons: len(v.Lessons), Outline: v.Modules, LessonMinutes: map[string]int{}}
	for i := range v.Lessons {
		e.LessonMinutes[v.Lessons[i].ID] = v.MinutesOf(v.Lessons[i].ID)
	}
	return s.wrap("list", post(ctx, s.entries, e))
}

// OfferedIn lists the courses that an organisation may begin, for rooms and pages that have decided who may ask.
func (s *Service) OfferedIn(ctx context.Context, org, cursor string, limit int) ([]Entry, string, error) {
	anybody := people.Actor{Person: "-", Organisation: org, Roles: []people.Role{people.Learner}}
	entries, next, err := browse(ctx, s.entries, anybody, "", cursor, limit)
	return entries, next, s.wrap("OfferedIn", err)
}

// Offered is a course of the catalogue, and whether the actor has begun it.
type Offered struct {
	Entry     Entry
	Enrolment *Enrolment
}

// Catalogue lists what the actor's organisation may begin. See browse.
func (s *Service) Catalogue(ctx context.Context, by people.Actor, q, cursor string, limit int) ([]Offered, string, error) {
	entries, next, err := browse(ctx, s.entries, by, q, cursor, limit)
	if err != nil {
		return nil, "", s.wrap("Catalogue", err)
	}
	list := make([]Offered, 0, len(entries))
	for _, e := range entries {
		o, err := s.offered(ctx, by, e)
		if err != nil {
			return nil, "", err
		}
		list = append(list, o)
	}
	return list, next, nil
}

func (s *Service) offered(ctx context.Context, by people.Actor, e Entry) (Offered, error) {
	o := Offered{Entry: e}
	if by.Organisation == "" {
		return o, nil
	}
	d, err := s.enrolments.Get(ctx, by.Organisation, enrolmentID(by.Account, e.ID))
	if err == nil {
		o.Enrolment = &d
	} else if !errors.Is(err, store.ErrNotFound) {
		return o, s.wrap("offered", err)
	}
	return o, nil
}

// Offered returns one course of the catalogue, and whether the actor has begun it.
func (s *Service) Offered(ctx context.Context, by people.Actor, id string) (Offered, error) {
	e, err := s.Offer(ctx, by, id)
	if err != nil {
		return Offered{}, err
	}
	return s.offered(ctx, by, e)
}

// Offer returns one course of the catalogue. Whoever may see it may; others get the same answer as for none.
func (s *Service) Offer(ctx context.Context, by people.Actor, id string) (Entry, error) {
	e, err := s.entries.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !e.visible(by) {
		return Entry{}, notFound(id)
	}
	return e, s.wrap("Offer", err)
}

// OfferTo returns a course of the catalogue, and those of the organisations that may not begin it, for rooms that have
// decided who may ask. fault course.not_found
func (s *Service) OfferTo(ctx context.Context, id string, orgs []string) (Entry, []string, error) {
	e, err := s.entries.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Entry{}, nil, notFound(id)
	}
	if err != nil {
		return Entry{}, nil, s.wrap("OfferTo", err)
	}
	var shut []string
	for _, org := range orgs {
		if !e.seenFrom(org) {
			shut = append(shut, org)
		}
	}
	return e, shut, nil
}

// Reading speeds and times by which a lesson's length is told beforehand.
const (
	wordsAMinute     = 200
	questionsAMinute = 1
)

// MinutesOf returns how long a lesson takes, at least one minute.
func (v *Version) MinutesOf(id string) int {
	l := v.lesson(id)
	if l == nil {
		return 0
	}
	n := 0
	switch l.Kind {
	case KindVideo:
		n = int((v.clip(l.Video) + 59_999) / 60_000)
	case KindQuiz:
		if l.Quiz != nil {
			n = len(l.Quiz.Questions) / questionsAMinute
		}
	default:
		text, _ := l.Body.In(v.Languages...)
		n = (len(strings.Fields(text)) + wordsAMinute - 1) / wordsAMinute
	}
	return max(1, n)
}

// Preview returns the draft as a learner would see it who begins it now. Authors may.
func (s *Service) Preview(ctx context.Context, by people.Actor, id string) (Study, error) {
	c, err := s.Course(ctx, by, id)
	if err != nil {
		return Study{}, err
	}
	v, _, err := s.assemble(ctx, by.Organisation, c)
	if err != nil {
		return Study{}, err
	}
	e := Enrolment{Course: id, Owner: by.Organisation, State: Active, Version: c.Version + 1, Created: s.now()}
	// Nothing changes by looking, so there is no document to tell of it; each revision of the draft is told once.
	err = s.c.Records.Record(ctx, by.Organisation, Event{ID: eventID(by.Organisation, "previewed", id, by.Account, c.Updated.Format(time.RFC3339Nano)), Account: by.Account,
		Verb: verbPreviewed, Activity: courseActivity(id, c.Title), At: s.now()})
	if err != nil {
		return Study{}, s.wrap("Preview", err)
	}
	return Study{Enrolment: e, Version: v, Needs: needs(&e, &v)}, nil
}

// PreviewLesson returns a lesson of the draft as a learner would see it, with a playback that counts for nothing.
// Authors may.
func (s *Service) PreviewLesson(ctx context.Context, by people.Actor, id, lesson string) (Study, *Lesson, *Playing, error) {
	st, err := s.Preview(ctx, by, id)
	if err != nil {
		return st, nil, nil, err
	}
	l := st.Version.lesson(lesson)
	if l == nil {
		return st, nil, nil, fault.New(fault.NotFound, "course.lesson_not_found", "no lesson %s", lesson)
	}
	length := st.Version.clip(l.Video)
	if l.Kind != KindVideo || length == 0 {
		return st, l, nil, nil
	}
	stream, err := s.c.Videos.Grant(ctx, by.Organisation, l.Video, by.Session)
	if err != nil {
		return st, nil, nil, s.wrap("PreviewLesson", err)
	}
	return st, l, &Playing{Session: s.c.NewName(), Stream: stream, Length: length}, nil
}
