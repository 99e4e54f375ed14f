package live

import (
	"context"
	"errors"
	"slices"
	"strings"

	"palestra/bootcamp/meeting"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Meetings leads somebody to sound and picture.
type Meetings interface {
	Join(ctx context.Context, g meeting.Guest) (string, error)
}

// Meeting returns where the actor goes for sound and picture: the session's own link, or the room that the installation's
// server has for it.
func (s *Service) Meeting(ctx context.Context, by people.Actor, d Door) (string, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return "", err
	}
	if r.Session.Link != "" {
		return r.Session.Link, nil
	}
	if s.c.Meetings == nil {
		return "", fault.New(fault.NotFound, "live.no_meeting", "this session has no address for sound and picture")
	}
	if !d.Rehearsal {
		if _, err := s.sheet(ctx, &r); err != nil { // who goes there without a look into the room attends as well
			return "", err
		}
	}
	g, err := s.guest(ctx, by, r.Host, r.Session.Cohort, d.stream())
	if err != nil {
		return "", err
	}
	to, err := s.c.Meetings.Join(ctx, meeting.Guest{Room: r.Host + "." + d.stream(), Title: r.Session.Title, Who: g.Who, Name: g.Name, Leads: r.Leads})
	if err != nil {
		return "", fault.New(fault.Unavailable, "live.meeting_away", "the server for sound and picture does not answer").Because(err)
	}
	return to, nil
}

// Saw notes what the server for sound and picture has reported: that somebody came or went. Whoever it does not know is
// passed over.
func (s *Service) Saw(ctx context.Context, seen meeting.Seen) error {
	host, stream, ok := reported(seen.Room)
	if !ok {
		return nil
	}
	at := seen.At.UTC()
	changed, err := s.stayed(ctx, host, stream, seen.Who, func(g *Guest) error {
		last := len(g.Meeting) - 1
		switch {
		case seen.Came && len(g.Meeting) < maxSpans && (last < 0 || at.After(g.Meeting[last].To)):
			g.Meeting = append(g.Meeting, Span{at, at})
		case !seen.Came && last >= 0 && at.After(g.Meeting[last].To):
			g.Meeting[last].To = at
		default:
			return store.ErrKeep // told before
		}
		return nil
	})
	if err != nil || !changed {
		return wrap("Saw", err)
	}
	return s.settleAgain(ctx, host, stream)
}

// Stayed notes what the server for sound and picture has reported of a whole meeting: who was there, and when. Told again it
// changes nothing; of a session with several meetings each is told by itself. Whoever it does not know is passed over.
func (s *Service) Stayed(ctx context.Context, room string, stays []meeting.Stay) error {
	host, stream, ok := reported(room)
	if !ok {
		return nil
	}
	later := false
	for _, x := range stays {
		changed, err := s.stayed(ctx, host, stream, x.Who, func(g *Guest) error {
			was := g.Meeting
			for _, t := range x.Times {
				g.Meeting = union(g.Meeting, Span{t.From.UTC(), t.To.UTC()})
			}
			if len(g.Meeting) > maxSpans || slices.Equal(was, g.Meeting) {
				return store.ErrKeep
			}
			return nil
		})
		if err != nil {
			return wrap("Stayed", err)
		}
		later = later || changed
	}
	if !later {
		return nil
	}
	return s.settleAgain(ctx, host, stream)
}

// reported returns the host and the stream that the name of a room stands for.
func reported(room string) (host, stream string, ok bool) {
	host, stream, ok = strings.Cut(room, ".")
	return host, stream, ok && host != "" && stream != ""
}

// stayed changes the document of somebody whom a report names, and says whether it did.
func (s *Service) stayed(ctx context.Context, host, stream, who string, change func(*Guest) error) (bool, error) {
	if who == "" {
		return false, nil
	}
	p, err := s.guests.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{stream, who}, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return false, err
	}
	changed := false
	_, err = s.guests.Update(ctx, p.Docs[0].Owner, p.Docs[0].ID, func(g *Guest) error {
		err := change(g)
		changed = err == nil
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil // erased meanwhile
	}
	return changed, err
}

// settleAgain lets the record stores hear of what was reported after a session's list was told.
func (s *Service) settleAgain(ctx context.Context, host, stream string) error {
	if strings.HasPrefix(stream, rehearsal) {
		return nil
	}
	e, err := s.c.Access.Planned(ctx, host, stream)
	if err == nil && s.now().After(e.Ends()) {
		err = s.dueAgain(ctx, host, &e)
	}
	if fault.KindOf(err) == fault.NotFound || errors.Is(err, store.ErrNotFound) {
		return nil // there is no such session any more, or no list of it
	}
	return wrap("settleAgain", err)
}

// union adds a time to others, which are in order and do not touch.
func union(spans []Span, add Span) []Span {
	out := make([]Span, 0, len(spans)+1)
	for _, s := range spans {
		switch {
		case s.To.Before(add.From):
			out = append(out, s)
		case add.To.Before(s.From):
			out = append(out, add)
			add = s
		default:
			add = Span{earlier(s.From, add.From), latest(s.To, add.To)}
		}
	}
	return append(out, add)
}
