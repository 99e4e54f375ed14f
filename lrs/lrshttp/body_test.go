package lrshttp

import (
	"net/url"
	"strings"
	"testing"

	"palestra/internal/fault"
)

func FuzzParts(f *testing.F) {
	f.Add("--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: aa\r\n\r\n\x00\xff\r\n--b--\r\n")
	f.Add("--b--")
	f.Add("--b\r\n\r\n")
	f.Add("--b\nContent-Type: application/json\n\n{}\n--b--")
	f.Fuzz(func(t *testing.T, s string) {
		b, list, err := parts([]byte(s), "b", 3)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		size := len(b)
		for _, a := range list {
			if a.SHA2 == "" {
				t.Fatalf("%q: a part without its hash", s)
			}
			size += len(a.Data)
		}
		if size > len(s) {
			t.Fatalf("%q: %d bytes came out of %d", s, size, len(s))
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.example%22%7D&verb=http://v/&limit=5&ascending=true&since=2026-01-01T00:00:00Z")
	f.Add("limit=-1&format=x")
	f.Add("more=abc")
	f.Fuzz(func(t *testing.T, s string) {
		values, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		a := asked{params: map[string]string{}}
		for k, v := range values {
			a.params[k] = v[0]
		}
		q, err := a.query()
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if q.Limit < 0 || strings.ContainsAny(q.Verb, " \n") {
			t.Fatalf("%q: %+v", s, q)
		}
	})
}

func FuzzTags(f *testing.F) {
	for _, s := range []string{`"a9993e364706816aba3e25717850c26c9cd0d89d"`, `*`, `W/"x", "y"`, `a b,,"`, ``} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		for _, tag := range tags(header) {
			if tag == "" || strings.Contains(tag, ",") || !strings.Contains(header, tag) {
				t.Fatalf("%q: %q", header, tag)
			}
		}
	})
}
