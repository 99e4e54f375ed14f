package people_test

import (
	"testing"
	"time"

	"palestra/people"
)

// A town's days are read by the clocks by which they were said; it remembers each zone once, however often it moves.
func TestDaysByTheClocksTheyWereSaidBy(t *testing.T) {
	t.Parallel()
	w := open(t)
	said := map[string]time.Time{} // by zone: when 2026-11-30 ends
	for _, zone := range []string{"Europe/Rome", "Europe/Helsinki", "Europe/Lisbon", "Pacific/Auckland", "Europe/Rome", "Europe/Helsinki"} {
		o, err := w.UpdateOrganisation(t.Context(), w.anna, w.org, func(o *people.Organisation) { o.Zone, o.Zones = zone, nil })
		ok(t, err)
		l, err := o.Location()
		ok(t, err)
		said[zone] = time.Date(2026, 12, 1, 0, 0, 0, 0, l)
		days, err := o.Days()
		ok(t, err)
		for by, end := range said {
			if got := days.Ending(end); got != "2026-11-30" {
				t.Errorf("in %s the day that %s said is %s, want 2026-11-30", zone, by, got)
			}
		}
	}
	o, err := w.Organisation(t.Context(), w.org)
	ok(t, err)
	if len(o.Zones) != len(said) {
		t.Errorf("got %q, want each zone that it had once", o.Zones)
	}
}

// Where clocks skip midnight a day ends an hour later by the clock, and a moment that ends no day is a moment of the day.
func TestDaysThatDoNotBeginAtMidnight(t *testing.T) {
	t.Parallel()
	days, err := people.Organisation{Zone: "Asia/Beirut"}.Days()
	ok(t, err)
	for at, want := range map[string]string{
		"2026-03-28T22:00:00Z": "2026-03-28", // 01:00 on the 29th: there was no midnight
		"2026-03-28T21:00:00Z": "2026-03-28", // 23:00
		"2026-06-01T09:30:00Z": "2026-06-01",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		ok(t, err)
		if got := days.Ending(moment); got != want {
			t.Errorf("%s: got %s, want %s", at, got, want)
		}
	}
	if _, err := (people.Organisation{Zone: "Europe/Atlantis"}).Days(); err == nil {
		t.Error("a zone that is none has days")
	}
}
