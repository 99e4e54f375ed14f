package browse

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/xapi"
	"palestra/people"
)

// Attachment is what a statement says of one, and whether its data is here.
type Attachment struct {
	Name, Description Words
	Usage             string // IRI
	Type              string // media type, as its sender says
	Bytes             int64
	SHA2              string // lower case
	Address           string // where its sender keeps it; "" for nowhere
	Here              bool
}

// Statement is one statement with all that is known about it.
type Statement struct {
	Line
	JSON         string // formatted; for who may not be told names, without what identifies people
	Trimmed      bool   // something was taken out of JSON
	Registration string
	Platform     string // the system that it happened in
	Authority    string // what the credential is called that stored it, or its authority's name; "" where By says all
	VoidedBy     string
	Refers       string // the statement that it refers to
	Attachments  []Attachment
	Origin       *Origin // where it came from; nil if it was made here, and for who may not be told names
	Why          string  // it has decided nothing: course.Why…, or WhyAuthority, WhyVoids
	Trace        course.Trace
}

// Why a statement decides nothing, beside the course room's reasons.
const (
	WhyAuthority = "authority" // another system says so
	WhyVoids     = "voids"     // it only declares another one void
)

// Statement returns one statement as somebody may see it. Faults: those of Search, lrs.not_found
func (s *Service) Statement(ctx context.Context, by people.Actor, f Filter, id string) (Statement, error) {
	v, st, err := s.one(ctx, by, f, id)
	if err != nil {
		return Statement{}, wrap("Statement", err)
	}
	out, err := s.read(ctx, v, st)
	return out, wrap("Statement", err)
}

func (s *Service) one(ctx context.Context, by people.Actor, f Filter, id string) (view, lrs.Stored, error) {
	v, _, err := s.enter(ctx, by, Filter{Organisation: f.Organisation, Course: f.Course, Language: f.Language})
	if err != nil {
		return v, lrs.Stored{}, err
	}
	st, err := s.c.Records.Look(ctx, v.org, id, v.course)
	return v, st, err
}

func (s *Service) read(ctx context.Context, v view, st lrs.Stored) (Statement, error) {
	r := s.reader(v)
	line, sh, err := r.line(ctx, st)
	if err != nil {
		return Statement{}, err
	}
	out := Statement{Line: line, Registration: st.Registration, Refers: st.Target, Attachments: []Attachment{}}
	if sh.Context != nil && (v.names || line.By != ByOther) {
		out.Platform = cut(sh.Context.Platform, longest)
	}
	raw := st.Raw
	if !v.names {
		raw, out.Trimmed = anonymous(raw, v.home)
	} else {
		if out.Authority, err = r.authority(ctx, line.By, sh.Authority); err != nil {
			return out, err
		}
		if out.Origin, err = s.c.Origin(ctx, v.org, st.ID); err != nil {
			return out, err
		}
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return out, err
	}
	out.JSON = b.String()
	if st.Voided {
		if out.VoidedBy, err = s.c.Records.VoidedBy(ctx, v.org, st.ID); err != nil {
			return out, err
		}
	}
	if out.Attachments, err = s.attachments(ctx, v, st, sh); err != nil {
		return out, err
	}
	out.Why, out.Trace, err = s.consequences(ctx, v, st, line)
	return out, err
}

func (s *Service) attachments(ctx context.Context, v view, st lrs.Stored, sh shape) ([]Attachment, error) {
	out := make([]Attachment, 0, len(sh.Attachments))
	if len(sh.Attachments) == 0 {
		return out, nil
	}
	kept := map[string]bool{}
	if v.names {
		data, err := s.c.Records.Attachments(ctx, v.org, st)
		if err != nil {
			return nil, err
		}
		for _, a := range data {
			kept[a.SHA2] = true
		}
	}
	for _, m := range sh.Attachments {
		sha := strings.ToLower(m.SHA2)
		out = append(out, Attachment{Name: best(m.Display, v.lang), Description: best(m.Description, v.lang), Usage: cut(m.UsageType, longest), Type: cut(m.ContentType, longest),
			Bytes: m.Length, SHA2: sha, Address: cut(m.FileURL, 2*longest), Here: kept[sha]})
	}
	return out, nil
}

// authority says who stored a statement that neither the platform nor a learner's browser did.
func (r *reader) authority(ctx context.Context, by string, raw json.RawMessage) (string, error) {
	if by != ByOther {
		return "", nil
	}
	identity, err := xapi.ParseAgent(raw)
	if err != nil {
		return "", nil //nolint:nilerr // the store wrote it, so it is one of Data §2.4.9: an anonymous Group of an application and its user, without one name
	}
	if home, key, ok := xapi.SplitIdentity(identity); ok && home == r.v.home+"/xapi/credentials" {
		c, err := r.s.c.Records.Credential(ctx, key)
		if err == nil && c.Organisation == r.v.org && c.Name != "" {
			return cut(c.Name, longest), nil
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", err
		}
	}
	w, err := r.who(ctx, raw)
	return firstOf(w.Name, w.Code), err
}

func (s *Service) consequences(ctx context.Context, v view, st lrs.Stored, l Line) (string, course.Trace, error) {
	switch {
	case st.Voids:
		return WhyVoids, course.Trace{}, nil
	case l.By == ByOther:
		return WhyAuthority, course.Trace{}, nil
	}
	o := s.c.Observe(st)
	t, err := s.c.Courses.Trace(ctx, v.org, o, l.What.Lesson)
	if err != nil {
		return "", t, err
	}
	if t.Later != "" {
		// The evidence names the last statement of a viewing. One after it brought nothing new.
		by, err := s.c.Records.Get(ctx, v.org, t.Later)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", t, err
		}
		if err == nil && by.Number > st.Number {
			t.Why = course.WhyLater
		} else {
			t.Later = ""
		}
	}
	if !v.names && t.Completion != nil {
		t.Person, t.Completion = "", &course.Completion{At: t.Completion.At} // that it is complete, and not whose
	}
	return t.Why, t, nil
}

// Data returns the data of a statement's attachment. Who may not be told names gets none: it may hold them. Faults: those of
// Statement, course.attachment_not_found
func (s *Service) Data(ctx context.Context, by people.Actor, f Filter, id, sha2 string) ([]byte, error) {
	v, st, err := s.one(ctx, by, f, id)
	if err != nil {
		return nil, wrap("Data", err)
	}
	if !v.names {
		return nil, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	data, err := s.c.Records.Attachments(ctx, v.org, st)
	if err != nil {
		return nil, wrap("Data", err)
	}
	i := slices.IndexFunc(data, func(a lrs.Attachment) bool { return strings.EqualFold(a.SHA2, sha2) })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "course.attachment_not_found", "no such attachment here")
	}
	return data[i].Data, nil
}
