package browse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// Words are words in one language, cut to a length that pages can show.
type Words struct {
	Text, Lang string // BCP 47; "" if nobody says
}

// Kinds of who did something.
const (
	WhoPerson   = "person"   // a member, by name
	WhoLearner  = "learner"  // one whom the reader may not know, or who was erased, by a code
	WhoPlatform = "platform" // the platform itself
	WhoOther    = "other"    // somebody in another system
	WhoGroup    = "group"
)

// Who is an actor.
type Who struct {
	Kind, Person, Name string
	Code               string // stays the same for the same account or identifier
}

// Kinds of what something was done to; other activities are "activity".
const (
	WhatCourse      = "course"
	WhatLesson      = "lesson"
	WhatVideo       = "video"
	WhatText        = "text"
	WhatQuiz        = "quiz"
	WhatQuestion    = "question"
	WhatProgramme   = "programme"
	WhatCertificate = "certificate"
	WhatFilm        = "film" // of the video library
	WhatCaptions    = "captions"
	WhatExport      = "export"
	WhatActivity    = "activity"
	WhatAgent       = "agent"
	WhatStatement   = "statement"    // another one
	WhatPlan        = "substatement" // something intended
)

// What is an object.
type What struct {
	Kind   string
	ID     string // IRI, or UUID of a statement
	Name   Words
	Course string // id, of what lies under a course of this platform
	Within Words  // the course's name
	Lesson string // id
	Detail string // of captions: the language; of an export: its form
}

// Result is what a statement measures. Missing values are nil.
type Result struct {
	Scaled, Raw, Min, Max *float64
	Success, Completion   *bool
	Response              string
	Duration              *float64 // seconds
	Played                *float64 // seconds of the video, each once
	Progress              *float64 // 0 to 1
	Time, From, To        *float64 // seconds into the video
	Length                *float64 // seconds of the video
}

// By whom a statement was stored.
const (
	ByPlatform = "platform"
	ByLearner  = "learner" // the learner's own browser
	ByOther    = "other"   // another system
)

// Line is a statement, read.
type Line struct {
	ID          string
	Number      int64
	Stored      time.Time
	Timestamp   time.Time
	Who         Who
	Verb        string // IRI
	VerbName    Words
	What        What
	Result      Result
	By          string
	Attachments int
	Voids       bool
	Voided      bool
}

const (
	longest      = 160 // characters of a name
	longestReply = 500 // of a response
)

// cut shortens hostile lengths. What is no text is dropped.
func cut(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// best picks the words that a reader of a language likes best.
func best(m map[string]string, lang string) Words {
	pick := ""
	rank := func(tag string) int {
		tag = strings.ToLower(tag)
		base, _, _ := strings.Cut(tag, "-")
		want, _, _ := strings.Cut(strings.ToLower(lang), "-")
		switch {
		case tag == strings.ToLower(lang):
			return 4
		case base == want:
			return 3
		case base == "en":
			return 2
		case tag != "" && tag != "und":
			return 1
		}
		return 0
	}
	for tag, text := range m {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if pick == "" || rank(tag) > rank(pick) || rank(tag) == rank(pick) && tag < pick {
			pick = tag
		}
	}
	if pick == "" {
		return Words{}
	}
	w := Words{Text: cut(m[pick], longest), Lang: pick}
	if !xapi.ValidLanguage(pick) || strings.EqualFold(pick, "und") {
		w.Lang = ""
	}
	return w
}

// shape is what is read of a statement. Objects are read by their type.
type shape struct {
	Actor   json.RawMessage `json:"actor"`
	Verb    xapi.Verb       `json:"verb"`
	Object  json.RawMessage `json:"object"`
	Result  *xapi.Result    `json:"result"`
	Context *struct {
		Platform   string                     `json:"platform"`
		Language   string                     `json:"language"`
		Extensions map[string]json.RawMessage `json:"extensions"`
	} `json:"context"`
	Authority   json.RawMessage `json:"authority"`
	Attachments []meta          `json:"attachments"`
}

type meta struct {
	UsageType   string            `json:"usageType"`
	Display     map[string]string `json:"display"`
	Description map[string]string `json:"description"`
	ContentType string            `json:"contentType"`
	Length      int64             `json:"length"`
	SHA2        string            `json:"sha2"`
	FileURL     string            `json:"fileUrl"`
}

// reader reads statements for one answer and looks each name up once.
type reader struct {
	s          *Service
	v          view
	people     map[string]Who
	activities map[string]*xapi.Definition
}

func (s *Service) reader(v view) *reader {
	return &reader{s: s, v: v, people: map[string]Who{}, activities: map[string]*xapi.Definition{}}
}

func (r *reader) lines(ctx context.Context, list []lrs.Stored) ([]Line, error) {
	out := make([]Line, 0, len(list))
	for _, st := range list {
		l, _, err := r.line(ctx, st)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// line reads one statement. What it cannot read of it is left out.
func (r *reader) line(ctx context.Context, st lrs.Stored) (Line, shape, error) {
	var sh shape
	_ = json.Unmarshal(st.Raw, &sh) // as much of it as can be read
	l := Line{ID: st.ID, Number: st.Number, Stored: st.Stored, Timestamp: st.Timestamp, Verb: st.Verb, VerbName: best(sh.Verb.Display, r.v.lang),
		Attachments: len(sh.Attachments), Voids: st.Voids, Voided: st.Voided, By: r.by(st, sh.Authority)}
	var err error
	if l.Who, err = r.who(ctx, sh.Actor); err != nil {
		return l, sh, err
	}
	if l.What, err = r.what(ctx, st, sh.Object); err != nil {
		return l, sh, err
	}
	l.Result = r.result(sh)
	return l, sh, nil
}

func (r *reader) by(st lrs.Stored, authority json.RawMessage) string {
	if st.Platform {
		return ByPlatform
	}
	if id, err := xapi.ParseAgent(authority); err == nil {
		if home, name, ok := xapi.SplitIdentity(id); ok && home == r.v.home && name != "" && name == st.Account {
			return ByLearner
		}
	}
	return ByOther
}

// code is a word for somebody whose name is not told.
func code(within, identity string) string {
	sum := sha256.Sum256([]byte(within + " " + identity))
	return strings.ToUpper(hex.EncodeToString(sum[:3]))
}

func (r *reader) who(ctx context.Context, raw json.RawMessage) (Who, error) {
	var a xapi.Agent
	_ = json.Unmarshal(raw, &a)
	identity, err := xapi.ParseAgent(raw)
	if err != nil { // of an anonymous group
		identity = ""
	}
	w := Who{Kind: WhoOther, Code: code(r.v.course, identity)}
	if a.ObjectType == "Group" {
		w.Kind = WhoGroup
	}
	if home, name, ok := xapi.SplitIdentity(identity); ok && home == r.v.home && w.Kind != WhoGroup {
		return r.member(ctx, name, w.Code)
	}
	if r.v.names {
		w.Name = cut(firstOf(a.Name, strings.TrimPrefix(a.Mbox, "mailto:"), accountName(a.Account), a.OpenID, a.MboxSHA1), longest)
	}
	return w, nil
}

func accountName(a *xapi.Account) string {
	if a == nil {
		return ""
	}
	return a.Name
}

func firstOf(words ...string) string {
	i := slices.IndexFunc(words, func(w string) bool { return strings.TrimSpace(w) != "" })
	if i < 0 {
		return ""
	}
	return words[i]
}

func (r *reader) member(ctx context.Context, account, code string) (Who, error) {
	if account == "platform" {
		return Who{Kind: WhoPlatform}, nil
	}
	if !r.v.names {
		return Who{Kind: WhoLearner, Code: code}, nil
	}
	if w, ok := r.people[account]; ok {
		return w, nil
	}
	w := Who{Kind: WhoLearner, Code: code}
	m, err := r.s.c.People.MemberByAccount(ctx, r.v.org, account)
	switch {
	case err == nil:
		w = Who{Kind: WhoPerson, Person: m.ID, Name: m.Name, Code: code}
	case fault.KindOf(err) != fault.NotFound:
		return w, err
	}
	r.people[account] = w
	return w, nil
}

func (r *reader) what(ctx context.Context, st lrs.Stored, raw json.RawMessage) (What, error) {
	var o struct {
		ObjectType string           `json:"objectType"`
		Definition *xapi.Definition `json:"definition"`
	}
	_ = json.Unmarshal(raw, &o)
	switch o.ObjectType {
	case "Agent", "Group":
		w, err := r.who(ctx, raw)
		name := w.Name
		if name == "" {
			name = w.Code
		}
		return What{Kind: WhatAgent, Name: Words{Text: name}}, err
	case "StatementRef":
		return What{Kind: WhatStatement, ID: st.Target}, nil
	case "SubStatement":
		return What{Kind: WhatPlan}, nil
	}
	w := What{Kind: WhatActivity, ID: cut(st.Activity, 2*longest)}
	known, err := r.definition(ctx, st.Activity)
	if err != nil {
		return w, err
	}
	own := o.Definition
	if st.Platform && own != nil || known == nil { // nobody tells the platform what its own things are called
		known, own = own, known
	}
	for _, d := range []*xapi.Definition{known, own} {
		if d != nil && w.Name.Text == "" {
			w.Name = best(d.Name, r.v.lang)
		}
	}
	typ := ""
	if known != nil {
		typ = known.Type
	}
	path, ours := strings.CutPrefix(st.Activity, r.v.home+"/xapi/")
	if !ours {
		return w, nil
	}
	return w, r.place(ctx, &w, path, typ)
}

// place says which of the platform's own things a path is.
func (r *reader) place(ctx context.Context, w *What, path, typ string) error {
	parts := strings.Split(path, "/")
	at := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	switch {
	case at(0) == "courses" && len(parts) == 2:
		w.Kind, w.Course = WhatCourse, at(1)
	case at(0) == "courses" && at(2) == "lessons" && (len(parts) == 4 || len(parts) == 6 && at(4) == "questions"):
		w.Kind, w.Course, w.Lesson = WhatLesson, at(1), at(3)
		switch {
		case len(parts) == 6:
			w.Kind = WhatQuestion
		case typ == xapi.TypeVideo:
			w.Kind = WhatVideo
		case typ == xapi.TypeAssessment:
			w.Kind = WhatQuiz
		case strings.HasSuffix(typ, "/article"):
			w.Kind = WhatText
		}
		d, err := r.definition(ctx, r.v.home+"/xapi/courses/"+at(1))
		if err != nil {
			return err
		}
		if d != nil {
			w.Within = best(d.Name, r.v.lang)
		}
	case at(0) == "programmes" && len(parts) == 2:
		w.Kind, w.Course = WhatProgramme, at(1)
	case at(0) == "certificates":
		w.Kind = WhatCertificate
	case at(0) == "videos" && at(2) == "captions":
		w.Kind, w.Detail = WhatCaptions, cut(at(3), 20)
	case at(0) == "videos":
		w.Kind = WhatFilm
	case at(0) == "exports":
		w.Kind, w.Detail = WhatExport, cut(at(len(parts)-1), 20)
	}
	return nil
}

// definition returns what the store knows of an activity, nil if nothing.
func (r *reader) definition(ctx context.Context, iri string) (*xapi.Definition, error) {
	if d, ok := r.activities[iri]; ok {
		return d, nil
	}
	var d *xapi.Definition
	if xapi.ValidIRI(iri) {
		raw, err := r.s.c.Records.Activity(ctx, r.v.org, r.s.c.Records.Platform(r.v.org), iri)
		if err != nil {
			return nil, err
		}
		var a struct {
			Definition *xapi.Definition `json:"definition"`
		}
		_ = json.Unmarshal(raw, &a)
		d = a.Definition
	}
	r.activities[iri] = d
	return d, nil
}

func (r *reader) result(sh shape) Result {
	var out Result
	if sh.Context != nil {
		out.Length = number(sh.Context.Extensions, xapi.ExtLength)
	}
	if sh.Result == nil {
		return out
	}
	x := sh.Result
	if x.Score != nil {
		out.Scaled, out.Raw, out.Min, out.Max = x.Score.Scaled, x.Score.Raw, x.Score.Min, x.Score.Max
	}
	out.Success, out.Completion, out.Response = x.Success, x.Completion, cut(x.Response, longestReply)
	if d, err := xapi.ParseDuration(x.Duration); err == nil && x.Duration != "" && d.Years == 0 && d.Months == 0 {
		f := ((d.Weeks*7+d.Days)*24+d.Hours)*3600 + d.Minutes*60 + d.Seconds
		out.Duration = finite(f)
	}
	out.Progress, out.Time = number(x.Extensions, xapi.ExtProgress), number(x.Extensions, xapi.ExtTime)
	out.From, out.To = number(x.Extensions, xapi.ExtTimeFrom), number(x.Extensions, xapi.ExtTimeTo)
	if text, ok := xapi.Text(x.Extensions, xapi.ExtPlayedSegments); ok {
		if spans, err := xapi.ParseSegments(text); err == nil {
			out.Played = finite(played(spans))
		}
	}
	return out
}

// played is how many seconds of a video these are, each counted once.
func played(spans [][2]float64) float64 {
	ms := make([][2]int64, 0, len(spans))
	for _, s := range spans {
		if s[1] < longestVideo {
			ms = append(ms, [2]int64{int64(s[0] * 1000), int64(s[1] * 1000)})
		}
	}
	return float64(course.Normal(ms...).Length()) / 1000
}

// longestVideo in seconds; what is beyond is no place in a video.
const longestVideo = 1e7

func number(ext map[string]json.RawMessage, key string) *float64 {
	f, ok := xapi.Seconds(ext, key)
	if !ok {
		return nil
	}
	return finite(f)
}

// finite leaves out what no page can say.
func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1e12 {
		return nil
	}
	return &f
}
