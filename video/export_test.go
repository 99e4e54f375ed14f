package video

import (
	"context"

	"palestra/internal/store"
)

// Ladder is ladder.
func Ladder(f Found, slides bool) []Output { return ladder(f, slides) }

// Cuts is cuts.
func Cuts(duration, segment float64) []float64 { return cuts(duration, segment) }

// Age makes a document what an earlier program would have written.
func (s *Service) Age(ctx context.Context, org, id string, stages []Stage) error {
	_, err := s.videos.Update(ctx, org, id, func(v *Video) error {
		v.Form, v.Stages, v.Plan, v.Wanted, v.Busy = 0, stages, nil, nil, ""
		return nil
	})
	return err
}

// Forget makes the levels of a video those of another file.
func (s *Service) Forget(ctx context.Context, org, id string) error {
	_, err := s.update(ctx, org, id, func(v *Video) error { v.LevelsOf = "another"; return nil })
	return err
}

// HoldTask makes a task look as if a worker had it that has just shown its last sign of life.
func (s *Service) HoldTask(ctx context.Context, org, id, lease string) error {
	_, err := s.tasks.Update(ctx, org, id, func(t *Task) error {
		until := s.now().Add(s.c.Lease)
		t.State, t.Lease, t.Due = TaskWorks, lease, &until
		t.Attempts++
		return nil
	})
	return err
}

// ForgetRoom makes a town's room, and what its videos count, as an earlier program would have left it: not there.
func (s *Service) ForgetRoom(ctx context.Context, org string) error {
	if err := s.rooms.Delete(ctx, org, theRoom); err != nil {
		return err
	}
	return s.videos.Each(ctx, org, store.Query{}, func(v Video) error {
		_, err := s.videos.Update(ctx, org, v.ID, func(v *Video) error { v.Charged = 0; return nil })
		return err
	})
}

// Cut is cut.
func (s *Service) Cut(bytes int64) Upload { return s.cut(bytes) }

// OtherSound makes the sound of a video that of another folder, as a replaced file does, and returns the folder of before.
func (s *Service) OtherSound(ctx context.Context, org, id, folder string) (before string, err error) {
	_, err = s.update(ctx, org, id, func(v *Video) error {
		sound := *v.Sound
		before, sound.Folder = sound.Folder, folder
		v.Sound = &sound
		return nil
	})
	return before, err
}
