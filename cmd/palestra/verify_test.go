package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palestra/internal/keys"
)

const testdata = "../../course/ledger/testdata/"

// palestra runs the program.
func palestra(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, func(string) (string, bool) { return "", false }, console{&o, &e})
	return code, o.String(), e.String()
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVerifyCommand(t *testing.T) {
	book := read(t, testdata+"valdora.ndjson")
	both := write(t, "both.pem", append(append([]byte("key one\n"), read(t, testdata+"town.pem")...), read(t, testdata+"rotated.pem")...))
	edited := write(t, "edited", bytes.Replace(book, []byte(`"minutes":43`), []byte(`"minutes":93`), 1))
	short := write(t, "short", book[:bytes.LastIndexByte(book[:len(book)-1], '\n')+1])
	for _, c := range []struct {
		name string
		args []string
		code int
		out  string
		errs string
	}{
		{"in order", []string{"--public-key", both, "--head", testdata + "valdora.head.json", testdata + "valdora.ndjson"}, 0, "OK: 6 entries of organisation org-valdora", ""},
		{"two files of keys, no head", []string{"--public-key", testdata + "town.pem", "--public-key", testdata + "rotated.pem", testdata + "valdora.ndjson"}, 0, "No saved head was given", ""},
		{"edited", []string{"--public-key", both, edited}, 1, "WRONG (edited): entry 3 was edited", "2 entries before"},
		{"a key is missing", []string{"--public-key", testdata + "town.pem", testdata + "valdora.ndjson"}, 1, "WRONG (re-signed): entry 5", ""},
		{"cut off, nobody knows", []string{"--public-key", both, short}, 0, "OK: 5", ""},
		{"cut off", []string{"--public-key", both, "--head", testdata + "valdora.head.json", short}, 1, "WRONG (cut off): entries are cut off from entry 6 on", ""},
		{"another organisation", []string{"--public-key", both, "--organisation", "org-other", testdata + "valdora.ndjson"}, 1, "WRONG (foreign): entry 1", ""},
		{"a damaged archive", []string{"--public-key", both, write(t, "zip", []byte("PK\x03\x04"))}, 1, "WRONG (archive)", ""},
		{"nothing there", []string{"--public-key", both, "nowhere"}, 1, "", "nowhere"},
		{"not a key", []string{"--public-key", edited, edited}, 1, "", "not a PEM file"},
		{"not a head", []string{"--public-key", both, "--head", both, edited}, 1, "", "no head of a ledger"},
		{"no key", []string{edited}, 2, "", "--public-key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := palestra(t, append([]string{"verify"}, c.args...)...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
				t.Errorf("got %d\n%s%s\nwant %d %q %q", code, out, errs, c.code, c.out, c.errs)
			}
		})
	}
}

func TestKeysCommand(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "keys")
	if code, _, errs := palestra(t, "--keys", folder, "keys", "list"); code != 1 || !strings.Contains(errs, "there are no keys") {
		t.Fatalf("list of nothing: got %d %s", code, errs)
	}
	secret := write(t, "passphrase", []byte("vier Eier und ein Kahn\n"))
	restore := func(from string, args ...string) {
		t.Helper()
		to := filepath.Join(t.TempDir(), "keys")
		if code, out, errs := palestra(t, append([]string{"--keys", to, "keys", "restore", from}, args...)...); code != 0 || !strings.Contains(out, "2 keys") {
			t.Errorf("restore: got %d %s%s", code, out, errs)
		}
		if _, a, _ := palestra(t, "--keys", folder, "keys", "public"); a == "" {
			t.Error("no public keys")
		} else if _, b, _ := palestra(t, "--keys", to, "keys", "public"); a != b {
			t.Errorf("got other keys\n%s\nthan\n%s", b, a)
		}
	}
	if _, err := keys.Open(folder); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := palestra(t, "--keys", folder, "keys", "rotate"); code != 0 || !strings.Contains(out, "signs from now on") {
		t.Errorf("rotate: got %d %s", code, out)
	}
	_, out, _ := palestra(t, "--keys", folder, "keys", "list")
	if strings.Count(out, "\n") != 2 || strings.Count(out, "signs and verifies") != 1 {
		t.Errorf("list: got %s, want two keys, one of which signs", out)
	}
	if code, _, errs := palestra(t, "--keys", folder, "keys", "public", "0000"); code != 1 || !strings.Contains(errs, "no key 0000") {
		t.Errorf("public: got %d %s", code, errs)
	}
	plain, sealed := filepath.Join(dir, "plain"), filepath.Join(dir, "sealed")
	if code, _, _ := palestra(t, "--keys", folder, "keys", "backup", plain); code != 1 {
		t.Errorf("backup without a word about encryption: got %d", code)
	}
	if code, _, errs := palestra(t, "--keys", folder, "keys", "backup", "--plain", plain); code != 0 || !strings.Contains(errs, "WARNING") {
		t.Errorf("backup --plain: got %d %s", code, errs)
	}
	if st, err := os.Stat(plain); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("got %v %v, want mode 600", st.Mode(), err)
	}
	if code, _, _ := palestra(t, "--keys", folder, "keys", "backup", "--plain", plain); code != 1 {
		t.Error("an existing file is overwritten")
	}
	restore(plain)
	if code, _, errs := palestra(t, "--keys", folder, "keys", "backup", "--passphrase-file", secret, sealed); code != 0 {
		t.Errorf("backup: got %d %s", code, errs)
	}
	if code, _, errs := palestra(t, "--keys", filepath.Join(dir, "other"), "keys", "restore", sealed); code != 1 || !strings.Contains(errs, "is encrypted") {
		t.Errorf("restore without passphrase: got %d %s", code, errs)
	}
	restore(sealed, "--passphrase-file", secret)
	if code, _, errs := palestra(t, "--keys", folder, "keys", "restore", plain); code != 1 || !strings.Contains(errs, "not empty") {
		t.Errorf("restore over keys: got %d %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(folder, "current")); err != nil {
		t.Error("the keys are gone")
	}
}
