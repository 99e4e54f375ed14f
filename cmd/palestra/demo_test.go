package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/cmd/palestra/world"
	"palestra/internal/config"
	"palestra/internal/servicestest"
	"palestra/internal/store/pebblestore"
	"palestra/people"
	"palestra/video/ffmpeg"
	"palestra/video/speech"
)

// demoConfig is a fresh installation that can make films.
func demoConfig(t *testing.T) *config.Config {
	t.Helper()
	if _, err := ffmpeg.New(t.Context(), ffmpeg.Config{}); err != nil {
		servicestest.Missing(t, "%v", err)
	}
	if _, err := speech.New(speech.Config{}); err != nil {
		servicestest.Missing(t, "%v", err)
	}
	s := settings(t)
	c := &config.Config{Addr: s["PALESTRA_ADDR"], Data: s["PALESTRA_DATA"], Keys: s["PALESTRA_KEYS"], Log: "error", S3Bucket: "palestra", S3Region: "us-east-1", MailFrom: "palestra@localhost"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	return c
}

// smallWorld is one town and one course with a film of two slides.
func smallWorld(t *testing.T) *world.World {
	t.Helper()
	w, err := world.Load()
	if err != nil {
		t.Fatal(err)
	}
	w.Cut("castelverde", []string{"open-data"}, 2)
	return w
}

// breaker ends a run when it says something, or that it is so many per cent on its way.
type breaker struct {
	bytes.Buffer
	at   string
	stop context.CancelFunc
}

var perCent = regexp.MustCompile(`(\d+) %`)

func (b *breaker) Write(p []byte) (int, error) {
	if b.at != "" && strings.Contains(string(p), b.at) {
		b.stop()
	}
	said, want := perCent.FindSubmatch(p), perCent.FindStringSubmatch(b.at)
	if said != nil && want != nil {
		is, err1 := strconv.Atoi(string(said[1]))
		at, err2 := strconv.Atoi(want[1])
		if err1 == nil && err2 == nil && is >= at {
			b.stop()
		}
	}
	return b.Buffer.Write(p)
}

// The world comes about, also when it is interrupted again and again; ledgers verify and reconciliation finds nothing,
// which every run proves at its end; once it is there, a further run changes nothing.
func TestDemo(t *testing.T) {
	t.Parallel()
	cfg := demoConfig(t)
	fill := func(at string) (string, error) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		out := &breaker{at: at, stop: cancel}
		err := fillDemo(ctx, cfg, console{out, out}, smallWorld(t), time.Now)
		return out.String(), err
	}
	for _, at := range []string{"speaking", "encoding", "30 %", "70 %"} {
		if said, err := fill(at); !errors.Is(err, context.Canceled) {
			t.Fatalf("broken off at %s: got error %v\n%s", at, err, said)
		}
	}
	said, err := fill("")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if !strings.Contains(said, "things happened") || !strings.Contains(said, "completions and their") {
		t.Errorf("the run that completes it says\n%s", said)
	}
	said, err = fill("")
	if err != nil || !strings.Contains(said, "nothing was changed") {
		t.Errorf("a further run: error %v\n%s", err, said)
	}
	visit(t, cfg)
	said, err = fill("")
	if err != nil || !strings.Contains(said, "nothing was changed") {
		t.Errorf("a run after visitors: error %v\n%s", err, said)
	}
}

// visit does in the small world what visitors do: an operator closes the town.
func visit(t *testing.T, cfg *config.Config) {
	t.Helper()
	a, err := build(t.Context(), cfg, console{io.Discard, io.Discard}, false)
	if err != nil {
		t.Fatal(err)
	}
	town, err := a.people.OrganisationBySlug(t.Context(), "castelverde")
	if err == nil {
		operator := people.Actor{Person: "p-visitor", Operator: true}
		_, err = a.people.CloseOrganisation(t.Context(), operator, town.ID, "castelverde", "to see what happens")
	}
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
}

// Where a server is using the folder, one sentence says what to do.
func TestDemoBesideAServer(t *testing.T) {
	t.Parallel()
	other := errors.New("another")
	if got := sayInUse(other, "data"); !errors.Is(got, other) {
		t.Errorf("got %v for another error", got)
	}
	// Within one process the engine says it in its own words, so the error is made here.
	got := sayInUse(fmt.Errorf("pebblestore.Open: %w", pebblestore.ErrInUse), "/srv/data").Error()
	if !strings.Contains(got, "/srv/data") || !strings.Contains(got, "stop it (Ctrl-C)") || strings.Contains(got, "\n") {
		t.Errorf("got %q", got)
	}
}

func TestDemoClock(t *testing.T) {
	t.Parallel()
	wall := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	c := newDemoClock(wall.AddDate(0, 0, -40), func() time.Time { return wall })
	before := c.Now()
	c.To(before.Add(-time.Hour))
	if got := c.Now(); !got.Equal(before) {
		t.Errorf("it went back to %v", got)
	}
	c.Pass(time.Minute)
	wall = wall.Add(time.Second)
	if got, want := c.Now(), before.Add(61*time.Second); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for d := range 14 {
		now := time.Date(2026, 11, 10+d, 3, 0, 0, 0, time.UTC)
		monday := demoMonday(now)
		if monday.Weekday() != time.Monday || !demoWorkday(monday, 29, 23, 0).Before(now) || now.Sub(monday) >= 49*24*time.Hour {
			t.Errorf("on %v it begins %v", now, monday)
		}
	}
}
