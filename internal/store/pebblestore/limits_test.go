package pebblestore_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
)

func TestNearlyFullDisk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	fs := vfs.NewMem()
	w, err := openWorld("db", fs)
	if err != nil {
		t.Fatal(err)
	}
	defer w.db.Close()
	free := func(bytes uint64) {
		fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: bytes, TotalBytes: 100, UsedBytes: 50})
	}
	insert := func(id string) error {
		return w.records.Insert(ctx, crashTown, record{Meta: store.Meta{ID: id}, Step: len(id), Writer: id})
	}
	free(1)
	if err := insert("a"); err != nil {
		t.Fatal(err)
	}
	free(0)
	refused := false
	for i := 0; i < 200 && !refused; i++ { // it does not look at every write
		_, err := w.records.Update(ctx, crashTown, "a", func(r *record) error { r.Tags = nil; return nil })
		refused = errors.Is(err, store.ErrFull)
	}
	if !refused {
		t.Error("a full disk is written to")
	}
	if err := insert("b"); !errors.Is(err, store.ErrFull) {
		t.Errorf("Insert: got error %v, want ErrFull", err)
	}
	if _, err := w.log.Append(ctx, crashTown, crashStream, logged{}); !errors.Is(err, store.ErrFull) {
		t.Errorf("Append: got error %v, want ErrFull", err)
	}
	if _, err := w.records.Get(ctx, crashTown, "a"); err != nil {
		t.Errorf("reading: %v", err)
	}
	free(1)
	if err := insert("b"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestOneProcess(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	child.Env = append(os.Environ(), childEnv+"="+folder+"|0")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "= ") {
		continue
	}
	if lines.Text() == "" {
		t.Fatal("the child says nothing")
	}
	go io.Copy(io.Discard, out)
	if _, err := pebblestore.Open(folder, pebblestore.Options{Now: time.Now}); !errors.Is(err, pebblestore.ErrInUse) {
		t.Errorf("got error %v, want ErrInUse", err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	w, err := openWorld("db", vfs.NewMem())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.db.Close(), w.db.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := w.records.Get(t.Context(), crashTown, "a"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got error %v, want ErrClosed", err)
	}
}
