// Package challenge is the board on which towns state what they have not solved: who is affected, what was tried, what
// stands in the way. Other towns join, a team of a cohort takes it in hand, and it ends as a practice or as "not solved,
// because": both are worth reading.
//
// A challenge belongs to the town that stated it and is written by its office holders. Everybody who is signed in reads
// what is on the board.
package challenge

import (
	"slices"
	"time"

	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// Text is a text in several languages: BCP 47 tag to words.
type Text = course.Text

// What a challenge can be.
const (
	StateDraft    = "draft"    // only the town that writes it sees it
	StateOpen     = "open"     // nobody has it in hand
	StateTaken    = "taken"    // a team works on it
	StateSolved   = "solved"   // it became a practice
	StateUnsolved = "unsolved" // it was given up, and says why
	stateDeleted  = "deleted"  // a draft that is going
)

// States lists what everybody can see a challenge in.
func States() []string { return []string{StateOpen, StateTaken, StateSolved, StateUnsolved} }

// Reasons lists why something was not solved.
func Reasons() []string {
	return []string{"money", "people", "law", "technology", "partners", "need", "time", "other"}
}

// Limits of a challenge.
const (
	maxTitle    = 200
	maxAffected = 600
	maxProblem  = 8000
	maxWords    = 4000
	maxOffer    = 1000
	maxName     = 120
	maxSponsors = 200
	maxTeam     = 30
	maxNotes    = 200
	maxEvents   = 1000
	maxTurns    = 10 // how often one town joins, or takes it in hand
	maxEndings  = 20
	maxStated   = 20 // by one town within a day
	maxSaid     = 20 // by one person within a day, to one challenge
)

// Content is what a challenge says.
type Content struct {
	Languages   []string `bson:"languages"` // the first is the one it is written in
	Title       Text     `bson:"title"`
	Affected    Text     `bson:"affected"` // who, and how many
	Problem     Text     `bson:"problem"`  // Markdown
	Constraints []Text   `bson:"constraints"`
	Tried       []Text   `bson:"tried"`
	Topics      []string `bson:"topics"` // practice.Topics: the sectors
	Competences []string `bson:"competences"`
	Labels      []string `bson:"labels"`
}

// Challenge is a problem of a town, and what became of it.
type Challenge struct {
	store.Meta `bson:",inline"`
	Town       string            `bson:"town"`
	TownName   string            `bson:"townName"` // as it was called when it last changed
	Country    string            `bson:"country"`
	Edition    int64             `bson:"edition"` // grows with each change of its content
	Content    Content           `bson:"content"`
	State      string            `bson:"state"`
	By         Person            `bson:"by"`      // who stated it, and hears of it
	Credits    []practice.Credit `bson:"credits"` // whose words it was made from
	Sponsors   []Sponsor         `bson:"sponsors"`
	Team       *Team             `bson:"team,omitempty"` // that has it in hand, or had it last
	Notes      []Note            `bson:"notes"`
	Endings    []Ending          `bson:"endings"` // the last counts
	Events     []Event           `bson:"events"`
	Told       int               `bson:"told"`    // events that record stores and people know of
	Persons    []string          `bson:"persons"` // who is in here
	Sort       string            `bson:"sort"`
	// Due is since when something is to be written or told.
	Due     *time.Time `bson:"due,omitempty"`
	Created time.Time  `bson:"created"`
	Updated time.Time  `bson:"updated"`
}

// Person is somebody in a challenge, for her town.
type Person struct {
	Person   string `bson:"person"` // "" once she was erased
	Town     string `bson:"town"`
	TownName string `bson:"townName"`
	Name     string `bson:"name"`
	Account  string `bson:"account"` // under which the record store of her town knows her
}

// Sponsor is another town that has the problem, too.
type Sponsor struct {
	Town     string    `bson:"town"`
	TownName string    `bson:"townName"`
	Country  string    `bson:"country"`
	By       Person    `bson:"by"`
	Offer    string    `bson:"offer"` // what it brings
	Language string    `bson:"language"`
	At       time.Time `bson:"at"`
}

// Team is people of a cohort who have a challenge in hand.
type Team struct {
	Bootcamp string      `bson:"bootcamp"`
	Title    course.Text `bson:"title"` // of the bootcamp
	Cohort   string      `bson:"cohort"`
	Cohorts  string      `bson:"cohortName"`
	Name     string      `bson:"name"`
	Members  []Person    `bson:"members"`
	By       Person      `bson:"by"` // who leads the cohort
	Since    time.Time   `bson:"since"`
}

// Note is where a team stands, or what others have to say to it.
type Note struct {
	By       Person    `bson:"by"`
	Team     bool      `bson:"team"` // by the team
	Words    string    `bson:"words"`
	Language string    `bson:"language"`
	At       time.Time `bson:"at"`
}

// Ending is how a challenge ended once.
type Ending struct {
	Solved   bool      `bson:"solved"`
	Practice string    `bson:"practice"` // that came of it; "" for none
	Reasons  []string  `bson:"reasons"`
	Words    string    `bson:"words"` // why, or what the answer is
	Language string    `bson:"language"`
	Team     string    `bson:"team"` // its name; "" for none
	By       Person    `bson:"by"`
	At       time.Time `bson:"at"`
}

// What can happen to a challenge.
const (
	EventStated    = "stated"
	EventSponsored = "sponsored"
	EventLeft      = "left" // a sponsor
	EventTaken     = "taken"
	EventReturned  = "returned" // by the team
	EventSolved    = "solved"
	EventUnsolved  = "unsolved"
	EventReopened  = "reopened"
)

// Event is something that happened to a challenge.
type Event struct {
	Kind     string    `bson:"kind"`
	Town     string    `bson:"town"`
	TownName string    `bson:"townName"`
	Account  string    `bson:"account"` // of who did it
	At       time.Time `bson:"at"`
}

// Card is what lists show of a challenge, and what it is found by.
type Card struct {
	store.Meta `bson:",inline"` // the challenge's id; each has one, drafts too
	Town       string           `bson:"town"`
	TownName   string           `bson:"townName"`
	Country    string           `bson:"country"`
	State      string           `bson:"state"`
	Languages  []string         `bson:"languages"`
	Title      Text             `bson:"title"`
	Affected   Text             `bson:"affected"`
	Topics     []string         `bson:"topics"`
	Sponsors   int              `bson:"sponsors"`
	Team       string           `bson:"team"`
	Tokens     []string         `bson:"tokens"` // of drafts nothing
	Updated    time.Time        `bson:"updated"`
}

// office are the roles that state, sponsor and end challenges in the name of a town.
func office() []people.Role {
	return []people.Role{people.Author, people.Facilitator, people.Administrator}
}

// Writes reports whether the actor may change what the challenge says: office holders of its town.
func (c *Challenge) Writes(by people.Actor) bool {
	return by.Organisation == c.Town && by.Has(office()...)
}

// InTeam reports whether the actor belongs to the team that has it in hand, or leads its cohort.
func (c *Challenge) InTeam(by people.Actor) bool {
	return c.State == StateTaken && c.Team != nil && (c.Team.By.is(by) || slices.ContainsFunc(c.Team.Members, func(p Person) bool { return p.is(by) }))
}

// Sponsored reports whether the actor's town is among the sponsors.
func (c *Challenge) Sponsored(by people.Actor) bool {
	return slices.ContainsFunc(c.Sponsors, func(s Sponsor) bool { return s.Town == by.Organisation })
}

func (p Person) is(by people.Actor) bool {
	return p.Person != "" && p.Person == by.Person && p.Town == by.Organisation
}

// Traits are by what a challenge is related to practices and experts.
func (c *Challenge) Traits() practice.Traits {
	t := practice.Traits{Topics: c.Content.Topics, Competences: c.Content.Competences, Labels: c.Content.Labels}
	for _, l := range lang.Locales() {
		if s := c.Content.Title[l]; s != "" {
			t.Words = append(t.Words, s)
		}
	}
	return t
}

// check refuses what a challenge cannot say, and tidies it. That something is still missing is not wrong: see Missing.
func (c *Content) check() error {
	k := &practice.Checker{}
	if len(c.Languages) == 0 {
		return invalid("languages", "challenge.languages", "a challenge has at least one language")
	}
	k.Among("languages", &c.Languages, lang.Locales())
	k.Text("title", &c.Title, maxTitle)
	k.Text("affected", &c.Affected, maxAffected)
	k.Text("problem", &c.Problem, maxProblem)
	k.Texts("constraints", &c.Constraints)
	k.Texts("tried", &c.Tried)
	k.Among("topics", &c.Topics, practice.Topics())
	k.Among("competences", &c.Competences, practice.Competences())
	k.Words("labels", &c.Labels)
	return k.Err()
}

// Missing lists the parts that a challenge needs before it is on the board and that say nothing yet.
func (c *Content) Missing() []string {
	first := c.Languages[0]
	missing := []string{}
	need := func(part string, ok bool) {
		if !ok {
			missing = append(missing, part)
		}
	}
	need("title", c.Title[first] != "")
	need("affected", c.Affected[first] != "")
	need("problem", c.Problem[first] != "")
	need("tried", len(c.Tried) > 0 && c.Tried[0][first] != "")
	need("topics", len(c.Topics) > 0)
	return missing
}

// note remembers who is in a challenge.
func (c *Challenge) note(persons ...Person) {
	for _, p := range persons {
		if p.Person != "" && !slices.Contains(c.Persons, p.Person) {
			c.Persons = append(c.Persons, p.Person)
		}
	}
}
