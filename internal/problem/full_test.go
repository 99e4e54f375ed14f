package problem

import (
	"fmt"
	"testing"

	"palestra/internal/store"
)

func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	p := Of(fmt.Errorf("people.invite: %w", store.ErrFull))
	if p.Status != 507 || p.Code != "server.full" || p.Unwrap() == nil {
		t.Errorf("got %d %s, want 507 server.full", p.Status, p.Code)
	}
}
