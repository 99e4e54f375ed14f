package course

import (
	"context"
	"errors"
	"iter"
	"strings"

	"palestra/course/export"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// States by which HR lists the followers of a programme.
const (
	FollowersOpen     = "open"     // on the way, late or not
	FollowersLate     = "late"     // on the way, and the day has passed
	FollowersComplete = "complete" // its record was made; it may have been withdrawn since
)

// followersCounted is how many followers of a programme are counted in each state.
const followersCounted = 1000

// Followed is a programme that people of a town follow, with how many they are; at most followersCounted each.
type Followed struct {
	Programme string
	Owner     string
	Title     Text
	Languages []string
	Open      int
	Late      int // of those
	Complete  int
}

// followers is the query for those of a programme in a state.
func (s *Service) followers(programme, state string) (store.Query, error) {
	switch state {
	case FollowersOpen, "":
		return store.Query{Index: "byProgramme", Equal: []any{programme, Active}, Reverse: true}, nil
	case FollowersComplete:
		return store.Query{Index: "byProgramme", Equal: []any{programme, Completed}, Reverse: true}, nil
	case FollowersLate:
		return store.Query{Index: "byDue", Equal: []any{programme, Active}, To: s.now()}, nil
	}
	return store.Query{}, fault.New(fault.Invalid, "course.followers_state", "followers are open, late or complete").At("query.state", "course.followers_state")
}

// FollowedProgrammes lists the programmes that people of the actor's organisation follow or have completed, in the order
// of their ids. HR may.
func (s *Service) FollowedProgrammes(ctx context.Context, by people.Actor, cursor string, limit int) ([]Followed, string, error) {
	if err := by.Must(people.HR); err != nil {
		return nil, "", err
	}
	if limit < 1 || limit > 200 {
		limit = 50
	}
	var out []Followed
	after := cursor
	for {
		// One look a programme: the index says where the next one begins.
		q := store.Query{Index: "byProgramme", Limit: 1}
		if after != "" {
			q.From = after + "\x00"
		}
		p, err := s.pursuits.Find(ctx, by.Organisation, q)
		if err != nil {
			return nil, "", s.wrap("FollowedProgrammes", err)
		}
		if len(p.Docs) == 0 {
			return out, "", nil
		}
		if len(out) == limit {
			return out, after, nil
		}
		f, err := s.followed(ctx, by.Organisation, p.Docs[0])
		if err != nil {
			return nil, "", err
		}
		out, after = append(out, f), p.Docs[0].Programme
	}
}

func (s *Service) followed(ctx context.Context, org string, p Pursuit) (Followed, error) {
	f := Followed{Programme: p.Programme, Owner: p.Owner}
	if e, err := s.programmeEntries.Get(ctx, p.Programme); err == nil && e.seenFrom(org) {
		f.Title, f.Languages = e.Title, e.Languages
	} else { // withdrawn, or no longer for this town: as she began it
		v, err := s.programmeVersions.Get(ctx, p.Owner, versionID(p.Programme, p.Version))
		if err != nil {
			return f, s.wrap("followed", err)
		}
		f.Title, f.Languages = v.Title, v.Languages
	}
	for state, n := range map[string]*int{FollowersOpen: &f.Open, FollowersLate: &f.Late, FollowersComplete: &f.Complete} {
		q, err := s.followers(p.Programme, state)
		if err != nil {
			return f, err
		}
		if *n, err = s.pursuits.Count(ctx, org, q, followersCounted); err != nil {
			return f, s.wrap("followed", err)
		}
	}
	return f, nil
}

// Followers lists who of the actor's organisation follows a programme: on the way or complete, latest change first; late,
// the longest first. HR may.
func (s *Service) Followers(ctx context.Context, by people.Actor, programme, state, cursor string, limit int) ([]RecordLine, string, error) {
	if err := by.Must(people.HR); err != nil {
		return nil, "", err
	}
	q, err := s.followers(programme, state)
	if err != nil {
		return nil, "", err
	}
	q.Cursor, q.Limit = cursor, limit
	p, err := s.pursuits.Find(ctx, by.Organisation, q)
	if err != nil {
		return nil, "", s.wrap("Followers", err)
	}
	lines := make([]RecordLine, 0, len(p.Docs))
	for _, d := range p.Docs {
		l, err := s.followerLine(ctx, by.Organisation, d)
		if err != nil {
			return nil, "", err
		}
		lines = append(lines, l)
	}
	return lines, p.Next, nil
}

func (s *Service) followerLine(ctx context.Context, org string, p Pursuit) (RecordLine, error) {
	st, err := s.pursued(ctx, org, p)
	if err != nil {
		return RecordLine{}, err
	}
	name, err := s.nameOf(ctx, org, p.Person)
	return RecordLine{Person: p.Person, Name: name, Completion: st.Completion, Programme: &st}, err
}

// FollowerExport is who follows a programme, about to be written.
type FollowerExport struct {
	Info export.Info
	Rows iter.Seq2[export.Follower, error] // on the way, then complete; can be walked once
}

// ExportFollowers returns everybody of the actor's organisation who follows a programme, as HR's rows. HR may; it is noted
// in the audit log and in the record store, as every export. Fault: course.programme_not_found if nobody does.
func (s *Service) ExportFollowers(ctx context.Context, by people.Actor, programme, format string) (FollowerExport, error) {
	if err := by.Must(people.HR); err != nil {
		return FollowerExport{}, err
	}
	p, err := s.pursuits.Find(ctx, by.Organisation, store.Query{Index: "byProgramme", Equal: []any{programme}, Limit: 1})
	if err != nil {
		return FollowerExport{}, s.wrap("ExportFollowers", err)
	}
	if len(p.Docs) == 0 {
		return FollowerExport{}, noProgramme(programme)
	}
	x, err := s.exporting(ctx, by.Organisation)
	if err != nil {
		return FollowerExport{}, err
	}
	org := x.town.ID
	rows := func(yield func(export.Follower, error) bool) {
		stop := errors.New("enough")
		for _, state := range []string{Active, Completed} {
			err := s.pursuits.Each(ctx, org, store.Query{Index: "byProgramme", Equal: []any{programme, state}, Limit: store.MaxLimit}, func(p Pursuit) error {
				row, err := s.followerRow(ctx, &x, p)
				if !yield(row, err) || err != nil {
					return stop
				}
				return nil
			})
			if errors.Is(err, stop) {
				return
			}
			if err != nil {
				yield(export.Follower{}, s.wrap("ExportFollowers", err))
				return
			}
		}
	}
	err = s.c.Records.Record(ctx, org, Event{ID: s.c.NewName(), Account: by.Account, Verb: verbExported,
		Activity: Activity{Path: "/xapi/exports/" + export.FollowersFormat + "/" + format, Type: typeFile, Name: Text{"en": export.FollowersFormat}}, At: x.info.AsOf})
	if err != nil {
		return FollowerExport{}, s.wrap("ExportFollowers", err)
	}
	return FollowerExport{Info: x.info, Rows: rows}, s.c.People.Note(ctx, org, by, "programme.exported", programme, format)
}

func (s *Service) followerRow(ctx context.Context, x *exporting, p Pursuit) (export.Follower, error) {
	l, err := s.followerLine(ctx, x.town.ID, p)
	if err != nil {
		return export.Follower{}, err
	}
	m, err := s.c.People.MemberOf(ctx, x.town.ID, p.Person)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return export.Follower{}, err
	}
	st := l.Programme
	title, _ := st.Version.Title.In(x.town.Locale)
	required, electives := st.Left()
	r := export.Follower{Enrolment: p.ID, Name: l.Name, Email: m.Email, Unit: x.units[m.Unit], Programme: p.Programme, Title: title, Version: int64(p.Version),
		State: export.OnTheWay, BegunAt: p.Created, Required: int64(st.Version.Required()), RequiredDone: int64(st.Version.Required() - required),
		Electives: int64(st.Version.Electives), ElectivesDone: int64(st.Version.Electives - electives), Via: p.via(), Account: p.Account, Left: !m.Active}
	r.Due, r.DueEnds = x.by(p.Due)
	if p.Due != nil && !p.Due.After(x.info.AsOf) {
		r.State = export.Late
	}
	if p.Decision != nil {
		r.State, r.CompletedAt = export.Completed, p.Decision.At
		r.RequiredDone, r.ElectivesDone = r.Required, r.Electives
	} else {
		r.Missing = missing(st, x.town.Locale)
	}
	if c := l.Completion; c != nil {
		r.Record, r.CompletedAt, r.Certificate = c.ID, c.CompletedAt(), s.c.PublicURL+"/c/"+c.Certificate
		if c.Withdrawn {
			r.State = export.Withdrawn
		}
	}
	return r, nil
}

// missing names the required courses that are not complete.
func missing(st *ProgrammeStudy, locale string) string {
	var titles []string
	for i := range st.Parts {
		if p := &st.Parts[i]; !p.Course.Elective && !p.Done() {
			title, _ := p.Course.Title.In(locale)
			titles = append(titles, title)
		}
	}
	return strings.Join(titles, "; ")
}
