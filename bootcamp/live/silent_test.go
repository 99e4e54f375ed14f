package live_test

import (
	"errors"
	"testing"
	"time"

	"palestra/bootcamp/live"
)

// Who listens by events says every now and then that she is here. Whoever says nothing for 75 seconds is gone; who beats
// stays, and others stay with her.
func TestWhoIsSilentGoes(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(live.Limit{})
	ada, bob := s.listen(svc, "ada", 0), s.listen(svc, "bob", 0)
	gone := func(e *ear) bool {
		select {
		case <-e.l.Gone():
			return true
		default:
			return false
		}
	}
	for range 3 {
		s.pass(24 * time.Second)
		bob.l.Beat()
		svc.LookAfterAll(t.Context())
		if gone(ada) || gone(bob) {
			t.Fatal("somebody went within 72 seconds")
		}
	}
	s.pass(5 * time.Second)
	svc.LookAfterAll(t.Context())
	if !gone(ada) || gone(bob) {
		t.Fatalf("after 77 seconds: who was silent is gone: %t; who had beaten is gone: %t", gone(ada), gone(bob))
	}
	for {
		if _, err := ada.next(); err != nil {
			if !errors.Is(err, live.ErrSilent) {
				t.Errorf("who was silent is told %v", err)
			}
			break
		}
	}
}
