package ffmpeg

import (
	"os/exec"
	"testing"

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
