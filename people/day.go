package people

import (
	"fmt"
	"slices"
	"time"
)

// Days reads the ends of days that were said by an organisation's clocks.
type Days struct {
	zones []*time.Location // the organisation's first, then those that it had before
}

// Days returns its days. Reading a zone takes longer than a day does: whoever reads many asks once.
func (o Organisation) Days() (Days, error) {
	var d Days
	for _, name := range append([]string{o.Zone}, o.Zones...) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return Days{}, fmt.Errorf("people.Days: %w", err)
		}
		d.zones = append(d.zones, zone)
	}
	return d, nil
}

// Ending returns the day that ends at a moment, as 2026-11-30. What was said by the clocks of a zone that the organisation
// had before stays the day that was said. Clocks of two zones show midnight at once only when they show the same day, or are a
// whole day apart, as those of Hawaii and of Kiribati are.
func (d Days) Ending(at time.Time) string {
	zone := d.zones[0]
	if i := slices.IndexFunc(d.zones, func(z *time.Location) bool { return begins(at.In(z)) }); i >= 0 {
		zone = d.zones[i]
	}
	return at.Add(-time.Millisecond).In(zone).Format(time.DateOnly)
}

// begins reports whether a day begins at a moment: at midnight, or, where clocks skip midnight, at the hour after it.
func begins(at time.Time) bool {
	return at.Add(-time.Millisecond).Day() != at.Day()
}

// moved remembers the zone that an organisation had until now. Each is remembered once, so there are never more than there are
// zones.
func (o *Organisation) moved(was string, before []string) {
	o.Zones = before
	if o.Zone != was && !slices.Contains(before, was) {
		o.Zones = append([]string{was}, before...)
	}
}
