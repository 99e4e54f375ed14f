package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Who opens connections and never says what she asks does not hold them for ever; whoever has asked has all the time that her body
// takes, and that an answer which is a stream takes.
func TestPatience(t *testing.T) {
	t.Parallel()
	const patience = 300 * time.Millisecond
	e := New(Config{PublicURL: "http://town.example", Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: func() string { return "r-1" }, Patience: patience})
	e.App.Put("/body", func(c *fiber.Ctx) error {
		n, err := io.Copy(io.Discard, c.Context().RequestBodyStream())
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(n))
	})
	e.App.Get("/stream", func(c *fiber.Ctx) error {
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			for range 4 {
				time.Sleep(patience)
				_, _ = w.WriteString("more ")
				_ = w.Flush()
			}
		})
		return nil
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- e.Serve(ctx, l, time.Minute) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	addr := l.Addr().String()
	for name, say := range map[string]string{"nothing": "", "a half": "GET /readyz HTTP/1.1\r\nHost: town.example\r\n", "a half after a whole": "GET /healthz HTTP/1.1\r\nHost: town.example\r\n\r\nGET /he"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := connect(t, addr, say)
			if _, err := io.ReadAll(r); err != nil && !errors.Is(err, io.EOF) {
				t.Errorf("the connection is still open after 20 s: %v", err)
			}
		})
	}
	t.Run("a slow body", func(t *testing.T) {
		t.Parallel()
		conn, r := connect(t, addr, "PUT /body HTTP/1.1\r\nHost: town.example\r\nContent-Length: 4\r\n\r\n")
		for range 4 {
			time.Sleep(patience)
			if _, err := io.WriteString(conn, "x"); err != nil {
				t.Fatal(err)
			}
		}
		answered(t, r, "4")
		if _, err := io.WriteString(conn, "GET /stream HTTP/1.1\r\nHost: town.example\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answered(t, r, "more more more more ")
	})
}

func answered(t *testing.T, r *bufio.Reader, want string) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || string(b) != want {
		t.Errorf("got %d %q, %v, want %q", resp.StatusCode, b, err, want)
	}
}
