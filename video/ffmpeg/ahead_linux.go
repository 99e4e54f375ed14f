package ffmpeg

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// raise puts the threads of this process that are in the ordinary class into the lowest real-time one, and reports
// whether there are any that it may put there. What they start begins in the ordinary class (SCHED_FLAG_RESET_ON_FORK,
// sched_setattr(2)), so threads that come later are raised by the next call, and no program is ever in that class.
func raise() bool {
	return reclass(unix.SCHED_NORMAL, unix.SchedAttr{Policy: unix.SCHED_RR, Priority: 1})
}

// lower takes back what raise did.
func lower() {
	nice := 0
	if n, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err == nil {
		nice = 20 - n // the system call says 1 to 40
	}
	reclass(unix.SCHED_RR, unix.SchedAttr{Policy: unix.SCHED_NORMAL, Nice: int32(nice)})
}

// reclass gives this process's threads of one class another, and reports whether it did so with any or there is none.
func reclass(from uint32, to unix.SchedAttr) bool {
	to.Size, to.Flags = unix.SizeofSchedAttr, unix.SCHED_FLAG_RESET_ON_FORK
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false
	}
	refused := false
	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err != nil {
			continue
		}
		if is, err := unix.SchedGetAttr(tid, 0); err != nil || is.Policy != from {
			continue // it has ended, or somebody else has chosen for it
		}
		if unix.SchedSetAttr(tid, &to, 0) == unix.EPERM {
			refused = true
		}
	}
	return !refused
}
