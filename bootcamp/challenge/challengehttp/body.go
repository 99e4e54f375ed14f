package challengehttp

import (
	"time"

	"palestra/bootcamp/challenge"
	"palestra/bootcamp/directory"
	"palestra/bootcamp/practice"
	"palestra/internal/markdown"
	"palestra/people"
)

// Text is a text in several languages.
type Text = challenge.Text

// ChallengeContentBody is what a challenge says.
type ChallengeContentBody struct {
	Languages   []string `json:"languages" doc:"The first is the one it is written in"`
	Title       Text     `json:"title"`
	Affected    Text     `json:"affected" doc:"Who, and how many"`
	Problem     Text     `json:"problem" doc:"Markdown"`
	Constraints []Text   `json:"constraints"`
	Tried       []Text   `json:"tried"`
	Topics      []string `json:"topics"`
	Competences []string `json:"competences"`
	Labels      []string `json:"labels"`
}

func (b ChallengeContentBody) content() challenge.Content { return challenge.Content(b) }

// ChallengePersonBody is somebody in a challenge.
type ChallengePersonBody struct {
	Name     string `json:"name"`
	TownName string `json:"townName"`
}

func personBody(p challenge.Person) ChallengePersonBody {
	return ChallengePersonBody{p.Name, p.TownName}
}

// ChallengeSponsorBody is another town that has the problem, too.
type ChallengeSponsorBody struct {
	Town     string    `json:"town"`
	TownName string    `json:"townName"`
	Country  string    `json:"country"`
	Name     string    `json:"name"`
	Offer    string    `json:"offer" doc:"What it brings"`
	Language string    `json:"language"`
	At       time.Time `json:"at"`
}

// ChallengeTeamBody is people of a cohort who have a challenge in hand.
type ChallengeTeamBody struct {
	Bootcamp string                `json:"bootcamp"`
	Title    Text                  `json:"title" doc:"Of the bootcamp"`
	Cohort   string                `json:"cohort"`
	Cohorts  string                `json:"cohortName"`
	Name     string                `json:"name"`
	Members  []ChallengePersonBody `json:"members"`
	Since    time.Time             `json:"since"`
}

// ChallengeNoteBody is where a team stands, or what others have to say to it.
type ChallengeNoteBody struct {
	ChallengePersonBody
	Team     bool      `json:"team" doc:"By the team"`
	Words    string    `json:"words"`
	Language string    `json:"language"`
	At       time.Time `json:"at"`
}

// ChallengeEndingBody is how a challenge ended once.
type ChallengeEndingBody struct {
	Solved    bool                `json:"solved"`
	Practice  string              `json:"practice" doc:"That came of it; empty for none"`
	Published bool                `json:"published" doc:"Whether everybody can read that practice"`
	Reasons   []string            `json:"reasons"`
	Words     string              `json:"words"`
	Language  string              `json:"language"`
	Team      string              `json:"team"`
	By        ChallengePersonBody `json:"by"`
	At        time.Time           `json:"at"`
}

// ChallengeEventBody is something that happened.
type ChallengeEventBody struct {
	Kind     string    `json:"kind" enum:"stated,sponsored,left,taken,returned,solved,unsolved,reopened"`
	TownName string    `json:"townName"`
	At       time.Time `json:"at"`
}

// ChallengeBody is a challenge.
type ChallengeBody struct {
	ID         string                 `json:"id"`
	Edition    int64                  `json:"edition" doc:"For If-Match"`
	State      string                 `json:"state" enum:"draft,open,taken,solved,unsolved"`
	Town       string                 `json:"town"`
	TownName   string                 `json:"townName"`
	Country    string                 `json:"country"`
	Content    ChallengeContentBody   `json:"content"`
	HTML       Text                   `json:"html" doc:"The problem, rendered"`
	By         ChallengePersonBody    `json:"by"`
	Credits    []ChallengeCreditBody  `json:"credits" doc:"Whose words it was made from: who agreed to be named; to its writers also who was asked"`
	Sponsors   []ChallengeSponsorBody `json:"sponsors"`
	Team       *ChallengeTeamBody     `json:"team,omitempty"`
	Notes      []ChallengeNoteBody    `json:"notes"`
	Endings    []ChallengeEndingBody  `json:"endings" doc:"The last counts"`
	Events     []ChallengeEventBody   `json:"events"`
	Missing    []string               `json:"missing" doc:"What it needs before it is on the board"`
	Writes     bool                   `json:"writes" doc:"Whether the reader may change what it says"`
	InTeam     bool                   `json:"inTeam"`
	Sponsored  bool                   `json:"sponsored" doc:"By the reader's town"`
	MaySponsor bool                   `json:"maySponsor"`
	MaySay     bool                   `json:"maySay"`
	Created    time.Time              `json:"created"`
	Updated    time.Time              `json:"updated"`
}

// ChallengeCreditBody is somebody whose words something was made from.
type ChallengeCreditBody struct {
	Name     string    `json:"name" doc:"Empty for who does not want to be named"`
	TownName string    `json:"townName"`
	Kind     string    `json:"kind" enum:"post,message,notes,decision"`
	State    string    `json:"state" enum:"asked,agreed,nameless,declined"`
	At       time.Time `json:"at"`
}

func credits(c challenge.Challenge, writes bool) []ChallengeCreditBody {
	list := practice.Named(c.Credits)
	if writes {
		list = c.Credits
	}
	return each(list, creditBody)
}

func creditBody(c practice.Credit) ChallengeCreditBody {
	if c.State == practice.CreditNameless {
		c.Name, c.TownName = "", ""
	}
	return ChallengeCreditBody{c.Name, c.TownName, c.Kind, c.State, c.At}
}

func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}

func copied[T any](list []T) []T { return append([]T{}, list...) }

func contentBody(c challenge.Content) ChallengeContentBody {
	return ChallengeContentBody{copied(c.Languages), c.Title, c.Affected, c.Problem, copied(c.Constraints), copied(c.Tried), copied(c.Topics), copied(c.Competences), copied(c.Labels)}
}

func body(by people.Actor, c challenge.Challenge, published bool, md *markdown.Renderer) (ChallengeBody, error) {
	office := by.Has(people.Author, people.Facilitator, people.Administrator)
	going := c.State == challenge.StateOpen || c.State == challenge.StateTaken
	b := ChallengeBody{ID: c.ID, Edition: c.Edition, State: c.State, Town: c.Town, TownName: c.TownName, Country: c.Country, Content: contentBody(c.Content), HTML: Text{}, By: personBody(c.By),
		Credits: credits(c, c.Writes(by)), Missing: c.Content.Missing(), Writes: c.Writes(by), InTeam: c.InTeam(by), Sponsored: c.Sponsored(by),
		MaySponsor: office && going && c.Town != by.Organisation, Created: c.Created, Updated: c.Updated}
	b.MaySay = b.InTeam || b.Writes || b.Sponsored && office
	for l, words := range c.Content.Problem {
		html, err := md.HTML(words)
		if err != nil {
			return b, err
		}
		b.HTML[l] = html
	}
	b.Sponsors = each(c.Sponsors, func(s challenge.Sponsor) ChallengeSponsorBody {
		return ChallengeSponsorBody{s.Town, s.TownName, s.Country, s.By.Name, s.Offer, s.Language, s.At}
	})
	if t := c.Team; t != nil {
		b.Team = &ChallengeTeamBody{t.Bootcamp, t.Title, t.Cohort, t.Cohorts, t.Name, each(t.Members, personBody), t.Since}
	}
	b.Notes = each(c.Notes, func(n challenge.Note) ChallengeNoteBody {
		return ChallengeNoteBody{personBody(n.By), n.Team, n.Words, n.Language, n.At}
	})
	b.Endings = each(c.Endings, func(e challenge.Ending) ChallengeEndingBody {
		return ChallengeEndingBody{e.Solved, e.Practice, e.Practice != "" && published, copied(e.Reasons), e.Words, e.Language, e.Team, personBody(e.By), e.At}
	})
	b.Events = each(c.Events, func(e challenge.Event) ChallengeEventBody { return ChallengeEventBody{e.Kind, e.TownName, e.At} })
	return b, nil
}

// ChallengeLineBody is a challenge in a list.
type ChallengeLineBody struct {
	ID        string    `json:"id"`
	State     string    `json:"state" enum:"draft,open,taken,solved,unsolved"`
	Title     Text      `json:"title"`
	Affected  Text      `json:"affected"`
	Languages []string  `json:"languages"`
	Town      string    `json:"town"`
	TownName  string    `json:"townName"`
	Country   string    `json:"country"`
	Topics    []string  `json:"topics"`
	Sponsors  int       `json:"sponsors" doc:"Towns"`
	Team      string    `json:"team" doc:"That has it in hand"`
	Updated   time.Time `json:"updated"`
}

func lineBody(c challenge.Card) ChallengeLineBody {
	return ChallengeLineBody{c.ID, c.State, c.Title, c.Affected, copied(c.Languages), c.Town, c.TownName, c.Country, copied(c.Topics), c.Sponsors, c.Team, c.Updated}
}

func ownBody(c challenge.Challenge) ChallengeLineBody {
	return ChallengeLineBody{ID: c.ID, State: c.State, Title: c.Content.Title, Affected: c.Content.Affected, Languages: copied(c.Content.Languages), Town: c.Town, TownName: c.TownName, Country: c.Country,
		Topics: copied(c.Content.Topics), Sponsors: len(c.Sponsors), Updated: c.Updated}
}

// KindredPracticeBody is a practice that has something in common with a challenge.
type KindredPracticeBody struct {
	ID          string   `json:"id"`
	Title       Text     `json:"title"`
	Languages   []string `json:"languages"`
	TownName    string   `json:"townName"`
	Topics      []string `json:"topics" doc:"That both have"`
	Competences []string `json:"competences" doc:"That both have"`
	Words       []string `json:"words" doc:"Beginnings of words that both have"`
}

func kindredBody(k practice.Kin[practice.Card]) KindredPracticeBody {
	b := KindredPracticeBody{ID: k.Of.ID, Title: k.Of.Content.Title, Languages: copied(k.Of.Content.Languages), TownName: k.Of.TownName}
	b.Topics, b.Competences, b.Words = k.Common()
	return b
}

// KindredExpertBody is an expert who has something in common with a challenge.
type KindredExpertBody struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	TownName    string   `json:"townName"`
	Ask         string   `json:"ask" doc:"What one may come with"`
	Language    string   `json:"language"`
	Topics      []string `json:"topics" doc:"That both have"`
	Competences []string `json:"competences" doc:"That both have"`
	Words       []string `json:"words" doc:"Beginnings of words that both have"`
}

func expertBody(k practice.Kin[directory.Entry]) KindredExpertBody {
	b := KindredExpertBody{ID: k.Of.ID, Name: k.Of.Content.Name, TownName: k.Of.TownName, Ask: k.Of.Content.Ask, Language: k.Of.Content.Language}
	b.Topics, b.Competences, b.Words = k.Common()
	return b
}
