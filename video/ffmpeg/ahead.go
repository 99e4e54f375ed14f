package ffmpeg

import (
	"sync"
	"time"
)

// ahead keeps this process before all others while its programs run.
//
// Programs run in the idle class, and still an answer came up to a tick of the kernel (4 ms) later beside them: a processor
// with an encoder does not always count as free. In a real-time class a thread goes where it can run at once. What was
// measured and what it takes is in docs/decisions/0047-ahead-of-encoders.md.
type ahead struct {
	mu       sync.Mutex
	programs int
	rest     int // how many times nothing has run
	raised   bool
}

// How often threads that have come since are raised, and how many such times nothing may run before all are lowered: from
// one piece of a film to the next nothing changes.
const (
	again  = 500 * time.Millisecond
	linger = 10
)

// begin says that a program starts.
func (a *ahead) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.programs++
	if !a.raised && raise() {
		a.raised = true
		go a.keep()
	}
}

// end says that a program has ended.
func (a *ahead) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.programs--
}

// keep raises threads that come until nothing has run for a while.
func (a *ahead) keep() {
	tick := time.NewTicker(again)
	defer tick.Stop()
	for a.stays() {
		<-tick.C
	}
}

// stays raises threads that have come while something runs, or lowers all when nothing has for long enough, and reports
// whether they are still raised.
func (a *ahead) stays() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.programs > 0:
		a.rest = 0
		raise()
	case a.rest < linger:
		a.rest++
	default:
		lower()
		a.rest, a.raised = 0, false
	}
	return a.raised
}
