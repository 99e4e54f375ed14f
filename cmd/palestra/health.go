package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"palestra/internal/config"
	"palestra/internal/web"
)

type healthCommand struct{}

// Run fails and says what is not ready, for whoever watches over the process: a container has no other client.
func (healthCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if cfg.TLSCert != "" {
		scheme = "https"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	// The certificate bears the public name, and this asks the own machine.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("no server answers at %s: %w", cfg.Addr, err)
	}
	defer answer.Body.Close()
	var s web.State
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&s); err != nil {
		return fmt.Errorf("what answers at %s is no Palestra: %w", cfg.Addr, err)
	}
	if s.Ready {
		fmt.Fprintln(con.out, "ready")
		return nil
	}
	var bad []string
	for _, name := range slices.Sorted(maps.Keys(s.Checks)) {
		if s.Checks[name] != "ok" {
			bad = append(bad, name+": "+s.Checks[name])
		}
	}
	return errors.New("not ready: " + strings.Join(bad, "; "))
}
