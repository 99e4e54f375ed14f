package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"palestra/internal/config"
	"palestra/internal/fault"
	"palestra/lrs/transfer"
)

type recordsExport struct {
	Organisation string   `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Format       string   `name:"format" default:"archive" enum:"archive,csv,csv-excel" help:"archive: all that there is, for import; csv, csv-excel: a table."`
	Columns      []string `name:"columns" placeholder:"NAME,…" help:"Of a table: number, id, stored, timestamp, account, verb, object, statement and others; see docs/xapi.md."`
	Output       string   `name:"output" short:"o" placeholder:"FILE" help:"File to write, which must not exist; default: the standard output."`
}

// Run writes the export.
func (c *recordsExport) Run(ctx context.Context, cfg *config.Config, con console) error {
	return writeFile(c.Output, con, func(w io.Writer) error { return ask(ctx, cfg, con, "records-export", c, w) })
}

func (a *app) exportRecords(ctx context.Context, q recordsExport, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	k := &transfers{svc: a.transfer, people: a.people, now: a.now, log: a.log}
	write, err := k.writer(o.ID, q.Format, url.Values{"columns": {strings.Join(q.Columns, ",")}})
	if err == nil {
		err = write(ctx, w)
	}
	if err != nil {
		return err
	}
	return a.people.Note(ctx, o.ID, shell(), "records.exported", q.Format, "")
}

type recordsImport struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	File         string `arg:"" help:"An archive (tar, tar.gz), statements one in a line, or a table with a column statement. The server reads it."`
}

// Run imports a file and says what became of it.
func (c *recordsImport) Run(ctx context.Context, cfg *config.Config, con console) error {
	var err error
	if c.File, err = filepath.Abs(c.File); err != nil {
		return err
	}
	return ask(ctx, cfg, con, "records-import", c, con.out)
}

func (a *app) importRecords(ctx context.Context, q recordsImport, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	f, err := os.Open(q.File)
	if err != nil {
		return err
	}
	defer f.Close()
	var p transfer.Progress
	told := 0
	tell := func(p transfer.Progress) error {
		for ; told < len(p.Reports); told++ {
			r := p.Reports[told]
			place := r.Pointer
			if place != "" {
				place = " " + place
			}
			if _, err := fmt.Fprintf(w, "line %d%s: %s\n", r.Line, place, r.Text); err != nil {
				return err
			}
		}
		return nil
	}
	err = a.transfer.Take(ctx, o.ID, filepath.Base(q.File), f, &p, tell)
	if fault.KindOf(err) == 0 && err != nil {
		return err
	}
	_, werr := fmt.Fprintf(w, "%d statements read, %d stored, %d were there, %d refused; %d documents stored\n", p.Lines, p.Stored, p.Known, p.Refused, p.Documents)
	if err = errors.Join(err, werr, a.people.Note(ctx, o.ID, shell(), "records.imported", "", filepath.Base(q.File))); err == nil && p.Refused > 0 {
		err = fmt.Errorf("%d statements were refused", p.Refused)
	}
	return err
}

type recordsRecount struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
}

// Run counts all statements anew.
func (c *recordsRecount) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "records-recount", c, con.out)
}

func (a *app) recountRecords(ctx context.Context, q recordsRecount, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	if err := a.counts.Rebuild(ctx, o.ID); err != nil {
		return err
	}
	for {
		if err := a.counts.CatchUp(ctx, o.ID); err != nil {
			return err
		}
		sum, err := a.counts.Summary(ctx, o.ID)
		if err != nil {
			return err
		}
		if !sum.Rebuilding {
			if err := a.people.Note(ctx, o.ID, shell(), "record_counts.recounted", "", ""); err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "%d statements count\n", sum.Total)
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
