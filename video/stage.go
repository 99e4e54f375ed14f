package video

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"palestra/internal/fault"
)

// The stages, in the order in which they are done.
const (
	stageExamine = "examine" // what is in the file; refuses what cannot be shown
	stagePoster  = "poster"  // the still picture
	stageFirst   = "first"   // the lowest rendition and the sound: from here on the video is playable
	stageLadder  = "ladder"  // all other renditions in one pass
)

// examine looks into the file and plans the stages.
func (s *Service) examine(ctx context.Context, h *hold, source string) (Video, error) {
	from := s.now()
	found, err := s.c.Encoder.Examine(ctx, source)
	if err != nil {
		return Video{}, err
	}
	if limit := s.c.MaxDuration.Seconds(); found.Duration > limit {
		return Video{}, fault.New(fault.TooLarge, "video.too_long", "the video lasts %.0f s; at most %.0f s are allowed", found.Duration, limit)
	}
	plan := ladder(found)
	cost := func(outputs []Output) (c float64) {
		for _, o := range outputs {
			c += float64(o.Width*o.Height) * (o.Rate + 15) // decoding and scaling cost per source frame
		}
		return c
	}
	stages := []Stage{
		{Name: stageExamine, Done: true, Attempts: 1, Seconds: s.now().Sub(from).Seconds()},
		{Name: stagePoster},
		{Name: stageFirst, Cost: cost(plan[:1]) + 640*360},
	}
	if len(plan) > 1 {
		stages = append(stages, Stage{Name: stageLadder, Cost: cost(plan[1:])})
	}
	return h.update(ctx, func(v *Video) error {
		v.Duration, v.Width, v.Height, v.Media = found.Duration, found.Width, found.Height, &found.Media
		v.Stages, v.Attempts, v.Percent = stages, 1, max(v.Percent, 1)
		return nil
	})
}

// stage does one stage and writes it down.
func (s *Service) stage(ctx context.Context, h *hold, v Video, name, dir, source string) (Video, error) {
	from := s.now()
	if _, err := h.update(ctx, func(v *Video) error {
		v.stage(name).Attempts++
		return nil
	}); err != nil {
		return v, err
	}
	var done func(*Video)
	var err error
	switch name {
	case stagePoster:
		done, err = s.poster(ctx, h, v, dir, source)
	case stageFirst, stageLadder:
		done, err = s.renditions(ctx, h, v, name, dir, source)
	default:
		err = fmt.Errorf("video.stage: %q is no stage", name)
	}
	if err != nil {
		if ctx.Err() == nil {
			text := err.Error()
			_, uerr := h.update(ctx, func(v *Video) error {
				v.stage(name).Error = text[:min(len(text), 2000)]
				return nil
			})
			if uerr != nil {
				return v, uerr
			}
		}
		return v, err
	}
	return h.update(ctx, func(v *Video) error {
		done(v)
		st := v.stage(name)
		st.Done, st.Error, st.Seconds = true, "", s.now().Sub(from).Seconds()
		v.Attempts = 1 // something was achieved
		v.Percent = max(v.Percent, percent(v.Stages, name, 0))
		return nil
	})
}

// percent returns how far the processing is, in percent, when a part (0 to 1) of a stage is done beyond what is stored.
func percent(stages []Stage, current string, part float64) int {
	var all, done float64
	for _, st := range stages {
		all += st.Cost
		switch {
		case st.Done:
			done += st.Cost
		case st.Name == current:
			done += st.Cost * min(max(part, 0), 1)
		}
	}
	if all == 0 {
		return 1
	}
	return min(99, 1+int(98*done/all))
}

func (s *Service) poster(ctx context.Context, h *hold, v Video, dir, source string) (func(*Video), error) {
	file := filepath.Join(dir, "poster.jpg")
	w, height := v.Width, v.Height
	if short := min(w, height); short > 720 {
		w, height = scaled(w, height, 720)
	}
	if err := s.c.Encoder.Still(ctx, source, file, min(v.Duration*0.1, 30), w, height, v.Media.HDR); err != nil {
		return nil, err
	}
	key := v.prefix(h.org) + "poster-" + short(h.lease) + ".jpg"
	if err := s.send(ctx, file, key, "image/jpeg"); err != nil {
		return nil, err
	}
	return func(v *Video) { v.Poster = key }, nil
}

// renditions makes and stores the lowest rendition with the sound, or all the others.
func (s *Service) renditions(ctx context.Context, h *hold, v Video, name, dir, source string) (func(*Video), error) {
	found := Found{Media: *v.Media, Duration: v.Duration, Width: v.Width, Height: v.Height}
	plan := ladder(found)
	outputs := plan[1:]
	if name == stageFirst {
		outputs = plan[:1]
		if v.Media.AudioCodec != "" {
			outputs = append([]Output{sound()}, outputs...)
		}
	}
	job := Job{Source: source, Duration: v.Duration, HDR: v.Media.HDR, MaxBytes: 64 << 20}
	for _, o := range outputs {
		o.Folder = filepath.Join(dir, o.Name)
		if err := os.MkdirAll(o.Folder, 0o700); err != nil {
			return nil, wrap("renditions", err)
		}
		job.Outputs = append(job.Outputs, o)
		job.MaxBytes += int64(float64(o.Bits) / 8 * v.Duration * 2)
	}
	if err := s.c.Objects.Room(job.MaxBytes / 2); err != nil {
		return nil, diskFull(err)
	}
	err := s.c.Encoder.Encode(ctx, job, func(second float64) {
		h.reached(float64(percent(v.Stages, name, second/max(v.Duration, 1)*0.97))) // the rest is for storing
	})
	if err != nil {
		return nil, err
	}
	var stored []Rendition
	for _, o := range job.Outputs {
		r, seconds, err := readRendition(o)
		if err != nil {
			return nil, err
		}
		if o.Width > 0 && seconds < 0.9*v.Duration-2 {
			return nil, fault.New(fault.Invalid, "video.truncated", "the file ends after %.0f of %.0f seconds", seconds, v.Duration)
		}
		r.Folder = o.Name + "-" + short(h.lease)
		if err := s.sendFolder(ctx, o.Folder, v.prefix(h.org)+r.Folder); err != nil {
			return nil, err
		}
		stored = append(stored, r)
		if err := os.RemoveAll(o.Folder); err != nil {
			return nil, wrap("renditions", err)
		}
	}
	return func(v *Video) {
		for _, r := range stored {
			if r.Name == "sound" {
				v.Sound = &r
			} else {
				v.Renditions = append(v.Renditions, r)
			}
		}
		v.Playable = len(v.Renditions) > 0
	}, nil
}

// short makes a name that no other attempt has used out of a lease.
func short(lease string) string {
	clean := strings.ReplaceAll(lease, "-", "")
	return clean[max(0, len(clean)-12):]
}

// sendFolder stores the files of a rendition, the playlist last.
func (s *Service) sendFolder(ctx context.Context, folder, prefix string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return wrap("sendFolder", err)
	}
	for _, last := range []bool{false, true} {
		for _, f := range files {
			if (f.Name() == playlistFile) != last {
				continue
			}
			if err := s.send(ctx, filepath.Join(folder, f.Name()), prefix+"/"+f.Name(), mediaType(f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) send(ctx context.Context, file, key, contentType string) error {
	f, err := os.Open(file)
	if err != nil {
		return wrap("send", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return wrap("send", err)
	}
	if _, err := s.c.Objects.Put(ctx, key, f, info.Size(), contentType); err != nil {
		return wrap("send", err)
	}
	return nil
}
