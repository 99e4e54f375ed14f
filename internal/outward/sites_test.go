package outward_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"palestra/internal/outward"
)

func sites(t *testing.T, text string) outward.Sites {
	t.Helper()
	s, err := outward.ParseSites(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, allowed, address string
		want                   error // nil: allowed
	}{
		{"nothing is allowed", "", "https://films.example/a.mp4", outward.ErrSite},
		{"a host", "films.example", "https://films.example/a.mp4?token=x", nil},
		{"in capitals", "films.example", "https://FILMS.example/a.mp4", nil},
		{"with a dot at its end", "films.example", "https://films.example./a.mp4", nil},
		{"another host", "films.example", "https://evil.example/films.example", outward.ErrSite},
		{"one that ends alike", "films.example", "https://notfilms.example/", outward.ErrSite},
		{"a host beneath", "films.example", "https://a.films.example/", outward.ErrSite},
		{"a domain", ".films.example", "https://a.films.example/", nil},
		{"not the domain itself", ".films.example", "https://films.example/", outward.ErrSite},
		{"another port", "films.example", "https://films.example:8443/", outward.ErrSite},
		{"a named port", "films.example:8443", "https://films.example:8443/", nil},
		{"everything public", "*", "https://films.example/", nil},
		{"but only on the usual port", "*", "https://films.example:22/", outward.ErrSite},
		{"a public address", "*", "https://93.184.216.34/", nil},
		{"loopback", "*", "https://127.0.0.1/", outward.ErrPrivate},
		{"loopback in IPv6", "*", "https://[::1]/", outward.ErrPrivate},
		{"IPv4 in IPv6", "*", "https://[::ffff:127.0.0.1]/", outward.ErrPrivate},
		{"IPv4 in 6to4", "*", "https://[2002:7f00:1::]/", outward.ErrPrivate},
		{"IPv4 in NAT64", "*", "https://[64:ff9b::7f00:1]/", outward.ErrPrivate},
		{"with a zone", "*", "https://[fe80::1%25eth0]/", outward.ErrPrivate},
		{"the cloud's own", "*", "https://169.254.169.254/latest/", outward.ErrPrivate},
		{"a private one", "*", "https://10.1.2.3/", outward.ErrPrivate},
		{"a private one in a named network", "10.1.0.0/16", "http://10.1.2.3/a.mp4", nil},
		{"another one than named", "10.1.0.0/16", "http://10.2.2.3/a.mp4", outward.ErrPrivate},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse(c.address)
			if err != nil {
				t.Fatal(err)
			}
			if err := sites(t, c.allowed).Check(u); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	for _, address := range []string{"http://films.example/", "ftp://films.example/", "https://user:secret@films.example/", "https:films.example", "//films.example/a", "file:///etc/passwd", ""} {
		u, err := url.Parse(address)
		if err == nil {
			err = sites(t, "*").Check(u)
		}
		if err == nil {
			t.Errorf("%q is allowed", address)
		}
	}
	for _, text := range []string{"films.example/a", "https://films.example", "a b", "user@films.example", "."} {
		if _, err := outward.ParseSites(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// A name that is allowed may still not lead into a private network, whatever it resolves to, and neither may a redirect.
func TestSitesDial(t *testing.T) {
	t.Parallel()
	asked := 0
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, "secret")
	}))
	defer inner.Close()
	_, port, err := net.SplitHostPort(inner.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	get := func(s outward.Sites, address string) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Client(5 * time.Second).Do(r)
		if err == nil {
			a.Body.Close()
		}
		return err
	}
	// localhost stands for a name that an enemy points at this machine; the second also permits plain HTTP.
	for _, allowed := range []string{"localhost:" + port, "localhost:" + port + ",10.0.0.0/8", "*"} {
		for _, address := range []string{"http://localhost:" + port + "/", "http://127.1:" + port + "/", "http://0x7f.1:" + port + "/", "http://2130706433:" + port + "/", "http://[::ffff:127.0.0.1]:" + port + "/"} {
			if err := get(sites(t, allowed), address); err == nil {
				t.Errorf("%s: %s was asked", allowed, address)
			}
		}
	}
	if asked > 0 {
		t.Fatalf("the private server was asked %d times", asked)
	}
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "http://192.168.7.7/secret", http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/film", http.StatusFound)
		default:
			if r.Header.Get("Referer") != "" {
				t.Errorf("the address was told to %s", r.URL)
			}
			_, _ = io.WriteString(w, "film")
		}
	}))
	defer outer.Close()
	here := sites(t, "127.0.0.1")
	if err := get(here, outer.URL+"/here"); err != nil {
		t.Errorf("a redirect to the same host: %v", err)
	}
	for _, path := range []string{"/away", "/metadata"} {
		if err := get(here, outer.URL+path); !errors.Is(err, outward.ErrPrivate) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := get(here, outer.URL+"/round"); err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("round and round: %v", err)
	}
}
