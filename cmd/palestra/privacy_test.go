package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// kept is a document somewhere in the store, as its bytes.
type kept struct {
	collection string
	town       string // "" of global ones
	raw        string // in lower case
}

// everything reads all documents of an installation, and makes sure that its indexes hold nothing else.
func everything(t *testing.T, a *app) (all []kept) {
	t.Helper()
	err := a.db.Check(t.Context(), func(p store.Problem) { t.Errorf("damage in %s: %s", p.Collection, p.Text) })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := a.db.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(&b)
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	collection := ""
	for {
		var head [4]byte
		if _, err := io.ReadFull(z, head[:]); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		part := make([]byte, binary.LittleEndian.Uint32(head[:]))
		copy(part, head[:])
		if _, err := io.ReadFull(z, part[4:]); err != nil {
			t.Fatal(err)
		}
		if name, ok := bson.Raw(part).Lookup("collection", "name").StringValueOK(); ok {
			collection = name
			continue
		}
		town, _ := bson.Raw(part).Lookup("town").StringValueOK()
		all = append(all, kept{collection, town, strings.ToLower(string(part))})
	}
}

// where lists the collections whose documents hold all of these words.
func where(all []kept, words ...string) []string {
	found := []string{}
	for _, k := range all {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(k.raw, strings.ToLower(w)) }) && !slices.Contains(found, k.collection) {
			found = append(found, k.collection)
		}
	}
	slices.Sort(found)
	return found
}

// archived reads a ZIP file.
func archived(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(data)
	}
	return files
}

// learn lets somebody complete a course of one text, begin another one, and keep a state in her browser's way. It returns
// the Authorization of her browser, her enrolment and what the certificate's address ends with.
func learn(t *testing.T, v *visitor, done, open, lesson string) (authorization, enrolment, certificate string) {
	t.Helper()
	e := text(v.ask("POST", "/api/v1/enrolments", object{"course": done}), "id")
	v.ask("POST", "/api/v1/enrolments", object{"course": open})
	v.ask("GET", "/api/v1/enrolments/"+e+"/lessons/"+lesson, nil)
	time.Sleep(time.Second) // nobody reads faster
	certificate = text(v.ask("POST", "/api/v1/enrolments/"+e+"/lessons/"+lesson+"/read", nil), "certificateCode")
	if certificate == "" {
		t.Fatal("the course is not complete")
	}
	return text(v.ask("POST", "/api/v1/enrolments/"+e+"/credential", nil), "authorization"), e, certificate
}

func short(v *visitor, title string) (course, lesson string) {
	course = text(v.ask("POST", "/api/v1/courses", object{"title": object{"en": title}, "languages": []string{"en"}}), "id")
	v.ask("PATCH", "/api/v1/courses/"+course, object{"summary": object{"en": "A short one"}})
	m := text(list(v.ask("POST", "/api/v1/courses/"+course+"/modules", object{"title": object{"en": "Only"}}), "modules")[0], "id")
	lesson = text(v.ask("POST", "/api/v1/courses/"+course+"/modules/"+m+"/lessons", object{"kind": "text", "title": object{"en": "Only"}}), "id")
	v.ask("PUT", "/api/v1/courses/"+course+"/lessons/"+lesson, object{"title": object{"en": "Only"}, "body": object{"en": "Two words"}})
	v.ask("POST", "/api/v1/courses/"+course+"/publish", object{})
	return course, lesson
}

// TestErasure erases one person from one of her two towns, and another one wholly, and looks at every document.
func TestErasure(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var ahead atomic.Int64
	a, i := serveAt(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	olga := i.operator(t)
	town := i.town(t, olga, "castelverde", map[string]string{"grace": "author", "hedy": "hr", "quillfeather": "learner", "wimblesnatch": "learner"})
	other := i.town(t, olga, "montalto", nil)
	anna, hedy, quill, wimble := town["anna"], town["hedy"], town["quillfeather"], town["wimblesnatch"]
	other["anna"].ask("POST", "/api/v1/invitations", object{"name": "quillfeather", "email": "Quillfeather@castelverde.example", "roles": []string{"learner"}})
	i.accept(t, olga, "Quillfeather@castelverde.example", "quillfeather")
	org, elsewhere := text(anna.ask("GET", "/api/v1/session", nil), "organisation", "id"), text(other["anna"].ask("GET", "/api/v1/session", nil), "organisation", "id")
	quill.ask("PUT", "/api/v1/session/organisation", object{"organisation": org})

	done, lesson := short(town["grace"], "Done")
	open, _ := short(town["grace"], "Open")
	type subject struct{ person, account, authorization, enrolment, certificate string }
	subjects := map[string]*subject{}
	for name, v := range map[string]*visitor{"quillfeather": quill, "wimblesnatch": wimble} {
		s := &subject{person: text(v.ask("GET", "/api/v1/session", nil), "person", "id")}
		m, err := a.people.MemberOf(ctx, org, s.person)
		if err != nil {
			t.Fatal(err)
		}
		s.account = m.Account
		s.authorization, s.enrolment, s.certificate = learn(t, v, done, open, lesson)
		q := "?activityId=" + i.url + "/xapi/courses/" + done + "&registration=" + s.enrolment + "&stateId=bookmark&agent=" +
			strings.ReplaceAll(`{"account":{"homePage":"`+i.url+`","name":"`+s.account+`"}}`, `"`, "%22")
		if status, b := v.raw("PUT", "/xapi/activities/state"+q, []byte("page 3"), map[string]string{"Authorization": s.authorization, "X-Experience-API-Version": "1.0.3"}); status != http.StatusNoContent {
			t.Fatalf("state: %d %s", status, b)
		}
		hedy.ask("POST", "/api/v1/hr/assignments", object{"course": open, "due": time.Now().AddDate(0, 2, 0).Format(time.DateOnly), "people": []string{s.person}})
		subjects[name] = s
	}
	q, w := subjects["quillfeather"], subjects["wimblesnatch"]

	t.Run("copies", func(t *testing.T) {
		_, b := quill.raw("GET", "/api/v1/me/copy", nil, nil)
		files := archived(t, b)
		for name, want := range map[string]string{
			"index.json": `"palestra-person/1"`, "person.json": "quillfeather@castelverde.example", "sessions.json": "created",
			"towns/castelverde/membership.json": q.account, "towns/castelverde/invitations.json": "accepted", "towns/castelverde/audit.ndjson": "member.joined",
			"towns/castelverde/statements.ndjson": q.enrolment, "towns/castelverde/documents.ndjson": `"bookmark"`, "towns/castelverde/voided-statements.ndjson": "",
			"towns/castelverde/enrolments.ndjson": q.enrolment, "towns/castelverde/completions.ndjson": q.certificate, "towns/castelverde/assignments.ndjson": open,
			"towns/castelverde/attempts.ndjson": "", "towns/castelverde/programmes.ndjson": "", "towns/castelverde/faults.ndjson": "",
			"towns/castelverde/letters.ndjson": `"assigned"`, "towns/montalto/membership.json": elsewhere, "towns/montalto/statements.ndjson": "",
		} {
			if data, ok := files[name]; !ok || !strings.Contains(data, want) {
				t.Errorf("%s (there: %t) lacks %q:\n%s", name, ok, want, data)
			}
			if strings.HasSuffix(name, ".ndjson") {
				for line := range strings.Lines(files[name]) {
					if !json.Valid([]byte(line)) {
						t.Errorf("%s has a line that is no JSON: %s", name, line)
					}
				}
			}
		}
		for name, data := range files {
			if strings.Contains(data, w.account) || strings.Contains(data, "wimblesnatch") || strings.Contains(data, "argon2") {
				t.Errorf("%s holds what is not hers", name)
			}
		}
		_, b = anna.raw("GET", "/api/v1/members/"+q.person+"/copy", nil, nil)
		files = archived(t, b)
		if _, has := files["person.json"]; has || files["towns/castelverde/membership.json"] == "" || files["towns/montalto/membership.json"] != "" {
			t.Errorf("the town's copy holds %v", slices.Sorted(func(yield func(string) bool) {
				for name := range files {
					if !yield(name) {
						return
					}
				}
			}))
		}
	})

	t.Run("asked, undone, asked again", func(t *testing.T) {
		plan := quill.ask("GET", "/api/v1/me/erasure?organisation="+org, nil)
		if text(plan, "state") != "none" || plan["everywhere"] != false || len(list(plan, "towns")) != 1 || text(list(plan, "towns")[0], "until") == "" {
			t.Errorf("what it would mean: %v", plan)
		}
		asked := quill.ask("POST", "/api/v1/me/erasure", object{"organisation": org, "password": password})
		if text(asked, "state") != "asked" || asked["own"] != true {
			t.Errorf("asked: %v", asked)
		}
		quill.ask("POST", "/api/v1/me/erasure", object{"organisation": org, "password": password}, http.StatusConflict)
		if items := list(anna.ask("GET", "/api/v1/erasures", nil), "items"); len(items) != 1 || text(items[0], "name") != "quillfeather" {
			t.Errorf("her administrator sees %v", items)
		}
		if items := list(other["anna"].ask("GET", "/api/v1/erasures", nil), "items"); len(items) != 0 {
			t.Errorf("the other town's administrator sees %v", items)
		}
		anna.ask("DELETE", "/api/v1/members/"+q.person+"/erasure", nil, http.StatusNotFound) // she asked herself
		quill.ask("DELETE", "/api/v1/me/erasure?organisation="+org, nil)
		ahead.Store(int64(8 * 24 * time.Hour))
		due, err := a.people.DueErasures(ctx, a.now(), 10)
		if err != nil || len(due) != 0 {
			t.Errorf("due after it was undone: %v, %v", due, err)
		}
		ahead.Store(0)
		quill.ask("POST", "/api/v1/me/erasure", object{"organisation": org, "password": password})
		anna.ask("POST", "/api/v1/members/"+w.person+"/erasure", object{"email": "wimblesnatch@castelverde.example"})
		wimble.ask("DELETE", "/api/v1/me/erasure?organisation="+org, nil, http.StatusNotFound) // the town asked
		for _, id := range []string{w.person + "@" + org, q.person + "@" + org} {
			if err := a.people.Erase(ctx, id); err != nil { // not yet
				t.Fatal(err)
			}
		}
		if _, err := a.people.MemberOf(ctx, org, w.person); err != nil {
			t.Errorf("erased before its time: %v", err)
		}
	})

	ahead.Store(int64(8 * 24 * time.Hour))
	for range 2 { // again, as after a crash
		for _, id := range []string{q.person + "@" + org, w.person + "@" + org} {
			if err := a.people.Erase(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("held", func(t *testing.T) {
		all := everything(t, a)
		for name, s := range subjects {
			if got := where(all, s.account, name); !slices.Equal(got, []string{"members"}) {
				t.Errorf("%s and her account are together in %v, want the held name alone", name, got)
			}
			if got := where(all, s.account, s.person); len(got) > 0 {
				t.Errorf("%s's id and her account are together in %v", name, got)
			}
			if got := where(all, s.account, "@castelverde.example"); len(got) > 0 {
				t.Errorf("%s's account is together with an address in %v", name, got)
			}
			if got := where(all, s.account); !slices.Contains(got, "statements") || !slices.Contains(got, "completions") || !slices.Contains(got, "ledgers") {
				t.Errorf("%s's account is left in %v only", name, got)
			}
		}
		if got := where(all, "wimblesnatch"); !slices.Equal(got, []string{"members"}) {
			t.Errorf("wimblesnatch is left in %v", got)
		}
		if got := where(all, "wimblesnatch@castelverde.example"); len(got) > 0 {
			t.Errorf("her address is left in %v", got)
		}
		files, err := filepath.Glob(filepath.Join(a.cfg.Data, "mail", "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%d letters, %v", len(files), err)
		}
		for _, f := range files {
			if b, err := os.ReadFile(f); err != nil || strings.Contains(strings.ToLower(string(b)), "wimblesnatch") {
				t.Errorf("a letter in the folder names her, or %v", err)
			}
		}
		if strings.Contains(i.out.String(), "wimblesnatch") {
			t.Error("the log names her")
		}
		i.visitor(t).ask("POST", "/api/v1/session", object{"email": "wimblesnatch@castelverde.example", "password": password}, http.StatusUnauthorized)
		if text(wimble.ask("GET", "/api/v1/session", nil), "person", "id") != "" {
			t.Error("she is still signed in")
		}
		again := i.visitor(t).ask("POST", "/api/v1/session", object{"email": "quillfeather@castelverde.example", "password": password})
		if len(list(again, "memberships")) != 1 || text(again, "organisation", "id") != elsewhere {
			t.Errorf("who stays elsewhere is %v", again)
		}
		for _, s := range subjects { // what the browsers' outboxes still held
			v := i.visitor(t)
			st := object{"actor": object{"account": object{"homePage": i.url, "name": s.account}}, "verb": object{"id": "https://w3id.org/xapi/video/verbs/paused"},
				"object": object{"id": i.url + "/xapi/courses/" + done}, "context": object{"registration": s.enrolment}}
			if status, b := v.raw("POST", "/xapi/statements", st, map[string]string{"Authorization": s.authorization, "X-Experience-API-Version": "1.0.3"}); status != http.StatusUnauthorized {
				t.Errorf("a late statement is answered %d %s", status, b)
			}
			if _, page := v.raw("GET", "/c/"+s.certificate, nil, nil); strings.Contains(string(page), "quillfeather") || strings.Contains(string(page), "wimblesnatch") || len(page) < 500 {
				t.Error("the certificate's page names her")
			}
		}
		rows := list(hedy.ask("GET", "/api/v1/hr/completions", nil), "items")
		if len(rows) != 2 || !strings.Contains(text(rows[0], "person", "name")+text(rows[1], "person", "name"), "quillfeather") {
			t.Errorf("HR sees %v while the term runs", rows)
		}
		for name, s := range subjects {
			former := list(anna.ask("GET", "/api/v1/members?former=true&q="+name, nil), "items")
			if len(former) != 1 || text(former[0], "held") == "" || text(former[0], "email") != "" || text(former[0], "id") == s.person {
				t.Errorf("the held name of %s is %v", name, former)
				continue
			}
			if _, b := anna.raw("GET", "/api/v1/members/"+text(former[0], "id")+"/copy", nil, nil); !strings.Contains(archived(t, b)["towns/castelverde/completions.ndjson"], s.certificate) {
				t.Error("no copy while the name is held")
			}
			anna.ask("GET", "/api/v1/members/"+text(former[0], "id")+"/erasure", nil, http.StatusNotFound)
		}
		if items := list(anna.ask("GET", "/api/v1/erasures", nil), "items"); len(items) != 0 {
			t.Errorf("still asked for: %v", items)
		}
		if done := list(anna.ask("GET", "/api/v1/erased", nil), "items"); len(done) != 2 || text(done[0], "name") == "" || text(done[0], "until") == "" {
			t.Errorf("carried out, with names that are held: %v", done)
		}
	})

	t.Run("comes back as somebody new", func(t *testing.T) {
		anna.ask("POST", "/api/v1/invitations", object{"name": "quillfeather", "email": "quillfeather@castelverde.example", "roles": []string{"learner"}})
		v := i.accept(t, olga, "quillfeather@castelverde.example", "quillfeather")
		m, err := a.people.MemberOf(ctx, org, q.person)
		if err != nil || m.Account == q.account || m.Held != nil {
			t.Errorf("got %+v, %v, want another account than %s", m, err, q.account)
		}
		if got := list(v.ask("GET", "/api/v1/enrolments?state=complete", nil), "items"); len(got) != 0 {
			t.Errorf("she has %v already", got)
		}
		anna.ask("DELETE", "/api/v1/members/"+q.person, nil)
	})

	ahead.Store(int64(11 * 366 * 24 * time.Hour))
	if err := a.people.EndTerms(ctx, a.now()); err != nil {
		t.Fatal(err)
	}
	t.Run("after the term", func(t *testing.T) {
		all := everything(t, a)
		for name, s := range subjects {
			if got := where(all, s.account, name); len(got) > 0 {
				t.Errorf("%s and her account are together in %v", name, got)
			}
		}
		if got := where(all, "wimblesnatch"); len(got) > 0 {
			t.Errorf("she is left in %v", got)
		}
		hr := people.Actor{Person: "hedy", Organisation: org, Roles: []people.Role{people.HR}, Account: "hedy"}
		r, err := a.course.Reconcile(ctx, hr)
		if err != nil || r.Completions != 2 || len(r.Differences) != 0 {
			t.Errorf("records, ledger and statements: %+v, %v", r, err)
		}
		x, err := a.course.ExportOf(ctx, org)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for row, err := range x.Rows {
			if n++; err != nil || row.Name != "" || row.Email != "" || row.Account == "" {
				t.Errorf("an exported row has %q, %q, %q, %v", row.Name, row.Email, row.Account, err)
			}
		}
		if n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
		if _, err := a.people.MemberByAccount(ctx, org, w.account); fault.KindOf(err) != fault.NotFound {
			t.Errorf("her account leads to somebody: %v", err)
		}
	})
	if _, err := os.Stat(filepath.Join(a.cfg.Data, "documents")); errors.Is(err, fs.ErrNotExist) {
		t.Error("the store was not on the disk")
	}
}

// TestRetentionCommands types what docs/operations.md says, while the server runs and without one.
func TestRetentionCommands(t *testing.T) {
	t.Parallel()
	for name, served := range map[string]bool{"while the server runs": true, "without a server": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := settings(t)
			if served {
				start(t, env, "serve")
			}
			must(t, env, "admin", "organisation", "create", "acme")
			must(t, env, "admin", "organisation", "create", "bolt")
			retention := func(args ...string) []string {
				return append([]string{"admin", "retention", args[0], "--organisation", "acme"}, args[1:]...)
			}
			rule := strings.TrimSpace(must(t, env, retention("set", "--days", "400", "--verb", "http://adlnet.gov/expapi/verbs/launched", "--name", "Openings")...))
			must(t, env, retention("set", "--years", "12")...)
			if out := must(t, env, retention("list")...); !strings.Contains(out, "held for 12 years") || !strings.Contains(out, rule) || !strings.Contains(out, "400 days") {
				t.Errorf("list: got %s", out)
			}
			dry := strings.TrimSpace(must(t, env, retention("dry-run", "--show", rule)...))
			run, rest, _ := strings.Cut(dry, ": ")
			if !strings.HasPrefix(rest, "0 statements stored before ") || !strings.HasSuffix(rest, "digest -") {
				t.Errorf("dry run: got %s", dry)
			}
			for why, args := range map[string][]string{
				"years":         retention("set", "--years", "200"),
				"days":          retention("set", "--days", "0"),
				"no rule":       retention("dry-run", "nothing"),
				"other digest":  retention("run", "--digest", "00ff", run),
				"no digest":     retention("run", "--digest", "xyz", run),
				"of other town": {"admin", "retention", "run", "--organisation", "bolt", "--digest", "-", run},
				"no town":       {"admin", "retention", "list", "--organisation", "nowhere"},
			} {
				if code, _, errs := command(t, env, args...); code != 1 || !strings.HasPrefix(errs, "palestra: ") {
					t.Errorf("%s: got %d %q", why, code, errs)
				}
			}
			if out := must(t, env, retention("run", "--digest", "-", run)...); !strings.Contains(out, "0 statements removed") {
				t.Errorf("run: got %s", out)
			}
			if code, _, errs := command(t, env, retention("run", "--digest", "-", run)...); code != 1 || !strings.Contains(errs, "carried out") {
				t.Errorf("twice: got %d %q", code, errs)
			}
			must(t, env, retention("delete", rule)...)
			if out := must(t, env, retention("list")...); strings.Contains(out, "rule ") || !strings.Contains(out, "done") {
				t.Errorf("list: got %s", out)
			}
		})
	}
}
