package course

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// How learners watch a film is counted second by second, for its author: how many have seen each second, how far they
// came, and how many played it once more. Each learner counts once for each, and nobody is in these figures (decision 26).
//
// An enrolment keeps what is not counted yet beside the evidence that it follows from; from there it goes into a stream of
// the course's organisation, under an id that follows from the enrolment, once. The figures are a projection of that stream:
// a head that says up to which number, and a document for each ten minutes of film that says so for itself. So each of
// them can be written twice, and whoever dies in between is followed by somebody who goes on.

// Sizes of the figures.
const (
	sliceSeconds = 600  // of film in one document
	viewsAtOnce  = 100  // that are counted in one go
	viewingsKept = 5    // sessions of an enrolment and lesson whose playing is remembered
	spansKept    = 100  // of what one session has played
	heatPoints   = 3600 // seconds, or groups of them, that an answer holds
	// HeatGroup is how many learners stand behind every figure that is shown: figures are rounded down to its multiples.
	HeatGroup = 5
)

// viewing is what one session has played of a film.
type viewing struct {
	Playback string    `bson:"playback"`
	Granted  time.Time `bson:"granted"`
	Played   Intervals `bson:"played"` // milliseconds
}

// view is something new that a learner has watched: seconds of the film, from and to. It does not say who.
type view struct {
	store.Entry `bson:",inline"`
	Film        string    `bson:"film"`
	Seen        Intervals `bson:"seen"`  // seconds that she had not seen before
	Again       Intervals `bson:"again"` // seconds that she has now played in a second session
	// How far she had come, and has come now: the second after the last one; 0: not begun.
	Was int64 `bson:"was"`
	Is  int64 `bson:"is"`
}

// heatHead says up to which view a film is counted.
type heatHead struct {
	store.Meta `bson:",inline"` // id: film
	Gen        int64            `bson:"gen"`
	Number     int64            `bson:"number"`
	Viewers    int64            `bson:"viewers"`
}

// heatSlice counts ten minutes of a film, second by second.
type heatSlice struct {
	store.Meta `bson:",inline"` // id: film/generation/slice
	Film       string           `bson:"film"`
	Gen        int64            `bson:"gen"`
	Slice      int64            `bson:"slice"`
	Number     int64            `bson:"number"` // views up to it are counted
	Seen       []int64          `bson:"seen"`   // learners
	Again      []int64          `bson:"again"`  // learners who have played it in more than one session
	Ends       []int64          `bson:"ends"`   // learners who came so far and no farther
}

// filmOf names what is counted together: a lesson's video as long as it was when the version was published, since another
// file has other seconds.
func filmOf(lesson, video string, length int64) string {
	return lesson + "." + video + "." + strconv.FormatInt(length, 10)
}

// seconds returns the seconds of a film of which the middle is in the set; the last one may be short.
func (a Intervals) seconds(length int64) Intervals {
	whole, rest := length/1000, length%1000
	at := func(ms int64) int64 { // the first second whose middle is not before ms
		if rest > 0 && ms > whole*1000+rest/2 {
			return whole + 1
		}
		return min((ms+499)/1000, whole)
	}
	var out [][2]int64
	for _, s := range a.Within(0, length) {
		out = append(out, [2]int64{at(s[0]), at(s[1])})
	}
	return Normal(out...)
}

func (a Intervals) end() int64 {
	if len(a) == 0 {
		return 0
	}
	return a[len(a)-1][1]
}

// watch notes for the heat map what a statement adds to what was seen before, and reports whether it adds anything. A
// session of a film that the learner's version does not show any more is not counted, nor is playing that takes more time
// than has passed.
func (e *Enrolment) watch(org string, v *Version, p Playback, st Observed) bool {
	film := filmOf(p.Lesson, p.Video, p.Length)
	if p.Length != v.clip(p.Video) {
		return false
	}
	ev := e.evidence(p.Lesson)
	if ev.Film != film {
		ev.Film, ev.Counted, ev.Again, ev.Viewed = film, Intervals{}, Intervals{}, nil
	}
	counted := ev.Counted.seconds(p.Length)
	now := ev.Seen.seconds(p.Length)
	w := view{Film: film, Seen: now.Without(counted), Again: Intervals{}, Was: counted.end(), Is: now.end()}
	claimed := st.Segments.Within(0, p.Length)
	if claimed.Length() == st.Segments.Length() && claimed.Length() <= int64(maxSpeed*float64(st.Stored.Sub(p.Granted).Milliseconds()))+tolerance.Milliseconds() {
		fresh := ev.played(p, claimed)
		// What this session had not played and was seen before was seen in another one.
		w.Again = fresh.Without(fresh.Without(counted)).Without(ev.Again)
	}
	if len(w.Seen) == 0 && len(w.Again) == 0 {
		return false
	}
	ev.Counted, ev.Again = ev.Seen, ev.Again.Union(w.Again)
	e.Views++
	w.ID = eventID(org, "view", e.ID, strconv.FormatInt(e.Views, 10))
	e.Uncounted, e.Pending = append(e.Uncounted, w), true
	return true
}

// played returns the seconds that a session had not played before, and remembers them. Only the latest sessions are known:
// what an older one is late to tell is not counted.
func (ev *Evidence) played(p Playback, claimed Intervals) Intervals {
	i := slices.IndexFunc(ev.Viewed, func(v viewing) bool { return v.Playback == p.ID })
	if i < 0 {
		if len(claimed) == 0 || len(ev.Viewed) >= viewingsKept && p.Granted.Before(ev.Viewed[0].Granted) {
			return Intervals{}
		}
		ev.Viewed = append(ev.Viewed, viewing{Playback: p.ID, Granted: p.Granted, Played: Intervals{}})
		slices.SortStableFunc(ev.Viewed, func(a, b viewing) int { return a.Granted.Compare(b.Granted) })
		if n := len(ev.Viewed) - viewingsKept; n > 0 {
			ev.Viewed = slices.Delete(ev.Viewed, 0, n)
		}
		i = slices.IndexFunc(ev.Viewed, func(v viewing) bool { return v.Playback == p.ID })
	}
	all := ev.Viewed[i].Played.Union(claimed)
	if len(all) > spansKept {
		return Intervals{}
	}
	fresh := all.seconds(p.Length).Without(ev.Viewed[i].Played.seconds(p.Length))
	ev.Viewed[i].Played = all
	return fresh
}

// keepViews puts views into the stream of the course's organisation, each once.
func (s *Service) keepViews(ctx context.Context, owner string, views []view) error {
	for _, v := range views {
		if _, err := s.views.Append(ctx, owner, v.Film, v); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return s.wrap("keepViews", err)
		}
	}
	return nil
}

// touched returns the slices that a view changes.
func (v *view) touched() map[int64]bool {
	out := map[int64]bool{}
	for _, set := range []Intervals{v.Seen, v.Again} {
		for _, span := range set {
			for n := span[0] / sliceSeconds; n <= (span[1]-1)/sliceSeconds; n++ {
				out[n] = true
			}
		}
	}
	if v.Was != v.Is {
		for _, end := range []int64{v.Was, v.Is} {
			if end > 0 {
				out[(end-1)/sliceSeconds] = true
			}
		}
	}
	return out
}

// add counts a view.
func (h *heatSlice) add(v *view) {
	from := h.Slice * sliceSeconds
	for set, into := range map[*Intervals][]int64{&v.Seen: h.Seen, &v.Again: h.Again} {
		for _, span := range set.Within(from, from+sliceSeconds) {
			for n := span[0]; n < span[1]; n++ {
				into[n-from]++
			}
		}
	}
	if v.Was == v.Is {
		return
	}
	for end, by := range map[int64]int64{v.Was: -1, v.Is: 1} {
		if n := end - 1 - from; end > 0 && n >= 0 && n < sliceSeconds {
			h.Ends[n] += by
		}
	}
}

// head returns up to which view a film is counted.
func (s *Service) head(ctx context.Context, org, film string) (heatHead, error) {
	for {
		h, err := s.heat.Get(ctx, org, film)
		if !errors.Is(err, store.ErrNotFound) {
			return h, err
		}
		err = s.heat.Insert(ctx, org, heatHead{Meta: store.Meta{ID: film}, Gen: 1})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return h, err
		}
	}
}

// countViews counts the next views of a film, and reports whether there may be more.
func (s *Service) countViews(ctx context.Context, org, film string) (more bool, err error) {
	head, err := s.head(ctx, org, film)
	if err != nil {
		return false, s.wrap("countViews", err)
	}
	p, err := s.views.Find(ctx, org, store.Query{Index: store.ByStream, Equal: []any{film}, From: head.Number + 1, Limit: viewsAtOnce})
	if err != nil || len(p.Docs) == 0 {
		return false, s.wrap("countViews", err)
	}
	last := p.Docs[len(p.Docs)-1].Number
	touched := map[int64]bool{}
	for i := range p.Docs {
		maps.Copy(touched, p.Docs[i].touched())
	}
	for _, n := range slices.Sorted(maps.Keys(touched)) {
		if err := s.countSlice(ctx, org, head, n, p.Docs, last); err != nil {
			return false, s.wrap("countViews", err)
		}
	}
	_, err = s.heat.Update(ctx, org, film, func(h *heatHead) error {
		if h.Gen != head.Gen || h.Number >= last {
			return store.ErrKeep
		}
		for i := range p.Docs {
			if v := &p.Docs[i]; v.Number > h.Number && v.Was == 0 && v.Is > 0 {
				h.Viewers++
			}
		}
		h.Number = last
		return nil
	})
	return len(p.Docs) == viewsAtOnce, s.wrap("countViews", err)
}

// countSlice counts views in one slice, those that it counts already left out.
func (s *Service) countSlice(ctx context.Context, org string, head heatHead, n int64, views []view, last int64) error {
	id := head.ID + "/" + strconv.FormatInt(head.Gen, 10) + "/" + strconv.FormatInt(n, 10)
	for {
		_, err := s.slices.Update(ctx, org, id, func(h *heatSlice) error {
			if h.Number >= last {
				return store.ErrKeep
			}
			for i := range views {
				if views[i].Number > h.Number {
					h.add(&views[i])
				}
			}
			h.Number = last
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		// Whatever touches it is behind the head: nothing before that can be missing in it.
		err = s.slices.Insert(ctx, org, heatSlice{Meta: store.Meta{ID: id}, Film: head.ID, Gen: head.Gen, Slice: n, Number: head.Number,
			Seen: make([]int64, sliceSeconds), Again: make([]int64, sliceSeconds), Ends: make([]int64, sliceSeconds)})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
}

// Heat says how a lesson's video was watched, by everybody who learns the course in any town. Every figure is rounded down to
// a multiple of HeatGroup; below that nothing is shown.
type Heat struct {
	Video    string
	Length   int64   // milliseconds
	Step     int64   // seconds that one figure stands for
	Viewers  int64   // learners who have seen anything of it
	Hidden   bool    // fewer than HeatGroup learners
	Seen     []int64 // learners who have seen it
	Reached  []int64 // learners who came at least so far
	Replays  []int64 // learners who have played it in more than one session
	Counting bool    // views are still being counted
}

// countedAtOnce is how many times views are counted before an author is answered.
const countedAtOnce = 20

// Heat returns how the video of a lesson was watched, as the latest version of the course shows it. Authors may. Faults:
// course.lesson_not_found, course.no_video
func (s *Service) Heat(ctx context.Context, by people.Actor, course, lesson string) (Heat, error) {
	c, err := s.Course(ctx, by, course)
	if err != nil {
		return Heat{}, err
	}
	missing := fault.New(fault.NotFound, "course.lesson_not_found", "no lesson %.64s", lesson)
	if c.Version == 0 {
		return Heat{}, missing
	}
	v, err := s.version(ctx, Enrolment{Owner: by.Organisation, Course: c.ID, Version: c.Version})
	if err != nil {
		return Heat{}, err
	}
	l := v.lesson(lesson)
	if l == nil {
		return Heat{}, missing
	}
	if l.Kind != KindVideo || v.clip(l.Video) == 0 {
		return Heat{}, errNoVideo
	}
	film := filmOf(l.ID, l.Video, v.clip(l.Video))
	more := true
	for range countedAtOnce {
		if more, err = s.countViews(ctx, by.Organisation, film); err != nil {
			return Heat{}, err
		}
		if !more {
			break
		}
	}
	h, err := s.heatOf(ctx, by.Organisation, film, v.clip(l.Video))
	h.Video, h.Counting = l.Video, more
	return h, err
}

func (s *Service) heatOf(ctx context.Context, org, film string, length int64) (Heat, error) {
	head, err := s.head(ctx, org, film)
	if err != nil {
		return Heat{}, s.wrap("heatOf", err)
	}
	seconds := (length + 999) / 1000
	whole := heatSlice{Seen: make([]int64, seconds), Again: make([]int64, seconds), Ends: make([]int64, seconds)}
	err = s.slices.Each(ctx, org, store.Query{Index: "byFilm", Equal: []any{film, head.Gen}}, func(h heatSlice) error {
		for i := range h.Seen {
			if n := h.Slice*sliceSeconds + int64(i); n < seconds {
				whole.Seen[n], whole.Again[n], whole.Ends[n] = h.Seen[i], h.Again[i], h.Ends[i]
			}
		}
		return nil
	})
	if err != nil {
		return Heat{}, s.wrap("heatOf", err)
	}
	h := Heat{Length: length, Step: max(1, (seconds+heatPoints-1)/heatPoints), Viewers: grouped(head.Viewers), Hidden: head.Viewers < HeatGroup}
	if h.Hidden {
		return h, nil
	}
	reached := make([]int64, seconds)
	var beyond int64
	for n := seconds - 1; n >= 0; n-- {
		beyond += whole.Ends[n]
		reached[n] = beyond
	}
	h.Seen, h.Reached, h.Replays = shown(whole.Seen, h.Step), shown(reached, h.Step), shown(whole.Again, h.Step)
	return h, nil
}

// grouped rounds a figure down to a multiple of the least group.
func grouped(n int64) int64 { return n / HeatGroup * HeatGroup }

// shown returns the means of each step's seconds, rounded down to multiples of the least group.
func shown(all []int64, step int64) []int64 {
	out := make([]int64, 0, int64(len(all))/step+1)
	for part := range slices.Chunk(all, int(step)) {
		var sum int64
		for _, n := range part {
			sum += n
		}
		out = append(out, grouped(sum/int64(len(part))))
	}
	return out
}

// RecountHeat counts all views of an organisation's films anew, from the stream that holds them. Operators may. It may be
// killed anywhere: what is left is counted when somebody looks, or by the next run.
func (s *Service) RecountHeat(ctx context.Context, by people.Actor, org string) (films int, err error) {
	if err := by.MustOperate(); err != nil {
		return 0, err
	}
	var ids []string
	if err := s.heat.Each(ctx, org, store.Query{}, func(h heatHead) error { ids = append(ids, h.ID); return nil }); err != nil {
		return 0, s.wrap("RecountHeat", err)
	}
	for _, film := range ids {
		h, err := s.heat.Update(ctx, org, film, func(h *heatHead) error {
			h.Gen, h.Number, h.Viewers = h.Gen+1, 0, 0
			return nil
		})
		if err != nil {
			return films, s.wrap("RecountHeat", err)
		}
		err = s.slices.Each(ctx, org, store.Query{Index: "byFilm", Equal: []any{film}, To: h.Gen}, func(h heatSlice) error {
			return gone(s.slices.Delete(ctx, org, h.ID))
		})
		if err != nil {
			return films, s.wrap("RecountHeat", err)
		}
		for more := true; more; {
			if more, err = s.countViews(ctx, org, film); err != nil {
				return films, err
			}
		}
		films++
	}
	return films, nil
}
