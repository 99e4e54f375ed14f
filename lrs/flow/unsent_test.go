package flow_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"palestra/lrs"
	"palestra/lrs/flow"
)

// What lies behind a flow's number waits for it, if its filter may want it; so does what was refused, until it is dropped.
func TestUnsent(t *testing.T) {
	t.Parallel()
	o := newOther(t)
	refuse := true
	o.answer = func(w http.ResponseWriter, _ *http.Request, list []json.RawMessage) bool {
		if refuse && len(list) == 1 {
			http.Error(w, "no", http.StatusBadRequest)
		}
		return refuse && len(list) == 1
	}
	b := newBench(t, o.Listener.Addr().String())
	out := b.create(flow.Out, o.URL+"/xapi", func(c *flow.Change) { c.Filter.Verbs = []string{did} })
	b.create(flow.In, o.URL+"/in", func(c *flow.Change) { c.On = false })
	b.put([3]string{did, "https://x.example/1"}, [3]string{saw, "https://x.example/1"})
	unsent := func() []bool {
		t.Helper()
		var list []lrs.Stored
		for _, id := range b.ids {
			st, err := b.records.Get(t.Context(), town, id)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, st)
		}
		m, err := b.svc.Unsent(t.Context(), town, list)
		if err != nil {
			t.Fatal(err)
		}
		var is []bool
		for _, id := range b.ids {
			is = append(is, m[id])
		}
		return is
	}
	if got := unsent(); !got[0] || got[1] {
		t.Errorf("before: %v, want the one that the filter wants", got)
	}
	b.turn(out)
	if got := unsent(); !got[0] || got[1] {
		t.Errorf("refused: %v", got)
	}
	if _, err := b.svc.Drop(t.Context(), town, out); err != nil {
		t.Fatal(err)
	}
	if got := unsent(); got[0] || got[1] {
		t.Errorf("dropped: %v", got)
	}
	refuse = false
	b.put([3]string{did, "https://x.example/2"})
	if got := unsent(); !got[2] {
		t.Errorf("a new one: %v", got)
	}
	b.turn(out)
	if got := unsent(); got[2] {
		t.Errorf("passed on: %v", got)
	}
}
