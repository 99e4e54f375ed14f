package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/servicestest"
	pages "palestra/web"
)

// TestErasureInABrowser lets somebody ask for her erasure in a browser, moves the clock by eight days, and looks what is left.
// It needs the pages, Chromium and the packages of web/.
func TestErasureInABrowser(t *testing.T) {
	t.Parallel()
	root := servicestest.Root(t)
	if _, err := os.Stat(filepath.Join(root, "web/node_modules/playwright-core/package.json")); err != nil {
		servicestest.Missing(t, "%v (make build)", err)
	}
	if _, err := os.Stat(filepath.Join(root, "web/dist/index.html")); err != nil || len(pages.Tokens()) == 0 {
		servicestest.Missing(t, "the pages are not built: %v (make build)", err)
	}
	var ahead atomic.Int64
	a, i := serveAt(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	i.town(t, i.operator(t), "castelverde", map[string]string{"quillfeather": "learner"})
	see := exec.CommandContext(t.Context(), "node", "e2e/erasure.mjs")
	see.Dir = filepath.Join(root, "web")
	see.Env = append(os.Environ(), "ORIGIN="+i.url, "PASSWORD="+password, "LEARNER=quillfeather@castelverde.example", "ADMINISTRATOR=anna@castelverde.example")
	var trouble bytes.Buffer
	see.Stderr = &trouble
	in, err := see.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := see.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := see.Start(); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for said := bufio.NewScanner(out); said.Scan(); asked++ {
		ahead.Store(int64(8 * 24 * time.Hour))
		due, err := a.people.DueErasures(t.Context(), a.now(), 10)
		if err != nil || len(due) != 1 {
			t.Errorf("due after %q: %v, %v", said.Text(), due, err)
		}
		for _, id := range due {
			if err := a.people.Erase(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
		if _, err := in.Write([]byte("\n")); err != nil {
			t.Error(err)
		}
	}
	if err := see.Wait(); err != nil || asked != 1 {
		t.Fatalf("the browser broke off (asked %d times): %v\n%s", asked, err, trouble.String())
	}
}
