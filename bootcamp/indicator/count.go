package indicator

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/store"
)

// stream is the name of a host's facts.
const stream = "facts"

// factsAtOnce is how many facts are counted between two notes of how far counting has come.
const factsAtOnce = 100

// Counting goes through the stream fact by fact. Every document that it writes says up to which number it counts, and what
// the last one has changed in it: so each fact may be counted again by whoever follows somebody who died, or who counts
// beside.

// place says up to which fact a town is counted.
type place struct {
	store.Meta `bson:",inline"`
	Number     int64 `bson:"number"`
}

// source is the latest that was said about something.
type source struct {
	store.Meta `bson:",inline"`
	Number     int64   `bson:"number"`
	Turn       int     `bson:"turn"` // facts about it
	Fact       string  `bson:"fact"` // id of the latest; "" if it does not count any more
	Is         *Saying `bson:"is"`
	Before     string  `bson:"before"` // id of the fact before
	Was        *Saying `bson:"was"`
}

// person counts what one person has in one scope.
type person struct {
	store.Meta `bson:",inline"` // id: scope.who
	Number     int64            `bson:"number"`
	Has        []holding        `bson:"has"`
	Turned     turned           `bson:"turned"` // by the fact of this number
}

// holding is how many facts of somebody are in a figure.
type holding struct {
	Figure string `bson:"figure"`
	Count  int    `bson:"count"`
}

// turned is what a fact changes in figures of persons.
type turned struct {
	Came  []string `bson:"came"`  // figures in which she counts now
	Went  []string `bson:"went"`  // in which she counted before
	Fewer []string `bson:"fewer"` // dimension and number of parts in which she counted
	More  []string `bson:"more"`  // in which she counts now
}

// Tally holds the sums of a scope at the end of a day, from all that was entered until then.
type Tally struct {
	store.Meta `bson:",inline"` // id: scope.day
	Scope      string           `bson:"scope"`
	Day        string           `bson:"day"` // of the host
	Number     int64            `bson:"number"`
	At         time.Time        `bson:"at"` // when the last fact was entered
	Sums       []Sum            `bson:"sums"`
}

// Sum is one figure.
type Sum struct {
	Figure  string `bson:"figure"`
	Title   string `bson:"title,omitempty"` // of a lesson
	Count   int64  `bson:"count"`
	Minutes int64  `bson:"minutes"`
	Persons int64  `bson:"persons"` // each once
}

// several names the figure of those who count in n parts of a division.
func several(by string, n int) string { return figure(Presence, "in-"+by, strconv.Itoa(n)) }

// CatchUp counts what was entered and not counted yet. It may be killed anywhere, and run several times at once.
func (s *Service) CatchUp(ctx context.Context, host string) error {
	p, err := s.places.Get(ctx, host, stream)
	if errors.Is(err, store.ErrNotFound) {
		p = place{Meta: store.Meta{ID: stream}}
	} else if err != nil {
		return wrap("CatchUp", err)
	}
	for {
		facts, err := s.facts.Read(ctx, host, stream, p.Number, factsAtOnce)
		if err != nil || len(facts) == 0 {
			return wrap("CatchUp", err)
		}
		zone, err := s.zone(ctx, host)
		if err != nil {
			return wrap("CatchUp", err)
		}
		for i := range facts {
			if err := s.count(ctx, host, &facts[i], facts[i].Stored.In(zone).Format(time.DateOnly)); err != nil {
				return wrap("CatchUp", err)
			}
		}
		p.Number = facts[len(facts)-1].Number
		if err := s.reached(ctx, host, p.Number); err != nil {
			return wrap("CatchUp", err)
		}
	}
}

// reached notes that all facts up to a number are counted.
func (s *Service) reached(ctx context.Context, host string, number int64) error {
	set := func(p *place) error {
		if p.Number >= number {
			return store.ErrKeep
		}
		p.Number = number
		return nil
	}
	_, err := s.places.Update(ctx, host, stream, set)
	if errors.Is(err, store.ErrNotFound) {
		if err = s.places.Insert(ctx, host, place{store.Meta{ID: stream}, number}); errors.Is(err, store.ErrDuplicate) {
			_, err = s.places.Update(ctx, host, stream, set)
		}
	}
	return err
}

// count counts one fact.
func (s *Service) count(ctx context.Context, host string, f *Fact, day string) error {
	src, err := s.turn(ctx, host, f)
	if err != nil || src.Number > f.Number { // a later fact about it is counted: so is this one
		return err
	}
	if !f.Gone {
		r := Record{Meta: store.Meta{ID: f.ID}, Number: f.Number, Entered: f.Stored, Cells: []string{}, Saying: f.Saying}
		for _, scope := range f.scopes() {
			for _, name := range f.figures(scope) {
				r.Cells = append(r.Cells, scope+" "+name)
			}
		}
		if err := s.records.Insert(ctx, host, r); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
	if src.Before != "" {
		_, err := s.records.Update(ctx, host, src.Before, func(r *Record) error {
			if r.Until != nil {
				return store.ErrKeep
			}
			at := f.Stored
			r.Until = &at
			return nil
		})
		if err != nil {
			return err
		}
	}
	is := src.Is
	if is == nil && src.Was == nil {
		return nil // withdrawn before it ever counted
	}
	scopes := scopesOf(is, src.Was)
	for _, scope := range scopes {
		if err := s.sum(ctx, host, scope, day, f, src.Was, is); err != nil {
			return err
		}
	}
	return nil
}

func scopesOf(list ...*Saying) []string {
	var scopes []string
	for _, y := range list {
		if y != nil {
			scopes = append(scopes, y.scopes()...)
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// turn notes the latest that was said about something.
func (s *Service) turn(ctx context.Context, host string, f *Fact) (source, error) {
	put := func(o *source) error {
		if o.Number >= f.Number {
			return store.ErrKeep
		}
		o.Before, o.Was = o.Fact, o.Is
		o.Number, o.Turn, o.Fact, o.Is = f.Number, o.Turn+1, "", nil
		if !f.Gone {
			said := f.Saying
			o.Fact, o.Is = f.ID, &said
		}
		return nil
	}
	o, err := s.sources.Update(ctx, host, f.Source, put)
	if errors.Is(err, store.ErrNotFound) {
		fresh := source{Meta: store.Meta{ID: f.Source}}
		_ = put(&fresh) // never fails
		if err = s.sources.Insert(ctx, host, fresh); errors.Is(err, store.ErrDuplicate) {
			return s.sources.Update(ctx, host, f.Source, put)
		}
		return fresh, err
	}
	return o, err
}

// sum adds to a scope what a fact changes.
func (s *Service) sum(ctx context.Context, host, scope, day string, f *Fact, was, is *Saying) error {
	var t turned
	for _, who := range whoOf(was, is) {
		one, err := s.meet(ctx, host, scope, who, f.Number, was, is)
		if err != nil {
			return err
		}
		t.Came, t.Went = append(t.Came, one.Came...), append(t.Went, one.Went...)
		t.Fewer, t.More = append(t.Fewer, one.Fewer...), append(t.More, one.More...)
	}
	change := func(d *Tally) {
		for sign, y := range map[int64]*Saying{-1: was, 1: is} {
			if y == nil || !slices.Contains(y.scopes(), scope) {
				continue
			}
			for _, name := range y.figures(scope) {
				x := d.at(name)
				x.Count += sign
				x.Minutes += sign * int64(y.Minutes)
				for _, l := range y.Lessons {
					if name == figure(y.What, ByLesson, l.key()) {
						x.Title = l.Title
					}
				}
			}
		}
		for n, names := range map[int64][]string{-1: slices.Concat(t.Went, t.Fewer), 1: slices.Concat(t.Came, t.More)} {
			for _, name := range names {
				d.at(name).Persons += n
			}
		}
		d.Number, d.At = f.Number, f.Stored
	}
	for {
		p, err := s.tallies.Find(ctx, host, store.Query{Index: "byDay", Equal: []any{scope}, Reverse: true, Limit: 1})
		if err != nil {
			return err
		}
		last := Tally{Scope: scope, Sums: []Sum{}}
		if len(p.Docs) > 0 {
			last = p.Docs[0]
		}
		if last.Number >= f.Number {
			return nil
		}
		if last.Day >= day && last.ID != "" {
			_, err = s.tallies.Update(ctx, host, last.ID, func(d *Tally) error {
				if d.Number >= f.Number {
					return store.ErrKeep
				}
				change(d)
				return nil
			})
			return err
		}
		last.Meta, last.Day = store.Meta{ID: scope + "." + day}, day
		change(&last)
		if err = s.tallies.Insert(ctx, host, last); !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
}

// at returns a figure of the day, which is made if it is not there.
func (d *Tally) at(name string) *Sum {
	i, found := slices.BinarySearchFunc(d.Sums, name, func(x Sum, n string) int { return strings.Compare(x.Figure, n) })
	if !found {
		d.Sums = slices.Insert(d.Sums, i, Sum{Figure: name})
	}
	return &d.Sums[i]
}

func whoOf(list ...*Saying) []string {
	var who []string
	for _, y := range list {
		if y != nil && y.Who != "" && !slices.Contains(who, y.Who) {
			who = append(who, y.Who)
		}
	}
	return who
}

// meet notes what a fact changes of somebody, and returns in which figures she comes or goes. What was noted before is
// returned again.
func (s *Service) meet(ctx context.Context, host, scope, who string, number int64, was, is *Saying) (turned, error) {
	put := func(p *person) error {
		if p.Number >= number {
			return store.ErrKeep
		}
		p.Number = number
		p.Turned = p.apply(scope, who, was, is)
		return nil
	}
	id := scope + "." + who
	p, err := s.persons.Update(ctx, host, id, put)
	if errors.Is(err, store.ErrNotFound) {
		p = person{Meta: store.Meta{ID: id}, Has: []holding{}}
		_ = put(&p) // never fails
		if err = s.persons.Insert(ctx, host, p); errors.Is(err, store.ErrDuplicate) {
			p, err = s.persons.Update(ctx, host, id, put)
		}
	}
	if p.Number > number {
		return turned{}, err // counted long ago: so are the sums
	}
	return p.Turned, err
}

// apply takes what was and adds what is.
func (p *person) apply(scope, who string, was, is *Saying) turned {
	before := map[string]int{}
	for _, h := range p.Has {
		before[h.Figure] = h.Count
	}
	after := map[string]int{}
	for name, n := range before {
		after[name] = n
	}
	for sign, y := range map[int]*Saying{-1: was, 1: is} {
		if y == nil || y.Who != who || !slices.Contains(y.scopes(), scope) {
			continue
		}
		for _, name := range y.figures(scope) {
			after[name] += sign
		}
	}
	t := turned{Came: []string{}, Went: []string{}, Fewer: []string{}, More: []string{}}
	p.Has = []holding{}
	for name, n := range after {
		if n > 0 {
			p.Has = append(p.Has, holding{name, n})
		}
		switch {
		case n > 0 && before[name] <= 0:
			t.Came = append(t.Came, name)
		case n <= 0 && before[name] > 0:
			t.Went = append(t.Went, name)
		}
	}
	slices.SortFunc(p.Has, func(a, b holding) int { return strings.Compare(a.Figure, b.Figure) })
	for _, by := range Divisions() {
		a, b := parts(before, by), parts(after, by)
		if a == b {
			continue
		}
		if a > 0 {
			t.Fewer = append(t.Fewer, several(by, a))
		}
		if b > 0 {
			t.More = append(t.More, several(by, b))
		}
	}
	return t
}

// Divisions lists what presences are divided by so that one person may be in several parts.
func Divisions() []string { return []string{ByBootcamp, ByCohort, ByMode, ByKind, ByTown} }

// parts counts the parts of a division in which somebody has presences.
func parts(has map[string]int, by string) (n int) {
	for name, count := range has {
		if count > 0 && strings.HasPrefix(name, figure(Presence, by)+"/") {
			n++
		}
	}
	return n
}
