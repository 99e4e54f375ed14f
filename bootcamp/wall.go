package bootcamp

import "time"

// Instant returns when a clock on the wall of a zone shows a time, written 2026-11-24T09:30; of two times the first.
// Faults: bootcamp.zone, bootcamp.time, bootcamp.no_such_time
func Instant(local, zone string) (time.Time, error) { return instant(local, zone, false) }
