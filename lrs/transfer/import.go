package transfer

import (
	"context"
	"errors"
	"io"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// State is what an import does.
type State string

// The states.
const (
	Sending State = "sending" // its file arrives in parts
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Import is a file that is being imported in the background. It says at every moment what is due next and who holds it.
type Import struct {
	store.Meta `bson:",inline"`
	Name       string     `bson:"name"`
	Size       int64      `bson:"size"`   // bytes
	Object     string     `bson:"object"` // where the file is; "" when it is not kept any more
	Part       int64      `bson:"part"`   // bytes of each part but the last
	Parts      int        `bson:"parts"`  // of which the file consists; 0: it is one object
	Sent       int        `bson:"sent"`   // parts that are here, the first ones
	Mark       string     `bson:"mark"`   // by which whoever sends knows the file again
	State      State      `bson:"state"`
	Progress   Progress   `bson:"progress"`
	Created    time.Time  `bson:"created"`
	Ended      *time.Time `bson:"ended,omitempty"`
	Code       string     `bson:"code"` // why it has failed
	Text       string     `bson:"text"`
	Due        *time.Time `bson:"due,omitempty"`
	Attempts   int        `bson:"attempts"`
	Holder     string     `bson:"holder"`
	Lease      time.Time  `bson:"lease"`
}

const (
	maxWaiting  = 20
	maxSize     = 5 << 30
	maxAttempts = 5
	lease       = 30 * time.Second
	maxName     = 200
)

var errLost = errors.New("transfer: somebody else imports it, or it was removed")

// Begin keeps a file of exactly size bytes and has it imported in the background. Faults: lrs.import_form,
// lrs.imports_too_many
func (s *Service) Begin(ctx context.Context, org, name string, r io.Reader, size int64) (Import, error) {
	i, err := s.admit(ctx, org, name, size)
	if err != nil {
		return Import{}, err
	}
	i.State, i.Due = Waiting, &i.Created
	if err := s.c.Objects.Save(ctx, i.Object, r, size); err != nil {
		return Import{}, wrap("Begin", err)
	}
	if err := s.imports.Insert(ctx, org, i); err != nil {
		return Import{}, wrap("Begin", errors.Join(err, s.c.Objects.Remove(ctx, i.Object)))
	}
	s.ring(ctx, org, i.ID)
	return i, nil
}

// admit returns a new import, unless too many wait or its size cannot be.
func (s *Service) admit(ctx context.Context, org, name string, size int64) (Import, error) {
	if s.c.Objects == nil {
		return Import{}, errors.New("transfer.Begin: there is no room for files")
	}
	if size <= 0 || size > maxSize {
		return Import{}, errForm("its size must be known, and from 1 byte to 5 GiB")
	}
	if len(name) > maxName || name == "" {
		name = "import"
	}
	waiting := 0
	err := s.imports.Each(ctx, org, store.Query{Index: "byTime", Reverse: true, Limit: 100}, func(i Import) error {
		if i.Due != nil {
			waiting++
		}
		return nil
	})
	if err != nil {
		return Import{}, wrap("Begin", err)
	}
	if waiting >= maxWaiting {
		return Import{}, fault.New(fault.Conflict, "lrs.imports_too_many", "%d imports wait already", maxWaiting).With("most", maxWaiting)
	}
	i := Import{Meta: store.Meta{ID: s.c.NewID()}, Name: name, Size: size, Created: s.now(), Progress: Progress{Reports: []Report{}}}
	i.Object = "imports/" + org + "/" + i.ID
	return i, nil
}

func (s *Service) ring(ctx context.Context, org, id string) {
	if s.c.Bell == nil {
		return
	}
	if err := s.c.Bell(ctx, org, id); err != nil {
		s.c.Log.Warn("a bell could not be rung; the sweep will", "import", id, "error", err)
	}
}

// Imports lists imports, the newest first. limit is at most 500; 0 is 50.
func (s *Service) Imports(ctx context.Context, org, cursor string, limit int) (store.Page[Import], error) {
	p, err := s.imports.Find(ctx, org, store.Query{Index: "byTime", Reverse: true, Cursor: cursor, Limit: limit})
	return p, wrap("Imports", err)
}

// Import returns one. Fault: lrs.import_not_found
func (s *Service) Import(ctx context.Context, org, id string) (Import, error) {
	i, err := s.imports.Get(ctx, org, id)
	return i, wrap("Import", noImport(err, id))
}

func noImport(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "lrs.import_not_found", "no import %s", id)
	}
	return err
}

// Forget removes an import and its file; one that is under way ends. What it has stored stays. Fault: lrs.import_not_found
func (s *Service) Forget(ctx context.Context, org, id string) error {
	i, err := s.Import(ctx, org, id)
	if err != nil {
		return err
	}
	if err := s.imports.Delete(ctx, org, id); err != nil {
		return wrap("Forget", noImport(err, id))
	}
	if i.Object == "" || s.c.Objects == nil {
		return nil
	}
	return wrap("Forget", s.remove(ctx, &i))
}

// Due returns at most limit imports that are due by now in all organisations.
func (s *Service) Due(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.imports.Due(ctx, "due", now, limit)
	return list, wrap("Due", err)
}

// Process imports a file, from where it has come to. It may be called at any time, by several workers at once, and after
// a death in the middle.
func (s *Service) Process(ctx context.Context, org, id string) error {
	holder, taken, left := s.c.NewID(), false, false
	i, err := s.imports.Update(ctx, org, id, func(i *Import) error {
		now := s.now()
		if taken = i.Due != nil && !i.Due.After(now) && (i.Holder == "" || !i.Lease.After(now)); !taken {
			return store.ErrKeep
		}
		if i.State == Sending { // nobody has sent anything for long
			left = true
			why := fault.New(fault.Invalid, "lrs.import_left", "the file did not arrive whole in time")
			i.State, i.Ended, i.Due, i.Code, i.Text = Failed, &now, nil, why.Code, why.Detail
			return nil
		}
		i.Holder, i.Lease, i.State = holder, now.Add(lease), Running
		i.Due = &i.Lease
		i.Attempts++
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !taken {
		return nil
	}
	if err != nil {
		return wrap("Process", err)
	}
	if left {
		return wrap("Process", s.remove(ctx, &i))
	}
	p := i.Progress
	work := s.run(ctx, org, i, holder, &p)
	if errors.Is(work, errLost) {
		return nil
	}
	done := work == nil
	if done || fault.KindOf(work) != 0 && fault.KindOf(work) != fault.Full || i.Attempts >= maxAttempts {
		if err := s.remove(context.WithoutCancel(ctx), &i); err != nil {
			return wrap("Process", err)
		}
	}
	cut := ctx.Err() != nil
	err = s.save(context.WithoutCancel(ctx), org, id, holder, func(i *Import) {
		now := s.now()
		i.Progress, i.Holder, i.Lease, i.Due = p, "", time.Time{}, nil
		f, isFault := errors.AsType[*fault.Fault](work)
		switch {
		case done:
			i.State, i.Object, i.Ended = Done, "", &now
		case cut:
			i.State, i.Due = Waiting, &now
			i.Attempts--
		case isFault && f.Kind != fault.Full:
			i.State, i.Object, i.Ended, i.Code, i.Text = Failed, "", &now, f.Code, f.Detail
		case i.Attempts >= maxAttempts:
			i.State, i.Object, i.Ended, i.Code, i.Text = Failed, "", &now, "server.accident", "this record store had an accident; the log says which"
		default:
			later := now.Add(time.Second << i.Attempts)
			i.State, i.Due = Waiting, &later
		}
	})
	if errors.Is(err, errLost) {
		err = nil
	}
	if work != nil && !cut && fault.KindOf(work) == 0 {
		err = errors.Join(work, err)
	}
	return wrap("Process", err)
}

func (s *Service) save(ctx context.Context, org, id, holder string, change func(*Import)) error {
	_, err := s.imports.Update(ctx, org, id, func(i *Import) error {
		if i.Holder != holder {
			return errLost
		}
		change(i)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return errLost
	}
	return err
}

func (s *Service) run(ctx context.Context, org string, i Import, holder string, p *Progress) error {
	r, err := s.file(ctx, &i)
	if err != nil {
		return err
	}
	defer r.Close()
	told := s.now()
	return s.Take(ctx, org, i.Name, r, p, func(p Progress) error {
		if s.now().Sub(told) < time.Second && p.Lines > 1000 {
			return nil
		}
		told = s.now()
		return s.save(ctx, org, i.ID, holder, func(i *Import) {
			i.Progress, i.Lease, i.Attempts = p, told.Add(lease), 0
			i.Due = &i.Lease
		})
	})
}
