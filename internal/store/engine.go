package store

import (
	"context"
	"iter"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"palestra/internal/store/key"
)

// Class says to whom the documents of a collection belong. Nothing is in two classes.
type Class uint8

// The classes. The numbers are stored in catalogues and archives: never change them.
const (
	ClassTown   Class = 1 // to one organisation each
	ClassShared Class = 2 // to a host, and visible to the towns it names
	ClassGlobal Class = 3 // to the installation
)

// Collection is what is declared of one. Engines receive it complete: with the indexes that its sort implies.
type Collection struct {
	Name    string  `bson:"name"`
	Class   Class   `bson:"class"`
	Version int     `bson:"version"` // of the documents' schema, from 1
	Stream  bool    `bson:"stream"`
	Thinned bool    `bson:"thinned,omitempty"` // of streams: they can lose documents, so their numbers may have gaps
	Indexes []Index `bson:"indexes"`
}

// Names of the indexes that a collection has without declaring them.
const (
	ByID     = ""       // by id, which is also the primary key except in shared collections
	ByShared = "_id"    // ByID as a town sees a shared collection
	ByStream = "stream" // of a stream: (stream, number)
)

// Doc is a document as engines see it.
type Doc struct {
	Town  string   // whose it is; "" in shared and global collections
	ID    string   // as in Raw
	Rev   int64    // as in Raw
	Towns []string // of shared collections: who sees it
	Raw   bson.Raw // all of it, with _id, _rev and _v
	Rows  []Row    // what Collection.Rows returns of it, if that is known already
}

// Row is one place of a document in one index.
type Row struct {
	Index  int         // in Collection.Indexes
	Town   string      // whose part of the index; "" in global collections and across towns
	Values []key.Value // one for each field
	Tail   string      // the id; across towns the town and the id (Tail)
}

// Scan is a query, checked and ready for an engine.
type Scan struct {
	Index   int         // in Collection.Indexes; -1 walks the primary key
	Town    string      // whose part of the index
	Equal   []key.Value // of the first fields
	From    *key.Value  // of the next field, or of the id when there is none: inclusive
	To      *key.Value  // likewise: exclusive
	Reverse bool        // from the end
	After   []key.Value // begin behind the entry with these keys: the fields behind Equal, and the tail as text; nil: at the start
	Where   []Match     // further conditions
	Limit   int         // documents wanted, at least 1
	Most    int         // entries examined at most; 0: as many as Limit needs
}

// Match is one condition outside the index: the value at the path, or an element of the array there, equals Value.
type Match struct {
	Path  string
	Value key.Value
}

// Found is a part of a scan.
type Found struct {
	Docs  []bson.Raw
	Towns []string    // of each document, in a scan across towns; else nil
	Last  []key.Value // where to go on (Scan.After); nil at the end
}

// Head is the newest place of a stream.
type Head struct {
	Number int64     // of the last document; 0 if there is none
	Stored time.Time // of the last document, in UTC and milliseconds
}

// StreamHead is the head of one stream of a collection.
type StreamHead struct {
	Town   string
	Stream string
	Head   Head
}

// Appended is one request to append to a stream.
type Appended struct {
	Town   string
	Stream string
	After  int64 // the number that must be the last one; negative: any
	// Build makes the documents that follow this head. It may be called again, after a conflict.
	Build func(Head) ([]Doc, error)
}

// Engine is what the handles of this package need from a database. Every method may be called from many goroutines.
// Slices and documents that an engine returns belong to the caller. Engines return the errors of this package.
type Engine interface {
	// Declare makes the collection and its indexes ready, building and removing indexes as needed. It is called before
	// anything else is done with the collection, and again at each start. ErrDeclared if class or sort differ from what is
	// stored, ErrNewer if the stored schema version is higher.
	Declare(ctx context.Context, c *Collection) error
	// Get returns the document, or ErrNotFound.
	Get(ctx context.Context, c *Collection, town, id string) (bson.Raw, error)
	// Insert stores all documents or none. *DuplicateError
	Insert(ctx context.Context, c *Collection, docs []Doc) error
	// Replace stores doc in place of the revision rev. ErrNotFound, ErrConflict, *DuplicateError
	Replace(ctx context.Context, c *Collection, rev int64, doc Doc) error
	// Delete removes the document if it has the revision rev. ErrNotFound, ErrConflict
	Delete(ctx context.Context, c *Collection, town, id string, rev int64) error
	// Scan returns documents in the order of an index.
	Scan(ctx context.Context, c *Collection, s Scan) (Found, error)
	// Count returns the number of entries of a scan without Where, at most limit.
	Count(ctx context.Context, c *Collection, s Scan, limit int) (int, error)
	// Append stores documents at the end of a stream. ErrConflict if a.After is not the last number. *DuplicateError
	Append(ctx context.Context, c *Collection, a Appended) error
	// Drop removes the documents with these numbers from a stream of a thinned collection, with their names and index
	// entries, all or none, and returns how many there were. The head stays.
	Drop(ctx context.Context, c *Collection, town, stream string, numbers []int64) (int, error)
	// Head returns the newest place of a stream; the document there may have been dropped.
	Head(ctx context.Context, c *Collection, town, stream string) (Head, error)

	// Snapshot opens a view of everything as it is now.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Load stores documents of a declared collection as they are, for a restore into an empty engine. After the last
	// documents of a collection it is called with none.
	Load(ctx context.Context, c *Collection, docs []Doc) error
	// LoadHead puts the head of a stream where it was, for a restore: behind all documents that are there.
	LoadHead(ctx context.Context, c *Collection, h StreamHead) error
	// Check looks for damage and calls report for each one that it finds.
	Check(ctx context.Context, c *Collection, report func(problem string)) error
	// Close ends the engine. Calls under way must have ended.
	Close() error
}

// Snapshot is a view of all collections at one moment.
type Snapshot interface {
	// Collections returns what is stored, by name.
	Collections(ctx context.Context) ([]Collection, error)
	// Docs walks all documents of a collection in the order of its primary key.
	Docs(ctx context.Context, c *Collection) iter.Seq2[Doc, error]
	// Heads walks the heads of all streams of a collection.
	Heads(ctx context.Context, c *Collection) iter.Seq2[StreamHead, error]
	// Close ends the view.
	Close() error
}
