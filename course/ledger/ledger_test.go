package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/course/ledger"
	"palestra/internal/keys"
)

var update = flag.Bool("update", false, "rewrite golden files")

// ring is one signing key, made from a seed so that files stay the same.
type ring struct {
	id      string
	private ed25519.PrivateKey
}

func newRing(seed byte) ring {
	k := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return ring{keys.ID(k.Public().(ed25519.PublicKey)), k}
}

func (r ring) sign(m []byte) (string, []byte) { return r.id, ed25519.Sign(r.private, m) }

func (r ring) public() ed25519.PublicKey { return r.private.Public().(ed25519.PublicKey) }

func trusted(rings ...ring) map[string]ed25519.PublicKey {
	m := map[string]ed25519.PublicKey{}
	for _, r := range rings {
		m[r.id] = r.public()
	}
	return m
}

// Three keys: the town's, the one that it rotated to, and a forger's.
func town() ring    { return newRing(1) }
func rotated() ring { return newRing(2) }
func forger() ring  { return newRing(3) }

func day(n int) time.Time { return time.Date(2026, 3, n, 9, 30, 15, 250_000_000, time.UTC) }

func fact(n int) ledger.Entry {
	e := ledger.Entry{
		Organisation: "org-valdora", At: day(n), Kind: ledger.Completion, Record: fmt.Sprintf("record-%d", n), Account: fmt.Sprintf("account-%d", n%3),
		Course: "course-open-data", Version: 2, Rule: "watch-and-quiz/1", Minutes: int64(40 + n), CompletedAt: day(n).Add(-time.Minute),
		Statements: []string{fmt.Sprintf("statement-%d-a", n), fmt.Sprintf("statement-%d-b", n)}, EvidenceHash: strings.Repeat(fmt.Sprintf("%02x", n), 32),
	}
	if n%2 == 0 {
		score := int64(8750)
		e.Score = &score
	}
	switch n {
	case 4:
		e.Kind, e.Record, e.Corrects, e.By = ledger.Correction, "record-2", 2, "person-hr"
		e.Reason = "Die Prüfung zählte doppelt; „B“ war richtig \\ \t<a&b> \u2028 ž 𝄞"
	case 6:
		e.Kind, e.Record, e.Corrects, e.By, e.Reason = ledger.Withdrawal, "record-3", 3, "person-hr", "Entered for the wrong course."
	}
	return e
}

// chain makes a ledger of n entries; from the fifth on the rotated key signs.
func chain(t testing.TB, n int) []ledger.Entry {
	t.Helper()
	var head *ledger.Head
	entries := make([]ledger.Entry, 0, n)
	for i := 1; i <= n; i++ {
		r := town()
		if i > 4 {
			r = rotated()
		}
		e, err := ledger.Next(head, fact(i), r.sign)
		if err != nil {
			t.Fatalf("Next %d: %v", i, err)
		}
		h := e.Head()
		head, entries = &h, append(entries, e)
	}
	return entries
}

func lines(entries []ledger.Entry) [][]byte {
	out := make([][]byte, 0, len(entries))
	for _, e := range entries {
		out = append(out, ledger.Append(nil, e))
	}
	return out
}

func both() map[string]ed25519.PublicKey { return trusted(town(), rotated()) }

func verify(t testing.TB, file []byte, trust ledger.Trust) ledger.Report {
	t.Helper()
	r, err := ledger.Verify(bytes.NewReader(file), trust)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return r
}

// golden compares got with a file, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, d)
	}
}

func TestGolden(t *testing.T) {
	entries := chain(t, 6)
	file := bytes.Join(lines(entries), nil)
	golden(t, "valdora.ndjson", file)
	golden(t, "valdora.head.json", ledger.SignHead(entries[5].Head(), day(10), rotated().sign).Encode())
	golden(t, "town.pem", keys.EncodePublic(town().public()))
	golden(t, "rotated.pem", keys.EncodePublic(rotated().public()))

	r := verify(t, file, ledger.Trust{Keys: both(), Organisation: "org-valdora"})
	if !r.OK() || r.Count != 6 || r.Organisation != "org-valdora" || len(r.Keys) != 2 {
		t.Errorf("got %+v, want six entries by two keys and no finding", r)
	}
	for i, l := range lines(entries) {
		c, err := ledger.Canonical(l)
		if err != nil || string(c)+"\n" != string(l) {
			t.Errorf("line %d is not in the canonical form of RFC 8785: %v\n got %s\nwant %s", i+1, err, l, c)
		}
		e, err := ledger.Parse(bytes.TrimSuffix(l, []byte("\n")))
		if d := cmp.Diff(entries[i], e); err != nil || d != "" {
			t.Errorf("Parse(%s) = %v (-want +got):\n%s", l, err, d)
		}
		if err := e.Prove(both()); err != nil {
			t.Errorf("Prove: %v", err)
		}
		var previous *ledger.Entry
		if i > 0 {
			previous = &entries[i-1]
		}
		if err := e.Follows(previous); err != nil {
			t.Errorf("Follows: %v", err)
		}
	}
}

// TestOtherTools follows docs/ledger.md with jq, sha256sum and openssl: a stranger needs nothing of ours.
func TestOtherTools(t *testing.T) {
	for _, tool := range []string{"sh", "jq", "sha256sum", "openssl", "base64"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here", tool)
		}
	}
	const script = `set -eu
line=$(sed -n "$1p" valdora.ndjson)
hash=$(printf %s "$line" | jq -cSj 'del(.hash, .key, .signature)' | sha256sum | cut -d' ' -f1)
test "$hash" = "$(printf %s "$line" | jq -r .hash)"
printf 'palestra-ledger/1 %s' "$hash" > "$2/message"
printf %s "$line" | jq -r .signature | base64 -d > "$2/signature"
openssl pkeyutl -verify -pubin -inkey "$3" -rawin -in "$2/message" -sigfile "$2/signature"`
	for n, key := range map[string]string{"1": "town.pem", "4": "town.pem", "6": "rotated.pem"} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script, "sh", n, t.TempDir(), key)
		cmd.Dir = "testdata"
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verified Successfully") {
			t.Errorf("entry %s: %v\n%s", n, err, out)
		}
	}
}

func TestNextRefuses(t *testing.T) {
	score := int64(10_001)
	for _, c := range []struct {
		name   string
		change func(*ledger.Entry)
		want   string
	}{
		{"no organisation", func(e *ledger.Entry) { e.Organisation = "" }, "organisation"},
		{"a name with a space", func(e *ledger.Entry) { e.Account = "Ada Lovelace" }, "account"},
		{"an id with an accent", func(e *ledger.Entry) { e.Record = "é" }, "record"},
		{"a long id", func(e *ledger.Entry) { e.Course = strings.Repeat("c", 201) }, "course"},
		{"no version", func(e *ledger.Entry) { e.Version = 0 }, "courseVersion"},
		{"negative minutes", func(e *ledger.Entry) { e.Minutes = -1 }, "minutes"},
		{"more than all", func(e *ledger.Entry) { e.Score = &score }, "score"},
		{"no evidence", func(e *ledger.Entry) { e.EvidenceHash = "" }, "evidenceHash"},
		{"capitals in a hash", func(e *ledger.Entry) { e.EvidenceHash = strings.Repeat("A", 64) }, "evidenceHash"},
		{"no time", func(e *ledger.Entry) { e.CompletedAt = time.Time{} }, "time"},
		{"an empty statement", func(e *ledger.Entry) { e.Statements = []string{""} }, "statements"},
		{"too many statements", func(e *ledger.Entry) { e.Statements = make([]string, 10_001) }, "statements"},
		{"too long a line", func(e *ledger.Entry) {
			for range 6000 {
				e.Statements = append(e.Statements, strings.Repeat("s", 200))
			}
		}, "longer"},
		{"no such kind", func(e *ledger.Entry) { e.Kind = "gift" }, "gift"},
		{"a completion with a reason", func(e *ledger.Entry) { e.Reason = "so" }, "completion"},
		{"a correction of nothing", func(e *ledger.Entry) { e.Kind, e.Reason, e.By = ledger.Correction, "so", "hr" }, "correction"},
		{"a correction of what is to come", func(e *ledger.Entry) { e.Kind, e.Reason, e.By, e.Corrects = ledger.Correction, "so", "hr", 3 }, "corrects"},
		{"a withdrawal without a reason", func(e *ledger.Entry) { e.Kind, e.By, e.Corrects, e.Reason = ledger.Withdrawal, "hr", 1, " " }, "withdrawal"},
		{"a withdrawal by nobody", func(e *ledger.Entry) { e.Kind, e.Corrects, e.Reason = ledger.Withdrawal, 1, "so" }, "withdrawal"},
		{"a reason that is not text", func(e *ledger.Entry) { e.Kind, e.By, e.Corrects, e.Reason = ledger.Withdrawal, "hr", 1, "\xff" }, "reason"},
		{"a long reason", func(e *ledger.Entry) {
			e.Kind, e.By, e.Corrects, e.Reason = ledger.Withdrawal, "hr", 1, strings.Repeat("r", 2001)
		}, "reason"},
		{"another organisation", func(e *ledger.Entry) { e.Organisation = "org-other" }, "another organisation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := chain(t, 2)[1].Head()
			e := fact(3)
			c.change(&e)
			if _, err := ledger.Next(&head, e, town().sign); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
}

func TestNextRaisesTime(t *testing.T) {
	head := chain(t, 3)[2].Head()
	e := fact(4)
	e.At = day(1)
	got, err := ledger.Next(&head, e, town().sign)
	if err != nil || !got.At.Equal(day(3)) {
		t.Errorf("got %v %v, want the time of the entry before, %v", got.At, err, day(3))
	}
}

func TestVerifyReadsErrors(t *testing.T) {
	broken := errors.New("disk")
	if _, err := ledger.Verify(errorReader{broken}, ledger.Trust{Keys: both()}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

// TestVerifyConstantMemory reads a ledger that would not fit.
func TestVerifyConstantMemory(t *testing.T) {
	line := ledger.Append(nil, chain(t, 1)[0])
	v := ledger.NewVerifier(ledger.Trust{Keys: both()})
	line = line[:len(line)-1]
	v.Line(line)
	if n := testing.AllocsPerRun(100, func() { v.Line(line) }); n > 200 {
		t.Errorf("a line takes %v allocations", n)
	}
}
