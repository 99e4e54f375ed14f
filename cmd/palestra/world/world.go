// Package world holds the world of the demonstration: invented towns and people, real courses, and what everybody does
// in six weeks. The files are Markdown for lessons and YAML for everything else; nothing in them is executed.
package world

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"palestra/cmd/palestra/films"
)

//go:embed towns.yaml stories.yaml programmes.yaml bootcamps.yaml challenges.yaml practices.yaml talks.yaml wiki.yaml courses
var files embed.FS

// Text is a text by language.
type Text = map[string]string

// World is everything.
type World struct {
	Password  string   `yaml:"password"` // of every demo account
	Operator  Person   `yaml:"operator"`
	Towns     []Town   `yaml:"towns"`
	Courses   []Course `yaml:"-"`
	Stories   `yaml:"-"`
	Curricula `yaml:"-"`
	Camps     `yaml:"-"`
	Exchange  `yaml:"-"`
	Board     `yaml:"-"`
	Chats     `yaml:"-"`
	Library   `yaml:"-"`
}

// Town is a town with its people. The first of them administers it.
type Town struct {
	Slug    string   `yaml:"slug"`
	Name    string   `yaml:"name"`
	Country string   `yaml:"country"` // ISO 3166-1 alpha-2
	Zone    string   `yaml:"zone"`    // IANA
	Locale  string   `yaml:"locale"`
	Units   []string `yaml:"units"`
	People  []Person `yaml:"people"`
	Invited []Person `yaml:"invited"` // not come yet
}

// Person is somebody invented.
type Person struct {
	Name   string   `yaml:"name"`
	Email  string   `yaml:"email"`
	Locale string   `yaml:"locale"` // "" for the town's
	Roles  []string `yaml:"roles"`
	Unit   string   `yaml:"unit"`
	Shown  bool     `yaml:"shown"` // in the table of accounts
}

// Course is a course as its author writes it. A day is a working day of the six weeks, from 0.
type Course struct {
	Slug        string   `yaml:"slug"`
	Town        string   `yaml:"town"`
	Author      string   `yaml:"author"` // e-mail
	Languages   []string `yaml:"languages"`
	Title       Text     `yaml:"title"`
	Summary     Text     `yaml:"summary"`
	Audience    string   `yaml:"audience"`
	Minutes     int      `yaml:"minutes"`
	Begun       int      `yaml:"begun"`       // day
	Published   *int     `yaml:"published"`   // day; never if absent
	Unpublished *int     `yaml:"unpublished"` // day
	Again       *Again   `yaml:"again"`
	Modules     []Module `yaml:"modules"`
}

// Again is a second version.
type Again struct {
	Day     int    `yaml:"day"`
	Note    string `yaml:"note"`
	Summary Text   `yaml:"summary"` // the change
}

// Module is a part of a course.
type Module struct {
	Title   Text     `yaml:"title"`
	Lessons []Lesson `yaml:"lessons"`
}

// Lesson is one lesson. Its text lies beside the course as <file>.<language>.md; a quiz and a film name their own files.
type Lesson struct {
	Title    Text          `yaml:"title"`
	Kind     string        `yaml:"kind"` // text, video, quiz
	Optional bool          `yaml:"optional"`
	File     string        `yaml:"file"`
	Body     Text          `yaml:"-"`
	Film     *films.Script `yaml:"-"`
	Quiz     *Quiz         `yaml:"-"`
}

// Quiz is a quiz.
type Quiz struct {
	Pass      int        `yaml:"pass"`
	Attempts  int        `yaml:"attempts"`
	Questions []Question `yaml:"questions"`
}

// Question is a question.
type Question struct {
	Kind      string   `yaml:"kind"`
	Prompt    Text     `yaml:"prompt"`
	Choices   []Choice `yaml:"choices"`
	Accept    []Text   `yaml:"accept"`
	Number    float64  `yaml:"number"`
	Tolerance float64  `yaml:"tolerance"`
	Feedback  Text     `yaml:"feedback"`
}

// Choice is a choice of a question.
type Choice struct {
	Text     Text `yaml:"text"`
	Right    bool `yaml:"right"`
	Feedback Text `yaml:"feedback"`
	Partner  Text `yaml:"partner"`
}

// Stories is what people do.
type Stories struct {
	Assignments []Assignment `yaml:"assignments"`
	Studies     []Study      `yaml:"studies"`
	Corrections []Correction `yaml:"corrections"`
	Leavers     []Leaver     `yaml:"leavers"`
}

// Assignment is a course that HR asks people to complete.
type Assignment struct {
	Day    int      `yaml:"day"`
	By     string   `yaml:"by"`
	Course string   `yaml:"course"`
	Due    int      `yaml:"due"` // calendar days after the first Monday
	To     []string `yaml:"to"`
}

// Study is one person's way through a course.
type Study struct {
	Who        string       `yaml:"who"` // e-mail
	Town       string       `yaml:"town"`
	Course     string       `yaml:"course"`
	Day        int          `yaml:"day"`   // of the first sitting
	Hour       int          `yaml:"hour"`  // UTC; 0: 9
	Pace       int          `yaml:"pace"`  // working days between sittings; 0: 2
	Each       int          `yaml:"each"`  // lessons of a sitting; 0: 2
	Stop       *int         `yaml:"stop"`  // lessons that are done; absent: all
	Part       [][2]float64 `yaml:"part"`  // what is seen of the film at which she stopped, as shares
	Fails      int          `yaml:"fails"` // attempts at each quiz before the one that passes
	Speed      float64      `yaml:"speed"` // 0: 1
	Transcript bool         `yaml:"transcript"`
	Report     *Report      `yaml:"report"`
}

// Report is a fault that a learner reports.
type Report struct {
	Lesson int    `yaml:"lesson"` // from 0
	At     int64  `yaml:"at"`     // seconds in the film; 0: nowhere
	Text   string `yaml:"text"`
}

// Correction is a mistake that HR puts right.
type Correction struct {
	Day     int    `yaml:"day"`
	By      string `yaml:"by"`
	Who     string `yaml:"who"`
	Course  string `yaml:"course"`
	Minutes int    `yaml:"minutes"`
	Reason  string `yaml:"reason"`
}

// Leaver is somebody who leaves her town.
type Leaver struct {
	Day int    `yaml:"day"`
	By  string `yaml:"by"`
	Who string `yaml:"who"`
}

// Curricula are programmes of courses.
type Curricula struct {
	Programmes []Programme `yaml:"programmes"`
}

// Programme is a programme as its author makes it, and who follows it.
type Programme struct {
	Slug      string     `yaml:"slug"`
	Town      string     `yaml:"town"`
	Author    string     `yaml:"author"` // e-mail
	Languages []string   `yaml:"languages"`
	Title     Text       `yaml:"title"`
	Summary   Text       `yaml:"summary"`
	Audience  string     `yaml:"audience"`
	Published int        `yaml:"published"` // day
	Electives int        `yaml:"electives"` // how many of them must be completed
	Courses   []Part     `yaml:"courses"`
	Followers []Follower `yaml:"followers"`
}

// Part is a course of a programme.
type Part struct {
	Course   string `yaml:"course"`
	Elective bool   `yaml:"elective"`
}

// Follower is somebody who begins a programme.
type Follower struct {
	Who  string `yaml:"who"` // e-mail
	Town string `yaml:"town"`
	Day  int    `yaml:"day"`
}

// Load reads the world.
func Load() (*World, error) { return load(files) }

func load(from fs.FS) (*World, error) {
	w := &World{}
	if err := read(from, "towns.yaml", w); err != nil {
		return nil, err
	}
	if err := read(from, "stories.yaml", &w.Stories); err != nil {
		return nil, err
	}
	if err := read(from, "programmes.yaml", &w.Curricula); err != nil {
		return nil, err
	}
	if err := read(from, "practices.yaml", &w.Exchange); err != nil {
		return nil, err
	}
	if err := read(from, "challenges.yaml", &w.Board); err != nil {
		return nil, err
	}
	if err := read(from, "bootcamps.yaml", &w.Camps); err != nil {
		return nil, err
	}
	if err := read(from, "talks.yaml", &w.Chats); err != nil {
		return nil, err
	}
	if err := read(from, "wiki.yaml", &w.Library); err != nil {
		return nil, err
	}
	folders, err := fs.ReadDir(from, "courses")
	if err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	for _, d := range folders {
		dir := path.Join("courses", d.Name())
		var c Course
		if err := read(from, path.Join(dir, "course.yaml"), &c); err != nil {
			return nil, err
		}
		for m := range c.Modules {
			for l := range c.Modules[m].Lessons {
				if err := c.Modules[m].Lessons[l].fill(from, dir, c.Languages); err != nil {
					return nil, err
				}
			}
		}
		w.Courses = append(w.Courses, c)
	}
	return w, nil
}

func read(from fs.FS, name string, into any) error {
	b, err := fs.ReadFile(from, name)
	if err != nil {
		return fmt.Errorf("world: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true) // a misspelt field is a mistake, not nothing
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("world: %s: %w", name, err)
	}
	return nil
}

// fill reads the files that belong to a lesson.
func (l *Lesson) fill(from fs.FS, dir string, languages []string) error {
	l.Body = Text{}
	if l.File == "" {
		return nil
	}
	for _, lang := range languages {
		b, err := fs.ReadFile(from, path.Join(dir, l.File+"."+lang+".md"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("world: %w", err)
		}
		l.Body[lang] = strings.TrimSpace(string(b))
	}
	switch l.Kind {
	case "video":
		l.Film = &films.Script{}
		return read(from, path.Join(dir, l.File+".yaml"), l.Film)
	case "quiz":
		l.Quiz = &Quiz{}
		return read(from, path.Join(dir, l.File+".yaml"), l.Quiz)
	}
	return nil
}

// Lessons returns the lessons of a course in order.
func (c *Course) Lessons() []Lesson {
	var out []Lesson
	for _, m := range c.Modules {
		out = append(out, m.Lessons...)
	}
	return out
}

// Course returns a course by its short name, or nil.
func (w *World) Course(slug string) *Course {
	i := slices.IndexFunc(w.Courses, func(c Course) bool { return c.Slug == slug })
	if i < 0 {
		return nil
	}
	return &w.Courses[i]
}

// Town returns a town by its short name, or nil.
func (w *World) Town(slug string) *Town {
	i := slices.IndexFunc(w.Towns, func(t Town) bool { return t.Slug == slug })
	if i < 0 {
		return nil
	}
	return &w.Towns[i]
}

// Cut leaves one town with its courses, and of every film the first slides: a small world for tests.
func (w *World) Cut(town string, courses []string, slides int) {
	w.Towns = slices.DeleteFunc(w.Towns, func(t Town) bool { return t.Slug != town })
	w.Courses = slices.DeleteFunc(w.Courses, func(c Course) bool { return !slices.Contains(courses, c.Slug) || c.Town != town })
	known := func(email string) bool {
		return slices.ContainsFunc(w.Towns[0].People, func(p Person) bool { return p.Email == email })
	}
	for i := range w.Courses {
		for _, m := range w.Courses[i].Modules {
			for l := range m.Lessons {
				if f := m.Lessons[l].Film; f != nil {
					f.Slides = f.Slides[:min(slides, len(f.Slides))]
				}
			}
		}
	}
	w.Assignments = slices.DeleteFunc(w.Assignments, func(a Assignment) bool { return !known(a.By) || w.Course(a.Course) == nil })
	w.Studies = slices.DeleteFunc(w.Studies, func(s Study) bool { return s.Town != town || w.Course(s.Course) == nil })
	w.Corrections = slices.DeleteFunc(w.Corrections, func(c Correction) bool { return !known(c.By) || w.Course(c.Course) == nil })
	w.Leavers = slices.DeleteFunc(w.Leavers, func(l Leaver) bool { return !known(l.Who) })
	w.Programmes = slices.DeleteFunc(w.Programmes, func(p Programme) bool { return p.Town != town })
	w.Chats.cut(known)
	w.Library.cut(known)
	w.Bootcamps = slices.DeleteFunc(w.Bootcamps, func(b Bootcamp) bool { return b.Town != town })
	for i := range w.Bootcamps {
		b := &w.Bootcamps[i]
		b.Towns = nil
		b.Visits = slices.DeleteFunc(b.Visits, func(v CampVisit) bool { return v.Town != "" && v.Town != town })
		for c := range b.Cohorts {
			b.Cohorts[c].Members = slices.DeleteFunc(b.Cohorts[c].Members, func(m CampMember) bool { return m.Town != town })
			for k := range b.Cohorts[c].Sessions {
				e := &b.Cohorts[c].Sessions[k]
				e.Attended = slices.DeleteFunc(e.Attended, func(a Attended) bool { return a.Town != town })
			}
		}
	}
	w.Exchange.cut(town)
	w.Board.cut(town)
	for i := range w.Programmes {
		p := &w.Programmes[i]
		p.Courses = slices.DeleteFunc(p.Courses, func(x Part) bool { return w.Course(x.Course) == nil })
		p.Followers = slices.DeleteFunc(p.Followers, func(f Follower) bool { return f.Town != town })
		electives := 0
		for _, x := range p.Courses {
			if x.Elective {
				electives++
			}
		}
		p.Electives = min(p.Electives, electives)
	}
}
