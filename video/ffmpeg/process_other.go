//go:build !linux

package ffmpeg

import "syscall"

func (t *Tool) attributes() *syscall.SysProcAttr {
	t.isolated = false
	return &syscall.SysProcAttr{Setpgid: true}
}

func endGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }

func restrain(int, uint64, uint64, class) {}

func raise() bool { return false }

func lower() {}
