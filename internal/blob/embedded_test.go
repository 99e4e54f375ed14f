package blob_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"palestra/internal/blob"
	"palestra/internal/blob/blobtest"
)

// TestMain lets this test program be its own victim: with PALESTRA_BLOB_VICTIM it writes until somebody kills it.
func TestMain(m *testing.M) {
	if folder := os.Getenv("PALESTRA_BLOB_VICTIM"); folder != "" {
		if err := victim(folder, os.Getenv("PALESTRA_BLOB_ROUND")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func filled(name string, n int) []byte {
	return bytes.Repeat([]byte(name+"\n"), n/(len(name)+1)+1)[:n]
}

// victim writes objects and uploads and says on its standard output what was acknowledged.
func victim(folder, round string) error {
	ctx := context.Background()
	s, err := blob.Open(ctx, blob.Config{Folder: folder})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		key := fmt.Sprintf("r%s/o%d", round, i)
		if _, err := s.Put(ctx, key, bytes.NewReader(filled(key, 50_000)), 50_000, ""); err != nil {
			return err
		}
		fmt.Println("object", key, 50_000)
		key = fmt.Sprintf("r%s/m%d", round, i)
		id, err := s.Begin(ctx, key, "")
		if err != nil {
			return err
		}
		fmt.Println("upload", key, id)
		var parts []blob.Part
		for n := 1; n <= 2; n++ {
			name := fmt.Sprintf("%s.%d", key, n)
			p, err := s.PutPart(ctx, key, id, n, bytes.NewReader(filled(name, blob.MinPart)), blob.MinPart, "")
			if err != nil {
				return err
			}
			fmt.Println("part", key, n)
			parts = append(parts, p)
		}
		if _, err := s.Complete(ctx, key, id, parts); err != nil {
			return err
		}
		fmt.Println("complete", key, 0)
	}
}

// A kill at any moment loses nothing that was acknowledged, and an upload that was being completed can be completed.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	folder := t.TempDir()
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PALESTRA_BLOB_VICTIM="+folder, fmt.Sprintf("PALESTRA_BLOB_ROUND=%d", round))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(300*time.Millisecond+rand.N(500*time.Millisecond), func() { cmd.Process.Kill() })
		objects, uploads, parts, complete := []string{}, map[string]string{}, map[string]int{}, map[string]bool{}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var what, key, more string
			if n, _ := fmt.Sscan(lines.Text(), &what, &key, &more); n != 3 {
				continue // the last line, cut off
			}
			switch what {
			case "object":
				objects = append(objects, key)
			case "upload":
				uploads[key] = more
			case "part":
				parts[key]++
			case "complete":
				complete[key] = true
			}
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() >= 0 {
			t.Fatalf("the victim ended by itself: %v", err)
		}
		check(t, folder, objects, uploads, parts, complete)
		t.Logf("round %d: %d objects, %d uploads, %d complete", round, len(objects), len(uploads), len(complete))
	}
}

func check(t *testing.T, folder string, objects []string, uploads map[string]string, parts map[string]int, complete map[string]bool) {
	t.Helper()
	ctx := t.Context()
	s, err := blob.Open(ctx, blob.Config{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	read := func(key string) []byte {
		r, _, err := s.Get(ctx, key, 0, -1)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			return nil
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil {
			t.Errorf("%s: %v", key, err)
		}
		return b
	}
	for _, key := range objects {
		if !bytes.Equal(read(key), filled(key, 50_000)) {
			t.Errorf("%s was acknowledged and is not whole", key)
		}
	}
	for key, id := range uploads {
		whole := append(filled(key+".1", blob.MinPart), filled(key+".2", blob.MinPart)...)
		_, err := s.Stat(ctx, key)
		switch {
		case err == nil:
			if !bytes.Equal(read(key), whole) {
				t.Errorf("%s is there and not whole", key)
			}
			continue
		case !errors.Is(err, blob.ErrNotFound):
			t.Errorf("%s: %v", key, err)
			continue
		case complete[key]:
			t.Errorf("%s was completed and is not there", key)
			continue
		}
		stored, err := s.ListParts(ctx, key, id)
		if err != nil || len(stored) < parts[key] {
			t.Errorf("%s: %d parts were acknowledged, %d are there, %v", key, parts[key], len(stored), err)
			continue
		}
		for n := len(stored) + 1; n <= 2; n++ {
			p, err := s.PutPart(ctx, key, id, n, bytes.NewReader(filled(fmt.Sprintf("%s.%d", key, n), blob.MinPart)), blob.MinPart, "")
			if err != nil {
				t.Errorf("%s: resuming: %v", key, err)
			}
			stored = append(stored, p)
		}
		if _, err := s.Complete(ctx, key, id, stored); err != nil {
			t.Errorf("%s: completing after the kill: %v", key, err)
		} else if !bytes.Equal(read(key), whole) {
			t.Errorf("%s: resumed and not whole", key)
		}
	}
	for i, err := range s.List(ctx, "", "") {
		if err != nil || strings.Contains(i.Key, "sgwtmp") {
			t.Errorf("left behind: %v %v", i.Key, err)
		}
	}
}

// What a kill between "the folder of parts is renamed" and "the object has its name" leaves is repaired at the start.
func TestInterruptedCompletion(t *testing.T) {
	t.Parallel()
	ctx, folder := t.Context(), t.TempDir()
	s, err := blob.Open(ctx, blob.Config{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Begin(ctx, "film", "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.PutPart(ctx, "film", id, 1, strings.NewReader("bytes"), 5, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	dirs, _ := filepath.Glob(filepath.Join(folder, "palestra", ".sgwtmp", "multipart", "*", id))
	if len(dirs) != 1 {
		t.Fatalf("the folder of parts is not where it is expected: %v", dirs)
	}
	if err := os.Rename(dirs[0], dirs[0]+"."+p.ETag+"-1.inprogress"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "palestra", ".sgwtmp", "0123.456"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = blobtest.OpenConfig(t, blob.Config{Folder: folder})
	parts, err := s.ListParts(ctx, "film", id)
	if err != nil || len(parts) != 1 {
		t.Fatalf("got %v, %v", parts, err)
	}
	if _, err := s.Complete(ctx, "film", id, parts); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(folder, "palestra", ".sgwtmp", "0123.456"))
	if len(left) != 0 {
		t.Errorf("temporary files stay: %v", left)
	}
}

func TestOneProcessPerFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	blobtest.OpenConfig(t, blob.Config{Folder: folder})
	if s, err := blob.Open(t.Context(), blob.Config{Folder: folder}); err == nil {
		s.Close()
		t.Error("a second store opened the same folder")
	} else if !strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v", err)
	}
}

// The embedded server is one of several in this process and leaves the working directory alone.
func TestWorkingDirectory(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("embedded_test.go"); err != nil {
		t.Errorf("the working directory changed: %v", err)
	}
	a, b := blobtest.Open(t), blobtest.Open(t)
	if _, err := a.Put(t.Context(), "x", strings.NewReader("a"), 1, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "x"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("two stores share their objects: %v", err)
	}
	if _, err := os.Stat("embedded_test.go"); err != nil {
		t.Errorf("the working directory changed: %v", err)
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	s := blobtest.Open(t)
	free, total, ok := s.Space()
	if !ok || free <= 0 || total < free {
		t.Fatalf("space: %d of %d, %v", free, total, ok)
	}
	if err := s.Room(0); err != nil {
		t.Errorf("room for nothing: %v", err)
	}
	if err := s.Room(free + 1<<40); !errors.Is(err, blob.ErrFull) {
		t.Errorf("room for more than there is: %v", err)
	}
	full := blobtest.OpenConfig(t, blob.Config{Folder: t.TempDir(), MinFree: total + 1})
	if err := full.Check(t.Context()); !errors.Is(err, blob.ErrFull) {
		t.Errorf("check: %v", err)
	}
	if err := full.Room(0); !errors.Is(err, blob.ErrFull) {
		t.Errorf("a disk with too little left: %v", err)
	}
}

func TestWrongConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []blob.Config{
		{},
		{Endpoint: "s3.example.org"},
		{Endpoint: "ftp://s3.example.org"},
		{Endpoint: "http://127.0.0.1:1/path"},
		{Endpoint: "http://127.0.0.1:1"},
		{Folder: "/dev/null/x"},
	} {
		if s, err := blob.Open(t.Context(), c); err == nil {
			s.Close()
			t.Errorf("%+v was accepted", c)
		}
	}
}
