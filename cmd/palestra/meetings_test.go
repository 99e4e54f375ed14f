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
)

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
	people := i.town(t, i.operator(t), "castelverde", map[string]string{"ada": "learner", "fay": "facilitator"})
	ada, fay := people["ada"], people["fay"]
	day := time.Now().UTC().Format(time.DateOnly)
	b := text(fay.ask("POST", "/api/v1/bootcamps", object{"title": object{"en": "At the counter"}, "languages": []string{"en"}, "first": day, "last": day}), "id")
	c := text(fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts", object{"name": "Autumn", "joining": "open"}), "id")
	fay.ask("PUT", "/api/v1/bootcamps/"+b+"/state", object{"state": "open"})
	session := fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts/"+c+"/sessions", object{"title": "Opening", "local": day + "T12:00", "zone": "UTC", "minutes": 60})
	ada.ask("PUT", "/api/v1/bootcamps/"+b+"/cohorts/"+c+"/place", nil)

	path := "/api/v1/bootcamps/" + b + "/sessions/" + text(session, "id")
	ada.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.url+path+"/room/meeting", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := ada.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.StatusCode != http.StatusSeeOther || to.Query().Get("userID") == "" {
		t.Fatalf("she is sent to %q with %d: %v", to, resp.StatusCode, err)
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
	minutes := func() float64 {
		t.Helper()
		for _, r := range list(fay.ask("GET", path+"/attendance", nil), "rows") {
			if text(r, "name") == "ada" {
				n, _ := r["room"].(float64)
				return n
			}
		}
		t.Fatal("ada is not on the list")
		return 0
	}
	if got := tell("guess", hook); got != http.StatusUnauthorized {
		t.Errorf("with another secret: %d", got)
	}
	if got := tell("secret", i.url+"/api/v1/hooks/bigbluebutton/elsewhere"); got != http.StatusUnauthorized {
		t.Errorf("at another address: %d", got)
	}
	if n := minutes(); n != 0 {
		t.Errorf("what was refused counts as %v minutes", n)
	}
	for range 2 {
		if got := tell("secret", hook); got != http.StatusNoContent {
			t.Errorf("its report is answered with %d", got)
		}
		if n := minutes(); n != 50 {
			t.Errorf("it counts as %v minutes, want 50", n)
		}
	}
}
