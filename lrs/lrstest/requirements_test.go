package lrstest

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"palestra/internal/id"
	"palestra/lrs/xapi"
)

// Every requirement that the official suites of 1.0.3 and 2.0 name is named by a test in this folder.
func TestEveryRequirementHasATest(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[int]bool{}
	one, span := regexp.MustCompile(`XAPI-(\d{5})`), regexp.MustCompile(`XAPI-(\d{5})–XAPI-(\d{5})`)
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range span.FindAllStringSubmatch(string(text), -1) {
			for n := number(m[1]); n <= number(m[2]); n++ {
				named[n] = true
			}
		}
		for _, m := range one.FindAllStringSubmatch(string(text), -1) {
			named[number(m[1])] = true
		}
	}
	list, err := os.ReadFile("testdata/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range strings.Fields(string(list)) {
		if n := number(strings.TrimPrefix(r, "XAPI-")); !named[n] {
			t.Errorf("no test names %s", r)
		}
	}
}

// Data: what a statement may hold, by requirement. Rows change one value of a statement that holds nearly everything.
func TestStatementRequirements(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		id, pointer, value string
		ok                 bool
	}{
		{"XAPI-00027 XAPI-00030", "/context/registration", `"12345678-1234-4234-8234"`, false},
		{"XAPI-00028 XAPI-00029", "/context/registration", `"{12345678-1234-4234-8234-123456789013}"`, false},
		{"XAPI-00028 XAPI-00029", "/context/registration", `"12345678123442348234123456789013"`, false},
		{"XAPI-00028 XAPI-00029", "/context/registration", `"A2345678-1234-4234-8234-123456789013"`, true},
		{"XAPI-00046", "/object/objectType", `"activity"`, false},
		{"XAPI-00046", "/object/objectType", `"Statement"`, false},
		{"XAPI-00047", "/object/id", ``, false},
		{"XAPI-00049", "/object/definition/interactionType", `"multiple-choice"`, false},
		{"XAPI-00049", "/object/definition/interactionType", `"long-fill-in"`, true},
		{"XAPI-00057", "/object/definition/extensions", `"x"`, false},
		{"XAPI-00059", "/object/definition/description", `"x"`, false},
		{"XAPI-00060", "/object/definition/type", `"x"`, false},
		{"XAPI-00061", "/object/definition/moreInfo", `"x"`, false},
		{"XAPI-00064", "/object/definition/interactionType", ``, false},
		{"XAPI-00074", "/result/success", `"yes"`, false},
		{"XAPI-00076", "/result/response", `7`, false},
		{"XAPI-00077", "/result/duration", `"two hours"`, false},
		{"XAPI-00077", "/result/duration", `"P4W"`, true},
		{"XAPI-00078", "/result/extensions", `[]`, false},
		{"XAPI-00120", "/context/extensions", `"x"`, false},
		{"XAPI-00087", "/context/registration", `7`, false},
		{"XAPI-00088", "/context/team", agent, false},
		{"XAPI-00089", "/context/revision", `1`, false},
		{"XAPI-00090", "/context/platform", `1`, false},
		{"XAPI-00091", "/context/language", `1`, false},
		{"XAPI-00092", "/context/statement", activity, false},
		{"XAPI-00097", "/stored", `"2013-05-18T05:32:34.804Z"`, true},
		{"XAPI-00100", "/authority", `{"objectType":"Group","member":[` + agent + `]}`, false},
		{"XAPI-00100", "/authority", `{"objectType":"Group","mbox":"mailto:a@b.example","member":[` + agent + `,` + agent + `]}`, false},
		{"XAPI-00100", "/authority", `{"objectType":"Group","member":[` + agent + `,{"account":{"homePage":"http://h.example/","name":"n"}}]}`, true},
		{"XAPI-00104", "/attachments/0/fileUrl", `"x"`, false},
	} {
		t.Run(tc.id+" "+tc.pointer+" "+tc.value, func(t *testing.T) {
			for _, v := range []xapi.Version{xapi.V1, xapi.V2} {
				check(t, with(t, tc.pointer, tc.value), v, tc.ok)
			}
		})
	}
	st := func(verb, object, more string) string {
		return `{"actor":` + agent + `,"verb":{"id":"` + verb + `"},"object":` + object + more + `}`
	}
	const ref = `{"objectType":"StatementRef","id":"12345678-1234-4234-8234-123456789014"}`
	sub := func(more string) string {
		return `{"objectType":"SubStatement","actor":` + agent + `,"verb":` + verb + `,"object":` + activity + more + `}`
	}
	const other = "https://v.example/"
	for _, tc := range []struct {
		id, raw string
		ok      bool
	}{
		{"XAPI-00019", st(xapi.VerbVoided, ref, ""), true},
		{"XAPI-00020", st(xapi.VerbVoided, strings.Replace(ref, "StatementRef", "statementref", 1), ""), false},
		{"XAPI-00066", st(other, strings.Replace(sub(""), `"verb"`, `"verbs"`, 1), ""), false},
		{"XAPI-00067", st(other, sub(`,"authority":`+agent), ""), false},
		{"XAPI-00069", st(other, sub(`,"stored":"2030-01-01T00:00:00Z"`), ""), false},
		{"XAPI-00070", st(other, sub(`,"id":"12345678-1234-4234-8234-123456789014"`), ""), false},
		{"XAPI-00072", st(other, `{"objectType":"StatementRef"}`, ""), false},
		{"XAPI-00073", st(other, ref, ""), true},
		{"XAPI-00084", st(other, `{"objectType":"Agent","mbox":"mailto:a@b.example"}`, `,"context":{"revision":"1"}`), false},
		{"XAPI-00085", st(other, ref, `,"context":{"platform":"1"}`), false},
		{"XAPI-00084 XAPI-00085", st(other, activity, `,"context":{"platform":"1","revision":"1"}`), true},
		{"XAPI-00015", st(other, activity, `,"result":{"response":"`+"\xc3\x28"+`"}`), false},
		{"XAPI-00015", st(other, activity, `,"result":{"response":"größer ≥ 😀"}`), true},
	} {
		for _, v := range []xapi.Version{xapi.V1, xapi.V2} {
			t.Run(tc.id+" "+string(v), func(t *testing.T) { check(t, []byte(tc.raw), v, tc.ok) })
		}
	}
}

// Communication §2.1 and Data §2.5: the statements resource, by requirement.
func TestStatementResourceRequirements(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	one, two, gone := id.Random(), id.Random(), id.Random()
	rich := `{"id":"` + one + `","actor":` + agentX + `,"verb":{"id":"http://v.example/ran","display":{"en":"ran","de":"lief"}},"object":{"id":"http://o.example/1","definition":{"name":{"en":"One","de":"Eins"}}},` +
		`"context":{"registration":"` + two + `","instructor":{"mbox":"mailto:ina@town.example"},"contextActivities":{"parent":{"id":"http://p.example/"}}},"timestamp":"2026-11-22T01:02:03.456Z","version":"1.0.0"}`
	for _, st := range []string{rich, string(simple(id.Random(), "bea", "read", "x")), string(simple(gone, "bea", "read", "y")),
		`{"actor":` + agentX + `,"verb":{"id":"` + xapi.VerbVoided + `"},"object":{"objectType":"StatementRef","id":"` + gone + `"}}`} {
		if a := s.do("POST", "/xapi/statements", st); a.StatusCode != 200 {
			t.Fatal(a.body)
		}
	}
	stored := s.do("GET", "/xapi/statements?statementId="+one, "")
	var kept struct{ Stored string }
	if err := json.Unmarshal([]byte(stored.body), &kept); err != nil {
		t.Fatal(err)
	}
	q := url.QueryEscape
	only := `"id":"` + one + `"`
	for _, tc := range []struct {
		id, method, path, body string
		status                 int
		has, lacks             string
	}{
		{"XAPI-00139 XAPI-00158 XAPI-00159", "GET", "?statementId=" + one, "", 200, only, `"statements"`},
		{"XAPI-00330", "GET", "?statementId=" + one, "", 200, `"version":"1.0.0"`, "2.0.0"},
		{"XAPI-00096", "GET", "?statementId=" + one, "", 200, `"parent":[{"id":"http://p.example/"}]`, ""},
		{"XAPI-00099", "GET", "?statementId=" + one, "", 200, `"authority":{"objectType":"Agent"`, ""},
		{"XAPI-00122", "GET", "?statementId=" + one, "", 200, `"timestamp":"2026-11-22T01:02:03.456Z"`, ""},
		{"XAPI-00145", "PUT", "", rich, 400, "statementId", ""},
		{"XAPI-00026 XAPI-00147", "POST", "", strings.Replace(string(simple("", "bea", "read", "x")), `"id":"",`, "", 1), 200, `["`, ""},
		{"XAPI-00149", "GET", "?verb=http://nothing.example/", "", 200, `{"statements":[],"more":""}`, ""},
		{"XAPI-00150", "GET", "?voidedStatementId=" + gone + "&limit=1", "", 400, "", ""},
		{"XAPI-00157", "GET", "?voidedStatementId=" + gone, "", 200, gone, ""},
		{"XAPI-00110 XAPI-00113 XAPI-00154", "GET", "", "", 200, `{"statements":[`, gone + `","actor"`},
		{"XAPI-00109", "GET", "?limit=100", "", 200, `],"more":""}`, ""},
		{"XAPI-00108 XAPI-00114", "GET", "?limit=1", "", 200, `],"more":"/xapi/statements?more=`, ""},
		{"XAPI-00161", "GET", "?attachments=false", "", 200, `{"statements":[`, "--"},
		{"XAPI-00166", "GET", "?ascending=true&limit=1", "", 200, only, ""},
		{"XAPI-00167", "GET", "?attachments=true&limit=1", "", 200, "Content-Type: application/json", ""},
		{"XAPI-00168", "GET", "?agent=" + q(agentX) + "&verb=http://v.example/ran", "", 200, `"display":{"en":"ran","de":"lief"}`, ""},
		{"XAPI-00170", "GET", "?format=exact&statementId=" + one, "", 200, `"display":{"en":"ran","de":"lief"}`, ""},
		{"XAPI-00169 XAPI-00172", "GET", "?format=canonical&statementId=" + one, "", 200, `"definition":{"name":{"de":"Eins"}}`, "One"},
		{"XAPI-00171", "GET", "?format=ids&statementId=" + one, "", 200, `"object":{"id":"http://o.example/1"}`, "One"},
		{"XAPI-00173", "GET", "?limit=1", "", 200, `"statements":[{`, ",{\"id\""},
		{"XAPI-00174", "GET", "?until=" + q(kept.Stored), "", 200, only, ""},
		{"XAPI-00175", "GET", "?since=" + q(kept.Stored), "", 200, `"statements":[`, only},
		{"XAPI-00176", "GET", "?related_agents=true&agent=" + q(`{"mbox":"mailto:ina@town.example"}`), "", 200, only, "bea@"},
		{"XAPI-00176", "GET", "?agent=" + q(`{"mbox":"mailto:ina@town.example"}`), "", 200, `"statements":[]`, ""},
		{"XAPI-00177", "GET", "?related_activities=true&activity=" + q("http://p.example/"), "", 200, only, "bea@"},
		{"XAPI-00178", "GET", "?registration=" + two, "", 200, only, "bea@"},
		{"XAPI-00179", "GET", "?activity=" + q("http://o.example/1"), "", 200, only, "bea@"},
		{"XAPI-00180", "GET", "?verb=" + q("http://v.example/ran"), "", 200, only, "bea@"},
		{"XAPI-00164 XAPI-00181", "GET", "?agent=" + q(agentX), "", 200, only, "bea@"},
		{"XAPI-00324", "GET", "?unknown=1", "", 400, "unknown", ""},
		{"XAPI-00325", "GET", "?StatementId=" + one, "", 400, "StatementId", ""},
		{"XAPI-00127", "POST", "", "--b\r\n", 400, "", ""},
		{"XAPI-00326", "POST", "", "[" + string(simple(two, "bea", "read", "z")) + `,{"actor":7}]`, 400, `"index":1`, ""},
		{"XAPI-00326 nothing of it is stored", "GET", "?statementId=" + two, "", 404, "", ""},
	} {
		headers := []string{"Accept-Language: de"}
		if tc.id == "XAPI-00127" {
			headers = append(headers, "Content-Type: multipart/form-data; boundary=b")
		}
		a := s.do(tc.method, "/xapi/statements"+tc.path, tc.body, headers...)
		if a.StatusCode != tc.status || !strings.Contains(a.body, tc.has) || tc.lacks != "" && strings.Contains(a.body, tc.lacks) {
			t.Errorf("%s %s %s: got %d %.600s, want %d with %q and without %q", tc.id, tc.method, tc.path, a.StatusCode, a.body, tc.status, tc.has, tc.lacks)
		}
		// XAPI-00153, XAPI-00165
		if a.Header.Get("X-Experience-API-Consistent-Through") == "" || a.Header.Get("Content-Type") == "" {
			t.Errorf("%s: headers %v", tc.id, a.Header)
		}
	}
	// XAPI-00111: what more leads to is of the same form.
	var page struct {
		Statements []json.RawMessage
		More       string
	}
	seen := 0
	for path := "/xapi/statements?limit=1"; path != ""; path = page.More {
		page.Statements, page.More = nil, ""
		if err := json.Unmarshal([]byte(s.do("GET", path, "").body), &page); err != nil || page.Statements == nil {
			t.Fatal(path, err)
		}
		seen += len(page.Statements)
	}
	if seen != 4 { // the voided one is not shown
		t.Errorf("XAPI-00111: %d statements by more, want 4", seen)
	}
}
