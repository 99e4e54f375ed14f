package video

import "context"

// Ladder is ladder.
func Ladder(f Found, slides bool) []Output { return ladder(f, slides) }

// Age makes a document what an earlier program would have written.
func (s *Service) Age(ctx context.Context, org, id string, stages []Stage) error {
	_, err := s.videos.Update(ctx, org, id, func(v *Video) error {
		v.Form, v.Stages, v.Plan, v.Wanted, v.Busy = 0, stages, nil, nil, ""
		return nil
	})
	return err
}
