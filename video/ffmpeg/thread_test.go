package ffmpeg

import (
	"bytes"
	"runtime"
	"sync"
	"testing"
	"time"

	"palestra/internal/servicestest"
)

// The kernel ends a child with the thread that started it; other packages end threads (internal/blob does).
func TestProgramsOutliveOtherThreads(t *testing.T) {
	t.Parallel()
	tool, err := New(t.Context(), Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				done := make(chan struct{})
				go func() {
					runtime.LockOSThread() // never unlocked: the thread ends
					close(done)
				}()
				<-done
			}
		})
	}
	for range 10 {
		var out bytes.Buffer
		if err := tool.run(t.Context(), tool.config.FFprobe, []string{"-version"}, limits{time: time.Minute, most: 1 << 20}, &out); err != nil {
			t.Errorf("got %v, want the program to end by itself", err)
			break
		}
	}
	close(stop)
	wg.Wait()
}
