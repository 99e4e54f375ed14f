package live

import "context"

// LookAfterAll does at once in every room what is done there each minute.
func (s *Service) LookAfterAll(ctx context.Context) {
	s.mu.Lock()
	hubs := make([]*hub, 0, len(s.hubs))
	for _, h := range s.hubs {
		hubs = append(hubs, h)
	}
	s.mu.Unlock()
	for _, h := range hubs {
		h.lookAfter(ctx)
	}
}
