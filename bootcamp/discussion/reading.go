package discussion

import (
	"context"
	"errors"
	"strconv"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/internal/store"
	"palestra/people"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Name is what pages show of somebody; both are empty of who was erased.
type Name struct{ Name, TownName string }

// Talk is a part of what was said, with everything that is needed to show it.
type Talk struct {
	Room    Room
	Posts   []Post
	Threads map[string]Thread // of the posts, by id
	Names   map[string]Name   // by Who
	Own     string            // the reader's Who
}

// names returns how people are called, by Who.
func (s *Service) names(ctx context.Context, host string, whos []string) (map[string]Name, error) {
	all := map[string]Name{}
	for _, w := range whos {
		if _, ok := all[w]; ok || w == "" {
			continue
		}
		p, err := s.voices.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{w}, Limit: 2})
		if err != nil {
			return nil, wrap("names", err)
		}
		all[w] = Name{}
		for _, v := range p.Docs { // an erasure that died has left two: the one without a name counts
			if v.Name == "" {
				all[w] = Name{TownName: v.TownName}
				break
			}
			all[w] = Name{v.Name, v.TownName}
		}
	}
	return all, nil
}

// talk adds to posts what is needed to show them, and takes away what the reader may not see.
func (s *Service) talk(ctx context.Context, r Room, posts []Post) (Talk, error) {
	t := Talk{Room: r, Posts: posts, Threads: map[string]Thread{}, Own: r.Voice.Who}
	var whos []string
	for i := range posts {
		d := &posts[i]
		if d.State == Hidden && !r.Leads && d.Who != r.Voice.Who {
			d.Words, d.Files, d.Mentions = "", nil, nil
		}
		whos = append(append(whos, d.Who), mentioned(d.Words)...)
		if _, ok := t.Threads[d.Thread]; !ok {
			th, err := s.threads.Get(ctx, r.Host, d.Thread)
			if errors.Is(err, store.ErrNotFound) {
				continue // its first post is being settled
			}
			if err != nil {
				return t, wrap("talk", err)
			}
			t.Threads[d.Thread] = th
		}
	}
	var err error
	t.Names, err = s.names(ctx, r.Host, whos)
	return t, err
}

func markID(thread, who string) string { return join(thread, who) }

// mark returns how far the actor has read a thread; the zero Mark if she never opened it.
func (s *Service) mark(ctx context.Context, r Room, thread string) (Mark, error) {
	m, err := s.marks.Get(ctx, r.Host, markID(thread, r.Voice.Who))
	if errors.Is(err, store.ErrNotFound) {
		return Mark{}, nil
	}
	return m, wrap("mark", err)
}

// setMark changes a mark, and makes it if there is none.
func (s *Service) setMark(ctx context.Context, host, room, thread, who string, f func(*Mark) error) error {
	id := markID(thread, who)
	for {
		_, err := s.marks.Update(ctx, host, id, f)
		if !errors.Is(err, store.ErrNotFound) {
			return wrap("setMark", err)
		}
		err = s.marks.Insert(ctx, host, Mark{Meta: store.Meta{ID: id}, Room: room, Thread: thread, Who: who})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return wrap("setMark", err)
		}
	}
}

// fresh returns how many posts of a thread are new to a reader.
func fresh(r Room, t Thread, m Mark) int {
	if !t.Last.After(r.Voice.Before) {
		return 0
	}
	return max(0, t.Posts-m.Read)
}

// Line is a thread in a list.
type Line struct {
	Thread  Thread
	New     int // posts that the reader has not read
	Read    int // number of the last that she has read
	Follows bool
}

// Filter chooses threads.
type Filter struct {
	About string // session.<id> or lesson.<id>; "" for all
	Open  bool   // those that want an answer
}

// Threads lists threads of a room, those first in which something was said last.
func (s *Service) Threads(ctx context.Context, by people.Actor, p Place, f Filter, cursor string, limit int) (Room, []Line, map[string]Name, string, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return r, nil, nil, "", err
	}
	q := store.Query{Index: "byRoom", Equal: []any{r.Key}, Reverse: true, Cursor: cursor, Limit: limit}
	switch {
	case f.About != "":
		q.Index, q.Equal = "byAbout", []any{r.Key, f.About}
		if f.Open {
			q.Where = map[string]any{"open": true}
		}
	case f.Open:
		q.Index, q.Equal = "byOpen", []any{r.Key, true}
	}
	page, err := s.threads.Find(ctx, r.Host, q)
	if err != nil {
		return r, nil, nil, "", wrap("Threads", err)
	}
	lines := make([]Line, 0, len(page.Docs))
	var whos []string
	for _, t := range page.Docs {
		if t.Hidden && !r.Leads && t.Who != r.Voice.Who {
			continue
		}
		l, err := s.lineOf(ctx, r, t)
		if err != nil {
			return r, nil, nil, "", err
		}
		lines = append(lines, l)
		whos = append(whos, t.Who, t.LastWho)
	}
	names, err := s.names(ctx, r.Host, whos)
	return r, lines, names, page.Next, err
}

func (s *Service) lineOf(ctx context.Context, r Room, t Thread) (Line, error) {
	m, err := s.mark(ctx, r, t.ID)
	return Line{Thread: t, New: fresh(r, t, m), Read: m.Read, Follows: m.Follows || r.Voice.All && !m.Mute}, err
}

// Thread returns a thread.
func (s *Service) Thread(ctx context.Context, by people.Actor, p Place, id string) (Room, Line, map[string]Name, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return r, Line{}, nil, err
	}
	t, err := s.thread(ctx, r, id)
	if err != nil {
		return r, Line{}, nil, err
	}
	l, err := s.lineOf(ctx, r, t)
	if err != nil {
		return r, l, nil, err
	}
	names, err := s.names(ctx, r.Host, []string{t.Who, t.LastWho})
	return r, l, names, err
}

// Posts lists the posts of a thread from a number on, in order.
func (s *Service) Posts(ctx context.Context, by people.Actor, p Place, thread string, from int, cursor string, limit int) (Talk, string, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Talk{}, "", err
	}
	if _, err := s.thread(ctx, r, thread); err != nil {
		return Talk{}, "", err
	}
	page, err := s.posts.Find(ctx, r.Host, store.Query{Index: "byNumber", Equal: []any{thread}, From: from, Cursor: cursor, Limit: limit})
	if err != nil {
		return Talk{}, "", wrap("Posts", err)
	}
	t, err := s.talk(ctx, r, page.Docs)
	return t, page.Next, err
}

// One returns one post.
func (s *Service) One(ctx context.Context, by people.Actor, p Place, id string) (Talk, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Talk{}, err
	}
	d, err := s.post(ctx, r, id)
	if err != nil {
		return Talk{}, err
	}
	if _, err := s.thread(ctx, r, d.Thread); err != nil {
		return Talk{}, err
	}
	return s.talk(ctx, r, []Post{d})
}

// Versions lists what a post said before, the oldest first: to everybody while it is shown, else to its author and to who
// leads.
func (s *Service) Versions(ctx context.Context, by people.Actor, p Place, id string) ([]Version, map[string]Name, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.post(ctx, r, id)
	if err != nil {
		return nil, nil, err
	}
	if d.State == Withdrawn || d.State == Hidden && !r.Leads && d.Who != r.Voice.Who {
		return []Version{}, nil, nil
	}
	page, err := s.versions.Find(ctx, r.Host, store.Query{Index: "byPost", Equal: []any{id}, To: d.Version, Limit: maxVersions})
	if err != nil {
		return nil, nil, wrap("Versions", err)
	}
	var whos []string
	for _, v := range page.Docs {
		whos = append(whos, mentioned(v.Words)...)
	}
	names, err := s.names(ctx, r.Host, whos)
	return page.Docs, names, err
}

// Read notes how far the actor has read a thread, and whether she follows it; nil keeps that. Numbers only grow.
func (s *Service) Read(ctx context.Context, by people.Actor, p Place, thread string, number int, follows *bool) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	t, err := s.thread(ctx, r, thread)
	if err != nil {
		return err
	}
	return s.setMark(ctx, r.Host, r.Key, t.ID, r.Voice.Who, func(m *Mark) error {
		if follows != nil {
			m.Follows, m.Mute = *follows, !*follows
			if m.Mute {
				m.News, m.Named, m.Calls = nil, false, nil
			}
		}
		if number > m.Read {
			m.Read = min(number, t.Posts)
		}
		if m.Read >= t.Posts {
			m.News, m.Named, m.Calls = nil, false, nil
		}
		return nil
	})
}

// Accept says which post answers a thread, 0 for none. Who asked and who leads may.
func (s *Service) Accept(ctx context.Context, by people.Actor, p Place, thread string, number int) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	t, err := s.thread(ctx, r, thread)
	if err != nil {
		return err
	}
	if t.Who != r.Voice.Who && !r.Leads {
		return errForbidden
	}
	var answer Post
	if number != 0 {
		page, err := s.posts.Find(ctx, r.Host, store.Query{Index: "byNumber", Equal: []any{thread, number}, Limit: 1})
		if err != nil {
			return wrap("Accept", err)
		}
		if number < 2 || len(page.Docs) == 0 || page.Docs[0].State != Shown {
			return errNoAnswer
		}
		answer = page.Docs[0]
	}
	_, err = s.threads.Update(ctx, r.Host, thread, func(t *Thread) error {
		t.Answer, t.Accepted, t.Open = number, answer.Rev, t.Asks && number == 0
		return nil
	})
	if err != nil || number == 0 {
		return wrap("Accept", err)
	}
	// Who hid it meanwhile did not see that it was accepted; who does so from now on does.
	now, err := s.posts.Get(ctx, r.Host, answer.ID)
	if gone(err) != nil {
		return wrap("Accept", err)
	}
	if err == nil && now.State == Shown {
		return nil
	}
	_, err = s.threads.Update(ctx, r.Host, thread, func(t *Thread) error {
		if t.Answer != number || t.Accepted != answer.Rev {
			return store.ErrKeep
		}
		t.refute()
		return nil
	})
	if gone(err) != nil {
		return wrap("Accept", err)
	}
	return errNoAnswer
}

var errNoAnswer = invalid("answer", "discussion.no_answer", "there is no such post")

// refute takes the accepted answer back.
func (t *Thread) refute() { t.Answer, t.Accepted, t.Open = 0, 0, t.Asks }

// Turn closes a thread to new posts, or opens it again. Who leads may.
func (s *Service) Turn(ctx context.Context, by people.Actor, p Place, thread string, closed bool) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	if !r.Leads {
		return errForbidden
	}
	if _, err := s.thread(ctx, r, thread); err != nil {
		return err
	}
	_, err = s.threads.Update(ctx, r.Host, thread, func(t *Thread) error { t.Closed = closed; return nil })
	return wrap("Turn", err)
}

// follow brings a post's thread up to date before its author sees it, and leaves the rest to a worker.
func (s *Service) follow(ctx context.Context, host, id string) error {
	if s.c.Ring == nil {
		return s.Settle(ctx, host, id)
	}
	d, err := s.posts.Get(ctx, host, id)
	if err != nil {
		return wrap("follow", err)
	}
	if _, err := s.threaded(ctx, host, d); err != nil {
		return err
	}
	s.c.Ring(ctx, host, id)
	return nil
}

// Settle does what follows from a post: its thread, what is left of it when it was taken back, and who is to be told. It
// may be called at any time and several times, and be killed anywhere.
func (s *Service) Settle(ctx context.Context, host, id string) error {
	d, err := s.posts.Get(ctx, host, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Due == nil {
		return nil
	}
	if err != nil {
		return wrap("Settle", err)
	}
	t, err := s.threaded(ctx, host, d)
	if err != nil {
		return err
	}
	if d.State == Withdrawn {
		err = s.discard(ctx, host, d)
	} else {
		err = s.keepFiles(ctx, host, d)
	}
	if err != nil {
		return err
	}
	if d.State == Shown {
		if err := s.call(ctx, host, t, d); err != nil {
			return err
		}
	}
	if d.State == Shown && !d.Heard {
		if err := s.spread(ctx, host, t, d); err != nil {
			return err
		}
	}
	if err := s.tellDecision(ctx, host, t, d); err != nil {
		return err
	}
	// Whoever changed it meanwhile has left it due for the next run, which finds another revision here.
	_, err = s.posts.Update(ctx, host, id, func(now *Post) error {
		if now.Rev != d.Rev {
			return store.ErrKeep
		}
		now.Due, now.Told, now.Heard = nil, d.Decided, now.Heard || d.State == Shown
		if d.State == Shown {
			now.Added = nil
		}
		if d.State == Withdrawn {
			now.Files = []attachment.File{}
		}
		return nil
	})
	return wrap("Settle", gone(err))
}

// threaded makes the thread of a first post and brings the thread of any post up to date.
func (s *Service) threaded(ctx context.Context, host string, d Post) (Thread, error) {
	if d.Opens != nil {
		t := Thread{Meta: store.Meta{ID: d.ID}, Room: d.Room, About: d.Opens.About, Course: d.Opens.Course, Title: d.Opens.Title, Language: d.Language, Who: d.Who,
			Asks: d.Opens.Asks, Open: d.Opens.Asks, Posts: 1, Last: d.At, LastWho: d.Who, Created: d.At}
		if err := s.threads.Insert(ctx, host, t); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return t, wrap("threaded", err)
		}
	}
	t, err := s.threads.Update(ctx, host, d.Thread, func(t *Thread) error {
		if d.Number >= t.Posts {
			t.Posts, t.Last, t.LastWho = d.Number, later(t.Last, d.At), d.Who
		}
		if d.Opens != nil && d.Rev >= t.First {
			t.Title, t.Language, t.Hidden, t.First = d.Opens.Title, d.Language, d.State == Hidden, d.Rev
		}
		if d.State != Shown && t.Answer == d.Number && d.Rev > t.Accepted {
			t.refute()
		}
		return nil
	})
	if err != nil {
		return t, wrap("threaded", err)
	}
	// Who writes has the thread before her; and one follows where one writes.
	return t, s.setMark(ctx, host, d.Room, d.Thread, d.Who, func(m *Mark) error {
		m.Read = max(m.Read, d.Number)
		m.Follows = !m.Mute
		return nil
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// discard removes what a post said before, and its files.
func (s *Service) discard(ctx context.Context, host string, d Post) error {
	page, err := s.versions.Find(ctx, host, store.Query{Index: "byPost", Equal: []any{d.ID}, Limit: maxVersions})
	if err != nil {
		return wrap("discard", err)
	}
	for _, v := range page.Docs {
		if err := s.versions.Delete(ctx, host, v.ID); gone(err) != nil {
			return wrap("discard", err)
		}
	}
	for _, f := range d.Files {
		if err := s.files.Remove(ctx, host, f.ID); err != nil {
			return err
		}
	}
	return nil
}

// SettleDue does what follows from posts whose run died, removes files that belong to nothing and sends the letters that
// are due, in all organisations; the sweep calls it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	const some = 200
	now = now.UTC().Truncate(time.Millisecond).Add(time.Millisecond)
	posts, err := s.posts.Due(ctx, "byDue", now, some)
	errs := []error{err}
	for _, r := range posts {
		errs = append(errs, s.Settle(ctx, r.Org, r.ID))
	}
	errs = append(errs, s.files.Sweep(ctx, now, s.fileUsed))
	voices, err := s.voices.Due(ctx, "byDue", now, some)
	errs = append(errs, err)
	for _, r := range voices {
		errs = append(errs, s.Tell(ctx, r.Org, r.ID))
	}
	return wrap("SettleDue", errors.Join(errs...))
}
