package store

import (
	"time"
)

// Meta is what every document carries. Embed it first, with the tag `bson:",inline"`.
type Meta struct {
	ID  string `bson:"_id"`  // unique in the collection, or in the town's part of it; 1 to MaxID bytes of UTF-8
	Rev int64  `bson:"_rev"` // 1 after Insert; each Update adds 1
}

func (m *Meta) meta() *Meta { return m }

// SharedMeta is the Meta of documents that several towns see. Embed it first, with the tag `bson:",inline"`.
type SharedMeta struct {
	Meta  `bson:",inline"`
	Owner string   `bson:"_owner"` // the town that may change it; never changes
	Towns []string `bson:"_towns"` // who sees it; the store adds the owner
}

func (m *SharedMeta) shared() *SharedMeta { return m }

// Entry is the Meta of documents in a stream. Embed it first, with the tag `bson:",inline"`.
type Entry struct {
	Meta   `bson:",inline"`
	Stream string    `bson:"stream"` // its stream
	Number int64     `bson:"number"` // its place in the stream, from 1, without gaps unless documents were dropped
	Stored time.Time `bson:"stored"` // when Append stored it; never decreases along the stream
}

func (e *Entry) entry() *Entry { return e }

// What a type must embed to be kept in a collection of each sort.
type (
	withMeta   interface{ meta() *Meta }
	withShared interface{ shared() *SharedMeta }
	withEntry  interface{ entry() *Entry }
)

// Limits. They are the same on both engines.
const (
	MaxDocs     = 1000             // documents of one Insert or Append
	MaxBatch    = 12 << 20         // bytes of one Insert or Append of several documents
	MaxDoc      = 16<<20 - 16<<10  // bytes of one document; MongoDB's 16 MiB less what the engine adds
	MaxID       = 512              // bytes of an id
	MaxTown     = 128              // bytes of an organisation's id
	MaxLimit    = 500              // documents of one page
	MaxCount    = 10000            // the highest limit of Count
	MaxExamined = 2000             // entries that one call with Where examines
	defaultPage = 50               // documents of a page without a limit
	maxTries    = 200              // of Update, before it answers ErrConflict
	maxBackoff  = time.Second / 16 // between two tries
)
