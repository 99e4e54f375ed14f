package world

import "slices"

// Board is the challenges of the demonstration, who can be asked, and what towns have put up.
type Board struct {
	Challenges []Challenge `yaml:"challenges"`
	Experts    []Expert    `yaml:"experts"`
	Postings   []Posting   `yaml:"postings"`
}

// Posting is a job, a room or an event until a day, in one language.
type Posting struct {
	Town      string `yaml:"town"`
	By        string `yaml:"by"`
	Day       int    `yaml:"day"`
	Kind      string `yaml:"kind"`
	Title     string `yaml:"title"`
	Words     string `yaml:"words"` // Markdown
	Language  string `yaml:"language"`
	Territory string `yaml:"territory"`
	Link      string `yaml:"link"`
	Relay     bool   `yaml:"relay"`
	Days      int    `yaml:"days"` // calendar days from the first Monday to its last
	Hour      string `yaml:"hour"` // of an event on that day, as 17:30
}

// Challenge is what a town has not solved, and what became of it.
type Challenge struct {
	Town        string    `yaml:"town"`
	By          string    `yaml:"by"`
	Day         int       `yaml:"day"` // on which it goes on the board
	Languages   []string  `yaml:"languages"`
	Title       Text      `yaml:"title"`
	Affected    Text      `yaml:"affected"`
	Problem     Text      `yaml:"problem"`
	Constraints []Text    `yaml:"constraints"`
	Tried       []Text    `yaml:"tried"`
	Topics      []string  `yaml:"topics"`
	Competences []string  `yaml:"competences"`
	Labels      []string  `yaml:"labels"`
	Sponsors    []Backing `yaml:"sponsors"`
	Team        *struct {
		Day      int      `yaml:"day"`
		By       string   `yaml:"by"`       // of the host
		Bootcamp string   `yaml:"bootcamp"` // its English title
		Name     string   `yaml:"name"`
		Members  []string `yaml:"members"`
	} `yaml:"team"`
	Notes  []Remark `yaml:"notes"`
	Ending *struct {
		Day     int      `yaml:"day"`
		By      string   `yaml:"by"`
		Reasons []string `yaml:"reasons"`
		Words   string   `yaml:"words"`
	} `yaml:"ending"`
}

// Remark is where a team stands, or what others have to say to it.
type Remark struct {
	Day   int    `yaml:"day"`
	Town  string `yaml:"town"`
	By    string `yaml:"by"`
	Words string `yaml:"words"`
}

// Expert is somebody who has put herself into the directory, in English.
type Expert struct {
	Town        string   `yaml:"town"`
	By          string   `yaml:"by"`
	Day         int      `yaml:"day"`
	About       string   `yaml:"about"`
	Ask         string   `yaml:"ask"`
	Languages   []string `yaml:"languages"`
	Topics      []string `yaml:"topics"`
	Competences []string `yaml:"competences"`
	Labels      []string `yaml:"labels"`
}

// Backing is that another town has the problem, too.
type Backing struct {
	Day   int    `yaml:"day"`
	Town  string `yaml:"town"`
	By    string `yaml:"by"`
	Offer string `yaml:"offer"`
}

// cut leaves the challenges of one town, without what others do with them.
func (x *Board) cut(town string) {
	x.Challenges = slices.DeleteFunc(x.Challenges, func(c Challenge) bool { return c.Town != town })
	x.Postings = slices.DeleteFunc(x.Postings, func(p Posting) bool { return p.Town != town })
	x.Experts = slices.DeleteFunc(x.Experts, func(e Expert) bool { return e.Town != town })
	for i := range x.Challenges {
		c := &x.Challenges[i]
		c.Sponsors = nil
		c.Notes = slices.DeleteFunc(c.Notes, func(n Remark) bool { return n.Town != town })
	}
}
