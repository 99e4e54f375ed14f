package live

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"palestra/internal/store"
	"palestra/people"
)

// Shared notes are a text that several people write at once, as changes of a replicated document (CRDT; the pages use
// Yjs). The server does not read them: it stores each change as an event, so that whoever was away gets what she missed
// and sends what she has written meanwhile. What a page says the whole is would have to be believed, so changes are only
// packed together, never replaced.
const (
	ofTalk   = "t"
	ofNotes  = "n"
	maxNote  = 80 << 10 // characters of one change in base64: some 60,000 letters at once
	maxNotes = 8 << 20  // of all changes of a room
	packMost = 256 << 10
	packFrom = 200 // changes that are packed together
)

// checkNote refuses what is no change.
func (a *Act) checkNote() error {
	if a.Data == "" || len(a.Data) > maxNote {
		return invalid("data", "live.note_long", "a change of the notes is too long")
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(a.Data); err != nil {
		return invalid("data", "live.frame", "this is not a message")
	}
	return nil
}

// pack holds changes of notes that lie one behind the other, so that they are read at once.
type pack struct {
	store.Meta `bson:",inline"`
	Stream     string   `bson:"stream"`
	After      int64    `bson:"after"` // number behind which they begin
	To         int64    `bson:"to"`    // of the last
	Data       []string `bson:"data"`
}

// Notes is a part of the changes of a room's notes.
type Notes struct {
	Changes []string // base64, in the order in which they were stored
	At      int64    // number of the last
	More    bool
}

func packID(stream string, after int64) string { return fmt.Sprintf("%s.%d", stream, after) }

// Notes returns changes behind a number. Full parts are kept for the next who comes; each begins where the one before it
// ends, so that none leaves a gap.
func (s *Service) Notes(ctx context.Context, by people.Actor, d Door, after int64) (Notes, error) {
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return Notes{}, err
	}
	stream := d.stream()
	p, err := s.packs.Get(ctx, r.Host, packID(stream, after))
	if err == nil {
		return Notes{Changes: p.Data, At: p.To, More: true}, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Notes{}, wrap("Notes", err)
	}
	e, err := s.events.Find(ctx, r.Host, store.Query{Index: "byTalk", Equal: []any{stream, ofNotes}, From: after + 1, Limit: packFrom})
	if err != nil {
		return Notes{}, wrap("Notes", err)
	}
	n := Notes{Changes: []string{}, At: after, More: e.Next != ""}
	size := 0
	for _, x := range e.Docs {
		if size += len(x.Data); size > packMost && len(n.Changes) > 0 {
			n.More = true
			break
		}
		n.Changes, n.At = append(n.Changes, x.Data), x.Number
	}
	if !n.More {
		return n, nil
	}
	if after > 0 { // a page may ask from anywhere; only what goes on from the beginning, part by part, is kept
		before, err := s.packs.Count(ctx, r.Host, store.Query{Index: "byEnd", Equal: []any{stream, after}}, 1)
		if err != nil || before == 0 {
			return n, wrap("Notes", err)
		}
	}
	err = s.packs.Insert(ctx, r.Host, pack{Meta: store.Meta{ID: packID(stream, after)}, Stream: stream, After: after, To: n.At, Data: n.Changes})
	if errors.Is(err, store.ErrDuplicate) {
		err = nil
	}
	return n, wrap("Notes", err)
}
