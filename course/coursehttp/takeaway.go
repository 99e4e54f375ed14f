package coursehttp

import (
	"context"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// TakeawayBody says whether learners may keep files of the videos of a town's courses.
type TakeawayBody struct {
	Allowed bool `json:"allowed"`
}

func (h *handlers) takeaway(ctx context.Context, in *struct{ signed }) (*peoplehttp.Out[TakeawayBody], error) {
	allowed, err := h.svc.TakeawayOf(ctx, in.By)
	return out(TakeawayBody{allowed}), err
}

func (h *handlers) setTakeaway(ctx context.Context, in *struct {
	signed
	Body TakeawayBody
}) (*peoplehttp.Out[TakeawayBody], error) {
	return out(in.Body), h.svc.SetTakeaway(ctx, in.By, in.Body.Allowed)
}

// FileBody is a file of a lesson's video that a learner can keep.
type FileBody struct {
	What    string     `json:"what" enum:"video,sound,captions"`
	Lang    string     `json:"lang,omitempty" doc:"Of captions"`
	Format  string     `json:"format" enum:"mp4,m4a,vtt,srt"`
	Bytes   int64      `json:"bytes,omitempty" doc:"0: not known beforehand"`
	URL     string     `json:"url,omitempty" doc:"Only when one file was asked for"`
	Expires *time.Time `json:"expires,omitempty" doc:"When the address ends"`
}

// FilesBody lists such files.
type FilesBody struct {
	Items []FileBody `json:"items"`
}

func fileBody(f course.File) FileBody {
	return FileBody{What: f.What, Lang: f.Language, Format: f.Format, Bytes: f.Bytes}
}

func (h *handlers) files(ctx context.Context, in *EnrolledInput) (*peoplehttp.Out[FilesBody], error) {
	fs, err := h.svc.Files(ctx, in.By, in.E, in.L)
	if err != nil {
		return nil, err
	}
	b := FilesBody{Items: make([]FileBody, 0, len(fs))}
	for _, f := range fs {
		b.Items = append(b.Items, fileBody(f))
	}
	return out(b), nil
}

func (h *handlers) takeAlong(ctx context.Context, in *struct {
	EnrolledInput
	Body struct {
		What   string `json:"what" enum:"video,sound,captions"`
		Lang   string `json:"lang,omitempty" maxLength:"35"`
		Format string `json:"format,omitempty" maxLength:"10"`
	}
}) (*peoplehttp.Out[FileBody], error) {
	f, err := h.svc.TakeAlong(ctx, in.By, in.E, in.L, in.Body.What, in.Body.Lang, in.Body.Format)
	if err != nil {
		return nil, err
	}
	b := fileBody(f)
	b.URL, b.Expires = f.URL, &f.Expires
	return out(b), nil
}
