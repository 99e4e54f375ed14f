package lrs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzMore(f *testing.F) {
	f.Add("")
	f.Add(position{Limit: 1, From: 1}.encode())
	f.Add(position{Agent: "mbox mailto:a@b.example", Verb: "http://v/", Ascending: true, From: 7, To: 9, Limit: 50}.encode())
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := decodePosition(s)
		if !ok {
			return
		}
		again, ok := decodePosition(p.encode())
		if diff := cmp.Diff(p, again); !ok || diff != "" {
			t.Fatalf("%q: %s", s, diff)
		}
	})
}
