package practice

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"palestra/bootcamp/attachment"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/lang"
)

// Text is a text in several languages: BCP 47 tag to words.
type Text = course.Text

// Limits of a card.
const (
	maxTitle    = 200
	maxSummary  = 600
	maxLine     = 1000 // of an objective, a step, a difficulty
	maxPart     = 8000 // of evidence, transfer, legal basis
	maxStory    = 20_000
	maxEntries  = 40 // of each list
	maxFiles    = 20
	maxCaption  = 300
	maxShort    = 120
	maxAddress  = 2000
	maxContent  = 400_000 // bytes of all of it together
	maxCosts    = 10_000_000_000
	maxResident = 2_000_000_000
)

// Content is what a practice card says.
type Content struct {
	Languages    []string     `bson:"languages"` // the first is the one it is written in
	Title        Text         `bson:"title"`
	Summary      Text         `bson:"summary"`
	Description  Text         `bson:"description"` // Markdown
	Territory    Territory    `bson:"territory"`
	Objectives   []Text       `bson:"objectives"` // the most important first
	Conditions   []Text       `bson:"conditions"` // for success
	Steps        []Step       `bson:"steps"`
	Difficulties []Text       `bson:"difficulties"`
	Resources    []Resource   `bson:"resources"`
	Evidence     Text         `bson:"evidence"` // of success; Markdown
	Transfer     Text         `bson:"transfer"` // what another town needs to do the same; Markdown
	Legal        Text         `bson:"legal"`    // basis; Markdown
	Costs        Costs        `bson:"costs"`
	Topics       []string     `bson:"topics"` // of Topics
	Technologies []string     `bson:"technologies"`
	Personas     []string     `bson:"personas"` // whom it serves
	Competences  []string     `bson:"competences"`
	Labels       []string     `bson:"labels"`
	Lessons      []LessonLink `bson:"lessons"`
	Links        []Link       `bson:"links"` // what lies elsewhere
	Files        []CardFile   `bson:"files,omitempty"`
	Licence      string       `bson:"licence"`
}

// Territory is where something is done.
type Territory struct {
	Name      string   `bson:"name"`
	Country   string   `bson:"country"` // ISO 3166-1 alpha-2
	Region    string   `bson:"region"`
	Code      string   `bson:"code"`      // NUTS or LAU; "" for unknown
	Residents int64    `bson:"residents"` // 0 for unknown
	Lat       *float64 `bson:"lat"`       // degrees, WGS 84
	Lon       *float64 `bson:"lon"`
}

// Step is something that was done, and when.
type Step struct {
	When Span `bson:"when"`
	What Text `bson:"what"`
}

// Resource is what was needed.
type Resource struct {
	What     Text    `bson:"what"` // a role, a thing
	Quantity float64 `bson:"quantity"`
	FTE      float64 `bson:"fte"`     // full-time equivalents; 0 for what is no person
	Months   int     `bson:"months"`  // for how long; 0 is lasting
	Funding  Text    `bson:"funding"` // who pays
}

// Costs are whole euros.
type Costs struct {
	From int64  `bson:"from"`
	To   int64  `bson:"to"`  // 0 for unknown
	Per  string `bson:"per"` // once or year
}

// LessonLink leads to a second of a lesson's video, or to a lesson.
type LessonLink struct {
	Course string `bson:"course"`
	Lesson string `bson:"lesson"`
	Second int    `bson:"second"`
	Title  string `bson:"title"`
}

// Link leads elsewhere.
type Link struct {
	Kind    string `bson:"kind"` // one of LinkKinds
	Title   string `bson:"title"`
	URL     string `bson:"url"`
	Licence string `bson:"licence"` // of Licences, or ""
}

// CardFile is a picture, a dataset or another file that is kept with a card.
type CardFile struct {
	attachment.File `bson:",inline"`
	Kind            string `bson:"kind"` // one of FileKinds
	Title           Text   `bson:"title"`
	Alt             Text   `bson:"alt"`     // what a picture shows, for who does not see it
	Licence         string `bson:"licence"` // of Licences; "" is that of the card
}

// What a file of a card can be.
const (
	FileImage   = "image"
	FileDataset = "dataset"
	FileOther   = "file"
)

// FileKinds lists what a file of a card can be.
func FileKinds() []string { return []string{FileImage, FileDataset, FileOther} }

// Topics lists the fields of a town's work, by which cards and challenges are found in every language.
func Topics() []string {
	return []string{"administration", "culture", "data", "economy", "education", "energy", "environment", "health", "heritage", "housing", "inclusion", "mobility",
		"participation", "security", "services", "skills", "tourism"}
}

// Licences lists what a card can be licensed under (SPDX identifiers).
func Licences() []string { return []string{"CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"} }

// LinkKinds lists what a link can lead to.
func LinkKinds() []string { return []string{"page", "file", "dataset", "image", "video"} }

// Competences lists the competences of the Digital Competence Framework for Citizens, DigComp 2.2 (JRC128415, §2), by number.
func Competences() []string {
	return []string{"1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "5.4"}
}

// Sections lists the parts of a card that can differ.
func Sections() []string {
	return []string{"title", "summary", "description", "territory", "objectives", "conditions", "steps", "difficulties", "resources", "evidence", "transfer", "legal", "costs",
		"topics", "technologies", "personas", "competences", "labels", "lessons", "links", "files", "licence"}
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

// checker tidies the parts of a content and keeps the first thing that is wrong.
type checker struct {
	err  error
	size int
}

func (k *checker) fail(err error) {
	if k.err == nil {
		k.err = err
	}
}

func (k *checker) text(path string, t *Text, limit int) {
	clean, err := t.Check("body."+path, limit)
	if err != nil {
		k.fail(err)
		return
	}
	for _, s := range clean {
		k.size += len(s)
	}
	*t = clean
}

// line tidies one line of text, which may be empty.
func (k *checker) line(path string, s *string) {
	*s = strings.Join(strings.Fields(*s), " ")
	if !utf8.ValidString(*s) || strings.ContainsRune(*s, 0) || utf8.RuneCountInString(*s) > maxShort {
		k.fail(invalid(path, "practice.short", "one line of at most %d characters", maxShort).With("max", maxShort))
	}
	k.size += len(*s)
}

func (k *checker) count(path string, n int) {
	if n > maxEntries {
		k.fail(invalid(path, "practice.entries", "at most %d entries", maxEntries).With("max", maxEntries))
	}
}

// texts drops entries that say nothing.
func (k *checker) texts(path string, list *[]Text) {
	k.count(path, len(*list))
	out := []Text{}
	for _, t := range *list {
		k.text(path, &t, maxLine)
		if len(t) > 0 {
			out = append(out, t)
		}
	}
	*list = out
}

func (k *checker) words(path string, list *[]string) {
	k.count(path, len(*list))
	out := []string{}
	for _, s := range *list {
		k.line(path, &s)
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	*list = out
}

func (k *checker) among(path string, list *[]string, allowed []string) {
	k.count(path, len(*list))
	out := []string{}
	for _, s := range *list {
		if !slices.Contains(allowed, s) {
			k.fail(invalid(path, "practice.choice", "%.40q is not one of the choices", s))
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	*list = out
}

func (k *checker) number(path string, ok bool) {
	if !ok {
		k.fail(invalid(path, "practice.number", "the number is out of range"))
	}
}

// check refuses what a card cannot say, and tidies it. That something is still missing is not wrong: see Missing.
func (c *Content) check() error {
	k := &checker{}
	if len(c.Languages) == 0 {
		return invalid("languages", "practice.languages", "a card has at least one language")
	}
	k.among("languages", &c.Languages, lang.Locales())
	k.text("title", &c.Title, maxTitle)
	k.text("summary", &c.Summary, maxSummary)
	k.text("description", &c.Description, maxStory)
	k.territory("territory", &c.Territory)
	k.texts("objectives", &c.Objectives)
	k.texts("conditions", &c.Conditions)
	k.texts("difficulties", &c.Difficulties)
	k.steps(&c.Steps)
	k.resources("resources", &c.Resources)
	k.text("evidence", &c.Evidence, maxPart)
	k.text("transfer", &c.Transfer, maxPart)
	k.text("legal", &c.Legal, maxPart)
	k.costs(&c.Costs)
	k.among("topics", &c.Topics, Topics())
	k.among("competences", &c.Competences, Competences())
	k.words("technologies", &c.Technologies)
	k.words("personas", &c.Personas)
	k.words("labels", &c.Labels)
	k.lessons(&c.Lessons)
	k.links(&c.Links)
	k.files(&c.Files)
	if c.Licence != "" && !slices.Contains(Licences(), c.Licence) {
		k.fail(invalid("licence", "practice.choice", "%.40q is not one of the licences", c.Licence))
	}
	if k.size > maxContent {
		k.fail(invalid("description", "practice.too_long", "a card has at most %d bytes", maxContent).With("max", maxContent))
	}
	return k.err
}

var (
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	placeForm   = regexp.MustCompile(`^[A-Z0-9_-]{0,16}$`)
)

func (k *checker) territory(path string, t *Territory) {
	k.line(path, &t.Name)
	k.line(path, &t.Region)
	if t.Country != "" && !countryForm.MatchString(t.Country) {
		k.fail(invalid(path, "practice.country", "a country is two capital letters (ISO 3166-1)"))
	}
	if !placeForm.MatchString(t.Code) {
		k.fail(invalid(path, "practice.place_code", "a code of a territory has at most 16 letters and digits (NUTS, LAU)"))
	}
	k.number(path, t.Residents >= 0 && t.Residents <= maxResident)
	if (t.Lat == nil) != (t.Lon == nil) || t.Lat != nil && !(math.Abs(*t.Lat) <= 90 && math.Abs(*t.Lon) <= 180) {
		k.fail(invalid(path, "practice.position", "a position is a latitude of -90 to 90 and a longitude of -180 to 180 degrees"))
	}
}

func (k *checker) steps(list *[]Step) {
	k.count("steps", len(*list))
	out := []Step{}
	for _, s := range *list {
		k.text("steps", &s.What, maxLine)
		if len(s.What) == 0 {
			continue
		}
		when, err := s.When.check("steps")
		if err != nil {
			k.fail(err)
		}
		s.When = when
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Step) int {
		x, _, _, _ := a.When.bounds()
		y, _, _, _ := b.When.bounds()
		return x.Compare(y)
	})
	*list = out
}

func (k *checker) resources(path string, list *[]Resource) {
	k.count(path, len(*list))
	out := []Resource{}
	for _, r := range *list {
		k.text(path, &r.What, maxLine)
		k.text(path, &r.Funding, maxLine)
		k.number(path, r.Quantity >= 0 && r.Quantity <= 1_000_000 && r.FTE >= 0 && r.FTE <= 10_000 && r.Months >= 0 && r.Months <= 1200)
		if len(r.What) > 0 {
			out = append(out, r)
		}
	}
	*list = out
}

func (k *checker) costs(c *Costs) {
	k.number("costs", c.From >= 0 && c.To >= 0 && c.From <= maxCosts && c.To <= maxCosts && (c.To == 0 || c.To >= c.From))
	if c.Per == "" {
		c.Per = "year"
	}
	if c.Per != "once" && c.Per != "year" {
		k.fail(invalid("costs", "practice.choice", "costs come once or each year"))
	}
}

func (k *checker) lessons(list *[]LessonLink) {
	k.count("lessons", len(*list))
	out := []LessonLink{}
	for _, l := range *list {
		k.line("lessons", &l.Title)
		k.number("lessons", l.Second >= 0 && l.Second <= 24*3600 && len(l.Course) <= 64 && len(l.Lesson) <= 64)
		if l.Course != "" && l.Lesson != "" {
			out = append(out, l)
		}
	}
	*list = out
}

func (k *checker) links(list *[]Link) {
	k.count("links", len(*list))
	out := []Link{}
	for _, l := range *list {
		if l.URL = strings.TrimSpace(l.URL); l.URL == "" {
			continue
		}
		k.line("links", &l.Title)
		u, err := url.Parse(l.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(l.URL) > maxAddress {
			k.fail(invalid("links", "practice.address", "a link begins with https://"))
		}
		if !slices.Contains(LinkKinds(), l.Kind) || l.Licence != "" && !slices.Contains(Licences(), l.Licence) {
			k.fail(invalid("links", "practice.choice", "no such kind or licence"))
		}
		k.size += len(l.URL)
		out = append(out, l)
	}
	*list = out
}

func (k *checker) files(list *[]CardFile) {
	if len(*list) > maxFiles {
		k.fail(invalid("files", "practice.entries", "at most %d files", maxFiles).With("max", maxFiles))
	}
	var out []CardFile // none stay none: see Changed
	for _, f := range *list {
		k.text("files", &f.Title, maxCaption)
		k.text("files", &f.Alt, maxLine)
		if !slices.Contains(FileKinds(), f.Kind) || f.Licence != "" && !slices.Contains(Licences(), f.Licence) {
			k.fail(invalid("files", "practice.choice", "no such kind or licence"))
		}
		if f.Kind != FileImage {
			f.Alt = Text{}
		}
		if len(f.File.ID) > 64 || slices.ContainsFunc(out, func(o CardFile) bool { return o.File.ID == f.File.ID }) {
			k.fail(invalid("files", "attachment.gone", "a file is not there any more; send it again"))
		}
		out = append(out, f)
	}
	*list = out
}

// Missing lists the sections that a card needs before it is published and that say nothing yet.
func (c *Content) Missing() []string {
	first := c.Languages[0]
	all := func(list []Text) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(t Text) bool { return t[first] == "" })
	}
	missing := []string{}
	need := func(section string, ok bool) {
		if !ok {
			missing = append(missing, section)
		}
	}
	need("title", c.Title[first] != "")
	need("summary", c.Summary[first] != "")
	need("territory", c.Territory.Name != "" && c.Territory.Country != "")
	need("objectives", all(c.Objectives))
	need("conditions", all(c.Conditions))
	need("steps", len(c.Steps) > 0 && !slices.ContainsFunc(c.Steps, func(s Step) bool { return s.What[first] == "" }))
	need("difficulties", all(c.Difficulties))
	need("resources", len(c.Resources) > 0)
	need("evidence", c.Evidence[first] != "")
	need("transfer", c.Transfer[first] != "")
	need("topics", len(c.Topics) > 0)
	need("files", !slices.ContainsFunc(c.Files, func(f CardFile) bool { return f.Kind == FileImage && f.Alt[first] == "" }))
	need("licence", c.Licence != "")
	return missing
}

// Untranslated lists, for a language of the card, the sections that have words in its first language and none in this.
func (c *Content) Untranslated(language string) []string {
	first := c.Languages[0]
	lacks := func(t Text) bool { return t[first] != "" && t[language] == "" }
	list := []string{}
	note := func(section string, texts ...Text) {
		if slices.ContainsFunc(texts, lacks) {
			list = append(list, section)
		}
	}
	note("title", c.Title)
	note("summary", c.Summary)
	note("description", c.Description)
	note("objectives", c.Objectives...)
	note("conditions", c.Conditions...)
	for _, s := range c.Steps {
		if lacks(s.What) {
			list = append(list, "steps")
			break
		}
	}
	note("difficulties", c.Difficulties...)
	for _, r := range c.Resources {
		if lacks(r.What) || lacks(r.Funding) {
			list = append(list, "resources")
			break
		}
	}
	note("evidence", c.Evidence)
	note("transfer", c.Transfer)
	note("legal", c.Legal)
	for _, f := range c.Files {
		if lacks(f.Title) || lacks(f.Alt) {
			list = append(list, "files")
			break
		}
	}
	return list
}

// Bands are the sizes of towns by which cards are found: the least number of residents of each.
func Bands() []int64 { return []int64{1, 1000, 5000, 20_000, 100_000} }

// band returns the number of a town's size among Bands, from 1; 0 for unknown.
func band(residents int64) int {
	n := 0
	for _, least := range Bands() {
		if residents >= least {
			n++
		}
	}
	return n
}
