package xapi

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"actor":{"mbox":"mailto:a@b.c"},"verb":{"id":"http://x/y","display":{"en":"x"}},"object":{"id":"http://x/a"}}`,
		`{"id":"12345678-1234-4234-8234-123456789012","actor":{"objectType":"Group","member":[{"openid":"http://a/"}]},"verb":{"id":"http://x/y"},"object":{"objectType":"SubStatement","actor":{"account":{"homePage":"http://h/","name":"n"}},"verb":{"id":"http://x/y"},"object":{"objectType":"StatementRef","id":"12345678-1234-4234-8234-123456789012"},"timestamp":"2020-01-01T00:00:00+01"}}`,
		`{"actor":{"mbox":"mailto:a@b.c"},"verb":{"id":"http://x/y"},"object":{"id":"http://x/a","definition":{"interactionType":"choice","choices":[{"id":"a"}],"extensions":{"http://e/":[1e400,-0.0,"\ud83d\ude00",null]}}},"result":{"score":{"raw":1.5,"min":0},"duration":"PT1.234S"},"context":{"contextActivities":{"parent":{"id":"http://p/"}},"language":"de"},"timestamp":"2020-01-01T00:00:00.5-02:30","stored":"2020-01-01T00:00:00Z","authority":{"mbox":"mailto:z@b.c"},"version":"1.0.3"}`,
		`{"a":1,"a":2}`, `[]`, `{`, "\xff", `"\ud800"`,
	} {
		f.Add([]byte(s))
	}
	at := time.Date(2026, 11, 22, 1, 2, 3, 4e6, time.UTC)
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, treeErr := parseTree(raw)
		if treeErr == nil && !json.Valid(raw) {
			t.Fatalf("accepted what is not JSON: %q", raw)
		}
		p, err := Parse(raw, V2)
		if err != nil {
			return
		}
		if treeErr != nil {
			t.Fatalf("a statement that is no JSON: %v", treeErr)
		}
		body := p.Body("12345678-1234-4234-8234-123456789012")
		full := Complete(body, json.RawMessage(`{"mbox":"mailto:a@b.c"}`), at, p.HasTimestamp)
		again, err := Parse(full, V2)
		if err != nil {
			t.Fatalf("what is answered is refused: %v\n%s\n%s", err, raw, full)
		}
		if !bytes.Equal(p.Digest(), again.Digest()) {
			t.Fatalf("what is answered is another statement:\n%s\n%s", raw, full)
		}
		if again.Verb != p.Verb || again.Actor != p.Actor || again.Activity != p.Activity || again.Registration != p.Registration {
			t.Fatalf("got %+v, want %+v", again, p)
		}
		if p.HasTimestamp && !again.Timestamp.Equal(p.Timestamp) {
			t.Fatalf("got %v, want %v", again.Timestamp, p.Timestamp)
		}
		for _, format := range []func() ([]byte, error){
			func() ([]byte, error) { return AppendIDs(nil, full) },
			func() ([]byte, error) { return AppendCanonical(nil, full, "de, en;q=0.5", nil) },
		} {
			b, err := format()
			if err != nil {
				t.Fatal(err)
			}
			short, err := Parse(b, V2)
			if err != nil {
				t.Fatalf("a format is refused: %v\n%s", err, b)
			}
			if short.Verb != p.Verb || short.Activity != p.Activity {
				t.Fatalf("a format lost something: %s", b)
			}
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"P3Y1M29DT4H35M59.14S", "P4W", "PT0,5S", "P", "PT", "P1W2D", "PT1M1H", "P1.5Y", "P99999999999999999999Y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if err != nil {
			return
		}
		for _, n := range []float64{d.Years, d.Months, d.Weeks, d.Days, d.Hours, d.Minutes, d.Seconds} {
			if n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
				t.Fatalf("%q: %+v", s, d)
			}
		}
		if short, err := ParseDuration(shortDuration(s)); err != nil || d.Seconds-short.Seconds > 0.011 || short.Years != d.Years {
			t.Fatalf("%q was cut to %q: %v", s, shortDuration(s), err)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2026-11-22T01:02:03Z", "2026-11-22T01:02:03.123456789+05:30", "2026-11-22T01:02:03-00:00", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := ParseTime(s)
		if err != nil {
			return
		}
		u, err := ParseTime(utc(s))
		if err != nil || !u.Equal(at) {
			t.Fatalf("%q is %v, but in UTC %q is %v, %v", s, at, utc(s), u, err)
		}
		if std, err := time.Parse(time.RFC3339Nano, s); err == nil && !std.Equal(at) && std.Sub(at).Abs() > time.Microsecond {
			t.Fatalf("%q: got %v, want %v", s, at, std)
		}
	})
}

func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "0[.]12.5[,]30[.]45.2", "1[.]0", "[,]", "0[.]1[.]2", "NaN[.]1", "1e9[.]2e9", ".5[.]1."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseSegments(s)
		if err != nil {
			return
		}
		for _, g := range list {
			if !(g[0] >= 0 && g[0] <= g[1] && g[1] < 1e9) {
				t.Fatalf("%q: %v", s, g)
			}
		}
		again, err := ParseSegments(FormatSegments(list))
		if err != nil {
			t.Fatalf("%q became %q: %v", s, FormatSegments(list), err)
		}
		for i, g := range again {
			if len(again) == len(list) && (math.Abs(g[0]-list[i][0]) > 0.0006 || math.Abs(g[1]-list[i][1]) > 0.0006) {
				t.Fatalf("got %v, want %v", g, list[i])
			}
		}
	})
}

func TestSegments(t *testing.T) {
	t.Parallel()
	got, err := ParseSegments("0[.]12.5[,]30[.]45.2")
	if err != nil || len(got) != 2 || got[0] != [2]float64{0, 12.5} || got[1] != [2]float64{30, 45.2} {
		t.Fatal(got, err)
	}
	if s := FormatSegments([][2]float64{{0, 12.5}, {30, 45.2}, {5, 1}, {1.23456, 2}}); s != "0[.]12.5[,]30[.]45.2[,]1.235[.]2" {
		t.Fatal(s)
	}
}

func BenchmarkParse(b *testing.B) {
	raw := []byte(`{"id":"12345678-1234-4234-8234-123456789012","actor":{"objectType":"Agent","account":{"homePage":"https://town.example","name":"0b0a57d4-30a7-4f2a-8f4e-6f7a0f6f3a11"}},"verb":{"id":"https://w3id.org/xapi/video/verbs/paused","display":{"en":"paused","de":"hat angehalten"}},"object":{"objectType":"Activity","id":"https://town.example/xapi/courses/018f/lessons/018e","definition":{"name":{"en":"Open data for clerks"},"type":"https://w3id.org/xapi/video/activity-type/video"}},"result":{"duration":"PT200.5S","extensions":{"https://w3id.org/xapi/video/extensions/time":45.2,"https://w3id.org/xapi/video/extensions/progress":0.5,"https://w3id.org/xapi/video/extensions/played-segments":"0[.]12.5[,]30[.]45.2"}},"context":{"registration":"12345678-1234-4234-8234-123456789013","instructor":{"account":{"homePage":"https://town.example","name":"grace"}},"contextActivities":{"parent":[{"id":"https://town.example/xapi/courses/018f"}],"grouping":[{"id":"https://town.example/xapi/curricula/1"}],"category":[{"id":"https://w3id.org/xapi/video"}]},"extensions":{"https://w3id.org/xapi/video/extensions/length":300,"https://w3id.org/xapi/video/extensions/session-id":"12345678-1234-4234-8234-123456789015"}},"timestamp":"2026-11-22T01:02:03.456Z"}`)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		p, err := Parse(raw, V2)
		if err != nil {
			b.Fatal(err)
		}
		_ = p
	}
}

func FuzzMerge(f *testing.F) {
	f.Add(`{"x":"foo","y":"bar"}`, `{"x":"bash","z":1.50}`)
	f.Add(`{"name":{"en":"a"},"choices":[{"id":"1"}]}`, `{"name":{"de":"b"},"interactionType":"true-false"}`)
	f.Add(`{"\u0061":1}`, `{"a":2,"a":3}`)
	f.Add(`[]`, `{}`)
	f.Add(`{"extensions":7}`, `{"extensions":{"http://e.example/":null}}`)
	f.Fuzz(func(t *testing.T, old, posted string) {
		for _, merge := range []func(old, posted json.RawMessage) (json.RawMessage, error){
			func(a, b json.RawMessage) (json.RawMessage, error) { return MergeObjects(a, b) }, MergeDefinitions,
		} {
			both, err := merge(json.RawMessage(old), json.RawMessage(posted))
			if err != nil || !json.Valid([]byte(old)) || !json.Valid([]byte(posted)) {
				continue
			}
			if !json.Valid(both) {
				t.Fatalf("%s and %s make %s", old, posted, both)
			}
			again, err := merge(both, json.RawMessage(posted))
			if err != nil || !bytes.Equal(both, again) {
				t.Fatalf("%s twice into %s: %s, then %s (%v)", posted, old, both, again, err)
			}
		}
	})
}
