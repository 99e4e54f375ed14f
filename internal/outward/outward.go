// Package outward makes the HTTP client for addresses that people enter: it reaches the open internet and nothing behind
// it. Addresses of private networks, of this machine and of the cloud that it runs in are refused after names have been
// resolved, so that no name can lead there, unless the operator has allowed the host.
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

// ErrPrivate is the cause when an address is refused.
var ErrPrivate = errors.New("outward: the address belongs to a private network that the operator has not allowed")

// Allowed are hosts that the operator allows although they are in private networks.
type Allowed struct {
	hosts    []string // host or host:port, lower case
	networks []netip.Prefix
}

// ParseAllowed reads a list separated by commas: host, host:port, address, network (10.1.0.0/16).
func ParseAllowed(text string) (a Allowed, err error) {
	for _, part := range strings.Split(text, ",") {
		part = strings.ToLower(strings.TrimSpace(part))
		if part == "" {
			continue
		}
		if p, err := netip.ParsePrefix(part); err == nil {
			a.networks = append(a.networks, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(strings.Trim(part, "[]")); err == nil {
			a.networks = append(a.networks, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		if strings.ContainsAny(part, "/ *@") {
			return a, fmt.Errorf("%q is no host, no host:port and no network such as 10.1.0.0/16", part)
		}
		a.hosts = append(a.hosts, part)
	}
	return a, nil
}

// named reports whether the operator has allowed this host by its name, with or without its port.
func (a Allowed) named(host, port string) bool {
	host = strings.ToLower(host)
	return slices.Contains(a.hosts, host) || slices.Contains(a.hosts, net.JoinHostPort(host, port))
}

func (a Allowed) holds(ip netip.Addr) bool {
	return slices.ContainsFunc(a.networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// special are networks that lead nowhere public beside those that netip knows by name.
func special() []netip.Prefix {
	list := []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"}
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public reports whether an address is one of the open internet.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsValid() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || ip.IsInterfaceLocalMulticast() {
		return false
	}
	return !slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Check says what is wrong with an address that somebody entered, before anything is sent: it must be absolute, without
// credentials, query and fragment, and on HTTPS; on plain HTTP only to hosts that the operator has allowed.
func (a Allowed) Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return errors.New("it is no address such as https://records.example/xapi")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it must begin with https://")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("it must have no user, no ? and no #")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	literal := err == nil
	allowed := a.named(u.Hostname(), port(u)) || literal && a.holds(ip.Unmap())
	switch {
	case allowed:
		return nil
	case literal && !Public(ip):
		return ErrPrivate
	case u.Scheme == "http" && !a.some():
		return errors.New("it must begin with https://")
	}
	return nil
}

// some reports whether networks are allowed: a name may then lead into one of them on plain HTTP.
func (a Allowed) some() bool { return len(a.networks) > 0 }

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

type plain struct{}

// Client returns the client. It follows no redirects, which could lead elsewhere with credentials, and uses no proxy.
func (a Allowed) Client(timeout time.Duration) *http.Client {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
		if !a.named(host, port) {
			d.Control = func(_, address string, _ syscall.RawConn) error { return a.admit(address, ctx.Value(plain{}) != nil) }
		}
		return d.DialContext(ctx, network, addr)
	}
	t := &http.Transport{DialContext: dial, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: timeout, IdleConnTimeout: 90 * time.Second,
		MaxIdleConnsPerHost: 4, MaxIdleConns: 64, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}
	return &http.Client{Transport: marking{t}, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// admit decides about an address that a name has been resolved to.
func (a Allowed) admit(address string, unencrypted bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := ap.Addr().Unmap().WithZone("")
	switch {
	case a.holds(ip):
		return nil
	case !Public(ip):
		return ErrPrivate
	case unencrypted:
		return errors.New("outward: credentials do not travel unencrypted through the open internet")
	}
	return nil
}

// marking tells the dialler which requests are unencrypted.
type marking struct{ t *http.Transport }

// RoundTrip sends one request.
func (m marking) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "http" {
		r = r.WithContext(context.WithValue(r.Context(), plain{}, true))
	}
	return m.t.RoundTrip(r)
}

// CloseIdleConnections is called by http.Client.
func (m marking) CloseIdleConnections() { m.t.CloseIdleConnections() }
