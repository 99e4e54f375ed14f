// Package backup copies a whole installation, documents and objects, into one file and back.
//
// A backup is a tar file (POSIX pax), so that it can be looked into with everybody's tools. In this order:
//
//	backup.json        format, when it was made, by which version
//	documents/00000001 pieces of the documents' own archive (see store.Dump), in order
//	objects/KEY        one object each; its media type in the pax record PALESTRA.type
//	digests/00000001   behind at most 100 objects: a line of JSON with key, size and SHA-256 of each
//	manifest.json      counts and digests of the whole; a file without it was cut off
//
// Documents are those of one moment; objects follow, as they are a little later. An object that a document of that
// moment names may have been deleted meanwhile, and newer objects that no document names may be there: `palestra doctor`
// tells both. The signing keys are never in it.
package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"palestra/internal/blob"
	"palestra/internal/store"
)

// Format is the version that Write writes and the highest that is read.
const Format = 1

// What callers compare.
var (
	ErrDamaged = errors.New("this is no backup, or a damaged one")
	ErrNewer   = errors.New("this backup was made by a newer version of the program")
	ErrTaken   = errors.New("restoring goes into an empty installation only")
)

const (
	headFile     = "backup.json"
	documentsDir = "documents/"
	objectsDir   = "objects/"
	digestsDir   = "digests/"
	manifestFile = "manifest.json"
	typeRecord   = "PALESTRA.type"

	piece       = 4 << 20 // bytes of documents in one file of the tar
	perDigests  = 100     // objects behind which their digests follow
	maxSmall    = 4 << 20 // bytes of a file of JSON
	copyBuffer  = 1 << 20
	unknownType = "application/octet-stream"
)

// Head says what the file is.
type Head struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`
	Version string    `json:"version"` // of the program
	Note    string    `json:"note"`
}

// Manifest says what is in a backup.
type Manifest struct {
	Made        time.Time        `json:"made"`
	Documents   int64            `json:"documents"`
	Digest      string           `json:"digest"` // of all documents: see store.Counted
	Collections map[string]int64 `json:"collections"`
	Objects     int64            `json:"objects"`
	Bytes       int64            `json:"bytes"`      // of all objects
	ObjectsSum  string           `json:"objectsSum"` // SHA-256 of all lines of the digests, in order
}

// line is what the digests say of an object.
type line struct {
	Key    string `json:"key"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (m *Manifest) take(s store.Summary) {
	m.Documents, m.Digest, m.Collections = s.Total.Docs, hex.EncodeToString(s.Total.Digest), map[string]int64{}
	for _, c := range s.Collections {
		m.Collections[c.Name] = c.Docs
	}
}

// Write writes a backup while others go on writing.
func Write(ctx context.Context, w io.Writer, db *store.DB, objects *blob.Store, made time.Time, version string) (Manifest, error) {
	b := &writer{t: tar.NewWriter(w), made: made.UTC().Truncate(time.Second), all: sha256.New()}
	if err := b.write(ctx, db, objects, version); err != nil {
		return Manifest{}, fmt.Errorf("backup.Write: %w", err)
	}
	return b.m, nil
}

type writer struct {
	t     *tar.Writer
	made  time.Time
	m     Manifest
	lines bytes.Buffer // digests that are not written yet
	count int          // of these lines
	files int          // of digests
	all   hash.Hash
}

func (b *writer) write(ctx context.Context, db *store.DB, objects *blob.Store, version string) error {
	err := b.json(headFile, Head{Format: Format, Made: b.made, Version: version, Note: "The signing keys are not in this file: palestra keys backup."})
	if err != nil {
		return err
	}
	b.m.Made = b.made
	p := &pieces{b: b}
	sum, err := db.Dump(ctx, p)
	if err == nil {
		err = p.flush()
	}
	if err != nil {
		return err
	}
	b.m.take(sum)
	for info, err := range objects.List(ctx, "", "") {
		if err == nil {
			err = b.object(ctx, objects, info)
		}
		if err != nil && !errors.Is(err, blob.ErrNotFound) { // deleted since it was listed
			return err
		}
	}
	if err := b.digests(); err != nil {
		return err
	}
	b.m.ObjectsSum = hex.EncodeToString(b.all.Sum(nil))
	if err := b.json(manifestFile, b.m); err != nil {
		return err
	}
	return b.t.Close()
}

func (b *writer) file(name string, data []byte) error {
	if err := b.t.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o600, ModTime: b.made, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := b.t.Write(data)
	return err
}

func (b *writer) json(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return b.file(name, append(data, '\n'))
}

func (b *writer) object(ctx context.Context, objects *blob.Store, info blob.Info) error {
	r, now, err := objects.Get(ctx, info.Key, 0, -1)
	if err != nil {
		return err
	}
	defer r.Close()
	if now.ContentType == "" {
		now.ContentType = unknownType
	}
	h := &tar.Header{Name: objectsDir + info.Key, Size: now.Size, Mode: 0o600, ModTime: now.Modified.Truncate(time.Second), Format: tar.FormatPAX,
		PAXRecords: map[string]string{typeRecord: now.ContentType}}
	if err := b.t.WriteHeader(h); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(b.t, sum), plain{r}, make([]byte, copyBuffer))
	if err != nil {
		// The header is out: whatever it was, this backup cannot go on, also not without the object.
		return fmt.Errorf("object %s broke off: %s", info.Key, err) //nolint:errorlint // it is not to be taken for ErrNotFound
	}
	if n != now.Size {
		return fmt.Errorf("object %s has %d bytes of %d", info.Key, n, now.Size)
	}
	l, err := json.Marshal(line{Key: info.Key, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))})
	if err != nil {
		return err
	}
	b.lines.Write(append(l, '\n'))
	b.m.Objects, b.m.Bytes, b.count = b.m.Objects+1, b.m.Bytes+n, b.count+1
	if b.count == perDigests {
		return b.digests()
	}
	return nil
}

func (b *writer) digests() error {
	if b.count == 0 {
		return nil
	}
	b.files++
	b.all.Write(b.lines.Bytes())
	err := b.file(fmt.Sprintf("%s%08d", digestsDir, b.files), b.lines.Bytes())
	b.lines.Reset()
	b.count = 0
	return err
}

// pieces cuts the stream of documents into files whose size is known when they begin.
type pieces struct {
	b   *writer
	buf []byte
	n   int
}

// Write implements io.Writer.
func (p *pieces) Write(data []byte) (int, error) {
	p.buf = append(p.buf, data...)
	for len(p.buf) >= piece {
		if err := p.out(p.buf[:piece]); err != nil {
			return 0, err
		}
		p.buf = append(p.buf[:0], p.buf[piece:]...)
	}
	return len(data), nil
}

func (p *pieces) out(data []byte) error {
	p.n++
	return p.b.file(fmt.Sprintf("%s%08d", documentsDir, p.n), data)
}

func (p *pieces) flush() error {
	if len(p.buf) == 0 {
		return nil
	}
	return p.out(p.buf)
}

// plain hides everything of a reader but Read.
type plain struct{ io.Reader }
