package video

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/outward"
	"palestra/internal/store"
	"palestra/internal/temp"
	"palestra/people"
)

// Bell tells the workers to look at a video at a time (zero: now). An error loses nothing: Due will find the video.
type Bell func(ctx context.Context, org, id string, at time.Time) error

// Config is what the room needs.
type Config struct {
	DB      *store.DB
	Objects *blob.Store
	Encoder Encoder // nil in a process that does not process videos
	Bell    Bell    // required
	Now     func() time.Time
	NewID   func() string
	Log     *slog.Logger
	Key     []byte                                                                                      // signs what may be played, 32 bytes; the same in every process
	Temp    *temp.Folder                                                                                // for files in work; nil in a process that does not process videos
	Ear     Ear                                                                                         // nil in a process that does not listen to videos
	Scribe  Scribe                                                                                      // nil in a process that does not write down what is said
	Scribes bool                                                                                        // some process does
	Chime   Bell                                                                                        // as Bell, for tasks; nil: the sweep alone finds them
	Carry   Bell                                                                                        // as Bell, for files that the server fetches
	Sites   outward.Sites                                                                               // from which it may fetch them
	Worker  string                                                                                      // name of this process, for the operator; empty: its units show none
	Sink    Sink                                                                                        // is told what happens; nil: nobody
	Town    func(ctx context.Context, org string) error                                                 // a fault if there is no such organisation; nil: there is every one
	Note    func(ctx context.Context, org string, by people.Actor, action, target, detail string) error // writes into the audit log; nil: there is none
	// InUse reports whether another room shows a video; nil: none does. What is in use is not deleted.
	InUse func(ctx context.Context, org, id string) (bool, error)

	MaxSize       int64         // bytes of a file; 0: 20 GiB
	PartSize      int64         // bytes of a part; 0: 8 MiB; at least blob.MinPart
	MaxDuration   time.Duration // of a video; 0: 12 h
	JoinAtOnce    int64         // files of more bytes are put together by a worker; 0: 512 MiB
	JoinWait      time.Duration // how long who finishes such an upload waits for it; 0: 20 s
	Abandon       time.Duration // an upload without a new part for so long is removed; 0: 7 days
	Lease         time.Duration // how long a worker holds a unit without a sign of life; 0: 30 s
	MaxAttempts   int           // at a unit; 0: 4
	PresignAtOnce int           // parts of an upload that get an address at once, where browsers reach the store; 0: 200
	Keep          time.Duration // how long the objects of a deleted video stay, for backups under way; 0: 24 h
	Pause         time.Duration // before the second attempt, doubled for each further one; 0: 10 s
}

// Service decides and does everything in this room. It is safe for use by many goroutines.
type Service struct {
	c      Config
	videos *store.Town[Video]
	tasks  *store.Town[Task]
	rooms  *store.Town[Room]
	client *http.Client // for what the server fetches
	crew
	copies copies
	// listening is held by the one task of this process that writes down what is said.
	listening chan struct{}
}

// New returns the service, or an error if its collection cannot be declared.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Objects == nil || c.Bell == nil || c.Now == nil || c.NewID == nil || c.Log == nil || len(c.Key) < 32 || c.Encoder != nil && c.Temp == nil {
		return nil, errors.New("video.New: incomplete configuration")
	}
	orElse(&c.MaxSize, 20<<30)
	orElse(&c.PartSize, 8<<20)
	orElse(&c.MaxDuration, 12*time.Hour)
	orElse(&c.JoinAtOnce, 512<<20)
	orElse(&c.JoinWait, 20*time.Second)
	orElse(&c.Abandon, 7*24*time.Hour)
	orElse(&c.Lease, 30*time.Second)
	orElse(&c.MaxAttempts, 4)
	orElse(&c.Keep, litterAfter)
	orElse(&c.PresignAtOnce, 200)
	orElse(&c.Pause, 10*time.Second)
	s := &Service{c: c, client: c.Sites.Client(importAnswers), listening: make(chan struct{}, 1)}
	var err error
	s.videos, err = store.NewTown[Video](c.DB, "videos", 2,
		store.On("listed", store.Time("listed")).AsSparse(),
		store.On("uploader", store.Str("uploader"), store.Time("created")).AsSparse(),
		store.On("same", store.Str("checksum"), store.Int("size")),
		store.On("busy", store.Str("busy")).AsSparse(),
		store.On("wanted", store.Int("wanted.rank"), store.Time("wanted.since")).AsSparse().AsAcross(),
		store.On("due", store.Time("due")).AsSparse().AsAcross(),
		store.On("state", store.Str("state")).AsAcross(),
		store.On("readied", store.Time("readied")).AsSparse().AsAcross(),
		store.On("untold", store.Time("untoldSince")).AsSparse().AsAcross())
	if err != nil {
		return nil, fmt.Errorf("video.New: %w", err)
	}
	s.tasks, err = store.NewTown[Task](c.DB, "video-tasks", 1, store.On("due", store.Time("due")).AsSparse().AsAcross())
	if err != nil {
		return nil, fmt.Errorf("video.New: %w", err)
	}
	s.rooms, err = store.NewTown[Room](c.DB, "video-rooms", 1, store.On("used", store.Int("used")).AsAcross(), store.On("due", store.Time("due")).AsSparse().AsAcross())
	if err != nil {
		return nil, fmt.Errorf("video.New: %w", err)
	}
	if err := s.openHands(); err != nil {
		return nil, fmt.Errorf("video.New: %w", err)
	}
	return s, nil
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are, and what everybody may know becomes one.
func wrap(where string, err error) error {
	switch {
	case err == nil:
		return nil
	case fault.KindOf(err) != 0:
		return err
	case errors.Is(err, blob.ErrFull) || errors.Is(err, store.ErrFull):
		return diskFull(err)
	}
	return fmt.Errorf("video.%s: %w", where, err)
}

func diskFull(err error) error {
	return fault.New(fault.Full, "video.disk_full", "there is not enough space left for this file").Because(err)
}

func notFound(id string) error {
	return fault.New(fault.NotFound, "video.not_found", "no video %.64s", id).With("id", id)
}

var validOrg = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}$`)

// get returns a video that is not deleted. fault video.not_found
func (s *Service) get(ctx context.Context, org, id string) (Video, error) {
	v, err := s.videos.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrQuery) || err == nil && v.Deleted {
		return Video{}, notFound(id)
	}
	v.upgrade()
	return v, wrap("get", err)
}

// update changes a video that is not deleted. fault video.not_found
func (s *Service) update(ctx context.Context, org, id string, f func(*Video) error) (Video, error) {
	v, err := s.videos.Update(ctx, org, id, func(v *Video) error {
		if v.Deleted {
			return notFound(id)
		}
		v.upgrade()
		if err := f(v); err != nil {
			return err
		}
		v.Changed = s.now()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return v, notFound(id)
	}
	if err != nil {
		return v, wrap("update", err)
	}
	next, err := s.told(ctx, org, v)
	if err != nil {
		s.c.Log.Warn("what happened to a video was not told; the sweep will", "video", id, "error", err)
		return v, nil
	}
	return next, nil
}

// ring tells the workers; when that is impossible the sweep will.
func (s *Service) ring(ctx context.Context, org, id string, at time.Time) {
	if err := s.c.Bell(ctx, org, id, at); err != nil {
		s.c.Log.Warn("the bell is out of order; the sweep will find the video", "video", id, "error", err)
	}
}

// Get returns a video of an organisation whoever asks, for other rooms, which decide who may know of it.
// fault video.not_found
func (s *Service) Get(ctx context.Context, org, id string) (Video, error) { return s.get(ctx, org, id) }

// Show returns a video to an author of its organisation. faults people.unsigned, people.forbidden, video.not_found
func (s *Service) Show(ctx context.Context, by people.Actor, id string) (Video, error) {
	if err := by.Must(people.Author); err != nil {
		return Video{}, err
	}
	return s.get(ctx, by.Organisation, id)
}

// List returns the organisation's videos to an author, newest first. limit is 0 (50) to 500.
func (s *Service) List(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Video], error) {
	if err := by.Must(people.Author); err != nil {
		return store.Page[Video]{}, err
	}
	page, err := s.videos.Find(ctx, by.Organisation, store.Query{Index: "listed", Reverse: true, Cursor: cursor, Limit: limit})
	return page, wrap("List", err)
}

// Uploads returns the unfinished uploads of an author, newest first: what she may resume, on whatever machine.
func (s *Service) Uploads(ctx context.Context, by people.Actor) ([]Video, error) {
	if err := by.Must(people.Author); err != nil {
		return nil, err
	}
	page, err := s.videos.Find(ctx, by.Organisation, store.Query{Index: "uploader", Equal: []any{by.Account}, Reverse: true, Limit: 100})
	return page.Docs, wrap("Uploads", err)
}

// Retry sends a failed video back to work; it goes on at the stage that failed. faults video.not_found,
// video.not_failed
func (s *Service) Retry(ctx context.Context, by people.Actor, id string) (Video, error) {
	if err := by.Must(people.Author); err != nil {
		return Video{}, err
	}
	return s.retry(ctx, by, by.Organisation, id)
}

func (s *Service) retry(ctx context.Context, by people.Actor, org, id string) (Video, error) {
	v, err := s.update(ctx, org, id, func(v *Video) error {
		switch v.State {
		case Failed:
		case Uploaded, Processing:
			return store.ErrKeep // pressed twice
		default:
			return fault.New(fault.Conflict, "video.not_failed", "only a failed video can be tried again")
		}
		v.State, v.Reason = Uploaded, ""
		for i := range v.Stages {
			st := &v.Stages[i]
			if st.State == StageFailed || st.State == StageWorking {
				st.State = StageWaiting
			}
			for j := range st.Units {
				if u := &st.Units[j]; !u.Done {
					u.Attempts, u.Due = 0, time.Time{}
				}
			}
		}
		v.schedule(s.now())
		s.tell(v, by, WasRetried, "")
		return s.line(ctx, org, v)
	})
	if err == nil {
		s.ring(ctx, org, id, time.Time{})
	}
	return v, err
}

// Delete removes a video and everything of it. It is gone at return; its objects follow after Config.Keep, so that a
// backup under way still finds them. faults video.not_found, video.in_use
func (s *Service) Delete(ctx context.Context, by people.Actor, id string) error {
	if err := by.Must(people.Author); err != nil {
		return err
	}
	v, err := s.get(ctx, by.Organisation, id)
	if err != nil {
		return err
	}
	if v.State == Uploading {
		return fault.New(fault.Conflict, "video.uploading", "this file is still being sent; drop its upload instead")
	}
	if used, err := s.inUse(ctx, by.Organisation, id); err != nil {
		return err
	} else if used {
		return fault.New(fault.Conflict, "video.in_use", "a lesson shows this video")
	}
	until := s.now().Add(s.c.Keep)
	_, err = s.update(ctx, by.Organisation, id, func(v *Video) error {
		s.tell(v, by, WasDeleted, "")
		v.Deleted, v.Listed, v.Lease, v.Wanted, v.Busy = true, nil, "", nil, ""
		v.dropNext()
		v.dueAt(until)
		return nil
	})
	if err == nil {
		s.ring(ctx, by.Organisation, id, until)
	}
	return err
}

func (s *Service) inUse(ctx context.Context, org, id string) (bool, error) {
	if s.c.InUse == nil {
		return false, nil
	}
	used, err := s.c.InUse(ctx, org, id)
	return used, wrap("inUse", err)
}

// restore brings a deleted video back into which a lesson was made while it was being deleted.
func (s *Service) restore(ctx context.Context, org, id string) error {
	_, err := s.videos.Update(ctx, org, id, func(v *Video) error {
		if !v.Deleted {
			return store.ErrKeep
		}
		v.Deleted, v.Listed, v.Due = false, &v.Created, nil
		if v.State == Uploaded || v.State == Processing {
			v.dueAt(s.now())
		} else {
			v.rests(s.now())
		}
		return nil
	})
	return wrap("restore", err)
}

// remove drops an unfinished upload; nothing of it is in any backup.
func (s *Service) remove(ctx context.Context, org, id string) error {
	_, err := s.update(ctx, org, id, func(v *Video) error {
		v.Deleted, v.Listed, v.Uploader, v.Lease = true, nil, "", ""
		v.dueAt(s.now())
		return nil
	})
	if err == nil {
		s.ring(ctx, org, id, time.Time{})
	}
	return err
}

// States returns how many videos of all organisations are in each state, at most store.MaxCount of each. Deleted ones
// count until their objects are gone.
func (s *Service) States(ctx context.Context) (map[State]int, error) {
	out := map[State]int{}
	for _, st := range []State{Uploading, Uploaded, Processing, Ready, Failed} {
		n, err := s.videos.CountAcross(ctx, store.Query{Index: "state", Equal: []any{string(st)}}, store.MaxCount)
		if err != nil {
			return nil, wrap("States", err)
		}
		out[st] = n
	}
	return out, nil
}
