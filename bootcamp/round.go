package bootcamp

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/bootcamp/ical"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/people"
)

// new says whether nobody was told of a session yet.
func (e *Session) new() bool { return e.Told == 0 && e.State == SessionPlanned }

// off says whether members know of a session, and not yet that it is cancelled.
func (e *Session) off() bool {
	return e.Told > 0 && e.Told <= e.Sequence && e.State == SessionCancelled
}

// How many sessions one letter tells of. What is cancelled takes little room, and comes at a bad moment already.
const (
	roundMost = 50
	offMost   = 250
)

// round returns the sessions of which members are told in one letter with e, if they are to be told of several at once: a
// run-sheet that was copied, or all that was called off together in the cohorts of a bootcamp. The first of them is told
// for all, so for the others there is nothing to do. Which ones they are is written down before the first letter, so that a
// run that dies half-way is finished with the same letter.
func (s *Service) round(ctx context.Context, org string, e Session, now time.Time) ([]Session, error) {
	var due []Session
	belongs, most, cohorts := (*Session).new, roundMost, []string{e.Cohort}
	if e.off() {
		p, err := s.cohorts.Find(ctx, org, store.Query{Index: "byBootcamp", Equal: []any{e.Bootcamp}, Limit: maxCohorts})
		if err != nil {
			return nil, err
		}
		belongs, most, cohorts = (*Session).off, maxSessions, nil
		for _, c := range p.Docs {
			cohorts = append(cohorts, c.ID)
		}
	}
	for _, c := range cohorts {
		err := s.sessions.Each(ctx, org, store.Query{Index: "byCohort", Equal: []any{c}}, func(o Session) error {
			if belongs(&o) && o.Due != nil && !o.Due.After(now) && o.Ends().After(now) {
				due = append(due, o)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if e.off() { // what was cancelled first is first here, and in the sweep: it is asked before the others
		slices.SortFunc(due, func(a, b Session) int { return cmp.Or(a.Due.Compare(*b.Due), strings.Compare(a.ID, b.ID)) })
	}
	if len(due) == 0 || due[0].ID != e.ID {
		return nil, nil
	}
	first := due[0]
	if first.Round != "" {
		return slices.DeleteFunc(due, func(o Session) bool { return o.Round != first.Round }), nil
	}
	name := course.EventID("round", first.ID, strconv.Itoa(first.Sequence))
	due = slices.DeleteFunc(due, func(o Session) bool { return o.Round != "" && o.Round != name })
	due = due[:min(len(due), most)]
	if len(due) == 1 {
		return due, nil
	}
	for i := range slices.Backward(due) { // the first is the last: then all are
		o, err := s.sessions.Update(ctx, org, due[i].ID, func(o *Session) error {
			if !belongs(o) || o.Sequence != due[i].Sequence {
				return store.ErrKeep // changed meanwhile, and told later
			}
			o.Round = name
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		due[i] = o
	}
	return slices.DeleteFunc(due, func(o Session) bool { return o.Round != name }), nil
}

// tellRound writes one letter to each member about several sessions: that they are planned, or that they are cancelled.
func (s *Service) tellRound(ctx context.Context, b Bootcamp, round []Session) error {
	places := map[string][]Member{} // by person
	var cohorts, persons []string
	for _, e := range round {
		if !slices.Contains(cohorts, e.Cohort) {
			cohorts = append(cohorts, e.Cohort)
		}
	}
	for _, c := range cohorts {
		err := s.members.Each(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c, Joined}}, func(m Member) error {
			if places[m.Person] == nil {
				persons = append(persons, m.Person)
			}
			places[m.Person] = append(places[m.Person], m)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, person := range persons {
		if err := s.writeRound(ctx, b, round, person, places[person]); err != nil {
			return err
		}
	}
	now := s.now()
	for _, e := range slices.Backward(round) { // the first is the last: as long as it is not told, the others are not looked at
		err := s.told(ctx, b.Owner, e, func(d *Session) {
			if d.Round != e.Round {
				return // changed meanwhile
			}
			d.Told = max(d.Told, e.Sequence+1)
			if e.Starts.Sub(now) < ahead {
				d.Reminded = &e.Starts
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeRound tells somebody of those sessions of a round that are hers, in all cohorts in which she is.
func (s *Service) writeRound(ctx context.Context, b Bootcamp, round []Session, person string, places []Member) error {
	known, err := s.c.People.Known(ctx, person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased
	}
	if err != nil {
		return err
	}
	off := round[0].off()
	var mine []Session
	var last Member
	link := s.c.PublicURL + "/bootcamps/" + b.ID
	for _, m := range places {
		hears, err := s.hears(ctx, known, m, off)
		if err != nil {
			return err
		}
		for _, e := range round {
			if hears && e.Cohort == m.Cohort {
				mine, last = append(mine, e), m
			}
		}
	}
	if off && len(mine) == 1 {
		return s.write(ctx, b, mine[0], last, "session_cancelled", strconv.Itoa(mine[0].Sequence))
	}
	if len(places) == 1 {
		link += "/cohorts/" + places[0].Cohort
	}
	slices.SortStableFunc(mine, func(a, b Session) int { return a.Starts.Compare(b.Starts) })
	title, _ := b.Title.In(append([]string{known.Locale}, b.Languages...)...)
	letter, key := "sessions_planned", []string{"letter", "sessions", round[0].Round, person}
	if off {
		letter, key[1] = "sessions_cancelled", "cancelled"
	}
	for some := range slices.Chunk(mine, offMost) {
		var lines []string
		for _, e := range some {
			l, err := zone(e.Zone)
			if err != nil {
				return err
			}
			lines = append(lines, s.c.When(known.Locale, e.Starts.In(l))+"\n"+e.Title)
		}
		parts, err := s.roundParts(b, some, known)
		if err != nil {
			return err
		}
		if err := s.c.Mail.SendWith(ctx, course.EventID(key...), known.Address, known.Locale, letter, map[string]any{
			"name": known.Name, "bootcamp": title, "list": strings.Join(lines, "\n\n"), "link": link}, parts); err != nil {
			return err
		}
		key = append(key, "next")
	}
	return nil
}

// roundParts are the calendars of a letter about several sessions. A REQUEST and a CANCEL are each about one event (RFC 5546
// §3.2.2, §3.2.5): what is new is published together, and updated one by one; of what is cancelled each has its own.
func (s *Service) roundParts(b Bootcamp, round []Session, known people.Known) ([]mail.Part, error) {
	cal := ical.Calendar{Method: ical.Publish, Stamp: s.now(), Events: make([]ical.Event, 0, len(round))}
	var parts []mail.Part
	for _, e := range round {
		event := s.event(b, e, known.Locale)
		event.Organizer = ical.Person{Name: "Palestra", Address: s.c.From}
		if !e.off() {
			cal.Events = append(cal.Events, event)
			continue
		}
		event.Attendee, event.Description = ical.Person{Name: known.Name, Address: known.Address}, ""
		data, err := ical.Calendar{Method: ical.Cancel, Stamp: s.now(), Events: []ical.Event{event}}.Write()
		if err != nil {
			return nil, err
		}
		name := event.Start.Format("2006-01-02-1504")
		for n := 2; slices.ContainsFunc(parts, func(p mail.Part) bool { return p.Name == name+".ics" }); n++ { // in two cohorts at once
			name = event.Start.Format("2006-01-02-1504-") + strconv.Itoa(n)
		}
		parts = append(parts, mail.Part{Type: calendarType(ical.Cancel), Data: data, Name: name + ".ics"})
	}
	if parts != nil {
		return parts, nil
	}
	data, err := cal.Write()
	return []mail.Part{{Type: calendarType(cal.Method), Data: data}}, err
}

func calendarType(m ical.Method) string { return "text/calendar; charset=utf-8; method=" + string(m) }

// hears reports whether a member is told of a session. Who has left her town, or whose town is closed, could not come in.
// But what does not take place is told to who has left with her town: it may be in her calendar.
func (s *Service) hears(ctx context.Context, known people.Known, m Member, cancelled bool) (bool, error) {
	if known.Of(m.Town) {
		return true, nil
	}
	if !cancelled {
		return false, nil
	}
	o, err := s.c.People.Organisation(ctx, m.Town)
	if err != nil || o.Closed == nil {
		return false, orNone(err)
	}
	in, err := s.c.People.MemberOf(ctx, m.Town, m.Person)
	return err == nil && in.Left != nil && in.Left.Equal(*o.Closed), orNone(err)
}

// orNone is no error for what is not there.
func orNone(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
