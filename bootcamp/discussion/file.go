package discussion

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of files.
const (
	MaxFile    = 10 << 20 // bytes
	maxUploads = 40       // by one person within a day, in one room
	unclaimed  = 24 * time.Hour
)

// kinds are the files that are taken: their ending, the type as which they are given out, and how they begin.
func kinds() map[string]struct{ mime, begin string } {
	const zip = "PK\x03\x04"
	return map[string]struct{ mime, begin string }{
		".pdf": {"application/pdf", "%PDF-"}, ".png": {"image/png", "\x89PNG\r\n\x1a\n"}, ".jpg": {"image/jpeg", "\xff\xd8\xff"}, ".jpeg": {"image/jpeg", "\xff\xd8\xff"},
		".gif": {"image/gif", "GIF8"}, ".webp": {"image/webp", "RIFF"}, ".txt": {"text/plain; charset=utf-8", ""}, ".csv": {"text/csv; charset=utf-8", ""},
		".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", zip}, ".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zip},
		".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", zip},
		".odt":  {"application/vnd.oasis.opendocument.text", zip}, ".ods": {"application/vnd.oasis.opendocument.spreadsheet", zip}, ".odp": {"application/vnd.oasis.opendocument.presentation", zip},
	}
}

// fileName tidies a name: the last part of a path, without what breaks a line or turns it round.
func fileName(s string) (string, error) {
	s = path.Base(strings.ReplaceAll(strings.TrimSpace(s), `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, s)
	if !utf8.ValidString(s) || s == "" || s == "." || s == "/" || utf8.RuneCountInString(s) > 120 {
		return "", fault.New(fault.Invalid, "discussion.file_name", "a file has a name of 1 to 120 characters")
	}
	return s, nil
}

// Upload keeps a file for a post that the actor is about to write; what belongs to no post within a day goes. Faults:
// discussion.file_name, .file_kind, .file_large, .file_short, .files_much.
func (s *Service) Upload(ctx context.Context, by people.Actor, p Place, name string, size int64, data io.Reader) (Attachment, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Attachment{}, err
	}
	if err := r.writes(); err != nil {
		return Attachment{}, err
	}
	if name, err = fileName(name); err != nil {
		return Attachment{}, err
	}
	kind, ok := kinds()[strings.ToLower(path.Ext(name))]
	refused := fault.New(fault.Unsupported, "discussion.file_kind", "files of this kind are not taken")
	switch {
	case !ok:
		return Attachment{}, refused
	case size > MaxFile:
		return Attachment{}, fault.New(fault.TooLarge, "discussion.file_large", "a file has at most %d bytes", MaxFile).With("size", MaxFile)
	case size < 1:
		return Attachment{}, fault.New(fault.Invalid, "discussion.file_short", "the file is empty or did not arrive whole")
	}
	now := s.now()
	n, err := s.files.Count(ctx, r.Host, store.Query{Index: "byWho", Equal: []any{r.Voice.Who}, From: now.Add(-24 * time.Hour)}, maxUploads)
	if err != nil {
		return Attachment{}, wrap("Upload", err)
	}
	if n >= maxUploads {
		return Attachment{}, fault.New(fault.TooMany, "discussion.files_much", "at most %d files a day", maxUploads).With("max", maxUploads)
	}
	in := bufio.NewReaderSize(data, 4096)
	head, err := in.Peek(int(min(size, 4096)))
	if err != nil {
		return Attachment{}, fault.New(fault.Invalid, "discussion.file_short", "the file is empty or did not arrive whole").Because(err)
	}
	if !bytes.HasPrefix(head, []byte(kind.begin)) || kind.begin == "RIFF" && (len(head) < 12 || string(head[8:12]) != "WEBP") || kind.begin == "" && !isText(head) {
		return Attachment{}, refused
	}
	due := now.Add(unclaimed)
	f := File{Meta: store.Meta{ID: s.c.NewID()}, Room: r.Key, Who: r.Voice.Who, At: now, Due: &due}
	f.Attachment = Attachment{f.Meta.ID, name, kind.mime, size}
	if err := s.files.Insert(ctx, r.Host, f); err != nil {
		return Attachment{}, wrap("Upload", err)
	}
	if err := s.c.Objects.Save(ctx, objectKey(r.Host, f.Meta.ID), in, size); err != nil {
		return Attachment{}, errors.Join(wrap("Upload", err), s.removeFile(context.WithoutCancel(ctx), r.Host, f.Meta.ID))
	}
	return f.Attachment, nil
}

// isText reports whether bytes are the beginning of a text.
func isText(b []byte) bool {
	for i := 0; i < utf8.UTFMax && len(b) > 0 && !utf8.Valid(b); i++ {
		b = b[:len(b)-1] // the beginning may end within a letter
	}
	return utf8.Valid(b) && !bytes.ContainsRune(b, 0)
}

func objectKey(host, id string) string { return "talk/" + host + "/" + id }

// attach makes the actor's files those of a post. Until the post is settled they are still due to go.
func (s *Service) attach(ctx context.Context, r Room, post string, ids []string) ([]Attachment, error) {
	list := []Attachment{}
	for _, id := range ids {
		due := s.now().Add(unclaimed)
		f, err := s.files.Update(ctx, r.Host, id, func(f *File) error {
			if f.Room != r.Key || f.Who != r.Voice.Who || f.Post != "" && f.Post != post {
				return store.ErrNotFound
			}
			f.Post, f.Due = post, &due
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("files", "discussion.no_file", "a file is not there any more; send it again")
		}
		if err != nil {
			return nil, wrap("attach", err)
		}
		list = append(list, f.Attachment)
	}
	return list, nil
}

// keepFiles says of the files of a post that is there that they stay.
func (s *Service) keepFiles(ctx context.Context, host string, d Post) error {
	for _, a := range d.Files {
		_, err := s.files.Update(ctx, host, a.ID, func(f *File) error {
			if f.Due == nil {
				return store.ErrKeep
			}
			f.Due = nil
			return nil
		})
		if gone(err) != nil {
			return wrap("keepFiles", err)
		}
	}
	return nil
}

// fileDue removes a file that belongs to no post.
func (s *Service) fileDue(ctx context.Context, host, id string) error {
	f, err := s.files.Get(ctx, host, id)
	if err != nil {
		return wrap("fileDue", gone(err))
	}
	if f.Post != "" {
		d, err := s.posts.Get(ctx, host, f.Post)
		if gone(err) != nil {
			return wrap("fileDue", err)
		}
		if err == nil && d.State != Withdrawn {
			return s.keepFiles(ctx, host, d)
		}
	}
	return s.removeFile(ctx, host, id)
}

func (s *Service) removeFile(ctx context.Context, host, id string) error {
	if err := s.c.Objects.Remove(ctx, objectKey(host, id)); err != nil {
		return wrap("removeFile", err)
	}
	return wrap("removeFile", gone(s.files.Delete(ctx, host, id)))
}

// File opens a file of a post that the actor may read. The caller closes it.
func (s *Service) File(ctx context.Context, by people.Actor, p Place, id string) (Attachment, io.ReadCloser, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Attachment{}, nil, err
	}
	f, err := s.files.Get(ctx, r.Host, id)
	if err == nil && f.Room != r.Key {
		err = store.ErrNotFound
	}
	if err != nil {
		return Attachment{}, nil, wrap("File", orGone(err, "file", id))
	}
	if f.Who != r.Voice.Who {
		d, err := s.posts.Get(ctx, r.Host, f.Post)
		if err == nil && d.State != Shown && !r.Leads {
			err = store.ErrNotFound
		}
		if f.Post == "" || err != nil {
			return Attachment{}, nil, wrap("File", orGone(errors.Join(err, store.ErrNotFound), "file", id))
		}
		if _, err := s.thread(ctx, r, d.Thread); err != nil {
			return Attachment{}, nil, err
		}
	}
	data, err := s.c.Objects.Open(ctx, objectKey(r.Host, id))
	return f.Attachment, data, wrap("File", err)
}

// Discard removes a file that the actor has sent and that belongs to no post yet. It can be repeated.
func (s *Service) Discard(ctx context.Context, by people.Actor, p Place, id string) error {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return err
	}
	f, err := s.files.Get(ctx, r.Host, id)
	if err != nil {
		return wrap("Discard", gone(err))
	}
	if f.Who != r.Voice.Who || f.Room != r.Key || f.Post != "" {
		return errForbidden
	}
	return s.removeFile(ctx, r.Host, id)
}
