package main

import (
	"context"

	"palestra/internal/fault"
	"palestra/lrs/flow"
)

// closed ends by what machines act for a town that is closed: its record store's credentials are revoked, and its ways to
// other record stores are switched off. It may be called at any time and several times.
func (a *app) closed(ctx context.Context, org string) error {
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
