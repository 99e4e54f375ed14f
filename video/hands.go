package video

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/store"
)

var errHeld = errors.New("video: others have it in hand, or nothing is to be done")

// Hands works on whatever waits, the author with the least in work first, until nothing does or ctx ends.
func (s *Service) Hands(ctx context.Context) error {
	for ctx.Err() == nil {
		if idle, err := s.idle(ctx); err != nil || idle {
			return err
		}
		t, err := s.choose(ctx)
		if errors.Is(err, errHeld) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.perform(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// choosing is how many videos are looked at to choose from.
const choosing = 60

// choose takes the unit whose turn it is. Videos stand in line by how many their author had in line when they came; of
// the first ones that of the author goes first who has the least in work now. So forty videos of one author and one of
// another share the hands. errHeld when nothing is to be done.
func (s *Service) choose(ctx context.Context) (taken, error) {
	q := store.Query{Index: "wanted", Limit: choosing}
	for {
		page, err := s.videos.Across(ctx, q)
		if err != nil {
			return taken{}, wrap("choose", err)
		}
		now := s.now()
		held := map[string]int{}
		for i := range page.Docs {
			page.Docs[i].Doc.upgrade()
			held[page.Docs[i].Org+"\x00"+page.Docs[i].Doc.By] += page.Docs[i].Doc.held(now)
		}
		ready := slices.DeleteFunc(page.Docs, func(d store.Owned[Video]) bool { return !d.Doc.takeable(now) })
		slices.SortStableFunc(ready, func(a, b store.Owned[Video]) int {
			return held[a.Org+"\x00"+a.Doc.By] - held[b.Org+"\x00"+b.Doc.By]
		})
		for _, d := range ready {
			t, err := s.take(ctx, d.Org, d.Doc.ID)
			if errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
				continue // another one was quicker
			}
			return t, err
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return taken{}, errHeld
		}
	}
}

// takeable reports whether there is a unit to be done now.
func (v *Video) takeable(now time.Time) bool {
	if v.State != Uploaded && v.State != Processing || v.Deleted || v.Paused || v.Lease != "" && v.Until.After(now) {
		return false
	}
	_, n, _ := v.next(now)
	return n > 0 || len(v.Stages) == 0
}

// taken is a unit in hand.
type taken struct {
	org  string
	v    Video
	spot spot
	*hold
}

// take makes this worker the holder of the next unit of a video. errHeld when there is none.
func (s *Service) take(ctx context.Context, org, id string) (taken, error) {
	lease := s.c.NewID()
	var at spot
	v, err := s.update(ctx, org, id, func(v *Video) error {
		now := s.now()
		if !v.takeable(now) {
			return errHeld
		}
		v.Lease = ""
		v.begin(short(lease))
		at, _, _ = v.next(now)
		st := &v.Stages[at.stage]
		u := &st.Units[at.unit]
		if u.Attempts >= s.c.MaxAttempts { // every worker that took it died
			s.giveUp(v, "video.processing_failed", at.stage)
			return nil
		}
		u.Attempts++
		st.Attempts++
		v.State, st.State = Processing, StageWorking
		if st.Began == nil {
			st.Began = &now
		}
		u.Lease, u.Worker, u.Due, u.Part = lease, s.c.Worker, now.Add(s.c.Lease), 0
		v.schedule(now)
		return nil
	})
	if err != nil {
		return taken{}, err
	}
	if v.State != Processing {
		return taken{}, errHeld
	}
	return taken{org, v, at, &hold{s: s, org: org, id: id, lease: lease, spot: at}}, nil
}

// perform does a unit and writes down how it ended.
func (s *Service) perform(ctx context.Context, t taken) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() { t.beat(inner, cancel) })
	err := s.unit(inner, t)
	cause := context.Cause(inner)
	cancel(nil)
	wg.Wait()
	if errors.Is(cause, errHeld) {
		err = errHeld
	}
	return s.settle(context.WithoutCancel(ctx), t, err, ctx.Err() != nil)
}

// settle writes how an attempt went wrong. cut says that this worker was told to stop.
func (s *Service) settle(ctx context.Context, t taken, err error, cut bool) error {
	if err == nil || errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
		return nil // written when it was done, or by whoever holds it now
	}
	away := !cut && fault.KindOf(err) == 0 && s.storeAway(ctx)
	var again time.Time
	v, uerr := t.update(ctx, func(v *Video, st *Stage, u *Unit) error {
		now := s.now()
		u.Lease, u.Part = "", 0
		f, final := errors.AsType[*fault.Fault](err)
		text := err.Error()
		if final && errors.Unwrap(f) != nil {
			text += ": " + errors.Unwrap(f).Error()
		}
		st.Error = text[:min(len(text), 2000)]
		switch {
		case cut: // not the video's fault
			u.Attempts--
			st.Attempts--
			st.Error = ""
			again = now
		case away: // nor is this; it goes on when the store is back
			u.Attempts--
			again = now.Add(min(3*s.c.Pause, time.Minute))
		case errors.Is(err, blob.ErrNotFound):
			s.giveUp(v, "video.source_lost", t.spot.stage)
		case final && f.Kind != fault.Full && f.Kind != fault.Unavailable:
			s.giveUp(v, f.Code, t.spot.stage)
		case u.Attempts >= s.c.MaxAttempts && final:
			s.giveUp(v, f.Code, t.spot.stage)
		case u.Attempts >= s.c.MaxAttempts:
			s.giveUp(v, "video.processing_failed", t.spot.stage)
		default:
			again = now.Add(s.c.Pause << min(u.Attempts-1, 10))
		}
		if v.State == Processing {
			u.Due = again
			v.schedule(now)
		}
		return nil
	})
	if uerr != nil {
		if errors.Is(uerr, errHeld) || fault.Is(uerr, "video.not_found") {
			return nil
		}
		return errors.Join(err, uerr) // the lease runs out, and somebody looks again
	}
	s.c.Log.Info("a unit was put down", "video", t.id, "org", t.org, "stage", v.Stages[t.spot.stage].Name, "unit", t.spot.unit, "state", v.State, "reason", v.Reason, "cause", err.Error())
	switch {
	case v.State == Processing:
		s.ring(ctx, t.org, t.id, again)
	case v.Due != nil:
		s.ring(ctx, t.org, t.id, *v.Due)
	}
	return nil
}

// away reports whether an answer of the object store means that it cannot be reached.
func (s *Service) away(err error) bool { return err != nil && !errors.Is(err, blob.ErrFull) }

// hold is the right of one worker to write about a unit.
type hold struct {
	s              *Service
	org, id, lease string
	spot           spot

	mu   sync.Mutex
	part float64 // guarded by mu; what the next beat writes
}

// update changes the document if this worker still holds the unit. errHeld, fault video.not_found
func (h *hold) update(ctx context.Context, f func(*Video, *Stage, *Unit) error) (Video, error) {
	return h.s.update(ctx, h.org, h.id, func(v *Video) error {
		if v.State != Processing || h.spot.stage >= len(v.Stages) || h.spot.unit >= len(v.Stages[h.spot.stage].Units) {
			return errHeld
		}
		st := &v.Stages[h.spot.stage]
		u := &st.Units[h.spot.unit]
		if u.Lease != h.lease {
			return errHeld
		}
		return f(v, st, u)
	})
}

// beat shows signs of life and writes how far the unit is, until ctx ends. When the unit has gone to somebody else, or
// the video away, it ends the work.
func (h *hold) beat(ctx context.Context, end context.CancelCauseFunc) {
	every := h.s.c.Lease / 4
	wait := time.Duration(rand.Int64N(int64(every) + 1)) // workers do not write all at once
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = every
		h.mu.Lock()
		part := h.part
		h.mu.Unlock()
		_, err := h.update(ctx, func(v *Video, _ *Stage, u *Unit) error {
			now := h.s.now()
			u.Part, u.Due = part, now.Add(h.s.c.Lease)
			v.Percent = v.percent()
			v.schedule(now)
			return nil
		})
		if errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
			end(errHeld)
			return
		}
	}
}

func (h *hold) reached(part float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.part = max(h.part, min(1, part))
}

// done writes that the unit is done and what it made, and what follows from that: its stage, the next ones, the video.
func (h *hold) done(ctx context.Context, from time.Time, f func(*Video, *Stage, *Unit) error) error {
	ready := 0
	v, err := h.update(ctx, func(v *Video, st *Stage, u *Unit) error {
		now := h.s.now()
		u.Done, u.Lease, u.Part, u.Seconds = true, "", 0, now.Sub(from).Seconds()
		st.Seconds += u.Seconds
		if err := f(v, st, u); err != nil {
			return err
		}
		st = &v.Stages[h.spot.stage]
		if !slices.ContainsFunc(st.Units, func(u Unit) bool { return !u.Done }) {
			st.State, st.Error, st.Ended, st.Units = StageDone, "", &now, nil
		}
		v.Percent = v.percent()
		if v.State != Processing {
			return nil
		}
		v.publish(false)
		v.schedule(now)
		_, ready, _ = v.next(now)
		return nil
	})
	if err == nil && ready > 1 && v.State == Processing {
		h.s.ring(ctx, h.org, h.id, time.Time{})
	}
	return err
}
