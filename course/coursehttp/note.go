package coursehttp

import (
	"context"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// OwnNoteBody is what a learner has written for herself.
type OwnNoteBody struct {
	ID      string    `json:"id"`
	Rev     int64     `json:"rev" doc:"For If-Match"`
	Lesson  string    `json:"lesson"`
	Title   Text      `json:"title" doc:"Of the lesson; empty when the course has it no more"`
	At      float64   `json:"at" doc:"Seconds in the video"`
	Text    string    `json:"text"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

func ownNoteBody(n course.Noted) OwnNoteBody {
	b := OwnNoteBody{ID: n.ID, Rev: n.Rev, Lesson: n.Lesson, Title: n.Title, At: seconds(n.At), Text: n.Text, Created: n.Created, Updated: n.Updated}
	if b.Title == nil {
		b.Title = Text{}
	}
	return b
}

func (h *handlers) notes(ctx context.Context, in *struct {
	EnrolmentInput
	peoplehttp.List
	Lesson string `query:"lesson" maxLength:"64" doc:"Only those of this lesson"`
	Q      string `query:"q" maxLength:"200" doc:"Words that they hold"`
}) (*peoplehttp.Out[peoplehttp.Page[OwnNoteBody]], error) {
	ns, next, err := h.svc.Notes(ctx, in.By, in.E, in.Lesson, in.Q, in.Cursor, in.Limit)
	return out(peoplehttp.PageOf(ns, next, ownNoteBody)), err
}

func (h *handlers) addNote(ctx context.Context, in *struct {
	EnrolledInput
	Body struct {
		At   float64 `json:"at" minimum:"0" maximum:"1000000" doc:"Seconds in the video"`
		Text string  `json:"text" maxLength:"4000"`
	}
}) (*peoplehttp.Out[OwnNoteBody], error) {
	n, err := h.svc.AddNote(ctx, in.By, in.E, in.L, int64(in.Body.At*1000), in.Body.Text)
	return out(ownNoteBody(n)), err
}

// OwnNoteInput names one of the own notes.
type OwnNoteInput struct {
	EnrolmentInput
	N string `path:"n" maxLength:"64"`
}

func (h *handlers) changeNote(ctx context.Context, in *struct {
	OwnNoteInput
	peoplehttp.IfMatch
	Body struct {
		Text string `json:"text" maxLength:"4000"`
	}
}) (*peoplehttp.Out[OwnNoteBody], error) {
	rev, err := in.Revision()
	if err != nil {
		return nil, err
	}
	n, err := h.svc.ChangeNote(ctx, in.By, in.E, in.N, rev, in.Body.Text)
	return out(ownNoteBody(course.Noted{Note: n})), err
}

func (h *handlers) deleteNote(ctx context.Context, in *OwnNoteInput) (*none, error) {
	return nil, h.svc.DeleteNote(ctx, in.By, in.E, in.N)
}

// TextOutput is a text to be kept.
type TextOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (h *handlers) notesText(ctx context.Context, in *struct {
	EnrolmentInput
	Lang string `query:"lang" maxLength:"35" doc:"Of the titles, where there is a choice"`
}) (*TextOutput, error) {
	text, err := h.svc.NotesText(ctx, in.By, in.E, in.Lang)
	if err != nil {
		return nil, err
	}
	return &TextOutput{ContentType: "text/plain; charset=utf-8", Disposition: `attachment; filename="notes.txt"`, Body: []byte(text)}, nil
}
