package bootcamphttp

import (
	"context"
	"time"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/internal/fault"
)

// Text is a text in several languages: BCP 47 tag to words.
type Text = course.Text

// CohortTownBody is an organisation that takes part.
type CohortTownBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// CohortPlaceBody is the actor's place in a cohort.
type CohortPlaceBody struct {
	Cohort string    `json:"cohort"`
	State  string    `json:"state" enum:"invited,asked,waiting,joined,left,removed,declined"`
	Role   string    `json:"role" enum:"participant,facilitator,observer"`
	Since  time.Time `json:"since"`
}

// BootcampLineBody is a bootcamp in a list.
type BootcampLineBody struct {
	ID        string         `json:"id"`
	Title     Text           `json:"title"`
	Languages []string       `json:"languages"`
	State     string         `json:"state" enum:"draft,open,closed,cancelled"`
	First     string         `json:"first" format:"date"`
	Last      string         `json:"last" format:"date"`
	Zone      string         `json:"zone" doc:"IANA time zone of the days"`
	Host      CohortTownBody `json:"host"`
	Hosting   bool           `json:"hosting" doc:"Whether the reader may change it"`
}

// PartnerBody is an organisation that carries a bootcamp with its host.
type PartnerBody struct {
	Name    string `json:"name" maxLength:"200"`
	Country string `json:"country,omitempty" maxLength:"2" doc:"ISO 3166-1 alpha-2"`
	Role    string `json:"role" enum:"lead,partner,associated,funder,trainer,venue"`
}

// FundingBody names the project that pays.
type FundingBody struct {
	Kind string `json:"kind" enum:"programme,call,grant,cup,cig,other"`
	Code string `json:"code" maxLength:"200"`
}

// BootcampTargetsBody are figures that were promised; 0 for none.
type BootcampTargetsBody struct {
	Persons   int `json:"persons" minimum:"0"`
	Towns     int `json:"towns" minimum:"0"`
	Hours     int `json:"hours" minimum:"0"`
	Practices int `json:"practices" minimum:"0"`
}

// BootcampBody is a bootcamp.
type BootcampBody struct {
	BootcampLineBody
	Edition     int64               `json:"edition" doc:"For If-Match"`
	Summary     Text                `json:"summary" doc:"Markdown"`
	HTML        Text                `json:"html" doc:"The summary, rendered"`
	Towns       []CohortTownBody    `json:"towns" doc:"Who may join"`
	Territories []string            `json:"territories"`
	Partners    []PartnerBody       `json:"partners"`
	Funding     []FundingBody       `json:"funding"`
	Targets     BootcampTargetsBody `json:"targets"`
	Cohorts     []CohortBody        `json:"cohorts"`
	Mine        []CohortPlaceBody   `json:"mine" doc:"The reader's places in its cohorts"`
}

// CohortBody is a cohort.
type CohortBody struct {
	ID       string `json:"id"`
	Edition  int64  `json:"edition" doc:"For If-Match"`
	Name     string `json:"name"`
	Language string `json:"language" doc:"BCP 47"`
	Joining  string `json:"joining" enum:"open,approval,invitation"`
	Seats    int    `json:"seats"`
	Taken    int    `json:"taken" doc:"Seats"`
	Waiting  int    `json:"waiting" doc:"People"`
	Leads    bool   `json:"leads" doc:"Whether the reader leads it"`
	Linked   bool   `json:"linked,omitempty" doc:"To who leads: whether there is a link by which one joins"`
	Expected int    `json:"expected,omitempty" doc:"To who leads: people who were invited and have no account yet"`
}

// CohortMemberBody is somebody in a cohort.
type CohortMemberBody struct {
	Person string         `json:"person"`
	Name   string         `json:"name"`
	Town   CohortTownBody `json:"town"`
	Role   string         `json:"role" enum:"participant,facilitator,observer"`
	State  string         `json:"state" enum:"invited,asked,waiting,joined,left,removed,declined"`
	Since  time.Time      `json:"since"`
	Joined *time.Time     `json:"joined,omitempty"`
}

// VenueBody is where people meet in presence.
type VenueBody struct {
	Name     string `json:"name" maxLength:"200"`
	Address  string `json:"address,omitempty" maxLength:"200"`
	Room     string `json:"room,omitempty" maxLength:"200"`
	Capacity int    `json:"capacity,omitempty" minimum:"0" doc:"People; 0 for unknown"`
	StepFree bool   `json:"stepFree,omitempty"`
	Loop     bool   `json:"loop,omitempty" doc:"Induction loop for hearing aids"`
	Access   string `json:"access,omitempty" maxLength:"4000"`
}

// AgendaItemBody is a point of an agenda.
type AgendaItemBody struct {
	Title   string `json:"title" maxLength:"200"`
	Minutes int    `json:"minutes" minimum:"0" maximum:"1440"`
	Lead    string `json:"lead,omitempty" maxLength:"200"`
	Notes   string `json:"notes,omitempty" maxLength:"4000" doc:"For who leads only"`
	Course  string `json:"course,omitempty" maxLength:"64"`
	Lesson  string `json:"lesson,omitempty" maxLength:"64"`
	// What is only answered.
	LessonTitle Text   `json:"lessonTitle,omitempty" doc:"Answered only: what the lesson is called, or was when it was linked"`
	LessonKind  string `json:"lessonKind,omitempty" enum:"video,text,quiz" doc:"Answered only"`
	LessonState string `json:"lessonState,omitempty" enum:"open,hidden,gone" doc:"Answered only. hidden: not for the reader's organisation; gone: withdrawn"`
}

// MaterialBody is something to be read or filled in.
type MaterialBody struct {
	Title string `json:"title" maxLength:"200"`
	URL   string `json:"url" maxLength:"2000"`
}

// CohortSessionBody is a time at which a cohort meets.
type CohortSessionBody struct {
	ID           string           `json:"id"`
	Edition      int64            `json:"edition" doc:"For If-Match"`
	Cohort       string           `json:"cohort"`
	Kind         string           `json:"kind" enum:"conference,seminar,workshop,hackathon,training,codesign,helpdesk,mobility,visit,other"`
	Mode         string           `json:"mode" enum:"online,presence,mixed"`
	Title        string           `json:"title"`
	Language     string           `json:"language"`
	Description  string           `json:"description" doc:"Markdown"`
	HTML         string           `json:"html" doc:"The description, rendered"`
	Starts       time.Time        `json:"starts"`
	Ends         time.Time        `json:"ends"`
	Local        string           `json:"local" doc:"The beginning as the clock on the wall of the zone shows it: 2026-11-24T09:30"`
	Zone         string           `json:"zone" doc:"IANA"`
	Later        bool             `json:"later" doc:"Of two instants with this time on the wall, the second"`
	Twice        bool             `json:"twice" doc:"Clocks go back: the wall shows this time twice on that day"`
	Minutes      int              `json:"minutes"`
	Place        VenueBody        `json:"place"`
	Link         string           `json:"link"`
	Telephone    string           `json:"telephone"`
	Facilitators []string         `json:"facilitators"`
	Agenda       []AgendaItemBody `json:"agenda"`
	Materials    []MaterialBody   `json:"materials"`
	State        string           `json:"state" enum:"planned,cancelled"`
	Leads        bool             `json:"leads" doc:"Whether the reader leads it"`
}

// names remembers names of organisations while one answer is made.
type names struct {
	h     *handlers
	known map[string]string
}

func (n *names) town(ctx context.Context, id string) (CohortTownBody, error) {
	name, ok := n.known[id]
	if !ok {
		o, err := n.h.people.Organisation(ctx, id)
		if err != nil && fault.KindOf(err) != fault.NotFound { // one that was deleted has no name
			return CohortTownBody{}, err
		}
		name = o.Name
		n.known[id] = name
	}
	return CohortTownBody{ID: id, Name: name}, nil
}

func (h *handlers) names() *names { return &names{h, map[string]string{}} }

func (n *names) line(ctx context.Context, b bootcamp.Bootcamp, hosting bool) (BootcampLineBody, error) {
	host, err := n.town(ctx, b.Owner)
	return BootcampLineBody{ID: b.ID, Title: b.Title, Languages: b.Languages, State: b.State, First: b.First, Last: b.Last, Zone: b.Zone, Host: host, Hosting: hosting}, err
}

func (h *handlers) session(e bootcamp.Session, leads bool) (CohortSessionBody, error) {
	html, err := h.markdown.HTML(e.Description)
	b := CohortSessionBody{ID: e.ID, Edition: e.Edition, Cohort: e.Cohort, Kind: e.Kind, Mode: e.Mode, Title: e.Title, Language: e.Language, Description: e.Description, HTML: html,
		Starts: e.Starts, Ends: e.Ends(), Local: e.Local, Zone: e.Zone, Later: e.Later, Twice: e.Twice(), Minutes: e.Minutes, Place: VenueBody(e.Place), Link: e.Link,
		Telephone: e.Telephone, Facilitators: append([]string{}, e.Facilitators...), Agenda: []AgendaItemBody{}, Materials: []MaterialBody{}, State: e.State, Leads: leads}
	for _, i := range e.Agenda {
		b.Agenda = append(b.Agenda, AgendaItemBody(i))
	}
	for _, m := range e.Materials {
		b.Materials = append(b.Materials, MaterialBody(m))
	}
	return b, err
}

func (n *names) member(ctx context.Context, m bootcamp.Member) (CohortMemberBody, error) {
	town, err := n.town(ctx, m.Town)
	return CohortMemberBody{Person: m.Person, Name: m.Name, Town: town, Role: m.Role, State: m.State, Since: m.Since, Joined: m.Joined}, err
}
