package lang_test

import (
	"testing"
	"time"

	"palestra/internal/lang"
	pages "palestra/web"
)

func TestDates(t *testing.T) {
	c, err := lang.Load(pages.ServerLocales())
	if err != nil {
		t.Fatal(err)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 29, 21, 59, 0, 0, time.UTC).In(rome)
	for _, w := range []struct{ locale, date, when, percent string }{
		{"en", "29 March 2026", "29 March 2026 at 23:59", "87.5%"},
		{"de", "29. März 2026", "29. März 2026, 23:59 Uhr", "87,5\u00a0%"},
		{"it", "29 marzo 2026", "29 marzo 2026, ore 23:59", "87,5%"},
		{"fr", "29 mars 2026", "29 mars 2026 à 23:59", "87,5\u00a0%"},
		{"es", "29 de marzo de 2026", "29 de marzo de 2026, 23:59 h", "87,5\u00a0%"},
		{"pt", "29 de março de 2026", "29 de março de 2026, 23:59", "87,5%"},
		{"sv", "29 mars 2026", "29 mars 2026 kl. 23:59", "87,5\u00a0%"},
		{"fi", "29. maaliskuuta 2026", "29. maaliskuuta 2026 klo 23.59", "87,5\u00a0%"},
		{"pl", "29 marca 2026", "29 marca 2026, godz. 23:59", "87,5%"},
	} {
		if got := c.Date(w.locale, at); got != w.date {
			t.Errorf("%s: got %q, want %q", w.locale, got, w.date)
		}
		if got := c.DateTime(w.locale, at); got != w.when {
			t.Errorf("%s: got %q, want %q", w.locale, got, w.when)
		}
		if got := c.Percent(w.locale, 8750); got != w.percent {
			t.Errorf("%s: got %q, want %q", w.locale, got, w.percent)
		}
	}
	if got := c.Zoned("en", at); got != "29 March 2026 at 23:59 (Europe/Rome)" {
		t.Errorf("got %q", got)
	}
	if got := c.Number("de", 12345); got != "12.345" {
		t.Errorf("got %q", got)
	}
}
