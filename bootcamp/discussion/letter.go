package discussion

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Digest is a letter that is being written to somebody. It is stored before it is sent, so that a run that died sends the
// same one, which the post takes once, and notes what it has told.
type Digest struct {
	ID    string `bson:"id"`
	Bell  int64  `bson:"bell"` // of her voice when it was written
	Items []Item `bson:"items"`
}

// Item is a thread in a letter.
type Item struct {
	Thread string `bson:"thread"`
	Title  string `bson:"title"`
	To     int    `bson:"to"` // highest number that it tells of
	New    int    `bson:"new"`
	Named  bool   `bson:"named"`
	Calls  []int  `bson:"calls,omitempty"` // posts in which she is named since they were edited
}

const (
	maxItems = 20
	dawn     = 7 // o'clock, of daily letters
)

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// spread notes that a post is new to who follows its thread or is named in it.
func (s *Service) spread(ctx context.Context, host string, t Thread, d Post) error {
	done := map[string]bool{d.Who: true}
	tell := func(who string, named bool) error {
		if done[who] {
			return nil
		}
		done[who] = true
		return s.ring(ctx, host, t, d, who, named)
	}
	for _, who := range d.Mentions {
		if err := tell(who, true); err != nil {
			return err
		}
	}
	var whos []string
	err := s.marks.Each(ctx, host, store.Query{Index: "byFollows", Equal: []any{t.ID, true}}, func(m Mark) error { whos = append(whos, m.Who); return nil })
	if err != nil {
		return wrap("spread", err)
	}
	err = s.voices.Each(ctx, host, store.Query{Index: "byAll", Equal: []any{d.Room, true}}, func(v Voice) error { whos = append(whos, v.Who); return nil })
	if err != nil {
		return wrap("spread", err)
	}
	for _, who := range whos {
		if err := tell(who, false); err != nil {
			return err
		}
	}
	return nil
}

// call notes that somebody is named in a post since it was edited, also if she has read it before, and plans a letter to
// her: once for each post.
func (s *Service) call(ctx context.Context, host string, t Thread, d Post) error {
	for _, who := range d.Added {
		if who == d.Who {
			continue
		}
		v, ok, err := s.called(ctx, host, who)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		err = s.setMark(ctx, host, d.Room, t.ID, who, func(m *Mark) error {
			if slices.Contains(m.Called, d.Number) {
				return store.ErrKeep
			}
			if m.News == nil {
				m.News = d.Edited
			}
			m.Calls, m.Called = append(m.Calls, d.Number), append(m.Called, d.Number)
			return nil
		})
		if err != nil {
			return err
		}
		if err := s.planned(ctx, host, v); err != nil {
			return err
		}
	}
	return nil
}

// called returns somebody's voice; false if nobody is behind it any more.
func (s *Service) called(ctx context.Context, host, who string) (Voice, bool, error) {
	page, err := s.voices.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{who}, Limit: 1})
	if err != nil || len(page.Docs) == 0 || page.Docs[0].Name == "" {
		return Voice{}, false, wrap("called", err)
	}
	return page.Docs[0], true, nil
}

// planned plans a letter to somebody to whom something is new.
func (s *Service) planned(ctx context.Context, host string, v Voice) error {
	if v.Mail == MailNever {
		return nil
	}
	due, err := s.plan(ctx, v)
	if err != nil {
		return err
	}
	_, err = s.voices.Update(ctx, host, v.ID, func(v *Voice) error {
		if v.Bell++; v.Due == nil {
			v.Due = due
		}
		return nil
	})
	return wrap("planned", gone(err))
}

// ring notes that a post is new to somebody, and plans a letter to her.
func (s *Service) ring(ctx context.Context, host string, t Thread, d Post, who string, named bool) error {
	v, ok, err := s.called(ctx, host, who)
	if err != nil || !ok {
		return err
	}
	isNew := false
	err = s.setMark(ctx, host, d.Room, t.ID, who, func(m *Mark) error {
		if isNew = m.Told < d.Number && m.Read < d.Number && (named || !m.Mute); !isNew {
			return store.ErrKeep
		}
		if m.News == nil {
			m.News = &d.At
		}
		m.Named, m.Newest = m.Named || named, max(m.Newest, d.Number)
		return nil
	})
	if err != nil || !isNew {
		return err
	}
	return s.planned(ctx, host, v)
}

// plan returns when somebody is written to next; nil for never.
func (s *Service) plan(ctx context.Context, v Voice) (*time.Time, error) {
	now := s.now()
	switch v.Mail {
	case MailNever:
		return nil, nil //nolint:nilnil // there is no such time
	case MailAtOnce:
		return &now, nil
	}
	o, err := s.c.People.Organisation(ctx, v.Town)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	zone, err := o.Location()
	if err != nil {
		return nil, err
	}
	here := now.In(zone)
	next := time.Date(here.Year(), here.Month(), here.Day(), dawn, 0, 0, 0, zone)
	if !next.After(now) {
		next = time.Date(here.Year(), here.Month(), here.Day()+1, dawn, 0, 0, 0, zone)
	}
	next = next.UTC()
	return &next, nil
}

// Tell writes to somebody what is new to her, if that is due. It may be called at any time and several times, and be
// killed anywhere: she is told once.
func (s *Service) Tell(ctx context.Context, host, id string) error {
	v, err := s.voices.Get(ctx, host, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (v.Due == nil || v.Due.After(s.now())) {
		return nil
	}
	if err != nil {
		return wrap("Tell", err)
	}
	place, err := ParsePlace(v.Room)
	if err != nil {
		return err
	}
	known, err := s.c.People.Known(ctx, v.Person)
	here := err == nil && v.Mail != MailNever
	if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	if err == nil && here {
		here, err = s.reads(ctx, host, place, v, known.Organisations)
	}
	if err != nil {
		return err
	}
	if !here {
		_, err := s.voices.Update(ctx, host, id, func(v *Voice) error { v.Due, v.Letter = nil, nil; return nil })
		return wrap("Tell", gone(err))
	}
	if v.Letter == nil {
		if v, err = s.compose(ctx, host, v); err != nil || v.Letter == nil {
			return err
		}
	}
	if err := s.send(ctx, host, place, v, known.Name, known.Address, known.Locale); err != nil {
		return err
	}
	for _, i := range v.Letter.Items {
		err := s.setMark(ctx, host, v.Room, i.Thread, v.Who, func(m *Mark) error {
			if m.Told < i.To {
				m.Told = i.To
			}
			m.Calls = slices.DeleteFunc(m.Calls, func(n int) bool { return slices.Contains(i.Calls, n) })
			if m.Newest <= i.To && len(m.Calls) == 0 { // else something came while the letter was on its way
				m.News, m.Named = nil, false
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.sent(ctx, host, v)
}

// reads reports whether somebody may read a room for the town for which she is in it.
func (s *Service) reads(ctx context.Context, host string, p Place, v Voice, towns []string) (bool, error) {
	if p.Practice != "" {
		return len(towns) > 0, nil
	}
	town, err := s.c.Cohorts.Insider(ctx, host, p.Cohort, v.Person)
	return town != "", err
}

// compose stores the letter that somebody is to get; without anything to tell there is none.
func (s *Service) compose(ctx context.Context, host string, v Voice) (Voice, error) {
	d := &Digest{ID: letterID(v.Who, v.Due.Format(time.RFC3339Nano), itoa(int(v.Bell))), Bell: v.Bell}
	for cursor := ""; len(d.Items) < maxItems; {
		page, err := s.marks.Find(ctx, host, store.Query{Index: "byNews", Equal: []any{v.Who}, Cursor: cursor, Limit: maxItems})
		if err != nil {
			return v, wrap("compose", err)
		}
		for _, m := range page.Docs {
			if len(d.Items) == maxItems {
				break
			}
			t, err := s.threads.Get(ctx, host, m.Thread)
			if gone(err) != nil {
				return v, wrap("compose", err)
			}
			n := max(t.Posts-max(m.Read, m.Told), len(m.Calls))
			if err != nil || t.Hidden || n <= 0 || t.Title == "" {
				err := s.setMark(ctx, host, m.Room, m.Thread, v.Who, func(m *Mark) error { m.News, m.Named, m.Calls = nil, false, nil; return nil })
				if err != nil {
					return v, err
				}
				continue
			}
			d.Items = append(d.Items, Item{t.ID, t.Title, t.Posts, n, m.Named || len(m.Calls) > 0, m.Calls})
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	rev := v.Rev
	v, err := s.voices.Update(ctx, host, v.ID, func(v *Voice) error {
		switch {
		case v.Rev != rev: // something is new again: the next run writes it
			return store.ErrKeep
		case len(d.Items) == 0:
			v.Due = nil
		default:
			v.Letter = d
		}
		return nil
	})
	return v, wrap("compose", gone(err))
}

// send posts a letter that was composed.
func (s *Service) send(ctx context.Context, host string, p Place, v Voice, name, to, locale string) error {
	var place string
	if p.Practice != "" {
		card, err := s.c.Practices.Card(ctx, p.Practice)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		place, _ = card.Content.Title.In(append([]string{locale}, card.Content.Languages...)...)
	} else {
		title, cohort, err := s.c.Cohorts.Called(ctx, host, p.Bootcamp, p.Cohort)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		place, _ = title.In(locale)
		place += ", " + cohort
	}
	var lines []string
	for _, i := range v.Letter.Items {
		key := "mail.talk_news.line"
		if i.Named {
			key = "mail.talk_news.named"
		}
		lines = append(lines, s.c.Say(locale, key, map[string]any{"count": i.New, "title": i.Title})+"\n"+s.c.PublicURL+p.path()+"/"+i.Thread)
	}
	stop := s.c.Secret(v.Who)
	return wrap("send", s.c.Mail.SendOnce(ctx, v.Letter.ID, to, locale, "talk_news", map[string]any{"name": name, "place": place, "list": strings.Join(lines, "\n\n"),
		"link": s.c.PublicURL + p.path(), "end": s.c.PublicURL + "/letters/end/" + stop, "unsubscribe": s.c.PublicURL + "/api/v1/letters/end/" + stop}))
}

// sent plans what comes next: what was new while the letter was written comes with the next one.
func (s *Service) sent(ctx context.Context, host string, v Voice) error {
	next, err := s.plan(ctx, v)
	if err != nil {
		return err
	}
	_, err = s.voices.Update(ctx, host, v.ID, func(now *Voice) error {
		if now.Letter == nil || now.Letter.ID != v.Letter.ID {
			return store.ErrKeep
		}
		now.Due = nil
		if now.Bell != v.Letter.Bell || len(v.Letter.Items) == maxItems {
			now.Due = next
		}
		now.Letter = nil
		return nil
	})
	return wrap("sent", gone(err))
}

// End ends letters about a room by the secret that stands in each of them; nobody has to sign in. It can be repeated.
// fault discussion.no_letters
func (s *Service) End(ctx context.Context, secret string) error {
	page, err := s.voices.Across(ctx, store.Query{Index: "ofStop", Equal: []any{digest(secret)}, Limit: 1})
	if err != nil {
		return wrap("End", err)
	}
	if len(page.Docs) == 0 {
		return fault.New(fault.NotFound, "discussion.no_letters", "this address does not end any letters")
	}
	_, err = s.voices.Update(ctx, page.Docs[0].Org, page.Docs[0].Doc.ID, func(v *Voice) error { v.Mail = MailNever; return nil })
	return wrap("End", gone(err))
}
