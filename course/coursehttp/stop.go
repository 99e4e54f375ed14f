package coursehttp

import (
	"context"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// StopBody is a question at which a video stops, as its learner meets it: nothing in it tells the answer before it was
// given.
type StopBody struct {
	ID       string       `json:"id"`
	At       float64      `json:"at" doc:"Seconds in the video"`
	Required bool         `json:"required" doc:"The lesson counts only when it has been answered, rightly or not"`
	Question QuestionBody `json:"question"`
	Answered *time.Time   `json:"answered,omitempty" doc:"For the first time"`
	Result   *ResultBody  `json:"result,omitempty" doc:"Of the latest answer"`
}

func stopBody(s course.Stopped) StopBody {
	q := &s.Stop.Question
	b := StopBody{ID: q.ID, At: seconds(s.Stop.At), Required: s.Stop.Required, Question: questionBody(q, s.Sheet.Attempt.Choices)}
	if s.Reply != nil {
		r := result(q, &s.Sheet)
		b.Answered, b.Result = &s.Reply.First, &r
	}
	return b
}

func stopBodies(list []course.Stopped) []StopBody {
	out := make([]StopBody, 0, len(list))
	for _, s := range list {
		out = append(out, stopBody(s))
	}
	return out
}

// StopDraftBody is a question at which a video stops, as its author writes it.
type StopDraftBody struct {
	At       float64           `json:"at" minimum:"0" maximum:"86400" doc:"Seconds in the video"`
	Required bool              `json:"required,omitempty" doc:"The lesson counts only when it has been answered, rightly or not"`
	Question QuestionDraftBody `json:"question" doc:"single, multiple or text"`
}

func stopDrafts(stops []course.Stop) []StopDraftBody {
	out := make([]StopDraftBody, 0, len(stops))
	for i := range stops {
		out = append(out, StopDraftBody{At: seconds(stops[i].At), Required: stops[i].Required, Question: questionDraft(&stops[i].Question)})
	}
	return out
}

// toStops reads questions of a video; nil leaves those that there are.
func toStops(drafts []StopDraftBody) []course.Stop {
	if drafts == nil {
		return nil
	}
	out := make([]course.Stop, 0, len(drafts))
	for i := range drafts {
		out = append(out, course.Stop{At: int64(drafts[i].At*1000 + 0.5), Required: drafts[i].Required, Question: toQuestion(&drafts[i].Question)})
	}
	return out
}

func (h *handlers) answerStop(ctx context.Context, in *struct {
	EnrolledInput
	S    string `path:"s" maxLength:"64"`
	Body AnswerBody
}) (*peoplehttp.Out[StopBody], error) {
	s, err := h.svc.AnswerStop(ctx, in.By, in.E, in.L, in.S, answers([]AnswerBody{in.Body})[0])
	if err != nil {
		return nil, err
	}
	return out(stopBody(s)), nil
}

func (h *handlers) tryStop(ctx context.Context, in *struct {
	LessonInput
	S    string `path:"s" maxLength:"64"`
	Body AnswerBody
}) (*peoplehttp.Out[StopBody], error) {
	s, err := h.svc.TryStop(ctx, in.By, in.ID, in.L, in.S, answers([]AnswerBody{in.Body})[0])
	if err != nil {
		return nil, err
	}
	return out(stopBody(s)), nil
}
