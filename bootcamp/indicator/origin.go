package indicator

import (
	"context"
	"errors"
	"slices"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// pointer leads from a practice to an output that named it. It is only ever added: whether the output still names it, the
// output says.
type pointer struct {
	store.Meta `bson:",inline"` // output, a dot, practice
	Practice   string           `bson:"practice"`
	Output     string           `bson:"output"`
	Host       string           `bson:"host"`
}

// Origin is a bootcamp that has brought a practice forth.
type Origin struct {
	Bootcamp string
	Title    course.Text
}

const maxOrigins = 20

// point makes the way back from a practice. It may be called again.
func (s *Service) point(ctx context.Context, host string, o OutputEntry) error {
	if o.Practice == "" {
		return nil
	}
	err := s.pointers.Insert(ctx, pointer{Meta: store.Meta{ID: o.ID + "." + o.Practice}, Practice: o.Practice, Output: o.ID, Host: host})
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return err
}

// Origins returns the bootcamps that a practice came of, as far as the actor sees them.
func (s *Service) Origins(ctx context.Context, by people.Actor, practice string) ([]Origin, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return nil, err
	}
	p, err := s.pointers.Find(ctx, store.Query{Index: "byPractice", Equal: []any{practice}, Limit: maxOrigins})
	if err != nil {
		return nil, wrap("Origins", err)
	}
	var list []Origin
	for _, d := range p.Docs {
		o, err := s.outputs.Get(ctx, d.Host, d.Output)
		if errors.Is(err, store.ErrNotFound) || err == nil && (o.Gone != "" || o.Practice != practice) {
			continue
		}
		if err != nil {
			return nil, wrap("Origins", err)
		}
		b, err := s.c.Camps.Bootcamp(ctx, by, o.Bootcamp)
		if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden {
			continue
		}
		if err != nil {
			return nil, wrap("Origins", err)
		}
		if !slices.ContainsFunc(list, func(o Origin) bool { return o.Bootcamp == b.ID }) {
			list = append(list, Origin{Bootcamp: b.ID, Title: b.Title})
		}
	}
	return list, nil
}
