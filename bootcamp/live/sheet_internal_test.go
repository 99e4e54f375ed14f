package live

import (
	"testing"
	"time"
)

func TestMinutesInTheRoom(t *testing.T) {
	t.Parallel()
	at := func(m int) time.Time {
		return time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC).Add(time.Duration(m) * time.Minute)
	} // clocks go forward in it
	for _, tc := range []struct {
		name  string
		spans []Span
		want  int
	}{
		{"never", nil, 0},
		{"all the while", []Span{{at(-10), at(70)}}, 60},
		{"late, and away for a while", []Span{{at(10), at(20)}, {at(30), at(60)}}, 40},
		{"two windows at once", []Span{{at(0), at(30)}, {at(10), at(40)}}, 40},
		{"in any order", []Span{{at(30), at(40)}, {at(0), at(10)}}, 20},
		{"before and after only", []Span{{at(-20), at(-5)}, {at(61), at(90)}}, 0},
		{"a span that ends before it begins", []Span{{at(20), at(10)}}, 0},
	} {
		if got := minutesIn(tc.spans, at(0), at(60)); got != tc.want {
			t.Errorf("%s: got %d minutes, want %d", tc.name, got, tc.want)
		}
	}
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC)
	to := from.Add(time.Hour)
	in := func(m int) *time.Time { x := from.Add(time.Duration(m) * time.Minute); return &x }
	for _, tc := range []struct {
		name    string
		row     Row
		state   string
		minutes int
		differs bool
	}{
		{"nothing", Row{}, Absent, 0, false},
		{"long enough in the room", Row{Room: 45}, Present, 45, false},
		{"not long enough", Row{Room: 44}, Partly, 44, false},
		{"at the door before it began", Row{CheckedIn: in(-20)}, Present, 60, false},
		{"at the door in the middle", Row{CheckedIn: in(30)}, Partly, 30, false},
		{"at the door at the very end", Row{CheckedIn: in(75)}, Partly, 1, false},
		{"the longer counts", Row{Room: 20, CheckedIn: in(10)}, Present, 50, false},
		{"more than the session", Row{Room: 90}, Present, 60, false},
		{"marked absent, and nobody saw her", Row{Marks: []Mark{{State: Absent}}}, Absent, 0, false},
		{"marked absent, though she was in the room", Row{Room: 60, Marks: []Mark{{State: Absent}}}, Absent, 0, true},
		{"marked present, though nothing saw her", Row{Marks: []Mark{{State: Present, Minutes: 60}}}, Present, 60, true},
		{"the last mark counts", Row{Room: 50, Marks: []Mark{{State: Absent}, {State: Partly, Minutes: 20}}}, Partly, 20, false},
		{"excused", Row{Marks: []Mark{{State: Excused}}}, Excused, 0, false},
	} {
		r := tc.row
		reconcile(&r, from, to, 75)
		if r.State != tc.state || r.Minutes != tc.minutes || r.Differs != tc.differs {
			t.Errorf("%s: got %s, %d minutes, contradiction %v; want %s, %d, %v", tc.name, r.State, r.Minutes, r.Differs, tc.state, tc.minutes, tc.differs)
		}
	}
}
