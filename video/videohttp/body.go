package videohttp

import (
	"time"

	"palestra/people/peoplehttp"
	"palestra/video"
)

// PartBody is one part of an upload.
type PartBody struct {
	Number int     `json:"number" doc:"From 1"`
	Size   int64   `json:"size" doc:"Bytes that it has or must have"`
	URL    *string `json:"url" nullable:"true" doc:"Where to PUT it; null: to /uploads/{id}/parts/{number}"`
	Done   bool    `json:"done"`
	ETag   string  `json:"etag,omitempty"`
}

// UploadBody is an upload with its parts. One that is finished has no parts.
type UploadBody struct {
	ID       string      `json:"id"`
	Video    string      `json:"video" doc:"Id of the video that it becomes"`
	Name     string      `json:"name"`
	Size     int64       `json:"size" doc:"Bytes"`
	PartSize int64       `json:"partSize" doc:"Bytes of every part but the last"`
	Parts    []PartBody  `json:"parts"`
	Resumed  bool        `json:"resumed" doc:"An unfinished upload of the same file was found"`
	Same     bool        `json:"same" doc:"The town has a video of the same file already: there is nothing to send"`
	Digest   string      `json:"digest,omitempty" doc:"Of the file that is there already: SHA-256 of the SHA-256 of each 8 MiB, in hexadecimal"`
	More     bool        `json:"more" doc:"Parts without an address get one when the upload is asked for again"`
	Replaces bool        `json:"replaces" doc:"The file takes the place of the one that the video has"`
	Lesson   string      `json:"lesson,omitempty"`
	Import   *ImportBody `json:"import,omitempty" doc:"The server fetches the file itself"`
	State    video.State `json:"state" enum:"uploading,uploaded,processing,ready,failed"`
	Created  time.Time   `json:"created"`
}

// ImportBody is the fetching of a file by the server.
type ImportBody struct {
	Address  string    `json:"address" doc:"Without its query"`
	Got      int64     `json:"got" doc:"Bytes that are stored"`
	Attempts int       `json:"attempts" doc:"Since something was last stored"`
	Reason   string    `json:"reason,omitempty" doc:"Fault code when it was given up"`
	Again    time.Time `json:"again" doc:"When it goes on, after an attempt that went wrong"`
}

func uploadBody(s video.Session) UploadBody {
	v := s.Video
	b := UploadBody{ID: v.ID, Video: v.ID, Name: v.Name, Size: v.Size, State: v.State, Lesson: v.Lesson,
		Created: v.Created, Resumed: s.Resumed, Same: s.Same, More: s.More, Parts: make([]PartBody, 0, len(s.Parts))}
	switch {
	case s.Same:
		b.Digest = v.Digest
	case v.Next != nil:
		b.Name, b.Size, b.PartSize, b.Replaces, b.State = v.Next.Name, v.Next.Size, v.Next.Upload.PartSize, true, video.Uploading
	case v.Upload != nil:
		b.PartSize = v.Upload.PartSize
	}
	if m := v.Import; m != nil {
		b.Import = &ImportBody{Address: m.Shown, Got: m.Got, Attempts: m.Attempts, Reason: m.Reason, Again: m.Until}
	}
	for _, p := range s.Parts {
		part := PartBody{Number: p.Number, Size: p.Size, Done: p.ETag != "", ETag: p.ETag}
		if p.URL != "" {
			part.URL = &p.URL
		}
		b.Parts = append(b.Parts, part)
	}
	return b
}

// RenditionBody is one version of a video.
type RenditionBody struct {
	Name   string `json:"name" doc:"e.g. 360p"`
	Width  int    `json:"width" doc:"Pixels"`
	Height int    `json:"height" doc:"Pixels"`
	Bits   int    `json:"bits" doc:"A second, on average"`
	State  string `json:"state" enum:"ready"`
}

// VideoBody is a video as authors see it.
type VideoBody struct {
	ID         string          `json:"id"`
	Name       string          `json:"name" doc:"Of the file"`
	Lesson     string          `json:"lesson,omitempty"`
	State      video.State     `json:"state" enum:"uploading,uploaded,processing,ready,failed"`
	Percent    int             `json:"percent" minimum:"0" maximum:"100" doc:"Of the processing"`
	Playable   bool            `json:"playable" doc:"At least one rendition can be watched"`
	Reason     string          `json:"reason,omitempty" doc:"Fault code when failed"`
	Upload     string          `json:"upload,omitempty" doc:"Id of the unfinished upload"`
	Size       int64           `json:"size" doc:"Bytes of the file"`
	Duration   float64         `json:"duration" doc:"Seconds; 0 until it was examined"`
	Width      int             `json:"width" doc:"Pixels; 0 until it was examined"`
	Height     int             `json:"height" doc:"Pixels; 0 until it was examined"`
	Sound      bool            `json:"sound"`
	Poster     string          `json:"poster,omitempty" doc:"Address of a still picture"`
	Stages     []StageBody     `json:"stages" doc:"Steps of the processing, in order; none before it begins"`
	Renditions []RenditionBody `json:"renditions"`
	Captions   []CaptionBody   `json:"captions" doc:"Text tracks of all kinds"`
	Access     AccessBody      `json:"access"`
	Next       *SourceBody     `json:"next,omitempty" doc:"A file that is being sent to take the place of this one"`
	Former     *SourceBody     `json:"former,omitempty" doc:"The file that plays while another one is prepared to take its place"`
	Created    time.Time       `json:"created"`
	Changed    time.Time       `json:"changed"`
}

// SourceBody is a file of a video.
type SourceBody struct {
	Name string `json:"name"`
	Size int64  `json:"size" doc:"Bytes"`
}

func videoBody(v video.Video) VideoBody {
	b := VideoBody{ID: v.ID, Name: v.Name, Lesson: v.Lesson, State: v.State, Percent: v.Percent, Playable: v.Playable, Reason: v.Reason,
		Size: v.Size, Duration: v.Duration, Width: v.Width, Height: v.Height, Sound: v.Sound != nil, Stages: stageBodies(v), Created: v.Created, Changed: v.Changed,
		Renditions: make([]RenditionBody, 0, len(v.Renditions)), Captions: make([]CaptionBody, 0, len(v.Captions)), Access: accessBody(&v)}
	if v.State == video.Uploading {
		b.Upload = v.ID
	}
	if n := v.Next; n != nil {
		b.Upload, b.Next = v.ID, &SourceBody{n.Name, n.Size}
	}
	if f, ok := v.Replacing(); ok {
		b.Former = &SourceBody{f.Name, f.Size}
	}
	for _, r := range v.Renditions {
		b.Renditions = append(b.Renditions, RenditionBody{Name: r.Name, Width: r.Width, Height: r.Height, Bits: r.Average, State: "ready"})
	}
	for _, c := range v.Captions {
		b.Captions = append(b.Captions, captionBody(c))
	}
	return b
}

// PreviewBody is what a player needs to play a video.
type PreviewBody struct {
	Master     string               `json:"master" doc:"Address of the HLS master playlist"`
	Poster     string               `json:"poster,omitempty"`
	Duration   float64              `json:"duration" doc:"Seconds"`
	Sound      bool                 `json:"sound"`
	Renditions []string             `json:"renditions" doc:"What can be watched now, lowest first"`
	State      video.State          `json:"state" enum:"processing,ready"`
	Captions   []PreviewCaptionBody `json:"captions"`
	Expires    time.Time            `json:"expires" doc:"When the addresses end"`
}

// PreviewCaptionBody is a text track for a player.
type PreviewCaptionBody struct {
	Kind string `json:"kind" enum:"captions,descriptions,chapters"`
	Lang string `json:"lang" doc:"BCP 47"`
	URL  string `json:"url"`

	Unchecked bool `json:"unchecked,omitempty" doc:"A machine has written it and nobody has read it yet"`
}

func previewBody(p video.Playback) PreviewBody {
	b := PreviewBody{Master: p.URL, Poster: p.Poster, Duration: p.Duration, Sound: p.Sound, Renditions: append([]string{}, p.Renditions...),
		State: p.State, Expires: p.Expires, Captions: make([]PreviewCaptionBody, 0, len(p.Captions))}
	for _, c := range p.Captions {
		b.Captions = append(b.Captions, PreviewCaptionBody{c.Kind, c.Lang, c.URL, c.Unchecked})
	}
	return b
}

type out[T any] = peoplehttp.Out[T]
