package live

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/people"
)

const (
	codeLives = 60 * time.Second // then the door shows another
	triesMost = 5                // wrong codes of one person
	triesIn   = 10 * time.Minute
	early     = time.Hour // before the session, and after it
)

// code returns the code that the door shows in a minute: six digits that follow from a secret and the minute.
func (s *Sheet) code(at time.Time) string {
	h := hmac.New(sha256.New, []byte(s.Secret))
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(at.Unix())/uint64(codeLives/time.Second))
	h.Write(b[:])
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(h.Sum(nil))%1_000_000)
}

// Code returns what the door shows now and until when. Who leads may; the door must be open.
func (s *Service) Code(ctx context.Context, by people.Actor, d Door) (code string, until time.Time, err error) {
	_, sh, err := s.leadsSheet(ctx, by, d)
	if err != nil {
		return "", until, err
	}
	if !sh.Open {
		return "", until, errShut
	}
	now := s.now()
	return sh.code(now), now.Truncate(codeLives).Add(codeLives), nil
}

var errShut = fault.New(fault.Conflict, "live.door_shut", "nobody checks in here now")

// CheckIn notes that the actor is at the door: she has read the code that it shows. A code is good for its minute and the
// next; who was wrong five times waits. It can be repeated; the first time counts.
func (s *Service) CheckIn(ctx context.Context, by people.Actor, d Door, code string) (time.Time, error) {
	r, err := s.enter(ctx, by, Door{Bootcamp: d.Bootcamp, Session: d.Session})
	if err != nil {
		return time.Time{}, err
	}
	sh, err := s.sheet(ctx, &r)
	if err != nil {
		return time.Time{}, err
	}
	now := s.now()
	if !sh.Open || now.Before(r.Session.Starts.Add(-early)) || now.After(r.Session.Ends().Add(early)) {
		return time.Time{}, errShut
	}
	a, err := s.attendance(ctx, r.Host, r.Session.ID, by.Person, by.Name, by.Organisation)
	if err != nil {
		return time.Time{}, err
	}
	code = strings.Join(strings.Fields(code), "")
	right := false
	for _, at := range []time.Time{now, now.Add(-codeLives)} {
		right = subtle.ConstantTimeCompare([]byte(code), []byte(sh.code(at))) == 1 || right
	}
	var refusal error
	a, err = s.attendances.Update(ctx, r.Host, a.ID, func(a *Attendance) error {
		refusal = nil
		a.Tries = slices.DeleteFunc(slices.Clone(a.Tries), func(t time.Time) bool { return now.Sub(t) > triesIn })
		switch {
		case len(a.Tries) >= triesMost:
			after := max(1, int((triesIn-now.Sub(a.Tries[0]))/time.Second))
			refusal = fault.New(fault.TooMany, "live.door_tries", "too many wrong codes; try again in %d seconds", after).With("after", after)
		case !right:
			a.Tries = append(a.Tries, now)
			refusal = fault.New(fault.Invalid, "live.door_code", "this is not the code that the door shows now").At("body.code", "live.door_code")
		case a.CheckedIn == nil:
			a.CheckedIn, a.Tries = &now, []time.Time{}
		}
		return nil
	})
	if err != nil {
		return time.Time{}, wrap("CheckIn", err)
	}
	if refusal != nil {
		return time.Time{}, refusal
	}
	return *a.CheckedIn, s.dueAgain(ctx, r.Host, &r.Session)
}
