package video

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// crew are the processes that work on videos, and whether they may.
type crew struct {
	orders  *store.Global[orders]
	workers *store.Global[workerDoc]

	mu   sync.Mutex
	me   string    // guarded by mu; of this process's document, empty before its first beat
	beat time.Time // guarded by mu; its last one
	left bool      // guarded by mu; this process works no more
}

// orders are what the operator has said to all workers.
type orders struct {
	store.Meta `bson:",inline"`
	Paused     bool      `bson:"paused"`
	Since      time.Time `bson:"since"`
}

const theOrders = "line"

// workerDoc is a process that works on videos. It shows by its beats that it lives.
type workerDoc struct {
	store.Meta `bson:",inline"`
	Name       string    `bson:"name"`
	Since      time.Time `bson:"since"`
	Seen       time.Time `bson:"seen"`
	Hands      int       `bson:"hands"`
	Drained    bool      `bson:"drained"`
}

const (
	beatEvery   = 10 * time.Second
	workerQuiet = time.Minute    // without a beat for so long it is thought to be gone
	workerKept  = 24 * time.Hour // and after this it is forgotten
)

func (s *Service) openHands() (err error) {
	if s.orders, err = store.NewGlobal[orders](s.c.DB, "video-orders", 1); err != nil {
		return err
	}
	s.workers, err = store.NewGlobal[workerDoc](s.c.DB, "video-workers", 1, store.On("seen", store.Time("seen")))
	return err
}

// Beat shows that this process works on videos, with so many hands. It is called every few seconds and writes seldom.
func (s *Service) Beat(ctx context.Context, hands int) error {
	now := s.now()
	if err := s.forgetCopies(ctx, now.Add(-copyIdle)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left {
		return nil
	}
	if s.me != "" && now.Sub(s.beat) < beatEvery {
		return nil
	}
	if s.me != "" {
		_, err := s.workers.Update(ctx, s.me, func(w *workerDoc) error { w.Seen = now; return nil })
		if err == nil {
			s.beat = now
		}
		if !errors.Is(err, store.ErrNotFound) {
			return wrap("Beat", err)
		}
	}
	w := workerDoc{Meta: store.Meta{ID: s.c.NewID()}, Name: s.c.Worker, Since: now, Seen: now, Hands: hands}
	if err := s.workers.Insert(ctx, w); err != nil {
		return wrap("Beat", err)
	}
	s.me, s.beat = w.ID, now
	return nil
}

// Leave says that this process works no more, and gives up its copies of films.
func (s *Service) Leave(ctx context.Context) error {
	copies := s.forgetCopies(ctx, s.now())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = true
	if s.me == "" {
		return copies
	}
	err := s.workers.Delete(ctx, s.me)
	if s.me = ""; errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return errors.Join(copies, wrap("Leave", err))
}

// idle reports whether the operator wants this process to begin nothing.
func (s *Service) idle(ctx context.Context) (bool, error) {
	o, err := s.orders.Get(ctx, theOrders)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, wrap("idle", err)
	}
	s.mu.Lock()
	me := s.me
	s.mu.Unlock()
	if o.Paused || me == "" {
		return o.Paused, nil
	}
	w, err := s.workers.Get(ctx, me)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, wrap("idle", err)
	}
	return w.Drained, nil
}

// Worker is a process that works on videos, as an operator sees it.
type Worker struct {
	ID      string
	Name    string
	Since   time.Time
	Seen    time.Time
	Gone    bool // it shows no sign of life
	Hands   int  // units that it can do at once
	Drained bool // it begins nothing
}

// crewNow returns the workers, by name, and forgets those that are long gone.
func (s *Service) crewNow(ctx context.Context) ([]Worker, error) {
	now := s.now()
	old, err := s.workers.Find(ctx, store.Query{Index: "seen", To: now.Add(-workerKept), Limit: 100})
	if err != nil {
		return nil, wrap("crew", err)
	}
	for _, w := range old.Docs {
		if err := s.workers.Delete(ctx, w.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, wrap("crew", err)
		}
	}
	page, err := s.workers.Find(ctx, store.Query{Index: "seen", From: now.Add(-workerKept), Reverse: true, Limit: 200})
	out := make([]Worker, 0, len(page.Docs))
	for _, w := range page.Docs {
		out = append(out, Worker{ID: w.ID, Name: w.Name, Since: w.Since, Seen: w.Seen, Gone: now.Sub(w.Seen) > workerQuiet, Hands: w.Hands, Drained: w.Drained})
	}
	slices.SortFunc(out, func(a, b Worker) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out, wrap("crew", err)
}

// PauseLine lets the whole line wait, or go on. What is in hand is finished. faults people.unsigned, people.forbidden
func (s *Service) PauseLine(ctx context.Context, by people.Actor, pause bool) error {
	if err := by.MustOperate(); err != nil {
		return err
	}
	change := func(o *orders) error {
		if o.Paused == pause {
			return store.ErrKeep
		}
		o.Paused, o.Since = pause, s.now()
		return nil
	}
	_, err := s.orders.Update(ctx, theOrders, change)
	if errors.Is(err, store.ErrNotFound) {
		err = s.orders.Insert(ctx, orders{Meta: store.Meta{ID: theOrders}, Since: s.now()})
		if err == nil || errors.Is(err, store.ErrDuplicate) {
			_, err = s.orders.Update(ctx, theOrders, change)
		}
	}
	return wrap("PauseLine", err)
}

// Drain lets a worker begin nothing more, or go on. faults people.unsigned, people.forbidden, video.worker_not_found
func (s *Service) Drain(ctx context.Context, by people.Actor, worker string, drain bool) error {
	if err := by.MustOperate(); err != nil {
		return err
	}
	_, err := s.workers.Update(ctx, worker, func(w *workerDoc) error { w.Drained = drain; return nil })
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrQuery) {
		return fault.New(fault.NotFound, "video.worker_not_found", "no worker %.64s", worker)
	}
	return wrap("Drain", err)
}

// Done is what was made in a span of time that ends now.
type Done struct {
	Span    time.Duration
	Films   int
	Seconds float64       // of film
	Work    float64       // seconds that workers took for it
	Waited  time.Duration // from upload to ready, the middle one
	More    bool          // there were more than were looked at
}

// mostDone is how many films are looked at for figures.
const mostDone = 1000

// made24 sums up what became ready in the last hour and the last day, along an index.
func (s *Service) made24(ctx context.Context) (hour, day Done, err error) {
	now := s.now()
	hour.Span, day.Span = time.Hour, 24*time.Hour
	var waited [2][]time.Duration
	q := store.Query{Index: "readied", From: now.Add(-day.Span), To: now.Add(time.Millisecond), Reverse: true, Limit: 250}
	for day.Films < mostDone {
		page, err := s.videos.Across(ctx, q)
		if err != nil {
			return hour, day, wrap("Line", err)
		}
		for _, d := range page.Docs {
			v := d.Doc
			var work float64
			for _, st := range v.Stages {
				work += st.Seconds
			}
			for i, sum := range []*Done{&hour, &day} {
				if v.Readied != nil && v.Readied.After(now.Add(-sum.Span)) {
					sum.Films++
					sum.Seconds += v.Duration
					sum.Work += work
					waited[i] = append(waited[i], v.Readied.Sub(v.Came))
				}
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
		day.More = day.Films >= mostDone
	}
	for i, sum := range []*Done{&hour, &day} {
		if n := len(waited[i]); n > 0 {
			slices.Sort(waited[i])
			sum.Waited = waited[i][n/2]
		}
	}
	return hour, day, nil
}
