// Package course knows what is to be learnt and who has learnt it: courses of modules and lessons in several languages,
// their published versions, enrolments, evidence and completion, quizzes, assignments, the ledger and what HR exports.
//
// An author edits a draft. Publishing freezes it into a version, and a learner keeps the version that she started.
// What a learner does arrives as statements from the learning record store; the room decides from them, with reasons
// that a person understands, and writes what it decides into the ledger. It never takes a completion back.
package course

import (
	"time"

	"palestra/internal/store"
)

// Kinds of lessons.
const (
	KindVideo = "video"
	KindText  = "text"
	KindQuiz  = "quiz"
)

// States of a course.
const (
	StateDraft       = "draft"       // never published
	StatePublished   = "published"   // can be found and begun
	StateUnpublished = "unpublished" // can no longer be begun; who has begun goes on
)

// Audiences of a course.
const (
	AudienceTown    = "town"    // the organisation that owns it
	AudienceTowns   = "towns"   // chosen organisations and the owner
	AudienceNetwork = "network" // every organisation of the installation
	AudiencePublic  = "public"  // as network; and anybody may look at its outline
)

// Limits of a course; past them a course is better cut in two.
const (
	maxModules   = 50
	maxLessons   = 200 // in the whole course
	maxTitle     = 200 // characters
	maxSummary   = 2000
	maxBody      = 100_000
	maxQuestions = 100
	maxChoices   = 20
)

// Course is the draft that authors work on. Its town owns it.
type Course struct {
	store.Meta `bson:",inline"`
	Languages  []string  `bson:"languages"` // the first is the one it is written in
	Title      Text      `bson:"title"`
	Summary    Text      `bson:"summary"`
	Audience   Audience  `bson:"audience"`
	Minutes    int       `bson:"minutes"` // stated effort; counts as hours of training when completed
	Rule       Rule      `bson:"rule"`
	Modules    []Module  `bson:"modules"`
	State      string    `bson:"state"`
	Version    int       `bson:"version"` // the last published one; 0 for none
	Changed    bool      `bson:"changed"` // since the last version
	Author     string    `bson:"author"`  // account of who made it
	Created    time.Time `bson:"created"`
	Updated    time.Time `bson:"updated"`
	Listing    bool      `bson:"listing,omitempty"` // the catalogue may not say yet what the state says
	Outbox     `bson:",inline"`
}

// Audience says who may find and begin a course.
type Audience struct {
	Kind  string   `bson:"kind"`
	Towns []string `bson:"towns"` // ids, for AudienceTowns
}

// Rule says when a course is complete. Its version is part of the evidence.
type Rule struct {
	Version int `bson:"version"` // of the form of rules, not of this one's values
	Video   int `bson:"video"`   // per cent of a video that must be seen, 1 to 100
}

// defaultRule asks for nine tenths of each video, so that a greeting and credits may be skipped.
func defaultRule() Rule { return Rule{Version: 1, Video: 90} }

// Module is a part of a course.
type Module struct {
	ID      string      `bson:"id"`
	Title   Text        `bson:"title"`
	Lessons []LessonRef `bson:"lessons"`
}

// LessonRef is a lesson's place in a course, with what lists show of it.
type LessonRef struct {
	ID       string `bson:"id"`
	Kind     string `bson:"kind"`
	Title    Text   `bson:"title"`
	Optional bool   `bson:"optional"` // not needed for completion
}

// Lesson is the draft of one lesson.
type Lesson struct {
	store.Meta       `bson:",inline"`
	Course           string    `bson:"course"`
	Kind             string    `bson:"kind"`
	Title            Text      `bson:"title"`
	Optional         bool      `bson:"optional"`
	Body             Text      `bson:"body"`             // Markdown: the lesson itself, or a note beside video and quiz
	Video            string    `bson:"video"`            // id in the video room; "" for none yet
	TranscriptCounts bool      `bson:"transcriptCounts"` // reading it to the end counts as seeing the video
	Quiz             *Quiz     `bson:"quiz,omitempty"`
	Stops            []Stop    `bson:"stops,omitempty"` // questions at which the video stops, by their second
	Updated          time.Time `bson:"updated"`
	Outbox           `bson:",inline"`
}

// Version is a course as it was published. It never changes.
type Version struct {
	store.Meta `bson:",inline"` // id: course/number
	Course     string           `bson:"course"`
	Number     int              `bson:"number"`
	Languages  []string         `bson:"languages"`
	Title      Text             `bson:"title"`
	Summary    Text             `bson:"summary"`
	Minutes    int              `bson:"minutes"`
	Rule       Rule             `bson:"rule"`
	Modules    []Module         `bson:"modules"`
	Lessons    []Lesson         `bson:"lessons"`
	Videos     []Clip           `bson:"videos"`
	Access     []VideoAccess    `bson:"access,omitempty"`   // evidence; none in versions of early programs
	Audience   *Audience        `bson:"audience,omitempty"` // nil in those of early programs: the draft's
	By         string           `bson:"by"`
	Published  time.Time        `bson:"published"`
	Note       string           `bson:"note"` // what has changed, in the author's words
}

// Clip is what a version remembers of a video: its evidence is measured against this length.
type Clip struct {
	Video  string `bson:"video"`
	Length int64  `bson:"length"` // milliseconds
}

// lesson returns a lesson of the version, or nil.
func (v *Version) lesson(id string) *Lesson {
	for i := range v.Lessons {
		if v.Lessons[i].ID == id {
			return &v.Lessons[i]
		}
	}
	return nil
}

// clip returns the length of a video in milliseconds, 0 if the version does not know it.
func (v *Version) clip(video string) int64 {
	for _, c := range v.Videos {
		if c.Video == video {
			return c.Length
		}
	}
	return 0
}

// find returns where a lesson is in the draft's outline.
func (c *Course) find(lesson string) (module, at int, ok bool) {
	for m := range c.Modules {
		for l := range c.Modules[m].Lessons {
			if c.Modules[m].Lessons[l].ID == lesson {
				return m, l, true
			}
		}
	}
	return 0, 0, false
}

func (c *Course) lessons() int {
	n := 0
	for _, m := range c.Modules {
		n += len(m.Lessons)
	}
	return n
}
