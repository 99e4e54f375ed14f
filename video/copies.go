package video

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"palestra/internal/blob"
)

// copies are files of videos that lie in a store elsewhere and that this machine works on. Encoders have to go to and fro in
// them, so they need the whole file; but those that look into it, cut it, make its sound and its captions need the same one,
// and it is fetched once for all of them.
//
// Each unit gets a name of its own for the copy (a link): the copy itself can be given up at any moment.
type copies struct {
	mu  sync.Mutex
	all []*copied // guarded by mu; those that were wanted last are last
}

// copied is one of them. Whoever holds busy fetches it.
type copied struct {
	key  string
	path string
	busy chan struct{} // holds one value while somebody fetches it
	here bool          // guarded by busy
	last time.Time     // guarded by copies.mu; when it was last wanted
}

// How many copies are kept, and how long without anybody who wants one. What units are working on they keep themselves.
const (
	mostCopies = 2
	copyIdle   = 10 * time.Minute
)

// link gives a unit a name for the copy of an object in its own folder, fetching it if it is not there.
func (s *Service) link(ctx context.Context, key string, size int64, dir string) (string, error) {
	c, old := s.copies.want(key, s.now(), filepath.Join(s.c.Temp.Path(), "copies", filepath.Base(filepath.Dir(key))+"-"+filepath.Base(key)))
	for _, o := range old {
		if err := s.giveUpCopy(ctx, o); err != nil {
			return "", err
		}
	}
	if err := c.hold(ctx); err != nil {
		return "", err
	}
	defer c.release()
	path := filepath.Join(dir, "object")
	if c.here {
		err := os.Link(c.path, path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path, wrap("link", err)
		}
		c.here = false // somebody has tidied up
	}
	if free, ok := s.c.Temp.Free(); ok && free < size+leastFree {
		return "", diskFull(fmt.Errorf("%w: the folder for files in work has %d bytes free, the file needs %d", blob.ErrFull, free, size))
	}
	fetched, err := s.c.Objects.Fetch(ctx, key, dir)
	if err != nil {
		return "", fmt.Errorf("video.source: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return "", wrap("link", err)
	}
	if err := os.Link(fetched, c.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fetched, nil // no links there: this unit has its file, the next one fetches it again
	}
	if c.here = s.copies.has(c); !c.here { // it had to make way meanwhile
		return fetched, wrap("link", os.Remove(c.path))
	}
	return fetched, nil
}

func (c *copies) has(o *copied) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.all, o)
}

// forgetCopies gives up copies that nobody has wanted since: their videos have failed, or are in other hands.
func (s *Service) forgetCopies(ctx context.Context, since time.Time) error {
	var idle []*copied
	s.copies.mu.Lock()
	s.copies.all = slices.DeleteFunc(s.copies.all, func(o *copied) bool {
		if o.last.After(since) {
			return false
		}
		idle = append(idle, o)
		return true
	})
	s.copies.mu.Unlock()
	var errs []error
	for _, o := range idle {
		errs = append(errs, s.giveUpCopy(ctx, o))
	}
	return errors.Join(errs...)
}

// leastFree is how many bytes a copy leaves free on the disk.
const leastFree = 256 << 20

// want returns the entry of an object, and those that have to make way for it.
func (c *copies) want(key string, now time.Time, path string) (wanted *copied, old []*copied) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { wanted.last = now }()
	if at := slices.IndexFunc(c.all, func(o *copied) bool { return o.key == key }); at >= 0 {
		wanted = c.all[at]
		c.all = append(slices.Delete(c.all, at, at+1), wanted)
		return wanted, nil
	}
	wanted = &copied{key: key, path: path, busy: make(chan struct{}, 1)}
	c.all = append(c.all, wanted)
	surplus := len(c.all) - mostCopies
	c.all = slices.DeleteFunc(c.all, func(o *copied) bool {
		if surplus <= 0 || o == wanted || len(o.busy) > 0 { // whoever fetches one is not waited for
			return false
		}
		surplus--
		old = append(old, o)
		return true
	})
	return wanted, old
}

func (c *copied) hold(ctx context.Context) error {
	select {
	case c.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *copied) release() { <-c.busy }

// giveUpCopy removes a copy; units that have a name for it keep it.
func (s *Service) giveUpCopy(ctx context.Context, c *copied) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	c.here = false
	if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return wrap("giveUpCopy", err)
	}
	_ = os.Remove(filepath.Dir(c.path)) // when it is empty
	return nil
}

// forgetCopy gives up the copy of a file that nobody needs any more.
func (s *Service) forgetCopy(ctx context.Context, key string) error {
	s.copies.mu.Lock()
	at := slices.IndexFunc(s.copies.all, func(o *copied) bool { return o.key == key })
	var c *copied
	if at >= 0 {
		c = s.copies.all[at]
		s.copies.all = slices.Delete(s.copies.all, at, at+1)
	}
	s.copies.mu.Unlock()
	if c == nil {
		return nil
	}
	return s.giveUpCopy(ctx, c)
}
