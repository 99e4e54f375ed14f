package meeting_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/meeting"
)

var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func now() time.Time { return at }

var ada = meeting.Guest{Room: "meeting 1", Title: "Maps", Who: "a1b2", Name: "Ada & Söhne"}

// claims returns what a token says, if a secret has signed it.
func claims(t *testing.T, token, secret string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %q", token)
	}
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(parts[0] + "." + parts[1]))
	if base64.RawURLEncoding.EncodeToString(h.Sum(nil)) != parts[2] {
		t.Error("the token is not signed by the secret")
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestJitsi(t *testing.T) {
	t.Parallel()
	j := meeting.Jitsi{URL: "https://meet.example/", Key: []byte("key"), Now: now}
	plain, err := j.Join(t.Context(), ada)
	if err != nil || !strings.HasPrefix(plain, "https://meet.example/palestra-") || strings.Contains(plain, "jwt") {
		t.Errorf("without tokens: %q, %v", plain, err)
	}
	j.App, j.Secret = "town", "secret"
	signed, err := j.Join(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	if c := claims(t, u.Query().Get("jwt"), "secret"); c["aud"] != "town" || c["iss"] != "town" || c["sub"] != "*" || "/"+c["room"].(string) != u.Path || c["moderator"] != false || c["exp"].(float64) <= float64(at.Unix()) {
		t.Errorf("the token says %v", c)
	}
	for leads, g := range map[bool]meeting.Guest{false: ada, true: {Room: ada.Room, Who: "f00d", Name: "Fay", Leads: true}} {
		link, err := j.Join(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ := strings.Cut(link, "?jwt=")
		// Jitsi's module token_affiliation reads this place of the token.
		if u := claims(t, token, "secret")["context"].(map[string]any)["user"].(map[string]any); u["id"] != g.Who || u["name"] != g.Name || u["moderator"] != leads {
			t.Errorf("of who joins the token says %v", u)
		}
	}
	other := ada
	other.Room = "meeting 2"
	if elsewhere, err := j.Join(t.Context(), other); err != nil || strings.HasPrefix(elsewhere, strings.Split(signed, "?")[0]) {
		t.Error("two sessions have the same room")
	}
	j.URL = "https://meet.example:8443/town"
	tenant, err := j.Join(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	address, token, _ := strings.Cut(tenant, "?jwt=")
	if room := claims(t, token, "secret")["room"]; address != "https://meet.example:8443/town/"+room.(string) {
		t.Errorf("with a tenant the address is %s, the room %v", address, room)
	}
}

func TestLiveKit(t *testing.T) {
	t.Parallel()
	l := meeting.LiveKit{URL: "wss://live.example", Page: "https://meet.example/custom", Key: "key", Secret: "secret", Now: now}
	link, err := l.Join(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	c := claims(t, u.Query().Get("token"), "secret")
	if v := c["video"].(map[string]any); c["sub"] != "a1b2" || c["iss"] != "key" || v["room"] != "meeting 1" || v["roomJoin"] != true || v["roomAdmin"] != false {
		t.Errorf("the token says %v", c)
	}

	body := []byte(`{"event":"participant_joined","room":{"name":"meeting 1"},"participant":{"identity":"a1b2"},"createdAt":"1795510800"}`)
	report := func(secret, key string, signed []byte) string {
		sum := sha256.Sum256(signed)
		payload, err := json.Marshal(map[string]any{"iss": key, "sha256": base64.StdEncoding.EncodeToString(sum[:]), "exp": at.Add(time.Minute).Unix()})
		if err != nil {
			t.Fatal(err)
		}
		text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}
	good := report("secret", "key", body)
	seen, told, err := l.Report("Bearer "+good, body)
	if err != nil || !told || !seen.Came || seen.Room != "meeting 1" || seen.Who != "a1b2" || seen.At.Unix() != 1795510800 {
		t.Errorf("the report is read as %+v, %v, %v", seen, told, err)
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + good[strings.IndexByte(good, '.'):]
	for name, x := range map[string]struct {
		authorization string
		body          []byte
	}{
		"nothing": {"", body}, "another secret": {report("guess", "key", body), body}, "another key": {report("secret", "other", body), body},
		"another body": {good, []byte(`{"event":"participant_left"}`)}, "no algorithm": {none, body}, "half a token": {good[:len(good)/2], body},
	} {
		if _, _, err := l.Report(x.authorization, x.body); !errors.Is(err, meeting.ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	other := []byte(`{"event":"room_started"}`)
	if _, told, err := l.Report(report("secret", "key", other), other); err != nil || told {
		t.Errorf("a report about nobody: %v, %v", told, err)
	}
}
