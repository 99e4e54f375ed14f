package transfer_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/lrs/transfer"
)

// A file arrives in parts, in order; the line breaks, parts come twice, and it is imported once it is whole.
func TestFilesArriveInParts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, b := open(t), open(t)
	a.fill(t, 50)
	archive := a.archive(t, here)
	b.partSize(t, 1000)
	i, err := b.svc.Announce(ctx, there, "store.tar", "mark", int64(len(archive)))
	if err != nil || i.State != transfer.Sending || i.Here() != 0 || i.Mark != "mark" {
		t.Fatalf("announced: %+v, %v", i, err)
	}
	if err := b.svc.Process(ctx, there, i.ID); err != nil {
		t.Fatal(err)
	}
	part := func(n int) []byte { return archive[(n-1)*1000 : min(len(archive), n*1000)] }
	send := func(n int, data []byte) error {
		var err error
		i, err = b.svc.Part(ctx, there, i.ID, n, bytes.NewReader(data), int64(len(data)))
		return err
	}
	for name, err := range map[string]error{"the second one first": send(2, part(2)), "none": send(0, part(1)), "too short": send(1, part(1)[:10]), "past the end": send(i.Parts+1, part(1))} {
		if !fault.Is(err, "lrs.import_part") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.svc.Part(ctx, here, i.ID, 1, bytes.NewReader(part(1)), 1000); !fault.Is(err, "lrs.import_not_found") {
		t.Errorf("another town: %v", err)
	}
	broken := errors.New("the line broke")
	for n := 1; n <= i.Parts; n++ {
		if n == 3 {
			_, err := b.svc.Part(ctx, there, i.ID, n, io.MultiReader(bytes.NewReader(part(n)[:500]), failing{broken}), 1000)
			if !errors.Is(err, broken) {
				t.Fatalf("a broken line: %v", err)
			}
		}
		for range 1 + n%2 { // some are sent twice
			if err := send(n, part(n)); err != nil {
				t.Fatal(n, err)
			}
		}
		if n < i.Parts && (i.State != transfer.Sending || i.Here() != int64(n)*1000) {
			t.Fatalf("after part %d: %+v", n, i)
		}
	}
	if i.State != transfer.Waiting || i.Here() != int64(len(archive)) {
		t.Fatalf("whole: %+v", i)
	}
	if err := b.svc.Process(ctx, there, i.ID); err != nil {
		t.Fatal(err)
	}
	if i, err = b.svc.Import(ctx, there, i.ID); err != nil || i.State != transfer.Done || i.Progress.Stored != 151 || len(b.files.m) > 0 {
		t.Errorf("imported: %+v, %v, files %d", i, err, len(b.files.m))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// What nobody goes on sending is given up, and what is removed leaves nothing behind.
func TestFilesThatNeverArrive(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := open(t)
	at := time.Now()
	p.clock(t, func() time.Time { return at }, 4)
	var ids []string
	for range 2 {
		i, err := p.svc.Announce(ctx, here, "few.ndjson", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.svc.Part(ctx, here, i.ID, 1, strings.NewReader("four"), 4); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i.ID)
	}
	if err := p.svc.Forget(ctx, here, ids[1]); err != nil || len(p.files.m) != 1 {
		t.Errorf("removed: %v, %d files", err, len(p.files.m))
	}
	if _, err := p.svc.Part(ctx, here, ids[1], 2, strings.NewReader("four"), 4); !fault.Is(err, "lrs.import_not_found") || len(p.files.m) != 1 {
		t.Errorf("sent on after it was removed: %v", err)
	}
	at = at.Add(8 * 24 * time.Hour)
	if due, err := p.svc.Due(ctx, at, 10); err != nil || len(due) != 1 {
		t.Errorf("due: %v, %v", due, err)
	}
	if err := p.svc.Process(ctx, here, ids[0]); err != nil {
		t.Fatal(err)
	}
	if i, err := p.svc.Import(ctx, here, ids[0]); err != nil || i.State != transfer.Failed || i.Code != "lrs.import_left" || len(p.files.m) != 0 {
		t.Errorf("given up: %+v, %v", i, err)
	}
	if _, err := p.svc.Part(ctx, here, ids[0], 2, strings.NewReader("four"), 4); !fault.Is(err, "lrs.import_part") || len(p.files.m) != 0 {
		t.Errorf("sent on after it was given up: %v", err)
	}
}
