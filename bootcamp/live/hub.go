package live

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

const (
	hubIdle    = time.Minute
	lookEvery  = 2 * time.Second       // at the head of the stream, in case a bell was lost
	breath     = 12 * time.Millisecond // between two deliveries
	readAtOnce = 500
	foldEvery  = 500 // events between two stored folds
	groupMost  = 100 // events of one append
)

// hub is one room in this process: it reads the stream once for all who listen here.
type hub struct {
	svc               *Service
	key, host, stream string
	users             int       // guarded by svc.mu
	idle              time.Time // guarded by svc.mu
	rung              chan struct{}
	ended             chan struct{}
	work              sync.WaitGroup

	opening sync.Mutex
	ready   bool // guarded by opening

	mu        sync.Mutex
	state     State                      // guarded by mu, as all below
	at        int64                      // number of the last event that is in state
	folded    int64                      // of the last stored fold
	names     map[string]Name            // by Who
	listeners map[*Listener]struct{}     // here
	away      map[string]map[string]bool // who is here in other processes
	awayAt    map[string]time.Time       // when these processes were heard
	shown     map[string]bool            // who is here, as was told last
	restless  bool                       // somebody came or went since
	toldAt    time.Time                  // when the other processes were told who is here
	shownAt   time.Time
	buckets   map[string]*bucket // by Who
	ballots   map[string]*ballot // by poll
	queue     []*appending
	busy      bool
}

type appending struct {
	event Event
	done  chan appended // gets the answer, once
}

type appended struct {
	number int64
	err    error
}

func newHub(s *Service, key, host, stream string) *hub {
	h := &hub{svc: s, key: key, host: host, stream: stream, rung: make(chan struct{}, 1), ended: make(chan struct{}), names: map[string]Name{}, listeners: map[*Listener]struct{}{},
		away: map[string]map[string]bool{}, awayAt: map[string]time.Time{}, shown: map[string]bool{}, buckets: map[string]*bucket{}, ballots: map[string]*ballot{}}
	h.state.complete()
	return h
}

// open reads the room once and begins to follow it.
func (h *hub) open(ctx context.Context) error {
	h.opening.Lock()
	defer h.opening.Unlock()
	if h.ready {
		return nil
	}
	f, err := h.svc.folds.Get(ctx, h.host, h.stream)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return wrap("open", err)
	}
	names, err := h.svc.names(ctx, h.host, h.stream)
	if err != nil {
		return err
	}
	f.State.complete()
	h.mu.Lock()
	h.state, h.at, h.folded, h.names = f.State, f.At, f.At, names
	h.mu.Unlock()
	for {
		n, err := h.read(ctx)
		if err != nil {
			return err
		}
		if n < readAtOnce {
			break
		}
	}
	h.ready = true
	h.svc.work.Go(h.follow)
	h.svc.tell(context.WithoutCancel(ctx), word{Kind: wordHello, Host: h.host, Stream: h.stream})
	return nil
}

func (h *hub) ring() {
	select {
	case h.rung <- struct{}{}:
	default:
	}
}

// follow reads what is new when the bell rings, and at times when it does not.
func (h *hub) follow() {
	ctx := h.svc.ctx
	look, minute := time.NewTicker(lookEvery), time.NewTicker(touchEvery)
	defer func() {
		look.Stop()
		minute.Stop()
		close(h.ended)
		h.work.Wait()
	}()
	for {
		select {
		case <-ctx.Done():
			h.keepFold(context.WithoutCancel(ctx), 1)
			return
		case <-h.rung:
		case <-minute.C:
			h.work.Go(func() { h.lookAfter(ctx) })
			continue
		case <-look.C:
			now := h.svc.now()
			h.present(now)
			if h.svc.drop(h, now) {
				h.keepFold(ctx, 1)
				return
			}
			h.gatherDue(ctx, now)
		}
		n, err := h.read(ctx)
		if err != nil && ctx.Err() == nil {
			h.svc.c.Log.Warn("a room's stream was not read", "error", err)
		}
		h.keepFold(ctx, foldEvery)
		if n == readAtOnce {
			h.ring() // there is more
		}
		h.presentSoon()
		select {
		case <-time.After(breath):
		case <-ctx.Done():
		}
	}
}

// read takes what is new in the stream and gives it to all who listen.
func (h *hub) read(ctx context.Context) (int, error) {
	h.mu.Lock()
	after := h.at
	h.mu.Unlock()
	events, err := h.svc.events.Read(ctx, h.host, h.stream, after, readAtOnce)
	if err != nil {
		return 0, wrap("read", err)
	}
	if len(events) == 0 {
		return 0, nil
	}
	fresh := map[string]Name{}
	for i := range events {
		e := &events[i]
		h.mu.Lock()
		_, known := h.names[e.Who]
		h.mu.Unlock()
		if e.Kind != Came && (known || e.Who == "") || fresh[e.Who].Name != "" {
			continue
		}
		g, err := h.svc.nameOf(ctx, h.host, h.stream, e.Who)
		if err != nil {
			return 0, err
		}
		fresh[e.Who] = g
	}
	h.deliver(events, fresh)
	return len(events), nil
}

// deliver folds events and gives them to all who may see them.
func (h *hub) deliver(events []Event, fresh map[string]Name) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed := []string{}
	hidden := false
	part := 0 // behind the last event that everybody still here got
	flush := func(to int) {
		if to > part {
			h.send(events[part:to], changed, fresh, hidden)
			part, changed, hidden = to, nil, false
			fresh = nil
		}
	}
	for who, n := range fresh {
		h.names[who] = n
	}
	for i := range events {
		e := &events[i]
		if e.Kind == Showed || e.Kind == Regrouped || e.Kind == Visited || e.Kind == Split || e.Kind == Gathered {
			flush(i) // until here by the old rules
		}
		for _, key := range h.state.apply(e) {
			if !slices.Contains(changed, key) {
				changed = append(changed, key)
			}
		}
		hidden = hidden || e.Group != "" && e.Kind == Said
		h.at = e.Number
		if e.Kind == Showed {
			for l := range h.listeners {
				if l.who == e.Whom {
					h.cut(l, ErrShownOut)
				}
			}
		}
	}
	flush(len(events))
}

// news is a piece of the stream as it is sent.
type news struct {
	T      string          `json:"t"`
	At     int64           `json:"at"`
	Now    int64           `json:"now"`
	Events []wire          `json:"events"`
	Set    map[string]any  `json:"set,omitempty"`
	Names  map[string]Name `json:"names,omitempty"`
}

// wire is an event as pages get it.
type wire struct {
	N  int64  `json:"n"`
	ID string `json:"id,omitempty"` // made by who sent it
	At int64  `json:"time,omitempty"`
	By string `json:"by,omitempty"`
	Act
}

func wireOf(e *Event) wire {
	id := e.ID
	if _, own, ok := strings.Cut(e.ID, "~"); ok {
		id = own
	}
	return wire{N: e.Number, ID: id, At: e.Stored.UnixMilli(), By: e.Who, Act: e.Act}
}

// send encodes a piece once for everybody; if something in it is not for all, once for each breakout that listens.
func (h *hub) send(events []Event, changed []string, fresh map[string]Name, hidden bool) {
	set := map[string]any{}
	for _, key := range changed {
		set[key] = h.state.part(key)
	}
	encode := func(team string) []byte {
		n := news{T: "news", At: h.at, Now: h.svc.now().UnixMilli(), Events: make([]wire, 0, len(events)), Set: set, Names: fresh}
		if len(events) > 0 {
			n.At = events[len(events)-1].Number
		}
		for i := range events {
			if e := &events[i]; e.Kind == Said && e.Group != "" && e.Group != team {
				n.Events = append(n.Events, wire{N: e.Number, Act: Act{Kind: notShown}})
			} else {
				n.Events = append(n.Events, wireOf(e))
			}
		}
		b, err := json.Marshal(n)
		if err != nil {
			h.svc.c.Log.Error("a room's news cannot be written", "error", err)
		}
		return b
	}
	made := map[string][]byte{}
	for l := range h.listeners {
		team := ""
		if hidden {
			team = h.state.teamOf(l.who)
		}
		data, ok := made[team]
		if !ok {
			data = encode(team)
			made[team] = data
		}
		h.push(l, data)
	}
}

// push gives a listener something; who is too slow is cut off and goes on from where she was.
func (h *hub) push(l *Listener, data []byte) {
	select {
	case l.out <- data:
	default:
		h.cut(l, ErrSlow)
	}
}

// cut ends a listener. h.mu is held.
func (h *hub) cut(l *Listener, why error) {
	if _, ok := h.listeners[l]; !ok {
		return
	}
	delete(h.listeners, l)
	l.why = why
	close(l.gone)
}

func (h *hub) cutAll(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		h.cut(l, why)
	}
}

// keepFold stores the state if enough has happened since it was stored last.
func (h *hub) keepFold(ctx context.Context, every int64) {
	h.mu.Lock()
	at := h.at
	if at-h.folded < every {
		h.mu.Unlock()
		return
	}
	state, err := h.state.clone()
	h.mu.Unlock()
	if err == nil {
		_, err = h.svc.folds.Update(ctx, h.host, h.stream, func(f *Fold) error {
			if f.At >= at {
				return store.ErrKeep
			}
			f.At, f.State = at, state
			return nil
		})
	}
	if errors.Is(err, store.ErrNotFound) {
		err = h.svc.folds.Insert(ctx, h.host, Fold{Meta: store.Meta{ID: h.stream}, At: at, State: state})
		if errors.Is(err, store.ErrDuplicate) {
			err = nil
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			h.svc.c.Log.Warn("a room's state was not kept; it will be folded again", "error", err)
		}
		return
	}
	h.mu.Lock()
	h.folded = max(h.folded, at)
	h.mu.Unlock()
}

// note appends an event of the platform, or of somebody whose right to it was looked at. It returns its number.
func (h *hub) note(ctx context.Context, who string, a Act) (int64, error) {
	return h.append(ctx, Event{Entry: store.Entry{Meta: store.Meta{ID: h.stream + "~" + h.svc.c.NewID()}}, Who: who, Act: a})
}

// append stores an event durably. What waits meanwhile is stored together; an event whose id is there already is not
// stored again, and its number is that of the first.
func (h *hub) append(ctx context.Context, e Event) (int64, error) {
	switch r := h.svc.rules[e.Kind]; {
	case r.talk:
		e.Talk = ofTalk
	case r.note:
		e.Talk = ofNotes
	}
	a := &appending{e, make(chan appended, 1)}
	h.mu.Lock()
	h.queue = append(h.queue, a)
	lead := !h.busy
	h.busy = true
	h.mu.Unlock()
	if lead {
		h.work.Go(func() { h.appendAll(context.WithoutCancel(ctx)) })
	}
	select {
	case x := <-a.done:
		return x.number, x.err
	case <-ctx.Done():
		return 0, ctx.Err() // it may be stored; sending it again tells
	}
}

func (h *hub) appendAll(ctx context.Context) {
	for {
		h.mu.Lock()
		n := min(len(h.queue), groupMost)
		now := h.queue[:n:n]
		h.queue = h.queue[n:]
		if n == 0 {
			h.busy = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		last := h.appendSome(ctx, now)
		if last > 0 {
			h.ring()
			h.svc.tell(ctx, word{Kind: wordGrown, Host: h.host, Stream: h.stream, N: last})
		}
	}
}

// appendSome stores events together, or one by one if some of them are there already.
func (h *hub) appendSome(ctx context.Context, list []*appending) (last int64) {
	docs := make([]Event, 0, len(list))
	for _, a := range list {
		docs = append(docs, a.event)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	head, err := h.svc.events.Extend(ctx, h.host, h.stream, docs...)
	if err == nil {
		for i, a := range list {
			a.done <- appended{number: head.Number - int64(len(list)-1-i)}
		}
		return head.Number
	}
	if !errors.Is(err, store.ErrDuplicate) {
		for _, a := range list {
			a.done <- appended{err: wrap("append", err)}
		}
		return 0
	}
	for _, a := range list {
		head, err := h.svc.events.Extend(ctx, h.host, h.stream, a.event)
		switch {
		case err == nil:
			last = head.Number
			a.done <- appended{number: head.Number}
		case errors.Is(err, store.ErrDuplicate):
			a.done <- h.twice(ctx, a.event)
		default:
			a.done <- appended{err: wrap("append", err)}
		}
	}
	return last
}

// twice answers an event whose id is there already.
func (h *hub) twice(ctx context.Context, e Event) appended {
	was, err := h.svc.events.Get(ctx, h.host, e.ID)
	if err != nil {
		return appended{err: wrap("twice", err)}
	}
	if was.Kind != e.Kind || was.Who != e.Who || was.Stream != h.stream {
		return appended{err: fault.New(fault.Conflict, "live.id_used", "something else was sent with this id")}
	}
	return appended{number: was.Number}
}

// gatherDue ends breakouts whose time is over. Every process does; it is stored once.
func (h *hub) gatherDue(ctx context.Context, now time.Time) {
	h.mu.Lock()
	b := h.state.Breakout
	h.mu.Unlock()
	if b == nil || !b.Open || b.Ends == nil || now.Before(*b.Ends) {
		return
	}
	id := strings.Join([]string{h.stream, "gather", strconv.FormatInt(b.N, 10)}, "~")
	_, err := h.append(ctx, Event{Entry: store.Entry{Meta: store.Meta{ID: id}}, Act: Act{Kind: Gathered, Re: b.N}})
	if err != nil && ctx.Err() == nil {
		h.svc.c.Log.Warn("breakouts were not ended; they will be", "error", err)
	}
}
