package indicatorhttp

import (
	"time"

	"palestra/bootcamp/indicator"
)

// FigureLineBody is one figure. Numbers that are missing are hidden: so few people are behind them, or behind what could
// be computed from them, that they would say something of somebody.
type FigureLineBody struct {
	What    string `json:"what" enum:"presence,event,visit,output,adoption,anybody"`
	By      string `json:"by" enum:",cohort,bootcamp,mode,kind,town,cross,topic,outcome,lesson,visitor,stage,learning" doc:"Empty for the whole"`
	Part    string `json:"part" doc:"Id or choice; of cross: mode.kind"`
	Name    string `json:"name,omitempty" doc:"What a cohort, bootcamp, town or lesson is called"`
	Count   *int64 `json:"count,omitempty"`
	Minutes *int64 `json:"minutes,omitempty"`
	Persons *int64 `json:"persons,omitempty" doc:"Each once"`
}

// FigureShareBody is how many persons are in so many parts.
type FigureShareBody struct {
	Parts   int    `json:"parts"`
	Persons *int64 `json:"persons,omitempty"`
}

// FigureBridgeBody says why the persons of parts have another sum than the whole.
type FigureBridgeBody struct {
	By     string            `json:"by" enum:"cohort,bootcamp,mode,kind,town"`
	Parts  int               `json:"parts" doc:"That have somebody"`
	Sum    *int64            `json:"sum,omitempty" doc:"Of the persons of the parts"`
	Again  *int64            `json:"again,omitempty" doc:"How often somebody was counted more than once in it"`
	Whole  *int64            `json:"whole,omitempty" doc:"Persons, each once"`
	Shares []FigureShareBody `json:"shares"`
}

// FiguresBody is what was known at the end of a day.
type FiguresBody struct {
	AsOf    string             `json:"asOf" format:"date"`
	Zone    string             `json:"zone" doc:"IANA; of the day"`
	Entered *time.Time         `json:"entered,omitempty" doc:"When the last record in them was entered"`
	Named   bool               `json:"named" doc:"The reader may see who is behind them; nothing is hidden then"`
	Few     int                `json:"few" doc:"Below it figures of people are hidden from others"`
	Lines   []FigureLineBody   `json:"lines"`
	Bridges []FigureBridgeBody `json:"bridges"`
}

func shown(n indicator.Number) *int64 {
	if n.Hidden {
		return nil
	}
	return &n.Value
}

func figuresBody(f indicator.Figures, labels map[string]string) FiguresBody {
	b := FiguresBody{AsOf: f.AsOf, Zone: f.Zone, Named: f.Named, Few: indicator.Few, Lines: []FigureLineBody{}, Bridges: []FigureBridgeBody{}}
	if !f.At.IsZero() {
		b.Entered = &f.At
	}
	for _, l := range f.Lines {
		b.Lines = append(b.Lines, FigureLineBody{What: l.What, By: l.By, Part: l.Part, Name: labels[l.Part], Count: shown(l.Count), Minutes: shown(l.Minutes), Persons: shown(l.Persons)})
	}
	for _, x := range f.Bridges {
		bridge := FigureBridgeBody{By: x.By, Parts: x.Parts, Sum: shown(x.Sum), Again: shown(x.Again), Whole: shown(x.Whole), Shares: []FigureShareBody{}}
		for _, s := range x.Shares {
			bridge.Shares = append(bridge.Shares, FigureShareBody{s.Parts, shown(s.Persons)})
		}
		b.Bridges = append(b.Bridges, bridge)
	}
	return b
}

// FigureRecordBody is a record behind a figure.
type FigureRecordBody struct {
	ID       string    `json:"id"`
	What     string    `json:"what" enum:"presence,event,visit,output,adoption"`
	Entered  time.Time `json:"entered"`
	On       string    `json:"on" format:"date"`
	Title    string    `json:"title"`
	Language string    `json:"language"`
	Ref      string    `json:"ref" doc:"Id of the session, visit, output or practice"`
	Bootcamp string    `json:"bootcamp"`
	Cohort   string    `json:"cohort"`
	Name     string    `json:"name" doc:"Of a person; empty if nobody knows it"`
	Town     string    `json:"town" doc:"What her organisation is called"`
	Mode     string    `json:"mode"`
	Kind     string    `json:"kind"`
	Topic    string    `json:"topic"`
	Outcome  string    `json:"outcome"`
	Lessons  []string  `json:"lessons"`
	Minutes  int       `json:"minutes"`
}

func recordBody(d indicator.Detail) FigureRecordBody {
	b := FigureRecordBody{ID: d.ID, What: d.What, Entered: d.Entered, On: d.On, Title: d.Title, Language: d.Language, Ref: d.Ref, Bootcamp: d.Bootcamp, Cohort: d.Cohort, Name: d.Name, Town: d.Of,
		Mode: d.Mode, Kind: d.Kind, Topic: d.Topic, Outcome: d.Outcome, Lessons: []string{}, Minutes: d.Minutes}
	for _, l := range d.Lessons {
		b.Lessons = append(b.Lessons, l.Title)
	}
	return b
}

// HelpdeskVisitChangeBody is what is noted of a visit.
type HelpdeskVisitChangeBody struct {
	Cohort  string `json:"cohort,omitempty" maxLength:"64"`
	On      string `json:"on" maxLength:"10" doc:"Day: 2026-11-24"`
	Mode    string `json:"mode" enum:"presence,online,telephone"`
	Topic   string `json:"topic" maxLength:"20" doc:"As of practices"`
	Outcome string `json:"outcome" enum:"solved,partly,passed,open"`
	Minutes int    `json:"minutes" minimum:"1" maximum:"1440"`
	Course  string `json:"course,omitempty" maxLength:"64" doc:"Of the lesson that was recommended"`
	Lesson  string `json:"lesson,omitempty" maxLength:"64"`
	Note    string `json:"note,omitempty" maxLength:"1000"`
	Person  string `json:"person,omitempty" maxLength:"64" doc:"Somebody in the cohort; empty for somebody"`
}

func (c HelpdeskVisitChangeBody) change() indicator.VisitChange {
	return indicator.VisitChange{Cohort: c.Cohort, On: c.On, Mode: c.Mode, Topic: c.Topic, Outcome: c.Outcome, Note: c.Note, Person: c.Person, Minutes: c.Minutes, Course: c.Course, Lesson: c.Lesson}
}

// HelpdeskVisitBody is a visit to the help-desk.
type HelpdeskVisitBody struct {
	HelpdeskVisitChangeBody
	ID          string    `json:"id"`
	Edition     int64     `json:"edition" doc:"For If-Match"`
	LessonTitle string    `json:"lessonTitle,omitempty"`
	Gone        string    `json:"gone,omitempty" doc:"Why it does not count any more"`
	Updated     time.Time `json:"updated"`
}

func visitBody(v indicator.VisitEntry) HelpdeskVisitBody {
	b := HelpdeskVisitBody{ID: v.ID, Edition: v.Edition, Gone: v.Gone, Updated: v.Updated}
	b.HelpdeskVisitChangeBody = HelpdeskVisitChangeBody{Cohort: v.Cohort, On: v.On, Mode: v.Mode, Topic: v.Topic, Outcome: v.Outcome, Minutes: v.Minutes, Note: v.Note, Person: v.Person}
	if v.Lesson != nil {
		b.Course, b.Lesson, b.LessonTitle = v.Lesson.Course, v.Lesson.Lesson, v.Lesson.Title
	}
	return b
}

// BootcampOutputChangeBody is what is noted of an output.
type BootcampOutputChangeBody struct {
	Cohort   string `json:"cohort,omitempty" maxLength:"64"`
	On       string `json:"on" maxLength:"10" doc:"Day: 2026-11-24"`
	Kind     string `json:"kind" enum:"document,practice,challenge,statement,course,dataset,software,event,other"`
	Title    string `json:"title,omitempty" maxLength:"200" doc:"Of a practice: taken from its card if it is missing"`
	Language string `json:"language" maxLength:"10"`
	URL      string `json:"url,omitempty" maxLength:"2000"`
	Practice string `json:"practice,omitempty" maxLength:"64" doc:"Id of a published card"`
}

// BootcampOutputBody is something that a bootcamp has brought forth.
type BootcampOutputBody struct {
	BootcampOutputChangeBody
	ID      string    `json:"id"`
	Edition int64     `json:"edition" doc:"For If-Match"`
	Gone    string    `json:"gone,omitempty" doc:"Why it does not count any more"`
	Updated time.Time `json:"updated"`
}

func outputBody(o indicator.OutputEntry) BootcampOutputBody {
	return BootcampOutputBody{ID: o.ID, Edition: o.Edition, Gone: o.Gone, Updated: o.Updated,
		BootcampOutputChangeBody: BootcampOutputChangeBody{Cohort: o.Cohort, On: o.On, Kind: o.Kind, Title: o.Title, Language: o.Language, URL: o.URL, Practice: o.Practice}}
}
