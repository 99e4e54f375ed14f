package course

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// movedAtOnce is how many followers of a programme are moved in one go.
const movedAtOnce = 500

// Move is what moving a programme's followers to its offered version would mean.
type Move struct {
	To        int
	Followers int        // on earlier versions and not complete; at most followersCounted of each town are counted
	Changes   []MoveFrom // the earlier versions that somebody follows, the oldest first
	Moving    bool       // asked for already, and not all moved yet
}

// MoveFrom is what changes for those who follow one earlier version.
type MoveFrom struct {
	Version   int
	Followers int
	Added     []ProgrammeCourse // in the new version only
	Removed   []ProgrammeCourse // in the old version only
	Required  []ProgrammeCourse // elective until now
	Elective  []ProgrammeCourse // required until now
	Electives [2]int            // how many are asked for: until now, and then
}

// changes says what is different in a version for those who follow an earlier one.
func changes(old, next *ProgrammeVersion) MoveFrom {
	m := MoveFrom{Version: old.Number, Electives: [2]int{old.Electives, next.Electives}}
	for _, c := range next.Courses {
		i := slices.IndexFunc(old.Courses, func(o ProgrammeCourse) bool { return o.Course == c.Course })
		switch {
		case i < 0:
			m.Added = append(m.Added, c)
		case old.Courses[i].Elective && !c.Elective:
			m.Required = append(m.Required, c)
		case !old.Courses[i].Elective && c.Elective:
			m.Elective = append(m.Elective, c)
		}
	}
	for _, c := range old.Courses {
		if !next.has(c.Course) {
			m.Removed = append(m.Removed, c)
		}
	}
	return m
}

// offeredVersion is the version to which followers can be moved: the one that is offered.
func (s *Service) offeredVersion(ctx context.Context, by people.Actor, id string) (Programme, ProgrammeVersion, error) {
	p, err := s.Programme(ctx, by, id)
	if err != nil {
		return p, ProgrammeVersion{}, err
	}
	if p.State != StatePublished {
		return p, ProgrammeVersion{}, fault.New(fault.Conflict, "course.programme_not_published", "the programme is not published")
	}
	v, err := s.programmeVersions.Get(ctx, by.Organisation, versionID(id, p.Version))
	return p, v, s.wrap("offeredVersion", err)
}

// PreviewMove says what moving the followers of earlier versions to the offered one would mean for them. Authors may.
func (s *Service) PreviewMove(ctx context.Context, by people.Actor, id string) (Move, error) {
	p, v, err := s.offeredVersion(ctx, by, id)
	if err != nil {
		return Move{}, err
	}
	m := Move{To: v.Number, Moving: p.Moving > 0}
	counts := map[int]int{}
	err = s.c.People.EachOrganisation(ctx, func(o people.Organisation) error {
		n, err := s.pursuits.Count(ctx, o.ID, earlier(id, v.Number), followersCounted)
		if err != nil || n == 0 {
			return err
		}
		m.Followers += n
		for old := 1; old < v.Number; old++ {
			n, err := s.pursuits.Count(ctx, o.ID, store.Query{Index: "byVersion", Equal: []any{id, Active, int64(old)}}, followersCounted)
			if err != nil {
				return err
			}
			counts[old] += n
		}
		return nil
	})
	if err != nil {
		return m, s.wrap("PreviewMove", err)
	}
	for old := 1; old < v.Number; old++ {
		if counts[old] == 0 {
			continue
		}
		o, err := s.programmeVersions.Get(ctx, by.Organisation, versionID(id, old))
		if err != nil {
			return m, s.wrap("PreviewMove", err)
		}
		c := changes(&o, &v)
		c.Followers = counts[old]
		m.Changes = append(m.Changes, c)
	}
	return m, nil
}

// earlier is the query for those who follow an earlier version and have not completed it.
func earlier(programme string, version int) store.Query {
	return store.Query{Index: "byVersion", Equal: []any{programme, Active}, To: int64(version)}
}

// MoveFollowers lets everybody who follows an earlier version of a programme and has not completed it go on with the
// offered one, which must be the one that the author has seen (to). What they have completed counts there; required
// courses that are new begin at once. Whoever's town may not begin one of them stays. Authors may. The wish is stored
// first, and what of many is left the sweep goes on with. Fault: course.changed_elsewhere
func (s *Service) MoveFollowers(ctx context.Context, by people.Actor, id string, to int) error {
	if _, v, err := s.offeredVersion(ctx, by, id); err != nil {
		return err
	} else if v.Number != to {
		return errStale
	}
	p, err := s.programmes.Update(ctx, by.Organisation, id, func(d *Programme) error {
		if d.Version != to || d.State != StatePublished {
			return errStale
		}
		d.Moving, d.Pending = to, true
		return nil
	})
	if err != nil {
		return s.wrap("MoveFollowers", err)
	}
	if _, err := s.settleProgramme(ctx, by.Organisation, p); err != nil {
		return err
	}
	return s.c.People.Note(ctx, by.Organisation, by, "programme.moved", id, strconv.Itoa(to))
}

// moveSome moves followers of earlier versions, and reports whether all were.
func (s *Service) moveSome(ctx context.Context, org string, p *Programme) (all bool, err error) {
	v, err := s.programmeVersions.Get(ctx, org, versionID(p.ID, p.Moving))
	if err != nil {
		return false, s.wrap("moveSome", err)
	}
	moved := 0
	enough := errors.New("enough")
	err = s.c.People.EachOrganisation(ctx, func(o people.Organisation) error {
		// Moving changes the index that is walked: a page is read whole before, and who is gone from it is behind the cursor.
		return s.pursuits.Each(ctx, o.ID, earlier(p.ID, v.Number), func(u Pursuit) error {
			ok, err := s.canFollow(ctx, o.ID, u.Account, &v)
			if err != nil || !ok {
				return err
			}
			if moved == movedAtOnce {
				return enough
			}
			moved++
			next, err := s.pursuits.Update(ctx, o.ID, u.ID, func(d *Pursuit) error {
				if d.State != Active || d.Version >= v.Number {
					return store.ErrKeep
				}
				d.Version, d.Updated, d.Pending = v.Number, s.now(), true
				return nil
			})
			if errors.Is(err, store.ErrNotFound) {
				return nil // erased meanwhile
			}
			if err != nil {
				return err
			}
			_, err = s.settlePursuit(ctx, o.ID, next)
			return err
		})
	})
	if errors.Is(err, enough) {
		return false, nil
	}
	return err == nil, s.wrap("moveSome", err)
}

// canFollow reports whether somebody has begun, or can begin, all required courses of a version.
func (s *Service) canFollow(ctx context.Context, org, account string, v *ProgrammeVersion) (bool, error) {
	for _, c := range v.Courses {
		if c.Elective {
			continue
		}
		if ok, err := s.canBegin(ctx, org, account, c.Course); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}
