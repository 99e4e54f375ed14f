package discussion

import (
	"context"
	"errors"
	"io"

	"palestra/bootcamp/attachment"
	"palestra/internal/store"
	"palestra/people"
)

// maxUploads is how many files one person sends within a day, in one room.
const maxUploads = 40

// Upload keeps a file for a post that the actor is about to write; what belongs to no post within a day goes. Faults are
// those of attachment.Shelf.Take.
func (s *Service) Upload(ctx context.Context, by people.Actor, p Place, name string, size int64, data io.Reader) (attachment.File, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return attachment.File{}, err
	}
	if err := r.writes(); err != nil {
		return attachment.File{}, err
	}
	return s.files.Take(ctx, attachment.Sent{Host: r.Host, Room: r.Key, Who: r.Voice.Who, Name: name, Size: size, Data: data, Most: maxUploads})
}

// attach makes the actor's files those of a post. Until the post is settled they are still due to go.
func (s *Service) attach(ctx context.Context, r Room, post string, ids []string) ([]attachment.File, error) {
	list := []attachment.File{}
	for _, id := range ids {
		f, err := s.files.Claim(ctx, r.Host, id, post, func(f attachment.Kept) bool {
			return f.Room == r.Key && f.Who == r.Voice.Who && (f.Of == "" || f.Of == post)
		})
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("files", "attachment.gone", "a file is not there any more; send it again")
		}
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// keepFiles says of the files of a post that is there that they stay.
func (s *Service) keepFiles(ctx context.Context, host string, d Post) error {
	for _, a := range d.Files {
		if err := s.files.Stay(ctx, host, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// fileUsed reports whether a file belongs to a post that was not taken back.
func (s *Service) fileUsed(ctx context.Context, host string, f attachment.Kept) (bool, error) {
	if f.Of == "" {
		return false, nil
	}
	d, err := s.posts.Get(ctx, host, f.Of)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return d.State != Withdrawn, wrap("fileUsed", err)
}

// File opens a file of a post that the actor may read. The caller closes it.
func (s *Service) File(ctx context.Context, by people.Actor, p Place, id string) (attachment.File, io.ReadCloser, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return attachment.File{}, nil, err
	}
	f, err := s.files.Get(ctx, r.Host, id)
	if err == nil && f.Room != r.Key {
		err = store.ErrNotFound
	}
	if err != nil {
		return f.File, nil, wrap("File", orGone(err, "file", id))
	}
	if f.Who != r.Voice.Who {
		d, err := s.posts.Get(ctx, r.Host, f.Of)
		if err == nil && d.State != Shown && !r.Leads {
			err = store.ErrNotFound
		}
		if f.Of == "" || err != nil {
			return f.File, nil, wrap("File", orGone(errors.Join(err, store.ErrNotFound), "file", id))
		}
		if _, err := s.thread(ctx, r, d.Thread); err != nil {
			return f.File, nil, err
		}
	}
	data, err := s.files.Open(ctx, r.Host, id)
	return f.File, data, err
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
	if f.Who != r.Voice.Who || f.Room != r.Key || f.Of != "" {
		return errForbidden
	}
	return s.files.Remove(ctx, r.Host, id)
}
