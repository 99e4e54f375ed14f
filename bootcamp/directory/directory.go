// Package directory is where people find each other: experts who have said what they may be asked, organisations, and
// actors from outside who asked to be listed. Nobody is in it who has not put herself there, and no address is shown.
//
// What is in it is everybody's: an entry is one document that all towns read. Who is from outside proves an address by a
// link, waits for an operator to look, and keeps the entry by links that work once.
package directory

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"palestra/bootcamp/practice"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// What an entry is about.
const (
	Expert       = "expert"       // a person, for her town
	Organisation = "organisation" // one that has an account
	Actor        = "actor"        // from outside
)

// What an entry can be.
const (
	StateUnproven = "unproven" // nobody has opened the link in the letter
	StateWaiting  = "waiting"  // for an operator
	StateListed   = "listed"
	StateRefused  = "refused"
)

// Limits of an entry.
const (
	maxAbout   = 2000
	maxAsk     = 1000
	maxAddress = 500
	maxReason  = 1000
)

// Content is what an entry says, in one language.
type Content struct {
	Name        string   `bson:"name"` // of experts: as the platform knows them
	Country     string   `bson:"country"`
	About       string   `bson:"about"`
	Ask         string   `bson:"ask"` // what one may come with
	Page        string   `bson:"page"`
	Language    string   `bson:"language"`  // in which this is written
	Languages   []string `bson:"languages"` // that are spoken
	Topics      []string `bson:"topics"`
	Competences []string `bson:"competences"`
	Labels      []string `bson:"labels"`
}

// Entry is somebody in the directory.
type Entry struct {
	store.Meta `bson:",inline"`
	Kind       string     `bson:"kind"`
	State      string     `bson:"state"`
	Edition    int64      `bson:"edition"`
	Content    Content    `bson:"content"`
	Person     string     `bson:"person"` // of experts
	Town       string     `bson:"town"`   // of experts and organisations
	TownName   string     `bson:"townName"`
	Address    string     `bson:"address"`           // of actors; shown to nobody
	Locale     string     `bson:"locale"`            // of letters to it
	Reason     string     `bson:"reason"`            // why it was refused
	Sort       string     `bson:"sort"`              // name, folded
	Tokens     []string   `bson:"tokens"`            // what it is found by; none unless it is listed
	Asked      int64      `bson:"asked"`             // how often a link was asked for
	Letter     string     `bson:"letter"`            // that is due
	Due        *time.Time `bson:"due,omitempty"`     // since when
	Expires    *time.Time `bson:"expires,omitempty"` // when it goes unless it is proven
	Created    time.Time  `bson:"created"`
	Updated    time.Time  `bson:"updated"`
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

// check refuses what an entry cannot say, and tidies it.
func (c *Content) check() error {
	k := &practice.Checker{}
	k.Line("name", &c.Name)
	k.Plain("about", &c.About, maxAbout)
	k.Plain("ask", &c.Ask, maxAsk)
	k.Among("languages", &c.Languages, lang.Locales())
	k.Among("topics", &c.Topics, practice.Topics())
	k.Among("competences", &c.Competences, practice.Competences())
	k.Words("labels", &c.Labels)
	if err := k.Err(); err != nil {
		return err
	}
	switch {
	case c.Name == "":
		return invalid("name", "directory.name", "an entry has a name")
	case c.About == "":
		return invalid("about", "directory.about", "an entry says something")
	case len(c.Topics) == 0:
		return invalid("topics", "directory.topics", "choose at least one topic")
	case len(c.Country) != 2 || strings.Trim(c.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return invalid("country", "practice.country", "a country is two capital letters (ISO 3166-1)")
	case !slices.Contains(lang.Locales(), c.Language):
		return invalid("language", "practice.choice", "not a language of the platform")
	}
	if c.Page = strings.TrimSpace(c.Page); c.Page != "" {
		u, err := url.Parse(c.Page)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(c.Page) > maxAddress {
			return invalid("page", "practice.address", "a link begins with https://")
		}
	}
	return nil
}

// Traits are by what an entry is related to challenges.
func (c *Content) Traits() practice.Traits {
	return practice.Traits{Topics: c.Topics, Competences: c.Competences, Labels: c.Labels, Words: []string{c.Name, c.Ask}}
}

// found sets what an entry is found by.
func (e *Entry) found() {
	e.Sort, e.Tokens = people.Fold(e.Content.Name), []string{}
	if e.State != StateListed {
		return
	}
	more := []string{"all", "kind|" + e.Kind}
	for _, l := range e.Content.Languages {
		more = append(more, "language|"+l)
	}
	t := e.Content.Traits()
	t.Words = append(t.Words, e.TownName, e.Content.About)
	e.Tokens = t.Tokens(more...)
}
