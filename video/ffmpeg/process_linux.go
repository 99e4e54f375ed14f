package ffmpeg

import (
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes of every process: a group of its own, so that all of it can be ended; death when this process dies; where
// the system permits it, a network without any interface.
func (t *Tool) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if t.isolated {
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
	return a
}

func endGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }

// restrain limits memory and the size of written files, and gives others precedence: answers to people must not wait for a
// film, so its threads run only while nothing else wants the processor (SCHED_IDLE, sched(7)). Low priority is what stays
// where that is not permitted. It does what the system permits.
func restrain(pid int, memory, file uint64, class class) {
	for what, most := range map[int]uint64{unix.RLIMIT_AS: memory, unix.RLIMIT_FSIZE: file, unix.RLIMIT_CORE: 0} {
		_ = unix.Prlimit(pid, what, &unix.Rlimit{Cur: most, Max: most}, nil) // it may have ended
	}
	if class == ordinary {
		return
	}
	_ = unix.Setpriority(unix.PRIO_PGRP, pid, 10) // likewise
	if class == low {
		return
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return // likewise
	}
	for _, thread := range threads { // those that it starts later take after them
		if tid, err := strconv.Atoi(thread.Name()); err == nil {
			_ = unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_IDLE}, 0)
		}
	}
}
