package videohttp

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/people/peoplehttp"
	"palestra/video"
	"palestra/video/caption"
)

func (h *handlers) registerTracks(op func(id, method, path, summary string, status int) huma.Operation, api huma.API) {
	huma.Register(api, op("get-cues", http.MethodGet, "/videos/{id}/captions/{lang}/cues", "A text track to be edited, with what is wrong with it", 200), h.cues)
	// As many bytes as the greatest caption file becomes in JSON, whose line ends and quotes are longer.
	large := func(o huma.Operation) huma.Operation {
		o.MaxBodyBytes = 4 * video.MaxCaptions
		return o
	}
	huma.Register(api, large(op("put-cues", http.MethodPut, "/videos/{id}/captions/{lang}/cues", "Store an edited text track", 200)), h.putCues)
	huma.Register(api, large(op("review-cues", http.MethodPost, "/videos/{id}/captions/{lang}/review", "What is wrong with cues that are being edited", 200)), h.review)
	huma.Register(api, op("align-text", http.MethodPost, "/videos/{id}/align", "Cues of a plain text, moved into the pauses of the sound; nothing is stored", 200), h.align)
	huma.Register(api, op("delete-captions", http.MethodDelete, "/videos/{id}/captions/{lang}", "Remove a text track", 204), h.deleteCaptions)
	huma.Register(api, op("get-levels", http.MethodGet, "/videos/{id}/levels", "How loud the sound is, for a waveform", 200), h.levels)
	huma.Register(api, op("get-speech", http.MethodGet, "/videos/{id}/speech", "Can a machine write down what is said, and does it?", 200), h.speech)
	huma.Register(api, op("transcribe", http.MethodPost, "/videos/{id}/speech", "Have a machine write down what is said, as captions to be checked", 202), h.transcribe)
	huma.Register(api, op("set-access", http.MethodPut, "/videos/{id}/access", "What is to be said of a video for those who do not see or hear it", 200), h.setAccess)
	get := op("get-captions", http.MethodGet, "/videos/{id}/captions/{lang}", "A text track as a file", 200)
	get.Responses = map[string]*huma.Response{"200": {Description: "WebVTT or SubRip", Content: map[string]*huma.MediaType{"text/vtt": {}, "application/x-subrip": {}}}}
	huma.Register(api, get, h.captions)
}

// VideoInput names a video.
type VideoInput struct {
	peoplehttp.Signed
	ID string `path:"id" maxLength:"100"`
}

// TrackInput names a text track of a video.
type TrackInput struct {
	peoplehttp.Signed
	ID   string `path:"id" maxLength:"100"`
	Lang string `path:"lang" maxLength:"35" doc:"BCP 47"`
	Kind string `query:"kind" default:"captions" enum:"captions,descriptions,chapters"`
}

func (in *TrackInput) track() video.Track { return video.Track{Kind: in.Kind, Lang: in.Lang} }

// CaptionBody is a text track of a video.
type CaptionBody struct {
	Kind      string    `json:"kind" enum:"captions,descriptions,chapters"`
	Lang      string    `json:"lang" doc:"BCP 47"`
	Tag       string    `json:"tag" doc:"For If-Match"`
	Cues      int       `json:"cues"`
	Changed   time.Time `json:"changed"`
	From      string    `json:"from" enum:"author,file,speech" doc:"Where it comes from: an author, the video's file, a program that has listened"`
	Stale     bool      `json:"stale" doc:"The video has another file of another length since: times may be wrong"`
	Unchecked bool      `json:"unchecked" doc:"A machine has written it and nobody has read it yet: players say so"`
	Errors    int       `json:"errors" doc:"What keeps it from being published"`
	Advice    int       `json:"advice"`
	Coverage  float64   `json:"coverage" doc:"Share of what is said, or where that is not known, of the video"`
	OfSpeech  bool      `json:"ofSpeech" doc:"Coverage is of what is said"`
}

func captionBody(c video.Caption) CaptionBody {
	b := CaptionBody{Kind: c.Kind, Lang: c.Lang, Tag: c.Tag(), Cues: c.Cues, Changed: c.Changed, From: c.From, Stale: c.Stale, Unchecked: c.Unchecked,
		Errors: c.Review.Errors, Advice: c.Review.Advice, Coverage: c.Review.Coverage, OfSpeech: c.Review.OfSpeech}
	if b.Kind == "" {
		b.Kind = caption.Captions
	}
	if b.From == "" {
		b.From = "author"
	}
	return b
}

// CueBody is one cue as an editor shows it.
type CueBody struct {
	Start float64 `json:"start" minimum:"0" maximum:"86400" doc:"Seconds"`
	End   float64 `json:"end" minimum:"0" maximum:"86400" doc:"Seconds"`
	Text  string  `json:"text" maxLength:"2000" doc:"Lines; <b>, <i> and <u> are the only tags"`
	Voice string  `json:"voice,omitempty" maxLength:"100" doc:"Who speaks"`
	Place string  `json:"place,omitempty" maxLength:"100" doc:"WebVTT settings"`
}

func cueBodies(cues []caption.Cue) []CueBody {
	out := make([]CueBody, 0, len(cues))
	for _, c := range cues {
		out = append(out, CueBody{c.Start.Seconds(), c.End.Seconds(), c.Source(), c.Voice, c.Place})
	}
	return out
}

func toCues(bodies []CueBody) []caption.Cue {
	out := make([]caption.Cue, 0, len(bodies))
	at := func(seconds float64) time.Duration { return time.Duration(seconds*1000+0.5) * time.Millisecond }
	for _, c := range bodies {
		out = append(out, caption.Cue{Start: at(c.Start), End: at(c.End), Text: c.Text, Voice: c.Voice, Place: c.Place})
	}
	return out
}

// FindingBody is something that a review has found.
type FindingBody struct {
	Code  string  `json:"code" enum:"fast,short,long,line,lines,overlap,flicker,gap,end,coverage,offset,drift,language,beginning"`
	Error bool    `json:"error" doc:"It keeps the video from being published; else it is advice"`
	Cue   int     `json:"cue" doc:"Index; -1 for all"`
	At    float64 `json:"at" doc:"Seconds"`
	Value float64 `json:"value" doc:"What was measured"`
	Limit float64 `json:"limit" doc:"What it may be"`
	Lang  string  `json:"lang,omitempty" doc:"Which language it seems to be"`
}

// ReviewBody is what was found out about a text track.
type ReviewBody struct {
	Findings []FindingBody `json:"findings"`
	Errors   int           `json:"errors"`
	Coverage float64       `json:"coverage" doc:"Share of what is said, or where that is not known, of the video"`
	OfSpeech bool          `json:"ofSpeech"`
	Speed    float64       `json:"speed" doc:"Characters a second, on average"`
	Top      float64       `json:"top" doc:"Highest characters a second"`
}

func reviewBody(r caption.Review) ReviewBody {
	b := ReviewBody{Findings: make([]FindingBody, 0, len(r.Findings)), Errors: r.Errors, Coverage: r.Coverage, OfSpeech: r.OfSpeech, Speed: r.Speed, Top: r.Top}
	for _, f := range r.Findings {
		b.Findings = append(b.Findings, FindingBody{f.Code, f.Error, f.Cue, f.At.Seconds(), f.Value, f.Limit, f.Lang})
	}
	return b
}

// CuesBody is a text track to be edited.
type CuesBody struct {
	Track  CaptionBody `json:"track"`
	Cues   []CueBody   `json:"cues"`
	Review ReviewBody  `json:"review"`
}

func (h *handlers) cues(ctx context.Context, in *TrackInput) (*out[CuesBody], error) {
	c, cues, err := h.svc.Captions(ctx, in.By, in.ID, in.track())
	if err != nil {
		return nil, err
	}
	b := CuesBody{Track: captionBody(c), Cues: cueBodies(cues)}
	r, err := h.svc.LookAt(ctx, in.By, in.ID, in.track(), toCues(b.Cues))
	b.Review = reviewBody(r)
	return &out[CuesBody]{Body: b}, err
}

// tag reads which revision a request may replace (RFC 9110 §13.1).
func tag(match, noneMatch string) string {
	switch {
	case noneMatch == "*":
		return video.None
	case match == "*":
		return ""
	}
	return strings.Trim(strings.TrimPrefix(match, "W/"), `"`)
}

func (h *handlers) putCues(ctx context.Context, in *struct {
	TrackInput
	Match     string `header:"If-Match" maxLength:"60" doc:"Tag of what was read"`
	NoneMatch string `header:"If-None-Match" maxLength:"10" doc:"* when the track is new"`
	Body      struct {
		Cues    []CueBody `json:"cues" maxItems:"20000"`
		Checked bool      `json:"checked,omitempty" doc:"Somebody has read what a machine had written"`
	}
}) (*out[CuesBody], error) {
	c, r, err := h.svc.Save(ctx, in.By, in.ID, in.track(), tag(in.Match, in.NoneMatch), toCues(in.Body.Cues), in.Body.Checked)
	if err != nil {
		return nil, err
	}
	_, cues, err := h.svc.Captions(ctx, in.By, in.ID, in.track())
	return &out[CuesBody]{Body: CuesBody{Track: captionBody(c), Cues: cueBodies(cues), Review: reviewBody(r)}}, err
}

func (h *handlers) review(ctx context.Context, in *struct {
	TrackInput
	Body struct {
		Cues []CueBody `json:"cues" maxItems:"20000"`
	}
}) (*out[ReviewBody], error) {
	r, err := h.svc.LookAt(ctx, in.By, in.ID, in.track(), toCues(in.Body.Cues))
	return &out[ReviewBody]{Body: reviewBody(r)}, err
}

// AlignedBody is a text as cues.
type AlignedBody struct {
	Cues []CueBody `json:"cues"`
}

func (h *handlers) align(ctx context.Context, in *struct {
	VideoInput
	Body struct {
		Text string `json:"text" maxLength:"500000"`
	}
}) (*out[AlignedBody], error) {
	cues, err := h.svc.Align(ctx, in.By, in.ID, in.Body.Text)
	return &out[AlignedBody]{Body: AlignedBody{cueBodies(cues)}}, err
}

// LevelsBody is how loud the sound of a video is.
type LevelsBody struct {
	State  string  `json:"state" enum:"waiting,working,failed,ready"`
	Reason string  `json:"reason,omitempty" doc:"Fault code when failed"`
	Step   float64 `json:"step" doc:"Seconds that one level stands for"`
	Levels []byte  `json:"levels" doc:"One byte a level, four to a decibel above -64 dB"`
}

func (h *handlers) levels(ctx context.Context, in *struct {
	VideoInput
	Again bool `query:"again" doc:"Begin anew what has failed"`
}) (*out[LevelsBody], error) {
	l, t, err := h.svc.Levels(ctx, in.By, in.ID, in.Again)
	b := LevelsBody{State: t.State, Reason: t.Reason, Step: caption.Step.Seconds(), Levels: l}
	if t.State == "" {
		b.State = "ready"
	}
	if b.Levels == nil {
		b.Levels = []byte{}
	}
	return &out[LevelsBody]{Body: b}, err
}

// SpeechBody says what has become of captions that a machine writes.
type SpeechBody struct {
	May    bool   `json:"may" doc:"It can be asked for"`
	State  string `json:"state" enum:"none,waiting,working,failed" doc:"none: nobody has asked, or it is done"`
	Reason string `json:"reason,omitempty" doc:"Fault code when failed"`
}

func speechBody(t video.Task, may bool) SpeechBody {
	b := SpeechBody{May: may, State: t.State, Reason: t.Reason}
	if b.State == "" {
		b.State = "none"
	}
	return b
}

func (h *handlers) speech(ctx context.Context, in *struct {
	VideoInput
	Lang string `query:"lang" required:"true" maxLength:"35" doc:"BCP 47"`
}) (*out[SpeechBody], error) {
	t, may, err := h.svc.Transcribing(ctx, in.By, in.ID, in.Lang)
	return &out[SpeechBody]{Body: speechBody(t, may)}, err
}

func (h *handlers) transcribe(ctx context.Context, in *struct {
	VideoInput
	Body struct {
		Lang  string `json:"lang" maxLength:"35" doc:"That is spoken, BCP 47"`
		Again bool   `json:"again,omitempty" doc:"Begin anew what has failed"`
	}
}) (*out[SpeechBody], error) {
	t, err := h.svc.Transcribe(ctx, in.By, in.ID, in.Body.Lang, in.Body.Again)
	return &out[SpeechBody]{Body: speechBody(t, true)}, err
}

// FileOutput is a file to be kept.
type FileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	ETag        string `header:"ETag"`
	Body        []byte
}

func (h *handlers) captions(ctx context.Context, in *struct {
	TrackInput
	Format string `query:"format" default:"vtt" enum:"vtt,srt"`
}) (*FileOutput, error) {
	c, cues, err := h.svc.Captions(ctx, in.By, in.ID, in.track())
	if err != nil {
		return nil, err
	}
	f := &FileOutput{ContentType: "text/vtt; charset=utf-8", ETag: strconv.Quote(c.Tag() + "." + in.Format), Body: caption.VTT(cues)}
	if in.Format == "srt" {
		f.ContentType, f.Body = "application/x-subrip; charset=utf-8", caption.SRT(cues)
	}
	f.Disposition = `attachment; filename="` + in.Kind + "." + c.Lang + "." + in.Format + `"`
	return f, nil
}

func (h *handlers) deleteCaptions(ctx context.Context, in *TrackInput) (*struct{}, error) {
	return nil, h.svc.DeleteCaptions(ctx, in.By, in.ID, in.track())
}

// AccessBody is what is said of a video for those who do not see or hear it.
type AccessBody struct {
	Lang        string   `json:"lang" maxLength:"35" doc:"That is spoken in it, BCP 47; empty: not said yet"`
	NoSpeech    bool     `json:"noSpeech" doc:"Nothing is said in it"`
	Undescribed string   `json:"undescribed" maxLength:"2000" doc:"Why it needs no audio description"`
	Lacks       []string `json:"lacks" enum:"language,captions,check,quality,poster,description" doc:"What it lacks to be published"`
}

func accessBody(v *video.Video) AccessBody {
	a := v.Accessible()
	return AccessBody{Lang: a.Lang, NoSpeech: a.NoSpeech, Undescribed: a.Undescribed, Lacks: append([]string{}, a.Lacks...)}
}

func (h *handlers) setAccess(ctx context.Context, in *struct {
	VideoInput
	Body struct {
		Lang        string `json:"lang" maxLength:"35" doc:"That is spoken in it, BCP 47; empty: not said yet"`
		NoSpeech    bool   `json:"noSpeech" doc:"Nothing is said in it"`
		Undescribed string `json:"undescribed" maxLength:"2000" doc:"Why it needs no audio description"`
	}
}) (*out[VideoBody], error) {
	v, err := h.svc.SetAccess(ctx, in.By, in.ID, video.Access{Lang: in.Body.Lang, NoSpeech: in.Body.NoSpeech, Undescribed: in.Body.Undescribed})
	return &out[VideoBody]{Body: videoBody(v)}, err
}
