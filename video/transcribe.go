package video

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
	"palestra/video/caption"
)

// Transcribe asks for captions in the language that is spoken in a video, as a program of the operator's writes them down; again
// begins anew what has failed. They are filed as unchecked. faults video.not_found, video.language_invalid,
// video.no_scribe, video.not_playable, video.no_sound, video.captions_there
func (s *Service) Transcribe(ctx context.Context, by people.Actor, id, lang string, again bool) (Task, error) {
	t, v, err := s.spoken(ctx, by, id, lang)
	switch {
	case err != nil:
		return Task{}, err
	case !s.c.Scribes:
		return Task{}, fault.New(fault.Conflict, "video.no_scribe", "nobody listens here: the operator has set no program that writes down what is said")
	case !v.Playable:
		return Task{}, fault.New(fault.Conflict, "video.not_playable", "the video cannot be played yet").With("state", v.State)
	case v.Sound == nil:
		return Task{}, fault.New(fault.Conflict, "video.no_sound", "the video has no sound")
	case !v.mayWrite(t):
		return Task{}, fault.New(fault.Conflict, "video.captions_there", "the video has captions in this language that somebody has written or checked")
	}
	return s.ask(ctx, by, id, TaskSpeech, t.Lang, again)
}

// Transcribing returns what has become of asking for captions in a language; a task without a state: nobody has asked, or it is
// done. may says whether it can be asked for. faults video.not_found, video.language_invalid
func (s *Service) Transcribing(ctx context.Context, by people.Actor, id, lang string) (task Task, may bool, err error) {
	t, v, err := s.spoken(ctx, by, id, lang)
	if err != nil {
		return Task{}, false, err
	}
	may = s.c.Scribes && v.Playable && v.Sound != nil && v.mayWrite(t)
	task, err = s.tasks.Get(ctx, by.Organisation, taskID(id, TaskSpeech, t.Lang))
	if errors.Is(err, store.ErrNotFound) {
		return Task{}, may, nil
	}
	return task, may, wrap("Transcribing", err)
}

func (s *Service) spoken(ctx context.Context, by people.Actor, id, lang string) (Track, Video, error) {
	if err := by.Must(people.Author); err != nil {
		return Track{}, Video{}, err
	}
	t, err := Track{caption.Captions, lang}.check()
	if err != nil {
		return t, Video{}, err
	}
	v, err := s.get(ctx, by.Organisation, id)
	return t, v, err
}

// mayWrite reports whether a machine may write a track: nobody has written or checked one.
func (v *Video) mayWrite(t Track) bool {
	old := v.track(t)
	return old == nil || old.From == FromSpeech && old.Unchecked
}

// transcribe files what the scribe has written down.
func (s *Service) transcribe(ctx context.Context, org string, v *Video, task Task, dir string) error {
	t := Track{caption.Captions, task.Lang}
	if !v.mayWrite(t) {
		return nil // somebody was quicker
	}
	if s.c.Scribe == nil {
		return fault.New(fault.Conflict, "video.no_scribe", "nobody listens here: the operator has set no program that writes down what is said")
	}
	path, err := s.soundFile(ctx, org, v, dir)
	if err != nil {
		return err
	}
	of, length := v.Sound.Folder, time.Duration(v.Duration*float64(time.Second))
	text, err := s.c.Scribe.Listen(ctx, path, dir, t.Lang, length)
	if err != nil {
		return err
	}
	if len(text) > MaxCaptions {
		return fault.New(fault.TooLarge, "video.captions_too_large", "the captions have more than %d bytes", MaxCaptions).With("limit", MaxCaptions)
	}
	cues, err := caption.Read(text, t.Lang)
	if err != nil {
		return err
	}
	cues = slices.DeleteFunc(cues, func(c caption.Cue) bool { return c.Start >= length }) // such programs go on in silence
	for i := range cues {
		cues[i].End = min(cues[i].End, length)
	}
	if len(cues) == 0 {
		return fault.New(fault.Invalid, "video.captions_empty", "nothing was understood")
	}
	if now, err := s.get(ctx, org, v.ID); err != nil {
		return err
	} else if now.Sound == nil || now.Sound.Folder != of {
		return errors.New("video.transcribe: the file was replaced meanwhile") // the next attempt listens to the new one
	}
	match := None
	if old := v.track(t); old != nil {
		match = old.Tag()
	}
	by := people.Actor{Account: task.By, Organisation: org}
	_, _, err = s.file(ctx, by, v.ID, t, match, cues, Caption{From: FromSpeech, Unchecked: true})
	if fault.Is(err, "video.captions_changed") {
		return nil // somebody was quicker
	}
	return err
}
