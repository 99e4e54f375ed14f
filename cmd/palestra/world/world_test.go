package world_test

import (
	"slices"
	"strings"
	"testing"

	"palestra/cmd/palestra/world"
)

func load(t *testing.T) *world.World {
	t.Helper()
	w, err := world.Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Three towns, at least three courses in two languages, eighteen lessons of 300 words and more, every kind of question.
func TestThereIsEnoughToLearn(t *testing.T) {
	t.Parallel()
	w := load(t)
	countries, kinds := map[string]bool{}, map[string]bool{}
	for _, town := range w.Towns {
		countries[town.Country] = true
	}
	real, lessons, films := 0, 0, 0
	for i := range w.Courses {
		c := &w.Courses[i]
		if c.Published == nil || c.Unpublished != nil {
			continue
		}
		real++
		if len(c.Languages) < 2 {
			t.Errorf("%s: languages %v, want two", c.Slug, c.Languages)
		}
		for _, l := range c.Lessons() {
			for _, lang := range c.Languages {
				words := len(strings.Fields(l.Body[lang]))
				if l.Film != nil {
					words = 0
					for _, s := range l.Film.Slides {
						for _, line := range s.Lines {
							if line.Say[lang] == "" {
								t.Errorf("%s: a sentence of the film %s is not there in %s", c.Slug, l.Film.Title, lang)
							}
							words += len(strings.Fields(line.Say[lang]))
						}
					}
				}
				if l.Kind != "quiz" && words < 300 {
					t.Errorf("%s: %q has %d words in %s, want 300", c.Slug, l.Title["en"], words, lang)
				}
			}
			switch l.Kind {
			case "quiz":
				teaches(t, c, l.Quiz, kinds)
			case "video":
				films++
				lessons++
			default:
				lessons++
			}
		}
	}
	if len(countries) < 3 || real < 4 || lessons < 18 || films < 4 || len(kinds) < 6 {
		t.Errorf("%d countries, %d courses, %d lessons, %d films, %d kinds of questions", len(countries), real, lessons, films, len(kinds))
	}
}

// Every question says what it teaches, and every choice of a choice question why it is right or wrong.
func teaches(t *testing.T, c *world.Course, q *world.Quiz, kinds map[string]bool) {
	t.Helper()
	for i, x := range q.Questions {
		kinds[x.Kind] = true
		for _, lang := range c.Languages {
			if x.Prompt[lang] == "" || x.Feedback[lang] == "" {
				t.Errorf("%s: question %d lacks its prompt or what it teaches in %s", c.Slug, i+1, lang)
			}
			for _, ch := range x.Choices {
				if ch.Text[lang] == "" || (x.Kind == "single" || x.Kind == "multiple") && ch.Feedback[lang] == "" || x.Kind == "matching" && ch.Partner[lang] == "" {
					t.Errorf("%s: question %d lacks words of a choice in %s", c.Slug, i+1, lang)
				}
			}
		}
	}
}

// Somebody completes a programme, and somebody is on her way.
func TestSomebodyBecomesAnExpert(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, p := range w.Programmes {
		complete := 0
		for _, f := range p.Followers {
			required, electives := 0, 0
			for _, x := range p.Courses {
				done := slices.ContainsFunc(w.Studies, func(s world.Study) bool {
					return s.Who == f.Who && s.Town == f.Town && s.Course == x.Course && s.Stop == nil
				})
				switch {
				case !x.Elective && !done:
					required++
				case x.Elective && done:
					electives++
				}
			}
			if required == 0 && electives >= p.Electives {
				complete++
			}
		}
		if complete == 0 || complete == len(p.Followers) {
			t.Errorf("%s: %d of %d complete it", p.Slug, complete, len(p.Followers))
		}
		for _, l := range p.Languages {
			if p.Title[l] == "" || p.Summary[l] == "" {
				t.Errorf("%s lacks words in %s", p.Slug, l)
			}
		}
	}
	if len(w.Programmes) == 0 {
		t.Error("there is no programme")
	}
}

// Nobody is told to do what cannot be done: every person, town and course that a story names is there, in time.
func TestStoriesFitTheWorld(t *testing.T) {
	t.Parallel()
	w := load(t)
	people := map[string]bool{}
	for _, town := range w.Towns {
		for _, p := range town.People {
			people[town.Slug+"/"+p.Email], people[p.Email] = true, true
			if p.Unit == "" || len(p.Roles) == 0 {
				t.Errorf("%s has no unit or no role", p.Name)
			}
		}
	}
	if len(people) < 2*25 {
		t.Errorf("only %d people", len(people)/2)
	}
	known := func(what string, ok bool) {
		if !ok {
			t.Errorf("%s is not there", what)
		}
	}
	day := func(what string, d int) {
		if d < 0 || d > 29 {
			t.Errorf("%s on day %d: the demonstration has the days 0 to 29", what, d)
		}
	}
	for _, s := range w.Studies {
		known(s.Who+" in "+s.Town, people[s.Town+"/"+s.Who])
		c := w.Course(s.Course)
		known(s.Course, c != nil && c.Published != nil)
		pace, each, n := max(s.Pace, 0), max(s.Each, 0), len(c.Lessons())
		if pace == 0 {
			pace = 2
		}
		if each == 0 {
			each = 2
		}
		if s.Stop != nil {
			n = min(n, *s.Stop+1)
		}
		day(s.Who+" "+s.Course, s.Day+(n-1)/each*pace)
		if s.Day <= *c.Published {
			t.Errorf("%s begins %s on day %d, before it is there", s.Who, s.Course, s.Day)
		}
	}
	for _, p := range w.Programmes {
		known(p.Author+" in "+p.Town, people[p.Town+"/"+p.Author])
		for _, x := range p.Courses {
			c := w.Course(x.Course)
			known(x.Course, c != nil && c.Published != nil && *c.Published < p.Published && c.Unpublished == nil)
		}
		for _, f := range p.Followers {
			known(f.Who+" in "+f.Town, people[f.Town+"/"+f.Who])
			day(f.Who+" follows "+p.Slug, f.Day)
			if f.Day <= p.Published {
				t.Errorf("%s follows %s on day %d, before it is there", f.Who, p.Slug, f.Day)
			}
		}
	}
	for _, a := range w.Assignments {
		known(a.By, people[a.By])
		day("assigning "+a.Course, a.Day)
		c := w.Course(a.Course)
		known(a.Course, c != nil && *c.Published < a.Day)
		for _, who := range a.To {
			known(who, people[who])
		}
	}
	for _, c := range w.Corrections {
		known(c.By+" and "+c.Who, people[c.By] && people[c.Who])
		day("a correction", c.Day)
	}
	for _, l := range w.Leavers {
		known(l.By+" and "+l.Who, people[l.By] && people[l.Who])
		day("leaving", l.Day)
	}
}
