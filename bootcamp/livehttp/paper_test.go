package livehttp

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/live"
	"palestra/course"
	"palestra/internal/lang"
	"palestra/internal/servicestest"
	pages "palestra/web"
)

// The sheet to sign as another program reads it: before the session names only, afterwards what is known, in the reader's
// language and by the clock of the place.
func TestSheetToSign(t *testing.T) {
	t.Parallel()
	texts, err := lang.Load(pages.Locales(), pages.ServerLocales())
	if err != nil {
		t.Fatal(err)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	begins := time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)
	at := begins.Add(5 * time.Minute)
	list := live.Listing{Host: "castelverde", HostName: "Castelverde", Title: course.Text{"it": "Dati aperti", "de": "Offene Daten"}, Share: 75,
		Funding: []bootcamp.Funding{{Kind: "cup", Code: "J51B21000"}},
		Session: bootcamp.Session{Title: "Sportello", Language: "it", Starts: begins, Minutes: 90, Place: bootcamp.Place{Name: "Municipio", Room: "Sala 2"}},
		Rows: []live.Row{{Name: "Łucja", TownName: "Brzozów", State: live.Present, Minutes: 85, Room: 1, CheckedIn: &at,
			Marks: []live.Mark{{At: at, Reason: "Zug"}, {At: at, Reason: "Bus"}}, Differs: true}, {TownName: "Ekeby", State: live.Absent}}}
	read := func(locale string, now time.Time) string {
		t.Helper()
		d, err := paper{texts, locale, rome, now}.sheet(list)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := d.Write(&file); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
		cmd.Stdin = &file
		out, err := cmd.CombinedOutput()
		if err != nil {
			servicestest.Missing(t, "pdftotext: %v %s", err, out)
		}
		return strings.Join(strings.Fields(string(out)), " ")
	}
	has := func(text string, wanted ...string) {
		t.Helper()
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("got no %q in %s", want, text)
			}
		}
	}
	before := read("de", begins.Add(-time.Hour))
	has(before, "Anwesenheit", "Sportello", "Offene Daten · Castelverde", "09:30", "Europe/Rome", "90 Minuten", "Municipio, Sala 2", "CUP", "J51B21000", "Łucja", "Brzozów", "Unterschrift", "Seite 1 von 1")
	if strings.Contains(before, "Abwesend") || strings.Contains(before, "85") {
		t.Errorf("somebody is absent before it begins: %s", before)
	}
	has(read("de", begins.Add(3*time.Hour)), "Anwesend", "Abwesend", "85", "1 Minute im", "09:35", "Bus", "Unterschrift", "75")
	has(read("pl", begins.Add(3*time.Hour)), "Dati aperti", "Strona 1 z 1", "Brzozów")
}
