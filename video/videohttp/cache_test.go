package videohttp_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/video"
	"palestra/video/videotest"
)

// cache is a plain caching proxy, as a content network is one (RFC 9111): it keeps what says that everybody may keep it, for as
// long as it says, apart by what Vary names, and knows nothing of us.
type cache struct {
	origin string
	now    func() time.Time
	mu     sync.Mutex
	kept   map[string]*held // by address and what Vary names; guarded by mu
	vary   map[string][]string
	asked  map[string]int // how often the origin was asked; guarded by mu
}

type held struct {
	status int
	header http.Header
	body   []byte
	until  time.Time
}

func (c *cache) key(r *http.Request) string {
	key := r.Method + " " + r.URL.String() + " " + r.Header.Get("Range")
	for _, name := range c.vary[r.URL.Path] {
		key += "\x00" + r.Header.Get(name)
	}
	return key
}

func (c *cache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	h := c.kept[c.key(r)]
	c.mu.Unlock()
	if h == nil || !h.until.After(c.now()) {
		var err error
		if h, err = c.ask(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	} else {
		w.Header().Set("Age", "1")
	}
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body) // who has asked may be gone
}

func (c *cache) ask(r *http.Request) (*held, error) {
	q, err := http.NewRequestWithContext(r.Context(), r.Method, c.origin+r.URL.String(), nil)
	if err != nil {
		return nil, err
	}
	q.Header = r.Header.Clone()
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	h := &held{a.StatusCode, a.Header, b, time.Time{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[r.URL.Path]++
	control := a.Header.Get("Cache-Control")
	if a.StatusCode != 200 && a.StatusCode != 206 || a.Header.Get("Vary") == "*" || strings.Contains(control, "no-store") || strings.Contains(control, "private") || !strings.Contains(control, "public") {
		return h, nil
	}
	if a.Header.Get("Set-Cookie") != "" {
		return h, nil
	}
	for _, part := range strings.Split(control, ",") {
		if age, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			if n, err := strconv.Atoi(age); err == nil {
				h.until = c.now().Add(time.Duration(n) * time.Second)
			}
		}
	}
	var names []string
	for _, name := range strings.Split(a.Header.Get("Vary"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	c.vary[r.URL.Path] = names
	c.kept[c.key(r)] = h
	return h, nil
}

// Behind a content network segments of two learners come from it, playlists never do, and addresses that have run out are
// refused: by us, and by it, which keeps nothing for longer than its address is good.
func TestBehindACache(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64 // nanoseconds that the clock is ahead
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	s := serveAt(t, func(c *video.Config) { c.Now = now }, now)
	v := s.Upload(t, videotest.Grace(), videotest.Sized(t, 6, 640, 360))
	if err := s.Video.Process(t.Context(), "acme", v.ID); err != nil {
		t.Fatal(err)
	}
	c := &cache{origin: s.base, now: now, kept: map[string]*held{}, vary: map[string][]string{}, asked: map[string]int{}}
	front := httptest.NewServer(c)
	t.Cleanup(front.Close)
	get := func(who, path string, header ...string) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, front.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Test-Person", who)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer{a.StatusCode, b, a.Header}
	}
	asked := func(path string) int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.asked[path]
	}
	// watch plays a film as a player does and returns what it has asked for.
	watch := func(who, session string) (playlists, segments []string) {
		t.Helper()
		p, err := s.Video.Grant(t.Context(), "acme", v.ID, session)
		if err != nil {
			t.Fatal(err)
		}
		base := p.URL[:strings.LastIndexByte(p.URL, '/')+1]
		playlists = append(playlists, p.URL)
		master := get(who, p.URL)
		for line := range strings.Lines(string(master.body)) {
			line = strings.TrimSpace(line)
			if strings.HasSuffix(line, ".m3u8") && !strings.HasPrefix(line, "#") {
				playlists = append(playlists, base+line)
			}
		}
		for _, list := range playlists {
			a := get(who, list)
			if a.status != 200 || a.header.Get("Age") != "" {
				t.Fatalf("%s: %d, age %q", list, a.status, a.header.Get("Age"))
			}
			for line := range strings.Lines(string(a.body)) {
				line = strings.TrimSpace(line)
				if strings.HasPrefix(line, "#EXT-X-MAP:URI=") {
					line = strings.Trim(strings.TrimPrefix(line, "#EXT-X-MAP:URI="), `"`)
				}
				if strings.HasPrefix(line, "/media/") {
					segments = append(segments, line)
				}
			}
		}
		for _, g := range segments {
			if a := get(who, g); a.status != 200 || len(a.body) == 0 {
				t.Fatalf("%s: %d", g, a.status)
			}
		}
		return playlists, segments
	}
	mine, first := watch("ada", videotest.Ada().Session)
	yours, second := watch("grace", videotest.Grace().Session)
	if len(first) < 4 || strings.Join(first, " ") != strings.Join(second, " ") {
		t.Fatalf("two learners have %d and %d addresses, or others", len(first), len(second))
	}
	for _, g := range first {
		if n := asked(g); n != 1 {
			t.Errorf("%s was asked for %d times", g, n)
		}
	}
	for _, list := range append(mine, yours...) {
		before := asked(list)
		if a := get("grace", list); asked(list) == before || a.header.Get("Age") != "" {
			t.Errorf("%s came from the cache", list)
		}
	}
	// What was made for ada is not given to anybody else, although it was asked for through the same cache before.
	for _, list := range mine {
		if a := get("grace", list); a.status != 403 {
			t.Errorf("ada's %s for grace: %d", list, a.status)
		}
	}
	// A part of a segment is the same part.
	whole, part := get("ada", first[1]), get("ada", first[1], "Range", "bytes=10-19")
	if part.status != 206 || !bytes.Equal(part.body, whole.body[10:20]) {
		t.Errorf("a part: %d, %d bytes", part.status, len(part.body))
	}
	// Files to be kept never stay on the way.
	files, err := s.Video.Files(t.Context(), "acme", v.ID, videotest.Ada().Session)
	if err != nil {
		t.Fatal(err)
	}
	film := files[0].URL
	for range 2 {
		if a := get("ada", film); a.status != 200 || int64(len(a.body)) != files[0].Bytes || a.header.Get("Content-Disposition") != "attachment" || a.header.Get("Age") != "" {
			t.Errorf("the film to be kept: %d, %d bytes of %d, %v", a.status, len(a.body), files[0].Bytes, a.header)
		}
	}
	if a := get("grace", film); asked(film) != 3 || a.status != 403 {
		t.Errorf("ada's film for grace: %d; the origin was asked %d times", a.status, asked(film))
	}
	// A day later all of these addresses have run out, and nothing of them is left on the way.
	ahead.Store(int64(25 * time.Hour))
	for _, path := range append(append([]string{film}, first...), mine...) {
		if a := get("ada", path); a.status != 410 {
			t.Errorf("a day later %s: %d", path, a.status)
		}
	}
	if _, fresh := watch("ada", videotest.Ada().Session); fresh[0] == first[0] {
		t.Error("the address is the same a day later")
	}
}
