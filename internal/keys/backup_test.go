package keys_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/keys"
)

func ring(t *testing.T) (*keys.Ring, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "keys")
	r, err := keys.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Rotate(); err != nil {
		t.Fatal(err)
	}
	return r, folder
}

func TestBackup(t *testing.T) {
	for _, c := range []struct{ name, passphrase string }{{"open", ""}, {"encrypted", "vier Eier und ein Kahn"}} {
		t.Run(c.name, func(t *testing.T) {
			r, folder := ring(t)
			var b bytes.Buffer
			if err := keys.QuickBackup(folder, &b, c.passphrase); err != nil {
				t.Fatal(err)
			}
			if got := keys.Encrypted(b.Bytes()); got != (c.passphrase != "") {
				t.Errorf("Encrypted: got %v", got)
			}
			to := filepath.Join(t.TempDir(), "a", "b")
			back, err := keys.Restore(to, bytes.NewReader(b.Bytes()), c.passphrase)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(r.IDs(), back.IDs()); d != "" {
				t.Errorf("other keys (-want +got):\n%s", d)
			}
			if !bytes.Equal(r.Secret("x"), back.Secret("x")) {
				t.Error("another secret")
			}
			for _, name := range []string{"secret", "sign-" + r.Current() + ".pem"} {
				if st, err := os.Stat(filepath.Join(to, name)); err != nil || st.Mode().Perm() != 0o600 {
					t.Errorf("%s: got %v %v, want mode 600", name, st.Mode(), err)
				}
			}
			if _, err := keys.Restore(to, bytes.NewReader(b.Bytes()), c.passphrase); err == nil {
				t.Error("a folder with keys is overwritten")
			}
		})
	}
}

func TestRestoreRefuses(t *testing.T) {
	_, folder := ring(t)
	var open, sealed bytes.Buffer
	if err := errors.Join(keys.QuickBackup(folder, &open, ""), keys.QuickBackup(folder, &sealed, "right")); err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(sealed.Bytes())
	flipped[len(flipped)/2] ^= 1
	packed := func(name string, kind byte) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: kind, Linkname: "/etc/passwd", Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name, passphrase string
		file             []byte
	}{
		{"a wrong passphrase", "wrong", sealed.Bytes()},
		{"damage", "right", flipped},
		{"a cut file", "right", sealed.Bytes()[:sealed.Len()-10]},
		{"half a tar", "", open.Bytes()[:open.Len()/2]},
		{"nothing", "", nil},
		{"rubbish", "", []byte("rubbish")},
		{"a way out", "", packed("../current", tar.TypeReg)},
		{"a link", "", packed("current", tar.TypeSymlink)},
		{"another file", "", packed("authorized_keys", tar.TypeReg)},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "keys")
			if _, err := keys.Restore(to, bytes.NewReader(c.file), c.passphrase); err == nil {
				t.Fatal("got no error")
			}
			if left, err := os.ReadDir(filepath.Dir(to)); err != nil || len(left) > 0 {
				t.Errorf("got %v %v, want nothing left behind", left, err)
			}
		})
	}
}

func TestOpenExisting(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	if _, err := keys.OpenExisting(folder); !errors.Is(err, keys.ErrNoKeys) {
		t.Errorf("got %v, want %v", err, keys.ErrNoKeys)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder was made")
	}
}
