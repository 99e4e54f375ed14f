package course

import (
	"context"
	"errors"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// States of an enrolment.
const (
	Active    = "active"
	Completed = "completed"
)

// How an enrolment came about.
const (
	ViaSelf = "self"
	ViaHR   = "hr"
)

// Enrolment is a person learning a course for her town. It holds all evidence, so that what is decided and what it is
// decided from change together. Its id follows from person and course: nobody is enrolled twice.
type Enrolment struct {
	store.Meta `bson:",inline"`
	Person     string               `bson:"person"`
	Account    string               `bson:"account"`
	Course     string               `bson:"course"`
	Owner      string               `bson:"owner"` // organisation of the course
	Version    int                  `bson:"version"`
	Via        string               `bson:"via"`
	State      string               `bson:"state"`
	Lessons    map[string]*Evidence `bson:"lessons"`
	Last       string               `bson:"last"` // lesson opened last
	Due        *time.Time           `bson:"due,omitempty"`
	Created    time.Time            `bson:"created"`
	Updated    time.Time            `bson:"updated"`
	Decision   *Decision            `bson:"decision,omitempty"`
	Pending    bool                 `bson:"pending"`             // the decision's consequences, or what is untold, are not all written yet
	Untold     []Event              `bson:"untold,omitempty"`    // what the record store was not told yet; see Outbox
	Uncounted  []view               `bson:"uncounted,omitempty"` // what the heat map was not told yet
	Views      int64                `bson:"views,omitempty"`     // how many it was told of
	// Spent and Floor are what claims used up while each enrolment had a clock of its own; see clock.
	Spent Intervals `bson:"spent"`
	Floor int64     `bson:"floor"`
}

// Evidence is what is known of one lesson of an enrolment.
type Evidence struct {
	Opened         *time.Time        `bson:"opened,omitempty"`   // by the server, for the first time
	Position       int64             `bson:"position"`           // milliseconds in the video, where to resume
	PositionAt     time.Time         `bson:"positionAt"`         // when that was, by the learner's clock
	Seen           Intervals         `bson:"seen"`               // milliseconds of the video
	Lasts          int64             `bson:"lasts,omitempty"`    // milliseconds that the video lasts now, if it has become shorter since the version was published
	Sessions       map[string]string `bson:"sessions,omitempty"` // playback to the statement that brought its evidence
	Read           *time.Time        `bson:"read,omitempty"`
	TranscriptRead *time.Time        `bson:"transcriptRead,omitempty"`
	Attempts       int               `bson:"attempts"`
	Best           int               `bson:"best"` // most right answers in one attempt
	Passed         *time.Time        `bson:"passed,omitempty"`
	Statement      string            `bson:"statement,omitempty"` // of reading, or of the attempt that passed
	Done           *time.Time        `bson:"done,omitempty"`      // never taken back
	How            string            `bson:"how,omitempty"`       // seen, transcript, read, passed

	Stops map[string]*Reply `bson:"stops,omitempty"` // what was answered to questions in the video, by their ids

	// For the heat map: which film this is of, what of Seen is counted there, which seconds were played in more than one
	// session, and what the latest sessions have played.
	Film    string    `bson:"film,omitempty"`
	Counted Intervals `bson:"counted,omitempty"`
	Again   Intervals `bson:"again,omitempty"`
	Viewed  []viewing `bson:"viewed,omitempty"`
}

// Playback is one opening of a video by a learner. Its id is the session id of the video profile.
type Playback struct {
	store.Meta `bson:",inline"`
	Enrolment  string    `bson:"enrolment"`
	Lesson     string    `bson:"lesson"`
	Video      string    `bson:"video"`
	Length     int64     `bson:"length"` // milliseconds
	Granted    time.Time `bson:"granted"`
}

// learning is the part of the service that learners meet.
type learning struct {
	enrolments   *store.Town[Enrolment]
	playbacks    *store.Town[Playback]
	attempts     *store.Town[Attempt]
	completions  *store.Town[Completion]
	certificates *store.Global[certificateAddress]
	assignments  *store.Town[Assignment]
	orders       *store.Town[order]
	ledgers      *store.Stream[ledgerLine]
	positions    *store.Town[position]
	clocks       *store.Town[clock]
	terms        *store.Town[term]
	notes        *store.Town[Note]
	takeaway     *store.Town[takeaway]
	views        *store.Stream[view]
	heat         *store.Town[heatHead]
	slices       *store.Town[heatSlice]
}

func (l *learning) declare(db *store.DB) error {
	var errs [16]error
	l.enrolments, errs[0] = store.NewTown[Enrolment](db, "enrolments", 1,
		store.On("byPerson", store.Str("person"), store.Str("state"), store.Time("updated")),
		store.On("byCourse", store.Str("course"), store.Str("state"), store.Time("updated")),
		store.On("byState", store.Str("state"), store.Time("updated")),
		store.On("byPending", store.Bool("pending"), store.Time("updated")))
	l.playbacks, errs[1] = store.NewTown[Playback](db, "playbacks", 1, store.On("byEnrolment", store.Str("enrolment"), store.Time("granted")))
	l.attempts, errs[2] = store.NewTown[Attempt](db, "attempts", 1,
		store.On("byLesson", store.Str("enrolment"), store.Str("lesson"), store.Int("number")), byPending())
	l.completions, errs[3] = store.NewTown[Completion](db, "completions", 1,
		store.On("byAt", store.Time("at")),
		store.On("byPerson", store.Str("person"), store.Time("at")),
		store.On("byCourse", store.Str("course"), store.Time("at")),
		store.On("byStatement", store.Str("statements").Each()),
		store.On("byPending", store.Bool("pending"), store.Time("at")))
	l.certificates, errs[4] = store.NewGlobal[certificateAddress](db, "certificates", 1)
	l.assignments, errs[5] = store.NewTown[Assignment](db, "assignments", 1,
		store.On("byDue", store.Str("state"), store.Time("due")),
		store.On("byPerson", store.Str("person"), store.Time("due")), byPending())
	l.ledgers, errs[6] = store.NewStream[ledgerLine](db, "ledgers", 1)
	l.positions, errs[7] = store.NewTown[position](db, "positions", 1)
	l.clocks, errs[8] = store.NewTown[clock](db, "clocks", 1)
	l.terms, errs[9] = store.NewTown[term](db, "evidence-terms", 1)
	l.orders, errs[10] = store.NewTown[order](db, "assignment-orders", 1, byPending())
	l.notes, errs[11] = store.NewTown[Note](db, "notes", 1, store.On("byPerson", store.Str("person")),
		store.On("byEnrolment", store.Str("enrolment"), store.Str("lesson"), store.Int("at")))
	l.takeaway, errs[12] = store.NewTown[takeaway](db, "takeaway", 1)
	l.views, errs[13] = store.NewStream[view](db, "views", 1)
	l.heat, errs[14] = store.NewTown[heatHead](db, "heat", 1)
	l.slices, errs[15] = store.NewTown[heatSlice](db, "heat-slices", 1, store.On("byFilm", store.Str("film"), store.Int("gen"), store.Int("slice")))
	return errors.Join(errs[:]...)
}

// enrolmentID follows from the random name, not from the person: nobody who knows the person finds her enrolments by it
// once the two are no longer connected.
func enrolmentID(account, course string) string { return eventID("enrolment", account, course) }

// EnrolmentID returns the id of the enrolment in a course of whoever has this random name.
func EnrolmentID(account, course string) string { return enrolmentID(account, course) }

// Enrol begins a course for the actor. Learners may begin what the catalogue offers them. Enrolling twice answers the
// first enrolment.
func (s *Service) Enrol(ctx context.Context, by people.Actor, course string) (Enrolment, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Enrolment{}, err
	}
	if e, err := s.enrolments.Get(ctx, by.Organisation, enrolmentID(by.Account, course)); err == nil {
		return e, nil
	}
	entry, err := s.Offer(ctx, by, course)
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrol(ctx, by.Organisation, by.Person, by.Account, entry, ViaSelf, nil)
}

func (s *Service) enrol(ctx context.Context, org, person, account string, entry Entry, via string, due *time.Time) (Enrolment, error) {
	now := s.now()
	e := Enrolment{Meta: store.Meta{ID: enrolmentID(account, entry.ID)}, Person: person, Account: account, Course: entry.ID, Owner: entry.Owner,
		Version: entry.Version, Via: via, State: Active, Lessons: map[string]*Evidence{}, Due: due, Created: now, Updated: now, Spent: Intervals{}}
	e.tell(Event{ID: eventID(org, "enrolled", e.ID), Account: account, Verb: verbRegistered, Activity: courseActivity(entry.ID, entry.Title), Enrolment: e.ID, At: now})
	err := s.enrolments.Insert(ctx, org, e)
	e.Rev = 1
	if errors.Is(err, store.ErrDuplicate) {
		e, err = s.enrolments.Update(ctx, org, e.ID, func(d *Enrolment) error {
			if due == nil {
				return store.ErrKeep
			}
			d.Due = due
			return nil
		})
	}
	if err != nil {
		return Enrolment{}, s.wrap("enrol", err)
	}
	return s.settle(ctx, org, e)
}

// tell adds an event that the record store is told of.
func (e *Enrolment) tell(what Event) { e.Untold, e.Pending = append(e.Untold, what), true }

// mine returns an enrolment of the actor.
func (s *Service) mine(ctx context.Context, by people.Actor, id string) (Enrolment, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Enrolment{}, err
	}
	e, err := s.enrolments.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Person != by.Person {
		return Enrolment{}, fault.New(fault.NotFound, "course.enrolment_not_found", "no enrolment %s", id)
	}
	return e, s.wrap("mine", err)
}

// Study is an enrolment with the version it follows and what is still missing.
type Study struct {
	Enrolment  Enrolment
	Version    Version
	Needs      []Need
	Completion *Completion
	Newer      int // a later version that is offered; 0 for none
}

// Study returns one of the actor's enrolments.
func (s *Service) Study(ctx context.Context, by people.Actor, id string) (Study, error) {
	e, err := s.mine(ctx, by, id)
	if err != nil {
		return Study{}, err
	}
	return s.study(ctx, by.Organisation, e)
}

func (s *Service) study(ctx context.Context, org string, e Enrolment) (Study, error) {
	v, err := s.version(ctx, e)
	if err != nil {
		return Study{}, err
	}
	st := Study{Enrolment: e, Version: v, Needs: needs(&e, &v)}
	if e.Decision != nil {
		c, err := s.completions.Get(ctx, org, e.Decision.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return Study{}, s.wrap("study", err)
		}
		if err == nil {
			st.Completion = &c
		}
	}
	if entry, err := s.entries.Get(ctx, e.Course); err == nil && entry.Version > e.Version {
		st.Newer = entry.Version
	}
	return st, nil
}

// version returns the version that an enrolment follows. Nobody may change it: it is shared.
func (s *Service) version(ctx context.Context, e Enrolment) (Version, error) {
	key := e.Owner + "/" + versionID(e.Course, e.Version)
	if v, ok := s.shelf.get(key); ok {
		return v, nil
	}
	v, err := s.versions.Get(ctx, e.Owner, versionID(e.Course, e.Version))
	if err != nil {
		return v, s.wrap("version", err)
	}
	s.shelf.put(key, v)
	return v, nil
}

// shelf keeps the versions that were read last: they never change, and every page of a learner needs some.
type shelf struct {
	mu    sync.Mutex
	books map[string]Version // guarded by mu
	order []string           // keys, the oldest first; guarded by mu
}

// shelved is how many versions are kept; of usual courses, some megabytes.
const shelved = 200

func (s *shelf) get(key string) (Version, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.books[key]
	return v, ok
}

func (s *shelf) put(key string, v Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.books[key]; ok {
		return
	}
	if s.books == nil {
		s.books = map[string]Version{}
	}
	if len(s.order) == shelved {
		delete(s.books, s.order[0])
		s.order = s.order[1:]
	}
	s.books[key] = v
	s.order = append(s.order, key)
}

// Studies lists the actor's enrolments in a state, latest activity first.
func (s *Service) Studies(ctx context.Context, by people.Actor, state, cursor string, limit int) ([]Study, string, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return nil, "", err
	}
	p, err := s.enrolments.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person, state}, Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, "", s.wrap("Studies", err)
	}
	studies := make([]Study, 0, len(p.Docs))
	for _, e := range p.Docs {
		st, err := s.study(ctx, by.Organisation, e)
		if err != nil {
			return nil, "", err
		}
		studies = append(studies, st)
	}
	return studies, p.Next, nil
}

// lesson returns a lesson of one of the actor's enrolments with its evidence, which may be empty but is not nil.
func (s *Service) lesson(ctx context.Context, by people.Actor, enrolment, lesson string) (Study, *Lesson, *Evidence, error) {
	st, err := s.Study(ctx, by, enrolment)
	if err != nil {
		return st, nil, nil, err
	}
	l := st.Version.lesson(lesson)
	if l == nil {
		return st, nil, nil, fault.New(fault.NotFound, "course.lesson_not_found", "no lesson %s", lesson)
	}
	ev := st.Enrolment.Lessons[lesson]
	if ev == nil {
		ev = &Evidence{}
	}
	return st, l, ev, nil
}

// Open returns a lesson to the learner and notes that it was opened, from which reading times are reckoned.
func (s *Service) Open(ctx context.Context, by people.Actor, enrolment, lesson string) (Study, *Lesson, *Evidence, error) {
	st, l, ev, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return st, nil, nil, err
	}
	if ev.Opened != nil && st.Enrolment.Last == lesson {
		return st, l, ev, nil
	}
	now := s.now()
	st.Enrolment, err = s.enrolments.Update(ctx, by.Organisation, enrolment, func(e *Enrolment) error {
		d := e.evidence(lesson)
		if d.Opened == nil {
			d.Opened = &now
			e.tell(Event{ID: eventID(by.Organisation, "opened", enrolment, lesson), Account: by.Account, Verb: verbLaunched,
				Activity: lessonActivity(e.Course, l), Enrolment: enrolment, At: now})
		}
		e.Last, e.Updated = lesson, now
		return nil
	})
	if err != nil {
		return st, nil, nil, s.wrap("Open", err)
	}
	st.Enrolment, err = s.settle(ctx, by.Organisation, st.Enrolment)
	return st, l, st.Enrolment.evidence(lesson), err
}

// evidence returns the evidence of a lesson to be changed.
func (e *Enrolment) evidence(lesson string) *Evidence {
	if e.Lessons == nil {
		e.Lessons = map[string]*Evidence{}
	}
	if e.Lessons[lesson] == nil {
		e.Lessons[lesson] = &Evidence{Seen: Intervals{}}
	}
	return e.Lessons[lesson]
}

// Playing is what a player needs to play a lesson's video and to report.
type Playing struct {
	Session       string // playback id
	Stream        Stream
	Length        int64 // milliseconds
	Position      int64
	Seen          Intervals
	Activity      Activity
	Authorization string // for /xapi/statements
	Expires       time.Time
}

// Play opens a playback of a lesson's video for the learner. Only time after this moment counts for it.
func (s *Service) Play(ctx context.Context, by people.Actor, enrolment, lesson string) (Playing, error) {
	st, l, ev, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return Playing{}, err
	}
	if l.Kind != KindVideo || l.Video == "" {
		return Playing{}, errNoVideo
	}
	// Its file may have been replaced since the version was published: what is watched is what plays now.
	film, err := s.c.Videos.Video(ctx, st.Enrolment.Owner, l.Video)
	if err != nil {
		return Playing{}, s.wrap("Play", err)
	}
	p := Playback{Meta: store.Meta{ID: s.c.NewName()}, Enrolment: enrolment, Lesson: lesson, Video: l.Video, Length: film.Length.Milliseconds(), Granted: s.now()}
	if err := s.shortened(ctx, by.Organisation, &st, l, ev, p.Length); err != nil {
		return Playing{}, err
	}
	stream, err := s.c.Videos.Grant(ctx, st.Enrolment.Owner, l.Video, by.Session)
	if err != nil {
		return Playing{}, s.wrap("Play", err)
	}
	if err := s.playbacks.Insert(ctx, by.Organisation, p); err != nil {
		return Playing{}, s.wrap("Play", err)
	}
	out := Playing{Session: p.ID, Stream: stream, Length: p.Length, Position: min(ev.Position, p.Length), Seen: ev.Seen, Activity: lessonActivity(st.Enrolment.Course, l)}
	out.Authorization, out.Expires, err = s.c.Records.Credential(by.Organisation, by.Account, enrolment, st.Enrolment.Course)
	return out, s.wrap("Play", err)
}

// shortened notes that a video has become shorter than it was when the version was published, or is so no more: nobody has to
// see what is not there.
func (s *Service) shortened(ctx context.Context, org string, st *Study, l *Lesson, ev *Evidence, length int64) error {
	lasts := int64(0)
	if length > 0 && length < st.Version.clip(l.Video) {
		lasts = length
	}
	if ev.Lasts == lasts {
		return nil
	}
	e, err := s.enrolments.Update(ctx, org, st.Enrolment.ID, func(e *Enrolment) error {
		e.evidence(l.ID).Lasts = lasts
		s.decide(e, &st.Version)
		return nil
	})
	if err != nil {
		return s.wrap("shortened", err)
	}
	st.Enrolment, err = s.settle(ctx, org, e)
	return err
}

// Credential returns a fresh credential for what a browser's outbox still holds of an enrolment.
func (s *Service) Credential(ctx context.Context, by people.Actor, enrolment string) (authorization string, expires time.Time, err error) {
	e, err := s.mine(ctx, by, enrolment)
	if err != nil {
		return "", time.Time{}, err
	}
	authorization, expires, err = s.c.Records.Credential(by.Organisation, e.Account, e.ID, e.Course)
	return authorization, expires, s.wrap("Credential", err)
}

// MoveLearners lets everybody who has begun an earlier version and not completed it go on with version n. What they
// have done stays: lessons keep their ids. Authors may. It returns how many were moved.
func (s *Service) MoveLearners(ctx context.Context, by people.Actor, course string, n int) (int, error) {
	c, err := s.Course(ctx, by, course)
	if err != nil {
		return 0, err
	}
	v, err := s.versions.Get(ctx, by.Organisation, versionID(course, n))
	if errors.Is(err, store.ErrNotFound) {
		return 0, fault.New(fault.NotFound, "course.version_not_found", "no version %d", n)
	}
	if err != nil {
		return 0, s.wrap("MoveLearners", err)
	}
	moved := 0
	err = s.c.People.EachOrganisation(ctx, func(o people.Organisation) error {
		// Updating changes the index that is walked, so ids are collected page by page first.
		q := store.Query{Index: "byCourse", Equal: []any{c.ID, Active}, Limit: 500}
		for {
			p, err := s.enrolments.Find(ctx, o.ID, q)
			if err != nil {
				return err
			}
			for _, e := range p.Docs {
				if e.Version >= n {
					continue
				}
				d, err := s.enrolments.Update(ctx, o.ID, e.ID, func(d *Enrolment) error {
					if d.State != Active || d.Version >= n {
						return store.ErrKeep
					}
					d.Version = n
					s.decide(d, &v)
					return nil
				})
				if err != nil {
					return err
				}
				moved++
				if _, err := s.settle(ctx, o.ID, d); err != nil {
					return err
				}
			}
			if p.Next == "" {
				return nil
			}
			q.Cursor = p.Next
		}
	})
	return moved, s.wrap("MoveLearners", err)
}

// Home is what a learner sees first.
type Home struct {
	Open    []Study // latest activity first; the first is to be resumed
	Due     []DueProgramme
	Year    int // the calendar year in her organisation's zone
	Minutes int // of what she has completed in it
	Courses int
	Latest  *Completion
}

// Home returns the actor's home.
func (s *Service) Home(ctx context.Context, by people.Actor) (Home, error) {
	open, _, err := s.Studies(ctx, by, Active, "", 20)
	if err != nil {
		return Home{}, err
	}
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	if err != nil {
		return Home{}, err
	}
	zone, err := o.Location()
	if err != nil {
		return Home{}, s.wrap("Home", err)
	}
	h := Home{Open: open, Year: s.now().In(zone).Year()}
	if h.Due, err = s.dueProgrammes(ctx, by); err != nil {
		return Home{}, err
	}
	p, err := s.completions.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person}, Reverse: true, Limit: 200})
	if err != nil {
		return Home{}, s.wrap("Home", err)
	}
	for i := range p.Docs {
		c := &p.Docs[i]
		if c.Withdrawn {
			continue
		}
		if h.Latest == nil {
			h.Latest = c
		}
		if c.CompletedAt().In(zone).Year() == h.Year {
			h.Minutes += c.MinutesNow()
			if c.Kind != KindProgramme {
				h.Courses++
			}
		}
	}
	return h, nil
}
