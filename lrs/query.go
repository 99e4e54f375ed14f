package lrs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Query says which statements are wanted. Conditions are joined by and. Communication §2.1.3
type Query struct {
	Agent             string // xapi.Identity, or what xapi.ParseAgent returned
	Verb              string // IRI
	Activity          string // IRI
	Registration      string // UUID
	RelatedAgents     bool   // look for Agent in more places
	RelatedActivities bool   // look for Activity in more places
	Since             time.Time
	Until             time.Time
	Limit             int // 0: as many as a page holds
	Ascending         bool
	More              string // Page.More of the page before; all other fields are taken from it
	Format            string // kept for the pages that follow; the room does not look at it
	Attachments       bool   // likewise

	// Within is an activity that must be the object or belong to the context; only Browse and Tail look at it.
	Within string
	direct bool // by what the statement itself holds only, not by what it refers to
}

// Page is a part of what a query finds.
type Page struct {
	Statements []Stored
	More       string // "" at the end
	Query      Query  // what was asked, also when only More was given
}

// maxExamined is how many statements one call looks at when conditions are added to those of one token.
const maxExamined = store.MaxExamined

// Query returns a page of statements in the order of their numbers, the newest first unless it is ascending, without
// voided ones. A page may be short, or even empty, and still have More: when conditions are rare together, a call looks at
// 2,000 statements and no more. Pages are disjoint and complete whatever is stored meanwhile.
//
// Faults: lrs.scope, lrs.organisation, lrs.more
func (s *Service) Query(ctx context.Context, org string, by Credential, q Query) (Page, error) {
	if err := by.must(org, ReadStatements, ReadOwnStatements, ReadEverything); err != nil {
		return Page{}, err
	}
	at, err := s.position(ctx, org, q)
	if err != nil {
		return Page{}, wrap("Query", err)
	}
	q = at.query()
	mine := ""
	if !by.may(ReadStatements, ReadEverything) {
		_, mine = by.authority(s)
	}
	page := Page{Query: q}
	var last int64
	var more bool
	if page.Statements, last, more, err = s.scan(ctx, org, q, at, mine, false); err != nil {
		return Page{}, wrap("Query", err)
	}
	if more {
		page.More = at.behind(last).encode()
	}
	return page, nil
}

// scan returns what a query finds from a position on, with the number of the last statement that it looked at and whether
// there is more behind that one. Voided ones are left out, or marked if they are to be shown.
func (s *Service) scan(ctx context.Context, org string, q Query, at position, mine string, voidedToo bool) (list []Stored, last int64, more bool, err error) {
	walk, match := s.plan(org, q, mine)
	walk.from, walk.to, walk.reverse, walk.chunk = at.From, at.To, !q.Ascending, min(at.Limit+1, store.MaxLimit)
	gone, err := s.voidedIn(ctx, org)
	if err != nil {
		return nil, 0, false, err
	}
	list = []Stored{}
	for examined := 0; ; examined++ {
		r, ok, err := walk.peek(ctx)
		if err != nil || !ok {
			return list, walk.last, false, err
		}
		if len(list) == at.Limit || examined >= maxExamined {
			return list, walk.last, true, nil
		}
		walk.pop(r.Number)
		yes, err := match(ctx, r)
		if err != nil {
			return nil, 0, false, err
		}
		voided := gone(r)
		if yes && (voidedToo || !voided) && (at.Until == 0 || r.Stored.UnixMilli() <= at.Until) {
			st := s.stored(r)
			st.Voided = voided
			list = append(list, st)
		}
	}
}

// One returns one statement, unless it is voided. Fault: lrs.not_found
func (s *Service) One(ctx context.Context, org string, by Credential, id string) (Stored, error) {
	return s.one(ctx, org, by, id, false)
}

// Voided returns one statement that is voided. Fault: lrs.not_found
func (s *Service) Voided(ctx context.Context, org string, by Credential, id string) (Stored, error) {
	return s.one(ctx, org, by, id, true)
}

func (s *Service) one(ctx context.Context, org string, by Credential, id string, voided bool) (Stored, error) {
	if err := by.must(org, ReadStatements, ReadOwnStatements, ReadEverything); err != nil {
		return Stored{}, err
	}
	r, err := s.statements.Get(ctx, org, strings.ToLower(id))
	if errors.Is(err, store.ErrNotFound) {
		return Stored{}, notFound(id)
	}
	if err != nil {
		return Stored{}, wrap("Get", err)
	}
	gone, err := s.voidedIn(ctx, org)
	if err != nil {
		return Stored{}, wrap("Get", err)
	}
	if gone(r) != voided || !by.may(ReadStatements, ReadEverything) && !by.wrote(s, r) {
		return Stored{}, notFound(id)
	}
	return s.stored(r), nil
}

// wrote reports whether r has this credential's authority.
func (c Credential) wrote(s *Service, r record) bool {
	raw, _ := c.authority(s)
	return string(raw) == string(r.Facts.Authority)
}

// plan chooses the tokens to walk along and the function that checks the other conditions.
func (s *Service) plan(org string, q Query, mine string) (*merge, func(context.Context, record) (bool, error)) {
	agent := [][]byte{token(byAgent, q.Agent)}
	if q.RelatedAgents {
		agent = append(agent, token(byRelatedAgent, q.Agent))
	}
	activity := [][]byte{token(byActivity, q.Activity)}
	if q.RelatedActivities {
		activity = append(activity, token(byRelatedActivity, q.Activity))
	}
	var conditions [][][]byte // each is met by one of its tokens
	add := func(wanted bool, tokens ...[]byte) {
		if wanted {
			conditions = append(conditions, tokens)
		}
	}
	add(q.Agent != "", agent...)
	add(q.Activity != "", activity...)
	add(q.Registration != "", token(byRegistration, q.Registration))
	add(q.Verb != "", token(byVerb, q.Verb))
	within := [][]byte{token(byActivity, q.Within), token(byRelatedActivity, q.Within)}
	add(q.direct && q.Within != "", within...)
	add(mine != "", token(byRelatedAgent, mine), token(byAgent, mine))
	narrowAgent, narrowActivity := q.Agent != "" && !q.RelatedAgents, q.Activity != "" && !q.RelatedActivities
	var along [][]byte
	switch {
	case q.Verb != "" && narrowAgent && narrowActivity:
		along = [][]byte{token(byAgentVerbAct, q.Agent, q.Verb, q.Activity)}
	case q.Registration != "":
		along = [][]byte{token(byRegistration, q.Registration)}
	case q.Agent != "":
		along = agent
	case q.Verb != "" && narrowActivity:
		along = [][]byte{token(byVerbActivity, q.Verb, q.Activity)}
	case q.direct && q.Within != "" && q.Activity == "":
		along = within
	case len(conditions) > 0:
		along = conditions[0]
	}
	match := func(ctx context.Context, r record) (bool, error) {
		if mine != "" && !slices.ContainsFunc(conditions[len(conditions)-1], func(t []byte) bool { return r.has(t) }) {
			return false, nil // not by way of another statement
		}
		for depth := 0; ; depth++ {
			if !slices.ContainsFunc(conditions, func(any [][]byte) bool { return !r.has(any...) }) {
				return true, nil
			}
			if r.Facts.Target == "" || depth == maxChain || q.direct {
				return false, nil
			}
			t, err := s.statements.Get(ctx, org, r.Facts.Target)
			if errors.Is(err, store.ErrNotFound) {
				return false, nil
			}
			if err != nil {
				return false, err
			}
			r = t
		}
	}
	return s.along(org, along), match
}

// along opens the walks along tokens, or along the whole stream if there is none.
func (s *Service) along(org string, tokens [][]byte) *merge {
	m := &merge{}
	if len(tokens) == 0 {
		m.walks = []*walk{{fetch: func(ctx context.Context, q store.Query) ([]record, bool, error) {
			q.Index, q.Equal = store.ByStream, []any{stream}
			p, err := s.statements.Find(ctx, org, q)
			return p.Docs, p.Next == "", err
		}}}
		return m
	}
	for _, t := range tokens {
		m.walks = append(m.walks,
			&walk{fetch: func(ctx context.Context, q store.Query) ([]record, bool, error) {
				q.Index, q.Equal = "byToken", []any{t, stream}
				p, err := s.statements.Find(ctx, org, q)
				return p.Docs, p.Next == "", err
			}},
			&walk{fetch: func(ctx context.Context, q store.Query) ([]record, bool, error) {
				q.Index, q.Equal = "byToken", []any{t}
				return s.echoed(ctx, org, q)
			}})
	}
	return m
}

// echoed returns statements that a query of their echoes finds: at least one, unless the walk has ended.
func (s *Service) echoed(ctx context.Context, org string, q store.Query) (recs []record, ended bool, err error) {
	for {
		p, err := s.echoes.Find(ctx, org, q)
		if err != nil {
			return nil, false, err
		}
		for _, e := range p.Docs {
			r, err := s.statements.Get(ctx, org, e.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && r.Number != e.Number {
				continue // removed at this moment
			}
			if err != nil {
				return nil, false, err
			}
			recs = append(recs, r)
		}
		if q.Cursor = p.Next; p.Next == "" || len(recs) > 0 {
			return recs, p.Next == "", nil
		}
	}
}

// merge walks along several tokens at once, in the order of numbers, and sees each statement once.
type merge struct {
	walks    []*walk
	from, to int64 // from inclusive, to exclusive; 0 for the end
	reverse  bool
	chunk    int
	last     int64 // number of the statement that was popped last; 0 before the first
}

// walk reads one index in chunks.
type walk struct {
	fetch func(ctx context.Context, q store.Query) (recs []record, ended bool, err error)
	buf   []record
	ended bool
}

// peek returns the next statement, which stays until pop.
func (m *merge) peek(ctx context.Context) (record, bool, error) {
	var best *walk
	for _, w := range m.walks {
		if err := m.fill(ctx, w); err != nil {
			return record{}, false, err
		}
		if len(w.buf) > 0 && (best == nil || (w.buf[0].Number < best.buf[0].Number) != m.reverse) {
			best = w
		}
	}
	if best == nil {
		return record{}, false, nil
	}
	return best.buf[0], true, nil
}

// pop leaves the statement with this number behind, in every walk.
func (m *merge) pop(number int64) {
	m.last = number
	for _, w := range m.walks {
		if len(w.buf) > 0 && w.buf[0].Number == number {
			w.buf = w.buf[1:]
		}
	}
}

func (m *merge) fill(ctx context.Context, w *walk) error {
	if len(w.buf) > 0 || w.ended {
		return nil
	}
	from, to := m.from, m.to
	if m.last != 0 && m.reverse {
		to = m.last
	} else if m.last != 0 {
		from = m.last + 1
	}
	q := store.Query{Reverse: m.reverse, Limit: m.chunk, From: from}
	if to != 0 {
		q.To = to
	}
	if to != 0 && from >= to {
		w.ended = true
		return nil
	}
	var err error
	w.buf, w.ended, err = w.fetch(ctx, q)
	return err
}

// bounds turns times into numbers: stored times never decrease along them. Since is exclusive, until inclusive.
func (s *Service) bounds(ctx context.Context, org string, since, until time.Time) (from, to int64, err error) {
	from = 1
	if !since.IsZero() {
		if from, _, err = s.behind(ctx, org, since); err != nil {
			return 0, 0, err
		}
	}
	if !until.IsZero() {
		var there bool
		if to, there, err = s.behind(ctx, org, until); !there {
			to = 0 // what comes may still be in time
		}
	}
	return from, to, err
}

// behind returns the first number whose statement, if it is not removed, is stored later than t, and whether it was given
// already: else it is the one behind the head. What is stored while it looks is later than what it has seen.
func (s *Service) behind(ctx context.Context, org string, t time.Time) (number int64, there bool, err error) {
	t = t.UTC().Truncate(time.Millisecond)
	head, stored, err := s.statements.Head(ctx, org, stream)
	if err != nil || !stored.After(t) {
		return head + 1, false, err
	}
	low, high := int64(1), head
	for low < high {
		middle := low + (high-low)/2
		recs, err := s.statements.Read(ctx, org, stream, middle-1, 1)
		if err != nil {
			return 0, false, err
		}
		if len(recs) > 0 && !recs[0].Stored.After(t) {
			low = recs[0].Number + 1
		} else {
			high = middle // the next one that is there is later, or all that followed were removed
		}
	}
	return low, true, nil
}

// Identity returns the identity of a learner by her random name.
func (s *Service) Identity(account string) string { return xapi.Identity(s.c.PublicURL, account) }

func badMore() error {
	return fault.New(fault.Invalid, "lrs.more", "this link to more statements is not one of ours")
}
