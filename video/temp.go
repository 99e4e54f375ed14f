package video

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// tempFolder is where this process keeps files in work. Each process has a folder of its own and holds a lock on it,
// so that the next one can tell what a dead process has left.
type tempFolder struct {
	path string
	lock *os.File
}

func openTemp(root, name string) (*tempFolder, error) {
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
	t := &tempFolder{path: filepath.Join(root, name)}
	if t.lock, err = os.OpenFile(t.path+".lock", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, err
	}
	if err := unix.Flock(int(t.lock.Fd()), unix.LOCK_EX); err != nil {
		return nil, err
	}
	return t, os.Mkdir(t.path, 0o700)
}

// dir makes a folder in it.
func (t *tempFolder) dir() (string, error) { return os.MkdirTemp(t.path, "") }

func (t *tempFolder) close() error {
	return errors.Join(os.RemoveAll(t.path), os.Remove(t.path+".lock"), t.lock.Close())
}
