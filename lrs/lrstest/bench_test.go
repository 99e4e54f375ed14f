package lrstest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// typical returns a statement of the shape that speed is measured with: about 1.2 kB, an instructor and three context
// activities.
func typical(t testing.TB, n int) json.RawMessage {
	t.Helper()
	st := xapi.New(id.Random(), xapi.ByAccount(Home, fmt.Sprintf("%08d-5f3e-4f8e-9d3b-2f6f8a4b7c1d", n*7919%1000)), xapi.VerbPaused,
		xapi.Activity(xapi.Lesson(Home, fmt.Sprint("course-", n*104729%2000%40), fmt.Sprint("lesson-", n*104729%2000))).Described(xapi.TypeVideo, map[string]string{"en": "Open data for clerks", "de": "Offene Daten"}),
		id.Random(), time.Now()).Within(xapi.Course(Home, fmt.Sprint("course-", n%40)), "https://town.example/xapi/curricula/digital-city-expert", xapi.ProfileVideo)
	instructor := xapi.ByAccount(Home, fmt.Sprint("instructor-", n%20))
	st.Context.Instructor = &instructor
	st.Context.Extensions = map[string]json.RawMessage{xapi.ExtLength: xapi.Extension(300.5), xapi.ExtSessionID: xapi.Extension(id.Random())}
	st.Result = &xapi.Result{Duration: "PT45.2S", Extensions: map[string]json.RawMessage{xapi.ExtTime: xapi.Extension(45.2), xapi.ExtPlayedSegments: xapi.Extension("0[.]12.5[,]30[.]45.2")}}
	raw, err := st.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func BenchmarkPut50(b *testing.B) {
	s := Open(b)
	by := credential(b, s, "acme")
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		batch := make([]json.RawMessage, 50)
		for i := range batch {
			n++
			batch[i] = typical(b, n)
		}
		b.StartTimer()
		put(b, s, by, batch...)
	}
	b.ReportMetric(float64(50*b.N)/b.Elapsed().Seconds(), "statements/s")
}

func BenchmarkQuery50(b *testing.B) {
	s := Open(b)
	by := credential(b, s, "acme")
	for n := 0; n < 20000; n += 500 {
		batch := make([]json.RawMessage, 500)
		for i := range batch {
			batch[i] = typical(b, n+i)
		}
		put(b, s, by, batch...)
	}
	for _, q := range []struct {
		name string
		q    lrs.Query
	}{
		{"latest", lrs.Query{}},
		{"verb", lrs.Query{Verb: xapi.VerbPaused}},
		{"agent", lrs.Query{Agent: s.Identity("00000007-5f3e-4f8e-9d3b-2f6f8a4b7c1d")}},
		{"related activity", lrs.Query{Activity: xapi.Course(Home, "course-7"), RelatedActivities: true}},
	} {
		b.Run(q.name, func(b *testing.B) {
			q.q.Limit = 50
			for b.Loop() {
				if _, err := s.Query(context.Background(), "acme", by, q.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
