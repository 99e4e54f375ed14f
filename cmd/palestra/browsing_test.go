package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"palestra/lrs/xapi"
)

// browsed looks into the record store after the story: HR reads who watched what and what followed from it, the author the
// same without names, and both hear of what arrives.
func browsed(t *testing.T, i *installation, ada, grace, hedy *visitor, course, enrolment, lesson string) {
	t.Helper()
	paused := "/api/v1/statements?verb=https://w3id.org/xapi/video/verbs/paused&person=ada&course=" + course
	lines := list(hedy.ask("GET", paused, nil), "items")
	if len(lines) != 1 {
		t.Fatalf("HR finds %v", lines)
	}
	id := text(lines[0], "id")
	one := hedy.ask("GET", "/api/v1/statements/"+id+"?lang=it", nil)
	effect, _ := one["effect"].(object)
	if text(one, "who", "name") == "" || text(one, "what", "kind") != "video" || effect["evidence"] != true || effect["cited"] != true || text(effect, "record") == "" || text(effect, "lesson", "state") != "done" {
		t.Errorf("what the pause caused: %v", one)
	}
	completed := list(hedy.ask("GET", "/api/v1/statements?verb=http://adlnet.gov/expapi/verbs/completed&course="+course, nil), "items")
	if len(completed) != 1 {
		t.Fatalf("completed: %v", completed)
	}
	tells, _ := hedy.ask("GET", "/api/v1/statements/"+text(completed[0], "id"), nil)["effect"].(object)
	if tells["tells"] != true || text(tells, "completion") == "" {
		t.Errorf("what completing caused: %v", tells)
	}
	hers := grace.ask("GET", "/api/v1/statements/"+id+"?course="+course, nil)
	if name := text(one, "who", "name"); regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).MatchString(fmt.Sprint(hers)) || text(hers, "who", "kind") != "learner" || text(hers, "effect", "completion") != "" {
		t.Errorf("the author reads %v", hers)
	}
	heard := follow(t, hedy, "person=ada")
	ada.ask("GET", "/api/v1/enrolments/"+enrolment+"/lessons/"+lesson, nil)
	ada.ask("POST", "/api/v1/enrolments/"+enrolment+"/lessons/"+lesson+"/faults", object{"text": "A letter is missing."})
	for _, want := range []string{"event: seen", "dod-isd/verbs/reported"} {
		until := time.After(30 * time.Second)
		for found := false; !found; {
			select {
			case line, ok := <-heard:
				if found = strings.Contains(line, want); !ok {
					t.Fatalf("the stream ends before %s", want)
				}
			case <-until:
				t.Fatalf("nobody hears of %s", want)
			}
		}
	}
}

// follow opens the live tail and returns its lines.
func follow(t *testing.T, v *visitor, query string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+"/api/v1/statements/live?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: v.http.Jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		b, _ := io.ReadAll(resp.Body)
		t.Fatalf("live: %d %s", resp.StatusCode, b)
	}
	lines := make(chan string, 1000)
	go func() {
		defer resp.Body.Close()
		defer close(lines)
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// What another system says that a learner has watched is stored and decides nothing, even if it knows her viewing.
func TestOnlyHerOwnBrowserProvesWatching(t *testing.T) {
	t.Parallel()
	actor, other := xapi.ByAccount("https://x.example", "u-ada"), xapi.ByAccount("https://x.example/xapi/credentials", "k")
	for name, by := range map[string]*xapi.Agent{"nobody": nil, "another credential": &other, "an address": {Mbox: "mailto:a@b.example"}} {
		if ownWords(xapi.Statement{Actor: actor, Authority: by}) {
			t.Errorf("%s is taken for her browser", name)
		}
	}
	if !ownWords(xapi.Statement{Actor: actor, Authority: &actor}) {
		t.Error("her own browser is not believed")
	}
}
