// Package wiki is what people write together: pages of a cohort, or of a town's territory, in Markdown, with every version
// that there was, links by title, differences, and the way back to an earlier version.
//
// A page is one document with what it says now. Before it says something else, what it said is stored as a version that
// never changes; so a process may be killed anywhere, and a version is never lost. Pages name people by a random word
// (Writer); an erasure takes the name behind it away. What is written belongs to the host of the cohort, or to the town.
package wiki

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits.
const (
	maxTitle  = 120
	maxWords  = 40_000
	maxWhy    = 200
	maxReason = 1000
	maxPages  = 1000 // of a place
	maxLinks  = 60   // of a page, that are followed back
	maxNames  = 20   // former titles of a page
)

// Page is what people have written about something.
type Page struct {
	store.Meta `bson:",inline"`
	Place      string     `bson:"place"`
	Title      string     `bson:"title"`
	Sort       string     `bson:"sort"` // the title, folded: no two pages of a place have the same
	Language   string     `bson:"language"`
	Words      string     `bson:"words"`  // Markdown
	Number     int        `bson:"number"` // of this version, from 1
	Who        string     `bson:"who"`    // wrote this version
	Why        string     `bson:"why"`    // in her words; may be empty
	From       int        `bson:"from"`   // number of the version that was restored, 0 for none
	At         time.Time  `bson:"at"`     // since when it says this
	Names      []string   `bson:"names"`  // place|title, folded: what it is called and was called
	Links      []string   `bson:"links"`  // place|title of what it links to
	Terms      []string   `bson:"terms"`  // what it is found by
	Locked     bool       `bson:"locked"` // only who leads may write
	Removed    bool       `bson:"removed"`
	Reason     string     `bson:"reason"`        // why it is locked or removed
	Due        *time.Time `bson:"due,omitempty"` // since when its version is to be stored
	Created    time.Time  `bson:"created"`
}

// Version is what a page says or said. It is written once.
type Version struct {
	store.Meta `bson:",inline"` // page.number
	Page       string           `bson:"page"`
	Number     int              `bson:"number"`
	Title      string           `bson:"title"`
	Language   string           `bson:"language"`
	Words      string           `bson:"words"`
	Who        string           `bson:"who"`
	Why        string           `bson:"why"`
	From       int              `bson:"from"`
	At         time.Time        `bson:"at"`
}

// Writer is somebody who writes in a place: the only document that says who stands behind a Who.
type Writer struct {
	store.Meta `bson:",inline"` // the Who: random
	Place      string           `bson:"place"`
	Person     string           `bson:"person"` // of somebody who was erased, a random id
	Name       string           `bson:"name"`
	Town       string           `bson:"town"` // for which she writes
	TownName   string           `bson:"townName"`
}

// Territory is a town with pages about it, in the list of all of them.
type Territory struct {
	store.Meta `bson:",inline"` // the town's id
	Name       string           `bson:"name"`
	Country    string           `bson:"country"`
	Sort       string           `bson:"sort"`
	Updated    time.Time        `bson:"updated"`
}

// version is the page's present version.
func (p *Page) version() Version {
	return Version{Meta: store.Meta{ID: versionID(p.ID, p.Number)}, Page: p.ID, Number: p.Number, Title: p.Title, Language: p.Language, Words: p.Words, Who: p.Who, Why: p.Why, From: p.From, At: p.At}
}

// Writing is what somebody saves.
type Writing struct {
	Title    string
	Language string
	Words    string
	Why      string
}

// tidy refuses what a page cannot say.
func (w *Writing) tidy() (err error) {
	if w.Title, err = title(w.Title); err != nil {
		return err
	}
	if w.Words, err = plain("words", w.Words, maxWords); err != nil {
		return err
	}
	if w.Words == "" {
		return invalid("words", "discussion.empty", "there is nothing in it")
	}
	if w.Why, err = plain("why", strings.Join(strings.Fields(w.Why), " "), maxWhy); err != nil {
		return err
	}
	t, err := language.Parse(w.Language)
	if err != nil || w.Language == "" || len(w.Language) > 20 {
		return invalid("language", "discussion.language", "a language is tagged as in de or pt-BR (BCP 47)")
	}
	w.Language = t.String()
	return nil
}

// title tidies what a page is called. Brackets and bars are not in it: links are written [[title|words]].
func title(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	wrong := !utf8.ValidString(s) || strings.ContainsAny(s, "[]|") || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
	if n := utf8.RuneCountInString(s); wrong || n > maxTitle || fold(s) == "" {
		return "", invalid("title", "wiki.title", "a title has 1 to %d characters, without [, ] and |", maxTitle).With("max", maxTitle)
	}
	return s, nil
}

func plain(path, s string, most int) (string, error) {
	s = strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if strings.TrimSpace(s) == "" {
		s = ""
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || utf8.RuneCountInString(s) > most {
		return "", invalid(path, "discussion.long", "at most %d characters", most).With("max", most)
	}
	return s, nil
}

// fold makes titles equal that people take for the same.
func fold(title string) string { return strings.Join(strings.Fields(people.Fold(title)), " ") }

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}
