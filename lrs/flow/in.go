package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

const (
	pullPage = 100
	// overlap is how far each walk goes back: many stores say that all is consistent up to now, and are wrong by a moment.
	overlap = time.Minute
)

// in takes in what the other store has stored since the time that the document holds, oldest first. A walk begins by
// asking which time is consistent; only when all its pages are stored here, that becomes the time of the next walk.
func (t *turn) in(ctx context.Context) (more bool, err error) {
	for !t.over() {
		page, err := t.page(ctx)
		if refused, ok := errors.AsType[*xapi.ResponseError](err); ok && t.f.More != "" && refused.Status >= 400 && refused.Status < 500 && final(refused) {
			// A link that the other store does not know any more: the walk begins again.
			if err := t.save(ctx, func(f *Flow) { f.More = "" }); err != nil {
				return false, err
			}
			continue
		}
		if err != nil {
			return false, err
		}
		if page.More != "" && page.More == t.f.More {
			return false, errCircle
		}
		passed, skipped, refused, newest, err := t.keep(ctx, page)
		if err != nil {
			return false, err
		}
		begins, ended := t.f.More == "", page.More == ""
		err = t.save(ctx, func(f *Flow) {
			if begins {
				f.Through = page.ConsistentThrough
			}
			if page.ConsistentThrough.IsZero() && newest.After(f.Through) {
				f.Through = newest // of a store that says nothing: what was seen last is the best that is known
			}
			f.More = page.More
			f.Lag = 0
			if ended {
				if since := f.Through.Add(-overlap).UTC().Truncate(time.Millisecond); since.After(f.Since) {
					f.Since = since
				}
				f.Through = time.Time{}
			}
			f.Passed += int64(passed)
			f.Skipped += int64(skipped)
			f.Refused += int64(refused)
			f.Attempts, f.Trouble = 0, nil
		})
		if err != nil {
			return false, err
		}
		if ended {
			return false, nil
		}
		if refused > 0 {
			if n, err := t.s.Waiting(ctx, t.org, t.f.ID); err != nil || n >= maxRefusals {
				return err == nil, err
			}
		}
	}
	return true, nil
}

var errCircle = errors.New("xapi: the link to more statements leads to itself")

// page reads the next page of a walk, or the first one of the next.
func (t *turn) page(ctx context.Context) (xapi.Page, error) {
	if t.f.More != "" {
		return t.client.More(ctx, t.f.More)
	}
	q := xapi.Filter{Since: t.f.Since, Ascending: true, Attachments: true, Limit: pullPage} // Communication §1.5.2: never without attachments
	return t.client.Page(ctx, q)
}

// arrival is a statement on its way in.
type arrival struct {
	id, verb string
	raw      json.RawMessage
	data     []lrs.Attachment
	known    bool // it is here already
}

// keep stores what is wanted of a page.
func (t *turn) keep(ctx context.Context, page xapi.Page) (passed, skipped, refused int, newest time.Time, err error) {
	data := map[string]lrs.Attachment{}
	for _, a := range page.Attachments {
		data[strings.ToLower(a.SHA2)] = lrs.Attachment{SHA2: a.SHA2, ContentType: a.ContentType, Data: a.Data}
	}
	statements, err := t.complete(ctx, page.Statements, data)
	if err != nil {
		return 0, 0, 0, newest, err
	}
	var list []arrival
	for _, raw := range statements {
		if at := storedAt(raw); at.After(newest) {
			newest = at
		}
		a, wanted, reason, err := t.arrival(ctx, raw, data, list)
		if err != nil {
			return passed, skipped, refused, newest, err
		}
		switch {
		case reason != nil && a.id == "":
			refused++ // there is no name to keep it by
			t.s.c.Log.Warn("another record store has a statement without an id", "flow", t.f.ID)
		case reason != nil:
			if err := t.turnDown(ctx, a, reason); err != nil {
				return passed, skipped, refused, newest, err
			}
			refused++
		case !wanted:
			skipped++
		default:
			list = append(list, a)
		}
	}
	fresh := 0
	for _, a := range list {
		if !a.known {
			fresh++
		}
	}
	r, err := t.take(ctx, list)
	return max(fresh-r, 0), skipped, refused + r, newest, err
}

// complete returns the statements of a page with those before them that they void and that are not here: lists leave
// voided statements out.
func (t *turn) complete(ctx context.Context, page []json.RawMessage, data map[string]lrs.Attachment) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, 0, len(page))
	for _, raw := range page {
		if bytes.Contains(raw, []byte(xapi.VerbVoided)) {
			p, err := xapi.Parse(raw, t.f.Version)
			if err == nil && p.Voids {
				target, err := t.voided(ctx, p.Target, data)
				if err != nil {
					return nil, err
				}
				if target != nil {
					out = append(out, target)
				}
			}
		}
		out = append(out, raw)
	}
	return out, nil
}

// voided returns a voided statement of the other store that is not here; nil if there is none.
func (t *turn) voided(ctx context.Context, id string, data map[string]lrs.Attachment) (json.RawMessage, error) {
	if _, err := t.s.c.Records.Get(ctx, t.org, id); fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	raw, attachments, err := t.client.VoidedWith(ctx, id)
	if refused, ok := errors.AsType[*xapi.ResponseError](err); ok && final(refused) || ok && refused.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, a := range attachments {
		data[strings.ToLower(a.SHA2)] = lrs.Attachment{SHA2: a.SHA2, ContentType: a.ContentType, Data: a.Data}
	}
	return bytes.TrimSpace(raw), nil
}

func storedAt(raw json.RawMessage) time.Time {
	var st struct {
		Stored string `json:"stored"`
	}
	if json.Unmarshal(raw, &st) != nil {
		return time.Time{}
	}
	at, err := xapi.ParseTime(st.Stored)
	if err != nil {
		return time.Time{}
	}
	return at
}

// arrival reads a statement and decides whether it is wanted. reason says why it cannot be stored here.
func (t *turn) arrival(ctx context.Context, raw json.RawMessage, data map[string]lrs.Attachment, before []arrival) (a arrival, wanted bool, reason, err error) {
	a.raw = raw
	p, perr := xapi.Parse(raw, t.f.Version)
	if perr != nil {
		var named struct{ ID, Verb any }
		if json.Unmarshal(raw, &named) == nil {
			if id, ok := named.ID.(string); ok && xapi.ValidUUID(id) {
				a.id = strings.ToLower(id)
			}
		}
		return a, false, lrs.Wrong(perr, 0), nil
	}
	a.id, a.verb = strings.ToLower(p.ID), p.Verb
	if a.id == "" {
		return a, false, fault.New(fault.Invalid, "lrs.statement", "the statement has no id"), nil
	}
	switch _, gerr := t.s.c.Records.Get(ctx, t.org, a.id); {
	case gerr == nil:
		a.known = true
	case fault.KindOf(gerr) != fault.NotFound:
		return a, false, nil, gerr
	}
	said := aboutOf(p)
	wanted = t.f.Filter.wants(said)
	if said.voids {
		mine, gerr := t.mine(ctx, said.target, before)
		if gerr != nil {
			return a, false, nil, gerr
		}
		// Another store may take back what it has said, and nothing else that is here.
		if wanted = mine || a.known; !wanted && t.f.Filter.empty() {
			return a, false, fault.New(fault.Forbidden, "lrs.flow_void", "it voids a statement that did not come from there"), nil
		}
	}
	for _, m := range p.Attachments {
		if d, ok := data[strings.ToLower(m.SHA2)]; ok && !slices.ContainsFunc(a.data, func(x lrs.Attachment) bool { return strings.EqualFold(x.SHA2, d.SHA2) }) {
			a.data = append(a.data, d)
		}
	}
	return a, wanted, nil, nil
}

// mine reports whether a statement came by this flow.
func (t *turn) mine(ctx context.Context, id string, before []arrival) (bool, error) {
	id = strings.ToLower(id)
	if slices.ContainsFunc(before, func(a arrival) bool { return a.id == id && !a.known }) {
		return true, nil
	}
	o, ok, err := t.s.Origin(ctx, t.org, id)
	return ok && o.Flow == t.f.ID, err
}

// take stores arrivals: all at once if that goes, else halves of them until it is known which ones cannot be stored.
func (t *turn) take(ctx context.Context, list []arrival) (refused int, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	size := 0
	for i, a := range list {
		for _, d := range a.data {
			size += len(d.Data)
		}
		if size += len(a.raw); size > maxBytes && i > 0 {
			r1, err := t.take(ctx, list[:i])
			if err != nil {
				return r1, err
			}
			r2, err := t.take(ctx, list[i:])
			return r1 + r2, err
		}
	}
	err = t.put(ctx, list)
	switch {
	case err == nil:
		return 0, nil
	case fault.KindOf(err) == 0 || fault.KindOf(err) == fault.Full || fault.KindOf(err) == fault.Unavailable:
		return 0, err
	case len(list) == 1:
		return 1, t.turnDown(ctx, list[0], err)
	}
	r1, err := t.take(ctx, list[:len(list)/2])
	if err != nil {
		return r1, err
	}
	r2, err := t.take(ctx, list[len(list)/2:])
	return r1 + r2, err
}

// put notes where statements come from and stores them, in the name of this flow.
func (t *turn) put(ctx context.Context, list []arrival) error {
	raws := make([]json.RawMessage, len(list))
	var data []lrs.Attachment
	var origins []Origin
	for i, a := range list {
		raws[i] = a.raw
		for _, d := range a.data {
			if !slices.ContainsFunc(data, func(x lrs.Attachment) bool { return strings.EqualFold(x.SHA2, d.SHA2) }) {
				data = append(data, d)
			}
		}
		if !a.known {
			origins = append(origins, OriginOf(a.id, a.raw, t.f.Endpoint, t.f.ID))
		}
	}
	if err := t.s.KeepOrigins(ctx, t.org, origins...); err != nil {
		return err
	}
	_, err := t.s.c.Records.PutWith(ctx, t.org, t.s.courier(t.org, t.f.ID), t.f.Version, "", raws, data)
	return err
}

// turnDown keeps a refusal about a statement that cannot be stored here.
func (t *turn) turnDown(ctx context.Context, a arrival, reason error) error {
	l := Refusal{Flow: t.f.ID, Statement: a.id, Number: t.s.now().UnixMilli(), Verb: a.verb}
	if f, ok := errors.AsType[*fault.Fault](reason); ok {
		l.Code, l.Answer = f.Code, plainly(f.Detail)
	}
	return t.s.refuse(ctx, t.org, l)
}

// refetch tries one refused statement again, and removes its refusal if it is stored.
func (t *turn) refetch(ctx context.Context, l Refusal) error {
	raw, attachments, err := t.client.GetWith(ctx, l.Statement)
	if refused, ok := errors.AsType[*xapi.ResponseError](err); ok && refused.Status == http.StatusNotFound {
		l.Status, l.Code, l.Answer = refused.Status, refused.Code, "the other record store does not have it any more"
		return t.s.refuse(ctx, t.org, l)
	}
	if err != nil {
		return err
	}
	_, _, refused, _, err := t.keep(ctx, xapi.Page{Statements: []json.RawMessage{bytes.TrimSpace(raw)}, Attachments: attachments})
	if err != nil || refused > 0 {
		return err
	}
	return t.settle(ctx, l, true)
}

// settle removes a refusal whose statement was taken, or is not there any more.
func (t *turn) settle(ctx context.Context, l Refusal, passed bool) error {
	if err := t.s.refusals.Delete(ctx, t.org, l.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return t.save(ctx, func(f *Flow) {
		if passed {
			f.Passed++
		}
	})
}

// again tries the refusals that somebody wants tried again.
func (t *turn) again(ctx context.Context) error {
	try := t.resend
	if t.f.Direction == In {
		try = t.refetch
	}
	one := func(l Refusal) error {
		if t.over() {
			return errOver
		}
		return try(ctx, l)
	}
	err := t.s.refusals.Each(ctx, t.org, store.Query{Index: "again", Equal: []any{t.f.ID}}, one)
	if err == nil && t.f.Retry != nil {
		since := *t.f.Retry
		err = t.s.refusals.Each(ctx, t.org, store.Query{Index: "byFlow", Equal: []any{t.f.ID}}, func(l Refusal) error {
			if !l.At.Before(since) {
				return nil // tried since then
			}
			return one(l)
		})
		if err == nil {
			err = t.save(ctx, func(f *Flow) {
				if f.Retry != nil && !f.Retry.After(since) {
					f.Retry = nil
				}
			})
		}
	}
	if errors.Is(err, errOver) {
		return nil // the rest in the next turn
	}
	return err
}

var errOver = errors.New("flow: it is the turn of others")
