package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much the heap may grow before it is collected, in per cent of what lives (the setting GOGC, which goes before). What lives
// is small here, so that collecting at every doubling, as Go does by itself, is a tenth of the work of taking in
// statements. A server of a small town that has nothing to do for most of the day gives back what it does not need.
const (
	busyGarbage = 300
	calmGarbage = 50
	busyRate    = 8 << 20 // bytes a second
	calmAfter   = 5       // seconds in a row with less than busyRate
)

// sizeHeap lets the heap grow while there is much to do, and keeps it small otherwise, until ctx ends.
func sizeHeap(ctx context.Context) {
	if _, set := os.LookupEnv("GOGC"); set {
		return
	}
	debug.SetGCPercent(busyGarbage)
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		h, allocated := heap{garbage: busyGarbage}, []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			metrics.Read(allocated)
			before := h.garbage
			h.second(allocated[0].Value.Uint64())
			if h.garbage == before {
				continue
			}
			debug.SetGCPercent(h.garbage)
			if h.garbage == calmGarbage {
				debug.FreeOSMemory()
			}
		}
	}()
}

// heap is what is known of how busy the program is.
type heap struct {
	allocated uint64 // bytes, since the start
	calm      int    // seconds in a row
	garbage   int    // per cent
}

// second is told every second how much has been allocated since the start.
func (h *heap) second(allocated uint64) {
	busy := allocated-h.allocated >= busyRate
	h.allocated = allocated
	if busy {
		h.calm, h.garbage = 0, busyGarbage
		return
	}
	if h.calm++; h.calm >= calmAfter {
		h.garbage = calmGarbage
	}
}
