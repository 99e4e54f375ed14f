package servicestest

import (
	"net"
	"os/exec"
	"testing"
)

// RedisServer is a Redis of one test.
type RedisServer struct {
	URL     string // redis://127.0.0.1:port
	Process *Process
	address string
	dir     string
}

// Redis starts Debian's redis-server, without persistence: what it forgets at a kill is what the documents must know.
func Redis(t testing.TB) *RedisServer {
	t.Helper()
	r := &RedisServer{address: Port(t), dir: t.TempDir()}
	r.URL = "redis://" + r.address
	r.Restart(t)
	return r
}

// Restart starts the server again on the same port, empty.
func (r *RedisServer) Restart(t testing.TB) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		Missing(t, "redis-server is not installed (apt-get install redis-server)")
	}
	if r.Process != nil {
		r.Process.Kill()
	}
	_, port, _ := net.SplitHostPort(r.address)
	r.Process = Start(t, r.address, nil, program,
		"--bind", "127.0.0.1",
		"--port", port,
		"--save", "",
		"--appendonly", "no",
		"--dir", r.dir,
	)
}
