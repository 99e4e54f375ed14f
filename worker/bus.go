package worker

import (
	"context"
	"fmt"
)

// Publish says something to all processes that subscribe to a channel at this moment. It may be lost.
func (w *Worker) Publish(ctx context.Context, channel string, data []byte) error {
	if err := w.redis.Publish(ctx, w.config.Prefix+channel, data).Err(); err != nil {
		return fmt.Errorf("worker.Publish: %w", err)
	}
	return nil
}

// Subscribe calls f for each thing that is said on a channel, one after the other, until the context ends. While Redis is
// away it waits and tries again; what is said meanwhile is lost.
func (w *Worker) Subscribe(ctx context.Context, channel string, f func([]byte)) {
	s := w.redis.Subscribe(ctx, w.config.Prefix+channel)
	defer func() {
		if err := s.Close(); err != nil {
			w.config.Log.Debug("a subscription did not end well", "error", err)
		}
	}()
	said := s.Channel() // it connects again by itself
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-said:
			if !ok {
				return
			}
			f([]byte(m.Payload))
		}
	}
}
