package servicestest

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFresh(t *testing.T) {
	t.Parallel()
	mod, program := t.TempDir(), filepath.Join(t.TempDir(), "tool")
	write := func(path string, age time.Duration) {
		t.Helper()
		at := time.Now().Add(-age)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(mod, "go.mod"), time.Hour)
	write(filepath.Join(mod, "main.go"), time.Hour)
	if fresh(t, program, mod) {
		t.Error("got a tool that is not there")
	}
	write(program, time.Minute)
	if !fresh(t, program, mod) {
		t.Error("got stale, want fresh: nothing is newer")
	}
	write(filepath.Join(mod, "main.go"), 0)
	if fresh(t, program, mod) {
		t.Error("got fresh, want stale: main.go is newer")
	}
}
