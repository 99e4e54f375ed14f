package world

// Camps are the bootcamps of the demonstration.
type Camps struct {
	Bootcamps []Bootcamp `yaml:"bootcamps"`
}

// Bootcamp is days in which people of several towns learn together. Days are working days of the six weeks; those from 30
// on are still to come.
type Bootcamp struct {
	Town        string   `yaml:"town"` // host
	By          string   `yaml:"by"`   // facilitator
	Made        int      `yaml:"made"` // day
	Languages   []string `yaml:"languages"`
	Title       Text     `yaml:"title"`
	Summary     Text     `yaml:"summary"`
	Towns       []string `yaml:"towns"` // others that may join
	First       int      `yaml:"first"` // day
	Last        int      `yaml:"last"`
	Territories []string `yaml:"territories"`
	Partners    []struct {
		Role    string `yaml:"role"`
		Name    string `yaml:"name"`
		Country string `yaml:"country"`
	} `yaml:"partners"`
	Funding []struct {
		Kind string `yaml:"kind"`
		Code string `yaml:"code"`
	} `yaml:"funding"`
	Targets struct {
		Persons   int `yaml:"persons"`
		Towns     int `yaml:"towns"`
		Hours     int `yaml:"hours"`
		Practices int `yaml:"practices"`
	} `yaml:"targets"`
	Cohorts []Cohort     `yaml:"cohorts"`
	Visits  []CampVisit  `yaml:"visits"`
	Outputs []CampOutput `yaml:"outputs"`
}

// CampVisit is a visit to a bootcamp's help-desk.
type CampVisit struct {
	Day     int    `yaml:"day"`
	Mode    string `yaml:"mode"`
	Topic   string `yaml:"topic"`
	Outcome string `yaml:"outcome"`
	Minutes int    `yaml:"minutes"`
	Note    string `yaml:"note"`
	Who     string `yaml:"who"` // "" for somebody
	Town    string `yaml:"town"`
}

// CampOutput is what a bootcamp has brought forth.
type CampOutput struct {
	Day      int    `yaml:"day"`
	Kind     string `yaml:"kind"`
	Title    string `yaml:"title"`
	Language string `yaml:"language"`
	URL      string `yaml:"url"`
}

// Attended is how long somebody was at a session; 0 minutes: excused.
type Attended struct {
	Who     string `yaml:"who"`
	Town    string `yaml:"town"`
	Minutes int    `yaml:"minutes"`
	Reason  string `yaml:"reason"`
}

// Cohort is the people who go through a bootcamp together, and when they meet.
type Cohort struct {
	Name     string       `yaml:"name"`
	Language string       `yaml:"language"`
	Joining  string       `yaml:"joining"`
	Seats    int          `yaml:"seats"`
	Members  []CampMember `yaml:"members"`
	Sessions []Session    `yaml:"sessions"`
}

// CampMember is somebody who asks for a seat.
type CampMember struct {
	Who        string `yaml:"who"`
	Town       string `yaml:"town"`
	Day        int    `yaml:"day"`
	Role       string `yaml:"role"`
	Unanswered bool   `yaml:"unanswered"` // nobody has answered yet
}

// Session is a time at which a cohort meets.
type Session struct {
	Day         int    `yaml:"day"`
	Time        string `yaml:"time"`
	Minutes     int    `yaml:"minutes"`
	Kind        string `yaml:"kind"`
	Mode        string `yaml:"mode"`
	Zone        string `yaml:"zone"` // "" for the host's
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Link        string `yaml:"link"`
	Telephone   string `yaml:"telephone"`
	Place       struct {
		Name     string `yaml:"name"`
		Address  string `yaml:"address"`
		Room     string `yaml:"room"`
		Capacity int    `yaml:"capacity"`
		StepFree bool   `yaml:"stepFree"`
		Loop     bool   `yaml:"loop"`
		Access   string `yaml:"access"`
	} `yaml:"place"`
	Facilitators []string `yaml:"facilitators"`
	Files        []File   `yaml:"files"` // that whoever leads leaves in its room
	Agenda       []struct {
		Title   string `yaml:"title"`
		Minutes int    `yaml:"minutes"`
		Lead    string `yaml:"lead"`
		Notes   string `yaml:"notes"`
	} `yaml:"agenda"`
	Materials []struct {
		Title string `yaml:"title"`
		URL   string `yaml:"url"`
	} `yaml:"materials"`
	Attended []Attended `yaml:"attended"`
}
