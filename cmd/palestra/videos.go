package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/caption"
)

// videos lets the course room ask the video room.
type videos struct{ svc *video.Service }

// Video returns what is known of a video of an organisation.
func (v *videos) Video(ctx context.Context, org, id string) (course.Video, error) {
	d, err := v.svc.Get(ctx, org, id)
	if err != nil {
		return course.Video{}, err
	}
	out := course.Video{ID: d.ID, Title: d.Name, Playable: d.Playable, Length: time.Duration(d.Duration * float64(time.Second))}
	a := d.Accessible()
	out.Access = course.Access{Lang: a.Lang, NoSpeech: a.NoSpeech, Undescribed: a.Undescribed, Captions: a.Captions, Descriptions: a.Descriptions, Chapters: a.Chapters,
		Cues: a.Cues, Coverage: a.Review.Coverage, OfSpeech: a.Review.OfSpeech, Lacks: a.Lacks}
	return out, nil
}

// Grant opens a playback for a signed-in session.
func (v *videos) Grant(ctx context.Context, org, id, session string) (course.Stream, error) {
	p, err := v.svc.Grant(ctx, org, id, session)
	if err != nil {
		return course.Stream{}, err
	}
	s := course.Stream{Manifest: p.URL, Poster: p.Poster, Expires: p.Expires}
	for _, c := range p.Captions {
		s.Captions = append(s.Captions, course.Track{Kind: c.Kind, Language: c.Lang, Label: selfName(c.Lang), URL: c.URL, Unchecked: c.Unchecked})
	}
	return s, nil
}

// Files returns what a signed-in session may keep of a video.
func (v *videos) Files(ctx context.Context, org, id, session string) ([]course.File, error) {
	files, err := v.svc.Files(ctx, org, id, session)
	out := make([]course.File, 0, len(files))
	for _, f := range files {
		out = append(out, course.File{What: f.What, Language: f.Lang, Format: f.Format, URL: f.URL, Bytes: f.Bytes, Expires: f.Expires})
	}
	return out, err
}

// Transcript returns the captions that learners get as text.
func (v *videos) Transcript(ctx context.Context, org, id, lang string) ([]course.Spoken, string, error) {
	d, err := v.svc.Get(ctx, org, id)
	if err != nil {
		return nil, "", err
	}
	a := d.Accessible()
	for _, wish := range []string{a.Lang, lang} {
		if slices.Contains(a.Captions, wish) {
			a.Captions = append([]string{wish}, a.Captions...)
		}
	}
	if len(a.Captions) == 0 {
		return nil, "", fault.New(fault.NotFound, "video.no_captions", "the video has no captions")
	}
	_, cues, err := v.svc.Cues(ctx, org, id, video.Track{Kind: caption.Captions, Lang: a.Captions[0]})
	lines := make([]course.Spoken, 0, len(cues))
	for _, c := range cues {
		lines = append(lines, course.Spoken{At: c.Start.Milliseconds(), Text: c.Plain()})
	}
	return lines, a.Captions[0], err
}

// selfName returns what a language calls itself, as Deutsch.
func selfName(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if name := display.Self.Name(t); name != "" {
		return name
	}
	return tag
}
