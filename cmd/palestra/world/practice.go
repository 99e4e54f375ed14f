package world

import "slices"

// Exchange is the practices of the demonstration.
type Exchange struct {
	Practices []Practice `yaml:"practices"`
}

// File is something that people hand around; the program draws it.
type File struct {
	Name     string     `yaml:"name"` // its ending says what it is: csv, png (bars of the second column) or pdf
	Kind     string     `yaml:"kind"` // on a card: image, dataset or file
	Title    Text       `yaml:"title"`
	Alt      Text       `yaml:"alt"`
	Head     string     `yaml:"head"`
	Language string     `yaml:"language"`
	Lines    []string   `yaml:"lines"`
	Table    [][]string `yaml:"table"` // the first row names the columns
}

// Practice is a practice card and what became of it.
type Practice struct {
	Slug         string   `yaml:"slug"`
	Town         string   `yaml:"town"`
	By           string   `yaml:"by"`
	Day          int      `yaml:"day"` // on which it is published
	Languages    []string `yaml:"languages"`
	Title        Text     `yaml:"title"`
	Summary      Text     `yaml:"summary"`
	Description  Text     `yaml:"description"`
	Territory    Place    `yaml:"territory"`
	Objectives   []Text   `yaml:"objectives"`
	Conditions   []Text   `yaml:"conditions"`
	Difficulties []Text   `yaml:"difficulties"`
	Steps        []struct {
		When string `yaml:"when"`
		What Text   `yaml:"what"`
	} `yaml:"steps"`
	Resources []Resource `yaml:"resources"`
	Evidence  Text       `yaml:"evidence"`
	Transfer  Text       `yaml:"transfer"`
	Legal     Text       `yaml:"legal"`
	Costs     struct {
		From int64  `yaml:"from"`
		To   int64  `yaml:"to"`
		Per  string `yaml:"per"`
	} `yaml:"costs"`
	Topics       []string `yaml:"topics"`
	Technologies []string `yaml:"technologies"`
	Personas     []string `yaml:"personas"`
	Competences  []string `yaml:"competences"`
	Labels       []string `yaml:"labels"`
	Links        []struct {
		Kind    string `yaml:"kind"`
		Title   string `yaml:"title"`
		URL     string `yaml:"url"`
		Licence string `yaml:"licence"`
	} `yaml:"links"`
	Files    []File `yaml:"files"`
	Versions []struct {
		Day        int    `yaml:"day"`
		Summary    string `yaml:"summary"`
		Conditions []Text `yaml:"conditions"` // that are new
	} `yaml:"versions"`
	Reviews   []Review   `yaml:"reviews"`
	Questions []Inquiry  `yaml:"questions"`
	Adoptions []Adoption `yaml:"adoptions"`
}

// Place is a territory.
type Place struct {
	Name      string   `yaml:"name"`
	Country   string   `yaml:"country"`
	Region    string   `yaml:"region"`
	Code      string   `yaml:"code"`
	Residents int64    `yaml:"residents"`
	Lat       *float64 `yaml:"lat"`
	Lon       *float64 `yaml:"lon"`
}

// Resource is what was needed.
type Resource struct {
	What     Text    `yaml:"what"`
	Quantity float64 `yaml:"quantity"`
	FTE      float64 `yaml:"fte"`
	Months   int     `yaml:"months"`
	Funding  Text    `yaml:"funding"`
}

// Review is what another town says of the version of its day.
type Review struct {
	Day        int            `yaml:"day"`
	Town       string         `yaml:"town"`
	By         string         `yaml:"by"`
	Recommends bool           `yaml:"recommends"`
	Marks      map[string]int `yaml:"marks"`
	Words      string         `yaml:"words"`
}

// Inquiry is a question to the authors.
type Inquiry struct {
	Day    int    `yaml:"day"`
	Town   string `yaml:"town"`
	By     string `yaml:"by"`
	Words  string `yaml:"words"`
	Answer *struct {
		Day   int    `yaml:"day"`
		By    string `yaml:"by"`
		Words string `yaml:"words"`
	} `yaml:"answer"`
}

// Adoption is what another town did with a practice.
type Adoption struct {
	Town   string `yaml:"town"`
	By     string `yaml:"by"`
	Day    int    `yaml:"day"`   // on which it is told
	From   string `yaml:"from"`  // the town whose way it takes; "" for the card's
	Began  string `yaml:"began"` // a date
	Stages []struct {
		State string `yaml:"state"`
		On    string `yaml:"on"`
		Note  string `yaml:"note"`
	} `yaml:"stages"`
	Residents int64  `yaml:"residents"`
	Summary   string `yaml:"summary"`
	Changes   []struct {
		Section string `yaml:"section"`
		Card    string `yaml:"card"`
		Here    string `yaml:"here"`
		Offer   bool   `yaml:"offer"`
	} `yaml:"changes"`
	Resources []Resource `yaml:"resources"`
	Evidence  string     `yaml:"evidence"`
	Lessons   string     `yaml:"lessons"`
	Take      bool       `yaml:"take"`    // the authors take what is offered
	Decline   bool       `yaml:"decline"` // or go on without it
}

// cut leaves the practices of one town, without what others say of them.
func (x *Exchange) cut(town string) {
	x.Practices = slices.DeleteFunc(x.Practices, func(p Practice) bool { return p.Town != town })
	for i := range x.Practices {
		p := &x.Practices[i]
		p.Reviews, p.Questions, p.Adoptions = nil, nil, nil
	}
}
