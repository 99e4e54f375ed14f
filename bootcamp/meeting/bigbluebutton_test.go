package meeting_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"palestra/bootcamp/meeting"
)

// checked says whether a call has the server's checksum.
func checked(u *url.URL, call string) bool {
	query, sum, ok := strings.Cut(u.RawQuery, "&checksum=")
	want := sha256.Sum256([]byte(call + query + "secret"))
	return ok && sum == hex.EncodeToString(want[:])
}

func TestBigBlueButton(t *testing.T) {
	t.Parallel()
	answer := `<response><returncode>SUCCESS</returncode></response>`
	var made url.Values
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/create" || !checked(r.URL, "create") {
			t.Errorf("asked for %s", r.URL)
		}
		made = r.URL.Query()
		_, _ = w.Write([]byte(answer))
	}))
	defer s.Close()
	b := meeting.BigBlueButton{URL: s.URL + "/api", Secret: "secret", Hook: "https://palestra.example/hook", Client: s.Client(), Now: now}
	for leads, want := range map[bool]struct{ role, password string }{false: {"VIEWER", "attendeePW"}, true: {"MODERATOR", "moderatorPW"}} {
		g := ada
		g.Leads = leads
		link, err := b.Join(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); !checked(u, "join") || q.Get("role") != want.role || q.Get("password") != made.Get(want.password) || q.Get("fullName") != ada.Name || q.Get("userID") != ada.Who {
			t.Errorf("the link is %s", link)
		}
	}
	hook := made.Get("meta_analytics-callback-url")
	if made.Get("meetingKeepEvents") != "true" || !strings.HasPrefix(hook, "https://palestra.example/hook/") || len(hook) < len("https://palestra.example/hook/")+24 {
		t.Errorf("made with %v", made)
	}
	other := ada
	other.Room = "meeting 2"
	if _, err := b.Join(t.Context(), other); err != nil || made.Get("meta_analytics-callback-url") == hook {
		t.Errorf("two rooms report to one address: %v", err)
	}
	for name, long := range map[string]string{"one letter": "A", "long": strings.Repeat("Ärger mit Karten ", 12), "wide": strings.Repeat("🗺", 60)} {
		other.Title = long
		if _, err := b.Join(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		if n := len(utf16.Encode([]rune(made.Get("name")))); n < 2 || n > 64 || !strings.HasPrefix(made.Get("name"), long[:1]) {
			t.Errorf("a title, %s: the name is %q, of %d characters", name, made.Get("name"), n)
		}
	}
	b.Hook = ""
	if _, err := b.Join(t.Context(), ada); err != nil || made.Has("meta_analytics-callback-url") || made.Has("meetingKeepEvents") {
		t.Errorf("without an address for reports it is made with %v, %v", made, err)
	}
	answer = `<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>`
	if _, err := b.Join(t.Context(), ada); err == nil || !strings.Contains(err.Error(), "checksumError") {
		t.Errorf("refused, it says %v", err)
	}
}

// TestAddressesOfBigBlueButton: what BigBlueButton's own code takes for signed, and what a server that reads a query and
// writes it anew as forms are written has the same checksum of.
func TestAddressesOfBigBlueButton(t *testing.T) {
	t.Parallel()
	var made string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made = r.URL.RawQuery
		_, _ = w.Write([]byte(`<response><returncode>SUCCESS</returncode></response>`))
	}))
	defer s.Close()
	b := meeting.BigBlueButton{URL: s.URL, Secret: exampleSecret, Hook: "http://127.0.0.1:5290/api/v1/hooks/bigbluebutton", Client: s.Client(), Now: now}
	link, err := b.Join(t.Context(), meeting.Guest{Room: "org.session-1", Title: "Karten ~ *für* alle (2) & 'mehr'", Who: "w_ada", Name: "Ada *~' & Söhne 🗺"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "attendeePW=8f2ddec2442721aae5bcf7d7&meetingID=org.session-1&meetingKeepEvents=true" +
		"&meta_analytics-callback-url=http%3A%2F%2F127.0.0.1%3A5290%2Fapi%2Fv1%2Fhooks%2Fbigbluebutton%2Fd4ecf7ad12c2766e781402fd" +
		"&moderatorPW=b6a9d52066a2f79569d15e5f&name=Karten+%7E+*f%C3%BCr*+alle+%282%29+%26+%27mehr%27" +
		"&checksum=6a8f406a93103bb61626474c443ab32c224818aac3404da3aff529da0a3f5a93"; made != want {
		t.Errorf("made with\n%s, want\n%s", made, want)
	}
	if want := s.URL + "/join?fullName=Ada+*%7E%27+%26+S%C3%B6hne+%F0%9F%97%BA&meetingID=org.session-1&password=8f2ddec2442721aae5bcf7d7&redirect=true" +
		"&role=VIEWER&userID=w_ada&checksum=21e58807e6de89658e261c763e43421baa7b3031202e38bfbeaef3442988f344"; link != want {
		t.Errorf("the link is\n%s, want\n%s", link, want)
	}
}

// exampleSecret is the one that BigBlueButton's documentation has.
const exampleSecret = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"

// TestReportThatBigBlueButtonMade reads what BigBlueButton's own script has sent of a meeting: Ada came with two browsers, went,
// and came again until its end.
func TestReportThatBigBlueButtonMade(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("testdata/bigbluebutton.json")
	if err != nil {
		t.Fatal(err)
	}
	sent := time.Date(2026, 11, 23, 2, 53, 40, 0, time.UTC)
	b := meeting.BigBlueButton{Secret: exampleSecret, Now: func() time.Time { return sent }}
	token := "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJleHAiOjE3OTU0ODg4MTl9.zPExP0P2dJeAhCcw4AOZYy3mgEvJ9veaZSkEj8zXZfyLRSRcbvWhPEcWpU3Gp8oC3Tdhb1Aj1zZY8o8axlWT_g"
	if err := b.Calls(token); err != nil {
		t.Errorf("its token: %v", err)
	}
	b.Now = func() time.Time { return sent.Add(25 * time.Hour) }
	if err := b.Calls(token); !errors.Is(err, meeting.ErrSignature) {
		t.Errorf("its token, a day later: %v", err)
	}
	room, got, err := b.Report("d4ecf7ad12c2766e781402fd", body)
	if err != nil || room != "org.session-1" {
		t.Fatalf("room %q: %v", room, err)
	}
	clock := func(hour, minute int) time.Time { return time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC) }
	want := []meeting.Stay{
		{Who: "w_ada", Times: []meeting.Time{{From: clock(4, 1), To: clock(4, 20)}, {From: clock(4, 30), To: clock(5, 0)}}},
		{Who: "w_fay", Times: []meeting.Time{{From: clock(4, 2), To: clock(4, 45)}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("it says (-want +got):\n%s", d)
	}
}

// bearer is a token as BigBlueButton's script makes it.
func bearer(t *testing.T, algorithm string, sum func() hash.Hash, secret string, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"`+algorithm+`"}`)) + "." + enc.EncodeToString(payload)
	h := hmac.New(sum, []byte(secret))
	h.Write([]byte(text))
	return "Bearer " + text + "." + enc.EncodeToString(h.Sum(nil))
}

func TestWhoCallsForBigBlueButton(t *testing.T) {
	t.Parallel()
	b := meeting.BigBlueButton{Secret: "secret", Now: now}
	day := map[string]any{"exp": at.Add(24 * time.Hour).Unix()}
	good := bearer(t, "HS512", sha512.New, "secret", day)
	if err := b.Calls(good); err != nil {
		t.Errorf("the server itself: %v", err)
	}
	for name, authorization := range map[string]string{
		"nothing": "", "no bearer": strings.TrimPrefix(good, "Bearer "), "another secret": bearer(t, "HS512", sha512.New, "guess", day),
		"a shorter sum": bearer(t, "HS256", sha256.New, "secret", day), "no algorithm": bearer(t, "none", sha512.New, "secret", day),
		"yesterday's": bearer(t, "HS512", sha512.New, "secret", map[string]any{"exp": at.Add(-time.Second).Unix()}),
		"for ever":    bearer(t, "HS512", sha512.New, "secret", map[string]any{}), "half a token": good[:len(good)/2], "long": "Bearer " + strings.Repeat("x", 20<<10),
	} {
		if err := b.Calls(authorization); !errors.Is(err, meeting.ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// hookOf returns the end of the address at which a room is reported, as BigBlueButton gets to know it.
func hookOf(t *testing.T, b meeting.BigBlueButton, room string) string {
	t.Helper()
	var key string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hook := r.URL.Query().Get("meta_analytics-callback-url")
		key = hook[strings.LastIndexByte(hook, '/')+1:]
		_, _ = w.Write([]byte(`<response><returncode>SUCCESS</returncode></response>`))
	}))
	defer s.Close()
	b.URL, b.Client, b.Hook = s.URL, s.Client(), "https://palestra.example/hook"
	g := ada
	g.Room = room
	if _, err := b.Join(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	return key
}

func TestReportsOfBigBlueButton(t *testing.T) {
	t.Parallel()
	b := meeting.BigBlueButton{Secret: "secret", Now: now}
	key := hookOf(t, b, "meeting 1")
	clock := func(minute int) time.Time { return at.Add(time.Duration(minute) * time.Minute) }
	iso := func(minute int) string { return clock(minute).Format("2006-01-02T15:04:05.000-07:00") }
	ruby := func(minute int) string {
		return clock(minute).In(time.FixedZone("", 3600)).Format("2006-01-02 15:04:05 -0700")
	}
	body, err := json.Marshal(map[string]any{
		"version": "1.0", "meeting_id": "meeting 1", "internal_meeting_id": "0f9c-1795510800000",
		"data": map[string]any{"duration": 3600, "start": iso(0), "finish": iso(60), "polls": []any{}, "files": []string{"default.pdf"}, "metadata": map[string]any{"is_breakout": "false"},
			"attendees": []map[string]any{
				{"ext_user_id": "ada", "name": "Ada", "joins": []string{iso(0), iso(30)}, "leaves": []string{iso(20), iso(50)}, "duration": 2400, "engagement": map[string]int{"chats": 3}},
				{"ext_user_id": "two browsers", "joins": []string{ruby(0), ruby(10)}, "leaves": []string{ruby(30), ruby(40)}},
				{"ext_user_id": "changed rooms", "joins": []string{iso(0), iso(20)}, "leaves": []string{iso(20), iso(40)}},
				{"ext_user_id": "never left", "joins": []string{iso(15)}, "leaves": []string{}},
				{"ext_user_id": "left twice", "joins": []string{iso(5)}, "leaves": []string{iso(1), iso(10), iso(11)}},
				{"ext_user_id": "never came", "joins": []string{}, "leaves": []string{iso(10)}},
				{"ext_user_id": "no times", "joins": []any{"soon", 7, nil, map[string]any{}}, "leaves": []string{"later"}},
				{"ext_user_id": "", "joins": []string{iso(0)}, "leaves": []string{iso(10)}},
				{"ext_user_id": strings.Repeat("x", 100), "joins": []string{iso(0)}, "leaves": []string{iso(10)}},
				{"name": "a telephone", "joins": []string{iso(0)}, "leaves": []string{iso(10)}},
			}},
	})
	if err != nil {
		t.Fatal(err)
	}
	room, got, err := b.Report(key, body)
	if err != nil || room != "meeting 1" {
		t.Fatalf("room %q: %v", room, err)
	}
	want := []meeting.Stay{
		{Who: "ada", Times: []meeting.Time{{From: clock(0), To: clock(20)}, {From: clock(30), To: clock(50)}}},
		{Who: "two browsers", Times: []meeting.Time{{From: clock(0), To: clock(40)}}},
		{Who: "changed rooms", Times: []meeting.Time{{From: clock(0), To: clock(40)}}},
		{Who: "never left", Times: []meeting.Time{{From: clock(15), To: clock(60)}}},
		{Who: "left twice", Times: []meeting.Time{{From: clock(5), To: clock(10)}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("it says (-want +got):\n%s", d)
	}
	for name, x := range map[string]string{"no key": "", "another room's": hookOf(t, b, "meeting 2"), "of another secret": hookOf(t, meeting.BigBlueButton{Secret: "guess", Now: now}, "meeting 1")} {
		if _, _, err := b.Report(x, body); !errors.Is(err, meeting.ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, x := range map[string]string{"nothing": "", "no object": "[]", "half of it": string(body[:len(body)/2])} {
		if _, stays, err := b.Report(key, []byte(x)); err == nil || len(stays) > 0 {
			t.Errorf("%s is read as %v", name, stays)
		}
	}
}

// FuzzReportOfBigBlueButton: whatever a report says, times are in order and do not touch.
func FuzzReportOfBigBlueButton(f *testing.F) {
	b := meeting.BigBlueButton{Secret: "secret", Now: now}
	f.Add(`["2026-11-24T09:00:00Z","2026-11-24T10:00:00Z"]`, `["2026-11-24T09:30:00Z"]`, `"2026-11-24T11:00:00Z"`)
	f.Add(`["2026-11-24 09:00:00 +0100"]`, `[null]`, `""`)
	f.Add(`["9999-12-31T23:59:59Z"]`, `["0000-01-01T00:00:00Z"]`, `7`)
	h := hmac.New(sha256.New, []byte("secret"))
	h.Write([]byte("report\x00r"))
	key := hex.EncodeToString(h.Sum(nil)[:12])
	f.Fuzz(func(t *testing.T, joins, leaves, finish string) {
		_, stays, err := b.Report(key, []byte(`{"meeting_id":"r","data":{"attendees":[{"ext_user_id":"a","joins":`+joins+`,"leaves":`+leaves+`}],"finish":`+finish+`}}`))
		if err != nil {
			return
		}
		for _, s := range stays {
			var last time.Time
			for _, x := range s.Times {
				if !x.From.After(last) && !last.IsZero() || !x.To.After(x.From) {
					t.Errorf("joins %s, leaves %s, finish %s: %v", joins, leaves, finish, s.Times)
				}
				last = x.To
			}
		}
	})
}
