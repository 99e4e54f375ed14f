package outward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrSite is the cause when an address is not one of those that the operator has allowed files to be fetched from.
var ErrSite = errors.New("outward: the operator has not allowed files to be fetched from this host")

// Sites are hosts from which files may be fetched: none, unless the operator names them. A name that is allowed may still
// not lead into a private network; only networks that are named themselves may be private.
type Sites struct {
	any      bool     // every host of the open internet
	hosts    []string // host, host:port or .domain, lower case
	networks Allowed
}

// ParseSites reads a list separated by commas: host, host:port, .domain (all hosts of it), address, network (10.1.0.0/16),
// or * for every host of the open internet.
func ParseSites(text string) (s Sites, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.ToLower(strings.TrimSpace(part))
		if part == "" {
			continue
		}
		if part == "*" {
			s.any = true
			continue
		}
		a, err := ParseAllowed(part)
		if err != nil || strings.HasSuffix(part, ".") || strings.Contains(part, "..") || part == "." {
			return Sites{}, fmt.Errorf("%q is no host, no host:port, no .domain, no network such as 10.1.0.0/16, and not *", part)
		}
		s.hosts = append(s.hosts, a.hosts...)
		s.networks.networks = append(s.networks.networks, a.networks...)
	}
	return s, nil
}

// None reports whether nothing may be fetched.
func (s Sites) None() bool { return !s.any && len(s.hosts) == 0 && len(s.networks.networks) == 0 }

// Names lists what is allowed, for people to read.
func (s Sites) Names() []string {
	var out []string
	if s.any {
		out = append(out, "*")
	}
	out = append(out, s.hosts...)
	for _, n := range s.networks.networks {
		out = append(out, n.String())
	}
	return out
}

// Check says whether an address may be asked, before anything is sent. ErrSite, ErrPrivate, or what is wrong with it.
func (s Sites) Check(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	switch {
	case u.Host == "" || host == "" || u.Opaque != "":
		return errors.New("it is no address such as https://films.example/film.mp4")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it must begin with https://")
	case u.User != nil:
		return errors.New("it must have no user")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	literal := err == nil
	named := slices.ContainsFunc(s.hosts, func(h string) bool {
		return h == host && (u.Port() == "" || u.Port() == port(&url.URL{Scheme: u.Scheme})) || h == net.JoinHostPort(host, port(u)) || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h)
	})
	switch {
	case literal && s.networks.holds(ip.Unmap().WithZone("")):
		return nil
	case literal && !Public(ip):
		return ErrPrivate
	case u.Scheme == "http" && len(s.networks.networks) == 0:
		return errors.New("it must begin with https://")
	case named:
		return nil
	case s.any && (u.Port() == "" || u.Port() == "443"):
		return nil
	}
	return ErrSite
}

const mostRedirects = 5

// Client returns the client for files: without a limit of time for the whole of an answer, which the request's context has.
// Each redirect is checked as the first address was, and each address that a name is resolved to before it is dialled. No
// proxy is used and nothing is unpacked.
func (s Sites) Client(answers time.Duration) *http.Client {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
			return s.networks.admit(address, ctx.Value(plain{}) != nil)
		}}
		return d.DialContext(ctx, network, addr)
	}
	t := &http.Transport{DialContext: dial, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: answers, IdleConnTimeout: time.Minute,
		MaxIdleConnsPerHost: 2, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, ForceAttemptHTTP2: true}
	return &http.Client{Transport: marking{t}, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > mostRedirects {
			return fmt.Errorf("outward: more than %d redirects", mostRedirects)
		}
		r.Header.Del("Referer")
		return s.Check(r.URL)
	}}
}
