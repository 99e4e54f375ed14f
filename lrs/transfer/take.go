package transfer

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/flow"
	"palestra/lrs/xapi"
)

// Report says why one line was not taken.
type Report struct {
	Line    int64  `json:"line" bson:"line"`                           // among all statements of the file, from 1; of a table, its row
	File    string `json:"file,omitempty" bson:"file,omitempty"`       // of an archive
	ID      string `json:"id,omitempty" bson:"id,omitempty"`           // of the statement
	Code    string `json:"code" bson:"code"`                           // of the fault
	Pointer string `json:"pointer,omitempty" bson:"pointer,omitempty"` // RFC 6901, into the statement
	Clause  string `json:"clause,omitempty" bson:"clause,omitempty"`   // of the specification
	Text    string `json:"text" bson:"text"`                           // English
}

// Progress is how far an import has come.
type Progress struct {
	Lines     int64    `json:"lines" bson:"lines"` // that are done
	Stored    int64    `json:"stored" bson:"stored"`
	Known     int64    `json:"known" bson:"known"` // were there already, with the same content
	Refused   int64    `json:"refused" bson:"refused"`
	Documents int64    `json:"documents" bson:"documents"` // stored; those that were there stay
	Reports   []Report `json:"reports" bson:"reports"`     // of the first refused ones
}

const (
	maxReports = 200
	batchLines = 100
	batchBytes = 4 << 20
)

// errForm is what a file that is not understood is refused with.
func errForm(why string) error {
	return fault.New(fault.Invalid, "lrs.import_form", "the file: %s", why)
}

// errDamaged says that a file ends early.
func errDamaged(err error) error {
	return fault.New(fault.Invalid, "lrs.import_damaged", "the file ends early or is damaged; what is before that place has been imported").Because(err)
}

// Take imports a file into the store of an organisation: an archive (tar, also compressed by gzip), statements one in a
// line, or a table with a column named statement. name is what the import is called; p is where it goes on, and keep is
// told of progress. Lines that cannot be stored are reported, and the rest goes on. Faults: lrs.import_form,
// lrs.import_damaged
func (s *Service) Take(ctx context.Context, org, name string, r io.Reader, p *Progress, keep func(Progress) error) error {
	t := &taker{s: s, org: org, name: name, p: p, skip: p.Lines, done: p.Lines, keep: keep, by: s.c.Records.Courier(org, "import")}
	t.forget()
	if err := t.read(ctx, bufio.NewReaderSize(r, 64<<10)); err != nil {
		return wrap("Take", err)
	}
	return wrap("Take", t.flush(ctx))
}

// taker is one import under way.
type taker struct {
	s    *Service
	org  string
	name string
	by   lrs.Credential
	p    *Progress
	keep func(Progress) error
	skip int64 // lines that were done before
	line int64 // that is read
	done int64 // that is refused or in the batch, like all before it

	file    string
	batch   []arrival
	size    int
	data    map[string]lrs.Attachment // of the part that is read
	held    int                       // bytes of them
	origins map[string]flow.Origin
}

// arrival is a statement that is to be stored.
type arrival struct {
	line int64
	file string
	id   string
	raw  json.RawMessage
	p    *xapi.Parsed
	v    xapi.Version
}

func (t *taker) forget() {
	t.data, t.origins, t.held = map[string]lrs.Attachment{}, map[string]flow.Origin{}, 0
}

const tarMagic = 257

func (t *taker) read(ctx context.Context, r *bufio.Reader) error {
	front, err := r.Peek(tarMagic + 5)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	switch trimmed := bytes.TrimLeft(bytes.TrimPrefix(front, []byte("\ufeff")), " \t\r\n"); {
	case bytes.HasPrefix(front, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		if err != nil {
			return errDamaged(err)
		}
		inner := bufio.NewReaderSize(z, 64<<10)
		if again, _ := inner.Peek(2); bytes.HasPrefix(again, []byte{0x1f, 0x8b}) {
			return errForm("it is compressed twice")
		}
		return t.read(ctx, inner)
	case len(front) == tarMagic+5 && string(front[tarMagic:]) == "ustar":
		return t.archive(ctx, tar.NewReader(r))
	case len(trimmed) == 0:
		return errForm("it is empty")
	case trimmed[0] == '{':
		return t.lines(ctx, r)
	}
	return t.table(ctx, r)
}

// lines reads statements, one in a line.
func (t *taker) lines(ctx context.Context, r io.Reader) error {
	b := linesOf(r)
	for first := true; b.Scan(); first = false {
		raw := b.Bytes()
		if first {
			raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
		}
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			continue
		}
		if err := t.statement(ctx, bytes.Clone(raw)); err != nil {
			return err
		}
	}
	return t.scanned(b.Err())
}

// watched remembers why its reader ended.
type watched struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (n int, err error) {
	n, w.err = w.r.Read(p)
	return n, w.err
}

// linesOf reads lines. What a file that is cut off has behind its last whole line is none.
func linesOf(r io.Reader) *bufio.Scanner {
	w := &watched{r: r}
	b := bufio.NewScanner(w)
	b.Buffer(make([]byte, 64<<10), maxLine)
	b.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if atEOF && w.err != nil && !errors.Is(w.err, io.EOF) && bytes.IndexByte(data, '\n') < 0 {
			return 0, nil, w.err
		}
		return bufio.ScanLines(data, atEOF)
	})
	return b
}

func (t *taker) scanned(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bufio.ErrTooLong):
		return errForm(fmt.Sprintf("line %d has more than %d bytes", t.line+1, maxLine))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, tar.ErrHeader):
		return errDamaged(err)
	}
	return err
}

// table reads a CSV file with a header that names a column statement.
func (t *taker) table(ctx context.Context, r *bufio.Reader) error {
	if b, _ := r.Peek(3); string(b) == "\ufeff" {
		if _, err := r.Discard(3); err != nil {
			return err
		}
	}
	front, _ := r.Peek(4096)
	header, _, _ := bytes.Cut(front, []byte("\n"))
	c := csv.NewReader(r)
	c.ReuseRecord, c.FieldsPerRecord = true, -1
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		c.Comma = ';'
	}
	names, err := c.Read()
	if err != nil {
		return errForm("it is no archive, no lines of JSON and no table")
	}
	at := slices.Index(names, "statement")
	if at < 0 {
		return errForm("it is no archive, has no statements in its lines, and no column named statement")
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errDamaged(err)
		}
		cell := ""
		if at < len(row) {
			cell = row[at]
		}
		if err := t.statement(ctx, json.RawMessage(cell)); err != nil {
			return err
		}
	}
}

// archive reads what Archive has written.
func (t *taker) archive(ctx context.Context, r *tar.Reader) error {
	whole, first := false, true
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errDamaged(err)
		}
		if first && h.Name != head {
			return errForm("it is no archive of a record store")
		}
		if first = false; h.Typeflag != tar.TypeReg || h.Size > maxPart {
			return errForm("it holds " + shorten(h.Name) + ", which is no part of an archive of a record store")
		}
		if err := t.entry(ctx, h, r); err != nil {
			return err
		}
		whole = h.Name == end
	}
	if !whole {
		return errDamaged(io.ErrUnexpectedEOF)
	}
	return nil
}

func (t *taker) entry(ctx context.Context, h *tar.Header, r io.Reader) error {
	t.file = h.Name
	switch {
	case h.Name == head, h.Name == end:
		var sum Summary
		if err := json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&sum); err != nil || sum.Format != Format {
			return errForm("its archive is of another form than " + Format)
		}
		return nil
	case strings.HasPrefix(h.Name, attached):
		b, err := io.ReadAll(io.LimitReader(r, maxPart))
		if err != nil {
			return errDamaged(err)
		}
		if t.held += len(b); t.held > 2*maxPart {
			return errForm("its attachments are not beside the statements that need them")
		}
		key := strings.ToLower(strings.TrimPrefix(h.Name, attached))
		t.data[key] = lrs.Attachment{SHA2: key, ContentType: h.PAXRecords[typeKey], Data: b}
		return nil
	case strings.HasPrefix(h.Name, inFolder):
		if err := t.lines(ctx, r); err != nil {
			return err
		}
		err := t.flush(ctx) // what comes next has attachments of its own
		t.forget()
		return err
	case strings.HasPrefix(h.Name, ofOthers):
		return t.each(ctx, r, func(_ context.Context, raw []byte) error {
			var x said
			if err := json.Unmarshal(raw, &x); err != nil {
				return errForm("what it says of other stores is not understood")
			}
			o := flow.Origin{From: shorten(x.From), Authority: string(x.Authority)}
			o.ID = strings.ToLower(x.ID)
			if x.Stored != nil {
				o.Stored = *x.Stored
			}
			t.origins[o.ID] = o
			return nil
		})
	case strings.HasPrefix(h.Name, documents):
		return t.each(ctx, r, t.document)
	}
	return nil // of a later form
}

func (t *taker) each(ctx context.Context, r io.Reader, f func(context.Context, []byte) error) error {
	b := linesOf(r)
	for b.Scan() {
		if err := f(ctx, b.Bytes()); err != nil {
			return err
		}
	}
	return t.scanned(b.Err())
}

func (t *taker) document(ctx context.Context, raw []byte) error {
	var d kept
	if err := json.Unmarshal(raw, &d); err != nil {
		return errForm("a document in it is not understood")
	}
	done, err := t.s.c.Records.KeepDocument(ctx, t.org, lrs.CarriedDocument(d))
	switch {
	case fault.KindOf(err) == fault.Invalid:
		t.report(Report{Line: t.line, File: t.file, Code: "lrs.document_json", Text: "a document is none of a record store"})
	case err != nil:
		return err
	case done:
		t.p.Documents++
	}
	return nil
}

func shorten(s string) string {
	if len(s) > maxName {
		s = s[:maxName]
	}
	return strings.ToValidUTF8(s, "")
}
