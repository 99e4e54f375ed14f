package video

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Due returns at most limit videos that are due by now in all organisations, the longest due first: files that wait,
// videos whose worker shows no sign of life, abandoned uploads, deleted videos.
func (s *Service) Due(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.videos.Due(ctx, "due", now, limit)
	return list, wrap("Due", err)
}

var errHeld = errors.New("video: another worker holds it")

// Process does whatever is due with a video, to its end. It may be called at any time, by several workers at once, and
// after a death in the middle: it decides from the document. What is not due is no error.
func (s *Service) Process(ctx context.Context, org, id string) error {
	v, err := s.videos.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted, and the bell still rang
	}
	if err != nil {
		return wrap("Process", err)
	}
	now := s.now()
	switch {
	case v.Deleted:
		if v.Due != nil && v.Due.After(now) {
			return nil
		}
		if v.State != Uploading {
			used, err := s.inUse(ctx, org, id)
			if err != nil {
				return err
			}
			if used {
				s.c.Log.Info("a deleted video is shown by a lesson and stays", "video", id, "org", org)
				return s.restore(ctx, org, id)
			}
		}
		if v, err = s.told(ctx, org, v); err != nil {
			return err
		}
		return s.erase(ctx, org, &v)
	case v.State == Uploading:
		if v.Due != nil && !v.Due.After(now) {
			s.c.Log.Info("an abandoned upload is removed", "video", id, "org", org)
			return s.remove(ctx, org, id)
		}
		return nil
	case v.State == Uploaded, v.State == Processing:
		return s.work(ctx, org, id)
	default:
		return s.pickUp(ctx, org, id)
	}
}

// erase removes everything of a deleted video, the document last.
func (s *Service) erase(ctx context.Context, org string, v *Video) error {
	for u, err := range s.c.Objects.Uploads(ctx, v.Source) {
		if err != nil {
			return wrap("erase", err)
		}
		if err := s.c.Objects.Abort(ctx, v.Source, u.ID); err != nil {
			return wrap("erase", err)
		}
	}
	if v.Upload != nil && v.Upload.ID != "" {
		if err := s.c.Objects.Abort(ctx, v.Source, v.Upload.ID); err != nil {
			return wrap("erase", err)
		}
	}
	if _, err := s.c.Objects.DeleteAll(ctx, v.prefix(org)); err != nil {
		return wrap("erase", err)
	}
	if err := s.videos.Delete(ctx, org, v.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("erase", err)
	}
	return nil
}

// take makes a worker the holder of a video. errHeld when another one shows signs of life.
func (s *Service) take(ctx context.Context, org, id string) (Video, error) {
	lease := s.c.NewID()
	v, err := s.update(ctx, org, id, func(v *Video) error {
		now := s.now()
		if v.State != Uploaded && v.State != Processing || v.Due != nil && v.Due.After(now) {
			return errHeld // or its pause after a failure is not over
		}
		if v.Attempts++; v.Attempts > s.c.MaxAttempts { // every worker that took it died
			s.giveUp(v, "video.processing_failed")
			return nil
		}
		v.State, v.Lease = Processing, lease
		v.dueAt(now.Add(s.c.Lease))
		return nil
	})
	return v, err
}

func (s *Service) giveUp(v *Video, reason string) {
	v.State, v.Reason = Failed, reason
	s.tell(v, people.Actor{}, WasFailed, "")
	s.rest(v)
}

// rest lets go of a video that is ready or failed and notes when somebody has to look for its litter. Where more than
// one attempt was needed, an earlier worker that was only thought dead may still be writing: a last look finds it out.
func (s *Service) rest(v *Video) {
	v.Lease, v.Due = "", nil
	if v.State == Failed || slices.ContainsFunc(v.Stages, func(st Stage) bool { return st.Attempts > 1 }) {
		v.dueAt(s.now().Add(litterAfter))
	}
	for _, l := range v.Litter {
		if v.Due == nil || l.At.Before(*v.Due) {
			v.dueAt(l.At)
		}
	}
}

// work takes a video and carries it as far as it goes.
func (s *Service) work(ctx context.Context, org, id string) error {
	v, err := s.take(ctx, org, id)
	if errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
		return nil
	}
	if err == nil && v.State != Processing { // given up; the last look tidies
		return nil
	}
	if err != nil {
		return err
	}
	h := &hold{s: s, org: org, id: id, lease: v.Lease}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() { h.beat(inner, cancel) })
	err = s.stages(inner, h, v)
	cancel(nil)
	wg.Wait()
	if cause := context.Cause(inner); errors.Is(cause, errHeld) {
		err = errHeld
	}
	return s.settle(context.WithoutCancel(ctx), h, err, ctx.Err() != nil)
}

// settle writes how an attempt ended. cut says that this worker was told to stop.
func (s *Service) settle(ctx context.Context, h *hold, err error, cut bool) error {
	if err == nil || errors.Is(err, errHeld) {
		return nil // written by the last stage, or by whoever holds it now
	}
	// What this attempt has left goes now, while nobody else may write.
	v, uerr := h.update(ctx, func(v *Video) error {
		v.dueAt(s.now().Add(s.c.Lease))
		return nil
	})
	if uerr == nil {
		if terr := s.tidy(ctx, h.org, &v, 0); terr != nil {
			s.c.Log.Warn("the objects of a failed attempt stay for now", "video", h.id, "error", terr)
		}
	}
	away := !cut && fault.KindOf(err) == 0 && s.storeAway(ctx)
	var again time.Time
	v, uerr = h.update(ctx, func(v *Video) error {
		now := s.now()
		v.Lease = ""
		f, final := errors.AsType[*fault.Fault](err)
		switch {
		case cut: // not the video's fault
			v.Attempts--
			again = now
		case away: // nor is this; it goes on when the store is back
			v.Attempts--
			again = now.Add(min(3*s.c.Pause, time.Minute))
		case errors.Is(err, blob.ErrNotFound):
			s.giveUp(v, "video.source_lost")
		case final && f.Kind != fault.Full && f.Kind != fault.Unavailable:
			s.giveUp(v, f.Code)
		case v.Attempts >= s.c.MaxAttempts && final:
			s.giveUp(v, f.Code)
		case v.Attempts >= s.c.MaxAttempts:
			s.giveUp(v, "video.processing_failed")
		default:
			again = now.Add(s.c.Pause << min(v.Attempts-1, 10))
		}
		if v.State == Processing {
			v.dueAt(again)
		}
		return nil
	})
	if uerr != nil {
		if errors.Is(uerr, errHeld) || fault.Is(uerr, "video.not_found") {
			return nil
		}
		return errors.Join(err, uerr) // the lease runs out, and somebody looks again
	}
	s.c.Log.Info("a video was put down", "video", h.id, "org", h.org, "state", v.State, "reason", v.Reason, "attempt", v.Attempts, "cause", err.Error())
	if v.State == Processing {
		s.ring(ctx, h.org, h.id, again)
	}
	return nil
}

// storeAway reports whether the object store cannot be reached.
func (s *Service) storeAway(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := s.c.Objects.Check(ctx)
	return err != nil && !errors.Is(err, blob.ErrFull)
}

// hold is the right of one worker to write about a video.
type hold struct {
	s              *Service
	org, id, lease string

	mu      sync.Mutex
	percent int // guarded by mu; what the next beat writes
}

// update changes the document if this worker still holds it. errHeld, fault video.not_found
func (h *hold) update(ctx context.Context, f func(*Video) error) (Video, error) {
	return h.s.update(ctx, h.org, h.id, func(v *Video) error {
		if v.Lease != h.lease || v.State != Processing {
			return errHeld
		}
		return f(v)
	})
}

// beat shows signs of life and writes the percentage, until ctx ends. When the video has gone to somebody else, or
// away, it ends the work.
func (h *hold) beat(ctx context.Context, end context.CancelCauseFunc) {
	tick := time.NewTicker(min(h.s.c.Lease/4, 2*time.Second))
	defer tick.Stop()
	written, last := -1, h.s.now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		percent := h.percent
		h.mu.Unlock()
		now := h.s.now()
		if percent == written && now.Sub(last) < h.s.c.Lease/3 {
			continue
		}
		_, err := h.update(ctx, func(v *Video) error {
			v.Percent = max(v.Percent, percent)
			v.dueAt(now.Add(h.s.c.Lease))
			return nil
		})
		switch {
		case errors.Is(err, errHeld) || fault.Is(err, "video.not_found"):
			end(errHeld)
			return
		case err == nil:
			written, last = percent, now
		}
	}
}

func (h *hold) reached(percent float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.percent = max(h.percent, min(99, int(math.Floor(percent))))
}

// pickUp removes the litter of a video that rests.
func (s *Service) pickUp(ctx context.Context, org, id string) error {
	v, err := s.get(ctx, org, id)
	if err != nil {
		return nil //nolint:nilerr // deleted meanwhile: erase takes everything
	}
	now := s.now()
	if v.Due == nil || v.Due.After(now) {
		return nil
	}
	const young = 10 * time.Minute // somebody may press Retry now, and a worker begin to write
	if err := s.tidy(ctx, org, &v, young); err != nil {
		return err
	}
	_, err = s.update(ctx, org, id, func(v *Video) error {
		v.Litter = slices.DeleteFunc(v.Litter, func(l Litter) bool { return !l.At.After(now) })
		if v.State != Ready && v.State != Failed {
			return nil
		}
		v.Due = nil
		for _, l := range v.Litter {
			if v.Due == nil || l.At.Before(*v.Due) {
				v.dueAt(l.At)
			}
		}
		return nil
	})
	return err
}

// tidy removes what the document does not name from the object store, except what is younger than so long, and young
// captions in any case: authors file them while we look.
func (s *Service) tidy(ctx context.Context, org string, v *Video, young time.Duration) error {
	spared := map[string]bool{}
	for _, l := range v.Litter {
		spared[l.Key] = l.At.After(s.now())
	}
	for i, err := range s.c.Objects.List(ctx, v.prefix(org), "") {
		if err != nil {
			return wrap("tidy", err)
		}
		spare := young
		if strings.HasPrefix(i.Key, v.prefix(org)+"captions/") {
			spare = max(young, litterAfter)
		}
		if v.names(org, i.Key) || spared[i.Key] || spare > 0 && i.Modified.After(s.now().Add(-spare)) {
			continue
		}
		if err := s.c.Objects.Delete(ctx, i.Key); err != nil {
			return wrap("tidy", err)
		}
	}
	return nil
}

// stages does what is still to be done, one stage after the other.
func (s *Service) stages(ctx context.Context, h *hold, v Video) (err error) {
	if v.Attempts > 1 || len(v.Stages) > 0 {
		if err := s.tidy(ctx, h.org, &v, 0); err != nil {
			return err
		}
	}
	dir, err := s.c.Temp.Dir()
	if err != nil {
		return wrap("stages", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	source, err := s.c.Objects.Fetch(ctx, v.Source, dir)
	if err != nil {
		return fmt.Errorf("video.stages: the file: %w", err)
	}
	if len(v.Stages) == 0 {
		if v, err = s.examine(ctx, h, source); err != nil {
			return err
		}
	}
	for _, stage := range v.Stages {
		if stage.Done {
			continue
		}
		if v, err = s.stage(ctx, h, v, stage.Name, dir, source); err != nil {
			return err
		}
	}
	if err := s.tidy(ctx, h.org, &v, 0); err != nil {
		return err
	}
	_, err = h.update(ctx, func(v *Video) error {
		v.State, v.Percent = Ready, 100
		s.tell(v, people.Actor{}, WasReady, "")
		s.rest(v)
		return nil
	})
	return err
}
