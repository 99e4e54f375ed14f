// Package keys keeps the installation's own keys: Ed25519 keys that sign (ledgers, archives, certificates) and a secret
// that short-lived addresses and credentials are derived from.
//
// They lie in a folder of their own, apart from the data, so that a copy of the data cannot sign. Rotating adds a key
// and keeps the public halves of the old ones: what they signed stays verifiable.
package keys

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Ring is the set of keys of an installation.
type Ring struct {
	folder  string
	current string // id
	private map[string]ed25519.PrivateKey
	public  map[string]ed25519.PublicKey
	secret  []byte // 32 bytes
}

// Open reads the keys in the folder and makes them at the first start. The folder and the files are readable to their
// owner only; anything more open is refused.
func Open(folder string) (*Ring, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("keys.Open: %w", err)
	}
	r := &Ring{folder: folder, private: map[string]ed25519.PrivateKey{}, public: map[string]ed25519.PublicKey{}}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("keys.Open: %w", err)
	}
	for _, e := range entries {
		name := filepath.Join(folder, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "sign-") && strings.HasSuffix(e.Name(), ".pem"):
			k, err := readPrivate(name)
			if err != nil {
				return nil, err
			}
			id := ID(k.Public().(ed25519.PublicKey))                        //nolint:forcetypeassert // documented to be so
			r.private[id], r.public[id] = k, k.Public().(ed25519.PublicKey) //nolint:forcetypeassert // as above
		case strings.HasPrefix(e.Name(), "verify-") && strings.HasSuffix(e.Name(), ".pem"):
			b, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("keys.Open: %w", err)
			}
			k, err := ParsePublic(b)
			if err != nil {
				return nil, fmt.Errorf("keys.Open %s: %w", e.Name(), err)
			}
			r.public[ID(k)] = k
		}
	}
	b, err := os.ReadFile(filepath.Join(folder, "current"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if len(r.private) > 0 {
			return nil, fmt.Errorf("keys.Open: %s holds keys but not the file that names the current one", folder)
		}
		if err := r.Rotate(); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("keys.Open: %w", err)
	default:
		r.current = strings.TrimSpace(string(b))
		if r.private[r.current] == nil {
			return nil, fmt.Errorf("keys.Open: the current key %s is not in %s", r.current, folder)
		}
	}
	return r, r.openSecret()
}

func (r *Ring) openSecret() error {
	name := filepath.Join(r.folder, "secret")
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		raw := make([]byte, 32)
		rand.Read(raw)
		b = []byte(hex.EncodeToString(raw) + "\n")
		err = write(name, b)
	}
	if err != nil {
		return fmt.Errorf("keys.Open: %w", err)
	}
	r.secret, err = hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(r.secret) != 32 {
		return fmt.Errorf("keys.Open: %s is not 32 bytes in hexadecimal", name)
	}
	return nil
}

func readPrivate(name string) (ed25519.PrivateKey, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("keys.Open: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keys.Open: %s can be read by others; chmod 600 it", name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("keys.Open: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("keys.Open: %s is not PEM", name)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("keys.Open %s: %w", name, err)
	}
	ed, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("keys.Open: %s is not an Ed25519 key", name)
	}
	return ed, nil
}

// Rotate makes a new signing key and signs with it from now on. Old keys stay, to verify.
func (r *Ring) Rotate() error {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("keys.Rotate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		return fmt.Errorf("keys.Rotate: %w", err)
	}
	id := ID(pub)
	if err := write(filepath.Join(r.folder, "sign-"+id+".pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return fmt.Errorf("keys.Rotate: %w", err)
	}
	if err := write(filepath.Join(r.folder, "verify-"+id+".pem"), EncodePublic(pub)); err != nil {
		return fmt.Errorf("keys.Rotate: %w", err)
	}
	if err := write(filepath.Join(r.folder, "current"), []byte(id+"\n")); err != nil {
		return fmt.Errorf("keys.Rotate: %w", err)
	}
	r.private[id], r.public[id], r.current = priv, pub, id
	return nil
}

// write replaces a file whole and on disk, readable to its owner only.
func write(name string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// Sign signs with the current key and returns the key's id and the signature (64 bytes, RFC 8032).
func (r *Ring) Sign(message []byte) (key string, signature []byte) {
	return r.current, ed25519.Sign(r.private[r.current], message)
}

// Current returns the id of the key that signs now.
func (r *Ring) Current() string { return r.current }

// Public returns every public key by its id.
func (r *Ring) Public() map[string]ed25519.PublicKey {
	m := make(map[string]ed25519.PublicKey, len(r.public))
	for id, k := range r.public {
		m[id] = k
	}
	return m
}

// IDs lists the ids of all keys, the current one first.
func (r *Ring) IDs() []string {
	ids := []string{r.current}
	for id := range r.public {
		if id != r.current {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids[1:])
	return ids
}

// Secret derives 32 bytes for one purpose (HKDF, RFC 5869); every purpose has its own.
func (r *Ring) Secret(purpose string) []byte {
	b, err := hkdf.Key(sha256.New, r.secret, nil, "palestra "+purpose, 32)
	if err != nil { // only for lengths that 32 is not
		panic(err)
	}
	return b
}

// ID names a public key: the first 16 hexadecimal digits of its SHA-256.
func ID(k ed25519.PublicKey) string {
	sum := sha256.Sum256(k)
	return hex.EncodeToString(sum[:8])
}

// EncodePublic returns a public key in PEM (SubjectPublicKeyInfo).
func EncodePublic(k ed25519.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(k)
	if err != nil { // only for kinds of keys that this is not
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// ParsePublic reads what EncodePublic wrote.
func ParsePublic(b []byte) (ed25519.PublicKey, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errors.New("this is not a PEM file")
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("this is not a public key: %w", err)
	}
	ed, ok := k.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("this is not an Ed25519 key")
	}
	return ed, nil
}
