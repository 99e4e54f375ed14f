package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"palestra/cmd/palestra/world"
	"palestra/internal/config"
	"palestra/internal/store/pebblestore"
	"palestra/people"
	"palestra/video/ffmpeg"
	"palestra/video/speech"
)

type demoCommand struct {
	Serve bool `name:"serve" help:"Serve when the world is there."`
	Small bool `name:"small" help:"One town and one course with a short film: enough to try something out."`
}

// Run fills the installation with the world of the demonstration, says whom one can be, and serves if asked.
func (d demoCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	w, err := world.Load()
	if err != nil {
		return err
	}
	if d.Small {
		w.Cut("castelverde", []string{"open-data"}, 2)
	}
	if err := fillDemo(ctx, cfg, con, w, time.Now); err != nil {
		return sayInUse(err, cfg.Data)
	}
	printAccounts(con.out, w)
	if !d.Serve {
		fmt.Fprint(con.out, "  Start it with `palestra serve` or `make run`, then sign in as one of them.\n\n")
		return nil
	}
	return serveCommand{}.Run(ctx, cfg, con)
}

// sayInUse says what to do where a server is using the data.
func sayInUse(err error, data string) error {
	if errors.Is(err, pebblestore.ErrInUse) {
		return fmt.Errorf("a running palestra is using %s: stop it (Ctrl-C), then run this again; `palestra demo --serve` fills and then serves", data)
	}
	return err
}

// demo is a world on its way into an installation.
type demo struct {
	*app
	world  *world.World
	clock  *demoClock
	monday time.Time
	show   *progress
	url    string // where this run answers, for the client of the record store
	http   *http.Client
	tool   *ffmpeg.Tool
	voice  *speech.Speaker
	acting map[string]people.Actor // by town and e-mail: who has signed in in this run
	orgs   map[string]people.Organisation
	staff  map[string]map[string]people.Member // by town and e-mail
	filed  map[string]string                   // courses by short name
}

// step is one thing that happens at a time. Doing it again changes nothing; it says whether it has changed something.
type step struct {
	at   time.Time
	what string
	do   func(ctx context.Context) (changed bool, err error)
}

// fillDemo lets the world happen: everything that has not happened yet, in the order of time, up to now. real is the
// clock on the wall.
func fillDemo(ctx context.Context, cfg *config.Config, con console, w *world.World, real func() time.Time) (err error) {
	quiet := *cfg
	quiet.SMTPURL = "" // invented people have no mailboxes: their letters are kept for the operator
	if quiet.Log == "info" {
		quiet.Log = "warn"
	}
	clock := newDemoClock(demoMonday(real()), real)
	a, err := buildAt(ctx, &quiet, con, true, clock.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	d := &demo{app: a, world: w, clock: clock, show: newProgress(con.out), http: &http.Client{Timeout: 30 * time.Second}, acting: map[string]people.Actor{}, orgs: map[string]people.Organisation{},
		staff: map[string]map[string]people.Member{}, filed: map[string]string{}}
	wholes, err := d.wholes()
	if err != nil {
		return err
	}
	there, err := d.isWhole(ctx, wholes)
	if err != nil {
		return err
	}
	if there {
		fmt.Fprint(con.out, "\n  The world of the demonstration was there already; nothing was changed.\n")
		return nil
	}
	if d.tool, err = ffmpeg.New(ctx, ffmpeg.Config{}); err != nil {
		return err
	}
	if d.voice, err = speech.New(speech.Config{}); err != nil {
		return err
	}
	stop, err := d.listen(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := d.begin(ctx); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "\n  The world of the demonstration: %d towns, %d courses, six weeks from %s.\n", len(w.Towns), len(w.Courses), d.monday.Format(time.DateOnly))
	steps := slices.Concat(d.peopleSteps(), d.courseSteps(), d.programmeSteps(), d.bootcampSteps(), d.practiceSteps(), d.challengeSteps(), d.talkSteps(), d.wikiSteps(), d.postingSteps(), d.storySteps())
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	d.show.all = len(steps)
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.clock.To(s.at)
		d.show.begin(s.what)
		changed, err := s.do(ctx)
		if err != nil {
			d.show.end()
			return fmt.Errorf("demo: %s: %w", s.what, err)
		}
		d.show.did(changed)
	}
	d.show.end()
	if now := real(); d.show.changed > 0 && d.clock.Now().After(now) {
		return fmt.Errorf("demo: its clock says %s, which has not come yet", d.clock.Now().Format(time.RFC3339))
	}
	fmt.Fprintf(con.out, "  %d things happened.\n", d.show.changed)
	if err := d.prove(ctx, con.out); err != nil {
		return err
	}
	return d.setWhole(ctx, wholes, real())
}

// begin finds out when this demonstration began: an interrupted one goes on in its own time.
func (d *demo) begin(ctx context.Context) error {
	d.monday = demoMonday(d.clock.Now().AddDate(0, 0, demoDays))
	for i := range d.world.Towns {
		o, err := d.people.OrganisationBySlug(ctx, d.world.Towns[i].Slug)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		d.orgs[o.Slug] = o
		if i == 0 {
			c := o.Created.UTC().Truncate(24 * time.Hour)
			d.monday = c.AddDate(0, 0, -(int(c.Weekday())+6)%7)
		}
	}
	d.clock.To(d.monday)
	for _, o := range d.orgs {
		if err := d.resume(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// resume sets the clock behind what has happened in a town, so that time never goes back there.
func (d *demo) resume(ctx context.Context, o people.Organisation) error {
	const aMoment = 15 * time.Minute // sign-ins that came to nothing leave no trace here
	notes, err := d.people.Notes(ctx, d.reader(o.Slug), "", 1)
	if err != nil {
		return err
	}
	for _, n := range notes.Docs {
		d.clock.To(earlier(n.Stored.Add(aMoment), d.clock.real()))
	}
	head, err := d.lrs.Head(ctx, o.ID)
	if err != nil || head == 0 {
		return err
	}
	last, err := d.lrs.After(ctx, o.ID, head-1, 1)
	for _, s := range last {
		d.clock.To(earlier(s.Stored.Add(aMoment), d.clock.real()))
	}
	return err
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// listen answers requests of the record store's client on an address of this machine.
func (d *demo) listen(ctx context.Context) (stop func() error, err error) {
	if err := d.serveEdge(); err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	d.url = "http://" + l.Addr().String()
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- d.edge.Serve(serving, l, time.Second) }()
	return func() error {
		cancel()
		d.http.CloseIdleConnections()
		return <-ended
	}, nil
}

// printAccounts prints whom one can be.
func printAccounts(out io.Writer, w *world.World) {
	fmt.Fprintf(out, "\n  All demo accounts have the password:  %s\n\n", w.Password)
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(t, "  ROLE\tTOWN\tNAME\tE-MAIL\n")
	fmt.Fprintf(t, "  operator\t(installation)\t%s\t%s\n", w.Operator.Name, w.Operator.Email)
	for _, town := range w.Towns {
		for _, p := range town.People {
			if p.Shown {
				fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", strings.Join(p.Roles, ", "), town.Name, p.Name, p.Email)
			}
		}
	}
	t.Flush()
	fmt.Fprintln(out)
}

// progress shows how far the demonstration is: one line that moves on a terminal, some lines elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	all      int
	done     int
	changed  int
	tenth    int
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, tenth: -1}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) begin(what string) {
	percent := 100 * p.done / max(1, p.all)
	if p.terminal {
		const wide = 24
		full := wide * p.done / max(1, p.all)
		fmt.Fprintf(p.out, "\r\033[K  [%s%s] %3d %%  %.70s", strings.Repeat("#", full), strings.Repeat(".", wide-full), percent, what)
	} else if percent/10 > p.tenth {
		p.tenth = percent / 10
		fmt.Fprintf(p.out, "  %3d %%  %s\n", percent, what)
	}
}

// say tells about a part of a step that takes long.
func (p *progress) say(what string) {
	if p.terminal {
		p.begin(what)
	} else {
		fmt.Fprintf(p.out, "  %3d %%  %s\n", 100*p.done/max(1, p.all), what)
	}
}

func (p *progress) did(changed bool) {
	p.done++
	if changed {
		p.changed++
	}
}

func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\033[K")
	}
}
