package indicator

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/bootcamp"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Line is one figure as somebody may read it.
type Line struct {
	What    string // Presence …
	By      string // "" for the whole
	Part    string // id or choice
	Title   string // of a lesson
	Count   Number
	Minutes Number
	Persons Number // each once
}

// Number is a figure, or that it is hidden.
type Number struct {
	Value  int64 // 0 if it is hidden
	Hidden bool
}

// Bridge says why the parts of a division have another sum than the whole: persons in several parts.
type Bridge struct {
	By     string
	Parts  int    // that have somebody
	Sum    Number // of the parts
	Again  Number // counted more than once
	Whole  Number // each once
	Shares []Share
}

// Share is how many persons are in so many parts.
type Share struct {
	Parts   int
	Persons Number
}

// Figures are what was known at the end of a day.
type Figures struct {
	Host     string // organisation
	Bootcamp string // "" for all of the town
	AsOf     string // day of the host
	Zone     string
	At       time.Time // when the last thing in them was entered; zero for never
	Named    bool      // the reader may see who is behind them
	Lines    []Line
	Bridges  []Bridge
	number   int64
}

// reader returns whose figures somebody asks for, and whether she may see persons. bootcamp "" is all of her own town.
// People who have an office read figures; those who lead the bootcamp, or bootcamps in their town, see who is behind them.
func (s *Service) reader(ctx context.Context, by people.Actor, id string) (host string, named bool, err error) {
	if err := by.Must(people.Author, people.Facilitator, people.HR, people.Administrator); err != nil {
		return "", false, err
	}
	if id == "" {
		return by.Organisation, by.Has(people.Facilitator, people.Administrator), nil
	}
	b, err := s.c.Camps.Bootcamp(ctx, by, id)
	return b.Owner, err == nil && s.c.Camps.Hosts(by, b), err
}

// Figures returns the figures of a bootcamp, or with "" those of the actor's whole town, from all that was entered until
// the end of a day of the host; "" is today. Faults: indicator.day, bootcamp.not_found.
func (s *Service) Figures(ctx context.Context, by people.Actor, id, asOf string) (Figures, error) {
	f, sums, err := s.known(ctx, by, id, asOf)
	if err != nil {
		return f, err
	}
	f.fill(sums)
	return f, nil
}

// known returns the sums of a scope at the end of a day.
func (s *Service) known(ctx context.Context, by people.Actor, id, asOf string) (Figures, []Sum, error) {
	host, named, err := s.reader(ctx, by, id)
	if err != nil {
		return Figures{}, nil, err
	}
	zone, err := s.zone(ctx, host)
	if err != nil {
		return Figures{}, nil, err
	}
	today := s.now().In(zone).Format(time.DateOnly)
	if asOf == "" {
		asOf = today
	}
	if _, err := time.Parse(time.DateOnly, asOf); err != nil || asOf > today {
		return Figures{}, nil, fault.New(fault.Invalid, "indicator.day", "a day that has come, as 2026-11-24").At("query.asOf", "indicator.day")
	}
	if err := s.CatchUp(ctx, host); err != nil {
		return Figures{}, nil, err
	}
	f := Figures{Host: host, Bootcamp: id, AsOf: asOf, Zone: zone.String(), Named: named}
	p, err := s.tallies.Find(ctx, host, store.Query{Index: "byDay", Equal: []any{scopeOf(id)}, To: asOf + "~", Reverse: true, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return f, nil, wrap("known", err)
	}
	f.At, f.number = p.Docs[0].At, p.Docs[0].Number
	return f, p.Docs[0].Sums, nil
}

func scopeOf(bootcamp string) string {
	if bootcamp == "" {
		return wholeTown
	}
	return ofBootcamp(bootcamp)
}

// fill makes lines and bridges of sums, and hides what the reader may not know.
func (f *Figures) fill(sums []Sum) {
	again := map[string][]Sum{} // by division
	for _, x := range sums {
		what, rest, _ := strings.Cut(x.Figure, "/")
		by, part, _ := strings.Cut(rest, "/")
		if division, in := strings.CutPrefix(by, "in-"); in {
			x.Figure = part
			if x.Persons > 0 {
				again[division] = append(again[division], x)
			}
			continue
		}
		if x.Count == 0 && x.Persons == 0 && rest != "" {
			continue
		}
		if what == Anybody { // persons only: the rest is in the other figures
			x.Count, x.Minutes = 0, 0
		}
		f.Lines = append(f.Lines, Line{What: what, By: by, Part: part, Title: x.Title, Count: Number{Value: x.Count}, Minutes: Number{Value: x.Minutes}, Persons: Number{Value: x.Persons}})
	}
	whole := f.line(Presence, "", "")
	for _, by := range Divisions() {
		b := Bridge{By: by, Shares: []Share{}}
		for _, l := range f.Lines {
			if l.What == Presence && l.By == by {
				b.Parts++
				b.Sum.Value += l.Persons.Value
			}
		}
		if b.Parts == 0 || whole == nil {
			continue
		}
		b.Whole = whole.Persons
		b.Again.Value = b.Sum.Value - b.Whole.Value
		for _, x := range again[by] {
			n, err := strconv.Atoi(x.Figure)
			if err != nil {
				continue
			}
			b.Shares = append(b.Shares, Share{n, Number{Value: x.Persons}})
		}
		slices.SortFunc(b.Shares, func(x, y Share) int { return x.Parts - y.Parts })
		f.Bridges = append(f.Bridges, b)
	}
	if !f.Named {
		f.conceal()
	}
}

func (f *Figures) line(what, by, part string) *Line {
	i := slices.IndexFunc(f.Lines, func(l Line) bool { return l.What == what && l.By == by && l.Part == part })
	if i < 0 {
		return nil
	}
	return &f.Lines[i]
}

// ofPeople reports whether persons are behind a figure.
func ofPeople(what string) bool { return what == Presence || what == Visit || what == Anybody }

func (l *Line) name(of string) string { return figure(l.What, l.By, l.Part) + "#" + of }

// conceal hides what says too much of few people, and what it could be computed from.
func (f *Figures) conceal() {
	all := map[string]*small{}
	var into []func()
	add := func(name string, n *Number, x small) {
		x.value = n.Value
		all[name] = &x
		into = append(into, func() {
			if all[name].hidden {
				*n = Number{Hidden: true}
			}
		})
	}
	for i := range f.Lines {
		l := &f.Lines[i]
		if !ofPeople(l.What) {
			continue
		}
		n := l.Persons.Value
		if l.What == Visit { // somebody unknown may be behind each
			n = l.Count.Value
		}
		few := n > 0 && n < Few
		last := l.By == "" && l.What != Anybody
		if f.Bootcamp == "" { // the whole of a bootcamp stands on its own page as well
			last = l.By == ByBootcamp
		}
		add(l.name("count"), &l.Count, small{hidden: few, last: last})
		add(l.name("minutes"), &l.Minutes, small{hidden: few, last: last, open: true})
		add(l.name("persons"), &l.Persons, small{hidden: few || l.Persons.Value > 0 && l.Persons.Value < Few, last: last})
	}
	relations := f.relations()
	if all, here := f.line(Anybody, "", ""), f.line(Presence, "", ""); all != nil && here != nil {
		n := Number{Value: all.Persons.Value - here.Persons.Value} // who only came to the help-desk
		add("anybody#visits", &n, small{hidden: n.Value > 0 && n.Value < Few})
		relations = append(relations, relation{parts: []string{here.name("persons"), "anybody#visits"}, whole: all.name("persons")})
	}
	for i := range f.Bridges {
		b := &f.Bridges[i]
		name := "bridge/" + b.By
		few := func(n int64) bool { return n > 0 && n < Few }
		add(name+"#sum", &b.Sum, small{})
		add(name+"#again", &b.Again, small{hidden: few(b.Again.Value)})
		add(name+"#whole", &b.Whole, small{})
		whole := figure(Presence, "", "") + "#persons"
		all[name+"#whole"] = all[whole] // the same figure
		relations = append(relations, relation{parts: []string{name + "#sum"}, less: []string{name + "#again"}, whole: whole})
		r := relation{whole: name + "#sum"}
		for _, l := range f.Lines {
			if l.What == Presence && l.By == b.By {
				r.parts = append(r.parts, l.name("persons"))
			}
		}
		relations = append(relations, r)
		shares := relation{whole: whole}
		for k := range b.Shares {
			x := &b.Shares[k]
			id := name + "#in" + strconv.Itoa(x.Parts)
			add(id, &x.Persons, small{hidden: few(x.Persons.Value)})
			shares.parts = append(shares.parts, id)
		}
		relations = append(relations, shares)
		// Each share counts as often as it says: the sum follows from them.
		weighted := relation{whole: name + "#sum"}
		for _, x := range b.Shares {
			for range x.Parts {
				weighted.parts = append(weighted.parts, name+"#in"+strconv.Itoa(x.Parts))
			}
		}
		relations = append(relations, weighted)
	}
	conceal(all, relations)
	for _, set := range into {
		set()
	}
}

// relations lists the equations between lines: parts of a division make up the whole, and kinds the hours of a mode.
func (f *Figures) relations() []relation {
	var list []relation
	exact := map[string][]string{Presence: {ByCohort, ByBootcamp, ByMode, ByKind, ByTown}, Visit: {ByBootcamp, ByTopic, ByOutcome, ByMode, ByVisitor}}
	for what, divisions := range exact {
		for _, of := range []string{"count", "minutes"} {
			for _, by := range divisions {
				r := relation{whole: figure(what, "", "") + "#" + of}
				for _, l := range f.Lines {
					if l.What == what && l.By == by {
						r.parts = append(r.parts, l.name(of))
					}
				}
				if len(r.parts) > 0 {
					list = append(list, r)
				}
			}
		}
	}
	for _, l := range f.Lines {
		if l.What != Presence || l.By != ByMode && l.By != ByKind {
			continue
		}
		for _, of := range []string{"count", "minutes"} {
			r := relation{whole: l.name(of)}
			for _, x := range f.Lines {
				mode, kind, _ := strings.Cut(x.Part, ".")
				if x.What == Presence && x.By == ByCross && (l.By == ByMode && mode == l.Part || l.By == ByKind && kind == l.Part) {
					r.parts = append(r.parts, x.name(of))
				}
			}
			list = append(list, r)
		}
	}
	return list
}

// Detail is a record behind a figure, as somebody may see it.
type Detail struct {
	Record
	Name string // of a person; "" if nobody knows it
	Of   string // what her town is called
}

// Records lists what is behind a figure at the end of a day, the latest entered first, in pages that may be short. What
// says who was where is for those who may see persons.
func (s *Service) Records(ctx context.Context, by people.Actor, id, asOf, what, division, part, cursor string, limit int) (store.Page[Detail], error) {
	f, _, err := s.known(ctx, by, id, asOf)
	if err != nil {
		return store.Page[Detail]{}, err
	}
	if ofPeople(what) && !f.Named {
		return store.Page[Detail]{}, errForbidden
	}
	if f.number == 0 {
		return store.Page[Detail]{Docs: []Detail{}}, nil
	}
	name := figure(what)
	if division != "" {
		name = figure(what, division, part)
	}
	p, err := s.records.Find(ctx, f.Host, store.Query{Index: "byCell", Equal: []any{scopeOf(id) + " " + name}, To: f.number + 1, Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return store.Page[Detail]{}, wrap("Records", err)
	}
	zone, err := s.zone(ctx, f.Host)
	if err != nil {
		return store.Page[Detail]{}, err
	}
	out := store.Page[Detail]{Docs: []Detail{}, Next: p.Next}
	towns := map[string]string{}
	for _, r := range p.Docs {
		if r.Until != nil && r.Until.In(zone).Format(time.DateOnly) <= f.AsOf {
			continue // another one counted by then
		}
		d := Detail{Record: r}
		if err := s.named(ctx, f.Host, &d, towns); err != nil {
			return out, wrap("Records", err)
		}
		out.Docs = append(out.Docs, d)
	}
	return out, nil
}

// named says who and which town is behind a record.
func (s *Service) named(ctx context.Context, host string, d *Detail, towns map[string]string) error {
	if d.Town != "" {
		if _, there := towns[d.Town]; !there {
			o, err := s.c.People.Organisation(ctx, d.Town)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			towns[d.Town] = o.Name
		}
		d.Of = towns[d.Town]
	}
	if d.Who == "" {
		return nil
	}
	p, err := s.links.Find(ctx, host, store.Query{Index: "byWho", Equal: []any{d.Who}, Limit: 1})
	if err != nil || len(p.Docs) == 0 || !slices.Contains(p.Docs[0].Towns, d.Town) {
		return err
	}
	m, err := s.c.People.MemberOf(ctx, d.Town, p.Docs[0].Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	d.Name = m.Name
	return err
}

// Labels says what the parts of figures are called: cohorts, bootcamps and towns by id.
func (s *Service) Labels(ctx context.Context, by people.Actor, f Figures) (map[string]string, error) {
	labels := map[string]string{}
	if f.Bootcamp != "" {
		cohorts, err := s.c.Camps.Cohorts(ctx, by, f.Bootcamp)
		if err != nil {
			return nil, err
		}
		for _, c := range cohorts {
			labels[c.ID] = c.Name
		}
	}
	for _, l := range f.Lines {
		if _, there := labels[l.Part]; there {
			continue
		}
		switch l.By {
		case ByTown:
			o, err := s.c.People.Organisation(ctx, l.Part)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return nil, err
			}
			labels[l.Part] = o.Name
		case ByBootcamp:
			b, err := s.c.Camps.Named(ctx, f.Host, l.Part)
			if errors.Is(err, store.ErrNotFound) || fault.KindOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			labels[l.Part] = titleOf(b, by.Locale)
		case ByLesson:
			labels[l.Part] = l.Title
		}
	}
	return labels, nil
}

func titleOf(b bootcamp.Bootcamp, locale string) string {
	title, _ := b.Title.In(append([]string{locale}, b.Languages...)...)
	return title
}
