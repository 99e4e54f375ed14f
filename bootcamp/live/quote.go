package live

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"palestra/bootcamp"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Quoted names something that was said in a room.
type Quoted struct {
	Kind     string   // bootcamp.QuoteMessage, QuoteNotes or QuoteDecision
	Number   int64    // of the message or the decision
	Words    string   // of the notes: the server does not read them
	Language string   // of the words of the notes
	Whom     []string // who wrote these words of the notes
}

// maxWriters is how many people have written one passage.
const maxWriters = 20

// Quote returns what was said to who leads, to make a draft of it. Deputies do not, and nothing of a rehearsal is kept.
// A passage of the notes is what she says it is, by whom of those who have written in them: they are shown it before they
// agree. Faults: live.unknown, live.note_whom
func (s *Service) Quote(ctx context.Context, by people.Actor, d Door, q Quoted) (bootcamp.Quote, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return bootcamp.Quote{}, err
	}
	if !r.Leads || d.Rehearsal {
		return bootcamp.Quote{}, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	h, err := s.hub(ctx, r.Host, d.stream())
	if err != nil {
		return bootcamp.Quote{}, err
	}
	defer s.leave(h)
	out := bootcamp.Quote{Host: r.Host, Kind: q.Kind, At: s.now(), Path: "/bootcamps/" + d.Bootcamp + "/sessions/" + d.Session + "/room"}
	var whos []string
	switch q.Kind {
	case bootcamp.QuoteMessage:
		whos, err = s.quoteMessage(ctx, h, by, q.Number, &out)
	case bootcamp.QuoteDecision:
		whos, err = h.quoteDecision(q.Number, &out)
	case bootcamp.QuoteNotes:
		whos, err = s.quoteNotes(ctx, h, q, &out)
	default:
		err = invalid("kind", "live.choice", "no such choice")
	}
	if err != nil {
		return out, err
	}
	if out.Language == "" {
		out.Language = r.Session.Language
	}
	out.Key = strings.Join([]string{q.Kind, h.stream, out.Key}, ".")
	for _, who := range whos {
		p, err := s.guests.Find(ctx, h.host, store.Query{Index: "byWho", Equal: []any{h.stream, who}, Limit: 2})
		if err != nil {
			return out, wrap("Quote", err)
		}
		// An erasure that died has left two: the one without a name counts.
		if len(p.Docs) == 0 || slices.ContainsFunc(p.Docs, func(g Guest) bool { return g.Name == "" }) {
			out.Of = nil
			return out, nil
		}
		out.Of = append(out.Of, bootcamp.Speaker{Person: p.Docs[0].Person, Town: p.Docs[0].Town, Name: p.Docs[0].Name})
	}
	return out, nil
}

var errNoEntry = invalid("number", "live.unknown", "there is no such entry")

func (s *Service) quoteMessage(ctx context.Context, h *hub, by people.Actor, number int64, out *bootcamp.Quote) ([]string, error) {
	if number < 1 {
		return nil, errNoEntry
	}
	list, err := s.events.Read(ctx, h.host, h.stream, number-1, 1)
	if err != nil {
		return nil, wrap("Quote", err)
	}
	if len(list) == 0 || list[0].Number != number || list[0].Kind != Said {
		return nil, errNoEntry
	}
	e := list[0]
	if e.Group != "" {
		g, err := s.guests.Get(ctx, h.host, guestID(h.stream, by.Person))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, wrap("Quote", err)
		}
		h.mu.Lock()
		visible := h.state.inTeam(g.Who, e.Group)
		h.mu.Unlock()
		if !visible {
			return nil, errNoEntry
		}
	}
	out.Key, out.Words, out.Language, out.At = strconv.FormatInt(number, 10), e.Text, e.Lang, e.Stored
	return []string{e.Who}, nil
}

func (h *hub) quoteDecision(number int64, out *bootcamp.Quote) ([]string, error) {
	h.mu.Lock()
	d, ok := h.state.Decisions[strconv.FormatInt(number, 10)]
	h.mu.Unlock()
	if !ok || d.Gone {
		return nil, errNoEntry
	}
	out.Key, out.Words, out.Language, out.At = strconv.FormatInt(number, 10), d.Text, d.Lang, d.At
	return []string{d.By}, nil
}

var errEnough = errors.New("live: enough was read")

// quoteNotes reads the changes of the notes until all of whom have written one: as many as a page reads that opens them.
func (s *Service) quoteNotes(ctx context.Context, h *hub, q Quoted, out *bootcamp.Quote) (whos []string, err error) {
	if out.Words, err = text("words", q.Words, bootcamp.MaxQuote); err != nil {
		return nil, err
	}
	a := Act{Lang: q.Language}
	if err := tag(&a); err != nil {
		return nil, err
	}
	whos = slices.Compact(slices.Sorted(slices.Values(q.Whom)))
	nobody := invalid("whom", "live.note_whom", "say who wrote these words: 1 to %d of those who have written in the notes", maxWriters).With("max", maxWriters)
	if len(whos) == 0 || len(whos) > maxWriters {
		return nil, nobody
	}
	left := slices.Clone(whos)
	err = s.events.Each(ctx, h.host, store.Query{Index: "byTalk", Equal: []any{h.stream, ofNotes}}, func(e Event) error {
		if left = without(left, e.Who); len(left) == 0 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, wrap("Quote", err)
	}
	if len(left) > 0 {
		return nil, nobody
	}
	sum := sha256.Sum256([]byte(out.Words))
	out.Key, out.Language = hex.EncodeToString(sum[:16]), a.Lang
	return whos, nil
}
