package main

import (
	"context"
	"fmt"
	"io"

	"palestra/internal/config"
)

type heatRecount struct {
	Organisation string `name:"organisation" required:"" placeholder:"SLUG" help:"Short name or id of the organisation."`
}

// Run counts anew how the videos of an organisation's courses were watched.
func (c *heatRecount) Run(ctx context.Context, cfg *config.Config, con console) error {
	return ask(ctx, cfg, con, "heat-recount", c, con.out)
}

func (a *app) recountHeat(ctx context.Context, q heatRecount, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	n, err := a.course.RecountHeat(ctx, shell(), o.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d videos are counted anew\n", n)
	return err
}
