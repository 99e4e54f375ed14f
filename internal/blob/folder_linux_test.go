package blob

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A child that is being started has copies of all open files until it has become another program; a folder that was closed at
// that moment can be opened again.
func TestAFolderIsFreeAlthoughAChildHasItsLock(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	f, err := openFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	child, err := unix.Dup(int(f.lock.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(child)
	if second, err := openFolder(root); err == nil {
		second.Shutdown()
		t.Error("it was opened twice")
	}
	f.Shutdown()
	again, err := openFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	again.Shutdown()
}
