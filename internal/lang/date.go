package lang

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Date writes the day of t in t's own zone as people of the locale write it in letters: 29 March 2026.
func (c *Catalogue) Date(locale string, t time.Time) string {
	month := c.T(locale, "date.month."+strconv.Itoa(int(t.Month())), nil)
	return c.T(locale, "date.long", map[string]any{"day": t.Day(), "month": month, "year": t.Year()})
}

// DateTime writes day and time of t in t's own zone: 29 March 2026 at 14:05.
func (c *Catalogue) DateTime(locale string, t time.Time) string {
	clock := t.Format("15:04")
	if locale == "fi" {
		clock = t.Format("15.04")
	}
	return c.T(locale, "date.time", map[string]any{"date": c.Date(locale, t), "time": clock})
}

// Percent writes hundredths of a per cent with at most two places: 87.5%.
func (c *Catalogue) Percent(locale string, hundredths int64) string {
	tag, ok := c.tags[locale]
	if !ok {
		tag = language.English
	}
	return message.NewPrinter(tag).Sprint(number.Percent(float64(hundredths)/10_000, number.MaxFractionDigits(2)))
}

// Number writes a whole number with the separators of the locale: 12,345.
func (c *Catalogue) Number(locale string, n int64) string {
	tag, ok := c.tags[locale]
	if !ok {
		tag = language.English
	}
	return message.NewPrinter(tag).Sprint(number.Decimal(n))
}

// Zoned is DateTime with the name of the zone: for readers who may be elsewhere.
func (c *Catalogue) Zoned(locale string, t time.Time) string {
	return fmt.Sprintf("%s (%s)", c.DateTime(locale, t), t.Location())
}
