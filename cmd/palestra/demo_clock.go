package main

import (
	"sync"
	"time"
)

// demoDays is how many calendar days ago the demonstration begins at the latest.
const demoDays = 42

// demoClock is the time in which the demonstration lives: it begins weeks ago, goes on by itself, and is set forward from
// one event to the next, so that nobody has to wait while a film is watched. It never goes back.
type demoClock struct {
	real func() time.Time

	mu  sync.Mutex
	at  time.Time // guarded by mu
	set time.Time // when at was set, in real time; guarded by mu
}

func newDemoClock(at time.Time, real func() time.Time) *demoClock {
	return &demoClock{real: real, at: at, set: real()}
}

// Now returns the demonstration's time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *demoClock) now() time.Time { return c.at.Add(c.real().Sub(c.set)) }

// Pass lets time pass.
func (c *demoClock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.set = c.now().Add(d), c.real()
}

// To sets the clock forward to a time, unless it is past it.
func (c *demoClock) To(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now()) {
		c.at, c.set = t, c.real()
	}
}

// demoMonday returns the Monday on which a demonstration begins that is told now: in the week six weeks ago, at midnight UTC.
func demoMonday(now time.Time) time.Time {
	d := now.UTC().AddDate(0, 0, -demoDays).Truncate(24 * time.Hour)
	return d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
}

// demoWorkday returns an hour (UTC) of a working day after a Monday: day 5 is the next Monday.
func demoWorkday(monday time.Time, day, hour, minute int) time.Time {
	return monday.AddDate(0, 0, day/5*7+day%5).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}
