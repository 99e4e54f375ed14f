// Package mail sends letters: by SMTP, or, while no SMTP server is named, into a folder that the operator can read.
//
// A letter is a document before it is sent, so a restart loses none; the document says when it is due again. A letter
// that cannot be delivered is tried for two days and then stays as failed, with the reason.
package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"time"

	"palestra/internal/lang"
	"palestra/internal/store"
)

// States of a letter.
const (
	Due    = "due"    // to be sent at Due
	Sent   = "sent"   // accepted by the SMTP server
	Kept   = "kept"   // no SMTP server: it stays here for the operator
	Failed = "failed" // given up
)

const (
	lives      = 90 * 24 * time.Hour // then the letter is deleted
	giveUp     = 48 * time.Hour
	lease      = 2 * time.Minute // a sender that dies leaves its letter to the next after this time
	firstPause = time.Minute
)

// Letter is one e-mail. Its links open doors, so only operators read it, and it is deleted after 90 days.
type Letter struct {
	store.Meta `bson:",inline"`
	To         string    `bson:"to"`
	Address    string    `bson:"address,omitempty"` // To, as it is looked for
	Locale     string    `bson:"locale"`
	Kind       string    `bson:"kind"`
	Subject    string    `bson:"subject"`
	Text       string    `bson:"text"`              // with {{by}} where By stands
	By         string    `bson:"by,omitempty"`      // name of whoever caused it; "": the text names nobody, or no longer
	Cause      string    `bson:"cause,omitempty"`   // word that stands for her, by which Unname finds it
	Instead    string    `bson:"instead,omitempty"` // what the text says once it may no longer name her
	With       []Part    `bson:"with,omitempty"`
	End        string    `bson:"end,omitempty"` // where a mail program ends letters of this kind by one POST (RFC 8058)
	State      string    `bson:"state"`
	Due        time.Time `bson:"due"`
	Attempts   int       `bson:"attempts"`
	Reason     string    `bson:"reason"` // of the last failure
	Created    time.Time `bson:"created"`
	Expires    time.Time `bson:"expires"`
}

// Part is another form of a letter's text, for programs: an iCalendar message (RFC 6047 §2).
type Part struct {
	Type string `bson:"type"` // media type with its parameters
	Data []byte `bson:"data"`
	Name string `bson:"name,omitempty"` // of the file that it is; "" is another form of the whole text
}

// Carrier takes a letter to its reader.
type Carrier interface {
	Carry(ctx context.Context, l Letter) error
}

// Config is what the post needs. Without a Carrier letters are kept.
type Config struct {
	DB      *store.DB
	Texts   *lang.Catalogue
	Carrier Carrier
	Folder  string // where letters are kept as .eml files while there is no Carrier; "" for nowhere
	Now     func() time.Time
	NewID   func() string
	Ring    func(ctx context.Context, letter string) error // tells a worker that a letter is due; nil for the sweep alone
	Log     *slog.Logger
}

// Post takes letters.
type Post struct {
	c       Config
	letters *store.Global[Letter]
}

// New returns the post.
func New(c Config) (*Post, error) {
	letters, err := store.NewGlobal[Letter](c.DB, "letters", 1,
		store.On("byDue", store.Str("state"), store.Time("due")),
		store.On("byCreated", store.Time("created")),
		store.On("byExpiry", store.Time("expires")),
		store.On("byAddress", store.Str("address")).AsSparse(),
		store.On("byCause", store.Str("cause")).AsSparse())
	return &Post{c: c, letters: letters}, err
}

func (p *Post) now() time.Time { return p.c.Now().UTC().Truncate(time.Millisecond) }

// Send writes a letter in the reader's language: subject and text are the sentences mail.<letter>.subject and .text.
// Params that name who caused it (by) say with cause, a word that stands for her, and town that Unname can take the name
// out again. unsubscribe is where a mail program ends letters of this kind.
func (p *Post) Send(ctx context.Context, to, locale, letter string, params map[string]any) error {
	return p.SendOnce(ctx, p.c.NewID(), to, locale, letter, params)
}

// SendOnce is Send for a letter whose id follows from why it is written: while it is kept, no second one is sent.
func (p *Post) SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error {
	return p.SendWith(ctx, id, to, locale, letter, params, nil)
}

// SendWith is SendOnce for a letter with other forms of its text.
func (p *Post) SendWith(ctx context.Context, id, to, locale, letter string, params map[string]any, with []Part) error {
	now := p.now()
	end, _ := params["unsubscribe"].(string)
	l := Letter{End: end, Meta: store.Meta{ID: id}, To: to, Address: normal(to), Locale: p.c.Texts.Match(locale), Kind: letter, State: Due, Due: now, Created: now, Expires: now.Add(lives), With: with}
	if cause, _ := params["cause"].(string); cause != "" {
		l.Cause, l.Instead = cause, fmt.Sprint(params["town"])
		l.By, _ = params["by"].(string)
		params = maps.Clone(params)
		params["by"] = byMark // filled when it is read, so that the name can go
	}
	l.Subject = p.c.Texts.T(l.Locale, "mail."+letter+".subject", params)
	l.Text = p.c.Texts.T(l.Locale, "mail."+letter+".text", params)
	if p.c.Carrier == nil {
		l.State = Kept
	}
	if err := p.letters.Insert(ctx, l); errors.Is(err, store.ErrDuplicate) {
		return nil // written before: the sweep sends it
	} else if err != nil {
		return fmt.Errorf("mail.Send: %w", err)
	}
	if l.State == Kept && p.c.Folder != "" {
		if err := keep(p.c.Folder, l.whole()); err != nil {
			p.c.Log.Warn("a letter is not in the folder; the operator's page has it", "letter", l.ID, "error", err)
		}
	}
	if p.c.Carrier != nil && p.c.Ring != nil {
		if err := p.c.Ring(ctx, l.ID); err != nil {
			p.c.Log.Warn("bell not rung; the sweep will", "kind", "mail", "error", err)
		}
	}
	return nil
}

// Deliver sends one letter if it is due. Running twice sends once, unless the first run died between the SMTP server's
// word and ours.
func (p *Post) Deliver(ctx context.Context, id string) error {
	if p.c.Carrier == nil {
		return nil
	}
	now := p.now()
	mine := false
	l, err := p.letters.Update(ctx, id, func(l *Letter) error {
		if mine = l.State == Due && !l.Due.After(now); !mine {
			return store.ErrKeep
		}
		l.Due = now.Add(lease)
		l.Attempts++
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !mine {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mail.Deliver: %w", err)
	}
	sendErr := p.c.Carrier.Carry(ctx, l.whole())
	_, err = p.letters.Update(ctx, id, func(l *Letter) error {
		switch {
		case sendErr == nil:
			l.State, l.Reason = Sent, ""
		case now.Sub(l.Created) > giveUp:
			l.State, l.Reason = Failed, sendErr.Error()
		default:
			l.Reason = sendErr.Error()
			l.Due = p.now().Add(firstPause << min(l.Attempts-1, 8))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mail.Deliver: %w", err)
	}
	return nil
}

// DueLetters lists letters that are due, for the sweep.
func (p *Post) DueLetters(ctx context.Context, now time.Time, limit int) ([]string, error) {
	page, err := p.letters.Find(ctx, store.Query{Index: "byDue", Equal: []any{Due}, To: now.UTC().Truncate(time.Millisecond), Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("mail.DueLetters: %w", err)
	}
	ids := make([]string, 0, len(page.Docs))
	for _, l := range page.Docs {
		ids = append(ids, l.ID)
	}
	return ids, nil
}

// Letters lists letters, newest first. Only operators may read them; the caller decides.
func (p *Post) Letters(ctx context.Context, cursor string, limit int) (store.Page[Letter], error) {
	page, err := p.letters.Find(ctx, store.Query{Index: "byCreated", Reverse: true, Cursor: cursor, Limit: limit})
	for i := range page.Docs {
		page.Docs[i] = page.Docs[i].whole()
	}
	return page, err
}

// Letter returns one letter, or store.ErrNotFound.
func (p *Post) Letter(ctx context.Context, id string) (Letter, error) {
	l, err := p.letters.Get(ctx, id)
	return l.whole(), err
}

// keep writes a letter into the folder, readable to the operator only.
func keep(folder string, l Letter) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	m, err := message(l, "palestra@localhost")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(folder, l.ID+".eml"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = m.WriteTo(f)
	return errors.Join(err, f.Close())
}

// Sweep deletes letters past their time.
func (p *Post) Sweep(ctx context.Context, now time.Time) error {
	page, err := p.letters.Find(ctx, store.Query{Index: "byExpiry", To: now.UTC().Truncate(time.Millisecond), Limit: 500})
	if err != nil {
		return fmt.Errorf("mail.Sweep: %w", err)
	}
	for _, l := range page.Docs {
		if err := p.remove(ctx, l); err != nil {
			return err
		}
	}
	return nil
}
