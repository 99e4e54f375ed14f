package ffmpeg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"palestra/video"
)

func TestEncodersGiveWay(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	restrain(cmd.Process.Pid, 1<<30, 1<<20, idle)
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

// Only what works on films runs when nothing else does. A server on a busy machine starts, because a question about the program
// itself has its turn like everything else; and a file is not refused because others were busy when it was looked into.
// Tests that write programs run alone: one that is written while another test starts something can be "busy" (execve(2)).
func TestWhoGivesWay(t *testing.T) {
	folder := t.TempDir()
	said := filepath.Join(folder, "said")
	// Its class and priority are set a moment after the start (proc(5): 41 is the class, 19 the niceness).
	script := "#!/bin/sh\nsleep 0.3\necho $1 $(cut -d' ' -f41,19 /proc/$$/stat) >> " + said + "\n"
	program := filepath.Join(folder, "program")
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	tool, err := New(t.Context(), Config{FFmpeg: program, FFprobe: program})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tool.Versions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := tool.Examine(t.Context(), video.Input{Path: "/nothing"}); err == nil {
		t.Error("a program that says nothing has examined a file")
	}
	if err := tool.run(t.Context(), program, []string{"film"}, limits{time: time.Minute}, nil); err != nil {
		t.Error(err)
	}
	got, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	nice, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	version := fmt.Sprintf("-version %d %d\n", 20-nice, unix.SCHED_NORMAL) // the system call says 1 to 40
	want := strings.Repeat(version, 3) + fmt.Sprintf("-hide_banner 10 %d\nfilm 10 %d\n", unix.SCHED_NORMAL, unix.SCHED_IDLE)
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A program that did not answer in time does not lose its walls.
func TestSlownessIsNoReasonForANetwork(t *testing.T) {
	program := filepath.Join(t.TempDir(), "ffprobe")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nsleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	probe := &Tool{config: Config{FFprobe: "/bin/true", Memory: 1 << 30}}
	if err := probe.isolate(t.Context(), time.Minute); err != nil || !probe.Isolated() {
		t.Skipf("this system permits no network namespaces: %v", err)
	}
	tool := &Tool{config: Config{FFprobe: program, Memory: 1 << 30}}
	if err := tool.isolate(t.Context(), 50*time.Millisecond); !errors.Is(err, errTooLong) || !tool.Isolated() {
		t.Errorf("got %v, isolated %t, want that it took too long and is still isolated", err, tool.Isolated())
	}
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
// never are; when nothing has run for a while everything is as before. It is about the whole process, so it runs alone.
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
