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

// stopping serves an edge and returns its address, how to stop it, and what serving ended with.
func stopping(t *testing.T, grace time.Duration, routes func(*Edge)) (string, context.CancelFunc, <-chan error) {
	t.Helper()
	e := New(Config{PublicURL: "http://town.example", Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: func() string { return "r-1" }})
	routes(e)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	served := make(chan error, 1)
	go func() { served <- e.Serve(ctx, l, grace) }()
	return l.Addr().String(), cancel, served
}

func connect(t *testing.T, addr, say string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, say); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

// What is under way is answered whole and says that the connection ends; whoever has opened a connection and asked nothing
// keeps nobody waiting.
func TestStopAnswersWhatWasAsked(t *testing.T) {
	t.Parallel()
	entered, goOn := make(chan struct{}), make(chan struct{})
	addr, stop, served := stopping(t, time.Minute, func(e *Edge) {
		e.linger = 3 * time.Second
		e.App.Get("/slow", func(c *fiber.Ctx) error { close(entered); <-goOn; return c.SendString("whole") })
		e.App.Put("/part", func(c *fiber.Ctx) error {
			b, err := io.ReadAll(c.Context().RequestBodyStream())
			if err != nil {
				return err
			}
			return c.SendString(fmt.Sprint(len(b)))
		})
	})
	_, slow := connect(t, addr, "GET /slow HTTP/1.1\r\nHost: town.example\r\n\r\n")
	part, uploaded := connect(t, addr, "PUT /part HTTP/1.1\r\nHost: town.example\r\nContent-Length: 10\r\n\r\n12345")
	kept, again := connect(t, addr, "GET /readyz HTTP/1.1\r\nHost: town.example\r\n\r\n")
	if r, err := http.ReadResponse(again, nil); err != nil || r.StatusCode != 200 {
		t.Fatalf("ready: %v, %v", r, err)
	} else if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Fatal(err)
	}
	connect(t, addr, "") // a browser's connection in advance
	<-entered
	stop()
	time.Sleep(20 * time.Millisecond)
	// A moment later it still answers, and says that it is stopping.
	if _, err := io.WriteString(kept, "GET /readyz HTTP/1.1\r\nHost: town.example\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if r, err := http.ReadResponse(again, nil); err != nil || r.StatusCode != 503 || !r.Close {
		t.Errorf("while it stops: %v, %v", r, err)
	}
	for closed := false; !closed; time.Sleep(20 * time.Millisecond) { // it ends to take new connections
		c, err := net.Dial("tcp", addr)
		if closed = err != nil; !closed {
			c.Close()
		}
	}
	if _, err := io.WriteString(part, "67890"); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	for name, r := range map[string]*bufio.Reader{"whole": slow, "10": uploaded} {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(answer.Body); err != nil || string(b) != name || answer.StatusCode != 200 || !answer.Close {
			t.Errorf("answered %d %q, %v, closing %v; want %s", answer.StatusCode, b, err, answer.Close, name)
		}
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// What takes longer than the grace is cut off: its context ends, its body ends, and nothing runs when Serve returns.
func TestStopEndsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 2)
	addr, stop, served := stopping(t, 300*time.Millisecond, func(e *Edge) {
		e.App.Get(Base+"/never", func(c *fiber.Ctx) error {
			<-c.UserContext().Done()
			ended <- c.UserContext().Err()
			return nil
		})
		e.App.Put("/part", func(c *fiber.Ctx) error {
			_, err := io.Copy(io.Discard, c.Context().RequestBodyStream())
			ended <- err
			return err
		})
	})
	connect(t, addr, "GET "+Base+"/never HTTP/1.1\r\nHost: town.example\r\n\r\n")
	connect(t, addr, "PUT /part HTTP/1.1\r\nHost: town.example\r\nContent-Length: 10\r\n\r\n12345")
	time.Sleep(100 * time.Millisecond)
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	for range 2 {
		select {
		case err := <-ended:
			if err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a handler ended with %v", err)
			}
		default:
			t.Error("a handler still runs")
		}
	}
}
