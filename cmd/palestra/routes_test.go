package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/internal/config"
	"palestra/internal/web"
)

// The columns of the table of routes: who asks. The stranger is an administrator with every role in another town; the
// operator belongs to no town; all others belong to the town whose things are asked for.
const askers = "nobody stranger learner author facilitator hr administrator operator"

// square is a populated installation: a town, its people and one of each thing, and a stranger.
type square struct {
	*installation
	t    *testing.T
	app  *app
	who  map[string]*visitor
	mail map[string]string
	ids  map[string]string        // what stands in braces in the rows' addresses and bodies
	make map[string]func() string // what a row uses up, made anew for every request
	n    int
}

// serveHere builds and serves an installation in this process, so that its routes can be listed.
func serveHere(t *testing.T) (*app, *installation) {
	t.Helper()
	return serveAt(t, time.Now)
}

// serveAt is serveHere with another clock.
func serveAt(t *testing.T, now func() time.Time) (*app, *installation) {
	t.Helper()
	return serveSet(t, now, func(*config.Config) {})
}

// serveSet is serveAt with further settings.
func serveSet(t *testing.T, now func() time.Time, set func(*config.Config)) (*app, *installation) {
	t.Helper()
	env := settings(t)
	cfg := &config.Config{Addr: env["PALESTRA_ADDR"], Data: env["PALESTRA_DATA"], Keys: env["PALESTRA_KEYS"], Log: "error"}
	set(cfg)
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	i := &installation{url: "http://" + cfg.Addr, out: &console2{}}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := buildAt(ctx, cfg, console{i.out, i.out}, true, now)
	if err == nil {
		err = a.serveEdge()
	}
	if err == nil {
		err = a.work(ctx)
	}
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.edge.Serve(ctx, l, time.Second) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serving: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		if t.Failed() {
			t.Logf("palestra said:\n%s", i.out)
		}
	})
	link, err := a.people.SetupLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(i.out, link)
	return a, i
}

// newSquare populates an installation.
func newSquare(t *testing.T) *square {
	t.Helper()
	s := &square{t: t, who: map[string]*visitor{}, ids: map[string]string{}, make: map[string]func() string{}}
	s.app, s.installation = serveHere(t)
	olga := s.operator(t)
	people := s.town(t, olga, "castelverde", map[string]string{"ada": "learner", "grace": "author", "fay": "facilitator", "hedy": "hr", "lin": "learner", "rex": "learner"})
	foreign := s.town(t, olga, "montalto", nil)
	me := foreign["anna"].ask("GET", "/api/v1/session", nil)
	s.ids["foreigner"] = text(me, "person", "id")
	foreign["anna"].ask("PATCH", "/api/v1/members/"+s.ids["foreigner"], object{"roles": []string{"learner", "author", "facilitator", "hr", "administrator"}})
	s.who = map[string]*visitor{"nobody": s.visitor(t), "stranger": foreign["anna"], "learner": people["ada"], "author": people["grace"], "facilitator": people["fay"],
		"hr": people["hedy"], "administrator": people["anna"], "operator": olga}
	s.mail = map[string]string{"stranger": "anna@montalto.example", "learner": "ada@castelverde.example", "author": "grace@castelverde.example",
		"facilitator": "fay@castelverde.example", "hr": "hedy@castelverde.example", "administrator": "anna@castelverde.example", "operator": "olga@example.org"}
	s.populate(people)
	return s
}

func (s *square) populate(people map[string]*visitor) {
	ada, grace, hedy, anna, olga := people["ada"], people["grace"], people["hedy"], people["anna"], s.who["operator"]
	self := anna.ask("GET", "/api/v1/session", nil)
	s.ids["town"] = text(self, "organisation", "id")
	for name, v := range map[string]*visitor{"ada": ada, "lin": people["lin"], "rex": people["rex"]} {
		s.ids[name] = text(v.ask("GET", "/api/v1/session", nil), "person", "id")
	}
	s.ids["unit"] = text(anna.ask("POST", "/api/v1/units", object{"name": "Registry office"}), "id")
	s.ids["letter"] = text(list(olga.ask("GET", "/api/v1/letters", nil), "items")[0], "id")
	invite := func() string {
		return text(anna.ask("POST", "/api/v1/invitations", object{"name": "Ida", "email": "ida" + s.next() + "@castelverde.example", "roles": []string{"learner"}}), "id")
	}
	invite()
	newest := text(list(olga.ask("GET", "/api/v1/letters", nil), "items")[0], "id")
	s.ids["invitationLink"] = strings.TrimPrefix(letterLink.FindString(text(olga.ask("GET", "/api/v1/letters/"+newest, nil), "text")), "/invitation/")

	video := grace.upload("what may be published.mp4", film(s.t, 2))
	s.ids["video"] = video
	if status, b := grace.raw("PUT", "/api/v1/videos/"+video+"/captions/en", []byte("WEBVTT\n\n00:00.000 --> 00:01.000\nWelcome.\n"), nil); status >= 300 {
		s.t.Fatalf("captions: %d %s", status, b)
	}
	course, lessons := grace.course(video)
	s.ids["course"], s.ids["film"], s.ids["page"], s.ids["quiz"] = course, lessons[0], lessons[1], lessons[2]
	short := text(grace.ask("POST", "/api/v1/courses", object{"title": object{"en": "Two words"}, "languages": []string{"en"}}), "id")
	grace.ask("PATCH", "/api/v1/courses/"+short, object{"summary": object{"en": "A short one"}})
	m := text(list(grace.ask("POST", "/api/v1/courses/"+short+"/modules", object{"title": object{"en": "Only"}}), "modules")[0], "id")
	l := text(grace.ask("POST", "/api/v1/courses/"+short+"/modules/"+m+"/lessons", object{"kind": "text", "title": object{"en": "Only"}}), "id")
	grace.ask("PUT", "/api/v1/courses/"+short+"/lessons/"+l, object{"title": object{"en": "Only"}, "body": object{"en": "Two words"}})
	grace.ask("POST", "/api/v1/courses/"+short+"/publish", object{})
	draft := grace.ask("POST", "/api/v1/courses/"+short+"/duplicate", object{})
	module := list(draft, "modules")[0]
	s.ids["draft"], s.ids["module"], s.ids["lesson"] = text(draft, "id"), text(module, "id"), text(list(module, "lessons")[0], "id")
	model := short

	short = text(ada.ask("POST", "/api/v1/enrolments", object{"course": short}), "id")
	e := text(ada.ask("POST", "/api/v1/enrolments", object{"course": course}), "id")
	s.ids["enrolment"] = e
	for _, l := range lessons {
		ada.ask("GET", "/api/v1/enrolments/"+e+"/lessons/"+l, nil)
	}
	s.ids["attempt"] = text(ada.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lessons[2]+"/attempts", nil), "id")
	master := strings.TrimPrefix(text(ada.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lessons[0]+"/playback", nil), "master"), s.url)
	s.ids["grant"] = strings.Split(master, "/")[2]
	ada.ask("GET", "/api/v1/enrolments/"+short+"/lessons/"+l, nil)
	time.Sleep(time.Second) // nobody reads faster
	done := ada.ask("POST", "/api/v1/enrolments/"+short+"/lessons/"+l+"/read", nil)
	s.ids["certificate"] = text(done, "certificateCode")
	s.ids["completion"] = text(list(hedy.ask("GET", "/api/v1/hr/completions", nil), "items")[0], "id")
	if s.ids["certificate"] == "" || s.ids["completion"] == "" {
		s.t.Fatalf("the short course is not complete: %v", done)
	}
	s.ids["statement"] = text(list(hedy.ask("GET", "/api/v1/statements?course="+course, nil), "items")[0], "id")
	// A programme of that one course, which ada has completed with it.
	plan := func() string {
		id := text(grace.ask("POST", "/api/v1/programmes", object{"title": object{"en": "Expert"}, "languages": []string{"en"}}), "id")
		grace.ask("PATCH", "/api/v1/programmes/"+id, object{"summary": object{"en": "All of it"}, "list": []object{{"course": model}}})
		return id
	}
	s.ids["programme"] = plan()
	grace.ask("POST", "/api/v1/programmes/"+s.ids["programme"]+"/publish", nil)
	pursuit := ada.ask("POST", "/api/v1/programme-enrolments", object{"programme": s.ids["programme"]})
	s.ids["pursuit"], s.ids["award"], s.ids["awardCode"] = text(pursuit, "enrolment"), text(pursuit, "certificate"), text(pursuit, "certificateCode")
	if text(pursuit, "state") != "complete" || s.ids["award"] == "" {
		s.t.Fatalf("the programme is not complete: %v", pursuit)
	}
	s.make["note"] = func() string {
		return text(ada.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lessons[0]+"/notes", object{"at": 1, "text": "For a moment"}), "id")
	}
	anna.ask("PUT", "/api/v1/takeaway", object{"allowed": true})
	s.make["plan"] = plan
	s.make["offered"] = func() string {
		id := plan()
		grace.ask("POST", "/api/v1/programmes/"+id+"/publish", nil)
		return id
	}
	s.ids["day"] = time.Now().AddDate(0, 2, 0).Format(time.DateOnly)

	s.ids["past"] = time.Now().AddDate(0, 0, -3).Format(time.DateOnly)

	s.camp(people["fay"], ada)
	s.exchange(people["grace"], s.who["stranger"])
	s.board(people["grace"], s.who["stranger"])
	s.listed(people["grace"], s.who["stranger"])
	s.talk(people["fay"], ada)
	s.wiki(people["fay"], ada)
	s.posted(people["grace"])
	s.figured(people["fay"])
	s.make["unit"] = func() string { return text(anna.ask("POST", "/api/v1/units", object{"name": "For a moment"}), "id") }
	s.make["invitation"] = invite
	s.make["credential"] = func() string {
		return text(anna.ask("POST", "/api/v1/record-credentials", object{"name": "For a moment", "scopes": []string{"state"}}), "key")
	}
	s.make["rule"] = func() string {
		return text(anna.ask("POST", "/api/v1/retention/rules", object{"days": 30}), "id")
	}
	s.make["run"] = func() string { // a list that is ready, after whatever is at work
		work := func() {
			for _, r := range list(anna.ask("GET", "/api/v1/retention/runs", nil), "items") {
				for _, state := range []string{"listing", "removing"} {
					if _, err := s.app.workedOn(s.t.Context(), s.ids["town"], text(r, "id"), state); err != nil {
						s.t.Fatal(err)
					}
				}
			}
		}
		work()
		id := text(anna.ask("POST", "/api/v1/retention/runs", object{"rule": s.make["rule"]()}), "id")
		work()
		return id
	}
	s.make["asked"] = func() string { // may have been asked for already
		anna.raw("POST", "/api/v1/members/"+s.ids["lin"]+"/erasure", object{"email": "lin@castelverde.example"}, nil)
		return s.ids["lin"]
	}
	s.make["flow"] = func() string {
		return text(anna.ask("POST", "/api/v1/record-flows", object{"name": "For a moment", "direction": "out", "endpoint": "https://records.invalid/xapi", "key": "k", "secret": "s", "on": false}), "id")
	}
	s.ids["flow"] = s.make["flow"]()
	alone := func() { // only some imports may wait at once
		for _, i := range list(anna.ask("GET", "/api/v1/record-imports", nil), "items") {
			anna.ask("DELETE", "/api/v1/record-imports/"+text(i, "id"), nil)
		}
	}
	s.make["import"] = func() string {
		alone()
		return text(anna.ask("POST", "/api/v1/record-imports?name=empty", []byte("{}")), "id")
	}
	s.make["announced"] = func() string {
		alone()
		return text(anna.ask("POST", "/api/v1/record-imports/announced", object{"name": "few.ndjson", "size": 4}), "id")
	}
	s.make["session"] = func() string {
		s.signIn("learner")
		return text(list(ada.ask("GET", "/api/v1/sessions", nil), "items")[0], "id")
	}
	s.make["copy"] = func() string {
		return text(grace.ask("POST", "/api/v1/courses/"+model+"/duplicate", object{}), "id")
	}
	s.make["offer"] = func() string {
		id := s.make["copy"]()
		grace.ask("POST", "/api/v1/courses/"+id+"/publish", object{})
		return id
	}
	s.make["module"] = func() string {
		all := list(grace.ask("POST", "/api/v1/courses/"+s.ids["draft"]+"/modules", object{"title": object{"en": "For a moment"}}), "modules")
		return text(all[len(all)-1], "id")
	}
	s.make["lesson"] = func() string {
		return text(grace.ask("POST", "/api/v1/courses/"+s.ids["draft"]+"/modules/"+s.ids["module"]+"/lessons", object{"kind": "text", "title": object{"en": "For a moment"}}), "id")
	}
	s.make["assignment"] = func() string {
		hedy.ask("POST", "/api/v1/hr/assignments", object{"course": course, "due": s.ids["day"], "people": []string{s.ids["lin"]}})
		return text(list(hedy.ask("GET", "/api/v1/hr/assignments", nil), "items")[0], "id")
	}
	upload := func() string {
		return text(grace.ask("POST", "/api/v1/uploads", object{"name": "x.mp4", "size": 4, "type": "video/mp4"}), "id")
	}
	s.ids["upload"] = upload()
	s.make["upload"] = upload
	s.make["sent"] = func() string {
		id := upload()
		if status, b := grace.raw("PUT", "/api/v1/uploads/"+id+"/parts/1", []byte("film"), nil); status >= 300 {
			s.t.Fatalf("part: %d %s", status, b)
		}
		return id
	}
}

func (s *square) next() string { s.n++; return strconv.Itoa(s.n) }

// signIn opens one more session and returns its cookies.
func (s *square) signIn(who string) []*http.Cookie {
	s.t.Helper()
	v := s.visitor(s.t)
	if who != "nobody" {
		v.ask("POST", "/api/v1/session", object{"email": s.mail[who], "password": password})
	}
	return v.cookies()
}

func (v *visitor) cookies() []*http.Cookie {
	u, err := url.Parse(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.http.Jar.Cookies(u)
}

// plain sends a request with exactly these cookies and keeps none of the answer's.
func (s *square) plain(method, path, body, typ string, cookies []*http.Cookie) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if typ != "" {
		req.Header.Set("Content-Type", typ)
	}
	for _, c := range cookies {
		req.AddCookie(c)
	}
	c := http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return resp.StatusCode, "" // it has no end
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, string(b)
}

// route is a row: a method and an address, the body that is sent, and the status for every column.
//
// {name} stands for a thing of the town, {+name} for one that is made for this request, {=word} for the word itself in
// the place of a parameter, {n} for a number never used before. An address that ends in " !" is asked in a session of its own, because it ends the session.
type route struct{ address, body, want string }

// typ returns the media type of the row's body.
func (r route) typ() string {
	switch {
	case r.body == "":
		return ""
	case strings.HasPrefix(r.body, "{"):
		return "application/json"
	}
	return "application/octet-stream"
}

var (
	parameter = regexp.MustCompile(`:\w+|\{[^}]*\}|\*`)
	place     = regexp.MustCompile(`\{[+=]?\w[\w.]*\}`)
)

// shape returns an address with its parameters unnamed, so that rows and routes can be compared.
func shape(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return parameter.ReplaceAllString(path, "{}")
}

func (s *square) fill(text string) string {
	return place.ReplaceAllStringFunc(text, func(p string) string {
		name := strings.Trim(p, "{}")
		fresh, isFresh := strings.CutPrefix(name, "+")
		literal, isLiteral := strings.CutPrefix(name, "=")
		switch {
		case isLiteral:
			return literal
		case isFresh && s.make[fresh] != nil:
			return s.make[fresh]()
		case name == "n":
			return s.next()
		case s.ids[name] != "":
			return s.ids[name]
		}
		s.t.Fatalf("nothing is called %s", p)
		return ""
	})
}

// TestEveryRoute asks every route as everybody. A route without a row fails.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	s := newSquare(t)
	rows := routes()
	known := map[string]bool{}
	for _, r := range rows {
		known[shape(strings.TrimSuffix(r.address, " !"))] = true
	}
	served := map[string]bool{}
	for _, r := range s.app.edge.App.GetRoutes(true) {
		if r.Method == http.MethodHead || slices.Contains(otherMethods(), r.Method) && strings.HasPrefix(r.Path, "/xapi/") {
			if r.Method != http.MethodDelete || !slices.Contains(documentPaths(), r.Path) {
				continue // HEAD is GET; what xAPI does not know is tested below
			}
		}
		served[shape(r.Method+" "+r.Path)] = true
		if key := shape(r.Method + " " + r.Path); !known[key] && !strings.HasSuffix(r.Path, ".css") {
			t.Errorf("%s has no row in the table of routes", key)
		}
	}
	for path, item := range s.app.edge.API.OpenAPI().Paths {
		for method, described := range map[string]bool{"GET": item.Get != nil, "POST": item.Post != nil, "PUT": item.Put != nil, "PATCH": item.Patch != nil, "DELETE": item.Delete != nil} {
			if key := shape(method + " " + web.Base + path); described && !known[key] {
				t.Errorf("%s has no row in the table of routes", key)
			} else if described && !served[key] {
				t.Errorf("%s is described and not served", key)
			}
		}
	}
	for name, schema := range s.app.edge.API.OpenAPI().Components.Schemas.Map() {
		// A reader's clocks may show another day when one ends than the day that was said.
		if due := schema.Properties["due"]; due != nil && due.Format == "date-time" && (schema.Properties["dueDay"] == nil || schema.Properties["dueDay"].Format != "date") {
			t.Errorf("%s tells when a day ends, and not which", name)
		}
	}
	for key := range known {
		if !served[key] {
			t.Errorf("%s is in the table and not served", key)
		}
	}
	for _, r := range rows {
		t.Run(r.address, func(t *testing.T) { s.row(t, r) })
	}
	for _, method := range otherMethods() {
		for _, path := range append(documentPaths(), "/xapi/about", "/xapi/statements", "/xapi/agents", "/xapi/activities") {
			if method == http.MethodDelete && slices.Contains(documentPaths(), path) {
				continue
			}
			if status, b := s.plain(method, path, "", "", nil); status != xapiOther(method) {
				t.Errorf("%s %s: %d %s, want %d", method, path, status, b, xapiOther(method))
			}
		}
	}
}

// documentPaths are the resources of xAPI that know DELETE.
func documentPaths() []string {
	return []string{"/xapi/activities/state", "/xapi/activities/profile", "/xapi/agents/profile"}
}

// otherMethods are those that the router knows and xAPI's resources do not, or not all of them.
func otherMethods() []string { return []string{"DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS"} }

// xapiOther is what they answer: OPTIONS is asked by browsers of other sites (CORS).
func xapiOther(method string) int {
	if method == http.MethodOptions {
		return http.StatusNoContent
	}
	return http.StatusMethodNotAllowed
}

func (s *square) row(t *testing.T, r route) {
	t.Helper()
	want := strings.Fields(r.want)
	if len(want) == 1 {
		want = slices.Repeat(want, len(strings.Fields(askers)))
	}
	address, alone := strings.CutSuffix(r.address, " !")
	method, path, _ := strings.Cut(address, " ")
	var got []string
	answers := map[string]string{}
	for _, who := range strings.Fields(askers) {
		cookies := s.who[who].cookies()
		if alone {
			cookies = s.signIn(who)
		}
		status, b := s.plain(method, s.fill(path), s.fill(r.body), r.typ(), cookies)
		got = append(got, strconv.Itoa(status))
		answers[who] = b
	}
	for i, who := range strings.Fields(askers) {
		if i >= len(want) || got[i] != want[i] {
			t.Errorf("%s as %s: got %s %.300s\nall: %s\nwant: %s", address, who, got[i], answers[who], strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	if !strings.HasPrefix(path, "/api/v1/") || got[1] == got[0] || got[1] >= "4" || strings.HasPrefix(path, "/api/v1/cohort-links/") {
		return // what nobody may know as well, what was refused, and what whoever has a link may know
	}
	for _, name := range []string{"town", "ada", "lin", "unit", "course", "film", "video", "enrolment", "completion", "certificate", "programme", "pursuit", "award"} {
		if name == "town" && (path == "/api/v1/towns" || strings.HasPrefix(path, "/api/v1/practices") || strings.HasPrefix(path, "/api/v1/challenges") || strings.HasPrefix(path, "/api/v1/directory") || strings.HasPrefix(path, "/api/v1/territories") || strings.HasPrefix(path, "/api/v1/wikis/{ground}")) {
			continue // authors choose among all towns who sees a course; practices are open, and say whose they are
		}
		if strings.Contains(answers["stranger"], s.ids[name]) {
			t.Errorf("%s tells the stranger of the town's %s: %s", address, name, answers["stranger"])
		}
	}
}
