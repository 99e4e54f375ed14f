package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// An archive is a line that names the format, and behind it, compressed by zstd (RFC 8878), BSON documents: one that says when
// it was made; for each collection its declaration, its documents, the heads of its streams if they can lose documents, and
// an end with the number of documents and a digest of all that; and a last
// end with the number and the digest of all. An archive without its last end was cut off.
const (
	archiveLine   = "palestra backup %d\n"
	archiveLimit  = MaxDoc + 64<<10 // bytes of one part
	archiveMemory = 64 << 20        // bytes that reading an archive may take, whatever it says
	loadDocs      = 500             // documents stored at once by Restore
	loadSize      = 8 << 20         // bytes stored at once by Restore
)

// ArchiveFormat is the version of archives that Dump writes and the highest that Restore reads.
const ArchiveFormat = 2

// ErrArchive means that an archive is damaged, cut off, or no archive.
var ErrArchive = errors.New("store: damaged archive")

// Summary says what an archive holds.
type Summary struct {
	Made        time.Time // when Dump began
	Collections []Counted // by name
	Total       Counted   // its Name is ""
}

// Counted is the number of a collection's documents and a digest that does not depend on their order.
type Counted struct {
	Name   string `bson:"end"`
	Docs   int64  `bson:"docs"`
	Digest []byte `bson:"digest"` // the sum, modulo 2^256, of the SHA-256 of all documents with their towns, and of heads
}

func (c *Counted) add(town string, raw bson.Raw) {
	h := sha256.New()
	h.Write([]byte(town))
	h.Write([]byte{0})
	h.Write(raw)
	c.Docs++
	c.sum(h.Sum(nil))
}

// addHead counts the head of a stream into the digest, so that no restore gives a number a second time.
func (c *Counted) addHead(h StreamHead) {
	sum := sha256.Sum256(fmt.Appendf(nil, "head\x00%s\x00%s\x00%d %d", h.Town, h.Stream, h.Head.Number, h.Head.Stored.UnixMilli()))
	c.sum(sum[:])
}

func (c *Counted) sum(hash []byte) {
	if c.Digest == nil {
		c.Digest = make([]byte, sha256.Size)
	}
	carry := 0
	for i := sha256.Size - 1; i >= 0; i-- {
		carry += int(c.Digest[i]) + int(hash[i])
		c.Digest[i] = byte(carry)
		carry >>= 8
	}
}

func (c *Counted) equal(d Counted) bool {
	return c.Name == d.Name && c.Docs == d.Docs && bytes.Equal(c.Digest, d.Digest)
}

// archivePart is any document of an archive; which one is seen by the field that is set.
type archivePart struct {
	Made       *time.Time  `bson:"made,omitempty"`
	Collection *Collection `bson:"collection,omitempty"`
	Town       string      `bson:"town,omitempty"`
	Doc        bson.Raw    `bson:"doc,omitempty"`
	Head       *headPart   `bson:"head,omitempty"`
	End        *Counted    `bson:"end,omitempty"`
}

// headPart is the head of a stream of the collection, in the town of its part.
type headPart struct {
	Stream string    `bson:"stream"`
	Number int64     `bson:"number"`
	Stored time.Time `bson:"stored"`
}

// Dump writes everything that is stored, as it was at one moment, while others go on writing.
func (db *DB) Dump(ctx context.Context, w io.Writer) (sum Summary, err error) {
	view, err := db.engine.Snapshot(ctx)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, view.Close()) }()
	if _, err := fmt.Fprintf(w, archiveLine, ArchiveFormat); err != nil {
		return Summary{}, err
	}
	z, err := zstd.NewWriter(w)
	if err != nil {
		return Summary{}, err
	}
	put := func(p archivePart) error {
		b, err := bson.Marshal(p)
		if err == nil {
			_, err = z.Write(b)
		}
		return err
	}
	sum.Made = db.now().UTC().Truncate(time.Millisecond)
	if err := put(archivePart{Made: &sum.Made}); err != nil {
		return Summary{}, err
	}
	collections, err := view.Collections(ctx)
	if err != nil {
		return Summary{}, err
	}
	for _, c := range collections {
		if err := put(archivePart{Collection: &c}); err != nil {
			return Summary{}, err
		}
		count := Counted{Name: c.Name}
		for doc, err := range view.Docs(ctx, &c) {
			if err != nil {
				return Summary{}, err
			}
			count.add(doc.Town, doc.Raw)
			if err := put(archivePart{Town: doc.Town, Doc: doc.Raw}); err != nil {
				return Summary{}, err
			}
		}
		for h, err := range heads(ctx, view, &c) {
			if err != nil {
				return Summary{}, err
			}
			count.addHead(h)
			if err := put(archivePart{Town: h.Town, Head: &headPart{h.Stream, h.Head.Number, h.Head.Stored}}); err != nil {
				return Summary{}, err
			}
		}
		if err := put(archivePart{End: &count}); err != nil {
			return Summary{}, err
		}
		sum.include(count)
	}
	if err := put(archivePart{End: &sum.Total}); err != nil {
		return Summary{}, err
	}
	return sum, z.Close()
}

// heads walks the heads that an archive must hold: those of streams whose last documents may be gone.
func heads(ctx context.Context, view Snapshot, c *Collection) iter.Seq2[StreamHead, error] {
	if !c.Thinned {
		return func(func(StreamHead, error) bool) {}
	}
	return view.Heads(ctx, c)
}

func (s *Summary) include(c Counted) {
	s.Collections = append(s.Collections, c)
	s.Total.Docs += c.Docs
	if c.Digest != nil {
		s.Total.sum(c.Digest)
	}
}

// Restore stores everything that is in an archive. The engine must be empty and nothing declared in db; after it, close
// db and open it anew. After an error, what is stored is of no use: begin again with an empty engine. What is stored is
// read back and compared with the archive by count and digest. ErrArchive, ErrNewer, ErrNotEmpty
func (db *DB) Restore(ctx context.Context, r io.Reader) (Summary, error) {
	db.mu.Lock()
	declared := len(db.collections)
	db.mu.Unlock()
	if declared > 0 {
		return Summary{}, fmt.Errorf("%w: restore before anything is declared", ErrDeclared)
	}
	old, err := db.inventory(ctx)
	if err != nil {
		return Summary{}, err
	}
	if old.Total.Docs > 0 {
		return Summary{}, fmt.Errorf("%w: it has %d documents", ErrNotEmpty, old.Total.Docs)
	}
	var current *Collection
	var batch []Doc
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := db.engine.Load(ctx, current, batch)
		batch, size = nil, 0
		return err
	}
	sum, err := readArchive(r, func(c *Collection) error {
		if c != nil {
			current = c
			return db.engine.Declare(ctx, c)
		}
		if err := flush(); err != nil {
			return err
		}
		return db.engine.Load(ctx, current, nil)
	}, func(doc Doc) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(batch) == loadDocs || size+len(doc.Raw) > loadSize {
			if err := flush(); err != nil {
				return err
			}
		}
		batch, size = append(batch, doc), size+len(doc.Raw)
		return nil
	}, func(h StreamHead) error {
		if err := flush(); err != nil {
			return err
		}
		return db.engine.LoadHead(ctx, current, h)
	})
	if err != nil {
		return Summary{}, err
	}
	stored, err := db.inventory(ctx)
	if err != nil {
		return Summary{}, err
	}
	if !slices.EqualFunc(stored.Collections, sum.Collections, func(a, b Counted) bool { return a.equal(b) }) {
		return Summary{}, fmt.Errorf("store: what was restored differs from the archive: %+v, want %+v", stored, sum)
	}
	return sum, nil
}

// inventory counts what is stored.
func (db *DB) inventory(ctx context.Context) (sum Summary, err error) {
	view, err := db.engine.Snapshot(ctx)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, view.Close()) }()
	collections, err := view.Collections(ctx)
	if err != nil {
		return Summary{}, err
	}
	for _, c := range collections {
		count := Counted{Name: c.Name}
		for doc, err := range view.Docs(ctx, &c) {
			if err != nil {
				return Summary{}, err
			}
			count.add(doc.Town, doc.Raw)
		}
		for h, err := range heads(ctx, view, &c) {
			if err != nil {
				return Summary{}, err
			}
			count.addHead(h)
		}
		sum.include(count)
	}
	return sum, nil
}

// VerifyArchive reads a whole archive and checks its counts and digests. ErrArchive, ErrNewer
func VerifyArchive(r io.Reader) (Summary, error) {
	return readArchive(r, func(*Collection) error { return nil }, func(Doc) error { return nil }, func(StreamHead) error { return nil })
}

// Migrate copies everything from one store to another, which is empty. See Dump and Restore.
func Migrate(ctx context.Context, from, to *DB) (Summary, error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := from.Dump(ctx, w)
		w.CloseWithError(err)
		done <- err
	}()
	sum, err := to.Restore(ctx, r)
	r.CloseWithError(err)
	if err2 := <-done; err2 != nil && err == nil {
		err = err2
	}
	return sum, err
}

// readArchive calls begin with every collection, keep with its documents, head with its heads, and begin with nil at its end.
func readArchive(r io.Reader, begin func(*Collection) error, keep func(Doc) error, head func(StreamHead) error) (sum Summary, err error) {
	buffered := bufio.NewReader(r)
	line, err := buffered.ReadString('\n')
	if err != nil {
		return Summary{}, fmt.Errorf("%w: no first line: %w", ErrArchive, err)
	}
	var format int
	if _, err := fmt.Sscanf(line, archiveLine, &format); err != nil {
		return Summary{}, fmt.Errorf("%w: it does not begin with \"palestra backup\"", ErrArchive)
	}
	if format > ArchiveFormat {
		return Summary{}, fmt.Errorf("%w: archive of format %d, this program knows %d", ErrNewer, format, ArchiveFormat)
	}
	z, err := zstd.NewReader(buffered, zstd.WithDecoderMaxMemory(archiveMemory), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return Summary{}, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	defer z.Close()
	var current *Collection
	var count Counted
	for {
		p, err := readPart(z)
		if err != nil {
			return Summary{}, err
		}
		switch {
		case p.Made != nil:
			sum.Made = p.Made.UTC()
		case p.Collection != nil && current == nil:
			current, count = p.Collection, Counted{Name: p.Collection.Name}
			if err := begin(current); err != nil {
				return Summary{}, err
			}
		case p.Doc != nil && current != nil:
			doc, err := current.Parse(p.Town, p.Doc)
			if err != nil {
				return Summary{}, fmt.Errorf("%w: %w", ErrArchive, err)
			}
			count.add(p.Town, p.Doc)
			if err := keep(doc); err != nil {
				return Summary{}, err
			}
		case p.Head != nil && current != nil && current.Thinned:
			h := StreamHead{Town: p.Town, Stream: p.Head.Stream, Head: Head{Number: p.Head.Number, Stored: p.Head.Stored.UTC()}}
			count.addHead(h)
			if err := head(h); err != nil {
				return Summary{}, err
			}
		case p.End != nil && current != nil:
			if !p.End.equal(count) {
				return Summary{}, fmt.Errorf("%w: %s has %d documents that do not match their count and digest", ErrArchive, count.Name, count.Docs)
			}
			if err := begin(nil); err != nil {
				return Summary{}, err
			}
			sum.include(count)
			current = nil
		case p.End != nil:
			if !p.End.equal(sum.Total) {
				return Summary{}, fmt.Errorf("%w: the whole does not match its count and digest", ErrArchive)
			}
			return sum, nil
		default:
			return Summary{}, fmt.Errorf("%w: a part in the wrong place", ErrArchive)
		}
	}
}

func readPart(r io.Reader) (archivePart, error) {
	var p archivePart
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return p, fmt.Errorf("%w: it is cut off: %w", ErrArchive, err)
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n < 5 || n > archiveLimit {
		return p, fmt.Errorf("%w: a part of %d bytes", ErrArchive, n)
	}
	b := make([]byte, n)
	copy(b, length[:])
	if _, err := io.ReadFull(r, b[4:]); err != nil {
		return p, fmt.Errorf("%w: it is cut off: %w", ErrArchive, err)
	}
	if err := bson.Raw(b).Validate(); err != nil {
		return p, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if err := bson.Unmarshal(b, &p); err != nil {
		return p, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	return p, nil
}
