package live

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// What somebody's attendance can be.
const (
	Present = "present" // at least the share of the session that counts
	Partly  = "partly"
	Absent  = "absent"
	Excused = "excused" // only by a mark
)

const (
	usualShare = 75 // per cent of a session that one must be there
	settleWait = time.Hour
	maxMarks   = 100
	maxReason  = 500
)

// Sheet is a session's attendance list: how people check in at its door, and when its statements are due.
type Sheet struct {
	store.Meta `bson:",inline"` // id: that of the session
	Bootcamp   string           `bson:"bootcamp"`
	Secret     string           `bson:"secret"` // of the codes at the door
	Open       bool             `bson:"open"`   // codes are taken
	Share      int              `bson:"share"`  // per cent
	Due        *time.Time       `bson:"due,omitempty"`
}

// Attendance is what is known of one person in one session beside the room: that she checked in at the door, and what who
// leads has marked. Nothing in it is ever changed; the last mark counts.
type Attendance struct {
	store.SharedMeta `bson:",inline"` // id: session.person
	Session          string           `bson:"session"`
	Person           string           `bson:"person"`
	Name             string           `bson:"name"`
	Sort             string           `bson:"sort"`
	Town             string           `bson:"town"`
	TownName         string           `bson:"townName"`
	CheckedIn        *time.Time       `bson:"checkedIn,omitempty"`
	Tries            []time.Time      `bson:"tries"` // wrong codes
	Marks            []Mark           `bson:"marks"`
	Told             string           `bson:"told"` // what her town's record store knows
}

// Mark is what who leads says of somebody's attendance.
type Mark struct {
	At      time.Time `bson:"at" json:"at"`
	By      string    `bson:"by" json:"by"` // random name of who leads, in her organisation
	State   string    `bson:"state" json:"state"`
	Minutes int       `bson:"minutes" json:"minutes"`
	Reason  string    `bson:"reason" json:"reason"`
}

// Row is somebody's attendance as it results from all sources.
type Row struct {
	Person, Name, Town, TownName string
	State                        string
	Minutes                      int        // that count
	Room                         int        // minutes in the room
	CheckedIn                    *time.Time // at the door
	Marks                        []Mark     // all, the last counts
	Differs                      bool       // sources contradict each other
	Member                       bool       // has a place in the cohort now
}

// window is when a session really took place: from its opening to its end in the room, else as planned.
func window(e *bootcamp.Session, f *State) (from, to time.Time) {
	from, to = e.Starts, e.Ends()
	if f.Began != nil {
		from = *f.Began
	}
	if f.Over != nil && f.Over.After(from) {
		to = *f.Over
	}
	if !to.After(from) {
		to = from.Add(time.Duration(e.Minutes) * time.Minute)
	}
	return from, to
}

// minutesIn returns how many minutes of a time spans cover; spans that touch or overlap count once.
func minutesIn(spans []Span, from, to time.Time) int {
	list := slices.Clone(spans)
	slices.SortFunc(list, func(a, b Span) int { return a.From.Compare(b.From) })
	var sum time.Duration
	at := from
	for _, s := range list {
		begin, end := latest(s.From, at), earlier(s.To, to)
		if end.After(begin) {
			sum += end.Sub(begin)
			at = end
		}
	}
	return int((sum + 30*time.Second) / time.Minute)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// reconcile decides from all sources: a mark counts before everything else, else the longer of the room and of the time
// behind the door; what is at least the share of the session is attendance.
func reconcile(r *Row, from, to time.Time, share int) {
	whole := int(to.Sub(from).Round(time.Minute) / time.Minute)
	door := 0
	if r.CheckedIn != nil {
		door = int(to.Sub(latest(*r.CheckedIn, from)).Round(time.Minute) / time.Minute)
		door = min(max(door, 1), whole)
	}
	r.Minutes = min(max(r.Room, door), whole)
	switch {
	case whole > 0 && r.Minutes*100 >= share*whole:
		r.State = Present
	case r.Minutes > 0:
		r.State = Partly
	default:
		r.State = Absent
	}
	if len(r.Marks) == 0 {
		return
	}
	m := r.Marks[len(r.Marks)-1]
	there := r.Minutes > 0
	r.Differs = (m.State == Absent || m.State == Excused) == there
	r.State, r.Minutes = m.State, m.Minutes
}

// sheet returns a session's list, and makes it when it is needed first.
func (s *Service) sheet(ctx context.Context, r *bootcamp.Room) (Sheet, error) {
	id := r.Session.ID
	d, err := s.sheets.Get(ctx, r.Host, id)
	if !errors.Is(err, store.ErrNotFound) {
		return d, wrap("sheet", err)
	}
	due := r.Session.Ends().Add(settleWait)
	d = Sheet{Meta: store.Meta{ID: id}, Bootcamp: r.Session.Bootcamp, Secret: s.c.NewSecret(), Share: usualShare, Due: &due}
	if err := s.sheets.Insert(ctx, r.Host, d); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return d, wrap("sheet", err)
	}
	return s.sheets.Get(ctx, r.Host, id)
}

func (s *Service) leadsSheet(ctx context.Context, by people.Actor, d Door) (bootcamp.Room, Sheet, error) {
	r, err := s.enter(ctx, by, Door{Bootcamp: d.Bootcamp, Session: d.Session})
	if err != nil {
		return r, Sheet{}, err
	}
	if !r.Leads {
		return r, Sheet{}, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	sh, err := s.sheet(ctx, &r)
	return r, sh, err
}

// Attendances returns the list of a session: everybody who has a place in the cohort, was in the room, checked in or was
// marked. Who leads may.
func (s *Service) Attendances(ctx context.Context, by people.Actor, d Door) ([]Row, Sheet, error) {
	r, sh, err := s.leadsSheet(ctx, by, d)
	if err != nil {
		return nil, sh, err
	}
	rows, err := s.rows(ctx, r.Host, &r.Session, sh.Share)
	return rows, sh, err
}

// Listing is a session's list as a table says of what it is.
type Listing struct {
	Host, HostName string      // organisation
	Title          course.Text // of the bootcamp
	Funding        []bootcamp.Funding
	Session        bootcamp.Session
	Share          int // per cent that count as attendance
	Rows           []Row
}

// Listed returns the list of a session with what it is a list of. Who leads may.
func (s *Service) Listed(ctx context.Context, by people.Actor, d Door) (Listing, error) {
	r, sh, err := s.leadsSheet(ctx, by, d)
	if err != nil {
		return Listing{}, err
	}
	name, err := s.townName(ctx, r.Host)
	if err != nil {
		return Listing{}, err
	}
	rows, err := s.rows(ctx, r.Host, &r.Session, sh.Share)
	return Listing{r.Host, name, r.Title, r.Funding, r.Session, sh.Share, rows}, err
}

// rows brings all sources together.
func (s *Service) rows(ctx context.Context, host string, e *bootcamp.Session, share int) ([]Row, error) {
	all := map[string]*Row{}
	row := func(person, name, town, townName string) *Row {
		x := all[person]
		if x == nil {
			x = &Row{Person: person, Name: name, Town: town, TownName: townName, Marks: []Mark{}}
			all[person] = x
		}
		return x
	}
	f, err := s.folds.Get(ctx, host, e.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, wrap("rows", err)
	}
	from, to := window(e, &f.State)
	err = s.guests.Each(ctx, host, store.Query{Index: "byStream", Equal: []any{e.ID}}, func(g Guest) error {
		row(g.Person, g.Name, g.Town, g.TownName).Room = minutesIn(slices.Concat(g.Spans, g.Meeting), from, to)
		return nil
	})
	if err != nil {
		return nil, wrap("rows", err)
	}
	err = s.attendances.Each(ctx, host, store.Query{Index: "bySession", Equal: []any{e.ID}}, func(a Attendance) error {
		x := row(a.Person, a.Name, a.Town, a.TownName)
		x.CheckedIn, x.Marks = a.CheckedIn, append([]Mark{}, a.Marks...)
		return nil
	})
	if err != nil {
		return nil, wrap("rows", err)
	}
	err = s.c.Access.EachMember(ctx, host, e.Cohort, func(m bootcamp.Member) error {
		x := row(m.Person, m.Name, m.Town, "")
		x.Member = true
		if x.TownName == "" {
			name, err := s.townName(ctx, m.Town)
			if err != nil {
				return err
			}
			x.TownName = name
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]Row, 0, len(all))
	for _, x := range all {
		reconcile(x, from, to, share)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Row) int { return strings.Compare(people.Fold(a.Name)+a.Person, people.Fold(b.Name)+b.Person) })
	return out, nil
}

// attendance returns somebody's document of a session, and makes it when it is needed first.
func (s *Service) attendance(ctx context.Context, host, session, person, name, town string) (Attendance, error) {
	id := session + "." + person
	a, err := s.attendances.Get(ctx, host, id)
	if !errors.Is(err, store.ErrNotFound) {
		return a, wrap("attendance", err)
	}
	townName, err := s.townName(ctx, town)
	if err != nil {
		return a, err
	}
	a = Attendance{SharedMeta: store.SharedMeta{Meta: store.Meta{ID: id}, Towns: []string{town}}, Session: session, Person: person, Name: name, Sort: people.Fold(name), Town: town,
		TownName: townName, Tries: []time.Time{}, Marks: []Mark{}}
	if err := s.attendances.Insert(ctx, host, a); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return a, wrap("attendance", err)
	}
	return s.attendances.Get(ctx, host, id)
}

// Mark notes what who leads says of somebody; what was said before stays to be read.
func (s *Service) Mark(ctx context.Context, by people.Actor, d Door, person string, m Mark) error {
	r, _, err := s.leadsSheet(ctx, by, d)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{Present, Partly, Absent, Excused}, m.State) {
		return invalid("state", "live.choice", "no such attendance")
	}
	if m.Minutes < 0 || m.Minutes > r.Session.Minutes*2 {
		return invalid("minutes", "live.minutes", "more minutes than the session has")
	}
	if m.State == Absent || m.State == Excused {
		m.Minutes = 0
	} else if m.Minutes == 0 {
		return invalid("minutes", "live.minutes", "who was there was there for some minutes")
	}
	if m.Reason, err = text("reason", m.Reason, maxReason); err != nil {
		return err
	}
	rows, err := s.rows(ctx, r.Host, &r.Session, usualShare)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(x Row) bool { return x.Person == person })
	if i < 0 {
		return fault.New(fault.NotFound, "bootcamp.not_found", "no member %s", person)
	}
	a, err := s.attendance(ctx, r.Host, r.Session.ID, person, rows[i].Name, rows[i].Town)
	if err != nil {
		return err
	}
	m.At, m.By = s.now(), by.Account
	_, err = s.attendances.Update(ctx, r.Host, a.ID, func(a *Attendance) error {
		if len(a.Marks) >= maxMarks {
			return fault.New(fault.Conflict, "live.marks", "this was changed too often")
		}
		a.Marks = append(a.Marks, m)
		return nil
	})
	if err != nil {
		return wrap("Mark", err)
	}
	return s.dueAgain(ctx, r.Host, &r.Session)
}

// dueAgain lets the record stores hear of what is different now, once the session is over.
func (s *Service) dueAgain(ctx context.Context, host string, e *bootcamp.Session) error {
	_, err := s.sheets.Update(ctx, host, e.ID, func(d *Sheet) error {
		due := latest(s.now(), e.Ends().Add(settleWait))
		d.Due = &due
		return nil
	})
	return wrap("dueAgain", err)
}

// SetSheet opens or shuts the door, and sets which share of the session counts as attendance. Who leads may.
func (s *Service) SetSheet(ctx context.Context, by people.Actor, d Door, open bool, share int) (Sheet, error) {
	r, sh, err := s.leadsSheet(ctx, by, d)
	if err != nil {
		return sh, err
	}
	if share < 1 || share > 100 {
		return sh, invalid("share", "live.share", "a share is 1 to 100 per cent")
	}
	sh, err = s.sheets.Update(ctx, r.Host, sh.ID, func(d *Sheet) error {
		d.Open, d.Share = open, share
		return nil
	})
	if err != nil {
		return sh, wrap("SetSheet", err)
	}
	return sh, s.dueAgain(ctx, r.Host, &r.Session)
}

const (
	verbAttended = "http://adlnet.gov/expapi/verbs/attended"
	verbEdited   = "https://w3id.org/xapi/acrossx/verbs/edited"
	typeMeeting  = "http://adlnet.gov/expapi/activities/meeting"
)

// SettleDue tells the record store of every member's town what she has attended, of sessions that are over; of what was
// corrected since it is told again. The sweep calls it: nothing depends on anybody remembering it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	p, err := s.sheets.Across(ctx, store.Query{Index: "byDue", To: now, Limit: 50})
	errs := []error{err}
	for _, d := range p.Docs {
		errs = append(errs, s.settle(ctx, d.Org, d.Doc))
	}
	errs = append(errs, s.files.Sweep(ctx, now, s.shared))
	return wrap("SettleDue", errors.Join(errs...))
}

func (s *Service) settle(ctx context.Context, host string, sh Sheet) error {
	e, err := s.c.Access.Planned(ctx, host, sh.ID)
	if err != nil {
		return err
	}
	if e.State == bootcamp.SessionCancelled {
		_, err := s.sheets.Update(ctx, host, sh.ID, func(d *Sheet) error { d.Due = nil; return nil })
		return err
	}
	if due := e.Ends().Add(settleWait); due.After(s.now()) { // it was put off
		_, err := s.sheets.Update(ctx, host, sh.ID, func(d *Sheet) error { d.Due = &due; return nil })
		return err
	}
	rows, err := s.rows(ctx, host, &e, sh.Share)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := s.tellAttendance(ctx, host, &e, r); err != nil {
			return err
		}
	}
	if err := s.tellCounter(ctx, host, e, rows); err != nil {
		return err
	}
	_, err = s.sheets.Update(ctx, host, sh.ID, func(d *Sheet) error {
		if d.Due != nil && sh.Due != nil && d.Due.Equal(*sh.Due) {
			d.Due = nil
		}
		return nil
	})
	return err
}

// tellCounter lets figures know how long the session took and who was there.
func (s *Service) tellCounter(ctx context.Context, host string, e bootcamp.Session, rows []Row) error {
	if s.c.Counter == nil {
		return nil
	}
	f, err := s.folds.Get(ctx, host, e.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("tellCounter", err)
	}
	from, to := window(&e, &f.State)
	return s.c.Counter.Attended(ctx, host, e, int(to.Sub(from).Round(time.Minute)/time.Minute), rows)
}

// tellAttendance writes one statement, unless the town's record store knows it already. Its id follows from what it says.
func (s *Service) tellAttendance(ctx context.Context, host string, e *bootcamp.Session, r Row) error {
	what := r.State
	if r.Minutes > 0 {
		what += " " + time.Duration(r.Minutes*int(time.Minute)).String()
	}
	was := ""
	a, err := s.attendances.Get(ctx, host, e.ID+"."+r.Person)
	if err == nil {
		was = a.Told
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if was == what || was == "" && r.Minutes == 0 {
		return nil
	}
	in, err := s.c.People.MemberOf(ctx, r.Town, r.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased, or no longer of this town
	}
	if err != nil {
		return err
	}
	verb := verbAttended
	if was != "" {
		verb = verbEdited
	}
	full := r.State == Present
	err = s.c.Records.Record(ctx, r.Town, course.Event{ID: course.EventID(r.Town, "attendance", e.ID, r.Person, was, what), Account: in.Account, Verb: verb,
		Activity: course.Activity{Path: "/xapi/bootcamps/" + e.Bootcamp + "/sessions/" + e.ID, Type: typeMeeting, Name: course.Text{e.Language: e.Title}},
		At:       s.now(), Complete: &full, Duration: time.Duration(r.Minutes) * time.Minute})
	if err != nil {
		return err
	}
	if a, err = s.attendance(ctx, host, e.ID, r.Person, r.Name, r.Town); err != nil {
		return err
	}
	_, err = s.attendances.Update(ctx, host, a.ID, func(a *Attendance) error { a.Told = what; return nil })
	return wrap("tellAttendance", err)
}
