// Package ical writes sessions as iCalendar objects (RFC 5545): feeds that a calendar subscribes to, and scheduling
// messages (RFC 5546) that go with letters. Times are written in their own zone, whose rules are written along
// (VTIMEZONE), so that a client without a database of zones shows them right.
package ical

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Method says what a calendar is to do with the events (RFC 5546 §1.4).
type Method string

// The methods.
const (
	Publish Method = "PUBLISH" // a feed
	Request Method = "REQUEST" // take this in, or its change
	Cancel  Method = "CANCEL"  // it does not take place
)

// Event is one session.
type Event struct {
	UID         string // never changes (RFC 5545 §3.8.4.7)
	Sequence    int    // grows with each change (§3.8.7.4)
	Summary     string
	Description string
	Location    string
	URL         string
	Category    string
	Start       time.Time // in its own zone
	Duration    time.Duration
	Cancelled   bool
	Created     time.Time
	Changed     time.Time
	Organizer   Person
	Attendee    Person // whom a scheduling message is for; "" in feeds
}

// Person is somebody with an e-mail address.
type Person struct{ Name, Address string }

// Calendar is what is written.
type Calendar struct {
	Method Method
	Name   string        // of a feed
	Fresh  time.Duration // how often a feed should be asked again; 0 says nothing
	Stamp  time.Time     // when it is written (§3.8.7.2)
	Events []Event
}

const productID = "-//Palestra//Bootcamps//EN"

// Write returns the calendar as text/calendar in UTF-8, lines folded and ended as §3.1 says.
func (c Calendar) Write() ([]byte, error) {
	cal := ics.NewCalendarFor("Palestra")
	cal.SetProductId(productID)
	cal.SetMethod(ics.Method(c.Method))
	if c.Name != "" {
		cal.SetName(c.Name) // RFC 7986 §5.1
		cal.SetXWRCalName(c.Name)
	}
	if c.Fresh > 0 {
		every := fmt.Sprintf("PT%dM", int(c.Fresh.Minutes()))
		cal.SetRefreshInterval(every) // RFC 7986 §5.7
		cal.SetXPublishedTTL(every)
	}
	for _, z := range zones(c.Events) {
		cal.AddVTimezone(z)
	}
	for _, e := range c.Events {
		cal.AddVEvent(event(e, c.Stamp))
	}
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("ical.Write: %w", err)
	}
	return b.Bytes(), nil
}

const (
	localForm = "20060102T150405"
	utcForm   = "20060102T150405Z"
)

func event(e Event, stamp time.Time) *ics.VEvent {
	v := ics.NewEvent(e.UID)
	v.SetProperty(ics.ComponentPropertyDtstamp, stamp.UTC().Format(utcForm))
	v.SetSequence(e.Sequence)
	v.SetProperty(ics.ComponentPropertyCreated, e.Created.UTC().Format(utcForm))
	v.SetProperty(ics.ComponentPropertyLastModified, e.Changed.UTC().Format(utcForm))
	v.SetSummary(e.Summary)
	if e.Description != "" {
		v.SetDescription(e.Description)
	}
	if e.Location != "" {
		v.SetLocation(e.Location)
	}
	if e.URL != "" {
		v.SetURL(e.URL)
	}
	if e.Category != "" {
		v.AddCategory(e.Category)
	}
	at(v, ics.ComponentPropertyDtStart, e.Start)
	at(v, ics.ComponentPropertyDtEnd, e.Start.Add(e.Duration))
	status := ics.ObjectStatusConfirmed
	if e.Cancelled {
		status = ics.ObjectStatusCancelled
	}
	v.SetStatus(status)
	if e.Organizer.Address != "" {
		v.SetOrganizer(e.Organizer.Address, ics.WithCN(quotable(e.Organizer.Name)))
	}
	if e.Attendee.Address != "" {
		v.AddAttendee(e.Attendee.Address, ics.WithCN(quotable(e.Attendee.Name)), ics.ParticipationStatusNeedsAction, ics.ParticipationRoleReqParticipant, ics.WithRSVP(false))
	}
	return v
}

// quotable returns a name without what the value of a parameter cannot hold (§3.2): quotes and control characters.
func quotable(s string) string {
	return string(slices.DeleteFunc([]rune(s), func(r rune) bool { return r == '"' || r < ' ' || r == 0x7f }))
}

// at sets a time in its zone; UTC has none.
func at(v *ics.VEvent, p ics.ComponentProperty, t time.Time) {
	if name := t.Location().String(); name == "UTC" {
		v.SetProperty(p, t.Format(utcForm))
	} else {
		v.SetProperty(p, t.Format(localForm), ics.WithTZID(name))
	}
}

// zones returns the rules of every zone in the events (§3.6.5), from before the first event in it until after the last:
// each change of the offset as an observance of its own.
func zones(events []Event) []*ics.VTimezone {
	type span struct {
		zone     *time.Location
		from, to time.Time
	}
	var spans []span
	for _, e := range events {
		l := e.Start.Location()
		if l.String() == "UTC" {
			continue
		}
		i := slices.IndexFunc(spans, func(s span) bool { return s.zone.String() == l.String() })
		if i < 0 {
			spans, i = append(spans, span{l, e.Start, e.Start}), len(spans)
		}
		if e.Start.Before(spans[i].from) {
			spans[i].from = e.Start
		}
		if end := e.Start.Add(e.Duration); end.After(spans[i].to) {
			spans[i].to = end
		}
	}
	out := make([]*ics.VTimezone, 0, len(spans))
	for _, s := range spans {
		out = append(out, rules(s.zone, s.from, s.to))
	}
	return out
}

// rules writes the offsets of a zone that hold in a span of time, and the changes between them.
func rules(zone *time.Location, from, to time.Time) *ics.VTimezone {
	z := ics.NewTimezone(zone.String())
	at := from.In(zone)
	if start, _ := at.ZoneBounds(); !start.IsZero() {
		at = start
	} else {
		at = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
	}
	for {
		observe(z, at)
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(to) {
			return z
		}
		at = end
	}
}

// observe adds the offset that begins to hold at an instant.
func observe(z *ics.VTimezone, at time.Time) {
	before := at.Add(-time.Second)
	_, was := before.Zone()
	name, is := at.Zone()
	var c *ics.ComponentBase
	if at.IsDST() {
		d := &ics.Daylight{}
		c = &d.ComponentBase
		z.Components = append(z.Components, d)
	} else {
		c = &z.AddStandard().ComponentBase
	}
	// The wall shows the time of before the change (§3.6.5: DTSTART is relative to TZOFFSETFROM).
	c.SetProperty(ics.ComponentPropertyDtStart, at.UTC().Add(time.Duration(was)*time.Second).Format(localForm))
	c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offset(was))
	c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offset(is))
	c.SetProperty(ics.ComponentProperty(ics.PropertyTzname), name)
}

// offset writes seconds east of UTC as §3.3.14 wants them.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if seconds%60 != 0 {
		return fmt.Sprintf("%c%02d%02d%02d", sign, seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
