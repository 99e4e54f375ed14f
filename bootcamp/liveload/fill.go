package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/internal/id"
	"palestra/internal/lang"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/internal/store/mongostore"
	"palestra/internal/store/pebblestore"
	"palestra/people"
)

// desk is what filling uses of the world.
type desk struct {
	data, mongodb string
	now           func() time.Time
	link          string // in the last letter
}

// hall is what run needs: who may come, and to which room. The first leads.
type hall struct {
	Bootcamp string   `json:"bootcamp"`
	Session  string   `json:"session"`
	Cookies  []string `json:"cookies"`
}

// Send keeps the link of a letter.
func (d *desk) Send(_ context.Context, _, _, _ string, params map[string]any) error {
	d.link = fmt.Sprint(params["link"])
	return nil
}

// SendWith sends nothing.
func (*desk) SendWith(context.Context, string, string, string, string, map[string]any, []mail.Part) error {
	return nil
}

// Record keeps nothing.
func (*desk) Record(context.Context, string, course.Event) error { return nil }

func (d *desk) open(ctx context.Context) (*store.DB, error) {
	log := slog.New(slog.DiscardHandler)
	if d.mongodb != "" {
		return mongostore.Open(ctx, d.mongodb, mongostore.Options{Now: d.now, Log: log})
	}
	if err := os.MkdirAll(d.data, 0o750); err != nil {
		return nil, err
	}
	return pebblestore.Open(filepath.Join(d.data, "documents"), pebblestore.Options{Now: d.now, Log: log})
}

func (d *desk) accept(ctx context.Context, s *people.Service, name string) (people.Opened, error) {
	return s.Accept(ctx, d.link[strings.LastIndexByte(d.link, '/')+1:], name, "four giraffes under the table", people.Client{Addr: netip.MustParseAddr("127.0.0.1"), Agent: "liveload"})
}

func (d *desk) fill(n int, file string) (err error) {
	ctx := context.Background()
	db, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const home = "http://127.0.0.1"
	who, err := people.New(people.Config{DB: db, Mail: d, Now: d.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret, Log: slog.New(slog.DiscardHandler), PublicURL: home, Locales: lang.Locales()})
	if err != nil {
		return err
	}
	camps, err := bootcamp.New(bootcamp.Config{DB: db, People: who, Records: d, Mail: d, Now: d.now, NewID: id.New, NewSecret: id.Secret,
		When: func(string, time.Time) string { return "" }, PublicURL: home, From: "x@localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	operator := people.Actor{Person: "liveload", Operator: true}
	slug := "town-" + strings.ReplaceAll(id.Random(), "-", "")[:8]
	org, err := who.CreateOrganisation(ctx, operator, people.Organisation{Slug: slug, Name: "Measured", Kind: "municipality", Country: "IT", Zone: "Europe/Rome", Locale: "en"})
	if err != nil {
		return err
	}
	if _, err := who.Appoint(ctx, operator, org.ID, people.Invitation{Name: "Anna", Email: "anna@" + slug + ".example"}); err != nil {
		return err
	}
	anna, err := d.accept(ctx, who, "Anna")
	if err != nil {
		return err
	}
	day := d.now().UTC().Format(time.DateOnly)
	b, err := camps.Create(ctx, anna.Actor, bootcamp.Change{Title: course.Text{"en": "Measured"}, Languages: []string{"en"}, First: &day, Last: &day})
	if err != nil {
		return err
	}
	name, joining, seats := "All", bootcamp.JoinOpen, 1000
	c, err := camps.CreateCohort(ctx, anna.Actor, b.ID, bootcamp.CohortChange{Name: &name, Joining: &joining, Seats: &seats})
	if err != nil {
		return err
	}
	if _, err := camps.Publish(ctx, anna.Actor, b.ID); err != nil {
		return err
	}
	title, local, minutes := "Measured", day+"T09:00", 600
	e, err := camps.AddSession(ctx, anna.Actor, b.ID, c.ID, bootcamp.SessionChange{Title: &title, Local: &local, Minutes: &minutes})
	if err != nil {
		return err
	}
	h := hall{Bootcamp: b.ID, Session: e.ID, Cookies: []string{anna.Secret}}
	for i := range n {
		called := fmt.Sprintf("Member %d", i+1)
		if _, err := who.Invite(ctx, anna.Actor, people.Invitation{Name: called, Email: fmt.Sprintf("m%d@%s.example", i, slug), Roles: []people.Role{people.Learner}}); err != nil {
			return err
		}
		o, err := d.accept(ctx, who, called)
		if err != nil {
			return err
		}
		if _, err := camps.Join(ctx, o.Actor, b.ID, c.ID); err != nil {
			return err
		}
		h.Cookies = append(h.Cookies, o.Secret)
	}
	out, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return os.WriteFile(file, out, 0o600)
}
