package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestHeapIsSmallWhenThereIsLittleToDo(t *testing.T) {
	t.Parallel()
	h, allocated := heap{garbage: busyGarbage}, uint64(0)
	for n, step := range []struct {
		mb   uint64
		want int
	}{
		{100, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, // the start
		{1, calmGarbage}, {7, calmGarbage}, {0, calmGarbage}, // nobody is there
		{8, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {500, busyGarbage}, // somebody is
		{1, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {1, busyGarbage}, {1, calmGarbage},
	} {
		allocated += step.mb << 20
		if h.second(allocated); h.garbage != step.want {
			t.Errorf("second %d: %d per cent, want %d", n+1, h.garbage, step.want)
		}
	}
}

// BenchmarkStart starts bin/palestra on an empty folder and again: until it says that it is ready, what it has resident
// ten seconds and two minutes later, and what it spends in between, when nobody asks it anything.
func BenchmarkStart(b *testing.B) {
	env := settings(b)
	for _, when := range []string{"first", "again"} {
		b.Run(when, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), "../../bin/palestra", "serve")
				for k, v := range env {
					cmd.Env = append(cmd.Env, k+"="+v)
				}
				cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"))
				began := time.Now()
				check(b, cmd.Start())
				for !ready(env) {
					if time.Since(began) > 30*time.Second {
						b.Fatal("not ready after 30 seconds")
					}
					time.Sleep(2 * time.Millisecond)
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms-to-ready")
				time.Sleep(10 * time.Second)
				b.ReportMetric(float64(resident(b, cmd.Process.Pid, "VmRSS")>>20), "MB-after-10s")
				spent := ticks(b, cmd.Process.Pid)
				time.Sleep(110 * time.Second)
				b.ReportMetric(float64(resident(b, cmd.Process.Pid, "VmRSS")>>20), "MB-after-2min")
				b.ReportMetric(float64(ticks(b, cmd.Process.Pid)-spent)*10/110, "ms-processor/s") // a tick is 10 ms, proc(5)
				check(b, cmd.Process.Signal(os.Interrupt))
				check(b, cmd.Wait())
			}
		})
	}
}

// ready asks a server whether it is.
func ready(env map[string]string) bool {
	r, err := http.Get("http://" + env["PALESTRA_ADDR"] + "/readyz")
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// resident reads one of a process's figures of memory, in bytes: VmRSS is now, VmHWM the most there was.
func resident(t testing.TB, pid int, name string) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil && runtime.GOOS != "linux" {
		t.Skip("other systems tell it in other ways")
	}
	if err != nil {
		t.Fatal(err) // it has died
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		t.Fatal(name, err)
	}
	return kb << 10
}

// ticks is how much of the processors' time a process has spent.
func ticks(b *testing.B, pid int) (n int64) {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	check(b, err)
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from the third
	for _, i := range []int{11, 12} {                                         // utime, stime
		v, err := strconv.ParseInt(fields[i], 10, 64)
		check(b, err)
		n += v
	}
	return n
}
