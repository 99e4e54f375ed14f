// Package practice is where towns exchange what works: cards of practices with their versions and reviews, questions to
// their authors, and who has adopted them, from whom and with which changes.
//
// A draft belongs to its town; its co-authors may come from others. What is published is everybody's: cards and lineages
// are written from the towns' documents and can be written again.
package practice

import (
	"reflect"
	"slices"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// What a practice can be.
const (
	StateDraft     = "draft"     // only its authors see it
	StatePublished = "published" // everybody sees its newest version
	StateWithdrawn = "withdrawn" // its address says that it was there
	stateDeleted   = "deleted"   // a draft that is going
)

// Limits of what belongs to a practice.
const (
	maxAuthors  = 20
	maxVersions = 500
	remembered  = 20 // answers, of which the usual time is told
)

// Practice is a card as its authors write it, and the truth about what was published.
type Practice struct {
	store.Meta `bson:",inline"`
	Town       string     `bson:"town"`    // to which it belongs
	Edition    int64      `bson:"edition"` // grows with each change by its authors
	Draft      Content    `bson:"draft"`
	Published  *Content   `bson:"published"` // the newest version
	Version    int        `bson:"version"`   // its number, 0 for none
	Summary    string     `bson:"summary"`   // what the newest version changed, in its author's words
	By         Author     `bson:"by"`        // who published it: her town, and her random name there
	State      string     `bson:"state"`
	Authors    []Author   `bson:"authors"`
	Credits    []Credit   `bson:"credits,omitempty"`   // whose words it was made from
	Challenge  string     `bson:"challenge,omitempty"` // which it answers; "" for none
	Files      []string   `bson:"files,omitempty"`     // ids of all that were ever published: versions keep theirs
	Sort       string     `bson:"sort"`
	Answers    []int64    `bson:"answers"`       // seconds that the last answers to questions took
	Due        *time.Time `bson:"due,omitempty"` // since when its card is to be written
	Created    time.Time  `bson:"created"`
	Updated    time.Time  `bson:"updated"`
	First      time.Time  `bson:"first"`    // published
	Released   time.Time  `bson:"released"` // the newest version
}

// Author writes a card.
type Author struct {
	Person  string `bson:"person"`
	Town    string `bson:"town"` // for which she writes
	Name    string `bson:"name"`
	Account string `bson:"account"` // under which the record store knows her
}

// Version is a card as it was published once.
type Version struct {
	store.Meta `bson:",inline"` // practice.number
	Practice   string           `bson:"practice"`
	Number     int              `bson:"number"`
	Summary    string           `bson:"summary"` // what changed, in the author's words
	Content    Content          `bson:"content"`
	At         time.Time        `bson:"at"`
}

// Card is what everybody sees of a practice, and what it is found by.
type Card struct {
	store.Meta  `bson:",inline"` // the practice's id; each practice has one, drafts too
	Town        string           `bson:"town"`
	TownName    string           `bson:"townName"` // as it was called when the card was written
	State       string           `bson:"state"`
	Challenge   string           `bson:"challenge,omitempty"` // which it answers; "" for none
	Version     int              `bson:"version"`
	Content     Content          `bson:"content"`
	Authors     []Author         `bson:"authors"`
	Credits     []Credit         `bson:"credits,omitempty"` // who is named for her words
	Persons     []string         `bson:"persons"`           // ids of the authors, and of whose words it was made from
	Tokens      []string         `bson:"tokens"`            // what it is found by; of drafts nothing
	Country     string           `bson:"country"`
	Band        int              `bson:"band"`        // of the town's size, see Bands
	Recommended bool             `bson:"recommended"` // by two towns or more
	Reviews     int              `bson:"reviews"`     // towns that recommend this version
	Using       int              `bson:"using"`       // towns that use it
	Adopting    int              `bson:"adopting"`    // towns on the way there
	Answers     int64            `bson:"answers"`     // usual time of an answer, in seconds; 0 for unknown
	First       time.Time        `bson:"first"`       // published
	Released    time.Time        `bson:"released"`    // this version
}

// office are the roles that write, review and adopt in the name of a town.
func office() []people.Role {
	return []people.Role{people.Author, people.Facilitator, people.Administrator}
}

// Writes reports whether the actor may change a practice: its authors, and administrators of its town.
func (p *Practice) Writes(by people.Actor) bool {
	return by.Organisation == p.Town && by.Has(people.Administrator) ||
		slices.ContainsFunc(p.Authors, func(a Author) bool { return a.Person == by.Person && a.Town == by.Organisation })
}

// Changed reports whether the draft says something else than the newest version.
func (p *Practice) Changed() bool {
	return p.Published == nil || !reflect.DeepEqual(*p.Published, p.Draft)
}

// usual returns the middle of the remembered times, 0 for none.
func (p *Practice) usual() int64 {
	if len(p.Answers) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(p.Answers))
	return sorted[len(sorted)/2]
}
