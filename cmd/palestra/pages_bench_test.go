package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"palestra/course"
	"palestra/internal/config"
	"palestra/internal/id"
	"palestra/internal/web"
	"palestra/people"
)

// BenchmarkPages answers the catalogue and "my learning" by HTTP while so many enrolments are stored in the town, with
// four clients at once, and reports the middle and the slowest hundredth.
//
//	go test ./cmd/palestra -run '^$' -bench Pages -benchtime 3s
func BenchmarkPages(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("enrolments=%d", n), func(b *testing.B) {
			url, cookie := filled(b, n)
			for _, path := range []string{"/api/v1/catalogue", "/api/v1/enrolments", "/api/v1/home"} {
				b.Run(path[len("/api/v1/"):], func(b *testing.B) { load(b, url+path, cookie) })
			}
		})
	}
}

// load asks b.N times and reports how long answers took.
func load(b *testing.B, url, cookie string) {
	b.Helper()
	var (
		mu   sync.Mutex
		all  []time.Duration
		left atomic.Int64
	)
	left.Store(int64(b.N))
	b.ResetTimer()
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			var mine []time.Duration
			for left.Add(-1) >= 0 {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
				if err != nil {
					return err
				}
				req.Header.Set("Cookie", cookie)
				from := time.Now()
				resp, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					return fmt.Errorf("%s: %d, %w", url, resp.StatusCode, err)
				}
				mine = append(mine, time.Since(from))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "answers/s")
}

// filled serves an installation in which n people have begun courses, and returns a learner's cookie. She has begun
// twenty.
func filled(b *testing.B, n int) (url, cookie string) {
	b.Helper()
	dir := b.TempDir()
	cfg := &config.Config{Addr: "127.0.0.1:0", Data: dir + "/data", Keys: dir + "/keys", Log: "error"}
	check(b, cfg.Check())
	a, err := build(b.Context(), cfg, console{io.Discard, io.Discard}, false)
	check(b, err)
	b.Cleanup(func() { check(b, a.Close()) })
	ctx := b.Context()
	ada, secret := newcomer(ctx, b, a)
	author := ada
	author.Roles = []people.Role{people.Author}
	var courses []string
	for i := range 60 {
		c, err := a.course.Create(ctx, author, course.Text{"en": fmt.Sprintf("Course %02d", i)}, []string{"en"})
		check(b, err)
		minutes := 30
		_, err = a.course.Update(ctx, author, c.ID, 0, course.Change{Summary: course.Text{"en": "What it is about, in a sentence or two that fill a line."}, Minutes: &minutes})
		check(b, err)
		c, err = a.course.AddModule(ctx, author, c.ID, course.Text{"en": "Begin"})
		check(b, err)
		for j := range 6 {
			l, err := a.course.AddLesson(ctx, author, c.ID, c.Modules[0].ID, course.KindText, course.Text{"en": fmt.Sprintf("Lesson %d", j)})
			check(b, err)
			l.Body = course.Text{"en": "A few words."}
			_, err = a.course.SaveLesson(ctx, author, 0, l)
			check(b, err)
		}
		_, err = a.course.Publish(ctx, author, c.ID, 0, "")
		check(b, err)
		courses = append(courses, c.ID)
	}
	for _, c := range courses[:20] {
		_, err := a.course.Enrol(ctx, ada, c)
		check(b, err)
	}
	var g errgroup.Group
	g.SetLimit(64)
	for i := range n {
		g.Go(func() error {
			_, err := a.course.Enrol(ctx, people.Actor{Person: fmt.Sprintf("person-%d", i), Account: id.Random(), Organisation: ada.Organisation, Roles: []people.Role{people.Learner}}, courses[i%len(courses)])
			return err
		})
	}
	check(b, g.Wait())
	check(b, a.serveEdge())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(b, err)
	served, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.edge.Serve(served, l, time.Second) }()
	b.Cleanup(func() { stop(); check(b, <-done) })
	return "http://" + l.Addr().String(), web.CookieName(false) + "=" + secret
}

// newcomer makes a town and somebody who learns in it.
func newcomer(ctx context.Context, b *testing.B, a *app) (people.Actor, string) {
	b.Helper()
	link, err := a.people.SetupLink(ctx)
	check(b, err)
	olga, err := a.people.Setup(ctx, link[len(cfgURL(a))+len("/setup/"):], people.Person{Name: "Olga", Email: "olga@example.org"}, password, people.Client{})
	check(b, err)
	o, err := a.people.CreateOrganisation(ctx, olga.Actor, people.Organisation{Slug: "t", Name: "T", Kind: "municipality", Country: "IT", Zone: "Europe/Rome", Locale: "en"})
	check(b, err)
	_, err = a.people.Appoint(ctx, olga.Actor, o.ID, people.Invitation{Name: "Ada", Email: "ada@example.org"})
	check(b, err)
	letters, err := a.post.Letters(ctx, "", 1)
	check(b, err)
	in := letterLink.FindString(letters.Docs[0].Text)
	ada, err := a.people.Accept(ctx, in[len("/invitation/"):], "Ada", password, people.Client{})
	check(b, err)
	return ada.Actor, ada.Secret
}

func cfgURL(a *app) string { return a.cfg.PublicURL }

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
