package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/lrs/transfer"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// files keeps what is to be imported among the objects.
type files struct{ objects *blob.Store }

// Save keeps exactly size bytes.
func (f *files) Save(ctx context.Context, key string, r io.Reader, size int64) error {
	_, err := f.objects.Put(ctx, key, r, size, "application/octet-stream")
	switch {
	case errors.Is(err, blob.ErrFull):
		return fault.New(fault.Full, "lrs.full", "the disk is nearly full; nothing was stored").Because(err)
	case errors.Is(err, blob.ErrShort), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Invalid, "lrs.body", "the body did not arrive whole").Because(err)
	}
	return err
}

// Open reads them.
func (f *files) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, _, err := f.objects.Get(ctx, key, 0, -1)
	return r, err
}

// Remove forgets them.
func (f *files) Remove(ctx context.Context, key string) error {
	err := f.objects.Delete(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	return err
}

// transfers decides who may carry which record store: administrators that of their own town, operators that of every
// town. What they do is noted.
type transfers struct {
	svc    *transfer.Service
	people *people.Service
	now    func() time.Time
	log    *slog.Logger
}

func (k *transfers) town(ctx context.Context, by people.Actor, named string) (string, error) {
	return townOf(ctx, k.people, by, named, people.Administrator)
}

// RecordReportBody says why one line of an import was not taken.
type RecordReportBody struct {
	Line    int64  `json:"line" doc:"Among all statements of the file, from 1"`
	File    string `json:"file" doc:"Within an archive"`
	ID      string `json:"id" doc:"Of the statement, if it has one"`
	Code    string `json:"code" doc:"Of the fault; its translation is errors.<code>"`
	Pointer string `json:"pointer" doc:"JSON pointer into the statement"`
	Clause  string `json:"clause" doc:"Of the xAPI specification"`
	Text    string `json:"text" doc:"English"`
}

// RecordImportBody is a file that is being imported, or was.
type RecordImportBody struct {
	ID        string             `json:"id"`
	Name      string             `json:"name"`
	Size      int64              `json:"size" doc:"Bytes"`
	State     string             `json:"state" enum:"sending,waiting,running,done,failed" doc:"sending: its file arrives in parts"`
	Sent      int64              `json:"sent" doc:"Bytes that are here"`
	Part      int64              `json:"part" doc:"Bytes of each part but the last"`
	Mark      string             `json:"mark,omitempty" doc:"By which whoever sends knows the file again"`
	Created   time.Time          `json:"created"`
	Ended     *time.Time         `json:"ended,omitempty"`
	Lines     int64              `json:"lines" doc:"Statements that were read"`
	Stored    int64              `json:"stored"`
	Known     int64              `json:"known" doc:"Statements that were there already"`
	Refused   int64              `json:"refused"`
	Documents int64              `json:"documents" doc:"States and profiles that were stored"`
	Reports   []RecordReportBody `json:"reports" doc:"Why statements were refused: the first 200"`
	Code      string             `json:"code" doc:"Why the import has failed; its translation is errors.<code>"`
	Text      string             `json:"text" doc:"The same in English"`
}

func importBody(i transfer.Import) RecordImportBody {
	b := RecordImportBody{ID: i.ID, Name: i.Name, Size: i.Size, State: string(i.State), Sent: i.Here(), Part: i.Part, Mark: i.Mark, Created: i.Created, Ended: i.Ended, Lines: i.Progress.Lines, Stored: i.Progress.Stored,
		Known: i.Progress.Known, Refused: i.Progress.Refused, Documents: i.Progress.Documents, Reports: []RecordReportBody{}, Code: i.Code, Text: i.Text}
	for _, r := range i.Progress.Reports {
		b.Reports = append(b.Reports, RecordReportBody(r))
	}
	return b
}

// registerTransfers adds exports and imports of whole record stores.
func registerTransfers(e *web.Edge, k *transfers) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/record-imports" + path, Summary: summary, Tags: []string{"records"}, DefaultStatus: status}
	}
	type importsInput struct {
		OfTown
		peoplehttp.List
	}
	huma.Register(e.API, op("list-record-imports", http.MethodGet, "", "Imports, the newest first", 200),
		func(ctx context.Context, in *importsInput) (*peoplehttp.Out[peoplehttp.Page[RecordImportBody]], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			p, err := k.svc.Imports(ctx, org, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[peoplehttp.Page[RecordImportBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, importBody)}, nil
		})
	type importInput struct {
		OfTown
		ID string `path:"id" maxLength:"64"`
	}
	huma.Register(e.API, op("get-record-import", http.MethodGet, "/{id}", "An import, with how far it is and what was refused", 200),
		func(ctx context.Context, in *importInput) (*peoplehttp.Out[RecordImportBody], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			i, err := k.svc.Import(ctx, org, in.ID)
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[RecordImportBody]{Body: importBody(i)}, nil
		})
	huma.Register(e.API, op("delete-record-import", http.MethodDelete, "/{id}", "End and forget an import; what it has stored stays", 204),
		func(ctx context.Context, in *importInput) (*struct{}, error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			return nil, k.svc.Forget(ctx, org, in.ID)
		})
	huma.Register(e.API, op("announce-record-import", http.MethodPost, "/announced", "Announce a file that will arrive in parts; it is imported once it is whole", 201), k.announce)
	query := func(name, doc string, required bool) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Required: required, Schema: &huma.Schema{Type: "string"}}
	}
	organisation := query("organisation", "For operators; else the own one", false)
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	answer := &huma.Schema{Ref: "#/components/schemas/RecordImport"}
	e.API.OpenAPI().AddOperation(&huma.Operation{OperationID: "create-record-import", Method: http.MethodPost, Path: "/record-imports", Tags: []string{"records"},
		Summary:     "Import a file in the background: an archive (tar, tar.gz), statements one in a line, or a table with a column statement",
		Parameters:  []*huma.Param{query("name", "What the import is called; the file's name", false), organisation},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": binary}},
		Responses:   map[string]*huma.Response{"201": {Description: "Created", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}}}, "default": {Description: "Error"}}})
	e.API.OpenAPI().AddOperation(&huma.Operation{OperationID: "export-records", Method: http.MethodGet, Path: "/record-exports/{format}", Tags: []string{"records"},
		Summary: "The whole record store: archive (tar), csv (RFC 4180) or csv-excel",
		Parameters: []*huma.Param{{Name: "format", In: "path", Required: true, Schema: &huma.Schema{Type: "string", Enum: []any{"archive", "csv", "csv-excel"}}}, organisation,
			query("columns", "Of tables, separated by commas: "+strings.Join(transfer.Columns(), ", "), false), query("since", "Tables: stored at this time or later (RFC 3339)", false), query("until", "Tables: stored before it", false)},
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"application/x-tar": binary, "text/csv": binary}}, "default": {Description: "Error"}}})
	e.API.OpenAPI().AddOperation(&huma.Operation{OperationID: "send-record-import-part", Method: http.MethodPut, Path: "/record-imports/{id}/parts/{n}", Tags: []string{"records"},
		Summary:     "The next part of an announced file, counted from 1. One that is here already changes nothing",
		Parameters:  []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}, {Name: "n", In: "path", Required: true, Schema: &huma.Schema{Type: "integer"}}, organisation},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": binary}},
		Responses:   map[string]*huma.Response{"200": {Description: "How far it is", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}}}, "default": {Description: "Error"}}})
	e.App.Put(web.Base+"/record-imports/:id/parts/:n", k.part)
	e.App.Post(web.Base+"/record-imports", k.receive)
	e.App.Get(web.Base+"/record-exports/:format", k.export)
}

// mostDrained is how many bytes of a refused file are read to their end; more ends the connection.
const mostDrained = 64 << 20

// receive takes a file that is to be imported.
func (k *transfers) receive(c *fiber.Ctx) error {
	by := peoplehttp.Actor(c)
	org, err := k.town(c.UserContext(), by, c.Query("organisation"))
	if err != nil {
		return err
	}
	name := strings.Clone(c.Query("name"))
	var i transfer.Import
	err = k.taking(c, func(ctx context.Context, body io.Reader, length int64) error {
		i, err = k.svc.Begin(ctx, org, name, body, length)
		return err
	})
	if err != nil {
		return err
	}
	if err := k.people.Note(c.UserContext(), org, by, "records.imported", i.ID, i.Name); err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(importBody(i))
}

// taking hands the body of a request on as a stream.
func (k *transfers) taking(c *fiber.Ctx, take func(ctx context.Context, body io.Reader, length int64) error) error {
	var body io.Reader = bytes.NewReader(c.Request().Body())
	if r := c.Context().RequestBodyStream(); r != nil {
		body = &stalling{r, c.Context().Conn(), k.now}
	}
	ctx := context.WithoutCancel(c.UserContext()) // the request's own deadline is for answers, not for streams
	length := c.Request().Header.ContentLength()
	err := take(ctx, body, int64(length))
	if err != nil && length <= mostDrained {
		_, _ = io.Copy(io.Discard, body) // a browser hears the refusal only when it has sent what it wanted to say; it may also hang up
	}
	if derr := c.Context().Conn().SetReadDeadline(time.Time{}); err == nil && derr != nil {
		err = fmt.Errorf("record-imports: %w", derr)
	}
	return err
}

type announceInput struct {
	OfTown
	Body struct {
		Name string `json:"name" maxLength:"200"`
		Size int64  `json:"size" minimum:"1" doc:"Bytes"`
		Mark string `json:"mark,omitempty" maxLength:"200" doc:"By which the file is known again, to go on another day"`
	}
}

func (k *transfers) announce(ctx context.Context, in *announceInput) (*peoplehttp.Out[RecordImportBody], error) {
	org, err := k.town(ctx, in.By, in.Organisation)
	if err != nil {
		return nil, err
	}
	i, err := k.svc.Announce(ctx, org, in.Body.Name, in.Body.Mark, in.Body.Size)
	if err != nil {
		return nil, err
	}
	return &peoplehttp.Out[RecordImportBody]{Body: importBody(i)}, k.people.Note(ctx, org, in.By, "records.imported", i.ID, i.Name)
}

// part takes the next part of an announced file.
func (k *transfers) part(c *fiber.Ctx) error {
	org, err := k.town(c.UserContext(), peoplehttp.Actor(c), c.Query("organisation"))
	if err != nil {
		return err
	}
	id := strings.Clone(c.Params("id"))
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil {
		n = 0 // which is none
	}
	var i transfer.Import
	err = k.taking(c, func(ctx context.Context, body io.Reader, length int64) error {
		i, err = k.svc.Part(ctx, org, id, n, body, length)
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(importBody(i))
}

// stalling reads a body, and gives up when nothing comes for long.
type stalling struct {
	r    io.Reader
	conn net.Conn
	now  func() time.Time
}

func (s *stalling) Read(p []byte) (int, error) {
	const longest = 90 * time.Second
	if err := s.conn.SetReadDeadline(s.now().Add(longest)); err != nil {
		return 0, fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return n, err
}

// export streams a store.
func (k *transfers) export(c *fiber.Ctx) error {
	by := peoplehttp.Actor(c)
	org, err := k.town(c.UserContext(), by, c.Query("organisation"))
	if err != nil {
		return err
	}
	format := c.Params("format")
	write, err := k.writer(org, format, url.Values{"columns": {c.Query("columns")}, "since": {c.Query("since")}, "until": {c.Query("until")}})
	if err != nil {
		return err
	}
	if err := k.people.Note(c.UserContext(), org, by, "records.exported", format, ""); err != nil {
		return err
	}
	media, ext := "application/x-tar", "tar"
	if format != "archive" {
		media, ext = "text/csv; charset=utf-8; header=present", "csv"
	}
	c.Set(fiber.HeaderContentType, media)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="palestra-records-`+k.now().UTC().Format(time.DateOnly)+"."+ext+`"`)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), 12*time.Hour)
	conn := c.Context().Conn()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer cancel()
		if err := write(ctx, w); err != nil {
			k.log.Error("export broke off", "format", format, "error", err)
			_ = conn.Close() // an export that ends early must not look whole
		}
	})
	return nil
}

// writer returns what writes a store in a format. What is wrong with the question is said before anything is written.
func (k *transfers) writer(org, format string, q url.Values) (func(ctx context.Context, w io.Writer) error, error) {
	switch format {
	case "archive":
		return func(ctx context.Context, w io.Writer) error {
			_, err := k.svc.Archive(ctx, org, w)
			return err
		}, nil
	case "csv", "csv-excel":
	default:
		return nil, fault.New(fault.NotFound, "lrs.export_format", "there is no such export; there are archive, csv and csv-excel")
	}
	t := transfer.Table{Excel: format == "csv-excel"}
	if names := q.Get("columns"); names != "" {
		t.Columns = strings.Split(names, ",")
		if err := transfer.CheckColumns(t.Columns); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]*time.Time{"since": &t.Since, "until": &t.Until} {
		if text := q.Get(name); text != "" {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return nil, fault.New(fault.Invalid, "lrs.parameter", "%s must be a time such as 2026-01-31T12:00:00Z", name).With("name", name)
			}
			*to = at
		}
	}
	return func(ctx context.Context, w io.Writer) error {
		_, err := k.svc.CSV(ctx, org, t, w)
		return err
	}, nil
}
