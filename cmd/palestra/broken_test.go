package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whoever goes away in the middle, while sending or while watching, is no accident of the server's: it says nothing.
func TestWhoeverGoesAwayIsNoAccident(t *testing.T) {
	t.Parallel()
	env := settings(t)
	i, cmd := launch(t, env)
	grace := i.town(t, i.operator(t), "castelverde", map[string]string{"grace": "author"})["grace"]
	var cookies []string
	for _, c := range grace.cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	video := grace.upload("film.mp4", film(t, 2))
	master := strings.TrimPrefix(text(grace.ask("GET", "/api/v1/videos/"+video+"/playback", nil), "master"), i.url)
	if master == "" {
		t.Fatal("no playback")
	}
	size := 20 << 20
	upload := text(grace.ask("POST", "/api/v1/uploads", object{"name": "x.mp4", "size": size, "type": "video/mp4"}), "id")
	head := " HTTP/1.1\r\nHost: " + env["PALESTRA_ADDR"] + "\r\nCookie: " + strings.Join(cookies, "; ") + "\r\n"
	away := func(say string, more int, hear int64) {
		t.Helper()
		conn, err := net.Dial("tcp", env["PALESTRA_ADDR"])
		if err != nil {
			t.Fatal(err)
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			if err := tcp.SetLinger(0); err != nil { // a reset, as when a train enters a tunnel
				t.Fatal(err)
			}
		}
		if _, err := io.WriteString(conn, say); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(bytes.Repeat([]byte("x"), more)); err != nil {
			t.Fatal(err)
		}
		_, _ = io.CopyN(io.Discard, conn, hear)
		time.Sleep(100 * time.Millisecond)
		conn.Close()
	}
	for _, sent := range []int{0, 1000, 3 << 20} {
		away(fmt.Sprintf("PUT /api/v1/uploads/%s/parts/1%sContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", upload, head, 8<<20), sent, 0)
	}
	for range 3 {
		away("GET "+master+head+"\r\n", 0, 10)
		away("GET "+master[:strings.LastIndexByte(master, '/')]+"/360p/init.mp4"+head+"\r\n", 0, 10)
	}
	time.Sleep(time.Second)
	if said := i.out.String(); strings.Contains(said, "ERROR") || strings.Contains(said, "EOF") || strings.Contains(said, "panic") {
		t.Errorf("the server said %s", said)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
