package transfer

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"palestra/lrs"
)

// Archive writes the whole store of an organisation, up to the statement that is the newest when it begins.
func (s *Service) Archive(ctx context.Context, org string, w io.Writer) (Summary, error) {
	sum := Summary{Format: Format, Made: s.now()}
	var err error
	if sum.Head, err = s.c.Records.Head(ctx, org); err != nil {
		return sum, wrap("Archive", err)
	}
	a := &archive{s: s, org: org, to: tar.NewWriter(w), sum: &sum}
	err = a.file(head, nil, mustJSON(Summary{Format: Format, Made: sum.Made, Head: sum.Head}))
	if err == nil {
		err = a.statements(ctx)
	}
	if err == nil {
		err = a.documents(ctx)
	}
	if err == nil {
		err = a.file(end, nil, mustJSON(sum))
	}
	if err == nil {
		err = a.to.Close()
	}
	return sum, wrap("Archive", err)
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // only what has no JSON
		panic(err)
	}
	return append(b, '\n')
}

// archive is one being written.
type archive struct {
	s     *Service
	org   string
	to    *tar.Writer
	sum   *Summary
	parts int
}

func (a *archive) file(name string, records map[string]string, b []byte) error {
	h := &tar.Header{Name: name, Mode: 0o600, Size: int64(len(b)), ModTime: a.sum.Made.Truncate(time.Second), PAXRecords: records, Format: tar.FormatPAX}
	if err := a.to.WriteHeader(h); err != nil {
		return err
	}
	_, err := a.to.Write(b)
	return err
}

// statements writes them part by part.
func (a *archive) statements(ctx context.Context) error {
	var lines, origins bytes.Buffer
	n, size := 0, 0
	seen := map[string]bool{} // attachments of this part
	flush := func() error {
		if n == 0 {
			return nil
		}
		a.parts++
		if origins.Len() > 0 { // before the statements, like all that they need
			if err := a.file(fmt.Sprintf("%s%08d.ndjson", ofOthers, a.parts), nil, origins.Bytes()); err != nil {
				return err
			}
		}
		if err := a.file(fmt.Sprintf("%s%08d.ndjson", inFolder, a.parts), nil, lines.Bytes()); err != nil {
			return err
		}
		a.sum.Statements += int64(n)
		lines.Reset()
		origins.Reset()
		clear(seen)
		n, size = 0, 0
		return nil
	}
	for at := int64(0); at < a.sum.Head; {
		list, err := a.s.c.Records.After(ctx, a.org, at, 200)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for _, st := range list {
			if at = st.Number; at > a.sum.Head {
				break
			}
			more, err := a.attachments(ctx, st, seen)
			if err != nil {
				return err
			}
			if err := a.origin(ctx, st, &origins); err != nil {
				return err
			}
			lines.Write(oneLine(st.Raw))
			lines.WriteByte('\n')
			n++
			if size += len(st.Raw) + more; n >= partLines || size >= partBytes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// oneLine returns JSON without line ends: between its tokens they may be blanks, within strings there are none.
func oneLine(raw []byte) []byte {
	if !bytes.ContainsAny(raw, "\r\n") {
		return raw
	}
	return bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, raw)
}

// attachments writes those that a statement needs and that its part does not have yet, and returns how many bytes they have.
func (a *archive) attachments(ctx context.Context, st lrs.Stored, seen map[string]bool) (size int, err error) {
	if !bytes.Contains(st.Raw, []byte(`"attachments"`)) {
		return 0, nil
	}
	list, err := a.s.c.Records.Attachments(ctx, a.org, st)
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		if seen[x.SHA2] {
			continue
		}
		seen[x.SHA2] = true
		var records map[string]string
		if x.ContentType != "" {
			records = map[string]string{typeKey: x.ContentType}
		}
		if err := a.file(attached+strings.ToLower(x.SHA2), records, x.Data); err != nil {
			return size, err
		}
		a.sum.Attachments++
		size += len(x.Data)
	}
	return size, nil
}

func (a *archive) origin(ctx context.Context, st lrs.Stored, to *bytes.Buffer) error {
	o, ok, err := a.s.c.Flows.Origin(ctx, a.org, st.ID)
	if !ok || err != nil {
		return err
	}
	line := said{ID: o.ID, From: o.From, Authority: json.RawMessage(o.Authority)}
	if !o.Stored.IsZero() {
		line.Stored = &o.Stored
	}
	if !json.Valid(line.Authority) {
		line.Authority = nil
	}
	to.Write(mustJSON(line))
	return nil
}

func (a *archive) documents(ctx context.Context) error {
	var lines bytes.Buffer
	n := 0
	flush := func() error {
		if lines.Len() == 0 {
			return nil
		}
		n++
		err := a.file(fmt.Sprintf("%s%08d.ndjson", documents, n), nil, lines.Bytes())
		lines.Reset()
		return err
	}
	err := a.s.c.Records.EachDocument(ctx, a.org, func(d lrs.CarriedDocument) error {
		lines.Write(mustJSON(kept(d)))
		a.sum.Documents++
		if lines.Len() >= partBytes {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}
