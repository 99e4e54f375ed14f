package outward

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false,
		"fd00::1": false, "100.64.0.1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false, "255.255.255.255": false, "::ffff:127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "198.18.0.1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("Public(%s): got %t, want %t", text, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	allowed, err := ParseAllowed("records.intra:8443, 10.1.0.0/16, [::1]")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://records.example/xapi": true, "https://records.intra:8443/xapi": true, "http://records.intra:8443/xapi": true, "http://10.1.2.3/xapi": true, "http://[::1]:80/xapi": true,
		"https://10.2.0.1/xapi": false, "https://127.0.0.1/xapi": false, "ftp://records.example/": false, "records.example": false, "https://": false,
		"https://u:p@records.example/": false, "https://records.example/?a=b": false, "https://records.example/#a": false, "mailto:a@b": false, "https://[::ffff:127.0.0.1]/": false,
	} {
		if got := allowed.Check(address); (got == nil) != want {
			t.Errorf("Check(%s): got %v, want it allowed: %t", address, got, want)
		}
	}
	if err := (Allowed{}).Check("http://records.example/xapi"); err == nil {
		t.Error("plain HTTP is allowed to anybody")
	}
	if _, err := ParseAllowed("http://a/"); err == nil {
		t.Error("an address is taken for a host")
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/here", http.StatusFound)
		}
	}))
	t.Cleanup(there.Close)
	u, err := url.Parse(there.URL)
	if err != nil {
		t.Fatal(err)
	}
	get := func(allowed, address string) (int, error) {
		a, err := ParseAllowed(allowed)
		if err != nil {
			t.Fatal(err)
		}
		c := a.Client(time.Minute)
		defer c.CloseIdleConnections()
		resp, err := c.Get(address)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, resp.Body.Close()
	}
	if _, err := get("", there.URL); !errors.Is(err, ErrPrivate) {
		t.Errorf("this machine: got %v, want ErrPrivate", err)
	}
	// A name leads to the same place.
	if _, err := get("", "http://localhost:"+u.Port()); !errors.Is(err, ErrPrivate) {
		t.Errorf("a name of this machine: got %v, want ErrPrivate", err)
	}
	for _, allowed := range []string{"127.0.0.0/8", "127.0.0.1", u.Host} {
		if status, err := get(allowed, there.URL+"/away"); err != nil || status != http.StatusFound {
			t.Errorf("%s allowed: got %d %v, want the redirect itself", allowed, status, err)
		}
	}
	if _, err := get("127.0.0.1:1", there.URL); !errors.Is(err, ErrPrivate) {
		t.Errorf("another port is allowed: got %v, want ErrPrivate", err)
	}
}
