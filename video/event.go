package video

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// What happens to a video.
const (
	WasUploaded    = "uploaded"    // the file is whole
	WasReady       = "ready"       // every rendition is stored
	WasFailed      = "failed"      // a worker gave up
	WasRetried     = "retried"     // somebody sent it back to work
	WasCaptioned   = "captioned"   // captions of a language were filed
	WasUncaptioned = "uncaptioned" // or removed
	WasDeleted     = "deleted"
)

// Event is something that happened to a video. It is written into the document together with what happened, so that
// neither is ever there without the other.
type Event struct {
	Key     string // names what happened: telling it twice is telling it once
	What    string
	Video   string
	Account string // whose doing it was, by random name; empty: the platform's
	Lang    string // of captions
	At      time.Time
}

// Sink is told what happened, once or several times. An error is no loss: TellDue tells it again.
type Sink func(ctx context.Context, org string, e Event) error

// tell notes what has happened in the document that says so.
func (s *Service) tell(v *Video, by people.Actor, what, lang string) {
	if s.c.Sink == nil {
		return
	}
	now := s.now()
	v.Untold = append(v.Untold, Event{Key: v.ID + "/" + what + "/" + strconv.FormatInt(v.Rev, 10), What: what, Video: v.ID, Account: by.Account, Lang: lang, At: now})
	if v.UntoldSince == nil {
		v.UntoldSince = &now
	}
}

// told tells the sink what a document still has to tell, and takes it out of the document.
func (s *Service) told(ctx context.Context, org string, v Video) (Video, error) {
	if len(v.Untold) == 0 || s.c.Sink == nil {
		return v, nil
	}
	for _, e := range v.Untold {
		if err := s.c.Sink(ctx, org, e); err != nil {
			return v, wrap("told", err)
		}
	}
	next, err := s.videos.Update(ctx, org, v.ID, func(d *Video) error {
		d.Untold = slices.DeleteFunc(d.Untold, func(e Event) bool {
			return slices.ContainsFunc(v.Untold, func(t Event) bool { return t.Key == e.Key })
		})
		if len(d.Untold) == 0 {
			d.UntoldSince = nil
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return v, nil
	}
	return next, wrap("told", err)
}

// TellDue tells the sink what was not told when it happened, in all organisations, for the sweep.
func (s *Service) TellDue(ctx context.Context, now time.Time) error {
	page, err := s.videos.Across(ctx, store.Query{Index: "untold", To: now, Limit: 200})
	errs := []error{wrap("TellDue", err)}
	for _, d := range page.Docs {
		_, err := s.told(ctx, d.Org, d.Doc)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
