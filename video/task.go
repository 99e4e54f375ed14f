package video

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
	"palestra/video/caption"
)

// Ear listens to the sound of videos.
type Ear interface {
	// Levels returns how loud the sound of a file is. It may write files into the folder.
	Levels(ctx context.Context, path, folder string) (caption.Levels, error)
}

// Scribe writes down what is said in videos.
type Scribe interface {
	// Listen returns what is said in a file, in a language, as WebVTT or SubRip that is not to be trusted. It may write files
	// into the folder.
	Listen(ctx context.Context, path, folder, lang string, length time.Duration) ([]byte, error)
}

// What a task does.
const (
	TaskLevels = "levels" // how loud the sound is, for the waveform and to find pauses
	TaskSpeech = "speech" // what is said, as captions that nobody has checked
	TaskJoin   = "join"   // one file of the parts that were sent
)

// States of a task.
const (
	TaskWaits  = "waiting"
	TaskWorks  = "working"
	TaskFailed = "failed"
)

// Task is something that is done with a video when somebody asks for it. One that is done is no more.
type Task struct {
	store.Meta `bson:",inline"` // id: video + "." + what + "." + language
	Video      string           `bson:"video"`
	What       string           `bson:"what"`
	Lang       string           `bson:"lang"`
	State      string           `bson:"state"`
	Reason     string           `bson:"reason"` // fault code when failed
	Attempts   int              `bson:"attempts"`
	Lease      string           `bson:"lease"`
	Due        *time.Time       `bson:"due,omitempty"` // when somebody should look at it; absent: never
	Asked      time.Time        `bson:"asked"`
	By         string           `bson:"by,omitempty"` // random name of who asked
}

func taskID(video, what, lang string) string { return strings.TrimSuffix(video+"."+what+"."+lang, ".") }

// ask makes a task, or returns the one that there is; a failed one begins again if that is wanted.
func (s *Service) ask(ctx context.Context, by people.Actor, video, what, lang string, again bool) (Task, error) {
	now, id := s.now(), taskID(video, what, lang)
	t := Task{Meta: store.Meta{ID: id}, Video: video, What: what, Lang: lang, State: TaskWaits, Due: &now, Asked: now, By: by.Account}
	err := s.tasks.Insert(ctx, by.Organisation, t)
	if errors.Is(err, store.ErrDuplicate) {
		t, err = s.tasks.Update(ctx, by.Organisation, id, func(t *Task) error {
			if !again || t.State != TaskFailed {
				return store.ErrKeep
			}
			t.State, t.Reason, t.Attempts, t.Due = TaskWaits, "", 0, &now
			return nil
		})
	}
	if err != nil {
		return t, wrap("ask", err)
	}
	if t.State == TaskWaits && s.c.Chime != nil {
		if err := s.c.Chime(ctx, by.Organisation, id, time.Time{}); err != nil {
			s.c.Log.Warn("the bell is out of order; the sweep will find the task", "task", id, "error", err)
		}
	}
	return t, nil
}

// TasksDue returns at most limit tasks that are due by now in all organisations, the longest due first.
func (s *Service) TasksDue(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.tasks.Due(ctx, "due", now, limit)
	return list, wrap("TasksDue", err)
}

// DoTask does whatever is due with a task. It may be called at any time, by several workers at once, and after a death
// in the middle. What is not due is no error.
func (s *Service) DoTask(ctx context.Context, org, id string) error {
	if !strings.HasSuffix(id, "."+TaskJoin) { // which needs no encoder, and is done whatever the operator has stopped
		if s.c.Ear == nil {
			return nil // another process listens
		}
		if idle, err := s.idle(ctx); err != nil || idle {
			return err
		}
	}
	if strings.Contains(id, "."+TaskSpeech+".") {
		select {
		case s.listening <- struct{}{}:
			defer func() { <-s.listening }()
		default:
			return nil // one at a time needs the whole machine; it is due still
		}
	}
	lease := s.c.NewID()
	t, err := s.tasks.Update(ctx, org, id, func(t *Task) error {
		now := s.now()
		if t.Due == nil || t.Due.After(now) {
			return store.ErrKeep
		}
		if t.Attempts++; t.Attempts > s.c.MaxAttempts {
			often := fault.New(fault.Unavailable, "video.task_failed", "it was tried %d times", s.c.MaxAttempts)
			t.State, t.Reason, t.Due, t.Lease = TaskFailed, often.Code, nil, ""
			return nil
		}
		until := now.Add(s.c.Lease)
		t.State, t.Lease, t.Due = TaskWorks, lease, &until
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Lease != lease {
		return nil
	}
	if err != nil {
		return wrap("DoTask", err)
	}
	calm := context.WithoutCancel(ctx)
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() { s.keepTask(inner, org, t, cancel) })
	err = s.do(inner, org, t)
	lost := errors.Is(context.Cause(inner), errHeld)
	cancel(nil)
	wg.Wait()
	if lost {
		return nil // somebody else has it
	}
	if err == nil || fault.Is(err, "video.not_found") {
		if err := s.tasks.Delete(calm, org, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("DoTask", err)
		}
		return nil
	}
	stopped := ctx.Err() != nil // this worker was told to stop: it is not the task's fault
	_, uerr := s.tasks.Update(calm, org, id, func(t *Task) error {
		if t.Lease != lease {
			return store.ErrKeep
		}
		t.Lease = ""
		if stopped {
			now := s.now()
			t.Attempts--
			t.State, t.Due = TaskWaits, &now
			return nil
		}
		f, final := errors.AsType[*fault.Fault](err)
		if final && f.Kind != fault.Full && f.Kind != fault.Unavailable {
			t.State, t.Reason, t.Due = TaskFailed, f.Code, nil
			return nil
		}
		again := s.now().Add(s.c.Pause << min(t.Attempts-1, 10))
		t.State, t.Due = TaskWaits, &again
		return nil
	})
	s.c.Log.Info("a task of a video was put down", "task", id, "org", org, "attempt", t.Attempts, "cause", err.Error())
	return wrap("DoTask", uerr)
}

// keepTask shows signs of life until ctx ends. When the task has gone to somebody else it ends the work.
func (s *Service) keepTask(ctx context.Context, org string, t Task, end context.CancelCauseFunc) {
	tick := time.NewTicker(s.c.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		d, err := s.tasks.Update(ctx, org, t.ID, func(d *Task) error {
			if d.Lease != t.Lease {
				return store.ErrKeep
			}
			until := s.now().Add(s.c.Lease)
			d.Due = &until
			return nil
		})
		if errors.Is(err, store.ErrNotFound) || err == nil && d.Lease != t.Lease {
			end(errHeld)
			return
		}
	}
}

func (s *Service) do(ctx context.Context, org string, t Task) (err error) {
	v, err := s.get(ctx, org, t.Video)
	if err != nil {
		return err
	}
	if t.What == TaskJoin {
		return s.assemble(ctx, org, t, v)
	}
	dir, err := s.c.Temp.Dir()
	if err != nil {
		return wrap("do", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	switch t.What {
	case TaskLevels:
		return s.listen(ctx, org, &v, dir)
	case TaskSpeech:
		return s.transcribe(ctx, org, &v, t, dir)
	}
	return fmt.Errorf("video.do: %q is no task", t.What)
}

// soundFile fetches the sound of a video as one file. fault video.no_sound
func (s *Service) soundFile(ctx context.Context, org string, v *Video, dir string) (path string, err error) {
	if v.Sound == nil {
		return "", fault.New(fault.Conflict, "video.no_sound", "the video has no sound")
	}
	folder := v.prefix(org) + v.Sound.Folder + "/"
	text, err := s.readAll(ctx, folder+playlistFile, 8<<20)
	if err != nil {
		return "", err
	}
	segments, err := parsePlaylist(text)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "sound.mp4")
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", wrap("soundFile", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for _, name := range append([]segment{{name: initFile}}, segments...) {
		r, _, err := s.c.Objects.Get(ctx, folder+name.name, 0, -1)
		if err != nil {
			return "", wrap("soundFile", err)
		}
		_, err = io.Copy(out, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return "", wrap("soundFile", err)
		}
	}
	return path, nil
}

func (s *Service) readAll(ctx context.Context, key string, most int64) ([]byte, error) {
	r, _, err := s.c.Objects.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, wrap("readAll", err)
	}
	defer r.Close() // read to its end or given up
	b, err := io.ReadAll(io.LimitReader(r, most))
	return b, wrap("readAll", err)
}

// listen stores how loud the sound of a video is.
func (s *Service) listen(ctx context.Context, org string, v *Video, dir string) error {
	if v.heard() {
		return nil
	}
	path, err := s.soundFile(ctx, org, v, dir)
	if err != nil {
		return err
	}
	levels, err := s.c.Ear.Levels(ctx, path, dir)
	if err != nil {
		return err
	}
	key, now := v.prefix(org)+"levels-"+short(s.c.NewID())+".bin", s.now()
	if _, err := s.update(ctx, org, v.ID, func(v *Video) error {
		s.litter(v, key, now.Add(litterAfter))
		return nil
	}); err != nil {
		return err
	}
	if _, err := s.c.Objects.Put(ctx, key, bytes.NewReader(levels), int64(len(levels)), mediaType(key)); err != nil {
		return wrap("listen", err)
	}
	of := v.Sound.Folder
	_, err = s.update(ctx, org, v.ID, func(v *Video) error {
		if v.heard() || v.Sound == nil || v.Sound.Folder != of {
			return store.ErrKeep // another worker was quicker, or the file was replaced; ours is litter
		}
		if v.Levels != "" {
			s.litter(v, v.Levels, now.Add(litterAfter))
		}
		for i, l := range v.Litter {
			if l.Key == key {
				v.Litter = append(v.Litter[:i:i], v.Litter[i+1:]...)
				break
			}
		}
		v.Levels, v.LevelsOf = key, of
		return nil
	})
	return err
}

// heard reports whether the levels of the sound that plays now are known.
func (v *Video) heard() bool { return v.Levels != "" && v.Sound != nil && v.LevelsOf == v.Sound.Folder }

// levels returns how loud the sound of a video is; nil while that is not known.
func (s *Service) levels(ctx context.Context, v *Video) (caption.Levels, error) {
	if !v.heard() {
		return nil, nil
	}
	b, err := s.readAll(ctx, v.Levels, 16<<20)
	return b, err
}

// Levels returns how loud the sound of a video is, to its author. While that is not known, it is asked for, and the
// state of the task is returned; again begins anew what has failed. faults video.not_found, video.no_sound,
// video.not_playable
func (s *Service) Levels(ctx context.Context, by people.Actor, id string, again bool) (caption.Levels, Task, error) {
	if err := by.Must(people.Author); err != nil {
		return nil, Task{}, err
	}
	v, err := s.get(ctx, by.Organisation, id)
	switch {
	case err != nil:
		return nil, Task{}, err
	case v.heard():
		l, err := s.levels(ctx, &v)
		return l, Task{}, err
	case !v.Playable:
		return nil, Task{}, fault.New(fault.Conflict, "video.not_playable", "the video cannot be played yet").With("state", v.State)
	case v.Sound == nil:
		return nil, Task{}, fault.New(fault.Conflict, "video.no_sound", "the video has no sound")
	}
	t, err := s.ask(ctx, by, id, TaskLevels, "", again)
	return nil, t, err
}
