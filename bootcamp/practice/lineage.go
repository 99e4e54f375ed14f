package practice

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// maxNodes is how many adoptions of a practice its lineage holds; what comes later is counted with them and not drawn.
const maxNodes = 2000

// Lineage is who took a practice from whom. It is written from the towns' adoptions.
type Lineage struct {
	store.Meta `bson:",inline"` // the practice's id
	Nodes      []Node           `bson:"nodes"` // in the order in which they began
}

// Node is an adoption in a lineage.
type Node struct {
	ID        string    `bson:"id"`
	Town      string    `bson:"town"`
	TownName  string    `bson:"townName"`
	Country   string    `bson:"country"`
	From      string    `bson:"from"` // another node; "" for the card
	State     string    `bson:"state"`
	Since     string    `bson:"since"` // day on which it came to the state
	Began     string    `bson:"began"` // day
	Used      string    `bson:"used"`  // day since which it was used first; "" for not yet
	Summary   string    `bson:"summary"`
	Language  string    `bson:"language"`
	Changes   int       `bson:"changes"`
	Residents int64     `bson:"residents"`
	Created   time.Time `bson:"created"`
}

// open reports whether everybody may know of an adoption. That a town is interested is between it and the authors.
func (n Node) open() bool { return n.State != Interested && (n.State != Dropped || n.Used != "") }

func (s *Service) lineage(ctx context.Context, practice string) (Lineage, error) {
	l, err := s.lineages.Get(ctx, practice)
	if errors.Is(err, store.ErrNotFound) {
		return Lineage{Meta: store.Meta{ID: practice}}, nil
	}
	return l, wrap("lineage", err)
}

// join writes an adoption into the lineage of its practice.
func (s *Service) join(ctx context.Context, org string, a Adoption) error {
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return wrap("join", err)
	}
	first, last := a.Stages[0], a.Stages[len(a.Stages)-1]
	n := Node{ID: a.ID, Town: org, TownName: o.Name, Country: o.Country, From: a.From, State: a.State, Since: last.On, Began: first.On, Summary: a.Summary, Language: a.Language,
		Changes: len(a.Changes), Residents: a.Residents, Created: first.At}
	if i := slices.IndexFunc(a.Stages, func(st Stage) bool { return st.State == Using }); i >= 0 {
		n.Used = a.Stages[i].On
	}
	put := func(l *Lineage) error {
		i := slices.IndexFunc(l.Nodes, func(m Node) bool { return m.ID == a.ID })
		switch {
		case i >= 0:
			l.Nodes[i] = n
		case len(l.Nodes) < maxNodes:
			l.Nodes = append(l.Nodes, n)
			slices.SortStableFunc(l.Nodes, func(a, b Node) int { return a.Created.Compare(b.Created) })
		}
		return nil
	}
	_, err = s.lineages.Update(ctx, a.Practice, put)
	if errors.Is(err, store.ErrNotFound) {
		l := Lineage{Meta: store.Meta{ID: a.Practice}}
		_ = put(&l) // never fails
		if err = s.lineages.Insert(ctx, l); errors.Is(err, store.ErrDuplicate) {
			_, err = s.lineages.Update(ctx, a.Practice, put)
		}
	}
	return wrap("join", err)
}

// Branch is a node and those that came from it.
type Branch struct {
	Node
	Branches []Branch
}

// grow makes trees of nodes. A node whose origin is not shown hangs on the card, and so does one that would come from
// itself: no document, however it came about, makes a circle.
func grow(nodes []Node) []Branch {
	shown := map[string]bool{}
	for _, n := range nodes {
		shown[n.ID] = true
	}
	from := map[string]string{}
	for _, n := range nodes {
		if shown[n.From] {
			from[n.ID] = n.From
		}
	}
	for _, n := range nodes {
		steps := 0
		for up := from[n.ID]; up != ""; up = from[up] {
			if steps++; up == n.ID || steps > len(nodes) {
				delete(from, n.ID)
				break
			}
		}
	}
	children := map[string][]Node{}
	for _, n := range nodes {
		children[from[n.ID]] = append(children[from[n.ID]], n)
	}
	var under func(id string) []Branch
	under = func(id string) []Branch {
		list := []Branch{}
		for _, n := range children[id] {
			list = append(list, Branch{n, under(n.ID)})
		}
		return list
	}
	return under("")
}

// Adopters is who has adopted a practice, as somebody may see it.
type Adopters struct {
	Branches   []Branch
	Interested int // towns that are interested and not named
	Like       Like
}

// Like says how it went in towns like the reader's.
type Like struct {
	From, To int64   // residents
	Towns    int     // of this size that use it
	Months   float64 // that they needed until they used it, the middle one; 0 if fewer than two are known
	Changes  float64 // that they made, on average
}

// Adopters returns the lineage of a practice. Towns that are only interested are named to the authors and to themselves.
// residents is the size of the reader's town, 0 for unknown.
func (s *Service) Adopters(ctx context.Context, by people.Actor, practice string, residents int64) (Adopters, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Adopters{}, err
	}
	card, err := s.Card(ctx, practice)
	if err != nil {
		return Adopters{}, err
	}
	l, err := s.lineage(ctx, practice)
	if err != nil {
		return Adopters{}, err
	}
	inside := card.Town == by.Organisation || slices.ContainsFunc(card.Authors, func(a Author) bool { return a.Person == by.Person })
	var out Adopters
	var nodes []Node
	for _, n := range l.Nodes {
		switch {
		case n.open() || inside || n.Town == by.Organisation:
			nodes = append(nodes, n)
		case n.State == Interested:
			out.Interested++
		}
	}
	out.Branches = grow(nodes)
	out.Like = like(nodes, residents)
	return out, nil
}

// like looks at towns of two thirds to one and a half of a size.
func like(nodes []Node, residents int64) Like {
	if residents <= 0 {
		return Like{}
	}
	out := Like{From: residents * 2 / 3, To: residents * 3 / 2}
	var months []float64
	changes := 0
	for _, n := range nodes {
		if n.State != Using || n.Residents < out.From || n.Residents > out.To {
			continue
		}
		out.Towns++
		changes += n.Changes
		began, err1 := time.Parse(time.DateOnly, n.Began)
		used, err2 := time.Parse(time.DateOnly, n.Used)
		if err1 == nil && err2 == nil {
			months = append(months, used.Sub(began).Hours()/24/30.44)
		}
	}
	if out.Towns > 0 {
		out.Changes = float64(changes) / float64(out.Towns)
	}
	if len(months) >= 2 {
		slices.Sort(months)
		out.Months = months[len(months)/2]
	}
	return out
}

// Shown returns one adoption of a practice, with what the town does otherwise and has learned, to who may know of it.
func (s *Service) Shown(ctx context.Context, by people.Actor, practice, id string) (Adoption, Node, error) {
	all, err := s.Adopters(ctx, by, practice, 0)
	if err != nil {
		return Adoption{}, Node{}, err
	}
	node, ok := find(all.Branches, id)
	if !ok {
		return Adoption{}, Node{}, fault.New(fault.NotFound, "practice.no_adoption", "no such adoption of this practice")
	}
	_, town, _ := strings.Cut(id, ".")
	a, err := s.adoption(ctx, town, id)
	return a, node, err
}

func find(branches []Branch, id string) (Node, bool) {
	for _, b := range branches {
		if b.ID == id {
			return b.Node, true
		}
		if n, ok := find(b.Branches, id); ok {
			return n, true
		}
	}
	return Node{}, false
}
