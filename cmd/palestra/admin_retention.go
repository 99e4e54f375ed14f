package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"palestra/internal/config"
	"palestra/internal/store"
	"palestra/lrs"
)

type retentionCommand struct {
	List   retentionList   `cmd:"" help:"List the rules of an organisation, and what was done by them."`
	Set    retentionSet    `cmd:"" help:"Make a rule, or decide for how many years evidence is held. A rule removes nothing by itself."`
	Delete retentionDelete `cmd:"" help:"Forget a rule."`
	DryRun retentionDry    `cmd:"" name:"dry-run" help:"List exactly what a run of a rule would remove, and what it would not and why."`
	Run    retentionRun    `cmd:"" help:"Remove what a dry run has listed."`
}

type retentionList struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
}

// Run prints the rules and the runs.
func (c *retentionList) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "retention-list", c, con.out)
}

func (a *app) listRetention(ctx context.Context, q retentionList, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	years, err := a.course.Term(ctx, o.ID)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "evidence is held for %d years\n", years)
	err = a.retention().eachRule(ctx, o.ID, func(r lrs.Rule) error {
		_, err := fmt.Fprintf(t, "rule\t%s\t%d days\t%s\t%s\t%s\n", r.ID, r.Days, dash(r.Verb), dash(r.Activity), r.Name)
		return err
	})
	if err != nil {
		return err
	}
	err = eachPage(func(cursor string) (store.Page[lrs.Run], error) { return a.lrs.Runs(ctx, o.ID, cursor, 0) }, func(r lrs.Run) error {
		_, err := fmt.Fprintf(t, "run\t%s\t%s\t%s\tlisted %d\theld %d\tremoved %d\tspared %d\n", r.ID, r.Made.Format(time.RFC3339), r.State, r.Listed, r.Held, r.Removed, r.Spared)
		return err
	})
	return errors.Join(err, t.Flush())
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

type retentionSet struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Days         int    `name:"days" help:"Statements that were stored longer ago are meant."`
	Verb         string `name:"verb" placeholder:"IRI" help:"Only those with this verb."`
	Activity     string `name:"activity" placeholder:"IRI" help:"Only those about this activity."`
	Name         string `name:"name" default:"command line" help:"What people call the rule."`
	Years        int    `name:"years" help:"Decide instead for how many years evidence is held, 1 to 100."`
}

// Run prints the id of the rule.
func (c *retentionSet) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "retention-set", c, con.out)
}

func (a *app) setRetention(ctx context.Context, q retentionSet, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	if q.Years != 0 {
		if q.Days != 0 {
			return errors.New("say --days for a rule, or --years for evidence, not both")
		}
		return a.course.SetTermOf(ctx, shell(), o.ID, q.Years)
	}
	r, err := a.retention().addRule(ctx, shell(), o.ID, lrs.Rule{Name: q.Name, Days: q.Days, Verb: q.Verb, Activity: q.Activity})
	if err == nil {
		_, err = fmt.Fprintln(w, r.ID)
	}
	return err
}

type retentionDelete struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Rule         string `arg:"" help:"Id of the rule."`
}

// Run forgets the rule.
func (c *retentionDelete) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "retention-delete", c, con.out)
}

func (a *app) deleteRetention(ctx context.Context, q retentionDelete, _ io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	return a.retention().deleteRule(ctx, shell(), o.ID, q.Rule)
}

type retentionDry struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Rule         string `arg:"" help:"Id of the rule."`
	Show         bool   `name:"show" help:"Print every statement, not only how many there are."`
}

// Run prints what would be removed and what would not.
func (c *retentionDry) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "retention-dry-run", c, con.out)
}

func (a *app) dryRetention(ctx context.Context, q retentionDry, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	r, err := a.lrs.DryRun(ctx, o.ID, q.Rule, shell().Person)
	if err != nil {
		return err
	}
	if r, err = a.workedOn(ctx, o.ID, r.ID, lrs.RunListing); err != nil {
		return err
	}
	if q.Show {
		for _, held := range []bool{false, true} {
			if err := a.showLines(ctx, o.ID, r.ID, held, w); err != nil {
				return err
			}
		}
	}
	_, err = fmt.Fprintf(w, "%s: %d statements stored before %s would be removed, %d are held; digest %s\n", r.ID, r.Listed, r.Before.Format(time.RFC3339), r.Held, dash(hexOf(r.Digest)))
	return err
}

func (a *app) showLines(ctx context.Context, org, run string, held bool, w io.Writer) error {
	for cursor := ""; ; {
		lines, next, err := a.lrs.Lines(ctx, org, run, held, cursor)
		if err != nil {
			return err
		}
		for _, l := range lines {
			what := "remove"
			if held {
				what = "held: " + l.Why
				if l.Until != nil {
					what += " until " + l.Until.Format(time.DateOnly)
				}
			}
			if _, err := fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", l.ID, l.Number, l.Stored.Format(time.RFC3339), l.Verb, dash(l.Activity), what); err != nil {
				return err
			}
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

type retentionRun struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Dry          string `arg:"" name:"run" help:"Id of the dry run, whose list is removed."`
	Digest       string `name:"digest" required:"" placeholder:"HEX" help:"Of the list, as the dry run printed it (- if it is empty)."`
}

// Run removes what is listed.
func (c *retentionRun) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "retention-run", c, con.out)
}

func (a *app) runRetention(ctx context.Context, q retentionRun, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	if q.Digest == "-" {
		q.Digest = ""
	}
	digest, err := hex.DecodeString(q.Digest)
	if err != nil {
		return fmt.Errorf("--digest: %q is not hexadecimal", q.Digest)
	}
	if _, err := a.retention().remove(ctx, shell(), o.ID, q.Dry, digest); err != nil {
		return err
	}
	r, err := a.workedOn(ctx, o.ID, q.Dry, lrs.RunRemoving)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s: %d statements removed, %d held since the dry run; digest %s\n", r.ID, r.Removed, r.Spared, dash(hexOf(r.Gone)))
	}
	return err
}

// workedOn waits until a run has left a state: here, or at a worker that was quicker.
func (a *app) workedOn(ctx context.Context, org, run, state string) (lrs.Run, error) {
	const look = 200 * time.Millisecond
	for {
		if err := a.lrs.WorkOn(ctx, org, run); err != nil {
			return lrs.Run{}, err
		}
		r, err := a.lrs.Run(ctx, org, run)
		if err != nil || r.State != state {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(look):
		}
	}
}
