package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// maxInteger is the largest integer that every reader of JSON keeps exactly (RFC 7493 §2.2).
const maxInteger = 1<<53 - 1

// timeForm is RFC 3339 in UTC with exactly three digits of a second.
const timeForm = "2006-01-02T15:04:05.000Z"

// Canonical returns the one form of a JSON value that everybody agrees on (RFC 8785, JSON Canonicalization Scheme): no
// space, names of members in the order of their UTF-16 code units, numbers as ECMAScript writes them. Names that come
// twice, integers beyond 2^53-1 and invalid UTF-8 are refused (RFC 7493).
func Canonical(value []byte) ([]byte, error) {
	if !utf8.Valid(value) {
		return nil, errors.New("ledger.Canonical: not UTF-8")
	}
	if loneSurrogate(value) {
		return nil, errors.New("ledger.Canonical: half of a surrogate pair")
	}
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	b, err := canonical(nil, d, 0)
	if err != nil {
		return nil, fmt.Errorf("ledger.Canonical: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("ledger.Canonical: more than one value")
	}
	return b, nil
}

// EvidenceHash returns the SHA-256 of the canonical form of a JSON value, in hexadecimal.
func EvidenceHash(value []byte) (string, error) {
	b, err := Canonical(value)
	if err != nil {
		return "", err
	}
	return digest(b), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// loneSurrogate finds the escapes that stand for no character; the decoder would silently replace them.
func loneSurrogate(value []byte) bool {
	escaped := func(b []byte) rune { // the code unit of \uXXXX at the beginning of b, or -1
		if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
		if err != nil {
			return -1
		}
		return rune(n)
	}
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			continue
		}
		if r := escaped(value[i:]); utf16.IsSurrogate(r) {
			if utf16.DecodeRune(r, escaped(value[min(i+6, len(value)):])) == utf8.RuneError {
				return true
			}
			i += 11
			continue
		}
		i++ // what is escaped, so that \\u is not taken for \u
	}
	return false
}

const maxDepth = 100 // of arrays and objects within each other

func canonical(b []byte, d *json.Decoder, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("deeper than %d", maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := t.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v), nil
	case json.Number:
		return appendNumber(b, v)
	case json.Delim:
		if v == '[' {
			return canonicalArray(b, d, depth)
		}
		return canonicalObject(b, d, depth)
	}
	return nil, fmt.Errorf("unexpected %v", t)
}

func canonicalArray(b []byte, d *json.Decoder, depth int) (_ []byte, err error) {
	b = append(b, '[')
	for first := true; d.More(); first = false {
		if !first {
			b = append(b, ',')
		}
		if b, err = canonical(b, d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return append(b, ']'), err
}

func canonicalObject(b []byte, d *json.Decoder, depth int) ([]byte, error) {
	type member struct {
		name  string
		order []uint16
		value []byte
	}
	var members []member
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string) // the decoder refuses anything else
		value, err := canonical(nil, d, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, utf16.Encode([]rune(name)), value})
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	slices.SortFunc(members, func(x, y member) int { return slices.Compare(x.order, y.order) })
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			if m.name == members[i-1].name {
				return nil, fmt.Errorf("the name %q comes twice", m.name)
			}
			b = append(b, ',')
		}
		b = append(appendString(b, m.name), ':')
		b = append(b, m.value...)
	}
	return append(b, '}'), nil
}

// appendNumber writes a number as ECMAScript does (RFC 8785 §3.2.2.3).
func appendNumber(b []byte, n json.Number) ([]byte, error) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return nil, fmt.Errorf("the number %s is out of range", n)
	}
	if !strings.ContainsAny(string(n), ".eE") && math.Abs(f) > maxInteger {
		return nil, fmt.Errorf("the integer %s is beyond 2^53-1", n)
	}
	if f == 0 {
		return append(b, '0'), nil // also for -0
	}
	form := byte('f')
	if a := math.Abs(f); a < 1e-6 || a >= 1e21 {
		form = 'e'
	}
	s := strconv.FormatFloat(f, form, -1, 64)
	s = strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(s)
	return append(b, s...), nil
}

// appendString writes a string as RFC 8785 §3.2.2.2 says: only quote, backslash and control characters are escaped.
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ':
			b = append(b, `\u00`...)
			b = append(b, digits[r>>4], digits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// object writes the members of a fixed object. Its callers give them in order.
type object struct {
	b    []byte
	open bool
}

func (o *object) name(name string) {
	sep := byte(',')
	if !o.open {
		sep, o.open = '{', true
	}
	o.b = append(o.b, sep, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

func (o *object) text(name, v string)           { o.name(name); o.b = appendString(o.b, v) }
func (o *object) integer(name string, v int64)  { o.name(name); o.b = strconv.AppendInt(o.b, v, 10) }
func (o *object) time(name string, v time.Time) { o.text(name, v.UTC().Format(timeForm)) }
func (o *object) texts(name string, v []string) {
	o.name(name)
	o.b = append(o.b, '[')
	for i, s := range v {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = appendString(o.b, s)
	}
	o.b = append(o.b, ']')
}

// paper is a signed file that holds one canonical object: a head, a manifest.
type paper interface {
	// encode writes the members in the order of their names, those of the seal only if it is sealed.
	encode(sealed bool) []byte
}

// toSign is what is signed of a paper of a form.
func toSign(format string, p paper) []byte { return message(format, digest(p.encode(false))) }

// sheet is a paper's file.
func sheet(p paper) []byte { return append(p.encode(true), '\n') }

// readSheet reads a paper's file. Only the canonical form is understood, byte by byte.
func readSheet(b []byte, into paper) error {
	if err := strict(b, into); err != nil {
		return err
	}
	if !bytes.Equal(sheet(into), b) {
		return errors.New("it is not in the canonical form")
	}
	return nil
}
