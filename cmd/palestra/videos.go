package main

import (
	"context"
	"time"

	"palestra/course"
	"palestra/internal/fault"
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
	for _, c := range d.Captions {
		out.Captions = append(out.Captions, c.Lang)
	}
	return out, nil
}

// Grant opens a playback.
func (v *videos) Grant(context.Context, string, string, string) (course.Stream, error) {
	return course.Stream{}, fault.New(fault.Unavailable, "video.not_ready", "not yet")
}
