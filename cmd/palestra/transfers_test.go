package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A store goes out by command while its server runs, and into another installation by page, whose process is killed in the
// middle; then once more by command.
func TestStoresAreCarried(t *testing.T) {
	t.Parallel()
	a, b := newSide(t, "castelverde"), newSide(t, "montalto")
	alive := a.speak(t.Context(), "castelverde", 200)
	file := filepath.Join(t.TempDir(), "records.tar")
	must(t, a.env, "admin", "records", "export", "--organisation", "castelverde", "-o", file)
	archive, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	status, body := b.anna.raw("POST", "/api/v1/record-imports?name=castelverde.tar", archive, nil)
	if status != http.StatusCreated {
		t.Fatalf("import: %d %s", status, body)
	}
	b.die()
	b.die()
	var i object
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		i = list(b.anna.ask("GET", "/api/v1/record-imports", nil), "items")[0]
		if s := text(i, "state"); s == "done" || s == "failed" {
			break
		}
	}
	if text(i, "state") != "done" || i["refused"] != 0.0 || i["stored"].(float64)+i["known"].(float64) != i["lines"].(float64) {
		t.Errorf("imported: %v", i)
	}
	n, how := b.holds()
	_, was := a.holds()
	for name := range alive {
		if n[name] != 1 || how[name] != was[name] {
			t.Errorf("%s is there %d times:\n%s\n%s", name, n[name], how[name], was[name])
		}
	}
	out := must(t, b.env, "admin", "records", "import", "--organisation", "montalto", file)
	if !strings.Contains(out, " 0 stored, ") || !strings.Contains(out, " 0 refused; 0 documents stored") {
		t.Errorf("again: got %q", out)
	}
	table := must(t, b.env, "admin", "records", "export", "--organisation", "montalto", "--format", "csv", "--columns", "id,verb,statement")
	if !strings.HasPrefix(table, "id,verb,statement\r\n") || strings.Count(table, "\r\n") < len(alive) {
		t.Errorf("table: got %.200q", table)
	}
	bad := filepath.Join(t.TempDir(), "lines.ndjson")
	if err := os.WriteFile(bad, []byte("{\"id\":\"x\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := command(t, b.env, "admin", "records", "import", "--organisation", "montalto", bad); code != 1 || !strings.Contains(out, "line 1") || !strings.Contains(errs, "1 statements were refused") {
		t.Errorf("refused: got %d %q %q", code, out, errs)
	}
	if out := must(t, b.env, "admin", "records", "recount", "--organisation", "montalto"); !strings.Contains(out, " statements count") {
		t.Errorf("recount: got %q", out)
	}
	counted(t, b)
	// The same by page, and cut off within the archive.
	status, whole := b.anna.raw("GET", "/api/v1/record-exports/archive", nil, nil)
	if status != http.StatusOK || len(whole) < len(archive)/2 {
		t.Errorf("export by page: %d, %d bytes", status, len(whole))
	}
	status, body = b.anna.raw("POST", "/api/v1/record-imports", whole[:len(whole)/2], nil)
	for deadline := time.Now().Add(time.Minute); status == http.StatusCreated && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if i = list(b.anna.ask("GET", "/api/v1/record-imports", nil), "items")[0]; text(i, "state") == "failed" {
			break
		}
	}
	if text(i, "code") != "lrs.import_damaged" || !bytes.HasPrefix(whole, []byte("records.json")) {
		t.Errorf("half of it: got %v (%d %s)", i, status, body)
	}
}
