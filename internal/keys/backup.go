package keys

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"filippo.io/age"
)

// maxKeyFile is the size of the largest file in the folder, in bytes.
const maxKeyFile = 64 << 10

var keyFile = regexp.MustCompile(`^(?:sign-[0-9a-f]{16}\.pem|verify-[0-9a-f]{16}\.pem|current|secret)$`)

// ErrNoKeys says that the folder holds no keys.
var ErrNoKeys = errors.New("there are no keys in this folder")

// OpenExisting is Open, but makes nothing: ErrNoKeys if the folder holds no keys.
func OpenExisting(folder string) (*Ring, error) {
	for _, name := range []string{"current", "secret"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("keys.OpenExisting %s: %w", folder, ErrNoKeys)
			}
			return nil, fmt.Errorf("keys.OpenExisting: %w", err)
		}
	}
	return Open(folder)
}

// Backup writes the folder as a tar. With a passphrase it is encrypted in the age format (age-encryption.org/v1, scrypt),
// which the program age can decrypt too; without one, whoever has the copy can sign in the installation's name.
func Backup(folder string, w io.Writer, passphrase string) error {
	return backup(folder, w, passphrase, 18)
}

// backup derives the key of the encryption in 2^work steps: 18 takes about a second.
func backup(folder string, w io.Writer, passphrase string, work int) error {
	if _, err := OpenExisting(folder); err != nil { // what cannot be opened is not worth a copy
		return err
	}
	if passphrase == "" {
		return writeTar(folder, w)
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("keys.Backup: %w", err)
	}
	recipient.SetWorkFactor(work)
	sealed, err := age.Encrypt(w, recipient)
	if err != nil {
		return fmt.Errorf("keys.Backup: %w", err)
	}
	if err := writeTar(folder, sealed); err != nil {
		return err
	}
	return sealed.Close()
}

func writeTar(folder string, w io.Writer) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("keys.Backup: %w", err)
	}
	t := tar.NewWriter(w)
	for _, e := range entries {
		if !keyFile.MatchString(e.Name()) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return fmt.Errorf("keys.Backup: %w", err)
		}
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: e.Name(), Mode: 0o600, Size: int64(len(b))}); err != nil {
			return fmt.Errorf("keys.Backup: %w", err)
		}
		if _, err := t.Write(b); err != nil {
			return fmt.Errorf("keys.Backup: %w", err)
		}
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("keys.Backup: %w", err)
	}
	return nil
}

// Encrypted reports whether a backup that begins with these bytes needs a passphrase.
func Encrypted(begin []byte) bool {
	const magic = "age-encryption.org/"
	return len(begin) >= len(magic) && string(begin[:len(magic)]) == magic
}

// Restore puts what Backup wrote into a folder that does not exist or is empty: all of it, checked, or nothing.
func Restore(folder string, r io.Reader, passphrase string) (*Ring, error) {
	old, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys.Restore: %w", err)
	}
	if len(old) > 0 {
		return nil, fmt.Errorf("keys.Restore: %s is not empty; move it away first", folder)
	}
	if passphrase != "" {
		identity, err := age.NewScryptIdentity(passphrase)
		if err != nil {
			return nil, fmt.Errorf("keys.Restore: %w", err)
		}
		if r, err = age.Decrypt(r, identity); err != nil {
			return nil, errors.New("keys.Restore: the passphrase is wrong or the file is damaged")
		}
	}
	parent := filepath.Dir(filepath.Clean(folder))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("keys.Restore: %w", err)
	}
	fresh, err := os.MkdirTemp(parent, ".keys-*") // mode 700
	if err != nil {
		return nil, fmt.Errorf("keys.Restore: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := readTar(fresh, r); err != nil {
		return nil, err
	}
	if _, err := OpenExisting(fresh); err != nil {
		return nil, err
	}
	if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys.Restore: %w", err)
	}
	if err := os.Rename(fresh, folder); err != nil {
		return nil, fmt.Errorf("keys.Restore: %w", err)
	}
	return OpenExisting(folder)
}

func readTar(folder string, r io.Reader) error {
	t := tar.NewReader(r)
	var seen []string
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			// What is behind the end of the tar is read too, so that the encryption proves the whole file.
			if _, err := io.Copy(io.Discard, r); err != nil {
				return errors.New("keys.Restore: the file is damaged")
			}
			return nil
		case err != nil:
			return errors.New("keys.Restore: the file is damaged or no backup of keys")
		case h.Typeflag != tar.TypeReg || !keyFile.MatchString(h.Name) || h.Size > maxKeyFile || slices.Contains(seen, h.Name):
			return fmt.Errorf("keys.Restore: the backup holds %q, which is no file of keys", h.Name)
		}
		b, err := io.ReadAll(t)
		if err != nil {
			return errors.New("keys.Restore: the file is damaged")
		}
		if err := write(filepath.Join(folder, h.Name), b); err != nil {
			return fmt.Errorf("keys.Restore: %w", err)
		}
		seen = append(seen, h.Name)
	}
}
