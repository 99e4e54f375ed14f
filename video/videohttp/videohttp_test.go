package videohttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/internal/blob"
	"palestra/internal/id"
	"palestra/internal/web"
	"palestra/people"
	"palestra/video"
	"palestra/video/videohttp"
	"palestra/video/videotest"
)

// server is the room behind a real listener; the header X-Test-Person says who is asking.
type server struct {
	*videotest.World
	base string
}

func serve(t *testing.T, change func(*video.Config)) *server {
	t.Helper()
	return serveAt(t, change, time.Now)
}

func serveAt(t *testing.T, change func(*video.Config), now func() time.Time) *server {
	t.Helper()
	w := videotest.New(t, change)
	e := web.New(web.Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: id.New, Version: "test", PublicURL: "http://palestra.test"})
	cast := map[string]people.Actor{}
	for _, a := range []people.Actor{videotest.Grace(), videotest.Guido(), videotest.Ada(), videotest.Strauss()} {
		cast[a.Person] = a
	}
	for _, r := range people.Roles() {
		cast["role-"+string(r)] = people.Actor{Person: "role-" + string(r), Organisation: "acme", Roles: []people.Role{r}, Session: "s-" + string(r)}
	}
	cast["operator"] = people.Actor{Person: "operator", Operator: true, Session: "s-operator"}
	identify := func(c *fiber.Ctx) error {
		c.Locals("palestra.actor", cast[c.Get("X-Test-Person")])
		return c.Next()
	}
	e.App.Use(web.Base, identify)
	videohttp.Register(e, w.Video, identify, now)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Serve(ctx, l, time.Second) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &server{w, "http://" + l.Addr().String()}
}

type answer struct {
	status int
	body   []byte
	header http.Header
}

func (a answer) code() string {
	var p struct{ Code string }
	if json.Unmarshal(a.body, &p) != nil {
		return ""
	}
	return p.Code
}

func (s *server) ask(t *testing.T, who, method, path string, body io.Reader, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Test-Person", who)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
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

func (s *server) want(t *testing.T, status int, who, method, path string, body any, into any) answer {
	t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	a := s.ask(t, who, method, path, r)
	if a.status != status {
		t.Fatalf("%s %s as %q: %d %s, want %d", method, path, who, a.status, a.body, status)
	}
	if into != nil {
		if err := json.Unmarshal(a.body, into); err != nil {
			t.Fatalf("%s: %v", a.body, err)
		}
	}
	return a
}

// A file from the disk to the screen, by HTTP only.
func TestStory(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.Start(t)
	file, err := os.ReadFile(videotest.Make(t, "film.mkv", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=9,noise=alls=40:allf=t",
		"-f", "lavfi", "-i", "sine=duration=9", "-c:v", "ffv1", "-c:a", "aac"))
	if err != nil {
		t.Fatal(err)
	}
	begin := map[string]any{"name": "film.mkv", "size": len(file), "type": "video/x-matroska", "checksum": "abc"}
	var up videohttp.UploadBody
	s.want(t, 201, "grace", "POST", "/api/v1/uploads", begin, &up)
	if len(up.Parts) < 3 || up.Parts[0].URL != nil || up.Parts[0].Done {
		t.Fatalf("got %+v", up)
	}
	put := func(n int, b []byte, header ...string) answer {
		return s.ask(t, "grace", "PUT", fmt.Sprintf("/api/v1/uploads/%s/parts/%d", up.ID, n), bytes.NewReader(b), header...)
	}
	part := func(n int) []byte {
		from := int64(n-1) * up.PartSize
		return file[from:min(int64(len(file)), from+up.PartSize)]
	}
	for _, c := range []struct {
		name   string
		n      int
		b      []byte
		header []string
		code   string
	}{
		{"number 0", 0, part(1), nil, "video.part_invalid"},
		{"number too high", len(up.Parts) + 1, part(1), nil, "video.part_invalid"},
		{"short", 1, part(1)[1:], nil, "video.part_size"},
		{"long", len(up.Parts), part(1), nil, "video.part_size"},
		{"wrong checksum", 1, part(1), []string{"X-Checksum-Sha256", videotest.Sum(part(2))}, "video.part_checksum"},
		{"no checksum", 1, part(1), []string{"X-Checksum-Sha256", "hello"}, "video.part_checksum"},
	} {
		if a := put(c.n, c.b, c.header...); a.code() != c.code {
			t.Errorf("%s: got %d %s, want %s", c.name, a.status, a.body, c.code)
		}
	}
	a := put(2, part(2), "X-Checksum-Sha256", strings.ToUpper(videotest.Sum(part(2))))
	if a.status != 204 || a.header.Get("ETag") == "" {
		t.Fatalf("part 2: %d %s", a.status, a.body)
	}
	if a := s.want(t, 409, "grace", "POST", "/api/v1/uploads/"+up.ID+"/finish", map[string]any{}, nil); a.code() != "video.parts_missing" {
		t.Errorf("finished too early: %s", a.body)
	}
	// another machine, the same file
	var again videohttp.UploadBody
	s.want(t, 201, "grace", "POST", "/api/v1/uploads", begin, &again)
	if again.ID != up.ID || !again.Resumed || again.Parts[0].Done || !again.Parts[1].Done {
		t.Errorf("the upload was not resumed: %+v", again)
	}
	for _, p := range again.Parts {
		if !p.Done {
			if a := put(p.Number, part(p.Number)); a.status != 204 {
				t.Fatalf("part %d: %d %s", p.Number, a.status, a.body)
			}
		}
	}
	var v videohttp.VideoBody
	for range 2 {
		s.want(t, 200, "grace", "POST", "/api/v1/uploads/"+up.ID+"/finish", nil, &v)
	}
	if v.State == "uploading" || v.ID != up.Video {
		t.Errorf("after finishing: %+v", v)
	}
	if a := put(1, part(1)); a.code() != "video.not_uploading" {
		t.Errorf("a part after the end: %d %s", a.status, a.body)
	}
	s.Settled(t, "acme", v.ID)
	s.want(t, 200, "guido", "GET", "/api/v1/videos/"+v.ID, nil, &v)
	if v.State != "ready" || len(v.Renditions) != 1 || v.Poster == "" || !v.Sound {
		t.Fatalf("got %+v", v)
	}
	// The greatest captions that a file may hold can be edited as well.
	var many []string
	for i := range 15_000 {
		many = append(many, fmt.Sprintf(`{"start":%d,"end":%d.5,"text":"%s"}`, i, i, strings.Repeat(`\"`, 60)))
	}
	big := s.ask(t, "grace", "PUT", "/api/v1/videos/"+v.ID+"/captions/fi/cues", strings.NewReader(`{"cues":[`+strings.Join(many, ",")+`]}`), "Content-Type", "application/json")
	if big.status != 200 {
		t.Errorf("%d captions: %d %.300s", len(many), big.status, big.body)
	}
	s.want(t, 204, "grace", "DELETE", "/api/v1/videos/"+v.ID+"/captions/fi", nil, nil)
	c := s.ask(t, "grace", "PUT", "/api/v1/videos/"+v.ID+"/captions/de", strings.NewReader("1\n00:00:01,000 --> 00:00:02,000\nGrüße\n"), "Content-Type", "application/x-subrip")
	if c.status != 204 {
		t.Fatalf("captions: %d %s", c.status, c.body)
	}
	var cues videohttp.CuesBody
	s.want(t, 200, "grace", "GET", "/api/v1/videos/"+v.ID+"/captions/de/cues", nil, &cues)
	if len(cues.Cues) != 1 || cues.Cues[0].Text != "Grüße" || cues.Cues[0].Start != 1 {
		t.Errorf("got %+v", cues)
	}
	if a := s.ask(t, "grace", "GET", "/api/v1/videos/"+v.ID+"/captions/de", nil); !strings.HasPrefix(string(a.body), "WEBVTT") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/vtt") {
		t.Errorf("got %s %q", a.header.Get("Content-Type"), a.body)
	}
	play(t, s, v)
}

// play does what a player does.
func play(t *testing.T, s *server, v videohttp.VideoBody) {
	var p videohttp.PreviewBody
	s.want(t, 200, "grace", "GET", "/api/v1/videos/"+v.ID+"/playback", nil, &p)
	if p.State != "ready" || len(p.Captions) != 1 || p.Duration < 8.9 {
		t.Errorf("got %+v", p)
	}
	master := s.want(t, 200, "grace", "GET", p.Master, nil, nil)
	if master.header.Get("Cache-Control") != "private, no-store" || master.header.Get("Content-Type") != "application/vnd.apple.mpegurl" {
		t.Errorf("headers %v", master.header)
	}
	for _, who := range []string{"", "guido", "ada", "strauss"} {
		if a := s.want(t, 403, who, "GET", p.Master, nil, nil); a.code() != "video.grant_of_another" {
			t.Errorf("%q with grace's address: %s", who, a.body)
		}
	}
	var total int
	for line := range strings.Lines(string(master.body)) {
		name := strings.TrimSpace(line)
		if m := regexp.MustCompile(`URI="([^"]+)"`).FindStringSubmatch(name); m != nil {
			name = m[1]
		} else if strings.HasPrefix(name, "#") {
			continue
		}
		list := s.want(t, 200, "grace", "GET", p.Master[:strings.LastIndex(p.Master, "/")+1]+name, nil, nil)
		for line := range strings.Lines(string(list.body)) {
			address := strings.TrimSpace(line)
			if m := regexp.MustCompile(`URI="([^"]+)"`).FindStringSubmatch(address); m != nil {
				address = m[1]
			} else if strings.HasPrefix(address, "#") {
				continue
			}
			total++
			conditional(t, s, address)
		}
	}
	if total != 2*4+4 { // the sound is listed with the picture and alone
		t.Errorf("%d segments and heads, want 12", total)
	}
	for _, address := range []string{p.Poster, p.Captions[0].URL} {
		s.want(t, 200, "", "GET", address, nil, nil)
	}
	// addresses that nobody made
	parts := strings.Split(p.Poster, "/") // "", media, grant, name
	for _, path := range []string{
		"/media/" + parts[2] + "/source", "/media/" + parts[2] + "/../source", "/media/" + parts[2] + "/captions/..%2fsource", "/media/" + parts[2] + "/",
		"/media/x/poster-a.jpg", "/media/" + parts[2] + "x/" + parts[3], "/media/" + strings.ToUpper(parts[2]) + "/" + parts[3], "/media/./master.m3u8",
		"/media/" + parts[2] + "/master.m3u8", "/media//" + parts[3],
	} {
		if a := s.ask(t, "grace", "GET", path, nil); a.status != 403 && a.status != 404 {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
}

func conditional(t *testing.T, s *server, address string) {
	t.Helper()
	whole := s.want(t, 200, "", "GET", address, nil, nil)
	etag := whole.header.Get("ETag")
	if !strings.Contains(whole.header.Get("Cache-Control"), "immutable") || etag == "" || len(whole.body) < 100 {
		t.Errorf("%s: %v, %d bytes", address, whole.header, len(whole.body))
	}
	for _, c := range []struct {
		header []string
		status int
		body   string
		method string
	}{
		{[]string{"Range", "bytes=0-9"}, 206, string(whole.body[:10]), "GET"},
		{[]string{"Range", "bytes=5-"}, 206, string(whole.body[5:]), "GET"},
		{[]string{"Range", "bytes=-7"}, 206, string(whole.body[len(whole.body)-7:]), "GET"},
		{[]string{"Range", "bytes=0-99999999"}, 206, string(whole.body), "GET"},
		{[]string{"Range", "bytes=99999999-"}, 416, "", "GET"},
		{[]string{"Range", "bytes=0-1,3-4"}, 200, string(whole.body), "GET"},
		{[]string{"Range", "lines=0-1"}, 200, string(whole.body), "GET"},
		{[]string{"Range", "bytes=0-9", "If-Range", etag}, 206, string(whole.body[:10]), "GET"},
		{[]string{"Range", "bytes=0-9", "If-Range", `"other"`}, 200, string(whole.body), "GET"},
		{[]string{"If-None-Match", etag}, 304, "", "GET"},
		{[]string{"If-None-Match", `"x", W/` + etag}, 304, "", "GET"},
		{[]string{"If-None-Match", `"x"`}, 200, string(whole.body), "GET"},
		{[]string{"If-Modified-Since", whole.header.Get("Last-Modified")}, 304, "", "GET"},
		{nil, 200, "", "HEAD"},
		{[]string{"Range", "bytes=0-9"}, 206, "", "HEAD"},
	} {
		a := s.ask(t, "", c.method, address, nil, c.header...)
		if a.status != c.status || (a.status != 416 && string(a.body) != c.body) {
			t.Errorf("%s %v: %d with %d bytes, want %d with %d", c.method, c.header, a.status, len(a.body), c.status, len(c.body))
		}
		if c.method == "HEAD" && a.status == 200 && a.header.Get("Content-Length") != fmt.Sprint(len(whole.body)) {
			t.Errorf("HEAD says %s bytes, want %d", a.header.Get("Content-Length"), len(whole.body))
		}
	}
}

// Every route as nobody, as a stranger and as each role.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	var up videohttp.UploadBody
	s.want(t, 201, "grace", "POST", "/api/v1/uploads", map[string]any{"name": "a.mp4", "size": 100}, &up)
	id := up.ID
	for _, c := range []struct {
		method, path, body                     string
		nobody, stranger, author, owner, other int // a stranger is an author of another town; other is every other role
	}{
		{"GET", "/videos", "", 401, 200, 200, 200, 403},
		{"GET", "/uploads", "", 401, 200, 200, 200, 403},
		{"GET", "/videos/" + id, "", 401, 404, 200, 200, 403},
		{"GET", "/videos/" + id + "/playback", "", 401, 404, 409, 409, 403},
		{"POST", "/videos/" + id + "/retry", "", 401, 404, 409, 409, 403},
		{"GET", "/videos/" + id + "/captions/de", "", 401, 404, 404, 404, 403},
		{"GET", "/videos/" + id + "/captions/de/cues", "", 401, 404, 404, 404, 403},
		{"PUT", "/videos/" + id + "/captions/de/cues", `{"cues":[{"start":0,"end":1,"text":"a"}]}`, 401, 404, 200, 200, 403},
		{"POST", "/videos/" + id + "/captions/de/review", `{"cues":[{"start":0,"end":1,"text":"a"}]}`, 401, 404, 200, 200, 403},
		{"POST", "/videos/" + id + "/align", `{"text":"a"}`, 401, 404, 200, 200, 403},
		{"PUT", "/videos/" + id + "/access", `{"lang":"de","noSpeech":false,"undescribed":""}`, 401, 404, 200, 200, 403},
		{"DELETE", "/videos/" + id + "/captions/de", "", 401, 404, 204, 404, 403}, // of those that were written above; then there are none
		{"PUT", "/videos/" + id + "/captions/de", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n", 401, 404, 204, 204, 403},
		{"GET", "/uploads/" + id, "", 401, 404, 403, 200, 403},
		{"POST", "/uploads/" + id + "/parts", "", 401, 404, 403, 200, 403},
		{"PUT", "/uploads/" + id + "/parts/1", strings.Repeat("x", 100), 401, 404, 403, 204, 403},
		{"POST", "/uploads/" + id + "/finish", "{}", 401, 404, 403, 200, 403},
		{"DELETE", "/uploads/" + id, "", 401, 404, 403, 409, 403},
		{"POST", "/uploads", `{"name":"b.mp4","size":10}`, 401, 201, 201, 201, 403},
	} {
		ask := func(who string, want int) {
			t.Helper()
			a := s.ask(t, who, c.method, "/api/v1"+c.path, strings.NewReader(c.body))
			if a.status != want {
				t.Errorf("%s %s as %q: %d %s, want %d", c.method, c.path, who, a.status, a.body, want)
			}
		}
		ask("", c.nobody)
		ask("strauss", c.stranger)
		for _, r := range people.Roles() {
			if r != people.Author {
				ask("role-"+string(r), c.other)
			}
		}
		ask("operator", c.other)
		ask("guido", c.author)
		ask("grace", c.owner)
	}
}

func TestBeginRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *video.Config) { c.MaxSize = 1 << 30 })
	for _, c := range []struct {
		name string
		body map[string]any
		code string
	}{
		{"empty", map[string]any{"name": "a.mp4", "size": 0}, "video.empty"},
		{"negative", map[string]any{"name": "a.mp4", "size": -1}, "video.empty"},
		{"too large", map[string]any{"name": "a.mp4", "size": 2 << 30}, "video.too_large"},
		{"a letter", map[string]any{"name": "a.docx", "size": 10, "type": "application/vnd.openxmlformats"}, "video.type_unsupported"},
		{"a program", map[string]any{"name": "a.exe", "size": 10}, "video.type_unsupported"},
		{"a playlist", map[string]any{"name": "a.m3u8", "size": 10, "type": "application/vnd.apple.mpegurl"}, "video.type_unsupported"},
		{"no name", map[string]any{"name": " ", "size": 10, "type": "video/mp4"}, "video.name_invalid"},
		{"long name", map[string]any{"name": strings.Repeat("ä", 200) + ".mp4", "size": 10}, "video.name_invalid"},
	} {
		b, _ := json.Marshal(c.body)
		if a := s.ask(t, "grace", "POST", "/api/v1/uploads", bytes.NewReader(b)); a.code() != c.code || a.status >= 500 {
			t.Errorf("%s: %d %s, want %s", c.name, a.status, a.body, c.code)
		}
	}
	if a := s.ask(t, "grace", "POST", "/api/v1/uploads", strings.NewReader(`{"name":`)); a.status != 400 && a.status != 422 {
		t.Errorf("broken JSON: %d %s", a.status, a.body)
	}
}

// A line that breaks in the middle of a part loses this part and nothing else.
func TestBrokenLine(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	size := int64(2 * blob.MinPart)
	var up videohttp.UploadBody
	s.want(t, 201, "grace", "POST", "/api/v1/uploads", map[string]any{"name": "a.mp4", "size": size}, &up)
	if a := s.ask(t, "grace", "PUT", "/api/v1/uploads/"+up.ID+"/parts/1", bytes.NewReader(make([]byte, blob.MinPart))); a.status != 204 {
		t.Fatal(a.status)
	}
	for _, sent := range []int{0, 1, 100_000, blob.MinPart - 1} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "PUT /api/v1/uploads/%s/parts/2 HTTP/1.1\r\nHost: x\r\nX-Test-Person: grace\r\nContent-Length: %d\r\n\r\n", up.ID, blob.MinPart)
		conn.Write(make([]byte, sent))
		conn.Close()
	}
	time.Sleep(200 * time.Millisecond)
	s.want(t, 200, "grace", "GET", "/api/v1/uploads/"+up.ID, nil, &up)
	if !up.Parts[0].Done || up.Parts[1].Done {
		t.Errorf("got %+v", up.Parts)
	}
	if a := s.ask(t, "grace", "PUT", "/api/v1/uploads/"+up.ID+"/parts/2", bytes.NewReader(make([]byte, blob.MinPart))); a.status != 204 {
		t.Errorf("the part again: %d %s", a.status, a.body)
	}
	s.want(t, 200, "grace", "POST", "/api/v1/uploads/"+up.ID+"/finish", nil, nil)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// The bytes stream through: memory does not grow with the file.
func TestConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	const size = 400 << 20
	s := serve(t, func(c *video.Config) { c.PartSize = size / 2 })
	var up videohttp.UploadBody
	s.want(t, 201, "grace", "POST", "/api/v1/uploads", map[string]any{"name": "a.mp4", "size": size}, &up)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak, stop := m.HeapInuse, uint64(0), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
	}()
	for n := range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, fmt.Sprintf("%s/api/v1/uploads/%s/parts/%d", s.base, up.ID, n+1), io.LimitReader(zeros{}, size/2))
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = size / 2
		r.Header.Set("X-Test-Person", "grace")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusNoContent {
			t.Fatalf("part %d: %d", n+1, a.StatusCode)
		}
	}
	s.want(t, 200, "grace", "POST", "/api/v1/uploads/"+up.ID+"/finish", nil, nil)
	close(stop)
	<-done
	if peak > before+64<<20 {
		t.Errorf("uploading %d MB took %d MB of memory", size>>20, (peak-before)>>20)
	}
}
