package main

import (
	"encoding/json"
	"fmt"
	"os"

	"context"

	"palestra/internal/config"
)

type openapiCommand struct{}

// Run prints the description of the JSON interface. It builds the rooms on an empty store of its own.
func (openapiCommand) Run(ctx context.Context, con console) error {
	dir, err := os.MkdirTemp("", "palestra-openapi-")
	if err != nil {
		return fmt.Errorf("openapi: %w", err)
	}
	defer os.RemoveAll(dir)
	cfg := &config.Config{Addr: "127.0.0.1:8080", Data: dir + "/data", Keys: dir + "/keys", Log: "error"}
	if err := cfg.Check(); err != nil {
		return err
	}
	a, err := build(ctx, cfg, con, false)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.serveEdge(); err != nil {
		return err
	}
	enc := json.NewEncoder(con.out)
	enc.SetIndent("", "  ")
	return enc.Encode(a.edge.API.OpenAPI())
}
