package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/flow"
	"palestra/lrs/xapi"
)

// statement takes the next line.
func (t *taker) statement(ctx context.Context, raw json.RawMessage) error {
	t.line++
	if t.line <= t.skip {
		return nil
	}
	a := arrival{line: t.line, file: t.file, raw: raw}
	p, v, err := parse(raw)
	if err == nil && p.ID == "" {
		// Without a name it would be another statement each time that the file is imported.
		err = &xapi.Error{Clause: "Data §2.4.1", Text: "a statement that is imported needs an id"}
	}
	if err != nil {
		t.refuse(a, lrs.Wrong(err, 0))
		t.done = t.line
		return nil
	}
	a.id, a.p, a.v = strings.ToLower(p.ID), p, v
	for _, b := range t.batch {
		if b.id == a.id || b.v != v { // not in one request
			if err := t.flush(ctx); err != nil {
				return err
			}
			break
		}
	}
	more := len(raw)
	for _, m := range p.Attachments {
		more += len(t.data[strings.ToLower(m.SHA2)].Data)
	}
	if len(t.batch) > 0 && t.size+more > batchBytes {
		if err := t.flush(ctx); err != nil {
			return err
		}
	}
	t.batch, t.size, t.done = append(t.batch, a), t.size+more, t.line
	if len(t.batch) >= batchLines {
		return t.flush(ctx)
	}
	return nil
}

// parse reads a statement by the version that it names, or else by the newer one.
func parse(raw json.RawMessage) (*xapi.Parsed, xapi.Version, error) {
	p, err := xapi.Parse(raw, xapi.V2)
	if err == nil && !strings.HasPrefix(p.Version, "1.") {
		return p, xapi.V2, nil
	}
	if old, err := xapi.Parse(raw, xapi.V1); err == nil {
		return old, xapi.V1, nil
	}
	return p, xapi.V2, err
}

// flush stores what has been read, and tells of it.
func (t *taker) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	batch := t.batch
	t.batch, t.size = nil, 0
	if err := t.put(ctx, batch); err != nil {
		return err
	}
	t.p.Lines = t.done
	if t.keep == nil {
		return nil
	}
	return t.keep(*t.p)
}

// put stores statements, all at once if that goes, else halves of them until it is known which ones are refused.
func (t *taker) put(ctx context.Context, list []arrival) error {
	if len(list) == 0 {
		return nil
	}
	known, err := t.send(ctx, list)
	switch {
	case err == nil:
		t.p.Known += int64(known)
		t.p.Stored += int64(len(list) - known)
		return nil
	case fault.KindOf(err) == 0 || fault.KindOf(err) == fault.Full || fault.KindOf(err) == fault.Unavailable:
		return err
	case len(list) == 1:
		t.refuse(list[0], err)
		return nil
	}
	return errors.Join(t.put(ctx, list[:len(list)/2]), t.put(ctx, list[len(list)/2:]))
}

// send stores statements and returns how many of them were there already.
func (t *taker) send(ctx context.Context, list []arrival) (known int, err error) {
	raws := make([]json.RawMessage, len(list))
	var data []lrs.Attachment
	var origins []flow.Origin
	seen := map[string]bool{}
	for i, a := range list {
		raws[i] = a.raw
		for _, m := range a.p.Attachments {
			key := strings.ToLower(m.SHA2)
			if x, ok := t.data[key]; ok && !seen[key] {
				seen[key] = true
				data = append(data, x)
			}
		}
		switch _, err := t.s.c.Records.Get(ctx, t.org, a.id); {
		case err == nil:
			known++
			continue
		case fault.KindOf(err) != fault.NotFound:
			return 0, err
		}
		o := flow.OriginOf(a.id, a.raw, t.name, "")
		if was, ok := t.origins[a.id]; ok { // the store that it was exported from had it from somewhere, too
			o = was
		}
		if o.Authority != "" || !o.Stored.IsZero() {
			origins = append(origins, o)
		}
	}
	if len(origins) > 0 {
		if err := t.s.c.Flows.KeepOrigins(ctx, t.org, origins...); err != nil {
			return 0, err
		}
	}
	_, err = t.s.c.Records.PutWith(ctx, t.org, t.by, list[0].v, "", raws, data)
	return known, err
}

func (t *taker) refuse(a arrival, err error) {
	t.p.Refused++
	r := Report{Line: a.line, File: a.file, ID: a.id, Text: "it cannot be stored"}
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		r.Code, r.Text = f.Code, f.Detail
		r.Pointer, _ = f.Params["pointer"].(string)
		r.Clause, _ = f.Params["clause"].(string)
	}
	t.report(r)
}

func (t *taker) report(r Report) {
	if len(t.p.Reports) < maxReports {
		if len(r.Text) > 1000 {
			r.Text = strings.ToValidUTF8(r.Text[:1000], "")
		}
		t.p.Reports = append(t.p.Reports, r)
	}
}
