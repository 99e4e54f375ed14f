package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// hostileParts are path parameters that nobody types, as they stand in an address.
func hostileParts() []string {
	return []string{"%00", "a%00b", "%ff%fe", "%C0%AF", "..%2f..%2fetc%2fpasswd", "%2e%2e", "-1", "0", "99999999999999999999", "%20", "%F0%9F%A6%92", "%22%27%3B--",
		"{$ne:1}", "town%3Aother", "%7E", strings.Repeat("a", 64), strings.Repeat("a", 5000), strings.Repeat("%00", 60), "NaN", "%0d%0aSet-Cookie:x=y"}
}

// hostileQueries are put behind the addresses of lists.
func hostileQueries() []string {
	return []string{"cursor=%00", "cursor=%ff", "cursor=x", "cursor=0/x", "cursor=-1/", "cursor=99999999999999999999/AA", "cursor=1/AAAA", "cursor=" + strings.Repeat("A", 1999),
		"cursor=" + strings.Repeat("A", 3000), "limit=0", "limit=-1", "limit=1e9", "limit=x", "q=%00", "q=%ff%fe", "q=" + strings.Repeat("%F0%9F%A6%92", 50),
		"state=%00", "state=x", "role=x", "person=%00", "person=%ff", "course=%00", "course=%ff", "person=x&course=y", "former=2", "lang=%00", "lang=" + strings.Repeat("x-", 300)}
}

// hostileValues replace every value in a body, one at a time.
func hostileValues() []any {
	return []any{nil, true, -1, 1e308, 1.5, "", "\x00", "a\x00b", "\u202e\u2066", strings.Repeat("x", 1000), strings.Repeat("\u00e9", 70_000), "{$gt:\"\"}", "../..",
		[]any{}, []any{nil}, []any{[]any{}}, object{}, object{"": ""}, object{"a\x00": "b"}, object{"$where": "1"}, object{"en": 1}, object{"en": "\x00"}, object{"xx": "x"}, json.Number("1e999"),
		json.Number("9223372036854775808"), slices.Repeat([]any{"x"}, 500)}
}

// variants returns a JSON text with each value replaced by each hostile one, and hostile texts.
func variants(t *testing.T, body string) []string {
	t.Helper()
	out := []string{"{", "null", "[]", `"x"`, "7", "\xff\xfe", `{"a":"\ud800"}`, strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 20_000), `{"__proto__":{}}`, body + body}
	var whole any
	if err := json.Unmarshal([]byte(body), &whole); err != nil {
		return nil // not a JSON body
	}
	root := []any{whole}
	var walk func(set func(any), v any)
	walk = func(set func(any), v any) {
		for _, h := range hostileValues() {
			set(h)
			b, err := json.Marshal(root[0])
			if err != nil {
				continue
			}
			out = append(out, string(b))
		}
		set(v)
		switch x := v.(type) {
		case map[string]any:
			for k, inner := range x {
				walk(func(n any) { x[k] = n }, inner)
				delete(x, k)
				if b, err := json.Marshal(root[0]); err == nil {
					out = append(out, string(b))
				}
				x[k] = inner
			}
		case []any:
			for i, inner := range x {
				walk(func(n any) { x[i] = n }, inner)
			}
		}
	}
	walk(func(n any) { root[0] = n }, whole)
	return out
}

// TestHostileRequests sends every route what no page sends. Nothing of it is an accident: each is answered as a fault
// of the request, or as a request that happens to be understood.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	s := newSquare(t)
	for name, fresh := range s.make {
		if s.ids[name] == "" {
			s.ids[name] = fresh()
		}
	}
	counts := map[int]int{}
	accidents := map[string]string{}
	send := func(who, method, path, body, typ string) {
		status, b := s.plain(method, path, body, typ, s.who[who].cookies())
		counts[status]++
		if status >= 500 {
			key := fmt.Sprintf("%s %.80s as %s", method, path, who)
			if _, has := accidents[key]; !has {
				accidents[key] = fmt.Sprintf("%d %.200s to %.200q (…%.100q)", status, b, body, path[max(0, len(path)-100):])
			}
		}
	}
	rows := slices.Clone(routes())
	for _, quiz := range []string{
		`{"title":{"en":"Quiz"},"quiz":{"pass":1,"attempts":1,"shuffle":true,"questions":[{"kind":"single","prompt":{"en":"Q"},"options":[{"text":{"en":"a"},"right":true}]}]}}`,
		`{"title":{"en":"Quiz"},"quiz":{"pass":1,"attempts":1,"shuffle":false,"questions":[{"kind":"number","prompt":{"en":"Q"},"number":1,"tolerance":0}]}}`,
		`{"title":{"en":"Quiz"},"video":"x","body":{"en":"x"},"optional":true}`,
	} {
		rows = append(rows, route{"PUT /api/v1/courses/{course}/lessons/{quiz}", quiz, "401 404 403 200 403 403 403 403"})
	}
	for _, a := range []string{`{"question":"x","choices":["y"]}`, `{"question":"x","pairs":{"a":"p0"}}`, `{"question":"x","text":"y"}`, `{"question":"x","number":1}`} {
		rows = append(rows, route{"POST /api/v1/attempts/{attempt}", `{"answers":[` + a + `]}`, "401 404 200 404 404 404 404 403"},
			route{"POST /api/v1/courses/{course}/preview/lessons/{quiz}/attempt", `{"answers":[` + a + `]}`, "401 404 403 200 403 403 403 403"})
	}
	rows = append(rows, route{"POST /api/v1/hr/completions/{completion}/corrections", `{"kind":"correction","reason":"It was so","minutes":30,"at":"2026-01-01T00:00:00Z"}`, "401 404 403 403 403 200 403 403"})
	for _, r := range rows {
		address, alone := strings.CutSuffix(strings.ReplaceAll(r.address, "{+", "{"), " !") // nothing is used up
		method, path, _ := strings.Cut(address, " ")
		if alone || path == "/api/v1/session/organisation" {
			continue // they end what the others need
		}
		who := []string{"stranger", "operator"}
		for i, status := range strings.Fields(r.want) {
			if name := strings.Fields(askers)[i]; status[0] == '2' && i > 1 && name != "operator" {
				who = append(who, name)
				break
			}
		}
		// Each parameter of the address, one at a time; the others are good.
		for _, at := range place.FindAllStringIndex(path, -1) {
			for _, part := range hostileParts() {
				for _, w := range who {
					send(w, method, s.fill(path[:at[0]])+part+s.fill(path[at[1]:]), s.fill(r.body), r.typ())
				}
			}
		}
		if method == http.MethodGet {
			for _, q := range hostileQueries() {
				for _, w := range who {
					send(w, method, s.fill(strings.Split(path, "?")[0])+"?"+q, "", "")
				}
			}
		}
		if !strings.HasPrefix(r.body, "{") {
			continue
		}
		for _, body := range variants(t, s.fill(r.body)) {
			send(who[len(who)-1], method, s.fill(path), body, r.typ())
		}
	}
	t.Logf("answers: %v", counts)
	for key, what := range accidents {
		t.Errorf("%s: %s", key, what)
	}
}
