package main

import (
	"context"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"palestra/course"
	"palestra/video"
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
		s.Captions = append(s.Captions, course.Track{Kind: c.Kind, Language: c.Lang, Label: selfName(c.Lang), URL: c.URL})
	}
	return s, nil
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
