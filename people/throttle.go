package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Sign-in is slowed down in three ways, so that guessing is hopeless and nobody can lock somebody else out:
// by network and address (five wrong passwords, then a pause that doubles), by network over all addresses, and by
// address over all networks. Only the last one could be used against a stranger, so a browser in which the person has
// signed in before passes it (a device cookie, as OWASP describes it).
const (
	freeTries     = 5
	pauseFirst    = 30 * time.Second
	pauseLongest  = 15 * time.Minute
	networkTries  = 100
	addressTries  = 50
	throttleLives = time.Hour
)

// throttle counts what happened under one name in the current hour.
type throttle struct {
	store.Meta `bson:",inline"`
	Count      int       `bson:"count"`
	Until      time.Time `bson:"until"` // nothing is allowed before
	Expires    time.Time `bson:"expires"`
}

// limit is what may be tried under one name in an hour; under a name with a pause, each try after the first few must
// wait for it.
type limit struct {
	name  string
	tries int
	pause bool
}

// attempt is one sign-in under the names that it counts for; the first is the pair's.
type attempt struct {
	s      *Service
	limits []limit
}

// devices is how many browsers of a person are remembered.
const devices = 10

// deviceMatches reports whether the person has signed in with this browser before.
func deviceMatches(p Person, device string) bool {
	return device != "" && len(device) < 100 && slices.Contains(p.Devices, digest(device))
}

// signInThrottle counts a try, or refuses it. It is counted before the password is looked at: of many tries at the same
// moment all would pass a count that follows. A browser in which the person has signed in before is counted by itself,
// so that nobody, not even from the same network, can lock her out of it.
func (s *Service) signInThrottle(ctx context.Context, normal string, from Client) (*attempt, error) {
	a := &attempt{s, []limit{{"pair|" + digest(from.Network()+"|"+normal), 1 << 30, true}, {"network|" + from.Network(), networkTries, false},
		{"address|" + digest(normal), addressTries, false}}}
	if from.Device != "" {
		p, err := s.byAddress(ctx, normal)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, s.wrap("signInThrottle", err)
		}
		if err == nil && deviceMatches(p, from.Device) {
			a.limits = []limit{{"device|" + digest(from.Device+"|"+normal), 1 << 30, true}}
		}
	}
	for i, lim := range a.limits {
		wait, err := s.try(ctx, lim)
		if err != nil {
			return nil, s.wrap("signInThrottle", err)
		}
		if wait > 0 {
			return nil, errors.Join(tooMany(wait), a.uncount(ctx, a.limits[:i]))
		}
	}
	return a, nil
}

// try counts a try under one name, or returns how long it has to wait.
func (s *Service) try(ctx context.Context, lim limit) (wait time.Duration, err error) {
	err = s.count(ctx, lim.name, throttleLives, func(t *throttle, now time.Time) {
		wait = t.Until.Sub(now)
		if t.Count > lim.tries {
			wait = max(wait, t.Expires.Sub(now))
		}
		switch {
		case wait > 0:
			t.Count--
		case lim.pause && t.Count >= freeTries:
			p := min(pauseFirst<<min(t.Count-freeTries, 10), pauseLongest)
			t.Until, t.Expires = now.Add(p), now.Add(p+throttleLives)
		}
	})
	return wait, err
}

func tooMany(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	return fault.New(fault.TooMany, "people.too_many", "too many attempts; try again in %d seconds", seconds).With("after", seconds)
}

// succeeded takes a try back that was none: under its pair nothing is counted any more.
func (a *attempt) succeeded(ctx context.Context) error {
	err := a.s.throttles.Delete(ctx, a.limits[0].name)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return errors.Join(err, a.uncount(ctx, a.limits[1:]))
}

func (a *attempt) uncount(ctx context.Context, limits []limit) error {
	var errs []error
	for _, lim := range limits {
		_, err := a.s.throttles.Update(ctx, lim.name, func(t *throttle) error {
			t.Count = max(0, t.Count-1)
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// allow counts one more event under a name and refuses it beyond limit in a period.
func (s *Service) allow(ctx context.Context, name string, limit int, period time.Duration) error {
	var wait time.Duration
	err := s.count(ctx, name, period, func(t *throttle, now time.Time) {
		if t.Count > limit {
			wait = t.Expires.Sub(now)
		}
	})
	if err != nil {
		return s.wrap("allow", err)
	}
	if wait > 0 {
		return tooMany(wait)
	}
	return nil
}

func (s *Service) count(ctx context.Context, name string, period time.Duration, f func(*throttle, time.Time)) error {
	now := s.now()
	for {
		_, err := s.throttles.Update(ctx, name, func(t *throttle) error {
			if !t.Expires.After(now) {
				t.Count, t.Until, t.Expires = 0, now, now.Add(period)
			}
			t.Count++
			f(t, now)
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		err = s.throttles.Insert(ctx, throttle{Meta: store.Meta{ID: name}, Until: now, Expires: now.Add(period)})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
}
