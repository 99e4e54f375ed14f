package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"palestra/internal/config"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

type lrsCredentialCommand struct {
	Organisation string   `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
	Scope        []string `name:"scope" help:"What it may do, as all, all/read, statements/write, statements/read, statements/read/mine, state, profile, define. Repeatable."`
	Version      string   `name:"version" default:"2.0.0" help:"Version of xAPI for requests that name none: 1.0.3 or 2.0.0."`
	Name         string   `name:"name" default:"command line" help:"What people call it."`
	Authority    string   `name:"authority" placeholder:"AGENT" help:"In whose name it stores: mailto:…, or an Agent as JSON; default: an account made from the key."`
	Expires      string   `name:"expires" placeholder:"DATE" help:"When it ends: 2027-01-31 (that day included, UTC) or 2027-01-31T12:00:00Z; default: never."`
	List         bool     `name:"list" help:"List the organisation's credentials instead, without their secrets."`
	Rotate       string   `name:"rotate" placeholder:"KEY" help:"Give this credential a new secret instead, and print both."`
	Revoke       string   `name:"revoke" placeholder:"KEY" help:"End this credential instead. What it stored stays."`
}

// Run prints key and secret, or the list.
func (c *lrsCredentialCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "lrs-credential", c, con.out)
}

func (a *app) lrsCredential(ctx context.Context, q lrsCredentialCommand, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	k := &credentials{lrs: a.lrs, people: a.people}
	switch {
	case q.List:
		return a.listCredentials(ctx, o.ID, w)
	case q.Rotate != "":
		if err := a.belongs(ctx, o.ID, q.Rotate); err != nil {
			return err
		}
		secret, err := k.rotate(ctx, shell(), q.Rotate)
		if err == nil {
			_, err = fmt.Fprintln(w, q.Rotate, secret)
		}
		return err
	case q.Revoke != "":
		if err := a.belongs(ctx, o.ID, q.Revoke); err != nil {
			return err
		}
		return k.revoke(ctx, shell(), q.Revoke)
	case len(q.Scope) == 0:
		return errors.New("say with --scope what it may do, as --scope all; or --list, --rotate KEY, --revoke KEY")
	}
	n := lrs.NewCredential{Organisation: o.ID, Name: q.Name, Version: xapi.Version(q.Version), Scopes: scopesOf(q.Scope)}
	if n.Expires, err = endOf(q.Expires); err != nil {
		return err
	}
	if n.Authority, err = authorityOf(q.Authority); err != nil {
		return err
	}
	c, secret, err := k.create(ctx, shell(), n)
	if err == nil {
		_, err = fmt.Fprintln(w, c.Key, secret)
	}
	return err
}

func (a *app) belongs(ctx context.Context, org, key string) error {
	c, err := a.lrs.Credential(ctx, key)
	if err == nil && c.Organisation != org {
		err = fmt.Errorf("the credential %s belongs to another organisation", key)
	}
	return err
}

func (a *app) listCredentials(ctx context.Context, org string, w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for cursor := ""; ; {
		p, err := a.lrs.Credentials(ctx, org, cursor, 0)
		if err != nil {
			return err
		}
		for _, b := range p.Docs {
			ends := "never"
			if !b.Expires.IsZero() {
				ends = b.Expires.Format(time.RFC3339)
			}
			scopes := make([]string, 0, len(b.Scopes))
			for _, s := range b.Scopes {
				scopes = append(scopes, string(s))
			}
			if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", b.Key, b.Version, b.Created.Format(time.RFC3339), ends, strings.Join(scopes, ","), b.Name); err != nil {
				return err
			}
		}
		if cursor = p.Next; cursor == "" {
			return t.Flush()
		}
	}
}

// endOf reads when a credential ends.
func endOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("--expires: %q is no date such as 2027-01-31 and no time such as 2027-01-31T12:00:00Z", text)
	}
	return t, nil
}

// authorityOf reads in whose name a credential stores.
func authorityOf(text string) (*xapi.Agent, error) {
	switch {
	case text == "":
		return nil, nil //nolint:nilnil // none is wanted
	case strings.HasPrefix(text, "mailto:"):
		return &xapi.Agent{ObjectType: "Agent", Mbox: text}, nil
	}
	var a xapi.Agent
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, errors.New(`--authority: say mailto:somebody@town.example or an Agent as JSON, as {"account":{"homePage":"https://…","name":"…"}}`)
	}
	return &a, nil
}
