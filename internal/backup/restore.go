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
	"io"
	"maps"
	"strings"

	"palestra/internal/blob"
	"palestra/internal/store"
)

// Check reads a whole backup and compares everything with its digests. ErrDamaged, ErrNewer
func Check(ctx context.Context, r io.Reader) (Head, Manifest, error) {
	return read(ctx, r, store.VerifyArchive, func(_ context.Context, _ string, r io.Reader, _ int64, _ string) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
}

// Restore puts everything of a backup into an installation without a document and an object, and in which nothing is
// declared. Documents are read back and compared. After it, or after an error, close db; after an error, what is there
// is of no use. ErrDamaged, ErrNewer, ErrTaken
func Restore(ctx context.Context, r io.Reader, db *store.DB, objects *blob.Store) (Head, Manifest, error) {
	for info, err := range objects.List(ctx, "", "") {
		if err == nil {
			err = fmt.Errorf("%w: there is an object %s", ErrTaken, info.Key)
		}
		return Head{}, Manifest{}, err
	}
	documents := func(r io.Reader) (store.Summary, error) {
		sum, err := db.Restore(ctx, r)
		if errors.Is(err, store.ErrNotEmpty) {
			err = fmt.Errorf("%w: %w", ErrTaken, err)
		}
		return sum, err
	}
	return read(ctx, r, documents, func(ctx context.Context, key string, r io.Reader, size int64, contentType string) error {
		if size <= blob.MaxPut {
			_, err := objects.Put(ctx, key, r, size, contentType)
			return err
		}
		return putParts(ctx, objects, key, r, size, contentType)
	})
}

// putParts writes an object that is too large for one request.
func putParts(ctx context.Context, objects *blob.Store, key string, r io.Reader, size int64, contentType string) (err error) {
	upload, err := objects.Begin(ctx, key, contentType)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, objects.Abort(context.WithoutCancel(ctx), key, upload))
		}
	}()
	part := max(int64(64<<20), size/int64(objects.MostParts())+1)
	var parts []blob.Part
	for n := 1; size > 0; n++ {
		length := min(part, size)
		p, err := objects.PutPart(ctx, key, upload, n, io.LimitReader(r, length), length, "")
		if err != nil {
			return err
		}
		parts, size = append(parts, p), size-length
	}
	_, err = objects.Complete(ctx, key, upload, parts)
	return err
}

// read walks through a backup: the documents, as one stream, go to documents, every object to object.
func read(ctx context.Context, r io.Reader, documents func(io.Reader) (store.Summary, error),
	object func(ctx context.Context, key string, r io.Reader, size int64, contentType string) error) (Head, Manifest, error) {
	b := &reader{t: tar.NewReader(r), all: sha256.New()}
	if err := b.next(); err != nil {
		return Head{}, Manifest{}, err
	}
	var head Head
	if b.h.Name != headFile {
		return head, Manifest{}, fmt.Errorf("%w: it does not begin with %s", ErrDamaged, headFile)
	}
	if err := b.json(&head); err != nil {
		return head, Manifest{}, err
	}
	if head.Format > Format {
		return head, Manifest{}, fmt.Errorf("%w: format %d, this program (format %d) cannot read it", ErrNewer, head.Format, Format)
	}
	b.m.Made = head.Made
	if err := b.next(); err != nil {
		return head, Manifest{}, err
	}
	d := &joined{b: b}
	sum, err := documents(d)
	if err == nil {
		_, err = io.Copy(io.Discard, d) // the last bytes of the compression
	}
	switch {
	case d.err != nil:
		return head, Manifest{}, d.err
	case errors.Is(err, store.ErrArchive):
		return head, Manifest{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	case errors.Is(err, store.ErrNewer):
		return head, Manifest{}, fmt.Errorf("%w: %w", ErrNewer, err)
	case err != nil:
		return head, Manifest{}, err
	}
	b.m.take(sum)
	for {
		if err := ctx.Err(); err != nil {
			return head, Manifest{}, err
		}
		var err error
		switch name := b.h.Name; {
		case strings.HasPrefix(name, objectsDir):
			err = b.object(ctx, strings.TrimPrefix(name, objectsDir), object)
		case strings.HasPrefix(name, digestsDir):
			err = b.digests()
		case name == manifestFile:
			return head, b.m, b.end()
		default:
			err = fmt.Errorf("%w: %q in the wrong place", ErrDamaged, name)
		}
		if err == nil {
			err = b.next()
		}
		if err != nil {
			return head, Manifest{}, err
		}
	}
}

type reader struct {
	t     *tar.Reader
	h     *tar.Header
	m     Manifest
	lines bytes.Buffer // what the digests must say of the objects since the last ones
	all   interface {
		io.Writer
		Sum(b []byte) []byte
	}
}

func (b *reader) next() (err error) {
	b.h, err = b.t.Next()
	if err != nil {
		return fmt.Errorf("%w: it is cut off: %w", ErrDamaged, err)
	}
	return nil
}

func (b *reader) small() ([]byte, error) {
	if b.h.Size > maxSmall {
		return nil, fmt.Errorf("%w: %s has %d bytes", ErrDamaged, b.h.Name, b.h.Size)
	}
	data, err := io.ReadAll(b.t)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, b.h.Name, err)
	}
	return data, nil
}

func (b *reader) json(v any) error {
	data, err := b.small()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, b.h.Name, err)
	}
	return nil
}

func (b *reader) object(ctx context.Context, key string, take func(ctx context.Context, key string, r io.Reader, size int64, contentType string) error) error {
	if err := blob.CheckKey(key); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	sum := sha256.New()
	in := &torn{r: b.t}
	if err := take(ctx, key, io.TeeReader(in, sum), b.h.Size, b.h.PAXRecords[typeRecord]); err != nil {
		if in.err != nil {
			return fmt.Errorf("%w: object %s is cut off: %w", ErrDamaged, key, in.err)
		}
		return err
	}
	l, err := json.Marshal(line{Key: key, Size: b.h.Size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	if err != nil {
		return err
	}
	b.lines.Write(append(l, '\n'))
	if b.lines.Len() > maxSmall {
		return fmt.Errorf("%w: digests are missing", ErrDamaged)
	}
	b.m.Objects++
	b.m.Bytes += b.h.Size
	return nil
}

func (b *reader) digests() error {
	want, err := b.small()
	if err != nil {
		return err
	}
	if got := b.lines.Bytes(); !bytes.Equal(got, want) {
		return fmt.Errorf("%w: %s", ErrDamaged, differs(string(got), string(want)))
	}
	_, err = b.all.Write(want)
	b.lines.Reset()
	return err
}

// differs names the first object that is not as the digests say.
func differs(got, want string) string {
	have := strings.Split(got, "\n")
	for i, w := range strings.Split(want, "\n") {
		if i >= len(have) || have[i] != w {
			var l line
			if json.Unmarshal([]byte(w), &l) != nil {
				break
			}
			return fmt.Sprintf("object %s is missing or was changed", l.Key)
		}
	}
	return "objects and digests do not match"
}

func (b *reader) end() error {
	if b.lines.Len() > 0 {
		return fmt.Errorf("%w: digests are missing", ErrDamaged)
	}
	var want Manifest
	if err := b.json(&want); err != nil {
		return err
	}
	b.m.ObjectsSum = hex.EncodeToString(b.all.Sum(nil))
	got := b.m
	if got.Documents != want.Documents || got.Digest != want.Digest || got.Objects != want.Objects || got.Bytes != want.Bytes || got.ObjectsSum != want.ObjectsSum ||
		!maps.Equal(got.Collections, want.Collections) {
		return fmt.Errorf("%w: the whole does not match its counts and digests", ErrDamaged)
	}
	if _, err := b.t.Next(); !errors.Is(err, io.EOF) { // read on, so that whoever writes into a pipe can end
		return fmt.Errorf("%w: something follows the manifest", ErrDamaged)
	}
	return nil
}

// joined is the documents' archive, put together from its pieces. At its end the reader stands at the file behind them.
type joined struct {
	b    *reader
	n    int
	open bool
	err  error // of the file around it
}

// Read implements io.Reader.
func (d *joined) Read(p []byte) (int, error) {
	for {
		if d.err != nil {
			return 0, d.err
		}
		if !d.open {
			if !strings.HasPrefix(d.b.h.Name, documentsDir) {
				return 0, io.EOF
			}
			if d.n++; d.b.h.Name != fmt.Sprintf("%s%08d", documentsDir, d.n) {
				d.err = fmt.Errorf("%w: a piece of the documents is missing before %s", ErrDamaged, d.b.h.Name)
				return 0, d.err
			}
			d.open = true
		}
		n, err := d.b.t.Read(p)
		if errors.Is(err, io.EOF) {
			d.open = false
			d.err = d.b.next()
			err = nil
		}
		if err != nil {
			d.err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if n > 0 {
			return n, nil
		}
	}
}

// torn remembers that the backup itself could not be read.
type torn struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (t *torn) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}
