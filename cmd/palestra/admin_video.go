package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"palestra/internal/config"
)

type videoRoomCommand struct {
	Organisation string `arg:"" help:"Short name or id of the organisation."`
	Limit        string `name:"limit" placeholder:"BYTES" help:"What its files may take from now on, as 50GB or 500000000; none: as much as there is."`
}

// Run prints what is taken and what may be.
func (c *videoRoomCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	if c.Limit != "" {
		if _, err := parseBytes(c.Limit); err != nil {
			return err
		}
	}
	return ask(ctx, cfg, con, "video-room", c, con.out)
}

func (a *app) videoRoom(ctx context.Context, q videoRoomCommand, w io.Writer) error {
	o, err := a.organisation(ctx, q.Organisation)
	if err != nil {
		return err
	}
	u, err := a.video.Usage(ctx, shell(), o.ID)
	if err == nil && q.Limit != "" {
		var limit int64
		if limit, err = parseBytes(q.Limit); err == nil {
			u, err = a.video.SetLimit(ctx, shell(), o.ID, limit)
		}
	}
	if err != nil {
		return err
	}
	limit, left := "none", "-"
	if u.Limit > 0 {
		limit, left = strconv.FormatInt(u.Limit, 10), strconv.FormatInt(u.Left(), 10)
	}
	_, err = fmt.Fprintf(w, "used\t%d\nlimit\t%s\nleft\t%s\n", u.Used, limit, left)
	return err
}

// parseBytes reads 500000000, 50GB (1000 to a step) or 50GiB (1024), and none as 0.
func parseBytes(text string) (int64, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "none" {
		return 0, nil
	}
	scale := 1.0
	number := text
	for i, unit := range []string{"k", "m", "g", "t"} {
		if n, ok := strings.CutSuffix(text, unit+"ib"); ok {
			number, scale = n, math.Pow(1024, float64(i+1))
		} else if n, ok := strings.CutSuffix(text, unit+"b"); ok {
			number, scale = n, math.Pow(1000, float64(i+1))
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || n <= 0 || n*scale < 1 || n*scale > 1<<60 {
		return 0, fmt.Errorf("%q is not a number of bytes such as 500000000, 50GB or 50GiB, and not none", text)
	}
	return int64(n * scale), nil
}
