// Package bootcamp is where administrators of several towns learn together: bootcamps with their cohorts, who has a seat
// in them and who waits for one, and the run-sheet of their sessions.
//
// A bootcamp belongs to its host town and is seen by the towns that it names. What is said and planned in a cohort is the
// host's; the evidence of what a member has done belongs to the town for which she came.
package bootcamp

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
)

// What a bootcamp can be.
const (
	StateDraft     = "draft"     // only its host's facilitators see it
	StateOpen      = "open"      // people may join
	StateClosed    = "closed"    // it is over; who was in it can still read
	StateCancelled = "cancelled" // it does not take place
)

// Limits of a bootcamp.
const (
	maxTitle   = 200
	maxSummary = 4000
	maxShort   = 200 // characters of a name, a code, a place
	maxEntries = 50  // partners, funding codes, territories
	maxTowns   = 500
	maxDays    = 731 // two years
	dayForm    = time.DateOnly
)

// Bootcamp is days or weeks in which people of several towns learn together.
type Bootcamp struct {
	store.SharedMeta `bson:",inline"` // the owner is its host; the others are the towns it is for
	Edition          int64            `bson:"edition"` // grows with each change by people; towns that come by a link leave it
	Title            course.Text      `bson:"title"`
	Summary          course.Text      `bson:"summary"`   // Markdown
	Languages        []string         `bson:"languages"` // the first is the one it is written in
	Territories      []string         `bson:"territories"`
	Zone             string           `bson:"zone"`  // IANA; of its days
	First            string           `bson:"first"` // day in that zone, 2026-11-24
	Last             string           `bson:"last"`
	Partners         []Partner        `bson:"partners"`
	Funding          []Funding        `bson:"funding"`
	Targets          Targets          `bson:"targets"`
	State            string           `bson:"state"`
	Author           string           `bson:"author"` // person
	Created          time.Time        `bson:"created"`
	Updated          time.Time        `bson:"updated"`
}

// Partner is an organisation that carries a bootcamp with its host, on the platform or not.
type Partner struct {
	Name    string `bson:"name"`
	Country string `bson:"country"` // ISO 3166-1 alpha-2, or ""
	Role    string `bson:"role"`    // one of PartnerRoles
}

// PartnerRoles lists what a partner can be.
func PartnerRoles() []string {
	return []string{"lead", "partner", "associated", "funder", "trainer", "venue"}
}

// Funding names the project that pays for a bootcamp, as reports to funders name it.
type Funding struct {
	Kind string `bson:"kind"` // one of FundingKinds
	Code string `bson:"code"`
}

// FundingKinds lists the codes by which projects are known: the programme, the call, the grant's number, and the Italian
// codes of public investment (CUP, law 3/2003 art. 11) and of tenders (CIG).
func FundingKinds() []string {
	return []string{"programme", "call", "grant", "cup", "cig", "other"}
}

// Targets are the figures that a bootcamp has promised; 0 for none.
type Targets struct {
	Persons   int `bson:"persons"`
	Towns     int `bson:"towns"`
	Hours     int `bson:"hours"` // of sessions, per person
	Practices int `bson:"practices"`
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

// check refuses what a bootcamp cannot be and tidies it.
func (b *Bootcamp) check() (err error) {
	if len(b.Languages) == 0 {
		return invalid("languages", "bootcamp.languages", "a bootcamp has at least one language")
	}
	for _, l := range b.Languages {
		if !slices.Contains(lang.Locales(), l) {
			return invalid("languages", "bootcamp.choice", "%q is not a language of the platform", l)
		}
	}
	if b.Title, err = b.Title.Check("body.title", maxTitle); err != nil {
		return err
	}
	if strings.TrimSpace(b.Title[b.Languages[0]]) == "" {
		return invalid("title", "bootcamp.title", "a bootcamp has a title in its first language")
	}
	if b.Summary, err = b.Summary.Check("body.summary", maxSummary); err != nil {
		return err
	}
	if _, err := zone(b.Zone); err != nil {
		return err
	}
	if err := b.checkDays(); err != nil {
		return err
	}
	if len(b.Towns) > maxTowns {
		return invalid("towns", "bootcamp.entries", "at most %d towns", maxTowns).With("max", maxTowns)
	}
	if len(b.Partners) > maxEntries || len(b.Funding) > maxEntries || len(b.Territories) > maxEntries {
		return invalid("partners", "bootcamp.entries", "at most %d entries in a list", maxEntries).With("max", maxEntries)
	}
	for i := range b.Territories {
		if b.Territories[i], err = short("territories", b.Territories[i]); err != nil {
			return err
		}
	}
	for i := range b.Partners {
		p := &b.Partners[i]
		if p.Name, err = short("partners", p.Name); err != nil {
			return err
		}
		if !slices.Contains(PartnerRoles(), p.Role) {
			return invalid("partners", "bootcamp.choice", "no such role of a partner")
		}
		if p.Country != "" && (len(p.Country) != 2 || strings.Trim(p.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
			return invalid("partners", "bootcamp.country", "a country is two capital letters (ISO 3166-1)")
		}
	}
	for i := range b.Funding {
		f := &b.Funding[i]
		if f.Code, err = short("funding", f.Code); err != nil {
			return err
		}
		if !slices.Contains(FundingKinds(), f.Kind) {
			return invalid("funding", "bootcamp.choice", "no such kind of code")
		}
	}
	t := b.Targets
	if min(t.Persons, t.Towns, t.Hours, t.Practices) < 0 || max(t.Persons, t.Towns, t.Hours, t.Practices) > 1_000_000 {
		return invalid("targets", "bootcamp.number", "a target is 0 to 1,000,000")
	}
	return nil
}

func (b *Bootcamp) checkDays() error {
	first, ferr := time.Parse(dayForm, b.First)
	last, lerr := time.Parse(dayForm, b.Last)
	switch {
	case ferr != nil:
		return invalid("first", "bootcamp.time", "a day is written 2026-11-24")
	case lerr != nil:
		return invalid("last", "bootcamp.time", "a day is written 2026-11-24")
	case last.Before(first):
		return invalid("last", "bootcamp.days", "the last day is not before the first")
	case last.Sub(first) > maxDays*24*time.Hour:
		return invalid("last", "bootcamp.days", "a bootcamp takes at most two years")
	}
	return nil
}

// zone loads a time zone. "Local" is none: it is another one on each machine.
func zone(name string) (*time.Location, error) {
	l, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, invalid("zone", "bootcamp.zone", "no such time zone (IANA, as in Europe/Rome)")
	}
	return l, nil
}

// short tidies one line of text, which must hold something.
func short(path, s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || !utf8.ValidString(s) || strings.ContainsRune(s, 0) || utf8.RuneCountInString(s) > maxShort {
		return "", invalid(path, "bootcamp.short", "one line of 1 to %d characters", maxShort).With("max", maxShort)
	}
	return s, nil
}

// optional is short for a line that may be empty.
func optional(path, s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	return short(path, s)
}

// long tidies a text of several lines, which may be empty.
func long(path, s string) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || utf8.RuneCountInString(s) > maxSummary {
		return "", invalid(path, "bootcamp.long", "a text has at most %d characters", maxSummary).With("max", maxSummary)
	}
	return s, nil
}
