package video

import (
	"context"
	"math"
	"time"

	"palestra/internal/fault"
	"palestra/people"
)

// BeginReplacement starts the upload of a file that takes the place of a video's file when it is ready, or finds the one
// that the same author has begun with the same file. Until then the old one plays, and whoever watches it then goes on with
// it to the end. faults of BeginUpload, video.not_found, video.in_work, video.replacing, video.uploading
func (s *Service) BeginReplacement(ctx context.Context, by people.Actor, id string, b Begin) (Session, error) {
	if err := by.Must(people.Author); err != nil {
		return Session{}, err
	}
	if err := s.check(&b); err != nil {
		return Session{}, err
	}
	v, err := s.get(ctx, by.Organisation, id)
	if err != nil {
		return Session{}, err
	}
	if n := v.Next; n != nil {
		if n.By == by.Account && n.Name == b.Name && n.Size == b.Size && n.Checksum == b.Checksum && b.Checksum != "" {
			session, err := s.session(ctx, by.Organisation, v)
			session.Resumed = true
			return session, err
		}
		return Session{}, replacing()
	}
	if err := replaceable(&v); err != nil {
		return Session{}, err
	}
	if err := s.few(ctx, by); err != nil {
		return Session{}, err
	}
	if err := s.roomOnDisk(b.Size); err != nil {
		return Session{}, wrap("BeginReplacement", err)
	}
	if _, err := s.room(ctx, by.Organisation); err != nil {
		return Session{}, err
	}
	if v, err = s.get(ctx, by.Organisation, id); err != nil { // counted by now
		return Session{}, err
	}
	n := Next{Name: b.Name, Type: b.Type, Size: b.Size, Checksum: b.Checksum, By: by.Account, Upload: s.cut(b.Size), Until: s.now().Add(s.c.Abandon)}
	n.Source = v.prefix(by.Organisation) + "source-" + short(s.c.NewID())
	from := v.Charged
	err = s.charge(ctx, by.Organisation, id, from, from+b.Size, true, func(ctx context.Context) error {
		v, err = s.update(ctx, by.Organisation, id, func(v *Video) error {
			if v.Next != nil {
				return replacing()
			}
			if err := replaceable(v); err != nil {
				return err
			}
			v.Next, v.Charged, v.Uploader = &n, from+b.Size, by.Account
			v.rests(s.now())
			return nil
		})
		return err
	})
	if err != nil {
		return Session{}, err
	}
	return s.session(ctx, by.Organisation, v)
}

func replacing() error {
	return fault.New(fault.Conflict, "video.replacing", "another file is being sent for this video")
}

func replaceable(v *Video) error {
	switch v.State {
	case Uploading:
		return fault.New(fault.Conflict, "video.uploading", "this file is still being sent; drop its upload instead")
	case Uploaded, Processing:
		return fault.New(fault.Conflict, "video.in_work", "the video is being prepared; wait until that is done, or stop it")
	}
	return nil
}

// succeed makes the file that was sent that of the video. The old one plays on.
func (v *Video) succeed() {
	if n := len(v.Formers); n == 0 || v.Formers[n-1].Until != nil || len(v.Renditions) == 0 {
		v.Formers = append(v.Formers, Former{Name: v.Name, Type: v.Type, Size: v.Size, Checksum: v.Checksum, Digest: v.Digest, Source: v.Source, Duration: v.Duration})
	} // else the file in between has failed, and what plays is still the first one's
	n := v.Next
	v.Name, v.Type, v.Size, v.Checksum, v.Digest, v.Source = n.Name, n.Type, n.Size, n.Checksum, "", n.Source
	v.Next, v.Stages, v.Plan, v.Reason, v.Percent, v.Readied = nil, nil, nil, "", 0, nil
}

// succeeded lets the old file go when the new one is ready: not before whoever watches it has come to the end.
func (s *Service) succeeded(v *Video, renditions []Rendition, sound *Rendition, duration float64) {
	until := s.now().Add(litterAfter)
	for i := range v.Formers {
		if f := &v.Formers[i]; f.Until == nil {
			f.Until, f.Renditions, f.Sound = &until, renditions, sound
		}
	}
	if len(renditions) == 0 || math.Abs(duration-v.Duration) < sameLength {
		return
	}
	for i := range v.Captions {
		v.Captions[i].Stale = true
	}
}

// sameLength is by how many seconds two files may differ that are taken for as long as one another.
const sameLength = 0.5

// KeepOld gives up a file that was to take the place of another, at whatever stage it is, and lets the old one stay.
// faults video.not_found, video.not_replacing
func (s *Service) KeepOld(ctx context.Context, by people.Actor, id string) (Video, error) {
	if err := by.Must(people.Author); err != nil {
		return Video{}, err
	}
	v, err := s.update(ctx, by.Organisation, id, func(v *Video) error {
		n := len(v.Formers)
		switch {
		case v.Next != nil:
			v.dropNext()
			v.dueAt(s.now())
			return nil
		case n == 0 || v.Formers[n-1].Until != nil || v.State == Ready:
			return fault.New(fault.Conflict, "video.not_replacing", "no other file is on its way to this video")
		}
		f := v.Formers[n-1]
		v.Formers = v.Formers[:n-1]
		s.litter(v, v.Source, s.now().Add(litterAfter))
		v.Name, v.Type, v.Size, v.Checksum, v.Digest, v.Source = f.Name, f.Type, f.Size, f.Checksum, f.Digest, f.Source
		v.State, v.Stages, v.Plan, v.Reason, v.Percent = Ready, nil, nil, "", 100
		if len(v.Renditions) == 0 { // it had failed before
			v.State, v.Reason = Failed, "video.processing_failed"
		}
		s.rest(v)
		v.dueAt(s.now().Add(s.c.Lease)) // when whoever still has a unit in hand has noticed
		return nil
	})
	if err == nil && v.Due != nil {
		s.ring(ctx, by.Organisation, id, *v.Due)
	}
	return v, err
}

// dropNext gives up a file that is being sent.
func (v *Video) dropNext() {
	if v.Next != nil {
		v.Dropped = append(v.Dropped, v.Next.Source)
		v.Next, v.Uploader = nil, ""
	}
}

func (s *Service) dropNext(ctx context.Context, org, id string) error {
	_, err := s.update(ctx, org, id, func(v *Video) error {
		if v.Next == nil {
			return notUploading()
		}
		v.dropNext()
		v.dueAt(s.now())
		return nil
	})
	if err == nil {
		s.ring(ctx, org, id, time.Time{})
	}
	return err
}

// retired forgets what nobody needs any more of a video that rests: files whose place was taken, one that nobody sends any
// more.
func (v *Video) retired(now time.Time) {
	kept := v.Formers[:0]
	for _, f := range v.Formers {
		if f.Until == nil || f.Until.After(now) {
			kept = append(kept, f)
		}
	}
	if v.Formers = kept; len(kept) == 0 {
		v.Formers = nil
	}
	if v.Next != nil && !v.Next.Until.After(now) {
		v.dropNext()
	}
}

// endUploads ends the unfinished uploads at keys of a video.
func (s *Service) endUploads(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		for u, err := range s.c.Objects.Uploads(ctx, key) {
			if err != nil {
				return wrap("endUploads", err)
			}
			if err := s.c.Objects.Abort(ctx, key, u.ID); err != nil {
				return wrap("endUploads", err)
			}
		}
	}
	return nil
}

// Replacing returns the file that plays while another one is being prepared to take its place.
func (v *Video) Replacing() (Former, bool) {
	if n := len(v.Formers); n > 0 && v.Formers[n-1].Until == nil {
		return v.Formers[n-1], true
	}
	return Former{}, false
}
