package directory

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// What keeps machines away without a puzzle: a form is good from some seconds after it was shown until the next day, a
// network sends a few an hour, and an address gets a few letters a day.
const (
	formSoonest = 3 * time.Second
	formLives   = 24 * time.Hour
	formsAnHour = 5
	lettersADay = 3
	linkLives   = 30 * time.Minute
	keyLives    = time.Hour
	proofLives  = 7 * 24 * time.Hour
)

// Least is what asking by an address takes at least: writing a letter takes longer than finding nobody.
const Least = 250 * time.Millisecond

// link opens an entry from outside: a link once, its key for an hour. Its id is the digest of the secret.
type link struct {
	store.Meta `bson:",inline"`
	Entry      string    `bson:"entry"`
	Key        bool      `bson:"key"`
	Expires    time.Time `bson:"expires"`
}

// throttle counts what happened under one name until it expires.
type throttle struct {
	store.Meta `bson:",inline"`
	Count      int       `bson:"count"`
	Expires    time.Time `bson:"expires"`
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Form returns what a form says of when it was shown.
func (s *Service) Form() string {
	at := strconv.FormatInt(s.now().UnixMilli(), 10)
	return at + "." + s.hide("form", at)
}

// shown refuses a form that was not shown here, that was sent too soon, or that is old.
func (s *Service) shown(stamp string) error {
	at, mark, _ := strings.Cut(stamp, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !hmac.Equal([]byte(mark), []byte(s.hide("form", at))) {
		return fault.New(fault.Invalid, "directory.form", "this form is old; load it again")
	}
	switch age := s.now().Sub(time.UnixMilli(ms)); {
	case age < formSoonest:
		return fault.New(fault.TooMany, "directory.soon", "send it again in a moment").With("after", int(formSoonest/time.Second))
	case age > formLives:
		return fault.New(fault.Invalid, "directory.form", "this form is old; load it again")
	}
	return nil
}

// count counts something under a name, and returns how often it happened and when it is forgotten.
func (s *Service) count(ctx context.Context, name string, period time.Duration) (throttle, error) {
	now := s.now()
	id := s.hide("throttle", name)
	for {
		t, err := s.throttles.Update(ctx, id, func(t *throttle) error {
			if !t.Expires.After(now) {
				t.Count, t.Expires = 0, now.Add(period)
			}
			t.Count++
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return t, err
		}
		err = s.throttles.Insert(ctx, throttle{Meta: store.Meta{ID: id}, Expires: now.Add(period)})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return t, err
		}
	}
}

// admit counts a form of a network, or refuses it.
func (s *Service) admit(ctx context.Context, from people.Client) error {
	t, err := s.count(ctx, "network|"+from.Network(), time.Hour)
	if err == nil && t.Count > formsAnHour {
		after := int(t.Expires.Sub(s.now())/time.Second) + 1
		return fault.New(fault.TooMany, "directory.too_many", "too many forms from your network; try again in %d seconds", after).With("after", after)
	}
	return err
}

// Wish is what somebody from outside sends.
type Wish struct {
	Stamp   string // Form
	Trap    string // a field that people do not see
	Address string
	Locale  string
	Content Content
}

// Ask notes that somebody from outside wants to be listed, and writes to the address. The answer is the same whether the
// address is known or not, and to whoever fills in what people do not see. Faults: directory.form, directory.soon,
// directory.too_many, people.email and those of what the entry says.
func (s *Service) Ask(ctx context.Context, from people.Client, w Wish) error {
	normal, err := people.Address(w.Address)
	if err != nil {
		return err
	}
	if err := w.Content.check(); err != nil {
		return err
	}
	defer s.patience(ctx)()
	going, err := s.mayWrite(ctx, from, w.Stamp, w.Trap, normal)
	if err != nil || !going {
		return err
	}
	now := s.now()
	gone := now.Add(proofLives)
	e := Entry{Meta: store.Meta{ID: s.hide("entry", normal)}, Kind: Actor, State: StateUnproven, Edition: 1, Content: w.Content, Address: normal, Locale: known(w.Locale), Letter: "link", Due: &now, Asked: 1,
		Expires: &gone, Created: now, Updated: now}
	e.found()
	err = s.entries.Insert(ctx, e)
	if errors.Is(err, store.ErrDuplicate) { // who has an entry changes that one
		return s.remind(ctx, e.ID)
	}
	if err != nil {
		return wrap("Ask", err)
	}
	return s.settle(ctx, e.ID)
}

func known(locale string) string {
	if slices.Contains(lang.Locales(), locale) {
		return locale
	}
	return lang.Locales()[0]
}

// AskLink writes a link to the address of an entry, with which it can be changed or removed. The answer is always the same.
func (s *Service) AskLink(ctx context.Context, from people.Client, stamp, trap, address string) error {
	normal, err := people.Address(address)
	if err != nil {
		return err
	}
	defer s.patience(ctx)()
	going, err := s.mayWrite(ctx, from, stamp, trap, normal)
	if err != nil || !going {
		return err
	}
	return s.remind(ctx, s.hide("entry", normal))
}

// patience makes an answer take as long whether or not a letter is written.
func (s *Service) patience(ctx context.Context) func() {
	if s.c.Least == 0 {
		return func() {}
	}
	least := time.NewTimer(s.c.Least)
	return func() {
		select {
		case <-least.C:
		case <-ctx.Done():
		}
	}
}

// mayWrite reports whether a form may cause a letter.
func (s *Service) mayWrite(ctx context.Context, from people.Client, stamp, trap, normal string) (bool, error) {
	if err := s.shown(stamp); err != nil {
		return false, err
	}
	if err := s.admit(ctx, from); err != nil {
		return false, wrap("mayWrite", err)
	}
	if trap != "" {
		return false, nil // a machine: it is told that all went well
	}
	t, err := s.count(ctx, "address|"+normal, 24*time.Hour)
	return err == nil && t.Count <= lettersADay, wrap("mayWrite", err)
}

// remind writes another link to who has an entry; to others nothing.
func (s *Service) remind(ctx context.Context, id string) error {
	_, err := s.entries.Update(ctx, id, func(e *Entry) error {
		now := s.now()
		e.Asked++
		e.Letter, e.Due = "link", &now
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return wrap("remind", err)
	}
	return s.settle(ctx, id)
}

// settle writes the letter that is due to an entry from outside. It may be called several times, and be killed anywhere.
func (s *Service) settle(ctx context.Context, id string) error {
	e, err := s.entries.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Due == nil {
		return nil
	}
	if err != nil {
		return wrap("settle", err)
	}
	params := map[string]any{"title": e.Content.Name, "link": s.c.PublicURL + "/directory", "reason": e.Reason}
	if e.Letter == "link" {
		secret := s.c.NewSecret()
		if err := s.links.Insert(ctx, link{Meta: store.Meta{ID: digest(secret)}, Entry: id, Expires: s.now().Add(linkLives)}); err != nil {
			return wrap("settle", err)
		}
		params["link"] = s.c.PublicURL + "/directory/open/" + secret
	}
	letter := course.EventID("letter", "directory", id, e.Letter, strconv.FormatInt(e.Asked, 10), strconv.FormatInt(e.Edition, 10))
	if err := s.c.Mail.SendOnce(ctx, letter, e.Address, e.Locale, "directory_"+e.Letter, params); err != nil {
		return wrap("settle", err)
	}
	_, err = s.entries.Update(ctx, id, func(now *Entry) error {
		if now.Rev != e.Rev {
			return store.ErrKeep
		}
		now.Due, now.Letter = nil, ""
		return nil
	})
	return wrap("settle", err)
}

// opened returns the id of the entry that a link or a key opens.
func (s *Service) opened(ctx context.Context, secret string, key bool) (link, error) {
	l, err := s.links.Get(ctx, digest(secret))
	if errors.Is(err, store.ErrNotFound) || err == nil && (l.Key != key || !l.Expires.After(s.now())) {
		return link{}, fault.New(fault.Gone, "directory.link", "this link has been used or has expired")
	}
	return l, wrap("opened", err)
}

// Open uses a link: it proves the address of an entry, and returns the entry with a key that is good for an hour. Fault
// directory.link
func (s *Service) Open(ctx context.Context, secret string) (Entry, string, error) {
	l, err := s.opened(ctx, secret, false)
	if err != nil {
		return Entry{}, "", err
	}
	if err := s.links.Delete(ctx, l.ID); errors.Is(err, store.ErrNotFound) { // of two who use it at once, one is late
		return Entry{}, "", fault.New(fault.Gone, "directory.link", "this link has been used or has expired")
	} else if err != nil {
		return Entry{}, "", wrap("Open", err)
	}
	e, err := s.entries.Update(ctx, l.Entry, func(e *Entry) error {
		if e.State != StateUnproven {
			return store.ErrKeep
		}
		e.State, e.Expires = StateWaiting, nil
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return Entry{}, "", notFound()
	}
	if err != nil {
		return Entry{}, "", wrap("Open", err)
	}
	key := s.c.NewSecret()
	return e, key, wrap("Open", s.links.Insert(ctx, link{Meta: store.Meta{ID: digest(key)}, Entry: e.ID, Key: true, Expires: s.now().Add(keyLives)}))
}

// Keep changes an entry from outside by a key; an operator looks at it again. Fault directory.link
func (s *Service) Keep(ctx context.Context, key string, c Content) (Entry, error) {
	l, err := s.opened(ctx, key, true)
	if err != nil {
		return Entry{}, err
	}
	if err := c.check(); err != nil {
		return Entry{}, err
	}
	e, err := s.entries.Update(ctx, l.Entry, func(e *Entry) error {
		e.Content, e.State, e.Reason, e.Updated = c, StateWaiting, "", s.now()
		e.Edition++
		e.found()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return e, notFound()
	}
	return e, wrap("Keep", err)
}

// Leave removes an entry from outside by a key, with all that is known of it. Fault directory.link
func (s *Service) Leave(ctx context.Context, key string) error {
	l, err := s.opened(ctx, key, true)
	if err != nil {
		return err
	}
	for _, err := range []error{s.entries.Delete(ctx, l.Entry), s.links.Delete(ctx, l.ID)} {
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Leave", err)
		}
	}
	return nil
}

// Waiting lists the entries from outside in a state, the oldest first. Operators may.
func (s *Service) Waiting(ctx context.Context, by people.Actor, state, cursor string, limit int) (store.Page[Entry], error) {
	if err := by.MustOperate(); err != nil {
		return store.Page[Entry]{}, err
	}
	p, err := s.entries.Find(ctx, store.Query{Index: "byState", Equal: []any{state}, Where: map[string]any{"kind": Actor}, Cursor: cursor, Limit: limit})
	return p, wrap("Waiting", err)
}

// Decide lists an entry from outside, or does not and says why; who is listed can be taken out again. It is told by
// letter. Operators may. Faults: directory.state, directory.reason
func (s *Service) Decide(ctx context.Context, by people.Actor, id string, edition int64, yes bool, reason string) (Entry, error) {
	if err := by.MustOperate(); err != nil {
		return Entry{}, err
	}
	reason = strings.TrimSpace(reason)
	if !yes && (reason == "" || utf8.RuneCountInString(reason) > maxReason || !utf8.ValidString(reason)) {
		return Entry{}, invalid("reason", "directory.reason", "say why, in at most %d characters", maxReason).With("max", maxReason)
	}
	e, err := s.entries.Update(ctx, id, func(e *Entry) error {
		if e.Kind != Actor {
			return store.ErrNotFound
		}
		if edition != 0 && edition != e.Edition {
			return fault.New(fault.Stale, "directory.changed_elsewhere", "the entry has changed since you opened it")
		}
		if e.State == StateUnproven || e.State == StateListed && yes {
			return fault.New(fault.Conflict, "directory.state", "there is nothing to decide")
		}
		now := s.now()
		e.State, e.Letter, e.Reason, e.Due, e.Updated = StateRefused, "refused", reason, &now, now
		if yes {
			e.State, e.Letter, e.Reason = StateListed, "listed", ""
		}
		e.Edition++
		e.found()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return e, notFound()
	}
	if err != nil {
		return e, wrap("Decide", err)
	}
	return e, s.settle(ctx, id)
}

// Sweep writes letters whose run died, and forgets what has expired.
func (s *Service) Sweep(ctx context.Context, now time.Time) error {
	const some = 100
	due, err := s.entries.Find(ctx, store.Query{Index: "byDue", To: now, Limit: some})
	errs := []error{err}
	for _, e := range due.Docs {
		errs = append(errs, s.settle(ctx, e.ID))
	}
	asked, err := s.questions.Due(ctx, "byDue", now, some)
	errs = append(errs, err)
	for _, r := range asked {
		errs = append(errs, s.tell(ctx, r.Org, r.ID))
	}
	old, err := s.entries.Find(ctx, store.Query{Index: "byExpiry", To: now, Limit: some})
	errs = append(errs, err)
	for _, e := range old.Docs {
		errs = append(errs, s.entries.DeleteAt(ctx, e.ID, e.Rev))
	}
	links, err := s.links.Find(ctx, store.Query{Index: "byExpiry", To: now, Limit: some})
	errs = append(errs, err)
	for _, l := range links.Docs {
		errs = append(errs, s.links.Delete(ctx, l.ID))
	}
	throttles, err := s.throttles.Find(ctx, store.Query{Index: "byExpiry", To: now, Limit: some})
	errs = append(errs, err)
	for _, t := range throttles.Docs {
		errs = append(errs, s.throttles.DeleteAt(ctx, t.ID, t.Rev))
	}
	errs = slices.DeleteFunc(errs, func(err error) bool { return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) })
	return wrap("Sweep", errors.Join(errs...))
}
