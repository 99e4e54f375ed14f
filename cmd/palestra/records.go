package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs"
	"palestra/lrs/xapi"
	"palestra/video"
)

// browserLives is how long a browser may write with one credential; the page gets another while its session lives.
const browserLives = 12 * time.Hour

// records lets the course room write into the record store and read what it holds.
type records struct {
	lrs *lrs.Service
	url string // public address
	log *slog.Logger
}

// Record stores what the platform has seen or decided. Telling the same event again changes nothing.
func (r *records) Record(ctx context.Context, org string, e course.Event) error {
	actor := xapi.ByAccount(r.url, e.Account)
	if e.Account == "" {
		actor = xapi.ByAccount(r.url, "platform")
	}
	st := xapi.New(e.ID, actor, e.Verb, xapi.Activity(r.url+e.Activity.Path).Described(e.Activity.Type, e.Activity.Name), e.Enrolment, e.At)
	if e.Activity.Interaction != "" && st.Object.Definition != nil {
		st.Object.Definition.InteractionType = e.Activity.Interaction
	}
	if e.Score != nil || e.Success != nil || e.Complete != nil || e.Duration > 0 {
		st.Result = &xapi.Result{Success: e.Success, Completion: e.Complete, Response: e.Response}
		if e.Score != nil {
			scaled := math.Round(*e.Score*10_000) / 10_000
			st.Result.Score = &xapi.Score{Scaled: &scaled}
		}
		if e.Duration > 0 {
			st.Result.Duration = xapi.FormatDuration(e.Duration)
		}
	}
	if around := surroundings(e.Activity.Path); len(around) > 0 {
		for i := range around {
			around[i] = r.url + around[i]
		}
		st = st.Within(around[0], around[1:]...)
	}
	if len(e.Extra) > 0 {
		if st.Context == nil {
			st.Context = &xapi.Context{}
		}
		st.Context.Extensions = map[string]json.RawMessage{}
		for iri, v := range e.Extra {
			st.Context.Extensions[iri] = xapi.Extension(v)
		}
	}
	_, err := r.lrs.Record(ctx, org, st)
	if fault.KindOf(err) == fault.Conflict {
		// A run that died told the event at another second. It is the same event: ids follow from what happened.
		old, gerr := r.lrs.Get(ctx, org, e.ID)
		if gerr == nil && old.Platform && old.Verb == e.Verb {
			return nil
		}
	}
	return err
}

// surroundings returns the paths of the activities around one of the platform's: of a lesson its course, of a question its
// lesson and then the course, of a cohort its bootcamp.
func surroundings(path string) []string {
	if bootcamp, _, ok := strings.Cut(path, "/cohorts/"); ok {
		return []string{bootcamp}
	}
	course, rest, ok := strings.Cut(path, "/lessons/")
	if !ok {
		return nil
	}
	if lesson, _, ok := strings.Cut(rest, "/"); ok {
		return []string{course + "/lessons/" + lesson, course}
	}
	return []string{course}
}

// ofVideo stores what has happened to a video. Names of files stay out of it: they may be names of people.
func (r *records) ofVideo(ctx context.Context, org string, e video.Event) error {
	const activities = "http://activitystrea.ms/schema/1.0/"
	verb := map[string]string{video.WasUploaded: "attach", video.WasReady: "build", video.WasFailed: "reject", video.WasRetried: "request",
		video.WasCaptioned: "add", video.WasUncaptioned: "remove", video.WasDeleted: "delete"}[e.What]
	about := course.Activity{Path: "/xapi/videos/" + e.Video, Type: xapi.TypeVideo}
	if e.Lang != "" {
		about.Path, about.Type = about.Path+"/captions/"+e.Lang, activities+"file"
	}
	return r.Record(ctx, org, course.Event{ID: course.EventID(org, "video", e.Key), Account: e.Account, Verb: activities + verb, Activity: about, At: e.At})
}

// After returns what the store holds of learners after a number.
func (r *records) After(ctx context.Context, org string, number int64, limit int) ([]course.Observed, int64, error) {
	stored, err := r.lrs.Learners(ctx, org, number, limit)
	if err != nil || len(stored) == 0 {
		return nil, number, err
	}
	out := make([]course.Observed, 0, len(stored))
	for _, s := range stored {
		out = append(out, observed(s))
	}
	return out, stored[len(stored)-1].Number, nil
}

// Has reports whether the store holds a statement.
func (r *records) Has(ctx context.Context, org, id string) (bool, error) {
	_, err := r.lrs.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) || fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Credential returns the Authorization header for a learner's browser.
func (r *records) Credential(org, account, enrolment, courseID string) (string, time.Time, error) {
	return r.lrs.IssueBrowser(org, account, enrolment, r.url+"/xapi/courses/"+courseID, browserLives)
}

// observed reads what the course room wants to know of a statement. What is not of the expected form is left out: it
// proves nothing.
func observed(s lrs.Stored) course.Observed {
	o := course.Observed{Number: s.Number, ID: s.ID, Account: s.Account, Verb: s.Verb, Enrolment: s.Registration, Timestamp: s.Timestamp, Stored: s.Stored, OfPlatform: s.Platform}
	if s.Platform {
		return o
	}
	st, err := xapi.Decode(s.Raw)
	if err != nil || st.Context == nil || !ownWords(st) {
		return o
	}
	var session, segments string
	decode(st.Context.Extensions, xapi.ExtSessionID, &session)
	o.Playback = session
	o.Speed = speed(st.Context.Extensions[xapi.ExtSpeed])
	if st.Result == nil {
		return o
	}
	decode(st.Result.Extensions, xapi.ExtPlayedSegments, &segments)
	if spans, err := xapi.ParseSegments(segments); err == nil {
		ms := make([][2]int64, 0, len(spans))
		for _, p := range spans {
			ms = append(ms, [2]int64{millis(p[0]), millis(p[1])})
		}
		o.Segments = course.Normal(ms...)
	}
	for _, ext := range []string{xapi.ExtTime, xapi.ExtTimeTo} {
		var at float64
		if decode(st.Result.Extensions, ext, &at) && at >= 0 && at < 1e7 {
			n := millis(at)
			o.Time = &n
		}
	}
	return o
}

// ownWords reports whether a learner's own browser has stored a statement: then its authority is her own account, which no
// other credential can have. What another system says that she has done decides nothing.
func ownWords(st xapi.Statement) bool {
	a, by := st.Actor.Account, st.Authority
	return a != nil && by != nil && by.Account != nil && *by.Account == *a
}

func decode(ext map[string]json.RawMessage, key string, into any) bool {
	raw, ok := ext[key]
	return ok && json.Unmarshal(raw, into) == nil
}

func millis(s float64) int64 { return int64(math.Round(s * 1000)) }

// speed reads 1.5, "1.5" and "1.5x" (xAPI video profile 1.0.3: a string with x).
func speed(raw json.RawMessage) float64 {
	var f float64
	if json.Unmarshal(raw, &f) == nil {
		return f
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		if _, err := fmt.Sscanf(s, "%f", &f); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	return 0
}

// listener tells the course room that statements arrived: one run for each organisation at a time, and another one if
// more arrived meanwhile.
type listener struct {
	course *course.Service
	log    *slog.Logger

	mu      sync.Mutex
	running map[string]bool // guarded by mu
	again   map[string]bool // guarded by mu
	closed  bool            // guarded by mu
	wg      sync.WaitGroup
}

func newListener(s *course.Service, log *slog.Logger) *listener {
	return &listener{course: s, log: log, running: map[string]bool{}, again: map[string]bool{}}
}

// Stored starts observing what an organisation's store has received.
func (l *listener) Stored(ctx context.Context, org string, statements []lrs.Stored) {
	if !slices.ContainsFunc(statements, func(s lrs.Stored) bool { return !s.Platform && s.Account != "" }) {
		return // nothing that the course room did not know
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.running[org] {
		l.again[org] = true
		return
	}
	l.running[org] = true
	l.wg.Go(func() { l.run(context.WithoutCancel(ctx), org) })
}

func (l *listener) run(ctx context.Context, org string) {
	for {
		one, cancel := context.WithTimeout(ctx, time.Minute)
		if err := l.course.CatchUp(one, org); err != nil {
			l.log.Error("evidence not taken in; the sweep will", "organisation", org, "error", err)
		}
		cancel()
		l.mu.Lock()
		if l.closed || !l.again[org] {
			delete(l.running, org)
			delete(l.again, org)
			l.mu.Unlock()
			return
		}
		delete(l.again, org)
		l.mu.Unlock()
	}
}

// Close waits for what is being observed.
func (l *listener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.wg.Wait()
	return nil
}
