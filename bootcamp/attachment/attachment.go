// Package attachment keeps the files that people send to a room: which are taken, as what they are given out, where their
// bytes are, and that they go when they belong to nothing. The room decides who may send, read and remove them.
//
// A file is noted before its bytes are stored, with a day on which it goes; the room takes that day away when what the file
// belongs to is stored. A run that dies leaves a file that goes, or one that the room finds to be used.
package attachment

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
)

const (
	// MaxSize is the most bytes of one file.
	MaxSize = 10 << 20
	// Unclaimed is how long a file waits for what it shall belong to.
	Unclaimed = 24 * time.Hour
)

// File is what is told of a file by what it belongs to.
type File struct {
	ID   string `bson:"id" json:"id"`
	Name string `bson:"name" json:"name"`
	Type string `bson:"type" json:"type"` // as which it is given out
	Size int64  `bson:"size" json:"size"` // bytes
}

// Kept is a file as its room keeps it.
type Kept struct {
	store.Meta `bson:",inline"`
	File       `bson:",inline"`
	Room       string     `bson:"room"`
	Group      string     `bson:"group,omitempty"` // of rooms, among which it is listed
	Who        string     `bson:"who"`             // sent it, as the room names people
	Of         string     `bson:"post"`            // what it belongs to; "" until then
	At         time.Time  `bson:"at"`
	Due        *time.Time `bson:"due,omitempty"` // when it goes
}

// Objects keep the bytes of files.
type Objects interface {
	// Save keeps exactly size bytes. Faults: attachment.short, server.full.
	Save(ctx context.Context, key string, r io.Reader, size int64) error
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Remove forgets them. What is not there is no error.
	Remove(ctx context.Context, key string) error
}

// Config is what a shelf needs.
type Config struct {
	DB         *store.DB
	Collection string // in which files are noted
	Prefix     string // of the keys of their bytes
	Objects    Objects
	Now        func() time.Time
	NewID      func() string // sortable
}

// Shelf keeps the files of one kind of rooms. They belong to the organisation that hosts the room.
type Shelf struct {
	c     Config
	files *store.Town[Kept]
}

// New returns a shelf, or an error if its collection cannot be declared.
func New(c Config) (*Shelf, error) {
	files, err := store.NewTown[Kept](c.DB, c.Collection, 1, store.On("byPost", store.Str("post")), store.On("byWho", store.Str("who"), store.Time("at")),
		store.On("byRoom", store.Str("room"), store.Time("at")), store.On("byGroup", store.Str("group"), store.Time("at")).AsSparse(),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	return &Shelf{c: c, files: files}, err
}

func (s *Shelf) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

func (s *Shelf) key(host, id string) string { return strings.Join([]string{s.c.Prefix, host, id}, "/") }

func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("attachment.%s: %w", where, err)
}

// gone is err, unless it says that something is not there.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// kind is a file that is taken: its ending, the type as which it is given out, and how it begins.
type kind struct{ mime, begin string }

// Picture reports whether a type is one that pages show.
func Picture(mime string) bool { return strings.HasPrefix(mime, "image/") }

func kinds() map[string]kind {
	const zip = "PK\x03\x04"
	return map[string]kind{
		".pdf": {"application/pdf", "%PDF-"}, ".png": {"image/png", "\x89PNG\r\n\x1a\n"}, ".jpg": {"image/jpeg", "\xff\xd8\xff"}, ".jpeg": {"image/jpeg", "\xff\xd8\xff"},
		".gif": {"image/gif", "GIF8"}, ".webp": {"image/webp", "RIFF"}, ".txt": {"text/plain; charset=utf-8", ""}, ".csv": {"text/csv; charset=utf-8", ""},
		".json": {"application/json", ""}, ".geojson": {"application/geo+json", ""},
		".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", zip}, ".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zip},
		".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", zip},
		".odt":  {"application/vnd.oasis.opendocument.text", zip}, ".ods": {"application/vnd.oasis.opendocument.spreadsheet", zip}, ".odp": {"application/vnd.oasis.opendocument.presentation", zip},
	}
}

// fits reports whether a file begins as its kind does.
func (k kind) fits(head []byte) bool {
	switch {
	case !bytes.HasPrefix(head, []byte(k.begin)):
		return false
	case k.begin == "RIFF":
		return len(head) >= 12 && string(head[8:12]) == "WEBP"
	case k.begin == "":
		return isText(head)
	}
	return true
}

// isText reports whether bytes are the beginning of a text.
func isText(b []byte) bool {
	for i := 0; i < utf8.UTFMax && len(b) > 0 && !utf8.Valid(b); i++ {
		b = b[:len(b)-1] // the beginning may end within a letter
	}
	return utf8.Valid(b) && !bytes.ContainsRune(b, 0)
}

// tidy takes the last part of a path, without what breaks a line or turns it round.
func tidy(name string) (string, error) {
	name = path.Base(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	if !utf8.ValidString(name) || name == "" || name == "." || name == "/" || utf8.RuneCountInString(name) > 120 {
		return "", fault.New(fault.Invalid, "attachment.name", "a file has a name of 1 to 120 characters")
	}
	return name, nil
}

// Sent is a file that somebody sends.
type Sent struct {
	Host, Room, Group string
	Who               string
	Name              string
	Size              int64
	Data              io.Reader
	Most              int  // by Who within a day
	Bare              bool // pictures are kept without what cameras write into them
}

// Take keeps a file that goes after a day, unless Claim and Stay are called. Faults: attachment.name, .kind, .large, .short,
// .much.
func (s *Shelf) Take(ctx context.Context, f Sent) (File, error) {
	name, err := tidy(f.Name)
	if err != nil {
		return File{}, err
	}
	k, ok := kinds()[strings.ToLower(path.Ext(name))]
	refused := fault.New(fault.Unsupported, "attachment.kind", "files of this kind are not taken")
	switch {
	case !ok:
		return File{}, refused
	case f.Size > MaxSize:
		return File{}, fault.New(fault.TooLarge, "attachment.large", "a file has at most %d bytes", MaxSize).With("size", MaxSize)
	case f.Size < 1:
		return File{}, fault.New(fault.Invalid, "attachment.short", "the file is empty or did not arrive whole")
	}
	now := s.now()
	n, err := s.files.Count(ctx, f.Host, store.Query{Index: "byWho", Equal: []any{f.Who}, From: now.Add(-24 * time.Hour)}, f.Most)
	if err != nil {
		return File{}, wrap("Take", err)
	}
	if n >= f.Most {
		return File{}, fault.New(fault.TooMany, "attachment.much", "at most %d files a day", f.Most).With("max", f.Most)
	}
	in := bufio.NewReaderSize(f.Data, 4096)
	head, err := in.Peek(int(min(f.Size, 4096)))
	if err != nil {
		return File{}, fault.New(fault.Invalid, "attachment.short", "the file is empty or did not arrive whole").Because(err)
	}
	if !k.fits(head) {
		return File{}, refused
	}
	if f.Bare && Picture(k.mime) {
		if in, f.Size, err = bare(k.mime, in, f.Size); err != nil {
			return File{}, err
		}
	}
	due := now.Add(Unclaimed)
	d := Kept{Meta: store.Meta{ID: s.c.NewID()}, Room: f.Room, Group: f.Group, Who: f.Who, At: now, Due: &due}
	d.File = File{d.Meta.ID, name, k.mime, f.Size}
	if err := s.files.Insert(ctx, f.Host, d); err != nil {
		return File{}, wrap("Take", err)
	}
	if err := s.c.Objects.Save(ctx, s.key(f.Host, d.File.ID), in, f.Size); err != nil {
		return File{}, errors.Join(wrap("Take", err), s.Remove(context.WithoutCancel(ctx), f.Host, d.File.ID))
	}
	return d.File, nil
}

// bare reads a picture, which is no larger than a file may be, and returns what is kept of it.
func bare(mime string, in io.Reader, size int64) (*bufio.Reader, int64, error) {
	data, err := io.ReadAll(io.LimitReader(in, size+1))
	if err != nil || int64(len(data)) != size {
		return nil, 0, fault.New(fault.Invalid, "attachment.short", "the file is empty or did not arrive whole").Because(err)
	}
	data, err = Bare(mime, data)
	if err != nil {
		return nil, 0, fault.New(fault.Unsupported, "attachment.kind", "this is no picture").Because(err)
	}
	return bufio.NewReader(bytes.NewReader(data)), int64(len(data)), nil
}

// Claim makes a file that may refuse none belong to something. Until Stay it is still due to go, a day from now. What is
// not there, or not what may wants, is store.ErrNotFound.
func (s *Shelf) Claim(ctx context.Context, host, id, of string, may func(Kept) bool) (File, error) {
	due := s.now().Add(Unclaimed)
	f, err := s.files.Update(ctx, host, id, func(f *Kept) error {
		if !may(*f) || f.Due != nil && f.Due.Before(s.now()) {
			return store.ErrNotFound
		}
		if f.Of == of && f.Due == nil {
			return store.ErrKeep
		}
		f.Of, f.Due = of, &due
		return nil
	})
	return f.File, wrap("Claim", err)
}

// Stay says of a file that what it belongs to is there.
func (s *Shelf) Stay(ctx context.Context, host, id string) error {
	_, err := s.files.Update(ctx, host, id, func(f *Kept) error {
		if f.Due == nil {
			return store.ErrKeep
		}
		f.Due = nil
		return nil
	})
	return wrap("Stay", gone(err))
}

// Leave says of a file that nothing may need it any more: it goes at a time, unless the room finds it used by then.
func (s *Shelf) Leave(ctx context.Context, host, id string, at time.Time) error {
	_, err := s.files.Update(ctx, host, id, func(f *Kept) error {
		if f.Due != nil {
			return store.ErrKeep
		}
		f.Due = &at
		return nil
	})
	return wrap("Leave", gone(err))
}

// Get returns a file; store.ErrNotFound if it is not there.
func (s *Shelf) Get(ctx context.Context, host, id string) (Kept, error) {
	f, err := s.files.Get(ctx, host, id)
	return f, wrap("Get", err)
}

// Open returns the bytes of a file. The caller closes them.
func (s *Shelf) Open(ctx context.Context, host, id string) (io.ReadCloser, error) {
	data, err := s.c.Objects.Open(ctx, s.key(host, id))
	return data, wrap("Open", err)
}

// Remove removes a file. It can be repeated.
func (s *Shelf) Remove(ctx context.Context, host, id string) error {
	if err := s.c.Objects.Remove(ctx, s.key(host, id)); err != nil {
		return wrap("Remove", err)
	}
	return wrap("Remove", gone(s.files.Delete(ctx, host, id)))
}

// InRoom lists the files of a room, in the order in which they came; few, as people send them by hand.
func (s *Shelf) InRoom(ctx context.Context, host, room string) ([]Kept, error) {
	var list []Kept
	err := s.files.Each(ctx, host, store.Query{Index: "byRoom", Equal: []any{room}}, func(f Kept) error { list = append(list, f); return nil })
	return list, wrap("InRoom", err)
}

// InGroup lists the files of a group of rooms that belong to something, the newest first, in pages that may be short.
func (s *Shelf) InGroup(ctx context.Context, host, group, cursor string, limit int) (store.Page[Kept], error) {
	p, err := s.files.Find(ctx, host, store.Query{Index: "byGroup", Equal: []any{group}, Reverse: true, Cursor: cursor, Limit: limit})
	list := p.Docs[:0]
	for _, f := range p.Docs {
		if f.Of != "" && f.Due == nil {
			list = append(list, f)
		}
	}
	p.Docs = list
	return p, wrap("InGroup", err)
}

// SentBy calls f with each file that somebody has sent, as the room names her.
func (s *Shelf) SentBy(ctx context.Context, host, who string, f func(Kept) error) error {
	return wrap("SentBy", s.files.Each(ctx, host, store.Query{Index: "byWho", Equal: []any{who}}, f))
}

// Sweep removes what is due and what used does not report to be used; what is used stays. The room's sweep calls it.
func (s *Shelf) Sweep(ctx context.Context, now time.Time, used func(ctx context.Context, host string, f Kept) (bool, error)) error {
	const some = 100
	list, err := s.files.Due(ctx, "byDue", now, some)
	errs := []error{err}
	for _, r := range list {
		f, err := s.files.Get(ctx, r.Org, r.ID)
		if err != nil {
			errs = append(errs, gone(err))
			continue
		}
		in, err := used(ctx, r.Org, f)
		switch {
		case err != nil:
		case in:
			err = s.Stay(ctx, r.Org, r.ID)
		default:
			err = s.Remove(ctx, r.Org, r.ID)
		}
		errs = append(errs, err)
	}
	return wrap("Sweep", errors.Join(errs...))
}

// Copy writes a file into somebody's copy of what is kept of her.
func (s *Shelf) Copy(ctx context.Context, host string, f File, w io.Writer) (err error) {
	data, err := s.Open(ctx, host, f.ID)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	_, err = io.Copy(w, data)
	return wrap("Copy", err)
}
