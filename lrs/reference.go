package lrs

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"palestra/internal/store"
)

// echo makes a statement findable by what the statement says that it refers to, when that one came later. Its id is that
// of the referring statement, and so is its number.
type echo struct {
	store.Meta `bson:",inline"`
	Number     int64    `bson:"number"`
	Tokens     [][]byte `bson:"tokens"`
}

// dangling lists statements that refer to one that is not there yet. Its id is that of the missing one.
type dangling struct {
	store.Meta `bson:",inline"`
	Refs       []string `bson:"refs"`
}

// inherit gives each statement the tokens of the one that it refers to, if that is stored or earlier in the batch.
func (s *Service) inherit(ctx context.Context, org string, recs []record) error {
	for i := range recs {
		r := &recs[i]
		if r.Facts.Target == "" {
			continue
		}
		if j := slices.IndexFunc(recs[:i], func(t record) bool { return t.ID == r.Facts.Target }); j >= 0 {
			r.inherit(recs[j].Tokens)
			continue
		}
		t, err := s.statements.Get(ctx, org, r.Facts.Target)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		more, err := s.echoOf(ctx, org, t.ID)
		if err != nil {
			return err
		}
		r.inherit(append(slices.Clone(t.Tokens), more...))
	}
	return nil
}

func (s *Service) echoOf(ctx context.Context, org, id string) ([][]byte, error) {
	e, err := s.echoes.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return e.Tokens, err
}

// settle connects statements that refer to others with what they refer to when the order of arrival was the other one.
// Both sides look after they have been stored, so one of them sees the other. Statements that were there before are
// settled again: the process may have died before it did so.
func (s *Service) settle(ctx context.Context, org string, stored, old []record) error {
	calm, err := s.isCalm(ctx, org)
	if err != nil {
		return err
	}
	for _, r := range slices.Concat(stored, old) {
		if r.Facts.Target != "" && len(r.Tokens) == r.Facts.Own {
			if err := s.dangle(ctx, org, r); err != nil {
				return err
			}
		}
		if calm {
			continue
		}
		if err := s.adopt(ctx, org, r); err != nil {
			return err
		}
	}
	return nil
}

// isCalm reports whether no statement waits for another. There are seldom any; then nothing need be looked for one by one.
func (s *Service) isCalm(ctx context.Context, org string) (bool, error) {
	calm, at := s.calm.look(org)
	if calm && !s.c.Several {
		return true, nil
	}
	waiting, err := s.danglings.Find(ctx, org, store.Query{Limit: 1})
	if err != nil || len(waiting.Docs) > 0 {
		return false, err
	}
	s.calm.keep(org, at)
	return true, nil
}

// maxDangling is how many statements are remembered that wait for the same one. Further ones are stored as well; only
// queries for what the late one holds do not find them.
const maxDangling = 1000

// dangle notes that r refers to a statement that was not there, and looks again.
func (s *Service) dangle(ctx context.Context, org string, r record) error {
	add := func(d *dangling) error {
		if slices.Contains(d.Refs, r.ID) || len(d.Refs) >= maxDangling {
			return store.ErrKeep
		}
		d.Refs = append(d.Refs, r.ID)
		return nil
	}
	for {
		_, err := s.danglings.Update(ctx, org, r.Facts.Target, add)
		if errors.Is(err, store.ErrNotFound) {
			err = s.danglings.Insert(ctx, org, dangling{Meta: store.Meta{ID: r.Facts.Target}, Refs: []string{r.ID}})
			if errors.Is(err, store.ErrDuplicate) {
				continue
			}
		}
		s.calm.stir(org)
		if err != nil {
			return err
		}
		break
	}
	t, err := s.statements.Get(ctx, org, r.Facts.Target)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.adopt(ctx, org, t)
}

// adopt writes the echoes of the statements that waited for r, and of those that refer to these.
func (s *Service) adopt(ctx context.Context, org string, r record) error {
	d, err := s.danglings.Get(ctx, org, r.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, ref := range d.Refs {
		if err := s.echo(ctx, org, ref, r.Tokens, 0); err != nil {
			return err
		}
	}
	return nil
}

// maxChain is how long a chain of references is followed.
const maxChain = 16

func (s *Service) echo(ctx context.Context, org, ref string, tokens [][]byte, depth int) error {
	r, err := s.statements.Get(ctx, org, ref)
	if errors.Is(err, store.ErrNotFound) || depth > maxChain {
		return nil
	}
	if err != nil {
		return err
	}
	changed, err := s.addEcho(ctx, org, r, inheritable(tokens))
	if err != nil || !changed {
		return err
	}
	up := store.Query{Index: "byToken", Equal: []any{token(byTarget, ref), stream}, Limit: store.MaxLimit}
	return s.statements.Each(ctx, org, up, func(next record) error {
		return s.echo(ctx, org, next.ID, append(slices.Clone(r.Tokens), tokens...), depth+1)
	})
}

// addEcho makes r findable by these tokens too, and reports whether some of them are new.
func (s *Service) addEcho(ctx context.Context, org string, r record, tokens [][]byte) (changed bool, err error) {
	add := func(e *echo) error {
		before := len(e.Tokens)
		for _, t := range tokens {
			if len(e.Tokens) < maxInheritedTokens && !slices.ContainsFunc(e.Tokens, func(x []byte) bool { return bytes.Equal(x, t) }) {
				e.Tokens = append(e.Tokens, t)
			}
		}
		if changed = len(e.Tokens) > before; !changed {
			return store.ErrKeep
		}
		return nil
	}
	for {
		_, err := s.echoes.Update(ctx, org, r.ID, add)
		if !errors.Is(err, store.ErrNotFound) {
			return changed, err
		}
		err = s.echoes.Insert(ctx, org, echo{Meta: store.Meta{ID: r.ID}, Number: r.Number, Tokens: tokens})
		if !errors.Is(err, store.ErrDuplicate) {
			return true, err
		}
	}
}

// voided is which statements of an organisation are voided, as far as its stream has been read.
type voided struct {
	mu   sync.Mutex
	upTo int64           // guarded by mu
	ids  map[string]bool // guarded by mu
}

// voidedIn returns a function that says whether a statement is voided. Voiding statements cannot be voided. Data §2.3.2
func (s *Service) voidedIn(ctx context.Context, org string) (func(record) bool, error) {
	s.mu.Lock()
	v := s.voids[org]
	if v == nil {
		v = &voided{ids: map[string]bool{}}
		s.voids[org] = v
	}
	s.mu.Unlock()
	head, _, err := s.statements.Head(ctx, org, stream)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if head > v.upTo {
		q := store.Query{Index: "byToken", Equal: []any{token(byVoiding), stream}, From: v.upTo + 1, To: head + 1}
		err := s.statements.Each(ctx, org, q, func(r record) error {
			v.ids[r.Facts.Target] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
		v.upTo = head
	}
	return func(r record) bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return !r.Facts.Voids && v.ids[r.ID]
	}, nil
}
