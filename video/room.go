package video

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Room is how much of the store the files of a town take, and may take. What is made of a file does not count: nobody
// who sends it can know how much that will be.
//
// It is a counter in a document, and what it counts is in other documents. So each change goes in three steps: a claim in
// the room, the video's document, which says what it counts (Video.Charged), and the claim is settled. Whatever dies in
// between, the video's document says whether the change was made, and the sweep settles the claim.
type Room struct {
	store.Meta `bson:",inline"`
	Limit      int64      `bson:"limit"`   // bytes; 0: as much as there is
	Used       int64      `bson:"used"`    // bytes, but for what is claimed
	Counted    bool       `bson:"counted"` // what earlier programs have stored is in it
	Claims     []Claim    `bson:"claims"`
	Due        *time.Time `bson:"due,omitempty"` // when the oldest claim is looked at; absent: there is none
}

// Claim is a change under way.
type Claim struct {
	ID       string    `bson:"id"`
	Video    string    `bson:"video"`
	From, To int64     // bytes that it counts before and after
	Firm     bool      `bson:"firm"` // the video was seen to count From, and nobody else can change that
	At       time.Time `bson:"at"`
}

// claimLasts is how long a claim is let alone. Whoever has made it writes the video's document long before.
const claimLasts = 10 * time.Minute

const theRoom = "room"

// Usage is what a person is told of a room.
type Usage struct {
	Org   string
	Used  int64 // bytes, uploads under way included
	Limit int64 // bytes; 0: none
}

// Left returns how many bytes more there may be; without a limit it is -1.
func (u Usage) Left() int64 {
	if u.Limit == 0 {
		return -1
	}
	return max(0, u.Limit-u.Used)
}

func (r *Room) usage(org string) Usage {
	u := Usage{Org: org, Used: r.Used, Limit: r.Limit}
	for _, c := range r.Claims {
		u.Used += max(0, c.To-c.From)
	}
	return u
}

func (r *Room) schedule() {
	r.Due = nil
	for _, c := range r.Claims {
		if at := c.At.Add(claimLasts); r.Due == nil || at.Before(*r.Due) {
			r.Due = &at
		}
	}
}

// room returns a town's room, making it, and counting once what earlier programs have stored.
func (s *Service) room(ctx context.Context, org string) (Room, error) {
	r, err := s.rooms.Get(ctx, org, theRoom)
	if errors.Is(err, store.ErrNotFound) {
		err = s.rooms.Insert(ctx, org, Room{Meta: store.Meta{ID: theRoom}, Claims: []Claim{}})
		if err == nil || errors.Is(err, store.ErrDuplicate) {
			r, err = s.rooms.Get(ctx, org, theRoom)
		}
	}
	if err != nil || r.Counted {
		return r, wrap("room", err)
	}
	whole := true
	err = s.videos.Each(ctx, org, store.Query{}, func(v Video) error {
		if v.Charged != 0 || v.Size == 0 {
			return nil
		}
		err := s.recharge(ctx, org, v.ID, 0, v.bytes())
		if fault.Is(err, "video.room_busy") { // another process counts it, or has died over it: whoever asks next looks again
			whole, err = false, nil
		}
		return err
	})
	if err != nil {
		return r, err
	}
	if !whole {
		r, err = s.rooms.Get(ctx, org, theRoom)
		return r, wrap("room", err)
	}
	r, err = s.rooms.Update(ctx, org, theRoom, func(r *Room) error { r.Counted = true; return nil })
	return r, wrap("room", err)
}

// bytes returns what a video counts: its file, one that is being sent, and those that are kept for whoever still watches.
func (v *Video) bytes() int64 {
	n := v.Size
	if v.Next != nil {
		n += v.Next.Size
	}
	for _, f := range v.Formers {
		n += f.Size
	}
	return n
}

// recharge changes what a video counts from one number of bytes to another, unless somebody else has changed it.
func (s *Service) recharge(ctx context.Context, org, id string, from, to int64) error {
	return s.charge(ctx, org, id, from, to, false, func(ctx context.Context) error {
		_, err := s.videos.Update(ctx, org, id, func(v *Video) error { v.Charged = to; return nil })
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
}

// charge claims what a video counts from now on, lets write change its document, and settles the claim by what the
// document says then. bounded refuses what is more than the town may have. faults video.room_full, video.room_busy
func (s *Service) charge(ctx context.Context, org, id string, from, to int64, bounded bool, write func(context.Context) error) error {
	if from == to {
		return write(ctx)
	}
	if err := s.makeWay(ctx, org, id); err != nil {
		return err
	}
	claim := Claim{ID: s.c.NewID(), Video: id, From: from, To: to, At: s.now()}
	_, err := s.rooms.Update(ctx, org, theRoom, func(r *Room) error {
		if slices.ContainsFunc(r.Claims, func(c Claim) bool { return c.Video == id }) {
			return roomBusy()
		}
		if u := r.usage(org); bounded && u.Limit > 0 && u.Left() < to-from {
			return fault.New(fault.Full, "video.room_full", "the files of this organisation may have %d bytes, of which %d are left; this one has %d", u.Limit, u.Left(), to-from).
				With("limit", u.Limit).With("left", u.Left()).With("size", to-from)
		}
		r.Claims = append(r.Claims, claim)
		r.schedule()
		return nil
	})
	if err != nil {
		return wrap("charge", err)
	}
	if err = s.firm(ctx, org, claim); err == nil {
		err = write(ctx)
	}
	return errors.Join(err, s.settleClaim(context.WithoutCancel(ctx), org, claim))
}

// firm makes sure that a video counts what a claim says, now that nobody else can change that. fault video.room_busy
func (s *Service) firm(ctx context.Context, org string, c Claim) error {
	v, err := s.videos.Get(ctx, org, c.Video)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("firm", err)
	}
	if v.Charged != c.From {
		return roomBusy()
	}
	_, err = s.rooms.Update(ctx, org, theRoom, func(r *Room) error {
		at := slices.IndexFunc(r.Claims, func(o Claim) bool { return o.ID == c.ID })
		if at < 0 || s.now().Sub(c.At) > claimLasts/2 {
			return roomBusy()
		}
		r.Claims[at].Firm = true
		return nil
	})
	return wrap("firm", err)
}

func roomBusy() error {
	return fault.New(fault.Unavailable, "video.room_busy", "somebody else is changing the file of this video; try again in a moment")
}

// makeWay settles what whoever died has left of a claim for a video, and makes the room if there is none.
func (s *Service) makeWay(ctx context.Context, org, id string) error {
	r, err := s.rooms.Get(ctx, org, theRoom)
	if errors.Is(err, store.ErrNotFound) {
		err = s.rooms.Insert(ctx, org, Room{Meta: store.Meta{ID: theRoom}, Claims: []Claim{}})
		if errors.Is(err, store.ErrDuplicate) {
			err = nil
		}
	}
	if err != nil {
		return wrap("makeWay", err)
	}
	for _, c := range r.Claims {
		if c.Video == id && !s.now().Before(c.At.Add(claimLasts)) {
			if err := s.settleClaim(ctx, org, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleClaim ends a claim by what the video's document says.
func (s *Service) settleClaim(ctx context.Context, org string, c Claim) error {
	v, err := s.videos.Get(ctx, org, c.Video)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("settleClaim", err)
	}
	charged := v.Charged // 0 when it is gone
	_, err = s.rooms.Update(ctx, org, theRoom, func(r *Room) error {
		at := slices.IndexFunc(r.Claims, func(o Claim) bool { return o.ID == c.ID })
		if at < 0 {
			return store.ErrKeep // settled
		}
		if r.Claims[at].Firm {
			r.Used += charged - c.From
		}
		r.Claims = slices.Delete(r.Claims, at, at+1)
		r.schedule()
		return nil
	})
	return wrap("settleClaim", err)
}

// SettleRooms settles claims whose makers have died, in all organisations, for the sweep.
func (s *Service) SettleRooms(ctx context.Context, now time.Time) error {
	page, err := s.rooms.Across(ctx, store.Query{Index: "due", To: now, Limit: 200})
	errs := []error{wrap("SettleRooms", err)}
	for _, d := range page.Docs {
		for _, c := range d.Doc.Claims {
			if !now.Before(c.At.Add(claimLasts)) {
				errs = append(errs, s.settleClaim(ctx, d.Org, c))
			}
		}
	}
	return errors.Join(errs...)
}

// Usage returns how much room the files of an organisation take, to its authors and administrators, and to operators. An
// empty organisation is the asker's own. faults people.unsigned, people.forbidden, video.not_found
func (s *Service) Usage(ctx context.Context, by people.Actor, org string) (Usage, error) {
	if org == "" {
		org = by.Organisation
	}
	if !by.Operator {
		if err := by.Must(people.Author, people.Administrator); err != nil {
			return Usage{}, err
		}
		if org != by.Organisation {
			return Usage{}, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %.64s", org)
		}
	}
	if !validOrg.MatchString(org) {
		return Usage{}, fault.New(fault.Invalid, "video.organisation_missing", "say which organisation").At("query.organisation", "video.organisation_missing")
	}
	r, err := s.room(ctx, org)
	return r.usage(org), err
}

// SetLimit says how many bytes the files of an organisation may have; 0 is as much as there is. What is there already
// stays. faults people.unsigned, people.forbidden, video.limit_invalid
func (s *Service) SetLimit(ctx context.Context, by people.Actor, org string, limit int64) (Usage, error) {
	if err := by.MustOperate(); err != nil {
		return Usage{}, err
	}
	if limit < 0 || limit > 1<<60 {
		return Usage{}, fault.New(fault.Invalid, "video.limit_invalid", "a limit has 1 to %d bytes, or is 0 for none", int64(1)<<60).At("body.limit", "video.limit_invalid")
	}
	if !validOrg.MatchString(org) {
		return Usage{}, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %.64s", org)
	}
	if s.c.Town != nil {
		if err := s.c.Town(ctx, org); err != nil {
			return Usage{}, err
		}
	}
	if _, err := s.room(ctx, org); err != nil {
		return Usage{}, err
	}
	r, err := s.rooms.Update(ctx, org, theRoom, func(r *Room) error { r.Limit = limit; return nil })
	if err == nil && s.c.Note != nil {
		err = s.c.Note(ctx, org, by, "video.limit", org, strconv.FormatInt(limit, 10))
	}
	return r.usage(org), wrap("SetLimit", err)
}

// Usages lists the rooms of all organisations that have sent a file, the fullest first, to operators. limit is 0 (50) to 500.
func (s *Service) Usages(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Usage], error) {
	if err := by.MustOperate(); err != nil {
		return store.Page[Usage]{}, err
	}
	page, err := s.rooms.Across(ctx, store.Query{Index: "used", Reverse: true, Cursor: cursor, Limit: limit})
	out := store.Page[Usage]{Docs: make([]Usage, 0, len(page.Docs)), Next: page.Next}
	for _, d := range page.Docs {
		out.Docs = append(out.Docs, d.Doc.usage(d.Org))
	}
	return out, wrap("Usages", err)
}
