package ffmpeg

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"palestra/internal/servicestest"
)

// What runs for a file from outside sees no network, has a group and limits of its own, and nobody's environment.
func TestIsolation(t *testing.T) {
	t.Parallel()
	tool, err := New(t.Context(), Config{Memory: 512 << 20})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	ask := func(script string) (string, error) {
		var out bytes.Buffer
		// Limits are set a moment after the start.
		err := tool.run(t.Context(), "/bin/sh", []string{"-c", "sleep 0.3; " + script}, limits{time: time.Minute, most: 64 << 10, bytes: 1 << 20}, &out)
		return strings.TrimSpace(out.String()), err
	}
	if !tool.Isolated() {
		t.Log("this system permits no network namespaces; readiness warns")
	} else if out, err := ask("cut -d: -f1 -s /proc/net/dev | grep -v '|' | tr -d ' '"); err != nil || out != "lo" {
		t.Errorf("interfaces %q, %v, want lo", out, err)
	}
	if out, err := ask(`[ "$(cut -d' ' -f5 /proc/$$/stat)" = $$ ] && echo own`); err != nil || out != "own" {
		t.Errorf("the process group is not its own: %q, %v", out, err)
	}
	if out, err := ask("ulimit -v; ulimit -c"); err != nil || out != "524288\n0" {
		t.Errorf("limits are %q, %v, want 524288 kB of memory and no core", out, err)
	}
	if out, err := ask("env | cut -d= -f1 | sort | tr '\\n' ' '"); err != nil || strings.Contains(out, "HOME") || strings.Contains(out, "PALESTRA") {
		t.Errorf("it knows %q, %v", out, err)
	}
	folder := t.TempDir()
	if _, err := ask("head -c 4000000 /dev/zero > " + folder + "/big"); err == nil {
		t.Error("a file beyond the limit was written")
	}
	began := time.Now()
	var out bytes.Buffer
	err = tool.run(t.Context(), "/bin/sh", []string{"-c", "sleep 100 & sleep 100"}, limits{time: 300 * time.Millisecond, most: 10}, &out)
	if !errors.Is(err, errTooLong) || time.Since(began) > 30*time.Second {
		t.Errorf("got %v after %v, want the whole group ended", err, time.Since(began))
	}
}
