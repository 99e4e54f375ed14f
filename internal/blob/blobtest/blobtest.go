// Package blobtest is the contract of blob.Store, run against the embedded server and against servers elsewhere.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/blob"
)

// Open returns a fresh embedded store in a temporary folder, closed when the test ends.
func Open(t testing.TB) *blob.Store {
	t.Helper()
	return OpenConfig(t, blob.Config{Folder: t.TempDir()})
}

// OpenConfig returns a store of the configuration, closed when the test ends.
func OpenConfig(t testing.TB, c blob.Config) *blob.Store {
	t.Helper()
	s, err := blob.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Run checks that a store keeps the contract. open returns a store with an empty bucket.
func Run(t *testing.T, open func(testing.TB) *blob.Store) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *blob.Store)
	}{
		{"put and get", putGet},
		{"ranges", ranges},
		{"keys", keys},
		{"list", list},
		{"delete", remove},
		{"size is what was announced", exact},
		{"a broken source leaves nothing", broken},
		{"multipart", multipart},
		{"multipart refuses", multipartRefuses},
		{"part checksums", checksums},
		{"complete twice", completeTwice},
		{"list while completing", listWhileCompleting},
		{"abort", abort},
		{"many parts", manyParts},
		{"many writers", manyWriters},
		{"large objects stream in constant memory", constantMemory},
		{"presigned", presigned},
		{"a cancelled request", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return b
}

func put(t *testing.T, s *blob.Store, key string, content []byte) blob.Info {
	t.Helper()
	i, err := s.Put(t.Context(), key, bytes.NewReader(content), int64(len(content)), "application/octet-stream")
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return i
}

func get(t *testing.T, s *blob.Store, key string, start, length int64) ([]byte, blob.Info) {
	t.Helper()
	r, i, err := s.Get(t.Context(), key, start, length)
	if err != nil {
		t.Fatalf("get %s %d+%d: %v", key, start, length, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s %d+%d: %v", key, start, length, err)
	}
	return b, i
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func putGet(t *testing.T, s *blob.Store) {
	for _, size := range []int{0, 1, 4095, 1 << 20, 6 << 20} {
		content := noise(uint64(size), size)
		key := fmt.Sprintf("a/%d.bin", size)
		up := put(t, s, key, content)
		got, info := get(t, s, key, 0, -1)
		if !bytes.Equal(got, content) {
			t.Errorf("size %d: got %d other bytes", size, len(got))
		}
		if info.Size != int64(size) || info.Key != key || info.ContentType != "application/octet-stream" || info.ETag == "" || info.ETag != up.ETag {
			t.Errorf("size %d: got %+v after %+v", size, info, up)
		}
		stat, err := s.Stat(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(info, stat); diff != "" {
			t.Errorf("size %d: Get and Stat differ: %s", size, diff)
		}
		if d := time.Since(stat.Modified); d < -time.Minute || d > 10*time.Minute {
			t.Errorf("modified %v, want now", stat.Modified)
		}
	}
	first := put(t, s, "same", []byte("one"))
	second := put(t, s, "same", []byte("two two"))
	if first.ETag == second.ETag {
		t.Errorf("the ETag did not change with the content: %s", first.ETag)
	}
	if got, _ := get(t, s, "same", 0, -1); string(got) != "two two" {
		t.Errorf("after replacing: got %q", got)
	}
	_, _, err := s.Get(t.Context(), "a/none", 0, -1)
	wantErr(t, "get of nothing", err, blob.ErrNotFound)
	_, _, err = s.Get(t.Context(), "same/none", 0, -1)
	wantErr(t, "get beneath an object", err, blob.ErrNotFound)
	_, err = s.Stat(t.Context(), "none")
	wantErr(t, "stat of nothing", err, blob.ErrNotFound)
	_, err = s.Stat(t.Context(), "a")
	wantErr(t, "stat of a folder", err, blob.ErrNotFound)
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
}

func ranges(t *testing.T, s *blob.Store) {
	content := noise(7, 100_000)
	put(t, s, "r", content)
	for _, c := range []struct{ start, length, want int64 }{
		{0, 1, 1}, {0, 2, 2}, {1, 1, 1}, {0, 100_000, 100_000}, {99_999, 1, 1}, {99_999, -1, 1}, {5, 1000, 1000},
		{50_000, -1, 50_000}, {99_000, 5000, 1000}, {0, 200_000, 100_000},
	} {
		got, info := get(t, s, "r", c.start, c.length)
		if !bytes.Equal(got, content[c.start:c.start+c.want]) {
			t.Errorf("range %d+%d: got %d bytes, want %d", c.start, c.length, len(got), c.want)
		}
		if info.Size != 100_000 {
			t.Errorf("range %d+%d: got size %d of the whole, want 100000", c.start, c.length, info.Size)
		}
	}
	for _, c := range []struct{ start, length int64 }{{100_000, 1}, {100_000, -1}, {-1, 5}, {3, 0}, {0, -2}} {
		_, _, err := s.Get(t.Context(), "r", c.start, c.length)
		wantErr(t, fmt.Sprintf("range %d+%d", c.start, c.length), err, blob.ErrRange)
	}
}

func keys(t *testing.T, s *blob.Store) {
	for _, key := range []string{"", "/a", "a/", "a//b", "../a", "a/../b", ".lock", "a/.b", "ä", "a b", "a\\b", "a?b", "a\x00", strings.Repeat("a", 513)} {
		_, err := s.Put(t.Context(), key, strings.NewReader("x"), 1, "")
		wantErr(t, fmt.Sprintf("put %.20q", key), err, blob.ErrKey)
		_, _, err = s.Get(t.Context(), key, 0, -1)
		wantErr(t, fmt.Sprintf("get %.20q", key), err, blob.ErrKey)
		wantErr(t, fmt.Sprintf("delete %.20q", key), s.Delete(t.Context(), key), blob.ErrKey)
		_, err = s.Begin(t.Context(), key, "")
		wantErr(t, fmt.Sprintf("begin %.20q", key), err, blob.ErrKey)
	}
	for _, key := range []string{"a", "A-b_c.d", "v/0190b0a0-0000-7000-8000-000000000000/1080p/seg-00001.m4s", "x/..y"} {
		if err := blob.CheckKey(key); (err != nil) != strings.Contains(key, "/.") {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

func list(t *testing.T, s *blob.Store) {
	want := []string{"l/a", "l/b/1", "l/b/2", "l/b-c", "l/b.c", "l/c", "m"}
	for _, k := range want {
		put(t, s, k, []byte(k))
	}
	sorted := []string{"l/a", "l/b-c", "l/b.c", "l/b/1", "l/b/2", "l/c", "m"}
	for _, c := range []struct {
		prefix, after string
		want          []string
	}{
		{"", "", sorted}, {"l/", "", sorted[:6]}, {"l/b", "", sorted[1:5]}, {"l/b/", "", sorted[3:5]}, {"n", "", nil},
		{"l/", "l/b.c", sorted[3:6]}, {"l/", "l/b/1", sorted[4:6]}, {"l/", "l/c", nil}, {"", "l/b", sorted[1:]},
	} {
		var got []string
		for i, err := range s.List(t.Context(), c.prefix, c.after) {
			if err != nil {
				t.Fatal(err)
			}
			if i.Size != int64(len(i.Key)) {
				t.Errorf("%s: got size %d, want %d", i.Key, i.Size, len(i.Key))
			}
			got = append(got, i.Key)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("list %q after %q: %s", c.prefix, c.after, diff)
		}
	}
	for range s.List(t.Context(), "l/", "") {
		break // leaving early must not hang
	}
	const many = 1100 // more than one page
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < many; i += 8 {
				if _, err := s.Put(t.Context(), fmt.Sprintf("many/%05d", i), strings.NewReader("x"), 1, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	n := 0
	for i, err := range s.List(t.Context(), "many/", "") {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("many/%05d", n); i.Key != want {
			t.Fatalf("got %s, want %s", i.Key, want)
		}
		n++
	}
	if n != many {
		t.Errorf("got %d objects, want %d", n, many)
	}
	if got, err := s.DeleteAll(t.Context(), "many/"); got != many || err != nil {
		t.Errorf("DeleteAll: got %d, %v, want %d", got, err, many)
	}
	if _, err := s.DeleteAll(t.Context(), ""); err == nil {
		t.Error("DeleteAll of everything was not refused")
	}
}

func remove(t *testing.T, s *blob.Store) {
	put(t, s, "d/one", []byte("1"))
	put(t, s, "d/two", []byte("2"))
	for range 2 {
		if err := s.Delete(t.Context(), "d/one"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Stat(t.Context(), "d/one")
	wantErr(t, "after delete", err, blob.ErrNotFound)
	if got, _ := get(t, s, "d/two", 0, -1); string(got) != "2" {
		t.Errorf("the neighbour changed: %q", got)
	}
}

func exact(t *testing.T, s *blob.Store) {
	for _, c := range []struct {
		name            string
		has, announced  int
		multipartNumber int
	}{{"short", 99, 100, 1}, {"long", 101, 100, 1}, {"empty", 0, 1, 1}, {"much too long", 2 << 20, 100, 1}} {
		_, err := s.Put(t.Context(), "e/"+strings.ReplaceAll(c.name, " ", "-"), bytes.NewReader(noise(1, c.has)), int64(c.announced), "")
		wantErr(t, "put "+c.name, err, blob.ErrShort)
		_, err = s.Stat(t.Context(), "e/"+strings.ReplaceAll(c.name, " ", "-"))
		wantErr(t, "stat "+c.name, err, blob.ErrNotFound)
		id, err := s.Begin(t.Context(), "e/multi", "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.PutPart(t.Context(), "e/multi", id, c.multipartNumber, bytes.NewReader(noise(1, c.has)), int64(c.announced), "")
		wantErr(t, "part "+c.name, err, blob.ErrShort)
		parts, err := s.ListParts(t.Context(), "e/multi", id)
		if err != nil || len(parts) != 0 {
			t.Errorf("%s: got parts %v, %v, want none", c.name, parts, err)
		}
		if err := s.Abort(t.Context(), "e/multi", id); err != nil {
			t.Error(err)
		}
	}
}

type failing struct {
	r     io.Reader
	after int
	err   error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.after <= 0 {
		return 0, f.err
	}
	n, err := f.r.Read(p[:min(len(p), f.after)])
	f.after -= n
	return n, err
}

func broken(t *testing.T, s *blob.Store) {
	put(t, s, "b", []byte("the old one"))
	unplugged := errors.New("unplugged")
	for _, after := range []int{0, 1, 1 << 20, 3<<20 - 1} {
		_, err := s.Put(t.Context(), "b", &failing{r: bytes.NewReader(noise(2, 3<<20)), after: after, err: unplugged}, 3<<20, "")
		wantErr(t, fmt.Sprintf("broken after %d", after), err, unplugged)
	}
	if got, _ := get(t, s, "b", 0, -1); string(got) != "the old one" {
		t.Errorf("a broken put replaced the object by %d bytes", len(got))
	}
	id := begin(t, s, "b-multi")
	for _, after := range []int{0, 1, 1 << 20, 3<<20 - 1} {
		_, err := s.PutPart(t.Context(), "b-multi", id, 1, &failing{r: bytes.NewReader(noise(2, 3<<20)), after: after, err: unplugged}, 3<<20, "")
		wantErr(t, fmt.Sprintf("part broken after %d", after), err, unplugged)
		if parts, err := s.ListParts(t.Context(), "b-multi", id); err != nil || len(parts) > 0 && parts[0].Size == 3<<20 {
			t.Errorf("a part broken after %d bytes is stored as whole: %v %v", after, parts, err)
		}
	}
	for i, err := range s.List(t.Context(), "", "") {
		if err != nil || i.Key != "b" {
			t.Errorf("left behind: %v %v", i, err)
		}
	}
}

func manyWriters(t *testing.T, s *blob.Store) {
	contents := [][]byte{noise(20, 500_000), noise(21, 400_001)}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			c := contents[w%2]
			for range 5 {
				if _, err := s.Put(t.Context(), "w", bytes.NewReader(c), int64(len(c)), ""); err != nil {
					t.Error(err)
				}
				r, _, err := s.Get(t.Context(), "w", 0, -1)
				if err != nil {
					t.Error(err)
					continue
				}
				got, err := io.ReadAll(r)
				r.Close()
				if err != nil || (!bytes.Equal(got, contents[0]) && !bytes.Equal(got, contents[1])) {
					t.Errorf("read a mixture of %d bytes, %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
}

// pattern is an endless reader that costs no memory.
type pattern struct{ n byte }

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = p.n
		p.n++
	}
	return len(b), nil
}

func constantMemory(t *testing.T, s *blob.Store) {
	if testing.Short() {
		t.Skip("short")
	}
	const size = 300 << 20
	peak := watchMemory(t)
	if _, err := s.Put(t.Context(), "large/put", io.LimitReader(&pattern{}, size), size, ""); err != nil {
		t.Fatal(err)
	}
	id := begin(t, s, "large/multi")
	p, err := s.PutPart(t.Context(), "large/multi", id, 1, io.LimitReader(&pattern{}, size), size, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Complete(t.Context(), "large/multi", id, []blob.Part{p}); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Get(t.Context(), "large/multi", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if err != nil || n != size {
		t.Errorf("read %d bytes, %v, want %d", n, err, size)
	}
	r.Close()
	if got := peak(); got > 64<<20 {
		t.Errorf("moving %d MB took %d MB of memory", size>>20, got>>20)
	}
}

// watchMemory returns a function that ends the watch and tells by how many bytes the heap had grown at its peak.
func watchMemory(t *testing.T) func() uint64 {
	// What counts is what is held, not what a busy machine has not collected yet.
	usual := debug.SetGCPercent(40)
	t.Cleanup(func() { debug.SetGCPercent(usual) })
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak := m.HeapInuse, uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		if peak < before {
			return 0
		}
		return peak - before
	}
}

func presigned(t *testing.T, s *blob.Store) {
	if !s.Reachable() {
		if _, err := s.PresignGet(t.Context(), "x", time.Minute); err == nil {
			t.Error("a store that browsers do not reach gave out a URL")
		}
		return
	}
	const key = "p/film"
	id := begin(t, s, key)
	u, err := s.PresignPart(t.Context(), key, id, 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	status := func(method, url string, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, _ := io.ReadAll(a.Body)
		return a.StatusCode, string(b)
	}
	if code, text := status("PUT", u, "from a browser"); code != 200 {
		t.Fatalf("PUT of a part: %d %s", code, text)
	}
	if code, _ := status("PUT", strings.Replace(u, "partNumber=1", "partNumber=2", 1), "forged"); code < 400 {
		t.Errorf("PUT of another part with the same signature: %d", code)
	}
	parts, err := s.ListParts(t.Context(), key, id)
	if err != nil || len(parts) != 1 || parts[0].Size != 14 {
		t.Fatalf("parts: %v %v", parts, err)
	}
	if _, err := s.Complete(t.Context(), key, id, parts); err != nil {
		t.Fatal(err)
	}
	g, err := s.PresignGet(t.Context(), key, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if code, text := status("GET", g, ""); code != 200 || text != "from a browser" {
		t.Errorf("GET: %d %q", code, text)
	}
	base, _, _ := strings.Cut(g, "?")
	if code, _ := status("GET", base, ""); code != 403 {
		t.Errorf("GET without a signature: %d, want 403", code)
	}
}

func cancelled(t *testing.T, s *blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Put(ctx, "c", strings.NewReader("x"), 1, "")
	wantErr(t, "put", err, context.Canceled)
	_, _, err = s.Get(ctx, "c", 0, -1)
	wantErr(t, "get", err, context.Canceled)
	put(t, s, "c", []byte("after"))
}
