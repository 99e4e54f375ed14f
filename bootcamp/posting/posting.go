// Package posting is the notice board of the towns: jobs, rooms, events, each until a day. What has expired or was
// withdrawn leaves the list, and its address still says what became of it.
//
// A posting belongs to the town that put it up; everybody who is signed in reads it. Who answers it uses a link, or asks
// its writer through the directory, which shows no address.
package posting

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"palestra/bootcamp"
	"palestra/bootcamp/practice"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Event is the kind of what begins at a time.
const Event = "event"

// Kinds lists what can be put up.
func Kinds() []string { return []string{"job", "room", Event, "other"} }

// What a posting can be.
const (
	StateShown     = "shown"
	StateWithdrawn = "withdrawn" // by its town or by an operator, with a reason
)

// Limits.
const (
	maxTitle   = 200
	maxWords   = 4000
	maxPlace   = 120
	maxAddress = 500
	maxReason  = 1000
	maxDays    = 366
	maxPosted  = 20                   // by one town within a day
	maxReports = 50                   // of one posting that wait
	kept       = 366 * 24 * time.Hour // after its end
)

// Content is what a posting says, in one language.
type Content struct {
	Kind      string `bson:"kind"`
	Title     string `bson:"title"`
	Words     string `bson:"words"` // Markdown
	Language  string `bson:"language"`
	Territory string `bson:"territory"` // where it is, in words; "" for the town
	Link      string `bson:"link"`      // where one answers; "" for only through the directory
	Relay     bool   `bson:"relay"`     // its writer may be asked through the directory
	Begins    string `bson:"begins"`    // an event, as the clock on the wall of its town shows it
	Until     string `bson:"until"`     // last day; of an event, on which it takes place
}

// Posting is something that a town has put up.
type Posting struct {
	store.Meta `bson:",inline"`
	Town       string     `bson:"town"`
	TownName   string     `bson:"townName"`
	Country    string     `bson:"country"`
	Content    Content    `bson:"content"`
	Edition    int64      `bson:"edition"`
	State      string     `bson:"state"`
	Reason     string     `bson:"reason"` // why it was withdrawn
	Operator   bool       `bson:"operator"`
	Person     string     `bson:"person"` // who put it up; "" once she was erased
	Name       string     `bson:"name"`
	Entry      string     `bson:"entry"`              // hers in the directory
	Zone       string     `bson:"zone"`               // IANA, its town's
	Begins     *time.Time `bson:"begins,omitempty"`   // an event
	Ends       time.Time  `bson:"ends"`               // after its last day, in the town's zone
	Tokens     []string   `bson:"tokens"`             // what it is found by; nothing once it was withdrawn
	Reports    []Report   `bson:"reports"`            // that wait
	Reported   *time.Time `bson:"reported,omitempty"` // since when one waits
	Persons    []string   `bson:"persons"`            // who is in here
	Created    time.Time  `bson:"created"`
	Updated    time.Time  `bson:"updated"`
}

// Report says that somebody finds a posting wrong. Only operators read it.
type Report struct {
	Person string    `bson:"person"`
	Town   string    `bson:"town"`
	Words  string    `bson:"words"`
	At     time.Time `bson:"at"`
}

// Over reports whether its last day has gone.
func (p *Posting) Over(now time.Time) bool { return !now.Before(p.Ends) }

func office() []people.Role {
	return []people.Role{people.Author, people.Facilitator, people.Administrator}
}

// Writes reports whether the actor may change it: office holders of its town.
func (p *Posting) Writes(by people.Actor) bool {
	return by.Organisation == p.Town && by.Has(office()...)
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

// check refuses what a posting cannot say, tidies it, and returns when it begins, if it is an event, and ends.
func (c *Content) check(now time.Time, zone *time.Location) (begins *time.Time, ends time.Time, err error) {
	if err := c.tidy(); err != nil {
		return nil, ends, err
	}
	day, err := time.ParseInLocation(time.DateOnly, c.Until, zone)
	if err != nil {
		return nil, ends, invalid("until", "discussion.day", "a day is written 2027-11-24")
	}
	// The day after, by the calendar: a day in which clocks change has not 24 hours.
	ends = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone).UTC()
	if !ends.After(now) || ends.After(now.AddDate(0, 0, maxDays+1)) {
		return nil, ends, invalid("until", "posting.until", "from today to %d days from now", maxDays).With("max", maxDays)
	}
	if c.Kind != Event {
		c.Begins = ""
		return nil, ends, nil
	}
	at, err := bootcamp.Instant(c.Begins, zone.String())
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return nil, ends, invalid("begins", f.Code, "%s", f.Detail).With("zone", zone.String())
	}
	if err != nil {
		return nil, ends, err
	}
	if !at.Before(ends) {
		return nil, ends, invalid("begins", "posting.begins", "an event begins on its last day or before")
	}
	return &at, ends, nil
}

// tidy refuses what a posting cannot say at any time.
func (c *Content) tidy() error {
	k := &practice.Checker{}
	k.Line("title", &c.Title)
	k.Plain("words", &c.Words, maxWords)
	k.Line("territory", &c.Territory)
	if err := k.Err(); err != nil {
		return err
	}
	if !slices.Contains(Kinds(), c.Kind) {
		return invalid("kind", "practice.choice", "no such kind")
	}
	if c.Title == "" {
		return invalid("title", "discussion.empty", "a posting has a title")
	}
	if c.Words == "" {
		return invalid("words", "discussion.empty", "a posting says something")
	}
	t, err := language.Parse(c.Language)
	if err != nil || c.Language == "" || len(c.Language) > 20 {
		return invalid("language", "discussion.language", "a language is tagged as in de or pt-BR (BCP 47)")
	}
	c.Language = t.String()
	if c.Link = strings.TrimSpace(c.Link); c.Link != "" {
		u, err := url.Parse(c.Link)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(c.Link) > maxAddress {
			return invalid("link", "practice.address", "a link begins with https://")
		}
	}
	if c.Link == "" && !c.Relay {
		return invalid("link", "posting.contact", "a link, or a way through the directory")
	}
	return nil
}

// found sets what a posting is found by.
func (p *Posting) found() {
	p.Tokens = []string{}
	if p.State != StateShown {
		return
	}
	t := practice.Traits{Words: []string{p.Content.Title, p.TownName, p.Content.Territory}}
	p.Tokens = t.Tokens("all", "kind|"+p.Content.Kind, "language|"+p.Content.Language, "country|"+p.Country)
}
