package store

import (
	"errors"
	"fmt"
)

// What callers compare. Everything else that a call returns is an accident.
var (
	ErrNotFound  = errors.New("store: not found")                          // no such document, or not for this town
	ErrConflict  = errors.New("store: somebody else wrote")                // Update gave up, or AppendAfter came too late
	ErrDuplicate = errors.New("store: duplicate")                          // see DuplicateError
	ErrKeep      = errors.New("store: keep")                               // returned by Update's function: leave the document as it is
	ErrNotOwner  = errors.New("store: not the owner")                      // a shared document can be changed by its owner only
	ErrTooLarge  = errors.New("store: too large")                          // a document, or what one Insert holds
	ErrInvalid   = errors.New("store: invalid document")                   // it does not fit its collection
	ErrQuery     = errors.New("store: query does not fit an index")        // a mistake in the program
	ErrCursor    = errors.New("store: cursor of another query")            // it came back changed
	ErrNewer     = errors.New("store: written by a newer program")         // stop, and start the newer program
	ErrFull      = errors.New("store: the disk is nearly full")            // reading works, writing is refused
	ErrDeclared  = errors.New("store: collection declared in another way") // a mistake in the program
	ErrNotEmpty  = errors.New("store: not empty")                          // Restore goes into an empty store only
	ErrClosed    = errors.New("store: closed")
)

// DuplicateError says which document could not be stored because another one has its id or its key in a unique index.
// errors.Is(err, ErrDuplicate) holds.
type DuplicateError struct {
	Collection string
	Index      string // the unique index; "" for the id itself
	ID         string // of the document that was refused
}

// Error names the collection, the index and the id.
func (e *DuplicateError) Error() string {
	if e.Index == "" {
		return fmt.Sprintf("store: %s already has the id %q", e.Collection, e.ID)
	}
	return fmt.Sprintf("store: %s: another document has the keys of %q in the unique index %q", e.Collection, e.ID, e.Index)
}

// Is reports whether target is ErrDuplicate.
func (e *DuplicateError) Is(target error) bool { return target == ErrDuplicate }
