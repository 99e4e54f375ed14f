package worker

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// insideRedis is a Redis in this process that nobody else reaches: connections are made in memory, there is no port.
type insideRedis struct {
	server *miniredis.Miniredis
	stop   chan struct{}
	done   sync.WaitGroup
}

func startInside() *insideRedis {
	r := &insideRedis{server: miniredis.NewMiniRedis(), stop: make(chan struct{})}
	r.done.Go(func() {
		// Nothing expires by itself: time has to be pushed.
		const second = time.Second
		tick := time.NewTicker(second)
		defer tick.Stop()
		for {
			select {
			case <-r.stop:
				return
			case <-tick.C:
				r.server.FastForward(second)
			}
		}
	})
	return r
}

func (r *insideRedis) dial(context.Context, string, string) (net.Conn, error) { return r.server.Dial() }

func (r *insideRedis) close() {
	close(r.stop)
	r.done.Wait()
	r.server.Close()
}
