package people

import "context"

// Still returns the actor as she is now, and false if her sign-in has ended, or if she speaks for another organisation or
// for none: for rooms in which she stays longer than one request.
func (s *Service) Still(ctx context.Context, by Actor) (Actor, bool, error) {
	now := s.now()
	var found Session
	err := s.eachNamed(ctx, by.Person, by.Session, func(d Session) error {
		if d.Expires.After(now) {
			found = d
		}
		return nil
	})
	if err != nil || found.ID == "" {
		return Actor{}, false, s.wrap("Still", err)
	}
	a, err := s.actor(ctx, found)
	if err != nil {
		return Actor{}, false, err
	}
	return a, a.Organisation == by.Organisation && a.Organisation != "", nil
}

// OnLoss sets who is told, after the change, that a person may have lost something: a sign-in, a membership, roles. Call
// it before the service is used.
func (s *Service) OnLoss(f func(ctx context.Context, person string)) { s.loss = f }

func (s *Service) lost(ctx context.Context, person string) {
	if s.loss != nil {
		s.loss(ctx, person)
	}
}
