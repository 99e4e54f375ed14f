package live

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Voted is what a message is when it answers a poll. It is no event: votes are counted.
const Voted = "vote"

// Message is what somebody sends. With the same ID it does the same once.
type Message struct {
	ID string `json:"id"`
	Act
	Vote *Vote `json:"vote,omitempty"`
}

const mostBuckets = 5000

// bucket counts what one person sends.
type bucket struct {
	tokens float64
	at     time.Time
}

// take refuses what is too much: live.too_fast, with the seconds to wait.
func (h *hub) take(who string, now time.Time) error {
	l := h.svc.c.Limit
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.buckets[who]
	if b == nil {
		if len(h.buckets) >= mostBuckets {
			clear(h.buckets)
		}
		b = &bucket{tokens: float64(l.Burst), at: now}
		h.buckets[who] = b
	}
	b.tokens = min(float64(l.Burst), b.tokens+max(0, now.Sub(b.at).Seconds())*l.Rate)
	b.at = now
	if b.tokens < 1 {
		after := max(1, int(math.Ceil((1-b.tokens)/l.Rate)))
		return fault.New(fault.TooMany, "live.too_fast", "you send too much at once; try again in %d seconds", after).With("after", after)
	}
	b.tokens--
	return nil
}

// leads reports whether somebody leads: as the cohort has it, or for this session. h.mu is held.
func (h *hub) leads(who string, by bool) bool { return by || slices.Contains(h.state.Deputies, who) }

// Do does what the listener sends, and returns the number of the event; 0 for a vote.
func (l *Listener) Do(ctx context.Context, m Message) (int64, error) {
	l.hub.mu.Lock()
	p := place{leads: l.leads, reads: l.reads}
	l.heard = l.svc.now()
	l.hub.mu.Unlock()
	select {
	case <-l.gone:
		return 0, fault.New(fault.Forbidden, "live.out", "you are no longer in this room")
	default:
	}
	return l.hub.do(ctx, l.who, p, m)
}

// Do does what the actor sends without listening.
func (s *Service) Do(ctx context.Context, by people.Actor, d Door, m Message) (int64, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return 0, err
	}
	h, err := s.hub(ctx, r.Host, d.stream())
	if err != nil {
		return 0, err
	}
	defer s.leave(h)
	g, err := s.guest(ctx, by, r.Host, r.Session.Cohort, h.stream)
	if err != nil {
		return 0, err
	}
	return h.do(ctx, g.Who, place{leads: r.Leads, reads: r.Reads}, m)
}

var (
	errLeads = fault.New(fault.Forbidden, "live.leads_only", "only who leads the session may do this")
	errReads = fault.New(fault.Forbidden, "live.reads_only", "who observes reads along")
)

func (h *hub) do(ctx context.Context, who string, p place, m Message) (int64, error) {
	if m.ID == "" || len(m.ID) > 64 || strings.Trim(m.ID, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return 0, invalid("id", "live.id", "a message has an id of letters and digits")
	}
	if err := h.take(who, h.svc.now()); err != nil {
		return 0, err
	}
	if p.reads {
		return 0, errReads
	}
	if m.Kind == Voted {
		if m.Poll == nil || m.Vote == nil || len(m.Poll.ID) > 64 {
			return 0, invalid("vote", "live.vote", "this is no answer to this question")
		}
		return 0, h.vote(ctx, m.Poll.ID, who, *m.Vote)
	}
	r, ok := h.svc.rules[m.Kind]
	if !ok || r.platform {
		return 0, invalid("kind", "live.kind", "nobody can do this here")
	}
	a := m.keepSafe()
	if err := r.check(&a); err != nil {
		return 0, err
	}
	if err := h.allow(who, p.leads, r, &a); err != nil {
		return 0, err
	}
	if err := h.prepare(ctx, who, p.leads, m.ID, &a); err != nil {
		return 0, err
	}
	return h.append(ctx, Event{Entry: store.Entry{Meta: store.Meta{ID: h.stream + "~" + who + "." + m.ID}}, Who: who, Act: a})
}

// keepSafe is keep, for a message that may lack parts.
func (m *Message) keepSafe() Act {
	a := m.Act
	if a.Poll == nil {
		a.Poll = &Question{}
	}
	kept := a.keep()
	return kept
}

// allow decides whether somebody may do something now.
func (h *hub) allow(who string, leads bool, r rule, a *Act) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	really := leads
	leads = h.leads(who, leads)
	if a.Whom == who {
		a.Whom = ""
	}
	switch {
	case r.leads && !leads, a.Kind == Deputised && !really, a.Whom != "" && !leads:
		return errLeads
	case h.state.Phase == Ended && !leads, h.state.Phase == Ended && !slices.Contains([]string{Opened, Hidden, Decided, Shared, Unshared, Filed, Announced}, a.Kind):
		return fault.New(fault.Conflict, "live.over", "the session is over; what was said can be read")
	case h.state.Quiet && !leads && slices.Contains([]string{Said, Cheered, Filed}, a.Kind):
		return fault.New(fault.Conflict, "live.quiet", "only who leads writes at the moment")
	}
	if a.Kind == Noted && h.state.Notes+len(a.Data) > maxNotes {
		return fault.New(fault.TooLarge, "live.notes_full", "these notes hold as much as notes can")
	}
	known := func(who string) bool { _, ok := h.names[who]; return ok }
	if a.Whom != "" && !known(a.Whom) {
		return invalid("whom", "live.unknown", "nobody of this name is here")
	}
	for _, g := range a.Groups {
		if !slices.ContainsFunc(g.Who, func(w string) bool { return !known(w) }) {
			continue
		}
		return invalid("groups", "live.unknown", "nobody of this name is here")
	}
	if a.Kind == Called && a.Whom == "" && a.On {
		a.Whom = who
	}
	if a.Kind == Said && a.Group != "" && (h.state.Breakout == nil || !h.state.Breakout.Open || !h.state.inTeam(who, a.Group)) {
		return fault.New(fault.Conflict, "live.not_in_group", "you are not in this group")
	}
	if a.Kind == Regrouped && (h.state.Breakout == nil || !h.state.Breakout.Open || !slices.Contains(h.state.Breakout.Teams, a.Group)) {
		return invalid("group", "live.unknown", "there is no such group now")
	}
	return nil
}

// prepare looks at what an act is about, and does what must be stored before it.
func (h *hub) prepare(ctx context.Context, who string, leads bool, id string, a *Act) error {
	switch a.Kind {
	case Said, Reacted, Hidden:
		if a.Re == 0 {
			return nil
		}
		list, err := h.svc.events.Read(ctx, h.host, h.stream, a.Re-1, 1)
		if err != nil {
			return wrap("prepare", err)
		}
		if len(list) == 0 || list[0].Number != a.Re || list[0].Kind != Said {
			return invalid("re", "live.unknown", "there is no such entry")
		}
		root := list[0]
		h.mu.Lock()
		visible := root.Group == "" || h.state.inTeam(who, root.Group)
		h.mu.Unlock()
		if !visible {
			return invalid("re", "live.unknown", "there is no such entry")
		}
		if a.Kind == Said {
			if a.Group = root.Group; root.Re > 0 {
				a.Re = root.Re // threads are one deep
			}
		}
	case Asked:
		sum := sha256.Sum256([]byte(strings.Join([]string{h.host, h.stream, who, id}, "\x00")))
		return h.ask(ctx, hex.EncodeToString(sum[:12]), a.Poll)
	case Closed:
		closed, err := h.closePoll(ctx, a.Poll.ID)
		if err == nil {
			*a = closed
		}
		return err
	case Opened:
		if !strings.HasPrefix(h.stream, rehearsal) {
			return h.svc.forgetRehearsal(ctx, h.host, rehearsal+h.stream)
		}
	}
	return nil
}
