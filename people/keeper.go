package people

import (
	"context"
	"io"
	"time"
)

// Subject is a person as one organisation knows her, to whoever keeps something of her.
type Subject struct {
	Organisation string
	Person       string // id
	Account      string // random name in the learning records
	Name, Email  string
	Own          bool // a copy is for herself: what she keeps from everybody else is in it
}

// Held is something that is kept of a person, as she is told about it.
type Held struct {
	What  string     // stable word, translated as privacy.<what>
	Count int        // at most CountAtMost
	Stays bool       // an erasure leaves it, without her name
	Until *time.Time // of what stays with her name: how long a law or a term demands it
}

// CountAtMost is how far things are counted that are kept of one person.
const CountAtMost = 10000

// Keeper is another room that keeps something of persons. All of it may be called again after a crash.
type Keeper interface {
	// Holds says what the room keeps of a person in an organisation.
	Holds(ctx context.Context, s Subject) ([]Held, error)
	// Until returns how long the room's records must say who she is; zero if nothing demands it.
	Until(ctx context.Context, s Subject) (time.Time, error)
	// Erase removes what goes, and lets what stays be of heir, a new random id, instead of her. whole says that she is to be
	// erased everywhere, not only in this organisation.
	Erase(ctx context.Context, s Subject, heir string, whole bool) error
	// Rename lets the copies of her name that the room holds, where she acts for this organisation, be what she is called now.
	// What bears it already is not written again; what is signed, or was handed over, stays as it is.
	Rename(ctx context.Context, s Subject) error
	// Copy writes all that the room keeps of her into files.
	Copy(ctx context.Context, s Subject, files Files) error
}

// Files takes the files of a copy, one after the other: what Create returned before ends with the next one.
type Files interface {
	Create(name string) (io.Writer, error)
}

// Keep adds a room that is asked for what it keeps of persons. Call it before the service is used.
func (s *Service) Keep(k Keeper) { s.keepers = append(s.keepers, k) }
