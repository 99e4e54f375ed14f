package discussion

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

const maxReported = 20 // by one person within a day, in one room

// Report tells who leads a room that a post is wrong. It can be repeated; the newest words count. Faults:
// discussion.own_post, discussion.reported_much.
func (s *Service) Report(ctx context.Context, by people.Actor, p Place, id, kind, said string) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	d, err := s.post(ctx, r, id)
	if err != nil {
		return err
	}
	if _, err := s.thread(ctx, r, d.Thread); err != nil {
		return err
	}
	if !slices.Contains(ReportKinds(), kind) {
		return invalid("kind", "discussion.choice", "no such choice")
	}
	if said != "" {
		if said, err = words("words", said, maxReason); err != nil {
			return err
		}
	}
	switch {
	case d.Who == r.Voice.Who:
		return fault.New(fault.Conflict, "discussion.own_post", "this is your own post: you can take it back")
	case d.State != Shown:
		return fault.New(fault.Conflict, "discussion.not_shown", "this post was hidden or taken back")
	}
	now := s.now()
	n, err := s.reports.Count(ctx, r.Host, store.Query{Index: "byWho", Equal: []any{r.Voice.Who}, From: now.Add(-24 * time.Hour)}, maxReported)
	if err != nil {
		return wrap("Report", err)
	}
	if n >= maxReported {
		return fault.New(fault.TooMany, "discussion.reported_much", "at most %d reports a day", maxReported).With("max", maxReported)
	}
	w := Report{Meta: store.Meta{ID: join(id, r.Voice.Who)}, Room: r.Key, Post: id, Thread: d.Thread, Who: r.Voice.Who, Kind: kind, Words: said, State: ReportOpen, At: now}
	err = s.reports.Insert(ctx, r.Host, w)
	if errors.Is(err, store.ErrDuplicate) {
		_, err = s.reports.Update(ctx, r.Host, w.ID, func(d *Report) error {
			d.Kind, d.Words, d.State, d.Decided = kind, said, ReportOpen, nil
			return nil
		})
	}
	return wrap("Report", err)
}

// Reports lists reports in a state, the newest first, with their posts. Who leads may.
func (s *Service) Reports(ctx context.Context, by people.Actor, p Place, state, cursor string, limit int) ([]Report, Talk, string, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return nil, Talk{}, "", err
	}
	if !r.Leads {
		return nil, Talk{}, "", errForbidden
	}
	page, err := s.reports.Find(ctx, r.Host, store.Query{Index: "byState", Equal: []any{r.Key, state}, Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, Talk{}, "", wrap("Reports", err)
	}
	var posts []Post
	var whos []string
	for _, x := range page.Docs {
		whos = append(whos, x.Who)
		if slices.ContainsFunc(posts, func(d Post) bool { return d.ID == x.Post }) {
			continue
		}
		d, err := s.posts.Get(ctx, r.Host, x.Post)
		if gone(err) != nil {
			return nil, Talk{}, "", wrap("Reports", err)
		}
		if err == nil {
			posts = append(posts, d)
		}
	}
	t, err := s.talk(ctx, r, posts)
	if err != nil {
		return nil, t, "", err
	}
	names, err := s.names(ctx, r.Host, whos)
	for w, n := range names {
		t.Names[w] = n
	}
	return page.Docs, t, page.Next, err
}

// Hide hides a post with a reason, or shows it again; its author is told. Who leads may. Reports of it are decided.
func (s *Service) Hide(ctx context.Context, by people.Actor, p Place, id string, hide bool, reason string) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	if !r.Leads {
		return errForbidden
	}
	if _, err := s.post(ctx, r, id); err != nil {
		return err
	}
	if hide {
		if reason, err = words("reason", reason, maxReason); err != nil {
			return err
		}
	}
	want := Shown
	if hide {
		want = Hidden
	}
	changed := false
	_, err = s.posts.Update(ctx, r.Host, id, func(d *Post) error {
		changed = false
		if d.State == Withdrawn {
			return fault.New(fault.Conflict, "discussion.not_shown", "this post was taken back")
		}
		if d.State == want {
			return store.ErrKeep
		}
		now := s.now()
		changed = true
		d.State, d.Reason, d.Decided, d.Due = want, reason, &now, &now
		d.Terms = []string{}
		if !hide {
			title := ""
			if d.Opens != nil {
				title = d.Opens.Title
			}
			d.Reason, d.Terms = "", terms(r.Key, d.Language, title, d.Words)
		}
		return nil
	})
	if err != nil {
		return wrap("Hide", err)
	}
	if changed && hide {
		err = s.c.People.Note(ctx, r.Host, by, "discussion.hidden", id, reason)
	} else if changed {
		err = s.c.People.Note(ctx, r.Host, by, "discussion.restored", id, "")
	}
	if err != nil {
		return wrap("Hide", err)
	}
	state := ReportKept
	if hide {
		state = ReportHidden
	}
	if err := s.decide(ctx, r, id, state); err != nil {
		return err
	}
	return s.follow(ctx, r.Host, id)
}

// Keep decides that a reported post stays. Who leads may.
func (s *Service) Keep(ctx context.Context, by people.Actor, p Place, id string) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	if !r.Leads {
		return errForbidden
	}
	if _, err := s.post(ctx, r, id); err != nil {
		return err
	}
	if err := s.decide(ctx, r, id, ReportKept); err != nil {
		return err
	}
	return wrap("Keep", s.c.People.Note(ctx, r.Host, by, "discussion.kept", id, ""))
}

// decide closes the reports of a post.
func (s *Service) decide(ctx context.Context, r Room, post, state string) error {
	for cursor := ""; ; {
		page, err := s.reports.Find(ctx, r.Host, store.Query{Index: "byPost", Equal: []any{post, ReportOpen}, Cursor: cursor, Limit: 200})
		if err != nil {
			return wrap("decide", err)
		}
		now := s.now()
		for _, x := range page.Docs {
			_, err := s.reports.Update(ctx, r.Host, x.ID, func(d *Report) error { d.State, d.Decided = state, &now; return nil })
			if gone(err) != nil {
				return wrap("decide", err)
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

// tellDecision writes to the author of a post that it was hidden or is shown again, once for each decision.
func (s *Service) tellDecision(ctx context.Context, host string, t Thread, d Post) error {
	if d.Decided == nil || d.Told != nil && d.Told.Equal(*d.Decided) || d.State == Withdrawn {
		return nil
	}
	letter := "talk_restored"
	if d.State == Hidden {
		letter = "talk_hidden"
	}
	v, known, err := s.behind(ctx, host, d.Who)
	if err != nil || len(known.Organisations) == 0 { // erased, or of no town any more
		return err
	}
	place, err := ParsePlace(d.Room)
	if err != nil {
		return err
	}
	return wrap("tellDecision", s.c.Mail.SendOnce(ctx, letterID(d.ID, v.Who, strconv.FormatInt(d.Decided.UnixMilli(), 10)), known.Address, known.Locale, letter,
		map[string]any{"name": known.Name, "title": d.title(t), "reason": d.Reason, "link": s.c.PublicURL + place.path() + "/" + d.Thread}))
}

// title is what a post's thread is called, also while it is hidden.
func (d *Post) title(t Thread) string {
	if d.Opens != nil {
		return d.Opens.Title
	}
	return t.Title
}

// behind returns who stands behind a Who, with no id if nobody does any more.
func (s *Service) behind(ctx context.Context, host, who string) (Voice, people.Known, error) {
	p, err := s.voices.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{who}, Limit: 2})
	if err != nil {
		return Voice{}, people.Known{}, wrap("behind", err)
	}
	for _, v := range p.Docs {
		if v.Name == "" {
			return v, people.Known{}, nil
		}
	}
	if len(p.Docs) == 0 {
		return Voice{}, people.Known{}, nil
	}
	known, err := s.c.People.Known(ctx, p.Docs[0].Person)
	if fault.KindOf(err) == fault.NotFound {
		return p.Docs[0], people.Known{}, nil
	}
	return p.Docs[0], known, err
}
