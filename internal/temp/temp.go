// Package temp is the folder for files in work: sources of videos that are processed, workbooks before they are packed.
package temp

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Folder is where this process keeps files in work. Each process has a folder of its own and holds a lock on it, so that
// the next one can tell what a dead process has left.
type Folder struct {
	path string
	lock *os.File
}

// Open makes a folder of this name, which must be new, in root, and removes what dead processes left there.
func Open(root, name string) (*Folder, error) {
	if root == "" {
		return nil, errors.New("no folder for files in work")
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	old, err := filepath.Glob(filepath.Join(root, "*.lock"))
	if err != nil {
		return nil, err
	}
	for _, path := range old {
		f, err := os.OpenFile(path, os.O_RDWR, 0o600)
		if err != nil {
			continue // somebody else removes it
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			err = errors.Join(os.RemoveAll(path[:len(path)-len(".lock")]), os.Remove(path))
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("what a dead process left: %w", err)
		}
	}
	t := &Folder{path: filepath.Join(root, name)}
	if t.lock, err = os.OpenFile(t.path+".lock", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, err
	}
	if err := unix.Flock(int(t.lock.Fd()), unix.LOCK_EX); err != nil {
		return nil, err
	}
	return t, os.Mkdir(t.path, 0o700)
}

// Path returns the folder itself.
func (t *Folder) Path() string { return t.path }

// Dir makes a folder in it, which whoever asks for it removes.
func (t *Folder) Dir() (string, error) { return os.MkdirTemp(t.path, "") }

// Free returns how many bytes are free on its disk; ok is false when that cannot be known.
func (t *Folder) Free() (bytes int64, ok bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(t.path, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // other systems have other types
}

// Close removes the folder and everything in it.
func (t *Folder) Close() error {
	return errors.Join(os.RemoveAll(t.path), os.Remove(t.path+".lock"), t.lock.Close())
}
