package wikihttp

import (
	"context"
	"time"

	"palestra/bootcamp/wiki"
	"palestra/course"
)

// TerritoryBody is a town with pages about it.
type TerritoryBody struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Country string    `json:"country"`
	Updated time.Time `json:"updated"`
}

// WikiBody says whose pages they are.
type WikiBody struct {
	Place    string      `json:"place"`
	Path     string      `json:"path" doc:"Where pages show it"`
	Title    course.Text `json:"title,omitempty" doc:"Of the bootcamp"`
	Name     string      `json:"name" doc:"Of the cohort or the town"`
	Country  string      `json:"country,omitempty"`
	Language string      `json:"language"`
	Leads    bool        `json:"leads" doc:"May lock and remove"`
	Writes   bool        `json:"writes"`
}

func roomBody(r wiki.Room) WikiBody {
	return WikiBody{r.Place.String(), r.Place.Path(), r.Title, r.Name, r.Country, r.Language, r.Leads, r.Writes}
}

// WikiWriterBody is somebody who has written; without a name she was erased.
type WikiWriterBody struct {
	Name     string `json:"name"`
	TownName string `json:"town"`
}

// WikiWritingBody is what somebody saves.
type WikiWritingBody struct {
	Title    string `json:"title" maxLength:"120"`
	Language string `json:"language" maxLength:"20" doc:"BCP 47"`
	Words    string `json:"words" maxLength:"40000" doc:"Markdown, with [[Title]] for links to other pages"`
	Why      string `json:"why,omitempty" maxLength:"200" doc:"What was changed"`
}

// WikiLineBody is a page in a list.
type WikiLineBody struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Language string         `json:"language"`
	Number   int            `json:"number" doc:"Of its version"`
	At       time.Time      `json:"at"`
	By       WikiWriterBody `json:"by"`
	Locked   bool           `json:"locked"`
	Removed  bool           `json:"removed"`
}

func lineBody(p wiki.Page, names map[string]wiki.Name) WikiLineBody {
	return WikiLineBody{p.ID, p.Title, p.Language, p.Number, p.At, WikiWriterBody(names[p.Who]), p.Locked, p.Removed}
}

// WikiLinkBody is a page that links here.
type WikiLinkBody struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Language string `json:"language"`
}

// WikiPageBody is a page.
type WikiPageBody struct {
	WikiLineBody
	Words   string         `json:"words"`
	HTML    string         `json:"html"`
	Why     string         `json:"why"`
	From    int            `json:"from" doc:"Number of the version that was restored, 0 for none"`
	Reason  string         `json:"reason,omitempty" doc:"Why it is locked or removed"`
	Writes  bool           `json:"writes" doc:"Whether the reader may save it"`
	Leads   bool           `json:"leads"`
	Missing []string       `json:"missing" doc:"Titles of pages to which it links and that are not written yet"`
	Linked  []WikiLinkBody `json:"linked" doc:"Pages that link to it"`
	Wiki    WikiBody       `json:"wiki"`
}

type pageOutput struct {
	ETag string `header:"ETag"`
	Body WikiPageBody
}

func pageBody(r wiki.Room, p wiki.Page, a wiki.Around, names map[string]wiki.Name, html string) WikiPageBody {
	b := WikiPageBody{WikiLineBody: lineBody(p, names), Words: p.Words, HTML: html, Why: p.Why, From: p.From, Reason: p.Reason,
		Writes: r.Writes && !p.Removed && (!p.Locked || r.Leads), Leads: r.Leads, Missing: a.Missing, Linked: []WikiLinkBody{}, Wiki: roomBody(r)}
	for _, l := range a.From {
		b.Linked = append(b.Linked, WikiLinkBody{l.ID, l.Title, l.Language})
	}
	return b
}

// WikiVersionLineBody is a version in a list.
type WikiVersionLineBody struct {
	Number   int            `json:"number"`
	Title    string         `json:"title"`
	Language string         `json:"language"`
	At       time.Time      `json:"at"`
	By       WikiWriterBody `json:"by"`
	Why      string         `json:"why"`
	From     int            `json:"from" doc:"Number of the version that was restored, 0 for none"`
}

func versionLine(v wiki.Version, names map[string]wiki.Name) WikiVersionLineBody {
	return WikiVersionLineBody{v.Number, v.Title, v.Language, v.At, WikiWriterBody(names[v.Who]), v.Why, v.From}
}

// WikiVersionBody is what a page said once.
type WikiVersionBody struct {
	WikiVersionLineBody
	Words string `json:"words"`
	HTML  string `json:"html"`
}

// WikiPieceBody is a part of a line.
type WikiPieceBody struct {
	Text    string `json:"text"`
	Changed bool   `json:"changed"`
}

// WikiDifferenceBody is a line of one version or of both.
type WikiDifferenceBody struct {
	Kind   string          `json:"kind" enum:"same,added,removed"`
	Before int             `json:"before" doc:"Number of the line, 0 for none"`
	After  int             `json:"after"`
	Pieces []WikiPieceBody `json:"pieces"`
}

// WikiDifferencesBody is what differs between two versions.
type WikiDifferencesBody struct {
	From     int                  `json:"from"`
	To       int                  `json:"to"`
	Titles   []string             `json:"titles" doc:"Of both, if they differ"`
	Language string               `json:"language"`
	Lines    []WikiDifferenceBody `json:"lines"`
}

func differencesBody(a, b wiki.Version, lines []wiki.Line) WikiDifferencesBody {
	d := WikiDifferencesBody{From: a.Number, To: b.Number, Titles: []string{}, Language: b.Language, Lines: []WikiDifferenceBody{}}
	if a.Title != b.Title {
		d.Titles = []string{a.Title, b.Title}
	}
	for _, l := range lines {
		x := WikiDifferenceBody{l.Kind, l.Before, l.After, []WikiPieceBody{}}
		for _, p := range l.Pieces {
			x.Pieces = append(x.Pieces, WikiPieceBody(p))
		}
		d.Lines = append(d.Lines, x)
	}
	return d
}

// WikiMergeBody is two texts put together.
type WikiMergeBody struct {
	Words  string `json:"words"`
	Both   int    `json:"both" doc:"Places that both changed: there both wordings stand"`
	Number int    `json:"number" doc:"Of the version with which it was put together; for If-Match"`
}

// WikiPreviewBody is Markdown as it will be shown.
type WikiPreviewBody struct {
	HTML string `json:"html"`
}

func (h *handlers) html(place wiki.Place, words string) (string, error) {
	return h.markdown.Titled(words, place.Path()+"/titled?title=")
}

func namesOf[T any](ctx context.Context, h *handlers, r wiki.Room, list []T, who func(T) string) (map[string]wiki.Name, error) {
	whos := []string{}
	for _, x := range list {
		whos = append(whos, who(x))
	}
	return h.svc.Names(ctx, r, whos...)
}
