package coursehttp

import (
	"strconv"
	"time"

	"palestra/course"
)

// Text is a text in several languages: BCP 47 tag to words.
type Text = course.Text

// RequirementBody is one line of what is still missing: plain facts, from which the page makes the sentence. Times in a
// video are in seconds.
type RequirementBody struct {
	Lesson           string       `json:"lesson"`
	Title            Text         `json:"title"`
	Kind             string       `json:"kind" enum:"video,text,quiz"`
	State            string       `json:"state" enum:"todo,begun,done"`
	Optional         bool         `json:"optional"`
	At               *time.Time   `json:"at,omitempty" doc:"When it was done"`
	Seen             float64      `json:"seen,omitempty" doc:"Video: seconds seen"`
	Needed           float64      `json:"needed,omitempty" doc:"Video: seconds that must be seen"`
	Length           float64      `json:"length,omitempty" doc:"Video: seconds"`
	Gaps             [][2]float64 `json:"gaps,omitempty" doc:"Video: what is missing, as seconds from and to"`
	TranscriptCounts bool         `json:"transcriptCounts,omitempty"`
	ByTranscript     bool         `json:"byTranscript,omitempty"`
	Score            int          `json:"score,omitempty" doc:"Quiz: most right answers so far"`
	Pass             int          `json:"pass,omitempty"`
	Questions        int          `json:"questions,omitempty"`
	AttemptsLeft     int          `json:"attemptsLeft,omitempty" doc:"Quiz: -1 for any number"`
	Asked            int          `json:"asked,omitempty" doc:"Video: questions in it that must be answered"`
	Answered         int          `json:"answered,omitempty" doc:"Video: of these"`
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

func spans(in course.Intervals) [][2]float64 {
	out := make([][2]float64, 0, len(in))
	for _, s := range in {
		out = append(out, [2]float64{seconds(s[0]), seconds(s[1])})
	}
	return out
}

func requirement(n course.Need) RequirementBody {
	r := RequirementBody{Lesson: n.Lesson, Title: n.Title, Kind: n.Kind, State: "todo", Optional: n.Optional, At: n.Done}
	switch {
	case n.Done != nil:
		r.State = "done"
	case n.Begun:
		r.State = "begun"
	}
	switch n.Kind {
	case course.KindVideo:
		r.Seen, r.Needed, r.Length, r.Gaps = seconds(n.Seen.Length()), seconds(n.Required), seconds(n.Length), spans(n.Missing)
		r.TranscriptCounts, r.ByTranscript, r.Asked, r.Answered = n.TranscriptCounts, n.How == "transcript", n.Asked, n.Answered
	case course.KindQuiz:
		r.Score, r.Pass, r.Questions, r.AttemptsLeft = n.Best, n.Pass, n.Questions, n.AttemptsLeft
	}
	return r
}

func requirements(ns []course.Need) []RequirementBody {
	out := make([]RequirementBody, 0, len(ns))
	for _, n := range ns {
		out = append(out, requirement(n))
	}
	return out
}

// CourseRefBody names a course.
type CourseRefBody struct {
	ID        string   `json:"id"`
	Title     Text     `json:"title"`
	Languages []string `json:"languages"`
	Owner     string   `json:"owner" doc:"Id of its organisation"`
}

// NextBody is the lesson to go on with.
type NextBody struct {
	Lesson   string  `json:"lesson"`
	Title    Text    `json:"title"`
	Kind     string  `json:"kind" enum:"video,text,quiz"`
	Number   int     `json:"number" doc:"Its place in the course, from 1"`
	Position float64 `json:"position,omitempty" doc:"Video: seconds, where to resume"`
}

// EnrolmentBody is a course that somebody learns.
type EnrolmentBody struct {
	ID           string           `json:"id"`
	Course       CourseRefBody    `json:"course"`
	Version      int              `json:"version"`
	Newer        int              `json:"newer,omitempty" doc:"A later version that is offered"`
	State        string           `json:"state" enum:"open,complete"`
	Begun        time.Time        `json:"begun"`
	Completed    *time.Time       `json:"completed,omitempty"`
	Due          *time.Time       `json:"due,omitempty" doc:"When the day by which it is to be done ends"`
	DueDay       string           `json:"dueDay,omitempty" format:"date" doc:"That day, as the town has said it"`
	Done         int              `json:"done" doc:"Needed lessons that are done"`
	Of           int              `json:"of" doc:"Needed lessons"`
	Minutes      int              `json:"minutes"`
	Certificate  string           `json:"certificate,omitempty" doc:"Id of the completion"`
	Next         *NextBody        `json:"next,omitempty"`
	Requirement  *RequirementBody `json:"requirement,omitempty" doc:"Of the next lesson"`
	Withdrawn    bool             `json:"withdrawn,omitempty"`
	CertificateC string           `json:"certificateCode,omitempty" doc:"Code in the certificate's public address"`
}

func (c calendar) enrolment(st course.Study) EnrolmentBody {
	e, v := st.Enrolment, st.Version
	b := EnrolmentBody{ID: e.ID, Course: CourseRefBody{ID: e.Course, Title: v.Title, Languages: v.Languages, Owner: e.Owner}, Version: e.Version, Newer: st.Newer,
		State: "open", Begun: e.Created, Due: e.Due, DueDay: c.day(e.Due), Minutes: v.Minutes}
	if e.State == course.Completed && e.Decision != nil {
		b.State, b.Completed = "complete", &e.Decision.At
	}
	if done := st.Completion; done != nil {
		b.Certificate, b.CertificateC, b.Withdrawn = done.ID, done.Certificate, done.Withdrawn
	}
	at := -1
	for i, n := range st.Needs {
		if n.Optional {
			continue
		}
		b.Of++
		if n.Done != nil {
			b.Done++
		} else if at < 0 || n.Lesson == e.Last {
			at = i
		}
	}
	if at >= 0 {
		n := st.Needs[at]
		b.Next = &NextBody{Lesson: n.Lesson, Title: n.Title, Kind: n.Kind, Number: at + 1}
		if ev := e.Lessons[n.Lesson]; ev != nil {
			b.Next.Position = seconds(ev.Position)
		}
		r := requirement(n)
		b.Requirement = &r
	}
	return b
}

// OutlineLessonBody is a lesson in an outline.
type OutlineLessonBody struct {
	ID       string `json:"id"`
	Kind     string `json:"kind" enum:"video,text,quiz"`
	Title    Text   `json:"title"`
	Minutes  int    `json:"minutes"`
	Optional bool   `json:"optional"`
	State    string `json:"state" enum:"todo,begun,done"`
}

// OutlineModuleBody is a module in an outline.
type OutlineModuleBody struct {
	ID      string              `json:"id"`
	Title   Text                `json:"title"`
	Lessons []OutlineLessonBody `json:"lessons"`
}

func outline(modules []course.Module, minutes func(string) int, state func(string) string) []OutlineModuleBody {
	out := make([]OutlineModuleBody, 0, len(modules))
	for _, m := range modules {
		b := OutlineModuleBody{ID: m.ID, Title: m.Title, Lessons: make([]OutlineLessonBody, 0, len(m.Lessons))}
		for _, l := range m.Lessons {
			b.Lessons = append(b.Lessons, OutlineLessonBody{ID: l.ID, Kind: l.Kind, Title: l.Title, Optional: l.Optional, Minutes: minutes(l.ID), State: state(l.ID)})
		}
		out = append(out, b)
	}
	return out
}

// EnrolmentDetailBody is an enrolment with everything that is done and missing.
type EnrolmentDetailBody struct {
	EnrolmentBody
	Modules      []OutlineModuleBody `json:"modules"`
	Requirements []RequirementBody   `json:"requirements"`
}

func (c calendar) detail(st course.Study) EnrolmentDetailBody {
	reqs := requirements(st.Needs)
	states := map[string]string{}
	for _, r := range reqs {
		states[r.Lesson] = r.State
	}
	return EnrolmentDetailBody{EnrolmentBody: c.enrolment(st), Requirements: reqs,
		Modules: outline(st.Version.Modules, st.Version.MinutesOf, func(id string) string { return states[id] })}
}

// LessonTextBody is a text lesson, or the note beside a video or a quiz.
type LessonTextBody struct {
	HTML Text `json:"html" doc:"Safe HTML by language"`
}

// LessonVideoBody is a video lesson as its learner meets it.
type LessonVideoBody struct {
	ID               string       `json:"id"`
	Duration         float64      `json:"duration" doc:"Seconds"`
	Position         float64      `json:"position" doc:"Seconds, where to resume"`
	Seen             [][2]float64 `json:"seen" doc:"Seconds from and to"`
	TranscriptCounts bool         `json:"transcriptCounts"`
	Ready            bool         `json:"ready"`
	Stops            []StopBody   `json:"stops" doc:"Questions at which it stops, by their second"`
	Takeaway         bool         `json:"takeaway" doc:"Its files may be taken along"`
}

// LessonQuizBody is a quiz lesson as its learner meets it.
type LessonQuizBody struct {
	Questions    int         `json:"questions"`
	Pass         int         `json:"pass"`
	Attempts     int         `json:"attempts" doc:"At most; 0 for any number"`
	AttemptsLeft int         `json:"attemptsLeft" doc:"-1 for any number"`
	Open         string      `json:"open,omitempty" doc:"Id of an attempt that is begun"`
	Taken        []TakenBody `json:"taken"`
}

// TakenBody is an attempt that was handed in.
type TakenBody struct {
	ID     string    `json:"id"`
	Number int       `json:"number"`
	Score  int       `json:"score"`
	Of     int       `json:"of"`
	Passed bool      `json:"passed"`
	At     time.Time `json:"at"`
}

// EnrolledLessonBody is a lesson as its learner meets it.
type EnrolledLessonBody struct {
	ID           string            `json:"id"`
	Kind         string            `json:"kind" enum:"video,text,quiz"`
	Title        Text              `json:"title"`
	Languages    []string          `json:"languages"`
	Course       CourseRefBody     `json:"course"`
	Module       int               `json:"module" doc:"From 1"`
	Number       int               `json:"number" doc:"From 1, in the course"`
	Of           int               `json:"of"`
	Previous     string            `json:"previous,omitempty"`
	Next         string            `json:"next,omitempty"`
	Complete     bool              `json:"complete" doc:"The whole course is"`
	Requirement  RequirementBody   `json:"requirement"`
	Requirements []RequirementBody `json:"requirements"`
	Text         *LessonTextBody   `json:"text,omitempty"`
	Video        *LessonVideoBody  `json:"video,omitempty"`
	Quiz         *LessonQuizBody   `json:"quiz,omitempty"`
}

// CredentialBody lets a browser write statements about one enrolment.
type CredentialBody struct {
	Endpoint      string    `json:"endpoint"`
	Authorization string    `json:"authorization"`
	Expires       time.Time `json:"expires"`
}

// PlaybackBody is what a player needs.
type PlaybackBody struct {
	ID         string         `json:"id" doc:"The video profile's session id"`
	Master     string         `json:"master" doc:"HLS master playlist"`
	Poster     string         `json:"poster,omitempty"`
	Duration   float64        `json:"duration" doc:"Seconds"`
	Position   float64        `json:"position" doc:"Seconds"`
	Seen       [][2]float64   `json:"seen"`
	Captions   []TrackBody    `json:"captions"`
	Credential CredentialBody `json:"credential"`
	XAPI       XAPIBody       `json:"xapi"`
}

// TrackBody is one file of captions.
type TrackBody struct {
	Kind  string `json:"kind" enum:"captions,descriptions,chapters"`
	Lang  string `json:"lang"`
	Label string `json:"label"`
	URL   string `json:"url"`

	Unchecked bool `json:"unchecked,omitempty" doc:"A machine has written it and nobody has read it yet"`
}

// XAPIBody is what every statement of a player carries.
type XAPIBody struct {
	Actor        ActorBody  `json:"actor"`
	Object       ObjectBody `json:"object"`
	Registration string     `json:"registration"`
}

// ActorBody is an xAPI Agent with an account (xAPI 1.0.3 Data §2.4.2.1).
type ActorBody struct {
	ObjectType string      `json:"objectType" enum:"Agent"`
	Account    AccountBody `json:"account"`
}

// AccountBody is an xAPI account (xAPI 1.0.3 Data §2.4.2.4).
type AccountBody struct {
	HomePage string `json:"homePage"`
	Name     string `json:"name"`
}

// ObjectBody is an xAPI Activity (xAPI 1.0.3 Data §2.4.4.1).
type ObjectBody struct {
	ObjectType string         `json:"objectType" enum:"Activity"`
	ID         string         `json:"id"`
	Definition DefinitionBody `json:"definition"`
}

// DefinitionBody describes an activity.
type DefinitionBody struct {
	Type string `json:"type"`
	Name Text   `json:"name"`
}

// OwnerBody is the organisation of a course.
type OwnerBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// CatalogueItemBody is a course that may be begun.
type CatalogueItemBody struct {
	ID        string    `json:"id"`
	Version   int       `json:"version"`
	Title     Text      `json:"title"`
	Summary   Text      `json:"summary"`
	Languages []string  `json:"languages"`
	Minutes   int       `json:"minutes"`
	Lessons   int       `json:"lessons"`
	Owner     OwnerBody `json:"owner"`
	Enrolment *string   `json:"enrolment"`
	State     string    `json:"state" enum:"none,open,complete"`
}

// CatalogueCourseBody is a course of the catalogue with its outline.
type CatalogueCourseBody struct {
	CatalogueItemBody
	Modules []OutlineModuleBody `json:"modules"`
}

func catalogueItem(o course.Offered) CatalogueItemBody {
	b := CatalogueItemBody{ID: o.Entry.ID, Version: o.Entry.Version, Title: o.Entry.Title, Summary: o.Entry.Summary, Languages: o.Entry.Languages,
		Minutes: o.Entry.Minutes, Lessons: o.Entry.Lessons, State: "none"}
	b.Owner.ID, b.Owner.Name = o.Entry.Owner, o.Entry.OwnerName
	if o.Enrolment != nil {
		b.Enrolment, b.State = &o.Enrolment.ID, "open"
		if o.Enrolment.State == course.Completed {
			b.State = "complete"
		}
	}
	return b
}

// partner names a partner of a matching question by its place, so that its id does not tell whose it is.
func partner(i int) string { return "p" + strconv.Itoa(i) }
