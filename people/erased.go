package people

import (
	"context"
	"errors"
	"time"

	"palestra/internal/store"
)

// erased says that an erasure was carried out in an organisation. Its id is the heir's: while a term holds the name, it says
// whose erasure it was, and then nothing does.
type erased struct {
	store.Meta `bson:",inline"`
	Own        bool       `bson:"own"` // she had asked herself
	Asked      time.Time  `bson:"asked"`
	Done       time.Time  `bson:"done"`
	Until      *time.Time `bson:"until,omitempty"` // how long the name is held; nil: it went at once
}

func (s *Service) declareErased() (err error) {
	s.erased, err = store.NewTown[erased](s.c.DB, "erased", 1, store.On("byDone", store.Time("done")))
	return err
}

// noteErased keeps that an erasure was carried out; again, after a crash, it changes nothing.
func (s *Service) noteErased(ctx context.Context, e erasure, h heir) error {
	d := erased{Meta: store.Meta{ID: h.ID}, Own: e.Own, Asked: e.Asked, Done: s.now()}
	if !h.Until.IsZero() {
		d.Until = &h.Until
	}
	err := s.erased.Insert(ctx, h.Organisation, d)
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return err
}

// Erased is an erasure that was carried out.
type Erased struct {
	ID    string
	Name  string // while it is held; else ""
	Own   bool   // she had asked herself
	Asked time.Time
	Done  time.Time
	Until *time.Time // how long the name is held
}

// Erased lists the erasures that were carried out in the actor's organisation, the latest first. Administrators may.
func (s *Service) Erased(ctx context.Context, by Actor, cursor string, limit int) (store.Page[Erased], error) {
	if err := by.Must(Administrator); err != nil {
		return store.Page[Erased]{}, err
	}
	p, err := s.erased.Find(ctx, by.Organisation, store.Query{Index: "byDone", Reverse: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return store.Page[Erased]{}, s.wrap("Erased", err)
	}
	page := store.Page[Erased]{Next: p.Next}
	for _, d := range p.Docs {
		x := Erased{ID: d.ID, Own: d.Own, Asked: d.Asked, Done: d.Done}
		m, err := s.members.Get(ctx, by.Organisation, d.ID)
		if err == nil {
			x.Name, x.Until = m.Name, d.Until
		} else if !errors.Is(err, store.ErrNotFound) {
			return page, s.wrap("Erased", err)
		}
		page.Docs = append(page.Docs, x)
	}
	return page, nil
}
