package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"palestra/course/export"
	"palestra/course/ledger"
	"palestra/internal/config"
	"palestra/internal/fault"
	"palestra/people"
)

// shell is who acts when the operator types a command.
func shell() people.Actor { return people.Actor{Person: "command line", Operator: true} }

type adminCommand struct {
	Organisation struct {
		Create organisationCreate `cmd:"" help:"Make an organisation."`
		List   organisationList   `cmd:"" help:"List the organisations."`
	} `cmd:"" help:"Organisations of this installation."`
	Operator struct {
		Link operatorLinkCommand `cmd:"" help:"Print a one-time link: it makes the first operator, or gives an operator a new password."`
	} `cmd:"" help:"Operators of this installation."`
	Heat struct {
		Recount heatRecount `cmd:"" help:"Count anew how the videos of a town's courses were watched."`
	} `cmd:"" help:"How videos are watched."`
	Records struct {
		Export  recordsExport  `cmd:"" help:"Write a whole record store as an archive, or as a table."`
		Import  recordsImport  `cmd:"" help:"Take statements and documents in from a file. What is there already stays as it is."`
		Recount recordsRecount `cmd:"" help:"Count all statements anew."`
	} `cmd:"" help:"Whole record stores."`
	VideoRoom     videoRoomCommand     `cmd:"" name:"video-room" help:"How much room the video files of an organisation take, and may take."`
	LRSCredential lrsCredentialCommand `cmd:"" name:"lrs-credential" help:"Make a credential for the learning record store and print key and secret on one line; or list, rotate, revoke."`
	Retention     retentionCommand     `cmd:"" help:"Statements that an organisation does not keep: rules, what they would remove, and removing it."`
}

type organisationCreate struct {
	Slug    string `arg:"" help:"Short name in addresses: a-z, 0-9 and -."`
	Name    string `name:"name" help:"Name; default: the short name."`
	Kind    string `name:"kind" default:"municipality" help:"municipality, network, lab, ngo, university, association or other."`
	Country string `name:"country" default:"EU" help:"Two capital letters (ISO 3166-1)."`
	Zone    string `name:"zone" default:"UTC" help:"Time zone (IANA, as in Europe/Rome)."`
	Locale  string `name:"locale" default:"en" help:"Language of its mails."`
}

// Run prints the organisation's id.
func (c *organisationCreate) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "organisation-create", c, con.out)
}

func (a *app) createOrganisation(ctx context.Context, q organisationCreate, w io.Writer) error {
	if q.Name == "" {
		q.Name = q.Slug
	}
	o, err := a.people.CreateOrganisation(ctx, shell(), people.Organisation{Slug: q.Slug, Name: q.Name, Kind: q.Kind, Country: q.Country, Zone: q.Zone, Locale: q.Locale})
	if err == nil {
		_, err = fmt.Fprintln(w, o.ID)
	}
	return err
}

type organisationList struct{}

// Run prints one organisation per line.
func (c *organisationList) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "organisation-list", c, con.out)
}

func (a *app) listOrganisations(ctx context.Context, _ organisationList, w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	err := a.people.EachOrganisation(ctx, func(o people.Organisation) error {
		name := o.Name
		if o.Closed != nil {
			name += " (closed " + o.Closed.Format(time.DateOnly) + ")"
		}
		_, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.Slug, o.ID, o.Kind, o.Country, o.Zone, o.Locale, name)
		return err
	})
	return errors.Join(err, t.Flush())
}

// organisation finds one by its short name or its id.
func (a *app) organisation(ctx context.Context, name string) (people.Organisation, error) {
	o, err := a.people.OrganisationBySlug(ctx, name)
	if fault.KindOf(err) == fault.NotFound {
		if o, err = a.people.Organisation(ctx, name); fault.KindOf(err) == fault.NotFound {
			return o, fmt.Errorf("there is no organisation %q; `palestra admin organisation list` names them", name)
		}
	}
	return o, err
}

type operatorLinkCommand struct {
	Email string `name:"email" help:"Of the operator who needs a new password; not needed for the first operator."`
}

// Run prints the link.
func (c *operatorLinkCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "operator-link", c, con.out)
}

func (a *app) operatorLink(ctx context.Context, q operatorLinkCommand, w io.Writer) error {
	link, err := a.people.SetupLink(ctx)
	switch {
	case err != nil:
		return err
	case link == "" && q.Email == "":
		return errors.New("there is an operator already; say --email ADDRESS of the one who needs a new password")
	case link == "":
		if link, err = a.people.OperatorLink(ctx, shell(), q.Email); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w, link)
	return err
}

type exportCommand struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Format       string `name:"format" default:"csv" enum:"csv,csv-excel,xlsx,ledger" help:"csv, csv-excel, xlsx: completions for HR; ledger: the signed archive that palestra verify proves."`
	Output       string `name:"output" short:"o" placeholder:"FILE" help:"File to write, which must not exist; default: the standard output."`
}

// Run writes the export.
func (c *exportCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	return writeFile(c.Output, con, func(w io.Writer) error { return ask(ctx, cfg, con, "export", c, w) })
}

func (a *app) export(ctx context.Context, q exportCommand, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	if q.Format == "ledger" {
		_, err = ledger.WriteArchive(w, o.ID, a.course.Entries(ctx, o.ID), a.now(), a.keys.Sign)
	} else {
		f, ok := export.Forms()[q.Format]
		if !ok {
			return fmt.Errorf("there is no export %q", q.Format)
		}
		x, err := a.course.ExportOf(ctx, o.ID)
		if err != nil {
			return err
		}
		if _, err := f.Write(w, x.Info, x.Rows); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return a.people.Note(ctx, o.ID, shell(), "completions.exported", q.Format, "")
}

// asked collects an answer that is JSON, line by line.
func asked[T any](ctx context.Context, cfg *config.Config, con console, name string, question any) ([]T, error) {
	var b bytes.Buffer
	err := ask(ctx, cfg, con, name, question, &b)
	var all []T
	for d := json.NewDecoder(&b); ; {
		var v T
		if derr := d.Decode(&v); errors.Is(derr, io.EOF) {
			return all, err
		} else if derr != nil {
			return all, errors.Join(err, derr)
		}
		all = append(all, v)
	}
}
