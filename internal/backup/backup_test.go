package backup_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"palestra/internal/backup"
	"palestra/internal/blob"
	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
)

type note struct {
	store.Meta `bson:",inline"`
	Text       []byte `bson:"text"`
}

type place struct {
	db      *store.DB
	objects *blob.Store
}

func open(t *testing.T, folder string) place {
	t.Helper()
	db, err := pebblestore.Open(filepath.Join(folder, "documents"), pebblestore.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	objects, err := blob.Open(t.Context(), blob.Config{Folder: filepath.Join(folder, "objects")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { objects.Close() })
	return place{db, objects}
}

func (p place) put(t *testing.T, key, text, kind string) {
	t.Helper()
	if _, err := p.objects.Put(t.Context(), key, strings.NewReader(text), int64(len(text)), kind); err != nil {
		t.Fatal(err)
	}
}

// filled is an installation with 251 objects and documents of more than one piece.
func filled(t *testing.T) place {
	t.Helper()
	p := open(t, t.TempDir())
	notes, err := store.NewTown[note](p.db, "notes", 1)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.NewChaCha8([32]byte{1})
	for i := range 50 {
		n := note{Meta: store.Meta{ID: fmt.Sprint(i)}, Text: make([]byte, 200_000)}
		if _, err := random.Read(n.Text); err != nil {
			t.Fatal(err)
		}
		if err := notes.Insert(t.Context(), "acme", n); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 250 {
		p.put(t, fmt.Sprintf("v/acme/%04d", i), fmt.Sprint("object ", i), "video/mp2t")
	}
	p.put(t, "v/acme/empty", "", "text/vtt")
	return p
}

func write(t *testing.T, p place) ([]byte, backup.Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := backup.Write(t.Context(), &b, p.db, p.objects, time.Now(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	file, m := write(t, filled(t))
	if m.Documents != 50 || m.Objects != 251 || m.Collections["notes"] != 50 {
		t.Errorf("got %+v, want 50 documents and 251 objects", m)
	}
	head, got, err := backup.Check(t.Context(), bytes.NewReader(file))
	if err != nil || got.Digest != m.Digest || got.ObjectsSum != m.ObjectsSum || head.Version != "test" {
		t.Fatalf("Check: got %+v %+v %v, want %+v", head, got, err, m)
	}
	folder := t.TempDir()
	p := open(t, folder)
	if _, got, err = backup.Restore(t.Context(), bytes.NewReader(file), p.db, p.objects); err != nil || got.Bytes != m.Bytes {
		t.Fatalf("Restore: got %+v %v", got, err)
	}
	p.db.Close()
	p.objects.Close()
	p = open(t, folder)
	r, info, err := p.objects.Get(t.Context(), "v/acme/0007", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || string(text) != "object 7" || info.ContentType != "video/mp2t" {
		t.Errorf("got %q %s %v, want object 7 as it was", text, info.ContentType, err)
	}
	if _, again := write(t, p); again.Digest != m.Digest || again.ObjectsSum != m.ObjectsSum {
		t.Errorf("a backup of what was restored: got %+v, want %+v", again, m)
	}
	if _, _, err := backup.Restore(t.Context(), bytes.NewReader(file), p.db, p.objects); !errors.Is(err, backup.ErrTaken) {
		t.Errorf("restoring over objects: got %v, want ErrTaken", err)
	}
	if _, err := p.objects.DeleteAll(t.Context(), "v/"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := backup.Restore(t.Context(), bytes.NewReader(file), p.db, p.objects); !errors.Is(err, backup.ErrTaken) {
		t.Errorf("restoring over documents: got %v, want ErrTaken", err)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	small := open(t, t.TempDir())
	notes, err := store.NewTown[note](small.db, "notes", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := notes.Insert(t.Context(), "acme", note{Meta: store.Meta{ID: "one"}, Text: []byte("one")}); err != nil {
		t.Fatal(err)
	}
	small.put(t, "v/acme/a", "some bytes", "video/mp2t")
	small.put(t, "v/acme/b", "other bytes", "video/mp2t")
	file, _ := write(t, small)
	check := func(b []byte) error {
		_, _, err := backup.Check(t.Context(), bytes.NewReader(b))
		return err
	}
	if err := check(file); err != nil {
		t.Fatal(err)
	}
	manifest := bytes.LastIndex(file, []byte("}\n"))
	for n := 0; n < manifest; n += 100 {
		if err := check(file[:n]); !errors.Is(err, backup.ErrDamaged) {
			t.Fatalf("cut off after %d of %d bytes: got %v, want ErrDamaged", n, len(file), err)
		}
	}
	swap := func(old, new string) []byte { return bytes.Replace(file, []byte(old), []byte(new), 1) }
	for _, c := range []struct {
		name string
		file []byte
		want error
		text string
	}{
		{"an object was changed", swap("other bytes", "OTHER bytes"), backup.ErrDamaged, "object v/acme/b is missing or was changed"},
		{"a digest was changed", swap(`"size":10`, `"size":11`), backup.ErrDamaged, "v/acme/a"},
		{"the manifest was changed", swap(`"documents": 1`, `"documents": 2`), backup.ErrDamaged, "the whole"},
		{"a newer format", swap(`"format": 1`, `"format": 9`), backup.ErrNewer, "format 9"},
		{"no backup", []byte(strings.Repeat("something else ", 100)), backup.ErrDamaged, ""},
		{"nothing", nil, backup.ErrDamaged, "cut off"},
	} {
		if err := check(c.file); !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.text) {
			t.Errorf("%s: got %v, want %v with %q", c.name, err, c.want, c.text)
		}
	}
}
