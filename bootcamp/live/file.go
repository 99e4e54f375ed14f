package live

import (
	"context"
	"errors"
	"io"
	"strings"

	"palestra/bootcamp/attachment"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

const (
	maxUploads = 20  // files that one person shares within a day, in one room
	maxFiles   = 100 // of a room
)

func filedID(stream, id string) string   { return stream + "~file." + id }
func unfiledID(stream, id string) string { return stream + "~unfiled." + id }

// insider is somebody in a room, for what is not sent as a message.
type insider struct {
	hub *hub
	who string
	place
}

// inside brings the actor to a room without listening. The caller leaves the hub.
func (s *Service) inside(ctx context.Context, by people.Actor, d Door) (insider, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return insider{}, err
	}
	h, err := s.hub(ctx, r.Host, d.stream())
	if err != nil {
		return insider{}, err
	}
	g, err := s.guest(ctx, by, r.Host, r.Session.Cohort, h.stream)
	if err != nil {
		s.leave(h)
		return insider{}, err
	}
	return insider{h, g.Who, place{r.Session.Cohort, r.Leads, r.Reads}}, nil
}

// Share keeps a file and shows it to everybody in a room, also to who comes later. Who takes part may, as long as she may
// write; who leads also when the session is over. Faults are those of attachment.Shelf.Take; live.files_full.
func (s *Service) Share(ctx context.Context, by people.Actor, d Door, name string, size int64, data io.Reader) (attachment.File, error) {
	in, err := s.inside(ctx, by, d)
	if err != nil {
		return attachment.File{}, err
	}
	h := in.hub
	defer s.leave(h)
	if err := h.take(in.who, s.now()); err != nil {
		return attachment.File{}, err
	}
	if in.reads {
		return attachment.File{}, errReads
	}
	a := Act{Kind: Filed}
	if err := h.allow(in.who, in.leads, s.rules[Filed], &a); err != nil {
		return attachment.File{}, err
	}
	h.mu.Lock()
	full := len(h.state.Files) >= maxFiles
	h.mu.Unlock()
	if full {
		return attachment.File{}, fault.New(fault.Conflict, "live.files_full", "a room holds at most %d files", maxFiles).With("max", maxFiles)
	}
	sent := attachment.Sent{Host: h.host, Room: h.stream, Who: in.who, Name: name, Size: size, Data: data, Most: maxUploads}
	if !d.Rehearsal {
		sent.Group = in.cohort
	}
	f, err := s.files.Take(ctx, sent)
	if err != nil {
		return f, err
	}
	if f, err = s.files.Claim(ctx, h.host, f.ID, h.stream, func(attachment.Kept) bool { return true }); err != nil {
		return f, err
	}
	a.File = &f
	if _, err := h.append(ctx, Event{Entry: store.Entry{Meta: store.Meta{ID: filedID(h.stream, f.ID)}}, Who: in.who, Act: a}); err != nil {
		return f, err
	}
	return f, s.files.Stay(ctx, h.host, f.ID)
}

// shared reports whether a file is in its room: it was shared, and was not taken away since.
func (s *Service) shared(ctx context.Context, host string, f attachment.Kept) (bool, error) {
	_, err := s.events.Get(ctx, host, filedID(f.Room, f.File.ID))
	if err == nil {
		_, err = s.events.Get(ctx, host, unfiledID(f.Room, f.File.ID))
		if errors.Is(err, store.ErrNotFound) {
			return true, nil
		}
		return false, wrap("shared", err)
	}
	return false, wrap("shared", gone(err))
}

// file returns a file that is in a room. fault live.no_file
func (s *Service) file(ctx context.Context, host, stream, id string) (attachment.Kept, error) {
	f, err := s.files.Get(ctx, host, id)
	ok := err == nil && f.Room == stream
	if ok {
		ok, err = s.shared(ctx, host, f)
	}
	if !ok && gone(err) == nil {
		return f, fault.New(fault.NotFound, "live.no_file", "this file is not in the room any more")
	}
	return f, wrap("file", err)
}

// File opens a file that is in a room. The caller closes it.
func (s *Service) File(ctx context.Context, by people.Actor, d Door, id string) (attachment.File, io.ReadCloser, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return attachment.File{}, nil, err
	}
	f, err := s.file(ctx, r.Host, d.stream(), id)
	if err != nil {
		return f.File, nil, err
	}
	data, err := s.files.Open(ctx, r.Host, id)
	return f.File, data, err
}

// Unshare takes a file away for good. Who has shared it may, and who leads.
func (s *Service) Unshare(ctx context.Context, by people.Actor, d Door, id string) error {
	in, err := s.inside(ctx, by, d)
	if err != nil {
		return err
	}
	h := in.hub
	defer s.leave(h)
	f, err := s.file(ctx, h.host, h.stream, id)
	if err != nil {
		return err
	}
	h.mu.Lock()
	leads := h.leads(in.who, in.leads)
	h.mu.Unlock()
	if !leads && f.Who != in.who {
		return errLeads
	}
	if err := s.files.Leave(ctx, h.host, id, s.now()); err != nil { // a run that dies behind the event is finished by the sweep
		return err
	}
	if _, err := h.append(ctx, Event{Entry: store.Entry{Meta: store.Meta{ID: unfiledID(h.stream, id)}}, Who: in.who, Act: Act{Kind: Unfiled, File: &attachment.File{ID: id}}}); err != nil {
		return err
	}
	return s.files.Remove(ctx, h.host, id)
}

// forgetFiles removes what was shared in a rehearsal that is forgotten. What is being sent has its day to go.
func (s *Service) forgetFiles(ctx context.Context, host, stream string) error {
	list, err := s.files.InRoom(ctx, host, stream)
	if err != nil {
		return err
	}
	for _, f := range list {
		in, err := s.shared(ctx, host, f)
		if err == nil && !in && f.Due == nil {
			err = s.files.Remove(ctx, host, f.File.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CohortFile is a file of one of a cohort's sessions.
type CohortFile struct {
	attachment.Kept
	Session string // its id
	Title   string // of the session
	By      Name
}

// CohortFiles lists what was shared in the rooms of a cohort, the newest first, to who is in it: also after its end.
func (s *Service) CohortFiles(ctx context.Context, by people.Actor, bootcamp, cohort, cursor string, limit int) ([]CohortFile, string, error) {
	c, err := s.c.Access.Circle(ctx, by, bootcamp, cohort)
	if err != nil {
		return nil, "", err
	}
	p, err := s.files.InGroup(ctx, c.Host, cohort, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	list := make([]CohortFile, 0, len(p.Docs))
	titles := map[string]string{}
	for _, f := range p.Docs {
		x := CohortFile{Kept: f, Session: f.Room}
		title, known := titles[f.Room]
		if !known {
			e, err := s.c.Access.Planned(ctx, c.Host, f.Room)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return nil, "", err
			}
			title = e.Title
			titles[f.Room] = title
		}
		x.Title = title
		if x.By, err = s.nameOf(ctx, c.Host, f.Room, f.Who); err != nil {
			return nil, "", err
		}
		list = append(list, x)
	}
	return list, p.Next, nil
}

// copyFiles adds what somebody has shared in a room to the copy of what is kept of her.
func (s *Service) copyFiles(ctx context.Context, g Guest, files people.Files) error {
	return s.files.SentBy(ctx, g.Owner, g.Who, func(f attachment.Kept) error {
		if in, err := s.shared(ctx, g.Owner, f); err != nil || !in {
			return err
		}
		w, err := files.Create(strings.Join([]string{"rooms", f.File.ID, f.File.Name}, "/"))
		if err != nil {
			return err
		}
		return s.files.Copy(ctx, g.Owner, f.File, w)
	})
}
