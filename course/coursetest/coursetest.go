// Package coursetest brings up a small town for the tests of the course room: its people, a course, a clock that the
// test moves, and a video room and a record store that do what they are told.
package coursetest

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/keys"
	"palestra/internal/store"
	"palestra/internal/store/storetest"
	"palestra/people"
)

// Town is a municipality with its people and an empty course room.
type Town struct {
	Courses *course.Service
	People  *people.Service
	Records *Records
	Letters *Letters
	Clock   *Clock
	DB      *store.DB
	Process *storetest.Mortal // lets writes of documents fail from some moment on
	Lasts   atomic.Int64      // milliseconds of every video from now on; 0: Length
	ID      string
	// Ada learns, Lin learns, Grace is an author, Hedy is HR, Anna administrates; Olga operates the installation.
	Ada, Lin, Grace, Hedy, Anna, Olga people.Actor
	Key                               ed25519.PrivateKey
}

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	t  time.Time // guarded by mu
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Pass moves the clock.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Letters keeps what was sent.
type Letters struct {
	mu   sync.Mutex
	Sent []Letter        // guarded by mu
	ids  map[string]bool // guarded by mu
}

// Letter is one that was sent.
type Letter struct {
	To, Kind string
	Params   map[string]any
}

// Send keeps a letter.
func (l *Letters) Send(_ context.Context, to, _, letter string, params map[string]any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Sent = append(l.Sent, Letter{to, letter, params})
	return nil
}

// SendOnce keeps a letter if none with this id was kept.
func (l *Letters) SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error {
	l.mu.Lock()
	again := l.ids[id]
	if l.ids == nil {
		l.ids = map[string]bool{}
	}
	l.ids[id] = true
	l.mu.Unlock()
	if again {
		return nil
	}
	return l.Send(ctx, to, locale, letter, params)
}

// Videos is a video room in which every video that begins with "v" is ten minutes long and ready.
type Videos struct {
	Lasts *atomic.Int64 // milliseconds, once their files have been replaced; nil or 0: Length
}

// Length of every video.
const Length = 10 * time.Minute

// Video returns a video.
func (w Videos) Video(_ context.Context, _, id string) (course.Video, error) {
	if id == "" || id[0] != 'v' {
		return course.Video{}, fault.New(fault.NotFound, "video.not_found", "no video %s", id)
	}
	v := course.Video{ID: id, Playable: true, Length: Length, Access: course.Access{Lang: "en", Captions: []string{"en"}, Undescribed: "Everything is said.", Cues: 100, Coverage: 0.9, OfSpeech: true}}
	if w.Lasts != nil && w.Lasts.Load() > 0 {
		v.Length = time.Duration(w.Lasts.Load()) * time.Millisecond
	}
	switch id {
	case "v-silent":
		v.Access = course.Access{Lang: "en", NoSpeech: true, Descriptions: []string{"en"}}
	case "v-lacking":
		v.Access = course.Access{Lacks: []string{"language", "captions", "check", "quality", "poster", "description"}}
	}
	return v, nil
}

// Transcript says the minute every half a minute, and once something else.
func (Videos) Transcript(_ context.Context, _, _, _ string) ([]course.Spoken, string, error) {
	var lines []course.Spoken
	for i := range int64(20) {
		lines = append(lines, course.Spoken{At: i * 30_000, Text: fmt.Sprintf("This is minute %d", i/2)})
	}
	lines[3].Text = "This minute is über Akten"
	return lines, "en", nil
}

// Grant opens a playback.
func (Videos) Grant(_ context.Context, _, video, session string) (course.Stream, error) {
	return course.Stream{Manifest: "/media/" + session + "/" + video + "/master.m3u8"}, nil
}

// Files are the picture and the captions.
func (Videos) Files(_ context.Context, _, video, session string) ([]course.File, error) {
	until := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return []course.File{{What: course.FilePicture, Format: "mp4", URL: "/media/" + session + "/" + video + "/offline/video.mp4", Bytes: 1000, Expires: until},
		{What: course.FileCaptions, Language: "en", Format: "srt", URL: "/media/" + session + "/" + video + "/offline/captions-en.srt", Expires: until}}, nil
}

// Records is a record store in memory.
type Records struct {
	mu     sync.Mutex
	clock  *Clock
	stored map[string][]course.Observed // by organisation; guarded by mu
	Events []course.Event               // guarded by mu
	Fail   func(course.Event) error     // what Record answers instead, if set
}

// Record stores an event once.
func (r *Records) Record(_ context.Context, org string, e course.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Fail != nil {
		if err := r.Fail(e); err != nil {
			return err
		}
	}
	for _, o := range r.stored[org] {
		if o.ID == e.ID {
			return nil
		}
	}
	r.Events = append(r.Events, e)
	r.put(org, course.Observed{ID: e.ID, Account: e.Account, Verb: e.Verb, Enrolment: e.Enrolment, Timestamp: e.At, OfPlatform: true})
	return nil
}

// Say stores what a learner's player says.
func (r *Records) Say(org string, o course.Observed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.ID == "" {
		o.ID = id.Random()
	}
	r.put(org, o)
}

func (r *Records) put(org string, o course.Observed) {
	o.Number, o.Stored = int64(len(r.stored[org])+1), r.clock.Now()
	if o.Timestamp.IsZero() {
		o.Timestamp = o.Stored
	}
	r.stored[org] = append(r.stored[org], o)
}

// After returns what was stored after a number.
func (r *Records) After(_ context.Context, org string, number int64, limit int) ([]course.Observed, int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.stored[org]
	if number >= int64(len(all)) {
		return nil, number, nil
	}
	rest := all[number:]
	rest = rest[:min(limit, len(rest))]
	return append([]course.Observed(nil), rest...), rest[len(rest)-1].Number, nil
}

// Has reports whether a statement is stored.
func (r *Records) Has(_ context.Context, org, id string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.stored[org] {
		if o.ID == id {
			return true, nil
		}
	}
	return false, nil
}

// Lose makes the store forget a statement.
func (r *Records) Lose(org, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, o := range r.stored[org] {
		if o.ID == id {
			r.stored[org][i].ID = "lost"
		}
	}
}

// Credential returns what a browser would get.
func (r *Records) Credential(_, account, enrolment, _ string) (string, time.Time, error) {
	return "Bearer " + account + "/" + enrolment, r.clock.Now().Add(time.Hour), nil
}

// New brings up a town on a store of its own.
func New(t testing.TB) *Town {
	t.Helper()
	clock := &Clock{t: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	town := &Town{Clock: clock, Records: &Records{clock: clock, stored: map[string][]course.Observed{}}, Letters: &Letters{}}
	db, mortal := storetest.OpenMortal(t, clock.Now)
	town.DB, town.Process = db, mortal
	ring, err := keys.Open(t.TempDir())
	must(t, err)
	town.People, err = people.New(people.Config{DB: db, Mail: town.Letters, Now: clock.Now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret,
		Log: slog.New(slog.DiscardHandler), PublicURL: "https://learn.example", Locales: []string{"en", "de", "it"}, HashMemory: 64, HashTime: 1})
	must(t, err)
	town.Courses, err = course.New(course.Config{DB: db, People: town.People, Videos: Videos{&town.Lasts}, Records: town.Records, Mail: town.Letters, Now: clock.Now,
		NewID: id.New, NewName: id.Random, Sign: ring.Sign, Keys: ring.Public, PublicURL: "https://learn.example", Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	town.Olga = operator(t, town.People)
	o, err := town.People.CreateOrganisation(t.Context(), town.Olga, people.Organisation{Slug: "castelverde", Name: "Comune di Castelverde", Kind: "municipality", Country: "IT", Zone: "Europe/Rome", Locale: "it"})
	must(t, err)
	town.ID = o.ID
	town.Anna = town.Join(t, "anna", people.Administrator)
	town.Grace = town.Join(t, "grace", people.Author)
	town.Hedy = town.Join(t, "hedy", people.HR)
	town.Ada = town.Join(t, "ada", people.Learner)
	town.Lin = town.Join(t, "lin", people.Learner)
	return town
}

// Password is everybody's.
const Password = "four giraffes under the table"

func operator(t testing.TB, svc *people.Service) people.Actor {
	t.Helper()
	link, err := svc.SetupLink(t.Context())
	must(t, err)
	o, err := svc.Setup(t.Context(), last(link), people.Person{Name: "Olga", Email: "olga@palestra.example"}, Password, people.Client{})
	must(t, err)
	return o.Actor
}

func last(link string) string {
	for i := len(link) - 1; i >= 0; i-- {
		if link[i] == '/' {
			return link[i+1:]
		}
	}
	return link
}

// Join invites somebody and lets her accept.
func (w *Town) Join(t testing.TB, name string, role people.Role) people.Actor {
	t.Helper()
	i := people.Invitation{Name: name, Email: name + "@castelverde.example", Roles: []people.Role{role}}
	var err error
	if role == people.Administrator {
		_, err = w.People.Appoint(t.Context(), w.Olga, w.ID, i)
	} else {
		_, err = w.People.Invite(t.Context(), w.Anna, i)
	}
	must(t, err)
	link, _ := w.Letters.Sent[len(w.Letters.Sent)-1].Params["link"].(string)
	o, err := w.People.Accept(t.Context(), last(link), name, Password, people.Client{})
	must(t, err)
	return o.Actor
}

// OtherTown makes another organisation and returns an actor there with every role.
func (w *Town) OtherTown(t testing.TB) people.Actor {
	t.Helper()
	return w.Found(t, people.Organisation{Slug: "lindenau", Name: "Stadt Lindenau", Country: "DE", Zone: "Europe/Berlin", Locale: "de"}, "Mallory")
}

// Found makes another municipality and returns somebody there with every role.
func (w *Town) Found(t testing.TB, o people.Organisation, name string) people.Actor {
	t.Helper()
	o.Kind = "municipality"
	o, err := w.People.CreateOrganisation(t.Context(), w.Olga, o)
	must(t, err)
	_, err = w.People.Appoint(t.Context(), w.Olga, o.ID, people.Invitation{Name: name, Email: strings.ToLower(name) + "@" + o.Slug + ".example"})
	must(t, err)
	link, _ := w.Letters.Sent[len(w.Letters.Sent)-1].Params["link"].(string)
	opened, err := w.People.Accept(t.Context(), last(link), name, Password, people.Client{})
	must(t, err)
	_, err = w.People.UpdateMember(t.Context(), opened.Actor, opened.Actor.Person, people.Roles(), nil)
	must(t, err)
	a, _, err := w.People.Authenticate(t.Context(), opened.Secret)
	must(t, err)
	return a
}

// Course makes a course with a video, a text and a quiz, and publishes it.
func (w *Town) Course(t testing.TB) course.Course {
	t.Helper()
	c, err := w.Courses.Create(t.Context(), w.Grace, course.Text{"en": "Open data for clerks", "it": "Dati aperti per chi lavora allo sportello"}, []string{"en", "it"})
	must(t, err)
	minutes := 45
	c, err = w.Courses.Update(t.Context(), w.Grace, c.ID, 0, course.Change{Summary: course.Text{"en": "What may be published", "it": "Che cosa si può pubblicare"}, Minutes: &minutes})
	must(t, err)
	c, err = w.Courses.AddModule(t.Context(), w.Grace, c.ID, course.Text{"en": "Begin", "it": "Inizio"})
	must(t, err)
	m := c.Modules[0].ID
	for _, l := range []course.Lesson{
		{Kind: course.KindVideo, Title: course.Text{"en": "What may be published", "it": "Che cosa"}, Video: "v1", TranscriptCounts: true},
		{Kind: course.KindText, Title: course.Text{"en": "The licence in one page", "it": "La licenza"}, Body: course.Text{"en": "You may **share** it.", "it": "Si può **condividere**."}},
		{Kind: course.KindQuiz, Title: course.Text{"en": "Four questions", "it": "Quattro domande"}, Quiz: Quiz()},
	} {
		made, err := w.Courses.AddLesson(t.Context(), w.Grace, c.ID, m, l.Kind, l.Title)
		must(t, err)
		l.Meta, l.Course = made.Meta, c.ID
		_, err = w.Courses.SaveLesson(t.Context(), w.Grace, 0, l)
		must(t, err)
	}
	_, err = w.Courses.Publish(t.Context(), w.Grace, c.ID, 0, "")
	must(t, err)
	c, err = w.Courses.Course(t.Context(), w.Grace, c.ID)
	must(t, err)
	return c
}

// Quiz asks one question of each kind; three of six must be right, in at most two attempts.
func Quiz() *course.Quiz {
	both := func(s string) course.Text { return course.Text{"en": s, "it": s} }
	return &course.Quiz{Pass: 3, Attempts: 2, Shuffle: true, Questions: []course.Question{
		{ID: "q1", Kind: course.QuestionSingle, Prompt: both("Which?"), Choices: []course.Choice{{ID: "a", Text: both("A"), Right: true}, {ID: "b", Text: both("B"), Feedback: both("No")}}},
		{ID: "q2", Kind: course.QuestionMultiple, Prompt: both("Which ones?"), Choices: []course.Choice{{ID: "c", Text: both("C"), Right: true}, {ID: "d", Text: both("D"), Right: true}, {ID: "e", Text: both("E")}}},
		{ID: "q3", Kind: course.QuestionText, Prompt: both("Say it"), Accept: []course.Text{{"en": "open data", "it": "dati aperti"}}},
		{ID: "q4", Kind: course.QuestionNumber, Prompt: both("How many?"), Number: 1234.5, Tolerance: 0.5},
		{ID: "q5", Kind: course.QuestionOrder, Prompt: both("In order"), Choices: []course.Choice{{ID: "f", Text: both("1")}, {ID: "g", Text: both("2")}, {ID: "h", Text: both("3")}}},
		{ID: "q6", Kind: course.QuestionMatch, Prompt: both("Together"), Choices: []course.Choice{{ID: "i", Text: both("I"), Partner: both("one")}, {ID: "j", Text: both("J"), Partner: both("two")}}},
	}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
