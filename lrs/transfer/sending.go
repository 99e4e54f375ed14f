package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

const (
	// partSize is how many bytes each part of a file has that arrives in parts; the last one has the rest.
	partSize = 16 << 20
	// sendingLives is how long somebody may take until the next part.
	sendingLives = 7 * 24 * time.Hour
)

// Announce makes an import whose file will arrive in parts, one after the other: the line may break, and whoever sends may go
// on another day. mark is what she knows the file by. Faults: lrs.import_form, lrs.imports_too_many
func (s *Service) Announce(ctx context.Context, org, name, mark string, size int64) (Import, error) {
	i, err := s.admit(ctx, org, name, size)
	if err != nil {
		return Import{}, err
	}
	due := i.Created.Add(sendingLives)
	i.State, i.Due, i.Mark, i.Part = Sending, &due, mark, cmp.Or(s.c.PartSize, partSize)
	i.Parts = int((size + i.Part - 1) / i.Part)
	return i, wrap("Announce", s.imports.Insert(ctx, org, i))
}

// sizeOf returns how many bytes a part has, counted from 1.
func (i *Import) sizeOf(part int) int64 { return min(i.Part, i.Size-int64(part-1)*i.Part) }

// Here is how many bytes of the file are here.
func (i *Import) Here() int64 {
	if i.Parts == 0 {
		return i.Size
	}
	return min(i.Size, int64(i.Sent)*i.Part)
}

func (i *Import) object(part int) string { return fmt.Sprintf("%s.%05d", i.Object, part) }

// Part keeps the next part of a file, and has it imported after the last one. A part that is here already is read and
// changes nothing. Faults: lrs.import_not_found, lrs.import_part if it is not the next one or has another length.
func (s *Service) Part(ctx context.Context, org, id string, part int, r io.Reader, length int64) (Import, error) {
	i, err := s.Import(ctx, org, id)
	if err != nil {
		return i, err
	}
	wrong := fault.New(fault.Conflict, "lrs.import_part", "this is not the next part: %d of %d are here", i.Sent, i.Parts).With("sent", i.Sent)
	if part < 1 || part > i.Parts || part > i.Sent+1 || length != i.sizeOf(part) {
		return i, wrong
	}
	if part <= i.Sent {
		_, err := io.Copy(io.Discard, r)
		return i, err
	}
	if i.State != Sending {
		return i, wrong
	}
	if err := s.c.Objects.Save(ctx, i.object(part), r, length); err != nil {
		return i, wrap("Part", err)
	}
	next, err := s.imports.Update(ctx, org, id, func(d *Import) error {
		if d.State != Sending || d.Sent != part-1 {
			return store.ErrKeep // somebody else was first
		}
		now := s.now()
		d.Sent = part
		due := now.Add(sendingLives)
		if d.Sent == d.Parts {
			d.State, due = Waiting, now
		}
		d.Due = &due
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && next.Sent < part { // removed or given up at this moment
		return next, wrap("Part", errors.Join(noImport(store.ErrNotFound, id), s.c.Objects.Remove(ctx, i.object(part))))
	}
	if err == nil && next.State == Waiting {
		s.ring(ctx, org, id)
	}
	return next, wrap("Part", err)
}

// file opens an import's file.
func (s *Service) file(ctx context.Context, i *Import) (io.ReadCloser, error) {
	if i.Parts == 0 {
		return s.c.Objects.Open(ctx, i.Object)
	}
	return &parts{ctx: ctx, s: s, i: i}, nil
}

// remove forgets an import's file.
func (s *Service) remove(ctx context.Context, i *Import) error {
	if i.Parts == 0 {
		return s.c.Objects.Remove(ctx, i.Object)
	}
	for n := 1; n <= min(i.Sent+1, i.Parts); n++ { // and one that was on its way
		if err := s.c.Objects.Remove(ctx, i.object(n)); err != nil {
			return err
		}
	}
	return nil
}

// parts reads a file that lies in several objects.
type parts struct {
	ctx  context.Context //nolint:containedctx // of the one run that reads it: io.Reader takes none
	s    *Service
	i    *Import
	next int // the last one that was opened
	open io.ReadCloser
}

func (p *parts) Read(b []byte) (int, error) {
	for {
		if p.open == nil {
			if p.next == p.i.Parts {
				return 0, io.EOF
			}
			r, err := p.s.c.Objects.Open(p.ctx, p.i.object(p.next+1))
			if err != nil {
				return 0, err
			}
			p.open, p.next = r, p.next+1
		}
		n, err := p.open.Read(b)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := p.Close(); err != nil || n > 0 {
			return n, err
		}
	}
}

// Close closes the part that is being read.
func (p *parts) Close() error {
	if p.open == nil {
		return nil
	}
	err := p.open.Close()
	p.open = nil
	return err
}
