package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/internal/servicestest"
)

// installation is a running palestra.
type installation struct {
	url  string
	env  map[string]string
	out  *console2
	stop func()
	done chan int
}

// console2 collects what a program says.
type console2 struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (c *console2) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.b.Write(p)
}

func (c *console2) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.b.String()
}

// start runs palestra with these settings until the test ends, and waits until it is ready.
func start(t *testing.T, env map[string]string, args ...string) *installation {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	i := &installation{env: env, out: &console2{}, stop: cancel, done: make(chan int, 1), url: "http://" + env["PALESTRA_ADDR"]}
	lookup := func(k string) (string, bool) { v, ok := env[k]; return v, ok }
	for k, v := range env {
		args = append(args, "--"+strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(k, "PALESTRA_")), "_", "-")+"="+v)
	}
	go func() { i.done <- run(ctx, args, lookup, console{i.out, i.out}) }()
	t.Cleanup(func() {
		i.end(t)
		if t.Failed() {
			t.Logf("palestra %s said:\n%s", args[0], i.out)
		}
	})
	if args[0] != "serve" {
		return i
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if resp, err := http.Get(i.url + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return i
			}
		}
	}
	t.Fatalf("palestra is not ready: %s", i.out)
	return nil
}

func (i *installation) end(t *testing.T) {
	t.Helper()
	i.stop()
	select {
	case code := <-i.done:
		if code != 0 {
			t.Errorf("palestra ended with %d: %s", code, i.out)
		}
		i.done <- 0
	case <-time.After(40 * time.Second):
		t.Error("palestra does not end")
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// settings of an installation on the embedded defaults.
func settings(t testing.TB) map[string]string {
	t.Helper()
	dir := t.TempDir()
	return map[string]string{"PALESTRA_ADDR": freePort(t), "PALESTRA_DATA": filepath.Join(dir, "data"), "PALESTRA_KEYS": filepath.Join(dir, "keys"), "PALESTRA_LOG": "warn"}
}

// visitor is somebody with a browser's cookies.
type visitor struct {
	t    testing.TB
	url  string
	http http.Client
}

func (i *installation) visitor(t testing.TB) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, url: i.url, http: http.Client{Jar: jar, Timeout: time.Minute}}
}

type object = map[string]any

// ask sends a request and returns its JSON; a status of 400 and more ends the test unless it is the wanted one.
func (v *visitor) ask(method, path string, body any, want ...int) object {
	v.t.Helper()
	status, b := v.raw(method, path, body, nil)
	if len(want) == 0 && status >= 400 || len(want) > 0 && !slices.Contains(want, status) {
		v.t.Fatalf("%s %s: %d %s", method, path, status, b)
	}
	out := object{}
	if len(bytes.TrimSpace(b)) > 0 {
		if err := json.Unmarshal(b, &out); err != nil {
			v.t.Fatalf("%s %s answered %q: %v", method, path, b, err)
		}
	}
	return out
}

func (v *visitor) raw(method, path string, body any, header map[string]string) (int, []byte) {
	v.t.Helper()
	var r io.Reader
	typ := ""
	switch b := body.(type) {
	case nil:
	case []byte:
		r, typ = bytes.NewReader(b), "application/octet-stream"
	default:
		j, err := json.Marshal(b)
		if err != nil {
			v.t.Fatal(err)
		}
		r, typ = bytes.NewReader(j), "application/json"
	}
	if strings.HasPrefix(path, "/") {
		path = v.url + path
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, path, r)
	if err != nil {
		v.t.Fatal(err)
	}
	if typ != "" {
		req.Header.Set("Content-Type", typ)
	}
	for k, h := range header {
		req.Header.Set(k, h)
	}
	resp, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, b
}

func text(o object, keys ...string) string {
	var v any = o
	for _, k := range keys {
		m, _ := v.(object)
		v = m[k]
	}
	s, _ := v.(string)
	return s
}

func list(o object, key string) []object {
	var out []object
	l, _ := o[key].([]any)
	for _, x := range l {
		m, _ := x.(object)
		out = append(out, m)
	}
	return out
}

const password = "four giraffes under the table"

var (
	setupLink  = regexp.MustCompile(`/setup/[\w-]+`)
	letterLink = regexp.MustCompile(`/invitation/[\w-]+`)
)

// operator makes the first operator by the link that the start has printed.
func (i *installation) operator(t testing.TB) *visitor {
	t.Helper()
	v := i.visitor(t)
	link := setupLink.FindString(i.out.String())
	for deadline := time.Now().Add(30 * time.Second); link == "" && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		link = setupLink.FindString(i.out.String()) // it answers a moment before it says so
	}
	v.ask("POST", "/api/v1"+link, object{"name": "Olga", "email": "olga@example.org", "password": password, "locale": "en"})
	return v
}

// accept takes the newest invitation to an address from the operator's page of letters and joins.
func (i *installation) accept(t testing.TB, operator *visitor, email, name string) *visitor {
	t.Helper()
	for _, l := range list(operator.ask("GET", "/api/v1/letters", nil), "items") {
		if text(l, "to") != email {
			continue
		}
		link := letterLink.FindString(text(operator.ask("GET", "/api/v1/letters/"+text(l, "id"), nil), "text"))
		v := i.visitor(t)
		v.ask("POST", "/api/v1/invitation-links/"+strings.TrimPrefix(link, "/invitation/"), object{"name": name, "password": password})
		return v
	}
	t.Fatalf("no letter to %s", email)
	return nil
}

// town makes a town with an administrator and whoever she invites.
func (i *installation) town(t testing.TB, operator *visitor, slug string, roles map[string]string) map[string]*visitor {
	t.Helper()
	o := operator.ask("POST", "/api/v1/organisations", object{"slug": slug, "name": "Comune di " + slug, "country": "IT", "zone": "Europe/Rome", "locale": "it"})
	operator.ask("POST", "/api/v1/organisations/"+text(o, "id")+"/administrators", object{"name": "Anna", "email": "anna@" + slug + ".example"})
	people := map[string]*visitor{"anna": i.accept(t, operator, "anna@"+slug+".example", "Anna")}
	for name, role := range roles {
		people["anna"].ask("POST", "/api/v1/invitations", object{"name": name, "email": name + "@" + slug + ".example", "roles": []string{role}})
		people[name] = i.accept(t, operator, name+"@"+slug+".example", name)
	}
	return people
}

// film makes a video of so many seconds.
func film(t *testing.T, seconds int) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "film.mp4")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=640x360:rate=25:duration=%d", seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:duration=%d", seconds), "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-shortest", name).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v %s", err, out)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// upload sends a file part by part and waits until it can be played.
func (v *visitor) upload(name string, file []byte) string {
	v.t.Helper()
	u := v.ask("POST", "/api/v1/uploads", object{"name": name, "size": len(file), "type": "video/mp4"})
	size := int(u["partSize"].(float64))
	for n := 0; n*size < len(file); n++ {
		part := file[n*size : min(len(file), (n+1)*size)]
		if status, b := v.raw("PUT", fmt.Sprintf("/api/v1/uploads/%s/parts/%d", text(u, "id"), n+1), part, nil); status >= 300 {
			v.t.Fatalf("part %d: %d %s", n+1, status, b)
		}
	}
	v.ask("POST", "/api/v1/uploads/"+text(u, "id")+"/finish", nil)
	id := text(u, "video")
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		switch d := v.ask("GET", "/api/v1/videos/"+id, nil); text(d, "state") {
		case "ready":
			// A tone over a test picture; what is said of it lets it be published.
			v.ask("PUT", "/api/v1/videos/"+id+"/access", object{"lang": "en", "noSpeech": true, "undescribed": "A test picture."})
			return id
		case "failed":
			v.t.Fatalf("the video failed: %v", d)
		}
	}
	v.t.Fatal("the video never gets ready")
	return ""
}

func both(s string) object { return object{"en": s, "it": s + " (it)"} }

// course makes and publishes a course of a video, a text and a quiz.
func (v *visitor) course(video string) (course string, lessons []string) {
	v.t.Helper()
	c := v.ask("POST", "/api/v1/courses", object{"title": both("Open data for clerks"), "languages": []string{"en", "it"}})
	id := text(c, "id")
	v.ask("PATCH", "/api/v1/courses/"+id, object{"summary": both("What may be published"), "minutes": 45})
	c = v.ask("POST", "/api/v1/courses/"+id+"/modules", object{"title": both("Begin")})
	m := text(list(c, "modules")[0], "id")
	for _, l := range []object{
		{"kind": "video", "title": both("What may be published"), "video": video, "transcriptCounts": true, "stops": []object{
			{"at": 1, "question": object{"id": "halt", "kind": "single", "prompt": both("May it?"), "options": []object{{"id": "yes", "text": both("Yes"), "right": true}, {"id": "no", "text": both("No")}}}}}},
		{"kind": "text", "title": both("The licence"), "body": both("You may **share** it. <script>alert(1)</script>")},
		{"kind": "quiz", "title": both("One question"), "quiz": object{"pass": 1, "attempts": 3, "shuffle": true, "questions": []object{
			{"kind": "single", "prompt": both("Which?"), "feedback": both("Because."), "options": []object{{"text": both("Right"), "right": true}, {"text": both("Wrong"), "feedback": both("No.")}}}}}},
	} {
		made := v.ask("POST", "/api/v1/courses/"+id+"/modules/"+m+"/lessons", object{"kind": l["kind"], "title": l["title"]})
		delete(l, "kind")
		v.ask("PUT", "/api/v1/courses/"+id+"/lessons/"+text(made, "id"), l)
		lessons = append(lessons, text(made, "id"))
	}
	if gaps := list(v.ask("GET", "/api/v1/courses/"+id, nil), "problems"); len(gaps) > 0 {
		v.t.Fatalf("the draft lacks %v", gaps)
	}
	v.ask("POST", "/api/v1/courses/"+id+"/publish", object{"note": "first"})
	return id, lessons
}

// watch plays a video's playlist and says so in the words of the video profile.
func (v *visitor) watch(enrolment, lesson string, seconds float64) {
	v.t.Helper()
	p := v.ask("POST", "/api/v1/enrolments/"+enrolment+"/lessons/"+lesson+"/playback", nil)
	status, master := v.raw("GET", text(p, "master"), nil, nil)
	if status != 200 || !strings.HasPrefix(string(master), "#EXTM3U") {
		v.t.Fatalf("master playlist: %d %s", status, master)
	}
	time.Sleep(time.Duration(seconds/2*float64(time.Second)) - time.Second) // at twice the speed
	xapi, _ := p["xapi"].(object)
	course, _, _ := strings.Cut(text(xapi, "object", "id"), "/lessons/")
	st := object{"id": id.Random(), "actor": xapi["actor"], "object": xapi["object"], "timestamp": time.Now().UTC().Format(time.RFC3339Nano),
		"verb":   object{"id": "https://w3id.org/xapi/video/verbs/paused"},
		"result": object{"extensions": object{"https://w3id.org/xapi/video/extensions/time": seconds, "https://w3id.org/xapi/video/extensions/played-segments": fmt.Sprintf("0[.]%g", seconds)}},
		"context": object{"registration": xapi["registration"], "contextActivities": object{"parent": []object{{"id": course}}}, "extensions": object{
			"https://w3id.org/xapi/video/extensions/session-id": text(p, "id"), "https://w3id.org/xapi/video/extensions/speed": "2x", "https://w3id.org/xapi/video/extensions/length": seconds}}}
	credential, _ := p["credential"].(object)
	status, b := v.raw("POST", "/xapi/statements", []object{st}, map[string]string{"Authorization": text(credential, "authorization"), "X-Experience-API-Version": "2.0.0"})
	if status != 200 {
		v.t.Fatalf("statement: %d %s", status, b)
	}
}

func (v *visitor) until(what string, path string, ok func(object) bool) object {
	v.t.Helper()
	var last object
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if last = v.ask("GET", path, nil); ok(last) {
			return last
		}
	}
	v.t.Fatalf("%s never happens: %v", what, last)
	return nil
}

// story is the way from an author's video to HR's export, by the interfaces.
func story(t *testing.T, i *installation) (people map[string]*visitor) {
	t.Helper()
	olga := i.operator(t)
	people = i.town(t, olga, "castelverde", map[string]string{"grace": "author", "ada": "learner", "lin": "learner", "hedy": "hr"})
	ada, grace, hedy := people["ada"], people["grace"], people["hedy"]

	video := grace.upload("what may be published.mp4", film(t, 8))
	if status, b := grace.raw("PUT", "/api/v1/videos/"+video+"/captions/en", []byte("WEBVTT\n\n00:00.000 --> 00:04.000\nA list without names can still name people.\n"), map[string]string{"Content-Type": "text/vtt"}); status >= 300 {
		t.Fatalf("captions: %d %s", status, b)
	}
	course, lessons := grace.course(video)
	_, figures := olga.raw("GET", "/metrics", nil, nil)
	for _, want := range []string{`palestra_videos{state="ready"} 1`, `palestra_videos{state="failed"} 0`, `palestra_queue_waiting{queue="video"} 0`, `palestra_queue_oldest_seconds{queue="video"}`, `palestra_queue_retried{queue="video"} 0`} {
		if !bytes.Contains(figures, []byte(want)) {
			t.Errorf("/metrics lacks %s", want)
		}
	}

	if got := list(ada.ask("GET", "/api/v1/catalogue", nil), "items"); len(got) != 1 || text(got[0], "id") != course {
		t.Fatalf("the catalogue: %v", got)
	}
	e := text(ada.ask("POST", "/api/v1/enrolments", object{"course": course}), "id")
	if strings.Contains(fmt.Sprint(ada.ask("GET", "/api/v1/enrolments/"+e+"/lessons/"+lessons[1], nil)), "<script") {
		t.Error("a script reached the learner")
	}
	ada.watch(e, lessons[0], 8)
	ada.until("the video is seen", "/api/v1/enrolments/"+e, func(o object) bool { return text(list(o, "requirements")[0], "state") == "done" })
	ada.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lessons[1]+"/read", nil)

	attempt := ada.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lessons[2]+"/attempts", nil)
	if s := fmt.Sprint(attempt); strings.Contains(s, "right:") || strings.Contains(s, "Because") || strings.Contains(s, "No.") {
		t.Errorf("the answers reached the browser too early: %s", s)
	}
	q := list(attempt, "questions")[0]
	for _, o := range list(q, "options") {
		if text(o, "text", "en") == "Right" {
			attempt = ada.ask("POST", "/api/v1/attempts/"+text(attempt, "id"), object{"answers": []object{{"question": q["id"], "choices": []any{o["id"]}}}})
		}
	}
	if attempt["passed"] != true {
		t.Fatalf("the attempt: %v", attempt)
	}
	done := ada.ask("GET", "/api/v1/enrolments/"+e, nil)
	if text(done, "state") != "complete" || text(done, "certificateCode") == "" {
		t.Fatalf("the course is not complete: %v", done)
	}

	// Anyone who has the address can check the certificate.
	status, page := i.visitor(t).raw("GET", "/c/"+text(done, "certificateCode"), nil, map[string]string{"Accept-Language": "en"})
	if status != 200 || !strings.Contains(string(page), "Open data for clerks") || !strings.Contains(string(page), "ada") || strings.Contains(string(page), "<script") {
		t.Errorf("certificate: %d %s", status, page)
	}
	if status, _ := i.visitor(t).raw("GET", "/c/00000000", nil, nil); status != 404 {
		t.Errorf("no certificate: %d", status)
	}

	exported(t, i, hedy)
	browsed(t, i, ada, grace, hedy, course, e, lessons[1])
	// What goes with the main way: a draft that is looked at and withdrawn, captions that go, faults, what HR puts right.
	grace.ask("GET", "/api/v1/courses/"+course+"/preview", nil)
	for _, method := range []string{"PUT", "DELETE"} {
		body := []byte("WEBVTT\n\n00:00.000 --> 00:04.000\nBenvenuti.\n")
		if status, b := grace.raw(method, "/api/v1/videos/"+video+"/captions/it", body, map[string]string{"Content-Type": "text/vtt"}); status >= 300 {
			t.Fatalf("%s captions: %d %s", method, status, b)
		}
	}
	copied := text(grace.ask("POST", "/api/v1/courses/"+course+"/duplicate", object{}), "id")
	grace.ask("POST", "/api/v1/courses/"+copied+"/publish", object{})
	grace.ask("POST", "/api/v1/courses/"+copied+"/unpublish", nil)
	ada.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lessons[1]+"/faults", object{"text": "A word is missing."})
	lin := people["lin"]
	f := text(lin.ask("POST", "/api/v1/enrolments", object{"course": course}), "id")
	wrong := lin.ask("POST", "/api/v1/enrolments/"+f+"/lessons/"+lessons[2]+"/attempts", nil)
	lin.ask("POST", "/api/v1/attempts/"+text(wrong, "id"), object{"answers": []object{}})
	recon := hedy.ask("GET", "/api/v1/hr/reconciliation", nil)
	if n := len(list(recon, "differences")); n != 0 || recon["completions"] != 1.0 {
		t.Errorf("reconciliation: %v", recon)
	}
	members := list(hedy.ask("GET", "/api/v1/members?role=learner&q=lin", nil), "items")
	hedy.ask("POST", "/api/v1/hr/assignments", object{"course": course, "due": time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "people": []any{members[0]["id"]}})
	if due := list(people["lin"].ask("GET", "/api/v1/home", nil), "due"); len(due) != 1 {
		t.Errorf("lin's home: %v", due)
	}
	completion := text(list(hedy.ask("GET", "/api/v1/hr/completions", nil), "items")[0], "id")
	hedy.ask("POST", "/api/v1/hr/completions/"+completion+"/corrections", object{"kind": "correction", "reason": "The effort was told wrongly", "minutes": 30})
	everyEvent(t, i)
	return people
}

// everyEvent reads the record store with a credential of its own: each event of the story is a statement there.
func everyEvent(t *testing.T, i *installation) {
	t.Helper()
	const (
		adl   = "http://adlnet.gov/expapi/verbs/"
		as    = "http://activitystrea.ms/schema/1.0/"
		video = "https://w3id.org/xapi/video/verbs/"
		tin   = "http://id.tincanapi.com/verb/"
	)
	want := map[string]string{ // verb and kind of activity: what it says
		as + "create courses": "a course is made", as + "update courses": "a draft is changed", as + "add lessons": "a lesson is added", as + "update lessons": "a lesson or quiz is saved",
		as + "attach videos": "a video is uploaded", as + "build videos": "a video is ready", as + "add captions": "captions are filed", as + "remove captions": "and removed",
		tin + "previewed courses": "a draft is looked at", tin + "published courses": "a version is published", tin + "unpublished courses": "a course is withdrawn",
		adl + "registered courses": "a learner enrols", adl + "launched lessons": "she opens a lesson", video + "paused lessons": "she watches", as + "read lessons": "she reads",
		adl + "attempted lessons": "she begins a quiz", adl + "answered questions": "she answers", adl + "passed lessons": "she passes", adl + "failed lessons": "another one fails",
		adl + "completed courses": "she completes", tin + "earned certificates": "she gets a certificate", "https://w3id.org/xapi/dod-isd/verbs/reported lessons": "she reports a fault",
		"https://w3id.org/xapi/tla/verbs/assigned courses": "HR assigns", as + "save exports": "HR exports", "https://w3id.org/xapi/acrossx/verbs/edited courses": "HR corrects",
	}
	key, secret := i.credential(t, "castelverde")
	v := i.visitor(t)
	header := map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"+secret)), "X-Experience-API-Version": "2.0.0"}
	// Videos are told by whoever works on them, which may be another process a moment later.
	for deadline := time.Now().Add(20 * time.Second); len(want) > 0 && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		for more := "/xapi/statements?limit=500"; more != ""; {
			status, b := v.raw("GET", more, nil, header)
			if status != 200 {
				t.Fatalf("statements: %d %s", status, b)
			}
			page := object{}
			if err := json.Unmarshal(b, &page); err != nil {
				t.Fatal(err)
			}
			for _, st := range list(page, "statements") {
				path := strings.Split(strings.TrimPrefix(text(st, "object", "id"), i.url+"/xapi/"), "/")
				kind := path[0]
				if len(path) > 2 && kind != "exports" {
					kind = path[len(path)-2]
				}
				delete(want, text(st, "verb", "id")+" "+kind)
				if name := text(st, "actor", "account", "name"); name == "" || strings.Contains(name, "@") {
					t.Errorf("the actor of %v", st)
				}
				if strings.Contains(fmt.Sprint(st), "castelverde.example") {
					t.Errorf("a statement names somebody: %v", st)
				}
			}
			more = text(page, "more")
		}
	}
	for verb, what := range want {
		t.Errorf("no statement says that %s (%s)", what, verb)
	}
}

// credential makes a key to a town's record store as an operator does, by the command.
func (i *installation) credential(t *testing.T, slug string) (key, secret string) {
	t.Helper()
	out := &console2{}
	args := []string{"admin", "lrs-credential", "--organisation", slug, "--scope", "all/read"}
	for k, v := range i.env {
		args = append(args, "--"+strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(k, "PALESTRA_")), "_", "-")+"="+v)
	}
	if code := run(t.Context(), args, func(string) (string, bool) { return "", false }, console{out, out}); code != 0 {
		t.Fatalf("lrs-credential: %s", out)
	}
	if f := strings.Fields(out.String()); len(f) == 2 {
		key, secret = f[0], f[1]
	}
	if key == "" || secret == "" {
		t.Fatalf("lrs-credential said %s", out)
	}
	return key, secret
}

// exported fetches every export; the ledger's archive verifies offline with the public key.
func exported(t *testing.T, i *installation, hr *visitor) {
	t.Helper()
	_, b := hr.raw("GET", "/api/v1/hr/exports/csv", nil, nil)
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) < 2 || !strings.Contains(string(b), "ada@castelverde.example") {
		t.Errorf("CSV: %v, %s", err, b)
	}
	if _, b := hr.raw("GET", "/api/v1/hr/exports/csv-excel", nil, nil); !bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) || bytes.Count(b, []byte(";")) < 10 {
		t.Errorf("Excel's CSV: %s", b)
	}
	_, b = hr.raw("GET", "/api/v1/hr/exports/xlsx", nil, nil)
	if _, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil {
		t.Errorf("XLSX: %v", err)
	}
	dir := t.TempDir()
	_, archive := hr.raw("GET", "/api/v1/hr/exports/ledger", nil, nil)
	_, key := i.visitor(t).raw("GET", "/c/keys.pem", nil, nil)
	for name, b := range map[string][]byte{"ledger.zip": archive, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &console2{}
	args := []string{"verify", "--public-key", filepath.Join(dir, "key.pem"), filepath.Join(dir, "ledger.zip")}
	if code := run(t.Context(), args, func(string) (string, bool) { return "", false }, console{out, out}); code != 0 {
		t.Errorf("the ledger does not verify: %s", out)
	}
}

func TestStoryOnEmbeddedDefaults(t *testing.T) {
	t.Parallel()
	env := settings(t)
	i := start(t, env, "serve")
	story(t, i)
	// A second start finds everything: sessions, records, media.
	i.end(t)
	again := start(t, env, "serve")
	if strings.Contains(again.out.String(), "/setup/") {
		t.Error("the second start offers to make an operator")
	}
}

func TestStoryOnServersInTwoProcesses(t *testing.T) {
	t.Parallel()
	env := settings(t)
	mongo, redis, s3 := servicestest.Mongo(t), servicestest.Redis(t), servicestest.Versitygw(t)
	if !mongo.Real {
		env["PALESTRA_TEST_MONGODB_STANDALONE"] = "true"
	}
	maps.Copy(env, map[string]string{"PALESTRA_MONGODB_URI": mongo.URI, "PALESTRA_REDIS_URL": redis.URL, "PALESTRA_S3_ENDPOINT": s3.Endpoint,
		"PALESTRA_S3_ACCESS_KEY": s3.AccessKey, "PALESTRA_S3_SECRET_KEY": s3.SecretKey})
	i := start(t, env, "serve")
	worker := maps.Clone(env)
	worker["PALESTRA_DATA"] = t.TempDir()
	start(t, worker, "worker")
	story(t, i)
}
