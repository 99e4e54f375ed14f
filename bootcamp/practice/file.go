package practice

import (
	"context"
	"errors"
	"io"
	"slices"

	"palestra/bootcamp/attachment"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// maxKept is how many files are kept of one practice, those of earlier versions included.
const maxKept = 200

func (c *Content) fileIDs() []string {
	ids := make([]string, 0, len(c.Files))
	for _, f := range c.Files {
		ids = append(ids, f.File.ID)
	}
	return ids
}

// uses reports whether a file is of the draft, or of something that was published.
func (p *Practice) uses(id string) bool {
	return slices.Contains(p.Files, id) || slices.Contains(p.Draft.fileIDs(), id)
}

// Attach keeps a file for the draft, which goes when the draft is not saved with it within a day. Its authors may. Faults
// are those of attachment.Shelf.Take; practice.entries.
func (s *Service) Attach(ctx context.Context, by people.Actor, id, name string, size int64, data io.Reader) (attachment.File, error) {
	p, err := s.own(ctx, by, id)
	if err != nil {
		return attachment.File{}, err
	}
	list, err := s.files.InRoom(ctx, p.Town, id)
	if err != nil {
		return attachment.File{}, err
	}
	if len(list) >= maxKept {
		return attachment.File{}, fault.New(fault.Conflict, "practice.entries", "at most %d files, with those of earlier versions", maxKept).With("max", maxKept)
	}
	return s.files.Take(ctx, attachment.Sent{Host: p.Town, Room: id, Who: id, Name: name, Size: size, Data: data, Most: maxKept, Bare: true})
}

// claim looks up the files that a draft is to be saved with, so that none of them goes meanwhile.
func (s *Service) claim(ctx context.Context, by people.Actor, id string, c *Content) error {
	if len(c.Files) == 0 {
		return nil
	}
	p, err := s.own(ctx, by, id)
	if err != nil {
		return err
	}
	for i := range c.Files[:min(len(c.Files), maxFiles)] {
		f := &c.Files[i]
		f.File, err = s.files.Claim(ctx, p.Town, f.File.ID, id, func(k attachment.Kept) bool { return k.Room == id })
		if errors.Is(err, store.ErrNotFound) {
			return invalid("files", "attachment.gone", "a file is not there any more; send it again")
		}
		if err != nil {
			return err
		}
		if f.Kind == FileImage && !attachment.Picture(f.Type) {
			return invalid("files", "practice.image", "only a picture is shown as one")
		}
	}
	return nil
}

// settleFiles says of each file of a practice whether it stays. What left the draft goes a day later.
func (s *Service) settleFiles(ctx context.Context, p Practice) error {
	list, err := s.files.InRoom(ctx, p.Town, p.ID)
	if err != nil {
		return err
	}
	for _, f := range list {
		switch {
		case p.uses(f.File.ID) && f.Due != nil:
			err = s.files.Stay(ctx, p.Town, f.File.ID)
		case !p.uses(f.File.ID) && f.Due == nil:
			err = s.files.Leave(ctx, p.Town, f.File.ID, s.now().Add(attachment.Unclaimed))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropFiles removes the files of a draft that is deleted.
func (s *Service) dropFiles(ctx context.Context, p Practice) error {
	list, err := s.files.InRoom(ctx, p.Town, p.ID)
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := s.files.Remove(ctx, p.Town, f.File.ID); err != nil {
			return err
		}
	}
	return nil
}

// fileUsed reports whether a practice uses a file.
func (s *Service) fileUsed(ctx context.Context, host string, f attachment.Kept) (bool, error) {
	p, err := s.practices.Get(ctx, host, f.Room)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return p.State != stateDeleted && p.uses(f.File.ID), wrap("fileUsed", err)
}

// DraftFile opens a file of a draft. Its authors may. The caller closes it.
func (s *Service) DraftFile(ctx context.Context, by people.Actor, id, file string) (attachment.File, io.ReadCloser, error) {
	p, err := s.own(ctx, by, id)
	if err != nil {
		return attachment.File{}, nil, err
	}
	return s.openFile(ctx, p.Town, id, file)
}

// OpenFile opens a file of a version that was published, for everybody: what is published is open. The caller closes it.
func (s *Service) OpenFile(ctx context.Context, id, file string) (attachment.File, io.ReadCloser, error) {
	c, err := s.shown(ctx, id)
	if err != nil {
		return attachment.File{}, nil, err
	}
	p, err := s.practices.Get(ctx, c.Town, id)
	if err == nil && !slices.Contains(p.Files, file) {
		err = store.ErrNotFound
	}
	if err != nil {
		return attachment.File{}, nil, wrap("OpenFile", noFile(err))
	}
	return s.openFile(ctx, c.Town, id, file)
}

func (s *Service) openFile(ctx context.Context, town, id, file string) (attachment.File, io.ReadCloser, error) {
	f, err := s.files.Get(ctx, town, file)
	if err == nil && f.Room != id {
		err = store.ErrNotFound
	}
	if err != nil {
		return attachment.File{}, nil, noFile(err)
	}
	data, err := s.files.Open(ctx, town, file)
	return f.File, data, err
}

func noFile(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "practice.no_file", "there is no such file")
	}
	return err
}

// describeFiles adds a card's files to its description in the words of schema.org.
func (s *Service) describeFiles(c Card, out object) {
	pictures, media, data := []object{}, []object{}, []object{}
	for _, f := range c.Content.Files {
		licence := f.Licence
		if licence == "" {
			licence = c.Content.Licence
		}
		o := object{"@type": "MediaObject", "name": f.Name, "contentUrl": s.c.PublicURL + "/open/practices/" + c.ID + "/files/" + f.File.ID, "encodingFormat": f.Type, "contentSize": f.Size, "license": licenceURL(licence)}
		if len(f.Title) > 0 {
			o["caption"] = tagged(f.Title)
		}
		switch f.Kind {
		case FileImage:
			o["@type"], o["description"] = "ImageObject", tagged(f.Alt)
			pictures = append(pictures, o)
		case FileDataset:
			o["@type"] = "DataDownload"
			title := tagged(f.Title)
			if len(title) == 0 {
				title = []object{{"@value": f.Name}}
			}
			data = append(data, object{"@type": "Dataset", "name": title, "license": licenceURL(licence), "distribution": o})
		default:
			media = append(media, o)
		}
	}
	for key, list := range map[string][]object{"image": pictures, "associatedMedia": media, "hasPart": data} {
		if len(list) > 0 {
			out[key] = list
		}
	}
}
