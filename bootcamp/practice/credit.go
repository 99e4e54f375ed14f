package practice

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What somebody says to what was made from her words.
const (
	CreditAsked    = "asked"    // nothing yet: it is not published
	CreditAgreed   = "agreed"   // with her name
	CreditNameless = "nameless" // without it
	CreditDeclined = "declined" // her words are gone
)

// MaxCredits is how many people a draft may owe its words to.
const MaxCredits = 50

// Credit is somebody whose words a draft was made from. Whether she agrees stands in the same document as the draft, so
// that publishing it and her answer cannot pass each other.
type Credit struct {
	ID       string     `bson:"id"`
	Person   string     `bson:"person"` // "" once she has declined or was erased
	Town     string     `bson:"town"`
	TownName string     `bson:"townName"`
	Name     string     `bson:"name"`
	Kind     string     `bson:"kind"` // of what she said, see bootcamp.Quote
	At       time.Time  `bson:"at"`   // when she said it
	State    string     `bson:"state"`
	Answered *time.Time `bson:"answered,omitempty"`
}

// Answer is what somebody says to a draft.
type Answer struct {
	Credit string // its id
	State  string
	Said   []string // her words, which go if she declines
}

// Awaited counts those who have not answered yet: until they have, nothing is published.
func Awaited(credits []Credit) int {
	n := 0
	for _, c := range credits {
		if c.State == CreditAsked {
			n++
		}
	}
	return n
}

// Named lists who has agreed to be named.
func Named(credits []Credit) []Credit {
	return slices.DeleteFunc(slices.Clone(credits), func(c Credit) bool { return c.State != CreditAgreed || c.Name == "" })
}

// Note notes an answer and returns what counts, and whether it changes anything. Who declined has nothing there any more.
func (a Answer) Note(credits []Credit, published bool) (counts string, changed bool) {
	i := slices.IndexFunc(credits, func(c Credit) bool { return c.ID == a.Credit })
	if i < 0 {
		return a.State, false
	}
	c := &credits[i]
	state := a.State
	if published && state == CreditDeclined {
		state = CreditNameless
	}
	if c.State == CreditDeclined || c.State == state {
		return c.State, false
	}
	if c.State = state; state == CreditDeclined {
		c.Person, c.Name, c.Town, c.TownName = "", "", "", ""
	}
	return state, true
}

// leastTaken is how long a line is, in characters, before it is taken out of the middle of others.
const leastTaken = 20

// TakeOut takes what somebody said out of texts, wherever it stands there as she said it: all of it, and each of its lines.
// What others have said in their own words stays.
func TakeOut(texts []Text, said []string) {
	for _, t := range texts {
		for l, s := range t {
			for _, words := range said {
				s = without(s, words)
			}
			t[l] = s
		}
	}
}

func without(s, said string) string {
	pieces := []string{strings.TrimSpace(said)}
	for line := range strings.SplitSeq(said, "\n") {
		pieces = append(pieces, strings.TrimSpace(line))
	}
	for _, p := range pieces {
		if utf8.RuneCountInString(p) >= leastTaken {
			s = strings.ReplaceAll(s, p, "")
		}
	}
	lines := slices.DeleteFunc(strings.Split(s, "\n"), func(line string) bool {
		line = strings.TrimSpace(line)
		return line != "" && slices.Contains(pieces, line)
	})
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
