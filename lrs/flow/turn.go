package flow

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"palestra/internal/outward"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// turn is one worker's work on one flow.
type turn struct {
	s        *Service
	org      string
	f        Flow // as stored last
	holder   string
	ends     time.Time
	client   *xapi.Client
	skip     []string // identities whose statements are not sent
	accepted int      // statements that the receiving side took in this turn
}

var errLost = errors.New("flow: somebody changed it, or another worker has it")

// Process does what is due with a flow. It may be called at any time, by several workers at once, and after a death in
// the middle: it decides from the document. What is not due is no error; what goes wrong is in the document.
func (s *Service) Process(ctx context.Context, org, id string) error {
	t, ok, err := s.take(ctx, org, id)
	if !ok || err != nil {
		return wrap("Process", err)
	}
	held, release := context.WithCancelCause(ctx)
	defer release(nil)
	var beating sync.WaitGroup
	beating.Go(func() { t.beat(held, id, release) })
	more, err := t.work(held)
	if errors.Is(context.Cause(held), errLost) {
		err = errLost
	}
	release(nil)
	beating.Wait()
	return wrap("Process", t.leave(ctx, more, err))
}

// beat holds the flow while the other store takes its time; a process that dies lets go of it soon.
func (t *turn) beat(ctx context.Context, id string, lost context.CancelCauseFunc) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_, err := t.s.flows.Update(ctx, t.org, id, func(f *Flow) error {
			if f.Holder != t.holder {
				return errLost
			}
			f.Lease = t.s.now().Add(lease)
			f.Due = &f.Lease
			return nil
		})
		if errors.Is(err, errLost) || errors.Is(err, store.ErrNotFound) {
			lost(errLost)
			return
		}
	}
}

// take holds a flow for this worker, unless another one has it or it waits after a failure.
func (s *Service) take(ctx context.Context, org, id string) (*turn, bool, error) {
	t := &turn{s: s, org: org, holder: s.c.NewID()}
	taken := false
	f, err := s.flows.Update(ctx, org, id, func(f *Flow) error {
		now := s.now()
		taken = false
		switch {
		case !f.On || f.Stopped || f.Attempts > 0 && f.Due != nil && f.Due.After(now):
			return store.ErrKeep
		case f.Holder != "" && f.Lease.After(now):
			if f.Again {
				return store.ErrKeep
			}
			f.Again = true
			return nil
		}
		taken = true
		f.Holder, f.Lease, f.Again = t.holder, now.Add(lease), false
		f.Due = &f.Lease
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil // deleted, and the bell still rang
	}
	t.f, t.ends = f, s.c.Now().Add(maxTurn)
	return t, taken, err
}

// save writes progress, if the flow is still this worker's.
func (t *turn) save(ctx context.Context, change func(*Flow)) error {
	f, err := t.s.flows.Update(ctx, t.org, t.f.ID, func(f *Flow) error {
		if f.Holder != t.holder {
			return errLost
		}
		f.Lease = t.s.now().Add(lease)
		f.Due = &f.Lease
		change(f)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return errLost
	}
	if err == nil {
		t.f = f
	}
	return err
}

// over reports whether it is the turn of others.
func (t *turn) over() bool { return !t.s.c.Now().Before(t.ends) }

func (t *turn) work(ctx context.Context) (more bool, err error) {
	if t.client, err = t.s.client(t.org, &t.f); err != nil {
		return false, err
	}
	if n, err := t.s.Waiting(ctx, t.org, t.f.ID); err != nil {
		return false, err
	} else if n >= maxRefusals && t.f.Retry == nil {
		return false, t.save(ctx, func(f *Flow) { f.Stopped = true })
	}
	if t.f.Direction == Out {
		if t.skip, err = t.s.skipped(ctx, t.org, t.f); err != nil {
			return false, err
		}
	}
	if err := t.again(ctx); err != nil {
		return false, err
	}
	if t.f.Direction == Out {
		return t.out(ctx)
	}
	return t.in(ctx)
}

// leave lets the flow go, says when it is due next, and rings.
func (t *turn) leave(ctx context.Context, more bool, work error) error {
	if errors.Is(work, errLost) {
		return nil
	}
	cut := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	var next time.Time
	err := t.save(ctx, func(f *Flow) {
		now := t.s.now()
		next = now
		switch {
		case cut:
		case work != nil:
			f.Attempts++
			trouble := t.s.trouble(work)
			f.Trouble = &trouble
			next = now.Add(min(t.s.c.Pause<<min(f.Attempts-1, 20), maxPause))
		default:
			f.Attempts, f.Trouble, f.Success = 0, nil, &now
			if !more && !f.Again {
				next = now.Add(t.s.c.Every)
			}
		}
		f.Holder, f.Lease, f.Again, f.Due = "", time.Time{}, false, &next
		if f.Stopped || !f.On {
			f.Due = nil
		}
	})
	switch {
	case errors.Is(err, errLost):
		return nil
	case err != nil:
		return err
	}
	if t.f.Due != nil && (work != nil || more || !next.After(t.s.now())) {
		t.s.ring(ctx, t.org, t.f.ID, next)
	}
	return nil
}

// skipped returns in whose name statements were stored that a flow does not send: those that it leaves out, and what
// other flows have taken in from the same store.
func (s *Service) skipped(ctx context.Context, org string, f Flow) ([]string, error) {
	list, err := s.List(ctx, org)
	if err != nil {
		return nil, err
	}
	skip := slices.Clone(f.Authors)
	for _, other := range list {
		if other.Direction == In && other.Endpoint == f.Endpoint {
			skip = append(skip, identity(s.courier(org, other.ID).Authority))
		}
	}
	return skip, nil
}

// trouble says what went wrong, in words that may be shown.
func (s *Service) trouble(err error) Trouble {
	t := Trouble{At: s.now(), Text: "this record store had an accident; the log says which"}
	refused, isAnswer := errors.AsType[*xapi.ResponseError](err)
	away, isAway := errors.AsType[*url.Error](err)
	switch {
	case isAnswer:
		t.Status, t.Text = refused.Status, strings.TrimSpace(http.StatusText(refused.Status)+" "+refused.Code+" "+plainly(refused.Detail))
	case errors.Is(err, errSealed):
		t.Text = errSealed.Error()
	case errors.Is(err, outward.ErrPrivate):
		t.Text = "the address leads into a private network; the operator has not allowed it"
	case errors.Is(err, context.DeadlineExceeded) || isAway && away.Timeout():
		t.Text = "it does not answer in time"
	case isAway:
		t.Text = plainly(away.Err.Error())
	case strings.HasPrefix(err.Error(), "xapi: "):
		t.Text = plainly(strings.TrimPrefix(err.Error(), "xapi: "))
	default:
		s.c.Log.Error("a flow has an accident", "error", err)
	}
	return t
}

// plainly cuts what others say to one short line.
func plainly(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "")
	}
	return strings.TrimSpace(text)
}
