package live

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// channel is where the processes of an installation talk to each other of rooms.
const channel = "palestra:live"

// What they say.
const (
	wordGrown   = "grown" // a stream has this many events
	wordHere    = "here"  // these are in a room, in this process
	wordHello   = "hello" // who is here?
	wordRecheck = "check" // look whether this person may still be here
	wordNamed   = "named" // these are called otherwise now
)

const (
	awayLives = 30 * time.Second // how long another process is believed
	tellEvery = 10 * time.Second
	showEvery = 400 * time.Millisecond
	atOnce    = 8 // documents touched at once
)

// word is what processes tell each other. It says nothing that is not in the store as well, but for who is here.
type word struct {
	Kind    string   `json:"k"`
	Process string   `json:"p"`
	Host    string   `json:"o,omitempty"`
	Stream  string   `json:"s,omitempty"`
	N       int64    `json:"n,omitempty"`
	Who     []string `json:"w,omitempty"`
	Person  string   `json:"u,omitempty"`
}

// tell says something to the other processes; without them nobody misses it, and what is lost is healed by looking.
func (s *Service) tell(ctx context.Context, w word) {
	w.Process = s.process
	b, err := json.Marshal(w)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		err = s.c.Bus.Publish(ctx, channel, b)
	}
	if err != nil && ctx.Err() == nil {
		s.c.Log.Debug("the other processes were not told", "error", err)
	}
}

// hear takes what another process says.
func (s *Service) hear(data []byte) {
	var w word
	if json.Unmarshal(data, &w) != nil || w.Process == s.process {
		return
	}
	if w.Kind == wordRecheck {
		s.work.Go(func() { s.recheck(s.ctx, w.Person) })
		return
	}
	if w.Kind == wordNamed {
		s.work.Go(func() {
			for _, who := range w.Who {
				s.renamed(s.ctx, w.Host, w.Stream, who)
			}
		})
		return
	}
	s.mu.Lock()
	h := s.hubs[w.Host+"/"+w.Stream]
	s.mu.Unlock()
	if h == nil {
		return
	}
	switch w.Kind {
	case wordGrown:
		h.mu.Lock()
		behind := h.at < w.N
		h.mu.Unlock()
		if behind {
			h.ring()
		}
	case wordHello:
		h.mu.Lock()
		h.toldAt, h.restless = time.Time{}, true
		h.mu.Unlock()
		h.ring()
	case wordHere:
		h.mu.Lock()
		h.away[w.Process], h.awayAt[w.Process] = setOf(w.Who), s.now()
		h.restless = true
		h.mu.Unlock()
		h.ring()
	}
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, x := range list {
		set[x] = true
	}
	return set
}

// own lists who listens in this process. h.mu is held.
func (h *hub) own() map[string]bool {
	set := map[string]bool{}
	for l := range h.listeners {
		set[l.who] = true
	}
	return set
}

// hereNow lists who is in the room, in all processes. h.mu is held.
func (h *hub) hereNow(now time.Time) map[string]bool {
	set := h.own()
	for p, at := range h.awayAt {
		if now.Sub(at) > awayLives {
			delete(h.away, p)
			delete(h.awayAt, p)
			continue
		}
		for w := range h.away[p] {
			set[w] = true
		}
	}
	return set
}

// presentSoon is present, if somebody came or went, at most a few times a second.
func (h *hub) presentSoon() {
	now := h.svc.now()
	h.mu.Lock()
	due := h.restless && now.Sub(h.shownAt) >= showEvery
	h.mu.Unlock()
	if due {
		h.present(now)
	}
}

// here is a change of who is in the room.
type here struct {
	T   string   `json:"t"`
	In  []string `json:"in,omitempty"`
	Out []string `json:"out,omitempty"`
}

// present tells who came and went: those who listen here, and the other processes.
func (h *hub) present(now time.Time) {
	h.mu.Lock()
	all := h.hereNow(now)
	change := here{T: "here"}
	for w := range all {
		if !h.shown[w] {
			change.In = append(change.In, w)
		}
	}
	for w := range h.shown {
		if !all[w] {
			change.Out = append(change.Out, w)
		}
	}
	h.shown, h.shownAt = all, now
	if len(change.In)+len(change.Out) > 0 {
		slices.Sort(change.In)
		slices.Sort(change.Out)
		if b, err := json.Marshal(change); err == nil {
			for l := range h.listeners {
				h.push(l, b)
			}
		}
	}
	var mine []string
	tell := (h.restless || now.Sub(h.toldAt) >= tellEvery) && (len(h.listeners) > 0 || h.restless)
	if tell {
		for w := range h.own() {
			mine = append(mine, w)
		}
		h.toldAt, h.restless = now, false
	}
	h.mu.Unlock()
	if tell {
		h.svc.tell(h.svc.ctx, word{Kind: wordHere, Host: h.host, Stream: h.stream, Who: mine})
	}
}

// lookAfter notes that those who listen are still here, and asks whether they still may be.
func (h *hub) lookAfter(ctx context.Context) {
	now := h.svc.now()
	h.mu.Lock()
	guests := map[string]bool{}
	list := make([]*Listener, 0, len(h.listeners))
	for l := range h.listeners {
		if guests[l.guest] = true; now.Sub(l.heard) > silence {
			h.cut(l, ErrSilent)
			h.restless = true
			continue
		}
		list = append(list, l)
	}
	h.mu.Unlock()
	var g errgroup.Group
	g.SetLimit(atOnce)
	for id := range guests {
		g.Go(func() error { return h.svc.touch(ctx, h.host, id, now) })
	}
	for _, l := range list {
		g.Go(func() error { return h.svc.check(ctx, l) })
	}
	if err := g.Wait(); err != nil && ctx.Err() == nil {
		h.svc.c.Log.Warn("a room was not looked after; it will be", "error", err)
	}
}

// renamed shows who is in a room here how somebody is called now.
func (s *Service) renamed(ctx context.Context, host, stream, who string) {
	s.mu.Lock()
	h := s.hubs[host+"/"+stream]
	s.mu.Unlock()
	if h == nil {
		return
	}
	name, err := s.nameOf(ctx, host, stream, who)
	if err != nil {
		s.c.Log.Warn("who is in a room does not see somebody's new name before they come anew", "error", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if is, known := h.names[who]; !known || is == name {
		return
	}
	h.names[who] = name
	h.send([]Event{}, nil, map[string]Name{who: name}, false)
}

// Recheck looks whether a person may still be where she is, in every process: her sign-in may have ended, or her place.
func (s *Service) Recheck(ctx context.Context, person string) {
	s.tell(context.WithoutCancel(ctx), word{Kind: wordRecheck, Person: person})
	s.recheck(context.WithoutCancel(ctx), person)
}

func (s *Service) recheck(ctx context.Context, person string) {
	var list []*Listener
	s.mu.Lock()
	for _, h := range s.hubs {
		h.mu.Lock()
		for l := range h.listeners {
			if l.by.Person == person {
				list = append(list, l)
			}
		}
		h.mu.Unlock()
	}
	s.mu.Unlock()
	for _, l := range list {
		if err := s.check(ctx, l); err != nil && ctx.Err() == nil {
			s.c.Log.Warn("somebody's place in a room was not looked at; it will be", "error", err)
		}
	}
}
