package main

import (
	"net/http"
	"testing"
)

// A page asks for much less than a person may; a script that does not stop is refused, and is heard again later.
func TestAPersonIsLimited(t *testing.T) {
	t.Parallel()
	env := settings(t)
	env["PALESTRA_LIMIT_PERSON"] = "2/30"
	i := start(t, env, "serve")
	olga := i.operator(t)
	refused := 0
	for range 100 {
		if status, _ := olga.raw("GET", "/api/v1/session", nil, nil); status == http.StatusTooManyRequests {
			refused++
		} else if status != http.StatusOK {
			t.Fatalf("got %d", status)
		}
	}
	if refused == 0 || refused > 75 {
		t.Errorf("%d of 100 were refused", refused)
	}
	// Who is not signed in has another limit.
	if status, _ := i.visitor(t).raw("GET", "/api/v1/session", nil, nil); status != http.StatusOK {
		t.Errorf("nobody got %d", status)
	}
}

func TestWrongLimit(t *testing.T) {
	t.Parallel()
	env := settings(t)
	env["PALESTRA_LIMIT_XAPI"] = "many"
	if code, said := process(t, env, "serve"); code != 2 || said == "" {
		t.Errorf("ended with %d: %s", code, said)
	}
}
