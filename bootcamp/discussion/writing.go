package discussion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Writing is what somebody sends.
type Writing struct {
	Key      string // of hers: sending it again stores it once
	Words    string // Markdown; who is mentioned stands there as @Name
	Language string
	Mentions []Mention
	Files    []string
	Re       int // number of the post that it answers

	About  string // of a new thread: session.<id>, lesson.<id>, or ""
	Course string // of the lesson
	Title  string
	Asks   bool
}

// tidy refuses what cannot be said.
func (w *Writing) tidy(opens bool) (err error) {
	if w.Words, err = words("words", w.Words, maxWords); err != nil {
		return err
	}
	if w.Language, err = tag(w.Language); err != nil {
		return err
	}
	if len(w.Mentions) > maxMentions {
		return invalid("mentions", "discussion.mentions", "at most %d people are mentioned", maxMentions).With("max", maxMentions)
	}
	if len(w.Files) > maxFiles {
		return invalid("files", "discussion.files", "at most %d files", maxFiles).With("max", maxFiles)
	}
	if w.Key == "" || len(w.Key) > 64 {
		return invalid("key", "discussion.key", "a key has 1 to 64 characters")
	}
	if opens {
		if w.Title, err = line("title", w.Title); err != nil {
			return err
		}
	}
	return nil
}

// words tidies a text of several lines, which must hold something.
func words(path, s string, most int) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	long := invalid(path, "discussion.long", "at most %d characters", most).With("max", most)
	if !utf8.ValidString(s) {
		return "", long
	}
	s = strings.Map(func(r rune) rune {
		if r == markBegin || r == markEnd { // they stand for mentions
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "", invalid(path, "discussion.empty", "there is nothing in it")
	}
	if strings.ContainsRune(s, 0) || utf8.RuneCountInString(s) > most {
		return "", long
	}
	return s, nil
}

func line(path, s string) (string, error) {
	return words(path, strings.Join(strings.Fields(s), " "), maxTitle)
}

// tag checks in which language words are, so that screen readers pronounce them.
func tag(s string) (string, error) {
	t, err := language.Parse(s)
	if err != nil || s == "" || len(s) > 20 {
		return "", invalid("language", "discussion.language", "a language is tagged as in de or pt-BR (BCP 47)")
	}
	return t.String(), nil
}

// Begin opens a thread. Who may write in the room may.
func (s *Service) Begin(ctx context.Context, by people.Actor, p Place, w Writing) (Thread, Post, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Thread{}, Post{}, err
	}
	if err := first(r.writes(), w.tidy(true)); err != nil {
		return Thread{}, Post{}, err
	}
	if err := s.about(ctx, by, r, w); err != nil {
		return Thread{}, Post{}, err
	}
	id := course.EventID("talk", r.Key, r.Voice.Who, w.Key)
	post, err := s.store(ctx, by, r, Post{Meta: store.Meta{ID: id}, Thread: id, Number: 1,
		Opens: &Opening{About: w.About, Course: w.Course, Title: w.Title, Asks: w.Asks}}, w)
	if err != nil {
		return Thread{}, post, err
	}
	t, err := s.threads.Get(ctx, r.Host, post.Thread)
	return t, post, wrap("Begin", err)
}

// about refuses a session or a lesson that is not there for the cohort.
func (s *Service) about(ctx context.Context, by people.Actor, r Room, w Writing) error {
	kind, id, _ := strings.Cut(w.About, ".")
	none := invalid("about", "discussion.about", "there is no such session or lesson")
	switch {
	case w.About == "":
		return nil
	case r.Place.Practice != "" || id == "" || len(id) > 64:
		return none
	case kind == "session":
		e, err := s.c.Cohorts.Planned(ctx, r.Host, id)
		if fault.KindOf(err) == fault.NotFound || err == nil && e.Cohort != r.Place.Cohort {
			return none
		}
		return err
	case kind == "lesson":
		offer, err := s.c.Courses.Offer(ctx, by, w.Course)
		if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden {
			return none
		}
		if err != nil {
			return err
		}
		for _, m := range offer.Outline {
			for _, l := range m.Lessons {
				if l.ID == id {
					return nil
				}
			}
		}
	}
	return none
}

// Say adds a post to a thread.
func (s *Service) Say(ctx context.Context, by people.Actor, p Place, thread string, w Writing) (Post, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Post{}, err
	}
	if err := first(r.writes(), w.tidy(false)); err != nil {
		return Post{}, err
	}
	t, err := s.thread(ctx, r, thread)
	if err != nil {
		return Post{}, err
	}
	if t.Closed && !r.Leads {
		return Post{}, fault.New(fault.Conflict, "discussion.closed", "a facilitator has closed this thread")
	}
	if w.Re < 0 || w.Re > t.Posts {
		w.Re = 0
	}
	return s.store(ctx, by, r, Post{Meta: store.Meta{ID: course.EventID("talk", t.ID, r.Voice.Who, w.Key)}, Thread: t.ID, Number: t.Posts + 1, Re: w.Re}, w)
}

// thread returns a thread of a room; one that is hidden only to its author and to who leads.
func (s *Service) thread(ctx context.Context, r Room, id string) (Thread, error) {
	t, err := s.threads.Get(ctx, r.Host, id)
	if err == nil && (t.Room != r.Key || t.Hidden && !r.Leads && t.Who != r.Voice.Who) {
		err = store.ErrNotFound
	}
	return t, wrap("thread", orGone(err, "thread", id))
}

// store keeps a post, once for each key of who sends it, and does what follows from it.
func (s *Service) store(ctx context.Context, by people.Actor, r Room, d Post, w Writing) (Post, error) {
	if old, err := s.posts.Get(ctx, r.Host, d.ID); err == nil {
		return old, s.follow(ctx, r.Host, old.ID) // sent again
	} else if !errors.Is(err, store.ErrNotFound) {
		return Post{}, wrap("store", err)
	}
	if err := s.pace(ctx, r); err != nil {
		return Post{}, err
	}
	if !r.Voice.Spoke {
		if _, err := s.voices.Update(ctx, r.Host, r.Voice.ID, func(v *Voice) error { v.Spoke = true; return nil }); err != nil {
			return Post{}, wrap("store", err)
		}
	}
	now := s.now()
	d.Room, d.Who, d.Leads, d.Language, d.Version, d.State, d.At, d.Due = r.Key, r.Voice.Who, r.Leads, w.Language, 1, Shown, now, &now
	var err error
	if d.Words, d.Mentions, err = s.mention(ctx, r, w.Words, w.Mentions); err != nil {
		return Post{}, err
	}
	if d.Files, err = s.attach(ctx, r, d.ID, w.Files); err != nil {
		return Post{}, err
	}
	title := ""
	if d.Opens != nil {
		title = d.Opens.Title
	}
	d.Terms = terms(r.Key, d.Language, title, d.Words)
	for {
		if d.Number > maxPosts {
			return Post{}, fault.New(fault.Conflict, "discussion.full", "a thread has at most %d posts; begin a new one", maxPosts).With("max", maxPosts)
		}
		err := s.posts.Insert(ctx, r.Host, d)
		if err == nil {
			return d, s.follow(ctx, r.Host, d.ID)
		}
		if !errors.Is(err, store.ErrDuplicate) {
			return Post{}, wrap("store", err)
		}
		if old, err := s.posts.Get(ctx, r.Host, d.ID); err == nil {
			return old, s.follow(ctx, r.Host, old.ID) // sent twice at once
		} else if !errors.Is(err, store.ErrNotFound) {
			return Post{}, wrap("store", err)
		}
		d.Number++ // somebody else was quicker
	}
}

// How much one person may write in a room.
const (
	paceIn    = 5 * time.Minute
	paceMost  = 10
	paceDaily = 150
)

// pace refuses what comes too fast, and says when it may come. fault discussion.too_fast
func (s *Service) pace(ctx context.Context, r Room) error {
	now := s.now()
	for _, x := range []struct {
		in   time.Duration
		most int
	}{{paceIn, paceMost}, {24 * time.Hour, paceDaily}} {
		page, err := s.posts.Find(ctx, r.Host, store.Query{Index: "byWho", Equal: []any{r.Voice.Who}, From: now.Add(-x.in), Limit: x.most})
		if err != nil {
			return wrap("pace", err)
		}
		if len(page.Docs) >= x.most {
			after := int(page.Docs[0].At.Add(x.in).Sub(now)/time.Second) + 1
			return fault.New(fault.TooMany, "discussion.too_fast", "at most %d posts in %d minutes; try again in %d seconds", x.most, int(x.in.Minutes()), after).
				With("max", x.most).With("minutes", int(x.in.Minutes())).With("after", after)
		}
	}
	return nil
}

// Edit changes the words of the actor's own post; what it said before is kept. rev is the version that she has read.
func (s *Service) Edit(ctx context.Context, by people.Actor, p Place, id string, rev int, w Writing) (Post, error) {
	w.Key = "edit"
	r, d, err := s.own(ctx, by, p, id)
	if err != nil {
		return Post{}, err
	}
	opens := d.Opens != nil
	if err := first(r.writes(), w.tidy(opens)); err != nil {
		return Post{}, err
	}
	said, err := s.still(ctx, r, d, w.Words)
	if err != nil {
		return Post{}, err
	}
	said, mentions, err := s.mention(ctx, r, said, w.Mentions)
	if err != nil {
		return Post{}, err
	}
	if d.Version >= maxVersions {
		return Post{}, fault.New(fault.Conflict, "discussion.versions", "a post is changed at most %d times", maxVersions).With("max", maxVersions)
	}
	since := d.At
	if d.Edited != nil {
		since = *d.Edited
	}
	err = s.versions.Insert(ctx, r.Host, Version{Meta: store.Meta{ID: versionID(id, d.Version)}, Post: id, Number: d.Version, Words: d.Words, Language: d.Language, At: since})
	if err != nil && !errors.Is(err, store.ErrDuplicate) {
		return Post{}, wrap("Edit", err)
	}
	was := d.Version
	d, err = s.posts.Update(ctx, r.Host, id, func(d *Post) error {
		if rev != 0 && rev != d.Version || d.Version != was {
			return fault.New(fault.Stale, "discussion.changed_elsewhere", "you have changed this elsewhere since you opened it")
		}
		if d.State != Shown {
			return fault.New(fault.Conflict, "discussion.not_shown", "this post was hidden or taken back")
		}
		now := s.now()
		title := ""
		if d.Opens != nil {
			o := *d.Opens
			o.Title, title = w.Title, w.Title
			d.Opens = &o
		}
		d.Words, d.Language, d.Version, d.Edited, d.Due = said, w.Language, d.Version+1, &now, &now
		for _, m := range mentions {
			if !slices.Contains(d.Mentions, m) {
				d.Mentions, d.Added = append(d.Mentions, m), append(d.Added, m)
			}
		}
		d.Terms = terms(r.Key, d.Language, title, d.Words)
		return nil
	})
	if err != nil {
		return d, wrap("Edit", err)
	}
	return d, s.follow(ctx, r.Host, id)
}

// Withdraw takes the actor's own post back: its words, what it said before and its files go; that it was there stays.
func (s *Service) Withdraw(ctx context.Context, by people.Actor, p Place, id string) error {
	r, _, err := s.own(ctx, by, p, id)
	if err != nil {
		return err
	}
	_, err = s.posts.Update(ctx, r.Host, id, func(d *Post) error {
		now := s.now()
		d.State, d.Words, d.Reason, d.Terms, d.Mentions, d.Added, d.Edited, d.Due = Withdrawn, "", "", []string{}, []string{}, nil, &now, &now
		if d.Opens != nil {
			o := *d.Opens
			o.Title = ""
			d.Opens = &o
		}
		return nil
	})
	if err != nil {
		return wrap("Withdraw", err)
	}
	return s.follow(ctx, r.Host, id)
}

func versionID(post string, number int) string { return join(post, itoa(number)) }

// post returns a post of a room.
func (s *Service) post(ctx context.Context, r Room, id string) (Post, error) {
	d, err := s.posts.Get(ctx, r.Host, id)
	if err == nil && d.Room != r.Key {
		err = store.ErrNotFound
	}
	return d, wrap("post", orGone(err, "post", id))
}

// own returns a post to who wrote it.
func (s *Service) own(ctx context.Context, by people.Actor, p Place, id string) (Room, Post, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return r, Post{}, err
	}
	d, err := s.post(ctx, r, id)
	if err == nil && d.Who != r.Voice.Who {
		err = errForbidden
	}
	return r, d, err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
