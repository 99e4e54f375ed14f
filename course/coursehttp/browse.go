package coursehttp

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/course"
	"palestra/course/browse"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

// StatementWordsBody are words that came with a statement, in one language.
type StatementWordsBody struct {
	Text string `json:"text"`
	Lang string `json:"lang,omitempty" doc:"BCP 47; missing if nobody says"`
}

func wordsBody(w browse.Words) *StatementWordsBody {
	if w.Text == "" {
		return nil
	}
	return &StatementWordsBody{Text: w.Text, Lang: w.Lang}
}

// StatementWhoBody is who did something.
type StatementWhoBody struct {
	Kind   string `json:"kind" enum:"person,learner,platform,other,group"`
	Person string `json:"person,omitempty" doc:"Id of the member"`
	Name   string `json:"name,omitempty"`
	Code   string `json:"code,omitempty" doc:"Where there is no name: the same for the same actor"`
}

// StatementWhatBody is what something was done to.
type StatementWhatBody struct {
	Kind   string              `json:"kind" enum:"course,lesson,video,text,quiz,question,programme,certificate,film,captions,export,activity,agent,statement,substatement"`
	ID     string              `json:"id,omitempty" doc:"IRI, or UUID of a statement"`
	Name   *StatementWordsBody `json:"name,omitempty"`
	Course string              `json:"course,omitempty"`
	Within *StatementWordsBody `json:"within,omitempty" doc:"The course's name"`
	Detail string              `json:"detail,omitempty" doc:"Of captions: the language; of an export: its form"`
}

// StatementResultBody is what a statement measures.
type StatementResultBody struct {
	Scaled     *float64 `json:"scaled,omitempty"`
	Raw        *float64 `json:"raw,omitempty"`
	Min        *float64 `json:"min,omitempty"`
	Max        *float64 `json:"max,omitempty"`
	Success    *bool    `json:"success,omitempty"`
	Completion *bool    `json:"completion,omitempty"`
	Response   string   `json:"response,omitempty"`
	Duration   *float64 `json:"duration,omitempty" doc:"Seconds"`
	Played     *float64 `json:"played,omitempty" doc:"Seconds of the video, each once"`
	Progress   *float64 `json:"progress,omitempty" doc:"0 to 1"`
	Time       *float64 `json:"time,omitempty" doc:"Seconds into the video"`
	From       *float64 `json:"from,omitempty"`
	To         *float64 `json:"to,omitempty"`
	Length     *float64 `json:"length,omitempty" doc:"Seconds of the video"`
}

// StatementLineBody is a statement, read: the pages make a sentence of it.
type StatementLineBody struct {
	ID          string              `json:"id"`
	Number      int64               `json:"number" doc:"In the town's store, from 1"`
	Stored      time.Time           `json:"stored"`
	Timestamp   time.Time           `json:"timestamp" doc:"When it happened, as its sender says"`
	Who         StatementWhoBody    `json:"who"`
	Verb        string              `json:"verb" doc:"IRI"`
	VerbName    *StatementWordsBody `json:"verbName,omitempty"`
	What        StatementWhatBody   `json:"what"`
	Result      StatementResultBody `json:"result"`
	By          string              `json:"by" enum:"platform,learner,other" doc:"Who stored it: the platform itself, the learner's browser, or another system"`
	Attachments int                 `json:"attachments"`
	Voids       bool                `json:"voids,omitempty"`
	Voided      bool                `json:"voided,omitempty"`
}

func lineBody(l browse.Line) StatementLineBody {
	w := l.What
	return StatementLineBody{ID: l.ID, Number: l.Number, Stored: l.Stored, Timestamp: l.Timestamp, Verb: l.Verb, VerbName: wordsBody(l.VerbName),
		Who:    StatementWhoBody(l.Who),
		What:   StatementWhatBody{Kind: w.Kind, ID: w.ID, Name: wordsBody(w.Name), Course: w.Course, Within: wordsBody(w.Within), Detail: w.Detail},
		Result: StatementResultBody(l.Result), By: l.By, Attachments: l.Attachments, Voids: l.Voids, Voided: l.Voided}
}

// StatementCandidateBody is somebody whom the words of a search may mean.
type StatementCandidateBody struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Left  bool   `json:"left,omitempty"`
}

// StatementPageBody is what a search has found.
type StatementPageBody struct {
	Items  []StatementLineBody      `json:"items"`
	Next   string                   `json:"next"`
	Head   int64                    `json:"head" doc:"Number of the store's newest statement: from there one follows"`
	People []StatementCandidateBody `json:"people,omitempty" doc:"Whom the words for the person may mean; then nothing was searched"`
	Nobody bool                     `json:"nobody,omitempty" doc:"The words for the person mean nobody"`
}

// StatementAttachmentBody is an attachment of a statement.
type StatementAttachmentBody struct {
	Name        *StatementWordsBody `json:"name,omitempty"`
	Description *StatementWordsBody `json:"description,omitempty"`
	Usage       string              `json:"usage" doc:"IRI"`
	Type        string              `json:"type" doc:"Media type, as its sender says"`
	Bytes       int64               `json:"bytes" doc:"As its sender says"`
	SHA2        string              `json:"sha2"`
	Address     string              `json:"address,omitempty" doc:"Where its sender keeps it"`
	Here        bool                `json:"here" doc:"It can be downloaded"`
}

// StatementEffectBody is what a statement has caused.
type StatementEffectBody struct {
	Why        string           `json:"why,omitempty" enum:"told,unknown,other,no_claim,no_viewing,not_paid,later,authority,voids" doc:"It has decided nothing, and why"`
	Course     *CourseRefBody   `json:"course,omitempty" doc:"Or programme"`
	Programme  bool             `json:"programme,omitempty"`
	Lesson     *RequirementBody `json:"lesson,omitempty" doc:"Its lesson as it is now"`
	Evidence   bool             `json:"evidence,omitempty" doc:"The lesson's evidence rests on it"`
	Later      string           `json:"later,omitempty" doc:"The statement of the same viewing on which the evidence rests instead"`
	Completed  *time.Time       `json:"completed,omitempty" doc:"The course or programme is complete"`
	Cited      bool             `json:"cited,omitempty" doc:"The completion names it as evidence"`
	Tells      bool             `json:"tells,omitempty" doc:"It tells of that completion"`
	Completion string           `json:"completion,omitempty" doc:"Id of the record"`
	Record     string           `json:"record,omitempty" doc:"Number of the ledger's entry"`
	Withdrawn  bool             `json:"withdrawn,omitempty"`
}

// StatementBody is one statement with all that is known about it.
type StatementBody struct {
	StatementLineBody
	JSON         string                    `json:"json" doc:"Formatted"`
	Trimmed      bool                      `json:"trimmed,omitempty" doc:"What identifies people was taken out of json"`
	Registration string                    `json:"registration,omitempty"`
	Platform     string                    `json:"platform,omitempty" doc:"The system that it happened in"`
	Authority    string                    `json:"authority,omitempty" doc:"Which other system stored it"`
	VoidedBy     string                    `json:"voidedBy,omitempty"`
	Refers       string                    `json:"refers,omitempty"`
	Attached     []StatementAttachmentBody `json:"attached"`
	Effect       StatementEffectBody       `json:"effect"`
	Origin       *StatementOriginBody      `json:"origin,omitempty" doc:"Where it came from; missing: it was made here"`
}

// StatementOriginBody is where a statement came from.
type StatementOriginBody struct {
	From   string     `json:"from" doc:"Address of the other store, or the name of an import"`
	Import bool       `json:"import,omitempty" doc:"It came in a file"`
	Stored *time.Time `json:"stored,omitempty" doc:"When the other store stored it"`
	Said   string     `json:"said,omitempty" doc:"Whom the other store had set as its authority"`
}

func statementBody(s browse.Statement) StatementBody {
	b := StatementBody{StatementLineBody: lineBody(s.Line), JSON: s.JSON, Trimmed: s.Trimmed, Registration: s.Registration, Platform: s.Platform, Authority: s.Authority,
		VoidedBy: s.VoidedBy, Refers: s.Refers, Attached: []StatementAttachmentBody{}, Effect: effectBody(s)}
	if o := s.Origin; o != nil {
		b.Origin = &StatementOriginBody{From: o.From, Import: o.Import, Said: o.Said}
		if !o.Stored.IsZero() {
			b.Origin.Stored = &o.Stored
		}
	}
	for _, a := range s.Attachments {
		b.Attached = append(b.Attached, StatementAttachmentBody{Name: wordsBody(a.Name), Description: wordsBody(a.Description), Usage: a.Usage, Type: a.Type, Bytes: a.Bytes,
			SHA2: a.SHA2, Address: a.Address, Here: a.Here})
	}
	return b
}

func effectBody(s browse.Statement) StatementEffectBody {
	t := s.Trace
	b := StatementEffectBody{Why: s.Why, Programme: t.Programme, Evidence: t.Evidence, Later: t.Later, Cited: t.Cited, Tells: t.Tells}
	if t.Course != "" {
		b.Course = &CourseRefBody{ID: t.Course, Title: t.Title, Languages: []string{}}
	}
	if t.Need != nil {
		b.Lesson = &requirements([]course.Need{*t.Need})[0]
	}
	if c := t.Completion; c != nil {
		at := c.At
		b.Completed, b.Completion, b.Withdrawn = &at, c.ID, c.Withdrawn
		if c.Ledger > 0 {
			b.Record = record(*c)
		}
	}
	return b
}

// StatementFilter is embedded in the input of operations that look into the record store.
type StatementFilter struct {
	signed
	Organisation string `query:"organisation" maxLength:"64" doc:"For operators; else the own one"`
	Course       string `query:"course" maxLength:"64" doc:"Statements about it or what lies under it. Authors must name one"`
	Lang         string `query:"lang" maxLength:"20" doc:"Language of names, BCP 47"`
}

func (f *StatementFilter) filter() browse.Filter {
	return browse.Filter{Organisation: f.Organisation, Course: f.Course, Language: f.Lang}
}

// RegisterBrowser adds the statement browser to the edge.
func RegisterBrowser(e *web.Edge, svc *browse.Service) {
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/statements" + path, Summary: summary, Tags: []string{"records"}}
	}
	e.App.Get(web.Base+"/statements/live", func(c *fiber.Ctx) error { return live(c, e, svc) })
	huma.Register(e.API, op("list-statements", "", "Search a town's record store, the newest first"), func(ctx context.Context, in *struct {
		StatementFilter
		Person   string    `query:"person" maxLength:"200" doc:"Id of a member, or a part of a name or e-mail address"`
		Verb     string    `query:"verb" maxLength:"2000" doc:"IRI"`
		Activity string    `query:"activity" maxLength:"2000" doc:"IRI"`
		Since    time.Time `query:"since" doc:"Stored later than"`
		Until    time.Time `query:"until" doc:"Stored at the latest"`
		Cursor   int64     `query:"cursor" minimum:"0" doc:"next of the page before"`
		Limit    int       `query:"limit" minimum:"1" maximum:"100" default:"50"`
	}) (*peoplehttp.Out[StatementPageBody], error) {
		f := in.filter()
		f.Person, f.Verb, f.Activity, f.Since, f.Until = in.Person, in.Verb, in.Activity, in.Since, in.Until
		found, err := svc.Search(ctx, in.By, f, in.Cursor, in.Limit)
		if err != nil {
			return nil, err
		}
		return out(pageBody(found)), nil
	})
	huma.Register(e.API, huma.Operation{OperationID: "list-statement-courses", Method: http.MethodGet, Path: "/statement-courses", Tags: []string{"records"},
		Summary: "Courses that people of a town may learn, to search its statements by"}, func(ctx context.Context, in *struct {
		signed
		peoplehttp.List
		Organisation string `query:"organisation" maxLength:"64" doc:"For operators; else the own one"`
	}) (*peoplehttp.Out[peoplehttp.Page[CourseRefBody]], error) {
		list, next, err := svc.Courses(ctx, in.By, in.Organisation, in.Cursor, in.Limit)
		return out(peoplehttp.PageOf(list, next, func(e course.Entry) CourseRefBody {
			return CourseRefBody{ID: e.ID, Title: e.Title, Languages: e.Languages, Owner: e.Owner}
		})), err
	})
	huma.Register(e.API, op("get-statement", "/{id}", "One statement: read, as JSON, and what it caused"), func(ctx context.Context, in *struct {
		StatementFilter
		ID string `path:"id" maxLength:"64"`
	}) (*peoplehttp.Out[StatementBody], error) {
		s, err := svc.Statement(ctx, in.By, in.filter(), in.ID)
		if err != nil {
			return nil, err
		}
		return out(statementBody(s)), nil
	})
	huma.Register(e.API, op("get-statement-attachment", "/{id}/attachments/{sha2}", "The data of an attachment, as a file to keep"), func(ctx context.Context, in *struct {
		StatementFilter
		ID   string `path:"id" maxLength:"64"`
		SHA2 string `path:"sha2" maxLength:"128"`
	}) (*attachmentOutput, error) {
		data, err := svc.Data(ctx, in.By, in.filter(), in.ID, in.SHA2)
		if err != nil {
			return nil, err
		}
		// Whatever it says that it is: browsers keep it and never show it.
		return &attachmentOutput{ContentType: "application/octet-stream", Policy: "sandbox; default-src 'none'",
			Disposition: `attachment; filename="attachment-` + strings.ToLower(in.SHA2[:min(12, len(in.SHA2))]) + `.bin"`, Body: data}, nil
	})
}

type attachmentOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

func pageBody(f browse.Found) StatementPageBody {
	b := StatementPageBody{Items: make([]StatementLineBody, 0, len(f.Lines)), Head: f.Head, Nobody: f.Who != nil && len(f.Who) == 0}
	for _, l := range f.Lines {
		b.Items = append(b.Items, lineBody(l))
	}
	if f.Next > 0 {
		b.Next = strconv.FormatInt(f.Next, 10)
	}
	for _, w := range f.Who {
		b.People = append(b.People, StatementCandidateBody(w))
	}
	return b
}

// live follows what arrives: Server-Sent Events with the number of the statement as their id.
func live(c *fiber.Ctx, e *web.Edge, svc *browse.Service) error {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	f := browse.Filter{Organisation: c.Query("organisation"), Course: c.Query("course"), Person: c.Query("person"), Verb: c.Query("verb"), Activity: c.Query("activity"), Language: c.Query("lang")}
	from := web.LastEvent(c)
	if from == 0 {
		if n, err := strconv.ParseInt(c.Query("after"), 10, 64); err == nil {
			from = n
		}
	}
	lives := c.QueryInt("seconds", int(time.Hour/time.Second))
	tail, err := svc.Follow(c.UserContext(), by, f, from)
	if err != nil {
		return err
	}
	return e.Stream(c, func(ctx context.Context, to *web.Events) {
		defer tail.Close()
		if err := to.Retry(2000); err != nil {
			return
		}
		_ = tail.Run(ctx, ear{to}, time.Duration(lives)*time.Second) // the browser has gone, or comes back and goes on where it was
	})
}

// ear is a browser that listens to a tail.
type ear struct{ to *web.Events }

func (x ear) Line(l browse.Line) error { return x.to.Send(l.Number, "statement", lineBody(l)) }

func (x ear) Seen(number int64) error { return x.to.Send(number, "seen", struct{}{}) }

func (x ear) Missed(count, number int64) error {
	return x.to.Send(number, "missed", map[string]int64{"count": count})
}

func (x ear) Beat() error { return x.to.Beat() }
