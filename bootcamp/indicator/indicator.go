// Package indicator keeps the figures by which a bootcamp and its host town account for what was done: presences and the
// persons behind them, hours by mode and kind, help-desk visits, events, outputs, and adoptions that learning led to.
//
// What counts is a fact in the host's stream, as it was entered; what was wrong is followed by another fact about the same
// thing. The figures are a projection of that stream: for each bootcamp and for the town one document for each day on
// which something was entered, which holds all sums up to that day. So an answer reads one document, however much is
// stored, and says what was known on any day. The records behind a figure are found along one index.
//
// Facts do not say who somebody is: they hold a random name, and a document of its own says whose it is. An erasure ends
// that document, and the figures stay.
package indicator

import (
	"slices"
	"strings"
	"time"

	"palestra/internal/store"
)

// What is counted.
const (
	Presence = "presence" // somebody attended a session, wholly or in part
	Event    = "event"    // a session took place
	Visit    = "visit"    // somebody came to the help-desk
	Output   = "output"   // something was made
	Adoption = "adoption" // a town has a practice of another in hand
	Anybody  = "anybody"  // a person who attended or came to the help-desk
)

// What figures are divided by.
const (
	ByCohort   = "cohort"
	ByBootcamp = "bootcamp"
	ByMode     = "mode"
	ByKind     = "kind"
	ByTown     = "town"
	ByCross    = "cross" // mode and kind of a session
	ByTopic    = "topic"
	ByOutcome  = "outcome"
	ByLesson   = "lesson"
	ByVisitor  = "visitor" // known or anonymous
	ByStage    = "stage"
	ByLearning = "learning" // lessons are named with the adoption, or not
)

// Whose figures they are.
const wholeTown = "town"

func ofBootcamp(id string) string { return "camp." + id }

// Saying is what a fact says of something.
type Saying struct {
	What     string   `bson:"what"`
	Bootcamp string   `bson:"bootcamp"` // "" for none
	Cohort   string   `bson:"cohort"`
	Ref      string   `bson:"ref"`   // the session, visit, output or practice
	Title    string   `bson:"title"` // of it, as it was called
	Language string   `bson:"language"`
	Who      string   `bson:"who"`  // random name of a person; "" for nobody or somebody unknown
	Town     string   `bson:"town"` // organisation for which she came
	Mode     string   `bson:"mode"`
	Kind     string   `bson:"kind"`
	Topic    string   `bson:"topic"`
	Outcome  string   `bson:"outcome"` // of a visit; of an adoption its stage
	Lessons  []Lesson `bson:"lessons"`
	Minutes  int      `bson:"minutes"`
	On       string   `bson:"on"` // day on which it was: 2026-11-24
}

// Lesson is one that was recommended, or that led to an adoption.
type Lesson struct {
	Course string `bson:"course"`
	Lesson string `bson:"lesson"`
	Title  string `bson:"title"`
}

func (l Lesson) key() string { return l.Course + "." + l.Lesson }

func (y Saying) is(o Saying) bool {
	a, b := y, o
	a.Lessons, b.Lessons = nil, nil
	return slices.Equal(y.Lessons, o.Lessons) && a.same(b)
}

// same compares everything but the lessons.
func (y Saying) same(o Saying) bool {
	return y.What == o.What && y.Bootcamp == o.Bootcamp && y.Cohort == o.Cohort && y.Ref == o.Ref && y.Title == o.Title && y.Language == o.Language && y.Who == o.Who &&
		y.Town == o.Town && y.Mode == o.Mode && y.Kind == o.Kind && y.Topic == o.Topic && y.Outcome == o.Outcome && y.Minutes == o.Minutes && y.On == o.On
}

// Fact is what was entered once. Nothing in it is ever changed.
type Fact struct {
	store.Entry `bson:",inline"` // id: source.turn
	Source      string           `bson:"source"` // what it is about: the later fact counts
	Gone        bool             `bson:"gone"`   // it does not count any more
	Saying      `bson:",inline"`
}

// Record is a fact as it is listed behind a figure.
type Record struct {
	store.Meta `bson:",inline"` // the fact's id
	Number     int64            `bson:"number"`
	Entered    time.Time        `bson:"entered"`
	Until      *time.Time       `bson:"until,omitempty"` // when another fact took its place
	Cells      []string         `bson:"cells"`           // scope and figure in which it counts
	Saying     `bson:",inline"`
}

// scopes returns whose figures a fact is in.
func (y *Saying) scopes() []string {
	if y.Bootcamp == "" {
		return []string{wholeTown}
	}
	return []string{ofBootcamp(y.Bootcamp), wholeTown}
}

// figure names a sum: what, and the part of a division of it.
func figure(what string, by ...string) string {
	return strings.Join(append([]string{what}, by...), "/")
}

// figures returns the sums in which it counts, within a scope.
func (y *Saying) figures(scope string) []string {
	list := []string{figure(y.What)}
	part := func(by, is string) { list = append(list, figure(y.What, by, is)) }
	sessions := func() {
		part(ByMode, y.Mode)
		part(ByKind, y.Kind)
		part(ByCross, y.Mode+"."+y.Kind)
	}
	if scope == wholeTown && y.What != Adoption {
		part(ByBootcamp, y.Bootcamp)
	} else if y.Cohort != "" {
		part(ByCohort, y.Cohort)
	}
	switch y.What {
	case Presence:
		sessions()
		part(ByTown, y.Town)
	case Event:
		sessions()
	case Visit:
		part(ByTopic, y.Topic)
		part(ByOutcome, y.Outcome)
		part(ByMode, y.Mode)
		if y.Who == "" {
			part(ByVisitor, "anonymous")
		} else {
			part(ByVisitor, "known")
		}
	case Output:
		part(ByKind, y.Kind)
	case Adoption:
		part(ByStage, y.Outcome)
		if len(y.Lessons) > 0 {
			part(ByLearning, "yes")
		} else {
			part(ByLearning, "no")
		}
	}
	for _, l := range y.Lessons {
		part(ByLesson, l.key())
	}
	if y.Who != "" {
		list = append(list, Anybody)
	}
	return list
}
