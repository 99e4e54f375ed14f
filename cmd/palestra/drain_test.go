package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// client speaks HTTP/1.1 by itself: libraries would send a lost request again and say nothing.
type client struct {
	addr, cookies string
	conn          net.Conn
	r             *bufio.Reader
}

// outcome is what came of one request.
type outcome struct {
	begun  time.Time // when the last byte that the test sent at once was written
	status int       // 0: no answer
	err    error     // of an answer that broke off
	body   []byte
}

func (c *client) ask(head string, body func(io.Writer) error) (a outcome, ok bool) {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			return a, false // refused: nobody was told anything
		}
		c.conn, c.r = conn, bufio.NewReader(conn)
	}
	if err := c.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return a, false
	}
	_, err := io.WriteString(c.conn, head+"\r\nHost: "+c.addr+"\r\nCookie: "+c.cookies+"\r\n\r\n")
	a.begun = time.Now()
	if err == nil && body != nil {
		err = body(c.conn)
	}
	var resp *http.Response
	if err == nil {
		resp, err = http.ReadResponse(c.r, nil)
	}
	if err != nil {
		c.close()
		return a, true
	}
	a.status = resp.StatusCode
	a.body, a.err = io.ReadAll(resp.Body)
	if resp.Close || a.err != nil {
		c.close()
	}
	return a, true
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// launch starts palestra serve as a process of its own.
func launch(t testing.TB, env map[string]string) (*installation, *exec.Cmd) {
	t.Helper()
	i := &installation{env: env, out: &console2{}, url: "http://" + env["PALESTRA_ADDR"]}
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = append(os.Environ(), "PALESTRA_TEST_PROCESS=1")
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Stdout, cmd.Stderr = i.out, i.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Logf("palestra said:\n%s", i.out)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if resp, err := http.Get(i.url + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return i, cmd
			}
		}
	}
	t.Fatalf("palestra is not ready: %s", i.out)
	return nil, nil
}

// Every request that was begun before SIGTERM gets its whole answer: short ones on many connections, parts of uploads
// that are still on their way, an answer that is read slowly. Then the process ends with 0, and what it said is true
// after the next start.
func TestSIGTERMLosesNoRequest(t *testing.T) {
	t.Parallel()
	env := settings(t)
	env["PALESTRA_LIMIT_PERSON"] = "off" // six clients without a pause
	i, cmd := launch(t, env)
	people := i.town(t, i.operator(t), "castelverde", map[string]string{"grace": "author"})
	grace := people["grace"]
	var cookies []string
	for _, c := range grace.cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	newClient := func() *client {
		return &client{addr: env["PALESTRA_ADDR"], cookies: strings.Join(cookies, "; ")}
	}
	var mu sync.Mutex
	got := map[string][]outcome{} // guarded by mu
	note := func(what string, a outcome) {
		mu.Lock()
		defer mu.Unlock()
		got[what] = append(got[what], a)
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
			c := newClient()
			defer c.close()
			for k := 0; ; k++ {
				var a outcome
				var ok bool
				if n%2 == 0 {
					a, ok = c.ask("GET /api/v1/session HTTP/1.1", nil)
				} else {
					body := fmt.Sprintf(`{"title":{"en":"Course %d of %d"},"languages":["en"]}`, k, n)
					a, ok = c.ask(fmt.Sprintf("POST /api/v1/courses HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d", len(body)),
						func(w io.Writer) error { _, err := io.WriteString(w, body); return err })
				}
				if !ok {
					return // nobody listens any more
				}
				note([]string{"reading", "writing"}[n%2], a)
				if stop.Load() && a.status == 0 {
					return
				}
			}
		})
	}
	// Uploads, each part of which takes three seconds.
	part := bytes.Repeat([]byte("x"), 300_000)
	ids := make([]string, 3)
	for n := range ids {
		ids[n] = text(grace.ask("POST", "/api/v1/uploads", object{"name": fmt.Sprintf("%d.mp4", n), "size": len(part), "type": "video/mp4", "checksum": fmt.Sprint(n)}), "id")
	}
	for _, id := range ids {
		wg.Go(func() {
			c := newClient()
			defer c.close()
			a, _ := c.ask(fmt.Sprintf("PUT /api/v1/uploads/%s/parts/1 HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: %d", id, len(part)), func(w io.Writer) error {
				for k := 0; k < 30; k++ {
					if _, err := w.Write(part[k*10_000 : (k+1)*10_000]); err != nil {
						return err
					}
					time.Sleep(100 * time.Millisecond)
				}
				return nil
			})
			note("uploading", a)
		})
	}
	// A long answer over a slow line.
	wg.Go(func() {
		c := newClient()
		defer c.close()
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			t.Error(err)
			return
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4 << 10)
		}
		c.conn, c.r = conn, bufio.NewReader(&slow{conn})
		a, _ := c.ask("GET /api/v1/openapi.json HTTP/1.1", nil)
		note("a long answer", a)
	})
	wg.Go(func() {
		c := newClient() // a browser's connection in advance
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 1))
	})
	time.Sleep(time.Second)
	stop.Store(true)
	killed := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the process ended with %v", err)
		}
	case <-time.After(drainGrace + 20*time.Second):
		t.Fatal("the process does not end")
	}
	wg.Wait()
	made := 0
	for what, all := range got {
		before := 0
		for _, a := range all {
			if a.begun.Before(killed) {
				before++
			}
			switch {
			case a.status == 0 && a.begun.Before(killed):
				t.Errorf("%s: a request that was begun %v before the signal was lost", what, killed.Sub(a.begun))
			case a.err != nil:
				t.Errorf("%s: an answer broke off: %v", what, a.err)
			case a.status >= 300:
				t.Errorf("%s: %d %s", what, a.status, a.body)
			}
			if what == "writing" && a.status == http.StatusCreated {
				made++
			}
		}
		if before == 0 {
			t.Errorf("%s: nothing was begun before the signal", what)
		}
	}
	if len(got["uploading"]) != 3 || len(got["a long answer"]) != 1 {
		t.Errorf("%d uploads, %d long answers", len(got["uploading"]), len(got["a long answer"]))
	}
	// What was said is true.
	again, cmd := launch(t, env)
	grace.url = again.url
	courses := 0
	for cursor := ""; ; {
		page := grace.ask("GET", "/api/v1/courses?limit=200&cursor="+cursor, nil)
		courses += len(list(page, "items"))
		if cursor = text(page, "next"); cursor == "" {
			break
		}
	}
	if courses < made {
		t.Errorf("%d courses were made and %d are there", made, courses)
	}
	for _, id := range ids {
		grace.ask("POST", "/api/v1/uploads/"+id+"/finish", nil)
	}
	if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
		t.Error(err)
	}
}

// slow reads as from a slow line.
type slow struct{ r io.Reader }

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(20 * time.Millisecond)
	return s.r.Read(p[:min(len(p), 4<<10)])
}
