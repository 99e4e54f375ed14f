// Package discussion is where cohorts and the readers of a practice talk: threads about the whole, a session or a lesson,
// posts with earlier versions, mentions, files and accepted answers, what is new to whom, and what facilitators hide.
//
// What is said belongs to the organisation that hosts the place. Posts name people by a random word (Voice.Who); an
// erasure takes the name behind it away, and nothing in the posts has to be found. A post is written first, and says in
// the same document what is still to follow from it: its thread, and who is to be told.
package discussion

import (
	"strings"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
)

// What a post can be.
const (
	Shown     = "shown"
	Hidden    = "hidden"    // by who leads; its author and they still read it
	Withdrawn = "withdrawn" // by its author: its words are gone
)

// Limits.
const (
	maxTitle    = 200
	maxWords    = 10_000
	maxReason   = 1000
	maxMentions = 20
	maxFiles    = 5    // of a post
	maxVersions = 50   // of a post
	maxPosts    = 2000 // of a thread
)

// Thread is a conversation. It is made and kept up to date from its posts.
type Thread struct {
	store.Meta `bson:",inline"` // that of its first post
	Room       string           `bson:"room"`
	About      string           `bson:"about"` // session.<id>, lesson.<id>, or ""
	Course     string           `bson:"course,omitempty"`
	Title      string           `bson:"title"`
	Language   string           `bson:"language"`
	Who        string           `bson:"who"`
	Asks       bool             `bson:"asks"`               // it wants an answer
	Open       bool             `bson:"open"`               // it wants one, and none is accepted
	Answer     int              `bson:"answer"`             // number of the accepted post, 0 for none
	Accepted   int64            `bson:"accepted,omitempty"` // revision at which that post was accepted: an older run changes nothing
	Posts      int              `bson:"posts"`              // highest number
	Hidden     bool             `bson:"hidden"`             // its first post is
	First      int64            `bson:"first"`              // revision of the first post that it follows: an older run changes nothing
	Closed     bool             `bson:"closed"`             // nobody answers any more
	Last       time.Time        `bson:"last"`
	LastWho    string           `bson:"lastWho"`
	Created    time.Time        `bson:"created"`
}

// Opening is what the first post says of its thread.
type Opening struct {
	About  string `bson:"about"`
	Course string `bson:"course,omitempty"`
	Title  string `bson:"title"`
	Asks   bool   `bson:"asks"`
}

// Post is something that somebody says.
type Post struct {
	store.Meta `bson:",inline"`  // follows from who sent it and her key, so that sending it again stores it once
	Room       string            `bson:"room"`
	Thread     string            `bson:"thread"`
	Number     int               `bson:"number"` // in its thread, from 1
	Who        string            `bson:"who"`
	Leads      bool              `bson:"leads"` // a facilitator, or an author of the card, when she wrote it
	Language   string            `bson:"language"`
	Words      string            `bson:"words"` // Markdown; mentions are marks with a Who, see mention.go
	Re         int               `bson:"re"`    // number of the post that it answers, 0 for none
	Mentions   []string          `bson:"mentions"`
	Added      []string          `bson:"added,omitempty"` // mentions that came by editing and are still to be told
	Files      []attachment.File `bson:"files"`
	Version    int               `bson:"version"` // grows with each change of its words
	State      string            `bson:"state"`
	Reason     string            `bson:"reason,omitempty"` // why it was hidden
	Decided    *time.Time        `bson:"decided,omitempty"`
	Terms      []string          `bson:"terms"` // what it is found by; see search.go
	Opens      *Opening          `bson:"opens,omitempty"`
	At         time.Time         `bson:"at"`
	Edited     *time.Time        `bson:"edited,omitempty"`
	Due        *time.Time        `bson:"due,omitempty"` // since when something is still to follow from it
	Heard      bool              `bson:"heard"`         // followers know of it
	Told       *time.Time        `bson:"told,omitempty"`
}

// Version is what a post said before.
type Version struct {
	store.Meta `bson:",inline"` // post.number
	Post       string           `bson:"post"`
	Number     int              `bson:"number"`
	Words      string           `bson:"words"`
	Language   string           `bson:"language"`
	At         time.Time        `bson:"at"` // since when it said so
}

// How often somebody is written to.
const (
	MailAtOnce = "immediately"
	MailDaily  = "daily"
	MailNever  = "never"
)

// Voice is somebody in a room: the only document that says who stands behind a Who.
type Voice struct {
	store.Meta `bson:",inline"` // room.person
	Room       string           `bson:"room"`
	Who        string           `bson:"who"`    // random
	Person     string           `bson:"person"` // of somebody who was erased, a random id
	Name       string           `bson:"name"`
	Town       string           `bson:"town"` // organisation for which she is here
	TownName   string           `bson:"townName"`
	Mail       string           `bson:"mail"`
	All        bool             `bson:"all"`    // she follows every thread
	Spoke      bool             `bson:"spoke"`  // she has written here
	Before     time.Time        `bson:"before"` // what was said until then she has read
	Bell       int64            `bson:"bell"`   // grows with everything that is new to her
	Letter     *Digest          `bson:"letter,omitempty"`
	Stop       string           `bson:"stop"` // digest of the secret that ends letters
	Due        *time.Time       `bson:"due,omitempty"`
}

// Mark is how far somebody has read a thread.
type Mark struct {
	store.Meta `bson:",inline"` // thread.who
	Room       string           `bson:"room"`
	Thread     string           `bson:"thread"`
	Who        string           `bson:"who"`
	Read       int              `bson:"read"` // highest number that she has read
	Follows    bool             `bson:"follows"`
	Mute       bool             `bson:"mute"` // she has stopped following: nothing makes her follow but she herself
	Told       int              `bson:"told"` // highest number of which a letter has told her
	News       *time.Time       `bson:"news,omitempty"`
	Named      bool             `bson:"named"`            // she is mentioned in what is new
	Newest     int              `bson:"newest,omitempty"` // number of the last that was new to her
	Calls      []int            `bson:"calls,omitempty"`  // posts in which she is named since they were edited, still to be told
	Called     []int            `bson:"called,omitempty"` // all of these that there ever were
}

// Report says that somebody finds a post wrong.
type Report struct {
	store.Meta `bson:",inline"` // post.who
	Room       string           `bson:"room"`
	Post       string           `bson:"post"`
	Thread     string           `bson:"thread"`
	Who        string           `bson:"who"` // reported it
	Kind       string           `bson:"kind"`
	Words      string           `bson:"words"`
	State      string           `bson:"state"`
	At         time.Time        `bson:"at"`
	Decided    *time.Time       `bson:"decided,omitempty"`
}

// What can become of a report.
const (
	ReportOpen   = "open"
	ReportHidden = "hidden" // the post was hidden
	ReportKept   = "kept"   // it stays
)

// ReportKinds lists why a post is reported.
func ReportKinds() []string {
	return []string{"personal", "offensive", "advertising", "unlawful", "other"}
}

// Setting is what who leads has set for a room.
type Setting struct {
	store.Meta `bson:",inline"` // that of the room
	Until      string           `bson:"until"` // last day on which something is written; "" for no end
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

func join(parts ...string) string { return strings.Join(parts, ".") }

func letterID(parts ...string) string {
	return course.EventID(append([]string{"letter", "talk"}, parts...)...)
}
