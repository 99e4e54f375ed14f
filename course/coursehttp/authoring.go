package coursehttp

import (
	"context"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// GapBody is something that a draft lacks to be published.
type GapBody struct {
	Code   string         `json:"code" doc:"Stable; translated as gaps.<code>"`
	Lesson string         `json:"lesson,omitempty"`
	Lang   string         `json:"lang,omitempty"`
	Params map[string]any `json:"params,omitempty"`
}

// LessonLineBody is a lesson in the draft's outline.
type LessonLineBody struct {
	ID       string `json:"id"`
	Kind     string `json:"kind" enum:"video,text,quiz"`
	Title    Text   `json:"title"`
	Optional bool   `json:"optional"`
}

// ModuleBody is a module of a draft.
type ModuleBody struct {
	ID      string           `json:"id"`
	Title   Text             `json:"title"`
	Lessons []LessonLineBody `json:"lessons"`
}

// CourseLineBody is a draft in a list.
type CourseLineBody struct {
	ID        string    `json:"id"`
	Title     Text      `json:"title"`
	Languages []string  `json:"languages"`
	State     string    `json:"state" enum:"draft,published,unpublished"`
	Changed   bool      `json:"changed" doc:"Since the last version"`
	Version   int       `json:"version"`
	Edited    time.Time `json:"edited"`
	Lessons   int       `json:"lessons"`
}

// CourseBody is a draft.
type CourseBody struct {
	CourseLineBody
	Rev        int64        `json:"rev" doc:"For If-Match"`
	Summary    Text         `json:"summary"`
	Minutes    int          `json:"minutes"`
	Percent    int          `json:"percent" doc:"Of each video that must be seen"`
	Visibility string       `json:"visibility" enum:"town,towns,network,public"`
	Towns      []string     `json:"towns"`
	Modules    []ModuleBody `json:"modules"`
	Problems   []GapBody    `json:"problems"`
}

type courseOutput struct {
	ETag string `header:"ETag"`
	Body CourseBody
}

func courseLine(c course.Course) CourseLineBody {
	b := CourseLineBody{ID: c.ID, Title: c.Title, Languages: c.Languages, State: c.State, Changed: c.Changed, Version: c.Version, Edited: c.Updated}
	for _, m := range c.Modules {
		b.Lessons += len(m.Lessons)
	}
	return b
}

func (h *handlers) courseOutput(ctx context.Context, by signed, c course.Course, err error) (*courseOutput, error) {
	if err != nil {
		return nil, err
	}
	gaps, err := h.svc.Gaps(ctx, by.By, c.ID)
	if err != nil {
		return nil, err
	}
	b := CourseBody{CourseLineBody: courseLine(c), Rev: c.Rev, Summary: c.Summary, Minutes: c.Minutes, Percent: c.Rule.Video, Visibility: c.Audience.Kind,
		Towns: append([]string{}, c.Audience.Towns...), Modules: []ModuleBody{}, Problems: []GapBody{}}
	for _, m := range c.Modules {
		mb := ModuleBody{ID: m.ID, Title: m.Title, Lessons: []LessonLineBody{}}
		for _, l := range m.Lessons {
			mb.Lessons = append(mb.Lessons, LessonLineBody{ID: l.ID, Kind: l.Kind, Title: l.Title, Optional: l.Optional})
		}
		b.Modules = append(b.Modules, mb)
	}
	for _, g := range gaps {
		p := GapBody{Code: g.Code, Lesson: g.Lesson, Lang: g.Language}
		if g.Question > 0 {
			p.Params = map[string]any{"number": g.Question}
		}
		b.Problems = append(b.Problems, p)
	}
	return &courseOutput{ETag: peoplehttp.ETag(c.Rev), Body: b}, nil
}

// CourseInput names a draft.
type CourseInput struct {
	peoplehttp.Signed
	ID string `path:"id" maxLength:"64"`
}

// ModuleInput names a module of a draft.
type ModuleInput struct {
	CourseInput
	M string `path:"m" maxLength:"64"`
}

// LessonInput names a lesson of a draft.
type LessonInput struct {
	CourseInput
	L string `path:"l" maxLength:"64"`
}

func (h *handlers) courses(ctx context.Context, in *struct {
	signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[CourseLineBody]], error) {
	p, err := h.svc.Courses(ctx, in.By, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(p.Docs, p.Next, courseLine)), err
}

func (h *handlers) create(ctx context.Context, in *struct {
	signed
	Body struct {
		Title     Text     `json:"title"`
		Languages []string `json:"languages" minItems:"1" maxItems:"9"`
	}
}) (*courseOutput, error) {
	c, err := h.svc.Create(ctx, in.By, in.Body.Title, in.Body.Languages)
	return h.courseOutput(ctx, in.signed, c, err)
}

func (h *handlers) course(ctx context.Context, in *CourseInput) (*courseOutput, error) {
	c, err := h.svc.Course(ctx, in.By, in.ID)
	return h.courseOutput(ctx, in.Signed, c, err)
}

func (h *handlers) update(ctx context.Context, in *struct {
	CourseInput
	peoplehttp.IfMatch
	Body struct {
		Title      Text      `json:"title,omitempty"`
		Summary    Text      `json:"summary,omitempty"`
		Languages  []string  `json:"languages,omitempty" maxItems:"9"`
		Minutes    *int      `json:"minutes,omitempty"`
		Percent    *int      `json:"percent,omitempty"`
		Visibility string    `json:"visibility,omitempty" enum:"town,towns,network,public"`
		Towns      *[]string `json:"towns,omitempty" maxItems:"500"`
	}
}) (*courseOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	ch := course.Change{Title: in.Body.Title, Summary: in.Body.Summary, Languages: in.Body.Languages, Minutes: in.Body.Minutes, Video: in.Body.Percent}
	if in.Body.Visibility != "" {
		ch.Audience = &course.Audience{Kind: in.Body.Visibility}
		if in.Body.Towns != nil {
			ch.Audience.Towns = *in.Body.Towns
		}
	}
	c, err := h.svc.Update(ctx, in.By, in.ID, rev, ch)
	return h.courseOutput(ctx, in.Signed, c, err)
}

func (h *handlers) delete(ctx context.Context, in *CourseInput) (*none, error) {
	return nil, h.svc.Delete(ctx, in.By, in.ID)
}

func (h *handlers) arrange(ctx context.Context, in *struct {
	CourseInput
	peoplehttp.IfMatch
	Body struct {
		Modules []struct {
			ID      string   `json:"id" maxLength:"64"`
			Lessons []string `json:"lessons" maxItems:"200"`
		} `json:"modules" maxItems:"50"`
	}
}) (*courseOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	order := make([]course.Place, 0, len(in.Body.Modules))
	for _, m := range in.Body.Modules {
		order = append(order, course.Place{Module: m.ID, Lessons: m.Lessons})
	}
	c, err := h.svc.Arrange(ctx, in.By, in.ID, rev, order)
	return h.courseOutput(ctx, in.Signed, c, err)
}

// TitleBody carries a title.
type TitleBody struct {
	Title Text `json:"title"`
}

func (h *handlers) addModule(ctx context.Context, in *struct {
	CourseInput
	Body TitleBody
}) (*courseOutput, error) {
	c, err := h.svc.AddModule(ctx, in.By, in.ID, in.Body.Title)
	return h.courseOutput(ctx, in.Signed, c, err)
}

func (h *handlers) renameModule(ctx context.Context, in *struct {
	ModuleInput
	peoplehttp.IfMatch
	Body TitleBody
}) (*courseOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	c, err := h.svc.RenameModule(ctx, in.By, in.ID, rev, in.M, in.Body.Title)
	return h.courseOutput(ctx, in.Signed, c, err)
}

func (h *handlers) deleteModule(ctx context.Context, in *ModuleInput) (*courseOutput, error) {
	c, err := h.svc.DeleteModule(ctx, in.By, in.ID, in.M)
	return h.courseOutput(ctx, in.Signed, c, err)
}

// ChoiceDraftBody is a choice of a question's draft.
type ChoiceDraftBody struct {
	ID       string `json:"id,omitempty" maxLength:"64"`
	Text     Text   `json:"text"`
	Right    bool   `json:"right,omitempty"`
	Feedback Text   `json:"feedback,omitempty" doc:"Shown to who chose it"`
	Match    Text   `json:"match,omitempty" doc:"matching: its partner"`
}

// QuestionDraftBody is the draft of a question, with its answer. Only authors see it.
type QuestionDraftBody struct {
	ID        string            `json:"id,omitempty" maxLength:"64"`
	Kind      string            `json:"kind" enum:"single,multiple,text,number,ordering,matching"`
	Prompt    Text              `json:"prompt"`
	Feedback  Text              `json:"feedback,omitempty" doc:"What the question teaches"`
	Options   []ChoiceDraftBody `json:"options,omitempty" maxItems:"20" doc:"ordering: in the right order"`
	Accepted  []Text            `json:"accepted,omitempty" maxItems:"20" doc:"text: any of these, in any language"`
	Number    float64           `json:"number,omitempty"`
	Tolerance float64           `json:"tolerance,omitempty" minimum:"0"`
}

// QuizDraftBody is the draft of a quiz.
type QuizDraftBody struct {
	Pass      int                 `json:"pass" minimum:"0" doc:"Questions that must be right"`
	Attempts  int                 `json:"attempts" minimum:"0" doc:"At most; 0 for any number"`
	Shuffle   bool                `json:"shuffle"`
	Questions []QuestionDraftBody `json:"questions" maxItems:"100"`
}

// LessonBody is the draft of a lesson.
type LessonBody struct {
	ID               string          `json:"id"`
	Rev              int64           `json:"rev" doc:"For If-Match"`
	Kind             string          `json:"kind" enum:"video,text,quiz"`
	Title            Text            `json:"title"`
	Optional         bool            `json:"optional"`
	Body             Text            `json:"body" doc:"Markdown: the lesson, or a note beside video and quiz"`
	Video            string          `json:"video" doc:"Id; empty for none yet"`
	TranscriptCounts bool            `json:"transcriptCounts"`
	Quiz             *QuizDraftBody  `json:"quiz,omitempty"`
	Stops            []StopDraftBody `json:"stops,omitempty" doc:"Questions at which the video stops, by their second"`
}

type lessonOutput struct {
	ETag string `header:"ETag"`
	Body LessonBody
}

func lessonOutputOf(l course.Lesson, err error) (*lessonOutput, error) {
	if err != nil {
		return nil, err
	}
	b := LessonBody{ID: l.ID, Rev: l.Rev, Kind: l.Kind, Title: l.Title, Optional: l.Optional, Body: l.Body, Video: l.Video, TranscriptCounts: l.TranscriptCounts}
	if b.Body == nil {
		b.Body = Text{}
	}
	if q := l.Quiz; q != nil {
		b.Quiz = &QuizDraftBody{Pass: q.Pass, Attempts: q.Attempts, Shuffle: q.Shuffle, Questions: []QuestionDraftBody{}}
		for i := range q.Questions {
			b.Quiz.Questions = append(b.Quiz.Questions, questionDraft(&q.Questions[i]))
		}
	}
	if l.Kind == course.KindVideo {
		b.Stops = stopDrafts(l.Stops)
	}
	return &lessonOutput{ETag: peoplehttp.ETag(l.Rev), Body: b}, nil
}

func questionDraft(x *course.Question) QuestionDraftBody {
	d := QuestionDraftBody{ID: x.ID, Kind: x.Kind, Prompt: x.Prompt, Feedback: x.Feedback, Accepted: x.Accept, Number: x.Number, Tolerance: x.Tolerance}
	for _, c := range x.Choices {
		d.Options = append(d.Options, ChoiceDraftBody{ID: c.ID, Text: c.Text, Right: c.Right, Feedback: c.Feedback, Match: c.Partner})
	}
	return d
}

func toQuestion(x *QuestionDraftBody) course.Question {
	d := course.Question{ID: x.ID, Kind: x.Kind, Prompt: x.Prompt, Feedback: x.Feedback, Accept: x.Accepted, Number: x.Number, Tolerance: x.Tolerance}
	for _, c := range x.Options {
		d.Choices = append(d.Choices, course.Choice{ID: c.ID, Text: c.Text, Right: c.Right, Feedback: c.Feedback, Partner: c.Match})
	}
	return d
}

func (h *handlers) addLesson(ctx context.Context, in *struct {
	ModuleInput
	Body struct {
		Kind  string `json:"kind" enum:"video,text,quiz"`
		Title Text   `json:"title"`
	}
}) (*lessonOutput, error) {
	return lessonOutputOf(h.svc.AddLesson(ctx, in.By, in.ID, in.M, in.Body.Kind, in.Body.Title))
}

func (h *handlers) lesson(ctx context.Context, in *LessonInput) (*lessonOutput, error) {
	return lessonOutputOf(h.svc.Lesson(ctx, in.By, in.ID, in.L))
}

func (h *handlers) saveLesson(ctx context.Context, in *struct {
	LessonInput
	peoplehttp.IfMatch
	Body struct {
		Title            Text            `json:"title"`
		Optional         bool            `json:"optional,omitempty"`
		Body             Text            `json:"body,omitempty"`
		Video            string          `json:"video,omitempty" maxLength:"64"`
		TranscriptCounts bool            `json:"transcriptCounts,omitempty"`
		Quiz             *QuizDraftBody  `json:"quiz,omitempty"`
		Stops            []StopDraftBody `json:"stops,omitempty" maxItems:"200" doc:"Left out: as they are"`
	}
}) (*lessonOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	l := course.Lesson{Course: in.ID, Title: in.Body.Title, Optional: in.Body.Optional, Body: in.Body.Body, Video: in.Body.Video, TranscriptCounts: in.Body.TranscriptCounts, Stops: toStops(in.Body.Stops)}
	l.ID = in.L
	if q := in.Body.Quiz; q != nil {
		l.Quiz = &course.Quiz{Pass: q.Pass, Attempts: q.Attempts, Shuffle: q.Shuffle, Questions: []course.Question{}}
		for i := range q.Questions {
			l.Quiz.Questions = append(l.Quiz.Questions, toQuestion(&q.Questions[i]))
		}
	}
	return lessonOutputOf(h.svc.SaveLesson(ctx, in.By, rev, l))
}

func (h *handlers) deleteLesson(ctx context.Context, in *LessonInput) (*none, error) {
	return nil, h.svc.DeleteLesson(ctx, in.By, in.ID, in.L)
}

func (h *handlers) publish(ctx context.Context, in *struct {
	CourseInput
	peoplehttp.IfMatch
	Body struct {
		Note string `json:"note,omitempty" maxLength:"2000" doc:"What has changed"`
	}
}) (*courseOutput, error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	if _, err := h.svc.Publish(ctx, in.By, in.ID, rev, in.Body.Note); err != nil {
		return nil, err
	}
	return h.course(ctx, &in.CourseInput)
}

func (h *handlers) unpublish(ctx context.Context, in *CourseInput) (*courseOutput, error) {
	c, err := h.svc.Unpublish(ctx, in.By, in.ID)
	return h.courseOutput(ctx, in.Signed, c, err)
}

func (h *handlers) duplicate(ctx context.Context, in *struct {
	CourseInput
	Body struct {
		Title Text `json:"title,omitempty"`
	}
}) (*courseOutput, error) {
	c, err := h.svc.Duplicate(ctx, in.By, in.ID, in.Body.Title)
	return h.courseOutput(ctx, in.Signed, c, err)
}

// VersionBody is a published version.
type VersionBody struct {
	Number    int       `json:"number"`
	Published time.Time `json:"published"`
	By        string    `json:"by" doc:"Random name of who published it"`
	Note      string    `json:"note,omitempty"`
	Lessons   int       `json:"lessons"`
	Current   bool      `json:"current"`
}

func (h *handlers) versions(ctx context.Context, in *CourseInput) (*peoplehttp.Out[peoplehttp.Page[VersionBody]], error) {
	vs, err := h.svc.Versions(ctx, in.By, in.ID)
	return out(peoplehttp.PageOf(vs, "", func(v course.Version) VersionBody {
		return VersionBody{Number: v.Number, Published: v.Published, By: v.By, Note: v.Note, Lessons: len(v.Lessons), Current: v.Number == vs[0].Number}
	})), err
}

// MovedBody says how many learners go on with another version.
type MovedBody struct {
	Moved int `json:"moved"`
}

func (h *handlers) moveLearners(ctx context.Context, in *struct {
	CourseInput
	N int `path:"n" minimum:"1"`
}) (*peoplehttp.Out[MovedBody], error) {
	n, err := h.svc.MoveLearners(ctx, in.By, in.ID, in.N)
	return out(MovedBody{Moved: n}), err
}

func (h *handlers) preview(ctx context.Context, in *CourseInput) (*peoplehttp.Out[EnrolmentDetailBody], error) {
	st, err := h.svc.Preview(ctx, in.By, in.ID)
	if err != nil {
		return nil, err
	}
	return out(calendar{}.detail(st)), nil // nobody asks for a preview by a day
}

// PreviewLessonBody is a lesson of a draft as a learner would see it.
type PreviewLessonBody struct {
	EnrolledLessonBody
	Playback *PlaybackBody `json:"playback,omitempty"`
	Attempt  *AttemptBody  `json:"attempt,omitempty"`
}

func (h *handlers) previewLesson(ctx context.Context, in *LessonInput) (*peoplehttp.Out[PreviewLessonBody], error) {
	st, l, p, err := h.svc.PreviewLesson(ctx, in.By, in.ID, in.L)
	if err != nil {
		return nil, err
	}
	lb, err := h.lessonBody(st, l, &course.Evidence{})
	if err != nil {
		return nil, err
	}
	b := PreviewLessonBody{EnrolledLessonBody: lb}
	if p != nil {
		pb := h.playbackBody(*p)
		b.Playback = &pb
	}
	if l.Kind == course.KindQuiz {
		sh, err := h.svc.Try(ctx, in.By, in.ID, in.L, nil)
		if err != nil {
			return nil, err
		}
		a := attemptBody(sh)
		b.Attempt = &a
	}
	return out(b), nil
}

func (h *handlers) tryQuiz(ctx context.Context, in *struct {
	LessonInput
	Body struct {
		Answers []AnswerBody `json:"answers" maxItems:"200"`
	}
}) (*peoplehttp.Out[AttemptBody], error) {
	sh, err := h.svc.Try(ctx, in.By, in.ID, in.L, answers(in.Body.Answers))
	if err != nil {
		return nil, err
	}
	return out(attemptBody(sh)), nil
}

// LessonFaultBody is a fault that a learner reported.
type LessonFaultBody struct {
	ID       string    `json:"id"`
	Lesson   string    `json:"lesson"`
	Version  int       `json:"version"`
	At       time.Time `json:"at"`
	Text     string    `json:"text"`
	Position *float64  `json:"position,omitempty" doc:"Seconds in the video"`
}

func lessonFault(r course.Report) LessonFaultBody {
	b := LessonFaultBody{ID: r.ID, Lesson: r.Lesson, Version: r.Version, At: r.Created, Text: r.Text}
	if r.At != nil {
		s := seconds(*r.At)
		b.Position = &s
	}
	return b
}

func (h *handlers) faults(ctx context.Context, in *struct {
	CourseInput
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[LessonFaultBody]], error) {
	p, err := h.svc.Reports(ctx, in.By, in.ID, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(p.Docs, p.Next, lessonFault)), err
}

// CourseFaultBody is a fault that a learner reported, and in which course.
type CourseFaultBody struct {
	LessonFaultBody
	Course CourseRefBody `json:"course"`
}

func (h *handlers) latestFaults(ctx context.Context, in *struct {
	signed
	peoplehttp.List
}) (*peoplehttp.Out[peoplehttp.Page[CourseFaultBody]], error) {
	list, next, err := h.svc.LatestReports(ctx, in.By, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(list, next, func(r course.Reported) CourseFaultBody {
		return CourseFaultBody{LessonFaultBody: lessonFault(r.Report), Course: CourseRefBody{ID: r.Course, Title: r.Title, Languages: r.Languages, Owner: in.By.Organisation}}
	})), err
}

// HTMLBody is rendered Markdown.
type HTMLBody struct {
	HTML string `json:"html"`
}

func (h *handlers) render(_ context.Context, in *struct {
	signed
	Body struct {
		Text string `json:"text"`
		Lang string `json:"lang,omitempty" maxLength:"20"`
	}
}) (*peoplehttp.Out[HTMLBody], error) {
	html, err := h.markdown.HTML(in.Body.Text)
	return out(HTMLBody{HTML: html}), err
}
