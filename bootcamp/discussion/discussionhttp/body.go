package discussionhttp

import (
	"time"

	"palestra/bootcamp/discussion"
	"palestra/course"
)

// DiscussionBody is a discussion, and what the reader is in it.
type DiscussionBody struct {
	Place    string      `json:"place"`
	Title    course.Text `json:"title" doc:"Of the bootcamp, or of the practice"`
	Name     string      `json:"name,omitempty" doc:"Of the cohort"`
	Language string      `json:"language"`
	Leads    bool        `json:"leads"`
	Writes   bool        `json:"writes"`
	Over     bool        `json:"over" doc:"The bootcamp has ended: who was in it goes on"`
	Until    string      `json:"until,omitempty" doc:"Last day on which something is written"`
	Mail     string      `json:"mail" enum:"immediately,daily,never"`
	All      bool        `json:"all" doc:"Whether the reader follows every thread"`
	Unread   int         `json:"unread" doc:"Threads with something new, at most 100"`
	Reports  int         `json:"reports" doc:"To who leads: reports that wait, at most 100"`
}

func roomBody(r discussion.Room, unread, reports int) DiscussionBody {
	return DiscussionBody{Place: r.Place.String(), Title: r.Title, Name: r.Name, Language: r.Language, Leads: r.Leads, Writes: r.Writes, Over: r.Over, Until: r.Until,
		Mail: r.Voice.Mail, All: r.Voice.All, Unread: unread, Reports: reports}
}

// VoiceBody is somebody in a discussion; without a name it was erased.
type VoiceBody struct {
	Name     string `json:"name"`
	TownName string `json:"town"`
}

// ThreadBody is a thread.
type ThreadBody struct {
	ID       string    `json:"id"`
	Title    string    `json:"title" doc:"Empty when its author has taken it back"`
	Language string    `json:"language"`
	By       VoiceBody `json:"by"`
	Own      bool      `json:"own"`
	About    string    `json:"about,omitempty" doc:"session.<id> or lesson.<id>"`
	Course   string    `json:"course,omitempty"`
	Asks     bool      `json:"asks" doc:"It wants an answer"`
	Answer   int       `json:"answer" doc:"Number of the accepted post, 0 for none"`
	Posts    int       `json:"posts" doc:"Number of the last"`
	New      int       `json:"new" doc:"Posts that the reader has not read"`
	Read     int       `json:"read" doc:"Number of the last that she has read"`
	Follows  bool      `json:"follows"`
	Hidden   bool      `json:"hidden"`
	Closed   bool      `json:"closed"`
	Last     time.Time `json:"last"`
	LastBy   VoiceBody `json:"lastBy"`
	Created  time.Time `json:"created"`
	Accepts  bool      `json:"accepts" doc:"Whether the reader may accept an answer"`
}

func threadBody(r discussion.Room, l discussion.Line, names map[string]discussion.Name) ThreadBody {
	t := l.Thread
	own := t.Who == r.Voice.Who
	return ThreadBody{ID: t.ID, Title: t.Title, Language: t.Language, By: VoiceBody(names[t.Who]), Own: own, About: t.About, Course: t.Course, Asks: t.Asks, Answer: t.Answer,
		Posts: t.Posts, New: l.New, Read: l.Read, Follows: l.Follows, Hidden: t.Hidden, Closed: t.Closed, Last: t.Last, LastBy: VoiceBody(names[t.LastWho]), Created: t.Created, Accepts: own || r.Leads}
}

// MentionBody is somebody who is named in a post.
type MentionBody struct {
	Person string `json:"person" maxLength:"64"`
	Name   string `json:"name" maxLength:"200" doc:"As it stands behind the @"`
}

// WritingBody is what somebody writes.
type WritingBody struct {
	Key      string        `json:"key,omitempty" maxLength:"64" doc:"Made by who sends it: sending it again stores it once"`
	Words    string        `json:"words" maxLength:"10000" doc:"Markdown; who is mentioned stands there as @Name"`
	Language string        `json:"language" maxLength:"20" doc:"BCP 47"`
	Mentions []MentionBody `json:"mentions,omitempty" maxItems:"20"`
	Files    []string      `json:"files,omitempty" maxItems:"5"`
}

func (b *WritingBody) writing() discussion.Writing {
	w := discussion.Writing{Key: b.Key, Words: b.Words, Language: b.Language, Files: b.Files}
	for _, m := range b.Mentions {
		w.Mentions = append(w.Mentions, discussion.Mention(m))
	}
	return w
}

// PostFileBody is a file of a post.
type PostFileBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size" doc:"Bytes"`
}

// PostBody is something that somebody said.
type PostBody struct {
	ID       string         `json:"id"`
	Thread   string         `json:"thread"`
	Number   int            `json:"number"`
	By       VoiceBody      `json:"by"`
	Own      bool           `json:"own"`
	Leads    bool           `json:"leads" doc:"By a facilitator, or by an author of the card"`
	Language string         `json:"language" doc:"BCP 47"`
	HTML     string         `json:"html"`
	Words    string         `json:"words,omitempty" doc:"To its author: as it is edited"`
	Re       int            `json:"re" doc:"Number of the post that it answers, 0 for none"`
	Files    []PostFileBody `json:"files"`
	Version  int            `json:"version" doc:"For If-Match"`
	State    string         `json:"state" enum:"shown,hidden,withdrawn"`
	Reason   string         `json:"reason,omitempty" doc:"Why it was hidden"`
	At       time.Time      `json:"at"`
	Edited   *time.Time     `json:"edited,omitempty"`
	Named    bool           `json:"named" doc:"The reader is mentioned"`
}

func (h *handlers) postBody(t discussion.Talk, d discussion.Post, locale string) (PostBody, error) {
	b := PostBody{ID: d.ID, Thread: d.Thread, Number: d.Number, By: VoiceBody(t.Names[d.Who]), Own: d.Who == t.Own, Leads: d.Leads, Language: d.Language, Re: d.Re,
		Files: []PostFileBody{}, Version: d.Version, State: d.State, Reason: d.Reason, At: d.At, Edited: d.Edited}
	html, err := h.markdown.HTML(d.Words)
	if err != nil {
		return b, err
	}
	nobody := h.nobody(locale)
	b.HTML = discussion.Named(html, t.Names, true, nobody)
	for _, w := range d.Mentions {
		b.Named = b.Named || w == t.Own
	}
	if b.Own {
		b.Words = discussion.Named(d.Words, t.Names, false, nobody)
	}
	for _, f := range d.Files {
		b.Files = append(b.Files, PostFileBody(f))
	}
	return b, nil
}

// PostVersionBody is what a post said before.
type PostVersionBody struct {
	Number   int       `json:"number"`
	Language string    `json:"language"`
	HTML     string    `json:"html"`
	At       time.Time `json:"at"`
}

// PostReportBody is that somebody finds a post wrong.
type PostReportBody struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind" enum:"personal,offensive,advertising,unlawful,other"`
	Words string    `json:"words"`
	State string    `json:"state" enum:"open,hidden,kept"`
	At    time.Time `json:"at"`
	By    VoiceBody `json:"by"`
	Post  PostBody  `json:"post"`
	Title string    `json:"title" doc:"Of its thread"`
}

// FoundPostBody is a post that was found.
type FoundPostBody struct {
	Post     PostBody `json:"post"`
	Title    string   `json:"title" doc:"Of its thread"`
	Language string   `json:"language" doc:"Of the title"`
}

// PersonHereBody is somebody who can be mentioned.
type PersonHereBody struct {
	Person   string `json:"person"`
	Name     string `json:"name"`
	TownName string `json:"town"`
}

// PostPreviewBody is Markdown as it will be shown.
type PostPreviewBody struct {
	HTML string `json:"html"`
}
