package live

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"palestra/bootcamp/attachment"
	"palestra/internal/fault"
)

// What people do in a room, and what the platform notes there.
const (
	Said       = "said"       // Text in Lang; Re: in the thread of that message; Group: in that breakout
	Reacted    = "reacted"    // Mark to the message Re; On or taken back
	Hidden     = "hidden"     // the message Re is hidden; not On: shown again
	Cheered    = "cheered"    // Mark to all
	Raised     = "raised"     // the own hand; not On: lowered. Who leads lowers that of Whom
	Called     = "called"     // Whom has the floor; nobody: it is taken back
	Timed      = "timed"      // item Item of the agenda, Text, begins and takes Seconds
	Extended   = "extended"   // the item takes Seconds longer
	Paused     = "paused"     // the clock stands; not On: it goes on
	Untimed    = "untimed"    // no clock any more
	Shared     = "shared"     // the link URL, called Text
	Unshared   = "unshared"   // the link Re is taken away
	Filed      = "filed"      // by the platform: Who has shared File
	Unfiled    = "unfiled"    // by the platform: Who has taken File away
	Lit        = "lit"        // everybody is shown Text: Course and Lesson, or URL; nothing: no more
	Decided    = "decided"    // Text in Lang; Re: instead of that decision; not On: it is taken back
	Deputised  = "deputised"  // Whom leads this session too; not On: no more
	Opened     = "opened"     // the session begins
	Ended      = "ended"      // the session is over
	Quieted    = "quieted"    // only who leads writes; not On: everybody
	Announced  = "announced"  // Text in Lang to everybody, in whatever breakout
	Split      = "split"      // breakouts Groups for Seconds
	Gathered   = "gathered"   // breakouts are over
	Visited    = "visited"    // who leads is in the breakout Group; none: in none
	Regrouped  = "regrouped"  // Whom, or oneself, is in Group
	Asked      = "asked"      // the poll Poll
	Polled     = "polled"     // by the platform: how many votes a poll has
	Closed     = "closed"     // the poll Poll.ID takes no votes any more; with its result
	Noted      = "noted"      // a change of the shared notes, Data
	Came       = "came"       // by the platform: somebody is here for the first time
	Showed     = "showed-out" // by the platform: Whom must go and gets nothing any more
	Cleared    = "cleared"    // by the platform: all before is forgotten (rehearsals)
	notShown   = "-"          // a place in the stream that somebody does not see
	maxText    = 2000
	maxShort   = 200
	maxSeconds = 24 * 60 * 60
)

// Marks lists what one can react and cheer with.
func Marks() []string { return []string{"agree", "thanks", "idea", "smile", "wow", "question"} }

// Act is what somebody does. Each kind uses some of its fields.
type Act struct {
	Kind    string    `bson:"kind" json:"kind"`
	Text    string    `bson:"text,omitempty" json:"text,omitempty"`
	Lang    string    `bson:"lang,omitempty" json:"lang,omitempty"`
	URL     string    `bson:"url,omitempty" json:"url,omitempty"`
	Re      int64     `bson:"re,omitempty" json:"re,omitempty"`
	Whom    string    `bson:"whom,omitempty" json:"whom,omitempty"`
	Group   string    `bson:"group,omitempty" json:"group,omitempty"`
	Item    int       `bson:"item,omitempty" json:"item,omitempty"`
	Seconds int       `bson:"seconds,omitempty" json:"seconds,omitempty"`
	Mark    string    `bson:"mark,omitempty" json:"mark,omitempty"`
	On      bool      `bson:"on,omitempty" json:"on,omitempty"`
	Course  string    `bson:"course,omitempty" json:"course,omitempty"`
	Lesson  string    `bson:"lesson,omitempty" json:"lesson,omitempty"`
	Poll    *Question `bson:"poll,omitempty" json:"poll,omitempty"`
	Groups  []Team    `bson:"groups,omitempty" json:"groups,omitempty"`
	Votes   int       `bson:"votes,omitempty" json:"votes,omitempty"`
	Data    string    `bson:"data,omitempty" json:"data,omitempty"` // base64
	Turn    int64     `bson:"turn,omitempty" json:"turn,omitempty"` // of a poll's figures: later ones are newer
	Tally   *Tally    `bson:"tally,omitempty" json:"tally,omitempty"`

	File *attachment.File `bson:"file,omitempty" json:"file,omitempty"`
}

// rule says who may do what and how it is checked.
type rule struct {
	leads    bool // only who leads
	talk     bool // found again in the chat's history
	note     bool // found again in that of the shared notes
	platform bool // nobody may
	check    func(*Act) error
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

func rules() map[string]rule {
	worded := func(a *Act) (err error) {
		if a.Text, err = text("text", a.Text, maxText); err != nil {
			return err
		}
		return tag(a)
	}
	none := func(*Act) error { return nil }
	about := func(a *Act) error {
		if a.Re < 1 {
			return invalid("re", "live.unknown", "there is no such entry")
		}
		return nil
	}
	marked := func(a *Act) error {
		if !slices.Contains(Marks(), a.Mark) {
			return invalid("mark", "live.choice", "no such mark")
		}
		return nil
	}
	lasting := func(a *Act) error {
		if a.Seconds < 0 || a.Seconds > maxSeconds {
			return invalid("seconds", "live.seconds", "it takes at most a day")
		}
		return nil
	}
	return map[string]rule{
		Said:    {talk: true, check: worded},
		Reacted: {talk: true, check: func(a *Act) error { return first(marked(a), about(a)) }},
		Hidden:  {talk: true, leads: true, check: about},
		Cheered: {check: marked},
		Raised:  {check: none},
		Called:  {leads: true, check: none},
		Timed: {leads: true, check: func(a *Act) (err error) {
			if a.Item < 0 || a.Item > 1000 {
				return invalid("item", "live.unknown", "there is no such item")
			}
			if a.Text, err = line("text", a.Text); err != nil {
				return err
			}
			return lasting(a)
		}},
		Extended: {leads: true, check: func(a *Act) error {
			if a.Seconds < -maxSeconds || a.Seconds > maxSeconds {
				return invalid("seconds", "live.seconds", "it takes at most a day")
			}
			return nil
		}},
		Paused:  {leads: true, check: none},
		Untimed: {leads: true, check: none},
		Shared: {leads: true, check: func(a *Act) (err error) {
			if a.Text, err = line("text", a.Text); err != nil {
				return err
			}
			a.URL, err = address("url", a.URL)
			return err
		}},
		Unshared: {leads: true, check: about},
		Lit: {leads: true, check: func(a *Act) (err error) {
			if a.Text == "" && a.URL == "" && a.Lesson == "" {
				return nil
			}
			if a.Text, err = line("text", a.Text); err != nil {
				return err
			}
			if len(a.Course) > 64 || len(a.Lesson) > 64 || (a.Lesson != "") != (a.Course != "") {
				return invalid("lesson", "live.unknown", "no such lesson")
			}
			if a.URL != "" {
				a.URL, err = address("url", a.URL)
			}
			return err
		}},
		Decided: {leads: true, check: func(a *Act) error {
			if !a.On {
				return about(a)
			}
			return worded(a)
		}},
		Deputised: {leads: true, check: whom},
		Opened:    {leads: true, check: none},
		Ended:     {leads: true, check: none},
		Quieted:   {leads: true, check: none},
		Announced: {talk: true, leads: true, check: worded},
		Split:     {leads: true, check: func(a *Act) error { return first(teams(a), lasting(a)) }},
		Gathered:  {leads: true, check: none},
		Visited:   {leads: true, check: none},
		Regrouped: {check: none},
		Asked:     {leads: true, check: func(a *Act) error { return a.Poll.check() }},
		Closed: {leads: true, check: func(a *Act) error {
			if a.Poll == nil || a.Poll.ID == "" || len(a.Poll.ID) > 64 {
				return invalid("poll", "live.unknown", "there is no such poll")
			}
			return nil
		}},
		Noted:   {note: true, check: (*Act).checkNote},
		Filed:   {platform: true},
		Unfiled: {platform: true},
		Polled:  {platform: true},
		Came:    {platform: true},
		Showed:  {platform: true},
		Cleared: {platform: true},
	}
}

// keep leaves only what a kind uses: what nobody reads is not stored.
func (a *Act) keep() Act {
	out := Act{Kind: a.Kind}
	switch a.Kind {
	case Said:
		out.Text, out.Lang, out.Re, out.Group = a.Text, a.Lang, a.Re, a.Group
	case Reacted:
		out.Mark, out.Re, out.On = a.Mark, a.Re, a.On
	case Hidden:
		out.Re, out.On = a.Re, a.On
	case Cheered:
		out.Mark = a.Mark
	case Raised, Deputised:
		out.Whom, out.On = a.Whom, a.On
	case Called:
		out.Whom, out.On = a.Whom, a.On
	case Timed:
		out.Item, out.Text, out.Seconds = a.Item, a.Text, a.Seconds
	case Extended:
		out.Seconds = a.Seconds
	case Paused, Quieted:
		out.On = a.On
	case Shared:
		out.Text, out.URL = a.Text, a.URL
	case Unshared:
		out.Re = a.Re
	case Lit:
		out.Text, out.URL, out.Course, out.Lesson = a.Text, a.URL, a.Course, a.Lesson
	case Decided:
		out.Text, out.Lang, out.Re, out.On = a.Text, a.Lang, a.Re, a.On
	case Announced:
		out.Text, out.Lang = a.Text, a.Lang
	case Split:
		out.Groups, out.Seconds = a.Groups, a.Seconds
	case Visited:
		out.Group = a.Group
	case Regrouped:
		out.Whom, out.Group = a.Whom, a.Group
	case Asked:
		q := *a.Poll
		out.Poll = &q
	case Closed:
		out.Poll = &Question{ID: a.Poll.ID}
	case Noted:
		out.Data = a.Data
	}
	return out
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func whom(a *Act) error {
	if a.Whom == "" || len(a.Whom) > 64 {
		return invalid("whom", "live.unknown", "nobody of this name is here")
	}
	return nil
}

// text tidies words of several lines, which must hold something.
func text(path, s string, most int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if s == "" {
		return "", invalid(path, "live.empty", "there is nothing in it")
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || utf8.RuneCountInString(s) > most {
		return "", invalid(path, "live.long", "at most %d characters", most).With("max", most)
	}
	return s, nil
}

// line is text of one line.
func line(path, s string) (string, error) {
	return text(path, strings.Join(strings.Fields(s), " "), maxShort)
}

// tag checks in which language words are, so that screen readers pronounce them.
func tag(a *Act) error {
	t, err := language.Parse(a.Lang)
	if err != nil || a.Lang == "" || len(a.Lang) > 20 {
		return invalid("lang", "live.language", "a language is tagged as in de or pt-BR (BCP 47)")
	}
	a.Lang = t.String()
	return nil
}

// address checks where people will be led to.
func address(path, s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > 2000 {
		return "", invalid(path, "live.url", "an address begins with https://")
	}
	return u.String(), nil
}

const (
	maxTeams = 60 // breakouts of one session
	maxInOne = 1000
)

func teams(a *Act) (err error) {
	if len(a.Groups) < 1 || len(a.Groups) > maxTeams {
		return invalid("groups", "live.groups", "1 to %d groups", maxTeams).With("max", maxTeams)
	}
	seen := map[string]bool{}
	for i := range a.Groups {
		g := &a.Groups[i]
		if g.Name, err = line("groups", g.Name); err != nil {
			return err
		}
		if len(g.Who) > maxInOne {
			return invalid("groups", "live.groups", "too many people in one group").With("max", maxTeams)
		}
		for _, w := range g.Who {
			if seen[w] || w == "" || len(w) > 64 {
				return invalid("groups", "live.twice", "somebody is in two groups")
			}
			seen[w] = true
		}
	}
	return nil
}
