package live

import (
	"context"
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
	host, stream, ok := strings.Cut(seen.Room, ".")
	if !ok || host == "" || stream == "" || seen.Who == "" {
		return nil
	}
	p, err := s.guests.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{stream, seen.Who}, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return wrap("Saw", err)
	}
	at := seen.At.UTC()
	_, err = s.guests.Update(ctx, p.Docs[0].Owner, p.Docs[0].ID, func(g *Guest) error {
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
	return wrap("Saw", err)
}
