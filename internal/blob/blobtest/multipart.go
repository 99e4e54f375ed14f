package blobtest

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/blob"
)

func begin(t *testing.T, s *blob.Store, key string) string {
	t.Helper()
	id, err := s.Begin(t.Context(), key, "video/mp4")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func part(t *testing.T, s *blob.Store, key, id string, n int, content []byte) blob.Part {
	t.Helper()
	p, err := s.PutPart(t.Context(), key, id, n, bytes.NewReader(content), int64(len(content)), "")
	if err != nil {
		t.Fatalf("part %d: %v", n, err)
	}
	return p
}

func multipart(t *testing.T, s *blob.Store) {
	const key = "m/film"
	id := begin(t, s, key)
	content := noise(3, 2*blob.MinPart+12345)
	// out of order, one of them twice, as two tabs would
	p3 := part(t, s, key, id, 3, content[2*blob.MinPart:])
	part(t, s, key, id, 1, noise(9, blob.MinPart))
	p1 := part(t, s, key, id, 1, content[:blob.MinPart])
	p2 := part(t, s, key, id, 2, content[blob.MinPart:2*blob.MinPart])
	if _, err := s.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("the object is there before it is complete: %v", err)
	}
	parts, err := s.ListParts(t.Context(), key, id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]blob.Part{p1, p2, p3}, parts); diff != "" {
		t.Errorf("parts: %s", diff)
	}
	sum := md5.Sum(content[:blob.MinPart])
	if p1.ETag != hex.EncodeToString(sum[:]) {
		t.Errorf("ETag of a part is %s, want its MD5 %x", p1.ETag, sum)
	}
	found := false
	for u, err := range s.Uploads(t.Context(), key) {
		found = found || (err == nil && u.ID == id)
	}
	if !found {
		t.Error("the unfinished upload is not listed")
	}
	info, err := s.Complete(t.Context(), key, id, parts)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size != int64(len(content)) || info.ContentType != "video/mp4" {
		t.Errorf("complete: %+v", info)
	}
	if got, _ := get(t, s, key, 0, -1); !bytes.Equal(got, content) {
		t.Error("the parts were joined wrongly")
	}
	if got, _ := get(t, s, key, blob.MinPart-5, 10); !bytes.Equal(got, content[blob.MinPart-5:blob.MinPart+5]) {
		t.Error("a range across two parts is wrong")
	}
	_, err = s.ListParts(t.Context(), key, id)
	wantErr(t, "parts of a finished upload", err, blob.ErrNotFound)
	_, err = s.PutPart(t.Context(), key, id, 1, strings.NewReader("x"), 1, "")
	wantErr(t, "part of a finished upload", err, blob.ErrNotFound)
}

func multipartRefuses(t *testing.T, s *blob.Store) {
	const key = "m/wrong"
	id := begin(t, s, key)
	small := part(t, s, key, id, 1, noise(4, 1000))
	last := part(t, s, key, id, 2, noise(5, 1000))
	for _, c := range []struct {
		name  string
		parts []blob.Part
	}{
		{"small part before the last", []blob.Part{small, last}},
		{"a part that is not there", []blob.Part{small, {Number: 7, ETag: small.ETag, Size: 1000}}},
		{"another ETag", []blob.Part{{Number: 1, ETag: last.ETag, Size: 1000}}},
		{"no parts", nil},
	} {
		_, err := s.Complete(t.Context(), key, id, c.parts)
		wantErr(t, c.name, err, blob.ErrPart)
	}
	for _, n := range []int{0, -1, blob.MaxParts + 1} {
		_, err := s.PutPart(t.Context(), key, id, n, strings.NewReader("x"), 1, "")
		wantErr(t, fmt.Sprintf("part number %d", n), err, blob.ErrPart)
	}
	// and after all the refusals it can still be completed
	if _, err := s.Complete(t.Context(), key, id, []blob.Part{small}); err != nil {
		t.Errorf("after refusals: %v", err)
	}
	_, err := s.ListParts(t.Context(), key, "no-such-upload")
	wantErr(t, "parts of no upload", err, blob.ErrNotFound)
	_, err = s.Complete(t.Context(), "m/never", "no-such-upload", []blob.Part{small})
	wantErr(t, "completion of no upload", err, blob.ErrNotFound)
}

func checksums(t *testing.T, s *blob.Store) {
	const key = "m/sum"
	id := begin(t, s, key)
	content := noise(6, 300_000)
	sum := sha256.Sum256(content)
	good := hex.EncodeToString(sum[:])
	bad := strings.Repeat("00", 32)
	_, err := s.PutPart(t.Context(), key, id, 1, bytes.NewReader(content), int64(len(content)), bad)
	wantErr(t, "wrong checksum", err, blob.ErrChecksum)
	if parts, err := s.ListParts(t.Context(), key, id); err != nil || len(parts) != 0 {
		t.Errorf("after a wrong checksum: got %v, %v, want no parts", parts, err)
	}
	p, err := s.PutPart(t.Context(), key, id, 1, bytes.NewReader(content), int64(len(content)), good)
	if err != nil {
		t.Fatal(err)
	}
	// a wrong repetition does not replace the good part
	_, err = s.PutPart(t.Context(), key, id, 1, bytes.NewReader(noise(8, 300_000)), 300_000, good)
	wantErr(t, "wrong repetition", err, blob.ErrChecksum)
	parts, err := s.ListParts(t.Context(), key, id)
	if diff := cmp.Diff([]blob.Part{p}, parts); diff != "" || err != nil {
		t.Errorf("parts: %v %s", err, diff)
	}
}

func completeTwice(t *testing.T, s *blob.Store) {
	const key = "m/twice"
	id := begin(t, s, key)
	content := noise(10, 2<<20)
	parts := []blob.Part{part(t, s, key, id, 1, content)}
	var wg sync.WaitGroup
	done := make(chan error, 4)
	for range 4 {
		wg.Go(func() {
			_, err := s.Complete(t.Context(), key, id, parts)
			done <- err
		})
	}
	wg.Wait()
	close(done)
	won := 0
	for err := range done {
		if err == nil {
			won++
		} else if !errors.Is(err, blob.ErrNotFound) && !errors.Is(err, blob.ErrPart) {
			t.Errorf("a late completion: %v", err)
		}
	}
	if won == 0 {
		t.Error("nobody completed the upload")
	}
	if got, _ := get(t, s, key, 0, -1); !bytes.Equal(got, content) {
		t.Error("the object is wrong")
	}
}

// Who lists the parts while somebody completes the upload sees all of them or that it is finished.
func listWhileCompleting(t *testing.T, s *blob.Store) {
	ctx := t.Context()
	content := noise(41, blob.MinPart)
	for round := range 8 {
		key := fmt.Sprintf("v/listed/%d", round)
		id := begin(t, s, key)
		parts := []blob.Part{part(t, s, key, id, 1, content), part(t, s, key, id, 2, content), part(t, s, key, id, 3, content[:1000])}
		var lists sync.WaitGroup
		for range 3 {
			lists.Go(func() {
				for {
					listed, err := s.ListParts(ctx, key, id)
					if errors.Is(err, blob.ErrNotFound) {
						return
					}
					if err != nil || len(listed) != len(parts) {
						t.Errorf("%d of %d parts are listed: %v", len(listed), len(parts), err)
						return
					}
				}
			})
		}
		_, err := s.Complete(ctx, key, id, parts)
		lists.Wait()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func abort(t *testing.T, s *blob.Store) {
	const key = "m/gone"
	id := begin(t, s, key)
	p := part(t, s, key, id, 1, noise(11, 1000))
	for range 2 {
		if err := s.Abort(t.Context(), key, id); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.ListParts(t.Context(), key, id)
	wantErr(t, "parts after abort", err, blob.ErrNotFound)
	_, err = s.Complete(t.Context(), key, id, []blob.Part{p})
	wantErr(t, "complete after abort", err, blob.ErrNotFound)
	for u := range s.Uploads(t.Context(), key) {
		t.Errorf("still listed: %+v", u)
	}
}

func manyParts(t *testing.T, s *blob.Store) {
	if testing.Short() {
		t.Skip("short")
	}
	const key, n = "m/many", 1050 // more than a page of parts; numbers with gaps
	id := begin(t, s, key)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				if _, err := s.PutPart(t.Context(), key, id, 1+9*i, strings.NewReader("x"), 1, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	parts, err := s.ListParts(t.Context(), key, id)
	if err != nil || len(parts) != n {
		t.Fatalf("got %d parts, %v, want %d", len(parts), err, n)
	}
	for i, p := range parts {
		if p.Number != 1+9*i {
			t.Fatalf("part %d has number %d, want %d", i, p.Number, 1+9*i)
		}
	}
	if err := s.Abort(t.Context(), key, id); err != nil {
		t.Error(err)
	}
}
