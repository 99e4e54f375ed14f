package ical_test

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"palestra/bootcamp/ical"
)

func in(t *testing.T, zone, wall string) time.Time {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", wall, l)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func write(t *testing.T, c ical.Calendar) string {
	t.Helper()
	c.Stamp = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	b, err := c.Write()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// unfold joins lines as RFC 5545 §3.1 says.
func unfold(s string) string { return strings.ReplaceAll(s, "\r\n ", "") }

func TestWrite(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Gemeinschaftsräume für Bürgerinnen und Bürger; ", 8)
	text := write(t, ical.Calendar{Method: ical.Request, Events: []ical.Event{{UID: "s1@learn.example", Sequence: 2, Summary: "Open data, first steps; \\ a \"start\"\nBEGIN:VEVENT", Description: long,
		Location: "Sala 2, Piazza Roma 1", Start: in(t, "Europe/Rome", "2026-11-24T09:30"), Duration: 90 * time.Minute,
		Created: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), Changed: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC),
		Organizer: ical.Person{Name: "Castelverde", Address: "no-reply@learn.example"}, Attendee: ical.Person{Name: "Ada \"A\" Moretti", Address: "ada@castelverde.example"}}}})
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line has %d octets, at most 75 (§3.1): %s", len(line), line)
		}
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line ends otherwise than by CRLF: %q", line)
		}
	}
	whole := unfold(text)
	for _, want := range []string{"METHOD:REQUEST\r\n", "UID:s1@learn.example\r\n", "SEQUENCE:2\r\n", "DTSTAMP:20261121T090000Z\r\n", "DTSTART;TZID=Europe/Rome:20261124T093000\r\n",
		"DTEND;TZID=Europe/Rome:20261124T110000\r\n", `SUMMARY:Open data\, first steps\; \\ a "start"\nBEGIN:VEVENT` + "\r\n", "STATUS:CONFIRMED\r\n",
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Rome\r\n", "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n", "mailto:ada@castelverde.example\r\n"} {
		if !strings.Contains(whole, want) {
			t.Errorf("missing %q in\n%s", want, whole)
		}
	}
	if n := strings.Count(whole, "\r\nBEGIN:VEVENT\r\n"); n != 1 {
		t.Errorf("got %d events, want 1: a title has made another", n)
	}
	parsed, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil || len(parsed.Events()) != 1 {
		t.Fatalf("a parser reads %v, %v", parsed, err)
	}
	if got := parsed.Events()[0].GetProperty(ics.ComponentPropertyDescription).Value; got != long {
		t.Errorf("got description %q, want %q", got, long)
	}
}

// A series over both changes of a year: every change stands in the rules, the times on the wall stay.
func TestZones(t *testing.T) {
	t.Parallel()
	text := unfold(write(t, ical.Calendar{Method: ical.Publish, Name: "Bootcamp", Fresh: time.Hour, Events: []ical.Event{
		{UID: "a", Start: in(t, "Europe/Helsinki", "2026-03-20T09:00"), Duration: time.Hour},
		{UID: "b", Start: in(t, "Europe/Helsinki", "2026-11-20T09:00"), Duration: time.Hour},
		{UID: "c", Start: in(t, "Europe/Lisbon", "2026-07-01T09:00"), Duration: time.Hour},
		{UID: "d", Start: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), Duration: time.Hour, Cancelled: true},
		{UID: "e", Start: in(t, "Atlantic/Reykjavik", "2026-07-01T09:00"), Duration: time.Hour},
	}}))
	helsinki := text[strings.Index(text, "TZID:Europe/Helsinki"):]
	helsinki = helsinki[:strings.Index(helsinki, "END:VTIMEZONE")]
	for _, want := range []string{
		"BEGIN:STANDARD\r\nDTSTART:20251026T040000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nTZNAME:EET\r\nEND:STANDARD",
		"BEGIN:DAYLIGHT\r\nDTSTART:20260329T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300\r\nTZNAME:EEST\r\nEND:DAYLIGHT",
		"BEGIN:STANDARD\r\nDTSTART:20261025T040000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nTZNAME:EET\r\nEND:STANDARD",
	} {
		if !strings.Contains(helsinki, want) {
			t.Errorf("missing %q in\n%s", want, helsinki)
		}
	}
	if n := strings.Count(helsinki, "BEGIN:"); n != 3 {
		t.Errorf("got %d observances, want 3", n)
	}
	for _, want := range []string{"DTSTART;TZID=Europe/Helsinki:20260320T090000", "DTSTART;TZID=Europe/Helsinki:20261120T090000", "DTSTART:20260701T090000Z", "STATUS:CANCELLED",
		"REFRESH-INTERVAL;VALUE=DURATION:PT60M", "TZID:Europe/Lisbon", "TZID:Atlantic/Reykjavik\r\nBEGIN:STANDARD\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
}
