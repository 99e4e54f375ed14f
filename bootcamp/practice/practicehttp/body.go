package practicehttp

import (
	"slices"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/bootcamp/practice"
	"palestra/course"
)

// Text is a text in several languages: BCP 47 tag to words.
type Text = course.Text

// PracticeTerritoryBody is where something is done.
type PracticeTerritoryBody struct {
	Name      string   `json:"name" maxLength:"120"`
	Country   string   `json:"country" maxLength:"2" doc:"ISO 3166-1 alpha-2"`
	Region    string   `json:"region,omitempty" maxLength:"120"`
	Code      string   `json:"code,omitempty" maxLength:"16" doc:"NUTS or LAU"`
	Residents int64    `json:"residents" minimum:"0" doc:"0 for unknown"`
	Lat       *float64 `json:"lat,omitempty" minimum:"-90" maximum:"90" doc:"Degrees, WGS 84"`
	Lon       *float64 `json:"lon,omitempty" minimum:"-180" maximum:"180"`
}

// PracticeStepBody is something that was done.
type PracticeStepBody struct {
	When string `json:"when" maxLength:"24" doc:"Extended Date/Time Format: 2019, 2020-09, 2021-03-04, 2021-01/2021-02, 2022/.."`
	What Text   `json:"what"`
}

// PracticeResourceBody is what was needed.
type PracticeResourceBody struct {
	What     Text    `json:"what"`
	Quantity float64 `json:"quantity,omitempty" minimum:"0"`
	FTE      float64 `json:"fte,omitempty" minimum:"0" doc:"Full-time equivalents"`
	Months   int     `json:"months,omitempty" minimum:"0" doc:"For how long; 0 is lasting"`
	Funding  Text    `json:"funding,omitempty" doc:"Who pays"`
}

// PracticeCostsBody are whole euros.
type PracticeCostsBody struct {
	From int64  `json:"from" minimum:"0"`
	To   int64  `json:"to" minimum:"0" doc:"0 for unknown"`
	Per  string `json:"per,omitempty" enum:"once,year"`
}

// LessonSecondBody leads to a second of a lesson.
type LessonSecondBody struct {
	Course string `json:"course" maxLength:"64"`
	Lesson string `json:"lesson" maxLength:"64"`
	Second int    `json:"second,omitempty" minimum:"0" maximum:"86400"`
	Title  string `json:"title,omitempty" maxLength:"120"`
}

// PracticeLinkBody leads elsewhere.
type PracticeLinkBody struct {
	Kind    string `json:"kind" enum:"page,file,dataset,image,video"`
	Title   string `json:"title" maxLength:"120"`
	URL     string `json:"url" maxLength:"2000"`
	Licence string `json:"licence,omitempty" maxLength:"20"`
}

// PracticeFileBody is a picture, a dataset or another file that is kept with a card.
type PracticeFileBody struct {
	ID      string `json:"id" maxLength:"64"`
	Name    string `json:"name,omitempty" maxLength:"120" doc:"It stays as it was sent, like type and size"`
	Type    string `json:"type,omitempty" maxLength:"200"`
	Size    int64  `json:"size,omitempty" minimum:"0" doc:"Bytes"`
	Kind    string `json:"kind" enum:"image,dataset,file"`
	Title   Text   `json:"title,omitempty"`
	Alt     Text   `json:"alt,omitempty" doc:"What a picture shows; a card with a picture is not published without it"`
	Licence string `json:"licence,omitempty" maxLength:"20" doc:"SPDX identifier; empty for that of the card"`
}

func fileBody(f practice.CardFile) PracticeFileBody {
	return PracticeFileBody{f.File.ID, f.Name, f.Type, f.Size, f.Kind, f.Title, f.Alt, f.Licence}
}

// PracticeContentBody is what a card says.
type PracticeContentBody struct {
	Languages    []string               `json:"languages" minItems:"1" maxItems:"9" doc:"BCP 47; the first is the one it is written in"`
	Title        Text                   `json:"title"`
	Summary      Text                   `json:"summary"`
	Description  Text                   `json:"description,omitempty" doc:"Markdown"`
	Territory    PracticeTerritoryBody  `json:"territory"`
	Objectives   []Text                 `json:"objectives" doc:"The most important first"`
	Conditions   []Text                 `json:"conditions" doc:"For success"`
	Steps        []PracticeStepBody     `json:"steps"`
	Difficulties []Text                 `json:"difficulties"`
	Resources    []PracticeResourceBody `json:"resources"`
	Evidence     Text                   `json:"evidence,omitempty" doc:"Markdown"`
	Transfer     Text                   `json:"transfer,omitempty" doc:"Markdown: what another town needs to do the same"`
	Legal        Text                   `json:"legal,omitempty" doc:"Markdown"`
	Costs        PracticeCostsBody      `json:"costs"`
	Topics       []string               `json:"topics"`
	Technologies []string               `json:"technologies"`
	Personas     []string               `json:"personas" doc:"Whom it serves"`
	Competences  []string               `json:"competences" doc:"DigComp 2.2, by number"`
	Labels       []string               `json:"labels"`
	Lessons      []LessonSecondBody     `json:"lessons"`
	Links        []PracticeLinkBody     `json:"links"`
	Files        []PracticeFileBody     `json:"files,omitempty" maxItems:"20"`
	Licence      string                 `json:"licence,omitempty" maxLength:"20" doc:"SPDX identifier"`
}

func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}

func copied[T any](list []T) []T { return append([]T{}, list...) }

func contentBody(c practice.Content) PracticeContentBody {
	return PracticeContentBody{Languages: copied(c.Languages), Title: c.Title, Summary: c.Summary, Description: c.Description, Territory: PracticeTerritoryBody(c.Territory),
		Objectives: copied(c.Objectives), Conditions: copied(c.Conditions), Steps: each(c.Steps, func(s practice.Step) PracticeStepBody { return PracticeStepBody{string(s.When), s.What} }),
		Difficulties: copied(c.Difficulties), Resources: each(c.Resources, func(r practice.Resource) PracticeResourceBody { return PracticeResourceBody(r) }),
		Evidence: c.Evidence, Transfer: c.Transfer, Legal: c.Legal, Costs: PracticeCostsBody(c.Costs), Topics: copied(c.Topics), Technologies: copied(c.Technologies),
		Personas: copied(c.Personas), Competences: copied(c.Competences), Labels: copied(c.Labels),
		Lessons: each(c.Lessons, func(l practice.LessonLink) LessonSecondBody { return LessonSecondBody(l) }),
		Links:   each(c.Links, func(l practice.Link) PracticeLinkBody { return PracticeLinkBody(l) }),
		Files:   each(c.Files, fileBody), Licence: c.Licence}
}

func (b PracticeContentBody) content() practice.Content {
	return practice.Content{Languages: slices.Compact(b.Languages), Title: b.Title, Summary: b.Summary, Description: b.Description, Territory: practice.Territory(b.Territory),
		Objectives: b.Objectives, Conditions: b.Conditions, Steps: each(b.Steps, func(s PracticeStepBody) practice.Step {
			return practice.Step{When: practice.Span(s.When), What: s.What}
		}),
		Difficulties: b.Difficulties, Resources: resources(b.Resources),
		Evidence: b.Evidence, Transfer: b.Transfer, Legal: b.Legal, Costs: practice.Costs(b.Costs), Topics: b.Topics, Technologies: b.Technologies,
		Personas: b.Personas, Competences: b.Competences, Labels: b.Labels,
		Lessons: lessons(b.Lessons),
		Links:   each(b.Links, func(l PracticeLinkBody) practice.Link { return practice.Link(l) }),
		Files: each(b.Files, func(f PracticeFileBody) practice.CardFile {
			return practice.CardFile{File: attachment.File{ID: f.ID}, Kind: f.Kind, Title: f.Title, Alt: f.Alt, Licence: f.Licence}
		}), Licence: b.Licence}
}

func resources(list []PracticeResourceBody) []practice.Resource {
	return each(list, func(r PracticeResourceBody) practice.Resource { return practice.Resource(r) })
}

func lessons(list []LessonSecondBody) []practice.LessonLink {
	return each(list, func(l LessonSecondBody) practice.LessonLink { return practice.LessonLink(l) })
}

// PracticeAuthorBody writes a card.
type PracticeAuthorBody struct {
	Person string `json:"person,omitempty" doc:"To the authors only"`
	Name   string `json:"name"`
	Town   string `json:"town"`
}

// named leaves out who they are to whoever is none of them.
func named(list []practice.Author) []PracticeAuthorBody {
	return each(list, func(a practice.Author) PracticeAuthorBody { return PracticeAuthorBody{Name: a.Name, Town: a.Town} })
}

func authors(list []practice.Author) []PracticeAuthorBody {
	return each(list, func(a practice.Author) PracticeAuthorBody { return PracticeAuthorBody{a.Person, a.Name, a.Town} })
}

// PracticeCreditBody is somebody whose words a card was made from.
type PracticeCreditBody struct {
	Name     string    `json:"name" doc:"Empty for who does not want to be named"`
	TownName string    `json:"townName"`
	Kind     string    `json:"kind" enum:"post,message,notes,decision"`
	State    string    `json:"state" enum:"asked,agreed,nameless,declined"`
	At       time.Time `json:"at"`
}

func creditBody(c practice.Credit) PracticeCreditBody {
	if c.State == practice.CreditNameless {
		c.Name, c.TownName = "", ""
	}
	return PracticeCreditBody{c.Name, c.TownName, c.Kind, c.State, c.At}
}

// PracticeDraftBody is what its authors work on.
type PracticeDraftBody struct {
	ID           string               `json:"id"`
	Edition      int64                `json:"edition" doc:"For If-Match"`
	State        string               `json:"state" enum:"draft,published,withdrawn"`
	Version      int                  `json:"version" doc:"The newest that was published, 0 for none"`
	Changed      bool                 `json:"changed" doc:"Whether the draft says something else than that"`
	Content      PracticeContentBody  `json:"content"`
	Missing      []string             `json:"missing" doc:"Sections that it needs before it is published"`
	Untranslated map[string][]string  `json:"untranslated" doc:"Sections without words, by language"`
	Authors      []PracticeAuthorBody `json:"authors"`
	Credits      []PracticeCreditBody `json:"credits" doc:"Whose words it was made from"`
	Updated      time.Time            `json:"updated"`
}

func draftBody(p practice.Practice) PracticeDraftBody {
	b := PracticeDraftBody{ID: p.ID, Edition: p.Edition, State: p.State, Version: p.Version, Changed: p.Changed(), Content: contentBody(p.Draft), Missing: p.Draft.Missing(),
		Untranslated: map[string][]string{}, Authors: authors(p.Authors), Credits: each(p.Credits, creditBody), Updated: p.Updated}
	for _, l := range p.Draft.Languages[1:] {
		b.Untranslated[l] = p.Draft.Untranslated(l)
	}
	return b
}

// PracticeLineBody is a practice in a list.
type PracticeLineBody struct {
	ID          string                `json:"id"`
	Title       Text                  `json:"title"`
	Summary     Text                  `json:"summary"`
	Languages   []string              `json:"languages"`
	Town        string                `json:"town"`
	TownName    string                `json:"townName"`
	Territory   PracticeTerritoryBody `json:"territory"`
	Topics      []string              `json:"topics"`
	Costs       PracticeCostsBody     `json:"costs"`
	Recommended bool                  `json:"recommended" doc:"By two towns or more"`
	Reviews     int                   `json:"reviews" doc:"Towns that recommend this version"`
	Using       int                   `json:"using" doc:"Towns"`
	Adopting    int                   `json:"adopting" doc:"Towns on the way there"`
	Released    time.Time             `json:"released"`
}

func lineBody(c practice.Card) PracticeLineBody {
	return PracticeLineBody{ID: c.ID, Title: c.Content.Title, Summary: c.Content.Summary, Languages: copied(c.Content.Languages), Town: c.Town, TownName: c.TownName,
		Territory: PracticeTerritoryBody(c.Content.Territory), Topics: copied(c.Content.Topics), Costs: PracticeCostsBody(c.Content.Costs), Recommended: c.Recommended, Reviews: c.Reviews,
		Using: c.Using, Adopting: c.Adopting, Released: c.Released}
}

// PracticeBody is a practice card.
type PracticeBody struct {
	ID          string               `json:"id"`
	State       string               `json:"state" enum:"published,withdrawn"`
	Version     int                  `json:"version"`
	Town        string               `json:"town"`
	TownName    string               `json:"townName"`
	Content     *PracticeContentBody `json:"content,omitempty" doc:"Not there when it was withdrawn"`
	HTML        map[string]Text      `json:"html" doc:"Description, evidence, transfer and legal basis, rendered"`
	Authors     []PracticeAuthorBody `json:"authors"`
	Credits     []PracticeCreditBody `json:"credits" doc:"Who is named for her words, of which it was made"`
	Recommended bool                 `json:"recommended"`
	Reviews     int                  `json:"reviews"`
	Using       int                  `json:"using"`
	Adopting    int                  `json:"adopting"`
	AnswerHours int64                `json:"answerHours" doc:"Usual time of an answer, 0 for unknown"`
	First       time.Time            `json:"first" doc:"Published"`
	Released    time.Time            `json:"released" doc:"This version"`
	Writes      bool                 `json:"writes" doc:"Whether the reader may change it"`
	Challenge   string               `json:"challenge" doc:"Which it answers; empty for none"`
	Own         bool                 `json:"own" doc:"Whether it is of the reader's town"`
	MayAsk      bool                 `json:"mayAsk" doc:"Not of a town that has left: nobody answers"`
	MayAdopt    bool                 `json:"mayAdopt"`
	MayReview   bool                 `json:"mayReview"`
}

// PracticeVersionBody is a version in a list.
type PracticeVersionBody struct {
	Number  int       `json:"number"`
	Summary string    `json:"summary"`
	At      time.Time `json:"at"`
}

// PracticeDifferenceBody is one thing in which two cards differ.
type PracticeDifferenceBody struct {
	Section string `json:"section"`
	Kind    string `json:"kind" enum:"added,removed,changed"`
	Before  int    `json:"before" doc:"Number of the entry in its section of the first card, from 0; -1 if added"`
	After   int    `json:"after" doc:"Of the second card; -1 if removed"`
}

// PracticeReviewBody is what another town says of a version.
type PracticeReviewBody struct {
	Town       string         `json:"town"`
	TownName   string         `json:"townName"`
	Name       string         `json:"name"`
	Version    int            `json:"version"`
	Marks      map[string]int `json:"marks" doc:"clear, honest, evidence, transfer, inclusive: 1 to 4"`
	Recommends bool           `json:"recommends"`
	Words      string         `json:"words"`
	Language   string         `json:"language"`
	At         time.Time      `json:"at"`
}

func reviewBody(r practice.Review) PracticeReviewBody {
	return PracticeReviewBody{r.Town, r.TownName, r.Name, r.Version, r.Marks, r.Recommends, r.Words, r.Language, r.At}
}

// PracticeMessageBody is one part of a conversation.
type PracticeMessageBody struct {
	Name     string    `json:"name"`
	TownName string    `json:"townName"`
	Author   bool      `json:"author" doc:"Of the card"`
	Words    string    `json:"words"`
	Language string    `json:"language"`
	At       time.Time `json:"at"`
}

// PracticeQuestionBody is a question to the authors.
type PracticeQuestionBody struct {
	ID       string                `json:"id"`
	State    string                `json:"state" enum:"open,answered"`
	Messages []PracticeMessageBody `json:"messages"`
	Asked    time.Time             `json:"asked"`
}

func questionBody(q practice.Question) PracticeQuestionBody {
	return PracticeQuestionBody{q.ID, q.State, each(q.Messages, func(m practice.Message) PracticeMessageBody {
		return PracticeMessageBody{m.Name, m.TownName, m.Author, m.Words, m.Language, m.At}
	}), q.Asked}
}

// AdoptionStageBody is that a town came so far.
type AdoptionStageBody struct {
	State string `json:"state" enum:"interested,understanding,adapting,using,dropped"`
	On    string `json:"on" format:"date"`
	Note  string `json:"note"`
}

// AdoptionDifferenceBody is one thing that a town does otherwise than the card says.
type AdoptionDifferenceBody struct {
	Section string `json:"section" maxLength:"20"`
	Kind    string `json:"kind,omitempty" enum:"added,removed,changed"`
	Card    string `json:"card" maxLength:"1000" doc:"What the card says"`
	Here    string `json:"here" maxLength:"1000" doc:"What is done here"`
	Offer   string `json:"offer,omitempty" enum:"offered,taken,declined" doc:"What flows back to the authors"`
}

// AdoptionBody is what a town does with a practice of another.
type AdoptionBody struct {
	ID        string                   `json:"id"`
	Edition   int64                    `json:"edition" doc:"For If-Match"`
	Practice  string                   `json:"practice"`
	Version   int                      `json:"version"`
	From      string                   `json:"from"`
	State     string                   `json:"state" enum:"interested,understanding,adapting,using,dropped"`
	Stages    []AdoptionStageBody      `json:"stages"`
	Changes   []AdoptionDifferenceBody `json:"changes"`
	Summary   string                   `json:"summary"`
	Resources []PracticeResourceBody   `json:"resources" doc:"What it really needed"`
	Evidence  string                   `json:"evidence"`
	Lessons   string                   `json:"lessons" doc:"Learned"`
	Learned   []LessonSecondBody       `json:"learned" doc:"Lessons that led to it"`
	Residents int64                    `json:"residents"`
	Language  string                   `json:"language" doc:"Of what is written here"`
	Updated   time.Time                `json:"updated"`
}

func adoptionBody(a practice.Adoption) AdoptionBody {
	return AdoptionBody{ID: a.ID, Edition: a.Edition, Practice: a.Practice, Version: a.Version, From: a.From, State: a.State,
		Stages:  each(a.Stages, func(s practice.Stage) AdoptionStageBody { return AdoptionStageBody{s.State, s.On, s.Note} }),
		Changes: each(a.Changes, func(c practice.Change) AdoptionDifferenceBody { return AdoptionDifferenceBody(c) }), Summary: a.Summary,
		Resources: each(a.Resources, func(r practice.Resource) PracticeResourceBody { return PracticeResourceBody(r) }), Evidence: a.Evidence, Lessons: a.Lessons,
		Learned: each(a.Learned, func(l practice.LessonLink) LessonSecondBody { return LessonSecondBody(l) }), Residents: a.Residents, Language: a.Language, Updated: a.Updated}
}

// AdopterBody is an adoption in a lineage, and those that came from it.
type AdopterBody struct {
	ID        string        `json:"id"`
	Town      string        `json:"town"`
	TownName  string        `json:"townName"`
	Country   string        `json:"country"`
	State     string        `json:"state" enum:"interested,understanding,adapting,using,dropped"`
	Since     string        `json:"since" format:"date"`
	Used      string        `json:"used" doc:"Day since which it was used first, or empty"`
	Summary   string        `json:"summary"`
	Language  string        `json:"language"`
	Changes   int           `json:"changes"`
	Residents int64         `json:"residents"`
	Branches  []AdopterBody `json:"branches"`
}

func adopters(list []practice.Branch) []AdopterBody {
	return each(list, func(b practice.Branch) AdopterBody {
		return AdopterBody{b.ID, b.Town, b.TownName, b.Country, b.State, b.Since, b.Used, b.Summary, b.Language, b.Changes, b.Residents, adopters(b.Branches)}
	})
}

// LikeBody says how it went in towns of about the same size.
type LikeBody struct {
	From    int64   `json:"from" doc:"Residents"`
	To      int64   `json:"to"`
	Towns   int     `json:"towns" doc:"Of this size that use it"`
	Months  float64 `json:"months" doc:"Until they used it, the middle one; 0 if fewer than two are known"`
	Changes float64 `json:"changes" doc:"That they made, on average"`
}

// LineageBody is who has adopted a practice.
type LineageBody struct {
	Branches   []AdopterBody `json:"branches"`
	Interested int           `json:"interested" doc:"Towns that are not named"`
	Like       LikeBody      `json:"like"`
}
