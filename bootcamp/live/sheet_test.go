package live_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/live"
	"palestra/bootcamp/meeting"
	"palestra/people"
)

func (s *school) row(svc *live.Service, name string) live.Row {
	s.t.Helper()
	rows, _, err := svc.Attendances(s.t.Context(), actor("grace"), door)
	ok(s.t, err)
	i := slices.IndexFunc(rows, func(r live.Row) bool { return r.Person == name })
	if i < 0 {
		s.t.Fatalf("%s is not on the list", name)
	}
	return rows[i]
}

func TestTheDoor(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	_, err := svc.CheckIn(t.Context(), actor("ada"), door, "123456")
	refused(t, "a door that is shut", "live.door_shut", err)
	_, err = svc.SetSheet(t.Context(), actor("ada"), door, true, 75)
	refused(t, "a member opens it", "people.forbidden", err)
	_, err = svc.SetSheet(t.Context(), actor("grace"), door, true, 75)
	ok(t, err)
	_, _, err = svc.Code(t.Context(), actor("ada"), door)
	refused(t, "a member asks for the code", "people.forbidden", err)
	code, _, err := svc.Code(t.Context(), actor("grace"), door)
	ok(t, err)
	_, err = svc.CheckIn(t.Context(), actor("stranger"), door, code)
	refused(t, "a stranger", "bootcamp.not_inside", err)
	at, err := svc.CheckIn(t.Context(), actor("ada"), door, code[:3]+" "+code[3:])
	ok(t, err)
	s.pass(10 * time.Second)
	again, err := svc.CheckIn(t.Context(), actor("ada"), door, code)
	ok(t, err)
	if !again.Equal(at) {
		t.Error("checking in twice moved the time")
	}
	s.pass(3 * time.Minute)
	_, err = svc.CheckIn(t.Context(), actor("bob"), door, code)
	refused(t, "a code of three minutes ago", "live.door_code", err)
	for range 4 {
		_, err = svc.CheckIn(t.Context(), actor("bob"), door, "not it")
		refused(t, "a guess", "live.door_code", err)
	}
	code, _, err = svc.Code(t.Context(), actor("grace"), door)
	ok(t, err)
	_, err = svc.CheckIn(t.Context(), actor("bob"), door, code)
	refused(t, "the right code after five wrong ones", "live.door_tries", err)
	s.pass(11 * time.Minute)
	code, _, err = svc.Code(t.Context(), actor("grace"), door)
	ok(t, err)
	_, err = svc.CheckIn(t.Context(), actor("bob"), door, code)
	ok(t, err)
	if r := s.row(svc, "ada"); r.CheckedIn == nil || r.State != live.Partly || r.Minutes < 25 {
		t.Errorf("ada, who came after half an hour: %+v", r)
	}
	s.pass(5 * time.Hour)
	code, _, err = svc.Code(t.Context(), actor("grace"), door)
	ok(t, err)
	_, err = svc.CheckIn(t.Context(), actor("carl"), door, code)
	refused(t, "hours after the end", "live.door_shut", err)
}

// TestAttendanceIsTold ends a session and lets the sweep run, several times, as after kills: each town's record store hears
// once of each, and of a correction.
func TestAttendanceIsTold(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	grace := s.listen(svc, "grace", 0) // coming is enough: nobody has to remember the list
	_ = grace
	mark := func(name, state string, minutes int) {
		t.Helper()
		ok(t, svc.Mark(t.Context(), actor("grace"), door, name, live.Mark{State: state, Minutes: minutes, Reason: "as I saw it"}))
	}
	for code, m := range map[string]live.Mark{"live.choice": {State: "there", Reason: "x"}, "live.minutes": {State: live.Present, Reason: "x"}, "live.empty": {State: live.Absent}} {
		refused(t, "a bad mark", code, svc.Mark(t.Context(), actor("grace"), door, "ada", m))
	}
	refused(t, "a member marks", "people.forbidden", svc.Mark(t.Context(), actor("ada"), door, "ada", live.Mark{State: live.Present, Minutes: 60, Reason: "I was there"}))
	mark("ada", live.Present, 55)
	mark("bob", live.Absent, 0)
	ok(t, svc.SettleDue(t.Context(), s.now()))
	if len(s.told) != 0 {
		t.Error("it is told before the session is over")
	}
	s.pass(3 * time.Hour)
	for range 3 {
		ok(t, svc.SettleDue(t.Context(), s.now()))
	}
	if len(s.told) != 1 || s.told[0].Account != "account of ada" || s.told[0].Duration != 55*time.Minute || s.told[0].Enrolment != host {
		t.Errorf("told is %+v", s.told)
	}
	mark("ada", live.Partly, 20)
	mark("bob", live.Present, 60)
	s.pass(time.Minute) // the next sweep
	for range 2 {
		ok(t, svc.SettleDue(t.Context(), s.now()))
	}
	if len(s.told) != 3 {
		t.Errorf("after a correction %d things are told, want 3", len(s.told))
	}
	if r := s.row(svc, "ada"); len(r.Marks) != 2 || r.Minutes != 20 || r.State != live.Partly {
		t.Errorf("ada's row is %+v", r)
	}
	ok(t, svc.Erase(t.Context(), people.Subject{Organisation: host, Person: "ada"}, "heir", true))
	rows, _, err := svc.Attendances(t.Context(), actor("grace"), door)
	ok(t, err)
	for _, r := range rows {
		if r.Person == "heir" && (r.Name != "" || r.Marks[0].Reason != "") {
			t.Errorf("after an erasure the list says %+v", r)
		}
	}
}

// TestWhatTheMeetingReports counts the time in sound and picture like that in the room, once, whatever comes twice or late.
func TestWhatTheMeetingReports(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ada := s.listen(svc, "ada", 0)
	ada.l.Close(t.Context())
	seen := func(minute int, came bool) meeting.Seen {
		return meeting.Seen{Room: host + "." + door.Session, Who: ada.who, At: s.began.Add(time.Duration(minute) * time.Minute), Came: came}
	}
	for _, x := range []meeting.Seen{seen(5, true), seen(5, true), seen(25, false), seen(25, false), seen(40, true), seen(45, false), seen(45, true), seen(50, false), seen(10, true)} {
		ok(t, svc.Saw(t.Context(), x))
	}
	for _, x := range []meeting.Seen{{}, {Room: "x", Who: "y"}, {Room: host + ".nowhere", Who: ada.who}, {Room: host + "." + door.Session, Who: "nobody"}, {Room: "elsewhere." + door.Session, Who: ada.who}} {
		ok(t, svc.Saw(t.Context(), x))
	}
	if r := s.row(svc, "ada"); r.Room != 30 {
		t.Errorf("it counts as %d minutes, want 30", r.Room)
	}
	_, err := svc.Meeting(t.Context(), actor("stranger"), door)
	refused(t, "a stranger goes to the meeting", "bootcamp.not_inside", err)
	_, err = svc.Meeting(t.Context(), actor("ada"), door)
	refused(t, "no server and no link", "live.no_meeting", err)
}

// TestWhatAMeetingReportsAfterwards counts what is reported of whole meetings, once; two meetings of one session are put
// together, and what is reported after the list was told is told as a correction.
func TestWhatAMeetingReportsAfterwards(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ada := s.listen(svc, "ada", 0)
	ada.l.Close(t.Context())
	room := host + "." + door.Session
	times := func(minutes ...int) []meeting.Time {
		var list []meeting.Time
		for i := 0; i < len(minutes); i += 2 {
			list = append(list, meeting.Time{From: s.began.Add(time.Duration(minutes[i]) * time.Minute), To: s.began.Add(time.Duration(minutes[i+1]) * time.Minute)})
		}
		return list
	}
	told := func(list ...meeting.Time) {
		t.Helper()
		for range 2 {
			ok(t, svc.Stayed(t.Context(), room, []meeting.Stay{{Who: "nobody", Times: times(0, 60)}, {Who: ada.who, Times: list}, {Times: times(0, 60)}}))
		}
	}
	told(times(40, 50)...)
	told(times(0, 10, 20, 25)...) // the meeting before it; its report was slower
	told(times(9, 15, 49, 52)...) // and what overlaps
	for _, elsewhere := range []string{"", "x", ".", host + ".nowhere", "elsewhere." + door.Session, host + ".rehearsal." + door.Session} {
		ok(t, svc.Stayed(t.Context(), elsewhere, []meeting.Stay{{Who: ada.who, Times: times(0, 60)}}))
	}
	if r := s.row(svc, "ada"); r.Room != 15+5+12 {
		t.Errorf("it counts as %d minutes, want 32", r.Room)
	}
	s.pass(3 * time.Hour)
	ok(t, svc.SettleDue(t.Context(), s.now()))
	if len(s.told) != 1 || s.told[0].Duration != 32*time.Minute {
		t.Fatalf("told is %+v", s.told)
	}
	ok(t, svc.Stayed(t.Context(), room, []meeting.Stay{{Who: ada.who, Times: times(0, 60)}}))
	s.pass(time.Minute)
	for range 2 {
		ok(t, svc.SettleDue(t.Context(), s.now()))
	}
	if len(s.told) != 2 || s.told[1].Duration != 60*time.Minute || !strings.HasSuffix(s.told[1].Verb, "/edited") {
		t.Errorf("after a late report %+v is told", s.told)
	}
}

// servers is a server for sound and picture that lets everybody in.
type servers struct{ came []meeting.Guest }

func (s *servers) Join(_ context.Context, g meeting.Guest) (string, error) {
	s.came = append(s.came, g)
	return "https://meet.example/" + g.Room, nil
}

// TestOnlyInTheMeeting lets somebody go to sound and picture who never looks into the room: what is reported of her is told.
func TestOnlyInTheMeeting(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	at := &servers{}
	s.meets = at
	svc := s.process(unlimited)
	to, err := svc.Meeting(t.Context(), actor("ada"), door)
	ok(t, err)
	if len(at.came) != 1 || to != "https://meet.example/"+host+"."+door.Session {
		t.Fatalf("she goes to %s as %+v", to, at.came)
	}
	ok(t, svc.Stayed(t.Context(), at.came[0].Room, []meeting.Stay{{Who: at.came[0].Who, Times: []meeting.Time{{From: s.began, To: s.began.Add(time.Hour)}}}}))
	s.pass(3 * time.Hour)
	ok(t, svc.SettleDue(t.Context(), s.now()))
	if len(s.told) != 1 || s.told[0].Account != "account of ada" || s.told[0].Duration != time.Hour {
		t.Errorf("told is %+v", s.told)
	}
}
