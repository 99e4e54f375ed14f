package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

const (
	maxBatch = 100     // statements of one request
	maxBytes = 4 << 20 // of one request, unless a single statement needs more
)

// item is a statement on its way out.
type item struct {
	st   lrs.Stored
	body json.RawMessage
	data []xapi.Attachment
}

// out sends what is behind the number that the document holds. It reports whether more is there.
func (t *turn) out(ctx context.Context) (more bool, err error) {
	for !t.over() {
		head, err := t.s.c.Records.Head(ctx, t.org)
		if err != nil {
			return false, err
		}
		list, err := t.s.c.Records.After(ctx, t.org, t.f.Number, maxBatch)
		if err != nil {
			return false, err
		}
		if len(list) == 0 { // whatever had the numbers up to head is not kept any more
			if t.f.Lag == 0 && t.f.Number >= head {
				return false, nil
			}
			return false, t.save(ctx, func(f *Flow) { f.Number, f.Lag = max(f.Number, head), 0 })
		}
		passed, refused, err := t.batch(ctx, list)
		if err != nil {
			return false, err
		}
		last := list[len(list)-1].Number
		err = t.save(ctx, func(f *Flow) {
			f.Number, f.Lag = last, max(head-last, 0)
			f.Passed += int64(passed)
			f.Refused += int64(refused)
			f.Skipped += int64(len(list) - passed - refused)
			f.Attempts, f.Trouble = 0, nil
		})
		if err != nil {
			return false, err
		}
		if refused > 0 {
			if n, err := t.s.Waiting(ctx, t.org, t.f.ID); err != nil || n >= maxRefusals {
				return err == nil, err // the next turn sees that it must stop
			}
		}
	}
	return true, nil
}

// batch sends those of the statements that are wanted, in parts that are not too large.
func (t *turn) batch(ctx context.Context, list []lrs.Stored) (passed, refused int, err error) {
	var items []item
	size := 0
	flush := func() error {
		p, r, err := t.deliver(ctx, items)
		passed, refused, items, size = passed+p, refused+r, nil, 0
		return err
	}
	for _, st := range list {
		wanted, err := t.sends(ctx, st)
		if err != nil {
			return passed, refused, err
		}
		if !wanted {
			continue
		}
		it, err := t.item(ctx, st)
		if err != nil {
			return passed, refused, err
		}
		more := len(it.body)
		for _, a := range it.data {
			more += len(a.Data)
		}
		if len(items) > 0 && size+more > maxBytes {
			if err := flush(); err != nil {
				return passed, refused, err
			}
		}
		items, size = append(items, it), size+more
	}
	return passed, refused, flush()
}

// item makes a statement ready, with the data of its attachments. Communication §1.5.2
func (t *turn) item(ctx context.Context, st lrs.Stored) (item, error) {
	body, err := passing(st.Raw, t.f.Version)
	if err != nil {
		return item{}, err
	}
	it := item{st: st, body: body}
	if bytes.Contains(st.Raw, []byte(`"attachments"`)) {
		list, err := t.s.c.Records.Attachments(ctx, t.org, st)
		if err != nil {
			return it, err
		}
		for _, a := range list {
			it.data = append(it.data, xapi.Attachment{SHA2: a.SHA2, ContentType: a.ContentType, Data: a.Data})
		}
	}
	return it, nil
}

// turnedDown is a statement that was refused, and how.
type turnedDown struct {
	item item
	err  *xapi.ResponseError
}

// deliver sends statements. What is refused for good becomes refusals; an error means that all is to be sent again.
func (t *turn) deliver(ctx context.Context, items []item) (passed, refused int, err error) {
	if len(items) == 0 {
		return 0, 0, nil
	}
	var bad []turnedDown
	if err := t.split(ctx, items, &bad); err != nil {
		return 0, 0, err
	}
	passed = len(items) - len(bad)
	t.accepted += passed
	for _, r := range bad {
		// Whoever is forbidden everything has a credential that is not good; nothing is wrong with the statements.
		if r.err.Status == http.StatusForbidden && t.accepted == 0 && !r.item.st.Voids {
			return 0, 0, r.err
		}
	}
	for _, r := range bad {
		err := t.s.refuse(ctx, t.org, Refusal{Flow: t.f.ID, Statement: r.item.st.ID, Number: r.item.st.Number, Verb: r.item.st.Verb, Status: r.err.Status, Code: r.err.Code, Answer: plainly(r.err.Detail)})
		if err != nil {
			return 0, 0, err
		}
	}
	return passed, len(bad), nil
}

// split sends statements, and halves of them until it is known which ones are refused.
func (t *turn) split(ctx context.Context, items []item, bad *[]turnedDown) error {
	err := t.send(ctx, items)
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[*xapi.ResponseError](err)
	if !ok || !final(refused) {
		return err
	}
	if len(items) > 1 {
		if err := t.split(ctx, items[:len(items)/2], bad); err != nil {
			return err
		}
		return t.split(ctx, items[len(items)/2:], bad)
	}
	if refused.Status == http.StatusConflict {
		same, err := t.there(ctx, items[0])
		if same || err != nil {
			return err
		}
	}
	*bad = append(*bad, turnedDown{items[0], refused})
	return nil
}

// final reports whether an answer is about what was sent, and not about who sent it, where, how often or when.
func final(e *xapi.ResponseError) bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired, http.StatusRequestTimeout,
		http.StatusGone, http.StatusMisdirectedRequest, http.StatusTooEarly, http.StatusUpgradeRequired, http.StatusTooManyRequests:
		return false
	}
	switch e.Code {
	case "lrs.scope", "lrs.organisation", "lrs.version", "lrs.unsigned", "lrs.expired":
		return false
	}
	return e.Status >= 400 && e.Status < 500
}

func (t *turn) send(ctx context.Context, items []item) error {
	bodies := make([]json.RawMessage, len(items))
	var data []xapi.Attachment
	seen := map[string]bool{}
	for i, it := range items {
		bodies[i] = it.body
		for _, a := range it.data {
			if !seen[a.SHA2] {
				seen[a.SHA2] = true
				data = append(data, a)
			}
		}
	}
	var err error
	if len(data) > 0 {
		_, err = t.client.StoreWith(ctx, data, bodies...)
	} else {
		_, err = t.client.Store(ctx, bodies...)
	}
	return err
}

// there reports whether the other store has this very statement: some refuse what they have.
func (t *turn) there(ctx context.Context, it item) (bool, error) {
	for _, get := range []func(context.Context, string) (json.RawMessage, error){t.client.Get, t.client.Voided} {
		raw, err := get(ctx, it.st.ID)
		if refused, ok := errors.AsType[*xapi.ResponseError](err); ok && refused.Status == http.StatusNotFound {
			continue
		}
		if err != nil {
			return false, err
		}
		return alike(raw, it.st.Raw), nil
	}
	return false, nil
}

// alike compares two statements by Data §2.3.1.
func alike(a, b json.RawMessage) bool {
	p, err1 := xapi.Parse(a, xapi.V2)
	q, err2 := xapi.Parse(b, xapi.V2)
	if err1 != nil || err2 != nil {
		return false
	}
	return bytes.Equal(p.Digest(), q.Digest()) && (!p.HasTimestamp || !q.HasTimestamp || p.Timestamp.Equal(q.Timestamp))
}

// resend tries one refused statement again, and removes its refusal if it is taken.
func (t *turn) resend(ctx context.Context, l Refusal) error {
	st, err := t.s.c.Records.Get(ctx, t.org, l.Statement)
	if fault.KindOf(err) == fault.NotFound {
		return t.settle(ctx, l, false)
	}
	if err != nil {
		return err
	}
	it, err := t.item(ctx, st)
	if err != nil {
		return err
	}
	passed, _, err := t.deliver(ctx, []item{it})
	if err != nil || passed == 0 {
		return err
	}
	return t.settle(ctx, l, true)
}
