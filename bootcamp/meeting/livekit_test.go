package meeting_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"palestra/bootcamp/meeting"
	"palestra/internal/servicestest"
)

// tokenOf returns the token of the link by which somebody goes to a LiveKit server.
func tokenOf(t *testing.T, l meeting.LiveKit, g meeting.Guest) string {
	t.Helper()
	link, err := l.Join(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if to := u.Query().Get("liveKitUrl"); to != l.URL {
		t.Fatalf("the link leads to %q", to)
	}
	return u.Query().Get("token")
}

// told is a report of a LiveKit server, as we read it.
type told struct {
	event string
	seen  meeting.Seen
	some  bool
	err   error
}

// livekit starts a LiveKit server that reports to us; when it tells first that somebody came we are away.
func livekit(t *testing.T) (meeting.LiveKit, <-chan told) {
	t.Helper()
	s := servicestest.LiveKit(t)
	l := meeting.LiveKit{URL: s.URL, Page: "https://meet.example/custom", Key: s.Key, Secret: s.Secret, Now: time.Now}
	reports := make(chan told, 100)
	var away atomic.Bool
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var x struct {
			Event string `json:"event"`
		}
		if err := json.Unmarshal(body, &x); err != nil {
			t.Error(err)
		}
		if x.Event == "participant_joined" && !away.Swap(true) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if _, _, err := l.Report(r.Header.Get("Authorization"), append(body, ' ')); err == nil {
			t.Errorf("%s: it was changed on its way, and is read", x.Event)
		}
		seen, some, err := l.Report(r.Header.Get("Authorization"), body)
		reports <- told{x.Event, seen, some, err}
	}))
	t.Cleanup(hook.Close)
	s.Start(t, hook.URL)
	return l, reports
}

// next waits for a report of an event.
func next(t *testing.T, reports <-chan told, event string) told {
	t.Helper()
	late := time.After(time.Minute) // who goes while the server looks away is missed after some 20 seconds
	for {
		select {
		case r := <-reports:
			if r.err != nil {
				t.Fatalf("the report of %s: %v", r.event, r.err)
			}
			if r.some != (r.event == "participant_joined" || r.event == "participant_left") || r.some && r.seen.Came != (r.event == "participant_joined") {
				t.Errorf("the report of %s is read as %+v, %v", r.event, r.seen, r.some)
			}
			if r.event == event {
				return r
			}
		case <-late:
			t.Fatalf("no report of %s", event)
		}
	}
}

// TestLiveKitTakesOurTokens asks a real server about tokens.
func TestLiveKitTakesOurTokens(t *testing.T) {
	t.Parallel()
	l, _ := livekit(t)
	at := "http" + strings.TrimPrefix(l.URL, "ws")
	validate := func(token string) int {
		t.Helper()
		resp, err := http.Get(at + "/rtc/validate?access_token=" + token)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	good := tokenOf(t, l, ada)
	if got := validate(good); got != http.StatusOK {
		t.Errorf("our token: %d", got)
	}
	with := func(change func(*meeting.LiveKit)) string {
		x := l
		change(&x)
		return tokenOf(t, x, ada)
	}
	now := func(by time.Duration) func(*meeting.LiveKit) {
		return func(x *meeting.LiveKit) { x.Now = func() time.Time { return time.Now().Add(by) } }
	}
	if got := validate(with(now(-5*time.Hour - 50*time.Minute))); got != http.StatusOK {
		t.Errorf("after nearly six hours: %d", got)
	}
	if got := validate(with(now(50 * time.Second))); got != http.StatusOK {
		t.Errorf("from a clock that is 50 s fast: %d", got)
	}
	parts := strings.Split(good, ".")
	other := strings.Split(tokenOf(t, l, meeting.Guest{Room: "meeting 2", Who: "a1b2", Leads: true}), ".")
	for name, token := range map[string]string{
		"nothing": "", "another secret": with(func(x *meeting.LiveKit) { x.Secret = "guess" }), "another key": with(func(x *meeting.LiveKit) { x.Key = "other" }),
		"expired": with(now(-7 * time.Hour)), "not yet": with(now(10 * time.Minute)), "changed": parts[0] + "." + other[1] + "." + parts[2], "unsigned": parts[0] + "." + parts[1] + ".",
	} {
		if got := validate(token); got != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got)
		}
	}
	if g, err := servicestest.JoinLiveKit(t, l.URL, with(func(x *meeting.LiveKit) { x.Secret = "guess" })); err == nil {
		t.Errorf("with another secret somebody is in %s", g.Room)
	}
}

// TestLiveKitReports lets people come to a real server, which tells when they came and went. Who leads may see who is there
// and put somebody out, in that room alone.
func TestLiveKitReports(t *testing.T) {
	t.Parallel()
	l, reports := livekit(t)
	join := func(g meeting.Guest) *servicestest.LiveKitGuest {
		t.Helper()
		in, err := servicestest.JoinLiveKit(t, l.URL, tokenOf(t, l, g))
		if err != nil {
			t.Fatal(err)
		}
		if in.Room != g.Room || in.Who != g.Who || in.Name != g.Name || !in.Publish || !in.Subscribe || !in.Data || in.Hidden {
			t.Errorf("she is in as %+v", in)
		}
		return in
	}
	fay := ada
	fay.Who, fay.Name, fay.Leads = "f00d", "Fay", true
	elsewhere := fay
	elsewhere.Room = "meeting 2"
	ask := func(g meeting.Guest, method string, about map[string]string) (int, string) {
		t.Helper()
		body, err := json.Marshal(about)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http"+strings.TrimPrefix(l.URL, "ws")+"/twirp/livekit.RoomService/"+method, strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+tokenOf(t, l, g))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	begun := time.Now().Truncate(time.Second)
	is := func(r told, g meeting.Guest) {
		t.Helper()
		if r.seen.Room != g.Room || r.seen.Who != g.Who || r.seen.At.Before(begun) || r.seen.At.After(time.Now()) {
			t.Errorf("%s of %s: %+v", r.event, g.Who, r.seen)
		}
	}
	first := join(ada)
	came := next(t, reports, "participant_joined")
	is(came, ada)
	leader := join(fay)
	is(next(t, reports, "participant_joined"), fay)
	here := map[string]string{"room": ada.Room}
	if code, text := ask(fay, "ListParticipants", here); code != http.StatusOK || !strings.Contains(text, `"a1b2"`) || !strings.Contains(text, "Ada & Söhne") || !strings.Contains(text, `"f00d"`) {
		t.Errorf("who leads asks who is there: %d %s", code, text)
	}
	out := map[string]string{"room": ada.Room, "identity": ada.Who}
	for name, g := range map[string]meeting.Guest{"who listens": ada, "who leads another room": elsewhere} {
		for method, about := range map[string]map[string]string{"ListParticipants": here, "RemoveParticipant": out} {
			if code, _ := ask(g, method, about); code != http.StatusUnauthorized && code != http.StatusForbidden {
				t.Errorf("%s: %s %d", name, method, code)
			}
		}
	}
	first.Leave()
	left := next(t, reports, "participant_left")
	if is(left, ada); left.seen.At.Before(came.seen.At) {
		t.Errorf("she came at %v and went at %v", came.seen.At, left.seen.At)
	}
	// From a second browser: the first one is put out.
	first = join(ada)
	is(next(t, reports, "participant_joined"), ada)
	second := join(ada)
	select {
	case <-first.Gone():
	case <-time.After(20 * time.Second):
		t.Error("she is there twice")
	}
	left = next(t, reports, "participant_left")
	is(left, ada)
	came = next(t, reports, "participant_joined")
	if is(came, ada); came.seen.At.Before(left.seen.At) {
		t.Errorf("she went at %v and came at %v", left.seen.At, came.seen.At)
	}
	if code, text := ask(fay, "RemoveParticipant", out); code != http.StatusOK {
		t.Errorf("who leads puts somebody out: %d %s", code, text)
	}
	select {
	case <-second.Gone():
	case <-time.After(20 * time.Second):
		t.Error("who was put out is still there")
	}
	is(next(t, reports, "participant_left"), ada)
	leader.Leave()
	is(next(t, reports, "participant_left"), fay)
	next(t, reports, "room_finished") // which says of nobody anything
}
