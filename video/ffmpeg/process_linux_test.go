package ffmpeg

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestEncodersGiveWay(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	restrain(cmd.Process.Pid, 1<<30, 1<<20)
	got, err := unix.SchedGetAttr(cmd.Process.Pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got.Policy != unix.SCHED_IDLE {
		t.Errorf("got class %d, want %d: people wait for films", got.Policy, unix.SCHED_IDLE)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

// classes counts this process's threads by their class.
func classes(t *testing.T) map[uint32]int {
	t.Helper()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	n := map[uint32]int{}
	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err != nil {
			t.Fatal(err)
		}
		if is, err := unix.SchedGetAttr(tid, 0); err == nil { // else it has ended
			n[is.Policy]++
		}
	}
	return n
}

// While a program runs, threads of the process that answers people are ahead of it, also those that come later; programs
// never are; when nothing has run for a while everything is as before.
//
//nolint:paralleltest // it is about the whole process
func TestAheadOfEncoders(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	if err := unix.SchedSetAttr(0, &attr, 0); errors.Is(err, unix.EPERM) {
		t.Skip("this system permits no real-time class (CAP_SYS_NICE, RLIMIT_RTPRIO)")
	}
	attr.Policy, attr.Priority = unix.SCHED_NORMAL, 0
	if err := unix.SchedSetAttr(0, &attr, 0); err != nil {
		t.Fatal(err)
	}
	var a ahead
	a.begin()
	a.begin()
	a.end()
	if n := classes(t); n[unix.SCHED_RR] == 0 {
		t.Fatalf("no thread is ahead: %v", n)
	}
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if is, err := unix.SchedGetAttr(cmd.Process.Pid, 0); err != nil || is.Policy != unix.SCHED_NORMAL {
		t.Errorf("a program starts in class %v (%v), want the ordinary one", is, err)
	}
	hold := make(chan struct{})
	for range 8 { // threads of their own
		go func() {
			runtime.LockOSThread()
			<-hold
		}()
	}
	eventually(t, "later threads are ahead too", func() bool { n := classes(t); return n[unix.SCHED_RR] >= 8 && n[unix.SCHED_NORMAL] == 0 })
	close(hold)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	a.end()
	eventually(t, "all are ordinary again", func() bool { return classes(t)[unix.SCHED_RR] == 0 })
}

// eventually waits until something is so, half a minute at most.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not so: %s: %v", what, classes(t))
		}
	}
}
