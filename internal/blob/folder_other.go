//go:build !linux

package blob

import (
	"errors"
	"os"
	"path/filepath"
)

// apart runs f, which changes the working directory, and changes it back.
func apart(f func() error) error {
	home, err := os.Getwd()
	if err != nil {
		return err
	}
	return errors.Join(f(), os.Chdir(home))
}

// lockFolder only makes the file: here nothing stops a second process.
func lockFolder(root string) (*os.File, error) {
	return os.OpenFile(filepath.Join(root, ".lock"), os.O_RDWR|os.O_CREATE, 0o600)
}

func unlockFolder(f *os.File) { _ = f.Close() } // nothing was written

func attributesWork(string) bool { return false }

func diskSpace(string) (free, total int64, ok bool) { return 0, 0, false }
