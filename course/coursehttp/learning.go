package coursehttp

import (
	"context"
	"slices"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

type (
	signed = peoplehttp.Signed
	none   struct{}
)

func (h *handlers) catalogue(ctx context.Context, in *struct {
	peoplehttp.Anyone
	peoplehttp.List
	Q string `query:"q" maxLength:"200" doc:"Part of the title"`
}) (*peoplehttp.Out[peoplehttp.Page[CatalogueItemBody]], error) {
	os, next, err := h.svc.Catalogue(ctx, in.By, in.Q, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(os, next, catalogueItem)), err
}

func (h *handlers) offer(ctx context.Context, in *struct {
	peoplehttp.Anyone
	ID string `path:"id" maxLength:"64"`
}) (*peoplehttp.Out[CatalogueCourseBody], error) {
	o, err := h.svc.Offered(ctx, in.By, in.ID)
	return out(CatalogueCourseBody{CatalogueItemBody: catalogueItem(o),
		Modules: outline(o.Entry.Outline, func(id string) int { return o.Entry.LessonMinutes[id] }, func(string) string { return "todo" })}), err
}

func (h *handlers) enrol(ctx context.Context, in *struct {
	signed
	Body struct {
		Course string `json:"course" maxLength:"64"`
	}
}) (*peoplehttp.Out[EnrolmentBody], error) {
	e, err := h.svc.Enrol(ctx, in.By, in.Body.Course)
	if err != nil {
		return nil, err
	}
	st, err := h.svc.Study(ctx, in.By, e.ID)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.enrolment(st)), err
}

func (h *handlers) enrolments(ctx context.Context, in *struct {
	signed
	peoplehttp.List
	State string `query:"state" default:"open" enum:"open,complete"`
}) (*peoplehttp.Out[peoplehttp.Page[EnrolmentBody]], error) {
	state := course.Active
	if in.State == "complete" {
		state = course.Completed
	}
	sts, next, err := h.svc.Studies(ctx, in.By, state, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(peoplehttp.PageOf(sts, next, c.enrolment)), err
}

// EnrolmentInput names one of the own enrolments.
type EnrolmentInput struct {
	peoplehttp.Signed
	E string `path:"e" maxLength:"64"`
}

// EnrolledInput names a lesson of one of the own enrolments.
type EnrolledInput struct {
	peoplehttp.Signed
	E string `path:"e" maxLength:"64"`
	L string `path:"l" maxLength:"64"`
}

func (h *handlers) enrolment(ctx context.Context, in *EnrolmentInput) (*peoplehttp.Out[EnrolmentDetailBody], error) {
	st, err := h.svc.Study(ctx, in.By, in.E)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.detail(st)), err
}

// SaidBody is a place of a course at which something is said.
type SaidBody struct {
	Lesson string  `json:"lesson"`
	Title  Text    `json:"title" doc:"Of the lesson"`
	At     float64 `json:"at" doc:"Seconds in the video"`
	Text   string  `json:"text"`
	Lang   string  `json:"lang" doc:"BCP 47"`
}

// SaidListBody lists such places in the order of the course.
type SaidListBody struct {
	Items []SaidBody `json:"items"`
	More  bool       `json:"more" doc:"There are more places than these"`
}

func (h *handlers) said(ctx context.Context, in *struct {
	EnrolmentInput
	Q    string `query:"q" maxLength:"200" doc:"Words"`
	Lang string `query:"lang" maxLength:"35" doc:"Of captions, where there is a choice"`
}) (*peoplehttp.Out[SaidListBody], error) {
	found, more, err := h.svc.SearchSaid(ctx, in.By, in.E, in.Q, in.Lang)
	if err != nil {
		return nil, err
	}
	b := SaidListBody{Items: make([]SaidBody, 0, len(found)), More: more}
	for _, f := range found {
		b.Items = append(b.Items, SaidBody{f.Lesson, f.Title, seconds(f.At), f.Text, f.Lang})
	}
	return out(b), nil
}

func (h *handlers) enrolledLesson(ctx context.Context, in *EnrolledInput) (*peoplehttp.Out[EnrolledLessonBody], error) {
	st, l, ev, err := h.svc.Open(ctx, in.By, in.E, in.L)
	if err != nil {
		return nil, err
	}
	b, err := h.lessonBody(st, l, ev)
	if err != nil {
		return nil, err
	}
	if b.Video != nil {
		if b.Video.Takeaway, err = h.svc.Takeaway(ctx, st.Enrolment.Owner); err != nil {
			return nil, err
		}
	}
	if l.Kind == course.KindQuiz {
		taken, open, err := h.svc.Attempts(ctx, in.By, in.E, in.L)
		if err != nil {
			return nil, err
		}
		b.Quiz.Open = open
		for _, a := range taken {
			b.Quiz.Taken = append(b.Quiz.Taken, TakenBody{ID: a.ID, Number: a.Number, Score: len(a.Right), Of: len(a.Questions), Passed: a.Passed, At: *a.HandedIn})
		}
	}
	return out(b), nil
}

// lessonBody shows a lesson in its course, to learners and in previews.
func (h *handlers) lessonBody(st course.Study, l *course.Lesson, ev *course.Evidence) (EnrolledLessonBody, error) {
	v := st.Version
	b := EnrolledLessonBody{ID: l.ID, Kind: l.Kind, Title: l.Title, Languages: v.Languages, Course: CourseRefBody{ID: v.Course, Title: v.Title, Languages: v.Languages, Owner: st.Enrolment.Owner},
		Requirements: requirements(st.Needs), Of: len(st.Needs), Complete: st.Enrolment.State == course.Completed}
	for i, n := range st.Needs {
		if n.Lesson != l.ID {
			continue
		}
		b.Number, b.Requirement = i+1, b.Requirements[i]
		if i > 0 {
			b.Previous = st.Needs[i-1].Lesson
		}
		if i+1 < len(st.Needs) {
			b.Next = st.Needs[i+1].Lesson
		}
		switch l.Kind {
		case course.KindVideo:
			b.Video = &LessonVideoBody{ID: l.Video, Duration: seconds(n.Length), Position: seconds(ev.Position), Seen: spans(n.Seen), TranscriptCounts: l.TranscriptCounts, Ready: n.Length > 0,
				Stops: stopBodies(st.Stopped(l, ev))}
		case course.KindQuiz:
			b.Quiz = &LessonQuizBody{Questions: n.Questions, Pass: n.Pass, Attempts: l.Quiz.Attempts, AttemptsLeft: n.AttemptsLeft, Taken: []TakenBody{}}
		}
	}
	for i, m := range v.Modules {
		for _, ref := range m.Lessons {
			if ref.ID == l.ID {
				b.Module = i + 1
			}
		}
	}
	if len(l.Body) > 0 || l.Kind == course.KindText {
		b.Text = &LessonTextBody{HTML: Text{}}
		for lang, text := range l.Body {
			html, err := h.markdown.HTML(text)
			if err != nil {
				return b, err
			}
			b.Text.HTML[lang] = html
		}
	}
	return b, nil
}

func (h *handlers) play(ctx context.Context, in *EnrolledInput) (*peoplehttp.Out[PlaybackBody], error) {
	p, err := h.svc.Play(ctx, in.By, in.E, in.L)
	if err != nil {
		return nil, err
	}
	b := h.playbackBody(p)
	b.Credential = CredentialBody{Endpoint: "/xapi", Authorization: p.Authorization, Expires: p.Expires}
	b.XAPI = XAPIBody{Registration: in.E}
	b.XAPI.Actor = ActorBody{ObjectType: "Agent", Account: AccountBody{HomePage: h.publicURL, Name: in.By.Account}}
	b.XAPI.Object = ObjectBody{ObjectType: "Activity", ID: h.publicURL + p.Activity.Path, Definition: DefinitionBody{Type: p.Activity.Type, Name: p.Activity.Name}}
	return out(b), nil
}

func (h *handlers) playbackBody(p course.Playing) PlaybackBody {
	b := PlaybackBody{ID: p.Session, Master: p.Stream.Manifest, Poster: p.Stream.Poster, Duration: seconds(p.Length), Position: seconds(p.Position), Seen: spans(p.Seen), Captions: []TrackBody{}}
	for _, t := range p.Stream.Captions {
		b.Captions = append(b.Captions, TrackBody{Kind: t.Kind, Lang: t.Language, Label: t.Label, URL: t.URL, Unchecked: t.Unchecked})
	}
	return b
}

func (h *handlers) read(ctx context.Context, in *EnrolledInput) (*peoplehttp.Out[EnrolmentDetailBody], error) {
	st, err := h.svc.Read(ctx, in.By, in.E, in.L)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.detail(st)), err
}

func (h *handlers) readTranscript(ctx context.Context, in *EnrolledInput) (*peoplehttp.Out[EnrolmentDetailBody], error) {
	st, err := h.svc.ReadTranscript(ctx, in.By, in.E, in.L)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	return out(c.detail(st)), err
}

func (h *handlers) report(ctx context.Context, in *struct {
	EnrolledInput
	Body struct {
		Text     string   `json:"text" maxLength:"4000"`
		Position *float64 `json:"position,omitempty" minimum:"0" maximum:"1000000" doc:"Seconds in the video"`
	}
}) (*none, error) {
	var at *int64
	if in.Body.Position != nil {
		ms := int64(*in.Body.Position * 1000)
		at = &ms
	}
	return nil, h.svc.Report(ctx, in.By, in.E, in.L, in.Body.Text, at)
}

func (h *handlers) credential(ctx context.Context, in *EnrolmentInput) (*peoplehttp.Out[CredentialBody], error) {
	a, exp, err := h.svc.Credential(ctx, in.By, in.E)
	return out(CredentialBody{Endpoint: "/xapi", Authorization: a, Expires: exp}), err
}

func (h *handlers) begin(ctx context.Context, in *EnrolledInput) (*peoplehttp.Out[AttemptBody], error) {
	sh, err := h.svc.Begin(ctx, in.By, in.E, in.L)
	if err != nil {
		return nil, err
	}
	return out(attemptBody(sh)), nil
}

// AttemptInput names one of the own attempts.
type AttemptInput struct {
	peoplehttp.Signed
	A string `path:"a" maxLength:"64"`
}

func (h *handlers) attempt(ctx context.Context, in *AttemptInput) (*peoplehttp.Out[AttemptBody], error) {
	sh, err := h.svc.Sheet(ctx, in.By, in.A)
	if err != nil {
		return nil, err
	}
	return out(attemptBody(sh)), nil
}

func (h *handlers) handIn(ctx context.Context, in *struct {
	AttemptInput
	Body struct {
		Answers []AnswerBody `json:"answers" maxItems:"200"`
	}
}) (*peoplehttp.Out[AttemptBody], error) {
	sh, _, err := h.svc.HandIn(ctx, in.By, in.A, answers(in.Body.Answers))
	if err != nil {
		return nil, err
	}
	return out(attemptBody(sh)), nil
}

// DueBody is a course or a programme that somebody is asked to complete by a day.
type DueBody struct {
	Kind      string        `json:"kind" enum:"course,programme"`
	Enrolment string        `json:"enrolment"`
	Course    CourseRefBody `json:"course" doc:"Or programme"`
	Due       time.Time     `json:"due" doc:"When the day by which it is to be done ends"`
	DueDay    string        `json:"dueDay" format:"date" doc:"That day, as the town has said it"`
	Minutes   int           `json:"minutes" doc:"0 for a programme"`
	State     string        `json:"state" enum:"none,open"`
}

// YearBody sums up a calendar year in the organisation's zone.
type YearBody struct {
	Year    int `json:"year"`
	Minutes int `json:"minutes"`
	Courses int `json:"courses"`
}

// LatestBody is the latest completion.
type LatestBody struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	Title     Text      `json:"title"`
	Completed time.Time `json:"completed"`
	Minutes   int       `json:"minutes"`
	Kind      string    `json:"kind" enum:"course,programme"`
}

// HomeBody is a learner's home.
type HomeBody struct {
	Resume *EnrolmentBody  `json:"resume,omitempty"`
	Due    []DueBody       `json:"due"`
	Open   []EnrolmentBody `json:"open"`
	Year   YearBody        `json:"year"`
	Latest *LatestBody     `json:"latest,omitempty"`
}

func (h *handlers) home(ctx context.Context, in *struct{ signed }) (*peoplehttp.Out[HomeBody], error) {
	home, err := h.svc.Home(ctx, in.By)
	if err != nil {
		return nil, err
	}
	c, err := h.calendar(ctx, in.By)
	if err != nil {
		return nil, err
	}
	b := HomeBody{Due: []DueBody{}, Open: []EnrolmentBody{}, Year: YearBody{Year: home.Year, Minutes: home.Minutes, Courses: home.Courses}}
	for i, st := range home.Open {
		e := c.enrolment(st)
		if i == 0 {
			b.Resume = &e
		} else {
			b.Open = append(b.Open, e)
		}
		if st.Enrolment.Due != nil {
			state := "none"
			if st.Enrolment.Last != "" {
				state = "open"
			}
			b.Due = append(b.Due, DueBody{Kind: "course", Enrolment: e.ID, Course: e.Course, Due: *e.Due, DueDay: e.DueDay, Minutes: e.Minutes, State: state})
		}
	}
	for _, d := range home.Due {
		b.Due = append(b.Due, DueBody{Kind: "programme", Enrolment: d.Pursuit.ID, Course: CourseRefBody{ID: d.Pursuit.Programme, Title: d.Title, Languages: d.Languages, Owner: d.Pursuit.Owner},
			Due: *d.Pursuit.Due, DueDay: c.day(d.Pursuit.Due), State: "open"})
	}
	slices.SortStableFunc(b.Due, func(a, b DueBody) int { return a.Due.Compare(b.Due) })
	if d := home.Latest; d != nil {
		b.Latest = &LatestBody{ID: d.ID, Code: d.Certificate, Title: d.Title, Completed: d.At, Minutes: d.Minutes, Kind: kind(d)}
	}
	return out(b), nil
}

// CertificateBody is one of the own completions.
type CertificateBody struct {
	ID           string            `json:"id"`
	Code         string            `json:"code"`
	URL          string            `json:"url" doc:"Where anybody who has the address can check it"`
	Person       string            `json:"person"`
	Organisation string            `json:"organisation"`
	Course       CourseRefBody     `json:"course"`
	Version      int               `json:"version"`
	Completed    time.Time         `json:"completed"`
	Minutes      int               `json:"minutes"`
	Record       string            `json:"record" doc:"Number of the ledger's entry"`
	Kind         string            `json:"kind" enum:"course,programme"`
	Explanation  []RequirementBody `json:"explanation" doc:"Of a course"`
	Earned       []EarnedBody      `json:"earned,omitempty" doc:"Of a programme: the courses that it rests on"`
	Revoked      bool              `json:"revoked"`
}

func (h *handlers) certificate(ctx context.Context, in *struct {
	signed
	ID string `path:"id" maxLength:"64"`
}) (*peoplehttp.Out[CertificateBody], error) {
	line, o, err := h.svc.Certificate(ctx, in.By, in.ID)
	if err != nil {
		return nil, err
	}
	c := line.Completion
	b := CertificateBody{ID: c.ID, Code: c.Certificate, URL: h.publicURL + "/c/" + c.Certificate, Person: in.By.Name, Organisation: o.Name, Kind: kind(c),
		Course: CourseRefBody{ID: c.Course, Title: c.Title, Languages: []string{}, Owner: c.Owner}, Version: c.Version, Completed: c.CompletedAt(),
		Minutes: c.MinutesNow(), Record: record(*c), Explanation: []RequirementBody{}, Earned: earned(c), Revoked: c.Withdrawn}
	if st := line.Study; st != nil {
		b.Course.Languages, b.Explanation = st.Version.Languages, requirements(st.Needs)
	}
	if st := line.Programme; st != nil {
		b.Course.Languages = st.Version.Languages
	}
	return out(b), nil
}
