package lrstest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"palestra/lrs/xapi"
)

// full is a statement that uses nearly everything.
const full = `{
	"id": "12345678-1234-4234-8234-123456789012",
	"actor": {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@town.example"},
	"verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en-US": "answered", "de": "hat beantwortet"}},
	"object": {"objectType": "Activity", "id": "https://town.example/xapi/courses/1/lessons/2", "definition": {
		"name": {"en": "Question"}, "description": {"en": "One"}, "type": "http://adlnet.gov/expapi/activities/cmi.interaction", "moreInfo": "https://town.example/more",
		"interactionType": "choice", "correctResponsesPattern": ["a[,]b"], "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
		"extensions": {"https://e.example/x": null}}},
	"result": {"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": true, "completion": false, "response": "a", "duration": "PT4H35M59.14S", "extensions": {"https://e.example/x": {}}},
	"context": {"registration": "12345678-1234-4234-8234-123456789013", "instructor": {"openid": "https://ina.example/"}, "team": {"objectType": "Group", "member": [{"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}]},
		"contextActivities": {"parent": {"id": "https://town.example/xapi/courses/1"}, "category": [{"id": "https://w3id.org/xapi/video"}]},
		"revision": "1", "platform": "Palestra", "language": "de-AT", "statement": {"objectType": "StatementRef", "id": "12345678-1234-4234-8234-123456789014"}, "extensions": {"https://e.example/x": [1]}},
	"timestamp": "2026-11-22T01:02:03.456+01:00",
	"stored": "2026-11-22T01:02:03.456Z",
	"authority": {"account": {"homePage": "https://town.example", "name": "x"}},
	"version": "1.0.0",
	"attachments": [{"usageType": "http://id.example/cert", "display": {"en": "Certificate"}, "description": {"en": "C"}, "contentType": "text/plain; charset=ascii", "length": 27,
		"sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a", "fileUrl": "https://town.example/file"}]
}`

// with returns full with the value at a JSON pointer replaced, added, or removed if value is "".
func with(t testing.TB, pointer, value string) []byte {
	t.Helper()
	var root any
	d := json.NewDecoder(strings.NewReader(full))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, k := range keys {
		keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(k)
	}
	at := root
	for _, k := range keys[:len(keys)-1] {
		switch v := at.(type) {
		case map[string]any:
			at = v[k]
		case []any:
			at = v[int(k[0]-'0')]
		}
	}
	last := keys[len(keys)-1]
	switch v := at.(type) {
	case map[string]any:
		delete(v, last)
		if value != "" {
			v[last] = json.RawMessage(value)
		}
	case []any:
		v[int(last[0]-'0')] = json.RawMessage(value)
	default:
		t.Fatalf("nothing at %s", pointer)
	}
	b, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	agent    = `{"mbox":"mailto:a@b.example"}`
	activity = `{"id":"https://a.example/"}`
	verb     = `{"id":"https://v.example/"}`
)

func TestGrammar(t *testing.T) {
	t.Parallel()
	sub := func(more string) string {
		return `{"objectType":"SubStatement","actor":` + agent + `,"verb":` + verb + `,"object":` + activity + more + `}`
	}
	// With an object that is no activity, revision and platform must go: these cases replace the context, too.
	for _, tc := range []struct {
		id, pointer, value string
		ok                 bool
	}{
		{"XAPI-00003", "/actor", "", false},
		{"XAPI-00004", "/verb", "", false},
		{"XAPI-00005", "/object", "", false},
		{"XAPI-00001", "/actor", "null", false},
		{"XAPI-00001", "/verb/display", "null", false},
		{"XAPI-00001", "/verb/display/en-US", "null", false},
		{"XAPI-00001", "/context", "null", false},
		{"XAPI-00001", "/object/definition/extensions", "{}", true},
		{"XAPI-00119", "/context/extensions/https:~1~1e.example~1x", "null", true},
		{"XAPI-00119", "/result/extensions/https:~1~1e.example~1x", `""`, true},
		{"XAPI-00118", "/result/extensions/x", "1", false},
		{"XAPI-00006", "/result/score/raw", `"5"`, false},
		{"XAPI-00006", "/result/success", `"true"`, false},
		{"XAPI-00006", "/result/completion", `"false"`, false},
		{"XAPI-00007", "/id", `"12345678-1234-4234-8234-12345678901g"`, false},
		{"XAPI-00007", "/id", `"12345678-1234-4234-8234-1234567890123"`, false},
		{"XAPI-00007", "/id", `7`, false},
		{"XAPI-00007", "/authority/account/name", `{}`, false},
		{"XAPI-00008", "/Actor", agent, false},
		{"XAPI-00008", "/iD", `"12345678-1234-4234-8234-123456789012"`, false},
		{"XAPI-00008", "/context/Registration", `"12345678-1234-4234-8234-123456789012"`, false},
		{"XAPI-00009", "/object/definition/interactionType", `"choiCe"`, false},
		{"XAPI-00010", "/foo", `1`, false},
		{"XAPI-00011", "/verb/id", `"answered"`, false},
		{"XAPI-00011", "/verb/id", `""`, false},
		{"XAPI-00011", "/object/id", `"//town.example/x"`, false},
		{"XAPI-00011", "/object/id", `"https://town.example/a b"`, false},
		{"XAPI-00011", "/object/id", `"https://town.example/ünï/%C3%BC"`, true},
		{"XAPI-00011", "/object/id", `"urn:uuid:12345678-1234-4234-8234-123456789012"`, true},
		{"XAPI-00011", "/object/id", `"https://town.example/%zz"`, false},
		{"XAPI-00011", "/object/definition/type", `"x"`, false},
		{"XAPI-00011", "/object/definition/moreInfo", `"x"`, false},
		{"XAPI-00011", "/attachments/0/usageType", `"x"`, false},
		{"XAPI-00011", "/attachments/0/fileUrl", `"x"`, false},
		{"XAPI-00011", "/authority/account/homePage", `"x"`, false},
		{"XAPI-00013", "/context/language", `"12"`, false},
		{"XAPI-00013", "/context/language", `"cmn"`, true},
		{"XAPI-00013", "/context/language", `"sr-Latn-RS"`, true},
		{"XAPI-00013", "/context/language", `"es-419"`, true},
		{"XAPI-00013", "/context/language", `"zh-z-aaa-z-bbb-c-ccc"`, false},
		{"XAPI-00013", "/context/language", `"de-1901-1901"`, false},
		{"XAPI-00013", "/context/language", `"x-klingon"`, true},
		{"XAPI-00013", "/context/language", `"en_US"`, false},
		{"XAPI-00013", "/context/language", `""`, false},
		{"XAPI-00121", "/verb/display/a", `"x"`, false},
		{"XAPI-00045", "/verb/display", `"x"`, false},
		{"XAPI-00044", "/verb/id", ``, false},
		{"XAPI-00022", "/timestamp", `"2027-01-01T00:00:00Z"`, true},
		{"XAPI-00022", "/timestamp", `"2026-02-30T00:00:00Z"`, false},
		{"XAPI-00022", "/timestamp", `"now"`, false},
		{"XAPI-00022", "/timestamp", `1`, false},
		{"XAPI-00123", "/timestamp", `"2026-11-22T01:02:03-00:00"`, false},
		{"XAPI-00123", "/timestamp", `"2026-11-22T01:02:03-0000"`, false},
		{"XAPI-00123", "/timestamp", `"2026-11-22T01:02:03-00"`, false},
		{"XAPI-00123", "/timestamp", `"2026-11-22T01:02:03+00:00"`, true},
		{"XAPI-00123", "/timestamp", `"2026-11-22T01:02:03+0530"`, true},
		{"XAPI-00123", "/timestamp", `"2026-11-22T01:02:03.123456789Z"`, true},
		{"XAPI-00023", "/stored", `"x"`, false},
		{"XAPI-00101", "/version", `"1.0"`, true},
		{"XAPI-00101", "/version", `"1.0.9"`, true},
		{"XAPI-00101", "/version", `"0.9.9"`, false},
		{"XAPI-00101", "/version", `"1.1.0"`, false},
		{"XAPI-00101", "/version", `"1.0.x"`, false},
		{"XAPI-00031", "/actor/objectType", `"agent"`, false},
		{"XAPI-00032", "/actor/objectType", `1`, false},
		{"XAPI-00033", "/actor/name", `1`, false},
		{"XAPI-00034", "/actor/mbox", ``, false},
		{"XAPI-00034", "/actor/openid", `"https://x.example/"`, false},
		{"XAPI-00034", "/actor", `{"account":{"homePage":"https://x.example","name":"a"},"mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}`, false},
		{"XAPI-00034", "/actor/member", `[]`, false},
		{"XAPI-00035", "/actor", `{"objectType":"Group"}`, false},
		{"XAPI-00036", "/actor", `{"objectType":"Group","member":{}}`, false},
		{"XAPI-00036", "/actor", `{"objectType":"Group","member":[{"objectType":"Group","member":[]}]}`, false},
		{"XAPI-00037", "/actor", `{"objectType":"Group","mbox":"mailto:a@b.example"}`, true},
		{"XAPI-00037", "/actor", `{"objectType":"Group","mbox":"mailto:a@b.example","openid":"https://x.example"}`, false},
		{"XAPI-00038", "/actor/mbox", `"a@b.example"`, false},
		{"XAPI-00038", "/actor/mbox", `"mailto:b.example"`, false},
		{"XAPI-00039", "/actor", `{"mbox_sha1sum":"ebd31e"}`, false},
		{"XAPI-00040", "/context/instructor/openid", `"x"`, false},
		{"XAPI-00042", "/authority/account/homePage", ``, false},
		{"XAPI-00043", "/authority/account/name", ``, false},
		{"XAPI-00041", "/authority/account/x", `1`, false},
		{"XAPI-00098", "/authority", `{"objectType":"Group","member":[` + agent + `]}`, false},
		{"XAPI-00098", "/authority", `{"objectType":"Group","member":[` + agent + `,` + agent + `]}`, true},
		{"XAPI-00098", "/authority", `{"objectType":"Group","member":[` + agent + `,` + agent + `,` + agent + `]}`, false},
		{"XAPI-00024", "/authority", `{"objectType":"Group","mbox":"mailto:a@b.example","member":[` + agent + `,` + agent + `]}`, false},
		{"XAPI-00048", "/object/definition", `"x"`, false},
		{"XAPI-00056", "/object/definition/name", `"x"`, false},
		{"Data §2.4.4.1", "/object/definition/interactionType", ``, false},
		{"Data §2.4.4.1", "/object/definition/choices", `[{"id":"a"},{"id":"a"}]`, false},
		{"Data §2.4.4.1", "/object/definition/choices", `[{"description":{}}]`, false},
		{"Data §2.4.4.1", "/object/definition/correctResponsesPattern", `[1]`, false},
		{"Data §2.4.4", "/object/objectType", `"activity"`, false},
		{"Data §2.4.6", "/object", `{"objectType":"Agent","mbox":"mailto:a@b.example"}`, false}, // revision and platform
		{"XAPI-00065", "/object", `{"mbox":"mailto:a@b.example"}`, false},
		{"XAPI-00075", "/result/duration", `"P4W1D"`, false},
		{"XAPI-00124", "/result/duration", `"P4W"`, true},
		{"XAPI-00124", "/result/duration", `"P3Y1M29DT4H35M59.14S"`, true},
		{"XAPI-00124", "/result/duration", `"PT16559.14S"`, true},
		{"XAPI-00124", "/result/duration", `"P0.5Y"`, true},
		{"XAPI-00124", "/result/duration", `"P0.5Y1M"`, false},
		{"XAPI-00124", "/result/duration", `"P"`, false},
		{"XAPI-00124", "/result/duration", `"PT"`, false},
		{"XAPI-00124", "/result/duration", `"P1DT"`, false},
		{"XAPI-00124", "/result/duration", `"P1M1Y"`, false},
		{"XAPI-00124", "/result/duration", `"PT1D"`, false},
		{"XAPI-00124", "/result/duration", `"P1H"`, false},
		{"XAPI-00124", "/result/duration", `"-PT1S"`, false},
		{"XAPI-00124", "/result/duration", `"P2026-11-22"`, false},
		{"XAPI-00124", "/result/duration", `1`, false},
		{"XAPI-00079", "/result/score", `1`, false},
		{"XAPI-00080", "/result/score/max", `-1`, false},
		{"XAPI-00081", "/result/score/min", `10`, false},
		{"XAPI-00082", "/result/score/raw", `10.01`, false},
		{"XAPI-00082", "/result/score/raw", `-0.01`, false},
		{"XAPI-00083", "/result/score/scaled", `1.01`, false},
		{"XAPI-00083", "/result/score/scaled", `-1.00001`, false},
		{"XAPI-00083", "/result/score/scaled", `-1.0000`, true},
		{"Data §2.4.5.1", "/result/score/raw max", `1`, false},
		{"Data §2.4.5.1", "/result/score/scale", `1`, false},
		{"XAPI-00086", "/context/contextActivities", `"x"`, false},
		{"XAPI-00093", "/context/contextActivities/others", activity, false},
		{"XAPI-00094", "/context/contextActivities/other", `[` + activity + `]`, true},
		{"XAPI-00094", "/context/contextActivities/other", `[{"objectType":"Agent","mbox":"mailto:a@b.example"}]`, false},
		{"Data §2.4.6", "/context/registration", `"x"`, false},
		{"Data §2.4.6", "/context/team", agent, false},
		{"Data §2.4.6", "/context/statement", `{"id":"12345678-1234-4234-8234-123456789014"}`, false},
		{"XAPI-00025", "/attachments", `{}`, false},
		{"Data §2.4.11", "/attachments/0", `"x"`, false},
		{"XAPI-00102", "/attachments/0/length", `"27"`, false},
		{"XAPI-00102", "/attachments/0/length", `27.5`, false},
		{"XAPI-00103", "/attachments/0/sha2", `"x"`, false},
		{"XAPI-00105", "/attachments/0/contentType", `1`, false},
		{"XAPI-00106", "/attachments/0/display", ``, false},
		{"XAPI-00107", "/attachments/0/usageType", ``, false},
		{"Data §2.4.11", "/attachments/0/fileUrl", ``, true},
		{"Data §2.4.4.3", "/object", `{"objectType":"StatementRef","id":"x"}`, false},
		{"Data §2.4.4.3", "/object", sub(""), false}, // revision and platform
		{"Data §2.4.4.3", "/context", ``, true},
	} {
		t.Run(tc.id+" "+tc.pointer+" "+tc.value, func(t *testing.T) {
			raw := with(t, tc.pointer, tc.value)
			for _, v := range []xapi.Version{xapi.V1, xapi.V2} {
				check(t, raw, v, tc.ok)
			}
		})
	}
}

func check(t *testing.T, raw []byte, v xapi.Version, ok bool) {
	t.Helper()
	_, err := xapi.Parse(raw, v)
	if (err == nil) != ok {
		t.Errorf("%s: got %v, want accepted: %v\n%s", v, err, ok, raw)
	}
	e, is := errors.AsType[*xapi.Error](err)
	if err != nil && (!is || e.Clause == "" || e.Text == "") {
		t.Errorf("the error names no clause: %v", err)
	}
}

func TestObjects(t *testing.T) {
	t.Parallel()
	st := func(object, more string) string {
		return `{"actor":` + agent + `,"verb":` + verb + `,"object":` + object + more + `}`
	}
	sub := func(object, more string) string {
		return `{"objectType":"SubStatement",` + strings.TrimPrefix(st(object, more), "{")
	}
	const ref = `{"objectType":"StatementRef","id":"12345678-1234-4234-8234-123456789014"}`
	voided := `"verb":{"id":"` + xapi.VerbVoided + `"}`
	for _, tc := range []struct {
		id, raw string
		ok      bool
	}{
		{"agent", st(`{"objectType":"Agent","mbox":"mailto:a@b.example"}`, ""), true},
		{"XAPI-00065 agent without objectType", st(agent, ""), false},
		{"group", st(`{"objectType":"Group","member":[]}`, ""), true},
		{"StatementRef", st(ref, ""), true},
		{"StatementRef with more", st(strings.TrimSuffix(ref, "}")+`,"x":1}`, ""), false},
		{"SubStatement", st(sub(activity, `,"timestamp":"2030-01-01T00:00:00Z"`), ""), true},
		{"SubStatement with StatementRef", st(sub(ref, ""), ""), true},
		{"XAPI-00071 SubStatement in SubStatement", st(sub(sub(activity, ""), ""), ""), false},
		{"XAPI-00068 SubStatement with id", st(sub(activity, `,"id":"12345678-1234-4234-8234-123456789014"`), ""), false},
		{"SubStatement with stored", st(sub(activity, `,"stored":"2030-01-01T00:00:00Z"`), ""), false},
		{"SubStatement with version", st(sub(activity, `,"version":"1.0.0"`), ""), false},
		{"SubStatement with authority", st(sub(activity, `,"authority":`+agent), ""), false},
		{"SubStatement without actor", st(`{"objectType":"SubStatement","verb":`+verb+`,"object":`+activity+`}`, ""), false},
		{"SubStatement of agent without objectType", st(sub(agent, ""), ""), false},
		{"SubStatement with platform, of an activity", st(sub(activity, `,"context":{"platform":"x"}`), ""), true},
		{"platform beside SubStatement", st(sub(activity, ""), `,"context":{"platform":"x"}`), false},
		{"statement with objectType", st(activity, `,"objectType":"Statement"`), false},
		{"XAPI-00017 voided StatementRef", strings.Replace(st(ref, ""), `"verb":`+verb, voided, 1), true},
		{"XAPI-00017 voided activity", strings.Replace(st(activity, ""), `"verb":`+verb, voided, 1), false},
		{"duplicate key", st(activity, `,"result":{"success":true,"success":true}`), false},
		{"duplicate key in an extension", st(activity, `,"result":{"extensions":{"http://e.example/":{"a":1,"\u0061":2}}}`), false},
		{"half a surrogate pair", st(activity, `,"result":{"response":"\ud800"}`), false},
		{"a surrogate pair", st(activity, `,"result":{"response":"\ud83d\ude00"}`), true},
		{"not UTF-8", st(activity, ",\"result\":{\"response\":\"\xff\"}"), false},
		{"two statements in a row", st(activity, "") + st(activity, ""), false},
		{"a comment", "/* */" + st(activity, ""), false},
	} {
		t.Run(tc.id, func(t *testing.T) {
			check(t, []byte(tc.raw), xapi.V1, tc.ok)
			check(t, []byte(tc.raw), xapi.V2, tc.ok)
		})
	}
	roles := st(activity, `,"context":{"contextAgents":[{"objectType":"contextAgent","agent":`+agent+`,"relevantTypes":["https://t.example/"]}],"contextGroups":[{"objectType":"contextGroup","group":{"objectType":"Group","member":[]}}]}`)
	check(t, []byte(roles), xapi.V1, false)
	check(t, []byte(roles), xapi.V2, true)
	for _, bad := range [][2]string{{`"contextAgent"`, `"contextagent"`}, {agent + `,"rel`, `{},"rel`}, {`["https://t.example/"]`, `[]`}, {`["https://t.example/"]`, `["x"]`}, {`{"objectType":"Group","member":[]}`, agent}, {`"objectType":"contextGroup",`, ``}} {
		if raw := strings.Replace(roles, bad[0], bad[1], 1); raw == roles {
			t.Errorf("%s is not there", bad[0])
		} else {
			check(t, []byte(raw), xapi.V2, false)
		}
	}
	check(t, []byte(st(activity, `,"version":"2.0.0"`)), xapi.V2, true)
	check(t, []byte(st(activity, `,"version":"2.0.0"`)), xapi.V1, false)
}

// Errors point at what is wrong.
func TestPointers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ pointer, value, want string }{
		{"/result/score/scaled", "2", "/result/score/scaled"},
		{"/context/contextActivities/category", `[{"id":"https://a.example/"},{"id":"x"}]`, "/context/contextActivities/category/1/id"},
		{"/result/extensions/a~1b", "1", "/result/extensions/a~1b"},
		{"/verb", "{}", "/verb"},
		{"/actor/foo", "1", "/actor/foo"},
	} {
		_, err := xapi.Parse(with(t, tc.pointer, tc.value), xapi.V2)
		if e, ok := errors.AsType[*xapi.Error](err); !ok || e.Pointer != tc.want {
			t.Errorf("got %v, want %s", err, tc.want)
		}
	}
}

// Data §2.3.1: what makes two statements the same.
func TestSame(t *testing.T) {
	t.Parallel()
	digest := func(raw []byte) string {
		p, err := xapi.Parse(raw, xapi.V2)
		if err != nil {
			t.Fatal(err)
		}
		return string(p.Digest())
	}
	base := digest([]byte(full))
	for _, tc := range []struct {
		pointer, value string
		same           bool
	}{
		{"/id", ``, true},
		{"/stored", ``, true},
		{"/authority", agent, true},
		{"/version", `"1.0.1"`, true},
		{"/timestamp", `"2026-11-22T00:02:03.456Z"`, true},
		{"/verb/display", `{"fr":"x"}`, true},
		{"/object/definition", ``, true},
		{"/actor/mbox", `"mailto:ada@TOWN.example"`, true},
		{"/actor/mbox", `"mailto:Ada@town.example"`, false},
		{"/actor/name", `"\u0041da"`, true},
		{"/actor/name", `"Eva"`, false},
		{"/result/score/raw", `5.0`, true},
		{"/result/score/raw", `0.5e1`, true},
		{"/result/score/raw", `5.1`, false},
		{"/result/duration", `"PT4H35M59.149S"`, true},
		{"/result/duration", `"PT4H35M59.15S"`, false},
		{"/context/contextActivities/parent", `[{"id":"https://town.example/xapi/courses/1","definition":{}}]`, true},
		{"/context/contextActivities/parent", `{"id":"https://town.example/xapi/courses/2"}`, false},
		{"/context/registration", `"12345678-1234-4234-8234-12345678901A"`, false},
		{"/result/extensions/https:~1~1e.example~1x", `{"a":1}`, false},
		{"/object/id", `"https://town.example/xapi/courses/1/lessons/3"`, false},
	} {
		if got := digest(with(t, tc.pointer, tc.value)) == base; got != tc.same {
			t.Errorf("%s = %s: same %v, want %v", tc.pointer, tc.value, got, tc.same)
		}
	}
	group := func(members string) string {
		return digest([]byte(`{"actor":{"objectType":"Group","member":[` + members + `]},"verb":` + verb + `,"object":` + activity + `}`))
	}
	if group(agent+`,{"openid":"https://o.example"}`) != group(`{"openid":"https://o.example"},`+agent) {
		t.Error("the members of a group have no order")
	}
}
