package xapi

import (
	"strings"
	"unicode/utf8"
)

// ValidIRI reports whether s is an absolute IRI as far as xAPI demands: a scheme and something behind it, without
// characters that RFC 3987 forbids. Data §4.3
func ValidIRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" {
		return false
	}
	for i, c := range []byte(scheme) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; c {
		case 0x7f, '<', '>', '"', '{', '}', '|', '\\', '^', '`':
			return false
		case '%':
			if i+2 >= len(rest) || !isHex(rest[i+1:i+3]) {
				return false
			}
		default:
			if c <= ' ' {
				return false
			}
		}
	}
	return utf8.ValidString(rest)
}

// ValidMbox reports whether s is a mailto IRI of one address. Data §2.4.2.3
func ValidMbox(s string) bool {
	address, ok := strings.CutPrefix(s, "mailto:")
	local, domain, found := cutLast(address, "@")
	return ok && found && local != "" && domain != "" && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") &&
		!strings.ContainsAny(address, ",;?") && ValidIRI(s)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// normalMbox lowers the domain, whose case means nothing. Data §2.3.1
func normalMbox(s string) string {
	local, domain, _ := cutLast(s, "@")
	return local + "@" + strings.ToLower(domain)
}

// isHex reports whether s is an even number of hexadecimal digits.
func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s)%2 == 0
}

// ValidUUID reports whether s is a UUID of variant 2 in standard form. Data §2.4.1
func ValidUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}

// ValidLanguage reports whether s is a well-formed language tag: RFC 5646 §2.1, lengths and order of the subtags, no
// variant and no singleton twice.
func ValidLanguage(s string) bool {
	if (len(s) == 2 || len(s) == 3) && letters(s) {
		return true
	}
	tags := strings.Split(strings.ToLower(s), "-")
	for _, t := range tags {
		if t == "" || len(t) > 8 || strings.Trim(t, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	if tags[0] == "x" {
		return len(tags) > 1
	}
	if irregular(strings.Join(tags, "-")) {
		return true
	}
	if len(tags[0]) < 2 || !letters(tags[0]) {
		return false
	}
	rest := tags[1:]
	take := func(ok func(string) bool) bool {
		if len(rest) == 0 || !ok(rest[0]) {
			return false
		}
		rest = rest[1:]
		return true
	}
	if len(tags[0]) <= 3 {
		for n := 0; n < 3 && take(func(t string) bool { return len(t) == 3 && letters(t) }); n++ {
			continue // extended language
		}
	}
	take(func(t string) bool { return len(t) == 4 && letters(t) })                             // script
	take(func(t string) bool { return len(t) == 2 && letters(t) || len(t) == 3 && digits(t) }) // region
	seen := map[string]bool{}
	for take(func(t string) bool { return (len(t) >= 5 || len(t) == 4 && digits(t[:1])) && !seen[t] && set(seen, t) }) {
		continue // variants
	}
	for len(rest) > 0 {
		singleton := rest[0]
		if len(singleton) != 1 || seen[singleton] {
			return false
		}
		seen[singleton] = true
		rest = rest[1:]
		n, least := 0, 2
		if singleton == "x" {
			least = 1
		}
		for take(func(t string) bool { return len(t) >= least }) {
			n++
		}
		if n == 0 {
			return false
		}
	}
	return true
}

func set(m map[string]bool, key string) bool {
	m[key] = true
	return true
}

func letters(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// irregular are the tags that were registered before the grammar was. RFC 5646 §2.1
func irregular(s string) bool {
	switch s {
	case "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo", "i-pwn",
		"i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de":
		return true
	}
	return false
}

// ValidMediaType reports whether s begins with type/subtype (RFC 2046).
func ValidMediaType(s string) bool {
	s, _, _ = strings.Cut(s, ";")
	major, minor, ok := strings.Cut(strings.TrimSpace(s), "/")
	token := func(s string) bool {
		if s == "" {
			return false
		}
		for _, c := range []byte(s) {
			if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=`, c) >= 0 {
				return false
			}
		}
		return true
	}
	return ok && token(major) && token(minor)
}

// validSHA2 reports whether s is a SHA-224, -256, -384 or -512 in hexadecimal digits. Data §2.4.11
func validSHA2(s string) bool {
	switch len(s) {
	case 56, 64, 96, 128:
		return isHex(s)
	}
	return false
}
