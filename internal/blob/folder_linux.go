package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// apart runs f, which changes the working directory, on a thread of its own that shares no working directory with the
// others and ends afterwards. Where that is forbidden (some containers), the directory is changed back.
func apart(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		if err := unix.Unshare(unix.CLONE_FS); err == nil {
			done <- f()
			return
		}
		home, err := os.Getwd()
		if err != nil {
			done <- err
			return
		}
		done <- errors.Join(f(), os.Chdir(home))
	}()
	return <-done
}

// lockFolder takes the folder for this process until unlockFolder, or the process ends.
func lockFolder(root string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(root, ".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s is in use by another process", root), f.Close())
	}
	return f, nil
}

// unlockFolder gives the folder back. Closing the file is not enough: a child that is being started just then has it, too, and
// with it the lock (flock(2)), until it has become another program.
func unlockFolder(f *os.File) {
	_ = unix.Flock(int(f.Fd()), unix.LOCK_UN) // closing is what is left
	_ = f.Close()                             // nothing was written
}

// attributesWork reports whether files in the folder can carry extended attributes.
func attributesWork(root string) bool {
	return unix.Setxattr(root, "user.palestra", []byte("1"), 0) == nil
}

func diskSpace(path string) (free, total int64, ok bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, 0, false
	}
	return int64(st.Bavail) * st.Bsize, int64(st.Blocks) * st.Bsize, true
}
