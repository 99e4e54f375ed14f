package live_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"palestra/bootcamp/live"
	"palestra/internal/fault"
	"palestra/internal/id"
)

// FuzzMessage sends whatever a browser could, as who leads: it is stored or refused with a fault, never an accident, and
// who listens hears every number once.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"said","text":"Good morning","lang":"en"}`, `{"kind":"said","text":"x","lang":"en","re":1,"group":"1-1"}`, `{"kind":"reacted","re":1,"mark":"agree","on":true}`,
		`{"kind":"raised","on":true}`, `{"kind":"called","whom":"x"}`, `{"kind":"timed","item":1,"text":"x","seconds":-5}`, `{"kind":"extended","seconds":60}`, `{"kind":"paused","on":true}`,
		`{"kind":"decided","on":true,"text":"x","lang":"en"}`, `{"kind":"decided","re":9223372036854775807}`, `{"kind":"shared","text":"x","url":"https://x.example"}`,
		`{"kind":"lit","text":"x","course":"c","lesson":"l"}`, `{"kind":"split","groups":[{"name":"One","who":[]}],"seconds":1}`, `{"kind":"gathered"}`, `{"kind":"visited","group":"2-1"}`,
		`{"kind":"asked","poll":{"kind":"words","text":"x","lang":"en","anonymous":true,"most":5}}`, `{"kind":"closed","poll":{"id":"x"}}`, `{"kind":"vote","poll":{"id":"x"},"vote":{"choice":[0]}}`,
		`{"kind":"noted","data":"AAAA"}`, `{"kind":"opened"}`, `{"kind":"ended"}`, `{"kind":"quieted","on":true}`, `{"kind":"deputised","whom":"x","on":true}`, `{"kind":"cleared"}`, `{"kind":"-"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m live.Message
		if json.Unmarshal(data, &m) != nil {
			return
		}
		s := newSchool(t)
		grace := s.listen(s.process(unlimited), "grace", 0)
		m.ID = id.Random()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := grace.l.Do(ctx, m)
		if err != nil && fault.KindOf(err) == 0 {
			t.Errorf("%s: %v", data, err)
		}
		grace.until(grace.do(say("still here")))
	})
}
