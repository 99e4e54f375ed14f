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

// attempt is one sign-in under the names that it counts for.
type attempt struct {
	s                      *Service
	pair, network, address string
}

// devices is how many browsers of a person are remembered.
const devices = 10

// deviceMatches reports whether the person has signed in with this browser before.
func deviceMatches(p Person, device string) bool {
	return device != "" && len(device) < 100 && slices.Contains(p.Devices, digest(device))
}

func (s *Service) signInThrottle(ctx context.Context, normal string, from Client) (*attempt, error) {
	a := &attempt{s: s, pair: "pair|" + digest(from.Network()+"|"+normal), network: "network|" + from.Network(), address: "address|" + digest(normal)}
	known := false
	if from.Device != "" {
		p, err := s.byAddress(ctx, normal)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, s.wrap("signInThrottle", err)
		}
		known = err == nil && deviceMatches(p, from.Device)
	}
	for _, lim := range []struct {
		name  string
		tries int
		skip  bool
	}{{a.pair, 1 << 30, false}, {a.network, networkTries, known}, {a.address, addressTries, known}} {
		if lim.skip {
			continue
		}
		t, err := s.throttles.Get(ctx, lim.name)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, s.wrap("signInThrottle", err)
		}
		now := s.now()
		if !t.Expires.After(now) {
			continue
		}
		wait := t.Until.Sub(now)
		if t.Count >= lim.tries {
			wait = max(wait, t.Expires.Sub(now))
		}
		if wait > 0 {
			return nil, tooMany(wait)
		}
	}
	return a, nil
}

func tooMany(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	return fault.New(fault.TooMany, "people.too_many", "too many attempts; try again in %d seconds", seconds).With("after", seconds)
}

func (a *attempt) failed(ctx context.Context) error {
	var errs []error
	for _, name := range []string{a.pair, a.network, a.address} {
		pause := name == a.pair
		errs = append(errs, a.s.count(ctx, name, throttleLives, func(t *throttle, now time.Time) {
			if pause && t.Count >= freeTries {
				p := min(pauseFirst<<min(t.Count-freeTries, 10), pauseLongest)
				t.Until, t.Expires = now.Add(p), now.Add(p+throttleLives)
			}
		}))
	}
	return errors.Join(errs...)
}

func (a *attempt) succeeded(ctx context.Context) error {
	err := a.s.throttles.Delete(ctx, a.pair)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
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
