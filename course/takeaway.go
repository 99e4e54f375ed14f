package course

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// takeaway is whether learners may keep files of the lessons of an organisation's courses on their own machines.
type takeaway struct {
	store.Meta `bson:",inline"`
	Allowed    bool `bson:"allowed"`
}

const takeawayID = "videos"

// Kinds of files that a learner takes along.
const (
	FilePicture  = "video"    // picture and sound, in the lowest resolution
	FileSound    = "sound"    // sound only
	FileCaptions = "captions" // a text track
)

// File is a file of a lesson that a learner can take along. Its address ends after a while and is good for one sign-in.
type File struct {
	What     string
	Language string // of captions
	Format   string // mp4, m4a, vtt, srt
	URL      string
	Bytes    int64 // 0: not known before it is made
	Expires  time.Time
}

// Takeaway reports whether learners may take along videos of an organisation's courses.
func (s *Service) Takeaway(ctx context.Context, org string) (bool, error) {
	t, err := s.takeaway.Get(ctx, org, takeawayID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return t.Allowed, s.wrap("Takeaway", err)
}

// TakeawayOf tells the actor's organisation what it has decided. Administrators may.
func (s *Service) TakeawayOf(ctx context.Context, by people.Actor) (bool, error) {
	if err := by.Must(people.Administrator); err != nil {
		return false, err
	}
	return s.Takeaway(ctx, by.Organisation)
}

// SetTakeaway decides whether learners may take along videos of the courses of the actor's organisation. Administrators
// may; it is noted.
func (s *Service) SetTakeaway(ctx context.Context, by people.Actor, allowed bool) error {
	if err := by.Must(people.Administrator); err != nil {
		return err
	}
	for {
		_, err := s.takeaway.Update(ctx, by.Organisation, takeawayID, func(t *takeaway) error { t.Allowed = allowed; return nil })
		if errors.Is(err, store.ErrNotFound) {
			err = s.takeaway.Insert(ctx, by.Organisation, takeaway{Meta: store.Meta{ID: takeawayID}, Allowed: allowed})
		}
		if errors.Is(err, store.ErrDuplicate) {
			continue
		}
		if err != nil {
			return s.wrap("SetTakeaway", err)
		}
		return s.c.People.Note(ctx, by.Organisation, by, "takeaway.set", by.Organisation, strconv.FormatBool(allowed))
	}
}

// Files lists what of a lesson's video the learner may take along, where the organisation of the course allows it.
// Faults: course.no_video, course.takeaway_not_allowed
func (s *Service) Files(ctx context.Context, by people.Actor, enrolment, lesson string) ([]File, error) {
	_, _, files, err := s.files(ctx, by, enrolment, lesson)
	return files, err
}

func (s *Service) files(ctx context.Context, by people.Actor, enrolment, lesson string) (Study, *Lesson, []File, error) {
	st, l, _, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return st, nil, nil, err
	}
	if l.Kind != KindVideo || l.Video == "" {
		return st, nil, nil, errNoVideo
	}
	allowed, err := s.Takeaway(ctx, st.Enrolment.Owner)
	if err != nil {
		return st, nil, nil, err
	}
	if !allowed {
		return st, nil, nil, fault.New(fault.Forbidden, "course.takeaway_not_allowed", "the town of this course does not let its videos be taken along")
	}
	files, err := s.c.Videos.Files(ctx, st.Enrolment.Owner, l.Video, by.Session)
	return st, l, files, s.wrap("files", err)
}

// TakeAlong gives the address of one of these files. That it was asked for is told once for as long as its address is the
// same. Faults: as Files, and course.no_file
func (s *Service) TakeAlong(ctx context.Context, by people.Actor, enrolment, lesson, what, language, format string) (File, error) {
	st, l, files, err := s.files(ctx, by, enrolment, lesson)
	if err != nil {
		return File{}, err
	}
	i := slices.IndexFunc(files, func(f File) bool {
		return f.What == what && f.Language == language && (format == "" || f.Format == format)
	})
	if i < 0 {
		return File{}, fault.New(fault.NotFound, "course.no_file", "the lesson has no such file")
	}
	f := files[i]
	event := Event{ID: eventID(by.Organisation, "taken", enrolment, lesson, f.What, f.Language, f.Format, f.Expires.UTC().Format(time.RFC3339)), Account: by.Account,
		Verb: verbDownloaded, Activity: lessonActivity(st.Enrolment.Course, l), Enrolment: enrolment, At: s.now()}
	return f, s.wrap("TakeAlong", s.c.Records.Record(ctx, by.Organisation, event))
}
