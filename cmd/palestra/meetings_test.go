package main

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"palestra/internal/config"
	"palestra/internal/servicestest"
)

// meetingDay is a session in which Ada learns and Fay leads, and who of them asks what.
type meetingDay struct {
	ada, fay *visitor
	path     string // of the session
}

// day plans a session of an hour.
func (i *installation) day(t *testing.T, begins time.Time) meetingDay {
	t.Helper()
	people := i.town(t, i.operator(t), "castelverde", map[string]string{"ada": "learner", "fay": "facilitator"})
	ada, fay := people["ada"], people["fay"]
	day := begins.Format(time.DateOnly)
	b := text(fay.ask("POST", "/api/v1/bootcamps", object{"title": object{"en": "At the counter"}, "languages": []string{"en"}, "first": day, "last": day}), "id")
	c := text(fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts", object{"name": "Autumn", "joining": "open"}), "id")
	fay.ask("PUT", "/api/v1/bootcamps/"+b+"/state", object{"state": "open"})
	session := fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts/"+c+"/sessions", object{"title": "Opening", "local": begins.Format("2006-01-02T15:04"), "zone": "UTC", "minutes": 60})
	ada.ask("PUT", "/api/v1/bootcamps/"+b+"/cohorts/"+c+"/place", nil)
	return meetingDay{ada, fay, "/api/v1/bootcamps/" + b + "/sessions/" + text(session, "id")}
}

// goes returns where somebody is sent for sound and picture.
func (d meetingDay) goes(t *testing.T, i *installation, who *visitor) *url.URL {
	t.Helper()
	who.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.url+d.path+"/room/meeting", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := who.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("she is sent to %q with %d: %v", to, resp.StatusCode, err)
	}
	return to
}

// minutes returns how long Ada was there, as the list has it.
func (d meetingDay) minutes(t *testing.T) float64 {
	t.Helper()
	for _, r := range list(d.fay.ask("GET", d.path+"/attendance", nil), "rows") {
		if text(r, "name") == "ada" {
			n, _ := r["room"].(float64)
			return n
		}
	}
	t.Fatal("ada is not on the list")
	return 0
}

// A learner goes from her session to a BigBlueButton; when its meeting is over it tells that she was there, and the list
// of the session knows it. Whoever else tells something is refused.
func TestBigBlueButtonTellsWhoWasThere(t *testing.T) {
	t.Parallel()
	var made url.Values
	bbb := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made = r.URL.Query()
		_, _ = w.Write([]byte(`<response><returncode>SUCCESS</returncode></response>`))
	}))
	t.Cleanup(bbb.Close)
	_, i := serveSet(t, time.Now, func(c *config.Config) { c.BBBURL, c.BBBSecret = bbb.URL, "secret" })
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
	day := noon.Format(time.DateOnly)
	d := i.day(t, noon)
	to := d.goes(t, i, d.ada)
	if to.Query().Get("userID") == "" {
		t.Fatalf("she is sent to %q", to)
	}
	hook := made.Get("meta_analytics-callback-url")
	if !strings.HasPrefix(hook, i.url+"/api/v1/hooks/bigbluebutton/") {
		t.Fatalf("the meeting is to be reported to %q", hook)
	}

	tell := func(secret, at string) int {
		t.Helper()
		enc := base64.RawURLEncoding
		token := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"HS512"}`)) + "." + enc.EncodeToString(fmt.Appendf(nil, `{"exp":%d}`, time.Now().Add(24*time.Hour).Unix()))
		h := hmac.New(sha512.New, []byte(secret))
		h.Write([]byte(token))
		body := fmt.Sprintf(`{"version":"1.0","meeting_id":%q,"internal_meeting_id":"0f-1","data":{"finish":"%[2]sT13:00:00.000+00:00","attendees":[{"ext_user_id":%[3]q,"name":"Ada","moderator":false,
			"joins":["%[2]sT12:00:00.000+00:00","%[2]sT12:30:00.000+00:00"],"leaves":["%[2]sT12:20:00.000+00:00","%[2]sT13:00:00.000+00:00"],"duration":3000}]}}`, made.Get("meetingID"), day, to.Query().Get("userID"))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token+"."+enc.EncodeToString(h.Sum(nil)))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if got := tell("guess", hook); got != http.StatusUnauthorized {
		t.Errorf("with another secret: %d", got)
	}
	if got := tell("secret", i.url+"/api/v1/hooks/bigbluebutton/elsewhere"); got != http.StatusUnauthorized {
		t.Errorf("at another address: %d", got)
	}
	if n := d.minutes(t); n != 0 {
		t.Errorf("what was refused counts as %v minutes", n)
	}
	for range 2 {
		if got := tell("secret", hook); got != http.StatusNoContent {
			t.Errorf("its report is answered with %d", got)
		}
		if n := d.minutes(t); n != 50 {
			t.Errorf("it counts as %v minutes, want 50", n)
		}
	}
}

// A learner goes from her session to a real LiveKit server, stays and goes: the server tells it, and the list of the session
// knows it.
func TestLiveKitTellsWhoWasThere(t *testing.T) {
	t.Parallel()
	server := servicestest.LiveKit(t)
	_, i := serveSet(t, time.Now, func(c *config.Config) {
		c.LiveKitURL, c.LiveKitPage, c.LiveKitKey, c.LiveKitSecret = server.URL, "https://meet.example/custom", server.Key, server.Secret
	})
	server.Start(t, i.url+"/api/v1/hooks/livekit")
	d := i.day(t, time.Now().UTC().Add(-10*time.Minute))
	to := d.goes(t, i, d.ada)
	if to.Host != "meet.example" {
		t.Errorf("she is sent to %s", to)
	}
	guest, err := servicestest.JoinLiveKit(t, to.Query().Get("liveKitUrl"), to.Query().Get("token"))
	if err != nil {
		t.Fatal(err)
	}
	if guest.Name != "ada" || strings.Contains(guest.Who, "@") {
		t.Errorf("there she is %q, %q", guest.Name, guest.Who)
	}
	time.Sleep(32 * time.Second) // what is more than half a minute counts as one
	if n := d.minutes(t); n != 0 {
		t.Errorf("before she went it counts as %v minutes", n)
	}
	guest.Leave()
	for range 100 {
		if d.minutes(t) > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if n := d.minutes(t); n != 1 {
		t.Errorf("it counts as %v minutes, want 1", n)
	}
}
