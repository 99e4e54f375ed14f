package course

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// Tokens name who sees something in the catalogue: "town:<id>", "network", "public".
const (
	tokenNetwork = "network"
	tokenPublic  = "public"
)

func tokenTown(org string) string { return "town:" + org }

func (a Audience) tokens(owner string) []string {
	t := []string{tokenTown(owner)}
	switch a.Kind {
	case AudienceTowns:
		for _, o := range a.Towns {
			if o != owner {
				t = append(t, tokenTown(o))
			}
		}
	case AudienceNetwork:
		t = append(t, tokenNetwork)
	case AudiencePublic:
		t = append(t, tokenNetwork, tokenPublic)
	}
	return t
}

// covers reports whether everybody whom want names may begin what seen names. Who only looks in from outside begins
// nothing.
func covers(seen, want []string) bool {
	if slices.Contains(seen, tokenNetwork) {
		return true
	}
	return !slices.ContainsFunc(want, func(t string) bool { return t != tokenPublic && !slices.Contains(seen, t) })
}

// Notice is what the catalogue says of everything that it offers.
type Notice struct {
	Owner     string    `bson:"owner"`
	OwnerName string    `bson:"ownerName"`
	Version   int       `bson:"version"`
	Languages []string  `bson:"languages"`
	Title     Text      `bson:"title"`
	Summary   Text      `bson:"summary"`
	SeenBy    []string  `bson:"seenBy"` // tokens
	Sort      string    `bson:"sort"`
	Published time.Time `bson:"published"`
}

func (n *Notice) notice() *Notice { return n }

// noticed is an entry of a catalogue.
type noticed[E any] interface {
	*E
	notice() *Notice
	key() *store.Meta
}

func (n *Notice) matches(q string) bool {
	for _, t := range n.Title {
		if strings.Contains(people.Fold(t), q) {
			return true
		}
	}
	return false
}

// visible reports whether the actor may begin it, or look at it if it is public.
func (n *Notice) visible(by people.Actor) bool {
	return slices.Contains(n.SeenBy, tokenPublic) || by.Has(people.Roles()...) && n.seenFrom(by.Organisation)
}

// seenFrom reports whether people of an organisation may begin it.
func (n *Notice) seenFrom(org string) bool {
	return slices.Contains(n.SeenBy, tokenNetwork) || slices.Contains(n.SeenBy, tokenTown(org))
}

// browse lists what the actor's organisation may begin, by title: first its own and what was chosen for it, then what
// is for every town. Somebody who is not signed in sees what is public. A text q keeps titles that contain it.
func browse[E any, P noticed[E]](ctx context.Context, entries *store.Global[E], by people.Actor, q, cursor string, limit int) ([]E, string, error) {
	sources := []string{tokenPublic}
	if by.Has(people.Roles()...) {
		sources = []string{tokenTown(by.Organisation), tokenNetwork}
	}
	// The cursor says which source is being read, and where in it.
	at, inner, _ := strings.Cut(cursor, "/")
	from := max(0, min(len(sources)-1, atoi(at)))
	if limit < 1 || limit > 200 {
		limit = 50
	}
	list := make([]E, 0, limit)
	q = people.Fold(q)
	for pages := 0; from < len(sources); pages++ {
		p, err := entries.Find(ctx, store.Query{Index: "bySeen", Equal: []any{sources[from]}, Limit: limit - len(list), Cursor: inner})
		if err != nil {
			return nil, "", err
		}
		for i := range p.Docs {
			n := P(&p.Docs[i]).notice()
			if from > 0 && n.Owner == by.Organisation || q != "" && !n.matches(q) {
				continue // its own are listed already
			}
			list = append(list, p.Docs[i])
		}
		if inner = p.Next; inner == "" {
			from++
		}
		// A text may be rare: after some pages the answer is short, with a cursor.
		if (len(list) >= limit || pages >= 20) && from < len(sources) {
			return list, strconv.Itoa(from) + "/" + inner, nil
		}
	}
	return list, "", nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// post puts an entry into a catalogue, or replaces it; an entry of a later version stays.
func post[E any, P noticed[E]](ctx context.Context, entries *store.Global[E], e E) error {
	err := entries.Insert(ctx, e)
	if !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	_, err = entries.Update(ctx, P(&e).key().ID, func(d *E) error {
		if P(d).notice().Version > P(&e).notice().Version {
			return store.ErrKeep
		}
		m := *P(d).key()
		*d = e
		*P(d).key() = m
		return nil
	})
	return err
}
