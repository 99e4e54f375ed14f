package video

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Due returns at most limit videos that are due by now in all organisations, the longest due first: videos that wait for
// hands or whose worker shows no sign of life, abandoned uploads, deleted videos.
func (s *Service) Due(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.videos.Due(ctx, "due", now, limit)
	return list, wrap("Due", err)
}

// Process does whatever is due with a video, as far as it goes now. It may be called at any time, by several workers at
// once, and after a death in the middle: it decides from the document. What is not due is no error.
func (s *Service) Process(ctx context.Context, org, id string) error {
	for {
		if _, err := s.Tend(ctx, org, id); err != nil {
			return err
		}
		t, err := s.take(ctx, org, id)
		if errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.perform(ctx, t); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// Tend does what is due with a video and needs no encoder: it removes what is abandoned or deleted and what nothing
// needs any more. It returns how many workers have something to do with it now.
func (s *Service) Tend(ctx context.Context, org, id string) (hands int, err error) {
	v, err := s.videos.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil // deleted, and the bell still rang
	}
	if err != nil {
		return 0, wrap("Tend", err)
	}
	now := s.now()
	v.upgrade()
	switch {
	case v.Deleted:
		return 0, s.bury(ctx, org, v)
	case v.State == Uploading && v.Import != nil && v.Import.Reason == "":
		if s.c.Carry != nil && !v.Import.Until.After(now) {
			return 0, s.c.Carry(ctx, org, id, time.Time{})
		}
		return 0, nil
	case v.State == Uploading:
		if v.Due != nil && !v.Due.After(now) {
			s.c.Log.Info("an abandoned upload is removed", "video", id, "org", org)
			return 0, s.remove(ctx, org, id)
		}
		return 0, nil
	case v.State == Uploaded, v.State == Processing:
		if v.Wanted == nil { // from before there were places in the line
			if v, err = s.update(ctx, org, id, func(v *Video) error { return s.line(ctx, org, v) }); err != nil {
				return 0, err
			}
		}
		if v.Paused {
			return 0, nil
		}
		if len(v.Stages) == 0 {
			return 1, nil
		}
		_, n, _ := v.next(now)
		return n, nil
	default:
		return 0, s.pickUp(ctx, org, id)
	}
}

// bury removes what is left of a deleted video when its time has come.
func (s *Service) bury(ctx context.Context, org string, v Video) error {
	if v.Due != nil && v.Due.After(s.now()) {
		return nil
	}
	if v.State != Uploading {
		used, err := s.inUse(ctx, org, v.ID)
		if err != nil {
			return err
		}
		if used {
			s.c.Log.Info("a deleted video is shown by a lesson and stays", "video", v.ID, "org", org)
			return s.restore(ctx, org, v.ID)
		}
	}
	v, err := s.told(ctx, org, v)
	if err != nil {
		return err
	}
	return s.erase(ctx, org, &v)
}

// erase removes everything of a deleted video, the document last.
func (s *Service) erase(ctx context.Context, org string, v *Video) error {
	keys := append([]string{v.Source}, v.Dropped...)
	if v.Next != nil {
		keys = append(keys, v.Next.Source)
	}
	if err := s.endUploads(ctx, keys...); err != nil {
		return err
	}
	if v.Upload != nil && v.Upload.ID != "" {
		if err := s.c.Objects.Abort(ctx, v.Source, v.Upload.ID); err != nil {
			return wrap("erase", err)
		}
	}
	if _, err := s.c.Objects.DeleteAll(ctx, v.prefix(org)); err != nil {
		return wrap("erase", err)
	}
	return s.charge(ctx, org, v.ID, v.Charged, 0, false, func(ctx context.Context) error {
		if err := s.videos.Delete(ctx, org, v.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("erase", err)
		}
		return nil
	})
}

// line gives a video its place among those that wait for hands.
func (s *Service) line(ctx context.Context, org string, v *Video) error {
	const most = 1000
	n, err := s.videos.Count(ctx, org, store.Query{Index: "busy", Equal: []any{v.By}}, most)
	if err != nil {
		return wrap("line", err)
	}
	now := s.now()
	v.Busy, v.Came, v.Wanted = v.By, now, &Wanted{Rank: n, Since: now}
	return nil
}

// giveUp ends the processing for a reason; Retry goes on at the stage that failed.
func (s *Service) giveUp(v *Video, reason string, at int) {
	v.State, v.Reason = Failed, reason
	if at >= 0 && at < len(v.Stages) {
		v.Stages[at].State = StageFailed
	}
	for i := range v.Stages {
		for j := range v.Stages[i].Units {
			u := &v.Stages[i].Units[j]
			u.Lease, u.Due, u.Part = "", time.Time{}, 0
		}
	}
	s.tell(v, people.Actor{}, WasFailed, "")
	s.rest(v)
	v.dueAt(s.now().Add(s.c.Lease)) // when whoever still has a unit in hand has noticed
}

// rest lets go of a video that is ready or failed and notes when somebody has to look for its litter. Where a unit was
// begun more than once, an earlier worker that was only thought dead may still be writing: a last look finds it out.
func (s *Service) rest(v *Video) {
	v.Lease, v.Due, v.Wanted, v.Busy, v.Paused = "", nil, nil, "", false
	if v.State == Failed || slices.ContainsFunc(v.Stages, func(st Stage) bool { return st.Attempts > st.Parts }) {
		v.dueAt(s.now().Add(litterAfter))
	}
	v.rests(s.now())
}

// rests notes when somebody has to look at a video that is ready or failed, unless that is earlier anyway.
func (v *Video) rests(now time.Time) {
	at := func(t time.Time) {
		if v.Due == nil || t.Before(*v.Due) {
			v.dueAt(t)
		}
	}
	for _, l := range v.Litter {
		at(l.At)
	}
	for _, f := range v.Formers {
		if f.Until != nil {
			at(*f.Until)
		}
	}
	if v.Next != nil {
		at(v.Next.Until)
	}
	if len(v.Dropped) > 0 || v.Charged != v.bytes() {
		at(now)
	}
}

// pickUp removes the litter of a video that rests. Meanwhile nobody can begin to work on it.
func (s *Service) pickUp(ctx context.Context, org, id string) error {
	lease := s.c.NewID()
	v, err := s.update(ctx, org, id, func(v *Video) error {
		now := s.now()
		if v.State != Ready && v.State != Failed || v.Due == nil || v.Due.After(now) {
			return errHeld
		}
		v.Lease, v.Until = lease, now.Add(max(s.c.Lease, time.Minute))
		v.dueAt(v.Until)
		v.retired(now)
		return nil
	})
	if errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
		return nil // deleted meanwhile: erase takes everything
	}
	if err != nil {
		return err
	}
	terr := errors.Join(s.tidy(ctx, org, &v), s.endUploads(ctx, v.Dropped...))
	if terr == nil && v.Charged != v.bytes() {
		terr = s.recharge(ctx, org, id, v.Charged, v.bytes())
	}
	dropped := v.Dropped
	_, err = s.update(ctx, org, id, func(v *Video) error {
		if v.Lease != lease {
			return store.ErrKeep
		}
		now := s.now()
		v.Lease = ""
		if v.State != Ready && v.State != Failed {
			v.schedule(now)
			return nil
		}
		if swept := terr == nil; !swept {
			v.dueAt(now.Add(min(3*s.c.Pause, time.Minute)))
			return nil
		}
		v.Litter = slices.DeleteFunc(v.Litter, func(l Litter) bool { return !l.At.After(now) })
		v.Due = nil
		v.Dropped = slices.DeleteFunc(v.Dropped, func(k string) bool { return slices.Contains(dropped, k) })
		v.rests(now)
		return nil
	})
	return errors.Join(terr, err)
}

// tidy removes what the document does not name from the object store, except litter whose time has not come, and young
// captions: authors file them while we look.
func (s *Service) tidy(ctx context.Context, org string, v *Video) error {
	now := s.now()
	spared := func(key string) bool {
		return slices.ContainsFunc(v.Litter, func(l Litter) bool {
			return l.At.After(now) && (l.Key == key || strings.HasSuffix(l.Key, "/") && strings.HasPrefix(key, l.Key))
		})
	}
	for i, err := range s.c.Objects.List(ctx, v.prefix(org), "") {
		if err != nil {
			return wrap("tidy", err)
		}
		young := strings.HasPrefix(i.Key, v.prefix(org)+"captions/") && i.Modified.After(now.Add(-litterAfter))
		if young || v.names(org, i.Key) || spared(i.Key) {
			continue
		}
		if err := s.c.Objects.Delete(ctx, i.Key); err != nil {
			return wrap("tidy", err)
		}
	}
	return nil
}

// storeAway reports whether the object store cannot be reached.
func (s *Service) storeAway(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return s.away(s.c.Objects.Check(ctx))
}
