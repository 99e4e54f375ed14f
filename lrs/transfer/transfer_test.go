package transfer_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/store/storetest"
	"palestra/lrs"
	"palestra/lrs/flow"
	"palestra/lrs/lrstest"
	"palestra/lrs/transfer"
	"palestra/lrs/xapi"
)

// place is an installation's record stores.
type place struct {
	records *lrs.Service
	flows   *flow.Service
	svc     *transfer.Service
	files   *shelf
	c       transfer.Config
}

// partSize and clock have the place built anew.
func (p *place) partSize(t *testing.T, n int64) {
	t.Helper()
	p.clock(t, time.Now, n)
}

func (p *place) clock(t *testing.T, now func() time.Time, partSize int64) {
	t.Helper()
	p.c.Now, p.c.PartSize = now, partSize
	var err error
	if p.svc, err = transfer.New(p.c); err != nil {
		t.Fatal(err)
	}
}

// shelf keeps files in memory.
type shelf struct {
	m   map[string][]byte
	cut func(io.Reader) io.Reader
}

func (s *shelf) Save(_ context.Context, key string, r io.Reader, _ int64) error {
	b, err := io.ReadAll(r)
	s.m[key] = b
	return err
}

func (s *shelf) Open(_ context.Context, key string) (io.ReadCloser, error) {
	var r io.Reader = bytes.NewReader(s.m[key])
	if s.cut != nil {
		r = s.cut(r)
	}
	return io.NopCloser(r), nil
}

func (s *shelf) Remove(_ context.Context, key string) error {
	delete(s.m, key)
	return nil
}

func open(t *testing.T) *place {
	t.Helper()
	db := storetest.Open(t)
	p := &place{records: lrstest.OpenOn(t, db, time.Now), files: &shelf{m: map[string][]byte{}}}
	log := slog.New(slog.DiscardHandler)
	var err error
	if p.flows, err = flow.New(flow.Config{DB: db, Records: p.records, Now: time.Now, NewID: id.New, Key: bytes.Repeat([]byte{1}, 32), Log: log}); err != nil {
		t.Fatal(err)
	}
	p.c = transfer.Config{DB: db, Records: p.records, Flows: p.flows, NewID: id.New, Log: log, Objects: p.files}
	p.clock(t, time.Now, 0)
	return p
}

const (
	here  = "acme"
	there = "other"
)

// fill stores statements of both versions, with attachments, some void, and documents of both sizes.
func (p *place) fill(t *testing.T, n int) {
	t.Helper()
	ctx := t.Context()
	by := p.records.Courier(here, "supplier")
	put := func(v xapi.Version, data []lrs.Attachment, raws ...string) {
		t.Helper()
		list := make([]json.RawMessage, len(raws))
		for i, r := range raws {
			list[i] = json.RawMessage(r)
		}
		if _, err := p.records.PutWith(ctx, here, by, v, "", list, data); err != nil {
			t.Fatal(err)
		}
	}
	first := ""
	for i := range n {
		name := id.Random()
		if first == "" {
			first = name
		}
		put(xapi.V2, nil, fmt.Sprintf("{\"id\":%q,\n \"actor\":{\"mbox\":\"mailto:a%d@x.example\",\"name\":\"=1+1\"},\"verb\":{\"id\":\"https://x.example/did\"},\"object\":{\"id\":\"https://x.example/%d\"},\"result\":{\"score\":{\"raw\":1.50},\"extensions\":{\"https://x.example/e\":1.0e0}}}", name, i, i%3))
		put(xapi.V1, nil, fmt.Sprintf(`{"id":%q,"version":"1.0.2","timestamp":"2020-02-03T04:05:06Z","actor":{"mbox":"mailto:b@x.example"},"verb":{"id":"https://x.example/saw"},"object":{"id":"https://x.example/%d"}}`, id.Random(), i))
		data := []byte(fmt.Sprintf("minutes %d", i/2))
		sha := xapi.SHA256(data)
		put(xapi.V2, []lrs.Attachment{{SHA2: sha, ContentType: "text/plain", Data: data}}, fmt.Sprintf(
			`{"id":%q,"actor":{"mbox":"mailto:c@x.example"},"verb":{"id":"https://x.example/filed"},"object":{"id":"https://x.example/f"},"attachments":[{"usageType":"https://x.example/u","display":{"en":"M"},"contentType":"text/plain","length":%d,"sha2":%q}]}`,
			id.Random(), len(data), sha))
	}
	put(xapi.V2, nil, fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:a@x.example"},"verb":{"id":%q},"object":{"objectType":"StatementRef","id":%q}}`, id.Random(), xapi.VerbVoided, first))
	for i, size := range []int{10, 100_000} {
		k := lrs.DocumentKey{Resource: lrs.States, Activity: "https://x.example/1", Agent: xapi.Identity("https://x.example", "ada"), Name: fmt.Sprint("state", i)}
		d := lrs.Document{ContentType: "text/plain", Data: bytes.Repeat([]byte{'x'}, size)}
		if err := p.records.PutDocument(ctx, here, by, xapi.V2, k, d, lrs.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
}

// all returns the statements of a store in order, without what a store sets.
func (p *place) all(t *testing.T, org string) []string {
	t.Helper()
	var list []string
	for at := int64(0); ; {
		page, err := p.records.After(t.Context(), org, at, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return list
		}
		for _, st := range page {
			raw := string(st.Raw)
			if i := strings.Index(raw, `,"stored":"`); i > 0 {
				raw = raw[:i]
			}
			if j := strings.Index(raw, `,"timestamp":"20`); j > 0 && !strings.Contains(raw, "2020-02-03") {
				raw = raw[:j] // a statement that came without one is passed on with the time at which it was stored
			}
			list = append(list, raw)
			at = st.Number
		}
	}
}

func (p *place) archive(t *testing.T, org string) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := p.svc.Archive(t.Context(), org, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p *place) take(t *testing.T, org string, b []byte) transfer.Progress {
	t.Helper()
	var got transfer.Progress
	if err := p.svc.Take(t.Context(), org, "test.tar", bytes.NewReader(b), &got, nil); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatIsExportedCanBeImported(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	a.fill(t, 300)
	archive := a.archive(t, here)
	got := b.take(t, there, archive)
	if want := (transfer.Progress{Lines: 901, Stored: 901, Documents: 2}); !cmp.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	was, is := a.all(t, here), b.all(t, there)
	if d := cmp.Diff(squeezed(was), squeezed(is)); d != "" {
		t.Errorf("another store: %s", d)
	}
	// Voided here and there, and found with its attachments.
	byA, byB := a.records.Platform(here), b.records.Platform(there)
	x, err1 := a.records.Query(t.Context(), here, byA, lrs.Query{Verb: "https://x.example/filed", Limit: 5})
	y, err2 := b.records.Query(t.Context(), there, byB, lrs.Query{Verb: "https://x.example/filed", Limit: 5})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	dx, err1 := a.records.Attachments(t.Context(), here, x.Statements...)
	dy, err2 := b.records.Attachments(t.Context(), there, y.Statements...)
	if err := errors.Join(err1, err2); err != nil || !cmp.Equal(dx, dy) || len(dx) == 0 {
		t.Errorf("attachments: %d and %d, %v", len(dx), len(dy), err)
	}
	q, err := b.records.Query(t.Context(), there, byB, lrs.Query{Activity: "https://x.example/0", Verb: "https://x.example/did", Ascending: true, Limit: 1})
	if err != nil || q.Statements[0].Raw == nil || strings.Contains(string(q.Statements[0].Raw), "mailto:a0@x.example") {
		t.Errorf("what was voided is listed: %v %v", q, err)
	}
	for i, size := range []int{10, 100_000} {
		k := lrs.DocumentKey{Resource: lrs.States, Activity: "https://x.example/1", Agent: xapi.Identity("https://x.example", "ada"), Name: fmt.Sprint("state", i)}
		d, err := b.records.Document(t.Context(), there, byB, k)
		was, err2 := a.records.Document(t.Context(), here, byA, k)
		if err := errors.Join(err, err2); err != nil || len(d.Data) != size || d.ETag != was.ETag || !d.Updated.Equal(was.Updated) {
			t.Errorf("document %d: got %d bytes of %v, %v, want those of %v", i, len(d.Data), d.Updated, err, was.Updated)
		}
	}
	// What the first store said of time and authority is kept beside it, also by the next one.
	o, ok, err := b.flows.Origin(t.Context(), there, x.Statements[0].ID)
	if err != nil || !ok || !strings.Contains(o.Authority, "supplier") || !o.Stored.Equal(x.Statements[0].Stored) {
		t.Errorf("origin: got %+v %t %v", o, ok, err)
	}
	c := open(t)
	c.take(t, here, b.archive(t, there))
	if again, ok, err := c.flows.Origin(t.Context(), here, o.ID); err != nil || !ok || again.Authority != o.Authority || !again.Stored.Equal(o.Stored) {
		t.Errorf("origin of the origin: got %+v, want %+v, %v", again, o, err)
	}
	// Again changes nothing.
	got = b.take(t, there, archive)
	if want := (transfer.Progress{Lines: 901, Known: 901}); !cmp.Equal(got, want) {
		t.Errorf("again: got %+v, want %+v", got, want)
	}
	if d := cmp.Diff(is, b.all(t, there)); d != "" {
		t.Errorf("again changes the store: %s", d)
	}
	// The same compressed, and into the store that it came from.
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write(archive); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	if got := a.take(t, here, z.Bytes()); got.Known != 901 || got.Stored+got.Refused != 0 {
		t.Errorf("into itself: got %+v", got)
	}
}

// squeezed leaves out the line ends that an archive cannot have.
func squeezed(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ReplaceAll(s, "\n", " ")
	}
	return out
}

func TestAnArchiveThatEndsEarly(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	a.fill(t, 200)
	archive := a.archive(t, here)
	stored := int64(0)
	for _, part := range []int{1, 3, 7} {
		var p transfer.Progress
		err := b.svc.Take(t.Context(), there, "cut", bytes.NewReader(archive[:len(archive)*part/10]), &p, nil)
		if !fault.Is(err, "lrs.import_damaged") {
			t.Errorf("%d tenths: got %v, want lrs.import_damaged", part, err)
		}
		stored += p.Stored
	}
	for cut := 2000; cut < len(archive)-1024; cut += len(archive) / 50 { // wherever it falls: between files, in a line, in a document
		var p transfer.Progress
		if err := b.svc.Take(t.Context(), there, "cut", bytes.NewReader(archive[:cut]), &p, nil); !fault.Is(err, "lrs.import_damaged") || p.Refused > 0 {
			t.Errorf("%d of %d bytes: got %v and %d refused, want lrs.import_damaged and none", cut, len(archive), err, p.Refused)
		}
		stored += p.Stored
	}
	if got := b.take(t, there, archive); got.Stored+stored != 601 {
		t.Errorf("whole: got %+v after %d", got, stored)
	}
	if d := cmp.Diff(squeezed(a.all(t, here)), squeezed(b.all(t, there))); d != "" {
		t.Errorf("another store: %s", d)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	p := open(t)
	ok := `{"id":"11111111-1111-4111-8111-111111111111","actor":{"mbox":"mailto:a@x.example"},"verb":{"id":"https://x.example/v"},"object":{"id":"https://x.example/o"}}`
	lines := "\ufeff" + strings.Join([]string{ok, "", strings.Replace(ok, "mailto:", "", 1), "{not JSON", strings.Replace(ok, `"id":"11111111-1111-4111-8111-111111111111",`, "", 1), ok,
		strings.Replace(ok, "/o", "/other", 1), strings.Replace(strings.Replace(ok, "1111-4111", "2222-4111", 1), "/o", "/o2", 1), `[1]`}, "\r\n") + "\r\n"
	got := p.take(t, here, []byte(lines))
	if got.Lines != 8 || got.Stored != 2 || got.Known != 1 || got.Refused != 5 {
		t.Errorf("got %+v", got)
	}
	want := []struct {
		line                   int64
		code, pointer, clauses string
	}{{2, "lrs.statement", "/actor/mbox", "Data"}, {3, "lrs.statement", "", ""}, {4, "lrs.statement", "", "Data §2.4.1"}, {6, "lrs.conflict", "", ""}, {8, "lrs.statement", "", ""}}
	for i, w := range want {
		if i >= len(got.Reports) {
			t.Fatalf("%d reports, want %d: %+v", len(got.Reports), len(want), got.Reports)
		}
		r := got.Reports[slices.IndexFunc(got.Reports, func(r transfer.Report) bool { return r.Line == w.line })]
		if r.Line != w.line || r.Code != w.code || r.Pointer != w.pointer || !strings.HasPrefix(r.Clause, w.clauses) || r.Text == "" {
			t.Errorf("report %d: got %+v, want %+v", i, r, w)
		}
	}
	many := strings.Repeat("{}\n", 1000)
	if got := p.take(t, here, []byte(many)); got.Refused != 1000 || len(got.Reports) != 200 {
		t.Errorf("many: got %d refused, %d reports", got.Refused, len(got.Reports))
	}
	for name, file := range map[string]string{"nothing": "", "words": "hello", "table": "a,b\r\n1,2\r\n", "tar": string(otherTar(t))} {
		var x transfer.Progress
		if err := p.svc.Take(t.Context(), here, name, strings.NewReader(file), &x, nil); !fault.Is(err, "lrs.import_form") {
			t.Errorf("%s: got %v, want lrs.import_form", name, err)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	a.fill(t, 20)
	for _, how := range []transfer.Table{{Columns: transfer.Columns()}, {Columns: transfer.Columns(), Excel: true}, {}} {
		var out bytes.Buffer
		n, err := a.svc.CSV(t.Context(), here, how, &out)
		if err != nil || n != 61 {
			t.Fatalf("got %d rows, %v", n, err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
		if how.Excel {
			r.Comma = ';'
		}
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 62 {
			t.Fatalf("read again: %d rows, %v", len(rows), err)
		}
		for i, name := range rows[0] {
			for _, row := range rows[1:] {
				if row[i] != "" && strings.ContainsAny(row[i][:1], "=+-@\t\r") {
					t.Errorf("column %s holds a formula: %q", name, row[i])
				}
			}
			if name == "actor_name" && rows[1][i] != "'=1+1" {
				t.Errorf("name: got %q", rows[1][i])
			}
			if want := map[bool]string{true: "1,50", false: "1.50"}[how.Excel]; name == "score_raw" && rows[1][i] != want {
				t.Errorf("score: got %q, want %q", rows[1][i], want)
			}
		}
		if len(how.Columns) > 0 {
			got := b.take(t, there, out.Bytes())
			// A table has no attachments, so what needs them is refused.
			if got.Lines != 61 || got.Refused != 20 || got.Stored+got.Known != 41 {
				t.Errorf("imported: got %+v", got)
			}
		}
	}
	if _, err := a.svc.CSV(t.Context(), here, transfer.Table{Columns: []string{"id", "id"}}, io.Discard); !fault.Is(err, "lrs.export_columns") {
		t.Errorf("twice: got %v", err)
	}
}

// An import in the background is cut off in the middle, again and again, and goes on where it was.
func TestImportsGoOn(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	a.fill(t, 400)
	archive := a.archive(t, here)
	i, err := b.svc.Begin(t.Context(), there, "store.tar", bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	rounds := 0
	for ; i.State != transfer.Done && i.State != transfer.Failed && rounds < 100; rounds++ {
		ctx, cancel := context.WithCancel(t.Context())
		b.files.cut = func(r io.Reader) io.Reader { return &cutting{r, (rounds + 1) * len(archive) / 5, cancel} }
		if err := b.svc.Process(ctx, there, i.ID); err != nil {
			t.Fatal(err)
		}
		cancel()
		if i, err = b.svc.Import(t.Context(), there, i.ID); err != nil {
			t.Fatal(err)
		}
	}
	if p := i.Progress; i.State != transfer.Done || p.Lines != 1201 || p.Stored+p.Known != 1201 || i.Object != "" || len(b.files.m) > 0 || rounds < 4 {
		t.Errorf("after %d rounds: got %+v", rounds, i)
	}
	if d := cmp.Diff(squeezed(a.all(t, here)), squeezed(b.all(t, there))); d != "" {
		t.Errorf("another store: %s", d)
	}
	// A file that cannot be imported ends, and says why.
	i, err = b.svc.Begin(t.Context(), there, "words.txt", strings.NewReader("hello"), 5)
	if err == nil {
		b.files.cut = nil
		err = b.svc.Process(t.Context(), there, i.ID)
	}
	if i, _ = b.svc.Import(t.Context(), there, i.ID); err != nil || i.State != transfer.Failed || i.Code != "lrs.import_form" || len(b.files.m) > 0 {
		t.Errorf("words: got %+v, %v", i, err)
	}
}

// cutting ends a context after so many bytes.
type cutting struct {
	r    io.Reader
	left int
	end  func()
}

func (c *cutting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(len(p), 4096)])
	if c.left -= n; c.left <= 0 {
		c.end()
	}
	return n, err
}

// otherTar is an archive of something else.
func otherTar(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "holiday.jpg", Size: 3, Mode: 0o600}), func() error { _, err := w.Write([]byte("abc")); return err }(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
