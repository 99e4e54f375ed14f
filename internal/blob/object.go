package blob

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// Info describes a stored object.
type Info struct {
	Key         string
	Size        int64     // bytes of the whole object, also when a range was asked for
	ETag        string    // without quotes; changes when the content does
	Modified    time.Time // UTC
	ContentType string    // empty in listings
}

// Put writes an object of exactly size bytes, at most MaxPut, replacing what was there. The bytes stream through in
// constant memory. ErrShort when r holds fewer or more bytes; then nothing is stored. ErrFull when there is no space.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	if size < 0 || size > MaxPut {
		return Info{}, fmt.Errorf("blob.Put: %w: size %d", ErrShort, size)
	}
	exact, err := announced(r, size)
	if err != nil {
		return Info{}, fmt.Errorf("blob.Put %s: %w", key, err)
	}
	up, err := s.core.PutObject(ctx, s.bucket, key, exact, size, "", "", minio.PutObjectOptions{
		ContentType: contentType,
		// Without TLS the client signs each chunk, so that the server notices what a line changed or cut off. Inside
		// one process there is no line.
		DisableContentSha256: s.server != nil,
	})
	if exact.err != nil {
		return Info{}, fmt.Errorf("blob.Put %s: %w", key, exact.err)
	}
	if err != nil {
		return Info{}, fmt.Errorf("blob.Put %s: %w", key, translate(err))
	}
	return Info{Key: key, Size: size, ETag: up.ETag, Modified: up.LastModified.UTC(), ContentType: contentType}, nil
}

// Get opens length bytes from start of an object; length -1 means to its end. The caller closes the reader, which
// fails with io.ErrUnexpectedEOF when the store delivers less than it announced. ErrNotFound, or ErrRange when start
// is not inside the object (an empty object has only the range 0, -1).
func (s *Store) Get(ctx context.Context, key string, start, length int64) (io.ReadCloser, Info, error) {
	if err := CheckKey(key); err != nil {
		return nil, Info{}, err
	}
	if start < 0 || length < -1 || length == 0 {
		return nil, Info{}, fmt.Errorf("blob.Get %s: %w: %d+%d", key, ErrRange, start, length)
	}
	var o minio.GetObjectOptions
	if start > 0 || length > 0 {
		end := int64(0) // to the end
		if length > 0 {
			end = start + length - 1
		}
		var err error
		if length > 0 && start == 0 && end == 0 {
			o.Set("Range", "bytes=0-0") // SetRange understands (0, 0) as the whole object
		} else if err = o.SetRange(start, end); err != nil {
			return nil, Info{}, fmt.Errorf("blob.Get %s: %w: %w", key, ErrRange, err)
		}
	}
	body, info, header, err := s.core.GetObject(ctx, s.bucket, key, o)
	if err != nil {
		return nil, Info{}, fmt.Errorf("blob.Get %s: %w", key, translate(err))
	}
	i := infoOf(info)
	i.Key = key
	if cr := header.Get("Content-Range"); cr != "" {
		_, total, _ := strings.Cut(cr, "/")
		if i.Size, err = strconv.ParseInt(total, 10, 64); err != nil {
			return nil, Info{}, errors.Join(fmt.Errorf("blob.Get %s: content range %q", key, cr), body.Close())
		}
	}
	return body, i, nil
}

// Stat describes an object. ErrNotFound.
func (s *Store) Stat(ctx context.Context, key string) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	info, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, fmt.Errorf("blob.Stat %s: %w", key, translate(err))
	}
	i := infoOf(info)
	i.Key = key
	return i, nil
}

// Delete removes an object. One that is not there is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := translate(s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("blob.Delete %s: %w", key, err)
	}
	return nil
}

// DeleteAll removes every object whose key begins with prefix and returns how many there were. An empty prefix is
// refused: nobody wants that.
func (s *Store) DeleteAll(ctx context.Context, prefix string) (int, error) {
	if prefix == "" {
		return 0, fmt.Errorf("blob.DeleteAll: %w: empty prefix", ErrKey)
	}
	n := 0
	for info, err := range s.List(ctx, prefix, "") {
		if err != nil {
			return n, err
		}
		if err := s.Delete(ctx, info.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// List yields the objects whose keys begin with prefix and come after `after` (empty: from the first), ordered by
// the bytes of their keys. An error ends it.
func (s *Store) List(ctx context.Context, prefix, after string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for o := range s.core.Client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{
			Prefix: prefix, StartAfter: after, Recursive: true,
		}) {
			if o.Err != nil {
				yield(Info{}, fmt.Errorf("blob.List %s: %w", prefix, translate(o.Err)))
				return
			}
			if !yield(infoOf(o), nil) {
				return
			}
		}
	}
}

func infoOf(o minio.ObjectInfo) Info {
	return Info{Key: o.Key, Size: o.Size, ETag: strings.Trim(o.ETag, `"`), Modified: o.LastModified.UTC(), ContentType: o.ContentType}
}

// prelude is how much of a body is there before the store is asked to take it: its HTTP server reads so much ahead, and
// calls it an accident of its own when a line breaks before that.
const prelude = 16 << 10

// announced waits for the beginning of a body of so many bytes.
func announced(r io.Reader, size int64) (*exactly, error) {
	ahead := bufio.NewReaderSize(r, prelude)
	got, err := ahead.Peek(int(min(size, prelude)))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%w: %d bytes missing", ErrShort, size-int64(len(got)))
	}
	if err != nil {
		return nil, err
	}
	return &exactly{r: ahead, left: size}, nil
}

// exactly passes on as many bytes as were announced and turns any other number into ErrShort.
type exactly struct {
	r    io.Reader
	left int64
	err  error // what went wrong, kept because the HTTP client hides it
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	switch {
	case err == io.EOF && e.left > 0:
		e.err = fmt.Errorf("%w: %d bytes missing", ErrShort, e.left)
		return n, e.err
	case err != nil && err != io.EOF:
		e.err = err
		return n, err
	case e.left == 0 && !errors.Is(err, io.EOF):
		// The last bytes go out only when nothing follows them: else the store would keep a truncated object.
		var one [1]byte
		if more, err := io.ReadFull(e.r, one[:]); more > 0 {
			e.err = fmt.Errorf("%w: more bytes than announced", ErrShort)
			return 0, e.err
		} else if err != io.EOF {
			e.err = err
			return 0, err
		}
	}
	return n, nil
}

// Fetch makes an object readable as a file in dir and returns its path: a link to the stored file with the embedded
// server, which costs nothing, a copy otherwise. The file must not be written to. The caller removes dir.
func (s *Store) Fetch(ctx context.Context, key, dir string) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "object")
	if s.server != nil {
		err := os.Link(filepath.Join(s.server.folder, s.bucket, filepath.FromSlash(key)), path)
		switch {
		case err == nil:
			return path, nil
		case errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("blob.Fetch %s: %w", key, ErrNotFound)
		} // another file system, or no links there: copy
	}
	r, info, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return "", err
	}
	defer r.Close() // read to its end or given up
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("blob.Fetch %s: %w", key, err)
	}
	n, err := io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("blob.Fetch %s: %w", key, err)
	}
	if n != info.Size {
		return "", fmt.Errorf("blob.Fetch %s: %w: %d of %d bytes", key, ErrShort, n, info.Size)
	}
	return path, nil
}
