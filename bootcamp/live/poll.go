package live

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Kinds of polls.
const (
	PollSingle   = "single"
	PollMultiple = "multiple"
	PollScale    = "scale"   // 1 to Steps
	PollRanking  = "ranking" // every option in order; the first of n gives n points
	PollWords    = "words"   // up to Most short answers
)

const (
	maxOptions  = 20
	maxWord     = 60 // characters of an answer in words
	maxWords    = 3000
	shownWords  = 60 // the most frequent
	leastGroup  = 3
	usualGroup  = 5
	voteBunch   = 200 * time.Millisecond // how long votes are gathered before everybody hears of them
	ballotsMost = 5000
)

// Question is a poll as it is asked.
type Question struct {
	ID        string   `bson:"id" json:"id,omitempty"`
	Kind      string   `bson:"kind" json:"kind,omitempty"`
	Text      string   `bson:"text" json:"text,omitempty"`
	Lang      string   `bson:"lang" json:"lang,omitempty"`
	Options   []string `bson:"options" json:"options,omitempty"`
	Most      int      `bson:"most" json:"most,omitempty"`           // options of multiple, answers of words
	Steps     int      `bson:"steps" json:"steps,omitempty"`         // of a scale
	Low       string   `bson:"low" json:"low,omitempty"`             // what 1 means
	High      string   `bson:"high" json:"high,omitempty"`           // what the last step means
	Anonymous bool     `bson:"anonymous" json:"anonymous,omitempty"` // nobody ever knows who voted what, not from what is stored either
	Minimum   int      `bson:"minimum" json:"minimum,omitempty"`     // votes below which an anonymous result is not shown
}

// Poll is a question and what came of it so far. The figures of an anonymous one are not told before it is closed, and not
// then if too few voted: whoever saw them grow would know who voted what.
type Poll struct {
	Question `bson:",inline"`
	N        int64  `bson:"n" json:"n"`
	Open     bool   `bson:"open" json:"open"`
	Votes    int    `bson:"votes" json:"votes"`
	Turn     int64  `bson:"turn" json:"turn"`
	Tally    *Tally `bson:"tally,omitempty" json:"tally,omitempty"`
	Few      bool   `bson:"few" json:"few,omitempty"` // closed, and too few voted
}

// Tally is a result.
type Tally struct {
	Counts []int       `bson:"counts" json:"counts,omitempty"` // by option or step; points of a ranking
	Words  []WordCount `bson:"words" json:"words,omitempty"`   // the most frequent first
}

// WordCount is an answer in words and how many gave it.
type WordCount struct {
	Text  string `bson:"text" json:"text"`
	Count int    `bson:"count" json:"count"`
}

func (q *Question) check() (err error) {
	if q == nil {
		return invalid("poll", "live.empty", "there is nothing in it")
	}
	if q.Text, err = text("poll", q.Text, 500); err != nil {
		return err
	}
	a := Act{Lang: q.Lang}
	if err := tag(&a); err != nil {
		return err
	}
	q.Lang, q.ID = a.Lang, ""
	for _, end := range []*string{&q.Low, &q.High} {
		if *end == "" {
			continue
		}
		if *end, err = line("poll", *end); err != nil {
			return err
		}
	}
	switch q.Kind {
	case PollSingle, PollMultiple, PollRanking:
		if err := q.checkOptions(); err != nil {
			return err
		}
	case PollScale:
		if q.Options = nil; q.Steps == 0 {
			q.Steps = 5
		}
		if q.Steps < 2 || q.Steps > 10 {
			return invalid("poll", "live.options", "a scale has 2 to 10 steps").With("max", 10)
		}
	case PollWords:
		if q.Options = nil; q.Most == 0 {
			q.Most = 3
		}
		if q.Most < 1 || q.Most > 5 {
			return invalid("poll", "live.options", "1 to 5 answers").With("max", 5)
		}
	default:
		return invalid("poll", "live.choice", "no such kind of poll")
	}
	if q.Kind != PollScale {
		q.Steps, q.Low, q.High = 0, "", ""
	}
	if !q.Anonymous {
		q.Minimum = 0
		return nil
	}
	if q.Minimum == 0 {
		q.Minimum = usualGroup
	}
	if q.Minimum < leastGroup || q.Minimum > 100 {
		return invalid("poll", "live.minimum", "an anonymous result is shown of %d people or more", leastGroup).With("min", leastGroup)
	}
	return nil
}

func (q *Question) checkOptions() (err error) {
	if len(q.Options) < 2 || len(q.Options) > maxOptions {
		return invalid("poll", "live.options", "a poll has 2 to %d options", maxOptions).With("max", maxOptions)
	}
	for i := range q.Options {
		if q.Options[i], err = line("poll", q.Options[i]); err != nil {
			return err
		}
		if slices.Contains(q.Options[:i], q.Options[i]) {
			return invalid("poll", "live.twice", "two options are the same")
		}
	}
	if q.Kind == PollMultiple {
		if q.Most == 0 {
			q.Most = len(q.Options)
		}
		q.Most = min(max(q.Most, 1), len(q.Options))
	} else {
		q.Most = 0
	}
	return nil
}

// Vote is somebody's answer.
type Vote struct {
	Choice []int    `bson:"choice" json:"choice,omitempty"` // options from 0; a scale's step from 1; a ranking's order
	Words  []string `bson:"words" json:"words,omitempty"`
}

// check refuses what is no answer to a question.
func (q *Question) checkVote(v *Vote) error {
	wrong := invalid("choice", "live.vote", "this is no answer to this question")
	if q.Kind == PollWords {
		v.Choice = nil
		var words []string
		for _, w := range v.Words {
			w = strings.Join(strings.Fields(w), " ")
			if w == "" {
				continue
			}
			if !utf8.ValidString(w) || strings.ContainsRune(w, 0) || utf8.RuneCountInString(w) > maxWord {
				return invalid("words", "live.long", "at most %d characters", maxWord).With("max", maxWord)
			}
			if !slices.ContainsFunc(words, func(o string) bool { return fold(o) == fold(w) }) {
				words = append(words, w)
			}
		}
		if v.Words = words; len(words) < 1 || len(words) > q.Most {
			return wrong
		}
		return nil
	}
	v.Words = nil
	low, high, least, most := 0, len(q.Options)-1, 1, 1
	switch q.Kind {
	case PollMultiple:
		most = q.Most
	case PollScale:
		low, high = 1, q.Steps
	case PollRanking:
		least, most = len(q.Options), len(q.Options)
	}
	if len(v.Choice) < least || len(v.Choice) > most {
		return wrong
	}
	for i, c := range v.Choice {
		if c < low || c > high || slices.Contains(v.Choice[:i], c) {
			return wrong
		}
	}
	return nil
}

// Box holds the votes of a poll. Of an anonymous one it holds sums, and marks of who has voted under a key that goes when
// the poll is closed, in an order that tells nothing: no vote can be linked with who gave it.
type Box struct {
	store.Meta `bson:",inline"` // id: that of the poll
	Stream     string           `bson:"stream"`
	Question   Question         `bson:"question"`
	Open       bool             `bson:"open"`
	Key        string           `bson:"key"`   // of the marks
	Marks      []string         `bson:"marks"` // sorted
	Votes      int              `bson:"votes"`
	Counts     []int            `bson:"counts"`
	Words      []spelled        `bson:"words"`   // by their key
	Ballots    map[string]Vote  `bson:"ballots"` // by participant; of named polls
}

// spelled is an answer in words: how it was spelled first, and how many gave it.
type spelled struct {
	Key   string `bson:"key"`
	Text  string `bson:"text"`
	Count int    `bson:"count"`
}

func fold(s string) string { return cases.Fold().String(s) }

func (b *Box) mark(who string) string {
	h := hmac.New(sha256.New, []byte(b.Key))
	h.Write([]byte(who))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:15])
}

// has reports whether somebody has voted.
func (b *Box) has(who string) bool {
	if !b.Question.Anonymous {
		_, ok := b.Ballots[who]
		return ok
	}
	_, ok := slices.BinarySearch(b.Marks, b.mark(who))
	return ok
}

var errVoted = fault.New(fault.Conflict, "live.voted", "you have voted already; an anonymous vote cannot be found again to change it")

// put takes a vote. A named one replaces the one before.
func (b *Box) put(who string, v Vote) error {
	if !b.Open {
		return fault.New(fault.Conflict, "live.poll_closed", "this poll is closed")
	}
	if b.Question.Anonymous {
		m := b.mark(who)
		at, there := slices.BinarySearch(b.Marks, m)
		if there {
			return errVoted
		}
		b.Marks = slices.Insert(b.Marks, at, m)
		b.Votes++
		b.add(v, 1)
		return nil
	}
	if old, ok := b.Ballots[who]; ok {
		b.add(old, -1)
	} else {
		b.Votes++
	}
	if b.Ballots == nil {
		b.Ballots = map[string]Vote{}
	}
	b.Ballots[who] = v
	b.add(v, 1)
	return nil
}

func (b *Box) add(v Vote, sign int) {
	size := len(b.Question.Options)
	if b.Question.Kind == PollScale {
		size = b.Question.Steps
	}
	if len(b.Counts) < size {
		b.Counts = append(b.Counts, make([]int, size-len(b.Counts))...)
	}
	for i, c := range v.Choice {
		switch b.Question.Kind {
		case PollScale:
			b.Counts[c-1] += sign
		case PollRanking:
			b.Counts[c] += sign * (size - i)
		default:
			b.Counts[c] += sign
		}
	}
	for _, w := range v.Words {
		key := fold(w)
		at, there := slices.BinarySearchFunc(b.Words, key, func(x spelled, key string) int { return strings.Compare(x.Key, key) })
		switch {
		case !there && sign > 0 && len(b.Words) < maxWords:
			b.Words = slices.Insert(b.Words, at, spelled{key, w, 1})
		case there:
			if b.Words[at].Count += sign; b.Words[at].Count <= 0 {
				b.Words = slices.Delete(b.Words, at, at+1)
			}
		}
	}
}

// tally is the result so far.
func (b *Box) tally() *Tally {
	t := &Tally{Counts: slices.Clone(b.Counts)}
	for _, w := range b.Words {
		t.Words = append(t.Words, WordCount{w.Text, w.Count})
	}
	slices.SortStableFunc(t.Words, func(a, c WordCount) int { return cmp.Compare(c.Count, a.Count) })
	t.Words = t.Words[:min(len(t.Words), shownWords)]
	return t
}

// news is the event that tells how a poll stands.
func (b *Box) news() Act {
	a := Act{Kind: Polled, Poll: &Question{ID: b.ID}, Votes: b.Votes, Turn: b.Rev}
	if !b.Question.Anonymous {
		a.Tally = b.tally()
	}
	return a
}

func (s *State) applyPolls(e *Event) []string {
	a := &e.Act
	if a.Poll == nil {
		return nil
	}
	p, there := s.Polls[a.Poll.ID]
	switch {
	case a.Kind == Asked && !there && len(s.Polls) < maxEntries:
		p = Poll{Question: *a.Poll, N: e.Number, Open: true}
	case a.Kind == Polled && there && p.Open && a.Turn > p.Turn:
		p.Votes, p.Turn, p.Tally = a.Votes, a.Turn, a.Tally
	case a.Kind == Closed && there && p.Open:
		p.Open, p.Votes, p.Tally = false, a.Votes, a.Tally
		p.Few = a.Tally == nil
	default:
		return nil
	}
	s.Polls[a.Poll.ID] = p
	return []string{"poll:" + a.Poll.ID}
}

// voting is a vote that waits for the next change of its box.
type voting struct {
	who  string
	vote Vote
	done chan error // gets the answer, once
}

// ballot is what waits for one box.
type ballot struct {
	waiting []*voting // guarded by hub.mu
	busy    bool      // guarded by hub.mu
}

// vote stores a vote. Votes that wait for the same poll are stored by one change.
func (h *hub) vote(ctx context.Context, poll, who string, v Vote) error {
	h.mu.Lock()
	p, ok := h.state.Polls[poll]
	if !ok {
		h.mu.Unlock()
		return fault.New(fault.NotFound, "live.no_poll", "there is no such poll")
	}
	if err := p.checkVote(&v); err != nil {
		h.mu.Unlock()
		return err
	}
	b := h.ballots[poll]
	if b == nil {
		b = &ballot{}
		h.ballots[poll] = b
	}
	x := &voting{who, v, make(chan error, 1)}
	b.waiting = append(b.waiting, x)
	lead := !b.busy
	b.busy = true
	h.mu.Unlock()
	if lead {
		h.work.Go(func() { h.count(context.WithoutCancel(ctx), poll, b) })
	}
	select {
	case err := <-x.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// count stores what waits for a box, until nothing does, and tells everybody how it stands.
func (h *hub) count(ctx context.Context, poll string, b *ballot) {
	for {
		h.mu.Lock()
		now := b.waiting
		if b.waiting = nil; len(now) == 0 {
			b.busy = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		var answers []error
		box, err := h.svc.boxes.Update(ctx, h.host, poll, func(d *Box) error {
			answers = answers[:0]
			changed := false
			for _, x := range now {
				err := d.put(x.who, x.vote)
				changed = changed || err == nil
				answers = append(answers, err)
			}
			if !changed {
				return store.ErrKeep
			}
			return nil
		})
		for i, x := range now {
			switch {
			case err != nil:
				x.done <- wrap("vote", orGone(err, "live.no_poll", "poll", poll))
			default:
				x.done <- answers[i]
			}
		}
		if err == nil {
			if _, err := h.note(ctx, "", box.news()); err != nil && !errors.Is(err, context.Canceled) {
				h.svc.c.Log.Warn("figures of a poll were not told", "error", err)
			}
		}
		select { // more may come meanwhile
		case <-time.After(voteBunch):
		case <-h.ended:
		}
	}
}

// ask makes the box of a poll before anybody hears of it.
func (h *hub) ask(ctx context.Context, id string, q *Question) error {
	q.ID = id
	err := h.svc.boxes.Insert(ctx, h.host, Box{Meta: store.Meta{ID: id}, Stream: h.stream, Question: *q, Open: true, Key: h.svc.c.NewSecret(), Marks: []string{}})
	if errors.Is(err, store.ErrDuplicate) {
		return nil // sent again
	}
	return wrap("ask", err)
}

// close ends a poll and returns the event that tells its result. Who voted in an anonymous one is forgotten.
func (h *hub) closePoll(ctx context.Context, id string) (Act, error) {
	box, err := h.svc.boxes.Update(ctx, h.host, id, func(b *Box) error {
		if b.Stream != h.stream {
			return store.ErrNotFound
		}
		if !b.Open {
			return store.ErrKeep
		}
		b.Open = false
		if b.Question.Anonymous {
			b.Key, b.Marks = "", []string{}
			if b.Votes < b.Question.Minimum { // nobody will ever see it
				b.Counts, b.Words = nil, nil
			}
		}
		return nil
	})
	if err != nil {
		return Act{}, wrap("closePoll", orGone(err, "live.no_poll", "poll", id))
	}
	a := Act{Kind: Closed, Poll: &Question{ID: id}, Votes: box.Votes, Turn: box.Rev}
	if !box.Question.Anonymous || box.Votes >= box.Question.Minimum {
		a.Tally = box.tally()
	}
	return a, nil
}

// voted lists the open polls in which somebody has voted.
func (h *hub) voted(ctx context.Context, who string) ([]string, error) {
	h.mu.Lock()
	var open []string
	for id, p := range h.state.Polls {
		if p.Open {
			open = append(open, id)
		}
	}
	h.mu.Unlock()
	var list []string
	for _, id := range open {
		b, err := h.svc.boxes.Get(ctx, h.host, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, wrap("voted", err)
		}
		if err == nil && b.has(who) {
			list = append(list, id)
		}
	}
	return list, nil
}
