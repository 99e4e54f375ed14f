package main

import (
	"context"
	"errors"

	"palestra/internal/fault"
	"palestra/lrs/flow"
	"palestra/people"
)

// closed ends by what machines act for a town that is closed: its record store's credentials are revoked, and its ways to
// other record stores are switched off, and what it has planned is cancelled. It may be called at any time and several times.
func (a *app) closed(ctx context.Context, org string) error {
	return errors.Join(a.silence(ctx, org), a.bootcamps.Abandon(ctx, org))
}

// silence ends what machines say for a town.
func (a *app) silence(ctx context.Context, org string) error {
	for {
		p, err := a.lrs.Credentials(ctx, org, "", 500)
		if err != nil {
			return err
		}
		for _, c := range p.Docs {
			if err := a.lrs.RevokeCredential(ctx, org, c.Key); err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
		if p.Next == "" {
			break
		}
	}
	list, err := a.flows.List(ctx, org)
	if err != nil {
		return err
	}
	for _, f := range list {
		if !f.On {
			continue
		}
		if _, err := a.flows.Change(ctx, org, f.ID, func(c *flow.Change) { c.On = false }); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}

// here reports whether anybody acts for a town: its document is read by its id, whether the town is closed or not.
func (a *app) here(ctx context.Context, org string) (bool, error) {
	return people.Here(ctx, a.people.Organisation)(org)
}
