package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// about is what a filter looks at.
type about struct {
	verb, activity, target string
	voids                  bool
	related                []string // activities
	author                 string   // identity
}

func aboutOf(p *xapi.Parsed) about {
	a := about{verb: p.Verb, activity: p.Activity, target: p.Target, voids: p.Voids, related: p.RelatedActivities}
	if p.Authority != nil {
		if id, err := xapi.ParseAgent(p.Authority); err == nil {
			a.author = id
		}
	}
	return a
}

func (f Filter) empty() bool { return len(f.Verbs)+len(f.Activities)+len(f.Courses) == 0 }

// wants decides about a statement that voids nothing.
func (f Filter) wants(a about) bool {
	return (len(f.Verbs) == 0 || slices.Contains(f.Verbs, a.verb)) && (len(f.Activities) == 0 || a.activity != "" && slices.Contains(f.Activities, a.activity)) &&
		(len(f.Courses) == 0 || slices.ContainsFunc(f.Courses, func(c string) bool {
			return under(a.activity, c) || slices.ContainsFunc(a.related, func(r string) bool { return under(r, c) })
		}))
}

func under(activity, course string) bool {
	rest, ok := strings.CutPrefix(activity, course)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(course, "/"))
}

// sends decides whether a statement goes out.
func (t *turn) sends(ctx context.Context, st lrs.Stored) (bool, error) {
	if t.f.Filter.empty() && len(t.skip) == 0 {
		return true, nil
	}
	a, err := t.aboutStored(st)
	if err != nil {
		return false, err
	}
	if slices.Contains(t.skip, a.author) {
		return false, nil
	}
	if a.voids {
		target, err := t.s.c.Records.Get(ctx, t.org, a.target)
		switch {
		case fault.KindOf(err) == fault.NotFound: // nothing is known of it but this
		case err != nil:
			return false, err
		default:
			was, err := t.aboutStored(target)
			return err == nil && !slices.Contains(t.skip, was.author) && t.f.Filter.wants(was), err
		}
	}
	return t.f.Filter.wants(a), nil
}

// aboutStored reads no more of a statement than this flow's filter needs.
func (t *turn) aboutStored(st lrs.Stored) (about, error) {
	if len(t.skip) == 0 && len(t.f.Filter.Courses) == 0 {
		return about{verb: st.Verb, activity: st.Activity, target: st.Target, voids: st.Voids}, nil
	}
	p, err := xapi.Parse(st.Raw, xapi.V2)
	if err != nil {
		return about{}, err
	}
	return aboutOf(p), nil
}

// passing returns a statement as another store gets it: without the time of storing, which is that store's to set, and
// without a version that it would not understand. Authority stays: a store that trusts this one may keep it.
func passing(raw json.RawMessage, v xapi.Version) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, len(raw)), '{')
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		name, _ := key.(string) // keys are strings, and those of a statement plain ones
		if name == "stored" || name == "version" && v == xapi.V1 && !bytes.HasPrefix(value, []byte(`"1.`)) {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(append(b, '"'), name...), '"', ':'), value...)
	}
	return append(b, '}'), nil
}
