package live

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Why listening ends.
var (
	ErrSlow      = errors.New("live: too slow")                // come again from where you were
	ErrRestart   = errors.New("live: the server goes down")    // come again, to another one
	ErrSilent    = errors.New("live: not heard for too long")  // come again
	ErrShownOut  = errors.New("live: no place here any more")  // do not
	ErrSignedOut = errors.New("live: no longer signed in")     // sign in first
	ErrLeft      = errors.New("live: the listener has closed") // by Close
)

const (
	ahead    = 256              // pieces that wait for one listener
	catchUp  = 2000             // events that are sent again; who missed more begins anew
	silence  = 75 * time.Second // without a sign of life
	talkMost = 200
)

// Listener is one connection to a room. Next is called by one goroutine; Do and Beat by any.
type Listener struct {
	svc   *Service
	hub   *hub
	door  Door
	by    people.Actor
	who   string
	guest string // id of the document
	out   chan []byte
	gone  chan struct{}
	why   error // set before gone is closed

	leads, reads bool      // guarded by hub.mu
	closed       bool      // guarded by hub.mu
	heard        time.Time // guarded by hub.mu

	first []([]byte) // the welcome, and what was missed
	from  int64      // number up to which the welcome tells
	after int64      // number up to which was sent
}

// me is what somebody is in a room.
type me struct {
	Who   string `json:"who"`
	Leads bool   `json:"leads,omitempty"`
	Reads bool   `json:"reads,omitempty"`
}

type welcome struct {
	T       string          `json:"t"`
	At      int64           `json:"at"`
	Now     int64           `json:"now"`
	Resumed bool            `json:"resumed"`
	Me      me              `json:"me"`
	State   map[string]any  `json:"state"`
	Names   map[string]Name `json:"names"`
	Here    []string        `json:"here"`
	Voted   []string        `json:"voted"`
	Meeting bool            `json:"meeting,omitempty"` // there is a server for sound and picture
}

// Attend brings the actor into a room. after is the number of the last event that she has, 0 for none. The caller closes
// the listener.
func (s *Service) Attend(ctx context.Context, by people.Actor, d Door, after int64) (*Listener, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return nil, err
	}
	if !d.Rehearsal {
		if _, err := s.sheet(ctx, &r); err != nil { // so that what she attends is told, whoever remembers it
			return nil, err
		}
	}
	h, err := s.hub(ctx, r.Host, d.stream())
	if err != nil {
		return nil, err
	}
	l, err := s.attend(ctx, by, d, h, place{r.Session.Cohort, r.Leads, r.Reads}, after)
	if err != nil {
		s.leave(h)
	}
	return l, err
}

type place struct {
	cohort       string
	leads, reads bool
}

func (s *Service) attend(ctx context.Context, by people.Actor, d Door, h *hub, p place, after int64) (*Listener, error) {
	g, err := s.guest(ctx, by, h.host, p.cohort, h.stream)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if err := s.touch(ctx, h.host, g.ID, now); err != nil {
		return nil, err
	}
	if len(g.Spans) == 0 {
		came := Event{Entry: store.Entry{Meta: store.Meta{ID: h.stream + "~" + g.Who + ".came"}}, Who: g.Who, Act: Act{Kind: Came}}
		if _, err := h.append(ctx, came); err != nil {
			return nil, err
		}
	}
	voted, err := h.voted(ctx, g.Who)
	if err != nil {
		return nil, err
	}
	l := &Listener{svc: s, hub: h, door: d, by: by, who: g.Who, guest: g.ID, out: make(chan []byte, ahead), gone: make(chan struct{}), leads: p.leads, reads: p.reads, heard: now}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, known := h.names[g.Who]; !known || h.names[g.Who].Name != g.Name {
		h.names[g.Who] = Name{g.Name, g.TownName}
	}
	h.listeners[l] = struct{}{}
	h.restless = true
	h.ring()
	w := welcome{T: "welcome", At: h.at, Now: now.UnixMilli(), Me: h.me(l), State: map[string]any{}, Names: h.names, Here: []string{}, Voted: append([]string{}, voted...), Meeting: s.c.Meetings != nil}
	w.Resumed = after > 0 && after <= h.at && h.at-after <= catchUp
	for _, key := range h.state.keys() {
		w.State[key] = h.state.part(key)
	}
	for x := range h.hereNow(now) {
		w.Here = append(w.Here, x)
	}
	if l.from, l.after = h.at, h.at; w.Resumed {
		l.after = after
	}
	b, err := json.Marshal(w)
	if err != nil {
		h.cut(l, ErrLeft)
		return nil, wrap("attend", err)
	}
	l.first = append(l.first, b)
	return l, nil
}

// me says what a listener is. h.mu is held.
func (h *hub) me(l *Listener) me {
	return me{Who: l.who, Leads: h.leads(l.who, l.leads), Reads: l.reads}
}

// Next returns the next thing to send. When listening is over it returns why, and nothing that was not sent by then.
func (l *Listener) Next(ctx context.Context) ([]byte, error) {
	select {
	case <-l.gone:
		return nil, l.why
	default:
	}
	if len(l.first) > 0 {
		b := l.first[0]
		l.first = l.first[1:]
		return b, nil
	}
	if l.after < l.from {
		return l.missed(ctx)
	}
	select {
	case <-l.gone:
		return nil, l.why
	case b := <-l.out:
		select { // shown out meanwhile: what waited is not for her any more
		case <-l.gone:
			return nil, l.why
		default:
			return b, nil
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// missed returns a piece of what happened while the listener was away.
func (l *Listener) missed(ctx context.Context) ([]byte, error) {
	h := l.hub
	events, err := l.svc.events.Read(ctx, h.host, h.stream, l.after, int(min(l.from-l.after, readAtOnce)))
	if err != nil {
		return nil, wrap("missed", err)
	}
	n := news{T: "news", At: l.from, Now: l.svc.now().UnixMilli(), Events: []wire{}}
	h.mu.Lock()
	for i := range events {
		if e := &events[i]; e.Number <= l.from {
			n.Events = append(n.Events, h.seen(e, l.who))
			n.At = e.Number
		}
	}
	h.mu.Unlock()
	if len(events) == 0 {
		n.At = l.from
	}
	l.after = n.At
	return json.Marshal(n)
}

// seen is an event as somebody may see it. h.mu is held.
func (h *hub) seen(e *Event, who string) wire {
	if e.Kind == Said && e.Group != "" && !h.state.inTeam(who, e.Group) {
		return wire{N: e.Number, Act: Act{Kind: notShown}}
	}
	return wireOf(e)
}

// Gone is closed when listening is over.
func (l *Listener) Gone() <-chan struct{} { return l.gone }

// Beat notes a sign of life.
func (l *Listener) Beat() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	l.heard = l.svc.now()
}

// Close ends listening and notes when she left. It can be repeated.
func (l *Listener) Close(ctx context.Context) {
	h := l.hub
	h.mu.Lock()
	if l.closed {
		h.mu.Unlock()
		return
	}
	l.closed = true
	h.cut(l, ErrLeft)
	heard := l.heard
	if !errors.Is(l.why, ErrSilent) {
		heard = l.svc.now()
	}
	h.restless = true
	h.mu.Unlock()
	h.ring()
	if err := l.svc.touch(ctx, h.host, l.guest, heard); err != nil {
		l.svc.c.Log.Warn("when somebody left a room was not noted; the last minute is", "error", err)
	}
	l.svc.leave(h)
}

// check looks whether a listener may still be here, and what she is.
func (s *Service) check(ctx context.Context, l *Listener) error {
	by, still, err := s.c.People.Still(ctx, l.by)
	if err != nil {
		return err
	}
	h := l.hub
	if !still {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.cut(l, ErrSignedOut)
		return nil
	}
	r, err := s.enter(ctx, by, l.door)
	if err != nil && fault.KindOf(err) == 0 {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.cut(l, ErrShownOut)
		return nil
	}
	if l.leads != r.Leads || l.reads != r.Reads {
		l.leads, l.reads = r.Leads, r.Reads
		if b, err := json.Marshal(struct {
			T  string `json:"t"`
			Me me     `json:"me"`
		}{"me", h.me(l)}); err == nil {
			h.push(l, b)
		}
	}
	return nil
}

// Talk returns what was said before a number (0: the latest), as far as the actor may see it, the oldest first, and whether
// there is more before.
func (s *Service) Talk(ctx context.Context, by people.Actor, d Door, before int64, limit int) (Page, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return Page{}, err
	}
	h, err := s.hub(ctx, r.Host, d.stream())
	if err != nil {
		return Page{}, err
	}
	defer s.leave(h)
	g, err := s.guests.Get(ctx, r.Host, guestID(h.stream, by.Person))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Page{}, wrap("Talk", err)
	}
	q := store.Query{Index: "byTalk", Equal: []any{h.stream, ofTalk}, Reverse: true, Limit: min(max(limit, 1), talkMost)}
	if before > 0 {
		q.To = before
	}
	p, err := s.events.Find(ctx, r.Host, q)
	if err != nil {
		return Page{}, wrap("Talk", err)
	}
	page := Page{Events: []json.RawMessage{}, More: p.Next != ""}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(p.Docs) - 1; i >= 0; i-- {
		w := h.seen(&p.Docs[i], g.Who)
		b, err := json.Marshal(w)
		if err != nil {
			return page, wrap("Talk", err)
		}
		page.Events = append(page.Events, b)
		if page.First == 0 {
			page.First = w.N
		}
	}
	return page, nil
}

// Page is a part of what was said.
type Page struct {
	Events []json.RawMessage
	First  int64 // number of the oldest
	More   bool
}
