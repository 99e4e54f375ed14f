package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/outward"
	"palestra/internal/store"
	"palestra/people"
)

// Import is the fetching of a file by the server. It is an upload like others, but nobody sends its parts.
type Import struct {
	Address  string    // with everything that whoever holds it may do; gone when it is done
	Shown    string    // the address without its query
	Tag      string    // by which the other side knows the file; another tag, another file
	Ranges   bool      // the other side answers parts of it
	Got      int64     // bytes that are stored
	Attempts int       // since something was last stored
	Since    time.Time // when it was asked for
	Reason   string    // fault code; empty while it goes on
	Lease    string    // who fetches; empty: nobody
	Until    time.Time // held: when that one is thought dead; else: not before
}

const (
	importAttempts = 8               // without anything stored in between
	importLasts    = 24 * time.Hour  // at most
	importLease    = 2 * time.Minute // without a sign of life
	importBeat     = 20 * time.Second
	importStalled  = time.Minute // the other side may send nothing for so long
	importAnswers  = 20 * time.Second
)

// far is what the other side says of a file.
type far struct {
	size   int64
	tag    string
	ranges bool
	name   string
	body   io.ReadCloser
}

// BeginImport lets the server fetch a video from an address. faults video.import_forbidden, video.import_address,
// video.import_private, video.import_host, video.import_refused, video.import_gone, video.import_away, video.import_length, and those of
// BeginUpload
func (s *Service) BeginImport(ctx context.Context, by people.Actor, address, lesson string) (Session, error) {
	if err := by.Must(people.Author); err != nil {
		return Session{}, err
	}
	if s.c.Sites.None() {
		return Session{}, fault.New(fault.Forbidden, "video.import_forbidden", "the operator has not allowed files to be fetched from anywhere")
	}
	if len(address) > 4000 {
		return Session{}, importAddress(errors.New("it is too long"))
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return Session{}, importAddress(err)
	}
	u.Fragment = ""
	if err := s.c.Sites.Check(u); err != nil {
		return Session{}, importAddress(err)
	}
	if err := s.few(ctx, by); err != nil {
		return Session{}, err
	}
	asking, cancel := context.WithTimeout(ctx, importAnswers)
	defer cancel()
	f, err := s.farFile(asking, u.String(), 0, "")
	if err != nil {
		return Session{}, err
	}
	_ = f.body.Close()                                                      // only what it says of itself was wanted
	b := Begin{Name: f.name, Size: f.size, Type: "video/*", Lesson: lesson} // what it is, the examination finds out
	if strings.Trim(b.Name, "./ ") == "" {
		b.Name = u.Hostname()
	}
	if err := s.check(&b); err != nil {
		return Session{}, err
	}
	if err := s.roomOnDisk(b.Size); err != nil {
		return Session{}, wrap("BeginImport", err)
	}
	v := s.made(by, b)
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	v.Import = &Import{Address: u.String(), Shown: shown.String(), Tag: f.tag, Ranges: f.ranges, Since: v.Created}
	v.dueAt(v.Created)
	if err := s.insert(ctx, by.Organisation, v); err != nil {
		return Session{}, err
	}
	s.ring(ctx, by.Organisation, v.ID, time.Time{})
	return Session{Video: v}, nil
}

// importAddress says what is wrong with an address.
func importAddress(err error) error {
	switch {
	case errors.Is(err, outward.ErrPrivate):
		return fault.New(fault.Forbidden, "video.import_private", "the address lies in a private network").Because(err)
	case errors.Is(err, outward.ErrSite):
		return fault.New(fault.Forbidden, "video.import_host", "the operator has not allowed files to be fetched from this host").Because(err)
	}
	return fault.New(fault.Invalid, "video.import_address", "this is no address that a film can be fetched from").Because(err).At("body.address", "video.import_address")
}

// farFile asks the other side for a file from a byte on. With a tag, nothing else than that file will do.
func (s *Service) farFile(ctx context.Context, address string, from int64, tag string) (f far, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return f, importAddress(err)
	}
	r.Header.Set("User-Agent", "Palestra")
	r.Header.Set("Accept-Encoding", "identity")
	r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	if strings.HasPrefix(tag, `"`) {
		r.Header.Set("If-Range", tag)
	}
	a, err := s.client.Do(r)
	if err != nil {
		if errors.Is(err, outward.ErrPrivate) || errors.Is(err, outward.ErrSite) {
			return f, importAddress(err)
		}
		return f, fault.New(fault.Unavailable, "video.import_away", "the other side does not answer").Because(err)
	}
	defer func() {
		if err != nil {
			_ = a.Body.Close() // of no use
		}
	}()
	f = far{tag: a.Header.Get("ETag"), body: a.Body, name: path.Base(a.Request.URL.Path)}
	if f.tag == "" {
		f.tag = a.Header.Get("Last-Modified")
	}
	switch a.StatusCode {
	case http.StatusPartialContent:
		start, size, ok := contentRange(a.Header.Get("Content-Range"))
		if !ok || start != from {
			return f, fault.New(fault.Unavailable, "video.import_away", "the other side answers another part than was asked for")
		}
		f.size, f.ranges = size, true
	case http.StatusOK:
		if from > 0 && tag != "" {
			return f, importChanged() // it was asked for by its tag, or it does not do ranges any more
		}
		f.size = a.ContentLength
	case http.StatusRequestedRangeNotSatisfiable:
		return f, importChanged()
	case http.StatusNotFound, http.StatusGone:
		return f, fault.New(fault.Invalid, "video.import_gone", "there is nothing at this address")
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
		return f, fault.New(fault.Unavailable, "video.import_away", "the other side is busy")
	default:
		if a.StatusCode >= 500 {
			return f, fault.New(fault.Unavailable, "video.import_away", "the other side answers %d", a.StatusCode)
		}
		return f, fault.New(fault.Invalid, "video.import_refused", "the other side answers %d", a.StatusCode).With("status", a.StatusCode)
	}
	if f.size <= 0 {
		return f, fault.New(fault.Unsupported, "video.import_length", "the other side does not say how large the file is")
	}
	return f, nil
}

func importChanged() error {
	return fault.New(fault.Conflict, "video.import_changed", "the file on the other side is another one now")
}

// contentRange reads "bytes 0-99/1000" (RFC 9110 §14.4).
func contentRange(text string) (start, size int64, ok bool) {
	text, ok = strings.CutPrefix(text, "bytes ")
	span, total, ok2 := strings.Cut(text, "/")
	first, _, ok3 := strings.Cut(span, "-")
	start, err1 := strconv.ParseInt(first, 10, 64)
	size, err2 := strconv.ParseInt(total, 10, 64)
	return start, size, ok && ok2 && ok3 && err1 == nil && err2 == nil && start >= 0
}

// Fetch goes on with an import: it stores the parts that are missing, and finishes the upload. It may be called at any
// time, by several workers at once, and after a death in the middle.
func (s *Service) Fetch(ctx context.Context, org, id string) error {
	if idle, err := s.idle(ctx); err != nil || idle {
		return err
	}
	lease := s.c.NewID()
	v, err := s.update(ctx, org, id, func(v *Video) error {
		now := s.now()
		if v.State != Uploading || v.Import == nil || v.Import.Reason != "" || v.Import.Until.After(now) {
			return errHeld
		}
		v.Import.Lease, v.Import.Until = lease, now.Add(importLease)
		v.dueAt(v.Import.Until)
		return nil
	})
	if errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.fetch(ctx, org, v, lease)
	cut := ctx.Err() != nil
	calm := context.WithoutCancel(ctx)
	if err == nil {
		by := people.Actor{Person: v.By, Account: v.By, Organisation: org, Roles: []people.Role{people.Author}}
		if v, err = s.get(calm, org, id); err == nil && v.Import != nil {
			v.Import = nil // its parts are whole
			_, err = s.whole(calm, by, v)
		}
	}
	if err == nil || errors.Is(err, errHeld) || fault.Is(err, "video.not_found") {
		return nil
	}
	_, uerr := s.update(calm, org, id, func(v *Video) error {
		if v.Import == nil || v.Import.Lease != lease {
			return store.ErrKeep
		}
		now, m := s.now(), v.Import
		m.Lease, m.Until = "", now
		f, final := errors.AsType[*fault.Fault](err)
		final = final && f.Kind != fault.Unavailable && f.Kind != fault.Full
		if !cut {
			m.Attempts++
			m.Until = now.Add(s.c.Pause << min(m.Attempts-1, 8))
		}
		switch {
		case final:
			m.Reason = f.Code
		case m.Attempts >= importAttempts || now.Sub(m.Since) > importLasts:
			m.Reason = fault.New(fault.Unavailable, "video.import_failed", "it was tried %d times", importAttempts).Code
		}
		if v.dueAt(m.Until); m.Reason != "" {
			v.dueAt(now.Add(s.c.Abandon))
		}
		return nil
	})
	s.c.Log.Info("an import was put down", "video", id, "org", org, "cause", err.Error())
	return uerr
}

// fetch stores the parts that are missing.
func (s *Service) fetch(ctx context.Context, org string, v Video, lease string) error {
	for {
		session, err := s.session(ctx, org, v)
		if err != nil {
			return err
		}
		if v = session.Video; v.Import == nil {
			return errHeld
		}
		first, got := 0, int64(0)
		for _, p := range session.Parts {
			switch {
			case p.ETag != "":
				got += p.Size
			case first == 0:
				first = p.Number
			}
		}
		if first == 0 {
			return nil
		}
		if !v.Import.Ranges {
			first = 1 // from the beginning, each time
		}
		if err := s.fetchFrom(ctx, org, v, lease, session.Parts, first, got); err != nil {
			return err
		}
	}
}

// fetchFrom asks the other side once and stores what it answers, part by part, until one is there already.
func (s *Service) fetchFrom(ctx context.Context, org string, v Video, lease string, parts []Part, first int, got int64) error {
	f, m := v.sending(), v.Import
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Nothing is read for so long: the connection is given up.
	patience := time.AfterFunc(importStalled, func() {
		cancel(fault.New(fault.Unavailable, "video.import_away", "the other side sends nothing any more"))
	})
	defer patience.Stop()
	a, err := s.farFile(ctx, m.Address, int64(first-1)*f.PartSize, m.Tag)
	if err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	defer a.body.Close() // read to its end or given up
	if a.size != v.Size || a.tag != m.Tag {
		return importChanged()
	}
	beat := s.now()
	holds := func(f func(*Import)) error {
		beat = s.now()
		_, err := s.update(ctx, org, v.ID, func(v *Video) error {
			if v.State != Uploading || v.Import == nil || v.Import.Lease != lease {
				return errHeld
			}
			v.Import.Until = beat.Add(importLease)
			f(v.Import)
			v.dueAt(v.Import.Until)
			return nil
		})
		return err
	}
	body := reading(func(p []byte) (int, error) {
		if s.now().Sub(beat) > importBeat { // a part may take long
			if err := holds(func(*Import) {}); err != nil {
				return 0, err
			}
		}
		n, err := a.body.Read(p)
		patience.Reset(importStalled)
		return n, err
	})
	for _, p := range parts[first-1:] {
		if p.ETag != "" && m.Ranges {
			return nil
		}
		if err := s.c.Objects.Room(p.Size); err != nil {
			return wrap("fetch", err)
		}
		if _, err := s.c.Objects.PutPart(ctx, f.source, f.ID, p.Number, io.LimitReader(body, p.Size), p.Size, ""); err != nil {
			if errors.Is(err, blob.ErrShort) || context.Cause(ctx) != nil {
				err = fault.New(fault.Unavailable, "video.import_away", "the file did not arrive whole").Because(errors.Join(err, context.Cause(ctx)))
			}
			return wrap("fetch", err)
		}
		err := holds(func(m *Import) {
			if p.ETag == "" { // nothing that was there before
				got += p.Size
				m.Got, m.Attempts = got, 0
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type reading func([]byte) (int, error)

// Read implements io.Reader.
func (f reading) Read(p []byte) (int, error) { return f(p) }

// RetryImport lets the server try again to fetch a file. faults video.not_found, video.not_yours, video.not_uploading
func (s *Service) RetryImport(ctx context.Context, by people.Actor, id string) (Session, error) {
	if _, err := s.upload(ctx, by, id); err != nil {
		return Session{}, err
	}
	v, err := s.update(ctx, by.Organisation, id, func(v *Video) error {
		switch {
		case v.State != Uploading || v.Import == nil:
			return notUploading()
		case v.Import.Reason == "":
			return store.ErrKeep // pressed twice
		}
		v.Import.Reason, v.Import.Attempts, v.Import.Until, v.Import.Since = "", 0, time.Time{}, s.now()
		v.dueAt(s.now())
		return nil
	})
	if err == nil {
		s.ring(ctx, by.Organisation, id, time.Time{})
	}
	return Session{Video: v}, err
}

// ImportsFrom lists the hosts from which files may be fetched.
func (s *Service) ImportsFrom() []string { return s.c.Sites.Names() }
