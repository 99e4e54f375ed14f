// Package servicestest starts real servers for tests: Redis, MinIO, versitygw and whatever else the suites compare
// the embedded defaults with. Each call starts a server of its own on a free loopback port with its data in a
// temporary folder, and stops it when the test ends.
//
// A machine without the server skips the test and says so; with PALESTRA_REQUIRE_SERVICES=1, as CI sets it, that is a
// failure. Servers that the machine does not bring are built once into .tools from their own modules under
// internal/tools.
package servicestest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Required reports whether missing servers are failures.
func Required() bool { return os.Getenv("PALESTRA_REQUIRE_SERVICES") == "1" }

// Missing ends the test because a server cannot be had: it fails when servers are required and is skipped otherwise.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if Required() {
		t.Fatalf("PALESTRA_REQUIRE_SERVICES=1, but "+format, args...)
	}
	t.Skipf("skipped: "+format, args...)
}

// Root returns the folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module palestra\n") {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod of palestra above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}

// Port returns a loopback address whose port was free a moment ago.
func Port(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Build builds pkg of the tools module internal/tools/<module> into .tools/<name> of the repository and returns its
// path. One that is there and older than its module is built anew, so that no test runs with yesterday's tool. One that
// was never built is built only with PALESTRA_REQUIRE_SERVICES, since that takes minutes; else the test is skipped.
func Build(t testing.TB, module, pkg, name string) string {
	t.Helper()
	root := Root(t)
	out := filepath.Join(root, ".tools", name)
	mod := filepath.Join(root, "internal", "tools", module)
	if fresh(t, out, mod) {
		return out
	}
	why := "its sources are newer"
	if _, err := os.Stat(out); err != nil {
		why = "it is not there; this takes minutes, once"
	}
	if _, err := os.Stat(out); err != nil && !Required() {
		Missing(t, "%s is not built (PALESTRA_REQUIRE_SERVICES=1 builds it)", name)
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.OpenFile(out+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil { // packages are tested at the same time
		t.Fatal(err)
	}
	if fresh(t, out, mod) {
		return out
	}
	fmt.Fprintf(os.Stderr, "building %s: %s\n", out, why)
	cmd := exec.Command("go", "build", "-o", out+".new", pkg)
	cmd.Dir = mod
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, text)
	}
	if err := os.Rename(out+".new", out); err != nil {
		t.Fatal(err)
	}
	return out
}

// fresh reports whether a program is there and no source of its module is newer.
func fresh(t testing.TB, program, mod string) bool {
	t.Helper()
	built, err := os.Stat(program)
	if err != nil {
		return false
	}
	sources, err := os.ReadDir(mod)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		st, err := s.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !st.IsDir() && built.ModTime().Before(st.ModTime()) {
			return false
		}
	}
	return true
}

// Process is a started server.
type Process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// Start runs a program until the test ends, with its output in a file that a failing test shows, and waits until the
// address accepts connections.
func Start(t testing.TB, address string, env []string, program string, args ...string) *Process {
	t.Helper()
	p := &Process{log: filepath.Join(t.TempDir(), "log"), done: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = tied()
	started := make(chan error)
	go func() {
		// The server ends with the thread that started it: keep that one.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.done)
		defer out.Close()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			text, _ := os.ReadFile(p.log)
			t.Logf("%s said:\n%s", filepath.Base(program), text)
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := p.wait(ctx, address); err != nil {
		text, _ := os.ReadFile(p.log)
		t.Fatalf("%s: %v\n%s", program, err, text)
	}
	return p
}

// Kill ends the server as a power cut would (SIGKILL) and waits until it is gone. A second call does nothing.
func (p *Process) Kill() {
	p.cmd.Process.Kill()
	<-p.done
}

func (p *Process) wait(ctx context.Context, address string) error {
	for {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			return fmt.Errorf("ended before it listened on %s", address)
		case <-ctx.Done():
			return fmt.Errorf("does not listen on %s: %w", address, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
