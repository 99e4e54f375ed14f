package live

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/bootcamp/attachment"
)

// State is what holds in a room after a number of events: everything but the chat. Each event changes it in one way, and
// one that no longer makes sense changes nothing, so that every process comes to the same state.
type State struct {
	Phase     string            `bson:"phase"` // "" before, Opened, Ended
	Began     *time.Time        `bson:"began,omitempty"`
	Over      *time.Time        `bson:"over,omitempty"`
	Quiet     bool              `bson:"quiet"`
	Deputies  []string          `bson:"deputies"`
	Clock     *Clock            `bson:"clock,omitempty"`
	Floor     string            `bson:"floor"`
	Hands     []Hand            `bson:"hands"` // in order
	Turns     map[string]int    `bson:"turns"` // how often somebody had the floor
	Light     *Light            `bson:"light,omitempty"`
	Links     map[string]Entry  `bson:"links"` // by number
	Files     map[string]Entry  `bson:"files"`
	Decisions map[string]Entry  `bson:"decisions"`
	Polls     map[string]Poll   `bson:"polls"`
	Teams     map[string]Team   `bson:"teams"` // all that ever were
	Breakout  *Breakout         `bson:"breakout,omitempty"`
	Notes     int               `bson:"notes"`  // bytes of all changes of the shared notes
	Visits    map[string]string `bson:"visits"` // breakouts in which who leads is
}

// Clock is the running item of the agenda.
type Clock struct {
	Item int        `bson:"item" json:"item"`
	Text string     `bson:"text" json:"text"`
	From time.Time  `bson:"from" json:"from"`
	Ends *time.Time `bson:"ends,omitempty" json:"ends,omitempty"` // nil while it stands, or if it has no end
	Left int        `bson:"left" json:"left"`                     // seconds, while it stands
	Set  bool       `bson:"set" json:"set"`                       // it has an end
}

// Hand is a raised hand. Who had the floor least often comes first; of these, who raised it first.
type Hand struct {
	Who   string `bson:"who" json:"who"`
	Since int64  `bson:"since" json:"since"` // number of the event
	Turns int    `bson:"turns" json:"turns"`
}

// Light is what everybody is shown.
type Light struct {
	Text   string `bson:"text" json:"text"`
	URL    string `bson:"url" json:"url,omitempty"`
	Course string `bson:"course" json:"course,omitempty"`
	Lesson string `bson:"lesson" json:"lesson,omitempty"`
}

// Entry is a link, a file or a decision.
type Entry struct {
	N    int64     `bson:"n" json:"n"`
	By   string    `bson:"by" json:"by"`
	At   time.Time `bson:"at" json:"at"`
	Text string    `bson:"text" json:"text"`
	Lang string    `bson:"lang" json:"lang,omitempty"`
	URL  string    `bson:"url" json:"url,omitempty"`
	Was  int       `bson:"was" json:"was,omitempty"`   // how often it was changed
	Gone bool      `bson:"gone" json:"gone,omitempty"` // taken back; it stays to be read

	File *attachment.File `bson:"file,omitempty" json:"file,omitempty"`
}

// Team is a breakout.
type Team struct {
	ID   string   `bson:"id" json:"id"`
	Name string   `bson:"name" json:"name"`
	Who  []string `bson:"who" json:"who"`
}

// Breakout is a time in groups.
type Breakout struct {
	N     int64      `bson:"n" json:"n"`
	Open  bool       `bson:"open" json:"open"`
	Ends  *time.Time `bson:"ends,omitempty" json:"ends,omitempty"`
	Teams []string   `bson:"teams" json:"teams"`
}

const (
	maxHands   = 1000
	maxEntries = 300 // links, decisions, polls
)

// complete makes what a new or an old stored state lacks.
func (s *State) complete() {
	if s.Turns == nil {
		s.Turns = map[string]int{}
	}
	if s.Links == nil {
		s.Links = map[string]Entry{}
	}
	if s.Files == nil {
		s.Files = map[string]Entry{}
	}
	if s.Decisions == nil {
		s.Decisions = map[string]Entry{}
	}
	if s.Polls == nil {
		s.Polls = map[string]Poll{}
	}
	if s.Teams == nil {
		s.Teams = map[string]Team{}
	}
	if s.Visits == nil {
		s.Visits = map[string]string{}
	}
}

// apply changes the state by an event and returns the keys of what is different now.
func (s *State) apply(e *Event) []string {
	a := &e.Act
	switch a.Kind {
	case Opened:
		if s.Phase == Opened {
			return nil
		}
		if s.Phase, s.Over = Opened, nil; s.Began == nil {
			s.Began = &e.Stored
		}
		return []string{"phase"}
	case Ended:
		if s.Phase != Opened {
			return nil
		}
		s.Phase, s.Over, s.Hands, s.Floor, s.Clock = Ended, &e.Stored, nil, "", nil
		if s.Breakout != nil {
			s.Breakout.Open = false
		}
		return []string{"phase", "hands", "floor", "clock", "breakout"}
	case Quieted:
		s.Quiet = a.On
		return []string{"quiet"}
	case Deputised:
		s.Deputies = without(s.Deputies, a.Whom)
		if a.On {
			s.Deputies = append(s.Deputies, a.Whom)
		}
		return []string{"deputies"}
	case Raised, Called:
		return s.applyHands(e)
	case Timed, Extended, Paused, Untimed:
		return s.applyClock(e)
	case Lit:
		s.Light = nil
		if a.Text != "" {
			s.Light = &Light{a.Text, a.URL, a.Course, a.Lesson}
		}
		return []string{"light"}
	case Shared, Unshared, Decided:
		return s.applyEntries(e)
	case Filed, Unfiled:
		return s.applyFiles(e)
	case Split, Gathered, Visited, Regrouped:
		return s.applyTeams(e)
	case Asked, Polled, Closed:
		return s.applyPolls(e)
	case Noted:
		s.Notes += len(a.Data)
	case Showed:
		return s.showOut(a.Whom)
	case Cleared:
		keys := s.keys()
		*s = State{}
		s.complete()
		return keys
	}
	return nil
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == one })
}

func (s *State) lower(who string) bool {
	n := len(s.Hands)
	s.Hands = slices.DeleteFunc(slices.Clone(s.Hands), func(h Hand) bool { return h.Who == who })
	return len(s.Hands) < n
}

func (s *State) showOut(who string) []string {
	keys := []string{}
	if s.lower(who) {
		keys = append(keys, "hands")
	}
	if s.Floor == who {
		s.Floor = ""
		keys = append(keys, "floor")
	}
	if slices.Contains(s.Deputies, who) {
		s.Deputies = without(s.Deputies, who)
		keys = append(keys, "deputies")
	}
	return keys
}

func (s *State) applyHands(e *Event) []string {
	a := &e.Act
	if a.Kind == Called {
		s.Floor = a.Whom
		if a.Whom != "" {
			s.Turns[a.Whom]++
			s.lower(a.Whom)
		}
		s.order()
		return []string{"floor", "hands"}
	}
	who := e.Who
	if a.Whom != "" {
		who = a.Whom
	}
	there := slices.ContainsFunc(s.Hands, func(h Hand) bool { return h.Who == who })
	switch {
	case a.On == there, a.On && len(s.Hands) >= maxHands:
		return nil
	case a.On:
		s.Hands = append(slices.Clone(s.Hands), Hand{Who: who, Since: e.Number})
		s.order()
	default:
		s.lower(who)
	}
	return []string{"hands"}
}

// order is the rule of the queue: who had the floor least often comes first; of these, who raised the hand first.
func (s *State) order() {
	for i := range s.Hands {
		s.Hands[i].Turns = s.Turns[s.Hands[i].Who]
	}
	slices.SortStableFunc(s.Hands, func(a, b Hand) int {
		if a.Turns != b.Turns {
			return a.Turns - b.Turns
		}
		return int(a.Since - b.Since)
	})
}

func (s *State) applyClock(e *Event) []string {
	a := &e.Act
	c := s.Clock
	if c != nil {
		copied := *c
		c = &copied
	}
	switch {
	case a.Kind == Untimed:
		c = nil
	case a.Kind == Timed:
		c = &Clock{Item: a.Item, Text: a.Text, From: e.Stored, Set: a.Seconds > 0}
		if c.Set {
			c.Ends = later(e.Stored, a.Seconds)
		}
	case c == nil:
		return nil
	case a.Kind == Extended && c.Ends != nil:
		c.Ends = later(*c.Ends, a.Seconds)
	case a.Kind == Extended && c.Set:
		c.Left += a.Seconds
	case a.Kind == Extended:
		c.Set, c.Ends = true, later(e.Stored, a.Seconds)
	case a.On && c.Ends != nil:
		c.Left, c.Ends = int(c.Ends.Sub(e.Stored).Round(time.Second)/time.Second), nil
	case !a.On && c.Ends == nil && c.Set:
		c.Ends, c.Left = later(e.Stored, c.Left), 0
	default:
		return nil
	}
	s.Clock = c
	return []string{"clock"}
}

func later(t time.Time, seconds int) *time.Time {
	t = t.Add(time.Duration(seconds) * time.Second)
	return &t
}

func (s *State) applyEntries(e *Event) []string {
	a := &e.Act
	list, name := s.Links, "link:"
	if a.Kind == Decided {
		list, name = s.Decisions, "decision:"
	}
	n := strconv.FormatInt(e.Number, 10)
	old := strconv.FormatInt(a.Re, 10)
	if a.Re > 0 {
		was, ok := list[old]
		if !ok {
			return nil
		}
		switch {
		case a.Kind == Unshared:
			delete(list, old)
		case !a.On:
			was.Gone = true
			list[old] = was
		default:
			was.Text, was.Lang, was.By, was.At, was.Was, was.Gone = a.Text, a.Lang, e.Who, e.Stored, was.Was+1, false
			list[old] = was
		}
		return []string{name + old}
	}
	if a.Kind == Unshared || len(list) >= maxEntries {
		return nil
	}
	list[n] = Entry{N: e.Number, By: e.Who, At: e.Stored, Text: a.Text, Lang: a.Lang, URL: a.URL}
	return []string{name + n}
}

func (s *State) applyFiles(e *Event) []string {
	if e.File == nil {
		return nil
	}
	for n, was := range s.Files {
		if was.File == nil || was.File.ID != e.File.ID {
			continue
		}
		if e.Kind == Filed {
			return nil
		}
		delete(s.Files, n)
		return []string{"file:" + n}
	}
	if e.Kind == Unfiled || len(s.Files) >= maxEntries {
		return nil
	}
	n := strconv.FormatInt(e.Number, 10)
	s.Files[n] = Entry{N: e.Number, By: e.Who, At: e.Stored, Text: e.File.Name, File: e.File}
	return []string{"file:" + n}
}

func (s *State) applyTeams(e *Event) []string {
	a := &e.Act
	switch a.Kind {
	case Split:
		if len(s.Teams)+len(a.Groups) > 10*maxTeams {
			return nil
		}
		b := &Breakout{N: e.Number, Open: true}
		if a.Seconds > 0 {
			b.Ends = later(e.Stored, a.Seconds)
		}
		keys := []string{"breakout", "visits"}
		for i, g := range a.Groups {
			g.ID = strconv.FormatInt(e.Number, 10) + "-" + strconv.Itoa(i+1)
			s.Teams[g.ID] = g
			b.Teams = append(b.Teams, g.ID)
			keys = append(keys, "team:"+g.ID)
		}
		s.Breakout, s.Visits = b, map[string]string{}
		return keys
	case Gathered:
		if s.Breakout == nil || !s.Breakout.Open || a.Re != 0 && a.Re != s.Breakout.N {
			return nil
		}
		b := *s.Breakout
		b.Open = false
		s.Breakout, s.Visits = &b, map[string]string{}
		return []string{"breakout", "visits"}
	case Visited:
		if _, ok := s.Teams[a.Group]; !ok {
			delete(s.Visits, e.Who)
		} else {
			s.Visits[e.Who] = a.Group
		}
		return []string{"visits"}
	}
	who := e.Who
	if a.Whom != "" {
		who = a.Whom
	}
	if s.Breakout == nil || !s.Breakout.Open || !slices.Contains(s.Breakout.Teams, a.Group) {
		return nil
	}
	var keys []string
	for _, id := range s.Breakout.Teams {
		t := s.Teams[id]
		t.Who = without(t.Who, who)
		if id == a.Group {
			t.Who = append(t.Who, who)
		}
		s.Teams[id] = t
		keys = append(keys, "team:"+id)
	}
	return keys
}

// inTeam reports whether somebody is, or was, in a breakout, or leads and visits it.
func (s *State) inTeam(who, group string) bool {
	return slices.Contains(s.Teams[group].Who, who) || s.Visits[who] == group
}

// teamOf returns the breakout in which somebody is now; "" for none.
func (s *State) teamOf(who string) string {
	if s.Breakout == nil || !s.Breakout.Open {
		return ""
	}
	for _, id := range s.Breakout.Teams {
		if slices.Contains(s.Teams[id].Who, who) {
			return id
		}
	}
	return s.Visits[who]
}

// keys lists what the state holds.
func (s *State) keys() []string {
	keys := []string{"phase", "quiet", "deputies", "clock", "floor", "hands", "light", "breakout", "visits"}
	for _, k := range slices.Sorted(maps.Keys(s.Links)) {
		keys = append(keys, "link:"+k)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Files)) {
		keys = append(keys, "file:"+k)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Decisions)) {
		keys = append(keys, "decision:"+k)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Polls)) {
		keys = append(keys, "poll:"+k)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Teams)) {
		keys = append(keys, "team:"+k)
	}
	return keys
}

// phase is the state of the session as pages see it.
type phase struct {
	Is    string     `json:"is"`
	Began *time.Time `json:"began,omitempty"`
	Over  *time.Time `json:"over,omitempty"`
}

// part returns what a key holds, nil if there is nothing.
func (s *State) part(key string) any {
	what, id, _ := strings.Cut(key, ":")
	switch what {
	case "phase":
		return phase{s.Phase, s.Began, s.Over}
	case "quiet":
		return s.Quiet
	case "deputies":
		return append([]string{}, s.Deputies...)
	case "clock":
		return orNil(s.Clock)
	case "floor":
		return s.Floor
	case "hands":
		return append([]Hand{}, s.Hands...)
	case "light":
		return orNil(s.Light)
	case "breakout":
		return orNil(s.Breakout)
	case "visits":
		return maps.Clone(s.Visits)
	case "link":
		return held(s.Links, id)
	case "file":
		return held(s.Files, id)
	case "decision":
		return held(s.Decisions, id)
	case "poll":
		return held(s.Polls, id)
	case "team":
		return held(s.Teams, id)
	}
	return nil
}

func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func held[T any](m map[string]T, id string) any {
	if x, ok := m[id]; ok {
		return x
	}
	return nil
}
