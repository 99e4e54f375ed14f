package live

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	n, err := s.guests.Count(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, people.CountAtMost)
	if err != nil {
		return nil, wrap("Holds", err)
	}
	lists, err := s.attendances.Count(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, people.CountAtMost)
	var list []people.Held
	return append(list, people.Held{What: "rooms", Count: n}, people.Held{What: "attendances", Count: lists}), wrap("Holds", err)
}

// Until implements people.Keeper.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// Erase implements people.Keeper: her name goes from every room. What was said there belongs to the host and stays, of
// somebody without a name.
func (s *Service) Erase(ctx context.Context, p people.Subject, heir string, _ bool) error {
	list, err := s.rooms(ctx, p)
	if err != nil {
		return err
	}
	for _, g := range list {
		nobody := g
		nobody.Meta = store.Meta{ID: guestID(g.Stream, heir)}
		nobody.Person, nobody.Name, nobody.Sort = heir, "", ""
		if err := s.guests.Insert(ctx, g.Owner, nobody); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return wrap("Erase", err)
		}
		if err := gone(s.guests.Delete(ctx, g.Owner, g.ID)); err != nil {
			return wrap("Erase", err)
		}
		s.forgetName(g.Owner, g.Stream, g.Who)
	}
	lists, err := s.listed(ctx, p)
	if err != nil {
		return err
	}
	for _, a := range lists { // that somebody was there stays in the host's figures
		nobody := a
		nobody.Meta = store.Meta{ID: a.Session + "." + heir}
		nobody.Person, nobody.Name, nobody.Sort = heir, "", ""
		nobody.Marks = nil
		for _, m := range a.Marks {
			m.Reason = "" // it may say who she is
			nobody.Marks = append(nobody.Marks, m)
		}
		if err := s.attendances.Insert(ctx, a.Owner, nobody); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return wrap("Erase", err)
		}
		if err := gone(s.attendances.Delete(ctx, a.Owner, a.ID)); err != nil {
			return wrap("Erase", err)
		}
	}
	return nil
}

// Rename implements people.Keeper: what was said in rooms names her by a word, behind which one document of a room says who she
// is. Who is in the room sees her new name at once.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	list, err := s.rooms(ctx, p)
	if err != nil {
		return err
	}
	for _, g := range list {
		if g.Name != p.Name {
			_, err := s.guests.Update(ctx, g.Owner, g.ID, func(g *Guest) error { g.Name, g.Sort = p.Name, people.Fold(p.Name); return nil })
			if gone(err) != nil {
				return wrap("Rename", err)
			}
		}
		s.tell(ctx, word{Kind: wordNamed, Host: g.Owner, Stream: g.Stream, Who: []string{g.Who}})
		s.renamed(ctx, g.Owner, g.Stream, g.Who)
	}
	lists, err := s.listed(ctx, p)
	if err != nil {
		return err
	}
	for _, a := range lists {
		if a.Name == p.Name {
			continue
		}
		_, err := s.attendances.Update(ctx, a.Owner, a.ID, func(a *Attendance) error { a.Name, a.Sort = p.Name, people.Fold(p.Name); return nil })
		if gone(err) != nil {
			return wrap("Rename", err)
		}
	}
	return nil
}

// listed returns somebody's entries in attendance lists, of sessions to which she came for an organisation.
func (s *Service) listed(ctx context.Context, p people.Subject) ([]Attendance, error) {
	var list []Attendance
	err := s.attendances.Each(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, func(a Attendance) error {
		if a.Town == p.Organisation {
			list = append(list, a)
		}
		return nil
	})
	return list, wrap("listed", err)
}

// forgetName takes a name out of the room in this process; others forget it when nobody is there any more.
func (s *Service) forgetName(host, stream, who string) {
	s.mu.Lock()
	h := s.hubs[host+"/"+stream]
	s.mu.Unlock()
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if n, ok := h.names[who]; ok {
		h.names[who] = Name{Town: n.Town}
	}
}

// rooms lists the rooms in which somebody was for an organisation.
func (s *Service) rooms(ctx context.Context, p people.Subject) ([]Guest, error) {
	var list []Guest
	err := s.guests.Each(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, func(g Guest) error {
		if g.Town == p.Organisation {
			list = append(list, g)
		}
		return nil
	})
	return list, wrap("rooms", err)
}

// Copy implements people.Keeper: when she was in which room, and what she said and shared there.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	if err := s.copyAttendances(ctx, p, files); err != nil {
		return err
	}
	list, err := s.rooms(ctx, p)
	if err != nil || len(list) == 0 {
		return err
	}
	w, err := files.Create("rooms.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	for _, g := range list {
		err := lines.Encode(struct {
			Room  string `json:"room"`
			Spans []Span `json:"spans"`
		}{g.Stream, g.Spans})
		if err != nil {
			return wrap("Copy", err)
		}
		err = s.events.Each(ctx, g.Owner, store.Query{Index: store.ByStream, Equal: []any{g.Stream}}, func(e Event) error {
			if e.Who != g.Who {
				return nil
			}
			return lines.Encode(struct {
				Room string    `json:"room"`
				At   time.Time `json:"at"`
				Act
			}{g.Stream, e.Stored, e.Act})
		})
		if err != nil {
			return wrap("Copy", err)
		}
	}
	for _, g := range list { // one file of the copy is written at a time
		if err := s.copyFiles(ctx, g, files); err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}

func (s *Service) copyAttendances(ctx context.Context, p people.Subject, files people.Files) error {
	list, err := s.listed(ctx, p)
	if err != nil || len(list) == 0 {
		return err
	}
	w, err := files.Create("attendances.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	for _, a := range list {
		err := lines.Encode(struct {
			Session   string     `json:"session"`
			CheckedIn *time.Time `json:"checkedIn,omitempty"`
			Marks     []Mark     `json:"marks"`
		}{a.Session, a.CheckedIn, a.Marks})
		if err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
